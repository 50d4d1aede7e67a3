/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the table; each prints its lines on stdout. */
#ifndef BENCH_H
#define BENCH_H

enum { MAX_RUNS = 99 };

/* How fast programs run: MIPS, against QEMU, against the same source built for the host (NAME.native beside NAME.elf),
 * what recording costs, and peak memory. Every program runs on each in turn, `runs` times; medians count. `nothing`
 * is a program that does nothing, whose cost is taken off all others. */
void bench_programs(const char *nothing, char *const elfs[], unsigned count, unsigned runs);

/* What debugging costs, on programs/debuggee.c: start-up, memory of an idle server, breakpoints, watchpoints,
 * conditions, steps, memory reads. */
void bench_debugging(const char *debuggee, unsigned runs);

/* What going back costs: steps back by length of history, and searches. */
void bench_past(const char *debuggee);

#endif
