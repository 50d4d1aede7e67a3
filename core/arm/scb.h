/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system control block: Arm ARM B3.2. */
#ifndef CORE_ARM_SCB_H
#define CORE_ARM_SCB_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arm/cpu.h"
#include "core/device.h"

enum scb_reg {
    SCB_CPUID, SCB_ICSR, SCB_VTOR, SCB_AIRCR, SCB_SCR, SCB_CCR, SCB_SHPR1, SCB_SHPR2, SCB_SHPR3,
    SCB_SHCSR, SCB_CFSR, SCB_HFSR, SCB_DFSR, SCB_MMFAR, SCB_BFAR, SCB_AFSR, SCB_PFR0, SCB_PFR1,
    SCB_DFR0, SCB_AFR0, SCB_MMFR0, SCB_MMFR1, SCB_MMFR2, SCB_MMFR3, SCB_ISAR0, SCB_ISAR1, SCB_ISAR2,
    SCB_ISAR3, SCB_ISAR4, SCB_CPACR, SCB_REGS
};

#define AIRCR_PRIGROUP_SHIFT 8

#define SCR_SLEEPONEXIT (1u << 1)
#define SCR_SLEEPDEEP   (1u << 2)
#define SCR_SEVONPEND   (1u << 4)

#define CCR_NONBASETHRDENA (1u << 0)
#define CCR_USERSETMPEND   (1u << 1)
#define CCR_UNALIGN_TRP    (1u << 3)
#define CCR_DIV_0_TRP      (1u << 4)
#define CCR_BFHFNMIGN      (1u << 8)
#define CCR_STKALIGN       (1u << 9)

/* CFSR: MMFSR, BFSR and UFSR (B3.2.15). */
#define CFSR_IACCVIOL    (1u << 0)
#define CFSR_DACCVIOL    (1u << 1)
#define CFSR_MUNSTKERR   (1u << 3)
#define CFSR_MSTKERR     (1u << 4)
#define CFSR_MLSPERR     (1u << 5)
#define CFSR_MMARVALID   (1u << 7)
#define CFSR_IBUSERR     (1u << 8)
#define CFSR_PRECISERR   (1u << 9)
#define CFSR_IMPRECISERR (1u << 10)
#define CFSR_UNSTKERR    (1u << 11)
#define CFSR_STKERR      (1u << 12)
#define CFSR_LSPERR      (1u << 13)
#define CFSR_BFARVALID   (1u << 15)
#define CFSR_UNDEFINSTR  (1u << 16)
#define CFSR_INVSTATE    (1u << 17)
#define CFSR_INVPC       (1u << 18)
#define CFSR_NOCP        (1u << 19)
#define CFSR_UNALIGNED   (1u << 24)
#define CFSR_DIVBYZERO   (1u << 25)

#define HFSR_VECTTBL  (1u << 1)
#define HFSR_FORCED   (1u << 30)
#define HFSR_DEBUGEVT (1u << 31)

#define DFSR_HALTED   (1u << 0)
#define DFSR_BKPT     (1u << 1)
#define DFSR_DWTTRAP  (1u << 2)
#define DFSR_VCATCH   (1u << 3)

/* Signal outputs, for the chip's power controller. */
enum scb_signal {
    SCB_SLEEPING,           /* WFI, WFE or sleep-on-exit */
    SCB_SLEEPDEEP,          /* the same with SCR.SLEEPDEEP */
    SCB_SIGNALS
};

struct scb {
    uint32_t reg[SCB_REGS];
    uint32_t vector_catch;  /* DEMCR.VC_* bits that the pended fault answers to */
    uint32_t fault_frame;   /* where the last fault exception stacked its frame, and */
    uint32_t fault_return;  /* its EXC_RETURN; 0: none since reset */
};

extern const struct device_ops scb_ops;

static inline struct scb *scb_of(const struct cpu *c)
{
    return c->scb->state;
}

/* The flags in struct cpu that CCR decides about. */
void scb_derive(struct cpu *c);

/* Whether CPACR lets the present mode use the FPU (B3.2.20). */
bool scb_fpu_enabled(const struct cpu *c);

/* Drives the sleep signals: after the core falls asleep or wakes. */
void scb_sleep_signals(struct cpu *c);

#endif
