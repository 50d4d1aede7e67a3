/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chips that backstep knows. This is the room's public header. */
#ifndef PERIPH_CHIPS_CHIPS_H
#define PERIPH_CHIPS_CHIPS_H

#include "core/chip.h"

extern const struct chip stm32f100rb;
extern const struct chip stm32f205rf;
extern const struct chip stm32f405rg;

/* All of them, ended by NULL. */
extern const struct chip *const chips[];

/* The chip called `name` ("stm32f405rg", in any case); NULL if there is none. */
const struct chip *chip_find(const char *name);

#endif
