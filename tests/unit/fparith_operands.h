/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random single-precision operands for the tests of fparith: repeatable, and biased towards what goes
 * wrong: special values, NaN payloads, denormals, neighbours of powers of two, few-bit significands
 * (ties), and pairs that nearly cancel.
 */
#ifndef TESTS_UNIT_FPARITH_OPERANDS_H
#define TESTS_UNIT_FPARITH_OPERANDS_H

#include <stdint.h>

struct operand_source {
    uint64_t state; /* not 0 */
};

/* xorshift64*, Marsaglia and Vigna. */
static inline uint32_t operand_random(struct operand_source *s)
{
    s->state ^= s->state >> 12;
    s->state ^= s->state << 25;
    s->state ^= s->state >> 27;
    return (uint32_t)(s->state * 0x2545F4914F6CDD1Dull >> 32);
}

static inline uint32_t operand_special(struct operand_source *s)
{
    static const uint32_t specials[] = {
        0x00000000, 0x00000001, 0x00000002, 0x00400000, 0x007FFFFF, 0x00800000, 0x00800001, 0x00FFFFFF, 0x01000000,
        0x33800000, 0x38000000, 0x387FFFFF, 0x38800000, 0x3F000000, 0x3F7FFFFF, 0x3F800000, 0x3F800001, 0x3FC00000,
        0x40000000, 0x46FFFE00, 0x477FE000, 0x477FF000, 0x4B000000, 0x4B7FFFFF, 0x4F000000, 0x4F7FFFFF, 0x4F800000,
        0x7E800000, 0x7F000000, 0x7F7FFFFF, 0x7F800000, 0x7F800001, 0x7FA12345, 0x7FBFFFFF, 0x7FC00000, 0x7FC54321,
        0x7FFFFFFF,
    };
    uint32_t r = operand_random(s);
    return specials[(r >> 1) % (sizeof specials / sizeof specials[0])] | (r & 1) << 31;
}

static inline uint32_t operand_next(struct operand_source *s)
{
    uint32_t r = operand_random(s), sign = r & 0x80000000u;

    switch (operand_random(s) % 8) {
    case 0:
        return operand_special(s);
    case 1: /* denormal */
        return sign | (r & 0x007FFFFF) >> (operand_random(s) % 23);
    case 2: /* at a power of two, or a few units away */
        return (r & 0xFF800000u) + operand_random(s) % 5 - 2;
    case 3: /* few significant bits */
        return sign | (r & 0x7F800000u) | (operand_random(s) << (operand_random(s) % 23) & 0x007FFFFF);
    case 4: /* around one: cancellation, integers, fixed point */
        return sign | (0x3C000000u + r % 0x14000000u);
    case 5: /* around one, few bits */
        return sign | (0x3C000000u + (r % 0x14000000u & 0xFFFE0000u));
    default:
        return r;
    }
}

/* Three operands; the second and third are often close relatives of the others. */
static inline void operand_triple(struct operand_source *s, uint32_t *a, uint32_t *b, uint32_t *c)
{
    uint32_t r = operand_random(s);

    *a = operand_next(s);
    *b = r % 4 == 0 ? *a + (r >> 8) % 9 - 4 : operand_next(s);
    if (r % 3 == 0) { /* c near -(a * b), by adding exponents */
        uint32_t exponent = ((*a >> 23 & 0xFF) + (*b >> 23 & 0xFF) - 127 + (r >> 8) % 3 - 1) & 0xFF;
        *c = (~(*a ^ *b) & 0x80000000u) | exponent << 23 | (operand_next(s) & 0x007FFFFF);
    } else {
        *c = operand_next(s);
    }
}

#endif
