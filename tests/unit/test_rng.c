/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RNG: pace, flags, clock error, repeatability (RM0090 chapter 24). */
#include <criterion/criterion.h>

#include "periph/devices.h"
#include "tests/unit/board.h"

enum {
    RNG = 0x50060800, CR = RNG, SR = RNG + 4, DR = RNG + 8,
    RNGEN = 4, IE = 8, DRDY = 1, CECS = 2, CEIS = 0x20, SEIS = 0x40,
    WORD = 40 * 168 / 48,       /* core cycles per word */
    PLL48 = BOARD_CLOCKS + 4 * CLOCK_PLL48,
    GATE = 0, RESET_BIT = 1
};

static const struct chip_device devices[] = {
    {.name = "RNG", .ops = &rng_v1_ops, .base = RNG, .size = 0x400, .gate = GATE, .reset_line = RESET_BIT,
     .clock = CLOCK_PLL48, .irq = {80}, .irq_count = 1},
    {0}};

static struct board *b;

static void start(void)
{
    b = board_create(devices, NULL);
    board_write(b, BOARD_GATE, 1 << GATE);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(rng, .init = start, .fini = stop);

static uint32_t next_word(void)
{
    cr_assert_neq(board_when(b, SR, DRDY, DRDY, 10 * WORD), UINT64_MAX);
    return board_read(b, DR);
}

Test(rng, a_word_takes_forty_cycles_of_the_48_mhz_clock)
{
    uint64_t begin = board_now(b);

    board_write(b, CR, RNGEN);
    cr_assert_eq(board_read(b, DR), 0);
    cr_assert_eq(board_when(b, SR, DRDY, DRDY, 10 * WORD), begin + WORD);
    board_run(b, 1000);
    begin = board_now(b);
    board_read(b, DR);
    cr_assert_eq(board_peek(b, SR), 0);
    cr_assert_eq(board_when(b, SR, DRDY, DRDY, 10 * WORD), begin + WORD);
}

Test(rng, words_differ)
{
    uint32_t seen[64];

    board_write(b, CR, RNGEN);
    for (unsigned i = 0; i < 64; i++) {
        seen[i] = next_word();
        for (unsigned j = 0; j < i; j++)
            cr_assert_neq(seen[i], seen[j]);
    }
}

Test(rng, a_debugger_read_takes_no_word)
{
    uint32_t word;

    board_write(b, CR, RNGEN);
    board_run(b, WORD);
    word = board_peek(b, DR);
    cr_assert_eq(board_peek(b, SR), DRDY);
    cr_assert_eq(board_peek(b, DR), word);
    cr_assert_eq(board_read(b, DR), word);
    cr_assert_eq(board_peek(b, SR), 0);
}

Test(rng, the_same_seed_gives_the_same_words)
{
    uint32_t first[4];

    board_write(b, CR, RNGEN);
    for (unsigned i = 0; i < 4; i++)
        first[i] = next_word();
    stop();
    start();
    board_write(b, CR, RNGEN);
    for (unsigned i = 0; i < 4; i++)
        cr_assert_eq(next_word(), first[i]);
}

Test(rng, a_reset_does_not_repeat_the_words)
{
    uint32_t first;

    board_write(b, CR, RNGEN);
    first = next_word();
    board_write(b, BOARD_RESET, 1 << RESET_BIT);
    board_write(b, BOARD_RESET, 0);
    cr_assert_eq(board_peek(b, CR), 0);
    board_write(b, CR, RNGEN);
    cr_assert_neq(next_word(), first);
}

Test(rng, no_48_mhz_clock_is_an_error_and_no_data)
{
    board_write(b, PLL48, 0);
    board_write(b, CR, RNGEN | IE);
    cr_assert_eq(board_peek(b, SR), CECS | CEIS);
    cr_assert(board_irq(b, "RNG", 0));
    board_run(b, 100 * WORD);
    cr_assert_eq(board_peek(b, SR), CECS | CEIS);
    board_write(b, SR, 0);
    cr_assert_eq(board_peek(b, SR), CECS);
    cr_assert_not(board_irq(b, "RNG", 0));
    board_write(b, PLL48, 48000000);
    cr_assert_eq(board_peek(b, SR), 0);
    cr_assert_neq(next_word(), 0);
}

Test(rng, a_clock_below_a_sixteenth_of_hclk_is_an_error)
{
    board_write(b, CR, RNGEN);
    board_write(b, PLL48, 168000000 / 16);
    cr_assert_eq(board_peek(b, SR), 0);
    board_write(b, PLL48, 168000000 / 16 - 1);
    cr_assert_eq(board_peek(b, SR), CECS | CEIS);
}

Test(rng, a_clock_change_stretches_the_word_under_way)
{
    uint64_t begin = board_now(b);

    board_write(b, CR, RNGEN);
    board_run(b, WORD / 2);
    board_write(b, PLL48, 24000000);
    cr_assert_eq(board_when(b, SR, DRDY, DRDY, 10 * WORD), begin + WORD / 2 + WORD);
}

Test(rng, the_interrupt_is_a_level)
{
    board_write(b, CR, RNGEN);
    board_run(b, WORD);
    cr_assert_not(board_irq(b, "RNG", 0));
    board_write(b, CR, RNGEN | IE);
    cr_assert(board_irq(b, "RNG", 0));
    board_read(b, DR);
    cr_assert_not(board_irq(b, "RNG", 0));
}

Test(rng, off_means_no_data)
{
    board_write(b, CR, RNGEN);
    board_run(b, WORD);
    board_write(b, CR, 0);
    cr_assert_eq(board_peek(b, SR), 0);
    cr_assert_eq(board_read(b, DR), 0);
    board_run(b, 10 * WORD);
    cr_assert_eq(board_peek(b, SR), 0);
}

Test(rng, a_closed_clock_gate_freezes_the_word)
{
    uint64_t begin = board_now(b);

    board_write(b, CR, RNGEN);
    board_run(b, WORD / 2);
    board_write(b, BOARD_GATE, 0);
    board_run(b, 1000);
    board_write(b, BOARD_GATE, 1 << GATE);
    cr_assert_eq(board_when(b, SR, DRDY, DRDY, 10 * WORD), begin + WORD + 1000);
}

Test(rng, state_survives_save_and_restore_at_every_event)
{
    board_write(b, CR, RNGEN | IE);
    board_run(b, 3);
    board_check_replay(b, 1000);
}
