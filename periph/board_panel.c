/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Buttons and LEDs of the board. A button drives its pin either way, as one with a resistor to the other supply
 * does. An LED is lit while its pin is driven to the level that it waits for; each change leaves through the port
 * (IO_LED), but not those that nobody has to be told of: an LED on PWM only shows when it is asked.
 */
#include "periph/board.h"

#include "core/io.h"
#include "core/signal.h"
#include "periph/gpio.h"

struct panel_state {
    uint32_t on;                /* pressed; lit */
    uint32_t reserved;
};

/* ---- buttons ---- */

static void press(struct device *d, bool pressed)
{
    const struct panel_config *c = device_config(d);
    struct panel_state *s = d->state;
    struct device *port = device_find(d, c->port);
    const uint8_t bytes[] = {c->pin, pressed != c->active_low ? GPIO_HIGH : GPIO_LOW};

    s->on = pressed;
    if (port)
        port->ops->input(port, bytes, sizeof bytes);
}

static void button_input(struct device *d, const void *bytes, size_t size)
{
    if (size)
        press(d, *(const uint8_t *)bytes);
}

static void button_reset(struct device *d, enum reset_kind kind)
{
    (void)kind;
    press(d, false);
}

const struct device_ops button_ops = {
    .name = "button",
    .state_size = sizeof(struct panel_state),
    .keeps_over_reset = true,
    .reset = button_reset,
    .input = button_input,
};

/* ---- LEDs ---- */

static bool lights(const struct device *d, enum signal_state pad)
{
    const struct panel_config *c = device_config(d);

    return pad == (c->active_low ? SIGNAL_LOW : SIGNAL_HIGH);
}

static void led_signal(struct device *d, unsigned input, bool level)
{
    struct panel_state *s = d->state;
    uint8_t lit = lights(d, signal_state(d, input));

    (void)level;
    if (lit == s->on)
        return;
    s->on = lit;
    io_output(d, IO_LED, &lit, 1);
}

static unsigned led_listens(const struct device *d, unsigned input)
{
    (void)d;
    (void)input;
    return SIGNAL_CONNECTED;
}

const struct device_ops led_ops = {
    .name = "led",
    .state_size = sizeof(struct panel_state),
    .inputs = 1,
    .keeps_over_reset = true,
    .signal = led_signal,
    .hears_states = true,
    .listens = led_listens,
};

bool panel_is_on(const struct device *d)
{
    const struct panel_state *s = d->state;

    return d->ops == &led_ops ? lights(d, signal_ask(d, 0)) : s->on;
}
