/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wires of the board: from a pad to a pin, from MOSI to MISO, from TX to RX. */
#include "periph/board.h"

#include "core/link.h"
#include "core/signal.h"
#include "periph/gpio.h"

struct wire_state {
    uint32_t reserved[2];       /* a wire has no state; the arena gives none to nothing */
};

/* A pad that only floats does not drive the other end. */
static void drive(struct device *d, unsigned input, bool level)
{
    const struct wire_config *c = device_config(d);
    struct device *port = device_find(d, c->port);
    bool floats = signal_state(d, input) == SIGNAL_RELEASED;
    const uint8_t bytes[] = {c->pin, floats ? GPIO_RELEASED : level ? GPIO_HIGH : GPIO_LOW};

    if (port)
        port->ops->input(port, bytes, sizeof bytes);
}

static void reset(struct device *d, enum reset_kind kind)
{
    (void)kind;
    drive(d, 0, false);
}

const struct device_ops wire_ops = {
    .name = "wire",
    .state_size = sizeof(struct wire_state),
    .inputs = 1,
    .keeps_over_reset = true,
    .reset = reset,
    .signal = drive,
    .hears_states = true,
};

static uint8_t loop(struct device *d, unsigned action, uint8_t value)
{
    (void)d;
    return action == LINK_SPI_BYTE ? value : LINK_RELEASED;
}

const struct device_ops spi_loop_ops = {
    .name = "spi_loop",
    .state_size = sizeof(struct wire_state),
    .keeps_over_reset = true,
    .link = loop,
};

/* Only a TX that is on a pin can be reached. */
static unsigned follow(const struct device *d, unsigned input)
{
    (void)d;
    (void)input;
    return SIGNAL_FOLLOWS;
}

static void join(struct device *d, unsigned input, bool level)
{
    (void)level;
    signal_put(d, 0, signal_state(d, input));
}

const struct device_ops uart_loop_ops = {
    .name = "uart_loop",
    .state_size = sizeof(struct wire_state),
    .outputs = 1,
    .inputs = 1,
    .keeps_over_reset = true,
    .signal = join,
    .hears_states = true,
    .listens = follow,
};
