/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * USART and UART (RM0090 chapter 30, RM0033 chapter 24, RM0041 chapter 23).
 *
 * Time: a bit lasts BRR cycles of the bus clock (8 * USARTDIV with OVER8). A frame keeps the length that
 * it had when it started: a new BRR takes effect with the next frame, a new bus clock at once. Registers
 * act on the bus clock edge at or before the access. A received frame is complete, and RXNE rises, at
 * the end of its stop bits (the hardware has decided by the middle of the first one).
 *
 * Host bytes that come in wait on the wire, a queue in the arena, and arrive back to back at the present
 * baud rate whether the firmware listens or not: unread data is overrun, and what arrives while the
 * receiver is off is lost. The wire stands still while there is no baud rate (no clock, BRR = 0).
 *
 * Not modelled, and reported when enabled: mute mode (RWU), LIN break detection, the synchronous clock,
 * IrDA, half duplex, smartcard mode, RTS and CTS. The host's port carries eight data bits per frame: it
 * shows neither a break nor a ninth bit (reported), nor idle frames; and it never has framing, noise or
 * parity errors.
 */
#include "periph/usart.h"

#include <string.h>

#include "core/clock.h"
#include "core/device.h"
#include "core/io.h"
#include "core/irq.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/report.h"
#include "periph/table.h"

enum { SR, DR, BRR, CR1, CR2, CR3, GTPR, REGS };

enum {
    SR_PE = 1 << 0, SR_FE = 1 << 1, SR_NF = 1 << 2, SR_ORE = 1 << 3, SR_IDLE = 1 << 4,
    SR_RXNE = 1 << 5, SR_TC = 1 << 6, SR_TXE = 1 << 7, SR_LBD = 1 << 8, SR_CTS = 1 << 9,
    SR_BY_DR_READ = SR_PE | SR_FE | SR_NF | SR_ORE | SR_IDLE, /* cleared by SR read, then DR read */

    CR1_SBK = 1 << 0, CR1_RWU = 1 << 1, CR1_RE = 1 << 2, CR1_TE = 1 << 3, CR1_IDLEIE = 1 << 4,
    CR1_RXNEIE = 1 << 5, CR1_TCIE = 1 << 6, CR1_TXEIE = 1 << 7, CR1_PEIE = 1 << 8, CR1_PS = 1 << 9,
    CR1_PCE = 1 << 10, CR1_M = 1 << 12, CR1_UE = 1 << 13, CR1_OVER8 = 1 << 15,

    CR2_LBDIE = 1 << 6, CR2_CLKEN = 1 << 11, CR2_STOP_LSB = 12, CR2_LINEN = 1 << 14,

    CR3_EIE = 1 << 0, CR3_IREN = 1 << 1, CR3_HDSEL = 1 << 3, CR3_SCEN = 1 << 5, CR3_DMAR = 1 << 6,
    CR3_DMAT = 1 << 7, CR3_RTSE = 1 << 8, CR3_CTSE = 1 << 9, CR3_CTSIE = 1 << 10,

    CR1_UNMODELLED = CR1_RWU,
    CR2_UNMODELLED = CR2_CLKEN | CR2_LINEN,
    CR3_UNMODELLED = CR3_IREN | CR3_HDSEL | CR3_SCEN | CR3_RTSE | CR3_CTSE
};

enum { EVENT_TX, EVENT_RX, EVENT_IDLE, EVENTS };

enum { WIRE = 1024 };       /* host bytes under way; more wait at the host */

/* What the transmit shift register is sending. */
enum { TX_NOTHING, TX_DATA, TX_PREAMBLE, TX_BREAK };

struct usart_state {
    uint32_t reg[REGS];     /* DR: the receive data register */
    uint32_t queued;        /* bytes on the wire; the first is the one that arrives next */
    uint32_t first;
    uint32_t reserved;      /* keeps the struct free of unnamed padding */
    struct ticker clock;    /* bus clock cycles */
    uint64_t tx_end;        /* bus clock cycle at which the frame being sent ends */
    uint64_t rx_end;
    uint64_t idle_end;      /* an idle frame has passed since the last byte */
    uint16_t tdr;           /* transmit data register, full while TXE = 0 */
    uint16_t shift;         /* the frame's data bits */
    uint16_t seen;          /* SR flags that the last SR read showed and that are still set */
    uint8_t sending;        /* TX_... */
    uint8_t preamble;       /* an idle frame is due before the next data (TE was set) */
    uint8_t receiving;      /* a frame is under way on the wire */
    uint8_t heard;          /* the receiver was on when it began */
    uint8_t idling;         /* waiting for idle_end */
    uint8_t stopped;        /* the clock gate is closed */
    uint16_t wire[WIRE];    /* data bits; the upper bits are free for errors on the line */
};

/* ---- line settings ---- */

static bool transmitter_on(const struct usart_state *s)
{
    return (s->reg[CR1] & (CR1_UE | CR1_TE)) == (CR1_UE | CR1_TE);
}

static bool receiver_on(const struct usart_state *s)
{
    return (s->reg[CR1] & (CR1_UE | CR1_RE)) == (CR1_UE | CR1_RE);
}

/* Bus clock cycles per bit (RM0090 30.3.4); 0: the baud counters do not run. */
static uint32_t bit_ticks(const struct usart_state *s)
{
    uint32_t brr = s->reg[BRR], mantissa = brr >> 4;

    if (!mantissa)
        return 0;
    return s->reg[CR1] & CR1_OVER8 ? mantissa * 8 + (brr & 7) : brr;
}

/* Bits between start and stop bit, the parity bit included. */
static unsigned word_length(const struct usart_state *s)
{
    return s->reg[CR1] & CR1_M ? 9 : 8;
}

static unsigned data_bits(const struct usart_state *s)
{
    return word_length(s) - (s->reg[CR1] & CR1_PCE ? 1 : 0);
}

static uint64_t frame_ticks(const struct usart_state *s, unsigned bits)
{
    static const uint8_t stop_halves[] = {2, 1, 4, 3};     /* CR2.STOP: 1, 0.5, 2, 1.5 bits */
    unsigned halves = 2 * bits + stop_halves[s->reg[CR2] >> CR2_STOP_LSB & 3];

    return (uint64_t)halves * bit_ticks(s) / 2;
}

/* ---- flags and outputs ---- */

static void clear_flags(struct usart_state *s, uint32_t flags)
{
    s->reg[SR] &= ~flags;
    s->seen &= (uint16_t)s->reg[SR];
}

static bool interrupt(const struct usart_state *s)
{
    uint32_t sr = s->reg[SR], cr1 = s->reg[CR1], cr2 = s->reg[CR2], cr3 = s->reg[CR3];

    return (sr & SR_TXE && cr1 & CR1_TXEIE) || (sr & SR_TC && cr1 & CR1_TCIE) ||
           (sr & (SR_RXNE | SR_ORE) && cr1 & CR1_RXNEIE) || (sr & SR_IDLE && cr1 & CR1_IDLEIE) ||
           (sr & SR_PE && cr1 & CR1_PEIE) || (sr & SR_LBD && cr2 & CR2_LBDIE) ||
           (sr & SR_CTS && cr3 & CR3_CTSIE) ||
           (sr & (SR_FE | SR_NF | SR_ORE) && cr3 & CR3_EIE && cr3 & CR3_DMAR);
}

static void update_outputs(struct device *d)
{
    const struct usart_state *s = d->state;

    irq_set(d, 0, interrupt(s));
    signal_set(d, USART_OUT_DMA_TX, s->reg[SR] & SR_TXE && s->reg[CR3] & CR3_DMAT);
    signal_set(d, USART_OUT_DMA_RX, s->reg[SR] & SR_RXNE && s->reg[CR3] & CR3_DMAR);
    signal_put(d, USART_OUT_RX, receiver_on(s) ? SIGNAL_PULLED : SIGNAL_RELEASED);
    signal_put(d, USART_OUT_TX, transmitter_on(s) ? SIGNAL_HIGH : SIGNAL_RELEASED);
}

/* ---- time ---- */

static void at_tick(struct device *d, unsigned event, bool active, uint64_t tick)
{
    const struct usart_state *s = d->state;

    sched_at(d, event, active ? ticker_when(&s->clock, tick) : VTIME_NEVER);
}

/* The bus clock changed, or its gate: what is under way goes on at the new pace. */
static void reclock(struct device *d)
{
    struct usart_state *s = d->state;

    if (s->stopped)
        ticker_stop(&s->clock, d);
    else
        ticker_rate(&s->clock, d, device_clock(d), 1);
    at_tick(d, EVENT_TX, s->sending != TX_NOTHING, s->tx_end);
    at_tick(d, EVENT_RX, s->receiving, s->rx_end);
    at_tick(d, EVENT_IDLE, s->idling, s->idle_end);
}

static void usart_gated(struct device *d, bool on)
{
    struct usart_state *s = d->state;

    s->stopped = !on;
    reclock(d);
}

/* ---- transmitter ---- */

static void send(struct device *d, unsigned what, unsigned bits)
{
    struct usart_state *s = d->state;

    s->sending = (uint8_t)what;
    s->tx_end = ticker_read(&s->clock, d) + frame_ticks(s, bits);
    at_tick(d, EVENT_TX, true, s->tx_end);
}

/* The shift register is free: what goes out next? */
static void send_next(struct device *d)
{
    struct usart_state *s = d->state;

    if (!transmitter_on(s) || !bit_ticks(s))
        return;
    if (s->preamble) {
        s->preamble = false;
        send(d, TX_PREAMBLE, 1 + word_length(s));
    } else if (s->reg[CR1] & CR1_SBK) {
        send(d, TX_BREAK, s->reg[CR2] & CR2_LINEN ? 13 : 2 + word_length(s));
    } else if (!(s->reg[SR] & SR_TXE)) {
        s->shift = s->tdr;
        s->reg[SR] |= SR_TXE;
        send(d, TX_DATA, 1 + word_length(s));
    }
}

static void send_if_free(struct device *d)
{
    const struct usart_state *s = d->state;

    if (s->sending == TX_NOTHING)
        send_next(d);
}

/* The last stop bit of a data frame is out. */
static void data_sent(struct device *d)
{
    const struct usart_state *s = d->state;
    uint16_t data = s->shift & ((1u << data_bits(s)) - 1);
    uint8_t byte = (uint8_t)data;

    if (!(s->reg[CR1] & CR1_TE)) {
        diag_guest(d, DIAG_SEQUENCE, CR1, "TE was cleared before the frame had gone out: 0x%02X is lost", byte);
        return;
    }
    if (data > 0xFF)
        diag_unmodelled(d, DR, "a ninth data bit: the host's port carries eight");
    if (signal_leaves(d, USART_OUT_TX))
        io_output(d, IO_UART, &byte, 1);
}

static void frame_sent(struct device *d)
{
    struct usart_state *s = d->state;
    unsigned sent = s->sending;

    s->sending = TX_NOTHING;
    if (sent == TX_DATA)
        data_sent(d);
    else if (sent == TX_BREAK)
        s->reg[CR1] &= ~(uint32_t)CR1_SBK;
    send_next(d);
    if (sent == TX_DATA && s->sending != TX_DATA && s->reg[SR] & SR_TXE)
        s->reg[SR] |= SR_TC;
}

static void write_data(struct device *d, uint32_t value)
{
    struct usart_state *s = d->state;

    if (!(s->reg[SR] & SR_TXE))
        diag_guest(d, DIAG_SEQUENCE, DR, "written while TXE = 0: 0x%02X, which waited there, is lost", s->tdr);
    if (!transmitter_on(s))
        diag_guest(d, DIAG_SEQUENCE, DR, "written while the transmitter is off: UE = %u, TE = %u",
                   !!(s->reg[CR1] & CR1_UE), !!(s->reg[CR1] & CR1_TE));
    if (!signal_leaves(d, USART_OUT_TX))
        diag_guest(d, DIAG_PIN, DR, "sent, but no pin has %s_TX: it goes nowhere", d->name);
    clear_flags(s, SR_TXE | (s->seen & SR_TC));
    s->tdr = value & 0x1FF;
    send_if_free(d);
}

/* ---- receiver ---- */

/* The next byte on the wire begins its start bit, if the line is free. */
static void receive_next(struct device *d)
{
    struct usart_state *s = d->state;

    if (s->receiving || !s->queued || !bit_ticks(s) || !signal_arrives(d, USART_IN_RX))
        return;
    s->receiving = true;
    s->heard = receiver_on(s);
    s->rx_end = ticker_read(&s->clock, d) + frame_ticks(s, 1 + word_length(s));
    at_tick(d, EVENT_RX, true, s->rx_end);
    s->idling = false;
    sched_cancel(d, EVENT_IDLE);
}

/* Data bits as DR shows them: the received parity bit is on top of them. */
static uint32_t with_parity(const struct usart_state *s, uint16_t data)
{
    unsigned bits = data_bits(s);
    bool odd_count;

    data &= (uint16_t)((1u << bits) - 1);
    if (!(s->reg[CR1] & CR1_PCE))
        return data;
    odd_count = __builtin_parity(data);
    return data | (uint32_t)(odd_count != !!(s->reg[CR1] & CR1_PS)) << bits;
}

/* A frame is complete. On overrun the data register keeps the older byte (RM0090 30.3.3). */
static void received(struct device *d, uint16_t data)
{
    struct usart_state *s = d->state;

    if (!s->heard || !receiver_on(s)) {
        diag_guest(d, DIAG_OVERRUN, DIAG_NO_REG, "0x%02X arrived while the receiver was off: lost", data);
        return;
    }
    if (s->reg[SR] & SR_RXNE) {
        s->reg[SR] |= SR_ORE;
        diag_guest(d, DIAG_OVERRUN, SR, "ORE: 0x%02X arrived before 0x%02X had been read, and is lost", data,
                   s->reg[DR]);
    } else {
        s->reg[DR] = with_parity(s, data);
        s->reg[SR] |= SR_RXNE;
    }
    s->idling = true;
}

static void frame_received(struct device *d)
{
    struct usart_state *s = d->state;
    uint16_t data = s->wire[s->first];

    s->wire[s->first] = 0;
    s->first = (s->first + 1) % WIRE;
    s->queued--;
    s->receiving = false;
    received(d, data);
    receive_next(d);
    s->idle_end = ticker_read(&s->clock, d) + frame_ticks(s, 1 + word_length(s));
    at_tick(d, EVENT_IDLE, s->idling, s->idle_end);
}

static void usart_input(struct device *d, const void *bytes, size_t size)
{
    struct usart_state *s = d->state;
    const uint8_t *in = bytes;

    for (size_t i = 0; i < size && s->queued < WIRE; i++)
        s->wire[(s->first + s->queued++) % WIRE] = in[i];
    receive_next(d);
}

/* Nothing is asked for while the firmware does not listen: the host keeps it rather than see it lost. */
static size_t usart_input_room(const struct device *d)
{
    const struct usart_state *s = d->state;

    return receiver_on(s) && bit_ticks(s) && gate_on(d) ? WIRE - s->queued : 0;
}

/* ---- registers ---- */

static void write_control(struct device *d, uint32_t value, uint32_t lanes)
{
    struct usart_state *s = d->state;
    bool was_on = transmitter_on(s), on;
    uint32_t old = s->reg[CR1], set = reg_store(d, CR1, value, lanes) & ~old;

    report_unmodelled_bits(d, CR1, set & CR1_UNMODELLED);
    if (set & CR1_SBK)
        diag_unmodelled(d, CR1, "SBK: the break takes its time, but the host's port cannot show it");
    on = transmitter_on(s);
    if (on && !was_on)
        s->preamble = true;
    if (!on && s->sending == TX_PREAMBLE) {
        s->sending = TX_NOTHING;
        sched_cancel(d, EVENT_TX);
    }
    if (!receiver_on(s)) {
        s->heard = false;
        s->idling = false;
        sched_cancel(d, EVENT_IDLE);
    }
    send_if_free(d);
}

static void usart_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    const struct usart_state *s = d->state;
    uint32_t old = s->reg[reg];

    switch (reg) {
    case SR:
        clear_flags(d->state, old & ~reg_store(d, SR, value, lanes));
        break;
    case DR:
        write_data(d, value);
        break;
    case CR1:
        write_control(d, value, lanes);
        break;
    case CR2:
        report_unmodelled_bits(d, CR2, reg_store(d, CR2, value, lanes) & ~old & CR2_UNMODELLED);
        break;
    case CR3:
        report_unmodelled_bits(d, CR3, reg_store(d, CR3, value, lanes) & ~old & CR3_UNMODELLED);
        break;
    case BRR:
        reg_store(d, BRR, value, lanes);
        send_if_free(d);
        receive_next(d);
        break;
    default:
        reg_store(d, reg, value, lanes);
        break;
    }
    update_outputs(d);
}

static uint32_t usart_read(struct device *d, unsigned reg)
{
    struct usart_state *s = d->state;
    uint32_t value = s->reg[reg];

    if (reg == SR) {
        s->seen = (uint16_t)value;
    } else {
        clear_flags(s, SR_RXNE | (s->seen & SR_BY_DR_READ));
        update_outputs(d);
    }
    return value;
}

static void usart_event(struct device *d, unsigned event)
{
    struct usart_state *s = d->state;

    switch (event) {
    case EVENT_TX:
        frame_sent(d);
        break;
    case EVENT_RX:
        frame_received(d);
        break;
    default:
        s->idling = false;
        s->reg[SR] |= SR_IDLE;
        break;
    }
    update_outputs(d);
}

static void usart_reset(struct device *d, enum reset_kind kind)
{
    struct usart_state *s = d->state;

    (void)kind;
    memset(&s->queued, 0, sizeof *s - offsetof(struct usart_state, queued));
    ticker_start(&s->clock, d, device_clock(d), 1);
}

/* ---- description ---- */

static const struct reg_field brr_fields[] = {
    BITS("DIV_Fraction", 0, 4), BITS("DIV_Mantissa", 4, 12), {0}};

static const struct reg_field cr1_fields[] = {
    BIT("SBK", 0),    BIT("RWU", 1),   BIT("RE", 2),   BIT("TE", 3),  BIT("IDLEIE", 4), BIT("RXNEIE", 5),
    BIT("TCIE", 6),   BIT("TXEIE", 7), BIT("PEIE", 8), BIT("PS", 9),  BIT("PCE", 10),   BIT("WAKE", 11),
    BIT("M", 12),     BIT("UE", 13),   BIT("OVER8", 15), {0}};

static const struct reg_field dr_fields[] = {BITS("DR", 0, 9), {0}};

static const struct reg_field usart_sr_fields[] = {
    BIT("PE", 0), BIT("FE", 1),  BIT("NF", 2),  BIT("ORE", 3), BIT("IDLE", 4), BIT("RXNE", 5),
    BIT("TC", 6), BIT("TXE", 7), BIT("LBD", 8), BIT("CTS", 9), {0}};

static const struct reg_field usart_cr2_fields[] = {
    BITS("ADD", 0, 4),   BIT("LBDL", 5),   BIT("LBDIE", 6), BIT("LBCL", 8),   BIT("CPHA", 9),
    BIT("CPOL", 10), BIT("CLKEN", 11), BITS("STOP", 12, 2), BIT("LINEN", 14), {0}};

static const struct reg_field usart_cr3_fields[] = {
    BIT("EIE", 0),  BIT("IREN", 1), BIT("IRLP", 2), BIT("HDSEL", 3), BIT("NACK", 4),   BIT("SCEN", 5),
    BIT("DMAR", 6), BIT("DMAT", 7), BIT("RTSE", 8), BIT("CTSE", 9),  BIT("CTSIE", 10), BIT("ONEBIT", 11),
    {0}};

static const struct reg_field usart_gtpr_fields[] = {BITS("PSC", 0, 8), BITS("GT", 8, 8), {0}};

static const struct reg_field uart_sr_fields[] = {
    BIT("PE", 0),   BIT("FE", 1), BIT("NF", 2),  BIT("ORE", 3), BIT("IDLE", 4),
    BIT("RXNE", 5), BIT("TC", 6), BIT("TXE", 7), BIT("LBD", 8), {0}};

static const struct reg_field uart_cr2_fields[] = {
    BITS("ADD", 0, 4), BIT("LBDL", 5), BIT("LBDIE", 6), BITS("STOP", 12, 2), BIT("LINEN", 14), {0}};

static const struct reg_field uart_cr3_fields[] = {
    BIT("EIE", 0),  BIT("IREN", 1), BIT("IRLP", 2),    BIT("HDSEL", 3),
    BIT("DMAR", 6), BIT("DMAT", 7), BIT("ONEBIT", 11), {0}};

static const struct reg_field uart_gtpr_fields[] = {BITS("PSC", 0, 8), {0}};

/* What USART and UART have in common, and a plain register of 16 bits. */
#define DR_ROW                                                                                     \
    {.name = "DR", .offset = 0x04, .width = 16, .flags = REG_READ_EFFECT, .readable = 0x1FF,       \
     .action = 0x1FF, .fields = dr_fields}
#define SR_ROW(clearable, list)                                                                    \
    {.name = "SR", .offset = 0x00, .width = 16, .flags = REG_READ_EFFECT, .reset = 0xC0,           \
     .readable = 0x9F | (clearable), .w0c = (clearable), .fields = (list)}
#define PLAIN_ROW(label, at, mask, list)                                                           \
    {.name = (label), .offset = (at), .width = 16, .readable = (mask), .writable = (mask),         \
     .fields = (list)}

static const struct reg usart_regs[REGS] = {
    [SR] = SR_ROW(0x360, usart_sr_fields),
    [DR] = DR_ROW,
    [BRR] = PLAIN_ROW("BRR", 0x08, 0xFFFF, brr_fields),
    [CR1] = PLAIN_ROW("CR1", 0x0C, 0xBFFF, cr1_fields),
    [CR2] = PLAIN_ROW("CR2", 0x10, 0x7F6F, usart_cr2_fields),
    [CR3] = PLAIN_ROW("CR3", 0x14, 0x0FFF, usart_cr3_fields),
    [GTPR] = PLAIN_ROW("GTPR", 0x18, 0xFFFF, usart_gtpr_fields),
};

static const struct reg uart_regs[REGS] = {
    [SR] = SR_ROW(0x160, uart_sr_fields),
    [DR] = DR_ROW,
    [BRR] = PLAIN_ROW("BRR", 0x08, 0xFFFF, brr_fields),
    [CR1] = PLAIN_ROW("CR1", 0x0C, 0xBFFF, cr1_fields),
    [CR2] = PLAIN_ROW("CR2", 0x10, 0x706F, uart_cr2_fields),
    [CR3] = PLAIN_ROW("CR3", 0x14, 0x08CF, uart_cr3_fields),
    [GTPR] = PLAIN_ROW("GTPR", 0x18, 0x00FF, uart_gtpr_fields),
};

static bool usart_sane(const struct device *d)
{
    const struct usart_state *s = d->state;

    return s->first < WIRE && s->queued <= WIRE && (s->queued || !s->receiving);
}

#define USART_OPS(label, table)                                                                    \
    {                                                                                              \
        .name = (label), .regs = (table), .reg_count = REGS,                                       \
        .state_size = sizeof(struct usart_state), .events = EVENTS, .outputs = USART_OUTPUTS,      \
        .inputs = USART_INPUTS, .rewired = receive_next,                                           \
        .reset = usart_reset, .read = usart_read, .write = usart_write, .event = usart_event,      \
        .clock = reclock, .gated = usart_gated, .input = usart_input,                              \
        .input_room = usart_input_room, .sane = usart_sane,                                        \
    }

const struct device_ops usart_v2_ops = USART_OPS("usart_v2", usart_regs);
const struct device_ops uart_v2_ops = USART_OPS("uart_v2", uart_regs);
