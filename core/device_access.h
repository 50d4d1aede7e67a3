/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A device's registers as bus and machine reach them: the table's rules, the diagnostics, resets. */
#ifndef CORE_DEVICE_ACCESS_H
#define CORE_DEVICE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/device.h"

/* Register number by word offset, for one device; built when the machine is. */
struct reg_map {
    uint16_t *reg;              /* DIAG_NO_REG: none */
    uint32_t words;
};

bool reg_map_init(struct reg_map *map, const struct device_ops *ops);
void reg_map_free(struct reg_map *map);

/* A guest's access of `size` bytes at `offset` from the base; false: bus error. Unclocked devices read
 * 0 and drop writes; what the table does not allow is reported. */
bool device_read(struct device *d, const struct reg_map *map, uint32_t offset, unsigned size,
                 uint32_t *value);
bool device_write(struct device *d, const struct reg_map *map, uint32_t offset, unsigned size,
                  uint32_t value);

/* A register for a reader that comes again: one whose reads have nothing to report, as long as the device is
 * clocked. */
struct reg_tap {
    struct device *device;
    const uint8_t *gate;        /* enum gate_bits, in the arena */
    uint32_t mask;
    uint16_t reg;
    uint8_t shift;
    bool effect;                /* reading it changes state */
};

/* The register that an aligned read of `size` bytes at `offset` gives; false if it is not such a one. */
bool reg_tap_find(struct reg_tap *tap, struct device *d, const struct reg_map *map, uint32_t offset,
                  unsigned size);

/* As device_read; false while the device is not clocked. */
bool reg_tap_read(const struct reg_tap *tap, uint32_t *value);

/* What a guest's read of one byte would give, without side effects (I8); false: nothing there. */
bool device_peek_byte(const struct device *d, const struct reg_map *map, uint32_t offset, uint8_t *value);

/* The register's value as a read gives it, whether the device is clocked or not. */
uint32_t device_peek_reg(const struct device *d, unsigned reg);

/* Registers to their reset values; events, interrupts and signals dropped; then the device's own part. */
void device_reset(struct device *d, enum reset_kind kind);

#endif
