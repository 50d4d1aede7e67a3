/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replaying: the machine runs from a checkpoint on, and the logged inputs come back at their moments. */
#include "core/replay/checkpoints.h"
#include "core/replay/history.h"
#include "core/replay/inputs.h"

enum { STUCK = 4 };             /* runs without progress that show a replay astray */

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

void history_apply_quiet(struct timeline *t, uint64_t limit)
{
    while (t->applied < limit && input_is_due(t) && !input_acts(inputs_at(t->inputs, t->applied).kind))
        apply_next(t);
}

struct stop history_met_here(struct timeline *t)
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
        *stop = history_met_here(t);
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
bool history_is_stuck(struct timeline *t, uint64_t before)
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
        if (history_is_stuck(t, now))
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

/* ---- one step ---- */

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

struct stop history_step(struct timeline *t, uint64_t limit)
{
    vtime next;

    history_apply_quiet(t, limit);
    if (t->applied < limit && input_is_due(t)) {
        apply_acting(t);
        return (struct stop){.kind = STOP_STEP};
    }
    if (!machine_asleep(t->machine, &next))
        return machine_step(t->machine, false);
    machine_run(t->machine, vtime_at(sleeps_until(t, next, limit)));
    return (struct stop){.kind = STOP_STEP};
}
