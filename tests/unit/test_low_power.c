/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sleep, Stop and Standby of the STM32F405 as a program meets them (RM0090 5.3). */
#include <criterion/criterion.h>
#include <string.h>

#include "periph/chips/chips.h"
#include "tests/unit/sleeper.h"

enum {
    RCC = 0x40023800, RCC_CR = RCC, RCC_CFGR = RCC + 8, AHB1ENR = RCC + 0x30, APB1ENR = RCC + 0x40, APB1LPENR = RCC + 0x60,
    BDCR = RCC + 0x70, RCC_CSR = RCC + 0x74,
    VOS = 1 << 14,
    RTC = 0x40002800, RTC_CR = RTC + 8, RTC_ISR = RTC + 0xC, WUTR = RTC + 0x14, WPR = RTC + 0x24,
    BKP0R = RTC + 0x50, WUTWF = 4, WUTE = 1 << 10, WUTIE = 1 << 14,
    EXTI_IMR = 0x40013C00, EXTI_RTSR = 0x40013C08, RTC_WKUP_IRQ = 3,
    STK_CTRL = 0xE000E010, STK_LOAD = 0xE000E014, STK_VAL = 0xE000E018,
    DEMCR = 0xE000EDFC, DWT_CTRL = 0xE0001000, CYCCNT = 0xE0001004,
    DBGMCU_CR = 0xE0042004, GPIOA_MODER = 0x40020000,
    SRAM_WORD = 0x20001000, CCM_WORD = 0x10000100,
    MS = 16000              /* cycles of the HSI */
};

static struct board *b;

static void set(uint32_t address, uint32_t bits)
{
    board_write(b, address, board_read(b, address) | bits);
}

static void start(void)
{
    const struct machine_options options = {.seed = 1, .hse_hz = 8000000, .lse_hz = 32768};

    b = board_create_chip(&stm32f405rg, &options);
    board_write(b, AHB1ENR, 1);
    board_write(b, APB1ENR, 1u << 28 | 1u << 4);
    board_write(b, PWR_CR, VOS | DBP);
    sleeper_begin(b);
    board_write(b, NVIC_ISER, 1u << RTC_WKUP_IRQ);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(low_power, .init = start, .fini = stop);

/* RTC on the LSE with a wake-up after `count` + 1 cycles of RTCCLK / 16. */
static void wake_by_rtc(uint32_t count)
{
    board_write(b, BDCR, 1u << 15 | 1u << 8 | 1);
    cr_assert_neq(board_when(b, BDCR, 2, 2, 1000 * MS), UINT64_MAX);
    board_write(b, WPR, 0xCA);
    board_write(b, WPR, 0x53);
    cr_assert_neq(board_when(b, RTC_ISR, WUTWF, WUTWF, MS), UINT64_MAX);
    board_write(b, WUTR, count);
    board_write(b, RTC_CR, WUTE | WUTIE);
}

/* ---- Sleep ---- */

static uint32_t tim6_count_of_a_sleep(uint32_t lpenr)
{
    uint32_t count;

    board_write(b, APB1LPENR, lpenr);
    board_write(b, SCR, 0);
    board_write(b, NVIC_ISPR, 1u << EXTI1_IRQ);     /* awake, and asleep again */
    board_run_on(b, 10);
    cr_assert_not(sleeper_asleep(b));
    board_write(b, NVIC_ICPR, 1u << EXTI1_IRQ);
    board_run_on(b, 10);
    cr_assert(sleeper_asleep(b));
    board_run_on(b, 1000);
    board_write(b, NVIC_ISPR, 1u << EXTI1_IRQ);
    count = board_peek(b, TIM6_CNT);
    board_write(b, TIM6_CNT, 0);
    return count;
}

Test(low_power, sleep_stops_the_clocks_that_lpenr_leaves_out)
{
    board_write(b, TIM6_CR1, 1);
    cr_assert_gt(tim6_count_of_a_sleep(1u << 4), 1000);
    cr_assert_lt(tim6_count_of_a_sleep(0), 100);
    cr_assert_gt(tim6_count_of_a_sleep(1u << 4), 1000);
}

/* ---- Stop ---- */

Test(low_power, stop_ends_on_the_hsi)
{
    sleeper_runs_from_hse(b, RCC_CR, RCC_CFGR);
    sleeper_wakes_by_line_1(b, EXTI_IMR);
    sleeper_deep(b, 0);
    cr_assert(sleeper_asleep(b));
    board_run_on(b, 100 * MS);
    cr_assert(sleeper_asleep(b));
    sleeper_pin(b, 1, GPIO_HIGH);
    cr_assert_not(sleeper_asleep(b));
    cr_assert_eq(board_peek(b, RCC_CFGR) & 15, 0);
    cr_assert_eq(board_peek(b, RCC_CR) & 0x05010003, 3);
    cr_assert_eq(machine_clock(b->m, CLOCK_CORE).num, 16000000);
    cr_assert_eq(machine_clock(b->m, CLOCK_PCLK1).num, 16000000);
    cr_assert_eq(board_peek(b, PWR_CSR) & (SBF | WUF), 0);
}

Test(low_power, timers_stand_still_in_stop)
{
    uint32_t before;

    sleeper_wakes_by_line_1(b, EXTI_IMR);
    board_write(b, TIM6_CR1, 1);
    board_write(b, STK_LOAD, 0xFFFFFF);
    board_write(b, STK_VAL, 0);
    board_write(b, STK_CTRL, 5);
    board_write(b, DEMCR, 1u << 24);
    board_write(b, DWT_CTRL, board_read(b, DWT_CTRL) | 1);
    sleeper_deep(b, 0);
    before = board_peek(b, TIM6_CNT);
    cr_assert_gt(before, 0);
    uint32_t systick = board_peek(b, STK_VAL), cycles = board_peek(b, CYCCNT);
    board_run_on(b, MS);
    cr_assert_eq(board_peek(b, TIM6_CNT), before);
    cr_assert_eq(board_peek(b, STK_VAL), systick);
    cr_assert_eq(board_peek(b, CYCCNT), cycles);
    sleeper_pin(b, 1, GPIO_HIGH);
    board_run_on(b, 100);
    cr_assert_leq(board_peek(b, TIM6_CNT) - before - 100, 2);
    cr_assert_leq(systick - board_peek(b, STK_VAL) - 100, 2);
    cr_assert_leq(board_peek(b, CYCCNT) - cycles - 100, 2);
}

Test(low_power, systick_goes_on_in_stop_with_dbg_stop)
{
    board_write(b, DBGMCU_CR, 2);
    board_write(b, STK_LOAD, 999);
    board_write(b, STK_VAL, 0);
    board_write(b, STK_CTRL, 7);
    sleeper_wakes_by_line_1(b, EXTI_IMR);
    sleeper_deep(b, 0);
    cr_assert(sleeper_asleep(b));
    board_run_on(b, 1000);
    cr_assert_not(sleeper_asleep(b));
}

Test(low_power, the_rtc_wakes_from_stop_through_its_line)
{
    uint64_t begin;

    wake_by_rtc(1023);                              /* half a second */
    begin = board_now(b);
    board_write(b, EXTI_IMR, 1u << 22);
    board_write(b, EXTI_RTSR, 1u << 22);
    sleeper_deep(b, 0);
    cr_assert(sleeper_asleep(b));
    board_run_on(b, begin + 499 * MS - board_now(b));
    cr_assert(sleeper_asleep(b));
    board_run_on(b, 2 * MS);
    cr_assert_not(sleeper_asleep(b));
}

Test(low_power, unselected_lines_do_not_wake)
{
    board_write(b, EXTI_RTSR, 2);
    sleeper_deep(b, 0);
    sleeper_pin(b, 1, GPIO_HIGH);
    board_run_on(b, 10);
    cr_assert(sleeper_asleep(b));
}

/* ---- Standby ---- */

static void leave_marks(void)
{
    board_write(b, SRAM_WORD, 0x12345678);
    board_write(b, CCM_WORD, 0x12345678);
    board_write(b, BKP0R, 0xCAFE);
    set(RCC_CSR, 1u << 24);
}

static void check_left_standby(uint32_t flags)
{
    board_run_on(b, 100);
    cr_assert_eq(board_peek(b, SRAM_WORD), 0);
    cr_assert_eq(board_peek(b, CCM_WORD), 0);
    cr_assert_eq(board_peek(b, BKP0R), 0xCAFE);
    cr_assert_eq(board_peek(b, RCC_CSR) & 0xFF000000, 0x0E000000, "a power reset");
    board_write(b, APB1ENR, 1u << 28);
    cr_assert_eq(board_peek(b, PWR_CSR) & (SBF | WUF), flags);
    board_write(b, PWR_CR, CWUF | CSBF);
    cr_assert_eq(board_peek(b, PWR_CSR) & (SBF | WUF), 0);
    cr_assert_eq(machine_reg(b->m, REG_PRIMASK), 0, "out of reset");
}

Test(low_power, the_wake_up_pin_leaves_standby)
{
    leave_marks();
    sleeper_wakes_by_line_1(b, EXTI_IMR);
    board_write(b, PWR_CSR, EWUP);
    sleeper_deep(b, PDDS | CWUF);
    cr_assert(sleeper_asleep(b));
    sleeper_pin(b, 1, GPIO_HIGH);
    board_run_on(b, MS);
    cr_assert(sleeper_asleep(b), "a line of EXTI does not reach it");
    cr_assert_eq(board_peek(b, SRAM_WORD), 0x12345678);
    sleeper_pin(b, 0, GPIO_HIGH);
    check_left_standby(SBF | WUF);
}

Test(low_power, a_high_wake_up_pin_is_no_edge_of_standby)
{
    leave_marks();
    sleeper_pin(b, 0, GPIO_HIGH);
    board_write(b, PWR_CSR, EWUP);
    sleeper_deep(b, PDDS | CWUF);
    board_run_on(b, MS);
    cr_assert(sleeper_asleep(b));
    cr_assert_eq(board_peek(b, SRAM_WORD), 0x12345678);
}

Test(low_power, the_rtc_leaves_standby)
{
    leave_marks();
    wake_by_rtc(1023);
    sleeper_deep(b, PDDS | CWUF);
    board_run_on(b, 498 * MS);
    cr_assert_eq(board_peek(b, SRAM_WORD), 0x12345678);
    board_run_on(b, 4 * MS);
    check_left_standby(SBF | WUF);
}

Test(low_power, a_reset_leaves_standby)
{
    leave_marks();
    sleeper_deep(b, PDDS | CWUF);
    machine_reset(b->m, RESET_SYSTEM);
    check_left_standby(SBF);
}

Test(low_power, the_independent_watchdog_leaves_standby)
{
    leave_marks();
    board_write(b, IWDG_KR, 0xCCCC);
    sleeper_deep(b, PDDS | CWUF);
    board_run_on(b, 600 * MS);
    cr_assert_eq(board_peek(b, RCC_CSR) >> 29 & 1, 1);
    board_write(b, APB1ENR, 1u << 28);
    cr_assert_eq(board_peek(b, PWR_CSR) & (SBF | WUF), SBF);
}

Test(low_power, a_set_wake_up_flag_ends_standby_at_once)
{
    leave_marks();
    board_write(b, PWR_CSR, EWUP);
    sleeper_pin(b, 0, GPIO_HIGH);
    cr_assert_eq(board_peek(b, PWR_CSR) & WUF, WUF);
    sleeper_deep(b, PDDS);
    check_left_standby(SBF | WUF);
}

Test(low_power, standby_lets_go_of_the_pins)
{
    b->byte_count = 0;
    board_write(b, GPIOA_MODER, 0xA8000000 | 1u << 10);
    board_write(b, GPIOA_MODER + 0x14, 1u << 5);
    sleeper_deep(b, PDDS | CWUF);
    cr_assert_eq(b->bytes[b->byte_count - 2].byte, 5);
    cr_assert_eq(b->bytes[b->byte_count - 1].byte, GPIO_RELEASED);
}

Test(low_power, state_survives_save_and_restore_at_every_event)
{
    leave_marks();
    wake_by_rtc(15);
    sleeper_deep(b, 0);
    board_check_replay(b, 50 * MS);
    sleeper_deep(b, PDDS | CWUF);
    board_check_replay(b, 50 * MS);
}
