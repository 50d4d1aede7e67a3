/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a packet to its handler, and from what the handler found to the reply.
 */
#include "gdbstub/handler.h"

#include <string.h>

static const struct handler_table *const tables[] = {
    &memory_handlers,       &register_handlers, &run_handlers,     &breakpoint_handlers,
    &session_handlers,      &thread_handlers,   &flash_handlers,   &features_handlers,
    &map_handlers,          &monitor_handlers,  &process_handlers, &reverse_handlers,
    &thread_group_handlers,
};
enum { TABLE_COUNT = sizeof tables / sizeof *tables };

/* ---- errors ---- */

struct failure {
    uint8_t number; /* for clients that want numbers: an errno of gdb's host files where one fits */
    const char *text;
};

static const struct failure status_failures[TARGET_STATUS_COUNT] = {
    [TARGET_FAILED] = {0x01, "failed"},
    [TARGET_NO_MEMORY] = {0x0e, "no memory at this address"},
    [TARGET_READ_ONLY] = {0x1e, "this memory cannot be written"},
    [TARGET_NO_REGISTER] = {0x02, "no such register"},
    [TARGET_NO_THREAD] = {0x03, "no such thread"},
    [TARGET_IS_RUNNING] = {0x10, "the target is running"},
    [TARGET_NO_RESOURCE] = {0x0c, "out of resources"},
    [TARGET_UNSUPPORTED] = {0x5f, "not supported by this target"},
};

static const struct failure malformed = {0x16, "malformed packet"};
static const struct failure not_in_control = {0x0d, "another client is in control of the target"};
static const struct failure too_long = {0x07, "packet longer than the PacketSize that was agreed"};

/* Texts come from the target too, which knows nothing of framing. */
static void put_plain(struct reply *out, const char *text)
{
    for (; *text != '\0'; text++)
        reply_char(out, (uint8_t)*text < ' ' || packet_needs_escape((uint8_t)*text) ? ' ' : *text);
}

static void put_failure(const struct session *s, const struct failure *failure, struct reply *out)
{
    const char *explanation = s->stub->explanation;
    out->size = 0;
    if (s->error_texts) {
        reply_text(out, "E.");
        put_plain(out, explanation[0] != '\0' ? explanation : failure->text);
    } else {
        reply_format(out, "E%02x", failure->number);
    }
}

/* ---- dispatch ---- */

static const struct handler *find_in(const struct handler_table *table, struct payload *in)
{
    for (const struct handler *h = table->handlers; h->name != NULL; h++) {
        struct payload rest = *in;
        if (payload_word(&rest, h->name) && (h->match == HANDLER_PREFIX || payload_done(&rest))) {
            *in = rest;
            return h;
        }
    }
    return NULL;
}

/* The handler of the packet; `in` then stands behind the name. */
static const struct handler *find(const struct session *s, struct payload *in)
{
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        if (!tables[i]->present(s->stub->ops))
            continue;
        const struct handler *h = find_in(tables[i], in);
        if (h != NULL)
            return h;
    }
    return NULL;
}

static enum outcome run(struct session *s, struct payload *in, struct reply *out)
{
    const struct handler *h = find(s, in);
    if (h == NULL)
        return OUTCOME_REPLY;
    if (h->needs_control && !session_take_control(s))
        return OUTCOME_NOT_IN_CONTROL;
    return h->run(s, in, out);
}

static void answer(struct session *s, enum outcome outcome, struct reply *out)
{
    switch (outcome) {
    case OUTCOME_SILENT:
        return;
    case OUTCOME_REPLY:
        break;
    case OUTCOME_OK:
        out->size = 0;
        reply_text(out, "OK");
        break;
    case OUTCOME_MALFORMED:
        put_failure(s, &malformed, out);
        break;
    case OUTCOME_NOT_IN_CONTROL:
        put_failure(s, &not_in_control, out);
        break;
    default:
        put_failure(s, &status_failures[outcome - OUTCOME_STATUS], out);
    }
    session_send(s, out);
}

void handler_dispatch(struct session *s, const uint8_t *payload, size_t size)
{
    struct payload in = {payload, payload + size};
    struct reply out = {.bytes = s->reply, .capacity = sizeof s->reply};
    s->stub->explanation[0] = '\0';
    answer(s, run(s, &in, &out), &out);
}

void handler_refuse_length(struct session *s)
{
    struct reply out = {.bytes = s->reply, .capacity = sizeof s->reply};
    s->stub->explanation[0] = '\0';
    put_failure(s, &too_long, &out);
    session_send(s, &out);
}

void handler_features(const struct session *s, struct reply *out)
{
    for (size_t i = 0; i < TABLE_COUNT; i++)
        if (tables[i]->present(s->stub->ops))
            reply_text(out, tables[i]->features);
}
