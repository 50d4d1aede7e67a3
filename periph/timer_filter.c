/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stands between a timer's pads and their users (RM0090 17.3.6, 17.4.3, 17.4.7): the exclusive or of the first
 * three inputs, polarity and prescaler of the external trigger, and the filters, which take a new level after so
 * many samples in a row.
 *
 * Samples are taken at the multiples of their period in clocks of CK_INT. A level that comes and goes between two of
 * them is never seen, and breaks no row.
 */
#include "periph/timer_state.h"

/* ICxF and ETF: samples every so many clocks of CK_INT, or of DTS. */
static const struct {
    uint8_t every, samples;
    bool dts;
} filters[16] = {
    {1, 0, false}, {1, 2, false}, {1, 4, false}, {1, 8, false}, {2, 6, true},  {2, 8, true},
    {4, 6, true},  {4, 8, true},  {8, 6, true},  {8, 8, true},  {16, 5, true}, {16, 6, true},
    {16, 8, true}, {32, 5, true}, {32, 6, true}, {32, 8, true},
};

/* An output channel's bits mean something else: its input is not filtered. */
static unsigned filter_of(const struct timer_state *s, unsigned source)
{
    if (source == SOURCE_ETRP)
        return s->reg[TIM_SMCR] >> SMCR_ETF_LSB & 15;
    return timer_selection(s, source) ? timer_ccmr(s, source) >> 4 : 0;
}

static uint64_t sample_period(const struct timer_state *s, unsigned source)
{
    unsigned filter = filter_of(s, source);

    return filters[filter].every * (filters[filter].dts ? timer_dts(s) : 1u);
}

/* ---- samples ---- */

/* Adds the samples since the last look, all of them of the present level. */
static void count_samples(struct timer_state *s, unsigned source)
{
    struct timer_filter *f = &s->filters[source];
    uint64_t period = sample_period(s, source), samples = s->at / period - f->since / period;

    if ((s->raw ^ s->heard) >> source & 1)
        f->run += samples;
    else if (samples)
        f->run = 0;
    f->since = s->at;
}

void timer_count_samples(struct timer_state *s)
{
    for (unsigned i = 0; i < TIM_SOURCES; i++)
        count_samples(s, i);
}

/* Clocks until the filter has seen enough of a level that is not heard yet. */
static uint64_t clocks_left(const struct timer_state *s, unsigned source)
{
    const struct timer_filter *f = &s->filters[source];
    uint64_t period = sample_period(s, source), samples = filters[filter_of(s, source)].samples;
    uint64_t seen = f->run + (s->at / period - f->since / period);

    return period * (samples > seen ? samples - seen : 1) - s->at % period;
}

static bool waits(const struct timer_state *s, unsigned source)
{
    return (s->raw ^ s->heard) >> source & 1;
}

uint64_t timer_clocks_to_filtered(const struct timer_state *s)
{
    uint64_t nearest = UINT64_MAX;

    for (unsigned i = 0; (s->raw ^ s->heard) >> i; i++) {
        uint64_t clocks = waits(s, i) ? clocks_left(s, i) : UINT64_MAX;
        if (clocks < nearest)
            nearest = clocks;
    }
    return nearest;
}

bool timer_filters_sane(const struct timer_state *s)
{
    for (unsigned i = 0; i < TIM_SOURCES; i++)
        if (s->filters[i].since > s->at)
            return false;
    return !((s->raw | s->heard) >> TIM_SOURCES);
}

unsigned timer_end_filters(struct timer_state *s)
{
    unsigned ended = 0;

    for (unsigned i = 0; (s->raw ^ s->heard) >> i; i++) {
        if (!waits(s, i))
            continue;
        count_samples(s, i);
        if (s->filters[i].run >= filters[filter_of(s, i)].samples)
            ended |= 1u << i;
    }
    s->heard ^= (uint8_t)ended;
    return ended;
}

/* ---- sources ---- */

static bool etr_high(const struct timer_state *s)
{
    return (s->lines >> TIMER_IN_ETR & 1) != !!(s->reg[TIM_SMCR] & SMCR_ETP);
}

static unsigned etr_prescaler(const struct timer_state *s)
{
    return 1u << (s->reg[TIM_SMCR] >> SMCR_ETPS_LSB & 3);
}

/* ETRP: behind a prescaler, high from every n-th rising edge on for half of its period. */
static bool divided_etr(const struct timer_state *s)
{
    unsigned every = etr_prescaler(s);

    return every == 1 ? etr_high(s) : s->raw >> SOURCE_ETRP & 1;
}

static bool count_etr(struct timer_state *s)
{
    unsigned every = etr_prescaler(s);

    if (every == 1 || !etr_high(s))
        return divided_etr(s);
    s->etr_edges = (uint8_t)((s->etr_edges + 1) % every);
    return s->etr_edges == 0 || (s->etr_edges < every / 2 && divided_etr(s));
}

/* TI1 may be the exclusive or of the first three pads. */
static unsigned channel_inputs(const struct timer_state *s)
{
    unsigned ti = s->lines >> TIMER_IN_TI1 & 15;

    if (s->reg[TIM_CR2] & CR2_TI1S)
        ti = (ti & ~1u) | ((ti ^ ti >> 1 ^ ti >> 2) & 1);
    return ti;
}

/* New levels in front of the filters; those without one are heard at once. */
static unsigned set_sources(struct timer_state *s, unsigned raw)
{
    unsigned changed = s->raw ^ raw, heard = 0;

    for (unsigned i = 0; i < TIM_SOURCES; i++) {
        if (changed >> i & 1)
            count_samples(s, i);
        if (!filter_of(s, i))
            heard |= (s->heard ^ raw) & 1u << i;
    }
    s->raw = (uint8_t)raw;
    s->heard ^= (uint8_t)heard;
    return heard;
}

unsigned timer_set_line(struct timer_state *s, unsigned line, bool level)
{
    bool etrp;

    s->lines = (uint16_t)((s->lines & ~(1u << line)) | (unsigned)level << line);
    etrp = line == TIMER_IN_ETR ? count_etr(s) : divided_etr(s);
    return set_sources(s, channel_inputs(s) | (unsigned)etrp << SOURCE_ETRP);
}

void timer_take_lines(struct timer_state *s, uint16_t lines)
{
    s->lines = lines;
    s->raw = s->heard = (uint8_t)(channel_inputs(s) | (unsigned)divided_etr(s) << SOURCE_ETRP);
}

void timer_refilter(struct timer_state *s)
{
    set_sources(s, channel_inputs(s) | (unsigned)divided_etr(s) << SOURCE_ETRP);
}
