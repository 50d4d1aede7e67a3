/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system timer: Arm ARM B3.3. */
#ifndef CORE_ARM_SYSTICK_H
#define CORE_ARM_SYSTICK_H

#include "core/device.h"

extern const struct device_ops systick_ops;

#endif
