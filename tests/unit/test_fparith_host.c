/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fparith against the host's floating point in all four rounding modes, over random operands. The host
 * is an IEEE 754 implementation of its own; where Arm and x86 choose differently, the comparison says so:
 * - NaN results: both must be NaN; which NaN is Arm's affair (test_fparith.c, test_fparith_unicorn.c);
 * - tininess: SSE looks after rounding, Arm before, so UFC is not compared for an inexact result that is
 *   exactly the smallest normal number;
 * - infinity times zero plus a quiet NaN: invalid on Arm only, left out;
 * - flush-to-zero: done by hand around the host's operation.
 * Conversions are compared with double arithmetic, where scaling is exact and rint() does the rounding.
 */
#include <criterion/criterion.h>
#include <fenv.h>
#include <math.h>
#include <string.h>

#include "core/arm/fparith.h"
#include "tests/unit/fparith_operands.h"

enum { CASES = 200000 };

#define FLAGS (FPSCR_IOC | FPSCR_DZC | FPSCR_OFC | FPSCR_UFC | FPSCR_IXC | FPSCR_IDC)
#define MIN_NORMAL 0x00800000u

static const int host_modes[4] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};

static float to_float(uint32_t bits)
{
    float f;
    memcpy(&f, &bits, sizeof f);
    return f;
}

static uint32_t to_bits(float f)
{
    uint32_t bits;
    memcpy(&bits, &f, sizeof bits);
    return bits;
}

static bool is_nan(uint32_t bits)
{
    return fp_abs(bits) > 0x7F800000u;
}

static uint32_t host_flags(void)
{
    int raised = fetestexcept(FE_ALL_EXCEPT);
    return (raised & FE_INVALID ? FPSCR_IOC : 0) | (raised & FE_DIVBYZERO ? FPSCR_DZC : 0) |
           (raised & FE_OVERFLOW ? FPSCR_OFC : 0) | (raised & FE_UNDERFLOW ? FPSCR_UFC : 0) |
           (raised & FE_INEXACT ? FPSCR_IXC : 0);
}

/* Operations on up to three operands; c is the addend. */
struct operation {
    const char *name;
    float (*host)(float a, float b, float c);
    uint32_t (*guest)(uint32_t a, uint32_t b, uint32_t c, uint32_t *fpscr);
    int operands;
};

#define HOST(name, expression)                               \
    static float host_##name(float a, float b, float c)      \
    {                                                        \
        volatile float x = a, y = b, z = c, result;          \
        feclearexcept(FE_ALL_EXCEPT);                        \
        result = (expression);                               \
        (void)x, (void)y, (void)z;                           \
        return result;                                       \
    }
HOST(add, x + y)
HOST(sub, x - y)
HOST(mul, x * y)
HOST(div, x / y)
HOST(sqrt, sqrtf(x))
HOST(muladd, fmaf(x, y, z))

#define GUEST(name, call)                                                             \
    static uint32_t guest_##name(uint32_t a, uint32_t b, uint32_t c, uint32_t *fpscr) \
    {                                                                                 \
        (void)a, (void)b, (void)c;                                                    \
        return call;                                                                  \
    }
GUEST(add, fp_add(a, b, fpscr))
GUEST(sub, fp_sub(a, b, fpscr))
GUEST(mul, fp_mul(a, b, fpscr))
GUEST(div, fp_div(a, b, fpscr))
GUEST(sqrt, fp_sqrt(a, fpscr))
GUEST(muladd, fp_muladd(c, a, b, fpscr))

static const struct operation operations[] = {
    {"add", host_add, guest_add, 2},    {"sub", host_sub, guest_sub, 2},
    {"mul", host_mul, guest_mul, 2},    {"div", host_div, guest_div, 2},
    {"sqrt", host_sqrt, guest_sqrt, 1}, {"muladd", host_muladd, guest_muladd, 3},
};

enum { OPERATIONS = sizeof operations / sizeof operations[0] };

/* What Arm's flush-to-zero makes of an operand, and of the host's result and flags. */
static uint32_t flush_operand(uint32_t bits, uint32_t *flags)
{
    if (fp_abs(bits) == 0 || fp_abs(bits) >= MIN_NORMAL)
        return bits;
    *flags |= FPSCR_IDC;
    return bits & 0x80000000u;
}

static uint32_t flush_result(uint32_t bits, uint32_t *flags)
{
    bool tiny = fp_abs(bits) != 0 ? fp_abs(bits) < MIN_NORMAL : *flags & FPSCR_UFC;
    if (!tiny)
        return bits;
    *flags = (*flags & ~FPSCR_IXC) | FPSCR_UFC;
    return bits & 0x80000000u;
}

/* Tininess before or after rounding: see the head of this file. With FZ it decides the result too. */
static bool tininess_is_ambiguous(uint32_t result, uint32_t flags)
{
    return fp_abs(result) == MIN_NORMAL && flags & FPSCR_IXC;
}

static void compare_once(const struct operation *op, unsigned mode, bool flush, const uint32_t operand[3])
{
    uint32_t v[3], flags = 0, fpscr = mode << FPSCR_RMODE_SHIFT | (flush ? FPSCR_FZ : 0);

    for (int i = 0; i < 3; i++)
        v[i] = flush && i < op->operands ? flush_operand(operand[i], &flags) : operand[i];
    if (op->operands == 3 && is_nan(v[2]) && isnan(to_float(v[0]) * to_float(v[1])) && !is_nan(v[0]) && !is_nan(v[1]))
        return;

    fesetround(host_modes[mode]);
    float host = op->host(to_float(v[0]), to_float(v[1]), to_float(v[2]));
    flags |= host_flags();
    uint32_t expected = to_bits(host);
    bool ambiguous = tininess_is_ambiguous(expected, flags);
    if (ambiguous && flush)
        return;
    if (flush)
        expected = flush_result(expected, &flags);
    uint32_t ignored = ambiguous ? FPSCR_UFC : 0;

    uint32_t got = op->guest(operand[0], operand[1], operand[2], &fpscr);
    bool same = (got == expected || (is_nan(got) && is_nan(expected))) && ((fpscr ^ flags) & FLAGS & ~ignored) == 0;
    cr_expect(same, "%s(%08x, %08x, %08x) in mode %u%s: %08x with flags %02x, host %08x with flags %02x", op->name,
              operand[0], operand[1], operand[2], mode, flush ? " flushing" : "", got, fpscr & FLAGS, expected, flags);
}

static void compare_all(bool flush)
{
    struct operand_source source = {0x9E3779B97F4A7C15u};

    for (int i = 0; i < CASES; i++) {
        uint32_t v[3];
        operand_triple(&source, &v[0], &v[1], &v[2]);
        for (int op = 0; op < OPERATIONS; op++)
            compare_once(&operations[op], (unsigned)i % 4, flush, v);
    }
    fesetround(FE_TONEAREST);
}

Test(fparith_host, arithmetic_agrees)
{
    compare_all(false);
}

Test(fparith_host, flush_to_zero_agrees)
{
    compare_all(true);
}

Test(fparith_host, neither_reads_nor_changes_the_hosts_rounding_and_flags)
{
    struct operand_source source = {0xD1B54A32D192ED03u};
    uint32_t results[4] = {0}, flags[4] = {0};

    for (int i = 0; i < CASES / 10; i++) {
        uint32_t v[3];
        operand_triple(&source, &v[0], &v[1], &v[2]);
        for (int op = 0; op < OPERATIONS; op++) {
            for (int mode = 0; mode < 4; mode++) {
                fesetround(host_modes[mode]);
                feclearexcept(FE_ALL_EXCEPT);
                flags[mode] = 0;
                results[mode] = operations[op].guest(v[0], v[1], v[2], &flags[mode]);
                cr_expect_eq(fetestexcept(FE_ALL_EXCEPT), 0);
                cr_expect_eq(fegetround(), host_modes[mode]);
                cr_expect(results[mode] == results[0] && flags[mode] == flags[0]);
            }
        }
    }
    fesetround(FE_TONEAREST);
}

Test(fparith_host, compare_agrees)
{
    struct operand_source source = {0x2545F4914F6CDD1Du};

    for (int i = 0; i < CASES; i++) {
        uint32_t a, b, c, fpscr = 0;
        operand_triple(&source, &a, &b, &c);
        float x = to_float(a), y = to_float(b);
        uint32_t expected = isunordered(x, y) ? 0x3 : isless(x, y) ? 0x8 : isgreater(x, y) ? 0x2 : 0x6;
        cr_expect_eq(fp_compare(a, b, false, &fpscr), expected, "%08x with %08x", a, b);
    }
}

/* Through a pointer: what gcc inlines for rint() rounds magnitudes, wrong for negative numbers in a directed mode. */
static double (*volatile library_rint)(double) = rint;

/* Rounded by the host in the guest's mode. */
static double host_rint(double value, unsigned mode)
{
    fesetround(host_modes[mode]);
    double rounded = library_rint(value);
    fesetround(FE_TONEAREST);
    return rounded;
}

/* FPToFixed in doubles: scaling by a power of two and all bounds are exact there. */
static uint32_t expected_fixed(uint32_t a, unsigned bits, unsigned frac_bits, bool is_signed, unsigned mode,
                               uint32_t *flags)
{
    double scaled = ldexp((double)to_float(a), (int)frac_bits);
    double rounded = host_rint(scaled, mode);
    double max = ldexp(1, (int)bits - is_signed) - 1, min = is_signed ? -max - 1 : 0;

    *flags = 0;
    if (isnan(scaled)) {
        *flags = FPSCR_IOC;
        return 0;
    }
    if (rounded > max || rounded < min)
        *flags = FPSCR_IOC;
    else if (rounded != scaled)
        *flags = FPSCR_IXC;
    return (uint32_t)(int64_t)fmax(fmin(rounded, max), min);
}

Test(fparith_host, conversion_to_integers_and_fixed_point_agrees)
{
    struct operand_source source = {0xBF58476D1CE4E5B9u};

    for (int i = 0; i < CASES; i++) {
        uint32_t a = operand_next(&source), r = operand_random(&source), flags, got, expected;
        unsigned mode = r & 3, bits = r & 4 ? 16 : 32, frac_bits = (r >> 8) % (bits + 1);
        bool is_signed = r & 8, round_zero = r & 16;
        uint32_t fpscr = mode << FPSCR_RMODE_SHIFT;

        got = fp_to_int(a, is_signed, round_zero, &fpscr);
        expected = expected_fixed(a, 32, 0, is_signed, round_zero ? FP_RZ : mode, &flags);
        cr_expect(got == expected && (fpscr & FLAGS) == flags, "%08x to int, mode %u: %08x flags %02x, expected %08x %02x",
                  a, mode, got, fpscr & FLAGS, expected, flags);

        fpscr = mode << FPSCR_RMODE_SHIFT;
        got = fp_to_fixed(a, bits, frac_bits, is_signed, &fpscr);
        expected = expected_fixed(a, bits, frac_bits, is_signed, FP_RZ, &flags);
        cr_expect(got == expected && (fpscr & FLAGS) == flags, "%08x to %u.%u: %08x flags %02x, expected %08x %02x", a,
                  bits, frac_bits, got, fpscr & FLAGS, expected, flags);
    }
}

static float host_narrow(double value, unsigned mode, uint32_t *flags)
{
    fesetround(host_modes[mode]);
    volatile double v = value;
    feclearexcept(FE_ALL_EXCEPT);
    volatile float narrow = (float)v;
    *flags = host_flags();
    fesetround(FE_TONEAREST);
    return narrow;
}

Test(fparith_host, conversion_from_integers_and_fixed_point_agrees)
{
    struct operand_source source = {0x94D049BB133111EBu};

    for (int i = 0; i < CASES; i++) {
        uint32_t value = operand_next(&source), r = operand_random(&source), flags;
        unsigned mode = r & 3, bits = r & 4 ? 16 : 32, frac_bits = (r >> 8) % (bits + 1);
        bool is_signed = r & 8;
        uint32_t fpscr = mode << FPSCR_RMODE_SHIFT;
        value >>= (r >> 16) % 32;

        uint32_t got = fp_from_int(value, is_signed, &fpscr);
        float expected = host_narrow(is_signed ? (double)(int32_t)value : (double)value, mode, &flags);
        cr_expect(got == to_bits(expected) && (fpscr & FLAGS) == flags, "int %08x, mode %u: %08x, expected %08x", value,
                  mode, got, to_bits(expected));

        fpscr = mode << FPSCR_RMODE_SHIFT;
        got = fp_from_fixed(value, bits, frac_bits, is_signed, &fpscr);
        double wide = bits == 16 ? (is_signed ? (int16_t)value : (uint16_t)value)
                                 : (is_signed ? (double)(int32_t)value : (double)value);
        expected = host_narrow(ldexp(wide, -(int)frac_bits), FP_RN, &flags);
        cr_expect(got == to_bits(expected) && (fpscr & FLAGS) == flags, "fixed %08x as %u.%u: %08x, expected %08x", value,
                  bits, frac_bits, got, to_bits(expected));
    }
}

/* The value of a half-precision number that is not an infinity or NaN. */
static double half_value(unsigned half)
{
    int exponent = half >> 10 & 0x1F;
    double magnitude = exponent == 0 ? ldexp(half & 0x3FF, -24) : ldexp((half & 0x3FF) | 0x400, exponent - 25);
    return half & 0x8000 ? -magnitude : magnitude;
}

Test(fparith_host, every_half_widens_to_its_value_and_narrows_back)
{
    for (uint32_t half = 0; half < 0x10000; half++) {
        for (uint32_t ahp = 0; ahp <= FPSCR_AHP; ahp += FPSCR_AHP) {
            uint32_t fpscr = ahp;
            if ((half & 0x7C00) == 0x7C00 && !ahp)
                continue;
            uint32_t single = fp_half_to_single((uint16_t)half, &fpscr);
            cr_expect_eq(single, to_bits((float)half_value(half)), "half %04x gave %08x", half, single);
            cr_expect_eq(fp_single_to_half(single, &fpscr), half);
            cr_expect_eq(fpscr, ahp);
        }
    }
}

/* FPRound to half precision in doubles: count in units of the last place, which rint() can round. */
static uint32_t expected_half(float a, unsigned mode, bool ahp, uint32_t *flags)
{
    double value = fabs((double)a);
    int exponent = value < ldexp(1, -14) ? -14 : ilogb(value);
    double units = ldexp(copysign(value, a), 10 - exponent);
    double count = fabs(host_rint(units, mode));
    double rounded = ldexp(count, exponent - 10), limit = ahp ? 131072 : 65536;
    uint32_t sign = signbit(a) ? 0x8000 : 0;

    *flags = 0;
    if (rounded >= limit && ahp) {
        *flags = FPSCR_IOC;
        return sign | 0x7FFF;
    }
    if (rounded >= limit) {
        *flags = FPSCR_OFC | FPSCR_IXC;
        return sign | (mode == FP_RN || mode == (sign ? FP_RM : FP_RP) ? 0x7C00 : 0x7BFF);
    }
    if (count != fabs(units))
        *flags = FPSCR_IXC | (value < ldexp(1, -14) ? FPSCR_UFC : 0);
    uint32_t half = 0; /* values grow with the bits: search from the top bit down */
    for (uint32_t bit = 0x4000; bit != 0; bit >>= 1) {
        if (half_value(half | bit) <= rounded)
            half |= bit;
    }
    return sign | half;
}

Test(fparith_host, narrowing_to_half_agrees)
{
    struct operand_source source = {0xC2B2AE3D27D4EB4Fu};

    for (int i = 0; i < CASES; i++) {
        uint32_t a = operand_next(&source), r = operand_random(&source), flags;
        if (r & 32) /* most of the range of singles is out of a half's */
            a = (a & 0x807FFFFFu) | (100 + (r >> 8) % 48) << 23;
        if ((a & 0x7F800000u) == 0x7F800000u)
            continue;
        bool ahp = r & 4;
        uint32_t fpscr = (r & 3) << FPSCR_RMODE_SHIFT | (ahp ? FPSCR_AHP : 0);
        uint32_t got = fp_single_to_half(a, &fpscr);
        uint32_t expected = expected_half(to_float(a), r & 3, ahp, &flags);
        cr_expect(got == expected && (fpscr & FLAGS) == flags,
                  "%08x to half, mode %u%s: %04x flags %02x, expected %04x %02x", a, r & 3, ahp ? " AHP" : "", got,
                  fpscr & FLAGS, expected, flags);
    }
}
