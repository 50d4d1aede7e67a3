/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DMA streams: request levels, flags, modes, FIFO, errors (RM0090 chapter 10). */
#include <criterion/criterion.h>
#include <string.h>

#include "core/io.h"
#include "periph/devices.h"
#include "periph/dma.h"
#include "periph/timer.h"
#include "periph/usart.h"
#include "tests/unit/board.h"

enum {
    DMA = 0x40026400, DMA1 = 0x40026000, USART = 0x40011000, TIM = 0x40000400, RAM = 0x20000000,
    LISR = 0x00, HISR = 0x04, LIFCR = 0x08, HIFCR = 0x0C,
    CR = 0x00, NDTR = 0x04, PAR = 0x08, M0AR = 0x0C, M1AR = 0x10, FCR = 0x14,

    EN = 1, TEIE = 4, HTIE = 8, TCIE = 16, TO_PERIPHERAL = 1 << 6, M2M = 2 << 6, CIRC = 1 << 8,
    PINC = 1 << 9, MINC = 1 << 10, P16 = 1 << 11, P32 = 2 << 11, M16 = 1 << 13, M32 = 2 << 13,
    HIGH = 2 << 16, DBM = 1 << 18, CT = 1 << 19, PBURST4 = 1 << 21, MBURST4 = 1 << 23, CHANNEL = 1 << 25,
    DMDIS = 4,
    FEIF = 1, TEIF = 8, HTIF = 16, TCIF = 32,

    /* The probe's outputs */
    ASK0 = 1, ASK1 = 2, ASK0_CHANNEL4 = 4,
    /* and inputs */
    SERVED0 = 0, SERVED1 = 1
};

static const struct dma_v2_config full = {.memory_to_memory = true, .port_last = 0xFFFFFFFF};
static const struct dma_v2_config apb1 = {.port_base = 0x40000000, .port_last = 0x40007FFF};

static const struct chip_device devices[] = {
    {.name = "DMA", .ops = &dma_v2_ops, .base = DMA, .size = 0x400, .gate = GATE_NONE, .reset_line = 0,
     .clock = CLOCK_CORE, .irq = {56, 57, 58, 59, 60, 68, 69, 70}, .irq_count = 8, .config = &full},
    {.name = "DMA1", .ops = &dma_v2_ops, .base = DMA1, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_CORE, .irq = {11}, .irq_count = 1, .config = &apb1},
    {.name = "USART", .ops = &usart_v2_ops, .base = USART, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_PCLK2, .irq = {37}, .irq_count = 1},
    {.name = "TIM", .ops = &timer_general_ops, .base = TIM, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_TIMER1, .irq = {29}, .irq_count = 1},
    {.name = NULL},
};

static const struct chip_route routes[] = {
    {"PROBE", 0, "DMA", DMA_V2_LINE(0, 0, 0), 1},
    {"PROBE", 1, "DMA", DMA_V2_LINE(1, 0, 0), 1},
    {"PROBE", 2, "DMA", DMA_V2_LINE(0, 4, 0), 1},
    {"DMA", DMA_V2_LINE(0, 0, 0), "PROBE", SERVED0, 1},
    {"DMA", DMA_V2_LINE(1, 0, 0), "PROBE", SERVED1, 1},
    {"USART", USART_OUT_DMA_TX, "DMA", DMA_V2_LINE(7, 4, 0), 1},
    {"USART", USART_OUT_DMA_RX, "DMA", DMA_V2_LINE(2, 4, 0), 1},
    {"TIM", TIMER_OUT_DMA_UP, "DMA", DMA_V2_LINE(5, 6, 0), 1},
    {"DMA", DMA_V2_LINE(5, 6, 0), "TIM", TIMER_IN_ACK_UP, 1},
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

static uint32_t reg(unsigned stream, unsigned offset)
{
    return DMA + 0x10 + 0x18 * stream + offset;
}

static void start(unsigned stream, uint32_t peripheral, uint32_t memory, uint32_t items, uint32_t cr)
{
    board_write(b, reg(stream, PAR), peripheral);
    board_write(b, reg(stream, M0AR), memory);
    board_write(b, reg(stream, NDTR), items);
    board_write(b, reg(stream, CR), cr);
    board_write(b, reg(stream, CR), cr | EN);
}

static uint32_t flags(unsigned stream)
{
    static const uint8_t shifts[] = {0, 6, 16, 22};

    return board_peek(b, DMA + (stream < 4 ? LISR : HISR)) >> shifts[stream % 4] & 0x3D;
}

static uint32_t left(unsigned stream)
{
    return board_read(b, reg(stream, NDTR));
}

static bool on(unsigned stream)
{
    return board_read(b, reg(stream, CR)) & EN;
}

static void fill_ram(uint32_t address, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        board_write8(b, address + i, (uint8_t)(i + 1));
}

TestSuite(dma_v2, .init = setup, .fini = teardown);

Test(dma_v2, memory_to_memory_copies_and_clears_en)
{
    fill_ram(RAM, 64);
    start(0, RAM, RAM + 0x100, 16, M2M | PINC | MINC | P32 | M32 | TCIE);
    cr_assert_eq(left(0), 16, "nothing has moved yet");
    board_run(b, 1);
    cr_assert(on(0));
    board_run(b, 200);
    for (unsigned i = 0; i < 64; i += 4)
        cr_assert_eq(board_read(b, RAM + 0x100 + i), board_read(b, RAM + i));
    cr_assert_not(on(0));
    cr_assert_eq(left(0), 0);
    cr_assert_eq(flags(0), TCIF | HTIF);
    cr_assert(board_irq(b, "DMA", 0));
    board_write(b, DMA + LIFCR, TCIF);
    cr_assert_not(board_irq(b, "DMA", 0));
    cr_assert_eq(flags(0), HTIF);
}

Test(dma_v2, half_transfer_comes_at_half)
{
    start(0, RAM, RAM + 0x100, 4, M2M | PINC | MINC | HTIE);
    cr_assert_neq(board_when(b, DMA + LISR, HTIF, HTIF, 100), UINT64_MAX);
    cr_assert_eq(left(0), 2);
    cr_assert(board_irq(b, "DMA", 0));
}

Test(dma_v2, bytes_are_packed_into_words_and_words_into_bytes)
{
    fill_ram(RAM, 8);
    start(0, RAM, RAM + 0x100, 8, M2M | PINC | MINC | M32);
    board_run(b, 100);
    cr_assert_eq(board_read(b, RAM + 0x100), 0x04030201);
    cr_assert_eq(board_read(b, RAM + 0x104), 0x08070605);
    start(1, RAM, RAM + 0x200, 2, M2M | PINC | MINC | P32);
    board_run(b, 100);
    cr_assert_eq(board_read(b, RAM + 0x200), 0x04030201);
    cr_assert_eq(board_read(b, RAM + 0x204), 0x08070605);
}

Test(dma_v2, a_request_that_is_up_already_is_served)
{
    fill_ram(RAM, 4);
    board_write(b, BOARD_PROBE, ASK0);
    start(0, RAM + 0x100, RAM, 4, TO_PERIPHERAL | MINC);
    board_run(b, 60);
    cr_assert_not(on(0));
    cr_assert_eq(board_read(b, RAM + 0x100) & 0xFF, 4, "one address, four items");
    cr_assert_eq(board_rises(b, SERVED0), 4);
}

Test(dma_v2, chsel_selects_the_request)
{
    start(0, RAM, RAM + 0x100, 4, MINC | 4 * CHANNEL);
    board_write(b, BOARD_PROBE, ASK0);
    board_run(b, 100);
    cr_assert_eq(left(0), 4);
    board_write(b, BOARD_PROBE, ASK0_CHANNEL4);
    board_run(b, 100);
    cr_assert_eq(left(0), 0);
}

Test(dma_v2, an_item_per_request_and_at_its_own_time)
{
    uint64_t asked;

    start(0, RAM, RAM + 0x100, 4, MINC);
    board_run(b, 100);
    cr_assert_eq(left(0), 4, "no request, no item");
    asked = board_now(b);
    board_write(b, BOARD_PROBE, ASK0);
    board_run(b, 8);
    cr_assert_eq(left(0), 4);
    board_run(b, 1);
    cr_assert_eq(left(0), 3);
    cr_assert_eq(board_rise(b, SERVED0, 0), asked + 9);
    board_write(b, BOARD_PROBE, 0);
    board_run(b, 100);
    cr_assert_eq(left(0), 3);
}

Test(dma_v2, higher_priority_first_then_lower_number)
{
    start(0, RAM, RAM + 0x100, 2, MINC);
    start(1, RAM, RAM + 0x200, 2, MINC | HIGH);
    board_write(b, BOARD_PROBE, ASK0 | ASK1);
    board_run(b, 9 * 3);        /* stream 0 was alone when it asked */
    cr_assert_eq(left(0), 1);
    cr_assert_eq(left(1), 0);
}

Test(dma_v2, circular_goes_round)
{
    start(0, RAM, RAM + 0x100, 2, MINC | CIRC);
    board_write8(b, RAM, 7);
    board_write(b, BOARD_PROBE, ASK0);
    board_run(b, 9 * 3);
    cr_assert(on(0));
    cr_assert_eq(left(0), 1);
    cr_assert_eq(flags(0), HTIF | TCIF);
    cr_assert_eq(board_read(b, RAM + 0x100) & 0xFFFFFF, 0x0707);
}

Test(dma_v2, double_buffer_changes_target_and_lets_the_idle_one_be_set)
{
    board_write8(b, RAM, 9);
    board_write(b, reg(0, M1AR), RAM + 0x200);
    start(0, RAM, RAM + 0x100, 2, MINC | DBM);
    board_write(b, BOARD_PROBE, ASK0);
    board_run(b, 9 * 3);
    cr_assert(board_read(b, reg(0, CR)) & CT);
    cr_assert_eq(board_read(b, RAM + 0x100) & 0xFFFF, 0x0909);
    cr_assert_eq(board_read(b, RAM + 0x200) & 0xFFFF, 0x0009);
    board_write(b, reg(0, M0AR), RAM + 0x300);
    cr_assert(on(0));
    board_run(b, 9 * 2);
    cr_assert_eq(board_read(b, RAM + 0x300) & 0xFFFF, 0x0009);
    board_write(b, reg(0, M0AR), RAM + 0x400);  /* in use */
    cr_assert_not(on(0));
    cr_assert(flags(0) & TEIF);
}

Test(dma_v2, clearing_en_lets_the_item_arrive_and_sets_tcif)
{
    start(0, RAM, RAM + 0x100, 4, MINC);
    board_write(b, BOARD_PROBE, ASK0);
    board_run(b, 10);
    board_write(b, reg(0, CR), MINC);
    cr_assert(on(0), "an item is on its way");
    board_run(b, 20);
    cr_assert_not(on(0));
    cr_assert_eq(left(0), 2);
    cr_assert(flags(0) & TCIF);
    board_write(b, BOARD_PROBE, 0);
    board_write(b, DMA + LIFCR, 0x3D);
    board_write(b, reg(0, CR), MINC | EN);
    board_write(b, reg(0, CR), MINC);
    cr_assert_not(on(0), "nothing on its way: off at once");
    cr_assert(flags(0) & TCIF);
}

Test(dma_v2, stays_off_while_tcif_is_set)
{
    start(0, RAM, RAM + 0x100, 1, M2M);
    board_run(b, 20);
    cr_assert(flags(0) & TCIF);
    board_write(b, reg(0, CR), M2M | EN);
    cr_assert_not(on(0));
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
    board_write(b, DMA + LIFCR, TCIF);
    board_write(b, reg(0, CR), M2M | EN);
    cr_assert(on(0), "HTIF does not hinder");
    cr_assert_eq(left(0), 1, "NDTR comes back as last written");
}

Test(dma_v2, settings_are_locked_while_enabled)
{
    start(0, RAM, RAM + 0x100, 4, MINC);
    board_write(b, reg(0, NDTR), 9);
    board_write(b, reg(0, PAR), 0);
    board_write(b, reg(0, CR), MINC | CIRC | EN | TCIE);
    cr_assert_eq(left(0), 4);
    cr_assert_eq(board_read(b, reg(0, PAR)), RAM);
    cr_assert_eq(board_read(b, reg(0, CR)), MINC | EN | TCIE);
    cr_assert_gt(b->diags[DIAG_SEQUENCE], 0);
}

Test(dma_v2, an_address_that_dma_cannot_reach_is_a_transfer_error)
{
    board_write(b, BOARD_PROBE, ASK0);
    start(0, RAM, 0x10000000, 4, MINC | TEIE);
    board_run(b, 40);
    cr_assert_not(on(0));
    cr_assert_eq(flags(0), TEIF);
    cr_assert(board_irq(b, "DMA", 0));
    cr_assert_eq(b->diags[DIAG_DMA], 1);
    cr_assert(strstr(b->last_diag, "0x10000000"), "%s", b->last_diag);
}

Test(dma_v2, dma1_has_no_memory_to_memory)
{
    board_write(b, DMA1 + 0x10 + NDTR, 4);
    board_write(b, DMA1 + 0x10 + CR, M2M | EN);
    cr_assert_eq(board_read(b, DMA1 + 0x10 + CR), M2M);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
}

Test(dma_v2, fifo_waits_for_its_threshold)
{
    board_write(b, reg(0, FCR), DMDIS | 1);     /* half: eight bytes */
    board_write8(b, RAM, 5);
    start(0, RAM, RAM + 0x100, 16, MINC);
    board_write(b, BOARD_PROBE, ASK0);
    board_run(b, 9 * 7);
    cr_assert_eq(board_read(b, RAM + 0x100), 0);
    cr_assert_eq(board_read(b, reg(0, FCR)) >> 3 & 7, 1, "FS: below half");
    board_run(b, 9);
    cr_assert_eq(board_read(b, RAM + 0x104), 0x05050505);
    cr_assert_eq(board_read(b, reg(0, FCR)) >> 3 & 7, 4, "FS: empty");
}

Test(dma_v2, stopping_flushes_the_fifo)
{
    board_write(b, reg(0, FCR), DMDIS | 3);
    board_write8(b, RAM, 5);
    start(0, RAM, RAM + 0x100, 16, MINC);
    board_write(b, BOARD_PROBE, ASK0);
    board_run(b, 9 * 3);
    board_write(b, BOARD_PROBE, 0);
    board_write(b, reg(0, CR), MINC);
    board_run(b, 20);
    cr_assert_not(on(0));
    cr_assert_eq(left(0), 13);
    cr_assert_eq(board_read(b, RAM + 0x100), 0x050505);
}

Test(dma_v2, a_burst_that_does_not_fit_the_threshold_is_a_fifo_error)
{
    board_write(b, reg(0, FCR), DMDIS | 0 | 0x80);
    start(0, RAM, RAM + 0x100, 16, MINC | M16 | P16 | MBURST4);
    cr_assert_not(on(0));
    cr_assert_eq(flags(0), FEIF);
    cr_assert(board_irq(b, "DMA", 0));
}

Test(dma_v2, a_peripheral_burst_moves_its_beats_for_one_request)
{
    board_write(b, reg(0, FCR), DMDIS | 1);
    start(0, RAM, RAM + 0x100, 8, MINC | PBURST4);
    board_write(b, BOARD_PROBE, ASK0);
    board_run(b, 15);
    board_write(b, BOARD_PROBE, 0);
    cr_assert_eq(left(0), 4);
    cr_assert_eq(board_rises(b, SERVED0), 1);
}

Test(dma_v2, usart_transmits_at_the_baud_rate)
{
    fill_ram(RAM, 8);
    board_write(b, USART + 0x08, 729);
    board_write(b, USART + 0x0C, 0x2008);
    board_run(b, 729 * 2 * 11);         /* the idle frame */
    start(7, USART + 0x04, RAM, 8, TO_PERIPHERAL | MINC | 4 * CHANNEL | TCIE);
    board_write(b, USART + 0x14, 0x80);
    board_run(b, 729 * 2 * 15);
    cr_assert_eq(left(7), 5, "one sent, one under way, one waiting");
    board_run(b, 729 * 2 * 80);
    cr_assert_eq(left(7), 0);
    cr_assert_eq(b->byte_count, 8);
    for (unsigned i = 0; i < 8; i++)
        cr_assert_eq(b->bytes[i].byte, i + 1);
    cr_assert_eq(b->bytes[7].cycle - b->bytes[0].cycle, 7 * 10 * 729 * 2, "without a gap");
}

Test(dma_v2, usart_receives_into_a_ring)
{
    static const uint8_t sent[] = {11, 12, 13, 14, 15, 16};

    board_write(b, USART + 0x08, 729);
    board_write(b, USART + 0x14, 0x40);
    board_write(b, USART + 0x0C, 0x2004);
    start(2, USART + 0x04, RAM, 4, MINC | CIRC | 4 * CHANNEL);
    machine_input(b->m, "USART", sent, sizeof sent);
    board_run(b, 729 * 2 * 75);
    cr_assert_eq(left(2), 2);
    cr_assert_eq(board_read(b, RAM), 0x0E0D100F);
    cr_assert_eq(flags(2), HTIF | TCIF);
    cr_assert(board_read(b, USART) & 0x10, "IDLE");
    cr_assert_not(board_read(b, USART) & 0x08, "no overrun");
}

Test(dma_v2, timer_update_moves_one_item_per_period)
{
    for (unsigned i = 0; i < 4; i++)
        board_write(b, RAM + 4 * i, 100 + i);
    board_write(b, TIM + 0x2C, 999);
    board_write(b, TIM + 0x0C, 0x100);
    start(5, TIM + 0x34, RAM, 4, TO_PERIPHERAL | MINC | P32 | M32 | 6 * CHANNEL);
    board_write(b, TIM, 1);
    board_run(b, 2 * 1000 * 2 + 100);
    cr_assert_eq(left(5), 2);
    cr_assert_eq(board_read(b, TIM + 0x34), 101);
}

Test(dma_v2, timer_burst_fills_consecutive_registers)
{
    for (unsigned i = 0; i < 6; i++)
        board_write(b, RAM + 4 * i, 100 + i);
    board_write(b, TIM + 0x2C, 999);
    board_write(b, TIM + 0x48, 2 << 8 | 13);    /* three transfers from CCR1 */
    board_write(b, TIM + 0x0C, 0x100);
    start(5, TIM + 0x4C, RAM, 6, TO_PERIPHERAL | MINC | P32 | M32 | 6 * CHANNEL);
    board_write(b, TIM, 1);
    board_run(b, 1000 * 2 + 200);
    cr_assert_eq(left(5), 3);
    for (unsigned i = 0; i < 3; i++)
        cr_assert_eq(board_read(b, TIM + 0x34 + 4 * i), 100 + i);
    cr_assert_eq(board_read(b, TIM + 0x40), 0);
    board_run(b, 1000 * 2);
    cr_assert_eq(left(5), 0);
    cr_assert_eq(board_read(b, TIM + 0x3C), 105);
}

Test(dma_v2, reset_line_stops_everything)
{
    board_write(b, BOARD_PROBE, ASK0);
    start(0, RAM, RAM + 0x100, 400, MINC);
    board_run(b, 30);
    board_write(b, BOARD_RESET, 1);
    board_write(b, BOARD_RESET, 0);
    cr_assert_eq(board_read(b, reg(0, CR)), 0);
    cr_assert_eq(board_read(b, reg(0, FCR)), 0x21);
    board_run(b, 100);
    cr_assert_eq(left(0), 0);
}

Test(dma_v2, the_past_repeats_itself)
{
    static const uint8_t sent[] = {11, 12, 13};

    fill_ram(RAM, 32);
    board_write(b, USART + 0x08, 16);
    board_write(b, USART + 0x14, 0xC0);
    board_write(b, USART + 0x0C, 0x200C);
    start(2, USART + 0x04, RAM + 0x80, 4, MINC | CIRC | 4 * CHANNEL);
    start(7, USART + 0x04, RAM, 5, TO_PERIPHERAL | MINC | 4 * CHANNEL);
    board_write(b, reg(0, FCR), DMDIS | 2);
    start(0, RAM, RAM + 0x100, 20, M2M | PINC | MINC | M32);
    machine_input(b->m, "USART", sent, sizeof sent);
    board_check_replay(b, 3000);
}
