/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Backup SRAM: its wires. */
#ifndef PERIPH_BKPSRAM_H
#define PERIPH_BKPSRAM_H

enum bkpsram_input {
    BKPSRAM_IN_DBP,         /* PWR_CR.DBP: it may be written */
    BKPSRAM_INPUTS
};

#endif
