/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Operations of the translator beside the interpreter's, each in a loop over operands that are random or
 * known to be difficult: results, APSR with Q and GE, FPSCR with its cumulative flags, and time.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "core/arm/fparith.h"
#include "tests/unit/engine_pair.h"
#include "tests/unit/fparith_operands.h"

enum {
    CASES = 1000, OPERANDS = RAM, RESULTS = RAM + 12 * CASES, INT_RESULT = 16, FP_RESULT = 8, CYCLES = 1000000,
    NOP = 0xBF00
};

struct operation {
    const char *name;
    uint16_t code[2];
};

TestSuite(jit_operations, .init = pair_setup, .fini = pair_teardown);

static void put_operands(bool floating, uint64_t seed)
{
    struct operand_source source = {seed};
    uint32_t words[CASES][3];

    for (unsigned n = 0; n < CASES; n++) {
        operand_triple(&source, &words[n][0], &words[n][1], &words[n][2]);
        if (!floating && n % 2)
            words[n][1] &= 0x3F;        /* an amount to shift by */
        if (!floating && n % 50 == 0)
            words[n][0] = words[n][1] = 0x80008000;     /* whose products' sum overflows */
    }
    pair_load(OPERANDS, words, sizeof words);
}

/* The first case of which the engines made something else. */
static int first_difference(unsigned size)
{
    for (int n = 0; n < CASES; n++) {
        uint8_t a[INT_RESULT], b[INT_RESULT];
        uint32_t done;
        machine_peek(pair[0], RESULTS + (uint32_t)n * size, a, size, &done);
        machine_peek(pair[1], RESULTS + (uint32_t)n * size, b, size, &done);
        if (memcmp(a, b, size))
            return n;
    }
    return -1;
}

static void run_to_end(const char *name, unsigned size)
{
    int difference;

    pair_set(REG_R0, OPERANDS);
    pair_set(REG_R0 + 1, RESULTS);
    pair_run(CYCLES);
    cr_assert_eq(machine_reg(pair[1], REG_R0), OPERANDS + 12 * CASES, "%s: not done", name);
    difference = first_difference(size);
    cr_expect_eq(difference, -1, "%s: case %d", name, difference);
    expect_same(name);
}

/* ---- integers ---- */

static const struct operation integer_operations[] = {
    {"rrxs r4, r2", {0xEA5F, 0x0432}},
    {"adds r4, r3, r2, rrx", {0xEB13, 0x0432}},
    {"adcs r4, r3, r2, rrx", {0xEB53, 0x0432}},
    {"ands r4, r3, r2, rrx", {0xEA13, 0x0432}},
    {"tst r3, r2, rrx", {0xEA13, 0x0F32}},
    {"adcs r2, r3", {0x415A, NOP}},
    {"sbcs r2, r3", {0x419A, NOP}},
    {"lsls r2, r3", {0x409A, NOP}},
    {"lsrs r2, r3", {0x40DA, NOP}},
    {"asrs r2, r3", {0x411A, NOP}},
    {"rors r2, r3", {0x41DA, NOP}},
    {"lsl r4, r2, r3", {0xFA02, 0xF403}},
    {"lsr r4, r2, r3", {0xFA22, 0xF403}},
    {"asr r4, r2, r3", {0xFA42, 0xF403}},
    {"ror r4, r2, r3", {0xFA62, 0xF403}},
    {"lsls r9, r10, r3", {0xFA1A, 0xF903}},
    {"adds r2, r3; adcs r4, r3", {0x18D2, 0x415C}},
    {"subs r2, r3; sbcs r4, r3", {0x1AD2, 0x419C}},
    {"adds r2, r3; sbcs r4, r3", {0x18D2, 0x419C}},
    {"subs r2, r3; adcs r4, r3", {0x1AD2, 0x415C}},
    {"umull r4, r9, r2, r3", {0xFBA2, 0x9403}},
    {"umull r9, r3, r9, r3", {0xFBA9, 0x3903}},
    {"umlal r4, r9, r2, r3", {0xFBE2, 0x9403}},
    {"smull r2, r3, r2, r3", {0xFB82, 0x2303}},
    {"smlal r4, r9, r2, r10", {0xFBC2, 0x490A}},
    {"rbit r4, r2", {0xFA92, 0xF4A2}},
    {"clz r4, r2", {0xFAB2, 0xF482}},
    {"rev16 r4, r2", {0xBA54, NOP}},
    {"ssat r4, #9, r2", {0xF302, 0x0408}},
    {"ssat r4, #32, r2, lsl #3", {0xF302, 0x04DF}},
    {"ssat r4, #1, r2, asr #7", {0xF322, 0x14C0}},
    {"usat r4, #8, r2", {0xF382, 0x0408}},
    {"usat r4, #0, r2, lsl #30", {0xF382, 0x7480}},
    {"usat r4, #31, r2, asr #1", {0xF3A2, 0x045F}},
    {"qadd r4, r2, r3", {0xFA83, 0xF482}},
    {"qsub r4, r2, r3", {0xFA83, 0xF4A2}},
    {"qdadd r4, r2, r3", {0xFA83, 0xF492}},
    {"qdsub r4, r3, r2", {0xFA82, 0xF4B3}},
    {"sadd16 r4, r2, r3", {0xFA92, 0xF403}},
    {"ssub16 r4, r2, r3", {0xFAD2, 0xF403}},
    {"sadd8 r4, r2, r3", {0xFA82, 0xF403}},
    {"ssub8 r4, r2, r3", {0xFAC2, 0xF403}},
    {"uadd16 r4, r2, r3", {0xFA92, 0xF443}},
    {"usub16 r4, r2, r3", {0xFAD2, 0xF443}},
    {"uadd8 r4, r2, r3", {0xFA82, 0xF443}},
    {"usub8 r4, r2, r3", {0xFAC2, 0xF443}},
    {"qadd16 r4, r2, r3", {0xFA92, 0xF413}},
    {"qsub8 r4, r2, r3", {0xFAC2, 0xF413}},
    {"uqadd8 r4, r2, r3", {0xFA82, 0xF453}},
    {"uqsub16 r4, r2, r3", {0xFAD2, 0xF453}},
    {"uhadd8 r4, r2, r3", {0xFA82, 0xF463}},
    {"shsub16 r4, r2, r3", {0xFAD2, 0xF423}},
    {"sasx r4, r2, r3", {0xFAA2, 0xF403}},
    {"sel r4, r2, r3", {0xFAA2, 0xF483}},
    {"usad8 r4, r2, r3", {0xFB72, 0xF403}},
    {"usada8 r4, r2, r3, r4", {0xFB72, 0x4403}},
    {"sxtb16 r4, r2", {0xFA2F, 0xF482}},
    {"uxtb16 r4, r2, ror #8", {0xFA3F, 0xF492}},
    {"sxtab16 r4, r2, r3, ror #24", {0xFA22, 0xF4B3}},
    {"uxtab16 r4, r2, r3", {0xFA32, 0xF483}},
    {"pkhbt r4, r2, r3, lsl #5", {0xEAC2, 0x1443}},
    {"pkhtb r4, r2, r3, asr #9", {0xEAC2, 0x2463}},
    {"pkhtb r4, r2, r3, asr #32", {0xEAC2, 0x0423}},
    {"smuad r4, r2, r3", {0xFB22, 0xF403}},
    {"smuadx r4, r2, r3", {0xFB22, 0xF413}},
    {"smusd r4, r2, r3", {0xFB42, 0xF403}},
    {"smusdx r4, r2, r3", {0xFB42, 0xF413}},
    {"smlad r4, r2, r3, r4", {0xFB22, 0x4403}},
    {"smladx r4, r2, r3, r4", {0xFB22, 0x4413}},
    {"smlsd r4, r2, r3, r4", {0xFB42, 0x4403}},
    {"smlald r4, r9, r2, r3", {0xFBC2, 0x49C3}},
    {"smlaldx r9, r4, r2, r3", {0xFBC2, 0x94D3}},
    {"smlsld r4, r9, r2, r3", {0xFBD2, 0x49C3}},
    {"smlsldx r4, r9, r2, r3", {0xFBD2, 0x49D3}},
    {"smlabt r4, r2, r3, r4", {0xFB12, 0x4413}},
    {"smlawb r4, r2, r3, r4", {0xFB32, 0x4403}},
    {"smlaltb r4, r9, r2, r3", {0xFBC2, 0x49A3}},
    {"smmlar r4, r2, r3, r4", {0xFB52, 0x4413}},
    {"smmls r4, r2, r3, r4", {0xFB62, 0x4403}},
    {"umaal r4, r9, r2, r3", {0xFBE2, 0x4963}},
    {"ssat16 r4, #5, r2", {0xF322, 0x0404}},
};

/* C, N, Z, V and GE come from the operands; r9 and r10 are registers without a home in the host. */
static uint16_t integer_code[] = {
    0xC81C,         /* again: ldmia r0!, {r2, r3, r4} */
    0x4699,         /* mov r9, r3 */
    0x4692,         /* mov r10, r2 */
    0xFA83, 0xF542, /* uadd8 r5, r3, r2 */
    0x4294,         /* cmp r4, r2 */
    NOP, NOP,       /* the operation */
    0xF3EF, 0x8500, /* mrs r5, apsr */
    0xC134,         /* stmia r1!, {r2, r4, r5} */
    0xF841, 0x9B04, /* str r9, [r1], #4 */
    0x3E01,         /* subs r6, #1 */
    0xD1F0,         /* bne again */
    0xE7FE,         /* b . */
};

Test(jit_operations, integers)
{
    put_operands(false, 1);
    for (unsigned n = 0; n < sizeof integer_operations / sizeof integer_operations[0]; n++) {
        const struct operation *operation = &integer_operations[n];
        memcpy(&integer_code[6], operation->code, sizeof operation->code);
        pair_begin(CODE, integer_code, sizeof integer_code);
        pair_set(REG_R0 + 6, CASES);
        run_to_end(operation->name, INT_RESULT);
    }
}

/* Branches some way behind the flags that they read, and instructions in between that the comparison may or may
 * not change places with. */
static const uint16_t distant_code[] = {
    0xC81C,         /* ldmia r0!, {r2, r3, r4} */
    0xEE00, 0x2A10, /* vmov s0, r2 */
    0xEEF7, 0x0A00, /* vmov.f32 s1, #112 */
    0x429A,         /* cmp r2, r3 */
    0xEB02, 0x0504, /* add.w r5, r2, r4 */
    0xFB02, 0x5703, /* mla r7, r2, r3, r5 */
    0xD800,         /* bhi.n */
    0x3501,         /* adds r5, #1 */
    0x4294,         /* cmp r4, r2 */
    0xF104, 0x0403, /* add.w r4, r4, #3 */
    0xDA00,         /* bge.n */
    0x3502,         /* adds r5, #2 */
    0x1A9B,         /* subs r3, r3, r2 */
    0x4698,         /* mov r8, r3 */
    0xD400,         /* bmi.n */
    0x3504,         /* adds r5, #4 */
    0xF012, 0x0F01, /* tst.w r2, #1 */
    0xEB07, 0x0708, /* add.w r7, r7, r8 */
    0xEE30, 0x0A20, /* vadd.f32 s0, s0, s1 */
    0xFBA7, 0x9A05, /* umull r9, sl, r7, r5 */
    0xD000,         /* beq.n */
    0x3508,         /* adds r5, #8 */
    0x2D00,         /* cmp r5, #0 */
    0x46A3,         /* mov fp, r4 */
    0xF149, 0x0900, /* adc.w r9, r9, #0 */
    0xD500,         /* bpl.n */
    0x3510,         /* adds r5, #16 */
    0x18E4,         /* adds r4, r4, r3 */
    0xEBC4, 0x0707, /* rsb r7, r4, r7 */
    0xD200,         /* bcs.n */
    0x3520,         /* adds r5, #32 */
    0xEE10, 0xAA10, /* vmov sl, s0 */
    0xC1A0,         /* stmia r1!, {r5, r7} */
    0x3E01,         /* subs r6, #1 */
    0xEB0A, 0x0A09, /* add.w sl, sl, r9 */
    0xD1CE,         /* bne.n */
    0xE7FE,         /* b.n */
};

Test(jit_operations, branches_at_a_distance_from_their_comparison)
{
    put_operands(false, 7);
    pair_begin(CODE, distant_code, sizeof distant_code);
    pair_poke(0xE000ED88, 0xF00000);    /* CPACR */
    pair_set(REG_R0 + 6, CASES);
    run_to_end("distant branches", FP_RESULT);
    pair_begin(CODE, distant_code, sizeof distant_code);
    pair_poke(0xE000ED88, 0xF00000);
    pair_set(REG_R0 + 6, CASES);
    pair_set(REG_R0, OPERANDS);
    pair_set(REG_R0 + 1, RESULTS);
    for (unsigned n = 0; n < 400; n++) {
        pair_run(1 + n % 47);
        expect_same("cut");
    }
}

/* ---- floating point ---- */

static const struct operation fp_operations[] = {
    {"vadd.f32 s2, s0, s1", {0xEE30, 0x1A20}},
    {"vsub.f32 s2, s0, s1", {0xEE30, 0x1A60}},
    {"vsub.f32 s2, s1, s2", {0xEE30, 0x1AC1}},
    {"vmul.f32 s2, s0, s1", {0xEE20, 0x1A20}},
    {"vnmul.f32 s2, s0, s1", {0xEE20, 0x1A60}},
    {"vdiv.f32 s2, s0, s1", {0xEE80, 0x1A20}},
    {"vsqrt.f32 s2, s0", {0xEEB1, 0x1AC0}},
    {"vmla.f32 s2, s0, s1", {0xEE00, 0x1A20}},
    {"vmls.f32 s2, s0, s1", {0xEE00, 0x1A60}},
    {"vnmla.f32 s2, s0, s1", {0xEE10, 0x1A60}},
    {"vnmls.f32 s2, s0, s1", {0xEE10, 0x1A20}},
    {"vfma.f32 s2, s0, s1", {0xEEA0, 0x1A20}},
    {"vfms.f32 s2, s0, s1", {0xEEA0, 0x1A60}},
    {"vfnma.f32 s2, s0, s1", {0xEE90, 0x1A60}},
    {"vfnms.f32 s2, s0, s1", {0xEE90, 0x1A20}},
    {"vabs.f32 s2, s0", {0xEEB0, 0x1AC0}},
    {"vneg.f32 s2, s0", {0xEEB1, 0x1A40}},
    {"vcvt.s32.f32 s2, s0", {0xEEBD, 0x1AC0}},
    {"vcvt.u32.f32 s2, s0", {0xEEBC, 0x1AC0}},
    {"vcvtr.s32.f32 s2, s0", {0xEEBD, 0x1A40}},
    {"vcvtr.u32.f32 s2, s0", {0xEEBC, 0x1A40}},
    {"vcvt.f32.s32 s2, s0", {0xEEB8, 0x1AC0}},
    {"vcvt.f32.u32 s2, s0", {0xEEB8, 0x1A40}},
    {"vcvt.s32.f32 s2, s2, #16", {0xEEBE, 0x1AC8}},
    {"vcvt.u32.f32 s2, s2, #1", {0xEEBF, 0x1AEF}},
    {"vcvt.s32.f32 s2, s2, #32", {0xEEBE, 0x1AC0}},
    {"vcvt.s16.f32 s2, s2, #8", {0xEEBE, 0x1A44}},
    {"vcvt.u16.f32 s2, s2, #15", {0xEEBF, 0x1A60}},
    {"vcvt.f32.s32 s2, s2, #16", {0xEEBA, 0x1AC8}},
    {"vcvt.f32.u32 s2, s2, #32", {0xEEBB, 0x1AC0}},
    {"vcvt.f32.s16 s2, s2, #8", {0xEEBA, 0x1A44}},
    {"vcvt.f32.u16 s2, s2, #0", {0xEEBB, 0x1A48}},
    {"vcvtb.f32.f16 s2, s0", {0xEEB2, 0x1A40}},
    {"vcvtt.f16.f32 s2, s0", {0xEEB3, 0x1AC0}},
    {"vcmp.f32 s0, s1", {0xEEB4, 0x0A60}},
    {"vcmpe.f32 s0, s1", {0xEEB4, 0x0AE0}},
    {"vcmp.f32 s0, #0.0", {0xEEB5, 0x0A40}},
};

/* FPSCR is r5 before each operation. */
static uint16_t fp_code[] = {
    0xF64E, 0x5688, /* movw r6, #0xED88 */
    0xF2CE, 0x0600, /* movt r6, #0xE000 */
    0xF44F, 0x0770, /* mov r7, #0xF00000 */
    0x6037,         /* str r7, [r6]: CPACR */
    0xEEE1, 0x5A10, /* again: vmsr fpscr, r5 */
    0xECB0, 0x0A03, /* vldmia r0!, {s0-s2} */
    NOP, NOP,       /* the operation */
    0xEEF1, 0x2A10, /* vmrs r2, fpscr */
    0xED81, 0x1A00, /* vstr s2, [r1] */
    0x604A,         /* str r2, [r1, #4] */
    0x3108,         /* adds r1, #8 */
    0x3C01,         /* subs r4, #1 */
    0xD1F1,         /* bne again */
    0xE7FE,         /* b . */
};

static void check_fp_operations(uint32_t fpscr)
{
    for (unsigned n = 0; n < sizeof fp_operations / sizeof fp_operations[0]; n++) {
        const struct operation *operation = &fp_operations[n];
        memcpy(&fp_code[11], operation->code, sizeof operation->code);
        pair_begin(CODE, fp_code, sizeof fp_code);
        pair_set(REG_R0 + 4, CASES);
        pair_set(REG_R0 + 5, fpscr);
        run_to_end(operation->name, FP_RESULT);
    }
}

Test(jit_operations, singles)
{
    for (unsigned seed = 1; seed <= 3; seed++) {
        put_operands(true, seed);
        check_fp_operations(0);
    }
}

Test(jit_operations, singles_in_every_mode)
{
    static const uint32_t modes[] = {
        1u << FPSCR_RMODE_SHIFT, 2u << FPSCR_RMODE_SHIFT, 3u << FPSCR_RMODE_SHIFT, FPSCR_FZ, FPSCR_DN, FPSCR_AHP,
        FPSCR_FZ | FPSCR_DN, 0,
    };

    for (unsigned n = 0; n < sizeof modes / sizeof modes[0]; n++) {
        put_operands(true, 10 + n);
        check_fp_operations(modes[n]);
    }
}

/* The smallest normal number, reached by rounding up: Arm's underflow, and not the host's. */
Test(jit_operations, singles_that_round_up_to_a_normal_number)
{
    static const uint32_t pairs[][3] = {
        {0x3F7FFFFF, 0x00800000, 0}, {0x3F7FFFFF, 0x80800000, 0}, {0x00FFFFFF, 0x3F000000, 0},
        {0x007FFFFF, 0x3F800001, 0}, {0x00800000, 0x3F800001, 0}, {0x1FFFFFFF, 0x20000000, 0},
    };

    for (unsigned n = 0; n < CASES; n++)
        pair_load(OPERANDS + 12 * n, pairs[n % (sizeof pairs / sizeof pairs[0])], 12);
    check_fp_operations(0);
}

/* Comparisons that the next instructions read: branches, an IT block, APSR. */
static const uint16_t comparing_code[] = {
    0xF64E, 0x5688, /* movw r6, #60808 */
    0xF2CE, 0x0600, /* movt r6, #57344 */
    0xF44F, 0x0770, /* mov.w r7, #15728640 */
    0x6037,         /* str r7, [r6, #0] */
    0xECB0, 0x0A03, /* vldmia r0!, {s0-s2} */
    0x2300,         /* movs r3, #0 */
    0xEEB4, 0x0A60, /* vcmp.f32 s0, s1 */
    0xEEF1, 0xFA10, /* vmrs APSR_nzcv, fpscr */
    0xD000,         /* beq.n */
    0x3301,         /* adds r3, #1 */
    0xEEF4, 0x0A41, /* vcmp.f32 s1, s2 */
    0xEEF1, 0xFA10, /* vmrs APSR_nzcv, fpscr */
    0xD400,         /* bmi.n */
    0x3302,         /* adds r3, #2 */
    0xEEB4, 0x1AC0, /* vcmpe.f32 s2, s0 */
    0xEEF1, 0xFA10, /* vmrs APSR_nzcv, fpscr */
    0xD800,         /* bhi.n */
    0x3304,         /* adds r3, #4 */
    0xEEB5, 0x0A40, /* vcmp.f32 s0, #0.0 */
    0xEEF1, 0xFA10, /* vmrs APSR_nzcv, fpscr */
    0xD600,         /* bvs.n */
    0x3308,         /* adds r3, #8 */
    0xEEB4, 0x0A60, /* vcmp.f32 s0, s1 */
    0xEEF1, 0xFA10, /* vmrs APSR_nzcv, fpscr */
    0xDA00,         /* bge.n */
    0x3310,         /* adds r3, #16 */
    0xEEB4, 0x0A60, /* vcmp.f32 s0, s1 */
    0xEEF1, 0xFA10, /* vmrs APSR_nzcv, fpscr */
    0xDC00,         /* bgt.n */
    0x3320,         /* adds r3, #32 */
    0xEEB4, 0x0A60, /* vcmp.f32 s0, s1 */
    0xEEF1, 0xFA10, /* vmrs APSR_nzcv, fpscr */
    0xD200,         /* bcs.n */
    0x3340,         /* adds r3, #64 */
    0xEEF4, 0x0A41, /* vcmp.f32 s1, s2 */
    0xEEF1, 0xFA10, /* vmrs APSR_nzcv, fpscr */
    0xBFB4,         /* ite lt */
    0xEEB0, 0x1A60, /* vmovlt.f32 s2, s1 */
    0xEE31, 0x1A20, /* vaddge.f32 s2, s2, s1 */
    0xF3EF, 0x8200, /* mrs r2, CPSR */
    0xEB13, 0x5312, /* adds.w r3, r3, r2, lsr #20 */
    0xED81, 0x1A00, /* vstr s2, [r1] */
    0x604B,         /* str r3, [r1, #4] */
    0x3108,         /* adds r1, #8 */
    0x3C01,         /* subs r4, #1 */
    0xD1BF,         /* bne.n */
    0xE7FE,         /* b.n */
};

Test(jit_operations, comparisons_and_what_reads_them)
{
    for (unsigned seed = 1; seed <= 4; seed++) {
        put_operands(true, seed);
        pair_begin(CODE, comparing_code, sizeof comparing_code);
        pair_set(REG_R0 + 4, CASES);
        run_to_end("comparisons", FP_RESULT);
    }
}

/* More S registers than stay in the host's, one that each round goes on with (s8), an operation of the interpreter's
 * (vcvtb); nobody reads the cumulative flags before the end. */
static const uint16_t chain_code[] = {
    0xF64E, 0x5688, /* movw r6, #60808 */
    0xF2CE, 0x0600, /* movt r6, #57344 */
    0xF44F, 0x0770, /* mov.w r7, #15728640 */
    0x6037,         /* str r7, [r6, #0] */
    0xEEB7, 0x4A00, /* vmov.f32 s8, #112 */
    0xECB0, 0x0A03, /* vldmia r0!, {s0-s2} */
    0xEE60, 0x1A20, /* vmul.f32 s3, s0, s1 */
    0xEE31, 0x2A81, /* vadd.f32 s4, s3, s2 */
    0xEEA2, 0x4A00, /* vfma.f32 s8, s4, s0 */
    0xEE74, 0x2A61, /* vsub.f32 s5, s8, s3 */
    0xEE42, 0x2A02, /* vmla.f32 s5, s4, s4 */
    0xEEB1, 0x3A62, /* vneg.f32 s6, s5 */
    0xEEF0, 0x3AC3, /* vabs.f32 s7, s6 */
    0xEEF1, 0x4AE3, /* vsqrt.f32 s9, s7 */
    0xEE84, 0x5A84, /* vdiv.f32 s10, s9, s8 */
    0xEEFD, 0x5AC5, /* vcvt.s32.f32 s11, s10 */
    0xEEB8, 0x6AE5, /* vcvt.f32.s32 s12, s11 */
    0xEE06, 0x4A90, /* vmov s13, r4 */
    0xEEF8, 0x6A66, /* vcvt.f32.u32 s13, s13 */
    0xEE36, 0x7A86, /* vadd.f32 s14, s13, s12 */
    0xEE67, 0x7A21, /* vmul.f32 s15, s14, s3 */
    0xEE37, 0x8A80, /* vadd.f32 s16, s15, s0 */
    0xEE78, 0x8A20, /* vadd.f32 s17, s16, s1 */
    0xEE18, 0x2A90, /* vmov r2, s17 */
    0xEEB3, 0x9A68, /* vcvtb.f16.f32 s18, s17 */
    0xED81, 0x8A00, /* vstr s16, [r1] */
    0x604A,         /* str r2, [r1, #4] */
    0x3108,         /* adds r1, #8 */
    0x3C01,         /* subs r4, #1 */
    0xD1D1,         /* bne.n */
    0xE7FE,         /* b.n */
};

enum { AGAIN_IN_CHAIN = CODE + 18 };

Test(jit_operations, chain_of_singles)
{
    for (unsigned seed = 1; seed <= 4; seed++) {
        put_operands(true, seed);
        pair_begin(CODE, chain_code, sizeof chain_code);
        pair_set(REG_R0 + 4, CASES);
        run_to_end("chain", FP_RESULT);
    }
}

Test(jit_operations, host_code_is_to_be_had)
{
    size_t size = 0;

    put_operands(true, 1);
    pair_begin(CODE, chain_code, sizeof chain_code);
    cr_expect_null(machine_host_code(pair[1], AGAIN_IN_CHAIN, &size));
    pair_set(REG_R0 + 4, CASES);
    run_to_end("chain", FP_RESULT);
    cr_expect_not_null(machine_host_code(pair[1], AGAIN_IN_CHAIN, &size));
    cr_expect_gt(size, 0);
    cr_expect_null(machine_host_code(pair[0], AGAIN_IN_CHAIN, &size), "the interpreter has none");
}

/* Runs end within the chain: the state at any instruction is exact. */
Test(jit_operations, chain_of_singles_cut_anywhere)
{
    put_operands(true, 5);
    pair_begin(CODE, chain_code, sizeof chain_code);
    pair_set(REG_R0 + 4, CASES);
    pair_set(REG_R0, OPERANDS);
    pair_set(REG_R0 + 1, RESULTS);
    for (unsigned n = 0; n < 400; n++) {
        pair_run(1 + n % 61);
        expect_same("cut");
        if (n % 50 == 49)
            pair_poke(0xE000ED88, 0);   /* CPACR: a fault, whose handler starts over */
    }
}

/* The FPU is off, and on only once the handler has been there: the loop is left before its first instruction. */
static const uint16_t loop_code[] = {
    0x3C01,         /* subs r4, #1 */
    0xF103, 0x0301, /* add.w r3, r3, #1 */
    0xEE30, 0x0A20, /* vadd.f32 s0, s0, s1 */
    0xD1F9,         /* bne.n */
    0xE7FE,         /* b.n */
    0xF64E, 0x5688, /* movw r6, #60808 */
    0xF2CE, 0x0600, /* movt r6, #57344 */
    0xF44F, 0x0770, /* mov.w r7, #15728640 */
    0x6037,         /* str r7, [r6, #0] */
    0x4770,         /* bx lr */
};

Test(jit_operations, loop_of_singles_without_fpu)
{
    pair_begin_with(CODE, loop_code, sizeof loop_code, CODE + 14);
    pair_set(REG_R0 + 4, 500);
    for (unsigned n = 0; n < 300; n++) {
        pair_run(1 + n % 13);
        expect_same("loop");
        if (n % 40 == 39)
            pair_poke(0xE000ED88, 0);   /* CPACR */
    }
}
