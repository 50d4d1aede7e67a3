/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports that several devices make in the same words. See report.h. */
#include "periph/report.h"

#include <stdio.h>

#include "core/device.h"
#include "core/log.h"

enum { NAMES_MAX = 160 };

static uint32_t field_mask(const struct reg_field *f)
{
    return (f->width == 32 ? UINT32_MAX : (1u << f->width) - 1) << f->lsb;
}

void report_unmodelled_bits(struct device *d, unsigned reg, uint32_t bits)
{
    char names[NAMES_MAX] = "";
    int used = 0;

    if (!bits)
        return;
    for (const struct reg_field *f = d->ops->regs[reg].fields; f->name && used < NAMES_MAX; f++)
        if (field_mask(f) & bits)
            used += snprintf(names + used, sizeof names - (size_t)used, "%s%s", used ? ", " : "", f->name);
    diag_unmodelled(d, reg, "%s set: the function is not modelled", names);
}
