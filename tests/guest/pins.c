/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Alternate functions on pins (RM0090 8.3.2): PWM on PA5 as IDR and EXTI see it, and USART2 on PA2, which hears itself in
 * half duplex: so it is the other end of its own line, in mute mode and with nine bits (RM0090 30.3.6, 30.3.10).
 */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/stm32f405.h"

#define PERIOD    1000u
#define HIGH_TIME 300u
#define BIT       139u
#define FRAME     (11 * BIT)
#define EXTI9_5_IRQ 23u

/* Alternate function mode for a pin of GPIOA below 8. */
static void alternate(unsigned pin, unsigned function)
{
    GPIOA->AFR[0] = (GPIOA->AFR[0] & ~(15u << 4 * pin)) | function << 4 * pin;
    GPIOA->MODER = (GPIOA->MODER & ~(3u << 2 * pin)) | 2u << 2 * pin;
}

static void wait(uint32_t cycles)
{
    for (uint32_t start = DWT_CYCCNT; DWT_CYCCNT - start < cycles;) {
    }
}

/* ---- PWM ---- */

static volatile uint32_t edges, first_edge, last_edge;

static void edge_handler(void)
{
    last_edge = DWT_CYCCNT;
    EXTI->PR = 1u << 5;
    if (!edges++)
        first_edge = last_edge;
}

static void test_pwm(void)
{
    uint32_t high = 0;

    TIM2->ARR = PERIOD - 1;
    TIM2->CCR[0] = HIGH_TIME;
    TIM2->CCMR1 = 0x60;
    TIM2->CCER = 1;
    TIM2->CR1 = TIM_CR1_CEN;
    check_eq("a_channel_without_a_pin_does_not_show", GPIOA->IDR & 1u << 5, 0);
    alternate(5, 1);
    for (unsigned i = 0; i < 1000; i++) {
        high += GPIOA->IDR >> 5 & 1;
        wait(37);
    }
    check_range("idr_sees_the_duty_cycle", high, 260, 340);

    vector_set(EXC_IRQ(EXTI9_5_IRQ), edge_handler);
    nvic_enable(EXTI9_5_IRQ);
    EXTI->IMR = EXTI->RTSR = 1u << 5;
    while (edges < 21)
        barrier();
    EXTI->RTSR = 0;
    check_range("every_rising_edge_interrupts", last_edge - first_edge, 20 * PERIOD - 30, 20 * PERIOD + 30);
    uint32_t counted = edges;
    wait(5 * PERIOD);
    check_eq("none_when_the_edge_is_not_selected", edges, counted);
}

/* ---- USART ---- */

static void send(uint32_t word)
{
    while (!(USART2->SR & USART_SR_TXE)) {
    }
    USART2->DR = word;
    wait(2 * FRAME);
}

static bool received(uint32_t word)
{
    return USART2->SR & USART_SR_RXNE && USART2->DR == word;
}

static void test_without_a_pin(void)
{
    USART2->BRR = BIT;
    USART2->CR1 = USART_CR1_UE | USART_CR1_TE;
    wait(2 * FRAME);
    (void)USART2->SR;
    USART2->DR = 'n';
    wait(2 * FRAME);
    check("a_frame_without_a_pin_completes_all_the_same", USART2->SR & USART_SR_TC);
}

static void test_half_duplex(void)
{
    alternate(2, 7);
    USART2->CR3 = 1u << 3;
    USART2->CR1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE;
    send('h');
    check("half_duplex_hears_itself", received('h'));
    check("the_line_rests_high", GPIOA->IDR & 1u << 2);
    USART2->CR1 = USART_CR1_UE | USART_CR1_TE;
    send('i');
    check("not_while_it_only_sends", !(USART2->SR & USART_SR_RXNE));
}

static void test_mute_mode(void)
{
    USART2->CR2 = 3;
    USART2->CR1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE | 1u << 12 | 1u << 11 | 1u << 1;
    send('a');
    send(0x104);
    check("mute_mode_swallows_what_is_for_others", !(USART2->SR & USART_SR_RXNE));
    send(0x103);
    check("its_address_ends_it", received(0x103) && !(USART2->CR1 & 1u << 1));
    send('b');
    check("the_data_behind_it_comes_in", received('b'));
    send(0x105);
    check("another_address_begins_it_again", !(USART2->SR & USART_SR_RXNE) && USART2->CR1 & 1u << 1);
}

int main(void)
{
    RCC->AHB1ENR |= RCC_AHB1ENR_GPIOA;
    RCC->APB1ENR |= RCC_APB1ENR_TIM2 | RCC_APB1ENR_USART2;
    (void)RCC->APB1ENR;
    cycle_counter_start();
    test_pwm();
    test_without_a_pin();
    test_half_duplex();
    test_mute_mode();
    check_end();
}
