/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdbstub/point.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gdbstub/session.h"

static bool is_breakpoint(enum target_point kind)
{
    return kind == TARGET_BREAK_SOFTWARE || kind == TARGET_BREAK_HARDWARE;
}

/* gdb's kind of a breakpoint (which instruction to plant) tells no two of them apart; the length of
 * a watchpoint does. */
static bool same_place(const struct point *p, enum target_point kind, uint32_t address,
                       uint32_t size)
{
    return p->kind == kind && p->address == address && (is_breakpoint(kind) || p->size == size);
}

/* Index of the first point at `address` or beyond. */
static size_t first_at(const struct points *points, uint32_t address)
{
    size_t low = 0;
    size_t high = points->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (points->list[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool points_at(const struct points *points, size_t index, uint32_t address)
{
    return index < points->count && points->list[index].address == address;
}

static struct point *find(const struct points *points, const struct session *owner,
                          enum target_point kind, uint32_t address, uint32_t size)
{
    for (size_t i = first_at(points, address); points_at(points, i, address); i++)
        if (points->list[i].owner == owner && same_place(&points->list[i], kind, address, size))
            return &points->list[i];
    return NULL;
}

/* Whether any point, whoever owns it, keeps this place inserted in the target. */
static bool wanted_by_any(const struct points *points, enum target_point kind, uint32_t address,
                          uint32_t size)
{
    for (size_t i = first_at(points, address); points_at(points, i, address); i++)
        if (same_place(&points->list[i], kind, address, size))
            return true;
    return false;
}

void point_free_programs(struct agent_program *list)
{
    while (list != NULL) {
        struct agent_program *next = list->next;
        free(list);
        list = next;
    }
}

static void free_programs(struct point *p)
{
    point_free_programs(p->conditions);
    point_free_programs(p->commands);
}

static bool make_room(struct points *points)
{
    if (points->count < points->capacity)
        return true;
    size_t capacity = points->capacity == 0 ? 16 : 2 * points->capacity;
    struct point *list = realloc(points->list, capacity * sizeof *list);
    if (list == NULL)
        return false;
    points->list = list;
    points->capacity = capacity;
    return true;
}

enum target_status point_insert(struct stub *stub, const struct point *wanted)
{
    struct points *points = &stub->points;
    struct point *old = find(points, wanted->owner, wanted->kind, wanted->address, wanted->size);
    if (old != NULL) {
        free_programs(old);
        *old = *wanted;
        return TARGET_OK;
    }
    if (!make_room(points))
        return TARGET_NO_RESOURCE;
    if (!wanted_by_any(points, wanted->kind, wanted->address, wanted->size)) {
        enum target_status status = stub->ops->breakpoints->insert(stub->target, wanted->kind,
                                                                   wanted->address, wanted->size);
        if (status != TARGET_OK)
            return status;
    }
    size_t at = first_at(points, wanted->address);
    memmove(&points->list[at + 1], &points->list[at], (points->count - at) * sizeof *wanted);
    points->list[at] = *wanted;
    points->count++;
    return TARGET_OK;
}

/* Takes a point out of the table, and of the target if nobody else wants it there. The table
 * forgets it whatever the target says: a hit of a breakpoint that is in no table is none. */
static enum target_status erase(struct stub *stub, size_t index)
{
    struct points *points = &stub->points;
    struct point gone = points->list[index];
    free_programs(&gone);
    points->count--;
    memmove(&points->list[index], &points->list[index + 1], (points->count - index) * sizeof gone);
    if (wanted_by_any(points, gone.kind, gone.address, gone.size))
        return TARGET_OK;
    return stub->ops->breakpoints->remove(stub->target, gone.kind, gone.address, gone.size);
}

enum target_status point_remove(struct stub *stub, const struct session *owner,
                                enum target_point kind, uint32_t address, uint32_t size)
{
    struct point *p = find(&stub->points, owner, kind, address, size);
    return p == NULL ? TARGET_OK : erase(stub, (size_t)(p - stub->points.list));
}

void points_release(struct stub *stub, const struct session *owner, bool keep_persistent)
{
    struct points *points = &stub->points;
    for (size_t i = points->count; i-- > 0;) {
        if (points->list[i].owner != owner)
            continue;
        if (keep_persistent && points->list[i].persistent)
            points->list[i].owner = NULL;
        else
            erase(stub, i);
    }
}

/* ---- hits ---- */

/* gdb stops at a condition that fails to evaluate, and says so when it evaluates it again itself.
 */
static bool condition_holds(const struct stub *stub, const struct point *p)
{
    if (p->conditions == NULL)
        return true;
    for (const struct agent_program *c = p->conditions; c != NULL; c = c->next) {
        uint64_t value;
        if (agent_run(c, &stub->machine, &value) != AGENT_DONE || value != 0)
            return true;
    }
    return false;
}

enum stub_hit stub_breakpoint_hit(struct stub *stub, uint32_t address)
{
    const struct points *points = &stub->points;
    enum stub_hit hit = STUB_HIT_NONE;
    for (size_t i = first_at(points, address); points_at(points, i, address); i++) {
        const struct point *p = &points->list[i];
        if (!is_breakpoint(p->kind) || !condition_holds(stub, p))
            continue;
        if (p->commands == NULL)
            return p->kind == TARGET_BREAK_SOFTWARE ? STUB_HIT_SOFTWARE : STUB_HIT_HARDWARE;
        hit = STUB_HIT_COMMANDS;
    }
    return hit;
}

static void run_commands(struct stub *stub, const struct point *p)
{
    for (const struct agent_program *c = p->commands; c != NULL; c = c->next) {
        uint64_t value;
        enum agent_end end = agent_run(c, &stub->machine, &value);
        if (end != AGENT_DONE) {
            char text[100];
            int size =
                snprintf(text, sizeof text, "breakpoint commands at 0x%08" PRIx32 " met %s\n",
                         p->address, agent_end_text(end));
            stub->machine.print(stub, text, (size_t)size);
        }
    }
}

void stub_breakpoint_commands(struct stub *stub, uint32_t address)
{
    const struct points *points = &stub->points;
    for (size_t i = first_at(points, address); points_at(points, i, address); i++) {
        const struct point *p = &points->list[i];
        if (p->commands != NULL && condition_holds(stub, p))
            run_commands(stub, p);
    }
}
