/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The guest's address space as host addresses: 4 GiB reserved without access, in which the machine's
 * plain memories appear at their guest addresses. The host's GS base points at guest address 0 and
 * translated code forms addresses with the address-size prefix, so that they wrap at 32 bits by
 * construction: guest code cannot name host memory. What is not mapped faults, and the handler sends
 * the site to its slow path.
 *
 * Below the window lies the entry table: for each halfword of guest code under WINDOW_CODE_END the
 * 32-bit address of its translation, 0 for none; and below that the guard map (guard.h), a byte for each
 * line of guest addresses. There is a view of all this for each mode that translations are made for
 * (translator.h), and the GS base chooses one. In fine views a line is a word, and the map is above the window.
 *
 * Pages that hold translated code are write-protected in all of their mappings; a write makes the page
 * dirty and lifts the protection. So are, in the views, clean pages whose first write is to be noted.
 */
#ifndef CORE_JIT_WINDOW_H
#define CORE_JIT_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/footprint.h"
#include "core/jit/jit.h"

#define WINDOW_CODE_END 0x38000000u
enum {
    WINDOW_TABLE = -0x70000000, WINDOW_MAP = -0x78000000,
    WINDOW_LINE_SHIFT = 5, WINDOW_FINE_SHIFT = 2,   /* a line of a view, and of a fine one */
    WINDOW_FINE_BIT = 33,                           /* the fine map lies at 1 << WINDOW_FINE_BIT */
    WINDOW_VIEWS = 5, WINDOW_MEMORIES = 17, WINDOW_PAGE = 4096
};

enum window_page { PAGE_CODE = 1, PAGE_DIRTY = 2, PAGE_HOT = 4, PAGE_CLEAN = 8 };

struct window_memory {
    struct jit_memory memory;
    uint32_t mapped;            /* bytes of it in the window: whole pages */
    uint8_t *pages;             /* enum window_page bits */
    uint8_t *writes;            /* how often a page of code was written */
    struct heat *heat;          /* core/footprint.h: clean pages are waited for */
};

struct window {
    uint8_t *base[WINDOW_VIEWS];    /* guest address 0 of each view; NULL: not opened */
    struct window_memory memories[WINDOW_MEMORIES];
    unsigned count;
    const struct nvm *images[WINDOW_MEMORIES];
    unsigned image_count;
    const struct window_memory *zero;   /* shown at address 0 */
    volatile bool dirty;        /* some page became dirty */
    struct footprint_marks *touched;
};

/* What translated code writes is noted in `touched`. */
bool window_init(struct window *w, const struct jit_memory *memories, unsigned count,
                 struct footprint_marks *touched);
void window_free(struct window *w);

/* Makes a view, if that has not been done; false if the host has no room for it. */
bool window_open(struct window *w, unsigned view);

/* Makes this view the one that GS points at. */
void window_enter(const struct window *w, unsigned view);

/* Shows at address 0 the memory that the machine keeps at `host`; NULL: nothing. */
void window_set_zero(struct window *w, const uint8_t *host);

/* The memory at a guest address that is mapped there (not as the alias at 0), or NULL. */
struct window_memory *window_memory_at(struct window *w, uint32_t address);

/* Whether the window answers at `address` without a fault; `write` asks for stores. */
bool window_holds(const struct window *w, uint32_t address, bool write);

/* Write-protects the pages of [address, address + size), which hold translated code. False if one of
 * them is written too often to be worth it. */
bool window_protect(struct window *w, uint32_t address, uint32_t size);

/* In the fault handler: whether a write to this host address met a protected page; the protection is gone,
 * and the page dirty if it held code. */
bool window_written(struct window *w, const uint8_t *host);

/* As jit_new_stretch, for writes. */
void window_new_stretch(struct window *w);

static inline uint32_t *window_entry(const struct window *w, unsigned view, uint32_t pc)
{
    return (uint32_t *)(void *)(w->base[view] + WINDOW_TABLE + (size_t)pc * 2);
}

static inline bool window_is_fine(unsigned view)
{
    return view == 1 || view == 2;
}

static inline unsigned window_line_shift(unsigned view)
{
    return window_is_fine(view) ? WINDOW_FINE_SHIFT : WINDOW_LINE_SHIFT;
}

/* The guard map's byte for the line at `address`. */
static inline uint8_t *window_guard(const struct window *w, unsigned view, uint32_t address)
{
    int64_t map = window_is_fine(view) ? (int64_t)1 << WINDOW_FINE_BIT : WINDOW_MAP;

    return w->base[view] + map + (address >> window_line_shift(view));
}

#endif
