/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The translator: runs the core by compiling guest code to x86-64. It changes nothing that a guest or a
 * debugger can see (I7): what it does not translate it gives to the interpreter, one instruction at a
 * time, with the exact state in the arena (I6).
 *
 * Interpreted, all of it: code above 0x38000000, code that the debug monitor steps, and code in more pieces than a
 * guard keeps account of (guard.h). For a while: code that is executed for the first time, or has just changed
 * among data (chain.c).
 */
#ifndef CORE_JIT_JIT_H
#define CORE_JIT_JIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpu;
struct jit;
struct nvm;

/* A plain memory of the machine and the file behind it. */
struct jit_memory {
    uint32_t base, size;        /* guest addresses */
    uint8_t *host;              /* where the machine keeps it; page-aligned */
    int fd;
    size_t offset;              /* of `host` in the file */
    const struct nvm *nvm;      /* images */
};

/* The translator of a core, for the core's lifetime, with `size` bytes for translations (CACHE_LEAST or more,
 * whole pages; 0: its own choice). NULL when this host cannot have one, and *why says what is
 * missing. The caller owns it. */
struct jit *jit_create(struct cpu *c, const struct jit_memory *memories, unsigned count, size_t size,
                       const char **why);
void jit_destroy(struct jit *j);

/* As cpu_run. */
void jit_run(struct jit *j);

/* As interp_new_stretch: what translated code executes and writes. */
void jit_new_stretch(struct jit *j);

/* The debugger planted or removed a breakpoint there. */
void jit_break_changed(struct jit *j, uint32_t address);

/* The host code of the translation that begins at `pc`, and its size; NULL if there is none now. For those
 * who look into differences: it stays the caller's until the next run. */
const uint8_t *jit_code_at(const struct jit *j, uint32_t pc, size_t *size);

#endif
