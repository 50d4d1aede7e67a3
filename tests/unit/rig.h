/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A machine that is a core, two memories and one device: for tests of the core that need memory,
 * exceptions and time. Programs are halfwords that the test writes down.
 */
#ifndef TESTS_UNIT_RIG_H
#define TESTS_UNIT_RIG_H

#include <stddef.h>
#include <stdint.h>

#include "core/machine.h"

enum {
    RIG_FLASH = 0x08000000,         /* 64 KiB, also at 0 */
    RIG_SRAM = 0x20000000,          /* 64 KiB */
    RIG_DEVICE = 0x40000000,        /* word 0 is plain, word 1 counts the reads of it */
    RIG_NOWHERE = 0x60000000,       /* nothing answers: Normal memory */
    RIG_CODE = RIG_SRAM + 0x400,    /* where programs go */
    RIG_DATA = RIG_SRAM + 0x4000,
    RIG_STACK = RIG_SRAM + 0x8000,
    RIG_SIZE = 0x10000
};

/* Exception n starts at RIG_HANDLER(n), which is an endless loop in flash. */
#define RIG_HANDLER(n) (RIG_FLASH + 0x800 + 16 * (n))

/* A fresh machine in Thread mode, privileged, FPU off, a few cycles after power-on; the last one is
 * destroyed. */
void rig_create(enum cpu_kind kind);
void rig_destroy(void);
struct machine *rig_machine(void);

/* Puts a program at RIG_CODE and the pc on its start. */
#define rig_code(...)                                                                             \
    rig_load(RIG_CODE, (const uint16_t[]){__VA_ARGS__},                                           \
             sizeof((const uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t))
void rig_load(uint32_t address, const uint16_t *code, size_t halfwords);

uint32_t rig_reg(unsigned n);
void rig_set(unsigned n, uint32_t value);

/* Debugger's reads and writes of a word. */
uint32_t rig_peek(uint32_t address);
void rig_poke(uint32_t address, uint32_t value);

/* Executes that many instructions (or exception entries). */
void rig_step(unsigned count);

/* Runs for at most that many cycles. */
struct stop rig_run(uint64_t cycles);
uint64_t rig_now(void);

/* The number of the active exception. */
unsigned rig_exception(void);

/* The frame of the active exception: r0-r3, r12, lr, pc, xpsr. */
uint32_t rig_stacked(unsigned word);

/* Wait states as a flash controller would set them. */
void rig_wait_states(unsigned line_mask, unsigned sequential, unsigned branch, unsigned data);

/* SCB registers that the tests use. */
enum {
    SCB_ACTLR = 0xE000E008,
    SCB_CCR = 0xE000ED14,
    SCB_SHCSR = 0xE000ED24,
    SCB_CFSR = 0xE000ED28,
    SCB_HFSR = 0xE000ED2C,
    SCB_BFAR = 0xE000ED38,
    SCB_CPACR = 0xE000ED88,
    SHCSR_FAULTS = 7 << 16,         /* MemManage, BusFault and UsageFault enabled */
    CCR_UNALIGN_TRP = 1 << 3,
    CCR_DIV_0_TRP = 1 << 4,
    ACTLR_DISDEFWBUF = 1 << 1,
    CPACR_FPU = 0xF << 20
};

#endif
