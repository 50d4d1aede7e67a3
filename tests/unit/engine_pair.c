/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two machines side by side. See engine_pair.h. */
#include "tests/unit/engine_pair.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "core/bus.h"
#include "core/device.h"
#include "core/env.h"
#include "core/irq.h"
#include "core/logger.h"
#include "core/schedule.h"

/* ---- the probe ---- */

enum { NOW, COUNT, RAISE, SOON, STALL, PLAIN, PC_READ, BOOT, WAITS, PROBE_REGS };

static uint32_t probe_read(struct device *d, unsigned reg)
{
    reg_put(d, reg, reg_get(d, reg) + 1);
    if (reg_get(d, reg) % 16 == 0)
        irq_set(d, 0, true);
    return reg_get(d, reg);
}

static uint32_t probe_peek(const struct device *d, unsigned reg)
{
    if (reg == NOW)
        return (uint32_t)sched_now(d).cycles;
    return reg == PC_READ ? *d->env->log->pc : reg_get(d, reg);
}

static void set_waits(struct device *d, uint8_t waits)
{
    const struct cpu_fetch_timing timing = {.line_mask = 15, .sequential = waits, .branch = waits, .data = waits};

    bus_set_fetch_timing(d, &timing);
}

static void probe_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    reg_store(d, reg, value, lanes);
    if (reg == RAISE)
        irq_set(d, 0, value & 1);
    if (reg == SOON)
        sched_in(d, 0, value);
    if (reg == STALL)
        bus_stall(d, value);
    if (reg == BOOT)
        bus_remap_zero(d, value ? "ram" : "code");
    if (reg == WAITS)
        set_waits(d, (uint8_t)value);
}

static void probe_event(struct device *d, unsigned event)
{
    irq_set(d, event, true);
}

#define REG(n, name_) [n] = {.name = name_, .offset = 4 * n, .width = 32, .readable = UINT32_MAX, .writable = UINT32_MAX}
static const struct reg probe_regs[] = {
    REG(NOW, "NOW"), REG(RAISE, "RAISE"), REG(SOON, "SOON"), REG(STALL, "STALL"), REG(PLAIN, "PLAIN"),
    REG(PC_READ, "PC"), REG(BOOT, "BOOT"), REG(WAITS, "WAITS"),
    [COUNT] = {.name = "COUNT", .offset = 4, .width = 32, .flags = REG_READ_EFFECT, .readable = UINT32_MAX},
};

static const struct device_ops probe_ops = {
    .name = "probe", .regs = probe_regs, .reg_count = PROBE_REGS, .state_size = 4 * PROBE_REGS, .events = 1,
    .read = probe_read, .peek = probe_peek, .write = probe_write, .event = probe_event,
};

/* ---- the machines ---- */

static const struct chip_memory memories[] = {
    {"code", FLASH, SIZE, MEMORY_NVM | MEMORY_EXECUTE | MEMORY_BOOT, 0xFF, NULL, NULL},
    {"ram", RAM, SIZE, MEMORY_EXECUTE, 0, NULL, NULL},
    {0}};
static const struct chip_device devices[] = {
    {.name = "PROBE", .ops = &probe_ops, .base = PROBE, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .irq = {0}, .irq_count = 1},
    {.name = NULL},
};
static const char *const clock_names[CLOCK_MAX] = {[CLOCK_CORE] = "HCLK"};
static const struct chip chip = {
    .name = "pair", .memories = memories, .devices = devices, .clock_names = clock_names, .reset_hz = 1000000,
    .core = {.kind = CPU_CORTEX_M4F, .cpuid = 0x410FC241, .irq_count = 16, .priority_bits = 4, .mpu_regions = 8,
             .ccr_reset = 0x200}};

struct machine *pair[2];
struct pair_reports pair_reports[2];

static void no_output(void *context, const struct device *d, enum io_kind kind, const void *bytes, size_t size)
{
    (void)context, (void)d, (void)kind, (void)bytes, (void)size;
}

static void take_report(void *context, const struct diag *report)
{
    struct pair_reports *r = context;

    r->count++;
    r->kind = report->kind;
    r->pc = report->pc;
    snprintf(r->text, sizeof r->text, "%s: %s", report->where, report->text);
}

void pair_create_with(const struct machine_options *options)
{
    char error[200];

    for (unsigned n = 0; n < 2; n++) {
        const struct machine_host host = {.context = &pair_reports[n], .output = no_output, .diag = take_report};
        struct machine_options own = *options;
        own.translator = n == 1;
        pair_reports[n] = (struct pair_reports){0};
        pair[n] = machine_create(&chip, &own, &host, error, sizeof error);
        cr_assert(pair[n], "%s", error);
        machine_attach_debugger(pair[n], true);
    }
}

void pair_create(uint32_t cache)
{
    pair_create_with(&(struct machine_options){.seed = 1, .translator_cache = cache});
}

static void need_translator(void)
{
    if (strcmp(machine_engine(pair[1], NULL), "translator"))
        cr_skip_test("this host has no translator");
}

void pair_setup(void)
{
    pair_create(0);
    need_translator();
}

void pair_setup_small(void)
{
    pair_create(CACHE_LEAST);
    need_translator();
}

void pair_setup_checking(void)
{
    pair_create_with(&(struct machine_options){.seed = 1, .check = DIAG_COSTLY});
}

void pair_teardown(void)
{
    machine_destroy(pair[0]);
    machine_destroy(pair[1]);
}

void pair_load(uint32_t address, const void *bytes, uint32_t size)
{
    for (unsigned n = 0; n < 2; n++)
        cr_assert(machine_load(pair[n], address, bytes, size));
}

void pair_begin_with(uint32_t address, const uint16_t *code, uint32_t size, uint32_t handlers)
{
    uint32_t vectors[32] = {TOP};

    for (unsigned n = 1; n < 32; n++)
        vectors[n] = handlers | 1;
    pair_load(FLASH, vectors, sizeof vectors);
    pair_load(address, code, size);
    for (unsigned n = 0; n < 2; n++) {
        machine_reset(pair[n], RESET_SYSTEM);
        machine_set_reg(pair[n], REG_PC, address);
    }
}

void pair_begin(uint32_t address, const uint16_t *code, uint32_t size)
{
    pair_begin_with(address, code, size, CODE);
}

void pair_set(enum cpu_register reg, uint32_t value)
{
    for (unsigned n = 0; n < 2; n++)
        machine_set_reg(pair[n], reg, value);
}

void pair_poke(uint32_t address, uint32_t value)
{
    uint32_t done;

    for (unsigned n = 0; n < 2; n++)
        machine_poke(pair[n], address, &value, sizeof value, &done);
}

void pair_watch(enum access_kind access, uint32_t address, uint32_t size, bool on)
{
    for (unsigned n = 0; n < 2; n++)
        if (on)
            machine_watch_add(pair[n], access, address, size);
        else
            machine_watch_remove(pair[n], access, address, size);
}

void pair_break(uint32_t address, bool on)
{
    for (unsigned n = 0; n < 2; n++)
        if (on)
            machine_break_add(pair[n], BREAK_HARDWARE, address);
        else
            machine_break_remove(pair[n], BREAK_HARDWARE, address);
}

void expect_same(const char *where)
{
    cr_expect_eq(machine_reg(pair[0], REG_PC), machine_reg(pair[1], REG_PC), "%s: pc %08x, translated %08x", where,
                 machine_reg(pair[0], REG_PC), machine_reg(pair[1], REG_PC));
    cr_expect_eq(machine_now(pair[0]).cycles, machine_now(pair[1]).cycles, "%s: cycles", where);
    cr_expect_eq(machine_instructions(pair[0]), machine_instructions(pair[1]), "%s: instructions", where);
    cr_expect_eq(machine_hash(pair[0]), machine_hash(pair[1]), "%s: state", where);
}

struct stop pair_run(uint64_t cycles)
{
    struct stop stops[2];

    for (unsigned n = 0; n < 2; n++)
        stops[n] = machine_run(pair[n], vtime_add(machine_now(pair[n]), cycles));
    cr_expect_eq(stops[0].kind, stops[1].kind);
    cr_expect_eq(stops[0].address, stops[1].address);
    cr_expect_eq(stops[0].access, stops[1].access);
    return stops[1];
}
