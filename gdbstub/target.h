/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the stub asks of a target: one interface of optional groups. A group that is NULL is neither
 * advertised to gdb nor answered; inside a group every function is there unless its comment says
 * "optional". The stub calls the functions with the `target` that was given to stub_create, from
 * inside session_receive, session_close and the stub_* calls, on the caller's thread.
 *
 * Addresses are 32 bits wide and values little-endian, as on the parts that the stub serves.
 */
#ifndef GDBSTUB_TARGET_H
#define GDBSTUB_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a request ended. A function that fails may say why in words with stub_explain before it
 * returns; without that gdb's user gets the general text of the status. */
enum target_status {
    TARGET_OK,
    TARGET_FAILED,          /* for a reason that none of those below names */
    TARGET_NO_MEMORY,       /* nothing answers at some address of the request */
    TARGET_READ_ONLY,
    TARGET_NO_REGISTER,
    TARGET_NO_THREAD,
    TARGET_IS_RUNNING,      /* can be done only while halted */
    TARGET_NO_RESOURCE,     /* out of comparators, host memory, ... */
    TARGET_UNSUPPORTED,     /* gdb may try another way: the reply is empty where the protocol allows */
    TARGET_STATUS_COUNT
};

/* ---- description: what gdb's target description XML is made of ---- */

/* The number of a register is its place in the description: those of the first feature count from 0,
 * those of the next go on from there. */
struct target_register {
    const char *name;       /* gdb's name */
    uint8_t size;           /* bytes, 1..8 */
    bool expedited;         /* part of every stop reply, so that gdb need not ask */
    const char *type;       /* gdb's type: "int", "data_ptr", "code_ptr", "ieee_double", ... */
    const char *group;      /* "general", "float", "system", ...; NULL: left to gdb */
};

struct target_feature {
    const char *name;       /* "org.gnu.gdb.arm.m-profile" */
    const struct target_register *registers;
    unsigned count;
};

/* Must stay valid and unchanged as long as the stub. */
struct target_description {
    const char *architecture;                       /* "arm" */
    const struct target_feature *const *features;   /* ended by NULL */
    unsigned pc;                                    /* number of the program counter */
    uint32_t code_alignment;    /* a power of two: instruction addresses are multiples of it, and
                                 * the addresses of Z0, Z1, z0 and z1 are rounded down to one */
};

/* ---- registers: g G p P, T's expedited registers, agent expressions ---- */

struct target_register_ops {
    /* Puts or takes the register's size in bytes, least significant first. `thread` is one of the
     * threads group, 1 without that. Reading has no side effects and works while the target runs. */
    enum target_status (*read)(void *target, uint32_t thread, unsigned reg, uint8_t *bytes);
    enum target_status (*write)(void *target, uint32_t thread, unsigned reg, const uint8_t *bytes);
};

/* ---- memory: m M x X, qCRC, qSearch:memory, agent expressions ---- */

struct target_memory_ops {
    /* Debugger access: no side effects (invariant I8). Returns how many bytes from `address` on could
     * be read, 0..size. The range never wraps round the end of the address space. */
    uint32_t (*read)(void *target, uint32_t address, void *bytes, uint32_t size);
    enum target_status (*write)(void *target, uint32_t address, const void *bytes, uint32_t size);
};

/* ---- run control: vCont c s C S, ? and Ctrl-C ---- */

enum target_action {
    TARGET_CONTINUE,
    TARGET_STEP,            /* one instruction */
    TARGET_RANGE_STEP       /* one instruction, then on while start <= pc < end and nothing else stops */
};

struct target_resume {
    enum target_action action;
    uint32_t thread;
    uint32_t start, end;    /* TARGET_RANGE_STEP */
};

struct target_run_ops {
    /* Starts the target. It ends in one stub_report_stop, later or from inside this call. A target
     * that stands at a breakpoint or at the access of the watchpoint that it just reported passes it. */
    enum target_status (*resume)(void *target, const struct target_resume *how);
    /* Asks a running target to stop soon: TARGET_STOP_INTERRUPT, or what happened first. Also from
     * session_close, when nobody is left to hear of the stop. */
    void (*interrupt)(void *target);
    /* Whether the target runs now, whoever started it (a monitor command may). */
    bool (*running)(void *target);
    /* Optional: a debugger took control (true), or let go and breakpoints no longer stop (false). */
    void (*attached)(void *target, bool attached);
};

/* Why a target stopped. Signals are numbered as gdb numbers them. */
enum target_signal {
    TARGET_SIGNAL_NONE = 0,
    TARGET_SIGINT = 2,
    TARGET_SIGILL = 4,
    TARGET_SIGTRAP = 5,
    TARGET_SIGABRT = 6,
    TARGET_SIGFPE = 8,
    TARGET_SIGKILL = 9,
    TARGET_SIGBUS = 10,
    TARGET_SIGSEGV = 11
};

enum target_stop_kind {
    TARGET_STOP_STEP,               /* the step is done */
    TARGET_STOP_BREAK_SOFTWARE,     /* pc stands at a Z0 breakpoint; not for a BKPT of the firmware's own,
                                     * which is a SIGTRAP: gdb runs on from a Z0 stop it cannot explain */
    TARGET_STOP_BREAK_HARDWARE,     /* pc stands at a Z1 breakpoint */
    TARGET_STOP_WATCH_WRITE,        /* the instruction at pc would make (backwards: made) the access */
    TARGET_STOP_WATCH_READ,
    TARGET_STOP_WATCH_ACCESS,
    TARGET_STOP_INTERRUPT,          /* asked for by Ctrl-C or a monitor command */
    TARGET_STOP_SIGNAL,             /* `signal` says which: a fault, lockup, vector catch, ... */
    TARGET_STOP_HISTORY_BEGIN,      /* reverse execution reached the oldest recorded moment */
    TARGET_STOP_HISTORY_END,        /* replay reached the newest */
    TARGET_STOP_EXITED,             /* the firmware ended with `status` (semihosting) */
    TARGET_STOP_KILLED              /* the firmware ended by `signal` */
};

struct target_stop {
    enum target_stop_kind kind;
    uint32_t thread;        /* 0: the current one */
    uint32_t address;       /* TARGET_STOP_WATCH_*: the watched address that was hit */
    enum target_signal signal;  /* TARGET_STOP_SIGNAL, TARGET_STOP_KILLED */
    uint8_t status;         /* TARGET_STOP_EXITED */
};

/* ---- breakpoints and watchpoints: Z0..Z4 z0..z4 ---- */

/* Numbered as in the packets. */
enum target_point {
    TARGET_BREAK_SOFTWARE = 0,
    TARGET_BREAK_HARDWARE = 1,
    TARGET_WATCH_WRITE = 2,
    TARGET_WATCH_READ = 3,
    TARGET_WATCH_ACCESS = 4,
    TARGET_POINT_COUNT
};

/* The stub keeps who asked for what, with conditions and commands; the target sees each distinct
 * {kind, address, size} inserted once and removed once, also while it runs. Any address may come:
 * gdb 13 plants a breakpoint at 0xfffffffe when it finishes the outermost frame. `size` is the length
 * watched; for breakpoints it is gdb's kind (2, 3 or 4 on Arm) and no part of what is distinct.
 *
 * Whenever pc arrives at a breakpoint, by running or by stepping, the target asks stub_breakpoint_hit
 * whether that is a stop. */
struct target_breakpoint_ops {
    enum target_status (*insert)(void *target, enum target_point kind, uint32_t address, uint32_t size);
    enum target_status (*remove)(void *target, enum target_point kind, uint32_t address, uint32_t size);
};

/* ---- flash: vFlashErase vFlashWrite vFlashDone ---- */

struct target_flash_ops {
    enum target_status (*erase)(void *target, uint32_t address, uint32_t size);
    enum target_status (*write)(void *target, uint32_t address, const void *bytes, uint32_t size);
    enum target_status (*done)(void *target);
};

/* ---- memory map: qXfer:memory-map:read ---- */

enum target_region_kind { TARGET_REGION_RAM, TARGET_REGION_ROM, TARGET_REGION_FLASH };

struct target_region {
    enum target_region_kind kind;
    uint32_t start, size;   /* bytes; size 0 stands for all up to the end of the address space */
    uint32_t block;         /* TARGET_REGION_FLASH: size of one erasable sector */
};

/* gdb refuses to touch what no region covers: peripherals and the private peripheral bus are RAM to it. */
struct target_map_ops {
    /* Puts the number of regions in *count; they stay valid until the next call. */
    const struct target_region *(*regions)(void *target, size_t *count);
};

/* ---- threads; without this group there is one, number 1 ---- */

struct target_thread_ops {
    /* Writes up to `max` numbers (1 and up) and returns how many. */
    size_t (*list)(void *target, uint32_t *threads, size_t max);
    uint32_t (*current)(void *target);
    /* Optional: words for gdb's `info threads`; false if there are none. */
    bool (*describe)(void *target, uint32_t thread, char *text, size_t size);
};

/* ---- reverse execution: bs bc ---- */

/* As target_run_ops.resume, into the past: one stub_report_stop follows. The bounds of history are
 * stops, TARGET_STOP_HISTORY_BEGIN and _END, never errors. A hit at the position where the request
 * starts does not count. */
struct target_reverse_ops {
    enum target_status (*step)(void *target, uint32_t thread);
    enum target_status (*resume)(void *target, uint32_t thread);
};

/* ---- monitor commands: qRcmd ---- */

struct target_monitor_ops {
    /* Runs one command line (ended by NUL, no newline). Text given to stub_console_output meanwhile
     * goes to the session that asked. `in_control` is false while another one is: such a session may
     * only look, and must not halt, resume or change the target. Failing makes gdb's command an error,
     * which ends the launch of several IDEs. */
    enum target_status (*command)(void *target, const char *line, bool in_control);
};

/* ---- extended-remote: ! R vRun vKill k ---- */

struct target_process_ops {
    /* Resets and leaves the target halted before its first instruction, without a stop report.
     * `arguments` is the command line of `run`, words separated by a blank; NULL: as it was before. */
    enum target_status (*restart)(void *target, const char *arguments);
    /* gdb's user killed the program: the target is left reset and halted. */
    void (*kill)(void *target);
};

/* ---- console: where text goes when no session can take it ---- */

struct target_console_ops {
    /* Output of breakpoint commands that outlived their session (gdb's disconnected-dprintf). */
    void (*write)(void *target, const char *text, size_t size);
};

struct target_ops {
    const struct target_description *description;   /* NULL: no registers either */
    const struct target_register_ops *registers;
    const struct target_memory_ops *memory;
    const struct target_run_ops *run;
    const struct target_breakpoint_ops *breakpoints;
    const struct target_flash_ops *flash;
    const struct target_map_ops *map;
    const struct target_thread_ops *threads;
    const struct target_reverse_ops *reverse;
    const struct target_monitor_ops *monitor;
    const struct target_process_ops *process;
    const struct target_console_ops *console;
};

#endif
