/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Processes whose cost is measured. Cost is processor time, user and system, of the whole process: it depends least on
 * what else the machine does.
 */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct usage {
    double cpu;                 /* seconds */
    long peak_kib;
    uint64_t instructions;      /* as `--stats` says on stderr, 0 if it does not */
};

/* Runs a command to its end; false with a message on stderr if its status is not 0. argv ends with NULL. */
bool process_run(const char *const argv[], struct usage *usage);

/* Starts a command without input and output. It must be stopped. */
pid_t process_start(const char *const argv[]);
void process_stop(pid_t pid);

/* Of a process that still runs. */
double process_cpu(pid_t pid);
long process_peak_kib(pid_t pid);

/* Seconds of the host's steady clock. */
double now(void);

/* Sorts the samples. */
double median(double samples[], unsigned count);

#endif
