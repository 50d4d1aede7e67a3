/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real-time clock of STM32F2 and F4 (rtc_v2_ops, rtc_v2_f2_ops): its wires. No config; the chip row's
 * clock is RTCCLK. */
#ifndef PERIPH_RTC_V2_H
#define PERIPH_RTC_V2_H

enum rtc_v2_input {
    RTC_IN_DBP,             /* PWR_CR.DBP: the backup domain may be written */
    RTC_IN_BDRST,           /* backup domain reset */
    RTC_IN_AF1,             /* PC13: tamper 1, time stamp */
    RTC_IN_AF2,             /* PI8: tamper 2, or the others by choice */
    RTC_IN_REFERENCE,       /* RTC_REFIN: a clock of 50 or 60 Hz */
    RTC_INPUTS
};

enum rtc_v2_output {
    RTC_OUT_ALARM,          /* levels, flag and enable: to EXTI 17, */
    RTC_OUT_TAMP_STAMP,     /* 21, */
    RTC_OUT_WAKEUP,         /* and 22 */
    RTC_OUT_WAKE,           /* a pulse for each rise of those: leaves Standby */
    RTC_OUT_AF1,            /* PC13 while it is an output: alarms, calibration */
    RTC_OUTPUTS
};

#endif
