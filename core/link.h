/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Serial buses between a controller, of the chip or of the board (an I2C bus, which hears the bits), and the
 * devices of the board that joined it (their rows name it in `joins`). A byte at a time, as a wired AND: a device
 * that is not meant, or only listens, answers LINK_RELEASED, and so does a bus with nobody on it.
 */
#ifndef CORE_LINK_H
#define CORE_LINK_H

#include <stdint.h>

struct device;

enum link_action {
    LINK_SPI_BYTE,          /* value: from the controller, first bit on the wire in bit 7; answer: MISO */
    LINK_I2C_ADDRESS,       /* after a (repeated) start; value: the first byte. Answer: LINK_ACK or released */
    LINK_I2C_WRITE,         /* value: a byte from the master. Answer: LINK_ACK or released */
    LINK_I2C_READ,          /* answer: the byte that the addressed device sends */
    LINK_I2C_STOP           /* no answer */
};

enum { LINK_RELEASED = 0xFF, LINK_ACK = 0 };

/* The devices on the bus of `controller` take part in one action; their answers, ANDed. */
uint8_t link_drive(struct device *controller, enum link_action action, uint8_t value);

#endif
