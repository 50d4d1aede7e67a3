/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an image to a machine that is ready to run. See boot.h. */
#include "server/boot.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "periph/chips/chips.h"
#include "server/image.h"
#include "server/options.h"

#define VTOR 0xE000ED08u

const struct chip *boot_chip(const struct options *options, const struct image *image)
{
    const struct chip *chip;
    struct image_chip_guess guess;
    const char *name = options->chip;

    if (!name) {
        image_guess_chip(image, &guess);
        name = guess.chip;
        if (!name) {
            fprintf(stderr, "backstep: cannot tell which chip %s is for (%s); name it with --chip\n",
                    options->image, guess.why);
            return NULL;
        }
        fprintf(stderr, "backstep: %s: taken to be for %s: %s\n", options->image, name, guess.why);
    }
    chip = chip_find(name);
    if (!chip)
        fprintf(stderr, "backstep: no chip is called %s; --list-chips shows those there are\n", name);
    return chip;
}

bool boot_load(struct machine *m, const struct image *image, const char *path)
{
    for (size_t i = 0; i < image->count; i++) {
        const struct image_segment *s = &image->segments[i];
        if (machine_load(m, s->address, s->bytes, s->size))
            continue;
        fprintf(stderr, "backstep: %s: %s has no memory for the segment at 0x%08" PRIX32 ", %" PRIu32
                " bytes\n", path, machine_chip(m)->name, s->address, s->size);
        return false;
    }
    return true;
}

/* A vector table begins with a stack pointer in RAM and a Thumb address inside the image. */
static bool is_vector_table(struct machine *m, const struct image *image, uint32_t address, uint32_t *sp,
                            uint32_t *pc)
{
    if (!machine_peek_word(m, address, sp) || !machine_peek_word(m, address + 4, pc) || !(*pc & 1))
        return false;
    if (*sp < 0x10000000u || *sp > 0x20100000u)
        return false;
    for (size_t i = 0; i < image->count; i++)
        if (*pc - image->segments[i].address < image->segments[i].size)
            return true;
    return false;
}

static void set_vector_table(struct machine *m, uint32_t address)
{
    uint8_t bytes[4] = {(uint8_t)address, (uint8_t)(address >> 8), (uint8_t)(address >> 16),
                        (uint8_t)(address >> 24)};
    uint32_t done;

    machine_poke(m, VTOR, bytes, sizeof bytes, &done);
}

/* Nothing lies at the boot address: what a boot loader would do. */
static void start_elsewhere(struct machine *m, const struct image *image)
{
    uint32_t sp, pc;

    for (size_t i = 0; i < image->count; i++) {
        uint32_t address = image->segments[i].address;
        if (!is_vector_table(m, image, address, &sp, &pc))
            continue;
        set_vector_table(m, address);
        machine_set_reg(m, REG_MSP, sp);
        machine_set_reg(m, REG_PC, pc);
        fprintf(stderr, "backstep: flash is empty at the boot address; starting from the image's vector "
                "table at 0x%08" PRIX32 "\n", address);
        return;
    }
    if (image->has_entry) {
        machine_set_reg(m, REG_PC, image->entry);
        fprintf(stderr, "backstep: flash is empty at the boot address; starting at the image's entry "
                "0x%08" PRIX32 "\n", image->entry);
    }
}

/* Firmware for a part with more RAM faults at its first push, which by itself explains little. */
static void say_bad_stack(struct machine *m)
{
    uint32_t sp = machine_reg(m, REG_MSP), word;

    if (sp == (UINT32_MAX & ~3u) || machine_peek_word(m, sp - 4, &word))
        return;         /* no vector table at all, or a sound one */
    fprintf(stderr, "backstep: the stack begins at 0x%08" PRIX32 ", where the %s has no memory: is the image "
            "for another chip?\n", sp, machine_chip(m)->name);
}

void boot_start(struct machine *m, const struct image *image)
{
    uint32_t boot;

    if (machine_peek_word(m, 0, &boot) && boot == UINT32_MAX)
        start_elsewhere(m, image);      /* else the core has started from what is in flash */
    say_bad_stack(m);
}
