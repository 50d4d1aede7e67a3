/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Nothing that a guest writes can break a device: random accesses to the blocks of a whole chip, with
 * random host input and clocks that change. The same accesses give the same state, however often one
 * looks, saves and restores in between.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "core/bus.h"
#include "core/chip.h"
#include "core/env.h"
#include "core/machine.h"
#include "periph/chips/chips.h"

enum { ACCESSES = 20000, WINDOW = 0x58, LOOK_EVERY = 500 };

static const char *const targets[] = {
    "TIM1", "TIM2", "TIM3", "TIM4", "TIM5", "TIM6", "TIM7", "TIM8", "TIM9", "TIM10", "TIM11", "TIM12",
    "TIM13", "TIM14", "USART1", "USART2", "USART3", "UART4", "UART5", "USART6", "CRC", "RNG", "IWDG",
    "GPIOA", "GPIOB", "EXTI", "SYSCFG", "SPI1", "SPI2", "I2S2ext",
    "I2C1", "I2C3"};

enum { TARGETS = sizeof targets / sizeof *targets };

struct run {
    struct machine *m;
    struct bus *bus;
    uint32_t base[TARGETS];
    uint32_t rcc;
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

static void power_on(struct run *r, uint32_t seed)
{
    const struct machine_options options = {.seed = 7, .hse_hz = 8000000, .lse_hz = 32768};
    const struct machine_host host = {.output = ignore_output};
    char error[200] = "";

    r->m = machine_create(&stm32f405rg, &options, &host, error, sizeof error);
    cr_assert(r->m, "%s", error);
    cr_assert(machine_load(r->m, 0x08000000, program, sizeof program));
    machine_reset(r->m, RESET_POWER_ON);
    for (unsigned i = 0; i < TARGETS; i++)
        r->base[i] = machine_device_named(r->m, targets[i])->row->base;
    r->rcc = machine_device_named(r->m, "RCC")->row->base;
    r->bus = machine_device_named(r->m, "RCC")->env->bus;
    r->random = seed;
}

/* All gates open (they close with every reset), all resets released. */
static void open_gates(struct run *r)
{
    for (uint32_t offset = 0x10; offset <= 0x24; offset += 4)
        bus_write(r->bus, BUS_CPU_DATA, r->rcc + offset, 4, 0);
    for (uint32_t offset = 0x30; offset <= 0x44; offset += 4)
        bus_write(r->bus, BUS_CPU_DATA, r->rcc + offset, 4, 0xFFFFFFFF);
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

static void access(struct run *r)
{
    unsigned target = pick(r, TARGETS + 1), size = 1u << pick(r, 3);
    uint32_t offset = pick(r, WINDOW) & ~(size - 1), value;
    uint32_t address = (target < TARGETS ? r->base[target] : r->rcc) + offset;

    if (pick(r, 4) == 0)
        bus_read(r->bus, BUS_CPU_DATA, address, size, &value);
    else
        bus_write(r->bus, BUS_CPU_DATA, address, size, pick_value(r));
    if (pick(r, 16) == 0)
        machine_input(r->m, targets[14 + pick(r, 6)], "bytes", 1 + pick(r, 5));
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

static uint64_t hash_after(uint32_t seed, bool look)
{
    struct run r;
    uint64_t hash;

    power_on(&r, seed);
    for (unsigned i = 0; i < ACCESSES; i++) {
        access(&r);
        if (look && i % LOOK_EVERY == 0)
            look_and_return(&r);
        machine_run(r.m, vtime_add(machine_now(r.m), pick(&r, 3000)));
        cr_assert(machine_sane(r.m), "a state that it came to by itself, seed %u, access %u", seed, i);
    }
    hash = machine_hash(r.m);
    machine_destroy(r.m);
    return hash;
}

Test(periph_random, any_accesses_are_survived_and_repeatable)
{
    for (uint32_t seed = 1; seed <= 3; seed++)
        cr_assert_eq(hash_after(seed, false), hash_after(seed, true), "seed %u", seed);
}
