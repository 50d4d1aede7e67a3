/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The exceptions' pending, active, enable and priority state, for the system exceptions and the
 * external interrupts alike, and the registers of the NVIC (Arm ARM B1.5, B3.4). Taking exceptions
 * is exception.c's business; ICSR, SHPR and SHCSR are views of this state in scb.c.
 */
#ifndef CORE_ARM_NVIC_H
#define CORE_ARM_NVIC_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arm/cpu.h"
#include "core/device.h"

enum {
    NVIC_LINES = 96,            /* external interrupts that the register table covers */
    NVIC_WORDS = (EXC_IRQ0 + NVIC_LINES + 31) / 32,
    NVIC_GROUP_REGS = 13,       /* per 32 lines: ISER, ICER, ISPR, ICPR, IABR, 8 x IPR */
    NVIC_REGS = NVIC_LINES / 32 * NVIC_GROUP_REGS
};

/* Bit sets by exception number. */
struct nvic {
    uint32_t reg[NVIC_REGS];            /* every register is computed from what follows */
    uint32_t pending[NVIC_WORDS];
    uint32_t active[NVIC_WORDS];
    uint32_t enabled[NVIC_WORDS];       /* the fixed exceptions always are */
    uint32_t level[NVIC_WORDS];         /* lines that are high now; resets leave them alone */
    uint8_t priority[32 * NVIC_WORDS];  /* as IPR and SHPR read it */
    uint32_t reserved;
    uint64_t entry_cycle;               /* end of the last exception entry: late arrival */
};

extern const struct device_ops nvic_64_ops, nvic_96_ops;

/* The level of an exception's line: NMI or an external interrupt. A rising level pends it; while it
 * stays high it pends again when its handler returns and when software clears the pending bit
 * (B3.4.1). */
void nvic_set_level(struct cpu *c, unsigned exception, bool level);

/* Pends an exception: with SCR.SEVONPEND that is an event, too. Then cpu_update. */
void nvic_pend(struct cpu *c, unsigned exception);
void nvic_unpend(struct cpu *c, unsigned exception);
void nvic_enable(struct cpu *c, unsigned exception, bool on);
void nvic_set_priority(struct cpu *c, unsigned exception, uint8_t priority);

/* From pending to active, and back to inactive; a line that is still high pends again. */
void nvic_activate(struct cpu *c, unsigned exception);
void nvic_deactivate(struct cpu *c, unsigned exception);

/* After a reset: lines that stayed high through it pend. */
void nvic_sample_levels(struct cpu *c);

bool nvic_pending(const struct cpu *c, unsigned exception);
bool nvic_active(const struct cpu *c, unsigned exception);
bool nvic_enabled(const struct cpu *c, unsigned exception);
bool nvic_level(const struct cpu *c, unsigned exception);
unsigned nvic_active_count(const struct cpu *c);
bool nvic_one_active(const struct cpu *c);      /* no more and no less */

/* Exceptions that exist: 16 + external interrupts. */
unsigned nvic_exceptions(const struct cpu *c);

/* Priority of an exception: -2 NMI, -1 HardFault, else 0..255; with its subpriority, and the group
 * part alone, which decides about preemption (B1.5.4). */
int nvic_priority(const struct cpu *c, unsigned exception);
int nvic_group_priority(const struct cpu *c, unsigned exception);
int nvic_group_part(const struct cpu *c, int priority);

/* The pending and enabled exception with the highest priority, masks or not; 0: none. */
unsigned nvic_highest_pending(const struct cpu *c);

/* Group priority of the active exceptions; 256: none. */
int nvic_active_priority(const struct cpu *c);

#endif
