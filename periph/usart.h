/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * USART and UART of F1, F2 and F4: usart_v2_ops is a full USART, uart_v2_ops one without synchronous
 * clock, smartcard mode and RTS/CTS (UART4, UART5). The chip row's clock is the bus clock that the baud
 * rate is made from; there is one interrupt output and no config.
 */
#ifndef PERIPH_USART_H
#define PERIPH_USART_H

enum usart_output {
    USART_OUT_DMA_TX,       /* request level: TXE and DMAT */
    USART_OUT_DMA_RX,       /* request level: RXNE and DMAR */
    USART_OUT_TX,
    USART_OUT_RX,           /* the far end of the line, which idles high */
    USART_OUT_RTS,
    USART_OUT_CK,
    USART_OUTPUTS
};

enum usart_input {
    USART_IN_TX,            /* the pin of TX: half duplex hears it */
    USART_IN_RX,
    USART_IN_CTS,
    USART_INPUTS
};

#endif
