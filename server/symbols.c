/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The firmware's symbol table, read with libelf and sorted by address. See symbols.h. */
#include "server/symbols.h"

#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/variables.h"

struct symbols {
    struct symbol *list;        /* sorted by address; names are owned copies */
    size_t count, room;
    struct variables variables; /* names are those of `list` */
};

/* A symbol without a size names what follows it up to the end of its section. */
static uint32_t reach(Elf *elf, const GElf_Sym *sym, uint32_t address)
{
    Elf_Scn *section = elf_getscn(elf, sym->st_shndx);
    GElf_Shdr header;

    if (sym->st_size || !section || !gelf_getshdr(section, &header) ||
        address - header.sh_addr > header.sh_size)
        return (uint32_t)sym->st_size;
    return (uint32_t)(header.sh_addr + header.sh_size - address);
}

static bool append(struct symbols *symbols, Elf *elf, const char *name, const GElf_Sym *sym)
{
    bool function = GELF_ST_TYPE(sym->st_info) == STT_FUNC;
    char *copy;

    if (symbols->count == symbols->room) {
        size_t room = symbols->room ? symbols->room * 2 : 256;
        struct symbol *bigger = realloc(symbols->list, room * sizeof *bigger);
        if (!bigger)
            return false;
        symbols->list = bigger;
        symbols->room = room;
    }
    copy = strdup(name);
    if (!copy)
        return false;
    struct symbol *s = &symbols->list[symbols->count++];
    *s = (struct symbol){
        .name = copy,
        .address = (uint32_t)sym->st_value & ~(function ? 1u : 0u),
        .size = (uint32_t)sym->st_size,
        .function = function,
    };
    s->reach = reach(elf, sym, s->address);
    return true;
}

/* Functions, objects and assembler labels; not sections, files, or Arm's mapping symbols ($t, $d). */
static bool is_named_address(const GElf_Sym *sym, const char *name)
{
    int type = GELF_ST_TYPE(sym->st_info);

    if (sym->st_shndx == SHN_UNDEF || sym->st_shndx == SHN_ABS || !name || !*name || *name == '$')
        return false;
    return type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE;
}

static bool read_section(struct symbols *symbols, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym sym;

    if (!data || !header->sh_entsize)
        return true;
    for (size_t i = 0; i < header->sh_size / header->sh_entsize; i++) {
        const char *name;
        if (!gelf_getsym(data, (int)i, &sym))
            break;
        name = elf_strptr(elf, header->sh_link, sym.st_name);
        if (is_named_address(&sym, name) && !append(symbols, elf, name, &sym))
            return false;
    }
    return true;
}

static bool read_elf(struct symbols *symbols, Elf *elf)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    while ((section = elf_nextscn(elf, section)))
        if (gelf_getshdr(section, &header) && header.sh_type == SHT_SYMTAB &&
            !read_section(symbols, elf, section, &header))
            return false;
    return true;
}

/* By address; of several at one address functions come first, then the sized ones. */
static int order(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;

    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    if (x->function != y->function)
        return x->function ? -1 : 1;
    return (y->size > 0) - (x->size > 0);
}

/* True, or out of memory. */
static bool find_variables(struct symbols *symbols)
{
    struct variable *list = malloc((symbols->count + 1) * sizeof *list);

    symbols->variables.list = list;
    for (size_t i = 0; list && i < symbols->count; i++) {
        const struct symbol *s = &symbols->list[i];
        if (!s->function && s->size)
            list[symbols->variables.count++] = (struct variable){s->name, s->address, s->size};
    }
    return list;
}

struct symbols *symbols_load(const char *path)
{
    struct symbols *symbols = calloc(1, sizeof *symbols);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    Elf *elf = NULL;

    if (symbols && fd >= 0 && elf_version(EV_CURRENT) != EV_NONE)
        elf = elf_begin(fd, ELF_C_READ, NULL);
    if (elf && elf_kind(elf) == ELF_K_ELF)
        read_elf(symbols, elf);
    if (symbols && symbols->count)
        qsort(symbols->list, symbols->count, sizeof *symbols->list, order);
    elf_end(elf);
    if (fd >= 0)
        close(fd);
    if (symbols && !find_variables(symbols)) {
        symbols_free(symbols);
        return NULL;
    }
    return symbols;
}

void symbols_free(struct symbols *symbols)
{
    if (!symbols)
        return;
    for (size_t i = 0; i < symbols->count; i++)
        free((char *)symbols->list[i].name);
    free(symbols->list);
    free((void *)symbols->variables.list);
    free(symbols);
}

/* How many symbols stand at or before `address`. */
static size_t upper_bound(const struct symbols *symbols, uint32_t address)
{
    size_t low = 0, high = symbols->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (symbols->list[mid].address <= address)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

const struct symbol *symbols_at(const struct symbols *symbols, uint32_t address)
{
    const struct symbol *best = NULL;

    for (size_t i = upper_bound(symbols, address); i > 0; i--) {
        const struct symbol *s = &symbols->list[i - 1];
        if (best && s->address != best->address)
            break;
        if (address != s->address && address - s->address >= s->reach)
            continue;
        best = s;       /* the loop ends on the first of its address: functions stand first */
    }
    return best;
}

const struct variables *symbols_variables(const struct symbols *symbols)
{
    return &symbols->variables;
}

const struct symbol *symbols_named(const struct symbols *symbols, const char *name)
{
    for (size_t i = 0; i < symbols->count; i++)
        if (!strcmp(symbols->list[i].name, name))
            return &symbols->list[i];
    return NULL;
}
