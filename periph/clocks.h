/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rates of the STM32 clock trees, beyond CLOCK_CORE (which is HCLK) and CLOCK_SYSTICK_REF. A family
 * leaves those that it does not have stopped.
 */
#ifndef PERIPH_CLOCKS_H
#define PERIPH_CLOCKS_H

#include "core/clock.h"

enum stm32_clock {
    CLOCK_SYSCLK = CLOCK_CHIP,
    CLOCK_PCLK1,
    CLOCK_PCLK2,
    CLOCK_TIMER1,       /* timers on APB1: PCLK1, doubled when APB1 is divided */
    CLOCK_TIMER2,       /* timers on APB2 */
    CLOCK_HSI,
    CLOCK_HSE,
    CLOCK_LSI,
    CLOCK_LSE,
    CLOCK_PLL,          /* the PLL's output for SYSCLK */
    CLOCK_PLL48,        /* USB OTG FS, SDIO, RNG */
    CLOCK_PLLI2S,
    CLOCK_RTC,          /* RTCCLK: stopped unless selected and enabled */
    CLOCK_HSE_RTC,      /* the HSE behind the RTC's prescaler */
    CLOCK_MCO1,         /* clock outputs; MCO1 is the only one of F1 */
    CLOCK_MCO2,
    CLOCK_ADC_HALVES,   /* F1: half cycles of ADCCLK, in which its conversions are counted */
    CLOCK_NS,           /* no wire of the chip: 1 GHz at all times, for delays in real time (delay.h) */
    CLOCK_STM32_END
};

/* For struct chip: names of the above; CLOCK_HSE_RTC, CLOCK_ADC_HALVES and CLOCK_NS have none,
 * as nobody wants to see them. */
extern const char *const stm32_clock_names[CLOCK_MAX];

#endif
