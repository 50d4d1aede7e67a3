/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Blocks that have a register table and nothing else: each register reads as its reset value, drops
 * writes, and says so the first time that an instruction touches it.
 */
#ifndef PERIPH_UNMODELLED_H
#define PERIPH_UNMODELLED_H

#include "core/device.h"
#include "periph/table.h"

/* A register of 32 bits, and one of 16. */
#define UNMODELLED_32(label, at, initial)                                                          \
    {.name = label, .offset = at, .width = 32, .flags = REG_UNMODELLED, .reset = initial,          \
     .readable = UINT32_MAX}
#define UNMODELLED_16(label, at, initial)                                                          \
    {.name = label, .offset = at, .width = 16, .flags = REG_UNMODELLED, .reset = initial,          \
     .readable = 0xFFFF}

/* The operations of a block with the registers `table`; `label` is its IP version. */
#define UNMODELLED_OPS(label, table)                                                               \
    {.name = label, .regs = table, .reg_count = COUNT(table),                                      \
     .state_size = COUNT(table) * sizeof(uint32_t)}

/* The same for a block with data windows beyond its registers (FIFOs): they read 0 and say so. */
#define UNMODELLED_OPS_WINDOWS(label, table)                                                       \
    {.name = label, .regs = table, .reg_count = COUNT(table),                                      \
     .state_size = COUNT(table) * sizeof(uint32_t), .mem_read = unmodelled_window_read,            \
     .mem_write = unmodelled_window_write, .mem_peek = unmodelled_window_peek}

bool unmodelled_window_read(struct device *d, uint32_t offset, unsigned size, uint32_t *value);
bool unmodelled_window_write(struct device *d, struct nvm *nvm, uint32_t offset, unsigned size,
                             uint32_t value);
bool unmodelled_window_peek(const struct device *d, uint32_t offset, uint8_t *value);

#endif
