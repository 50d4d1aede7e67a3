/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every device model, for the chip tables. */
#ifndef PERIPH_DEVICES_H
#define PERIPH_DEVICES_H

#include "core/device.h"

extern const struct device_ops bkpsram_ops;
extern const struct device_ops crc_v1_ops;
extern const struct device_ops dbgmcu_ops;
extern const struct device_ops exti_v1_ops;
extern const struct device_ops flash_v2_ops;
extern const struct device_ops gpio_v2_ops;
extern const struct device_ops iwdg_v1_ops;
extern const struct device_ops pwr_f4_ops;
extern const struct device_ops rcc_f4_ops;
extern const struct device_ops rng_v1_ops;
extern const struct device_ops syscfg_f4_ops;
extern const struct device_ops timer_basic_ops;
extern const struct device_ops timer_general_ops;
extern const struct device_ops uart_v2_ops;
extern const struct device_ops usart_v2_ops;

#endif
