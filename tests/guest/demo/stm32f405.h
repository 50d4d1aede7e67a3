/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registers of the STM32F405 that the demo uses, in the manner of a vendor's device header (RM0090). */
#ifndef STM32F405_H
#define STM32F405_H

#include <stdint.h>

typedef volatile uint32_t reg32;

/* RM0090 7.3 */
struct rcc {
    reg32 CR, PLLCFGR, CFGR, CIR;
    reg32 AHB1RSTR, AHB2RSTR, AHB3RSTR, reserved0;
    reg32 APB1RSTR, APB2RSTR, reserved1[2];
    reg32 AHB1ENR, AHB2ENR, AHB3ENR, reserved2;
    reg32 APB1ENR, APB2ENR;
};

/* RM0090 8.4 */
struct gpio {
    reg32 MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR, AFR[2];
};

/* RM0090 30.6 */
struct usart {
    reg32 SR, DR, BRR, CR1, CR2, CR3, GTPR;
};

/* RM0090 3.9 */
struct flash {
    reg32 ACR, KEYR, OPTKEYR, SR, CR, OPTCR;
};

/* RM0090 5.4 */
struct pwr {
    reg32 CR, CSR;
};

struct systick {
    reg32 CTRL, LOAD, VAL, CALIB;
};

#define RCC     ((struct rcc *)0x40023800)
#define GPIOA   ((struct gpio *)0x40020000)
#define GPIOD   ((struct gpio *)0x40020C00)
#define USART2  ((struct usart *)0x40004400)
#define FLASH   ((struct flash *)0x40023C00)
#define PWR     ((struct pwr *)0x40007000)
#define SYSTICK ((struct systick *)0xE000E010)

#define NVIC_ISER1 (*(reg32 *)0xE000E104)
#define SCB_CPACR  (*(reg32 *)0xE000ED88)
#define DEMCR      (*(reg32 *)0xE000EDFC)
#define DWT_CTRL   (*(reg32 *)0xE0001000)
#define DWT_CYCCNT (*(reg32 *)0xE0001004)

#define RCC_CR_HSEON        (1u << 16)
#define RCC_CR_HSERDY       (1u << 17)
#define RCC_CR_PLLON        (1u << 24)
#define RCC_CR_PLLRDY       (1u << 25)
#define RCC_PLLCFGR_SRC_HSE (1u << 22)
#define RCC_CFGR_SW_PLL     2u
#define RCC_CFGR_SWS        (3u << 2)
#define RCC_CFGR_SWS_HSE    (1u << 2)
#define RCC_CFGR_SWS_PLL    (2u << 2)
#define RCC_CFGR_PPRE1_4    (5u << 10)
#define RCC_CFGR_PPRE2_2    (4u << 13)
#define RCC_AHB1ENR_GPIOA   (1u << 0)
#define RCC_AHB1ENR_GPIOD   (1u << 3)
#define RCC_APB1ENR_USART2  (1u << 17)
#define RCC_APB1ENR_PWR     (1u << 28)

#define PWR_CR_VOS          (1u << 14)
#define PWR_CSR_VOSRDY      (1u << 14)

#define FLASH_ACR_LATENCY   7u
#define FLASH_ACR_PRFTEN    (1u << 8)
#define FLASH_ACR_ICEN      (1u << 9)
#define FLASH_ACR_DCEN      (1u << 10)

#define USART_SR_TC         (1u << 6)
#define USART_SR_TXE        (1u << 7)
#define USART_CR1_TE        (1u << 3)
#define USART_CR1_TXEIE     (1u << 7)
#define USART_CR1_UE        (1u << 13)
#define USART2_IRQ          38u

#define SYSTICK_ENABLE      (1u << 0)
#define SYSTICK_TICKINT     (1u << 1)
#define SYSTICK_CORE_CLOCK  (1u << 2)

#endif
