/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fault in the HardFault handler: the core locks up (Arm ARM B1.5.15). */
#include "lib/cortex_m4.h"

static void faulting_handler(void)
{
    __asm volatile("udf #0");
}

int main(void)
{
    vector_set(EXC_HARDFAULT, faulting_handler);
    (void)REG32(0x30000000);
    return 0;
}
