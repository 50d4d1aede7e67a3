/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sleep, Stop and Standby of the STM32F100 as a program meets them (RM0041 4.3). */
#include <criterion/criterion.h>

#include "periph/chips/chips.h"
#include "tests/unit/sleeper.h"

enum {
    RCC = 0x40021000, RCC_CR = RCC, RCC_CFGR = RCC + 4, APB2ENR = RCC + 0x18, APB1ENR = RCC + 0x1C,
    BDCR = RCC + 0x20, RCC_CSR = RCC + 0x24,
    RTC = 0x40002800, RTC_CRL = RTC + 4, RTC_PRLL = RTC + 0xC, RTC_ALRH = RTC + 0x20, RTC_ALRL = RTC + 0x24,
    FLAGS = 0xF, CNF = 0x10, RTOFF = 0x20,
    BKP_DR1 = 0x40006C04,
    EXTI_IMR = 0x40010400, EXTI_RTSR = 0x40010408, RTC_ALARM_IRQ = 41,
    SRAM_WORD = 0x20001800,
    MS = 8000               /* cycles of the HSI */
};

static struct board *b;

static void set(uint32_t address, uint32_t bits)
{
    board_write(b, address, board_read(b, address) | bits);
}

static void start(void)
{
    const struct machine_options options = {.seed = 1, .hse_hz = 8000000, .lse_hz = 32768};

    b = board_create_chip(&stm32f100rb, &options);
    board_write(b, APB2ENR, 1u << 2 | 1);
    board_write(b, APB1ENR, 1u << 28 | 1u << 27 | 1u << 4);
    board_write(b, PWR_CR, DBP);
    sleeper_begin(b);
    board_write(b, NVIC_ISER + 4, 1u << (RTC_ALARM_IRQ - 32));
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(low_power_f1, .init = start, .fini = stop);

/* RTC on the LSE at 1024 Hz, and an alarm after `counts` + 1 of those. */
static void wake_by_rtc(uint32_t counts)
{
    board_write(b, BDCR, 1u << 15 | 1u << 8 | 1);
    cr_assert_neq(board_when(b, BDCR, 2, 2, 1000 * MS), UINT64_MAX);
    board_write(b, RTC_CRL, FLAGS | CNF);
    board_write(b, RTC_PRLL, 31);
    board_write(b, RTC_ALRH, 0);
    board_write(b, RTC_ALRL, counts);
    board_write(b, RTC_CRL, FLAGS);
    cr_assert_neq(board_when(b, RTC_CRL, RTOFF, RTOFF, MS), UINT64_MAX);
}

/* ---- Stop ---- */

Test(low_power_f1, stop_ends_on_the_hsi)
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
    cr_assert_eq(board_peek(b, RCC_CR) & 0x01010003, 3);
    cr_assert_eq(machine_clock(b->m, CLOCK_CORE).num, 8000000);
    cr_assert_eq(board_peek(b, PWR_CSR) & (SBF | WUF), 0);
}

Test(low_power_f1, timers_stand_still_in_stop)
{
    uint32_t before;

    sleeper_wakes_by_line_1(b, EXTI_IMR);
    board_write(b, TIM6_CR1, 1);
    sleeper_deep(b, 0);
    before = board_peek(b, TIM6_CNT);
    board_run_on(b, MS);
    cr_assert_eq(board_peek(b, TIM6_CNT), before);
}

Test(low_power_f1, the_rtc_alarm_wakes_from_stop_through_line_17)
{
    uint64_t begin;

    wake_by_rtc(511);                               /* half a second */
    begin = board_now(b);
    board_write(b, EXTI_IMR, 1u << 17);
    board_write(b, EXTI_RTSR, 1u << 17);
    sleeper_deep(b, 0);
    cr_assert(sleeper_asleep(b));
    board_run_on(b, begin + 499 * MS - board_now(b));
    cr_assert(sleeper_asleep(b));
    board_run_on(b, 2 * MS);
    cr_assert_not(sleeper_asleep(b));
}

/* ---- Standby ---- */

static void leave_marks(void)
{
    board_write(b, SRAM_WORD, 0x12345678);
    board_write(b, BKP_DR1, 0xCAFE);
    set(RCC_CSR, 1u << 24);
}

static void check_left_standby(uint32_t flags)
{
    board_run_on(b, 100);
    cr_assert_eq(board_peek(b, SRAM_WORD), 0);
    cr_assert_eq(board_peek(b, RCC_CSR) & 0xFC000000, 0x0C000000, "a power reset");
    board_write(b, APB1ENR, 1u << 28 | 1u << 27);
    cr_assert_eq(board_peek(b, BKP_DR1), 0xCAFE);
    cr_assert_eq(board_peek(b, PWR_CSR) & (SBF | WUF), flags);
    board_write(b, PWR_CR, CWUF | CSBF);
    cr_assert_eq(board_peek(b, PWR_CSR) & (SBF | WUF), 0);
}

Test(low_power_f1, the_wake_up_pin_leaves_standby)
{
    leave_marks();
    sleeper_wakes_by_line_1(b, EXTI_IMR);
    board_write(b, PWR_CSR, EWUP);
    sleeper_deep(b, PDDS | CWUF);
    sleeper_pin(b, 1, GPIO_HIGH);
    board_run_on(b, MS);
    cr_assert(sleeper_asleep(b), "a line of EXTI does not reach it");
    sleeper_pin(b, 0, GPIO_HIGH);
    check_left_standby(SBF | WUF);
}

Test(low_power_f1, the_rtc_alarm_leaves_standby)
{
    leave_marks();
    wake_by_rtc(511);
    sleeper_deep(b, PDDS | CWUF);
    board_run_on(b, 498 * MS);
    cr_assert_eq(board_peek(b, SRAM_WORD), 0x12345678);
    board_run_on(b, 4 * MS);
    check_left_standby(SBF | WUF);
}

Test(low_power_f1, the_independent_watchdog_leaves_standby)
{
    leave_marks();
    board_write(b, IWDG_KR, 0xCCCC);
    sleeper_deep(b, PDDS | CWUF);
    board_run_on(b, 600 * MS);
    cr_assert_eq(board_peek(b, RCC_CSR) >> 29 & 1, 1);
    board_write(b, APB1ENR, 1u << 28);
    cr_assert_eq(board_peek(b, PWR_CSR) & (SBF | WUF), SBF);
}

Test(low_power_f1, state_survives_save_and_restore_at_every_event)
{
    leave_marks();
    wake_by_rtc(15);
    sleeper_deep(b, 0);
    board_check_replay(b, 50 * MS);
    sleeper_deep(b, PDDS | CWUF);
    board_check_replay(b, 50 * MS);
}
