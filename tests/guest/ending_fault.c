/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fault whose handler only branches to itself, as in a vendor's start code: nobody handles it. */
#include "lib/cortex_m4.h"

static __attribute__((naked)) void endless_handler(void)
{
    __asm volatile("1: b 1b");
}

int main(void)
{
    vector_set(EXC_HARDFAULT, endless_handler);
    return (int)REG32(0x30000000);
}
