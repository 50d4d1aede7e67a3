/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SPI of F1, F2 and F4: spi_v1_ops with I2S, spi_v1_plain_ops without. The chip row's clock is the bus clock;
 * there is one interrupt output and no config. A master exchanges bytes with the board's devices that
 * joined it (core/link.h); a slave is clocked on its lines. I2S has CK on SCK, WS on NSS, SD on MOSI.
 */
#ifndef PERIPH_SPI_V1_H
#define PERIPH_SPI_V1_H

enum spi_v1_output {
    SPI_OUT_DMA_TX,         /* request level: TXE and TXDMAEN */
    SPI_OUT_DMA_RX,         /* request level: RXNE and RXDMAEN */
    SPI_OUT_NSS,            /* NSS as an output (SSOE) */
    SPI_OUT_SCK,
    SPI_OUT_MOSI,
    SPI_OUT_MISO,
    SPI_OUT_MCK,
    SPI_OUT_I2S_FRAME,      /* high while an I2S data word is on the wires: clocks the I2SxEXT block */
    SPI_OUT_I2S_CK,         /* for that block: high in the second half of each bit, while it listens */
    SPI_OUTPUTS
};

enum spi_v1_input {
    SPI_IN_NSS,             /* NSS as an input; high when no pin has it */
    SPI_IN_SCK,
    SPI_IN_MOSI,
    SPI_IN_MISO,
    SPI_IN_I2S_FRAME,       /* of an I2SxEXT block: SPI_OUT_I2S_FRAME and _CK of its I2S block */
    SPI_IN_I2S_CK,
    SPI_IN_DMA_TX_LAST,     /* pulses: the last item of a round has been written, has been read */
    SPI_IN_DMA_RX_LAST,
    SPI_INPUTS
};

#endif
