/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/symbols.h"

#include <elf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads `size` bytes at `offset`, as a string too. The caller frees them. */
static void *read_part(FILE *f, long offset, size_t size)
{
    char *bytes = calloc(1, size + 1);

    if (!bytes || fseek(f, offset, SEEK_SET) != 0 || fread(bytes, 1, size, f) != size) {
        fprintf(stderr, "bench: not an ELF file with symbols\n");
        exit(1);
    }
    return bytes;
}

static bool find_in(FILE *f, const Elf32_Shdr *table, const Elf32_Shdr *strings, const char *name, uint32_t *value)
{
    Elf32_Sym *symbols = read_part(f, table->sh_offset, table->sh_size);
    char *names = read_part(f, strings->sh_offset, strings->sh_size);
    bool found = false;

    for (size_t i = 0; i < table->sh_size / sizeof *symbols && !found; i++) {
        found = symbols[i].st_name < strings->sh_size && strcmp(names + symbols[i].st_name, name) == 0;
        if (found)
            *value = symbols[i].st_value & (ELF32_ST_TYPE(symbols[i].st_info) == STT_FUNC ? ~1u : ~0u);
    }
    free(symbols);
    free(names);
    return found;
}

uint32_t symbol_address(const char *elf, const char *name)
{
    FILE *f = fopen(elf, "rb");
    Elf32_Ehdr *header;
    Elf32_Shdr *sections;
    uint32_t value = 0;
    bool found = false;

    if (!f) {
        perror(elf);
        exit(1);
    }
    header = read_part(f, 0, sizeof *header);
    sections = read_part(f, header->e_shoff, header->e_shnum * sizeof *sections);
    for (unsigned i = 0; i < header->e_shnum && !found; i++)
        if (sections[i].sh_type == SHT_SYMTAB)
            found = find_in(f, &sections[i], &sections[sections[i].sh_link], name, &value);
    free(sections);
    free(header);
    fclose(f);
    if (!found) {
        fprintf(stderr, "bench: %s has no symbol %s\n", elf, name);
        exit(1);
    }
    return value;
}
