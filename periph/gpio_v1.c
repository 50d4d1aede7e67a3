/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * General-purpose I/O of STM32F1 (RM0041 7): one port of 16 pins. The pads are in gpio_port.c.
 *
 * Alternate functions are where AFIO's remaps put them. As an output a function needs the pin's alternate function
 * mode; its input hears any pin that is not analog.
 * Pins that AFIO leaves to the debug port or the crystal do nothing here, whatever their mode.
 */
#include <string.h>

#include "core/log.h"
#include "periph/afio.h"
#include "periph/devices.h"
#include "periph/gpio_port.h"
#include "periph/table.h"

/* clang-format off */
enum { CRL = GPIO_OWN_REGS, CRH, BRR, REGS };

/* CNF and MODE of a pin: MODE 0 is an input. */
enum { IN_ANALOG = 0, IN_PULLED = 8, OPEN_DRAIN = 4, ALTERNATE = 8, MODE = 3 };

#define PIN(n, at)  BITS("MODE" n, at, 2), BITS("CNF" n, (at) + 2, 2)

static const struct reg regs[REGS] = {
    [CRL] = REG_PLAIN("CRL", 0x00, 0x44444444, 0xFFFFFFFF, PIN("0", 0), PIN("1", 4), PIN("2", 8),
        PIN("3", 12), PIN("4", 16), PIN("5", 20), PIN("6", 24), PIN("7", 28)),
    [CRH] = REG_PLAIN("CRH", 0x04, 0x44444444, 0xFFFFFFFF, PIN("8", 0), PIN("9", 4), PIN("10", 8),
        PIN("11", 12), PIN("12", 16), PIN("13", 20), PIN("14", 24), PIN("15", 28)),
    [GPIO_IDR] = REG_CONST("IDR", 0x08, 0, 0xFFFF, FIELDS_0_15("IDR", 0, 1)),
    [GPIO_ODR] = REG_PLAIN("ODR", 0x0C, 0, 0xFFFF, FIELDS_0_15("ODR", 0, 1)),
    [GPIO_BSRR] = {.name = "BSRR", .offset = 0x10, .width = 32, .action = UINT32_MAX,
        .fields = FIELDS(FIELDS_0_15("BS", 0, 1), FIELDS_0_15("BR", 16, 1))},
    [BRR] = {.name = "BRR", .offset = 0x14, .width = 32, .action = 0xFFFF,
        .fields = FIELDS(FIELDS_0_15("BR", 0, 1))},
    [GPIO_LCKR] = {.name = "LCKR", .offset = 0x18, .width = 32, .flags = REG_READ_EFFECT,
        .readable = 0x1FFFF, .writable = 0xFFFF, .action = GPIO_LCKK,
        .fields = FIELDS(FIELDS_0_15("LCK", 0, 1), BIT("LCKK", 16))},
};
/* clang-format on */

/* ---- modes ---- */

static uint32_t mode_of(const struct device *d, unsigned pin)
{
    return reg_get(d, pin < 8 ? CRL : CRH) >> 4 * (pin % 8) & 15;
}

/* The chip's functions that are on pins of this port at present. */
static void find_functions(const struct device *d, struct gpio_modes *m)
{
    const struct gpio_v1_config *config = device_config(d);
    const struct device *afio = device_find(d, "AFIO");

    for (const struct chip_pin *row = config ? config->pins : NULL; row && row->port; row++) {
        uint16_t bit = (uint16_t)(1u << row->function);
        uint32_t mode;
        if (strcmp(row->port, d->name) || (row->remaps && !(row->remaps >> afio_remap(afio, row->function) & 1)))
            continue;
        if (row->function == PINS_ADDITIONAL) {
            m->additional |= (uint16_t)(1u << row->pin);
            m->drivers[row->pin] |= bit;
            continue;
        }
        mode = mode_of(d, row->pin);
        if (mode != IN_ANALOG)
            m->hearers[row->pin] |= bit;
        if (mode & MODE && mode & ALTERNATE)
            m->drivers[row->pin] |= bit;
    }
}

/* All but the functions. */
static struct gpio_modes pad_modes(const struct device *d)
{
    struct gpio_modes m = {0};

    for (unsigned pin = 0; pin < GPIO_PINS; pin++) {
        uint32_t mode = mode_of(d, pin);
        uint16_t bit = (uint16_t)(1u << pin);
        if (mode & MODE) {
            m.outputs |= mode & ALTERNATE ? 0 : bit;
            m.open_drain |= mode & OPEN_DRAIN ? bit : 0;
            m.board_pulls = m.open_drain;
        } else {
            m.analog |= mode == IN_ANALOG ? bit : 0;
            m.pulled |= mode == IN_PULLED ? bit : 0;
        }
    }
    return m;
}

static struct afio_held held_pins(const struct device *d)
{
    const struct device *afio = device_find(d, "AFIO");

    return afio ? afio_held(afio, d->name) : (struct afio_held){0};
}

static void hold_pins(const struct device *d, struct gpio_modes *m)
{
    struct afio_held held = held_pins(d);
    uint16_t free = (uint16_t)~held.pins;

    m->outputs &= free;
    m->analog &= free;
    m->pulled &= free;
    m->board_pulls &= free;
    m->pull_up |= held.pulled_up;
    for (unsigned pin = 0; held.pins >> pin; pin++)
        if (held.pins >> pin & 1)
            m->drivers[pin] = 0;
}

static struct gpio_modes modes(const struct device *d)
{
    struct gpio_modes m = pad_modes(d);

    find_functions(d, &m);
    hold_pins(d, &m);
    return m;
}

/* Pins that were made outputs, but are held. */
static void check_held(struct device *d, unsigned reg, uint32_t changed)
{
    uint16_t held = held_pins(d).pins;

    for (unsigned pin = reg == CRH ? 8 : 0; held >> pin && pin < (reg == CRH ? 16u : 8u); pin++)
        if (held >> pin & 1 && changed >> 4 * (pin % 8) & 15 && mode_of(d, pin) & MODE)
            diag_guest(d, DIAG_PIN, reg, "P%c%u is made an output, but AFIO_MAPR leaves it to the %s", d->name[4], pin,
                       d->name[4] == 'D' ? "crystal" : "debug port (SWJ_CFG)");
}

static void update_modes(struct device *d)
{
    struct gpio_modes m = modes(d);

    gpio_set_modes(d, &m);
}

/* AFIO may have moved the functions. */
static void rewired(struct device *d)
{
    struct gpio_modes m = modes(d);

    gpio_connect(d, &m);
    gpio_rewired(d);
}

/* ---- writes ---- */

/* The bits of CRL or CRH that belong to locked pins. */
static uint32_t locked_bits(const struct device *d, unsigned reg)
{
    uint32_t pins = gpio_locked_pins(d) >> (reg == CRH ? 8 : 0), bits = 0;

    for (unsigned i = 0; i < 8; i++)
        if (pins >> i & 1)
            bits |= 15u << 4 * i;
    return bits;
}

static void write_config(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, reg);

    gpio_store_unlocked(d, reg, value, lanes, locked_bits(d, reg));
    update_modes(d);
    check_held(d, reg, old ^ reg_get(d, reg));
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    switch (reg) {
    case GPIO_BSRR:
        gpio_set_and_reset(d, value);
        break;
    case BRR:
        gpio_set_and_reset(d, value << 16);
        break;
    case GPIO_ODR:
        gpio_write_odr(d, value, lanes);
        break;
    case GPIO_LCKR:
        gpio_write_lckr(d, value, lanes);
        break;
    case GPIO_IDR:
        break;
    default:
        write_config(d, reg, value, lanes);
    }
}

/* The functions that hear a floating input come with `rewired`, when all have been reset. */
static void reset(struct device *d, enum reset_kind kind)
{
    struct gpio_modes m = pad_modes(d);

    gpio_reset(d, kind, &m);
}

const struct device_ops gpio_v1_ops = {
    .name = "gpio_v1",
    .regs = regs,
    .reg_count = REGS,
    .state_size = GPIO_STATE_SIZE(REGS),
    .outputs = GPIO_OUTPUTS,
    .inputs = GPIO_INPUTS,
    .reset = reset,
    .read = gpio_read,
    .peek = gpio_peek,
    .write = write,
    .input = gpio_input,
    .signal = gpio_signal,
    .output = gpio_output,
    .hears_states = true,
    .listens = gpio_listens,
    .rewired = rewired,
};
