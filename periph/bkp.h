/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Backup registers of STM32F1: their wires. The interrupt output is the tamper's. */
#ifndef PERIPH_BKP_H
#define PERIPH_BKP_H

#include <stdint.h>

struct device;

enum bkp_input {
    BKP_IN_DBP,             /* PWR_CR.DBP: they may be written */
    BKP_IN_BDRST,           /* backup domain reset */
    BKP_IN_TAMPER,          /* the tamper pin's pad, PC13 */
    BKP_INPUTS
};

enum bkp_output {
    BKP_OUT_RTCCR,          /* a pulse: RTCCR has changed */
    BKP_OUTPUTS
};

/* RTCCR, whose bits the RTC obeys. */
#define BKP_RTCCR_CAL  0x7Fu
#define BKP_RTCCR_CCO  (1u << 7)
#define BKP_RTCCR_ASOE (1u << 8)
#define BKP_RTCCR_ASOS (1u << 9)
uint32_t bkp_rtccr(const struct device *bkp);

#endif
