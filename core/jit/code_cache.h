/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Executable memory: one file, mapped twice. No address is both writable and executable, so that hosts
 * that forbid such pages (SELinux execmem, seccomp filters on mprotect) run translated code as well.
 *
 * The executable view lies below 2 GiB: its addresses fit the translator's 32-bit tables.
 */
#ifndef CORE_JIT_CODE_CACHE_H
#define CORE_JIT_CODE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct code_cache {
    uint8_t *write;             /* the writable view */
    uint8_t *run;               /* the executable view of the same bytes */
    size_t size;
};

/* False when the host has no such memory to give. */
bool code_cache_init(struct code_cache *cache, size_t size);
void code_cache_free(struct code_cache *cache);

#endif
