/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "tests/bench/bench.h"
#include "tests/bench/debuggee.h"
#include "tests/bench/emulator.h"

enum {
    BREAKPOINTS = 1000,
    ROUNDS = 1000000,           /* of a measured stretch; QEMU is too slow for it with breakpoints */
    BATCHES = 25, STEPS = 200, READ_BYTES = 512 << 10,     /* of one */
};

/* Kinds of Z packets. */
enum { BREAKPOINT = 0, WRITE_WATCHPOINT = 2 };

enum { START_UP, IDLE_MEMORY, FREE_RUN, BREAKPOINT_RUN, WATCHPOINT_RUN, CONDITION_RUN, STEP, READ, MEASURES };

typedef double samples[MEASURES][MAX_RUNS];

/* Processor time of a round, with everything translated that it executes. */
static double round_time(struct debugged *d, const struct places *p, uint32_t rounds)
{
    double before;

    debuggee_set_rounds(&d->remote, p, rounds / 100);
    debuggee_stretch(&d->remote, p);
    debuggee_set_rounds(&d->remote, p, rounds);
    before = process_cpu(d->pid);
    debuggee_stretch(&d->remote, p);
    return (process_cpu(d->pid) - before) / rounds;
}

/* The same with a watchpoint or breakpoint set around it; -1 if the server has no such thing. */
static double round_time_with(struct debugged *d, const struct places *p, unsigned kind, uint32_t address,
                              const char *condition)
{
    unsigned size = kind == WRITE_WATCHPOINT ? 4 : 2;
    double seconds;

    if (!remote_order(&d->remote, "Z%u,%" PRIx32 ",%u%s", kind, address, size, condition))
        return -1;
    seconds = round_time(d, p, ROUNDS);
    remote_order(&d->remote, "z%u,%" PRIx32 ",%u", kind, address, size);
    return seconds;
}

static double round_time_with_breakpoints(struct debugged *d, const struct places *p, uint32_t rounds)
{
    double seconds;

    for (unsigned i = 0; i < BREAKPOINTS; i++)
        remote_order(&d->remote, "Z0,%" PRIx32 ",2", p->beside + 2 * i);
    seconds = round_time(d, p, rounds);
    for (unsigned i = 0; i < BREAKPOINTS; i++)
        remote_order(&d->remote, "z0,%" PRIx32 ",2", p->beside + 2 * i);
    return seconds;
}

/* The socket is measured by the clock on the wall, in batches, the median of which other processes disturb least. */
static double step_time(struct debugged *d)
{
    double batch[BATCHES];

    for (unsigned b = 0; b < BATCHES; b++) {
        double before = now();
        for (unsigned i = 0; i < STEPS; i++)
            remote_ask(&d->remote, "vCont;s:1");
        batch[b] = (now() - before) / STEPS;
    }
    return median(batch, BATCHES);
}

/* The largest power of two that a packet of the server holds. */
static size_t read_size(const struct remote *r)
{
    size_t size = 256;

    while (size * 2 <= r->packet_size / 2 - 8 && size * 2 <= NOISE_SIZE)
        size *= 2;
    return size;
}

/* Bytes a second. */
static double read_speed(struct debugged *d, const struct places *p)
{
    struct remote *r = &d->remote;
    size_t size = read_size(r);
    double batch[BATCHES];

    for (unsigned b = 0; b < BATCHES; b++) {
        double before = now();
        for (size_t done = 0; done < READ_BYTES; done += size)
            remote_ask(r, "%c%" PRIx32 ",%zx", r->binary ? 'x' : 'm', p->noise + (uint32_t)(done % NOISE_SIZE), size);
        batch[b] = now() - before;
    }
    return READ_BYTES / median(batch, BATCHES);
}

/* A session from start to end: everything once. QEMU drops conditions. */
static void measure(enum emulator e, const char *elf, const struct places *p, samples s, unsigned run)
{
    static struct debugged d;
    double begin = now();

    emulator_debug(e, elf, &d);
    s[START_UP][run] = now() - begin;
    s[IDLE_MEMORY][run] = (double)process_peak_kib(d.pid) / 1024;
    debuggee_first_stretch(&d.remote, p);
    s[FREE_RUN][run] = round_time(&d, p, ROUNDS);
    s[BREAKPOINT_RUN][run] = round_time_with_breakpoints(&d, p, e == QEMU ? ROUNDS / 1000 : ROUNDS);
    s[WATCHPOINT_RUN][run] = round_time_with(&d, p, WRITE_WATCHPOINT, p->bystander, "");
    s[CONDITION_RUN][run] = e == QEMU ? -1 : round_time_with(&d, p, BREAKPOINT, p->check_in, ";" NEVER_TRUE);
    remote_order(&d.remote, "z0,%" PRIx32 ",2", p->stretch_done);
    s[STEP][run] = step_time(&d);
    s[READ][run] = read_speed(&d, p);
    emulator_quit(&d);
}

/* How much longer a round takes; -1 where it was not measured. */
static double times(const double m[MEASURES], unsigned which)
{
    return m[FREE_RUN] > 0 && m[which] > 0 ? m[which] / m[FREE_RUN] : -1;
}

static void print_line(const char *what, const char *format, double ours, double theirs)
{
    char column[2][32] = {"-", "-"};

    if (ours >= 0)
        snprintf(column[0], sizeof column[0], format, ours);
    if (theirs >= 0)
        snprintf(column[1], sizeof column[1], format, theirs);
    printf("%-54s %12s %12s\n", what, column[0], column[1]);
}

void bench_debugging(const char *debuggee, unsigned runs)
{
    static samples s[2];
    struct places places = debuggee_places(debuggee);
    bool qemu = emulator_installed(QEMU);
    double m[2][MEASURES];

    for (unsigned run = 0; run < runs; run++) {
        measure(BACKSTEP, debuggee, &places, s[0], run);
        if (qemu)
            measure(QEMU, debuggee, &places, s[1], run);
    }
    for (unsigned e = 0; e < 2; e++)
        for (unsigned i = 0; i < MEASURES; i++)
            m[e][i] = e == 0 || qemu ? median(s[e][i], runs) : -1;

    printf("\n%-54s %12s %12s\n", "debugging", "backstep", "QEMU");
    print_line("start to the first halted prompt, ms", "%.1f", m[0][START_UP] * 1e3, m[1][START_UP] * 1e3);
    print_line("peak memory of an idle server, MiB", "%.1f", m[0][IDLE_MEMORY], m[1][IDLE_MEMORY]);
    print_line("1,000 unhit breakpoints in a hot function, times", "%.2f", times(m[0], BREAKPOINT_RUN),
               times(m[1], BREAKPOINT_RUN));
    print_line("write watchpoint beside hot data, times", "%.2f", times(m[0], WATCHPOINT_RUN),
               times(m[1], WATCHPOINT_RUN));
    print_line("a rejected hit of a conditional breakpoint, ns", "%.0f",
               (m[0][CONDITION_RUN] - m[0][FREE_RUN]) * 1e9, -1);
    print_line("steps through the socket, a second", "%.0f", 1 / m[0][STEP], 1 / m[1][STEP]);
    print_line("memory reads through the socket, MB/s", "%.0f", m[0][READ] * 1e-6, m[1][READ] * 1e-6);
}
