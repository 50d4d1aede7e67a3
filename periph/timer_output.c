/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The timer's output stage (RM0090 17.3.11, 17.3.12, table 95): polarity, complementary outputs, idle levels, and
 * the dead time between the two of a pair.
 *
 * Dead time is counted from the edge of OCxREF, or of MOE; the two clocks that MOE's own synchronisation takes are
 * not added. A break puts the outputs to their inactive level at once, and to their idle level behind the dead time.
 */
#include "periph/timer_state.h"

static bool has_break(const struct timer_model *m)
{
    return m->flags & SR_BIF;
}

static bool has_complement(const struct timer_model *m, unsigned channel)
{
    return m->ccer >> 4 * channel & CCER_NE;
}

static bool is_idle(const struct timer_model *m, const struct timer_state *s)
{
    return has_break(m) && !(s->reg[TIM_BDTR] & BDTR_MOE);
}

static bool is_inverted(const struct timer_state *s, unsigned channel, bool complement)
{
    return timer_enables(s, channel) & (complement ? CCER_NP : CCER_P);
}

/* ---- what the outputs want to be ---- */

static bool idle_active(const struct timer_state *s, unsigned channel, bool complement)
{
    bool level = s->reg[TIM_CR2] >> (CR2_OIS_LSB + 2 * channel + complement) & 1;

    return level != is_inverted(s, channel, complement);
}

/* Whether the output wants to be active. The two of a pair never do together, so that idle levels which ask for that
 * make both inactive. The complementary output follows OCxREF when it is alone, and its opposite beside OCx. */
static bool wants_active(const struct timer_model *m, const struct timer_state *s, unsigned channel,
                         bool complement)
{
    unsigned enables = timer_enables(s, channel);
    bool ref = s->ref >> channel & 1;

    if (is_idle(m, s))
        return idle_active(s, channel, complement) &&
               !(has_complement(m, channel) && idle_active(s, channel, !complement));
    if (!(enables & (complement ? CCER_NE : CCER_E)))
        return false;
    return complement && enables & CCER_E ? !ref : ref;
}

/* ---- dead time ---- */

/* BDTR.DTG in clocks of CK_INT (RM0090 17.4.18). */
static uint16_t dead_clocks(const struct timer_state *s)
{
    unsigned dtg = s->reg[TIM_BDTR] & BDTR_DTG, steps = dtg;

    if (dtg >= 0xE0)
        steps = (32 + (dtg & 0x1F)) * 16;
    else if (dtg >= 0xC0)
        steps = (32 + (dtg & 0x1F)) * 8;
    else if (dtg >= 0x80)
        steps = (64 + (dtg & 0x3F)) * 2;
    return (uint16_t)(steps * timer_dts(s));
}

void timer_follow_pairs(const struct timer_model *m, struct timer_state *s)
{
    bool idle = is_idle(m, s);

    for (unsigned i = 0; has_break(m) && i < TIM_COMPLEMENTS && has_complement(m, i); i++) {
        bool both = (timer_enables(s, i) & (CCER_E | CCER_NE)) == (CCER_E | CCER_NE);
        uint8_t pair = (uint8_t)(wants_active(m, s, i, false) | wants_active(m, s, i, true) << 1 | idle << 2);
        if (pair == s->pair[i])
            continue;
        s->pair[i] = pair;
        s->paired_at[i] = s->at;
        s->dead[i] = both || idle ? dead_clocks(s) : 0;
    }
}

static uint64_t dead_clocks_left(const struct timer_state *s, unsigned channel)
{
    uint64_t passed = channel < TIM_COMPLEMENTS ? s->at - s->paired_at[channel] : UINT64_MAX;

    return channel < TIM_COMPLEMENTS && passed < s->dead[channel] ? s->dead[channel] - passed : 0;
}

uint64_t timer_clocks_to_rise(const struct timer_model *m, const struct timer_state *s)
{
    uint64_t nearest = UINT64_MAX;

    for (unsigned i = 0; i < TIM_COMPLEMENTS; i++) {
        uint64_t left = m->outputs_watched >> i & 1 ? dead_clocks_left(s, i) : 0;
        if (left && left < nearest)
            nearest = left;
    }
    return nearest;
}

/* ---- levels ---- */

bool timer_drives(const struct timer_model *m, const struct timer_state *s, unsigned channel,
                  bool complement)
{
    unsigned enables = timer_enables(s, channel);

    if (timer_selection(s, channel) || !(enables & (CCER_E | CCER_NE)))
        return false;
    if (!has_break(m))
        return true;
    if (is_idle(m, s))
        return s->reg[TIM_BDTR] & BDTR_OSSI;
    return enables & (complement ? CCER_NE : CCER_E) || s->reg[TIM_BDTR] & BDTR_OSSR;
}

bool timer_output(const struct timer_model *m, const struct timer_state *s, unsigned channel,
                  bool complement)
{
    bool active = wants_active(m, s, channel, complement) && !dead_clocks_left(s, channel);

    return active != is_inverted(s, channel, complement);
}
