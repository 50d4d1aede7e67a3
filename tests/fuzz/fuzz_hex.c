/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as an Intel HEX file: read or refused with a message, and what was read keeps its promises.
 */
#include "tests/fuzz/image_promises.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_image(data, size, IMAGE_HEX);
    return 0;
}
