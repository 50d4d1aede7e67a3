/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flash patch and breakpoint: Arm ARM C1.11, Cortex-M4 TRM 8.3. Six instruction comparators that
 * act as breakpoints of the program itself (debug monitors use them); the debugger's own are
 * elsewhere (stop.h).
 *
 * Not modelled: remapping of instructions and literals.
 */
#include "core/arm/fpb.h"

#include "core/arm/component_ids.h"
#include "core/arm/dwt.h"
#include "core/arm/exception.h"
#include "core/arm/nvic.h"
#include "core/arm/scb.h"
#include "core/env.h"
#include "core/log.h"

enum { CODE_COMPARATORS = 6, COMPARATORS = 8 };

enum fpb_reg {
    FPB_CTRL, FPB_REMAP, FPB_COMP0,
    FPB_IDS = FPB_COMP0 + COMPARATORS,
    FPB_REGS = FPB_IDS + COMPONENT_ID_REGS
};

#define CTRL_ENABLE (1u << 0)
#define CTRL_KEY    (1u << 1)

#define COMP_ENABLE   (1u << 0)
#define COMP_ADDRESS  0x1FFFFFFCu
#define COMP_WRITABLE 0xDFFFFFFDu

enum { COMP_REPLACE_SHIFT = 30 };   /* 0 remap; bit 0 breaks the lower, bit 1 the upper halfword */

#define CODE_END 0x20000000u

struct fpb {
    uint32_t reg[FPB_REGS];
};

static const struct fpb *fpb_of(const struct cpu *c)
{
    return c->fpb->state;
}

static unsigned halfwords(uint32_t comp)
{
    return comp & COMP_ENABLE ? comp >> COMP_REPLACE_SHIFT : 0;
}

bool fpb_armed(const struct cpu *c)
{
    const struct fpb *s = fpb_of(c);
    unsigned any = 0;

    for (unsigned i = 0; i < CODE_COMPARATORS; i++)
        any |= halfwords(s->reg[FPB_COMP0 + i]);
    return any && s->reg[FPB_CTRL] & CTRL_ENABLE;
}

bool fpb_breaks_at(const struct cpu *c, uint32_t pc)
{
    const struct fpb *s = fpb_of(c);
    unsigned halfword = pc & 2 ? 2 : 1;

    if (!(s->reg[FPB_CTRL] & CTRL_ENABLE) || pc >= CODE_END)
        return false;
    for (unsigned i = 0; i < CODE_COMPARATORS; i++) {
        uint32_t comp = s->reg[FPB_COMP0 + i];
        if (halfwords(comp) & halfword && (comp & COMP_ADDRESS) == (pc & ~3u))
            return true;
    }
    return false;
}

bool fpb_permits(struct cpu *c, uint32_t pc)
{
    if (!fpb_breaks_at(c, pc) || (c->debugger && c->pass_cycle == c->s->cycle))
        return true;
    if (c->debugger) {
        c->stop = (struct stop){
            .kind = STOP_BREAKPOINT, .address = pc, .breakpoint_kind = BREAK_HARDWARE,
        };
        c->attention |= ATTN_STOP | ATTN_ABANDON;
    } else if (exception_could_preempt(c, EXC_DEBUGMON)) {
        nvic_pend(c, EXC_DEBUGMON);
        c->attention |= ATTN_FAULT;
    } else {
        return true;
    }
    scb_of(c)->reg[SCB_DFSR] |= DFSR_BKPT;
    return false;
}

/* ---- registers ---- */

static void write_comparator(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t comp = reg_store(d, reg, value, lanes);

    if (comp & COMP_ENABLE && (reg >= FPB_COMP0 + CODE_COMPARATORS || !halfwords(comp)))
        diag_unmodelled(d, reg, "remapping of instructions and literals");
}

static void fpb_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg == FPB_CTRL && !(value & CTRL_KEY)) {
        diag_guest(d, DIAG_SEQUENCE, reg, "written without KEY: ignored");
        return;
    }
    if (reg >= FPB_COMP0)
        write_comparator(d, reg, value, lanes);
    else
        reg_store(d, reg, value, lanes);
    dwt_derive(d->env->cpu);
}

static const struct reg_field ctrl_fields[] = {
    {"ENABLE", 0, 1}, {"KEY", 1, 1}, {"NUM_CODE1", 4, 4}, {"NUM_LIT", 8, 4}, {"NUM_CODE2", 12, 3},
    {NULL, 0, 0},
};
static const struct reg_field remap_fields[] = {{"REMAP", 5, 24}, {"RMPSPT", 29, 1}, {NULL, 0, 0}};
static const struct reg_field comp_fields[] = {
    {"ENABLE", 0, 1}, {"COMP", 2, 27}, {"REPLACE", 30, 2}, {NULL, 0, 0},
};

/* clang-format off */
#define COMP(n) \
    [FPB_COMP0 + n] = {.name = "COMP" #n, .offset = 0x08 + 4 * n, .width = 32, .access = 4, \
                       .readable = UINT32_MAX, \
                       .writable = COMP_WRITABLE, .fields = comp_fields}

static const struct reg fpb_regs[FPB_REGS] = {
    [FPB_CTRL] = {.name = "CTRL", .offset = 0x00, .width = 32, .access = 4, .readable = UINT32_MAX,
                  .reset = 0x260, .writable = CTRL_ENABLE, .action = CTRL_KEY,
                  .fields = ctrl_fields},
    [FPB_REMAP] = {.name = "REMAP", .offset = 0x04, .width = 32, .access = 4,
                   .readable = UINT32_MAX,
                   .reset = 0x20000000, .writable = 0x1FFFFFE0, .fields = remap_fields},
    COMP(0), COMP(1), COMP(2), COMP(3), COMP(4), COMP(5), COMP(6), COMP(7),
    COMPONENT_IDS(FPB_IDS, 0xFD0, 0x03, 0xB0, 0x2B, 0x04, 0xE0),
};
/* clang-format on */

const struct device_ops fpb_ops = {
    .name = "armv7m_fpb",
    .regs = fpb_regs,
    .reg_count = FPB_REGS,
    .state_size = sizeof(struct fpb),
    .keeps_over_reset = true,
    .write = fpb_write,
};
