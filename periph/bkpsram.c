/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Backup SRAM of STM32F2 and F4 (RM0090 5.1.2): 4 KiB behind the backup domain's write protection, kept
 * over system resets. VBAT is there for ever, so that BRE makes no difference. It starts as zeros.
 */
#include "periph/bkpsram.h"

#include <string.h>

#include "core/log.h"
#include "core/signal.h"
#include "periph/devices.h"

enum { BKPSRAM_SIZE = 4096 };

static bool mem_read(struct device *d, uint32_t offset, unsigned size, uint32_t *value)
{
    const uint8_t *bytes = d->state;

    memcpy(value, bytes + offset, size);
    return true;
}

static bool mem_write(struct device *d, struct nvm *nvm, uint32_t offset, unsigned size,
                      uint32_t value)
{
    uint8_t *bytes = d->state;

    (void)nvm;
    if (signal_input(d, BKPSRAM_IN_DBP))
        memcpy(bytes + offset, &value, size);
    else
        diag_guest(d, DIAG_SEQUENCE, DIAG_NO_REG, "backup SRAM written with PWR_CR.DBP 0: ignored");
    return true;
}

static bool mem_peek(const struct device *d, uint32_t offset, uint8_t *value)
{
    const uint8_t *bytes = d->state;

    *value = bytes[offset];
    return true;
}

static void reset(struct device *d, enum reset_kind kind)
{
    (void)kind;
    memset(d->state, 0, BKPSRAM_SIZE);
}

const struct device_ops bkpsram_ops = {
    .name = "bkpsram",
    .state_size = BKPSRAM_SIZE,
    .inputs = BKPSRAM_INPUTS,
    .keeps_over_reset = true,
    .reset = reset,
    .mem_read = mem_read,
    .mem_write = mem_write,
    .mem_peek = mem_peek,
};
