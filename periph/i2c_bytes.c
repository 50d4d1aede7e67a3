/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the bytes on the bus mean to a controller, as a master and as a slave. See i2c_v1.c. */
#include "periph/i2c_state.h"

#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"

/* Addresses that SMBus gives a meaning to (SMBus 2.0 appendix C), shifted up. */
enum { SMBUS_HOST = 0x10, SMBUS_ALERT = 0x18, SMBUS_DEFAULT = 0xC2 };

static bool is_master(const struct i2c_state *s)
{
    return s->reg[SR2] & SR2_MSL;
}

/* A flag that rises has not been seen yet. */
static void set_flags(struct i2c_state *s, uint32_t flags)
{
    s->seen &= (uint16_t)~(flags & ~s->reg[SR1]);
    s->reg[SR1] |= flags;
}

static void clear_flags(struct i2c_state *s, uint32_t flags)
{
    s->reg[SR1] &= ~flags;
}

/* ---- packet error checking: CRC-8, x^8 + x^2 + x + 1 (RM0090 27.3.6) ---- */

static void add_to_pec(struct i2c_state *s, uint8_t byte)
{
    uint8_t crc = s->pec ^ byte;

    if (!(s->reg[CR1] & CR1_ENPEC))
        return;
    for (unsigned i = 0; i < 8; i++)
        crc = (uint8_t)(crc << 1 ^ (crc & 0x80 ? 0x07 : 0));
    s->pec = crc;
}

/* The byte that is coming in is the sender's PEC. POS means the one after it, as with ACK. */
static bool is_pec(const struct i2c_state *s)
{
    uint32_t cr1 = s->reg[CR1];

    return cr1 & CR1_ENPEC && cr1 & CR1_PEC && !(cr1 & CR1_POS && s->first);
}

static bool check_pec(struct i2c_state *s, uint8_t byte)
{
    s->reg[CR1] &= ~(uint32_t)CR1_PEC;
    s->pec_byte = true;
    if (byte != s->pec)
        set_flags(s, SR1_PECERR);
    return byte == s->pec;
}

/* ---- ends ---- */

/* What a start or stop condition ends. What a slave was given before it is called stays. */
static void end_transfer(struct i2c_state *s)
{
    if (is_master(s) || s->transfer == TRANSFER_SEND)
        s->tx_full = false;
    clear_flags(s, SR1_TXE | (s->reg[SR2] & SR2_TRA ? SR1_BTF : 0));
    s->reg[CR1] &= ~(uint32_t)CR1_PEC;
    s->transfer = TRANSFER_NONE;
    s->between = s->last = s->first = s->pec_byte = false;
}

/* ---- the next byte ---- */

static void begin_start(struct device *d)
{
    struct i2c_state *s = d->state;

    if (!signal_leaves(d, I2C_OUT_SCL) || !signal_leaves(d, I2C_OUT_SDA)) {
        diag_guest(d, DIAG_PIN, CR1, "START, but no pin has %s_%s: the line stays low and the bus looks busy", d->name,
                   signal_leaves(d, I2C_OUT_SCL) ? "SDA" : "SCL");
        s->reg[SR2] |= SR2_BUSY;
    } else if (!i2c_set_rate(d)) {
        diag_guest(d, DIAG_SEQUENCE, CCR, "START, but CCR or CR2.FREQ is 0: SCL does not run");
    } else if (is_master(s) || i2c_port_free(&s->port)) {
        end_transfer(s);
        i2c_port_start(i2c_node(d));
    } else {
        s->reg[SR2] |= SR2_BUSY;
    }
}

static void begin_stop(struct device *d)
{
    struct i2c_state *s = d->state;

    clear_flags(s, SR1_SB | SR1_ADD10);
    end_transfer(s);
    i2c_port_stop(i2c_node(d));
}

static void send(struct device *d, uint8_t byte)
{
    struct i2c_state *s = d->state;

    s->between = false;
    clear_flags(s, SR1_BTF);
    i2c_port_send(i2c_node(d), byte);
}

/* A slave asks for the next byte when this one's first bit is clocked (i2c_clocked). */
static void send_data(struct device *d)
{
    struct i2c_state *s = d->state;

    s->tx_full = false;
    if (is_master(s))
        set_flags(s, SR1_TXE);
    send(d, s->tdr);
}

/* Inferred, not from the manual: with TxE already at the end of the byte before, the vendor's interrupt-driven slave,
 * which leaves TxE on behind its last byte, would keep a master on the same chip from ever fetching what it holds SCL
 * for. */
void i2c_clocked(struct i2c_state *s)
{
    if (s->transfer == TRANSFER_SEND && !s->between && !s->tx_full)
        set_flags(s, SR1_TXE);
}

static void send_pec(struct device *d)
{
    struct i2c_state *s = d->state;

    s->reg[CR1] &= ~(uint32_t)CR1_PEC;
    s->pec_byte = true;
    send(d, s->pec);
}

static void receive(struct device *d)
{
    struct i2c_state *s = d->state;

    s->between = false;
    i2c_port_receive(i2c_node(d));
}

static bool stretches(const struct i2c_state *s)
{
    return is_master(s) || !(s->reg[CR1] & CR1_NOSTRETCH);
}

/* Nothing to send, and SCL may not be stretched: the last byte once more. */
static void underrun(struct device *d)
{
    struct i2c_state *s = d->state;

    set_flags(s, SR1_OVR);
    send(d, s->tdr);
}

/* Nobody has the bus: START takes it, STOP has nothing to end. */
static void go_on_idle(struct device *d)
{
    struct i2c_state *s = d->state;

    s->reg[CR1] &= ~(uint32_t)CR1_STOP;
    if (s->reg[CR1] & CR1_START && !(s->reg[SR2] & SR2_BUSY))
        begin_start(d);
}

/* A slave's STOP lets the lines go (RM0090 27.6.1). */
static void leave(struct device *d)
{
    struct i2c_state *s = d->state;

    s->reg[CR1] &= ~(uint32_t)CR1_STOP;
    end_transfer(s);
    i2c_port_leave(i2c_node(d));
}

/* STOP and START act after the byte; a slave's START waits for the bus. */
static bool ends_here(struct device *d)
{
    struct i2c_state *s = d->state;
    uint32_t wanted = s->reg[CR1] & (is_master(s) ? CR1_STOP | CR1_START : CR1_STOP);

    if (!wanted)
        return false;
    if (!is_master(s))
        leave(d);
    else if (wanted & CR1_STOP)
        begin_stop(d);
    else if (!(s->reg[SR1] & SR1_SB))
        begin_start(d);
    return true;
}

static void next_byte(struct device *d)
{
    struct i2c_state *s = d->state;
    bool sending = s->transfer == TRANSFER_SEND;

    if (sending && !s->tx_full && s->reg[CR1] & CR1_ENPEC && s->reg[CR1] & CR1_PEC)
        send_pec(d);
    else if (ends_here(d))
        return;
    else if (sending && s->tx_full)
        send_data(d);
    else if (sending && !stretches(s))
        underrun(d);
    else if (s->transfer == TRANSFER_RECEIVE && !s->shift_full)
        receive(d);
}

void i2c_go_on(struct device *d)
{
    struct i2c_state *s = d->state;
    bool idle = !is_master(s) && s->transfer == TRANSFER_NONE && !i2c_port_is_master(&s->port);
    bool unseen = stretches(s) && s->reg[SR1] & (SR1_ADDR | SR1_ADD10);

    if (!(s->reg[CR1] & CR1_PE))
        return;
    if (idle)
        go_on_idle(d);
    else if (s->between && !unseen)
        next_byte(d);
}

/* A byte is through, and maybe the firmware has to act before the next one. */
static void pause(struct device *d)
{
    struct i2c_state *s = d->state;

    s->between = true;
    if (stretches(s))
        i2c_port_wait(i2c_node(d), true);
    i2c_go_on(d);
}

/* ---- conditions ---- */

void i2c_started(struct device *d)
{
    struct i2c_state *s = d->state;

    if (!(s->reg[SR2] & SR2_MSL))
        s->pec = 0;
    s->reg[CR1] &= ~(uint32_t)CR1_START;
    set_flags(s, SR1_SB);
    s->reg[SR2] = (s->reg[SR2] & ~(uint32_t)(SR2_TRA | SR2_CALLED)) | SR2_MSL | SR2_BUSY;
    s->transfer = TRANSFER_NONE;
    s->between = true;
}

void i2c_called(struct device *d)
{
    struct i2c_state *s = d->state;

    if (!(s->reg[SR2] & SR2_BUSY))
        s->pec = 0;
    end_transfer(s);
    s->reg[SR2] = (s->reg[SR2] & ~(uint32_t)(SR2_TRA | SR2_CALLED)) | SR2_BUSY;
    s->transfer = TRANSFER_CALLED;
}

/* STOPF is the slave's, and not after a byte that it has refused (RM0090 27.6.6). */
void i2c_stop_seen(struct device *d, bool ours)
{
    struct i2c_state *s = d->state;

    if (ours)
        s->reg[CR1] &= ~(uint32_t)CR1_STOP;
    else if (s->acknowledged && (s->transfer == TRANSFER_RECEIVE || s->transfer == TRANSFER_SEND))
        set_flags(s, SR1_STOPF);
    end_transfer(s);
    s->called_10 = s->acknowledged = false;
    s->reg[SR2] &= ~(uint32_t)(SR2_MSL | SR2_BUSY | SR2_TRA | SR2_CALLED);
    i2c_go_on(d);
}

void i2c_misplaced(struct device *d)
{
    set_flags(d->state, SR1_BERR);
}

/* The winner may be calling this one: the address goes on as a slave's. */
void i2c_lost(struct device *d)
{
    struct i2c_state *s = d->state;
    bool calling = s->transfer == TRANSFER_CALL;

    if (s->port.purpose == I2C_FOR_STOP)
        diag_guest(d, DIAG_SEQUENCE, CR1, "STOP while another side holds SDA low: it still sends, as if the byte before was "
                                          "acknowledged");
    set_flags(s, SR1_ARLO);
    end_transfer(s);
    s->reg[CR1] &= ~(uint32_t)CR1_STOP;
    s->reg[SR2] &= ~(uint32_t)(SR2_MSL | SR2_TRA);
    if (calling)
        s->transfer = TRANSFER_CALLED;
    else
        i2c_port_leave(i2c_node(d));
}

/* RM0090 27.6.6: a master sends a stop condition, a slave lets the lines go. */
void i2c_timeout(struct device *d)
{
    struct i2c_state *s = d->state;

    set_flags(s, SR1_TIMEOUT);
    if (is_master(s)) {
        begin_stop(d);
        return;
    }
    end_transfer(s);
    i2c_port_leave(i2c_node(d));
}

/* ---- addresses ---- */

/* The first byte of a 10-bit address, with READ_BIT for a read. */
static bool is_header_10(uint8_t byte)
{
    return (byte & HEADER_10_MASK) == HEADER_10;
}

void i2c_call(struct device *d, uint8_t byte, bool second)
{
    struct i2c_state *s = d->state;

    clear_flags(s, second ? SR1_ADD10 : SR1_SB);
    s->transfer = second ? TRANSFER_CALL_10 : TRANSFER_CALL;
    send(d, byte);
}

static void not_acknowledged(struct device *d)
{
    struct i2c_state *s = d->state;

    set_flags(s, SR1_AF);
    clear_flags(s, SR1_TXE);
    s->tx_full = false;
    s->transfer = TRANSFER_NONE;
    if (is_master(s))
        pause(d);
    else
        i2c_port_leave(i2c_node(d));
}

/* An address is through: this side sends data now, or receives it, once ADDR is cleared. A sender has TxE together with
 * ADDR: the vendor's standard library and ChibiOS wait for SR1 and SR2 to read 0x00070082 (a slave: 0x00060082). */
static void addressed(struct device *d, bool sends)
{
    struct i2c_state *s = d->state;

    s->transfer = sends ? TRANSFER_SEND : TRANSFER_RECEIVE;
    s->reg[SR2] |= sends ? SR2_TRA : 0;
    s->first = true;
    if (sends && !s->tx_full)
        set_flags(s, SR1_TXE);
    pause(d);
}

static void call_sent(struct device *d, uint8_t byte, bool acked)
{
    struct i2c_state *s = d->state;

    if (!acked) {
        not_acknowledged(d);
    } else if (s->transfer == TRANSFER_CALL && is_header_10(byte) && !(byte & READ_BIT)) {
        set_flags(s, SR1_ADD10);
        pause(d);
    } else {
        set_flags(s, SR1_ADDR);
        addressed(d, s->transfer == TRANSFER_CALL_10 || !(byte & READ_BIT));
    }
}

static bool matches_smbus(struct i2c_state *s, uint8_t byte)
{
    uint32_t cr1 = s->reg[CR1];
    bool host = cr1 & CR1_SMBTYPE;

    if (!(cr1 & CR1_SMBUS))
        return false;
    if (!host && cr1 & CR1_ALERT && byte == (SMBUS_ALERT | READ_BIT)) {
        set_flags(s, SR1_SMBALERT);
        return true;
    }
    if (!(cr1 & CR1_ENARP) || (byte & ~READ_BIT) != (host ? SMBUS_HOST : SMBUS_DEFAULT))
        return false;
    s->reg[SR2] |= host ? SR2_SMBHOST : SR2_SMBDEFAULT;
    return true;
}

/* The second address and the general call, which is no address of one's own; beside an own address of either length. */
static bool matches_other(struct i2c_state *s, uint8_t byte)
{
    if (s->reg[OAR2] & OAR2_ENDUAL && ((s->reg[OAR2] ^ byte) & 0xFE) == 0) {
        s->reg[SR2] |= SR2_DUALF;
        return true;
    }
    if (s->reg[CR1] & CR1_ENGC && byte == 0) {
        s->reg[SR2] |= SR2_GENCALL;
        return true;
    }
    return matches_smbus(s, byte);
}

static bool matches(struct i2c_state *s, uint8_t byte)
{
    uint32_t own = s->reg[OAR1];

    if (s->transfer == TRANSFER_CALLED_10)
        return byte == (own & 0xFF);
    if (!(own & OAR1_ADDMODE))
        return (byte > READ_BIT && ((own ^ byte) & 0xFE) == 0) || matches_other(s, byte);
    if (is_header_10(byte) && (byte >> 1 & 3) == (own >> 8 & 3))
        return !(byte & READ_BIT) || s->called_10;
    return matches_other(s, byte);
}

/* The first of two bytes of the own address. */
static bool is_own_header(const struct i2c_state *s, uint8_t byte)
{
    return s->transfer == TRANSFER_CALLED && s->reg[OAR1] & OAR1_ADDMODE && is_header_10(byte) && !(byte & READ_BIT);
}

/* The own address is complete. A slave has ADDR half a period before its master, and stretches SCL from then on: the
 * vendor's programs for two controllers of one chip count on being the first. */
void i2c_acknowledging(struct device *d)
{
    struct i2c_state *s = d->state;
    bool second = s->transfer == TRANSFER_CALLED_10;
    uint8_t byte = s->port.in;

    if ((!second && s->transfer != TRANSFER_CALLED) || is_own_header(s, byte))
        return;
    set_flags(s, SR1_ADDR);
    if (!second && byte & READ_BIT) {
        s->reg[SR2] |= SR2_TRA;
        set_flags(s, s->tx_full ? 0 : SR1_TXE);
    }
    s->called_10 |= second;
}

static void called_by(struct device *d, uint8_t byte, bool acked)
{
    struct i2c_state *s = d->state;

    s->acknowledged = acked;
    if (!acked) {
        s->transfer = TRANSFER_NONE;
        i2c_port_leave(i2c_node(d));
    } else if (is_own_header(s, byte)) {
        s->transfer = TRANSFER_CALLED_10;
        i2c_port_receive(i2c_node(d));
    } else {
        addressed(d, s->reg[SR2] & SR2_TRA);
    }
}

void i2c_address_done(struct device *d)
{
    struct i2c_state *s = d->state;

    clear_flags(s, SR1_ADDR);
    i2c_go_on(d);
}

/* ---- data ---- */

/* With POS the ACK bit means the byte after the one in the shift register: the first one after the address is
 * acknowledged in any case (RM0090 27.3.3, reception of two bytes). */
static bool acknowledges_data(const struct i2c_state *s)
{
    if (s->last && s->reg[CR2] & CR2_LAST)
        return false;
    return s->reg[CR1] & CR1_ACK || (s->reg[CR1] & CR1_POS && s->first);
}

bool i2c_acknowledges(struct device *d, uint8_t byte)
{
    struct i2c_state *s = d->state;

    if (s->transfer == TRANSFER_RECEIVE && is_pec(s))
        return check_pec(s, byte) && !is_master(s);
    if (s->transfer == TRANSFER_RECEIVE)
        return acknowledges_data(s);
    return s->reg[CR1] & CR1_ACK && matches(s, byte);
}

static void data_sent(struct device *d, bool acked)
{
    struct i2c_state *s = d->state;

    if (!acked) {
        not_acknowledged(d);
        return;
    }
    if (!s->tx_full && stretches(s))
        set_flags(s, SR1_BTF);
    pause(d);
}

static void take_data(struct device *d, uint8_t byte)
{
    struct i2c_state *s = d->state;

    if (!(s->reg[SR1] & SR1_RXNE)) {
        s->reg[DR] = byte;
        set_flags(s, SR1_RXNE);
    } else if (stretches(s)) {
        s->shift = byte;
        s->shift_full = true;
        set_flags(s, SR1_BTF);
    } else {
        set_flags(s, SR1_OVR);
        diag_guest(d, DIAG_OVERRUN, DR, "0x%02X is lost: DR was not read, and NOSTRETCH is set", byte);
    }
}

static void data_received(struct device *d, uint8_t byte, bool acked)
{
    struct i2c_state *s = d->state;

    take_data(d, byte);
    s->first = false;
    s->acknowledged = acked;
    if (acked) {
        pause(d);
    } else if (is_master(s)) {
        s->transfer = TRANSFER_NONE;
        pause(d);
    } else {
        i2c_port_leave(i2c_node(d));
    }
}

void i2c_byte(struct device *d, uint8_t byte, bool acked)
{
    struct i2c_state *s = d->state;

    if (!s->pec_byte)
        add_to_pec(s, byte);
    s->pec_byte = false;
    switch ((enum i2c_transfer)s->transfer) {
    case TRANSFER_CALL:
    case TRANSFER_CALL_10:
        call_sent(d, byte, acked);
        break;
    case TRANSFER_CALLED:
    case TRANSFER_CALLED_10:
        called_by(d, byte, acked);
        break;
    case TRANSFER_SEND:
        data_sent(d, acked);
        break;
    case TRANSFER_RECEIVE:
        data_received(d, byte, acked);
        break;
    case TRANSFER_NONE:
        i2c_port_leave(i2c_node(d));
        break;
    }
}
