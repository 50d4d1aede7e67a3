/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reset and clock control of the STM32F100: its buses. */
#ifndef PERIPH_RCC_F1_H
#define PERIPH_RCC_F1_H

#include "periph/rcc.h"

/* In the order of the reset and enable registers as rcc_f1.c numbers them. */
enum rcc_f1_bus { RCC_F1_APB2, RCC_F1_APB1, RCC_F1_AHB, RCC_F1_BUSES };

extern const struct rcc_family rcc_f1_family;

#endif
