/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Floating point (exec_fp.c, fparith.c say what it means). The host's single-precision operations give
 * Arm's results where both operands and result are ordinary: round to nearest, no flush to zero, a
 * result that is a normal number and not the smallest. Then the only flag an operation can raise is
 * inexact; so lowered arithmetic asks that it is raised already (FP_COMMON), and everything else is the
 * slow path's: zeros out of products, denormals, infinities, NaNs, other modes, the first inexact result.
 *
 * A slow path begins the instruction anew: nothing is written before the last check.
 */
#include <stddef.h>

#include "core/jit/lower.h"

enum { SP = 13, PC = 15, APSR = 15 };

static struct x86_rm single(unsigned n)
{
    return state_field(offsetof(struct cpu_state, s) + 4 * n);
}

static struct x86_rm fpscr(void)
{
    return state_field(offsetof(struct cpu_state, fpscr));
}

/* ExecuteFPCheck: nothing in a block makes the FPU unready again without leaving it. */
static void check_ready(struct lower *l)
{
    if (l->fp_ready)
        return;
    x86_cmp8_imm(l->b, rm_mem(RSP, JIT_FRAME_FP), 0);
    lower_leave_if(l, CC_E);
    l->fp_ready = true;
}

static void check_common(struct lower *l)
{
    check_ready(l);
    x86_cmp8_imm(l->b, rm_mem(RSP, JIT_FRAME_FP + 1), 0);
    lower_slow_if(l, CC_E);
}

/* ecx = xmm, a normal number above the smallest, or a zero where that is exact. */
static void check_result(struct lower *l, unsigned xmm, bool zero_is_exact)
{
    enum { LOWEST = 0x02000000 };       /* twice the magnitude of the second smallest exponent */
    const uint32_t range = 0xFF000000u - LOWEST;

    x86_movd(l->b, RCX, xmm);
    x86_lea(l->b, RDX, RCX, RCX, 0, -LOWEST);
    x86_alu_imm(l->b, ALU_CMP, rm_reg(RDX), range);
    if (zero_is_exact) {
        uint8_t *ordinary = x86_jcc(l->b, CC_B);
        x86_alu_imm(l->b, ALU_CMP, rm_reg(RDX), -(uint32_t)LOWEST);
        lower_slow_if(l, CC_NE);
        x86_land(l->b, ordinary);
    } else {
        lower_slow_if(l, CC_AE);
    }
}

static void put_single(struct lower *l, unsigned n)
{
    x86_store(l->b, single(n), RCX);
}

/* ---- arithmetic ---- */

static void binary(struct lower *l, enum x86_sse op, bool negate)
{
    const struct insn *i = &l->t->i;

    check_common(l);
    x86_movss(l->b, 0, single(i->rn));
    x86_sse(l->b, op, 0, single(i->rm));
    check_result(l, 0, op == SSE_ADD || op == SSE_SUB);
    if (negate)
        x86_alu_imm(l->b, ALU_XOR, rm_reg(RCX), 0x80000000);
    put_single(l, i->rd);
}

static void square_root(struct lower *l)
{
    check_common(l);
    x86_sse(l->b, SSE_SQRT, 0, single(l->t->i.rm));
    check_result(l, 0, false);
    put_single(l, l->t->i.rd);
}

/* VMLA, VMLS: rd +- product; VNMLS: product - rd. */
static void chained(struct lower *l)
{
    const struct insn *i = &l->t->i;

    check_common(l);
    x86_movss(l->b, 0, single(i->rn));
    x86_sse(l->b, SSE_MUL, 0, single(i->rm));
    check_result(l, 0, false);
    if (i->op == OP_VNMLS) {
        x86_sse(l->b, SSE_SUB, 0, single(i->rd));
        check_result(l, 0, true);
    } else {
        x86_movss(l->b, 1, single(i->rd));
        x86_sse(l->b, i->op == OP_VMLA ? SSE_ADD : SSE_SUB, 1, (struct x86_rm){RM_REG, 0, NO_REG, 0, 0});
        check_result(l, 1, true);
    }
    put_single(l, i->rd);
}

static bool fused(struct lower *l, enum x86_fma op)
{
    const struct insn *i = &l->t->i;

    if (!l->j->has_fma)
        return false;
    check_common(l);
    x86_movss(l->b, 0, single(i->rd));
    x86_movss(l->b, 1, single(i->rn));
    x86_fma(l->b, op, 0, 1, single(i->rm));
    check_result(l, 0, false);
    put_single(l, i->rd);
    return true;
}

/* FPSCR's condition: 8 less, 6 equal, 2 greater. */
static void compare(struct lower *l)
{
    const struct insn *i = &l->t->i;

    check_common(l);
    if (i->variant & 2) {
        x86_mov_imm(l->b, rm_reg(RCX), 0);
        x86_movd_from(l->b, 1, rm_reg(RCX));
    } else {
        x86_movss(l->b, 1, single(i->rm));
    }
    x86_movss(l->b, 0, single(i->rd));
    x86_ucomiss(l->b, 0, (struct x86_rm){RM_REG, 1, NO_REG, 0, 0});
    lower_slow_if(l, CC_P);
    x86_mov_imm(l->b, rm_reg(RCX), 0x20000000);
    x86_mov_imm(l->b, rm_reg(RDX), 0x60000000);
    x86_cmov(l->b, CC_E, RCX, rm_reg(RDX));
    x86_mov_imm(l->b, rm_reg(RDX), 0x80000000);
    x86_cmov(l->b, CC_B, RCX, rm_reg(RDX));
    x86_mov(l->b, RDX, fpscr());
    x86_alu_imm(l->b, ALU_AND, rm_reg(RDX), 0x0FFFFFFF);
    x86_alu(l->b, ALU_OR, RDX, rm_reg(RCX));
    x86_store(l->b, fpscr(), RDX);
}

static void from_integer(struct lower *l)
{
    const struct insn *i = &l->t->i;

    check_common(l);
    if (i->sign) {
        x86_cvtsi2ss(l->b, 0, single(i->rm));
    } else {
        x86_mov(l->b, RCX, single(i->rm));
        x86_cvtsi2ss64(l->b, 0, RCX);
    }
    x86_movss_store(l->b, single(i->rd), 0);
}

/* The host answers 0x80000000 for what has no answer. */
static bool to_integer(struct lower *l)
{
    const struct insn *i = &l->t->i;

    if (i->variant & 1)
        return false;           /* VCVTR */
    check_common(l);
    if (i->sign) {
        x86_cvttss2si(l->b, RCX, single(i->rm));
        x86_alu_imm(l->b, ALU_CMP, rm_reg(RCX), 0x80000000);
        lower_slow_if(l, CC_E);
    } else {
        x86_cvttss2si64(l->b, RCX, single(i->rm));
        x86_mov64(l->b, RDX, rm_reg(RCX));
        x86_shift64_imm(l->b, SH_SHR, RDX, 32);
        lower_slow_if(l, CC_NE);
    }
    put_single(l, i->rd);
    return true;
}

/* ---- moves ---- */

static void move(struct lower *l)
{
    const struct insn *i = &l->t->i;

    check_ready(l);
    if (i->op == OP_VMOV_imm) {
        x86_mov_imm(l->b, single(i->rd), i->imm);
        return;
    }
    x86_mov(l->b, RCX, single(i->rm));
    if (i->op == OP_VABS)
        x86_alu_imm(l->b, ALU_AND, rm_reg(RCX), 0x7FFFFFFF);
    if (i->op == OP_VNEG)
        x86_alu_imm(l->b, ALU_XOR, rm_reg(RCX), 0x80000000);
    put_single(l, i->rd);
}

static void to_core(struct lower *l, unsigned r, unsigned n)
{
    x86_mov(l->b, RCX, single(n));
    lower_put(l, r, RCX);
}

static void from_core(struct lower *l, unsigned n, unsigned r)
{
    x86_store(l->b, single(n), lower_get(l, r, RCX));
}

static void move_core(struct lower *l)
{
    const struct insn *i = &l->t->i;

    check_ready(l);
    if (i->variant & 1)
        to_core(l, i->ra, i->rd);
    else
        from_core(l, i->rd, i->ra);
}

static void move_core_pair(struct lower *l)
{
    const struct insn *i = &l->t->i;

    check_ready(l);
    if (i->variant & 1) {
        to_core(l, i->rn, i->rd);
        to_core(l, i->ra, i->rd + 1u);
    } else {
        from_core(l, i->rd, i->rn);
        from_core(l, i->rd + 1u, i->ra);
    }
}

static void read_status(struct lower *l)
{
    check_ready(l);
    if (l->t->i.rd != APSR) {
        x86_mov(l->b, RCX, fpscr());
        lower_put(l, l->t->i.rd, RCX);
        return;
    }
    x86_mov(l->b, RCX, fpscr());
    x86_mov(l->b, RAX, rm_reg(RCX));
    x86_shift_imm(l->b, SH_SHR, rm_reg(RAX), 16);
    x86_alu_imm(l->b, ALU_AND, rm_reg(RAX), 0xC000);
    x86_mov(l->b, RDX, rm_reg(RCX));
    x86_shift_imm(l->b, SH_SHR, rm_reg(RDX), 29);
    x86_alu_imm(l->b, ALU_AND, rm_reg(RDX), 1);
    x86_alu(l->b, ALU_OR, RAX, rm_reg(RDX));
    x86_shift_imm(l->b, SH_SHR, rm_reg(RCX), 28);
    x86_alu_imm(l->b, ALU_AND, rm_reg(RCX), 1);
    x86_store_sized(l->b, 1, state_field(offsetof(struct cpu_state, v)), RCX);
}

/* ---- loads and stores ---- */

static struct x86_rm word_at(struct x86_rm place, unsigned word)
{
    place.disp += (int32_t)(4 * word);
    return place;
}

/* The last word first: if neither end faults, no word does. */
static void load_words(struct lower *l, struct x86_rm place, unsigned words)
{
    lower_access(l, true);
    x86_mov(l->b, RDX, word_at(place, words - 1));
    lower_accessed(l);
    x86_store(l->b, rm_mem(RSP, JIT_FRAME_SCRATCH), RDX);
    for (unsigned word = 0; word + 1 < words; word++) {
        lower_access(l, false);
        x86_mov(l->b, RDX, word_at(place, word));
        x86_store(l->b, single(l->t->i.rd + word), RDX);
    }
    x86_mov(l->b, RDX, rm_mem(RSP, JIT_FRAME_SCRATCH));
    x86_store(l->b, single(l->t->i.rd + words - 1), RDX);
}

static void store_words(struct lower *l, struct x86_rm place, unsigned words)
{
    for (unsigned word = 0; word < words; word++) {
        x86_mov(l->b, RDX, single(l->t->i.rd + word));
        lower_access(l, word == 0);
        x86_store(l->b, word_at(place, word), RDX);
        lower_accessed(l);
    }
}

static bool transfer(struct lower *l, unsigned words, uint32_t displacement, bool write)
{
    const struct insn *i = &l->t->i;
    struct place place;

    if (i->rn == PC) {
        uint32_t address = ((l->t->pc + 4) & ~3u) + displacement;
        if (write || l->j->timing.data || !window_holds(&l->j->window, address, false))
            return false;
        place.rm = rm_guest(NO_REG, NO_REG, 0, address);
    } else {
        place = lower_place(l, i->rn, displacement, 4, write);
        if (place.slow || place.device)
            return false;
    }
    if (write)
        store_words(l, place.rm, words);
    else
        load_words(l, place.rm, words);
    return true;
}

static bool transfer_one(struct lower *l, bool write)
{
    const struct insn *i = &l->t->i;

    check_ready(l);
    return transfer(l, i->width / 4u, i->add ? i->imm : -i->imm, write);
}

static bool transfer_list(struct lower *l, bool write)
{
    const struct insn *i = &l->t->i;
    uint32_t bytes = 4 * i->imm;

    if (i->variant & 1 || !i->imm)
        return false;
    check_ready(l);
    if (!transfer(l, i->imm, i->add ? 0 : -bytes, write))
        return false;
    if (i->wback)
        lower_write_back(l, i->rn, i->add ? bytes : -bytes);
    return true;
}

bool lower_fp(struct lower *l)
{
    switch (l->t->i.op) {
    case OP_VADD: binary(l, SSE_ADD, false); return true;
    case OP_VSUB: binary(l, SSE_SUB, false); return true;
    case OP_VMUL: binary(l, SSE_MUL, false); return true;
    case OP_VNMUL: binary(l, SSE_MUL, true); return true;
    case OP_VDIV: binary(l, SSE_DIV, false); return true;
    case OP_VSQRT: square_root(l); return true;
    case OP_VMLA: case OP_VMLS: case OP_VNMLS: chained(l); return true;
    case OP_VFMA: return fused(l, FMA_ADD);
    case OP_VFMS: return fused(l, FMA_NEGATED_ADD);
    case OP_VFNMA: return fused(l, FMA_NEGATED_SUB);
    case OP_VFNMS: return fused(l, FMA_SUB);
    case OP_VCMP: compare(l); return true;
    case OP_VCVT_from_int: from_integer(l); return true;
    case OP_VCVT_to_int: return to_integer(l);
    case OP_VMOV: case OP_VMOV_imm: case OP_VABS: case OP_VNEG: move(l); return true;
    case OP_VMOV_core: move_core(l); return true;
    case OP_VMOV_core2: move_core_pair(l); return true;
    case OP_VMRS: read_status(l); return true;
    case OP_VLDR: return transfer_one(l, false);
    case OP_VSTR: return transfer_one(l, true);
    case OP_VLDM: return transfer_list(l, false);
    case OP_VSTM: return transfer_list(l, true);
    default: return false;
    }
}
