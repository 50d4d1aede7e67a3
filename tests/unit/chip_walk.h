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

/* Every plain bit takes a 1 and a 0, and no other bit of its register changes, whatever the width of the write;
 * registers with bits that writing clears or sets, those that only take keys or commands, and those in `others`,
 * are left out. Returns the number of registers. */
unsigned walk_masks(struct board *b, walk_names others);

/* Registers of blocks with a gate that is shut read 0, drop what is written, and say so. Returns their
 * number. */
unsigned walk_unclocked(struct board *b);

/* The same while the block's reset is held; written before, every register but those in `others` then reads its
 * reset value. `reset` is the register of line 0. Open all gates before. Returns the number of registers. */
unsigned walk_held_in_reset(struct board *b, const char *reset, walk_names others);

/* Peeking changes nothing, even while the whole chip is busy with what was written everywhere. */
void walk_peeks(struct board *b);

/* Gates and reset lines bear the names of their blocks in the clock controller's registers: rows of
 * {device, name in the RCC} say where the two differ, ended by NULL. `enable` and `reset` are the registers
 * of line 0. */
void walk_gates(const struct chip *chip, const char *enable, const char *reset,
                const char *const (*others)[2]);

#endif
