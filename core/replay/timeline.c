/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recording, replay and going back. See timeline.h; the search backwards is in search.c. */
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
    RUN_MIN = 1 << 16,          /* cycles run between looks at the work done, at least and at most */
    RUN_MAX = 1 << 20,
    WINDOW_FIRST = 64,          /* cycles before a moment in which the previous boundary is looked for */
    WINDOW_GROWTH = 16,
    DENSE_MIN = 2048,           /* no dense checkpoints closer than this, cycles */
    STUCK = 4                   /* runs without progress that show a replay astray */
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

/* Runs on at the end of history, with a checkpoint after so much work. */
static struct stop run_live(struct timeline *t, vtime until)
{
    struct stop stop;

    do {
        uint64_t left = work_left(t), cycles = left < RUN_MIN ? RUN_MIN : left > RUN_MAX ? RUN_MAX : left;
        vtime pause = vtime_add(machine_now(t->machine), cycles);
        stop = machine_run(t->machine, vtime_before(pause, until) ? pause : until);
        if (!work_left(t))
            take_checkpoint(t);
    } while (stop.kind == STOP_LIMIT && vtime_before(machine_now(t->machine), until));
    return stop;
}

/* ---- replaying ---- */

/* The next input in the log, if it came at this cycle. */
static bool input_is_due(const struct timeline *t)
{
    return t->applied < inputs_count(t->inputs) &&
           inputs_cycle(t->inputs, t->applied) == machine_now(t->machine).cycles;
}

static void apply_next(struct timeline *t)
{
    struct input in = inputs_at(t->inputs, t->applied++);

    machine_apply(t->machine, &in);
}

/* Applies what came at this boundary, up to `limit` inputs in all and to an input that is a step itself. */
static void apply_quiet(struct timeline *t, uint64_t limit)
{
    while (t->applied < limit && input_is_due(t) && !input_acts(inputs_at(t->inputs, t->applied).kind))
        apply_next(t);
}

/* What an input that was applied has to report: a watched write. */
static struct stop met_here(struct timeline *t)
{
    return machine_run(t->machine, machine_now(t->machine));
}

/* Applies the input that is due: its write is watched, so that the run ends here. A semihosting call's
 * writes come with its return. */
static bool apply_due(struct timeline *t, struct stop *stop)
{
    enum input_kind kind = inputs_at(t->inputs, t->applied).kind;

    apply_next(t);
    *stop = (struct stop){.kind = STOP_LIMIT};
    if (t->armed && kind != INPUT_SEMIHOSTING_WRITE)
        *stop = met_here(t);
    return stop->kind == STOP_WATCH;
}

/* Where a replay towards `to` must pause: at the next input. */
static uint64_t next_pause(const struct timeline *t, struct moment to)
{
    uint64_t cycle;

    if (t->applied >= to.inputs || t->applied >= inputs_count(t->inputs))
        return to.cycle;
    cycle = inputs_cycle(t->inputs, t->applied);
    return cycle < to.cycle ? cycle : to.cycle;
}

/* A stop that brought nothing: once or twice that is a stop after a stop; more often the log lacks the
 * input with which it went on. */
static bool is_stuck(struct timeline *t, uint64_t before)
{
    t->stuck = machine_now(t->machine).cycles == before ? t->stuck + 1 : 0;
    t->astray |= t->stuck >= STUCK;
    return t->astray;
}

struct stop history_replay(struct timeline *t, struct moment to)
{
    struct machine *m = t->machine;
    uint64_t began = machine_now(m).cycles, work = machine_work(m), now;
    struct stop stop;

    for (;;) {
        stop = (struct stop){.kind = STOP_LIMIT};
        if (t->applied < to.inputs && input_is_due(t)) {
            if (apply_due(t, &stop))
                break;
            continue;
        }
        now = machine_now(m).cycles;
        if (now >= next_pause(t, to))
            break;
        stop = machine_run(m, vtime_at(next_pause(t, to)));
        if (is_stuck(t, now))
            break;
        if (t->armed && stop.kind != STOP_LIMIT && !(stop.kind == STOP_SEMIHOSTING && input_is_due(t)))
            break;
    }
    t->replayed += machine_now(m).cycles - began;
    t->replayed_work += machine_work(m) - work;
    return stop;
}

void history_arm(struct timeline *t, bool armed)
{
    t->armed = armed;
    machine_arm(t->machine, armed);
}

void history_restore(struct timeline *t, const struct checkpoint *c)
{
    history_leave_end(t);
    checkpoints_restore(t->checkpoints, c);
    t->applied = checkpoint_at(c).inputs;
}

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

/* Applies the input that is the next step; a semihosting call with all that it writes. */
static void apply_acting(struct timeline *t)
{
    enum input_kind kind;

    do {
        kind = inputs_at(t->inputs, t->applied).kind;
        apply_next(t);
    } while (kind == INPUT_SEMIHOSTING_WRITE && input_is_due(t));
}

/* Until when a sleep of the past lasts: an event, an input, or the end of history. */
static uint64_t sleeps_until(const struct timeline *t, vtime event, uint64_t limit)
{
    return next_pause(t, (struct moment){event.cycles < t->end.cycle ? event.cycles : t->end.cycle, limit});
}

/* One step of the past, beyond `limit` inputs none. */
static struct stop step_past(struct timeline *t, uint64_t limit)
{
    vtime next;

    apply_quiet(t, limit);
    if (t->applied < limit && input_is_due(t)) {
        apply_acting(t);
        return (struct stop){.kind = STOP_STEP};
    }
    if (!machine_asleep(t->machine, &next))
        return machine_step(t->machine, false);
    machine_run(t->machine, vtime_at(sleeps_until(t, next, limit)));
    return (struct stop){.kind = STOP_STEP};
}

struct stop timeline_step(struct timeline *t)
{
    struct stop stop;

    t->told = false;
    if (!t->live)
        apply_quiet(t, inputs_count(t->inputs));
    look_whether_live(t);
    if (!t->live) {
        stop = step_past(t, inputs_count(t->inputs));
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
    apply_quiet(t, inputs_count(t->inputs));
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

/* ---- one step back ---- */

/* Dense checkpoints on the way to `to`, closer the nearer it comes: later steps back start from them. */
static void approach(struct timeline *t, struct moment to)
{
    vtime next;

    while (to.cycle > machine_now(t->machine).cycles + 2 * DENSE_MIN) {
        uint64_t half = (to.cycle - machine_now(t->machine).cycles) / 2;
        uint64_t cycle = machine_now(t->machine).cycles + half;
        history_replay(t, (struct moment){cycle, inputs_before(t->inputs, cycle)});
        if (t->astray)
            return;
        if (!machine_asleep(t->machine, &next))
            checkpoints_take(t->checkpoints, timeline_now(t), CHECKPOINT_DENSE);
    }
}

struct boundary {
    bool found;
    struct moment at;
    bool watched;               /* the step from there makes a watched access */
    struct stop stop;
};

/* One step; the first watched access on its way is noted. */
static void step_watching(struct timeline *t, uint64_t limit, struct boundary *from)
{
    struct moment before = timeline_now(t);
    struct stop stop;

    do {
        stop = step_past(t, limit);
        if (stop.kind != STOP_WATCH || from->watched)
            continue;
        from->watched = true;
        from->stop = stop;
    } while (moment_same(timeline_now(t), before) && !is_stuck(t, before.cycle));
}

/* Inputs on the way into this boundary belong to the step that led here. */
static void arrive_watching(struct timeline *t, uint64_t limit, struct boundary *from)
{
    struct stop stop;

    apply_quiet(t, limit);
    stop = met_here(t);
    if (stop.kind != STOP_WATCH || from->watched)
        return;
    from->watched = true;
    from->stop = stop;
}

/* Steps to `to`, remembering the last boundary before it. `first` says whether the present moment is a
 * boundary. A sleep that `to` lies in is stepped over whole. */
static struct boundary walk(struct timeline *t, struct moment to, bool first)
{
    struct boundary last = {.found = false};

    for (;; first = true) {
        arrive_watching(t, to.inputs, &last);
        if (!moment_before(timeline_now(t), to) || t->astray)
            return last;
        last = (struct boundary){.found = first, .at = timeline_now(t)};
        step_watching(t, to.inputs, &last);
    }
}

/* Replays to about `window` cycles before `to`, from checkpoint `c` or a later one. */
static void stand_before(struct timeline *t, struct moment to, uint64_t window)
{
    uint64_t cycle = to.cycle - window;
    struct moment from = {cycle, inputs_before(t->inputs, cycle)};

    history_restore(t, checkpoints_until(t->checkpoints, from));
    history_arm(t, false);
    approach(t, from);
    history_replay(t, from);
    history_arm(t, true);
}

/* The boundary before `to`, looked for between checkpoint `c` and it. */
static struct boundary previous(struct timeline *t, const struct checkpoint *c, struct moment to)
{
    uint64_t all = to.cycle - checkpoint_at(c).cycle;
    struct boundary found;
    vtime next;

    for (uint64_t window = WINDOW_FIRST; window < all; window *= WINDOW_GROWTH) {
        stand_before(t, to, window);
        found = walk(t, to, !machine_asleep(t->machine, &next));
        if (found.found || t->astray)
            return found;
    }
    history_restore(t, c);
    return walk(t, to, !(checkpoint_flags(c) & CHECKPOINT_ASLEEP));
}

bool history_go_to_begin(struct timeline *t)
{
    seek_boundary(t, checkpoints_first(t->checkpoints), timeline_begin(t));
    look_whether_live(t);
    return !t->astray;
}

enum timeline_back timeline_step_back(struct timeline *t, struct stop *stop)
{
    struct moment here = timeline_now(t);
    bool told = t->told && moment_same(t->told_at, here);
    struct boundary back = {.found = false};

    t->astray = false;
    history_leave_end(t);
    for (const struct checkpoint *c = checkpoints_before(t->checkpoints, here, false); c && !back.found;
         c = checkpoints_before(t->checkpoints, checkpoint_at(c), false)) {
        back = previous(t, c, here);
        if (t->astray)
            return TIMELINE_ASTRAY;
    }
    t->told = false;
    if (!back.found)
        return history_go_to_begin(t) ? TIMELINE_AT_BEGIN : TIMELINE_ASTRAY;
    if (back.watched && !told) {
        *stop = back.stop;
        if (!timeline_seek(t, here))
            return TIMELINE_ASTRAY;
        history_tell(t, here);
        return TIMELINE_HIT;
    }
    return timeline_seek(t, back.at) ? TIMELINE_STEPPED : TIMELINE_ASTRAY;
}

void history_tell(struct timeline *t, struct moment here)
{
    t->told = true;
    t->told_at = here;
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
