/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading the payload of a packet: numbers are hexadecimal, most significant digit first (gdb
 * manual, "Packets").
 */
#include "gdbstub/payload.h"

#include <string.h>

int payload_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool payload_char(struct payload *in, char c)
{
    if (payload_done(in) || *in->at != (uint8_t)c)
        return false;
    in->at++;
    return true;
}

bool payload_word(struct payload *in, const char *word)
{
    size_t length = strlen(word);
    if (payload_left(in) < length || memcmp(in->at, word, length) != 0)
        return false;
    in->at += length;
    return true;
}

bool payload_number(struct payload *in, uint32_t *value)
{
    uint32_t number = 0;
    const uint8_t *start = in->at;
    for (; !payload_done(in) && payload_digit(*in->at) >= 0; in->at++) {
        if (number >> 28 != 0)
            return false;
        number = number << 4 | (uint32_t)payload_digit(*in->at);
    }
    *value = number;
    return in->at != start;
}

bool payload_range(struct payload *in, uint32_t *address, uint32_t *length)
{
    return payload_number(in, address) && payload_char(in, ',') && payload_number(in, length);
}

bool payload_hex(struct payload *in, uint8_t *bytes, size_t count)
{
    if (payload_left(in) / 2 < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        int high = payload_digit(in->at[2 * i]);
        int low = payload_digit(in->at[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    in->at += 2 * count;
    return true;
}

bool payload_raw(struct payload *in, const uint8_t **bytes, size_t count)
{
    if (payload_left(in) < count)
        return false;
    *bytes = in->at;
    in->at += count;
    return true;
}

bool payload_thread(struct payload *in, int32_t *thread)
{
    if (payload_word(in, "-1")) {
        *thread = THREAD_ALL;
        return true;
    }
    uint32_t number;
    if (!payload_number(in, &number) || number > INT32_MAX)
        return false;
    *thread = (int32_t)number;
    return true;
}

struct payload payload_field(struct payload *in, char separator)
{
    struct payload field = *in;
    const uint8_t *found = payload_done(in) ? NULL : memchr(in->at, separator, payload_left(in));
    if (found == NULL) {
        in->at = in->end;
    } else {
        field.end = found;
        in->at = found + 1;
    }
    return field;
}
