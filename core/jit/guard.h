/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What code must ask where the MPU is on or data are watched: the guard map of a mode's view (window.h). A
 * byte stands for a line of guest addresses and says which accesses may be made there at once.
 * The others, and all of an unknown line, take the slow path, which asks the core itself and then tells the
 * map. Fetches are not asked for one by one: a translation is only entered while the whole of it may be
 * executed, and constants of the code are only folded while they may be read.
 */
#ifndef CORE_JIT_GUARD_H
#define CORE_JIT_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arm/mpu.h"

struct block;
struct jit;

enum guard_line { GUARD_LOAD = 1, GUARD_STORE = 2, GUARD_KNOWN = 4, GUARD_FREE = 7 };

struct guard_range {
    uint32_t first, last;
    bool fetch;                 /* of those that translations rely on: to be executed, else to be read */
};

enum { GUARD_FILLED = 32, GUARD_RELIED = 32 };

/* One mode's. */
struct guard {
    /* What the map and the translations go by. */
    struct mpu mpu;
    bool in_force;
    uint8_t checks;             /* enum cpu_check */
    uint32_t comparators;       /* cpu.data_comparators */
    uint64_t watches;           /* hash of the debugger's */

    struct guard_range filled[GUARD_FILLED];    /* lines outside of these are unknown */
    struct guard_range relied[GUARD_RELIED];
    unsigned filled_count, relied_count;
};

/* Chooses the mode for the core's present state and brings its guard up to date; false if there is no room
 * for its view. */
bool guard_refresh(struct jit *j);

/* The debugger's watchpoints may have changed. */
void guard_look_at_watchpoints(struct jit *j);

/* An access to `line` (address >> window_line_shift) is about to ask: learns what may be done there. */
void guard_learn(struct jit *j, uint32_t line);

/* Whether code in [first, last] may be executed, or constants there be read; translations rely on it now, and
 * are hidden when it ends. */
bool guard_permits(struct jit *j, uint32_t first, uint32_t last, bool fetch);

/* The same for all that a block relies on. */
bool guard_admits(struct jit *j, const struct block *block);

#endif
