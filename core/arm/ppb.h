/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The private peripheral bus: the table of the core's own devices. Arm ARM B3.1.1, B3.2.2. */
#ifndef CORE_ARM_PPB_H
#define CORE_ARM_PPB_H

#include "core/arm/cpu.h"
#include "core/chip.h"

/* The core's own devices, ended by a NULL name; NULL for a core that no table describes (more
 * interrupts than NVIC_LINES). Regions cover the system control space without a gap, so that every
 * address in it answers; what no region covers in the rest of the private peripheral bus is a bus
 * error. ppb_permits() is declared in cpu.h. */
const struct chip_device *arm_core_devices(const struct chip_core *core);

/* ICTR and ACTLR. */
extern const struct device_ops ppb_aux_ops;

/* The flags in struct cpu that ACTLR decides about. */
void ppb_derive(struct cpu *c);

#endif
