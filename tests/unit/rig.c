/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The core tests' machine. See rig.h. */
#include "tests/unit/rig.h"

#include <criterion/criterion.h>

#include "core/bus.h"
#include "core/clock.h"
#include "core/env.h"

enum { VECTORS = 16 + 16 };

/* ---- the device: a plain word, a word that counts its reads, and the flash's wait states ---- */

enum { DEV_PLAIN, DEV_COUNT, DEV_WAITS, DEV_REGS };

struct dev_state {
    uint32_t reg[DEV_REGS];
};

static uint32_t dev_read(struct device *d, unsigned reg)
{
    uint32_t value = reg_get(d, reg);

    reg_put(d, reg, value + 1);
    return value;
}

static void dev_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    value = reg_store(d, reg, value, lanes);
    if (reg == DEV_WAITS)
        bus_set_fetch_timing(d, &(struct cpu_fetch_timing){
                                    .line_mask = value & 0xFF,
                                    .sequential = value >> 8 & 0xFF,
                                    .branch = value >> 16 & 0xFF,
                                    .data = value >> 24,
                                });
}

static void dev_reset(struct device *d, enum reset_kind kind)
{
    struct clock_rate rates[CLOCK_MAX];

    (void)kind;
    for (unsigned i = 0; i < CLOCK_MAX; i++)
        rates[i] = clock_hz(16000000, 1);
    clock_set(d, rates);
}

static const struct reg dev_regs[] = {
    [DEV_PLAIN] = {.name = "PLAIN", .offset = 0, .width = 32, .readable = UINT32_MAX, .writable = UINT32_MAX},
    [DEV_COUNT] = {.name = "COUNT", .offset = 4, .width = 32, .flags = REG_READ_EFFECT,
                   .readable = UINT32_MAX, .writable = UINT32_MAX},
    [DEV_WAITS] = {.name = "WAITS", .offset = 8, .width = 32, .readable = UINT32_MAX, .writable = UINT32_MAX},
};

static const struct device_ops dev_ops = {
    .name = "rig_device", .regs = dev_regs, .reg_count = DEV_REGS, .state_size = sizeof(struct dev_state),
    .reset = dev_reset, .read = dev_read, .write = dev_write,
};

/* ---- the chip ---- */

/* Stack pointer and handlers. */
#define VECTOR(n) (RIG_HANDLER(n) & 0xFF) | 1, RIG_HANDLER(n) >> 8 & 0xFF, 0, RIG_FLASH >> 24
#define VECTORS_4(n) VECTOR(n), VECTOR((n) + 1), VECTOR((n) + 2), VECTOR((n) + 3)
static const uint8_t vectors[4 * VECTORS] = {
    0, RIG_STACK >> 8 & 0xFF, 0, RIG_STACK >> 24, VECTOR(1), VECTOR(2), VECTOR(3),
    VECTORS_4(4), VECTORS_4(8), VECTORS_4(12), VECTORS_4(16), VECTORS_4(20), VECTORS_4(24), VECTORS_4(28),
};
static const struct chip_bytes factory[] = {{0, sizeof vectors, vectors}, {0}};

static const struct chip_memory memories[] = {
    {"flash", RIG_FLASH, RIG_SIZE, MEMORY_NVM | MEMORY_EXECUTE | MEMORY_BOOT, 0xFF, NULL, factory},
    {"sram", RIG_SRAM, RIG_SIZE, MEMORY_EXECUTE | MEMORY_DMA | MEMORY_BITBAND, 0, NULL, NULL},
    {0}};

static const struct chip_device devices[] = {
    {.name = "DEV", .ops = &dev_ops, .base = RIG_DEVICE, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE},
    {.name = NULL},
};

static struct chip chip = {
    .name = "rig", .description = "core and memory", .memories = memories, .devices = devices,
    .reset_hz = 16000000,
    .core = {.irq_count = 16, .priority_bits = 4, .mpu_regions = 8, .ccr_reset = 0x200},
};

static struct machine *m;

static void write_handlers(void)
{
    static const uint16_t branch_to_self = 0xE7FE;

    for (uint32_t n = 1; n < VECTORS; n++)
        machine_load(m, RIG_HANDLER(n), &branch_to_self, sizeof branch_to_self);
}

void rig_create(enum cpu_kind kind)
{
    static const struct machine_options options = {.seed = 1};
    static const struct machine_host host = {0};
    char error[160];

    rig_destroy();
    chip.core.kind = kind;
    m = machine_create(&chip, &options, &host, error, sizeof error);
    cr_assert_not_null(m, "%s", error);
    write_handlers();
    rig_step(1);                    /* off cycle 0, with a first instruction in the reset handler */
}

void rig_destroy(void)
{
    machine_destroy(m);
    m = NULL;
}

struct machine *rig_machine(void)
{
    return m;
}

void rig_load(uint32_t address, const uint16_t *code, size_t halfwords)
{
    cr_assert(machine_load(m, address, code, (uint32_t)(halfwords * sizeof *code)));
    machine_set_reg(m, REG_PC, address);
}

uint32_t rig_reg(unsigned n)
{
    return machine_reg(m, (enum cpu_register)n);
}

void rig_set(unsigned n, uint32_t value)
{
    machine_set_reg(m, (enum cpu_register)n, value);
}

uint32_t rig_peek(uint32_t address)
{
    uint8_t b[4];
    uint32_t done;

    cr_assert(machine_peek(m, address, b, 4, &done), "nothing at 0x%08X", address);
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

void rig_poke(uint32_t address, uint32_t value)
{
    uint8_t b[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
    uint32_t done;

    cr_assert(machine_poke(m, address, b, 4, &done), "nothing at 0x%08X", address);
}

void rig_step(unsigned count)
{
    while (count--)
        machine_step(m, false);
}

struct stop rig_run(uint64_t cycles)
{
    return machine_run(m, vtime_add(machine_now(m), cycles));
}

uint64_t rig_now(void)
{
    return machine_now(m).cycles;
}

unsigned rig_exception(void)
{
    return machine_reg(m, REG_XPSR) & 0x1FF;
}

uint32_t rig_stacked(unsigned word)
{
    return rig_peek(rig_reg(REG_SP) + 4 * word);
}

void rig_wait_states(unsigned line_mask, unsigned sequential, unsigned branch, unsigned data)
{
    rig_poke(RIG_DEVICE + 4 * DEV_WAITS, line_mask | sequential << 8 | branch << 16 | data << 24);
}
