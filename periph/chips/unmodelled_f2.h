/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks of STM32F2 that only have a register table and differ from the F4's. */
#ifndef PERIPH_CHIPS_UNMODELLED_F2_H
#define PERIPH_CHIPS_UNMODELLED_F2_H

#include "core/device.h"

extern const struct device_ops unmodelled_f2_rtc_ops;

#endif
