/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The USART's receiver (RM0090 30.3.3, 30.3.6 mute mode, 30.3.8 LIN). See usart_v2.c.
 *
 * The host's frames arrive whole, at the end of their stop bits. What another driver of the line does, a wire or
 * another block, is sampled in the middle of each bit, and complete in the middle of the first stop bit.
 */
#include "core/io.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/usart_state.h"

static unsigned heard_input(const struct usart_state *s)
{
    return usart_single_wire(s) ? USART_IN_TX : USART_IN_RX;
}

bool usart_hears(const struct device *d)
{
    return signal_arrives(d, heard_input(d->state));
}

/* ---- what a frame does ---- */

/* The top bit of a frame marks an address (RM0090 30.3.6). */
static bool is_address(const struct usart_state *s, uint32_t word)
{
    return word >> (usart_data_bits(s) - 1) & 1;
}

/* Whether mute mode swallows the frame; an address says whether it begins or ends. */
static bool mutes(struct usart_state *s, uint32_t word)
{
    if (s->reg[CR1] & CR1_WAKE && is_address(s, word)) {
        if ((word & CR2_ADD) == (s->reg[CR2] & CR2_ADD))
            s->reg[CR1] &= ~(uint32_t)CR1_RWU;
        else
            s->reg[CR1] |= CR1_RWU;
    }
    return s->reg[CR1] & CR1_RWU;
}

/* From the end of a frame: one on the pin is decided in the middle of its stop bit. */
static void await_idle(struct device *d)
{
    struct usart_state *s = d->state;
    uint32_t rest = s->receiving == RX_PIN ? (s->rx_bit + 1) / 2 : 0;

    s->idling = true;
    s->idle_end = ticker_read(&s->clock, d) + rest + usart_frame_ticks(s, 1 + usart_word_length(s));
    usart_at_tick(d, EVENT_IDLE, true, s->idle_end);
}

/* On overrun the data register keeps the older byte (RM0090 30.3.3). */
void usart_take(struct device *d, uint32_t word, uint32_t errors)
{
    struct usart_state *s = d->state;

    await_idle(d);
    if (mutes(s, word))
        return;
    s->reg[SR] |= errors;
    if (s->reg[SR] & SR_RXNE) {
        s->reg[SR] |= SR_ORE;
        diag_guest(d, DIAG_OVERRUN, SR, "ORE: 0x%02X arrived before 0x%02X had been read, and is lost", word,
                   s->reg[DR]);
        return;
    }
    s->reg[DR] = word;
    s->reg[SR] |= SR_RXNE;
}

/* Mute mode that an idle line ends does not show it (RM0090 30.3.6). */
void usart_idle(struct device *d)
{
    struct usart_state *s = d->state;
    bool mute = s->reg[CR1] & CR1_RWU;

    s->idling = false;
    if (!mute)
        s->reg[SR] |= SR_IDLE;
    else if (!(s->reg[CR1] & CR1_WAKE))
        s->reg[CR1] &= ~(uint32_t)CR1_RWU;
}

static void line_busy(struct device *d, unsigned with)
{
    struct usart_state *s = d->state;

    s->receiving = (uint8_t)with;
    s->heard = usart_receiver_on(s);
    s->idling = false;
    sched_cancel(d, EVENT_IDLE);
}

/* ---- the host's frames ---- */

/* RTS stops the other end while the data register is full; with a clock, frames come when one is sent. */
void usart_receive_next(struct device *d)
{
    struct usart_state *s = d->state;
    bool full = s->reg[CR3] & CR3_RTSE && s->reg[SR] & SR_RXNE;

    if (s->receiving || !s->queued || !usart_bit_ticks(s) || full || usart_synchronous(s) || !usart_hears(d))
        return;
    line_busy(d, RX_HOST);
    s->rx_end = ticker_read(&s->clock, d) + usart_frame_ticks(s, 1 + usart_word_length(s));
    usart_at_tick(d, EVENT_RX, true, s->rx_end);
}

static void take_break(struct device *d)
{
    struct usart_state *s = d->state;

    if (s->reg[CR2] & CR2_LINEN)
        s->reg[SR] |= SR_LBD;
    usart_take(d, 0, SR_FE);
}

/* A word of the host's as a frame on the line. */
static void take_host(struct device *d, uint16_t word)
{
    const struct usart_state *s = d->state;
    uint32_t data = usart_with_parity(s, word & IO_UART_DATA);
    bool wrong_parity = word & IO_UART_PARITY && s->reg[CR1] & CR1_PCE;

    if (!s->heard || !usart_receiver_on(s))
        diag_guest(d, DIAG_OVERRUN, DIAG_NO_REG, "0x%02X arrived while the receiver was off: lost",
                   word & IO_UART_DATA);
    else if (word & IO_UART_BREAK)
        take_break(d);
    else
        usart_take(d, wrong_parity ? data ^ 1u << usart_data_bits(s) : data,
                   (word & IO_UART_FRAMING ? SR_FE : 0) | (word & IO_UART_NOISE ? SR_NF : 0) |
                       (wrong_parity ? SR_PE : 0));
}

static void host_frame(struct device *d)
{
    struct usart_state *s = d->state;
    uint16_t word = s->wire[s->first];

    s->wire[s->first] = 0;
    s->first = (s->first + 1) % WIRE;
    s->queued--;
    s->receiving = RX_NOTHING;
    take_host(d, word);
    usart_receive_next(d);
}

/* ---- bits on the pin ---- */

static void next_sample(struct device *d)
{
    struct usart_state *s = d->state;

    s->rx_end = s->rx_begin + (uint64_t)s->rx_count * s->rx_bit + s->rx_bit / 2;
    usart_at_tick(d, EVENT_RX, true, s->rx_end);
}

static void begin_pin(struct device *d)
{
    struct usart_state *s = d->state;

    line_busy(d, RX_PIN);
    s->rx_begin = ticker_read(&s->clock, d);
    s->rx_bit = usart_bit_ticks(s);
    s->rx_shape = 0;
    s->rx_count = 0;
    next_sample(d);
}

void usart_line(struct device *d, bool level)
{
    struct usart_state *s = d->state;
    bool fell = s->line && !level, busy = usart_single_wire(s) && s->sending == TX_DATA;

    s->line = level;
    if (fell && usart_is_refused(d))
        s->reg[SR] |= SR_FE;
    else if (fell && !busy && !s->receiving && usart_receiver_on(s) && usart_bit_ticks(s) && !usart_synchronous(s))
        begin_pin(d);
}

static void end_pin(struct device *d)
{
    struct usart_state *s = d->state;

    s->receiving = RX_NOTHING;
    usart_receive_next(d);
}

/* All samples of a frame are there: start bit, word, stop bit. */
static void pin_frame(struct device *d)
{
    struct usart_state *s = d->state;
    unsigned length = usart_word_length(s);
    uint32_t word = s->rx_shape >> 1 & ((1u << length) - 1);
    bool stop = s->rx_shape >> (1 + length) & 1, parity = usart_with_parity(s, word) != word;
    bool lin = s->reg[CR2] & CR2_LINEN && !s->rx_shape;

    if (s->heard && usart_receiver_on(s))
        usart_take(d, word, (stop ? 0 : SR_FE) | (parity ? SR_PE : 0));
    if (parity && (s->reg[CR3] & (CR3_SCEN | CR3_NACK)) == (CR3_SCEN | CR3_NACK))
        usart_refuse(d);
    if (lin && s->reg[CR2] & CR2_LBDL) {        /* a break of 11 bits needs one more */
        s->receiving = RX_BREAK;
        next_sample(d);
        return;
    }
    if (lin)
        s->reg[SR] |= SR_LBD;
    end_pin(d);
}

static void sample(struct device *d)
{
    struct usart_state *s = d->state;

    if (s->receiving == RX_BREAK) {
        if (!s->line)
            s->reg[SR] |= SR_LBD;
        end_pin(d);
        return;
    }
    s->rx_shape |= (uint16_t)(s->line << s->rx_count++);
    if (s->rx_shape & 1)            /* too short for a start bit */
        s->receiving = RX_NOTHING;
    else if (s->rx_count == 2 + usart_word_length(s))
        pin_frame(d);
    else
        next_sample(d);
}

void usart_arrived(struct device *d)
{
    const struct usart_state *s = d->state;

    if (s->receiving == RX_HOST)
        host_frame(d);
    else
        sample(d);
}

/* ---- registers ---- */

void usart_switch_receiver(struct device *d)
{
    struct usart_state *s = d->state;

    if (s->reg[CR3] & CR3_IREN)
        s->line = ticker_read(&s->clock, d) >= s->pulse_end;
    else
        s->line = signal_arrives(d, heard_input(s)) ? signal_input(d, heard_input(s)) : 1;
    if (usart_receiver_on(s))
        return;
    s->heard = false;
    s->idling = false;
    sched_cancel(d, EVENT_IDLE);
}
