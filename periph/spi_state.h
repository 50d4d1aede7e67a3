/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the parts of SPI and I2S share (spi_v1.c, spi_frame.c, spi_i2s.c). Nobody else includes this.
 */
#ifndef PERIPH_SPI_STATE_H
#define PERIPH_SPI_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/clock.h"
#include "core/device.h"
#include "core/signal.h"
#include "periph/spi_v1.h"

enum { CR1, CR2, SR, DR, CRCPR, RXCRCR, TXCRCR, I2SCFGR, I2SPR, SPI_REGS };

enum {
    CR1_CPHA = 1 << 0, CR1_CPOL = 1 << 1, CR1_MSTR = 1 << 2, CR1_BR_LSB = 3, CR1_SPE = 1 << 6, CR1_LSBFIRST = 1 << 7,
    CR1_SSI = 1 << 8, CR1_SSM = 1 << 9, CR1_RXONLY = 1 << 10, CR1_DFF = 1 << 11, CR1_CRCNEXT = 1 << 12,
    CR1_CRCEN = 1 << 13, CR1_BIDIOE = 1 << 14, CR1_BIDIMODE = 1 << 15,

    CR2_RXDMAEN = 1 << 0, CR2_TXDMAEN = 1 << 1, CR2_SSOE = 1 << 2, CR2_ERRIE = 1 << 5,
    CR2_RXNEIE = 1 << 6, CR2_TXEIE = 1 << 7,

    SR_RXNE = 1 << 0, SR_TXE = 1 << 1, SR_CHSIDE = 1 << 2, SR_UDR = 1 << 3, SR_CRCERR = 1 << 4,
    SR_MODF = 1 << 5, SR_OVR = 1 << 6, SR_BSY = 1 << 7, SR_FRE = 1 << 8,
    SR_ERRORS = SR_UDR | SR_CRCERR | SR_MODF | SR_OVR | SR_FRE,

    I2S_CHLEN = 1 << 0, I2S_DATLEN = 3 << 1, I2S_DATLEN_24 = 1 << 1, I2S_CKPOL = 1 << 3, I2S_STD_LSB = 4,
    I2S_PCMSYNC = 1 << 7, I2S_CFG_LSB = 8, I2S_I2SE = 1 << 10, I2S_I2SMOD = 1 << 11,

    I2SPR_ODD = 1 << 8, I2SPR_MCKOE = 1 << 9
};

enum { EVENT_FRAME, EVENT_EDGE, EVENT_MCK, SPI_EVENTS };

enum { SPI_BITS_MAX = 32 };     /* of a frame: an I2S channel */

struct spi_state {
    uint32_t reg[SPI_REGS]; /* DR: the receive data register */
    uint32_t out;           /* bits that the frame under way sends, the last one in bit 0 */
    uint32_t in;            /* and those that it has brought so far */
    uint32_t bit;           /* ticks of a bit of it */
    struct ticker clock;    /* of the bus, or of I2S as a master */
    uint64_t begin;         /* master: tick at which the frame under way began, and ends */
    uint64_t end;
    uint16_t tdr;           /* full while TXE = 0 */
    uint16_t shift;         /* what the frame under way sends */
    uint8_t shifting;       /* master: a frame is under way */
    uint8_t bits;           /* of the frame under way, or the last one */
    uint8_t sampled;        /* how many of them have come in */
    uint8_t half;           /* master: half bits that have begun, while somebody watches */
    uint8_t active;         /* slave: the clock is away from its idle level */
    uint8_t line;           /* the level of the data output */
    uint8_t watched;        /* master: somebody waits for edges of its lines */
    uint8_t sck_leaves;     /* some pin, or a block's test bench, has the line */
    uint8_t mosi_leaves;
    uint8_t crc_frame;      /* the frame under way is the CRC */
    uint8_t low_half;       /* I2S: the second half of a long word is next */
    uint8_t right;          /* I2S: the next word is the right channel's */
    uint8_t modf_seen;      /* SR was read while MODF = 1 */
    uint8_t ovr_dr_read;    /* DR was read while OVR = 1 */
    uint8_t stopped;        /* the clock gate is closed */
    uint8_t in_step;        /* I2S slave: WS has said where words begin */
    uint8_t ws;             /* and what it was at the last bit */
    uint8_t dma_ended;      /* the CRC is due though CRCNEXT is not set */
    uint8_t unused[2];
};

/* ---- modes ---- */

static inline bool i2s_mode(const struct spi_state *s)
{
    return s->reg[I2SCFGR] & I2S_I2SMOD;
}

enum { I2S_SLAVE_TX, I2S_SLAVE_RX, I2S_MASTER_TX, I2S_MASTER_RX };

static inline unsigned i2s_config(const struct spi_state *s)
{
    return s->reg[I2SCFGR] >> I2S_CFG_LSB & 3;
}

static inline bool spi_enabled(const struct spi_state *s)
{
    return i2s_mode(s) ? s->reg[I2SCFGR] & I2S_I2SE : s->reg[CR1] & CR1_SPE;
}

static inline bool spi_master(const struct spi_state *s)
{
    return i2s_mode(s) ? i2s_config(s) >= I2S_MASTER_TX : s->reg[CR1] & CR1_MSTR;
}

/* One line for both directions, as an input. */
static inline bool spi_bidi_input(const struct spi_state *s)
{
    return !i2s_mode(s) && (s->reg[CR1] & (CR1_BIDIMODE | CR1_BIDIOE)) == CR1_BIDIMODE;
}

static inline bool spi_sends(const struct spi_state *s)
{
    if (i2s_mode(s))
        return i2s_config(s) == I2S_MASTER_TX || i2s_config(s) == I2S_SLAVE_TX;
    return s->reg[CR1] & CR1_BIDIMODE ? s->reg[CR1] & CR1_BIDIOE : !(s->reg[CR1] & CR1_RXONLY);
}

static inline bool spi_receives(const struct spi_state *s)
{
    if (i2s_mode(s))
        return !spi_sends(s);
    return !(s->reg[CR1] & CR1_BIDIMODE) || spi_bidi_input(s);
}

/* ---- spi_v1.c: flags ---- */

/* A slave that is meant: by NSS, or by SSI in its place. */
bool spi_selected(const struct device *d);

/* A word has come in: RXNE or OVR. */
void spi_receive(struct device *d, uint16_t word);

/* Interrupt, requests and lines, after a frame or a bit of it. */
void spi_update(struct device *d);

/* ---- spi_frame.c: frames on the lines ---- */

/* What the lines do now. */
enum signal_state spi_sck(const struct device *d);
enum signal_state spi_mosi(const struct device *d);
enum signal_state spi_miso(const struct device *d);
enum signal_state spi_ws(const struct device *d);

/* Starts what is due if the wires are free. */
void spi_next_frame(struct device *d);

/* Master: a frame is over; an edge of it that somebody watches. */
void spi_frame_done(struct device *d);
void spi_edge(struct device *d);

/* Events anew: the clock changed, or who watches. */
void spi_schedule(struct device *d);

/* The frame under way comes to nothing. */
void spi_abort(struct device *d);

/* Somebody watches from now on: what went by is caught up with. */
void spi_catch_up(struct device *d);

/* The DMA has written the last word, or has read it. */
void spi_dma_ended(struct device *d, bool sending);

/* Slave: SCK changed; DR or who is selected did. */
void spi_clock_changed(struct device *d, bool level);
void spi_show(struct device *d);

/* An I2SxEXT block, which has no clock of its own: a word of its I2S block begins or ends, CK changes. */
void spi_ext_frame(struct device *d, bool begins);
void spi_ext_clock(struct device *d, bool active);

/* ---- spi_i2s.c ---- */

/* Bits of a frame, and ticks of each (RM0090 28.4.4). */
unsigned i2s_bits(const struct spi_state *s);
uint32_t i2s_bit_ticks(const struct spi_state *s);

/* A word of the present channel as it is on the line, and back. */
uint32_t i2s_pattern(const struct spi_state *s, uint16_t word);
uint16_t i2s_word(const struct spi_state *s, uint32_t pattern);

/* A word has left the data register; a frame is over and has brought one. */
void i2s_loaded(struct spi_state *s);
void i2s_end(struct device *d, uint16_t word);

/* What a master does to WS: at a bit of the frame under way, and before the first. */
bool i2s_ws(const struct spi_state *s, unsigned bit);
bool i2s_resting_ws(const struct spi_state *s);

/* MCK now; its edges while somebody watches. */
enum signal_state i2s_mck(const struct device *d);
void i2s_drive_mck(struct device *d);

/* I2SE was set; WS changed; a slave's bit is sampled: whether it belongs to a word. */
void i2s_enable(struct device *d);
void i2s_ws_changed(struct device *d, bool level);
bool i2s_in_step(struct device *d);

#endif
