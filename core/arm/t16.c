/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * 16-bit Thumb encodings (Armv7-M ARM A5.2), in the manual's order of classes. How to read a row: see
 * encoding.h. Data processing sets the flags outside an IT block only, except for comparisons.
 */
#include "core/arm/encoding.h"

#define S16 .setflags = FLAGS_OUTSIDE_IT
#define COMPARE .setflags = FLAGS_ALWAYS
#define OFFSET .index = true, .add = true

static const struct encoding rows[] = {
    /* shift (immediate), add, subtract, move, compare: A5.2.1 */
    ROW("MOV_reg_T2",    "0000000000 mmm ddd",   MOV_reg, NONE, 0, S16),
    ROW("LSL_imm_T1",    "00000 kkkkk mmm ddd",  MOV_reg, SHIFT, 0, S16, .shift = SHIFT_LSL),
    ROW("LSR_imm_T1",    "00001 kkkkk mmm ddd",  MOV_reg, SHIFT, 0, S16, .shift = SHIFT_LSR),
    ROW("ASR_imm_T1",    "00010 kkkkk mmm ddd",  MOV_reg, SHIFT, 0, S16, .shift = SHIFT_ASR),
    ROW("ADD_reg_T1",    "0001100 mmm nnn ddd",  ADD_reg, NONE, 0, S16),
    ROW("SUB_reg_T1",    "0001101 mmm nnn ddd",  SUB_reg, NONE, 0, S16),
    ROW("ADD_imm_T1",    "0001110 iii nnn ddd",  ADD_imm, NONE, 0, S16),
    ROW("SUB_imm_T1",    "0001111 iii nnn ddd",  SUB_imm, NONE, 0, S16),
    ROW("MOV_imm_T1",    "00100 ddd iiiiiiii",   MOV_imm, NONE, 0, S16),
    ROW("CMP_imm_T1",    "00101 nnn iiiiiiii",   CMP_imm, NONE, 0, COMPARE),
    ROW("ADD_imm_T2",    "00110 eee iiiiiiii",   ADD_imm, NONE, 0, S16),
    ROW("SUB_imm_T2",    "00111 eee iiiiiiii",   SUB_imm, NONE, 0, S16),

    /* data processing: A5.2.2 */
    ROW("AND_reg_T1",    "0100000000 mmm eee",   AND_reg, NONE, 0, S16),
    ROW("EOR_reg_T1",    "0100000001 mmm eee",   EOR_reg, NONE, 0, S16),
    ROW("LSL_reg_T1",    "0100000010 mmm eee",   SHIFT_reg, NONE, 0, S16, .shift = SHIFT_LSL),
    ROW("LSR_reg_T1",    "0100000011 mmm eee",   SHIFT_reg, NONE, 0, S16, .shift = SHIFT_LSR),
    ROW("ASR_reg_T1",    "0100000100 mmm eee",   SHIFT_reg, NONE, 0, S16, .shift = SHIFT_ASR),
    ROW("ADC_reg_T1",    "0100000101 mmm eee",   ADC_reg, NONE, 0, S16),
    ROW("SBC_reg_T1",    "0100000110 mmm eee",   SBC_reg, NONE, 0, S16),
    ROW("ROR_reg_T1",    "0100000111 mmm eee",   SHIFT_reg, NONE, 0, S16, .shift = SHIFT_ROR),
    ROW("TST_reg_T1",    "0100001000 mmm nnn",   TST_reg, NONE, 0, COMPARE),
    ROW("RSB_imm_T1",    "0100001001 nnn ddd",   RSB_imm, NONE, 0, S16),
    ROW("CMP_reg_T1",    "0100001010 mmm nnn",   CMP_reg, NONE, 0, COMPARE),
    ROW("CMN_reg_T1",    "0100001011 mmm nnn",   CMN_reg, NONE, 0, COMPARE),
    ROW("ORR_reg_T1",    "0100001100 mmm eee",   ORR_reg, NONE, 0, S16),
    ROW("MUL_T1",        "0100001101 nnn fff",   MUL, NONE, 0, S16),
    ROW("BIC_reg_T1",    "0100001110 mmm eee",   BIC_reg, NONE, 0, S16),
    ROW("MVN_reg_T1",    "0100001111 mmm ddd",   MVN_reg, NONE, 0, S16),

    /* special data instructions, branch and exchange: A5.2.3 */
    ROW("ADD_SP_reg_T1", "01000100 1 1101 111",  ADD_PC, NONE, 0, .rd = 15, .rm = 13),
    ROW_OF(BASE, true,
        "ADD_SP_reg_T1", "01000100 f 1101 fff",  ADD_reg, NONE, 0, .rn = 13),
    ROW("ADD_reg_T2",    "01000100 1 mmmm 111",  ADD_PC, NONE, M_PC, .rd = 15),
    ROW("ADD_SP_reg_T2", "01000100 1 mmmm 101",  ADD_reg, NONE, 0, .rd = 13, .rn = 13),
    ROW("ADD_reg_T2",    "01000100 e mmmm eee",  ADD_reg, NONE, 0),
    ROW("CMP_reg_T2",    "01000101 n mmmm nnn",  CMP_reg, NONE, N_PC | M_PC | BOTH_LOW, COMPARE),
    ROW("MOV_reg_T1",    "01000110 1 mmmm 111",  MOV_PC, NONE, 0, .rd = 15),
    ROW("MOV_reg_T1",    "01000110 d mmmm ddd",  MOV_reg, NONE, 0),
    ROW("BX_T1",         "010001110 mmmm zzz",   BX, NONE, 0),
    ROW("BLX_reg_T1",    "010001111 mmmm zzz",   BLX, NONE, M_PC),

    /* loads and stores: A5.2.4 */
    ROW("LDR_lit_T1",    "01001 ddd iiiiiiii",   LDR_lit, X4, 0, OFFSET, .width = 4),
    ROW("STR_reg_T1",    "0101000 mmm nnn ddd",  STR_reg, NONE, 0, OFFSET, .width = 4),
    ROW("STRH_reg_T1",   "0101001 mmm nnn ddd",  STR_reg, NONE, 0, OFFSET, .width = 2),
    ROW("STRB_reg_T1",   "0101010 mmm nnn ddd",  STR_reg, NONE, 0, OFFSET, .width = 1),
    ROW("LDRSB_reg_T1",  "0101011 mmm nnn ddd",  LDR_reg, NONE, 0, OFFSET, .width = 1, .sign = true),
    ROW("LDR_reg_T1",    "0101100 mmm nnn ddd",  LDR_reg, NONE, 0, OFFSET, .width = 4),
    ROW("LDRH_reg_T1",   "0101101 mmm nnn ddd",  LDR_reg, NONE, 0, OFFSET, .width = 2),
    ROW("LDRB_reg_T1",   "0101110 mmm nnn ddd",  LDR_reg, NONE, 0, OFFSET, .width = 1),
    ROW("LDRSH_reg_T1",  "0101111 mmm nnn ddd",  LDR_reg, NONE, 0, OFFSET, .width = 2, .sign = true),
    ROW("STR_imm_T1",    "01100 iiiii nnn ddd",  STR_imm, X4, 0, OFFSET, .width = 4),
    ROW("LDR_imm_T1",    "01101 iiiii nnn ddd",  LDR_imm, X4, 0, OFFSET, .width = 4),
    ROW("STRB_imm_T1",   "01110 iiiii nnn ddd",  STR_imm, NONE, 0, OFFSET, .width = 1),
    ROW("LDRB_imm_T1",   "01111 iiiii nnn ddd",  LDR_imm, NONE, 0, OFFSET, .width = 1),
    ROW("STRH_imm_T1",   "10000 iiiii nnn ddd",  STR_imm, X2, 0, OFFSET, .width = 2),
    ROW("LDRH_imm_T1",   "10001 iiiii nnn ddd",  LDR_imm, X2, 0, OFFSET, .width = 2),
    ROW("STR_imm_T2",    "10010 ddd iiiiiiii",   STR_imm, X4, 0, OFFSET, .width = 4, .rn = 13),
    ROW("LDR_imm_T2",    "10011 ddd iiiiiiii",   LDR_imm, X4, 0, OFFSET, .width = 4, .rn = 13),

    /* addresses relative to PC and SP */
    ROW("ADR_T1",        "10100 ddd iiiiiiii",   ADR, X4, 0),
    ROW("ADD_SP_imm_T1", "10101 ddd iiiiiiii",   ADD_imm, X4, 0, .rn = 13),

    /* miscellaneous: A5.2.5 */
    ROW("ADD_SP_imm_T2", "101100000 iiiiiii",    ADD_imm, X4, 0, .rd = 13, .rn = 13),
    ROW("SUB_SP_imm_T1", "101100001 iiiiiii",    SUB_imm, X4, 0, .rd = 13, .rn = 13),
    ROW("CBZ_T1",        "1011v0i1 iiiii nnn",   CBZ, X2, 0),
    ROW("SXTH_T1",       "1011001000 mmm ddd",   EXTEND, NONE, 0, .width = 2, .sign = true),
    ROW("SXTB_T1",       "1011001001 mmm ddd",   EXTEND, NONE, 0, .width = 1, .sign = true),
    ROW("UXTH_T1",       "1011001010 mmm ddd",   EXTEND, NONE, 0, .width = 2),
    ROW("UXTB_T1",       "1011001011 mmm ddd",   EXTEND, NONE, 0, .width = 1),
    ROW("PUSH_T1",       "1011010 i iiiiiiii",   STM, PUSH, LIST_NONE, .rn = 13, .wback = true),
    ROW("POP_T1",        "1011110 i iiiiiiii",   LDM, POP, LIST_NONE, .rn = 13, .wback = true, .add = true),
    ROW("CPS_T1",        "10110110011 v z z v v", CPS, CPS, NO_MASK),
    ROW("REV_T1",        "1011101000 mmm ddd",   REV, NONE, 0),
    ROW("REV16_T1",      "1011101001 mmm ddd",   REV16, NONE, 0),
    ROW("REVSH_T1",      "1011101011 mmm ddd",   REVSH, NONE, 0),
    ROW("BKPT_T1",       "10111110 iiiiiiii",    BKPT, NONE, 0),
    ROW("NOP_T1",        "10111111 0000 0000",   NOP, NONE, 0),
    ROW("YIELD_T1",      "10111111 0001 0000",   YIELD, NONE, 0),
    ROW("WFE_T1",        "10111111 0010 0000",   WFE, NONE, 0),
    ROW("WFI_T1",        "10111111 0011 0000",   WFI, NONE, 0),
    ROW("SEV_T1",        "10111111 0100 0000",   SEV, NONE, 0),
    ROW("HINT_T1",       "10111111 ---- 0000",   NOP, NONE, 0),
    ROW("IT_T1",         "10111111 iiiiiiii",    IT, NONE, IT_COND),

    /* load and store multiple */
    ROW("STM_T1",        "11000 nnn iiiiiiii",   STM, NONE, LIST_NONE, .wback = true, .add = true),
    ROW("LDM_T1",        "11001 nnn iiiiiiii",   LDM, LDM_16, LIST_NONE, .add = true),

    /* conditional branch and supervisor call: A5.2.6; unconditional branch */
    ROW("UDF_T1",        "11011110 iiiiiiii",    UDF, NONE, 0),
    ROW("SVC_T1",        "11011111 iiiiiiii",    SVC, NONE, 0),
    ROW("B_T1",          "1101 cccc iiiiiiii",   B, BRANCH_8, 0),
    ROW("B_T2",          "11100 iiiiiiiiiii",    B, BRANCH_11, 0),
};

const struct encoding_table t16_table = {rows, sizeof(rows) / sizeof(rows[0])};
