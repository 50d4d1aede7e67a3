/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Real-time clock of STM32F2 and F4 (RM0090 26, RM0033 23): calendar, alarms, wake-up timer, time stamp,
 * tamper inputs, backup registers. It lives in the backup domain: a system reset leaves it alone but for
 * INIT, RSF and the shadow registers.
 *
 * The date begins at its reset value, 1 January 2000, and counts from the moment RTCCLK runs: no time of
 * the host comes in. A second is an event, which moves the calendar; the sub-second is arithmetic.
 * Synchronisation to RTCCLK takes the cycles that the manual names: two for INITF, RSF and the write
 * flags, four from the end of initialisation to the first count.
 *
 * Cycles of RTCCLK are counted behind the smooth calibration (rtc_pace.h). The coarse one makes the last second of a
 * minute shorter or longer. RTC_AF1 shows alarms and the calibration output while they are selected; edges of the
 * latter are events only while somebody waits for them.
 *
 * Not modelled: the two cycles by which the shadow registers lag behind; TAMPPRCH.
 */
#include "periph/rtc_v2.h"

#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/rtc_pace.h"
#include "periph/table.h"

enum {
    TR, DR, CR, ISR, PRER, WUTR, CALIBR, ALRMAR, ALRMBR, WPR, SSR, SHIFTR, TSTR, TSDR, TSSSR, CALR, TAFCR,
    ALRMASSR, ALRMBSSR, BKP0R,
    REGS = BKP0R + 20
};

#define CR_WUCKSEL  (7u << 0)
#define CR_WUSPRE   (1u << 2)       /* WUCKSEL: the wake-up timer counts seconds */
#define CR_WU2_16   (1u << 1)       /* and with that: 2^16 more of them */
#define CR_TSEDGE   (1u << 3)
#define CR_REFCKON  (1u << 4)
#define CR_BYPSHAD  (1u << 5)
#define CR_FMT      (1u << 6)
#define CR_DCE      (1u << 7)
#define CR_ALRAE    (1u << 8)       /* B's bit follows */
#define CR_WUTE     (1u << 10)
#define CR_TSE      (1u << 11)
#define CR_TSIE     (1u << 15)
#define CR_ADD1H    (1u << 16)
#define CR_SUB1H    (1u << 17)
#define CR_COSEL    (1u << 19)
#define CR_POL      (1u << 20)
#define CR_OSEL_LSB 21              /* 0: no alarm output, 1: alarm A, 2: alarm B, 3: wake-up */
#define CR_COE      (1u << 23)
#define CR_INIT_ONLY (CR_DCE | CR_FMT | CR_REFCKON)

#define ISR_ALRAWF (1u << 0)        /* B's bit follows */
#define ISR_WUTWF  (1u << 2)
#define ISR_INITS  (1u << 4)
#define ISR_RSF    (1u << 5)
#define ISR_INITF  (1u << 6)
#define ISR_INIT   (1u << 7)
#define ISR_ALRAF  (1u << 8)        /* B's bit follows */
#define ISR_WUTF   (1u << 10)
#define ISR_TSF    (1u << 11)
#define ISR_TSOVF  (1u << 12)
#define ISR_TAMP1F (1u << 13)
#define ISR_TAMP2F (1u << 14)
#define ISR_RECALPF (1u << 16)
#define ISR_EVENTS 0x00007F00u      /* not behind the key */

#define TR_PM      (1u << 22)
#define DR_YEAR    0x00FF0000u

#define ALRM_MSK1  (1u << 7)
#define ALRM_MSK2  (1u << 15)
#define ALRM_MSK3  (1u << 23)
#define ALRM_WDSEL (1u << 30)
#define ALRM_MSK4  (1u << 31)

#define SHIFTR_SUBFS 0x7FFFu
#define SHIFTR_ADD1S (1u << 31)

#define CALIBR_DC  0x1Fu
#define CALIBR_DCS (1u << 7)

#define CALR_CALM   0x1FFu
#define CALR_CALW16 (1u << 13)
#define CALR_CALW8  (1u << 14)
#define CALR_CALP   (1u << 15)

#define TAFCR_TAMP1E     (1u << 0)
#define TAFCR_TAMP1TRG   (1u << 1)
#define TAFCR_TAMPIE     (1u << 2)
#define TAFCR_TAMP2E     (1u << 3)
#define TAFCR_TAMP2TRG   (1u << 4)
#define TAFCR_TAMPTS     (1u << 7)
#define TAFCR_TAMPFREQ   (7u << 8)
#define TAFCR_TAMPFLT    (3u << 11)
#define TAFCR_TAMPPUDIS  (1u << 15)
#define TAFCR_TAMP1INSEL (1u << 16)
#define TAFCR_TSINSEL    (1u << 17)
#define TAFCR_PUSH_PULL  (1u << 18)     /* ALARMOUTTYPE */

#define TR_RESET 0x00000000u
#define DR_RESET 0x00002101u

/* EVENT_ALRAWF and the two behind it in the order of ISR's bits; the alarms in sub-seconds. */
enum {
    EVENT_SECOND, EVENT_INITF, EVENT_RSF, EVENT_ALRAWF, EVENT_ALRBWF, EVENT_WUTWF, EVENT_WAKEUP,
    EVENT_ALARM_A, EVENT_ALARM_B, EVENT_RECALIBRATED, EVENT_OUTPUT, EVENT_SAMPLE,
    EVENTS
};

enum { SYNC_TICKS = 2, START_TICKS = 4 };       /* cycles of RTCCLK */
enum { RECALIBRATION_COUNTS = 3 };              /* cycles of the asynchronous prescaler */
enum { COARSE_CYCLE_SECONDS = 64 * 60 };
enum { REFERENCE_WINDOW = 7, REFERENCE_WINDOW_LOCKED = 3 };     /* counts to either side */

#define NEVER UINT64_MAX

struct rtc_state {
    uint32_t reg[REGS];         /* TR, DR: the calendar itself; SSR unused */
    uint32_t shadow_tr, shadow_dr;
    struct rtc_pace pace;       /* RTCCLK */
    uint64_t due[EVENTS];       /* in cycles of RTCCLK */
    int64_t second;             /* the cycle at which this second began; a shift may put it ahead */
    uint32_t seconds_left;      /* wake-up timer on seconds */
    uint8_t key;                /* steps of WPR's sequence that were right */
    uint8_t stale;              /* the shadow registers have not been copied since reset */
    uint8_t tr_locked, dr_locked;
    uint8_t lines;              /* levels of the outputs as last computed */
    uint8_t samples[2];         /* in a row that found the tamper input active */
    uint8_t referred;           /* the last second began with an edge of the reference clock */
    uint32_t coarse_second;     /* of the cycle of the coarse calibration */
};

/* ---- time base ---- */

static uint32_t prediv_s(const struct device *d)
{
    return reg_get(d, PRER) & 0x7FFF;
}

/* Cycles of RTCCLK per count of the sub-second. */
static uint32_t apre_ticks(const struct device *d)
{
    return (reg_get(d, PRER) >> 16 & 0x7F) + 1;
}

static uint64_t second_ticks(const struct device *d)
{
    return (uint64_t)apre_ticks(d) * (prediv_s(d) + 1);
}

/* The RTCCLK edge at or after now, from which the RTC takes notice. */
static uint64_t next_edge(const struct device *d)
{
    const struct rtc_state *s = d->state;
    uint64_t tick = rtc_pace_read(&s->pace, d);

    return vtime_before(rtc_pace_when(&s->pace, tick), sched_now(d)) ? tick + 1 : tick;
}

static void schedule(struct device *d)
{
    const struct rtc_state *s = d->state;

    for (unsigned i = 0; i < EVENTS; i++)
        sched_at(d, i, s->due[i] == NEVER ? VTIME_NEVER : rtc_pace_when(&s->pace, s->due[i]));
}

static bool in_init(const struct device *d)
{
    return reg_get(d, ISR) & ISR_INITF;
}

/* Sub-second counts since the second began; negative after a shift. */
static int64_t counts(const struct device *d)
{
    const struct rtc_state *s = d->state;
    int64_t ticks = (int64_t)rtc_pace_read(&s->pace, d) - s->second, apre = apre_ticks(d);

    if (in_init(d))
        return 0;
    return ticks >= 0 ? ticks / apre : -((-ticks + apre - 1) / apre);
}

static uint32_t subsecond(const struct device *d)
{
    return (uint32_t)((int64_t)prediv_s(d) - counts(d)) & 0xFFFF;
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

/* Hours since midnight. */
static unsigned get_hour(const struct device *d)
{
    uint32_t tr = reg_get(d, TR);
    unsigned hour = from_bcd(tr, 16, 2);

    if (!(reg_get(d, CR) & CR_FMT))
        return hour;
    return hour % 12 + (tr & TR_PM ? 12 : 0);
}

static void put_hour(struct device *d, unsigned hour)
{
    uint32_t tr = reg_get(d, TR) & 0xFFFF;

    if (!(reg_get(d, CR) & CR_FMT))
        tr |= to_bcd(hour, 16);
    else
        tr |= to_bcd(hour % 12 ? hour % 12 : 12, 16) | (hour >= 12 ? TR_PM : 0);
    reg_put(d, TR, tr);
}

static void next_hour(struct device *d)
{
    unsigned hour = get_hour(d) + 1;

    put_hour(d, hour % 24);
    if (hour >= 24)
        next_day(d);
}

static void next_second(struct device *d)
{
    uint32_t tr = reg_get(d, TR);
    unsigned second = from_bcd(tr, 0, 3) + 1, minute = from_bcd(tr, 8, 3) + second / 60;

    reg_put(d, TR, (tr & ~0xFFFFu) | to_bcd(minute % 60, 8) | to_bcd(second % 60, 0));
    if (minute >= 60)
        next_hour(d);
}

/* ---- RTC_AF1 as an output (RM0090 26.3.14, 26.3.15) ---- */

/* The calibration output divides RTCCLK by 64, in stage 6 of the asynchronous prescaler, or with COSEL by 256 behind
 * that prescaler. Cycles of RTCCLK that are left until the stage falls over, or comes round before that. */
static uint64_t stage_left(const struct device *d, bool *high)
{
    const struct rtc_state *s = d->state;
    int64_t apre = apre_ticks(d), passed = (int64_t)rtc_pace_read(&s->pace, d) - s->second;
    int64_t phase = (passed % apre + apre) % apre;
    uint32_t down = (uint32_t)(apre - 1 - phase);

    if (!(reg_get(d, CR) & CR_COSEL)) {
        *high = down >> 5 & 1;
        return (down & 31) + 1;
    }
    *high = subsecond(d) >> 7 & 1;
    return (uint64_t)(subsecond(d) & 127) * (uint64_t)apre + down + 1;
}

static bool is_calibration_output(const struct device *d)
{
    return reg_get(d, CR) & CR_COE && !(reg_get(d, CR) >> CR_OSEL_LSB & 3) && !in_init(d);
}

static unsigned alarm_state(const struct device *d, unsigned osel)
{
    bool raised = reg_get(d, ISR) & ISR_ALRAF << (osel - 1), high = raised != !!(reg_get(d, CR) & CR_POL);

    if (high && !(reg_get(d, TAFCR) & TAFCR_PUSH_PULL))
        return SIGNAL_RELEASED;
    return high ? SIGNAL_HIGH : SIGNAL_LOW;
}

/* An alarm comes before the calibration output. */
static unsigned pin_state(const struct device *d)
{
    unsigned osel = reg_get(d, CR) >> CR_OSEL_LSB & 3;
    bool high;

    if (osel)
        return alarm_state(d, osel);
    if (!is_calibration_output(d))
        return SIGNAL_RELEASED;
    stage_left(d, &high);
    return high ? SIGNAL_HIGH : SIGNAL_LOW;
}

static unsigned output(const struct device *d, unsigned number)
{
    return number == RTC_OUT_AF1 ? pin_state(d) : signal_output(d, number);
}

static void update_pin(struct device *d)
{
    struct rtc_state *s = d->state;
    bool moves = is_calibration_output(d) && signal_use(d, RTC_OUT_AF1) == SIGNAL_WATCHED, high;

    s->due[EVENT_OUTPUT] = moves ? rtc_pace_read(&s->pace, d) + stage_left(d, &high) : NEVER;
    signal_put(d, RTC_OUT_AF1, (enum signal_state)pin_state(d));
}

/* ---- interrupts ---- */

static void update_lines(struct device *d)
{
    struct rtc_state *s = d->state;
    uint32_t cr = reg_get(d, CR), isr = reg_get(d, ISR), raised = isr & cr >> 4;    /* flags over enables */
    bool tamper = reg_get(d, TAFCR) & TAFCR_TAMPIE && isr & (ISR_TAMP1F | ISR_TAMP2F);
    uint8_t lines = 0, old = s->lines;

    if (raised & 3 * ISR_ALRAF)
        lines |= 1u << RTC_OUT_ALARM;
    if (raised & ISR_TSF || tamper)
        lines |= 1u << RTC_OUT_TAMP_STAMP;
    if (raised & ISR_WUTF)
        lines |= 1u << RTC_OUT_WAKEUP;
    s->lines = lines;
    for (unsigned i = 0; i < RTC_OUT_WAKE; i++)
        signal_set(d, i, lines >> i & 1);
    if (lines & ~old)
        signal_pulse(d, RTC_OUT_WAKE);
    update_pin(d);
}

static void raise_flag(struct device *d, uint32_t flags)
{
    reg_set_bits(d, ISR, flags);
    update_lines(d);
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
    return reg_get(d, CR) >> alarm & CR_ALRAE && !in_init(d);
}

static unsigned alarm_maskss(const struct device *d, unsigned alarm)
{
    return reg_get(d, ALRMASSR + alarm) >> 24 & 15;
}

/* When in this second, at or after count `from`, the sub-second compares equal. */
static void aim_alarm(struct device *d, unsigned alarm, int64_t from)
{
    struct rtc_state *s = d->state;
    int64_t step = 1ll << alarm_maskss(d, alarm), last = prediv_s(d), at;

    s->due[EVENT_ALARM_A + alarm] = NEVER;
    if (step == 1 || !alarm_enabled(d, alarm) || !alarm_matches(d, alarm))
        return;
    at = (last - (reg_get(d, ALRMASSR + alarm) & SHIFTR_SUBFS)) & (step - 1);
    if (at < from)
        at += (from - at + step - 1) / step * step;
    if (at <= last)
        s->due[EVENT_ALARM_A + alarm] = (uint64_t)(s->second + at * (int64_t)apre_ticks(d));
}

static void aim_alarms(struct device *d, int64_t from)
{
    aim_alarm(d, 0, from);
    aim_alarm(d, 1, from);
}

/* ---- wake-up timer (RM0090 26.3.4) ---- */

static void start_wakeup(struct device *d, uint64_t edge)
{
    struct rtc_state *s = d->state;
    uint32_t cr = reg_get(d, CR), length = reg_get(d, WUTR) + 1;

    s->due[EVENT_WAKEUP] = NEVER;
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
    start_wakeup(d, 0);
    raise_flag(d, ISR_WUTF);
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
        s->second += (calibr & CALIBR_DCS ? 1 : -2) * (int64_t)apre_ticks(d);
    s->coarse_second = (s->coarse_second + 1) % COARSE_CYCLE_SECONDS;
}

static void begin_second(struct device *d)
{
    struct rtc_state *s = d->state;

    s->second += (int64_t)second_ticks(d);
    s->referred = false;
    calibrate_second(d);
    s->due[EVENT_SECOND] = (uint64_t)(s->second + (int64_t)second_ticks(d));
    next_second(d);
    wakeup_second(d);
    for (unsigned alarm = 0; alarm < 2; alarm++)
        if (!alarm_maskss(d, alarm) && alarm_enabled(d, alarm) && alarm_matches(d, alarm))
            raise_flag(d, ISR_ALRAF << alarm);
    aim_alarms(d, 0);
}

/* Counting begins, or goes on from a new place: a whole second from cycle `tick`. */
static void start_second(struct device *d, int64_t tick)
{
    struct rtc_state *s = d->state;

    s->second = tick;
    s->due[EVENT_SECOND] = (uint64_t)(tick + (int64_t)second_ticks(d));
    aim_alarms(d, counts(d) + 1);
}

/* ---- shadow registers ---- */

static void lose_sync(struct device *d, uint64_t copied)
{
    struct rtc_state *s = d->state;

    reg_clear_bits(d, ISR, ISR_RSF);
    s->due[EVENT_RSF] = copied;
}

static bool shadowed(const struct device *d)
{
    return !(reg_get(d, CR) & CR_BYPSHAD);
}

static uint32_t peek_isr(const struct device *d)
{
    return reg_get(d, ISR) | (reg_get(d, DR) & DR_YEAR ? ISR_INITS : 0);
}

static uint32_t peek(const struct device *d, unsigned reg)
{
    const struct rtc_state *s = d->state;
    bool stale = s->stale && shadowed(d) && !in_init(d);

    switch (reg) {
    case TR:
        return stale ? TR_RESET : s->tr_locked ? s->shadow_tr : reg_get(d, TR);
    case DR:
        return stale ? DR_RESET : s->dr_locked ? s->shadow_dr : reg_get(d, DR);
    case SSR:
        return stale ? 0 : subsecond(d);
    case ISR:
        return peek_isr(d);
    default:
        return reg_get(d, reg) & d->ops->regs[reg].readable;
    }
}

/* Reading SSR holds TR and DR, reading TR holds DR, until DR is read (RM0090 26.3.6). */
static uint32_t read(struct device *d, unsigned reg)
{
    struct rtc_state *s = d->state;
    uint32_t value = peek(d, reg);

    if (!shadowed(d) || reg == DR) {
        s->tr_locked = s->dr_locked = 0;
        return value;
    }
    if (reg == SSR && !s->tr_locked) {
        s->shadow_tr = reg_get(d, TR);
        s->tr_locked = 1;
    }
    if (!s->dr_locked) {
        s->shadow_dr = reg_get(d, DR);
        s->dr_locked = 1;
    }
    return value;
}

/* ---- time stamp and tamper (RM0090 26.3.12, 26.3.13) ---- */

static void take_stamp(struct device *d)
{
    if (reg_get(d, ISR) & ISR_TSF) {
        raise_flag(d, ISR_TSOVF);
        return;
    }
    reg_put(d, TSTR, reg_get(d, TR));
    reg_put(d, TSDR, reg_get(d, DR) & 0xFFFF);
    reg_put(d, TSSSR, subsecond(d));
    raise_flag(d, ISR_TSF);
}

static void take_tamper(struct device *d, uint32_t flag)
{
    if (reg_get(d, ISR) & flag)
        return;
    for (unsigned reg = BKP0R; reg < REGS; reg++)
        reg_put(d, reg, 0);
    raise_flag(d, flag);
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

    s->due[EVENT_SAMPLE] = samples ? (rtc_pace_read(&s->pace, d) / period + 1) * period : NEVER;
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

static void take_samples(struct device *d)
{
    take_sample(d, 0, TAFCR_TAMP1E, tamper1_input(d));
    take_sample(d, 1, TAFCR_TAMP2E, RTC_IN_AF2);
    aim_sample(d);
}

/* ---- edges of the pins ---- */

static void pin_changes(struct device *d, unsigned input, bool level)
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
static void write_tafcr(struct device *d, uint32_t value, uint32_t lanes)
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
    update_lines(d);
}

/* ---- reference clock (RM0090 26.3.10) ---- */

/* A rising edge close to where a second ends moves that end: the next second begins with it. */
static void take_reference(struct device *d)
{
    struct rtc_state *s = d->state;
    int64_t now = (int64_t)rtc_pace_read(&s->pace, d), length = (int64_t)second_ticks(d);
    int64_t window = (s->referred ? REFERENCE_WINDOW_LOCKED : REFERENCE_WINDOW) * (int64_t)apre_ticks(d);

    if (!(reg_get(d, CR) & CR_REFCKON) || in_init(d))
        return;
    if (now - s->second <= window) {
        start_second(d, now);
    } else if (s->second + length - now <= window) {
        s->second = now - length;
        begin_second(d);
    } else {
        return;
    }
    s->referred = true;
}

/* ---- writes ---- */

static void enter_init(struct device *d)
{
    struct rtc_state *s = d->state;

    if (s->due[EVENT_INITF] == NEVER && !in_init(d))
        s->due[EVENT_INITF] = next_edge(d) + SYNC_TICKS;
}

static void leave_init(struct device *d)
{
    struct rtc_state *s = d->state;
    bool was = in_init(d);
    uint64_t start = next_edge(d) + START_TICKS;

    s->due[EVENT_INITF] = NEVER;
    reg_clear_bits(d, ISR, ISR_INITF);
    if (!was)
        return;
    start_second(d, (int64_t)start);
    s->coarse_second = 1;
    lose_sync(d, start + SYNC_TICKS);
}

static void write_isr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, ISR), isr = reg_store(d, ISR, value, lanes);

    if (old & ~isr & ISR_TSF)
        for (unsigned reg = TSTR; reg <= TSSSR; reg++)
            reg_put(d, reg, 0);
    if (isr & ISR_INIT)
        enter_init(d);
    else if (old & ISR_INIT)
        leave_init(d);
    if (old & ~isr & ISR_RSF && !in_init(d))
        lose_sync(d, next_edge(d) + SYNC_TICKS);
    update_lines(d);
}

/* The write flag of an alarm or the wake-up timer follows its enable bit. */
static void follow_enable(struct device *d, bool enabled, unsigned event)
{
    struct rtc_state *s = d->state;

    s->due[event] = enabled ? NEVER : next_edge(d) + SYNC_TICKS;
    if (enabled)
        reg_clear_bits(d, ISR, ISR_ALRAWF << (event - EVENT_ALRAWF));
}

static void change_hour(struct device *d, uint32_t bits)
{
    if (bits & CR_ADD1H)
        next_hour(d);
    if (bits & CR_SUB1H && get_hour(d))
        put_hour(d, get_hour(d) - 1);
}

/* Bits of CR that a write cannot change now (RM0090 26.6.3). */
static uint32_t locked_cr(const struct device *d)
{
    uint32_t locked = in_init(d) ? 0 : CR_INIT_ONLY;

    if (reg_get(d, CR) & CR_WUTE || !(reg_get(d, ISR) & ISR_WUTWF))
        locked |= CR_WUCKSEL;
    return locked;
}

static void write_cr(struct device *d, uint32_t value, uint32_t lanes)
{
    struct rtc_state *s = d->state;
    uint32_t old = reg_get(d, CR), locked = locked_cr(d), cr, changed;

    if ((old ^ value) & lanes & locked)
        diag_guest(d, DIAG_SEQUENCE, CR, "the bits 0x%X cannot be changed now: kept",
                   (old ^ value) & lanes & locked);
    cr = reg_store(d, CR, value, lanes & ~locked);
    changed = old ^ cr;
    if (changed & CR_BYPSHAD)
        s->tr_locked = s->dr_locked = 0;
    for (unsigned i = 0; i < 3; i++)
        if (changed >> i & CR_ALRAE)
            follow_enable(d, cr >> i & CR_ALRAE, EVENT_ALRAWF + i);
    if (changed & cr & CR_WUTE)
        start_wakeup(d, next_edge(d));
    else if (changed & CR_WUTE)
        s->due[EVENT_WAKEUP] = NEVER;
    change_hour(d, value & lanes);
    aim_alarms(d, counts(d) + 1);
    update_lines(d);
}

/* SHIFTR: delays by a fraction of a second, or advances by a second less that fraction (26.3.8). */
static void write_shiftr(struct device *d, uint32_t value)
{
    struct rtc_state *s = d->state;

    if (value & SHIFTR_ADD1S)
        next_second(d);
    start_second(d, s->second + (int64_t)(value & SHIFTR_SUBFS) * apre_ticks(d));
    lose_sync(d, next_edge(d) + SYNC_TICKS);
}

/* CALR takes effect three counts later; until then it cannot be written again. CALW8 and CALW16 leave no room for
 * the lowest bits of CALM. */
static void write_calr(struct device *d, uint32_t value, uint32_t lanes)
{
    struct rtc_state *s = d->state;

    if (reg_get(d, ISR) & ISR_RECALPF) {
        diag_guest(d, DIAG_SEQUENCE, CALR, "written while ISR.RECALPF is 1: dropped");
        return;
    }
    reg_store(d, CALR, value, lanes);
    reg_set_bits(d, ISR, ISR_RECALPF);
    s->due[EVENT_RECALIBRATED] = next_edge(d) + RECALIBRATION_COUNTS * apre_ticks(d);
}

static void recalibrate(struct device *d)
{
    struct rtc_state *s = d->state;
    uint32_t calr = reg_get(d, CALR), masked = calr & CALR_CALM;

    if (calr & CALR_CALW8)
        masked &= ~3u;
    else if (calr & CALR_CALW16)
        masked &= ~1u;
    rtc_pace_calibrate(&s->pace, d, masked, calr & CALR_CALP);
    reg_clear_bits(d, ISR, ISR_RECALPF);
}

/* Registers that can be written in some states only. */
static bool writable_now(struct device *d, unsigned reg)
{
    uint32_t isr = reg_get(d, ISR), need = 0;

    if (reg == TR || reg == DR || reg == PRER || reg == CALIBR)
        need = ISR_INITF;
    else if (reg == WUTR)
        need = ISR_WUTWF;
    else if (reg == ALRMAR || reg == ALRMASSR)
        need = ISR_ALRAWF | ISR_INITF;
    else if (reg == ALRMBR || reg == ALRMBSSR)
        need = ISR_ALRAWF << 1 | ISR_INITF;
    return !need || isr & need;
}

/* The key guards all but the flags, TAFCR and the backup registers (RM0090 26.3.5). */
static uint32_t unlocked_lanes(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    const struct rtc_state *s = d->state;
    uint32_t open = reg == ISR ? ISR_EVENTS : 0, guarded = lanes & ~open;

    if (s->key == 2 || reg >= BKP0R || reg == TAFCR)
        return lanes;
    /* A driver that clears a flag writes the other bits as they are. */
    if (reg != ISR || (value ^ reg_get(d, ISR)) & guarded & ISR_INIT)
        diag_guest(d, DIAG_SEQUENCE, reg, "written without the keys 0xCA, 0x53 in WPR: dropped");
    return lanes & open;
}

static void write_key(struct device *d, uint32_t key)
{
    static const uint8_t keys[] = {0xCA, 0x53};
    struct rtc_state *s = d->state;

    if (s->key < 2 && key == keys[s->key])
        s->key++;
    else
        s->key = key == keys[0];
}

static void write_reg(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    switch (reg) {
    case CR:
        write_cr(d, value, lanes);
        break;
    case ISR:
        write_isr(d, value, lanes);
        break;
    case SHIFTR:
        write_shiftr(d, value & lanes);
        break;
    case TAFCR:
        write_tafcr(d, value, lanes);
        break;
    case CALR:
        write_calr(d, value, lanes);
        break;
    default:
        reg_store(d, reg, value, lanes);
    }
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (!signal_input(d, RTC_IN_DBP)) {
        diag_guest(d, DIAG_SEQUENCE, reg, "written with PWR_CR.DBP 0: ignored");
        return;
    }
    if (signal_input(d, RTC_IN_BDRST))
        return;
    if (reg == WPR) {
        write_key(d, value & lanes & 0xFF);
        return;
    }
    lanes = unlocked_lanes(d, reg, value, lanes);
    if (!lanes)
        return;
    if (!writable_now(d, reg)) {
        diag_guest(d, DIAG_SEQUENCE, reg, "written while its flag in ISR does not allow it: dropped");
        return;
    }
    write_reg(d, reg, value, lanes);
    update_pin(d);
    schedule(d);
}

/* ---- events, clock, resets ---- */

static void handle(struct device *d, unsigned number)
{
    struct rtc_state *s = d->state;
    uint64_t now = s->due[number];

    s->due[number] = NEVER;
    switch (number) {
    case EVENT_SECOND:
        begin_second(d);
        break;
    case EVENT_INITF:       /* the calendar stands still */
        reg_set_bits(d, ISR, ISR_INITF);
        lose_sync(d, NEVER);
        s->due[EVENT_SECOND] = s->due[EVENT_ALARM_A] = s->due[EVENT_ALARM_B] = NEVER;
        break;
    case EVENT_RSF:
        s->stale = 0;
        reg_set_bits(d, ISR, ISR_RSF);
        break;
    case EVENT_RECALIBRATED:
        recalibrate(d);
        break;
    case EVENT_OUTPUT:
        break;
    case EVENT_SAMPLE:
        take_samples(d);
        break;
    case EVENT_WAKEUP:
        start_wakeup(d, now);
        raise_flag(d, ISR_WUTF);
        break;
    case EVENT_ALARM_A:
    case EVENT_ALARM_B:
        aim_alarm(d, number - EVENT_ALARM_A, counts(d) + 1);
        raise_flag(d, ISR_ALRAF << (number - EVENT_ALARM_A));
        break;
    default:
        reg_set_bits(d, ISR, ISR_ALRAWF << (number - EVENT_ALRAWF));
        break;
    }
}

static void event(struct device *d, unsigned number)
{
    handle(d, number);
    update_pin(d);
    schedule(d);
}

static void clock(struct device *d)
{
    struct rtc_state *s = d->state;

    rtc_pace_clock(&s->pace, d);
    schedule(d);
}

static void reset_domain(struct device *d)
{
    struct rtc_state *s = d->state;

    for (unsigned reg = 0; reg < REGS; reg++)
        reg_put(d, reg, d->ops->regs[reg].reset);
    memset(&s->shadow_tr, 0, sizeof *s - offsetof(struct rtc_state, shadow_tr));
    for (unsigned i = 0; i < EVENTS; i++)
        s->due[i] = NEVER;
    s->stale = 1;
    rtc_pace_start(&s->pace, d);
    start_second(d, 0);
    lose_sync(d, SYNC_TICKS);
    update_lines(d);
    schedule(d);
}

static bool rtc_sane(const struct device *d)
{
    const struct rtc_state *s = d->state;
    uint64_t now = rtc_pace_read(&s->pace, d);

    for (unsigned i = 0; i < EVENTS; i++)
        if (s->due[i] < now)
            return false;
    return rtc_pace_sane(&s->pace, d);
}

static void signal(struct device *d, unsigned input, bool level)
{
    if (input == RTC_IN_BDRST && level)
        reset_domain(d);
    else if (input == RTC_IN_AF1 || input == RTC_IN_AF2)
        pin_changes(d, input, level);
    else if (input == RTC_IN_REFERENCE && level)
        take_reference(d);
    update_pin(d);
    schedule(d);
}

/* The reference clock's pin is a plain one without REFCKON. */
static unsigned listens(const struct device *d, unsigned input)
{
    return input != RTC_IN_REFERENCE || reg_get(d, CR) & CR_REFCKON ? SIGNAL_WATCHED : SIGNAL_CONNECTED;
}

static void rewired(struct device *d)
{
    update_pin(d);
    schedule(d);
}

/* The bus's side: initialisation ends, the shadow registers have to be copied again (RM0090 26.6.4). */
static void reset(struct device *d, enum reset_kind kind)
{
    struct rtc_state *s = d->state;

    if (kind == RESET_POWER_ON) {
        reset_domain(d);
        return;
    }
    reg_clear_bits(d, ISR, ISR_INIT);
    leave_init(d);
    lose_sync(d, s->due[EVENT_RSF] == NEVER ? next_edge(d) + SYNC_TICKS : s->due[EVENT_RSF]);
    s->stale = 1;
    s->tr_locked = s->dr_locked = 0;
    update_lines(d);
    schedule(d);
}

/* ---- tables ---- */

#define TIME_FIELDS                                                                                \
    BITS("SU", 0, 4), BITS("ST", 4, 3), BITS("MNU", 8, 4), BITS("MNT", 12, 3), BITS("HU", 16, 4),  \
        BITS("HT", 20, 2), BIT("PM", 22)
#define DAY_FIELDS                                                                                 \
    BITS("DU", 0, 4), BITS("DT", 4, 2), BITS("MU", 8, 4), BIT("MT", 12), BITS("WDU", 13, 3)
#define ALARM_FIELDS                                                                               \
    TIME_FIELDS, BIT("MSK1", 7), BIT("MSK2", 15), BIT("MSK3", 23), BITS("DU", 24, 4),              \
        BITS("DT", 28, 2), BIT("WDSEL", 30), BIT("MSK4", 31)
#define CR_FIELDS                                                                                  \
    BITS("WUCKSEL", 0, 3), BIT("TSEDGE", 3), BIT("REFCKON", 4), BIT("FMT", 6), BIT("DCE", 7),      \
        BIT("ALRAE", 8), BIT("ALRBE", 9), BIT("WUTE", 10), BIT("TSE", 11), BIT("ALRAIE", 12),      \
        BIT("ALRBIE", 13), BIT("WUTIE", 14), BIT("TSIE", 15), BIT("ADD1H", 16), BIT("SUB1H", 17),  \
        BIT("BKP", 18), BIT("POL", 20), BITS("OSEL", 21, 2), BIT("COE", 23)
#define ISR_FIELDS                                                                                 \
    BIT("ALRAWF", 0), BIT("ALRBWF", 1), BIT("WUTWF", 2), BIT("INITS", 4), BIT("RSF", 5),           \
        BIT("INITF", 6), BIT("INIT", 7), BIT("ALRAF", 8), BIT("ALRBF", 9), BIT("WUTF", 10),        \
        BIT("TSF", 11), BIT("TSOVF", 12), BIT("TAMP1F", 13)
#define TAFCR_FIELDS                                                                               \
    BIT("TAMP1E", 0), BIT("TAMP1TRG", 1), BIT("TAMPIE", 2), BIT("TAMP1INSEL", 16),                 \
        BIT("TSINSEL", 17), BIT("ALARMOUTTYPE", 18)
#define SUBSECOND_ALARM(label, at)                                                                 \
    KEPT(label, at, 0, 0x0F007FFF, BITS("SS", 0, 15), BITS("MASKSS", 24, 4))

/* Registers of the backup domain: plain, and read-only. */
#define KEPT(label, at, initial, mask, ...)                                                        \
    {.name = label, .offset = at, .width = 32, .flags = REG_BACKUP, .reset = initial,              \
     .readable = mask, .writable = mask, .fields = FIELDS(__VA_ARGS__)}
#define KEPT_CONST(label, at, mask, ...)                                                           \
    {.name = label, .offset = at, .width = 32, .flags = REG_BACKUP, .readable = mask,              \
     .fields = FIELDS(__VA_ARGS__)}
#define BACKUP(n)                                                                                  \
    [BKP0R + (n)] = KEPT("BKP" #n "R", 0x50 + 4 * (n), 0, UINT32_MAX, BITS("BKP", 0, 32))
#define HELD REG_BACKUP | REG_READ_EFFECT

/* clang-format off */
#define COMMON_REGS                                                                                \
    [TR] = {.name = "TR", .offset = 0x00, .width = 32, .flags = HELD, .readable = 0x007F7F7F,      \
        .writable = 0x007F7F7F, .fields = FIELDS(TIME_FIELDS)},                                    \
    [DR] = {.name = "DR", .offset = 0x04, .width = 32, .flags = HELD, .reset = DR_RESET,           \
        .readable = 0x00FFFF3F, .writable = 0x00FFFF3F,                                            \
        .fields = FIELDS(DAY_FIELDS, BITS("YU", 16, 4), BITS("YT", 20, 4))},                       \
    [WUTR] = KEPT("WUTR", 0x14, 0x0000FFFF, 0x0000FFFF, BITS("WUT", 0, 16)),                       \
    [CALIBR] = KEPT("CALIBR", 0x18, 0, 0x0000009F, BITS("DC", 0, 5), BIT("DCS", 7)),               \
    [ALRMAR] = KEPT("ALRMAR", 0x1C, 0, 0xFFFFFFFF, ALARM_FIELDS),                                  \
    [ALRMBR] = KEPT("ALRMBR", 0x20, 0, 0xFFFFFFFF, ALARM_FIELDS),                                  \
    [WPR] = {.name = "WPR", .offset = 0x24, .width = 32, .flags = REG_BACKUP, .action = 0xFF,      \
        .fields = FIELDS(BITS("KEY", 0, 8))},                                                      \
    [TSTR] = KEPT_CONST("TSTR", 0x30, 0x007F7F7F, TIME_FIELDS),                                    \
    [TSDR] = KEPT_CONST("TSDR", 0x34, 0x0000FF3F, DAY_FIELDS),                                     \
    BACKUP(0), BACKUP(1), BACKUP(2), BACKUP(3), BACKUP(4), BACKUP(5), BACKUP(6), BACKUP(7),        \
    BACKUP(8), BACKUP(9), BACKUP(10), BACKUP(11), BACKUP(12), BACKUP(13), BACKUP(14), BACKUP(15),  \
    BACKUP(16), BACKUP(17), BACKUP(18), BACKUP(19)

static const struct reg regs[REGS] = {
    COMMON_REGS,
    [PRER] = KEPT("PRER", 0x10, 0x007F00FF, 0x007F7FFF, BITS("PREDIV_S", 0, 15), BITS("PREDIV_A", 16, 7)),
    [CR] = {.name = "CR", .offset = 0x08, .width = 32, .flags = REG_BACKUP, .readable = 0x00FCFFFF,
        .writable = 0x00FCFFFF, .action = CR_ADD1H | CR_SUB1H, .fields = FIELDS(
            CR_FIELDS, BIT("BYPSHAD", 5), BIT("COSEL", 19))},
    [ISR] = {.name = "ISR", .offset = 0x0C, .width = 32, .flags = REG_BACKUP, .reset = 0x00000007,
        .readable = 0x00017FFF, .writable = ISR_INIT, .w0c = 0x00007F20, .fields = FIELDS(
            ISR_FIELDS, BIT("SHPF", 3), BIT("TAMP2F", 14), BIT("RECALPF", 16))},
    [SSR] = {.name = "SSR", .offset = 0x28, .width = 32, .flags = HELD, .readable = 0xFFFF,
        .fields = FIELDS(BITS("SS", 0, 16))},
    [SHIFTR] = {.name = "SHIFTR", .offset = 0x2C, .width = 32, .flags = REG_BACKUP,
        .action = 0x80007FFF, .fields = FIELDS(BITS("SUBFS", 0, 15), BIT("ADD1S", 31))},
    [TSSSR] = KEPT_CONST("TSSSR", 0x38, 0x0000FFFF, BITS("SS", 0, 16)),
    [CALR] = KEPT("CALR", 0x3C, 0, 0x0000E1FF, BITS("CALM", 0, 9), BIT("CALW16", 13),
        BIT("CALW8", 14), BIT("CALP", 15)),
    [TAFCR] = KEPT("TAFCR", 0x40, 0, 0x0007FF9F, TAFCR_FIELDS, BIT("TAMP2E", 3), BIT("TAMP2TRG", 4),
        BIT("TAMPTS", 7), BITS("TAMPFREQ", 8, 3), BITS("TAMPFLT", 11, 2), BITS("TAMPPRCH", 13, 2),
        BIT("TAMPPUDIS", 15)),
    [ALRMASSR] = SUBSECOND_ALARM("ALRMASSR", 0x44),
    [ALRMBSSR] = SUBSECOND_ALARM("ALRMBSSR", 0x48),
};

/* No sub-seconds, no shift, no smooth calibration, one tamper input. */
static const struct reg f2_regs[REGS] = {
    COMMON_REGS,
    [PRER] = KEPT("PRER", 0x10, 0x007F00FF, 0x007F1FFF, BITS("PREDIV_S", 0, 13), BITS("PREDIV_A", 16, 7)),
    [CR] = {.name = "CR", .offset = 0x08, .width = 32, .flags = REG_BACKUP, .readable = 0x00F4FFDF,
        .writable = 0x00F4FFDF, .action = CR_ADD1H | CR_SUB1H, .fields = FIELDS(CR_FIELDS)},
    [ISR] = {.name = "ISR", .offset = 0x0C, .width = 32, .flags = REG_BACKUP, .reset = 0x00000007,
        .readable = 0x00003FF7, .writable = ISR_INIT, .w0c = 0x00003F20, .fields = FIELDS(ISR_FIELDS)},
    [SSR] = {.name = "SSR", .offset = 0x28, .flags = REG_PAD},
    [SHIFTR] = {.name = "SHIFTR", .offset = 0x2C, .flags = REG_PAD},
    [TSSSR] = {.name = "TSSSR", .offset = 0x38, .flags = REG_PAD},
    [CALR] = {.name = "CALR", .offset = 0x3C, .flags = REG_PAD},
    [TAFCR] = KEPT("TAFCR", 0x40, 0, 0x00070007, TAFCR_FIELDS),
    [ALRMASSR] = {.name = "ALRMASSR", .offset = 0x44, .flags = REG_PAD},
    [ALRMBSSR] = {.name = "ALRMBSSR", .offset = 0x48, .flags = REG_PAD},
};
/* clang-format on */

#define RTC_OPS(label, table)                                                                      \
    {.name = label, .regs = table, .reg_count = REGS, .state_size = sizeof(struct rtc_state),      \
     .events = EVENTS, .outputs = RTC_OUTPUTS, .inputs = RTC_INPUTS, .reset = reset, .read = read, \
     .peek = peek, .write = write, .event = event, .signal = signal, .output = output,             \
     .listens = listens, .rewired = rewired, .clock = clock, .sane = rtc_sane}

const struct device_ops rtc_v2_ops = RTC_OPS("rtc_v2", regs);
const struct device_ops rtc_v2_f2_ops = RTC_OPS("rtc_v2_f2", f2_regs);
