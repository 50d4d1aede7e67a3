/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which bytes of a memory somebody has written: a bit for each, in the arena, kept only where the options ask for
 * reports of reads of RAM that nobody has written. Sizes of accesses are 1, 2 or 4, naturally aligned, unless
 * said otherwise.
 */
#ifndef CORE_WRITTEN_H
#define CORE_WRITTEN_H

#include <stdbool.h>
#include <stdint.h>

enum { WRITTEN_BYTES = 32 };    /* that a word of bits stands for */

/* The bits of an access at `offset`, within their word. */
static inline uint32_t written_lanes(uint32_t offset, unsigned size)
{
    return ((1u << size) - 1) << offset % WRITTEN_BYTES;
}

static inline void written_mark(uint32_t *written, uint32_t offset, unsigned size)
{
    written[offset / WRITTEN_BYTES] |= written_lanes(offset, size);
}

/* Whether some byte of it was written. */
static inline bool written_partly(const uint32_t *written, uint32_t offset, unsigned size)
{
    return written[offset / WRITTEN_BYTES] & written_lanes(offset, size);
}

/* Any range. */
static inline void written_mark_range(uint32_t *written, uint32_t offset, uint32_t size)
{
    for (uint32_t at = offset; at < offset + size; at++)
        written_mark(written, at, 1);
}

/* Whether all of any range was. */
static inline bool written_wholly(const uint32_t *written, uint32_t offset, uint32_t size)
{
    for (uint32_t at = offset; at < offset + size; at++)
        if (!written_partly(written, at, 1))
            return false;
    return true;
}

#endif
