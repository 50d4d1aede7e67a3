/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Floating-point context: Arm ARM B1.5.7, B3.2.21 to B3.2.23, A2.5 (ExecuteFPCheck,
 * PreserveFPState). Arithmetic is in fparith.c.
 *
 * A fault of lazy preservation that can be taken at once leaves LSPACT set, so that the instruction
 * preserves again when the handler has returned; one that cannot is pended and the old state is
 * lost. Preservation leaves the registers unknown: FPSCR is 0 then, so that a new context begins
 * with FPDSCR.
 */
#include "core/arm/fpu.h"

#include <string.h>

#include "core/arm/coredebug.h"
#include "core/arm/exception.h"
#include "core/arm/fparith.h"
#include "core/arm/nvic.h"
#include "core/arm/scb.h"
#include "core/env.h"

enum fpu_reg { FPU_FPCCR, FPU_FPCAR, FPU_FPDSCR, FPU_MVFR0, FPU_MVFR1, FPU_REGS };

#define FPCCR_LSPACT (1u << 0)
#define FPCCR_USER   (1u << 1)
#define FPCCR_THREAD (1u << 3)
#define FPCCR_HFRDY  (1u << 4)
#define FPCCR_MMRDY  (1u << 5)
#define FPCCR_BFRDY  (1u << 6)
#define FPCCR_MONRDY (1u << 8)
#define FPCCR_LSPEN  (1u << 30)
#define FPCCR_ASPEN  (1u << 31)
#define FPCCR_FRAME  (FPCCR_LSPACT | FPCCR_USER | FPCCR_THREAD | FPCCR_HFRDY | FPCCR_MMRDY | \
                      FPCCR_BFRDY | FPCCR_MONRDY)

#define FPDSCR_MASK (FPSCR_AHP | FPSCR_DN | FPSCR_FZ | FPSCR_RMODE)

struct fpu {
    uint32_t reg[FPU_REGS];
};

static struct fpu *fpu_of(const struct cpu *c)
{
    return c->fpu->state;
}

bool fpu_lazy(const struct cpu *c)
{
    return fpu_of(c)->reg[FPU_FPCCR] & FPCCR_LSPEN;
}

bool fpu_preservation_pending(const struct cpu *c)
{
    return fpu_of(c)->reg[FPU_FPCCR] & FPCCR_LSPACT;
}

void fpu_drop_preservation(struct cpu *c)
{
    fpu_of(c)->reg[FPU_FPCCR] &= ~FPCCR_LSPACT;
}

/* ---- reserving a frame ---- */

void fpu_reserve_frame(struct cpu *c, uint32_t address)
{
    struct fpu *f = fpu_of(c);

    f->reg[FPU_FPCAR] = address & ~7u;
    f->reg[FPU_FPCCR] &= ~FPCCR_FRAME;
    f->reg[FPU_FPCCR] |= FPCCR_LSPACT | (cpu_privileged(c) ? 0 : FPCCR_USER) |
                         (c->s->ipsr ? 0 : FPCCR_THREAD) | (cpu_priority(c) > -1 ? FPCCR_HFRDY : 0) |
                         (exception_could_preempt(c, EXC_MEMMANAGE) ? FPCCR_MMRDY : 0) |
                         (exception_could_preempt(c, EXC_BUSFAULT) ? FPCCR_BFRDY : 0) |
                         (exception_could_preempt(c, EXC_DEBUGMON) ? FPCCR_MONRDY : 0);
}

/* ---- preserving ---- */

/* Escalation follows what FPCCR remembers, not the priority now. True: the FP instruction goes on. */
static bool preservation_failed(struct cpu *c, bool mpu_fault)
{
    uint32_t fpccr = fpu_of(c)->reg[FPU_FPCCR];
    unsigned exception = mpu_fault ? EXC_MEMMANAGE : EXC_BUSFAULT;
    bool ready = fpccr & (mpu_fault ? FPCCR_MMRDY : FPCCR_BFRDY);

    exception_record(c, mpu_fault ? FAULT_MLSPERR : FAULT_LSPERR, 0);
    if (!ready && !(fpccr & FPCCR_HFRDY)) {
        exception_lockup(c, "lazy stacking failed, and HardFault cannot preempt");
        c->attention |= ATTN_FAULT;
        return false;
    }
    if (!ready) {
        exception = EXC_HARDFAULT;
        scb_of(c)->reg[SCB_HFSR] |= HFSR_FORCED;
    }
    nvic_pend(c, exception);
    if (nvic_group_priority(c, exception) < cpu_priority(c)) {
        c->attention |= ATTN_FAULT;
        return false;
    }
    fpu_drop_preservation(c);
    return true;
}

enum { PRESERVED = 17 };

static void note_preserved(struct cpu *c, uint32_t address)
{
    uint32_t words[PRESERVED];

    memcpy(words, c->s->s, sizeof words - sizeof *words);
    words[PRESERVED - 1] = c->s->fpscr;
    cpu_transfer_note(c, address, PRESERVED, words);
}

static bool preserve(struct cpu *c)
{
    const struct fpu *f = fpu_of(c);
    bool privileged = !(f->reg[FPU_FPCCR] & FPCCR_USER), mpu_fault;
    uint32_t address = f->reg[FPU_FPCAR];

    note_preserved(c, address);
    for (unsigned i = 0; i < 16; i++)
        if (!cpu_stack_store(c, address + 4 * i, privileged, c->s->s[i], &mpu_fault))
            return preservation_failed(c, mpu_fault);
    if (!cpu_stack_store(c, address + 4 * 16, privileged, c->s->fpscr, &mpu_fault))
        return preservation_failed(c, mpu_fault);
    fpu_drop_preservation(c);
    c->s->fpscr = 0;
    c->cost += CYCLES_FP_FRAME;
    return true;
}

void cpu_set_fpscr(struct cpu *c, uint32_t value)
{
    c->s->fpscr = value & FPSCR_ALL;
}

bool cpu_fp_ready(const struct cpu *c)
{
    uint32_t fpccr;

    if (!c->has_fpu || !scb_fpu_enabled(c))
        return false;
    fpccr = fpu_of(c)->reg[FPU_FPCCR];
    return !(fpccr & FPCCR_LSPACT) && (!(fpccr & FPCCR_ASPEN) || c->s->control & CONTROL_FPCA);
}

bool cpu_fp_check(struct cpu *c)
{
    struct fpu *f;

    if (!c->has_fpu || !scb_fpu_enabled(c))
        return cpu_fault(c, FAULT_NOCP, 0);
    f = fpu_of(c);
    if (f->reg[FPU_FPCCR] & FPCCR_LSPACT && !preserve(c))
        return false;
    if (f->reg[FPU_FPCCR] & FPCCR_ASPEN && !(c->s->control & CONTROL_FPCA)) {
        c->s->fpscr = (c->s->fpscr & ~FPDSCR_MASK) | f->reg[FPU_FPDSCR];
        c->s->control |= CONTROL_FPCA;
    }
    return true;
}

/* ---- the device ---- */

static const struct reg_field fpccr_fields[] = {
    {"LSPACT", 0, 1}, {"USER", 1, 1}, {"THREAD", 3, 1}, {"HFRDY", 4, 1}, {"MMRDY", 5, 1},
    {"BFRDY", 6, 1}, {"MONRDY", 8, 1}, {"LSPEN", 30, 1}, {"ASPEN", 31, 1}, {NULL, 0, 0},
};
static const struct reg_field fpcar_fields[] = {{"ADDRESS", 3, 29}, {NULL, 0, 0}};
static const struct reg_field fpdscr_fields[] = {
    {"RMode", 22, 2}, {"FZ", 24, 1}, {"DN", 25, 1}, {"AHP", 26, 1}, {NULL, 0, 0},
};
static const struct reg_field mvfr0_fields[] = {
    {"A_SIMD_registers", 0, 4}, {"Single_precision", 4, 4}, {"Double_precision", 8, 4},
    {"FP_exception_trapping", 12, 4}, {"Divide", 16, 4}, {"Square_root", 20, 4},
    {"Short_vectors", 24, 4}, {"FP_rounding_modes", 28, 4}, {NULL, 0, 0},
};
static const struct reg_field mvfr1_fields[] = {
    {"FtZ_mode", 0, 4}, {"D_NaN_mode", 4, 4}, {"FP_HPFP", 24, 4}, {"FP_fused_MAC", 28, 4},
    {NULL, 0, 0},
};

static const struct reg fpu_regs[FPU_REGS] = {
    [FPU_FPCCR] = {.name = "FPCCR", .offset = 0x00, .width = 32, .access = 4,
                   .readable = UINT32_MAX,
                   .reset = FPCCR_ASPEN | FPCCR_LSPEN,
                   .writable = FPCCR_ASPEN | FPCCR_LSPEN | FPCCR_FRAME,
                   .fields = fpccr_fields},
    [FPU_FPCAR] = {.name = "FPCAR", .offset = 0x04, .width = 32, .access = 4,
                   .readable = UINT32_MAX,
                   .writable = 0xFFFFFFF8, .fields = fpcar_fields},
    [FPU_FPDSCR] = {.name = "FPDSCR", .offset = 0x08, .width = 32, .access = 4,
                    .readable = UINT32_MAX,
                    .writable = FPDSCR_MASK, .fields = fpdscr_fields},
    [FPU_MVFR0] = {.name = "MVFR0", .offset = 0x0C, .width = 32, .access = 4,
                   .readable = UINT32_MAX,
                   .reset = 0x10110021, .fields = mvfr0_fields},
    [FPU_MVFR1] = {.name = "MVFR1", .offset = 0x10, .width = 32, .access = 4,
                   .readable = UINT32_MAX,
                   .reset = 0x11000011, .fields = mvfr1_fields},
};

const struct device_ops fpu_ops = {
    .name = "armv7m_fpu",
    .regs = fpu_regs,
    .reg_count = FPU_REGS,
    .state_size = sizeof(struct fpu),
};
