/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A decoded Thumb instruction. Decoding is a pure function of the instruction's bits: many encodings
 * normalise to one operation, and nothing here depends on where the instruction stands or on the
 * CPU's state. Reference interpreter, translator, cycle model, disassembler and test generators all
 * read this one form.
 */
#ifndef CORE_ARM_INSN_H
#define CORE_ARM_INSN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arm/ops.h"

/* Shift kinds in the order of the Arm ARM's `type` field (A7.4.2). RRX is encoded as ROR by 0; decoded it
 * is SHIFT_RRX with amount 1. LSR and ASR encoded with 0 have amount 32. */
enum insn_shift { SHIFT_LSL, SHIFT_LSR, SHIFT_ASR, SHIFT_ROR, SHIFT_RRX };

/* When an operation writes APSR.{N,Z,C,V}. 16-bit encodings set flags only outside an IT block. */
enum insn_setflags { FLAGS_NEVER, FLAGS_ALWAYS, FLAGS_OUTSIDE_IT };

/* Carry out of a modified immediate constant (Arm ARM A5.3.2): unchanged, or bit 31 of the constant. */
enum insn_carry { CARRY_KEEP, CARRY_CLEAR, CARRY_SET };

struct insn {
    uint32_t imm;       /* immediate, already expanded; branch offset, byte offset, register list */
    uint32_t raw;       /* the bits: 16-bit encodings in [15:0], 32-bit as first halfword in [31:16] */
    uint16_t op;        /* enum insn_op: what it does */
    uint16_t row;       /* index into the encoding table: which encoding it was (name, cost class) */
    uint8_t size;       /* 2 or 4 bytes */
    uint8_t cond;       /* B with a condition: 0..13; everything else 14 (always; IT is dynamic) */
    uint8_t rd, rn, rm, ra; /* see ops.h for the use per operation; 0..15, or S-register number 0..31 */
    uint8_t shift;      /* enum insn_shift applied to rm */
    uint8_t amount;     /* shift amount 0..32; also lsb, saturation position, fraction bits */
    uint8_t width;      /* bit-field width 1..32; memory access size in bytes */
    uint8_t setflags;   /* enum insn_setflags */
    uint8_t carry;      /* enum insn_carry, for logical operations on an immediate */
    uint8_t variant;    /* operation-specific small number; see ops.h */
    bool index;         /* memory: offset applied before the access (P) */
    bool add;           /* memory: offset added (U) */
    bool wback;         /* memory: base written back (W, or post-indexed) */
    bool sign;          /* memory: sign-extend; arithmetic: signed operands */
    uint8_t cycles;     /* static cost on the decoder's core: cost.h */
    bool pairs;         /* cost model: a single load or store, which overlaps with its neighbours: cost.h */
    bool unpredictable; /* the manual calls this form UNPREDICTABLE: see decode.h for what we make of it */
    uint8_t reserved;
};

#endif
