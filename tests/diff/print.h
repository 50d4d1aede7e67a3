/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said about two machines that differ: TAP comments on stdout. */
#ifndef TESTS_DIFF_PRINT_H
#define TESTS_DIFF_PRINT_H

#include <stdint.h>

#include "core/machine.h"

/* Cycles, instructions, and registers: those of the core, and others that differ. */
void print_machines(const struct machine *interpreter, const struct machine *translator);

/* Instructions in [from, to), and an arrow at `pc`. */
void print_code(const struct machine *m, uint32_t from, uint32_t to, uint32_t pc);

/* The host code of the translation that begins at `pc`, or else of the last one before it. */
void print_host_code(const struct machine *m, uint32_t pc);

#endif
