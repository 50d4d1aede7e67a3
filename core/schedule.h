/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Pending events in guest time (I4). A device names its events with small numbers; each of them is
 * pending at most once. The earliest pending cycle bounds every run of the CPU, so an event happens on
 * its exact instruction boundary. Events of the same cycle happen in the order they were scheduled.
 */
#ifndef CORE_SCHEDULE_H
#define CORE_SCHEDULE_H

#include "core/vtime.h"

struct device;

/* The current cycle: inside a register access, the cycle at which the access happens. */
vtime sched_now(const struct device *d);

/* Makes `event` (< ops->events) of `d` happen at `when`; moves it if it is pending already. A `when`
 * that is past or present happens before the next instruction. VTIME_NEVER cancels. */
void sched_at(struct device *d, unsigned event, vtime when);

/* sched_at(now + cycles). */
void sched_in(struct device *d, unsigned event, uint64_t cycles);

void sched_cancel(struct device *d, unsigned event);

/* When `event` will happen; VTIME_NEVER if it is not pending. */
vtime sched_when(const struct device *d, unsigned event);

#endif
