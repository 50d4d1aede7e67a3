/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * STM32F100RBT6, value line: 128 KiB of flash, 8 KiB of SRAM, LQFP64 (RM0041, data sheet DS5944). A Cortex-M3
 * without MPU. Not there: the factory's boot loader (see BOOT_LOADER); boot pins (BOOT0 is low for ever). CEC has a
 * register table only.
 */
#include "periph/afio.h"
#include "periph/bkp.h"
#include "periph/chips/analog_triggers_f1.h"
#include "periph/chips/chips.h"
#include "periph/chips/dma_requests_f1.h"
#include "periph/chips/pins.h"
#include "periph/chips/rows.h"
#include "periph/clocks.h"
#include "periph/dbgmcu.h"
#include "periph/devices.h"
#include "periph/exti_v1.h"
#include "periph/flash_v1.h"
#include "periph/gpio.h"
#include "periph/i2c_v1.h"
#include "periph/iwdg.h"
#include "periph/pwr.h"
#include "periph/rcc_f1.h"
#include "periph/rtc_v1.h"
#include "periph/spi_v1.h"
#include "periph/timer.h"
#include "periph/wwdg.h"

#include "core/signal.h"

/* ---- memories ---- */

/* Each byte with its complement: readout protection off, software watchdog, no page protected (PM0063 2.5). */
static const struct chip_bytes option_bytes[] = {
    BYTES(0, 0xA5, 0x5A, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00, 0xFF, 0x00),
    {0, 0, NULL},
};

/* From 0x1FFFF7E0. */
static const struct chip_bytes identity[] = {
    BYTES(0x0, HALF(128)),              /* flash size, KiB */
    BYTES(0x8, 0x3A, 0x00, 0x2C, 0x00, 0x13, 0x51, '3', '1', '0', '0', '6', '2'),  /* unique ID */
    {0, 0, NULL},
};

static const struct chip_bytes boot_loader[] = {BOOT_LOADER(0x1FFFF000), {0, 0, NULL}};

/* clang-format off */
static const struct chip_memory memories[] = {
    {.name = "flash", .base = 0x08000000, .size = 0x20000, .fill = 0xFF, .writer = "FLASH",
     .flags = MEMORY_NVM | MEMORY_EXECUTE | MEMORY_DMA | MEMORY_BOOT},
    {.name = "system", .base = 0x1FFFF000, .size = 0x7E0, .fill = 0xFF, .init = boot_loader,
     .flags = MEMORY_NVM | MEMORY_EXECUTE | MEMORY_DMA},
    {.name = "identity", .base = 0x1FFFF7E0, .size = 0x20, .fill = 0xFF, .init = identity,
     .flags = MEMORY_NVM | MEMORY_DMA},
    {.name = "options", .base = 0x1FFFF800, .size = 0x10, .fill = 0xFF, .init = option_bytes,
     .writer = "FLASH", .flags = MEMORY_NVM},
    {.name = "sram", .base = 0x20000000, .size = 0x2000,
     .flags = MEMORY_EXECUTE | MEMORY_DMA | MEMORY_BITBAND},
    {.name = NULL},
};
/* clang-format on */

static const struct chip_sectors sectors[] = {{0x08000000, 0x400, 128}, {0, 0, 0}};

/* ---- devices ---- */

/* HCLK, PCLK1 and PCLK2 have the same limit. */
static const struct rcc_config rcc_config = {
    .family = &rcc_f1_family,
    .sysclk_max = {24000000, 24000000},
    .pclk1_max = UINT32_MAX,
    .pclk2_max = UINT32_MAX,
};

static const struct flash_v1_config flash_config = {.page = 1024, .pages_per_wrp = 4};

/* Revision Z. */
static const struct dbgmcu_config dbgmcu_config = {.idcode = 0x10016420};

static const struct gpio_v1_config gpio_config = {.pins = pins_f1};

#define GATE(bus, bit) .gate = RCC_LINE(RCC_F1_##bus, bit), .reset_line = RCC_LINE(RCC_F1_##bus, bit)
#define AHB_GATE(bit)  .gate = RCC_LINE(RCC_F1_AHB, bit), .reset_line = GATE_NONE

/* clang-format off */
static const struct chip_device devices[] = {
    /* The RCC comes first: the others' resets see its clocks. */
    {"RCC", &rcc_f1_ops, AT(0x40021000), ALWAYS, ON(CORE), IRQS(5), .config = &rcc_config},
    {"FLASH", &flash_v1_ops, AT(0x40022000), ALWAYS, ON(CORE), IRQS(4), .config = &flash_config},
    {"PWR", &pwr_f1_ops, AT(0x40007000), GATE(APB1, 28), ON(PCLK1)},
    {"BKP", &bkp_ops, AT(0x40006C00), GATE(APB1, 27), ON(PCLK1), IRQS(2)},
    {"RTC", &rtc_v1_ops, AT(0x40002800), ALWAYS, ON(RTC), IRQS(3)},
    {"AFIO", &afio_ops, AT(0x40010000), GATE(APB2, 0), ON(PCLK2)},
    {"EXTI", &exti_v1_f1_ops, AT(0x40010400), ALWAYS, ON(PCLK2), IRQS(6, 7, 8, 9, 10, 23, 40, 1, 41)},
    {"DBGMCU", &dbgmcu_f1_ops, AT(0xE0042000), ALWAYS, ON(CORE), .config = &dbgmcu_config},

    {"GPIOA", &gpio_v1_ops, AT(0x40010800), GATE(APB2, 2), ON(PCLK2), .config = &gpio_config},
    {"GPIOB", &gpio_v1_ops, AT(0x40010C00), GATE(APB2, 3), ON(PCLK2), .config = &gpio_config},
    {"GPIOC", &gpio_v1_ops, AT(0x40011000), GATE(APB2, 4), ON(PCLK2), .config = &gpio_config},
    {"GPIOD", &gpio_v1_ops, AT(0x40011400), GATE(APB2, 5), ON(PCLK2), .config = &gpio_config},
    {"GPIOE", &gpio_v1_ops, AT(0x40011800), GATE(APB2, 6), ON(PCLK2), .config = &gpio_config},

    {"USART1", &usart_v2_ops, AT(0x40013800), GATE(APB2, 14), ON(PCLK2), IRQS(37)},
    {"USART2", &usart_v2_ops, AT(0x40004400), GATE(APB1, 17), ON(PCLK1), IRQS(38)},
    {"USART3", &usart_v2_ops, AT(0x40004800), GATE(APB1, 18), ON(PCLK1), IRQS(39)},

    {"TIM1", &timer_advanced_f1_ops, AT(0x40012C00), GATE(APB2, 11), ON(TIMER2),
        IRQS(CHIP_NO_IRQ, 24, 25, 26, 27)},
    {"TIM2", &timer_general_f1_ops, AT(0x40000000), GATE(APB1, 0), ON(TIMER1), IRQS(28)},
    {"TIM3", &timer_general_f1_ops, AT(0x40000400), GATE(APB1, 1), ON(TIMER1), IRQS(29)},
    {"TIM4", &timer_general_f1_ops, AT(0x40000800), GATE(APB1, 2), ON(TIMER1), IRQS(30)},
    {"MCO", &clock_edges_ops, ALWAYS, ON(MCO1)},
    {"TIM6", &timer_basic_ops, AT(0x40001000), GATE(APB1, 4), ON(TIMER1), IRQS(54)},
    {"TIM7", &timer_basic_ops, AT(0x40001400), GATE(APB1, 5), ON(TIMER1), IRQS(55)},
    {"TIM15", &timer_tim15_ops, AT(0x40014000), GATE(APB2, 16), ON(TIMER2), IRQS(24)},
    {"TIM16", &timer_tim16_ops, AT(0x40014400), GATE(APB2, 17), ON(TIMER2), IRQS(25)},
    {"TIM17", &timer_tim16_ops, AT(0x40014800), GATE(APB2, 18), ON(TIMER2), IRQS(26)},

    {"SPI1", &spi_v1_plain_ops, AT(0x40013000), GATE(APB2, 12), ON(PCLK2), IRQS(35)},
    {"SPI2", &spi_v1_plain_ops, AT(0x40003800), GATE(APB1, 14), ON(PCLK1), IRQS(36)},
    {"I2C1", &i2c_v1_ops, AT(0x40005400), GATE(APB1, 21), ON(PCLK1), IRQS(31, 32)},
    {"I2C2", &i2c_v1_ops, AT(0x40005800), GATE(APB1, 22), ON(PCLK1), IRQS(33, 34)},

    {"IWDG", &iwdg_v1_ops, AT(0x40003000), ALWAYS, ON(LSI)},
    {"WWDG", &wwdg_v1_ops, AT(0x40002C00), GATE(APB1, 11), ON(PCLK1), IRQS(0)},
    {"CRC", &crc_v1_ops, AT(0x40023000), AHB_GATE(6), ON(CORE)},

    {"DMA1", &dma_v1_ops, AT(0x40020000), AHB_GATE(0), ON(CORE), IRQS(11, 12, 13, 14, 15, 16, 17)},
    {"ADC1", &adc_v1_ops, AT(0x40012400), GATE(APB2, 9), ON(ADC_HALVES), IRQS(18)},
    {"DAC", &dac_v1_ops, AT(0x40007400), GATE(APB1, 29), ON(PCLK1), IRQS(54)},

    /* Register table only. */
    {"CEC", &cec_v1_ops, AT(0x40007800), GATE(APB1, 30), ON(PCLK1), IRQS(42)},
    {.name = NULL},
};

/* ---- wires ---- */

#define ITR(from, output, to, number) {from, TIMER_OUT_##output, to, TIMER_IN_ITR0 + (number), 1}

static const struct chip_route routes[] = {
    {"GPIOA", 0, "AFIO", AFIO_IN(0), 16},
    {"GPIOB", 0, "AFIO", AFIO_IN(1), 16},
    {"GPIOC", 0, "AFIO", AFIO_IN(2), 16},
    {"GPIOD", 0, "AFIO", AFIO_IN(3), 16},
    {"GPIOE", 0, "AFIO", AFIO_IN(4), 16},
    {"AFIO", 0, "EXTI", 0, AFIO_LINES},
    {"EXTI", EXTI_OUT_EVENT, CPU_SIGNALS, CPU_SIGNAL_EVENT, 1},

    /* Internal triggers (RM0041 12 to 14). */
    ITR("TIM15", TRGO, "TIM1", 0), ITR("TIM2", TRGO, "TIM1", 1),
    ITR("TIM3", TRGO, "TIM1", 2), ITR("TIM4", TRGO, "TIM1", 3),
    ITR("TIM1", TRGO, "TIM2", 0), ITR("TIM15", TRGO, "TIM2", 1),
    ITR("TIM3", TRGO, "TIM2", 2), ITR("TIM4", TRGO, "TIM2", 3),
    ITR("TIM1", TRGO, "TIM3", 0), ITR("TIM2", TRGO, "TIM3", 1),
    ITR("TIM15", TRGO, "TIM3", 2), ITR("TIM4", TRGO, "TIM3", 3),
    ITR("TIM1", TRGO, "TIM4", 0), ITR("TIM2", TRGO, "TIM4", 1),
    ITR("TIM3", TRGO, "TIM4", 2), ITR("TIM15", TRGO, "TIM4", 3),
    ITR("TIM2", TRGO, "TIM15", 0), ITR("TIM3", TRGO, "TIM15", 1),
    ITR("TIM16", OC1, "TIM15", 2), ITR("TIM17", OC1, "TIM15", 3),

    DMA_F1_REQUESTS_ADC,
    DMA_F1_REQUESTS_DAC,
    DMA_F1_REQUESTS_I2C,
    DMA_F1_REQUESTS_SPI,
    DMA_F1_REQUESTS_TIMER,
    DMA_F1_REQUESTS_UART,
    ANALOG_TRIGGERS_F1,

    /* Deep sleep: the RCC comes before the reset, and before the RAM is lost. */
    {"GPIOA", 0, "PWR", PWR_IN_WAKEUP_PIN, 1},
    {CPU_OUTPUTS, CPU_OUT_SLEEPDEEP, "PWR", PWR_IN_DEEP_SLEEP, 1},
    {"DBGMCU", DBGMCU_OUT_STOP, "PWR", PWR_IN_DBG_STOP, 1},
    {"RTC", RTC_V1_OUT_ALARM, "PWR", PWR_IN_RTC, 1},
    {"RTC", RTC_V1_OUT_ALARM, "EXTI", EXTI_LINE_RTC_ALARM, 1},
    {"PWR", PWR_OUT_STOP, "RCC", RCC_IN_STOP, 1},
    {"PWR", PWR_OUT_STANDBY, "RCC", RCC_IN_STANDBY, 1},
    {"PWR", PWR_OUT_STANDBY, CPU_SIGNALS, CPU_SIGNAL_STANDBY, 1},
    {"PWR", PWR_OUT_CORE_STOPPED, CPU_SYSTICK, CORE_IN_STOPPED, 1},
    {"PWR", PWR_OUT_CORE_STOPPED, CPU_DWT, CORE_IN_STOPPED, 1},
    {"PWR", PWR_OUT_RESET, CPU_SIGNALS, CPU_SIGNAL_RESET, 1},
    {"PWR", PWR_OUT_PVD, "EXTI", EXTI_LINE_PVD, 1},

    /* The backup domain. */
    {"PWR", PWR_OUT_DBP, "RCC", RCC_IN_DBP, 1},
    {"PWR", PWR_OUT_DBP, "BKP", BKP_IN_DBP, 1},
    {"PWR", PWR_OUT_DBP, "RTC", RTC_V1_IN_DBP, 1},
    {"RCC", RCC_OUT_BDRST, "BKP", BKP_IN_BDRST, 1},
    {"RCC", RCC_OUT_BDRST, "RTC", RTC_V1_IN_BDRST, 1},
    {"BKP", BKP_OUT_RTCCR, "RTC", RTC_V1_IN_RTCCR, 1},
    {"GPIOC", 13, "BKP", BKP_IN_TAMPER, 1},

    /* The RCC notes the cause before the core is reset. */
    {"IWDG", IWDG_OUT_RESET, "RCC", RCC_IN_IWDG_RESET, 1},
    {"IWDG", IWDG_OUT_RESET, CPU_SIGNALS, CPU_SIGNAL_RESET, 1},
    {"IWDG", IWDG_OUT_LSI, "RCC", RCC_IN_LSI_REQUEST, 1},
    {"WWDG", WWDG_OUT_RESET, "RCC", RCC_IN_WWDG_RESET, 1},
    {"WWDG", WWDG_OUT_RESET, CPU_SIGNALS, CPU_SIGNAL_RESET, 1},
    {"FLASH", FLASH_V1_OUT_HARDWARE_WATCHDOG, "IWDG", IWDG_IN_HARDWARE, 1},
    {"RCC", RCC_OUT_NMI, CPU_SIGNALS, CPU_SIGNAL_NMI, 1},
    {.from = NULL},
};
/* clang-format on */

const struct chip stm32f100rb = {
    .name = "stm32f100rb",
    .description = "STM32F100RB, Cortex-M3, 128 KiB flash, 8 KiB RAM",
    .core = {
        .kind = CPU_CORTEX_M3,
        .cpuid = 0x411FC231,
        .irq_count = 56,
        .priority_bits = 4,
        .mpu_regions = 0,
        .systick_calib = SYSTICK_SKEW | 3000,    /* 1 ms of HCLK/8 at 24 MHz */
        .ccr_reset = 0,             /* r1p1: STKALIGN is 0 */
        .rom_id = 0x000A0420,
    },
    .memories = memories,
    .sectors = sectors,
    .devices = devices,
    .routes = routes,
    .pins = pins_f1,
    .clock_names = stm32_clock_names,
    .reset_hz = 8000000,
};
