/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random programs from the encoding tables, such that they run from top to bottom without a fault:
 * loads and stores stay in RAM, branches go forwards, nothing is UNPREDICTABLE.
 */
#ifndef TESTS_DIFF_GENERATE_H
#define TESTS_DIFF_GENERATE_H

#include "core/arm/decode.h"
#include "tests/diff/diff.h"

/* A case of about `length` instructions, a function of the seed (not 0) alone. The contents of RAM are
 * `ram`'s. */
void generate_case(struct diff_case *c, const struct decoder *d, uint64_t seed, unsigned length,
                   const uint8_t *ram);

/* Whether programs contain instructions of this row. Others are left out for a reason: generate.c. */
bool generate_covers(const struct decoder *d, unsigned row);

#endif
