/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Code that runs once: a thousand functions, no two alike, each called a single time. What an emulator pays for
 * every instruction that it meets for the first time.
 */
#include "program.h"

static volatile uint32_t board[64];

/* Straight code with a loop's worth of what compilers emit: loads, stores, shifts, selections, a forward branch. */
#define STEP(k) \
    x = x * (2 * (k) + 1) + (y ^ board[(k) & 63]); \
    y = (y << ((k) & 15)) + (x >> 3); \
    if (x & 1u << ((k) & 31)) \
        board[((k) + 7) & 63] = y; \
    y += (uint8_t)x > (k) % 251 ? (k) : x;

#define BODY(k) STEP(k) STEP((k) + 3) STEP((k) + 11) STEP((k) + 19) STEP((k) + 23) STEP((k) + 31)

#define FUNCTION(k) \
    static NOINLINE uint32_t cold_##k(uint32_t x, uint32_t y) { BODY(1##k - 1000) return x ^ y; }
#define CALL(k) x = cold_##k(x, x >> 9);

#define TEN(what, k) what(k##0) what(k##1) what(k##2) what(k##3) what(k##4) \
    what(k##5) what(k##6) what(k##7) what(k##8) what(k##9)
#define HUNDRED(what, k) TEN(what, k##0) TEN(what, k##1) TEN(what, k##2) TEN(what, k##3) TEN(what, k##4) \
    TEN(what, k##5) TEN(what, k##6) TEN(what, k##7) TEN(what, k##8) TEN(what, k##9)
#define THOUSAND(what) HUNDRED(what, 0) HUNDRED(what, 1) HUNDRED(what, 2) HUNDRED(what, 3) HUNDRED(what, 4) \
    HUNDRED(what, 5) HUNDRED(what, 6) HUNDRED(what, 7) HUNDRED(what, 8) HUNDRED(what, 9)

THOUSAND(FUNCTION)

int main(void)
{
    uint32_t x = 1;

    THOUSAND(CALL)
    return x != 1533845754;
}
