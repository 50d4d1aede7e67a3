/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Our machine as an engine: a chip of two memories without devices, driven through the room's public
 * header. A case starts in Thread mode, privileged, with the FPU on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/machine.h"
#include "tests/diff/diff.h"

enum {
    CPACR = 0xE000ED88, CPACR_FPU = 0xF << 20,
    HANDLER = DIFF_CODE + 0x200,
    VECTORS = 16,
    BUDGET = 100000             /* cycles that no case can take */
};

static const uint32_t apsr_mask = 0xF80F0000;

static const struct chip_memory memories[] = {
    {"code", DIFF_CODE, DIFF_CODE_SIZE, MEMORY_NVM | MEMORY_EXECUTE | MEMORY_BOOT, 0xFF, NULL, NULL},
    {"ram", DIFF_RAM, DIFF_RAM_SIZE, MEMORY_EXECUTE, 0, NULL, NULL},
    {0}};

static const struct chip_device no_devices[] = {{0}};
static const char *const clock_names[CLOCK_MAX] = {[CLOCK_CORE] = "HCLK"};

#define CHIP(kind_, cpuid_)                                                                       \
    {.name = "diff", .memories = memories, .devices = no_devices, .clock_names = clock_names,     \
     .reset_hz = 1000000,                                                                         \
     .core = {.kind = kind_, .cpuid = cpuid_, .irq_count = 16, .priority_bits = 4,                \
              .mpu_regions = 8, .ccr_reset = 0x200}}

static const struct chip chip_m3 = CHIP(CPU_CORTEX_M3, 0x412FC230);
static const struct chip chip_m4 = CHIP(CPU_CORTEX_M4F, 0x410FC241);

const struct chip *diff_chip(enum cpu_kind kind)
{
    return kind == CPU_CORTEX_M3 ? &chip_m3 : &chip_m4;
}

static void ignore_output(void *context, const struct device *d, enum io_kind kind, const void *bytes,
                          size_t size)
{
    (void)context, (void)d, (void)kind, (void)bytes, (void)size;
}

static void ignore_diag(void *context, const struct diag *report)
{
    (void)context, (void)report;
}

static void machine_case_load(void *context, const struct diff_case *c)
{
    struct machine *m = context;
    uint32_t done, cpacr = CPACR_FPU;

    machine_reset(m, RESET_SYSTEM);
    machine_poke(m, CPACR, &cpacr, sizeof(cpacr), &done);
    machine_load(m, DIFF_CODE + DIFF_START + c->offset, c->program, c->size + DIFF_GUARD);
    machine_poke(m, DIFF_RAM, c->start.ram, DIFF_RAM_SIZE, &done);
    for (unsigned n = 0; n < 16; n++)
        machine_set_reg(m, (enum cpu_register)(REG_R0 + n), c->start.r[n]);
    machine_set_reg(m, REG_XPSR, c->start.apsr | 1u << 24);
    machine_set_reg(m, REG_CONTROL, DIFF_CONTROL_FPCA);
    machine_set_reg(m, REG_FPSCR, c->start.fpscr);
    for (unsigned n = 0; n < 32; n++)
        machine_set_reg(m, (enum cpu_register)(REG_S0 + n), c->start.s[n]);
}

static enum diff_end machine_case_run(void *context, uint32_t address)
{
    struct machine *m = context;
    struct stop stop = {.kind = STOP_BREAKPOINT};

    if (machine_reg(m, REG_PC) == address)
        return DIFF_REACHED;
    machine_break_add(m, BREAK_HARDWARE, address);
    stop = machine_run(m, vtime_add(machine_now(m), BUDGET));
    machine_break_remove(m, BREAK_HARDWARE, address);
    if (stop.kind != STOP_BREAKPOINT)
        return DIFF_LOST;
    return machine_reg(m, REG_PC) == address ? DIFF_REACHED : DIFF_FAULTED;
}

static void machine_case_state(void *context, struct diff_state *out)
{
    const struct machine *m = context;
    uint32_t done;

    for (unsigned n = 0; n < 16; n++)
        out->r[n] = machine_reg(m, (enum cpu_register)(REG_R0 + n));
    out->apsr = machine_reg(m, REG_XPSR) & apsr_mask;
    out->fpscr = machine_reg(m, REG_FPSCR);
    for (unsigned n = 0; n < 32; n++)
        out->s[n] = machine_reg(m, (enum cpu_register)(REG_S0 + n));
    machine_peek(m, DIFF_RAM, out->ram, DIFF_RAM_SIZE, &done);
}

static void machine_case_destroy(void *context)
{
    machine_destroy(context);
}

bool diff_machine_create(struct diff_engine *e, enum cpu_kind kind, bool translator, const uint8_t *code)
{
    const struct machine_options options = {.seed = 1, .translator = translator};
    const struct machine_host host = {.output = ignore_output, .diag = ignore_diag};
    uint32_t vectors[VECTORS] = {DIFF_RAM + DIFF_RAM_SIZE};
    char error[200] = "";
    struct machine *m = machine_create(diff_chip(kind), &options, &host, error, sizeof(error));

    if (!m) {
        fprintf(stderr, "no machine: %s\n", error);
        return false;
    }
    for (unsigned n = 1; n < VECTORS; n++)
        vectors[n] = HANDLER | 1;
    machine_load(m, DIFF_CODE, code, DIFF_CODE_SIZE);
    machine_load(m, DIFF_CODE, vectors, sizeof(vectors));
    machine_break_add(m, BREAK_HARDWARE, HANDLER);
    *e = (struct diff_engine){
        .name = machine_engine(m, NULL),
        .context = m,
        .load = machine_case_load,
        .run = machine_case_run,
        .state = machine_case_state,
        .destroy = machine_case_destroy,
    };
    return true;
}
