/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the guest's UARTs meet the host: stdio, pty, tcp, file, null. Output is written as it leaves the
 * chip; input is held here until the device has room for it, and enters through the machine's input door.
 */
#ifndef SERVER_UARTS_H
#define SERVER_UARTS_H

#include <stdbool.h>
#include <stddef.h>

struct machine;
struct options;
struct uarts;
struct uv_loop_s;

/* Opens what the options name; NULL with a message on stderr if something cannot be opened or no such
 * UART exists. */
struct uarts *uarts_open(struct uv_loop_s *loop, struct machine *m, const struct options *options);

/* Flushes, closes and forgets; the loop has to run once more for the closing to end. */
void uarts_close(struct uarts *uarts);

/* A byte that left UART `name`. The first one used takes stdio when the options name no UART. */
void uarts_output(struct uarts *uarts, const char *name, const void *bytes, size_t size);

/* Hands over what has arrived, as far as the devices have room. */
void uarts_pump(struct uarts *uarts);

/* Whether input may still come. */
bool uarts_may_input(const struct uarts *uarts);

/* Bytes for UART `name` from a monitor command. */
bool uarts_inject(struct uarts *uarts, const char *name, const void *bytes, size_t size);

/* The console on stdin for semihosting: as semihosting_config.read. */
int uarts_console_read(struct uarts *uarts, char *text, size_t size);

/* Calls back when input arrives while the guest is idle, so that the owner can run it. */
void uarts_on_input(struct uarts *uarts, void (*wake)(void *context), void *context);

#endif
