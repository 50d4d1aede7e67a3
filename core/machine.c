/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The machine runs: resets, steps, time, the debugger's breakpoints and watchpoints, and what devices ask of it.
 * See machine.h; it is built in machine_build.c, written to in machine_input.c, read in machine_view.c, saved in
 * machine_state.c.
 */
#include <string.h>

#include "core/arm/exception.h"
#include "core/link.h"
#include "core/machine_parts.h"
#include "core/written.h"

/* ---- reset ---- */

void machine_show_boot_memory(struct machine *m)
{
    for (const struct chip_memory *row = m->chip->memories; row && row->name; row++)
        if (row->flags & MEMORY_BOOT)
            bus_set_zero(&m->bus, row->name);
}

/* RAM comes back from Standby as from power-on, and nobody has written it. */
static void lose_memories(struct machine *m)
{
    static const uint8_t zeros[4096];

    for (unsigned i = 0; i < m->memory_count; i++) {
        const struct chip_memory *row = m->memories[i].row;
        uint32_t done;
        for (uint32_t at = 0; !(row->flags & MEMORY_NVM) && at < row->size; at += sizeof zeros)
            bus_poke(&m->bus, row->base + at, zeros, sizeof zeros, &done);
        if (m->memories[i].written)
            memset(arena_at(m->arena, m->memories[i].written), 0, row->size / WRITTEN_BYTES * 4);
    }
}

void machine_do_reset(struct machine *m, enum reset_kind kind)
{
    bool power_on = kind == RESET_POWER_ON;

    if (m->cpu.s->sleeping == SLEEP_STANDBY)
        lose_memories(m);
    if (power_on)
        clocks_power_on(&m->clocks, m->chip->reset_hz);
    else
        clocks_reset_gates(&m->clocks);
    machine_show_boot_memory(m);
    m->cpu.attention &= ~(uint32_t)ATTN_RESET;
    for (unsigned i = 0; i < m->device_count; i++)
        device_reset(m->devices[i], kind);
    if (m->device_count)
        signals_rewired(m->devices[0]);
    cpu_reset(&m->cpu, power_on);
}

void machine_set_variables(struct machine *m, const struct variables *variables)
{
    m->cpu.variables = *variables;
    stack_derive(&m->cpu);
}

/* ---- running ---- */

/* The stop that ended a run. A run that starts where it was reported passes it once. */
static struct stop take_stop(struct machine *m)
{
    struct stop stop = m->cpu.stop;

    m->cpu.attention &= ~(uint32_t)(ATTN_STOP | ATTN_ABANDON);
    if (stop.kind == STOP_WATCH && stop.done)
        return stop;
    m->cpu.pass_cycle = m->cpu.s->cycle;
    if (stop.kind == STOP_WATCH)
        m->cpu.pass_watch = m->cpu.s->cycle;
    return stop;
}

void machine_happen(struct machine *m)
{
    scheduler_run_due(&m->sched);
    if (m->cpu.attention & ATTN_RESET) {
        machine_do_reset(m, RESET_SYSTEM);
        scheduler_run_due(&m->sched);   /* what the reset has made due */
    }
    exception_late_arrival(&m->cpu);
}

/* The same, and whether a stop is to be reported. */
static bool settle(struct machine *m)
{
    machine_happen(m);
    if (m->interrupted && !(m->cpu.attention & ATTN_STOP)) {
        m->interrupted = false;
        m->cpu.stop = (struct stop){.kind = STOP_INTERRUPTED};
        m->cpu.attention |= ATTN_STOP;
    }
    return m->cpu.attention & ATTN_STOP;
}

struct stop machine_run(struct machine *m, vtime until)
{
    struct cpu *c = &m->cpu;

    for (;;) {
        vtime next;
        if (settle(m))
            return take_stop(m);
        if (c->s->cycle >= until.cycles)
            return (struct stop){.kind = STOP_LIMIT};
        next = scheduler_next(&m->sched);
        c->limit = next.cycles < until.cycles ? next.cycles : until.cycles;
        if (m->jit)
            jit_run(m->jit);
        else
            cpu_run(c);
    }
}

struct stop machine_do_step(struct machine *m, bool mask_interrupts)
{
    struct cpu *c = &m->cpu;

    if (settle(m))
        return take_stop(m);
    c->limit = UINT64_MAX;
    c->mask_interrupts = mask_interrupts;
    cpu_update(c);
    c->pass_cycle = c->s->cycle;
    if (c->s->sleeping)     /* a step of a sleeping core takes it to the next event */
        c->limit = scheduler_next(&m->sched).cycles;
    cpu_step(c);
    c->mask_interrupts = false;
    cpu_update(c);
    if (settle(m))
        return take_stop(m);
    return (struct stop){.kind = STOP_STEP};
}

struct stop machine_step(struct machine *m, bool mask_interrupts)
{
    if (mask_interrupts && m->door.enter)
        m->door.enter(m->door.context, &(struct input){.kind = INPUT_MASKED_STEP});
    return machine_do_step(m, mask_interrupts);
}

bool machine_asleep(const struct machine *m, vtime *next)
{
    *next = scheduler_next(&m->sched);
    return m->cpu.s->sleeping;
}

void machine_interrupt(struct machine *m)
{
    m->interrupted = true;
    m->cpu.limit = 0;
}

vtime machine_now(const struct machine *m)
{
    return vtime_at(m->cpu.s->cycle);
}

uint64_t machine_instructions(const struct machine *m)
{
    return m->cpu.s->instructions;
}

uint64_t machine_nanoseconds(const struct machine *m)
{
    return clocks_ns(&m->clocks, machine_now(m));
}

vtime machine_when_ns(const struct machine *m, uint64_t ns)
{
    return clocks_when_ns(&m->clocks, ns);
}

/* ---- breakpoints and watchpoints ---- */

bool machine_break_add(struct machine *m, enum breakpoint_kind kind, uint32_t address)
{
    if (m->jit)
        jit_break_changed(m->jit, address);
    return stops_break_add(&m->cpu.stops, kind, address);
}

bool machine_break_remove(struct machine *m, enum breakpoint_kind kind, uint32_t address)
{
    if (m->jit)
        jit_break_changed(m->jit, address);
    return stops_break_remove(&m->cpu.stops, kind, address);
}

bool machine_break_at(const struct machine *m, uint32_t address)
{
    return stops_break_at(&m->cpu.stops, address);
}

bool machine_watch_add(struct machine *m, enum access_kind access, uint32_t address, uint32_t size)
{
    return stops_watch_add(&m->cpu.stops, access, address, size);
}

bool machine_watch_remove(struct machine *m, enum access_kind access, uint32_t address, uint32_t size)
{
    return stops_watch_remove(&m->cpu.stops, access, address, size);
}

static const struct watch_entry *watch_met(const struct machine *m, uint32_t address, const uint8_t *bytes,
                                           uint32_t size)
{
    uint8_t now[4];
    uint32_t done;
    bool same = machine_peek(m, address, now, size, &done) && !memcmp(now, bytes, size);

    return stops_watch_hit(&m->cpu.stops, ACCESS_WRITE, address, size, !same);
}

void machine_watch_write(struct machine *m, uint32_t address, const void *bytes, uint32_t size,
                         const struct stop *stop)
{
    struct cpu *c = &m->cpu;
    const struct watch_entry *w = NULL;

    if (!c->stops.watch_count || c->attention & ATTN_STOP)
        return;
    for (uint32_t at = 0; at < size && !w; at += 4)
        w = watch_met(m, address + at, (const uint8_t *)bytes + at, size - at < 4 ? size - at : 4);
    if (!w)
        return;
    c->stop = *stop;
    c->stop.kind = STOP_WATCH;
    c->stop.done = true;
    c->stop.address = w->address;
    c->stop.access = w->access;
    c->attention |= ATTN_STOP;
}

bool machine_may_stop(const struct machine *m, const struct footprint *touched)
{
    return m->options.stop_on || stops_may_hit(&m->cpu.stops, touched);
}

void machine_catch_hardfault(struct machine *m, bool on)
{
    m->cpu.catch_hardfault = on;
}

void machine_arm(struct machine *m, bool armed)
{
    struct stop_set other;

    if (armed != m->disarmed)
        return;
    other = m->cpu.stops;
    m->cpu.stops = m->cpu.aside;
    m->cpu.aside = other;
    m->disarmed = !armed;
}

void machine_pass_breakpoint(struct machine *m)
{
    m->cpu.pass_cycle = m->cpu.s->cycle;
}

/* ---- what devices ask of the machine ---- */

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
