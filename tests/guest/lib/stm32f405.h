/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registers of the STM32F405 that guest programs use, in the manner of a vendor's device header (RM0090). */
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
    reg32 APB1ENR, APB2ENR, reserved3[2];
    reg32 AHB1LPENR, AHB2LPENR, AHB3LPENR, reserved4;
    reg32 APB1LPENR, APB2LPENR, reserved5[2];
    reg32 BDCR, CSR;
};

/* RM0090 8.4 */
struct gpio {
    reg32 MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR, AFR[2];
};

/* RM0090 30.6 */
struct usart {
    reg32 SR, DR, BRR, CR1, CR2, CR3, GTPR;
};

/* RM0090 18.4 */
struct timer {
    reg32 CR1, CR2, SMCR, DIER, SR, EGR, CCMR1, CCMR2, CCER, CNT, PSC, ARR, RCR, CCR[4];
};

/* RM0090 3.9 */
struct flash {
    reg32 ACR, KEYR, OPTKEYR, SR, CR, OPTCR;
};

/* RM0090 5.4 */
struct pwr {
    reg32 CR, CSR;
};

/* RM0090 9.2 */
struct syscfg {
    reg32 MEMRMP, PMC, EXTICR[4];
};

/* RM0090 12.3 */
struct exti {
    reg32 IMR, EMR, RTSR, FTSR, SWIER, PR;
};

/* RM0090 4.4 */
struct crc {
    reg32 DR, IDR, CR;
};

/* RM0090 24.4 */
struct rng {
    reg32 CR, SR, DR;
};

/* RM0090 21.4 */
struct iwdg {
    reg32 KR, PR, RLR, SR;
};

struct systick {
    reg32 CTRL, LOAD, VAL, CALIB;
};

#define TIM2    ((struct timer *)0x40000000)
#define TIM6    ((struct timer *)0x40001000)
#define IWDG    ((struct iwdg *)0x40003000)
#define USART2  ((struct usart *)0x40004400)
#define PWR     ((struct pwr *)0x40007000)
#define SYSCFG  ((struct syscfg *)0x40013800)
#define EXTI    ((struct exti *)0x40013C00)
#define GPIOA   ((struct gpio *)0x40020000)
#define GPIOB   ((struct gpio *)0x40020400)
#define GPIOC   ((struct gpio *)0x40020800)
#define GPIOD   ((struct gpio *)0x40020C00)
#define CRC     ((struct crc *)0x40023000)
#define RCC     ((struct rcc *)0x40023800)
#define FLASH   ((struct flash *)0x40023C00)
#define RNG     ((struct rng *)0x50060800)
#define SYSTICK ((struct systick *)0xE000E010)

#define RCC_CR_HSION        (1u << 0)
#define RCC_CR_HSIRDY       (1u << 1)
#define RCC_CR_HSEON        (1u << 16)
#define RCC_CR_HSERDY       (1u << 17)
#define RCC_CR_PLLON        (1u << 24)
#define RCC_CR_PLLRDY       (1u << 25)
#define RCC_PLLCFGR_SRC_HSE (1u << 22)
#define RCC_CFGR_SW_HSI     0u
#define RCC_CFGR_SW_HSE     1u
#define RCC_CFGR_SW_PLL     2u
#define RCC_CFGR_SW         3u
#define RCC_CFGR_SWS        (3u << 2)
#define RCC_CFGR_SWS_HSE    (1u << 2)
#define RCC_CFGR_SWS_PLL    (2u << 2)
#define RCC_CFGR_PPRE1_4    (5u << 10)
#define RCC_CFGR_PPRE2_2    (4u << 13)
#define RCC_AHB1ENR_GPIOA   (1u << 0)
#define RCC_AHB1ENR_GPIOB   (1u << 1)
#define RCC_AHB1ENR_GPIOC   (1u << 2)
#define RCC_AHB1ENR_GPIOD   (1u << 3)
#define RCC_AHB1ENR_CRC     (1u << 12)
#define RCC_AHB2ENR_RNG     (1u << 6)
#define RCC_APB1ENR_TIM2    (1u << 0)
#define RCC_APB1ENR_TIM6    (1u << 4)
#define RCC_APB1ENR_USART2  (1u << 17)
#define RCC_APB1ENR_PWR     (1u << 28)
#define RCC_APB2ENR_SYSCFG  (1u << 14)
#define RCC_CSR_LSION       (1u << 0)
#define RCC_CSR_LSIRDY      (1u << 1)
#define RCC_CSR_RMVF        (1u << 24)
#define RCC_CSR_PINRSTF     (1u << 26)
#define RCC_CSR_PORRSTF     (1u << 27)
#define RCC_CSR_SFTRSTF     (1u << 28)
#define RCC_CSR_IWDGRSTF    (1u << 29)

#define PWR_CR_VOS          (1u << 14)
#define PWR_CSR_VOSRDY      (1u << 14)

#define FLASH_ACR_LATENCY   7u
#define FLASH_ACR_PRFTEN    (1u << 8)
#define FLASH_ACR_ICEN      (1u << 9)
#define FLASH_ACR_DCEN      (1u << 10)
#define FLASH_KEY1          0x45670123u
#define FLASH_KEY2          0xCDEF89ABu
#define FLASH_SR_WRPERR     (1u << 4)
#define FLASH_SR_PGAERR     (1u << 5)
#define FLASH_SR_PGPERR     (1u << 6)
#define FLASH_SR_PGSERR     (1u << 7)
#define FLASH_SR_BSY        (1u << 16)
#define FLASH_CR_PG         (1u << 0)
#define FLASH_CR_SER        (1u << 1)
#define FLASH_CR_SNB(n)     ((uint32_t)(n) << 3)
#define FLASH_CR_PSIZE_32   (2u << 8)
#define FLASH_CR_STRT       (1u << 16)
#define FLASH_CR_LOCK       (1u << 31)

#define USART_SR_IDLE       (1u << 4)
#define USART_SR_RXNE       (1u << 5)
#define USART_SR_TC         (1u << 6)
#define USART_SR_TXE        (1u << 7)
#define USART_CR1_RE        (1u << 2)
#define USART_CR1_TE        (1u << 3)
#define USART_CR1_TCIE      (1u << 6)
#define USART_CR1_TXEIE     (1u << 7)
#define USART_CR1_UE        (1u << 13)
#define USART2_IRQ          38u

#define TIM_CR1_CEN         (1u << 0)
#define TIM_CR1_URS         (1u << 2)
#define TIM_CR1_OPM         (1u << 3)
#define TIM_DIER_UIE        (1u << 0)
#define TIM_SR_UIF          (1u << 0)
#define TIM_SR_CC1IF        (1u << 1)
#define TIM_EGR_UG          (1u << 0)
#define TIM2_IRQ            28u
#define TIM6_IRQ            54u
#define EXTI0_IRQ           6u
#define EXTI15_10_IRQ       40u

#define SYSTICK_ENABLE      (1u << 0)
#define SYSTICK_TICKINT     (1u << 1)
#define SYSTICK_CORE_CLOCK  (1u << 2)

#endif
