/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Real-time clock of the STM32F100 (RM0041 17): a prescaler, a counter of 32 bits and an alarm in the backup
 * domain, which run on RTCCLK, and CRH and CRL on the bus, which a system reset clears.
 *
 * A write of PRL, CNT or ALR is kept until CNF goes back to 0; three cycles of RTCCLK later the RTC has it and
 * RTOFF is 1 again. The flags are set on the last cycle of RTCCLK before the counter moves, which for the alarm
 * is the one before ALR + 1 (RM0041 17.3.5). After a system reset the bus reads 0 until RSF tells that it has
 * seen the RTC.
 *
 * ALR reads what is in force, as the vendor's drivers expect of a register that the manual calls write-only, and
 * so does PRL. CRH and CRL need no DBP, nor any clock of BKP and PWR: firmware that finds its RTC running
 * after a reset uses them without.
 *
 * BKP's RTCCR calibrates the clock (rtc_pace.h), and puts RTCCLK / 64 or pulses of one cycle, for seconds or alarms, on
 * PC13. The pulses are high, as far as known.
 *
 * Not modelled: the cycle of RTCCLK by which the bus sees the counter late.
 */
#include "periph/rtc_v1.h"

#include "core/irq.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/bkp.h"
#include "periph/devices.h"
#include "periph/rtc_pace.h"
#include "periph/table.h"

enum { CRH, CRL, PRLH, PRLL, DIVH, DIVL, CNTH, CNTL, ALRH, ALRL, REGS };

#define CRL_SECF  (1u << 0)         /* CRH's enables have the places of these three */
#define CRL_ALRF  (1u << 1)
#define CRL_OWF   (1u << 2)
#define CRL_RSF   (1u << 3)
#define CRL_CNF   (1u << 4)
#define CRL_RTOFF (1u << 5)

/* The pairs of half-words from PRLH, in this order. */
enum { PRL, DIV, CNT, ALR, VALUES };

enum { EVENT_SECOND, EVENT_SYNCHRONISED, EVENT_WRITTEN, EVENT_PIN, EVENTS };

enum { WRITE_TICKS = 3, SYNC_TICKS = 1, HALF_OUTPUT_TICKS = 32 };      /* cycles of RTCCLK */

#define PRL_RESET 0x00008000u
#define NEVER     UINT64_MAX

struct rtc_state {
    uint32_t reg[REGS];
    uint32_t value[VALUES];     /* in force; CNT: at `start` */
    uint32_t next[VALUES];      /* written under CNF */
    uint32_t written;           /* which of those, by number */
    uint32_t stale;             /* the bus has not seen the RTC since a reset */
    uint64_t start;             /* the cycle of RTCCLK at which the prescaler was loaded */
    uint64_t due[EVENTS];       /* in cycles of RTCCLK; the pin's edges before the calibration, the others behind */
    uint64_t pulse_end;         /* of the pulse on the pin, before the calibration */
    struct rtc_pace pace;       /* RTCCLK */
};

static void schedule(struct device *d)
{
    const struct rtc_state *s = d->state;

    for (unsigned i = 0; i < EVENT_PIN; i++)
        sched_at(d, i, s->due[i] == NEVER ? VTIME_NEVER : rtc_pace_when(&s->pace, s->due[i]));
    sched_at(d, EVENT_PIN,
             s->due[EVENT_PIN] == NEVER ? VTIME_NEVER : ticker_when(&s->pace.clock, s->due[EVENT_PIN]));
}

/* ---- counting ---- */

static uint64_t period(const struct device *d)
{
    const struct rtc_state *s = d->state;

    return (uint64_t)s->value[PRL] + 1;
}

static uint64_t elapsed(const struct device *d)
{
    const struct rtc_state *s = d->state;

    return rtc_pace_read(&s->pace, d) - s->start;
}

static uint32_t count(const struct device *d)
{
    const struct rtc_state *s = d->state;

    return s->value[CNT] + (uint32_t)(elapsed(d) / period(d));
}

static uint32_t divider(const struct device *d)
{
    const struct rtc_state *s = d->state;

    return s->value[PRL] - (uint32_t)(elapsed(d) % period(d));
}

/* Loads the prescaler and begins to count from `from`. */
static void start_counting(struct device *d, uint32_t from)
{
    struct rtc_state *s = d->state;

    s->value[CNT] = from;
    s->start = rtc_pace_read(&s->pace, d);
    s->due[EVENT_SECOND] = s->start + s->value[PRL];
}

/* ---- the pin (RM0041 5.4.2) ---- */

static uint32_t rtccr(const struct device *d)
{
    const struct device *bkp = device_find(d, "BKP");

    return bkp ? bkp_rtccr(bkp) : 0;
}

/* Cycles of RTCCLK before the calibration. */
static uint64_t cycles(const struct device *d)
{
    const struct rtc_state *s = d->state;

    return ticker_read(&s->pace.clock, d);
}

static unsigned pin_state(const struct device *d)
{
    const struct rtc_state *s = d->state;
    uint32_t control = rtccr(d);

    if (control & BKP_RTCCR_CCO)
        return cycles(d) / HALF_OUTPUT_TICKS % 2 ? SIGNAL_LOW : SIGNAL_HIGH;
    if (control & BKP_RTCCR_ASOE)
        return cycles(d) < s->pulse_end ? SIGNAL_HIGH : SIGNAL_LOW;
    return SIGNAL_RELEASED;
}

static unsigned output(const struct device *d, unsigned number)
{
    return number == RTC_V1_OUT_PIN ? pin_state(d) : signal_output(d, number);
}

static void update_pin(struct device *d)
{
    struct rtc_state *s = d->state;
    uint32_t control = rtccr(d);

    s->due[EVENT_PIN] = NEVER;
    if (!(control & BKP_RTCCR_CCO) && cycles(d) < s->pulse_end)
        s->due[EVENT_PIN] = s->pulse_end;
    else if (control & BKP_RTCCR_CCO && signal_use(d, RTC_V1_OUT_PIN) == SIGNAL_WATCHED)
        s->due[EVENT_PIN] = (cycles(d) / HALF_OUTPUT_TICKS + 1) * HALF_OUTPUT_TICKS;
    signal_put(d, RTC_V1_OUT_PIN, (enum signal_state)pin_state(d));
}

static void start_pulse(struct device *d, uint32_t flags)
{
    struct rtc_state *s = d->state;
    uint32_t control = rtccr(d);

    if (control & BKP_RTCCR_ASOE && (control & BKP_RTCCR_ASOS || flags & CRL_ALRF))
        s->pulse_end = cycles(d) + 1;
}

/* ---- flags ---- */

static void update_irq(struct device *d)
{
    irq_set(d, 0, reg_get(d, CRL) & reg_get(d, CRH) & (CRL_SECF | CRL_ALRF | CRL_OWF));
}

/* The last cycle before the counter moves. */
static void end_second(struct device *d)
{
    struct rtc_state *s = d->state;
    uint32_t flags = CRL_SECF;

    if (count(d) == s->value[ALR])
        flags |= CRL_ALRF;
    if (count(d) == UINT32_MAX)
        flags |= CRL_OWF;
    s->due[EVENT_SECOND] += period(d);
    reg_set_bits(d, CRL, flags);
    if (flags & CRL_ALRF)
        signal_pulse(d, RTC_V1_OUT_ALARM);
    start_pulse(d, flags);
}

/* ---- writes under CNF ---- */

/* The RTC takes over what was written. Any change of PRL or CNT loads the prescaler (RM0041 17.4.4). */
static void take_written(struct device *d)
{
    struct rtc_state *s = d->state;
    uint32_t from = s->written >> CNT & 1 ? s->next[CNT] : count(d);

    if (s->written >> ALR & 1)
        s->value[ALR] = s->next[ALR];
    if (s->written >> PRL & 1)
        s->value[PRL] = s->next[PRL];
    if (s->written & (1u << PRL | 1u << CNT))
        start_counting(d, from);
    s->written = 0;
}

static void write_value(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct rtc_state *s = d->state;
    unsigned number = (reg - PRLH) / 2, shift = (reg - PRLH) % 2 ? 0 : 16;
    uint32_t mask = lanes & d->ops->regs[reg].action;

    if (!signal_input(d, RTC_V1_IN_DBP)) {
        diag_guest(d, DIAG_SEQUENCE, reg, "written with PWR_CR.DBP 0: ignored");
    } else if (!(reg_get(d, CRL) & CRL_CNF)) {
        diag_guest(d, DIAG_SEQUENCE, reg, "written without CRL.CNF: ignored");
    } else {
        s->next[number] = (s->next[number] & ~(mask << shift)) | (value & mask) << shift;
        s->written |= 1u << number;
    }
}

/* ---- control ---- */

static void enter_configuration(struct device *d)
{
    struct rtc_state *s = d->state;

    for (unsigned i = 0; i < VALUES; i++)
        s->next[i] = s->value[i];
    s->next[CNT] = count(d);
    s->written = 0;
}

static void leave_configuration(struct device *d)
{
    struct rtc_state *s = d->state;

    reg_clear_bits(d, CRL, CRL_RTOFF);
    s->due[EVENT_WRITTEN] = rtc_pace_read(&s->pace, d) + 1 + WRITE_TICKS;
}

static void lose_sync(struct device *d)
{
    struct rtc_state *s = d->state;

    s->due[EVENT_SYNCHRONISED] = rtc_pace_read(&s->pace, d) + 1 + SYNC_TICKS;
}

static void write_crl(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, CRL), crl = reg_store(d, CRL, value, lanes);

    if (crl & ~old & CRL_CNF)
        enter_configuration(d);
    if (old & ~crl & CRL_CNF)
        leave_configuration(d);
    if (old & ~crl & CRL_RSF)
        lose_sync(d);
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (!(reg_get(d, CRL) & CRL_RTOFF))
        diag_guest(d, DIAG_SEQUENCE, reg, "written before the last write has ended (CRL.RTOFF 0): ignored");
    else if (reg >= PRLH)
        write_value(d, reg, value, lanes);
    else if (reg == CRL)
        write_crl(d, value, lanes);
    else
        reg_store(d, reg, value, lanes);
    update_irq(d);
    schedule(d);
}

static uint32_t peek(const struct device *d, unsigned reg)
{
    const struct rtc_state *s = d->state;
    uint32_t now[VALUES] = {[PRL] = s->value[PRL], [DIV] = divider(d), [CNT] = count(d), [ALR] = s->value[ALR]};

    if (reg < PRLH)
        return reg_get(d, reg);
    if (s->stale)
        return 0;
    return now[(reg - PRLH) / 2] >> ((reg - PRLH) % 2 ? 0 : 16) & 0xFFFF;
}

/* ---- events, clock, resets ---- */

static void event(struct device *d, unsigned number)
{
    struct rtc_state *s = d->state;

    if (number == EVENT_SECOND) {
        end_second(d);
    } else if (number == EVENT_SYNCHRONISED) {
        s->due[number] = NEVER;
        s->stale = 0;
        reg_set_bits(d, CRL, CRL_RSF);
    } else if (number == EVENT_WRITTEN) {
        s->due[number] = NEVER;
        take_written(d);
        reg_set_bits(d, CRL, CRL_RTOFF);
    }
    update_pin(d);
    update_irq(d);
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

    for (unsigned i = 0; i < EVENTS; i++)
        s->due[i] = NEVER;
    s->value[PRL] = PRL_RESET;
    s->value[ALR] = UINT32_MAX;
    s->written = 0;
    rtc_pace_start(&s->pace, d);
    start_counting(d, 0);
    reg_set_bits(d, CRL, CRL_RTOFF);
}

static bool rtc_sane(const struct device *d)
{
    const struct rtc_state *s = d->state;
    uint64_t now;

    if (!rtc_pace_sane(&s->pace, d))
        return false;
    now = rtc_pace_read(&s->pace, d);
    for (unsigned i = 0; i < EVENT_PIN; i++)
        if (s->due[i] < now)
            return false;
    return s->due[EVENT_PIN] >= cycles(d);
}

static void obey_rtccr(struct device *d)
{
    struct rtc_state *s = d->state;

    if (s->pace.masked != (rtccr(d) & BKP_RTCCR_CAL))
        rtc_pace_calibrate(&s->pace, d, rtccr(d) & BKP_RTCCR_CAL, false);
    update_pin(d);
}

static void signal(struct device *d, unsigned input, bool level)
{
    if (!level)
        return;
    if (input == RTC_V1_IN_BDRST) {
        reset_domain(d);
        lose_sync(d);
    } else if (input == RTC_V1_IN_RTCCR) {
        obey_rtccr(d);
    }
    schedule(d);
}

static void rewired(struct device *d)
{
    update_pin(d);
    schedule(d);
}

/* The bus's side has to find the RTC again; a write under way goes on. */
static void reset(struct device *d, enum reset_kind kind)
{
    struct rtc_state *s = d->state;

    s->stale = kind != RESET_POWER_ON;
    s->written = s->due[EVENT_WRITTEN] == NEVER ? 0 : s->written;
    if (kind == RESET_POWER_ON)
        reset_domain(d);
    else if (s->due[EVENT_WRITTEN] != NEVER)
        reg_clear_bits(d, CRL, CRL_RTOFF);
    lose_sync(d);
    schedule(d);
}

#define HALF(label, at, initial, readable_bits, written_bits, ...)                                 \
    {.name = label, .offset = at, .width = 32, .reset = initial, .readable = readable_bits,        \
     .action = written_bits, .fields = FIELDS(__VA_ARGS__)}

/* clang-format off */
static const struct reg regs[REGS] = {
    [CRH] = REG_PLAIN("CRH", 0x00, 0, 0x7, BIT("SECIE", 0), BIT("ALRIE", 1), BIT("OWIE", 2)),
    [CRL] = {.name = "CRL", .offset = 0x04, .width = 32, .reset = CRL_RTOFF, .readable = 0x3F,
        .writable = CRL_CNF, .w0c = 0xF, .fields = FIELDS(
            BIT("SECF", 0), BIT("ALRF", 1), BIT("OWF", 2), BIT("RSF", 3), BIT("CNF", 4), BIT("RTOFF", 5))},
    [PRLH] = HALF("PRLH", 0x08, 0, 0xF, 0xF, BITS("PRLH", 0, 4)),
    [PRLL] = HALF("PRLL", 0x0C, 0x8000, 0xFFFF, 0xFFFF, BITS("PRLL", 0, 16)),
    [DIVH] = HALF("DIVH", 0x10, 0, 0xF, 0, BITS("DIVH", 0, 4)),
    [DIVL] = HALF("DIVL", 0x14, 0x8000, 0xFFFF, 0, BITS("DIVL", 0, 16)),
    [CNTH] = HALF("CNTH", 0x18, 0, 0xFFFF, 0xFFFF, BITS("CNTH", 0, 16)),
    [CNTL] = HALF("CNTL", 0x1C, 0, 0xFFFF, 0xFFFF, BITS("CNTL", 0, 16)),
    [ALRH] = HALF("ALRH", 0x20, 0xFFFF, 0xFFFF, 0xFFFF, BITS("ALRH", 0, 16)),
    [ALRL] = HALF("ALRL", 0x24, 0xFFFF, 0xFFFF, 0xFFFF, BITS("ALRL", 0, 16)),
};
/* clang-format on */

const struct device_ops rtc_v1_ops = {
    .name = "rtc_v1",
    .regs = regs,
    .reg_count = REGS,
    .state_size = sizeof(struct rtc_state),
    .events = EVENTS,
    .outputs = RTC_V1_OUTPUTS,
    .inputs = RTC_V1_INPUTS,
    .reset = reset,
    .write = write,
    .peek = peek,
    .event = event,
    .signal = signal,
    .output = output,
    .rewired = rewired,
    .clock = clock,
    .sane = rtc_sane,
};
