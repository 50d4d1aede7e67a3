/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The machine: builds core, memories and devices from a chip's table, and runs them in guest time. The
 * only file of this room that reaches arm/. See machine.h.
 */
#include "core/machine.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/address_map.h"
#include "core/arm/cpu.h"
#include "core/arm/exception.h"
#include "core/arm/nvic.h"
#include "core/arm/ppb.h"
#include "core/arm/scb.h"
#include "core/clocks.h"
#include "core/device_access.h"
#include "core/env.h"
#include "core/jit/jit.h"
#include "core/lines.h"
#include "core/link.h"
#include "core/logger.h"
#include "core/memory.h"
#include "core/scheduler.h"
#include "core/state.h"

enum { MACHINE_MEMORIES = 16 };

struct machine_device {
    struct device device;
    struct reg_map map;
    size_t offset;                  /* of its state in the arena */
};

struct machine_memory {
    const struct chip_memory *row;
    struct nvm nvm;             /* flash-like ones */
    size_t offset;                  /* RAM: in the arena */
};

struct machine {
    const struct chip *chip;
    struct machine_options options;
    struct machine_host host;
    struct arena *arena;
    struct cpu cpu;
    struct jit *jit;                /* NULL: the interpreter runs */
    const char *no_translator;      /* asked for, and why there is none */
    size_t cpu_offset;
    struct bus bus;
    struct scheduler sched;
    struct irq_lines irq;
    struct signals signals;
    struct clocks clocks;
    struct log log;
    struct device_env env;
    struct machine_device *slots;
    struct device **devices;        /* slots[i].device, in order: the core's own, then the chip's */
    unsigned device_count;
    struct machine_memory memories[MACHINE_MEMORIES];
    unsigned memory_count;
    struct input_door door;         /* who logs inputs (I2) */
    struct stop_set set_aside;      /* breakpoints and watchpoints while disarmed */
    bool disarmed;
    volatile bool interrupted;      /* set by a signal handler (machine_interrupt) */
};

/* ---- building ---- */

static unsigned count_rows(const struct chip_device *rows)
{
    unsigned count = 0;

    while (rows && rows[count].name)
        count++;
    return count;
}

static bool add_devices(struct machine *m, const struct chip_device *rows, unsigned first)
{
    for (unsigned i = 0; rows && rows[i].name; i++) {
        struct machine_device *slot = &m->slots[first + i];
        slot->device = (struct device){
            .ops = rows[i].ops,
            .row = &rows[i],
            .name = rows[i].name,
            .env = &m->env,
            .index = (uint16_t)(first + i),
        };
        m->devices[first + i] = &slot->device;
        if (!reg_map_init(&slot->map, rows[i].ops))
            return false;
        slot->offset = arena_reserve(m->arena, rows[i].name, rows[i].ops->state_size, 8);
    }
    return true;
}

static bool create_devices(struct machine *m)
{
    const struct chip_device *own = arm_core_devices(&m->chip->core);
    unsigned own_count = count_rows(own);

    unsigned board_first = own_count + count_rows(m->chip->devices);

    m->device_count = board_first + count_rows(m->options.board.devices);
    m->slots = calloc(m->device_count + 1, sizeof *m->slots);
    m->devices = calloc(m->device_count + 1, sizeof *m->devices);
    return m->slots && m->devices && add_devices(m, own, 0) &&
           add_devices(m, m->chip->devices, own_count) &&
           add_devices(m, m->options.board.devices, board_first);
}

static void fill_factory(struct nvm *nvm, const struct chip_bytes *init)
{
    for (; init && init->size; init++)
        nvm_program(nvm, init->offset, init->bytes, init->size);
}

static bool add_memories(struct machine *m, const struct chip_memory *row)
{
    for (; row && row->name; row++) {
        struct machine_memory *memory = &m->memories[m->memory_count];
        assert(m->memory_count < MACHINE_MEMORIES);
        m->memory_count++;
        memory->row = row;
        if (!(row->flags & MEMORY_NVM)) {
            memory->offset = arena_reserve(m->arena, row->name, row->size, 4096);
            continue;
        }
        if (!nvm_init(&memory->nvm, row->name, row->size, row->fill))
            return false;
        fill_factory(&memory->nvm, row->init);
    }
    return true;
}

static bool create_memories(struct machine *m)
{
    return add_memories(m, m->chip->memories) && add_memories(m, m->options.board.memories);
}

static struct device *find_device(const struct machine *m, const char *name)
{
    for (unsigned i = 0; name && i < m->device_count; i++)
        if (!strcasecmp(m->devices[i]->name, name))
            return m->devices[i];
    return NULL;
}

static bool build_bus(struct machine *m, char *error, size_t size)
{
    snprintf(error, size, "too many regions");
    for (unsigned i = 0; i < m->memory_count; i++) {
        struct machine_memory *memory = &m->memories[i];
        bool nvm = memory->row->flags & MEMORY_NVM;
        uint8_t *host = nvm ? memory->nvm.bytes : arena_at(m->arena, memory->offset);
        if (memory->row->flags & MEMORY_OFF_BUS)
            continue;
        if (!bus_add_memory(&m->bus, memory->row, host, nvm ? &memory->nvm : NULL,
                            find_device(m, memory->row->writer)))
            return false;
    }
    for (unsigned i = 0; i < m->device_count; i++)
        if (m->devices[i]->row->size && !bus_add_device(&m->bus, m->devices[i], &m->slots[i].map))
            return false;
    return bus_build(&m->bus, error, size);
}

static void irq_sink(void *context, unsigned line, bool level)
{
    struct machine *m = context;

    nvic_set_level(&m->cpu, EXC_IRQ0 + line, level);
}

static void cpu_signal(void *context, enum cpu_signal signal, bool level)
{
    struct machine *m = context;

    switch (signal) {
    case CPU_SIGNAL_NMI:
        nvic_set_level(&m->cpu, EXC_NMI, level);
        break;
    case CPU_SIGNAL_EVENT:
        if (level)
            cpu_sev(&m->cpu);
        break;
    case CPU_SIGNAL_RESET:
        if (level)
            m->cpu.attention |= ATTN_RESET;
        break;
    case CPU_SIGNAL_STANDBY:
        if (level)
            cpu_standby(&m->cpu);
        break;
    case CPU_SIGNAL_COUNT:
        break;
    }
}

static void timing_changed(void *context, const struct cpu_fetch_timing *timing)
{
    struct machine *m = context;

    m->cpu.timing = *timing;
}

/* A report of a kind that the options say to stop at: at the next instruction boundary. */
static void diag_stop(void *owner)
{
    struct machine *m = owner;

    if (m->cpu.attention & ATTN_STOP)
        return;
    m->cpu.stop = (struct stop){.kind = STOP_DIAG};
    m->cpu.attention |= ATTN_STOP;
}

static void stall(void *context, uint64_t cycles)
{
    struct machine *m = context;

    m->cpu.s->cycle += cycles;
}

static void wire_services(struct machine *m)
{
    m->env = (struct device_env){
        .machine = m,
        .arena = m->arena,
        .cpu = &m->cpu,
        .bus = &m->bus,
        .sched = &m->sched,
        .irq = &m->irq,
        .signals = &m->signals,
        .clocks = &m->clocks,
        .log = &m->log,
    };
    m->cpu.core = &m->chip->core;
    m->cpu.bus = &m->bus;
    m->cpu.env = &m->env;
    m->irq.sink = irq_sink;
    m->irq.context = m;
    m->bus.timing_changed = timing_changed;
    m->bus.stall = stall;
    m->bus.context = m;
    m->log.report = m->host.diag;
    m->log.context = m->host.context;
    m->log.stop = diag_stop;
    m->log.owner = m;
    m->log.stop_on = m->options.stop_on;
}

static unsigned count_routes(const struct chip_route *routes)
{
    unsigned count = 0;

    while (routes && routes[count].from)
        count++;
    return count;
}

/* The chip's wires, then the board's. */
static bool lay_wires(struct machine *m, char *error, size_t size)
{
    const struct chip_route *chip = m->chip->routes, *board = m->options.board.routes;
    unsigned chip_count = count_routes(chip), board_count = count_routes(board);
    struct chip_route *all = calloc(chip_count + board_count + 1u, sizeof *all);
    bool laid;

    if (!all)
        return false;
    if (chip_count)
        memcpy(all, chip, chip_count * sizeof *all);
    if (board_count)
        memcpy(all + chip_count, board, board_count * sizeof *all);
    laid = signals_init(&m->signals, m->arena, m->devices, m->device_count, all, error, size);
    free(all);
    return laid;
}

/* Everything that only needs sizes; afterwards the arena can be sealed. */
static bool lay_out(struct machine *m, char *error, size_t size)
{
    snprintf(error, size, "out of memory");
    m->cpu_offset = arena_reserve(m->arena, "cpu", sizeof *m->cpu.s, 64);
    if (!create_devices(m) || !create_memories(m) ||
        !scheduler_init(&m->sched, m->arena, m->devices, m->device_count))
        return false;
    irq_lines_init(&m->irq, m->arena, m->chip->core.irq_count, m->device_count);
    clocks_init(&m->clocks, m->arena, m->devices, m->device_count);
    return lay_wires(m, error, size);
}

static void bind(struct machine *m)
{
    m->cpu.s = arena_at(m->arena, m->cpu_offset);
    for (unsigned i = 0; i < m->device_count; i++)
        m->devices[i]->state = arena_at(m->arena, m->slots[i].offset);
    scheduler_bind(&m->sched, m->arena, &m->cpu.s->cycle, &m->cpu.limit);
    irq_lines_bind(&m->irq, m->arena);
    signals_bind(&m->signals, m->arena);
    m->signals.cpu = cpu_signal;
    m->signals.context = m;
    clocks_bind(&m->clocks, m->arena);
    m->log.pc = &m->cpu.s->r[15];
    m->log.cycle = &m->cpu.s->cycle;
}

static void reset(struct machine *m, enum reset_kind kind);

/* The translator sees the plain memories. A host that cannot have it has the interpreter. */
static void start_translator(struct machine *m)
{
    struct jit_memory memories[MACHINE_MEMORIES];
    const char *why;

    for (unsigned i = 0; i < m->memory_count; i++) {
        const struct machine_memory *memory = &m->memories[i];
        bool nvm = memory->row->flags & MEMORY_NVM;
        memories[i] = (struct jit_memory){
            .base = memory->row->base, .size = memory->row->size,
            .host = nvm ? memory->nvm.bytes : arena_at(m->arena, memory->offset),
            .fd = nvm ? memory->nvm.fd : arena_backing_fd(m->arena),
            .offset = nvm ? 0 : memory->offset,
            .nvm = nvm ? &memory->nvm : NULL,
        };
    }
    m->jit = jit_create(&m->cpu, memories, m->memory_count, &why);
    m->no_translator = m->jit ? NULL : why;
}

struct machine *machine_create(const struct chip *chip, const struct machine_options *options,
                               const struct machine_host *host, char *error, size_t error_size)
{
    struct machine *m = calloc(1, sizeof *m);

    snprintf(error, error_size, "out of memory");
    if (!m || !(m->arena = arena_create()))
        goto fail;
    m->chip = chip;
    m->options = *options;
    m->host = *host;
    wire_services(m);
    if (!lay_out(m, error, error_size) || !arena_seal(m->arena))
        goto fail;
    bind(m);
    if (!build_bus(m, error, error_size) || !cpu_init(&m->cpu, m->devices, m->device_count))
        goto fail;
    if (options->translator)
        start_translator(m);
    reset(m, RESET_POWER_ON);
    return m;
fail:
    machine_destroy(m);
    return NULL;
}

void machine_destroy(struct machine *m)
{
    if (!m)
        return;
    for (unsigned i = 0; i < m->device_count && m->slots; i++)
        reg_map_free(&m->slots[i].map);
    for (unsigned i = 0; i < m->memory_count; i++)
        nvm_free(&m->memories[i].nvm);
    jit_destroy(m->jit);
    cpu_free(&m->cpu);
    stops_free(&m->set_aside);
    scheduler_free(&m->sched);
    signals_free(&m->signals);
    bus_free(&m->bus);
    arena_destroy(m->arena);
    free(m->slots);
    free(m->devices);
    free(m);
}

/* ---- what devices ask of the machine ---- */

const struct machine_options *device_options(const struct device *d)
{
    return &d->env->machine->options;
}

struct device *device_find(const struct device *d, const char *name)
{
    return find_device(d->env->machine, name);
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

/* ---- reset ---- */

static void show_boot_memory(struct machine *m)
{
    for (const struct chip_memory *row = m->chip->memories; row && row->name; row++)
        if (row->flags & MEMORY_BOOT)
            bus_set_zero(&m->bus, row->name);
}

/* RAM comes back from Standby as from power-on. */
static void lose_memories(struct machine *m)
{
    static const uint8_t zeros[4096];

    for (unsigned i = 0; i < m->memory_count; i++) {
        const struct chip_memory *row = m->memories[i].row;
        uint32_t done;
        for (uint32_t at = 0; !(row->flags & MEMORY_NVM) && at < row->size; at += sizeof zeros)
            bus_poke(&m->bus, row->base + at, zeros, sizeof zeros, &done);
    }
}

static void reset(struct machine *m, enum reset_kind kind)
{
    bool power_on = kind == RESET_POWER_ON;

    if (m->cpu.s->sleeping == SLEEP_STANDBY)
        lose_memories(m);
    if (power_on)
        clocks_power_on(&m->clocks, m->chip->reset_hz);
    else
        clocks_reset_gates(&m->clocks);
    show_boot_memory(m);
    m->cpu.attention &= ~(uint32_t)ATTN_RESET;
    for (unsigned i = 0; i < m->device_count; i++)
        device_reset(m->devices[i], kind);
    cpu_reset(&m->cpu, power_on);
}

/* ---- running ---- */

/* The stop that ended a run. A run that starts where it was reported passes it once. */
static struct stop take_stop(struct machine *m)
{
    struct stop stop = m->cpu.stop;

    m->cpu.attention &= ~(uint32_t)(ATTN_STOP | ATTN_ABANDON);
    m->cpu.pass_cycle = m->cpu.s->cycle;
    if (stop.kind == STOP_WATCH)
        m->cpu.pass_watch = m->cpu.s->cycle;
    return stop;
}

/* What happens at this boundary without taking time: events, a reset, a late arrival. Afterwards the cycle
 * number names one state only, so that it can be a coordinate of the timeline. */
static void happen(struct machine *m)
{
    scheduler_run_due(&m->sched);
    if (m->cpu.attention & ATTN_RESET)
        reset(m, RESET_SYSTEM);
    exception_late_arrival(&m->cpu);
}

/* The same, and whether a stop is to be reported. */
static bool settle(struct machine *m)
{
    happen(m);
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

static struct stop step(struct machine *m, bool mask_interrupts)
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
    return step(m, mask_interrupts);
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

/* ---- debugger access ---- */

uint32_t machine_reg(const struct machine *m, enum cpu_register reg)
{
    const struct cpu *c = &m->cpu;

    if (reg <= REG_PC)
        return c->s->r[reg];
    if (reg >= REG_S0 && reg <= REG_S31)
        return c->s->s[reg - REG_S0];
    switch (reg) {
    case REG_XPSR:
        return cpu_xpsr(c);
    case REG_MSP:
        return cpu_msp(c);
    case REG_PSP:
        return cpu_psp(c);
    case REG_PRIMASK:
        return c->s->primask;
    case REG_BASEPRI:
        return c->s->basepri;
    case REG_FAULTMASK:
        return c->s->faultmask;
    case REG_CONTROL:
        return c->s->control;
    case REG_FPSCR:
        return c->s->fpscr;
    default:
        return 0;
    }
}

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
        c->s->fpscr = value;
    cpu_update(c);
}

bool machine_peek(const struct machine *m, uint32_t address, void *bytes, uint32_t size, uint32_t *done)
{
    return bus_peek((struct bus *)&m->bus, address, bytes, size, done);
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

bool machine_break_add(struct machine *m, enum breakpoint_kind kind, uint32_t address)
{
    if (m->jit)
        jit_break_changed(m->jit, address);
    return stops_break_add(&m->cpu.stops, kind, address);
}

bool machine_break_remove(struct machine *m, enum breakpoint_kind kind, uint32_t address)
{
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
    m->cpu.stops = m->set_aside;
    m->set_aside = other;
    m->disarmed = !armed;
}

void machine_pass_breakpoint(struct machine *m)
{
    m->cpu.pass_cycle = m->cpu.s->cycle;
}

/* ---- the input door (I2) ---- */

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
        reset(m, (enum reset_kind)in->target);
        return true;
    case INPUT_REGISTER:
        set_reg(m, (enum cpu_register)in->target, in->value);
        return true;
    case INPUT_POKE:
    case INPUT_SEMIHOSTING_WRITE:
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
        step(m, true);
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

    happen(m);
    return taken;
}

bool machine_apply(struct machine *m, const struct input *in)
{
    uint32_t done;

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

    return span && size <= span->size - offset && !memcmp(span->host + offset, bytes, size);
}

bool machine_peek_word(const struct machine *m, uint32_t address, uint32_t *word)
{
    uint8_t bytes[4];
    uint32_t done;

    *word = 0;
    if (!machine_peek(m, address, bytes, sizeof bytes, &done))
        return false;
    *word = bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    return true;
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
    struct device *d = find_device(m, name);
    uint32_t done;

    return d && d->ops->input && enter_bytes(m, INPUT_BYTES, d->index, bytes, (uint32_t)size, &done);
}

size_t machine_input_room(const struct machine *m, const char *name)
{
    const struct device *d = find_device(m, name);

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

/* ---- views ---- */

const struct chip *machine_chip(const struct machine *m)
{
    return m->chip;
}

const char *machine_engine(const struct machine *m, const char **why)
{
    if (why)
        *why = m->no_translator;
    return m->jit ? "translator" : "interpreter";
}

const struct machine_options *machine_options(const struct machine *m)
{
    return &m->options;
}

unsigned machine_device_count(const struct machine *m)
{
    return m->device_count;
}

const struct device *machine_device(const struct machine *m, unsigned index)
{
    return index < m->device_count ? m->devices[index] : NULL;
}

const struct device *machine_device_named(const struct machine *m, const char *name)
{
    return find_device(m, name);
}

uint32_t machine_device_peek(const struct machine *m, const struct device *d, unsigned reg)
{
    (void)m;
    return device_peek_reg(d, reg);
}

uint32_t machine_device_base(const struct machine *m, const struct device *d)
{
    (void)m;
    return d->row->base;
}

bool machine_device_drives_irq(const struct machine *m, const struct device *d, unsigned irq)
{
    (void)m;
    for (unsigned i = 0; i < d->row->irq_count; i++)
        if (d->row->irq[i] == (int)irq)
            return true;
    return false;
}

bool machine_device_on(const struct machine *m, const struct device *d)
{
    (void)m;
    return gate_on(d);
}

struct clock_rate machine_clock(const struct machine *m, unsigned clock)
{
    return clocks_rate(&m->clocks, clock);
}

unsigned machine_irq_count(const struct machine *m)
{
    return nvic_exceptions(&m->cpu);
}

struct irq_view machine_irq(const struct machine *m, unsigned exception)
{
    const struct cpu *c = &m->cpu;

    return (struct irq_view){
        .number = (int)exception,
        .enabled = nvic_enabled(c, exception),
        .pending = nvic_pending(c, exception),
        .active = nvic_active(c, exception),
        .level = nvic_level(c, exception),
        .priority = nvic_priority(c, exception),
    };
}

struct fault_view machine_fault(const struct machine *m)
{
    const struct scb *scb = scb_of(&m->cpu);
    struct fault_view view = {
        .any = scb->reg[SCB_CFSR] || scb->reg[SCB_HFSR],
        .cfsr = scb->reg[SCB_CFSR], .hfsr = scb->reg[SCB_HFSR],
        .mmfar = scb->reg[SCB_MMFAR], .bfar = scb->reg[SCB_BFAR],
        .exc_return = scb->fault_return, .frame = scb->fault_frame,
        .stacked_valid = scb->fault_return != 0,
    };

    for (unsigned i = 0; i < 8 && view.stacked_valid; i++)
        view.stacked_valid = machine_peek_word(m, view.frame + 4 * i, &view.stacked[i]);
    return view;
}

/* ---- the state as a whole ---- */

uint64_t machine_hash(const struct machine *m)
{
    uint64_t hash = arena_hash(m->arena);

    for (unsigned i = 0; i < m->memory_count; i++)
        if (m->memories[i].nvm.bytes)
            hash = state_hash(hash, m->memories[i].nvm.bytes, m->memories[i].nvm.size);
    return hash;
}

size_t machine_state_size(const struct machine *m)
{
    size_t size = arena_size(m->arena);

    for (unsigned i = 0; i < m->memory_count; i++)
        size += m->memories[i].nvm.size;
    return size;
}

void machine_save(const struct machine *m, void *bytes)
{
    uint8_t *out = bytes;

    arena_save(m->arena, out);
    out += arena_size(m->arena);
    for (unsigned i = 0; i < m->memory_count; i++) {
        const struct nvm *nvm = &m->memories[i].nvm;
        if (nvm->bytes)
            memcpy(out, nvm->bytes, nvm->size);
        out += nvm->size;
    }
}

void machine_restore(struct machine *m, const void *bytes)
{
    const uint8_t *in = bytes;

    arena_restore(m->arena, in);
    in += arena_size(m->arena);
    for (unsigned i = 0; i < m->memory_count; i++) {
        struct nvm *nvm = &m->memories[i].nvm;
        if (nvm->bytes && memcmp(nvm->bytes, in, nvm->size))
            nvm_program(nvm, 0, in, nvm->size);
        in += nvm->size;
    }
    machine_restored(m, machine_modes(m));
}

void machine_restored(struct machine *m, struct machine_modes modes)
{
    m->cpu.debugger = modes.debugger;
    m->cpu.semihosting = modes.semihosting;
    m->cpu.pass_cycle = m->cpu.pass_watch = UINT64_MAX;
    show_boot_memory(m);
    for (unsigned i = 0; i < m->device_count; i++)
        if (m->devices[i]->ops->restored)
            m->devices[i]->ops->restored(m->devices[i]);
    cpu_restored(&m->cpu);
}

struct machine_modes machine_modes(const struct machine *m)
{
    return (struct machine_modes){.debugger = m->cpu.debugger, .semihosting = m->cpu.semihosting};
}

struct arena *machine_arena(struct machine *m)
{
    return m->arena;
}

struct nvm *machine_nvm(struct machine *m, unsigned index)
{
    for (unsigned i = 0; i < m->memory_count; i++)
        if (m->memories[i].nvm.bytes && !index--)
            return &m->memories[i].nvm;
    return NULL;
}

void machine_mute(struct machine *m, bool mute)
{
    m->log.shut = mute;
}
