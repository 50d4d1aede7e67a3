/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where unicorn is known to be wrong. */
#ifndef TESTS_DIFF_EXCUSES_H
#define TESTS_DIFF_EXCUSES_H

#include "core/arm/insn.h"
#include "tests/diff/diff.h"

/* The instruction behind which the states differ, and its surroundings. */
struct diff_site {
    struct insn insn;
    uint8_t it;                 /* ITSTATE when it executes; 0 outside an IT block */
    bool isb_in_it;             /* an ISB stands before it in the same IT block */
    const struct diff_state *before, *ours, *theirs;
};

/* Why unicorn may be expected to differ here; NULL if it may not. */
const char *excuse_for(const struct diff_site *site);

#endif
