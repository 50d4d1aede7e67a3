/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The firmware's symbol table, so that addresses can be named. */
#ifndef SERVER_SYMBOLS_H
#define SERVER_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbols;
struct variables;

struct symbol {
    const char *name;
    uint32_t address;       /* without the Thumb bit */
    uint32_t size;          /* 0: not known */
    uint32_t reach;         /* bytes that it names */
    bool function;
};

/* From an ELF file; an image without symbols, or that is no ELF, gives an empty table. NULL only when
 * out of memory. */
struct symbols *symbols_load(const char *path);
void symbols_free(struct symbols *symbols);

/* The symbol that covers `address`, or the nearest one of unknown size before it in its section; NULL if there is
 * none. */
const struct symbol *symbols_at(const struct symbols *symbols, uint32_t address);

/* The sized ones that are no functions; valid as long as `symbols`. */
const struct variables *symbols_variables(const struct symbols *symbols);

/* By name; NULL if there is none. */
const struct symbol *symbols_named(const struct symbols *symbols, const char *name);

#endif
