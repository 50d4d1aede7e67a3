/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Engine against engine: a case is a short program with a state to start from; every engine runs it, and
 * the states they reach must be the same. What an engine is behind struct diff_engine is its own affair.
 */
#ifndef TESTS_DIFF_DIFF_H
#define TESTS_DIFF_DIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "core/chip.h"

/* The memory that cases run in. RAM and code start each case with contents that are always the same. */
enum {
    DIFF_CODE = 0x08000000,     /* plain read-only memory */
    DIFF_CODE_SIZE = 0x4000,
    DIFF_START = 0x1800,        /* offset of the case's program in it */
    DIFF_PROGRAM_MAX = 0x400,
    DIFF_RAM = 0x20000000,
    DIFF_RAM_SIZE = 0x8000,
    DIFF_INSNS_MAX = 128,
    DIFF_CONTROL_FPCA = 4,      /* a floating-point context exists from the start; on the M4F */
    DIFF_GUARD = 2              /* bytes behind a program: a BKPT */
};

/* What the engines must agree on. */
struct diff_state {
    uint32_t r[16];
    uint32_t apsr;              /* N Z C V Q and GE in their places */
    uint32_t fpscr;
    uint32_t s[32];
    uint8_t ram[DIFF_RAM_SIZE];
};

struct diff_case {
    uint64_t seed;              /* what it was generated from */
    struct diff_state start;    /* r[15]: address of the first instruction */
    uint8_t program[DIFF_PROGRAM_MAX];  /* for DIFF_CODE + DIFF_START + offset */
    uint32_t offset;            /* 0 or 2: where the program starts within a word */
    uint32_t size;              /* bytes; the end is the address behind them */
    unsigned count;             /* instructions, in address order (data lies between some) */
    uint16_t at[DIFF_INSNS_MAX + 1];    /* their offsets in the program; at[count] is its end */
};

enum diff_end {
    DIFF_REACHED,               /* stands at the address it was to run to */
    DIFF_FAULTED,               /* took an exception */
    DIFF_LOST                   /* neither within the budget */
};

struct diff_engine {
    const char *name;
    void *context;
    /* Puts program and start state in place. */
    void (*load)(void *context, const struct diff_case *c);
    /* Runs until the pc is `address`; a case loops never, so that it comes there or not at all. */
    enum diff_end (*run)(void *context, uint32_t address);
    void (*state)(void *context, struct diff_state *out);
    void (*destroy)(void *context);
};

/* The chip that cases run on: the two memories and the core's own devices. */
const struct chip *diff_chip(enum cpu_kind kind);

/* False, with a message on stderr, when the engine cannot be had. `code` has DIFF_CODE_SIZE bytes, the
 * contents around programs. */
bool diff_machine_create(struct diff_engine *e, enum cpu_kind kind, bool translator, const uint8_t *code);
bool diff_unicorn_create(struct diff_engine *e, enum cpu_kind kind, const uint8_t *code);

/* xorshift64*; the seed must not be 0. */
static inline uint32_t diff_random(uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return (uint32_t)(*seed * 0x2545F4914F6CDD1Du >> 32);
}

/* What lies around programs and in RAM: always the same noise. */
static inline void diff_noise(uint8_t code[DIFF_CODE_SIZE], uint8_t ram[DIFF_RAM_SIZE])
{
    uint64_t random = 1;

    for (unsigned n = 0; n < DIFF_CODE_SIZE; n++)
        code[n] = (uint8_t)diff_random(&random);
    for (unsigned n = 0; n < DIFF_RAM_SIZE; n++)
        ram[n] = (uint8_t)diff_random(&random);
}

#endif
