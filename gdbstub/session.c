/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One connected client: bytes to packets, acknowledgements, control over the target.
 */
#include "gdbstub/session.h"

#include <stdlib.h>

#include "gdbstub/handler.h"
#include "gdbstub/stop.h"

/* ---- bytes out ---- */

static void acknowledge(struct session *s, char sign)
{
    if (!s->no_ack)
        s->write(s->context, &sign, 1);
}

void session_send(struct session *s, const struct reply *payload)
{
    s->frame_size = packet_encode(s->frame, payload->bytes, payload->size);
    s->write(s->context, s->frame, s->frame_size);
}

static void send_again(struct session *s)
{
    if (!s->no_ack && s->frame_size > 0)
        s->write(s->context, s->frame, s->frame_size);
}

/* ---- control ---- */

bool session_take_control(struct session *s)
{
    struct stub *stub = s->stub;
    if (stub->control != NULL)
        return stub->control == s;
    stub->control = s;
    /* What a detached client left behind would be invisible to the new one. */
    points_release(stub, NULL, false);
    if (stub->ops->run != NULL && stub->ops->run->attached != NULL)
        stub->ops->run->attached(stub->target, true);
    return true;
}

void session_release_control(struct session *s, bool keep_persistent)
{
    struct stub *stub = s->stub;
    if (stub->control != s)
        return;
    points_release(stub, s, keep_persistent);
    s->waiting = false;
    stub->control = NULL;
    if (stub->ops->run != NULL && stub->ops->run->attached != NULL)
        stub->ops->run->attached(stub->target, false);
}

uint32_t session_thread(const struct session *s, int32_t chosen)
{
    return chosen > 0 ? (uint32_t)chosen : stub_current_thread(s->stub);
}

bool session_answer_stop(struct session *s, struct reply *out)
{
    struct stub *stub = s->stub;
    bool running = stub_running(stub);
    if (running && stub->control == s) {
        s->waiting = true;
        stub->ops->run->interrupt(stub->target);
        return false;
    }
    /* One that only looks is told of a halted target, or it would wait for a stop that may never
     * come. */
    struct target_stop looking = {.kind = TARGET_STOP_SIGNAL, .signal = TARGET_SIGNAL_NONE};
    stop_reply(s, running ? &looking : &stub->last_stop, out);
    return true;
}

/* A client that sends Ctrl-C to a halted target waits for a stop reply, and gets one. Not so if the
 * Ctrl-C crossed its stop reply on the way: a second one would be taken for the answer to its next
 * packet, and gdb 13 never finds its way back from there. */
static void handle_interrupt(struct session *s)
{
    struct reply out = {.bytes = s->reply, .capacity = sizeof s->reply};
    if (s->just_stopped && !stub_running(s->stub))
        return;
    session_take_control(s);
    if (session_answer_stop(s, &out))
        session_send(s, &out);
}

/* ---- bytes in ---- */

static void handle_packet(struct session *s)
{
    acknowledge(s, '+');
    s->just_stopped = false;
    handler_dispatch(s, s->in.payload, s->in.size);
}

static void handle_byte(struct session *s, uint8_t byte)
{
    switch (packet_decode(&s->in, byte)) {
    case PACKET_NONE:
        break;
    case PACKET_ACK:
        s->just_stopped = false;
        break;
    case PACKET_NAK:
        send_again(s);
        break;
    case PACKET_INTERRUPT:
        handle_interrupt(s);
        break;
    case PACKET_TOO_LONG:
        acknowledge(s, '+');
        handler_refuse_length(s);
        break;
    case PACKET_BAD_CHECKSUM:
        /* Without acknowledgements nobody would send it again: the transport is trusted instead. */
        if (s->no_ack)
            handle_packet(s);
        else
            acknowledge(s, '-');
        break;
    case PACKET_READY:
        handle_packet(s);
        break;
    }
}

bool session_receive(struct session *s, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size && !s->over; i++)
        handle_byte(s, at[i]);
    return !s->over;
}

/* ---- life ---- */

struct session *session_open(struct stub *stub, session_write *write, void *context)
{
    struct session *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->stub = stub;
    s->write = write;
    s->context = context;
    s->next = stub->sessions;
    stub->sessions = s;
    return s;
}

void session_close(struct session *s)
{
    struct stub *stub = s->stub;
    if (stub->control == s) {
        session_release_control(s, false);
        if (stub_running(stub))
            stub->ops->run->interrupt(stub->target);
    }
    struct session **link = &stub->sessions;
    while (*link != s)
        link = &(*link)->next;
    *link = s->next;
    free(s);
}
