/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The timeline as its own parts see it; everybody else uses timeline.h. */
#ifndef CORE_REPLAY_HISTORY_H
#define CORE_REPLAY_HISTORY_H

#include "core/replay/timeline.h"

struct checkpoint;
struct checkpoints;
struct inputs;

struct search {
    struct moment origin;               /* where it began */
    struct moment upto;                 /* end of the interval under way; all after it is searched */
    const struct checkpoint *base;      /* its begin; NULL: nothing is left */
    bool learns;                        /* what it touches is not known yet, and it is searched whole */
    struct timeline_filter filter;
    bool told;                          /* the watched access before the origin was reported there */
    bool hit;                           /* in this interval, so far */
    struct moment hit_at;
    struct stop stop;
};

struct timeline {
    struct machine *machine;
    struct timeline_options options;
    struct inputs *inputs;
    struct checkpoints *checkpoints;
    uint64_t spacing;
    uint64_t next_work;                 /* machine_work: then the next checkpoint is due */
    uint64_t work_left;                 /* until then, while not live */
    uint64_t piece_cycles, piece_work;  /* of the run before */
    uint64_t applied;                   /* inputs that have been applied: the present moment's */
    bool live;
    struct moment end;                  /* of history, while not live */
    struct machine_modes wanted;        /* by the host, for when the machine is live */
    bool armed;                         /* a replay returns at the debugger's stops */
    bool astray;
    unsigned stuck;
    bool told;                          /* a watched access was reported at told_at, going back */
    struct moment told_at;
    uint64_t replayed, replayed_work;
    struct search search;
};

/* Replays towards `to`, from a moment before it, until a stop (while armed) or `to` is reached. */
struct stop history_replay(struct timeline *t, struct moment to);

/* Applies what came at this boundary, up to `limit` inputs in all and to an input that is a step itself. */
void history_apply_quiet(struct timeline *t, uint64_t limit);

/* What inputs that were applied here have to report: STOP_WATCH, or STOP_LIMIT for nothing. */
struct stop history_met_here(struct timeline *t);

/* One step of the past, beyond `limit` inputs none. */
struct stop history_step(struct timeline *t, uint64_t limit);

/* To be asked after each run or step that began at cycle `before`: whether nothing moves any more. */
bool history_is_stuck(struct timeline *t, uint64_t before);

/* The machine is about to be put somewhere else: not live any more. */
void history_leave_end(struct timeline *t);

/* Whether the debugger's breakpoints and watchpoints stop a replay. */
void history_arm(struct timeline *t, bool armed);

/* The machine as it was at a checkpoint. */
void history_restore(struct timeline *t, const struct checkpoint *c);

/* To the begin of history, as timeline_seek. */
bool history_go_to_begin(struct timeline *t);

/* A watched access has been reported here, with nothing undone: the next step or search back passes it. */
void history_tell(struct timeline *t, struct moment here);

#endif
