/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Register tables of the STM32F100's blocks that are not modelled: names, widths and reset values (RM0041). */
#include "periph/chips/unmodelled_f1.h"

#include "periph/unmodelled.h"

#define W(name, at, initial) UNMODELLED_32(name, at, initial)

/* clang-format off */
static const struct reg cec[] = {
    W("CFGR", 0x00, 0), W("OAR", 0x04, 0), W("PRES", 0x08, 0), W("ESR", 0x0C, 0),
    W("CSR", 0x10, 0), W("TXD", 0x14, 0), W("RXD", 0x18, 0),
};
/* clang-format on */

const struct device_ops unmodelled_f1_cec_ops = UNMODELLED_OPS("cec_v1", cec);
