/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What devices ask of the machine around them.
 */
#include <string.h>

#include "core/link.h"
#include "core/machine_parts.h"

const struct machine_options *device_options(const struct device *d)
{
    return &d->env->machine->options;
}

struct device *device_find(const struct device *d, const char *name)
{
    return machine_find_device(d->env->machine, name);
}

struct nvm *device_nvm(const struct device *d, const char *name)
{
    struct machine *m = d->env->machine;

    for (unsigned i = 0; i < m->memory_count; i++)
        if (m->memories[i].nvm.bytes && !strcmp(m->memories[i].row->name, name))
            return &m->memories[i].nvm;
    return NULL;
}

void io_output(struct device *d, enum io_kind kind, const void *bytes, size_t size)
{
    struct machine *m = d->env->machine;

    if (m->host.output && !m->log.shut)     /* I3 */
        m->host.output(m->host.context, d, kind, bytes, size);
}

uint8_t link_drive(struct device *controller, enum link_action action, uint8_t value)
{
    struct machine *m = controller->env->machine;
    uint8_t answer = LINK_RELEASED;

    for (unsigned i = 0; i < m->device_count; i++) {
        struct device *d = m->devices[i];
        if (d->row->joins && d->ops->link && !strcmp(d->row->joins, controller->name))
            answer &= d->ops->link(d, action, value);
    }
    return answer;
}
