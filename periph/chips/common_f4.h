/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What STM32F2 and F4 have in common: devices and wires, as rows of their tables, and the constants that the rows
 * name. Included by the chip files only; RM0090's tables, which RM0033's agree with.
 */
#ifndef PERIPH_CHIPS_COMMON_F4_H
#define PERIPH_CHIPS_COMMON_F4_H

#include "core/signal.h"
#include "periph/adc_v2.h"
#include "periph/bkpsram.h"
#include "periph/chips/analog_triggers_f4.h"
#include "periph/chips/dma_requests_f4.h"
#include "periph/chips/rows.h"
#include "periph/clocks.h"
#include "periph/dbgmcu.h"
#include "periph/devices.h"
#include "periph/exti_v1.h"
#include "periph/flash_v2.h"
#include "periph/gpio.h"
#include "periph/iwdg.h"
#include "periph/pwr.h"
#include "periph/rcc_f4.h"
#include "periph/rtc_v2.h"
#include "periph/spi_v1.h"
#include "periph/syscfg_f4.h"
#include "periph/timer.h"
#include "periph/wwdg.h"

/* ---- memories ---- */

/* RDP and USER, nWRP: readout protection off, software watchdog, no brown-out reset, no sector protected
 * (RM0090 3.6.1, RM0033 2.4.1). */
static const struct chip_bytes option_bytes[] = {
    BYTES(0, HALF(0xAAEF)),
    BYTES(8, HALF(0xFFFF)),
    {0, 0, NULL},
};

static const struct chip_bytes boot_loader[] = {BOOT_LOADER(0x1FFF0000), {0, 0, NULL}};

/* clang-format off */
#define MEMORIES_F4(flash_size) \
    {.name = "flash", .base = 0x08000000, .size = flash_size, .fill = 0xFF, .writer = "FLASH",     \
     .flags = MEMORY_NVM | MEMORY_EXECUTE | MEMORY_DMA | MEMORY_BOOT},                             \
    {.name = "system", .base = 0x1FFF0000, .size = 0x7800, .fill = 0xFF, .init = boot_loader,      \
     .flags = MEMORY_NVM | MEMORY_EXECUTE | MEMORY_DMA},                                           \
    {.name = "otp", .base = 0x1FFF7800, .size = 0x210, .fill = 0xFF, .writer = "FLASH",            \
     .flags = MEMORY_NVM | MEMORY_DMA},                                                            \
    {.name = "identity", .base = 0x1FFF7A10, .size = 0x1F0, .fill = 0xFF, .init = identity,        \
     .flags = MEMORY_NVM | MEMORY_DMA},                                                            \
    {.name = "options", .base = 0x1FFFC000, .size = 0x10, .fill = 0xFF, .init = option_bytes,      \
     .flags = MEMORY_NVM},                                                                         \
    {.name = "sram", .base = 0x20000000, .size = 0x20000,                                          \
     .flags = MEMORY_EXECUTE | MEMORY_DMA | MEMORY_BITBAND}
/* clang-format on */

/* Four sectors of 16 KiB and one of 64, then as many of 128 as there are. */
#define SECTORS_F4(large) \
    {0x08000000, 0x4000, 4}, {0x08010000, 0x10000, 1}, {0x08020000, 0x20000, large}

/* ---- constants ---- */

static const struct gpio_v2_config gpiob_config = {
    .moder = 0x00000280,
    .ospeedr = 0x000000C0,
    .pupdr = 0x00000100,
};

/* PC13: the RTC's. */
static const struct gpio_v2_config gpioc_config = {.additional_pins = 1u << 13};

static const struct gpio_v2_config gpio_config = {.moder = 0};

/* The peripheral port of DMA1 ends at the APB1 bridge (RM0090 2.1.4, RM0033 2.1.4). */
static const struct dma_v2_config dma1_config = {.port_base = 0x40000000, .port_last = 0x40007FFF};
static const struct dma_v2_config dma2_config = {.memory_to_memory = true, .port_last = 0xFFFFFFFF};

static const struct adc_v2_config adc1_config = {.number = 1, .sensors = true};
static const struct adc_v2_config adc2_config = {.number = 2};
static const struct adc_v2_config adc3_config = {.number = 3};

/* ---- rows ---- */

/* A block with its gate and its reset line at the same bit; with a gate whose reset is shared. */
#define GATE(bus, bit)  .gate = RCC_LINE(RCC_##bus, bit), .reset_line = RCC_LINE(RCC_##bus, bit)
#define GATE_RESET(bus, bit, reset_bit)                                                            \
    .gate = RCC_LINE(RCC_##bus, bit), .reset_line = RCC_LINE(RCC_##bus, reset_bit)

/* clang-format off */
#define DEVICES_F4 \
    {"FLASH", &flash_v2_ops, AT(0x40023C00), ALWAYS, ON(CORE), IRQS(4), .config = &flash_config},  \
    {"SYSCFG", &syscfg_f4_ops, AT(0x40013800), GATE(APB2, 14), ON(PCLK2)},                         \
    {"EXTI", &exti_v1_ops, AT(0x40013C00), ALWAYS, ON(PCLK2),                                      \
        IRQS(6, 7, 8, 9, 10, 23, 40, 1, 41, 42, CHIP_NO_IRQ, 76, 2, 3)},                           \
    {"BKPSRAM", &bkpsram_ops, .base = 0x40024000, .size = 0x1000,                                  \
        .gate = RCC_LINE(RCC_AHB1, 18), .reset_line = GATE_NONE, ON(CORE)},                        \
    {"GPIOB", &gpio_v2_ops, AT(0x40020400), GATE(AHB1, 1), ON(CORE), .config = &gpiob_config},     \
    {"GPIOC", &gpio_v2_ops, AT(0x40020800), GATE(AHB1, 2), ON(CORE), .config = &gpioc_config},     \
    {"GPIOD", &gpio_v2_ops, AT(0x40020C00), GATE(AHB1, 3), ON(CORE), .config = &gpio_config},      \
    {"GPIOE", &gpio_v2_ops, AT(0x40021000), GATE(AHB1, 4), ON(CORE), .config = &gpio_config},      \
    {"GPIOF", &gpio_v2_ops, AT(0x40021400), GATE(AHB1, 5), ON(CORE), .config = &gpio_config},      \
    {"GPIOG", &gpio_v2_ops, AT(0x40021800), GATE(AHB1, 6), ON(CORE), .config = &gpio_config},      \
    {"GPIOH", &gpio_v2_ops, AT(0x40021C00), GATE(AHB1, 7), ON(CORE), .config = &gpio_config},      \
    {"GPIOI", &gpio_v2_ops, AT(0x40022000), GATE(AHB1, 8), ON(CORE), .config = &gpio_config},      \
    {"USART1", &usart_v2_ops, AT(0x40011000), GATE(APB2, 4), ON(PCLK2), IRQS(37)},                 \
    {"USART2", &usart_v2_ops, AT(0x40004400), GATE(APB1, 17), ON(PCLK1), IRQS(38)},                \
    {"USART3", &usart_v2_ops, AT(0x40004800), GATE(APB1, 18), ON(PCLK1), IRQS(39)},                \
    {"UART4", &uart_v2_ops, AT(0x40004C00), GATE(APB1, 19), ON(PCLK1), IRQS(52)},                  \
    {"UART5", &uart_v2_ops, AT(0x40005000), GATE(APB1, 20), ON(PCLK1), IRQS(53)},                  \
    {"USART6", &usart_v2_ops, AT(0x40011400), GATE(APB2, 5), ON(PCLK2), IRQS(71)},                 \
    {"SPI1", &spi_v1_ops, AT(0x40013000), GATE(APB2, 12), ON(PCLK2), IRQS(35)},                    \
    {"SPI2", &spi_v1_ops, AT(0x40003800), GATE(APB1, 14), ON(PCLK1), IRQS(36)},                    \
    {"SPI3", &spi_v1_ops, AT(0x40003C00), GATE(APB1, 15), ON(PCLK1), IRQS(51)},                    \
    {"I2C1", &i2c_v1_ops, AT(0x40005400), GATE(APB1, 21), ON(PCLK1), IRQS(31, 32)},                \
    {"I2C2", &i2c_v1_ops, AT(0x40005800), GATE(APB1, 22), ON(PCLK1), IRQS(33, 34)},                \
    {"I2C3", &i2c_v1_ops, AT(0x40005C00), GATE(APB1, 23), ON(PCLK1), IRQS(72, 73)},                \
    {"TIM1", &timer_advanced_ops, AT(0x40010000), GATE(APB2, 0), ON(TIMER2),                       \
        IRQS(CHIP_NO_IRQ, 24, 25, 26, 27)},                                                        \
    {"TIM2", &timer_tim2_ops, AT(0x40000000), GATE(APB1, 0), ON(TIMER1), IRQS(28)},                \
    {"TIM3", &timer_general_ops, AT(0x40000400), GATE(APB1, 1), ON(TIMER1), IRQS(29)},             \
    {"TIM4", &timer_general_ops, AT(0x40000800), GATE(APB1, 2), ON(TIMER1), IRQS(30)},             \
    {"TIM5", &timer_tim5_ops, AT(0x40000C00), GATE(APB1, 3), ON(TIMER1), IRQS(50)},                \
    {"LSI_edges", &clock_edges_ops, ALWAYS, ON(LSI)},                                              \
    {"LSE_edges", &clock_edges_ops, ALWAYS, ON(LSE)},                                              \
    {"HSE_RTC_edges", &clock_edges_ops, ALWAYS, ON(HSE_RTC)},                                      \
    {"MCO1", &clock_edges_ops, ALWAYS, ON(MCO1)},                                                  \
    {"MCO2", &clock_edges_ops, ALWAYS, ON(MCO2)},                                                  \
    {"TIM6", &timer_basic_ops, AT(0x40001000), GATE(APB1, 4), ON(TIMER1), IRQS(54)},               \
    {"TIM7", &timer_basic_ops, AT(0x40001400), GATE(APB1, 5), ON(TIMER1), IRQS(55)},               \
    {"TIM8", &timer_advanced_ops, AT(0x40010400), GATE(APB2, 1), ON(TIMER2),                       \
        IRQS(CHIP_NO_IRQ, 43, 44, 45, 46)},                                                        \
    {"TIM10", &timer_one_channel_ops, AT(0x40014400), GATE(APB2, 17), ON(TIMER2), IRQS(25)},       \
    {"TIM11", &timer_tim11_ops, AT(0x40014800), GATE(APB2, 18), ON(TIMER2), IRQS(26)},             \
    {"TIM13", &timer_one_channel_ops, AT(0x40001C00), GATE(APB1, 7), ON(TIMER1), IRQS(44)},        \
    {"TIM14", &timer_one_channel_ops, AT(0x40002000), GATE(APB1, 8), ON(TIMER1), IRQS(45)},        \
    {"DMA1", &dma_v2_ops, AT(0x40026000), GATE(AHB1, 21), ON(CORE),                                \
        IRQS(11, 12, 13, 14, 15, 16, 17, 47), .config = &dma1_config},                             \
    {"DMA2", &dma_v2_ops, AT(0x40026400), GATE(AHB1, 22), ON(CORE),                                \
        IRQS(56, 57, 58, 59, 60, 68, 69, 70), .config = &dma2_config},                             \
    {"ADC1", &adc_v2_ops, .base = 0x40012000, .size = 0x100, GATE(APB2, 8), ON(PCLK2), IRQS(18),   \
        .config = &adc1_config},                                                                   \
    {"ADC2", &adc_v2_ops, .base = 0x40012100, .size = 0x100, GATE_RESET(APB2, 9, 8), ON(PCLK2), IRQS(18), \
        .config = &adc2_config},                                                                   \
    {"ADC3", &adc_v2_ops, .base = 0x40012200, .size = 0x100, GATE_RESET(APB2, 10, 8), ON(PCLK2), IRQS(18), \
        .config = &adc3_config},                                                                   \
    {"DAC", &dac_v1_ops, AT(0x40007400), GATE(APB1, 29), ON(PCLK1), IRQS(54)},                     \
    {"ADC_Common", &adc_v2_common_ops, .base = 0x40012300, .size = 0x100, GATE(APB2, 8),           \
        .more_gates = 2, ON(PCLK2)},                                                               \
    {"IWDG", &iwdg_v1_ops, AT(0x40003000), ALWAYS, ON(LSI)},                                       \
    {"WWDG", &wwdg_v1_ops, AT(0x40002C00), GATE(APB1, 11), ON(PCLK1), IRQS(0)},                    \
    {"CRC", &crc_v1_ops, AT(0x40023000), GATE(AHB1, 12), ON(CORE)},                                \
    {"RNG", &rng_v1_ops, AT(0x50060800), GATE(AHB2, 6), ON(PLL48), IRQS(80)},                      \
    /* Register tables only. */                                                                    \
    {"CAN1", &bxcan_ops, AT(0x40006400), GATE(APB1, 25), ON(PCLK1)},                               \
    {"CAN2", &bxcan_ops, AT(0x40006800), GATE(APB1, 26), ON(PCLK1)},                               \
    {"SDIO", &sdio_v1_ops, AT(0x40012C00), GATE(APB2, 11), ON(PLL48), IRQS(49)},                   \
    {"OTG_FS", &otg_fs_ops, .base = 0x50000000, .size = 0x40000, GATE(AHB2, 7), ON(PLL48)},        \
    {"OTG_HS", &otg_hs_ops, .base = 0x40040000, .size = 0x40000, GATE(AHB1, 29), ON(CORE)},        \
    {"FSMC", &fsmc_v1_ops, .base = 0xA0000000, .size = 0x1000, GATE(AHB3, 0), ON(CORE)}

#define ITR(from, output, to, number) {from, TIMER_OUT_##output, to, TIMER_IN_ITR0 + (number), 1}

#define ROUTES_F4 \
    {"GPIOA", 0, "SYSCFG", SYSCFG_IN(0), 16},                                                      \
    {"GPIOB", 0, "SYSCFG", SYSCFG_IN(1), 16},                                                      \
    {"GPIOC", 0, "SYSCFG", SYSCFG_IN(2), 16},                                                      \
    {"GPIOD", 0, "SYSCFG", SYSCFG_IN(3), 16},                                                      \
    {"GPIOE", 0, "SYSCFG", SYSCFG_IN(4), 16},                                                      \
    {"GPIOF", 0, "SYSCFG", SYSCFG_IN(5), 16},                                                      \
    {"GPIOG", 0, "SYSCFG", SYSCFG_IN(6), 16},                                                      \
    {"GPIOH", 0, "SYSCFG", SYSCFG_IN(7), 16},                                                      \
    {"GPIOI", 0, "SYSCFG", SYSCFG_IN(8), 16},                                                      \
    {"SYSCFG", 0, "EXTI", 0, SYSCFG_LINES},                                                        \
    {"EXTI", EXTI_OUT_EVENT, CPU_SIGNALS, CPU_SIGNAL_EVENT, 1},                                    \
    /* Internal triggers (RM0090 tables 93, 97, 101; RM0033 13 to 15). */                                                         \
    ITR("TIM5", TRGO, "TIM1", 0), ITR("TIM2", TRGO, "TIM1", 1),                                    \
    ITR("TIM3", TRGO, "TIM1", 2), ITR("TIM4", TRGO, "TIM1", 3),                                    \
    ITR("TIM1", TRGO, "TIM2", 0), ITR("TIM8", TRGO, "TIM2", 1),                                    \
    ITR("TIM3", TRGO, "TIM2", 2), ITR("TIM4", TRGO, "TIM2", 3),                                    \
    ITR("TIM1", TRGO, "TIM3", 0), ITR("TIM2", TRGO, "TIM3", 1),                                    \
    ITR("TIM5", TRGO, "TIM3", 2), ITR("TIM4", TRGO, "TIM3", 3),                                    \
    ITR("TIM1", TRGO, "TIM4", 0), ITR("TIM2", TRGO, "TIM4", 1),                                    \
    ITR("TIM3", TRGO, "TIM4", 2), ITR("TIM8", TRGO, "TIM4", 3),                                    \
    ITR("TIM2", TRGO, "TIM5", 0), ITR("TIM3", TRGO, "TIM5", 1),                                    \
    ITR("TIM4", TRGO, "TIM5", 2), ITR("TIM8", TRGO, "TIM5", 3),                                    \
    ITR("TIM1", TRGO, "TIM8", 0), ITR("TIM2", TRGO, "TIM8", 1),                                    \
    ITR("TIM4", TRGO, "TIM8", 2), ITR("TIM5", TRGO, "TIM8", 3),                                    \
    ITR("TIM2", TRGO, "TIM9", 0), ITR("TIM3", TRGO, "TIM9", 1),                                    \
    ITR("TIM10", OC1, "TIM9", 2), ITR("TIM11", OC1, "TIM9", 3),                                    \
    ITR("TIM4", TRGO, "TIM12", 0), ITR("TIM5", TRGO, "TIM12", 1),                                  \
    ITR("TIM13", OC1, "TIM12", 2), ITR("TIM14", OC1, "TIM12", 3),                                  \
    DMA_REQUESTS_UART,                                                                             \
    DMA_REQUESTS_SPI,                                                                              \
    DMA_REQUESTS_I2C,                                                                              \
    DMA_REQUESTS_TIMER,                                                                            \
    DMA_REQUESTS_ADC,                                                                              \
    ADC_TRIGGERS("ADC1"),                                                                          \
    ADC_TRIGGERS("ADC2"),                                                                          \
    ADC_TRIGGERS("ADC3"),                                                                          \
    DMA_REQUESTS_DAC,                                                                              \
    DAC_TRIGGERS,                                                                                  \
    {"GPIOA", 0, "PWR", PWR_IN_WAKEUP_PIN, 1},                                                     \
    {CPU_OUTPUTS, CPU_OUT_SLEEPING, "RCC", RCC_IN_SLEEP, 1},                                       \
    {CPU_OUTPUTS, CPU_OUT_SLEEPDEEP, "PWR", PWR_IN_DEEP_SLEEP, 1},                                 \
    {"RTC", RTC_OUT_WAKE, "PWR", PWR_IN_RTC, 1},                                                   \
    {"DBGMCU", DBGMCU_OUT_STOP, "PWR", PWR_IN_DBG_STOP, 1},                                        \
    {"PWR", PWR_OUT_STOP, "RCC", RCC_IN_STOP, 1},                                                  \
    {"PWR", PWR_OUT_STANDBY, "RCC", RCC_IN_STANDBY, 1},                                            \
    {"PWR", PWR_OUT_STANDBY, CPU_SIGNALS, CPU_SIGNAL_STANDBY, 1},                                  \
    {"PWR", PWR_OUT_CORE_STOPPED, CPU_SYSTICK, CORE_IN_STOPPED, 1},                                \
    {"PWR", PWR_OUT_CORE_STOPPED, CPU_DWT, CORE_IN_STOPPED, 1},                                    \
    {"PWR", PWR_OUT_BROWNOUT, "RCC", RCC_IN_BROWNOUT, 1},                                          \
    {"PWR", PWR_OUT_RESET, CPU_SIGNALS, CPU_SIGNAL_RESET, 1},                                      \
    {"PWR", PWR_OUT_PVD, "EXTI", EXTI_LINE_PVD, 1},                                                \
    {"FLASH", FLASH_OUT_BOR_LEV0, "PWR", PWR_IN_BOR_LEV0, 2},                                      \
    {"PWR", PWR_OUT_DBP, "RCC", RCC_IN_DBP, 1},                                                    \
    {"PWR", PWR_OUT_DBP, "BKPSRAM", BKPSRAM_IN_DBP, 1},                                            \
    {"PWR", PWR_OUT_DBP, "RTC", RTC_IN_DBP, 1},                                                    \
    {"RCC", RCC_OUT_BDRST, "RTC", RTC_IN_BDRST, 1},                                                \
    {"GPIOC", 13, "RTC", RTC_IN_AF1, 1},                                                           \
    {"GPIOI", 8, "RTC", RTC_IN_AF2, 1},                                                            \
    {"RTC", RTC_OUT_ALARM, "EXTI", EXTI_LINE_RTC_ALARM, 1},                                        \
    {"RTC", RTC_OUT_TAMP_STAMP, "EXTI", EXTI_LINE_TAMP_STAMP, 1},                                  \
    {"RTC", RTC_OUT_WAKEUP, "EXTI", EXTI_LINE_RTC_WKUP, 1},                                        \
    {"RTC", RTC_OUT_WAKEUP, "TIM5", TIMER_IN_TI4_RTC_WAKEUP, 1},                                   \
    {"LSI_edges", 0, "TIM5", TIMER_IN_TI4_LSI, 1},                                                 \
    {"LSE_edges", 0, "TIM5", TIMER_IN_TI4_LSE, 1},                                                 \
    {"HSE_RTC_edges", 0, "TIM11", TIMER_IN_TI1_HSE_RTC, 1},                                        \
    /* The RCC notes the cause before the core is reset. */                                        \
    {"IWDG", IWDG_OUT_RESET, "RCC", RCC_IN_IWDG_RESET, 1},                                         \
    {"IWDG", IWDG_OUT_RESET, CPU_SIGNALS, CPU_SIGNAL_RESET, 1},                                    \
    {"IWDG", IWDG_OUT_LSI, "RCC", RCC_IN_LSI_REQUEST, 1},                                          \
    {"WWDG", WWDG_OUT_RESET, "RCC", RCC_IN_WWDG_RESET, 1},                                         \
    {"WWDG", WWDG_OUT_RESET, CPU_SIGNALS, CPU_SIGNAL_RESET, 1},                                    \
    {"FLASH", FLASH_OUT_HARDWARE_WATCHDOG, "IWDG", IWDG_IN_HARDWARE, 1},                           \
    {"RCC", RCC_OUT_NMI, CPU_SIGNALS, CPU_SIGNAL_NMI, 1}
/* clang-format on */

#endif
