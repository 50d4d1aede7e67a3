/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The run loop's slices. See runner.h. */
#include "server/runner.h"

#include <stdio.h>
#include <string.h>

#include "core/replay/timeline.h"
#include "gdbstub/gdbstub.h"
#include "server/explain.h"
#include "server/hosttime.h"
#include "server/past.h"
#include "server/semihosting.h"
#include "server/server.h"
#include "server/uarts.h"

enum {
    SLICE_NS = 1000000,             /* what a slice aims at */
    SLICE_FIRST = 100000,           /* cycles, before anything was measured */
    SLICE_MIN = 1000,
    SLICE_MAX = 50000000,
    SLICE_BATCH = 1000000,          /* fixed, so that input meets the guest at reproducible cycles */
    STEPS_PER_LOOK = 1000,          /* range steps between looks at the clock */
    RECORD_SLICE_NS = 250000000,    /* of guest time, so that a recording is never far behind */
    LAG_MAX_NS = 100000000,         /* further behind than this, pace starts anew */
    PROGRESS_NS = 1000000000,       /* a search back says how far it is */
    ASLEEP_POLL_NS = 10000000,      /* console input is looked for this often */
    WRITER_TEXT = 64,
    FIRST_ASYNCHRONOUS = 14         /* PendSV, SysTick and interrupts: what C_MASKINTS masks */
};

#define VTOR 0xE000ED08u

void runner_init(struct runner *r, struct server *server)
{
    *r = (struct runner){
        .server = server, .speed = server->options->speed,
        .slice = server->options->batch ? SLICE_BATCH : SLICE_FIRST,
    };
}

static void anchor(struct runner *r)
{
    r->anchor_host = host_now_ns();
    r->anchor_guest = machine_nanoseconds(r->server->machine);
}

void runner_set_speed(struct runner *r, double speed)
{
    r->speed = speed;
    anchor(r);
}

static void end_detour(struct runner *r)
{
    if (!r->detour.active)
        return;
    machine_break_remove(r->server->machine, BREAK_OWN, r->detour.pc);
    r->detour.active = false;
}

void runner_moved(struct runner *r)
{
    r->finished = false;
    r->waiting_for_input = false;
    end_detour(r);
    anchor(r);
}

void runner_restarted(struct runner *r)
{
    past_give_up(r->server);
    runner_moved(r);
}

/* ---- the machine, with or without a past ---- */

static bool is_live(const struct runner *r)
{
    return !r->server->timeline || timeline_live(r->server->timeline);
}

static struct stop run_machine(struct runner *r, vtime until)
{
    struct server *server = r->server;

    return server->timeline ? timeline_run(server->timeline, until) : machine_run(server->machine, until);
}

static struct stop step_machine(struct runner *r)
{
    struct server *server = r->server;

    return server->timeline ? timeline_step(server->timeline) : machine_step(server->machine, false);
}

/* ---- stopping ---- */

static void report(struct runner *r, const struct target_stop *stop)
{
    end_detour(r);
    r->running = r->backwards = false;
    if (r->server->stub)
        stub_report_stop(r->server->stub, stop);
}

static void report_kind(struct runner *r, enum target_stop_kind kind)
{
    report(r, &(struct target_stop){.kind = kind});
}

/* A step waits for the answer to a monitor word's question; who runs on does not want it any more. */
static void resume_quest(struct runner *r)
{
    if (r->how.action == TARGET_CONTINUE) {
        past_give_up(r->server);
        return;
    }
    r->backwards = true;
    past_go_on(r->server);
}

void runner_resume(struct runner *r, const struct target_resume *how)
{
    r->how = *how;
    r->running = true;
    r->backwards = false;
    r->detour.active = false;
    if (!r->started_host)
        r->started_host = host_now_ns();
    anchor(r);
    server_say_late(r->server);
    if (past_is_asking(r->server))
        resume_quest(r);
    else if (r->sync && how->action != TARGET_CONTINUE)
        report_kind(r, TARGET_STOP_STEP);
    r->sync = false;
}

/* A search ends where it has got to: nothing after that has what was looked for. */
void runner_halt(struct runner *r)
{
    runner_catch_up(r);
    if (!r->running)
        return;
    if (past_is_asking(r->server))
        past_give_up(r->server);
    else if (r->backwards)
        timeline_search_stop(r->server->timeline);
    report_kind(r, TARGET_STOP_INTERRUPT);
}

static void finish(struct runner *r, int status)
{
    r->finished = true;
    r->exit_status = status;
}

static void firmware_exited(struct runner *r, int status)
{
    finish(r, status);
    report(r, &(struct target_stop){.kind = TARGET_STOP_EXITED, .status = (uint8_t)status});
}

/* The machine cannot or shall not go on by itself: say why in words. */
static void crashed(struct runner *r, enum target_signal signal)
{
    explain_fault(r->server);
    if (r->server->options->batch)
        finish(r, EXIT_CRASH);
    report(r, &(struct target_stop){.kind = TARGET_STOP_SIGNAL, .signal = signal});
}

/* True: the breakpoint at pc stops. */
static bool breakpoint_stops(struct runner *r)
{
    struct stub *stub = r->server->stub;
    uint32_t pc = machine_reg(r->server->machine, REG_PC);
    enum stub_hit hit = stub ? stub_breakpoint_hit(stub, pc) : STUB_HIT_NONE;

    if (hit == STUB_HIT_NONE)
        return false;
    stub_breakpoint_commands(stub, pc);
    if (hit == STUB_HIT_COMMANDS)
        return false;
    report_kind(r, hit == STUB_HIT_SOFTWARE ? TARGET_STOP_BREAK_SOFTWARE : TARGET_STOP_BREAK_HARDWARE);
    return true;
}

static void report_watch(struct runner *r, const struct stop *stop)
{
    static const enum target_stop_kind kinds[] = {
        [ACCESS_READ] = TARGET_STOP_WATCH_READ,
        [ACCESS_WRITE] = TARGET_STOP_WATCH_WRITE,
        [ACCESS_ANY] = TARGET_STOP_WATCH_ACCESS,
    };
    char by[WRITER_TEXT];

    explain_writer(stop, by, sizeof by);
    if (stop->by != BY_INSTRUCTION)
        server_say(r->server, "backstep: 0x%08X was written by %s\n", (unsigned)stop->address, by);
    report(r, &(struct target_stop){.kind = kinds[stop->access], .address = stop->address});
}

/* True: the guest goes on. */
static bool serve_semihosting(struct runner *r)
{
    struct server *server = r->server;
    int status = 0;

    switch (semihosting_serve(server->semihosting, server->machine, &status)) {
    case SEMIHOSTING_DONE:
        r->waiting_for_input = false;
        return true;
    case SEMIHOSTING_WAIT:
        r->waiting_for_input = true;
        return false;
    case SEMIHOSTING_EXIT:
        firmware_exited(r, status);
        break;
    }
    return false;
}

/* Deals with a stop of the machine; true: go on running. */
static bool handle(struct runner *r, const struct stop *stop)
{
    switch (stop->kind) {
    case STOP_LIMIT:
        return true;
    case STOP_BREAKPOINT:
        return !breakpoint_stops(r);
    case STOP_SEMIHOSTING:
        return serve_semihosting(r);
    case STOP_WATCH:
        report_watch(r, stop);
        return false;
    case STOP_STEP:
        report_kind(r, TARGET_STOP_STEP);
        return false;
    case STOP_BKPT:
    case STOP_VECTOR_CATCH:
        explain_stop(r->server, stop);
        report(r, &(struct target_stop){.kind = TARGET_STOP_SIGNAL, .signal = TARGET_SIGTRAP});
        return false;
    case STOP_DIAG:
        crashed(r, TARGET_SIGTRAP);
        return false;
    case STOP_FAULT:
        crashed(r, TARGET_SIGSEGV);
        return false;
    case STOP_LOCKUP:
        crashed(r, TARGET_SIGABRT);
        return false;
    case STOP_INTERRUPTED:
        report_kind(r, TARGET_STOP_INTERRUPT);
        return false;
    }
    return false;
}

/* ---- stepping ---- */

static uint32_t exception_number(const struct machine *m)
{
    return machine_reg(m, REG_XPSR) & 0x1FF;
}

/* Was the step just made an interrupt's entry? Then its handler runs through first. */
static bool start_detour(struct runner *r, uint64_t retired, const struct runner_detour *from)
{
    struct machine *m = r->server->machine;

    if (machine_instructions(m) != retired || exception_number(m) < FIRST_ASYNCHRONOUS ||
        exception_number(m) == from->exception)
        return false;
    r->detour = *from;
    r->detour.active = true;
    machine_break_add(m, BREAK_OWN, from->pc);
    return true;
}

/* In a detour: has it come back? */
static bool detour_is_over(const struct runner *r)
{
    const struct machine *m = r->server->machine;

    return machine_reg(m, REG_PC) == r->detour.pc && machine_reg(m, REG_SP) == r->detour.sp &&
           exception_number(m) == r->detour.exception;
}

/* Runs the handler on; true: the stepper may look at the instruction again. */
static bool continue_detour(struct runner *r, vtime until)
{
    struct stop stop = run_machine(r, until);

    if (detour_is_over(r)) {
        end_detour(r);
        return true;
    }
    if (stop.kind != STOP_LIMIT)
        handle(r, &stop);
    return false;
}

/* One instruction of the stepped code; true: it was executed and nothing else stopped. */
static bool step_once(struct runner *r)
{
    struct machine *m = r->server->machine;
    struct runner_detour from = {
        .pc = machine_reg(m, REG_PC), .sp = machine_reg(m, REG_SP), .exception = exception_number(m),
    };
    uint64_t retired = machine_instructions(m);
    struct stop stop = step_machine(r);

    if (stop.kind == STOP_SEMIHOSTING)      /* served: that was the step */
        return serve_semihosting(r);
    if (stop.kind != STOP_STEP) {
        handle(r, &stop);
        return false;
    }
    return r->step_interrupts || !start_detour(r, retired, &from);
}

static bool in_range(const struct runner *r)
{
    uint32_t pc = machine_reg(r->server->machine, REG_PC);

    return r->how.action == TARGET_RANGE_STEP && pc >= r->how.start && pc < r->how.end;
}

/* Steps until the step or range is done, something stops, or the slice is over. */
static void step_slice(struct runner *r, vtime until)
{
    for (unsigned steps = 0; r->running && steps < STEPS_PER_LOOK; steps++) {
        if (r->detour.active) {
            if (!continue_detour(r, until))
                return;
            continue;
        }
        if (!step_once(r)) {
            if (r->waiting_for_input)
                return;
            continue;
        }
        if (!in_range(r)) {
            report_kind(r, TARGET_STOP_STEP);
            return;
        }
        if (machine_break_at(r->server->machine, machine_reg(r->server->machine, REG_PC)) &&
            breakpoint_stops(r))
            return;
    }
}

/* ---- slices ---- */

/* A recording ends for its user before it lives on: the first time its end is reached. */
static bool ends_here(struct runner *r)
{
    if (!r->server->options->replay || r->told_end)
        return false;
    r->told_end = true;
    report_kind(r, TARGET_STOP_HISTORY_END);
    return true;
}

static void run_slice(struct runner *r, vtime until)
{
    struct machine *m = r->server->machine;
    struct stop stop;

    if (r->how.action != TARGET_CONTINUE) {
        step_slice(r, until);
        return;
    }
    do {
        bool live = is_live(r);
        stop = run_machine(r, until);
        if (!live && is_live(r) && ends_here(r))
            return;
    } while (handle(r, &stop) && r->running && machine_now(m).cycles < until.cycles);
}

/* Cycles per slice follow the measured speed. */
static void adapt(struct runner *r, uint64_t cycles, uint64_t ns)
{
    uint64_t wanted;

    if (r->server->options->batch || ns < SLICE_NS / 100)
        return;
    wanted = (uint64_t)((double)cycles * SLICE_NS / (double)ns);
    r->slice = (r->slice + wanted) / 2;
    if (r->slice < SLICE_MIN)
        r->slice = SLICE_MIN;
    if (r->slice > SLICE_MAX)
        r->slice = SLICE_MAX;
}

/* Guest time that the pace has come to, in ns. */
static uint64_t pace_ns(const struct runner *r, uint64_t host)
{
    return r->anchor_guest + (uint64_t)((double)(host - r->anchor_host) * r->speed);
}

/* Guest time that the pace allows now, in ns. */
static uint64_t allowed_ns(struct runner *r, uint64_t host)
{
    uint64_t guest = machine_nanoseconds(r->server->machine);
    uint64_t allowed = pace_ns(r, host);

    if (allowed > guest + LAG_MAX_NS) {     /* the host is too slow, or was busy: do not rush to catch up */
        r->anchor_host = host;
        r->anchor_guest = guest;
        return guest + SLICE_NS;
    }
    return allowed;
}

/* Where the next slice ends; not after now: wait. */
static vtime slice_end(struct runner *r, uint64_t host)
{
    struct machine *m = r->server->machine;
    vtime end = vtime_add(machine_now(m), r->slice), paced, next;

    if (r->speed > 0 && is_live(r)) {
        paced = machine_when_ns(m, allowed_ns(r, host));
        if (machine_asleep(m, &next) || vtime_before(paced, end))
            end = paced;
    } else if (machine_asleep(m, &next) && next.cycles != UINT64_MAX && vtime_before(end, next)) {
        end = next;
    }
    if (r->server->recorder && !r->server->options->batch) {
        paced = machine_when_ns(m, machine_nanoseconds(m) + RECORD_SLICE_NS);
        if (vtime_before(paced, end))
            end = paced;
    }
    if (r->server->options->max_cycles && end.cycles > r->server->options->max_cycles)
        end = vtime_at(r->server->options->max_cycles);
    return end;
}

void runner_catch_up(struct runner *r)
{
    struct machine *m = r->server->machine;
    vtime next, until;

    if (!r->running || r->backwards || r->speed <= 0 || !is_live(r) || !machine_asleep(m, &next))
        return;
    until = machine_when_ns(m, pace_ns(r, host_now_ns()));
    if (vtime_before(next, until))
        until = next;
    if (vtime_before(machine_now(m), until))
        run_slice(r, until);
}

/* How long until the pace allows more, or a sleeping guest's next event is due. */
static uint64_t pause_ns(struct runner *r, uint64_t host)
{
    struct machine *m = r->server->machine;
    uint64_t guest = machine_nanoseconds(m), now = machine_now(m).cycles, ahead, ns = SLICE_NS;
    struct clock_rate core = machine_clock(m, CLOCK_CORE);
    vtime next;

    if (!is_live(r))
        return RUNNER_NOW;
    if (machine_asleep(m, &next)) {
        if (next.cycles == UINT64_MAX)
            return RUNNER_IDLE;
        ahead = next.cycles > now ? next.cycles - now : 0;
        ns = (uint64_t)((double)ahead * (double)core.den * 1e9 / (double)core.num);
    }
    if (r->speed <= 0)
        return RUNNER_NOW;
    guest += ns;
    ns = guest > r->anchor_guest ? (uint64_t)((double)(guest - r->anchor_guest) / r->speed) : 0;
    return r->anchor_host + ns > host ? r->anchor_host + ns - host : RUNNER_NOW;
}

/* --batch: limits and the states nobody will ever leave. True: over. */
static bool batch_is_over(struct runner *r, uint64_t host)
{
    const struct options *o = r->server->options;
    struct machine *m = r->server->machine;
    vtime next;

    if (!o->batch || !r->running)
        return r->finished;
    if (o->max_cycles && machine_now(m).cycles >= o->max_cycles)
        fprintf(stderr, "backstep: stopped after %llu cycles (--max-cycles)\n",
                (unsigned long long)machine_now(m).cycles);
    else if (o->timeout > 0 && (double)(host - r->started_host) > o->timeout * 1e9)
        fprintf(stderr, "backstep: stopped after %g seconds (--timeout)\n", o->timeout);
    else if (machine_asleep(m, &next) && next.cycles == UINT64_MAX && !uarts_may_input(r->server->uarts))
        fprintf(stderr, "backstep: the firmware sleeps and nothing is left to wake it\n");
    else if (explain_is_stuck_in_fault(r->server)) {
        crashed(r, TARGET_SIGSEGV);
        return true;
    } else
        return false;
    finish(r, EXIT_LIMIT);
    r->running = false;
    return true;
}

/* ---- backwards ---- */

/* Whether a search stops at what it met: breakpoint commands and false conditions do not. */
static bool search_stops(void *context, const struct stop *stop)
{
    struct server *server = context;
    enum stub_hit hit;

    if (stop->kind != STOP_BREAKPOINT)
        return true;
    hit = server->stub ? stub_breakpoint_hit(server->stub, stop->address) : STUB_HIT_SOFTWARE;
    return hit == STUB_HIT_SOFTWARE || hit == STUB_HIT_HARDWARE;
}

static void report_hit(struct runner *r, const struct stop *stop)
{
    struct stub *stub = r->server->stub;
    bool software;

    if (stop->kind == STOP_DIAG) {
        crashed(r, TARGET_SIGTRAP);
        return;
    }
    if (stop->kind != STOP_BREAKPOINT) {
        report_watch(r, stop);
        return;
    }
    software = !stub || stub_breakpoint_hit(stub, stop->address) == STUB_HIT_SOFTWARE;
    report_kind(r, software ? TARGET_STOP_BREAK_SOFTWARE : TARGET_STOP_BREAK_HARDWARE);
}

/* What going back came to. */
static void report_back(struct runner *r, enum timeline_back back, const struct stop *stop)
{
    switch (back) {
    case TIMELINE_STEPPED:
        report_kind(r, TARGET_STOP_STEP);
        break;
    case TIMELINE_HIT:
        report_hit(r, stop);
        break;
    case TIMELINE_AT_BEGIN:
        report_kind(r, TARGET_STOP_HISTORY_BEGIN);
        break;
    case TIMELINE_ASTRAY:
        server_say(r->server, "backstep: the replay differs from the first run: a defect of backstep\n");
        report_kind(r, TARGET_STOP_INTERRUPT);
        break;
    case TIMELINE_SEARCHING:
        break;
    }
}

static bool start_back(struct runner *r)
{
    if (!r->server->timeline)
        return false;
    past_give_up(r->server);
    runner_moved(r);
    r->running = true;
    r->sync = false;
    server_say_late(r->server);
    return true;
}

/* The way out of a handler that a step back has come into through its return: the search for its entry. */
struct way_out {
    struct runner *runner;
    uint32_t handler, exception;
};

static bool way_out_stops(void *context, const struct stop *stop)
{
    const struct way_out *w = context;

    if (stop->kind == STOP_BREAKPOINT && stop->address == w->handler &&
        exception_number(w->runner->server->machine) == w->exception)
        return true;
    return search_stops(w->runner->server, stop);
}

static uint32_t handler_of(struct machine *m, uint32_t exception)
{
    uint32_t table = 0, handler = 0, done;

    machine_peek(m, VTOR, &table, sizeof table, &done);
    machine_peek(m, table + 4 * exception, &handler, sizeof handler, &done);
    return handler & ~1u;
}

/* Back to where the handler that is active now begins, or to a stop of the user's in it. */
static enum timeline_back go_to_entry(struct runner *r, struct stop *stop, bool *out)
{
    struct machine *m = r->server->machine;
    struct timeline *t = r->server->timeline;
    struct way_out w = {.runner = r, .exception = exception_number(m)};
    enum timeline_back back;
    bool there;

    w.handler = handler_of(m, w.exception);
    there = machine_break_at(m, w.handler);
    if (!there)
        machine_break_add(m, BREAK_HARDWARE, w.handler);
    timeline_search_start(t, &(struct timeline_filter){&w, way_out_stops});
    while ((back = timeline_search(t, SLICE_MAX, stop)) == TIMELINE_SEARCHING)
        ;
    if (!there)
        machine_break_remove(m, BREAK_HARDWARE, w.handler);
    *out = back == TIMELINE_HIT && stop->kind == STOP_BREAKPOINT && stop->address == w.handler &&
           !search_stops(r->server, stop);
    return back;
}

/* One step back. A sleep belongs to its WFI: the pc does not move in it, and a debugger that walks lines would think
 * that it has come to the start of one. */
static enum timeline_back undo(struct runner *r, struct stop *stop)
{
    enum timeline_back back = timeline_step_back(r->server->timeline, stop);
    vtime next;

    while (back == TIMELINE_STEPPED && !r->step_interrupts && machine_asleep(r->server->machine, &next))
        back = timeline_step_back(r->server->timeline, stop);
    return back;
}

/* As steps forwards pass over interrupt handlers, steps back do: whoever would come into one through its
 * return goes on to before its entry, and has not undone an instruction yet. */
static enum timeline_back step_back(struct runner *r, struct stop *stop)
{
    struct machine *m = r->server->machine;
    uint32_t from = exception_number(m);
    enum timeline_back back = undo(r, stop);
    bool out;

    while (back == TIMELINE_STEPPED && !r->step_interrupts && exception_number(m) != from &&
           exception_number(m) >= FIRST_ASYNCHRONOUS) {
        back = go_to_entry(r, stop, &out);
        if (back != TIMELINE_HIT || !out)
            return back;
        back = timeline_step_back(r->server->timeline, stop);
        if (back == TIMELINE_STEPPED && exception_number(m) == from)
            back = undo(r, stop);
    }
    return back;
}

bool runner_step_back(struct runner *r)
{
    enum timeline_back back;
    struct stop stop;

    if (!start_back(r))
        return false;
    back = step_back(r, &stop);
    report_back(r, back, &stop);
    return true;
}

bool runner_run_back(struct runner *r)
{
    if (!start_back(r))
        return false;
    r->backwards = true;
    r->said_host = host_now_ns();
    r->origin_cycle = machine_now(r->server->machine).cycles;
    timeline_search_start(r->server->timeline, &(struct timeline_filter){r->server, search_stops});
    return true;
}

static void say_progress(struct runner *r, uint64_t host)
{
    uint64_t searched = timeline_searched(r->server->timeline).cycle;
    double part = r->origin_cycle ? 1 - (double)searched / (double)r->origin_cycle : 1;

    if (host - r->said_host < PROGRESS_NS)
        return;
    r->said_host = host;
    server_say(r->server, "backstep: searched back to cycle %llu, %.0f %% of the past\n",
               (unsigned long long)searched, 100 * part);
}

/* One slice of a search; true: it has come to its end, which is reported. */
static bool search_slice(struct runner *r, uint64_t host)
{
    struct stop stop;
    enum timeline_back back;

    if (past_is_asking(r->server)) {
        if (!past_search(r->server, r->slice))
            return false;
        r->sync = false;
        report_kind(r, TARGET_STOP_STEP);
        return true;
    }
    back = timeline_search(r->server->timeline, r->slice, &stop);
    if (back == TIMELINE_SEARCHING) {
        say_progress(r, host);
        return false;
    }
    report_back(r, back, &stop);
    return true;
}

static uint64_t slice_back(struct runner *r)
{
    struct timeline *t = r->server->timeline;
    uint64_t host = host_now_ns(), before = timeline_figures(t).replayed;
    bool over = search_slice(r, host);

    adapt(r, timeline_figures(t).replayed - before, host_now_ns() - host);
    return over ? RUNNER_IDLE : RUNNER_NOW;
}

uint64_t runner_slice(struct runner *r)
{
    struct machine *m = r->server->machine;
    uint64_t host = host_now_ns(), began = machine_now(m).cycles;
    vtime end;
    bool live;

    runner_catch_up(r);
    if (!r->running)
        return RUNNER_IDLE;
    if (r->backwards)
        return slice_back(r);
    live = is_live(r);
    if (live)
        uarts_pump(r->server->uarts);
    end = slice_end(r, host);
    if (vtime_before(machine_now(m), end)) {
        run_slice(r, end);
        uint64_t spent = host_now_ns() - host;
        r->busy_host += spent;
        adapt(r, machine_now(m).cycles - began, spent);
        if (!live && is_live(r))
            anchor(r);
    }
    if (batch_is_over(r, host) || !r->running)
        return RUNNER_IDLE;
    if (r->waiting_for_input)
        return ASLEEP_POLL_NS;
    return pause_ns(r, host);
}
