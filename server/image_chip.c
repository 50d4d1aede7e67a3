/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which chip was this image built for? Every clue rules chips out; what is left decides, and the
 * sentence that goes with the answer names each clue that ruled something out.
 *
 * Clues, in order: build attributes (IHI0045), addresses of the clock controller and of other blocks
 * that lie elsewhere in another family (RM0041, RM0033, RM0090, memory maps), the FPU's enable bits, the
 * vector table's initial SP, the load addresses. If several chips could still run the image, the
 * compiler's target, the length of the vector table and family names in the text choose between them.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "server/image.h"

enum { F100 = 1, F205 = 2, F405 = 4, ALL_CHIPS = F100 | F205 | F405 };

#define SRAM_BASE 0x20000000u
#define FLASH_BASE 0x08000000u
#define CCM_BASE 0x10000000u
#define CCM_SIZE 0x10000u

/* What can be seen of a chip in an image; sizes in KiB. */
static const struct chip_facts {
    const char *name;
    const char *family; /* as firmware spells it, in capitals */
    unsigned mask;
    unsigned sram, flash;
} chips[] = {
    {"stm32f100rb", "STM32F1", F100, 8, 128},
    {"stm32f205rf", "STM32F2", F205, 128, 768},
    {"stm32f405rg", "STM32F4", F405, 128, 1024},
};

enum { CHIPS = sizeof chips / sizeof chips[0] };

/* System exceptions and interrupts up to the F205's last one (HASH_RNG, 80). The F405 has the FPU's next. */
enum { F205_VECTORS = 16 + 81 };

enum mark {
    MARK_RCC_F2,
    MARK_RCC_F1,
    MARK_FLASH_F2,
    MARK_GPIO_F1,
    MARK_GPIO_OTHER,
    MARK_SCB,
    MARK_CPACR,
    MARKS
};

/*
 * Register blocks that code points to, and what that tells. No larger than the registers themselves:
 * tables of doubles and of characters hold words like 0x40021234 and 0x42424242.
 */
static const struct {
    enum mark mark;
    uint32_t base, size;
} blocks[] = {
    {MARK_RCC_F2, 0x40023800, 0x90},
    {MARK_RCC_F1, 0x40021000, 0x30}, /* GPIOE in an F2 or F4 */
    {MARK_FLASH_F2, 0x40023C00, 0x1C},
    {MARK_GPIO_F1, 0x40010800, 0x1C}, /* GPIOA; a hole in F2 and F4 */
    {MARK_GPIO_F1, 0x40010C00, 0x1C}, /* GPIOB; the same */
    {MARK_GPIO_OTHER, 0x48000000, 0x2C}, /* GPIOA to GPIOC of F0, F3, L4, G4 and others */
    {MARK_GPIO_OTHER, 0x48000400, 0x2C},
    {MARK_GPIO_OTHER, 0x48000800, 0x2C},
    {MARK_SCB, 0xE000ED00, 4},
    {MARK_CPACR, 0xE000ED88, 4},
};

enum { BLOCKS = sizeof blocks / sizeof blocks[0] };

#define PERIPHERAL_BASE 0x40000000u
#define PERIPHERAL_ALIAS 0x42000000u /* one word per bit; drivers use it, too */

struct evidence {
    const struct image *image;
    bool seen[MARKS];
    bool sets_cpacr_bits;   /* ORs 0x00F00000, CP10 and CP11 full access, into something */
    bool has_vectors;
    uint32_t vectors;       /* address of the vector table */
    uint32_t initial_sp;
    uint32_t flash_end;     /* end of what is loaded to flash, as an offset; 0: nothing */
    bool uses_ccm;
};

static void note_address(struct evidence *e, uint32_t address)
{
    if (address % 4 != 0)
        return;
    if (address >= PERIPHERAL_ALIAS && address < PERIPHERAL_ALIAS + 0x100000 * 32)
        address = PERIPHERAL_BASE + (address - PERIPHERAL_ALIAS) / 32;
    for (int i = 0; i < BLOCKS; i++)
        e->seen[blocks[i].mark] |= address - blocks[i].base < blocks[i].size;
}

static uint16_t halfword(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

/* The 16-bit immediate of MOVW and MOVT (encodings T3 and T1: imm4:i:imm3:imm8). */
static uint32_t wide_immediate(uint16_t first, uint16_t second)
{
    uint32_t imm4 = first & 0xF, i = first >> 10 & 1, imm3 = second >> 12 & 7, imm8 = second & 0xFF;
    return imm4 << 12 | i << 11 | imm3 << 8 | imm8;
}

/*
 * Looks for addresses that code builds with MOVW and MOVT, not far apart, and for ORR with 0x00F00000.
 * Data is read as if it were code, too: a chance hit is possible, and unlikely.
 */
static void scan_code(struct evidence *e, const struct image_segment *s)
{
    enum { NEAR = 16 }; /* bytes between MOVW and its MOVT */
    struct {
        uint32_t low, at;
        bool valid;
    } movw[16] = {{0}};

    for (uint32_t at = 0; s->size - at >= 4; at += 2) {
        uint16_t first = halfword(s->bytes + at), second = halfword(s->bytes + at + 2);
        unsigned rd = second >> 8 & 0xF;
        if (second & 0x8000)
            continue;
        if ((first & 0xFBF0) == 0xF240) {
            movw[rd].low = wide_immediate(first, second);
            movw[rd].at = at;
            movw[rd].valid = true;
        } else if ((first & 0xFBF0) == 0xF2C0 && movw[rd].valid && at - movw[rd].at <= NEAR) {
            note_address(e, wide_immediate(first, second) << 16 | movw[rd].low);
            movw[rd].valid = false;
        } else if ((first & 0xFFF0) == 0xF440 && (second & 0x70FF) == 0x0070) {
            e->sets_cpacr_bits = true;
        }
    }
}

static void scan_words(struct evidence *e, const struct image_segment *s)
{
    for (uint32_t at = -s->address & 3; at < s->size && s->size - at >= 4; at += 4)
        note_address(e, halfword(s->bytes + at) | (uint32_t)halfword(s->bytes + at + 2) << 16);
}

/* Is there a vector table: a stack pointer into RAM, and a Thumb address inside the image? */
static bool vectors_at(struct evidence *e, uint32_t address)
{
    uint32_t sp, reset, code;

    if (!image_word(e->image, address, &sp) || !image_word(e->image, address + 4, &reset))
        return false;
    bool in_ram = sp - SRAM_BASE <= 0x100000 || (sp > CCM_BASE && sp - CCM_BASE <= CCM_SIZE);
    if (!in_ram || !(reset & 1) || !image_word(e->image, reset & ~3u, &code))
        return false;
    e->has_vectors = true;
    e->vectors = address;
    e->initial_sp = sp & ~3u;
    return true;
}

static void find_vectors(struct evidence *e)
{
    if (vectors_at(e, FLASH_BASE))
        return;
    for (size_t i = 0; i < e->image->count; i++) {
        if (vectors_at(e, e->image->segments[i].address))
            return;
    }
}

static void gather(struct evidence *e)
{
    find_vectors(e);
    for (size_t i = 0; i < e->image->count; i++) {
        const struct image_segment *s = &e->image->segments[i];
        uint32_t base = s->address >= FLASH_BASE ? FLASH_BASE : 0; /* flash is also seen at 0 */
        if (s->address < CCM_BASE && s->address - base + s->size > e->flash_end)
            e->flash_end = s->address - base + s->size;
        e->uses_ccm |= s->address - CCM_BASE < CCM_SIZE;
        scan_words(e, s);
        scan_code(e, s);
    }
}

/* The chips not ruled out yet, and the reasons so far. */
struct verdict {
    unsigned left;
    char *why;
    size_t room;
};

__attribute__((format(printf, 2, 3))) static void say(struct verdict *v, const char *format, ...)
{
    size_t used = strlen(v->why);
    va_list arguments;

    if (used != 0 && used + 2 < v->room)
        strcat(v->why, "; ");
    used = strlen(v->why);
    va_start(arguments, format);
    vsnprintf(v->why + used, v->room - used, format, arguments);
    va_end(arguments);
}

/* Leaves only the chips of `mask`; true if that ruled any out, which then wants a reason. */
static bool narrow(struct verdict *v, unsigned mask)
{
    bool changed = (v->left & ~mask) != 0;
    v->left &= mask;
    return changed;
}

static void weigh_attributes(struct verdict *v, const struct image_attributes *a)
{
    if (!a->known)
        return;
    if (a->profile != 'M' && a->profile != 0 && narrow(v, 0))
        say(v, "built for an Arm core of profile %c, not for a Cortex-M",
            isprint((unsigned char)a->profile) ? a->profile : '?');
    else if (a->cpu_arch > IMAGE_ARCH_V7EM && narrow(v, 0))
        say(v, "built for Armv8 or later, newer than every supported chip");
    else if (a->cpu_arch == IMAGE_ARCH_V7EM && narrow(v, F405))
        say(v, "built for Armv7E-M%s, and only the STM32F4 has a Cortex-M4",
            a->uses_fp ? " with floating point" : "");
    else if (a->uses_fp && narrow(v, F405))
        say(v, "built with floating-point instructions, and only the STM32F4 has an FPU");
}

static void weigh_addresses(struct verdict *v, const struct evidence *e)
{
    if (e->seen[MARK_RCC_F2] || e->seen[MARK_FLASH_F2]) {
        if (narrow(v, F205 | F405))
            say(v, "uses %s, as an STM32F2 or F4 has it",
                e->seen[MARK_RCC_F2] ? "RCC at 0x40023800" : "FLASH at 0x40023C00");
    } else if (e->seen[MARK_GPIO_OTHER] && e->seen[MARK_RCC_F1]) {
        if (narrow(v, 0))
            say(v, "uses RCC at 0x40021000 and GPIO at 0x48000000, as no supported family has them");
    } else if (v->left & F100 && (e->seen[MARK_RCC_F1] || e->seen[MARK_GPIO_F1])) {
        /* Only while an F100 is possible: in an F4, 0x40021000 is GPIOE. */
        if (narrow(v, F100))
            say(v, "uses %s, as an STM32F1 has it",
                e->seen[MARK_RCC_F1] ? "RCC at 0x40021000" : "GPIO at 0x40010800");
    }
    bool enables_fpu = e->sets_cpacr_bits && (e->seen[MARK_SCB] || e->seen[MARK_CPACR]);
    if (enables_fpu && narrow(v, F405))
        say(v, "enables the FPU in CPACR, and only the STM32F4 has one");
}

static void weigh_sizes(struct verdict *v, const struct evidence *e)
{
    bool sp_in_sram = e->has_vectors && e->initial_sp >= SRAM_BASE;

    if (((e->has_vectors && !sp_in_sram) || e->uses_ccm) && narrow(v, F405))
        say(v, "uses CCM RAM at 0x10000000, which only the STM32F4 has");
    for (int i = 0; i < CHIPS; i++) {
        const struct chip_facts *c = &chips[i];
        if (sp_in_sram && e->initial_sp - SRAM_BASE > c->sram * 1024 && narrow(v, ~c->mask))
            say(v, "initial SP 0x%08" PRIx32 " is above the %u KiB of RAM of %s", e->initial_sp, c->sram,
                c->name);
        if (e->flash_end > c->flash * 1024 && narrow(v, ~c->mask))
            say(v, "%" PRIu32 " KiB of flash are more than the %u KiB of %s",
                (e->flash_end + 1023) / 1024, c->flash, c->name);
    }
}

/* Vector table entries from the start that are 0 or a Thumb address inside the image. */
static unsigned count_vectors(const struct evidence *e)
{
    unsigned count = 1;
    uint32_t word, code;

    while (count <= F205_VECTORS && image_word(e->image, e->vectors + 4 * count, &word) &&
           (word == 0 || (word & 1 && image_word(e->image, word & ~3u, &code))))
        count++;
    return count;
}

/* Does the text `upper` (capitals and digits) occur, in capitals or small letters? */
static bool mentions(const struct image *image, const char *upper)
{
    size_t length = strlen(upper);

    for (size_t i = 0; i < image->count; i++) {
        const struct image_segment *s = &image->segments[i];
        for (size_t at = 0; at + length <= s->size; at++) {
            size_t same = 0;
            while (same < length && toupper(s->bytes[at + same]) == upper[same])
                same++;
            if (same == length)
                return true;
        }
    }
    return false;
}

/* Several chips are left: the first family that is named in the text, unless others are, too. */
static void weigh_text(struct verdict *v, const struct evidence *e)
{
    unsigned mentioned = 0;
    const char *name = "";

    for (int i = 0; i < CHIPS; i++) {
        if (v->left & chips[i].mask && mentions(e->image, chips[i].family)) {
            mentioned |= chips[i].mask;
            name = chips[i].family;
        }
    }
    bool one = mentioned != 0 && (mentioned & (mentioned - 1)) == 0;
    if (one && narrow(v, mentioned))
        say(v, "contains the text \"%s\"", name);
}

/* Several chips would do: which is the likeliest? */
static void choose(struct verdict *v, const struct evidence *e)
{
    const struct image_attributes *a = &e->image->attributes;

    weigh_text(v, e);
    if (v->left == (F205 | F405)) {
        bool long_table = e->has_vectors && count_vectors(e) > F205_VECTORS;
        bool for_m3 = a->known && a->cpu_arch == IMAGE_ARCH_V7 && a->profile == 'M';
        if (long_table && narrow(v, F405))
            say(v, "the vector table has the FPU's interrupt, which only the STM32F4 has");
        else if (for_m3 && narrow(v, F205))
            say(v, "built for a Cortex-M3, as in the STM32F2");
        else if (narrow(v, F405))
            say(v, "nothing tells an STM32F2 from an F4, which runs both");
    } else if (v->left == ALL_CHIPS && e->has_vectors && narrow(v, F100)) {
        say(v, "initial SP 0x%08" PRIx32 " fits the smallest RAM, and no peripheral is used that tells more",
            e->initial_sp);
    }
}

void image_guess_chip(const struct image *image, struct image_chip_guess *guess)
{
    struct evidence e = {.image = image};
    struct verdict v = {ALL_CHIPS, guess->why, sizeof guess->why};

    *guess = (struct image_chip_guess){.chip = NULL};
    gather(&e);
    weigh_attributes(&v, &image->attributes);
    weigh_addresses(&v, &e);
    weigh_sizes(&v, &e);
    if (v.left != 0)
        choose(&v, &e);
    for (int i = 0; i < CHIPS; i++) {
        if (v.left == chips[i].mask)
            guess->chip = chips[i].name;
    }
    if (v.left == ALL_CHIPS)
        say(&v, "there is no vector table, and nothing in the image tells one chip from another");
}
