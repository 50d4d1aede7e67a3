/* SPDX-License-Identifier: GPL-3.0-or-later */
/* General-purpose I/O ports: their signals, the board's side of them, and what the chip tables need. */
#ifndef PERIPH_GPIO_H
#define PERIPH_GPIO_H

#include <stdbool.h>
#include <stdint.h>

#include "core/pins.h"

struct device;

enum { GPIO_PINS = 16, GPIO_FUNCTIONS = 16 };

/* Signal outputs 0 to 15: the pads' levels as the inputs of the chip see them; released while nobody drives the pad.
 * Behind them the ports have PINS_TO: the pad of a pin that has the function. Inputs are PINS_FROM.
 * Last come the pads as the board's wires meet them: what the chip alone does to the pad, and what is wired to it. */
#define GPIO_OUT_CHIP(pin) (PINS_TO(GPIO_PINS, 0) + (pin))
#define GPIO_IN_BOARD(pin) (PINS_FROM(GPIO_PINS, 0) + (pin))
enum { GPIO_OUTPUTS = GPIO_OUT_CHIP(GPIO_PINS), GPIO_INPUTS = GPIO_IN_BOARD(GPIO_PINS) };

/*
 * IO_PIN: pairs of bytes {pin, level}. Into the chip: what the board does to the pin. Out of it: what the
 * chip does to the pin, whenever that changes.
 */
enum gpio_level {
    GPIO_LOW,
    GPIO_HIGH,
    GPIO_RELEASED       /* nobody drives it: high impedance */
};

/* The functions that the pin's mode lets drive it, one bit each. */
uint16_t gpio_functions(const struct device *port, unsigned pin);

/* Whether the chip can only pull the pin low, as an output; between its bits it may be an input. */
bool gpio_is_open_drain(const struct device *port, unsigned pin);

/* F1: the chip's pins, which AFIO can move (periph/afio.h). */
struct gpio_v1_config {
    const struct chip_pin *pins;
};

/* F2, F4: reset values that differ from port to port. */
struct gpio_v2_config {
    uint32_t moder, ospeedr, pupdr;
    uint16_t additional_pins;   /* those with a function that is not chosen by AFRL and AFRH */
    uint16_t debug_pins;        /* SWDIO and SWCLK: a probe would lose the chip without them */
};

#endif
