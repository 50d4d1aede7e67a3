/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a storm's program stands in: a flash image with vectors, handlers of several kinds, and a head that loads
 * every register and starts the program, which comes back to it in the end. A fault goes back to the head, too.
 */
#ifndef TESTS_DIFF_STAGE_H
#define TESTS_DIFF_STAGE_H

#include "tests/diff/diff.h"

enum {
    STAGE_HEAD = DIFF_CODE + 0x100,
    STAGE_HANDLERS = DIFF_CODE + 0x200,     /* one slot for each exception */
    STAGE_SLOT = 0x40,
    STAGE_EXCEPTIONS = 32,
    STAGE_END = STAGE_HANDLERS + STAGE_EXCEPTIONS * STAGE_SLOT,
    STAGE_COUNTERS = DIFF_RAM + 0x7000      /* a word for each exception */
};

/* Fills [DIFF_CODE, STAGE_END) of the image `code`, and puts the way back to the head behind the program. */
void stage_set(uint8_t *code, struct diff_case *c, uint64_t *random);

#endif
