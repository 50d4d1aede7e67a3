/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a benchmark program is: a fixed amount of work of one kind, about a second of it on an emulator. The same source
 * runs on the chip (under tests/guest/lib/startup.c) and, where it needs nothing of the chip, on the host.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdint.h>

/* Does the work; 0 if its result is right. Becomes the exit status. */
int main(void);

#define NOINLINE __attribute__((noinline))

/* A repeatable sequence of 24-bit numbers. */
static inline uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

#endif
