/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the pins of the chips can be (core/pins.h). */
#ifndef PERIPH_CHIPS_PINS_H
#define PERIPH_CHIPS_PINS_H

#include <stddef.h>

#include "core/pins.h"

extern const struct chip_pin pins_f1[];
extern const struct chip_pin pins_f4[];         /* F2, too */

#endif
