/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * RTCCLK on its way to the prescalers of an RTC, behind the digital calibration, which masks and inserts pulses. State
 * for the arena. Pulses are counted from the start; reading them is arithmetic, nothing ticks.
 */
#ifndef PERIPH_RTC_PACE_H
#define PERIPH_RTC_PACE_H

#include "core/clock.h"

struct device;

struct rtc_pace {
    struct ticker clock;        /* RTCCLK */
    uint64_t cycle;             /* of RTCCLK at which the calibration took effect, */
    uint64_t pulse;             /* and the pulses by then */
    uint32_t masked;            /* pulses of every 2^20 that are masked, up to 511 (RM0090, RTC_CALR.CALM) */
    uint32_t inserted;          /* one more for every 2^11 (CALP) */
};

/* Starts counting the device's clock, without calibration. */
void rtc_pace_start(struct rtc_pace *p, const struct device *d);

/* The rate has changed. To be called from the device's `clock` operation. */
void rtc_pace_clock(struct rtc_pace *p, const struct device *d);

/* Another calibration from now on. */
void rtc_pace_calibrate(struct rtc_pace *p, const struct device *d, uint32_t masked, bool inserted);

/* Pulses so far, and the first cycle at which there are that many; VTIME_NEVER while RTCCLK stands still. */
uint64_t rtc_pace_read(const struct rtc_pace *p, const struct device *d);
vtime rtc_pace_when(const struct rtc_pace *p, uint64_t pulses);

/* Whether the state is one that the above leave behind (device_ops.sane). */
bool rtc_pace_sane(const struct rtc_pace *p, const struct device *d);

#endif
