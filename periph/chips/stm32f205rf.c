/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * STM32F205RFT6: 768 KiB of flash, 128 KiB of SRAM, LQFP64 (RM0033, data sheet DS6329). A Cortex-M3 with an
 * MPU, without DSP extension and FPU. Not there: the FSMC's banks at 0x60000000, for which the package has
 * no pins; the factory's boot loader (see BOOT_LOADER); calibration words, which
 * this family does not have.
 */
#include "periph/chips/chips.h"
#include "periph/chips/common_f4.h"
#include "periph/chips/pins.h"

/* ---- memories ---- */

/* From 0x1FFF7A10. */
static const struct chip_bytes identity[] = {
    BYTES(0x00, 0x35, 0x00, 0x21, 0x00, 0x0B, 0x47, '3', '2', '0', '5', '6', '0'),  /* unique ID */
    BYTES(0x12, HALF(768)),             /* flash size, KiB */
    {0, 0, NULL},
};

static const struct chip_memory memories[] = {
    MEMORIES_F4(0xC0000),
    {.name = NULL},
};

static const struct chip_sectors sectors[] = {
    SECTORS_F4(5),
    {0, 0, 0},
};

/* ---- devices ---- */

/* One regulator voltage: one limit. */
static const struct rcc_config rcc_config = {
    .family = &rcc_f4_family,
    .sysclk_max = {120000000, 120000000},
    .pclk1_max = 30000000,
    .pclk2_max = 60000000,
    .vco_min = 192000000,
    .vco_max = 432000000,
    .plln_min = 192,
    .plln_max = 432,
};

static const struct flash_v2_config flash_config = {.hz_per_wait_state = 30000000};

/* Revision X. */
static const struct dbgmcu_config dbgmcu_config = {.idcode = 0x20036411};

static const struct gpio_v2_config gpioa_config = {
    .moder = 0xA8000000,
    .pupdr = 0x64000000,
    .debug_pins = 1u << 13 | 1u << 14,
};

/* clang-format off */
static const struct chip_device devices[] = {
    /* The RCC comes first: the others' resets see its clocks. */
    {"RCC", &rcc_f2_ops, AT(0x40023800), ALWAYS, ON(CORE), IRQS(5), .config = &rcc_config},
    {"PWR", &pwr_f2_ops, AT(0x40007000), GATE(APB1, 28), ON(PCLK1)},
    {"DBGMCU", &dbgmcu_f2_ops, AT(0xE0042000), ALWAYS, ON(CORE), .config = &dbgmcu_config},
    {"GPIOA", &gpio_v2_ops, AT(0x40020000), GATE(AHB1, 0), ON(CORE), .config = &gpioa_config},
    {"RTC", &rtc_v2_f2_ops, AT(0x40002800), ALWAYS, ON(RTC)},
    DEVICES_F4,
    {"TIM9", &timer_two_channel_f2_ops, AT(0x40014000), GATE(APB2, 16), ON(TIMER2), IRQS(24)},
    {"TIM12", &timer_two_channel_f2_ops, AT(0x40001800), GATE(APB1, 6), ON(TIMER1), IRQS(43)},
    {.name = NULL},
};

/* ---- wires ---- */

static const struct chip_route routes[] = {
    ROUTES_F4,
    {.from = NULL},
};
/* clang-format on */

const struct chip stm32f205rf = {
    .name = "stm32f205rf",
    .description = "STM32F205RF, Cortex-M3, 768 KiB flash, 128 KiB RAM",
    .core = {
        .kind = CPU_CORTEX_M3,
        .cpuid = 0x412FC230,
        .irq_count = 81,
        .priority_bits = 4,
        .mpu_regions = 8,
        .systick_calib = SYSTICK_SKEW | 15000,   /* 1 ms of HCLK/8 at 120 MHz */
        .ccr_reset = 0x00000200,
        .rom_id = 0x000A0411,
    },
    .memories = memories,
    .sectors = sectors,
    .devices = devices,
    .routes = routes,
    .pins = pins_f4,
    .clock_names = stm32_clock_names,
    .reset_hz = 16000000,
};
