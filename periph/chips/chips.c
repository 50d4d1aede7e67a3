/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of chips. See chips.h. */
#include "periph/chips/chips.h"

#include <ctype.h>
#include <stddef.h>

const struct chip *const chips[] = {&stm32f100rb, &stm32f205rf, &stm32f405rg, NULL};

static bool same_name(const char *a, const char *b)
{
    while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

const struct chip *chip_find(const char *name)
{
    for (const struct chip *const *chip = chips; *chip; chip++)
        if (same_name((*chip)->name, name))
            return *chip;
    return NULL;
}
