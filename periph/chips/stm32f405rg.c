/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * STM32F405RGT6: 1 MiB of flash, 128 KiB of SRAM, 64 KiB of core-coupled RAM, LQFP64 (RM0090, data sheet
 * DS8626). Not there: the FSMC's banks at 0x60000000, for which the package has no pins; the factory's
 * boot loader (see BOOT_LOADER).
 */
#include "periph/chips/chips.h"
#include "periph/chips/common_f4.h"
#include "periph/chips/pins.h"

/* ---- memories ---- */

/* Identity and factory calibration, from 0x1FFF7A10 (data sheet 5.3.21, 5.3.22): V25 = 0.76 V and
 * 2.5 mV/C of the temperature sensor, 1.21 V of VREFINT, all at VDDA = 3.3 V. */
static const struct chip_bytes identity[] = {
    BYTES(0x00, 0x2A, 0x00, 0x1F, 0x00, 0x0F, 0x47, '3', '0', '1', '8', '4', '6'),  /* unique ID */
    BYTES(0x12, HALF(1024)),            /* flash size, KiB */
    BYTES(0x1A, HALF(1501)),            /* VREFINT */
    BYTES(0x1C, HALF(958)),             /* temperature sensor at 30 C */
    BYTES(0x1E, HALF(1207)),            /* at 110 C */
    {0, 0, NULL},
};

static const struct chip_memory memories[] = {
    MEMORIES_F4(0x100000),
    {.name = "ccm", .base = 0x10000000, .size = 0x10000},
    {.name = NULL},
};

static const struct chip_sectors sectors[] = {
    SECTORS_F4(7),
    {0, 0, 0},
};

/* ---- devices ---- */

static const struct rcc_config rcc_config = {
    .family = &rcc_f4_family,
    .sysclk_max = {168000000, 144000000},
    .pclk1_max = 42000000,
    .pclk2_max = 84000000,
    .vco_min = 100000000,
    .vco_max = 432000000,
    .plln_min = 50,
    .plln_max = 432,
};

static const struct flash_v2_config flash_config = {.hz_per_wait_state = 30000000};

/* Revision Y. */
static const struct dbgmcu_config dbgmcu_config = {.idcode = 0x100F6413};

static const struct gpio_v2_config gpioa_config = {
    .moder = 0xA8000000,
    .ospeedr = 0x0C000000,
    .pupdr = 0x64000000,
    .debug_pins = 1u << 13 | 1u << 14,
};

/* clang-format off */
static const struct chip_device devices[] = {
    /* The RCC comes first: the others' resets see its clocks. */
    {"RCC", &rcc_f4_ops, AT(0x40023800), ALWAYS, ON(CORE), IRQS(5), .config = &rcc_config},
    {"PWR", &pwr_f4_ops, AT(0x40007000), GATE(APB1, 28), ON(PCLK1)},
    {"DBGMCU", &dbgmcu_ops, AT(0xE0042000), ALWAYS, ON(CORE), .config = &dbgmcu_config},
    {"GPIOA", &gpio_v2_ops, AT(0x40020000), GATE(AHB1, 0), ON(CORE), .config = &gpioa_config},
    {"RTC", &rtc_v2_ops, AT(0x40002800), ALWAYS, ON(RTC)},
    DEVICES_F4,
    {"TIM9", &timer_two_channel_ops, AT(0x40014000), GATE(APB2, 16), ON(TIMER2), IRQS(24)},
    {"TIM12", &timer_two_channel_ops, AT(0x40001800), GATE(APB1, 6), ON(TIMER1), IRQS(43)},
    {"I2S2ext", &spi_v1_ops, AT(0x40003400), GATE(APB1, 14), ON(PCLK1)},
    {"I2S3ext", &spi_v1_ops, AT(0x40004000), GATE(APB1, 15), ON(PCLK1)},
    {.name = NULL},
};

/* ---- wires ---- */

/* A pin that the F2 does not have (data sheet DS8626 table 9). */
#define I2S_EXT_SD(port, pin, af, block)                                                           \
    {block, SPI_OUT_MOSI, port, PINS_FROM(pin, af), 1}, {port, PINS_TO(pin, af), block, SPI_IN_MOSI, 1}

static const struct chip_route routes[] = {
    ROUTES_F4,
    DMA_REQUESTS_I2S_EXT,
    {"SPI2", SPI_OUT_I2S_FRAME, "I2S2ext", SPI_IN_I2S_FRAME, 2},
    {"SPI3", SPI_OUT_I2S_FRAME, "I2S3ext", SPI_IN_I2S_FRAME, 2},
    I2S_EXT_SD("GPIOB", 14, 6, "I2S2ext"), I2S_EXT_SD("GPIOC", 2, 6, "I2S2ext"),
    I2S_EXT_SD("GPIOI", 2, 6, "I2S2ext"), I2S_EXT_SD("GPIOB", 4, 7, "I2S3ext"),
    I2S_EXT_SD("GPIOC", 11, 5, "I2S3ext"),
    {"PWR", PWR_OUT_VOS_LOW, "RCC", RCC_IN_VOS_LOW, 1},
    {.from = NULL},
};
/* clang-format on */

const struct chip stm32f405rg = {
    .name = "stm32f405rg",
    .description = "STM32F405RG, Cortex-M4F, 1 MiB flash, 128 + 64 KiB RAM",
    .core = {
        .kind = CPU_CORTEX_M4F,
        .cpuid = 0x410FC241,
        .irq_count = 82,
        .priority_bits = 4,
        .mpu_regions = 8,
        .systick_calib = SYSTICK_SKEW | 18750,   /* 1 ms of HCLK/8 at 150 MHz */
        .ccr_reset = 0x00000200,
        .rom_id = 0x000A0413,
    },
    .memories = memories,
    .sectors = sectors,
    .devices = devices,
    .routes = routes,
    .pins = pins_f4,
    .clock_names = stm32_clock_names,
    .reset_hz = 16000000,
};
