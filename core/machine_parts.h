/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a machine is made of: private to the files machine*.c, which are the only ones of this room that reach
 * arm/ and jit/. The room's public header is machine.h.
 */
#ifndef CORE_MACHINE_PARTS_H
#define CORE_MACHINE_PARTS_H

#include "core/address_map.h"
#include "core/arm/cpu.h"
#include "core/clocks.h"
#include "core/device_access.h"
#include "core/env.h"
#include "core/jit/jit.h"
#include "core/lines.h"
#include "core/logger.h"
#include "core/machine.h"
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
    size_t written;                 /* its written.h bits, in the arena; 0: not kept */
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
    bool disarmed;                  /* breakpoints and watchpoints are put aside */
    volatile bool interrupted;      /* set by a signal handler (machine_interrupt) */
};

/* By name, case-insensitive; NULL: there is none, or no name. */
struct device *machine_find_device(const struct machine *m, const char *name);

/* Shows the boot memory of the chip at address 0, as out of reset. */
void machine_show_boot_memory(struct machine *m);

/* Somebody else than an instruction is about to write these bytes. If they are watched, the run ends at the
 * next boundary with `stop`, completed. */
void machine_watch_write(struct machine *m, uint32_t address, const void *bytes, uint32_t size,
                         const struct stop *stop);

/* The reset itself, past the input door. */
void machine_do_reset(struct machine *m, enum reset_kind kind);

/* One step, past the input door. */
struct stop machine_do_step(struct machine *m, bool mask_interrupts);

/* What happens at this boundary without taking time: events, a reset, a late arrival. Afterwards the cycle
 * number names one state only, so that it can be a coordinate of the timeline. */
void machine_happen(struct machine *m);

#endif
