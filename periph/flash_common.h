/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the flash controllers of all families share: sequences of keys, and operations that take time. */
#ifndef PERIPH_FLASH_COMMON_H
#define PERIPH_FLASH_COMMON_H

#include <stdbool.h>
#include <stdint.h>

#include "core/device.h"
#include "core/memory.h"
#include "periph/delay.h"

/* Scheduler events of a controller. */
enum { FLASH_EVENT_END, FLASH_EVENTS };

/* How far a sequence of two keys has come. */
enum flash_lock { FLASH_FIRST_KEY, FLASH_SECOND_KEY, FLASH_LOCKED_UNTIL_RESET, FLASH_LOCK_STATES };

/* A write of `value` to the key register `reg`. True when it ends the sequence. A wrong key is a bus error, and
 * locks until reset (PM0063 2.3.1, RM0090 3.6.1). */
bool flash_key(struct device *d, uint32_t *lock, const uint32_t keys[2], uint32_t value, unsigned reg);

/* The memory "flash". */
struct nvm *flash_memory(const struct device *d);

/* An operation ends in `ns` nanoseconds, by FLASH_EVENT_END. Code in flash cannot go on before that: then guest
 * time moves on, and `finish` runs at once. */
void flash_start(struct device *d, struct delay *operation, uint64_t ns, void (*finish)(struct device *));

/* Holds the bus until the operation under way, if there is one, has ended. */
void flash_wait(struct device *d, void (*finish)(struct device *));

#endif
