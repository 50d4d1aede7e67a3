/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The emulators that are compared, and how each is started. */
#ifndef BENCH_EMULATOR_H
#define BENCH_EMULATOR_H

#include <stdbool.h>
#include <sys/types.h>

#include "tests/bench/process.h"
#include "tests/bench/remote.h"

enum emulator { BACKSTEP, BACKSTEP_NO_HISTORY, QEMU, EMULATORS };

/* What the environment variables BACKSTEP and QEMU name, else ./backstep and qemu-system-arm. */
bool emulator_installed(enum emulator e);

/* Prints the line in which it names its version. */
void emulator_print_version(enum emulator e);

/* Runs a program that ends by itself. */
bool emulator_run(enum emulator e, const char *elf, struct usage *usage);

/* A halted emulator with a debugger connected. */
struct debugged {
    pid_t pid;
    struct remote remote;
};

void emulator_debug(enum emulator e, const char *elf, struct debugged *d);
void emulator_quit(struct debugged *d);

#endif
