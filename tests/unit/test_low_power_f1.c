/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sleep, Stop and Standby of the STM32F100 as a program meets them (RM0041 4.3). */
#include <criterion/criterion.h>

#include "periph/chips/chips.h"
#include "periph/gpio.h"
#include "tests/unit/board.h"

enum {
    RCC = 0x40021000, RCC_CR = RCC, RCC_CFGR = RCC + 4, APB2ENR = RCC + 0x18, APB1ENR = RCC + 0x1C,
    BDCR = RCC + 0x20, RCC_CSR = RCC + 0x24,
    PWR_CR = 0x40007000, PWR_CSR = 0x40007004,
    PDDS = 1 << 1, CWUF = 1 << 2, CSBF = 1 << 3, DBP = 1 << 8, WUF = 1, SBF = 2, EWUP = 1 << 8,
    RTC = 0x40002800, RTC_CRL = RTC + 4, RTC_PRLL = RTC + 0xC, RTC_ALRH = RTC + 0x20, RTC_ALRL = RTC + 0x24,
    FLAGS = 0xF, CNF = 0x10, RTOFF = 0x20,
    BKP_DR1 = 0x40006C04,
    EXTI_IMR = 0x40010400, EXTI_RTSR = 0x40010408, EXTI1_IRQ = 7, RTC_ALARM_IRQ = 41,
    TIM6_CR1 = 0x40001000, TIM6_CNT = 0x40001024,
    NVIC_ISER = 0xE000E100, NVIC_ISPR = 0xE000E200, NVIC_ICPR = 0xE000E280, SCR = 0xE000ED10,
    IWDG_KR = 0x40003000,
    SRAM_WORD = 0x20001800,
    MS = 8000               /* cycles of the HSI */
};

static struct board *b;

static void set(uint32_t address, uint32_t bits)
{
    board_write(b, address, board_read(b, address) | bits);
}

/* A core that is awake may pass the cycle by an instruction. */
static void run(uint64_t cycles)
{
    board_run_on(b, cycles);
}

static void pin(unsigned number, enum gpio_level level)
{
    const uint8_t bytes[] = {(uint8_t)number, (uint8_t)level};

    cr_assert(machine_input(b->m, "GPIOA", bytes, sizeof bytes));
    run(1);
}

/* The program sleeps, and an interrupt that is pending but masked makes it spin. */
static void start(void)
{
    const struct machine_options options = {.seed = 1, .hse_hz = 8000000, .lse_hz = 32768};

    b = board_create_chip(&stm32f100rb, &options);
    board_write(b, APB2ENR, 1u << 2 | 1);
    board_write(b, APB1ENR, 1u << 28 | 1u << 27 | 1u << 4);
    board_write(b, PWR_CR, DBP);
    pin(0, GPIO_LOW);
    pin(1, GPIO_LOW);
    machine_set_reg(b->m, REG_PRIMASK, 1);
    board_write(b, NVIC_ISER, 1u << EXTI1_IRQ);
    board_write(b, NVIC_ISER + 4, 1u << (RTC_ALARM_IRQ - 32));
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(low_power_f1, .init = start, .fini = stop);

static bool asleep(void)
{
    vtime next;

    return machine_asleep(b->m, &next);
}

/* Wakes the core, so that it sleeps again with SLEEPDEEP. */
static void sleep_deep(uint32_t pwr_cr)
{
    board_write(b, PWR_CR, DBP | pwr_cr);
    board_write(b, SCR, 4);
    board_write(b, NVIC_ISPR, 1u << EXTI1_IRQ);
    run(10);
    cr_assert_not(asleep());
    board_write(b, NVIC_ICPR, 1u << EXTI1_IRQ);
    run(10);
}

static void wake_by_line_1(void)
{
    board_write(b, EXTI_IMR, 2);
    board_write(b, EXTI_RTSR, 2);
}

static void run_from_hse(void)
{
    set(RCC_CR, 1u << 16);
    cr_assert_neq(board_when(b, RCC_CR, 1u << 17, 1u << 17, 100 * MS), UINT64_MAX);
    board_write(b, RCC_CFGR, 1);
    cr_assert_eq(board_peek(b, RCC_CFGR) & 12, 4);
}

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
    run_from_hse();
    wake_by_line_1();
    sleep_deep(0);
    cr_assert(asleep());
    run(100 * MS);
    cr_assert(asleep());
    pin(1, GPIO_HIGH);
    cr_assert_not(asleep());
    cr_assert_eq(board_peek(b, RCC_CFGR) & 15, 0);
    cr_assert_eq(board_peek(b, RCC_CR) & 0x01010003, 3);
    cr_assert_eq(machine_clock(b->m, CLOCK_CORE).num, 8000000);
    cr_assert_eq(board_peek(b, PWR_CSR) & (SBF | WUF), 0);
}

Test(low_power_f1, timers_stand_still_in_stop)
{
    uint32_t before;

    wake_by_line_1();
    board_write(b, TIM6_CR1, 1);
    sleep_deep(0);
    before = board_peek(b, TIM6_CNT);
    run(MS);
    cr_assert_eq(board_peek(b, TIM6_CNT), before);
}

Test(low_power_f1, the_rtc_alarm_wakes_from_stop_through_line_17)
{
    uint64_t begin;

    wake_by_rtc(511);                               /* half a second */
    begin = board_now(b);
    board_write(b, EXTI_IMR, 1u << 17);
    board_write(b, EXTI_RTSR, 1u << 17);
    sleep_deep(0);
    cr_assert(asleep());
    run(begin + 499 * MS - board_now(b));
    cr_assert(asleep());
    run(2 * MS);
    cr_assert_not(asleep());
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
    run(100);
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
    wake_by_line_1();
    board_write(b, PWR_CSR, EWUP);
    sleep_deep(PDDS | CWUF);
    pin(1, GPIO_HIGH);
    run(MS);
    cr_assert(asleep(), "a line of EXTI does not reach it");
    pin(0, GPIO_HIGH);
    check_left_standby(SBF | WUF);
}

Test(low_power_f1, the_rtc_alarm_leaves_standby)
{
    leave_marks();
    wake_by_rtc(511);
    sleep_deep(PDDS | CWUF);
    run(498 * MS);
    cr_assert_eq(board_peek(b, SRAM_WORD), 0x12345678);
    run(4 * MS);
    check_left_standby(SBF | WUF);
}

Test(low_power_f1, the_independent_watchdog_leaves_standby)
{
    leave_marks();
    board_write(b, IWDG_KR, 0xCCCC);
    sleep_deep(PDDS | CWUF);
    run(600 * MS);
    cr_assert_eq(board_peek(b, RCC_CSR) >> 29 & 1, 1);
    board_write(b, APB1ENR, 1u << 28);
    cr_assert_eq(board_peek(b, PWR_CSR) & (SBF | WUF), SBF);
}

Test(low_power_f1, state_survives_save_and_restore_at_every_event)
{
    leave_marks();
    wake_by_rtc(15);
    sleep_deep(0);
    board_check_replay(b, 50 * MS);
    sleep_deep(PDDS | CWUF);
    board_check_replay(b, 50 * MS);
}
