/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bus as the machine builds it; users call bus.h. */
#ifndef CORE_ADDRESS_MAP_H
#define CORE_ADDRESS_MAP_H

#include "core/bus.h"
#include "core/chip.h"
#include "core/device_access.h"
#include "core/footprint.h"
#include "core/memory.h"

enum { BUS_REGIONS = 192 };

/* A stretch of the address space with one thing behind it. */
struct bus_region {
    struct bus_span span;           /* base, size; host is NULL for devices */
    struct device *device;          /* what answers, or an image's writer */
    struct nvm *nvm;            /* flash-like memory */
    const struct reg_map *map;      /* devices */
    const char *name;
    bool dma;
    uint32_t *written;              /* RAM whose unwritten bytes are told apart (written.h); else NULL */
};

struct bus {
    struct bus_region regions[BUS_REGIONS];     /* sorted by base once built */
    unsigned region_count;
    uint16_t *leaf[4096];           /* per MiB: first region of each KiB, or NULL for an empty MiB */
    const struct bus_region *zero;  /* the memory shown at address 0 */
    struct bus_region zero_region;  /* its alias */
    struct cpu_fetch_timing timing;
    void (*timing_changed)(void *context, const struct cpu_fetch_timing *timing);
    void (*stall)(void *context, uint64_t cycles);
    void (*dma_writes)(void *context, const struct device *d, struct bus_lane lane, uint32_t address, unsigned size,
                       uint32_t value);
    void (*unwritten)(void *context, const char *memory, uint32_t address, unsigned size);
    void *context;
    struct footprint_marks *touched;    /* what was written */
    uint32_t epoch;
    bool debugger;                  /* a debugger's write is under way */
    bool refused;                   /* the device has answered the write under way with a bus error */
};

/* Adds a memory or device; false when the table is full. `memory->flags` decide what it allows; `written`: as in
 * its region. */
bool bus_add_memory(struct bus *bus, const struct chip_memory *memory, uint8_t *host,
                    struct nvm *nvm, uint32_t *written, struct device *writer);
bool bus_add_device(struct bus *bus, struct device *d, const struct reg_map *map);

/* Sorts and indexes; false on overlap (`error` names the two) or when out of memory. */
bool bus_build(struct bus *bus, char *error, size_t error_size);
void bus_free(struct bus *bus);

/* Shows memory `name` at address 0; NULL: nothing. */
void bus_set_zero(struct bus *bus, const char *name);

/* Replaces bytes of RAM or an NVM without asking any device (loading, debugger); false where there is
 * neither. Stops at the first byte that has none; *done says how many were written. */
bool bus_load(struct bus *bus, uint32_t address, const void *bytes, uint32_t size, uint32_t *done);

#endif
