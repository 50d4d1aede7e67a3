/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory moved about: blocks by words, by bytes and backwards, a transposition, a ring buffer. Compiled so that loops
 * stay loops and do not become calls of memcpy.
 */
#include "program.h"

#define ROUNDS 180000
#define WORDS  512

static uint32_t from[WORDS], to[WORDS];
static uint8_t ring[256];

static NOINLINE void copy_words(uint32_t *restrict d, const uint32_t *restrict s, unsigned count)
{
    for (; count >= 4; count -= 4, d += 4, s += 4) {
        uint32_t w0 = s[0], w1 = s[1], w2 = s[2], w3 = s[3];
        d[0] = w0, d[1] = w1, d[2] = w2, d[3] = w3;
    }
}

static NOINLINE void copy_bytes(uint8_t *d, const uint8_t *s, unsigned count)
{
    while (count--)
        *d++ = *s++;
}

static NOINLINE void copy_backwards(uint32_t *d, const uint32_t *s, unsigned count)
{
    while (count--)
        d[count] = s[count];
}

static NOINLINE void transpose(uint32_t *d, const uint32_t *s)
{
    for (unsigned row = 0; row < 16; row++)
        for (unsigned column = 0; column < 16; column++)
            d[column * 16 + row] = s[row * 16 + column];
}

static NOINLINE uint32_t through_ring(const uint8_t *s, unsigned count)
{
    static uint8_t put, get;
    uint32_t sum = 0;

    while (count--) {
        ring[put++] = *s++;
        if ((uint8_t)(put - get) > 100)
            sum += ring[get++];
    }
    return sum;
}

int main(void)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < WORDS; i++)
        from[i] = i * 0x01010101;
    for (unsigned round = 0; round < ROUNDS; round++) {
        from[round % WORDS] += round;
        copy_words(to, from, WORDS);
        copy_bytes((uint8_t *)to + 3, (uint8_t *)from, 400);
        copy_backwards(to + 1, to, WORDS - 1);
        transpose(from, to);
        sum += through_ring((uint8_t *)to, 400) + to[round % WORDS];
    }
    return sum != 2317095833;
}
