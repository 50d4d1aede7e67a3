/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Timers of F1, F2 and F4: basic, general-purpose and advanced-control. The chip row's clock is the
 * timer clock of its bus (CK_INT); no config.
 */
#ifndef PERIPH_TIMER_H
#define PERIPH_TIMER_H

/* Interrupt outputs. A chip connects either the first one, or, for an advanced timer with a vector for
 * each group, the others. */
enum timer_irq {
    TIMER_IRQ_ALL,
    TIMER_IRQ_BRK,
    TIMER_IRQ_UP,
    TIMER_IRQ_TRG_COM,
    TIMER_IRQ_CC,
    TIMER_IRQS
};

enum timer_output {
    TIMER_OUT_TRGO,             /* a pulse or a level, as CR2.MMS says */
    TIMER_OUT_OC1,              /* channel outputs behind polarity and enable; low when not driven */
    TIMER_OUT_OC2,
    TIMER_OUT_OC3,
    TIMER_OUT_OC4,
    TIMER_OUT_OC1N,             /* complementary outputs */
    TIMER_OUT_OC2N,
    TIMER_OUT_OC3N,
    TIMER_OUT_DMA_UP,           /* DMA requests: levels until acknowledged */
    TIMER_OUT_DMA_CC1,
    TIMER_OUT_DMA_CC2,
    TIMER_OUT_DMA_CC3,
    TIMER_OUT_DMA_CC4,
    TIMER_OUT_DMA_COM,
    TIMER_OUT_DMA_TRIG,
    TIMER_OUTPUTS
};

enum timer_input {
    TIMER_IN_ITR0,              /* internal triggers: other timers' TRGO or OC1 */
    TIMER_IN_ITR1,
    TIMER_IN_ITR2,
    TIMER_IN_ITR3,
    TIMER_IN_TI1,               /* channel pads */
    TIMER_IN_TI2,
    TIMER_IN_TI3,
    TIMER_IN_TI4,
    TIMER_IN_ETR,               /* external trigger pad */
    TIMER_IN_BKIN,              /* break pad */
    TIMER_LINES,
    TIMER_IN_ACK_UP = TIMER_LINES, /* DMA has served the request: in the order of the requests */
    TIMER_IN_ACK_CC1,
    TIMER_IN_ACK_CC2,
    TIMER_IN_ACK_CC3,
    TIMER_IN_ACK_CC4,
    TIMER_IN_ACK_COM,
    TIMER_IN_ACK_TRIG,
    TIMER_IN_REMAPPED,          /* what OR can put in the place of another input: of TIM5, clocks and the RTC's flag, */
    TIMER_IN_TI4_LSI = TIMER_IN_REMAPPED,
    TIMER_IN_TI4_LSE,
    TIMER_IN_TI4_RTC_WAKEUP,
    TIMER_IN_TI1_HSE_RTC,       /* of TIM11 the HSE behind the RTC's prescaler, */
    TIMER_IN_ITR1_PTP,          /* of TIM2 Ethernet's clock, which these chips lack, and frames of USB */
    TIMER_IN_ITR1_SOF_FS,
    TIMER_IN_ITR1_SOF_HS,
    TIMER_INPUTS
};

#endif
