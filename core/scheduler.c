/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pending events in the arena: a binary heap by (cycle, seq). See schedule.h and scheduler.h. */
#include "core/scheduler.h"

#include <assert.h>
#include <stdlib.h>

#include "core/device.h"
#include "core/env.h"
#include "core/state.h"

struct sched_state {
    uint64_t next_seq;
    uint32_t pending;               /* heap entries */
    uint32_t reserved;
};

struct sched_slot {
    uint64_t cycle;
    uint64_t seq;                   /* order among events of one cycle (I4) */
    uint32_t position;              /* in the heap, plus 1; 0: not pending */
    uint32_t reserved;
};

bool scheduler_init(struct scheduler *s, struct arena *arena, struct device *const *devices,
                    unsigned count)
{
    unsigned slot = 0;

    *s = (struct scheduler){.dispatch = VTIME_NEVER};
    s->first_slot = calloc(count + 1, sizeof *s->first_slot);
    for (unsigned i = 0; i < count; i++)
        s->slot_count += devices[i]->ops->events;
    s->owners = calloc(s->slot_count + 1, sizeof *s->owners);
    if (!s->first_slot || !s->owners)
        return false;
    for (unsigned i = 0; i < count; i++) {
        s->first_slot[i] = (uint16_t)slot;
        for (unsigned event = 0; event < devices[i]->ops->events; event++)
            s->owners[slot++] = (struct sched_owner){devices[i], (uint8_t)event};
    }
    s->offset = arena_reserve(arena, "scheduler",
                              sizeof *s->state + s->slot_count * (sizeof *s->slots + sizeof *s->heap), 8);
    return true;
}

void scheduler_bind(struct scheduler *s, struct arena *arena, const uint64_t *cycle, uint64_t *limit)
{
    s->state = arena_at(arena, s->offset);
    s->slots = (struct sched_slot *)(s->state + 1);
    s->heap = (uint16_t *)(s->slots + s->slot_count);
    s->cycle = cycle;
    s->limit = limit;
}

void scheduler_free(struct scheduler *s)
{
    free(s->first_slot);
    free(s->owners);
}

static bool earlier(const struct scheduler *s, uint16_t a, uint16_t b)
{
    const struct sched_slot *x = &s->slots[a], *y = &s->slots[b];

    return x->cycle != y->cycle ? x->cycle < y->cycle : x->seq < y->seq;
}

static void place(struct scheduler *s, uint32_t position, uint16_t slot)
{
    s->heap[position] = slot;
    s->slots[slot].position = position + 1;
}

static void sift_up(struct scheduler *s, uint32_t at, uint16_t slot)
{
    while (at > 0) {
        uint32_t parent = (at - 1) / 2;
        if (!earlier(s, slot, s->heap[parent]))
            break;
        place(s, at, s->heap[parent]);
        at = parent;
    }
    place(s, at, slot);
}

static void sift_down(struct scheduler *s, uint32_t at, uint16_t slot)
{
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= s->state->pending)
            break;
        if (child + 1 < s->state->pending && earlier(s, s->heap[child + 1], s->heap[child]))
            child++;
        if (!earlier(s, s->heap[child], slot))
            break;
        place(s, at, s->heap[child]);
        at = child;
    }
    place(s, at, slot);
}

static void remove_slot(struct scheduler *s, uint16_t slot)
{
    uint32_t at = s->slots[slot].position;
    uint16_t last;

    if (!at)
        return;
    at--;
    s->slots[slot].position = 0;
    last = s->heap[--s->state->pending];
    s->heap[s->state->pending] = 0;     /* equal states stay equal byte for byte */
    if (last == slot)
        return;
    if (at > 0 && earlier(s, last, s->heap[(at - 1) / 2]))
        sift_up(s, at, last);
    else
        sift_down(s, at, last);
}

bool scheduler_sane(const struct scheduler *s)
{
    uint32_t pending = s->state->pending, placed = 0;

    if (pending > s->slot_count)
        return false;
    for (unsigned i = 0; i < s->slot_count; i++)
        placed += s->slots[i].position != 0;
    for (uint32_t at = 0; at < pending; at++)
        if (s->heap[at] >= s->slot_count || s->slots[s->heap[at]].position != at + 1 ||
            (at && earlier(s, s->heap[at], s->heap[(at - 1) / 2])))
            return false;
    return placed == pending;
}

static uint16_t slot_of(const struct scheduler *s, const struct device *d, unsigned event)
{
    assert(event < d->ops->events);
    return (uint16_t)(s->first_slot[d->index] + event);
}

vtime scheduler_next(const struct scheduler *s)
{
    return s->state->pending ? vtime_at(s->slots[s->heap[0]].cycle) : VTIME_NEVER;
}

void scheduler_run_due(struct scheduler *s)
{
    while (s->state->pending && s->slots[s->heap[0]].cycle <= *s->cycle) {
        uint16_t slot = s->heap[0];
        struct sched_owner *owner = &s->owners[slot];
        s->dispatch = vtime_at(s->slots[slot].cycle);
        remove_slot(s, slot);
        owner->device->ops->event(owner->device, owner->event);
    }
    s->dispatch = VTIME_NEVER;
}

bool scheduler_in_event(const struct scheduler *s)
{
    return s->dispatch.cycles != VTIME_NEVER.cycles;
}

void scheduler_drop(struct scheduler *s, const struct device *d)
{
    for (unsigned event = 0; event < d->ops->events; event++)
        remove_slot(s, slot_of(s, d, event));
}

vtime sched_now(const struct device *d)
{
    const struct scheduler *s = d->env->sched;

    return scheduler_in_event(s) ? s->dispatch : vtime_at(*s->cycle);
}

void sched_at(struct device *d, unsigned event, vtime when)
{
    struct scheduler *s = d->env->sched;
    uint16_t slot = slot_of(s, d, event);
    vtime now = sched_now(d);

    remove_slot(s, slot);
    if (when.cycles == VTIME_NEVER.cycles)
        return;
    if (vtime_before(when, now))
        when = now;
    s->slots[slot].cycle = when.cycles;
    s->slots[slot].seq = s->state->next_seq++;
    sift_up(s, s->state->pending++, slot);
    if (when.cycles < *s->limit)        /* I5 */
        *s->limit = when.cycles;
}

void sched_in(struct device *d, unsigned event, uint64_t cycles)
{
    sched_at(d, event, vtime_add(sched_now(d), cycles));
}

void sched_cancel(struct device *d, unsigned event)
{
    remove_slot(d->env->sched, slot_of(d->env->sched, d, event));
}

vtime sched_when(const struct device *d, unsigned event)
{
    const struct scheduler *s = d->env->sched;
    const struct sched_slot *slot = &s->slots[slot_of(s, d, event)];

    return slot->position ? vtime_at(slot->cycle) : VTIME_NEVER;
}
