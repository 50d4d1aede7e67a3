/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ELF images: 32-bit little-endian Arm executables, through libelf. What is loaded is what a flash
 * programmer writes: the file contents of each PT_LOAD segment at its physical address. The rest of a
 * segment's memory (.bss) is left to the firmware's own start-up code.
 *
 * Headers are read through gelf, which copies them: a table may lie at any offset, and the elf32_
 * functions then return pointers that are not aligned.
 */
#include <gelf.h>
#include <inttypes.h>

#include "server/image_build.h"

#ifndef SHT_ARM_ATTRIBUTES
#define SHT_ARM_ATTRIBUTES 0x70000003
#endif

struct elf_file {
    struct image_builder *b;
    Elf *elf;
    GElf_Ehdr header;
    const uint8_t *bytes;
    size_t size;
};

static const char *type_name(unsigned type)
{
    switch (type) {
    case ET_REL:
        return "an object file that is not linked yet";
    case ET_DYN:
        return "a shared object";
    case ET_CORE:
        return "a core dump";
    default:
        return "no executable";
    }
}

static bool check_header(struct elf_file *f)
{
    const char *ident = elf_getident(f->elf, NULL);

    if (elf_kind(f->elf) != ELF_K_ELF || ident == NULL)
        return image_fail(f->b, "not an ELF file");
    if (ident[EI_CLASS] != ELFCLASS32)
        return image_fail(f->b, "an ELF file for a 64-bit machine, expected 32-bit Arm");
    if (ident[EI_DATA] != ELFDATA2LSB)
        return image_fail(f->b, "a big-endian ELF file, expected little-endian Arm");
    if (gelf_getehdr(f->elf, &f->header) == NULL)
        return image_fail(f->b, "damaged ELF header: %s", elf_errmsg(-1));
    if (f->header.e_machine != EM_ARM)
        return image_fail(f->b, "an ELF file for machine %u, expected Arm (%u)", f->header.e_machine, EM_ARM);
    if (f->header.e_type != ET_EXEC)
        return image_fail(f->b, "%s, expected a linked executable", type_name(f->header.e_type));
    return true;
}

static bool check_segment(struct elf_file *f, size_t index, const GElf_Phdr *segment)
{
    if (segment->p_offset > f->size || segment->p_filesz > f->size - segment->p_offset)
        return image_fail(f->b, "segment %zu is truncated: it needs bytes 0x%" PRIx64 " to 0x%" PRIx64
                          " of the file, which has 0x%zx", index, segment->p_offset,
                          segment->p_offset + segment->p_filesz, f->size);
    if (segment->p_filesz > segment->p_memsz)
        return image_fail(f->b, "segment %zu has 0x%" PRIx64 " bytes in the file but only 0x%" PRIx64
                          " in memory", index, segment->p_filesz, segment->p_memsz);
    return true;
}

/*
 * A linker may let the first segment begin with the ELF header itself, if the page below the first
 * section has room for it. Those bytes belong to no section and are not firmware: the number to leave
 * out, 0 for any other segment.
 */
static size_t header_bytes(struct elf_file *f, const GElf_Phdr *segment)
{
    uint64_t first = segment->p_filesz;
    Elf_Scn *section = NULL;
    GElf_Shdr s;

    if (segment->p_offset != 0)
        return 0;
    while ((section = elf_nextscn(f->elf, section)) != NULL) {
        if (gelf_getshdr(section, &s) == NULL || !(s.sh_flags & SHF_ALLOC) || s.sh_type == SHT_NOBITS)
            continue;
        if (s.sh_size != 0 && s.sh_offset != 0 && s.sh_offset < first)
            first = s.sh_offset;
    }
    return first < segment->p_filesz ? (size_t)first : 0;
}

static bool load_segment(struct elf_file *f, size_t index, const GElf_Phdr *segment)
{
    if (!check_segment(f, index, segment))
        return false;
    size_t skip = header_bytes(f, segment);
    uint64_t address = segment->p_paddr + skip;
    if (address > UINT32_MAX)
        return image_fail(f->b, "segment %zu at 0x%08" PRIx64 " goes beyond the end of the 4 GiB address space",
                          index, segment->p_paddr);
    return image_add(f->b, (uint32_t)address, f->bytes + segment->p_offset + skip, segment->p_filesz - skip);
}

static bool load_segments(struct elf_file *f)
{
    size_t count = 0;
    GElf_Phdr segment;

    if (elf_getphdrnum(f->elf, &count) != 0 || count == 0)
        return image_fail(f->b, "no program headers, expected a linked executable");
    for (size_t i = 0; i < count; i++) {
        if (gelf_getphdr(f->elf, (int)i, &segment) == NULL)
            return image_fail(f->b, "damaged program headers: %s", elf_errmsg(-1));
        bool loaded = segment.p_type == PT_LOAD && segment.p_filesz != 0;
        if (loaded && !load_segment(f, i, &segment))
            return false;
    }
    return true;
}

static void load_attributes(struct elf_file *f)
{
    Elf_Scn *section = NULL;
    GElf_Shdr s;

    while ((section = elf_nextscn(f->elf, section)) != NULL) {
        if (gelf_getshdr(section, &s) == NULL || s.sh_type != SHT_ARM_ATTRIBUTES)
            continue;
        if (s.sh_offset <= f->size && s.sh_size <= f->size - s.sh_offset)
            image_parse_attributes(&f->b->image->attributes, f->bytes + s.sh_offset, s.sh_size);
    }
}

static bool load(struct elf_file *f)
{
    if (!check_header(f) || !load_segments(f))
        return false;
    load_attributes(f);
    f->b->image->has_entry = f->header.e_entry != 0;
    f->b->image->entry = (uint32_t)f->header.e_entry;
    return true;
}

bool image_parse_elf(struct image_builder *b, const uint8_t *bytes, size_t size)
{
    struct elf_file f = {.b = b, .bytes = bytes, .size = size};

    if (elf_version(EV_CURRENT) == EV_NONE)
        return image_fail(b, "libelf is too old: %s", elf_errmsg(-1));
    /* libelf takes a pointer to non-const, but only reads what it is opened for reading. */
    f.elf = elf_memory((char *)(uintptr_t)bytes, size);
    if (f.elf == NULL)
        return image_fail(b, "not an ELF file: %s", elf_errmsg(-1));
    bool ok = load(&f);
    elf_end(f.elf);
    return ok;
}
