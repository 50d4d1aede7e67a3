/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The USART's transmitter (RM0090 30.3.2). See usart_v2.c. */
#include "core/io.h"
#include "core/link.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/usart_state.h"

enum { ALL_HIGH = -1, LIN_BREAK = 13 };

/* ---- frames ---- */

static void send(struct device *d, unsigned what, uint32_t shape, uint64_t ticks)
{
    struct usart_state *s = d->state;

    s->sending = (uint8_t)what;
    s->tx_shape = shape;
    s->tx_bit = usart_bit_ticks(s);
    s->tx_begin = ticker_read(&s->clock, d);
    s->tx_end = s->tx_begin + ticks;
    usart_at_tick(d, EVENT_TX, true, s->tx_end);
    usart_drive_lines(d);
}

static void send_break(struct device *d)
{
    const struct usart_state *s = d->state;
    unsigned bits = s->reg[CR2] & CR2_LINEN ? LIN_BREAK : 2 + usart_word_length(s);

    send(d, TX_BREAK, (uint32_t)ALL_HIGH << bits, usart_frame_ticks(s, bits));
}

static void send_data(struct device *d)
{
    struct usart_state *s = d->state;
    unsigned length = usart_word_length(s);

    s->shift = s->tdr;
    s->reg[SR] |= SR_TXE;
    s->clocked = 0;
    s->clocked_in = 0;
    send(d, TX_DATA, (uint32_t)ALL_HIGH << (1 + length) | usart_with_parity(s, s->shift) << 1,
         usart_frame_ticks(s, 1 + length));
}

/* The shift register is free: what goes out next? CTS holds back what has not begun. */
static void send_next(struct device *d)
{
    struct usart_state *s = d->state;

    if (!usart_transmitter_on(s) || !usart_bit_ticks(s) || (s->reg[CR3] & CR3_CTSE && s->cts))
        return;
    if (s->preamble) {
        s->preamble = false;
        send(d, TX_PREAMBLE, (uint32_t)ALL_HIGH, usart_frame_ticks(s, 1 + usart_word_length(s)));
    } else if (s->reg[CR1] & CR1_SBK) {
        send_break(d);
    } else if (!(s->reg[SR] & SR_TXE)) {
        send_data(d);
    }
}

void usart_send_if_free(struct device *d)
{
    const struct usart_state *s = d->state;

    if (s->sending == TX_NOTHING)
        send_next(d);
}

/* Least significant bit first here, most significant first on a serial bus. */
static uint8_t mirrored(uint8_t byte)
{
    uint8_t out = 0;

    for (unsigned i = 0; i < 8; i++)
        out |= (uint8_t)((byte >> i & 1) << (7 - i));
    return out;
}

/* With a clock each frame brings one back: from the host if it has one, else from the line and from the board's
 * devices on this USART, which take bytes. */
static void exchange(struct device *d, uint8_t byte)
{
    struct usart_state *s = d->state;
    uint32_t answer = ~0xFFu | mirrored(link_drive(d, LINK_SPI_BYTE, mirrored(byte)));
    uint32_t word = usart_clocked_word(d) & answer;

    if (s->queued) {
        word = usart_with_parity(s, s->wire[s->first] & IO_UART_DATA);
        s->first = (s->first + 1) % WIRE;
        s->queued--;
    }
    usart_take(d, word, usart_with_parity(s, word) != word ? SR_PE : 0);
}

/* The last stop bit of a data frame is out. */
static void data_sent(struct device *d)
{
    const struct usart_state *s = d->state;
    uint16_t data = s->shift & ((1u << usart_data_bits(s)) - 1);
    uint8_t byte = (uint8_t)data;

    if (!(s->reg[CR1] & CR1_TE)) {
        diag_guest(d, DIAG_SEQUENCE, CR1, "TE was cleared before the frame had gone out: 0x%02X is lost", byte);
        return;
    }
    if (data > 0xFF)
        diag_unmodelled(d, DR, "a ninth data bit: the host's port carries eight");
    if (signal_leaves(d, USART_OUT_TX))
        io_output(d, IO_UART, &byte, 1);
    if (!usart_receiver_on(s))
        return;
    if (usart_synchronous(s))
        exchange(d, byte);
    else if (s->reg[CR3] & CR3_HDSEL)
        usart_take(d, usart_with_parity(s, data), 0);   /* the receiver hears its own line */
}

/* A smartcard's transmitter is done after a guard time (RM0090 30.3.11). */
static void complete(struct device *d)
{
    struct usart_state *s = d->state;
    uint32_t guard = s->reg[GTPR] >> GTPR_GT_LSB;

    if (s->reg[CR3] & CR3_SCEN && guard)
        send(d, TX_GUARD, (uint32_t)ALL_HIGH, (uint64_t)guard * usart_bit_ticks(s));
    else
        s->reg[SR] |= SR_TC;
}

void usart_refuse(struct device *d)
{
    const struct usart_state *s = d->state;

    if (s->sending == TX_NOTHING)
        send(d, TX_NACK, (uint32_t)ALL_HIGH << 1, usart_bit_ticks(s));
}

void usart_sent(struct device *d)
{
    struct usart_state *s = d->state;
    unsigned sent = s->sending;

    s->sending = TX_NOTHING;
    if (sent == TX_DATA)
        data_sent(d);
    else if (sent == TX_BREAK)
        s->reg[CR1] &= ~(uint32_t)CR1_SBK;
    else if (sent == TX_GUARD)
        s->reg[SR] |= SR_TC;
    send_next(d);
    if (sent == TX_DATA && s->sending != TX_DATA && s->reg[SR] & SR_TXE)
        complete(d);
    if (s->sending == TX_NOTHING)
        usart_drive_lines(d);
}

/* ---- registers ---- */

void usart_write_data(struct device *d, uint32_t value)
{
    struct usart_state *s = d->state;

    if (!(s->reg[SR] & SR_TXE))
        diag_guest(d, DIAG_SEQUENCE, DR, "written while TXE = 0: 0x%02X, which waited there, is lost", s->tdr);
    if (!usart_transmitter_on(s))
        diag_guest(d, DIAG_SEQUENCE, DR, "written while the transmitter is off: UE = %u, TE = %u",
                   !!(s->reg[CR1] & CR1_UE), !!(s->reg[CR1] & CR1_TE));
    else if (!signal_leaves(d, USART_OUT_TX))
        diag_guest(d, DIAG_PIN, DR, "sent, but no pin has %s_TX: it goes nowhere", d->name);
    usart_clear_flags(s, SR_TXE | (s->seen & SR_TC));
    s->tdr = value & 0x1FF;
    usart_send_if_free(d);
}

void usart_switch_transmitter(struct device *d, bool was_on)
{
    struct usart_state *s = d->state;
    bool on = usart_transmitter_on(s);

    if (on && !was_on)
        s->preamble = true;
    if (!on && s->sending == TX_PREAMBLE) {
        s->sending = TX_NOTHING;
        sched_cancel(d, EVENT_TX);
    }
    usart_drive_lines(d);
    usart_send_if_free(d);
}
