/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What going back has to cross: interrupts over code that uses the FPU, whose handler uses it, too; a sleep; code in
 * RAM that is written anew between two calls; and a reset. The reset comes last, and the second run waits for ever.
 */
#include "lib/cortex_m4.h"

#define boots REG32(0x10000000)         /* in CCM, which no reset and no start code clears */

enum { TICKS = 2, PERIOD = 300 };

volatile unsigned ticks, awake, answers[2];
volatile float weight, sum;
static uint16_t code[4] __attribute__((aligned(8)));

__attribute__((noinline)) float heavier(float value)
{
    return value * 1.25f + 1.0f;        /* mark: handler's float */
}

__attribute__((noinline)) void systick_handler(void)
{
    weight = heavier(weight);           /* mark: isr body */
    ticks++;                            /* mark: isr tick */
}

__attribute__((noinline)) float blend(float a, float b)
{
    return a * 0.5f + b;                /* mark: blend */
}

__attribute__((noinline)) void interrupted(void)
{
    float value = 0;
    SYST_RVR = PERIOD;
    SYST_CVR = 0;
    SYST_CSR = SYST_ENABLE | SYST_TICKINT | SYST_CLKSOURCE;
    while (ticks < TICKS)
        value = blend(value, 1.0f);     /* mark: interrupted loop */
    sum = value;                        /* mark: interrupted end */
}

__attribute__((noinline)) void sleeper(void)
{
    unsigned before = ticks;
    __asm volatile("wfi");              /* mark: wfi */
    awake += ticks - before;            /* mark: awake */
    SYST_CSR = 0;
}

/* movs r0, #n; bx lr */
static void write_code(unsigned n)
{
    code[0] = (uint16_t)(0x2000 + n);
    code[1] = 0x4770;
    __asm volatile("dsb\n isb" : : : "memory");
}

__attribute__((noinline)) unsigned call_code(void)
{
    return ((unsigned (*)(void))((uintptr_t)code | 1))();
}

__attribute__((noinline)) void patcher(void)
{
    write_code(7);
    answers[0] = call_code();           /* mark: first answer */
    write_code(9);                      /* mark: patched */
    answers[1] = call_code();           /* mark: second answer */
}

__attribute__((noinline)) void crossings(void)
{
    interrupted();                      /* mark: call interrupted */
    sleeper();                          /* mark: call sleeper */
    patcher();                          /* mark: call patcher */
}                                       /* mark: crossings end */

__attribute__((noinline, used)) void second_run(void)
{
    __asm volatile("nop");              /* mark: second run */
}

int main(void)
{
    boots = boots + 1;
    if (boots == 1) {
        vector_set(EXC_SYSTICK, systick_handler);
        crossings();                                    /* mark: call crossings */
        SCB_AIRCR = AIRCR_KEY | AIRCR_SYSRESETREQ;      /* mark: reset */
        for (;;)
            ;
    }
    second_run();                       /* mark: second call */
    for (;;)
        ;
}
