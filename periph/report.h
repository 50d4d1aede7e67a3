/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reports that several devices make in the same words. */
#ifndef PERIPH_REPORT_H
#define PERIPH_REPORT_H

#include <stdint.h>

struct device;

/* Bits of register `reg` were set that enable functions which are not modelled: one report that names
 * their fields. Nothing when `bits` is 0. */
void report_unmodelled_bits(struct device *d, unsigned reg, uint32_t bits);

#endif
