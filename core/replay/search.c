/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The search backwards: the intervals between checkpoints are replayed from the latest to the earliest, each
 * forwards with breakpoints, watchpoints and reports to stop at armed; the last hit of the first interval that has
 * one is the answer. Dense checkpoints are left out, because intervals that short are not worth their restoring,
 * and intervals that have touched nothing of what is looked for are passed over.
 *
 * A breakpoint's moment is where the pc stands at it. A watched access belongs to the moment after its
 * instruction, or after the event or input that made it: who comes from later meets it there, about to be
 * undone. A report belongs to the moment after its instruction.
 */
#include "core/footprint.h"
#include "core/replay/checkpoints.h"
#include "core/replay/history.h"
#include "core/replay/inputs.h"

enum { HITS_PER_SLICE = 2000 };

static bool may_hit(const struct timeline *t, const struct checkpoint *base)
{
    const struct footprint *touched = checkpoint_touched(base);

    return !touched || machine_may_stop(t->machine, touched);
}

static void begin_interval(struct timeline *t)
{
    struct search *s = &t->search;

    s->base = checkpoints_before(t->checkpoints, s->upto, true);
    while (s->base && !may_hit(t, s->base)) {
        s->upto = checkpoint_at(s->base);
        s->base = checkpoints_before(t->checkpoints, s->upto, true);
    }
    s->hit = false;
    if (!s->base)
        return;
    history_restore(t, s->base);
    t->armed = true;
    s->learns = !checkpoint_touched(s->base) && checkpoints_follows(t->checkpoints, s->base, s->upto);
    if (s->learns)
        machine_footprint(t->machine, NULL);
}

/* The interval has been replayed as a whole: the next search knows what it touched. */
static void learn_touched(struct timeline *t)
{
    struct footprint touched = {{0}, {0}};

    if (!t->search.learns)
        return;
    machine_footprint(t->machine, &touched);
    checkpoints_learn_touched(t->checkpoints, checkpoint_at(t->search.base), &touched);
}

void timeline_search_again(struct timeline *t)
{
    t->astray = false;
    history_leave_end(t);
    begin_interval(t);
}

void timeline_search_start(struct timeline *t, const struct timeline_filter *filter)
{
    struct moment here = timeline_now(t);

    t->search = (struct search){
        .origin = here, .upto = here, .filter = *filter,
        .told = t->told && moment_same(t->told_at, here),
    };
    timeline_search_again(t);
}

struct moment timeline_searched(const struct timeline *t)
{
    return t->search.upto;
}

/* Whether some input between the two counts is a step of its own. */
static bool acts_between(const struct timeline *t, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i < to; i++)
        if (input_acts(inputs_at(t->inputs, i).kind))
            return true;
    return false;
}

static bool accepted(const struct search *s, const struct stop *stop)
{
    return !s->filter.stops || s->filter.stops(s->filter.context, stop);
}

static void note(struct search *s, struct moment at, const struct stop *stop)
{
    s->hit = true;
    s->hit_at = at;
    s->stop = *stop;
}

static void look_at_breakpoint(struct timeline *t, const struct stop *stop)
{
    struct search *s = &t->search;
    struct moment at = timeline_now(t);

    if (at.cycle == s->upto.cycle && !acts_between(t, at.inputs, s->upto.inputs))
        return;
    if (accepted(s, stop))
        note(s, at, stop);
}

static void look_at_watch(struct timeline *t, const struct stop *stop)
{
    struct search *s = &t->search;
    bool wanted = accepted(s, stop);
    struct moment after;

    if (!stop->done)
        machine_step(t->machine, false);
    after = timeline_now(t);
    if (wanted && !(s->told && after.cycle == s->origin.cycle))
        note(s, after, stop);
}

/* A report that the options stop at ends a run behind its instruction: there one stands, and does not meet it
 * again. */
static void look_at_report(struct timeline *t, const struct stop *stop)
{
    struct search *s = &t->search;
    struct moment at = timeline_now(t);

    if (at.cycle < s->upto.cycle && accepted(s, stop))
        note(s, at, stop);
}

static enum timeline_back finish_interval(struct timeline *t, struct stop *stop)
{
    struct search *s = &t->search;

    learn_touched(t);
    if (!s->hit) {
        s->upto = checkpoint_at(s->base);
        begin_interval(t);
        return TIMELINE_SEARCHING;
    }
    *stop = s->stop;
    if (!timeline_seek(t, s->hit_at))
        return TIMELINE_ASTRAY;
    if (stop->kind == STOP_WATCH)
        history_tell(t, s->hit_at);
    else if (stop->kind == STOP_BREAKPOINT)
        machine_pass_breakpoint(t->machine);
    return TIMELINE_HIT;
}

enum timeline_back timeline_search(struct timeline *t, uint64_t cycles, struct stop *stop)
{
    struct search *s = &t->search;
    uint64_t limit = machine_now(t->machine).cycles + cycles;
    unsigned hits = 0;

    if (!s->base)
        return history_go_to_begin(t) ? TIMELINE_AT_BEGIN : TIMELINE_ASTRAY;
    while (moment_before(timeline_now(t), s->upto)) {
        struct moment pause = s->upto;
        struct stop met;
        if (machine_now(t->machine).cycles >= limit || hits > HITS_PER_SLICE)
            return TIMELINE_SEARCHING;
        if (limit < pause.cycle)
            pause = (struct moment){limit, inputs_before(t->inputs, limit)};
        met = history_replay(t, pause);
        if (t->astray || machine_now(t->machine).cycles > s->upto.cycle)
            return TIMELINE_ASTRAY;
        hits += met.kind != STOP_LIMIT;
        if (met.kind == STOP_BREAKPOINT)
            look_at_breakpoint(t, &met);
        else if (met.kind == STOP_WATCH)
            look_at_watch(t, &met);
        else if (met.kind == STOP_DIAG)
            look_at_report(t, &met);
    }
    return finish_interval(t, stop);
}

void timeline_search_stop(struct timeline *t)
{
    timeline_seek(t, t->search.upto);
}
