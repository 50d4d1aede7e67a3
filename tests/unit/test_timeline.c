/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The timeline on a small chip: what was can be gone back to, step by step, by search and by cycle. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/replay/inputs.h"
#include "core/replay/timeline.h"
#include "tests/unit/arm_board.h"

enum { LOOP = ARM_MAIN, STORE = ARM_MAIN + 4, AFTER_STORE = ARM_MAIN + 6, TRACE_MAX = 4000, SYSTICK = 15 };

struct trace {
    struct moment at;
    uint64_t hash;
    uint32_t pc;
};

static struct arm_board *b;
static struct timeline *t;
static struct trace trace[TRACE_MAX];
static unsigned forks;

static void on_fork(void *context, struct moment from)
{
    (void)context;
    (void)from;
    forks++;
}

/* Counts in memory, sleeps at every eighth, and is interrupted by SysTick, whose handler counts in r4. */
static void setup(void)
{
    b = arm_create(CPU_CORTEX_M4F);
    CODE(b, LOOP, OP_LDR_R0_R1, 0x1C40, OP_STR_R0_R1, 0x0742, 0xD100, OP_WFI_T1, 0xE7F8);
    CODE(b, arm_handler(SYSTICK), OP_ADDS_R4 + 1, OP_BX_LR);
    arm_set(b, REG_R0 + 1, ARM_DATA);
    arm_write(b, R_SYST_LOAD, 200);
    arm_write(b, R_SYST_CTRL, 7);
    forks = 0;
    t = timeline_create(b->m, &(struct timeline_options){
        .memory = TIMELINE_MEMORY, .spacing = 500, .forked = on_fork,
    });
    cr_assert(t);
}

static void teardown(void)
{
    timeline_destroy(t);
    arm_destroy(b);
}

TestSuite(timeline, .init = setup, .fini = teardown);

static struct trace look(void)
{
    return (struct trace){timeline_now(t), machine_hash(b->m), arm_reg(b, REG_PC)};
}

static void expect(struct trace want, const char *what)
{
    struct trace got = look();

    cr_assert_eq(got.at.cycle, want.at.cycle, "%s: cycle %llu, not %llu", what,
                 (unsigned long long)got.at.cycle, (unsigned long long)want.at.cycle);
    cr_assert_eq(got.at.inputs, want.at.inputs, "%s: inputs", what);
    cr_assert_eq(got.pc, want.pc, "%s: pc", what);
    cr_assert_eq(got.hash, want.hash, "%s: state at cycle %llu", what, (unsigned long long)got.at.cycle);
}

/* Steps forwards, noting every boundary; trace[count] is where it stands. */
static void record(unsigned from, unsigned count)
{
    trace[from] = look();
    for (unsigned i = 1; i <= count; i++) {
        timeline_step(t);
        trace[from + i] = look();
    }
}

static void run(uint64_t cycles)
{
    timeline_run(t, vtime_at(arm_now(b) + cycles));
}

Test(timeline, steps_back_visit_every_boundary)
{
    struct stop stop;

    record(0, 3000);
    for (unsigned i = 3000; i > 0; i--) {
        cr_assert_eq(timeline_step_back(t, &stop), TIMELINE_STEPPED);
        expect(trace[i - 1], "stepped back");
    }
    cr_assert_eq(timeline_step_back(t, &stop), TIMELINE_AT_BEGIN);
    expect(trace[0], "the begin");
}

Test(timeline, steps_back_after_a_run_agree_with_steps_forwards)
{
    struct stop stop;
    struct trace back[300];

    run(300000);
    for (unsigned i = 0; i < 300; i++) {
        cr_assert_eq(timeline_step_back(t, &stop), TIMELINE_STEPPED);
        back[i] = look();
    }
    for (unsigned i = 299; i > 0; i--) {
        timeline_step(t);
        expect(back[i - 1], "stepped forwards");
    }
}

Test(timeline, seeks_reach_the_same_states)
{
    record(0, 3000);
    srand(4);
    for (unsigned i = 0; i < 300; i++) {
        const struct trace *to = &trace[rand() % 3001];
        cr_assert(timeline_seek(t, to->at));
        expect(*to, "sought");
    }
}

Test(timeline, seek_beyond_the_ends_stops_there)
{
    record(0, 100);
    cr_assert(timeline_seek(t, (struct moment){0, 0}));
    expect(trace[0], "begin");
    cr_assert_not(timeline_live(t));
    cr_assert(timeline_seek(t, (struct moment){UINT64_MAX, UINT64_MAX}));
    expect(trace[100], "end");
    cr_assert(timeline_live(t));
}

Test(timeline, running_from_the_past_replays_and_lives_on)
{
    uint64_t hash, cycle;

    run(50000);
    hash = machine_hash(b->m);
    cycle = arm_now(b);
    timeline_seek_cycle(t, 20000);
    timeline_run(t, vtime_at(cycle));
    cr_assert(timeline_live(t));
    cr_assert_eq(machine_hash(b->m), hash);
    run(1000);
    cr_assert_gt(timeline_end(t).cycle, cycle);
}

static void poke(uint32_t address, uint32_t value)
{
    uint32_t done;

    machine_poke(b->m, address, &value, sizeof value, &done);
}

Test(timeline, inputs_come_back_from_the_log)
{
    uint64_t hash;

    for (unsigned i = 0; i < 20; i++) {
        run(777);
        arm_set(b, REG_R0 + 5, i);
        poke(ARM_DATA + 64, i);
    }
    run(1000);
    hash = machine_hash(b->m);
    cr_assert_eq(inputs_count(timeline_inputs(t)), 38, "those that change nothing are none");
    timeline_seek(t, timeline_begin(t));
    cr_assert_eq(arm_reg(b, REG_R0 + 5), 0);
    timeline_seek(t, timeline_end(t));
    cr_assert_eq(arm_reg(b, REG_R0 + 5), 19);
    cr_assert_eq(machine_hash(b->m), hash);
    cr_assert_eq(forks, 0);
}

Test(timeline, a_write_in_the_past_starts_a_new_future)
{
    uint64_t cycle;

    run(20000);
    timeline_seek_cycle(t, 10000);
    cycle = arm_now(b);
    cr_assert_eq(timeline_end(t).cycle > cycle, 1);
    arm_set(b, REG_R0 + 6, 99);
    cr_assert_eq(forks, 1);
    cr_assert(timeline_live(t));
    cr_assert_eq(timeline_end(t).cycle, cycle);
    arm_set(b, REG_R0 + 6, 98);
    cr_assert_eq(forks, 1, "said once");
    run(5000);
    timeline_seek_cycle(t, 12000);
    cr_assert_eq(arm_reg(b, REG_R0 + 6), 98);
}

Test(timeline, looking_in_the_past_keeps_the_future)
{
    uint64_t end;

    run(20000);
    end = timeline_end(t).cycle;
    timeline_seek_cycle(t, 10000);
    arm_peek(b, ARM_DATA);
    arm_set(b, REG_R0, arm_reg(b, REG_R0));
    timeline_set_modes(t, (struct machine_modes){.debugger = true});
    cr_assert_eq(timeline_end(t).cycle, end);
    cr_assert_not(machine_modes(b->m).debugger, "as it was then");
    timeline_seek(t, timeline_end(t));
    cr_assert(machine_modes(b->m).debugger, "as it is now");
}

Test(timeline, going_back_stops_before_a_reset)
{
    struct trace before, after;
    struct stop stop;

    run(5000);
    before = look();
    machine_reset(b->m, RESET_SYSTEM);
    after = look();
    timeline_step(t);
    cr_assert_eq(timeline_step_back(t, &stop), TIMELINE_STEPPED);
    expect(after, "after the reset");
    cr_assert_eq(timeline_step_back(t, &stop), TIMELINE_STEPPED);
    expect(before, "before the reset");
    timeline_step(t);
    expect(after, "the reset again");
}

/* ---- searching ---- */

static enum timeline_back search(struct stop *stop)
{
    enum timeline_back back;

    timeline_search_start(t, &(struct timeline_filter){NULL, NULL});
    do
        back = timeline_search(t, 1000, stop);
    while (back == TIMELINE_SEARCHING);
    return back;
}

Test(timeline, search_finds_the_last_breakpoint)
{
    struct stop stop;
    unsigned i = 3000;

    record(0, 3000);
    machine_break_add(b->m, BREAK_HARDWARE, arm_handler(SYSTICK));
    for (unsigned hits = 0; hits < 10; hits++) {
        do
            i--;
        while (trace[i].pc != arm_handler(SYSTICK));
        cr_assert_eq(search(&stop), TIMELINE_HIT);
        cr_assert_eq(stop.kind, STOP_BREAKPOINT);
        expect(trace[i], "breakpoint");
    }
    cr_assert_eq(machine_run(b->m, vtime_at(arm_now(b) + 20)).kind, STOP_LIMIT, "the one reported is passed");
}

Test(timeline, search_reaches_the_begin)
{
    struct stop stop;

    record(0, 2000);
    machine_break_add(b->m, BREAK_HARDWARE, 0x2000);
    cr_assert_eq(search(&stop), TIMELINE_AT_BEGIN);
    expect(trace[0], "begin");
}

Test(timeline, search_stops_before_undoing_a_watched_store)
{
    struct stop stop;
    unsigned i = 3000;

    record(0, 3000);
    machine_watch_add(b->m, ACCESS_WRITE, ARM_DATA, 4);
    for (unsigned hits = 0; hits < 10; hits++) {
        do
            i--;
        while (trace[i].pc != STORE || trace[i + 1].pc == STORE);
        cr_assert_eq(search(&stop), TIMELINE_HIT);
        cr_assert_eq(stop.kind, STOP_WATCH);
        cr_assert_eq(stop.address, ARM_DATA);
        expect(trace[i + 1], "after the store");
    }
}

Test(timeline, step_back_reports_a_watched_access_before_undoing_it)
{
    struct stop stop;
    unsigned i = 50;

    record(0, 100);
    while (trace[i].pc != STORE || trace[i + 1].pc != AFTER_STORE)
        i++;
    timeline_seek(t, trace[i + 1].at);
    machine_watch_add(b->m, ACCESS_WRITE, ARM_DATA, 4);
    cr_assert_eq(timeline_step_back(t, &stop), TIMELINE_HIT);
    cr_assert_eq(arm_reg(b, REG_PC), AFTER_STORE);
    cr_assert_eq(timeline_step_back(t, &stop), TIMELINE_STEPPED, "reported once");
    cr_assert_eq(arm_reg(b, REG_PC), STORE);
    cr_assert_eq(timeline_step(t).kind, STOP_WATCH, "forwards before the access");
    cr_assert_eq(arm_reg(b, REG_PC), STORE);
    cr_assert_eq(timeline_step(t).kind, STOP_STEP);
}

Test(timeline, search_passes_over_what_it_knows)
{
    uint64_t before;
    struct stop stop;

    run(500000);
    machine_break_add(b->m, BREAK_HARDWARE, LOOP - 0x100);
    machine_watch_add(b->m, ACCESS_EVERY_WRITE, ARM_DATA + 256, 4);
    before = timeline_figures(t).replayed;
    cr_assert_eq(search(&stop), TIMELINE_AT_BEGIN);
    cr_assert_eq(timeline_figures(t).replayed, before);
}

Test(timeline, what_a_new_future_touches_is_known)
{
    struct stop stop;

    machine_load(b->m, ARM_MAIN + 0x200, (uint16_t[]){0xE7FE}, 2);
    run(100000);
    machine_break_add(b->m, BREAK_HARDWARE, ARM_MAIN + 0x200);
    cr_assert_eq(search(&stop), TIMELINE_AT_BEGIN);
    timeline_seek_cycle(t, 50000);
    arm_set(b, REG_PC, ARM_MAIN + 0x200);
    machine_arm(b->m, false);
    run(700);
    machine_arm(b->m, true);
    arm_set(b, REG_PC, LOOP);
    run(100000);
    cr_assert_eq(search(&stop), TIMELINE_HIT);
    cr_assert_eq(arm_reg(b, REG_PC), ARM_MAIN + 0x200);
}

/* The same history again as a recording's: with a checkpoint in its midst, of which nothing is known. */
static void adopt_history(uint64_t middle, uint64_t end)
{
    void *begin = malloc(machine_state_size(b->m)), *state = malloc(machine_state_size(b->m));
    struct moment at, last;

    machine_save(b->m, begin);
    run(middle);
    at = timeline_now(t);
    machine_save(b->m, state);
    run(end - middle);
    last = timeline_now(t);
    timeline_destroy(t);
    machine_restore(b->m, begin);
    t = timeline_create(b->m, &(struct timeline_options){.memory = TIMELINE_MEMORY, .spacing = 500});
    timeline_adopt(t, inputs_create(), last);
    machine_restore(b->m, state);
    cr_assert(timeline_adopt_checkpoint(t, at));
    timeline_seek(t, timeline_end(t));
    free(begin);
    free(state);
}

Test(timeline, a_replay_teaches_what_was_not_known)
{
    uint64_t first, second;
    struct stop stop;

    adopt_history(50000, 60000);
    machine_break_add(b->m, BREAK_HARDWARE, LOOP - 0x100);
    first = timeline_figures(t).replayed;
    cr_assert_eq(search(&stop), TIMELINE_AT_BEGIN);
    second = timeline_figures(t).replayed;
    cr_assert_geq(second - first, 60000, "not known: all of it");
    timeline_seek(t, timeline_end(t));
    second = timeline_figures(t).replayed;
    cr_assert_eq(search(&stop), TIMELINE_AT_BEGIN);
    cr_assert_lt(timeline_figures(t).replayed - second, 15000, "only what was not replayed whole");
}

static bool is_even(void *context, const struct stop *stop)
{
    (void)context;
    (void)stop;
    return !(arm_reg(b, REG_R0) & 1);
}

Test(timeline, search_asks_for_conditions)
{
    struct stop stop;
    enum timeline_back back;

    run(100000);
    machine_break_add(b->m, BREAK_HARDWARE, STORE);
    timeline_search_start(t, &(struct timeline_filter){NULL, is_even});
    while ((back = timeline_search(t, 1000, &stop)) == TIMELINE_SEARCHING)
        ;
    cr_assert_eq(back, TIMELINE_HIT);
    cr_assert_eq(arm_reg(b, REG_PC), STORE);
    cr_assert_eq(arm_reg(b, REG_R0) & 1, 0);
}

Test(timeline, a_search_can_be_stopped)
{
    struct stop stop;
    struct moment end;

    run(500000);
    end = timeline_now(t);
    machine_watch_add(b->m, ACCESS_READ, 0x2000, 4);
    timeline_search_start(t, &(struct timeline_filter){NULL, NULL});
    for (unsigned i = 0; i < 100; i++)
        cr_assert_eq(timeline_search(t, 1000, &stop), TIMELINE_SEARCHING);
    timeline_search_stop(t);
    cr_assert_lt(timeline_now(t).cycle, end.cycle);
    cr_assert_eq(timeline_end(t).cycle, end.cycle);
}

/* ---- the budget ---- */

Test(timeline, a_small_budget_keeps_the_whole_past)
{
    uint64_t hash;
    struct moment middle;

    timeline_destroy(t);
    t = timeline_create(b->m, &(struct timeline_options){.memory = 400 << 10, .spacing = 500});
    run(200000);
    middle = timeline_now(t);
    hash = machine_hash(b->m);
    run(3000000);
    cr_assert_lt(timeline_figures(t).bytes, 400u << 10);
    cr_assert_gt(timeline_figures(t).checkpoints, 4);
    cr_assert(timeline_seek(t, middle));
    cr_assert_eq(machine_hash(b->m), hash);
    cr_assert(timeline_seek(t, timeline_begin(t)));
}
