/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The alternate functions of F2 and F4 (data sheets DS6329 table 9, DS8626 table 9) that the modelled blocks have, on
 * the pins of the die. I2S has its CK, WS and SD where its SPI has SCK, NSS and MOSI. Not there: I2S_CKIN,
 * the blocks without traffic (CAN, SDIO, USB, FSMC).
 */
#include "periph/chips/pins.h"

#include "periph/i2c_v1.h"
#include "periph/rtc_v2.h"
#include "periph/spi_v1.h"
#include "periph/timer.h"
#include "periph/usart.h"

/* One row of the table for each kind of function. A timer's channel is an input and an output. The far end of a
 * receiver's line and of a bus holds it high: the block's output towards such a pin says so. */
#define CHANNEL(port, pin, af, timer, n)    {port, pin, af, 0, timer, TIMER_OUT_OC##n, TIMER_IN_TI##n}
#define COMPLEMENT(port, pin, af, timer, n) {port, pin, af, 0, timer, TIMER_OUT_OC##n##N, PINS_NO_SIGNAL}
#define ETR(port, pin, af, timer)           {port, pin, af, 0, timer, PINS_NO_SIGNAL, TIMER_IN_ETR}
#define BKIN(port, pin, af, timer)          {port, pin, af, 0, timer, PINS_NO_SIGNAL, TIMER_IN_BKIN}
#define USART_TX(port, pin, af, usart)      {port, pin, af, 0, usart, USART_OUT_TX, USART_IN_TX}
#define USART_RX(port, pin, af, usart)      {port, pin, af, 0, usart, USART_OUT_RX, USART_IN_RX}
#define USART_CTS(port, pin, af, usart)     {port, pin, af, 0, usart, PINS_NO_SIGNAL, USART_IN_CTS}
#define USART_RTS(port, pin, af, usart)     {port, pin, af, 0, usart, USART_OUT_RTS, PINS_NO_SIGNAL}
#define USART_CK(port, pin, af, usart)      {port, pin, af, 0, usart, USART_OUT_CK, PINS_NO_SIGNAL}
#define SPI_SCK(port, pin, af, spi)         {port, pin, af, 0, spi, SPI_OUT_SCK, SPI_IN_SCK}
#define SPI_MOSI(port, pin, af, spi)        {port, pin, af, 0, spi, SPI_OUT_MOSI, SPI_IN_MOSI}
#define SPI_MISO(port, pin, af, spi)        {port, pin, af, 0, spi, SPI_OUT_MISO, SPI_IN_MISO}
#define SPI_NSS(port, pin, af, spi)         {port, pin, af, 0, spi, SPI_OUT_NSS, SPI_IN_NSS}
#define I2S_MCK(port, pin, af, spi)         {port, pin, af, 0, spi, SPI_OUT_MCK, PINS_NO_SIGNAL}
#define I2C_SCL(port, pin, af, i2c)         {port, pin, af, 0, i2c, I2C_OUT_SCL, I2C_IN_SCL}
#define I2C_SDA(port, pin, af, i2c)         {port, pin, af, 0, i2c, I2C_OUT_SDA, I2C_IN_SDA}
#define I2C_SMBA(port, pin, af, i2c)        {port, pin, af, 0, i2c, I2C_OUT_SMBA, I2C_IN_SMBA}

#define CLOCK_OUTPUT(port, pin, af, mco)    {port, pin, af, 0, mco, 0, PINS_NO_SIGNAL}

/* clang-format off */
const struct chip_pin pins_f4[] = {
    ETR("GPIOA", 0, 1, "TIM2"), CHANNEL("GPIOA", 0, 1, "TIM2", 1), CHANNEL("GPIOA", 0, 2, "TIM5", 1),
    ETR("GPIOA", 0, 3, "TIM8"), USART_CTS("GPIOA", 0, 7, "USART2"), USART_TX("GPIOA", 0, 8, "UART4"),
    CHANNEL("GPIOA", 1, 1, "TIM2", 2), CHANNEL("GPIOA", 1, 2, "TIM5", 2), USART_RTS("GPIOA", 1, 7, "USART2"),
    USART_RX("GPIOA", 1, 8, "UART4"), CHANNEL("GPIOA", 2, 1, "TIM2", 3), CHANNEL("GPIOA", 2, 2, "TIM5", 3),
    CHANNEL("GPIOA", 2, 3, "TIM9", 1), USART_TX("GPIOA", 2, 7, "USART2"), CHANNEL("GPIOA", 3, 1, "TIM2", 4),
    CHANNEL("GPIOA", 3, 2, "TIM5", 4), CHANNEL("GPIOA", 3, 3, "TIM9", 2), USART_RX("GPIOA", 3, 7, "USART2"),
    SPI_NSS("GPIOA", 4, 5, "SPI1"), SPI_NSS("GPIOA", 4, 6, "SPI3"), USART_CK("GPIOA", 4, 7, "USART2"),
    CHANNEL("GPIOA", 5, 1, "TIM2", 1), ETR("GPIOA", 5, 1, "TIM2"), COMPLEMENT("GPIOA", 5, 3, "TIM8", 1),
    SPI_SCK("GPIOA", 5, 5, "SPI1"), BKIN("GPIOA", 6, 1, "TIM1"), CHANNEL("GPIOA", 6, 2, "TIM3", 1),
    BKIN("GPIOA", 6, 3, "TIM8"), SPI_MISO("GPIOA", 6, 5, "SPI1"), CHANNEL("GPIOA", 6, 9, "TIM13", 1),
    COMPLEMENT("GPIOA", 7, 1, "TIM1", 1), CHANNEL("GPIOA", 7, 2, "TIM3", 2),
    COMPLEMENT("GPIOA", 7, 3, "TIM8", 1), SPI_MOSI("GPIOA", 7, 5, "SPI1"), CHANNEL("GPIOA", 7, 9, "TIM14", 1),
    CLOCK_OUTPUT("GPIOA", 8, 0, "MCO1"), CHANNEL("GPIOA", 8, 1, "TIM1", 1), I2C_SCL("GPIOA", 8, 4, "I2C3"), USART_CK("GPIOA", 8, 7, "USART1"),
    I2C_SMBA("GPIOA", 9, 4, "I2C3"),
    CHANNEL("GPIOA", 9, 1, "TIM1", 2), USART_TX("GPIOA", 9, 7, "USART1"), CHANNEL("GPIOA", 10, 1, "TIM1", 3),
    USART_RX("GPIOA", 10, 7, "USART1"), CHANNEL("GPIOA", 11, 1, "TIM1", 4), USART_CTS("GPIOA", 11, 7, "USART1"),
    ETR("GPIOA", 12, 1, "TIM1"), USART_RTS("GPIOA", 12, 7, "USART1"), ETR("GPIOA", 15, 1, "TIM2"),
    CHANNEL("GPIOA", 15, 1, "TIM2", 1), SPI_NSS("GPIOA", 15, 5, "SPI1"), SPI_NSS("GPIOA", 15, 6, "SPI3"),
    COMPLEMENT("GPIOB", 0, 1, "TIM1", 2), CHANNEL("GPIOB", 0, 2, "TIM3", 3),
    COMPLEMENT("GPIOB", 0, 3, "TIM8", 2), COMPLEMENT("GPIOB", 1, 1, "TIM1", 3),
    CHANNEL("GPIOB", 1, 2, "TIM3", 4), COMPLEMENT("GPIOB", 1, 3, "TIM8", 3), CHANNEL("GPIOB", 3, 1, "TIM2", 2),
    SPI_SCK("GPIOB", 3, 5, "SPI1"), SPI_SCK("GPIOB", 3, 6, "SPI3"), CHANNEL("GPIOB", 4, 2, "TIM3", 1),
    SPI_MISO("GPIOB", 4, 5, "SPI1"), SPI_MISO("GPIOB", 4, 6, "SPI3"), CHANNEL("GPIOB", 5, 2, "TIM3", 2),
    I2C_SMBA("GPIOB", 5, 4, "I2C1"), SPI_MOSI("GPIOB", 5, 5, "SPI1"), SPI_MOSI("GPIOB", 5, 6, "SPI3"), CHANNEL("GPIOB", 6, 2, "TIM4", 1),
    I2C_SCL("GPIOB", 6, 4, "I2C1"), USART_TX("GPIOB", 6, 7, "USART1"), CHANNEL("GPIOB", 7, 2, "TIM4", 2),
    I2C_SDA("GPIOB", 7, 4, "I2C1"), USART_RX("GPIOB", 7, 7, "USART1"), CHANNEL("GPIOB", 8, 2, "TIM4", 3),
    CHANNEL("GPIOB", 8, 3, "TIM10", 1), I2C_SCL("GPIOB", 8, 4, "I2C1"), CHANNEL("GPIOB", 9, 2, "TIM4", 4),
    CHANNEL("GPIOB", 9, 3, "TIM11", 1), I2C_SDA("GPIOB", 9, 4, "I2C1"), SPI_NSS("GPIOB", 9, 5, "SPI2"),
    CHANNEL("GPIOB", 10, 1, "TIM2", 3), I2C_SCL("GPIOB", 10, 4, "I2C2"), SPI_SCK("GPIOB", 10, 5, "SPI2"),
    USART_TX("GPIOB", 10, 7, "USART3"), CHANNEL("GPIOB", 11, 1, "TIM2", 4), I2C_SDA("GPIOB", 11, 4, "I2C2"),
    USART_RX("GPIOB", 11, 7, "USART3"), BKIN("GPIOB", 12, 1, "TIM1"), SPI_NSS("GPIOB", 12, 5, "SPI2"),
    I2C_SMBA("GPIOB", 12, 4, "I2C2"), USART_CK("GPIOB", 12, 7, "USART3"), COMPLEMENT("GPIOB", 13, 1, "TIM1", 1), SPI_SCK("GPIOB", 13, 5, "SPI2"),
    USART_CTS("GPIOB", 13, 7, "USART3"), COMPLEMENT("GPIOB", 14, 1, "TIM1", 2),
    COMPLEMENT("GPIOB", 14, 3, "TIM8", 2), SPI_MISO("GPIOB", 14, 5, "SPI2"),
    USART_RTS("GPIOB", 14, 7, "USART3"), CHANNEL("GPIOB", 14, 9, "TIM12", 1),
    {"GPIOB", 15, 0, 0, "RTC", PINS_NO_SIGNAL, RTC_IN_REFERENCE}, COMPLEMENT("GPIOB", 15, 1, "TIM1", 3),
    COMPLEMENT("GPIOB", 15, 3, "TIM8", 3),
    SPI_MOSI("GPIOB", 15, 5, "SPI2"), CHANNEL("GPIOB", 15, 9, "TIM12", 2),
    SPI_MISO("GPIOC", 2, 5, "SPI2"), SPI_MOSI("GPIOC", 3, 5, "SPI2"), CHANNEL("GPIOC", 6, 2, "TIM3", 1),
    CHANNEL("GPIOC", 6, 3, "TIM8", 1), I2S_MCK("GPIOC", 6, 5, "SPI2"), USART_TX("GPIOC", 6, 8, "USART6"),
    CHANNEL("GPIOC", 7, 2, "TIM3", 2), CHANNEL("GPIOC", 7, 3, "TIM8", 2), I2S_MCK("GPIOC", 7, 6, "SPI3"),
    USART_RX("GPIOC", 7, 8, "USART6"), CHANNEL("GPIOC", 8, 2, "TIM3", 3),
    CHANNEL("GPIOC", 8, 3, "TIM8", 3), USART_CK("GPIOC", 8, 8, "USART6"), CLOCK_OUTPUT("GPIOC", 9, 0, "MCO2"),
    CHANNEL("GPIOC", 9, 2, "TIM3", 4),
    CHANNEL("GPIOC", 9, 3, "TIM8", 4), I2C_SDA("GPIOC", 9, 4, "I2C3"), SPI_SCK("GPIOC", 10, 6, "SPI3"),
    USART_TX("GPIOC", 10, 7, "USART3"), USART_TX("GPIOC", 10, 8, "UART4"), SPI_MISO("GPIOC", 11, 6, "SPI3"),
    USART_RX("GPIOC", 11, 7, "USART3"), USART_RX("GPIOC", 11, 8, "UART4"), SPI_MOSI("GPIOC", 12, 6, "SPI3"),
    USART_CK("GPIOC", 12, 7, "USART3"), USART_TX("GPIOC", 12, 8, "UART5"),
    {"GPIOC", 13, PINS_ADDITIONAL, 0, "RTC", RTC_OUT_AF1, PINS_NO_SIGNAL},
    ETR("GPIOD", 2, 2, "TIM3"), USART_RX("GPIOD", 2, 8, "UART5"), USART_CTS("GPIOD", 3, 7, "USART2"),
    USART_RTS("GPIOD", 4, 7, "USART2"), USART_TX("GPIOD", 5, 7, "USART2"), USART_RX("GPIOD", 6, 7, "USART2"),
    USART_CK("GPIOD", 7, 7, "USART2"), USART_TX("GPIOD", 8, 7, "USART3"), USART_RX("GPIOD", 9, 7, "USART3"),
    USART_CK("GPIOD", 10, 7, "USART3"), USART_CTS("GPIOD", 11, 7, "USART3"), CHANNEL("GPIOD", 12, 2, "TIM4", 1),
    USART_RTS("GPIOD", 12, 7, "USART3"), CHANNEL("GPIOD", 13, 2, "TIM4", 2), CHANNEL("GPIOD", 14, 2, "TIM4", 3),
    CHANNEL("GPIOD", 15, 2, "TIM4", 4),
    ETR("GPIOE", 0, 2, "TIM4"), CHANNEL("GPIOE", 5, 3, "TIM9", 1), CHANNEL("GPIOE", 6, 3, "TIM9", 2),
    ETR("GPIOE", 7, 1, "TIM1"), COMPLEMENT("GPIOE", 8, 1, "TIM1", 1), CHANNEL("GPIOE", 9, 1, "TIM1", 1),
    COMPLEMENT("GPIOE", 10, 1, "TIM1", 2), CHANNEL("GPIOE", 11, 1, "TIM1", 2),
    COMPLEMENT("GPIOE", 12, 1, "TIM1", 3), CHANNEL("GPIOE", 13, 1, "TIM1", 3),
    CHANNEL("GPIOE", 14, 1, "TIM1", 4), BKIN("GPIOE", 15, 1, "TIM1"),
    I2C_SDA("GPIOF", 0, 4, "I2C2"), I2C_SCL("GPIOF", 1, 4, "I2C2"), CHANNEL("GPIOF", 6, 3, "TIM10", 1),
    CHANNEL("GPIOF", 7, 3, "TIM11", 1), CHANNEL("GPIOF", 8, 9, "TIM13", 1), CHANNEL("GPIOF", 9, 9, "TIM14", 1),
    USART_CK("GPIOG", 7, 8, "USART6"), USART_RTS("GPIOG", 8, 8, "USART6"), USART_RX("GPIOG", 9, 8, "USART6"),
    USART_RTS("GPIOG", 12, 8, "USART6"), USART_CTS("GPIOG", 13, 8, "USART6"),
    USART_TX("GPIOG", 14, 8, "USART6"), USART_CTS("GPIOG", 15, 8, "USART6"),
    I2C_SMBA("GPIOF", 2, 4, "I2C2"), I2C_SMBA("GPIOH", 6, 4, "I2C2"), I2C_SMBA("GPIOH", 9, 4, "I2C3"),
    I2C_SCL("GPIOH", 4, 4, "I2C2"), I2C_SDA("GPIOH", 5, 4, "I2C2"), CHANNEL("GPIOH", 6, 9, "TIM12", 1),
    I2C_SCL("GPIOH", 7, 4, "I2C3"), I2C_SDA("GPIOH", 8, 4, "I2C3"), CHANNEL("GPIOH", 9, 9, "TIM12", 2),
    CHANNEL("GPIOH", 10, 2, "TIM5", 1), CHANNEL("GPIOH", 11, 2, "TIM5", 2), CHANNEL("GPIOH", 12, 2, "TIM5", 3),
    COMPLEMENT("GPIOH", 13, 3, "TIM8", 1), COMPLEMENT("GPIOH", 14, 3, "TIM8", 2),
    COMPLEMENT("GPIOH", 15, 3, "TIM8", 3),
    CHANNEL("GPIOI", 0, 2, "TIM5", 4), SPI_NSS("GPIOI", 0, 5, "SPI2"), SPI_SCK("GPIOI", 1, 5, "SPI2"),
    CHANNEL("GPIOI", 2, 3, "TIM8", 4), SPI_MISO("GPIOI", 2, 5, "SPI2"), ETR("GPIOI", 3, 3, "TIM8"),
    SPI_MOSI("GPIOI", 3, 5, "SPI2"), BKIN("GPIOI", 4, 3, "TIM8"), CHANNEL("GPIOI", 5, 3, "TIM8", 1),
    CHANNEL("GPIOI", 6, 3, "TIM8", 2), CHANNEL("GPIOI", 7, 3, "TIM8", 3),
    {.port = NULL},
};
/* clang-format on */
