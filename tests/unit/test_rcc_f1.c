/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RCC of the STM32F100: oscillators, clock tree, limits, locks, reset flags. */
#include <criterion/criterion.h>

#include "periph/chips/chips.h"
#include "periph/rcc_f1.h"
#include "tests/unit/board.h"

enum { RCC = 0x40021000, CR = RCC, CFGR = RCC + 4, CIR = RCC + 8, BDCR = RCC + 0x20, CSR = RCC + 0x24,
       CFGR2 = RCC + 0x2C, APB1ENR = RCC + 0x1C, PWR_CR = 0x40007000, IWDG_KR = 0x40003000,
       IWDG_PR = 0x40003004, IWDG_RLR = 0x40003008, IWDG_SR = 0x4000300C };

enum { HSION = 1 << 0, HSEON = 1 << 16, HSERDY = 1 << 17, CSSON = 1 << 19, PLLON = 1 << 24, PLLRDY = 1 << 25 };

static struct board *b;

static void start(void)
{
    const struct machine_options options = {.seed = 1, .hse_hz = 8000000, .lse_hz = 32768};

    b = board_create_chip(&stm32f100rb, &options);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(rcc_f1, .init = start, .fini = stop);

static uint64_t hz(unsigned clock)
{
    struct clock_rate rate = machine_clock(b->m, clock);

    cr_assert_eq(rate.num % rate.den, 0);
    return rate.num / rate.den;
}

static void wait_for(uint32_t address, uint32_t bit)
{
    cr_assert_neq(board_when(b, address, bit, bit, 100000000), UINT64_MAX);
}

/* HSE / prediv * mul */
static void run_from_pll(unsigned prediv, unsigned mul)
{
    board_write(b, CR, 0x83 | HSEON);
    wait_for(CR, HSERDY);
    board_write(b, CFGR2, prediv - 1);
    board_write(b, CFGR, (mul - 2) << 18 | ((prediv - 1) & 1) << 17 | 1u << 16);
    board_write(b, CR, 0x83 | HSEON | PLLON);
    wait_for(CR, PLLRDY);
    board_write(b, CFGR, board_read(b, CFGR) | 2);
}

Test(rcc_f1, starts_on_the_hsi_at_8_mhz)
{
    cr_assert_eq(hz(CLOCK_CORE), 8000000);
    cr_assert_eq(hz(CLOCK_PCLK1), 8000000);
    cr_assert_eq(hz(CLOCK_SYSTICK_REF), 1000000);
}

Test(rcc_f1, hse_by_three_makes_24_mhz)
{
    run_from_pll(1, 3);
    cr_assert_eq(board_read(b, CFGR) >> 2 & 3, 2, "SWS");
    cr_assert_eq(hz(CLOCK_CORE), 24000000);
    cr_assert_eq(b->diags[DIAG_CLOCK], 0, "%s", b->last_diag);
}

Test(rcc_f1, prediv1_divides_the_hse)
{
    run_from_pll(2, 6);
    cr_assert_eq(hz(CLOCK_CORE), 24000000);
    cr_assert_eq(b->diags[DIAG_CLOCK], 0);
}

Test(rcc_f1, the_pll_takes_half_of_the_hsi)
{
    board_write(b, CFGR, 4u << 18);
    board_write(b, CR, 0x83 | PLLON);
    wait_for(CR, PLLRDY);
    board_write(b, CFGR, 4u << 18 | 2);
    cr_assert_eq(hz(CLOCK_CORE), 24000000);
}

Test(rcc_f1, more_than_24_mhz_is_reported)
{
    run_from_pll(1, 9);
    cr_assert_eq(hz(CLOCK_CORE), 72000000);
    cr_assert_gt(b->diags[DIAG_CLOCK], 0);
}

Test(rcc_f1, buses_divide_and_timers_double)
{
    board_write(b, CFGR, 4u << 8 | 5u << 11 | 8u << 4);
    cr_assert_eq(hz(CLOCK_CORE), 4000000);
    cr_assert_eq(hz(CLOCK_PCLK1), 2000000);
    cr_assert_eq(hz(CLOCK_PCLK2), 1000000);
    cr_assert_eq(hz(CLOCK_TIMER1), 4000000);
    cr_assert_eq(hz(CLOCK_TIMER2), 2000000);
}

Test(rcc_f1, pll_factors_are_locked_while_it_runs)
{
    run_from_pll(1, 3);
    board_write(b, CFGR, board_read(b, CFGR) ^ 3u << 18);
    board_write(b, CFGR2, 7);
    cr_assert_eq(hz(CLOCK_CORE), 24000000);
    cr_assert_eq(board_read(b, CFGR2), 0);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 2);
}

Test(rcc_f1, pllxtpre_is_prediv1s_lowest_bit)
{
    board_write(b, CFGR2, 3);
    cr_assert_eq(board_read(b, CFGR) >> 17 & 1, 1);
    board_write(b, CFGR, 0);
    cr_assert_eq(board_read(b, CFGR2), 2);
}

Test(rcc_f1, what_drives_sysclk_stays_on)
{
    run_from_pll(1, 3);
    board_write(b, CR, 0);
    cr_assert_eq(board_read(b, CR) & (HSEON | PLLON), HSEON | PLLON);
    cr_assert_eq(board_read(b, CR) & HSION, 0);
}

Test(rcc_f1, ready_interrupts_are_set_and_cleared)
{
    board_write(b, CIR, 1u << 11);
    board_write(b, CR, 0x83 | HSEON);
    wait_for(CR, HSERDY);
    cr_assert(board_irq(b, "RCC", 0));
    board_write(b, CIR, 1u << 19);
    cr_assert_not(board_irq(b, "RCC", 0));
}

Test(rcc_f1, a_failing_crystal_falls_back_to_the_hsi)
{
    const uint8_t fails = RCC_HSE_FAILS;

    run_from_pll(1, 3);
    board_write(b, CR, board_read(b, CR) | CSSON);
    cr_assert(machine_input(b->m, "RCC", &fails, 1));
    cr_assert_eq(hz(CLOCK_CORE), 8000000);
    cr_assert(board_peek(b, CIR) >> 7 & 1);
}

Test(rcc_f1, bdcr_needs_dbp)
{
    board_write(b, BDCR, 1);
    cr_assert_eq(board_read(b, BDCR), 0);
    board_write(b, APB1ENR, 1u << 28);
    board_write(b, PWR_CR, 1u << 8);
    board_write(b, BDCR, 1);
    wait_for(BDCR, 2);
    cr_assert_eq(hz(CLOCK_LSE), 32768);
}

Test(rcc_f1, the_rtc_can_use_the_hse_by_128)
{
    board_write(b, CR, 0x83 | HSEON);
    wait_for(CR, HSERDY);
    board_write(b, APB1ENR, 1u << 28);
    board_write(b, PWR_CR, 1u << 8);
    board_write(b, BDCR, 3u << 8 | 1u << 15);
    cr_assert_eq(hz(CLOCK_RTC), 62500);
}

/* (RLR + 1) * 4 cycles of 40 kHz */
Test(rcc_f1, the_watchdog_bites_at_40_khz_and_is_named)
{
    uint64_t before;

    board_write(b, CSR, 1u << 24);
    board_write(b, IWDG_KR, 0x5555);
    board_write(b, IWDG_RLR, 99);
    board_write(b, IWDG_KR, 0xCCCC);
    cr_assert_neq(board_when(b, IWDG_SR, 3, 0, 1000000), UINT64_MAX);
    board_write(b, IWDG_KR, 0xAAAA);
    before = board_now(b);
    cr_assert_neq(board_when(b, CSR, 1u << 29, 1u << 29, 1000000), UINT64_MAX);
    cr_assert_eq(board_read(b, CSR) & 0xFC000000, 1u << 29 | 1u << 26);
    cr_assert_float_eq((double)(board_now(b) - before), 80000, 400);
}

Test(rcc_f1, survives_save_and_restore_while_oscillators_start)
{
    board_write(b, CIR, 0x1F00);
    board_write(b, CSR, 1);
    board_write(b, CR, 0x83 | HSEON);
    board_check_replay(b, 10000);
}
