/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Analog-to-digital converters of F2 and F4. The chip names them ADC1 to ADC3 and their common registers
 * ADC_Common; the clock of all rows is PCLK2. They share one interrupt line. A converter's port takes
 * IO_ANALOG records (io.h): channel 0 to 18 and the voltage at it.
 */
#ifndef PERIPH_ADC_V2_H
#define PERIPH_ADC_V2_H

#include <stdbool.h>

enum { ADC_V2_TRIGGERS = 16 };

enum adc_v2_input {
    ADC_V2_IN_REGULAR,                                              /* EXTSEL 0, the others follow */
    ADC_V2_IN_INJECTED = ADC_V2_IN_REGULAR + ADC_V2_TRIGGERS,       /* JEXTSEL 0 */
    ADC_V2_IN_DMA_LAST = ADC_V2_IN_INJECTED + ADC_V2_TRIGGERS,      /* the stream's last item has gone */
    ADC_V2_INPUTS
};

enum adc_v2_output {
    ADC_V2_OUT_DMA,         /* request level; that of ADC_Common is for the data of several converters */
    ADC_V2_OUTPUTS
};

struct adc_v2_config {
    unsigned number;        /* 1 to 3 */
    bool sensors;           /* channels 16 to 18: temperature, VREFINT, VBAT / 2 */
};

#endif
