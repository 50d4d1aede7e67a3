/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WFI, WFE, SEV, SEVONPEND and SLEEPONEXIT (Arm ARM B1.5.17 to B1.5.19). */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/order.h"

#define IRQ_A 20u

static volatile uint32_t ticks;

static void systick_handler(void)
{
    ticks++;
    mark('t');
}

static void one_tick(uint32_t cycles)
{
    ticks = 0;
    SYST_CSR = 0;
    SYST_RVR = cycles;
    SYST_CVR = 0;
    SYST_CSR = SYST_ENABLE | SYST_TICKINT | SYST_CLKSOURCE;
}

static void stop_ticks(void)
{
    SYST_CSR = 0;
    SCB_ICSR = ICSR_PENDSTCLR;
    barrier();
}

static void test_wfi(void)
{
    one_tick(5000);
    wait_for_interrupt();
    mark('m');
    stop_ticks();
    check_order("wfi_wakes_and_runs_the_handler_first", "tm");

    irq_disable();
    one_tick(5000);
    wait_for_interrupt();
    mark('m');
    check("masked_interrupt_is_pending_after_wfi", SCB_ICSR & ICSR_PENDSTSET);
    irq_enable();
    barrier();
    stop_ticks();
    check_order("primask_lets_wfi_wake_before_the_handler", "mt");

    irq_disable();
    SCB_ICSR = ICSR_PENDSTSET;
    wait_for_interrupt();
    mark('m');
    irq_enable();
    barrier();
    check_order("wfi_with_an_interrupt_pending_does_not_sleep", "mt");
}

/* An interrupt that BASEPRI masks does not wake WFI; a more urgent one does. */
static void irq_handler(void)
{
    mark('i');
}

static void test_basepri(void)
{
    SCB_SHPR(EXC_SYSTICK) = 0x20;
    NVIC_IPR(IRQ_A) = 0x80;
    vector_set(EXC_IRQ(IRQ_A), irq_handler);
    nvic_enable(IRQ_A);
    WRITE_SPECIAL("basepri", 0x40);
    nvic_pend(IRQ_A);
    one_tick(5000);
    wait_for_interrupt();
    mark('m');
    stop_ticks();
    check_order("interrupt_below_basepri_does_not_wake_wfi", "tm");
    WRITE_SPECIAL("basepri", 0);
    barrier();
    check_order("it_runs_when_basepri_falls", "i");
    SCB_SHPR(EXC_SYSTICK) = 0;
}

static void test_wfe(void)
{
    __asm volatile("sev\n wfe" : : : "memory");
    check("wfe_after_sev_does_not_sleep", true);

    __asm volatile("sev\n wfe" : : : "memory");     /* clears the event register */
    one_tick(5000);
    __asm volatile("wfe" : : : "memory");
    mark('m');
    stop_ticks();
    check_order("wfe_sleeps_until_an_interrupt", "tm");

    SCB_ICSR = ICSR_PENDSTSET;      /* entry and return set the event register */
    barrier();
    __asm volatile("wfe" : : : "memory");
    mark('m');
    check_order("exception_return_is_an_event", "tm");
}

static void test_sevonpend(void)
{
    nvic_disable(IRQ_A);
    SCB_SCR |= SCR_SEVONPEND;
    barrier();
    __asm volatile("sev\n wfe" : : : "memory");
    nvic_pend(IRQ_A);               /* disabled: pending is all it can do */
    __asm volatile("wfe" : : : "memory");
    mark('m');
    SCB_SCR &= ~SCR_SEVONPEND;
    NVIC_ICPR(0) = 1u << IRQ_A;
    check_order("sevonpend_wakes_wfe_without_a_handler", "m");
}

static volatile uint32_t exit_ticks;

static void sleeping_handler(void)
{
    mark('t');
    if (++exit_ticks == 3)
        SCB_SCR &= ~SCR_SLEEPONEXIT;
    barrier();
}

static void test_sleeponexit(void)
{
    vector_set(EXC_SYSTICK, sleeping_handler);
    SCB_SCR |= SCR_SLEEPONEXIT;
    barrier();
    one_tick(5000);
    wait_for_interrupt();
    mark('m');
    stop_ticks();
    check_order("sleeponexit_keeps_the_thread_asleep", "tttm");
    vector_set(EXC_SYSTICK, systick_handler);
}

int main(void)
{
    vector_set(EXC_SYSTICK, systick_handler);
    test_wfi();
    test_basepri();
    test_wfe();
    test_sevonpend();
    test_sleeponexit();
    check_end();
}
