/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arm semihosting (Semihosting for AArch32 and AArch64, 2.0): the host side of BKPT 0xAB. The firmware's
 * files are only those below the directory that the user named; without one only console, time, command
 * line, heap and exit are served and file calls fail.
 */
#ifndef SERVER_SEMIHOSTING_H
#define SERVER_SEMIHOSTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct machine;
struct semihosting;

struct semihosting_config {
    const char *directory;          /* NULL: no files */
    bool history;                   /* semihosting_rewind may be called */
    const char *program;            /* its name, before the arguments of semihosting_set_arguments */
    const char *command_line;
    /* Where the console (":tt", SYS_WRITEC, SYS_WRITE0) goes. */
    void (*write)(void *context, const char *text, size_t size);
    /* Takes up to `size` bytes typed by the user; 0: none yet, -1: no more will come. */
    int (*read)(void *context, char *text, size_t size);
    void *context;
};

/* NULL (with a message in `error`) when the directory cannot be opened or memory is short. */
struct semihosting *semihosting_create(const struct semihosting_config *config, char *error, size_t size);
void semihosting_destroy(struct semihosting *s);

/* The words after the program's name, from now on; "" brings the configured command line back. False:
 * out of memory. */
bool semihosting_set_arguments(struct semihosting *s, const char *arguments);

enum semihosting_outcome {
    SEMIHOSTING_DONE,       /* answered; the guest goes on */
    SEMIHOSTING_WAIT,       /* needs console input that is not there yet: ask again later */
    SEMIHOSTING_EXIT        /* the firmware ended; *status is its exit status, 0..123 or more */
};

/* Serves the call that the machine stands at (STOP_SEMIHOSTING) and answers it through the input door
 * (I2). A guest cannot make it fail: bad pointers and handles are answered with -1 and an errno. */
enum semihosting_outcome semihosting_serve(struct semihosting *s, struct machine *m, int *status);

/* Closes the guest's files (reset at that cycle). */
void semihosting_reset(struct semihosting *s, uint64_t cycle);

/* A new future begins there: the guest's files are what they were then, as far as that can be. */
void semihosting_rewind(struct semihosting *s, uint64_t cycle);

#endif
