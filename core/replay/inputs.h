/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event log: every input with the cycle at which it came (I2), in order. */
#ifndef CORE_REPLAY_INPUTS_H
#define CORE_REPLAY_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/input.h"

struct inputs;

struct inputs *inputs_create(void);
void inputs_destroy(struct inputs *log);

uint64_t inputs_count(const struct inputs *log);

/* Copies `in` and its bytes; `cycle` must not be before the last one's. False: out of memory. */
bool inputs_add(struct inputs *log, uint64_t cycle, const struct input *in);

/* Forgets all but the first `count`. */
void inputs_truncate(struct inputs *log, uint64_t count);

/* Number `n`; its bytes are valid until the log changes. */
uint64_t inputs_cycle(const struct inputs *log, uint64_t n);
struct input inputs_at(const struct inputs *log, uint64_t n);

/* How many came before `cycle`. */
uint64_t inputs_before(const struct inputs *log, uint64_t cycle);

#endif
