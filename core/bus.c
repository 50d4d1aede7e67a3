/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The address map: a sorted table of regions behind an index by KiB, the alias at address 0, and the two
 * bit-band aliases (Arm ARM B3.1, Cortex-M3 TRM 3.7). See bus.h.
 */
#include "core/bus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/address_map.h"
#include "core/env.h"
#include "core/logger.h"
#include "core/written.h"

enum { MIB = 1 << 20, KIB = 1 << 10, NO_REGION = 0xFFFF };

/* ---- building ---- */

bool bus_add_memory(struct bus *bus, const struct chip_memory *memory, uint8_t *host,
                    struct nvm *nvm, uint32_t *written, struct device *writer)
{
    if (bus->region_count == BUS_REGIONS)
        return false;
    bus->regions[bus->region_count++] = (struct bus_region){
        .span = {memory->base, memory->size, host, !nvm, memory->flags & MEMORY_EXECUTE},
        .device = writer,
        .nvm = nvm,
        .name = memory->name,
        .dma = memory->flags & MEMORY_DMA,
        .written = written,
    };
    return true;
}

bool bus_add_device(struct bus *bus, struct device *d, const struct reg_map *map)
{
    if (bus->region_count == BUS_REGIONS)
        return false;
    bus->regions[bus->region_count++] = (struct bus_region){
        .span = {.base = d->row->base, .size = d->row->size},
        .device = d,
        .map = map,
        .name = d->name,
        .dma = true,
    };
    return true;
}

static int by_base(const void *a, const void *b)
{
    uint32_t x = ((const struct bus_region *)a)->span.base;
    uint32_t y = ((const struct bus_region *)b)->span.base;

    return x < y ? -1 : x > y;
}

static bool index_region(struct bus *bus, unsigned number)
{
    const struct bus_span *span = &bus->regions[number].span;
    uint32_t first = span->base / KIB, last = (span->base + span->size - 1) / KIB;

    for (uint32_t kib = first; kib <= last; kib++) {
        uint16_t **leaf = &bus->leaf[kib / 1024];
        if (!*leaf) {
            *leaf = malloc(1024 * sizeof **leaf);
            if (!*leaf)
                return false;
            for (unsigned i = 0; i < 1024; i++)
                (*leaf)[i] = NO_REGION;
        }
        if ((*leaf)[kib % 1024] == NO_REGION)
            (*leaf)[kib % 1024] = (uint16_t)number;
    }
    return true;
}

bool bus_build(struct bus *bus, char *error, size_t error_size)
{
    qsort(bus->regions, bus->region_count, sizeof bus->regions[0], by_base);
    for (unsigned i = 0; i < bus->region_count; i++) {
        const struct bus_region *r = &bus->regions[i], *next = r + 1;
        if (i + 1 < bus->region_count && next->span.base - r->span.base < r->span.size) {
            snprintf(error, error_size, "%s and %s overlap at 0x%08X", r->name, next->name,
                     next->span.base);
            return false;
        }
        if (!index_region(bus, i)) {
            snprintf(error, error_size, "out of memory");
            return false;
        }
    }
    return true;
}

void bus_free(struct bus *bus)
{
    for (unsigned i = 0; i < 4096; i++)
        free(bus->leaf[i]);
}

void bus_set_zero(struct bus *bus, const char *name)
{
    bus->zero = NULL;
    bus->epoch++;
    for (unsigned i = 0; name && i < bus->region_count; i++)
        if (bus->regions[i].span.host && !strcmp(bus->regions[i].name, name))
            bus->zero = &bus->regions[i];
    if (bus->zero) {
        bus->zero_region = *bus->zero;
        bus->zero_region.span.base = 0;
    }
}

void bus_remap_zero(struct device *d, const char *name)
{
    bus_set_zero(d->env->bus, name);
}

void bus_set_fetch_timing(struct device *d, const struct cpu_fetch_timing *timing)
{
    struct bus *bus = d->env->bus;

    bus->timing = *timing;
    bus->timing_changed(bus->context, timing);
}

/* ---- look-up ---- */

/* The region that holds all of [address, address + size), or NULL. */
static const struct bus_region *find(const struct bus *bus, uint32_t address, unsigned size)
{
    const uint16_t *leaf = bus->leaf[address / MIB];
    unsigned i;

    if (bus->zero && address - 0 < bus->zero_region.span.size)
        return size <= bus->zero_region.span.size - address ? &bus->zero_region : NULL;
    if (!leaf)
        return NULL;
    for (i = leaf[address / KIB % 1024]; i < bus->region_count; i++) {
        const struct bus_span *span = &bus->regions[i].span;
        if (span->base > address)
            return NULL;
        if (address - span->base < span->size)
            return size <= span->size - (address - span->base) ? &bus->regions[i] : NULL;
    }
    return NULL;
}

const struct bus_span *bus_span_at(const struct bus *bus, uint32_t address)
{
    const struct bus_region *r = find(bus, address, 1);

    return r && r->span.host ? &r->span : NULL;
}

const struct bus_region *bus_device_at(const struct bus *bus, uint32_t address)
{
    const struct bus_region *r = find(bus, address, 1);

    return r && !r->span.host ? r : NULL;
}

bool bus_is_written(const struct bus *bus, uint32_t address, uint32_t size)
{
    const struct bus_region *r = find(bus, address, size);

    return !r || !r->written || written_wholly(r->written, address - r->span.base, size);
}

uint32_t bus_epoch(const struct bus *bus)
{
    return bus->epoch;
}

/* ---- guest accesses ---- */

static uint32_t load_host(const uint8_t *host, unsigned size)
{
    uint16_t half;
    uint32_t word;

    if (size == 1)
        return *host;
    if (size == 2) {
        memcpy(&half, host, 2);
        return half;
    }
    memcpy(&word, host, 4);
    return word;
}

/* An access of which some bytes were written is in order: structures have padding, and strings an end within a
 * word. DMA may send whole buffers. */
static void check_written(const struct bus *bus, const struct bus_region *r, enum bus_master master,
                          uint32_t address, unsigned size)
{
    if (r->written && master == BUS_CPU_DATA && !written_partly(r->written, address - r->span.base, size))
        bus->unwritten(bus->context, r->name, address, size);
}

static enum bus_status region_read(const struct bus *bus, const struct bus_region *r, enum bus_master master,
                                   uint32_t address, unsigned size, uint32_t *value)
{
    uint32_t offset = address - r->span.base;

    if (master == BUS_DMA && !r->dma)
        return BUS_ERROR;
    if (master == BUS_CPU_FETCH && !r->span.executable)
        return BUS_ERROR;
    if (r->span.host) {
        check_written(bus, r, master, address, size);
        *value = load_host(r->span.host + offset, size);
        return BUS_OK;
    }
    return device_read(r->device, r->map, offset, size, value) ? BUS_OK : BUS_ERROR;
}

static bool write_device(const struct bus_region *r, uint32_t offset, unsigned size, uint32_t value)
{
    struct bus *bus = r->device->env->bus;

    bus->refused = false;
    return device_write(r->device, r->map, offset, size, value) && !bus->refused;
}

static enum bus_status region_write(const struct bus_region *r, enum bus_master master, uint32_t address,
                                    unsigned size, uint32_t value)
{
    uint32_t offset = address - r->span.base;

    if (master == BUS_DMA && !r->dma)
        return BUS_ERROR;
    if (r->nvm) {
        if (!r->device || !r->device->ops->mem_write(r->device, r->nvm, offset, size, value))
            return BUS_ERROR;
        return BUS_OK;
    }
    if (r->span.host) {
        memcpy(r->span.host + offset, &value, size);
        if (r->written)
            written_mark(r->written, offset, size);
        return BUS_OK;
    }
    return write_device(r, offset, size, value) ? BUS_OK : BUS_ERROR;
}

/*
 * Bit-band aliases: 0x22000000 over the first MiB at 0x20000000, 0x42000000 over 0x40000000. An access
 * of any size reads the target at that size and gives one bit of it, or changes it by a locked
 * read-modify-write. Only the CPU's data side has them.
 */
static bool bitband(uint32_t address, unsigned size, uint32_t *target, unsigned *bit)
{
    uint32_t base = address & 0xFE000000u, offset = address & 0x01FFFFFFu;

    if (base != 0x22000000u && base != 0x42000000u)
        return false;
    *target = ((base & 0xF0000000u) + (offset >> 5)) & ~(size - 1);
    *bit = offset >> 2 & (8 * size - 1);
    return true;
}

enum bus_status bus_read(struct bus *bus, enum bus_master master, uint32_t address, unsigned size,
                         uint32_t *value)
{
    const struct bus_region *r = find(bus, address, size);
    uint32_t target;
    unsigned bit;

    if (r)
        return region_read(bus, r, master, address, size, value);
    if (master != BUS_CPU_DATA || !bitband(address, size, &target, &bit))
        return BUS_ERROR;
    if (bus_read(bus, master, target, size, value) != BUS_OK)
        return BUS_ERROR;
    *value = *value >> bit & 1;
    return BUS_OK;
}

enum bus_status bus_write(struct bus *bus, enum bus_master master, uint32_t address, unsigned size,
                          uint32_t value)
{
    const struct bus_region *r = find(bus, address, size);
    uint32_t target, old;
    unsigned bit;

    footprint_wrote(bus->touched, address);
    if (r)
        return region_write(r, master, address, size, value);
    if (master != BUS_CPU_DATA || !bitband(address, size, &target, &bit))
        return BUS_ERROR;
    if (bus_read(bus, master, target, size, &old) != BUS_OK)
        return BUS_ERROR;
    return bus_write(bus, master, target, size, (old & ~(1u << bit)) | (value & 1) << bit);
}

enum bus_status bus_dma_read(struct device *d, uint32_t address, unsigned size, uint32_t *value)
{
    return bus_read(d->env->bus, BUS_DMA, address, size, value);
}

enum bus_status bus_dma_write(struct device *d, struct bus_lane lane, uint32_t address, unsigned size,
                              uint32_t value)
{
    struct bus *bus = d->env->bus;
    const struct bus_region *r = find(bus, address, size);

    if (r && r->dma && !r->nvm)
        bus->dma_writes(bus->context, d, lane, address, size, value);
    return bus_write(d->env->bus, BUS_DMA, address, size, value);
}

void bus_stall(struct device *d, uint64_t cycles)
{
    struct bus *bus = d->env->bus;

    if (!bus->debugger)
        bus->stall(bus->context, cycles);
}

void bus_refuse(struct device *d)
{
    d->env->bus->refused = true;
}

bool bus_fetched_from(const struct device *d, const struct nvm *nvm)
{
    const struct bus *bus = d->env->bus;
    const struct bus_region *r = find(bus, *d->env->log->pc, 2);

    return !bus->debugger && r && r->nvm == nvm;
}

/* ---- debugger accesses ---- */

static bool peek_byte(const struct bus *bus, uint32_t address, uint8_t *value)
{
    const struct bus_region *r = find(bus, address, 1);
    uint32_t target;
    unsigned bit;

    if (r && r->span.host) {
        *value = r->span.host[address - r->span.base];
        return true;
    }
    if (r)
        return device_peek_byte(r->device, r->map, address - r->span.base, value);
    /* A word read through the alias gives 0 or 1: its bytes are that, 0, 0, 0. */
    if (!bitband(address & ~3u, 4, &target, &bit) || !peek_byte(bus, target + bit / 8, value))
        return false;
    *value = address & 3 ? 0 : *value >> bit % 8 & 1;
    return true;
}

bool bus_peek(struct bus *bus, uint32_t address, void *bytes, uint32_t size, uint32_t *done)
{
    uint8_t *out = bytes;
    uint32_t i = 0;

    while (i < size) {
        const struct bus_span *span = bus_span_at(bus, address + i);
        if (span) {
            uint32_t offset = address + i - span->base, run = span->size - offset;
            run = run < size - i ? run : size - i;
            memcpy(out + i, span->host + offset, run);
            i += run;
        } else if (peek_byte(bus, address + i, out + i)) {
            i++;
        } else {
            break;
        }
    }
    *done = i;
    return i == size;
}

bool bus_load(struct bus *bus, uint32_t address, const void *bytes, uint32_t size, uint32_t *done)
{
    const uint8_t *in = bytes;
    uint32_t i = 0;

    while (i < size) {
        const struct bus_region *r = find(bus, address + i, 1);
        uint32_t offset, run;
        if (!r || !r->span.host)
            break;
        offset = address + i - r->span.base;
        run = r->span.size - offset < size - i ? r->span.size - offset : size - i;
        footprint_wrote_range(bus->touched, address + i, run);
        if (r->nvm)
            nvm_program(r->nvm, offset, in + i, run);
        else
            memcpy(r->span.host + offset, in + i, run);
        if (r->written)
            written_mark_range(r->written, offset, run);
        i += run;
    }
    *done = i;
    return i == size;
}

/* The largest naturally aligned access that fits. */
static unsigned access_size(uint32_t address, uint32_t left)
{
    if (!(address & 3) && left >= 4)
        return 4;
    return !(address & 1) && left >= 2 ? 2 : 1;
}

bool bus_poke(struct bus *bus, uint32_t address, const void *bytes, uint32_t size, uint32_t *done)
{
    const uint8_t *in = bytes;
    uint32_t i = 0, run;
    bool ok;

    while (i < size) {
        const struct bus_region *r = find(bus, address + i, 1);
        if (r && r->nvm && !r->device)
            break;
        if (r && r->span.host) {
            run = r->span.size - (address + i - r->span.base);
            run = run < size - i ? run : size - i;
            bus_load(bus, address + i, in + i, run, &run);
            i += run;
            continue;
        }
        run = access_size(address + i, size - i);
        bus->debugger = true;
        ok = bus_write(bus, BUS_CPU_DATA, address + i, run, load_host(in + i, run)) == BUS_OK;
        bus->debugger = false;
        if (!ok)
            break;
        i += run;
    }
    *done = i;
    return i == size;
}
