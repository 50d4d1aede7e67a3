/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * USART and UART (RM0090 chapter 30, RM0033 chapter 24, RM0041 chapter 23): registers and time. The transmitter is in
 * usart_tx.c, the receiver in usart_rx.c, the lines in usart_line.c.
 *
 * Time: a bit lasts BRR cycles of the bus clock (8 * USARTDIV with OVER8). A frame keeps the length that
 * it had when it started: a new BRR takes effect with the next frame, a new bus clock at once. Registers
 * act on the bus clock edge at or before the access. A frame of the host's is complete, and RXNE rises, at
 * the end of its stop bits.
 *
 * Host bytes that come in wait on the wire, a queue in the arena, and arrive back to back at the present
 * baud rate whether the firmware listens or not: unread data is overrun, and what arrives while the
 * receiver is off is lost. The wire stands still while there is no baud rate (no clock, BRR = 0), no pin that
 * receives, or RTS (RTSE) says so. Without a pin that transmits, bytes go nowhere.
 *
 * The bits of what is sent are on TX, with CK in synchronous mode, where a frame comes in whenever one goes out. On a
 * single wire, half duplex or a smartcard's, the receiver hears TX, in half duplex its own frames, too: the vendor's
 * smartcard driver could not send with them. See usart_line.c.
 *
 * Not modelled: an IrDA encoder that waits for the receiver. The host's port carries eight data bits per frame: it
 * shows neither a break nor a ninth bit (reported), nor idle frames; see IO_UART_... in io.h for what it can send.
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
#include "periph/table.h"
#include "periph/usart_state.h"

/* ---- line settings ---- */

bool usart_transmitter_on(const struct usart_state *s)
{
    return (s->reg[CR1] & (CR1_UE | CR1_TE)) == (CR1_UE | CR1_TE);
}

bool usart_receiver_on(const struct usart_state *s)
{
    return (s->reg[CR1] & (CR1_UE | CR1_RE)) == (CR1_UE | CR1_RE);
}

uint32_t usart_bit_ticks(const struct usart_state *s)
{
    uint32_t brr = s->reg[BRR], mantissa = brr >> 4;

    if (!mantissa)
        return 0;
    return s->reg[CR1] & CR1_OVER8 ? mantissa * 8 + (brr & 7) : brr;
}

unsigned usart_word_length(const struct usart_state *s)
{
    return s->reg[CR1] & CR1_M ? 9 : 8;
}

unsigned usart_data_bits(const struct usart_state *s)
{
    return usart_word_length(s) - (s->reg[CR1] & CR1_PCE ? 1 : 0);
}

uint64_t usart_frame_ticks(const struct usart_state *s, unsigned bits)
{
    static const uint8_t stop_halves[] = {2, 1, 4, 3};     /* CR2.STOP: 1, 0.5, 2, 1.5 bits */
    unsigned halves = 2 * bits + stop_halves[s->reg[CR2] >> CR2_STOP_LSB & 3];

    return (uint64_t)halves * usart_bit_ticks(s) / 2;
}

uint32_t usart_with_parity(const struct usart_state *s, uint32_t data)
{
    unsigned bits = usart_data_bits(s);
    bool odd_count;

    data &= (1u << bits) - 1;
    if (!(s->reg[CR1] & CR1_PCE))
        return data;
    odd_count = __builtin_parity(data);
    return data | (uint32_t)(odd_count != !!(s->reg[CR1] & CR1_PS)) << bits;
}

/* ---- flags and outputs ---- */

void usart_clear_flags(struct usart_state *s, uint32_t flags)
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

/* Low: the other end may send. */
static enum signal_state rts(const struct usart_state *s)
{
    if (!(s->reg[CR3] & CR3_RTSE))
        return SIGNAL_RELEASED;
    return usart_receiver_on(s) && !(s->reg[SR] & SR_RXNE) ? SIGNAL_LOW : SIGNAL_HIGH;
}

static void update_outputs(struct device *d)
{
    const struct usart_state *s = d->state;

    irq_set(d, 0, interrupt(s));
    signal_set(d, USART_OUT_DMA_TX, s->reg[SR] & SR_TXE && s->reg[CR3] & CR3_DMAT);
    signal_set(d, USART_OUT_DMA_RX, s->reg[SR] & SR_RXNE && s->reg[CR3] & CR3_DMAR);
    signal_put(d, USART_OUT_RX, usart_receiver_on(s) ? SIGNAL_PULLED : SIGNAL_RELEASED);
    signal_put(d, USART_OUT_RTS, rts(s));
}

/* ---- pins ---- */

static unsigned usart_output(const struct device *d, unsigned output)
{
    switch (output) {
    case USART_OUT_TX:
        return usart_tx_state(d);
    case USART_OUT_CK:
        return usart_ck_state(d);
    default:
        return signal_output(d, output);
    }
}

static void usart_rewired(struct device *d)
{
    struct usart_state *s = d->state;

    s->watched = signal_use(d, USART_OUT_TX) == SIGNAL_WATCHED || signal_use(d, USART_OUT_CK) == SIGNAL_WATCHED;
    s->told = false;
    usart_drive_lines(d);
    usart_switch_receiver(d);
    usart_receive_next(d);
}

/* nCTS that nobody drives, pulled up or not, is the host's, which takes everything. */
static bool held_back(const struct device *d)
{
    return signal_state(d, USART_IN_CTS) == SIGNAL_HIGH;
}

static void change_cts(struct device *d)
{
    struct usart_state *s = d->state;

    if (s->cts == held_back(d))
        return;
    s->cts = !s->cts;
    if (s->reg[CR3] & CR3_CTSE)
        s->reg[SR] |= SR_CTS;
    usart_send_if_free(d);
}

static void usart_signal(struct device *d, unsigned input, bool level)
{
    const struct usart_state *s = d->state;

    if (input == USART_IN_CTS)
        change_cts(d);
    else if ((input == USART_IN_TX) == usart_single_wire(s))
        usart_heard(d, level);
    update_outputs(d);
}

/* ---- time ---- */

void usart_at_tick(struct device *d, unsigned event, bool active, uint64_t tick)
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
    usart_at_tick(d, EVENT_TX, s->sending != TX_NOTHING, s->tx_end);
    usart_at_tick(d, EVENT_RX, s->receiving, s->rx_end);
    usart_at_tick(d, EVENT_IDLE, s->idling && !s->receiving, s->idle_end);
    usart_at_tick(d, EVENT_PULSE, s->pulse_end > ticker_read(&s->clock, d), s->pulse_end);
    usart_drive_lines(d);
}

static void usart_gated(struct device *d, bool on)
{
    struct usart_state *s = d->state;

    s->stopped = !on;
    reclock(d);
}

static void usart_event(struct device *d, unsigned event)
{
    switch (event) {
    case EVENT_TX:
        usart_sent(d);
        break;
    case EVENT_RX:
        usart_arrived(d);
        break;
    case EVENT_EDGE:
        usart_edge(d);
        break;
    case EVENT_PULSE:
        usart_pulse_over(d);
        break;
    case EVENT_CARD_CLOCK:
        usart_drive_card_clock(d);
        break;
    default:
        usart_idle(d);
        break;
    }
    update_outputs(d);
}

/* ---- the host's side ---- */

static void append(struct device *d, uint16_t word)
{
    struct usart_state *s = d->state;

    if (s->queued < WIRE)
        s->wire[(s->first + s->queued++) % WIRE] = word;
}

static void arrive(struct device *d)
{
    struct usart_state *s = d->state;

    usart_receive_next(d);
    if (!usart_hears(d) && !s->told) {
        diag_guest(d, DIAG_PIN, DIAG_NO_REG, "bytes for %s wait: no pin has its %s", d->name,
                   usart_single_wire(s) ? "TX" : "RX");
        s->told = true;
    }
}

static void usart_input(struct device *d, const void *bytes, size_t size)
{
    const uint8_t *in = bytes;

    for (size_t i = 0; i < size; i++)
        append(d, in[i]);
    arrive(d);
}

static void usart_input_word(struct device *d, uint32_t word)
{
    append(d, (uint16_t)word);
    arrive(d);
}

/* Nothing is asked for while the firmware does not listen: the host keeps it rather than see it lost. */
static size_t usart_input_room(const struct device *d)
{
    const struct usart_state *s = d->state;

    return usart_receiver_on(s) && usart_bit_ticks(s) && gate_on(d) ? WIRE - s->queued : 0;
}

/* ---- registers ---- */

static void write_control(struct device *d, uint32_t value, uint32_t lanes)
{
    struct usart_state *s = d->state;
    bool was_on = usart_transmitter_on(s);
    uint32_t old = s->reg[CR1], set = reg_store(d, CR1, value, lanes) & ~old;

    if (set & CR1_SBK && !(s->reg[CR2] & CR2_LINEN))
        diag_unmodelled(d, CR1, "SBK: the break is on TX, but the host's port cannot show it");
    usart_switch_receiver(d);
    usart_switch_transmitter(d, was_on);
}

/* Lines may be used otherwise from now on. */
static void write_mode(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    reg_store(d, reg, value, lanes);
    usart_switch_receiver(d);
    usart_drive_lines(d);
    usart_send_if_free(d);
    usart_receive_next(d);
}

static void usart_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    const struct usart_state *s = d->state;
    uint32_t old = s->reg[reg];

    switch (reg) {
    case SR:
        usart_clear_flags(d->state, old & ~reg_store(d, SR, value, lanes));
        usart_receive_next(d);
        break;
    case DR:
        usart_write_data(d, value);
        break;
    case CR1:
        write_control(d, value, lanes);
        break;
    case CR2:
    case CR3:
    case GTPR:
        write_mode(d, reg, value, lanes);
        break;
    case BRR:
        reg_store(d, BRR, value, lanes);
        usart_send_if_free(d);
        usart_receive_next(d);
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
        usart_clear_flags(s, SR_RXNE | (s->seen & SR_BY_DR_READ));
        usart_receive_next(d);
        update_outputs(d);
    }
    return value;
}

static void usart_reset(struct device *d, enum reset_kind kind)
{
    struct usart_state *s = d->state;

    (void)kind;
    memset(&s->queued, 0, sizeof *s - offsetof(struct usart_state, queued));
    ticker_start(&s->clock, d, device_clock(d), 1);
    s->cts = held_back(d);
    s->line = s->light = true;
    if (kind == RESET_LINE)     /* else the whole machine is reset, and that asks */
        usart_rewired(d);
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

static const struct reg usart_regs[USART_REGS] = {
    [SR] = SR_ROW(0x360, usart_sr_fields),
    [DR] = DR_ROW,
    [BRR] = PLAIN_ROW("BRR", 0x08, 0xFFFF, brr_fields),
    [CR1] = PLAIN_ROW("CR1", 0x0C, 0xBFFF, cr1_fields),
    [CR2] = PLAIN_ROW("CR2", 0x10, 0x7F6F, usart_cr2_fields),
    [CR3] = PLAIN_ROW("CR3", 0x14, 0x0FFF, usart_cr3_fields),
    [GTPR] = PLAIN_ROW("GTPR", 0x18, 0xFFFF, usart_gtpr_fields),
};

static const struct reg uart_regs[USART_REGS] = {
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

    bool timed = s->stopped || !gate_on(d) || ticker_sane(&s->clock, d, device_clock(d), 1);

    return timed && s->first < WIRE && s->queued <= WIRE && (s->queued || s->receiving != RX_HOST) && s->line <= 1 &&
           s->rx_count < 8 * sizeof s->rx_shape && s->clocked <= 8 * sizeof s->clocked_in;
}

#define USART_OPS(label, table)                                                                    \
    {                                                                                              \
        .name = (label), .regs = (table), .reg_count = USART_REGS,                                 \
        .state_size = sizeof(struct usart_state), .events = USART_EVENTS,                          \
        .outputs = USART_OUTPUTS, .inputs = USART_INPUTS, .signal = usart_signal,                  \
        .hears_states = true,                                                                      \
        .output = usart_output, .rewired = usart_rewired, .input_word = usart_input_word,          \
        .reset = usart_reset, .read = usart_read, .write = usart_write, .event = usart_event,      \
        .clock = reclock, .gated = usart_gated, .input = usart_input,                              \
        .input_room = usart_input_room, .sane = usart_sane,                                        \
    }

const struct device_ops usart_v2_ops = USART_OPS("usart_v2", usart_regs);
const struct device_ops uart_v2_ops = USART_OPS("uart_v2", uart_regs);
