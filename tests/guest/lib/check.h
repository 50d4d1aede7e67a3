/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Self-checks of a guest program. Each check prints one line of TAP through semihosting; `name` is the behaviour
 * that it protects. check_end prints the plan and ends the run; its status is the number of failed checks.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stdint.h>

/* Passes if `condition` holds. */
void check(const char *name, bool condition);

/* Passes if `actual` equals `expected`; prints both if not. */
void check_eq(const char *name, uint32_t actual, uint32_t expected);

/* Passes if `low` <= `actual` <= `high`. */
void check_range(const char *name, uint32_t actual, uint32_t low, uint32_t high);

/* A line of TAP that is not a test: "# text: 0xVALUE". */
void check_note(const char *text, uint32_t value);

/* For programs that go through a reset: goes on counting where an earlier life stopped. */
void check_resume(unsigned checks, unsigned failures);
unsigned check_count(void);
unsigned check_failures(void);

_Noreturn void check_end(void);

/* Ends the whole run with TAP's "Bail out!" and status 99. */
_Noreturn void check_bail_out(const char *why, uint32_t value);

/* Ends the run with this status (0..123 are the firmware's own). */
_Noreturn void exit_status(unsigned status);

#endif
