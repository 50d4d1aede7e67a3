/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instrumentation trace: Arm ARM C1.7. And the trace port it leaves through: C1.10. */
#ifndef CORE_ARM_ITM_H
#define CORE_ARM_ITM_H

#include "core/device.h"

extern const struct device_ops itm_ops, tpiu_ops;

#endif
