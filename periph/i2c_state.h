/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the I2C share (i2c_v1.c, i2c_bytes.c). Nobody else includes this. */
#ifndef PERIPH_I2C_STATE_H
#define PERIPH_I2C_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/device.h"
#include "periph/delay.h"
#include "periph/i2c_port.h"
#include "periph/i2c_v1.h"

enum { CR1, CR2, OAR1, OAR2, DR, SR1, SR2, CCR, TRISE, I2C_REGS };

enum {
    CR1_PE = 1 << 0, CR1_SMBUS = 1 << 1, CR1_SMBTYPE = 1 << 3, CR1_ENARP = 1 << 4, CR1_ENPEC = 1 << 5,
    CR1_ENGC = 1 << 6, CR1_NOSTRETCH = 1 << 7, CR1_START = 1 << 8, CR1_STOP = 1 << 9, CR1_ACK = 1 << 10,
    CR1_POS = 1 << 11, CR1_PEC = 1 << 12, CR1_ALERT = 1 << 13, CR1_SWRST = 1 << 15,

    CR2_FREQ = 0x3F, CR2_ITERREN = 1 << 8, CR2_ITEVTEN = 1 << 9, CR2_ITBUFEN = 1 << 10, CR2_DMAEN = 1 << 11,
    CR2_LAST = 1 << 12,

    OAR1_ADDMODE = 1 << 15, OAR2_ENDUAL = 1 << 0,

    SR1_SB = 1 << 0, SR1_ADDR = 1 << 1, SR1_BTF = 1 << 2, SR1_ADD10 = 1 << 3, SR1_STOPF = 1 << 4,
    SR1_RXNE = 1 << 6, SR1_TXE = 1 << 7, SR1_BERR = 1 << 8, SR1_ARLO = 1 << 9, SR1_AF = 1 << 10,
    SR1_OVR = 1 << 11, SR1_PECERR = 1 << 12, SR1_TIMEOUT = 1 << 14, SR1_SMBALERT = 1 << 15,
    SR1_EVENTS = SR1_SB | SR1_ADDR | SR1_BTF | SR1_ADD10 | SR1_STOPF,
    SR1_ERRORS = 0xDF00,

    SR2_MSL = 1 << 0, SR2_BUSY = 1 << 1, SR2_TRA = 1 << 2, SR2_GENCALL = 1 << 4, SR2_SMBDEFAULT = 1 << 5,
    SR2_SMBHOST = 1 << 6, SR2_DUALF = 1 << 7, SR2_PEC_LSB = 8,
    SR2_CALLED = SR2_GENCALL | SR2_SMBDEFAULT | SR2_SMBHOST | SR2_DUALF,    /* as which address */

    CCR_CCR = 0xFFF, CCR_DUTY = 1 << 14, CCR_FS = 1 << 15
};

enum { EVENT_TIMED, EVENT_LINES, EVENT_TIMEOUT, I2C_EVENTS };

enum { READ_BIT = 1, HEADER_10 = 0xF0, HEADER_10_MASK = 0xF8 };

/* What the byte under way, or the one to come, is. */
enum i2c_transfer {
    TRANSFER_NONE,
    TRANSFER_CALL,          /* an address, from this master */
    TRANSFER_CALL_10,       /* the second byte of one */
    TRANSFER_CALLED,        /* an address from another master */
    TRANSFER_CALLED_10,
    TRANSFER_SEND,          /* data */
    TRANSFER_RECEIVE
};

struct i2c_state {
    uint32_t reg[I2C_REGS]; /* DR: the receive data register; SR2 without the PEC */
    uint32_t reserved;      /* keeps the struct free of unnamed padding */
    struct i2c_port port;   /* its clock: bus clock cycles */
    struct delay low;       /* SMBus: how long SCL has been low */
    uint16_t seen;          /* SR1 as the last read of it showed it */
    uint8_t transfer;       /* enum i2c_transfer */
    uint8_t between;        /* the next byte needs a decision */
    uint8_t tdr;            /* full while tx_full */
    uint8_t tx_full;
    uint8_t shift;          /* a byte that was received while DR was full: while shift_full */
    uint8_t shift_full;
    uint8_t first;          /* the next byte received is the first after the address */
    uint8_t last;           /* the DMA has asked for the end */
    uint8_t called_10;      /* the 10-bit address was ours in this transaction */
    uint8_t acknowledged;   /* the last byte that came in as a slave */
    uint8_t pec;
    uint8_t pec_byte;       /* the byte under way is it */
    uint8_t stopped;        /* the clock gate is closed */
    uint8_t unused;
};

/* ---- i2c_v1.c ---- */

extern const struct i2c_user i2c_v1_user;

static inline struct i2c_node i2c_node(struct device *d)
{
    struct i2c_state *s = d->state;

    return (struct i2c_node){d, &s->port, &i2c_v1_user};
}

/* Half periods of SCL from CCR, in bus clock cycles (RM0090 27.6.8); false: it does not run. */
bool i2c_set_rate(struct device *d);

/* ---- i2c_bytes.c: what bytes and conditions mean ---- */

/* The firmware did something, or a byte is through: what comes next? */
void i2c_go_on(struct device *d);

/* ADDR was shown and SR2 read. */
void i2c_address_done(struct device *d);

/* An address is in DR after SB, or its second byte after ADD10. */
void i2c_call(struct device *d, uint8_t byte, bool second);

/* SCL is high. */
void i2c_clocked(struct i2c_state *s);

/* SCL was low for longer than SMBus allows. */
void i2c_timeout(struct device *d);

void i2c_started(struct device *d);
void i2c_called(struct device *d);
void i2c_stop_seen(struct device *d, bool ours);
void i2c_misplaced(struct device *d);
void i2c_lost(struct device *d);
bool i2c_acknowledges(struct device *d, uint8_t byte);
void i2c_acknowledging(struct device *d);
void i2c_byte(struct device *d, uint8_t byte, bool acked);

#endif
