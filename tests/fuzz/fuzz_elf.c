/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as an ELF file: read or refused with a message, and what was read keeps its promises.
 */
#include <elf.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/image_promises.h"

#ifndef SHT_ARM_ATTRIBUTES
#define SHT_ARM_ATTRIBUTES 0x70000003
#endif

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    check_image(bytes, size, IMAGE_ELF);
    return 0;
}

/* A small executable for a Cortex-M4F: code with its vector table, initial data, build attributes. */
static const struct seed {
    Elf32_Ehdr header;
    Elf32_Phdr segments[2];
    uint32_t code[4];
    uint8_t data[4];
    uint8_t attributes[24];
    Elf32_Shdr sections[3];
} seed = {
    .header = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_ARM,
        .e_version = EV_CURRENT,
        .e_entry = 0x08000009,
        .e_phoff = offsetof(struct seed, segments),
        .e_shoff = offsetof(struct seed, sections),
        .e_ehsize = sizeof(Elf32_Ehdr),
        .e_phentsize = sizeof(Elf32_Phdr),
        .e_phnum = 2,
        .e_shentsize = sizeof(Elf32_Shdr),
        .e_shnum = 3,
    },
    .segments = {
        {.p_type = PT_LOAD, .p_offset = offsetof(struct seed, code), .p_vaddr = 0x08000000, .p_paddr = 0x08000000,
         .p_filesz = 16, .p_memsz = 16, .p_flags = PF_R | PF_X, .p_align = 4},
        {.p_type = PT_LOAD, .p_offset = offsetof(struct seed, data), .p_vaddr = 0x20000000, .p_paddr = 0x08000100,
         .p_filesz = 4, .p_memsz = 64, .p_flags = PF_R | PF_W, .p_align = 4},
    },
    .code = {0x20020000, 0x08000009, 0x0270F442, 0x40023800},
    .data = {1, 2, 3, 4},
    .attributes = {'A', 22, 0, 0, 0, 'a', 'e', 'a', 'b', 'i', 0, 1, 12, 0, 0, 0, 5, 'M', 0, 6, 13, 7, 'M'},
    .sections = {
        {0},
        {.sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC, .sh_addr = 0x08000000,
         .sh_offset = offsetof(struct seed, code), .sh_size = 16, .sh_addralign = 4},
        {.sh_type = SHT_ARM_ATTRIBUTES, .sh_offset = offsetof(struct seed, attributes), .sh_size = 23,
         .sh_addralign = 1},
    },
};

const uint64_t fuzz_runs = 20000;

const struct fuzz_seed fuzz_seeds[] = {
    {&seed, sizeof seed},
    {NULL, 0},
};
