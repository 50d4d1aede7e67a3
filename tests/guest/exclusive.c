/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exclusive loads and stores (Arm ARM A3.4), and an atomic counter under preemption. */
#include "lib/check.h"
#include "lib/cortex_m4.h"

static uint32_t word[2];

static uint32_t ldrex(volatile uint32_t *address)
{
    uint32_t value;
    __asm volatile("ldrex %0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static uint32_t strex(volatile uint32_t *address, uint32_t value)
{
    uint32_t failed;
    __asm volatile("strex %0, %2, [%1]" : "=&r"(failed) : "r"(address), "r"(value) : "memory");
    return failed;
}

static uint32_t strexb(volatile void *address, uint32_t value)
{
    uint32_t failed;
    __asm volatile("strexb %0, %2, [%1]" : "=&r"(failed) : "r"(address), "r"(value) : "memory");
    return failed;
}

static uint32_t strexh(volatile void *address, uint32_t value)
{
    uint32_t failed;
    __asm volatile("strexh %0, %2, [%1]" : "=&r"(failed) : "r"(address), "r"(value) : "memory");
    return failed;
}

static void svc_nothing(void)
{
}

static void test_monitor(void)
{
    word[0] = 5;
    check_eq("ldrex_loads", ldrex(&word[0]), 5);
    check_eq("strex_after_ldrex_succeeds", strex(&word[0], 6), 0);
    check_eq("strex_stores", word[0], 6);
    check_eq("second_strex_fails", strex(&word[0], 7), 1);
    check_eq("failed_strex_does_not_store", word[0], 6);

    ldrex(&word[0]);
    __asm volatile("clrex" : : : "memory");
    check_eq("clrex_opens_the_monitor", strex(&word[0], 8), 1);

    vector_set(EXC_SVCALL, svc_nothing);
    ldrex(&word[0]);
    __asm volatile("svc #0" : : : "memory");
    check_eq("an_exception_opens_the_monitor", strex(&word[0], 9), 1);
    check_eq("word_is_unchanged_at_the_end", word[0], 6);
}

static void test_sizes(void)
{
    uint8_t byte;
    uint16_t half;

    word[1] = 0x11223344;
    __asm volatile("ldrexb %0, [%1]" : "=r"(byte) : "r"((uint8_t *)&word[1] + 2) : "memory");
    check_eq("ldrexb_loads_a_byte", byte, 0x22);
    check_eq("strexb_succeeds", strexb((uint8_t *)&word[1] + 2, 0xAA), 0);
    check_eq("strexb_stores_a_byte", word[1], 0x11AA3344);
    __asm volatile("ldrexh %0, [%1]" : "=r"(half) : "r"((uint16_t *)&word[1]) : "memory");
    check_eq("ldrexh_loads_a_halfword", half, 0x3344);
    check_eq("strexh_succeeds", strexh((uint16_t *)&word[1], 0xBBCC), 0);
    check_eq("strexh_stores_a_halfword", word[1], 0x11AABBCC);
}

/* ---- thread and interrupt add to the same counter: no update may be lost ---- */

static volatile uint32_t counter, interrupts, retries;

static void add_one(void)
{
    uint32_t value;
    do {
        value = ldrex(&counter);
        retries++;
    } while (strex(&counter, value + 1));
}

static void systick_handler(void)
{
    add_one();
    interrupts++;
}

static void test_atomic_counter(void)
{
    vector_set(EXC_SYSTICK, systick_handler);
    SYST_RVR = 210;
    SYST_CVR = 0;
    SYST_CSR = SYST_ENABLE | SYST_TICKINT | SYST_CLKSOURCE;
    for (unsigned i = 0; i < 20000; i++)
        add_one();
    SYST_CSR = 0;
    barrier();
    check("the_counter_was_interrupted", interrupts > 100);
    check_eq("no_update_is_lost", counter, 20000 + interrupts);
    check("some_update_had_to_be_repeated", retries > counter);
}

int main(void)
{
    test_monitor();
    test_sizes();
    test_atomic_counter();
    check_end();
}
