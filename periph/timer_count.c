/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The timer's counter (RM0090 17.3.2, 18.3.2, 20.3.2): up, down and centre-aligned counting, prescaler,
 * auto-reload and repetition, and the update event that takes the preloaded values into force.
 *
 * Time is crossed in steps from one point to the next: a point is where the count meets a compare value
 * or turns over. Once a whole lap has passed with nothing new, the laps that are left are skipped.
 */
#include "periph/timer_state.h"

void timer_raise(const struct timer_model *m, struct timer_state *s, uint32_t flags, uint32_t *happened)
{
    uint32_t requests = flags;

    s->reg[TIM_SR] |= flags & m->flags;
    *happened |= flags;
    if (s->reg[TIM_CR2] & CR2_CCDS)     /* channels ask for DMA at the update instead */
        requests = (requests & ~(uint32_t)SR_CCIF) | (flags & SR_UIF ? SR_CCIF : 0);
    s->dma |= requests & s->reg[TIM_DIER] >> 8 & 0x7F;
}

bool timer_enabled(const struct timer_state *s)
{
    return s->reg[TIM_CR1] & CR1_CEN && s->arr;     /* ARR = 0 blocks the counter */
}

/* ---- update ---- */

static void load_preloads(struct timer_state *s)
{
    s->psc = s->reg[TIM_PSC];
    s->arr = s->reg[TIM_ARR];
    for (unsigned i = 0; i < TIM_CHANNELS; i++)
        if (!timer_selection(s, i))
            s->ccr[i] = s->reg[TIM_CCR1 + i];
}

/* UEV. `counted`: by overflow or underflow; else by UG or the slave controller, and then URS keeps the
 * flag down. */
static void update(const struct timer_model *m, struct timer_state *s, bool counted, uint32_t *happened)
{
    s->rep = (uint8_t)s->reg[TIM_RCR];
    *happened |= HAPPENED_LAP;
    if (s->reg[TIM_CR1] & CR1_UDIS)
        return;
    load_preloads(s);
    timer_free_refs(m, s);
    if (counted || !(s->reg[TIM_CR1] & CR1_URS))
        timer_raise(m, s, SR_UIF, happened);
    *happened |= SR_UIF;
    if (s->reg[TIM_CR1] & CR1_OPM)
        s->reg[TIM_CR1] &= ~(uint32_t)CR1_CEN;
    if (s->reg[TIM_BDTR] & BDTR_AOE && !timer_break_active(s))
        s->reg[TIM_BDTR] |= BDTR_MOE;
}

static void overflow(const struct timer_model *m, struct timer_state *s, uint32_t *happened)
{
    if (s->rep)
        s->rep--;
    else
        update(m, s, true, happened);
}

void timer_reinit(const struct timer_model *m, struct timer_state *s, uint32_t *happened)
{
    update(m, s, false, happened);
    *happened |= HAPPENED_REINIT;
    s->prescaled = 0;
    if (timer_centre(s))
        s->reg[TIM_CR1] &= ~(uint32_t)CR1_DIR;
    s->reg[TIM_CNT] = timer_down(s) ? s->arr : 0;
}

void timer_turn_at_ends(struct timer_state *s)
{
    if (!timer_centre(s))
        return;
    if (s->reg[TIM_CNT] == 0)
        s->reg[TIM_CR1] &= ~(uint32_t)CR1_DIR;
    else if (s->reg[TIM_CNT] == s->arr)
        s->reg[TIM_CR1] |= CR1_DIR;
}

/* ---- from point to point ---- */

/* Counts until the counter turns over, at least 1. A count above ARR goes on to the counter's end. */
static uint64_t ticks_to_turn(const struct timer_model *m, const struct timer_state *s)
{
    uint64_t cnt = s->reg[TIM_CNT], arr = s->arr;

    if (timer_centre(s)) {
        if (timer_down(s))
            return cnt ? cnt : 1;
        return cnt < arr ? arr - cnt : m->max - cnt + 1;
    }
    if (timer_down(s))
        return cnt + 1;
    return cnt <= arr ? arr - cnt + 1 : m->max - cnt + 1;
}

/* Counts until the channel's compare value is met, if that is before the counter turns over. */
static uint64_t ticks_to_match(const struct timer_state *s, unsigned channel)
{
    uint64_t cnt = s->reg[TIM_CNT], ccr = s->ccr[channel];

    if (timer_down(s))
        return ccr < cnt ? cnt - ccr : UINT64_MAX;
    return ccr > cnt ? ccr - cnt : UINT64_MAX;
}

/* The nearest point among the turn and the matches of the channels in `mask`. */
static uint64_t ticks_to_point(const struct timer_model *m, const struct timer_state *s, unsigned mask)
{
    uint64_t nearest = ticks_to_turn(m, s);

    for (unsigned i = 0; i < m->channels; i++) {
        uint64_t ticks = mask >> i & 1 && !timer_selection(s, i) ? ticks_to_match(s, i) : UINT64_MAX;
        if (ticks < nearest)
            nearest = ticks;
    }
    return nearest;
}

static uint64_t clocks_for(const struct timer_state *s, uint64_t ticks)
{
    return ticks * ((uint64_t)s->psc + 1) - s->prescaled;
}

static void count(struct timer_state *s, uint64_t ticks)
{
    if (timer_down(s))
        s->reg[TIM_CNT] -= (uint32_t)ticks;
    else
        s->reg[TIM_CNT] += (uint32_t)ticks;
}

/* Lets clocks pass that reach no point. */
static void coast(struct timer_state *s, uint64_t clocks)
{
    uint64_t per_tick = (uint64_t)s->psc + 1, total = s->prescaled + clocks;

    s->prescaled = (uint32_t)(total % per_tick);
    count(s, total / per_tick);
}

/* Channels whose compare value is above ARR: the count passes them at its end. */
static unsigned beyond(const struct timer_model *m, const struct timer_state *s)
{
    unsigned mask = 0;

    for (unsigned i = 0; i < m->channels; i++)
        mask |= (unsigned)(!timer_selection(s, i) && s->ccr[i] > s->arr) << i;
    return mask;
}

/* The counter turns over. Returns the channels that the count never met. */
static unsigned turn(const struct timer_model *m, struct timer_state *s, uint32_t *happened)
{
    uint32_t cnt = s->reg[TIM_CNT];
    bool down = timer_down(s), centre = timer_centre(s);
    unsigned missed = centre && down ? 0 : beyond(m, s);

    if (!down && (centre ? cnt >= s->arr : cnt > s->arr)) {    /* from above ARR through the end */
        s->reg[TIM_CNT] = 0;
        return 0;
    }
    if (centre) {
        s->reg[TIM_CNT] = down ? 0 : s->arr;
        s->reg[TIM_CR1] ^= CR1_DIR;
        overflow(m, s, happened);
    } else {
        overflow(m, s, happened);       /* a new ARR counts for the reload already */
        s->reg[TIM_CNT] = down ? s->arr : 0;
    }
    return missed;
}

/* ---- laps ---- */

/* A turn at which the preloads came into force, or would have: from there on everything repeats. */
struct lap {
    bool known;
    uint32_t cnt, dir;
    uint8_t ref;
    uint64_t clocks;        /* that were left */
    uint64_t at;
};

/* Laps pass in which everything happens as in the last one, which began at `start`. */
static void move_time(struct timer_state *s, uint64_t start, uint64_t clocks)
{
    for (unsigned i = 0; i < TIM_COMPLEMENTS; i++)
        if (s->paired_at[i] > start)
            s->paired_at[i] += clocks;
    s->at += clocks;
}

static void skip_laps(const struct timer_model *m, struct timer_state *s, struct lap *lap,
                      uint64_t *clocks)
{
    uint32_t dir = s->reg[TIM_CR1] & CR1_DIR;

    if (lap->known && lap->dir != dir)  /* the other end of a centre-aligned lap */
        return;
    if (lap->known && lap->cnt == s->reg[TIM_CNT]) {
        uint64_t length = lap->clocks - *clocks, laps = *clocks / length;
        for (unsigned i = 0; i < m->channels; i++)
            if (timer_mode(s, i) == OCM_TOGGLE && laps % 2)
                s->ref ^= (lap->ref ^ s->ref) & 1u << i;
        *clocks -= laps * length;
        move_time(s, lap->at, laps * length);
    }
    *lap = (struct lap){true, s->reg[TIM_CNT], dir, s->ref, *clocks, s->at};
}

void timer_advance(const struct timer_model *m, struct timer_state *s, uint64_t clocks,
                   uint32_t *happened)
{
    struct lap lap = {0};
    bool free = timer_runs_freely(s);

    while (clocks && timer_enabled(s)) {
        uint64_t turning = ticks_to_turn(m, s), ticks = ticks_to_point(m, s, ~0u);
        uint64_t needed = clocks_for(s, ticks);
        uint32_t now = 0;
        unsigned missed = 0;
        if (needed > clocks) {
            coast(s, clocks);
            return;
        }
        clocks -= needed;
        s->at += free ? needed : 0;
        s->prescaled = 0;
        if (ticks == turning)
            missed = turn(m, s, &now);
        else
            count(s, ticks);
        timer_match(m, s, timer_equal(m, s), missed, &now);
        timer_compare(m, s);
        timer_follow_pairs(m, s);
        if (now & HAPPENED_LAP)
            skip_laps(m, s, &lap, &clocks);
        *happened |= now;
    }
}

/* ---- the next event ---- */

static bool update_shows(const struct timer_model *m, const struct timer_state *s)
{
    uint32_t cr1 = s->reg[TIM_CR1], cr2 = s->reg[TIM_CR2], bdtr = s->reg[TIM_BDTR];
    uint32_t new_irqs = s->reg[TIM_DIER] & ~s->reg[TIM_SR];
    uint32_t new_requests = s->reg[TIM_DIER] >> 8 & ~s->dma;

    return new_irqs & SR_UIF || new_requests & SR_UIF || (cr2 & CR2_CCDS && new_requests & SR_CCIF) ||
           (m->trgo_watched && timer_mms(s) == MMS_UPDATE) ||
           (m->trgo_watched && cr1 & CR1_OPM && timer_mms(s) == MMS_ENABLE) ||
           (m->outputs_watched && bdtr & BDTR_AOE && !(bdtr & BDTR_MOE)) || m->outputs_watched & s->cleared;
}

/* The counter's part in timer_clocks_to_event. */
static uint64_t clocks_to_count(const struct timer_model *m, const struct timer_state *s)
{
    unsigned showing = 0;

    if (!timer_enabled(s) || !timer_runs_freely(s))
        return UINT64_MAX;
    for (unsigned i = 0; i < m->channels; i++)
        showing |= (unsigned)timer_channel_shows(m, s, i) << i;
    if (!showing && !update_shows(m, s))
        return UINT64_MAX;
    return clocks_for(s, ticks_to_point(m, s, showing));
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t timer_clocks_to_event(const struct timer_model *m, const struct timer_state *s)
{
    return smaller(clocks_to_count(m, s), smaller(timer_clocks_to_rise(m, s), timer_clocks_to_filtered(s)));
}

uint64_t timer_pass(const struct timer_model *m, struct timer_state *s, uint64_t clocks, uint32_t *happened)
{
    uint64_t step = smaller(clocks, timer_clocks_to_event(m, s)), end = s->at + step;

    if (timer_runs_freely(s))
        timer_advance(m, s, step, happened);
    s->at = end;
    timer_take_filtered(m, s, happened);
    return step;
}
