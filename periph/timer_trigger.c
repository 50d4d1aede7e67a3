/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The timer's inputs (RM0090 17.3.17 to 17.3.20, 18.3.12 to 18.3.15): captures, the slave mode
 * controller, external clocks, encoder and break. An edge acts in the cycle in which it comes out of its filter; the
 * two or three clocks that the hardware takes to synchronise it are not modelled, and so OCxFE saves none.
 */
#include "periph/timer_state.h"

/* ---- levels and edges ---- */

static bool line(uint16_t lines, unsigned number)
{
    return lines >> number & 1;
}

/* Whether an edge to `level` is one that the channel's polarity selects: rising, falling or both. */
static bool selected_edge(const struct timer_state *s, unsigned channel, bool level)
{
    unsigned bits = s->reg[TIM_CCER] >> 4 * channel & (CCER_P | CCER_NP);

    return bits == (CCER_P | CCER_NP) || level != !!(bits & CCER_P);
}

static unsigned trigger_source(const struct timer_state *s)
{
    return s->reg[TIM_SMCR] >> SMCR_TS_LSB & 7;
}

/* TRGI as a level, for gated mode; TI1F_ED has only edges. */
static bool trigger_level(const struct timer_state *s)
{
    unsigned source = trigger_source(s);

    switch (source) {
    case TS_TI1F_ED:
        return false;
    case TS_TI1FP1:
        return (s->heard & 1) != !!(s->reg[TIM_CCER] & CCER_P);
    case TS_TI2FP2:
        return (s->heard >> 1 & 1) != !!(s->reg[TIM_CCER] >> 4 & CCER_P);
    case TS_ETRF:
        return s->heard >> SOURCE_ETRP & 1;
    default:
        return line(s->lines, TIMER_IN_ITR0 + source);
    }
}

/* What has changed. */
struct change {
    unsigned ti, moved;     /* TI1 to TI4 now, and which of them changed */
    bool etr;               /* a rising edge of ETRF */
    bool itr;               /* a rising edge of the selected internal trigger */
};

static struct change change_of(const struct timer_state *s, unsigned moved, bool itr)
{
    return (struct change){
        .ti = s->heard & ((1u << SOURCE_ETRP) - 1),
        .moved = moved & ((1u << SOURCE_ETRP) - 1),
        .etr = moved & s->heard & 1u << SOURCE_ETRP,
        .itr = itr,
    };
}

/* Whether TRGI has an active edge. */
static bool triggered(const struct timer_state *s, const struct change *c)
{
    switch (trigger_source(s)) {
    case TS_TI1F_ED:
        return c->moved & 1;
    case TS_TI1FP1:
        return c->moved & 1 && selected_edge(s, 0, c->ti & 1);
    case TS_TI2FP2:
        return c->moved & 2 && selected_edge(s, 1, c->ti & 2);
    case TS_ETRF:
        return c->etr;
    default:
        return c->itr;
    }
}

/* ---- captures ---- */

/* CCxS: 1 the channel's own input, 2 its neighbour's, 3 the trigger before the slave controller. */
static bool capture_edge(const struct timer_state *s, unsigned channel, const struct change *c)
{
    unsigned selection = timer_selection(s, channel), input = selection == 2 ? channel ^ 1 : channel;

    if (!selection)
        return false;
    if (selection == 3)
        return trigger_source(s) == TS_TI1F_ED ? c->moved & 1 : c->itr;
    return c->moved >> input & 1 && selected_edge(s, channel, c->ti >> input & 1);
}

static void capture(const struct timer_model *m, struct timer_state *s, const struct change *c,
                    uint32_t *happened)
{
    for (unsigned i = 0; i < m->channels; i++) {
        unsigned every = 1u << (s->reg[TIM_CCMR1 + i / 2] >> (8 * (i % 2) + 2) & 3);
        if (!(s->reg[TIM_CCER] >> 4 * i & CCER_E) || !capture_edge(s, i, c) || ++s->captures[i] < every)
            continue;
        s->captures[i] = 0;
        timer_capture(m, s, i, happened);
    }
}

/* ---- encoder ---- */

/* RM0090 table 97. An edge of TI1 counts up when its new level differs from TI2's, one of TI2 when it
 * equals TI1's. SMS 1 counts edges of TI1, 2 those of TI2, 3 both. */
static void encode(const struct timer_model *m, struct timer_state *s, const struct change *c,
                   uint32_t *happened)
{
    uint32_t ccer = s->reg[TIM_CCER];
    unsigned counted = c->moved & timer_sms(s);
    bool ti1 = (c->ti & 1) != !!(ccer & CCER_P), ti2 = (c->ti >> 1 & 1) != !!(ccer >> 4 & CCER_P);
    bool up;

    if (!counted)
        return;
    up = counted & 1 ? ti1 != ti2 : ti1 == ti2;
    s->reg[TIM_CR1] = (s->reg[TIM_CR1] & ~(uint32_t)CR1_DIR) | (up ? 0 : CR1_DIR);
    timer_advance(m, s, 1, happened);
}

/* ---- slave mode controller ---- */

bool timer_running(const struct timer_state *s)
{
    return s->reg[TIM_CR1] & CR1_CEN && (timer_sms(s) != SMS_GATED || trigger_level(s));
}

bool timer_runs_freely(const struct timer_state *s)
{
    return timer_running(s) && timer_sms(s) != SMS_CLOCK && !timer_encodes(s) &&
           !(s->reg[TIM_SMCR] & SMCR_ECE);
}

/* The count may meet a compare value without having counted. */
static void match_new(const struct timer_model *m, struct timer_state *s, unsigned before,
                      uint32_t *happened)
{
    timer_match(m, s, timer_equal(m, s) & ~before, 0, happened);
}

static void commutate(const struct timer_model *m, struct timer_state *s, uint32_t *happened)
{
    if (!(s->reg[TIM_CR2] & CR2_CCPC) || !(s->reg[TIM_CR2] & CR2_CCUS))
        return;
    timer_load_controls(m, s, true);
    timer_raise(m, s, SR_COMIF, happened);
}

static void trigger(const struct timer_model *m, struct timer_state *s, uint32_t *happened)
{
    unsigned before = timer_equal(m, s);

    commutate(m, s, happened);
    timer_fast_match(m, s);
    switch (timer_sms(s)) {
    case SMS_RESET:
        timer_raise(m, s, SR_TIF, happened);
        timer_reinit(m, s, happened);
        match_new(m, s, before, happened);
        break;
    case SMS_TRIGGER:
        timer_raise(m, s, SR_TIF, happened);
        s->reg[TIM_CR1] |= CR1_CEN;
        match_new(m, s, before, happened);
        break;
    case SMS_CLOCK:
        timer_raise(m, s, SR_TIF, happened);
        timer_advance(m, s, 1, happened);
        break;
    }
}

/* Channel pads reach captures and, the first three, the slave controller. */
static bool pads_matter(const struct timer_state *s)
{
    return timer_sms(s) || (s->reg[TIM_CCMR1] | s->reg[TIM_CCMR2]) & 0x0303;
}

/* Whether ETRF may clear an OCxREF. */
static bool clears(const struct timer_state *s)
{
    bool set = false;

    for (unsigned i = 0; i < TIM_CHANNELS; i++)
        set |= !timer_selection(s, i) && timer_ccmr(s, i) & CCMR_OCCE;
    return set;
}

bool timer_line_matters(const struct timer_state *s, unsigned number)
{
    switch (number) {
    case TIMER_IN_TI1:
    case TIMER_IN_TI2:
    case TIMER_IN_TI3:
    case TIMER_IN_TI4:
        return pads_matter(s);
    case TIMER_IN_ETR:
        return timer_sms(s) || s->reg[TIM_SMCR] & SMCR_ECE || clears(s);
    case TIMER_IN_BKIN:
        return s->reg[TIM_BDTR] & BDTR_BKE;
    default:
        return true;
    }
}

bool timer_break_active(const struct timer_state *s)
{
    uint32_t bdtr = s->reg[TIM_BDTR];

    return bdtr & BDTR_BKE && line(s->lines, TIMER_IN_BKIN) == !!(bdtr & BDTR_BKP);
}

/* A gate that opens and closes within a clock was open for the clock that a TRGO pulse lasts. */
static void gate(const struct timer_model *m, struct timer_state *s, bool was_open, uint32_t *happened)
{
    bool open = trigger_level(s);

    if (timer_sms(s) != SMS_GATED || open == was_open)
        return;
    timer_raise(m, s, SR_TIF, happened);
    if (open)
        s->opened = s->at;
    else if (s->opened == s->at && s->reg[TIM_CR1] & CR1_CEN)
        timer_advance(m, s, 1, happened);
}

static void act(const struct timer_model *m, struct timer_state *s, const struct change *c, bool was_open,
                uint32_t *happened)
{
    capture(m, s, c, happened);
    if (triggered(s, c))
        trigger(m, s, happened);
    gate(m, s, was_open, happened);
    if (timer_encodes(s))
        encode(m, s, c, happened);
    if (s->reg[TIM_SMCR] & SMCR_ECE && c->etr)
        timer_advance(m, s, 1, happened);
}

void timer_input(const struct timer_model *m, struct timer_state *s, unsigned number, bool level,
                 uint32_t *happened)
{
    bool was_open = trigger_level(s), itr;
    unsigned moved;
    struct change c;

    if (line(s->lines, number) == level)
        return;
    itr = level && trigger_source(s) < TS_TI1F_ED && number == TIMER_IN_ITR0 + trigger_source(s);
    moved = timer_set_line(s, number, level);
    c = change_of(s, moved, itr);
    act(m, s, &c, was_open, happened);
    if (number == TIMER_IN_BKIN && timer_break_active(s)) {
        s->reg[TIM_BDTR] &= ~(uint32_t)BDTR_MOE;
        timer_raise(m, s, SR_BIF, happened);
    }
}

void timer_take_filtered(const struct timer_model *m, struct timer_state *s, uint32_t *happened)
{
    bool was_open = trigger_level(s);
    unsigned moved = timer_end_filters(s);
    struct change c = change_of(s, moved, false);

    if (!moved)
        return;
    act(m, s, &c, was_open, happened);
    timer_compare(m, s);
    timer_follow_pairs(m, s);
}
