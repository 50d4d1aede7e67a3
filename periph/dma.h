/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DMA controllers. Requests are levels, one input for each wire that reaches a stream; what needs to be
 * told that its request was served (timers, DAC) listens to the output of the same number.
 */
#ifndef PERIPH_DMA_H
#define PERIPH_DMA_H

#include <stdbool.h>
#include <stdint.h>

/* F1: seven channels, which the manual numbers from 1. At most ten requests share a channel. */
enum { DMA_V1_CHANNELS = 7, DMA_V1_WIRES = 10 };

/* Number of the input and of the acknowledging output for wire 0 to 9 of channel 1 to 7. */
#define DMA_V1_LINE(channel, wire) (((channel) - 1) * DMA_V1_WIRES + (wire))

/* Outputs that pulse when one item of a round is left, and after the last one. */
#define DMA_V1_ONE_LEFT(channel, wire) (DMA_V1_LINE(channel, wire) + DMA_V1_CHANNELS * DMA_V1_WIRES)
#define DMA_V1_LAST(channel, wire) (DMA_V1_ONE_LEFT(channel, wire) + DMA_V1_CHANNELS * DMA_V1_WIRES)

/* F2 and F4: eight streams of eight channels each. At most three requests share a channel. */
enum { DMA_V2_STREAMS = 8, DMA_V2_CHANNELS = 8, DMA_V2_WIRES = 3 };

/* Number of the input and of the acknowledging output for wire 0 to 2 of a stream's channel. */
#define DMA_V2_LINE(stream, channel, wire) (((stream) * DMA_V2_CHANNELS + (channel)) * DMA_V2_WIRES + (wire))

/* Output that pulses with the last item of a round, for those who stop asking then (ADC). */
#define DMA_V2_LAST(stream, channel, wire)                                                         \
    (DMA_V2_LINE(stream, channel, wire) + DMA_V2_STREAMS * DMA_V2_CHANNELS * DMA_V2_WIRES)

/* Output that pulses when one item of a round is left (I2C, which answers the last byte otherwise). */
#define DMA_V2_ONE_LEFT(stream, channel, wire)                                                     \
    (DMA_V2_LAST(stream, channel, wire) + DMA_V2_STREAMS * DMA_V2_CHANNELS * DMA_V2_WIRES)

struct dma_v2_config {
    bool memory_to_memory;
    uint32_t port_base;         /* what the peripheral port reaches: from here */
    uint32_t port_last;         /* to here */
};

#endif
