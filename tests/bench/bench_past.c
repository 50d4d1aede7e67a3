/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"
#include "tests/bench/debuggee.h"
#include "tests/bench/emulator.h"

enum { STEPS_BACK = 300, MILLION = 1000000 };

struct session {
    struct debugged d;
    struct places places;
    double cycles_a_round;
};

static void forward(struct session *s, uint32_t rounds)
{
    debuggee_set_rounds(&s->d.remote, &s->places, rounds);
    debuggee_stretch(&s->d.remote, &s->places);
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

/* Seconds back to the stretch_done before: the faster of two times. */
static double time_back(struct session *s)
{
    double fastest = 0;

    for (unsigned i = 0; i < 2; i++) {
        double back = timed(s, "bc");
        remote_ask(&s->d.remote, "vCont;c");
        fastest = i == 0 || back < fastest ? back : fastest;
    }
    return fastest;
}

static void searches(struct session *s)
{
    struct remote *r = &s->d.remote;
    double back, live = now();

    forward(s, (uint32_t)(1e9 / s->cycles_a_round));
    live = now() - live;
    printf("back to a breakpoint 1e9 cycles ago, ms               %12.1f\n", time_back(s) * 1e3);
    remote_order(r, "Z2,%" PRIx32 ",4", s->places.bystander);
    back = time_back(s);
    remote_order(r, "z2,%" PRIx32 ",4", s->places.bystander);
    printf("the same past a watchpoint beside hot data, ms        %12.1f\n", back * 1e3);
    printf("   of forward speed                                   %12.2f\n", live / back);
    forward(s, MILLION);
    remote_order(r, "Z0,%" PRIx32 ",2;" NEVER_TRUE, s->places.check_in);
    printf("back through a million rejected hits, ms              %12.1f\n", time_back(s) * 1e3);
}

void bench_past(const char *debuggee)
{
    static struct session s;
    double begin;

    printf("\npast\n");
    s.places = debuggee_places(debuggee);
    emulator_debug(BACKSTEP, debuggee, &s.d);
    debuggee_first_stretch(&s.d.remote, &s.places);
    begin = cycles(&s);
    forward(&s, 1000);
    s.cycles_a_round = (cycles(&s) - begin) / 1000;
    for (double history = 1e7; history <= 1e10; history *= 10) {
        forward(&s, (uint32_t)((history - cycles(&s)) / s.cycles_a_round));
        steps_back(&s, history);
    }
    searches(&s);
    printf("peak memory, MiB                                      %12.1f\n", (double)process_peak_kib(s.d.pid) / 1024);
    emulator_quit(&s.d);
}
