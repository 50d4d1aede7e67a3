/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a fuzz target gives: libFuzzer's entry, and seeds to start from for driver.c, which runs the
 * target without libFuzzer.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Returns 0 whatever the input (at most MAX_INPUT of driver.c long), and calls abort() when something is wrong. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

struct fuzz_seed {
    const void *bytes;
    size_t size;
};

/* Ended by NULL bytes; none at all is allowed. */
extern const struct fuzz_seed fuzz_seeds[];

/* How many inputs a short run makes: some seconds' worth. */
extern const uint64_t fuzz_runs;

#endif
