/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why the machine stops, and the debugger's own breakpoints and watchpoints. They belong to the
 * debugger, not to the guest: they live outside the arena and cost nothing while there are none.
 */
#ifndef CORE_STOP_H
#define CORE_STOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why a run came back. */
enum stop_kind {
    STOP_LIMIT,             /* `until` was reached */
    STOP_STEP,              /* the requested instruction was executed */
    STOP_BREAKPOINT,        /* pc stands at a breakpoint; not executed */
    STOP_WATCH,             /* the instruction at pc would make a watched access, not executed; or `done` */
    STOP_BKPT,              /* a BKPT instruction stands at pc (not semihosting) and a debugger is attached */
    STOP_SEMIHOSTING,       /* BKPT 0xAB stands at pc; answer with machine_semihosting_return */
    STOP_VECTOR_CATCH,      /* DEMCR.VC_*: the handler's first instruction is next */
    STOP_FAULT,             /* a fault was taken that the options say to stop at, or that nobody handles */
    STOP_LOCKUP,            /* the core locked up; it stays so until reset */
    STOP_DIAG,              /* a report of a kind in stop_on */
    STOP_INTERRUPTED        /* machine_interrupt */
};

/* BREAK_OWN: the server's, for what it does between the debugger's stops; set beside the others' at one
 * address it can be removed without touching them. */
enum breakpoint_kind { BREAK_SOFTWARE, BREAK_HARDWARE, BREAK_OWN };

/* ACCESS_WRITE watches changes of value, the last one every write; it is the server's, and met before all
 * others. */
enum access_kind { ACCESS_READ = 1, ACCESS_WRITE = 2, ACCESS_ANY = 3, ACCESS_EVERY_WRITE = 6 };

/* Who made a watched access. */
enum stop_by { BY_INSTRUCTION, BY_DMA, BY_SEMIHOSTING, BY_DEBUGGER };

struct device;

struct stop {
    enum stop_kind kind;
    uint32_t address;           /* STOP_WATCH: the watchpoint's address; STOP_BREAKPOINT: pc */
    enum access_kind access;    /* STOP_WATCH: the watchpoint's kind */
    int breakpoint_kind;        /* STOP_BREAKPOINT: enum breakpoint_kind */

    /* STOP_WATCH: a write that no boundary comes before. It has happened, since the boundary before this one. */
    bool done;
    enum stop_by by;
    const struct device *device;    /* BY_DMA, with the stream or channel */
    const char *lane;
    unsigned lane_number;
};

struct footprint;

/* Breakpoints without limit: a filter of one bit per hashed halfword address in front of a sorted list,
 * so that an address without one costs a bit test. */
struct break_entry {
    uint32_t address;
    uint8_t kinds;              /* bit mask of 1 << enum breakpoint_kind */
};

enum { BREAK_FILTER_BITS = 1 << 16 };

struct stop_set {
    struct break_entry *breaks;
    size_t break_count, break_room;
    uint32_t filter[BREAK_FILTER_BITS / 32];
    struct watch_entry {
        uint32_t address, size;
        enum access_kind access;
    } *watches;
    size_t watch_count, watch_room;
};

void stops_free(struct stop_set *set);
bool stops_break_add(struct stop_set *set, enum breakpoint_kind kind, uint32_t address);
bool stops_break_remove(struct stop_set *set, enum breakpoint_kind kind, uint32_t address);
bool stops_watch_add(struct stop_set *set, enum access_kind access, uint32_t address, uint32_t size);
bool stops_watch_remove(struct stop_set *set, enum access_kind access, uint32_t address, uint32_t size);

/* The breakpoint at `address` (bit 0 ignored), or NULL. */
const struct break_entry *stops_break_find(const struct stop_set *set, uint32_t address);

/* The same behind the filter: a bit test where there is none. */
static inline const struct break_entry *stops_break_at(const struct stop_set *set, uint32_t address)
{
    uint32_t bit = (address >> 1) & (BREAK_FILTER_BITS - 1);

    if (!(set->filter[bit / 32] & 1u << (bit % 32)))
        return NULL;
    return stops_break_find(set, address);
}

/* The first watchpoint that an access touches. For writes `changes` says whether the bytes would change;
 * a write watchpoint ignores those that do not, an access watchpoint sees every access. */
const struct watch_entry *stops_watch_hit(const struct stop_set *set, enum access_kind access,
                                          uint32_t address, uint32_t size, bool changes);

/* Whether execution that has touched that much may have met one. Reads leave no trace. */
bool stops_may_hit(const struct stop_set *set, const struct footprint *touched);

#endif
