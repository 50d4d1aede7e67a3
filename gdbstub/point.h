/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Points: breakpoints and watchpoints as the clients asked for them, with owner, conditions and commands.
 * The target has each distinct {kind, address, size} inserted as long as some point wants it.
 */
#ifndef GDBSTUB_POINT_H
#define GDBSTUB_POINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gdbstub/agent.h"
#include "gdbstub/target.h"

struct session;
struct stub;

struct point {
    uint32_t address;
    uint32_t size;
    enum target_point kind;
    struct session *owner;      /* NULL: its client detached, its commands go on (disconnected-dprintf) */
    bool persistent;            /* the commands are to outlive a detach */
    struct agent_program *conditions;   /* none, or one must be true */
    struct agent_program *commands;
};

/* Sorted by address. */
struct points {
    struct point *list;
    size_t count;
    size_t capacity;
};

/* Inserts a point, or gives the one that its owner has there its new conditions and commands. The
 * programs are the table's from TARGET_OK on; otherwise nothing was changed. */
enum target_status point_insert(struct stub *stub, const struct point *wanted);

/* Removes the point that `owner` has there. There may be none: removing is idempotent. */
enum target_status point_remove(struct stub *stub, const struct session *owner, enum target_point kind,
                                uint32_t address, uint32_t size);

/* Removes all points of `owner`. With `keep_persistent` those lose their owner instead. */
void points_release(struct stub *stub, const struct session *owner, bool keep_persistent);

void point_free_programs(struct agent_program *list);

#endif
