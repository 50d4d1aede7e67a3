/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The adapter between the machine and the stub's target interface. See target.h. */
#include "server/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/machine.h"
#include "gdbstub/arm_features.h"
#include "gdbstub/gdbstub.h"
#include "server/commands.h"
#include "server/past.h"
#include "server/semihosting.h"
#include "server/server.h"

enum { TARGET_REGIONS = 32 };

struct target {
    struct server *server;
    struct target_ops ops;
    struct target_description description;
    const struct target_feature *features[4];
    struct target_region regions[TARGET_REGIONS];
    size_t region_count;
};

static struct machine *machine_of(void *target)
{
    return ((struct target *)target)->server->machine;
}

/* ---- registers ---- */

static void put_word(uint8_t *bytes, uint32_t word)
{
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(word >> 8 * i);
}

static uint32_t get_word(const uint8_t *bytes)
{
    return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* gdb's number to the machine's, for the 4-byte registers. */
static enum cpu_register cpu_register_of(unsigned reg)
{
    static const enum cpu_register system[] = {
        REG_MSP, REG_PSP, REG_PRIMASK, REG_BASEPRI, REG_FAULTMASK, REG_CONTROL,
    };

    if (reg <= ARM_REG_XPSR)
        return (enum cpu_register)reg;
    if (reg < ARM_REG_D0)
        return system[reg - ARM_REG_MSP];
    return REG_FPSCR;
}

static bool is_double(unsigned reg)
{
    return reg >= ARM_REG_D0 && reg < ARM_REG_FPSCR;
}

static enum target_status read_register(void *target, uint32_t thread, unsigned reg, uint8_t *bytes)
{
    struct machine *m = machine_of(target);

    (void)thread;
    if (is_double(reg)) {
        enum cpu_register low = REG_S0 + 2 * (reg - ARM_REG_D0);
        put_word(bytes, machine_reg(m, low));
        put_word(bytes + 4, machine_reg(m, low + 1));
    } else {
        put_word(bytes, machine_reg(m, cpu_register_of(reg)));
    }
    return TARGET_OK;
}

static enum target_status write_register(void *target, uint32_t thread, unsigned reg,
                                         const uint8_t *bytes)
{
    struct machine *m = machine_of(target);

    (void)thread;
    if (is_double(reg)) {
        enum cpu_register low = REG_S0 + 2 * (reg - ARM_REG_D0);
        machine_set_reg(m, low, get_word(bytes));
        machine_set_reg(m, low + 1, get_word(bytes + 4));
    } else {
        machine_set_reg(m, cpu_register_of(reg), get_word(bytes));
    }
    return TARGET_OK;
}

static const struct target_register_ops register_ops = {read_register, write_register};

/* ---- memory ---- */

static uint32_t read_memory(void *target, uint32_t address, void *bytes, uint32_t size)
{
    uint32_t done;

    machine_peek(machine_of(target), address, bytes, size, &done);
    return done;
}

/* An image that nothing on the chip can write. */
static bool is_rom(const struct chip *chip, uint32_t address)
{
    for (const struct chip_memory *memory = chip->memories; memory->name; memory++)
        if (address - memory->base < memory->size)
            return memory->flags & MEMORY_NVM && !memory->writer;
    return false;
}

static enum target_status write_memory(void *target, uint32_t address, const void *bytes, uint32_t size)
{
    struct machine *m = machine_of(target);
    uint32_t done;

    if (machine_poke(m, address, bytes, size, &done))
        return TARGET_OK;
    return is_rom(machine_chip(m), address + done) ? TARGET_READ_ONLY : TARGET_NO_MEMORY;
}

static const struct target_memory_ops memory_ops = {read_memory, write_memory};

/* ---- run control ---- */

static enum target_status resume(void *target, const struct target_resume *how)
{
    struct target *t = target;

    if (t->server->runner.finished) {
        stub_explain(t->server->stub, "the firmware has ended; reset it with 'monitor reset halt'");
        return TARGET_FAILED;
    }
    runner_resume(&t->server->runner, how);
    return TARGET_OK;
}

static void interrupt(void *target)
{
    runner_halt(&((struct target *)target)->server->runner);
}

static bool running(void *target)
{
    return ((struct target *)target)->server->runner.running;
}

static void attached(void *target, bool on)
{
    struct server *server = ((struct target *)target)->server;

    if (!server->runner.running)
        past_give_up(server);
    server_attach_debugger(server, on);
    machine_catch_hardfault(server->machine, on && server->catch_hardfault);
}

static const struct target_run_ops run_ops = {resume, interrupt, running, attached};

static enum target_status step_back(void *target, uint32_t thread)
{
    (void)thread;
    return runner_step_back(&((struct target *)target)->server->runner) ? TARGET_OK : TARGET_FAILED;
}

static enum target_status run_back(void *target, uint32_t thread)
{
    (void)thread;
    return runner_run_back(&((struct target *)target)->server->runner) ? TARGET_OK : TARGET_FAILED;
}

static const struct target_reverse_ops reverse_ops = {step_back, run_back};

/* ---- breakpoints ---- */

static bool is_break(enum target_point kind)
{
    return kind == TARGET_BREAK_SOFTWARE || kind == TARGET_BREAK_HARDWARE;
}

static enum breakpoint_kind break_kind(enum target_point kind)
{
    return kind == TARGET_BREAK_SOFTWARE ? BREAK_SOFTWARE : BREAK_HARDWARE;
}

static enum access_kind watch_kind(enum target_point kind)
{
    return kind == TARGET_WATCH_WRITE ? ACCESS_WRITE : kind == TARGET_WATCH_READ ? ACCESS_READ : ACCESS_ANY;
}

static enum target_status insert(void *target, enum target_point kind, uint32_t address, uint32_t size)
{
    struct machine *m = machine_of(target);
    bool done = is_break(kind) ? machine_break_add(m, break_kind(kind), address)
                               : machine_watch_add(m, watch_kind(kind), address, size);

    return done ? TARGET_OK : TARGET_NO_RESOURCE;
}

static enum target_status remove_point(void *target, enum target_point kind, uint32_t address,
                                       uint32_t size)
{
    struct machine *m = machine_of(target);
    bool done = is_break(kind) ? machine_break_remove(m, break_kind(kind), address)
                               : machine_watch_remove(m, watch_kind(kind), address, size);

    return done ? TARGET_OK : TARGET_FAILED;
}

static const struct target_breakpoint_ops breakpoint_ops = {insert, remove_point};

/* ---- flash ---- */

static enum target_status flash_erase(void *target, uint32_t address, uint32_t size)
{
    return machine_erase(machine_of(target), address, size) ? TARGET_OK : TARGET_NO_MEMORY;
}

static enum target_status flash_write(void *target, uint32_t address, const void *bytes, uint32_t size)
{
    return machine_load(machine_of(target), address, bytes, size) ? TARGET_OK : TARGET_NO_MEMORY;
}

static enum target_status flash_done(void *target)
{
    (void)target;       /* every write took effect at once */
    return TARGET_OK;
}

static const struct target_flash_ops flash_ops = {flash_erase, flash_write, flash_done};

/* ---- memory map ---- */

static void add_region(struct target *t, enum target_region_kind kind, uint32_t start, uint32_t size,
                       uint32_t block)
{
    if (t->region_count < TARGET_REGIONS)
        t->regions[t->region_count++] = (struct target_region){kind, start, size, block};
}

static void add_sectors(struct target *t, const struct chip *chip, const struct chip_memory *memory)
{
    for (const struct chip_sectors *s = chip->sectors; s && s->count; s++)
        if (s->base - memory->base < memory->size)
            add_region(t, TARGET_REGION_FLASH, s->base, s->size * s->count, s->size);
}

/* Flash with its sectors, RAM, other images as ROM; peripherals and the private peripheral bus as RAM,
 * because gdb refuses to touch what no region covers. The alias at 0 is ROM: firmware is loaded at its
 * real address. */
static void build_map(struct target *t)
{
    const struct chip *chip = machine_chip(t->server->machine);

    for (const struct chip_memory *memory = chip->memories; memory->name; memory++) {
        if (memory->flags & MEMORY_BOOT) {
            add_region(t, TARGET_REGION_ROM, 0, memory->size, 0);
            add_sectors(t, chip, memory);
        } else if (memory->flags & MEMORY_NVM) {
            add_region(t, TARGET_REGION_ROM, memory->base, memory->size, 0);
        } else {
            add_region(t, TARGET_REGION_RAM, memory->base, memory->size, 0);
        }
    }
    add_region(t, TARGET_REGION_RAM, 0x22000000, 0x02000000, 0);
    add_region(t, TARGET_REGION_RAM, 0x40000000, 0x20000000, 0);
    add_region(t, TARGET_REGION_RAM, 0xA0000000, 0x00001000, 0);
    add_region(t, TARGET_REGION_RAM, 0xE0000000, 0, 0);
}

static const struct target_region *regions(void *target, size_t *count)
{
    struct target *t = target;

    *count = t->region_count;
    return t->regions;
}

static const struct target_map_ops map_ops = {regions};

/* ---- monitor and extended-remote ---- */

static enum target_status monitor(void *target, const char *line, bool in_control)
{
    struct server *server = ((struct target *)target)->server;

    runner_catch_up(&server->runner);
    return commands_run(server, line, in_control) ? TARGET_OK : TARGET_FAILED;
}

static const struct target_monitor_ops monitor_ops = {monitor};

static enum target_status restart(void *target, const char *arguments)
{
    struct server *server = ((struct target *)target)->server;

    if (arguments && !semihosting_set_arguments(server->semihosting, arguments))
        return TARGET_NO_RESOURCE;
    server_restart(server, RESET_SYSTEM);
    return TARGET_OK;
}

static void kill_program(void *target)
{
    server_restart(((struct target *)target)->server, RESET_SYSTEM);
}

static const struct target_process_ops process_ops = {restart, kill_program};

/* ---- console ---- */

/* Like all that is said about the guest: its own output has stdout to itself. */
static void console_write(void *target, const char *text, size_t size)
{
    (void)target;
    fwrite(text, 1, size, stderr);
}

static const struct target_console_ops console_ops = {console_write};

/* ---- life ---- */

static void describe(struct target *t)
{
    bool fpu = machine_chip(t->server->machine)->core.kind == CPU_CORTEX_M4F;

    t->features[0] = &arm_feature_m_profile;
    t->features[1] = &arm_feature_m_system;
    t->features[2] = fpu ? &arm_feature_vfp : NULL;
    t->description = (struct target_description){
        .architecture = "arm", .features = t->features, .pc = ARM_REG_PC, .code_alignment = 2,
    };
}

struct target *target_create(struct server *server)
{
    struct target *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->server = server;
    describe(t);
    build_map(t);
    t->ops = (struct target_ops){
        .description = &t->description, .registers = &register_ops, .memory = &memory_ops,
        .run = &run_ops, .breakpoints = &breakpoint_ops, .flash = &flash_ops, .map = &map_ops,
        .reverse = server->options->no_history ? NULL : &reverse_ops,
        .monitor = &monitor_ops, .process = &process_ops, .console = &console_ops,
    };
    return t;
}

void target_destroy(struct target *target)
{
    free(target);
}

const struct target_ops *target_operations(const struct target *target)
{
    return &target->ops;
}
