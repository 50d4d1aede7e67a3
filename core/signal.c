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

    g->devices = devices;
    g->device_count = count;
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
    g->input_count = inputs;
    for (const struct chip_route *r = routes; r && r->from; r++)
        wires += r->count;
    g->first_listener = calloc(g->output_count + 2, sizeof *g->first_listener);
    g->listeners = calloc(wires + 1, sizeof *g->listeners);
    g->first_driver = calloc(inputs + 2, sizeof *g->first_driver);
    g->drivers = calloc(wires + 1, sizeof *g->drivers);
    g->owner = calloc(g->output_count + 1, sizeof *g->owner);
    return g->first_listener && g->listeners && g->first_driver && g->drivers && g->owner;
}

static void own_outputs(struct signals *g)
{
    for (unsigned i = 0; i < g->device_count; i++)
        for (unsigned output = 0; output < g->devices[i]->ops->outputs; output++)
            g->owner[g->first_output[i] + output] = i;
}

/* One wire. The first pass counts both ends' lists (shifted by two, so that the second pass can fill in place),
 * the second one stores them. */
static void connect_one(struct signals *g, uint32_t output, struct device *to, unsigned in, bool store)
{
    uint32_t input = to ? g->first_input[to->index] + in : 0;

    if (!store) {
        g->first_listener[output + 2]++;
        if (to)
            g->first_driver[input + 2]++;
        return;
    }
    g->listeners[g->first_listener[output + 1]++] = (struct signal_listener){.device = to, .input = (uint16_t)in};
    if (to)
        g->drivers[g->first_driver[input + 1]++] = output;
}

/* Visits every single wire. */
static bool connect(struct signals *g, const struct chip_route *routes, bool store, char *error, size_t size)
{
    for (const struct chip_route *r = routes; r && r->from; r++) {
        struct device *from, *to;
        if (!resolve(g->devices, g->device_count, r, &from, &to, error, size))
            return false;
        for (unsigned i = 0; i < r->count; i++)
            connect_one(g, g->first_output[from->index] + r->out + i, to, r->in + i, store);
    }
    return true;
}

static void sum(uint32_t *first, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        first[i + 2] += first[i + 1];
}

static void mark_shared(struct signals *g, uint32_t wires)
{
    for (uint32_t i = 0; i < wires; i++) {
        struct signal_listener *l = &g->listeners[i];
        uint32_t input = l->device ? g->first_input[l->device->index] + l->input : 0;
        l->shared = l->device && g->first_driver[input + 1] - g->first_driver[input] > 1;
    }
}

bool signals_init(struct signals *g, struct arena *arena, struct device *const *devices, unsigned count,
                  const struct chip_route *routes, char *error, size_t error_size)
{
    *g = (struct signals){0};
    snprintf(error, error_size, "out of memory");
    if (!number_ports(g, devices, count, routes) || !connect(g, routes, false, error, error_size))
        return false;
    own_outputs(g);
    sum(g->first_listener, g->output_count);
    sum(g->first_driver, g->input_count);
    connect(g, routes, true, error, error_size);
    mark_shared(g, g->first_listener[g->output_count]);
    g->offset = arena_reserve(arena, "signals", g->output_count, 1);
    return true;
}

void signals_bind(struct signals *g, struct arena *arena)
{
    g->states = arena_at(arena, g->offset);
}

void signals_free(struct signals *g)
{
    free(g->first_output);
    free(g->first_listener);
    free(g->listeners);
    free(g->first_input);
    free(g->first_driver);
    free(g->drivers);
    free(g->owner);
}

static uint32_t output_number(const struct device *d, unsigned output)
{
    assert(output < d->ops->outputs);
    return d->env->signals->first_output[d->index] + output;
}

/* ---- inputs: what their drivers do together ---- */

static enum signal_state join(enum signal_state a, enum signal_state b)
{
    if (a == SIGNAL_RELEASED || (a == SIGNAL_PULLED && b != SIGNAL_RELEASED))
        return b;
    if (b == SIGNAL_RELEASED || b == SIGNAL_PULLED)
        return a;
    return a == SIGNAL_HIGH || b == SIGNAL_HIGH ? SIGNAL_HIGH : SIGNAL_LOW;
}

static bool level_of(enum signal_state state)
{
    return state & 1;
}

/* What an output does; `fresh`: now, not when it was last set. */
static enum signal_state output_state(const struct signals *g, uint32_t number, bool fresh)
{
    const struct device *d = g->devices[g->owner[number]];

    if (fresh && d->ops->output)
        return (enum signal_state)d->ops->output(d, number - g->first_output[d->index]);
    return (enum signal_state)g->states[number];
}

static enum signal_state joined(const struct device *d, unsigned input, bool fresh)
{
    const struct signals *g = d->env->signals;
    uint32_t number = g->first_input[d->index] + input;
    enum signal_state state = SIGNAL_RELEASED;

    for (uint32_t i = g->first_driver[number]; i < g->first_driver[number + 1]; i++)
        state = join(state, output_state(g, g->drivers[i], fresh));
    return state;
}

enum signal_state signal_state(const struct device *d, unsigned input)
{
    return joined(d, input, false);
}

enum signal_state signal_ask(const struct device *d, unsigned input)
{
    return joined(d, input, true);
}

bool signal_input(const struct device *d, unsigned input)
{
    return level_of(signal_state(d, input));
}

/* ---- outputs ---- */

/* Tells one listener of a change that has been made; `was` is the output's old state. */
static void tell(struct signals *g, const struct signal_listener *l, enum signal_state was, enum signal_state now)
{
    struct device *d = l->device;
    bool level = level_of(now), changed = level_of(was) != level;

    if (!d) {
        if (changed)
            g->cpu(g->context, (enum cpu_signal)l->input, level);
        return;
    }
    if (!d->ops->signal || !(changed || d->ops->hears_states || l->shared))
        return;
    d->ops->signal(d, l->input, l->shared ? signal_input(d, l->input) : level);
}

void signal_put(struct device *d, unsigned output, enum signal_state state)
{
    struct signals *g = d->env->signals;
    uint32_t number = output_number(d, output);
    enum signal_state was = (enum signal_state)g->states[number];

    if (was == state)
        return;
    g->states[number] = (uint8_t)state;
    for (uint32_t i = g->first_listener[number]; i < g->first_listener[number + 1]; i++)
        tell(g, &g->listeners[i], was, state);
}

void signal_set(struct device *d, unsigned output, bool level)
{
    signal_put(d, output, level ? SIGNAL_HIGH : SIGNAL_LOW);
}

void signal_pulse(struct device *d, unsigned output)
{
    signal_set(d, output, true);
    signal_set(d, output, false);
}

enum signal_state signal_output(const struct device *d, unsigned output)
{
    return (enum signal_state)d->env->signals->states[output_number(d, output)];
}

bool signal_level(const struct device *d, unsigned output)
{
    return level_of(signal_output(d, output));
}

void signals_drop(struct device *d)
{
    for (unsigned output = 0; output < d->ops->outputs; output++)
        signal_put(d, output, SIGNAL_RELEASED);
}

/* ---- who listens ---- */

static enum signal_use use_of(const struct signal_listener *l)
{
    if (!l->device || !l->device->ops->listens)
        return SIGNAL_WATCHED;
    return (enum signal_use)l->device->ops->listens(l->device, l->input);
}

enum signal_use signal_use(const struct device *d, unsigned output)
{
    const struct signals *g = d->env->signals;
    uint32_t number = output_number(d, output);
    enum signal_use use = SIGNAL_UNUSED;
    bool followed = false;

    for (uint32_t i = g->first_listener[number]; i < g->first_listener[number + 1]; i++) {
        enum signal_use one = use_of(&g->listeners[i]);
        followed |= one == SIGNAL_FOLLOWS;
        if (one > use && one != SIGNAL_FOLLOWS)
            use = one;
    }
    return followed && use ? SIGNAL_WATCHED : use;
}

bool signal_leaves(const struct device *d, unsigned output)
{
    const struct signals *g = d->env->signals;
    uint32_t number = output_number(d, output);

    return g->first_listener[number] == g->first_listener[number + 1] || signal_use(d, output) != SIGNAL_UNUSED;
}

bool signal_arrives(const struct device *d, unsigned input)
{
    const struct signals *g = d->env->signals;
    uint32_t number = g->first_input[d->index] + input;

    return g->first_driver[number] == g->first_driver[number + 1] || signal_state(d, input) != SIGNAL_RELEASED;
}

void signals_rewired(struct device *d)
{
    const struct signals *g = d->env->signals;

    for (unsigned i = 0; i < g->device_count; i++)
        if (g->devices[i]->ops->rewired)
            g->devices[i]->ops->rewired(g->devices[i]);
}
