/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signals between devices, compiled from the chip's routes when the machine is built. See signal.h. */
#include "core/signal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/env.h"
#include "core/lines.h"
#include "core/state.h"

static struct device *find(struct device *const *devices, unsigned count, const char *name)
{
    for (unsigned i = 0; i < count; i++)
        if (!strcmp(devices[i]->name, name))
            return devices[i];
    return NULL;
}

/* The end points of a route, checked against what the devices have. `to` is NULL for the CPU. */
static bool resolve(struct device *const *devices, unsigned count, const struct chip_route *route,
                    struct device **from, struct device **to, char *error, size_t size)
{
    bool to_cpu = !strcmp(route->to, CPU_SIGNALS);
    unsigned inputs;

    *from = find(devices, count, route->from);
    *to = to_cpu ? NULL : find(devices, count, route->to);
    if (!*from || (!to_cpu && !*to)) {
        snprintf(error, size, "route %s -> %s: no such device", route->from, route->to);
        return false;
    }
    inputs = to_cpu ? CPU_SIGNAL_COUNT : (*to)->ops->inputs;
    if (route->out + route->count > (*from)->ops->outputs || route->in + route->count > inputs) {
        snprintf(error, size, "route %s:%u -> %s:%u: no such output or input", route->from, route->out,
                 route->to, route->in);
        return false;
    }
    return true;
}

static bool number_ports(struct signals *g, struct device *const *devices, unsigned count,
                         const struct chip_route *routes)
{
    unsigned wires = 0, inputs = 0;

    g->first_output = calloc(count + 1, sizeof *g->first_output);
    g->first_input = calloc(count + 1, sizeof *g->first_input);
    if (!g->first_output || !g->first_input)
        return false;
    for (unsigned i = 0; i < count; i++) {
        g->first_output[i] = g->output_count;
        g->first_input[i] = inputs;
        g->output_count += devices[i]->ops->outputs;
        inputs += devices[i]->ops->inputs;
    }
    for (const struct chip_route *r = routes; r && r->from; r++)
        wires += r->count;
    g->first_listener = calloc(g->output_count + 2, sizeof *g->first_listener);
    g->listeners = calloc(wires + 1, sizeof *g->listeners);
    g->drivers = calloc(inputs + 1, sizeof *g->drivers);
    return g->first_listener && g->listeners && g->drivers;
}

/* Visits every single wire; the first pass counts the listeners of each output (shifted by two, so that
 * the second pass can fill in place), the second one stores them. */
static bool connect(struct signals *g, struct device *const *devices, unsigned count,
                    const struct chip_route *routes, bool store, char *error, size_t size)
{
    for (const struct chip_route *r = routes; r && r->from; r++) {
        struct device *from, *to;
        if (!resolve(devices, count, r, &from, &to, error, size))
            return false;
        for (unsigned i = 0; i < r->count; i++) {
            uint32_t output = g->first_output[from->index] + r->out + i;
            if (!store) {
                g->first_listener[output + 2]++;
                continue;
            }
            g->listeners[g->first_listener[output + 1]++] =
                (struct signal_listener){to, (uint16_t)(r->in + i)};
            if (to)
                g->drivers[g->first_input[to->index] + r->in + i] = output + 1;
        }
    }
    return true;
}

bool signals_init(struct signals *g, struct arena *arena, struct device *const *devices, unsigned count,
                  const struct chip_route *routes, char *error, size_t error_size)
{
    *g = (struct signals){0};
    snprintf(error, error_size, "out of memory");
    if (!number_ports(g, devices, count, routes) ||
        !connect(g, devices, count, routes, false, error, error_size))
        return false;
    for (unsigned i = 0; i < g->output_count; i++)
        g->first_listener[i + 2] += g->first_listener[i + 1];
    connect(g, devices, count, routes, true, error, error_size);
    g->offset = arena_reserve(arena, "signals", g->output_count, 1);
    return true;
}

void signals_bind(struct signals *g, struct arena *arena)
{
    g->levels = arena_at(arena, g->offset);
}

void signals_free(struct signals *g)
{
    free(g->first_output);
    free(g->first_listener);
    free(g->listeners);
    free(g->first_input);
    free(g->drivers);
}

void signal_set(struct device *d, unsigned output, bool level)
{
    struct signals *g = d->env->signals;
    uint32_t number = g->first_output[d->index] + output;

    assert(output < d->ops->outputs);
    if (g->levels[number] == level)
        return;
    g->levels[number] = level;
    for (uint32_t i = g->first_listener[number]; i < g->first_listener[number + 1]; i++) {
        const struct signal_listener *l = &g->listeners[i];
        if (!l->device)
            g->cpu(g->context, (enum cpu_signal)l->input, level);
        else if (l->device->ops->signal)
            l->device->ops->signal(l->device, l->input, level);
    }
}

void signal_pulse(struct device *d, unsigned output)
{
    signal_set(d, output, true);
    signal_set(d, output, false);
}

bool signal_level(const struct device *d, unsigned output)
{
    const struct signals *g = d->env->signals;

    return g->levels[g->first_output[d->index] + output];
}

bool signal_wired(const struct device *d, unsigned output)
{
    const struct signals *g = d->env->signals;
    uint32_t number = g->first_output[d->index] + output;

    return g->first_listener[number] != g->first_listener[number + 1];
}

bool signal_input(const struct device *d, unsigned input)
{
    const struct signals *g = d->env->signals;
    uint32_t driver = g->drivers[g->first_input[d->index] + input];

    return driver && g->levels[driver - 1];
}

void signals_drop(struct device *d)
{
    for (unsigned output = 0; output < d->ops->outputs; output++)
        signal_set(d, output, false);
}
