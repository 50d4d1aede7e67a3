/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checkpoints: copies of the whole machine state at moments of its history. Memory is kept in chunks that
 * checkpoints share when nothing changed between them, so that one costs what was written since the last.
 *
 * There is a budget. When it is exceeded checkpoints are dropped so that the distance between those that
 * stay grows with their age, measured in executed instructions; the first one always stays.
 */
#ifndef CORE_REPLAY_CHECKPOINTS_H
#define CORE_REPLAY_CHECKPOINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/replay/moment.h"

struct checkpoint;
struct checkpoints;
struct footprint;
struct machine;

/* `budget` in bytes. NULL when out of memory. */
struct checkpoints *checkpoints_create(struct machine *m, size_t budget);
void checkpoints_destroy(struct checkpoints *set);

enum checkpoint_flags {
    CHECKPOINT_DENSE = 1,   /* near where the user steps backwards: the first to go */
    CHECKPOINT_ASLEEP = 2,  /* within a sleep: no boundary at which a debugger would stop */
    CHECKPOINT_KNOWN = 4    /* what is touched behind it will be added: nothing so far */
};

/* Copies the machine's state, which is that of `at`. False: out of memory; nothing has changed. One at the
 * same moment is not taken twice. */
bool checkpoints_take(struct checkpoints *set, struct moment at, unsigned flags);

/* Puts the machine into the state of `c`. */
void checkpoints_restore(struct checkpoints *set, const struct checkpoint *c);

/* The last one before `at`, or at it; NULL if there is none. `sparse` leaves out the dense ones. */
const struct checkpoint *checkpoints_before(const struct checkpoints *set, struct moment at, bool sparse);
const struct checkpoint *checkpoints_until(const struct checkpoints *set, struct moment at);

/* Whether the first sparse one behind `c` is at `at`. */
bool checkpoints_follows(const struct checkpoints *set, const struct checkpoint *c, struct moment at);

/* The first one ever taken. */
const struct checkpoint *checkpoints_first(const struct checkpoints *set);

/* What was touched between a sparse checkpoint and the next sparse one; NULL: not known. When one is
 * dropped, it is added to that of the one before. */
const struct footprint *checkpoint_touched(const struct checkpoint *c);

/* More of it, for the last sparse one before `at`; NULL: it is not known any more. What is not known stays
 * so. */
void checkpoints_add_touched(struct checkpoints *set, struct moment at, const struct footprint *touched);

/* All of it, for the one at `at`. */
void checkpoints_learn_touched(struct checkpoints *set, struct moment at, const struct footprint *touched);

struct moment checkpoint_at(const struct checkpoint *c);
unsigned checkpoint_flags(const struct checkpoint *c);

/* Drops all those after `at`. */
void checkpoints_truncate(struct checkpoints *set, struct moment at);

size_t checkpoints_count(const struct checkpoints *set);
size_t checkpoints_bytes(const struct checkpoints *set);    /* held now */

#endif
