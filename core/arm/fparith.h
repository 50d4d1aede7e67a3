/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Single-precision arithmetic of the FPv4-SP extension (Cortex-M4F) as pure functions on bit patterns:
 * same operands and same FPSCR give the same bits and the same flags on every host and in every host
 * rounding mode. The functions are named after the pseudocode of the Armv7-M ARM, A2.5 (FPAdd, FPMul,
 * FPRound, FPProcessNaNs ...), and follow it.
 *
 * Every function that can raise an exception takes the FPSCR: it reads AHP, DN, FZ and RMode and ORs
 * the cumulative flags IDC, IXC, UFC, OFC, DZC and IOC in; no other bit changes. FPv4-SP has no trapped
 * exceptions, so flags are all that an exception leaves.
 *
 * VMLA, VMLS, VNMLA and VNMLS are chained: fp_mul, fp_neg and fp_add one after the other, each rounding
 * by itself. VFMA and its kin are fp_muladd, which rounds once.
 */
#ifndef CORE_ARM_FPARITH_H
#define CORE_ARM_FPARITH_H

#include <stdbool.h>
#include <stdint.h>

/* FPSCR (Armv7-M ARM A2.5.3). */
#define FPSCR_IOC (1u << 0)          /* invalid operation */
#define FPSCR_DZC (1u << 1)          /* division by zero */
#define FPSCR_OFC (1u << 2)          /* overflow */
#define FPSCR_UFC (1u << 3)          /* underflow */
#define FPSCR_IXC (1u << 4)          /* inexact */
#define FPSCR_IDC (1u << 7)          /* input denormal flushed to zero */
#define FPSCR_RMODE_SHIFT 22
#define FPSCR_RMODE (3u << FPSCR_RMODE_SHIFT) /* enum fp_rounding */
#define FPSCR_FZ (1u << 24)          /* flush-to-zero */
#define FPSCR_DN (1u << 25)          /* default NaN */
#define FPSCR_AHP (1u << 26)         /* alternative half precision */
#define FPSCR_NZCV (0xFu << 28)
#define FPSCR_ALL                                                                                 \
    (FPSCR_NZCV | FPSCR_AHP | FPSCR_DN | FPSCR_FZ | FPSCR_RMODE | FPSCR_IDC | FPSCR_IXC |         \
     FPSCR_UFC | FPSCR_OFC | FPSCR_DZC | FPSCR_IOC)

#define FP_DEFAULT_NAN 0x7FC00000u

/* FPSCR.RMode: to nearest (ties to even), towards plus infinity, minus infinity, zero. */
enum fp_rounding { FP_RN, FP_RP, FP_RM, FP_RZ };

uint32_t fp_add(uint32_t a, uint32_t b, uint32_t *fpscr);
uint32_t fp_sub(uint32_t a, uint32_t b, uint32_t *fpscr); /* a - b */
uint32_t fp_mul(uint32_t a, uint32_t b, uint32_t *fpscr);
uint32_t fp_div(uint32_t a, uint32_t b, uint32_t *fpscr); /* a / b */
uint32_t fp_sqrt(uint32_t a, uint32_t *fpscr);

/* addend + a * b with a single rounding. A negated form negates operands first (fp_neg). */
uint32_t fp_muladd(uint32_t addend, uint32_t a, uint32_t b, uint32_t *fpscr);

/* Sign bit only: NaNs pass through, nothing is flushed, no exceptions. */
static inline uint32_t fp_neg(uint32_t a)
{
    return a ^ 0x80000000u;
}

static inline uint32_t fp_abs(uint32_t a)
{
    return a & 0x7FFFFFFFu;
}

/*
 * Compares a with b and returns N:Z:C:V as a nibble (bit 3 is N), ready for FPSCR[31:28], which is
 * left to the caller. A signalling NaN is an invalid operation; with `quiet_nan_invalid` (VCMPE) a
 * quiet NaN is one too.
 */
uint32_t fp_compare(uint32_t a, uint32_t b, bool quiet_nan_invalid, uint32_t *fpscr);

/*
 * To a 32-bit integer, saturating (invalid operation); NaN gives 0 (invalid operation). Rounds
 * towards zero (VCVT) with `round_zero`, else by FPSCR.RMode (VCVTR).
 */
uint32_t fp_to_int(uint32_t a, bool is_signed, bool round_zero, uint32_t *fpscr);

/* From a 32-bit integer, rounding by FPSCR.RMode. */
uint32_t fp_from_int(uint32_t value, bool is_signed, uint32_t *fpscr);

/*
 * To fixed point of `bits` (16 or 32) with `frac_bits` (0..bits) of fraction, rounding towards zero,
 * saturating as fp_to_int. A 16-bit result comes sign- or zero-extended to 32 bits.
 */
uint32_t fp_to_fixed(uint32_t a, unsigned bits, unsigned frac_bits, bool is_signed, uint32_t *fpscr);

/* From the low `bits` bits of `value` as fixed point, rounding to nearest whatever FPSCR.RMode says. */
uint32_t fp_from_fixed(uint32_t value, unsigned bits, unsigned frac_bits, bool is_signed, uint32_t *fpscr);

/* VCVTB/VCVTT: half precision is IEEE, or with FPSCR.AHP the alternative format without Inf and NaN. */
uint32_t fp_half_to_single(uint16_t half, uint32_t *fpscr);
uint16_t fp_single_to_half(uint32_t a, uint32_t *fpscr);

/* VFPExpandImm: the constant of VMOV (immediate) from its eight bits. */
uint32_t fp_expand_imm(uint8_t imm8);

#endif
