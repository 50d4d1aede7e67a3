/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MCU debug component: what the chip tables need. */
#ifndef PERIPH_DBGMCU_H
#define PERIPH_DBGMCU_H

#include <stdint.h>

struct dbgmcu_config {
    uint32_t idcode;        /* DEV_ID and REV_ID */
};

#endif
