/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that read and write memory as OpenOCD's and J-Link's do, and load or verify images. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/machine.h"
#include "server/boot.h"
#include "server/commands.h"
#include "server/server.h"

enum { VERIFY_CHUNK = 4096, DISPLAY_MAX = 4096 };

/* An address or number, or the address of a symbol. */
static bool parse_number(const struct command_call *call, unsigned word, uint32_t *value)
{
    const char *text = word < call->count ? call->words[word] : "";
    unsigned long long wide;
    char *end;

    errno = 0;
    wide = strtoull(text, &end, 0);
    *value = (uint32_t)wide;
    if (end != text && !*end && !errno && wide <= UINT32_MAX)
        return true;
    server_say(call->server, "%s: expected a number, not '%s'\n", call->words[0], text);
    return false;
}

/* The unit from the command's last letter: mdw, mdh, mdb. */
static unsigned unit_of(const char *name)
{
    char letter = name[strlen(name) - 1];

    return letter == 'w' ? 4 : letter == 'h' ? 2 : 1;
}

static bool no_memory(const struct command_call *call, uint32_t address)
{
    server_say(call->server, "%s: nothing answers at 0x%08" PRIX32 "\n", call->words[0], address);
    return false;
}

static uint32_t assemble(const uint8_t *bytes, unsigned size)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < size; i++)
        value |= (uint32_t)bytes[i] << 8 * i;
    return value;
}

static bool run_display(const struct command_call *call)
{
    unsigned size = unit_of(call->words[0]), per_line = 32 / size;
    uint32_t address, count = 1, done;
    uint8_t bytes[4];

    if (!parse_number(call, 1, &address) || (call->count > 2 && !parse_number(call, 2, &count)))
        return false;
    if (count > DISPLAY_MAX)
        count = DISPLAY_MAX;
    for (uint32_t i = 0; i < count; i++, address += size) {
        if (!machine_peek(call->server->machine, address, bytes, size, &done))
            return no_memory(call, address);
        if (i % per_line == 0)
            server_say(call->server, "0x%08" PRIx32 ":", address);
        server_say(call->server, " %0*" PRIx32 "%s", (int)size * 2, assemble(bytes, size),
                   i % per_line == per_line - 1 || i + 1 == count ? "\n" : "");
    }
    return true;
}

static bool write_value(const struct command_call *call, uint32_t address, uint32_t value, unsigned size)
{
    uint8_t bytes[4];
    uint32_t done;

    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
    return machine_poke(call->server->machine, address, bytes, size, &done) || no_memory(call, address);
}

static bool run_write(const struct command_call *call)
{
    unsigned size = unit_of(call->words[0]);
    uint32_t address, value, count = 1;

    if (!parse_number(call, 1, &address) || !parse_number(call, 2, &value) ||
        (call->count > 3 && !parse_number(call, 3, &count)))
        return false;
    for (uint32_t i = 0; i < count; i++, address += size)
        if (!write_value(call, address, value, size))
            return false;
    return true;
}

/* J-Link: memU32 ADDRESS = VALUE, or memU32 ADDRESS to read. */
static bool run_mem_u(const struct command_call *call)
{
    unsigned size = (unsigned)atoi(call->words[0] + strlen("memU")) / 8;
    uint32_t address, value, done;
    uint8_t bytes[4];

    if (!parse_number(call, 1, &address))
        return false;
    if (call->count > 3 && !strcmp(call->words[2], "="))
        return parse_number(call, 3, &value) && write_value(call, address, value, size);
    if (!machine_peek(call->server->machine, address, bytes, size, &done))
        return no_memory(call, address);
    server_say(call->server, "0x%0*" PRIX32 "\n", (int)size * 2, assemble(bytes, size));
    return true;
}

/* ---- images ---- */

static bool load(const struct command_call *call, struct image *image)
{
    struct image_error error;
    uint32_t address = 0;
    bool raw = call->count > 2 && strchr("0123456789", call->words[2][0]);

    if (call->count < 2) {
        server_say(call->server, "%s: expected a file\n", call->words[0]);
        return false;
    }
    if (raw && !parse_number(call, 2, &address))
        return false;
    if (image_load_file(image, call->words[1], raw ? IMAGE_RAW : IMAGE_AUTO, address, &error))
        return true;
    server_say(call->server, "%s\n", error.text);
    return false;
}

static bool run_load(const struct command_call *call)
{
    struct image image;
    bool loaded;

    if (!load(call, &image))
        return false;
    loaded = boot_load(call->server->machine, &image, call->words[1]);
    image_free(&image);
    return loaded;
}

static bool same_bytes(const struct command_call *call, const struct image_segment *segment)
{
    uint8_t bytes[VERIFY_CHUNK];
    uint32_t done;

    for (uint32_t at = 0; at < segment->size; at += VERIFY_CHUNK) {
        uint32_t size = segment->size - at < VERIFY_CHUNK ? segment->size - at : VERIFY_CHUNK;
        if (!machine_peek(call->server->machine, segment->address + at, bytes, size, &done) ||
            memcmp(bytes, segment->bytes + at, size)) {
            server_say(call->server, "%s: the contents differ in the %" PRIu32 " bytes at 0x%08" PRIX32
                       "\n", call->words[1], size, segment->address + at);
            return false;
        }
    }
    return true;
}

static bool run_verify(const struct command_call *call)
{
    struct image image;
    bool same = true;

    if (!load(call, &image))
        return false;
    for (size_t i = 0; same && i < image.count; i++)
        same = same_bytes(call, &image.segments[i]);
    image_free(&image);
    if (same)
        server_say(call->server, "%s: verified\n", call->words[1]);
    return same;
}

const struct command commands_memory[] = {
    {"mdw", "ADDRESS [COUNT]", "shows words; mdh halfwords, mdb bytes", false, run_display},
    {"mdh", "ADDRESS [COUNT]", NULL, false, run_display},
    {"mdb", "ADDRESS [COUNT]", NULL, false, run_display},
    {"mww", "ADDRESS VALUE [COUNT]", "writes words; mwh halfwords, mwb bytes", true, run_write},
    {"mwh", "ADDRESS VALUE [COUNT]", NULL, true, run_write},
    {"mwb", "ADDRESS VALUE [COUNT]", NULL, true, run_write},
    {"memU8", "ADDRESS [= VALUE]", NULL, true, run_mem_u},
    {"memU16", "ADDRESS [= VALUE]", NULL, true, run_mem_u},
    {"memU32", "ADDRESS [= VALUE]", NULL, true, run_mem_u},
    {"load_image", "FILE [ADDRESS]", "puts an image (raw at ADDRESS) into memory and flash", true, run_load},
    {"flash write_image", "FILE", NULL, true, run_load},
    {"flash write_image erase", "FILE", NULL, true, run_load},
    {"program", "FILE", NULL, true, run_load},
    {"verify_image", "FILE [ADDRESS]", "compares memory with an image", false, run_verify},
    {NULL, NULL, NULL, false, NULL},
};
