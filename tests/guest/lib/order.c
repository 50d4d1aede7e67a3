/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "order.h"

#include "check.h"

static char order[64];
static unsigned length;

void mark(char c)
{
    if (length < sizeof order - 1)
        order[length++] = c;
    order[length] = 0;
}

void check_order(const char *name, const char *expected)
{
    unsigned i = 0;
    while (order[i] && order[i] == expected[i])
        i++;
    check(name, order[i] == expected[i]);
    length = 0;
    order[0] = 0;
}
