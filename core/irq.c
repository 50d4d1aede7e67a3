/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Interrupt lines: levels, ORed where several outputs share a line. See irq.h. */
#include "core/irq.h"

#include <assert.h>

#include "core/env.h"
#include "core/lines.h"
#include "core/state.h"

void irq_lines_init(struct irq_lines *q, struct arena *arena, unsigned lines, unsigned devices)
{
    q->line_count = lines;
    q->device_count = devices;
    q->offset = arena_reserve(arena, "irq", devices * sizeof *q->levels + lines, 2);
}

void irq_lines_bind(struct irq_lines *q, struct arena *arena)
{
    q->levels = arena_at(arena, q->offset);
    q->asserted = (uint8_t *)(q->levels + q->device_count);
}

void irq_set(struct device *d, unsigned output, bool level)
{
    struct irq_lines *q = d->env->irq;
    uint16_t bit = (uint16_t)(1u << output);
    int line;

    assert(output < CHIP_IRQS);
    if (output >= d->row->irq_count || !!(q->levels[d->index] & bit) == level)
        return;
    q->levels[d->index] ^= bit;
    line = d->row->irq[output];
    if (line == CHIP_NO_IRQ)
        return;
    if (level ? q->asserted[line]++ == 0 : --q->asserted[line] == 0)
        q->sink(q->context, (unsigned)line, level);
}

bool irq_level(const struct device *d, unsigned output)
{
    return d->env->irq->levels[d->index] >> output & 1;
}

void irq_lines_drop(struct device *d)
{
    for (unsigned output = 0; output < d->row->irq_count; output++)
        irq_set(d, output, false);
}
