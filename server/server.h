/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The objects that make up the program, joined. Each is owned by main; a part that needs another one
 * reaches it from here.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "core/replay/moment.h"
#include "server/image.h"
#include "server/options.h"
#include "server/past.h"
#include "server/runner.h"

enum { SERVER_MARKS = 32, SERVER_MARK_NAME = 32 };

struct server_mark {
    char name[SERVER_MARK_NAME];
    struct moment at;
};

struct attachments;
struct machine;
struct program;
struct recorder;
struct semihosting;
struct stub;
struct symbols;
struct timeline;
struct uarts;

struct server {
    const struct options *options;
    struct image image;                 /* the firmware, as loaded */
    struct attachments *attachments;    /* the board; outlives the machine */
    struct machine *machine;            /* read and written directly, run through the timeline */
    struct timeline *timeline;          /* NULL with --no-history */
    struct recorder *recorder;          /* NULL without --record */
    struct symbols *symbols;            /* never NULL; knows nothing when the image has none */
    struct stub *stub;                  /* NULL in --batch */
    struct uarts *uarts;
    struct semihosting *semihosting;
    struct runner runner;
    struct machine_modes modes;         /* as the user wants them */
    bool catch_hardfault;               /* stop there while a debugger is attached */
    bool forked;                        /* a new future has begun, and gdb's user does not know yet */
    uint64_t forked_at;                 /* cycle */
    struct server_mark marks[SERVER_MARKS];
    unsigned mark_count;
    struct quest quest;                 /* of a monitor word; not open: none */
    struct program *program;            /* main's part */
};

/* Resets the machine, which stays halted if it was. Memories keep what they hold, as on a board. */
void server_restart(struct server *server, enum reset_kind kind);

/* Makes the event loop look at the runner again: something may have changed. */
void server_wake(struct server *server);

/* Ends the event loop: the program closes everything and exits. */
void server_quit(struct server *server);

/* BKPT 0xAB asks the host, or is an ordinary BKPT. */
void server_set_semihosting(struct server *server, bool on);

/* A debugger took control or let go: DHCSR.C_DEBUGEN. In the past this and semihosting wait for the end of
 * history. */
/* An LED of the board changes, on stderr with the guest's time. */
void board_say_led(const struct server *server, const struct device *d, bool lit);

/* How a transaction that the host began on an I2C bus ended (IO_I2C). */
void board_say_i2c(const struct server *server, const struct device *d, const uint8_t *bytes, size_t size);

void server_attach_debugger(struct server *server, bool attached);

/* What the user should have been told when gdb could not take it: now it can. */
void server_say_late(struct server *server);

/* Text for the user: gdb's console if a session takes it, else the terminal. Ends without newline as
 * given. */
void server_say(struct server *server, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
