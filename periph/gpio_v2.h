/* SPDX-License-Identifier: GPL-3.0-or-later */
/* General-purpose I/O of STM32F2 and F4: what the chip tables need, and the port's bytes. */
#ifndef PERIPH_GPIO_V2_H
#define PERIPH_GPIO_V2_H

#include <stdint.h>

enum { GPIO_PINS = 16 };

/* Signal outputs 0 to 15: the pads' levels as the inputs of the chip see them. */

/*
 * IO_PIN: pairs of bytes {pin, level}. Into the chip: what the board does to the pin. Out of it: what the
 * chip does to the pin, whenever that changes.
 */
enum gpio_level {
    GPIO_LOW,
    GPIO_HIGH,
    GPIO_RELEASED       /* nobody drives it: high impedance */
};

/* Reset values that differ from port to port. */
struct gpio_v2_config {
    uint32_t moder, ospeedr, pupdr;
    uint16_t debug_pins;        /* SWDIO and SWCLK: a probe would lose the chip without them */
};

#endif
