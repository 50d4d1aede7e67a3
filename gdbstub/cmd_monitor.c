/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * gdb's `monitor`: qRcmd. What the command prints reaches the client as it is printed; the reply
 * says only whether it succeeded.
 */
#include "gdbstub/handler.h"

#include <string.h>

static bool present(const struct target_ops *ops)
{
    return ops->monitor != NULL;
}

static enum outcome monitor(struct session *s, struct payload *in, struct reply *out)
{
    struct stub *stub = s->stub;
    char line[PACKET_SIZE / 2 + 1];
    size_t size = payload_left(in) / 2;
    (void)out;
    if (!payload_hex(in, (uint8_t *)line, size) || !payload_done(in))
        return OUTCOME_MALFORMED;
    if (memchr(line, '\0', size) != NULL)
        return OUTCOME_MALFORMED;
    line[size] = '\0';
    stub->asking = s;
    bool may_change = stub->control == s || stub->control == NULL;
    enum target_status status = stub->ops->monitor->command(stub->target, line, may_change);
    stub->asking = NULL;
    return outcome_of(status);
}

static const struct handler handlers[] = {
    {"qRcmd,", HANDLER_PREFIX, false, monitor},
    {0},
};

const struct handler_table monitor_handlers = {handlers, present, ""};
