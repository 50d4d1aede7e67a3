/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sleeps with nothing that could ever wake it. */
#include "lib/cortex_m4.h"

int main(void)
{
    for (;;)
        wait_for_interrupt();
}
