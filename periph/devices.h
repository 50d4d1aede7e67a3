/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The device models that have no header of their own for their operations, for the chip tables. */
#ifndef PERIPH_DEVICES_H
#define PERIPH_DEVICES_H

#include "core/device.h"

extern const struct device_ops bkpsram_ops;
extern const struct device_ops dbgmcu_ops;
extern const struct device_ops exti_v1_ops;
extern const struct device_ops flash_v2_ops;
extern const struct device_ops gpio_v2_ops;
extern const struct device_ops pwr_f4_ops;
extern const struct device_ops rcc_f4_ops;
extern const struct device_ops syscfg_f4_ops;

#endif
