/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The demo's board: clocks, LEDs on PD12..PD15 and PA5, a console on USART2 (PA2) at 115200 baud. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

#define LEDS 4u

extern uint32_t SystemCoreClock;        /* HCLK in Hz, as SystemCoreClockUpdate found it */
extern volatile uint32_t uwTick;        /* milliseconds since start */
extern volatile uint32_t tick_cycle;    /* the cycle counter at the last tick */

/* Before main: the FPU, and the flash wait states of a fast clock. */
void SystemInit(void);

/* HSE 8 MHz through the PLL to 168 MHz; APB1 42 MHz, APB2 84 MHz. Stays on the HSI when the crystal does not start. */
void SystemClock_Config(void);
void SystemCoreClockUpdate(void);
uint32_t apb1_clock(void);

void board_init(void);
void led_set(unsigned led, int on);     /* 0..3: PD12..PD15 */
void heartbeat_toggle(void);            /* PA5 */

/* Queues text for the USART; waits for room when the queue is full. */
void console_write(const char *text);

#endif
