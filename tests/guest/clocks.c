/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the internal oscillator to 168 MHz and back, and what hangs on the clocks: SysTick, timers (RM0090 7). */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/stm32f405.h"

/* Waits until `mask` of a register reads `value`; false after far more time than the hardware needs. */
static bool becomes(reg32 *reg, uint32_t mask, uint32_t value)
{
    for (unsigned i = 0; i < 200000; i++)
        if ((*reg & mask) == value)
            return true;
    return false;
}

static void test_reset_values(void)
{
    check_eq("rcc_cr_after_reset", RCC->CR & ~0xFF00u, 0x83);
    check_eq("rcc_pllcfgr_after_reset", RCC->PLLCFGR, 0x24003010);
    check_eq("rcc_cfgr_after_reset", RCC->CFGR, 0);
    check("power_on_flag_after_power_on", RCC->CSR & RCC_CSR_PORRSTF);
}

static void test_ready_flags(void)
{
    RCC->CR |= RCC_CR_HSEON;
    check("hse_is_not_ready_at_once", !(RCC->CR & RCC_CR_HSERDY));
    check("hse_becomes_ready", becomes(&RCC->CR, RCC_CR_HSERDY, RCC_CR_HSERDY));
    RCC->CSR |= RCC_CSR_LSION;
    check("lsi_becomes_ready", becomes(&RCC->CSR, RCC_CSR_LSIRDY, RCC_CSR_LSIRDY));
    RCC->CSR &= ~RCC_CSR_LSION;
    check("lsi_goes_off", becomes(&RCC->CSR, RCC_CSR_LSIRDY, 0));
}

/* HSE / 8 * 336 / 2 = 168 MHz, APB1 / 4, APB2 / 2. */
static void test_pll(void)
{
    RCC->APB1ENR |= RCC_APB1ENR_PWR;
    PWR->CR |= PWR_CR_VOS;
    RCC->PLLCFGR = 8 | 336 << 6 | 0 << 16 | RCC_PLLCFGR_SRC_HSE | 7 << 24;
    RCC->CR |= RCC_CR_PLLON;
    check("pll_locks", becomes(&RCC->CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY));
    uint32_t factors = RCC->PLLCFGR;
    RCC->PLLCFGR = 0x24003010;
    check_eq("pll_factors_are_locked_while_it_runs", RCC->PLLCFGR, factors);
    FLASH->ACR = FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN | 5;
    check_eq("wait_states_read_back", FLASH->ACR & FLASH_ACR_LATENCY, 5);
    RCC->CFGR = RCC_CFGR_PPRE1_4 | RCC_CFGR_PPRE2_2 | RCC_CFGR_SW_PLL;
    check("system_clock_switches_to_the_pll", becomes(&RCC->CFGR, RCC_CFGR_SWS, RCC_CFGR_SWS_PLL));
    check("regulator_is_ready", becomes(&PWR->CSR, PWR_CSR_VOSRDY, PWR_CSR_VOSRDY));
    RCC->CR &= ~RCC_CR_PLLON;
    check("pll_in_use_cannot_be_switched_off", RCC->CR & RCC_CR_PLLRDY);
}

/* ---- one millisecond by SysTick, by TIM2 and by the cycle counter ---- */

#define TICKS 50u
static volatile uint32_t ticks, first_micros, last_micros, first_cycle, last_cycle;

static void tick_handler(void)
{
    last_micros = TIM2->CNT;
    last_cycle = DWT_CYCCNT;
    if (ticks++ == 0) {
        first_micros = last_micros;
        first_cycle = last_cycle;
    }
}

static void run_ticks(uint32_t hclk, uint32_t timer_clock)
{
    ticks = 0;
    TIM2->PSC = timer_clock / 1000000 - 1;
    TIM2->EGR = TIM_EGR_UG;
    TIM2->CR1 = TIM_CR1_CEN;
    SYST_RVR = hclk / 1000 - 1;
    SYST_CVR = 0;
    SYST_CSR = SYST_ENABLE | SYST_TICKINT | SYST_CLKSOURCE;
    while (ticks <= TICKS)
        barrier();
    SYST_CSR = 0;
    TIM2->CR1 = 0;
}

static void test_time(void)
{
    RCC->APB1ENR |= RCC_APB1ENR_TIM2;
    vector_set(EXC_SYSTICK, tick_handler);
    cycle_counter_start();
    run_ticks(168000000, 84000000);
    check_range("timer_counts_1000_per_millisecond", last_micros - first_micros, TICKS * 1000 - 1, TICKS * 1000 + 1);
    check_range("168000_cycles_per_millisecond", last_cycle - first_cycle, TICKS * 168000 - 12, TICKS * 168000 + 12);

    RCC->CFGR &= ~RCC_CFGR_SW;
    check("system_clock_switches_back", becomes(&RCC->CFGR, RCC_CFGR_SWS, 0));
    run_ticks(16000000, 8000000);
    check_range("timer_follows_the_slower_clock", last_micros - first_micros, TICKS * 1000 - 1, TICKS * 1000 + 1);
    check_range("16000_cycles_per_millisecond", last_cycle - first_cycle, TICKS * 16000 - 12, TICKS * 16000 + 12);
    RCC->CR &= ~RCC_CR_PLLON;
    check("pll_goes_off", becomes(&RCC->CR, RCC_CR_PLLRDY, 0));
    RCC->CR &= ~RCC_CR_HSEON;
    check("hse_goes_off", becomes(&RCC->CR, RCC_CR_HSERDY, 0));
}

/* A block without its clock reads 0 and ignores writes. */
static void test_clock_gates(void)
{
    RCC->APB1ENR &= ~RCC_APB1ENR_TIM6;
    TIM6->ARR = 0x1234;
    check_eq("unclocked_block_reads_zero", TIM6->ARR, 0);
    RCC->APB1ENR |= RCC_APB1ENR_TIM6;
    check_eq("unclocked_block_ignored_the_write", TIM6->ARR, 0xFFFF);
    TIM6->ARR = 0x1234;
    check_eq("clocked_block_takes_the_write", TIM6->ARR, 0x1234);
    RCC->APB1RSTR |= RCC_APB1ENR_TIM6;
    RCC->APB1RSTR &= ~RCC_APB1ENR_TIM6;
    check_eq("block_reset_restores_its_registers", TIM6->ARR, 0xFFFF);
}

int main(void)
{
    test_reset_values();
    test_ready_flags();
    test_pll();
    test_time();
    test_clock_gates();
    check_end();
}
