/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * I2S (RM0090 28.4): its words on the line, its clocks, WS. See spi_v1.c.
 *
 * A frame is what the data register holds at a time: a channel, or half of one of 24 or 32 bits. CK has its active
 * edge in the middle of a bit; WS is on the line of NSS, the data on that of MOSI. Before the first frame WS rests as
 * it would be just before: a slave that is on by then starts with the first bit.
 *
 * The levels of WS for the left channel, and that a slave takes WS for its start alone, are from memory.
 */
#include "core/schedule.h"
#include "periph/clocks.h"
#include "periph/spi_state.h"

enum { PHILIPS, MSB_FIRST, LSB_FIRST, PCM };

enum { HALF = 16, LONG_SYNC = 13 };

static unsigned standard(const struct spi_state *s)
{
    return s->reg[I2SCFGR] >> I2S_STD_LSB & 3;
}

static bool two_halves(const struct spi_state *s)
{
    return s->reg[I2SCFGR] & I2S_DATLEN;
}

static bool only_24(const struct spi_state *s)
{
    return (s->reg[I2SCFGR] & I2S_DATLEN) == I2S_DATLEN_24;
}

static bool long_channel(const struct spi_state *s)
{
    return s->reg[I2SCFGR] & (I2S_DATLEN | I2S_CHLEN);
}

/* ---- words on the line ---- */

unsigned i2s_bits(const struct spi_state *s)
{
    return long_channel(s) && !two_halves(s) ? 2 * HALF : HALF;
}

/* Where a word of 16 bits is in a channel of 32: in front, or at the end. */
static unsigned padding(const struct spi_state *s)
{
    return i2s_bits(s) == HALF || standard(s) == LSB_FIRST ? 0 : HALF;
}

/* Of 24 bits, eight of one half are none: the last ones of the second, or the first ones of the first. */
static uint16_t kept_bits(const struct spi_state *s)
{
    if (!only_24(s))
        return 0xFFFF;
    if (standard(s) == LSB_FIRST)
        return s->low_half ? 0xFFFF : 0x00FF;
    return s->low_half ? 0xFF00 : 0xFFFF;
}

uint32_t i2s_pattern(const struct spi_state *s, uint16_t word)
{
    return (uint32_t)(word & kept_bits(s)) << padding(s);
}

uint16_t i2s_word(const struct spi_state *s, uint32_t pattern)
{
    return (uint16_t)(pattern >> padding(s)) & kept_bits(s);
}

/* ---- clocks ---- */

/* Ticks of MCK, or of CK where there is no MCK. */
static uint32_t divider(const struct spi_state *s)
{
    uint32_t pr = s->reg[I2SPR], ticks = 2 * (pr & 0xFF) + !!(pr & I2SPR_ODD);

    return ticks ? ticks : 1;
}

/* MCK has 256 periods in two channels. */
uint32_t i2s_bit_ticks(const struct spi_state *s)
{
    if (!(s->reg[I2SPR] & I2SPR_MCKOE))
        return divider(s);
    return divider(s) * (long_channel(s) ? 4 : 8);
}

static bool has_mck(const struct spi_state *s)
{
    return i2s_mode(s) && spi_master(s) && spi_enabled(s) && s->reg[I2SPR] & I2SPR_MCKOE;
}

static uint64_t mck_halves(const struct device *d)
{
    const struct spi_state *s = d->state;

    return ticker_read(&s->clock, d) * 2 / divider(s);
}

enum signal_state i2s_mck(const struct device *d)
{
    if (!has_mck(d->state))
        return SIGNAL_RELEASED;
    return mck_halves(d) & 1 ? SIGNAL_HIGH : SIGNAL_LOW;
}

void i2s_drive_mck(struct device *d)
{
    const struct spi_state *s = d->state;
    bool edges = has_mck(s) && signal_use(d, SPI_OUT_MCK) == SIGNAL_WATCHED;
    uint64_t next = edges ? ((mck_halves(d) + 1) * divider(s) + 1) / 2 : 0;

    signal_put(d, SPI_OUT_MCK, edges || !has_mck(s) ? i2s_mck(d) : SIGNAL_LOW);
    sched_at(d, EVENT_MCK, edges ? ticker_when(&s->clock, next) : VTIME_NEVER);
}

/* ---- channels ---- */

/* The last frame of its channel. */
static bool ends_channel(const struct spi_state *s)
{
    return !two_halves(s) || s->low_half;
}

static bool next_right(const struct spi_state *s)
{
    return ends_channel(s) ? !s->right : s->right;
}

static void advance(struct spi_state *s)
{
    s->right = next_right(s);
    s->low_half = two_halves(s) && !s->low_half;
}

static void show_side(struct spi_state *s, bool right)
{
    s->reg[SR] = (s->reg[SR] & ~(uint32_t)SR_CHSIDE) | (right ? SR_CHSIDE : 0);
}

/* CHSIDE comes with TXE, and says whose word is to be written. */
void i2s_loaded(struct spi_state *s)
{
    show_side(s, next_right(s));
}

void i2s_end(struct device *d, uint16_t word)
{
    struct spi_state *s = d->state;

    if (spi_receives(s)) {
        show_side(s, s->right);
        spi_receive(d, word);
    }
    advance(s);
    signal_set(d, SPI_OUT_I2S_FRAME, false);
}

/* ---- WS ---- */

/* WS changes with the bit in front of the one that it is about. */
static bool early(const struct spi_state *s)
{
    return standard(s) == PHILIPS || (standard(s) == PCM && !(s->reg[I2SCFGR] & I2S_PCMSYNC));
}

static bool left_level(const struct spi_state *s)
{
    return standard(s) != PHILIPS;
}

/* WS of PCM is a pulse in front of the channel's first bit, or with its first bits. */
static bool pcm_level(const struct spi_state *s, unsigned bit)
{
    unsigned in_channel = bit + (s->low_half ? HALF : 0);

    if (early(s))
        return ends_channel(s) && bit + 1u == i2s_bits(s);
    return in_channel < LONG_SYNC;
}

bool i2s_ws(const struct spi_state *s, unsigned bit)
{
    bool last = ends_channel(s) && bit + 1u == i2s_bits(s);

    if (standard(s) == PCM)
        return pcm_level(s, bit);
    return (early(s) && last ? !s->right : s->right) != left_level(s);
}

/* That of the left channel, or of the pulse in front of the first bit. */
bool i2s_resting_ws(const struct spi_state *s)
{
    return standard(s) == PCM ? early(s) : left_level(s);
}

/* ---- slave ---- */

void i2s_enable(struct device *d)
{
    struct spi_state *s = d->state;

    s->right = s->low_half = s->in_step = s->active = s->sampled = 0;
    s->ws = signal_input(d, SPI_IN_NSS);
    show_side(s, false);
}

/* A pulse that comes before the clock does. */
void i2s_ws_changed(struct device *d, bool level)
{
    struct spi_state *s = d->state;

    if (i2s_mode(s) && standard(s) == PCM && early(s) && !s->in_step)
        s->ws |= level;
}

/* Whether the first word begins with this bit; `was` is WS at the last one. */
static bool starts(const struct spi_state *s, bool was)
{
    if (standard(s) == PCM)
        return early(s) ? was : s->ws && !was;
    return s->ws == left_level(s) && (!early(s) || was == s->ws);
}

/* WS only says when to start; after that it must be where it is expected. */
bool i2s_in_step(struct device *d)
{
    struct spi_state *s = d->state;
    bool was = s->ws;

    s->ws = signal_input(d, SPI_IN_NSS);
    if (!s->in_step) {
        s->in_step = starts(s, was);
        return s->in_step;
    }
    if (standard(s) != PCM && s->ws != i2s_ws(s, s->sampled))
        s->reg[SR] |= SR_FRE;
    return true;
}
