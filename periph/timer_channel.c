/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The timer's capture/compare channels (RM0090 17.3.6 to 17.3.13, 18.3.4 to 18.3.9).
 *
 * In centre-aligned mode the count at ARR belongs to the way down and the count at 0 to the way up, as
 * DIR shows them; a match at an end sets its flag in every centre-aligned mode.
 */
#include "periph/timer_state.h"

static bool is_output(const struct timer_state *s, unsigned channel)
{
    return !timer_selection(s, channel);
}

/* ---- compare ---- */

unsigned timer_equal(const struct timer_model *m, const struct timer_state *s)
{
    unsigned mask = 0;

    if (!timer_enabled(s))
        return 0;
    for (unsigned i = 0; i < m->channels; i++)
        mask |= (unsigned)(is_output(s, i) && s->ccr[i] == s->reg[TIM_CNT]) << i;
    return mask;
}

/* Whether CMS lets a match on this leg set its flag. */
static bool leg_has_flags(const struct timer_state *s)
{
    uint32_t cnt = s->reg[TIM_CNT];

    switch (timer_centre(s)) {
    case 1:
        return timer_down(s) || cnt == 0 || cnt == s->arr;
    case 2:
        return !timer_down(s) || cnt == 0 || cnt == s->arr;
    default:
        return true;
    }
}

void timer_match(const struct timer_model *m, struct timer_state *s, unsigned equal, unsigned beyond,
                 uint32_t *happened)
{
    unsigned flags = (leg_has_flags(s) ? equal : 0) | beyond;

    if (flags)
        timer_raise(m, s, flags << 1, happened);
    for (unsigned i = 0; i < m->channels; i++) {
        uint8_t bit = (uint8_t)(1u << i);
        if (!(equal & bit))
            continue;
        switch (timer_mode(s, i)) {
        case OCM_ACTIVE:
            s->ref |= bit;
            break;
        case OCM_INACTIVE:
            s->ref &= (uint8_t)~bit;
            break;
        case OCM_TOGGLE:
            s->ref ^= bit;
            break;
        }
    }
}

/* The PWM comparison: CNT below CCR on the way up, not above it on the way down. */
static bool inside(const struct timer_state *s, unsigned channel)
{
    uint32_t cnt = s->reg[TIM_CNT], ccr = s->ccr[channel];

    return timer_down(s) ? cnt <= ccr : cnt < ccr;
}

static void set_bit(uint8_t *bits, unsigned number, bool on)
{
    *bits = (uint8_t)((*bits & ~(1u << number)) | (unsigned)on << number);
}

/* OCxREF is forced by OCxM, which ETRF has no say in. */
static bool is_forced(const struct timer_state *s, unsigned channel)
{
    return timer_mode(s, channel) == OCM_FORCE_ACTIVE || timer_mode(s, channel) == OCM_FORCE_INACTIVE;
}

/* Whether the level of ETRF clears OCxREF (RM0090 17.3.13). On F1's general timers OCCS must choose it: the other
 * input leads nowhere. */
static bool is_clearing(const struct timer_model *m, const struct timer_state *s, unsigned channel)
{
    return s->heard >> SOURCE_ETRP & 1 && is_output(s, channel) && timer_ccmr(s, channel) & CCMR_OCCE &&
           (!m->chooses_clear || s->reg[TIM_SMCR] & SMCR_OCCS);
}

void timer_free_refs(const struct timer_model *m, struct timer_state *s)
{
    for (unsigned i = 0; s->cleared >> i; i++)
        if (s->cleared >> i & 1 && !is_clearing(m, s, i)) {
            s->cleared &= (uint8_t)~(1u << i);
            s->freed |= (uint8_t)(1u << i);
        }
}

static void clear_refs(const struct timer_model *m, struct timer_state *s)
{
    for (unsigned i = 0; i < m->channels; i++)
        if (is_forced(s, i))
            set_bit(&s->cleared, i, false);
        else if (is_clearing(m, s, i))
            set_bit(&s->cleared, i, true);
    s->ref &= (uint8_t)~s->cleared;
}

/* In the PWM modes OCxREF changes only when the comparison's result does (RM0090, TIMx_CCMR1.OC1M). */
void timer_compare(const struct timer_model *m, struct timer_state *s)
{
    for (unsigned i = 0; i < m->channels; i++) {
        bool in = inside(s, i), changed = in != (s->inside >> i & 1) || s->freed >> i & 1;
        unsigned mode = timer_mode(s, i);
        set_bit(&s->inside, i, in);
        if (!is_output(s, i))
            set_bit(&s->ref, i, false);
        else if (is_forced(s, i))
            set_bit(&s->ref, i, mode == OCM_FORCE_ACTIVE);
        else if (changed && mode >= OCM_PWM1)
            set_bit(&s->ref, i, in == (mode == OCM_PWM1));
    }
    s->freed = 0;
    clear_refs(m, s);
}

void timer_fast_match(const struct timer_model *m, struct timer_state *s)
{
    for (unsigned i = 0; i < m->channels; i++)
        if (is_output(s, i) && timer_ccmr(s, i) & CCMR_OCFE && timer_mode(s, i) >= OCM_PWM1)
            set_bit(&s->ref, i, timer_mode(s, i) == OCM_PWM2);
}

/* ---- controls in force ---- */

/* The bits that CCPC preloads: OCxM, CCxE and CCxNE of the channels with a complementary output. */
static const uint32_t preloaded_ccmr[2] = {0x7070, 0x0070};
enum { PRELOADED_CCER = 0x555 };

/* A channel that leaves frozen mode for PWM takes the comparison's result at once. */
static void start_pwm(const struct timer_model *m, struct timer_state *s, const uint32_t old_ccmr[2])
{
    for (unsigned i = 0; i < m->channels; i++) {
        unsigned old = old_ccmr[i / 2] >> (8 * (i % 2) + 4) & 7, mode = timer_mode(s, i);
        if (old == OCM_FROZEN && mode >= OCM_PWM1 && is_output(s, i)) {
            set_bit(&s->inside, i, inside(s, i));
            set_bit(&s->ref, i, inside(s, i) == (mode == OCM_PWM1));
        }
    }
}

void timer_load_controls(const struct timer_model *m, struct timer_state *s, bool com)
{
    bool wait = s->reg[TIM_CR2] & CR2_CCPC && !com;
    uint32_t old[2] = {s->ccmr[0], s->ccmr[1]}, held;

    for (unsigned i = 0; i < 2; i++) {
        held = wait ? preloaded_ccmr[i] : 0;
        s->ccmr[i] = (s->ccmr[i] & held) | (s->reg[TIM_CCMR1 + i] & ~held);
    }
    held = wait ? PRELOADED_CCER : 0;
    s->ccer = (s->ccer & held) | (s->reg[TIM_CCER] & ~held);
    start_pwm(m, s, old);
}

/* ---- capture ---- */

void timer_capture(const struct timer_model *m, struct timer_state *s, unsigned channel,
                   uint32_t *happened)
{
    if (s->reg[TIM_SR] & SR_CC1IF << channel)
        s->reg[TIM_SR] |= SR_CC1OF << channel;
    s->reg[TIM_CCR1 + channel] = s->reg[TIM_CNT];
    timer_raise(m, s, SR_CC1IF << channel, happened);
}

/* ---- what shows ---- */

static bool ref_shows(const struct timer_model *m, const struct timer_state *s, unsigned channel)
{
    unsigned mode = timer_mode(s, channel);

    if (mode == OCM_FROZEN || mode == OCM_FORCE_INACTIVE || mode == OCM_FORCE_ACTIVE)
        return false;
    return (m->outputs_watched >> channel & 1 && timer_enables(s, channel) & (CCER_E | CCER_NE)) ||
           (m->trgo_watched && timer_mms(s) == MMS_OC1REF + channel);
}

bool timer_channel_shows(const struct timer_model *m, const struct timer_state *s, unsigned channel)
{
    uint32_t flag = SR_CC1IF << channel, dier = s->reg[TIM_DIER];

    if (!is_output(s, channel))
        return false;
    return (dier & flag && !(s->reg[TIM_SR] & flag)) ||
           (dier >> 8 & flag & ~s->dma && !(s->reg[TIM_CR2] & CR2_CCDS)) ||
           (m->trgo_watched && channel == 0 && timer_mms(s) == MMS_COMPARE_PULSE) ||
           ref_shows(m, s, channel);
}
