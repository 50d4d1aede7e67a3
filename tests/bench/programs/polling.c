/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Waiting for a byte that never comes: a UART's status register is read until the patience is at its end. */
#include "lib/stm32f405.h"
#include "program.h"

#define PATIENCE 10000000

int main(void)
{
    unsigned left = PATIENCE;

    RCC->APB1ENR |= RCC_APB1ENR_USART2;
    USART2->CR1 = USART_CR1_UE | USART_CR1_RE;
    while (left && !(USART2->SR & USART_SR_RXNE))
        left--;
    return left != 0;
}
