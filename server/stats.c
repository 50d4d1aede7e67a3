/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --stats. The keys are an interface; values are numbers but for the chip and the engine. */
#include "server/stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>

#include "core/machine.h"
#include "core/replay/timeline.h"
#include "server/server.h"

static long peak_kib(void)
{
    struct rusage usage;

    return getrusage(RUSAGE_SELF, &usage) ? 0 : usage.ru_maxrss;
}

void stats_print(const struct server *server, uint64_t wall_ns)
{
    const struct machine *m = server->machine;
    uint64_t instructions = machine_instructions(m);
    struct timeline_figures past = {0};
    double busy = (double)server->runner.busy_host / 1e9;

    if (server->timeline)
        past = timeline_figures(server->timeline);
    fprintf(stderr,
            "{\"chip\": \"%s\", \"engine\": \"%s\", \"instructions\": %" PRIu64
            ", \"cycles\": %" PRIu64 ", \"guest_seconds\": %.9f, \"seconds\": %.6f, "
            "\"run_seconds\": %.6f, \"mips\": %.3f, \"peak_kib\": %ld, \"checkpoints\": %zu, "
            "\"history_bytes\": %zu, \"inputs\": %" PRIu64 ", \"replayed_cycles\": %" PRIu64 "}\n",
            machine_chip(m)->name, machine_engine(m, NULL), instructions, machine_now(m).cycles,
            (double)machine_nanoseconds(m) / 1e9, (double)wall_ns / 1e9, busy,
            busy > 0 ? (double)instructions / busy / 1e6 : 0.0, peak_kib(),
            past.checkpoints, past.bytes, past.inputs, past.replayed);
}
