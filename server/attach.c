/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Devices around the chip, from the command line. See attach.h. */
#include "server/attach.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/chip.h"
#include "core/machine.h"
#include "core/memory.h"
#include "core/clock.h"
#include "periph/board.h"
#include "periph/gpio.h"
#include "periph/spi_v1.h"
#include "periph/usart.h"
#include "server/buses.h"
#include "server/options.h"

enum { WORD = 16, PORT = 8, ROUTES_EACH = 8 };

/* One option, taken apart: TYPE@BUS[:PLACE][=FILE]. */
struct attachment {
    const struct attach_option *option;
    char name[ATTACH_NAME];     /* of the device and its memory: the option without its file */
    char type[WORD], bus[WORD], place[WORD];
    char port[PORT];            /* whose pin the option names */
    char other[PORT];           /* of the other end of a wire */
    char pin_ports[3][PORT];    /* of an SPI bus made from pins */
    char label[WORD];           /* of a button or an LED: what the option has in place of a file */
    const char *file;           /* NULL: none */
    uint8_t *contents;          /* of its memory, to begin with; the rest is erased */
    struct chip_bytes init[2];
    union {
        struct eeprom_24xx_config eeprom;
        struct lm75_config lm75;
        struct nor_25q_config nor;
        struct panel_config panel;
    } config;
};

struct attachments {
    struct attachment items[OPTIONS_ATTACH];
    unsigned count;
    struct chip_device devices[OPTIONS_ATTACH + BUSES + 1];     /* in the order of items; then the buses */
    struct chip_memory memories[OPTIONS_ATTACH + 1];
    unsigned memory_count;
    struct chip_route routes[ROUTES_EACH * OPTIONS_ATTACH + BUSES_ROUTES + 1];
    unsigned route_count;
    struct buses buses;
};

bool attach_parse_pin(const char *text, char port[8], unsigned *pin)
{
    char *end;

    if (toupper((unsigned char)text[0]) != 'P' || !isalpha((unsigned char)text[1]) ||
        !isdigit((unsigned char)text[2]))
        return false;
    snprintf(port, 8, "GPIO%c", toupper((unsigned char)text[1]));
    *pin = (unsigned)strtoul(text + 2, &end, 10);
    return !*end && *pin < 16;
}

static bool bad(const char *option, const char *why)
{
    fprintf(stderr, "backstep: --attach %s: %s\n", option, why);
    return false;
}

static bool copy(char *to, size_t room, const char *from, size_t size)
{
    if (size >= room)
        return false;
    memcpy(to, from, size);
    to[size] = 0;
    return true;
}

/* A block's name as the chip writes it. */
static bool copy_upper(char *to, size_t room, const char *from)
{
    if (!copy(to, room, from, strlen(from)))
        return false;
    for (; *to; to++)
        *to = (char)toupper((unsigned char)*to);
    return true;
}

static bool take_apart(struct attachment *a, const char *option)
{
    const char *equals = strchr(option, '=');
    size_t size = equals ? (size_t)(equals - option) : strlen(option), type, bus;
    const char *rest;

    a->file = equals ? equals + 1 : NULL;
    if (!copy(a->name, sizeof a->name, option, size))
        return false;
    type = strcspn(a->name, "@");
    rest = a->name + type;
    if (!*rest || !copy(a->type, sizeof a->type, a->name, type))
        return false;
    rest++;
    bus = strcspn(rest, ":");
    return copy(a->bus, sizeof a->bus, rest, bus) &&
           copy(a->place, sizeof a->place, rest + bus + !!rest[bus], strlen(rest + bus + !!rest[bus]));
}

/* ---- contents ---- */

static bool copy_contents(struct attachment *a, const struct attach_option *option, uint32_t size)
{
    uint32_t known = option->size < size ? (uint32_t)option->size : size;

    a->contents = malloc(size);
    if (!a->contents)
        return bad(a->name, "out of memory");
    memcpy(a->contents, option->contents, known);
    a->init[0] = (struct chip_bytes){0, known, a->contents};
    return true;
}

/* The file fills the memory from its start; a file that does not exist yet will. */
static bool read_contents(struct attachment *a, uint32_t size)
{
    FILE *file = a->file ? fopen(a->file, "rb") : NULL;
    bool readable;
    size_t got;

    if (!file)
        return !a->file || errno == ENOENT || bad(a->name, strerror(errno));
    a->contents = malloc(size);
    got = a->contents ? fread(a->contents, 1, size, file) : 0;
    readable = !ferror(file);
    fclose(file);
    if (!readable)
        return bad(a->name, "the file cannot be read");
    a->init[0] = (struct chip_bytes){0, (uint32_t)got, a->contents};
    return a->contents || bad(a->name, "out of memory");
}

static bool add_memory(struct attachments *all, struct attachment *a, uint32_t size)
{
    all->memories[all->memory_count++] = (struct chip_memory){
        .name = a->name, .size = size, .fill = 0xFF, .flags = MEMORY_NVM | MEMORY_OFF_BUS, .init = a->init};
    return a->option->contents ? copy_contents(a, a->option, size) : read_contents(a, size);
}

static bool save_one(const struct attachment *a, const struct nvm *nvm)
{
    uint32_t known = a->init[0].size;
    FILE *file;
    bool done;

    if (known == nvm->size && !memcmp(nvm->bytes, a->contents, known))
        return true;
    file = fopen(a->file, "wb");
    done = file && fwrite(nvm->bytes, 1, nvm->size, file) == nvm->size;
    if (file)
        done &= !fclose(file);
    return done || bad(a->name, "the file cannot be written");
}

bool attachments_save(const struct attachments *all, struct machine *m)
{
    bool done = true;

    for (unsigned i = 0; i < all->count; i++) {
        const struct attachment *a = &all->items[i];
        const struct device *d = machine_device_named(m, a->name);
        const struct nvm *nvm = a->file && d ? device_nvm(d, a->name) : NULL;
        if (nvm)
            done &= save_one(a, nvm);
    }
    return done;
}

/* ---- kinds ---- */

static struct chip_device row(const struct attachment *a, const struct device_ops *ops, const char *joins)
{
    return (struct chip_device){.name = a->name, .ops = ops, .gate = GATE_NONE, .reset_line = GATE_NONE,
                                .config = &a->config, .joins = joins};
}

static void add_routes(struct attachments *all, const char *from, unsigned out, const char *to, unsigned in,
                       unsigned count)
{
    all->routes[all->route_count++] = (struct chip_route){from, (uint16_t)out, to, (uint16_t)in, (uint16_t)count};
}

static void add_route(struct attachments *all, const char *from, unsigned out, const char *to, unsigned in)
{
    add_routes(all, from, out, to, in, 1);
}

/* The row of a device on an I2C bus. A place without one is told by the check of what it joins. */
static struct chip_device i2c_row(struct attachments *all, const struct attachment *a, const struct device_ops *ops)
{
    const char *bus = buses_join(&all->buses, a->bus);

    return row(a, ops, bus ? bus : a->bus);
}

static bool i2c_address(const struct attachment *a, unsigned standard, uint8_t *address)
{
    char *end;
    unsigned long value = *a->place ? strtoul(a->place, &end, 0) : standard;

    if (*a->place && (*end || value < 3 || value > 0x77))
        return bad(a->name, "expected an address from 0x03 to 0x77");
    *address = (uint8_t)value;
    return true;
}

/* 24c01 to 24c512: kilobits, with the page sizes of the common parts. */
static bool add_eeprom(struct attachments *all, struct attachment *a, struct chip_device *device)
{
    unsigned long kilobits = strtoul(a->type + 3, NULL, 10);
    uint32_t size = (uint32_t)kilobits * 128;

    if (kilobits < 1 || kilobits > 512 || kilobits & (kilobits - 1))
        return bad(a->name, "expected 24c01, 24c02, ... 24c512");
    a->config.eeprom = (struct eeprom_24xx_config){
        .memory = a->name, .size = size,
        .page = size <= 256 ? 8 : size <= 2048 ? 16 : size <= 8192 ? 32 : size <= 32768 ? 64 : 128};
    *device = i2c_row(all, a, &eeprom_24xx_ops);
    return i2c_address(a, 0x50, &a->config.eeprom.address) && add_memory(all, a, size);
}

static bool add_lm75(struct attachments *all, struct attachment *a, struct chip_device *device)
{
    *device = i2c_row(all, a, &lm75_ops);
    return i2c_address(a, 0x48, &a->config.lm75.address);
}

/* CLK/DO/DI as three pins in place of a bus. */
static bool add_nor_pins(struct attachments *all, struct attachment *a)
{
    char names[WORD];
    unsigned pins[3], count = 0;

    snprintf(names, sizeof names, "%s", a->bus);
    for (char *rest = names, *name = strsep(&rest, "/"); name; name = strsep(&rest, "/"), count++)
        if (count == 3 || !attach_parse_pin(name, a->pin_ports[count], &pins[count]))
            return false;
    if (count < 3)
        return false;
    add_route(all, a->pin_ports[0], pins[0], a->name, NOR_25Q_IN_CLK);
    add_route(all, a->name, NOR_25Q_OUT_DO, a->pin_ports[1], GPIO_IN_BOARD(pins[1]));
    add_route(all, a->pin_ports[2], pins[2], a->name, NOR_25Q_IN_DI);
    return true;
}

static bool add_nor(struct attachments *all, struct attachment *a, struct chip_device *device)
{
    unsigned long megabits = strtoul(a->type + 3, NULL, 10);
    uint32_t size = (uint32_t)megabits << 17;
    bool on_pins = strchr(a->bus, '/');
    unsigned pin;

    if (megabits < 1 || megabits > 128 || megabits & (megabits - 1))
        return bad(a->name, "expected 25q01, 25q02, ... 25q128");
    if (!attach_parse_pin(a->place, a->port, &pin))
        return bad(a->name, "expected the pin of its chip select, for instance 25q32@SPI1:PA4");
    if (on_pins && !add_nor_pins(all, a))
        return bad(a->name, "expected the pins SCK/MISO/MOSI, for instance 25q32@PA5/PA6/PA7:PA4");
    a->config.nor = (struct nor_25q_config){.memory = a->name, .size = size};
    *device = row(a, &nor_25q_ops, on_pins ? NULL : a->bus);
    add_route(all, a->port, pin, a->name, NOR_25Q_IN_CS);
    return add_memory(all, a, size);
}

/* One direction of a wire. */
static void join_pads(struct attachments *all, const struct attachment *a, unsigned direction, const char *from,
                      unsigned from_pin, const char *to, unsigned to_pin)
{
    add_route(all, from, GPIO_OUT_CHIP(from_pin), a->name, direction);
    add_route(all, a->name, direction, to, GPIO_IN_BOARD(to_pin));
}

static bool is_spi_name(const char *bus)
{
    return !strncasecmp(bus, "SPI", 3);
}

/* All lines of one SPI to the other. The single line of half duplex is MOSI at the master, MISO at the slave. */
static void join_spis(struct attachments *all, const struct attachment *a, unsigned first, const char *from,
                      const char *to)
{
    unsigned mosi = first + SPI_IN_MOSI, miso = first + SPI_IN_MISO;

    add_routes(all, from, SPI_OUT_NSS, a->name, first, SPI_WIRE_LINES / 2);
    add_routes(all, a->name, first, to, SPI_IN_NSS, SPI_WIRE_LINES / 2);
    add_route(all, a->name, mosi, to, SPI_IN_MISO);
    add_route(all, a->name, miso, to, SPI_IN_MOSI);
}

static bool add_spi_wire(struct attachments *all, struct attachment *a, struct chip_device *device)
{
    if (!copy_upper(a->port, sizeof a->port, a->bus) || !copy_upper(a->other, sizeof a->other, a->place))
        return bad(a->name, "the chip has no such SPI");
    *device = row(a, &spi_wire_ops, NULL);
    join_spis(all, a, 0, a->port, a->other);
    join_spis(all, a, SPI_WIRE_LINES / 2, a->other, a->port);
    return true;
}

static bool add_wire(struct attachments *all, struct attachment *a, struct chip_device *device)
{
    unsigned one, other;

    if (buses_wire(&all->buses, a->bus, a->place)) {
        *device = i2c_row(all, a, &wire_ops);
        return true;
    }
    if (is_spi_name(a->bus) && is_spi_name(a->place))
        return add_spi_wire(all, a, device);
    if (!attach_parse_pin(a->bus, a->other, &one) || !attach_parse_pin(a->place, a->port, &other))
        return bad(a->name, "expected two pins, for instance wire@PA0:PB1, or two controllers: wire@I2C1:I2C2, "
                            "wire@SPI1:SPI2");
    *device = row(a, &wire_ops, NULL);
    join_pads(all, a, 0, a->other, one, a->port, other);
    join_pads(all, a, 1, a->port, other, a->other, one);
    return true;
}

static bool add_irda(struct attachments *all, struct attachment *a, struct chip_device *device)
{
    unsigned from, to;

    if (!attach_parse_pin(a->bus, a->other, &from) || !attach_parse_pin(a->place, a->port, &to))
        return bad(a->name, "expected the pins of the transmitter and of the receiver: irda@PA2:PB11");
    *device = row(a, &irda_ops, NULL);
    join_pads(all, a, 0, a->other, from, a->port, to);
    return true;
}

static bool is_uart_name(const char *bus)
{
    return !strncasecmp(bus, "USART", 5) || !strncasecmp(bus, "UART", 4);
}

static bool add_loop(struct attachments *all, struct attachment *a, struct chip_device *device)
{
    if (!is_uart_name(a->bus)) {
        *device = row(a, &spi_loop_ops, a->bus);
        return true;
    }
    *device = row(a, &uart_loop_ops, NULL);
    if (!copy_upper(a->port, sizeof a->port, a->bus))
        return bad(a->name, "the chip has no such UART");
    add_route(all, a->port, USART_OUT_TX, a->name, 0);
    add_route(all, a->name, 0, a->port, USART_IN_RX);
    return true;
}

/* TYPE@PIN=LABEL[:low|high]: the level that means pressed or lit is high unless it says otherwise. */
static bool take_panel(struct attachment *a)
{
    char *polarity;
    unsigned pin;

    if (!attach_parse_pin(a->bus, a->port, &pin) || !a->file || !copy(a->label, sizeof a->label, a->file, strlen(a->file)) ||
        !*a->label || !copy(a->name, sizeof a->name, a->option->text, strlen(a->option->text)))
        return bad(a->name, "expected a pin and a name, for instance button@PA0=USER or led@PD12=GREEN:low");
    polarity = strchr(a->label, ':');
    if (polarity)
        *polarity++ = 0;
    if (polarity && strcmp(polarity, "low") && strcmp(polarity, "high"))
        return bad(a->name, "expected :low or :high behind the name");
    a->config.panel = (struct panel_config){.label = a->label, .port = a->port, .pin = (uint8_t)pin,
                                            .active_low = polarity && !strcmp(polarity, "low")};
    return true;
}

static bool add_button(struct attachments *all, struct attachment *a, struct chip_device *device)
{
    (void)all;
    *device = row(a, &button_ops, NULL);
    return take_panel(a);
}

static bool add_led(struct attachments *all, struct attachment *a, struct chip_device *device)
{
    *device = row(a, &led_ops, NULL);
    if (!take_panel(a))
        return false;
    add_route(all, a->port, a->config.panel.pin, a->name, 0);
    return true;
}

static const struct {
    const char *prefix;
    bool (*add)(struct attachments *all, struct attachment *a, struct chip_device *device);
} kinds[] = {
    {"24c", add_eeprom}, {"25q", add_nor}, {"lm75", add_lm75}, {"loop", add_loop}, {"wire", add_wire},
    {"irda", add_irda}, {"button", add_button}, {"led", add_led},
};

static bool add(struct attachments *all, const struct attach_option *option)
{
    struct attachment *a = &all->items[all->count];

    a->option = option;
    if (!take_apart(a, option->text))
        return bad(option->text, "expected TYPE@BUS[:PLACE][=FILE]; see --help");
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strncmp(a->type, kinds[i].prefix, strlen(kinds[i].prefix)))
            return kinds[i].add(all, a, &all->devices[all->count++]);
    return bad(option->text, "expected 24cXX, 25qXX, lm75, loop, wire, irda, button or led");
}

/* ---- the whole ---- */

static bool is_bus(const struct device *d, const char *type)
{
    const char *model = !strcmp(type, "loop") || !strncmp(type, "25q", 3) ? "spi_" : "i2c_";

    return d && !strncmp(d->ops->name, model, 4);
}

bool attachments_fit(const struct attachments *all, const struct machine *m)
{
    for (unsigned i = 0; i < all->count; i++) {
        const struct attachment *a = &all->items[i];
        const char *joins = all->devices[i].joins;
        if (joins && !is_bus(machine_device_named(m, joins), a->type))
            return bad(a->name, "the chip has no such bus");
        if (!joins && (!machine_device_named(m, a->port) || (*a->other && !machine_device_named(m, a->other))))
            return bad(a->name, "the chip has no such port");
    }
    return true;
}

struct attachments *attachments_create(const struct options *options, const struct chip *chip)
{
    struct attachments *all = calloc(1, sizeof *all);

    if (all)
        buses_create(&all->buses, chip);
    for (unsigned i = 0; all && i < options->attach_count; i++)
        if (!add(all, &options->attach[i])) {
            attachments_free(all);
            return NULL;
        }
    if (all)
        buses_finish(&all->buses, all->devices, all->routes);
    return all;
}

struct machine_board attachments_board(const struct attachments *a)
{
    return (struct machine_board){a->devices, a->memories, a->routes};
}

bool attachments_get(const struct attachments *all, unsigned index, struct attached *attached)
{
    const struct attachment *a = &all->items[index];

    if (index >= all->count)
        return false;
    *attached = (struct attached){.text = a->name, .contents = a->contents, .size = a->init[0].size};
    return true;
}

void attachments_free(struct attachments *all)
{
    if (!all)
        return;
    for (unsigned i = 0; i < OPTIONS_ATTACH; i++)
        free(all->items[i].contents);
    free(all);
}
