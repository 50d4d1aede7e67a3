/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Going elsewhere in history at a monitor word's behest: what every such word says on arrival, and searches of
 * its own.
 *
 * gdb waits for a word's answer and cannot be told in the meantime that it takes long, nor call it off. A
 * search that is not done after a second therefore answers that it is not; the machine stands where it stood,
 * and a step goes on with the search: there Ctrl-C ends it and progress is shown.
 */
#ifndef SERVER_PAST_H
#define SERVER_PAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/replay/moment.h"
#include "core/stop.h"

struct server;

/* What is looked for. */
struct quest {
    bool open;                  /* asked and not answered yet */
    enum stop_kind kind;        /* STOP_BREAKPOINT or STOP_WATCH (every write) */
    uint32_t address, size;
    int exception;              /* number of the active one there; -1: any */
    const char *nothing;        /* "... in recorded history": what there is to say if it is not to be found */
    /* Says what was found, with the machine at the hit, and may go on from there. NULL: nothing to say. */
    void (*found)(struct server *server, const struct quest *q, const struct stop *stop);

    struct moment origin;
    bool under_way;             /* the search: not while it waits for a step */
    bool added;                 /* the breakpoint is the quest's own */
    uint64_t said_host;         /* ns: when it last said how far it is */
};

/* "cycle 1000, 0.000062500 s, pc 0x08000198 <main+8>" */
void past_say_place(struct server *server);

/* The machine was put somewhere else: everybody has to look anew. False: a replay went astray, which is said. */
bool past_arrived(struct server *server);

/* Searches, and answers if that does not take long. False: the replay went astray. */
bool past_ask(struct server *server, const struct quest *q);

/* ---- for the runner, while a quest is open ---- */

bool past_is_asking(const struct server *server);
void past_go_on(struct server *server);

/* Goes on for about `cycles`. True: answered, and the quest is over. */
bool past_search(struct server *server, uint64_t cycles);

/* Gives it up, where it began; that is said if the search was under way. */
void past_give_up(struct server *server);

#endif
