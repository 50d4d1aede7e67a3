/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instructions whose result a compiler rarely shows: saturation, SIMD, long multiplies, bit fields, odd shifts. */
#include "lib/check.h"
#include "lib/cortex_m4.h"

#define N (1u << 31)
#define Z (1u << 30)
#define C (1u << 29)
#define V (1u << 28)
#define Q (1u << 27)
#define GE(n) ((uint32_t)(n) << 16)

/* Result and flags of an instruction on r0 (first and destination), r1, r2; flags are `before` at the start. */
struct outcome {
    uint32_t r0, r1, apsr;
};

#define OP(name, text)                                                                      \
    static struct outcome name(uint32_t a, uint32_t b, uint32_t c, uint32_t before)         \
    {                                                                                       \
        register uint32_t r0 __asm("r0") = a;                                               \
        register uint32_t r1 __asm("r1") = b;                                               \
        register uint32_t r2 __asm("r2") = c;                                               \
        uint32_t apsr;                                                                      \
        __asm volatile("msr apsr_nzcvqg, %[before]\n" text "\n mrs %[apsr], apsr"           \
                       : "+r"(r0), "+r"(r1), [apsr] "=r"(apsr)                              \
                       : "r"(r2), [before] "r"(before)                                      \
                       : "r3", "cc");                                                       \
        return (struct outcome){r0, r1, apsr};                                              \
    }

OP(op_adds, "adds r0, r0, r1")
OP(op_adcs, "adcs r0, r0, r1")
OP(op_sbcs, "sbcs r0, r0, r1")
OP(op_rsbs, "rsbs r0, r0, #0")
OP(op_cmn, "cmn r0, r1")
OP(op_lsls_reg, "lsls r0, r0, r1")
OP(op_lsrs_reg, "lsrs r0, r0, r1")
OP(op_asrs_reg, "asrs r0, r0, r1")
OP(op_rors_reg, "rors r0, r0, r1")
OP(op_rrxs, "rrxs r0, r0")
OP(op_lsrs_32, "lsrs r0, r0, #32")
OP(op_movs_const, "movs.w r0, #0xFF000000")
OP(op_ssat, "ssat r0, #8, r0")
OP(op_ssat_asr, "ssat r0, #8, r0, asr #4")
OP(op_usat, "usat r0, #5, r0")
OP(op_ssat16, "ssat16 r0, #8, r0")
OP(op_usat16, "usat16 r0, #8, r0")
OP(op_qadd, "qadd r0, r0, r1")
OP(op_qsub, "qsub r0, r0, r1")
OP(op_qdadd, "qdadd r0, r0, r1")
OP(op_qdsub, "qdsub r0, r0, r1")
OP(op_sadd16, "sadd16 r0, r0, r1")
OP(op_uadd8, "uadd8 r0, r0, r1")
OP(op_usub8, "usub8 r0, r0, r1")
OP(op_usub16, "usub16 r0, r0, r1")
OP(op_sasx, "sasx r0, r0, r1")
OP(op_qadd8, "qadd8 r0, r0, r1")
OP(op_uqsub16, "uqsub16 r0, r0, r1")
OP(op_shadd16, "shadd16 r0, r0, r1")
OP(op_uhsub8, "uhsub8 r0, r0, r1")
OP(op_uhasx, "uhasx r0, r0, r1")
OP(op_sel, "sel r0, r0, r1")
OP(op_usad8, "usad8 r0, r0, r1")
OP(op_usada8, "usada8 r0, r0, r1, r2")
OP(op_smlad, "smlad r0, r0, r1, r2")
OP(op_smladx, "smladx r0, r0, r1, r2")
OP(op_smlsd, "smlsd r0, r0, r1, r2")
OP(op_smuad, "smuad r0, r0, r1")
OP(op_smusdx, "smusdx r0, r0, r1")
OP(op_smlabt, "smlabt r0, r0, r1, r2")
OP(op_smultb, "smultb r0, r0, r1")
OP(op_smlawb, "smlawb r0, r0, r1, r2")
OP(op_smulwt, "smulwt r0, r0, r1")
OP(op_smmul, "smmul r0, r0, r1")
OP(op_smmulr, "smmulr r0, r0, r1")
OP(op_smmla, "smmla r0, r0, r1, r2")
OP(op_smmls, "smmls r0, r0, r1, r2")
OP(op_smlald, "mov r3, r2\n smlald r0, r1, r2, r3")
OP(op_smlaltb, "mov r3, r2\n smlaltb r0, r1, r2, r3")
OP(op_umaal, "mov r3, r2\n umaal r0, r1, r2, r3")
OP(op_umlal, "mov r3, r2\n umlal r0, r1, r2, r3")
OP(op_smull, "mov r3, r2\n smull r0, r1, r2, r3")
OP(op_mls, "mls r0, r0, r1, r2")
OP(op_sdiv, "sdiv r0, r0, r1")
OP(op_udiv, "udiv r0, r0, r1")
OP(op_bfi, "bfi r0, r1, #4, #8")
OP(op_bfc, "bfc r0, #8, #16")
OP(op_sbfx, "sbfx r0, r0, #4, #8")
OP(op_ubfx, "ubfx r0, r0, #31, #1")
OP(op_clz, "clz r0, r0")
OP(op_rbit, "rbit r0, r0")
OP(op_rev, "rev r0, r0")
OP(op_rev16, "rev16 r0, r0")
OP(op_revsh, "revsh r0, r0")
OP(op_pkhbt, "pkhbt r0, r0, r1, lsl #4")
OP(op_pkhtb, "pkhtb r0, r0, r1, asr #4")
OP(op_sxtb16, "sxtb16 r0, r0, ror #8")
OP(op_uxtab16, "uxtab16 r0, r0, r1")
OP(op_sxtab, "sxtab r0, r0, r1, ror #16")
OP(op_uxth, "uxth r0, r0, ror #24")
OP(op_movt, "movt r0, #0x1234")
OP(op_orn, "orn r0, r0, r1")
OP(op_teq, "teq r0, r1, lsl #31")
OP(op_muls, "muls r0, r1, r0")

static void test_table(void)
{
    static const struct {
        const char *name;
        struct outcome (*op)(uint32_t, uint32_t, uint32_t, uint32_t);
        uint32_t a, b, c, before, r0, apsr;     /* apsr: all of NZCVQ and GE afterwards */
    } rows[] = {
        {"adds_overflow", op_adds, 0x7FFFFFFF, 1, 0, 0, 0x80000000, N | V},
        {"adds_carry", op_adds, 0xFFFFFFFF, 1, 0, 0, 0, Z | C},
        {"adcs_with_carry", op_adcs, 0xFFFFFFFF, 0, 0, C, 0, Z | C},
        {"sbcs_with_borrow", op_sbcs, 5, 5, 0, 0, 0xFFFFFFFF, N},
        {"rsbs_of_the_smallest", op_rsbs, 0x80000000, 0, 0, 0, 0x80000000, N | V},
        {"cmn", op_cmn, 0x80000000, 0x80000000, 0, 0, 0x80000000, Z | C | V},
        {"lsl_by_0_keeps_carry", op_lsls_reg, 1, 0, 0, C, 1, C},
        {"lsl_by_32", op_lsls_reg, 1, 32, 0, 0, 0, Z | C},
        {"lsl_by_33", op_lsls_reg, 1, 33, 0, C, 0, Z},
        {"lsl_uses_the_low_byte", op_lsls_reg, 1, 0x101, 0, 0, 2, 0},
        {"lsr_by_32", op_lsrs_reg, 0x80000000, 32, 0, 0, 0, Z | C},
        {"asr_by_200", op_asrs_reg, 0x80000000, 200, 0, 0, 0xFFFFFFFF, N | C},
        {"ror_by_32", op_rors_reg, 0x80000001, 32, 0, 0, 0x80000001, N | C},
        {"ror_by_33", op_rors_reg, 0x00000001, 33, 0, 0, 0x80000000, N | C},
        {"rrx", op_rrxs, 0x00000003, 0, 0, C, 0x80000001, N | C},
        {"lsr_immediate_32", op_lsrs_32, 0x80000000, 0, 0, 0, 0, Z | C},
        {"movs_rotated_constant_sets_carry", op_movs_const, 0, 0, 0, 0, 0xFF000000, N | C},
        {"ssat_high", op_ssat, 1000, 0, 0, 0, 127, Q},
        {"ssat_low", op_ssat, 0xFFFFFC18, 0, 0, 0, 0xFFFFFF80, Q},
        {"ssat_inside", op_ssat, 100, 0, 0, 0, 100, 0},
        {"ssat_after_shift", op_ssat_asr, 0x00000800, 0, 0, 0, 127, Q},
        {"usat_negative", op_usat, 0xFFFFFFFF, 0, 0, 0, 0, Q},
        {"usat_high", op_usat, 32, 0, 0, 0, 31, Q},
        {"ssat16", op_ssat16, 0x0100FF00, 0, 0, 0, 0x007FFF80, Q},
        {"usat16", op_usat16, 0x01008001, 0, 0, 0, 0x00FF0000, Q},
        {"qadd_saturates", op_qadd, 0x7FFFFFFF, 1, 0, 0, 0x7FFFFFFF, Q},
        {"qsub_saturates", op_qsub, 0x80000000, 1, 0, 0, 0x80000000, Q},
        {"qdadd_doubles_first", op_qdadd, 1, 0x40000000, 0, 0, 0x7FFFFFFF, Q},
        {"qdsub", op_qdsub, 10, 3, 0, 0, 4, 0},
        {"q_is_sticky", op_qadd, 1, 1, 0, Q, 2, Q},
        {"sadd16_ge", op_sadd16, 0x7FFF8000, 0x00018000, 0, 0, 0x80000000, GE(0xC)},
        {"uadd8_ge", op_uadd8, 0xFF01FF01, 0x01010101, 0, 0, 0x00020002, GE(0xA)},
        {"usub8_ge", op_usub8, 0x05050505, 0x06050405, 0, 0, 0xFF000100, GE(0x7)},
        {"usub16_ge", op_usub16, 0x00010002, 0x00020001, 0, 0, 0xFFFF0001, GE(0x3)},
        {"sasx_ge", op_sasx, 0x00010002, 0x00030004, 0, 0, 0x0005FFFF, GE(0xC)},
        {"qadd8", op_qadd8, 0x7F80017F, 0x01FF0101, 0, 0, 0x7F80027F, 0},
        {"uqsub16", op_uqsub16, 0x00010005, 0x00020003, 0, 0, 0x00000002, 0},
        {"shadd16", op_shadd16, 0x7FFF8000, 0x7FFF8000, 0, 0, 0x7FFF8000, 0},
        {"uhsub8", op_uhsub8, 0x00FF0405, 0x01000203, 0, 0, 0xFF7F0101, 0},
        {"uhasx", op_uhasx, 0x00040006, 0x00020002, 0, 0, 0x00030002, 0},
        {"sel", op_sel, 0x11223344, 0xAABBCCDD, 0, GE(0x5), 0xAA22CC44, GE(0x5)},
        {"usad8", op_usad8, 0x01FF0310, 0x02000115, 0, 0, 1 + 255 + 2 + 5, 0},
        {"usada8", op_usada8, 0x01FF0310, 0x02000115, 1000, 0, 1263, 0},
        {"smlad", op_smlad, 0x00020003, 0x00040005, 100, 0, 100 + 8 + 15, 0},
        {"smlad_overflow_sets_q", op_smlad, 0x00010001, 0x00010001, 0x7FFFFFFF, 0, 0x80000001, Q},
        {"smladx", op_smladx, 0x00020003, 0x00040005, 100, 0, 100 + 10 + 12, 0},
        {"smlsd", op_smlsd, 0x00020003, 0x00040005, 100, 0, 107, 0},
        {"smuad_overflow_sets_q", op_smuad, 0x80008000, 0x80008000, 0, 0, 0x80000000, Q},
        {"smusdx", op_smusdx, 0x00020003, 0x00040005, 0, 0, 2, 0},
        {"smlabt", op_smlabt, 0x0002FFFF, 0x00030004, 10, 0, 7, 0},
        {"smultb", op_smultb, 0xFFFE0000, 0x00000003, 0, 0, 0xFFFFFFFA, 0},
        {"smlawb", op_smlawb, 0x00020000, 0x00000003, 1, 0, 7, 0},
        {"smulwt", op_smulwt, 0xFFFF0000, 0x00030000, 0, 0, 0xFFFFFFFD, 0},
        {"smmul", op_smmul, 0x80000000, 0x00000003, 0, 0, 0xFFFFFFFE, 0},
        {"smmulr", op_smmulr, 0x00018000, 0x00010000, 0, 0, 2, 0},
        {"smmla", op_smmla, 0x00010000, 0x00030000, 5, 0, 8, 0},
        {"smmls", op_smmls, 0x00010000, 0x00030000, 5, 0, 2, 0},
        {"smlald", op_smlald, 10, 0, 0x00020003, 0, 10 + 4 + 9, 0},
        {"smlaltb", op_smlaltb, 1, 0, 0xFFFF0002, 0, 0xFFFFFFFF, 0},
        {"umaal", op_umaal, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0xFFFFFFFF, 0},
        {"umlal", op_umlal, 0xFFFFFFFF, 0, 2, 0, 3, 0},
        {"smull", op_smull, 0, 0, 0xFFFFFFFF, 0, 1, 0},
        {"mls", op_mls, 3, 4, 100, 0, 88, 0},
        {"muls_leaves_carry", op_muls, 0, 5, 0, C | V, 0, Z | C | V},
        {"sdiv_rounds_to_zero", op_sdiv, 0xFFFFFFF9, 2, 0, 0, 0xFFFFFFFD, 0},
        {"sdiv_smallest_by_minus_one", op_sdiv, 0x80000000, 0xFFFFFFFF, 0, 0, 0x80000000, 0},
        {"udiv", op_udiv, 0xFFFFFFFF, 16, 0, 0, 0x0FFFFFFF, 0},
        {"bfi", op_bfi, 0xFFFFFFFF, 0x5A, 0, 0, 0xFFFFF5AF, 0},
        {"bfc", op_bfc, 0xFFFFFFFF, 0, 0, 0, 0xFF0000FF, 0},
        {"sbfx", op_sbfx, 0x00000F50, 0, 0, 0, 0xFFFFFFF5, 0},
        {"ubfx_top_bit", op_ubfx, 0x80000000, 0, 0, 0, 1, 0},
        {"clz", op_clz, 0x00010000, 0, 0, 0, 15, 0},
        {"clz_of_zero", op_clz, 0, 0, 0, 0, 32, 0},
        {"rbit", op_rbit, 0x00000005, 0, 0, 0, 0xA0000000, 0},
        {"rev", op_rev, 0x11223344, 0, 0, 0, 0x44332211, 0},
        {"rev16", op_rev16, 0x11223344, 0, 0, 0, 0x22114433, 0},
        {"revsh", op_revsh, 0x00000080, 0, 0, 0, 0xFFFF8000, 0},
        {"pkhbt", op_pkhbt, 0x11112222, 0x03334444, 0, 0, 0x33342222, 0},
        {"pkhtb", op_pkhtb, 0x11112222, 0x33334444, 0, 0, 0x11113444, 0},
        {"sxtb16", op_sxtb16, 0x80007F00, 0, 0, 0, 0xFF80007F, 0},
        {"uxtab16", op_uxtab16, 0x00010002, 0xFFFFFFFF, 0, 0, 0x01000101, 0},
        {"sxtab", op_sxtab, 1, 0x00800000, 0, 0, 0xFFFFFF81, 0},
        {"uxth_rotated", op_uxth, 0x11223344, 0, 0, 0, 0x00004411, 0},
        {"movt", op_movt, 0xFFFF5678, 0, 0, 0, 0x12345678, 0},
        {"orn", op_orn, 0x0000000F, 0xFFFFFF00, 0, 0, 0x000000FF, 0},
        {"teq_shifted_carry", op_teq, 0, 2, 0, 0, 0, Z | C},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct outcome o = rows[i].op(rows[i].a, rows[i].b, rows[i].c, rows[i].before);
        bool right = o.r0 == rows[i].r0 && (o.apsr & 0xF80F0000) == rows[i].apsr;
        check(rows[i].name, right);
        if (!right) {
            check_note("  result", o.r0);
            check_note("  apsr", o.apsr);
        }
    }
    check_eq("umaal_high_word", op_umaal(0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0).r1, 0xFFFFFFFF);
    check_eq("smlaltb_high_word", op_smlaltb(1, 0, 0xFFFF0002, 0).r1, 0xFFFFFFFF);
    check_eq("smull_high_word", op_smull(0, 0, 0xFFFFFFFF, 0).r1, 0);
}

/* ---- control flow and addressing ---- */

static uint32_t table_branch(uint32_t index)
{
    uint32_t result;
    __asm volatile("tbb [pc, %1]\n"
                   "0: .byte (1f - 0b) / 2, (2f - 0b) / 2, (3f - 0b) / 2, 0\n"
                   "1: movs %0, #10\n b 4f\n"
                   "2: movs %0, #20\n b 4f\n"
                   "3: movs %0, #30\n"
                   "4:" : "=r"(result) : "r"(index) : "cc");
    return result;
}

static uint32_t table_branch_halfword(uint32_t index)
{
    uint32_t result;
    __asm volatile("tbh [pc, %1, lsl #1]\n"
                   "0: .hword (1f - 0b) / 2, (2f - 0b) / 2\n"
                   "1: movs %0, #11\n b 4f\n"
                   "2: movs %0, #22\n"
                   "4:" : "=r"(result) : "r"(index) : "cc");
    return result;
}

static void test_flow(void)
{
    check_eq("tbb_first", table_branch(0), 10);
    check_eq("tbb_last", table_branch(2), 30);
    check_eq("tbh_second", table_branch_halfword(1), 22);
    uint32_t result;
    __asm volatile("movs r0, #0\n cbz r0, 1f\n movs r0, #9\n 1: adds r0, #1\n cbnz r0, 2f\n movs r0, #9\n"
                   "2: mov %0, r0" : "=r"(result) : : "r0", "cc");
    check_eq("cbz_and_cbnz", result, 1);
}

static void test_addressing(void)
{
    static uint32_t w[6] = {1, 2, 3, 4, 5, 6};
    uint32_t *p = w + 2;
    uint32_t a, b;

    __asm volatile("ldr %0, [%1], #4" : "=r"(a), "+r"(p) : : "memory");
    check_eq("post_index_value", a, 3);
    check("post_index_base", p == w + 3);
    __asm volatile("ldr %0, [%1, #-8]!" : "=r"(a), "+r"(p) : : "memory");
    check_eq("pre_index_value", a, 2);
    check("pre_index_base", p == w + 1);
    __asm volatile("ldrd %0, %1, [%2, #8]" : "=r"(a), "=r"(b) : "r"(w) : "memory");
    check_eq("ldrd_pair", a * 16 + b, 0x34);
    __asm volatile("mov r3, %2\n ldmdb r3!, {r0, r1}\n mov %0, r0\n mov %1, r3"
                   : "=r"(a), "=r"(b) : "r"(w + 4) : "r0", "r1", "r3", "memory");
    check_eq("ldmdb_lowest_register_lowest_address", a, 3);
    check_eq("ldmdb_writes_back", b, (uint32_t)(uintptr_t)(w + 2));
    __asm volatile("ldr %0, [%1, %2, lsl #2]" : "=r"(a) : "r"(w), "r"(5) : "memory");
    check_eq("scaled_register_offset", a, 6);
    __asm volatile("ldrsb %0, [%1]" : "=r"(a) : "r"("\x80") : "memory");
    check_eq("ldrsb_extends", a, 0xFFFFFF80);
}

int main(void)
{
    test_table();
    test_flow();
    test_addressing();
    check_end();
}
