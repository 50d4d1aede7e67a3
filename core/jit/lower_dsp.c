/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The DSP extension and saturation (exec_dsp.c says what they mean). The interpreter carries out what
 * compilers hardly use: halving and exchanging lanes, and saturation of two halfwords.
 */
#include <stddef.h>

#include "core/jit/lower.h"

enum { NONE = 15, TOP_M = 1, TOP_N = 2, ROUND = 1 };

static struct x86_rm q(void)
{
    return state_field(offsetof(struct cpu_state, q));
}

/* A signed halfword of r. */
static void load_half(struct lower *l, enum host_reg to, unsigned r, bool top)
{
    if (!top) {
        x86_extend(l->b, 2, true, to, guest(r));
        return;
    }
    x86_mov(l->b, to, guest(r));
    x86_shift_imm(l->b, SH_SAR, rm_reg(to), 16);
}

/* ecx = the product of two halfwords: never overflows. */
static void half_product(struct lower *l)
{
    const struct insn *i = &l->t->i;

    load_half(l, RCX, i->rn, i->variant & TOP_N);
    load_half(l, RDX, i->rm, i->variant & TOP_M);
    x86_imul(l->b, RCX, rm_reg(RDX));
}

/* rd = ecx + ra; Q notes an overflow. */
static void accumulate(struct lower *l)
{
    const struct insn *i = &l->t->i;

    if (i->ra != NONE) {
        uint8_t *fits;
        x86_alu(l->b, ALU_ADD, RCX, guest(i->ra));
        fits = x86_jcc(l->b, CC_NO);
        x86_mov_imm8(l->b, q(), 1);
        x86_land(l->b, fits);
    }
    lower_put(l, i->rd, RCX);
}

/* RdHi:RdLo = rcx */
static void put_long(struct lower *l)
{
    lower_put(l, l->t->i.ra, RCX);
    x86_shift64_imm(l->b, SH_SHR, RCX, 32);
    lower_put(l, l->t->i.rd, RCX);
}

static void accumulate_long(struct lower *l)
{
    x86_movsxd(l->b, RCX, rm_reg(RCX));
    x86_mov(l->b, RDX, guest(l->t->i.rd));
    x86_shift64_imm(l->b, SH_SHL, RDX, 32);
    x86_alu64(l->b, ALU_ADD, RCX, rm_reg(RDX));
    x86_mov(l->b, RDX, guest(l->t->i.ra));
    x86_alu64(l->b, ALU_ADD, RCX, rm_reg(RDX));
    put_long(l);
}

/* rcx = the top 32 bits of word by halfword. */
static void wide_product(struct lower *l)
{
    const struct insn *i = &l->t->i;

    load_half(l, RDX, i->rm, i->variant & TOP_M);
    x86_movsxd(l->b, RDX, rm_reg(RDX));
    x86_movsxd(l->b, RCX, guest(i->rn));
    x86_imul64(l->b, RCX, rm_reg(RDX));
    x86_sar64_imm(l->b, RCX, 16);
}

static void top_product(struct lower *l)
{
    const struct insn *i = &l->t->i;
    bool subtracts = i->op == OP_SMMLS;

    x86_movsxd(l->b, RCX, guest(i->rn));
    x86_movsxd(l->b, RDX, guest(i->rm));
    x86_imul64(l->b, RCX, rm_reg(RDX));
    if (i->ra != NONE) {
        x86_mov(l->b, RDX, guest(i->ra));
        x86_shift64_imm(l->b, SH_SHL, RDX, 32);
        x86_alu64(l->b, subtracts ? ALU_SUB : ALU_ADD, RDX, rm_reg(RCX));
        x86_mov64(l->b, RCX, rm_reg(RDX));
    }
    if (i->variant & ROUND) {
        x86_mov_imm(l->b, rm_reg(RDX), 0x80000000);
        x86_alu64(l->b, ALU_ADD, RCX, rm_reg(RDX));
    }
    x86_shift64_imm(l->b, SH_SHR, RCX, 32);
    lower_put(l, i->rd, RCX);
}

static void multiply_accumulate_twice(struct lower *l)
{
    const struct insn *i = &l->t->i;

    x86_mov(l->b, RCX, guest(i->rn));
    x86_mov(l->b, RDX, guest(i->rm));
    x86_imul64(l->b, RCX, rm_reg(RDX));
    x86_mov(l->b, RDX, guest(i->rd));
    x86_alu64(l->b, ALU_ADD, RCX, rm_reg(RDX));
    x86_mov(l->b, RDX, guest(i->ra));
    x86_alu64(l->b, ALU_ADD, RCX, rm_reg(RDX));
    put_long(l);
}

static void extend_and_add(struct lower *l)
{
    const struct insn *i = &l->t->i;

    x86_mov(l->b, RCX, guest(i->rm));
    if (i->amount)
        x86_shift_imm(l->b, SH_ROR, rm_reg(RCX), i->amount);
    x86_extend(l->b, i->width, i->sign, RCX, rm_reg(RCX));
    x86_alu(l->b, ALU_ADD, RCX, guest(i->rn));
    lower_put(l, i->rd, RCX);
}

/* ---- two products ---- */

/* ecx = the sum or difference of the halfwords' products: only one sum overflows, that of four times
 * -32768, and the interpreter knows it. */
static void dual_product(struct lower *l)
{
    const struct insn *i = &l->t->i;
    bool exchange = i->variant & 1, subtract = i->variant & 2;

    load_half(l, RCX, i->rn, true);
    load_half(l, RDX, i->rm, !exchange);
    x86_imul(l->b, RCX, rm_reg(RDX));
    x86_movd_from(l->b, 0, rm_reg(RCX));
    load_half(l, RCX, i->rn, false);
    load_half(l, RDX, i->rm, exchange);
    x86_imul(l->b, RCX, rm_reg(RDX));
    x86_movd(l->b, RDX, 0);
    x86_alu(l->b, subtract ? ALU_SUB : ALU_ADD, RCX, rm_reg(RDX));
    lower_operation_if(l, CC_O);
}

/* ---- saturation ---- */

/* ecx limited to [lowest, highest]; Q notes a change. */
static void limit(struct lower *l, uint32_t lowest, uint32_t highest)
{
    x86_movd_from(l->b, 0, rm_reg(RCX));
    x86_mov_imm(l->b, rm_reg(RDX), highest);
    x86_alu(l->b, ALU_CMP, RCX, rm_reg(RDX));
    x86_cmov(l->b, CC_G, RCX, rm_reg(RDX));
    x86_mov_imm(l->b, rm_reg(RDX), lowest);
    x86_alu(l->b, ALU_CMP, RCX, rm_reg(RDX));
    x86_cmov(l->b, CC_L, RCX, rm_reg(RDX));
    x86_movd(l->b, RDX, 0);
    x86_alu(l->b, ALU_CMP, RDX, rm_reg(RCX));
    x86_setcc(l->b, CC_NE, rm_reg(RDX));
    x86_or8_to(l->b, q(), RDX);
}

static void saturate(struct lower *l)
{
    const struct insn *i = &l->t->i;
    uint32_t half = (uint32_t)((uint64_t)1 << (i->imm - (i->op == OP_SSAT)));

    x86_mov(l->b, RCX, guest(i->rn));
    if (i->amount)
        x86_shift_imm(l->b, i->shift == SHIFT_LSL ? SH_SHL : SH_SAR, rm_reg(RCX), i->amount < 32 ? i->amount : 31);
    if (i->op == OP_USAT)
        limit(l, 0, half - 1);
    else if (i->imm < 32)
        limit(l, -half, half - 1);
    lower_put(l, i->rd, RCX);
}

/* `reg` is a sum or difference; where that overflowed, which its wrong sign tells, the nearest number
 * takes its place. */
static void saturate_overflow(struct lower *l, enum host_reg reg)
{
    uint8_t *fits = x86_jcc(l->b, CC_NO);

    x86_shift_imm(l->b, SH_SAR, rm_reg(reg), 31);
    x86_alu_imm(l->b, ALU_XOR, rm_reg(reg), 0x80000000);
    x86_mov_imm8(l->b, q(), 1);
    x86_land(l->b, fits);
}

static void add_saturating(struct lower *l)
{
    const struct insn *i = &l->t->i;

    x86_mov(l->b, RCX, guest(i->rn));
    if (i->variant & 1) {
        x86_alu(l->b, ALU_ADD, RCX, rm_reg(RCX));
        saturate_overflow(l, RCX);
    }
    x86_mov(l->b, RDX, guest(i->rm));
    x86_alu(l->b, i->variant & 2 ? ALU_SUB : ALU_ADD, RDX, rm_reg(RCX));
    saturate_overflow(l, RDX);
    lower_put(l, i->rd, RDX);
}

/* ---- lanes: xmm0 = the first operand, xmm1 = the second ---- */

enum lanes { ADD16, ASX, SAX, SUB16, ADD8, SUB8 };
enum lane_kind { LANE_S, LANE_Q, LANE_SH, LANE_U, LANE_UQ, LANE_UH };

/* The host's operation: wrapping, signed saturating, unsigned saturating. */
static const uint8_t lane_ops[][3] = {
    [ADD16] = {PACKED_ADD_W, PACKED_ADDS_W, PACKED_ADDUS_W}, [SUB16] = {PACKED_SUB_W, PACKED_SUBS_W, PACKED_SUBUS_W},
    [ADD8] = {PACKED_ADD_B, PACKED_ADDS_B, PACKED_ADDUS_B}, [SUB8] = {PACKED_SUB_B, PACKED_SUBS_B, PACKED_SUBUS_B},
};

static enum x86_packed lane_op(const struct insn *i, unsigned how)
{
    return (enum x86_packed)lane_ops[i->variant & 7][how];
}

/* GE from a mask of bytes in xmm2, or from what it is not. */
static void put_ge(struct lower *l, bool inverted)
{
    x86_pmovmskb(l->b, RDX, 2);
    if (inverted)
        x86_not(l->b, rm_reg(RDX));
    x86_alu_imm(l->b, ALU_AND, rm_reg(RDX), 0xF);
    x86_store_sized(l->b, 1, state_field(offsetof(struct cpu_state, ge)), RDX);
}

/* Results that are not negative: saturation keeps the sign. */
static void signed_ge(struct lower *l)
{
    const struct insn *i = &l->t->i;

    x86_packed(l->b, PACKED_MOV, 2, 0);
    x86_packed(l->b, lane_op(i, 1), 2, 1);
    if ((i->variant & 7) < ADD8)
        x86_packed_shift_imm(l->b, SH_SAR, 2, 15);
    put_ge(l, true);
}

/* Sums that carry: saturation changes them. Differences that do not borrow: the other way round nothing is
 * left of them. */
static void unsigned_ge(struct lower *l)
{
    const struct insn *i = &l->t->i;
    unsigned lanes = i->variant & 7;
    bool subtract = lanes == SUB16 || lanes == SUB8;

    x86_packed(l->b, PACKED_MOV, 2, subtract ? 1 : 0);
    x86_packed(l->b, lane_op(i, 2), 2, subtract ? 0 : 1);
    x86_packed(l->b, subtract ? PACKED_XOR : PACKED_MOV, 3, subtract ? 3 : 0);
    if (!subtract)
        x86_packed(l->b, lane_op(i, 0), 3, 1);
    x86_packed(l->b, lanes < ADD8 ? PACKED_CMPEQ_W : PACKED_CMPEQ_B, 2, 3);
    put_ge(l, !subtract);
}

static bool add_lanes(struct lower *l)
{
    static const uint8_t how[] = {[LANE_S] = 0, [LANE_Q] = 1, [LANE_U] = 0, [LANE_UQ] = 2};
    const struct insn *i = &l->t->i;
    unsigned lanes = i->variant & 7, kind = i->variant >> 3;

    if (lanes == ASX || lanes == SAX || kind == LANE_SH || kind == LANE_UH)
        return false;
    x86_movd_from(l->b, 0, guest(i->rn));
    x86_movd_from(l->b, 1, guest(i->rm));
    if (kind == LANE_S)
        signed_ge(l);
    if (kind == LANE_U)
        unsigned_ge(l);
    x86_packed(l->b, lane_op(i, how[kind]), 0, 1);
    x86_movd(l->b, RCX, 0);
    lower_put(l, i->rd, RCX);
    return true;
}

/* Each bit of GE becomes a byte of ones, which chooses rn's. */
static void select_bytes(struct lower *l)
{
    const struct insn *i = &l->t->i;

    x86_extend(l->b, 1, false, RCX, state_field(offsetof(struct cpu_state, ge)));
    x86_imul_imm(l->b, RCX, rm_reg(RCX), 0x00204081);
    x86_alu_imm(l->b, ALU_AND, rm_reg(RCX), 0x01010101);
    x86_imul_imm(l->b, RCX, rm_reg(RCX), 0xFF);
    x86_mov(l->b, RDX, guest(i->rn));
    x86_alu(l->b, ALU_XOR, RDX, guest(i->rm));
    x86_alu(l->b, ALU_AND, RDX, rm_reg(RCX));
    x86_alu(l->b, ALU_XOR, RDX, guest(i->rm));
    lower_put(l, i->rd, RDX);
}

static void sum_differences(struct lower *l)
{
    const struct insn *i = &l->t->i;

    x86_movd_from(l->b, 0, guest(i->rn));
    x86_movd_from(l->b, 1, guest(i->rm));
    x86_packed(l->b, PACKED_SAD_B, 0, 1);
    x86_movd(l->b, RCX, 0);
    if (i->ra != NONE)
        x86_alu(l->b, ALU_ADD, RCX, guest(i->ra));
    lower_put(l, i->rd, RCX);
}

static void extend_halves(struct lower *l)
{
    const struct insn *i = &l->t->i;

    x86_mov(l->b, RCX, guest(i->rm));
    if (i->amount)
        x86_shift_imm(l->b, SH_ROR, rm_reg(RCX), i->amount);
    x86_movd_from(l->b, 0, rm_reg(RCX));
    x86_packed_shift_imm(l->b, SH_SHL, 0, 8);
    x86_packed_shift_imm(l->b, i->sign ? SH_SAR : SH_SHR, 0, 8);
    if (i->rn != NONE) {
        x86_movd_from(l->b, 1, guest(i->rn));
        x86_packed(l->b, PACKED_ADD_W, 0, 1);
    }
    x86_movd(l->b, RCX, 0);
    lower_put(l, i->rd, RCX);
}

static void pack_halves(struct lower *l)
{
    const struct insn *i = &l->t->i;
    bool bottom_of_m = i->variant & 1;

    x86_mov(l->b, RCX, guest(i->rm));
    if (i->amount)
        x86_shift_imm(l->b, i->shift == SHIFT_LSL ? SH_SHL : SH_SAR, rm_reg(RCX), i->amount < 32 ? i->amount : 31);
    x86_mov(l->b, RDX, guest(i->rn));
    x86_alu_imm(l->b, ALU_AND, rm_reg(RCX), bottom_of_m ? 0x0000FFFF : 0xFFFF0000);
    x86_alu_imm(l->b, ALU_AND, rm_reg(RDX), bottom_of_m ? 0xFFFF0000 : 0x0000FFFF);
    x86_alu(l->b, ALU_OR, RCX, rm_reg(RDX));
    lower_put(l, i->rd, RCX);
}

static bool lower_products(struct lower *l)
{
    switch (l->t->i.op) {
    case OP_SMLA_xy: half_product(l); accumulate(l); return true;
    case OP_SMLAW_y: wide_product(l); accumulate(l); return true;
    case OP_SMLAL_xy: half_product(l); accumulate_long(l); return true;
    case OP_SMLAD: dual_product(l); accumulate(l); return true;
    case OP_SMLALD: dual_product(l); accumulate_long(l); return true;
    case OP_SMMLA: case OP_SMMLS: top_product(l); return true;
    case OP_UMAAL: multiply_accumulate_twice(l); return true;
    default: return false;
    }
}

static bool lower_lanes(struct lower *l)
{
    switch (l->t->i.op) {
    case OP_EXTEND_ADD: extend_and_add(l); return true;
    case OP_EXTEND16: extend_halves(l); return true;
    case OP_PARALLEL: return add_lanes(l);
    case OP_SEL: select_bytes(l); return true;
    case OP_USADA8: sum_differences(l); return true;
    case OP_PKH: pack_halves(l); return true;
    default: return false;
    }
}

bool lower_dsp(struct lower *l)
{
    if (lower_products(l) || lower_lanes(l))
        return true;
    switch (l->t->i.op) {
    case OP_SSAT: case OP_USAT: saturate(l); return true;
    case OP_QADD: add_saturating(l); return true;
    case OP_PARALLEL: case OP_SSAT16: case OP_USAT16: case OP_CLREX:
        lower_by_operation(l);
        return true;
    default: return false;
    }
}
