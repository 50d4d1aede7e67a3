/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The USART's lines: TX and CK bit by bit (RM0090 30.3.9), what comes in with the clock, IrDA's pulses (30.3.12), a
 * smartcard's clock (30.3.11). See usart_v2.c.
 *
 * In synchronous mode each data bit has one pulse of CK, in its first (CPHA = 1) or second half, and is sampled in its
 * middle. An IrDA encoder makes a pulse of each 0, from the middle of its bit on; the decoder makes a 0 of one bit's
 * length of each low pulse that comes in, from its end on (where in a bit the pulses are is not in the manual). The
 * transceivers between them turn the level round.
 */
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/usart_state.h"

enum { SHAPE_BITS = 32 };

bool usart_synchronous(const struct usart_state *s)
{
    return s->reg[CR2] & CR2_CLKEN && !(s->reg[CR3] & CR3_SCEN);
}

bool usart_single_wire(const struct usart_state *s)
{
    return s->reg[CR3] & (CR3_HDSEL | CR3_SCEN);
}

static bool infrared(const struct usart_state *s)
{
    return s->reg[CR3] & CR3_IREN;
}

/* ---- shapes ---- */

/* Which bit of what is being sent is on the line, and how long it has been there. */
static uint64_t bit_number(const struct usart_state *s, uint64_t tick)
{
    return (tick - s->tx_begin) / s->tx_bit;
}

static uint64_t in_bit(const struct usart_state *s, uint64_t tick)
{
    return (tick - s->tx_begin) % s->tx_bit;
}

static uint64_t middle(const struct usart_state *s)
{
    return (s->tx_bit + 1) / 2;
}

static bool sends_bits(const struct usart_state *s)
{
    return s->sending != TX_NOTHING && s->tx_bit;
}

/* The line is high before and after. */
static bool bit_level(const struct usart_state *s, uint64_t tick)
{
    uint64_t bit = sends_bits(s) ? bit_number(s, tick) : SHAPE_BITS;

    return bit >= SHAPE_BITS || s->tx_shape >> bit & 1;
}

static uint64_t pulse_ticks(const struct usart_state *s)
{
    uint64_t ticks = s->reg[CR3] & CR3_IRLP ? 3 * (s->reg[GTPR] & GTPR_PSC) : 3 * (uint64_t)s->tx_bit / 16;

    return ticks ? ticks : 1;
}

static bool tx_level(const struct usart_state *s, uint64_t tick)
{
    bool level = bit_level(s, tick);
    uint64_t at;

    if (!infrared(s))
        return level;
    if (level)
        return false;
    at = in_bit(s, tick);
    return at >= middle(s) && at < middle(s) + pulse_ticks(s);
}

/* The word's bits, the last one only if LBCL says so: neither start nor stop bit has a clock. */
static bool is_clocked(const struct usart_state *s, uint64_t bit)
{
    unsigned last = usart_word_length(s);

    return s->sending == TX_DATA && bit && (bit < last || (bit == last && s->reg[CR2] & CR2_LBCL));
}

static bool ck_level(const struct usart_state *s, uint64_t tick)
{
    bool idle = s->reg[CR2] & CR2_CPOL;

    if (!sends_bits(s) || !is_clocked(s, bit_number(s, tick)))
        return idle;
    return idle != ((in_bit(s, tick) >= middle(s)) != !!(s->reg[CR2] & CR2_CPHA));
}

/* ---- a smartcard's clock ---- */

static uint32_t card_clock_ticks(const struct usart_state *s)
{
    return s->reg[CR3] & CR3_SCEN && s->reg[CR2] & CR2_CLKEN ? s->reg[GTPR] & GTPR_CARD_PSC : 0;
}

static bool card_clock_level(const struct usart_state *s, uint64_t tick)
{
    uint32_t half = card_clock_ticks(s);

    return half && tick / half & 1;
}

void usart_drive_card_clock(struct device *d)
{
    const struct usart_state *s = d->state;
    uint32_t half = card_clock_ticks(s);
    bool edges = half && s->watched && signal_use(d, USART_OUT_CK) == SIGNAL_WATCHED;
    uint64_t next = edges ? (ticker_read(&s->clock, d) / half + 1) * half : 0;

    usart_at_tick(d, EVENT_CARD_CLOCK, edges, next);
    if (edges)
        signal_put(d, USART_OUT_CK, usart_ck_state(d));
}

/* ---- what the lines do ---- */

/* The stop bits of a byte for a smartcard, during which it may say that it got the byte wrong. */
static bool awaits_refusal(const struct usart_state *s, uint64_t tick)
{
    return s->reg[CR3] & CR3_SCEN && s->sending == TX_DATA && s->tx_bit && bit_number(s, tick) > usart_word_length(s);
}

bool usart_is_refused(const struct device *d)
{
    const struct usart_state *s = d->state;

    return awaits_refusal(s, ticker_read(&s->clock, d));
}

/* On a single wire the other end has its turn when nothing is sent. */
static bool lets_go(const struct usart_state *s, uint64_t tick)
{
    bool drives = s->sending == TX_DATA || s->sending == TX_BREAK || s->sending == TX_NACK;

    return usart_single_wire(s) && (!drives || awaits_refusal(s, tick));
}

enum signal_state usart_tx_state(const struct device *d)
{
    const struct usart_state *s = d->state;
    uint64_t tick = ticker_read(&s->clock, d);

    if (!usart_transmitter_on(s))
        return s->sending == TX_NACK ? SIGNAL_LOW : SIGNAL_RELEASED;
    if (lets_go(s, tick))
        return SIGNAL_PULLED;
    return tx_level(s, tick) ? SIGNAL_HIGH : SIGNAL_LOW;
}

enum signal_state usart_ck_state(const struct device *d)
{
    const struct usart_state *s = d->state;
    uint64_t tick = ticker_read(&s->clock, d);
    bool level = card_clock_ticks(s) ? card_clock_level(s, tick) : ck_level(s, tick);

    if (!(s->reg[CR2] & CR2_CLKEN) || !usart_transmitter_on(s))
        return SIGNAL_RELEASED;
    return level ? SIGNAL_HIGH : SIGNAL_LOW;
}

/* While nobody watches, a line seems to rest. */
static enum signal_state resting(const struct usart_state *s, enum signal_state state)
{
    bool rest = !infrared(s);

    if (s->watched || state == SIGNAL_RELEASED || state == SIGNAL_PULLED)
        return state;
    return rest ? SIGNAL_HIGH : SIGNAL_LOW;
}

/* Where a level may change: at the beginning of a bit, in its middle, at the end of a pulse. */
static uint64_t next_boundary(const struct usart_state *s, uint64_t tick)
{
    uint64_t at = in_bit(s, tick), begin = tick - at, end = middle(s) + pulse_ticks(s);

    if (at < middle(s))
        return begin + middle(s);
    return begin + (infrared(s) && at < end && end < s->tx_bit ? end : s->tx_bit);
}

static uint64_t next_edge(const struct usart_state *s, uint64_t tick)
{
    bool level = tx_level(s, tick), each = usart_synchronous(s) || s->reg[CR3] & CR3_SCEN;

    do
        tick = next_boundary(s, tick);
    while (!each && bit_number(s, tick) < SHAPE_BITS && tx_level(s, tick) == level);
    return tick;
}

/* CK changes before TX does: who samples with it gets what was there. */
void usart_drive_lines(struct device *d)
{
    struct usart_state *s = d->state;
    bool shaped = s->watched && sends_bits(s);

    if (s->watched || s->sending == TX_NOTHING)
        signal_put(d, USART_OUT_CK, usart_ck_state(d));
    usart_drive_card_clock(d);
    signal_put(d, USART_OUT_TX, resting(s, usart_tx_state(d)));
    if (shaped)
        s->tx_edge = next_edge(s, ticker_read(&s->clock, d));
    usart_at_tick(d, EVENT_EDGE, shaped && s->tx_edge < s->tx_end, s->tx_edge);
}

/* ---- what comes in with the clock ---- */

/* Bits whose middle has passed are as the line is now, if nobody looked before. */
static void sample_to(struct device *d, unsigned count)
{
    struct usart_state *s = d->state;
    bool level = signal_state(d, USART_IN_RX) != SIGNAL_LOW;

    for (; s->clocked < count; s->clocked++)
        s->clocked_in |= (uint16_t)(level << s->clocked);
}

void usart_edge(struct device *d)
{
    const struct usart_state *s = d->state;
    uint64_t tick = ticker_read(&s->clock, d), bit = bit_number(s, tick);
    bool sampled = usart_synchronous(s) && s->sending == TX_DATA && in_bit(s, tick) >= middle(s);

    if (sampled && bit <= usart_word_length(s))
        sample_to(d, (unsigned)bit);
    usart_drive_lines(d);
}

uint32_t usart_clocked_word(struct device *d)
{
    const struct usart_state *s = d->state;

    sample_to(d, usart_word_length(s));
    return s->clocked_in;
}

/* ---- IrDA's decoder ---- */

/* Half duplex: it hears nothing while the encoder is busy. Pulses shorter than a low-power clock are none. */
static bool counts(const struct usart_state *s, uint64_t width)
{
    return s->sending != TX_DATA && width >= (s->reg[GTPR] & GTPR_PSC);
}

static void pulse(struct device *d, bool level)
{
    struct usart_state *s = d->state;
    uint64_t now = ticker_read(&s->clock, d);

    if (level == s->light)
        return;
    s->light = level;
    if (!level) {
        s->pulse_begin = now;
    } else if (counts(s, now - s->pulse_begin)) {
        s->pulse_end = now + usart_bit_ticks(s);
        usart_at_tick(d, EVENT_PULSE, true, s->pulse_end);
        usart_line(d, false);
    }
}

void usart_pulse_over(struct device *d)
{
    usart_line(d, true);
}

void usart_heard(struct device *d, bool level)
{
    if (infrared(d->state))
        pulse(d, level);
    else
        usart_line(d, level);
}
