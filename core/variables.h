/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The firmware's variables, as far as the host knows their names: for reports. */
#ifndef CORE_VARIABLES_H
#define CORE_VARIABLES_H

#include <stddef.h>
#include <stdint.h>

struct variable {
    const char *name;
    uint32_t address;
    uint32_t size;              /* not 0 */
};

struct variables {
    const struct variable *list;    /* in any order */
    size_t count;
};

#endif
