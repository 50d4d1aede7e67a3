/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real time, for pace, limits and statistics; never for anything that a guest can see (I1). */
#ifndef SERVER_HOSTTIME_H
#define SERVER_HOSTTIME_H

#include <stdint.h>
#include <time.h>

static inline uint64_t host_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#endif
