/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A clock as a signal, a square wave: for the inputs that a chip can connect to one (RM0090 18.4.21 and 19.5.12:
 * TIM5_OR and TIM11_OR measure LSI, LSE and HSE), and for the pins that one can be put out on (7.2.10: MCO). An
 * edge comes with the core cycle in which it falls. While nobody watches nothing happens, and who asks is told the
 * level of now; a clock that stands still drives nothing.
 */
#include "core/clock.h"
#include "core/device.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/devices.h"

enum { EVENT_EDGE, EVENTS };
enum { OUT_EDGES, OUTPUTS };

struct clock_edges_state {
    struct ticker clock;        /* periods */
    uint64_t next;              /* the next edge while somebody watches: twice its period, 1 more if it falls */
};

static bool is_watched(const struct device *d)
{
    return sched_when(d, EVENT_EDGE).cycles != VTIME_NEVER.cycles;
}

static unsigned level_now(const struct device *d)
{
    const struct clock_edges_state *s = d->state;
    uint64_t period = ticker_read(&s->clock, d);

    if (!clock_get(d, device_clock(d)).num)
        return SIGNAL_RELEASED;
    return vtime_before(sched_now(d), ticker_when_half(&s->clock, period)) ? SIGNAL_HIGH : SIGNAL_LOW;
}

static void schedule(struct device *d)
{
    const struct clock_edges_state *s = d->state;
    bool watched = signal_use(d, OUT_EDGES) == SIGNAL_WATCHED, falls = s->next & 1;

    sched_at(d, EVENT_EDGE,
             !watched ? VTIME_NEVER
             : falls  ? ticker_when_half(&s->clock, s->next / 2)
                      : ticker_when(&s->clock, s->next / 2));
}

static void edge(struct device *d, unsigned event)
{
    struct clock_edges_state *s = d->state;

    (void)event;
    signal_set(d, OUT_EDGES, !(s->next++ & 1));
    schedule(d);
}

/* Levels that somebody watches change with their edges only. */
static void bring_up_to_date(struct device *d)
{
    struct clock_edges_state *s = d->state;
    unsigned now = level_now(d);

    if (!is_watched(d) || now == SIGNAL_RELEASED) {
        s->next = 2 * ticker_read(&s->clock, d) + (now == SIGNAL_HIGH ? 1 : 2);
        signal_put(d, OUT_EDGES, (enum signal_state)now);
    }
    schedule(d);
}

static void reclock(struct device *d)
{
    struct clock_edges_state *s = d->state;

    ticker_rate(&s->clock, d, device_clock(d), 1);
    bring_up_to_date(d);
}

static unsigned output(const struct device *d, unsigned number)
{
    (void)number;
    return is_watched(d) ? (unsigned)signal_output(d, OUT_EDGES) : level_now(d);
}

static void reset(struct device *d, enum reset_kind kind)
{
    struct clock_edges_state *s = d->state;

    (void)kind;
    ticker_start(&s->clock, d, device_clock(d), 1);
    signal_put(d, OUT_EDGES, (enum signal_state)level_now(d));
}

/* No edge is overdue. */
static bool sane(const struct device *d)
{
    const struct clock_edges_state *s = d->state;

    return ticker_sane(&s->clock, d, device_clock(d), 1) &&
           (!is_watched(d) || s->next >= 2 * ticker_read(&s->clock, d));
}

const struct device_ops clock_edges_ops = {
    .name = "clock_edges",
    .state_size = sizeof(struct clock_edges_state),
    .events = EVENTS,
    .outputs = OUTPUTS,
    .reset = reset,
    .event = edge,
    .output = output,
    .rewired = bring_up_to_date,
    .clock = reclock,
    .sane = sane,
};
