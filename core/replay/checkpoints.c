/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checkpoints as tables of shared chunks. See checkpoints.h. */
#include "core/replay/checkpoints.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/machine.h"
#include "core/memory.h"
#include "core/replay/touched.h"
#include "core/state.h"

enum {
    CHUNK = NVM_PAGE,
    IMAGES = 16,            /* flash-like memories of a chip, at most */
    DENSE_MAX = 96,         /* dense checkpoints kept */
    AGE_FIRST = 4096        /* thinning begins where the gap is this part of the age */
};

struct chunk {
    uint32_t users;
    uint8_t bytes[CHUNK];
};

/* The chunks of one memory. Those of an image are shared as a whole while nothing is programmed. */
struct table {
    uint32_t users;
    uint32_t count;
    struct chunk *chunks[];
};

struct checkpoint {
    struct moment at;
    uint64_t work;          /* instructions executed since power-on */
    unsigned flags;
    struct machine_modes modes;
    struct table *arena;
    struct table *images[IMAGES];
    struct touched *touched;
};

struct checkpoints {
    struct machine *machine;
    size_t budget, bytes;
    struct checkpoint **list;       /* by moment */
    size_t count, room, dense;
    /* What the machine's memories were known to hold last: a new checkpoint is compared with that. */
    struct table *arena;
    struct table *images[IMAGES];
    uint64_t generations[IMAGES];   /* of the images then */
};

/* ---- chunks and tables ---- */

static struct chunk *chunk_new(struct checkpoints *set, const uint8_t *bytes, size_t size)
{
    struct chunk *chunk = malloc(sizeof *chunk);

    if (!chunk)
        return NULL;
    chunk->users = 1;
    memcpy(chunk->bytes, bytes, size);
    if (size < CHUNK)
        memset(chunk->bytes + size, 0, CHUNK - size);
    set->bytes += sizeof *chunk;
    return chunk;
}

static void chunk_drop(struct checkpoints *set, struct chunk *chunk)
{
    if (!chunk || --chunk->users)
        return;
    set->bytes -= sizeof *chunk;
    free(chunk);
}

static size_t table_size(uint32_t count)
{
    return sizeof(struct table) + count * sizeof(struct chunk *);
}

static struct table *table_new(struct checkpoints *set, uint32_t count)
{
    struct table *table = calloc(1, table_size(count));

    if (!table)
        return NULL;
    table->users = 1;
    table->count = count;
    set->bytes += table_size(count);
    return table;
}

static void table_drop(struct checkpoints *set, struct table *table)
{
    if (!table || --table->users)
        return;
    for (uint32_t i = 0; i < table->count; i++)
        chunk_drop(set, table->chunks[i]);
    set->bytes -= table_size(table->count);
    free(table);
}

static struct table *table_share(struct table *table)
{
    if (table)
        table->users++;
    return table;
}

static void table_replace(struct checkpoints *set, struct table **place, struct table *table)
{
    struct table *old = *place;

    *place = table_share(table);
    table_drop(set, old);
}

static size_t part(size_t size, uint32_t chunk)
{
    size_t left = size - (size_t)chunk * CHUNK;

    return left < CHUNK ? left : CHUNK;
}

/* A table of `bytes` that shares the chunks of `last` (may be NULL) which are the same. */
static struct table *table_of(struct checkpoints *set, const uint8_t *bytes, size_t size,
                              const struct table *last)
{
    struct table *table = table_new(set, (uint32_t)((size + CHUNK - 1) / CHUNK));

    for (uint32_t i = 0; table && i < table->count; i++) {
        struct chunk *old = last ? last->chunks[i] : NULL;
        const uint8_t *from = bytes + (size_t)i * CHUNK;
        if (old && !memcmp(old->bytes, from, part(size, i))) {
            old->users++;
            table->chunks[i] = old;
        } else if (!(table->chunks[i] = chunk_new(set, from, part(size, i)))) {
            table_drop(set, table);
            return NULL;
        }
    }
    return table;
}

/* ---- one checkpoint ---- */

static void checkpoint_free(struct checkpoints *set, struct checkpoint *c)
{
    if (!c)
        return;
    table_drop(set, c->arena);
    for (unsigned i = 0; i < IMAGES; i++)
        table_drop(set, c->images[i]);
    touched_drop(c->touched, &set->bytes);
    set->dense -= c->flags & CHECKPOINT_DENSE ? 1 : 0;
    set->bytes -= sizeof *c;
    free(c);
}

static bool copy_arena(struct checkpoints *set, struct checkpoint *c)
{
    struct arena *arena = machine_arena(set->machine);

    c->arena = table_of(set, arena_at(arena, 0), arena_size(arena), set->arena);
    if (c->arena)
        table_replace(set, &set->arena, c->arena);
    return c->arena;
}

static bool copy_images(struct checkpoints *set, struct checkpoint *c)
{
    const struct nvm *nvm;

    for (unsigned i = 0; (nvm = machine_nvm(set->machine, i)); i++) {
        assert(i < IMAGES);
        if (set->images[i] && set->generations[i] == nvm->generation) {
            c->images[i] = table_share(set->images[i]);
            continue;
        }
        c->images[i] = table_of(set, nvm->bytes, nvm->size, set->images[i]);
        if (!c->images[i])
            return false;
        table_replace(set, &set->images[i], c->images[i]);
        set->generations[i] = nvm->generation;
    }
    return true;
}

static struct checkpoint *copy_machine(struct checkpoints *set, struct moment at, unsigned flags)
{
    struct checkpoint *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    *c = (struct checkpoint){
        .at = at, .work = machine_instructions(set->machine), .flags = flags,
        .modes = machine_modes(set->machine),
    };
    set->bytes += sizeof *c;
    set->dense += flags & CHECKPOINT_DENSE ? 1 : 0;
    if (flags & CHECKPOINT_KNOWN)
        c->touched = touched_new(&set->bytes);
    if (copy_arena(set, c) && copy_images(set, c))
        return c;
    checkpoint_free(set, c);
    return NULL;
}

struct moment checkpoint_at(const struct checkpoint *c)
{
    return c->at;
}

unsigned checkpoint_flags(const struct checkpoint *c)
{
    return c->flags;
}

/* ---- what was touched from one to the next ---- */

const struct footprint *checkpoint_touched(const struct checkpoint *c)
{
    return touched_footprint(c->touched);
}

static void forget_touched(struct checkpoints *set, struct checkpoint *c)
{
    touched_drop(c->touched, &set->bytes);
    c->touched = NULL;
}

/* How many are before `at`. */
static size_t place_of(const struct checkpoints *set, struct moment at)
{
    size_t low = 0, high = set->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (moment_before(set->list[mid]->at, at))
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* How many there are up to the last sparse one among the first `count`, that one included. */
static size_t sparse_until(const struct checkpoints *set, size_t count)
{
    while (count && set->list[count - 1]->flags & CHECKPOINT_DENSE)
        count--;
    return count;
}

/* More was touched behind the first `count`; NULL: it is not known what. */
static void add_touched(struct checkpoints *set, size_t count, const struct footprint *touched)
{
    size_t sparse = sparse_until(set, count);
    struct checkpoint *c = sparse ? set->list[sparse - 1] : NULL;

    if (c && c->touched && touched)
        touched_add(&c->touched, touched, &set->bytes);
    else if (c)
        forget_touched(set, c);
}

void checkpoints_add_touched(struct checkpoints *set, struct moment at, const struct footprint *touched)
{
    add_touched(set, place_of(set, at), touched);
}

void checkpoints_learn_touched(struct checkpoints *set, struct moment at, const struct footprint *touched)
{
    struct checkpoint *c = set->list[place_of(set, at)];

    forget_touched(set, c);
    c->touched = touched_new(&set->bytes);
    if (c->touched)
        touched_add(&c->touched, touched, &set->bytes);
}

/* Nothing will be added any more to what came before the one behind the first `count`. */
static void share_touched(struct checkpoints *set, size_t count)
{
    size_t last = sparse_until(set, count), other = last ? sparse_until(set, last - 1) : 0;

    if (other)
        touched_share(&set->list[last - 1]->touched, set->list[other - 1]->touched, &set->bytes);
}

/* ---- restoring ---- */

/* What is written to code in RAM drops its translations: only what differs is. */
static void restore_arena(struct checkpoints *set, const struct checkpoint *c)
{
    struct arena *arena = machine_arena(set->machine);
    size_t size = arena_size(arena);

    for (uint32_t i = 0; i < c->arena->count; i++) {
        uint8_t *bytes = arena_at(arena, (size_t)i * CHUNK);
        if (memcmp(bytes, c->arena->chunks[i]->bytes, part(size, i)))
            memcpy(bytes, c->arena->chunks[i]->bytes, part(size, i));
    }
    table_replace(set, &set->arena, c->arena);
}

/* Only what differs is programmed: translations of the rest stay. */
static void restore_image(struct checkpoints *set, unsigned i, struct nvm *nvm, struct table *table)
{
    if (set->images[i] == table && set->generations[i] == nvm->generation)
        return;
    for (uint32_t n = 0; n < table->count; n++) {
        uint32_t offset = n * CHUNK, size = (uint32_t)part(nvm->size, n);
        if (memcmp(nvm->bytes + offset, table->chunks[n]->bytes, size))
            nvm_program(nvm, offset, table->chunks[n]->bytes, size);
    }
    table_replace(set, &set->images[i], table);
    set->generations[i] = nvm->generation;
}

void checkpoints_restore(struct checkpoints *set, const struct checkpoint *c)
{
    struct nvm *nvm;

    restore_arena(set, c);
    for (unsigned i = 0; (nvm = machine_nvm(set->machine, i)); i++)
        restore_image(set, i, nvm, c->images[i]);
    machine_restored(set->machine, c->modes);
}

/* ---- the set ---- */

struct checkpoints *checkpoints_create(struct machine *m, size_t budget)
{
    struct checkpoints *set = calloc(1, sizeof *set);

    if (set) {
        set->machine = m;
        set->budget = budget;
    }
    return set;
}

void checkpoints_destroy(struct checkpoints *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->count; i++)
        checkpoint_free(set, set->list[i]);
    table_drop(set, set->arena);
    for (unsigned i = 0; i < IMAGES; i++)
        table_drop(set, set->images[i]);
    assert(!set->bytes);
    free(set->list);
    free(set);
}

/* Drops the checkpoint that follows the first `count`. */
static void drop_behind(struct checkpoints *set, size_t count, struct checkpoint *c)
{
    if (!(c->flags & CHECKPOINT_DENSE))
        add_touched(set, count, checkpoint_touched(c));
    checkpoint_free(set, c);
}

static void remove_at(struct checkpoints *set, size_t i)
{
    drop_behind(set, i, set->list[i]);
    set->count--;
    memmove(&set->list[i], &set->list[i + 1], (set->count - i) * sizeof *set->list);
}

/* Of the dense ones the farthest from `near` goes. */
static void drop_dense(struct checkpoints *set, struct moment near)
{
    uint64_t farthest = 0;
    size_t victim = 0;

    for (size_t i = 0; i < set->count; i++) {
        uint64_t cycle = set->list[i]->at.cycle;
        uint64_t distance = cycle > near.cycle ? cycle - near.cycle : near.cycle - cycle;
        if (set->list[i]->flags & CHECKPOINT_DENSE && distance >= farthest) {
            farthest = distance;
            victim = i;
        }
    }
    if (victim)
        remove_at(set, victim);
}

/* One pass: drops each checkpoint whose neighbours that stay are no farther apart than `1 / part_of_age` of
 * its age. The first and the last one stay. */
static void thin(struct checkpoints *set, uint64_t part_of_age)
{
    uint64_t now = set->list[set->count - 1]->work;
    size_t kept = 1;

    for (size_t i = 1; i < set->count; i++) {
        struct checkpoint *c = set->list[i];
        bool last = i + 1 == set->count;
        uint64_t gap = last ? UINT64_MAX : set->list[i + 1]->work - set->list[kept - 1]->work;
        if (!last && gap <= (now - c->work) / part_of_age)
            drop_behind(set, kept, c);
        else
            set->list[kept++] = c;
    }
    set->count = kept;
}

static void keep_budget(struct checkpoints *set)
{
    if (set->bytes <= set->budget)
        return;
    for (uint64_t part_of_age = AGE_FIRST; part_of_age && set->bytes > set->budget / 8 * 7; part_of_age /= 2)
        thin(set, part_of_age);
}

bool checkpoints_take(struct checkpoints *set, struct moment at, unsigned flags)
{
    size_t i = place_of(set, at);
    struct checkpoint *c;

    if (i < set->count && moment_same(set->list[i]->at, at))
        return true;
    if (set->count == set->room) {
        size_t room = set->room ? 2 * set->room : 64;
        struct checkpoint **list = realloc(set->list, room * sizeof *list);
        if (!list)
            return false;
        set->list = list;
        set->room = room;
    }
    c = copy_machine(set, at, flags);
    if (!c)
        return false;
    if (!(flags & CHECKPOINT_DENSE))
        share_touched(set, i);
    memmove(&set->list[i + 1], &set->list[i], (set->count - i) * sizeof *set->list);
    set->list[i] = c;
    set->count++;
    if (set->dense > DENSE_MAX)
        drop_dense(set, at);
    keep_budget(set);
    return true;
}

const struct checkpoint *checkpoints_before(const struct checkpoints *set, struct moment at, bool sparse)
{
    size_t i = place_of(set, at);

    while (i && sparse && set->list[i - 1]->flags & CHECKPOINT_DENSE)
        i--;
    return i ? set->list[i - 1] : NULL;
}

const struct checkpoint *checkpoints_until(const struct checkpoints *set, struct moment at)
{
    size_t i = place_of(set, at);

    if (i < set->count && moment_same(set->list[i]->at, at))
        return set->list[i];
    return i ? set->list[i - 1] : NULL;
}

bool checkpoints_follows(const struct checkpoints *set, const struct checkpoint *c, struct moment at)
{
    size_t i = place_of(set, at);

    return i < set->count && moment_same(set->list[i]->at, at) &&
           !(set->list[i]->flags & CHECKPOINT_DENSE) && set->list[sparse_until(set, i) - 1] == c;
}

const struct checkpoint *checkpoints_first(const struct checkpoints *set)
{
    return set->count ? set->list[0] : NULL;
}

void checkpoints_truncate(struct checkpoints *set, struct moment at)
{
    while (set->count && moment_before(at, set->list[set->count - 1]->at))
        checkpoint_free(set, set->list[--set->count]);
}

size_t checkpoints_count(const struct checkpoints *set)
{
    return set->count;
}

size_t checkpoints_bytes(const struct checkpoints *set)
{
    return set->bytes;
}
