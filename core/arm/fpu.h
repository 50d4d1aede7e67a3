/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floating-point context: FPCCR, FPCAR, FPDSCR and lazy preservation. Arm ARM B1.5.7, B3.2.21 to
 * B3.2.23. */
#ifndef CORE_ARM_FPU_H
#define CORE_ARM_FPU_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arm/cpu.h"
#include "core/device.h"

extern const struct device_ops fpu_ops;

/* Whether an exception entry only reserves room for the FP registers (FPCCR.LSPEN). */
bool fpu_lazy(const struct cpu *c);

/* UpdateFPCCR: the registers belong at `address` once somebody uses the FPU. To be called before
 * the mode changes: FPCCR remembers privilege and priority of the code that owns the registers. */
void fpu_reserve_frame(struct cpu *c, uint32_t address);

/* FPCCR.LSPACT. */
bool fpu_preservation_pending(const struct cpu *c);
void fpu_drop_preservation(struct cpu *c);

#endif
