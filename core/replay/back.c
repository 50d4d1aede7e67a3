/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One step back: the boundary before a moment is found by stepping towards that moment from a little before it,
 * in a window that grows until it holds one.
 */
#include "core/replay/checkpoints.h"
#include "core/replay/history.h"
#include "core/replay/inputs.h"

enum {
    WINDOW_FIRST = 64,          /* cycles before a moment in which the previous boundary is looked for */
    WINDOW_GROWTH = 16,
    DENSE_MIN = 2048            /* no dense checkpoints closer than this, cycles */
};

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
        stop = history_step(t, limit);
        if (stop.kind != STOP_WATCH || from->watched)
            continue;
        from->watched = true;
        from->stop = stop;
    } while (moment_same(timeline_now(t), before) && !history_is_stuck(t, before.cycle));
}

/* Inputs on the way into this boundary belong to the step that led here. */
static void arrive_watching(struct timeline *t, uint64_t limit, struct boundary *from)
{
    struct stop stop;

    history_apply_quiet(t, limit);
    stop = history_met_here(t);
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
