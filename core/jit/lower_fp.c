/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Floating point (exec_fp.c, fparith.c say what it means). While it rounds to nearest and flushes nothing
 * (FP_COMMON), the host's single-precision operations give Arm's results and raise Arm's exceptions, except
 * for NaNs, and for results next to the smallest normal number, where the host looks for underflow after
 * rounding and Arm before. Sums have no such results: they are exact there. These cases, and all others
 * while FPSCR asks for another mode, the interpreter carries out, without leaving the block.
 *
 * The host's flags stand for those that FPSCR has yet to collect (jit_collect_flags). What the host raises
 * before the interpreter takes over must therefore be true of the guest as well.
 *
 * cpu_state is not written before the last check.
 */
#include <stddef.h>

#include "core/jit/lower.h"

enum { SP = 13, PC = 15, APSR = 15, SCRATCH = 0, SCRATCH_2 = 1 };

static struct x86_rm fpscr(void)
{
    return state_field(offsetof(struct cpu_state, fpscr));
}

/* ExecuteFPCheck: nothing in a block makes the FPU unready again without leaving it. */
void lower_check_fp(struct lower *l)
{
    if (l->fp_ready)
        return;
    x86_cmp8_imm(l->b, rm_mem(RSP, JIT_FRAME_FP), 0);
    lower_leave_if(l, CC_E);
    l->fp_ready = true;
}

/* Translations ask for the mode once some code has used another one. */
static void check_common(struct lower *l)
{
    lower_check_fp(l);
    if (!l->j->asks_fp_mode)
        return;
    x86_cmp8_imm(l->b, rm_mem(RSP, JIT_FRAME_FP + 1), 0);
    lower_operation_if(l, CC_E);
}

/* ecx = xmm: a normal number above the smallest, or zero. */
static void check_result(struct lower *l, unsigned xmm)
{
    x86_movd(l->b, RCX, xmm);
    x86_lea(l->b, RDX, RCX, RCX, 0, -RESULT_LOWEST);
    x86_alu_imm(l->b, ALU_CMP, rm_reg(RDX), 0xFF000000u - RESULT_LOWEST);
    lower_operation_unless_zero(l);
}

static void check_number(struct lower *l, unsigned xmm)
{
    x86_ucomiss(l->b, xmm, rm_xmm(xmm));
    lower_operation_if(l, CC_P);
}

/* S n = ecx */
static void put_bits(struct lower *l, unsigned n)
{
    x86_store(l->b, single_place(n), RCX);
    x86_movd_from(l->b, single_new(l, n), rm_reg(RCX));
}

static void get_bits(struct lower *l, unsigned n, enum host_reg to)
{
    if (single_is_held(l, n))
        x86_movd(l->b, to, single_get(l, n));
    else
        x86_mov(l->b, to, single_place(n));
}

/* ---- arithmetic ---- */

/* to = x op y */
static void operate(struct lower *l, enum x86_sse op, unsigned to, unsigned x, unsigned y)
{
    if (l->j->has_fma) {        /* and AVX */
        x86_vsse(l->b, op, to, x, rm_xmm(y));
        return;
    }
    if (to == y && to != x) {
        x86_movaps(l->b, SCRATCH, y);
        y = SCRATCH;
    }
    if (to != x)
        x86_movaps(l->b, to, x);
    x86_sse(l->b, op, to, rm_xmm(y));
}

static void binary(struct lower *l, enum x86_sse op)
{
    const struct insn *i = &l->t->i;
    unsigned n, m, d;

    check_common(l);
    n = single_get(l, i->rn);
    m = single_get(l, i->rm);
    d = single_new(l, i->rd);
    operate(l, op, d, n, m);
    if (op == SSE_ADD || op == SSE_SUB)
        check_number(l, d);
    else
        check_result(l, d);
    single_store(l, i->rd);
}

static void flip_sign(struct lower *l)
{
    x86_alu_imm(l->b, ALU_XOR, rm_reg(RCX), 0x80000000);
}

/* xmm0 = the product of rn and rm; its bits in ecx. */
static void multiply(struct lower *l)
{
    const struct insn *i = &l->t->i;
    unsigned n = single_get(l, i->rn), m = single_get(l, i->rm);

    operate(l, SSE_MUL, SCRATCH, n, m);
    check_result(l, SCRATCH);
}

static void multiply_negated(struct lower *l)
{
    check_common(l);
    multiply(l);
    flip_sign(l);
    put_bits(l, l->t->i.rd);
}

static void square_root(struct lower *l)
{
    const struct insn *i = &l->t->i;
    unsigned m, d;

    check_common(l);
    m = single_get(l, i->rm);
    d = single_new(l, i->rd);
    operate(l, SSE_SQRT, d, m, m);
    check_number(l, d);
    single_store(l, i->rd);
}

/* VMLA: rd + product; VMLS: rd - product; VNMLS: product - rd; VNMLA: -product - rd. */
static void chained(struct lower *l)
{
    const struct insn *i = &l->t->i;
    unsigned d;

    check_common(l);
    multiply(l);
    if (i->op == OP_VNMLA) {
        flip_sign(l);
        x86_movd_from(l->b, SCRATCH, rm_reg(RCX));
    }
    d = single_get(l, i->rd);
    if (i->op == OP_VMLA || i->op == OP_VMLS)
        operate(l, i->op == OP_VMLA ? SSE_ADD : SSE_SUB, d, d, SCRATCH);
    else
        operate(l, SSE_SUB, d, SCRATCH, d);
    check_number(l, d);
    single_store(l, i->rd);
}

static bool fused(struct lower *l, enum x86_fma op)
{
    const struct insn *i = &l->t->i;
    unsigned n, m, d;

    if (!l->j->has_fma)
        return false;
    check_common(l);
    n = single_get(l, i->rn);
    m = single_get(l, i->rm);
    d = single_get(l, i->rd);
    x86_fma(l->b, op, d, n, rm_xmm(m));
    check_result(l, d);
    single_store(l, i->rd);
    return true;
}

/* ---- comparison ---- */

/* The flags of the next instruction are this one's, for branches on the host's. */
static bool is_read_next(const struct lower *l)
{
    const struct step *next = l->t + 1, *end = l->source->steps + l->source->count;

    return next < end && l->t->cond == COND_NONE && step_reads_comparison(next);
}

/* FPSCR.NZCV, where its other three high bits are known to be 0: 8 less, 6 equal, 2 greater. Keeps the host's
 * flags. */
static void put_condition(struct lower *l)
{
    struct x86_rm top = state_field(offsetof(struct cpu_state, fpscr) + 3);

    x86_mov_imm(l->b, rm_reg(RCX), 0x20);
    x86_mov_imm(l->b, rm_reg(RDX), 0x80);
    x86_cmov(l->b, CC_B, RCX, rm_reg(RDX));
    x86_mov_imm(l->b, rm_reg(RDX), 0x60);
    x86_cmov(l->b, CC_E, RCX, rm_reg(RDX));
    x86_store_sized(l->b, 1, top, RCX);
}

/* Behind a comparison that is read next there is no coming back to the host's flags. */
static void compare(struct lower *l)
{
    const struct insn *i = &l->t->i;
    bool read_next = is_read_next(l);
    unsigned d, m = SCRATCH;

    check_common(l);
    d = single_get(l, i->rd);
    if (i->variant & 2)
        x86_xorps(l->b, m, m);
    else
        m = single_get(l, i->rm);
    x86_ucomiss(l->b, d, rm_xmm(m));
    if (read_next && !l->j->asks_fp_mode)
        lower_leave_if(l, CC_P);
    else
        lower_operation_if(l, CC_P);
    put_condition(l);
    l->host = (struct host_flags){.compared = true};
}

/* ---- conversions ---- */

static void from_integer(struct lower *l)
{
    const struct insn *i = &l->t->i;
    unsigned d;

    check_common(l);
    if (i->sign) {
        unsigned m = single_get(l, i->rm);
        d = single_new(l, i->rd);
        x86_cvtdq2ps(l->b, d, m);
    } else {
        get_bits(l, i->rm, RCX);
        d = single_new(l, i->rd);
        x86_xorps(l->b, d, d);
        x86_cvtsi2ss64(l->b, d, RCX);
    }
    single_store(l, i->rd);
}

/* rcx holds a 64-bit integer: it fits, or the interpreter knows what to do. */
static void check_integer(struct lower *l, bool is_signed)
{
    if (is_signed)
        x86_movsxd(l->b, RDX, rm_reg(RCX));
    else
        x86_mov(l->b, RDX, rm_reg(RCX));
    x86_alu64(l->b, ALU_CMP, RDX, rm_reg(RCX));
    lower_operation_if(l, CC_NE);
}

/* The host would call what is below zero inexact, too. */
static void check_sign(struct lower *l, unsigned n)
{
    get_bits(l, n, RCX);
    x86_test(l->b, rm_reg(RCX), RCX);
    lower_operation_if(l, CC_S);
}

/* The host answers 0x80000000 for what has no answer. */
static void to_integer(struct lower *l)
{
    const struct insn *i = &l->t->i;
    bool truncate = !(i->variant & 1);

    check_common(l);
    if (i->sign) {
        x86_cvtss2si(l->b, truncate, RCX, rm_xmm(single_get(l, i->rm)));
        x86_alu_imm(l->b, ALU_CMP, rm_reg(RCX), 0x80000000);
        lower_operation_if(l, CC_E);
    } else {
        check_sign(l, i->rm);
        x86_cvtss2si64(l->b, truncate, RCX, rm_xmm(single_get(l, i->rm)));
        check_integer(l, false);
    }
    put_bits(l, i->rd);
}

/* In doubles, where the scaled value is exact. 16 bits can be exceeded by what is no integer. */
static bool to_fixed(struct lower *l)
{
    const struct insn *i = &l->t->i;

    if (i->width == 2)
        return false;
    check_common(l);
    if (!i->sign)
        check_sign(l, i->rd);
    x86_cvtss2sd(l->b, SCRATCH, single_get(l, i->rd));
    x86_mov_imm64(l->b, RDX, (uint64_t)(1023 + i->amount) << 52);
    x86_movq_from(l->b, SCRATCH_2, RDX);
    x86_mulsd(l->b, SCRATCH, SCRATCH_2);
    x86_cvttsd2si64(l->b, RCX, SCRATCH);
    check_integer(l, i->sign);
    put_bits(l, i->rd);
    return true;
}

/* Scaling is exact: no result is denormal. */
static bool from_fixed(struct lower *l)
{
    const struct insn *i = &l->t->i;
    unsigned d;

    check_common(l);
    get_bits(l, i->rd, RCX);
    if (i->width == 2)
        x86_extend(l->b, 2, i->sign, RCX, rm_reg(RCX));
    if (i->sign)
        x86_movsxd(l->b, RCX, rm_reg(RCX));
    x86_mov_imm(l->b, rm_reg(RDX), (127u - i->amount) << 23);
    d = single_new(l, i->rd);
    x86_xorps(l->b, d, d);
    x86_cvtsi2ss64(l->b, d, RCX);
    x86_movd_from(l->b, SCRATCH, rm_reg(RDX));
    x86_sse(l->b, SSE_MUL, d, rm_xmm(SCRATCH));
    single_store(l, i->rd);
    return true;
}

/* ---- moves ---- */

static void move(struct lower *l)
{
    const struct insn *i = &l->t->i;
    unsigned m;

    lower_check_fp(l);
    if (i->op == OP_VMOV) {
        m = single_get(l, i->rm);
        x86_movaps(l->b, single_new(l, i->rd), m);
        single_store(l, i->rd);
        return;
    }
    if (i->op == OP_VMOV_imm)
        x86_mov_imm(l->b, rm_reg(RCX), i->imm);
    else
        get_bits(l, i->rm, RCX);
    if (i->op == OP_VABS)
        x86_alu_imm(l->b, ALU_AND, rm_reg(RCX), 0x7FFFFFFF);
    if (i->op == OP_VNEG)
        flip_sign(l);
    put_bits(l, i->rd);
}

/* Adds the sign's bit, which leaves the host's flags alone. */
static void flip_sign_quietly(struct lower *l, enum host_reg reg)
{
    x86_lea(l->b, reg, reg, NO_REG, 0, INT32_MIN);
}

bool lower_conditional_single(struct lower *l)
{
    const struct insn *i = &l->t->i;
    enum x86_cc cc;

    if (!l->fp_ready || (i->op != OP_VMOV && i->op != OP_VMOV_imm && i->op != OP_VNEG))
        return false;
    cc = lower_condition(l, l->t->cond);
    if (i->op == OP_VMOV_imm)
        x86_mov_imm(l->b, rm_reg(RDX), i->imm);
    else
        get_bits(l, i->rm, RDX);
    if (i->op == OP_VNEG)
        flip_sign_quietly(l, RDX);
    get_bits(l, i->rd, RCX);
    x86_cmov(l->b, cc, RCX, rm_reg(RDX));
    put_bits(l, i->rd);
    return true;
}

static void to_core(struct lower *l, unsigned r, unsigned n)
{
    enum host_reg to = lower_target(l, r);

    if (single_is_held(l, n))
        x86_movd(l->b, to, single_get(l, n));
    else
        x86_mov(l->b, to, single_place(n));
    lower_put(l, r, to);
}

static void from_core(struct lower *l, unsigned n, unsigned r)
{
    enum host_reg from = lower_get(l, r, RCX);

    x86_store(l->b, single_place(n), from);
    x86_movd_from(l->b, single_new(l, n), rm_reg(from));
}

static void move_core(struct lower *l)
{
    const struct insn *i = &l->t->i;

    lower_check_fp(l);
    if (i->variant & 1)
        to_core(l, i->ra, i->rd);
    else
        from_core(l, i->rd, i->ra);
}

static void move_core_pair(struct lower *l)
{
    const struct insn *i = &l->t->i;

    lower_check_fp(l);
    if (i->variant & 1) {
        to_core(l, i->rn, i->rd);
        to_core(l, i->ra, i->rd + 1u);
    } else {
        from_core(l, i->rd, i->rn);
        from_core(l, i->rd + 1u, i->ra);
    }
}

static void flags_from_fpscr(struct lower *l)
{
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

static void read_status(struct lower *l)
{
    lower_check_fp(l);
    if (l->t->i.rd != APSR)
        lower_by_operation(l);
    else if (l->host_before.compared && step_reads_comparison(l->t))
        lower_keep_comparison(l);
    else
        flags_from_fpscr(l);
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
    unsigned first = l->t->i.rd;

    lower_access(l, true);
    x86_movss(l->b, SCRATCH, word_at(place, words - 1));
    lower_accessed(l);
    for (unsigned word = 0; word + 1 < words; word++) {
        lower_access(l, false);
        x86_movss(l->b, SCRATCH_2, word_at(place, word));
        x86_movss_store(l->b, single_place(first + word), SCRATCH_2);
        single_forget(l, first + word);
    }
    x86_movss_store(l->b, single_place(first + words - 1), SCRATCH);
    x86_movaps(l->b, single_new(l, first + words - 1), SCRATCH);
}

static void load_word(struct lower *l, struct x86_rm place)
{
    unsigned d = single_new(l, l->t->i.rd);

    lower_access(l, true);
    x86_movss(l->b, d, place);
    lower_accessed(l);
    single_store(l, l->t->i.rd);
}

static void store_words(struct lower *l, struct x86_rm place, unsigned words)
{
    for (unsigned word = 0; word < words; word++) {
        unsigned n = l->t->i.rd + word;
        if (single_is_held(l, n)) {
            unsigned xmm = single_get(l, n);
            lower_access(l, word == 0);
            x86_movss_store(l->b, word_at(place, word), xmm);
        } else {
            x86_mov(l->b, RDX, single_place(n));
            lower_access(l, word == 0);
            x86_store(l->b, word_at(place, word), RDX);
        }
        lower_accessed(l);
    }
}

static bool transfer(struct lower *l, unsigned words, uint32_t displacement, bool write)
{
    const struct insn *i = &l->t->i;
    struct place place = {0};

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
    lower_guard(l, &place, words, write);
    if (write)
        store_words(l, place.rm, words);
    else if (words == 1)
        load_word(l, place.rm);
    else
        load_words(l, place.rm, words);
    return true;
}

static bool transfer_one(struct lower *l, bool write)
{
    const struct insn *i = &l->t->i;

    lower_check_fp(l);
    return transfer(l, i->width / 4u, i->add ? i->imm : -i->imm, write);
}

static bool transfer_list(struct lower *l, bool write)
{
    const struct insn *i = &l->t->i;
    uint32_t bytes = 4 * i->imm;

    lower_check_fp(l);
    if (i->variant & 1 || !i->imm)
        return false;
    if (!transfer(l, i->imm, i->add ? 0 : -bytes, write))
        return false;
    if (i->wback)
        lower_write_back(l, i->rn, i->add ? bytes : -bytes);
    return true;
}

static bool lower_arithmetic(struct lower *l)
{
    switch (l->t->i.op) {
    case OP_VADD: binary(l, SSE_ADD); return true;
    case OP_VSUB: binary(l, SSE_SUB); return true;
    case OP_VMUL: binary(l, SSE_MUL); return true;
    case OP_VDIV: binary(l, SSE_DIV); return true;
    case OP_VNMUL: multiply_negated(l); return true;
    case OP_VSQRT: square_root(l); return true;
    case OP_VMLA: case OP_VMLS: case OP_VNMLA: case OP_VNMLS: chained(l); return true;
    case OP_VFMA: return fused(l, FMA_ADD);
    case OP_VFMS: return fused(l, FMA_NEGATED_ADD);
    case OP_VFNMA: return fused(l, FMA_NEGATED_SUB);
    case OP_VFNMS: return fused(l, FMA_SUB);
    case OP_VCMP: compare(l); return true;
    case OP_VCVT_from_int: from_integer(l); return true;
    case OP_VCVT_to_int: to_integer(l); return true;
    case OP_VCVT_from_fixed: return from_fixed(l);
    case OP_VCVT_to_fixed: return to_fixed(l);
    default: return false;
    }
}

static bool lower_moves(struct lower *l)
{
    switch (l->t->i.op) {
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

bool lower_fp(struct lower *l)
{
    if (lower_arithmetic(l) || lower_moves(l))
        return true;
    switch (l->t->i.op) {
    case OP_VFMA: case OP_VFMS: case OP_VFNMA: case OP_VFNMS: case OP_VCVT_to_fixed: case OP_VCVT_half:
        lower_check_fp(l);
        lower_by_operation(l);
        return true;
    default:
        return false;           /* VMSR may change the mode */
    }
}
