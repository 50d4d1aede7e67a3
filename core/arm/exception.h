/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the core's other units ask of exception.c; the interpreter's side is in cpu.h: Arm ARM B1.5 */
#ifndef CORE_ARM_EXCEPTION_H
#define CORE_ARM_EXCEPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arm/cpu.h"

/*
 * Cycles with memory that does not wait (Cortex-M4 TRM 3.9.1; Cortex-M3 TRM 3.9.1 says 12 for the
 * return). Flash wait states of vector fetches and of the handler's first instruction are not
 * added.
 */
enum {
    CYCLES_ENTRY = 12,
    CYCLES_RETURN_M3 = 12,
    CYCLES_RETURN_M4 = 10,
    CYCLES_TAIL_CHAIN = 6,
    CYCLES_FP_FRAME = 17        /* more, when the FP registers are stored or loaded */
};

/* CONTROL (B1.4.4). */
enum { CONTROL_NPRIV = 1, CONTROL_SPSEL = 2, CONTROL_FPCA = 4 };

/* Sets the fault's status bits and address register, and reports it. Nothing is pended. */
void exception_record(struct cpu *c, enum cpu_fault fault, uint32_t address);

/* A fault that does not abandon an instruction: status bits, and the exception pended, escalated to
 * HardFault, or lockup (B1.5.14, B1.5.15). */
void exception_derive(struct cpu *c, enum cpu_fault fault);

/* The core stops executing: no exception can be taken for what happened. */
void exception_lockup(struct cpu *c, const char *why);

/* A debug event of the DWT, while an instruction executes or between two: halts the core when a
 * debugger is attached, pends DebugMonitor when that is enabled and may preempt, and is lost
 * otherwise (C1.4.1). `dfsr` is its bit in DFSR; `stop` what the debugger is told. */
void exception_debug_event(struct cpu *c, uint32_t dfsr, const struct stop *stop);

/* Execution priority as if PRIMASK were 0: decides about waking (B1.5.17). */
int exception_wake_priority(const struct cpu *c);

/* Whether an exception is enabled and its priority would let it preempt now. */
bool exception_could_preempt(const struct cpu *c, unsigned exception);

/* The pending exception that would be taken now; 0: none. */
unsigned exception_preempting(const struct cpu *c);

/* An exception that pends in the very cycle in which another one's handler would start takes its
 * place. That takes no time, so it is done as part of the boundary. */
void exception_late_arrival(struct cpu *c);

#endif
