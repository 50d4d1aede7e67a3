/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The input door (I2): everything that the host may do to a machine, as logged inputs, and how each takes effect.
 */
#include <string.h>

#include "core/machine_parts.h"

static void set_reg(struct machine *m, enum cpu_register reg, uint32_t value)
{
    struct cpu *c = &m->cpu;

    if (reg == REG_PC)
        c->s->r[15] = value & ~1u;
    else if (reg == REG_SP)
        c->s->r[13] = value & ~3u;
    else if (reg < REG_PC)
        c->s->r[reg] = value;
    else if (reg >= REG_S0 && reg <= REG_S31)
        c->s->s[reg - REG_S0] = value;
    else if (reg == REG_XPSR)
        cpu_set_xpsr(c, value);
    else if (reg == REG_MSP)
        cpu_set_msp(c, value);
    else if (reg == REG_PSP)
        cpu_set_psp(c, value);
    else if (reg == REG_PRIMASK)
        c->s->primask = value & 1;
    else if (reg == REG_BASEPRI)
        c->s->basepri = (uint8_t)(value & (0xFFu << (8 - m->chip->core.priority_bits)));
    else if (reg == REG_FAULTMASK)
        c->s->faultmask = value & 1;
    else if (reg == REG_CONTROL)
        cpu_set_control(c, value);
    else if (reg == REG_FPSCR)
        cpu_set_fpscr(c, value);
    cpu_update(c);
}

static bool erase(struct machine *m, uint32_t address, uint32_t size)
{
    for (unsigned i = 0; i < m->memory_count; i++) {
        struct machine_memory *memory = &m->memories[i];
        uint32_t offset = address - memory->row->base;
        if (!memory->nvm.bytes || offset >= memory->row->size || size > memory->row->size - offset)
            continue;
        nvm_erase(&memory->nvm, offset, size);
        return true;
    }
    return false;
}

static void semihosting_return(struct machine *m, uint32_t result)
{
    m->cpu.s->r[0] = result;
    cpu_skip(&m->cpu);
}

/* One case per kind. `done` counts the bytes that took effect. */
static bool take(struct machine *m, const struct input *in, uint32_t *done)
{
    struct device *d;

    switch (in->kind) {
    case INPUT_RESET:
        machine_do_reset(m, (enum reset_kind)in->target);
        return true;
    case INPUT_REGISTER:
        set_reg(m, (enum cpu_register)in->target, in->value);
        return true;
    case INPUT_SEMIHOSTING_WRITE:
        machine_watch_write(m, in->target, in->bytes, in->size, &(struct stop){.by = BY_SEMIHOSTING});
        return bus_poke(&m->bus, in->target, in->bytes, in->size, done);
    case INPUT_POKE:
        return bus_poke(&m->bus, in->target, in->bytes, in->size, done);
    case INPUT_LOAD:
        return bus_load(&m->bus, in->target, in->bytes, in->size, done);
    case INPUT_ERASE:
        return erase(m, in->target, in->value);
    case INPUT_BYTES:
        d = in->target < m->device_count ? m->devices[in->target] : NULL;
        if (!d || !d->ops->input)
            return false;
        d->ops->input(d, in->bytes, in->size);
        return true;
    case INPUT_WORD:
        d = in->target < m->device_count ? m->devices[in->target] : NULL;
        if (!d || !d->ops->input_word)
            return false;
        d->ops->input_word(d, in->value);
        return true;
    case INPUT_SEMIHOSTING_RETURN:
        semihosting_return(m, in->value);
        return true;
    case INPUT_DEBUGGER:
        m->cpu.debugger = in->value;
        return true;
    case INPUT_SEMIHOSTING:
        m->cpu.semihosting = in->value;
        return true;
    case INPUT_MASKED_STEP:
        machine_do_step(m, true);
        return true;
    case INPUT_KINDS:
        break;
    }
    return false;
}

/* What an input makes due happens with it, before the next input. */
static bool apply(struct machine *m, const struct input *in, uint32_t *done)
{
    bool taken = take(m, in, done);

    machine_happen(m);
    return taken;
}

/* When a debugger writes, it knows; when that comes back from the log, it is news. */
bool machine_apply(struct machine *m, const struct input *in)
{
    uint32_t done;

    if (in->kind == INPUT_POKE || in->kind == INPUT_LOAD)
        machine_watch_write(m, in->target, in->bytes, in->size, &(struct stop){.by = BY_DEBUGGER});
    return apply(m, in, &done);
}

static bool enter(struct machine *m, const struct input *in, uint32_t *done)
{
    *done = 0;
    if (m->door.enter)
        m->door.enter(m->door.context, in);
    return apply(m, in, done);
}

static bool enter_bytes(struct machine *m, enum input_kind kind, uint32_t target, const void *bytes,
                        uint32_t size, uint32_t *done)
{
    return enter(m, &(struct input){.kind = kind, .target = target, .bytes = bytes, .size = size}, done);
}

static void enter_value(struct machine *m, enum input_kind kind, uint32_t target, uint32_t value)
{
    uint32_t done;

    enter(m, &(struct input){.kind = kind, .target = target, .value = value}, &done);
}

void machine_set_door(struct machine *m, const struct input_door *door)
{
    m->door = *door;
}

void machine_reset(struct machine *m, enum reset_kind kind)
{
    enter_value(m, INPUT_RESET, kind, 0);
}

void machine_set_reg(struct machine *m, enum cpu_register reg, uint32_t value)
{
    if (reg == REG_PC)      /* gdb's `jump` to a breakpoint stops there: nothing was reported at it */
        m->cpu.pass_cycle = m->cpu.pass_watch = UINT64_MAX;
    if (machine_reg(m, reg) != value)
        enter_value(m, INPUT_REGISTER, reg, value);
}

/* Plain memory that holds these bytes already: writing them is no input. */
static bool holds_already(const struct machine *m, uint32_t address, const void *bytes, uint32_t size)
{
    const struct bus_span *span = bus_span_at(&m->bus, address);
    uint32_t offset = span ? address - span->base : 0;

    return span && size <= span->size - offset && !memcmp(span->host + offset, bytes, size) &&
           bus_is_written(&m->bus, address, size);
}

bool machine_poke(struct machine *m, uint32_t address, const void *bytes, uint32_t size, uint32_t *done)
{
    *done = size;
    if (!size || holds_already(m, address, bytes, size))
        return true;
    return enter_bytes(m, INPUT_POKE, address, bytes, size, done);
}

bool machine_load(struct machine *m, uint32_t address, const void *bytes, uint32_t size)
{
    uint32_t done;

    if (!size || holds_already(m, address, bytes, size))
        return true;
    return enter_bytes(m, INPUT_LOAD, address, bytes, size, &done);
}

bool machine_erase(struct machine *m, uint32_t address, uint32_t size)
{
    uint32_t done;

    return enter(m, &(struct input){.kind = INPUT_ERASE, .target = address, .value = size}, &done);
}

void machine_attach_debugger(struct machine *m, bool attached)
{
    if (m->cpu.debugger != attached)
        enter_value(m, INPUT_DEBUGGER, 0, attached);
}

void machine_set_semihosting(struct machine *m, bool on)
{
    if (m->cpu.semihosting != on)
        enter_value(m, INPUT_SEMIHOSTING, 0, on);
}

bool machine_input(struct machine *m, const char *name, const void *bytes, size_t size)
{
    struct device *d = machine_find_device(m, name);
    uint32_t done;

    return d && d->ops->input && enter_bytes(m, INPUT_BYTES, d->index, bytes, (uint32_t)size, &done);
}

bool machine_input_word(struct machine *m, const char *name, uint32_t word)
{
    struct device *d = machine_find_device(m, name);

    if (!d || !d->ops->input_word)
        return false;
    enter_value(m, INPUT_WORD, d->index, word);
    return true;
}

size_t machine_input_room(const struct machine *m, const char *name)
{
    const struct device *d = machine_find_device(m, name);

    if (!d || !d->ops->input)
        return 0;
    return d->ops->input_room ? d->ops->input_room(d) : SIZE_MAX;
}

void machine_semihosting_write(struct machine *m, uint32_t address, const void *bytes, uint32_t size)
{
    uint32_t done;

    enter_bytes(m, INPUT_SEMIHOSTING_WRITE, address, bytes, size, &done);
}

void machine_semihosting_return(struct machine *m, uint32_t result)
{
    enter_value(m, INPUT_SEMIHOSTING_RETURN, 0, result);
}
