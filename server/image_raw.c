/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Raw binaries: the bytes of memory from an address that the user gives.
 */
#include "server/image_build.h"

bool image_parse_raw(struct image_builder *b, const uint8_t *bytes, size_t size, uint32_t address)
{
    if (size == 0)
        return image_fail(b, "the file is empty, expected a raw binary");
    return image_add(b, address, bytes, size);
}
