/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Firmware images: reading files, telling formats apart, and the list of segments. The formats are in
 * image_elf.c, image_hex.c and image_raw.c, the chip's guess in image_chip.c.
 */
#include "server/image.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/image_build.h"

bool image_fail(struct image_builder *b, const char *format, ...)
{
    size_t room = sizeof b->error->text;
    int used = snprintf(b->error->text, room, "%s: ", b->image->path);
    va_list arguments;

    if (used < 0 || (size_t)used >= room)
        return false;
    va_start(arguments, format);
    vsnprintf(b->error->text + used, room - (size_t)used, format, arguments);
    va_end(arguments);
    return false;
}

static bool out_of_memory(struct image_builder *b)
{
    return image_fail(b, "out of memory");
}

/* Grows `*array` of `*capacity` elements to at least `needed`; false if there is no memory. */
static bool reserve(void **array, size_t *capacity, size_t needed, size_t element)
{
    size_t wanted = *capacity * 2 > needed ? *capacity * 2 : needed;

    if (needed <= *capacity)
        return true;
    void *grown = realloc(*array, wanted * element);
    if (grown == NULL)
        return false;
    *array = grown;
    *capacity = wanted;
    return true;
}

static bool continues(const struct image *image, uint32_t address)
{
    if (image->count == 0)
        return false;
    const struct image_segment *last = &image->segments[image->count - 1];
    return (uint64_t)last->address + last->size == address;
}

static bool begin_segment(struct image_builder *b, uint32_t address)
{
    struct image *image = b->image;
    void *segments = image->segments;

    if (image->count == IMAGE_MAX_SEGMENTS)
        return image_fail(b, "more than %u separate pieces of memory, expected firmware", IMAGE_MAX_SEGMENTS);
    if (!reserve(&segments, &b->segment_capacity, image->count + 1, sizeof *image->segments))
        return out_of_memory(b);
    image->segments = segments;
    image->segments[image->count++] = (struct image_segment){.address = address};
    b->byte_capacity = 0;
    return true;
}

bool image_add(struct image_builder *b, uint32_t address, const uint8_t *bytes, size_t size)
{
    struct image *image = b->image;

    if (size == 0)
        return true;
    if (size > IMAGE_MAX_LOAD_SIZE - b->total)
        return image_fail(b, "more than %u MiB to load, which no supported chip can hold",
                          IMAGE_MAX_LOAD_SIZE >> 20);
    if (size > (uint64_t)UINT32_MAX + 1 - address)
        return image_fail(b, "%zu bytes at 0x%08" PRIx32 " go beyond the end of the 4 GiB address space",
                          size, address);
    if (!continues(image, address) && !begin_segment(b, address))
        return false;

    struct image_segment *last = &image->segments[image->count - 1];
    void *grown = last->bytes;
    if (!reserve(&grown, &b->byte_capacity, last->size + size, 1))
        return out_of_memory(b);
    last->bytes = grown;
    memcpy(last->bytes + last->size, bytes, size);
    last->size += (uint32_t)size;
    b->total += size;
    return true;
}

static int by_address(const void *a, const void *b)
{
    uint32_t x = ((const struct image_segment *)a)->address, y = ((const struct image_segment *)b)->address;
    return (x > y) - (x < y);
}

/* What holds for every image, whatever its format. */
static bool finish(struct image_builder *b)
{
    struct image *image = b->image;

    if (image->count == 0)
        return image_fail(b, "there is nothing to load in this %s file", image_format_name(image->format));
    qsort(image->segments, image->count, sizeof *image->segments, by_address);
    for (size_t i = 1; i < image->count; i++) {
        const struct image_segment *s = &image->segments[i - 1], *next = &image->segments[i];
        if (next->address - s->address < s->size)
            return image_fail(b, "0x%08" PRIx32 " is loaded twice: by %" PRIu32 " bytes at 0x%08" PRIx32
                              " and by %" PRIu32 " bytes at 0x%08" PRIx32, next->address, s->size, s->address,
                              next->size, next->address);
    }
    return true;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static enum image_format detect(const uint8_t *bytes, size_t size)
{
    if (size >= 4 && memcmp(bytes, "\177ELF", 4) == 0)
        return IMAGE_ELF;
    while (size > 0 && is_blank(*bytes))
        bytes++, size--;
    return size > 0 && *bytes == ':' ? IMAGE_HEX : IMAGE_AUTO;
}

static bool parse(struct image_builder *b, const uint8_t *bytes, size_t size, uint32_t raw_address)
{
    switch (b->image->format) {
    case IMAGE_ELF:
        return image_parse_elf(b, bytes, size);
    case IMAGE_HEX:
        return image_parse_hex(b, bytes, size);
    case IMAGE_RAW:
        return image_parse_raw(b, bytes, size, raw_address);
    default:
        return image_fail(b, "neither ELF nor Intel HEX; a raw binary needs an address to be loaded at");
    }
}

bool image_load_memory(struct image *image, const char *name, const uint8_t *bytes, size_t size,
                       enum image_format format, uint32_t raw_address, struct image_error *error)
{
    struct image_builder b = {.image = image, .error = error};

    *image = (struct image){.format = format == IMAGE_AUTO ? detect(bytes, size) : format};
    *error = (struct image_error){""};
    image->path = strdup(name);
    if (image->path != NULL && parse(&b, bytes, size, raw_address) && finish(&b))
        return true;
    if (image->path == NULL)
        snprintf(error->text, sizeof error->text, "%s: out of memory", name);
    image_free(image);
    return false;
}

/* Reads all of `file`; NULL with errno set on failure, EFBIG for a file beyond the limit. */
static uint8_t *read_all(FILE *file, size_t *size)
{
    void *bytes = NULL;
    size_t capacity = 0, got;

    *size = 0;
    do {
        if (*size > IMAGE_MAX_FILE_SIZE || !reserve(&bytes, &capacity, *size + 65536, 1)) {
            errno = *size > IMAGE_MAX_FILE_SIZE ? EFBIG : ENOMEM;
            free(bytes);
            return NULL;
        }
        got = fread((uint8_t *)bytes + *size, 1, capacity - *size, file);
        *size += got;
    } while (got > 0);
    if (ferror(file)) {
        int saved = errno;
        free(bytes);
        errno = saved;
        return NULL;
    }
    return bytes;
}

bool image_load_file(struct image *image, const char *path, enum image_format format, uint32_t raw_address,
                     struct image_error *error)
{
    size_t size = 0;
    uint8_t *bytes = NULL;
    FILE *file = fopen(path, "rb");

    if (file != NULL) {
        bytes = read_all(file, &size);
        int saved = errno;
        fclose(file);
        errno = saved;
    }
    if (bytes == NULL) {
        *image = (struct image){.format = format};
        snprintf(error->text, sizeof error->text, "%s: cannot read the firmware image: %s", path,
                 strerror(errno));
        return false;
    }
    bool ok = image_load_memory(image, path, bytes, size, format, raw_address, error);
    free(bytes);
    return ok;
}

void image_free(struct image *image)
{
    for (size_t i = 0; i < image->count; i++)
        free(image->segments[i].bytes);
    free(image->segments);
    free(image->path);
    *image = (struct image){.format = image->format};
}

const char *image_format_name(enum image_format format)
{
    switch (format) {
    case IMAGE_ELF:
        return "ELF";
    case IMAGE_HEX:
        return "Intel HEX";
    case IMAGE_RAW:
        return "raw binary";
    default:
        return "unknown";
    }
}

bool image_word(const struct image *image, uint32_t address, uint32_t *word)
{
    for (size_t i = 0; i < image->count; i++) {
        const struct image_segment *s = &image->segments[i];
        uint32_t offset = address - s->address;
        if (address >= s->address && s->size >= 4 && offset <= s->size - 4) {
            const uint8_t *p = s->bytes + offset;
            *word = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
            return true;
        }
    }
    return false;
}
