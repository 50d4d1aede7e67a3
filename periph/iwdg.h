/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Independent watchdog of F1, F2 and F4 (iwdg_v1_ops). The chip row's clock is LSI; no config. */
#ifndef PERIPH_IWDG_H
#define PERIPH_IWDG_H

enum iwdg_output {
    IWDG_OUT_RESET,         /* pulse at the end of the count: system reset, and its cause for the RCC */
    IWDG_OUT_LSI,           /* level: the watchdog runs and forces LSI on */
    IWDG_OUTPUTS
};

enum iwdg_input {
    IWDG_IN_HARDWARE,       /* level: option byte WDG_SW = 0, the watchdog starts by itself */
    IWDG_INPUTS
};

#endif
