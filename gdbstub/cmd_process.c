/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Extended remote mode: the program as something that can be started again (vRun, R), attached to
 * and killed. There is one "process", the firmware; process numbers are taken and mean nothing.
 */
#include "gdbstub/handler.h"

#include <string.h>

static bool present(const struct target_ops *ops)
{
    return ops->process != NULL;
}

static enum outcome extend(struct session *s, struct payload *in, struct reply *out)
{
    (void)in;
    (void)out;
    s->extended = true;
    return OUTCOME_OK;
}

/* ---- starting again ---- */

static enum target_status restart(struct session *s, const char *arguments)
{
    struct stub *stub = s->stub;
    enum target_status status = stub->ops->process->restart(stub->target, arguments);
    s->waiting = false;
    if (status == TARGET_OK)
        stub->last_stop = (struct target_stop){.kind = TARGET_STOP_STEP};
    return status;
}

/* R has no reply, whatever comes of it. */
static enum outcome restart_same(struct session *s, struct payload *in, struct reply *out)
{
    (void)in;
    (void)out;
    if (session_take_control(s))
        restart(s, NULL);
    return OUTCOME_SILENT;
}

/* The words that remain, each in hex, joined by blanks. `line` has room for as many characters as
 * the packet. */
static bool parse_arguments(struct payload *in, char *line)
{
    for (char *to = line; !payload_done(in);) {
        struct payload word = payload_field(in, ';');
        size_t size = payload_left(&word) / 2;
        if (to != line)
            *to++ = ' ';
        if (!payload_hex(&word, (uint8_t *)to, size) || !payload_done(&word))
            return false;
        if (memchr(to, '\0', size) != NULL)
            return false;
        to += size;
        *to = '\0';
    }
    return true;
}

/* The file name is that of the host's program file: the firmware is what it is. */
static enum outcome run(struct session *s, struct payload *in, struct reply *out)
{
    char arguments[PACKET_SIZE] = "";
    payload_field(in, ';');
    if (!parse_arguments(in, arguments))
        return OUTCOME_MALFORMED;
    enum target_status status = restart(s, arguments);
    if (status != TARGET_OK)
        return outcome_of(status);
    return session_answer_stop(s, out) ? OUTCOME_REPLY : OUTCOME_SILENT;
}

static enum outcome attach(struct session *s, struct payload *in, struct reply *out)
{
    uint32_t process;
    if (!payload_number(in, &process) || !payload_done(in))
        return OUTCOME_MALFORMED;
    return session_answer_stop(s, out) ? OUTCOME_REPLY : OUTCOME_SILENT;
}

/* ---- killing ---- */

static void kill(struct session *s)
{
    struct stub *stub = s->stub;
    s->waiting = false;
    stub->ops->process->kill(stub->target);
    stub->last_stop = (struct target_stop){.kind = TARGET_STOP_STEP};
}

static enum outcome kill_process(struct session *s, struct payload *in, struct reply *out)
{
    uint32_t process;
    (void)out;
    if (!payload_number(in, &process) || !payload_done(in))
        return OUTCOME_MALFORMED;
    kill(s);
    return OUTCOME_OK;
}

/* k has no reply; outside extended mode the connection is over with it. */
static enum outcome kill_all(struct session *s, struct payload *in, struct reply *out)
{
    (void)in;
    (void)out;
    if (session_take_control(s))
        kill(s);
    s->over = !s->extended;
    return OUTCOME_SILENT;
}

static const struct handler handlers[] = {
    {"!", HANDLER_WHOLE, false, extend},
    {"R", HANDLER_PREFIX, false, restart_same},
    {"vRun;", HANDLER_PREFIX, true, run},
    {"vAttach;", HANDLER_PREFIX, true, attach},
    {"vKill;", HANDLER_PREFIX, true, kill_process},
    {"k", HANDLER_WHOLE, false, kill_all},
    {0},
};

const struct handler_table process_handlers = {handlers, present, ""};
