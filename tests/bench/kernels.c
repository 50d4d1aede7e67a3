/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Guest programs whose speed is measured: KERNEL names the function below that is one. Each does a fixed amount
 * of work and ends the run with status 0 if its result is right; run.sh prints how fast it went.
 */
#include <stdint.h>

#include "lib/check.h"
#include "lib/cortex_m4.h"

static uint8_t bytes[1024];
static int32_t words[64];

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* ---- bit loops: a CRC without a table ---- */

static uint32_t crc32(const uint8_t *p, unsigned count)
{
    uint32_t crc = ~0u;

    while (count--) {
        crc ^= *p++;
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
    }
    return ~crc;
}

__attribute__((unused)) static int crc(void)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    for (unsigned round = 0; round < 2000; round++)
        sum += crc32(bytes, sizeof bytes);
    return sum != 2000 * 0xB70B4C26;
}

/* ---- loads, compares and unforeseeable branches: insertion sort ---- */

__attribute__((unused)) static int sort(void)
{
    uint32_t seed = 1, wrong = 0;

    for (unsigned round = 0; round < 10000; round++) {
        for (unsigned i = 0; i < 64; i++)
            words[i] = (int32_t)next_random(&seed);
        for (int i = 1; i < 64; i++) {
            int32_t v = words[i];
            int j = i;
            for (; j > 0 && words[j - 1] > v; j--)
                words[j] = words[j - 1];
            words[j] = v;
        }
        for (unsigned i = 1; i < 64; i++)
            wrong += words[i - 1] > words[i];
    }
    return wrong != 0;
}

/* ---- multiply and accumulate: integer matrices ---- */

static int32_t a[24][24], b[24][24], product[24][24];

__attribute__((unused)) static int matrix(void)
{
    for (int i = 0; i < 24; i++)
        for (int j = 0; j < 24; j++) {
            a[i][j] = i + j;
            b[i][j] = i == j;
        }
    for (unsigned round = 0; round < 1500; round++)
        for (int i = 0; i < 24; i++)
            for (int j = 0; j < 24; j++) {
                int32_t sum = 0;
                for (int k = 0; k < 24; k++)
                    sum += a[i][k] * b[k][j];
                product[i][j] = sum;
            }
    return product[23][22] != 45;
}

/* ---- calls and returns ---- */

static __attribute__((noinline)) uint32_t fibonacci(uint32_t n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

__attribute__((unused)) static int calls(void)
{
    return fibonacci(32) != 2178309;
}

/* ---- a state machine over text: table branches and byte loads ---- */

static const char text[] = "5012,+123,-874,1.5e3,abc,hello,12.34,T0.3e-1F,0x12,";

static __attribute__((noinline)) uint32_t scan(const char *s)
{
    enum { START, DIGITS, SIGN, BAD, FRACTION, EXPONENT } state = START;
    uint32_t good = 0;

    for (; *s; s++) {
        if (*s == ',') {
            good += state == DIGITS || state == FRACTION;
            state = START;
            continue;
        }
        switch (state) {
        case START:
            state = *s == '+' || *s == '-' ? SIGN : *s >= '0' && *s <= '9' ? DIGITS : BAD;
            break;
        case SIGN:
            state = *s >= '0' && *s <= '9' ? DIGITS : BAD;
            break;
        case DIGITS:
            state = *s == '.' ? FRACTION : *s >= '0' && *s <= '9' ? DIGITS : BAD;
            break;
        case FRACTION:
            state = *s == 'e' ? EXPONENT : *s >= '0' && *s <= '9' ? FRACTION : BAD;
            break;
        case EXPONENT:
            state = *s == '-' || (*s >= '0' && *s <= '9') ? FRACTION : BAD;
            break;
        case BAD:
            break;
        }
    }
    return good;
}

__attribute__((unused)) static int states(void)
{
    uint32_t good = 0;

    for (unsigned round = 0; round < 150000; round++)
        good += scan(text);
    return good != 150000 * 5;
}

/* ---- load and store multiple ---- */

__attribute__((unused)) static int copy(void)
{
    static uint32_t from[256], to[256];

    for (unsigned i = 0; i < 256; i++)
        from[i] = i * 3;
    for (unsigned round = 0; round < 100000; round++) {
        uint32_t *source = from, *target = to, *end = from + 256;
        __asm volatile("1: ldmia %0!, {r3-r6}\n"
                       "stmia %1!, {r3-r6}\n"
                       "ldmia %0!, {r3-r6}\n"
                       "stmia %1!, {r3-r6}\n"
                       "cmp %0, %2\n"
                       "bne 1b"
                       : "+&r"(source), "+&r"(target)
                       : "r"(end)
                       : "r3", "r4", "r5", "r6", "cc", "memory");
    }
    return to[255] != 255 * 3;
}

/* ---- single-precision floating point ---- */

__attribute__((unused)) static int fp(void)
{
    static float x[64], y[64];
    float sum = 0;

    for (unsigned i = 0; i < 64; i++) {
        x[i] = (float)i * 0.5f;
        y[i] = 64.0f - (float)i;
    }
    for (unsigned round = 0; round < 100000; round++) {
        sum *= 0.5f;
        for (unsigned i = 0; i < 64; i++)
            sum += x[i] * y[i];
    }
    return !(sum > 43000.0f && sum < 44000.0f * 2);
}

/* ---- an interrupt every hundred cycles ---- */

static volatile uint32_t ticks;

static void on_tick(void)
{
    ticks++;
}

__attribute__((unused)) static int interrupts(void)
{
    vector_set(EXC_SYSTICK, on_tick);
    SYST_RVR = 99;
    SYST_CVR = 0;
    SYST_CSR = SYST_ENABLE | SYST_TICKINT | SYST_CLKSOURCE;
    while (ticks < 500000)
        continue;
    return 0;
}

/* ---- the same as sort, with the MPU on as an RTOS has it ---- */

static void mpu_region(uint32_t number, const void *base, uint32_t rasr)
{
    MPU_RBAR = (uint32_t)(uintptr_t)base | MPU_RBAR_VALID(number);
    MPU_RASR = rasr | MPU_REGION;
}

static __attribute__((aligned(32))) uint8_t guard[32];

__attribute__((unused)) static int mpu(void)
{
    mpu_region(0, (const void *)0x08000000, MPU_AP(6) | MPU_SIZE(20));
    mpu_region(1, (const void *)0x20000000, MPU_AP(3) | MPU_XN | MPU_SIZE(17));
    mpu_region(2, guard, MPU_AP(0) | MPU_XN | MPU_SIZE(5));
    MPU_CTRL = MPU_ENABLE | MPU_PRIVDEFENA;
    barrier();
    return sort();
}

/* ---- waiting for a pin that never changes ---- */

__attribute__((unused)) static int poll(void)
{
    volatile uint32_t *rcc_ahb1enr = (volatile uint32_t *)0x40023830;
    volatile uint32_t *gpioa_idr = (volatile uint32_t *)0x40020010;
    unsigned left = 2000000;

    *rcc_ahb1enr |= 1;
    while (left && !(*gpioa_idr & 1u << 5))
        left--;
    return left != 0;
}

/* ---- what a run costs beside its kernel ---- */

__attribute__((unused)) static int nothing(void)
{
    return 0;
}

int main(void)
{
    return KERNEL();
}
