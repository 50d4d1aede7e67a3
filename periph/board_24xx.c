/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * I2C EEPROM 24C01 to 24C512: byte and page write (a page's address wraps inside it), current, random and
 * sequential read. A write takes 5 ms, during which the part does not answer. Not modelled: the write
 * protection pin.
 */
#include "periph/board.h"

#include <string.h>

#include "core/link.h"
#include "core/memory.h"
#include "core/schedule.h"
#include "periph/delay.h"

enum { PAGE_MAX = 128, ONE_BYTE_MAX = 2048, WRITE_NS = 5000000, EVENT_WRITTEN = 0, EVENTS };

struct eeprom_state {
    struct delay write;
    uint32_t address;           /* the address counter */
    uint16_t buffered;          /* bytes of `page` since the address */
    uint8_t selected;           /* 1: being written to, 2: being read */
    uint8_t address_bytes;      /* still to come */
    uint8_t busy;
    uint8_t reserved[7];
    uint8_t page[PAGE_MAX];     /* by offset in the page */
    uint8_t dirty[PAGE_MAX];
};

enum { SELECTED_WRITE = 1, SELECTED_READ };

static uint8_t select_by(struct device *d, uint8_t byte)
{
    const struct eeprom_24xx_config *c = device_config(d);
    struct eeprom_state *s = d->state;
    uint32_t blocks = c->size <= ONE_BYTE_MAX && c->size > 256 ? c->size / 256 : 1;

    s->selected = 0;
    s->buffered = 0;            /* a write without a stop condition is none */
    memset(s->dirty, 0, sizeof s->dirty);
    if (s->busy || (byte >> 1 & ~(blocks - 1)) != (c->address & ~(blocks - 1)))
        return LINK_RELEASED;
    s->selected = byte & 1 ? SELECTED_READ : SELECTED_WRITE;
    if (blocks > 1)
        s->address = (s->address & 0xFF) | (byte >> 1 & (blocks - 1)) << 8;
    if (!(byte & 1))
        s->address_bytes = c->size <= ONE_BYTE_MAX ? 1 : 2;
    return LINK_ACK;
}

static uint8_t take(struct device *d, uint8_t byte)
{
    const struct eeprom_24xx_config *c = device_config(d);
    struct eeprom_state *s = d->state;
    uint32_t offset = s->address & (c->page - 1u);

    if (s->selected != SELECTED_WRITE)
        return LINK_RELEASED;
    if (s->address_bytes) {
        s->address_bytes--;
        s->address = c->size <= ONE_BYTE_MAX ? (s->address & ~0xFFu) | byte : s->address << 8 | byte;
        s->address &= c->size - 1;
        return LINK_ACK;
    }
    s->page[offset] = byte;
    s->dirty[offset] = true;
    s->buffered++;
    s->address = (s->address & ~(c->page - 1u)) | ((offset + 1) & (c->page - 1u));
    return LINK_ACK;
}

static uint8_t give(struct device *d)
{
    const struct eeprom_24xx_config *c = device_config(d);
    struct eeprom_state *s = d->state;
    uint8_t byte;

    if (s->selected != SELECTED_READ)
        return LINK_RELEASED;
    byte = device_nvm(d, c->memory)->bytes[s->address];
    s->address = (s->address + 1) & (c->size - 1);
    return byte;
}

/* The stop condition starts the write cycle. */
static void stop(struct device *d)
{
    const struct eeprom_24xx_config *c = device_config(d);
    struct eeprom_state *s = d->state;
    uint32_t page = s->address & ~(c->page - 1u);

    s->selected = 0;
    if (!s->buffered)
        return;
    for (uint32_t i = 0; i < c->page; i++)
        if (s->dirty[i])
            nvm_program(device_nvm(d, c->memory), page + i, &s->page[i], 1);
    memset(s->dirty, 0, sizeof s->dirty);
    s->buffered = 0;
    s->busy = true;
    delay_start(&s->write, d, EVENT_WRITTEN, WRITE_NS);
}

static uint8_t link(struct device *d, unsigned action, uint8_t value)
{
    switch (action) {
    case LINK_I2C_ADDRESS:
        return select_by(d, value);
    case LINK_I2C_WRITE:
        return take(d, value);
    case LINK_I2C_READ:
        return give(d);
    case LINK_I2C_STOP:
        stop(d);
        return LINK_RELEASED;
    default:
        return LINK_RELEASED;
    }
}

static void written(struct device *d, unsigned event)
{
    struct eeprom_state *s = d->state;

    (void)event;
    s->busy = false;
}

static void clock(struct device *d)
{
    struct eeprom_state *s = d->state;

    delay_clock(&s->write, d, EVENT_WRITTEN);
}

static void reset(struct device *d, enum reset_kind kind)
{
    (void)kind;
    memset(d->state, 0, sizeof(struct eeprom_state));
}

static bool sane(const struct device *d)
{
    const struct eeprom_24xx_config *c = device_config(d);
    const struct eeprom_state *s = d->state;

    return s->address < c->size;
}

const struct device_ops eeprom_24xx_ops = {
    .name = "eeprom_24xx",
    .state_size = sizeof(struct eeprom_state),
    .events = EVENTS,
    .keeps_over_reset = true,
    .reset = reset,
    .event = written,
    .clock = clock,
    .link = link,
    .sane = sane,
};
