/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CRC calculation unit of F1, F2 and F4 (RM0090 chapter 4, RM0033 chapter 3, RM0041 chapter 3): the
 * Ethernet polynomial over 32-bit words, most significant bit first, neither reflected nor inverted.
 *
 * Not modelled: the four AHB cycles that a word takes; the hardware holds up the next access until they
 * have passed, so that nobody sees an unfinished result.
 */
#include "periph/devices.h"
#include "periph/table.h"

#define POLYNOMIAL 0x04C11DB7u

enum { DR, IDR, CR, REGS };

enum { CR_RESET = 1 << 0 };

struct crc_state {
    uint32_t reg[REGS];     /* DR: the result so far */
};

static uint32_t crc_word(uint32_t crc, uint32_t word)
{
    crc ^= word;
    for (int bit = 0; bit < 32; bit++)
        crc = crc << 1 ^ (crc >> 31 ? POLYNOMIAL : 0);
    return crc;
}

static void crc_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    switch (reg) {
    case DR:
        reg_put(d, DR, crc_word(reg_get(d, DR), value));
        break;
    case CR:
        if (value & CR_RESET)
            reg_put(d, DR, d->ops->regs[DR].reset);
        break;
    default:
        reg_store(d, reg, value, lanes);
        break;
    }
}

static const struct reg crc_regs[REGS] = {
    [DR] = {.name = "DR", .offset = 0x00, .width = 32, .access = 4, .reset = 0xFFFFFFFF,
            .readable = 0xFFFFFFFF, .action = 0xFFFFFFFF, .fields = FIELDS(BITS("DR", 0, 32))},
    [IDR] = REG_PLAIN("IDR", 0x04, 0, 0xFF, BITS("IDR", 0, 8)),
    [CR] = {.name = "CR", .offset = 0x08, .width = 32, .action = CR_RESET,
            .fields = FIELDS(BIT("RESET", 0))},
};

const struct device_ops crc_v1_ops = {
    .name = "crc_v1",
    .regs = crc_regs,
    .reg_count = REGS,
    .state_size = sizeof(struct crc_state),
    .write = crc_write,
};
