/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CRC unit: values worked out with an independent implementation of CRC-32/MPEG-2 over words. */
#include <criterion/criterion.h>

#include "periph/devices.h"
#include "tests/unit/board.h"

enum { CRC = 0x40023000, DR = CRC, IDR = CRC + 4, CR = CRC + 8 };

static const struct chip_device devices[] = {
    {.name = "CRC", .ops = &crc_v1_ops, .base = CRC, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_CORE},
    {0}};

static struct board *b;

static void start(void)
{
    b = board_create(devices, NULL);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(crc, .init = start, .fini = stop);

Test(crc, words_give_the_documented_results)
{
    static const struct {
        unsigned count;
        uint32_t words[4], result;
    } cases[] = {
        {1, {0x00000000}, 0xC704DD7B},
        {1, {0x12345678}, 0xDF8A8A2B},
        {1, {0xFFFFFFFF}, 0x00000000},
        {4, {1, 2, 3, 4}, 0x955AE3FD},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        board_write(b, CR, 1);
        for (unsigned word = 0; word < cases[i].count; word++)
            board_write(b, DR, cases[i].words[word]);
        cr_assert_eq(board_read(b, DR), cases[i].result, "case %u", i);
    }
}

Test(crc, reset_bit_clears_the_result_itself_and_not_idr)
{
    board_write(b, DR, 0x12345678);
    board_write8(b, IDR, 0xA5);
    board_write(b, CR, 1);
    cr_assert_eq(board_read(b, DR), 0xFFFFFFFF);
    cr_assert_eq(board_read(b, IDR), 0xA5);
    cr_assert_eq(board_read(b, CR), 0);
}

Test(crc, idr_has_eight_bits)
{
    board_write(b, IDR, 0xFFFFFFFF);
    cr_assert_eq(board_read(b, IDR), 0xFF);
}

Test(crc, a_debugger_read_changes_nothing)
{
    board_write(b, DR, 1);
    uint32_t before = board_peek(b, DR);
    cr_assert_eq(board_peek(b, DR), before);
    cr_assert_eq(board_read(b, DR), before);
}

Test(crc, narrow_writes_of_dr_are_reported)
{
    board_write8(b, DR, 1);
    cr_assert_eq(b->diags[DIAG_WIDTH], 1);
}
