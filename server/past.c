/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Going elsewhere in history at a monitor word's behest. See past.h. */
#include "server/past.h"

#include <inttypes.h>

#include "core/machine.h"
#include "core/replay/timeline.h"
#include "server/explain.h"
#include "server/hosttime.h"
#include "server/server.h"

enum { TEXT = 160, ASK_CYCLES = 4000000 };

#define PATIENCE      4000000000u   /* work (machine_work) that a word's answer may take: about a second */
#define PROGRESS_NS   1000000000u   /* after that, progress is said so often */

void past_say_place(struct server *server)
{
    const struct machine *m = server->machine;
    char pc[TEXT];

    explain_address(server, machine_reg(m, REG_PC), pc, sizeof pc);
    server_say(server, "cycle %" PRIu64 ", %.9f s, pc %s%s\n", machine_now(m).cycles,
               (double)machine_nanoseconds(m) / 1e9, pc,
               timeline_live(server->timeline) ? ", the end of history" : "");
}

bool past_arrived(struct server *server)
{
    runner_moved(&server->runner);
    server->runner.sync = true;
    past_say_place(server);
    if (!timeline_astray(server->timeline))
        return true;
    server_say(server, "the replay differs from the first run: a defect of backstep\n");
    return false;
}

/* ---- quests ---- */

static bool is_sought(void *context, const struct stop *stop)
{
    const struct server *server = context;
    const struct quest *q = &server->quest;
    int exception = (int)(machine_reg(server->machine, REG_XPSR) & 0x1FF);

    return stop->kind == q->kind && stop->address - q->address < q->size &&
           (q->exception < 0 || q->exception == exception);
}

static void arm(struct server *server)
{
    struct machine *m = server->machine;
    struct quest *q = &server->quest;

    q->under_way = true;
    if (q->kind == STOP_WATCH) {
        machine_watch_add(m, ACCESS_EVERY_WRITE, q->address, q->size);
        return;
    }
    q->added = !machine_break_at(m, q->address);
    if (q->added)
        machine_break_add(m, BREAK_OWN, q->address);
}

static void disarm(struct server *server)
{
    struct machine *m = server->machine;
    struct quest *q = &server->quest;

    q->under_way = false;
    if (q->kind == STOP_WATCH)
        machine_watch_remove(m, ACCESS_EVERY_WRITE, q->address, q->size);
    else if (q->added)
        machine_break_remove(m, BREAK_OWN, q->address);
}

bool past_is_asking(const struct server *server)
{
    return server->quest.open;
}

/* `how`: "searched back to" */
static void say_progress(struct server *server, const char *how)
{
    const struct quest *q = &server->quest;
    uint64_t searched = timeline_searched(server->timeline).cycle;
    double part = q->origin.cycle ? 1 - (double)searched / (double)q->origin.cycle : 1;

    server_say(server, "%s cycle %" PRIu64 ", %.0f %% of the past\n", how, searched, 100 * part);
}

static void answer(struct server *server, enum timeline_back back, const struct stop *stop)
{
    struct quest *q = &server->quest;

    q->open = false;
    if (back == TIMELINE_ASTRAY) {
        past_arrived(server);
        return;
    }
    if (back != TIMELINE_HIT) {
        timeline_seek(server->timeline, q->origin);
        runner_moved(&server->runner);
        server_say(server, "%s in recorded history\n", q->nothing);
        return;
    }
    if (q->found)
        q->found(server, q, stop);
    past_arrived(server);
}

bool past_search(struct server *server, uint64_t cycles)
{
    struct stop stop;
    enum timeline_back back = timeline_search(server->timeline, cycles, &stop);
    uint64_t host = host_now_ns();

    if (back != TIMELINE_SEARCHING) {
        disarm(server);
        answer(server, back, &stop);
        return true;
    }
    if (host - server->quest.said_host > PROGRESS_NS) {
        server->quest.said_host = host;
        say_progress(server, "searched back to");
    }
    return false;
}

/* Back to where it began, with the search kept to go on with. */
static void pause_quest(struct server *server)
{
    disarm(server);
    timeline_seek(server->timeline, server->quest.origin);
    runner_moved(&server->runner);
    server->runner.sync = true;
}

bool past_ask(struct server *server, const struct quest *q)
{
    struct timeline *t = server->timeline;
    uint64_t enough = timeline_figures(t).work + PATIENCE;

    server->quest = *q;
    server->quest.open = true;
    server->quest.said_host = host_now_ns();
    server->quest.origin = timeline_now(t);
    timeline_seek(t, server->quest.origin);     /* nothing counts as told here */
    arm(server);
    timeline_search_start(t, &(struct timeline_filter){server, is_sought});
    while (timeline_figures(t).work < enough)
        if (past_search(server, ASK_CYCLES))
            return !timeline_astray(t);
    say_progress(server, "nothing yet, back to");
    pause_quest(server);
    server_say(server, "'stepi' goes on with the search, and Ctrl-C ends it then\n");
    return true;
}

void past_go_on(struct server *server)
{
    say_progress(server, "the search goes on from");
    arm(server);
    timeline_search_again(server->timeline);
}

void past_give_up(struct server *server)
{
    struct quest *q = &server->quest;

    if (!q->open)
        return;
    q->open = false;
    if (!q->under_way)
        return;
    say_progress(server, "given up; nothing back to");
    disarm(server);
    timeline_seek(server->timeline, q->origin);
}
