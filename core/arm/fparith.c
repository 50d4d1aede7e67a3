/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * FPv4-SP arithmetic in integers (Armv7-M ARM A2.5, pseudocode functions of the same names).
 *
 * One way of working for all operations: unpack the operands, compute the result exactly or with a
 * sticky lowest bit, round once. A finite number is sig * 2^exp with an integer significand. Where bits
 * must be dropped before rounding, any lost one is kept as a 1 in bit 0 ("jammed"): with at least three
 * bits more than the target's significand, rounding sees the same order relative to its tie points.
 *
 * The host's floating point is not used. A product of singles would be exact in a double, but it would
 * still have to be rounded here (tininess is detected before rounding, unlike SSE, and the mode is the
 * guest's), and integer multiplication gives the same 48 bits for the same price.
 *
 * Not modelled: trapped exceptions, double precision, short vectors: FPv4-SP has none.
 */
#include "core/arm/fparith.h"

enum fp_kind { FP_ZERO, FP_FINITE, FP_INF, FP_QNAN, FP_SNAN };

struct fp_num {
    uint64_t sig; /* FP_FINITE: not 0, below 2^63; unpacked: bit 23 is the highest set */
    int32_t exp;  /* FP_FINITE: value = sig * 2^exp */
    uint8_t kind; /* enum fp_kind */
    bool sign;
};

struct fp_format {
    int frac_bits;
    int exp_bits;
    int min_exp; /* exponent of the smallest normal number */
    bool half;   /* governed by FPSCR.AHP; FPSCR.FZ does not concern it */
};

static const struct fp_format single_format = {23, 8, -126, false};
static const struct fp_format half_format = {10, 5, -14, true};

/*
 * Left to itself gcc 12 returns struct fp_num through memory and stalls on reading it back: an addition
 * takes 24 ns instead of 12, a multiplication 18 instead of 7 (measured at -O2).
 */
#define ALWAYS_INLINE inline __attribute__((always_inline))

#define FRAC_MASK 0x007FFFFFu
#define QUIET_BIT 0x00400000u
#define SIGN_BIT 0x80000000u
#define EXPONENT_MASK 0x7F800000u

static enum fp_rounding rounding_mode(const uint32_t *fpscr)
{
    return (enum fp_rounding)((*fpscr & FPSCR_RMODE) >> FPSCR_RMODE_SHIFT);
}

static uint32_t signed_zero(bool sign)
{
    return sign ? SIGN_BIT : 0;
}

static uint32_t signed_infinity(bool sign)
{
    return signed_zero(sign) | EXPONENT_MASK;
}

/* The result of an operation that has none: invalid operation, default NaN whatever FPSCR.DN says. */
static uint32_t invalid(uint32_t *fpscr)
{
    *fpscr |= FPSCR_IOC;
    return FP_DEFAULT_NAN;
}

/* sig >> count, any lost bit kept as a 1 in bit 0. */
static uint64_t shift_right_jam(uint64_t sig, int count)
{
    if (count == 0)
        return sig;
    if (count > 63)
        return sig != 0;
    return sig >> count | ((sig << (64 - count)) != 0);
}

/* Makes bit `top`, which is no lower than the highest bit set so far, the highest; the value stays. */
static ALWAYS_INLINE void normalise(struct fp_num *n, int top)
{
    int left = __builtin_clzll(n->sig) - (63 - top);
    n->sig <<= left;
    n->exp -= left;
}

/* FPUnpack of anything but a normal number: with FPSCR.FZ a denormal is a zero, and an exception. */
static struct fp_num unpack_special(uint32_t bits, uint32_t *fpscr)
{
    struct fp_num n = {.kind = FP_ZERO, .sign = bits >> 31};
    uint32_t frac = bits & FRAC_MASK;

    if (bits & EXPONENT_MASK) {
        n.kind = frac == 0 ? FP_INF : frac & QUIET_BIT ? FP_QNAN : FP_SNAN;
    } else if (frac != 0 && *fpscr & FPSCR_FZ) {
        *fpscr |= FPSCR_IDC;
    } else if (frac != 0) {
        n.kind = FP_FINITE;
        n.sig = frac;
        n.exp = -149;
        normalise(&n, 23);
    }
    return n;
}

/* FPUnpack. */
static ALWAYS_INLINE struct fp_num unpack(uint32_t bits, uint32_t *fpscr)
{
    uint32_t biased = bits >> 23 & 0xFF;

    if (biased - 1 >= 0xFE)
        return unpack_special(bits, fpscr);
    return (struct fp_num){(bits & FRAC_MASK) | (FRAC_MASK + 1), (int32_t)biased - 150, FP_FINITE, bits >> 31};
}

static bool is_nan(struct fp_num n)
{
    return n.kind >= FP_QNAN;
}

/* FPProcessNaN: the NaN made quiet, or the default NaN. */
static uint32_t process_nan(unsigned kind, uint32_t bits, uint32_t *fpscr)
{
    if (kind == FP_SNAN)
        *fpscr |= FPSCR_IOC;
    return *fpscr & FPSCR_DN ? FP_DEFAULT_NAN : bits | QUIET_BIT;
}

/* FPProcessNaNs, where one operand is a NaN: the first signalling one decides, else the first quiet one. */
static uint32_t process_nans(struct fp_num x, uint32_t a, struct fp_num y, uint32_t b, uint32_t *fpscr)
{
    bool second = x.kind != FP_SNAN && (y.kind == FP_SNAN || x.kind != FP_QNAN);
    return second ? process_nan(y.kind, b, fpscr) : process_nan(x.kind, a, fpscr);
}

/* Is the magnitude rounded up? `rest` lies below the lowest kept bit, `half` is half of that bit. */
static bool rounds_up(enum fp_rounding mode, bool sign, bool odd, uint64_t rest, uint64_t half)
{
    switch (mode) {
    case FP_RN:
        return (rest > half) | ((rest == half) & odd); /* no branches: what is lost is as good as random */
    case FP_RP:
        return rest != 0 && !sign;
    case FP_RM:
        return rest != 0 && sign;
    default:
        return false;
    }
}

/* FPRound, overflow: infinity or the largest normal number, by rounding mode. */
static uint32_t overflow(bool sign, const struct fp_format *f, enum fp_rounding mode, uint32_t *fpscr)
{
    uint32_t infinity = ((1u << f->exp_bits) - 1) << f->frac_bits;
    bool to_infinity = mode == FP_RN || (mode == FP_RP && !sign) || (mode == FP_RM && sign);

    *fpscr |= FPSCR_OFC | FPSCR_IXC;
    return to_infinity ? infinity : infinity - 1;
}

/* FPRound, after rounding: exponent and fraction as they are, or what becomes of too large a number. */
static uint32_t check_range(uint32_t bits, bool sign, bool inexact, const struct fp_format *f,
                            enum fp_rounding mode, uint32_t *fpscr)
{
    if (f->half && *fpscr & FPSCR_AHP) {
        if (bits >> (f->exp_bits + f->frac_bits) != 0) {
            *fpscr |= FPSCR_IOC;
            return (1u << (f->exp_bits + f->frac_bits)) - 1;
        }
    } else if (bits >> f->frac_bits >= (1u << f->exp_bits) - 1) {
        return overflow(sign, f, mode, fpscr);
    }
    if (inexact)
        *fpscr |= FPSCR_IXC;
    return bits;
}

/*
 * FPRound: a finite number in format `f`, its sign in the bit above exponent and fraction. Underflow is
 * decided before rounding: an inexact result below the smallest normal underflows even where rounding
 * makes it normal. With FPSCR.FZ it is flushed instead, which leaves UFC but not IXC.
 */
static uint32_t round_to(struct fp_num n, const struct fp_format *f, enum fp_rounding mode, uint32_t *fpscr)
{
    uint32_t sign = (uint32_t)n.sign << (f->exp_bits + f->frac_bits);

    normalise(&n, 62); /* a shift of 63 then still tells a half from less than a half */
    int exponent = n.exp + 62;
    int shift = 62 - f->frac_bits;
    uint32_t below = 0; /* biased exponent less one, which the leading significand bit adds */

    if (exponent >= f->min_exp) {
        below = (uint32_t)(exponent - f->min_exp) << f->frac_bits;
    } else if (*fpscr & FPSCR_FZ && !f->half) {
        *fpscr |= FPSCR_UFC;
        return sign;
    } else {
        shift += f->min_exp - exponent;
        if (shift > 63) {
            n.sig = 1;
            shift = 63;
        }
    }

    uint64_t rest = n.sig & ((1ull << shift) - 1);
    uint32_t kept = (uint32_t)(n.sig >> shift);
    if (exponent < f->min_exp && rest != 0)
        *fpscr |= FPSCR_UFC;
    /* The carry of rounding up runs into the exponent, where it belongs. */
    uint32_t bits = below + kept + rounds_up(mode, n.sign, kept & 1, rest, 1ull << (shift - 1));
    return sign | check_range(bits, n.sign, rest != 0, f, mode, fpscr);
}

static uint32_t round_single(struct fp_num n, uint32_t *fpscr)
{
    return round_to(n, &single_format, rounding_mode(fpscr), fpscr);
}

/* x + y, both finite and not 0. An exact zero has the sign that the rounding mode gives it. */
static uint32_t add_finite(struct fp_num x, struct fp_num y, uint32_t *fpscr)
{
    /* Room for a carry above; products of 48 bits keep 14 zeros below, so cancellation loses nothing. */
    normalise(&x, 61);
    normalise(&y, 61);
    if (x.exp < y.exp || (x.exp == y.exp && x.sig < y.sig)) {
        struct fp_num t = x;
        x = y;
        y = t;
    }
    y.sig = shift_right_jam(y.sig, x.exp - y.exp);
    x.sig = x.sign == y.sign ? x.sig + y.sig : x.sig - y.sig;
    if (x.sig == 0)
        return signed_zero(rounding_mode(fpscr) == FP_RM);
    return round_single(x, fpscr);
}

/* x + y without NaNs: the common end of FPAdd, FPSub and FPMulAdd. */
static uint32_t add_numbers(struct fp_num x, struct fp_num y, uint32_t *fpscr)
{
    if (x.kind == FP_FINITE && y.kind == FP_FINITE)
        return add_finite(x, y, fpscr);
    if (x.kind == FP_INF && y.kind == FP_INF && x.sign != y.sign)
        return invalid(fpscr);
    if (x.kind == FP_INF || y.kind == FP_INF)
        return signed_infinity(x.kind == FP_INF ? x.sign : y.sign);
    if (x.kind == FP_ZERO && y.kind == FP_ZERO)
        return signed_zero(x.sign == y.sign ? x.sign : rounding_mode(fpscr) == FP_RM);
    return round_single(x.kind == FP_ZERO ? y : x, fpscr);
}

/* FPAdd, and FPSub with `subtract`. A NaN keeps its sign: the second operand is negated only after. */
static uint32_t add_or_subtract(uint32_t a, uint32_t b, bool subtract, uint32_t *fpscr)
{
    struct fp_num x = unpack(a, fpscr), y = unpack(b, fpscr);

    if (is_nan(x) || is_nan(y))
        return process_nans(x, a, y, b, fpscr);
    y.sign ^= subtract;
    return add_numbers(x, y, fpscr);
}

uint32_t fp_add(uint32_t a, uint32_t b, uint32_t *fpscr)
{
    return add_or_subtract(a, b, false, fpscr);
}

uint32_t fp_sub(uint32_t a, uint32_t b, uint32_t *fpscr)
{
    return add_or_subtract(a, b, true, fpscr);
}

static bool is_infinity_times_zero(struct fp_num x, struct fp_num y)
{
    return (x.kind == FP_INF && y.kind == FP_ZERO) || (x.kind == FP_ZERO && y.kind == FP_INF);
}

/* The exact product; not for NaNs, nor for infinity times zero. */
static struct fp_num product(struct fp_num x, struct fp_num y)
{
    struct fp_num p = {.kind = FP_FINITE, .sign = x.sign != y.sign};

    if (x.kind == FP_INF || y.kind == FP_INF) {
        p.kind = FP_INF;
    } else if (x.kind == FP_ZERO || y.kind == FP_ZERO) {
        p.kind = FP_ZERO;
    } else {
        p.sig = x.sig * y.sig;
        p.exp = x.exp + y.exp;
    }
    return p;
}

uint32_t fp_mul(uint32_t a, uint32_t b, uint32_t *fpscr)
{
    struct fp_num x = unpack(a, fpscr), y = unpack(b, fpscr);

    if (is_nan(x) || is_nan(y))
        return process_nans(x, a, y, b, fpscr);
    if (is_infinity_times_zero(x, y))
        return invalid(fpscr);
    struct fp_num p = product(x, y);
    switch (p.kind) {
    case FP_FINITE:
        return round_single(p, fpscr);
    case FP_INF:
        return signed_infinity(p.sign);
    default:
        return signed_zero(p.sign);
    }
}

uint32_t fp_muladd(uint32_t addend, uint32_t a, uint32_t b, uint32_t *fpscr)
{
    struct fp_num z = unpack(addend, fpscr), x = unpack(a, fpscr), y = unpack(b, fpscr);

    /* Infinity times zero is invalid even beside a quiet NaN addend, and then wins over it. */
    if (is_infinity_times_zero(x, y) && z.kind != FP_SNAN)
        return invalid(fpscr);
    if (is_nan(z) || is_nan(x) || is_nan(y)) {
        /* FPProcessNaNs3: as with two operands, after the addend has met the first that counts. */
        bool addend_first = z.kind == FP_SNAN || (z.kind == FP_QNAN && x.kind != FP_SNAN && y.kind != FP_SNAN);
        return addend_first ? process_nan(z.kind, addend, fpscr) : process_nans(x, a, y, b, fpscr);
    }
    return add_numbers(z, product(x, y), fpscr);
}

/* x / y, both finite: 39 to 41 bits of quotient, the remainder jammed into the lowest. */
static uint32_t divide_finite(struct fp_num x, struct fp_num y, uint32_t *fpscr)
{
    uint64_t dividend = x.sig << 40;
    struct fp_num q = {.kind = FP_FINITE, .sign = x.sign != y.sign, .exp = x.exp - y.exp - 40};

    q.sig = dividend / y.sig;
    q.sig |= dividend % y.sig != 0;
    return round_single(q, fpscr);
}

uint32_t fp_div(uint32_t a, uint32_t b, uint32_t *fpscr)
{
    struct fp_num x = unpack(a, fpscr), y = unpack(b, fpscr);
    bool sign = x.sign != y.sign;

    if (is_nan(x) || is_nan(y))
        return process_nans(x, a, y, b, fpscr);
    if (x.kind == FP_FINITE && y.kind == FP_FINITE)
        return divide_finite(x, y, fpscr);
    if (x.kind == y.kind) /* infinity by infinity, zero by zero */
        return invalid(fpscr);
    if (x.kind == FP_INF)
        return signed_infinity(sign);
    if (y.kind == FP_ZERO) {
        *fpscr |= FPSCR_DZC;
        return signed_infinity(sign);
    }
    return signed_zero(sign);
}

/* The root's 31 highest bits, found from the top down; a remainder is jammed into one more bit. */
static uint64_t root_jam(uint64_t square)
{
    uint64_t root = 0;

    for (uint64_t bit = 1ull << 30; bit != 0; bit >>= 1) {
        uint64_t next = root | bit;
        if (next * next <= square)
            root = next;
    }
    return root << 1 | (root * root != square);
}

uint32_t fp_sqrt(uint32_t a, uint32_t *fpscr)
{
    struct fp_num n = unpack(a, fpscr);

    if (is_nan(n))
        return process_nan(n.kind, a, fpscr);
    if (n.kind == FP_ZERO)
        return signed_zero(n.sign);
    if (n.sign)
        return invalid(fpscr);
    if (n.kind == FP_INF)
        return signed_infinity(false);
    /* An even exponent, so that the root's is whole; then the root has 31 bits. */
    normalise(&n, n.exp % 2 == 0 ? 61 : 60);
    return round_single((struct fp_num){root_jam(n.sig), n.exp / 2 - 1, FP_FINITE, false}, fpscr);
}

/* Orders numbers that are not NaNs: sign and magnitude as an integer, both zeros as 0. */
static int64_t order_key(struct fp_num n, uint32_t bits)
{
    int64_t magnitude = n.kind == FP_ZERO ? 0 : (int64_t)fp_abs(bits);
    return n.sign ? -magnitude : magnitude;
}

uint32_t fp_compare(uint32_t a, uint32_t b, bool quiet_nan_invalid, uint32_t *fpscr)
{
    struct fp_num x = unpack(a, fpscr), y = unpack(b, fpscr);

    if (is_nan(x) || is_nan(y)) {
        if (quiet_nan_invalid || x.kind == FP_SNAN || y.kind == FP_SNAN)
            *fpscr |= FPSCR_IOC;
        return 0x3;
    }
    int64_t kx = order_key(x, a), ky = order_key(y, b);
    return kx == ky ? 0x6 : kx < ky ? 0x8 : 0x2;
}

/*
 * FPToFixed on an unpacked number: |n| * 2^frac_bits as an integer, not yet saturated; false in *exact
 * if it was rounded. Beyond 2^40 everything saturates alike, so that is where magnitudes end.
 */
static uint64_t integer_magnitude(struct fp_num n, unsigned frac_bits, enum fp_rounding mode, bool *exact)
{
    int exp = n.exp + (int)frac_bits;
    *exact = true;

    if (n.kind == FP_INF || (n.kind == FP_FINITE && exp > 16))
        return 1ull << 40;
    if (n.kind != FP_FINITE)
        return 0;
    if (exp >= 0)
        return n.sig << exp;
    int shift = -exp > 40 ? 40 : -exp; /* 24 bits moved below the half bit: smaller makes no difference */
    uint64_t rest = n.sig & ((1ull << shift) - 1);
    uint64_t kept = n.sig >> shift;
    *exact = rest == 0;
    return kept + rounds_up(mode, n.sign, kept & 1, rest, 1ull << (shift - 1));
}

/* FPToFixed. */
static uint32_t to_fixed(uint32_t a, unsigned bits, unsigned frac_bits, bool is_signed, enum fp_rounding mode,
                         uint32_t *fpscr)
{
    struct fp_num n = unpack(a, fpscr);
    bool exact;
    int64_t value = (int64_t)integer_magnitude(n, frac_bits, mode, &exact);
    int64_t max = ((int64_t)1 << (bits - is_signed)) - 1;
    int64_t min = is_signed ? -max - 1 : 0;

    if (n.sign)
        value = -value;
    if (is_nan(n) || value > max || value < min)
        *fpscr |= FPSCR_IOC;
    else if (!exact)
        *fpscr |= FPSCR_IXC;
    return (uint32_t)(value > max ? max : value < min ? min : value);
}

uint32_t fp_to_int(uint32_t a, bool is_signed, bool round_zero, uint32_t *fpscr)
{
    return to_fixed(a, 32, 0, is_signed, round_zero ? FP_RZ : rounding_mode(fpscr), fpscr);
}

uint32_t fp_to_fixed(uint32_t a, unsigned bits, unsigned frac_bits, bool is_signed, uint32_t *fpscr)
{
    return to_fixed(a, bits, frac_bits, is_signed, FP_RZ, fpscr);
}

/* FixedToFP: value / 2^frac_bits; the result is never denormal. */
static uint32_t from_fixed(int64_t value, unsigned frac_bits, enum fp_rounding mode, uint32_t *fpscr)
{
    if (value == 0)
        return 0;
    struct fp_num n = {
        .kind = FP_FINITE,
        .sign = value < 0,
        .exp = -(int)frac_bits,
        .sig = (uint64_t)(value < 0 ? -value : value),
    };
    return round_to(n, &single_format, mode, fpscr);
}

uint32_t fp_from_int(uint32_t value, bool is_signed, uint32_t *fpscr)
{
    return from_fixed(is_signed ? (int32_t)value : (int64_t)value, 0, rounding_mode(fpscr), fpscr);
}

uint32_t fp_from_fixed(uint32_t value, unsigned bits, unsigned frac_bits, bool is_signed, uint32_t *fpscr)
{
    int64_t wide = bits == 16 ? value & 0xFFFF : value;

    if (is_signed && wide >> (bits - 1) != 0)
        wide -= 1ll << bits;
    return from_fixed(wide, frac_bits, FP_RN, fpscr);
}

uint32_t fp_half_to_single(uint16_t half, uint32_t *fpscr)
{
    bool sign = half >> 15;
    int biased = half >> 10 & 0x1F;
    uint32_t frac = half & 0x3FF;

    if (biased == 0x1F && !(*fpscr & FPSCR_AHP)) {
        uint32_t bits = signed_infinity(sign) | frac << 13;
        if (frac == 0)
            return bits;
        return process_nan(bits & QUIET_BIT ? FP_QNAN : FP_SNAN, bits, fpscr);
    }
    if (biased == 0 && frac == 0)
        return signed_zero(sign);
    /* Exact; FZ does not concern half-precision denormals, which are normal as singles. */
    struct fp_num n = {
        .kind = FP_FINITE,
        .sign = sign,
        .exp = biased != 0 ? biased - 25 : -24,
        .sig = biased != 0 ? frac | 0x400 : frac,
    };
    return round_single(n, fpscr);
}

/* FPSingleToHalf, infinities and NaNs: the alternative format has neither. */
static uint16_t special_to_half(struct fp_num n, uint32_t bits, uint32_t *fpscr)
{
    uint32_t sign = (uint32_t)n.sign << 15;

    if (*fpscr & FPSCR_AHP) {
        *fpscr |= FPSCR_IOC;
        return (uint16_t)(n.kind == FP_INF ? sign | 0x7FFF : sign);
    }
    if (n.kind == FP_INF)
        return (uint16_t)(sign | 0x7C00);
    uint32_t nan = process_nan(n.kind, bits, fpscr);
    return (uint16_t)(nan >> 16 & 0x8000) | 0x7C00 | (nan >> 13 & 0x3FF);
}

uint16_t fp_single_to_half(uint32_t a, uint32_t *fpscr)
{
    struct fp_num n = unpack(a, fpscr);

    if (n.kind == FP_ZERO)
        return (uint16_t)(n.sign << 15);
    if (n.kind != FP_FINITE)
        return special_to_half(n, a, fpscr);
    return (uint16_t)round_to(n, &half_format, rounding_mode(fpscr), fpscr);
}

uint32_t fp_expand_imm(uint8_t imm8)
{
    uint32_t sign = imm8 >> 7, top = imm8 >> 6 & 1;
    uint32_t exponent = (top ^ 1) << 7 | (top ? 0x7Cu : 0) | (imm8 >> 4 & 3);
    return sign << 31 | exponent << 23 | (uint32_t)(imm8 & 0xF) << 19;
}
