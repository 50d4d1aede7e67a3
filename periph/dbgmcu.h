/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MCU debug component: what the chip tables need. */
#ifndef PERIPH_DBGMCU_H
#define PERIPH_DBGMCU_H

#include <stdint.h>

enum dbgmcu_output {
    DBGMCU_OUT_STOP,        /* DBG_STOP: the core's clock goes on in Stop */
    DBGMCU_OUTPUTS
};

struct dbgmcu_config {
    uint32_t idcode;        /* DEV_ID and REV_ID */
};

#endif
