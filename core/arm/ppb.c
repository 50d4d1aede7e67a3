/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The private peripheral bus: Arm ARM B3.1.1, B3.2.2, C1.2.2; Cortex-M4 TRM 4.3.1 and 8.1. The
 * table of the core's own devices, and the blocks that are hardly more than their registers: ICTR
 * and ACTLR, STIR, the identification registers, the ROM table, the ETM.
 *
 * Not modelled: the ETM; the effects of ACTLR except DISDEFWBUF.
 */
#include "core/arm/ppb.h"

#include "core/arm/component_ids.h"
#include "core/arm/coredebug.h"
#include "core/arm/dwt.h"
#include "core/arm/fpb.h"
#include "core/arm/fpu.h"
#include "core/arm/itm.h"
#include "core/arm/mpu.h"
#include "core/arm/nvic.h"
#include "core/arm/scb.h"
#include "core/arm/systick.h"
#include "core/clock.h"
#include "core/env.h"
#include "core/log.h"

#define PPB_BASE  0xE0000000u
#define PPB_SIZE  0x00100000u
#define ITM_SIZE  0x00001000u
#define STIR_BASE 0xE000EF00u

/* clang-format off */
#define REG_RO(reg_, name_, offset_, reset_, fields_) \
    [reg_] = {.name = name_, .offset = offset_, .width = 32, .access = 4, \
              .readable = UINT32_MAX, .reset = reset_, \
              .fields = fields_}
/* clang-format on */

/* ---- who may come in (B3.1.1) ---- */

bool ppb_permits(const struct cpu *c, uint32_t address, bool privileged, bool write)
{
    if (privileged || address - PPB_BASE >= PPB_SIZE)
        return true;
    if (address - PPB_BASE < ITM_SIZE)      /* the ITM itself drops what is not allowed */
        return true;
    return write && (address & ~3u) == STIR_BASE && scb_of(c)->reg[SCB_CCR] & CCR_USERSETMPEND;
}

/* ---- ICTR and ACTLR (B3.2.23, B3.2.24) ---- */

enum aux_reg { AUX_ICTR, AUX_ACTLR, AUX_REGS };

#define ACTLR_DISDEFWBUF (1u << 1)
#define ACTLR_M3         0x007u
#define ACTLR_M4         0x307u

static void aux_reset(struct device *d, enum reset_kind kind)
{
    (void)kind;
    reg_put(d, AUX_ICTR, (d->env->cpu->core->irq_count + 31u) / 32 - 1);
}

void ppb_derive(struct cpu *c)
{
    c->precise_stores = reg_get(c->aux, AUX_ACTLR) & ACTLR_DISDEFWBUF;
}

static void aux_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct cpu *c = d->env->cpu;

    reg_store(d, reg, value, c->core->kind == CPU_CORTEX_M3 ? lanes & ACTLR_M3 : lanes);
    ppb_derive(c);
}

static const struct reg_field ictr_fields[] = {{"INTLINESNUM", 0, 4}, {NULL, 0, 0}};
static const struct reg_field actlr_fields[] = {
    {"DISMCYCINT", 0, 1}, {"DISDEFWBUF", 1, 1}, {"DISFOLD", 2, 1}, {"DISFPCA", 8, 1},
    {"DISOOFP", 9, 1}, {NULL, 0, 0},
};

static const struct reg aux_regs[AUX_REGS] = {
    REG_RO(AUX_ICTR, "ICTR", 0x4, 0, ictr_fields),
    [AUX_ACTLR] = {.name = "ACTLR", .offset = 0x8, .width = 32, .access = 4, .readable = UINT32_MAX,
                   .writable = ACTLR_M4, .fields = actlr_fields},
};

const struct device_ops ppb_aux_ops = {
    .name = "armv7m_aux",
    .regs = aux_regs,
    .reg_count = AUX_REGS,
    .state_size = 4 * AUX_REGS,
    .reset = aux_reset,
    .write = aux_write,
};

/* ---- STIR (B3.4.10) ---- */

static void stir_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct cpu *c = d->env->cpu;
    unsigned irq = value & lanes & 0x1FF;

    if (irq < c->core->irq_count)
        nvic_pend(c, EXC_IRQ0 + irq);
    else
        diag_guest(d, DIAG_RESERVED, reg, "this chip has no interrupt %u", irq);
}

static const struct reg_field stir_fields[] = {{"INTID", 0, 9}, {NULL, 0, 0}};

static const struct reg stir_regs[] = {
    {.name = "STIR", .offset = 0x0, .width = 32, .access = 4, .action = 0x1FF,
     .fields = stir_fields},
};

static const struct device_ops stir_ops = {
    .name = "armv7m_stir",
    .regs = stir_regs,
    .reg_count = 1,
    .state_size = 4,
    .write = stir_write,
};

/* ---- identification of the system control space (Cortex-M4 TRM table 8-3) ---- */

enum { SCS_PID0_FPU = 0x0C };

static void scs_ids_reset(struct device *d, enum reset_kind kind)
{
    (void)kind;
    if (d->env->cpu->has_fpu)
        reg_put(d, COMPONENT_PID0, SCS_PID0_FPU);
}

static const struct reg scs_id_regs[COMPONENT_ID_REGS] = {
    COMPONENT_IDS(0, 0x0, 0x00, 0xB0, 0x0B, 0x04, 0xE0),
};

static const struct device_ops scs_id_ops = {
    .name = "armv7m_scs_ids",
    .regs = scs_id_regs,
    .reg_count = COMPONENT_ID_REGS,
    .state_size = 4 * COMPONENT_ID_REGS,
    .reset = scs_ids_reset,
};

/* ---- ROM table (Cortex-M4 TRM tables 8-1, 8-2) ---- */

enum rom_reg {
    ROM_SCS, ROM_DWT, ROM_FPB, ROM_ITM, ROM_TPIU, ROM_ETM, ROM_END, ROM_MEMTYPE, ROM_IDS,
    ROM_REGS = ROM_IDS + COMPONENT_ID_REGS
};

/* A chip maker's own identification has no JEP106 continuation code (PID4 = 0). */
static void rom_reset(struct device *d, enum reset_kind kind)
{
    uint32_t id = d->env->cpu->core->rom_id;

    (void)kind;
    if (!id)
        return;
    reg_put(d, ROM_IDS + COMPONENT_PID4, 0);
    for (unsigned i = 0; i < 3; i++)
        reg_put(d, ROM_IDS + COMPONENT_PID0 + i, id >> 8 * i & 0xFF);
}

static const struct reg rom_regs[ROM_REGS] = {
    REG_RO(ROM_SCS, "SCS", 0x000, 0xFFF0F003, NULL),
    REG_RO(ROM_DWT, "DWT", 0x004, 0xFFF02003, NULL),
    REG_RO(ROM_FPB, "FPB", 0x008, 0xFFF03003, NULL),
    REG_RO(ROM_ITM, "ITM", 0x00C, 0xFFF01003, NULL),
    REG_RO(ROM_TPIU, "TPIU", 0x010, 0xFFF41003, NULL),
    REG_RO(ROM_ETM, "ETM", 0x014, 0xFFF42003, NULL),
    REG_RO(ROM_END, "END", 0x018, 0, NULL),
    REG_RO(ROM_MEMTYPE, "MEMTYPE", 0xFCC, 1, NULL),
    COMPONENT_IDS(ROM_IDS, 0xFD0, 0xC4, 0xB4, 0x0B, 0x04, 0x10),
};

static const struct device_ops rom_ops = {
    .name = "armv7m_rom",
    .regs = rom_regs,
    .reg_count = ROM_REGS,
    .state_size = 4 * ROM_REGS,
    .reset = rom_reset,
};

/* ---- ETM: there, but not modelled ---- */

enum etm_reg { ETM_CR, ETM_CCR, ETM_LAR, ETM_IDS, ETM_REGS = ETM_IDS + COMPONENT_ID_REGS };

enum { ETM_PID0_M3 = 0x24, ETM_PID0_M4 = 0x25 };

static void etm_reset(struct device *d, enum reset_kind kind)
{
    (void)kind;
    if (d->env->cpu->core->kind == CPU_CORTEX_M3)
        reg_put(d, ETM_IDS + COMPONENT_PID0, ETM_PID0_M3);
}

/* clang-format off */
#define ETM_REG(reg_, name_, offset_, reset_) \
    [reg_] = {.name = name_, .offset = offset_, .width = 32, .access = 4, .flags = REG_UNMODELLED, \
              .readable = UINT32_MAX, .reset = reset_, .writable = UINT32_MAX}
/* clang-format on */

static const struct reg etm_regs[ETM_REGS] = {
    ETM_REG(ETM_CR, "CR", 0x000, 0x00000411),
    ETM_REG(ETM_CCR, "CCR", 0x004, 0x8C802000),
    ETM_REG(ETM_LAR, "LAR", 0xFB0, 0),
    COMPONENT_IDS(ETM_IDS, 0xFD0, ETM_PID0_M4, 0xB9, 0x0B, 0x04, 0x90),
};

static const struct device_ops etm_ops = {
    .name = "armv7m_etm",
    .regs = etm_regs,
    .reg_count = ETM_REGS,
    .state_size = 4 * ETM_REGS,
    .keeps_over_reset = true,
    .reset = etm_reset,
};

/* ---- the tables ---- */

/* clang-format off */
#define ROW(name_, ops_, base_, size_) \
    {.name = name_, .ops = ops_, .base = base_, .size = size_, .gate = GATE_NONE, \
     .reset_line = GATE_NONE, \
     .clock = CLOCK_CORE}

/* Everything but the NVIC and what differs in 0xE000EF00 to 0xE000EFCF. */
#define COMMON_ROWS \
    ROW("ITM", &itm_ops, 0xE0000000, 0x1000), \
    ROW("DWT", &dwt_ops, 0xE0001000, 0x1000), \
    ROW("FPB", &fpb_ops, 0xE0002000, 0x1000), \
    ROW("SCnSCB", &ppb_aux_ops, 0xE000E000, 0x10), \
    ROW("SysTick", &systick_ops, 0xE000E010, 0xF0), \
    ROW("SCB", &scb_ops, 0xE000ED00, 0x90), \
    ROW("MPU", &mpu_ops, 0xE000ED90, 0x60), \
    ROW("CoreDebug", &coredebug_ops, 0xE000EDF0, 0x110), \
    ROW("SCS_ID", &scs_id_ops, 0xE000EFD0, 0x30), \
    ROW("TPIU", &tpiu_ops, 0xE0040000, 0x1000), \
    ROW("ETM", &etm_ops, 0xE0041000, 0x1000), \
    ROW("ROM", &rom_ops, 0xE00FF000, 0x1000)

#define CORE_TABLE(...) {COMMON_ROWS, __VA_ARGS__, {.name = NULL}}
#define NVIC_ROW(ops_) ROW("NVIC", ops_, 0xE000E100, 0xC00)
#define WITHOUT_FPU    ROW("STIR", &stir_ops, STIR_BASE, 0xD0)
#define WITH_FPU       ROW("STIR", &stir_ops, STIR_BASE, 0x34), ROW("FPU", &fpu_ops, 0xE000EF34, 0x9C)

static const struct chip_device m3_64[] = CORE_TABLE(NVIC_ROW(&nvic_64_ops), WITHOUT_FPU);
static const struct chip_device m3_96[] = CORE_TABLE(NVIC_ROW(&nvic_96_ops), WITHOUT_FPU);
static const struct chip_device m4f_64[] = CORE_TABLE(NVIC_ROW(&nvic_64_ops), WITH_FPU);
static const struct chip_device m4f_96[] = CORE_TABLE(NVIC_ROW(&nvic_96_ops), WITH_FPU);
/* clang-format on */

const struct chip_device *arm_core_devices(const struct chip_core *core)
{
    bool m4f = core->kind == CPU_CORTEX_M4F;

    if (core->irq_count > NVIC_LINES)
        return NULL;
    if (core->irq_count > 64)
        return m4f ? m4f_96 : m3_96;
    return m4f ? m4f_64 : m3_64;
}
