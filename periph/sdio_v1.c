/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SD/SDIO interface of STM32F2 and F4 (RM0090 31) with no card in the slot: a command without response is
 * sent in 48 cycles of SDIO_CK, one that waits for a response times out after 64 more.
 *
 * Not modelled: cards, data transfers, DMA. Said once with the first command and the first transfer.
 */
#include "core/clock.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/schedule.h"
#include "periph/devices.h"
#include "periph/table.h"
#include "periph/unmodelled.h"

enum {
    POWER, CLKCR, ARG, CMD, RESPCMD, RESP1, RESP2, RESP3, RESP4, DTIMER, DLEN, DCTRL, DCOUNT, STA, ICR, MASK,
    FIFOCNT, FIFO,
    REGS
};

enum { EVENT_COMMAND, EVENTS };

enum { COMMAND_BITS = 48, TIMEOUT_BITS = 64 };

#define CLKCR_CLKEN  (1u << 8)
#define CLKCR_BYPASS (1u << 10)
#define CMD_WAITRESP (1u << 6)          /* the upper bit makes the response a long one */
#define CMD_CPSMEN   (1u << 10)
#define DCTRL_DTEN   (1u << 0)
#define STA_CTIMEOUT (1u << 2)
#define STA_CMDSENT  (1u << 7)
#define STA_CMDACT   (1u << 11)
#define ICR_FLAGS    0x00C007FFu

#define PLAIN(label, at, mask)                                                                     \
    {.name = label, .offset = at, .width = 32, .readable = UINT32_MAX, .writable = mask}

static const struct reg regs[REGS] = {
    [POWER] = PLAIN("POWER", 0x00, 0x00000003), [CLKCR] = PLAIN("CLKCR", 0x04, 0x00007FFF),
    [ARG] = PLAIN("ARG", 0x08, 0xFFFFFFFF),     [CMD] = PLAIN("CMD", 0x0C, 0x00007FFF),
    [RESPCMD] = PLAIN("RESPCMD", 0x10, 0),      [RESP1] = PLAIN("RESP1", 0x14, 0),
    [RESP2] = PLAIN("RESP2", 0x18, 0),          [RESP3] = PLAIN("RESP3", 0x1C, 0),
    [RESP4] = PLAIN("RESP4", 0x20, 0),          [DTIMER] = PLAIN("DTIMER", 0x24, 0xFFFFFFFF),
    [DLEN] = PLAIN("DLEN", 0x28, 0x01FFFFFF),   [DCTRL] = PLAIN("DCTRL", 0x2C, 0x00000FFF),
    [DCOUNT] = PLAIN("DCOUNT", 0x30, 0),        [STA] = PLAIN("STA", 0x34, 0),
    [ICR] = {.name = "ICR", .offset = 0x38, .width = 32, .readable = UINT32_MAX, .action = ICR_FLAGS},
    [MASK] = PLAIN("MASK", 0x3C, 0x00FFFFFF),   [FIFOCNT] = PLAIN("FIFOCNT", 0x48, 0),
    [FIFO] = UNMODELLED_32("FIFO", 0x80, 0),
};

struct sdio_state {
    uint32_t reg[REGS];
};

static void update_irq(struct device *d)
{
    irq_set(d, 0, reg_get(d, STA) & reg_get(d, MASK));
}

/* Without SDIO_CK the command never ends. */
static void send_command(struct device *d)
{
    uint32_t clkcr = reg_get(d, CLKCR);
    bool answered = reg_get(d, CMD) & CMD_WAITRESP;
    uint64_t bits = COMMAND_BITS + (answered ? TIMEOUT_BITS : 0), cycles = UINT64_MAX;

    if (clkcr & CLKCR_CLKEN && reg_get(d, POWER) == 3)
        cycles = clock_cycles(d, device_clock(d), bits * (clkcr & CLKCR_BYPASS ? 1 : (clkcr & 0xFF) + 2));
    reg_set_bits(d, STA, STA_CMDACT);
    sched_in(d, EVENT_COMMAND, cycles);
    diag_unmodelled(d, CMD, "a command is sent: there is no card");
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t next = reg_store(d, reg, value, lanes);

    if (reg == CMD && next & CMD_CPSMEN)
        send_command(d);
    else if (reg == DCTRL && next & DCTRL_DTEN)
        diag_unmodelled(d, DCTRL, "a data transfer begins: there is no card");
    else if (reg == ICR)
        reg_clear_bits(d, STA, value & lanes & ICR_FLAGS);
    update_irq(d);
}

static void event(struct device *d, unsigned number)
{
    (void)number;
    reg_clear_bits(d, STA, STA_CMDACT);
    reg_set_bits(d, STA, reg_get(d, CMD) & CMD_WAITRESP ? STA_CTIMEOUT : STA_CMDSENT);
    update_irq(d);
}

/* A command under way begins its time anew. */
static void clock(struct device *d)
{
    if (reg_get(d, STA) & STA_CMDACT)
        send_command(d);
}

const struct device_ops sdio_v1_ops = {
    .name = "sdio_v1",
    .regs = regs,
    .reg_count = REGS,
    .state_size = sizeof(struct sdio_state),
    .events = EVENTS,
    .write = write,
    .event = event,
    .clock = clock,
};
