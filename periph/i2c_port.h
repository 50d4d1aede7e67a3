/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One participant of an I2C bus, bit by bit (UM10204 3.1): it drives and hears SCL and SDA, knows start and stop
 * conditions, makes a clock as a master, is stretched, and loses arbitration. What the bytes mean is its user's.
 *
 * A change of the lines is looked at in an event of the same cycle, so that whoever made it is done with it.
 */
#ifndef PERIPH_I2C_PORT_H
#define PERIPH_I2C_PORT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/clock.h"

struct device;

/* State for the arena. The user sets `low` and `high` before it asks for a start condition. */
struct i2c_port {
    struct ticker clock;
    uint64_t end;           /* tick at which the timed phase ends */
    uint32_t low, high;     /* ticks that SCL is low and high */
    uint8_t scl, sda;       /* the lines as last looked at */
    uint8_t pulls_scl, pulls_sda;
    uint8_t clocking;       /* enum i2c_clocking */
    uint8_t purpose;        /* enum i2c_purpose: what the present period of SCL is for */
    uint8_t takes_part;     /* in the byte under way */
    uint8_t sends;          /* and as its sender; then acknowledges if `acks` */
    uint8_t acks;
    uint8_t count;          /* bits of the byte that are through; the ninth is the acknowledge */
    uint8_t sampled;        /* SCL has risen since */
    uint8_t in, out;        /* the bits heard so far, the byte to send */
    uint8_t acked;
    uint8_t unused[2];
};

enum i2c_clocking {
    I2C_NO_MASTER,
    I2C_HELD,               /* SCL is low until the user knows what next */
    I2C_LOW,                /* timed */
    I2C_RISING,             /* until nobody holds SCL low any more */
    I2C_HIGH,               /* timed; ends early when another master is faster */
    I2C_STARTED             /* timed: between the start condition and the first falling edge */
};

enum i2c_purpose { I2C_FOR_BIT, I2C_FOR_START, I2C_FOR_STOP };

/* Who it is; constant. */
struct i2c_user {
    uint8_t event_timed, event_lines;
    bool (*hears)(const struct device *d, bool sda);            /* the level of SDA or SCL, this side aside */
    void (*drive)(struct device *d, bool sda, bool low);        /* pulls it low, or lets it go */

    void (*started)(struct device *d);          /* a start condition of ours: SCL is held */
    void (*called)(struct device *d);           /* one of others: an address comes in */
    void (*stopped)(struct device *d, bool ours);
    void (*misplaced)(struct device *d);        /* a start or stop condition of others inside a byte */
    void (*lost)(struct device *d);             /* arbitration: no master any more, but may stay in the byte */
    bool (*acknowledges)(struct device *d, uint8_t byte);       /* the eight bits that came in */
    void (*acknowledging)(struct device *d);    /* SCL rises in the slot in which this side acknowledges */
    void (*byte)(struct device *d, uint8_t byte, bool acked);   /* through, and whether its receiver, be it this side or
                                                                 * the other, took it; one of the calls below follows */
};

/* The three belong together. */
struct i2c_node {
    struct device *d;
    struct i2c_port *port;
    const struct i2c_user *user;
};

/* Events, and changes of the clock that its ticks are of. */
void i2c_port_timed(struct i2c_node n);
void i2c_port_look(struct i2c_node n);
void i2c_port_changed(struct i2c_node n);       /* a line has: schedules the look at it */
void i2c_port_reclock(struct i2c_node n, unsigned clock, bool stopped);

/* Whether both lines are high, as they were last looked at. */
bool i2c_port_free(const struct i2c_port *p);

static inline bool i2c_port_is_master(const struct i2c_port *p)
{
    return p->clocking != I2C_NO_MASTER;
}

/* A start condition, on a free bus or repeated; the stop condition. */
void i2c_port_start(struct i2c_node n);
void i2c_port_stop(struct i2c_node n);

/* The next byte begins. */
void i2c_port_send(struct i2c_node n, uint8_t byte);
void i2c_port_receive(struct i2c_node n);

/* Between bytes: SCL is held (a master), or held if `stretch` (a slave). */
void i2c_port_wait(struct i2c_node n, bool stretch);

/* A slave takes no part until the next start condition. */
void i2c_port_leave(struct i2c_node n);

/* Everything is let go and forgotten; the lines are taken as they are. */
void i2c_port_reset(struct i2c_node n);

/* See device_ops.sane. */
bool i2c_port_sane(const struct i2c_port *p);

#endif
