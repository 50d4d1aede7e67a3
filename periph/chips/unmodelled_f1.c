/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Register tables of the STM32F100's blocks that are not modelled: names, widths and reset values (RM0041). */
#include "periph/chips/unmodelled_f1.h"

#include "periph/unmodelled.h"

#define W(name, at, initial) UNMODELLED_32(name, at, initial)
#define H(name, at, initial) UNMODELLED_16(name, at, initial)

/* clang-format off */
static const struct reg adc[] = {
    W("SR", 0x00, 0), W("CR1", 0x04, 0), W("CR2", 0x08, 0), W("SMPR1", 0x0C, 0),
    W("SMPR2", 0x10, 0), W("JOFR1", 0x14, 0), W("JOFR2", 0x18, 0), W("JOFR3", 0x1C, 0),
    W("JOFR4", 0x20, 0), W("HTR", 0x24, 0xFFF), W("LTR", 0x28, 0), W("SQR1", 0x2C, 0),
    W("SQR2", 0x30, 0), W("SQR3", 0x34, 0), W("JSQR", 0x38, 0), W("JDR1", 0x3C, 0),
    W("JDR2", 0x40, 0), W("JDR3", 0x44, 0), W("JDR4", 0x48, 0), W("DR", 0x4C, 0),
};

static const struct reg dac[] = {
    W("CR", 0x00, 0), W("SWTRIGR", 0x04, 0), W("DHR12R1", 0x08, 0), W("DHR12L1", 0x0C, 0),
    W("DHR8R1", 0x10, 0), W("DHR12R2", 0x14, 0), W("DHR12L2", 0x18, 0),
    W("DHR8R2", 0x1C, 0), W("DHR12RD", 0x20, 0), W("DHR12LD", 0x24, 0),
    W("DHR8RD", 0x28, 0), W("DOR1", 0x2C, 0), W("DOR2", 0x30, 0), W("SR", 0x34, 0),
};

static const struct reg dma[] = {
    W("ISR", 0x00, 0), W("IFCR", 0x04, 0), W("CCR1", 0x08, 0), W("CNDTR1", 0x0C, 0),
    W("CPAR1", 0x10, 0), W("CMAR1", 0x14, 0), W("CCR2", 0x1C, 0), W("CNDTR2", 0x20, 0),
    W("CPAR2", 0x24, 0), W("CMAR2", 0x28, 0), W("CCR3", 0x30, 0), W("CNDTR3", 0x34, 0),
    W("CPAR3", 0x38, 0), W("CMAR3", 0x3C, 0), W("CCR4", 0x44, 0), W("CNDTR4", 0x48, 0),
    W("CPAR4", 0x4C, 0), W("CMAR4", 0x50, 0), W("CCR5", 0x58, 0), W("CNDTR5", 0x5C, 0),
    W("CPAR5", 0x60, 0), W("CMAR5", 0x64, 0), W("CCR6", 0x6C, 0), W("CNDTR6", 0x70, 0),
    W("CPAR6", 0x74, 0), W("CMAR6", 0x78, 0), W("CCR7", 0x80, 0), W("CNDTR7", 0x84, 0),
    W("CPAR7", 0x88, 0), W("CMAR7", 0x8C, 0),
};

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

const struct device_ops unmodelled_f1_adc_ops = UNMODELLED_OPS("adc_v1", adc);
const struct device_ops unmodelled_f1_dac_ops = UNMODELLED_OPS("dac_v1", dac);
const struct device_ops unmodelled_f1_dma_ops = UNMODELLED_OPS("dma_v1", dma);
const struct device_ops unmodelled_f1_i2c_ops = UNMODELLED_OPS("i2c_v1", i2c);
const struct device_ops unmodelled_f1_spi_ops = UNMODELLED_OPS("spi_v1", spi);
const struct device_ops unmodelled_f1_cec_ops = UNMODELLED_OPS("cec_v1", cec);
const struct device_ops unmodelled_f1_rtc_ops = UNMODELLED_OPS("rtc_v1", rtc);
const struct device_ops unmodelled_f1_wwdg_ops = UNMODELLED_OPS("wwdg_v1", wwdg);
