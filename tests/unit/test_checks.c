/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reports that have to be asked for: reads of RAM that nobody has written, and a main stack that has grown out of
 * its region. On both engines, which must agree.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/replay/timeline.h"
#include "tests/unit/engine_pair.h"

enum { DATA = RAM + 0x1000, IDLE = FLASH + 0x800, CYCLES = 3000, STACK_LOW = TOP - 0x40 };

TestSuite(checks, .init = pair_setup_checking, .fini = pair_teardown);

static void expect_reports(unsigned count)
{
    for (unsigned n = 0; n < 2; n++)
        cr_expect_eq(pair_reports[n].count, count, "%u reports, the last: %s", pair_reports[n].count,
                     pair_reports[n].text);
}

static void expect_last(enum diag_kind kind, uint32_t pc, const char *text)
{
    for (unsigned n = 0; n < 2; n++) {
        cr_expect_eq(pair_reports[n].kind, kind);
        cr_expect_eq(pair_reports[n].pc, pc, "0x%08X", pair_reports[n].pc);
        cr_expect_str_eq(pair_reports[n].text, text);
    }
}

/* ---- RAM that nobody has written ---- */

static const uint16_t reader[] = {
    0x6821,         /* ldr r1, [r4] */
    0x6061,         /* str r1, [r4, #4] */
    0x6861,         /* ldr r1, [r4, #4] */
    0x7221,         /* strb r1, [r4, #8] */
    0x68A1,         /* ldr r1, [r4, #8] */
    0x7A61,         /* ldrb r1, [r4, #9] */
    0x3801,         /* subs r0, #1 */
    0xD1F7,         /* bne .-14 */
    0xE7FE,         /* b . */
};

static void begin_reader(void)
{
    pair_begin(CODE, reader, sizeof reader);
    pair_set(REG_R0, 100);
    pair_set(REG_R0 + 4, DATA);
}

Test(checks, reads_of_unwritten_ram_are_reported_once_per_place)
{
    begin_reader();
    pair_run(4);
    expect_reports(1);
    expect_last(DIAG_UNINITIALISED, CODE, "ram: 4 bytes at 0x20001000 read, which nobody has written");
    pair_run(CYCLES);
    expect_same("reader");
    expect_reports(2);
    expect_last(DIAG_UNINITIALISED, CODE + 10, "ram: 1 byte at 0x20001009 read, which nobody has written");
}

Test(checks, what_a_loader_or_debugger_writes_is_written)
{
    const uint8_t bytes[4] = {0};

    begin_reader();
    pair_load(DATA, bytes, sizeof bytes);
    pair_poke(DATA + 8, 0);
    pair_run(CYCLES);
    expect_reports(0);
}

Test(checks, written_stays_written_over_a_reset_but_not_over_going_back)
{
    void *before = malloc(machine_state_size(pair[0]));

    begin_reader();
    machine_save(pair[0], before);
    pair_poke(DATA, 0);
    pair_poke(DATA + 8, 0);
    pair_run(CYCLES);
    begin_reader();                 /* by a reset */
    pair_run(CYCLES);
    expect_reports(0);
    machine_restore(pair[0], before);
    machine_restore(pair[1], before);
    pair_run(CYCLES);
    expect_reports(2);
    expect_same("again");
    free(before);
}

Test(checks, exception_frames_are_written_and_read)
{
    static const uint16_t call[] = {0xDF00, 0x3001, 0xE7FC}, back[] = {0x4770};    /* svc 0; adds r0, #1; b .-4 */

    pair_begin_with(CODE, call, sizeof call, IDLE);
    pair_load(IDLE, back, sizeof back);
    pair_run(CYCLES);
    expect_same("calls");
    expect_reports(0);
}

static void stop_at(uint32_t kinds)
{
    pair_teardown();
    pair_create_with(&(struct machine_options){.seed = 1, .check = DIAG_COSTLY, .stop_on = kinds});
}

Test(checks, stops_behind_the_read_each_time_one_comes_there)
{
    uint64_t cycle;
    void *before;

    stop_at(1u << DIAG_UNINITIALISED);
    before = malloc(machine_state_size(pair[0]));
    begin_reader();
    machine_save(pair[0], before);
    cr_assert_eq(pair_run(CYCLES).kind, STOP_DIAG);
    cr_assert_eq(machine_reg(pair[0], REG_PC), CODE + 2);
    expect_same("stopped");
    cycle = machine_now(pair[0]).cycles;
    machine_restore(pair[0], before);
    machine_restore(pair[1], before);
    cr_assert_eq(pair_run(CYCLES).kind, STOP_DIAG);
    cr_assert_eq(machine_now(pair[1]).cycles, cycle);
    expect_reports(1);              /* a report in the past is not made again */
    free(before);
}

static void go_back(struct timeline *t, struct stop *stop, enum timeline_back expected)
{
    enum timeline_back back;

    timeline_search_start(t, &(struct timeline_filter){NULL, NULL});
    while ((back = timeline_search(t, 100000, stop)) == TIMELINE_SEARCHING)
        ;
    cr_assert_eq(back, expected);
}

Test(checks, going_back_stops_behind_the_report_before)
{
    struct timeline *t;
    uint64_t cycle;
    struct stop stop;

    stop_at(1u << DIAG_UNINITIALISED);
    begin_reader();
    t = timeline_create(pair[1], &(struct timeline_options){.memory = TIMELINE_MEMORY, .spacing = 50});
    timeline_run(t, vtime_at(CYCLES));
    cycle = machine_now(pair[1]).cycles;
    timeline_run(t, vtime_at(CYCLES));
    go_back(t, &stop, TIMELINE_HIT);
    cr_assert_eq(stop.kind, STOP_DIAG);
    cr_assert_eq(machine_now(pair[1]).cycles, cycle);
    cr_assert_eq(machine_reg(pair[1], REG_PC), CODE + 2);
    go_back(t, &stop, TIMELINE_AT_BEGIN);
    cr_assert_eq(pair_reports[1].count, 2, "none of them again");
    timeline_destroy(t);
}

/* ---- the main stack ---- */

static void know_variables(void)
{
    static const struct variable list[] = {
        {"ledger", STACK_LOW - 0x40, 0x40}, {"first", RAM, 4}, {"constant", FLASH + 0x700, 64}};
    static const struct variables variables = {list, 3};

    machine_set_variables(pair[0], &variables);
    machine_set_variables(pair[1], &variables);
}

/* Pushes 32 bytes over and over. */
static const uint16_t pusher[] = {0xB4FF, 0xE7FD};

Test(checks, a_stack_that_grows_into_a_variable_is_reported)
{
    know_variables();
    pair_begin(CODE, pusher, sizeof pusher);
    pair_run(60);
    expect_same("pushing");
    expect_reports(1);
    expect_last(DIAG_STACK, CODE,
                "main stack: at 0x20007F80 it has grown below 0x20007FC0, the end of its region: into ledger");
}

Test(checks, a_stack_pointer_set_elsewhere_has_another_region)
{
    static const uint16_t elsewhere[] = {0xF381, 0x8808, 0xB4FF, 0xE7FD};       /* msr msp, r1; the pusher */

    know_variables();
    pair_begin(CODE, elsewhere, sizeof elsewhere);
    pair_set(REG_R0 + 1, DATA);
    pair_run(300);
    expect_reports(0);
    pair_run(2000);
    expect_same("elsewhere");
}

Test(checks, writing_the_variable_below_is_no_growth)
{
    static const uint16_t writer[] = {0xB4FF, 0xB4FF, 0x6020, 0x6320, 0xE7FC};  /* str r0, [r4]; [r4, #48] */

    know_variables();
    pair_begin(CODE, writer, sizeof writer);
    pair_set(REG_R0 + 4, STACK_LOW - 0x40);
    pair_run(300);
    expect_same("writing");
    expect_reports(0);
}

/* Without being asked to, it is seen when the next exception comes. */
Test(checks, an_exception_finds_a_stack_that_has_grown)
{
    static const uint16_t call[] = {0xB4FF, 0xB4FF, 0xB4FF, 0xDF00, 0xE7FE}, idle[] = {0xE7FE};

    pair_teardown();
    pair_create_with(&(struct machine_options){.seed = 1});
    know_variables();
    pair_begin_with(CODE, call, sizeof call, IDLE);
    pair_load(IDLE, idle, sizeof idle);
    pair_run(300);
    expect_same("call");
    expect_reports(1);
    expect_last(DIAG_STACK, CODE + 8,
                "main stack: at 0x20007F80 it has grown below 0x20007FC0, the end of its region: into ledger");
}

Test(checks, a_stack_that_is_a_variable_ends_where_it_begins)
{
    static const struct variable list[] = {{"stack", TOP - 0x20, 0x20}};
    static const struct variables variables = {list, 1};

    machine_set_variables(pair[0], &variables);
    machine_set_variables(pair[1], &variables);
    pair_begin(CODE, pusher, sizeof pusher);
    pair_run(60);
    expect_reports(1);
    expect_last(DIAG_STACK, CODE, "main stack: at 0x20007FA0 it has grown below 0x20007FE0, the end of its region");
}
