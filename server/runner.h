/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs the machine in slices between turns of the event loop, keeps its pace, and turns the machine's
 * stops into what the debugger or the batch user is told. Pace and slices never change what the guest
 * computes: they only choose where a run pauses.
 */
#ifndef SERVER_RUNNER_H
#define SERVER_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/machine.h"
#include "gdbstub/target.h"

struct server;

/* A pending interrupt that a step would run into is served first, as a probe with C_MASKINTS does: the
 * handler runs through until it is back at the instruction that is to be stepped. */
struct runner_detour {
    bool active;
    uint32_t pc, sp, exception;
};

struct runner {
    struct server *server;
    bool running;
    bool finished;              /* the firmware ended; only a reset makes it run again */
    int exit_status;            /* with finished */
    struct target_resume how;
    bool resumed_by_gdb;        /* a session waits for the stop */
    bool step_interrupts;       /* steps go into interrupt handlers */
    bool waiting_for_input;     /* semihosting wants console input */
    struct runner_detour detour;
    bool backwards;             /* running means: a search back through history is under way */
    bool told_end;              /* --replay: the end of the recording has been reported */
    bool sync;                  /* the next step only answers (monitor gdb_sync) */
    uint64_t said_host;         /* ns: when the search last said how far it is */
    uint64_t origin_cycle;      /* where it began */

    double speed;               /* guest seconds per wall second; 0: unbounded */
    uint64_t anchor_host;       /* ns: pace counts from here */
    uint64_t anchor_guest;      /* ns */
    uint64_t slice;             /* cycles of a slice: adapts to about a millisecond */

    uint64_t started_host;      /* ns: first run, for limits and statistics */
    uint64_t busy_host;         /* ns spent running */
};

void runner_init(struct runner *r, struct server *server);

/* Starts the machine; it stops through runner_halt or by itself. */
void runner_resume(struct runner *r, const struct target_resume *how);

/* Into the past; each ends in a stop report. False: there is no history. */
bool runner_step_back(struct runner *r);
bool runner_run_back(struct runner *r);

/* The machine was put somewhere else on its timeline. */
void runner_moved(struct runner *r);

/* Stops it now, reporting `kind` (TARGET_STOP_INTERRUPT). Nothing happens when it does not run. */
void runner_halt(struct runner *r);

/* After a reset or load: nothing is finished, pace starts anew. */
void runner_restarted(struct runner *r);

/* Nobody runs slices while a guest sleeps: brings its time up to what the pace has come to, or to the event that may
 * wake it. Wanted before anybody looks at it or puts something in. */
void runner_catch_up(struct runner *r);

/* Guest seconds per wall second; 0: as fast as possible. */
void runner_set_speed(struct runner *r, double speed);

enum { RUNNER_NOW = 0 };
#define RUNNER_IDLE UINT64_MAX

/* Runs about a millisecond. Returns after how many nanoseconds it wants to be called again: RUNNER_NOW,
 * a delay (keeping pace, asleep), or RUNNER_IDLE (halted, finished, or nothing but input can wake it). */
uint64_t runner_slice(struct runner *r);

#endif
