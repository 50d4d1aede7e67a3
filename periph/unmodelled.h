/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What blocks have that nobody models: data registers and windows (FIFOs) that read as they do after reset,
 * drop writes, and say so the first time that an instruction touches them.
 */
#ifndef PERIPH_UNMODELLED_H
#define PERIPH_UNMODELLED_H

#include "core/device.h"

/* A register of 32 bits. */
#define UNMODELLED_32(label, at, initial)                                                          \
    {.name = label, .offset = at, .width = 32, .flags = REG_UNMODELLED, .reset = initial,          \
     .readable = UINT32_MAX}

/* Accesses beyond the registers, for device_ops.mem_read, mem_write and mem_peek: reads give 0. */
bool unmodelled_window_read(struct device *d, uint32_t offset, unsigned size, uint32_t *value);
bool unmodelled_window_write(struct device *d, struct nvm *nvm, uint32_t offset, unsigned size,
                             uint32_t value);
bool unmodelled_window_peek(const struct device *d, uint32_t offset, uint8_t *value);

#endif
