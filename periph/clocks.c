/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of the clocks. See clocks.h. */
#include "periph/clocks.h"

_Static_assert((int)CLOCK_STM32_END <= (int)CLOCK_MAX, "the core has room for every clock");

const char *const stm32_clock_names[CLOCK_MAX] = {
    [CLOCK_CORE] = "HCLK",     [CLOCK_SYSTICK_REF] = "SysTick", [CLOCK_SYSCLK] = "SYSCLK",
    [CLOCK_PCLK1] = "PCLK1",   [CLOCK_PCLK2] = "PCLK2",         [CLOCK_TIMER1] = "TIMCLK1",
    [CLOCK_TIMER2] = "TIMCLK2", [CLOCK_HSI] = "HSI",            [CLOCK_HSE] = "HSE",
    [CLOCK_LSI] = "LSI",       [CLOCK_LSE] = "LSE",             [CLOCK_PLL] = "PLL",
    [CLOCK_PLL48] = "PLL48",   [CLOCK_PLLI2S] = "PLLI2S",       [CLOCK_RTC] = "RTC",
    [CLOCK_MCO1] = "MCO1",     [CLOCK_MCO2] = "MCO2",
};
