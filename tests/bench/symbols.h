/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BENCH_SYMBOLS_H
#define BENCH_SYMBOLS_H

#include <stdint.h>

/* The address of a symbol in a 32-bit ELF file, without the Thumb bit. Ends the program if there is none. */
uint32_t symbol_address(const char *elf, const char *name);

#endif
