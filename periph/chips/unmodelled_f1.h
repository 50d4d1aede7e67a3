/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks of STM32F1 that only have a register table. */
#ifndef PERIPH_CHIPS_UNMODELLED_F1_H
#define PERIPH_CHIPS_UNMODELLED_F1_H

#include "core/device.h"

extern const struct device_ops unmodelled_f1_cec_ops;

#endif
