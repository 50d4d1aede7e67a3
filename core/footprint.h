/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a stretch of execution has touched: the code it executed and the addresses it wrote, in lines that
 * share a bit with some others. A footprint may say yes where nothing happened; it never says no where
 * something did.
 *
 * Engines note a thing when it is touched for the first time in a stretch, and then take no more notice of
 * it: so noting costs next to nothing. What is touched in one stretch after the other is not even looked at
 * each time, but taken to be touched for up to HEAT_MOST stretches (struct heat).
 */
#ifndef CORE_FOOTPRINT_H
#define CORE_FOOTPRINT_H

#include <stdbool.h>
#include <stdint.h>

enum {
    FOOTPRINT_CODE_LINE = 4, FOOTPRINT_CODE_LINES = 1 << 15,        /* bytes of a line; lines told apart */
    FOOTPRINT_DATA_LINE = 64, FOOTPRINT_DATA_LINES = 1 << 12
};

struct footprint {
    uint64_t code[FOOTPRINT_CODE_LINES / 64];
    uint64_t data[FOOTPRINT_DATA_LINES / 64];
};

/* A footprint in the making: data lines as bytes, because stores note them one by one. */
struct footprint_marks {
    uint64_t code[FOOTPRINT_CODE_LINES / 64];
    uint8_t data[FOOTPRINT_DATA_LINES];
};

static inline uint32_t footprint_code_line(uint32_t address)
{
    return address / FOOTPRINT_CODE_LINE % FOOTPRINT_CODE_LINES;
}

/* 256 KiB of SRAM have lines of their own; CCM, peripherals and the private bus do not start at theirs. */
static inline uint32_t footprint_data_line(uint32_t address)
{
    return (address / FOOTPRINT_DATA_LINE ^ address >> 17) % FOOTPRINT_DATA_LINES;
}

static inline void footprint_wrote(struct footprint_marks *marks, uint32_t address)
{
    marks->data[footprint_data_line(address)] = 1;
}

/* The same for stretches of addresses; `size` is not 0. */
void footprint_wrote_range(struct footprint_marks *marks, uint32_t address, uint32_t size);
void footprint_executed_range(struct footprint_marks *marks, uint32_t address, uint32_t size);

/* Adds what was noted to `footprint` (NULL: nobody wants it) and forgets it. */
void footprint_collect(struct footprint_marks *marks, struct footprint *footprint);

/* Adds `other`. */
void footprint_add(struct footprint *footprint, const struct footprint *other);

bool footprint_has_executed(const struct footprint *footprint, uint32_t address);
bool footprint_has_written(const struct footprint *footprint, uint32_t address, uint32_t size);

/* Of a thing that can be touched: for how many stretches it counts as touched without being looked at (0:
 * somebody waits for its first touch), and how many that was the last time, as a power of 2. */
struct heat {
    uint8_t left, level;
};

enum { HEAT_LEVELS = 5, HEAT_MOST = 1 << (HEAT_LEVELS - 1) };

/* Touched. True: for the first time, it has to be noted. */
static inline bool heat_touch(struct heat *h)
{
    if (h->left)
        return false;
    h->left = (uint8_t)(1u << h->level);
    if (h->level + 1 < HEAT_LEVELS)
        h->level++;
    return true;
}

/* At the end of a stretch. True: it counts as touched in the next one, too. False: somebody must wait for
 * its first touch. */
static inline bool heat_stays(struct heat *h)
{
    if (h->left)
        return --h->left;
    h->level = 0;
    return false;
}

#endif
