/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The features of gdb's target descriptions for M-profile parts, ready for a target_description: names
 * and order as gdb wants them (gdb manual, "ARM Features"), nothing of what the registers do. A part
 * without an FPU leaves out arm_feature_vfp; v7-M has no secext.
 */
#ifndef GDBSTUB_ARM_FEATURES_H
#define GDBSTUB_ARM_FEATURES_H

#include "gdbstub/target.h"

extern const struct target_feature arm_feature_m_profile;   /* org.gnu.gdb.arm.m-profile */
extern const struct target_feature arm_feature_m_system;    /* org.gnu.gdb.arm.m-system */
extern const struct target_feature arm_feature_vfp;         /* org.gnu.gdb.arm.vfp */

/* Register numbers when the features stand in the order above. All are 4 bytes, d0..d15 8. */
enum arm_register {
    ARM_REG_R0 = 0,
    ARM_REG_SP = 13,
    ARM_REG_LR = 14,
    ARM_REG_PC = 15,
    ARM_REG_XPSR = 16,
    ARM_REG_MSP = 17,
    ARM_REG_PSP,
    ARM_REG_PRIMASK,
    ARM_REG_BASEPRI,
    ARM_REG_FAULTMASK,
    ARM_REG_CONTROL,
    ARM_REG_D0 = 23,
    ARM_REG_FPSCR = ARM_REG_D0 + 16,
    ARM_REG_COUNT
};

#endif
