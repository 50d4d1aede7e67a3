/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scheduler as the machine sees it; devices use schedule.h. */
#ifndef CORE_SCHEDULER_H
#define CORE_SCHEDULER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/schedule.h"

struct arena;
struct device;
struct sched_slot;
struct sched_state;

/* One slot per (device, event), numbered over all devices. Pending slots form a binary heap by
 * (cycle, seq); heap and slots are arena state, the owners are wiring. */
struct scheduler {
    struct sched_state *state;
    struct sched_slot *slots;
    uint16_t *heap;
    size_t offset;                  /* of the arena part */
    unsigned slot_count;
    uint16_t *first_slot;           /* by device index */
    struct sched_owner {
        struct device *device;
        uint8_t event;
    } *owners;
    const uint64_t *cycle;          /* the CPU's cycle counter */
    uint64_t *limit;                /* the CPU's run limit, lowered when an earlier event appears */
    vtime dispatch;                 /* cycle of the event being dispatched; VTIME_NEVER outside */
};

/* Layout phase: room for the events of all devices. False when out of memory. */
bool scheduler_init(struct scheduler *s, struct arena *arena, struct device *const *devices,
                    unsigned count);

/* After the arena is sealed. */
void scheduler_bind(struct scheduler *s, struct arena *arena, const uint64_t *cycle, uint64_t *limit);
void scheduler_free(struct scheduler *s);

/* Cycle of the earliest pending event; VTIME_NEVER if there is none. */
vtime scheduler_next(const struct scheduler *s);

/* Runs every event due at or before the CPU's cycle, each at its own cycle. */
void scheduler_run_due(struct scheduler *s);

/* Whether an event is being run: what devices do now, no instruction asked for. */
bool scheduler_in_event(const struct scheduler *s);

/* Whether the arena's part is a heap of slots that exist. */
bool scheduler_sane(const struct scheduler *s);

/* Drops all events of a device (reset). */
void scheduler_drop(struct scheduler *s, const struct device *d);

#endif
