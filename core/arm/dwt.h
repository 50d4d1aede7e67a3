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

/* For an engine that looks no further: the addresses [*first, *last] whose accesses comparator `n` may report;
 * false: none. (With CHECK_DATA.) */
enum { DWT_COMPARATORS = 4 };
bool dwt_may_report(const struct cpu *c, unsigned n, bool write, uint32_t *first, uint32_t *last);

/* Whether dwt_pc does anything for the instruction at `pc` but look for a step of the debug monitor. */
bool dwt_minds(const struct cpu *c, uint32_t pc);

#endif
