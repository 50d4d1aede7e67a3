/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * State that comes from outside. A machine takes much about its state for granted, because nothing but itself
 * writes it: that an index lies inside its array, that a heap is one, that a clock's divider is not 0. Whoever
 * brings bytes from elsewhere has them checked for that first. It is no proof that a machine could ever get there,
 * only that it can go on from there without harm to its host.
 */
#include <stdlib.h>
#include <string.h>

#include "core/machine_parts.h"

/* Far beyond any run, and far below where sums of cycles wrap. */
#define CYCLES_MAX ((uint64_t)1 << 62)

/* Bits that no register has are clear. */
static bool registers_sane(const struct device *d)
{
    for (unsigned reg = 0; reg < d->ops->reg_count; reg++) {
        const struct reg *r = &d->ops->regs[reg];
        uint32_t known = r->readable | r->writable | r->action | r->w1c | r->w0c | r->w1s | r->reset;
        if (reg_get(d, reg) & ~known)
            return false;
    }
    return true;
}

bool machine_sane(const struct machine *m)
{
    if (m->cpu.s->cycle > CYCLES_MAX || !cpu_sane(&m->cpu) || !scheduler_sane(&m->sched) || !clocks_sane(&m->clocks))
        return false;
    for (unsigned i = 0; i < m->device_count; i++) {
        const struct device *d = m->devices[i];
        if (!registers_sane(d) || (d->ops->sane && !d->ops->sane(d)))
            return false;
    }
    return true;
}

bool machine_restore_foreign(struct machine *m, const void *bytes, vtime at, struct machine_modes modes)
{
    size_t size = arena_size(m->arena);
    uint8_t *before = malloc(size);
    bool sane = false;

    if (before) {
        arena_save(m->arena, before);
        arena_restore(m->arena, bytes);
        sane = m->cpu.s->cycle == at.cycles && machine_sane(m);
        arena_restore(m->arena, before);
    }
    free(before);
    if (!sane)
        return false;
    machine_restore(m, bytes);
    machine_restored(m, modes);
    return true;
}
