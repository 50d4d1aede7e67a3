/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DAC: loading times, triggers, waves, DMA and underrun (RM0090 chapter 14). */
#include <criterion/criterion.h>

#include "periph/dac_v1.h"
#include "periph/devices.h"
#include "periph/dma.h"
#include "tests/unit/board.h"

enum {
    DAC = 0x40007400, DMA = 0x40026000, RAM = 0x20000000,
    CR = 0x00, SWTRIGR = 0x04, DHR12R1 = 0x08, DHR12L1 = 0x0C, DHR8R1 = 0x10, DHR12RD = 0x20, DHR8RD = 0x28,
    DOR1 = 0x2C, DOR2 = 0x30, SR = 0x34,
    EN = 1, TEN = 4, SOFTWARE = 7 << 3, NOISE = 1 << 6, TRIANGLE = 2 << 6, DMAEN = 1 << 12,
    DMAUDRIE = 1 << 13, DMAUDR = 1 << 13,
    PCLK = 4                    /* core cycles */
};

static const struct dma_v2_config any = {.port_last = 0xFFFFFFFF};

static const struct chip_device devices[] = {
    {.name = "DAC", .ops = &dac_v1_ops, .base = DAC, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_PCLK1, .irq = {54}, .irq_count = 1},
    {.name = "DMA", .ops = &dma_v2_ops, .base = DMA, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_CORE, .config = &any},
    {.name = NULL},
};

static const struct chip_route routes[] = {
    {"PROBE", 0, "DAC", DAC_V1_IN_TRIGGER, 1},
    {"DAC", DAC_V1_OUT_DMA1, "DMA", DMA_V2_LINE(0, 0, 0), 1},
    {"DMA", DMA_V2_LINE(0, 0, 0), "DAC", DAC_V1_IN_ACK1, 1},
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

static void put(uint32_t offset, uint32_t value)
{
    board_write(b, DAC + offset, value);
}

static uint32_t get(uint32_t offset)
{
    return board_read(b, DAC + offset);
}

static void trigger(void)
{
    board_write(b, BOARD_PROBE, 1);
    board_write(b, BOARD_PROBE, 0);
}

TestSuite(dac_v1, .init = setup, .fini = teardown);

Test(dac_v1, without_a_trigger_dor_follows_a_cycle_later)
{
    put(CR, EN);
    put(DHR12R1, 0x123);
    board_run(b, PCLK - 1);
    cr_assert_eq(get(DOR1), 0);
    board_run(b, 1);
    cr_assert_eq(get(DOR1), 0x123);
}

Test(dac_v1, holding_registers_are_views_of_one)
{
    put(DHR8RD, 0x1234);
    cr_assert_eq(get(DHR12RD), 0x01200340);
    cr_assert_eq(get(DHR12L1), 0x3400);
    put(DHR12L1, 0xABCF);
    cr_assert_eq(get(DHR12R1), 0xABC);
    cr_assert_eq(get(DHR8R1), 0xAB);
    board_run(b, PCLK);
    cr_assert_eq(get(DOR1), 0xABC);
    cr_assert_eq(get(DOR2), 0x120);
}

Test(dac_v1, a_software_trigger_loads)
{
    put(CR, EN | TEN | SOFTWARE);
    put(DHR12R1, 0x123);
    board_run(b, 10 * PCLK);
    cr_assert_eq(get(DOR1), 0);
    put(SWTRIGR, 1);
    cr_assert_eq(get(SWTRIGR), 0);
    board_run(b, PCLK);
    cr_assert_eq(get(DOR1), 0x123);
}

Test(dac_v1, another_trigger_loads_three_cycles_later)
{
    put(CR, EN | TEN);
    put(DHR12R1, 0x123);
    trigger();
    board_run(b, 3 * PCLK - 1);
    cr_assert_eq(get(DOR1), 0);
    board_run(b, 1);
    cr_assert_eq(get(DOR1), 0x123);
}

Test(dac_v1, noise_is_added_and_masked)
{
    put(CR, EN | TEN | SOFTWARE | NOISE | 11 << 8);
    put(SWTRIGR, 1);
    board_run(b, PCLK);
    cr_assert_eq(get(DOR1), 0xAAA);
    put(SWTRIGR, 1);
    board_run(b, PCLK);
    cr_assert_eq(get(DOR1), 0xD55);
    put(CR, 0);
    put(DHR12R1, 0x100);
    put(CR, EN | TEN | SOFTWARE | NOISE | 1 << 8);
    put(SWTRIGR, 1);
    board_run(b, PCLK);
    cr_assert_eq(get(DOR1), 0x102);
    put(DHR12R1, 0xFFF);
    put(SWTRIGR, 1);
    board_run(b, PCLK);
    cr_assert_eq(get(DOR1), 0xFFF, "no overflow");
}

Test(dac_v1, triangle_goes_up_and_down)
{
    static const uint8_t steps[] = {0, 1, 2, 3, 2, 1, 0, 1};

    put(DHR12R1, 0x100);
    put(CR, EN | TEN | SOFTWARE | TRIANGLE | 1 << 8);
    for (unsigned i = 0; i < sizeof steps; i++) {
        put(SWTRIGR, 1);
        board_run(b, PCLK);
        cr_assert_eq(get(DOR1), 0x100u + steps[i]);
    }
}

static void stream(unsigned items)
{
    for (unsigned i = 0; i < items; i++)
        board_write16(b, RAM + 2 * i, (uint16_t)(100 + i));
    board_write(b, DMA + 0x14, items);
    board_write(b, DMA + 0x18, DAC + DHR12R1);
    board_write(b, DMA + 0x1C, RAM);
    board_write(b, DMA + 0x10, 1 << 6 | 1 << 8 | 1 << 10 | 1 << 11 | 1 << 13 | 1);
}

Test(dac_v1, dma_brings_a_value_for_each_trigger)
{
    stream(3);
    put(CR, EN | TEN | DMAEN);
    for (unsigned i = 0; i < 5; i++) {
        trigger();
        board_run(b, 100);
    }
    cr_assert_eq(board_read(b, DMA + 0x14), 1);
    cr_assert_eq(get(DHR12R1), 101);
    cr_assert_eq(get(DOR1), 100, "the trigger loads what was there before it");
    cr_assert_eq(get(SR), 0);
}

Test(dac_v1, a_trigger_too_early_is_an_underrun)
{
    put(CR, EN | TEN | DMAEN | DMAUDRIE);
    trigger();
    trigger();
    cr_assert_eq(get(SR), DMAUDR);
    cr_assert(board_irq(b, "DAC", 0));
    stream(3);
    trigger();
    board_run(b, 100);
    cr_assert_eq(board_read(b, DMA + 0x14), 3, "no requests until it is cleared");
    put(SR, DMAUDR);
    cr_assert_not(board_irq(b, "DAC", 0));
    trigger();
    board_run(b, 100);
    cr_assert_eq(board_read(b, DMA + 0x14), 2);
}

Test(dac_v1, levels_leave_through_the_port)
{
    put(CR, EN);
    b->byte_count = 0;
    put(DHR12R1, 0xFFF);
    board_run(b, PCLK);
    cr_assert_eq(b->byte_count, 8);
    cr_assert_eq(b->bytes[0].byte, 1);
    cr_assert_eq(b->bytes[4].byte | b->bytes[5].byte << 8 | b->bytes[6].byte << 16, 3300000);
}

Test(dac_v1, the_past_repeats_itself)
{
    stream(3);
    put(CR, EN | TEN | DMAEN | NOISE | 5 << 8);
    trigger();
    board_check_replay(b, 200);
}
