/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What starts the analog blocks of F100 (RM0041 tables 62, 63 and 72), as rows of a chip's routes. */
#ifndef PERIPH_CHIPS_ANALOG_TRIGGERS_F1_H
#define PERIPH_CHIPS_ANALOG_TRIGGERS_F1_H

#include "periph/adc_v1.h"
#include "periph/dac_v1.h"
#include "periph/exti_v1.h"
#include "periph/timer.h"

/* clang-format off */
#define ANALOG_TRIGGERS_F1                                                                         \
    {"TIM1", TIMER_OUT_OC1, "ADC1", ADC_V1_IN_REGULAR + 0, 1},                                     \
    {"TIM1", TIMER_OUT_OC2, "ADC1", ADC_V1_IN_REGULAR + 1, 1},                                     \
    {"TIM1", TIMER_OUT_OC3, "ADC1", ADC_V1_IN_REGULAR + 2, 1},                                     \
    {"TIM2", TIMER_OUT_OC2, "ADC1", ADC_V1_IN_REGULAR + 3, 1},                                     \
    {"TIM3", TIMER_OUT_TRGO, "ADC1", ADC_V1_IN_REGULAR + 4, 1},                                    \
    {"TIM4", TIMER_OUT_OC4, "ADC1", ADC_V1_IN_REGULAR + 5, 1},                                     \
    {"EXTI", EXTI_OUT_LINE(11), "ADC1", ADC_V1_IN_REGULAR + 6, 1},                                 \
    {"TIM1", TIMER_OUT_TRGO, "ADC1", ADC_V1_IN_INJECTED + 0, 1},                                   \
    {"TIM1", TIMER_OUT_OC4, "ADC1", ADC_V1_IN_INJECTED + 1, 1},                                    \
    {"TIM2", TIMER_OUT_TRGO, "ADC1", ADC_V1_IN_INJECTED + 2, 1},                                   \
    {"TIM2", TIMER_OUT_OC1, "ADC1", ADC_V1_IN_INJECTED + 3, 1},                                    \
    {"TIM3", TIMER_OUT_OC4, "ADC1", ADC_V1_IN_INJECTED + 4, 1},                                    \
    {"TIM4", TIMER_OUT_TRGO, "ADC1", ADC_V1_IN_INJECTED + 5, 1},                                   \
    {"EXTI", EXTI_OUT_LINE(15), "ADC1", ADC_V1_IN_INJECTED + 6, 1},                                \
    {"TIM6", TIMER_OUT_TRGO, "DAC", DAC_V1_IN_TRIGGER + 0, 1},                                     \
    {"TIM3", TIMER_OUT_TRGO, "DAC", DAC_V1_IN_TRIGGER + 1, 1},                                     \
    {"TIM7", TIMER_OUT_TRGO, "DAC", DAC_V1_IN_TRIGGER + 2, 1},                                     \
    {"TIM15", TIMER_OUT_TRGO, "DAC", DAC_V1_IN_TRIGGER + 3, 1},                                    \
    {"TIM2", TIMER_OUT_TRGO, "DAC", DAC_V1_IN_TRIGGER + 4, 1},                                     \
    {"TIM4", TIMER_OUT_TRGO, "DAC", DAC_V1_IN_TRIGGER + 5, 1},                                     \
    {"EXTI", EXTI_OUT_LINE(9), "DAC", DAC_V1_IN_TRIGGER + 6, 1}
/* clang-format on */

#endif
