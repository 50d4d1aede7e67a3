/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Firmware images: what is loaded from ELF, Intel HEX and raw input, what is refused and in which words,
 * and which chip is guessed. Inputs are built in memory.
 */
#include <criterion/criterion.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/image.h"

#ifndef SHT_ARM_ATTRIBUTES
#define SHT_ARM_ATTRIBUTES 0x70000003
#endif

enum { MAX_SEGMENTS = 4, MAX_SECTIONS = 4, FIRST_DATA = 0x100 };

/* An ELF file under construction: header, program headers, data, section headers. */
struct elf_input {
    Elf32_Ehdr header;
    Elf32_Phdr segments[MAX_SEGMENTS];
    Elf32_Shdr sections[MAX_SECTIONS];
    uint8_t data[0x2000]; /* indexed by file offset */
    size_t end;
};

static struct elf_input elf_new(void)
{
    return (struct elf_input){
        .header = {
            .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
            .e_type = ET_EXEC,
            .e_machine = EM_ARM,
            .e_version = EV_CURRENT,
            .e_entry = 0x08000101,
            .e_phoff = sizeof(Elf32_Ehdr),
            .e_ehsize = sizeof(Elf32_Ehdr),
            .e_phentsize = sizeof(Elf32_Phdr),
            .e_shentsize = sizeof(Elf32_Shdr),
        },
        .end = FIRST_DATA,
    };
}

static uint32_t elf_data(struct elf_input *e, const void *bytes, size_t size)
{
    size_t at = e->end;
    memcpy(e->data + at, bytes, size);
    e->end = (at + size + 3) & ~(size_t)3;
    return (uint32_t)at;
}

static Elf32_Phdr *elf_segment(struct elf_input *e, uint32_t address, const void *bytes, size_t size)
{
    Elf32_Phdr *s = &e->segments[e->header.e_phnum++];
    *s = (Elf32_Phdr){
        .p_type = PT_LOAD,
        .p_offset = elf_data(e, bytes, size),
        .p_vaddr = address,
        .p_paddr = address,
        .p_filesz = (uint32_t)size,
        .p_memsz = (uint32_t)size,
        .p_flags = PF_R | PF_X,
        .p_align = 4,
    };
    return s;
}

static Elf32_Shdr *elf_section(struct elf_input *e, uint32_t type, uint32_t offset, size_t size)
{
    if (e->header.e_shnum == 0)
        e->header.e_shnum = 1; /* section 0 is the null section */
    Elf32_Shdr *s = &e->sections[e->header.e_shnum++];
    *s = (Elf32_Shdr){.sh_type = type, .sh_offset = offset, .sh_size = (uint32_t)size, .sh_addralign = 1};
    return s;
}

static void elf_attributes(struct elf_input *e, const void *bytes, size_t size)
{
    elf_section(e, SHT_ARM_ATTRIBUTES, elf_data(e, bytes, size), size);
}

/* Puts the parts together and loads the result. */
static bool elf_load(struct elf_input *e, struct image *image, struct image_error *error)
{
    size_t size = e->end;

    memcpy(e->data + sizeof e->header, e->segments, sizeof e->segments);
    if (e->header.e_shnum != 0) {
        e->header.e_shoff = (uint32_t)size;
        memcpy(e->data + size, e->sections, sizeof e->sections);
        size += sizeof e->sections;
    }
    memcpy(e->data, &e->header, sizeof e->header);
    /* A block of its own size, so that a sanitizer sees any access beyond it. */
    uint8_t *exact = malloc(size);
    memcpy(exact, e->data, size);
    bool ok = image_load_memory(image, "fw.elf", exact, size, IMAGE_AUTO, 0, error);
    free(exact);
    return ok;
}

static void expect_elf_error(struct elf_input *e, const char *text)
{
    struct image image;
    struct image_error error;

    cr_assert_not(elf_load(e, &image, &error));
    cr_expect_str_eq(error.text, text);
    cr_expect_eq(image.count, 0);
}

static void must_load_elf(struct elf_input *e, struct image *image)
{
    struct image_error error;
    cr_assert(elf_load(e, image, &error), "%s", error.text);
}

static void expect_segment(const struct image *image, size_t index, uint32_t address, const void *bytes, size_t size)
{
    cr_assert_lt(index, image->count);
    cr_expect_eq(image->segments[index].address, address);
    cr_assert_eq(image->segments[index].size, size);
    cr_expect_arr_eq(image->segments[index].bytes, bytes, size);
}

Test(image_elf, segments_go_to_their_physical_addresses_in_order)
{
    struct elf_input e = elf_new();
    struct image image;
    Elf32_Phdr *data = elf_segment(&e, 0x08000200, "initial", 7);
    data->p_vaddr = 0x20000000;
    data->p_memsz = 0x400; /* .bss behind .data: start-up code clears it */
    elf_segment(&e, 0x08000000, "code", 4);

    must_load_elf(&e, &image);
    cr_expect_eq(image.format, IMAGE_ELF);
    cr_expect_str_eq(image.path, "fw.elf");
    cr_expect_eq(image.count, 2);
    expect_segment(&image, 0, 0x08000000, "code", 4);
    expect_segment(&image, 1, 0x08000200, "initial", 7);
    cr_expect(image.has_entry);
    cr_expect_eq(image.entry, 0x08000101);
    cr_expect_not(image.attributes.known);
    image_free(&image);
}

Test(image_elf, segments_without_file_contents_and_of_other_types_are_not_loaded)
{
    struct elf_input e = elf_new();
    struct image image;
    elf_segment(&e, 0x08000000, "code", 4);
    elf_segment(&e, 0x20000000, "", 0)->p_memsz = 0x1000;
    elf_segment(&e, 0x08001000, "exidx", 5)->p_type = PT_ARM_EXIDX;

    must_load_elf(&e, &image);
    cr_expect_eq(image.count, 1);
    image_free(&image);
}

Test(image_elf, the_elf_header_inside_the_first_segment_is_not_firmware)
{
    struct elf_input e = elf_new();
    struct image image;
    Elf32_Phdr *s = elf_segment(&e, 0x08004000, "text", 4);
    Elf32_Shdr *text = elf_section(&e, SHT_PROGBITS, s->p_offset, 4);
    text->sh_flags = SHF_ALLOC | SHF_EXECINSTR;
    text->sh_addr = 0x08004000;
    s->p_paddr = s->p_vaddr = 0x08004000 - FIRST_DATA;
    s->p_offset = 0;
    s->p_filesz = s->p_memsz = FIRST_DATA + 4;

    must_load_elf(&e, &image);
    cr_expect_eq(image.count, 1);
    expect_segment(&image, 0, 0x08004000, "text", 4);
    image_free(&image);
}

Test(image_elf, wrong_kinds_of_elf_are_named)
{
    struct elf_input good = elf_new(), e;
    elf_segment(&good, 0x08000000, "code", 4);

    e = good, e.header.e_ident[EI_CLASS] = ELFCLASS64;
    expect_elf_error(&e, "fw.elf: an ELF file for a 64-bit machine, expected 32-bit Arm");
    e = good, e.header.e_ident[EI_DATA] = ELFDATA2MSB;
    expect_elf_error(&e, "fw.elf: a big-endian ELF file, expected little-endian Arm");
    e = good, e.header.e_machine = EM_386;
    expect_elf_error(&e, "fw.elf: an ELF file for machine 3, expected Arm (40)");
    e = good, e.header.e_type = ET_REL;
    expect_elf_error(&e, "fw.elf: an object file that is not linked yet, expected a linked executable");
    e = good, e.header.e_type = ET_DYN;
    expect_elf_error(&e, "fw.elf: a shared object, expected a linked executable");
}

Test(image_elf, truncated_segment_is_refused)
{
    struct elf_input e = elf_new();
    Elf32_Phdr *s = elf_segment(&e, 0x08000000, "code", 4);
    s->p_filesz = s->p_memsz = 0x1000;
    expect_elf_error(&e, "fw.elf: segment 0 is truncated: it needs bytes 0x100 to 0x1100 of the file, which has 0x104");
    s->p_offset = 0xFFFFFFF0;
    expect_elf_error(&e, "fw.elf: segment 0 is truncated: it needs bytes 0xfffffff0 to 0x100000ff0 of the file, "
                         "which has 0x104");
}

/* libelf hands out pointers into the file: a build with sanitizers sees a header used in place. */
Test(image_elf, headers_may_lie_at_any_offset)
{
    static const uint8_t no_attributes[] = {'A'};
    struct elf_input e = elf_new();
    struct image image;
    struct image_error error;
    uint8_t file[0x400] = {0};
    elf_segment(&e, 0x08000000, "code", 4);
    elf_attributes(&e, no_attributes, 1);
    e.header.e_phoff = 0x201;
    e.header.e_shoff = 0x283;
    memcpy(file, &e.header, sizeof e.header);
    memcpy(file + FIRST_DATA, e.data + FIRST_DATA, e.end - FIRST_DATA);
    memcpy(file + 0x201, e.segments, sizeof e.segments);
    memcpy(file + 0x283, e.sections, sizeof e.sections);

    cr_assert(image_load_memory(&image, "fw.elf", file, sizeof file, IMAGE_ELF, 0, &error), "%s", error.text);
    expect_segment(&image, 0, 0x08000000, "code", 4);
    image_free(&image);
}

Test(image_elf, every_cut_of_a_file_is_an_error)
{
    struct elf_input e = elf_new();
    struct image image;
    struct image_error error;
    elf_segment(&e, 0x08000000, "code", 4);
    must_load_elf(&e, &image);
    image_free(&image);

    for (size_t size = 0; size < e.end; size++) {
        uint8_t *cut = malloc(size + 1);
        memcpy(cut, e.data, size);
        cr_expect_not(image_load_memory(&image, "fw.elf", cut, size, IMAGE_ELF, 0, &error), "cut at %zu", size);
        cr_expect_neq(error.text[0], 0);
        free(cut);
    }
}

Test(image_elf, impossible_sizes_are_refused)
{
    struct elf_input good = elf_new(), e;
    elf_segment(&good, 0x08000000, "code", 4);

    e = good, e.segments[0].p_memsz = 2;
    expect_elf_error(&e, "fw.elf: segment 0 has 0x4 bytes in the file but only 0x2 in memory");
    e = good, e.segments[0].p_paddr = 0xFFFFFFFE;
    expect_elf_error(&e, "fw.elf: 4 bytes at 0xfffffffe go beyond the end of the 4 GiB address space");
}

Test(image_elf, overlapping_segments_are_refused)
{
    struct elf_input e = elf_new();
    elf_segment(&e, 0x08000004, "more", 4);
    elf_segment(&e, 0x08000000, "code!", 5);
    expect_elf_error(&e, "fw.elf: 0x08000004 is loaded twice: by 5 bytes at 0x08000000 and by 4 bytes at 0x08000004");
}

Test(image_elf, nothing_to_load_is_an_error)
{
    struct elf_input e = elf_new();
    elf_segment(&e, 0x20000000, "", 0)->p_memsz = 16;
    expect_elf_error(&e, "fw.elf: there is nothing to load in this ELF file");
    e.header.e_phnum = 0;
    e.header.e_phoff = 0;
    expect_elf_error(&e, "fw.elf: no program headers, expected a linked executable");
}

/*
 * "aeabi" attributes of a whole file: CPU_name, CPU_arch, CPU_arch_profile, FP_arch, a string with an
 * unknown odd tag, which would change CPU_arch if it were read as a number, and two more numbers.
 */
static const char m4f_attributes[] =
    "A\x25\0\0\0aeabi\0\x01\x1B\0\0\0"
    "\x05" "7E-M\0" "\x06\x0D" "\x07M" "\x0A\x06" "\x43" "x\6\1z\0" "\x09\x02" "\x22\x01";

Test(image_elf, build_attributes_are_read)
{
    struct elf_input e = elf_new();
    struct image image;
    elf_segment(&e, 0x08000000, "code", 4);
    elf_attributes(&e, m4f_attributes, sizeof m4f_attributes - 1);

    must_load_elf(&e, &image);
    cr_expect(image.attributes.known);
    cr_expect_eq(image.attributes.profile, 'M');
    cr_expect_eq(image.attributes.cpu_arch, IMAGE_ARCH_V7EM);
    cr_expect(image.attributes.uses_fp);
    image_free(&image);
}

Test(image_elf, attributes_followed_by_damage_are_ignored)
{
    char damaged[sizeof m4f_attributes + 3];
    struct elf_input e = elf_new();
    struct image image;
    memcpy(damaged, m4f_attributes, sizeof m4f_attributes - 1);
    memcpy(damaged + sizeof m4f_attributes - 1, "\xFF\xFF\0\0", 4);
    elf_segment(&e, 0x08000000, "code", 4);
    elf_attributes(&e, damaged, sizeof damaged);

    must_load_elf(&e, &image);
    cr_expect_not(image.attributes.known);
    image_free(&image);
}

Test(image_elf, attributes_cut_short_are_ignored)
{
    for (size_t size = 1; size < sizeof m4f_attributes - 1; size++) {
        struct elf_input e = elf_new();
        struct image image;
        elf_segment(&e, 0x08000000, "code", 4);
        elf_attributes(&e, m4f_attributes, size);
        must_load_elf(&e, &image);
        cr_expect_not(image.attributes.uses_fp, "cut at %zu", size);
        image_free(&image);
    }
}

/* ------------------------------------------------------------------------------------ Intel HEX */

static bool hex_load(const char *text, struct image *image, struct image_error *error)
{
    return image_load_memory(image, "fw.hex", (const uint8_t *)text, strlen(text), IMAGE_AUTO, 0, error);
}

static void expect_hex_error(const char *text, const char *expected)
{
    struct image image;
    struct image_error error;

    cr_assert_not(hex_load(text, &image, &error), "%s", text);
    cr_expect_str_eq(error.text, expected);
}

static void must_load_hex(const char *text, struct image *image)
{
    struct image_error error;
    cr_assert(hex_load(text, image, &error), "%s", error.text);
}

#define HEX_08000000 ":020000040800F2\n"
#define HEX_END ":00000001FF\n"

Test(image_hex, linear_records_join_into_segments)
{
    struct image image;
    must_load_hex(HEX_08000000 ":0400000001020304F2\n:0200040005" "06EF\n"
                  ":01FFFF00AA57\n:020000040801F1\n:01000000BB44\n"
                  ":04000005080000C12E\n" HEX_END, &image);

    cr_expect_eq(image.format, IMAGE_HEX);
    cr_expect_eq(image.count, 2);
    expect_segment(&image, 0, 0x08000000, "\1\2\3\4\5\6", 6);
    expect_segment(&image, 1, 0x0800FFFF, "\xAA\xBB", 2);
    cr_expect(image.has_entry);
    cr_expect_eq(image.entry, 0x080000C1);
    image_free(&image);
}

Test(image_hex, segment_records)
{
    struct image image;
    must_load_hex(":020000021000EC\n:01001000AA45\n:0400000312340100B2\n" HEX_END, &image);
    expect_segment(&image, 0, 0x10010, "\xAA", 1);
    cr_expect_eq(image.entry, 0x12340 + 0x100);
    image_free(&image);
}

Test(image_hex, records_in_any_order_blank_lines_and_crlf)
{
    struct image image;
    must_load_hex("\r\n:0100010002fc\r\n\r\n:0100000001fe \r\n:00000001ff", &image);
    cr_expect_eq(image.count, 2);
    expect_segment(&image, 0, 0, "\1", 1);
    expect_segment(&image, 1, 1, "\2", 1);
    cr_expect_not(image.has_entry);
    image_free(&image);
}

Test(image_hex, errors_name_the_line)
{
    expect_hex_error(HEX_08000000 ":0100000001FF\n" HEX_END, "fw.hex: line 2: the checksum is FF, expected FE");
    expect_hex_error(HEX_08000000 "\n0100000001FE\n", "fw.hex: line 3: begins with byte 0x30, expected ':'");
    expect_hex_error(":01000000G1FE\n", "fw.hex: line 1: byte 0x47 in column 10, expected a hexadecimal digit");
    expect_hex_error(":010000000\n", "fw.hex: line 1: odd number of digits (9)");
    expect_hex_error(":0100\n", "fw.hex: line 1: a record of 4 digits, expected 10 to 520");
    expect_hex_error(":0200000001FE\n", "fw.hex: line 1: the length field says 2 data bytes, the line has 1");
    expect_hex_error(":00000006FA\n", "fw.hex: line 1: record type 06, expected 00 to 05");
    expect_hex_error(":0100000408F3\n",
                     "fw.hex: line 1: extended linear address record with 1 data bytes, expected 2");
    expect_hex_error(":0100000001FE\n" HEX_END ":0100010001FD\n",
                     "fw.hex: line 3: text after the end-of-file record");
}

Test(image_hex, a_file_without_its_end_is_incomplete)
{
    expect_hex_error(":0100000001FE\n:0100010001FD\n",
                     "fw.hex: no end-of-file record after line 2: the file is incomplete");
}

Test(image_hex, a_record_that_is_too_long_is_refused)
{
    char text[1024] = ":";
    memset(text + 1, '0', 522);
    strcpy(text + 523, "\n");
    expect_hex_error(text, "fw.hex: line 1: a record of 522 digits, expected 10 to 520");
}

Test(image_hex, data_beyond_the_address_space_are_refused)
{
    expect_hex_error(":02000004FFFFFC\n:02FFFF000102FD\n",
                     "fw.hex: line 2: the data go beyond the end of the 4 GiB address space");
    expect_hex_error(":020000021000EC\n:02FFFF000102FD\n",
                     "fw.hex: line 2: 2 bytes at offset 0xffff cross the end of a 64 KiB segment");
}

Test(image_hex, the_same_address_twice_is_refused)
{
    expect_hex_error(":020000000102FB\n:0100010003FB\n" HEX_END,
                     "fw.hex: 0x00000001 is loaded twice: by 2 bytes at 0x00000000 and by 1 bytes at 0x00000001");
}

Test(image_hex, thousands_of_pieces_are_refused)
{
    size_t room = (IMAGE_MAX_SEGMENTS + 1) * 20 + 1;
    char *text = malloc(room), *at = text;
    for (unsigned i = 0; i <= IMAGE_MAX_SEGMENTS; i++) {
        unsigned address = 2 * i, sum = 1 + (address >> 8) + address + 0xAA;
        at += snprintf(at, room - (size_t)(at - text), ":01%04X00AA%02X\n", address, -sum & 0xFF);
    }
    expect_hex_error(text, "fw.hex: more than 4096 separate pieces of memory, expected firmware");
    free(text);
}

Test(image_hex, no_data_is_an_error)
{
    expect_hex_error(HEX_END, "fw.hex: there is nothing to load in this Intel HEX file");
}

/* ------------------------------------------------------------------------- raw, files, detection */

Test(image_raw, bytes_go_to_the_given_address)
{
    struct image image;
    struct image_error error;
    cr_assert(image_load_memory(&image, "fw.bin", (const uint8_t *)"\177ELF", 4, IMAGE_RAW, 0x08004000, &error));
    cr_expect_eq(image.format, IMAGE_RAW);
    expect_segment(&image, 0, 0x08004000, "\177ELF", 4);
    cr_expect_not(image.has_entry);
    image_free(&image);
}

Test(image_raw, empty_and_too_large_files_are_refused)
{
    struct image image;
    struct image_error error;
    size_t size = IMAGE_MAX_LOAD_SIZE + 1;
    uint8_t *bytes = calloc(size, 1);

    cr_expect_not(image_load_memory(&image, "fw.bin", bytes, 0, IMAGE_RAW, 0, &error));
    cr_expect_str_eq(error.text, "fw.bin: the file is empty, expected a raw binary");
    cr_expect_not(image_load_memory(&image, "fw.bin", bytes, size, IMAGE_RAW, 0, &error));
    cr_expect_str_eq(error.text, "fw.bin: more than 16 MiB to load, which no supported chip can hold");
    cr_expect_not(image_load_memory(&image, "fw.bin", bytes, 2, IMAGE_RAW, 0xFFFFFFFF, &error));
    cr_expect_str_eq(error.text, "fw.bin: 2 bytes at 0xffffffff go beyond the end of the 4 GiB address space");
    free(bytes);
}

Test(image, an_unknown_format_needs_an_address)
{
    struct image image;
    struct image_error error;
    cr_expect_not(image_load_memory(&image, "fw.bin", (const uint8_t *)"\0\0\2 ", 4, IMAGE_AUTO, 0, &error));
    cr_expect_str_eq(error.text,
                     "fw.bin: neither ELF nor Intel HEX; a raw binary needs an address to be loaded at");
    cr_expect_not(image_load_memory(&image, "fw.bin", (const uint8_t *)"", 0, IMAGE_AUTO, 0, &error));
}

Test(image, files_are_read_whole)
{
    char path[] = "/tmp/test_image_XXXXXX";
    uint8_t bytes[200000];
    struct image image;
    struct image_error error;
    int fd = mkstemp(path);

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    cr_assert_neq(fd, -1);
    cr_assert_eq(write(fd, bytes, sizeof bytes), (ssize_t)sizeof bytes);
    close(fd);
    cr_assert(image_load_file(&image, path, IMAGE_RAW, 0x08000000, &error), "%s", error.text);
    unlink(path);
    cr_expect_str_eq(image.path, path);
    expect_segment(&image, 0, 0x08000000, bytes, sizeof bytes);
    image_free(&image);
}

Test(image, a_file_that_cannot_be_read_is_named)
{
    struct image image;
    struct image_error error;
    cr_expect_not(image_load_file(&image, "/nonexistent/fw.elf", IMAGE_AUTO, 0, &error));
    cr_expect_str_eq(error.text, "/nonexistent/fw.elf: cannot read the firmware image: No such file or directory");
    cr_expect_not(image_load_file(&image, "/tmp", IMAGE_AUTO, 0, &error));
    cr_expect_str_eq(error.text, "/tmp: cannot read the firmware image: Is a directory");
}

Test(image, words_are_little_endian_and_inside_one_segment)
{
    struct image image;
    uint32_t word;
    must_load_hex(":050000000102030405EC\n" HEX_END, &image);
    cr_assert(image_word(&image, 1, &word));
    cr_expect_eq(word, 0x05040302u);
    cr_expect_not(image_word(&image, 2, &word));
    cr_expect_not(image_word(&image, 0xFFFFFFFF, &word));
    image_free(&image);
}

/* ---------------------------------------------------------------------------------- chip's guess */

/* A raw image of words at the start of flash: vector table first. */
static void guess_words(const uint32_t *words, size_t count, uint32_t address, struct image_chip_guess *guess)
{
    struct image image;
    struct image_error error;
    cr_assert(image_load_memory(&image, "fw.bin", (const uint8_t *)words, count * 4, IMAGE_RAW, address, &error));
    image_guess_chip(&image, guess);
    image_free(&image);
}

static void expect_guess(const uint32_t *words, size_t count, const char *chip, const char *why)
{
    struct image_chip_guess guess;
    guess_words(words, count, 0x08000000, &guess);
    if (chip == NULL)
        cr_expect_null(guess.chip, "guessed %s: %s", guess.chip, guess.why);
    else
        cr_expect(guess.chip != NULL && strcmp(guess.chip, chip) == 0, "guessed %s: %s",
                  guess.chip != NULL ? guess.chip : "none", guess.why);
    cr_expect_str_eq(guess.why, why);
}

#define EXPECT_GUESS(chip, why, ...)                                           \
    do {                                                                       \
        const uint32_t words_[] = {__VA_ARGS__};                               \
        expect_guess(words_, sizeof words_ / sizeof words_[0], chip, why);     \
    } while (0)

#define RESET 0x08000009u /* a Thumb address inside each image below */

Test(image_chip, clock_controller_address_tells_the_family)
{
    EXPECT_GUESS("stm32f100rb", "uses RCC at 0x40021000, as an STM32F1 has it", 0x20002000, RESET, 0x40021000);
    EXPECT_GUESS("stm32f405rg",
                 "uses RCC at 0x40023800, as an STM32F2 or F4 has it; nothing tells an STM32F2 from an F4, which runs both",
                 0x20002000, RESET, 0x40023830);
    /* GPIOE of an F4 looks like RCC of an F1. */
    EXPECT_GUESS("stm32f405rg",
                 "uses RCC at 0x40023800, as an STM32F2 or F4 has it; nothing tells an STM32F2 from an F4, which runs both",
                 0x20002000, RESET, 0x40021000, 0x40023800);
}

Test(image_chip, bit_band_aliases_and_movw_movt_count)
{
    EXPECT_GUESS("stm32f100rb", "uses RCC at 0x40021000, as an STM32F1 has it", 0x20000400, RESET, 0x42420060);
    /* movw r2, #0x1000; movt r2, #0x4002 */
    EXPECT_GUESS("stm32f100rb", "uses RCC at 0x40021000, as an STM32F1 has it", 0x20000400, RESET, 0x0200F241,
                 0x0202F2C4);
}

Test(image_chip, table_data_that_resemble_addresses_do_not_count)
{
    EXPECT_GUESS("stm32f100rb",
                 "initial SP 0x20000400 fits the smallest RAM, and no peripheral is used that tells more", 0x20000400,
                 RESET, 0x400213FF, 0x42421010, 0x42424242, 0x40023801, 0xFFFFFFFF);
}

Test(image_chip, initial_sp_rules_small_chips_out)
{
    EXPECT_GUESS("stm32f100rb",
                 "initial SP 0x20002000 fits the smallest RAM, and no peripheral is used that tells more", 0x20002000,
                 RESET, 0);
    EXPECT_GUESS("stm32f405rg",
                 "initial SP 0x2001fffc is above the 8 KiB of RAM of stm32f100rb; "
                 "nothing tells an STM32F2 from an F4, which runs both",
                 0x2001FFFF, RESET, 0);
    EXPECT_GUESS("stm32f405rg", "uses CCM RAM at 0x10000000, which only the STM32F4 has", 0x10010000, RESET, 0);
}

Test(image_chip, no_chip_fits_and_the_reasons_are_given)
{
    EXPECT_GUESS(NULL,
                 "uses RCC at 0x40021000, as an STM32F1 has it; "
                 "initial SP 0x20005000 is above the 8 KiB of RAM of stm32f100rb",
                 0x20005000, RESET, 0x40021000);
    EXPECT_GUESS(NULL, "uses RCC at 0x40021000 and GPIO at 0x48000000, as no supported family has them", 0x20001000,
                 RESET, 0x40021000, 0x48000000);
    EXPECT_GUESS(NULL, "there is no vector table, and nothing in the image tells one chip from another", 0x12345678,
                 0x9ABCDEF0);
}

Test(image_chip, enabling_the_fpu_means_f4)
{
    /* orr.w r2, r2, #0xf00000 beside the address of SCB */
    EXPECT_GUESS("stm32f405rg", "enables the FPU in CPACR, and only the STM32F4 has one", 0x20001000, RESET, 0x0270F442,
                 0xE000ED00);
    EXPECT_GUESS("stm32f100rb",
                 "initial SP 0x20001000 fits the smallest RAM, and no peripheral is used that tells more", 0x20001000,
                 RESET, 0x0270F442);
    EXPECT_GUESS("stm32f100rb",
                 "initial SP 0x20001000 fits the smallest RAM, and no peripheral is used that tells more", 0x20001000,
                 RESET, 0xE000ED00);
}

Test(image_chip, family_names_in_the_text_break_a_tie)
{
    uint32_t words[8] = {0x20020000, RESET, 0x40023800};
    memcpy(&words[4], "for STM32F2xx", 13);
    expect_guess(words, 8, "stm32f205rf",
                 "uses RCC at 0x40023800, as an STM32F2 or F4 has it; contains the text \"STM32F2\"");
    memcpy(&words[4], "for stm32f407", 13);
    expect_guess(words, 8, "stm32f405rg",
                 "uses RCC at 0x40023800, as an STM32F2 or F4 has it; contains the text \"STM32F4\"");
}

Test(image_chip, a_vector_table_with_the_fpus_interrupt_means_f4)
{
    uint32_t words[100] = {0x20020000};
    for (int i = 1; i < 98; i++)
        words[i] = RESET;
    words[98] = words[99] = 0xBF00BF00;
    expect_guess(words, 100, "stm32f405rg",
                 "initial SP 0x20020000 is above the 8 KiB of RAM of stm32f100rb; "
                 "the vector table has the FPU's interrupt, which only the STM32F4 has");
    words[97] = 0xBF00BF00;
    expect_guess(words, 100, "stm32f405rg",
                 "initial SP 0x20020000 is above the 8 KiB of RAM of stm32f100rb; "
                 "nothing tells an STM32F2 from an F4, which runs both");
}

Test(image_chip, flash_size_rules_small_chips_out)
{
    size_t count = 800 * 1024 / 4;
    uint32_t *words = calloc(count, 4);
    words[0] = 0x20001000;
    words[1] = RESET;
    expect_guess(words, count, "stm32f405rg",
                 "800 KiB of flash are more than the 128 KiB of stm32f100rb; "
                 "800 KiB of flash are more than the 768 KiB of stm32f205rf");
    free(words);
}

Test(image_chip, a_vector_table_at_an_offset_or_at_address_0_is_found)
{
    const uint32_t low[] = {0x20000800, 0x00000009, 0}, high[] = {0x20003000, 0x08004009, 0};
    struct image_chip_guess guess;
    guess_words(low, 3, 0, &guess);
    cr_expect_str_eq(guess.chip, "stm32f100rb");
    guess_words(high, 3, 0x08004000, &guess);
    cr_expect_str_eq(guess.chip, "stm32f405rg");
}

/* An ELF file with CPU_arch, CPU_arch_profile and FP_arch set, and a vector table with `other` behind it. */
static void expect_elf_guess(uint8_t arch, char profile, uint8_t fp, uint32_t other, const char *chip, const char *why)
{
    const uint32_t words[] = {0x20020000, RESET, other};
    uint8_t attributes[] = {'A', 21, 0, 0, 0, 'a', 'e', 'a', 'b', 'i', 0, 1,  11, 0, 0, 0,
                            6,   0,  7, 0, 10, 0};
    struct elf_input e = elf_new();
    struct image image;
    struct image_chip_guess guess;

    attributes[17] = arch, attributes[19] = (uint8_t)profile, attributes[21] = fp;
    elf_segment(&e, 0x08000000, words, sizeof words);
    elf_attributes(&e, attributes, sizeof attributes);
    must_load_elf(&e, &image);
    image_guess_chip(&image, &guess);
    cr_expect_str_eq(guess.why, why);
    cr_expect(chip == NULL ? guess.chip == NULL : guess.chip != NULL && strcmp(guess.chip, chip) == 0);
    image_free(&image);
}

Test(image_chip, gpioe_of_an_f4_is_no_rcc_of_an_f1)
{
    expect_elf_guess(IMAGE_ARCH_V7EM, 'M', 0, 0x40021000, "stm32f405rg",
                     "built for Armv7E-M, and only the STM32F4 has a Cortex-M4");
}

Test(image_chip, build_attributes_tell_the_core)
{
    expect_elf_guess(IMAGE_ARCH_V7EM, 'M', 6, 0, "stm32f405rg",
                     "built for Armv7E-M with floating point, and only the STM32F4 has a Cortex-M4");
    expect_elf_guess(IMAGE_ARCH_V7EM, 'M', 0, 0, "stm32f405rg",
                     "built for Armv7E-M, and only the STM32F4 has a Cortex-M4");
    expect_elf_guess(IMAGE_ARCH_V7, 'M', 0, 0, "stm32f205rf",
                     "initial SP 0x20020000 is above the 8 KiB of RAM of stm32f100rb; "
                     "built for a Cortex-M3, as in the STM32F2");
    expect_elf_guess(IMAGE_ARCH_V7, 'A', 3, 0, NULL, "built for an Arm core of profile A, not for a Cortex-M");
    expect_elf_guess(IMAGE_ARCH_V7, 'M', 6, 0, "stm32f405rg",
                     "built with floating-point instructions, and only the STM32F4 has an FPU");
    expect_elf_guess(17, 'M', 0, 0, NULL, "built for Armv8 or later, newer than every supported chip");
}
