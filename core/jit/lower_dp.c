/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data processing and multiplication (exec_dp.c, exec_mul.c say what they mean). */
#include "core/jit/lower.h"

enum { SP = 13, PC = 15 };

/* A second operand: a constant, or in a register or cpu_state. */
struct operand {
    bool constant;
    uint32_t value;
    struct x86_rm rm;
};

static struct operand constant(uint32_t value)
{
    return (struct operand){.constant = true, .value = value};
}

static void keep_host_flags(struct lower *l)
{
    if (l->t->cond == COND_NONE)
        l->host = l->host_before;
}

/* ---- operands ---- */

static void carry_of_bit(struct lower *l, struct x86_rm rm, unsigned bit)
{
    x86_bt_imm(l->b, rm, bit);
    x86_setcc(l->b, CC_B, rm_reg(RAX));
}

/* to = rm shifted; the host's flags are those of the result, with the shifter's carry, if the amount is
 * 1 to 31, but for RRX, which gives only the carry. `carry` keeps the carry in al. */
static void shift_into(struct lower *l, enum host_reg to, const struct insn *i, bool carry)
{
    static const uint8_t ops[] = {SH_SHL, SH_SHR, SH_SAR, SH_ROR};
    unsigned amount = i->amount;

    if (to != RAX && (!in_host(i->rm) || jit_home[i->rm] != to))
        x86_mov(l->b, to, guest(i->rm));
    if (amount == 32) {
        if (carry)
            carry_of_bit(l, rm_reg(to), 31);
        if (i->shift == SHIFT_LSR)
            x86_mov_imm(l->b, rm_reg(to), 0);
        else
            x86_shift_imm(l->b, SH_SAR, rm_reg(to), 31);
        return;
    }
    if (i->shift == SHIFT_RRX) {
        x86_bt_imm(l->b, rm_reg(RAX), 0);
        x86_rcr_1(l->b, to);
    } else {
        x86_shift_imm(l->b, (enum x86_shift)ops[i->shift], rm_reg(to), amount);
    }
    if (carry)
        x86_setcc(l->b, CC_B, rm_reg(RAX));
}

/* The second operand of a register form; shifted ones in ecx. */
static struct operand register_operand(struct lower *l, bool carry)
{
    const struct insn *i = &l->t->i;

    if (i->rm == PC)
        return constant(l->t->pc + 4);
    if (i->amount == 0)
        return (struct operand){.rm = guest(i->rm)};
    shift_into(l, RCX, i, carry);
    return (struct operand){.rm = rm_reg(RCX)};
}

static bool same_reg(struct x86_rm a, enum host_reg reg)
{
    return a.mode == RM_REG && a.base == reg;
}

static void apply(struct lower *l, enum x86_alu op, enum host_reg to, struct operand y)
{
    if (y.constant)
        x86_alu_imm(l->b, op, rm_reg(to), y.value);
    else
        x86_alu(l->b, op, to, y.rm);
}

/* target = x op y, and where it is. `commutes` lets the operands change places. */
static enum host_reg compute(struct lower *l, enum x86_alu op, bool commutes, unsigned x, struct operand y)
{
    enum host_reg to = lower_target(l, l->t->i.rd);
    struct x86_rm first = guest(x);

    if (!y.constant && same_reg(y.rm, to) && !same_reg(first, to)) {
        if (commutes) {
            x86_alu(l->b, op, to, first);
            return to;
        }
        x86_mov(l->b, RCX, y.rm);
        y.rm = rm_reg(RCX);
    }
    if (!same_reg(first, to))
        x86_mov(l->b, to, first);
    apply(l, op, to, y);
    return to;
}

/* ---- logical operations ---- */

static bool writes(const struct lower *l)
{
    return l->t->setflags;
}

static bool wants_flags(const struct lower *l)
{
    return l->t->need | l->t->sunk;
}

static bool wants_nz(const struct lower *l)
{
    return (l->t->need | l->t->sunk) & FLAG_NZ;
}

static void keep_immediate_carry(struct lower *l)
{
    const struct insn *i = &l->t->i;

    if (l->t->need & FLAG_C && i->carry != CARRY_KEEP)
        x86_mov_imm8(l->b, rm_reg(RAX), i->carry == CARRY_SET);
}

static bool wants_carry(const struct lower *l)
{
    return l->t->need & FLAG_C;
}

static void logical(struct lower *l, enum x86_alu op, struct operand y)
{
    const struct insn *i = &l->t->i;
    enum host_reg to = compute(l, op, true, i->rn, y);

    if (writes(l))
        lower_keep_flags(l, CARRY_LOST, false);
    lower_put(l, i->rd, to);
}

static void logical_immediate(struct lower *l, enum x86_alu op, uint32_t value)
{
    keep_immediate_carry(l);
    logical(l, op, constant(value));
}

/* With the second operand inverted. */
static void logical_inverted(struct lower *l, enum x86_alu op)
{
    struct operand y = register_operand(l, wants_carry(l));

    if (!same_reg(y.rm, RCX))
        x86_mov(l->b, RCX, y.rm);
    x86_not(l->b, rm_reg(RCX));
    y.rm = rm_reg(RCX);
    logical(l, op, y);
}

static void test(struct lower *l, struct operand y)
{
    const struct insn *i = &l->t->i;

    if (y.constant)
        x86_test_imm(l->b, guest(i->rn), y.value);
    else
        x86_test(l->b, y.rm, lower_get(l, i->rn, RDX));
    lower_keep_flags(l, CARRY_LOST, false);
}

static void test_equivalence(struct lower *l, struct operand y)
{
    x86_mov(l->b, RDX, guest(l->t->i.rn));
    apply(l, ALU_XOR, RDX, y);
    lower_keep_flags(l, CARRY_LOST, false);
}

/* ---- moves ---- */

static void move_constant(struct lower *l, unsigned rd, uint32_t value)
{
    if (rd == SP)
        value &= ~3u;
    if (l->predicated) {
        x86_mov_imm(l->b, rm_reg(RDX), value);
        lower_put(l, rd, RDX);
        return;
    }
    x86_mov_imm(l->b, guest(rd), value);
    lower_wrote(l, rd);
    l->known |= (uint16_t)(1u << rd);
    l->constant[rd] = value;
    if (!(value & 3))
        l->aligned |= (uint16_t)(1u << rd);
}

static void move_immediate(struct lower *l, uint32_t value)
{
    const struct insn *i = &l->t->i;

    move_constant(l, i->rd, value);
    if (!writes(l)) {
        keep_host_flags(l);
        return;
    }
    keep_immediate_carry(l);
    if (l->t->sunk & FLAG_NZ) {
        x86_mov_imm(l->b, rm_reg(RCX), value);
        x86_test(l->b, rm_reg(RCX), RCX);
        lower_keep_flags(l, CARRY_LOST, false);
    } else if (l->t->need & FLAG_NZ) {
        lower_keep_nz_of(l, value);
    }
}

static void copy_register(struct lower *l)
{
    const struct insn *i = &l->t->i;
    uint16_t from = (uint16_t)(1u << i->rm), to = (uint16_t)(1u << i->rd);
    bool aligned = l->aligned & from, known = l->known & from;

    lower_put(l, i->rd, lower_get(l, i->rm, lower_target(l, i->rd)));
    if (known) {
        l->known |= to;
        l->constant[i->rd] = l->constant[i->rm];
    }
    if (aligned)
        l->aligned |= to;
    else if (i->rd == SP)
        x86_alu_imm(l->b, ALU_AND, guest(SP), ~3u);
    if (i->rd != SP || aligned)
        keep_host_flags(l);
}

static void move_register(struct lower *l)
{
    const struct insn *i = &l->t->i;
    enum host_reg to = lower_target(l, i->rd);

    if (i->rm == PC) {
        move_constant(l, i->rd, l->t->pc + 4);
        return;
    }
    if (!i->amount && !writes(l)) {
        copy_register(l);
        return;
    }
    if (i->amount) {
        shift_into(l, to, i, wants_carry(l));
    } else if (!same_reg(guest(i->rm), to)) {
        x86_mov(l->b, to, guest(i->rm));
    }
    if (writes(l) && wants_nz(l)) {
        x86_test(l->b, rm_reg(to), to);
        lower_keep_flags(l, CARRY_LOST, false);
    }
    lower_put(l, i->rd, to);
}

static void move_inverted(struct lower *l, struct operand y)
{
    enum host_reg to = lower_target(l, l->t->i.rd);

    if (!same_reg(y.rm, to))
        x86_mov(l->b, to, y.rm);
    x86_not(l->b, rm_reg(to));
    if (writes(l) && wants_nz(l)) {
        x86_test(l->b, rm_reg(to), to);
        lower_keep_flags(l, CARRY_LOST, false);
    }
    lower_put(l, l->t->i.rd, to);
}

static void move_top(struct lower *l)
{
    const struct insn *i = &l->t->i;

    if (l->known >> i->rd & 1) {
        move_constant(l, i->rd, (l->constant[i->rd] & 0xFFFF) | i->imm << 16);
        keep_host_flags(l);
        return;
    }
    x86_alu_imm(l->b, ALU_AND, guest(i->rd), 0xFFFF);
    x86_alu_imm(l->b, ALU_OR, guest(i->rd), i->imm << 16);
    lower_wrote(l, i->rd);
}

/* ---- additions and subtractions ---- */

static void finish_sum(struct lower *l, enum host_reg to, bool aligned)
{
    const struct insn *i = &l->t->i;

    if (i->rd == SP && !aligned) {
        x86_alu_imm(l->b, ALU_AND, rm_reg(to), ~3u);
        l->host = (struct host_flags){0};
    }
    lower_put(l, i->rd, to);
    if (aligned)
        l->aligned |= (uint16_t)(1u << i->rd);
}

/* Without flags: the host's address arithmetic, which leaves its flags alone. */
static void add_by_lea(struct lower *l, struct operand y, bool aligned)
{
    const struct insn *i = &l->t->i;
    enum host_reg to = lower_target(l, i->rd), n = lower_get(l, i->rn, RDX);

    keep_host_flags(l);
    if (y.constant) {
        x86_lea(l->b, to, n, NO_REG, 0, (int32_t)y.value);
    } else {
        enum host_reg m = y.rm.mode == RM_REG ? (enum host_reg)y.rm.base : RCX;
        if (m == RCX)
            x86_mov(l->b, RCX, y.rm);
        x86_lea(l->b, to, n, m, 0, 0);
    }
    finish_sum(l, to, aligned);
}

static bool keeps_alignment(const struct lower *l, struct operand y)
{
    return y.constant && !(y.value & 3) && l->aligned >> l->t->i.rn & 1;
}

/* ADD Rd, Rn, Rm, LSL #1 to #3 is one address. */
static bool add_scaled(struct lower *l)
{
    const struct insn *i = &l->t->i;

    if (writes(l) || i->rm == PC || i->shift != SHIFT_LSL || i->amount < 1 || i->amount > 3 || !in_host(i->rm) ||
        !in_host(i->rn) || i->rd == SP)
        return false;
    keep_host_flags(l);
    x86_lea(l->b, lower_target(l, i->rd), (enum host_reg)jit_home[i->rn], jit_home[i->rm], i->amount, 0);
    lower_put(l, i->rd, lower_target(l, i->rd));
    return true;
}

static void add(struct lower *l, struct operand y)
{
    const struct insn *i = &l->t->i;
    bool aligned = keeps_alignment(l, y);
    enum host_reg to;

    if (!wants_flags(l) && (y.constant || !same_reg(y.rm, RCX))) {
        add_by_lea(l, y, aligned);
        return;
    }
    to = compute(l, ALU_ADD, true, i->rn, y);
    if (writes(l))
        lower_keep_flags(l, CARRY_SAME, true);
    finish_sum(l, to, aligned);
}

static void subtract(struct lower *l, struct operand y)
{
    const struct insn *i = &l->t->i;
    bool aligned = keeps_alignment(l, y);
    enum host_reg to;

    if (!wants_flags(l) && y.constant) {
        add_by_lea(l, constant(-y.value), aligned);
        return;
    }
    to = compute(l, ALU_SUB, false, i->rn, y);
    if (writes(l))
        lower_keep_flags(l, CARRY_INVERTED, true);
    finish_sum(l, to, aligned);
}

static void reverse_subtract(struct lower *l, struct operand y)
{
    const struct insn *i = &l->t->i;
    enum host_reg to = same_reg(guest(i->rn), lower_target(l, i->rd)) ? RDX : lower_target(l, i->rd);

    if (y.constant)
        x86_mov_imm(l->b, rm_reg(to), y.value);
    else if (!same_reg(y.rm, to))
        x86_mov(l->b, to, y.rm);
    x86_alu(l->b, ALU_SUB, to, guest(i->rn));
    if (writes(l))
        lower_keep_flags(l, CARRY_INVERTED, true);
    lower_put(l, i->rd, to);
}

/* The host's carry as `op` wants it: from an instruction just before, or from al. */
static void load_carry(struct lower *l, enum x86_alu op)
{
    const struct insn *i = &l->t->i;
    bool shifted = i->op == OP_ADC_reg || i->op == OP_SBC_reg ? i->amount : false;
    unsigned form = l->t->cond == COND_NONE && !shifted ? l->host_before.c : CARRY_LOST;

    if (form == CARRY_LOST) {
        x86_bt_imm(l->b, rm_reg(RAX), 0);
        form = CARRY_SAME;
    }
    if (form != (op == ALU_SBB ? CARRY_INVERTED : CARRY_SAME))
        x86_cmc(l->b);
}

static void with_carry(struct lower *l, enum x86_alu op, struct operand y)
{
    enum host_reg to;

    load_carry(l, op);
    to = compute(l, op, op == ALU_ADC, l->t->i.rn, y);
    if (writes(l))
        lower_keep_flags(l, op == ALU_SBB ? CARRY_INVERTED : CARRY_SAME, true);
    lower_put(l, l->t->i.rd, to);
}

static void compare(struct lower *l, struct operand y)
{
    struct x86_rm n = guest(l->t->i.rn);

    if (y.constant)
        x86_alu_imm(l->b, ALU_CMP, n, y.value);
    else
        x86_alu(l->b, ALU_CMP, lower_get(l, l->t->i.rn, RDX), y.rm);
    lower_keep_flags(l, CARRY_INVERTED, true);
}

static void compare_negative(struct lower *l, struct operand y)
{
    x86_mov(l->b, RDX, guest(l->t->i.rn));
    apply(l, ALU_ADD, RDX, y);
    lower_keep_flags(l, CARRY_SAME, true);
}

/* ---- bit fields and bytes ---- */

static uint32_t ones(unsigned width)
{
    return (uint32_t)(((uint64_t)1 << width) - 1);
}

static void extract(struct lower *l, bool sign)
{
    const struct insn *i = &l->t->i;
    enum host_reg to = lower_target(l, i->rd);

    if (!same_reg(guest(i->rn), to))
        x86_mov(l->b, to, guest(i->rn));
    if (sign) {
        x86_shift_imm(l->b, SH_SHL, rm_reg(to), 32u - i->width - i->amount);
        x86_shift_imm(l->b, SH_SAR, rm_reg(to), 32u - i->width);
    } else {
        if (i->amount)
            x86_shift_imm(l->b, SH_SHR, rm_reg(to), i->amount);
        if (i->amount + i->width < 32)
            x86_alu_imm(l->b, ALU_AND, rm_reg(to), ones(i->width));
    }
    lower_put(l, i->rd, to);
}

static void insert(struct lower *l, bool clear)
{
    const struct insn *i = &l->t->i;

    if (!clear) {
        x86_mov(l->b, RCX, guest(i->rn));
        x86_alu_imm(l->b, ALU_AND, rm_reg(RCX), ones(i->width));
        x86_shift_imm(l->b, SH_SHL, rm_reg(RCX), i->amount);
    }
    x86_alu_imm(l->b, ALU_AND, guest(i->rd), ~(ones(i->width) << i->amount));
    if (!clear)
        x86_alu_to(l->b, ALU_OR, guest(i->rd), RCX);
    lower_wrote(l, i->rd);
}

static void reverse_bytes(struct lower *l)
{
    const struct insn *i = &l->t->i;
    enum host_reg to = lower_target(l, i->rd);

    if (!same_reg(guest(i->rm), to))
        x86_mov(l->b, to, guest(i->rm));
    x86_bswap(l->b, to);
    if (i->op == OP_REV16)
        x86_shift_imm(l->b, SH_ROR, rm_reg(to), 16);
    if (i->op == OP_REVSH)
        x86_shift_imm(l->b, SH_SAR, rm_reg(to), 16);
    lower_put(l, i->rd, to);
}

static void extend(struct lower *l)
{
    const struct insn *i = &l->t->i;
    enum host_reg to = lower_target(l, i->rd);
    struct x86_rm from = guest(i->rm);

    if (i->amount) {
        x86_mov(l->b, RCX, from);
        x86_shift_imm(l->b, SH_ROR, rm_reg(RCX), i->amount);
        from = rm_reg(RCX);
    } else {
        keep_host_flags(l);
    }
    x86_extend(l->b, i->width, i->sign, to, from);
    lower_put(l, i->rd, to);
}

static void count_zeros(struct lower *l)
{
    const struct insn *i = &l->t->i;
    enum host_reg to = lower_target(l, i->rd);

    if (!l->j->has_lzcnt) {
        lower_by_operation(l);
        return;
    }
    x86_lzcnt(l->b, to, guest(i->rm));
    lower_put(l, i->rd, to);
}

/* ecx = bits in the places of `mask` and those `shift` above it, changed. */
static void swap_bits(struct lower *l, uint32_t mask, unsigned shift)
{
    x86_mov(l->b, RDX, rm_reg(RCX));
    x86_alu_imm(l->b, ALU_AND, rm_reg(RCX), mask);
    x86_shift_imm(l->b, SH_SHL, rm_reg(RCX), shift);
    x86_shift_imm(l->b, SH_SHR, rm_reg(RDX), shift);
    x86_alu_imm(l->b, ALU_AND, rm_reg(RDX), mask);
    x86_alu(l->b, ALU_OR, RCX, rm_reg(RDX));
}

static void reverse_bits(struct lower *l)
{
    x86_mov(l->b, RCX, guest(l->t->i.rm));
    x86_bswap(l->b, RCX);
    swap_bits(l, 0x0F0F0F0F, 4);
    swap_bits(l, 0x33333333, 2);
    swap_bits(l, 0x55555555, 1);
    lower_put(l, l->t->i.rd, RCX);
}

/* ---- shifts by a register: 32 and more give zeros or signs ---- */

static const uint8_t host_shifts[] = {SH_SHL, SH_SHR, SH_SAR, SH_ROR};

/* ecx = the amount, no more than `most`. */
static void load_amount(struct lower *l, uint32_t most)
{
    x86_extend(l->b, 1, false, RCX, guest(l->t->i.rm));
    x86_mov_imm(l->b, rm_reg(RDX), most);
    x86_alu(l->b, ALU_CMP, RCX, rm_reg(RDX));
    x86_cmov(l->b, CC_A, RCX, rm_reg(RDX));
}

static void shift_without_carry(struct lower *l, enum host_reg to)
{
    const struct insn *i = &l->t->i;
    enum x86_shift op = (enum x86_shift)host_shifts[i->shift];

    if (op == SH_SAR) {
        load_amount(l, 31);
        x86_shift_by(l->b, op, to, guest(i->rn), RCX);
        return;
    }
    x86_extend(l->b, 1, false, RCX, guest(i->rm));
    x86_shift_by(l->b, op, RDX, guest(i->rn), RCX);
    x86_alu_imm(l->b, ALU_CMP, rm_reg(RCX), 32);
    x86_alu(l->b, ALU_SBB, RCX, rm_reg(RCX));
    x86_alu(l->b, ALU_AND, RDX, rm_reg(RCX));
    if (to != RDX)
        x86_mov(l->b, to, rm_reg(RDX));
}

/* edx = the result; al the carry if it is wanted, which an amount of 0 leaves alone as the host's shifts do. In 64 bits
 * there is room for what goes out at either end. */
static void shift_with_carry(struct lower *l)
{
    const struct insn *i = &l->t->i;

    load_amount(l, 63);
    if (i->shift == SHIFT_ASR)
        x86_movsxd(l->b, RDX, guest(i->rn));
    else
        x86_mov(l->b, RDX, guest(i->rn));
    if (i->shift == SHIFT_LSL)
        x86_shift64_imm(l->b, SH_SHL, RDX, 32);
    x86_bt_imm(l->b, rm_reg(RAX), 0);
    x86_shift64_cl(l->b, (enum x86_shift)host_shifts[i->shift], RDX);
    if (wants_carry(l))
        x86_setcc(l->b, CC_B, rm_reg(RAX));
    if (i->shift == SHIFT_LSL)
        x86_shift64_imm(l->b, SH_SHR, RDX, 32);
}

/* edx = the result, and with `carry` al: the top bit, also of whole turns. */
static void rotate(struct lower *l, bool carry)
{
    x86_mov(l->b, RCX, guest(l->t->i.rm));
    x86_mov(l->b, RDX, guest(l->t->i.rn));
    x86_shift_cl(l->b, SH_ROR, RDX);
    if (carry) {
        uint8_t *by_0;
        x86_test8_imm(l->b, rm_reg(RCX), 0xFF);
        by_0 = x86_jcc(l->b, CC_E);
        carry_of_bit(l, rm_reg(RDX), 31);
        x86_land(l->b, by_0);
    }
}

static void shift_by_register(struct lower *l)
{
    const struct insn *i = &l->t->i;
    enum host_reg to = RDX;

    if (i->shift == SHIFT_ROR) {
        rotate(l, wants_carry(l));
    } else if (wants_carry(l) || !l->j->has_bmi2) {
        shift_with_carry(l);
    } else {
        to = lower_target(l, i->rd);
        shift_without_carry(l, to);
    }
    if (writes(l) && wants_nz(l)) {
        x86_test(l->b, rm_reg(to), to);
        lower_keep_flags(l, CARRY_LOST, false);
    }
    lower_put(l, i->rd, to);
}

/* ---- multiplication ---- */

static void multiply(struct lower *l)
{
    const struct insn *i = &l->t->i;
    enum host_reg to = lower_target(l, i->rd);

    if (same_reg(guest(i->rm), to)) {
        x86_imul(l->b, to, guest(i->rn));
    } else {
        if (!same_reg(guest(i->rn), to))
            x86_mov(l->b, to, guest(i->rn));
        x86_imul(l->b, to, guest(i->rm));
    }
    if (writes(l)) {
        x86_test(l->b, rm_reg(to), to);
        lower_keep_flags(l, CARRY_LOST, false);
    }
    lower_put(l, i->rd, to);
}

static void multiply_accumulate(struct lower *l)
{
    const struct insn *i = &l->t->i;

    x86_mov(l->b, RCX, guest(i->rn));
    x86_imul(l->b, RCX, guest(i->rm));
    if (i->rd == i->ra && in_host(i->rd)) {
        x86_alu(l->b, i->op == OP_MLA ? ALU_ADD : ALU_SUB, (enum host_reg)jit_home[i->rd], rm_reg(RCX));
        lower_wrote(l, i->rd);
    } else if (i->op == OP_MLA) {
        x86_alu(l->b, ALU_ADD, RCX, guest(i->ra));
        lower_put(l, i->rd, RCX);
    } else {
        x86_mov(l->b, RDX, guest(i->ra));
        x86_alu(l->b, ALU_SUB, RDX, rm_reg(RCX));
        lower_put(l, i->rd, RDX);
    }
}

/* UMULL, which leaves the host's flags alone. */
static void multiply_unsigned(struct lower *l)
{
    const struct insn *i = &l->t->i;
    enum host_reg high = in_host(i->rd) ? (enum host_reg)jit_home[i->rd] : RDX;
    enum host_reg low = in_host(i->ra) ? (enum host_reg)jit_home[i->ra] : RCX;

    keep_host_flags(l);
    x86_mov(l->b, RDX, guest(i->rn));
    x86_mulx(l->b, high, low, guest(i->rm));
    lower_put(l, i->ra, low);
    lower_put(l, i->rd, high);
}

static void multiply_long(struct lower *l)
{
    const struct insn *i = &l->t->i;

    if (i->op == OP_MULL && !i->sign && l->j->has_bmi2) {
        multiply_unsigned(l);
        return;
    }
    if (i->sign) {
        x86_movsxd(l->b, RCX, guest(i->rn));
        x86_movsxd(l->b, RDX, guest(i->rm));
    } else {
        x86_mov(l->b, RCX, guest(i->rn));
        x86_mov(l->b, RDX, guest(i->rm));
    }
    x86_imul64(l->b, RCX, rm_reg(RDX));
    if (i->op == OP_MLAL) {
        x86_mov(l->b, RDX, guest(i->rd));
        x86_shift64_imm(l->b, SH_SHL, RDX, 32);
        x86_alu64(l->b, ALU_ADD, RCX, rm_reg(RDX));
        x86_mov(l->b, RDX, guest(i->ra));
        x86_alu64(l->b, ALU_ADD, RCX, rm_reg(RDX));
    }
    lower_put(l, i->ra, RCX);
    x86_shift64_imm(l->b, SH_SHR, RCX, 32);
    lower_put(l, i->rd, RCX);
}

/* ---- division ---- */

/* reg = its magnitude. */
static void magnitude(struct lower *l, enum host_reg reg, enum host_reg scratch)
{
    x86_mov(l->b, scratch, rm_reg(reg));
    x86_shift_imm(l->b, SH_SAR, rm_reg(scratch), 31);
    x86_alu(l->b, ALU_XOR, reg, rm_reg(scratch));
    x86_alu(l->b, ALU_SUB, reg, rm_reg(scratch));
}

/* Gives back what was charged beyond cost_divide: n in edx, d in ecx, both magnitudes; the quotient lies
 * in the frame. A quotient of 0 costs nothing. */
static void give_back(struct lower *l)
{
    x86_lzcnt(l->b, RDX, rm_reg(RDX));
    x86_lzcnt(l->b, RCX, rm_reg(RCX));
    x86_alu(l->b, ALU_SUB, RCX, rm_reg(RDX));
    x86_alu_imm(l->b, ALU_ADD, rm_reg(RCX), 3);
    x86_shift_imm(l->b, SH_SHR, rm_reg(RCX), 2);
    x86_mov_imm(l->b, rm_reg(RDX), DIVIDE_MAX - 2);
    x86_alu(l->b, ALU_SUB, RDX, rm_reg(RCX));
    x86_mov_imm(l->b, rm_reg(RCX), DIVIDE_MAX);
    x86_alu_imm(l->b, ALU_CMP, rm_mem(RSP, JIT_FRAME_SCRATCH), 0);
    x86_cmov(l->b, CC_E, RDX, rm_reg(RCX));
    x86_shift64_imm(l->b, SH_SHL, RDX, 32);
    x86_alu64(l->b, ALU_ADD, R15, rm_reg(RDX));
}

/* Divisors 0 and -1, where hosts trap, are the slow path's. */
static bool divide(struct lower *l)
{
    const struct insn *i = &l->t->i;
    enum host_reg to = lower_target(l, i->rd);

    if (!l->j->has_lzcnt)
        return false;
    x86_mov(l->b, RCX, guest(i->rm));
    x86_test(l->b, rm_reg(RCX), RCX);
    lower_slow_if(l, CC_E);
    if (i->sign) {
        x86_alu_imm(l->b, ALU_CMP, rm_reg(RCX), UINT32_MAX);
        lower_slow_if(l, CC_E);
    }
    x86_store(l->b, rm_mem(RSP, JIT_FRAME_SCRATCH + 4), RAX);
    x86_mov(l->b, RAX, guest(i->rn));
    if (i->sign)
        x86_cdq(l->b);
    else
        x86_mov_imm(l->b, rm_reg(RDX), 0);
    x86_div(l->b, i->sign, RCX);
    x86_store(l->b, rm_mem(RSP, JIT_FRAME_SCRATCH), RAX);
    x86_mov(l->b, RDX, guest(i->rn));
    if (i->sign) {
        magnitude(l, RDX, RAX);
        magnitude(l, RCX, RAX);
    }
    give_back(l);
    x86_mov(l->b, RAX, rm_mem(RSP, JIT_FRAME_SCRATCH + 4));
    x86_mov(l->b, to, rm_mem(RSP, JIT_FRAME_SCRATCH));
    lower_put(l, i->rd, to);
    return true;
}

/* ---- by operation ---- */

static bool lower_immediate(struct lower *l)
{
    const struct insn *i = &l->t->i;
    struct operand y = constant(i->imm);

    switch (i->op) {
    case OP_AND_imm: logical_immediate(l, ALU_AND, i->imm); return true;
    case OP_BIC_imm: logical_immediate(l, ALU_AND, ~i->imm); return true;
    case OP_ORR_imm: logical_immediate(l, ALU_OR, i->imm); return true;
    case OP_ORN_imm: logical_immediate(l, ALU_OR, ~i->imm); return true;
    case OP_EOR_imm: logical_immediate(l, ALU_XOR, i->imm); return true;
    case OP_MOV_imm: move_immediate(l, i->imm); return true;
    case OP_MVN_imm: move_immediate(l, ~i->imm); return true;
    case OP_TST_imm: keep_immediate_carry(l); test(l, y); return true;
    case OP_TEQ_imm: keep_immediate_carry(l); test_equivalence(l, y); return true;
    case OP_ADD_imm: add(l, y); return true;
    case OP_SUB_imm: subtract(l, y); return true;
    case OP_RSB_imm: reverse_subtract(l, y); return true;
    case OP_ADC_imm: with_carry(l, ALU_ADC, y); return true;
    case OP_SBC_imm: with_carry(l, ALU_SBB, y); return true;
    case OP_CMP_imm: compare(l, y); return true;
    case OP_CMN_imm: compare_negative(l, y); return true;
    case OP_MOVT: move_top(l); return true;
    case OP_ADR:
        move_constant(l, i->rd, ((l->t->pc + 4) & ~3u) + i->imm);
        keep_host_flags(l);
        return true;
    default: return false;
    }
}

static bool lower_register(struct lower *l)
{
    switch (l->t->i.op) {
    case OP_AND_reg: logical(l, ALU_AND, register_operand(l, wants_carry(l))); return true;
    case OP_ORR_reg: logical(l, ALU_OR, register_operand(l, wants_carry(l))); return true;
    case OP_EOR_reg: logical(l, ALU_XOR, register_operand(l, wants_carry(l))); return true;
    case OP_BIC_reg: logical_inverted(l, ALU_AND); return true;
    case OP_ORN_reg: logical_inverted(l, ALU_OR); return true;
    case OP_MOV_reg: move_register(l); return true;
    case OP_MVN_reg: move_inverted(l, register_operand(l, wants_carry(l))); return true;
    case OP_TST_reg: test(l, register_operand(l, wants_carry(l))); return true;
    case OP_TEQ_reg: test_equivalence(l, register_operand(l, wants_carry(l))); return true;
    case OP_ADD_reg:
        if (!add_scaled(l))
            add(l, register_operand(l, false));
        return true;
    case OP_SUB_reg: subtract(l, register_operand(l, false)); return true;
    case OP_RSB_reg: reverse_subtract(l, register_operand(l, false)); return true;
    case OP_ADC_reg: with_carry(l, ALU_ADC, register_operand(l, false)); return true;
    case OP_SBC_reg: with_carry(l, ALU_SBB, register_operand(l, false)); return true;
    case OP_CMP_reg: compare(l, register_operand(l, false)); return true;
    case OP_CMN_reg: compare_negative(l, register_operand(l, false)); return true;
    default: return false;
    }
}

static bool lower_other(struct lower *l)
{
    switch (l->t->i.op) {
    case OP_BFC: insert(l, true); return true;
    case OP_BFI: insert(l, false); return true;
    case OP_SBFX: extract(l, true); return true;
    case OP_UBFX: extract(l, false); return true;
    case OP_CLZ: count_zeros(l); return true;
    case OP_RBIT: reverse_bits(l); return true;
    case OP_REV: case OP_REV16: case OP_REVSH: reverse_bytes(l); return true;
    case OP_EXTEND: extend(l); return true;
    case OP_SHIFT_reg: shift_by_register(l); return true;
    case OP_MUL: multiply(l); return true;
    case OP_MLA: case OP_MLS: multiply_accumulate(l); return true;
    case OP_MULL: case OP_MLAL:
        if (l->j->c->core->kind == CPU_CORTEX_M3)
            return false;       /* ends early by its operands */
        multiply_long(l);
        return true;
    case OP_DIV: return divide(l);
    default: return false;
    }
}

bool lower_dp(struct lower *l)
{
    return lower_immediate(l) || lower_register(l) || lower_other(l);
}
