/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "board.h"

#include "lib/cortex_m4.h"
#include "lib/stm32f405.h"

#define HSI_HZ 16000000u
#define HSE_HZ 8000000u
#define BAUD   115200u
#define START_LIMIT 0x5000u     /* polls before the crystal is given up */

uint32_t SystemCoreClock = HSI_HZ;
volatile uint32_t uwTick;
volatile uint32_t tick_cycle;

/* Bytes on their way to the USART: written by console_write, read by the interrupt. */
static struct {
    char bytes[256];
    volatile unsigned head, tail;
} queue;

/* ---- clocks ---- */

void SystemInit(void)
{
    SCB_CPACR |= CPACR_FPU_FULL;
}

static int hse_start(void)
{
    RCC->CR |= RCC_CR_HSEON;
    for (unsigned i = 0; i < START_LIMIT; i++)
        if (RCC->CR & RCC_CR_HSERDY)
            return 1;
    return 0;
}

void SystemClock_Config(void)
{
    const uint32_t m = 8, n = 336, p = 2, q = 7;

    if (!hse_start())
        return;
    RCC->APB1ENR |= RCC_APB1ENR_PWR;
    PWR->CR |= PWR_CR_VOS;
    RCC->PLLCFGR = m | n << 6 | (p / 2 - 1) << 16 | RCC_PLLCFGR_SRC_HSE | q << 24;
    RCC->CR |= RCC_CR_PLLON;
    while (!(RCC->CR & RCC_CR_PLLRDY)) {
    }
    FLASH->ACR = FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN | 5;
    while ((FLASH->ACR & FLASH_ACR_LATENCY) != 5) {
    }
    RCC->CFGR = (RCC->CFGR & ~3u) | RCC_CFGR_PPRE1_4 | RCC_CFGR_PPRE2_2 | RCC_CFGR_SW_PLL;
    while ((RCC->CFGR & RCC_CFGR_SWS) != RCC_CFGR_SWS_PLL) {
    }
    SystemCoreClockUpdate();
}

void SystemCoreClockUpdate(void)
{
    static const uint8_t ahb_shift[16] = {[8] = 1, 2, 3, 4, 6, 7, 8, 9};
    uint32_t cfgr = RCC->CFGR, pll = RCC->PLLCFGR, sysclk = HSI_HZ;

    if ((cfgr & RCC_CFGR_SWS) == RCC_CFGR_SWS_HSE) {
        sysclk = HSE_HZ;
    } else if ((cfgr & RCC_CFGR_SWS) == RCC_CFGR_SWS_PLL) {
        uint32_t source = pll & RCC_PLLCFGR_SRC_HSE ? HSE_HZ : HSI_HZ;
        uint32_t vco = source / (pll & 0x3F) * (pll >> 6 & 0x1FF);
        sysclk = vco / (((pll >> 16 & 3) + 1) * 2);
    }
    SystemCoreClock = sysclk >> ahb_shift[cfgr >> 4 & 0xF];
}

uint32_t apb1_clock(void)
{
    uint32_t ppre1 = RCC->CFGR >> 10 & 7;
    return SystemCoreClock >> (ppre1 & 4 ? (ppre1 & 3) + 1 : 0);
}

/* ---- pins, console, tick ---- */

static void pins_init(void)
{
    RCC->AHB1ENR |= RCC_AHB1ENR_GPIOA | RCC_AHB1ENR_GPIOD;
    (void)RCC->AHB1ENR;
    GPIOD->MODER = (GPIOD->MODER & ~0xFF000000u) | 0x55000000u;             /* PD12..15: outputs */
    GPIOA->AFR[0] = (GPIOA->AFR[0] & ~0xF00u) | 0x700u;                     /* PA2: AF7, USART2_TX */
    GPIOA->MODER = (GPIOA->MODER & ~(3u << 4 | 3u << 10)) | 2u << 4 | 1u << 10;
}

static void console_init(void)
{
    RCC->APB1ENR |= RCC_APB1ENR_USART2;
    (void)RCC->APB1ENR;
    USART2->BRR = (apb1_clock() + BAUD / 2) / BAUD;
    USART2->CR1 = USART_CR1_UE | USART_CR1_TE;
    nvic_enable(USART2_IRQ);
}

static void tick_init(void)
{
    cycle_counter_start();
    SYSTICK->LOAD = SystemCoreClock / 1000 - 1;
    SYSTICK->VAL = 0;
    SYSTICK->CTRL = SYSTICK_ENABLE | SYSTICK_TICKINT | SYSTICK_CORE_CLOCK;
}

void board_init(void)
{
    pins_init();
    console_init();
    tick_init();
}

void led_set(unsigned led, int on)
{
    GPIOD->BSRR = 1u << (12 + led + (on ? 0 : 16));
}

void heartbeat_toggle(void)
{
    GPIOA->BSRR = GPIOA->ODR & 1u << 5 ? 1u << (5 + 16) : 1u << 5;
}

void console_write(const char *text)
{
    for (; *text; text++) {
        unsigned next = (queue.head + 1) % sizeof queue.bytes;
        while (next == queue.tail) {
        }
        queue.bytes[queue.head] = *text;
        queue.head = next;
        USART2->CR1 |= USART_CR1_TXEIE;
    }
}

/* ---- handlers ---- */

void SysTick_Handler(void);
void USART2_IRQHandler(void);

void SysTick_Handler(void)
{
    tick_cycle = DWT_CYCCNT;
    uwTick++;
}

void USART2_IRQHandler(void)
{
    if (!(USART2->SR & USART_SR_TXE))
        return;
    if (queue.tail == queue.head) {
        USART2->CR1 &= ~USART_CR1_TXEIE;
        return;
    }
    USART2->DR = (unsigned char)queue.bytes[queue.tail];
    queue.tail = (queue.tail + 1) % sizeof queue.bytes;
}
