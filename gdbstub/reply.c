/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdbstub/reply.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gdbstub/packet.h"

void reply_char(struct reply *out, char c)
{
    assert(out->size < out->capacity);
    out->bytes[out->size++] = (uint8_t)c;
}

void reply_text(struct reply *out, const char *text)
{
    size_t length = strlen(text);
    assert(length <= reply_room(out));
    memcpy(out->bytes + out->size, text, length);
    out->size += length;
}

void reply_format(struct reply *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf((char *)out->bytes + out->size, reply_room(out), format, arguments);
    va_end(arguments);
    assert(length >= 0 && (size_t)length < reply_room(out));
    out->size += (size_t)length;
}

void reply_hex(struct reply *out, const void *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = bytes;
    assert(count <= reply_room(out) / 2);
    for (size_t i = 0; i < count; i++) {
        out->bytes[out->size++] = (uint8_t)digits[from[i] >> 4];
        out->bytes[out->size++] = (uint8_t)digits[from[i] & 15];
    }
}

size_t reply_binary(struct reply *out, const void *bytes, size_t count)
{
    const uint8_t *from = bytes;
    size_t done = 0;
    for (; done < count; done++) {
        bool escape = packet_needs_escape(from[done]);
        if (reply_room(out) < (escape ? 2U : 1U))
            break;
        if (escape)
            out->bytes[out->size++] = PACKET_ESCAPE;
        out->bytes[out->size++] = escape ? from[done] ^ PACKET_ESCAPE_XOR : from[done];
    }
    return done;
}
