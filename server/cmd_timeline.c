/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands about the past: where the machine stands in its history, going elsewhere, and the questions that
 * going back answers. gdb does not notice that the machine moved: the next stepi only shows where it is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/machine.h"
#include "core/replay/timeline.h"
#include "server/commands.h"
#include "server/explain.h"
#include "server/past.h"
#include "server/recording.h"
#include "server/server.h"
#include "server/symbols.h"

#define VTOR 0xE000ED08u

enum {
    NAME = 64,
    TIME_PROBES = 200,
    WATCH_MAX = 4096                /* bytes that last-write looks at */
};

static struct timeline *history(const struct command_call *call)
{
    struct server *server = call->server;

    if (!server->timeline)
        server_say(server, "%s: there is no history (--no-history)\n", call->words[0]);
    else if (server->runner.running)
        server_say(server, "%s: halt the machine first\n", call->words[0]);
    else {
        past_give_up(server);
        return server->timeline;
    }
    return NULL;
}

/* ---- timeline, mark ---- */

static bool is_dropped(const struct server *server, const struct server_mark *mark)
{
    return moment_before(timeline_end(server->timeline), mark->at);
}

static bool run_timeline(const struct command_call *call)
{
    struct server *server = call->server;
    struct timeline *t = server->timeline;
    struct timeline_figures figures;

    if (!t) {
        server_say(server, "timeline: there is no history (--no-history)\n");
        return false;
    }
    figures = timeline_figures(t);
    server_say(server, "begin  cycle %" PRIu64 "\nend    cycle %" PRIu64 "\nnow    ",
               timeline_begin(t).cycle, timeline_end(t).cycle);
    past_say_place(server);
    for (unsigned i = 0; i < server->mark_count; i++)
        if (!is_dropped(server, &server->marks[i]))
            server_say(server, "mark   cycle %" PRIu64 "  %s\n", server->marks[i].at.cycle,
                       server->marks[i].name);
    server_say(server, "%zu checkpoints, %.1f MiB; %" PRIu64 " inputs\n", figures.checkpoints,
               (double)figures.bytes / (1 << 20), figures.inputs);
    return true;
}

static struct server_mark *find_mark(struct server *server, const char *name)
{
    for (unsigned i = 0; i < server->mark_count; i++)
        if (!strcmp(server->marks[i].name, name))
            return &server->marks[i];
    return NULL;
}

/* Names do not look like the other things that seek understands. */
static bool is_mark_name(const char *name)
{
    return strlen(name) < SERVER_MARK_NAME && !strchr("0123456789+-.", *name) && strcmp(name, "begin") &&
           strcmp(name, "end");
}

static bool run_mark(const struct command_call *call)
{
    struct server *server = call->server;
    const char *name = call->count > 1 ? call->words[1] : "";
    struct server_mark *mark = find_mark(server, name);

    if (!history(call))
        return false;
    if (!*name || !is_mark_name(name)) {
        server_say(server, "mark: expected a name of less than %d characters that is no number, begin or end\n",
                   SERVER_MARK_NAME);
        return false;
    }
    if (!mark && server->mark_count == SERVER_MARKS) {
        server_say(server, "mark: at most %d\n", SERVER_MARKS);
        return false;
    }
    if (!mark)
        mark = &server->marks[server->mark_count++];
    snprintf(mark->name, sizeof mark->name, "%s", name);
    mark->at = timeline_now(server->timeline);
    return true;
}

/* ---- seek ---- */

/* "1.5s", "20ms", "300us", "5ns": nanoseconds. */
static bool parse_time(const char *text, uint64_t *ns)
{
    static const struct {
        const char *unit;
        double ns;
    } units[] = {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};
    char *end;
    double number = strtod(text, &end);

    for (unsigned i = 0; end != text && i < sizeof units / sizeof *units; i++)
        if (!strcmp(end, units[i].unit) && number >= 0 && number < 1e9) {
            *ns = (uint64_t)(number * units[i].ns + 0.5);
            return true;
        }
    return false;
}

/* Where guest time is `ns`. The clock's rate changes on the way, so each guess starts from what is known at
 * the last one. */
static void seek_time(struct server *server, uint64_t ns)
{
    struct timeline *t = server->timeline;
    struct machine *m = server->machine;
    uint64_t low = timeline_begin(t).cycle, high = timeline_end(t).cycle + 1;

    timeline_seek_cycle(t, low);
    for (unsigned i = 0; i < TIME_PROBES && low + 1 < high; i++) {
        uint64_t guess = machine_when_ns(m, ns).cycles;
        if (guess <= low || guess >= high)
            guess = low + (high - low) / 2;
        timeline_seek_cycle(t, guess);
        if (machine_nanoseconds(m) < ns)
            low = guess;
        else
            high = guess;
        if (machine_when_ns(m, ns).cycles == guess)
            return;
    }
}

static bool seek_to(struct server *server, const char *where)
{
    struct timeline *t = server->timeline;
    const struct server_mark *mark = find_mark(server, where);
    unsigned long long cycle;
    uint64_t ns;
    char *end;

    if (mark && !is_dropped(server, mark))
        timeline_seek(t, mark->at);
    else if (!strcmp(where, "begin"))
        timeline_seek_cycle(t, timeline_begin(t).cycle);
    else if (!strcmp(where, "end"))
        timeline_seek(t, timeline_end(t));
    else if (parse_time(where, &ns))
        seek_time(server, ns);
    else if (cycle = strtoull(where, &end, 0), end != where && !*end && *where != '-')
        timeline_seek_cycle(t, cycle);
    else
        return false;
    return true;
}

static bool run_seek(const struct command_call *call)
{
    if (!history(call))
        return false;
    if (call->count != 2 || !seek_to(call->server, call->words[1])) {
        server_say(call->server, "seek: expected a cycle, a time such as 1.5s or 20ms, begin, end or a mark\n");
        return false;
    }
    return past_arrived(call->server);
}

/* ---- last-write ---- */

/* "USART1.CR1" */
static bool parse_reg(const struct server *server, const char *text, uint32_t *address, uint32_t *size)
{
    const char *dot = strchr(text, '.');
    const struct device *d;
    char name[NAME];

    snprintf(name, sizeof name, "%.*s", dot ? (int)(dot - text) : 0, text);
    d = machine_device_named(server->machine, name);
    for (unsigned reg = 0; d && dot && reg < d->ops->reg_count; reg++)
        if (!strcasecmp(d->ops->regs[reg].name, dot + 1)) {
            *address = machine_device_base(server->machine, d) + d->ops->regs[reg].offset;
            *size = d->ops->regs[reg].width / 8;
            return true;
        }
    return false;
}

static bool parse_place(const struct server *server, char *text, uint32_t *address, uint32_t *size)
{
    char *comma = strchr(text, ','), *end;
    const struct symbol *symbol;

    if (comma)
        *comma = 0;
    symbol = symbols_named(server->symbols, text);
    *size = 4;
    if (symbol) {
        *address = symbol->address;
        *size = symbol->size ? symbol->size : 4;
    } else if (!parse_reg(server, text, address, size)) {
        *address = (uint32_t)strtoul(text, &end, 0);
        if (end == text || *end)
            return false;
    }
    if (comma) {
        *size = (uint32_t)strtoul(comma + 1, &end, 0);
        if (end == comma + 1 || *end)
            return false;
    }
    return *size && *size <= WATCH_MAX;
}

/* The little-endian number in the first bytes, 4 at most. */
static uint32_t word_at(const uint8_t *bytes, uint32_t size)
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < size && i < 4; i++)
        value |= (uint32_t)bytes[i] << 8 * i;
    return value;
}

/* The place of the first word, counted from the first byte, that is another now; 0 if none is. */
static uint32_t first_change(const uint8_t *before, const uint8_t *after, uint32_t size)
{
    for (uint32_t at = 0; at < size; at++)
        if (before[at] != after[at])
            return at & ~3u;
    return 0;
}

/* Before the write, so that a step makes it. */
static void found_write(struct server *server, const struct quest *q, const struct stop *stop)
{
    const struct machine *m = server->machine;
    uint8_t before[WATCH_MAX], after[WATCH_MAX];
    uint32_t at, done;
    struct stop again;
    char by[NAME];

    explain_writer(stop, by, sizeof by);
    machine_peek(m, q->address, after, q->size, &done);
    if (timeline_step_back(server->timeline, &again) != TIMELINE_STEPPED)
        return;
    machine_peek(m, q->address, before, q->size, &done);
    at = first_change(before, after, q->size);
    server_say(server, "0x%08" PRIX32 ": from 0x%" PRIX32 " to 0x%" PRIX32 " by %s\n", q->address + at,
               word_at(before + at, q->size - at), word_at(after + at, q->size - at), by);
}

static bool run_last_write(const struct command_call *call)
{
    struct server *server = call->server;
    struct quest q = {
        .kind = STOP_WATCH, .exception = -1, .nothing = "nobody wrote there", .found = found_write,
    };
    char text[NAME];

    if (!history(call))
        return false;
    snprintf(text, sizeof text, "%s", call->count > 1 ? call->words[1] : "");
    if (!parse_place(server, text, &q.address, &q.size)) {
        server_say(server, "last-write: expected an address, a symbol or a register such as USART2.CR1, and "
                   "perhaps ,LENGTH up to %d\n", WATCH_MAX);
        return false;
    }
    return past_ask(server, &q);
}

/* ---- last-irq, back-to-fault ---- */

static int exception_number(const struct server *server, const char *name)
{
    static const char *const system[] = {
        "", "", "NMI", "HardFault", "MemManage", "BusFault", "UsageFault", "", "", "", "", "SVCall",
        "DebugMonitor", "", "PendSV", "SysTick",
    };
    const struct device *d = machine_device_named(server->machine, name);
    char *end;
    long number = strtol(name, &end, 0);

    for (int i = 0; i < 16; i++)
        if (*name && !strcasecmp(system[i], name))
            return i;
    if (d && d->row->irq_count)
        return 16 + d->row->irq[0];
    if (end != name && !*end && number >= 0 && number + 16 < (long)machine_irq_count(server->machine))
        return 16 + (int)number;
    return -1;
}

static bool run_last_irq(const struct command_call *call)
{
    struct server *server = call->server;
    const char *name = call->count > 1 ? call->words[1] : "";
    struct quest q = {
        .kind = STOP_BREAKPOINT, .size = 1, .exception = exception_number(server, name),
        .nothing = "this exception was not taken",
    };
    uint32_t table;

    if (!history(call))
        return false;
    if (q.exception < 0) {
        server_say(server, "last-irq: expected an interrupt's number, a device that has one, or a system "
                   "exception such as SysTick\n");
        return false;
    }
    machine_peek_word(server->machine, VTOR, &table);
    machine_peek_word(server->machine, table + 4 * (uint32_t)q.exception, &q.address);
    q.address &= ~1u;
    return past_ask(server, &q);
}

static void found_fault(struct server *server, const struct quest *q, const struct stop *stop)
{
    (void)q;
    (void)stop;
    server_say(server, "the next instruction is the one that faults\n");
}

static bool run_back_to_fault(const struct command_call *call)
{
    struct server *server = call->server;
    struct fault_view fault = machine_fault(server->machine);
    struct quest q = {
        .kind = STOP_BREAKPOINT, .address = fault.stacked[6], .size = 1,
        .exception = (int)(fault.stacked[7] & 0x1FF), .nothing = "the instruction that faulted was not executed",
        .found = found_fault,
    };

    if (!history(call))
        return false;
    if (!fault.any || !fault.stacked_valid) {
        server_say(server, "back-to-fault: no fault with a stack frame is recorded\n");
        return false;
    }
    return past_ask(server, &q);
}

/* ---- save ---- */

static bool run_save(const struct command_call *call)
{
    struct server *server = call->server;
    struct timeline *t = history(call);
    char error[RECORDING_TEXT];
    struct recorder *r;
    struct moment here;
    bool saved;

    if (!t)
        return false;
    if (!*call->rest) {
        server_say(server, "save: expected a file name\n");
        return false;
    }
    here = timeline_now(t);
    timeline_seek(t, timeline_begin(t));
    r = recorder_open(call->rest, server->options, server->attachments, server->machine, t, error);
    timeline_seek(t, timeline_end(t));
    saved = r && recorder_add_checkpoint(r);
    saved = (!r || recorder_close(r)) && saved;
    timeline_seek(t, here);
    runner_moved(&server->runner);
    if (!saved)
        server_say(server, "save: %s\n", r ? "not all could be written" : error);
    return saved;
}

const struct command commands_timeline[] = {
    {"timeline", "", "the extent of recorded history, and marks", false, run_timeline},
    {"seek", "CYCLE|TIME|begin|end|MARK", "goes to that moment", true, run_seek},
    {"mark", "NAME", "names the present moment", true, run_mark},
    {"last-write", "ADDR[,LEN]|SYMBOL|REG", "goes back to the instruction that last wrote there", true,
     run_last_write},
    {"last-irq", "NAME", "goes back to where that exception's handler last began", true, run_last_irq},
    {"back-to-fault", "", "from a fault handler to the instruction that faulted", true, run_back_to_fault},
    {"save", "FILE", "writes the whole history to a file for --replay", true, run_save},
    {NULL, NULL, NULL, false, NULL},
};
