/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The address map: which memory or device answers at a guest address. Accesses are 1, 2 or 4 bytes and
 * naturally aligned; splitting unaligned ones is the CPU's business. Addresses are 32-bit and wrap.
 */
#ifndef CORE_BUS_H
#define CORE_BUS_H

#include <stdbool.h>
#include <stdint.h>

struct bus;
struct bus_region;
struct device;
struct nvm;

/* Who makes an access, and therefore what it may reach. */
enum bus_master { BUS_CPU_FETCH, BUS_CPU_DATA, BUS_DMA };

enum bus_status {
    BUS_OK,
    BUS_ERROR,          /* nothing answers there, or not for this master or direction */
};

/* Guest accesses, with all side effects. `size` is 1, 2 or 4; `value` is zero-extended. */
enum bus_status bus_read(struct bus *bus, enum bus_master master, uint32_t address, unsigned size,
                         uint32_t *value);
enum bus_status bus_write(struct bus *bus, enum bus_master master, uint32_t address, unsigned size,
                          uint32_t value);

/* Debugger reads without any side effect (I8); any alignment, any length. False if some byte has
 * nothing behind it; the bytes before it are filled in and *done says how many. */
bool bus_peek(struct bus *bus, uint32_t address, void *bytes, uint32_t size, uint32_t *done);

/* Debugger writes: RAM and images that have a writer (flash) are written directly, device registers as
 * the guest would write them; other images refuse. */
bool bus_poke(struct bus *bus, uint32_t address, const void *bytes, uint32_t size, uint32_t *done);

/*
 * Direct view for the CPU's fast path. A `bus_span` is a stretch of plain memory; reading it through
 * `host` has no side effects. `writable` is false for images. Spans never overlap; a lookup that finds
 * nothing returns NULL and the access has to take the slow path. bus_epoch changes whenever a lookup
 * might answer differently (remap), so cached spans must be dropped then.
 */
struct bus_span {
    uint32_t base;
    uint32_t size;
    uint8_t *host;
    bool writable;
    bool executable;
};

/* Whether the CPU may read [address, address + size) without asking: all of it was written, or nobody wants to
 * know. */
bool bus_is_written(const struct bus *bus, uint32_t address, uint32_t size);

const struct bus_span *bus_span_at(const struct bus *bus, uint32_t address);
uint32_t bus_epoch(const struct bus *bus);

/* The device that answers at `address`, NULL where none does. Its place never changes (address_map.h). */
const struct bus_region *bus_device_at(const struct bus *bus, uint32_t address);

/* Device-side: shows at address 0 the memory that the chip calls `name` (boot and remap modes). To be
 * called from write and from `restored`. */
void bus_remap_zero(struct device *d, const char *name);

/* DMA by a device; for people, by its stream or channel. */
struct bus_lane {
    const char *kind;           /* "stream" */
    unsigned number;
};
enum bus_status bus_dma_read(struct device *d, uint32_t address, unsigned size, uint32_t *value);
enum bus_status bus_dma_write(struct device *d, struct bus_lane lane, uint32_t address, unsigned size,
                              uint32_t value);

/* Device-side, from `write` or `mem_write`: the access under way takes `cycles` more, because a busy
 * memory holds the bus. Guest time moves on at once; events that fall due meanwhile happen, each at its
 * own cycle, before the next instruction. A debugger's access never takes time: then nothing happens. */
void bus_stall(struct device *d, uint64_t cycles);

/* Device-side, from `write`: the access under way ends in a bus error. */
void bus_refuse(struct device *d);

/* Whether the instruction whose access is under way was fetched from `nvm` (directly or through the
 * alias at 0); false for a debugger's access. */
bool bus_fetched_from(const struct device *d, const struct nvm *nvm);

/* Fetch timing: the flash controller's wait states as the core sees them. Static per address, so a
 * translator can sum it once per block. */
struct cpu_fetch_timing {
    uint32_t line_mask;         /* address bits inside one flash line (15 for 128-bit lines) */
    uint8_t sequential;         /* cycles when execution runs on into a new line */
    uint8_t branch;             /* cycles when a branch lands in flash */
    uint8_t data;               /* cycles for a data read from flash */
    uint8_t reserved;
};

/* Device-side (flash controller): sets the fetch timing. To be called from write and from `restored`. */
void bus_set_fetch_timing(struct device *d, const struct cpu_fetch_timing *timing);

#endif
