/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run costs beside its program. */
#include "program.h"

int main(void)
{
    return 0;
}
