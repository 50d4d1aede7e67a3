/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the owner of a machine chooses when it is built; constant afterwards. */
#ifndef CORE_OPTIONS_H
#define CORE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct chip_device;
struct chip_memory;
struct chip_route;

/* What stands around the chip: rows as in the chip's own tables, after which they come. Routes and `joins` may
 * name devices of the chip. The tables outlive the machine; NULL: none. */
struct machine_board {
    const struct chip_device *devices;
    const struct chip_memory *memories;     /* MEMORY_OFF_BUS ones */
    const struct chip_route *routes;
};

enum { CACHE_LEAST = 128 << 10 };

struct machine_options {
    uint64_t seed;              /* of every pseudo-random source in the machine */
    uint32_t hse_hz;            /* crystal on OSC_IN; 0: none fitted */
    uint32_t lse_hz;            /* 0: none fitted */
    bool translator;            /* run on the translator where the host has one */
    uint32_t translator_cache;  /* bytes of host code that it keeps, CACHE_LEAST or more; 0: its own choice */
    struct machine_board board;
    uint32_t stop_on;           /* bit mask over enum diag_kind: reports that stop the machine */
    uint32_t check;             /* the same, of DIAG_COSTLY: those to look for; part of the state's layout */
};

#endif
