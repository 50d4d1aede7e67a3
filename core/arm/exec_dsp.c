/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The DSP extension of Armv7E-M: Armv7-M ARM A5.3.12 to A5.3.17. Q is sticky: only MSR clears it. */
#include "core/arm/exec.h"

/* ---- multiplies ---- */

/* The low 32 bits of a sum that the extension computes exactly; Q notes that they are not all of it. */
static uint32_t sum_with_q(struct cpu *c, int64_t sum)
{
    if (sum != (int32_t)sum)
        c->s->q = 1;
    return (uint32_t)sum;
}

/* The accumulator of a form whose ra = 15 encodes "none". */
static int64_t accumulator(const struct cpu *c, const struct insn *i)
{
    return i->ra == 15 ? 0 : (int32_t)c->s->r[i->ra];
}

static int32_t half(uint32_t value, bool top)
{
    return top ? top_half(value) : bottom_half(value);
}

static int64_t half_product(const struct cpu *c, const struct insn *i)
{
    return (int64_t)half(c->s->r[i->rn], i->variant & 2) * half(c->s->r[i->rm], i->variant & 1);
}

void exec_SMLA_xy(struct cpu *c, const struct insn *i)
{
    c->s->r[i->rd] = sum_with_q(c, half_product(c, i) + accumulator(c, i));
}

void exec_SMLAL_xy(struct cpu *c, const struct insn *i)
{
    set_long(c, i, get_long(c, i) + (uint64_t)half_product(c, i));
}

void exec_SMLAW_y(struct cpu *c, const struct insn *i)
{
    int64_t product = (int64_t)(int32_t)c->s->r[i->rn] * half(c->s->r[i->rm], i->variant & 1);

    c->s->r[i->rd] = sum_with_q(c, (product >> 16) + accumulator(c, i));
}

/* The two 16-bit products of SMLAD and its kin, added or subtracted. */
static int64_t dual_product(const struct cpu *c, const struct insn *i)
{
    uint32_t n = c->s->r[i->rn];
    uint32_t m = rotate_right(c->s->r[i->rm], i->variant & 1 ? 16 : 0);
    int64_t low = (int64_t)bottom_half(n) * bottom_half(m);
    int64_t high = (int64_t)top_half(n) * top_half(m);

    return i->variant & 2 ? low - high : low + high;
}

void exec_SMLAD(struct cpu *c, const struct insn *i)
{
    c->s->r[i->rd] = sum_with_q(c, dual_product(c, i) + accumulator(c, i));
}

void exec_SMLALD(struct cpu *c, const struct insn *i)
{
    set_long(c, i, get_long(c, i) + (uint64_t)dual_product(c, i));
}

/* The top word of (accumulator:0 +/- product), rounded if bit 0 of the variant says so. Wraps in 64
 * bits as the manual's <63:32> does. */
static uint32_t top_word(const struct insn *i, uint64_t sum)
{
    return (uint32_t)((sum + (i->variant & 1 ? 0x80000000u : 0)) >> 32);
}

static uint64_t signed_product(const struct cpu *c, const struct insn *i)
{
    return (uint64_t)((int64_t)(int32_t)c->s->r[i->rn] * (int32_t)c->s->r[i->rm]);
}

void exec_SMMLA(struct cpu *c, const struct insn *i)
{
    uint64_t sum = ((uint64_t)accumulator(c, i) << 32) + signed_product(c, i);

    c->s->r[i->rd] = top_word(i, sum);
}

void exec_SMMLS(struct cpu *c, const struct insn *i)
{
    uint64_t sum = ((uint64_t)c->s->r[i->ra] << 32) - signed_product(c, i);

    c->s->r[i->rd] = top_word(i, sum);
}

void exec_UMAAL(struct cpu *c, const struct insn *i)
{
    uint64_t product = (uint64_t)c->s->r[i->rn] * c->s->r[i->rm];

    set_long(c, i, product + c->s->r[i->rd] + c->s->r[i->ra]);
}

/* ---- extension with addition ---- */

void exec_EXTEND_ADD(struct cpu *c, const struct insn *i)
{
    uint32_t m = rotate_right(c->s->r[i->rm], i->amount);

    c->s->r[i->rd] = c->s->r[i->rn] + extend(m, i->width, i->sign);
}

void exec_EXTEND16(struct cpu *c, const struct insn *i)
{
    uint32_t m = rotate_right(c->s->r[i->rm], i->amount);
    uint32_t n = i->rn == 15 ? 0 : c->s->r[i->rn];
    uint32_t low = n + extend(m, 1, i->sign);
    uint32_t high = (n >> 16) + extend(m >> 16, 1, i->sign);

    c->s->r[i->rd] = (low & 0xFFFF) | high << 16;
}

/* ---- saturation ---- */

void exec_SSAT16(struct cpu *c, const struct insn *i)
{
    uint32_t n = c->s->r[i->rn];
    uint32_t low = (uint32_t)signed_sat(bottom_half(n), i->imm, &c->s->q);
    uint32_t high = (uint32_t)signed_sat(top_half(n), i->imm, &c->s->q);

    c->s->r[i->rd] = (low & 0xFFFF) | high << 16;
}

void exec_USAT16(struct cpu *c, const struct insn *i)
{
    uint32_t n = c->s->r[i->rn];
    uint32_t low = unsigned_sat(bottom_half(n), i->imm, &c->s->q);
    uint32_t high = unsigned_sat(top_half(n), i->imm, &c->s->q);

    c->s->r[i->rd] = low | high << 16;
}

void exec_QADD(struct cpu *c, const struct insn *i)
{
    int64_t n = (int32_t)c->s->r[i->rn], m = (int32_t)c->s->r[i->rm];

    if (i->variant & 1)
        n = signed_sat(2 * n, 32, &c->s->q);
    c->s->r[i->rd] = (uint32_t)signed_sat(i->variant & 2 ? m - n : m + n, 32, &c->s->q);
}

/* ---- parallel addition and subtraction (A5.3.13, A5.3.14) ---- */

enum lanes { ADD16, ASX, SAX, SUB16, ADD8, SUB8 };
enum lane_kind { LANE_S, LANE_Q, LANE_SH, LANE_U, LANE_UQ, LANE_UH };

/* One lane of `bits` bits: what the prefix makes of the exact sum or difference. */
static uint32_t lane_result(enum lane_kind kind, int32_t exact, unsigned bits)
{
    uint8_t ignored = 0; /* saturation here does not touch Q */

    switch (kind) {
    case LANE_Q:
        exact = signed_sat(exact, bits, &ignored);
        break;
    case LANE_UQ:
        exact = (int32_t)unsigned_sat(exact, bits, &ignored);
        break;
    case LANE_SH:
    case LANE_UH:
        exact >>= 1;
        break;
    default:
        break;
    }
    return (uint32_t)exact & ((1u << bits) - 1);
}

/* GE of a lane: a signed result or an unsigned difference not negative; an unsigned sum that carries. */
static bool lane_ge(enum lane_kind kind, int32_t exact, bool subtract, unsigned bits)
{
    return kind == LANE_U && !subtract ? exact >> bits != 0 : exact >= 0;
}

/* The lane at bit `at` of a word as the prefix reads it. */
static int32_t lane_operand(enum lane_kind kind, uint32_t word, unsigned at, unsigned bits)
{
    return (int32_t)extend(word >> at, bits / 8, kind < LANE_U);
}

/* Lanes of 8 or 16 bits, all added or subtracted; `subtract` has a bit per lane, `cross` swaps the
 * second operand's halves (ASX, SAX). */
static void lanes(struct cpu *c, const struct insn *i, unsigned bits, unsigned subtract, bool cross)
{
    enum lane_kind kind = i->variant >> 3;
    uint32_t n = c->s->r[i->rn], m = rotate_right(c->s->r[i->rm], cross ? 16 : 0);
    uint32_t result = 0;
    uint8_t ge = 0;

    for (unsigned at = 0, lane = 0; at < 32; at += bits, lane++) {
        bool less = subtract >> lane & 1;
        int32_t x = lane_operand(kind, n, at, bits), y = lane_operand(kind, m, at, bits);
        int32_t exact = less ? x - y : x + y;

        result |= lane_result(kind, exact, bits) << at;
        if (lane_ge(kind, exact, less, bits))
            ge |= (uint8_t)((bits == 8 ? 1u : 3u) << (at / 8));
    }
    if (kind == LANE_S || kind == LANE_U)
        c->s->ge = ge;
    c->s->r[i->rd] = result;
}

void exec_PARALLEL(struct cpu *c, const struct insn *i)
{
    switch ((enum lanes)(i->variant & 7)) {
    case ADD16: lanes(c, i, 16, 0, false); break;
    case ASX: lanes(c, i, 16, 1, true); break;
    case SAX: lanes(c, i, 16, 2, true); break;
    case SUB16: lanes(c, i, 16, 3, false); break;
    case ADD8: lanes(c, i, 8, 0, false); break;
    case SUB8: lanes(c, i, 8, 15, false); break;
    }
}

void exec_SEL(struct cpu *c, const struct insn *i)
{
    uint32_t mask = 0;

    for (unsigned lane = 0; lane < 4; lane++)
        if (c->s->ge >> lane & 1)
            mask |= 0xFFu << (8 * lane);
    c->s->r[i->rd] = (c->s->r[i->rn] & mask) | (c->s->r[i->rm] & ~mask);
}

void exec_USADA8(struct cpu *c, const struct insn *i)
{
    uint32_t n = c->s->r[i->rn], m = c->s->r[i->rm];
    uint32_t sum = i->ra == 15 ? 0 : c->s->r[i->ra];

    for (unsigned at = 0; at < 32; at += 8) {
        int32_t difference = (int32_t)(n >> at & 0xFF) - (int32_t)(m >> at & 0xFF);
        sum += (uint32_t)(difference < 0 ? -difference : difference);
    }
    c->s->r[i->rd] = sum;
}

void exec_PKH(struct cpu *c, const struct insn *i)
{
    uint32_t n = c->s->r[i->rn];
    uint32_t m = shift_c(c->s->r[i->rm], i->shift, i->amount, false).value;

    if (i->variant & 1)
        c->s->r[i->rd] = (n & 0xFFFF0000) | (m & 0xFFFF);
    else
        c->s->r[i->rd] = (m & 0xFFFF0000) | (n & 0xFFFF);
}
