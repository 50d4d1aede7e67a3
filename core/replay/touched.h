/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What was touched between two checkpoints (core/footprint.h), for searches: a stretch that has not touched
 * what is looked for need not be replayed. Equal ones are kept once, because a program in a steady state does
 * the same things over and over.
 */
#ifndef CORE_REPLAY_TOUCHED_H
#define CORE_REPLAY_TOUCHED_H

#include <stdbool.h>
#include <stddef.h>

struct footprint;
struct touched;

/* Nothing touched yet; NULL when out of memory. `*bytes` counts memory, here and below. */
struct touched *touched_new(size_t *bytes);
void touched_drop(struct touched *touched, size_t *bytes);

/* Adds what `footprint` has. When out of memory *touched is dropped and NULL: not known. */
void touched_add(struct touched **touched, const struct footprint *footprint, size_t *bytes);

/* Keeps `*touched` as another user of `same`, if it says the same; either may be NULL. */
void touched_share(struct touched **touched, struct touched *same, size_t *bytes);

const struct footprint *touched_footprint(const struct touched *touched);

#endif
