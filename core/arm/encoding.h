/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The encoding tables: t16.c, t32.c and vfp.c hold one row per encoding of the Armv7-M ARM. Decoder,
 * disassembler and test generators read them; everybody else sees struct insn only.
 *
 * A pattern is the manual's encoding diagram, most significant bit first: 16 or 32 of
 *   0 1        the bit must be so
 *   z o        should be zero, should be one: ignored in matching, a deviation is UNPREDICTABLE
 *   -          anything
 *   d n m a    register number for rd, rn, rm, ra; in vfp.c of an S register where D N M gives its low bit
 *   e f        register number for both rd and rn, for both rd and rm
 *   i          imm, to be treated as `expand` says        k  amount
 *   w          of width, as `expand` says                 y  shift kind
 *   s p u b g  setflags, index, add, wback, sign          c  cond      v  variant
 * Occurrences of a letter join, the leftmost being the most significant. Spaces are for the eye.
 *
 * Of two rows that match, the upper one counts. Rows overlap only where the upper one is a special case
 * of the lower one, or says `.first` (a literal form, say, among forms with a base register).
 */
#ifndef CORE_ARM_ENCODING_H
#define CORE_ARM_ENCODING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arm/insn.h"

enum encoding_extension { EXTENSION_BASE, EXTENSION_DSP, EXTENSION_FP };

/* What remains to be done to the fields when they have been gathered. */
enum encoding_expand {
    EXPAND_NONE,
    EXPAND_X2,              /* imm * 2 */
    EXPAND_X4,              /* imm * 4 */
    EXPAND_NEGATE,          /* -imm */
    EXPAND_MODIFIED,        /* ThumbExpandImm_C of i:imm3:imm8 (A5.3.2) */
    EXPAND_MOVW,            /* i:imm4:imm3:imm8 to imm4:i:imm3:imm8 */
    EXPAND_BRANCH_8,        /* signed imm8, halfwords */
    EXPAND_BRANCH_11,       /* signed imm11, halfwords */
    EXPAND_BRANCH_20,       /* S:imm6:J1:J2:imm11 to S:J2:J1:imm6:imm11, halfwords */
    EXPAND_BRANCH_24,       /* S:imm10:J1:J2:imm11 to S:I1:I2:imm10:imm11, halfwords */
    EXPAND_PUSH,            /* M:list8, M being LR */
    EXPAND_POP,             /* P:list8, P being PC */
    EXPAND_LDM_16,          /* write-back unless the base is in the list */
    EXPAND_SHIFT,           /* DecodeImmShift of y, k */
    EXPAND_SAT,             /* imm + 1, then EXPAND_SHIFT_SH */
    EXPAND_SHIFT_SH,        /* DecodeImmShift of sh:'0', k */
    EXPAND_PLUS_1,          /* imm + 1 */
    EXPAND_ROTATE,          /* amount * 8 */
    EXPAND_BIT_FIELD,       /* w is the width minus 1 */
    EXPAND_BFI,             /* w is the msb */
    EXPAND_CPS,             /* im:I:F to I:F:im */
    EXPAND_D,               /* rd is a D register */
    EXPAND_D_X4,            /* rd is a D register; imm * 4 */
    EXPAND_D_LIST,          /* rd is a D register; imm is twice the number of them, odd for FLDMX */
    EXPAND_FP_IMM,          /* VFPExpandImm (A6.4.1) */
    EXPAND_FP_FIXED         /* fraction bits from imm4:i */
};

/* Conditions under which a form is UNPREDICTABLE. */
enum encoding_rule {
    D_SP = 1 << 0, D_PC = 1 << 1,   /* rd may not be 13, not be 15; and so on */
    N_SP = 1 << 2, N_PC = 1 << 3,
    M_SP = 1 << 4, M_PC = 1 << 5,
    A_SP = 1 << 6, A_PC = 1 << 7,
    N_PC_UND = 1 << 8,              /* rn = 15 is UNDEFINED, not UNPREDICTABLE */
    D_IS_A = 1 << 9,                /* rd = ra */
    D_IS_N = 1 << 10,
    A_IS_N = 1 << 11,
    N_IS_NOT_M = 1 << 12,           /* a register that is encoded twice, differently */
    WB_D = 1 << 13,                 /* write-back to a base that is rd */
    WB_A = 1 << 14,
    WB_ANY = 1 << 15,               /* write-back at all */
    WB_LIST = 1 << 16,              /* write-back to a base in the list */
    LIST_NONE = 1 << 17,            /* no register in the list */
    LIST_ONE = 1 << 18,             /* fewer than two */
    LIST_SP = 1 << 19, LIST_PC = 1 << 20,
    LIST_LR_PC = 1 << 21,           /* both */
    LIST_FP = 1 << 22,              /* no register, more than 32 words, or past S31 */
    BIT_FIELD = 1 << 23,            /* ends before it begins, or past bit 31 */
    SP_SHIFT = 1 << 24,             /* rd = 13 with more than LSL #3 */
    SP_SP = 1 << 25,                /* rd = rm = 13 */
    IT_COND = 1 << 26,              /* IT's condition 15, or 14 with an else */
    PAIR_PAST_S31 = 1 << 27,
    FRACTION = 1 << 28,             /* more fraction bits than bits */
    /* harmless ones: executed all the same */
    BOTH_LOW = 1 << 29,             /* rn and rm below 8 */
    NO_MASK = 1 << 30,              /* CPS that names neither I nor F, MSR with an impossible mask */

    D_BAD = D_SP | D_PC, N_BAD = N_SP | N_PC, M_BAD = M_SP | M_PC, A_BAD = A_SP | A_PC,
    RULES_HARMLESS = BOTH_LOW | NO_MASK
};

struct encoding {
    const char *name;       /* the manual's, "ADD_imm_T2"; the mnemonic in small letters is disasm's */
    const char *pattern;
    uint8_t expand;         /* enum encoding_expand */
    uint8_t extension;      /* enum encoding_extension: what a core must have */
    bool first;             /* counts before rows below that overlap without being more general */
    uint32_t rules;         /* enum encoding_rule */
    struct insn preset;     /* op, and the fields that are the same for every instruction of the row */
};

/* ROW(name, pattern, op, expand, rules, preset fields...) */
#define ROW(name_, pattern_, op_, expand_, rules_, ...)                                           \
    {.name = name_, .pattern = pattern_, .expand = EXPAND_##expand_, .rules = rules_,             \
     .preset = {.op = OP_##op_, __VA_ARGS__}}
#define ROW_OF(extension_, first_, name_, pattern_, op_, expand_, rules_, ...)                    \
    {.name = name_, .pattern = pattern_, .expand = EXPAND_##expand_, .rules = rules_,             \
     .extension = EXTENSION_##extension_, .first = first_,                                        \
     .preset = {.op = OP_##op_, __VA_ARGS__}}

struct encoding_table {
    const struct encoding *rows;
    size_t count;
};

extern const struct encoding_table t16_table, t32_table, vfp_table;

/* The row of insn.row; row 0 is "UNDEFINED", what no other row matches. Rows count through t16, vfp,
 * t32, which is the order of their precedence. */
const struct encoding *encoding_row(unsigned row);
unsigned encoding_count(void);

/* The pattern without spaces, as a string; returns its length: 16 or 32, or 0 for row 0. */
unsigned encoding_bits(const char *pattern, char bits[33]);

#endif
