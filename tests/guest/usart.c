/* SPDX-License-Identifier: GPL-3.0-or-later */
/* USART2's transmitter, timed with the cycle counter: TXE, TC, and interrupts (RM0090 30). */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/stm32f405.h"

/* 16 MHz / 139 = 115108 baud: a bit takes 139 cycles, a frame of 10 bits 1390. */
#define BIT   139u
#define FRAME (10 * BIT)

static void test_reset_state(void)
{
    check_eq("sr_after_reset", USART2->SR, USART_SR_TXE | USART_SR_TC);
    USART2->BRR = BIT;
    USART2->CR1 = USART_CR1_UE | USART_CR1_TE;
    for (uint32_t start = DWT_CYCCNT; DWT_CYCCNT - start < 2 * FRAME;) {       /* TE sends an idle frame */
    }
}

static void test_polled(void)
{
    uint32_t start = DWT_CYCCNT;
    USART2->DR = '#';
    check("tc_falls_when_a_byte_is_written", !(USART2->SR & USART_SR_TC));
    while (!(USART2->SR & USART_SR_TXE)) {
    }
    uint32_t empty = DWT_CYCCNT - start;
    while (!(USART2->SR & USART_SR_TC)) {
    }
    uint32_t complete = DWT_CYCCNT - start;
    check_range("idle_transmitter_takes_the_byte_within_a_bit", empty, 0, BIT + 2000);
    check_range("frame_takes_ten_bits", complete, FRAME - 20, FRAME + BIT + 40);

    start = DWT_CYCCNT;
    USART2->DR = ' ';
    USART2->DR = 'a';
    while (!(USART2->SR & USART_SR_TXE)) {
    }
    empty = DWT_CYCCNT - start;
    while (!(USART2->SR & USART_SR_TC)) {
    }
    complete = DWT_CYCCNT - start;
    check_range("second_byte_waits_for_the_first", empty, FRAME - 20, FRAME + BIT + 40);
    check_range("two_frames_take_twenty_bits", complete, 2 * FRAME - 20, 2 * FRAME + BIT + 40);
}

static void test_flag_clearing(void)
{
    (void)USART2->SR;
    USART2->DR = 'b';
    check("sr_read_then_dr_write_clears_tc", !(USART2->SR & USART_SR_TC));
    while (!(USART2->SR & USART_SR_TC)) {
    }
    USART2->SR = ~USART_SR_TC;
    check("writing_zero_clears_tc", !(USART2->SR & USART_SR_TC));
}

/* ---- interrupt-driven ---- */

static const char text[] = " interrupts work\n";
static volatile unsigned sent, interrupts;
static volatile uint32_t done_at;

static void usart_handler(void)
{
    interrupts++;
    if (text[sent]) {
        USART2->DR = (unsigned char)text[sent++];
    } else if (USART2->CR1 & USART_CR1_TXEIE) {
        USART2->CR1 = (USART2->CR1 & ~USART_CR1_TXEIE) | USART_CR1_TCIE;
    } else {
        USART2->CR1 &= ~USART_CR1_TCIE;
        done_at = DWT_CYCCNT;
    }
}

static void test_interrupts(void)
{
    const unsigned length = sizeof text - 1;
    vector_set(EXC_IRQ(USART2_IRQ), usart_handler);
    nvic_enable(USART2_IRQ);
    uint32_t start = DWT_CYCCNT;
    USART2->CR1 |= USART_CR1_TXEIE;         /* the register is empty: fires at once */
    check("txeie_fires_at_once_when_empty", interrupts >= 1);
    while (!done_at)
        barrier();
    check_eq("one_interrupt_per_byte_and_two_at_the_end", interrupts, length + 2);
    check_range("bytes_follow_without_gaps", done_at - start, length * FRAME - 20, length * FRAME + BIT + 80);
}

int main(void)
{
    RCC->APB1ENR |= RCC_APB1ENR_USART2;
    (void)RCC->APB1ENR;
    cycle_counter_start();
    test_reset_state();
    test_polled();
    test_flag_clearing();
    test_interrupts();
    check_end();
}
