/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Window watchdog of F1, F2 and F4 (wwdg_v1_ops). The chip row's clock is PCLK1; no config. */
#ifndef PERIPH_WWDG_H
#define PERIPH_WWDG_H

enum wwdg_output {
    WWDG_OUT_RESET,         /* pulse: system reset, and its cause for the RCC */
    WWDG_OUTPUTS
};

#endif
