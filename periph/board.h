/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices of the board around a chip, as rows for struct machine_board: no base, gate or reset line; `joins`
 * names the bus. They have supplies of their own: a reset of the chip does not touch them.
 */
#ifndef PERIPH_BOARD_H
#define PERIPH_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/device.h"

/*
 * An I2C bus with its pull-ups; devices name it in `joins`. Its members are lines: input and output n are what member n
 * does to its line, and the level of that. A pad is on the bus while its function is a controller's, or while it is
 * open drain (firmware that makes the bits itself); or always.
 *
 * Input: a transaction of a master at the host: {address and its upper bits, how many bytes to read, the bytes to
 * write...}; an address above 0x7F is one of 10 bits. It begins when the bus is free; how it ended leaves as IO_I2C:
 * {enum i2c_outcome, the address as before, how many bytes were written, the bytes read...}.
 */
struct i2c_bus_member {
    const char *port;           /* "GPIOB"; NULL: no pad, a controller's own line */
    uint8_t pin;
    uint8_t function;           /* the controller's on that pin, as in core/pins.h */
    bool sda;                   /* else SCL */
    bool always;
};
struct i2c_bus_config {
    const struct i2c_bus_member *members;
    unsigned count;
};
enum { I2C_BUS_MEMBERS = 32 };
enum i2c_outcome {
    I2C_OUTCOME_DONE,
    I2C_OUTCOME_REFUSED,        /* not acknowledged: the address, or the last byte written */
    I2C_OUTCOME_LOST,           /* to another master */
    I2C_OUTCOME_STUCK           /* a line is low without a transfer under way */
};

/* I2C EEPROM 24xx. Contents are a memory with MEMORY_OFF_BUS | MEMORY_NVM of `size` bytes, filled with 0xFF. Parts
 * of up to 2 KiB have one address byte, and find their upper address bits in the bus address. */
struct eeprom_24xx_config {
    const char *memory;
    uint32_t size;              /* bytes, a power of two up to 64 KiB */
    uint8_t page;               /* bytes, a power of two up to 128 */
    uint8_t address;            /* on the bus, 7 bits */
};

/* Temperature sensor LM75. Input: little-endian 32-bit, thousandths of a degree C; 25 C at first. */
struct lm75_config {
    uint8_t address;            /* on the bus, 7 bits */
};

/* SPI NOR flash 25Q. Contents as above, up to 16 MiB. */
struct nor_25q_config {
    const char *memory;
    uint32_t size;              /* bytes, a power of two */
};
enum { NOR_25Q_IN_CS, NOR_25Q_IN_CLK, NOR_25Q_IN_DI, NOR_25Q_INPUTS };     /* pads; CLK and DI if it joins no bus */
enum { NOR_25Q_OUT_DO, NOR_25Q_OUTPUTS };

/* A button or an LED, by the level that means pressed or lit. Input of a button: one byte, 1 pressed, 0 let go. The LED's
 * input 0 is its pad. */
struct panel_config {
    const char *label;          /* "USER" */
    const char *port;
    uint8_t pin;
    bool active_low;
};

enum { SPI_WIRE_LINES = 8 };

/* Whether the button is pressed or the LED lit now. */
bool panel_is_on(const struct device *d);

extern const struct device_ops button_ops;
extern const struct device_ops led_ops;
extern const struct device_ops i2c_bus_ops;
extern const struct device_ops eeprom_24xx_ops;
extern const struct device_ops lm75_ops;
extern const struct device_ops nor_25q_ops;
extern const struct device_ops spi_wire_ops;    /* NSS, SCK, MOSI, MISO from one SPI to another, then back */
extern const struct device_ops spi_loop_ops;    /* MOSI and MISO joined */
extern const struct device_ops uart_loop_ops;   /* TX, input 0, and RX, output 0, joined */
extern const struct device_ops irda_ops;        /* infrared light: from input 0, a pad, to output 0 */
extern const struct device_ops wire_ops;        /* input n to output n: each way from a chip's pad to the other's board */

#endif
