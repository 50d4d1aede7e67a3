/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guest's address space as host addresses. See window.h. */
#include "core/jit/window.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TABLE_SIZE   ((size_t)0x80000000u)
#define GUEST_SIZE   ((size_t)1 << 32)
#define RESERVATION  (TABLE_SIZE + GUEST_SIZE + WINDOW_PAGE)   /* an access may reach past the last byte */

enum { SYSCALL_ARCH_PRCTL = 158, ARCH_PRCTL_SET_GS = 0x1001, WRITES_MAX = 8 };

/* What GS points at: the host has one of it. */
static const struct window *entered;

void window_enter(struct window *w)
{
    if (entered == w)
        return;
    syscall(SYSCALL_ARCH_PRCTL, ARCH_PRCTL_SET_GS, w->base);
    entered = w;
}

static int protection(const struct window_memory *m)
{
    return m->memory.nvm ? PROT_READ : PROT_READ | PROT_WRITE;
}

static bool map_at(const struct window *w, uint32_t address, const struct window_memory *m)
{
    return mmap(w->base + address, m->mapped, protection(m), MAP_SHARED | MAP_FIXED, m->memory.fd,
                (off_t)m->memory.offset) != MAP_FAILED;
}

static bool add_memory(struct window *w, const struct jit_memory *memory)
{
    struct window_memory *m = &w->memories[w->count];

    *m = (struct window_memory){.memory = *memory, .mapped = memory->size & ~(WINDOW_PAGE - 1u)};
    if (memory->fd < 0 || memory->base % WINDOW_PAGE || !m->mapped || w->count + 1 == WINDOW_MEMORIES)
        return true;            /* such a memory is reached by slow paths */
    w->count++;
    m->pages = calloc(m->mapped / WINDOW_PAGE, 1);
    m->writes = calloc(m->mapped / WINDOW_PAGE, 1);
    return m->pages && m->writes && map_at(w, memory->base, m);
}

bool window_init(struct window *w, const struct jit_memory *memories, unsigned count)
{
    void *reserved = mmap(NULL, RESERVATION, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    *w = (struct window){.reserved = reserved == MAP_FAILED ? NULL : reserved};
    if (!w->reserved)
        return false;
    w->base = w->reserved + TABLE_SIZE;
    if (mprotect(w->base + WINDOW_TABLE, (size_t)WINDOW_CODE_END * 2, PROT_READ | PROT_WRITE))
        return false;
    for (unsigned i = 0; i < count; i++)
        if (!add_memory(w, &memories[i]))
            return false;
    return true;
}

void window_free(struct window *w)
{
    if (entered == w)
        entered = NULL;
    for (unsigned i = 0; i < w->count; i++) {
        free(w->memories[i].pages);
        free(w->memories[i].writes);
    }
    if (w->reserved)
        munmap(w->reserved, RESERVATION);
    w->reserved = NULL;
}

void window_set_zero(struct window *w, const uint8_t *host)
{
    const struct window_memory *zero = NULL;

    for (unsigned i = 0; i < w->count && host; i++)
        if (w->memories[i].memory.host == host)
            zero = &w->memories[i];
    if (zero == w->zero)
        return;
    if (w->zero)
        mmap(w->base, w->zero->mapped, PROT_NONE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    /* RAM at 0 is left to slow paths: its protection would be needed twice. */
    w->zero = zero && zero->memory.nvm && map_at(w, 0, zero) ? zero : NULL;
}

struct window_memory *window_memory_at(struct window *w, uint32_t address)
{
    for (unsigned i = 0; i < w->count; i++)
        if (address - w->memories[i].memory.base < w->memories[i].mapped)
            return &w->memories[i];
    return NULL;
}

bool window_holds(const struct window *w, uint32_t address, bool write)
{
    const struct window_memory *m = window_memory_at((struct window *)w, address);

    if (w->zero && address < w->zero->mapped)
        return !write;
    return m && !(write && m->memory.nvm);
}

/* ---- pages of translated code ---- */

static void set_protection(struct window *w, const struct window_memory *m, uint32_t page, int access)
{
    size_t offset = (size_t)page * WINDOW_PAGE;

    mprotect(w->base + m->memory.base + offset, WINDOW_PAGE, access);
    mprotect(m->memory.host + offset, WINDOW_PAGE, access);
}

bool window_protect(struct window *w, uint32_t address, uint32_t size)
{
    struct window_memory *m = window_memory_at(w, address);
    uint32_t first, last;

    if (!m || m->memory.nvm)
        return true;            /* images change behind a generation count */
    first = (address - m->memory.base) / WINDOW_PAGE;
    last = (address - m->memory.base + size - 1) / WINDOW_PAGE;
    if (last >= m->mapped / WINDOW_PAGE)
        return false;
    for (uint32_t page = first; page <= last; page++) {
        if (m->pages[page] & PAGE_HOT)
            return false;
        if (m->pages[page] & PAGE_CODE)
            continue;
        m->pages[page] |= PAGE_CODE;
        set_protection(w, m, page, PROT_READ);
    }
    return true;
}

static bool lift(struct window *w, struct window_memory *m, uint32_t page)
{
    if (!(m->pages[page] & PAGE_CODE))
        return false;
    m->pages[page] = (uint8_t)((m->pages[page] & ~PAGE_CODE) | PAGE_DIRTY);
    if (++m->writes[page] >= WRITES_MAX)
        m->pages[page] |= PAGE_HOT;
    set_protection(w, m, page, PROT_READ | PROT_WRITE);
    w->dirty = true;
    return true;
}

bool window_written(struct window *w, const uint8_t *host)
{
    for (unsigned i = 0; i < w->count; i++) {
        struct window_memory *m = &w->memories[i];
        size_t by_host = (size_t)(host - m->memory.host);
        size_t by_guest = (size_t)(host - (w->base + m->memory.base));

        if (m->memory.nvm)
            continue;
        if (by_host < m->mapped)
            return lift(w, m, (uint32_t)(by_host / WINDOW_PAGE));
        if (by_guest < m->mapped)
            return lift(w, m, (uint32_t)(by_guest / WINDOW_PAGE));
    }
    return false;
}
