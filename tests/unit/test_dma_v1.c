/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DMA channels of F1: request levels, flags, widths, errors (RM0041 chapter 10). */
#include <criterion/criterion.h>

#include "periph/devices.h"
#include "periph/dma.h"
#include "periph/usart.h"
#include "tests/unit/board.h"

enum {
    DMA = 0x40020000, USART = 0x40013800, RAM = 0x20000000,
    ISR = 0x00, IFCR = 0x04, CCR = 0x08, CNDTR = 0x0C, CPAR = 0x10, CMAR = 0x14,
    EN = 1, TCIE = 2, HTIE = 4, TEIE = 8, TO_PERIPHERAL = 1 << 4, CIRC = 1 << 5, PINC = 1 << 6, MINC = 1 << 7,
    P16 = 1 << 8, P32 = 2 << 8, M32 = 2 << 10, HIGH = 2 << 12, M2M = 1 << 14,
    GIF = 1, TCIF = 2, HTIF = 4, TEIF = 8,
    ASK1 = 1, ASK2 = 2,
    SERVED1 = 0
};

static const struct chip_device devices[] = {
    {.name = "DMA", .ops = &dma_v1_ops, .base = DMA, .size = 0x400, .gate = GATE_NONE, .reset_line = 0,
     .clock = CLOCK_CORE, .irq = {11, 12, 13, 14, 15, 16, 17}, .irq_count = 7},
    {.name = "USART", .ops = &usart_v2_ops, .base = USART, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_PCLK2, .irq = {37}, .irq_count = 1},
    {.name = NULL},
};

static const struct chip_route routes[] = {
    {"PROBE", 0, "DMA", DMA_V1_LINE(1, 3), 1},
    {"PROBE", 1, "DMA", DMA_V1_LINE(2, 0), 1},
    {"DMA", DMA_V1_LINE(1, 3), "PROBE", SERVED1, 1},
    {"USART", USART_OUT_DMA_TX, "DMA", DMA_V1_LINE(4, 0), 1},
    {.from = NULL},
};

static struct board *b;

static void setup(void)
{
    b = board_create(devices, routes);
}

static void teardown(void)
{
    board_destroy(b);
}

static uint32_t reg(unsigned channel, unsigned offset)
{
    return DMA + 20 * (channel - 1) + offset;
}

static void start(unsigned channel, uint32_t peripheral, uint32_t memory, uint32_t items, uint32_t ccr)
{
    board_write(b, reg(channel, CPAR), peripheral);
    board_write(b, reg(channel, CMAR), memory);
    board_write(b, reg(channel, CNDTR), items);
    board_write(b, reg(channel, CCR), ccr | EN);
}

static uint32_t flags(unsigned channel)
{
    return board_peek(b, DMA + ISR) >> 4 * (channel - 1) & 15;
}

static uint32_t left(unsigned channel)
{
    return board_read(b, reg(channel, CNDTR));
}

static void fill_ram(unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        board_write8(b, RAM + i, (uint8_t)(i + 1));
}

TestSuite(dma_v1, .init = setup, .fini = teardown);

Test(dma_v1, memory_to_memory_widens_and_leaves_en_set)
{
    fill_ram(8);
    start(1, RAM, RAM + 0x100, 8, M2M | PINC | MINC | M32 | TCIE);
    cr_assert_eq(left(1), 8);
    board_run(b, 8 * 5);
    for (unsigned i = 0; i < 8; i++)
        cr_assert_eq(board_read(b, RAM + 0x100 + 4 * i), i + 1);
    cr_assert_eq(flags(1), GIF | TCIF | HTIF);
    cr_assert(board_irq(b, "DMA", 0));
    cr_assert(board_read(b, reg(1, CCR)) & EN);
    board_write(b, reg(1, CNDTR), 4);
    cr_assert_eq(left(1), 0, "dropped while EN is set");
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
}

Test(dma_v1, cgif_clears_all_and_gif_goes_with_the_last)
{
    start(1, RAM, RAM + 0x100, 2, M2M);
    board_run(b, 20);
    board_write(b, DMA + IFCR, TCIF);
    cr_assert_eq(flags(1), GIF | HTIF);
    board_write(b, DMA + IFCR, HTIF);
    cr_assert_eq(flags(1), 0);
    start(2, RAM, RAM + 0x100, 2, M2M);
    board_run(b, 20);
    board_write(b, DMA + IFCR, GIF << 4);
    cr_assert_eq(flags(2), 0);
}

Test(dma_v1, an_item_for_each_request_level)
{
    fill_ram(4);
    start(1, RAM + 0x100, RAM, 4, TO_PERIPHERAL | MINC);
    board_run(b, 50);
    cr_assert_eq(left(1), 4);
    board_write(b, BOARD_PROBE, ASK1);
    board_run(b, 7);
    cr_assert_eq(left(1), 4);
    board_run(b, 1);
    cr_assert_eq(left(1), 3);
    cr_assert_eq(board_rises(b, SERVED1), 1);
    board_write(b, BOARD_PROBE, 0);
    board_run(b, 50);
    cr_assert_eq(left(1), 3);
}

Test(dma_v1, higher_priority_first)
{
    start(1, RAM, RAM + 0x100, 2, MINC);
    start(2, RAM, RAM + 0x200, 2, MINC | HIGH);
    board_write(b, BOARD_PROBE, ASK1 | ASK2);
    board_run(b, 3 * 8);
    cr_assert_eq(left(1), 1);
    cr_assert_eq(left(2), 0);
}

Test(dma_v1, circular_reloads)
{
    start(1, RAM, RAM + 0x100, 4, MINC | CIRC | HTIE);
    board_write(b, BOARD_PROBE, ASK1);
    board_run(b, 2 * 8);
    cr_assert_eq(flags(1), GIF | HTIF);
    cr_assert(board_irq(b, "DMA", 0));
    board_run(b, 3 * 8);
    cr_assert_eq(left(1), 3);
    cr_assert_eq(flags(1), GIF | HTIF | TCIF);
}

Test(dma_v1, a_hole_is_a_transfer_error)
{
    start(1, 0x30000000, RAM, 4, M2M | TEIE);
    board_run(b, 20);
    cr_assert_eq(flags(1), GIF | TEIF);
    cr_assert_not(board_read(b, reg(1, CCR)) & EN);
    cr_assert_eq(b->diags[DIAG_DMA], 1);
    cr_assert(board_irq(b, "DMA", 0));
}

Test(dma_v1, usart_transmits_at_the_baud_rate)
{
    fill_ram(4);
    board_write(b, USART + 0x08, 100);
    board_write(b, USART + 0x0C, 0x2008);
    board_run(b, 100 * 2 * 11);
    start(4, USART + 0x04, RAM, 4, TO_PERIPHERAL | MINC);
    board_write(b, USART + 0x14, 0x80);
    board_run(b, 100 * 2 * 45);
    cr_assert_eq(b->byte_count, 4);
    cr_assert_eq(b->bytes[3].byte, 4);
    cr_assert_eq(b->bytes[3].cycle - b->bytes[0].cycle, 3 * 10 * 100 * 2);
}

Test(dma_v1, the_past_repeats_itself)
{
    fill_ram(8);
    board_write(b, BOARD_PROBE, ASK2);
    start(2, RAM, RAM + 0x200, 3, MINC | CIRC | HIGH);
    start(1, RAM, RAM + 0x100, 6, M2M | PINC | MINC | M32);
    board_check_replay(b, 300);
}
