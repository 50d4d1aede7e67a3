/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From instruction bits to struct insn (Armv7-M ARM A5, A6, A7.7). Pure: the same bits give the same
 * instruction on the same core, whatever the CPU's state.
 *
 * What the manual calls UNPREDICTABLE:
 * - Should-be-zero and should-be-one bits are ignored, as the M3 and M4 do; the instruction is executed
 *   and insn.unpredictable is set. So are a CMP between two low registers in its high-register
 *   encoding, a CPS that names no mask, an MSR mask that does not fit the register, and a modified
 *   immediate of the replicating kind with zero bits: they have one sensible meaning.
 * - A register that the encoding does not allow, registers that clash, and an impossible bit-field or
 *   register list decode to UDF with insn.unpredictable set. No assembler produces them, and a fault at
 *   the spot serves better than a guess at what a given silicon does.
 * - What depends on the state (a branch inside an IT block, not last) is not decode's business: it is
 *   executed like any other.
 *
 * Cortex-M3: the DSP extension's encodings are UNDEFINED, coprocessors 10 and 11 are absent (NOCP).
 */
#ifndef CORE_ARM_DECODE_H
#define CORE_ARM_DECODE_H

#include <stdint.h>

#include "core/arm/insn.h"
#include "core/chip.h"

struct decoder;

/* The decoder of a core, immutable afterwards; NULL when out of memory. The caller owns it. */
struct decoder *decoder_create(enum cpu_kind kind);
void decoder_destroy(struct decoder *d);

/* Bytes of the instruction that begins with this halfword: 2 or 4 (A5.1). */
static inline unsigned insn_size(uint32_t first_halfword)
{
    return first_halfword >= 0xE800 ? 4 : 2;
}

/* Decodes `raw` of `size` bytes as insn_size says; a 32-bit instruction has its first halfword in
 * [31:16]. Always fills *out completely; what is no instruction becomes OP_UDF. */
void decode(const struct decoder *d, uint32_t raw, unsigned size, struct insn *out);

/* The manual's name of the encoding, "ADD_imm_T2"; "UNDEFINED" where there is none. */
const char *decode_name(const struct insn *insn);

#endif
