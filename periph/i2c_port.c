/* SPDX-License-Identifier: GPL-3.0-or-later */
/* I2C bit by bit. See i2c_port.h. */
#include "periph/i2c_port.h"

#include "core/device.h"
#include "core/schedule.h"

enum { BITS = 8, SLOTS = 9 };   /* of a byte; and its acknowledge */

/* ---- driving ---- */

/* Data changes while SCL is low. */
static void pull(struct i2c_node n, bool scl, bool sda)
{
    struct i2c_port *p = n.port;

    p->pulls_scl = scl;
    p->pulls_sda = sda;
    if (scl)
        n.user->drive(n.d, false, true);
    n.user->drive(n.d, true, sda);
    if (!scl)
        n.user->drive(n.d, false, false);
    i2c_port_changed(n);
}

void i2c_port_changed(struct i2c_node n)
{
    sched_at(n.d, n.user->event_lines, sched_now(n.d));
}

static bool timed(const struct i2c_port *p)
{
    return p->clocking == I2C_LOW || p->clocking == I2C_HIGH || p->clocking == I2C_STARTED;
}

static void schedule(struct i2c_node n)
{
    struct i2c_port *p = n.port;

    sched_at(n.d, n.user->event_timed, timed(p) ? ticker_when(&p->clock, p->end) : VTIME_NEVER);
}

static void clocking(struct i2c_node n, enum i2c_clocking phase, uint32_t ticks)
{
    n.port->clocking = (uint8_t)phase;
    n.port->end = ticker_read(&n.port->clock, n.d) + (ticks ? ticks : 1);
    schedule(n);
}

void i2c_port_reclock(struct i2c_node n, unsigned clock, bool stopped)
{
    if (stopped)
        ticker_stop(&n.port->clock, n.d);
    else
        ticker_rate(&n.port->clock, n.d, clock, 1);
    schedule(n);
}

/* Whether SDA is to be low in the present slot. */
static bool wants_low(const struct i2c_port *p)
{
    if (!p->takes_part)
        return false;
    if (p->count == BITS)
        return !p->sends && p->acks;
    return p->sends && !(p->out >> (BITS - 1 - p->count) & 1);
}

/* Begins a period of SCL; a slave only lets it go. */
static void next_slot(struct i2c_node n)
{
    bool master = i2c_port_is_master(n.port);

    pull(n, master, wants_low(n.port));
    n.port->purpose = I2C_FOR_BIT;
    if (master)
        clocking(n, I2C_LOW, n.port->low);
}

static void begin_byte(struct i2c_port *p, bool sends)
{
    p->takes_part = true;
    p->sends = sends;
    p->acks = false;
    p->count = p->sampled = p->in = 0;
}

void i2c_port_send(struct i2c_node n, uint8_t byte)
{
    begin_byte(n.port, true);
    n.port->out = byte;
    next_slot(n);
}

void i2c_port_receive(struct i2c_node n)
{
    begin_byte(n.port, false);
    next_slot(n);
}

void i2c_port_wait(struct i2c_node n, bool stretch)
{
    bool master = i2c_port_is_master(n.port);

    n.port->takes_part = false;
    n.port->count = 0;
    if (master)
        n.port->clocking = I2C_HELD;
    schedule(n);
    pull(n, master || stretch, false);
}

void i2c_port_leave(struct i2c_node n)
{
    i2c_port_wait(n, false);
}

/* ---- conditions ---- */

bool i2c_port_free(const struct i2c_port *p)
{
    return p->scl && p->sda;
}

void i2c_port_start(struct i2c_node n)
{
    struct i2c_port *p = n.port;
    bool repeated = i2c_port_is_master(p);

    p->takes_part = false;
    p->count = 0;
    p->purpose = I2C_FOR_START;
    pull(n, repeated, false);
    if (repeated)
        clocking(n, I2C_LOW, p->low);
    else
        clocking(n, I2C_HIGH, p->high);
}

void i2c_port_stop(struct i2c_node n)
{
    n.port->takes_part = false;
    n.port->count = 0;
    n.port->purpose = I2C_FOR_STOP;
    pull(n, true, true);
    clocking(n, I2C_LOW, n.port->low);
}

static void resign(struct i2c_port *p)
{
    p->clocking = I2C_NO_MASTER;
}

void i2c_port_reset(struct i2c_node n)
{
    struct i2c_port *p = n.port;

    resign(p);
    schedule(n);
    begin_byte(p, false);
    p->takes_part = p->purpose = p->out = p->acked = 0;
    pull(n, false, false);
    p->scl = n.user->hears(n.d, false);
    p->sda = n.user->hears(n.d, true);
}

/* Another master has won; in a byte that both sent until now it goes on listening if its user says so. */
static void lose(struct i2c_node n)
{
    resign(n.port);
    schedule(n);
    n.port->sends = n.port->acks = false;
    pull(n, false, false);
    n.user->lost(n.d);
}

/* The end of a timed phase. */
void i2c_port_timed(struct i2c_node n)
{
    struct i2c_port *p = n.port;

    if (p->clocking == I2C_LOW) {
        p->clocking = I2C_RISING;
        pull(n, false, p->pulls_sda);
    } else if (p->clocking == I2C_STARTED || p->purpose == I2C_FOR_BIT) {
        pull(n, true, p->pulls_sda);
    } else {
        pull(n, false, p->purpose == I2C_FOR_START);
        if (p->purpose == I2C_FOR_STOP && !n.user->hears(n.d, true))
            lose(n);        /* a slave still sends: its last byte was acknowledged */
    }
}

/* ---- hearing ---- */

/* Between a bit's rising edge and the falling one nothing tells a bit from a condition at a byte's end. */
static bool inside_byte(const struct i2c_port *p)
{
    return p->takes_part && p->count > 0;
}

static void start_seen(struct i2c_node n)
{
    struct i2c_port *p = n.port;

    if (p->clocking == I2C_HIGH && p->purpose == I2C_FOR_START) {
        pull(n, false, true);
        clocking(n, I2C_STARTED, p->low);
        return;
    }
    if (inside_byte(p))
        n.user->misplaced(n.d);
    if (i2c_port_is_master(p))
        return;
    begin_byte(p, false);
    pull(n, false, false);
    n.user->called(n.d);
}

static void stop_seen(struct i2c_node n)
{
    struct i2c_port *p = n.port;
    bool ours = p->clocking == I2C_HIGH && p->purpose == I2C_FOR_STOP;

    if (inside_byte(p))
        n.user->misplaced(n.d);
    if (ours)
        resign(p);
    else if (i2c_port_is_master(p))
        return;
    i2c_port_leave(n);
    n.user->stopped(n.d, ours);
}

/* SDA was let go, and is low: another master. A receiver's acknowledge counts as its data does. */
static bool outvoted(const struct i2c_port *p)
{
    bool drives = p->purpose == I2C_FOR_BIT ? p->takes_part && p->sends == (p->count < BITS)
                                            : p->purpose == I2C_FOR_START;

    return i2c_port_is_master(p) && drives && !p->pulls_sda && !p->sda;
}

static void rise_seen(struct i2c_node n)
{
    struct i2c_port *p = n.port;

    if (p->clocking == I2C_RISING)
        clocking(n, I2C_HIGH, p->high);
    if (p->takes_part) {
        p->sampled = true;
        if (p->count < BITS)
            p->in = (uint8_t)(p->in << 1 | p->sda);
        else
            p->acked = !p->sda;
    }
    if (outvoted(p))
        lose(n);
    else if (p->takes_part && p->count == BITS && !p->sends && p->acks)
        n.user->acknowledging(n.d);
}

/* A slot has ended in which we took part. */
static void slot_over(struct i2c_node n)
{
    struct i2c_port *p = n.port;

    p->sampled = false;
    p->count++;
    if (p->count == BITS && !p->sends)
        p->acks = n.user->acknowledges(n.d, p->in);
    if (p->count == SLOTS) {
        p->count = 0;
        n.user->byte(n.d, p->in, p->sends ? p->acked : p->acks);
    } else if (p->takes_part) {
        next_slot(n);
    }
}

static void fall_seen(struct i2c_node n)
{
    struct i2c_port *p = n.port;

    if (p->clocking == I2C_STARTED) {
        i2c_port_wait(n, true);
        n.user->started(n.d);
    } else if (p->clocking == I2C_HIGH && p->purpose != I2C_FOR_BIT) {
        lose(n);            /* another master sends a bit where this one wanted a condition */
    } else if (p->takes_part && p->sampled) {
        slot_over(n);
    }
}

void i2c_port_look(struct i2c_node n)
{
    struct i2c_port *p = n.port;
    bool scl = !p->pulls_scl && n.user->hears(n.d, false), sda = !p->pulls_sda && n.user->hears(n.d, true);
    bool clock_moved = scl != p->scl, data_moved = sda != p->sda;

    p->scl = scl;
    p->sda = sda;
    if (clock_moved && scl)
        rise_seen(n);
    else if (clock_moved)
        fall_seen(n);
    else if (data_moved && scl && sda)
        stop_seen(n);
    else if (data_moved && scl)
        start_seen(n);
}

bool i2c_port_sane(const struct i2c_port *p)
{
    return p->count <= BITS;
}
