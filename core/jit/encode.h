/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * x86-64 instructions, typed: a register is an enum, an operand a struct x86_rm, and each function emits
 * one instruction. Only what the translator uses. Operands are 32 bits wide unless the name says 64 or
 * takes a size. Intel SDM volume 2 names the encodings.
 *
 * Nothing is written beyond the buffer's end: `overflow` says that something was lost, and the caller
 * throws the result away.
 */
#ifndef CORE_JIT_ENCODE_H
#define CORE_JIT_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum host_reg {
    RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15,
    NO_REG = 0xFF
};

enum x86_cc {
    CC_O, CC_NO, CC_B, CC_AE, CC_E, CC_NE, CC_BE, CC_A, CC_S, CC_NS, CC_P, CC_NP, CC_L, CC_GE, CC_LE, CC_G
};

enum x86_alu { ALU_ADD, ALU_OR, ALU_ADC, ALU_SBB, ALU_AND, ALU_SUB, ALU_XOR, ALU_CMP };
enum x86_shift { SH_ROL, SH_ROR, SH_RCL, SH_RCR, SH_SHL, SH_SHR, SH_UNUSED, SH_SAR };
enum x86_sse { SSE_SQRT = 0x51, SSE_ADD = 0x58, SSE_MUL = 0x59, SSE_SUB = 0x5C, SSE_DIV = 0x5E };

/* SSE2 on bytes (_B) and 16-bit words (_W) of xmm registers; S and US saturate. */
enum x86_packed {
    PACKED_ADD_B = 0xFC, PACKED_ADD_W = 0xFD, PACKED_SUB_B = 0xF8, PACKED_SUB_W = 0xF9,
    PACKED_ADDS_B = 0xEC, PACKED_ADDS_W = 0xED, PACKED_SUBS_B = 0xE8, PACKED_SUBS_W = 0xE9,
    PACKED_ADDUS_B = 0xDC, PACKED_ADDUS_W = 0xDD, PACKED_SUBUS_B = 0xD8, PACKED_SUBUS_W = 0xD9,
    PACKED_CMPEQ_B = 0x74, PACKED_CMPEQ_W = 0x75, PACKED_XOR = 0xEF, PACKED_MOV = 0x6F,
    PACKED_SAD_B = 0xF6
};

/* xmm = +-(by * from) +- xmm, as the names of the 231 forms say. */
enum x86_fma { FMA_ADD = 0xB9, FMA_SUB = 0xBB, FMA_NEGATED_ADD = 0xBD, FMA_NEGATED_SUB = 0xBF };

/* What is written where: `at` is where the CPU will see the code, `p` where we write it. */
struct x86 {
    uint8_t *p, *end;
    intptr_t shift;             /* address seen by the CPU minus address written */
    bool overflow;
};

enum x86_mode {
    RM_REG,
    RM_MEM,                     /* [base + disp] */
    RM_GUEST,                   /* gs:[base + (index << scale) + disp], the sum taken modulo 2^32 */
    RM_TABLE                    /* gs:[index * 2 + disp], in 64 bits */
};

struct x86_rm {
    uint8_t mode, base, index, scale;
    int32_t disp;
};

static inline struct x86_rm rm_reg(enum host_reg reg)
{
    return (struct x86_rm){RM_REG, (uint8_t)reg, NO_REG, 0, 0};
}

static inline struct x86_rm rm_xmm(unsigned xmm)
{
    return (struct x86_rm){RM_REG, (uint8_t)xmm, NO_REG, 0, 0};
}

static inline struct x86_rm rm_mem(enum host_reg base, int32_t disp)
{
    return (struct x86_rm){RM_MEM, (uint8_t)base, NO_REG, 0, disp};
}

static inline struct x86_rm rm_guest(unsigned base, unsigned index, unsigned scale, uint32_t disp)
{
    return (struct x86_rm){RM_GUEST, (uint8_t)base, (uint8_t)index, (uint8_t)scale, (int32_t)disp};
}

/* Where the CPU will find what is emitted next. */
static inline uint8_t *x86_here(const struct x86 *b)
{
    return b->p + b->shift;
}

/* ---- moves ---- */
void x86_mov(struct x86 *b, enum host_reg to, struct x86_rm from);
void x86_mov64(struct x86 *b, enum host_reg to, struct x86_rm from);
void x86_store(struct x86 *b, struct x86_rm to, enum host_reg from);
void x86_store64(struct x86 *b, struct x86_rm to, enum host_reg from);
void x86_store_sized(struct x86 *b, unsigned size, struct x86_rm to, enum host_reg from);
void x86_mov_imm(struct x86 *b, struct x86_rm to, uint32_t value);      /* leaves the flags alone */
void x86_mov_imm8(struct x86 *b, struct x86_rm to, uint8_t value);
void x86_mov_imm64(struct x86 *b, enum host_reg to, uint64_t value);
void x86_extend(struct x86 *b, unsigned size, bool sign, enum host_reg to, struct x86_rm from);
void x86_movsxd(struct x86 *b, enum host_reg to, struct x86_rm from);
void x86_lea(struct x86 *b, enum host_reg to, enum host_reg base, unsigned index, unsigned scale, int32_t disp);
void x86_cmov(struct x86 *b, enum x86_cc cc, enum host_reg to, struct x86_rm from);
void x86_setcc(struct x86 *b, enum x86_cc cc, struct x86_rm to);
void x86_lahf(struct x86 *b);
void x86_mov_ah_imm(struct x86 *b, uint8_t value);
void x86_push(struct x86 *b, enum host_reg reg);
void x86_pop(struct x86 *b, enum host_reg reg);

/* ---- arithmetic ---- */
void x86_alu(struct x86 *b, enum x86_alu op, enum host_reg to, struct x86_rm from);
void x86_alu64(struct x86 *b, enum x86_alu op, enum host_reg to, struct x86_rm from);
void x86_alu_to(struct x86 *b, enum x86_alu op, struct x86_rm to, enum host_reg from);
void x86_alu_imm(struct x86 *b, enum x86_alu op, struct x86_rm to, uint32_t value);
void x86_alu64_imm(struct x86 *b, enum x86_alu op, enum host_reg to, int32_t value);
void x86_or8_to(struct x86 *b, struct x86_rm to, enum host_reg from);
void x86_cmp8_imm(struct x86 *b, struct x86_rm with, uint8_t value);
void x86_test(struct x86 *b, struct x86_rm a, enum host_reg with);
void x86_test_imm(struct x86 *b, struct x86_rm a, uint32_t value);
void x86_test8_imm(struct x86 *b, struct x86_rm a, uint8_t value);
void x86_test_ah(struct x86 *b, uint8_t value);
void x86_shift_imm(struct x86 *b, enum x86_shift op, struct x86_rm a, unsigned count);
void x86_shift64_imm(struct x86 *b, enum x86_shift op, enum host_reg a, unsigned count);
void x86_shift_cl(struct x86 *b, enum x86_shift op, enum host_reg a);       /* by cl modulo 32; by 0 keeps the flags */
void x86_shift64_cl(struct x86 *b, enum x86_shift op, enum host_reg a);
void x86_rcr_1(struct x86 *b, enum host_reg a);
void x86_shift_by(struct x86 *b, enum x86_shift op, enum host_reg to, struct x86_rm from, enum host_reg count); /* BMI2 */
void x86_bt_imm(struct x86 *b, struct x86_rm a, unsigned bit);
void x86_bts64_imm(struct x86 *b, enum host_reg a, unsigned bit);
void x86_not(struct x86 *b, struct x86_rm a);
void x86_cmc(struct x86 *b);
void x86_imul(struct x86 *b, enum host_reg to, struct x86_rm from);
void x86_imul_imm(struct x86 *b, enum host_reg to, struct x86_rm from, uint32_t value);
void x86_sar64_imm(struct x86 *b, enum host_reg a, unsigned count);
void x86_imul64(struct x86 *b, enum host_reg to, struct x86_rm from);
void x86_mulx(struct x86 *b, enum host_reg high, enum host_reg low, struct x86_rm by);     /* BMI2: edx times */
void x86_div(struct x86 *b, bool is_signed, enum host_reg by);      /* edx:eax */
void x86_cdq(struct x86 *b);
void x86_lzcnt(struct x86 *b, enum host_reg to, struct x86_rm from);
void x86_bswap(struct x86 *b, enum host_reg reg);

/* r15 -= the constant at an address near the code: its place is returned for x86_place_constant. */
uint8_t *x86_sub64_constant(struct x86 *b, enum host_reg to);
void x86_place(uint8_t *hole, const uint8_t *written);   /* a rel32 at `hole` leads to `written` */

/* ---- single precision ---- */
void x86_movss(struct x86 *b, unsigned xmm, struct x86_rm from);
void x86_movss_store(struct x86 *b, struct x86_rm to, unsigned xmm);
void x86_sse(struct x86 *b, enum x86_sse op, unsigned xmm, struct x86_rm from);
void x86_vsse(struct x86 *b, enum x86_sse op, unsigned xmm, unsigned first, struct x86_rm second);    /* AVX */
void x86_movaps(struct x86 *b, unsigned xmm, unsigned from);
void x86_xorps(struct x86 *b, unsigned xmm, unsigned with);
void x86_movd(struct x86 *b, enum host_reg to, unsigned xmm);
void x86_ucomiss(struct x86 *b, unsigned xmm, struct x86_rm with);
void x86_movd_from(struct x86 *b, unsigned xmm, struct x86_rm from);
void x86_cvtsi2ss(struct x86 *b, unsigned xmm, struct x86_rm from);
void x86_cvtsi2ss64(struct x86 *b, unsigned xmm, enum host_reg from);
void x86_cvtdq2ps(struct x86 *b, unsigned xmm, unsigned from);
void x86_cvtss2si(struct x86 *b, bool truncate, enum host_reg to, struct x86_rm from);
void x86_cvtss2si64(struct x86 *b, bool truncate, enum host_reg to, struct x86_rm from);
void x86_cvtss2sd(struct x86 *b, unsigned xmm, unsigned from);
void x86_mulsd(struct x86 *b, unsigned xmm, unsigned by);
void x86_movq_from(struct x86 *b, unsigned xmm, enum host_reg from);
void x86_cvttsd2si64(struct x86 *b, enum host_reg to, unsigned from);
void x86_fma(struct x86 *b, enum x86_fma op, unsigned xmm, unsigned by, struct x86_rm from);    /* FMA3 */

/* ---- packed integers ---- */
void x86_packed(struct x86 *b, enum x86_packed op, unsigned xmm, unsigned from);
void x86_packed_shift_imm(struct x86 *b, enum x86_shift op, unsigned xmm, unsigned count);     /* of words */
void x86_pmovmskb(struct x86 *b, enum host_reg to, unsigned xmm);

/* ---- control: jumps return where their rel32 stands ---- */
uint8_t *x86_jcc(struct x86 *b, enum x86_cc cc);
uint8_t *x86_jmp(struct x86 *b);
void x86_jmp_to(struct x86 *b, const uint8_t *target);          /* as the CPU sees it */
void x86_call_to(struct x86 *b, const uint8_t *target);
void x86_jmp_reg(struct x86 *b, enum host_reg reg);
void x86_call_reg(struct x86 *b, enum host_reg reg);
void x86_ret(struct x86 *b);
void x86_nop(struct x86 *b);
void x86_ud2(struct x86 *b);
void x86_word64(struct x86 *b, uint64_t value);                 /* data */
void x86_land(struct x86 *b, uint8_t *hole);                    /* a jump's rel32 leads here */

#endif
