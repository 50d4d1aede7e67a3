/* SPDX-License-Identifier: GPL-3.0-or-later */
/* External interrupts of STM32F1, F2 and F4: lines, interrupt outputs, wires. */
#ifndef PERIPH_EXTI_V1_H
#define PERIPH_EXTI_V1_H

/* Signal inputs are the lines: 0 to 15 are pins, the others come from blocks. */
enum exti_line {
    EXTI_LINE_PVD = 16,
    EXTI_LINE_RTC_ALARM,
    EXTI_LINE_OTG_FS,
    EXTI_LINE_ETH,
    EXTI_LINE_OTG_HS,
    EXTI_LINE_TAMP_STAMP,
    EXTI_LINE_RTC_WKUP,
    EXTI_LINES
};

/* Interrupt outputs: several lines share one. */
enum exti_irq {
    EXTI_IRQ_0, EXTI_IRQ_1, EXTI_IRQ_2, EXTI_IRQ_3, EXTI_IRQ_4,
    EXTI_IRQ_9_5,
    EXTI_IRQ_15_10,
    EXTI_IRQ_PVD,
    EXTI_IRQ_RTC_ALARM,
    EXTI_IRQ_OTG_FS,
    EXTI_IRQ_ETH,
    EXTI_IRQ_OTG_HS,
    EXTI_IRQ_TAMP_STAMP,
    EXTI_IRQ_RTC_WKUP,
    EXTI_IRQS
};

enum exti_output {
    EXTI_OUT_EVENT,         /* to the core's event register */
    EXTI_OUT_LINE0,         /* a pulse for each trigger of line 0, the others follow: to analog blocks */
    EXTI_OUTPUTS = EXTI_OUT_LINE0 + EXTI_LINES
};
#define EXTI_OUT_LINE(line) (EXTI_OUT_LINE0 + (line))

#endif
