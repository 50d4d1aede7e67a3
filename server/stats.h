/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --stats: one JSON object on stderr at the end. */
#ifndef SERVER_STATS_H
#define SERVER_STATS_H

#include <stdint.h>

struct server;

/* `wall_ns`: real time since the program's start. */
void stats_print(const struct server *server, uint64_t wall_ns);

#endif
