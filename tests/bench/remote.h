/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client of a GDB remote server, as small as measuring needs it. What goes wrong ends the program with a message. */
#ifndef BENCH_REMOTE_H
#define BENCH_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REMOTE_PACKET = 1 << 19 };

struct remote {
    int fd;
    size_t packet_size;         /* the longest that the server takes */
    bool binary;                /* it has `x` */
    size_t held, used;          /* bytes received, and of those consumed */
    size_t size;                /* of the last reply */
    char buffer[1 << 16], reply[REMOTE_PACKET];
    char console[4096];         /* what the server said on gdb's console before the last reply */
};

/* Connects to a port of this host, waiting until there is one, switches acknowledgements off, and hears why the target
 * is halted. */
void remote_open(struct remote *r, uint16_t port);
void remote_close(struct remote *r);

/* Sends a packet and returns its reply, decoded, with a NUL after it. */
const char *remote_ask(struct remote *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* As remote_ask, for packets that are answered with OK; false if the server knows them not. */
bool remote_order(struct remote *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* gdb's `monitor`: what the server says to it. */
const char *remote_monitor(struct remote *r, const char *word);

/* A port that was free just now. */
uint16_t remote_free_port(void);

#endif
