/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends with status 7, which the emulator passes on. */
#include "lib/check.h"

int main(void)
{
    exit_status(7);
}
