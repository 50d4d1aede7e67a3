/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event log: entries in one array, their bytes in another. See inputs.h. */
#include "core/replay/inputs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    uint64_t cycle;
    size_t offset;              /* of its bytes */
    uint32_t target, value, size;
    enum input_kind kind;
};

struct inputs {
    struct entry *entries;
    uint64_t count, room;
    uint8_t *bytes;
    size_t byte_count, byte_room;
};

struct inputs *inputs_create(void)
{
    return calloc(1, sizeof(struct inputs));
}

void inputs_destroy(struct inputs *log)
{
    if (!log)
        return;
    free(log->entries);
    free(log->bytes);
    free(log);
}

uint64_t inputs_count(const struct inputs *log)
{
    return log->count;
}

static bool make_room(struct inputs *log, uint32_t size)
{
    if (log->count == log->room) {
        uint64_t room = log->room ? 2 * log->room : 64;
        struct entry *entries = realloc(log->entries, room * sizeof *entries);
        if (!entries)
            return false;
        log->entries = entries;
        log->room = room;
    }
    if (size > log->byte_room - log->byte_count) {
        size_t room = 2 * (log->byte_count + size);
        uint8_t *bytes = realloc(log->bytes, room);
        if (!bytes)
            return false;
        log->bytes = bytes;
        log->byte_room = room;
    }
    return true;
}

bool inputs_add(struct inputs *log, uint64_t cycle, const struct input *in)
{
    assert(!log->count || log->entries[log->count - 1].cycle <= cycle);
    if (!make_room(log, in->size))
        return false;
    log->entries[log->count++] = (struct entry){
        .cycle = cycle, .offset = log->byte_count, .target = in->target, .value = in->value,
        .size = in->size, .kind = in->kind,
    };
    if (in->size)
        memcpy(log->bytes + log->byte_count, in->bytes, in->size);
    log->byte_count += in->size;
    return true;
}

void inputs_truncate(struct inputs *log, uint64_t count)
{
    if (count >= log->count)
        return;
    log->byte_count = log->entries[count].offset;
    log->count = count;
}

uint64_t inputs_cycle(const struct inputs *log, uint64_t n)
{
    assert(n < log->count);
    return log->entries[n].cycle;
}

struct input inputs_at(const struct inputs *log, uint64_t n)
{
    const struct entry *e = &log->entries[n];

    assert(n < log->count);
    return (struct input){
        .kind = e->kind, .target = e->target, .value = e->value, .size = e->size,
        .bytes = e->size ? log->bytes + e->offset : NULL,
    };
}

uint64_t inputs_before(const struct inputs *log, uint64_t cycle)
{
    uint64_t low = 0, high = log->count;

    while (low < high) {
        uint64_t mid = low + (high - low) / 2;
        if (log->entries[mid].cycle < cycle)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}
