/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floating-point instructions: registers, memory and the check before them. Arithmetic is test_fparith's. */
#include <criterion/criterion.h>

#include "tests/unit/rig.h"

static void setup(void)
{
    rig_create(CPU_CORTEX_M4F);
    rig_poke(SCB_SHCSR, SHCSR_FAULTS);
    rig_poke(SCB_CPACR, CPACR_FPU);
    rig_set(1, RIG_DATA);
}

TestSuite(exec_fp, .init = setup, .fini = rig_destroy);

enum { USAGEFAULT = 6, F_1 = 0x3F800000, F_2 = 0x40000000, F_3 = 0x40400000, F_6 = 0x40C00000, F_5 = 0x40A00000,
       F_7 = 0x40E00000, SIGN = (int)0x80000000 };

static uint32_t s(unsigned n)
{
    return rig_reg(REG_S0 + n);
}

static void set_s(unsigned n, uint32_t value)
{
    rig_set(REG_S0 + n, value);
}

Test(exec_fp, nothing_works_while_the_fpu_is_off)
{
    rig_poke(SCB_CPACR, 0);
    rig_code(0xEE30, 0x1A20);   /* vadd.f32 s2, s0, s1 */
    rig_step(1);
    cr_expect_eq(rig_exception(), USAGEFAULT);
    cr_expect_eq(rig_peek(SCB_CFSR), 1u << 19, "NOCP");
    cr_expect_eq(rig_stacked(6), RIG_CODE);
}

Test(exec_fp, a_cortex_m3_has_no_fpu_to_turn_on)
{
    rig_create(CPU_CORTEX_M3);
    rig_poke(SCB_SHCSR, SHCSR_FAULTS);
    rig_poke(SCB_CPACR, CPACR_FPU);
    rig_code(0xEE30, 0x1A20);   /* vadd.f32 s2, s0, s1 */
    rig_step(1);
    cr_expect_eq(rig_peek(SCB_CFSR), 1u << 19, "NOCP");
}

Test(exec_fp, the_first_instruction_creates_a_context)
{
    rig_code(0xEE30, 0x1A20);   /* vadd.f32 s2, s0, s1 */
    rig_step(1);
    cr_expect_eq(rig_reg(REG_CONTROL), 4, "FPCA");
}

Test(exec_fp, multiply_accumulate_signs)
{
    static const struct {
        uint16_t first, second;
        uint32_t result;
    } cases[] = {
        {0xEE00, 0x0A81, F_7},          /* vmla  s0, s1, s2:   1 + 2*3 */
        {0xEE00, 0x0AC1, SIGN | F_5},   /* vmls:               1 - 2*3 */
        {0xEE10, 0x0A81, F_5},          /* vnmls:             -1 + 2*3 */
        {0xEE10, 0x0AC1, SIGN | F_7},   /* vnmla:             -1 - 2*3 */
        {0xEEA0, 0x0A81, F_7},          /* vfma */
        {0xEEA0, 0x0AC1, SIGN | F_5},   /* vfms */
        {0xEE90, 0x0A81, F_5},          /* vfnms */
        {0xEE90, 0x0AC1, SIGN | F_7},   /* vfnma */
        {0xEE20, 0x0AC1, SIGN | F_6},   /* vnmul:                - 2*3 */
    };

    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        set_s(0, F_1);
        set_s(1, F_2);
        set_s(2, F_3);
        rig_code(cases[n].first, cases[n].second);
        rig_step(1);
        cr_expect_eq(s(0), cases[n].result, "case %zu: %08x", n, s(0));
    }
}

Test(exec_fp, chained_rounds_twice_and_fused_once)
{
    uint32_t chained;

    /* (1 + 2^-12)^2 - (1 + 2^-11): the exact answer is 2^-24, which the rounded product has lost. */
    for (unsigned fused = 0; fused < 2; fused++) {
        set_s(0, 0xBF801000);
        set_s(1, 0x3F800800);
        set_s(2, 0x3F800800);
        rig_code(fused ? 0xEEA0 : 0xEE00, 0x0A81);
        rig_step(1);
        chained = s(0);
        cr_expect_eq(chained, fused ? 0x33800000 : 0, "%08x", chained);
    }
}

Test(exec_fp, comparisons_reach_the_core_flags)
{
    set_s(0, F_1);
    set_s(1, F_2);
    rig_code(0xEEB4, 0x0A60,    /* vcmp.f32 s0, s1 */
             0xEEF1, 0xFA10,    /* vmrs apsr_nzcv, fpscr */
             0xEEB5, 0x0AC0,    /* vcmpe.f32 s0, #0.0 */
             0xEEF1, 0x0A10);   /* vmrs r0, fpscr */
    rig_step(2);
    cr_expect_eq(rig_reg(REG_XPSR) >> 28, 8, "less: N");
    rig_step(2);
    cr_expect_eq(rig_reg(0) >> 28, 2, "greater: C");
}

Test(exec_fp, fpscr_holds_only_the_bits_that_exist)
{
    rig_set(0, 0xFFFFFFFF);
    rig_code(0xEEE1, 0x0A10,    /* vmsr fpscr, r0 */
             0xEEF1, 0x2A10);   /* vmrs r2, fpscr */
    rig_step(2);
    cr_expect_eq(rig_reg(2), 0xF7C0009F);
}

Test(exec_fp, registers_move_to_and_from_the_core)
{
    rig_set(0, 10);
    rig_set(2, 12);
    rig_set(3, 13);
    rig_code(0xEE00, 0x0A10,    /* vmov s0, r0 */
             0xEE10, 0x7A10,    /* vmov r7, s0 */
             0xEC43, 0x2A10,    /* vmov s0, s1, r2, r3 */
             0xEC55, 0x4A10);   /* vmov r4, r5, s0, s1 */
    rig_step(4);
    cr_expect_eq(rig_reg(7), 10);
    cr_expect_eq(s(0), 12);
    cr_expect_eq(s(1), 13);
    cr_expect_eq(rig_reg(4), 12);
    cr_expect_eq(rig_reg(5), 13);
}

Test(exec_fp, half_precision_goes_to_the_half_that_is_named)
{
    set_s(0, 0x11112222);
    set_s(1, F_1);
    rig_code(0xEEB3, 0x0AE0,    /* vcvtt.f16.f32 s0, s1 */
             0xEEB2, 0x1AC0);   /* vcvtt.f32.f16 s2, s0 */
    rig_step(1);
    cr_expect_eq(s(0), 0x3C002222);
    rig_step(1);
    cr_expect_eq(s(2), F_1);
}

Test(exec_fp, double_registers_are_pairs_of_single_ones)
{
    set_s(0, 0xA0);
    set_s(1, 0xA1);
    rig_code(0xED81, 0x0B02,    /* vstr d0, [r1, #8] */
             0xED91, 0x1B02);   /* vldr d1, [r1, #8] */
    rig_step(2);
    cr_expect_eq(rig_peek(RIG_DATA + 8), 0xA0);
    cr_expect_eq(rig_peek(RIG_DATA + 12), 0xA1);
    cr_expect_eq(s(2), 0xA0);
    cr_expect_eq(s(3), 0xA1);
}

Test(exec_fp, lists_move_in_order_and_write_the_base_back)
{
    for (unsigned n = 0; n < 4; n++)
        set_s(n, 100 + n);
    rig_code(0xED2D, 0x0A04,    /* vpush {s0-s3} */
             0xECBD, 0x2A04,    /* vpop {s4-s7} */
             0xECB1, 0x1A04);   /* vldmia r1!, {s2-s5} */
    rig_step(1);
    cr_expect_eq(rig_reg(REG_SP), RIG_STACK - 16);
    cr_expect_eq(rig_peek(RIG_STACK - 16), 100);
    rig_step(2);
    cr_expect_eq(rig_reg(REG_SP), RIG_STACK);
    cr_expect_eq(s(7), 103);
    cr_expect_eq(s(2), 0);
    cr_expect_eq(rig_reg(1), RIG_DATA + 16);
}

Test(exec_fp, a_list_that_faults_changes_no_register)
{
    rig_set(1, RIG_SRAM + RIG_SIZE - 8);
    rig_poke(RIG_SRAM + RIG_SIZE - 8, 55);
    set_s(2, 7);
    rig_code(0xECB1, 0x1A04);   /* vldmia r1!, {s2-s5} */
    rig_step(1);
    cr_expect_eq(rig_exception(), 5);
    cr_expect_eq(rig_stacked(1), RIG_SRAM + RIG_SIZE - 8);
    cr_expect_eq(s(2), 7);
}

Test(exec_fp, memory_must_be_aligned)
{
    rig_set(1, RIG_DATA + 2);
    rig_code(0xED91, 0x0A00);   /* vldr s0, [r1] */
    rig_step(1);
    cr_expect_eq(rig_peek(SCB_CFSR), 1u << 24, "UNALIGNED");
}
