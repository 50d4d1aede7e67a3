/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Threads. A target without the group has one, number 1; with it the numbers are those of the
 * firmware's RTOS, and gdb can ask for names too.
 */
#include "gdbstub/handler.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gdbstub/document.h"
#include "gdbstub/xfer.h"

enum { DESCRIPTION = 128 }; /* of a thread in words, at most */

static bool always(const struct target_ops *ops)
{
    (void)ops;
    return true;
}

static bool has_group(const struct target_ops *ops)
{
    return ops->threads != NULL;
}

/* Hg and Hc: the thread that later packets mean. */
static enum outcome choose(struct session *s, struct payload *in, struct reply *out)
{
    int32_t thread;
    (void)out;
    bool resume = payload_char(in, 'c');
    if (!resume && !payload_char(in, 'g'))
        return OUTCOME_MALFORMED;
    if (!payload_thread(in, &thread) || !payload_done(in))
        return OUTCOME_MALFORMED;
    if (thread > 0 && !stub_thread_exists(s->stub, (uint32_t)thread))
        return OUTCOME_STATUS + TARGET_NO_THREAD;
    if (resume)
        s->resume_thread = thread;
    else
        s->thread = thread;
    return OUTCOME_OK;
}

static enum outcome is_alive(struct session *s, struct payload *in, struct reply *out)
{
    int32_t thread;
    (void)out;
    if (!payload_thread(in, &thread) || !payload_done(in))
        return OUTCOME_MALFORMED;
    if (thread <= 0 || !stub_thread_exists(s->stub, (uint32_t)thread))
        return OUTCOME_STATUS + TARGET_NO_THREAD;
    return OUTCOME_OK;
}

static enum outcome current(struct session *s, struct payload *in, struct reply *out)
{
    (void)in;
    reply_format(out, "QC%" PRIx32, stub_current_thread(s->stub));
    return OUTCOME_REPLY;
}

/* All threads fit in one packet: qfThreadInfo lists them, qsThreadInfo has nothing to add. */
static enum outcome first_threads(struct session *s, struct payload *in, struct reply *out)
{
    uint32_t threads[STUB_THREADS];
    size_t count = stub_threads(s->stub, threads);
    (void)in;
    for (size_t i = 0; i < count; i++)
        reply_format(out, "%c%" PRIx32, i == 0 ? 'm' : ',', threads[i]);
    if (count == 0)
        reply_char(out, 'l');
    return OUTCOME_REPLY;
}

static enum outcome further_threads(struct session *s, struct payload *in, struct reply *out)
{
    (void)s;
    (void)in;
    reply_char(out, 'l');
    return OUTCOME_REPLY;
}

/* ---- with the group ---- */

static bool describe(const struct stub *stub, uint32_t thread, char *text)
{
    const struct target_thread_ops *ops = stub->ops->threads;
    return ops->describe != NULL && ops->describe(stub->target, thread, text, DESCRIPTION);
}

static enum outcome extra_info(struct session *s, struct payload *in, struct reply *out)
{
    char text[DESCRIPTION] = "";
    int32_t thread;
    if (!payload_thread(in, &thread) || thread <= 0 || !payload_done(in))
        return OUTCOME_MALFORMED;
    if (!stub_thread_exists(s->stub, (uint32_t)thread))
        return OUTCOME_STATUS + TARGET_NO_THREAD;
    describe(s->stub, (uint32_t)thread, text);
    reply_hex(out, text, strlen(text));
    return OUTCOME_REPLY;
}

static void write_threads(struct stub *stub, struct document *xml)
{
    uint32_t threads[STUB_THREADS];
    size_t count = stub_threads(stub, threads);
    document_add(xml, "<?xml version=\"1.0\"?>\n<threads>\n");
    for (size_t i = 0; i < count; i++) {
        char words[DESCRIPTION] = "";
        describe(stub, threads[i], words);
        document_format(xml, "<thread id=\"%" PRIx32 "\" core=\"0\">", threads[i]);
        document_add_xml(xml, words);
        document_add(xml, "</thread>\n");
    }
    document_add(xml, "</threads>\n");
}

static enum outcome thread_list(struct session *s, struct payload *in, struct reply *out)
{
    return xfer_read(s, in, out, "", write_threads);
}

static const struct handler handlers[] = {
    {"H", HANDLER_PREFIX, false, choose},
    {"T", HANDLER_PREFIX, false, is_alive},
    {"qC", HANDLER_WHOLE, false, current},
    {"qfThreadInfo", HANDLER_WHOLE, false, first_threads},
    {"qsThreadInfo", HANDLER_WHOLE, false, further_threads},
    {0},
};

static const struct handler group_rows[] = {
    {"qThreadExtraInfo,", HANDLER_PREFIX, false, extra_info},
    {"qXfer:threads:read:", HANDLER_PREFIX, false, thread_list},
    {0},
};

const struct handler_table thread_handlers = {handlers, always, ""};
const struct handler_table thread_group_handlers = {group_rows, has_group, "qXfer:threads:read+;"};
