/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * State and registers of the real-time clock of F2 and F4. Private to rtc_v2.c (registers, interrupts, outputs),
 * rtc_v2_count.c (what counts: calendar, alarms, wake-up timer) and rtc_v2_tamper.c (time stamp, tamper inputs).
 */
#ifndef PERIPH_RTC_V2_STATE_H
#define PERIPH_RTC_V2_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/device.h"
#include "periph/rtc_pace.h"
#include "periph/rtc_v2.h"

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

/* EVENT_ALRAWF and the two behind it in the order of ISR's bits; the alarms in sub-seconds. */
enum {
    EVENT_SECOND, EVENT_INITF, EVENT_RSF, EVENT_ALRAWF, EVENT_ALRBWF, EVENT_WUTWF, EVENT_WAKEUP,
    EVENT_ALARM_A, EVENT_ALARM_B, EVENT_RECALIBRATED, EVENT_OUTPUT, EVENT_SAMPLE,
    EVENTS
};

enum { SYNC_TICKS = 2, START_TICKS = 4 };       /* cycles of RTCCLK */

#define RTC_NEVER UINT64_MAX

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

/* ---- rtc_v2.c ---- */

/* Sets bits of ISR; the interrupts follow. */
void rtc_raise_flag(struct device *d, uint32_t flags);
void rtc_update_lines(struct device *d);

/* ---- rtc_v2_count.c ---- */

/* The scheduler follows `due`. */
void rtc_schedule(struct device *d);

/* The cycle of RTCCLK at or after now, from which the RTC takes notice. */
uint64_t rtc_next_edge(const struct device *d);

bool rtc_in_init(const struct device *d);

/* Cycles of RTCCLK per count of the sub-second. */
uint32_t rtc_apre_ticks(const struct device *d);

/* Sub-second counts since the second began, negative after a shift; and as SSR shows them. */
int64_t rtc_counts(const struct device *d);
uint32_t rtc_subsecond(const struct device *d);

/* The calendar; hours since midnight, whatever the format. */
void rtc_next_second(struct device *d);
void rtc_next_hour(struct device *d);
unsigned rtc_get_hour(const struct device *d);
void rtc_put_hour(struct device *d, unsigned hour);

/* When in this second, at or after count `from`, an alarm (0: A, 1: B), or both of them, compares equal. */
void rtc_aim_alarm(struct device *d, unsigned alarm, int64_t from);
void rtc_aim_alarms(struct device *d, int64_t from);

/* The wake-up timer begins a period at cycle `edge`. */
void rtc_start_wakeup(struct device *d, uint64_t edge);

/* EVENT_SECOND has happened. */
void rtc_begin_second(struct device *d);

/* Counting begins, or goes on from a new place: a whole second from cycle `tick`. */
void rtc_start_second(struct device *d, int64_t tick);

/* A rising edge of the reference clock. */
void rtc_take_reference(struct device *d);

/* ---- rtc_v2_tamper.c ---- */

void rtc_pin_changes(struct device *d, unsigned input, bool level);
void rtc_write_tafcr(struct device *d, uint32_t value, uint32_t lanes);

/* EVENT_SAMPLE has happened. */
void rtc_take_samples(struct device *d);

#endif
