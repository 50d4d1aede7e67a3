/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The DSP extension and saturation (exec_dsp.c says what they mean). What compilers use often is lowered;
 * the rest of these operations, which touch nothing but registers, the interpreter carries out.
 */
#include <stddef.h>

#include "core/jit/lower.h"

enum { NONE = 15, TOP_M = 1, TOP_N = 2, ROUND = 1 };

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
        x86_mov_imm8(l->b, state_field(offsetof(struct cpu_state, q)), 1);
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

bool lower_dsp(struct lower *l)
{
    switch (l->t->i.op) {
    case OP_SMLA_xy: half_product(l); accumulate(l); return true;
    case OP_SMLAW_y: wide_product(l); accumulate(l); return true;
    case OP_SMLAL_xy: half_product(l); accumulate_long(l); return true;
    case OP_SMMLA: case OP_SMMLS: top_product(l); return true;
    case OP_UMAAL: multiply_accumulate_twice(l); return true;
    case OP_EXTEND_ADD: extend_and_add(l); return true;
    case OP_SMLAD: case OP_SMLALD: case OP_EXTEND16: case OP_SSAT16: case OP_USAT16: case OP_QADD:
    case OP_PARALLEL: case OP_SEL: case OP_USADA8: case OP_PKH: case OP_SSAT: case OP_USAT: case OP_RBIT:
    case OP_SHIFT_reg: case OP_CLREX:
        lower_by_operation(l);
        return true;
    default: return false;
    }
}
