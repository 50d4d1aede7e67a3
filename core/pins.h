/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a pin can be besides a general-purpose one: a chip's table of alternate functions. Each row is a wire from
 * the device's output to the port, and one from the port to the device's input; the port's registers say which of
 * them are connected.
 */
#ifndef CORE_PINS_H
#define CORE_PINS_H

#include <stdint.h>

enum { PINS_NO_SIGNAL = 0xFF };

/* The number of a function that nobody chooses: while its output drives, the pin is its own whatever the mode. */
enum { PINS_ADDITIONAL = 15 };

struct chip_pin {
    const char *port;           /* "GPIOA"; NULL ends a table */
    uint8_t pin;                /* 0 to 15 */
    uint8_t function;           /* the number that the port chooses it by, 0 to 15 */
    uint16_t remaps;            /* where functions can be moved: the choices that put it here, one bit each; 0: always */
    const char *device;         /* whose function it is */
    uint8_t out, in;            /* its signals; PINS_NO_SIGNAL: none */
};

/* The port's signals for that: its input from the function, its output to it. */
#define PINS_FROM(pin, function) ((pin) * 16 + (function))
#define PINS_TO(pin, function)   (16 + (pin) * 16 + (function))

#endif
