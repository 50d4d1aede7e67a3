/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The input door (I2): whatever reaches a machine from outside and changes what a guest can see is one
 * of these, whether it came from a wire, the host's answer to semihosting or a debugger. The same input
 * applied to the same state gives the same state; that is what a replay lives by. Breakpoints and
 * watchpoints are no inputs: a guest cannot see them.
 */
#ifndef CORE_INPUT_H
#define CORE_INPUT_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers are part of the recording format. */
enum input_kind {
    INPUT_RESET = 1,                /* target: enum reset_kind */
    INPUT_REGISTER = 2,             /* debugger: target: enum cpu_register, value */
    INPUT_POKE = 3,                 /* debugger: target: address, bytes */
    INPUT_LOAD = 4,                 /* image contents: target: address, bytes */
    INPUT_ERASE = 5,                /* flash: target: address, value: size */
    INPUT_BYTES = 6,                /* a device's port: target: index of the device, bytes */
    INPUT_SEMIHOSTING_WRITE = 7,    /* target: address, bytes */
    INPUT_SEMIHOSTING_RETURN = 8,   /* value: the call's result; the core passes the BKPT */
    INPUT_DEBUGGER = 9,             /* value: 1 attached (DHCSR.C_DEBUGEN), 0 not */
    INPUT_SEMIHOSTING = 10,         /* value: 1 BKPT 0xAB asks the host, 0 not */
    INPUT_MASKED_STEP = 11,         /* one instruction with interrupts masked (DHCSR.C_MASKINTS) */
    INPUT_WORD = 12,                /* a device's port: target: index of the device, value: no plain byte (io.h) */
    INPUT_KINDS
};

struct input {
    enum input_kind kind;
    uint32_t target;
    uint32_t value;
    uint32_t size;                  /* of bytes */
    const void *bytes;              /* the caller's */
};

/* Whether the input is a step of its own, as an instruction is: going back stops before it. The others
 * belong to the instruction boundary at which they came. */
static inline bool input_acts(enum input_kind kind)
{
    return kind == INPUT_RESET || kind == INPUT_SEMIHOSTING_WRITE || kind == INPUT_SEMIHOSTING_RETURN ||
           kind == INPUT_MASKED_STEP;
}

/* Who keeps the log. `enter` is told of an input before it takes effect. */
struct input_door {
    void *context;
    void (*enter)(void *context, const struct input *input);
};

#endif
