/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The gdb stub: bytes in, bytes out. It speaks gdb's remote serial protocol (gdb manual, appendix
 * "Remote Protocol") for a target that it knows only through target.h, to clients that it knows only
 * through a write function. This is the room's public header.
 *
 * A stub serves any number of sessions. One of them at a time is in control: the first that sends a
 * packet which needs it (`?`, a write, a breakpoint, run control) while nobody has it. The others read
 * registers and memory, while the target runs too, and get an error for the rest, at once. A session
 * that never sends anything has no effect at all.
 *
 * Not there: non-stop mode (refused, gdb falls back to all-stop), tracepoints, file I/O, multiprocess.
 *
 * No function may be called for a session or stub from inside its own write function, and a session is
 * not closed from inside a function of the target.
 */
#ifndef GDBSTUB_GDBSTUB_H
#define GDBSTUB_GDBSTUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gdbstub/target.h"

struct stub;
struct session;

/* Both must outlive the stub. NULL when out of memory. */
struct stub *stub_create(const struct target_ops *ops, void *target);

/* Closes what sessions are left. */
void stub_destroy(struct stub *stub);

/* ---- sessions: one per connected client ---- */

/* Takes the bytes that are to reach the client; one call is one packet or one acknowledgement, and is
 * to be one write to the host. Only valid during the call. */
typedef void session_write(void *context, const void *bytes, size_t size);

/* NULL when out of memory. The stub owns the session until session_close. */
struct session *session_open(struct stub *stub, session_write *write, void *context);

/* Bytes from the client, cut anywhere. False: the client took its leave (D or k outside extended mode)
 * and the connection may be closed once what was written has left. */
bool session_receive(struct session *session, const void *bytes, size_t size);

/* The client is gone, with or without a word. Its breakpoints are removed; if it was in control the
 * target is halted (unless it was detached), and control is free. */
void session_close(struct session *session);

/* ---- what the owner of the target tells the stub ---- */

/* The target stopped, whoever had started it. The session that waits gets its stop reply; `?` is
 * answered with it from now on. */
void stub_report_stop(struct stub *stub, const struct target_stop *stop);

/* Text for the console of gdb: semihosting output, breakpoint commands, progress of a long search.
 * True if a session took it: the one whose monitor command is being served, else the one in control
 * while it waits for a stop. gdb understands console output at no other time. */
bool stub_console_output(struct stub *stub, const char *text, size_t size);

/* Says why the request under way fails, for the status that the target's function is about to return.
 * Shown where gdb accepts texts. */
void stub_explain(struct stub *stub, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- questions ---- */

/* Whether a session is in control: breakpoints and BKPT stop for it. */
bool stub_attached(const struct stub *stub);

/* Whether a session waits for a stop reply, so that console output would reach it. */
bool stub_waiting(const struct stub *stub);

/* ---- hits ---- */

/* What a breakpoint means now that pc stands at `address`, its conditions evaluated on registers and
 * memory as they are. Changes nothing, prints nothing, may be asked any number of times (a scan of the
 * past asks at every hit). A condition that cannot be evaluated counts as true, as in gdb. */
enum stub_hit {
    STUB_HIT_NONE,          /* no breakpoint of any session here, or every condition false: run on */
    STUB_HIT_COMMANDS,      /* its commands take the place of a stop: stub_breakpoint_commands, run on */
    STUB_HIT_SOFTWARE,      /* report TARGET_STOP_BREAK_SOFTWARE */
    STUB_HIT_HARDWARE       /* report TARGET_STOP_BREAK_HARDWARE */
};
enum stub_hit stub_breakpoint_hit(struct stub *stub, uint32_t address);

/* Runs the commands of the breakpoints at `address` whose conditions hold; they print to the console.
 * Due before going on from STUB_HIT_COMMANDS and before reporting STUB_HIT_SOFTWARE or _HARDWARE,
 * forwards only. */
void stub_breakpoint_commands(struct stub *stub, uint32_t address);

#endif
