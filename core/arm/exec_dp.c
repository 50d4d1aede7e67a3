/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Data processing: Armv7-M ARM A5.2.1, A5.3.1 to A5.3.3, A5.3.11 to A5.3.15 without the DSP extension.
 * Encodings that write the PC are in exec_branch.c (MOV_PC, ADD_PC).
 */
#include "core/arm/exec.h"

/* ---- logical operations: N and Z from the result, C from the shifter or the immediate, V kept ---- */

static void set_logical_flags(struct cpu_state *s, uint32_t result, bool carry)
{
    set_nz(s, result);
    s->c = carry;
}

static inline void logical(struct cpu *c, const struct insn *i, uint32_t result, bool carry)
{
    if (writes_flags(c, i))
        set_logical_flags(c->s, result, carry);
    c->s->r[i->rd] = result;
}

/* ThumbExpandImm_C's carry (A5.3.2). */
static inline bool imm_carry(const struct cpu *c, const struct insn *i)
{
    return i->carry == CARRY_KEEP ? c->s->c : i->carry == CARRY_SET;
}

void exec_AND_imm(struct cpu *c, const struct insn *i)
{
    logical(c, i, c->s->r[i->rn] & i->imm, imm_carry(c, i));
}

void exec_AND_reg(struct cpu *c, const struct insn *i)
{
    struct shifted m = shifted_rm(c, i);

    logical(c, i, c->s->r[i->rn] & m.value, m.carry);
}

void exec_BIC_imm(struct cpu *c, const struct insn *i)
{
    logical(c, i, c->s->r[i->rn] & ~i->imm, imm_carry(c, i));
}

void exec_BIC_reg(struct cpu *c, const struct insn *i)
{
    struct shifted m = shifted_rm(c, i);

    logical(c, i, c->s->r[i->rn] & ~m.value, m.carry);
}

void exec_ORR_imm(struct cpu *c, const struct insn *i)
{
    logical(c, i, c->s->r[i->rn] | i->imm, imm_carry(c, i));
}

void exec_ORR_reg(struct cpu *c, const struct insn *i)
{
    struct shifted m = shifted_rm(c, i);

    logical(c, i, c->s->r[i->rn] | m.value, m.carry);
}

void exec_ORN_imm(struct cpu *c, const struct insn *i)
{
    logical(c, i, c->s->r[i->rn] | ~i->imm, imm_carry(c, i));
}

void exec_ORN_reg(struct cpu *c, const struct insn *i)
{
    struct shifted m = shifted_rm(c, i);

    logical(c, i, c->s->r[i->rn] | ~m.value, m.carry);
}

void exec_EOR_imm(struct cpu *c, const struct insn *i)
{
    logical(c, i, c->s->r[i->rn] ^ i->imm, imm_carry(c, i));
}

void exec_EOR_reg(struct cpu *c, const struct insn *i)
{
    struct shifted m = shifted_rm(c, i);

    logical(c, i, c->s->r[i->rn] ^ m.value, m.carry);
}

void exec_MVN_imm(struct cpu *c, const struct insn *i)
{
    logical(c, i, ~i->imm, imm_carry(c, i));
}

void exec_MVN_reg(struct cpu *c, const struct insn *i)
{
    struct shifted m = shifted_rm(c, i);

    logical(c, i, ~m.value, m.carry);
}

void exec_MOV_imm(struct cpu *c, const struct insn *i)
{
    logical(c, i, i->imm, imm_carry(c, i));
}

/* MOV SP, Rm and MOV Rd, PC are the unshifted form only; shifted, they are UNPREDICTABLE. */
void exec_MOV_reg(struct cpu *c, const struct insn *i)
{
    struct shifted m = shifted_rm(c, i);

    if (unlikely(i->rm == 15))
        m.value = cpu_pc(c);
    if (writes_flags(c, i))
        set_logical_flags(c->s, m.value, m.carry);
    set_reg(c, i->rd, m.value);
}

void exec_TST_imm(struct cpu *c, const struct insn *i)
{
    set_logical_flags(c->s, c->s->r[i->rn] & i->imm, imm_carry(c, i));
}

void exec_TST_reg(struct cpu *c, const struct insn *i)
{
    struct shifted m = shifted_rm(c, i);

    set_logical_flags(c->s, c->s->r[i->rn] & m.value, m.carry);
}

void exec_TEQ_imm(struct cpu *c, const struct insn *i)
{
    set_logical_flags(c->s, c->s->r[i->rn] ^ i->imm, imm_carry(c, i));
}

void exec_TEQ_reg(struct cpu *c, const struct insn *i)
{
    struct shifted m = shifted_rm(c, i);

    set_logical_flags(c->s, c->s->r[i->rn] ^ m.value, m.carry);
}

void exec_SHIFT_reg(struct cpu *c, const struct insn *i)
{
    struct shifted m = shift_c(c->s->r[i->rn], i->shift, c->s->r[i->rm] & 0xFF, c->s->c);

    logical(c, i, m.value, m.carry);
}

/* ---- additions and subtractions ---- */

static inline void set_sum_flags(struct cpu_state *s, struct sum sum)
{
    set_nz(s, sum.value);
    s->c = sum.carry;
    s->v = sum.overflow;
}

static inline void arithmetic(struct cpu *c, const struct insn *i, uint32_t x, uint32_t y, bool carry)
{
    struct sum sum = add_with_carry(x, y, carry);

    if (writes_flags(c, i))
        set_sum_flags(c->s, sum);
    set_reg(c, i->rd, sum.value);
}

void exec_ADD_imm(struct cpu *c, const struct insn *i)
{
    arithmetic(c, i, c->s->r[i->rn], i->imm, 0);
}

/* ADD Rd, PC is the unshifted 16-bit form. */
void exec_ADD_reg(struct cpu *c, const struct insn *i)
{
    uint32_t m = unlikely(i->rm == 15) ? cpu_pc(c) : shifted_rm(c, i).value;

    arithmetic(c, i, c->s->r[i->rn], m, 0);
}

void exec_ADC_imm(struct cpu *c, const struct insn *i)
{
    arithmetic(c, i, c->s->r[i->rn], i->imm, c->s->c);
}

void exec_ADC_reg(struct cpu *c, const struct insn *i)
{
    arithmetic(c, i, c->s->r[i->rn], shifted_rm(c, i).value, c->s->c);
}

void exec_SUB_imm(struct cpu *c, const struct insn *i)
{
    arithmetic(c, i, c->s->r[i->rn], ~i->imm, 1);
}

void exec_SUB_reg(struct cpu *c, const struct insn *i)
{
    arithmetic(c, i, c->s->r[i->rn], ~shifted_rm(c, i).value, 1);
}

void exec_SBC_imm(struct cpu *c, const struct insn *i)
{
    arithmetic(c, i, c->s->r[i->rn], ~i->imm, c->s->c);
}

void exec_SBC_reg(struct cpu *c, const struct insn *i)
{
    arithmetic(c, i, c->s->r[i->rn], ~shifted_rm(c, i).value, c->s->c);
}

void exec_RSB_imm(struct cpu *c, const struct insn *i)
{
    arithmetic(c, i, ~c->s->r[i->rn], i->imm, 1);
}

void exec_RSB_reg(struct cpu *c, const struct insn *i)
{
    arithmetic(c, i, ~c->s->r[i->rn], shifted_rm(c, i).value, 1);
}

void exec_CMP_imm(struct cpu *c, const struct insn *i)
{
    set_sum_flags(c->s, add_with_carry(c->s->r[i->rn], ~i->imm, 1));
}

void exec_CMP_reg(struct cpu *c, const struct insn *i)
{
    set_sum_flags(c->s, add_with_carry(c->s->r[i->rn], ~shifted_rm(c, i).value, 1));
}

void exec_CMN_imm(struct cpu *c, const struct insn *i)
{
    set_sum_flags(c->s, add_with_carry(c->s->r[i->rn], i->imm, 0));
}

void exec_CMN_reg(struct cpu *c, const struct insn *i)
{
    set_sum_flags(c->s, add_with_carry(c->s->r[i->rn], shifted_rm(c, i).value, 0));
}

void exec_ADR(struct cpu *c, const struct insn *i)
{
    c->s->r[i->rd] = (cpu_pc(c) & ~3u) + i->imm;
}

void exec_MOVT(struct cpu *c, const struct insn *i)
{
    c->s->r[i->rd] = (c->s->r[i->rd] & 0xFFFF) | i->imm << 16;
}

/* ---- bit fields ---- */

static inline uint32_t ones(unsigned width)
{
    return (uint32_t)(((uint64_t)1 << width) - 1);
}

void exec_BFC(struct cpu *c, const struct insn *i)
{
    c->s->r[i->rd] &= ~(ones(i->width) << i->amount);
}

void exec_BFI(struct cpu *c, const struct insn *i)
{
    uint32_t field = ones(i->width);

    c->s->r[i->rd] = (c->s->r[i->rd] & ~(field << i->amount)) |
                     (c->s->r[i->rn] & field) << i->amount;
}

void exec_SBFX(struct cpu *c, const struct insn *i)
{
    uint32_t sign = 1u << (i->width - 1);
    uint32_t field = c->s->r[i->rn] >> i->amount & ones(i->width);

    c->s->r[i->rd] = (field ^ sign) - sign;
}

void exec_UBFX(struct cpu *c, const struct insn *i)
{
    c->s->r[i->rd] = c->s->r[i->rn] >> i->amount & ones(i->width);
}

/* ---- miscellaneous ---- */

void exec_CLZ(struct cpu *c, const struct insn *i)
{
    uint32_t m = c->s->r[i->rm];

    c->s->r[i->rd] = m ? (uint32_t)__builtin_clz(m) : 32;
}

void exec_RBIT(struct cpu *c, const struct insn *i)
{
    uint32_t m = __builtin_bswap32(c->s->r[i->rm]);

    m = (m >> 4 & 0x0F0F0F0F) | (m & 0x0F0F0F0F) << 4;
    m = (m >> 2 & 0x33333333) | (m & 0x33333333) << 2;
    c->s->r[i->rd] = (m >> 1 & 0x55555555) | (m & 0x55555555) << 1;
}

void exec_REV(struct cpu *c, const struct insn *i)
{
    c->s->r[i->rd] = __builtin_bswap32(c->s->r[i->rm]);
}

void exec_REV16(struct cpu *c, const struct insn *i)
{
    uint32_t m = c->s->r[i->rm];

    c->s->r[i->rd] = (m >> 8 & 0x00FF00FF) | (m & 0x00FF00FF) << 8;
}

void exec_REVSH(struct cpu *c, const struct insn *i)
{
    c->s->r[i->rd] = (uint32_t)(int16_t)__builtin_bswap16((uint16_t)c->s->r[i->rm]);
}

void exec_EXTEND(struct cpu *c, const struct insn *i)
{
    c->s->r[i->rd] = extend(rotate_right(c->s->r[i->rm], i->amount), i->width, i->sign);
}

void exec_SSAT(struct cpu *c, const struct insn *i)
{
    struct shifted n = shift_c(c->s->r[i->rn], i->shift, i->amount, c->s->c);

    c->s->r[i->rd] = (uint32_t)signed_sat((int32_t)n.value, i->imm, &c->s->q);
}

void exec_USAT(struct cpu *c, const struct insn *i)
{
    struct shifted n = shift_c(c->s->r[i->rn], i->shift, i->amount, c->s->c);

    c->s->r[i->rd] = unsigned_sat((int32_t)n.value, i->imm, &c->s->q);
}
