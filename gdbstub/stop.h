/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stop replies (gdb manual, "Stop Reply Packets"). */
#ifndef GDBSTUB_STOP_H
#define GDBSTUB_STOP_H

#include "gdbstub/reply.h"
#include "gdbstub/target.h"

struct session;

/* Adds the stop reply to `out`, with the reasons that the session's client understands and the
 * expedited registers. */
void stop_reply(const struct session *s, const struct target_stop *stop, struct reply *out);

#endif
