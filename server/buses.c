/* SPDX-License-Identifier: GPL-3.0-or-later */
/* I2C buses of the board. See buses.h. */
#include "server/buses.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/clock.h"
#include "periph/devices.h"
#include "periph/gpio.h"
#include "periph/i2c_v1.h"
#include "server/attach.h"

static const char prefix[] = "bus@";

static struct bus *add_bus(struct buses *b, const char *place)
{
    struct bus *bus = &b->items[b->count];

    if (b->count == BUSES)
        return NULL;
    *bus = (struct bus){.wired_to = b->count++};
    snprintf(bus->name, sizeof bus->name, "%s%s", prefix, place);
    return bus;
}

static void add_member(struct bus *bus, struct i2c_bus_member member)
{
    if (bus->config.count < I2C_BUS_MEMBERS)
        bus->members[bus->config.count++] = member;
}

static bool has_port(const struct chip *chip, const char *port)
{
    for (const struct chip_device *row = chip->devices; row->name; row++)
        if (!strcmp(row->name, port))
            return true;
    return false;
}

static void add_pins(struct bus *bus, const struct chip *chip, const char *controller)
{
    for (const struct chip_pin *pin = chip->pins; pin && pin->port; pin++)
        if (!strcmp(pin->device, controller) && (pin->out == I2C_OUT_SCL || pin->out == I2C_OUT_SDA) &&
            has_port(chip, pin->port))
            add_member(bus, (struct i2c_bus_member){.port = pin->port, .pin = pin->pin, .function = pin->function,
                                                    .sda = pin->out == I2C_OUT_SDA});
}

void buses_create(struct buses *b, const struct chip *chip)
{
    *b = (struct buses){.chip = chip};
    for (const struct chip_device *row = chip->devices; row->name; row++)
        if (row->ops == &i2c_v1_ops)
            add_pins(add_bus(b, row->name), chip, row->name);
}

/* ---- places ---- */

bool buses_is_at(const char *name, const char *place)
{
    size_t size = strlen(place);

    if (strncmp(name, prefix, strlen(prefix)))
        return false;
    for (name += strlen(prefix); *name; name += strcspn(name, ":"), name += *name == ':')
        if (strcspn(name, ":") == size && !strncasecmp(name, place, size))
            return true;
    return false;
}

static struct bus *find(struct buses *b, const char *place)
{
    for (unsigned i = 0; i < b->count; i++)
        if (b->items[i].wired_to == i && buses_is_at(b->items[i].name, place))
            return &b->items[i];
    return NULL;
}

bool buses_wire(struct buses *b, const char *one, const char *other)
{
    struct bus *to = find(b, one), *from = find(b, other);
    size_t used;

    if (!to || !from)
        return false;
    if (to == from)
        return true;
    from->wired_to = (unsigned)(to - b->items);
    for (unsigned i = 0; i < from->config.count; i++)
        add_member(to, from->members[i]);
    used = strlen(to->name);
    snprintf(to->name + used, sizeof to->name - used, ":%s", from->name + strlen(prefix));
    return true;
}

/* The line of the bus that is on that pin. */
static struct i2c_bus_member *member_at(struct bus *bus, const char *port, unsigned pin, bool sda)
{
    for (unsigned i = 0; i < bus->config.count; i++) {
        struct i2c_bus_member *m = &bus->members[i];
        if (!strcmp(m->port, port) && m->pin == pin && m->sda == sda)
            return m;
    }
    return NULL;
}

static bool parse_pins(const struct buses *b, const char *place, char ports[2][BUS_PORT], unsigned pins[2])
{
    char scl[BUS_PORT] = "";
    size_t size = strcspn(place, "/");

    if (!place[size] || size >= sizeof scl)
        return false;
    memcpy(scl, place, size);
    return attach_parse_pin(scl, ports[0], &pins[0]) && attach_parse_pin(place + size + 1, ports[1], &pins[1]) &&
           has_port(b->chip, ports[0]) && has_port(b->chip, ports[1]);
}

/* Pins of a controller are on its bus; only that now the firmware may drive them as it likes. */
static const char *join_pins(struct buses *b, const char *place)
{
    char ports[2][BUS_PORT];
    unsigned pins[2];
    struct bus *bus;

    if (!parse_pins(b, place, ports, pins))
        return NULL;
    for (unsigned i = 0; i < b->count; i++) {
        struct i2c_bus_member *scl = member_at(&b->items[i], ports[0], pins[0], false);
        struct i2c_bus_member *sda = member_at(&b->items[i], ports[1], pins[1], true);
        if (b->items[i].wired_to != i || !scl || !sda)
            continue;
        scl->always = sda->always = true;
        return b->items[i].name;
    }
    bus = add_bus(b, place);
    if (!bus)
        return NULL;
    memcpy(bus->ports, ports, sizeof bus->ports);
    for (unsigned line = 0; line < 2; line++)
        add_member(bus, (struct i2c_bus_member){.port = bus->ports[line], .pin = (uint8_t)pins[line],
                                                .sda = line, .always = true});
    return bus->name;
}

const char *buses_join(struct buses *b, const char *place)
{
    struct bus *bus = find(b, place);

    return bus ? bus->name : join_pins(b, place);
}

/* ---- tables ---- */

static struct chip_route *add_routes(struct chip_route *end, const struct bus *bus)
{
    for (uint16_t i = 0; i < bus->config.count; i++) {
        const struct i2c_bus_member *m = &bus->members[i];
        *end++ = (struct chip_route){m->port, GPIO_OUT_CHIP(m->pin), bus->name, i, 1};
        *end++ = (struct chip_route){bus->name, i, m->port, GPIO_IN_BOARD(m->pin), 1};
    }
    return end;
}

/* A bus that was wired to another one later goes by that one's name, for the devices that had joined it. */
static void rename_wired(struct buses *b)
{
    for (unsigned i = 0; i < b->count; i++) {
        unsigned root = i;
        while (b->items[root].wired_to != root)
            root = b->items[root].wired_to;
        if (root != i)
            memcpy(b->items[i].name, b->items[root].name, sizeof b->items[i].name);
    }
}

void buses_finish(struct buses *b, struct chip_device *devices, struct chip_route *routes)
{
    while (devices->name)
        devices++;
    while (routes->from)
        routes++;
    rename_wired(b);
    for (unsigned i = 0; i < b->count; i++) {
        struct bus *bus = &b->items[i];
        if (bus->wired_to != i)
            continue;
        bus->config.members = bus->members;
        *devices++ = (struct chip_device){.name = bus->name, .ops = &i2c_bus_ops, .gate = GATE_NONE,
                                          .reset_line = GATE_NONE, .config = &bus->config};
        routes = add_routes(routes, bus);
    }
}
