/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Instructions made up from the encoding tables: a row's fixed bits, and whatever comes for its fields.
 */
#ifndef TESTS_UNIT_ENCODING_RANDOM_H
#define TESTS_UNIT_ENCODING_RANDOM_H

#include <stdint.h>

#include "core/arm/encoding.h"

/* xorshift64*; the seed must not be 0. */
static inline uint32_t random_word(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return (uint32_t)(*seed * 0x2545F4914F6CDD1Du >> 32);
}

/* Bits that match the pattern, with should-be bits as they should be. */
static inline uint32_t encoding_random(const struct encoding *row, uint64_t *seed)
{
    char bits[33];
    uint32_t raw = 0, noise = random_word(seed);
    unsigned count = encoding_bits(row->pattern, bits);

    for (unsigned n = 0; n < count; n++) {
        unsigned bit = noise >> n & 1;

        if (bits[n] == '0' || bits[n] == 'z')
            bit = 0;
        else if (bits[n] == '1' || bits[n] == 'o')
            bit = 1;
        raw = raw << 1 | bit;
    }
    return raw;
}

/* Bytes of the row's instructions: 2 or 4, 0 for row 0. */
static inline unsigned encoding_size(const struct encoding *row)
{
    char bits[33];

    return encoding_bits(row->pattern, bits) / 8;
}

#endif
