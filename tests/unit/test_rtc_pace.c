/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RTC v2: calibration, reference clock, RTC_AF1 as an output, tamper filters (RM0090 26.3.10 to 26.3.15). */
#include <criterion/criterion.h>

#include "periph/devices.h"
#include "periph/rtc_v2.h"
#include "tests/unit/board.h"

enum {
    RTC = 0x40002800, TR = RTC, CR = RTC + 8, ISR = RTC + 0xC, PRER = RTC + 0x10, CALIBR = RTC + 0x18,
    ALRMAR = RTC + 0x1C, WPR = RTC + 0x24, SSR = RTC + 0x28, CALR = RTC + 0x3C, TAFCR = RTC + 0x40,
    INITF = 1 << 6, INIT = 1 << 7, ALRAF = 1 << 8, TAMP1F = 1 << 13, RECALPF = 1 << 16,
    REFCKON = 1 << 4, DCE = 1 << 7, ALRAE = 1 << 8, COSEL = 1 << 19, POL = 1 << 20, OSEL_A = 1 << 21, COE = 1 << 23,
    CALW16 = 1 << 13, CALW8 = 1 << 14, CALP = 1 << 15,
    TAMP1E = 1, TAMPPUDIS = 1 << 15, PUSH_PULL = 1 << 18,
    TICK = 625,             /* core cycles per cycle of RTCCLK */
    DBP = 1 << 0, PC13 = 1 << 1, REFERENCE = 1 << 2,
    SEEN_AF1 = 0
};

#define SECOND (32768ull * TICK)

static const struct chip_device devices[] = {
    {.name = "RTC", .ops = &rtc_v2_ops, .base = RTC, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_RTC},
    {0}};

static const struct chip_route routes[] = {
    {"PROBE", 0, "RTC", RTC_IN_DBP, 1},
    {"PROBE", 1, "RTC", RTC_IN_AF1, 1},
    {"PROBE", 2, "RTC", RTC_IN_REFERENCE, 1},
    {"RTC", RTC_OUT_AF1, "PROBE", SEEN_AF1, 1},
    {0}};

static struct board *b;

static void start(void)
{
    b = board_create(devices, routes);
    board_write(b, BOARD_PROBE, DBP);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_CORE, 32768u * TICK);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_RTC, 32768);
    board_write(b, WPR, 0xCA);
    board_write(b, WPR, 0x53);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(rtc_pace, .init = start, .fini = stop);

/* Restarts the calendar at midnight with what can only be set in initialisation; returns when its first second
 * begins. */
static uint64_t restart(uint32_t cr, uint32_t calibr)
{
    uint64_t first;

    board_write(b, ISR, UINT32_MAX);
    cr_assert_neq(board_when(b, ISR, INITF, INITF, 10 * TICK), UINT64_MAX);
    board_write(b, CR, cr);
    board_write(b, CALIBR, calibr);
    board_write(b, TR, 0);
    first = board_now(b) + 4 * TICK;
    board_write(b, ISR, ~(uint32_t)INIT);
    return first;
}

/* The cycle of RTCCLK, counted from `from`, with which the calendar shows `tr`. */
static uint64_t ticks_to(uint32_t tr, uint64_t from, uint64_t seconds)
{
    uint64_t at = board_when(b, TR, 0x7F7F7F, tr, seconds * SECOND);

    cr_assert_neq(at, UINT64_MAX);
    cr_assert_eq((at - from) % TICK, 0);
    return (at - from) / TICK;
}

/* ---- smooth calibration ---- */

static uint64_t ticks_in_32_seconds(uint32_t calr)
{
    uint64_t begin;

    restart(0, 0);
    board_write(b, CALR, calr);
    cr_assert_neq(board_when(b, ISR, RECALPF, 0, 1000 * TICK), UINT64_MAX);
    begin = board_when(b, TR, 0x7F7F7F, 0x000002, 3 * SECOND);
    return ticks_to(0x000034, begin, 34);
}

Test(rtc_pace, calm_masks_and_calp_inserts_pulses)
{
    cr_assert_eq(ticks_in_32_seconds(0), 1 << 20);
    cr_assert_eq(ticks_in_32_seconds(1), (1 << 20) + 1);
    cr_assert_eq(ticks_in_32_seconds(0x1FF), (1 << 20) + 0x1FF);
    cr_assert_eq(ticks_in_32_seconds(CALP), (1 << 20) - 512);
    cr_assert_eq(ticks_in_32_seconds(CALP | 0x100), (1 << 20) - 256);
}

Test(rtc_pace, short_windows_drop_the_lowest_bits_of_calm)
{
    cr_assert_eq(ticks_in_32_seconds(CALW16 | 0x003), (1 << 20) + 2);
    cr_assert_eq(ticks_in_32_seconds(CALW8 | 0x007), (1 << 20) + 4);
}

Test(rtc_pace, calr_waits_for_the_last_change)
{
    board_write(b, CALR, 5);
    cr_assert_eq(board_read(b, ISR) & RECALPF, RECALPF);
    board_write(b, CALR, 6);
    cr_assert_eq(board_read(b, CALR), 5);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
    cr_assert_eq(board_when(b, ISR, RECALPF, 0, 1000 * TICK) - board_now(b), 0);
    board_write(b, CALR, 6);
    cr_assert_eq(board_read(b, CALR), 6);
}

Test(rtc_pace, a_calibrated_calendar_survives_save_and_restore)
{
    restart(COE, 0);
    board_write(b, CALR, CALP | 0x155);
    board_run(b, 1000 * TICK);
    board_check_replay(b, 3000 * TICK);
}

/* ---- coarse calibration ---- */

/* The minutes of a 64-minute cycle. */
static void expect_minutes(uint32_t calibr, int64_t calibrated, unsigned count)
{
    uint64_t begin = restart(DCE, calibr), passed = 0, whole = 60 * 32768;

    for (unsigned minute = 1; minute <= count + 1; minute++) {
        uint64_t now = ticks_to((minute / 10 << 4 | minute % 10) << 8 | 0x01, begin, 62);
        int64_t expected = (int64_t)whole + (minute <= count ? calibrated : 0);
        if (minute > 1)
            cr_assert_eq(now - passed, (uint64_t)expected, "minute %u: %ld", minute, (long)(now - passed));
        passed = now;
    }
}

Test(rtc_pace, positive_coarse_calibration_adds_two_counts_a_minute)
{
    expect_minutes(1, -2 * 128, 2);
    expect_minutes(2, -2 * 128, 4);
}

Test(rtc_pace, negative_coarse_calibration_takes_a_count_a_minute)
{
    expect_minutes(0x82, 128, 4);
}

/* ---- reference clock ---- */

static void reference_edge(void)
{
    board_write(b, BOARD_PROBE, DBP | REFERENCE);
    board_write(b, BOARD_PROBE, DBP);
}

Test(rtc_pace, a_reference_edge_near_its_end_moves_the_second)
{
    uint64_t first = restart(REFCKON, 0);

    board_run_to(b, first + SECOND - 500 * TICK);
    reference_edge();
    cr_assert_eq(board_read(b, TR), 1, "the second ends with the edge");
    board_run_to(b, first + 2 * SECOND - 500 * TICK + 300 * TICK);
    cr_assert_eq(board_read(b, TR), 2);
    reference_edge();
    board_run_to(b, first + 3 * SECOND - 500 * TICK + 299 * TICK);
    cr_assert_eq(board_read(b, TR), 2, "and begins with it");
    board_run(b, TICK);
    cr_assert_eq(board_read(b, TR), 3);
    board_run(b, 1000 * TICK);
    reference_edge();
    board_run_to(b, first + 4 * SECOND - 500 * TICK + 300 * TICK);
    cr_assert_eq(board_read(b, TR), 4, "an edge beyond the window changes nothing");
}

/* ---- outputs ---- */

Test(rtc_pace, calibration_output_of_512_hz)
{
    uint64_t first = restart(COE, 0);

    board_run_to(b, first + 2 * SECOND);
    for (unsigned i = 2; i < 500; i++)
        cr_assert_eq(board_rise(b, SEEN_AF1, i + 1) - board_rise(b, SEEN_AF1, i), 64 * TICK, "edge %u", i);
}

Test(rtc_pace, calibration_output_of_1_hz_begins_with_the_second)
{
    uint64_t first = restart(COE | COSEL, 0);

    board_run_to(b, first + 3 * SECOND + 1);
    cr_assert_eq(board_rises(b, SEEN_AF1), 4);
    cr_assert_eq(board_rise(b, SEEN_AF1, 2), first + 2 * SECOND);
    cr_assert_eq(board_rise(b, SEEN_AF1, 3), first + 3 * SECOND);
}

Test(rtc_pace, alarm_output_shows_the_flag)
{
    board_write(b, TAFCR, PUSH_PULL);
    board_write(b, ALRMAR, 0x80808002);         /* at second 2 of each minute */
    restart(OSEL_A | ALRAE, 0);
    b->signal_count = 0;
    board_run(b, 3 * SECOND);
    cr_assert_eq(board_read(b, ISR) & ALRAF, ALRAF);
    cr_assert_eq(b->signal_count, 1);
    cr_assert(b->signals[0].level);
    board_write(b, CR, OSEL_A | ALRAE | POL);
    cr_assert_not(b->signals[1].level);
    board_write(b, ISR, ~(uint32_t)(ALRAF | INIT));
    cr_assert(b->signals[2].level);
}

/* ---- tamper filters ---- */

Test(rtc_pace, a_filtered_tamper_needs_samples_in_a_row)
{
    uint64_t period = 256 * TICK, begin;

    board_write(b, BOARD_PROBE, DBP | PC13);
    board_write(b, TAFCR, TAMP1E | 7 << 8 | 2 << 11);   /* 4 samples of 128 a second, active low */
    board_run(b, 10 * period);
    cr_assert_eq(board_read(b, ISR) & TAMP1F, 0);
    board_write(b, BOARD_PROBE, DBP);
    board_run(b, 3 * period);
    board_write(b, BOARD_PROBE, DBP | PC13);
    board_run(b, 2 * period);
    cr_assert_eq(board_read(b, ISR) & TAMP1F, 0, "three");
    board_write(b, BOARD_PROBE, DBP);
    begin = board_now(b);
    cr_assert_neq(board_when(b, ISR, TAMP1F, TAMP1F, 5 * period), UINT64_MAX);
    cr_assert_gt(board_now(b) - begin, 3 * period);
    cr_assert_leq(board_now(b) - begin, 4 * period);
}
