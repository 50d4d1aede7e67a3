/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Multiplies and divides of the base instruction set. */
#include <criterion/criterion.h>

#include "tests/unit/cpu_harness.h"

static struct bare_cpu b;

static void setup(void)
{
    bare_init(&b);
}

TestSuite(exec_mul, .init = setup);

static uint64_t long_result(void)
{
    return (uint64_t)b.state.r[4] << 32 | b.state.r[3];
}

Test(exec_mul, mul_sets_n_and_z_and_keeps_c_and_v)
{
    bare_set_flags(&b, 3);
    b.state.r[1] = 0x10000;
    b.state.r[2] = 0x8000;
    bare_exec(&b, (struct insn){.op = OP_MUL, .rn = 1, .rm = 2, .setflags = FLAGS_ALWAYS});
    cr_expect_eq(b.state.r[0], 0x80000000);
    cr_expect_eq(bare_flags(&b), 8 | 3);
    b.state.r[2] = 0x10000;
    bare_exec(&b, (struct insn){.op = OP_MUL, .rn = 1, .rm = 2, .setflags = FLAGS_ALWAYS});
    cr_expect_eq(bare_flags(&b), 4 | 3, "only the low word counts");
}

Test(exec_mul, mla_adds_and_mls_subtracts_from_the_accumulator)
{
    b.state.r[1] = 7;
    b.state.r[2] = 6;
    b.state.r[3] = 50;
    bare_exec(&b, (struct insn){.op = OP_MLA, .rn = 1, .rm = 2, .ra = 3});
    cr_expect_eq(b.state.r[0], 92);
    bare_exec(&b, (struct insn){.op = OP_MLS, .rn = 1, .rm = 2, .ra = 3});
    cr_expect_eq(b.state.r[0], 8);
}

Test(exec_mul, long_multiplies_are_signed_or_unsigned)
{
    struct insn insn = {.op = OP_MULL, .rd = 4, .ra = 3, .rn = 1, .rm = 2};

    b.state.r[1] = 0xFFFFFFFF;
    b.state.r[2] = 2;
    bare_exec(&b, insn);
    cr_expect_eq(long_result(), 0x1FFFFFFFEu);
    insn.sign = true;
    bare_exec(&b, insn);
    cr_expect_eq(long_result(), (uint64_t)-2);
    insn.op = OP_MLAL;
    bare_exec(&b, insn);
    cr_expect_eq(long_result(), (uint64_t)-4);
    insn.sign = false;
    bare_exec(&b, insn);
    cr_expect_eq(long_result(), 0x1FFFFFFFAu);
}

static uint32_t divide(uint32_t n, uint32_t m, bool sign)
{
    b.state.r[1] = n;
    b.state.r[2] = m;
    bare_exec(&b, (struct insn){.op = OP_DIV, .rn = 1, .rm = 2, .sign = sign});
    return b.state.r[0];
}

Test(exec_mul, division_rounds_towards_zero)
{
    cr_expect_eq(divide(7, 2, false), 3);
    cr_expect_eq(divide((uint32_t)-7, 2, true), (uint32_t)-3);
    cr_expect_eq(divide(7, (uint32_t)-2, true), (uint32_t)-3);
    cr_expect_eq(divide(0xFFFFFFFE, 0xFFFFFFFF, false), 0);
}

Test(exec_mul, division_overflow_and_division_by_zero_have_defined_results)
{
    cr_expect_eq(divide(0x80000000, 0xFFFFFFFF, true), 0x80000000);
    cr_expect_eq(divide(5, 0, true), 0);
    cr_expect_eq(divide(5, 0, false), 0);
}

Test(exec_mul, a_wide_quotient_takes_longer)
{
    uint32_t quick;

    divide(1, 1, false);
    quick = b.cpu.cost;
    b.cpu.cost = 0;
    divide(0xFFFFFFFF, 1, false);
    cr_expect_gt(b.cpu.cost, quick);
}
