/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arm's floating-point rules one by one (Armv7-M ARM A2.5), with expected values worked out by hand.
 * Comparisons with other implementations over many operands: test_fparith_host.c, test_fparith_unicorn.c.
 */
#include <criterion/criterion.h>

#include "core/arm/fparith.h"

#define RMODE(mode) ((uint32_t)(mode) << FPSCR_RMODE_SHIFT)
#define NEG 0x80000000u
#define ONE 0x3F800000u
#define TWO 0x40000000u
#define THREE 0x40400000u
#define INF 0x7F800000u
#define MAX_NORMAL 0x7F7FFFFFu
#define MIN_NORMAL 0x00800000u
#define MAX_DENORMAL 0x007FFFFFu
#define MIN_DENORMAL 0x00000001u

/* `call` is evaluated with the FPSCR `in`; its result and the flags it adds are compared. */
#define EXPECT(call, in, result, flags)                                                                          \
    do {                                                                                                         \
        uint32_t fpscr_in = (in), fpscr = fpscr_in;                                                              \
        uint32_t got = (call);                                                                                   \
        cr_expect_eq(got, (uint32_t)(result), #call " = %08x, expected %08x", got, (uint32_t)(result));          \
        cr_expect_eq(fpscr, fpscr_in | (flags), #call ": FPSCR %08x, expected %08x", fpscr, fpscr_in | (flags)); \
    } while (0)

Test(fparith, exact_results_raise_nothing)
{
    EXPECT(fp_add(ONE, TWO, &fpscr), 0, THREE, 0);
    EXPECT(fp_sub(THREE, ONE, &fpscr), 0, TWO, 0);
    EXPECT(fp_mul(THREE, 0xC0000000, &fpscr), 0, 0xC0C00000, 0);
    EXPECT(fp_div(0x40C00000, TWO, &fpscr), 0, THREE, 0);
    EXPECT(fp_sqrt(0x40800000, &fpscr), 0, TWO, 0);
    EXPECT(fp_muladd(ONE, TWO, THREE, &fpscr), 0, 0x40E00000, 0);
}

Test(fparith, flags_accumulate_and_nothing_else_changes)
{
    uint32_t before = FPSCR_NZCV | FPSCR_OFC | FPSCR_AHP | RMODE(FP_RZ);
    EXPECT(fp_div(ONE, THREE, &fpscr), before, 0x3EAAAAAA, FPSCR_IXC);
    EXPECT(fp_add(ONE, ONE, &fpscr), before | FPSCR_IDC | FPSCR_IOC, TWO, 0);
}

Test(fparith, rounding_modes)
{
    /* one third, between 0x3EAAAAAA and 0x3EAAAAAB, nearer to the latter */
    EXPECT(fp_div(ONE, THREE, &fpscr), RMODE(FP_RN), 0x3EAAAAAB, FPSCR_IXC);
    EXPECT(fp_div(ONE, THREE, &fpscr), RMODE(FP_RP), 0x3EAAAAAB, FPSCR_IXC);
    EXPECT(fp_div(ONE, THREE, &fpscr), RMODE(FP_RM), 0x3EAAAAAA, FPSCR_IXC);
    EXPECT(fp_div(ONE, THREE, &fpscr), RMODE(FP_RZ), 0x3EAAAAAA, FPSCR_IXC);
    EXPECT(fp_div(NEG | ONE, THREE, &fpscr), RMODE(FP_RP), 0xBEAAAAAA, FPSCR_IXC);
    EXPECT(fp_div(NEG | ONE, THREE, &fpscr), RMODE(FP_RM), 0xBEAAAAAB, FPSCR_IXC);
    EXPECT(fp_div(NEG | ONE, THREE, &fpscr), RMODE(FP_RZ), 0xBEAAAAAA, FPSCR_IXC);
}

Test(fparith, ties_go_to_even)
{
    EXPECT(fp_add(0x4B800000, ONE, &fpscr), 0, 0x4B800000, FPSCR_IXC); /* 2^24 + 1 */
    EXPECT(fp_add(0x4B800001, ONE, &fpscr), 0, 0x4B800002, FPSCR_IXC); /* 2^24 + 2 + 1 */
    EXPECT(fp_add(0x4B800000, 0x3F800001, &fpscr), 0, 0x4B800001, FPSCR_IXC); /* just above the tie */
    EXPECT(fp_sub(0x4B800000, 0x3F000000, &fpscr), 0, 0x4B800000, FPSCR_IXC); /* 2^24 - 0.5 */
}

Test(fparith, sticky_bits_far_below_still_count)
{
    EXPECT(fp_add(ONE, MIN_DENORMAL, &fpscr), RMODE(FP_RP), 0x3F800001, FPSCR_IXC);
    EXPECT(fp_sub(ONE, MIN_DENORMAL, &fpscr), RMODE(FP_RZ), 0x3F7FFFFF, FPSCR_IXC);
    EXPECT(fp_sub(ONE, MIN_DENORMAL, &fpscr), RMODE(FP_RN), ONE, FPSCR_IXC);
    EXPECT(fp_muladd(MAX_NORMAL, MIN_DENORMAL, MIN_DENORMAL, &fpscr), RMODE(FP_RP), INF, FPSCR_OFC | FPSCR_IXC);
}

Test(fparith, exact_zero_sum_is_negative_only_towards_minus_infinity)
{
    for (unsigned mode = FP_RN; mode <= FP_RZ; mode++) {
        uint32_t zero = mode == FP_RM ? NEG : 0;
        EXPECT(fp_sub(ONE, ONE, &fpscr), RMODE(mode), zero, 0);
        EXPECT(fp_add(0, NEG, &fpscr), RMODE(mode), zero, 0);
        EXPECT(fp_muladd(0xC0C00000, TWO, THREE, &fpscr), RMODE(mode), zero, 0);
        EXPECT(fp_add(NEG, NEG, &fpscr), RMODE(mode), NEG, 0);
        EXPECT(fp_sub(0, NEG, &fpscr), RMODE(mode), 0, 0);
        EXPECT(fp_muladd(NEG, NEG, ONE, &fpscr), RMODE(mode), NEG, 0);
    }
}

Test(fparith, overflow_goes_to_infinity_or_stops_by_mode)
{
    uint32_t flags = FPSCR_OFC | FPSCR_IXC;
    EXPECT(fp_mul(MAX_NORMAL, TWO, &fpscr), RMODE(FP_RN), INF, flags);
    EXPECT(fp_mul(MAX_NORMAL, TWO, &fpscr), RMODE(FP_RP), INF, flags);
    EXPECT(fp_mul(MAX_NORMAL, TWO, &fpscr), RMODE(FP_RM), MAX_NORMAL, flags);
    EXPECT(fp_mul(MAX_NORMAL, TWO, &fpscr), RMODE(FP_RZ), MAX_NORMAL, flags);
    EXPECT(fp_mul(NEG | MAX_NORMAL, TWO, &fpscr), RMODE(FP_RN), NEG | INF, flags);
    EXPECT(fp_mul(NEG | MAX_NORMAL, TWO, &fpscr), RMODE(FP_RP), NEG | MAX_NORMAL, flags);
    EXPECT(fp_mul(NEG | MAX_NORMAL, TWO, &fpscr), RMODE(FP_RM), NEG | INF, flags);
}

Test(fparith, overflow_by_rounding_alone)
{
    /* The largest normal plus half a unit: a tie, to infinity; anything less stays. */
    EXPECT(fp_add(MAX_NORMAL, 0x73000000, &fpscr), 0, INF, FPSCR_OFC | FPSCR_IXC);
    EXPECT(fp_add(MAX_NORMAL, 0x72FFFFFF, &fpscr), 0, MAX_NORMAL, FPSCR_IXC);
}

Test(fparith, tininess_is_detected_before_rounding)
{
    /* MIN_NORMAL * (1 - 2^-24): rounds up to the smallest normal and is still an underflow. */
    EXPECT(fp_mul(MIN_NORMAL, 0x3F7FFFFF, &fpscr), 0, MIN_NORMAL, FPSCR_UFC | FPSCR_IXC);
    EXPECT(fp_mul(0x00800001, 0x3F7FFFFF, &fpscr), RMODE(FP_RZ), MIN_NORMAL, FPSCR_IXC);
}

Test(fparith, exact_denormal_is_no_underflow)
{
    EXPECT(fp_mul(MIN_NORMAL, 0x3F000000, &fpscr), 0, 0x00400000, 0);
    EXPECT(fp_sub(0x00800001, MIN_NORMAL, &fpscr), 0, MIN_DENORMAL, 0);
}

Test(fparith, inexact_denormal_rounds_at_its_last_bit)
{
    uint32_t flags = FPSCR_UFC | FPSCR_IXC;
    EXPECT(fp_mul(MIN_DENORMAL, 0x3F000000, &fpscr), RMODE(FP_RN), 0, flags); /* tie to even */
    EXPECT(fp_mul(3, 0x3F000000, &fpscr), RMODE(FP_RN), 2, flags);
    EXPECT(fp_mul(MIN_DENORMAL, 0x3F000001, &fpscr), RMODE(FP_RN), 1, flags);
    EXPECT(fp_mul(MIN_DENORMAL, MIN_DENORMAL, &fpscr), RMODE(FP_RN), 0, flags);
    EXPECT(fp_mul(MIN_DENORMAL, MIN_DENORMAL, &fpscr), RMODE(FP_RP), 1, flags);
    EXPECT(fp_mul(NEG | MIN_DENORMAL, MIN_DENORMAL, &fpscr), RMODE(FP_RM), NEG | 1, flags);
}

Test(fparith, flush_to_zero_of_inputs_sets_only_idc)
{
    EXPECT(fp_add(MAX_DENORMAL, MAX_DENORMAL, &fpscr), FPSCR_FZ, 0, FPSCR_IDC);
    EXPECT(fp_add(NEG | MAX_DENORMAL, NEG, &fpscr), FPSCR_FZ, NEG, FPSCR_IDC);
    EXPECT(fp_add(ONE, MAX_DENORMAL, &fpscr), FPSCR_FZ | RMODE(FP_RP), ONE, FPSCR_IDC);
    EXPECT(fp_div(ONE, MAX_DENORMAL, &fpscr), FPSCR_FZ, INF, FPSCR_IDC | FPSCR_DZC);
    EXPECT(fp_mul(INF, MAX_DENORMAL, &fpscr), FPSCR_FZ, FP_DEFAULT_NAN, FPSCR_IDC | FPSCR_IOC);
    EXPECT(fp_sqrt(NEG | MAX_DENORMAL, &fpscr), FPSCR_FZ, NEG, FPSCR_IDC);
    EXPECT(fp_to_int(MAX_DENORMAL, true, false, &fpscr), FPSCR_FZ | RMODE(FP_RP), 0, FPSCR_IDC);
    EXPECT(fp_compare(MAX_DENORMAL, NEG, false, &fpscr), FPSCR_FZ, 0x6, FPSCR_IDC);
    EXPECT(fp_add(MAX_DENORMAL, 0x7FC00001, &fpscr), FPSCR_FZ, 0x7FC00001, FPSCR_IDC);
}

Test(fparith, flush_to_zero_of_results_sets_only_ufc)
{
    EXPECT(fp_mul(MIN_NORMAL, 0xBF000000, &fpscr), FPSCR_FZ, NEG, FPSCR_UFC); /* exact without FZ */
    EXPECT(fp_mul(MIN_NORMAL, 0x3EAAAAAB, &fpscr), FPSCR_FZ, 0, FPSCR_UFC);
    EXPECT(fp_mul(MIN_NORMAL, 0x3EAAAAAB, &fpscr), FPSCR_FZ | RMODE(FP_RP), 0, FPSCR_UFC);
    EXPECT(fp_mul(MIN_NORMAL, 0x3F7FFFFF, &fpscr), FPSCR_FZ, 0, FPSCR_UFC); /* would round to normal */
    EXPECT(fp_sub(0x00800001, MIN_NORMAL, &fpscr), FPSCR_FZ, 0, FPSCR_UFC);
    EXPECT(fp_muladd(0, MIN_NORMAL, 0xBF000000, &fpscr), FPSCR_FZ, NEG, FPSCR_UFC);
}

Test(fparith, division_by_zero_and_infinity)
{
    EXPECT(fp_div(ONE, 0, &fpscr), 0, INF, FPSCR_DZC);
    EXPECT(fp_div(ONE, NEG, &fpscr), 0, NEG | INF, FPSCR_DZC);
    EXPECT(fp_div(INF, 0, &fpscr), 0, INF, 0);
    EXPECT(fp_div(NEG | ONE, INF, &fpscr), 0, NEG, 0);
    EXPECT(fp_div(0, ONE, &fpscr), 0, 0, 0);
    EXPECT(fp_div(0, NEG, &fpscr), 0, FP_DEFAULT_NAN, FPSCR_IOC);
    EXPECT(fp_div(INF, NEG | INF, &fpscr), 0, FP_DEFAULT_NAN, FPSCR_IOC);
}

Test(fparith, invalid_operations_give_the_positive_default_nan)
{
    EXPECT(fp_add(INF, NEG | INF, &fpscr), 0, FP_DEFAULT_NAN, FPSCR_IOC);
    EXPECT(fp_sub(INF, INF, &fpscr), 0, FP_DEFAULT_NAN, FPSCR_IOC);
    EXPECT(fp_mul(NEG, INF, &fpscr), 0, FP_DEFAULT_NAN, FPSCR_IOC);
    EXPECT(fp_sqrt(NEG | ONE, &fpscr), 0, FP_DEFAULT_NAN, FPSCR_IOC);
    EXPECT(fp_sqrt(NEG | INF, &fpscr), 0, FP_DEFAULT_NAN, FPSCR_IOC);
    EXPECT(fp_muladd(NEG | INF, INF, ONE, &fpscr), 0, FP_DEFAULT_NAN, FPSCR_IOC);
    EXPECT(fp_muladd(ONE, INF, 0, &fpscr), 0, FP_DEFAULT_NAN, FPSCR_IOC);
}

Test(fparith, infinities_add_and_multiply)
{
    EXPECT(fp_add(INF, ONE, &fpscr), 0, INF, 0);
    EXPECT(fp_sub(ONE, INF, &fpscr), 0, NEG | INF, 0);
    EXPECT(fp_sub(INF, NEG | INF, &fpscr), 0, INF, 0);
    EXPECT(fp_mul(NEG | INF, MIN_DENORMAL, &fpscr), 0, NEG | INF, 0);
    EXPECT(fp_muladd(INF, MAX_NORMAL, NEG | MAX_NORMAL, &fpscr), 0, INF, 0);
    EXPECT(fp_sqrt(INF, &fpscr), 0, INF, 0);
    EXPECT(fp_sqrt(NEG, &fpscr), 0, NEG, 0);
}

#define QNAN1 0x7FC00111u
#define QNAN2 0xFFC00222u
#define QNAN3 0x7FC00333u
#define SNAN1 0x7F800111u
#define SNAN2 0xFF800222u
#define SNAN3 0x7F800333u
#define QUIET(nan) ((nan) | 0x00400000u)

Test(fparith, first_signalling_nan_else_first_quiet_nan)
{
    EXPECT(fp_add(QNAN1, QNAN2, &fpscr), 0, QNAN1, 0);
    EXPECT(fp_add(ONE, QNAN2, &fpscr), 0, QNAN2, 0);
    EXPECT(fp_add(QNAN1, SNAN2, &fpscr), 0, QUIET(SNAN2), FPSCR_IOC);
    EXPECT(fp_mul(SNAN1, SNAN2, &fpscr), 0, QUIET(SNAN1), FPSCR_IOC);
    EXPECT(fp_div(SNAN1, QNAN2, &fpscr), 0, QUIET(SNAN1), FPSCR_IOC);
    EXPECT(fp_sqrt(SNAN2, &fpscr), 0, QUIET(SNAN2), FPSCR_IOC);
    EXPECT(fp_sqrt(QNAN2, &fpscr), 0, QNAN2, 0);
}

Test(fparith, subtraction_keeps_the_sign_of_a_nan)
{
    EXPECT(fp_sub(ONE, QNAN1, &fpscr), 0, QNAN1, 0);
    EXPECT(fp_sub(ONE, SNAN2, &fpscr), 0, QUIET(SNAN2), FPSCR_IOC);
}

Test(fparith, muladd_considers_the_addend_first)
{
    EXPECT(fp_muladd(QNAN1, QNAN2, QNAN3, &fpscr), 0, QNAN1, 0);
    EXPECT(fp_muladd(ONE, QNAN2, QNAN3, &fpscr), 0, QNAN2, 0);
    EXPECT(fp_muladd(ONE, TWO, QNAN3, &fpscr), 0, QNAN3, 0);
    EXPECT(fp_muladd(QNAN1, QNAN2, SNAN3, &fpscr), 0, QUIET(SNAN3), FPSCR_IOC);
    EXPECT(fp_muladd(QNAN1, SNAN2, SNAN3, &fpscr), 0, QUIET(SNAN2), FPSCR_IOC);
    EXPECT(fp_muladd(SNAN1, SNAN2, SNAN3, &fpscr), 0, QUIET(SNAN1), FPSCR_IOC);
}

Test(fparith, muladd_infinity_times_zero_beats_a_quiet_addend_only)
{
    EXPECT(fp_muladd(QNAN1, INF, 0, &fpscr), 0, FP_DEFAULT_NAN, FPSCR_IOC);
    EXPECT(fp_muladd(QNAN1, NEG, INF, &fpscr), 0, FP_DEFAULT_NAN, FPSCR_IOC);
    EXPECT(fp_muladd(SNAN1, INF, 0, &fpscr), 0, QUIET(SNAN1), FPSCR_IOC);
    EXPECT(fp_muladd(QNAN1, INF, MIN_DENORMAL, &fpscr), FPSCR_FZ, FP_DEFAULT_NAN, FPSCR_IOC | FPSCR_IDC);
}

Test(fparith, default_nan_mode_forgets_payloads_but_not_the_exception)
{
    EXPECT(fp_add(QNAN2, ONE, &fpscr), FPSCR_DN, FP_DEFAULT_NAN, 0);
    EXPECT(fp_sqrt(SNAN2, &fpscr), FPSCR_DN, FP_DEFAULT_NAN, FPSCR_IOC);
    EXPECT(fp_muladd(QNAN2, ONE, ONE, &fpscr), FPSCR_DN, FP_DEFAULT_NAN, 0);
}

Test(fparith, negation_and_absolute_value_touch_only_the_sign)
{
    cr_expect_eq(fp_neg(SNAN1), SNAN1 | NEG);
    cr_expect_eq(fp_neg(NEG | MIN_DENORMAL), MIN_DENORMAL);
    cr_expect_eq(fp_abs(QNAN2), QNAN2 & ~NEG);
    cr_expect_eq(fp_abs(ONE), ONE);
}

Test(fparith, muladd_rounds_once_and_the_chain_twice)
{
    /* (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24, which the rounded product has lost. */
    uint32_t a = 0x3F800800, c = 0xBF801000;
    EXPECT(fp_muladd(c, a, a, &fpscr), 0, 0x33800000, 0);
    EXPECT(fp_add(c, fp_mul(a, a, &fpscr), &fpscr), 0, 0, FPSCR_IXC);
}

Test(fparith, compare_orders_and_reports_unordered)
{
    EXPECT(fp_compare(ONE, ONE, false, &fpscr), 0, 0x6, 0);
    EXPECT(fp_compare(0, NEG, false, &fpscr), 0, 0x6, 0);
    EXPECT(fp_compare(ONE, TWO, false, &fpscr), 0, 0x8, 0);
    EXPECT(fp_compare(NEG | ONE, NEG | TWO, false, &fpscr), 0, 0x2, 0);
    EXPECT(fp_compare(NEG | INF, MIN_DENORMAL, false, &fpscr), 0, 0x8, 0);
    EXPECT(fp_compare(INF, MAX_NORMAL, false, &fpscr), 0, 0x2, 0);
    EXPECT(fp_compare(QNAN1, ONE, false, &fpscr), 0, 0x3, 0);
    EXPECT(fp_compare(ONE, QNAN1, true, &fpscr), 0, 0x3, FPSCR_IOC);
    EXPECT(fp_compare(ONE, SNAN1, false, &fpscr), 0, 0x3, FPSCR_IOC);
    EXPECT(fp_compare(QNAN1, SNAN1, false, &fpscr), 0, 0x3, FPSCR_IOC);
}

Test(fparith, to_int_rounds_by_instruction_or_mode)
{
    EXPECT(fp_to_int(0x40200000, true, true, &fpscr), 0, 2, FPSCR_IXC);   /* 2.5 */
    EXPECT(fp_to_int(0x40200000, true, false, &fpscr), 0, 2, FPSCR_IXC);
    EXPECT(fp_to_int(0x40600000, true, false, &fpscr), 0, 4, FPSCR_IXC);  /* 3.5 */
    EXPECT(fp_to_int(0x40200000, true, false, &fpscr), RMODE(FP_RP), 3, FPSCR_IXC);
    EXPECT(fp_to_int(0xC0200000, true, false, &fpscr), RMODE(FP_RM), (uint32_t)-3, FPSCR_IXC);
    EXPECT(fp_to_int(0xC0200000, true, true, &fpscr), RMODE(FP_RM), (uint32_t)-2, FPSCR_IXC);
    EXPECT(fp_to_int(MIN_DENORMAL, false, false, &fpscr), RMODE(FP_RP), 1, FPSCR_IXC);
}

Test(fparith, to_int_saturates)
{
    EXPECT(fp_to_int(0x4F000000, true, true, &fpscr), 0, 0x7FFFFFFF, FPSCR_IOC); /* 2^31 */
    EXPECT(fp_to_int(0xCF000000, true, true, &fpscr), 0, 0x80000000, 0);
    EXPECT(fp_to_int(0xCF000001, true, true, &fpscr), 0, 0x80000000, FPSCR_IOC);
    EXPECT(fp_to_int(0x4F7FFFFF, false, true, &fpscr), 0, 0xFFFFFF00, 0);
    EXPECT(fp_to_int(0x4F800000, false, true, &fpscr), 0, 0xFFFFFFFF, FPSCR_IOC);
    EXPECT(fp_to_int(NEG | INF, true, true, &fpscr), 0, 0x80000000, FPSCR_IOC);
    EXPECT(fp_to_int(INF, false, true, &fpscr), 0, 0xFFFFFFFF, FPSCR_IOC);
    EXPECT(fp_to_int(NEG | ONE, false, true, &fpscr), 0, 0, FPSCR_IOC);
    EXPECT(fp_to_int(0xBF000000, false, true, &fpscr), 0, 0, FPSCR_IXC); /* -0.5 is 0, inexact */
    EXPECT(fp_to_int(QNAN2, true, true, &fpscr), 0, 0, FPSCR_IOC);
    EXPECT(fp_to_int(SNAN1, false, false, &fpscr), 0, 0, FPSCR_IOC);
}

Test(fparith, from_int_rounds_by_mode)
{
    EXPECT(fp_from_int(0, true, &fpscr), RMODE(FP_RM), 0, 0);
    EXPECT(fp_from_int((uint32_t)-1, true, &fpscr), 0, NEG | ONE, 0);
    EXPECT(fp_from_int(0x80000000, true, &fpscr), 0, 0xCF000000, 0);
    EXPECT(fp_from_int(0xFFFFFFFF, false, &fpscr), 0, 0x4F800000, FPSCR_IXC);
    EXPECT(fp_from_int(0xFFFFFFFF, false, &fpscr), RMODE(FP_RZ), 0x4F7FFFFF, FPSCR_IXC);
    EXPECT(fp_from_int(0x01000001, true, &fpscr), RMODE(FP_RN), 0x4B800000, FPSCR_IXC);
    EXPECT(fp_from_int(0x01000001, true, &fpscr), RMODE(FP_RP), 0x4B800001, FPSCR_IXC);
}

Test(fparith, to_fixed_truncates_scales_and_extends)
{
    EXPECT(fp_to_fixed(0x3FC00000, 32, 16, true, &fpscr), 0, 0x00018000, 0); /* 1.5 */
    EXPECT(fp_to_fixed(0xBFC00000, 16, 8, true, &fpscr), 0, 0xFFFFFE80, 0);
    EXPECT(fp_to_fixed(0x3F7FFFFF, 16, 16, false, &fpscr), RMODE(FP_RP), 0x0000FFFF, FPSCR_IXC);
    EXPECT(fp_to_fixed(ONE, 16, 16, false, &fpscr), 0, 0x0000FFFF, FPSCR_IOC);
    EXPECT(fp_to_fixed(ONE, 16, 15, true, &fpscr), 0, 0x00007FFF, FPSCR_IOC);
    EXPECT(fp_to_fixed(NEG | ONE, 16, 15, true, &fpscr), 0, 0xFFFF8000, 0);
    EXPECT(fp_to_fixed(0x3F000000, 32, 32, false, &fpscr), 0, 0x80000000, 0);
    EXPECT(fp_to_fixed(THREE, 32, 0, true, &fpscr), 0, 3, 0);
}

Test(fparith, from_fixed_uses_the_low_bits_and_rounds_to_nearest)
{
    EXPECT(fp_from_fixed(0xABCD8000, 16, 15, true, &fpscr), 0, NEG | ONE, 0);
    EXPECT(fp_from_fixed(0xABCD8000, 16, 15, false, &fpscr), 0, ONE, 0);
    EXPECT(fp_from_fixed(0x80000000, 32, 31, true, &fpscr), 0, NEG | ONE, 0);
    EXPECT(fp_from_fixed(1, 32, 32, false, &fpscr), 0, 0x2F800000, 0);
    EXPECT(fp_from_fixed(0x01000001, 32, 0, true, &fpscr), RMODE(FP_RP), 0x4B800000, FPSCR_IXC);
}

Test(fparith, half_precision_ieee)
{
    EXPECT(fp_half_to_single(0x3C00, &fpscr), 0, ONE, 0);
    EXPECT(fp_half_to_single(0x0001, &fpscr), FPSCR_FZ, 0x33800000, 0); /* FZ leaves half denormals alone */
    EXPECT(fp_half_to_single(0xFC00, &fpscr), 0, NEG | INF, 0);
    EXPECT(fp_half_to_single(0xFE12, &fpscr), 0, 0xFFC24000, 0);
    EXPECT(fp_half_to_single(0x7C01, &fpscr), 0, 0x7FC02000, FPSCR_IOC);
    EXPECT(fp_half_to_single(0xFC01, &fpscr), FPSCR_DN, FP_DEFAULT_NAN, FPSCR_IOC);
    EXPECT(fp_single_to_half(ONE, &fpscr), 0, 0x3C00, 0);
    EXPECT(fp_single_to_half(0x477FE000, &fpscr), 0, 0x7BFF, 0);                          /* 65504 */
    EXPECT(fp_single_to_half(0x477FF000, &fpscr), 0, 0x7C00, FPSCR_OFC | FPSCR_IXC);      /* 65520 */
    EXPECT(fp_single_to_half(0x477FF000, &fpscr), RMODE(FP_RZ), 0x7BFF, FPSCR_IXC);
    EXPECT(fp_single_to_half(0xC7800000, &fpscr), RMODE(FP_RP), 0xFBFF, FPSCR_OFC | FPSCR_IXC);
    EXPECT(fp_single_to_half(0x33800000, &fpscr), FPSCR_FZ, 0x0001, 0);                   /* 2^-24 */
    EXPECT(fp_single_to_half(0x33000000, &fpscr), 0, 0, FPSCR_UFC | FPSCR_IXC);           /* 2^-25, a tie */
    EXPECT(fp_single_to_half(0x387FFFFF, &fpscr), 0, 0x0400, FPSCR_UFC | FPSCR_IXC);      /* tiny before rounding */
    EXPECT(fp_single_to_half(NEG | MIN_DENORMAL, &fpscr), FPSCR_FZ | RMODE(FP_RM), 0x8000, FPSCR_IDC);
    EXPECT(fp_single_to_half(0xFFC24000, &fpscr), 0, 0xFE12, 0);
    EXPECT(fp_single_to_half(0x7F800001, &fpscr), 0, 0x7E00, FPSCR_IOC);
    EXPECT(fp_single_to_half(0xFFC24000, &fpscr), FPSCR_DN, 0x7E00, 0);
}

Test(fparith, half_precision_alternative_has_no_infinity_and_no_nan)
{
    EXPECT(fp_half_to_single(0x7C00, &fpscr), FPSCR_AHP, 0x47800000, 0); /* 65536 */
    EXPECT(fp_half_to_single(0xFFFF, &fpscr), FPSCR_AHP, 0xC7FFE000, 0); /* -131008 */
    EXPECT(fp_single_to_half(0x47FFE000, &fpscr), FPSCR_AHP, 0x7FFF, 0);
    EXPECT(fp_single_to_half(0x47FFF000, &fpscr), FPSCR_AHP, 0x7FFF, FPSCR_IOC); /* saturates, not inexact */
    EXPECT(fp_single_to_half(0x47FFF000, &fpscr), FPSCR_AHP | RMODE(FP_RZ), 0x7FFF, FPSCR_IXC);
    EXPECT(fp_single_to_half(0xC8000000, &fpscr), FPSCR_AHP | RMODE(FP_RZ), 0xFFFF, FPSCR_IOC);
    EXPECT(fp_single_to_half(NEG | INF, &fpscr), FPSCR_AHP, 0xFFFF, FPSCR_IOC);
    EXPECT(fp_single_to_half(QNAN2, &fpscr), FPSCR_AHP, 0x8000, FPSCR_IOC);
    EXPECT(fp_single_to_half(QNAN1, &fpscr), FPSCR_AHP | FPSCR_DN, 0x0000, FPSCR_IOC);
}

Test(fparith, immediate_constants)
{
    cr_expect_eq(fp_expand_imm(0x70), ONE);
    cr_expect_eq(fp_expand_imm(0x00), TWO);
    cr_expect_eq(fp_expand_imm(0x40), 0x3E000000u); /* 0.125, the smallest */
    cr_expect_eq(fp_expand_imm(0x3F), 0x41F80000u); /* 31.0, the largest */
    cr_expect_eq(fp_expand_imm(0xF8), 0xBFC00000u); /* -1.5 */
}
