/* SPDX-License-Identifier: GPL-3.0-or-later */
/* x86-64 instructions. See encode.h. */
#include "core/jit/encode.h"

#include <string.h>

enum {
    W = 1,                      /* 64-bit operands */
    P66 = 2, PF3 = 4, PF2 = 64, /* mandatory or size prefixes */
    M0F = 8,                    /* two-byte opcode */
    BYTE_REG = 16, BYTE_RM = 32 /* the register is a byte: spl, bpl, sil and dil need a REX prefix */
};

static void byte(struct x86 *b, unsigned value)
{
    if (b->p == b->end) {
        b->overflow = true;
        return;
    }
    *b->p++ = (uint8_t)value;
}

static void word(struct x86 *b, uint32_t value)
{
    for (unsigned n = 0; n < 4; n++)
        byte(b, value >> (8 * n) & 0xFF);
}

void x86_word64(struct x86 *b, uint64_t value)
{
    word(b, (uint32_t)value);
    word(b, (uint32_t)(value >> 32));
}

static unsigned high(unsigned reg)
{
    return reg != NO_REG && reg >= 8;
}

/* ModRM, SIB and displacement. */
static void operand(struct x86 *b, unsigned reg, struct x86_rm rm)
{
    unsigned base = rm.base & 7, mod, field = (reg & 7) << 3;
    bool sib;

    if (rm.mode == RM_REG) {
        byte(b, 0xC0 | field | base);
        return;
    }
    if (rm.base == NO_REG) {            /* [index << scale + disp32], [disp32] */
        byte(b, field | 4);
        byte(b, rm.index == NO_REG ? 0x25u : (unsigned)rm.scale << 6 | (rm.index & 7u) << 3 | 5);
        word(b, (uint32_t)rm.disp);
        return;
    }
    sib = rm.index != NO_REG || base == 4;
    mod = rm.disp == 0 && base != 5 ? 0 : rm.disp >= -128 && rm.disp <= 127 ? 1 : 2;
    byte(b, mod << 6 | field | (sib ? 4 : base));
    if (sib)
        byte(b, (rm.index == NO_REG ? 4u << 3 : (unsigned)rm.scale << 6 | (rm.index & 7u) << 3) | base);
    if (mod == 1)
        byte(b, (uint8_t)rm.disp);
    else if (mod == 2)
        word(b, (uint32_t)rm.disp);
}

static void segment(struct x86 *b, struct x86_rm rm)
{
    if (rm.mode == RM_GUEST || rm.mode == RM_TABLE)
        byte(b, 0x65);
    if (rm.mode == RM_GUEST)
        byte(b, 0x67);
}

static void insn(struct x86 *b, unsigned flags, unsigned opcode, unsigned reg, struct x86_rm rm)
{
    unsigned rex = (flags & W ? 8 : 0) | high(reg) << 2 | high(rm.index) << 1 | high(rm.base);
    bool bytes = (flags & BYTE_REG && reg >= 4) || (flags & BYTE_RM && rm.mode == RM_REG && rm.base >= 4);

    segment(b, rm);
    if (flags & P66)
        byte(b, 0x66);
    if (flags & PF3)
        byte(b, 0xF3);
    if (flags & PF2)
        byte(b, 0xF2);
    if (rex || bytes)
        byte(b, 0x40 | rex);
    if (flags & M0F)
        byte(b, 0x0F);
    byte(b, opcode);
    operand(b, reg, rm);
}

/* Three-byte VEX; `map` 1: 0F, 2: 0F38; `pp` the mandatory prefix 0 none, 1 66, 2 F3, 3 F2. */
static void vex(struct x86 *b, unsigned map, unsigned pp, unsigned opcode, unsigned reg, unsigned vvvv,
                struct x86_rm rm)
{
    segment(b, rm);
    byte(b, 0xC4);
    byte(b, (high(reg) ? 0 : 0x80) | (high(rm.index) ? 0 : 0x40) | (high(rm.base) ? 0 : 0x20) | map);
    byte(b, (~vvvv & 15) << 3 | pp);
    byte(b, opcode);
    operand(b, reg, rm);
}

/* ---- moves ---- */

void x86_mov(struct x86 *b, enum host_reg to, struct x86_rm from)
{
    insn(b, 0, 0x8B, to, from);
}

void x86_mov64(struct x86 *b, enum host_reg to, struct x86_rm from)
{
    insn(b, W, 0x8B, to, from);
}

void x86_store(struct x86 *b, struct x86_rm to, enum host_reg from)
{
    insn(b, 0, 0x89, from, to);
}

void x86_store64(struct x86 *b, struct x86_rm to, enum host_reg from)
{
    insn(b, W, 0x89, from, to);
}

void x86_store_sized(struct x86 *b, unsigned size, struct x86_rm to, enum host_reg from)
{
    if (size == 1)
        insn(b, BYTE_REG, 0x88, from, to);
    else
        insn(b, size == 2 ? P66 : 0, 0x89, from, to);
}

void x86_mov_imm(struct x86 *b, struct x86_rm to, uint32_t value)
{
    if (to.mode == RM_REG) {
        if (high(to.base))
            byte(b, 0x41);
        byte(b, 0xB8 | (to.base & 7));
    } else {
        insn(b, 0, 0xC7, 0, to);
    }
    word(b, value);
}

void x86_mov_imm8(struct x86 *b, struct x86_rm to, uint8_t value)
{
    insn(b, BYTE_RM, 0xC6, 0, to);
    byte(b, value);
}

void x86_mov_imm64(struct x86 *b, enum host_reg to, uint64_t value)
{
    byte(b, 0x48 | high(to));
    byte(b, 0xB8 | (to & 7));
    x86_word64(b, value);
}

void x86_extend(struct x86 *b, unsigned size, bool sign, enum host_reg to, struct x86_rm from)
{
    if (size == 4)
        x86_mov(b, to, from);
    else
        insn(b, M0F | (size == 1 ? BYTE_RM : 0), (sign ? 0xBE : 0xB6) + (size == 2), to, from);
}

void x86_movsxd(struct x86 *b, enum host_reg to, struct x86_rm from)
{
    insn(b, W, 0x63, to, from);
}

void x86_lea(struct x86 *b, enum host_reg to, enum host_reg base, unsigned index, unsigned scale, int32_t disp)
{
    insn(b, 0, 0x8D, to, (struct x86_rm){RM_MEM, (uint8_t)base, (uint8_t)index, (uint8_t)scale, disp});
}

void x86_cmov(struct x86 *b, enum x86_cc cc, enum host_reg to, struct x86_rm from)
{
    insn(b, M0F, 0x40 | cc, to, from);
}

void x86_setcc(struct x86 *b, enum x86_cc cc, struct x86_rm to)
{
    insn(b, M0F | BYTE_RM, 0x90 | cc, 0, to);
}

void x86_lahf(struct x86 *b)
{
    byte(b, 0x9F);
}

void x86_mov_ah_imm(struct x86 *b, uint8_t value)
{
    byte(b, 0xB4);
    byte(b, value);
}

void x86_push(struct x86 *b, enum host_reg reg)
{
    if (high(reg))
        byte(b, 0x41);
    byte(b, 0x50 | (reg & 7));
}

void x86_pop(struct x86 *b, enum host_reg reg)
{
    if (high(reg))
        byte(b, 0x41);
    byte(b, 0x58 | (reg & 7));
}

/* ---- arithmetic ---- */

void x86_alu(struct x86 *b, enum x86_alu op, enum host_reg to, struct x86_rm from)
{
    insn(b, 0, op << 3 | 3, to, from);
}

void x86_alu64(struct x86 *b, enum x86_alu op, enum host_reg to, struct x86_rm from)
{
    insn(b, W, op << 3 | 3, to, from);
}

void x86_alu_to(struct x86 *b, enum x86_alu op, struct x86_rm to, enum host_reg from)
{
    insn(b, 0, op << 3 | 1, from, to);
}

static bool fits_byte(uint32_t value)
{
    return (int32_t)value >= -128 && (int32_t)value <= 127;
}

void x86_alu_imm(struct x86 *b, enum x86_alu op, struct x86_rm to, uint32_t value)
{
    insn(b, 0, fits_byte(value) ? 0x83 : 0x81, op, to);
    if (fits_byte(value))
        byte(b, value & 0xFF);
    else
        word(b, value);
}

void x86_alu64_imm(struct x86 *b, enum x86_alu op, enum host_reg to, int32_t value)
{
    insn(b, W, 0x81, op, rm_reg(to));
    word(b, (uint32_t)value);
}

void x86_or8_to(struct x86 *b, struct x86_rm to, enum host_reg from)
{
    insn(b, BYTE_REG, 0x08, from, to);
}

void x86_cmp8_imm(struct x86 *b, struct x86_rm with, uint8_t value)
{
    insn(b, BYTE_RM, 0x80, ALU_CMP, with);
    byte(b, value);
}

void x86_test(struct x86 *b, struct x86_rm a, enum host_reg with)
{
    insn(b, 0, 0x85, with, a);
}

void x86_test_imm(struct x86 *b, struct x86_rm a, uint32_t value)
{
    insn(b, 0, 0xF7, 0, a);
    word(b, value);
}

void x86_test8_imm(struct x86 *b, struct x86_rm a, uint8_t value)
{
    insn(b, BYTE_RM, 0xF6, 0, a);
    byte(b, value);
}

void x86_test_ah(struct x86 *b, uint8_t value)
{
    byte(b, 0xF6);
    byte(b, 0xC4);
    byte(b, value);
}

void x86_shift_imm(struct x86 *b, enum x86_shift op, struct x86_rm a, unsigned count)
{
    insn(b, 0, 0xC1, op, a);
    byte(b, count);
}

void x86_shift64_imm(struct x86 *b, enum x86_shift op, enum host_reg a, unsigned count)
{
    insn(b, W, 0xC1, op, rm_reg(a));
    byte(b, count);
}

void x86_shift_cl(struct x86 *b, enum x86_shift op, enum host_reg a)
{
    insn(b, 0, 0xD3, op, rm_reg(a));
}

void x86_shift64_cl(struct x86 *b, enum x86_shift op, enum host_reg a)
{
    insn(b, W, 0xD3, op, rm_reg(a));
}

void x86_rcr_1(struct x86 *b, enum host_reg a)
{
    insn(b, 0, 0xD1, SH_RCR, rm_reg(a));
}

void x86_shift_by(struct x86 *b, enum x86_shift op, enum host_reg to, struct x86_rm from, enum host_reg count)
{
    vex(b, 2, op == SH_SHL ? 1 : op == SH_SAR ? 2 : 3, 0xF7, to, count, from);
}

void x86_bt_imm(struct x86 *b, struct x86_rm a, unsigned bit)
{
    insn(b, M0F, 0xBA, 4, a);
    byte(b, bit);
}

void x86_bts64_imm(struct x86 *b, enum host_reg a, unsigned bit)
{
    insn(b, W | M0F, 0xBA, 5, rm_reg(a));
    byte(b, bit);
}

void x86_not(struct x86 *b, struct x86_rm a)
{
    insn(b, 0, 0xF7, 2, a);
}

void x86_cmc(struct x86 *b)
{
    byte(b, 0xF5);
}

void x86_imul(struct x86 *b, enum host_reg to, struct x86_rm from)
{
    insn(b, M0F, 0xAF, to, from);
}

void x86_imul_imm(struct x86 *b, enum host_reg to, struct x86_rm from, uint32_t value)
{
    insn(b, 0, 0x69, to, from);
    word(b, value);
}

void x86_sar64_imm(struct x86 *b, enum host_reg a, unsigned count)
{
    x86_shift64_imm(b, SH_SAR, a, count);
}

void x86_imul64(struct x86 *b, enum host_reg to, struct x86_rm from)
{
    insn(b, W | M0F, 0xAF, to, from);
}

void x86_mulx(struct x86 *b, enum host_reg high, enum host_reg low, struct x86_rm by)
{
    vex(b, 2, 3, 0xF6, high, low, by);
}

void x86_div(struct x86 *b, bool is_signed, enum host_reg by)
{
    insn(b, 0, 0xF7, is_signed ? 7 : 6, rm_reg(by));
}

void x86_cdq(struct x86 *b)
{
    byte(b, 0x99);
}

void x86_lzcnt(struct x86 *b, enum host_reg to, struct x86_rm from)
{
    insn(b, PF3 | M0F, 0xBD, to, from);
}

void x86_bswap(struct x86 *b, enum host_reg reg)
{
    if (high(reg))
        byte(b, 0x41);
    byte(b, 0x0F);
    byte(b, 0xC8 | (reg & 7));
}

uint8_t *x86_sub64_constant(struct x86 *b, enum host_reg to)
{
    byte(b, 0x48 | high(to) << 2);
    byte(b, 0x2B);
    byte(b, (to & 7) << 3 | 5);
    word(b, 0);
    return b->p - 4;
}

/* ---- single precision ---- */

void x86_movss(struct x86 *b, unsigned xmm, struct x86_rm from)
{
    insn(b, PF3 | M0F, 0x10, xmm, from);
}

void x86_movss_store(struct x86 *b, struct x86_rm to, unsigned xmm)
{
    insn(b, PF3 | M0F, 0x11, xmm, to);
}

void x86_sse(struct x86 *b, enum x86_sse op, unsigned xmm, struct x86_rm from)
{
    insn(b, PF3 | M0F, op, xmm, from);
}

void x86_vsse(struct x86 *b, enum x86_sse op, unsigned xmm, unsigned first, struct x86_rm second)
{
    vex(b, 1, 2, op, xmm, first, second);
}

void x86_movaps(struct x86 *b, unsigned xmm, unsigned from)
{
    insn(b, M0F, 0x28, xmm, rm_xmm(from));
}

void x86_xorps(struct x86 *b, unsigned xmm, unsigned with)
{
    insn(b, M0F, 0x57, xmm, rm_xmm(with));
}

void x86_movd(struct x86 *b, enum host_reg to, unsigned xmm)
{
    insn(b, P66 | M0F, 0x7E, xmm, rm_reg(to));
}

void x86_ucomiss(struct x86 *b, unsigned xmm, struct x86_rm with)
{
    insn(b, M0F, 0x2E, xmm, with);
}

void x86_cvtsi2ss(struct x86 *b, unsigned xmm, struct x86_rm from)
{
    insn(b, PF3 | M0F, 0x2A, xmm, from);
}

void x86_movd_from(struct x86 *b, unsigned xmm, struct x86_rm from)
{
    insn(b, P66 | M0F, 0x6E, xmm, from);
}

void x86_cvtsi2ss64(struct x86 *b, unsigned xmm, enum host_reg from)
{
    insn(b, PF3 | M0F | W, 0x2A, xmm, rm_reg(from));
}

void x86_cvtdq2ps(struct x86 *b, unsigned xmm, unsigned from)
{
    insn(b, M0F, 0x5B, xmm, rm_xmm(from));
}

void x86_cvtss2si(struct x86 *b, bool truncate, enum host_reg to, struct x86_rm from)
{
    insn(b, PF3 | M0F, truncate ? 0x2C : 0x2D, to, from);
}

void x86_cvtss2si64(struct x86 *b, bool truncate, enum host_reg to, struct x86_rm from)
{
    insn(b, PF3 | M0F | W, truncate ? 0x2C : 0x2D, to, from);
}

void x86_cvtss2sd(struct x86 *b, unsigned xmm, unsigned from)
{
    insn(b, PF3 | M0F, 0x5A, xmm, rm_xmm(from));
}

void x86_mulsd(struct x86 *b, unsigned xmm, unsigned by)
{
    insn(b, PF2 | M0F, 0x59, xmm, rm_xmm(by));
}

void x86_movq_from(struct x86 *b, unsigned xmm, enum host_reg from)
{
    insn(b, P66 | M0F | W, 0x6E, xmm, rm_reg(from));
}

void x86_cvttsd2si64(struct x86 *b, enum host_reg to, unsigned from)
{
    insn(b, PF2 | M0F | W, 0x2C, to, rm_xmm(from));
}

void x86_fma(struct x86 *b, enum x86_fma op, unsigned xmm, unsigned by, struct x86_rm from)
{
    vex(b, 2, 1, op, xmm, by, from);
}

/* ---- packed integers ---- */

void x86_packed(struct x86 *b, enum x86_packed op, unsigned xmm, unsigned from)
{
    insn(b, P66 | M0F, op, xmm, rm_xmm(from));
}

void x86_packed_shift_imm(struct x86 *b, enum x86_shift op, unsigned xmm, unsigned count)
{
    insn(b, P66 | M0F, 0x71, op == SH_SHL ? 6 : op == SH_SHR ? 2 : 4, rm_xmm(xmm));
    byte(b, count);
}

void x86_pmovmskb(struct x86 *b, enum host_reg to, unsigned xmm)
{
    insn(b, P66 | M0F, 0xD7, to, rm_xmm(xmm));
}

/* ---- control ---- */

uint8_t *x86_jcc(struct x86 *b, enum x86_cc cc)
{
    byte(b, 0x0F);
    byte(b, 0x80 | cc);
    word(b, 0);
    return b->p - 4;
}

uint8_t *x86_jmp(struct x86 *b)
{
    byte(b, 0xE9);
    word(b, 0);
    return b->p - 4;
}

void x86_place(uint8_t *hole, const uint8_t *written)
{
    int32_t rel = (int32_t)(written - (hole + 4));

    memcpy(hole, &rel, 4);
}

void x86_land(struct x86 *b, uint8_t *hole)
{
    if (!b->overflow)
        x86_place(hole, b->p);
}

static void relative(struct x86 *b, const uint8_t *target)
{
    word(b, (uint32_t)(target - (x86_here(b) + 4)));
}

void x86_jmp_to(struct x86 *b, const uint8_t *target)
{
    byte(b, 0xE9);
    relative(b, target);
}

void x86_call_to(struct x86 *b, const uint8_t *target)
{
    byte(b, 0xE8);
    relative(b, target);
}

void x86_jmp_reg(struct x86 *b, enum host_reg reg)
{
    insn(b, 0, 0xFF, 4, rm_reg(reg));
}

void x86_call_reg(struct x86 *b, enum host_reg reg)
{
    insn(b, 0, 0xFF, 2, rm_reg(reg));
}

void x86_ret(struct x86 *b)
{
    byte(b, 0xC3);
}

void x86_nop(struct x86 *b)
{
    byte(b, 0x90);
}

void x86_ud2(struct x86 *b)
{
    byte(b, 0x0F);
    byte(b, 0x0B);
}
