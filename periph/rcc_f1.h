/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reset and clock control of the STM32F100: what the chip table needs. No config. */
#ifndef PERIPH_RCC_F1_H
#define PERIPH_RCC_F1_H

/* In the order of the reset and enable registers as rcc_f1.c numbers them. */
enum rcc_f1_bus { RCC_F1_APB2, RCC_F1_APB1, RCC_F1_AHB, RCC_F1_BUSES };

/* The number of a clock gate or reset line: bit `bit` of the bus's ENR or RSTR register. */
#define RCC_F1_LINE(bus, bit) ((bus) * 32 + (bit))

enum rcc_f1_input {
    RCC_F1_IN_DBP,          /* PWR_CR.DBP: the backup domain may be written */
    RCC_F1_IN_LSI_REQUEST,  /* the independent watchdog runs and forces LSI on */
    RCC_F1_IN_IWDG_RESET,   /* causes of the reset that follows */
    RCC_F1_IN_WWDG_RESET,
    RCC_F1_INPUTS
};

enum rcc_f1_output {
    RCC_F1_OUT_NMI,         /* clock security system */
    RCC_F1_OUT_BDRST,       /* backup domain reset */
    RCC_F1_OUTPUTS
};

/* The input door takes bytes: the crystal on OSC_IN breaks, or runs again. */
enum rcc_f1_input_byte { RCC_F1_HSE_FAILS, RCC_F1_HSE_RECOVERS };

#endif
