/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stub and its sessions from inside: who is connected, what was agreed with each client, who is in
 * control and who waits for a stop reply.
 *
 * Kept throughout:
 *  S1 A session waits (owes its client a stop reply) only while it is in control and the target runs.
 *  S2 Only the session in control owns points; persistent ones may lose their owner (see point.h).
 *  S3 A packet changes something only after all of it was found to be well formed.
 */
#ifndef GDBSTUB_SESSION_H
#define GDBSTUB_SESSION_H

#include "gdbstub/agent.h"
#include "gdbstub/gdbstub.h"
#include "gdbstub/packet.h"
#include "gdbstub/payload.h"
#include "gdbstub/point.h"
#include "gdbstub/reply.h"

enum {
    STUB_REGISTERS = 512,       /* of a target description at most: all of them fit in one `g` */
    STUB_THREADS = 256,         /* listed at most */
    STUB_EXPLANATION = 200
};

struct session {
    struct stub *stub;
    struct session *next;
    session_write *write;
    void *context;
    bool no_ack;
    bool extended;              /* `!` was sent */
    bool error_texts;           /* the client takes E.text */
    bool swbreak, hwbreak;      /* the client takes these stop reasons */
    bool waiting;               /* S1 */
    bool just_stopped;          /* its stop reply may still be on the way to the client */
    bool over;                  /* the client took its leave */
    int32_t thread;             /* chosen with Hg, for registers; THREAD_ANY: the current one */
    int32_t resume_thread;      /* chosen with Hc, for c s bs bc */
    struct packet_decoder in;
    uint8_t reply[PACKET_SIZE];
    size_t frame_size;          /* of the last packet sent, kept for a NAK */
    uint8_t frame[PACKET_SIZE + PACKET_FRAME];
};

struct stub {
    const struct target_ops *ops;
    void *target;
    struct session *sessions;
    struct session *control;    /* NULL: nobody */
    struct session *asking;     /* whose monitor command is being served */
    struct points points;
    struct agent_machine machine;
    struct target_stop last_stop;
    unsigned register_count;
    const struct target_register *registers[STUB_REGISTERS];
    char explanation[STUB_EXPLANATION];     /* "": none */
};

/* ---- stub ---- */

bool stub_running(const struct stub *stub);
uint32_t stub_current_thread(const struct stub *stub);
bool stub_thread_exists(const struct stub *stub, uint32_t thread);

/* The threads there are, at most STUB_THREADS; returns how many. */
size_t stub_threads(const struct stub *stub, uint32_t *threads);

/* ---- session ---- */

/* Sends a payload as one packet. */
void session_send(struct session *s, const struct reply *payload);

/* Takes control if nobody has it; false if another session does. */
bool session_take_control(struct session *s);

/* Gives control back; the target is left as it is. Persistent points outlive it if `keep` says so. */
void session_release_control(struct session *s, bool keep_persistent);

/* The thread that a packet without one means: chosen with Hg or Hc, else the current one. */
uint32_t session_thread(const struct session *s, int32_t chosen);

/* Answers with why the target stopped, at once if it is halted. The session in control halts it first
 * and gets the answer when it has stopped (false: no reply yet). */
bool session_answer_stop(struct session *s, struct reply *out);

#endif
