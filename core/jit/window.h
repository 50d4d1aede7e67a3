/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The guest's address space as host addresses: 4 GiB reserved without access, in which the machine's
 * plain memories appear at their guest addresses. The host's GS base points at guest address 0 and
 * translated code forms addresses with the address-size prefix, so that they wrap at 32 bits by
 * construction: guest code cannot name host memory. What is not mapped faults, and the handler sends
 * the site to its slow path.
 *
 * Below the window lies the entry table: for each halfword of guest code under WINDOW_CODE_END the
 * 32-bit address of its translation, 0 for none.
 *
 * Pages that hold translated code are write-protected in both of their mappings; a write makes the page
 * dirty and lifts the protection.
 */
#ifndef CORE_JIT_WINDOW_H
#define CORE_JIT_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/jit/jit.h"

#define WINDOW_CODE_END 0x3FF00000u
enum { WINDOW_TABLE = -0x7FE00000, WINDOW_MEMORIES = 17, WINDOW_PAGE = 4096 };

enum window_page { PAGE_CODE = 1, PAGE_DIRTY = 2, PAGE_HOT = 4 };

struct window_memory {
    struct jit_memory memory;
    uint32_t mapped;            /* bytes of it in the window: whole pages */
    uint8_t *pages;             /* enum window_page bits */
    uint8_t *writes;            /* how often a page of code was written */
};

struct window {
    uint8_t *reserved;          /* the whole reservation */
    uint8_t *base;              /* guest address 0 */
    struct window_memory memories[WINDOW_MEMORIES];
    unsigned count;
    const struct window_memory *zero;   /* shown at address 0 */
    volatile bool dirty;        /* some page became dirty */
};

bool window_init(struct window *w, const struct jit_memory *memories, unsigned count);
void window_free(struct window *w);

/* Makes this window the one that GS points at. */
void window_enter(struct window *w);

/* Shows at address 0 the memory that the machine keeps at `host`; NULL: nothing. */
void window_set_zero(struct window *w, const uint8_t *host);

/* The memory at a guest address that is mapped there (not as the alias at 0), or NULL. */
struct window_memory *window_memory_at(struct window *w, uint32_t address);

/* Whether the window answers at `address` without a fault; `write` asks for stores. */
bool window_holds(const struct window *w, uint32_t address, bool write);

/* Write-protects the pages of [address, address + size), which hold translated code. False if one of
 * them is written too often to be worth it. */
bool window_protect(struct window *w, uint32_t address, uint32_t size);

/* In the fault handler: whether a write to this host address met a protected page; the protection is gone
 * and the page dirty then. */
bool window_written(struct window *w, const uint8_t *host);

static inline uint32_t *window_entry(struct window *w, uint32_t pc)
{
    return (uint32_t *)(void *)(w->base + WINDOW_TABLE + (size_t)pc * 2);
}

#endif
