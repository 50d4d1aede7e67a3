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

/* In the PWM modes OCxREF changes only when the comparison's result does (RM0090, TIMx_CCMR1.OC1M). */
void timer_compare(const struct timer_model *m, struct timer_state *s)
{
    for (unsigned i = 0; i < m->channels; i++) {
        bool in = inside(s, i), changed = in != (s->inside >> i & 1);
        unsigned mode = timer_mode(s, i);
        set_bit(&s->inside, i, in);
        if (!is_output(s, i))
            set_bit(&s->ref, i, false);
        else if (mode == OCM_FORCE_ACTIVE || mode == OCM_FORCE_INACTIVE)
            set_bit(&s->ref, i, mode == OCM_FORCE_ACTIVE);
        else if (changed && mode >= OCM_PWM1)
            set_bit(&s->ref, i, in == (mode == OCM_PWM1));
    }
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

/* ---- outputs ---- */

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

/* Output levels while MOE = 0 (RM0090 table 95): driven to the idle state if OSSI says so. */
static bool idle_output(const struct timer_state *s, unsigned channel, bool complement)
{
    unsigned idle_bit = CR2_OIS_LSB + 2 * channel + (complement ? 1 : 0);

    if (!(s->reg[TIM_BDTR] & BDTR_OSSI) || !(timer_enables(s, channel) & (CCER_E | CCER_NE)))
        return false;
    return s->reg[TIM_CR2] >> idle_bit & 1;
}

bool timer_drives(const struct timer_model *m, const struct timer_state *s, unsigned channel,
                  bool complement)
{
    unsigned enables = timer_enables(s, channel);

    if (!is_output(s, channel) || !(enables & (CCER_E | CCER_NE)))
        return false;
    if (!(m->flags & SR_BIF))
        return true;
    if (!(s->reg[TIM_BDTR] & BDTR_MOE))
        return s->reg[TIM_BDTR] & BDTR_OSSI;
    return enables & (complement ? CCER_NE : CCER_E) || s->reg[TIM_BDTR] & BDTR_OSSR;
}

/* The complementary output follows OCxREF when it is alone, and its opposite beside OCx. */
bool timer_output(const struct timer_model *m, const struct timer_state *s, unsigned channel,
                  bool complement)
{
    unsigned enables = timer_enables(s, channel);
    bool ref = s->ref >> channel & 1, polarity = enables & (complement ? CCER_NP : CCER_P);

    if (m->flags & SR_BIF && !(s->reg[TIM_BDTR] & BDTR_MOE))
        return idle_output(s, channel, complement);
    if (!(enables & (complement ? CCER_NE : CCER_E)))   /* off: inactive if OSSR drives it */
        return s->reg[TIM_BDTR] & BDTR_OSSR && enables & (CCER_E | CCER_NE) && polarity;
    if (complement && enables & CCER_E)
        ref = !ref;
    return ref != polarity;
}
