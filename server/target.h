/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The machine as gdb's stub sees it: the adapter between core/machine.h and gdbstub/target.h. */
#ifndef SERVER_TARGET_H
#define SERVER_TARGET_H

#include "gdbstub/target.h"

struct machine;
struct target;
struct server;

/* The adapter for `server`'s machine; NULL when out of memory. It is the `target` of the stub. */
struct target *target_create(struct server *server);
void target_destroy(struct target *target);
const struct target_ops *target_operations(const struct target *target);

#endif
