/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Trace port interface: Arm ARM C1.10, Cortex-M4 TRM chapter 11. Its registers are stored; the
 * stream that leaves (itm.c) is that of the bypassed formatter, whatever they say.
 *
 * Not modelled: the formatter's frames, parallel trace, integration tests, baud rate.
 */
#include "core/arm/component_ids.h"
#include "core/arm/cpu.h"
#include "core/arm/itm.h"
#include "core/env.h"

enum tpiu_reg {
    TPIU_SSPSR, TPIU_CSPSR, TPIU_ACPR, TPIU_SPPR, TPIU_FFSR, TPIU_FFCR, TPIU_FSCR, TPIU_DEVID,
    TPIU_DEVTYPE, TPIU_IDS,
    TPIU_REGS = TPIU_IDS + COMPONENT_ID_REGS
};

/* Cortex-M3's is part 0x923, Cortex-M4's 0x9A1. */
enum { PID0_M3 = 0x23, PID0_M4 = 0xA1 };

static void tpiu_reset(struct device *d, enum reset_kind kind)
{
    (void)kind;
    if (d->env->cpu->core->kind == CPU_CORTEX_M3)
        reg_put(d, TPIU_IDS + COMPONENT_PID0, PID0_M3);
}

static const struct reg_field size_fields[] = {{"SIZE", 0, 32}, {NULL, 0, 0}};
static const struct reg_field acpr_fields[] = {{"PRESCALER", 0, 13}, {NULL, 0, 0}};
static const struct reg_field sppr_fields[] = {{"TXMODE", 0, 2}, {NULL, 0, 0}};
static const struct reg_field ffsr_fields[] = {
    {"FlInProg", 0, 1}, {"FtStopped", 1, 1}, {"TCPresent", 2, 1}, {"FtNonStop", 3, 1}, {NULL, 0, 0},
};
static const struct reg_field ffcr_fields[] = {{"EnFCont", 1, 1}, {"TrigIn", 8, 1}, {NULL, 0, 0}};

/* clang-format off */
#define RW(reg_, name_, offset_, reset_, mask_, fields_) \
    [reg_] = {.name = name_, .offset = offset_, .width = 32, .access = 4, \
              .readable = UINT32_MAX, .reset = reset_, \
              .writable = mask_, .fields = fields_}

static const struct reg tpiu_regs[TPIU_REGS] = {
    RW(TPIU_SSPSR, "SSPSR", 0x000, 0xB, 0, size_fields),
    RW(TPIU_CSPSR, "CSPSR", 0x004, 0x1, 0xB, size_fields),
    RW(TPIU_ACPR, "ACPR", 0x010, 0, 0x1FFF, acpr_fields),
    RW(TPIU_SPPR, "SPPR", 0x0F0, 0x1, 0x3, sppr_fields),
    RW(TPIU_FFSR, "FFSR", 0x300, 0x8, 0, ffsr_fields),
    RW(TPIU_FFCR, "FFCR", 0x304, 0x102, 0x2, ffcr_fields),
    RW(TPIU_FSCR, "FSCR", 0x308, 0, 0, NULL),
    RW(TPIU_DEVID, "DEVID", 0xFC8, 0xCA1, 0, NULL),
    RW(TPIU_DEVTYPE, "DEVTYPE", 0xFCC, 0x11, 0, NULL),
    COMPONENT_IDS(TPIU_IDS, 0xFD0, PID0_M4, 0xB9, 0x0B, 0x04, 0x90),
};
/* clang-format on */

const struct device_ops tpiu_ops = {
    .name = "armv7m_tpiu",
    .regs = tpiu_regs,
    .reg_count = TPIU_REGS,
    .state_size = 4 * TPIU_REGS,
    .keeps_over_reset = true,
    .reset = tpiu_reset,
};
