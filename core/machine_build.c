/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Building a machine from its chip's table, and taking it apart: devices, memories, bus, wires, translator.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/arm/nvic.h"
#include "core/arm/ppb.h"
#include "core/machine_parts.h"
#include "core/written.h"

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
            if (m->options.check & 1u << DIAG_UNINITIALISED)
                memory->written = arena_reserve(m->arena, "written", row->size / WRITTEN_BYTES * 4, 8);
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

struct device *machine_find_device(const struct machine *m, const char *name)
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
        uint32_t *written = memory->written ? arena_at(m->arena, memory->written) : NULL;
        if (memory->row->flags & MEMORY_OFF_BUS)
            continue;
        if (!bus_add_memory(&m->bus, memory->row, host, nvm ? &memory->nvm : NULL, written,
                            machine_find_device(m, memory->row->writer)))
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

static void dma_writes(void *context, const struct device *d, struct bus_lane lane, uint32_t address,
                       unsigned size, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};

    machine_watch_write(context, address, bytes, size, &(struct stop){
        .by = BY_DMA, .device = d, .lane = lane.kind, .lane_number = lane.number,
    });
}

static void unwritten(void *context, const char *memory, uint32_t address, unsigned size)
{
    struct machine *m = context;

    log_core(&m->env, DIAG_UNINITIALISED, memory, "%u byte%s at 0x%08X read, which nobody has written", size,
             size > 1 ? "s" : "", address);
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
    m->cpu.checks = m->options.check & DIAG_COSTLY ? CHECK_RAM : 0;
    m->irq.sink = irq_sink;
    m->irq.context = m;
    m->bus.timing_changed = timing_changed;
    m->bus.stall = stall;
    m->bus.dma_writes = dma_writes;
    m->bus.unwritten = unwritten;
    m->bus.touched = &m->cpu.touched;
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

static unsigned count_pins(const struct chip_pin *pins)
{
    unsigned count = 0;

    while (pins && pins[count].port)
        count++;
    return count;
}

/* The wires between the ports and what can be on their pins; returns the end of them. */
static struct chip_route *wire_pins(struct chip_route *wire, const struct chip_pin *pin)
{
    for (; pin && pin->port; pin++) {
        uint16_t from = PINS_FROM(pin->pin, pin->function), to = PINS_TO(pin->pin, pin->function);
        if (pin->out != PINS_NO_SIGNAL)
            *wire++ = (struct chip_route){pin->device, pin->out, pin->port, from, 1};
        if (pin->in != PINS_NO_SIGNAL)
            *wire++ = (struct chip_route){pin->port, to, pin->device, pin->in, 1};
    }
    return wire;
}

/* The chip's wires, then those of its pins, then the board's. */
static bool lay_wires(struct machine *m, char *error, size_t size)
{
    const struct chip_route *chip = m->chip->routes, *board = m->options.board.routes;
    unsigned chip_count = count_routes(chip), board_count = count_routes(board);
    struct chip_route *all = calloc(chip_count + 2 * count_pins(m->chip->pins) + board_count + 1u, sizeof *all);
    struct chip_route *end;
    bool laid;

    if (!all)
        return false;
    if (chip_count)
        memcpy(all, chip, chip_count * sizeof *all);
    end = wire_pins(all + chip_count, m->chip->pins);
    if (board_count)
        memcpy(end, board, board_count * sizeof *all);
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
    m->jit = jit_create(&m->cpu, memories, m->memory_count, m->options.translator_cache, &why);
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
    machine_do_reset(m, RESET_POWER_ON);
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
    scheduler_free(&m->sched);
    signals_free(&m->signals);
    bus_free(&m->bus);
    arena_destroy(m->arena);
    free(m->slots);
    free(m->devices);
    free(m);
}
