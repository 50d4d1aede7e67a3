/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Two machines that run the same code under the same interruptions, one on the interpreter and one on the
 * translator. Whenever they stand still they must be in the same state (I7).
 */
#ifndef TESTS_ENGINE_PAIR_H
#define TESTS_ENGINE_PAIR_H

#include "core/machine.h"

enum {
    FLASH = 0x08000000, RAM = 0x20000000, SIZE = 0x8000, TOP = RAM + SIZE,
    CODE = FLASH + 0x100, RAM_CODE = RAM + 0x4000
};

/* The probe: a device whose registers show, and change, what a translation must not miss. */
enum {
    PROBE = 0x40010000,
    PROBE_NOW = PROBE,              /* the cycle of the access */
    PROBE_COUNT = PROBE + 4,        /* counts its reads; each sixteenth raises interrupt 0 */
    PROBE_RAISE = PROBE + 8,        /* bit 0 is the level of interrupt 0 */
    PROBE_SOON = PROBE + 12,        /* written: interrupt 0 after so many cycles */
    PROBE_STALL = PROBE + 16,       /* written: the access takes so many cycles */
    PROBE_PLAIN = PROBE + 20,       /* keeps what is written, in any width */
    PROBE_PC = PROBE + 24,          /* where the instruction stands that reads it */
    PROBE_BOOT = PROBE + 28,        /* written: address 0 shows the image (0) or RAM */
    PROBE_WAITS = PROBE + 32        /* written: wait states of the image's memory */
};

extern struct machine *pair[2];     /* the interpreter's, and the translator's */

/* A test suite's begin and end; skips the test where the host has no translator. The small one's keeps few
 * translations. */
void pair_setup(void);
void pair_setup_small(void);
void pair_teardown(void);

/* For tests of what costs time to look for: both look, whatever engines they get. */
void pair_setup_checking(void);

/* What the host was told, by each. */
struct pair_reports {
    unsigned count;
    enum diag_kind kind;            /* of the last one */
    uint32_t pc;
    char text[128];
};
extern struct pair_reports pair_reports[2];

/* Just makes them, whatever engines they get. `cache`: bytes for translations, 0: as many as usual. */
void pair_create(uint32_t cache);
void pair_create_with(const struct machine_options *options);

void pair_load(uint32_t address, const void *bytes, uint32_t size);

/* Both at the start of `code`, which is loaded at `address`; `handlers` is where every exception leads. */
void pair_begin(uint32_t address, const uint16_t *code, uint32_t size);
void pair_begin_with(uint32_t address, const uint16_t *code, uint32_t size, uint32_t handlers);

void pair_set(enum cpu_register reg, uint32_t value);
void pair_poke(uint32_t address, uint32_t value);
void pair_watch(enum access_kind access, uint32_t address, uint32_t size, bool on);
void pair_break(uint32_t address, bool on);

/* Both for `cycles`; the stop, which must be the same. */
struct stop pair_run(uint64_t cycles);

void expect_same(const char *where);

#endif
