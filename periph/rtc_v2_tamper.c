/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time stamp and tamper inputs of the real-time clock of F2 and F4. See rtc_v2.c. */
#include "periph/rtc_v2_state.h"

#include "core/signal.h"

/* ---- time stamp and tamper (RM0090 26.3.12, 26.3.13) ---- */

static void take_stamp(struct device *d)
{
    if (reg_get(d, ISR) & ISR_TSF) {
        rtc_raise_flag(d, ISR_TSOVF);
        return;
    }
    reg_put(d, TSTR, reg_get(d, TR));
    reg_put(d, TSDR, reg_get(d, DR) & 0xFFFF);
    reg_put(d, TSSSR, rtc_subsecond(d));
    rtc_raise_flag(d, ISR_TSF);
}

static void take_tamper(struct device *d, uint32_t flag)
{
    if (reg_get(d, ISR) & flag)
        return;
    for (unsigned reg = BKP0R; reg < REGS; reg++)
        reg_put(d, reg, 0);
    rtc_raise_flag(d, flag);
    if (reg_get(d, TAFCR) & TAFCR_TAMPTS)
        take_stamp(d);
}

/* With TAMPFLT 0, TRG 0 means a rising edge; with a filter, a low level. */
static bool tamper_active(const struct device *d, bool level, uint32_t trigger)
{
    uint32_t tafcr = reg_get(d, TAFCR);
    bool inverted = tafcr & trigger;

    return level == (tafcr & TAFCR_TAMPFLT ? inverted : !inverted);
}

static unsigned tamper1_input(const struct device *d)
{
    return reg_get(d, TAFCR) & TAFCR_TAMP1INSEL ? RTC_IN_AF2 : RTC_IN_AF1;
}

/* ---- tamper filters ---- */

static unsigned samples_needed(const struct device *d)
{
    return 1u << ((reg_get(d, TAFCR) & TAFCR_TAMPFLT) >> 11);
}

/* Samples are taken at the multiples of their period, 2^15 to 2^8 cycles of RTCCLK. */
static void aim_sample(struct device *d)
{
    struct rtc_state *s = d->state;
    uint32_t tafcr = reg_get(d, TAFCR);
    uint64_t period = 0x8000u >> ((tafcr & TAFCR_TAMPFREQ) >> 8);
    bool samples = tafcr & TAFCR_TAMPFLT && tafcr & (TAFCR_TAMP1E | TAFCR_TAMP2E);

    s->due[EVENT_SAMPLE] = samples ? (rtc_pace_read(&s->pace, d) / period + 1) * period : RTC_NEVER;
}

/* Each sample finds the input pulled up, unless TAMPPUDIS. */
static bool sampled_level(const struct device *d, unsigned input)
{
    if (signal_state(d, input) == SIGNAL_RELEASED)
        return !(reg_get(d, TAFCR) & TAFCR_TAMPPUDIS);
    return signal_input(d, input);
}

static void take_sample(struct device *d, unsigned number, uint32_t enable, unsigned input)
{
    struct rtc_state *s = d->state;

    if (!(reg_get(d, TAFCR) & enable) || !tamper_active(d, sampled_level(d, input), enable << 1)) {
        s->samples[number] = 0;
    } else if (s->samples[number] < samples_needed(d)) {
        if (++s->samples[number] == samples_needed(d))
            take_tamper(d, ISR_TAMP1F << number);
    }
}

void rtc_take_samples(struct device *d)
{
    take_sample(d, 0, TAFCR_TAMP1E, tamper1_input(d));
    take_sample(d, 1, TAFCR_TAMP2E, RTC_IN_AF2);
    aim_sample(d);
}

/* ---- edges of the pins ---- */

void rtc_pin_changes(struct device *d, unsigned input, bool level)
{
    uint32_t cr = reg_get(d, CR), tafcr = reg_get(d, TAFCR);
    unsigned stamp_input = tafcr & TAFCR_TSINSEL ? RTC_IN_AF2 : RTC_IN_AF1;

    if (cr & CR_TSE && input == stamp_input && level == !(cr & CR_TSEDGE))
        take_stamp(d);
    if (tafcr & TAFCR_TAMPFLT)
        return;
    if (tafcr & TAFCR_TAMP1E && input == tamper1_input(d) && tamper_active(d, level, TAFCR_TAMP1TRG))
        take_tamper(d, ISR_TAMP1F);
    if (tafcr & TAFCR_TAMP2E && input == RTC_IN_AF2 && tamper_active(d, level, TAFCR_TAMP2TRG))
        take_tamper(d, ISR_TAMP2F);
}

/* An input that is active already counts when its detection is enabled (RM0090 26.3.13). */
void rtc_write_tafcr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, TAFCR), tafcr = reg_store(d, TAFCR, value, lanes);

    aim_sample(d);
    if (!(tafcr & TAFCR_TAMPFLT)) {
        if (tafcr & ~old & TAFCR_TAMP1E &&
            tamper_active(d, signal_input(d, tamper1_input(d)), TAFCR_TAMP1TRG))
            take_tamper(d, ISR_TAMP1F);
        if (tafcr & ~old & TAFCR_TAMP2E && tamper_active(d, signal_input(d, RTC_IN_AF2), TAFCR_TAMP2TRG))
            take_tamper(d, ISR_TAMP2F);
    }
    rtc_update_lines(d);
}
