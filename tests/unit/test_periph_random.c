/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nothing that a guest writes can break a device: random accesses to all blocks of each chip, with
 * random host input and clocks that change. The same accesses give the same state, however often one
 * looks, saves and restores in between.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/bus.h"
#include "core/chip.h"
#include "core/env.h"
#include "core/machine.h"
#include "periph/chips/chips.h"

enum { ACCESSES = 15000, LOOK_EVERY = 500, SEEDS = 2, BEYOND = 8, FEW = 0x58 };

/* A chip and its clock controller's registers: resets and gates. */
struct subject {
    const struct chip *chip;
    uint32_t first_reset, last_reset, first_gate, last_gate;
};

struct run {
    const struct subject *subject;
    struct machine *m;
    struct bus *bus;
    const struct device *rcc;
    uint32_t random;
};

static uint32_t pick(struct run *r, uint32_t below)
{
    r->random = r->random * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(r->random >> 8) * below >> 24);
}

static void ignore_output(void *context, const struct device *d, enum io_kind kind, const void *bytes,
                          size_t size)
{
    (void)context;
    (void)d;
    (void)kind;
    (void)bytes;
    (void)size;
}

/* A stack pointer, a reset vector, and `wfi; b .` behind it. */
static const uint8_t program[] = {0x00, 0x10, 0x00, 0x20, 0x09, 0x00, 0x00, 0x08, 0x30, 0xBF, 0xFD, 0xE7};

static void power_on(struct run *r, const struct subject *subject, uint32_t seed)
{
    const struct machine_options options = {.seed = 7, .hse_hz = 8000000, .lse_hz = 32768};
    const struct machine_host host = {.output = ignore_output};
    char error[200] = "";

    r->subject = subject;
    r->m = machine_create(subject->chip, &options, &host, error, sizeof error);
    cr_assert(r->m, "%s", error);
    cr_assert(machine_load(r->m, 0x08000000, program, sizeof program));
    machine_reset(r->m, RESET_POWER_ON);
    r->rcc = machine_device_named(r->m, "RCC");
    r->bus = r->rcc->env->bus;
    r->random = seed;
}

/* All gates open (they close with every reset), all resets released. */
static void open_gates(struct run *r)
{
    const struct subject *s = r->subject;

    for (uint32_t offset = s->first_reset; offset <= s->last_reset; offset += 4)
        bus_write(r->bus, BUS_CPU_DATA, r->rcc->row->base + offset, 4, 0);
    for (uint32_t offset = s->first_gate; offset <= s->last_gate; offset += 4)
        bus_write(r->bus, BUS_CPU_DATA, r->rcc->row->base + offset, 4, 0xFFFFFFFF);
}

/* Numbers that make things happen: mostly few bits, or all. */
static uint32_t pick_value(struct run *r)
{
    switch (pick(r, 4)) {
    case 0:
        return pick(r, 16);
    case 1:
        return 1u << pick(r, 32) | 1u << pick(r, 16);
    case 2:
        return pick(r, 0x10000);
    default:
        return pick(r, 0x10000) << 16 | pick(r, 0x10000);
    }
}

/* A register of a block, or a hole among them or just behind; the first ones more often, where most is going on. */
static uint32_t pick_address(struct run *r, unsigned size)
{
    const struct device *d;
    uint32_t end = 0, offset;

    do
        d = machine_device(r->m, pick(r, machine_device_count(r->m)));
    while (d->row->base >> 28 == 0xE || !d->row->size);
    for (unsigned reg = 0; reg < d->ops->reg_count; reg++)
        if (d->ops->regs[reg].offset > end)
            end = d->ops->regs[reg].offset;
    end += BEYOND;
    offset = pick(r, end > FEW && pick(r, 2) ? FEW : end);
    return d->row->base + (offset & ~(size - 1));
}

/* Some device's input from the host. */
static void give_input(struct run *r)
{
    const struct device *d = machine_device(r->m, pick(r, machine_device_count(r->m)));

    if (d->ops->input && strncmp(d->name, "GPIO", 4))
        machine_input(r->m, d->name, "bytes", 1 + pick(r, 5));
}

static void access(struct run *r)
{
    unsigned size = 1u << pick(r, 3);
    uint32_t address = pick_address(r, size), value;

    if (pick(r, 4) == 0)
        bus_read(r->bus, BUS_CPU_DATA, address, size, &value);
    else
        bus_write(r->bus, BUS_CPU_DATA, address, size, pick_value(r));
    if (pick(r, 4) == 0)
        give_input(r);
    if (pick(r, 16) == 0)
        open_gates(r);
}

/* Looks at everything; saves, goes astray and comes back. */
static void look_and_return(struct run *r)
{
    void *state = malloc(machine_state_size(r->m));

    for (unsigned i = 0; i < machine_device_count(r->m); i++) {
        const struct device *d = machine_device(r->m, i);
        for (unsigned reg = 0; reg < d->ops->reg_count; reg++)
            machine_device_peek(r->m, d, reg);
    }
    machine_save(r->m, state);
    machine_run(r->m, vtime_add(machine_now(r->m), 12345));
    machine_restore(r->m, state);
    free(state);
}

static uint64_t hash_after(const struct subject *subject, uint32_t seed, bool look)
{
    struct run r;
    uint64_t hash;

    power_on(&r, subject, seed);
    for (unsigned i = 0; i < ACCESSES; i++) {
        access(&r);
        if (look && i % LOOK_EVERY == 0)
            look_and_return(&r);
        machine_run(r.m, vtime_add(machine_now(r.m), pick(&r, 3000)));
        cr_assert(machine_sane(r.m), "%s: a state that it came to by itself, seed %u, access %u",
                  subject->chip->name, seed, i);
    }
    hash = machine_hash(r.m);
    machine_destroy(r.m);
    return hash;
}

static void survive(const struct subject *subject)
{
    for (uint32_t seed = 1; seed <= SEEDS; seed++)
        cr_assert_eq(hash_after(subject, seed, false), hash_after(subject, seed, true), "seed %u", seed);
}

Test(periph_random, any_accesses_to_an_f100_are_survived_and_repeatable)
{
    survive(&(struct subject){&stm32f100rb, 0x0C, 0x10, 0x14, 0x1C});
}

Test(periph_random, any_accesses_to_an_f205_are_survived_and_repeatable)
{
    survive(&(struct subject){&stm32f205rf, 0x10, 0x24, 0x30, 0x44});
}

Test(periph_random, any_accesses_to_an_f405_are_survived_and_repeatable)
{
    survive(&(struct subject){&stm32f405rg, 0x10, 0x24, 0x30, 0x44});
}
