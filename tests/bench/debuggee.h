/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Driving programs/debuggee.c, which runs in stretches of as many rounds as the debugger asks for. */
#ifndef BENCH_DEBUGGEE_H
#define BENCH_DEBUGGEE_H

#include <stdint.h>

#include "tests/bench/remote.h"

/* A condition for check_in that is never true: r0 == 0, in gdb's bytecode: reg 0, const8 0, equal, end. */
#define NEVER_TRUE "X7,26000022001327"

/* Addresses in it. */
struct places {
    uint32_t rounds, stretch_done, check_in, beside, bystander, noise;
};

enum { NOISE_SIZE = 64 << 10 };

struct places debuggee_places(const char *elf);

/* From reset to the end of the first stretch, with a breakpoint there from now on. */
void debuggee_first_stretch(struct remote *r, const struct places *p);

/* Sets how many rounds the next stretch has. */
void debuggee_set_rounds(struct remote *r, const struct places *p, uint32_t rounds);

/* Goes on to the end of the next stretch. */
void debuggee_stretch(struct remote *r, const struct places *p);

#endif
