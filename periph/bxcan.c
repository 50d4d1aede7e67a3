/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Basic extended CAN of STM32F2 and F4 (RM0090 32) on a wire that is always recessive and where nobody
 * acknowledges: the modes follow their requests at once, a frame waits in its mailbox for ever, or fails
 * once with NART. In loop-back mode, which needs nobody, it is sent at once.
 *
 * Not modelled: the bus, reception (in loop-back mode, too), filters (stored), interrupts. Said once when a driver
 * leaves initialisation and when it sends.
 */
#include "core/log.h"
#include "periph/devices.h"
#include "periph/table.h"

/* Registers with rules of their own; the others follow in any order. */
enum { MCR, MSR, TSR, ESR, BTR, TI0R, TI1R, TI2R };

#define MCR_INRQ  (1u << 0)
#define MCR_SLEEP (1u << 1)
#define MCR_NART  (1u << 4)
#define MCR_RESET (1u << 15)
#define MSR_INAK  (1u << 0)
#define MSR_SLAK  (1u << 1)
#define TSR_RQCP  (1u << 0)             /* the next mailboxes' bits are 8 and 16 further */
#define TSR_STATUS (15u << 0)
#define TSR_TXOK  (1u << 1)
#define TSR_TERR  (1u << 3)
#define TSR_ABRQ  (1u << 7)
#define TSR_TME   (1u << 26)
#define TIR_TXRQ  (1u << 0)
#define BTR_LBKM  (1u << 30)
#define RFR_FLAGS (3u << 3)             /* FULL, FOVR */
#define RFR_RFOM  (1u << 5)             /* nothing to release in an empty FIFO */

/* Transmit error counter 128, error passive and warning, acknowledgement error. */
#define ESR_NO_ACKNOWLEDGE 0x00800033u

#define S(label, at, initial, mask)                                                                \
    {.name = label, .offset = at, .width = 32, .reset = initial, .readable = UINT32_MAX,           \
     .writable = mask}
#define ALL   UINT32_MAX
#define BANKS 0x0FFFFFFFu               /* 28 filter banks */
#define R(label, at, initial)                                                                      \
    {.name = label, .offset = at, .width = 32, .reset = initial, .readable = UINT32_MAX}

/* clang-format off */
#define CAN_SPECIAL                                                                                \
    [MCR] = {.name = "MCR", .offset = 0x00, .width = 32, .reset = 0x00010002,                      \
        .readable = UINT32_MAX, .writable = 0x000100FF, .action = MCR_RESET},                      \
    [MSR] = {.name = "MSR", .offset = 0x04, .width = 32, .reset = 0x00000C02,                      \
        .readable = UINT32_MAX, .w1c = 0x0000001C},                                                \
    [TSR] = {.name = "TSR", .offset = 0x08, .width = 32, .reset = 0x1C000000,                      \
        .readable = UINT32_MAX, .w1c = 0x000F0F0F, .action = 0x00808080},                          \
    [ESR] = {.name = "ESR", .offset = 0x18, .width = 32, .readable = UINT32_MAX, .writable = 0x70}, \
    [BTR] = S("BTR", 0x1C, 0x01230000, 0xC37F03FF),                                                \
    [TI0R] = S("TI0R", 0x180, 0, ALL), [TI1R] = S("TI1R", 0x190, 0, ALL),                          \
    [TI2R] = S("TI2R", 0x1A0, 0, ALL)
#define MAILBOX(n, at)                                                                             \
    S("TDT" n "R", at + 0x4, 0, 0xFFFF010F), S("TDL" n "R", at + 0x8, 0, ALL),                     \
    S("TDH" n "R", at + 0xC, 0, ALL)
#define FIFO_STATE(n, at)                                                                          \
    {.name = "RF" n "R", .offset = at, .width = 32, .readable = UINT32_MAX, .w1c = RFR_FLAGS,      \
     .action = RFR_RFOM}
#define CAN_FIFO(n, at)                                                                            \
    R("RI" n "R", at, 0), R("RDT" n "R", at + 0x4, 0), R("RDL" n "R", at + 0x8, 0),                \
    R("RDH" n "R", at + 0xC, 0)
#define FILTER(n, at) S("F" n "R1", at, 0, ALL), S("F" n "R2", at + 4, 0, ALL)

static const struct reg regs[] = {
    CAN_SPECIAL,
    FIFO_STATE("0", 0x0C), FIFO_STATE("1", 0x10), S("IER", 0x14, 0, 0x00038F7F),
    MAILBOX("0", 0x180), MAILBOX("1", 0x190), MAILBOX("2", 0x1A0),
    CAN_FIFO("0", 0x1B0), CAN_FIFO("1", 0x1C0),
    S("FMR", 0x200, 0x2A1C0E01, 0x00003F01), S("FM1R", 0x204, 0, BANKS),
    S("FS1R", 0x20C, 0, BANKS), S("FFA1R", 0x214, 0, BANKS), S("FA1R", 0x21C, 0, BANKS),
    FILTER("0", 0x240), FILTER("1", 0x248), FILTER("2", 0x250), FILTER("3", 0x258),
    FILTER("4", 0x260), FILTER("5", 0x268), FILTER("6", 0x270), FILTER("7", 0x278),
    FILTER("8", 0x280), FILTER("9", 0x288), FILTER("10", 0x290), FILTER("11", 0x298),
    FILTER("12", 0x2A0), FILTER("13", 0x2A8), FILTER("14", 0x2B0), FILTER("15", 0x2B8),
    FILTER("16", 0x2C0), FILTER("17", 0x2C8), FILTER("18", 0x2D0), FILTER("19", 0x2D8),
    FILTER("20", 0x2E0), FILTER("21", 0x2E8), FILTER("22", 0x2F0), FILTER("23", 0x2F8),
    FILTER("24", 0x300), FILTER("25", 0x308), FILTER("26", 0x310), FILTER("27", 0x318),
};

/* clang-format on */

/* ST's drivers ask a sleeping CAN for initialisation, wait for it, and only then clear SLEEP. */
static void follow_requests(struct device *d)
{
    uint32_t mcr = reg_get(d, MCR), request = mcr & (mcr & MCR_INRQ ? MCR_INRQ : MCR_SLEEP);
    uint32_t old = reg_get(d, MSR) & (MSR_INAK | MSR_SLAK);

    reg_clear_bits(d, MSR, MSR_INAK | MSR_SLAK);
    reg_set_bits(d, MSR, request);              /* INAK and SLAK are at the places of INRQ and SLEEP */
    if (old && !request)
        diag_unmodelled(d, MCR, "on the bus: nobody else is");
}

static void write_mcr(struct device *d, uint32_t value, uint32_t lanes)
{
    reg_store(d, MCR, value, lanes);
    if (value & lanes & MCR_RESET)
        for (unsigned reg = 0; reg < d->ops->reg_count; reg++)
            reg_put(d, reg, d->ops->regs[reg].reset);
    follow_requests(d);
}

/* The mailbox is empty again, and says how its request ended. */
static void end_request(struct device *d, unsigned box, uint32_t status)
{
    reg_clear_bits(d, TI0R + box, TIR_TXRQ);
    reg_set_bits(d, TSR, TSR_TME << box | (TSR_RQCP | status) << 8 * box);
}

static void write_tir(struct device *d, unsigned box, uint32_t value, uint32_t lanes)
{
    if (!(reg_store(d, TI0R + box, value, lanes) & TIR_TXRQ))
        return;
    diag_unmodelled(d, TI0R + box, "a frame is sent: nobody acknowledges or receives it");
    reg_clear_bits(d, TSR, TSR_TME << box | TSR_STATUS << 8 * box);
    if (reg_get(d, MSR) & (MSR_INAK | MSR_SLAK))
        return;
    if (reg_get(d, BTR) & BTR_LBKM) {
        end_request(d, box, TSR_TXOK);
        return;
    }
    reg_set_bits(d, ESR, ESR_NO_ACKNOWLEDGE);
    if (reg_get(d, MCR) & MCR_NART)
        end_request(d, box, TSR_TERR);
}

/* Writing 1 to RQCP clears the mailbox's other flags too. */
static void write_tsr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t bits = value & lanes;

    reg_store(d, TSR, value, lanes);
    for (unsigned box = 0; box < 3; box++) {
        if (bits >> 8 * box & TSR_RQCP)
            reg_clear_bits(d, TSR, TSR_STATUS << 8 * box);
        if (bits >> 8 * box & TSR_ABRQ && !(reg_get(d, TSR) & TSR_TME << box))
            end_request(d, box, 0);
    }
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg == MCR)
        write_mcr(d, value, lanes);
    else if (reg == TSR)
        write_tsr(d, value, lanes);
    else if (reg >= TI0R && reg <= TI2R)
        write_tir(d, reg - TI0R, value, lanes);
    else
        reg_store(d, reg, value, lanes);
}

const struct device_ops bxcan_ops = {
    .name = "bxcan",
    .regs = regs,
    .reg_count = COUNT(regs),
    .state_size = COUNT(regs) * sizeof(uint32_t),
    .write = write,
};
