/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Register tables of the STM32F405's blocks that are not modelled: names, widths and reset values
 * (RM0090). Registers that share an address carry one name.
 */
#include "periph/chips/unmodelled_f4.h"

#include "periph/unmodelled.h"

#define W(name, at, initial) UNMODELLED_32(name, at, initial)
#define H(name, at, initial) UNMODELLED_16(name, at, initial)

/* clang-format off */

/* ---- serial buses (RM0090 27, 28, 31, 32) ---- */

static const struct reg spi[] = {
    H("CR1", 0x00, 0), H("CR2", 0x04, 0), H("SR", 0x08, 0x0002), H("DR", 0x0C, 0),
    H("CRCPR", 0x10, 0x0007), H("RXCRCR", 0x14, 0), H("TXCRCR", 0x18, 0), H("I2SCFGR", 0x1C, 0),
    H("I2SPR", 0x20, 0x0002),
};

static const struct reg i2c[] = {
    H("CR1", 0x00, 0), H("CR2", 0x04, 0), H("OAR1", 0x08, 0), H("OAR2", 0x0C, 0), H("DR", 0x10, 0),
    H("SR1", 0x14, 0), H("SR2", 0x18, 0), H("CCR", 0x1C, 0), H("TRISE", 0x20, 0x0002),
};

const struct device_ops unmodelled_spi_ops = UNMODELLED_OPS("spi_v1", spi);
const struct device_ops unmodelled_i2c_ops = UNMODELLED_OPS("i2c_v1", i2c);

/* ---- static memory controller (RM0090 36) ---- */

#define BANK(n, at, bcr) W("BCR" n, at, bcr), W("BTR" n, at + 4, 0x0FFFFFFF)
#define NAND(n, at)                                                                                \
    W("PCR" n, at, 0x18), W("SR" n, at + 0x4, 0x40), W("PMEM" n, at + 0x8, 0xFCFCFCFC),            \
    W("PATT" n, at + 0xC, 0xFCFCFCFC)

static const struct reg fsmc[] = {
    BANK("1", 0x00, 0x30DB), BANK("2", 0x08, 0x30D2), BANK("3", 0x10, 0x30D2),
    BANK("4", 0x18, 0x30D2),
    NAND("2", 0x60), W("ECCR2", 0x74, 0), NAND("3", 0x80), W("ECCR3", 0x94, 0),
    NAND("4", 0xA0), W("PIO4", 0xB0, 0xFCFCFCFC),
    W("BWTR1", 0x104, 0x0FFFFFFF), W("BWTR2", 0x10C, 0x0FFFFFFF), W("BWTR3", 0x114, 0x0FFFFFFF),
    W("BWTR4", 0x11C, 0x0FFFFFFF),
};

const struct device_ops unmodelled_fsmc_ops = UNMODELLED_OPS("fsmc", fsmc);
/* clang-format on */
