/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The DSP extension: lanes, saturation, GE and the sticky Q. */
#include <criterion/criterion.h>

#include "tests/unit/cpu_harness.h"

static struct bare_cpu b;

static void setup(void)
{
    bare_init(&b);
}

TestSuite(exec_dsp, .init = setup);

/* r0 = op(r1, r2, accumulator r3). */
static uint32_t op3(uint16_t op, unsigned variant, uint32_t n, uint32_t m, uint32_t a)
{
    b.state.r[1] = n;
    b.state.r[2] = m;
    b.state.r[3] = a;
    bare_exec(&b, (struct insn){.op = op, .rn = 1, .rm = 2, .ra = 3, .variant = (uint8_t)variant});
    return b.state.r[0];
}

/* The same without an accumulator. */
static uint32_t op2(uint16_t op, unsigned variant, uint32_t n, uint32_t m)
{
    b.state.r[1] = n;
    b.state.r[2] = m;
    bare_exec(&b, (struct insn){.op = op, .rn = 1, .rm = 2, .ra = 15, .variant = (uint8_t)variant});
    return b.state.r[0];
}

/* The 64-bit result of an operation that accumulates into r4:r3. */
static uint64_t op64(uint16_t op, unsigned variant, uint32_t n, uint32_t m, uint64_t a)
{
    b.state.r[1] = n;
    b.state.r[2] = m;
    b.state.r[3] = (uint32_t)a;
    b.state.r[4] = (uint32_t)(a >> 32);
    bare_exec(&b, (struct insn){.op = op, .rd = 4, .ra = 3, .rn = 1, .rm = 2,
                                .variant = (uint8_t)variant});
    return (uint64_t)b.state.r[4] << 32 | b.state.r[3];
}

enum { S, Q, SH, U, UQ, UH };
enum { ADD16, ASX, SAX, SUB16, ADD8, SUB8 };

static uint32_t parallel(unsigned prefix, unsigned op, uint32_t n, uint32_t m)
{
    return op2(OP_PARALLEL, prefix << 3 | op, n, m);
}

Test(exec_dsp, half_products_choose_their_halves)
{
    uint32_t n = 0x00030002, m = 0x00070005;

    cr_expect_eq(op2(OP_SMLA_xy, 0, n, m), 10);
    cr_expect_eq(op2(OP_SMLA_xy, 1, n, m), 14, "top of rm");
    cr_expect_eq(op2(OP_SMLA_xy, 2, n, m), 15, "top of rn");
    cr_expect_eq(op3(OP_SMLA_xy, 3, n, m, (uint32_t)-1), 20);
    cr_expect_eq(op2(OP_SMLA_xy, 0, 0x8000, 0x8000), 0x40000000);
    cr_expect_eq(b.state.q, 0);
    cr_expect_eq(op3(OP_SMLA_xy, 0, 0x8000, 0x8000, 0x40000000), 0x80000000);
    cr_expect_eq(b.state.q, 1, "the sum overflowed; it wraps");
    cr_expect_eq(op64(OP_SMLAL_xy, 0, 0xFFFF, 1, 0), UINT64_MAX);
}

Test(exec_dsp, smlaw_takes_the_top_of_a_48_bit_product)
{
    cr_expect_eq(op2(OP_SMLAW_y, 0, 0x00020000, 0x00030004), 8);
    cr_expect_eq(op2(OP_SMLAW_y, 1, 0x00020000, 0x00030004), 6);
    cr_expect_eq(op2(OP_SMLAW_y, 0, 0xFFFFFFFF, 1), 0xFFFFFFFF, "rounds down");
    cr_expect_eq(op3(OP_SMLAW_y, 0, 0x7FFFFFFF, 0x7FFF, 0x7FFFFFFF) >> 31, 1);
    cr_expect_eq(b.state.q, 1);
}

Test(exec_dsp, dual_products_add_subtract_and_exchange)
{
    uint32_t n = 0x00030002, m = 0x00070005;

    cr_expect_eq(op2(OP_SMLAD, 0, n, m), 2 * 5 + 3 * 7);
    cr_expect_eq(op2(OP_SMLAD, 1, n, m), 2 * 7 + 3 * 5);
    cr_expect_eq(op2(OP_SMLAD, 2, n, m), (uint32_t)(2 * 5 - 3 * 7));
    cr_expect_eq(op3(OP_SMLAD, 3, n, m, 100), 100 + 2 * 7 - 3 * 5);
    cr_expect_eq(b.state.q, 0);
    cr_expect_eq(op2(OP_SMLAD, 0, 0x80008000, 0x80008000), 0x80000000);
    cr_expect_eq(b.state.q, 1);
    cr_expect_eq(op64(OP_SMLALD, 2, n, m, 10), (uint64_t)(10 + 10 - 21));
}

Test(exec_dsp, top_word_multiplies_truncate_or_round)
{
    cr_expect_eq(op2(OP_SMMLA, 0, 0x40000000, 7), 1);
    cr_expect_eq(op2(OP_SMMLA, 1, 0x40000000, 7), 2);
    cr_expect_eq(op3(OP_SMMLA, 0, 0x40000000, 8, 10), 12);
    cr_expect_eq(op3(OP_SMMLS, 0, 0x40000000, 7, 10), 8, "10 - 1.75 rounds down");
    cr_expect_eq(op3(OP_SMMLS, 1, 0x40000000, 7, 10), 8, "8.25 rounds to 8");
    cr_expect_eq(op3(OP_SMMLA, 0, 0x80000000, 0x80000000, 0x7FFFFFFF), 0xBFFFFFFF, "wraps");
}

Test(exec_dsp, umaal_cannot_overflow)
{
    cr_expect_eq(op64(OP_UMAAL, 0, 0xFFFFFFFF, 0xFFFFFFFF, UINT64_MAX), UINT64_MAX);
}

Test(exec_dsp, signed_lanes_wrap_and_set_ge_by_sign)
{
    cr_expect_eq(parallel(S, ADD16, 0x7FFF0001, 0x0001FFFE), 0x8000FFFF);
    cr_expect_eq(b.state.ge, 0xC, "the exact sum of the top lane is positive");
    cr_expect_eq(parallel(S, SUB16, 0x80000005, 0x00010005), 0x7FFF0000);
    cr_expect_eq(b.state.ge, 0x3);
    cr_expect_eq(parallel(S, ADD8, 0x7F80FF01, 0x01FF0102), 0x807F0003);
    cr_expect_eq(b.state.ge, 0xB);
}

Test(exec_dsp, unsigned_lanes_set_ge_on_carry_and_no_borrow)
{
    cr_expect_eq(parallel(U, ADD16, 0xFFFF0001, 0x00010001), 0x00000002);
    cr_expect_eq(b.state.ge, 0xC);
    cr_expect_eq(parallel(U, SUB16, 0x00010005, 0x00020005), 0xFFFF0000);
    cr_expect_eq(b.state.ge, 0x3);
    cr_expect_eq(parallel(U, ADD8, 0xFF80FF01, 0x01800102), 0x00000003);
    cr_expect_eq(b.state.ge, 0xE);
    cr_expect_eq(parallel(U, SUB8, 0x00010203, 0x01010101), 0xFF000102);
    cr_expect_eq(b.state.ge, 0x7);
}

Test(exec_dsp, exchanging_lanes_cross_the_second_operand)
{
    /* ASX: top adds the other's bottom, bottom subtracts the other's top; SAX the other way round. */
    cr_expect_eq(parallel(S, ASX, 0x00100020, 0x00030004), 0x0014001D);
    cr_expect_eq(parallel(S, SAX, 0x00100020, 0x00030004), 0x000C0023);
    parallel(U, ASX, 0xFFFF0000, 0x00010001);
    cr_expect_eq(b.state.ge, 0xC, "carry on top, borrow below");
    parallel(U, SAX, 0x0000FFFF, 0x00010001);
    cr_expect_eq(b.state.ge, 0x3);
}

Test(exec_dsp, saturating_and_halving_lanes_leave_q_and_ge_alone)
{
    b.state.ge = 5;
    cr_expect_eq(parallel(Q, ADD16, 0x7FFF8000, 0x0001FFFF), 0x7FFF8000);
    cr_expect_eq(parallel(UQ, ADD8, 0xFF01FF01, 0x01010101), 0xFF02FF02);
    cr_expect_eq(parallel(UQ, SUB16, 0x00010003, 0x00020001), 0x00000002);
    cr_expect_eq(parallel(SH, ADD16, 0x7FFFFFFF, 0x7FFFFFFE), 0x7FFFFFFE);
    cr_expect_eq(parallel(UH, ADD8, 0xFFFF0001, 0xFF010002), 0xFF800001);
    cr_expect_eq(parallel(UH, SUB8, 0x00000000, 0x01020304), 0xFFFFFEFE);
    cr_expect_eq(parallel(Q, SUB8, 0x807F0000, 0x01FF0100), 0x807FFF00);
    cr_expect_eq(b.state.q, 0);
    cr_expect_eq(b.state.ge, 5);
}

Test(exec_dsp, sel_chooses_bytes_by_ge)
{
    b.state.ge = 0xA;
    cr_expect_eq(op2(OP_SEL, 0, 0x11223344, 0xAABBCCDD), 0x11BB33DD);
}

Test(exec_dsp, qadd_family_saturates_each_step)
{
    cr_expect_eq(op2(OP_QADD, 0, 1, 2), 3);
    cr_expect_eq(op2(OP_QADD, 2, 1, 5), 4, "rm - rn");
    cr_expect_eq(b.state.q, 0);
    cr_expect_eq(op2(OP_QADD, 0, 0x7FFFFFFF, 1), 0x7FFFFFFF);
    cr_expect_eq(b.state.q, 1);
    b.state.q = 0;
    cr_expect_eq(op2(OP_QADD, 3, 0x40000000, 0), 0x80000001, "the doubling saturates first");
    cr_expect_eq(b.state.q, 1);
    b.state.q = 0;
    cr_expect_eq(op2(OP_QADD, 1, 3, 4), 10);
    cr_expect_eq(b.state.q, 0);
}

Test(exec_dsp, saturation_of_halves_sets_q)
{
    b.state.r[1] = 0x00800010;
    bare_exec(&b, (struct insn){.op = OP_SSAT16, .rn = 1, .imm = 8});
    cr_expect_eq(b.state.r[0], 0x007F0010);
    cr_expect_eq(b.state.q, 1);
    b.state.r[1] = 0xFFFF0110;
    bare_exec(&b, (struct insn){.op = OP_USAT16, .rn = 1, .imm = 8});
    cr_expect_eq(b.state.r[0], 0x000000FF);
}

Test(exec_dsp, extending_adds_per_lane)
{
    b.state.r[1] = 0xFFFF0001;
    b.state.r[2] = 0x8182FF84;
    bare_exec(&b, (struct insn){.op = OP_EXTEND16, .rn = 1, .rm = 2, .sign = true});
    cr_expect_eq(b.state.r[0], 0xFF81FF85, "no carry from lane to lane");
    bare_exec(&b, (struct insn){.op = OP_EXTEND16, .rn = 15, .rm = 2, .amount = 8});
    cr_expect_eq(b.state.r[0], 0x008100FF);
    bare_exec(&b, (struct insn){.op = OP_EXTEND_ADD, .rn = 1, .rm = 2, .width = 1, .sign = true});
    cr_expect_eq(b.state.r[0], 0xFFFEFF85);
}

Test(exec_dsp, usada8_sums_absolute_differences)
{
    cr_expect_eq(op2(OP_USADA8, 0, 0xFF000010, 0x00FF1000), 0xFF + 0xFF + 0x10 + 0x10);
    cr_expect_eq(op3(OP_USADA8, 0, 1, 3, 40), 42);
}

Test(exec_dsp, pkh_joins_halves)
{
    cr_expect_eq(op2(OP_PKH, 0, 0x11112222, 0x33334444), 0x33332222);
    cr_expect_eq(op2(OP_PKH, 1, 0x11112222, 0x33334444), 0x11114444);
    b.state.r[2] = 0x80000000;
    bare_exec(&b, (struct insn){.op = OP_PKH, .rn = 1, .rm = 2, .variant = 1, .shift = SHIFT_ASR,
                                .amount = 32});
    cr_expect_eq(b.state.r[0], 0x1111FFFF);
}
