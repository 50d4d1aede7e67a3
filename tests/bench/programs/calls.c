/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls and returns: recursion two ways, and functions reached through a table of pointers. */
#include "program.h"

#define ROUNDS 24

static NOINLINE uint32_t fibonacci(uint32_t n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

/* Ackermann's function with a first argument up to 2: deep and without arithmetic worth the name. */
static NOINLINE uint32_t ackermann(uint32_t m, uint32_t n)
{
    if (m == 0)
        return n + 1;
    return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

static NOINLINE uint32_t add(uint32_t x) { return x + 0x9E3779B9; }
static NOINLINE uint32_t twist(uint32_t x) { return x ^ x << 5; }
static NOINLINE uint32_t turn(uint32_t x) { return x << 7 | x >> 25; }
static NOINLINE uint32_t scale(uint32_t x) { return x * 5; }

static uint32_t (*const functions[])(uint32_t) = {add, twist, turn, scale};

static NOINLINE uint32_t dispatch(uint32_t x, unsigned count)
{
    while (count--)
        x = functions[x >> 11 & 3](x);
    return x;
}

int main(void)
{
    uint32_t sum = 0;

    for (unsigned round = 0; round < ROUNDS; round++) {
        sum += fibonacci(28);
        for (unsigned i = 0; i < 40; i++)
            sum += ackermann(2, 100);
        sum += dispatch(round, 1000000);
    }
    return sum != 4210049237;
}
