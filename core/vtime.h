/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Guest time. The only clock a guest can see is the count of core clock (HCLK) cycles since power-on,
 * so a point in time is that count, wrapped so that it cannot be mixed up with any other number.
 * Every instruction costs at least one cycle: a vtime names an instruction boundary uniquely.
 */
#ifndef CORE_VTIME_H
#define CORE_VTIME_H

#include <stdbool.h>
#include <stdint.h>

typedef struct vtime {
    uint64_t cycles;
} vtime;

/* Later than every reachable time: "no event pending". */
#define VTIME_NEVER ((vtime){UINT64_MAX})

static inline vtime vtime_at(uint64_t cycles)
{
    return (vtime){cycles};
}

/* `t` plus `cycles`, saturating at VTIME_NEVER. */
static inline vtime vtime_add(vtime t, uint64_t cycles)
{
    return cycles > UINT64_MAX - t.cycles ? VTIME_NEVER : (vtime){t.cycles + cycles};
}

/* Cycles from `from` to `to`; `from` must not be later than `to`. */
static inline uint64_t vtime_between(vtime from, vtime to)
{
    return to.cycles - from.cycles;
}

static inline bool vtime_before(vtime a, vtime b)
{
    return a.cycles < b.cycles;
}

#endif
