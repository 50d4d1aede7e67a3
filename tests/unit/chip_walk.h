/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks over all registers of a chip, from its own tables. */
#ifndef TESTS_UNIT_CHIP_WALK_H
#define TESTS_UNIT_CHIP_WALK_H

#include "tests/unit/board.h"

/* "USART1.CR1" or "*.CR1" for every device that has one; lists end with NULL. */
typedef const char *const *walk_names;

/* The tables agree with themselves: fields, masks, widths, offsets. */
void walk_tables(const struct chip *chip);

/* Every register reads its reset value, for a guest and a debugger alike, but those in `others`; returns
 * how many did. Open all gates before. */
unsigned walk_resets(struct board *b, walk_names others);

/* Every plain bit takes a 1 and a 0, and no other bit of its register changes; registers with bits that
 * writing clears or sets, those that only take keys or commands, and those in `others`, are left out. Returns the number of registers. */
unsigned walk_masks(struct board *b, walk_names others);

/* Blocks with a gate that is shut read 0. */
void walk_unclocked(struct board *b);

/* Gates and reset lines bear the names of their blocks in the clock controller's registers: rows of
 * {device, name in the RCC} say where the two differ, ended by NULL. `enable` and `reset` are the registers
 * of line 0. */
void walk_gates(const struct chip *chip, const char *enable, const char *reset,
                const char *const (*others)[2]);

#endif
