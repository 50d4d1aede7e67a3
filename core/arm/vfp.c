/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Floating-point encodings of FPv4-SP (Armv7-M ARM A6), coprocessors 10 and 11. How to read a row: see
 * encoding.h. Double-precision arithmetic, D16 and above, and what later extensions add are UNDEFINED; being
 * in the FPU's space they are NOCP while it is switched off.
 */
#include "core/arm/encoding.h"

#define FP(...) ROW_OF(FP, false, __VA_ARGS__)

static const struct encoding rows[] = {
    /* data processing: A6.4 */
    FP("VMLA_T1",      "111011100D00 nnnn dddd 1010 N0M0 mmmm", VMLA, NONE, 0),
    FP("VMLS_T1",      "111011100D00 nnnn dddd 1010 N1M0 mmmm", VMLS, NONE, 0),
    FP("VNMLS_T1",     "111011100D01 nnnn dddd 1010 N0M0 mmmm", VNMLS, NONE, 0),
    FP("VNMLA_T1",     "111011100D01 nnnn dddd 1010 N1M0 mmmm", VNMLA, NONE, 0),
    FP("VMUL_T1",      "111011100D10 nnnn dddd 1010 N0M0 mmmm", VMUL, NONE, 0),
    FP("VNMUL_T2",     "111011100D10 nnnn dddd 1010 N1M0 mmmm", VNMUL, NONE, 0),
    FP("VADD_T1",      "111011100D11 nnnn dddd 1010 N0M0 mmmm", VADD, NONE, 0),
    FP("VSUB_T1",      "111011100D11 nnnn dddd 1010 N1M0 mmmm", VSUB, NONE, 0),
    FP("VDIV_T1",      "111011101D00 nnnn dddd 1010 N0M0 mmmm", VDIV, NONE, 0),
    FP("VFNMS_T1",     "111011101D01 nnnn dddd 1010 N0M0 mmmm", VFNMS, NONE, 0),
    FP("VFNMA_T1",     "111011101D01 nnnn dddd 1010 N1M0 mmmm", VFNMA, NONE, 0),
    FP("VFMA_T1",      "111011101D10 nnnn dddd 1010 N0M0 mmmm", VFMA, NONE, 0),
    FP("VFMS_T1",      "111011101D10 nnnn dddd 1010 N1M0 mmmm", VFMS, NONE, 0),
    FP("VMOV_imm_T1",  "111011101D11 iiii dddd 1010 z0z0 iiii", VMOV_imm, FP_IMM, 0),
    FP("VMOV_reg_T1",  "111011101D11 0000 dddd 1010 01M0 mmmm", VMOV, NONE, 0),
    FP("VABS_T1",      "111011101D11 0000 dddd 1010 11M0 mmmm", VABS, NONE, 0),
    FP("VNEG_T1",      "111011101D11 0001 dddd 1010 01M0 mmmm", VNEG, NONE, 0),
    FP("VSQRT_T1",     "111011101D11 0001 dddd 1010 11M0 mmmm", VSQRT, NONE, 0),
    FP("VCVT_half_T1", "111011101D11 001v dddd 1010 v1M0 mmmm", VCVT_half, NONE, 0),
    FP("VCMP_T1",      "111011101D11 0100 dddd 1010 v1M0 mmmm", VCMP, NONE, 0),
    FP("VCMP_T2",      "111011101D11 0101 dddd 1010 v1z0 zzzz", VCMP, NONE, 0, .variant = 2),
    FP("VCVT_int_T1",  "111011101D11 1000 dddd 1010 g1M0 mmmm", VCVT_from_int, NONE, 0),
    FP("VCVTR_int_T1", "111011101D11 110g dddd 1010 01M0 mmmm", VCVT_to_int, NONE, 0, .variant = 1),
    FP("VCVT_int_T1",  "111011101D11 110g dddd 1010 11M0 mmmm", VCVT_to_int, NONE, 0),
    FP("VCVT_fix_T1",  "111011101D11 1010 dddd 1010 w1i0 iiii", VCVT_from_fixed, FP_FIXED, FRACTION, .sign = true),
    FP("VCVT_fix_T1",  "111011101D11 1011 dddd 1010 w1i0 iiii", VCVT_from_fixed, FP_FIXED, FRACTION),
    FP("VCVT_fix_T1",  "111011101D11 1110 dddd 1010 w1i0 iiii", VCVT_to_fixed, FP_FIXED, FRACTION, .sign = true),
    FP("VCVT_fix_T1",  "111011101D11 1111 dddd 1010 w1i0 iiii", VCVT_to_fixed, FP_FIXED, FRACTION),

    /* 64-bit transfers between core and extension registers: A6.7 */
    FP("VMOV_ss_T1",   "11101100010v aaaa nnnn 1010 00D1 dddd", VMOV_core2, NONE, N_BAD | A_BAD | PAIR_PAST_S31),
    FP("VMOV_dbl_T1",  "11101100010v aaaa nnnn 1011 0001 dddd", VMOV_core2, D, N_BAD | A_BAD),

    /* loads and stores: A6.5 */
    FP("VPUSH_T2",     "111011010D10 1101 dddd 1010 iiiiiiii", VSTM, NONE, LIST_FP, .rn = 13, .wback = true),
    FP("VPUSH_T1",     "111011010010 1101 dddd 1011 iiiiiiii", VSTM, D_LIST, LIST_FP, .rn = 13, .wback = true),
    FP("VPOP_T2",      "111011001D11 1101 dddd 1010 iiiiiiii", VLDM, NONE, LIST_FP, .rn = 13, .add = true, .wback = true),
    FP("VPOP_T1",      "111011001011 1101 dddd 1011 iiiiiiii", VLDM, D_LIST, LIST_FP, .rn = 13, .add = true, .wback = true),
    FP("VSTMIA_T2",    "111011001Db0 nnnn dddd 1010 iiiiiiii", VSTM, NONE, N_PC | LIST_FP, .add = true),
    FP("VSTMIA_T1",    "1110110010b0 nnnn dddd 1011 iiiiiiii", VSTM, D_LIST, N_PC | LIST_FP, .add = true),
    FP("VSTMDB_T2",    "111011010D10 nnnn dddd 1010 iiiiiiii", VSTM, NONE, N_PC | LIST_FP, .wback = true),
    FP("VSTMDB_T1",    "111011010010 nnnn dddd 1011 iiiiiiii", VSTM, D_LIST, N_PC | LIST_FP, .wback = true),
    FP("VLDMIA_T2",    "111011001Db1 nnnn dddd 1010 iiiiiiii", VLDM, NONE, N_PC | LIST_FP, .add = true),
    FP("VLDMIA_T1",    "1110110010b1 nnnn dddd 1011 iiiiiiii", VLDM, D_LIST, N_PC | LIST_FP, .add = true),
    FP("VLDMDB_T2",    "111011010D11 nnnn dddd 1010 iiiiiiii", VLDM, NONE, N_PC | LIST_FP, .wback = true),
    FP("VLDMDB_T1",    "111011010011 nnnn dddd 1011 iiiiiiii", VLDM, D_LIST, N_PC | LIST_FP, .wback = true),
    FP("VSTR_T2",      "11101101uD00 nnnn dddd 1010 iiiiiiii", VSTR, X4, N_PC, .index = true, .width = 4),
    FP("VSTR_T1",      "11101101u000 nnnn dddd 1011 iiiiiiii", VSTR, D_X4, N_PC, .index = true, .width = 8),
    FP("VLDR_T2",      "11101101uD01 nnnn dddd 1010 iiiiiiii", VLDR, X4, 0, .index = true, .width = 4),
    FP("VLDR_T1",      "11101101u001 nnnn dddd 1011 iiiiiiii", VLDR, D_X4, 0, .index = true, .width = 8),

    /* 32-bit transfers between core and extension registers: A6.6 */
    FP("VMOV_sr_T1",   "11101110000v dddd aaaa 1010 Dzz1 zzzz", VMOV_core, NONE, A_BAD),
    FP("VMOV_x_T1",    "1110111000Dv dddd aaaa 1011 0001 zzzz", VMOV_core, NONE, A_BAD),
    FP("VMSR_T1",      "111011101110 0001 dddd 1010 zzz1 zzzz", VMSR, NONE, D_BAD),
    FP("VMRS_T1",      "111011101111 0001 dddd 1010 zzz1 zzzz", VMRS, NONE, D_SP),

    /* the rest of the FPU's space */
    FP("UNDEFINED_FP", "111-1110 ------------ 101- --------", UDF, NONE, 0, .variant = 1),
    FP("UNDEFINED_FP", "111-110- ------------ 101- --------", UDF, NONE, 0, .variant = 1),
};

const struct encoding_table vfp_table = {rows, sizeof(rows) / sizeof(rows[0])};
