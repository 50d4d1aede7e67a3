/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The commands that gdb's `monitor` and the console share: one table, one file of handlers per subject.
 */
#ifndef SERVER_COMMANDS_H
#define SERVER_COMMANDS_H

#include <stdbool.h>

struct server;

/* Runs one line. Output goes through server_say. False: the command failed, or is not known and
 * --strict-monitor was given; the reason has been said. `in_control` is false for a client that may only
 * look: commands that change or run the target are then refused. */
bool commands_run(struct server *server, const char *line, bool in_control);

/* What a handler gets. words[0] is the command; words point into a copy of the line. */
struct command_call {
    struct server *server;
    char *const *words;
    unsigned count;
    const char *rest;           /* the line after the command, untouched */
};

/* One command. Several names may share a handler through several rows. */
struct command {
    const char *name;           /* "reset", or two words: "arm semihosting" */
    const char *arguments;      /* for help: "[halt|run]" */
    const char *summary;        /* for help; NULL: accepted for the sake of launch files, not listed */
    bool changes;               /* needs control of the target */
    bool (*run)(const struct command_call *call);
};

/* The tables of the subjects, each ended by a NULL name. */
extern const struct command commands_run_control[];     /* cmd_run.c: reset, halt, continue, step, speed */
extern const struct command commands_memory[];          /* cmd_memory.c: mdw..., mww..., load_image */
extern const struct command commands_view[];            /* cmd_view.c: regs, periph, irq, clocks, info, fault */
extern const struct command commands_timeline[];        /* cmd_timeline.c: seek, last-write, ... */
extern const struct command commands_board[];           /* cmd_board.c: pin, adc, uart, temperature */
extern const struct command commands_compatible[];      /* cmd_compatible.c: words that launch files use */

#endif
