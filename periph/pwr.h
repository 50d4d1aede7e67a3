/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power control of STM32F1, F2 and F4: its wires. */
#ifndef PERIPH_PWR_H
#define PERIPH_PWR_H

enum pwr_input {
    PWR_IN_WAKEUP_PIN,      /* PA0 */
    PWR_IN_DEEP_SLEEP,      /* the core sleeps with SLEEPDEEP */
    PWR_IN_RTC,             /* alarm, wake-up timer, stamp or tamper: leaves Standby */
    PWR_IN_DBG_STOP,        /* DBGMCU_CR.DBG_STOP */
    PWR_INPUTS
};

enum pwr_output {
    PWR_OUT_DBP,            /* the backup domain may be written */
    PWR_OUT_VOS_LOW,        /* regulator at scale 2 */
    PWR_OUT_STOP,           /* levels: Stop, Standby, */
    PWR_OUT_STANDBY,
    PWR_OUT_CORE_STOPPED,   /* and either of them without the debugger's clock */
    PWR_OUT_RESET,          /* pulse: leaves Standby */
    PWR_OUTPUTS
};

#endif
