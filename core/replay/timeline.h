/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The timeline: a machine together with its past. It runs the machine and records as it goes (inputs with
 * their cycle, checkpoints after so much executed work), and brings it back to any moment of its history by
 * restoring a checkpoint and replaying from there. This is the room's public header.
 *
 * The machine is *live* at the end of its history: there it runs on and meets the host. Anywhere else a run
 * replays what was recorded, with the doors to the host shut (I3), up to the end, and is live again. An
 * input that comes before the end starts a new future: what was recorded after it is forgotten.
 *
 * Moments at which a debugger stops are instruction boundaries. Inputs belong to the boundary at which they
 * came, except those that are a step of their own (input_acts), and a debugger that goes back sees their
 * effect; only a hit is shown as it was found, before them.
 */
#ifndef CORE_REPLAY_TIMELINE_H
#define CORE_REPLAY_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/machine.h"
#include "core/replay/moment.h"

struct timeline;

struct timeline_options {
    size_t memory;              /* budget for checkpoints, bytes */
    uint64_t spacing;           /* work between checkpoints (machine_work); 0: some milliseconds of running */
    void *context;
    /* An input in the past dropped what came after it: the history that began at `from` is gone. */
    void (*forked)(void *context, struct moment from);
};

#define TIMELINE_MEMORY ((size_t)256 << 20)

/* History begins with the machine as it is. Machine and timeline belong together from now on: the machine
 * is run through the timeline only, and outlives it. NULL when out of memory. */
struct timeline *timeline_create(struct machine *m, const struct timeline_options *options);
void timeline_destroy(struct timeline *t);

/* ---- where ---- */

struct moment timeline_begin(const struct timeline *t);
struct moment timeline_now(const struct timeline *t);
struct moment timeline_end(const struct timeline *t);
bool timeline_live(const struct timeline *t);

/* ---- forwards: as machine_run and machine_step, replaying what is past ---- */

/* A replay that reaches the end of history returns STOP_LIMIT there, live, before `until`. Semihosting
 * calls of the past are answered from the log. */
struct stop timeline_run(struct timeline *t, vtime until);
struct stop timeline_step(struct timeline *t);

/* ---- anywhere ---- */

/* Goes to `where`, or to the begin or end of history if that lies beyond them. False: the replay went
 * astray, and the machine stands where that showed (see timeline_astray). */
bool timeline_seek(struct timeline *t, struct moment where);

/* The moment that a debugger means by a cycle: the first boundary at or after it, inputs included. */
bool timeline_seek_cycle(struct timeline *t, uint64_t cycle);

/* A replay did not do what the first run did: a defect of backstep. */
bool timeline_astray(const struct timeline *t);

/* Debugger attached or not, and semihosting on or off, as machine_attach_debugger and
 * machine_set_semihosting; but in the past it waits until the machine is live again, because a look at the
 * past must not end it. */
void timeline_set_modes(struct timeline *t, struct machine_modes modes);

/* ---- backwards ---- */

enum timeline_back {
    TIMELINE_STEPPED,       /* one boundary back */
    TIMELINE_HIT,           /* *stop says what was met: STOP_BREAKPOINT, STOP_DIAG, or STOP_WATCH with
                             * the access's instruction not yet undone */
    TIMELINE_AT_BEGIN,      /* history begins here */
    TIMELINE_SEARCHING,     /* timeline_search has more to do */
    TIMELINE_ASTRAY
};

/* To the previous boundary; or stays, when undoing the instruction before this one would undo a watched
 * access that was not yet reported here. */
enum timeline_back timeline_step_back(struct timeline *t, struct stop *stop);

/* Whether a search wants this STOP_BREAKPOINT, STOP_WATCH or STOP_DIAG; registers and memory are as they were. NULL: it
 * wants all. */
struct timeline_filter {
    void *context;
    bool (*stops)(void *context, const struct stop *stop);
};

/* Searches for the last breakpoint, watched access or report to stop at before the present moment; one slice of about
 * `cycles` replayed cycles. Begins with timeline_search_start, goes on until the result is no longer
 * TIMELINE_SEARCHING; then the machine stands at the result. Meanwhile it stands somewhere. */
void timeline_search_start(struct timeline *t, const struct timeline_filter *filter);
enum timeline_back timeline_search(struct timeline *t, uint64_t cycles, struct stop *stop);

/* Goes on with a search after the machine was elsewhere, at no moment after the one where it began. */
void timeline_search_again(struct timeline *t);

/* Ends a search at the earliest moment that it has been through. */
void timeline_search_stop(struct timeline *t);

/* All before this moment is still to be searched. */
struct moment timeline_searched(const struct timeline *t);

/* ---- the log, for recordings ---- */

struct inputs;
const struct inputs *timeline_inputs(const struct timeline *t);

/* Appends what another run has recorded: the history then ends at `end`, and the machine stays where it
 * is. Only for a timeline that is at its begin and has no inputs yet; takes the log over. */
void timeline_adopt(struct timeline *t, struct inputs *log, struct moment end);

/* The machine has been given the recorded state of `at`, which becomes a checkpoint. Then, and before
 * anything else, a seek. False: out of memory, or no such moment. */
bool timeline_adopt_checkpoint(struct timeline *t, struct moment at);

struct timeline_figures {
    size_t checkpoints, bytes;
    uint64_t inputs;
    uint64_t replayed;          /* cycles replayed so far */
    uint64_t work;              /* that this has been (machine_work) */
};
struct timeline_figures timeline_figures(const struct timeline *t);

#endif
