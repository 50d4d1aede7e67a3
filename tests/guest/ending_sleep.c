/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sleeps with nothing that could ever wake it. */
#include "lib/cortex_m4.h"
#include "lib/semihosting.h"

int main(void)
{
    semihosting(SYS_WRITE0, (uintptr_t)"sleeping\n");
    for (;;)
        wait_for_interrupt();
}
