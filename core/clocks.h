/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clock tree and the gates as the machine sees them; devices use clock.h. */
#ifndef CORE_CLOCKS_H
#define CORE_CLOCKS_H

#include <stddef.h>

#include "core/clock.h"

struct arena;
struct clock_state;
struct device;

/* A gate is open while only GATE_CLOCKED is set. */
enum gate_bits {
    GATE_CLOCKED = 1,
    GATE_HELD = 2                   /* reset line asserted */
};

struct clocks {
    struct clock_state *state;      /* arena */
    uint8_t *gates;                 /* arena: per device, enum gate_bits */
    size_t offset, gates_offset;
    struct device *const *devices;
    unsigned device_count;
};

void clocks_init(struct clocks *k, struct arena *arena, struct device *const *devices, unsigned count);
void clocks_bind(struct clocks *k, struct arena *arena);

/* Power-on: the core runs at `hz`, everything else is stopped; gates as after reset. */
void clocks_power_on(struct clocks *k, uint64_t hz);

/* Every gate off and every reset line released; the clock controller's reset opens what it must. */
void clocks_reset_gates(struct clocks *k);

/* Whether every rate is one and the core's clock runs. */
bool clocks_sane(const struct clocks *k);

/* Guest nanoseconds at `now`, and the first cycle at which they are at least `ns`. */
uint64_t clocks_ns(const struct clocks *k, vtime now);
vtime clocks_when_ns(const struct clocks *k, uint64_t ns);

struct clock_rate clocks_rate(const struct clocks *k, unsigned clock);

#endif
