/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the programs that run random cases have in common: their command line, and one run for each core. */
#ifndef TESTS_DIFF_OPTIONS_H
#define TESTS_DIFF_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/chip.h"

struct diff_options {
    bool m3, m4;            /* cores to run; both unless --core names one */
    uint64_t seed;          /* not 0 */
    uint64_t only;          /* the one case to run; 0: `count` of them */
    unsigned long count;
    unsigned length;        /* instructions of a case, where it can be chosen */
    bool verbose;
};

/* Prints the TAP plan of `tests` for each core and runs them: `run` is given the number of its first test, and
 * whether all passed is what it returns. `defaults` holds count and length. Returns the program's status. */
int diff_main(int argc, char **argv, struct diff_options defaults, unsigned tests,
              bool (*run)(const struct diff_options *options, enum cpu_kind kind, unsigned first_test));

/* The core's name in results. */
const char *diff_core_name(enum cpu_kind kind);

#endif
