/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Footprints with a count of their users. See touched.h. */
#include "core/replay/touched.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/footprint.h"

struct touched {
    uint32_t users;
    struct footprint footprint;
};

struct touched *touched_new(size_t *bytes)
{
    struct touched *touched = calloc(1, sizeof *touched);

    if (!touched)
        return NULL;
    touched->users = 1;
    *bytes += sizeof *touched;
    return touched;
}

void touched_drop(struct touched *touched, size_t *bytes)
{
    if (!touched || --touched->users)
        return;
    *bytes -= sizeof *touched;
    free(touched);
}

/* Others go on using the old one. */
static void make_own(struct touched **touched, size_t *bytes)
{
    struct touched *own;

    if ((*touched)->users == 1)
        return;
    own = touched_new(bytes);
    if (own)
        own->footprint = (*touched)->footprint;
    touched_drop(*touched, bytes);
    *touched = own;
}

void touched_add(struct touched **touched, const struct footprint *footprint, size_t *bytes)
{
    make_own(touched, bytes);
    if (*touched)
        footprint_add(&(*touched)->footprint, footprint);
}

void touched_share(struct touched **touched, struct touched *same, size_t *bytes)
{
    if (!same || !*touched || *touched == same ||
        memcmp(&same->footprint, &(*touched)->footprint, sizeof same->footprint))
        return;
    touched_drop(*touched, bytes);
    same->users++;
    *touched = same;
}

const struct footprint *touched_footprint(const struct touched *touched)
{
    return touched ? &touched->footprint : NULL;
}
