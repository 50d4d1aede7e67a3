/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DMA controller of F1: seven channels (RM0041 chapter 10). All requests of a channel are one: the OR.
 *
 * Time: the controller serves one channel at a time, the one with the highest PL and then the lowest
 * number among those that have something to do, and takes ITEM_CYCLES for an item, MEMORY_CYCLES in
 * memory-to-memory mode (arbitration, address, both accesses and the acknowledgement: about what AN2548
 * counts). The core is never held up.
 *
 * A request is a level: it is served again for as long as it stays up.
 */
#include "periph/dma.h"

#include <string.h>

#include "core/bus.h"
#include "core/clock.h"
#include "core/device.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { ISR, IFCR, CHANNEL_REGS };
enum { CCR, CNDTR, CPAR, CMAR, REGS_PER_CHANNEL };  /* from CHANNEL_REGS, for each channel */
enum { REGS = CHANNEL_REGS + DMA_V1_CHANNELS * REGS_PER_CHANNEL };

enum {
    CCR_EN = 1 << 0, CCR_ENABLES = 0xE, CCR_DIR = 1 << 4, CCR_CIRC = 1 << 5, CCR_PINC = 1 << 6,
    CCR_MINC = 1 << 7, CCR_PSIZE_LSB = 8, CCR_MSIZE_LSB = 10, CCR_PL_LSB = 12, CCR_MEM2MEM = 1 << 14,

    /* One channel's flags; each of the last three is where its enable is in CCR. */
    GIF = 1 << 0, TCIF = 1 << 1, HTIF = 1 << 2, TEIF = 1 << 3, FLAGS = 0xF
};

enum { NO_CHANNEL = 0xFF };
enum { ITEM_CYCLES = 8, MEMORY_CYCLES = 5 };
enum { EVENT_SERVED, EVENTS };

struct dma_state {
    uint32_t reg[REGS];
    uint32_t serving;                   /* channel from 0, or NO_CHANNEL */
    uint16_t round[DMA_V1_CHANNELS];    /* CNDTR as last written: items of a round */
    uint16_t reserved;                  /* keeps the struct free of unnamed padding */
};

static unsigned reg_of(unsigned channel, unsigned reg)
{
    return CHANNEL_REGS + channel * REGS_PER_CHANNEL + reg;
}

static uint32_t get(const struct dma_state *s, unsigned channel, unsigned reg)
{
    return s->reg[reg_of(channel, reg)];
}

/* Bytes; the forbidden size 3 works as 2. */
static unsigned item_size(const struct dma_state *s, unsigned channel, unsigned lsb)
{
    unsigned size = get(s, channel, CCR) >> lsb & 3;

    return 1u << (size == 3 ? 2 : size);
}

/* ---- flags ---- */

static void update_irq(struct device *d, unsigned n)
{
    const struct dma_state *s = d->state;

    irq_set(d, n, s->reg[ISR] >> 4 * n & get(s, n, CCR) & CCR_ENABLES);
}

static void raise_flags(struct device *d, unsigned n, uint32_t flags)
{
    reg_set_bits(d, ISR, (flags | GIF) << 4 * n);
    update_irq(d, n);
}

/* CGIF clears all flags of its channel; GIF falls with the last of them. */
static void clear_flags(struct device *d, uint32_t value)
{
    for (unsigned n = 0; n < DMA_V1_CHANNELS; n++) {
        uint32_t cleared = value >> 4 * n & FLAGS;
        reg_clear_bits(d, ISR, (cleared & GIF ? FLAGS : cleared) << 4 * n);
        if (!(reg_get(d, ISR) >> 4 * n & (TCIF | HTIF | TEIF)))
            reg_clear_bits(d, ISR, (uint32_t)GIF << 4 * n);
        update_irq(d, n);
    }
}

/* ---- requests and arbitration ---- */

static bool requested(const struct device *d, unsigned n)
{
    for (unsigned wire = 0; wire < DMA_V1_WIRES; wire++)
        if (signal_input(d, DMA_V1_LINE(n + 1, wire)))
            return true;
    return false;
}

static bool ready(const struct device *d, unsigned n)
{
    const struct dma_state *s = d->state;
    uint32_t ccr = get(s, n, CCR);

    return ccr & CCR_EN && get(s, n, CNDTR) && (ccr & CCR_MEM2MEM || requested(d, n));
}

static unsigned priority(const struct dma_state *s, unsigned n)
{
    return get(s, n, CCR) >> CCR_PL_LSB & 3;
}

static void serve_next(struct device *d)
{
    struct dma_state *s = d->state;
    unsigned best = NO_CHANNEL;

    if (s->serving != NO_CHANNEL || !gate_on(d))
        return;
    for (unsigned n = 0; n < DMA_V1_CHANNELS; n++)
        if (ready(d, n) && (best == NO_CHANNEL || priority(s, n) > priority(s, best)))
            best = n;
    s->serving = best;
    if (best != NO_CHANNEL)
        sched_in(d, EVENT_SERVED, get(s, best, CCR) & CCR_MEM2MEM ? MEMORY_CYCLES : ITEM_CYCLES);
}

static void acknowledge(struct device *d, unsigned n)
{
    for (unsigned wire = 0; wire < DMA_V1_WIRES; wire++)
        if (signal_input(d, DMA_V1_LINE(n + 1, wire)))
            signal_pulse(d, DMA_V1_LINE(n + 1, wire));
}

static void tell_end(struct device *d, unsigned n, uint32_t left)
{
    for (unsigned wire = 0; wire < DMA_V1_WIRES; wire++)
        signal_pulse(d, left ? DMA_V1_ONE_LEFT(n + 1, wire) : DMA_V1_LAST(n + 1, wire));
}

/* ---- items ---- */

static void transfer_error(struct device *d, unsigned n, uint32_t address, const char *what)
{
    diag_guest(d, DIAG_DMA, reg_of(n, CCR), "channel %u cannot %s 0x%08X: transfer error, channel disabled",
               n + 1, what, address);
    reg_clear_bits(d, reg_of(n, CCR), CCR_EN);
    raise_flags(d, n, TEIF);
}

/* The address of the present item on the side whose register, size and increment are given. */
static uint32_t address_of(const struct dma_state *s, unsigned n, unsigned reg, unsigned size, uint32_t inc)
{
    uint32_t done = s->round[n] - get(s, n, CNDTR);

    return (get(s, n, reg) + (get(s, n, CCR) & inc ? done * size : 0)) & ~(size - 1);
}

/* Items of different widths are zero-extended or cut (RM0041 table 56). */
static bool move(struct device *d, unsigned n)
{
    struct dma_state *s = d->state;
    unsigned psize = item_size(s, n, CCR_PSIZE_LSB), msize = item_size(s, n, CCR_MSIZE_LSB);
    uint32_t peripheral = address_of(s, n, CPAR, psize, CCR_PINC);
    uint32_t memory = address_of(s, n, CMAR, msize, CCR_MINC);
    bool to_peripheral = get(s, n, CCR) & CCR_DIR;
    uint32_t from = to_peripheral ? memory : peripheral, to = to_peripheral ? peripheral : memory, value;
    unsigned from_size = to_peripheral ? msize : psize, to_size = to_peripheral ? psize : msize;

    if (bus_dma_read(d, from, from_size, &value) != BUS_OK) {
        transfer_error(d, n, from, "read");
        return false;
    }
    if (to_size < 4)
        value &= (1u << 8 * to_size) - 1;
    if (bus_dma_write(d, (struct bus_lane){"channel", n + 1}, to, to_size, value) != BUS_OK) {
        transfer_error(d, n, to, "write");
        return false;
    }
    return get(s, n, CCR) & CCR_EN && get(s, n, CNDTR);
}

/* At the end EN stays set, but nothing more happens unless the channel is circular. */
static void move_item(struct device *d, unsigned n)
{
    struct dma_state *s = d->state;
    uint32_t left;

    if (!(get(s, n, CCR) & CCR_MEM2MEM))
        acknowledge(d, n);
    if (!move(d, n))
        return;
    left = --s->reg[reg_of(n, CNDTR)];
    if (left <= 1)
        tell_end(d, n, left);
    if (left == s->round[n] / 2u)
        raise_flags(d, n, HTIF);
    if (left)
        return;
    if (get(s, n, CCR) & CCR_CIRC)
        s->reg[reg_of(n, CNDTR)] = s->round[n];
    raise_flags(d, n, TCIF);
}

static void dma_event(struct device *d, unsigned event)
{
    struct dma_state *s = d->state;

    (void)event;
    if (ready(d, s->serving))
        move_item(d, s->serving);
    s->serving = NO_CHANNEL;
    serve_next(d);
}

static void dma_signal(struct device *d, unsigned input, bool level)
{
    (void)input;
    if (level)
        serve_next(d);
}

/* ---- registers ---- */

static void write_ccr(struct device *d, unsigned n, uint32_t value, uint32_t lanes)
{
    struct dma_state *s = d->state;
    unsigned reg = reg_of(n, CCR);
    bool was_on = s->reg[reg] & CCR_EN;

    reg_store(d, reg, value, lanes);
    if (s->reg[reg] & CCR_EN && !was_on)
        s->round[n] = (uint16_t)get(s, n, CNDTR);
    update_irq(d, n);
}

static void write_channel(struct device *d, unsigned n, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct dma_state *s = d->state;

    if (reg == CCR)
        write_ccr(d, n, value, lanes);
    else if (get(s, n, CCR) & CCR_EN)
        diag_guest(d, DIAG_SEQUENCE, reg_of(n, reg), "written while the channel is enabled: dropped");
    else
        reg_store(d, reg_of(n, reg), value, lanes);
}

static void dma_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg == IFCR)
        clear_flags(d, value & lanes);
    if (reg < CHANNEL_REGS)
        return;
    reg -= CHANNEL_REGS;
    write_channel(d, reg / REGS_PER_CHANNEL, reg % REGS_PER_CHANNEL, value, lanes);
    serve_next(d);
}

static void dma_reset(struct device *d, enum reset_kind kind)
{
    struct dma_state *s = d->state;

    (void)kind;
    memset(s->round, 0, sizeof s->round);
    s->serving = NO_CHANNEL;
}

/* Without a clock the item under way waits; it is chosen anew afterwards. */
static void dma_gated(struct device *d, bool on)
{
    struct dma_state *s = d->state;

    if (on) {
        serve_next(d);
    } else {
        sched_cancel(d, EVENT_SERVED);
        s->serving = NO_CHANNEL;
    }
}

#define FLAG_FIELDS(prefix, n, lsb)                                                                \
    BIT(prefix "GIF" n, lsb), BIT(prefix "TCIF" n, lsb + 1), BIT(prefix "HTIF" n, lsb + 2),        \
        BIT(prefix "TEIF" n, lsb + 3)
#define ALL_FLAGS(prefix)                                                                          \
    FLAG_FIELDS(prefix, "1", 0), FLAG_FIELDS(prefix, "2", 4), FLAG_FIELDS(prefix, "3", 8),         \
        FLAG_FIELDS(prefix, "4", 12), FLAG_FIELDS(prefix, "5", 16), FLAG_FIELDS(prefix, "6", 20),  \
        FLAG_FIELDS(prefix, "7", 24)
#define CHANNEL(n, at)                                                                             \
    REG_PLAIN("CCR" n, at, 0, 0x7FFF, BIT("EN", 0), BIT("TCIE", 1), BIT("HTIE", 2), BIT("TEIE", 3), \
              BIT("DIR", 4), BIT("CIRC", 5), BIT("PINC", 6), BIT("MINC", 7), BITS("PSIZE", 8, 2),  \
              BITS("MSIZE", 10, 2), BITS("PL", 12, 2), BIT("MEM2MEM", 14)),                        \
        REG_PLAIN("CNDTR" n, at + 0x4, 0, 0xFFFF, BITS("NDT", 0, 16)),                             \
        REG_PLAIN("CPAR" n, at + 0x8, 0, 0xFFFFFFFF, BITS("PA", 0, 32)),                           \
        REG_PLAIN("CMAR" n, at + 0xC, 0, 0xFFFFFFFF, BITS("MA", 0, 32))

static const struct reg dma_regs[REGS] = {
    [ISR] = REG_CONST("ISR", 0x00, 0, 0x0FFFFFFF, ALL_FLAGS("")),
    [IFCR] = {.name = "IFCR", .offset = 0x04, .width = 32, .action = 0x0FFFFFFF,
              .fields = FIELDS(ALL_FLAGS("C"))},
    [CHANNEL_REGS] = CHANNEL("1", 0x08), CHANNEL("2", 0x1C), CHANNEL("3", 0x30), CHANNEL("4", 0x44),
    CHANNEL("5", 0x58), CHANNEL("6", 0x6C), CHANNEL("7", 0x80),
};

static bool dma_sane(const struct device *d)
{
    const struct dma_state *s = d->state;
    bool serving = sched_when(d, EVENT_SERVED).cycles != VTIME_NEVER.cycles;

    return serving ? s->serving < DMA_V1_CHANNELS : s->serving == NO_CHANNEL;
}

const struct device_ops dma_v1_ops = {
    .name = "dma_v1",
    .regs = dma_regs,
    .reg_count = REGS,
    .state_size = sizeof(struct dma_state),
    .events = EVENTS,
    .outputs = 3 * DMA_V1_CHANNELS * DMA_V1_WIRES,
    .inputs = DMA_V1_CHANNELS * DMA_V1_WIRES,
    .reset = dma_reset,
    .write = dma_write,
    .event = dma_event,
    .signal = dma_signal,
    .gated = dma_gated,
    .sane = dma_sane,
};
