/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RTC v2: keys, initialisation, calendar, alarms, wake-up timer, stamps, tamper (RM0090 chapter 26). */
#include <criterion/criterion.h>

#include "core/signal.h"
#include "periph/devices.h"
#include "periph/rtc_v2.h"
#include "tests/unit/board.h"

enum {
    RTC = 0x40002800, TR = RTC, DR = RTC + 4, CR = RTC + 8, ISR = RTC + 0xC, PRER = RTC + 0x10,
    WUTR = RTC + 0x14, ALRMAR = RTC + 0x1C, ALRMBR = RTC + 0x20, WPR = RTC + 0x24, SSR = RTC + 0x28,
    SHIFTR = RTC + 0x2C, TSTR = RTC + 0x30, TSDR = RTC + 0x34, TSSSR = RTC + 0x38, TAFCR = RTC + 0x40,
    ALRMASSR = RTC + 0x44, BKP0R = RTC + 0x50, BKP19R = RTC + 0x9C,
    ALRAWF = 1, ALRBWF = 2, WUTWF = 4, INITS = 1 << 4, RSF = 1 << 5, INITF = 1 << 6, INIT = 1 << 7,
    ALRAF = 1 << 8, ALRBF = 1 << 9, WUTF = 1 << 10, TSF = 1 << 11, TSOVF = 1 << 12, TAMP1F = 1 << 13,
    BYPSHAD = 1 << 5, FMT = 1 << 6, ALRAE = 1 << 8, ALRBE = 1 << 9, WUTE = 1 << 10, TSE = 1 << 11,
    ALRAIE = 1 << 12, WUTIE = 1 << 14, TSIE = 1 << 15, ADD1H = 1 << 16, SUB1H = 1 << 17,
    TICK = 5125,            /* core cycles per cycle of RTCCLK */
    CR_WUCKSEL = 7,         /* locked once the timer runs */
    DBP = 1 << 0, BDRST = 1 << 1, PC13 = 1 << 2, CPU_RESET = 1 << 3,
    SEEN_ALARM = 0, SEEN_TAMP_STAMP, SEEN_WAKEUP, SEEN_WAKE
};

#define SECOND (32768ull * TICK)

static const struct chip_device devices[] = {
    {.name = "RTC", .ops = &rtc_v2_ops, .base = RTC, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_RTC},
    {0}};

static const struct chip_device f2_devices[] = {
    {.name = "RTC", .ops = &rtc_v2_f2_ops, .base = RTC, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_RTC},
    {0}};

static const struct chip_route routes[] = {
    {"PROBE", 0, "RTC", RTC_IN_DBP, 1},
    {"PROBE", 1, "RTC", RTC_IN_BDRST, 1},
    {"PROBE", 2, "RTC", RTC_IN_AF1, 1},
    {"PROBE", 3, CPU_SIGNALS, CPU_SIGNAL_RESET, 1},
    {"RTC", 0, "PROBE", 0, RTC_OUTPUTS},
    {0}};

static struct board *b;

/* RTCCLK is a 5125th of the core clock, so that every edge is on a whole cycle. */
static void start_board(const struct chip_device *list)
{
    b = board_create(list, routes);
    board_write(b, BOARD_PROBE, DBP);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_CORE, 32768u * TICK);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_RTC, 32768);
}

static void start(void)
{
    start_board(devices);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(rtc_v2, .init = start, .fini = stop);

static void unlock(void)
{
    board_write(b, WPR, 0xCA);
    board_write(b, WPR, 0x53);
}

static void init_mode(void)
{
    unlock();
    board_write(b, ISR, 0xFFFFFFFF);
    cr_assert_neq(board_when(b, ISR, INITF, INITF, 10 * TICK), UINT64_MAX);
}

/* Sets the calendar; returns the cycle at which its first second begins. */
static uint64_t set_calendar(uint32_t tr, uint32_t dr)
{
    uint64_t first;

    init_mode();
    board_write(b, TR, tr);
    board_write(b, DR, dr);
    board_write(b, ISR, ~(uint32_t)INIT);
    first = board_now(b) + 4 * TICK;
    cr_assert_neq(board_when(b, ISR, RSF, RSF, 10 * TICK), UINT64_MAX);
    return first;
}

/* A 1 in INIT would stop the calendar. */
static void clear_flags(uint32_t flags)
{
    board_write(b, ISR, ~(flags | INIT));
}

static void check_calendar(uint32_t tr, uint32_t dr)
{
    cr_assert_eq(board_read(b, TR), tr, "TR %06X", board_peek(b, TR));
    cr_assert_eq(board_read(b, DR), dr, "DR %06X", board_peek(b, DR));
}

/* ---- keys and initialisation ---- */

Test(rtc_v2, is_locked_without_dbp_or_keys)
{
    board_write(b, CR, BYPSHAD);
    cr_assert_eq(board_peek(b, CR), 0);
    board_write(b, WPR, 0xCA);
    board_write(b, WPR, 0x52);
    board_write(b, CR, BYPSHAD);
    cr_assert_eq(board_peek(b, CR), 0);
    unlock();
    board_write(b, CR, BYPSHAD);
    cr_assert_eq(board_peek(b, CR), BYPSHAD);
    board_write(b, WPR, 0xFF);
    board_write(b, CR, 0);
    cr_assert_eq(board_peek(b, CR), BYPSHAD);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1, "once for the place");
    board_write(b, BKP0R, 1);
    cr_assert_eq(board_peek(b, BKP0R), 1, "not behind the key");
    board_write(b, BOARD_PROBE, 0);
    unlock();
    board_write(b, BKP0R, 2);
    board_write(b, CR, 0);
    cr_assert_eq(board_peek(b, BKP0R), 1);
    cr_assert_eq(board_peek(b, CR), BYPSHAD);
}

Test(rtc_v2, initialisation_takes_two_cycles_and_guards_the_calendar)
{
    uint64_t edge;

    board_run_to(b, (board_now(b) / TICK + 1) * TICK);
    unlock();
    board_write(b, TR, 0x112233);
    board_write(b, PRER, 0);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 2);
    cr_assert_eq(board_peek(b, PRER), 0x007F00FF);
    edge = board_now(b);
    board_write(b, ISR, INIT);
    cr_assert_eq(board_peek(b, ISR) & (INIT | INITF), INIT);
    cr_assert_leq(board_when(b, ISR, INITF, INITF, 10 * TICK), edge + 3 * TICK);
    cr_assert_geq(board_now(b), edge + 2 * TICK);
}

Test(rtc_v2, without_a_clock_initialisation_never_begins)
{
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_RTC, 0);
    unlock();
    board_write(b, ISR, INIT);
    cr_assert_eq(board_when(b, ISR, INITF, INITF, SECOND), UINT64_MAX);
}

Test(rtc_v2, inits_tells_that_a_year_is_set)
{
    cr_assert_eq(board_peek(b, ISR) & INITS, 0);
    set_calendar(0, 0x242101);
    cr_assert_eq(board_peek(b, ISR) & INITS, INITS);
}

Test(rtc_v2, prescalers_set_the_pace)
{
    uint64_t begin;

    init_mode();
    board_write(b, PRER, 99);
    board_write(b, PRER, 9 << 16 | 99);
    board_write(b, ISR, ~(uint32_t)INIT);
    begin = board_now(b) + 4 * TICK;
    board_run(b, 10 * TICK);
    cr_assert_eq(board_when(b, TR, 0xFF, 1, SECOND), begin + 1000 * TICK);
    cr_assert_eq(board_when(b, TR, 0xFF, 2, SECOND), begin + 2000 * TICK);
    cr_assert_eq(board_peek(b, SSR), 99);
    board_run(b, 250 * TICK);
    cr_assert_eq(board_peek(b, SSR), 74);
}

/* ---- calendar ---- */

static void check_rollover(uint32_t tr, uint32_t dr, uint32_t next_tr, uint32_t next_dr)
{
    uint64_t begin = set_calendar(tr, dr);

    board_run_to(b, begin + SECOND - 1);
    check_calendar(tr, dr);
    board_run(b, 1);
    check_calendar(next_tr, next_dr);
}

Test(rtc_v2, rolls_over)
{
    check_rollover(0x000059, 0x242101, 0x000100, 0x242101);
    check_rollover(0x095959, 0x242101, 0x100000, 0x242101);
    check_rollover(0x195959, 0x24C109, 0x200000, 0x24C109);
    check_rollover(0x235959, 0x24E109, 0x000000, 0x242110);
    check_rollover(0x235959, 0x992000 | 0x1231 | 0x4000, 0x000000, 0x008101);
    check_rollover(0x235959, 0x248000 | 0x0228, 0x000000, 0x24A229);
    check_rollover(0x235959, 0x248000 | 0x0229, 0x000000, 0x24A301);
    check_rollover(0x235959, 0x238000 | 0x0228, 0x000000, 0x23A301);
    check_rollover(0x235959, 0x008000 | 0x0228, 0x000000, 0x00A229);
    check_rollover(0x235959, 0x248000 | 0x0930, 0x000000, 0x24B001);
    check_rollover(0x235959, 0x248000 | 0x0831, 0x000000, 0x24A901);
}

static void use_12_hours(void)
{
    init_mode();
    board_write(b, CR, FMT);
    cr_assert_eq(board_peek(b, CR), FMT);
}

Test(rtc_v2, counts_twelve_hours)
{
    use_12_hours();
    check_rollover(0x115959, 0x242101, 0x520000, 0x242101);             /* noon */
    check_rollover(0x525959, 0x242101, 0x410000, 0x242101);
    check_rollover(0x515959, 0x242101, 0x120000, 0x244102);             /* midnight */
    check_rollover(0x125959, 0x242101, 0x010000, 0x242101);
}

Test(rtc_v2, format_needs_initialisation)
{
    unlock();
    board_write(b, CR, FMT);
    cr_assert_eq(board_peek(b, CR), 0);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
}

Test(rtc_v2, summer_time_adds_and_takes_an_hour)
{
    set_calendar(0x010000, 0x242101);
    board_write(b, CR, SUB1H);
    check_calendar(0x000000, 0x242101);
    board_write(b, CR, SUB1H);
    check_calendar(0x000000, 0x242101);
    for (int i = 0; i < 3; i++)
        board_write(b, CR, ADD1H);
    check_calendar(0x030000, 0x242101);
    cr_assert_eq(board_peek(b, CR), 0, "not stored");
}

/* ---- shadow registers ---- */

Test(rtc_v2, reading_the_time_holds_the_date)
{
    uint64_t begin = set_calendar(0x235959, 0x242131);

    board_run_to(b, begin + SECOND - 1);
    cr_assert_eq(board_peek(b, TR), 0x235959);
    cr_assert_eq(board_read(b, TR), 0x235959);
    board_run(b, 10);
    cr_assert_eq(board_peek(b, DR), 0x242131, "a look lets go of nothing");
    cr_assert_eq(board_read(b, DR), 0x242131);
    cr_assert_eq(board_read(b, DR), 0x244201);
    check_calendar(0x000000, 0x244201);
}

Test(rtc_v2, reading_the_subsecond_holds_time_and_date)
{
    uint64_t begin = set_calendar(0x235959, 0x242131);

    board_run_to(b, begin + SECOND - 1);
    cr_assert_eq(board_read(b, SSR), 0);
    board_run(b, 10);
    check_calendar(0x235959, 0x242131);
    check_calendar(0x000000, 0x244201);
}

Test(rtc_v2, nothing_is_held_with_bypshad)
{
    uint64_t begin = set_calendar(0x235959, 0x242131);

    board_write(b, CR, BYPSHAD);
    board_run_to(b, begin + SECOND - 1);
    cr_assert_eq(board_read(b, TR), 0x235959);
    board_run(b, 1);
    cr_assert_eq(board_read(b, DR), 0x244201);
}

Test(rtc_v2, a_cleared_rsf_comes_back)
{
    uint64_t now;

    set_calendar(0x100000, 0x242101);
    now = board_now(b);
    board_write(b, ISR, 0xFFFFFF5F);
    cr_assert_eq(board_peek(b, ISR) & RSF, 0);
    cr_assert_leq(board_when(b, ISR, RSF, RSF, 10 * TICK), now + 3 * TICK);
}

Test(rtc_v2, a_system_reset_loses_nothing_but_the_shadow)
{
    uint64_t begin = set_calendar(0x123456, 0x242101);

    board_write(b, BKP19R, 0xCAFE);
    board_write(b, BOARD_PROBE, DBP | CPU_RESET);
    board_run(b, 1);
    cr_assert_eq(board_peek(b, ISR) & RSF, 0);
    cr_assert_eq(board_peek(b, TR), 0);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_CORE, 32768u * TICK);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_RTC, 32768);
    cr_assert_neq(board_when(b, ISR, RSF, RSF, 10 * TICK), UINT64_MAX);
    cr_assert_eq(board_peek(b, TR), 0x123456);
    board_run_to(b, begin + 2 * SECOND);
    cr_assert(board_peek(b, TR) == 0x123458 || board_peek(b, TR) == 0x123457);
    cr_assert_eq(board_peek(b, BKP19R), 0xCAFE);
}

Test(rtc_v2, bdrst_takes_everything)
{
    set_calendar(0x123456, 0x242101);
    board_write(b, BKP0R, 1);
    board_write(b, BOARD_PROBE, DBP | BDRST);
    board_write(b, BOARD_PROBE, DBP);
    cr_assert_eq(board_peek(b, BKP0R), 0);
    board_write(b, CR, BYPSHAD);
    cr_assert_eq(board_peek(b, CR), 0, "locked again");
    cr_assert_neq(board_when(b, ISR, RSF, RSF, 10 * TICK), UINT64_MAX);
    check_calendar(0, 0x2101);
}

Test(rtc_v2, a_shift_delays_or_advances)
{
    uint64_t begin = set_calendar(0x100000, 0x242101);

    board_write(b, SHIFTR, 64);                     /* a quarter of a second */
    cr_assert_eq(board_peek(b, SSR), 255 + 64);
    cr_assert_eq(board_when(b, TR, 0xFF, 1, 2 * SECOND), begin + SECOND + SECOND / 4);
    board_write(b, SHIFTR, 1u << 31 | 64);
    cr_assert_eq(board_peek(b, TR), 0x100002);
    cr_assert_eq(board_when(b, TR, 0xFF, 3, 2 * SECOND), begin + 2 * SECOND + SECOND / 2);
}

/* ---- alarms ---- */

static void set_alarm(uint32_t alarm, uint32_t subsecond)
{
    unlock();
    board_write(b, CR, 0);
    cr_assert_neq(board_when(b, ISR, ALRAWF, ALRAWF, 10 * TICK), UINT64_MAX);
    board_write(b, ALRMAR, alarm);
    board_write(b, ALRMASSR, subsecond);
    board_write(b, CR, ALRAE | ALRAIE);
    cr_assert_eq(board_peek(b, ISR) & ALRAWF, 0);
}

Test(rtc_v2, an_alarm_comes_at_its_time_of_its_day)
{
    uint64_t begin = set_calendar(0x235958, 0x242131);

    set_alarm(0x01000001, 0);
    cr_assert_eq(board_when(b, ISR, ALRAF, ALRAF, 10 * SECOND), begin + 3 * SECOND);
    cr_assert_eq(board_rise(b, SEEN_ALARM, 0), begin + 3 * SECOND);
    cr_assert_eq(board_rise(b, SEEN_WAKE, 0), begin + 3 * SECOND);
    board_write(b, WPR, 0);
    clear_flags(ALRAF);
    cr_assert_eq(board_peek(b, ISR) & ALRAF, 0, "flags need no key");
    cr_assert_eq(board_when(b, ISR, ALRAF, ALRAF, 10 * SECOND), UINT64_MAX);
}

Test(rtc_v2, an_alarm_may_name_the_weekday)
{
    uint64_t begin = set_calendar(0x235958, 0x24E131);

    set_alarm(1u << 30 | 0x01000000, 0);
    cr_assert_eq(board_when(b, ISR, ALRAF, ALRAF, 10 * SECOND), begin + 2 * SECOND);
}

Test(rtc_v2, masks_make_an_alarm_periodic)
{
    uint64_t begin = set_calendar(0x100000, 0x242101);

    set_alarm(0x80808080, 0);
    for (unsigned i = 1; i < 4; i++) {
        cr_assert_eq(board_when(b, ISR, ALRAF, ALRAF, 10 * SECOND), begin + i * SECOND);
        clear_flags(ALRAF);
    }
    set_alarm(0x80808005, 0);
    cr_assert_eq(board_when(b, ISR, ALRAF, ALRAF, 10 * SECOND), begin + 5 * SECOND);
    clear_flags(ALRAF);
    cr_assert_eq(board_when(b, ISR, ALRAF, ALRAF, 100 * SECOND), begin + 65 * SECOND);
}

Test(rtc_v2, an_alarm_compares_subseconds)
{
    uint64_t begin = set_calendar(0x100000, 0x242101);

    set_alarm(0x00808002 | 1u << 31, 15u << 24 | 191);
    cr_assert_eq(board_when(b, ISR, ALRAF, ALRAF, 10 * SECOND), begin + 2 * SECOND + SECOND / 4);
    clear_flags(ALRAF);
    set_alarm(0x80808080, 7u << 24 | 63);           /* twice a second: at 191 and 63 */
    cr_assert_eq(board_when(b, ISR, ALRAF, ALRAF, 10 * SECOND), begin + 2 * SECOND + 3 * SECOND / 4);
    clear_flags(ALRAF);
    cr_assert_eq(board_when(b, ISR, ALRAF, ALRAF, 10 * SECOND), begin + 3 * SECOND + SECOND / 4);
}

Test(rtc_v2, an_alarm_in_use_cannot_be_written)
{
    set_calendar(0x100000, 0x242101);
    set_alarm(0x80808080, 0);
    board_write(b, ALRMAR, 0);
    cr_assert_eq(board_peek(b, ALRMAR), 0x80808080);
    board_write(b, ALRMBR, 5);
    cr_assert_eq(board_peek(b, ALRMBR), 5);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
}

Test(rtc_v2, the_line_follows_flag_and_enable)
{
    set_calendar(0x100000, 0x242101);
    set_alarm(0x80808080, 0);
    board_write(b, CR, ALRAE);
    board_run(b, SECOND);
    cr_assert_eq(board_peek(b, ISR) & ALRAF, ALRAF);
    cr_assert_eq(board_rises(b, SEEN_ALARM), 0);
    board_write(b, CR, ALRAE | ALRAIE);
    cr_assert_eq(board_rises(b, SEEN_ALARM), 1);
    board_write(b, CR, 0);
    cr_assert_not(b->signals[b->signal_count - 1].level);
}

/* ---- wake-up timer ---- */

Test(rtc_v2, the_wakeup_timer_counts_rtcclk)
{
    uint64_t begin;

    set_calendar(0x100000, 0x242101);
    board_write(b, WUTR, 99);
    board_write(b, CR, WUTE | WUTIE | 1);           /* RTCCLK / 8 */
    begin = board_now(b);
    for (unsigned i = 1; i < 4; i++) {
        cr_assert_eq(board_when(b, ISR, WUTF, WUTF, SECOND), begin + 800ull * i * TICK);
        clear_flags(WUTF);
    }
    cr_assert_eq(board_rises(b, SEEN_WAKEUP), 3);
    board_write(b, CR, WUTE | WUTIE | 2);
    cr_assert_eq(board_peek(b, CR), WUTE | WUTIE | 1, "WUCKSEL is locked while it runs");
    board_write(b, WUTR, 5);
    cr_assert_eq(board_peek(b, WUTR), 99);
    board_write(b, CR, 1);
    cr_assert_neq(board_when(b, ISR, WUTWF, WUTWF, 10 * TICK), UINT64_MAX);
    board_write(b, WUTR, 5);
    cr_assert_eq(board_peek(b, WUTR), 5);
    cr_assert_eq(board_when(b, ISR, WUTF, WUTF, SECOND), UINT64_MAX, "it is off");
}

Test(rtc_v2, the_wakeup_timer_counts_seconds)
{
    uint64_t begin = set_calendar(0x100000, 0x242101);

    board_write(b, WUTR, 1);
    board_write(b, CR, WUTE | 4);
    for (unsigned i = 1; i < 3; i++) {
        cr_assert_eq(board_when(b, ISR, WUTF, WUTF, 10 * SECOND), begin + 2 * i * SECOND);
        clear_flags(WUTF);
    }
}

Test(rtc_v2, wucksel_6_adds_2_to_the_16_seconds)
{
    uint64_t begin;

    init_mode();
    board_write(b, PRER, 0);                        /* a second is one cycle */
    board_write(b, ISR, ~(uint32_t)INIT);
    begin = board_now(b) + 4 * TICK;
    board_write(b, WUTR, 9);
    board_write(b, CR, WUTE | 6);
    cr_assert_eq(board_when(b, ISR, WUTF, WUTF, 80000ull * TICK), begin + (65536 + 10) * (uint64_t)TICK);
}

/* ---- time stamp and tamper ---- */

Test(rtc_v2, an_edge_of_the_pin_is_stamped)
{
    uint64_t begin = set_calendar(0x235959, 0x242131);

    board_write(b, CR, TSE | TSIE);
    board_run_to(b, begin + SECOND / 4);
    board_write(b, BOARD_PROBE, DBP | PC13);
    cr_assert_eq(board_peek(b, ISR) & (TSF | TSOVF), TSF);
    cr_assert_eq(board_peek(b, TSTR), 0x235959);
    cr_assert_eq(board_peek(b, TSDR), 0x2131);
    cr_assert_eq(board_peek(b, TSSSR), 191);
    cr_assert_eq(board_rises(b, SEEN_TAMP_STAMP), 1);
    board_run(b, SECOND);
    board_write(b, BOARD_PROBE, DBP);
    cr_assert_eq(board_peek(b, ISR) & TSOVF, 0, "the other edge");
    board_write(b, BOARD_PROBE, DBP | PC13);
    cr_assert_eq(board_peek(b, ISR) & TSOVF, TSOVF);
    cr_assert_eq(board_peek(b, TSTR), 0x235959);
    clear_flags(TSF | TSOVF);
    cr_assert_eq(board_peek(b, TSTR), 0);
}

Test(rtc_v2, tamper_erases_the_backup_registers)
{
    board_write(b, BKP0R, 1);
    board_write(b, BKP19R, 1);
    board_write(b, TAFCR, 1 << 0 | 1 << 2);
    cr_assert_eq(board_peek(b, BKP0R), 1);
    board_write(b, BOARD_PROBE, DBP | PC13);
    cr_assert_eq(board_peek(b, BKP0R), 0);
    cr_assert_eq(board_peek(b, BKP19R), 0);
    cr_assert_eq(board_peek(b, ISR) & TAMP1F, TAMP1F);
    cr_assert_eq(board_rises(b, SEEN_TAMP_STAMP), 1);
}

Test(rtc_v2, an_active_pin_is_tampered_with_at_once)
{
    board_write(b, BKP0R, 1);
    board_write(b, TAFCR, 1 << 0 | 1 << 1);         /* falling edge: low is active */
    cr_assert_eq(board_peek(b, BKP0R), 0);
}

/* ---- the rest ---- */

Test(rtc_v2, locked_registers_have_their_masks)
{
    static const uint32_t masks[][2] = {
        {TR, 0x007F7F7F}, {DR, 0x00FFFF3F}, {PRER, 0x007F7FFF}, {RTC + 0x18, 0x9F}, {CR, 0x00FCFFFF},
    };

    init_mode();
    for (unsigned i = 0; i < sizeof masks / sizeof masks[0]; i++) {
        board_write(b, masks[i][0], masks[i][1]);
        cr_assert_eq(board_peek(b, masks[i][0]), masks[i][1]);
        board_write(b, masks[i][0], masks[i][1] & CR_WUCKSEL);
        cr_assert_eq(board_peek(b, masks[i][0]), masks[i][1] & CR_WUCKSEL);
    }
}

Test(rtc_v2, f2_has_no_subseconds)
{
    stop();
    start_board(f2_devices);
    set_calendar(0x235959, 0x242131);
    cr_assert_eq(b->diags[DIAG_RESERVED], 0);
    board_read(b, SSR);
    cr_assert_eq(b->diags[DIAG_RESERVED], 1);
    board_run(b, SECOND);
    check_calendar(0x000000, 0x244201);
}

Test(rtc_v2, state_survives_save_and_restore_at_every_event)
{
    set_calendar(0x235958, 0x242131);
    set_alarm(0x80808080, 5u << 24 | 3);
    board_write(b, WUTR, 3000);
    board_write(b, CR, ALRAE | ALRBE | WUTE | WUTIE | 1);
    board_write(b, ISR, 0xFFFFFF5F);
    board_read(b, TR);
    board_run(b, 5);
    board_check_replay(b, 4 * SECOND);
}
