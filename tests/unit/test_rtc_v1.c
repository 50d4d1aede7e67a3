/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RTC v1: configuration mode, prescaler, counter, alarm, flags, what a reset leaves (RM0041 17). */
#include <criterion/criterion.h>

#include "core/signal.h"
#include "periph/bkp.h"
#include "periph/devices.h"
#include "periph/rtc_v1.h"
#include "tests/unit/board.h"

enum {
    RTC = 0x40002800, CRH = RTC, CRL = RTC + 4, PRLH = RTC + 8, PRLL = RTC + 0xC, DIVH = RTC + 0x10,
    DIVL = RTC + 0x14, CNTH = RTC + 0x18, CNTL = RTC + 0x1C, ALRH = RTC + 0x20, ALRL = RTC + 0x24,
    SECF = 1, ALRF = 2, OWF = 4, RSF = 8, CNF = 16, RTOFF = 32, FLAGS = 15,
    TICK = 1000,            /* core cycles per cycle of RTCCLK */
    DBP = 1 << 0, BDRST = 1 << 1, CPU_RESET = 1 << 2,
    BKP = 0x40006C00, RTCCR = BKP + 0x2C, CCO = 1 << 7, ASOE = 1 << 8, ASOS = 1 << 9,
    SEEN_ALARM = 0, SEEN_PIN
};

static const struct chip_device devices[] = {
    {.name = "RTC", .ops = &rtc_v1_ops, .base = RTC, .size = 0x400, .gate = GATE_NONE, .reset_line = GATE_NONE,
     .clock = CLOCK_RTC, .irq = {3}, .irq_count = 1},
    {.name = "BKP", .ops = &bkp_ops, .base = BKP, .size = 0x400, .gate = GATE_NONE, .reset_line = GATE_NONE,
     .clock = CLOCK_PCLK1},
    {0}};

static const struct chip_route routes[] = {
    {"PROBE", 0, "RTC", RTC_V1_IN_DBP, 1},
    {"PROBE", 1, "RTC", RTC_V1_IN_BDRST, 1},
    {"PROBE", 2, CPU_SIGNALS, CPU_SIGNAL_RESET, 1},
    {"PROBE", 0, "BKP", BKP_IN_DBP, 1},
    {"PROBE", 1, "BKP", BKP_IN_BDRST, 1},
    {"BKP", BKP_OUT_RTCCR, "RTC", RTC_V1_IN_RTCCR, 1},
    {"RTC", RTC_V1_OUT_ALARM, "PROBE", SEEN_ALARM, 1},
    {"RTC", RTC_V1_OUT_PIN, "PROBE", SEEN_PIN, 1},
    {0}};

static struct board *b;

static void start(void)
{
    b = board_create(devices, routes);
    board_write(b, BOARD_PROBE, DBP);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_CORE, 32768u * TICK);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_RTC, 32768);
    board_run(b, 10 * TICK);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(rtc_v1, .init = start, .fini = stop);

static void write_pair(uint32_t high, uint32_t value)
{
    board_write(b, high, value >> 16);
    board_write(b, high + 4, value & 0xFFFF);
}

static uint32_t read_pair(uint32_t high)
{
    return board_read(b, high) << 16 | board_read(b, high + 4);
}

static void wait_for(uint32_t flag)
{
    cr_assert_neq(board_when(b, CRL, flag, flag, 100000 * TICK), UINT64_MAX);
}

static void leave_configuration(void)
{
    board_write(b, CRL, FLAGS);
    wait_for(RTOFF);
}

static void set(uint32_t high, uint32_t value)
{
    board_write(b, CRL, FLAGS | CNF);
    write_pair(high, value);
    leave_configuration();
}

static void clear(uint32_t flags)
{
    board_write(b, CRL, FLAGS & ~flags);
}

Test(rtc_v1, counts_cycles_of_rtcclk_divided_by_prl_plus_1)
{
    uint64_t begin;

    set(PRLH, 99);
    begin = board_now(b);
    cr_assert_eq(board_read(b, DIVL), 99);
    cr_assert_eq(read_pair(PRLH), 99);
    board_run_to(b, begin + 30 * TICK);
    cr_assert_eq(board_read(b, DIVL), 69);
    board_run_to(b, begin + 100 * TICK - 1);
    cr_assert_eq(read_pair(CNTH), 0);
    board_run_to(b, begin + 100 * TICK);
    cr_assert_eq(read_pair(CNTH), 1);
    board_run_to(b, begin + 700 * TICK);
    cr_assert_eq(read_pair(CNTH), 7);
}

Test(rtc_v1, prl_is_32768_out_of_reset)
{
    cr_assert_eq(read_pair(PRLH), 0x8000);
    set(CNTH, 0x1FFFF);
    board_run(b, 32769 * (uint64_t)TICK);
    cr_assert_eq(read_pair(CNTH), 0x20000);
}

Test(rtc_v1, a_write_takes_three_cycles_of_rtcclk_from_the_end_of_cnf)
{
    uint64_t begin;

    board_write(b, CRL, FLAGS | CNF);
    write_pair(CNTH, 0x12345678);
    cr_assert_eq(read_pair(CNTH), 0, "not yet");
    begin = board_now(b);
    board_write(b, CRL, FLAGS);
    cr_assert_eq(board_read(b, CRL) & RTOFF, 0);
    cr_assert_eq(read_pair(CNTH), 0, "not yet");
    wait_for(RTOFF);
    cr_assert_eq(read_pair(CNTH), 0x12345678);
    cr_assert_geq(board_now(b) - begin, 3 * TICK);
    cr_assert_leq(board_now(b) - begin, 4 * TICK);
}

Test(rtc_v1, writes_without_cnf_are_ignored_and_reported)
{
    write_pair(CNTH, 5);
    board_run(b, 10 * TICK);
    cr_assert_eq(read_pair(CNTH), 0);
    cr_assert_geq(b->diags[DIAG_SEQUENCE], 1);
}

Test(rtc_v1, writes_before_rtoff_are_ignored_and_reported)
{
    board_write(b, CRL, FLAGS | CNF);
    board_write(b, CRL, FLAGS);
    board_write(b, CRH, 7);
    cr_assert_eq(board_read(b, CRH), 0);
    cr_assert_geq(b->diags[DIAG_SEQUENCE], 1);
}

Test(rtc_v1, writes_need_dbp)
{
    board_write(b, BOARD_PROBE, 0);
    set(CNTH, 77);
    cr_assert_eq(read_pair(CNTH), 0);
    cr_assert_geq(b->diags[DIAG_SEQUENCE], 1);
}

Test(rtc_v1, without_rtcclk_a_write_never_ends)
{
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_RTC, 0);
    board_write(b, CRL, FLAGS | CNF);
    board_write(b, CRL, FLAGS);
    cr_assert_eq(board_when(b, CRL, RTOFF, RTOFF, 100000 * TICK), UINT64_MAX);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_RTC, 32768);
    wait_for(RTOFF);
}

/* On the last cycle before the counter moves (RM0041 17.3.5). */
Test(rtc_v1, the_second_flag_comes_a_cycle_before_the_count)
{
    uint64_t at;

    set(PRLH, 99);
    at = board_now(b);
    board_write(b, CRH, SECF);
    cr_assert_eq(board_when(b, CRL, SECF, SECF, 1000 * TICK), at + 99 * TICK);
    cr_assert(board_irq(b, "RTC", 0));
    cr_assert_eq(read_pair(CNTH), 0);
    clear(SECF);
    cr_assert_not(board_irq(b, "RTC", 0));
    cr_assert_eq(board_when(b, CRL, SECF, SECF, 1000 * TICK), at + 199 * TICK);
    cr_assert_eq(read_pair(CNTH), 1);
}

Test(rtc_v1, the_alarm_comes_before_the_counter_passes_alr)
{
    uint64_t at;

    set(ALRH, 3);
    cr_assert_eq(read_pair(ALRH), 3);
    set(PRLH, 9);
    at = board_now(b);
    b->signal_count = 0;
    cr_assert_eq(board_when(b, CRL, ALRF, ALRF, 1000 * TICK), at + 39 * TICK);
    cr_assert_eq(read_pair(CNTH), 3);
    cr_assert_eq(board_rise(b, SEEN_ALARM, 0), at + 39 * TICK, "the line needs no ALRIE");
    cr_assert_not(board_irq(b, "RTC", 0));
    board_write(b, CRH, ALRF);
    cr_assert(board_irq(b, "RTC", 0), "a flag that is set already");
    clear(ALRF);
    cr_assert_not(board_irq(b, "RTC", 0));
}

Test(rtc_v1, overflow_sets_owf)
{
    set(PRLH, 9);
    set(CNTH, 0xFFFFFFFF);
    cr_assert_neq(board_when(b, CRL, OWF, OWF, 1000 * TICK), UINT64_MAX);
    board_run(b, TICK);
    cr_assert_eq(read_pair(CNTH), 0);
}

Test(rtc_v1, rsf_comes_back_after_it_was_cleared)
{
    wait_for(RSF);
    clear(RSF);
    cr_assert_eq(board_read(b, CRL) & RSF, 0);
    wait_for(RSF);
}

Test(rtc_v1, a_system_reset_clears_the_buss_side_only)
{
    set(PRLH, 99);
    set(CNTH, 41);
    set(ALRH, 500);
    board_write(b, CRH, SECF | ALRF);
    board_run(b, 250 * TICK);
    cr_assert(board_read(b, CRL) & SECF);
    board_write(b, BOARD_PROBE, DBP | CPU_RESET);
    board_run(b, 1);
    cr_assert_eq(board_read(b, CRH), 0);
    cr_assert_eq(board_read(b, CRL), RTOFF);
    cr_assert_eq(read_pair(CNTH), 0, "the bus has not seen the RTC yet");
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_CORE, 32768u * TICK);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_RTC, 32768);
    wait_for(RSF);
    cr_assert_eq(read_pair(CNTH), 43);
    cr_assert_eq(read_pair(ALRH), 500);
}

Test(rtc_v1, the_backup_domains_reset_clears_it)
{
    set(PRLH, 99);
    set(CNTH, 41);
    set(ALRH, 500);
    board_write(b, BOARD_PROBE, DBP | BDRST);
    cr_assert_eq(read_pair(CNTH), 0);
    cr_assert_eq(read_pair(ALRH), 0xFFFFFFFF);
    cr_assert_eq(board_read(b, DIVL), 0x8000);
}

Test(rtc_v1, goes_on_when_the_core_clock_changes)
{
    set(PRLH, 99);
    board_run(b, 50 * TICK);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_CORE, 16384u * TICK);
    board_run(b, 25 * TICK);
    cr_assert_eq(read_pair(CNTH), 1);
}

Test(rtc_v1, survives_save_and_restore_at_every_event)
{
    set(PRLH, 9);
    board_write(b, CRH, SECF | ALRF);
    board_write(b, CRL, FLAGS | CNF);
    write_pair(ALRH, 5);
    board_write(b, CRL, 0);
    board_check_replay(b, 100 * TICK);
}

/* ---- BKP's RTCCR ---- */

static uint64_t ticks_in_32_seconds(uint32_t rtccr)
{
    uint64_t begin;

    board_write(b, RTCCR, rtccr);
    set(PRLH, 32767);
    set(ALRH, 1);
    set(CNTH, 0);
    board_write(b, CRL, FLAGS & ~ALRF);
    begin = board_when(b, CRL, ALRF, ALRF, 80000ull * TICK);
    set(ALRH, 33);
    board_write(b, CRL, FLAGS & ~ALRF);
    return (board_when(b, CRL, ALRF, ALRF, 40000ull * 33 * TICK) - begin) / TICK;
}

Test(rtc_v1, calibration_ignores_pulses)
{
    cr_assert_eq(ticks_in_32_seconds(0), 1 << 20);
    cr_assert_eq(ticks_in_32_seconds(1), (1 << 20) + 1);
    cr_assert_eq(ticks_in_32_seconds(127), (1 << 20) + 127);
    board_write(b, BOARD_PROBE, DBP | BDRST);
    board_write(b, BOARD_PROBE, DBP);
    cr_assert_eq(ticks_in_32_seconds(0), 1 << 20);
}

Test(rtc_v1, cco_puts_out_rtcclk_by_64)
{
    board_write(b, RTCCR, CCO);
    board_run(b, 64 * 10 * TICK);
    for (unsigned i = 1; i < 9; i++)
        cr_assert_eq(board_rise(b, SEEN_PIN, i + 1) - board_rise(b, SEEN_PIN, i), 64 * TICK);
}

Test(rtc_v1, asoe_puts_out_seconds_or_alarms_for_a_cycle)
{
    uint64_t second;

    set(PRLH, 99);
    set(ALRH, 5);
    set(CNTH, 0);
    board_write(b, RTCCR, ASOE | ASOS);
    second = board_when(b, CRL, SECF, SECF, 200 * TICK);
    b->signal_count = 0;
    board_run_to(b, second + 250 * TICK);
    cr_assert_eq(board_rises(b, SEEN_PIN), 2);
    cr_assert_eq(board_rise(b, SEEN_PIN, 0), second + 100 * TICK);
    cr_assert_eq(b->signals[2].cycle, second + 101 * TICK);
    board_write(b, RTCCR, ASOE);
    b->signal_count = 0;
    board_run(b, 1000 * TICK);
    cr_assert_eq(board_rises(b, SEEN_PIN), 1);
    cr_assert_eq(board_rise(b, SEEN_PIN, 0), board_rise(b, SEEN_ALARM, 0));
}

Test(rtc_v1, outputs_survive_save_and_restore_at_every_event)
{
    set(PRLH, 99);
    board_write(b, RTCCR, ASOE | ASOS | 0x55);
    board_check_replay(b, 1000 * TICK);
    board_write(b, RTCCR, CCO);
    board_check_replay(b, 1000 * TICK);
}
