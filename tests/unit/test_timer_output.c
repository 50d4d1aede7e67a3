/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The output stage of the timers: dead time, breaks, what clears OCxREF (RM0090 17.3.11 to 17.3.13). */
#include <criterion/criterion.h>

#include "periph/chips/chips.h"
#include "periph/devices.h"
#include "periph/timer.h"
#include "tests/unit/board.h"

enum {
    TIM1 = 0x40010000, TIM3 = 0x40000400, TIM15 = 0x40014000,
    CR1 = 0x00, CR2 = 0x04, SMCR = 0x08, EGR = 0x14, CCMR1 = 0x18, CCER = 0x20, CNT = 0x24, ARR = 0x2C, CCR1 = 0x34,
    BDTR = 0x44,
    CEN = 1, CENTRE1 = 0x20, UG = 1, PWM1 = 0x60, PWM2 = 0x70, ACTIVE = 0x50, INACTIVE = 0x40, OCCE = 0x80, OCFE = 4,
    PAIR = 5, PAIR_LOW = 0xF, MOE = 0x8000, BKE = 0x1000, BKP = 0x2000, OSSI = 0x400,
    OC1 = 0, OC1N = 1, T3 = 2,                  /* the probe's inputs */
    BKIN = 1, ETR = 2, TI1 = 4
};

/* TIM1 and TIM15 count core cycles, TIM3 every other one. */
static const struct chip_device devices[] = {
    {.name = "TIM1", .ops = &timer_advanced_ops, .base = TIM1, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_TIMER2, .irq = {CHIP_NO_IRQ, 24, 25, 26, 27}, .irq_count = 5},
    {.name = "TIM3", .ops = &timer_general_f1_ops, .base = TIM3, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_TIMER1, .irq = {29}, .irq_count = 1},
    {0}};

static const struct chip_route routes[] = {
    {"TIM1", TIMER_OUT_OC1, "PROBE", OC1, 1},   {"TIM1", TIMER_OUT_OC1N, "PROBE", OC1N, 1},
    {"TIM3", TIMER_OUT_OC1, "PROBE", T3, 1},    {"PROBE", 0, "TIM1", TIMER_IN_BKIN, 1},
    {"PROBE", 1, "TIM1", TIMER_IN_ETR, 1},      {"PROBE", 1, "TIM3", TIMER_IN_ETR, 1},
    {"PROBE", 2, "TIM1", TIMER_IN_TI1, 1},      {0}};

static struct board *b;

static void start(void)
{
    b = board_create(devices, routes);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(timer_output, .init = start, .fini = stop);

static void put(uint32_t reg, uint32_t value)
{
    board_write(b, TIM1 + reg, value);
}

/* The n-th change of the probe's input from here on, by its level and the cycles since `from`. */
static void expect_edge(unsigned n, unsigned input, bool level, uint64_t from, uint64_t cycles)
{
    cr_assert_lt(n, b->signal_count, "edge %u of %u", n, b->signal_count);
    cr_assert_eq(b->signals[n].input, input, "edge %u: of %u", n, b->signals[n].input);
    cr_assert_eq(b->signals[n].level, level, "edge %u", n);
    cr_assert_eq(b->signals[n].cycle - from, cycles, "edge %u: after %llu", n,
                 (unsigned long long)(b->signals[n].cycle - from));
}

static void expect_dead_time(uint32_t dtg, uint32_t ckd, uint64_t cycles)
{
    uint64_t begin;

    put(BDTR, MOE | dtg);
    put(CR1, ckd << 8);
    put(CCMR1, ACTIVE);
    put(CCER, PAIR);
    board_run(b, 5000);
    b->signal_count = 0;
    begin = board_now(b);
    put(CCMR1, INACTIVE);
    board_run(b, 5000);
    cr_assert_eq(b->signal_count, 2);
    expect_edge(0, OC1, false, begin, 0);
    expect_edge(1, OC1N, true, begin, cycles);
}

/* ---- dead time ---- */

Test(timer_output, dead_time_has_four_ranges)
{
    expect_dead_time(1, 0, 1);
    expect_dead_time(0x7F, 0, 127);
    expect_dead_time(0x80, 0, 128);
    expect_dead_time(0xBF, 0, 254);
    expect_dead_time(0xC0, 0, 256);
    expect_dead_time(0xDF, 0, 504);
    expect_dead_time(0xE0, 0, 512);
    expect_dead_time(0xFF, 0, 1008);
}

Test(timer_output, dead_time_is_counted_in_dts)
{
    expect_dead_time(100, 1, 200);
    expect_dead_time(0xFF, 2, 4032);
}

/* Both rising edges come late, both falling edges at once; in every period. */
static void start_pair(uint32_t dtg, uint32_t ccr)
{
    put(ARR, 99);
    put(CCR1, ccr);
    put(CCMR1, PWM1);
    put(EGR, UG);
    put(BDTR, MOE | dtg);
    put(CCER, PAIR);
    board_run(b, 200);
    b->signal_count = 0;
    put(CR1, CEN);
}

Test(timer_output, a_pair_is_never_active_together)
{
    uint64_t begin;

    start_pair(10, 40);
    begin = board_now(b);
    board_run(b, 300);
    cr_assert_eq(b->signal_count, 10 + 1);
    for (unsigned i = 0; i < 2; i++) {
        expect_edge(4 * i + 0, OC1, false, begin, 100 * i + 40);
        expect_edge(4 * i + 1, OC1N, true, begin, 100 * i + 50);
        expect_edge(4 * i + 2, OC1N, false, begin, 100 * i + 100);
        expect_edge(4 * i + 3, OC1, true, begin, 100 * i + 110);
    }
}

Test(timer_output, a_pulse_shorter_than_the_dead_time_does_not_appear)
{
    start_pair(50, 40);
    board_run(b, 1000);
    cr_assert_eq(board_rises(b, OC1), 0);
    cr_assert_geq(board_rises(b, OC1N), 9);
}

Test(timer_output, an_output_alone_has_no_dead_time)
{
    uint64_t begin;

    put(BDTR, MOE | 100);
    put(CCER, 1);
    begin = board_now(b);
    put(CCMR1, ACTIVE);
    expect_edge(0, OC1, true, begin, 0);
}

Test(timer_output, a_break_reaches_idle_levels_behind_the_dead_time)
{
    uint64_t begin;

    put(CCMR1, ACTIVE);
    put(CR2, 0x0200);               /* OIS1 low, OIS1N high */
    put(BDTR, MOE | OSSI | BKE | BKP | 20);
    put(CCER, PAIR);
    board_run(b, 100);
    b->signal_count = 0;
    begin = board_now(b);
    board_write(b, BOARD_PROBE, BKIN);
    board_run(b, 100);
    cr_assert_eq(b->signal_count, 2);
    expect_edge(0, OC1, false, begin, 0);
    expect_edge(1, OC1N, true, begin, 20);
}

Test(timer_output, idle_levels_that_are_both_active_make_both_inactive)
{
    put(CR2, 0x0300);
    put(CCMR1, ACTIVE);
    put(BDTR, MOE | OSSI);
    put(CCER, PAIR);
    put(BDTR, OSSI);
    board_run(b, 10);
    cr_assert_eq(board_rises(b, OC1N), 0);
    put(CCER, PAIR_LOW);            /* active low: high levels are inactive */
    board_run(b, 10);
    cr_assert_eq(board_rises(b, OC1N), 1);
}

Test(timer_output, dead_times_survive_save_and_restore_at_every_event)
{
    start_pair(30, 50);
    put(CR1, CEN | CENTRE1);
    board_check_replay(b, 2000);
}

/* Nobody waits for the pins: their levels are worked out when IDR is read. */
Test(timer_output_pins, a_pin_that_is_only_read_shows_the_dead_time, .fini = stop)
{
    enum { RCC = 0x40023800, GPIOA = 0x40020000, IDR = 0x10, LAPS = 1000003 };
    const struct machine_options options = {.seed = 1};
    uint64_t begin;

    b = board_create_chip(&stm32f405rg, &options);
    board_write(b, RCC + 0x30, 1);
    board_write(b, RCC + 0x44, 1);
    board_write(b, GPIOA, 0xA8028000);      /* PA7 and PA8: TIM1_CH1N and CH1 */
    board_write(b, GPIOA + 0x20, 0x10000000);
    board_write(b, GPIOA + 0x24, 0x00000001);
    start_pair(10, 40);
    begin = board_now(b);
    board_run(b, 100 * LAPS);
    for (unsigned i = 0; i < 200; i++, board_run(b, 1)) {
        uint64_t phase = (board_now(b) - begin) % 100;
        uint32_t expected = (phase >= 10 && phase < 40) << 8 | (phase >= 50) << 7;
        cr_assert_eq(board_read(b, GPIOA + IDR) & 0x180, expected, "phase %u", (unsigned)phase);
    }
}

/* ---- OCxCE ---- */

Test(timer_output, etrf_clears_ocref_until_the_next_update)
{
    uint64_t begin;

    start_pair(0, 80);
    put(CCER, 1);
    put(CCMR1, PWM1 | OCCE);
    b->signal_count = 0;
    begin = board_now(b);
    board_run(b, 20);
    board_write(b, BOARD_PROBE, ETR);
    board_run(b, 10);
    board_write(b, BOARD_PROBE, 0);
    board_run(b, 200);
    expect_edge(0, OC1, false, begin, 20);
    expect_edge(1, OC1, true, begin, 100);
    expect_edge(2, OC1, false, begin, 180);
}

Test(timer_output, etrf_that_stays_high_keeps_ocref_low_over_updates)
{
    start_pair(0, 80);
    put(CCMR1, PWM1 | OCCE);
    b->signal_count = 0;
    board_write(b, BOARD_PROBE, ETR);
    board_run(b, 1000);
    cr_assert_eq(board_rises(b, OC1), 0);
    put(CCMR1, ACTIVE | OCCE);              /* a forced level is not cleared */
    cr_assert_eq(board_rises(b, OC1), 1);
}

Test(timer_output, occs_of_the_f1_chooses_etrf)
{
    board_write(b, TIM3 + CCMR1, PWM1 | OCCE);
    board_write(b, TIM3 + CCR1, 10);
    board_write(b, TIM3 + EGR, UG);
    board_write(b, TIM3 + CCER, 1);
    board_write(b, BOARD_PROBE, ETR);
    cr_assert_eq(b->signal_count, 1, "OCREF_CLR leads nowhere");
    board_write(b, TIM3 + SMCR, 8);
    cr_assert_eq(b->signal_count, 2);
    cr_assert_not(b->signals[1].level);
}

/* ---- OCxFE ---- */

Test(timer_output, a_fast_output_answers_the_trigger_without_a_match)
{
    uint64_t begin;

    put(ARR, 99);
    put(CCR1, 60);
    put(CCMR1, PWM2 | OCFE);
    put(SMCR, 0x76);                        /* trigger mode on ETRF */
    put(EGR, UG);
    put(BDTR, MOE);
    put(CCER, 1);
    put(CR1, 8);                            /* one pulse */
    b->signal_count = 0;
    begin = board_now(b);
    board_write(b, BOARD_PROBE, ETR);
    board_run(b, 300);
    cr_assert_eq(b->signal_count, 2);
    expect_edge(0, OC1, true, begin, 0);
    expect_edge(1, OC1, false, begin, 100);
}
