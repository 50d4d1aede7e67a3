/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory protection unit (PMSAv7): Arm ARM B3.5. mpu_check() is declared in cpu.h. */
#ifndef CORE_ARM_MPU_H
#define CORE_ARM_MPU_H

#include <stdint.h>

#include "core/arm/cpu.h"
#include "core/device.h"

enum { MPU_REGIONS = 8 };

enum mpu_reg {
    MPU_TYPE, MPU_CTRL, MPU_RNR, MPU_RBAR, MPU_RASR, MPU_RBAR_A1, MPU_RASR_A1, MPU_RBAR_A2,
    MPU_RASR_A2, MPU_RBAR_A3, MPU_RASR_A3, MPU_REGS
};

struct mpu {
    uint32_t reg[MPU_REGS];
    uint32_t rbar[MPU_REGIONS];     /* ADDR alone */
    uint32_t rasr[MPU_REGIONS];
};

extern const struct device_ops mpu_ops;

/* A stretch of addresses around `address`, [*base, *last], in which mpu_check answers the same for
 * all accesses of a kind as long as registers, privilege and active exceptions stay. (Outside of
 * the private peripheral bus.) Multiples of 32 bytes. */
void mpu_stretch(const struct cpu *c, uint32_t address, uint32_t *base, uint32_t *last);

/* Whether the MPU's regions apply now: it is on, and HFNMIENA does not except the active handler. */
bool mpu_in_force(const struct cpu *c);

/* The addresses of region `n`, [*base, *last]; false if it is off. */
bool mpu_region(const struct mpu *m, unsigned n, uint32_t *base, uint32_t *last);

/* Tells the CPU whether data accesses need mpu_check. */
void mpu_derive(struct cpu *c);

#endif
