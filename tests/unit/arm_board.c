/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The core tests' chip. See arm_board.h. */
#include "tests/unit/arm_board.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/bus.h"
#include "core/clock.h"
#include "core/env.h"
#include "core/irq.h"
#include "core/schedule.h"

enum { FLASH_SIZE = 0x4000, LINES = 16 };

/* ---- the line generator ---- */

enum { REG_LEVELS, REG_SIGNALS, REG_NEXT, REG_DELAY, REGS };

struct lines_state {
    uint32_t reg[REGS];
};

static void set_levels(struct device *d, uint32_t levels)
{
    reg_put(d, REG_LEVELS, levels);
    for (unsigned i = 0; i < LINES; i++)
        irq_set(d, i, levels >> i & 1);
}

static void lines_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    reg_store(d, reg, value, lanes);
    if (reg == REG_LEVELS)
        set_levels(d, value);
    if (reg == REG_SIGNALS)
        for (unsigned i = 0; i < CPU_SIGNAL_COUNT; i++)
            signal_set(d, i, value >> i & 1);
    if (reg == REG_DELAY)
        sched_in(d, 0, value);
}

static void lines_event(struct device *d, unsigned event)
{
    (void)event;
    set_levels(d, reg_get(d, REG_NEXT));
}

#define LINES_REG(number, name_)                                                                  \
    [number] = {.name = name_, .offset = 4 * (number), .width = 32, .readable = UINT32_MAX,       \
                .writable = UINT32_MAX}

static const struct reg lines_regs[REGS] = {
    LINES_REG(REG_LEVELS, "LEVELS"), LINES_REG(REG_SIGNALS, "SIGNALS"), LINES_REG(REG_NEXT, "NEXT"),
    LINES_REG(REG_DELAY, "DELAY"),
};

static const struct device_ops lines_ops = {
    .name = "arm_board_lines",
    .regs = lines_regs,
    .reg_count = REGS,
    .state_size = sizeof(struct lines_state),
    .events = 1,
    .outputs = CPU_SIGNAL_COUNT,
    .keeps_over_reset = true,
    .write = lines_write,
    .event = lines_event,
};

/* ---- a clock controller: 16 MHz, and SysTick's reference ---- */

enum { CORE_HZ = 16000000 };

struct clocks_state {
    uint32_t reg[1];
};

static void clocks_apply(struct device *d)
{
    struct clock_rate rates[CLOCK_MAX];

    for (unsigned i = 0; i < CLOCK_MAX; i++)
        rates[i] = clock_hz(0, 1);
    rates[CLOCK_CORE] = clock_hz(CORE_HZ, 1);
    rates[CLOCK_SYSTICK_REF] = clock_hz(reg_get(d, 0), 1);
    clock_set(d, rates);
}

static void clocks_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    reg_store(d, reg, value, lanes);
    clocks_apply(d);
}

static void clocks_reset(struct device *d, enum reset_kind kind)
{
    (void)kind;
    clocks_apply(d);
}

static const struct reg clocks_regs[] = {
    {.name = "HZ", .width = 32, .reset = CORE_HZ / 8, .readable = UINT32_MAX,
     .writable = UINT32_MAX},
};

static const struct device_ops clocks_ops = {
    .name = "arm_board_clocks",
    .regs = clocks_regs,
    .reg_count = 1,
    .state_size = sizeof(struct clocks_state),
    .reset = clocks_reset,
    .write = clocks_write,
};

/* ---- the chip ---- */

static const struct chip_memory memories[] = {
    {"flash", ARM_FLASH, FLASH_SIZE, MEMORY_NVM | MEMORY_EXECUTE | MEMORY_BOOT, 0xFF, NULL, NULL},
    {"sram", ARM_RAM, ARM_RAM_SIZE, MEMORY_EXECUTE | MEMORY_DMA, 0, NULL, NULL},
    {0},
};

static const struct chip_device rows[] = {
    {.name = "CLOCKS", .ops = &clocks_ops, .base = ARM_SYSTICK_HZ, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE},
    {.name = "LINES", .ops = &lines_ops, .base = ARM_LINES, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .irq_count = LINES,
     .irq = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}},
    {0},
};

static const struct chip_route routes[] = {
    {"LINES", CPU_SIGNAL_NMI, CPU_SIGNALS, CPU_SIGNAL_NMI, 1},
    {"LINES", CPU_SIGNAL_EVENT, CPU_SIGNALS, CPU_SIGNAL_EVENT, 1},
    {"LINES", CPU_SIGNAL_RESET, CPU_SIGNALS, CPU_SIGNAL_RESET, 1},
    {0},
};

static const char *const clock_names[CLOCK_MAX] = {
    [CLOCK_CORE] = "HCLK", [CLOCK_SYSTICK_REF] = "SYSTICK",
};

static const struct chip chips[] = {
    [CPU_CORTEX_M3] = {
        .name = "board-m3",
        .core = {.kind = CPU_CORTEX_M3, .cpuid = 0x411FC231, .irq_count = ARM_IRQS,
                 .priority_bits = 4},
        .memories = memories, .devices = rows, .routes = routes, .clock_names = clock_names,
        .reset_hz = CORE_HZ,
    },
    [CPU_CORTEX_M4F] = {
        .name = "board-m4f",
        .core = {.kind = CPU_CORTEX_M4F, .cpuid = 0x410FC241, .irq_count = ARM_IRQS,
                 .priority_bits = 4,
                 .mpu_regions = 8, .systick_calib = 2000, .ccr_reset = 0x200, .rom_id = 0xA0413},
        .memories = memories, .devices = rows, .routes = routes, .clock_names = clock_names,
        .reset_hz = CORE_HZ,
    },
};

/* ---- life ---- */

static void take_output(void *context, const struct device *d, enum io_kind kind, const void *bytes,
                        size_t size)
{
    struct arm_board *b = context;

    (void)d;
    (void)kind;
    cr_assert(b->output_size + size <= sizeof b->output);
    memcpy(b->output + b->output_size, bytes, size);
    b->output_size += (unsigned)size;
}

static void take_diag(void *context, const struct diag *report)
{
    struct arm_board *b = context;

    b->diags[report->kind]++;
    snprintf(b->last_diag, sizeof b->last_diag, "%s: %s", report->where, report->text);
}

static void load_word(struct arm_board *b, uint32_t address, uint32_t value)
{
    cr_assert(machine_load(b->m, address, &value, sizeof value));
}

struct arm_board *arm_create(enum cpu_kind kind)
{
    const struct machine_options options = {.seed = 1};
    struct arm_board *b = calloc(1, sizeof *b);
    const struct machine_host host = {.context = b, .output = take_output, .diag = take_diag};
    char error[200] = "";

    b->m = machine_create(&chips[kind], &options, &host, error, sizeof error);
    cr_assert(b->m, "%s", error);
    load_word(b, ARM_FLASH, ARM_STACK);
    load_word(b, ARM_FLASH + 4, ARM_MAIN | 1);
    for (unsigned exception = 2; exception < 16 + ARM_IRQS; exception++) {
        load_word(b, ARM_FLASH + 4 * exception, arm_handler(exception) | 1);
        CODE(b, arm_handler(exception), OP_BX_LR);
    }
    CODE(b, ARM_MAIN, OP_B_SELF);
    machine_reset(b->m, RESET_POWER_ON);
    memset(b->diags, 0, sizeof b->diags);
    return b;
}

void arm_destroy(struct arm_board *b)
{
    machine_destroy(b->m);
    free(b);
}

void arm_code(struct arm_board *b, uint32_t address, const uint16_t *halfwords, unsigned count)
{
    if (address < FLASH_SIZE)
        address += ARM_FLASH;
    cr_assert(machine_load(b->m, address, halfwords, count * sizeof *halfwords));
}

/* ---- accesses ---- */

static struct bus *bus_of(const struct arm_board *b)
{
    return machine_device(b->m, 0)->env->bus;
}

void arm_write(struct arm_board *b, uint32_t address, uint32_t value)
{
    cr_assert_eq(bus_write(bus_of(b), BUS_CPU_DATA, address, 4, value), BUS_OK);
}

void arm_write8(struct arm_board *b, uint32_t address, uint8_t value)
{
    cr_assert_eq(bus_write(bus_of(b), BUS_CPU_DATA, address, 1, value), BUS_OK);
}

uint32_t arm_read(struct arm_board *b, uint32_t address)
{
    uint32_t value = 0;

    cr_assert_eq(bus_read(bus_of(b), BUS_CPU_DATA, address, 4, &value), BUS_OK);
    return value;
}

uint32_t arm_peek(const struct arm_board *b, uint32_t address)
{
    uint32_t value = 0, done;

    cr_assert(machine_peek(b->m, address, &value, sizeof value, &done), "nothing at 0x%08X", address);
    return value;
}

void arm_pulse(struct arm_board *b, enum cpu_signal signal)
{
    arm_write(b, LINES_SIGNALS, 1u << signal);
    arm_write(b, LINES_SIGNALS, 0);
}

uint32_t arm_reg(const struct arm_board *b, enum cpu_register reg)
{
    return machine_reg(b->m, reg);
}

void arm_set(struct arm_board *b, enum cpu_register reg, uint32_t value)
{
    machine_set_reg(b->m, reg, value);
}

unsigned arm_ipsr(const struct arm_board *b)
{
    return arm_reg(b, REG_XPSR) & 0x1FF;
}

uint64_t arm_now(const struct arm_board *b)
{
    return machine_now(b->m).cycles;
}

/* ---- running ---- */

enum stop_kind arm_step(struct arm_board *b)
{
    return machine_step(b->m, false).kind;
}

void arm_until(struct arm_board *b, unsigned exception)
{
    for (unsigned i = 0; i < 100; i++) {
        arm_step(b);
        if (arm_ipsr(b) == exception)
            return;
    }
    cr_assert_fail("exception %u did not become active", exception);
}

enum stop_kind arm_run(struct arm_board *b, uint64_t cycles)
{
    return machine_run(b->m, vtime_at(arm_now(b) + cycles)).kind;
}

void arm_check_replay(struct arm_board *b, unsigned steps)
{
    size_t size = machine_state_size(b->m);
    uint8_t *saved = malloc(size * (steps + 1));
    uint64_t end;

    for (unsigned i = 0; i <= steps; i++) {
        machine_save(b->m, saved + size * i);
        arm_step(b);
    }
    end = machine_hash(b->m);
    for (unsigned i = 0; i <= steps; i++) {
        machine_restore(b->m, saved + size * i);
        for (unsigned k = i; k <= steps; k++)
            arm_step(b);
        cr_assert_eq(machine_hash(b->m), end, "restored after %u steps, another state is reached", i);
    }
    free(saved);
}
