/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random programs from the encoding tables, such that they run from top to bottom without a fault:
 * loads and stores stay in RAM, branches go forwards, nothing is UNPREDICTABLE.
 */
#ifndef TESTS_DIFF_GENERATE_H
#define TESTS_DIFF_GENERATE_H

#include "core/arm/decode.h"
#include "tests/diff/diff.h"

/* What a program is to be like. */
struct diff_shape {
    uint32_t base;              /* guest address, word-aligned; the program starts there or 2 bytes behind */
    unsigned length;            /* instructions, about */
    bool patches;               /* rewrites instructions of its own, so that it must stand in RAM */
};

/* A case, a function of the seed (not 0) and the shape alone. The contents of RAM are `ram`'s. */
void generate_case(struct diff_case *c, const struct decoder *d, uint64_t seed, const struct diff_shape *shape,
                   const uint8_t *ram);

/* Whether programs contain instructions of this row. Others are left out for a reason: generate.c. */
bool generate_covers(const struct decoder *d, unsigned row);

#endif
