/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WWDG: time-out, window, early wake-up (RM0090 chapter 22). */
#include <criterion/criterion.h>

#include "core/signal.h"
#include "periph/devices.h"
#include "periph/wwdg.h"
#include "tests/unit/board.h"

enum {
    WWDG = 0x40002C00, CR = WWDG, CFR = WWDG + 4, SR = WWDG + 8,
    WDGA = 0x80, EWI = 0x200, COUNT = 4 * 4096,     /* core cycles per count: PCLK1 is HCLK / 4 */
    PROBE_RESET = 0
};

static const struct chip_device devices[] = {
    {.name = "WWDG", .ops = &wwdg_v1_ops, .base = WWDG, .size = 0x400, .gate = 0, .reset_line = 0,
     .clock = CLOCK_PCLK1, .irq = {0}, .irq_count = 1},
    {0}};

static const struct chip_route routes[] = {
    {"WWDG", WWDG_OUT_RESET, "PROBE", PROBE_RESET, 1},
    {"WWDG", WWDG_OUT_RESET, CPU_SIGNALS, CPU_SIGNAL_RESET, 1},
    {0}};

static struct board *b;

static void start(void)
{
    b = board_create(devices, routes);
    board_write(b, BOARD_GATE, 1);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(wwdg, .init = start, .fini = stop);

Test(wwdg, times_out_by_its_formula)
{
    for (unsigned tb = 0; tb < 4; tb++) {
        uint64_t begin;
        board_write(b, CFR, tb << 7 | 0x7F);
        board_run(b, 12345);            /* the count under way makes no difference */
        begin = board_now(b);
        board_write(b, CR, WDGA | 0x7F);
        board_run(b, (uint64_t)COUNT * 64 << tb);
        cr_assert_eq(board_rises(b, PROBE_RESET), tb + 1);
        cr_assert_eq(board_rise(b, PROBE_RESET, tb), begin + ((uint64_t)COUNT * 64 << tb));
        board_write(b, BOARD_GATE, 1);
        cr_assert_eq(board_peek(b, CR) & WDGA, 0, "the reset stops it");
    }
}

Test(wwdg, counts_down_without_being_active)
{
    board_write(b, CR, 0x7F);
    board_run(b, 10 * COUNT - 1);
    cr_assert_eq(board_peek(b, CR), 0x76);
    board_run(b, 1);
    cr_assert_eq(board_peek(b, CR), 0x75);
    board_run(b, 200 * COUNT);
    cr_assert_eq(board_rises(b, PROBE_RESET), 0);
    cr_assert_eq(board_peek(b, CR), (0x75 - 200) & 0x7F);
}

Test(wwdg, a_refresh_inside_the_window_keeps_it_alive)
{
    board_write(b, CFR, 0x50);
    board_write(b, CR, WDGA | 0x7F);
    for (int i = 0; i < 5; i++) {
        board_run(b, 0x2F * COUNT);     /* T is the window's 0x50 */
        board_write(b, CR, 0x7F);
    }
    cr_assert_eq(board_rises(b, PROBE_RESET), 0);
    cr_assert_eq(board_peek(b, CR), WDGA | 0x7F, "nothing clears WDGA");
}

Test(wwdg, a_refresh_before_the_window_resets)
{
    board_write(b, CFR, 0x50);
    board_write(b, CR, WDGA | 0x7F);
    board_run(b, 0x2F * COUNT - 1);
    board_write(b, CR, WDGA | 0x7F);
    cr_assert_eq(board_rises(b, PROBE_RESET), 1);
}

Test(wwdg, a_start_without_t6_resets)
{
    board_write(b, CR, WDGA | 0x3F);
    cr_assert_eq(board_rises(b, PROBE_RESET), 1);
}

Test(wwdg, early_wake_up_comes_one_count_before_the_end)
{
    uint64_t begin = board_now(b);

    board_write(b, CFR, EWI | 0x7F);
    board_write(b, CFR, 0x7F);
    cr_assert_eq(board_peek(b, CFR), EWI | 0x7F, "nothing clears EWI");
    board_write(b, CR, WDGA | 0x7F);
    cr_assert_eq(board_when(b, SR, 1, 1, 64 * COUNT), begin + 63 * COUNT);
    cr_assert(board_irq(b, "WWDG", 0));
    board_write(b, SR, 1);
    cr_assert(board_irq(b, "WWDG", 0));
    board_write(b, CR, 0x7F);
    board_write(b, SR, 0);
    cr_assert_not(board_irq(b, "WWDG", 0));
    board_run(b, 64 * COUNT - 1);
    cr_assert_eq(board_rises(b, PROBE_RESET), 0);
    board_run(b, 1);
    cr_assert_eq(board_rises(b, PROBE_RESET), 1);
}

Test(wwdg, the_flag_comes_without_the_interrupt)
{
    board_write(b, CR, 0x41);
    board_run(b, COUNT);
    cr_assert_eq(board_peek(b, SR), 1);
    cr_assert_not(board_irq(b, "WWDG", 0));
}

Test(wwdg, waits_while_pclk_stands_still_or_its_gate_is_shut)
{
    uint64_t begin = board_now(b);

    board_write(b, CR, WDGA | 0x7F);
    board_run(b, COUNT + 100);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_PCLK1, 0);
    board_run(b, 1000 * COUNT);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_PCLK1, 42000000);
    board_run(b, COUNT);
    board_write(b, BOARD_GATE, 0);
    board_run(b, 1000 * COUNT);
    board_write(b, BOARD_GATE, 1);
    board_run(b, 64 * COUNT);
    cr_assert_eq(board_rise(b, PROBE_RESET, 0), begin + (2000 + 64) * (uint64_t)COUNT);
}

Test(wwdg, state_survives_save_and_restore_at_every_event)
{
    board_write(b, CFR, EWI | 1 << 7 | 0x7F);
    board_write(b, CR, WDGA | 0x45);
    board_run(b, 777);
    board_check_replay(b, 20 * COUNT);
}
