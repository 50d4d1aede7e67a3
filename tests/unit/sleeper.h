/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A chip whose program does nothing but sleep, for the tests of low power. EXTI1, pending but masked by PRIMASK, makes
 * it spin. The reset clock must be running, GPIOA and PWR clocked, and the backup domain open.
 */
#ifndef TESTS_UNIT_SLEEPER_H
#define TESTS_UNIT_SLEEPER_H

#include "tests/unit/board.h"

/* What all families have in the same place. */
enum {
    PWR_CR = 0x40007000, PWR_CSR = 0x40007004,
    PDDS = 1 << 1, CWUF = 1 << 2, CSBF = 1 << 3, DBP = 1 << 8,
    WUF = 1, SBF = 2, EWUP = 1 << 8,
    TIM6_CR1 = 0x40001000, TIM6_CNT = 0x40001024,
    NVIC_ISER = 0xE000E100, NVIC_ISPR = 0xE000E200, NVIC_ICPR = 0xE000E280, SCR = 0xE000ED10,
    IWDG_KR = 0x40003000,
    EXTI1_IRQ = 7
};

/* PA0 and PA1 are low, interrupts masked, EXTI1 enabled. */
void sleeper_begin(struct board *b);

/* The outside drives a pin of port A. */
void sleeper_pin(struct board *b, unsigned pin, enum gpio_level level);

bool sleeper_asleep(struct board *b);

/* Wakes the core, so that it sleeps again with SLEEPDEEP and these of PDDS, CWUF and CSBF. */
void sleeper_deep(struct board *b, uint32_t pwr_cr);

/* A rising edge of PA1 wakes; `exti` is the EXTI's address. */
void sleeper_wakes_by_line_1(struct board *b, uint32_t exti);

/* SYSCLK is the crystal's. */
void sleeper_runs_from_hse(struct board *b, uint32_t rcc_cr, uint32_t rcc_cfgr);

#endif
