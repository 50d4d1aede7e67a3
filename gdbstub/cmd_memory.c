/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory: m M x X, and what is computed over memory here so that it need not cross the wire, qCRC
 * and qSearch:memory.
 */
#include <string.h>

#include "gdbstub/handler.h"

enum {
    READ_LONGEST = PACKET_SIZE / 2 - 1, /* bytes per reply, at worst two characters each */
    SCAN_LONGEST = 64 << 20, /* bytes that one qCRC or qSearch may take: the server answers
                              * nobody else meanwhile */
    SCAN_PIECE = 4096
};

static bool present(const struct target_ops *ops)
{
    return ops->memory != NULL;
}

/* Reads up to `size` bytes, none past the end of the address space; returns how many could be. */
static uint32_t read_memory(const struct session *s, uint32_t address, void *bytes, uint32_t size)
{
    const struct stub *stub = s->stub;
    uint32_t after = UINT32_MAX - address;
    if (size > after)
        size = after + 1;
    return size == 0 ? 0 : stub->ops->memory->read(stub->target, address, bytes, size);
}

static enum outcome write_memory(const struct session *s, uint32_t address, const uint8_t *bytes,
                                 uint32_t size)
{
    const struct stub *stub = s->stub;
    if (size == 0)
        return OUTCOME_OK; /* gdb's probe whether X is supported */
    if (size - 1 > UINT32_MAX - address)
        return OUTCOME_STATUS + TARGET_NO_MEMORY;
    return outcome_of(stub->ops->memory->write(stub->target, address, bytes, size));
}

/* ---- reading and writing ---- */

/* What m and x have in common: reads as much of the range as there is, up to what a reply holds. */
static enum outcome read_range(struct session *s, struct payload *in, uint8_t *bytes,
                               uint32_t *done)
{
    uint32_t address;
    uint32_t length;
    if (!payload_range(in, &address, &length) || !payload_done(in))
        return OUTCOME_MALFORMED;
    *done = read_memory(s, address, bytes, length < READ_LONGEST ? length : READ_LONGEST);
    return *done > 0 || length == 0 ? OUTCOME_REPLY : OUTCOME_STATUS + TARGET_NO_MEMORY;
}

static enum outcome read_hex(struct session *s, struct payload *in, struct reply *out)
{
    uint8_t bytes[READ_LONGEST];
    uint32_t done = 0;
    enum outcome outcome = read_range(s, in, bytes, &done);
    if (outcome == OUTCOME_REPLY)
        reply_hex(out, bytes, done);
    return outcome;
}

static enum outcome read_binary(struct session *s, struct payload *in, struct reply *out)
{
    uint8_t bytes[READ_LONGEST];
    uint32_t done = 0;
    enum outcome outcome = read_range(s, in, bytes, &done);
    if (outcome == OUTCOME_REPLY) {
        reply_char(out, 'b');
        reply_binary(out, bytes, done);
    }
    return outcome;
}

static enum outcome write_hex(struct session *s, struct payload *in, struct reply *out)
{
    uint8_t bytes[PACKET_SIZE / 2];
    uint32_t address;
    uint32_t length;
    (void)out;
    if (!payload_range(in, &address, &length) || !payload_char(in, ':'))
        return OUTCOME_MALFORMED;
    if (!payload_hex(in, bytes, length) || !payload_done(in))
        return OUTCOME_MALFORMED;
    return write_memory(s, address, bytes, length);
}

static enum outcome write_binary(struct session *s, struct payload *in, struct reply *out)
{
    const uint8_t *bytes;
    uint32_t address;
    uint32_t length;
    (void)out;
    if (!payload_range(in, &address, &length) || !payload_char(in, ':'))
        return OUTCOME_MALFORMED;
    if (!payload_raw(in, &bytes, length) || !payload_done(in))
        return OUTCOME_MALFORMED;
    return write_memory(s, address, bytes, length);
}

/* ---- over memory ---- */

static enum target_status check_scan(struct session *s, uint32_t address, uint32_t length)
{
    if (length > SCAN_LONGEST) {
        stub_explain(s->stub, "more than %u MiB in one request", (unsigned)SCAN_LONGEST >> 20);
        return TARGET_NO_RESOURCE;
    }
    return length > 0 && length - 1 > UINT32_MAX - address ? TARGET_NO_MEMORY : TARGET_OK;
}

/* The CRC of gdb's compare-sections: polynomial 0x04c11db7, most significant bit first, from all
 * ones, not inverted at the end. Four bits a step. */
static uint32_t crc_add(uint32_t crc, const uint8_t *bytes, uint32_t size)
{
    static const uint32_t steps[16] = {
        0x00000000, 0x04c11db7, 0x09823b6e, 0x0d4326d9, 0x130476dc, 0x17c56b6b,
        0x1a864db2, 0x1e475005, 0x2608edb8, 0x22c9f00f, 0x2f8ad6d6, 0x2b4bcb61,
        0x350c9b64, 0x31cd86d3, 0x3c8ea00a, 0x384fbdbd,
    };
    for (uint32_t i = 0; i < size; i++) {
        crc ^= (uint32_t)bytes[i] << 24;
        crc = crc << 4 ^ steps[crc >> 28];
        crc = crc << 4 ^ steps[crc >> 28];
    }
    return crc;
}

static enum outcome checksum(struct session *s, struct payload *in, struct reply *out)
{
    uint32_t address;
    uint32_t length;
    uint32_t crc = UINT32_MAX;
    if (!payload_range(in, &address, &length) || !payload_done(in))
        return OUTCOME_MALFORMED;
    enum target_status status = check_scan(s, address, length);
    if (status != TARGET_OK)
        return outcome_of(status);
    while (length > 0) {
        uint8_t bytes[SCAN_PIECE];
        uint32_t piece = length < SCAN_PIECE ? length : SCAN_PIECE;
        if (read_memory(s, address, bytes, piece) != piece)
            return OUTCOME_STATUS + TARGET_NO_MEMORY;
        crc = crc_add(crc, bytes, piece);
        address += piece;
        length -= piece;
    }
    reply_format(out, "C%08x", (unsigned)crc);
    return OUTCOME_REPLY;
}

struct search {
    uint32_t address; /* of the first byte in the window */
    uint32_t left;    /* bytes of the range that were not read yet */
    const uint8_t *pattern;
    uint32_t pattern_size;
    uint32_t size; /* of the window */
    uint8_t window[PACKET_SIZE + SCAN_PIECE];
};

/* Offset of the pattern in the window; false if it is not there. */
static bool find_in_window(const struct search *f, uint32_t *offset)
{
    const uint8_t *at = f->window;
    const uint8_t *end = f->window + f->size;
    while ((size_t)(end - at) >= f->pattern_size) {
        at = memchr(at, f->pattern[0], (size_t)(end - at) - f->pattern_size + 1);
        if (at == NULL)
            return false;
        if (memcmp(at, f->pattern, f->pattern_size) == 0) {
            *offset = (uint32_t)(at - f->window);
            return true;
        }
        at++;
    }
    return false;
}

/* Drops what cannot be the start of a match any more and reads on; false at memory that is not
 * there. */
static bool move_window(const struct session *s, struct search *f)
{
    uint32_t kept = f->size < f->pattern_size ? f->size : f->pattern_size - 1;
    uint32_t piece = f->left < SCAN_PIECE ? f->left : SCAN_PIECE;
    memmove(f->window, f->window + f->size - kept, kept);
    f->address += f->size - kept;
    uint32_t done = read_memory(s, f->address + kept, f->window + kept, piece);
    f->size = kept + done;
    f->left -= done;
    return done > 0;
}

static enum outcome search(struct session *s, struct payload *in, struct reply *out)
{
    struct search f;
    uint32_t offset;
    if (!payload_number(in, &f.address) || !payload_char(in, ';') || !payload_number(in, &f.left))
        return OUTCOME_MALFORMED;
    if (!payload_char(in, ';') || payload_done(in))
        return OUTCOME_MALFORMED;
    enum target_status status = check_scan(s, f.address, f.left);
    if (status != TARGET_OK)
        return outcome_of(status);
    f.pattern = in->at;
    f.pattern_size = (uint32_t)payload_left(in);
    f.size = 0;
    while (f.left > 0) {
        if (!move_window(s, &f))
            return OUTCOME_STATUS + TARGET_NO_MEMORY;
        if (find_in_window(&f, &offset)) {
            reply_format(out, "1,%x", (unsigned)(f.address + offset));
            return OUTCOME_REPLY;
        }
    }
    reply_char(out, '0');
    return OUTCOME_REPLY;
}

static const struct handler handlers[] = {
    {"m", HANDLER_PREFIX, false, read_hex},
    {"M", HANDLER_PREFIX, true, write_hex},
    {"x", HANDLER_PREFIX, false, read_binary},
    {"X", HANDLER_PREFIX, true, write_binary},
    {"qCRC:", HANDLER_PREFIX, false, checksum},
    {"qSearch:memory:", HANDLER_PREFIX, false, search},
    {0},
};

const struct handler_table memory_handlers = {handlers, present, "binary-upload+;"};
