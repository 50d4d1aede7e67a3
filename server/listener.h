/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gdb port: accepts clients and carries bytes between their sockets and the stub's sessions. */
#ifndef SERVER_LISTENER_H
#define SERVER_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

struct listener;
struct stub;
struct uv_loop_s;

/* Waits at host:port (port 0: any); or on stdin and stdout when `stdio`. `wake` is called after bytes
 * were handled, because the stub may have set the target going. NULL with a message on stderr. */
struct listener *listener_open(struct uv_loop_s *loop, struct stub *stub, const char *host, uint16_t port,
                               bool stdio, void (*wake)(void *context), void *context);

/* The port that is listened on; 0 with stdio. */
uint16_t listener_port(const struct listener *listener);

/* Closes port and clients; the loop has to run once more for the closing to end. */
void listener_close(struct listener *listener);
void listener_free(struct listener *listener);

#endif
