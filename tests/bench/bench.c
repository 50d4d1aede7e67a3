/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Measures backstep against qemu-system-arm, where that is installed, and against the host itself, and prints one
 * table. Figures, no tests: they depend on the host and on what else it does. Ratios of one run are worth quoting.
 *
 * usage: bench [-r RUNS] [-n NOTHING.elf] [-d DEBUGGEE.elf] [PROGRAM.elf...]
 *
 * BACKSTEP and QEMU name the emulators. The programs are those of programs/, or any others that end by themselves
 * through semihosting; NOTHING is a program that does nothing, DEBUGGEE is programs/debuggee.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench.h"
#include "tests/bench/emulator.h"

static void print_heading(unsigned runs)
{
    time_t today = time(NULL);
    char date[16];

    strftime(date, sizeof date, "%Y-%m-%d", localtime(&today));
    printf("%s, medians of %u\n", date, runs);
    emulator_print_version(BACKSTEP);
    if (emulator_installed(QEMU))
        emulator_print_version(QEMU);
    printf("\n");
}

static int usage(void)
{
    fprintf(stderr, "usage: bench [-r RUNS] [-n NOTHING.elf] [-d DEBUGGEE.elf] [PROGRAM.elf...]\n");
    return 2;
}

int main(int argc, char *argv[])
{
    const char *nothing = NULL, *debuggee = NULL;
    unsigned runs = 3;
    int option;

    while ((option = getopt(argc, argv, "r:n:d:")) != -1)
        switch (option) {
        case 'r':
            runs = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'n':
            nothing = optarg;
            break;
        case 'd':
            debuggee = optarg;
            break;
        default:
            return usage();
        }
    if (runs < 1 || runs > MAX_RUNS)
        return usage();
    setvbuf(stdout, NULL, _IOLBF, 0);
    print_heading(runs);
    if (optind < argc)
        bench_programs(nothing, argv + optind, (unsigned)(argc - optind), runs);
    if (debuggee) {
        bench_debugging(debuggee, runs);
        bench_past(debuggee);
    }
    return 0;
}
