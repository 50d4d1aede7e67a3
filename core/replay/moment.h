/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A point on the timeline: a cycle, and how many of the logged inputs have been applied. Every instruction
 * costs a cycle and what takes no time belongs to its boundary, so the two name one state. Moments are
 * ordered by cycle, then by inputs; along a history both only grow.
 */
#ifndef CORE_REPLAY_MOMENT_H
#define CORE_REPLAY_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

struct moment {
    uint64_t cycle;
    uint64_t inputs;
};

static inline bool moment_before(struct moment a, struct moment b)
{
    return a.cycle != b.cycle ? a.cycle < b.cycle : a.inputs < b.inputs;
}

static inline bool moment_same(struct moment a, struct moment b)
{
    return a.cycle == b.cycle && a.inputs == b.inputs;
}

#endif
