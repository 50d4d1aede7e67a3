/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alternate-function I/O of STM32F1: its wires. */
#ifndef PERIPH_AFIO_H
#define PERIPH_AFIO_H

enum { AFIO_PORTS = 5, AFIO_LINES = 16 };

/* First of the 16 inputs from port `port` (0: GPIOA); outputs 0 to 15 are the EXTI lines. */
#define AFIO_IN(port) ((port) * AFIO_LINES)

#endif
