/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flash-like images. See memory.h. */
#include "core/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool image_init(struct image *image, const char *name, uint32_t size, uint8_t fill)
{
    uint32_t pages = (size + IMAGE_PAGE - 1) / IMAGE_PAGE;

    *image = (struct image){.name = name, .size = size, .fill = fill};
    image->bytes = malloc(size);
    image->pages = calloc(pages, sizeof *image->pages);
    if (!image->bytes || !image->pages) {
        image_free(image);
        return false;
    }
    memset(image->bytes, fill, size);
    return true;
}

void image_free(struct image *image)
{
    free(image->bytes);
    free(image->pages);
    image->bytes = NULL;
    image->pages = NULL;
}

static void touch(struct image *image, uint32_t offset, uint32_t size)
{
    uint32_t page;

    image->generation++;
    for (page = offset / IMAGE_PAGE; page <= (offset + size - 1) / IMAGE_PAGE; page++)
        image->pages[page] = image->generation;
}

static bool inside(const struct image *image, uint32_t offset, uint32_t size)
{
    return offset <= image->size && size <= image->size - offset;
}

void image_program(struct image *image, uint32_t offset, const void *bytes, uint32_t size)
{
    assert(inside(image, offset, size));
    if (!size)
        return;
    memcpy(image->bytes + offset, bytes, size);
    touch(image, offset, size);
}

void image_erase(struct image *image, uint32_t offset, uint32_t size)
{
    assert(inside(image, offset, size));
    if (!size)
        return;
    memset(image->bytes + offset, image->fill, size);
    touch(image, offset, size);
}
