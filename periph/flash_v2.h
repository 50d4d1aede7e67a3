/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flash interface of STM32F2 and F4: what the chip tables need. */
#ifndef PERIPH_FLASH_V2_H
#define PERIPH_FLASH_V2_H

#include <stdbool.h>
#include <stdint.h>

enum flash_output {
    FLASH_OUT_HARDWARE_WATCHDOG,    /* option bit WDG_SW is 0, as loaded at reset */
    FLASH_OUT_BOR_LEV0,             /* the brown-out level, likewise */
    FLASH_OUT_BOR_LEV1,
    FLASH_OUTPUTS
};

struct flash_v2_config {
    uint32_t hz_per_wait_state;     /* at 2.7 to 3.6 V */
};

/* Bytes of sector `sector` and where it begins; false beyond the end of a flash of `flash_size` bytes.
 * Sectors 0 to 3 have 16 KiB, 4 has 64 KiB, the others 128 KiB. */
bool flash_v2_sector(uint32_t flash_size, unsigned sector, uint32_t *offset, uint32_t *size);

#endif
