/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CAN, SDIO and USB with nothing plugged in: what drivers poll ends (RM0090 31, 32, 34). */
#include <criterion/criterion.h>
#include <string.h>

#include "periph/devices.h"
#include "tests/unit/board.h"

enum {
    CAN = 0x40006400, MCR = CAN, MSR = CAN + 4, TSR = CAN + 8, RF0R = CAN + 0xC, ESR = CAN + 0x18, BTR = CAN + 0x1C,
    TI0R = CAN + 0x180, TI1R = CAN + 0x190, TI2R = CAN + 0x1A0, INRQ = 1, SLEEP = 2, NART = 1 << 4, INAK = 1, SLAK = 2, TME0 = 1 << 26,
    SDIO = 0x40012C00, POWER = SDIO, CLKCR = SDIO + 4, CMD = SDIO + 0xC, STA = SDIO + 0x34,
    ICR = SDIO + 0x38, MASK = SDIO + 0x3C, CLKEN = 1 << 8, CPSMEN = 1 << 10, SHORT = 1 << 6,
    CTIMEOUT = 1 << 2, CMDSENT = 1 << 7, CMDACT = 1 << 11,
    OTG = 0x50040000, GUSBCFG = OTG + 0xC, GRSTCTL = OTG + 0x10, GINTSTS = OTG + 0x14,
    GSNPSID = OTG + 0x40, HPRT = OTG + 0x440, HCCHAR0 = OTG + 0x500, HCINT0 = OTG + 0x508, DCTL = OTG + 0x804,
    DIEPCTL1 = OTG + 0x920, DIEPINT1 = OTG + 0x928
};

static const struct chip_device devices[] = {
    {.name = "CAN1", .ops = &bxcan_ops, .base = CAN, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_PCLK1},
    {.name = "SDIO", .ops = &sdio_v1_ops, .base = SDIO, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_PLL48, .irq = {49}, .irq_count = 1},
    {.name = "OTG_FS", .ops = &otg_fs_ops, .base = OTG, .size = 0x40000, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_PLL48},
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

TestSuite(unplugged, .init = start, .fini = stop);

/* ---- CAN ---- */

static void can_mode(uint32_t request, uint32_t expected)
{
    board_write(b, MCR, request);
    cr_assert_eq(board_read(b, MSR) & (INAK | SLAK), expected);
}

Test(unplugged, can_follows_mode_requests)
{
    cr_assert_eq(board_read(b, MSR), 0x00000C02);
    can_mode(SLEEP | INRQ, INAK);
    can_mode(INRQ, INAK);
    can_mode(0, 0);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 1);
    can_mode(SLEEP, SLAK);
    board_write(b, MCR, 1u << 15 | INRQ);
    cr_assert_eq(board_read(b, MCR), 0x00010002);
    cr_assert_eq(board_read(b, MSR), 0x00000C02);
}

Test(unplugged, a_frame_waits_until_it_is_aborted)
{
    can_mode(0, 0);
    board_write(b, TI0R, 1);
    cr_assert_eq(board_read(b, TSR) & TME0, 0);
    cr_assert_eq(board_read(b, ESR), 0x00800033);
    board_run(b, 1000000);
    cr_assert_eq(board_read(b, TSR) & TME0, 0);
    board_write(b, TSR, 1 << 7);
    cr_assert_eq(board_read(b, TSR), 0x1C000001);
    board_write(b, TSR, 1);
    cr_assert_eq(board_read(b, TSR), 0x1C000000);
    cr_assert_eq(board_read(b, TI0R), 0);
}

Test(unplugged, a_frame_fails_once_with_nart)
{
    can_mode(NART, 0);
    board_write(b, TI2R, 1);
    cr_assert_eq(board_read(b, TSR), 0x1C090000);
}

Test(unplugged, a_frame_in_loop_back_needs_nobody)
{
    board_write(b, BTR, 1u << 30);
    can_mode(0, 0);
    board_write(b, TI1R, 1);
    cr_assert_eq(board_read(b, TSR), 0x1C000300);
    cr_assert_eq(board_read(b, ESR), 0);
    cr_assert_eq(board_read(b, RF0R), 0, "and nobody receives it");
}

/* ---- SDIO ---- */

static void clock_on(uint32_t divider)
{
    board_write(b, POWER, 3);
    board_write(b, CLKCR, CLKEN | divider);
}

Test(unplugged, a_command_that_waits_for_a_response_times_out)
{
    uint64_t begin;

    clock_on(118);                                  /* 400 kHz: 420 core cycles */
    board_write(b, MASK, CTIMEOUT);
    begin = board_now(b);
    board_write(b, CMD, CPSMEN | SHORT | 8);
    cr_assert_eq(board_peek(b, STA), CMDACT);
    cr_assert_eq(board_when(b, STA, CTIMEOUT, CTIMEOUT, 1000000), begin + (48 + 64) * 420);
    cr_assert_eq(board_peek(b, STA), CTIMEOUT);
    cr_assert(board_irq(b, "SDIO", 0));
    board_write(b, ICR, CTIMEOUT);
    cr_assert_eq(board_peek(b, STA), 0);
    cr_assert_not(board_irq(b, "SDIO", 0));
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 1);
}

Test(unplugged, a_command_without_response_is_sent)
{
    uint64_t begin = board_now(b);

    clock_on(118);
    board_write(b, CMD, CPSMEN);
    cr_assert_eq(board_when(b, STA, CMDSENT, CMDSENT, 1000000), begin + 48 * 420);
}

Test(unplugged, without_a_clock_nothing_is_sent)
{
    board_write(b, CMD, CPSMEN);
    cr_assert_eq(board_when(b, STA, CMDSENT, CMDSENT, 1000000), UINT64_MAX);
}

/* ---- USB ---- */

Test(unplugged, the_usb_core_resets_and_flushes_at_once)
{
    cr_assert_eq(board_read(b, GSNPSID), 0x4F54281A);
    for (unsigned bit = 0; bit < 6; bit++) {
        board_write(b, GRSTCTL, 1u << bit | 0x10 << 6);
        cr_assert_eq(board_read(b, GRSTCTL), 0x80000000 | 0x10 << 6);
    }
}

Test(unplugged, the_usb_role_follows_its_request)
{
    cr_assert_eq(board_read(b, GINTSTS), 0x04000020);
    board_write(b, GUSBCFG, 1u << 29);
    cr_assert_eq(board_read(b, GINTSTS) & 1, 1);
    board_write(b, GRSTCTL, 1);
    cr_assert_eq(board_read(b, GINTSTS) & 1, 1);
    board_write(b, GUSBCFG, 1u << 30);
    cr_assert_eq(board_read(b, GINTSTS) & 1, 0);
}

Test(unplugged, endpoints_and_channels_stop_when_told)
{
    board_write(b, DIEPCTL1, 1u << 31);
    cr_assert_eq(board_read(b, DIEPCTL1), 1u << 31);
    board_write(b, DIEPCTL1, 3u << 30);
    cr_assert_eq(board_read(b, DIEPCTL1), 0);
    cr_assert_eq(board_read(b, DIEPINT1) & 2, 2);
    board_write(b, HCCHAR0, 1u << 31);
    board_write(b, HCCHAR0, 3u << 30);
    cr_assert_eq(board_read(b, HCCHAR0), 0);
    cr_assert_eq(board_read(b, HCINT0), 2);
    board_write(b, HCINT0, 2);
    cr_assert_eq(board_read(b, HCINT0), 0);
}

Test(unplugged, naks_are_in_effect_at_once)
{
    board_write(b, DIEPCTL1, 1 << 27);
    cr_assert_eq(board_read(b, DIEPCTL1), 1 << 17, "NAKSTS");
    cr_assert_eq(board_read(b, DIEPINT1) & 0x40, 0x40, "INEPNE");
    board_write(b, DIEPCTL1, 1 << 26);
    cr_assert_eq(board_read(b, DIEPCTL1), 0);
    cr_assert_eq(board_read(b, DIEPINT1) & 0x40, 0);
}

Test(unplugged, registers_keep_the_bits_that_they_have)
{
    board_write(b, HCCHAR0 + 0x10, 0xFFFFFFFF);
    cr_assert_eq(board_read(b, HCCHAR0 + 0x10), 0x7FFFFFFF, "HCTSIZ0");
    board_write(b, OTG + 0x800, 0xFFFFFFFF);
    cr_assert_eq(board_read(b, OTG + 0x800), 0x02201FF7, "DCFG");
    board_write(b, CAN + 0x1C, 0xFFFFFFFF);
    cr_assert_eq(board_read(b, CAN + 0x1C), 0xC37F03FF, "BTR");
    board_write(b, CAN + 0x0C, 0xFFFFFFFF);
    cr_assert_eq(board_read(b, CAN + 0x0C), 0, "RF0R: RFOM falls at once");
}

Test(unplugged, global_naks_are_in_effect_at_once)
{
    board_write(b, DCTL, 1 << 7 | 1 << 9);
    cr_assert_eq(board_read(b, DCTL), 0xC);
    cr_assert_eq(board_read(b, GINTSTS) & 0xC0, 0xC0);
    board_write(b, DCTL, 1 << 8 | 1 << 10);
    cr_assert_eq(board_read(b, DCTL), 0);
    cr_assert_eq(board_read(b, GINTSTS) & 0xC0, 0);
}

Test(unplugged, usb_says_that_nobody_is_there)
{
    board_write(b, DCTL, 2);
    board_write(b, DCTL, 0);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 1);
    board_write(b, HPRT, 1 << 12);
    cr_assert_eq(board_read(b, HPRT), 1 << 12);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 2);
}

Test(unplugged, state_survives_save_and_restore_at_every_event)
{
    clock_on(118);
    board_write(b, CMD, CPSMEN | SHORT | 8);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_PLL48, 24000000);
    board_check_replay(b, 200000);
}
