/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The rising edges of a clock as a signal, for the inputs that a chip can connect to one (RM0090 18.3.5: TIM5_OR's
 * TI4_RMP measures LSI and LSE). An edge is a pulse that takes no time: falling edges come with the rising ones.
 * While nobody watches, nothing happens.
 */
#include "core/clock.h"
#include "core/device.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/devices.h"

enum { EVENT_EDGE, EVENTS };
enum { OUT_EDGES, OUTPUTS };

struct clock_edges_state {
    struct ticker clock;
};

static void schedule(struct device *d)
{
    const struct clock_edges_state *s = d->state;
    bool watched = signal_use(d, OUT_EDGES) == SIGNAL_WATCHED;

    sched_at(d, EVENT_EDGE, watched ? ticker_when(&s->clock, ticker_read(&s->clock, d) + 1) : VTIME_NEVER);
}

static void edge(struct device *d, unsigned event)
{
    (void)event;
    signal_pulse(d, OUT_EDGES);
    schedule(d);
}

static void reclock(struct device *d)
{
    struct clock_edges_state *s = d->state;

    ticker_rate(&s->clock, d, device_clock(d), 1);
    schedule(d);
}

static void reset(struct device *d, enum reset_kind kind)
{
    struct clock_edges_state *s = d->state;

    (void)kind;
    ticker_start(&s->clock, d, device_clock(d), 1);
}

static bool sane(const struct device *d)
{
    const struct clock_edges_state *s = d->state;

    return ticker_sane(&s->clock, d, device_clock(d), 1);
}

const struct device_ops clock_edges_ops = {
    .name = "clock_edges",
    .state_size = sizeof(struct clock_edges_state),
    .events = EVENTS,
    .outputs = OUTPUTS,
    .reset = reset,
    .event = edge,
    .rewired = schedule,
    .clock = reclock,
    .sane = sane,
};
