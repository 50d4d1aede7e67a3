/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wires of the board: from pin to pin, from MOSI to MISO, from TX to RX; and a beam of infrared light. */
#include "periph/board.h"

#include "core/link.h"
#include "core/signal.h"

struct wire_state {
    uint32_t reserved[2];       /* a wire has no state; the arena gives none to nothing */
};

/* What the chip does to the pad at one end is done to the pad at the other. The ends may be on one net with others:
 * each wire carries its own two, so that none of them hears itself. */
static void carry(struct device *d, unsigned input, bool level)
{
    (void)level;
    signal_put(d, input, signal_state(d, input));
}

const struct device_ops wire_ops = {
    .name = "wire",
    .state_size = sizeof(struct wire_state),
    .outputs = 2,
    .inputs = 2,
    .keeps_over_reset = true,
    .signal = carry,
    .hears_states = true,
};

/* It waits for a line's edges if the other SPI does. */
static unsigned wait_for(const struct device *d, unsigned input)
{
    return signal_use(d, input);
}

const struct device_ops spi_wire_ops = {
    .name = "spi_wire",
    .state_size = sizeof(struct wire_state),
    .outputs = SPI_WIRE_LINES,
    .inputs = SPI_WIRE_LINES,
    .keeps_over_reset = true,
    .signal = carry,
    .hears_states = true,
    .listens = wait_for,
};

/* An infrared transmitter shines while its pin is high; the receiver's output is low while it sees light. */
static void shine(struct device *d, unsigned input, bool level)
{
    (void)input;
    signal_put(d, 0, level ? SIGNAL_LOW : SIGNAL_HIGH);
}

static void dark(struct device *d, enum reset_kind kind)
{
    (void)kind;
    shine(d, 0, signal_input(d, 0));
}

const struct device_ops irda_ops = {
    .name = "irda",
    .state_size = sizeof(struct wire_state),
    .outputs = 1,
    .inputs = 1,
    .keeps_over_reset = true,
    .reset = dark,
    .signal = shine,
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
