/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Register tables of the STM32F100's blocks that are not modelled: names, widths and reset values (RM0041). */
#include "periph/chips/unmodelled_f1.h"

#include "periph/unmodelled.h"

#define W(name, at, initial) UNMODELLED_32(name, at, initial)
#define H(name, at, initial) UNMODELLED_16(name, at, initial)

/* clang-format off */
static const struct reg i2c[] = {
    H("CR1", 0x00, 0), H("CR2", 0x04, 0), H("OAR1", 0x08, 0), H("OAR2", 0x0C, 0),
    H("DR", 0x10, 0), H("SR1", 0x14, 0), H("SR2", 0x18, 0), H("CCR", 0x1C, 0),
    H("TRISE", 0x20, 0x2),
};

static const struct reg spi[] = {
    H("CR1", 0x00, 0), H("CR2", 0x04, 0), H("SR", 0x08, 0x2), H("DR", 0x0C, 0),
    H("CRCPR", 0x10, 0x7), H("RXCRCR", 0x14, 0), H("TXCRCR", 0x18, 0),
};

static const struct reg cec[] = {
    W("CFGR", 0x00, 0), W("OAR", 0x04, 0), W("PRES", 0x08, 0), W("ESR", 0x0C, 0),
    W("CSR", 0x10, 0), W("TXD", 0x14, 0), W("RXD", 0x18, 0),
};

static const struct reg rtc[] = {
    W("CRH", 0x00, 0), W("CRL", 0x04, 0x20), W("PRLH", 0x08, 0), W("PRLL", 0x0C, 0x8000),
    W("DIVH", 0x10, 0), W("DIVL", 0x14, 0x8000), W("CNTH", 0x18, 0), W("CNTL", 0x1C, 0),
    W("ALRH", 0x20, 0xFFFF), W("ALRL", 0x24, 0xFFFF),
};

static const struct reg wwdg[] = {
    H("CR", 0x00, 0x7F), H("CFR", 0x04, 0x7F), H("SR", 0x08, 0),
};
/* clang-format on */

const struct device_ops unmodelled_f1_i2c_ops = UNMODELLED_OPS("i2c_v1", i2c);
const struct device_ops unmodelled_f1_spi_ops = UNMODELLED_OPS("spi_v1", spi);
const struct device_ops unmodelled_f1_cec_ops = UNMODELLED_OPS("cec_v1", cec);
const struct device_ops unmodelled_f1_rtc_ops = UNMODELLED_OPS("rtc_v1", rtc);
const struct device_ops unmodelled_f1_wwdg_ops = UNMODELLED_OPS("wwdg_v1", wwdg);
