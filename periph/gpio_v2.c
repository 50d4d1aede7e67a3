/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * General-purpose I/O of STM32F2 and F4 (RM0090 8, RM0033 6): one port of 16 pins. The pads are in gpio_port.c.
 *
 * In alternate function mode a pin belongs to the one function that AFRL or AFRH names, in both directions.
 */
#include "core/log.h"
#include "periph/devices.h"
#include "periph/gpio_port.h"
#include "periph/table.h"

/* clang-format off */
enum { MODER = GPIO_OWN_REGS, OTYPER, OSPEEDR, PUPDR, AFRL, AFRH, REGS };

enum { MODE_INPUT, MODE_OUTPUT, MODE_ALTERNATE, MODE_ANALOG };
enum { PULL_NONE, PULL_UP, PULL_DOWN };

static const struct reg regs[REGS] = {
    [MODER] = REG_PLAIN("MODER", 0x00, 0, 0xFFFFFFFF, FIELDS_0_15("MODER", 0, 2)),
    [OTYPER] = REG_PLAIN("OTYPER", 0x04, 0, 0xFFFF, FIELDS_0_15("OT", 0, 1)),
    [OSPEEDR] = REG_PLAIN("OSPEEDR", 0x08, 0, 0xFFFFFFFF, FIELDS_0_15("OSPEEDR", 0, 2)),
    [PUPDR] = REG_PLAIN("PUPDR", 0x0C, 0, 0xFFFFFFFF, FIELDS_0_15("PUPDR", 0, 2)),
    [GPIO_IDR] = REG_CONST("IDR", 0x10, 0, 0xFFFF, FIELDS_0_15("IDR", 0, 1)),
    [GPIO_ODR] = REG_PLAIN("ODR", 0x14, 0, 0xFFFF, FIELDS_0_15("ODR", 0, 1)),
    [GPIO_BSRR] = {.name = "BSRR", .offset = 0x18, .width = 32, .action = UINT32_MAX,
        .fields = FIELDS(FIELDS_0_15("BS", 0, 1), FIELDS_0_15("BR", 16, 1))},
    [GPIO_LCKR] = {.name = "LCKR", .offset = 0x1C, .width = 32, .flags = REG_READ_EFFECT,
        .readable = 0x1FFFF, .writable = 0xFFFF, .action = GPIO_LCKK,
        .fields = FIELDS(FIELDS_0_15("LCK", 0, 1), BIT("LCKK", 16))},
    [AFRL] = REG_PLAIN("AFRL", 0x20, 0, 0xFFFFFFFF, FIELDS_0_7("AFRL", 0, 4)),
    [AFRH] = REG_PLAIN("AFRH", 0x24, 0, 0xFFFFFFFF, FIELDS_8_15("AFRH", 0, 4)),
};
/* clang-format on */

/* ---- modes ---- */

/* Two-bit fields of `value` that equal `code`, as a set of pins. */
static uint16_t pins_with(uint32_t value, uint32_t code)
{
    uint16_t pins = 0;

    for (unsigned pin = 0; pin < GPIO_PINS; pin++)
        if ((value >> 2 * pin & 3) == code)
            pins |= (uint16_t)(1u << pin);
    return pins;
}

static struct gpio_modes modes(const struct device *d)
{
    uint16_t alternate = pins_with(reg_get(d, MODER), MODE_ALTERNATE);
    uint16_t outputs = pins_with(reg_get(d, MODER), MODE_OUTPUT);
    const struct gpio_v2_config *config = device_config(d);
    struct gpio_modes m = {
        .additional = config->additional_pins,
        .outputs = outputs,
        .analog = pins_with(reg_get(d, MODER), MODE_ANALOG),
        .pull_up = pins_with(reg_get(d, PUPDR), PULL_UP),
        .open_drain = (uint16_t)reg_get(d, OTYPER),
        .board_pulls = (uint16_t)reg_get(d, OTYPER) & (outputs | alternate) & pins_with(reg_get(d, PUPDR), 0),
    };

    for (unsigned pin = 0; alternate >> pin; pin++)
        if (alternate >> pin & 1) {
            unsigned function = reg_get(d, pin < 8 ? AFRL : AFRH) >> 4 * (pin % 8) & 15;
            m.drivers[pin] = m.hearers[pin] = (uint16_t)(1u << function);
        }
    for (unsigned pin = 0; m.additional >> pin; pin++)
        if (m.additional >> pin & 1)
            m.drivers[pin] |= 1u << PINS_ADDITIONAL;
    return m;
}

static void check_debug_pins(struct device *d, uint32_t old_moder)
{
    const struct gpio_v2_config *config = device_config(d);
    uint16_t kept = pins_with(reg_get(d, MODER), MODE_ALTERNATE);

    if (pins_with(old_moder, MODE_ALTERNATE) & (uint16_t)~kept & config->debug_pins)
        diag_guest(d, DIAG_SEQUENCE, MODER,
                   "the debug port's pins get another use: a probe would lose the chip");
}

/* ---- writes ---- */

/* The bits of a configuration register that belong to locked pins. */
static uint32_t locked_bits(const struct device *d, unsigned reg)
{
    static const uint8_t widths[REGS] = {
        [MODER] = 2, [OTYPER] = 1, [OSPEEDR] = 2, [PUPDR] = 2, [AFRL] = 4, [AFRH] = 4,
    };
    uint32_t pins = gpio_locked_pins(d), bits = 0;
    unsigned width = widths[reg], first = reg == AFRH ? 8 : 0;

    for (unsigned i = 0; i < 32 / width && first + i < GPIO_PINS; i++)
        if (pins >> (first + i) & 1)
            bits |= ((1u << width) - 1) << width * i;
    return bits;
}

static void write_config(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, reg);
    struct gpio_modes m;

    gpio_store_unlocked(d, reg, value, lanes, locked_bits(d, reg));
    if (reg == MODER)
        check_debug_pins(d, old);
    m = modes(d);
    gpio_set_modes(d, &m);
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    switch (reg) {
    case GPIO_BSRR:
        gpio_set_and_reset(d, value);
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

static void reset(struct device *d, enum reset_kind kind)
{
    const struct gpio_v2_config *config = device_config(d);
    struct gpio_modes m;

    reg_put(d, MODER, config->moder);
    reg_put(d, OSPEEDR, config->ospeedr);
    reg_put(d, PUPDR, config->pupdr);
    m = modes(d);
    gpio_reset(d, kind, &m);
}

const struct device_ops gpio_v2_ops = {
    .name = "gpio_v2",
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
    .rewired = gpio_rewired,
};
