/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guest's address space as host addresses. See window.h. */
#include "core/jit/window.h"

#include <immintrin.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#define BELOW        ((size_t)0x78000000u)                          /* the map and the table */
#define GUEST        (((size_t)1 << 32) + WINDOW_PAGE)              /* an access may reach past the last byte */
#define FINE_MAP     ((size_t)1 << WINDOW_FINE_BIT)
#define FINE_SIZE    ((size_t)1 << (32 - WINDOW_FINE_SHIFT))

enum { SYSCALL_ARCH_PRCTL = 158, ARCH_PRCTL_SET_GS = 0x1001, HWCAP2_FSGSBASE = 2, WRITES_MAX = 8 };

/* What GS points at: the host has one of it. */
static const uint8_t *entered;

__attribute__((target("fsgsbase"))) static void write_gs(const uint8_t *base)
{
    _writegsbase_u64((uint64_t)(uintptr_t)base);
}

void window_enter(const struct window *w, unsigned view)
{
    const uint8_t *base = w->base[view];

    if (entered == base)
        return;
    if (getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE)
        write_gs(base);
    else
        syscall(SYSCALL_ARCH_PRCTL, ARCH_PRCTL_SET_GS, base);
    entered = base;
}

/* ---- views ---- */

static int protection(const struct window_memory *m)
{
    return m->memory.nvm ? PROT_READ : PROT_READ | PROT_WRITE;
}

static bool map_at(uint8_t *at, const struct window_memory *m)
{
    return mmap(at, m->mapped, protection(m), MAP_SHARED | MAP_FIXED, m->memory.fd,
                (off_t)m->memory.offset) != MAP_FAILED;
}

static void protect_views(const struct window *w, const struct window_memory *m, uint32_t page, int access)
{
    size_t offset = (size_t)page * WINDOW_PAGE;

    for (unsigned view = 0; view < WINDOW_VIEWS; view++)
        if (w->base[view])
            mprotect(w->base[view] + m->memory.base + offset, WINDOW_PAGE, access);
}

static void protect(const struct window *w, const struct window_memory *m, uint32_t page, int access)
{
    protect_views(w, m, page, access);
    mprotect(m->memory.host + (size_t)page * WINDOW_PAGE, WINDOW_PAGE, access);
}

static size_t reservation(unsigned view)
{
    return BELOW + (window_is_fine(view) ? FINE_MAP + FINE_SIZE : GUEST);
}

/* The memories as they stand in the other views. */
static bool fill_view(struct window *w, unsigned view)
{
    uint8_t *base = w->base[view];

    if (mprotect(base - BELOW, BELOW, PROT_READ | PROT_WRITE))
        return false;
    if (window_is_fine(view) && mprotect(base + FINE_MAP, FINE_SIZE, PROT_READ | PROT_WRITE))
        return false;
    for (unsigned i = 0; i < w->count; i++) {
        const struct window_memory *m = &w->memories[i];
        if (!map_at(base + m->memory.base, m))
            return false;
        for (uint32_t page = 0; page < m->mapped / WINDOW_PAGE; page++)
            if (m->pages[page] & (PAGE_CODE | PAGE_CLEAN))
                protect_views(w, m, page, PROT_READ);
    }
    return !w->zero || map_at(base, w->zero);
}

static void close_view(struct window *w, unsigned view)
{
    if (!w->base[view])
        return;
    if (entered == w->base[view])
        entered = NULL;
    munmap(w->base[view] - BELOW, reservation(view));
    w->base[view] = NULL;
}

bool window_open(struct window *w, unsigned view)
{
    uint8_t *reserved;

    if (w->base[view])
        return true;
    reserved = mmap(NULL, reservation(view), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (reserved == MAP_FAILED)
        return false;
    w->base[view] = reserved + BELOW;
    if (fill_view(w, view))
        return true;
    close_view(w, view);
    return false;
}

/* Device memory has rules of its own (B3.1). */
static bool may_be_unaligned(uint32_t address)
{
    return address >> 29 != 2 && address >> 29 < 5;
}

static bool add_memory(struct window *w, const struct jit_memory *memory)
{
    struct window_memory *m = &w->memories[w->count];

    *m = (struct window_memory){.memory = *memory, .mapped = memory->size & ~(WINDOW_PAGE - 1u)};
    if (memory->fd < 0 || memory->base % WINDOW_PAGE || !m->mapped || w->count + 1 == WINDOW_MEMORIES ||
        !may_be_unaligned(memory->base))
        return true;            /* such a memory is reached by slow paths */
    w->count++;
    if (memory->nvm)
        w->images[w->image_count++] = memory->nvm;
    m->pages = calloc(m->mapped / WINDOW_PAGE, 1);
    m->writes = calloc(m->mapped / WINDOW_PAGE, 1);
    m->heat = calloc(m->mapped / WINDOW_PAGE, sizeof *m->heat);
    return m->pages && m->writes && m->heat;
}

bool window_init(struct window *w, const struct jit_memory *memories, unsigned count,
                 struct footprint_marks *touched)
{
    *w = (struct window){.touched = touched};
    for (unsigned i = 0; i < count; i++)
        if (!add_memory(w, &memories[i]))
            return false;
    return window_open(w, 0);
}

void window_free(struct window *w)
{
    for (unsigned view = 0; view < WINDOW_VIEWS; view++)
        close_view(w, view);
    for (unsigned i = 0; i < w->count; i++) {
        free(w->memories[i].pages);
        free(w->memories[i].writes);
        free(w->memories[i].heat);
    }
    w->count = 0;
}

static void hide_zero(const struct window *w, unsigned view)
{
    mmap(w->base[view], w->zero->mapped, PROT_NONE,
         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
}

void window_set_zero(struct window *w, const uint8_t *host)
{
    const struct window_memory *zero = NULL;

    for (unsigned i = 0; i < w->count && host; i++)
        if (w->memories[i].memory.host == host)
            zero = &w->memories[i];
    if (zero && !zero->memory.nvm)
        zero = NULL;            /* RAM at 0 is left to slow paths: its protection would be needed twice */
    if (zero == w->zero)
        return;
    for (unsigned view = 0; view < WINDOW_VIEWS; view++) {
        if (w->base[view] && w->zero)
            hide_zero(w, view);
        if (w->base[view] && zero && !map_at(w->base[view], zero))
            zero = NULL;
    }
    w->zero = zero;
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

/* ---- protected pages ---- */

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
        protect(w, m, page, PROT_READ);
    }
    return true;
}

static void note_page(const struct window *w, const struct window_memory *m, uint32_t page)
{
    footprint_wrote_range(w->touched, m->memory.base + page * WINDOW_PAGE, WINDOW_PAGE);
}

void window_new_stretch(struct window *w)
{
    for (unsigned i = 0; i < w->count; i++) {
        struct window_memory *m = &w->memories[i];
        for (uint32_t page = 0; !m->memory.nvm && page < m->mapped / WINDOW_PAGE; page++) {
            if (heat_stays(&m->heat[page])) {
                note_page(w, m, page);
            } else if (!(m->pages[page] & PAGE_CLEAN)) {
                m->pages[page] |= PAGE_CLEAN;
                protect_views(w, m, page, PROT_READ);
            }
        }
    }
}

static void lift_code(struct window *w, struct window_memory *m, uint32_t page)
{
    m->pages[page] = (uint8_t)((m->pages[page] & ~PAGE_CODE) | PAGE_DIRTY);
    if (++m->writes[page] >= WRITES_MAX)
        m->pages[page] |= PAGE_HOT;
    mprotect(m->memory.host + (size_t)page * WINDOW_PAGE, WINDOW_PAGE, PROT_READ | PROT_WRITE);
    w->dirty = true;
}

/* From now on writes to the page go unnoticed. */
static bool lift(struct window *w, struct window_memory *m, uint32_t page)
{
    if (!(m->pages[page] & (PAGE_CODE | PAGE_CLEAN)))
        return false;
    if (m->pages[page] & PAGE_CODE)
        lift_code(w, m, page);
    m->pages[page] &= (uint8_t)~PAGE_CLEAN;
    protect_views(w, m, page, PROT_READ | PROT_WRITE);
    if (heat_touch(&m->heat[page]))
        note_page(w, m, page);
    return true;
}

/* Whether the write was to a mapping of this memory that begins at `at`. */
static bool written_at(struct window *w, struct window_memory *m, const uint8_t *at, const uint8_t *host)
{
    size_t offset = (size_t)(host - at);

    return offset < m->mapped && lift(w, m, (uint32_t)(offset / WINDOW_PAGE));
}

bool window_written(struct window *w, const uint8_t *host)
{
    for (unsigned i = 0; i < w->count; i++) {
        struct window_memory *m = &w->memories[i];
        if (m->memory.nvm)
            continue;
        if (written_at(w, m, m->memory.host, host))
            return true;
        for (unsigned view = 0; view < WINDOW_VIEWS; view++)
            if (w->base[view] && written_at(w, m, w->base[view] + m->memory.base, host))
                return true;
    }
    return false;
}
