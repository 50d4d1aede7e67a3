/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alternate-function I/O of STM32F1: its wires. */
#ifndef PERIPH_AFIO_H
#define PERIPH_AFIO_H

#include <stdint.h>

struct device;

enum { AFIO_PORTS = 5, AFIO_LINES = 16 };

/* First of the 16 inputs from port `port` (0: GPIOA); outputs 0 to 15 are the EXTI lines. */
#define AFIO_IN(port) ((port) * AFIO_LINES)

/* TIM1's DMA requests that have two places. */
enum afio_input {
    AFIO_IN_TIM1_CC1 = AFIO_PORTS * AFIO_LINES,
    AFIO_IN_TIM1_CC2,
    AFIO_INPUTS
};

enum afio_output {
    AFIO_OUT_TIM1_CC1 = AFIO_LINES,
    AFIO_OUT_TIM1_CC2,
    AFIO_OUT_TIM1_CC1_REMAPPED,     /* with MAPR2.TIM1_DMA_REMAP */
    AFIO_OUT_TIM1_CC2_REMAPPED,
    AFIO_OUTPUTS
};

/* Blocks whose functions can be moved to other pins; what F1 has for the numbers of alternate functions. */
enum afio_block {
    AFIO_SPI1,
    AFIO_I2C1,
    AFIO_USART1,
    AFIO_USART2,
    AFIO_USART3,
    AFIO_TIM1,
    AFIO_TIM2,
    AFIO_TIM3,
    AFIO_TIM4,
    AFIO_TIM15,
    AFIO_TIM16,
    AFIO_TIM17,
    AFIO_CEC,
    AFIO_FIXED,             /* none of them: always at its place */
    AFIO_FIXED_TIMER,       /* the same, where there are two of those */
    AFIO_BLOCKS             /* the next number is PINS_ADDITIONAL */
};

/* Pins that are no general-purpose ones at present: SWJ_CFG leaves them to the debug port, PD01_REMAP to the
 * crystal. */
struct afio_held {
    uint16_t pins;
    uint16_t pulled_up;         /* by the debug port */
};
struct afio_held afio_held(const struct device *afio, const char *port);

/* The value of the block's remap field. */
unsigned afio_remap(const struct device *afio, enum afio_block block);

#endif
