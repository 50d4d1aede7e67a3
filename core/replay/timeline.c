/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recording and seeking. See timeline.h; replaying is in replay.c, going back in back.c and search.c. */
#include "core/replay/timeline.h"

#include <assert.h>
#include <stdlib.h>

#include "core/footprint.h"
#include "core/replay/checkpoints.h"
#include "core/replay/history.h"
#include "core/replay/inputs.h"

enum {
    SPACING = 1 << 24,          /* work between checkpoints: 3 to 10 ms, which a step back may have to replay; a
                                 * checkpoint costs about 50 us */
    RUN_MIN = 1 << 16,          /* cycles run between looks at the work done, at least and at most; each of them */
    RUN_MAX = 1 << 22           /* costs the translator a microsecond or more */
};

/* ---- where ---- */

struct moment timeline_now(const struct timeline *t)
{
    return (struct moment){machine_now(t->machine).cycles, t->applied};
}

struct moment timeline_begin(const struct timeline *t)
{
    return checkpoint_at(checkpoints_first(t->checkpoints));
}

struct moment timeline_end(const struct timeline *t)
{
    return t->live ? timeline_now(t) : t->end;
}

bool timeline_live(const struct timeline *t)
{
    return t->live;
}

bool timeline_astray(const struct timeline *t)
{
    return t->astray;
}

static uint64_t work_left(const struct timeline *t)
{
    uint64_t work = machine_work(t->machine);

    return work < t->next_work ? t->next_work - work : 0;
}

/* What this run has touched belongs to the interval that it is in. */
static void note_touched(struct timeline *t)
{
    struct footprint touched = {{0}, {0}};

    machine_footprint(t->machine, &touched);
    checkpoints_add_touched(t->checkpoints, timeline_now(t), &touched);
}

void history_leave_end(struct timeline *t)
{
    if (!t->live)
        return;
    note_touched(t);
    t->work_left = work_left(t);
    t->end = timeline_now(t);
    t->live = false;
    t->wanted = machine_modes(t->machine);
    machine_mute(t->machine, true);
}

static void take_modes(struct timeline *t)
{
    machine_attach_debugger(t->machine, t->wanted.debugger);
    machine_set_semihosting(t->machine, t->wanted.semihosting);
}

/* What replays have touched is known already. */
static void come_alive(struct timeline *t)
{
    t->live = true;
    t->next_work = machine_work(t->machine) + t->work_left;
    machine_footprint(t->machine, NULL);
    machine_mute(t->machine, false);
    take_modes(t);
}

/* Live if this is the end of history. */
static void look_whether_live(struct timeline *t)
{
    if (!t->live && !moment_before(timeline_now(t), t->end))
        come_alive(t);
}

void timeline_set_modes(struct timeline *t, struct machine_modes modes)
{
    t->wanted = modes;
    if (t->live)
        take_modes(t);
}

/* ---- recording ---- */

static void note_work(struct timeline *t)
{
    t->next_work = machine_work(t->machine) + t->spacing;
}

static bool take_checkpoint(struct timeline *t)
{
    vtime next;
    unsigned flags = machine_asleep(t->machine, &next) ? CHECKPOINT_ASLEEP : 0;

    if (t->live) {
        note_touched(t);
        flags |= CHECKPOINT_KNOWN;
    }
    note_work(t);
    return checkpoints_take(t->checkpoints, timeline_now(t), flags);
}

static void fork_history(struct timeline *t)
{
    struct moment now = timeline_now(t);
    bool lost = moment_before(now, t->end);

    inputs_truncate(t->inputs, t->applied);
    checkpoints_truncate(t->checkpoints, now);
    if (lost && t->options.forked)
        t->options.forked(t->options.context, now);
    come_alive(t);
}

/* The door (I2): an input is about to take effect. */
static void on_input(void *context, const struct input *in)
{
    struct timeline *t = context;

    t->told = false;
    if (!t->live)
        fork_history(t);
    if (inputs_add(t->inputs, machine_now(t->machine).cycles, in))
        t->applied++;
    else
        t->astray = true;
}

/* Until when to run before the next checkpoint may be due, if work goes on as in the piece before. */
static vtime next_look(const struct timeline *t)
{
    uint64_t cycles = work_left(t) * t->piece_cycles / (t->piece_work + 1);

    cycles = cycles < RUN_MIN ? RUN_MIN : cycles > RUN_MAX ? RUN_MAX : cycles;
    return vtime_add(machine_now(t->machine), cycles);
}

static struct stop run_piece(struct timeline *t, vtime until)
{
    uint64_t cycle = machine_now(t->machine).cycles, work = machine_work(t->machine);
    vtime look = next_look(t);
    struct stop stop = machine_run(t->machine, vtime_before(look, until) ? look : until);

    t->piece_cycles = machine_now(t->machine).cycles - cycle;
    t->piece_work = machine_work(t->machine) - work;
    return stop;
}

/* Runs on at the end of history, with a checkpoint after so much work. */
static struct stop run_live(struct timeline *t, vtime until)
{
    struct stop stop;

    do {
        stop = run_piece(t, until);
        if (!work_left(t))
            take_checkpoint(t);
    } while (stop.kind == STOP_LIMIT && vtime_before(machine_now(t->machine), until));
    return stop;
}

/* ---- running ---- */

/* All inputs that came before `cycle`, or at it. */
static uint64_t inputs_until(const struct timeline *t, uint64_t cycle)
{
    return cycle == UINT64_MAX ? inputs_count(t->inputs) : inputs_before(t->inputs, cycle + 1);
}

static struct stop run_past(struct timeline *t, vtime until)
{
    struct moment to = {until.cycles, inputs_until(t, until.cycles)};
    struct stop stop;

    if (moment_before(t->end, to))
        to = t->end;
    t->armed = true;
    stop = history_replay(t, to);
    look_whether_live(t);
    if (t->live && stop.kind == STOP_SEMIHOSTING)   /* not answered yet: the live run comes to it */
        stop.kind = STOP_LIMIT;
    return stop;
}

struct stop timeline_run(struct timeline *t, vtime until)
{
    t->told = false;
    look_whether_live(t);
    return t->live ? run_live(t, until) : run_past(t, until);
}

struct stop timeline_step(struct timeline *t)
{
    struct stop stop;

    t->told = false;
    if (!t->live)
        history_apply_quiet(t, inputs_count(t->inputs));
    look_whether_live(t);
    if (!t->live) {
        stop = history_step(t, inputs_count(t->inputs));
        look_whether_live(t);
        return stop;
    }
    stop = machine_step(t->machine, false);
    if (!work_left(t))
        take_checkpoint(t);
    return stop;
}

/* ---- seeking ---- */

static struct moment clamp(const struct timeline *t, struct moment where)
{
    struct moment begin = timeline_begin(t), end = timeline_end(t);

    if (moment_before(where, begin))
        return begin;
    return moment_before(end, where) ? end : where;
}

static void seek_from(struct timeline *t, const struct checkpoint *c, struct moment where)
{
    history_restore(t, c);
    history_arm(t, false);
    history_replay(t, where);
    history_arm(t, true);
}

/* The same, with the inputs that belong to the boundary there. */
static void seek_boundary(struct timeline *t, const struct checkpoint *c, struct moment where)
{
    history_restore(t, c);
    history_arm(t, false);
    history_replay(t, where);
    history_apply_quiet(t, inputs_count(t->inputs));
    history_arm(t, true);
}

bool timeline_seek(struct timeline *t, struct moment where)
{
    t->told = t->astray = false;
    history_leave_end(t);
    where = clamp(t, where);
    if (moment_before(where, timeline_now(t)) ||
        moment_before(timeline_now(t), checkpoint_at(checkpoints_until(t->checkpoints, where)))) {
        seek_from(t, checkpoints_until(t->checkpoints, where), where);
    } else {
        history_arm(t, false);
        history_replay(t, where);
        history_arm(t, true);
    }
    t->astray |= !moment_same(timeline_now(t), where);
    look_whether_live(t);
    return !t->astray;
}

bool timeline_seek_cycle(struct timeline *t, uint64_t cycle)
{
    struct moment to = {cycle, inputs_before(t->inputs, cycle)};

    if (!moment_before(to, timeline_end(t)))
        return timeline_seek(t, timeline_end(t));
    to = clamp(t, to);
    t->told = t->astray = false;
    history_leave_end(t);
    seek_boundary(t, checkpoints_until(t->checkpoints, to), to);
    look_whether_live(t);
    return !t->astray;
}

bool history_go_to_begin(struct timeline *t)
{
    seek_boundary(t, checkpoints_first(t->checkpoints), timeline_begin(t));
    look_whether_live(t);
    return !t->astray;
}

/* ---- life ---- */

struct timeline *timeline_create(struct machine *m, const struct timeline_options *options)
{
    struct timeline *t = calloc(1, sizeof *t);

    if (!t)
        return NULL;
    t->machine = m;
    t->options = *options;
    t->spacing = options->spacing ? options->spacing : SPACING;
    t->live = true;
    t->wanted = machine_modes(m);
    t->inputs = inputs_create();
    t->checkpoints = checkpoints_create(m, options->memory);
    if (!t->inputs || !t->checkpoints || !take_checkpoint(t)) {
        timeline_destroy(t);
        return NULL;
    }
    machine_set_door(m, &(struct input_door){t, on_input});
    return t;
}

void timeline_destroy(struct timeline *t)
{
    if (!t)
        return;
    machine_set_door(t->machine, &(struct input_door){NULL, NULL});
    machine_mute(t->machine, false);
    checkpoints_destroy(t->checkpoints);
    inputs_destroy(t->inputs);
    free(t);
}

const struct inputs *timeline_inputs(const struct timeline *t)
{
    return t->inputs;
}

void timeline_adopt(struct timeline *t, struct inputs *log, struct moment end)
{
    assert(!inputs_count(t->inputs));
    inputs_destroy(t->inputs);
    t->inputs = log;
    history_leave_end(t);
    t->end = end;
    checkpoints_add_touched(t->checkpoints, end, NULL);
    look_whether_live(t);
}

bool timeline_adopt_checkpoint(struct timeline *t, struct moment at)
{
    if (machine_now(t->machine).cycles != at.cycle || at.inputs > inputs_count(t->inputs) ||
        moment_before(t->end, at))
        return false;
    t->applied = at.inputs;
    return take_checkpoint(t);
}

struct timeline_figures timeline_figures(const struct timeline *t)
{
    return (struct timeline_figures){
        .checkpoints = checkpoints_count(t->checkpoints), .bytes = checkpoints_bytes(t->checkpoints),
        .inputs = inputs_count(t->inputs), .replayed = t->replayed, .work = t->replayed_work,
    };
}
