/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DMA controller of F2 and F4: eight streams with a FIFO each (RM0090 chapter 10, RM0033 chapter 9).
 *
 * Time: the controller serves one stream at a time, the one with the highest PL and then the lowest
 * number among those that have something to do. A request is served ITEM_CYCLES after it was chosen
 * (arbitration, address, the APB bridge's hand-over and the data: about what AN4031 counts for a
 * peripheral on a divided APB), MEMORY_CYCLES in memory-to-memory mode. The memory port works meanwhile,
 * so filling and draining the FIFO costs nothing, except that a stream to a peripheral begins with one
 * fill of its own. Further beats of a burst take BEAT_CYCLES each. The core is never held up.
 *
 * A request is a level: it is served again for as long as it stays up.
 *
 * Not modelled: the flow controller of SDIO (PFCTRL) ends no transfer; as the memory port never waits,
 * no FIFO runs over or empty (FEIF only tells of wrong settings) and DMEIF is never set.
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

enum { LISR, HISR, LIFCR, HIFCR, STREAM_REGS };
enum { CR, NDTR, PAR, M0AR, M1AR, FCR, REGS_PER_STREAM };   /* from STREAM_REGS, for each stream */
enum { REGS = STREAM_REGS + DMA_V2_STREAMS * REGS_PER_STREAM };

enum {
    CR_EN = 1 << 0, CR_ENABLES = 0x1E, CR_TCIE = 1 << 4, CR_PFCTRL = 1 << 5, CR_DIR_LSB = 6,
    CR_CIRC = 1 << 8, CR_PINC = 1 << 9, CR_MINC = 1 << 10, CR_PSIZE_LSB = 11, CR_MSIZE_LSB = 13,
    CR_PINCOS = 1 << 15, CR_PL_LSB = 16, CR_DBM = 1 << 18, CR_CT = 1 << 19, CR_PBURST_LSB = 21,
    CR_MBURST_LSB = 23, CR_CHSEL_LSB = 25,
    CR_ALWAYS = CR_EN | CR_ENABLES,     /* may be written while the stream is enabled */

    FCR_FTH = 3, FCR_DMDIS = 1 << 2, FCR_FS_LSB = 3, FCR_FEIE = 1 << 7,

    /* One stream's flags */
    FEIF = 1 << 0, DMEIF = 1 << 2, TEIF = 1 << 3, HTIF = 1 << 4, TCIF = 1 << 5, FLAGS = 0x3D
};

enum { TO_MEMORY, TO_PERIPHERAL, MEMORY_TO_MEMORY };    /* CR.DIR */

enum { FIFO = 16 };         /* bytes */
enum { NO_STREAM = 0xFF };
enum { ITEM_CYCLES = 9, MEMORY_CYCLES = 5, BEAT_CYCLES = 2 };
enum { EVENT_SERVED, EVENTS };

struct stream {
    uint32_t moved;         /* bytes that the memory port has moved in this round */
    uint16_t programmed;    /* NDTR as last written */
    uint16_t round;         /* items of this round */
    uint8_t level;          /* bytes in the FIFO */
    uint8_t closing;        /* EN was cleared while an item was on its way */
    uint8_t unnamed[6];     /* keeps the struct free of unnamed padding */
    uint8_t fifo[FIFO];
};

struct dma_state {
    uint32_t reg[REGS];
    uint32_t serving;       /* stream, or NO_STREAM */
    uint32_t reserved;
    struct stream stream[DMA_V2_STREAMS];
};

_Static_assert(sizeof(struct stream) == 32, "no padding");

/* ---- a stream's settings ---- */

static unsigned reg_of(unsigned stream, unsigned reg)
{
    return STREAM_REGS + stream * REGS_PER_STREAM + reg;
}

static uint32_t get(const struct dma_state *s, unsigned stream, unsigned reg)
{
    return s->reg[reg_of(stream, reg)];
}

static unsigned cr_bits(const struct dma_state *s, unsigned stream, unsigned lsb, unsigned mask)
{
    return get(s, stream, CR) >> lsb & mask;
}

static unsigned direction(const struct dma_state *s, unsigned n)
{
    return cr_bits(s, n, CR_DIR_LSB, 3);
}

static bool enabled(const struct dma_state *s, unsigned n)
{
    return get(s, n, CR) & CR_EN;
}

/* Bytes of an item on either port; the forbidden size 3 works as 2. */
static unsigned item_size(const struct dma_state *s, unsigned n, unsigned lsb)
{
    unsigned size = cr_bits(s, n, lsb, 3);

    return 1u << (size == 3 ? 2 : size);
}

static unsigned psize(const struct dma_state *s, unsigned n)
{
    return item_size(s, n, CR_PSIZE_LSB);
}

static unsigned msize(const struct dma_state *s, unsigned n)
{
    return item_size(s, n, CR_MSIZE_LSB);
}

static unsigned beats(const struct dma_state *s, unsigned n, unsigned lsb)
{
    static const uint8_t lengths[] = {1, 4, 8, 16};

    return lengths[cr_bits(s, n, lsb, 3)];
}

static bool direct_mode(const struct dma_state *s, unsigned n)
{
    return !(get(s, n, FCR) & FCR_DMDIS);
}

static unsigned threshold(const struct dma_state *s, unsigned n)
{
    return direct_mode(s, n) ? psize(s, n) : 4 * ((get(s, n, FCR) & FCR_FTH) + 1);
}

static unsigned capacity(const struct dma_state *s, unsigned n)
{
    return direct_mode(s, n) ? psize(s, n) : FIFO;
}

/* ---- flags ---- */

static unsigned flag_shift(unsigned n)
{
    static const uint8_t shifts[] = {0, 6, 16, 22};

    return shifts[n % 4];
}

static uint32_t flags_of(const struct dma_state *s, unsigned n)
{
    return s->reg[LISR + n / 4] >> flag_shift(n) & FLAGS;
}

/* CR's enables lie one bit below the flags; FEIF's is in FCR. */
static void update_irq(struct device *d, unsigned n)
{
    const struct dma_state *s = d->state;
    uint32_t flags = flags_of(s, n);

    irq_set(d, n, (flags >> 1 & get(s, n, CR) & CR_ENABLES) ||
                      (flags & FEIF && get(s, n, FCR) & FCR_FEIE));
}

static void raise_flags(struct device *d, unsigned n, uint32_t flags)
{
    reg_set_bits(d, LISR + n / 4, flags << flag_shift(n));
    update_irq(d, n);
}

/* ---- requests and arbitration ---- */

static bool requested(const struct device *d, unsigned n)
{
    unsigned line = DMA_V2_LINE(n, cr_bits(d->state, n, CR_CHSEL_LSB, 7), 0);

    return signal_input(d, line) || signal_input(d, line + 1) || signal_input(d, line + 2);
}

/* The first fill before a peripheral is served. */
static bool wants_fill(const struct dma_state *s, unsigned n)
{
    return direction(s, n) == TO_PERIPHERAL && s->stream[n].level < psize(s, n);
}

static bool ready(const struct device *d, unsigned n)
{
    const struct dma_state *s = d->state;

    if (!enabled(s, n) || !get(s, n, NDTR))
        return false;
    return direction(s, n) == MEMORY_TO_MEMORY || wants_fill(s, n) || requested(d, n);
}

static unsigned arbitrate(const struct device *d)
{
    unsigned best = NO_STREAM;

    for (unsigned n = 0; n < DMA_V2_STREAMS; n++)
        if (ready(d, n) && (best == NO_STREAM || cr_bits(d->state, n, CR_PL_LSB, 3) >
                                                     cr_bits(d->state, best, CR_PL_LSB, 3)))
            best = n;
    return best;
}

static uint64_t cost(const struct dma_state *s, unsigned n)
{
    if (direction(s, n) == MEMORY_TO_MEMORY || wants_fill(s, n))
        return MEMORY_CYCLES;
    return ITEM_CYCLES + BEAT_CYCLES * (beats(s, n, CR_PBURST_LSB) - 1u);
}

static void serve_next(struct device *d)
{
    struct dma_state *s = d->state;

    if (s->serving != NO_STREAM || !gate_on(d))
        return;
    s->serving = arbitrate(d);
    if (s->serving != NO_STREAM)
        sched_in(d, EVENT_SERVED, cost(s, s->serving));
}

/* The wires that asked: pulses, for those who wait for it. */
static void acknowledge(struct device *d, unsigned n)
{
    unsigned line = DMA_V2_LINE(n, cr_bits(d->state, n, CR_CHSEL_LSB, 7), 0);

    for (unsigned wire = line; wire < line + DMA_V2_WIRES; wire++)
        if (signal_input(d, wire))
            signal_pulse(d, wire);
}

/* The outputs DMA_V2_LAST and DMA_V2_ONE_LEFT. */
static void tell_end(struct device *d, unsigned n, uint32_t left)
{
    unsigned channel = cr_bits(d->state, n, CR_CHSEL_LSB, 7);
    unsigned line = left ? DMA_V2_ONE_LEFT(n, channel, 0) : DMA_V2_LAST(n, channel, 0);

    if (direction(d->state, n) != MEMORY_TO_MEMORY)
        for (unsigned wire = line; wire < line + DMA_V2_WIRES; wire++)
            signal_pulse(d, wire);
}

/* ---- the end of a stream ---- */

static void disable(struct device *d, unsigned n, uint32_t flags)
{
    struct dma_state *s = d->state;

    reg_clear_bits(d, reg_of(n, CR), CR_EN);
    s->stream[n].level = 0;
    s->stream[n].closing = false;
    raise_flags(d, n, flags);
}

static void transfer_error(struct device *d, unsigned n, uint32_t address, bool write)
{
    diag_guest(d, DIAG_DMA, reg_of(n, CR), "stream %u cannot %s 0x%08X: transfer error, stream disabled", n,
               write ? "write" : "read", address);
    disable(d, n, TEIF);
}

/* ---- the memory port ---- */

static uint32_t memory_address(const struct dma_state *s, unsigned n)
{
    uint32_t cr = get(s, n, CR), base = get(s, n, cr & CR_DBM && cr & CR_CT ? M1AR : M0AR);

    return base + (cr & CR_MINC ? s->stream[n].moved : 0);
}

static void take_bytes(struct stream *f, unsigned count)
{
    f->level = (uint8_t)(f->level > count ? f->level - count : 0);
    memmove(f->fifo, f->fifo + count, f->level);
}

static uint32_t first_bytes(const struct stream *f, unsigned count)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < count; i++)
        value |= (uint32_t)f->fifo[i] << 8 * i;
    return value;
}

static void put_bytes(struct stream *f, uint32_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        f->fifo[f->level++] = (uint8_t)(value >> 8 * i);
}

/* Writes `size` bytes of the FIFO to memory. */
static bool drain_item(struct device *d, unsigned n, unsigned size)
{
    struct dma_state *s = d->state;
    struct stream *f = &s->stream[n];
    uint32_t address = memory_address(s, n) & ~(size - 1), value = first_bytes(f, size);

    take_bytes(f, size);
    f->moved += size;
    if (bus_dma_write(d, (struct bus_lane){"stream", n}, address, size, value) == BUS_OK)
        return enabled(s, n);
    transfer_error(d, n, address, true);
    return false;
}

/* At the threshold all that the FIFO holds goes out; at the end of a round the odd bytes, too. */
static bool drain(struct device *d, unsigned n, bool all)
{
    struct dma_state *s = d->state;
    struct stream *f = &s->stream[n];

    if (!all && f->level < threshold(s, n))
        return true;
    while (f->level >= msize(s, n))
        if (!drain_item(d, n, msize(s, n)))
            return false;
    while (all && f->level)
        if (!drain_item(d, n, 1))
            return false;
    return true;
}

/* Reads from memory until the FIFO is full or the round's data are all there. */
static bool fill(struct device *d, unsigned n)
{
    struct dma_state *s = d->state;
    struct stream *f = &s->stream[n];
    uint32_t total = (uint32_t)f->round * psize(s, n);

    while (enabled(s, n) && f->moved < total && f->level + msize(s, n) <= capacity(s, n)) {
        unsigned size = msize(s, n);
        uint32_t address = memory_address(s, n) & ~(size - 1), value;
        if (bus_dma_read(d, address, size, &value) != BUS_OK) {
            transfer_error(d, n, address, false);
            return false;
        }
        put_bytes(f, value, size);
        f->moved += size;
    }
    return enabled(s, n);
}

/* ---- the peripheral port ---- */

static bool port_reaches(const struct device *d, uint32_t address)
{
    const struct dma_v2_config *config = device_config(d);

    return address >= config->port_base && address <= config->port_last;
}

static uint32_t peripheral_address(const struct dma_state *s, unsigned n)
{
    uint32_t cr = get(s, n, CR), done = s->stream[n].round - get(s, n, NDTR);
    uint32_t step = cr & CR_PINCOS ? 4 : psize(s, n);

    return (get(s, n, PAR) + (cr & CR_PINC ? done * step : 0)) & ~(psize(s, n) - 1);
}

static bool peripheral_beat(struct device *d, unsigned n)
{
    struct dma_state *s = d->state;
    struct stream *f = &s->stream[n];
    uint32_t address = peripheral_address(s, n), value = 0;
    unsigned size = psize(s, n);
    bool write = direction(s, n) == TO_PERIPHERAL, ok = port_reaches(d, address);

    if (write) {
        value = first_bytes(f, size);
        take_bytes(f, size);
        ok = ok && bus_dma_write(d, (struct bus_lane){"stream", n}, address, size, value) == BUS_OK;
    } else {
        ok = ok && bus_dma_read(d, address, size, &value) == BUS_OK;
        if (ok && f->level + size <= FIFO)
            put_bytes(f, value, size);
    }
    if (!ok)
        transfer_error(d, n, address, write);
    return enabled(s, n);
}

/* ---- rounds ---- */

/* Both ports go back to their start. */
static void begin_round(struct dma_state *s, unsigned n, uint32_t items)
{
    s->reg[reg_of(n, NDTR)] = items;
    s->stream[n].round = (uint16_t)items;
    s->stream[n].moved = 0;
    s->stream[n].level = 0;
}

static void end_round(struct device *d, unsigned n)
{
    struct dma_state *s = d->state;
    uint32_t cr = get(s, n, CR);

    if (!(cr & (CR_CIRC | CR_DBM))) {
        disable(d, n, TCIF);
        return;
    }
    if (cr & CR_DBM)
        s->reg[reg_of(n, CR)] ^= CR_CT;
    begin_round(s, n, s->stream[n].programmed);
    raise_flags(d, n, TCIF);
    if (direction(s, n) == TO_PERIPHERAL)
        fill(d, n);
}

/* One item has passed the peripheral port. False: nothing more to do for this stream. */
static bool count_item(struct device *d, unsigned n)
{
    struct dma_state *s = d->state;
    struct stream *f = &s->stream[n];
    uint32_t left = --s->reg[reg_of(n, NDTR)];
    bool ok = direction(s, n) == TO_PERIPHERAL ? left == 0 || fill(d, n) : drain(d, n, left == 0);

    if (!ok)
        return false;
    if (left == f->round / 2u)
        raise_flags(d, n, HTIF);
    if (left <= 1)
        tell_end(d, n, left);
    if (left == 0)
        end_round(d, n);
    return left != 0;
}

static void move_items(struct device *d, unsigned n)
{
    struct dma_state *s = d->state;

    if (direction(s, n) == TO_PERIPHERAL && s->stream[n].level < psize(s, n)) {
        fill(d, n);
        return;
    }
    if (direction(s, n) != MEMORY_TO_MEMORY)
        acknowledge(d, n);
    for (unsigned beat = beats(s, n, CR_PBURST_LSB); beat && enabled(s, n); beat--)
        if (!peripheral_beat(d, n) || !count_item(d, n))
            return;
}

/* What has come from the peripheral still goes to memory; TCIF tells that the stream has stopped. */
static void close_stream(struct device *d, unsigned n)
{
    if (direction(d->state, n) == TO_PERIPHERAL || drain(d, n, true))
        disable(d, n, TCIF);
}

static void dma_event(struct device *d, unsigned event)
{
    struct dma_state *s = d->state;
    unsigned n = s->serving;

    (void)event;
    if (ready(d, n))
        move_items(d, n);
    if (s->stream[n].closing)
        close_stream(d, n);
    s->serving = NO_STREAM;
    serve_next(d);
}

static void dma_signal(struct device *d, unsigned input, bool level)
{
    (void)input;
    if (level)
        serve_next(d);
}

/* ---- registers ---- */

/* Thresholds and bursts must fit each other (RM0090 10.3.12 and table 48). */
static bool fifo_settings_fit(const struct dma_state *s, unsigned n)
{
    unsigned memory = beats(s, n, CR_MBURST_LSB) * msize(s, n);
    unsigned peripheral = beats(s, n, CR_PBURST_LSB) * psize(s, n);

    return direct_mode(s, n) || (threshold(s, n) % memory == 0 && peripheral <= FIFO);
}

/* What the hardware forces when EN is set (RM0090 10.5.5). */
static void force_settings(struct dma_state *s, unsigned n)
{
    uint32_t *cr = &s->reg[reg_of(n, CR)], *fcr = &s->reg[reg_of(n, FCR)];

    if (direction(s, n) == MEMORY_TO_MEMORY)
        *fcr |= FCR_DMDIS;
    if (direct_mode(s, n)) {
        *cr &= ~(3u << CR_MSIZE_LSB | 3u << CR_PBURST_LSB | 3u << CR_MBURST_LSB);
        *cr |= cr_bits(s, n, CR_PSIZE_LSB, 3) << CR_MSIZE_LSB;
    }
    if (*cr & CR_DBM)
        *cr |= CR_CIRC;
    if (*cr & CR_PFCTRL) {
        *cr &= ~(uint32_t)CR_CIRC;
        s->reg[reg_of(n, NDTR)] = 0xFFFF;
    }
}

/* Whether the stream may start; otherwise why not. */
static bool may_enable(struct device *d, unsigned n)
{
    const struct dma_v2_config *config = device_config(d);
    struct dma_state *s = d->state;
    unsigned reg = reg_of(n, CR);

    if (flags_of(s, n) & (TCIF | TEIF)) {
        diag_guest(d, DIAG_SEQUENCE, reg, "enabled while TCIF or TEIF is set: stays off");
        return false;
    }
    if (direction(s, n) > MEMORY_TO_MEMORY ||
        (direction(s, n) == MEMORY_TO_MEMORY && !config->memory_to_memory)) {
        diag_guest(d, DIAG_SEQUENCE, reg, "DIR = %u, which this controller cannot do: stays off",
                   direction(s, n));
        return false;
    }
    if (!fifo_settings_fit(s, n)) {
        diag_guest(d, DIAG_SEQUENCE, reg, "burst and FIFO threshold do not fit: FEIF, stays off");
        raise_flags(d, n, FEIF);
        return false;
    }
    return true;
}

static void enable(struct device *d, unsigned n)
{
    struct dma_state *s = d->state;

    force_settings(s, n);
    if (!may_enable(d, n)) {
        reg_clear_bits(d, reg_of(n, CR), CR_EN);
        return;
    }
    begin_round(s, n, get(s, n, NDTR) ? get(s, n, NDTR) : s->stream[n].programmed);
    if (!get(s, n, NDTR))
        diag_guest(d, DIAG_SEQUENCE, reg_of(n, CR), "enabled with NDTR = 0: nothing will be moved");
}

/* EN cleared: an item on its way arrives first. */
static void stop_stream(struct device *d, unsigned n)
{
    struct dma_state *s = d->state;

    s->reg[reg_of(n, CR)] |= CR_EN;
    if (s->serving == n)
        s->stream[n].closing = true;
    else
        close_stream(d, n);
}

static void write_cr(struct device *d, unsigned n, uint32_t value, uint32_t lanes)
{
    struct dma_state *s = d->state;
    unsigned reg = reg_of(n, CR);
    bool was_on = enabled(s, n);
    uint32_t locked = was_on ? ~(uint32_t)CR_ALWAYS : 0;

    if ((value ^ s->reg[reg]) & lanes & locked & d->ops->regs[reg].writable && value & CR_EN)
        diag_guest(d, DIAG_SEQUENCE, reg, "settings written while the stream is enabled: dropped");
    reg_store(d, reg, value, lanes & ~locked);
    if (enabled(s, n) && !was_on)
        enable(d, n);
    if (was_on && !enabled(s, n))
        stop_stream(d, n);
}

/* The memory addresses: with double buffering, that of the target that is not in use may change; the
 * other one's is an error (RM0090 10.3.9). */
static void write_address(struct device *d, unsigned n, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct dma_state *s = d->state;
    uint32_t cr = get(s, n, CR);
    unsigned in_use = cr & CR_CT ? M1AR : M0AR;

    if (!enabled(s, n) || (cr & CR_DBM && reg != in_use)) {
        reg_store(d, reg_of(n, reg), value, lanes);
        return;
    }
    diag_guest(d, DIAG_SEQUENCE, reg_of(n, reg), "written while the stream uses it: dropped");
    if (cr & CR_DBM)
        disable(d, n, TEIF);
}

static void write_stream(struct device *d, unsigned n, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct dma_state *s = d->state;

    switch (reg) {
    case CR:
        write_cr(d, n, value, lanes);
        break;
    case M0AR:
    case M1AR:
        write_address(d, n, reg, value, lanes);
        break;
    default:
        if (enabled(s, n) && !(reg == FCR && !((value ^ s->reg[reg_of(n, FCR)]) & (FCR_FTH | FCR_DMDIS)))) {
            diag_guest(d, DIAG_SEQUENCE, reg_of(n, reg), "written while the stream is enabled: dropped");
            break;
        }
        reg_store(d, reg_of(n, reg), value, lanes);
        if (reg == NDTR)
            s->stream[n].programmed = (uint16_t)s->reg[reg_of(n, NDTR)];
        break;
    }
    update_irq(d, n);
}

static void dma_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg >= STREAM_REGS) {
        reg -= STREAM_REGS;
        write_stream(d, reg / REGS_PER_STREAM, reg % REGS_PER_STREAM, value, lanes);
        serve_next(d);
        return;
    }
    if (reg == LISR || reg == HISR)
        return;
    reg_clear_bits(d, reg - LIFCR + LISR, value & lanes & d->ops->regs[reg].action);
    for (unsigned n = 0; n < DMA_V2_STREAMS; n++)
        update_irq(d, n);
}

/* FCR.FS: quarters, 4 empty, 5 full. */
static uint32_t dma_peek(const struct device *d, unsigned reg)
{
    const struct dma_state *s = d->state;
    uint32_t stored = s->reg[reg] & d->ops->regs[reg].readable;
    unsigned n = (reg - STREAM_REGS) / REGS_PER_STREAM, level;

    if (reg < STREAM_REGS || (reg - STREAM_REGS) % REGS_PER_STREAM != FCR)
        return stored;
    level = s->stream[n].level;
    return (stored & ~(7u << FCR_FS_LSB)) |
           (level == FIFO ? 5u : level == 0 ? 4u : level / 4u) << FCR_FS_LSB;
}

static void dma_reset(struct device *d, enum reset_kind kind)
{
    struct dma_state *s = d->state;

    (void)kind;
    memset(s->stream, 0, sizeof s->stream);
    s->serving = NO_STREAM;
}

/* Without a clock the item under way waits; it is chosen anew afterwards. */
static void dma_gated(struct device *d, bool on)
{
    struct dma_state *s = d->state;

    if (on) {
        serve_next(d);
    } else {
        sched_cancel(d, EVENT_SERVED);
        s->serving = NO_STREAM;
    }
}

#define FLAG_FIELDS(prefix, n, lsb)                                                                \
    BIT(prefix "FEIF" n, lsb), BIT(prefix "DMEIF" n, lsb + 2), BIT(prefix "TEIF" n, lsb + 3),      \
        BIT(prefix "HTIF" n, lsb + 4), BIT(prefix "TCIF" n, lsb + 5)
#define FOUR_STREAMS(prefix, a, b, c, d)                                                           \
    FLAG_FIELDS(prefix, a, 0), FLAG_FIELDS(prefix, b, 6), FLAG_FIELDS(prefix, c, 16),              \
        FLAG_FIELDS(prefix, d, 22)
/* Drivers write six ones for a stream: the gaps among the flags are no mistake. */
#define CLEARING(label, at, ...)                                                                   \
    {.name = label, .offset = at, .width = 32, .action = 0x0FFF0FFF,                               \
     .fields = FIELDS(__VA_ARGS__, BIT("GAP1", 1), BIT("GAP7", 7), BIT("GAP17", 17), BIT("GAP23", 23))}
#define STREAM(n, at)                                                                              \
    REG_PLAIN("S" n "CR", at, 0, 0x0FEFFFFF, BIT("EN", 0), BIT("DMEIE", 1), BIT("TEIE", 2),        \
              BIT("HTIE", 3), BIT("TCIE", 4), BIT("PFCTRL", 5), BITS("DIR", 6, 2), BIT("CIRC", 8), \
              BIT("PINC", 9), BIT("MINC", 10), BITS("PSIZE", 11, 2), BITS("MSIZE", 13, 2),         \
              BIT("PINCOS", 15), BITS("PL", 16, 2), BIT("DBM", 18), BIT("CT", 19),                 \
              BITS("PBURST", 21, 2), BITS("MBURST", 23, 2), BITS("CHSEL", 25, 3)),                 \
        REG_PLAIN("S" n "NDTR", at + 0x04, 0, 0xFFFF, BITS("NDT", 0, 16)),                         \
        REG_PLAIN("S" n "PAR", at + 0x08, 0, 0xFFFFFFFF, BITS("PA", 0, 32)),                       \
        REG_PLAIN("S" n "M0AR", at + 0x0C, 0, 0xFFFFFFFF, BITS("M0A", 0, 32)),                     \
        REG_PLAIN("S" n "M1AR", at + 0x10, 0, 0xFFFFFFFF, BITS("M1A", 0, 32)),                     \
    {.name = "S" n "FCR", .offset = at + 0x14, .width = 32, .reset = 0x21, .readable = 0xBF,       \
     .writable = 0x87,                                                                             \
     .fields = FIELDS(BITS("FTH", 0, 2), BIT("DMDIS", 2), BITS("FS", 3, 3), BIT("FEIE", 7))}

static const struct reg dma_regs[REGS] = {
    [LISR] = REG_CONST("LISR", 0x00, 0, 0x0F7D0F7D, FOUR_STREAMS("", "0", "1", "2", "3")),
    [HISR] = REG_CONST("HISR", 0x04, 0, 0x0F7D0F7D, FOUR_STREAMS("", "4", "5", "6", "7")),
    [LIFCR] = CLEARING("LIFCR", 0x08, FOUR_STREAMS("C", "0", "1", "2", "3")),
    [HIFCR] = CLEARING("HIFCR", 0x0C, FOUR_STREAMS("C", "4", "5", "6", "7")),
    [STREAM_REGS] = STREAM("0", 0x10), STREAM("1", 0x28), STREAM("2", 0x40), STREAM("3", 0x58),
    STREAM("4", 0x70), STREAM("5", 0x88), STREAM("6", 0xA0), STREAM("7", 0xB8),
};

static bool dma_sane(const struct device *d)
{
    const struct dma_state *s = d->state;
    bool serving = sched_when(d, EVENT_SERVED).cycles != VTIME_NEVER.cycles;

    for (unsigned n = 0; n < DMA_V2_STREAMS; n++)
        if (s->stream[n].level > FIFO)
            return false;
    return serving ? s->serving < DMA_V2_STREAMS : s->serving == NO_STREAM;
}

const struct device_ops dma_v2_ops = {
    .name = "dma_v2",
    .regs = dma_regs,
    .reg_count = REGS,
    .state_size = sizeof(struct dma_state),
    .events = EVENTS,
    .outputs = 3 * DMA_V2_STREAMS * DMA_V2_CHANNELS * DMA_V2_WIRES,
    .inputs = DMA_V2_STREAMS * DMA_V2_CHANNELS * DMA_V2_WIRES,
    .reset = dma_reset,
    .peek = dma_peek,
    .write = dma_write,
    .event = dma_event,
    .signal = dma_signal,
    .gated = dma_gated,
    .sane = dma_sane,
};
