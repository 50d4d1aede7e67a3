/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The CPU's side of memory: alignment, MPU and privilege, bus errors, wait states, watchpoints
 * (Armv7-M ARM A3.2, B3.1, B3.5; Cortex-M4 TRM 3.3.2, 3.4.2, 3.5).
 *
 * Plain memory is reached through views (struct cpu_view): stretches where nobody has to be asked again.
 * There are none while data is watched, nor of RAM while it is checked. With the MPU on, a view is what it permits at the present
 * privilege, and all are dropped when that may change (cpu_mode_changed, writes to the MPU). exec.h
 * tries the views first; what they do not cover comes here.
 *
 * Choices where the manual leaves one:
 * - An unaligned access to Normal memory is made as bytes and halfwords, lowest address first, each
 *   checked by itself; every part beyond the first takes a cycle. To Device or Strongly-ordered memory
 *   (by the default memory map, whatever an MPU region says) it is UNPREDICTABLE: an UNALIGNED fault.
 * - A store that the bus refuses is imprecise, because Cortex-M3 and M4 post it to their write buffer: the
 *   instruction completes and a BusFault is pended. ACTLR.DISDEFWBUF makes it precise, and so it is on the
 *   private peripheral bus.
 * - Of exceptions' stack frames only the pushes are compared with the debugger's watchpoints, in
 *   exception.c: a return cannot be abandoned. Lazy stores of floating-point state are (fpu.c), but the run
 *   ends after them.
 */
#include "core/arm/exec.h"
#include "core/arm/mpu.h"
#include "core/bus.h"
#include "core/stop.h"

enum {
    CODE_WORD = 3,          /* the last bytes of a span at which no whole word begins */
    LARGEST_PUSH = 4 * 32   /* bytes: VPUSH {s0-s31} */
};

/* ---- views ---- */

void cpu_views_drop(struct cpu *c)
{
    c->code.size = 0;
    for (unsigned n = 0; n < CPU_VIEWS; n++)
        c->data[n].size = c->data[n].writable = 0;
    c->view_epoch = bus_epoch(c->bus);
    c->view_drops++;
}

/* A device may have changed the map. */
static void after_device(struct cpu *c)
{
    if (unlikely(c->view_epoch != bus_epoch(c->bus)))
        cpu_views_drop(c);
}

/* The part of a span around `address` in which the MPU answers alike; waits and host are those of the
 * span, and nothing is permitted yet. */
static struct cpu_view stretch(const struct cpu *c, const struct bus_span *span, uint32_t address)
{
    uint32_t base = span->base, last = span->base + (span->size - 1), from, to;

    if (c->checks & CHECK_MPU) {
        mpu_stretch(c, address, &from, &to);
        base = base > from ? base : from;
        last = last < to ? last : to;
    }
    return (struct cpu_view){
        .base = base,
        .size = last - base + 1,
        .waits = !span->writable,
        .host = span->host + (base - span->base),
    };
}

static bool view_permits(const struct cpu *c, uint32_t address, bool write)
{
    return !(c->checks & CHECK_MPU) || mpu_check(c, address, cpu_privileged(c), write, false);
}

/* The memory at `address`, NULL if it is a device's; makes a view of it where that is allowed. */
static const struct bus_span *data_span(struct cpu *c, uint32_t address)
{
    const struct bus_span *span = bus_span_at(c->bus, address);
    struct cpu_view view;

    if (!span || c->checks & (CHECK_DATA | CHECK_WATCH) || (c->checks & CHECK_RAM && span->writable))
        return span;
    view = stretch(c, span, address);
    view.size &= ~3u;
    view.writable = span->writable && view_permits(c, address, true) ? view.size : 0;
    view.size = view_permits(c, address, false) ? view.size : 0;
    *view_of(c, address) = view;
    return span;
}

/* Whether an aligned word lies in the first `size` bytes of a view. */
static bool view_holds(const struct cpu_view *view, uint32_t size, uint32_t address)
{
    return address - view->base < size;
}

/* ---- watchpoints of the debugger ---- */

/* The bit-band alias of a target stands for it: a watchpoint on the target sees the alias (B3.1). */
static uint32_t bitband_target(uint32_t address, unsigned size)
{
    uint32_t base = address & 0xFE000000;

    if (base != 0x22000000 && base != 0x42000000)
        return address;
    return ((base & 0xF0000000) + ((address & 0x01FFFFFF) >> 5)) & ~(size - 1);
}

static const struct watch_entry *watch_hit(const struct cpu *c, enum access_kind access,
                                           uint32_t address, unsigned size, bool changes)
{
    const struct watch_entry *w = stops_watch_hit(&c->stops, access, address, size, changes);
    uint32_t target = bitband_target(address, size);

    return w || target == address ? w : stops_watch_hit(&c->stops, access, target, size, changes);
}

/* Whether storing `value` would change what a debugger sees. */
static bool changes_memory(const struct cpu *c, uint32_t address, unsigned size, uint32_t value)
{
    uint8_t now[4];
    uint32_t done;

    if (bitband_target(address, size) != address)
        value &= 1;
    if (!bus_peek(c->bus, address, now, size, &done))
        return true;
    return load_le(now, size) != value;
}

static bool stop_for(struct cpu *c, const struct watch_entry *w)
{
    c->stop = (struct stop){.kind = STOP_WATCH, .address = w->address, .access = w->access};
    c->attention |= ATTN_STOP | ATTN_ABANDON;
    return true;
}

/* Whether the debugger wants to stop before this access; `value` is NULL for a load. An access whose
 * stop has been reported is passed. */
static bool watch_stops(struct cpu *c, uint32_t address, unsigned size, const uint32_t *value)
{
    enum access_kind access = value ? ACCESS_WRITE : ACCESS_READ;
    const struct watch_entry *w;

    if (!(c->checks & CHECK_WATCH) || c->pass_watch == c->s->cycle)
        return false;
    w = watch_hit(c, access, address, size, true);
    if (w && value && !changes_memory(c, address, size, *value))
        w = watch_hit(c, access, address, size, false);
    return w && stop_for(c, w);
}

bool cpu_transfer_check(struct cpu *c, uint32_t address, unsigned words, const uint32_t *values)
{
    if (likely(!(c->checks & CHECK_WATCH)))
        return true;
    for (unsigned word = 0; word < words; word++)
        if (watch_stops(c, address + 4 * word, 4, values ? &values[word] : NULL))
            return false;
    return true;
}

void cpu_transfer_note(struct cpu *c, uint32_t address, unsigned words, const uint32_t *values)
{
    if (cpu_transfer_check(c, address, words, values))
        return;
    c->attention &= ~(uint32_t)ATTN_ABANDON;
    c->stop.done = true;
}

/* ---- what an access must pass ---- */

static bool privileged_for(const struct cpu *c, enum cpu_access how)
{
    return how != ACCESS_UNPRIVILEGED && cpu_privileged(c);
}

static bool permitted(struct cpu *c, uint32_t address, bool privileged, bool write)
{
    if (c->checks & CHECK_MPU && !mpu_check(c, address, privileged, write, false))
        return cpu_fault(c, FAULT_DACCVIOL, address);
    if (!ppb_permits(c, address, privileged, write))
        return cpu_fault(c, FAULT_PRECISERR, address);
    return true;
}

static bool is_device_memory(uint32_t address)
{
    unsigned region = address >> 29;

    return region == 2 || region >= 5;
}

static bool may_be_unaligned(struct cpu *c, uint32_t address, enum cpu_access how)
{
    if (how == ACCESS_ALIGNED || how == ACCESS_TRANSFER || c->unaligned_trap ||
        is_device_memory(address))
        return cpu_fault(c, FAULT_UNALIGNED, address);
    return true;
}

/* The next part of an unaligned access: bytes up to a halfword boundary, then halfwords. */
static unsigned part_size(uint32_t address, unsigned left)
{
    return address & 1 || left == 1 ? 1 : 2;
}

bool cpu_store_allowed(struct cpu *c, uint32_t address, unsigned size)
{
    if (address & (size - 1))
        return cpu_fault(c, FAULT_UNALIGNED, address);
    return permitted(c, address, cpu_privileged(c), true);
}

/* ---- loads ---- */

static bool load_aligned(struct cpu *c, uint32_t address, unsigned size, bool privileged,
                         uint32_t *value)
{
    const struct bus_span *span;

    if (!permitted(c, address, privileged, false))
        return false;
    span = data_span(c, address);
    if (span && !span->writable)
        c->cost += c->timing.data;
    if (bus_read(c->bus, BUS_CPU_DATA, address, size, value) != BUS_OK) {
        *value = 0;             /* where CCR.BFHFNMIGN lets the load go on */
        return cpu_fault(c, FAULT_PRECISERR, address);
    }
    after_device(c);
    if (c->checks & CHECK_DATA)
        dwt_access(c, address, size, false, *value);
    return true;
}

static bool load_unaligned(struct cpu *c, uint32_t address, unsigned size, enum cpu_access how,
                           uint32_t *value)
{
    bool privileged = privileged_for(c, how);
    uint32_t result = 0, piece;

    for (unsigned done = 0, part; done < size; done += part) {
        part = part_size(address + done, size - done);
        if (!load_aligned(c, address + done, part, privileged, &piece))
            return false;
        result |= piece << (8 * done);
        c->cost += done != 0;
    }
    *value = result;
    return true;
}

bool cpu_load(struct cpu *c, uint32_t address, unsigned size, enum cpu_access how, uint32_t *value)
{
    if (how != ACCESS_TRANSFER && watch_stops(c, address, size, NULL))
        return false;
    if (likely(!(address & (size - 1))))
        return load_aligned(c, address, size, privileged_for(c, how), value);
    return may_be_unaligned(c, address, how) && load_unaligned(c, address, size, how, value);
}

/* ---- stores ---- */

static bool store_refused(struct cpu *c, uint32_t address)
{
    if (c->precise_stores || address >> 29 == 7)
        return cpu_fault(c, FAULT_PRECISERR, address);
    cpu_fault(c, FAULT_IMPRECISERR, address);
    return true;
}

/* What is written beneath the main stack's region while the stack pointer is there, too, belongs to the stack: to a
 * frame, or it is being pushed before the stack pointer moves. */
static void check_stack(struct cpu *c, uint32_t address)
{
    uint32_t sp = c->s->r[13];

    if (stack_is_beneath(c, address) && cpu_on_main_stack(c) && sp < c->stack_low && address >= sp - LARGEST_PUSH)
        stack_overgrown(c, address);
}

static bool store_aligned(struct cpu *c, uint32_t address, unsigned size, bool privileged,
                          uint32_t value)
{
    if (!permitted(c, address, privileged, true))
        return false;
    if (unlikely(c->checks & CHECK_RAM))
        check_stack(c, address);
    data_span(c, address);
    if (bus_write(c->bus, BUS_CPU_DATA, address, size, value) != BUS_OK)
        return store_refused(c, address);
    after_device(c);
    if (c->checks & CHECK_DATA)
        dwt_access(c, address, size, true, value);
    return true;
}

static bool store_unaligned(struct cpu *c, uint32_t address, unsigned size, enum cpu_access how,
                            uint32_t value)
{
    bool privileged = privileged_for(c, how);

    for (unsigned done = 0, part; done < size; done += part) {
        uint32_t piece = value >> (8 * done);
        part = part_size(address + done, size - done);
        if (!store_aligned(c, address + done, part, privileged, part == 1 ? piece & 0xFF : piece & 0xFFFF))
            return false;
        c->cost += done != 0;
    }
    return true;
}

bool cpu_store(struct cpu *c, uint32_t address, unsigned size, enum cpu_access how, uint32_t value)
{
    if (how != ACCESS_TRANSFER && watch_stops(c, address, size, &value))
        return false;
    if (likely(!(address & (size - 1))))
        return store_aligned(c, address, size, privileged_for(c, how), value);
    return may_be_unaligned(c, address, how) && store_unaligned(c, address, size, how, value);
}

/* ---- exception frames: their privilege is that of the interrupted code, views have the present one ---- */

uint8_t *cpu_stack_plain(struct cpu *c, uint32_t address, unsigned words, bool write)
{
    const struct cpu_view *view = view_of(c, address);
    uint32_t offset = address - view->base, size = write ? view->writable : view->size;

    if (c->checks & CHECK_MPU || offset >= size || 4 * words > size - offset)
        return NULL;
    if (write)
        footprint_wrote_range(&c->touched, address, 4 * words);
    return view->host + offset;
}

bool cpu_stack_load(struct cpu *c, uint32_t address, bool privileged, uint32_t *value, bool *mpu_fault)
{
    const struct cpu_view *view = view_of(c, address);

    *mpu_fault = false;
    if (likely(!(c->checks & CHECK_MPU) && view_holds(view, view->size, address))) {
        *value = load_le(view->host + (address - view->base), 4);
        return true;
    }
    *mpu_fault = c->checks & CHECK_MPU && !mpu_check(c, address, privileged, false, false);
    if (*mpu_fault || !ppb_permits(c, address, privileged, false))
        return false;
    data_span(c, address);
    if (bus_read(c->bus, BUS_CPU_DATA, address, 4, value) != BUS_OK)
        return false;
    after_device(c);
    return true;
}

bool cpu_stack_store(struct cpu *c, uint32_t address, bool privileged, uint32_t value, bool *mpu_fault)
{
    struct cpu_view *view = view_of(c, address);

    *mpu_fault = false;
    if (likely(!(c->checks & CHECK_MPU) && view_holds(view, view->writable, address))) {
        store_le(view->host + (address - view->base), 4, value);
        footprint_wrote(&c->touched, address);
        return true;
    }
    *mpu_fault = c->checks & CHECK_MPU && !mpu_check(c, address, privileged, true, false);
    if (*mpu_fault || !ppb_permits(c, address, privileged, true))
        return false;
    data_span(c, address);
    if (bus_write(c->bus, BUS_CPU_DATA, address, 4, value) != BUS_OK)
        return false;
    after_device(c);
    return true;
}

/* ---- instructions ---- */

static void view_code(struct cpu *c, uint32_t address)
{
    const struct bus_span *span = bus_span_at(c->bus, address);
    struct cpu_view view;

    if (!span)
        return;
    view = stretch(c, span, address);
    view.size = view.size > CODE_WORD ? view.size - CODE_WORD : 0;
    c->code = view;
}

bool cpu_fetch(struct cpu *c, uint32_t address, uint32_t *halfword)
{
    if (!mpu_check(c, address, cpu_privileged(c), false, true))
        return cpu_fault(c, FAULT_IACCVIOL, address);
    if (bus_read(c->bus, BUS_CPU_FETCH, address, 2, halfword) != BUS_OK)
        return cpu_fault(c, FAULT_IBUSERR, address);
    view_code(c, address);
    return true;
}
