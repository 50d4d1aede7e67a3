/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pads of a port. See gpio_port.h.
 *
 * A pad's level is, in this order: what the chip drives, by ODR or by an alternate function; what the host drives;
 * what is wired to it; a pull-up, the chip's, the other end's or the board's; 0. So a push-pull output wins against
 * the board, an open-drain output of 1 shows the board's level (wired AND) and is high where nobody drives it, and a
 * floating input reads 0. An analog pin reads 0 whatever the pad does.
 *
 * A function whose pad nobody waits for (no EXTI line, no wire, no other function) does not tell its levels:
 * they are asked for when IDR is read. So PWM costs nothing until somebody looks at every edge.
 *
 * Not modelled: the speed of outputs; a function's own output as its input (TI1 of a timer that drives CH1).
 */
#include "periph/gpio_port.h"

#include <string.h>

#include "core/io.h"
#include "core/log.h"
#include "core/signal.h"
#include "periph/table.h"

static struct gpio_port *port_of(const struct device *d)
{
    return (struct gpio_port *)((uint32_t *)d->state + d->ops->reg_count);
}

static uint16_t with_bit(uint16_t set, unsigned pin, bool on)
{
    return (uint16_t)((set & ~(1u << pin)) | (unsigned)on << pin);
}

/* ---- what the chip does to the pads ---- */

/* Tells the host which pins the chip now drives otherwise than before. */
static void tell_host(struct device *d, uint32_t changed)
{
    const struct gpio_port *p = port_of(d);
    uint8_t bytes[2 * GPIO_PINS];
    size_t size = 0;

    for (unsigned pin = 0; changed >> pin; pin++) {
        if (!(changed >> pin & 1))
            continue;
        bytes[size++] = (uint8_t)pin;
        bytes[size++] = p->told_drives >> pin & 1 ? p->told_level >> pin & 1 : GPIO_RELEASED;
    }
    if (size)
        io_output(d, IO_PIN, bytes, size);
}

/* Notes what the chip does to its pads, and tells the host. The pins whose wires have to hear of it. */
static uint32_t note_outputs(struct device *d, uint16_t drives, uint16_t level, uint16_t pulls)
{
    struct gpio_port *p = port_of(d);
    uint32_t changed = (drives ^ p->told_drives) | (level ^ p->told_level), pulled = pulls ^ p->told_pulls;

    p->told_drives = drives;
    p->told_level = level;
    p->told_pulls = pulls;
    tell_host(d, changed);
    return changed | pulled;
}

static enum signal_state chip_state(const struct gpio_port *p, unsigned pin)
{
    if (p->told_drives >> pin & 1)
        return p->told_level >> pin & 1 ? SIGNAL_HIGH : SIGNAL_LOW;
    return p->told_pulls >> pin & 1 ? SIGNAL_PULLED : SIGNAL_RELEASED;
}

/* A wire may lead back to this port, which is then asked again: each pin is told as it is when its turn comes. */
static void tell_wires(struct device *d, uint32_t changed)
{
    for (unsigned pin = 0; changed >> pin; pin++)
        if (changed >> pin & 1)
            signal_put(d, GPIO_OUT_CHIP(pin), chip_state(port_of(d), pin));
}

/* ---- what the chip hears ---- */

static enum signal_state pad_state(const struct device *d, unsigned pin)
{
    bool level = reg_get(d, GPIO_IDR) >> pin & 1, driven = port_of(d)->driven >> pin & 1;

    if (driven)
        return level ? SIGNAL_HIGH : SIGNAL_LOW;
    return level ? SIGNAL_PULLED : SIGNAL_RELEASED;
}

/* The functions that hear the pad, but not while one of them drives it. For them a released line is one that is on no
 * pin. */
static void tell_functions(struct device *d, unsigned pin)
{
    const struct gpio_port *p = port_of(d);
    unsigned hearers = p->modes.hearers[pin];
    enum signal_state state = pad_state(d, pin);

    if (p->function_drives >> pin & 1)
        hearers &= ~(unsigned)p->modes.drivers[pin];
    for (unsigned i = 0; hearers >> i; i++)
        if (hearers >> i & 1)
            signal_put(d, PINS_TO(pin, i), state == SIGNAL_RELEASED ? SIGNAL_LOW : state);
}

static void set_inputs(struct device *d, uint16_t idr, uint16_t driven)
{
    struct gpio_port *p = port_of(d);
    uint32_t changed = (reg_get(d, GPIO_IDR) ^ idr) | (p->driven ^ driven);

    reg_put(d, GPIO_IDR, idr);
    p->driven = driven;
    for (unsigned pin = 0; changed >> pin; pin++)
        if (changed >> pin & 1) {
            signal_put(d, pin, pad_state(d, pin));
            tell_functions(d, pin);
        }
}

/* Pins that a function drives unwatched: the stored levels are old. */
static uint16_t stale(const struct gpio_port *p)
{
    return p->function_drives & p->unwatched;
}

static uint16_t pull_ups(const struct device *d)
{
    const struct gpio_port *p = port_of(d);

    return p->modes.pull_up | (p->modes.pulled & (uint16_t)reg_get(d, GPIO_ODR)) | p->modes.board_pulls |
           p->function_pulls;
}

/* Pads as they are where the chip does not drive them. */
static uint16_t undriven_level(const struct device *d)
{
    const struct gpio_port *p = port_of(d);
    uint16_t wire = p->wire_drives & (uint16_t)~p->board_drives;
    uint16_t pulled = (pull_ups(d) | p->wire_pulls) & (uint16_t)~(p->board_drives | wire);

    return (p->board_drives & p->board_level) | (wire & p->wire_level) | pulled;
}

static void update_pads(struct device *d)
{
    const struct gpio_port *p = port_of(d);
    const struct gpio_modes *m = &p->modes;
    uint16_t odr = (uint16_t)reg_get(d, GPIO_ODR), fresh = (uint16_t)~stale(p);
    uint16_t outputs = m->outputs & (uint16_t)~(m->additional & p->function_drives);
    uint16_t level = (uint16_t)((outputs & odr) | (~outputs & p->function_level));
    uint16_t drives = (outputs | p->function_drives) & fresh & (uint16_t)~(m->open_drain & level);
    uint16_t pad = (drives & level) | (undriven_level(d) & (uint16_t)~drives);
    uint32_t changed = note_outputs(d, drives, drives & level, pull_ups(d) & (uint16_t)~drives);

    set_inputs(d, ((pad & fresh) | ((uint16_t)reg_get(d, GPIO_IDR) & (uint16_t)~fresh)) & (uint16_t)~m->analog,
               drives | p->board_drives | p->wire_drives);
    tell_wires(d, changed);
}

/* The pad of a pin that a function drives, worked out now. */
static bool ask_pad(const struct device *d, unsigned pin)
{
    const struct gpio_port *p = port_of(d);

    for (unsigned i = 0; p->modes.drivers[pin] >> i; i++) {
        enum signal_state state =
            p->modes.drivers[pin] >> i & 1 ? signal_ask(d, PINS_FROM(pin, i)) : SIGNAL_RELEASED;
        if (state == SIGNAL_LOW || (state == SIGNAL_HIGH && !(p->modes.open_drain >> pin & 1)))
            return state;
    }
    return undriven_level(d) >> pin & 1;
}

uint32_t gpio_peek(const struct device *d, unsigned reg)
{
    const struct gpio_port *p = port_of(d);
    uint32_t value = reg_get(d, reg), old = reg == GPIO_IDR ? stale(p) : 0;

    for (unsigned pin = 0; old >> pin; pin++)
        if (old >> pin & 1)
            value = with_bit((uint16_t)value, pin, ask_pad(d, pin));
    return value & d->ops->regs[reg].readable;
}

unsigned gpio_output(const struct device *d, unsigned output)
{
    if (output >= GPIO_PINS || !(stale(port_of(d)) >> output & 1))
        return signal_output(d, output);
    return ask_pad(d, output) ? SIGNAL_HIGH : SIGNAL_LOW;
}

/* ---- alternate functions ---- */

/* What the pin's functions do, when last set or now: the first one that does not release it drives it. */
static void ask_functions(struct device *d, unsigned pin,
                          enum signal_state (*ask)(const struct device *d, unsigned input))
{
    struct gpio_port *p = port_of(d);
    unsigned drivers = p->modes.drivers[pin], all = drivers | p->modes.hearers[pin];
    enum signal_state driven = SIGNAL_RELEASED;
    bool pulled = false;

    for (unsigned i = 0; all >> i; i++) {
        enum signal_state state = all >> i & 1 ? ask(d, PINS_FROM(pin, i)) : SIGNAL_RELEASED;
        pulled |= state == SIGNAL_PULLED;
        if (drivers >> i & 1 && driven == SIGNAL_RELEASED && state != SIGNAL_PULLED)
            driven = state;
    }
    p->function_drives = with_bit(p->function_drives, pin, driven != SIGNAL_RELEASED);
    p->function_level = with_bit(p->function_level, pin, driven == SIGNAL_HIGH);
    p->function_pulls = with_bit(p->function_pulls, pin, pulled);
}

static void wire_signal(struct device *d, unsigned pin)
{
    struct gpio_port *p = port_of(d);
    enum signal_state state = signal_state(d, GPIO_IN_BOARD(pin));

    p->wire_drives = with_bit(p->wire_drives, pin, state == SIGNAL_LOW || state == SIGNAL_HIGH);
    p->wire_level = with_bit(p->wire_level, pin, state == SIGNAL_HIGH);
    p->wire_pulls = with_bit(p->wire_pulls, pin, state == SIGNAL_PULLED);
    update_pads(d);
}

static void function_signal(struct device *d, unsigned input)
{
    const struct gpio_port *p = port_of(d);
    unsigned pin = input / GPIO_FUNCTIONS, function = input % GPIO_FUNCTIONS;
    bool drove = p->function_drives >> pin & 1;

    if (!((p->modes.drivers[pin] | p->modes.hearers[pin]) >> function & 1))
        return;
    ask_functions(d, pin, signal_state);
    update_pads(d);
    if (drove && !(p->function_drives >> pin & 1))
        tell_functions(d, pin);
}

void gpio_signal(struct device *d, unsigned input, bool level)
{
    (void)level;
    if (input >= GPIO_IN_BOARD(0))
        wire_signal(d, input - GPIO_IN_BOARD(0));
    else
        function_signal(d, input);
}

unsigned gpio_listens(const struct device *d, unsigned input)
{
    const struct gpio_port *p = port_of(d);
    unsigned pin = input / GPIO_FUNCTIONS;

    if (input >= GPIO_IN_BOARD(0))
        return SIGNAL_WATCHED;
    if (!(p->modes.drivers[pin] >> input % GPIO_FUNCTIONS & 1))
        return SIGNAL_UNUSED;
    return p->unwatched >> pin & 1 ? SIGNAL_CONNECTED : SIGNAL_WATCHED;
}

static bool watched(const struct device *d, unsigned pin)
{
    const struct gpio_modes *m = &port_of(d)->modes;
    unsigned others = m->hearers[pin] & ~(unsigned)m->drivers[pin];

    if (signal_use(d, pin) == SIGNAL_WATCHED || signal_use(d, GPIO_OUT_CHIP(pin)) == SIGNAL_WATCHED)
        return true;
    for (unsigned i = 0; others >> i; i++)
        if (others >> i & 1 && signal_use(d, PINS_TO(pin, i)) == SIGNAL_WATCHED)
            return true;
    return false;
}

/* Who waits for the pads, and what the functions do, may all be new. */
static void ask_everybody(struct device *d)
{
    struct gpio_port *p = port_of(d);

    for (unsigned pin = 0; pin < GPIO_PINS; pin++) {
        p->unwatched = with_bit(p->unwatched, pin, p->modes.drivers[pin] && !watched(d, pin));
        ask_functions(d, pin, signal_ask);
    }
}

void gpio_rewired(struct device *d)
{
    ask_everybody(d);
    update_pads(d);
}

uint16_t gpio_functions(const struct device *port, unsigned pin)
{
    const struct gpio_port *p = port_of(port);
    bool idle = p->modes.additional >> pin & 1 && !(p->function_drives >> pin & 1);

    return p->modes.drivers[pin] & (uint16_t)~(idle ? 1u << PINS_ADDITIONAL : 0);
}

bool gpio_is_open_drain(const struct device *port, unsigned pin)
{
    return port_of(port)->modes.open_drain >> pin & 1;
}

/* ---- modes ---- */

/* Whether what signals and listeners are told of a port is different in another mode. */
static bool differ(const struct gpio_modes *a, const struct gpio_modes *b)
{
    return memcmp(a->drivers, b->drivers, sizeof a->drivers) || memcmp(a->hearers, b->hearers, sizeof a->hearers) ||
           a->open_drain != b->open_drain;
}

/* Functions that hear a pin no longer are cut off from it, new ones get its level. */
static void connect_functions(struct device *d, const struct gpio_modes *old)
{
    const struct gpio_modes *m = &port_of(d)->modes;

    for (unsigned pin = 0; pin < GPIO_PINS; pin++) {
        unsigned gone = old->hearers[pin] & ~(unsigned)m->hearers[pin];
        for (unsigned i = 0; gone >> i; i++)
            if (gone >> i & 1)
                signal_put(d, PINS_TO(pin, i), SIGNAL_RELEASED);
        if (m->hearers[pin] & ~(unsigned)old->hearers[pin])
            tell_functions(d, pin);
    }
}

bool gpio_connect(struct device *d, const struct gpio_modes *modes)
{
    struct gpio_port *p = port_of(d);
    struct gpio_modes old = p->modes;
    bool moved = differ(&old, modes);

    p->modes = *modes;
    if (moved)
        ask_everybody(d);
    update_pads(d);
    if (moved)
        connect_functions(d, &old);
    return moved;
}

void gpio_set_modes(struct device *d, const struct gpio_modes *modes)
{
    if (gpio_connect(d, modes))
        signals_rewired(d);
}

/* ---- the board's side ---- */

/* See enum gpio_level. Pairs that make no sense are dropped. */
void gpio_input(struct device *d, const void *bytes, size_t size)
{
    const uint8_t *in = bytes;
    struct gpio_port *p = port_of(d);

    for (size_t i = 0; i + 1 < size; i += 2) {
        if (in[i] >= GPIO_PINS || in[i + 1] > GPIO_RELEASED)
            continue;
        p->board_drives = with_bit(p->board_drives, in[i], in[i + 1] != GPIO_RELEASED);
        p->board_level = with_bit(p->board_level, in[i], in[i + 1] == GPIO_HIGH);
    }
    update_pads(d);
}

/* ---- ODR ---- */

/* Set wins over reset (RM0090 8.4.7, RM0041 7.2.5). */
void gpio_set_and_reset(struct device *d, uint32_t bits)
{
    reg_put(d, GPIO_ODR, (reg_get(d, GPIO_ODR) & ~(bits >> 16)) | (bits & 0xFFFF));
    update_pads(d);
}

void gpio_write_odr(struct device *d, uint32_t value, uint32_t lanes)
{
    reg_store(d, GPIO_ODR, value, lanes);
    update_pads(d);
}

/* ---- configuration lock (RM0090 8.3.6, RM0041 7.1.7) ---- */

/* The sequence is: 1, 0, 1 in LCKK with the same pins each time, then a read of LCKR. */
void gpio_write_lckr(struct device *d, uint32_t value, uint32_t lanes)
{
    static const uint8_t keys[] = {1, 0, 1};
    struct gpio_port *p = port_of(d);
    uint16_t pins = (uint16_t)value;
    bool key = value & GPIO_LCKK, whole = lanes == UINT32_MAX;

    if (reg_get(d, GPIO_LCKR) & GPIO_LCKK) {
        diag_guest(d, DIAG_SEQUENCE, GPIO_LCKR, "the port is locked until its reset");
        return;
    }
    reg_store(d, GPIO_LCKR, value, lanes);
    if (!whole || p->lock_step >= COUNT(keys) || key != keys[p->lock_step] ||
        (p->lock_step && pins != p->lock_pins))
        p->lock_step = whole && key;
    else
        p->lock_step++;
    p->lock_pins = pins;
}

uint32_t gpio_read(struct device *d, unsigned reg)
{
    struct gpio_port *p = port_of(d);
    uint32_t value = reg_get(d, reg);

    if (p->lock_step == 3)
        reg_set_bits(d, GPIO_LCKR, GPIO_LCKK);
    p->lock_step = 0;
    return value;
}

uint16_t gpio_locked_pins(const struct device *d)
{
    uint32_t lckr = reg_get(d, GPIO_LCKR);

    return lckr & GPIO_LCKK ? (uint16_t)lckr : 0;
}

void gpio_store_unlocked(struct device *d, unsigned reg, uint32_t value, uint32_t lanes, uint32_t locked)
{
    if ((reg_get(d, reg) ^ value) & lanes & locked)
        diag_guest(d, DIAG_SEQUENCE, reg, "the bits 0x%X are locked by LCKR", locked);
    reg_store(d, reg, value, lanes & ~locked);
}

/* ---- reset ---- */

/* The board goes on driving its side. */
void gpio_reset(struct device *d, enum reset_kind kind, const struct gpio_modes *modes)
{
    struct gpio_port *p = port_of(d);

    p->lock_pins = p->lock_step = 0;
    p->modes = *modes;
    p->driven = 0;
    p->function_drives = p->function_level = p->function_pulls = 0;
    update_pads(d);
    if (kind == RESET_LINE)     /* else the whole machine is reset, and that ends with it */
        signals_rewired(d);
}
