/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The alternate functions of the STM32F100RB and the places that AFIO moves them to (RM0041 7.3, data sheet DS5944
 * table 4), on the pins of the LQFP64 package. Not there: CEC.
 */
#include "periph/chips/pins.h"

#include "periph/afio.h"
#include "periph/i2c_v1.h"
#include "periph/rtc_v1.h"
#include "periph/spi_v1.h"
#include "periph/timer.h"
#include "periph/usart.h"

/* One row of the table for each kind of function. A timer's channel is an input and an output. The far end of a
 * receiver's line and of a bus holds it high: the block's output towards such a pin says so. */
#define CHANNEL(port, pin, block, remaps, timer, n)                                                \
    {port, pin, block, remaps, timer, TIMER_OUT_OC##n, TIMER_IN_TI##n}
#define COMPLEMENT(port, pin, block, remaps, timer, n)                                             \
    {port, pin, block, remaps, timer, TIMER_OUT_OC##n##N, PINS_NO_SIGNAL}
#define ETR(port, pin, block, remaps, timer)           {port, pin, block, remaps, timer, PINS_NO_SIGNAL, TIMER_IN_ETR}
#define BKIN(port, pin, block, remaps, timer)          {port, pin, block, remaps, timer, PINS_NO_SIGNAL, TIMER_IN_BKIN}
#define USART_TX(port, pin, block, remaps, usart)      {port, pin, block, remaps, usart, USART_OUT_TX, USART_IN_TX}
#define USART_RX(port, pin, block, remaps, usart)      {port, pin, block, remaps, usart, USART_OUT_RX, USART_IN_RX}
#define USART_CTS(port, pin, block, remaps, usart)     {port, pin, block, remaps, usart, PINS_NO_SIGNAL, USART_IN_CTS}
#define USART_RTS(port, pin, block, remaps, usart)     {port, pin, block, remaps, usart, USART_OUT_RTS, PINS_NO_SIGNAL}
#define USART_CK(port, pin, block, remaps, usart)      {port, pin, block, remaps, usart, USART_OUT_CK, PINS_NO_SIGNAL}
#define SPI_SCK(port, pin, block, remaps, spi)         {port, pin, block, remaps, spi, SPI_OUT_SCK, SPI_IN_SCK}
#define SPI_MOSI(port, pin, block, remaps, spi)        {port, pin, block, remaps, spi, SPI_OUT_MOSI, SPI_IN_MOSI}
#define SPI_MISO(port, pin, block, remaps, spi)        {port, pin, block, remaps, spi, SPI_OUT_MISO, SPI_IN_MISO}
#define SPI_NSS(port, pin, block, remaps, spi)         {port, pin, block, remaps, spi, SPI_OUT_NSS, SPI_IN_NSS}
#define I2C_SCL(port, pin, block, remaps, i2c)         {port, pin, block, remaps, i2c, I2C_OUT_SCL, I2C_IN_SCL}
#define I2C_SDA(port, pin, block, remaps, i2c)         {port, pin, block, remaps, i2c, I2C_OUT_SDA, I2C_IN_SDA}
#define I2C_SMBA(port, pin, block, remaps, i2c)        {port, pin, block, remaps, i2c, I2C_OUT_SMBA, I2C_IN_SMBA}

#define CLOCK_OUTPUT(port, pin)                        {port, pin, AFIO_FIXED, ALWAYS, "MCO", 0, PINS_NO_SIGNAL}

/* The values of the block's remap field. */
#define ALWAYS   0
#define AT_0     (1 << 0)
#define AT_1     (1 << 1)
#define AT_2     (1 << 2)
#define AT_3     (1 << 3)
#define AT_0_1   (AT_0 | AT_1)
#define AT_0_2   (AT_0 | AT_2)
#define AT_1_3   (AT_1 | AT_3)
#define AT_2_3   (AT_2 | AT_3)
#define AT_0_2_3 (AT_0 | AT_2 | AT_3)

/* clang-format off */
const struct chip_pin pins_f1[] = {
    CHANNEL("GPIOA", 0, AFIO_TIM2, AT_0_2, "TIM2", 1), ETR("GPIOA", 0, AFIO_TIM2, AT_0_2, "TIM2"),
    USART_CTS("GPIOA", 0, AFIO_USART2, AT_0, "USART2"), CHANNEL("GPIOA", 1, AFIO_TIM2, AT_0_2, "TIM2", 2),
    USART_RTS("GPIOA", 1, AFIO_USART2, AT_0, "USART2"), CHANNEL("GPIOA", 2, AFIO_TIM15, AT_0, "TIM15", 1),
    CHANNEL("GPIOA", 2, AFIO_TIM2, AT_0_1, "TIM2", 3), USART_TX("GPIOA", 2, AFIO_USART2, AT_0, "USART2"),
    CHANNEL("GPIOA", 3, AFIO_TIM15, AT_0, "TIM15", 2), CHANNEL("GPIOA", 3, AFIO_TIM2, AT_0_1, "TIM2", 4),
    USART_RX("GPIOA", 3, AFIO_USART2, AT_0, "USART2"), SPI_NSS("GPIOA", 4, AFIO_SPI1, AT_0, "SPI1"),
    USART_CK("GPIOA", 4, AFIO_USART2, AT_0, "USART2"), SPI_SCK("GPIOA", 5, AFIO_SPI1, AT_0, "SPI1"),
    SPI_MISO("GPIOA", 6, AFIO_SPI1, AT_0, "SPI1"), BKIN("GPIOA", 6, AFIO_TIM1, AT_1, "TIM1"),
    CHANNEL("GPIOA", 6, AFIO_TIM16, AT_1, "TIM16", 1), CHANNEL("GPIOA", 6, AFIO_TIM3, AT_0, "TIM3", 1),
    SPI_MOSI("GPIOA", 7, AFIO_SPI1, AT_0, "SPI1"), COMPLEMENT("GPIOA", 7, AFIO_TIM1, AT_1, "TIM1", 1),
    CHANNEL("GPIOA", 7, AFIO_TIM17, AT_1, "TIM17", 1), CHANNEL("GPIOA", 7, AFIO_TIM3, AT_0, "TIM3", 2),
    CLOCK_OUTPUT("GPIOA", 8), CHANNEL("GPIOA", 8, AFIO_TIM1, AT_0_1, "TIM1", 1), USART_CK("GPIOA", 8, AFIO_USART1, AT_0_1, "USART1"),
    CHANNEL("GPIOA", 9, AFIO_TIM1, AT_0_1, "TIM1", 2), BKIN("GPIOA", 9, AFIO_TIM15, AT_0_1, "TIM15"),
    USART_TX("GPIOA", 9, AFIO_USART1, AT_0, "USART1"), CHANNEL("GPIOA", 10, AFIO_TIM1, AT_0_1, "TIM1", 3),
    BKIN("GPIOA", 10, AFIO_TIM17, AT_0_1, "TIM17"), USART_RX("GPIOA", 10, AFIO_USART1, AT_0, "USART1"),
    CHANNEL("GPIOA", 11, AFIO_TIM1, AT_0_1, "TIM1", 4), USART_CTS("GPIOA", 11, AFIO_USART1, AT_0_1, "USART1"),
    ETR("GPIOA", 12, AFIO_TIM1, AT_0_1, "TIM1"), USART_RTS("GPIOA", 12, AFIO_USART1, AT_0_1, "USART1"),
    SPI_NSS("GPIOA", 15, AFIO_SPI1, AT_1, "SPI1"), CHANNEL("GPIOA", 15, AFIO_TIM2, AT_1_3, "TIM2", 1),
    ETR("GPIOA", 15, AFIO_TIM2, AT_1_3, "TIM2"),
    COMPLEMENT("GPIOB", 0, AFIO_TIM1, AT_1, "TIM1", 2), CHANNEL("GPIOB", 0, AFIO_TIM3, AT_0_2, "TIM3", 3),
    COMPLEMENT("GPIOB", 1, AFIO_TIM1, AT_1, "TIM1", 3), CHANNEL("GPIOB", 1, AFIO_TIM3, AT_0_2, "TIM3", 4),
    SPI_SCK("GPIOB", 3, AFIO_SPI1, AT_1, "SPI1"), CHANNEL("GPIOB", 3, AFIO_TIM2, AT_1_3, "TIM2", 2),
    SPI_MISO("GPIOB", 4, AFIO_SPI1, AT_1, "SPI1"), CHANNEL("GPIOB", 4, AFIO_TIM3, AT_2, "TIM3", 1),
    SPI_MOSI("GPIOB", 5, AFIO_SPI1, AT_1, "SPI1"), BKIN("GPIOB", 5, AFIO_TIM16, AT_0_1, "TIM16"),
    CHANNEL("GPIOB", 5, AFIO_TIM3, AT_2, "TIM3", 2), I2C_SMBA("GPIOB", 5, AFIO_I2C1, ALWAYS, "I2C1"),
    COMPLEMENT("GPIOB", 6, AFIO_FIXED_TIMER, ALWAYS, "TIM16", 1), I2C_SCL("GPIOB", 6, AFIO_I2C1, AT_0, "I2C1"),
    CHANNEL("GPIOB", 6, AFIO_TIM4, AT_0, "TIM4", 1), USART_TX("GPIOB", 6, AFIO_USART1, AT_1, "USART1"),
    I2C_SDA("GPIOB", 7, AFIO_I2C1, AT_0, "I2C1"), COMPLEMENT("GPIOB", 7, AFIO_TIM17, AT_0_1, "TIM17", 1),
    CHANNEL("GPIOB", 7, AFIO_TIM4, AT_0, "TIM4", 2), USART_RX("GPIOB", 7, AFIO_USART1, AT_1, "USART1"),
    I2C_SCL("GPIOB", 8, AFIO_I2C1, AT_1, "I2C1"), CHANNEL("GPIOB", 8, AFIO_TIM16, AT_0, "TIM16", 1),
    CHANNEL("GPIOB", 8, AFIO_TIM4, AT_0, "TIM4", 3), I2C_SDA("GPIOB", 9, AFIO_I2C1, AT_1, "I2C1"),
    CHANNEL("GPIOB", 9, AFIO_TIM17, AT_0, "TIM17", 1), CHANNEL("GPIOB", 9, AFIO_TIM4, AT_0, "TIM4", 4),
    I2C_SCL("GPIOB", 10, AFIO_FIXED, ALWAYS, "I2C2"), CHANNEL("GPIOB", 10, AFIO_TIM2, AT_2_3, "TIM2", 3),
    USART_TX("GPIOB", 10, AFIO_USART3, AT_0, "USART3"), I2C_SDA("GPIOB", 11, AFIO_FIXED, ALWAYS, "I2C2"),
    CHANNEL("GPIOB", 11, AFIO_TIM2, AT_2_3, "TIM2", 4), USART_RX("GPIOB", 11, AFIO_USART3, AT_0, "USART3"),
    SPI_NSS("GPIOB", 12, AFIO_FIXED, ALWAYS, "SPI2"), BKIN("GPIOB", 12, AFIO_TIM1, AT_0, "TIM1"),
    I2C_SMBA("GPIOB", 12, AFIO_FIXED, ALWAYS, "I2C2"),
    USART_CK("GPIOB", 12, AFIO_USART3, AT_0, "USART3"), SPI_SCK("GPIOB", 13, AFIO_FIXED, ALWAYS, "SPI2"),
    COMPLEMENT("GPIOB", 13, AFIO_TIM1, AT_0, "TIM1", 1), USART_CTS("GPIOB", 13, AFIO_USART3, AT_0_1, "USART3"),
    SPI_MISO("GPIOB", 14, AFIO_FIXED, ALWAYS, "SPI2"), COMPLEMENT("GPIOB", 14, AFIO_TIM1, AT_0, "TIM1", 2),
    CHANNEL("GPIOB", 14, AFIO_TIM15, AT_1, "TIM15", 1), USART_RTS("GPIOB", 14, AFIO_USART3, AT_0_1, "USART3"),
    SPI_MOSI("GPIOB", 15, AFIO_FIXED, ALWAYS, "SPI2"),
    COMPLEMENT("GPIOB", 15, AFIO_FIXED_TIMER, ALWAYS, "TIM15", 1),
    COMPLEMENT("GPIOB", 15, AFIO_TIM1, AT_0, "TIM1", 3), CHANNEL("GPIOB", 15, AFIO_TIM15, AT_1, "TIM15", 2),
    CHANNEL("GPIOC", 6, AFIO_TIM3, AT_3, "TIM3", 1), CHANNEL("GPIOC", 7, AFIO_TIM3, AT_3, "TIM3", 2),
    CHANNEL("GPIOC", 8, AFIO_TIM3, AT_3, "TIM3", 3), CHANNEL("GPIOC", 9, AFIO_TIM3, AT_3, "TIM3", 4),
    USART_TX("GPIOC", 10, AFIO_USART3, AT_1, "USART3"), USART_RX("GPIOC", 11, AFIO_USART3, AT_1, "USART3"),
    USART_CK("GPIOC", 12, AFIO_USART3, AT_1, "USART3"),
    {"GPIOC", 13, PINS_ADDITIONAL, ALWAYS, "RTC", RTC_V1_OUT_PIN, PINS_NO_SIGNAL},
    ETR("GPIOD", 2, AFIO_TIM3, AT_0_2_3, "TIM3"),
    {.port = NULL},
};
/* clang-format on */
