/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/bench/emulator.h"
#include "tests/bench/symbols.h"

enum { STEPS_BACK = 300, MOST_SAMPLES = STEPS_BACK, MILLION = 1000000 };

struct session {
    struct debugged d;
    uint32_t rounds;            /* the variable's address */
    double cycles_a_round;
};

/* Runs on to the next stretch_done. */
static void forward(struct session *s, uint32_t rounds)
{
    remote_order(&s->d.remote, "M%" PRIx32 ",4:%02x%02x%02x%02x", s->rounds, rounds & 255, rounds >> 8 & 255,
                 rounds >> 16 & 255, rounds >> 24);
    remote_ask(&s->d.remote, "vCont;c");
}

static double cycles(struct session *s)
{
    const char *end = strstr(remote_monitor(&s->d.remote, "timeline"), "end    cycle ");

    return end ? strtod(end + sizeof "end    cycle " - 1, NULL) : 0;
}

static double timed(struct session *s, const char *packet)
{
    double before = now();

    remote_ask(&s->d.remote, "%s", packet);
    return now() - before;
}

static void steps_back(struct session *s, double history)
{
    double latency[STEPS_BACK], middle;

    for (unsigned i = 0; i < STEPS_BACK; i++)
        latency[i] = timed(s, "bs");
    middle = median(latency, STEPS_BACK);
    printf("step back after %7.0e cycles, us: median, worst       %12.0f %12.0f\n", history, middle * 1e6,
           latency[STEPS_BACK - 1] * 1e6);
    remote_ask(&s->d.remote, "vCont;c");
}

/* Back to the stretch_done before, and forwards again: the faster of two, each way. */
static void there_and_back(struct session *s, double *back, double *ahead)
{
    *back = *ahead = 1e9;
    for (unsigned i = 0; i < 2; i++) {
        double b = timed(s, "bc"), a = timed(s, "vCont;c");
        *back = b < *back ? b : *back;
        *ahead = a < *ahead ? a : *ahead;
    }
}

static void searches(struct session *s, const char *elf)
{
    struct remote *r = &s->d.remote;
    uint32_t bystander = symbol_address(elf, "bystander"), check_in = symbol_address(elf, "check_in");
    double back, ahead, live = now();

    forward(s, (uint32_t)(1e9 / s->cycles_a_round));
    live = now() - live;
    there_and_back(s, &back, &ahead);
    printf("back to a breakpoint 1e9 cycles ago, ms               %12.1f\n", back * 1e3);
    remote_order(r, "Z2,%" PRIx32 ",4", bystander);
    there_and_back(s, &back, &ahead);
    remote_order(r, "z2,%" PRIx32 ",4", bystander);
    printf("the same past a watchpoint beside hot data, ms        %12.1f\n", back * 1e3);
    printf("   of forward speed                                   %12.2f\n", live / back);
    forward(s, MILLION);
    remote_order(r, "Z0,%" PRIx32 ",2;X7,26000022001327", check_in);
    there_and_back(s, &back, &ahead);
    printf("back through a million rejected hits, ms              %12.1f\n", back * 1e3);
}

void bench_past(const char *debuggee)
{
    static struct session s;
    double begin;

    printf("\npast\n");
    s.rounds = symbol_address(debuggee, "rounds");
    emulator_debug(BACKSTEP, debuggee, &s.d);
    remote_order(&s.d.remote, "Z0,%" PRIx32 ",2", symbol_address(debuggee, "stretch_done"));
    forward(&s, 1);
    begin = cycles(&s);
    forward(&s, 1000);
    s.cycles_a_round = (cycles(&s) - begin) / 1000;
    for (double history = 1e7; history <= 1e10; history *= 10) {
        forward(&s, (uint32_t)((history - cycles(&s)) / s.cycles_a_round));
        steps_back(&s, history);
    }
    searches(&s, debuggee);
    printf("peak memory, MiB                                      %12.1f\n", (double)process_peak_kib(s.d.pid) / 1024);
    emulator_quit(&s.d);
}
