/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A small chip for device tests: a sleeping core, the devices under test, a clock controller whose
 * registers are the rates in Hz, and a probe that drives and records signals. Devices are reached through
 * the bus and guest time only.
 */
#ifndef TESTS_UNIT_BOARD_H
#define TESTS_UNIT_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/bus.h"
#include "core/chip.h"
#include "core/log.h"
#include "core/machine.h"
#include "periph/clocks.h"
#include "periph/gpio.h"

enum {
    BOARD_CLOCKS = 0x50000000,      /* register i: rate of clock i in Hz; a write sets it */
    BOARD_GATE = BOARD_CLOCKS + 4 * CLOCK_STM32_END,    /* bit n: gate n is open */
    BOARD_RESET = BOARD_GATE + 4,   /* bit n: reset line n is asserted */
    BOARD_PROBE = 0x50001000,       /* bits 0..31 drive the probe's outputs */
    BOARD_PROBE_LINES = 32,
    BOARD_LOG = 4096
};

/* Rates at reset: HCLK 168 MHz, PCLK1 42 MHz, PCLK2 84 MHz, timers 84 and 168 MHz, 48 MHz, LSI 32 kHz. */

struct board_signal {
    uint64_t cycle;
    uint8_t input;          /* of the probe */
    bool level;
};

struct board_byte {
    uint64_t cycle;
    uint8_t byte;
};

struct board {
    struct machine *m;
    struct board_signal signals[BOARD_LOG];     /* what the probe saw */
    unsigned signal_count;
    struct board_byte bytes[BOARD_LOG];         /* what left through io_output */
    unsigned byte_count;
    unsigned diags[DIAG_COUNT];                 /* reports of each kind */
    char last_diag[256];                        /* "where: text" */
    void *here;                                 /* a saved state */
    size_t copied;                              /* bytes of states, for `here` */
};

/*
 * Whatever a test does with a board, it does with saves and restores in between: before an access and at each event
 * boundary the machine is saved, runs on and comes back, and a run must end in the same state as without that. So
 * each block is saved in every state that its own tests bring it to; in long tests, in many of them.
 */

/* The chip with these devices (ended by a NULL name) and routes (NULL: none; the probe is "PROBE"). One
 * board at a time; the caller destroys it. */
struct board *board_create(const struct chip_device *devices, const struct chip_route *routes);

/* The same with devices around the chip. */
struct board *board_create_around(const struct chip_device *devices, const struct chip_route *routes,
                                  const struct machine_board *around);

/* A real chip instead, whose flash gets a program that sleeps. There are no BOARD_* registers. */
struct board *board_create_chip(const struct chip *chip, const struct machine_options *options);

void board_destroy(struct board *b);

/* Guest accesses of 32, 16 and 8 bits, with side effects, at the present cycle. */
void board_write(struct board *b, uint32_t address, uint32_t value);
void board_write16(struct board *b, uint32_t address, uint16_t value);
void board_write8(struct board *b, uint32_t address, uint8_t value);
uint32_t board_read(struct board *b, uint32_t address);

/* A read of 32 bits and a write of `size` bytes that may fail: what the bus answers. */
enum bus_status board_read_status(struct board *b, enum bus_master master, uint32_t address);
enum bus_status board_write_status(struct board *b, uint32_t address, unsigned size, uint32_t value);

/* What a debugger reads: no side effects. */
uint32_t board_peek(struct board *b, uint32_t address);

uint64_t board_now(const struct board *b);
void board_run(struct board *b, uint64_t cycles);
void board_run_to(struct board *b, uint64_t cycle);

/* The same for a core that may be awake, and pass the cycle by an instruction. */
void board_run_on(struct board *b, uint64_t cycles);

/* Runs until register `address` & `mask` is `value`, at most `limit` cycles; the cycle at which it became
 * so (found event by event), or UINT64_MAX. */
uint64_t board_when(struct board *b, uint32_t address, uint32_t mask, uint32_t value, uint64_t limit);

/* The outside drives a pin of port "GPIOx", or lets go of it. */
void board_drive(struct board *b, const char *port, unsigned pin, enum gpio_level level);

bool board_irq(const struct board *b, const char *device, unsigned output);

/* How many rising edges the probe's input saw, and the cycle of the n-th (from 0). */
unsigned board_rises(const struct board *b, unsigned input);
uint64_t board_rise(const struct board *b, unsigned input, unsigned n);

/* From here to `cycles` later: saves at every event boundary, restores each and runs on; every end must
 * hash the same as the run in one piece. Also looks (peeks) everywhere, which must change nothing. */
void board_check_replay(struct board *b, uint64_t cycles);

#endif
