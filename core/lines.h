/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interrupt lines and signals as the machine sees them; devices use irq.h and signal.h. */
#ifndef CORE_LINES_H
#define CORE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/chip.h"
#include "core/irq.h"
#include "core/signal.h"

struct arena;

/* ---- interrupt lines (irq.c) ---- */

struct irq_lines {
    uint16_t *levels;               /* arena: one bit per interrupt output of each device */
    uint8_t *asserted;              /* arena: how many outputs hold each line high */
    size_t offset;
    unsigned line_count;
    unsigned device_count;
    void (*sink)(void *context, unsigned line, bool level);
    void *context;
};

void irq_lines_init(struct irq_lines *q, struct arena *arena, unsigned lines, unsigned devices);
void irq_lines_bind(struct irq_lines *q, struct arena *arena);

/* All outputs of a device low (reset). */
void irq_lines_drop(struct device *d);

/* ---- signals (signal.c) ---- */

struct signal_listener {
    struct device *device;          /* NULL: the CPU */
    uint16_t input;
    bool shared;                    /* the input has other drivers, too */
};

struct signals {
    uint8_t *states;                /* arena: enum signal_state of each output of each device */
    size_t offset;
    unsigned output_count, input_count;
    uint32_t *first_output;         /* by device index */
    uint32_t *first_listener;       /* by output, output_count + 1 entries */
    struct signal_listener *listeners;
    uint32_t *first_input;          /* by device index */
    uint32_t *first_driver;         /* by input, inputs + 1 entries */
    uint32_t *drivers;              /* outputs */
    uint32_t *owner;                /* by output: index of its device */
    struct device *const *devices;
    unsigned device_count;
    void (*cpu)(void *context, enum cpu_signal signal, bool level);
    void *context;
};

/* False when out of memory or a route names something that does not exist; `error` then says what. */
bool signals_init(struct signals *g, struct arena *arena, struct device *const *devices, unsigned count,
                  const struct chip_route *routes, char *error, size_t error_size);
void signals_bind(struct signals *g, struct arena *arena);
void signals_free(struct signals *g);

/* All outputs of a device are released (reset). */
void signals_drop(struct device *d);

#endif
