/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The STM32F100's boot path: from the HSI to 24 MHz, timers, pins, EXTI, USART, flash, reset flags (RM0041, PM0063). */
#include "lib/check.h"
#include "lib/cortex_m4.h"

struct rcc {
    volatile uint32_t CR, CFGR, CIR, APB2RSTR, APB1RSTR, AHBENR, APB2ENR, APB1ENR, BDCR, CSR, reserved, CFGR2;
};
struct gpio {
    volatile uint32_t CRL, CRH, IDR, ODR, BSRR, BRR, LCKR;
};
struct usart {
    volatile uint32_t SR, DR, BRR, CR1, CR2, CR3, GTPR;
};
struct timer {
    volatile uint32_t CR1, CR2, SMCR, DIER, SR, EGR, CCMR1, CCMR2, CCER, CNT, PSC, ARR;
};
struct flash {
    volatile uint32_t ACR, KEYR, OPTKEYR, SR, CR, AR;
};

#define RCC       ((struct rcc *)0x40021000)
#define GPIOB     ((struct gpio *)0x40010C00)
#define GPIOC     ((struct gpio *)0x40011000)
#define USART2    ((struct usart *)0x40004400)
#define TIM2      ((struct timer *)0x40000000)
#define TIM16     ((struct timer *)0x40014400)
#define FLASH     ((struct flash *)0x40022000)
#define AFIO_EXTICR1 REG32(0x40010008)
#define EXTI_IMR  REG32(0x40010400)
#define EXTI_FTSR REG32(0x4001040C)
#define EXTI_PR   REG32(0x40010414)

enum { EXTI3_IRQ = 9, TIM1_UP_TIM16_IRQ = 25, USART2_IRQ = 38 };

static bool becomes(volatile uint32_t *reg, uint32_t mask, uint32_t value)
{
    for (unsigned i = 0; i < 200000; i++)
        if ((*reg & mask) == value)
            return true;
    return false;
}

/* As the vendor's start-up code for the value line does it. */
static void test_clocks(void)
{
    check_eq("rcc_cr_after_reset", RCC->CR & ~0xFF00u, 0x83);
    check_eq("rcc_csr_after_power_on", RCC->CSR, 0x0C000000);
    RCC->CR |= 1u << 16;
    check("hse_becomes_ready", becomes(&RCC->CR, 1u << 17, 1u << 17));
    RCC->CFGR = 1u << 18 | 1u << 16;            /* HSE x 3 */
    RCC->CR |= 1u << 24;
    check("pll_becomes_ready", becomes(&RCC->CR, 1u << 25, 1u << 25));
    RCC->CFGR |= 2;
    check("sysclk_switches_to_the_pll", becomes(&RCC->CFGR, 3u << 2, 2u << 2));
}

/* 24 MHz: 24000 cycles are 1000 ticks of a timer that divides by 24. */
static void test_timer(void)
{
    RCC->APB1ENR |= 1;
    TIM2->PSC = 23;
    TIM2->ARR = 0xFFFF;
    TIM2->EGR = 1;
    cycle_counter_start();
    uint32_t start = DWT_CYCCNT;
    TIM2->CR1 = 1;
    while (TIM2->CNT < 1000) {
    }
    check_range("tim2_counts_microseconds", DWT_CYCCNT - start, 24000, 24060);
}

static volatile unsigned timer_runs;

static void timer_handler(void)
{
    TIM16->SR = 0;
    timer_runs++;
}

static void test_tim16(void)
{
    RCC->APB2ENR |= 1u << 17;
    vector_set(EXC_IRQ(TIM1_UP_TIM16_IRQ), timer_handler);
    nvic_enable(TIM1_UP_TIM16_IRQ);
    TIM16->ARR = 99;
    TIM16->DIER = 1;
    TIM16->CR1 = 1;
    while (timer_runs < 3) {
    }
    TIM16->CR1 = 0;
    check("tim16_interrupts", timer_runs >= 3);
}

static volatile unsigned exti_runs;

static void exti_handler(void)
{
    EXTI_PR = 1u << 3;
    exti_runs++;
}

static void test_pins(void)
{
    RCC->APB2ENR |= 1u << 0 | 1u << 3 | 1u << 4;
    check_eq("crl_after_reset", GPIOC->CRL, 0x44444444);
    GPIOC->CRL = 0x44448344;                    /* PC2 output, PC3 pulled */
    GPIOC->BSRR = 1u << 2 | 1u << 3;
    check_eq("output_and_pull_up_show_in_idr", GPIOC->IDR & 0xC, 0xC);
    AFIO_EXTICR1 = 2u << 12;
    EXTI_FTSR = EXTI_IMR = 1u << 3;
    vector_set(EXC_IRQ(EXTI3_IRQ), exti_handler);
    nvic_enable(EXTI3_IRQ);
    GPIOC->BRR = 1u << 2;
    barrier();
    check_eq("another_pin_does_not_interrupt", exti_runs, 0);
    GPIOC->BRR = 1u << 3;
    barrier();
    check_eq("falling_edge_interrupts", exti_runs, 1);
}

static volatile unsigned sent;

static void usart_handler(void)
{
    if (sent < 4)
        USART2->DR = "F100"[sent++];
    else
        USART2->CR1 &= ~(1u << 7);
}

/* From the write of DR to TC. */
static uint32_t byte_cycles(void)
{
    while (!(USART2->SR & 1u << 6)) {           /* reading SR, then writing DR clears TC */
    }
    uint32_t start = DWT_CYCCNT;
    USART2->DR = 'x';
    while (!(USART2->SR & 1u << 6)) {
    }
    return DWT_CYCCNT - start;
}

/* 115200 baud at PCLK1 24 MHz: a byte takes 10 bits of 208 cycles. */
static void test_usart(void)
{
    RCC->APB1ENR |= 1u << 17;
    USART2->BRR = 208;
    USART2->CR1 = 1u << 13 | 1u << 3;
    check_range("an_idle_frame_comes_before_the_first_byte", byte_cycles(), 4160 - 300, 4160 + 300);
    check_range("a_byte_takes_ten_bits", byte_cycles(), 2080 - 208, 2080 + 300);
    vector_set(EXC_IRQ(USART2_IRQ), usart_handler);
    nvic_enable(USART2_IRQ);
    USART2->CR1 |= 1u << 7;
    while (USART2->CR1 & 1u << 7) {
    }
    check_eq("txe_interrupts_send_all_bytes", sent, 4);
}

static void test_flash(void)
{
    FLASH->KEYR = 0x45670123;
    FLASH->KEYR = 0xCDEF89AB;
    FLASH->CR = 2;
    FLASH->AR = 0x0801FC00;
    uint32_t start = DWT_CYCCNT;
    FLASH->CR = 2 | 1u << 6;
    check("page_erase_ends", becomes(&FLASH->SR, 1, 0));
    check_range("page_erase_takes_20_ms", DWT_CYCCNT - start, 480000, 481000);
    FLASH->SR = 0x34;
    FLASH->CR = 1;
    REG16(0x0801FC00) = 0xBEEF;
    check_eq("halfword_is_programmed", REG16(0x0801FC00), 0xBEEF);
    check_eq("eop_and_no_error", FLASH->SR, 0x20);
    REG16(0x0801FC00) = 0xBEEE;
    check_eq("second_programming_is_refused", FLASH->SR & 4, 4);
    check_eq("and_changes_nothing", REG16(0x0801FC00), 0xBEEF);
}

static void test_identity(void)
{
    check_eq("device_id_is_0x420", REG32(0xE0042000) & 0xFFF, 0x420);
    check_eq("cpuid_is_cortex_m3_r1p1", SCB_CPUID, 0x411FC231);
    check_eq("there_is_no_mpu", MPU_TYPE, 0);
    check_eq("flash_size_is_128_kb", REG16(0x1FFFF7E0), 128);
    check_eq("stkalign_is_0", SCB_CCR & CCR_STKALIGN, 0);
}

int main(void)
{
    test_clocks();
    test_timer();
    test_tim16();
    test_pins();
    test_usart();
    test_flash();
    test_identity();
    check_end();
}
