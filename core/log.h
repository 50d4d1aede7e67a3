/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Diagnostics. A guest's mistake, a feature that is not modelled and a failure of the host are three
 * different things. The first two are reported once per site (pc and register; where the hardware acts by
 * itself, as a byte's arrival or DMA does, the register alone), with the pc and the register's name, and
 * can stop the machine; nothing is ever silently ignored.
 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include <stdbool.h>
#include <stdint.h>

struct device;

/* The kinds that `--stop-on` names; see diag_kind_name. */
enum diag_kind {
    DIAG_UNCLOCKED,     /* access to a block whose clock is off or whose reset is held */
    DIAG_RESERVED,      /* write of 1 to a reserved bit, access to a reserved offset */
    DIAG_READONLY,      /* write to a read-only register */
    DIAG_WIDTH,         /* access width that the register does not support */
    DIAG_UNMODELLED,    /* a function of the hardware that is not modelled */
    DIAG_OVERRUN,       /* received data lost */
    DIAG_SEQUENCE,      /* an order of operations that the manual forbids (key, lock, enable while busy) */
    DIAG_DMA,           /* DMA to an address it cannot reach */
    DIAG_STACK,         /* the main stack has grown into variables */
    DIAG_CLOCK,         /* clock set up beyond the chip's limits, or with too few wait states */
    DIAG_PIN,           /* a block is used, but no pin has its function */
    DIAG_UNINITIALISED, /* read of RAM that nobody has written */
    DIAG_FAULT,         /* a fault exception was taken; lockup */
    DIAG_COUNT
};

/* Kinds that are only looked for when the options ask for it, because that costs time. */
enum { DIAG_COSTLY = 1 << DIAG_STACK | 1 << DIAG_UNINITIALISED };

/* "unclocked", "reserved", ...; NULL when out of range. */
const char *diag_kind_name(enum diag_kind kind);

/* A mistake of the guest in an access to register `reg` of `d` (index into its register table, or
 * DIAG_NO_REG). `format` says what happened in words, without the names, which are put in front. */
enum { DIAG_NO_REG = 0xFFFF };
void diag_guest(struct device *d, enum diag_kind kind, unsigned reg, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same for something that the model does not do: kind DIAG_UNMODELLED. */
void diag_unmodelled(struct device *d, unsigned reg, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* One report, as the host sees it. */
struct diag {
    enum diag_kind kind;
    uint64_t cycle;
    uint32_t pc;            /* of the instruction that made the access, or that ran meanwhile */
    bool by_itself;         /* no instruction did it: an event of the hardware */
    uint32_t address;       /* of the register, 0 if none */
    const char *where;      /* "USART1.CR1", or the device's or core's name */
    const char *text;
};

#endif
