/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clock outputs of the real chips: what TIM2 measures at the end of a wire (RM0090 7.2.10, RM0041 6.2.11). */
#include <criterion/criterion.h>

#include "core/schedule.h"
#include "periph/board.h"
#include "periph/chips/chips.h"
#include "periph/gpio.h"
#include "tests/unit/board.h"

enum {
    TIM2 = 0x40000000, TIM_CR1 = TIM2, TIM_DIER = TIM2 + 0x0C, TIM_SR = TIM2 + 0x10, TIM_CCMR1 = TIM2 + 0x18,
    TIM_CCER = TIM2 + 0x20, TIM_ARR = TIM2 + 0x2C, TIM_CCR1 = TIM2 + 0x34, CC1IF = 2, CC2IF = 4,
    RCC4 = 0x40023800, CR4 = RCC4, PLLCFGR4 = RCC4 + 4, CFGR4 = RCC4 + 0x08, BDCR4 = RCC4 + 0x70, PWR_CR = 0x40007000,
    A4 = 0x40020000, C4 = 0x40020800, IDR4 = 0x10, AFRL = 0x20,
    RCC1 = 0x40021000, CR1 = RCC1, CFGR1 = RCC1 + 4, A1 = 0x40010800, IDR1 = 8,
    HSEON = 1 << 16, PLLON = 1 << 24
};

static const struct chip_device around[] = {
    {.name = "WIRE1", .ops = &wire_ops, .gate = GATE_NONE, .reset_line = GATE_NONE},
    {.name = "WIRE2", .ops = &wire_ops, .gate = GATE_NONE, .reset_line = GATE_NONE},
    {0}};

#define WIRE(name, port, pin, to)                                                                  \
    {port, GPIO_OUT_CHIP(pin), name, 0, 1}, {name, 0, "GPIOA", GPIO_IN_BOARD(to), 1}

static const struct chip_route routes[] = {WIRE("WIRE1", "GPIOA", 8, 0), WIRE("WIRE2", "GPIOC", 9, 1), {0}};

static struct board *b;

static void create(const struct chip *chip, bool wired)
{
    struct machine_options options = {.seed = 1, .hse_hz = 8000000, .lse_hz = 32768};

    if (wired)
        options.board = (struct machine_board){.devices = around, .routes = routes};
    b = board_create_chip(chip, &options);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(mco, .fini = stop);

static void set(uint32_t address, uint32_t bits)
{
    board_write(b, address, board_read(b, address) | bits);
}

static void wait_for(uint32_t address, uint32_t bits)
{
    cr_assert_neq(board_when(b, address, bits, bits, 40000000), UINT64_MAX);
}

/* Clocks of TIM2 in so many periods of a channel's input. */
static uint32_t measure(unsigned channel, unsigned periods)
{
    uint32_t flag = CC1IF << channel, first = 0, now = 0;

    board_write(b, TIM_SR, 0);
    for (unsigned i = 0; i <= periods; i++) {
        b->byte_count = 0;
        cr_assert_neq(board_when(b, TIM_SR, flag, flag, 100000), UINT64_MAX);
        now = board_read(b, TIM_CCR1 + 4 * channel);
        first = i ? first : now;
    }
    return (now - first) & 0xFFFF;
}

static void capture_both(void)
{
    board_write(b, TIM_CCMR1, 0x0101);
    board_write(b, TIM_CCER, 0x11);
    board_write(b, TIM_CR1, 1);
}

/* ---- F405 ---- */

static void start_f4(bool wired)
{
    create(&stm32f405rg, wired);
    board_write(b, RCC4 + 0x30, 0x5);
    board_write(b, RCC4 + 0x40, 0x10000001);
    board_write(b, A4, 0xA800000A);         /* PA0, PA1: TIM2 */
    board_write(b, A4 + AFRL, 0x11);
    capture_both();
}

static void show_mco1(void)
{
    set(A4, 2 << 16);
}

static void show_mco2(void)
{
    set(C4, 2 << 18);
}

Test(mco, mco1_divides_the_hsi)
{
    start_f4(true);
    show_mco1();
    cr_assert_eq(measure(0, 10), 10);
    board_write(b, CFGR4, 4u << 24);
    cr_assert_eq(measure(0, 10), 20);
    board_write(b, CFGR4, 5u << 24);
    cr_assert_eq(measure(0, 10), 30);
    board_write(b, CFGR4, 7u << 24);
    cr_assert_eq(measure(0, 10), 50);
}

Test(mco, mco1_shows_hse_lse_and_pll)
{
    start_f4(true);
    board_write(b, PWR_CR, 1 << 8);
    board_write(b, BDCR4, 1);
    set(CR4, HSEON);
    wait_for(CR4, HSEON << 1);
    wait_for(BDCR4, 2);
    board_write(b, PLLCFGR4, 16 | 96 << 6 | 3 << 16 | 4 << 24);
    set(CR4, PLLON);
    wait_for(CR4, PLLON << 1);
    show_mco1();
    board_write(b, CFGR4, 2u << 21);
    cr_assert_eq(measure(0, 100), 200);
    board_write(b, CFGR4, 1u << 21);
    cr_assert_eq(measure(0, 64), 31250);    /* 64 / 32768 s of 16 MHz */
    board_write(b, CFGR4, 3u << 21 | 7u << 24);
    cr_assert_eq(measure(0, 30), 200);      /* 96 MHz / 8 / 5 */
}

Test(mco, mco2_shows_sysclk_and_hse)
{
    start_f4(true);
    set(CR4, HSEON);
    wait_for(CR4, HSEON << 1);
    show_mco2();
    board_write(b, CFGR4, 6u << 27);
    cr_assert_eq(measure(1, 10), 40);
    board_write(b, CFGR4, 2u << 30 | 4u << 27);
    cr_assert_eq(measure(1, 10), 40);
}

/* Both edges of a period of five cycles: high for two and a half. */
Test(mco, a_pin_that_is_only_read_follows_the_clock_without_events)
{
    start_f4(false);
    show_mco1();
    board_write(b, CFGR4, 7u << 24);
    cr_assert_eq(sched_when(machine_device_named(b->m, "MCO1"), 0).cycles, UINT64_MAX);
    for (unsigned i = 0; i < 1000; i++) {
        unsigned high = 0;
        for (unsigned cycle = 0; cycle < 10; cycle++, board_run(b, 1))
            high += board_read(b, A4 + IDR4) >> 8 & 1;
        cr_assert(high == 5 || high == 6, "%u", high);
    }
}

Test(mco, outputs_survive_save_and_restore_at_every_event)
{
    start_f4(true);
    show_mco1();
    show_mco2();
    board_write(b, CFGR4, 7u << 24 | 7u << 27);
    board_write(b, TIM_DIER, CC1IF);
    board_check_replay(b, 300);
}

/* ---- F100 ---- */

Test(mco, f1_has_four_sources_and_none)
{
    create(&stm32f100rb, true);
    board_write(b, RCC1 + 0x18, 0x5);
    board_write(b, RCC1 + 0x1C, 1);
    board_write(b, CR1, 0x83 | HSEON | PLLON);      /* HSI / 2 * 2 */
    wait_for(CR1, HSEON << 1 | PLLON << 1);
    board_write(b, A1 + 4, 0x4444444B);             /* PA8: alternate function */
    board_write(b, TIM_ARR, 0xFFFF);
    capture_both();
    board_run(b, 1000);
    cr_assert_eq(board_read(b, TIM_SR) & CC1IF, 0);
    board_write(b, CFGR1, 5u << 24);
    cr_assert_eq(measure(0, 10), 10);
    board_write(b, CFGR1, 4u << 24);
    cr_assert_eq(measure(0, 10), 10);
    board_write(b, CFGR1, 7u << 24);
    cr_assert_eq(measure(0, 10), 20);
    board_write(b, CFGR1, 6u << 24);
    cr_assert_eq(measure(0, 10), 10);
    board_write(b, CFGR1, 0);
    board_write(b, TIM_SR, 0);
    board_run(b, 1000);
    cr_assert_eq(board_read(b, TIM_SR) & CC1IF, 0);
}
