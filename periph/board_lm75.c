/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Temperature sensor LM75: 0.125 C steps as the LM75A and B have them, configuration and limit registers. Not
 * modelled: the OS output, conversion time and shutdown (a reading is always fresh).
 */
#include "periph/board.h"

#include <string.h>

#include "core/link.h"

enum { TEMPERATURE, CONFIGURATION, T_HYST, T_OS, POINTERS };
enum { SELECTED_WRITE = 1, SELECTED_READ };

struct lm75_state {
    int32_t millidegrees;
    uint16_t value[POINTERS];   /* as sent, first byte on top; the configuration in the upper byte */
    uint8_t pointer;
    uint8_t selected;
    uint8_t bytes;              /* since the address */
    uint8_t reserved;
};

static uint16_t reading(int32_t millidegrees)
{
    int32_t eighths = millidegrees / 125;

    if (eighths < -55 * 8)
        eighths = -55 * 8;
    if (eighths > 125 * 8)
        eighths = 125 * 8;
    return (uint16_t)(eighths * 32);
}

static uint8_t take(struct lm75_state *s, uint8_t byte)
{
    unsigned n = s->bytes++;
    uint16_t *value = &s->value[s->pointer];

    if (s->selected != SELECTED_WRITE)
        return LINK_RELEASED;
    if (n == 0)
        s->pointer = byte & (POINTERS - 1);
    else if (s->pointer != TEMPERATURE && n <= 2)
        *value = n == 1 ? (uint16_t)(byte << 8 | (*value & 0xFF)) : (uint16_t)((*value & 0xFF00) | (byte & 0x80));
    return LINK_ACK;
}

static uint8_t give(struct lm75_state *s)
{
    uint16_t value = s->pointer == TEMPERATURE ? reading(s->millidegrees) : s->value[s->pointer];

    if (s->selected != SELECTED_READ)
        return LINK_RELEASED;
    if (s->pointer == CONFIGURATION)
        return (uint8_t)(value >> 8);
    return s->bytes++ & 1 ? (uint8_t)value : (uint8_t)(value >> 8);
}

static uint8_t link(struct device *d, unsigned action, uint8_t value)
{
    const struct lm75_config *c = device_config(d);
    struct lm75_state *s = d->state;

    switch (action) {
    case LINK_I2C_ADDRESS:
        s->selected = value >> 1 != c->address ? 0 : value & 1 ? SELECTED_READ : SELECTED_WRITE;
        s->bytes = 0;
        return s->selected ? LINK_ACK : LINK_RELEASED;
    case LINK_I2C_WRITE:
        return take(s, value);
    case LINK_I2C_READ:
        return give(s);
    default:
        s->selected = 0;
        return LINK_RELEASED;
    }
}

static void input(struct device *d, const void *bytes, size_t size)
{
    struct lm75_state *s = d->state;
    const uint8_t *in = bytes;

    if (size == 4)
        s->millidegrees = (int32_t)(in[0] | in[1] << 8 | in[2] << 16 | (uint32_t)in[3] << 24);
}

static void reset(struct device *d, enum reset_kind kind)
{
    struct lm75_state *s = d->state;

    (void)kind;
    *s = (struct lm75_state){.millidegrees = 25000, .value = {[T_HYST] = 75 << 8, [T_OS] = 80 << 8}};
}

static bool sane(const struct device *d)
{
    const struct lm75_state *s = d->state;

    return s->pointer < POINTERS;
}

const struct device_ops lm75_ops = {
    .name = "lm75",
    .state_size = sizeof(struct lm75_state),
    .keeps_over_reset = true,
    .reset = reset,
    .input = input,
    .link = link,
    .sane = sane,
};
