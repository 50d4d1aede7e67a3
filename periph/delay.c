/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Delays in real time. See delay.h. */
#include "periph/delay.h"

#include "core/schedule.h"
#include "periph/clocks.h"

void delay_start(struct delay *w, struct device *d, unsigned event, uint64_t ns)
{
    ticker_start(&w->ns, d, CLOCK_NS, 1);
    w->length = ns;
    delay_resume(w, d, event);
}

void delay_resume(const struct delay *w, struct device *d, unsigned event)
{
    sched_at(d, event, ticker_when(&w->ns, w->length));
}

void delay_clock(struct delay *w, struct device *d, unsigned event)
{
    if (sched_when(d, event).cycles == VTIME_NEVER.cycles)
        return;
    ticker_rate(&w->ns, d, CLOCK_NS, 1);
    delay_resume(w, d, event);
}
