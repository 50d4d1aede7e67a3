/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings a firmware image into a machine: which chip it is for, its bytes, where execution starts. */
#ifndef SERVER_BOOT_H
#define SERVER_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/chip.h"
#include "core/machine.h"

struct image;
struct options;

/* The chip that the options name, or that the image is for (said on stderr). NULL with a message. */
const struct chip *boot_chip(const struct options *options, const struct image *image);

/* Puts the image's segments into the machine; false with a message naming the segment that has no
 * memory under it. */
bool boot_load(struct machine *m, const struct image *image, const char *path);

/* After a reset: where nothing was loaded at the boot address, execution starts from the image's own
 * vector table (VTOR, SP and PC as a boot loader would set them) or entry point; says so, and that the
 * stack has no memory under it. */
void boot_start(struct machine *m, const struct image *image);

#endif
