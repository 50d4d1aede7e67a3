/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flash interface of STM32F1: what the chip table needs. */
#ifndef PERIPH_FLASH_V1_H
#define PERIPH_FLASH_V1_H

#include <stdint.h>

enum flash_v1_output {
    FLASH_V1_OUT_HARDWARE_WATCHDOG,     /* option bit WDG_SW is 0, as loaded at reset */
    FLASH_V1_OUTPUTS
};

struct flash_v1_config {
    uint32_t page;                  /* bytes */
    uint32_t pages_per_wrp;         /* pages that a bit of WRPR protects */
};

#endif
