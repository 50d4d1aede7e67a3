/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Build attributes of the Arm ABI (IHI0045, "Addenda", section 2): of the public "aeabi" attributes those
 * that tell for which core the code was compiled. Only attributes of the whole file are read; those of
 * single sections or symbols, which no toolchain writes today, are passed over.
 */
#include <string.h>

#include "server/image_build.h"

enum { FORMAT_VERSION = 'A', SCOPE_FILE = 1 };

enum {
    TAG_CPU_RAW_NAME = 4,
    TAG_CPU_NAME = 5,
    TAG_CPU_ARCH = 6,
    TAG_CPU_ARCH_PROFILE = 7,
    TAG_FP_ARCH = 10,
    TAG_COMPATIBILITY = 32,
};

struct cursor {
    const uint8_t *at, *end;
    bool ok; /* false: the contents ended early */
};

static uint64_t read_uleb(struct cursor *c)
{
    uint64_t value = 0;

    for (unsigned shift = 0; shift < 63 && c->at < c->end; shift += 7) {
        uint8_t byte = *c->at++;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return value;
    }
    c->ok = false;
    return 0;
}

static void skip_string(struct cursor *c)
{
    const uint8_t *zero = memchr(c->at, 0, (size_t)(c->end - c->at));

    c->ok = c->ok && zero != NULL;
    c->at = zero != NULL ? zero + 1 : c->end;
}

/* A part that begins with its own length in four bytes, which counts from `from`. Moves behind it. */
static struct cursor read_part(struct cursor *c, const uint8_t *from)
{
    struct cursor part = {c->end, c->end, false};

    if (c->end - c->at < 4) {
        c->ok = false;
        return part;
    }
    uint32_t length = (uint32_t)c->at[0] | (uint32_t)c->at[1] << 8 | (uint32_t)c->at[2] << 16 |
                      (uint32_t)c->at[3] << 24;
    if (length < (size_t)(c->at + 4 - from) || length > (size_t)(c->end - from)) {
        c->ok = false;
        return part;
    }
    part = (struct cursor){c->at + 4, from + length, true};
    c->at = from + length;
    return part;
}

static void read_attribute(struct image_attributes *a, struct cursor *c)
{
    uint64_t tag = read_uleb(c);
    bool odd_above = tag > TAG_COMPATIBILITY && tag % 2 == 1; /* by rule strings, known or not */
    bool is_string = tag == TAG_CPU_RAW_NAME || tag == TAG_CPU_NAME || odd_above;
    uint64_t value = is_string ? 0 : read_uleb(c);

    if (is_string || tag == TAG_COMPATIBILITY)
        skip_string(c);
    else if (tag == TAG_CPU_ARCH)
        a->cpu_arch = value < UINT8_MAX ? (uint8_t)value : UINT8_MAX;
    else if (tag == TAG_CPU_ARCH_PROFILE)
        a->profile = value < 0x7F ? (char)value : 0;
    else if (tag == TAG_FP_ARCH)
        a->uses_fp = value != 0;
}

static bool read_aeabi(struct image_attributes *a, struct cursor *c)
{
    while (c->ok && c->at < c->end) {
        const uint8_t *from = c->at;
        uint64_t scope = read_uleb(c);
        struct cursor part = read_part(c, from);
        while (scope == SCOPE_FILE && part.ok && part.at < part.end)
            read_attribute(a, &part);
        if (scope == SCOPE_FILE && part.ok)
            a->known = true;
        c->ok = c->ok && part.ok;
    }
    return c->ok;
}

void image_parse_attributes(struct image_attributes *attributes, const uint8_t *bytes, size_t size)
{
    struct image_attributes found = {0};
    struct cursor c = {bytes, bytes + size, size > 0 && bytes[0] == FORMAT_VERSION};

    if (c.ok)
        c.at++;
    while (c.ok && c.at < c.end) {
        struct cursor vendor = read_part(&c, c.at);
        const uint8_t *name = vendor.at;
        if (!c.ok)
            break;
        skip_string(&vendor);
        if (vendor.ok && strcmp((const char *)name, "aeabi") == 0)
            vendor.ok = read_aeabi(&found, &vendor);
        c.ok = vendor.ok;
    }
    if (c.ok)
        *attributes = found;
}
