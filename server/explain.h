/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults and stops in words, for people. */
#ifndef SERVER_EXPLAIN_H
#define SERVER_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/machine.h"

struct server;

/* Says which fault it was, which access, which instruction and where, and the code that caused it: from
 * the fault status registers and the stacked frame. Nothing when no fault status is set. */
void explain_fault(struct server *server);

/* A stop at a BKPT of the firmware's own or a vector catch. */
void explain_stop(struct server *server, const struct stop *stop);

/* Who made a watched access: "DMA2 stream 3", "the debugger", "the instruction at the pc". */
void explain_writer(const struct stop *stop, char *text, size_t size);

/* Whether the firmware has ended up in a fault handler that only branches to itself. */
bool explain_is_stuck_in_fault(const struct server *server);

/* "0x08000123 <main+3>"; the symbol's part only if there is one. */
void explain_address(const struct server *server, uint32_t address, char *text, size_t size);

/* A report about the guest, as one line on the terminal or gdb's console. */
void explain_diag(struct server *server, const struct diag *diag);

#endif
