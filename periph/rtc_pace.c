/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The RTC's clock behind its calibration. See rtc_pace.h.
 *
 * Masked pulses are spread as RM0090 26.6.16 has it: bit n of CALM masks those that come when the calibration counter
 * is an odd multiple of 2^(19 - n). F1's manual does not say where its masks are; they are put the same way.
 */
#include "periph/rtc_pace.h"

#include "core/device.h"

enum { CYCLE_BITS = 20, MASK_BITS = 9, INSERTED_BITS = 11 };

/* Masks among the first `pulses` pulses. */
static uint64_t masks(uint32_t masked, uint64_t pulses)
{
    uint64_t count = 0;

    for (unsigned bit = 0; masked >> bit; bit++)
        if (masked >> bit & 1)
            count += (pulses + (1u << (CYCLE_BITS - 1 - bit))) >> (CYCLE_BITS - bit);
    return count;
}

/* The cycle of RTCCLK with which that pulse comes: never before the one with which the pulse before it comes. */
static uint64_t cycle_of(const struct rtc_pace *p, uint64_t pulse)
{
    uint64_t cycle = p->cycle + (pulse - p->pulse);

    cycle += masks(p->masked, pulse) - masks(p->masked, p->pulse);
    return p->inserted ? cycle - ((pulse >> INSERTED_BITS) - (p->pulse >> INSERTED_BITS)) : cycle;
}

/* The last pulse that has come by a cycle of RTCCLK. The calibration moves pulses by less than one in a thousand. */
static uint64_t pulse_at(const struct rtc_pace *p, uint64_t cycle)
{
    uint64_t passed = cycle - p->cycle, slack = passed / 1024 + 2, low, high;

    if (!p->masked && !p->inserted)
        return p->pulse + passed;
    low = p->pulse + (passed > slack ? passed - slack : 0);
    high = p->pulse + passed + slack;
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        if (cycle_of(p, middle) <= cycle)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

void rtc_pace_start(struct rtc_pace *p, const struct device *d)
{
    *p = (struct rtc_pace){0};
    ticker_start(&p->clock, d, device_clock(d), 1);
}

void rtc_pace_clock(struct rtc_pace *p, const struct device *d)
{
    ticker_rate(&p->clock, d, device_clock(d), 1);
}

void rtc_pace_calibrate(struct rtc_pace *p, const struct device *d, uint32_t masked, bool inserted)
{
    uint64_t cycle = ticker_read(&p->clock, d);

    p->pulse = pulse_at(p, cycle);
    p->cycle = cycle;
    p->masked = masked;
    p->inserted = inserted;
}

uint64_t rtc_pace_read(const struct rtc_pace *p, const struct device *d)
{
    return pulse_at(p, ticker_read(&p->clock, d));
}

vtime rtc_pace_when(const struct rtc_pace *p, uint64_t pulses)
{
    return ticker_when(&p->clock, pulses <= p->pulse ? p->cycle : cycle_of(p, pulses));
}

bool rtc_pace_sane(const struct rtc_pace *p, const struct device *d)
{
    return ticker_sane(&p->clock, d, device_clock(d), 1) && p->cycle <= ticker_read(&p->clock, d) &&
           p->pulse <= 2 * p->cycle && !(p->masked >> MASK_BITS) && p->inserted <= 1;
}
