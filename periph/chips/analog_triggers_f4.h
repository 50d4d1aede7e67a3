/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What starts the analog blocks of F2 and F4 (RM0090 tables 68, 69 and 74), as rows of a chip's routes. */
#ifndef PERIPH_CHIPS_ANALOG_TRIGGERS_F4_H
#define PERIPH_CHIPS_ANALOG_TRIGGERS_F4_H

#include "periph/adc_v2.h"
#include "periph/dac_v1.h"
#include "periph/exti_v1.h"
#include "periph/timer.h"

/* clang-format off */
#define ADC_TRIGGERS(adc)                                                                          \
    {"TIM1", TIMER_OUT_OC1, adc, ADC_V2_IN_REGULAR + 0, 1},                                        \
    {"TIM1", TIMER_OUT_OC2, adc, ADC_V2_IN_REGULAR + 1, 1},                                        \
    {"TIM1", TIMER_OUT_OC3, adc, ADC_V2_IN_REGULAR + 2, 1},                                        \
    {"TIM2", TIMER_OUT_OC2, adc, ADC_V2_IN_REGULAR + 3, 1},                                        \
    {"TIM2", TIMER_OUT_OC3, adc, ADC_V2_IN_REGULAR + 4, 1},                                        \
    {"TIM2", TIMER_OUT_OC4, adc, ADC_V2_IN_REGULAR + 5, 1},                                        \
    {"TIM2", TIMER_OUT_TRGO, adc, ADC_V2_IN_REGULAR + 6, 1},                                       \
    {"TIM3", TIMER_OUT_OC1, adc, ADC_V2_IN_REGULAR + 7, 1},                                        \
    {"TIM3", TIMER_OUT_TRGO, adc, ADC_V2_IN_REGULAR + 8, 1},                                       \
    {"TIM4", TIMER_OUT_OC4, adc, ADC_V2_IN_REGULAR + 9, 1},                                        \
    {"TIM5", TIMER_OUT_OC1, adc, ADC_V2_IN_REGULAR + 10, 1},                                       \
    {"TIM5", TIMER_OUT_OC2, adc, ADC_V2_IN_REGULAR + 11, 1},                                       \
    {"TIM5", TIMER_OUT_OC3, adc, ADC_V2_IN_REGULAR + 12, 1},                                       \
    {"TIM8", TIMER_OUT_OC1, adc, ADC_V2_IN_REGULAR + 13, 1},                                       \
    {"TIM8", TIMER_OUT_TRGO, adc, ADC_V2_IN_REGULAR + 14, 1},                                      \
    {"EXTI", EXTI_OUT_LINE(11), adc, ADC_V2_IN_REGULAR + 15, 1},                                   \
    {"TIM1", TIMER_OUT_OC4, adc, ADC_V2_IN_INJECTED + 0, 1},                                       \
    {"TIM1", TIMER_OUT_TRGO, adc, ADC_V2_IN_INJECTED + 1, 1},                                      \
    {"TIM2", TIMER_OUT_OC1, adc, ADC_V2_IN_INJECTED + 2, 1},                                       \
    {"TIM2", TIMER_OUT_TRGO, adc, ADC_V2_IN_INJECTED + 3, 1},                                      \
    {"TIM3", TIMER_OUT_OC2, adc, ADC_V2_IN_INJECTED + 4, 1},                                       \
    {"TIM3", TIMER_OUT_OC4, adc, ADC_V2_IN_INJECTED + 5, 1},                                       \
    {"TIM4", TIMER_OUT_OC1, adc, ADC_V2_IN_INJECTED + 6, 1},                                       \
    {"TIM4", TIMER_OUT_OC2, adc, ADC_V2_IN_INJECTED + 7, 1},                                       \
    {"TIM4", TIMER_OUT_OC3, adc, ADC_V2_IN_INJECTED + 8, 1},                                       \
    {"TIM4", TIMER_OUT_TRGO, adc, ADC_V2_IN_INJECTED + 9, 1},                                      \
    {"TIM5", TIMER_OUT_OC4, adc, ADC_V2_IN_INJECTED + 10, 1},                                      \
    {"TIM5", TIMER_OUT_TRGO, adc, ADC_V2_IN_INJECTED + 11, 1},                                     \
    {"TIM8", TIMER_OUT_OC2, adc, ADC_V2_IN_INJECTED + 12, 1},                                      \
    {"TIM8", TIMER_OUT_OC3, adc, ADC_V2_IN_INJECTED + 13, 1},                                      \
    {"TIM8", TIMER_OUT_OC4, adc, ADC_V2_IN_INJECTED + 14, 1},                                      \
    {"EXTI", EXTI_OUT_LINE(15), adc, ADC_V2_IN_INJECTED + 15, 1}

#define DAC_TRIGGERS                                                                               \
    {"TIM6", TIMER_OUT_TRGO, "DAC", DAC_V1_IN_TRIGGER + 0, 1},                                     \
    {"TIM8", TIMER_OUT_TRGO, "DAC", DAC_V1_IN_TRIGGER + 1, 1},                                     \
    {"TIM7", TIMER_OUT_TRGO, "DAC", DAC_V1_IN_TRIGGER + 2, 1},                                     \
    {"TIM5", TIMER_OUT_TRGO, "DAC", DAC_V1_IN_TRIGGER + 3, 1},                                     \
    {"TIM2", TIMER_OUT_TRGO, "DAC", DAC_V1_IN_TRIGGER + 4, 1},                                     \
    {"TIM4", TIMER_OUT_TRGO, "DAC", DAC_V1_IN_TRIGGER + 5, 1},                                     \
    {"EXTI", EXTI_OUT_LINE(9), "DAC", DAC_V1_IN_TRIGGER + 6, 1}
/* clang-format on */

#endif
