/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The DMA requests of F100 (RM0041 table 57), as rows of a chip's routes. A part without DMA2 has those of
 * TIM6, TIM7 and the DAC on channels 3 and 4 whatever AFIO says. TIM1's first two channels have two places: AFIO
 * chooses.
 */
#ifndef PERIPH_CHIPS_DMA_REQUESTS_F1_H
#define PERIPH_CHIPS_DMA_REQUESTS_F1_H

#include "periph/adc_v1.h"
#include "periph/afio.h"
#include "periph/dac_v1.h"
#include "periph/dma.h"
#include "periph/i2c_v1.h"
#include "periph/spi_v1.h"
#include "periph/timer.h"
#include "periph/usart.h"

#define DMA_F1(channel, wire, from, output) {from, output, "DMA1", DMA_V1_LINE(channel, wire), 1}

/* Timers and the DAC hold a request until it is acknowledged. */
#define DMA_F1_TIMER(channel, wire, timer, request)                                                \
    {timer, TIMER_OUT_DMA_##request, "DMA1", DMA_V1_LINE(channel, wire), 1},                       \
    {"DMA1", DMA_V1_LINE(channel, wire), timer, TIMER_IN_ACK_##request, 1}

/* AFIO leads the request to one of two places, from which the acknowledgement comes. */
#define DMA_F1_TIM1_CC(n, channel, wire, channel_remapped, wire_remapped)                          \
    {"TIM1", TIMER_OUT_DMA_CC##n, "AFIO", AFIO_IN_TIM1_CC##n, 1},                                  \
    {"AFIO", AFIO_OUT_TIM1_CC##n, "DMA1", DMA_V1_LINE(channel, wire), 1},                          \
    {"DMA1", DMA_V1_LINE(channel, wire), "TIM1", TIMER_IN_ACK_CC##n, 1},                           \
    {"AFIO", AFIO_OUT_TIM1_CC##n##_REMAPPED, "DMA1", DMA_V1_LINE(channel_remapped, wire_remapped), 1}, \
    {"DMA1", DMA_V1_LINE(channel_remapped, wire_remapped), "TIM1", TIMER_IN_ACK_CC##n, 1}

#define DMA_F1_DAC(channel, wire, number)                                                          \
    {"DAC", DAC_V1_OUT_DMA##number, "DMA1", DMA_V1_LINE(channel, wire), 1},                        \
    {"DMA1", DMA_V1_LINE(channel, wire), "DAC", DAC_V1_IN_ACK##number, 1}

/* A checksum follows the channel's last item by itself. */
#define DMA_F1_SPI(channel, wire, spi, way)                                                        \
    DMA_F1(channel, wire, spi, SPI_OUT_DMA_##way),                                                 \
    {"DMA1", DMA_V1_LAST(channel, wire), spi, SPI_IN_DMA_##way##_LAST, 1}

/* clang-format off */
#define DMA_F1_REQUESTS_ADC                                                                        \
    DMA_F1(1, 0, "ADC1", ADC_V1_OUT_DMA)

#define DMA_F1_REQUESTS_DAC                                                                        \
    DMA_F1_DAC(3, 0, 1),                                                                           \
    DMA_F1_DAC(4, 0, 2)

#define DMA_F1_REQUESTS_I2C                                                                        \
    DMA_F1(4, 1, "I2C2", I2C_OUT_DMA_TX),                                                          \
    DMA_F1(5, 0, "I2C2", I2C_OUT_DMA_RX),                                                          \
    {"DMA1", DMA_V1_ONE_LEFT(5, 0), "I2C2", I2C_IN_DMA_LAST, 1},                                   \
    DMA_F1(6, 0, "I2C1", I2C_OUT_DMA_TX),                                                          \
    DMA_F1(7, 0, "I2C1", I2C_OUT_DMA_RX),                                                          \
    {"DMA1", DMA_V1_ONE_LEFT(7, 0), "I2C1", I2C_IN_DMA_LAST, 1}

#define DMA_F1_REQUESTS_SPI                                                                        \
    DMA_F1_SPI(2, 0, "SPI1", RX),                                                                  \
    DMA_F1_SPI(3, 1, "SPI1", TX),                                                                  \
    DMA_F1_SPI(4, 2, "SPI2", RX),                                                                  \
    DMA_F1_SPI(5, 1, "SPI2", TX)

#define DMA_F1_REQUESTS_TIMER                                                                      \
    DMA_F1_TIM1_CC(1, 2, 1, 6, 1),                                                                 \
    DMA_F1_TIM1_CC(2, 3, 2, 6, 2),                                                                 \
    DMA_F1_TIMER(1, 1, "TIM2", CC3),                                                               \
    DMA_F1_TIMER(1, 2, "TIM4", CC1),                                                               \
    DMA_F1_TIMER(2, 2, "TIM2", UP),                                                                \
    DMA_F1_TIMER(2, 3, "TIM3", CC3),                                                               \
    DMA_F1_TIMER(3, 3, "TIM3", CC4),                                                               \
    DMA_F1_TIMER(3, 4, "TIM3", UP),                                                                \
    DMA_F1_TIMER(3, 5, "TIM6", UP),                                                                \
    DMA_F1_TIMER(4, 3, "TIM1", CC4),                                                               \
    DMA_F1_TIMER(4, 4, "TIM1", COM),                                                               \
    DMA_F1_TIMER(4, 5, "TIM1", TRIG),                                                              \
    DMA_F1_TIMER(4, 6, "TIM4", CC2),                                                               \
    DMA_F1_TIMER(4, 7, "TIM7", UP),                                                                \
    DMA_F1_TIMER(5, 2, "TIM1", UP),                                                                \
    DMA_F1_TIMER(5, 3, "TIM15", CC1),                                                              \
    DMA_F1_TIMER(5, 4, "TIM15", COM),                                                              \
    DMA_F1_TIMER(5, 5, "TIM15", TRIG),                                                             \
    DMA_F1_TIMER(5, 6, "TIM15", UP),                                                               \
    DMA_F1_TIMER(5, 7, "TIM2", CC1),                                                               \
    DMA_F1_TIMER(5, 8, "TIM4", CC3),                                                               \
    DMA_F1_TIMER(6, 3, "TIM1", CC3),                                                               \
    DMA_F1_TIMER(6, 4, "TIM16", CC1),                                                              \
    DMA_F1_TIMER(6, 5, "TIM16", UP),                                                               \
    DMA_F1_TIMER(6, 6, "TIM3", CC1),                                                               \
    DMA_F1_TIMER(6, 7, "TIM3", TRIG),                                                              \
    DMA_F1_TIMER(7, 1, "TIM17", CC1),                                                              \
    DMA_F1_TIMER(7, 2, "TIM17", UP),                                                               \
    DMA_F1_TIMER(7, 3, "TIM2", CC2),                                                               \
    DMA_F1_TIMER(7, 4, "TIM2", CC4),                                                               \
    DMA_F1_TIMER(7, 5, "TIM4", UP)

#define DMA_F1_REQUESTS_UART                                                                       \
    DMA_F1(2, 4, "USART3", USART_OUT_DMA_TX),                                                      \
    DMA_F1(3, 6, "USART3", USART_OUT_DMA_RX),                                                      \
    DMA_F1(4, 8, "USART1", USART_OUT_DMA_TX),                                                      \
    DMA_F1(5, 9, "USART1", USART_OUT_DMA_RX),                                                      \
    DMA_F1(6, 8, "USART2", USART_OUT_DMA_RX),                                                      \
    DMA_F1(7, 6, "USART2", USART_OUT_DMA_TX)
/* clang-format on */

#endif
