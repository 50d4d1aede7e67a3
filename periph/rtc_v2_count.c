/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the real-time clock of F2 and F4 counts: seconds, the calendar, alarms, the wake-up timer. See rtc_v2.c. */
#include "periph/rtc_v2_state.h"

#include "core/schedule.h"

enum { COARSE_CYCLE_SECONDS = 64 * 60 };
enum { REFERENCE_WINDOW = 7, REFERENCE_WINDOW_LOCKED = 3 };     /* counts to either side */

/* ---- time base ---- */

static uint32_t prediv_s(const struct device *d)
{
    return reg_get(d, PRER) & 0x7FFF;
}

uint32_t rtc_apre_ticks(const struct device *d)
{
    return (reg_get(d, PRER) >> 16 & 0x7F) + 1;
}

static uint64_t second_ticks(const struct device *d)
{
    return (uint64_t)rtc_apre_ticks(d) * (prediv_s(d) + 1);
}

uint64_t rtc_next_edge(const struct device *d)
{
    const struct rtc_state *s = d->state;
    uint64_t tick = rtc_pace_read(&s->pace, d);

    return vtime_before(rtc_pace_when(&s->pace, tick), sched_now(d)) ? tick + 1 : tick;
}

void rtc_schedule(struct device *d)
{
    const struct rtc_state *s = d->state;

    for (unsigned i = 0; i < EVENTS; i++)
        sched_at(d, i, s->due[i] == RTC_NEVER ? VTIME_NEVER : rtc_pace_when(&s->pace, s->due[i]));
}

bool rtc_in_init(const struct device *d)
{
    return reg_get(d, ISR) & ISR_INITF;
}

int64_t rtc_counts(const struct device *d)
{
    const struct rtc_state *s = d->state;
    int64_t ticks = (int64_t)rtc_pace_read(&s->pace, d) - s->second, apre = rtc_apre_ticks(d);

    if (rtc_in_init(d))
        return 0;
    return ticks >= 0 ? ticks / apre : -((-ticks + apre - 1) / apre);
}

uint32_t rtc_subsecond(const struct device *d)
{
    return (uint32_t)((int64_t)prediv_s(d) - rtc_counts(d)) & 0xFFFF;
}

/* ---- calendar ---- */

static unsigned from_bcd(uint32_t value, unsigned lsb, unsigned tens_bits)
{
    return (value >> lsb & 15) + 10 * (value >> (lsb + 4) & ((1u << tens_bits) - 1));
}

static uint32_t to_bcd(unsigned value, unsigned lsb)
{
    return (value / 10 << 4 | value % 10) << lsb;
}

static unsigned month_days(unsigned month, unsigned year)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (month == 2 && year % 4 == 0)
        return 29;
    return month >= 1 && month <= 12 ? days[month - 1] : 31;
}

static void next_day(struct device *d)
{
    uint32_t dr = reg_get(d, DR), weekday = dr >> 13 & 7;
    unsigned day = from_bcd(dr, 0, 2), month = from_bcd(dr, 8, 1), year = from_bcd(dr, 16, 4);

    weekday = weekday == 7 ? 1 : weekday + 1;
    if (++day > month_days(month, year)) {
        day = 1;
        if (++month > 12) {
            month = 1;
            year = (year + 1) % 100;
        }
    }
    reg_put(d, DR, to_bcd(day, 0) | to_bcd(month, 8) | weekday << 13 | to_bcd(year, 16));
}

unsigned rtc_get_hour(const struct device *d)
{
    uint32_t tr = reg_get(d, TR);
    unsigned hour = from_bcd(tr, 16, 2);

    if (!(reg_get(d, CR) & CR_FMT))
        return hour;
    return hour % 12 + (tr & TR_PM ? 12 : 0);
}

void rtc_put_hour(struct device *d, unsigned hour)
{
    uint32_t tr = reg_get(d, TR) & 0xFFFF;

    if (!(reg_get(d, CR) & CR_FMT))
        tr |= to_bcd(hour, 16);
    else
        tr |= to_bcd(hour % 12 ? hour % 12 : 12, 16) | (hour >= 12 ? TR_PM : 0);
    reg_put(d, TR, tr);
}

void rtc_next_hour(struct device *d)
{
    unsigned hour = rtc_get_hour(d) + 1;

    rtc_put_hour(d, hour % 24);
    if (hour >= 24)
        next_day(d);
}

void rtc_next_second(struct device *d)
{
    uint32_t tr = reg_get(d, TR);
    unsigned second = from_bcd(tr, 0, 3) + 1, minute = from_bcd(tr, 8, 3) + second / 60;

    reg_put(d, TR, (tr & ~0xFFFFu) | to_bcd(minute % 60, 8) | to_bcd(second % 60, 0));
    if (minute >= 60)
        rtc_next_hour(d);
}

/* ---- alarms (RM0090 26.3.3); `alarm` is 0 for A and 1 for B ---- */

static bool alarm_date_matches(const struct device *d, uint32_t alarm)
{
    uint32_t dr = reg_get(d, DR);

    if (alarm & ALRM_MSK4)
        return true;
    if (alarm & ALRM_WDSEL)
        return (alarm >> 24 & 15) == (dr >> 13 & 7);
    return (alarm >> 24 & 0x3F) == (dr & 0x3F);
}

static bool alarm_matches(const struct device *d, unsigned alarm)
{
    uint32_t value = reg_get(d, ALRMAR + alarm), care = 0;

    if (!(value & ALRM_MSK1))
        care |= 0x7F;
    if (!(value & ALRM_MSK2))
        care |= 0x7F00;
    if (!(value & ALRM_MSK3))
        care |= 0x7F0000;
    return !((value ^ reg_get(d, TR)) & care) && alarm_date_matches(d, value);
}

static bool alarm_enabled(const struct device *d, unsigned alarm)
{
    return reg_get(d, CR) >> alarm & CR_ALRAE && !rtc_in_init(d);
}

static unsigned alarm_maskss(const struct device *d, unsigned alarm)
{
    return reg_get(d, ALRMASSR + alarm) >> 24 & 15;
}

void rtc_aim_alarm(struct device *d, unsigned alarm, int64_t from)
{
    struct rtc_state *s = d->state;
    int64_t step = 1ll << alarm_maskss(d, alarm), last = prediv_s(d), at;

    s->due[EVENT_ALARM_A + alarm] = RTC_NEVER;
    if (step == 1 || !alarm_enabled(d, alarm) || !alarm_matches(d, alarm))
        return;
    at = (last - (reg_get(d, ALRMASSR + alarm) & SHIFTR_SUBFS)) & (step - 1);
    if (at < from)
        at += (from - at + step - 1) / step * step;
    if (at <= last)
        s->due[EVENT_ALARM_A + alarm] = (uint64_t)(s->second + at * (int64_t)rtc_apre_ticks(d));
}

void rtc_aim_alarms(struct device *d, int64_t from)
{
    rtc_aim_alarm(d, 0, from);
    rtc_aim_alarm(d, 1, from);
}

/* ---- wake-up timer (RM0090 26.3.4) ---- */

void rtc_start_wakeup(struct device *d, uint64_t edge)
{
    struct rtc_state *s = d->state;
    uint32_t cr = reg_get(d, CR), length = reg_get(d, WUTR) + 1;

    s->due[EVENT_WAKEUP] = RTC_NEVER;
    s->seconds_left = 0;
    if (cr & CR_WUSPRE)
        s->seconds_left = length + (cr & CR_WU2_16 ? 0x10000 : 0);
    else
        s->due[EVENT_WAKEUP] = edge + ((uint64_t)length << (4 - (cr & 3)));
}

static void wakeup_second(struct device *d)
{
    struct rtc_state *s = d->state;

    if (!(reg_get(d, CR) & CR_WUTE) || !s->seconds_left || --s->seconds_left)
        return;
    rtc_start_wakeup(d, 0);
    rtc_raise_flag(d, ISR_WUTF);
}

/* ---- the second ---- */

/* The coarse calibration adds two counts in each of the first 2 DC minutes of 64, or takes one away (26.3.11): a
 * minute's last second finds them already counted, or still to come. */
static void calibrate_second(struct device *d)
{
    struct rtc_state *s = d->state;
    uint32_t calibr = reg_get(d, CALIBR);
    bool calibrated = s->coarse_second % 60 == 59 && s->coarse_second / 60 < 2 * (calibr & CALIBR_DC);

    if (calibrated && reg_get(d, CR) & CR_DCE)
        s->second += (calibr & CALIBR_DCS ? 1 : -2) * (int64_t)rtc_apre_ticks(d);
    s->coarse_second = (s->coarse_second + 1) % COARSE_CYCLE_SECONDS;
}

void rtc_begin_second(struct device *d)
{
    struct rtc_state *s = d->state;

    s->second += (int64_t)second_ticks(d);
    s->referred = false;
    calibrate_second(d);
    s->due[EVENT_SECOND] = (uint64_t)(s->second + (int64_t)second_ticks(d));
    rtc_next_second(d);
    wakeup_second(d);
    for (unsigned alarm = 0; alarm < 2; alarm++)
        if (!alarm_maskss(d, alarm) && alarm_enabled(d, alarm) && alarm_matches(d, alarm))
            rtc_raise_flag(d, ISR_ALRAF << alarm);
    rtc_aim_alarms(d, 0);
}

void rtc_start_second(struct device *d, int64_t tick)
{
    struct rtc_state *s = d->state;

    s->second = tick;
    s->due[EVENT_SECOND] = (uint64_t)(tick + (int64_t)second_ticks(d));
    rtc_aim_alarms(d, rtc_counts(d) + 1);
}

/* ---- reference clock (RM0090 26.3.10) ---- */

/* A rising edge close to where a second ends moves that end: the next second begins with it. */
void rtc_take_reference(struct device *d)
{
    struct rtc_state *s = d->state;
    int64_t now = (int64_t)rtc_pace_read(&s->pace, d), length = (int64_t)second_ticks(d);
    int64_t window = (s->referred ? REFERENCE_WINDOW_LOCKED : REFERENCE_WINDOW) * (int64_t)rtc_apre_ticks(d);

    if (!(reg_get(d, CR) & CR_REFCKON) || rtc_in_init(d))
        return;
    if (now - s->second <= window) {
        rtc_start_second(d, now);
    } else if (s->second + length - now <= window) {
        s->second = now - length;
        rtc_begin_second(d);
    } else {
        return;
    }
    s->referred = true;
}
