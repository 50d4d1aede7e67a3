/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Firmware images: ELF (through libelf), Intel HEX and raw binaries, read into a plain list of segments.
 * Nothing here touches a machine: the caller writes the segments into flash and RAM.
 *
 * A whole file is checked before anything is handed out. Errors are sentences that name the file, what
 * is wrong and what was expected.
 */
#ifndef SERVER_IMAGE_H
#define SERVER_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Larger files are refused; ELF files carry debug information beside what is loaded. */
#define IMAGE_MAX_FILE_SIZE (256u << 20)
/* More bytes to load than this are refused: every address of an STM32's memories fits many times. */
#define IMAGE_MAX_LOAD_SIZE (16u << 20)
#define IMAGE_MAX_SEGMENTS 4096u

enum image_format {
    IMAGE_AUTO, /* ELF or Intel HEX, by the first bytes */
    IMAGE_ELF,
    IMAGE_HEX,
    IMAGE_RAW,
};

struct image_segment {
    uint32_t address; /* physical (load) address */
    uint32_t size;    /* not 0; address + size is at most 2^32 */
    uint8_t *bytes;   /* owned by the image */
};

/* What the compiler recorded about the code (.ARM.attributes); only ELF files have it. */
struct image_attributes {
    bool known;
    char profile;     /* Tag_CPU_arch_profile: 'A', 'R', 'M', 'S' or 0 */
    uint8_t cpu_arch; /* Tag_CPU_arch: enum image_cpu_arch and others */
    bool uses_fp;     /* Tag_FP_arch is not 0: floating-point instructions were allowed */
};

/* Tag_CPU_arch (Addenda to the Arm ABI, IHI0045). Later values are Armv8 and up. */
enum image_cpu_arch { IMAGE_ARCH_V7 = 10, IMAGE_ARCH_V6M = 11, IMAGE_ARCH_V6SM = 12, IMAGE_ARCH_V7EM = 13 };

struct image {
    char *path;                /* as given; where symbols can be read if format is IMAGE_ELF */
    enum image_format format;  /* what it was; never IMAGE_AUTO */
    struct image_segment *segments; /* sorted by address, not overlapping, at least one */
    size_t count;
    bool has_entry;            /* an ELF file and a HEX start record name one, a raw binary does not */
    uint32_t entry;
    struct image_attributes attributes;
};

struct image_error {
    char text[512];
};

/*
 * Reads the file at `path`; `raw_address` is where a raw binary begins and counts only for IMAGE_RAW.
 * On success fills `image`, which image_free() releases. On failure returns false, fills `error`, and
 * leaves an empty image that needs no release.
 */
bool image_load_file(struct image *image, const char *path, enum image_format format, uint32_t raw_address,
                     struct image_error *error);

/* The same from memory, which is copied; `name` stands for the file in errors and becomes the path. */
bool image_load_memory(struct image *image, const char *name, const uint8_t *bytes, size_t size,
                       enum image_format format, uint32_t raw_address, struct image_error *error);

void image_free(struct image *image);

/* "ELF", "Intel HEX", "raw binary". */
const char *image_format_name(enum image_format format);

/* The little-endian word at `address`, if all of it is in one segment. */
bool image_word(const struct image *image, uint32_t address, uint32_t *word);

struct image_chip_guess {
    const char *chip; /* "stm32f405rg" and so on; NULL: none fits, or nothing tells */
    char why[512];    /* the reasons, as text that can follow the chip's name and a colon */
};

/*
 * Which of the supported chips an image was built for, from its code, its vector table, its addresses
 * and its build attributes. These are clues, not proof: show `why` with the choice.
 */
void image_guess_chip(const struct image *image, struct image_chip_guess *guess);

#endif
