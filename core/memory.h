/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memories: RAM lives in the arena; flash-like images (main flash, OTP, system memory) live outside it
 * and change only through nvm_program and nvm_erase, page by page, so that every change can be
 * recorded.
 */
#ifndef CORE_MEMORY_H
#define CORE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NVM_PAGE = 1024 };  /* bytes; the unit in which changes are recorded */

/* A flash-like memory. `generation` counts changes; pages[] holds the generation of each page's last
 * change, so that derived data (translations, checkpoints) can tell what is stale. */
struct nvm {
    const char *name;
    uint8_t *bytes;         /* size bytes; read freely, never written directly */
    uint32_t size;
    int fd;                 /* the file behind bytes, for a second mapping; -1 where the host offers none */
    uint8_t fill;           /* the erased byte */
    uint64_t generation;
    uint64_t *pages;
};

bool nvm_init(struct nvm *nvm, const char *name, uint32_t size, uint8_t fill);
void nvm_free(struct nvm *nvm);

/* Replaces `size` bytes at `offset`. The range must lie inside. */
void nvm_program(struct nvm *nvm, uint32_t offset, const void *bytes, uint32_t size);
void nvm_erase(struct nvm *nvm, uint32_t offset, uint32_t size);

#endif
