/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power control of STM32F1, F2 and F4: its wires. */
#ifndef PERIPH_PWR_H
#define PERIPH_PWR_H

enum pwr_input {
    PWR_IN_WAKEUP_PIN,      /* PA0 */
    PWR_IN_DEEP_SLEEP,      /* the core sleeps with SLEEPDEEP */
    PWR_IN_RTC,             /* alarm, wake-up timer, stamp or tamper: leaves Standby */
    PWR_IN_DBG_STOP,        /* DBGMCU_CR.DBG_STOP */
    PWR_IN_BOR_LEV0,        /* F2, F4: the brown-out level of the option bytes, as loaded at reset; 3 is off */
    PWR_IN_BOR_LEV1,
    PWR_INPUTS
};

enum pwr_output {
    PWR_OUT_DBP,            /* the backup domain may be written */
    PWR_OUT_VOS_LOW,        /* regulator at scale 2 */
    PWR_OUT_STOP,           /* levels: Stop, Standby, */
    PWR_OUT_STANDBY,
    PWR_OUT_CORE_STOPPED,   /* and either of them without the debugger's clock */
    PWR_OUT_BROWNOUT,       /* pulse: the reset that follows is one of the brown-out detector alone */
    PWR_OUT_RESET,          /* pulse: leaves Standby, or the supply is back */
    PWR_OUT_PVD,            /* CSR.PVDO, to EXTI 16 */
    PWR_OUTPUTS
};

/* The input door takes the supply, VDD: little-endian 32-bit, in microvolts; 3.3 V at first. */

#endif
