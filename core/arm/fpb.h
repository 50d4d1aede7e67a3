/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flash patch and breakpoint: Arm ARM C1.11. */
#ifndef CORE_ARM_FPB_H
#define CORE_ARM_FPB_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arm/cpu.h"
#include "core/device.h"

extern const struct device_ops fpb_ops;

/* Whether any comparator is a breakpoint. */
bool fpb_armed(const struct cpu *c);

/* Whether one stands at `pc`. */
bool fpb_breaks_at(const struct cpu *c, uint32_t pc);

/* Whether the instruction at `pc` may execute: false at a breakpoint, when a fault was raised or
 * the core stops. A breakpoint that nobody can take is passed (C1.3.1). */
bool fpb_permits(struct cpu *c, uint32_t pc);

#endif
