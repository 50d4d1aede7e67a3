/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of the USART share (usart_v2.c, usart_tx.c, usart_rx.c). Nobody else includes this.
 */
#ifndef PERIPH_USART_STATE_H
#define PERIPH_USART_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/clock.h"
#include "core/device.h"
#include "periph/usart.h"

enum { SR, DR, BRR, CR1, CR2, CR3, GTPR, USART_REGS };

enum {
    SR_PE = 1 << 0, SR_FE = 1 << 1, SR_NF = 1 << 2, SR_ORE = 1 << 3, SR_IDLE = 1 << 4,
    SR_RXNE = 1 << 5, SR_TC = 1 << 6, SR_TXE = 1 << 7, SR_LBD = 1 << 8, SR_CTS = 1 << 9,
    SR_BY_DR_READ = SR_PE | SR_FE | SR_NF | SR_ORE | SR_IDLE, /* cleared by SR read, then DR read */

    CR1_SBK = 1 << 0, CR1_RWU = 1 << 1, CR1_RE = 1 << 2, CR1_TE = 1 << 3, CR1_IDLEIE = 1 << 4,
    CR1_RXNEIE = 1 << 5, CR1_TCIE = 1 << 6, CR1_TXEIE = 1 << 7, CR1_PEIE = 1 << 8, CR1_PS = 1 << 9,
    CR1_PCE = 1 << 10, CR1_WAKE = 1 << 11, CR1_M = 1 << 12, CR1_UE = 1 << 13, CR1_OVER8 = 1 << 15,

    CR2_ADD = 15, CR2_LBDL = 1 << 5, CR2_LBDIE = 1 << 6, CR2_LBCL = 1 << 8, CR2_CPHA = 1 << 9, CR2_CPOL = 1 << 10,
    CR2_CLKEN = 1 << 11,
    CR2_STOP_LSB = 12, CR2_LINEN = 1 << 14,

    CR3_EIE = 1 << 0, CR3_IREN = 1 << 1, CR3_IRLP = 1 << 2, CR3_HDSEL = 1 << 3, CR3_NACK = 1 << 4,
    CR3_SCEN = 1 << 5, CR3_DMAR = 1 << 6,
    CR3_DMAT = 1 << 7, CR3_RTSE = 1 << 8, CR3_CTSE = 1 << 9, CR3_CTSIE = 1 << 10,

    GTPR_PSC = 0xFF, GTPR_CARD_PSC = 0x1F, GTPR_GT_LSB = 8
};

enum { EVENT_TX, EVENT_RX, EVENT_IDLE, EVENT_EDGE, EVENT_PULSE, EVENT_CARD_CLOCK, USART_EVENTS };

enum { WIRE = 1024 };       /* host frames under way; more wait at the host */

/* What the transmit shift register is sending. */
enum { TX_NOTHING, TX_DATA, TX_PREAMBLE, TX_BREAK, TX_GUARD, TX_NACK };

/* What is coming in: a frame of the host's, whole; one of the pin's, bit by bit; the rest of a break on the pin. */
enum { RX_NOTHING, RX_HOST, RX_PIN, RX_BREAK };

struct usart_state {
    uint32_t reg[USART_REGS];   /* DR: the receive data register */
    uint32_t queued;        /* frames on the wire; the first is the one that arrives next */
    uint32_t first;
    uint32_t tx_bit;        /* bus clock cycles per bit of the frame being sent, of that on the pin */
    uint32_t rx_bit;
    uint32_t tx_shape;      /* levels of the bits being sent, from bit 0 on; high behind them */
    struct ticker clock;    /* bus clock cycles */
    uint64_t tx_begin;      /* bus clock cycle at which the frame being sent began, and ends */
    uint64_t tx_end;
    uint64_t tx_edge;       /* at which its level changes next, while somebody watches */
    uint64_t rx_begin;      /* at which the start bit on the pin began */
    uint64_t rx_end;        /* of the host's frame; the next sample of the pin */
    uint64_t idle_end;      /* an idle frame has passed since the last byte */
    uint64_t pulse_begin;   /* IrDA: the last pulse that came in, and the end of the 0 that it means */
    uint64_t pulse_end;
    uint16_t tdr;           /* transmit data register, full while TXE = 0 */
    uint16_t shift;         /* the frame's data bits */
    uint16_t seen;          /* SR flags that the last SR read showed and that are still set */
    uint16_t rx_shape;      /* levels sampled so far */
    uint16_t clocked_in;    /* bits that the frame being sent has brought with its clock */
    uint8_t clocked;        /* and how many */
    uint8_t rx_count;       /* how many are in rx_shape */
    uint8_t sending;        /* TX_... */
    uint8_t preamble;       /* an idle frame is due before the next data (TE was set) */
    uint8_t receiving;      /* RX_... */
    uint8_t heard;          /* the receiver was on when it began */
    uint8_t idling;         /* waiting for idle_end */
    uint8_t stopped;        /* the clock gate is closed */
    uint8_t watched;        /* somebody waits for the edges of TX */
    uint8_t line;           /* the level of the line that is heard */
    uint8_t cts;            /* somebody drives nCTS high: do not send */
    uint8_t told;           /* said that bytes wait for a pin */
    uint8_t light;          /* IrDA: the level of the line itself, low with light */
    uint8_t unnamed[1];     /* keeps the struct free of unnamed padding */
    uint16_t wire[WIRE];    /* IO_UART_... words */
};

/* ---- usart_v2.c ---- */

bool usart_transmitter_on(const struct usart_state *s);
bool usart_receiver_on(const struct usart_state *s);

/* Bus clock cycles per bit (RM0090 30.3.4); 0: the baud counters do not run. */
uint32_t usart_bit_ticks(const struct usart_state *s);

/* Bits between start and stop bit, the parity bit included; those without it. */
unsigned usart_word_length(const struct usart_state *s);
unsigned usart_data_bits(const struct usart_state *s);

/* Bus clock cycles that so many bits and the stop bits last. */
uint64_t usart_frame_ticks(const struct usart_state *s, unsigned bits);

/* Data bits with the parity bit on top of them, where there is one. */
uint32_t usart_with_parity(const struct usart_state *s, uint32_t data);

void usart_clear_flags(struct usart_state *s, uint32_t flags);
void usart_at_tick(struct device *d, unsigned event, bool active, uint64_t tick);

/* ---- usart_tx.c ---- */

/* Starts what is due if the shift register is free. */
void usart_send_if_free(struct device *d);

/* A frame, or what else was being sent, is out. */
void usart_sent(struct device *d);

void usart_write_data(struct device *d, uint32_t value);

/* TE or UE changed: `was_on` before. */
void usart_switch_transmitter(struct device *d, bool was_on);

/* The receiver answers a wrong parity bit (smartcard): the line is low for a bit. */
void usart_refuse(struct device *d);

/* ---- usart_line.c ---- */

/* CK comes with data; receiver and transmitter share TX. */
bool usart_synchronous(const struct usart_state *s);
bool usart_single_wire(const struct usart_state *s);

/* What TX and CK do now; their edges while somebody watches. */
enum signal_state usart_tx_state(const struct device *d);
enum signal_state usart_ck_state(const struct device *d);
void usart_drive_lines(struct device *d);
void usart_drive_card_clock(struct device *d);

/* Whether a line that falls now is a smartcard's word that it got the byte wrong. */
bool usart_is_refused(const struct device *d);

/* EVENT_EDGE: edges of them, with a clock also the middle of a bit that comes in. */
void usart_edge(struct device *d);

/* All bits that came in with the clock of the frame that was sent. */
uint32_t usart_clocked_word(struct device *d);

/* The line that is heard changes: an edge, or IrDA's pulse; the 0 that it meant is over. */
void usart_heard(struct device *d, bool level);
void usart_pulse_over(struct device *d);

/* ---- usart_rx.c ---- */

/* Whether a pin, or a block's test bench, has the line that the receiver hears. */
bool usart_hears(const struct device *d);

/* The next frame of the host's begins its start bit, if the line is free and the receiver is ready for it. */
void usart_receive_next(struct device *d);

/* A host's frame, or a bit on the pin, is complete; an idle frame has passed. */
void usart_arrived(struct device *d);
void usart_idle(struct device *d);

/* A frame's bits as DR shows them, and its errors as SR does. */
void usart_take(struct device *d, uint32_t word, uint32_t errors);

/* The line that is heard changes. */
void usart_line(struct device *d, bool level);

/* UE, RE or RWU changed. */
void usart_switch_receiver(struct device *d);

#endif
