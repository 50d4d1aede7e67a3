/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdbstub/arm_features.h"

#define LENGTH(table) ((unsigned)(sizeof(table) / sizeof *(table)))

/* clang-format off */
static const struct target_register m_profile[] = {
    { "r0", 4, false, "int", "general" },
    { "r1", 4, false, "int", "general" },
    { "r2", 4, false, "int", "general" },
    { "r3", 4, false, "int", "general" },
    { "r4", 4, false, "int", "general" },
    { "r5", 4, false, "int", "general" },
    { "r6", 4, false, "int", "general" },
    { "r7", 4, false, "int", "general" },
    { "r8", 4, false, "int", "general" },
    { "r9", 4, false, "int", "general" },
    { "r10", 4, false, "int", "general" },
    { "r11", 4, false, "int", "general" },
    { "r12", 4, false, "int", "general" },
    { "sp", 4, true, "data_ptr", "general" },
    { "lr", 4, true, "int", "general" },
    { "pc", 4, true, "code_ptr", "general" },
    { "xpsr", 4, true, "int", "general" },
};

static const struct target_register m_system[] = {
    { "msp", 4, false, "data_ptr", "system" },
    { "psp", 4, false, "data_ptr", "system" },
    { "primask", 4, false, "int", "system" },
    { "basepri", 4, false, "int", "system" },
    { "faultmask", 4, false, "int", "system" },
    { "control", 4, false, "int", "system" },
};

static const struct target_register vfp[] = {
    { "d0", 8, false, "ieee_double", "float" },
    { "d1", 8, false, "ieee_double", "float" },
    { "d2", 8, false, "ieee_double", "float" },
    { "d3", 8, false, "ieee_double", "float" },
    { "d4", 8, false, "ieee_double", "float" },
    { "d5", 8, false, "ieee_double", "float" },
    { "d6", 8, false, "ieee_double", "float" },
    { "d7", 8, false, "ieee_double", "float" },
    { "d8", 8, false, "ieee_double", "float" },
    { "d9", 8, false, "ieee_double", "float" },
    { "d10", 8, false, "ieee_double", "float" },
    { "d11", 8, false, "ieee_double", "float" },
    { "d12", 8, false, "ieee_double", "float" },
    { "d13", 8, false, "ieee_double", "float" },
    { "d14", 8, false, "ieee_double", "float" },
    { "d15", 8, false, "ieee_double", "float" },
    { "fpscr", 4, false, "int", "float" },
};
/* clang-format on */

const struct target_feature arm_feature_m_profile = {"org.gnu.gdb.arm.m-profile", m_profile,
                                                     LENGTH(m_profile)};
const struct target_feature arm_feature_m_system = {"org.gnu.gdb.arm.m-system", m_system,
                                                    LENGTH(m_system)};
const struct target_feature arm_feature_vfp = {"org.gnu.gdb.arm.vfp", vfp, LENGTH(vfp)};

_Static_assert(LENGTH(m_profile) == ARM_REG_MSP, "numbers follow the tables");
_Static_assert(LENGTH(m_profile) + LENGTH(m_system) == ARM_REG_D0, "numbers follow the tables");
_Static_assert(ARM_REG_D0 + LENGTH(vfp) == ARM_REG_COUNT, "numbers follow the tables");
