/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * 32-bit Thumb encodings (Armv7-M ARM A5.3), the DSP extension's among them, in the manual's order of
 * classes. How to read a row: see encoding.h.
 */
#include "core/arm/encoding.h"

#define COMPARE .setflags = FLAGS_ALWAYS
#define INDEX .index = true
#define OFFSET INDEX, .add = true
#define WBACK .wback = true
#define BYTE .width = 1
#define HALF .width = 2
#define WORD .width = 4
#define SIGNED .sign = true

/* Fields that may be neither SP nor PC. */
#define DN (D_BAD | N_BAD)
#define DM (D_BAD | M_BAD)
#define DA (D_BAD | A_BAD)
#define DNM (DN | M_BAD)
#define DNMA (DNM | A_BAD)

/* Lists of the 32-bit loads and stores. */
#define LOADED (LIST_ONE | LIST_SP | LIST_LR_PC)
#define STORED (LIST_ONE | LIST_SP | LIST_PC)

#define DSP(...) ROW_OF(DSP, false, __VA_ARGS__)
#define FIRST(...) ROW_OF(BASE, true, __VA_ARGS__)

/* The six parallel additions and subtractions under one prefix: A5.3.14, A5.3.15. */
#define PARALLEL_6(prefix, op2, number)                                                           \
    PARALLEL_1(prefix "ADD16_T1", "111110101001", op2, 0 | number << 3),                          \
    PARALLEL_1(prefix "ASX_T1",   "111110101010", op2, 1 | number << 3),                          \
    PARALLEL_1(prefix "SAX_T1",   "111110101110", op2, 2 | number << 3),                          \
    PARALLEL_1(prefix "SUB16_T1", "111110101101", op2, 3 | number << 3),                          \
    PARALLEL_1(prefix "ADD8_T1",  "111110101000", op2, 4 | number << 3),                          \
    PARALLEL_1(prefix "SUB8_T1",  "111110101100", op2, 5 | number << 3)
#define PARALLEL_1(name, op1, op2, number)                                                        \
    DSP(name, op1 " nnnn 1111 dddd 0" op2 " mmmm", PARALLEL, NONE, DNM, .variant = number)

static const struct encoding rows[] = {
    /* load and store multiple: A5.3.5 */
    ROW("POP_T2",          "1110100010111101 iiiiiiiiiiiiiiii", LDM, NONE, LOADED, .rn = 13, .add = true, WBACK),
    ROW("PUSH_T2",         "1110100100101101 iiiiiiiiiiiiiiii", STM, NONE, STORED, .rn = 13, WBACK),
    ROW("STM_T2",          "1110100010b0 nnnn iiiiiiiiiiiiiiii", STM, NONE, N_PC | STORED | WB_LIST, .add = true),
    ROW("LDM_T2",          "1110100010b1 nnnn iiiiiiiiiiiiiiii", LDM, NONE, N_PC | LOADED | WB_LIST, .add = true),
    ROW("STMDB_T1",        "1110100100b0 nnnn iiiiiiiiiiiiiiii", STM, NONE, N_PC | STORED | WB_LIST),
    ROW("LDMDB_T1",        "1110100100b1 nnnn iiiiiiiiiiiiiiii", LDM, NONE, N_PC | LOADED | WB_LIST),

    /* load and store dual or exclusive, table branch: A5.3.6 */
    ROW("STREX_T1",        "111010000100 nnnn dddd aaaa iiiiiiii", STREX, X4, N_PC | DA | A_IS_N | D_IS_A, OFFSET, WORD),
    ROW("LDREX_T1",        "111010000101 nnnn dddd oooo iiiiiiii", LDREX, X4, N_PC | D_BAD, OFFSET, WORD),
    ROW("STREXB_T1",       "111010001100 nnnn dddd oooo 0100 aaaa", STREX, NONE, N_PC | DA | A_IS_N | D_IS_A, OFFSET, BYTE),
    ROW("STREXH_T1",       "111010001100 nnnn dddd oooo 0101 aaaa", STREX, NONE, N_PC | DA | A_IS_N | D_IS_A, OFFSET, HALF),
    ROW("TBB_T1",          "111010001101 nnnn oooo zzzz 0000 mmmm", TB, NONE, N_SP | M_BAD, BYTE),
    ROW("TBH_T1",          "111010001101 nnnn oooo zzzz 0001 mmmm", TB, NONE, N_SP | M_BAD, HALF, .amount = 1),
    ROW("LDREXB_T1",       "111010001101 nnnn dddd oooo 0100 oooo", LDREX, NONE, N_PC | D_BAD, OFFSET, BYTE),
    ROW("LDREXH_T1",       "111010001101 nnnn dddd oooo 0101 oooo", LDREX, NONE, N_PC | D_BAD, OFFSET, HALF),
    ROW("LDRD_lit_T1",     "11101001u1b1 1111 dddd aaaa iiiiiiii", LDRD, X4, DA | D_IS_A | WB_ANY, .rn = 15, INDEX, WORD),
    ROW("LDRD_lit_T1",     "11101000u111 1111 dddd aaaa iiiiiiii", LDRD, X4, DA | D_IS_A | WB_ANY, .rn = 15, WBACK, WORD),
    ROW("STRD_imm_T1",     "11101001u1b0 nnnn dddd aaaa iiiiiiii", STRD, X4, N_PC | DA | WB_D | WB_A, INDEX, WORD),
    ROW("STRD_imm_T1",     "11101000u110 nnnn dddd aaaa iiiiiiii", STRD, X4, N_PC | DA | WB_D | WB_A, WBACK, WORD),
    ROW("LDRD_imm_T1",     "11101001u1b1 nnnn dddd aaaa iiiiiiii", LDRD, X4, DA | D_IS_A | WB_D | WB_A, INDEX, WORD),
    ROW("LDRD_imm_T1",     "11101000u111 nnnn dddd aaaa iiiiiiii", LDRD, X4, DA | D_IS_A | WB_D | WB_A, WBACK, WORD),

    /* data processing (shifted register): A5.3.11 */
    ROW("TST_reg_T2",      "111010100001 nnnn z kkk 1111 kkyy mmmm", TST_reg, SHIFT, N_BAD | M_BAD, COMPARE),
    ROW("AND_reg_T2",      "11101010000s nnnn z kkk dddd kkyy mmmm", AND_reg, SHIFT, DNM),
    ROW("BIC_reg_T2",      "11101010001s nnnn z kkk dddd kkyy mmmm", BIC_reg, SHIFT, DNM),
    ROW("MOV_reg_T3",      "111010100100 1111 z 000 dddd 0000 mmmm", MOV_reg, NONE, D_PC | M_PC | SP_SP),
    ROW("MOV_reg_T3",      "111010100101 1111 z 000 dddd 0000 mmmm", MOV_reg, NONE, DM, COMPARE),
    ROW("RRX_T1",          "11101010010s 1111 z 000 dddd 0011 mmmm", MOV_reg, SHIFT, DM, .shift = SHIFT_ROR),
    ROW("LSL_imm_T2",      "11101010010s 1111 z kkk dddd kk00 mmmm", MOV_reg, SHIFT, DM, .shift = SHIFT_LSL),
    ROW("LSR_imm_T2",      "11101010010s 1111 z kkk dddd kk01 mmmm", MOV_reg, SHIFT, DM, .shift = SHIFT_LSR),
    ROW("ASR_imm_T2",      "11101010010s 1111 z kkk dddd kk10 mmmm", MOV_reg, SHIFT, DM, .shift = SHIFT_ASR),
    ROW("ROR_imm_T1",      "11101010010s 1111 z kkk dddd kk11 mmmm", MOV_reg, SHIFT, DM, .shift = SHIFT_ROR),
    ROW("ORR_reg_T2",      "11101010010s nnnn z kkk dddd kkyy mmmm", ORR_reg, SHIFT, D_BAD | N_SP | M_BAD),
    ROW("MVN_reg_T2",      "11101010011s 1111 z kkk dddd kkyy mmmm", MVN_reg, SHIFT, DM),
    ROW("ORN_reg_T1",      "11101010011s nnnn z kkk dddd kkyy mmmm", ORN_reg, SHIFT, D_BAD | N_SP | M_BAD),
    ROW("TEQ_reg_T1",      "111010101001 nnnn z kkk 1111 kkyy mmmm", TEQ_reg, SHIFT, N_BAD | M_BAD, COMPARE),
    ROW("EOR_reg_T2",      "11101010100s nnnn z kkk dddd kkyy mmmm", EOR_reg, SHIFT, DNM),
    DSP("PKHBT_T1",        "111010101100 nnnn z kkk dddd kk00 mmmm", PKH, SHIFT, DNM, .shift = SHIFT_LSL),
    DSP("PKHTB_T1",        "111010101100 nnnn z kkk dddd kk10 mmmm", PKH, SHIFT, DNM, .shift = SHIFT_ASR, .variant = 1),
    FIRST("CMN_reg_T2",    "111010110001 nnnn z kkk 1111 kkyy mmmm", CMN_reg, SHIFT, N_PC | M_BAD, COMPARE),
    ROW("ADD_SP_reg_T3",   "11101011000s 1101 z kkk dddd kkyy mmmm", ADD_reg, SHIFT, D_PC | M_BAD | SP_SHIFT, .rn = 13),
    ROW("ADD_reg_T3",      "11101011000s nnnn z kkk dddd kkyy mmmm", ADD_reg, SHIFT, D_BAD | N_PC | M_BAD),
    ROW("ADC_reg_T2",      "11101011010s nnnn z kkk dddd kkyy mmmm", ADC_reg, SHIFT, DNM),
    ROW("SBC_reg_T2",      "11101011011s nnnn z kkk dddd kkyy mmmm", SBC_reg, SHIFT, DNM),
    FIRST("CMP_reg_T3",    "111010111011 nnnn z kkk 1111 kkyy mmmm", CMP_reg, SHIFT, N_PC | M_BAD, COMPARE),
    ROW("SUB_SP_reg_T1",   "11101011101s 1101 z kkk dddd kkyy mmmm", SUB_reg, SHIFT, D_PC | M_BAD | SP_SHIFT, .rn = 13),
    ROW("SUB_reg_T2",      "11101011101s nnnn z kkk dddd kkyy mmmm", SUB_reg, SHIFT, D_BAD | N_PC | M_BAD),
    ROW("RSB_reg_T1",      "11101011110s nnnn z kkk dddd kkyy mmmm", RSB_reg, SHIFT, DNM),

    /* data processing (modified immediate): A5.3.1 */
    ROW("TST_imm_T1",      "11110i000001 nnnn 0 iii 1111 iiiiiiii", TST_imm, MODIFIED, N_BAD, COMPARE),
    ROW("AND_imm_T1",      "11110i00000s nnnn 0 iii dddd iiiiiiii", AND_imm, MODIFIED, DN),
    ROW("BIC_imm_T1",      "11110i00001s nnnn 0 iii dddd iiiiiiii", BIC_imm, MODIFIED, DN),
    ROW("MOV_imm_T2",      "11110i00010s 1111 0 iii dddd iiiiiiii", MOV_imm, MODIFIED, D_BAD),
    ROW("ORR_imm_T1",      "11110i00010s nnnn 0 iii dddd iiiiiiii", ORR_imm, MODIFIED, D_BAD | N_SP),
    ROW("MVN_imm_T1",      "11110i00011s 1111 0 iii dddd iiiiiiii", MVN_imm, MODIFIED, D_BAD),
    ROW("ORN_imm_T1",      "11110i00011s nnnn 0 iii dddd iiiiiiii", ORN_imm, MODIFIED, D_BAD | N_SP),
    ROW("TEQ_imm_T1",      "11110i001001 nnnn 0 iii 1111 iiiiiiii", TEQ_imm, MODIFIED, N_BAD, COMPARE),
    ROW("EOR_imm_T1",      "11110i00100s nnnn 0 iii dddd iiiiiiii", EOR_imm, MODIFIED, DN),
    FIRST("CMN_imm_T1",    "11110i010001 nnnn 0 iii 1111 iiiiiiii", CMN_imm, MODIFIED, N_PC, COMPARE),
    ROW("ADD_SP_imm_T3",   "11110i01000s 1101 0 iii dddd iiiiiiii", ADD_imm, MODIFIED, D_PC, .rn = 13),
    ROW("ADD_imm_T3",      "11110i01000s nnnn 0 iii dddd iiiiiiii", ADD_imm, MODIFIED, D_BAD | N_PC),
    ROW("ADC_imm_T1",      "11110i01010s nnnn 0 iii dddd iiiiiiii", ADC_imm, MODIFIED, DN),
    ROW("SBC_imm_T1",      "11110i01011s nnnn 0 iii dddd iiiiiiii", SBC_imm, MODIFIED, DN),
    FIRST("CMP_imm_T2",    "11110i011011 nnnn 0 iii 1111 iiiiiiii", CMP_imm, MODIFIED, N_PC, COMPARE),
    ROW("SUB_SP_imm_T2",   "11110i01101s 1101 0 iii dddd iiiiiiii", SUB_imm, MODIFIED, D_PC, .rn = 13),
    ROW("SUB_imm_T3",      "11110i01101s nnnn 0 iii dddd iiiiiiii", SUB_imm, MODIFIED, D_BAD | N_PC),
    ROW("RSB_imm_T2",      "11110i01110s nnnn 0 iii dddd iiiiiiii", RSB_imm, MODIFIED, DN),

    /* data processing (plain binary immediate): A5.3.3 */
    ROW("ADR_T3",          "11110i100000 1111 0 iii dddd iiiiiiii", ADR, NONE, D_BAD),
    ROW("ADD_SP_imm_T4",   "11110i100000 1101 0 iii dddd iiiiiiii", ADD_imm, NONE, D_PC, .rn = 13),
    ROW("ADD_imm_T4",      "11110i100000 nnnn 0 iii dddd iiiiiiii", ADD_imm, NONE, D_BAD),
    ROW("MOV_imm_T3",      "11110i100100 iiii 0 iii dddd iiiiiiii", MOV_imm, MOVW, D_BAD),
    ROW("ADR_T2",          "11110i101010 1111 0 iii dddd iiiiiiii", ADR, NEGATE, D_BAD),
    ROW("SUB_SP_imm_T3",   "11110i101010 1101 0 iii dddd iiiiiiii", SUB_imm, NONE, D_PC, .rn = 13),
    ROW("SUB_imm_T4",      "11110i101010 nnnn 0 iii dddd iiiiiiii", SUB_imm, NONE, D_BAD),
    ROW("MOVT_T1",         "11110i101100 iiii 0 iii dddd iiiiiiii", MOVT, MOVW, D_BAD),
    DSP("SSAT16_T1",       "11110z110010 nnnn 0 000 dddd 00 z z iiii", SSAT16, PLUS_1, DN),
    ROW("UNDEFINED",       "11110-110010 ---- 0 000 ---- 00 ------", UDF, NONE, 0),
    ROW("SSAT_T1",         "11110z1100y0 nnnn 0 kkk dddd kk z iiiii", SSAT, SAT, DN),
    ROW("SBFX_T1",         "11110z110100 nnnn 0 kkk dddd kk z wwwww", SBFX, BIT_FIELD, DN | BIT_FIELD),
    ROW("BFC_T1",          "11110z110110 1111 0 kkk dddd kk z wwwww", BFC, BFI, D_BAD | BIT_FIELD),
    ROW("BFI_T1",          "11110z110110 nnnn 0 kkk dddd kk z wwwww", BFI, BFI, D_BAD | N_SP | BIT_FIELD),
    DSP("USAT16_T1",       "11110z111010 nnnn 0 000 dddd 00 z z iiii", USAT16, NONE, DN),
    ROW("UNDEFINED",       "11110-111010 ---- 0 000 ---- 00 ------", UDF, NONE, 0),
    ROW("USAT_T1",         "11110z1110y0 nnnn 0 kkk dddd kk z iiiii", USAT, SHIFT_SH, DN),
    ROW("UBFX_T1",         "11110z111100 nnnn 0 kkk dddd kk z wwwww", UBFX, BIT_FIELD, DN | BIT_FIELD),

    /* branches and miscellaneous control: A5.3.4 */
    ROW("MSR_T1",          "11110011100z nnnn 10z0 vv z z iiiiiiii", MSR, NONE, N_BAD | NO_MASK),
    ROW("NOP_T2",          "111100111010 oooo 10z0 z000 00000000", NOP, NONE, 0),
    ROW("YIELD_T2",        "111100111010 oooo 10z0 z000 00000001", YIELD, NONE, 0),
    ROW("WFE_T2",          "111100111010 oooo 10z0 z000 00000010", WFE, NONE, 0),
    ROW("WFI_T2",          "111100111010 oooo 10z0 z000 00000011", WFI, NONE, 0),
    ROW("SEV_T2",          "111100111010 oooo 10z0 z000 00000100", SEV, NONE, 0),
    ROW("DBG_T1",          "111100111010 oooo 10z0 z000 1111iiii", NOP, NONE, 0),
    ROW("HINT_T2",         "111100111010 oooo 10z0 z000 --------", NOP, NONE, 0),
    ROW("CLREX_T1",        "111100111011 oooo 10z0 oooo 0010 oooo", CLREX, NONE, 0),
    ROW("DSB_T1",          "111100111011 oooo 10z0 oooo 0100 iiii", DSB, NONE, 0),
    ROW("DMB_T1",          "111100111011 oooo 10z0 oooo 0101 iiii", DMB, NONE, 0),
    ROW("ISB_T1",          "111100111011 oooo 10z0 oooo 0110 iiii", ISB, NONE, 0),
    ROW("MRS_T1",          "11110011111z oooo 10z0 dddd iiiiiiii", MRS, NONE, D_BAD),
    ROW("UDF_T2",          "111101111111 iiii 1010 iiiiiiiiiiii", UDF, NONE, 0),
    ROW("UNDEFINED",       "11110-111--- ---- 10-0 ------------", UDF, NONE, 0),
    ROW("B_T3",            "11110i cccc iiiiii 10i0 iiiiiiiiiiii", B, BRANCH_20, 0),
    ROW("B_T4",            "11110iiiiiiiiiii 10i1 iiiiiiiiiiii", B, BRANCH_24, 0),
    ROW("BL_T1",           "11110iiiiiiiiiii 11i1 iiiiiiiiiiii", BL, BRANCH_24, 0),

    /* store single: A5.3.10 */
    ROW("STRB_imm_T2",     "111110001000 nnnn dddd iiiiiiiiiiii", STR_imm, NONE, D_BAD | N_PC_UND, OFFSET, BYTE),
    ROW("STRBT_T1",        "111110000000 nnnn dddd 1110 iiiiiiii", STRT, NONE, D_BAD | N_PC_UND, OFFSET, BYTE),
    ROW("STRB_imm_T3",     "111110000000 nnnn dddd 11ub iiiiiiii", STR_imm, NONE, D_BAD | N_PC_UND | WB_D, INDEX, BYTE),
    ROW("STRB_imm_T3",     "111110000000 nnnn dddd 10u1 iiiiiiii", STR_imm, NONE, D_BAD | N_PC_UND | WB_D, WBACK, BYTE),
    ROW("STRB_reg_T2",     "111110000000 nnnn dddd 000000 kk mmmm", STR_reg, NONE, D_BAD | N_PC_UND | M_BAD, OFFSET, BYTE),
    ROW("STRH_imm_T2",     "111110001010 nnnn dddd iiiiiiiiiiii", STR_imm, NONE, D_BAD | N_PC_UND, OFFSET, HALF),
    ROW("STRHT_T1",        "111110000010 nnnn dddd 1110 iiiiiiii", STRT, NONE, D_BAD | N_PC_UND, OFFSET, HALF),
    ROW("STRH_imm_T3",     "111110000010 nnnn dddd 11ub iiiiiiii", STR_imm, NONE, D_BAD | N_PC_UND | WB_D, INDEX, HALF),
    ROW("STRH_imm_T3",     "111110000010 nnnn dddd 10u1 iiiiiiii", STR_imm, NONE, D_BAD | N_PC_UND | WB_D, WBACK, HALF),
    ROW("STRH_reg_T2",     "111110000010 nnnn dddd 000000 kk mmmm", STR_reg, NONE, D_BAD | N_PC_UND | M_BAD, OFFSET, HALF),
    ROW("STR_imm_T3",      "111110001100 nnnn dddd iiiiiiiiiiii", STR_imm, NONE, D_PC | N_PC_UND, OFFSET, WORD),
    ROW("STRT_T1",         "111110000100 nnnn dddd 1110 iiiiiiii", STRT, NONE, D_BAD | N_PC_UND, OFFSET, WORD),
    ROW("PUSH_T3",         "111110000100 1101 dddd 1101 00000100", STR_imm, NONE, D_BAD, .rn = 13, .imm = 4, INDEX, WBACK, WORD),
    ROW("STR_imm_T4",      "111110000100 nnnn dddd 11ub iiiiiiii", STR_imm, NONE, D_PC | N_PC_UND | WB_D, INDEX, WORD),
    ROW("STR_imm_T4",      "111110000100 nnnn dddd 10u1 iiiiiiii", STR_imm, NONE, D_PC | N_PC_UND | WB_D, WBACK, WORD),
    ROW("STR_reg_T2",      "111110000100 nnnn dddd 000000 kk mmmm", STR_reg, NONE, D_PC | N_PC_UND | M_BAD, OFFSET, WORD),

    /* load byte, memory hints: A5.3.9 */
    FIRST("PLD_lit_T1",    "11111000u001 1111 1111 iiiiiiiiiiii", PLD, NONE, 0, INDEX),
    FIRST("LDRB_lit_T1",   "11111000u001 1111 dddd iiiiiiiiiiii", LDR_lit, NONE, D_SP, INDEX, BYTE),
    FIRST("PLI_lit_T3",    "11111001u001 1111 1111 iiiiiiiiiiii", PLD, NONE, 0, INDEX),
    FIRST("LDRSB_lit_T1",  "11111001u001 1111 dddd iiiiiiiiiiii", LDR_lit, NONE, D_SP, INDEX, BYTE, SIGNED),
    ROW("PLD_imm_T1",      "111110001001 nnnn 1111 iiiiiiiiiiii", PLD, NONE, 0, OFFSET),
    ROW("PLD_imm_T2",      "111110000001 nnnn 1111 1100 iiiiiiii", PLD, NONE, 0, INDEX),
    ROW("PLD_reg_T1",      "111110000001 nnnn 1111 000000 kk mmmm", PLD, NONE, M_BAD, OFFSET),
    ROW("LDRB_imm_T2",     "111110001001 nnnn dddd iiiiiiiiiiii", LDR_imm, NONE, D_SP, OFFSET, BYTE),
    ROW("LDRBT_T1",        "111110000001 nnnn dddd 1110 iiiiiiii", LDRT, NONE, D_BAD, OFFSET, BYTE),
    ROW("LDRB_imm_T3",     "111110000001 nnnn dddd 11ub iiiiiiii", LDR_imm, NONE, D_BAD | WB_D, INDEX, BYTE),
    ROW("LDRB_imm_T3",     "111110000001 nnnn dddd 10u1 iiiiiiii", LDR_imm, NONE, D_BAD | WB_D, WBACK, BYTE),
    ROW("LDRB_reg_T2",     "111110000001 nnnn dddd 000000 kk mmmm", LDR_reg, NONE, D_SP | M_BAD, OFFSET, BYTE),
    ROW("PLI_imm_T1",      "111110011001 nnnn 1111 iiiiiiiiiiii", PLD, NONE, 0, OFFSET),
    ROW("PLI_imm_T2",      "111110010001 nnnn 1111 1100 iiiiiiii", PLD, NONE, 0, INDEX),
    ROW("PLI_reg_T1",      "111110010001 nnnn 1111 000000 kk mmmm", PLD, NONE, M_BAD, OFFSET),
    ROW("LDRSB_imm_T1",    "111110011001 nnnn dddd iiiiiiiiiiii", LDR_imm, NONE, D_SP, OFFSET, BYTE, SIGNED),
    ROW("LDRSBT_T1",       "111110010001 nnnn dddd 1110 iiiiiiii", LDRT, NONE, D_BAD, OFFSET, BYTE, SIGNED),
    ROW("LDRSB_imm_T2",    "111110010001 nnnn dddd 11ub iiiiiiii", LDR_imm, NONE, D_BAD | WB_D, INDEX, BYTE, SIGNED),
    ROW("LDRSB_imm_T2",    "111110010001 nnnn dddd 10u1 iiiiiiii", LDR_imm, NONE, D_BAD | WB_D, WBACK, BYTE, SIGNED),
    ROW("LDRSB_reg_T2",    "111110010001 nnnn dddd 000000 kk mmmm", LDR_reg, NONE, D_SP | M_BAD, OFFSET, BYTE, SIGNED),

    /* load halfword, unallocated memory hints: A5.3.8 */
    FIRST("HINT_LDRH_lit", "11111000u011 1111 1111 iiiiiiiiiiii", PLD, NONE, 0, INDEX),
    FIRST("LDRH_lit_T1",   "11111000u011 1111 dddd iiiiiiiiiiii", LDR_lit, NONE, D_SP, INDEX, HALF),
    FIRST("HINT_LDRSH_lit", "11111001u011 1111 1111 iiiiiiiiiiii", PLD, NONE, 0, INDEX),
    FIRST("LDRSH_lit_T1",  "11111001u011 1111 dddd iiiiiiiiiiii", LDR_lit, NONE, D_SP, INDEX, HALF, SIGNED),
    ROW("HINT_LDRH_imm",   "111110001011 nnnn 1111 iiiiiiiiiiii", PLD, NONE, 0, OFFSET),
    ROW("HINT_LDRH_imm",   "111110000011 nnnn 1111 1100 iiiiiiii", PLD, NONE, 0, INDEX),
    ROW("HINT_LDRH_reg",   "111110000011 nnnn 1111 000000 kk mmmm", PLD, NONE, M_BAD, OFFSET),
    ROW("LDRH_imm_T2",     "111110001011 nnnn dddd iiiiiiiiiiii", LDR_imm, NONE, D_SP, OFFSET, HALF),
    ROW("LDRHT_T1",        "111110000011 nnnn dddd 1110 iiiiiiii", LDRT, NONE, D_BAD, OFFSET, HALF),
    ROW("LDRH_imm_T3",     "111110000011 nnnn dddd 11ub iiiiiiii", LDR_imm, NONE, D_BAD | WB_D, INDEX, HALF),
    ROW("LDRH_imm_T3",     "111110000011 nnnn dddd 10u1 iiiiiiii", LDR_imm, NONE, D_BAD | WB_D, WBACK, HALF),
    ROW("LDRH_reg_T2",     "111110000011 nnnn dddd 000000 kk mmmm", LDR_reg, NONE, D_SP | M_BAD, OFFSET, HALF),
    ROW("HINT_LDRSH_imm",  "111110011011 nnnn 1111 iiiiiiiiiiii", PLD, NONE, 0, OFFSET),
    ROW("HINT_LDRSH_imm",  "111110010011 nnnn 1111 1100 iiiiiiii", PLD, NONE, 0, INDEX),
    ROW("HINT_LDRSH_reg",  "111110010011 nnnn 1111 000000 kk mmmm", PLD, NONE, M_BAD, OFFSET),
    ROW("LDRSH_imm_T1",    "111110011011 nnnn dddd iiiiiiiiiiii", LDR_imm, NONE, D_SP, OFFSET, HALF, SIGNED),
    ROW("LDRSHT_T1",       "111110010011 nnnn dddd 1110 iiiiiiii", LDRT, NONE, D_BAD, OFFSET, HALF, SIGNED),
    ROW("LDRSH_imm_T2",    "111110010011 nnnn dddd 11ub iiiiiiii", LDR_imm, NONE, D_BAD | WB_D, INDEX, HALF, SIGNED),
    ROW("LDRSH_imm_T2",    "111110010011 nnnn dddd 10u1 iiiiiiii", LDR_imm, NONE, D_BAD | WB_D, WBACK, HALF, SIGNED),
    ROW("LDRSH_reg_T2",    "111110010011 nnnn dddd 000000 kk mmmm", LDR_reg, NONE, D_SP | M_BAD, OFFSET, HALF, SIGNED),

    /* load word: A5.3.7 */
    FIRST("LDR_lit_T2",    "11111000u101 1111 dddd iiiiiiiiiiii", LDR_lit, NONE, 0, INDEX, WORD),
    ROW("LDR_imm_T3",      "111110001101 nnnn dddd iiiiiiiiiiii", LDR_imm, NONE, 0, OFFSET, WORD),
    ROW("LDRT_T1",         "111110000101 nnnn dddd 1110 iiiiiiii", LDRT, NONE, D_BAD, OFFSET, WORD),
    ROW("POP_T3",          "111110000101 1101 dddd 1011 00000100", LDR_imm, NONE, D_SP, .rn = 13, .imm = 4, .add = true, WBACK, WORD),
    ROW("LDR_imm_T4",      "111110000101 nnnn dddd 11ub iiiiiiii", LDR_imm, NONE, WB_D, INDEX, WORD),
    ROW("LDR_imm_T4",      "111110000101 nnnn dddd 10u1 iiiiiiii", LDR_imm, NONE, WB_D, WBACK, WORD),
    ROW("LDR_reg_T2",      "111110000101 nnnn dddd 000000 kk mmmm", LDR_reg, NONE, M_BAD, OFFSET, WORD),

    /* data processing (register): A5.3.12 */
    ROW("LSL_reg_T2",      "11111010000s nnnn 1111 dddd 0000 mmmm", SHIFT_reg, NONE, DNM, .shift = SHIFT_LSL),
    ROW("LSR_reg_T2",      "11111010001s nnnn 1111 dddd 0000 mmmm", SHIFT_reg, NONE, DNM, .shift = SHIFT_LSR),
    ROW("ASR_reg_T2",      "11111010010s nnnn 1111 dddd 0000 mmmm", SHIFT_reg, NONE, DNM, .shift = SHIFT_ASR),
    ROW("ROR_reg_T2",      "11111010011s nnnn 1111 dddd 0000 mmmm", SHIFT_reg, NONE, DNM, .shift = SHIFT_ROR),
    ROW("SXTH_T2",         "111110100000 1111 1111 dddd 1z kk mmmm", EXTEND, ROTATE, DM, HALF, SIGNED),
    ROW("UXTH_T2",         "111110100001 1111 1111 dddd 1z kk mmmm", EXTEND, ROTATE, DM, HALF),
    DSP("SXTB16_T1",       "111110100010 1111 1111 dddd 1z kk mmmm", EXTEND16, ROTATE, DM, .rn = 15, SIGNED),
    DSP("UXTB16_T1",       "111110100011 1111 1111 dddd 1z kk mmmm", EXTEND16, ROTATE, DM, .rn = 15),
    ROW("SXTB_T2",         "111110100100 1111 1111 dddd 1z kk mmmm", EXTEND, ROTATE, DM, BYTE, SIGNED),
    ROW("UXTB_T2",         "111110100101 1111 1111 dddd 1z kk mmmm", EXTEND, ROTATE, DM, BYTE),
    DSP("SXTAH_T1",        "111110100000 nnnn 1111 dddd 1z kk mmmm", EXTEND_ADD, ROTATE, DNM, HALF, SIGNED),
    DSP("UXTAH_T1",        "111110100001 nnnn 1111 dddd 1z kk mmmm", EXTEND_ADD, ROTATE, DNM, HALF),
    DSP("SXTAB16_T1",      "111110100010 nnnn 1111 dddd 1z kk mmmm", EXTEND16, ROTATE, DNM, SIGNED),
    DSP("UXTAB16_T1",      "111110100011 nnnn 1111 dddd 1z kk mmmm", EXTEND16, ROTATE, DNM, .sign = false),
    DSP("SXTAB_T1",        "111110100100 nnnn 1111 dddd 1z kk mmmm", EXTEND_ADD, ROTATE, DNM, BYTE, SIGNED),
    DSP("UXTAB_T1",        "111110100101 nnnn 1111 dddd 1z kk mmmm", EXTEND_ADD, ROTATE, DNM, BYTE),
    PARALLEL_6("S", "000", 0),
    PARALLEL_6("Q", "001", 1),
    PARALLEL_6("SH", "010", 2),
    PARALLEL_6("U", "100", 3),
    PARALLEL_6("UQ", "101", 4),
    PARALLEL_6("UH", "110", 5),

    /* miscellaneous operations: A5.3.13 */
    DSP("QADD_T1",         "111110101000 nnnn 1111 dddd 1000 mmmm", QADD, NONE, DNM, .variant = 0),
    DSP("QDADD_T1",        "111110101000 nnnn 1111 dddd 1001 mmmm", QADD, NONE, DNM, .variant = 1),
    DSP("QSUB_T1",         "111110101000 nnnn 1111 dddd 1010 mmmm", QADD, NONE, DNM, .variant = 2),
    DSP("QDSUB_T1",        "111110101000 nnnn 1111 dddd 1011 mmmm", QADD, NONE, DNM, .variant = 3),
    ROW("REV_T2",          "111110101001 nnnn 1111 dddd 1000 mmmm", REV, NONE, DM | N_IS_NOT_M),
    ROW("REV16_T2",        "111110101001 nnnn 1111 dddd 1001 mmmm", REV16, NONE, DM | N_IS_NOT_M),
    ROW("RBIT_T1",         "111110101001 nnnn 1111 dddd 1010 mmmm", RBIT, NONE, DM | N_IS_NOT_M),
    ROW("REVSH_T2",        "111110101001 nnnn 1111 dddd 1011 mmmm", REVSH, NONE, DM | N_IS_NOT_M),
    DSP("SEL_T1",          "111110101010 nnnn 1111 dddd 1000 mmmm", SEL, NONE, DNM),
    ROW("CLZ_T1",          "111110101011 nnnn 1111 dddd 1000 mmmm", CLZ, NONE, DM | N_IS_NOT_M),

    /* multiply, multiply accumulate, absolute difference: A5.3.16 */
    ROW("MUL_T2",          "111110110000 nnnn 1111 dddd 0000 mmmm", MUL, NONE, DNM),
    ROW("MLA_T1",          "111110110000 nnnn aaaa dddd 0000 mmmm", MLA, NONE, DNM | A_SP),
    ROW("MLS_T1",          "111110110000 nnnn aaaa dddd 0001 mmmm", MLS, NONE, DNMA),
    DSP("SMUL_T1",         "111110110001 nnnn 1111 dddd 00vv mmmm", SMLA_xy, NONE, DNM, .ra = 15),
    DSP("SMLA_T1",         "111110110001 nnnn aaaa dddd 00vv mmmm", SMLA_xy, NONE, DNM | A_SP),
    DSP("SMUAD_T1",        "111110110010 nnnn 1111 dddd 000v mmmm", SMLAD, NONE, DNM, .ra = 15),
    DSP("SMLAD_T1",        "111110110010 nnnn aaaa dddd 000v mmmm", SMLAD, NONE, DNM | A_SP),
    DSP("SMULW_T1",        "111110110011 nnnn 1111 dddd 000v mmmm", SMLAW_y, NONE, DNM, .ra = 15),
    DSP("SMLAW_T1",        "111110110011 nnnn aaaa dddd 000v mmmm", SMLAW_y, NONE, DNM | A_SP),
    DSP("SMUSD_T1",        "111110110100 nnnn 1111 dddd 000v mmmm", SMLAD, NONE, DNM, .ra = 15, .variant = 2),
    DSP("SMLSD_T1",        "111110110100 nnnn aaaa dddd 000v mmmm", SMLAD, NONE, DNM | A_SP, .variant = 2),
    DSP("SMMUL_T1",        "111110110101 nnnn 1111 dddd 000v mmmm", SMMLA, NONE, DNM, .ra = 15),
    DSP("SMMLA_T1",        "111110110101 nnnn aaaa dddd 000v mmmm", SMMLA, NONE, DNM | A_SP),
    DSP("SMMLS_T1",        "111110110110 nnnn aaaa dddd 000v mmmm", SMMLS, NONE, DNMA),
    DSP("USAD8_T1",        "111110110111 nnnn 1111 dddd 0000 mmmm", USADA8, NONE, DNM, .ra = 15),
    DSP("USADA8_T1",       "111110110111 nnnn aaaa dddd 0000 mmmm", USADA8, NONE, DNM | A_SP),

    /* long multiply, long multiply accumulate, divide: A5.3.17 */
    ROW("SMULL_T1",        "111110111000 nnnn aaaa dddd 0000 mmmm", MULL, NONE, DNMA | D_IS_A, SIGNED),
    ROW("SDIV_T1",         "111110111001 nnnn oooo dddd 1111 mmmm", DIV, NONE, DNM, SIGNED),
    ROW("UMULL_T1",        "111110111010 nnnn aaaa dddd 0000 mmmm", MULL, NONE, DNMA | D_IS_A),
    ROW("UDIV_T1",         "111110111011 nnnn oooo dddd 1111 mmmm", DIV, NONE, DNM),
    ROW("SMLAL_T1",        "111110111100 nnnn aaaa dddd 0000 mmmm", MLAL, NONE, DNMA | D_IS_A, SIGNED),
    DSP("SMLAL_xy_T1",     "111110111100 nnnn aaaa dddd 10vv mmmm", SMLAL_xy, NONE, DNMA | D_IS_A),
    DSP("SMLALD_T1",       "111110111100 nnnn aaaa dddd 110v mmmm", SMLALD, NONE, DNMA | D_IS_A),
    DSP("SMLSLD_T1",       "111110111101 nnnn aaaa dddd 110v mmmm", SMLALD, NONE, DNMA | D_IS_A, .variant = 2),
    ROW("UMLAL_T1",        "111110111110 nnnn aaaa dddd 0000 mmmm", MLAL, NONE, DNMA | D_IS_A),
    DSP("UMAAL_T1",        "111110111110 nnnn aaaa dddd 0110 mmmm", UMAAL, NONE, DNMA | D_IS_A),

    /* coprocessors: A5.3.18. vfp.c comes first; what is left belongs to a coprocessor that no core here has. */
    ROW("COPROC",          "111-1110 ------------ iiii --------", COPROC, NONE, 0),
    ROW("COPROC",          "111-110- ------------ iiii --------", COPROC, NONE, 0),
};

const struct encoding_table t32_table = {rows, sizeof(rows) / sizeof(rows[0])};
