/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An I2C bus of the board: SCL and SDA with their pull-ups, as a wired AND of the pads that are on it, of the
 * devices that joined it (core/link.h, a byte at a time), and of a master at the host that speaks when it is told
 * to, at 100 kHz.
 */
#include "periph/board.h"

#include <string.h>

#include "core/io.h"
#include "core/link.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/clocks.h"
#include "periph/gpio.h"
#include "periph/i2c_port.h"

enum { HALF_PERIOD_NS = 5000, BYTES = 256, HEADER_10 = 0xF0, SCL = 0, SDA = 1 };

enum { EVENT_DEVICES_TIMED, EVENT_DEVICES_LINES, EVENT_MASTER_TIMED, EVENT_MASTER_LINES, EVENTS };

/* What the devices are doing. */
enum { DEVICES_IDLE, DEVICES_CALLED, DEVICES_TAKE, DEVICES_GIVE };

struct bus_state {
    struct i2c_port devices;    /* all of them as one slave */
    struct i2c_port master;
    uint32_t on;                /* members that are on the bus now */
    uint8_t level[2];           /* SCL, SDA */
    uint8_t busy;               /* between start and stop condition */
    uint8_t mode;               /* DEVICES_... */
    uint8_t wanted;             /* the master has a transaction to make, or is at it */
    uint8_t outcome;            /* enum i2c_outcome */
    uint16_t address;           /* above 0x7F one of 10 bits */
    uint16_t writes, reads;     /* bytes of the transaction */
    uint16_t written, read;     /* and of those that are done */
    uint8_t reading;
    uint8_t found;              /* the second byte of a 10-bit address has been sent */
    uint32_t reserved;
    uint8_t bytes[BYTES];       /* to write; then those read */
};

/* ---- the lines ---- */

static bool on_bus(const struct device *d, unsigned member)
{
    const struct i2c_bus_config *c = device_config(d);
    const struct i2c_bus_member *m = &c->members[member];
    const struct device *port = m->port ? device_find(d, m->port) : NULL;

    if (!port || m->always)
        return true;
    return gpio_is_open_drain(port, m->pin) || gpio_functions(port, m->pin) == 1u << m->function;
}

static bool pads_leave_high(const struct device *d, unsigned line)
{
    const struct i2c_bus_config *c = device_config(d);
    const struct bus_state *s = d->state;

    for (unsigned i = 0; i < c->count; i++)
        if (c->members[i].sda == line && s->on >> i & 1 && signal_state(d, i) == SIGNAL_LOW)
            return false;
    return true;
}

static bool pulls(const struct i2c_port *p, unsigned line)
{
    return line == SDA ? p->pulls_sda : p->pulls_scl;
}

static struct i2c_node devices_node(struct device *d);
static struct i2c_node master_node(struct device *d);

/* The line's level for one member. Who pulls it low needs not be told; once it lets go it is. */
static void put_member(struct device *d, unsigned member)
{
    const struct i2c_bus_config *c = device_config(d);
    const struct bus_state *s = d->state;

    if (!(s->on >> member & 1))
        signal_put(d, member, SIGNAL_RELEASED);
    else if (signal_state(d, member) != SIGNAL_LOW)
        signal_put(d, member, s->level[c->members[member].sda] ? SIGNAL_PULLED : SIGNAL_LOW);
}

static void put_line(struct device *d, unsigned line)
{
    const struct i2c_bus_config *c = device_config(d);

    for (unsigned i = 0; i < c->count; i++)
        if (c->members[i].sda == line)
            put_member(d, i);
}

static void update_line(struct device *d, unsigned line)
{
    struct bus_state *s = d->state;
    bool level = !pulls(&s->devices, line) && !pulls(&s->master, line) && pads_leave_high(d, line);

    if (level == s->level[line])
        return;
    s->level[line] = level;
    i2c_port_changed(devices_node(d));
    if (s->wanted)
        i2c_port_changed(master_node(d));
    put_line(d, line);
}

static void pad_changed(struct device *d, unsigned input, bool level)
{
    const struct i2c_bus_config *c = device_config(d);

    (void)level;
    if (input >= c->count)
        return;
    update_line(d, c->members[input].sda);
    put_member(d, input);
}

static unsigned listens(const struct device *d, unsigned input)
{
    return on_bus(d, input) ? SIGNAL_WATCHED : SIGNAL_UNUSED;
}

static void rewired(struct device *d)
{
    const struct i2c_bus_config *c = device_config(d);
    struct bus_state *s = d->state;

    s->on = 0;
    for (unsigned i = 0; i < c->count; i++)
        s->on |= (uint32_t)on_bus(d, i) << i;
    for (unsigned line = SCL; line <= SDA; line++) {
        update_line(d, line);
        put_line(d, line);
    }
}

/* ---- the devices ---- */

static bool devices_hear(const struct device *d, bool sda)
{
    const struct bus_state *s = d->state;

    return !pulls(&s->master, sda) && pads_leave_high(d, sda);
}

static void drive(struct device *d, bool sda, bool low)
{
    (void)low;
    update_line(d, sda);
}

static void devices_called(struct device *d)
{
    struct bus_state *s = d->state;

    s->busy = true;
    s->mode = DEVICES_CALLED;
}

static void master_begin(struct device *d);

static void devices_stopped(struct device *d, bool ours)
{
    struct bus_state *s = d->state;

    (void)ours;
    link_drive(d, LINK_I2C_STOP, 0);
    s->busy = false;
    s->mode = DEVICES_IDLE;
    master_begin(d);
}

static bool devices_acknowledge(struct device *d, uint8_t byte)
{
    const struct bus_state *s = d->state;

    return link_drive(d, s->mode == DEVICES_CALLED ? LINK_I2C_ADDRESS : LINK_I2C_WRITE, byte) == LINK_ACK;
}

static void devices_byte(struct device *d, uint8_t byte, bool acked)
{
    struct bus_state *s = d->state;

    if (s->mode == DEVICES_CALLED)
        s->mode = byte & 1 ? DEVICES_GIVE : DEVICES_TAKE;
    if (!acked)
        i2c_port_leave(devices_node(d));
    else if (s->mode == DEVICES_GIVE)
        i2c_port_send(devices_node(d), link_drive(d, LINK_I2C_READ, 0));
    else
        i2c_port_receive(devices_node(d));
}

static void nothing(struct device *d)
{
    (void)d;
}

static const struct i2c_user devices_user = {
    .event_timed = EVENT_DEVICES_TIMED,
    .event_lines = EVENT_DEVICES_LINES,
    .hears = devices_hear,
    .drive = drive,
    .started = nothing,
    .called = devices_called,
    .stopped = devices_stopped,
    .misplaced = nothing,
    .lost = nothing,
    .acknowledges = devices_acknowledge,
    .acknowledging = nothing,
    .byte = devices_byte,
};

static struct i2c_node devices_node(struct device *d)
{
    struct bus_state *s = d->state;

    return (struct i2c_node){d, &s->devices, &devices_user};
}

/* ---- the host as a master ---- */

static bool master_hears(const struct device *d, bool sda)
{
    const struct bus_state *s = d->state;

    return !pulls(&s->devices, sda) && pads_leave_high(d, sda);
}

static void report(struct device *d)
{
    struct bus_state *s = d->state;
    uint8_t bytes[4 + BYTES] = {s->outcome, (uint8_t)s->address, (uint8_t)(s->address >> 8), (uint8_t)s->written};

    memcpy(bytes + 4, s->bytes, s->read);
    s->wanted = false;
    io_output(d, IO_I2C, bytes, 4u + s->read);
}

/* Takes a free bus; else it waits for the stop condition. */
static void master_begin(struct device *d)
{
    struct bus_state *s = d->state;

    if (!s->wanted || s->busy || i2c_port_is_master(&s->master))
        return;
    i2c_port_reset(master_node(d));
    if (!i2c_port_free(&s->master)) {
        s->outcome = I2C_OUTCOME_STUCK;
        report(d);
        return;
    }
    ticker_start(&s->master.clock, d, CLOCK_NS, 1);
    s->master.low = s->master.high = HALF_PERIOD_NS;
    i2c_port_start(master_node(d));
}

static bool has_ten_bits(const struct bus_state *s)
{
    return s->address > 0x7F;
}

/* Ten bits are always sent whole for a write first. */
static void master_started(struct device *d)
{
    struct bus_state *s = d->state;
    unsigned first = has_ten_bits(s) ? HEADER_10 | (s->address >> 7 & 6) : s->address << 1;

    s->reading = s->written == s->writes && s->reads && (s->found || !has_ten_bits(s));
    i2c_port_send(master_node(d), (uint8_t)(first | s->reading));
}

static void master_stopped(struct device *d, bool ours)
{
    if (ours)
        report(d);
}

static void master_called(struct device *d)
{
    i2c_port_leave(master_node(d));
}

static void master_lost(struct device *d)
{
    struct bus_state *s = d->state;

    i2c_port_leave(master_node(d));
    s->outcome = I2C_OUTCOME_LOST;
    report(d);
}

static bool master_acknowledges(struct device *d, uint8_t byte)
{
    const struct bus_state *s = d->state;

    (void)byte;
    return s->read + 1 < s->reads;
}

static void master_refused(struct device *d)
{
    struct bus_state *s = d->state;

    s->outcome = I2C_OUTCOME_REFUSED;
    i2c_port_stop(master_node(d));
}

static void master_find(struct device *d)
{
    struct bus_state *s = d->state;

    s->found = true;
    i2c_port_send(master_node(d), (uint8_t)s->address);
}

/* What has been sent is the address first, then the bytes to write. */
static void master_sent(struct device *d, bool acked)
{
    struct bus_state *s = d->state;

    if (!acked)
        master_refused(d);
    else if (s->reading)
        i2c_port_receive(master_node(d));
    else if (has_ten_bits(s) && !s->found)
        master_find(d);
    else if (s->written < s->writes)
        i2c_port_send(master_node(d), s->bytes[s->written++]);
    else if (s->reads)
        i2c_port_start(master_node(d));
    else
        i2c_port_stop(master_node(d));
}

static void master_byte(struct device *d, uint8_t byte, bool acked)
{
    struct bus_state *s = d->state;

    if (s->master.sends) {
        master_sent(d, acked);
        return;
    }
    s->bytes[s->read++] = byte;
    if (s->read < s->reads)
        i2c_port_receive(master_node(d));
    else
        i2c_port_stop(master_node(d));
}

static const struct i2c_user master_user = {
    .event_timed = EVENT_MASTER_TIMED,
    .event_lines = EVENT_MASTER_LINES,
    .hears = master_hears,
    .drive = drive,
    .started = master_started,
    .called = master_called,
    .stopped = master_stopped,
    .misplaced = nothing,
    .lost = master_lost,
    .acknowledges = master_acknowledges,
    .acknowledging = nothing,
    .byte = master_byte,
};

static struct i2c_node master_node(struct device *d)
{
    struct bus_state *s = d->state;

    return (struct i2c_node){d, &s->master, &master_user};
}

/* A new transaction, which gives up one that has not ended yet. */
static void input(struct device *d, const void *bytes, size_t size)
{
    struct bus_state *s = d->state;
    const uint8_t *in = bytes;

    if (size < 3 || size - 3 > BYTES)
        return;
    s->wanted = true;
    s->address = (uint16_t)(in[0] | (in[1] & 3) << 8);
    s->reads = in[2];
    s->writes = (uint16_t)(size - 3);
    s->written = s->read = 0;
    s->found = false;
    s->outcome = I2C_OUTCOME_DONE;
    memcpy(s->bytes, in + 3, size - 3);
    i2c_port_reset(master_node(d));
    master_begin(d);
}

/* ---- operations ---- */

static void event(struct device *d, unsigned event)
{
    if (event == EVENT_DEVICES_LINES)
        i2c_port_look(devices_node(d));
    else if (event == EVENT_MASTER_LINES)
        i2c_port_look(master_node(d));
    else if (event == EVENT_MASTER_TIMED)
        i2c_port_timed(master_node(d));
}

static void clock(struct device *d)
{
    i2c_port_reclock(master_node(d), CLOCK_NS, false);
}

/* The machine's reset ends with `rewired`, which finds the lines. */
static void reset(struct device *d, enum reset_kind kind)
{
    struct bus_state *s = d->state;

    (void)kind;
    memset(s, 0, sizeof *s);
    s->level[SCL] = s->level[SDA] = true;
    s->devices.scl = s->devices.sda = true;
    ticker_start(&s->devices.clock, d, CLOCK_NS, 1);
    ticker_start(&s->master.clock, d, CLOCK_NS, 1);
}

static bool sane(const struct device *d)
{
    const struct bus_state *s = d->state;

    return i2c_port_sane(&s->devices) && i2c_port_sane(&s->master) && ticker_sane(&s->master.clock, d, CLOCK_NS, 1) &&
           s->outcome <= I2C_OUTCOME_STUCK && s->writes <= BYTES && s->written <= s->writes && s->reads < BYTES && s->read <= s->reads;
}

const struct device_ops i2c_bus_ops = {
    .name = "i2c_bus",
    .state_size = sizeof(struct bus_state),
    .events = EVENTS,
    .outputs = I2C_BUS_MEMBERS,
    .inputs = I2C_BUS_MEMBERS,
    .keeps_over_reset = true,
    .hears_states = true,
    .reset = reset,
    .event = event,
    .signal = pad_changed,
    .listens = listens,
    .rewired = rewired,
    .clock = clock,
    .input = input,
    .sane = sane,
};
