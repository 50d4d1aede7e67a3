/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state arena: one contiguous allocation that holds everything a guest can see except flash.
 * A checkpoint is a copy of it, equality a compare, a state hash one pass.
 *
 * I1 No guest-visible state outside the arena and flash. No host time, no host randomness, no host
 *    pointer inside.
 * I2 Every host input enters through one door (io.h), stamped with its cycle.
 * I3 Host output leaves through one door (io.h), which is shut while replaying.
 * I4 A pending event is {cycle, seq, device, event id} in the arena; order is (cycle, seq).
 * I5 A chained block never runs past the next event's cycle.
 * I6 At every instruction that can fault or touch a device, the exact guest registers, flags and
 *    cycle can be rebuilt.
 * I7 The translator is an optimisation: switching it off at any instruction changes nothing that a
 *    guest or debugger can see.
 * I8 A peek never changes state.
 */
#ifndef CORE_STATE_H
#define CORE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* A part of the arena: where it is and whose it is. */
struct arena_part {
    const char *name;
    size_t offset;
    size_t size;
};

/* An empty arena in its layout phase; NULL when out of memory. The caller owns it. */
struct arena *arena_create(void);
void arena_destroy(struct arena *arena);

/* Reserves `size` zeroed bytes at `align` (a power of two up to 4096); returns the part's offset.
 * Only before arena_seal. `name` is kept by pointer and must outlive the arena. */
size_t arena_reserve(struct arena *arena, const char *name, size_t size, size_t align);

/* Ends the layout phase and allocates the bytes; false when the host has no memory for them. The
 * base never moves afterwards. */
bool arena_seal(struct arena *arena);

/* The bytes at `offset` of a sealed arena. */
void *arena_at(struct arena *arena, size_t offset);

size_t arena_size(const struct arena *arena);

/* Copies of the whole arena; `bytes` has arena_size bytes. */
void arena_save(const struct arena *arena, void *bytes);
void arena_restore(struct arena *arena, const void *bytes);

/* A 64-bit hash (FNV-1a over little-endian words with a fold), chained through `seed`. */
#define STATE_HASH_SEED 0xCBF29CE484222325u
uint64_t state_hash(uint64_t seed, const void *bytes, size_t size);

/* Hash of the whole arena. */
uint64_t arena_hash(const struct arena *arena);

/* The parts in address order, for naming a difference between two states. */
const struct arena_part *arena_parts(const struct arena *arena, size_t *count);

/* The file behind the arena's pages (arena_reserve with align 4096 gives page-aligned parts), so that
 * the translator's guest window can map RAM a second time; -1 where the host offers none. */
int arena_backing_fd(const struct arena *arena);

#endif
