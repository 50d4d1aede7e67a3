/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system timer: Arm ARM B3.3. */
#include <criterion/criterion.h>

#include "tests/unit/arm_board.h"

enum { SYSTICK = 15, ENABLE = 1, TICKINT = 2, CORE_CLOCK = 4, COUNTFLAG = 1 << 16 };

static struct arm_board *b;

static void setup(void)
{
    b = arm_create(CPU_CORTEX_M4F);
}

static void teardown(void)
{
    arm_destroy(b);
}

TestSuite(systick, .init = setup, .fini = teardown);

static void start(uint32_t load, uint32_t ctrl)
{
    arm_write(b, R_SYST_LOAD, load);
    arm_write(b, R_SYST_VAL, 0);
    arm_write(b, R_SYST_CTRL, ctrl | ENABLE);
}

static bool pending(void)
{
    return arm_read(b, R_ICSR) >> 26 & 1;
}

/* Runs to the next cycle at which SysTick pends; that cycle. */
static uint64_t next_tick(void)
{
    vtime next;

    arm_write(b, R_ICSR, 1 << 25);
    while (!pending()) {
        machine_asleep(b->m, &next);
        machine_run(b->m, next);
        cr_assert_lt(arm_now(b), 100000000);
    }
    return arm_now(b);
}

static void hold_still(void)
{
    CODE(b, ARM_MAIN, OP_WFI_T1, 0xE7FD);       /* wfi; b . - 2 */
    arm_set(b, REG_FAULTMASK, 1);               /* SysTick pends but never runs */
    arm_step(b);
}

Test(systick, load_9999_gives_a_period_of_10000_cycles)
{
    uint64_t first, begin;

    hold_still();
    begin = arm_now(b);
    start(9999, TICKINT | CORE_CLOCK);
    first = next_tick();
    cr_assert_eq(first - begin, 10000);
    for (unsigned i = 1; i <= 5; i++)
        cr_assert_eq(next_tick() - first, 10000 * i);
}

Test(systick, the_counter_counts_down_and_reloads_on_the_tick_after_zero)
{
    hold_still();
    start(9, CORE_CLOCK);
    for (unsigned i = 0; i < 35; i++) {
        unsigned phase = i % 10;
        cr_assert_eq(arm_peek(b, R_SYST_VAL), phase ? 10 - phase : 0, "after %u cycles", i);
        arm_run(b, 1);
    }
}

Test(systick, the_reference_clock_is_slower)
{
    uint64_t first;

    hold_still();
    start(99, TICKINT);
    first = next_tick();
    cr_assert_eq(next_tick() - first, 800);
}

/* Writes do not move the edges of the reference clock. */
Test(systick, the_reference_clocks_edges_stay_where_they_are)
{
    hold_still();
    start(9, 0);
    arm_run(b, 13);
    arm_write(b, R_SYST_VAL, 0);
    arm_run(b, 2);
    cr_assert_eq(arm_peek(b, R_SYST_VAL), 0);
    arm_run(b, 1);
    cr_assert_eq(arm_peek(b, R_SYST_VAL), 9);
}

Test(systick, follows_its_clock_when_that_changes)
{
    uint64_t begin;

    hold_still();
    begin = arm_now(b);
    start(99, TICKINT);
    arm_run(b, 8 * 50);
    arm_write(b, ARM_SYSTICK_HZ, 4000000);
    cr_assert_eq(next_tick() - begin, 8 * 50 + 4 * 50);
}

Test(systick, countflag_is_cleared_by_reading_but_not_by_looking)
{
    hold_still();
    start(9, CORE_CLOCK);
    arm_run(b, 9);
    cr_assert_eq(arm_peek(b, R_SYST_CTRL) & COUNTFLAG, 0);
    arm_run(b, 1);
    cr_assert_eq(arm_peek(b, R_SYST_CTRL) & COUNTFLAG, COUNTFLAG);
    cr_assert_eq(arm_peek(b, R_SYST_CTRL) & COUNTFLAG, COUNTFLAG);
    cr_assert_eq(arm_read(b, R_SYST_CTRL), COUNTFLAG | CORE_CLOCK | ENABLE);
    cr_assert_eq(arm_read(b, R_SYST_CTRL), CORE_CLOCK | ENABLE);
}

Test(systick, writing_val_clears_it_and_countflag_and_pends_nothing)
{
    hold_still();
    start(9, TICKINT | CORE_CLOCK);
    arm_run(b, 13);
    arm_write(b, R_ICSR, 1 << 25);
    arm_write(b, R_SYST_VAL, 0x1234);
    cr_assert_eq(arm_peek(b, R_SYST_VAL), 0);
    cr_assert_eq(arm_peek(b, R_SYST_CTRL) & COUNTFLAG, 0);
    cr_assert(!pending());
    arm_run(b, 1);
    cr_assert_eq(arm_peek(b, R_SYST_VAL), 9);
}

Test(systick, a_new_load_takes_effect_at_the_next_reload)
{
    uint64_t begin, first;

    hold_still();
    begin = arm_now(b);
    start(99, TICKINT | CORE_CLOCK);
    arm_run(b, 50);
    arm_write(b, R_SYST_LOAD, 29);
    first = next_tick();
    cr_assert_eq(first - begin, 100);
    cr_assert_eq(next_tick() - first, 30);
}

Test(systick, load_0_stops_after_the_present_count)
{
    vtime next;

    hold_still();
    start(99, TICKINT | CORE_CLOCK);
    arm_run(b, 50);
    arm_write(b, R_SYST_LOAD, 0);
    next_tick();
    arm_write(b, R_ICSR, 1 << 25);
    machine_asleep(b->m, &next);
    cr_assert_eq(next.cycles, UINT64_MAX);
    cr_assert_eq(arm_peek(b, R_SYST_VAL), 0);
}

Test(systick, disabling_freezes_the_counter)
{
    hold_still();
    start(99, CORE_CLOCK);
    arm_run(b, 41);
    arm_write(b, R_SYST_CTRL, CORE_CLOCK);
    arm_run(b, 500);
    cr_assert_eq(arm_peek(b, R_SYST_VAL), 59);
    arm_write(b, R_SYST_CTRL, CORE_CLOCK | ENABLE);
    arm_run(b, 9);
    cr_assert_eq(arm_peek(b, R_SYST_VAL), 50);
}

Test(systick, without_tickint_nothing_pends)
{
    hold_still();
    start(9, CORE_CLOCK);
    arm_run(b, 100);
    cr_assert(!pending());
}

Test(systick, the_handler_runs)
{
    start(50, TICKINT | CORE_CLOCK);
    arm_until(b, SYSTICK);
    cr_assert_eq(arm_reg(b, REG_PC), arm_handler(SYSTICK));
}

Test(systick, calib_is_the_chips)
{
    cr_assert_eq(arm_read(b, 0xE000E01C), 2000);
}

Test(systick, runs_on_alike_from_every_saved_state)
{
    CODE(b, ARM_MAIN, OP_LDR_R0_R1, OP_ADDS_R4 + 1, 0xE7FC);     /* ldr; adds; b . - 4 */
    arm_set(b, REG_R0 + 1, R_SYST_CTRL);
    start(13, TICKINT | CORE_CLOCK);
    arm_check_replay(b, 60);
}
