/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real-time clock of STM32F1 (rtc_v1_ops): its wires. No config; the chip row's clock is RTCCLK, its interrupt
 * output the global one. */
#ifndef PERIPH_RTC_V1_H
#define PERIPH_RTC_V1_H

enum rtc_v1_input {
    RTC_V1_IN_DBP,          /* PWR_CR.DBP: the backup domain may be written */
    RTC_V1_IN_BDRST,        /* backup domain reset */
    RTC_V1_IN_RTCCR,        /* a pulse: BKP's RTCCR has changed */
    RTC_V1_INPUTS
};

enum rtc_v1_output {
    RTC_V1_OUT_ALARM,       /* a pulse, whatever ALRIE says: to EXTI 17, and leaves Standby */
    RTC_V1_OUT_PIN,         /* PC13, while RTCCR makes it an output */
    RTC_V1_OUTPUTS
};

#endif
