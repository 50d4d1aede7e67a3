/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the ports of all families have in common: pads, alternate functions, the board's side, ODR and the lock.
 * Private to gpio_port.c, gpio_v1.c and gpio_v2.c, which have the layouts of the registers.
 */
#ifndef PERIPH_GPIO_PORT_H
#define PERIPH_GPIO_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/device.h"
#include "periph/gpio.h"

/* Registers that every layout has, by number; its own follow. */
enum { GPIO_IDR, GPIO_ODR, GPIO_BSRR, GPIO_LCKR, GPIO_OWN_REGS };

#define GPIO_LCKK (1u << 16)

/* Sets of pins, one bit each, and sets of functions of each pin. */
struct gpio_modes {
    uint16_t outputs;           /* in output mode */
    uint16_t analog;            /* in analog mode */
    uint16_t open_drain;
    uint16_t board_pulls;       /* open drain without a pull of the chip: boards that use it have a resistor there */
    uint16_t pull_up;
    uint16_t pulled;            /* in the direction that ODR says */
    uint16_t additional;        /* pins with a function that wins over every mode */
    uint16_t drivers[GPIO_PINS];    /* functions that may drive the pin */
    uint16_t hearers[GPIO_PINS];    /* functions that hear it */
};

/* The state behind the registers. */
struct gpio_port {
    struct gpio_modes modes;    /* from the registers; kept for speed */
    uint16_t unwatched;         /* pins whose pads nobody waits for: functions need not say when they change */
    uint16_t function_drives;   /* pins that a function drives, and how (while watched) */
    uint16_t function_level;
    uint16_t function_pulls;    /* pins that are held high by what is on the other side of a function's line */
    uint16_t driven;            /* pads that the chip or the board drives */
    uint16_t board_drives;      /* driven by the host, and how */
    uint16_t board_level;
    uint16_t wire_drives;       /* driven by what is wired to them, and how */
    uint16_t wire_level;
    uint16_t wire_pulls;        /* held high by it */
    uint16_t told_drives;       /* what the board was last told that the chip does */
    uint16_t told_level;
    uint16_t told_pulls;
    uint16_t lock_pins;         /* pins of the lock sequence under way */
    uint16_t lock_step;         /* writes of the sequence done */
};

#define GPIO_STATE_SIZE(regs) ((regs) * sizeof(uint32_t) + sizeof(struct gpio_port))

/* The modes that the registers say are in force from now on. */
void gpio_set_modes(struct device *d, const struct gpio_modes *modes);

/* The same for a port's own `rewired`, which tells nobody else. True: functions came or went. */
bool gpio_connect(struct device *d, const struct gpio_modes *modes);

/* BSRR, and BRR shifted up. */
void gpio_set_and_reset(struct device *d, uint32_t bits);

void gpio_write_odr(struct device *d, uint32_t value, uint32_t lanes);

/* The lock sequence; the pins that it has locked. */
void gpio_write_lckr(struct device *d, uint32_t value, uint32_t lanes);
uint16_t gpio_locked_pins(const struct device *d);

/* A guest's write of a configuration register: stored but for the bits of locked pins, whose change is reported. */
void gpio_store_unlocked(struct device *d, unsigned reg, uint32_t value, uint32_t lanes, uint32_t locked);

void gpio_reset(struct device *d, enum reset_kind kind, const struct gpio_modes *modes);

/* Operations. */
uint32_t gpio_read(struct device *d, unsigned reg);
uint32_t gpio_peek(const struct device *d, unsigned reg);
void gpio_input(struct device *d, const void *bytes, size_t size);
void gpio_signal(struct device *d, unsigned input, bool level);
unsigned gpio_output(const struct device *d, unsigned output);
unsigned gpio_listens(const struct device *d, unsigned input);
void gpio_rewired(struct device *d);

#endif
