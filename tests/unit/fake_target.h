/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A target for the stub's tests: registers and a little memory, and a record of every call that changes
 * something. It runs nothing; the test says when and why it stops.
 *
 * Memory: RAM 0x20000000 (byte i holds i & 0xff), flash 0x08000000 (erased), and RAM at the very end of
 * the address space, 0xffffff00.
 */
#ifndef TESTS_FAKE_TARGET_H
#define TESTS_FAKE_TARGET_H

#include "gdbstub/arm_features.h"
#include "gdbstub/gdbstub.h"

enum {
    FAKE_RAM = 0x20000000,
    FAKE_FLASH = 0x08000000,
    FAKE_TOP = -0x100,          /* as uint32_t: 0xffffff00 */
    FAKE_RAM_SIZE = 0x8000,
    FAKE_FLASH_SIZE = 0x1000,
    FAKE_TOP_SIZE = 0x100,
    FAKE_LOG = 4096
};

struct fake_target {
    struct stub *stub;
    struct target_ops ops;      /* all groups; a test takes away what it wants to be missing */
    bool running;
    bool stops_at_once;         /* a resume reports its stop before it returns */
    bool in_control;            /* as the last monitor command was told */
    enum target_status refusal; /* what the next changing call answers instead of doing it */
    uint32_t thread;            /* the current one */
    uint64_t registers[ARM_REG_COUNT];
    uint8_t ram[FAKE_RAM_SIZE];
    uint8_t flash[FAKE_FLASH_SIZE];
    uint8_t top[FAKE_TOP_SIZE];
    size_t log_size;
    char log[FAKE_LOG];         /* one line per call that changes something */
};

/* Fills in a fresh target; the caller creates the stub with &fake->ops and stores it in fake->stub. */
void fake_init(struct fake_target *fake);

/* The target stops for this reason. */
void fake_stop(struct fake_target *fake, const struct target_stop *stop);

#endif
