/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A delay in real time, such as an oscillator's start-up or the erasing of a flash sector: state for the
 * arena, ending in one of the device's events. It stays right when the core clock changes meanwhile.
 */
#ifndef PERIPH_DELAY_H
#define PERIPH_DELAY_H

#include "core/clock.h"

struct device;

struct delay {
    struct ticker ns;
    uint64_t length;        /* nanoseconds */
};

/* Makes `event` of `d` happen in `ns` nanoseconds. sched_cancel ends it early. */
void delay_start(struct delay *w, struct device *d, unsigned event, uint64_t ns);

/* Goes on with a delay whose event a reset has dropped. */
void delay_resume(const struct delay *w, struct device *d, unsigned event);

/* To be called from the device's `clock` operation; nothing happens when `event` is not pending. */
void delay_clock(struct delay *w, struct device *d, unsigned event);

#endif
