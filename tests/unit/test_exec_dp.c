/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data-processing operations: results, flags, and what must stay as it was. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/unit/cpu_harness.h"

static struct bare_cpu b;

static void setup(void)
{
    bare_init(&b);
}

TestSuite(exec_dp, .init = setup);

enum { F_N = 8, F_Z = 4, F_C = 2, F_V = 1 };

/* rd = rn <op> imm with flags set; rn in r1, rd r0. */
struct imm_case {
    uint16_t op;
    uint32_t n, imm;
    uint8_t carry;          /* enum insn_carry */
    unsigned before, after; /* NZCV */
    uint32_t result;
};

static void check_imm(const struct imm_case *t)
{
    bare_set_flags(&b, t->before);
    b.state.r[1] = t->n;
    bare_exec(&b, (struct insn){.op = t->op, .rn = 1, .imm = t->imm, .carry = t->carry,
                                .setflags = FLAGS_ALWAYS});
    cr_expect_eq(b.state.r[0], t->result, "op %u: %08x", t->op, b.state.r[0]);
    cr_expect_eq(bare_flags(&b), t->after, "op %u: flags %x", t->op, bare_flags(&b));
}

Test(exec_dp, logical_immediates_keep_v_and_take_carry_from_the_constant)
{
    static const struct imm_case cases[] = {
        {OP_AND_imm, 0xF0F0F0F0, 0x80000000, CARRY_SET, F_V, F_N | F_C | F_V, 0x80000000},
        {OP_AND_imm, 0x0F, 0xF0, CARRY_KEEP, F_C | F_N, F_Z | F_C, 0},
        {OP_BIC_imm, 0xFF, 0x0F, CARRY_CLEAR, F_C | F_V, F_V, 0xF0},
        {OP_ORR_imm, 0x100, 0x1, CARRY_KEEP, 0, 0, 0x101},
        {OP_ORN_imm, 0x100, 0x1, CARRY_KEEP, 0, F_N, 0xFFFFFFFE},
        {OP_EOR_imm, 0xFF, 0xFF, CARRY_KEEP, F_V, F_Z | F_V, 0},
        {OP_MOV_imm, 0, 0xFF000000, CARRY_SET, 0, F_N | F_C, 0xFF000000},
        {OP_MVN_imm, 0, 0, CARRY_KEEP, F_C, F_N | F_C, 0xFFFFFFFF},
    };

    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++)
        check_imm(&cases[n]);
}

Test(exec_dp, additions_and_subtractions_set_carry_and_overflow)
{
    static const struct imm_case cases[] = {
        {OP_ADD_imm, 0x7FFFFFFF, 1, 0, 0, F_N | F_V, 0x80000000},
        {OP_ADD_imm, 0xFFFFFFFF, 1, 0, 0, F_Z | F_C, 0},
        {OP_ADD_imm, 0x80000000, 0x80000000, 0, 0, F_Z | F_C | F_V, 0},
        {OP_ADC_imm, 0xFFFFFFFF, 0, 0, F_C, F_Z | F_C, 0},
        {OP_ADC_imm, 1, 2, 0, 0, 0, 3},
        {OP_SUB_imm, 5, 5, 0, 0, F_Z | F_C, 0},
        {OP_SUB_imm, 4, 5, 0, 0, F_N, 0xFFFFFFFF},
        {OP_SUB_imm, 0x80000000, 1, 0, 0, F_C | F_V, 0x7FFFFFFF},
        {OP_SBC_imm, 5, 4, 0, 0, F_Z | F_C, 0},
        {OP_SBC_imm, 5, 4, 0, F_C, F_C, 1},
        {OP_SBC_imm, 0, 0, 0, 0, F_N, 0xFFFFFFFF},
        {OP_RSB_imm, 1, 0, 0, 0, F_N, 0xFFFFFFFF},
        {OP_RSB_imm, 0x80000000, 0, 0, 0, F_N | F_V, 0x80000000},
    };

    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++)
        check_imm(&cases[n]);
}

Test(exec_dp, comparisons_write_flags_and_no_register)
{
    b.state.r[0] = 0x1234;
    b.state.r[1] = 3;
    bare_exec(&b, (struct insn){.op = OP_CMP_imm, .rn = 1, .imm = 4});
    cr_expect_eq(bare_flags(&b), F_N);
    bare_exec(&b, (struct insn){.op = OP_CMN_imm, .rn = 1, .imm = 0xFFFFFFFD});
    cr_expect_eq(bare_flags(&b), F_Z | F_C);
    bare_exec(&b, (struct insn){.op = OP_TST_imm, .rn = 1, .imm = 4});
    cr_expect_eq(bare_flags(&b), F_Z | F_C);
    bare_exec(&b, (struct insn){.op = OP_TEQ_imm, .rn = 1, .imm = 0x80000003, .carry = CARRY_CLEAR});
    cr_expect_eq(bare_flags(&b), F_N);
    cr_expect_eq(b.state.r[0], 0x1234);
}

Test(exec_dp, sixteen_bit_forms_set_flags_only_outside_an_it_block)
{
    struct insn insn = {.op = OP_SUB_imm, .rn = 1, .imm = 0, .setflags = FLAGS_OUTSIDE_IT, .size = 2};

    b.state.it = 0x08;
    bare_exec(&b, insn);
    cr_expect_eq(bare_flags(&b), 0);
    b.state.it = 0;
    bare_exec(&b, insn);
    cr_expect_eq(bare_flags(&b), F_Z | F_C);
    bare_set_flags(&b, 0);
    insn.setflags = FLAGS_NEVER;
    bare_exec(&b, insn);
    cr_expect_eq(bare_flags(&b), 0);
}

/* A shift by a register: type, value, amount, carry before; result and carry after. */
Test(exec_dp, shifts_by_register_follow_the_manual_at_every_edge)
{
    static const struct {
        uint8_t type;
        uint32_t value, amount;
        unsigned carry;
        uint32_t result;
        unsigned carry_out;
    } cases[] = {
        {SHIFT_LSL, 0x80000001, 0, 1, 0x80000001, 1}, {SHIFT_LSL, 0x80000001, 1, 0, 2, 1},
        {SHIFT_LSL, 1, 32, 0, 0, 1},                  {SHIFT_LSL, 1, 33, 1, 0, 0},
        {SHIFT_LSL, 0xFFFFFFFF, 255, 1, 0, 0},        {SHIFT_LSL, 3, 0x100, 1, 3, 1},
        {SHIFT_LSR, 0x80000001, 1, 0, 0x40000000, 1}, {SHIFT_LSR, 0x80000000, 32, 0, 0, 1},
        {SHIFT_LSR, 0x80000000, 33, 1, 0, 0},         {SHIFT_LSR, 0xFFFFFFFF, 200, 1, 0, 0},
        {SHIFT_ASR, 0x80000000, 31, 0, 0xFFFFFFFF, 0}, {SHIFT_ASR, 0x80000000, 32, 0, 0xFFFFFFFF, 1},
        {SHIFT_ASR, 0x80000000, 255, 0, 0xFFFFFFFF, 1}, {SHIFT_ASR, 0x7FFFFFFF, 64, 1, 0, 0},
        {SHIFT_ROR, 0x00000001, 1, 0, 0x80000000, 1}, {SHIFT_ROR, 0x80000000, 32, 0, 0x80000000, 1},
        {SHIFT_ROR, 0x00000001, 32, 1, 0x00000001, 0}, {SHIFT_ROR, 0x0000000F, 36, 0, 0xF0000000, 1},
    };

    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        bare_set_flags(&b, cases[n].carry ? F_C : 0);
        b.state.r[1] = cases[n].value;
        b.state.r[2] = cases[n].amount;
        bare_exec(&b, (struct insn){.op = OP_SHIFT_reg, .rn = 1, .rm = 2, .shift = cases[n].type,
                                    .setflags = FLAGS_ALWAYS});
        cr_expect_eq(b.state.r[0], cases[n].result, "case %zu: %08x", n, b.state.r[0]);
        cr_expect_eq(b.state.c, cases[n].carry_out, "case %zu: carry", n);
    }
}

Test(exec_dp, rrx_rotates_through_carry)
{
    bare_set_flags(&b, F_C);
    b.state.r[2] = 2;
    bare_exec(&b, (struct insn){.op = OP_MOV_reg, .rm = 2, .shift = SHIFT_RRX, .amount = 1,
                                .setflags = FLAGS_ALWAYS});
    cr_expect_eq(b.state.r[0], 0x80000001);
    cr_expect_eq(bare_flags(&b), F_N);
}

Test(exec_dp, a_shifted_operand_gives_logical_carry_but_not_arithmetic_carry)
{
    struct insn insn = {.op = OP_ORR_reg, .rn = 1, .rm = 2, .shift = SHIFT_LSL, .amount = 1,
                        .setflags = FLAGS_ALWAYS};

    b.state.r[2] = 0x80000000;
    bare_exec(&b, insn);
    cr_expect_eq(bare_flags(&b), F_Z | F_C);
    insn.op = OP_ADD_reg;
    bare_exec(&b, insn);
    cr_expect_eq(bare_flags(&b), F_Z);
}

Test(exec_dp, register_forms_combine_as_their_names_say)
{
    static const struct {
        uint16_t op;
        uint32_t result;
    } cases[] = {
        {OP_AND_reg, 0x00000030}, {OP_BIC_reg, 0x000000C5}, {OP_ORR_reg, 0x00000FF5},
        {OP_ORN_reg, 0xFFFFF0FF}, {OP_EOR_reg, 0x00000FC5}, {OP_ADD_reg, 0x00001025},
        {OP_ADC_reg, 0x00001026}, {OP_SUB_reg, 0xFFFFF1C5}, {OP_SBC_reg, 0xFFFFF1C5},
        {OP_RSB_reg, 0x00000E3B}, {OP_MVN_reg, 0xFFFFF0CF}, {OP_MOV_reg, 0x00000F30},
    };

    b.state.r[1] = 0xF5;
    b.state.r[2] = 0xF3;
    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        b.state.c = 1;
        bare_exec(&b, (struct insn){.op = cases[n].op, .rn = 1, .rm = 2, .shift = SHIFT_LSL,
                                    .amount = 4});
        cr_expect_eq(b.state.r[0], cases[n].result, "op %u: %08x", cases[n].op, b.state.r[0]);
    }
}

Test(exec_dp, the_stack_pointer_keeps_its_low_bits_zero)
{
    b.state.r[1] = 0x20000003;
    bare_exec(&b, (struct insn){.op = OP_MOV_reg, .rd = 13, .rm = 1});
    cr_expect_eq(b.state.r[13], 0x20000000);
    bare_exec(&b, (struct insn){.op = OP_ADD_imm, .rd = 13, .rn = 13, .imm = 7});
    cr_expect_eq(b.state.r[13], 0x20000004);
}

Test(exec_dp, the_pc_reads_as_the_instruction_plus_four)
{
    b.state.r[15] = 0x102;
    b.state.r[1] = 0x1000;
    bare_exec(&b, (struct insn){.op = OP_MOV_reg, .rm = 15, .size = 2});
    cr_expect_eq(b.state.r[0], 0x106);
    bare_exec(&b, (struct insn){.op = OP_ADD_reg, .rn = 1, .rm = 15, .size = 2});
    cr_expect_eq(b.state.r[0], 0x1106);
    bare_exec(&b, (struct insn){.op = OP_ADR, .imm = 8, .size = 2});
    cr_expect_eq(b.state.r[0], 0x10C, "aligned down to a word first");
    bare_exec(&b, (struct insn){.op = OP_ADR, .imm = (uint32_t)-8});
    cr_expect_eq(b.state.r[0], 0xFC);
}

Test(exec_dp, bit_fields_of_any_width_and_place)
{
    b.state.r[0] = 0xFFFFFFFF;
    b.state.r[1] = 0x12345678;
    bare_exec(&b, (struct insn){.op = OP_BFC, .amount = 8, .width = 16});
    cr_expect_eq(b.state.r[0], 0xFF0000FF);
    bare_exec(&b, (struct insn){.op = OP_BFI, .rn = 1, .amount = 4, .width = 8});
    cr_expect_eq(b.state.r[0], 0xFF00078F);
    bare_exec(&b, (struct insn){.op = OP_BFI, .rn = 1, .amount = 0, .width = 32});
    cr_expect_eq(b.state.r[0], 0x12345678);
    bare_exec(&b, (struct insn){.op = OP_UBFX, .rn = 1, .amount = 28, .width = 4});
    cr_expect_eq(b.state.r[0], 1);
    bare_exec(&b, (struct insn){.op = OP_SBFX, .rn = 1, .amount = 4, .width = 3});
    cr_expect_eq(b.state.r[0], 0xFFFFFFFF);
    bare_exec(&b, (struct insn){.op = OP_SBFX, .rn = 1, .amount = 0, .width = 32});
    cr_expect_eq(b.state.r[0], 0x12345678);
    bare_exec(&b, (struct insn){.op = OP_MOVT, .imm = 0xABCD});
    cr_expect_eq(b.state.r[0], 0xABCD5678);
}

Test(exec_dp, reversals_and_counts)
{
    static const struct {
        uint16_t op;
        uint32_t m, result;
    } cases[] = {
        {OP_CLZ, 0, 32},           {OP_CLZ, 1, 31},
        {OP_CLZ, 0x80000000, 0},   {OP_RBIT, 0x80000001, 0x80000001},
        {OP_RBIT, 0x12345678, 0x1E6A2C48}, {OP_REV, 0x12345678, 0x78563412},
        {OP_REV16, 0x12345678, 0x34127856}, {OP_REVSH, 0x12340080, 0xFFFF8000},
    };

    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        b.state.r[2] = cases[n].m;
        bare_exec(&b, (struct insn){.op = cases[n].op, .rm = 2});
        cr_expect_eq(b.state.r[0], cases[n].result, "case %zu: %08x", n, b.state.r[0]);
    }
}

Test(exec_dp, extensions_rotate_first)
{
    b.state.r[2] = 0x81828384;
    bare_exec(&b, (struct insn){.op = OP_EXTEND, .rm = 2, .width = 1, .sign = true});
    cr_expect_eq(b.state.r[0], 0xFFFFFF84);
    bare_exec(&b, (struct insn){.op = OP_EXTEND, .rm = 2, .width = 2, .amount = 8});
    cr_expect_eq(b.state.r[0], 0x8283);
    bare_exec(&b, (struct insn){.op = OP_EXTEND, .rm = 2, .width = 2, .amount = 24, .sign = true});
    cr_expect_eq(b.state.r[0], 0xFFFF8481);
}

Test(exec_dp, saturation_sets_q_and_never_clears_it)
{
    b.state.r[1] = 127;
    bare_exec(&b, (struct insn){.op = OP_SSAT, .rn = 1, .imm = 8});
    cr_expect_eq(b.state.r[0], 127);
    cr_expect_eq(b.state.q, 0);
    b.state.r[1] = (uint32_t)-129;
    bare_exec(&b, (struct insn){.op = OP_SSAT, .rn = 1, .imm = 8});
    cr_expect_eq(b.state.r[0], (uint32_t)-128);
    cr_expect_eq(b.state.q, 1);
    b.state.r[1] = 1;
    bare_exec(&b, (struct insn){.op = OP_USAT, .rn = 1, .imm = 8});
    cr_expect_eq(b.state.q, 1, "sticky");
    b.state.q = 0;
    b.state.r[1] = (uint32_t)-1;
    bare_exec(&b, (struct insn){.op = OP_USAT, .rn = 1, .imm = 8});
    cr_expect_eq(b.state.r[0], 0);
    cr_expect_eq(b.state.q, 1);
    b.state.r[1] = 0x01000000;
    bare_exec(&b, (struct insn){.op = OP_SSAT, .rn = 1, .imm = 32, .shift = SHIFT_LSL, .amount = 8});
    cr_expect_eq(b.state.r[0], 0, "the shift itself does not saturate");
}
