/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks of STM32F4 that only have a register table. */
#ifndef PERIPH_CHIPS_UNMODELLED_F4_H
#define PERIPH_CHIPS_UNMODELLED_F4_H

#include "core/device.h"

extern const struct device_ops unmodelled_fsmc_ops;
extern const struct device_ops unmodelled_i2c_ops;
extern const struct device_ops unmodelled_spi_ops;

#endif
