/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * I2C of F1, F2 and F4. The chip row's clock is the bus clock; the interrupt outputs are event and error;
 * there is no config. The board's buses (periph/board.h) join the pins, or SCL and SDA themselves.
 */
#ifndef PERIPH_I2C_V1_H
#define PERIPH_I2C_V1_H

enum i2c_v1_irq { I2C_IRQ_EVENT, I2C_IRQ_ERROR };

enum i2c_v1_output {
    I2C_OUT_DMA_TX,         /* request level: TxE and DMAEN */
    I2C_OUT_DMA_RX,         /* request level: RxNE and DMAEN */
    I2C_OUT_SCL,            /* pulled low, or left to the bus, which idles high */
    I2C_OUT_SDA,
    I2C_OUT_SMBA,           /* the same of the alert line, in SMBus mode */
    I2C_OUTPUTS
};

enum i2c_v1_input {
    I2C_IN_DMA_LAST,        /* rises when the DMA takes the last byte but one: with LAST the next is not acknowledged */
    I2C_IN_SCL,             /* the lines; nobody there: they idle high */
    I2C_IN_SDA,
    I2C_IN_SMBA,
    I2C_INPUTS
};

#endif
