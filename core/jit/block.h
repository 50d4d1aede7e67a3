/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A stretch of guest code before it is translated: decoded, with each instruction's cycles (cost.h) and
 * the flags that somebody will read. It runs on behind conditional branches that are not taken, up to a
 * jump that always leaves, BLOCK_ENOUGH instructions or some more, or a breakpoint.
 */
#ifndef CORE_JIT_BLOCK_H
#define CORE_JIT_BLOCK_H

#include "core/jit/translator.h"

enum flag_set { FLAG_NZ = 1, FLAG_C = 2, FLAG_V = 4, FLAG_ALL = 7 };

struct step {
    struct insn i;
    uint32_t pc;
    uint16_t cycles;            /* what the block charges for it */
    uint16_t cycles_after;      /* charges behind it */
    uint8_t insns_after;
    uint8_t refund;             /* what of `cycles` is not spent when its condition fails */
    uint8_t it, it_after;       /* ITSTATE */
    uint8_t cond;               /* COND_NONE, or that of its IT block */
    uint8_t need;               /* flags to keep that it writes: enum flag_set */
    uint8_t sunk;               /* flags that it leaves to the host, for the branch behind it */
    bool pairs_before;          /* what it found in mem_pipelined */
    bool setflags;
};

struct source {
    struct step steps[BLOCK_INSNS + 1];
    unsigned count;
    uint32_t pc, end;           /* guest addresses [pc, end) */
    uint32_t cycles;            /* of all steps */
    uint32_t reads;             /* where the window shows the bytes at pc, if they are to be checked */
    bool checked;               /* its page is written often (checked.c) */
    bool flash;
    bool pairs_at_end;          /* the last instruction is a load or store that overlaps */
    bool runs_on;               /* the last instruction does not always jump */
};

enum {
    COND_NONE = 14,
    DIVIDE_MAX = 10             /* the most of cost_divide: charged, and given back as far as it ends early */
};

/* Decodes the code at `pc`. False when none of it can be translated. */
bool source_read(struct source *source, const struct jit *j, uint32_t pc);

/* Operations that lower.c leaves to the interpreter, and that end a block. */
bool step_is_single(const struct step *t);      /* loads or stores one register: need not be aligned */
bool step_is_foreign(const struct step *t);
bool step_ends_block(const struct step *t);

/* VMRS APSR_nzcv right behind the VCMP that it is there for; `t` is not the first step. */
bool step_reads_comparison(const struct step *t);

/* Whether its interpretation may write memory: stores, and whatever may preserve floating-point state. */
bool step_may_store(const struct step *t);

#endif
