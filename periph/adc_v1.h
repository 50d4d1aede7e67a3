/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Analog-to-digital converter of F1. The chip row's clock is CLOCK_ADC_HALVES; one interrupt output, no
 * config. Its port takes IO_ANALOG records (io.h): channel 0 to 17 and the voltage at it.
 */
#ifndef PERIPH_ADC_V1_H
#define PERIPH_ADC_V1_H

enum adc_v1_input {
    ADC_V1_IN_REGULAR,                              /* EXTSEL 0, the others follow to 6; 7 is the software's */
    ADC_V1_IN_INJECTED = ADC_V1_IN_REGULAR + 7,     /* JEXTSEL 0 */
    ADC_V1_INPUTS = ADC_V1_IN_INJECTED + 7
};

enum adc_v1_output {
    ADC_V1_OUT_DMA,                                 /* request level */
    ADC_V1_OUTPUTS
};

#endif
