/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys and operations of flash controllers. See flash_common.h. */
#include "periph/flash_common.h"

#include "core/bus.h"
#include "core/log.h"
#include "core/schedule.h"

bool flash_key(struct device *d, uint32_t *lock, const uint32_t keys[2], uint32_t value, unsigned reg)
{
    if (*lock == FLASH_LOCKED_UNTIL_RESET) {
        diag_guest(d, DIAG_SEQUENCE, reg, "key after a wrong one: ignored until the next reset");
        return false;
    }
    if (value != keys[*lock]) {
        *lock = FLASH_LOCKED_UNTIL_RESET;
        diag_guest(d, DIAG_SEQUENCE, reg, "wrong key: a bus error, and locked until the next reset");
        bus_refuse(d);
        return false;
    }
    *lock = *lock == FLASH_FIRST_KEY ? FLASH_SECOND_KEY : FLASH_FIRST_KEY;
    return *lock == FLASH_FIRST_KEY;
}

struct nvm *flash_memory(const struct device *d)
{
    return device_nvm(d, "flash");
}

void flash_start(struct device *d, struct delay *operation, uint64_t ns, void (*finish)(struct device *))
{
    delay_start(operation, d, FLASH_EVENT_END, ns);
    if (bus_fetched_from(d, flash_memory(d)))
        flash_wait(d, finish);
}

void flash_wait(struct device *d, void (*finish)(struct device *))
{
    vtime end = sched_when(d, FLASH_EVENT_END), now = sched_now(d);

    if (end.cycles == VTIME_NEVER.cycles)
        return;
    if (vtime_before(now, end))
        bus_stall(d, vtime_between(now, end));
    sched_cancel(d, FLASH_EVENT_END);
    finish(d);
}
