/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every device model, for the chip tables. */
#ifndef PERIPH_DEVICES_H
#define PERIPH_DEVICES_H

#include "core/device.h"

extern const struct device_ops adc_v1_ops;
extern const struct device_ops adc_v2_common_ops;
extern const struct device_ops adc_v2_ops;
extern const struct device_ops afio_ops;
extern const struct device_ops bkp_ops;
extern const struct device_ops bkpsram_ops;
extern const struct device_ops bxcan_ops;
extern const struct device_ops cec_v1_ops;
extern const struct device_ops clock_edges_ops;
extern const struct device_ops crc_v1_ops;
extern const struct device_ops dbgmcu_f1_ops;
extern const struct device_ops dac_v1_ops;
extern const struct device_ops dbgmcu_f2_ops;
extern const struct device_ops dbgmcu_ops;           /* F4 */
extern const struct device_ops dma_v1_ops;
extern const struct device_ops dma_v2_ops;
extern const struct device_ops exti_v1_f1_ops;      /* 18 lines */
extern const struct device_ops exti_v1_ops;
extern const struct device_ops flash_v1_ops;
extern const struct device_ops flash_v2_ops;
extern const struct device_ops fsmc_v1_ops;
extern const struct device_ops gpio_v1_ops;
extern const struct device_ops gpio_v2_ops;
extern const struct device_ops i2c_v1_ops;
extern const struct device_ops iwdg_v1_ops;
extern const struct device_ops pwr_f1_ops;
extern const struct device_ops otg_fs_ops;
extern const struct device_ops otg_hs_ops;
extern const struct device_ops pwr_f2_ops;
extern const struct device_ops pwr_f4_ops;
extern const struct device_ops rcc_f1_ops;
extern const struct device_ops rcc_f2_ops;
extern const struct device_ops rcc_f4_ops;
extern const struct device_ops rng_v1_ops;
extern const struct device_ops spi_v1_ops;
extern const struct device_ops spi_v1_plain_ops;        /* without I2S: F1 */
extern const struct device_ops rtc_v1_ops;
extern const struct device_ops rtc_v2_ops;
extern const struct device_ops rtc_v2_f2_ops;
extern const struct device_ops sdio_v1_ops;
extern const struct device_ops syscfg_f4_ops;
extern const struct device_ops timer_advanced_ops;      /* TIM1, TIM8 */
extern const struct device_ops timer_advanced_f1_ops;   /* TIM1 of the F1 */
extern const struct device_ops timer_basic_ops;         /* TIM6, TIM7 */
extern const struct device_ops timer_general_ops;       /* TIM3, TIM4 */
extern const struct device_ops timer_general_f1_ops;    /* TIM2, TIM3, TIM4 of F1 */
extern const struct device_ops timer_one_channel_ops;   /* TIM10, TIM13, TIM14 */
extern const struct device_ops timer_tim2_ops;
extern const struct device_ops timer_tim5_ops;
extern const struct device_ops timer_tim11_ops;
extern const struct device_ops timer_tim15_ops;
extern const struct device_ops timer_tim16_ops;         /* TIM16, TIM17 */
extern const struct device_ops timer_two_channel_ops;   /* TIM9, TIM12 */
extern const struct device_ops timer_two_channel_f2_ops;
extern const struct device_ops uart_v2_ops;
extern const struct device_ops usart_v2_ops;
extern const struct device_ops wwdg_v1_ops;

#endif
