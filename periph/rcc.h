/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reset and clock control of STM32F1, F2 and F4: what the chip tables need. The buses' numbers are in
 * rcc_f1.h and rcc_f4.h. */
#ifndef PERIPH_RCC_H
#define PERIPH_RCC_H

#include <stdint.h>

struct rcc_family;

/* The number of a clock gate or reset line: bit `bit` of the bus's ENR or RSTR register. */
#define RCC_LINE(bus, bit) ((bus) * 32 + (bit))

enum rcc_input {
    RCC_IN_DBP,             /* PWR_CR.DBP: the backup domain may be written */
    RCC_IN_VOS_LOW,         /* the regulator is set to scale 2: lower limits */
    RCC_IN_LSI_REQUEST,     /* the independent watchdog runs and forces LSI on */
    RCC_IN_IWDG_RESET,      /* causes of the reset that follows */
    RCC_IN_WWDG_RESET,
    RCC_IN_BROWNOUT,
    RCC_IN_SLEEP,           /* level: the core sleeps, in Stop and Standby, too */
    RCC_IN_STOP,            /* level: Stop mode, all clocks but LSI and LSE stand still */
    RCC_IN_STANDBY,         /* level: Standby mode, all blocks but the backup domain and PWR are off */
    RCC_INPUTS
};

enum rcc_output {
    RCC_OUT_NMI,            /* clock security system */
    RCC_OUT_BDRST,          /* backup domain reset */
    RCC_OUTPUTS
};

/* The input door takes bytes: the crystal on OSC_IN breaks, or runs again. */
enum rcc_input_byte { RCC_HSE_FAILS, RCC_HSE_RECOVERS };

struct rcc_config {
    const struct rcc_family *family;    /* &rcc_f1_family or &rcc_f4_family */
    uint32_t sysclk_max[2];     /* Hz; [1] while RCC_IN_VOS_LOW */
    uint32_t pclk1_max, pclk2_max;
    uint32_t vco_min, vco_max;  /* F2 and F4, and the next line */
    uint16_t plln_min, plln_max;
};

#endif
