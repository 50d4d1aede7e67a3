/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Backup registers of STM32F1: their wires. The interrupt output is the tamper's. */
#ifndef PERIPH_BKP_H
#define PERIPH_BKP_H

enum bkp_input {
    BKP_IN_DBP,             /* PWR_CR.DBP: they may be written */
    BKP_IN_BDRST,           /* backup domain reset */
    BKP_IN_TAMPER,          /* the tamper pin's pad, PC13 */
    BKP_INPUTS
};

#endif
