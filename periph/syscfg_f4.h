/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System configuration of STM32F2 and F4: its wires. */
#ifndef PERIPH_SYSCFG_F4_H
#define PERIPH_SYSCFG_F4_H

enum { SYSCFG_PORTS = 9, SYSCFG_LINES = 16 };

/* Signal input of a port's pin 0, the others follow; port 0 is GPIOA. Outputs are the EXTI lines 0 to 15. */
#define SYSCFG_IN(port) ((port) * SYSCFG_LINES)

#endif
