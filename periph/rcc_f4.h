/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reset and clock control of STM32F2 and F4: its buses. */
#ifndef PERIPH_RCC_F4_H
#define PERIPH_RCC_F4_H

#include "periph/rcc.h"

/* In the order of the reset and enable registers as rcc_f4.c numbers them. */
enum rcc_bus { RCC_AHB1, RCC_AHB2, RCC_AHB3, RCC_APB1, RCC_APB2, RCC_BUSES };

extern const struct rcc_family rcc_f4_family;

#endif
