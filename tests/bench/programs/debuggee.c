/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The program that is debugged while its speed is measured. It runs in stretches of `rounds` rounds, which the
 * debugger sets, and calls stretch_done after each. The 1,000 halfwords from `beside` on stand within the hot function and
 * are never executed; `bystander` is the word after the hot data and is never written.
 */
#include "program.h"

#define HOT_WORDS   60
#define NOISE_WORDS 16384

volatile uint32_t rounds = 1;
volatile uint32_t hot[HOT_WORDS + 1];
__asm(".global bystander\n"
      "bystander = hot + 4 * 60");

volatile uint32_t noise[NOISE_WORDS];       /* to be read by the debugger */

void check_in(uint32_t round);
void stretch_done(void);
int main(void);

/* Once in a round; `round` is in r0. */
NOINLINE void check_in(uint32_t round)
{
    __asm volatile("" : : "r"(round));
}

NOINLINE void stretch_done(void)
{
    __asm volatile("nop");
}

static NOINLINE void hot_round(uint32_t round)
{
    for (unsigned i = 0; i < HOT_WORDS; i++)
        hot[i] = hot[i] * 3 + (round ^ i);
    __asm volatile("b.w 1f\n"
                   ".global beside\n"
                   "beside: .rept 1000\n"
                   "nop\n"
                   ".endr\n"
                   "1:");
    check_in(round);
}

int main(void)
{
    uint32_t seed = 1;

    for (unsigned i = 0; i < NOISE_WORDS; i++)
        noise[i] = next_random(&seed) * 257;
    for (;;) {
        for (uint32_t left = rounds; left; left--)
            hot_round(left);
        stretch_done();
    }
}
