/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as an Intel HEX file: read or refused with a message, and what was read keeps its promises.
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/image_promises.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    check_image(bytes, size, IMAGE_HEX);
    return 0;
}

#define SEED(text) {text, sizeof(text) - 1}

const uint64_t fuzz_runs = 20000;

const struct fuzz_seed fuzz_seeds[] = {
    SEED(":020000040800F2\n:080000000000022001010008CC\n:0801000000BF00BF00380240FF\n:00000001FF\n"),
    SEED(":02FFFF000102FD\n:0400000508000101ED\n:00000001FF\n"),
    SEED(":020000021000EC\r\n:0400100001020304E2\r\n:0400000312340100B2\r\n:00000001FF\r\n"),
    {NULL, 0},
};
