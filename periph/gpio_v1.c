/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * General-purpose I/O of STM32F1 (RM0041 7): one port of 16 pins.
 *
 * A pad's level is, in this order: what the chip drives; what the board drives; the pull resistor; 0, as in
 * gpio_v2.c. An analog pin reads 0 whatever the pad does.
 *
 * Not modelled: peripherals that drive pins in alternate function mode (such a pin is released), and the
 * speed of outputs.
 */
#include "core/io.h"
#include "core/log.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/gpio_v2.h"
#include "periph/table.h"

/* clang-format off */
enum { CRL, CRH, IDR, ODR, BSRR, BRR, LCKR, REGS };

/* CNF and MODE of a pin: MODE 0 is an input. */
enum { IN_ANALOG = 0, IN_PULLED = 8, OPEN_DRAIN = 4, ALTERNATE = 8, MODE = 3 };

#define LCKR_LCKK (1u << 16)

#define PIN(n, at)  BITS("MODE" n, at, 2), BITS("CNF" n, (at) + 2, 2)

static const struct reg regs[REGS] = {
    [CRL] = REG_PLAIN("CRL", 0x00, 0x44444444, 0xFFFFFFFF, PIN("0", 0), PIN("1", 4), PIN("2", 8),
        PIN("3", 12), PIN("4", 16), PIN("5", 20), PIN("6", 24), PIN("7", 28)),
    [CRH] = REG_PLAIN("CRH", 0x04, 0x44444444, 0xFFFFFFFF, PIN("8", 0), PIN("9", 4), PIN("10", 8),
        PIN("11", 12), PIN("12", 16), PIN("13", 20), PIN("14", 24), PIN("15", 28)),
    [IDR] = REG_CONST("IDR", 0x08, 0, 0xFFFF, FIELDS_0_15("IDR", 0, 1)),
    [ODR] = REG_PLAIN("ODR", 0x0C, 0, 0xFFFF, FIELDS_0_15("ODR", 0, 1)),
    [BSRR] = {.name = "BSRR", .offset = 0x10, .width = 32, .action = UINT32_MAX,
        .fields = FIELDS(FIELDS_0_15("BS", 0, 1), FIELDS_0_15("BR", 16, 1))},
    [BRR] = {.name = "BRR", .offset = 0x14, .width = 32, .action = 0xFFFF,
        .fields = FIELDS(FIELDS_0_15("BR", 0, 1))},
    [LCKR] = {.name = "LCKR", .offset = 0x18, .width = 32, .flags = REG_READ_EFFECT,
        .readable = 0x1FFFF, .writable = 0xFFFF, .action = LCKR_LCKK,
        .fields = FIELDS(FIELDS_0_15("LCK", 0, 1), BIT("LCKK", 16))},
};
/* clang-format on */

/* Sets of pins, one bit each. The first four follow from the registers and are kept for speed. */
struct gpio_state {
    uint32_t reg[REGS];
    uint16_t outputs;           /* in output mode */
    uint16_t analog;            /* in analog mode */
    uint16_t open_drain;
    uint16_t pulled;            /* inputs with a pull resistor, whose direction is ODR's */
    uint16_t board_drives;      /* driven from outside, and how */
    uint16_t board_level;
    uint16_t told_drives;       /* what io_output was last told that the chip does */
    uint16_t told_level;
    uint16_t lock_pins;         /* pins of the lock sequence under way */
    uint16_t lock_step;         /* writes of the sequence done */
};

/* ---- pads ---- */

/* Tells the host which pins the chip now drives otherwise than before. */
static void tell_outputs(struct device *d, uint16_t drives, uint16_t level)
{
    struct gpio_state *s = d->state;
    uint32_t changed = (drives ^ s->told_drives) | (level ^ s->told_level);
    uint8_t bytes[2 * GPIO_PINS];
    size_t size = 0;

    s->told_drives = drives;
    s->told_level = level;
    for (unsigned pin = 0; changed >> pin; pin++) {
        if (!(changed >> pin & 1))
            continue;
        bytes[size++] = (uint8_t)pin;
        bytes[size++] = drives >> pin & 1 ? level >> pin & 1 : GPIO_RELEASED;
    }
    if (size)
        io_output(d, IO_PIN, bytes, size);
}

static void set_inputs(struct device *d, uint16_t idr)
{
    uint32_t changed = reg_get(d, IDR) ^ idr;

    reg_put(d, IDR, idr);
    for (unsigned pin = 0; changed >> pin; pin++)
        if (changed >> pin & 1)
            signal_set(d, pin, idr >> pin & 1);
}

static void update_pads(struct device *d)
{
    struct gpio_state *s = d->state;
    uint16_t odr = (uint16_t)reg_get(d, ODR);
    uint16_t drives = s->outputs & (uint16_t)~(s->open_drain & odr), level = drives & odr;
    uint16_t board = s->board_drives & (uint16_t)~drives;
    uint16_t pulled = (uint16_t)~(drives | board) & s->pulled & odr;

    tell_outputs(d, drives, level);
    set_inputs(d, (level | (board & s->board_level) | pulled) & (uint16_t)~s->analog);
}

static void update_modes(struct device *d)
{
    struct gpio_state *s = d->state;

    s->outputs = s->analog = s->pulled = s->open_drain = 0;
    for (unsigned pin = 0; pin < GPIO_PINS; pin++) {
        uint32_t mode = reg_get(d, pin < 8 ? CRL : CRH) >> 4 * (pin % 8) & 15;
        uint16_t bit = (uint16_t)(1u << pin);

        if (!(mode & MODE)) {
            s->analog |= mode == IN_ANALOG ? bit : 0;
            s->pulled |= mode == IN_PULLED ? bit : 0;
        } else if (!(mode & ALTERNATE)) {
            s->outputs |= bit;
            s->open_drain |= mode & OPEN_DRAIN ? bit : 0;
        }
    }
    update_pads(d);
}

/* The board's side: see enum gpio_level. Pairs that make no sense are dropped. */
static void input(struct device *d, const void *bytes, size_t size)
{
    const uint8_t *in = bytes;
    struct gpio_state *s = d->state;

    for (size_t i = 0; i + 1 < size; i += 2) {
        uint16_t bit;
        if (in[i] >= GPIO_PINS || in[i + 1] > GPIO_RELEASED)
            continue;
        bit = (uint16_t)(1u << in[i]);
        s->board_drives &= (uint16_t)~bit;
        s->board_level &= (uint16_t)~bit;
        if (in[i + 1] != GPIO_RELEASED)
            s->board_drives |= bit;
        if (in[i + 1] == GPIO_HIGH)
            s->board_level |= bit;
    }
    update_pads(d);
}

/* ---- configuration lock (RM0041 7.1.7) ---- */

/* The bits of CRL or CRH that belong to locked pins. */
static uint32_t locked_bits(const struct device *d, unsigned reg)
{
    uint32_t lckr = reg_get(d, LCKR), pins = lckr >> (reg == CRH ? 8 : 0), bits = 0;

    if (!(lckr & LCKR_LCKK))
        return 0;
    for (unsigned i = 0; i < 8; i++)
        if (pins >> i & 1)
            bits |= 15u << 4 * i;
    return bits;
}

/* The sequence is: 1, 0, 1 in LCKK with the same pins each time, then a read of LCKR. */
static void write_lckr(struct device *d, uint32_t value, uint32_t lanes)
{
    static const uint8_t keys[] = {1, 0, 1};
    struct gpio_state *s = d->state;
    uint16_t pins = (uint16_t)value;
    bool key = value & LCKR_LCKK, whole = lanes == UINT32_MAX;

    if (reg_get(d, LCKR) & LCKR_LCKK) {
        diag_guest(d, DIAG_SEQUENCE, LCKR, "the port is locked until its reset");
        return;
    }
    reg_store(d, LCKR, value, lanes);
    if (!whole || s->lock_step >= COUNT(keys) || key != keys[s->lock_step] ||
        (s->lock_step && pins != s->lock_pins))
        s->lock_step = whole && key;
    else
        s->lock_step++;
    s->lock_pins = pins;
}

static uint32_t read(struct device *d, unsigned reg)
{
    struct gpio_state *s = d->state;
    uint32_t value = reg_get(d, reg);

    if (s->lock_step == 3)
        reg_set_bits(d, LCKR, LCKR_LCKK);
    s->lock_step = 0;
    return value;
}

/* ---- writes ---- */

/* Set wins over reset (RM0041 7.2.5). */
static void write_bsrr(struct device *d, uint32_t value)
{
    reg_put(d, ODR, (reg_get(d, ODR) & ~(value >> 16)) | (value & 0xFFFF));
    update_pads(d);
}

static void write_config(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, reg), locked = locked_bits(d, reg);

    if ((old ^ value) & lanes & locked)
        diag_guest(d, DIAG_SEQUENCE, reg, "the bits 0x%X are locked by LCKR", locked);
    reg_store(d, reg, value, lanes & ~locked);
    update_modes(d);
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    switch (reg) {
    case BSRR:
        write_bsrr(d, value);
        break;
    case BRR:
        write_bsrr(d, value << 16);
        break;
    case ODR:
        reg_store(d, reg, value, lanes);
        update_pads(d);
        break;
    case LCKR:
        write_lckr(d, value, lanes);
        break;
    case IDR:
        break;
    default:
        write_config(d, reg, value, lanes);
    }
}

/* The board goes on driving its side. */
static void reset(struct device *d, enum reset_kind kind)
{
    struct gpio_state *s = d->state;

    (void)kind;
    s->lock_pins = s->lock_step = 0;
    update_modes(d);
}

const struct device_ops gpio_v1_ops = {
    .name = "gpio_v1",
    .regs = regs,
    .reg_count = REGS,
    .state_size = sizeof(struct gpio_state),
    .outputs = GPIO_PINS,
    .reset = reset,
    .read = read,
    .write = write,
    .input = input,
};
