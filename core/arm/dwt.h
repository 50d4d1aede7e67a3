/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data watchpoint and trace: Arm ARM C1.8. The CPU's questions dwt_access() and dwt_pc() are in
 * cpu.h. */
#ifndef CORE_ARM_DWT_H
#define CORE_ARM_DWT_H

#include "core/arm/cpu.h"
#include "core/device.h"

extern const struct device_ops dwt_ops;

/* DEMCR.TRCENA may have changed: CYCCNT stands still without it. */
void dwt_trace_enabled(struct cpu *c);

/* Tells the CPU whether comparators of DWT or FPB watch anything. */
void dwt_derive(struct cpu *c);

#endif
