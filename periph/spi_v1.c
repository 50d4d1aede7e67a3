/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SPI and I2S (RM0090 chapter 28, RM0033 chapter 25, RM0041 chapter 22).
 *
 * Time: a bit lasts 2^(BR+1) cycles of the bus clock. A frame begins on the bus clock edge at or before the
 * write that starts it, and keeps the length that it had then; frames that follow each other have no gap. The
 * board's devices take and give a frame's bytes at its end. A word of I2S lasts what RM0090 28.4.4 computes
 * from the PLLI2S; the samples go nowhere and come in as 0.
 *
 * Not modelled: the framing of TI mode (FRF only stores), I2S_CKIN as the source of I2S (CFGR.I2SSRC), an
 * I2S slave clocked from the board (the I2SxEXT blocks are clocked by their I2S block), the shape of the
 * lines (CPOL, CPHA, CKPOL, I2SSTD): both ends of a wire agree on it.
 */
#include "periph/spi_v1.h"

#include <string.h>

#include "core/clock.h"
#include "core/device.h"
#include "core/irq.h"
#include "core/link.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/clocks.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { CR1, CR2, SR, DR, CRCPR, RXCRCR, TXCRCR, I2SCFGR, I2SPR, REGS };

enum {
    CR1_CPOL = 1 << 1, CR1_MSTR = 1 << 2, CR1_BR_LSB = 3, CR1_SPE = 1 << 6, CR1_LSBFIRST = 1 << 7, CR1_SSI = 1 << 8,
    CR1_SSM = 1 << 9, CR1_RXONLY = 1 << 10, CR1_DFF = 1 << 11, CR1_CRCNEXT = 1 << 12,
    CR1_CRCEN = 1 << 13, CR1_BIDIOE = 1 << 14, CR1_BIDIMODE = 1 << 15,
    CR1_FIXED = 0x3 | 0x38 | CR1_LSBFIRST | CR1_DFF | CR1_CRCEN, /* may change only while SPE = 0 */

    CR2_RXDMAEN = 1 << 0, CR2_TXDMAEN = 1 << 1, CR2_SSOE = 1 << 2, CR2_ERRIE = 1 << 5,
    CR2_RXNEIE = 1 << 6, CR2_TXEIE = 1 << 7,

    SR_RXNE = 1 << 0, SR_TXE = 1 << 1, SR_CHSIDE = 1 << 2, SR_UDR = 1 << 3, SR_CRCERR = 1 << 4,
    SR_MODF = 1 << 5, SR_OVR = 1 << 6, SR_BSY = 1 << 7, SR_FRE = 1 << 8,
    SR_ERRORS = SR_UDR | SR_CRCERR | SR_MODF | SR_OVR | SR_FRE,

    I2S_CHLEN = 1 << 0, I2S_DATLEN = 3 << 1, I2S_CFG_LSB = 8, I2S_I2SE = 1 << 10, I2S_I2SMOD = 1 << 11,
    I2SPR_ODD = 1 << 8, I2SPR_MCKOE = 1 << 9
};

enum { I2S_SLAVE_TX, I2S_SLAVE_RX, I2S_MASTER_TX, I2S_MASTER_RX };

enum { EVENT_FRAME, EVENTS };

struct spi_state {
    uint32_t reg[REGS];     /* DR: the receive data register */
    uint32_t reserved;      /* keeps the struct free of unnamed padding */
    struct ticker clock;    /* of the bus, or of I2S as a master */
    uint64_t end;           /* tick at which the frame under way ends */
    uint16_t tdr;           /* full while TXE = 0 */
    uint16_t shift;         /* what the frame under way sends */
    uint16_t gathered;      /* slave: the first byte of a 16-bit frame */
    uint8_t shifting;       /* a frame is under way */
    uint8_t crc_frame;      /* and it is the CRC */
    uint8_t half;           /* slave: `gathered` holds a byte; I2S: the second half of a long word is next */
    uint8_t right;          /* I2S: the next word is the right channel's */
    uint8_t modf_seen;      /* SR was read while MODF = 1 */
    uint8_t ovr_dr_read;    /* DR was read while OVR = 1 */
    uint8_t stopped;        /* the clock gate is closed */
    uint8_t unused[3];
};

/* ---- modes ---- */

static bool i2s_mode(const struct spi_state *s)
{
    return s->reg[I2SCFGR] & I2S_I2SMOD;
}

static unsigned i2s_config(const struct spi_state *s)
{
    return s->reg[I2SCFGR] >> I2S_CFG_LSB & 3;
}

static bool enabled(const struct spi_state *s)
{
    return i2s_mode(s) ? s->reg[I2SCFGR] & I2S_I2SE : s->reg[CR1] & CR1_SPE;
}

static bool master(const struct spi_state *s)
{
    return i2s_mode(s) ? i2s_config(s) >= I2S_MASTER_TX : s->reg[CR1] & CR1_MSTR;
}

/* One line for both directions, as an input. */
static bool bidi_input(const struct spi_state *s)
{
    return (s->reg[CR1] & (CR1_BIDIMODE | CR1_BIDIOE)) == CR1_BIDIMODE;
}

static bool sends(const struct spi_state *s)
{
    if (i2s_mode(s))
        return i2s_config(s) == I2S_MASTER_TX || i2s_config(s) == I2S_SLAVE_TX;
    return s->reg[CR1] & CR1_BIDIMODE ? s->reg[CR1] & CR1_BIDIOE : !(s->reg[CR1] & CR1_RXONLY);
}

static bool receives(const struct spi_state *s)
{
    if (i2s_mode(s))
        return !sends(s);
    return !(s->reg[CR1] & CR1_BIDIMODE) || bidi_input(s);
}

static unsigned frame_bits(const struct spi_state *s)
{
    return s->reg[CR1] & CR1_DFF ? 16 : 8;
}

/* Ticks of one data register's worth of I2S (RM0090 28.4.4); two of them make a channel of 24 or 32 bits. */
static uint64_t i2s_ticks(const struct spi_state *s)
{
    uint32_t cfg = s->reg[I2SCFGR], pr = s->reg[I2SPR];
    uint32_t divider = 2 * (pr & 0xFF) + !!(pr & I2SPR_ODD);
    bool two_halves = cfg & I2S_DATLEN;
    uint32_t bits = pr & I2SPR_MCKOE ? 128 : two_halves || cfg & I2S_CHLEN ? 32 : 16;

    return (uint64_t)bits * (divider ? divider : 1) / (two_halves ? 2 : 1);
}

static uint64_t frame_ticks(const struct spi_state *s)
{
    if (i2s_mode(s))
        return i2s_ticks(s);
    return (uint64_t)frame_bits(s) << ((s->reg[CR1] >> CR1_BR_LSB & 7) + 1);
}

/* ---- outputs and time ---- */

/* The lines of a master as a level between frames: nobody sees the bits of a frame on them. */
static bool drives(const struct spi_state *s)
{
    return !i2s_mode(s) && enabled(s) && master(s);
}

static bool drives_nss(const struct spi_state *s)
{
    return s->reg[CR2] & CR2_SSOE && (s->reg[CR1] & (CR1_SSM | CR1_MSTR)) == CR1_MSTR;
}

static void update_outputs(struct device *d)
{
    const struct spi_state *s = d->state;
    uint32_t sr = s->reg[SR], cr1 = s->reg[CR1], cr2 = s->reg[CR2];
    bool selecting = drives_nss(s) && cr1 & CR1_SPE;

    irq_set(d, 0, (sr & SR_TXE && cr2 & CR2_TXEIE) || (sr & SR_RXNE && cr2 & CR2_RXNEIE) ||
                      (sr & SR_ERRORS && cr2 & CR2_ERRIE));
    signal_set(d, SPI_OUT_DMA_TX, sr & SR_TXE && cr2 & CR2_TXDMAEN);
    signal_set(d, SPI_OUT_DMA_RX, sr & SR_RXNE && cr2 & CR2_RXDMAEN);
    signal_put(d, SPI_OUT_NSS, !drives_nss(s) ? SIGNAL_RELEASED : selecting ? SIGNAL_LOW : SIGNAL_HIGH);
    signal_put(d, SPI_OUT_SCK, !drives(s) ? SIGNAL_RELEASED : cr1 & CR1_CPOL ? SIGNAL_HIGH : SIGNAL_LOW);
    signal_put(d, SPI_OUT_MOSI, drives(s) && sends(s) ? SIGNAL_LOW : SIGNAL_RELEASED);
}

static void reclock(struct device *d)
{
    struct spi_state *s = d->state;
    unsigned source = i2s_mode(s) && master(s) ? CLOCK_PLLI2S : device_clock(d);

    if (s->stopped)
        ticker_stop(&s->clock, d);
    else
        ticker_rate(&s->clock, d, source, 1);
    sched_at(d, EVENT_FRAME, s->shifting ? ticker_when(&s->clock, s->end) : VTIME_NEVER);
}

static void gated(struct device *d, bool on)
{
    struct spi_state *s = d->state;

    s->stopped = !on;
    reclock(d);
}

/* ---- CRC ---- */

/* RM0090 28.3.6: most significant bit first, over frames of 8 or 16 bits. */
static uint32_t crc_step(const struct spi_state *s, uint32_t crc, uint32_t data)
{
    unsigned bits = frame_bits(s);
    uint32_t top = 1u << (bits - 1);

    crc ^= data;
    for (unsigned i = 0; i < bits; i++)
        crc = crc & top ? crc << 1 ^ s->reg[CRCPR] : crc << 1;
    return crc & ((top << 1) - 1);
}

/* ---- words received ---- */

static bool someone_listens(const struct spi_state *s)
{
    return s->reg[CR2] & (CR2_RXNEIE | CR2_RXDMAEN) || !sends(s);
}

/* On overrun the older word stays. Transmit-only drivers overrun on purpose: no report for those. */
static void receive(struct device *d, uint16_t word)
{
    struct spi_state *s = d->state;

    if (!(s->reg[SR] & SR_RXNE)) {
        s->reg[DR] = word;
        s->reg[SR] |= SR_RXNE;
        return;
    }
    s->reg[SR] |= SR_OVR;
    if (someone_listens(s))
        diag_guest(d, DIAG_OVERRUN, SR, "OVR: 0x%02X arrived before 0x%02X had been read, and is lost", word,
                   s->reg[DR]);
}

static void receive_frame(struct device *d, uint16_t word)
{
    struct spi_state *s = d->state;

    if (s->crc_frame) {
        if (word != s->reg[RXCRCR])
            s->reg[SR] |= SR_CRCERR;
    } else if (s->reg[CR1] & CR1_CRCEN) {
        s->reg[RXCRCR] = crc_step(s, s->reg[RXCRCR], word);
    }
    receive(d, word);
}

/* ---- master: frames ---- */

static void start_frame(struct device *d)
{
    struct spi_state *s = d->state;

    s->shifting = true;
    s->end = ticker_read(&s->clock, d) + frame_ticks(s);
    if (!bidi_input(s) || i2s_mode(s))
        s->reg[SR] |= SR_BSY;
    sched_at(d, EVENT_FRAME, ticker_when(&s->clock, s->end));
    signal_set(d, SPI_OUT_I2S_FRAME, i2s_mode(s));
}

/* The shift register takes the transmit data register. */
static void load_shift(struct spi_state *s)
{
    s->shift = s->tdr;
    s->crc_frame = false;
    s->reg[SR] |= SR_TXE;
    if (s->reg[CR1] & CR1_CRCEN && !i2s_mode(s))
        s->reg[TXCRCR] = crc_step(s, s->reg[TXCRCR], frame_bits(s) == 8 ? s->shift & 0xFF : s->shift);
}

/* After the last data comes the CRC. The hardware clears CRCNEXT: drivers never do. */
static bool crc_due(const struct spi_state *s)
{
    return !i2s_mode(s) && (s->reg[CR1] & (CR1_CRCEN | CR1_CRCNEXT)) == (CR1_CRCEN | CR1_CRCNEXT);
}

static void load_crc(struct spi_state *s)
{
    s->shift = (uint16_t)s->reg[TXCRCR];
    s->crc_frame = true;
}

static void end_crc(struct spi_state *s)
{
    if (s->crc_frame)
        s->reg[CR1] &= ~(uint32_t)CR1_CRCNEXT;
    s->crc_frame = false;
}

/* The wires are free: does a master go on? A pure receiver clocks as long as it is enabled. */
static void next_frame(struct device *d)
{
    struct spi_state *s = d->state;

    if (s->shifting || !enabled(s) || !master(s))
        return;
    if (sends(s) && !(s->reg[SR] & SR_TXE)) {
        load_shift(s);
    } else if (crc_due(s)) {
        load_crc(s);
    } else if (!sends(s)) {
        s->shift = 0xFFFF;
        s->crc_frame = false;
    } else {
        return;
    }
    start_frame(d);
}

static uint16_t reversed(uint16_t word, unsigned bits)
{
    uint16_t out = 0;

    for (unsigned i = 0; i < bits; i++)
        if (word >> i & 1)
            out |= (uint16_t)(1u << (bits - 1 - i));
    return out;
}

/* A byte to the board and back, as far as the pins let it: without a clock nobody takes it, an output that is on no
 * pin reads as an idle line at the other end, and so does an input here. */
static uint8_t exchange_byte(struct device *d, uint8_t byte)
{
    struct spi_state *s = d->state;
    bool bidi = s->reg[CR1] & CR1_BIDIMODE;
    uint8_t answer;

    if (!signal_leaves(d, SPI_OUT_SCK))
        return LINK_RELEASED;
    answer = link_drive(d, LINK_SPI_BYTE, signal_leaves(d, SPI_OUT_MOSI) ? byte : LINK_RELEASED);
    return signal_arrives(d, bidi ? SPI_IN_MOSI : SPI_IN_MISO) ? answer : LINK_RELEASED;
}

/* The frame goes over the wires in the order of its bits. */
static uint16_t exchange(struct device *d)
{
    struct spi_state *s = d->state;
    unsigned bits = frame_bits(s);
    bool reverse = s->reg[CR1] & CR1_LSBFIRST;
    uint16_t out = reverse ? reversed(s->shift, bits) : s->shift, in = 0;

    for (int shift = (int)bits - 8; shift >= 0; shift -= 8)
        in = (uint16_t)(in << 8 | exchange_byte(d, (uint8_t)(out >> shift)));
    return reverse ? reversed(in, bits) : in;
}

/* I2S: the side of the next word; a word of 24 or 32 bits passes the data register in two halves. */
static void advance_side(struct spi_state *s)
{
    s->half = s->reg[I2SCFGR] & I2S_DATLEN ? !s->half : 0;
    if (!s->half)
        s->right = !s->right;
}

static void show_side(struct spi_state *s)
{
    s->reg[SR] = (s->reg[SR] & ~(uint32_t)SR_CHSIDE) | (s->right ? SR_CHSIDE : 0);
}

static void end_i2s(struct device *d)
{
    struct spi_state *s = d->state;

    if (receives(s)) {
        show_side(s);
        receive(d, 0);
        advance_side(s);
    } else {
        advance_side(s);
        show_side(s);
    }
    signal_set(d, SPI_OUT_I2S_FRAME, false);
}

static void frame_done(struct device *d, unsigned event)
{
    struct spi_state *s = d->state;
    uint16_t in;

    (void)event;
    s->shifting = false;
    if (i2s_mode(s)) {
        end_i2s(d);
    } else {
        in = exchange(d);
        if (receives(s))
            receive_frame(d, in);
        end_crc(s);
    }
    next_frame(d);
    if (!s->shifting)
        s->reg[SR] &= ~(uint32_t)SR_BSY;
    update_outputs(d);
}

/* ---- slave ---- */

static bool slave_selected(const struct spi_state *s)
{
    return !(s->reg[CR1] & CR1_SSM) || !(s->reg[CR1] & CR1_SSI);
}

/* What the slave shows on MISO during the next frame; without new data the last one goes out again. */
static uint16_t slave_word(struct spi_state *s)
{
    if (!(s->reg[SR] & SR_TXE))
        load_shift(s);
    else if (crc_due(s))
        load_crc(s);
    return s->reg[CR1] & CR1_LSBFIRST ? reversed(s->shift, frame_bits(s)) : s->shift;
}

/* A byte from a master elsewhere: the whole frame of 8 bits, or half of one of 16. */
static uint8_t slave_link(struct device *d, unsigned action, uint8_t value)
{
    struct spi_state *s = d->state;
    unsigned bits = frame_bits(s);
    uint16_t out, in;

    if (action != LINK_SPI_BYTE || s->stopped || i2s_mode(s) || master(s) || !enabled(s) || !slave_selected(s))
        return LINK_RELEASED;
    if (bits == 16 && !s->half) {
        out = slave_word(s);
        s->gathered = value;
        s->half = true;
        update_outputs(d);
        return sends(s) ? (uint8_t)(out >> 8) : LINK_RELEASED;
    }
    out = bits == 16 ? (s->reg[CR1] & CR1_LSBFIRST ? reversed(s->shift, 16) : s->shift) : slave_word(s);
    in = bits == 16 ? (uint16_t)(s->gathered << 8 | value) : value;
    s->half = false;
    if (receives(s))
        receive_frame(d, s->reg[CR1] & CR1_LSBFIRST ? reversed(in, bits) : in);
    end_crc(s);
    update_outputs(d);
    return sends(s) ? (uint8_t)out : LINK_RELEASED;
}

/* The I2S block of which this is the other direction begins or ends a word. */
static void ext_frame(struct device *d, bool level)
{
    struct spi_state *s = d->state;

    if (!i2s_mode(s) || master(s) || !enabled(s))
        return;
    if (level && sends(s)) {
        if (s->reg[SR] & SR_TXE)
            s->reg[SR] |= SR_UDR;
        else
            load_shift(s);
    } else if (!level) {
        end_i2s(d);
    }
    s->reg[SR] = level ? s->reg[SR] | SR_BSY : s->reg[SR] & ~(uint32_t)SR_BSY;
    update_outputs(d);
}

/* ---- NSS ---- */

static bool nss_low(const struct device *d)
{
    const struct spi_state *s = d->state;

    if (s->reg[CR1] & CR1_SSM)
        return !(s->reg[CR1] & CR1_SSI);
    return !(s->reg[CR2] & CR2_SSOE) && signal_state(d, SPI_IN_NSS) == SIGNAL_LOW;
}

/* A master whose NSS is low believes that another master has the bus (RM0090 28.3.10). */
static void check_mode_fault(struct device *d)
{
    struct spi_state *s = d->state;
    uint32_t on = CR1_SPE | CR1_MSTR;

    if (i2s_mode(s) || (s->reg[CR1] & on) != on || !nss_low(d))
        return;
    s->reg[SR] = (s->reg[SR] | SR_MODF) & ~(uint32_t)SR_BSY;
    s->reg[CR1] &= ~on;
    s->shifting = false;
    sched_cancel(d, EVENT_FRAME);
    diag_guest(d, DIAG_SEQUENCE, CR1, "MODF: NSS is low in master mode (%s): SPE and MSTR are cleared",
               s->reg[CR1] & CR1_SSM ? "SSM = 1, SSI = 0" : "the pin, and SSOE = 0");
}

static void input_changed(struct device *d, unsigned input, bool level)
{
    if (input == SPI_IN_I2S_FRAME) {
        ext_frame(d, level);
        return;
    }
    check_mode_fault(d);
    update_outputs(d);
}

/* ---- registers ---- */

static void write_cr1(struct device *d, uint32_t value, uint32_t lanes)
{
    struct spi_state *s = d->state;
    uint32_t old = s->reg[CR1], now = reg_store(d, CR1, value, lanes);

    if (s->modf_seen) {
        s->reg[SR] &= ~(uint32_t)SR_MODF;
        s->modf_seen = false;
    }
    if (s->reg[SR] & SR_MODF)
        s->reg[CR1] &= ~(uint32_t)(CR1_SPE | CR1_MSTR);
    if (old & now & CR1_SPE && (old ^ now) & CR1_FIXED)
        diag_guest(d, DIAG_SEQUENCE, CR1, "bits 0x%X changed while SPE = 1", (old ^ now) & CR1_FIXED);
    if (now & ~old & CR1_CRCEN)
        s->reg[RXCRCR] = s->reg[TXCRCR] = 0;
    if (!(now & CR1_SPE))
        s->half = false;
    check_mode_fault(d);
    next_frame(d);
}

static void write_data(struct device *d, uint32_t value)
{
    struct spi_state *s = d->state;

    if (!(s->reg[SR] & SR_TXE))
        diag_guest(d, DIAG_SEQUENCE, DR, "written while TXE = 0: 0x%02X, which waited there, is lost", s->tdr);
    if (drives(s) && !signal_leaves(d, SPI_OUT_SCK))
        diag_guest(d, DIAG_PIN, DR, "sent, but no pin has %s_SCK: no device is clocked", d->name);
    s->tdr = (uint16_t)value;
    s->reg[SR] &= ~(uint32_t)SR_TXE;
    next_frame(d);
}

static void write_i2scfgr(struct device *d, uint32_t value, uint32_t lanes)
{
    struct spi_state *s = d->state;
    uint32_t old = s->reg[I2SCFGR], now = reg_store(d, I2SCFGR, value, lanes);

    if (now & ~old & I2S_I2SE) {
        s->right = s->half = 0;
        s->reg[SR] &= ~(uint32_t)SR_CHSIDE;
    }
    if ((old ^ now) & I2S_I2SMOD && s->shifting) {
        s->shifting = false;
        s->reg[SR] &= ~(uint32_t)SR_BSY;
        signal_set(d, SPI_OUT_I2S_FRAME, false);
    }
    reclock(d);
    next_frame(d);
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    switch (reg) {
    case CR1:
        write_cr1(d, value, lanes);
        break;
    case DR:
        write_data(d, value);
        break;
    case I2SCFGR:
        write_i2scfgr(d, value, lanes);
        break;
    default:
        reg_store(d, reg, value, lanes);
        check_mode_fault(d);
        break;
    }
    update_outputs(d);
}

/* OVR goes with a read of DR and then of SR; MODF with a read of SR and then a write of CR1; UDR with a read of
 * SR. */
static uint32_t read(struct device *d, unsigned reg)
{
    struct spi_state *s = d->state;
    uint32_t value = s->reg[reg];

    if (reg == DR) {
        s->reg[SR] &= ~(uint32_t)SR_RXNE;
        s->ovr_dr_read = !!(s->reg[SR] & SR_OVR);
    } else {
        s->modf_seen = !!(value & SR_MODF);
        s->reg[SR] &= ~(uint32_t)(SR_UDR | (s->ovr_dr_read ? SR_OVR : 0));
        s->ovr_dr_read = false;
    }
    update_outputs(d);
    return value;
}

static void reset(struct device *d, enum reset_kind kind)
{
    struct spi_state *s = d->state;

    (void)kind;
    memset(&s->reserved, 0, sizeof *s - offsetof(struct spi_state, reserved));
    ticker_start(&s->clock, d, device_clock(d), 1);
    update_outputs(d);
}

/* ---- description ---- */

#define PLAIN_16(label, at, initial, mask, ...)                                                    \
    {.name = label, .offset = at, .width = 16, .reset = initial, .readable = mask,                 \
     .writable = mask, .fields = FIELDS(__VA_ARGS__)}
#define CONST_16(label, at, field)                                                                 \
    {.name = label, .offset = at, .width = 16, .readable = 0xFFFF, .fields = FIELDS(BITS(field, 0, 16))}

/* What the blocks with and without I2S have in common. */
#define COMMON_ROWS                                                                                \
    [CR1] = PLAIN_16("CR1", 0x00, 0, 0xFFFF, BIT("CPHA", 0), BIT("CPOL", 1), BIT("MSTR", 2),       \
                     BITS("BR", 3, 3), BIT("SPE", 6), BIT("LSBFIRST", 7), BIT("SSI", 8),           \
                     BIT("SSM", 9), BIT("RXONLY", 10), BIT("DFF", 11), BIT("CRCNEXT", 12),         \
                     BIT("CRCEN", 13), BIT("BIDIOE", 14), BIT("BIDIMODE", 15)),                    \
    [DR] = {.name = "DR", .offset = 0x0C, .width = 16, .flags = REG_READ_EFFECT,                   \
            .readable = 0xFFFF, .action = 0xFFFF, .fields = FIELDS(BITS("DR", 0, 16))},            \
    [CRCPR] = PLAIN_16("CRCPR", 0x10, 7, 0xFFFF, BITS("CRCPOLY", 0, 16)),                          \
    [RXCRCR] = CONST_16("RXCRCR", 0x14, "RxCRC"), [TXCRCR] = CONST_16("TXCRCR", 0x18, "TxCRC")

#define CR2_FIELDS BIT("RXDMAEN", 0), BIT("TXDMAEN", 1), BIT("SSOE", 2), BIT("ERRIE", 5),          \
    BIT("RXNEIE", 6), BIT("TXEIE", 7)
#define SR_FIELDS BIT("RXNE", 0), BIT("TXE", 1), BIT("CRCERR", 4), BIT("MODF", 5), BIT("OVR", 6), BIT("BSY", 7)
#define SR_ROW(mask, ...)                                                                          \
    {.name = "SR", .offset = 0x08, .width = 16, .flags = REG_READ_EFFECT, .reset = SR_TXE,         \
     .readable = mask, .w0c = SR_CRCERR, .fields = FIELDS(__VA_ARGS__)}

static const struct reg regs[REGS] = {
    COMMON_ROWS,
    [CR2] = PLAIN_16("CR2", 0x04, 0, 0xF7, CR2_FIELDS, BIT("FRF", 4)),
    [SR] = SR_ROW(0x1FF, SR_FIELDS, BIT("CHSIDE", 2), BIT("UDR", 3), BIT("FRE", 8)),
    [I2SCFGR] = PLAIN_16("I2SCFGR", 0x1C, 0, 0xFBF, BIT("CHLEN", 0), BITS("DATLEN", 1, 2),
                         BIT("CKPOL", 3), BITS("I2SSTD", 4, 2), BIT("PCMSYNC", 7),
                         BITS("I2SCFG", 8, 2), BIT("I2SE", 10), BIT("I2SMOD", 11)),
    [I2SPR] = PLAIN_16("I2SPR", 0x20, 2, 0x3FF, BITS("I2SDIV", 0, 8), BIT("ODD", 8), BIT("MCKOE", 9)),
};

static const struct reg plain_regs[REGS] = {
    COMMON_ROWS,
    [CR2] = PLAIN_16("CR2", 0x04, 0, 0xE7, CR2_FIELDS),
    [SR] = SR_ROW(0xF3, SR_FIELDS),
    [I2SCFGR] = {.name = "I2SCFGR", .offset = 0x1C, .width = 16, .flags = REG_PAD},
    [I2SPR] = {.name = "I2SPR", .offset = 0x20, .width = 16, .flags = REG_PAD},
};

#define SPI_OPS(label, table)                                                                      \
    {                                                                                              \
        .name = (label), .regs = (table), .reg_count = REGS, .state_size = sizeof(struct spi_state), \
        .events = EVENTS, .outputs = SPI_OUTPUTS, .inputs = SPI_INPUTS, .reset = reset,            \
        .read = read, .write = write, .event = frame_done, .signal = input_changed,                \
        .clock = reclock, .gated = gated, .link = slave_link,                                      \
    }

const struct device_ops spi_v1_ops = SPI_OPS("spi_v1", regs);
const struct device_ops spi_v1_plain_ops = SPI_OPS("spi_v1_plain", plain_regs);
