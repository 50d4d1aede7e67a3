/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What instructions cost in core cycles, for every engine: the tables of the Cortex-M3 TRM (r2p1, 3.3.1)
 * and the Cortex-M4 TRM (r0p1, 3.3.1 and 7.2.3), with the parts that those leave open fixed here.
 *
 * An instruction's cost is the sum of
 *   insn.cycles                  static; 1 instead when its IT condition fails. Unconditional branches and
 *                                loads of the PC have their refill in it.
 *   - cost_pairing()             1 less for a load or store right behind another one
 *   + COST_REFILL                B<c>, CBZ, CBNZ when taken (a direct branch, its target known early)
 *   + cost_divide()              SDIV, UDIV
 *   + cost_multiply_long()       SMULL, UMULL, SMLAL, UMLAL
 *   + cost_fetch()               flash wait states, instructions that stand in flash
 *   + cost_landing()             flash wait states of a branch into flash, unless to the instruction that follows
 *   + timing.data                flash wait states of each word (or part) read from flash as data
 * and the waiting of WFI, WFE and of exceptions, which is the engine's.
 *
 * All of it is a function of the instruction's bits, its address, the fetch timing and, where a
 * function has such parameters, the operands. The pairing depends on the instruction executed before: within a
 * straight run that is the one that stands before it, whether its condition held or not, so that a
 * translator sums a block's pairs when it translates. Only a block that begins behind a load or store
 * without a branch between finds cpu_state.mem_pipelined set.
 *
 * Not modelled: address dependences of paired accesses, contention of literal loads with fetches, the
 * write buffer, folding of IT, and the 1 to 3 cycles by which a refill depends on the target's alignment. A
 * refill is 1 cycle for direct branches, 2 for those through a register and 3 for those through memory.
 */
#ifndef CORE_ARM_COST_H
#define CORE_ARM_COST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arm/insn.h"
#include "core/bus.h"
#include "core/chip.h"

enum { COST_FAILED = 1, COST_REFILL = 1, COST_REFILL_REGISTER = 2, COST_REFILL_MEMORY = 3 };

/* The static cost on a core: 1..255. decode() stores it in insn.cycles. */
uint8_t cost_static(enum cpu_kind kind, const struct insn *i);

/* Whether the instruction's cost overlaps with that of a like neighbour; decode() stores it in
 * insn.pairs. Single loads and stores without base write-back that do not load the PC. */
bool cost_pairs(const struct insn *i);

/* Cycles saved (0 or 1), and the new state. To be called for each instruction, in order, also for one
 * whose condition failed - which saves nothing itself. Exception entry and return clear the state. */
static inline unsigned cost_pairing(uint8_t *mem_pipelined, const struct insn *i, bool condition_held)
{
    unsigned saved = *mem_pipelined & i->pairs & condition_held;

    *mem_pipelined = i->pairs;
    return saved;
}

/* Cycles of a divide beyond insn.cycles (2), 0..10: each core takes 2 to 12 and ends early by the
 * difference of the operands' leading zeros. */
static inline unsigned cost_divide(uint32_t n, uint32_t d, bool is_signed)
{
    unsigned shift;

    if (is_signed) {
        n = n >> 31 ? 0 - n : n;
        d = d >> 31 ? 0 - d : d;
    }
    if (d == 0 || n < d)
        return 0;
    shift = (unsigned)__builtin_clz(d) - (unsigned)__builtin_clz(n);
    return 2 + (shift + 3) / 4;
}

/* Cycles of a 64-bit multiply beyond insn.cycles, 0..3. Cortex-M3 ends early: 3..5 without, 4..7 with an
 * accumulator, by how many operands need more than 16 bits. Cortex-M4 always takes 1 in all. */
unsigned cost_multiply_long(enum cpu_kind kind, const struct insn *i, uint32_t n, uint32_t m);

/* Wait states of fetching an instruction that stands in flash: one line fetch if it contains the first
 * byte of a line. */
static inline unsigned cost_fetch(const struct cpu_fetch_timing *t, uint32_t pc, unsigned size)
{
    return ((pc - 1) ^ (pc + size - 1)) & ~t->line_mask ? t->sequential : 0;
}

/* Wait states of a taken branch to `target` in flash, beyond the cost_fetch of the instruction there. */
static inline unsigned cost_landing(const struct cpu_fetch_timing *t, uint32_t target)
{
    if (target & t->line_mask)
        return t->branch;
    return t->branch > t->sequential ? t->branch - t->sequential : 0;
}

#endif
