/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading the payload of a packet, from front to back. Each function takes what it names off the front
 * and says whether it was there; after a false the position means nothing and the packet is malformed.
 * The payload may hold any bytes (NUL too) and is never read past its end.
 */
#ifndef GDBSTUB_PAYLOAD_H
#define GDBSTUB_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct payload {
    const uint8_t *at;
    const uint8_t *end;
};

static inline size_t payload_left(const struct payload *in)
{
    return (size_t)(in->end - in->at);
}

static inline bool payload_done(const struct payload *in)
{
    return in->at == in->end;
}

/* The value of a hex digit of either case, -1 for anything else. */
int payload_digit(uint8_t c);

bool payload_char(struct payload *in, char c);

/* The whole of `word`. */
bool payload_word(struct payload *in, const char *word);

/* A hexadecimal number of at least one digit that fits in 32 bits. */
bool payload_number(struct payload *in, uint32_t *value);

/* `address,length` as in m and Z. */
bool payload_range(struct payload *in, uint32_t *address, uint32_t *length);

/* Exactly `count` bytes as pairs of hex digits. */
bool payload_hex(struct payload *in, uint8_t *bytes, size_t count);

/* Exactly `count` bytes as they are. */
bool payload_raw(struct payload *in, const uint8_t **bytes, size_t count);

/* A thread id: a number from 1 up, 0 (any) or -1 (all). Without multiprocess there is no `p` form. */
enum { THREAD_ANY = 0, THREAD_ALL = -1 };
bool payload_thread(struct payload *in, int32_t *thread);

/* Splits off all up to the next `separator` (which is taken too) or the end. */
struct payload payload_field(struct payload *in, char separator);

#endif
