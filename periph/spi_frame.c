/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SPI and I2S: frames on the lines (RM0090 28.3.1 to 28.3.6). See spi_v1.c.
 *
 * A bit of a master's begins with its level on the data line and is sampled in its middle; there is an edge of SCK in
 * the middle and one at the beginning (CPHA = 1) or at the end. While nobody waits for edges, frames are single
 * events, and the level of the data input at the end counts for all that were not looked at.
 */
#include "core/link.h"
#include "core/schedule.h"
#include "periph/spi_state.h"

/* ---- the lines ---- */

static bool idles_high(const struct spi_state *s)
{
    return i2s_mode(s) ? s->reg[I2SCFGR] & I2S_CKPOL : s->reg[CR1] & CR1_CPOL;
}

/* Data is sampled on the edge back to the idle level. */
static bool samples_late(const struct spi_state *s)
{
    return !i2s_mode(s) && s->reg[CR1] & CR1_CPHA;
}

/* A master, until its last frame is over. */
static bool leads(const struct spi_state *s)
{
    return s->shifting || spi_master(s);
}

static bool drives(const struct spi_state *s)
{
    return s->shifting || (spi_master(s) && spi_enabled(s));
}

/* Which half of which bit is on the lines: counted while somebody watches, else worked out. */
static unsigned half_now(const struct device *d)
{
    const struct spi_state *s = d->state;
    uint64_t half = s->watched || !s->shifting ? s->half : (ticker_read(&s->clock, d) - s->begin) * 2 / s->bit;

    return half < 2u * s->bits ? (unsigned)half : 2u * s->bits - 1;
}

enum signal_state spi_sck(const struct device *d)
{
    const struct spi_state *s = d->state;
    bool active = s->shifting && (half_now(d) & 1) != samples_late(s);

    if (!drives(s))
        return SIGNAL_RELEASED;
    return active != idles_high(s) ? SIGNAL_HIGH : SIGNAL_LOW;
}

static enum signal_state level(bool high)
{
    return high ? SIGNAL_HIGH : SIGNAL_LOW;
}

/* The far end of a line that only comes in holds it high; I2S leaves it alone. */
static enum signal_state heard(const struct spi_state *s)
{
    return spi_enabled(s) && !i2s_mode(s) ? SIGNAL_PULLED : SIGNAL_RELEASED;
}

static bool bidirectional(const struct spi_state *s)
{
    return !i2s_mode(s) && s->reg[CR1] & CR1_BIDIMODE;
}

/* The line that a slave, and an I2S block of either kind, has for what it sends. */
static enum signal_state slave_line(const struct device *d)
{
    const struct spi_state *s = d->state;

    return spi_enabled(s) && spi_sends(s) && spi_selected(d) ? level(s->line) : SIGNAL_RELEASED;
}

static enum signal_state master_line(const struct device *d)
{
    const struct spi_state *s = d->state;

    if (!drives(s) || !spi_sends(s))
        return SIGNAL_RELEASED;
    return level(s->shifting ? s->out >> (s->bits - 1 - half_now(d) / 2) & 1 : s->line);
}

enum signal_state spi_mosi(const struct device *d)
{
    const struct spi_state *s = d->state;

    if (!leads(s))
        return i2s_mode(s) ? slave_line(d) : bidirectional(s) ? SIGNAL_RELEASED : heard(s);
    return spi_bidi_input(s) ? heard(s) : master_line(d);
}

enum signal_state spi_miso(const struct device *d)
{
    const struct spi_state *s = d->state;

    if (i2s_mode(s))
        return SIGNAL_RELEASED;
    if (leads(s))
        return bidirectional(s) ? SIGNAL_RELEASED : heard(s);
    return spi_bidi_input(s) ? heard(s) : slave_line(d);
}

/* I2S has WS on the line of NSS. */
enum signal_state spi_ws(const struct device *d)
{
    const struct spi_state *s = d->state;

    if (!drives(s))
        return SIGNAL_RELEASED;
    return level(s->shifting ? i2s_ws(s, half_now(d) / 2) : i2s_resting_ws(s));
}

/* What a master hears on MISO, a slave hears on MOSI; a single line is the one that each of them would send on. */
static unsigned data_input(const struct spi_state *s)
{
    if (i2s_mode(s))
        return SPI_IN_MOSI;
    return leads(s) != bidirectional(s) ? SPI_IN_MISO : SPI_IN_MOSI;
}

/* Bits that nobody sends are 1, but 0 in I2S. */
static bool data_level(const struct device *d)
{
    enum signal_state state = signal_state(d, data_input(d->state));

    return i2s_mode(d->state) ? state & 1 : state != SIGNAL_LOW;
}

/* The level of now for all bits up to `count`. */
static void sample_to(struct device *d, unsigned count)
{
    struct spi_state *s = d->state;
    bool high = data_level(d);

    for (; s->sampled < count; s->sampled++)
        s->in = s->in << 1 | high;
}

/* ---- words and patterns ---- */

static unsigned frame_bits(const struct spi_state *s)
{
    return s->reg[CR1] & CR1_DFF ? 16 : 8;
}

static uint32_t reversed(uint32_t word, unsigned bits)
{
    uint32_t out = 0;

    for (unsigned i = 0; i < bits; i++)
        out |= (word >> i & 1) << (bits - 1 - i);
    return out;
}

/* A word in the order of its bits on the line, and back. */
static uint32_t in_order(const struct spi_state *s, uint32_t word)
{
    unsigned bits = frame_bits(s);

    return s->reg[CR1] & CR1_LSBFIRST ? reversed(word, bits) : word & ((1u << bits) - 1);
}

static uint32_t pattern(const struct spi_state *s, uint16_t word)
{
    return i2s_mode(s) ? i2s_pattern(s, word) : in_order(s, word);
}

/* ---- CRC ---- */

/* RM0090 28.3.6: most significant bit first, over frames of 8 or 16 bits. */
static uint32_t crc_step(const struct spi_state *s, uint32_t crc, uint32_t data)
{
    unsigned bits = frame_bits(s);
    uint32_t top = 1u << (bits - 1);

    crc ^= data & ((top << 1) - 1);
    for (unsigned i = 0; i < bits; i++)
        crc = crc & top ? crc << 1 ^ s->reg[CRCPR] : crc << 1;
    return crc & ((top << 1) - 1);
}

static bool crc_on(const struct spi_state *s)
{
    return s->reg[CR1] & CR1_CRCEN && !i2s_mode(s);
}

/* After the last data comes the CRC. */
static bool crc_due(const struct spi_state *s)
{
    return crc_on(s) && (s->reg[CR1] & CR1_CRCNEXT || s->dma_ended);
}

static void load_word(struct spi_state *s)
{
    s->shift = s->tdr;
    s->reg[SR] |= SR_TXE;
    if (i2s_mode(s))
        i2s_loaded(s);
    s->crc_frame = false;
    if (crc_on(s))
        s->reg[TXCRCR] = crc_step(s, s->reg[TXCRCR], s->shift);
}

static void load_crc(struct spi_state *s)
{
    s->shift = (uint16_t)s->reg[TXCRCR];
    s->crc_frame = true;
}

/* The hardware clears CRCNEXT: drivers never do. */
static void end_crc(struct spi_state *s)
{
    if (s->crc_frame) {
        s->reg[CR1] &= ~(uint32_t)CR1_CRCNEXT;
        s->dma_ended = false;
    }
    s->crc_frame = false;
}

/* RM0090 28.3.9: nobody sets CRCNEXT then. By the time that the last word has been read, the frame behind it may have
 * begun. */
void spi_dma_ended(struct device *d, bool sending)
{
    struct spi_state *s = d->state;
    uint32_t both = CR2_TXDMAEN | CR2_RXDMAEN;

    if (!crc_on(s) || (!sending && (s->reg[CR2] & both) == both))
        return;
    if (!sending && (s->shifting || s->reg[SR] & SR_BSY))
        s->crc_frame = true;
    else
        s->dma_ended = true;
    spi_next_frame(d);
    spi_update(d);
}

static void receive_frame(struct device *d, uint16_t word)
{
    struct spi_state *s = d->state;

    if (s->crc_frame) {
        if (word != s->reg[RXCRCR])
            s->reg[SR] |= SR_CRCERR;
    } else if (crc_on(s)) {
        s->reg[RXCRCR] = crc_step(s, s->reg[RXCRCR], word);
    }
    spi_receive(d, word);
}

/* All bits have come in. */
static void end_frame(struct device *d)
{
    struct spi_state *s = d->state;

    if (i2s_mode(s)) {
        i2s_end(d, i2s_word(s, s->in));
    } else {
        if (spi_receives(s))
            receive_frame(d, (uint16_t)in_order(s, s->in));
        end_crc(s);
    }
    s->sampled = 0;
}

/* ---- master ---- */

void spi_schedule(struct device *d)
{
    const struct spi_state *s = d->state;
    uint64_t next = s->begin + ((s->half + (uint64_t)1) * s->bit + 1) / 2;
    bool edges = s->shifting && s->watched && s->half + 1u < 2u * s->bits;

    sched_at(d, EVENT_EDGE, edges ? ticker_when(&s->clock, next) : VTIME_NEVER);
    sched_at(d, EVENT_FRAME, s->shifting ? ticker_when(&s->clock, s->end) : VTIME_NEVER);
}

static void start_frame(struct device *d)
{
    struct spi_state *s = d->state;

    s->shifting = true;
    s->bits = (uint8_t)(i2s_mode(s) ? i2s_bits(s) : frame_bits(s));
    s->bit = i2s_mode(s) ? i2s_bit_ticks(s) : 2u << (s->reg[CR1] >> CR1_BR_LSB & 7);
    s->out = pattern(s, s->shift);
    s->in = s->sampled = s->half = 0;
    s->begin = ticker_read(&s->clock, d);
    s->end = s->begin + (uint64_t)s->bits * s->bit;
    if (!spi_bidi_input(s))
        s->reg[SR] |= SR_BSY;
    spi_schedule(d);
    if (i2s_mode(s))
        signal_set(d, SPI_OUT_I2S_FRAME, true);
}

/* The wires are free: does a master go on? A pure receiver clocks as long as it is enabled. */
void spi_next_frame(struct device *d)
{
    struct spi_state *s = d->state;

    if (s->shifting || !spi_enabled(s) || !spi_master(s))
        return;
    if (spi_sends(s) && !(s->reg[SR] & SR_TXE)) {
        load_word(s);
    } else if (crc_due(s)) {
        load_crc(s);
    } else if (!spi_sends(s)) {
        s->shift = 0xFFFF;
        s->crc_frame = false;
    } else {
        return;
    }
    start_frame(d);
}

/* What is sampled now is what was on the line before this edge of SCK. */
static void next_half(struct device *d)
{
    struct spi_state *s = d->state;

    s->half++;
    if (s->half & 1)
        sample_to(d, s->half / 2 + 1);
}

void spi_edge(struct device *d)
{
    next_half(d);
    spi_schedule(d);
    spi_update(d);
}

/* A byte to the board and back, as far as the pins let it: without a clock nobody takes it, an output that is on no
 * pin reads as an idle line at the other end, and so does an input here. */
static uint8_t exchange_byte(struct device *d, uint8_t byte)
{
    const struct spi_state *s = d->state;
    uint8_t answer;

    if (!s->sck_leaves)
        return LINK_RELEASED;
    answer = link_drive(d, LINK_SPI_BYTE, s->mosi_leaves ? byte : LINK_RELEASED);
    return signal_arrives(d, data_input(s)) ? answer : LINK_RELEASED;
}

/* Devices of the board that take whole bytes do so at the end of the frame. */
static uint32_t exchange(struct device *d)
{
    const struct spi_state *s = d->state;
    uint32_t in = 0;

    for (int shift = s->bits - 8; shift >= 0; shift -= 8)
        in = in << 8 | exchange_byte(d, (uint8_t)(s->out >> shift));
    return in;
}

void spi_frame_done(struct device *d)
{
    struct spi_state *s = d->state;

    while (s->watched && s->half + 1u < 2u * s->bits) {     /* its clock is faster than the core's */
        next_half(d);
        spi_update(d);
    }
    sample_to(d, s->bits);
    s->line = s->out & 1;
    s->shifting = false;
    if (!i2s_mode(s))
        s->in &= exchange(d);
    end_frame(d);
    spi_next_frame(d);
    if (!s->shifting)
        s->reg[SR] &= ~(uint32_t)SR_BSY;
    spi_update(d);
}

void spi_abort(struct device *d)
{
    struct spi_state *s = d->state;

    s->shifting = false;
    s->sampled = 0;
    s->reg[SR] &= ~(uint32_t)SR_BSY;
    spi_schedule(d);
    signal_set(d, SPI_OUT_I2S_FRAME, false);
}

/* Bits that went by while nobody watched. */
void spi_catch_up(struct device *d)
{
    struct spi_state *s = d->state;

    if (!s->shifting)
        return;
    s->half = (uint8_t)half_now(d);
    sample_to(d, (s->half + 1u) / 2);
}

/* ---- slave ---- */

static bool slave_listens(const struct device *d)
{
    const struct spi_state *s = d->state;

    return spi_enabled(s) && !spi_master(s) && !s->stopped && spi_selected(d);
}

/* The first bit of a word begins. Without new data the last one goes out again. */
static void begin_word(struct device *d)
{
    struct spi_state *s = d->state;

    if (!(s->reg[SR] & SR_TXE) && spi_sends(s))
        load_word(s);
    else if (crc_due(s))
        load_crc(s);
    else if (i2s_mode(s) && spi_sends(s))
        s->reg[SR] |= SR_UDR;
    s->bits = (uint8_t)(i2s_mode(s) ? i2s_bits(s) : frame_bits(s));
    s->out = pattern(s, s->shift);
    s->in = s->sampled = 0;
    s->reg[SR] |= SR_BSY;
    if (i2s_mode(s))
        signal_set(d, SPI_OUT_I2S_FRAME, true);
}

/* The first bit of the next word, before the clock takes it. */
static bool waiting_bit(const struct spi_state *s)
{
    unsigned bits = i2s_mode(s) ? i2s_bits(s) : frame_bits(s);
    uint16_t word = !(s->reg[SR] & SR_TXE) ? s->tdr : crc_due(s) ? (uint16_t)s->reg[TXCRCR] : s->shift;

    return pattern(s, word) >> (bits - 1) & 1;
}

static void show_bit(struct spi_state *s)
{
    bool under_way = s->reg[SR] & SR_BSY && s->sampled < s->bits;

    s->line = under_way ? s->out >> (s->bits - 1 - s->sampled) & 1 : waiting_bit(s);
}

void spi_show(struct device *d)
{
    struct spi_state *s = d->state;

    if (!spi_master(s) && !(s->reg[SR] & SR_BSY) && !s->active && !samples_late(s))
        show_bit(s);
}

static void end_word(struct device *d)
{
    struct spi_state *s = d->state;

    s->reg[SR] &= ~(uint32_t)SR_BSY;
    end_frame(d);
}

static void slave_sample(struct device *d)
{
    const struct spi_state *s = d->state;

    if (!(s->reg[SR] & SR_BSY))     /* it was not meant when the word began */
        return;
    sample_to(d, s->sampled + 1u);
    if (s->sampled >= s->bits)
        end_word(d);
}

void spi_clock_changed(struct device *d, bool high)
{
    struct spi_state *s = d->state;
    bool active = high != idles_high(s);

    if (s->active == active)
        return;
    s->active = active;
    if (!slave_listens(d) || (i2s_mode(s) && active && !i2s_in_step(d)))
        return;
    if (active && !s->sampled)
        begin_word(d);
    if (active != samples_late(s))
        slave_sample(d);
    else
        show_bit(s);
    spi_update(d);
}

/* ---- the other direction of I2S ---- */

static bool ext_runs(const struct spi_state *s)
{
    return i2s_mode(s) && !spi_master(s) && spi_enabled(s);
}

void spi_ext_frame(struct device *d, bool begins)
{
    struct spi_state *s = d->state;

    if (!ext_runs(s))
        return;
    if (begins) {
        begin_word(d);
        show_bit(s);
    } else if (s->reg[SR] & SR_BSY) {
        sample_to(d, s->bits);
        end_word(d);
    }
    spi_update(d);
}

void spi_ext_clock(struct device *d, bool active)
{
    struct spi_state *s = d->state;

    if (!ext_runs(s) || !(s->reg[SR] & SR_BSY))
        return;
    if (!active)
        show_bit(s);
    else if (s->sampled < s->bits)
        sample_to(d, s->sampled + 1u);
    spi_update(d);
}
