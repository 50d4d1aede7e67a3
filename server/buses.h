/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The I2C buses of the board: one for the pins of each controller of the chip, or for those of several that are wired
 * together, and one for each other pair of pins that --attach names.
 */
#ifndef SERVER_BUSES_H
#define SERVER_BUSES_H

#include <stdbool.h>

#include "core/chip.h"
#include "periph/board.h"

enum { BUSES = 24, BUS_NAME = 32, BUS_PORT = 8 };

struct buses {
    struct bus {
        char name[BUS_NAME];        /* of the device: "bus@I2C1:I2C2", "bus@PA0/PA1" */
        unsigned wired_to;          /* the bus that it is a part of; its own number: none */
        char ports[2][BUS_PORT];    /* of pins that are named */
        struct i2c_bus_member members[I2C_BUS_MEMBERS];
        struct i2c_bus_config config;
    } items[BUSES];
    unsigned count;
    const struct chip *chip;
};

/* Those of the chip's controllers. */
void buses_create(struct buses *b, const struct chip *chip);

/* Joins the buses of two controllers; false if the chip has no such ones. */
bool buses_wire(struct buses *b, const char *one, const char *other);

/* The name of the bus that devices at "I2C1" or "PB6/PB7" (SCL/SDA) join; NULL: there cannot be one. It is final when
 * all wires are there, and lives as long as the buses. */
const char *buses_join(struct buses *b, const char *place);

/* The rows and routes that they need, added at the ends of tables with room for them. */
enum { BUSES_ROUTES = 2 * BUSES * 2 + 64 };
void buses_finish(struct buses *b, struct chip_device *devices, struct chip_route *routes);

/* Whether a device's name is that of the bus at a place. */
bool buses_is_at(const char *name, const char *place);

#endif
