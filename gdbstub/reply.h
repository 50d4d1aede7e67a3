/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Building the payload of a packet to the client in a buffer of fixed size. What writes a length that a
 * client chose asks reply_room first; running out of room anywhere else is a mistake of ours (asserted).
 */
#ifndef GDBSTUB_REPLY_H
#define GDBSTUB_REPLY_H

#include <stddef.h>
#include <stdint.h>

struct reply {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
};

static inline size_t reply_room(const struct reply *out)
{
    return out->capacity - out->size;
}

void reply_char(struct reply *out, char c);
void reply_text(struct reply *out, const char *text);
void reply_format(struct reply *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Bytes as pairs of hex digits. */
void reply_hex(struct reply *out, const void *bytes, size_t count);

/* As many of the bytes as there is room for, escaped for a binary reply; returns how many. */
size_t reply_binary(struct reply *out, const void *bytes, size_t count);

#endif
