/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filters of the timers' inputs, the external trigger's prescaler and the option registers (RM0090 17.4.3,
 * 17.4.7, 18.4.21, 19.5.12). */
#include <criterion/criterion.h>

#include "periph/devices.h"
#include "periph/timer.h"
#include "tests/unit/board.h"

enum {
    TIM1 = 0x40010000, TIM2 = 0x40000000, TIM11 = 0x40014800,
    CR1 = 0x00, CR2 = 0x04, SMCR = 0x08, SR = 0x10, CCMR1 = 0x18, CCER = 0x20, CNT = 0x24, CCR1 = 0x34, CCR2 = 0x38,
    OR = 0x50,
    CEN = 1, CC1IF = 2, TIF = 0x40, TI1 = 1, TI2 = 2, TI3 = 4, ETR = 8, SOF_FS = 16, SOF_HS = 32
};

/* TIM1 and TIM11 count core cycles, TIM2 every other one. */
static const struct chip_device devices[] = {
    {.name = "TIM1", .ops = &timer_advanced_ops, .base = TIM1, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_TIMER2, .irq = {CHIP_NO_IRQ, 24, 25, 26, 27}, .irq_count = 5},
    {.name = "TIM2", .ops = &timer_tim2_ops, .base = TIM2, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_TIMER1, .irq = {28}, .irq_count = 1},
    {.name = "TIM11", .ops = &timer_tim11_ops, .base = TIM11, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_TIMER2, .irq = {26}, .irq_count = 1},
    {.name = "HSE_RTC_edges", .ops = &clock_edges_ops, .gate = GATE_NONE, .reset_line = GATE_NONE,
     .clock = CLOCK_HSE_RTC},
    {0}};

static const struct chip_route routes[] = {
    {"PROBE", 0, "TIM1", TIMER_IN_TI1, 3},
    {"PROBE", 3, "TIM1", TIMER_IN_ETR, 1},
    {"PROBE", 4, "TIM2", TIMER_IN_ITR1_SOF_FS, 2},
    {"PROBE", 0, "TIM11", TIMER_IN_TI1, 1},
    {"HSE_RTC_edges", 0, "TIM11", TIMER_IN_TI1_HSE_RTC, 1},
    {0}};

static struct board *b;

static void start(void)
{
    b = board_create(devices, routes);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(timer_filter, .init = start, .fini = stop);

static void put(uint32_t reg, uint32_t value)
{
    board_write(b, TIM1 + reg, value);
}

static uint32_t get(uint32_t reg)
{
    return board_read(b, TIM1 + reg);
}

static void lines(uint32_t levels)
{
    board_write(b, BOARD_PROBE, levels);
}

/* A rising edge of TI1 `offset` clocks behind a sample is captured so many clocks later. */
static void expect_delay(unsigned filter, uint32_t ckd, unsigned period, unsigned samples, unsigned offset)
{
    uint32_t edge;

    lines(0);
    put(CR1, CEN | ckd << 8);
    put(CCMR1, filter << 4 | 1);
    put(CCER, 1);
    board_run(b, 10000);
    board_run_to(b, board_now(b) / period * period + period + offset);
    edge = get(CNT);
    put(SR, 0);
    lines(TI1);
    board_run(b, (uint64_t)period * samples - offset - 1);
    cr_assert_eq(get(SR) & CC1IF, 0, "filter %u", filter);
    board_run(b, 1);
    cr_assert_eq(get(SR) & CC1IF, CC1IF, "filter %u", filter);
    cr_assert_eq(get(CCR1), (edge + period * samples - offset) & 0xFFFF, "filter %u", filter);
}

Test(timer_filter, every_setting_takes_its_samples)
{
    static const struct {
        unsigned period, samples;
    } expected[16] = {{1, 0}, {1, 2}, {1, 4},  {1, 8},  {2, 6},  {2, 8},  {4, 6},  {4, 8},
                      {8, 6}, {8, 8}, {16, 5}, {16, 6}, {16, 8}, {32, 5}, {32, 6}, {32, 8}};

    for (unsigned filter = 1; filter < 16; filter++) {
        expect_delay(filter, 0, expected[filter].period, expected[filter].samples, 0);
        expect_delay(filter, 0, expected[filter].period, expected[filter].samples, expected[filter].period - 1);
    }
}

Test(timer_filter, slow_filters_follow_ckd)
{
    expect_delay(3, 2, 1, 8, 0);
    expect_delay(4, 1, 4, 6, 0);
    expect_delay(15, 2, 128, 8, 5);
}

Test(timer_filter, a_short_pulse_is_swallowed_and_breaks_the_row)
{
    put(CCMR1, 0x31);               /* 8 samples, one each clock */
    put(CCER, 1);
    put(CR1, CEN);
    lines(TI1);
    board_run(b, 7);
    lines(0);
    board_run(b, 1);
    lines(TI1);
    board_run(b, 7);
    cr_assert_eq(get(SR) & CC1IF, 0);
    board_run(b, 1);
    cr_assert_eq(get(SR) & CC1IF, CC1IF);
}

Test(timer_filter, what_happens_between_two_samples_is_not_seen)
{
    put(CCMR1, 0xD1);               /* 5 samples, every 32 clocks */
    put(CCER, 1);
    put(CR1, CEN);
    lines(TI1);
    board_run_to(b, board_now(b) / 32 * 32 + 32 + 3);
    lines(0);
    board_run(b, 20);
    lines(TI1);
    board_run(b, 9 + 2 * 32);
    cr_assert_eq(get(SR) & CC1IF, 0);
    board_run(b, 32);
    cr_assert_eq(get(SR) & CC1IF, CC1IF);
}

Test(timer_filter, the_xor_of_three_pads_has_one_filter)
{
    put(CR2, 0x80);
    put(CCMR1, 0x21);               /* 4 samples */
    put(CCER, 1);
    put(CR1, CEN);
    lines(TI2);
    board_run(b, 2);
    lines(TI2 | TI3);               /* the XOR falls again */
    board_run(b, 20);
    cr_assert_eq(get(SR) & CC1IF, 0);
    lines(TI3);
    board_run(b, 4);
    cr_assert_eq(get(SR) & CC1IF, CC1IF);
}

/* Both channels take TI1; the input's filter is that of its own channel. */
Test(timer_filter, pwm_input_hears_the_filtered_input_twice)
{
    put(CR1, CEN);
    put(CCMR1, 0x0231);
    put(CCER, 0x31);                /* channel 2 on the falling edge */
    put(SMCR, 0x54);                /* TI1FP1 restarts the count */
    lines(TI1);
    board_run(b, 100);
    lines(0);
    board_run(b, 150);
    lines(TI1);
    board_run(b, 8);
    cr_assert_eq(get(CCR1), 250);
    cr_assert_eq(get(CCR2), 100);
}

/* ---- external trigger ---- */

Test(timer_filter, etr_is_filtered_behind_its_prescaler)
{
    put(SMCR, 0x4000 | 0x1000 | 0x100);     /* external clock 2, every other edge, 2 samples */
    put(CR1, CEN);
    for (unsigned i = 0; i < 6; i++) {
        lines(ETR);
        board_run(b, 10);
        lines(0);
        board_run(b, 10);
    }
    cr_assert_eq(get(CNT), 3);
}

Test(timer_filter, a_gate_opens_when_the_filter_lets_it)
{
    put(SMCR, 0x75 | 0x300);                /* gated by ETRF, 8 samples */
    put(CR1, CEN);
    lines(ETR);
    board_run(b, 28);
    cr_assert_eq(get(CNT), 20);
    cr_assert_eq(get(SR) & TIF, TIF);
    lines(0);
    board_run(b, 100);
    cr_assert_eq(get(CNT), 28);
}

Test(timer_filter, a_standing_timer_captures_behind_its_filter)
{
    put(CCMR1, 0x31);
    put(CCER, 1);
    lines(TI1);
    cr_assert_eq(board_when(b, TIM1 + SR, CC1IF, CC1IF, 100), board_now(b));
}

Test(timer_filter, filters_survive_save_and_restore_at_every_event)
{
    put(CCMR1, 0xA1);
    put(CCER, 1);
    put(CR1, CEN | 0x100);
    lines(TI1);
    board_check_replay(b, 500);
}

/* ---- option registers ---- */

Test(timer_filter, tim11_can_measure_the_hse_of_the_rtc)
{
    uint32_t first;

    board_write(b, BOARD_CLOCKS + 4 * CLOCK_HSE_RTC, 1000000);
    board_write(b, TIM11 + OR, 2);
    board_write(b, TIM11 + CCMR1, 1);
    board_write(b, TIM11 + CCER, 1);
    board_write(b, TIM11 + CR1, CEN);
    cr_assert_neq(board_when(b, TIM11 + SR, CC1IF, CC1IF, 1000), UINT64_MAX);
    first = board_read(b, TIM11 + CCR1);
    cr_assert_neq(board_when(b, TIM11 + SR, CC1IF, CC1IF, 1000), UINT64_MAX);
    cr_assert_eq(board_read(b, TIM11 + CCR1) - first, 168);
}

Test(timer_filter, tim2_counts_frames_of_usb)
{
    board_write(b, TIM2 + OR, 2 << 10);
    board_write(b, TIM2 + SMCR, 0x17);
    board_write(b, TIM2 + CR1, CEN);
    lines(SOF_FS);
    lines(SOF_FS | SOF_HS);
    cr_assert_eq(board_read(b, TIM2 + CNT), 1);
    board_write(b, TIM2 + OR, 3 << 10);
    lines(0);
    lines(SOF_HS);
    cr_assert_eq(board_read(b, TIM2 + CNT), 2);
}
