/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The DMA requests of F2 and F4 (RM0090 tables 42 and 43, RM0033 tables 22 and 23), as rows of a chip's
 * routes.
 */
#ifndef PERIPH_CHIPS_DMA_REQUESTS_F4_H
#define PERIPH_CHIPS_DMA_REQUESTS_F4_H

#include "periph/adc_v2.h"
#include "periph/dac_v1.h"
#include "periph/dma.h"
#include "periph/i2c_v1.h"
#include "periph/spi_v1.h"
#include "periph/timer.h"
#include "periph/usart.h"

#define DMA_REQUEST(dma, stream, channel, wire, from, output)                                      \
    {from, output, dma, DMA_V2_LINE(stream, channel, wire), 1}

/* Timers hold a request until it is acknowledged. */
#define DMA_TIMER(dma, stream, channel, wire, timer, request)                                      \
    {timer, TIMER_OUT_DMA_##request, dma, DMA_V2_LINE(stream, channel, wire), 1},                  \
    {dma, DMA_V2_LINE(stream, channel, wire), timer, TIMER_IN_ACK_##request, 1}

/* Converters stop asking after the stream's last item. */
#define DMA_CONVERTER(dma, stream, channel, wire, adc)                                             \
    {adc, ADC_V2_OUT_DMA, dma, DMA_V2_LINE(stream, channel, wire), 1},                             \
    {dma, DMA_V2_LAST(stream, channel, wire), adc, ADC_V2_IN_DMA_LAST, 1}

/* A receiver does not acknowledge the last byte: the DMA tells it in time. */
#define DMA_I2C_TX(stream, channel, i2c)                                                           \
    {i2c, I2C_OUT_DMA_TX, "DMA1", DMA_V2_LINE(stream, channel, 0), 1}
#define DMA_I2C_RX(stream, channel, i2c)                                                           \
    {i2c, I2C_OUT_DMA_RX, "DMA1", DMA_V2_LINE(stream, channel, 0), 1},                             \
    {"DMA1", DMA_V2_ONE_LEFT(stream, channel, 0), i2c, I2C_IN_DMA_LAST, 1}

/* A checksum follows the stream's last item by itself. */
#define DMA_SPI_TX(dma, stream, channel, spi)                                                      \
    DMA_REQUEST(dma, stream, channel, 0, spi, SPI_OUT_DMA_TX),                                     \
    {dma, DMA_V2_LAST(stream, channel, 0), spi, SPI_IN_DMA_TX_LAST, 1}
#define DMA_SPI_RX(dma, stream, channel, spi)                                                      \
    DMA_REQUEST(dma, stream, channel, 0, spi, SPI_OUT_DMA_RX),                                     \
    {dma, DMA_V2_LAST(stream, channel, 0), spi, SPI_IN_DMA_RX_LAST, 1}

/* On channel 7 of DMA1; the DAC holds a request until it is acknowledged, too. */
#define DMA_DAC(stream, number)                                                                    \
    {"DAC", DAC_V1_OUT_DMA##number, "DMA1", DMA_V2_LINE(stream, 7, 0), 1},                         \
    {"DMA1", DMA_V2_LINE(stream, 7, 0), "DAC", DAC_V1_IN_ACK##number, 1}

/* clang-format off */
#define DMA_REQUESTS_UART                                                                          \
    DMA_REQUEST("DMA1", 0, 4, 0, "UART5", USART_OUT_DMA_RX),                                       \
    DMA_REQUEST("DMA1", 1, 4, 0, "USART3", USART_OUT_DMA_RX),                                      \
    DMA_REQUEST("DMA1", 2, 4, 0, "UART4", USART_OUT_DMA_RX),                                       \
    DMA_REQUEST("DMA1", 3, 4, 0, "USART3", USART_OUT_DMA_TX),                                      \
    DMA_REQUEST("DMA1", 4, 4, 0, "UART4", USART_OUT_DMA_TX),                                       \
    DMA_REQUEST("DMA1", 4, 7, 0, "USART3", USART_OUT_DMA_TX),                                      \
    DMA_REQUEST("DMA1", 5, 4, 0, "USART2", USART_OUT_DMA_RX),                                      \
    DMA_REQUEST("DMA1", 6, 4, 0, "USART2", USART_OUT_DMA_TX),                                      \
    DMA_REQUEST("DMA1", 7, 4, 0, "UART5", USART_OUT_DMA_TX),                                       \
    DMA_REQUEST("DMA2", 1, 5, 0, "USART6", USART_OUT_DMA_RX),                                      \
    DMA_REQUEST("DMA2", 2, 4, 0, "USART1", USART_OUT_DMA_RX),                                      \
    DMA_REQUEST("DMA2", 2, 5, 0, "USART6", USART_OUT_DMA_RX),                                      \
    DMA_REQUEST("DMA2", 5, 4, 0, "USART1", USART_OUT_DMA_RX),                                      \
    DMA_REQUEST("DMA2", 6, 5, 0, "USART6", USART_OUT_DMA_TX),                                      \
    DMA_REQUEST("DMA2", 7, 4, 0, "USART1", USART_OUT_DMA_TX),                                      \
    DMA_REQUEST("DMA2", 7, 5, 0, "USART6", USART_OUT_DMA_TX)

#define DMA_REQUESTS_SPI                                                                           \
    DMA_SPI_RX("DMA1", 0, 0, "SPI3"),                                                              \
    DMA_SPI_RX("DMA1", 2, 0, "SPI3"),                                                              \
    DMA_SPI_RX("DMA1", 3, 0, "SPI2"),                                                              \
    DMA_SPI_TX("DMA1", 4, 0, "SPI2"),                                                              \
    DMA_SPI_TX("DMA1", 5, 0, "SPI3"),                                                              \
    DMA_SPI_TX("DMA1", 7, 0, "SPI3"),                                                              \
    DMA_SPI_RX("DMA2", 0, 3, "SPI1"),                                                              \
    DMA_SPI_RX("DMA2", 2, 3, "SPI1"),                                                              \
    DMA_SPI_TX("DMA2", 3, 3, "SPI1"),                                                              \
    DMA_SPI_TX("DMA2", 5, 3, "SPI1")

/* F4 only: the second directions of I2S. */
#define DMA_REQUESTS_I2S_EXT                                                                       \
    DMA_REQUEST("DMA1", 0, 3, 0, "I2S3ext", SPI_OUT_DMA_RX),                                       \
    DMA_REQUEST("DMA1", 2, 2, 0, "I2S3ext", SPI_OUT_DMA_RX),                                       \
    DMA_REQUEST("DMA1", 3, 3, 0, "I2S2ext", SPI_OUT_DMA_RX),                                       \
    DMA_REQUEST("DMA1", 4, 2, 0, "I2S2ext", SPI_OUT_DMA_TX),                                       \
    DMA_REQUEST("DMA1", 5, 2, 0, "I2S3ext", SPI_OUT_DMA_TX)

#define DMA_REQUESTS_I2C                                                                           \
    DMA_I2C_RX(0, 1, "I2C1"),                                                                      \
    DMA_I2C_RX(2, 3, "I2C3"),                                                                      \
    DMA_I2C_RX(2, 7, "I2C2"),                                                                      \
    DMA_I2C_RX(3, 7, "I2C2"),                                                                      \
    DMA_I2C_TX(4, 3, "I2C3"),                                                                      \
    DMA_I2C_RX(5, 1, "I2C1"),                                                                      \
    DMA_I2C_TX(6, 1, "I2C1"),                                                                      \
    DMA_I2C_TX(7, 1, "I2C1"),                                                                      \
    DMA_I2C_TX(7, 7, "I2C2")

#define DMA_REQUESTS_TIMER                                                                         \
    DMA_TIMER("DMA1", 0, 2, 0, "TIM4", CC1),                                                       \
    DMA_TIMER("DMA1", 0, 6, 0, "TIM5", CC3),                                                       \
    DMA_TIMER("DMA1", 0, 6, 1, "TIM5", UP),                                                        \
    DMA_TIMER("DMA1", 1, 3, 0, "TIM2", CC3),                                                       \
    DMA_TIMER("DMA1", 1, 3, 1, "TIM2", UP),                                                        \
    DMA_TIMER("DMA1", 1, 6, 0, "TIM5", CC4),                                                       \
    DMA_TIMER("DMA1", 1, 6, 1, "TIM5", TRIG),                                                      \
    DMA_TIMER("DMA1", 1, 7, 0, "TIM6", UP),                                                        \
    DMA_TIMER("DMA1", 2, 1, 0, "TIM7", UP),                                                        \
    DMA_TIMER("DMA1", 2, 5, 0, "TIM3", CC4),                                                       \
    DMA_TIMER("DMA1", 2, 5, 1, "TIM3", UP),                                                        \
    DMA_TIMER("DMA1", 2, 6, 0, "TIM5", CC1),                                                       \
    DMA_TIMER("DMA1", 3, 2, 0, "TIM4", CC2),                                                       \
    DMA_TIMER("DMA1", 3, 6, 0, "TIM5", CC4),                                                       \
    DMA_TIMER("DMA1", 3, 6, 1, "TIM5", TRIG),                                                      \
    DMA_TIMER("DMA1", 4, 1, 0, "TIM7", UP),                                                        \
    DMA_TIMER("DMA1", 4, 5, 0, "TIM3", CC1),                                                       \
    DMA_TIMER("DMA1", 4, 5, 1, "TIM3", TRIG),                                                      \
    DMA_TIMER("DMA1", 4, 6, 0, "TIM5", CC2),                                                       \
    DMA_TIMER("DMA1", 5, 3, 0, "TIM2", CC1),                                                       \
    DMA_TIMER("DMA1", 5, 5, 0, "TIM3", CC2),                                                       \
    DMA_TIMER("DMA1", 6, 2, 0, "TIM4", UP),                                                        \
    DMA_TIMER("DMA1", 6, 3, 0, "TIM2", CC2),                                                       \
    DMA_TIMER("DMA1", 6, 3, 1, "TIM2", CC4),                                                       \
    DMA_TIMER("DMA1", 6, 6, 0, "TIM5", UP),                                                        \
    DMA_TIMER("DMA1", 7, 2, 0, "TIM4", CC3),                                                       \
    DMA_TIMER("DMA1", 7, 3, 0, "TIM2", CC4),                                                       \
    DMA_TIMER("DMA1", 7, 3, 1, "TIM2", UP),                                                        \
    DMA_TIMER("DMA1", 7, 5, 0, "TIM3", CC3),                                                       \
    DMA_TIMER("DMA2", 0, 6, 0, "TIM1", TRIG),                                                      \
    DMA_TIMER("DMA2", 1, 6, 0, "TIM1", CC1),                                                       \
    DMA_TIMER("DMA2", 1, 7, 0, "TIM8", UP),                                                        \
    DMA_TIMER("DMA2", 2, 0, 0, "TIM8", CC1),                                                       \
    DMA_TIMER("DMA2", 2, 0, 1, "TIM8", CC2),                                                       \
    DMA_TIMER("DMA2", 2, 0, 2, "TIM8", CC3),                                                       \
    DMA_TIMER("DMA2", 2, 6, 0, "TIM1", CC2),                                                       \
    DMA_TIMER("DMA2", 2, 7, 0, "TIM8", CC1),                                                       \
    DMA_TIMER("DMA2", 3, 6, 0, "TIM1", CC1),                                                       \
    DMA_TIMER("DMA2", 3, 7, 0, "TIM8", CC2),                                                       \
    DMA_TIMER("DMA2", 4, 6, 0, "TIM1", CC4),                                                       \
    DMA_TIMER("DMA2", 4, 6, 1, "TIM1", COM),                                                       \
    DMA_TIMER("DMA2", 4, 6, 2, "TIM1", TRIG),                                                      \
    DMA_TIMER("DMA2", 4, 7, 0, "TIM8", CC3),                                                       \
    DMA_TIMER("DMA2", 5, 6, 0, "TIM1", UP),                                                        \
    DMA_TIMER("DMA2", 6, 0, 0, "TIM1", CC1),                                                       \
    DMA_TIMER("DMA2", 6, 0, 1, "TIM1", CC2),                                                       \
    DMA_TIMER("DMA2", 6, 0, 2, "TIM1", CC3),                                                       \
    DMA_TIMER("DMA2", 6, 6, 0, "TIM1", CC3),                                                       \
    DMA_TIMER("DMA2", 7, 7, 0, "TIM8", CC4),                                                       \
    DMA_TIMER("DMA2", 7, 7, 1, "TIM8", COM),                                                       \
    DMA_TIMER("DMA2", 7, 7, 2, "TIM8", TRIG)

#define DMA_REQUESTS_ADC                                                                           \
    DMA_CONVERTER("DMA2", 0, 0, 0, "ADC1"),                                                        \
    DMA_CONVERTER("DMA2", 4, 0, 0, "ADC1"),                                                        \
    DMA_CONVERTER("DMA2", 0, 0, 1, "ADC_Common"),                                                  \
    DMA_CONVERTER("DMA2", 4, 0, 1, "ADC_Common"),                                                  \
    DMA_CONVERTER("DMA2", 2, 1, 0, "ADC2"),                                                        \
    DMA_CONVERTER("DMA2", 3, 1, 0, "ADC2"),                                                        \
    DMA_CONVERTER("DMA2", 0, 2, 0, "ADC3"),                                                        \
    DMA_CONVERTER("DMA2", 1, 2, 0, "ADC3")

#define DMA_REQUESTS_DAC                                                                           \
    DMA_DAC(5, 1),                                                                                 \
    DMA_DAC(6, 2)
/* clang-format on */

#endif
