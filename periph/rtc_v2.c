/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Real-time clock of STM32F2 and F4 (RM0090 26, RM0033 23): calendar, alarms, wake-up timer, time stamp,
 * tamper inputs, backup registers. It lives in the backup domain: a system reset leaves it alone but for
 * INIT, RSF and the shadow registers. What counts is in rtc_v2_count.c, the inputs in rtc_v2_tamper.c.
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
#include "periph/rtc_v2_state.h"

#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { RECALIBRATION_COUNTS = 3 };              /* cycles of the asynchronous prescaler */

#define TR_RESET 0x00000000u
#define DR_RESET 0x00002101u

/* ---- RTC_AF1 as an output (RM0090 26.3.14, 26.3.15) ---- */

/* The calibration output divides RTCCLK by 64, in stage 6 of the asynchronous prescaler, or with COSEL by 256 behind
 * that prescaler. Cycles of RTCCLK that are left until the stage falls over, or comes round before that. */
static uint64_t stage_left(const struct device *d, bool *high)
{
    const struct rtc_state *s = d->state;
    int64_t apre = rtc_apre_ticks(d), passed = (int64_t)rtc_pace_read(&s->pace, d) - s->second;
    int64_t phase = (passed % apre + apre) % apre;
    uint32_t down = (uint32_t)(apre - 1 - phase);

    if (!(reg_get(d, CR) & CR_COSEL)) {
        *high = down >> 5 & 1;
        return (down & 31) + 1;
    }
    *high = rtc_subsecond(d) >> 7 & 1;
    return (uint64_t)(rtc_subsecond(d) & 127) * (uint64_t)apre + down + 1;
}

static bool is_calibration_output(const struct device *d)
{
    return reg_get(d, CR) & CR_COE && !(reg_get(d, CR) >> CR_OSEL_LSB & 3) && !rtc_in_init(d);
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

    s->due[EVENT_OUTPUT] = moves ? rtc_pace_read(&s->pace, d) + stage_left(d, &high) : RTC_NEVER;
    signal_put(d, RTC_OUT_AF1, (enum signal_state)pin_state(d));
}

/* ---- interrupts ---- */

void rtc_update_lines(struct device *d)
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

void rtc_raise_flag(struct device *d, uint32_t flags)
{
    reg_set_bits(d, ISR, flags);
    rtc_update_lines(d);
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
    bool stale = s->stale && shadowed(d) && !rtc_in_init(d);

    switch (reg) {
    case TR:
        return stale ? TR_RESET : s->tr_locked ? s->shadow_tr : reg_get(d, TR);
    case DR:
        return stale ? DR_RESET : s->dr_locked ? s->shadow_dr : reg_get(d, DR);
    case SSR:
        return stale ? 0 : rtc_subsecond(d);
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

/* ---- writes ---- */

static void enter_init(struct device *d)
{
    struct rtc_state *s = d->state;

    if (s->due[EVENT_INITF] == RTC_NEVER && !rtc_in_init(d))
        s->due[EVENT_INITF] = rtc_next_edge(d) + SYNC_TICKS;
}

static void leave_init(struct device *d)
{
    struct rtc_state *s = d->state;
    bool was = rtc_in_init(d);
    uint64_t start = rtc_next_edge(d) + START_TICKS;

    s->due[EVENT_INITF] = RTC_NEVER;
    reg_clear_bits(d, ISR, ISR_INITF);
    if (!was)
        return;
    rtc_start_second(d, (int64_t)start);
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
    if (old & ~isr & ISR_RSF && !rtc_in_init(d))
        lose_sync(d, rtc_next_edge(d) + SYNC_TICKS);
    rtc_update_lines(d);
}

/* The write flag of an alarm or the wake-up timer follows its enable bit. */
static void follow_enable(struct device *d, bool enabled, unsigned event)
{
    struct rtc_state *s = d->state;

    s->due[event] = enabled ? RTC_NEVER : rtc_next_edge(d) + SYNC_TICKS;
    if (enabled)
        reg_clear_bits(d, ISR, ISR_ALRAWF << (event - EVENT_ALRAWF));
}

static void change_hour(struct device *d, uint32_t bits)
{
    if (bits & CR_ADD1H)
        rtc_next_hour(d);
    if (bits & CR_SUB1H && rtc_get_hour(d))
        rtc_put_hour(d, rtc_get_hour(d) - 1);
}

/* Bits of CR that a write cannot change now (RM0090 26.6.3). */
static uint32_t locked_cr(const struct device *d)
{
    uint32_t locked = rtc_in_init(d) ? 0 : CR_INIT_ONLY;

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
        rtc_start_wakeup(d, rtc_next_edge(d));
    else if (changed & CR_WUTE)
        s->due[EVENT_WAKEUP] = RTC_NEVER;
    change_hour(d, value & lanes);
    rtc_aim_alarms(d, rtc_counts(d) + 1);
    rtc_update_lines(d);
}

/* SHIFTR: delays by a fraction of a second, or advances by a second less that fraction (26.3.8). */
static void write_shiftr(struct device *d, uint32_t value)
{
    struct rtc_state *s = d->state;

    if (value & SHIFTR_ADD1S)
        rtc_next_second(d);
    rtc_start_second(d, s->second + (int64_t)(value & SHIFTR_SUBFS) * rtc_apre_ticks(d));
    lose_sync(d, rtc_next_edge(d) + SYNC_TICKS);
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
    s->due[EVENT_RECALIBRATED] = rtc_next_edge(d) + RECALIBRATION_COUNTS * rtc_apre_ticks(d);
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
        rtc_write_tafcr(d, value, lanes);
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
    rtc_schedule(d);
}

/* ---- events, clock, resets ---- */

static void handle(struct device *d, unsigned number)
{
    struct rtc_state *s = d->state;
    uint64_t now = s->due[number];

    s->due[number] = RTC_NEVER;
    switch (number) {
    case EVENT_SECOND:
        rtc_begin_second(d);
        break;
    case EVENT_INITF:       /* the calendar stands still */
        reg_set_bits(d, ISR, ISR_INITF);
        lose_sync(d, RTC_NEVER);
        s->due[EVENT_SECOND] = s->due[EVENT_ALARM_A] = s->due[EVENT_ALARM_B] = RTC_NEVER;
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
        rtc_take_samples(d);
        break;
    case EVENT_WAKEUP:
        rtc_start_wakeup(d, now);
        rtc_raise_flag(d, ISR_WUTF);
        break;
    case EVENT_ALARM_A:
    case EVENT_ALARM_B:
        rtc_aim_alarm(d, number - EVENT_ALARM_A, rtc_counts(d) + 1);
        rtc_raise_flag(d, ISR_ALRAF << (number - EVENT_ALARM_A));
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
    rtc_schedule(d);
}

static void clock(struct device *d)
{
    struct rtc_state *s = d->state;

    rtc_pace_clock(&s->pace, d);
    rtc_schedule(d);
}

static void reset_domain(struct device *d)
{
    struct rtc_state *s = d->state;

    for (unsigned reg = 0; reg < REGS; reg++)
        reg_put(d, reg, d->ops->regs[reg].reset);
    memset(&s->shadow_tr, 0, sizeof *s - offsetof(struct rtc_state, shadow_tr));
    for (unsigned i = 0; i < EVENTS; i++)
        s->due[i] = RTC_NEVER;
    s->stale = 1;
    rtc_pace_start(&s->pace, d);
    rtc_start_second(d, 0);
    lose_sync(d, SYNC_TICKS);
    rtc_update_lines(d);
    rtc_schedule(d);
}

static bool rtc_sane(const struct device *d)
{
    const struct rtc_state *s = d->state;
    uint64_t now;

    if (!rtc_pace_sane(&s->pace, d))
        return false;
    now = rtc_pace_read(&s->pace, d);
    for (unsigned i = 0; i < EVENTS; i++)
        if (s->due[i] < now)
            return false;
    return true;
}

static void signal(struct device *d, unsigned input, bool level)
{
    if (input == RTC_IN_BDRST && level)
        reset_domain(d);
    else if (input == RTC_IN_AF1 || input == RTC_IN_AF2)
        rtc_pin_changes(d, input, level);
    else if (input == RTC_IN_REFERENCE && level)
        rtc_take_reference(d);
    update_pin(d);
    rtc_schedule(d);
}

/* The reference clock's pin is a plain one without REFCKON. */
static unsigned listens(const struct device *d, unsigned input)
{
    return input != RTC_IN_REFERENCE || reg_get(d, CR) & CR_REFCKON ? SIGNAL_WATCHED : SIGNAL_CONNECTED;
}

static void rewired(struct device *d)
{
    update_pin(d);
    rtc_schedule(d);
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
    lose_sync(d, s->due[EVENT_RSF] == RTC_NEVER ? rtc_next_edge(d) + SYNC_TICKS : s->due[EVENT_RSF]);
    s->stale = 1;
    s->tr_locked = s->dr_locked = 0;
    rtc_update_lines(d);
    rtc_schedule(d);
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
