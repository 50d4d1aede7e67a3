/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Translations: found, chained, dropped and evicted.
 *
 * The cache is a ring of regions, each with its share of code memory and of every table. Translations are made in
 * one region until it is full; then the next one, which is the oldest, is emptied and takes over. So a program
 * larger than the cache never waits longer than it takes to empty one region, and what it still uses is soon there
 * again.
 *
 * A block knows the edges that are linked to it: when it goes, their jumps go back to their stubs. The code of a
 * dropped block stays where it is, unreachable, until its region is emptied.
 */
#include <string.h>

#include "core/jit/translator.h"
#include "core/memory.h"

/* Code is translated when it comes by for the second time; code that keeps changing, after many times. What a
 * halfword's `patience` says, and how often it is interpreted yet if it says more. */
enum { UNSEEN = 0, WORTHWHILE = 1, CHANGED = 50 };

/* ---- edges ---- */

uint64_t jit_charge(int64_t cycles, int64_t insns)
{
    return (uint64_t)(cycles * ((int64_t)1 << 32) + insns);
}

static void join(struct jit *j, uint32_t number, struct block *block)
{
    struct edge *e = &j->edges[number];

    e->previous = NO_EDGE;
    e->next = block->incoming;
    if (e->next != NO_EDGE)
        j->edges[e->next].previous = number;
    block->incoming = number;
}

static void part(struct jit *j, struct edge *e)
{
    if (e->next != NO_EDGE)
        j->edges[e->next].previous = e->previous;
    if (e->previous != NO_EDGE)
        j->edges[e->previous].next = e->next;
    else
        j->blocks[e->block].incoming = e->next;
}

/* Where an edge enters the block: its own may have become another at the same address. */
static const uint8_t *way_in(const struct edge *e, const struct block *block)
{
    return e->loop >= block->entry && e->loop < block->end ? e->loop : block->body;
}

void jit_link(struct jit *j, struct edge *e, struct block *block)
{
    int32_t cycles = e->cycles, insns = e->insns;
    uint64_t constant;

    if (e->block != NO_BLOCK)
        part(j, e);
    e->block = block ? (uint32_t)(block - j->blocks) : (uint32_t)NO_BLOCK;
    if (block) {
        join(j, (uint32_t)(e - j->edges), block);
        cycles += block->cycles;
        insns += block->insns;
    }
    constant = jit_charge(cycles, insns);
    memcpy(e->constant, &constant, sizeof constant);
    x86_place(e->jump, block ? way_in(e, block) : e->stub);
}

void jit_unlink(struct jit *j, const struct block *block)
{
    while (block->incoming != NO_EDGE)
        jit_link(j, &j->edges[block->incoming], NULL);
}

/* ---- blocks by the page that they begin in ---- */

static uint32_t *page_of(struct jit *j, uint32_t pc)
{
    return &j->pages[pc / WINDOW_PAGE % PAGE_LISTS];
}

static void enlist(struct jit *j, uint32_t number)
{
    struct block *block = &j->blocks[number];
    uint32_t *list = page_of(j, block->pc);

    block->page_previous = NO_BLOCK;
    block->page_next = *list;
    if (*list != NO_BLOCK)
        j->blocks[*list].page_previous = number;
    *list = number;
}

static void delist(struct jit *j, const struct block *block)
{
    if (block->page_next != NO_BLOCK)
        j->blocks[block->page_next].page_previous = block->page_previous;
    if (block->page_previous != NO_BLOCK)
        j->blocks[block->page_previous].page_next = block->page_next;
    else
        *page_of(j, block->pc) = block->page_next;
}

/* ---- dropping ---- */

void jit_drop(struct jit *j, struct block *block)
{
    if (block->hidden)
        jit_forget_hidden(j, block);
    else
        *window_entry(&j->window, block->mode, block->pc) = 0;
    jit_unlink(j, block);
    delist(j, block);
    block->valid = false;
}

static void drop_in_page(struct jit *j, uint32_t page, uint32_t address, uint32_t size)
{
    uint32_t next;

    for (uint32_t number = *page_of(j, page); number != NO_BLOCK; number = next) {
        struct block *block = &j->blocks[number];
        next = block->page_next;
        if (block->pc - address + block->size - 1 < size + block->size - 1)
            jit_drop(j, block);
    }
}

void jit_drop_range(struct jit *j, uint32_t address, uint32_t size)
{
    uint32_t first = address - BLOCK_BYTES, last = address + size - 1;     /* both may wrap */

    for (uint32_t page = first & -WINDOW_PAGE; page != (last & -WINDOW_PAGE); page += WINDOW_PAGE)
        drop_in_page(j, page, address, size);
    drop_in_page(j, last & -WINDOW_PAGE, address, size);
}

/* A block that ends where the breakpoint was is translated anew: it need not end there any more. */
void jit_break_changed(struct jit *j, uint32_t address)
{
    jit_drop_range(j, (address & ~1u) - 2, 4);
}

/* ---- regions ---- */

static void set_cursors(struct jit *j, unsigned r)
{
    uint8_t *start = j->cache.write + r * j->region_size;

    j->region = r;
    j->block_count = r * REGION_BLOCKS;
    j->edge_count = r * REGION_EDGES;
    j->site_count = r * REGION_SITES;
    j->access_count = r * REGION_ACCESSES;
    j->operation_count = r * REGION_OPERATIONS;
    j->code.p = r ? start : j->after_stubs;
    j->code.end = start + j->region_size;
    j->code.overflow = false;
}

/* What of the tables is in use. */
static struct region used(const struct jit *j, unsigned r)
{
    if (r == j->region)
        return (struct region){j->block_count, j->edge_count, j->access_count};
    return j->regions[r];
}

static void empty_region(struct jit *j, unsigned r)
{
    struct region in_use = used(j, r);

    for (unsigned n = r * REGION_EDGES; n < in_use.edges; n++) {
        struct edge *e = &j->edges[n];
        if (e->linkable && e->block != NO_BLOCK)
            part(j, e);
    }
    for (unsigned n = r * REGION_BLOCKS; n < in_use.blocks; n++)
        if (j->blocks[n].valid)
            jit_drop(j, &j->blocks[n]);
    j->regions[r] = (struct region){r * REGION_BLOCKS, r * REGION_EDGES, r * REGION_ACCESSES};
    j->evictions++;
}

static bool is_full(const struct jit *j)
{
    unsigned next = j->region + 1;

    return j->block_count == next * REGION_BLOCKS ||
           j->site_count + SITES_MOST > next * REGION_SITES ||
           j->edge_count + 2 * BLOCK_INSNS > next * REGION_EDGES ||
           j->access_count + 34 * BLOCK_INSNS > next * REGION_ACCESSES ||
           j->operation_count + BLOCK_INSNS > next * REGION_OPERATIONS ||
           (size_t)(j->code.end - j->code.p) < BLOCK_ROOM;
}

static void next_region(struct jit *j)
{
    unsigned r = (j->region + 1) % j->region_count;

    j->regions[j->region] = used(j, j->region);
    empty_region(j, r);
    set_cursors(j, r);
}

void jit_set_regions(struct jit *j)
{
    j->region_count = REGIONS;
    if (j->cache.size / REGIONS < REGION_LEAST)
        j->region_count = (unsigned)(j->cache.size / REGION_LEAST);
    j->region_size = j->cache.size / j->region_count;
    for (unsigned list = 0; list < PAGE_LISTS; list++)
        j->pages[list] = NO_BLOCK;
    for (unsigned r = 0; r < REGIONS; r++)
        j->regions[r] = (struct region){r * REGION_BLOCKS, r * REGION_EDGES, r * REGION_ACCESSES};
    jit_forget_all_hidden(j);
    set_cursors(j, 0);
}

void jit_flush(struct jit *j)
{
    for (unsigned r = 0; r < j->region_count; r++)
        empty_region(j, r);
    set_cursors(j, 0);
}

const struct access *jit_access_at(const struct jit *j, const uint8_t *written)
{
    unsigned r = (unsigned)((size_t)(written - j->cache.write) / j->region_size);
    unsigned low = r * REGION_ACCESSES, end = used(j, r).accesses, high = end;

    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (j->accesses[middle].at < written)
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && j->accesses[low].at == written ? &j->accesses[low] : NULL;
}

struct block *jit_next_block(const struct jit *j, const struct block *block)
{
    uint32_t number = block ? (uint32_t)(block - j->blocks) + 1 : 0;

    for (unsigned r = number / REGION_BLOCKS; r < j->region_count; r++) {
        for (unsigned end = used(j, r).blocks; number < end; number++)
            if (j->blocks[number].valid)
                return &j->blocks[number];
        number = (r + 1) * REGION_BLOCKS;
    }
    return NULL;
}

/* ---- images that change ---- */

/* A page of an image changed: what was made from it, and from constants in it. */
static void drop_image_page(struct jit *j, const struct window_memory *m, uint32_t offset)
{
    enum { SIZE = NVM_PAGE + 2 * LITERAL_REACH };

    jit_drop_range(j, m->memory.base + offset - LITERAL_REACH, SIZE);
    if (m == j->window.zero)
        jit_drop_range(j, offset - LITERAL_REACH, SIZE);
}

void jit_drop_changed_images(struct jit *j)
{
    for (unsigned i = 0; i < j->window.count; i++) {
        const struct window_memory *m = &j->window.memories[i];
        const struct nvm *nvm = m->memory.nvm;
        if (!nvm || nvm->generation == j->generations[i])
            continue;
        for (uint32_t offset = 0; offset < nvm->size; offset += NVM_PAGE)
            if (nvm->pages[offset / NVM_PAGE] > j->generations[i])
                drop_image_page(j, m, offset);
        j->generations[i] = nvm->generation;
    }
    j->generation = jit_generation(j);
}

/* ---- finding ---- */

static struct block *block_of_entry(const struct jit *j, uint32_t entry)
{
    uint32_t number;

    memcpy(&number, (const uint8_t *)(uintptr_t)entry - sizeof number, sizeof number);
    return &j->blocks[number];
}

static uint8_t *patience_of(struct jit *j, uint32_t pc)
{
    return &j->patience[pc / 2 % PATIENCE];
}

static bool is_worthwhile(uint8_t *patience)
{
    if (*patience == WORTHWHILE)
        return true;
    *patience = *patience == UNSEEN ? WORTHWHILE : *patience - 1;
    return false;
}

void jit_changed(struct jit *j, struct block *block)
{
    *patience_of(j, block->pc) = CHANGED;
    jit_drop(j, block);
}

static struct block *translate(struct jit *j, uint32_t pc)
{
    struct block *block;

    if (is_full(j))
        next_region(j);
    block = &j->blocks[j->block_count];
    *block = (struct block){.pc = pc, .mode = (uint8_t)j->mode, .incoming = NO_EDGE};
    if (!jit_translate(j, block))
        return NULL;
    block->valid = true;
    enlist(j, j->block_count++);
    jit_note_block(j, block);
    return block;
}

const uint8_t *jit_code_at(const struct jit *j, uint32_t pc, size_t *size)
{
    uint32_t entry = pc < WINDOW_CODE_END ? *window_entry(&j->window, j->mode, pc) : 0;
    const struct block *block;

    if (!entry)
        return NULL;
    block = block_of_entry(j, entry);
    *size = (size_t)(block->end - block->entry);
    return block->entry;
}

struct block *jit_find(struct jit *j, uint32_t pc)
{
    struct block *block;
    uint32_t entry;

    if (pc >= WINDOW_CODE_END)
        return NULL;
    entry = *window_entry(&j->window, j->mode, pc);
    if (entry)
        return block_of_entry(j, entry);
    block = jit_reveal(j, pc);
    if (block)
        return block;
    return is_worthwhile(patience_of(j, pc)) ? translate(j, pc) : NULL;
}
