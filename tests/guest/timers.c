/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Timers, measured with the cycle counter: a period is (PSC + 1) * (ARR + 1) timer clocks (RM0090 18, 20). */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/stm32f405.h"

#define PERIODS 40u

static volatile uint32_t stamp[PERIODS], stamps;

static void take_stamp(void)
{
    uint32_t now = DWT_CYCCNT;
    if (stamps < PERIODS)
        stamp[stamps++] = now;
}

static void tim2_handler(void)
{
    TIM2->SR = ~TIM_SR_UIF;
    take_stamp();
}

static void tim6_handler(void)
{
    TIM6->SR = ~TIM_SR_UIF;
    take_stamp();
}

/* How far the worst stamp lies from an exact grid; a few cycles of interrupt latency are allowed for. */
static uint32_t worst_deviation(uint32_t period)
{
    stamps = 0;
    while (stamps < PERIODS)
        barrier();
    uint32_t worst = 0;
    for (unsigned i = 1; i < PERIODS; i++) {
        int32_t off = (int32_t)(stamp[i] - stamp[0] - i * period);
        uint32_t size = (uint32_t)(off < 0 ? -off : off);
        if (size > worst)
            worst = size;
    }
    return worst;
}

static void start(struct timer *t, uint32_t psc, uint32_t arr, uint32_t dier, uint32_t cr1)
{
    t->CR1 = 0;
    t->PSC = psc;
    t->ARR = arr;
    t->EGR = TIM_EGR_UG;
    t->SR = 0;
    t->DIER = dier;
    t->CR1 = TIM_CR1_CEN | cr1;
}

static void test_periods(void)
{
    vector_set(EXC_IRQ(TIM2_IRQ), tim2_handler);
    vector_set(EXC_IRQ(TIM6_IRQ), tim6_handler);
    nvic_enable(TIM2_IRQ);
    nvic_enable(TIM6_IRQ);
    start(TIM2, 9, 99, TIM_DIER_UIE, 0);
    check_range("tim2_period_is_exact", worst_deviation(1000), 0, 12);
    start(TIM2, 0, 12344, TIM_DIER_UIE, 0);
    check_range("tim2_long_period_is_exact", worst_deviation(12345), 0, 12);
    start(TIM2, 0, 0, 0, 0);
    start(TIM6, 15, 99, TIM_DIER_UIE, 0);
    check_range("tim6_period_is_exact", worst_deviation(1600), 0, 12);
    TIM2->CR1 = 0;
    TIM6->CR1 = 0;
    nvic_disable(TIM2_IRQ);
    nvic_disable(TIM6_IRQ);
}

static void test_counter(void)
{
    start(TIM2, 0, 0xFFFFFFFF, 0, 0);
    uint32_t cycle = DWT_CYCCNT, count = TIM2->CNT;
    for (unsigned i = 0; i < 1000; i++)
        barrier();
    uint32_t counted = TIM2->CNT - count;
    cycle = DWT_CYCCNT - cycle;
    check_range("counter_follows_the_clock", counted - cycle + 16, 0, 32);
    TIM2->CR1 = 0;
    TIM2->CNT = 0xFFFFFFF0;
    TIM2->CR1 = TIM_CR1_CEN;
    for (unsigned i = 0; i < 20; i++)
        barrier();
    TIM2->CR1 = 0;
    check("tim2_has_32_bits_and_wraps", TIM2->CNT < 0x1000);
    check_eq("wrapping_is_an_update", TIM2->SR & TIM_SR_UIF, TIM_SR_UIF);
    count = TIM2->CNT;
    for (unsigned i = 0; i < 20; i++)
        barrier();
    check_eq("stopped_counter_stands", TIM2->CNT, count);
}

static void test_flags(void)
{
    TIM2->CR1 = 0;
    TIM2->SR = 0;
    TIM2->EGR = TIM_EGR_UG;
    check_eq("ug_sets_uif", TIM2->SR & TIM_SR_UIF, TIM_SR_UIF);
    TIM2->SR = ~TIM_SR_UIF;
    check_eq("writing_zero_clears_uif", TIM2->SR & TIM_SR_UIF, 0);
    TIM2->SR = TIM_SR_UIF;
    check_eq("writing_one_does_not_set_uif", TIM2->SR & TIM_SR_UIF, 0);
    TIM2->CR1 = TIM_CR1_URS;
    TIM2->EGR = TIM_EGR_UG;
    check_eq("urs_keeps_ug_from_setting_uif", TIM2->SR & TIM_SR_UIF, 0);

    start(TIM2, 0, 999, 0, TIM_CR1_OPM);
    for (unsigned i = 0; i < 200; i++)
        barrier();
    check_eq("one_pulse_mode_stops_the_counter", TIM2->CR1 & TIM_CR1_CEN, 0);
    check_eq("update_sets_uif_without_interrupt_enable", TIM2->SR & TIM_SR_UIF, TIM_SR_UIF);

    TIM2->CCR[0] = 500;
    start(TIM2, 0, 999, 0, 0);
    while (TIM2->CNT < 400) {
    }
    check_eq("compare_flag_is_clear_before_the_match", TIM2->SR & TIM_SR_CC1IF, 0);
    while (TIM2->CNT < 510) {
    }
    TIM2->CR1 = 0;
    check_eq("compare_flag_is_set_after_the_match", TIM2->SR & TIM_SR_CC1IF, TIM_SR_CC1IF);
}

static void test_prescaler_is_buffered(void)
{
    start(TIM2, 0, 0xFFFFFFFF, 0, 0);
    TIM2->PSC = 999;
    uint32_t before = TIM2->CNT;
    for (unsigned i = 0; i < 100; i++)
        barrier();
    check("new_prescaler_waits_for_the_update", TIM2->CNT - before > 100);
    TIM2->EGR = TIM_EGR_UG;
    for (unsigned i = 0; i < 100; i++)
        barrier();
    check("new_prescaler_counts_after_the_update", TIM2->CNT < 10);
    TIM2->CR1 = 0;
}

int main(void)
{
    RCC->APB1ENR |= RCC_APB1ENR_TIM2 | RCC_APB1ENR_TIM6;
    (void)RCC->APB1ENR;
    cycle_counter_start();
    test_periods();
    test_counter();
    test_flags();
    test_prescaler_is_buffered();
    check_end();
}
