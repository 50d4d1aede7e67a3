/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A bare core for tests of single operations: registers and flags, no memory, no devices. Operations are
 * called directly with decoded instructions that the test writes down.
 */
#ifndef TESTS_UNIT_CPU_HARNESS_H
#define TESTS_UNIT_CPU_HARNESS_H

#include "core/arm/exec.h"

struct bare_cpu {
    struct cpu_state state;
    struct chip_core core;
    struct cpu cpu;
};

/* In Thread mode at address 0x100, Thumb state, all else zero. */
static inline void bare_init(struct bare_cpu *b)
{
    *b = (struct bare_cpu){.core = {.kind = CPU_CORTEX_M4F}};
    b->state.thumb = 1;
    b->state.r[15] = 0x100;
    b->cpu.s = &b->state;
    b->cpu.core = &b->core;
    b->cpu.has_dsp = b->cpu.has_fpu = true;
}

/* Executes one operation as the loop would, without fetch, conditions and time. */
static inline void bare_exec(struct bare_cpu *b, struct insn insn)
{
    insn.size = insn.size ? insn.size : 4;
    b->cpu.next = b->state.r[15] + insn.size;
    exec_table[insn.op](&b->cpu, &insn);
}

/* NZCV as a nibble, N on top. */
static inline unsigned bare_flags(const struct bare_cpu *b)
{
    return (unsigned)(b->state.n << 3 | b->state.z << 2 | b->state.c << 1 | b->state.v);
}

static inline void bare_set_flags(struct bare_cpu *b, unsigned nzcv)
{
    b->state.n = nzcv >> 3 & 1;
    b->state.z = nzcv >> 2 & 1;
    b->state.c = nzcv >> 1 & 1;
    b->state.v = nzcv & 1;
}

#endif
