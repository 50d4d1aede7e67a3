/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SPI NOR flash 25Q (W25Q80 to W25Q128): identification, read, page program, erase, status, power-down, reset.
 * Programming only clears bits; while it or an erase runs only the status can be read. Times are the data
 * sheet's typical ones. Not modelled: dual and quad transfers, block protection, security registers.
 *
 * It takes whole bytes from a controller that it joined, or bits from pins, in SPI modes 0 and 3: DI is sampled when
 * CLK rises, DO changes when it falls.
 */
#include "periph/board.h"

#include <string.h>

#include "core/link.h"
#include "core/memory.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/delay.h"

enum { PAGE = 256, EVENT_DONE = 0, EVENTS };

enum {
    WRITE_STATUS = 0x01, PROGRAM = 0x02, READ = 0x03, WRITE_DISABLE = 0x04, READ_STATUS = 0x05,
    WRITE_ENABLE = 0x06, FAST_READ = 0x0B, ERASE_4K = 0x20, READ_STATUS_2 = 0x35, UNIQUE_ID = 0x4B,
    ERASE_32K = 0x52, ERASE_CHIP_2 = 0x60, RESET_ENABLE = 0x66, READ_ID = 0x90, RESET_DEVICE = 0x99,
    JEDEC_ID = 0x9F, WAKE_UP = 0xAB, POWER_DOWN = 0xB9, ERASE_CHIP = 0xC7, ERASE_64K = 0xD8
};

enum { STATUS_BUSY = 1, STATUS_WEL = 2, STATUS_PLAIN = 0xFC };
enum { MANUFACTURER = 0xEF, MEMORY_TYPE = 0x40 };

struct nor_state {
    struct delay work;
    uint32_t address;
    uint32_t bytes;             /* since /CS fell */
    uint8_t command;
    uint8_t status;
    uint8_t asleep;
    uint8_t reset_enabled;
    uint8_t bits;               /* of the byte that comes in on the pins, and how many of them are there */
    uint8_t bit_count;
    uint8_t reserved[2];
    uint8_t page[PAGE];         /* page program: by offset, 0xFF elsewhere */
};

static unsigned log2_of(uint32_t size)
{
    unsigned bits = 0;

    while (size >> (bits + 1))
        bits++;
    return bits;
}

static const uint8_t *contents(const struct device *d)
{
    const struct nor_25q_config *c = device_config(d);

    return device_nvm(d, c->memory)->bytes;
}

/* The n-th byte of an answer that follows the command at once. */
static uint8_t answer(const struct device *d, uint32_t n)
{
    const struct nor_25q_config *c = device_config(d);
    const struct nor_state *s = d->state;
    uint8_t capacity = (uint8_t)log2_of(c->size);

    switch (s->command) {
    case JEDEC_ID:
        return (uint8_t[]){MANUFACTURER, MEMORY_TYPE, capacity}[n < 3 ? n : 2];
    case READ_STATUS:
        return s->status;
    case READ_STATUS_2:
        return 0;
    case READ_ID:
        return n < 3 ? LINK_RELEASED : (n - 3 + s->address) & 1 ? (uint8_t)(capacity - 1) : MANUFACTURER;
    case WAKE_UP:
        return n < 3 ? LINK_RELEASED : (uint8_t)(capacity - 1);
    case UNIQUE_ID:
        return n < 4 ? LINK_RELEASED : (uint8_t)(0xD0 + n - 4);
    default:
        return LINK_RELEASED;
    }
}

static void buffer(struct nor_state *s, uint8_t byte)
{
    s->page[s->address % PAGE] = byte;
    s->address = (s->address & ~(PAGE - 1u)) | ((s->address + 1) % PAGE);
}

static bool takes_address(const struct nor_state *s)
{
    switch (s->command) {
    case READ:
    case FAST_READ:
    case PROGRAM:
    case ERASE_4K:
    case ERASE_32K:
    case ERASE_64K:
    case READ_ID:
        return true;
    default:
        return false;
    }
}

static bool reads(const struct nor_state *s)
{
    return s->command == READ || s->command == FAST_READ;
}

/* Bytes behind a read's command: three of address, and a fast one's dummy. */
static bool has_data(const struct nor_state *s)
{
    return reads(s) && s->bytes > (s->command == READ ? 3u : 4u);
}

/* What it will send while the next byte comes in. */
static uint8_t next_answer(const struct device *d)
{
    const struct nor_25q_config *c = device_config(d);
    const struct nor_state *s = d->state;

    if (!s->bytes || (takes_address(s) && s->bytes <= 3))
        return LINK_RELEASED;
    if (reads(s))
        return has_data(s) ? contents(d)[s->address & (c->size - 1)] : LINK_RELEASED;
    return answer(d, s->bytes - 1);
}

static void take_data(struct device *d, uint8_t value)
{
    const struct nor_25q_config *c = device_config(d);
    struct nor_state *s = d->state;

    if (takes_address(s) && s->bytes <= 3)
        s->address = s->address << 8 | value;
    else if (has_data(s))
        s->address = (s->address + 1) & (c->size - 1);
    else if (s->command == PROGRAM)
        buffer(s, value);
    else if (s->command == WRITE_STATUS && s->bytes == 1)
        s->page[0] = value;
    s->bytes++;
}

static void take_command(struct nor_state *s, uint8_t value)
{
    bool busy = s->status & STATUS_BUSY;

    s->bytes = 1;
    s->address = 0;
    s->command = (s->asleep && value != WAKE_UP) ||
                 (busy && value != READ_STATUS && value != READ_STATUS_2) ? 0 : value;
    memset(s->page, 0xFF, sizeof s->page);
}

static void take_byte(struct device *d, uint8_t value)
{
    struct nor_state *s = d->state;

    if (s->bytes)
        take_data(d, value);
    else
        take_command(s, value);
}

static uint8_t link(struct device *d, unsigned action, uint8_t value)
{
    uint8_t out;

    if (action != LINK_SPI_BYTE || signal_input(d, NOR_25Q_IN_CS))
        return LINK_RELEASED;
    out = next_answer(d);
    take_byte(d, value);
    return out;
}

/* ---- what /CS's rise starts ---- */

static void work(struct device *d, uint64_t ns)
{
    struct nor_state *s = d->state;

    s->status = (uint8_t)((s->status | STATUS_BUSY) & ~STATUS_WEL);
    delay_start(&s->work, d, EVENT_DONE, ns);
}

static void program(struct device *d)
{
    const struct nor_25q_config *c = device_config(d);
    struct nor_state *s = d->state;
    uint32_t first = s->address & (c->size - 1) & ~(PAGE - 1u);

    for (unsigned i = 0; i < PAGE; i++)
        s->page[i] &= contents(d)[first + i];
    nvm_program(device_nvm(d, c->memory), first, s->page, PAGE);
    work(d, 400000);
}

static void erase(struct device *d, uint32_t size, uint64_t ns)
{
    const struct nor_25q_config *c = device_config(d);
    const struct nor_state *s = d->state;

    if (size > c->size)
        size = c->size;
    nvm_erase(device_nvm(d, c->memory), s->address & (c->size - 1) & ~(size - 1), size);
    work(d, ns);
}

static void change(struct device *d)
{
    const struct nor_25q_config *c = device_config(d);
    struct nor_state *s = d->state;

    switch (s->command) {
    case PROGRAM:
        if (s->bytes > 4)
            program(d);
        break;
    case ERASE_4K:
        erase(d, 0x1000, 45000000);
        break;
    case ERASE_32K:
        erase(d, 0x8000, 120000000);
        break;
    case ERASE_64K:
        erase(d, 0x10000, 150000000);
        break;
    case ERASE_CHIP:
    case ERASE_CHIP_2:
        erase(d, c->size, (uint64_t)c->size * 2400);
        break;
    case WRITE_STATUS:
        s->status = (s->page[0] & STATUS_PLAIN) | (s->status & STATUS_WEL);
        work(d, 10000000);
        break;
    default:
        break;
    }
}

static void finish(struct device *d)
{
    struct nor_state *s = d->state;
    bool resets = s->command == RESET_DEVICE && s->reset_enabled;

    s->reset_enabled = s->command == RESET_ENABLE;
    if (s->command == WRITE_ENABLE)
        s->status |= STATUS_WEL;
    else if (s->command == WRITE_DISABLE || resets)
        s->status &= (uint8_t)~STATUS_WEL;
    else if (s->command == POWER_DOWN || s->command == WAKE_UP)
        s->asleep = s->command == POWER_DOWN;
    else if (s->status & STATUS_WEL)
        change(d);
}

static void chip_select(struct device *d, bool level)
{
    struct nor_state *s = d->state;

    if (level && s->bytes)
        finish(d);
    s->bytes = 0;
    s->command = 0;
    s->bits = s->bit_count = 0;
}

/* ---- bits on pins ---- */

static void take_bit(struct device *d, bool bit)
{
    struct nor_state *s = d->state;

    s->bits = (uint8_t)(s->bits << 1 | bit);
    s->bit_count = (s->bit_count + 1) % 8;
    if (!s->bit_count)
        take_byte(d, s->bits);
}

/* A 1 does not drive DO: nobody on the line knows it from an idle one, and other devices may use that. */
static void show_bit(struct device *d)
{
    const struct nor_state *s = d->state;
    bool selected = !signal_input(d, NOR_25Q_IN_CS), bit = next_answer(d) >> (7 - s->bit_count) & 1;

    signal_put(d, NOR_25Q_OUT_DO, !selected ? SIGNAL_RELEASED : bit ? SIGNAL_PULLED : SIGNAL_LOW);
}

static void pin_changed(struct device *d, unsigned input, bool level)
{
    if (input == NOR_25Q_IN_CS)
        chip_select(d, level);
    if (input == NOR_25Q_IN_CLK && level && !signal_input(d, NOR_25Q_IN_CS))
        take_bit(d, signal_input(d, NOR_25Q_IN_DI));
    if (input == NOR_25Q_IN_CS || (input == NOR_25Q_IN_CLK && !level))
        show_bit(d);
}

static void done(struct device *d, unsigned event)
{
    struct nor_state *s = d->state;

    (void)event;
    s->status &= (uint8_t)~STATUS_BUSY;
}

static void clock(struct device *d)
{
    struct nor_state *s = d->state;

    delay_clock(&s->work, d, EVENT_DONE);
}

static void reset(struct device *d, enum reset_kind kind)
{
    (void)kind;
    memset(d->state, 0, sizeof(struct nor_state));
}

const struct device_ops nor_25q_ops = {
    .name = "nor_25q",
    .state_size = sizeof(struct nor_state),
    .events = EVENTS,
    .inputs = NOR_25Q_INPUTS,
    .outputs = NOR_25Q_OUTPUTS,
    .keeps_over_reset = true,
    .reset = reset,
    .event = done,
    .signal = pin_changed,
    .clock = clock,
    .link = link,
};
