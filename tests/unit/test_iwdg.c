/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IWDG: timeout, keys, update delay, reset (RM0090 chapter 21). */
#include <criterion/criterion.h>

#include "core/signal.h"
#include "periph/devices.h"
#include "periph/iwdg.h"
#include "tests/unit/board.h"

enum {
    IWDG = 0x40003000, KR = IWDG, PR = IWDG + 4, RLR = IWDG + 8, SR = IWDG + 12,
    UNLOCK = 0x5555, RELOAD = 0xAAAA, START = 0xCCCC, PVU = 1, RVU = 2,
    LSI = 168000000 / 32000,    /* core cycles per LSI cycle */
    PROBE_RESET = 0, PROBE_LSI = 1
};

static const struct chip_device devices[] = {
    {.name = "IWDG", .ops = &iwdg_v1_ops, .base = IWDG, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_LSI},
    {0}};

static const struct chip_route routes[] = {
    {"IWDG", IWDG_OUT_RESET, "PROBE", PROBE_RESET, 1},
    {"IWDG", IWDG_OUT_LSI, "PROBE", PROBE_LSI, 1},
    {"IWDG", IWDG_OUT_RESET, CPU_SIGNALS, CPU_SIGNAL_RESET, 1},
    {"PROBE", 7, "IWDG", IWDG_IN_HARDWARE, 1},
    {0}};

static struct board *b;

/* Leaves guest time on an LSI edge. */
static void start(void)
{
    b = board_create(devices, routes);
    board_run_to(b, 10 * LSI);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(iwdg, .init = start, .fini = stop);

static uint64_t reset_cycle(void)
{
    board_run(b, 3 * 4096 * (uint64_t)LSI);
    return board_rise(b, PROBE_RESET, 0);
}

Test(iwdg, starts_with_the_longest_count)
{
    uint64_t begin = board_now(b);

    board_write(b, KR, START);
    cr_assert_eq(board_rises(b, PROBE_LSI), 1);
    cr_assert_eq(board_rise(b, PROBE_RESET, 0), UINT64_MAX);
    board_run(b, 4 * 4096 * (uint64_t)LSI - 1);
    cr_assert_eq(board_rises(b, PROBE_RESET), 0);
    board_run(b, 1);
    cr_assert_eq(board_rise(b, PROBE_RESET, 0), begin + 4 * 4096 * (uint64_t)LSI);
}

Test(iwdg, times_out_by_its_formula)
{
    uint64_t begin;

    board_write(b, KR, START);
    board_write(b, KR, UNLOCK);
    board_write(b, PR, 1);
    board_write(b, RLR, 99);
    cr_assert_neq(board_when(b, SR, PVU | RVU, 0, 10 * LSI), UINT64_MAX);
    begin = board_now(b);
    board_write(b, KR, RELOAD);
    cr_assert_eq(reset_cycle(), begin + 8 * 100 * (uint64_t)LSI);
}

Test(iwdg, a_kick_begins_the_count_again)
{
    uint64_t begin = board_now(b);

    board_write(b, KR, START);
    for (int i = 0; i < 5; i++) {
        board_run(b, 4 * 4095 * (uint64_t)LSI);
        begin = board_now(b);
        board_write(b, KR, RELOAD);
    }
    cr_assert_eq(board_rises(b, PROBE_RESET), 0);
    board_run(b, 4 * 4096 * (uint64_t)LSI);
    cr_assert_eq(board_rise(b, PROBE_RESET, 0), begin + 4 * 4096 * (uint64_t)LSI);
}

Test(iwdg, never_ends_early_between_lsi_edges)
{
    uint64_t edge = board_now(b) + LSI;

    board_run(b, 17);
    board_write(b, KR, START);
    board_run(b, 4 * 4096 * (uint64_t)LSI + LSI);
    cr_assert_eq(board_rise(b, PROBE_RESET, 0), edge + 4 * 4096 * (uint64_t)LSI);
}

Test(iwdg, pvu_and_rvu_last_five_lsi_cycles)
{
    uint64_t begin = board_now(b);

    board_write(b, KR, UNLOCK);
    board_write(b, PR, 3);
    board_run(b, LSI);
    board_write(b, RLR, 0x123);
    cr_assert_eq(board_peek(b, SR), PVU | RVU);
    cr_assert_eq(board_when(b, SR, PVU, 0, 10 * LSI), begin + 5 * LSI);
    cr_assert_eq(board_when(b, SR, RVU, 0, 10 * LSI), begin + 6 * LSI);
    cr_assert_eq(board_peek(b, PR), 3);
    cr_assert_eq(board_peek(b, RLR), 0x123);
}

Test(iwdg, a_write_during_an_update_is_lost)
{
    board_write(b, KR, UNLOCK);
    board_write(b, PR, 3);
    board_write(b, PR, 5);
    cr_assert_eq(board_peek(b, PR), 3);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
    board_run(b, 5 * LSI);
    board_write(b, PR, 5);
    cr_assert_eq(board_peek(b, PR), 5);
}

Test(iwdg, any_other_key_locks)
{
    board_write(b, PR, 3);
    cr_assert_eq(board_peek(b, PR), 0);
    board_write(b, KR, UNLOCK);
    board_write(b, KR, RELOAD);
    board_write(b, RLR, 1);
    cr_assert_eq(board_peek(b, RLR), 0xFFF);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 2);
}

Test(iwdg, a_reload_before_the_start_sets_the_first_count)
{
    uint64_t begin;

    board_write(b, KR, UNLOCK);
    board_write(b, RLR, 9);
    board_write(b, KR, RELOAD);
    board_run(b, 10 * LSI);
    begin = board_now(b);
    board_write(b, KR, START);
    cr_assert_eq(reset_cycle(), begin + 4 * 10 * LSI);
}

Test(iwdg, a_new_prescaler_applies_to_the_counts_left)
{
    uint64_t begin = board_now(b);

    board_write(b, KR, START);
    board_run(b, 3 * LSI);
    board_write(b, KR, UNLOCK);
    board_write(b, PR, 1);              /* arrives at 8 LSI cycles, with two of 4096 counts gone */
    board_run(b, 8 * 4096 * (uint64_t)LSI);
    cr_assert_eq(board_rise(b, PROBE_RESET, 0), begin + (8 + 8 * 4094) * (uint64_t)LSI);
}

Test(iwdg, time_out_resets_the_system_and_with_it_the_watchdog)
{
    board_write(b, KR, START);
    board_run(b, 2 * 4 * 4096 * (uint64_t)LSI);
    cr_assert_eq(board_rises(b, PROBE_RESET), 1);
    cr_assert_not(b->signals[b->signal_count - 1].level);
    board_write(b, KR, RELOAD);
    board_run(b, 2 * 4 * 4096 * (uint64_t)LSI);
    cr_assert_eq(board_rises(b, PROBE_RESET), 1);
}

Test(iwdg, the_hardware_watchdog_starts_by_itself)
{
    board_write(b, BOARD_PROBE, 1 << 7);
    cr_assert_eq(board_rises(b, PROBE_LSI), 1);
    board_run(b, 4 * 4096 * (uint64_t)LSI);
    cr_assert_eq(board_rises(b, PROBE_RESET), 1);
}

Test(iwdg, waits_while_lsi_stands_still)
{
    uint64_t begin = board_now(b);

    board_write(b, KR, START);
    board_run(b, 100 * LSI);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_LSI, 0);
    board_run(b, 5000 * (uint64_t)LSI);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_LSI, 32000);
    board_run(b, 4 * 4096 * (uint64_t)LSI);
    cr_assert_eq(board_rise(b, PROBE_RESET, 0), begin + (5000 + 4 * 4096) * (uint64_t)LSI);
}

Test(iwdg, state_survives_save_and_restore_at_every_event)
{
    board_write(b, KR, START);
    board_write(b, KR, UNLOCK);
    board_write(b, PR, 0);
    board_write(b, RLR, 30);
    board_run(b, 6 * LSI);
    board_write(b, RLR, 20);
    board_write(b, KR, RELOAD);
    board_run(b, 5);
    board_check_replay(b, 200 * LSI);
}
