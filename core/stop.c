/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The debugger's breakpoints and watchpoints. See stop.h. */
#include "core/stop.h"

#include <stdlib.h>
#include <string.h>

#include "core/footprint.h"

void stops_free(struct stop_set *set)
{
    free(set->breaks);
    free(set->watches);
    memset(set, 0, sizeof *set);
}

static uint32_t filter_bit(uint32_t address)
{
    return (address >> 1) & (BREAK_FILTER_BITS - 1);
}

/* Position of `address` in the sorted list, or where it belongs. */
static size_t break_position(const struct stop_set *set, uint32_t address)
{
    size_t low = 0, high = set->break_count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (set->breaks[mid].address < address)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

const struct break_entry *stops_break_find(const struct stop_set *set, uint32_t address)
{
    size_t at = break_position(set, address & ~1u);

    if (at < set->break_count && set->breaks[at].address == (address & ~1u))
        return &set->breaks[at];
    return NULL;
}

/* Room for one more element; `list` moves. */
static bool grow(void **list, size_t count, size_t *room, size_t element)
{
    size_t wanted;
    void *bigger;

    if (count < *room)
        return true;
    wanted = *room ? *room * 2 : 16;
    bigger = realloc(*list, wanted * element);
    if (!bigger)
        return false;
    *list = bigger;
    *room = wanted;
    return true;
}

bool stops_break_add(struct stop_set *set, enum breakpoint_kind kind, uint32_t address)
{
    size_t at;
    void *list = set->breaks;

    address &= ~1u;
    at = break_position(set, address);
    if (at < set->break_count && set->breaks[at].address == address) {
        set->breaks[at].kinds |= (uint8_t)(1u << kind);
        return true;
    }
    if (!grow(&list, set->break_count, &set->break_room, sizeof *set->breaks))
        return false;
    set->breaks = list;
    memmove(&set->breaks[at + 1], &set->breaks[at], (set->break_count - at) * sizeof *set->breaks);
    set->breaks[at] = (struct break_entry){address, (uint8_t)(1u << kind)};
    set->break_count++;
    set->filter[filter_bit(address) / 32] |= 1u << (filter_bit(address) % 32);
    return true;
}

/* Other breakpoints may share a filter bit, so removal builds the filter anew. */
static void rebuild_filter(struct stop_set *set)
{
    memset(set->filter, 0, sizeof set->filter);
    for (size_t i = 0; i < set->break_count; i++) {
        uint32_t bit = filter_bit(set->breaks[i].address);
        set->filter[bit / 32] |= 1u << (bit % 32);
    }
}

bool stops_break_remove(struct stop_set *set, enum breakpoint_kind kind, uint32_t address)
{
    size_t at;

    address &= ~1u;
    at = break_position(set, address);
    if (at >= set->break_count || set->breaks[at].address != address ||
        !(set->breaks[at].kinds & (1u << kind)))
        return false;
    set->breaks[at].kinds &= (uint8_t)~(1u << kind);
    if (set->breaks[at].kinds)
        return true;
    set->break_count--;
    memmove(&set->breaks[at], &set->breaks[at + 1], (set->break_count - at) * sizeof *set->breaks);
    rebuild_filter(set);
    return true;
}

bool stops_watch_add(struct stop_set *set, enum access_kind access, uint32_t address, uint32_t size)
{
    void *list = set->watches;
    size_t at = set->watch_count;

    if (!size || !grow(&list, set->watch_count, &set->watch_room, sizeof *set->watches))
        return false;
    set->watches = list;
    if (access == ACCESS_EVERY_WRITE) {
        memmove(set->watches + 1, set->watches, set->watch_count * sizeof *set->watches);
        at = 0;
    }
    set->watches[at] = (struct watch_entry){address, size, access};
    set->watch_count++;
    return true;
}

bool stops_watch_remove(struct stop_set *set, enum access_kind access, uint32_t address, uint32_t size)
{
    for (size_t i = 0; i < set->watch_count; i++) {
        struct watch_entry *w = &set->watches[i];
        if (w->address == address && w->size == size && w->access == access) {
            set->watch_count--;
            memmove(w, w + 1, (set->watch_count - i) * sizeof *w);
            return true;
        }
    }
    return false;
}

/* Ranges may wrap at the end of the address space: compare distances, not ends. */
static bool overlap(uint32_t a, uint32_t a_size, uint32_t b, uint32_t b_size)
{
    return b - a < a_size || a - b < b_size;
}

const struct watch_entry *stops_watch_hit(const struct stop_set *set, enum access_kind access,
                                          uint32_t address, uint32_t size, bool changes)
{
    for (size_t i = 0; i < set->watch_count; i++) {
        const struct watch_entry *w = &set->watches[i];
        if (!(w->access & access) || !overlap(w->address, w->size, address, size))
            continue;
        if (w->access == ACCESS_WRITE && !changes)
            continue;
        return w;
    }
    return NULL;
}

bool stops_may_hit(const struct stop_set *set, const struct footprint *touched)
{
    for (size_t i = 0; i < set->break_count; i++)
        if (footprint_has_executed(touched, set->breaks[i].address))
            return true;
    for (size_t i = 0; i < set->watch_count; i++)
        if (set->watches[i].access & ACCESS_READ ||
            footprint_has_written(touched, set->watches[i].address, set->watches[i].size))
            return true;
    return false;
}
