/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Digital-to-analog converter with two channels. The chip row's clock is PCLK1; one interrupt output, no
 * config.
 */
#ifndef PERIPH_DAC_V1_H
#define PERIPH_DAC_V1_H

#include <stdbool.h>
#include <stdint.h>

struct device;

enum { DAC_V1_CHANNELS = 2 };

enum dac_v1_input {
    DAC_V1_IN_TRIGGER,                      /* TSEL 0, the others follow to 6; 7 is the software's */
    DAC_V1_IN_ACK1 = DAC_V1_IN_TRIGGER + 7, /* DMA has served the channel's request */
    DAC_V1_IN_ACK2,
    DAC_V1_INPUTS
};

enum dac_v1_output {
    DAC_V1_OUT_DMA1,                        /* requests: levels until they are acknowledged */
    DAC_V1_OUT_DMA2,
    DAC_V1_OUTPUTS
};

/* Whether the channel (0 or 1) of the DAC `d` drives its pin, and then with how many microvolts. */
bool dac_v1_drives(const struct device *d, unsigned channel, uint32_t *microvolts);

#endif
