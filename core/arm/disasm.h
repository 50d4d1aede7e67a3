/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text of a decoded instruction in unified assembler language, for diagnostics, traces and tests.
 */
#ifndef CORE_ARM_DISASM_H
#define CORE_ARM_DISASM_H

#include <stddef.h>
#include <stdint.h>

#include "core/arm/insn.h"

enum { DISASM_MAX = 128 };      /* enough for any instruction's text, with its NUL */

/* Writes the text of an instruction that stands at `pc` under ITSTATE `it` (0 outside an IT block, when
 * 16-bit data processing sets flags), cut off to fit `room` bytes and always terminated. What is no
 * instruction becomes .hword or .word with the name of the encoding that it would have been. */
void disasm(const struct insn *i, uint32_t pc, uint8_t it, char *text, size_t room);

#endif
