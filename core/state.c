/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state arena: layout, allocation, copies and hash. See state.h. */
#include "core/state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ARENA_PARTS = 256, ARENA_PAGE = 4096 };

struct arena {
    struct arena_part parts[ARENA_PARTS];
    size_t part_count;
    size_t size;
    uint8_t *base;      /* NULL until sealed */
    int fd;
};

struct arena *arena_create(void)
{
    struct arena *arena = calloc(1, sizeof *arena);

    if (arena)
        arena->fd = -1;
    return arena;
}

void arena_destroy(struct arena *arena)
{
    if (!arena)
        return;
    if (arena->base)
        munmap(arena->base, arena->size);
    if (arena->fd >= 0)
        close(arena->fd);
    free(arena);
}

static size_t round_up(size_t value, size_t align)
{
    return (value + align - 1) & ~(align - 1);
}

size_t arena_reserve(struct arena *arena, const char *name, size_t size, size_t align)
{
    size_t offset = round_up(arena->size, align);

    assert(!arena->base && arena->part_count < ARENA_PARTS);
    assert(align && align <= ARENA_PAGE && !(align & (align - 1)));
    arena->parts[arena->part_count++] = (struct arena_part){name, offset, size};
    arena->size = offset + size;
    return offset;
}

/* Pages shared through a file descriptor, so that RAM can be mapped at its guest address as well. */
static void *map_shared(struct arena *arena)
{
    arena->fd = memfd_create("arena", MFD_CLOEXEC);
    if (arena->fd < 0 || ftruncate(arena->fd, (off_t)arena->size) < 0)
        return MAP_FAILED;
    return mmap(NULL, arena->size, PROT_READ | PROT_WRITE, MAP_SHARED, arena->fd, 0);
}

bool arena_seal(struct arena *arena)
{
    void *base;

    arena->size = round_up(arena->size ? arena->size : 1, ARENA_PAGE);
    base = map_shared(arena);
    if (base == MAP_FAILED)     /* a host that forbids memfd: everything but a second mapping works */
        base = mmap(NULL, arena->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED)
        return false;
    arena->base = base;
    return true;
}

void *arena_at(struct arena *arena, size_t offset)
{
    assert(arena->base && offset <= arena->size);
    return arena->base + offset;
}

size_t arena_size(const struct arena *arena)
{
    return arena->size;
}

void arena_save(const struct arena *arena, void *bytes)
{
    memcpy(bytes, arena->base, arena->size);
}

/* Pages that do not differ are left alone: code in RAM is translated, and a write to it means that it changed. */
void arena_restore(struct arena *arena, const void *bytes)
{
    const uint8_t *from = bytes;

    for (size_t at = 0; at < arena->size; at += ARENA_PAGE)
        if (memcmp(arena->base + at, from + at, ARENA_PAGE))
            memcpy(arena->base + at, from + at, ARENA_PAGE);
}

uint64_t state_hash(uint64_t seed, const void *bytes, size_t size)
{
    const uint8_t *p = bytes;
    uint64_t hash = seed;
    size_t i;

    for (i = 0; i + 8 <= size; i += 8) {
        uint64_t word;
        memcpy(&word, p + i, 8);
        hash = (hash ^ word) * 0x100000001B3u;
        hash ^= hash >> 29;     /* FNV alone never moves high bits down */
    }
    for (; i < size; i++)
        hash = (hash ^ p[i]) * 0x100000001B3u;
    return hash;
}

uint64_t arena_hash(const struct arena *arena)
{
    return state_hash(STATE_HASH_SEED, arena->base, arena->size);
}

const struct arena_part *arena_parts(const struct arena *arena, size_t *count)
{
    *count = arena->part_count;
    return arena->parts;
}

int arena_backing_fd(const struct arena *arena)
{
    return arena->fd;
}
