/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/emulator.h"

enum { PATH = 512, NATIVE = EMULATORS, SUBJECTS };

/* Ratios of shorter times, in seconds, are noise. */
#define SHORTEST 0.01

/* What one program cost each subject; a negative number where there is none. */
struct cost {
    double cpu[SUBJECTS];
    long peak_kib[SUBJECTS];
    uint64_t instructions;
};

static void native_of(const char *elf, char path[PATH])
{
    const char *dot = strrchr(elf, '.');

    snprintf(path, PATH, "%s%.*s.native", strchr(elf, '/') ? "" : "./", dot ? (int)(dot - elf) : (int)strlen(elf), elf);
}

static bool run_once(unsigned subject, const char *elf, struct usage *usage)
{
    char native[PATH];
    const char *const argv[] = {native, NULL};

    if (subject != NATIVE)
        return emulator_installed(subject) && emulator_run(subject, elf, usage);
    native_of(elf, native);
    return access(native, X_OK) == 0 && process_run(argv, usage);
}

/* One run on each in turn, so that a busy spell of the host hits all of them. */
static struct cost measure(const char *elf, unsigned runs)
{
    static double samples[SUBJECTS][MAX_RUNS];
    unsigned good[SUBJECTS] = {0};
    struct cost cost = {.instructions = 0};
    struct usage usage;

    for (unsigned run = 0; run < runs; run++)
        for (unsigned s = 0; s < SUBJECTS; s++)
            if (good[s] == run && run_once(s, elf, &usage)) {
                samples[s][good[s]++] = usage.cpu;
                cost.peak_kib[s] = usage.peak_kib;
                if (s == BACKSTEP)
                    cost.instructions = usage.instructions;
            }
    for (unsigned s = 0; s < SUBJECTS; s++)
        cost.cpu[s] = good[s] ? median(samples[s], good[s]) : -1;
    return cost;
}

/* Geometric means of the columns that are ratios. */
struct mean {
    double logarithms;
    unsigned count;
};

static void print_ratio(const char *format, double seconds, double to, struct mean *mean)
{
    if (seconds < SHORTEST || to <= 0) {
        printf("%9s", "");
        return;
    }
    printf(format, seconds / to);
    mean->logarithms += log(seconds / to);
    mean->count++;
}

static void print_mean(const char *format, const struct mean *mean)
{
    if (mean->count)
        printf(format, exp(mean->logarithms / mean->count));
    else
        printf("%9s", "");
}

struct means {
    struct mean qemu, native, history;
};

static double net(const struct cost *c, const struct cost *nothing, unsigned subject)
{
    double idle = nothing->cpu[subject] > 0 ? nothing->cpu[subject] : 0;

    return c->cpu[subject] > idle ? c->cpu[subject] - idle : 0;
}

static void print_program(const char *elf, const struct cost *c, const struct cost *nothing, struct means *means)
{
    const char *slash = strrchr(elf, '/'), *name = slash ? slash + 1 : elf;
    double ours = net(c, nothing, BACKSTEP), qemu = net(c, nothing, QEMU), native = net(c, nothing, NATIVE);
    double bare = net(c, nothing, BACKSTEP_NO_HISTORY), millions = (double)c->instructions * 1e-6;

    if (ours <= 0)
        return;
    printf("%-16.*s %9.1f %9.0f", (int)strcspn(name, "."), name, millions, millions / ours);
    if (qemu > 0)
        printf("%9.0f", millions / qemu);
    else
        printf("%9s", "");
    print_ratio("%9.2f", qemu, ours, &means->qemu);
    print_ratio("%9.2f", ours, native, &means->native);
    print_ratio("%9.3f", ours, bare, &means->history);
    printf("%9.1f", (double)c->peak_kib[BACKSTEP] / 1024);
    if (qemu > 0)
        printf("%9.1f", (double)c->peak_kib[QEMU] / 1024);
    printf("\n");
}

void bench_programs(const char *nothing, char *const elfs[], unsigned count, unsigned runs)
{
    struct cost idle = nothing ? measure(nothing, runs) : (struct cost){.instructions = 0};
    struct means means = {{0, 0}, {0, 0}, {0, 0}};

    printf("%-16s %9s %9s%9s%9s%9s%9s%9s%9s\n", "program", "M instr.", "MIPS", "QEMU's", "QEMU/us", "us/host",
           "history", "peak MiB", "QEMU's");
    for (unsigned i = 0; i < count; i++) {
        struct cost cost = measure(elfs[i], runs);
        print_program(elfs[i], &cost, &idle, &means);
    }
    printf("%-45s", "geometric mean");
    print_mean("%9.2f", &means.qemu);
    print_mean("%9.2f", &means.native);
    print_mean("%9.3f", &means.history);
    printf("\n");
}
