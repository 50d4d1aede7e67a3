/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The normalised operations of Armv7E-M. One row per meaning: OP(NAME, exec group).
 * Encodings (t16.c, t32.c, vfp.c) name one of these; the interpreter has one function per row; the
 * group is the manual's chapter and names the file that holds the function (exec_<group>.c).
 *
 * Field use unless a row's comment says otherwise (struct insn):
 *   rd destination, rn first operand, rm second operand, ra accumulator or shift register,
 *   imm the expanded immediate, shift/amount the constant shift of rm.
 * PC as an operand reads as the instruction's address + 4. Encodings that write the PC through a
 * data-processing operation decode to MOV_PC or ADD_PC, so no other dp row ever has rd = 15.
 *
 * Where 15 can stand at all (elsewhere the manual has no such form, and decode gives UDF):
 *   operand PC: rm of ADD_reg, MOV_reg, ADD_PC, MOV_PC, BX; rn of TB; rn of LDRD and VLDR (literal forms,
 *   Align(PC, 4)). ADR and LDR_lit imply it.
 *   result PC: rd of LDR_imm, LDR_reg, LDR_lit with width 4; bit 15 of LDM's list. rd of VMRS: APSR.
 *   "none": rn of EXTEND16, ra of the accumulating DSP rows, as their comments say.
 * 13 can be the result of ADD_imm, ADD_reg, SUB_imm, SUB_reg, MOV_reg (amount 0), of word loads LDR_imm,
 * LDR_reg, LDR_lit, and of base write-back.
 */
#ifndef CORE_ARM_OPS_H
#define CORE_ARM_OPS_H

#define INSN_OPS(OP)                                                                              \
    /* data processing, A5.2.1 and A5.3.1: _imm takes imm/carry, _reg takes rm shifted */         \
    OP(AND_imm, dp) OP(AND_reg, dp)                                                               \
    OP(BIC_imm, dp) OP(BIC_reg, dp)                                                               \
    OP(ORR_imm, dp) OP(ORR_reg, dp)                                                               \
    OP(ORN_imm, dp) OP(ORN_reg, dp)                                                               \
    OP(EOR_imm, dp) OP(EOR_reg, dp)                                                               \
    OP(ADD_imm, dp) OP(ADD_reg, dp)   /* also ADDW (no flags) and SP forms */                     \
    OP(ADC_imm, dp) OP(ADC_reg, dp)                                                               \
    OP(SUB_imm, dp) OP(SUB_reg, dp)   /* also SUBW (no flags) and SP forms */                     \
    OP(SBC_imm, dp) OP(SBC_reg, dp)                                                               \
    OP(RSB_imm, dp) OP(RSB_reg, dp)                                                               \
    OP(MOV_imm, dp) OP(MOV_reg, dp)   /* _imm also MOVW; _reg also LSL/LSR/ASR/ROR/RRX by constant */ \
    OP(MVN_imm, dp) OP(MVN_reg, dp)                                                               \
    OP(TST_imm, dp) OP(TST_reg, dp)   /* no rd */                                                 \
    OP(TEQ_imm, dp) OP(TEQ_reg, dp)                                                               \
    OP(CMP_imm, dp) OP(CMP_reg, dp)                                                               \
    OP(CMN_imm, dp) OP(CMN_reg, dp)                                                               \
    OP(SHIFT_reg, dp)                 /* rd = rn shifted (shift) by the bottom byte of rm */      \
    OP(MOVT, dp)                      /* imm: 16 bits for the top half */                         \
    OP(ADR, dp)                       /* rd = Align(PC,4) + imm (imm may be negative, two's complement) */ \
    OP(BFC, dp) OP(BFI, dp)           /* amount = lsb, width */                                   \
    OP(SBFX, dp) OP(UBFX, dp)         /* amount = lsb, width */                                   \
    OP(CLZ, dp) OP(RBIT, dp)          /* operand in rm */                                         \
    OP(REV, dp) OP(REV16, dp) OP(REVSH, dp)                                                       \
    OP(EXTEND, dp)                    /* [SU]XT[BH]: rm rotated right by amount; width 1/2, sign */ \
    OP(SSAT, dp) OP(USAT, dp)         /* rn shifted (shift, amount); imm = saturate-to bits */    \
    /* multiply and divide, A5.3.16, A5.3.17 */                                                   \
    OP(MUL, mul)                      /* setflags as 16-bit encodings (N and Z only) */           \
    OP(MLA, mul) OP(MLS, mul)         /* ra accumulator */                                        \
    OP(MULL, mul) OP(MLAL, mul)       /* [SU]MULL/[SU]MLAL: rd = RdHi, ra = RdLo, sign */         \
    OP(DIV, mul)                      /* [SU]DIV: sign */                                         \
    /* DSP extension, A5.3.12..A5.3.17 (variant bits are given per row) */                        \
    OP(UMAAL, dsp)                    /* rd = RdHi, ra = RdLo */                                  \
    OP(EXTEND_ADD, dsp)               /* [SU]XTA[BH]: as EXTEND, plus rn */                       \
    OP(EXTEND16, dsp)                 /* [SU]XTB16 and [SU]XTAB16: rn = 15 means no addend */     \
    OP(SSAT16, dsp) OP(USAT16, dsp)   /* rn, imm = saturate-to bits */                            \
    OP(SMLA_xy, dsp)                  /* SMULxy too (ra = 15: none): variant bit0 = M(rm top), bit1 = N(rn top) */ \
    OP(SMLAW_y, dsp)                  /* SMULWy too (ra = 15: none): variant bit0 = rm top */     \
    OP(SMLAL_xy, dsp)                 /* rd = RdHi, ra = RdLo; variant as SMLA_xy */              \
    OP(SMLAD, dsp)                    /* SMLAD/SMUAD/SMLSD/SMUSD: ra = 15: none; variant bit0 = exchange, bit1 = subtract */ \
    OP(SMLALD, dsp)                   /* SMLALD/SMLSLD: rd = RdHi, ra = RdLo; variant as SMLAD */ \
    OP(SMMLA, dsp)                    /* SMMLA/SMMUL: ra = 15: none; variant bit0 = round */      \
    OP(SMMLS, dsp)                    /* variant bit0 = round */                                  \
    OP(QADD, dsp)                     /* QADD/QDADD/QSUB/QDSUB: rm op rn; variant bit0 = double rn, bit1 = subtract */ \
    OP(PARALLEL, dsp)                 /* variant = op (0 ADD16 1 ASX 2 SAX 3 SUB16 4 ADD8 5 SUB8) | prefix<<3 (0 S 1 Q 2 SH 3 U 4 UQ 5 UH) */ \
    OP(SEL, dsp)                                                                                  \
    OP(USADA8, dsp)                   /* USAD8: ra = 15 */                                        \
    OP(PKH, dsp)                      /* variant bit0 = TB; rm shifted (shift, amount) */         \
    /* loads and stores, A5.2.4, A5.3.5..A5.3.10: rd = Rt, width, sign, index/add/wback, imm offset */ \
    OP(LDR_imm, mem) OP(STR_imm, mem)                                                             \
    OP(LDR_reg, mem) OP(STR_reg, mem) /* offset rm LSL amount */                                  \
    OP(LDR_lit, mem)                  /* Align(PC,4) +/- imm (add) */                             \
    OP(LDRT, mem) OP(STRT, mem)       /* unprivileged, imm offset */                              \
    OP(LDRD, mem) OP(STRD, mem)       /* rd = Rt, ra = Rt2; rn = 15: literal */                   \
    OP(LDM, mem) OP(STM, mem)         /* imm = register list; add: 1 IA, 0 DB; wback; POP and PUSH too */ \
    OP(LDREX, mem) OP(STREX, mem)     /* rd = Rt; STREX: ra = status register; width; imm offset (word form) */ \
    OP(CLREX, mem)                                                                                \
    OP(PLD, mem)                      /* PLD, PLI: hints, no effect */                            \
    /* branches, A5.2.6, A5.3.4 */                                                                \
    OP(B, branch)                     /* cond, imm = signed byte offset from PC */                \
    OP(BL, branch)                    /* imm */                                                   \
    OP(BX, branch) OP(BLX, branch)    /* rm */                                                    \
    OP(CBZ, branch)                   /* rn; variant 1: CBNZ; imm = offset */                     \
    OP(TB, branch)                    /* TBB/TBH: rn base, rm index, width 1 or 2 */              \
    OP(MOV_PC, branch)                /* MOV PC, rm (BranchWritePC, no interworking) */           \
    OP(ADD_PC, branch)                /* ADD PC, rm: PC + rm */                                   \
    OP(IT, branch)                    /* imm = firstcond:mask, the new ITSTATE */                 \
    /* system, A5.2.5, A5.3.4 */                                                                  \
    OP(NOP, sys)                      /* also DBG and unallocated hints */                        \
    OP(YIELD, sys) OP(WFE, sys) OP(WFI, sys) OP(SEV, sys)                                         \
    OP(SVC, sys) OP(BKPT, sys)        /* imm */                                                   \
    OP(CPS, sys)                      /* variant bit0 = disable, bit1 = F, bit2 = I */            \
    OP(MRS, sys)                      /* rd, imm = SYSm */                                        \
    OP(MSR, sys)                      /* rn, imm = SYSm, variant = mask bits [11:10] */           \
    OP(DMB, sys) OP(DSB, sys) OP(ISB, sys)                                                        \
    /* floating point, A6: registers are S numbers 0..31 unless a comment says D */               \
    OP(VMLA, fp) OP(VMLS, fp) OP(VNMLA, fp) OP(VNMLS, fp)                                         \
    OP(VMUL, fp) OP(VNMUL, fp) OP(VADD, fp) OP(VSUB, fp) OP(VDIV, fp)                             \
    OP(VFMA, fp) OP(VFMS, fp) OP(VFNMA, fp) OP(VFNMS, fp)                                         \
    OP(VMOV_imm, fp)                  /* imm = the 32-bit constant */                             \
    OP(VMOV, fp) OP(VABS, fp) OP(VNEG, fp) OP(VSQRT, fp) /* operand rm */                         \
    OP(VCVT_half, fp)                 /* VCVTB/VCVTT: variant bit0 = top, bit1 = to half; operand rm */ \
    OP(VCMP, fp)                      /* rd with rm; variant bit0 = E, bit1 = with zero */        \
    OP(VCVT_to_int, fp)               /* rm to rd; sign; variant 1: VCVTR (FPSCR rounding) */     \
    OP(VCVT_from_int, fp)             /* rm to rd; sign */                                        \
    OP(VCVT_to_fixed, fp) OP(VCVT_from_fixed, fp) /* rd in place; width 2/4, amount = frac bits, sign */ \
    OP(VLDR, fp) OP(VSTR, fp)         /* rd first S register, rn base, imm, add; width 4 (S) or 8 (D) */ \
    OP(VLDM, fp) OP(VSTM, fp)         /* rd first S register, imm = words; rn, add, wback (VPUSH/VPOP too) */ \
                                      /* variant 1 (FLDMX, FSTMX): the block is one word longer than imm */ \
    OP(VMOV_core, fp)                 /* rd = S register, ra = core; variant 1: to core. Also the D[x] halves */ \
    OP(VMOV_core2, fp)                /* rd = first of two S registers, rn, ra = core pair Rt, Rt2; variant 1: to core */ \
    OP(VMRS, fp)                      /* rd core; 15: flags to APSR */                            \
    OP(VMSR, fp)                      /* rd core */                                               \
    /* what is not an instruction of this core */                                                 \
    OP(COPROC, sys)                   /* access to a coprocessor that is absent: NOCP; imm = coprocessor number */ \
    OP(UDF, sys)                      /* UNDEFINED; variant 1: in the FPU's space, so NOCP comes first while it is off */

enum insn_op {
#define OP(name, group) OP_##name,
    INSN_OPS(OP)
#undef OP
    OP_COUNT
};

#endif
