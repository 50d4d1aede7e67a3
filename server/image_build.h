/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the image formats share: how they add bytes and how they fail. Only for server/image*.c.
 */
#ifndef SERVER_IMAGE_BUILD_H
#define SERVER_IMAGE_BUILD_H

#include "server/image.h"

struct image_builder {
    struct image *image;
    struct image_error *error;
    size_t segment_capacity; /* of image->segments */
    size_t byte_capacity;    /* of the last segment's bytes */
    size_t total;            /* bytes in all segments */
};

/* Writes "PATH: " and the message to the error; always false, to be returned. */
bool image_fail(struct image_builder *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds a copy of `size` bytes at `address`; right behind the last segment they extend it. */
bool image_add(struct image_builder *b, uint32_t address, const uint8_t *bytes, size_t size);

/* One parser per format. False with the error filled in if the input is not what it should be. */
bool image_parse_elf(struct image_builder *b, const uint8_t *bytes, size_t size);
bool image_parse_hex(struct image_builder *b, const uint8_t *bytes, size_t size);
bool image_parse_raw(struct image_builder *b, const uint8_t *bytes, size_t size, uint32_t address);

/* Reads the contents of a .ARM.attributes section; damaged contents leave the attributes unknown. */
void image_parse_attributes(struct image_attributes *attributes, const uint8_t *bytes, size_t size);

#endif
