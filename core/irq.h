/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Interrupt lines. An interrupt is a level: a device recomputes each of its outputs from its flags and
 * enables after every change. Several outputs may share a line (TIM1_UP and TIM10): the line is their OR.
 */
#ifndef CORE_IRQ_H
#define CORE_IRQ_H

#include <stdbool.h>

struct device;

/* Sets the level of the device's interrupt output `output` (index into its chip row's irq list; an
 * output that the chip leaves unconnected is accepted and goes nowhere). */
void irq_set(struct device *d, unsigned output, bool level);

/* The level last set on that output. */
bool irq_level(const struct device *d, unsigned output);

#endif
