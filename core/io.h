/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The two doors between devices and the host. Output (I3): bytes that leave the chip. Input (I2) comes
 * through machine_input and reaches a device's `input` operation; a device cannot tell live from replay.
 */
#ifndef CORE_IO_H
#define CORE_IO_H

#include <stddef.h>

struct device;

/* What travels through a port; the server picks its back-end by it. */
enum io_kind {
    IO_UART,        /* one byte per frame, parity and stop removed */
    IO_PIN,         /* bytes: {pin, level} pairs */
    IO_ITM,         /* raw ITM/SWO packets */
    IO_LED,         /* one byte: 1 lit, 0 dark */
    IO_I2C,         /* the outcome of a transaction: periph/board.h */
    IO_ANALOG       /* little-endian 32-bit: channel, microvolts */
};

/* What a UART's line can bring besides a byte without errors: data bits, and what is wrong with the frame. */
enum io_uart_word {
    IO_UART_DATA = 0x1FF,
    IO_UART_FRAMING = 1 << 9,
    IO_UART_NOISE = 1 << 10,
    IO_UART_PARITY = 1 << 11,
    IO_UART_BREAK = 1 << 12
};

/* `size` bytes leave `d` through its port. */
void io_output(struct device *d, enum io_kind kind, const void *bytes, size_t size);

#endif
