/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Intel HEX (Intel's specification of 1988, revision A): record types 00 to 05, one record per line.
 * Blank lines, blanks at the end of a line and either line ending are accepted, nothing else beside
 * records. Records that cross the end of a 64 KiB segment in segment mode, where the specification
 * would wrap, are refused: no tool writes them on purpose.
 */
#include <string.h>

#include "server/image_build.h"

enum { HEX_DATA, HEX_END, HEX_SEGMENT, HEX_START_SEGMENT, HEX_LINEAR, HEX_START_LINEAR };

struct hex_reader {
    struct image_builder *b;
    unsigned line;
    uint32_t base;     /* added to a record's address */
    bool segment_mode; /* base comes from an extended segment address: offsets are 16 bits and do not carry */
    bool ended;
};

struct hex_record {
    uint8_t length;
    uint8_t type;
    uint16_t address;
    const uint8_t *data;
};

static int digit_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes of a record's text, without the colon; their number in *count. At most 260 fit a record. */
static bool decode_digits(struct hex_reader *r, const uint8_t *text, size_t length, uint8_t bytes[260],
                          size_t *count)
{
    if (length % 2 != 0)
        return image_fail(r->b, "line %u: odd number of digits (%zu)", r->line, length);
    if (length < 10 || length > 520)
        return image_fail(r->b, "line %u: a record of %zu digits, expected 10 to 520", r->line, length);
    for (size_t i = 0; i < length; i++) {
        int value = digit_value(text[i]);
        if (value < 0)
            return image_fail(r->b, "line %u: byte 0x%02x in column %zu, expected a hexadecimal digit", r->line,
                              text[i], i + 2);
        bytes[i / 2] = (uint8_t)(i % 2 == 0 ? value << 4 : bytes[i / 2] | value);
    }
    *count = length / 2;
    return true;
}

static bool check_record(struct hex_reader *r, const uint8_t *bytes, size_t count)
{
    static const struct {
        const char *name;
        int length; /* -1: any */
    } types[] = {
        {"data", -1},
        {"end-of-file", 0},
        {"extended segment address", 2},
        {"start segment address", 4},
        {"extended linear address", 2},
        {"start linear address", 4},
    };
    uint8_t sum = 0;

    if (count != bytes[0] + 5u)
        return image_fail(r->b, "line %u: the length field says %u data bytes, the line has %zu", r->line,
                          bytes[0], count - 5);
    for (size_t i = 0; i < count - 1; i++)
        sum = (uint8_t)(sum + bytes[i]);
    if ((uint8_t)-sum != bytes[count - 1])
        return image_fail(r->b, "line %u: the checksum is %02X, expected %02X", r->line, bytes[count - 1],
                          (uint8_t)-sum);
    if (bytes[3] >= sizeof types / sizeof types[0])
        return image_fail(r->b, "line %u: record type %02X, expected 00 to 05", r->line, bytes[3]);
    if (types[bytes[3]].length >= 0 && bytes[0] != types[bytes[3]].length)
        return image_fail(r->b, "line %u: %s record with %u data bytes, expected %d", r->line,
                          types[bytes[3]].name, bytes[0], types[bytes[3]].length);
    return true;
}

static bool apply_data(struct hex_reader *r, const struct hex_record *record)
{
    uint64_t address = (uint64_t)r->base + record->address;

    if (r->segment_mode && record->address + record->length > 0x10000)
        return image_fail(r->b, "line %u: %u bytes at offset 0x%04x cross the end of a 64 KiB segment", r->line,
                          record->length, record->address);
    if (address + record->length > (uint64_t)UINT32_MAX + 1)
        return image_fail(r->b, "line %u: the data go beyond the end of the 4 GiB address space", r->line);
    return image_add(r->b, (uint32_t)address, record->data, record->length);
}

static bool apply_record(struct hex_reader *r, const struct hex_record *record)
{
    const uint8_t *d = record->data;
    struct image *image = r->b->image;

    switch (record->type) {
    case HEX_DATA:
        return apply_data(r, record);
    case HEX_END:
        r->ended = true;
        break;
    case HEX_SEGMENT:
    case HEX_LINEAR:
        r->segment_mode = record->type == HEX_SEGMENT;
        r->base = (uint32_t)(d[0] << 8 | d[1]) << (r->segment_mode ? 4 : 16);
        break;
    case HEX_START_SEGMENT: /* CS:IP */
        image->has_entry = true;
        image->entry = ((uint32_t)(d[0] << 8 | d[1]) << 4) + (uint32_t)(d[2] << 8 | d[3]);
        break;
    case HEX_START_LINEAR:
        image->has_entry = true;
        image->entry = (uint32_t)d[0] << 24 | (uint32_t)d[1] << 16 | (uint32_t)d[2] << 8 | d[3];
        break;
    }
    return true;
}

/* One line without its line end. */
static bool read_line(struct hex_reader *r, const uint8_t *text, size_t length)
{
    uint8_t bytes[260] = {0};
    size_t count = 0;

    while (length > 0 && (text[length - 1] == '\r' || text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    if (length == 0)
        return true;
    if (r->ended)
        return image_fail(r->b, "line %u: text after the end-of-file record", r->line);
    if (text[0] != ':')
        return image_fail(r->b, "line %u: begins with byte 0x%02x, expected ':'", r->line, text[0]);
    if (!decode_digits(r, text + 1, length - 1, bytes, &count) || !check_record(r, bytes, count))
        return false;
    struct hex_record record = {
        .length = bytes[0],
        .type = bytes[3],
        .address = (uint16_t)(bytes[1] << 8 | bytes[2]),
        .data = bytes + 4,
    };
    return apply_record(r, &record);
}

bool image_parse_hex(struct image_builder *b, const uint8_t *bytes, size_t size)
{
    struct hex_reader r = {.b = b};

    while (size > 0) {
        const uint8_t *end = memchr(bytes, '\n', size);
        size_t length = end != NULL ? (size_t)(end - bytes) : size;
        r.line++;
        if (!read_line(&r, bytes, length))
            return false;
        bytes += length + (end != NULL);
        size -= length + (end != NULL);
    }
    if (!r.ended)
        return image_fail(b, "no end-of-file record after line %u: the file is incomplete", r.line);
    return true;
}
