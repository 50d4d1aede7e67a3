/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdbstub/stop.h"

#include <inttypes.h>

#include "gdbstub/session.h"

static enum target_signal signal_of(const struct target_stop *stop)
{
    switch (stop->kind) {
    case TARGET_STOP_INTERRUPT:
        return TARGET_SIGINT;
    case TARGET_STOP_SIGNAL:
    case TARGET_STOP_KILLED:
        return stop->signal;
    default:
        return TARGET_SIGTRAP;
    }
}

static void add_reason(const struct session *s, const struct target_stop *stop, struct reply *out)
{
    switch (stop->kind) {
    case TARGET_STOP_BREAK_SOFTWARE:
        if (s->swbreak)
            reply_text(out, "swbreak:;");
        break;
    case TARGET_STOP_BREAK_HARDWARE:
        if (s->hwbreak)
            reply_text(out, "hwbreak:;");
        break;
    case TARGET_STOP_WATCH_WRITE:
        reply_format(out, "watch:%" PRIx32 ";", stop->address);
        break;
    case TARGET_STOP_WATCH_READ:
        reply_format(out, "rwatch:%" PRIx32 ";", stop->address);
        break;
    case TARGET_STOP_WATCH_ACCESS:
        reply_format(out, "awatch:%" PRIx32 ";", stop->address);
        break;
    case TARGET_STOP_HISTORY_BEGIN:
        reply_text(out, "replaylog:begin;");
        break;
    case TARGET_STOP_HISTORY_END:
        reply_text(out, "replaylog:end;");
        break;
    default:
        break;
    }
}

static void add_expedited(const struct stub *stub, uint32_t thread, struct reply *out)
{
    for (unsigned i = 0; i < stub->register_count; i++) {
        const struct target_register *r = stub->registers[i];
        uint8_t bytes[8];
        if (!r->expedited)
            continue;
        if (stub->ops->registers->read(stub->target, thread, i, bytes) != TARGET_OK)
            continue;
        reply_format(out, "%02x:", i);
        reply_hex(out, bytes, r->size);
        reply_char(out, ';');
    }
}

void stop_reply(const struct session *s, const struct target_stop *stop, struct reply *out)
{
    uint32_t thread = stop->thread != 0 ? stop->thread : stub_current_thread(s->stub);
    switch (stop->kind) {
    case TARGET_STOP_EXITED:
        reply_format(out, "W%02x", stop->status);
        return;
    case TARGET_STOP_KILLED:
        reply_format(out, "X%02x", (unsigned)signal_of(stop));
        return;
    default:
        reply_format(out, "T%02x", (unsigned)signal_of(stop));
        add_reason(s, stop, out);
        reply_format(out, "thread:%" PRIx32 ";", thread);
        add_expedited(s->stub, thread, out);
    }
}
