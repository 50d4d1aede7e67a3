/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line. */
#ifndef SERVER_OPTIONS_H
#define SERVER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OPTIONS_ATTACH = 32, OPTIONS_UARTS = 16, OPTIONS_HOST = 256 };

/* Exit statuses of the program; in --batch the firmware's own are 0..123. */
enum {
    EXIT_FIRMWARE_MAX = 123,
    EXIT_LIMIT = 124,           /* --max-cycles, --timeout, or asleep for ever */
    EXIT_USAGE = 125,           /* usage or host error */
    EXIT_CRASH = 126            /* lockup or unhandled fault */
};

/* Where semihosting's console goes. */
enum console_place { CONSOLE_AUTO, CONSOLE_GDB, CONSOLE_STDIO };

struct uart_option {
    const char *name;           /* "USART1" */
    const char *where;          /* "stdio", "pty", "tcp:PORT", "file:PATH", "null" */
};

struct attach_option {
    const char *text;           /* "24c256@I2C1:0x50=FILE" */
    const void *contents;       /* from a recording, in place of the file's; NULL: none */
    size_t size;
};

/* Strings point into argv. */
struct options {
    const char *image;          /* path */
    const char *chip;           /* NULL: from the image */
    bool raw;                   /* raw binary at `address` */
    uint32_t address;
    bool gdb;                   /* listen for gdb */
    bool gdb_stdio;             /* speak on stdin and stdout instead of a port */
    char gdb_host[OPTIONS_HOST];
    uint16_t gdb_port;          /* 0: any */
    bool run;
    bool batch;
    uint64_t max_cycles;        /* 0: no limit */
    double timeout;             /* wall seconds; 0: no limit */
    struct uart_option uarts[OPTIONS_UARTS];
    unsigned uart_count;
    struct attach_option attach[OPTIONS_ATTACH];
    unsigned attach_count;
    bool semihosting;
    const char *semihosting_dir;    /* NULL: console and exit only */
    enum console_place semihosting_console;
    const char *semihosting_args;   /* SYS_GET_CMDLINE; NULL: the image's name */
    bool translator;            /* --engine translator */
    double speed;               /* guest seconds per wall second; 0: as fast as possible */
    bool no_history;            /* the past is not recorded */
    size_t history_memory;      /* bytes for checkpoints */
    const char *record;         /* file that history is written to; NULL: none */
    const char *replay;         /* recording to look at; NULL: none */
    const char *image_path;     /* where to read the firmware: `image`, or what the recording holds */
    bool stats;
    bool strict_monitor;
    bool conditions;            /* any of the next three was given */
    uint64_t seed;
    uint32_t hse_hz, lse_hz;
    uint32_t stop_on, check;    /* bit masks over enum diag_kind: as in machine_options */
    bool quiet;                 /* no diagnostics on stderr */
};

enum options_result {
    OPTIONS_RUN,
    OPTIONS_DONE,               /* --help, --version, --list-chips: printed */
    OPTIONS_BAD                 /* a message was printed on stderr */
};

enum options_result options_parse(struct options *options, int argc, char **argv);

#endif
