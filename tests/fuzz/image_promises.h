/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What server/image.h promises for any input, checked by the fuzz targets.
 */
#ifndef TESTS_FUZZ_IMAGE_PROMISES_H
#define TESTS_FUZZ_IMAGE_PROMISES_H

#include <assert.h>
#include <string.h>

#include "server/image.h"

static inline void check_segments(const struct image *image)
{
    assert(image->count > 0 && image->count <= IMAGE_MAX_SEGMENTS);
    for (size_t i = 0; i < image->count; i++) {
        const struct image_segment *s = &image->segments[i];
        assert(s->size > 0 && (uint64_t)s->address + s->size <= (uint64_t)UINT32_MAX + 1);
        assert(i == 0 || image->segments[i - 1].address + image->segments[i - 1].size <= s->address);
    }
}

static inline void check_image(const uint8_t *data, size_t size, enum image_format format)
{
    struct image image;
    struct image_error error;
    struct image_chip_guess guess;

    if (!image_load_memory(&image, "input", data, size, format, 0, &error)) {
        assert(strncmp(error.text, "input: ", 7) == 0 && error.text[7] != 0);
        assert(image.count == 0 && image.path == NULL);
        return;
    }
    check_segments(&image);
    image_guess_chip(&image, &guess);
    assert(guess.why[0] != 0);
    image_free(&image);
}

#endif
