/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that act on the chip from outside, through the input door. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/machine.h"
#include "periph/board.h"
#include "periph/gpio.h"
#include "periph/rcc.h"
#include "server/attach.h"
#include "server/buses.h"
#include "server/commands.h"
#include "server/server.h"
#include "server/uarts.h"

/* The blocks whose functions the pin has: " (TIM2, USART2)" or nothing. */
static void say_functions(struct server *server, const struct device *port, unsigned pin)
{
    const struct chip_pin *row = machine_chip(server->machine)->pins;
    uint16_t functions = strncmp(port->ops->name, "gpio", 4) ? 0 : gpio_functions(port, pin);
    const char *said = NULL;

    for (; functions && row && row->port; row++) {
        bool same = !strcmp(row->port, port->name) && row->pin == pin && functions >> row->function & 1;
        if (!same || (said && !strcmp(said, row->device)))
            continue;
        server_say(server, said ? ", %s" : " (%s", row->device);
        said = row->device;
    }
    server_say(server, said ? ")\n" : "\n");
}

static bool say_pin(struct server *server, const char *port, unsigned pin)
{
    const struct device *d = machine_device_named(server->machine, port);

    for (unsigned reg = 0; d && reg < d->ops->reg_count; reg++)
        if (!strcmp(d->ops->regs[reg].name, "IDR")) {
            uint32_t levels = machine_device_peek(server->machine, d, reg);
            server_say(server, "%s pin %u is %u", d->name, pin, levels >> pin & 1);
            say_functions(server, d, pin);
            return true;
        }
    server_say(server, "pin: the chip has no %s\n", port);
    return false;
}

static bool parse_level(const char *text, uint8_t *level)
{
    static const char *const names[] = {"0", "1", "z"};

    for (unsigned i = 0; i < 3; i++)
        if (!strcasecmp(text, names[i])) {
            *level = (uint8_t)(GPIO_LOW + i);
            return true;
        }
    return false;
}

static bool run_pin(const struct command_call *call)
{
    uint8_t bytes[2] = {0};
    char port[8];
    unsigned pin;

    if (call->count < 2 || call->count > 3 || !attach_parse_pin(call->words[1], port, &pin) ||
        (call->count == 3 && !parse_level(call->words[2], &bytes[1]))) {
        server_say(call->server, "pin: expected PIN [0|1|z], for instance PA0 1\n");
        return false;
    }
    bytes[0] = (uint8_t)pin;
    if (call->count == 3 && !machine_input(call->server->machine, port, bytes, sizeof bytes)) {
        server_say(call->server, "pin: the chip has no %s\n", port);
        return false;
    }
    server_wake(call->server);
    return say_pin(call->server, port, pin);
}

/* Text with the escapes \n, \r, \t, \\ and \xHH. Returns its size. */
static size_t unescape(const char *text, char *out, size_t room)
{
    static const char names[] = "nrt\\", values[] = "\n\r\t\\";
    size_t size = 0;

    while (*text && size < room) {
        const char *known = text[0] == '\\' && text[1] ? strchr(names, text[1]) : NULL;
        unsigned byte;
        int used = 0;
        if (known) {
            out[size++] = values[known - names];
            text += 2;
        } else if (text[0] == '\\' && text[1] == 'x' && sscanf(text + 2, "%2x%n", &byte, &used) == 1) {
            out[size++] = (char)byte;
            text += 2 + used;
        } else {
            out[size++] = *text++;
        }
    }
    return size;
}

/* A frame of nine data bits, as a number. */
static bool parse_word(const struct command_call *call, uint32_t *word)
{
    char *end;

    if (call->count != 4 || strcasecmp(call->words[2], "word"))
        return false;
    *word = (uint32_t)strtoul(call->words[3], &end, 0);
    return !*end && *word <= IO_UART_DATA;
}

/* error framing|noise|parity|break [BYTE]: not a word of text. */
static bool parse_error(const struct command_call *call, uint32_t *word)
{
    static const struct {
        const char *name;
        uint32_t word;
    } kinds[] = {{"framing", IO_UART_FRAMING}, {"noise", IO_UART_NOISE}, {"parity", IO_UART_PARITY},
                 {"break", IO_UART_BREAK}};

    if (call->count < 4 || call->count > 5 || strcasecmp(call->words[2], "error"))
        return false;
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcasecmp(call->words[3], kinds[i].name)) {
            uint32_t data = call->count == 5 ? (uint32_t)strtoul(call->words[4], NULL, 0) : 0;
            *word = kinds[i].word | (data & IO_UART_DATA);
            return true;
        }
    return false;
}

static bool run_uart(const struct command_call *call)
{
    char text[512];
    const char *rest = call->rest + strcspn(call->rest, " \t");
    size_t size = unescape(rest + strspn(rest, " \t"), text, sizeof text);
    uint32_t word;

    if (parse_error(call, &word) || parse_word(call, &word)) {
        if (!machine_input_word(call->server->machine, call->words[1], word))
            server_say(call->server, "uart: %s is no UART\n", call->words[1]);
        server_wake(call->server);
        return true;
    }
    if (call->count < 3) {
        server_say(call->server, "uart: expected UART TEXT, for instance USART2 help\\n\n");
        return false;
    }
    if (!uarts_inject(call->server->uarts, call->words[1], text, size)) {
        server_say(call->server, "uart: %s is no UART, or does not listen\n", call->words[1]);
        return false;
    }
    server_wake(call->server);
    return true;
}

/* ---- buttons and LEDs ---- */

static const struct panel_config *panel(const struct device *d, const struct device_ops *ops)
{
    return d->ops == ops ? device_config(d) : NULL;
}

static void list_panel(struct server *server, const struct device_ops *ops, const char *on, const char *off)
{
    for (unsigned i = 0; i < machine_device_count(server->machine); i++) {
        const struct device *d = machine_device(server->machine, i);
        const struct panel_config *c = panel(d, ops);
        if (c)
            server_say(server, "%-12s %s (P%c%u)\n", c->label, panel_is_on(d) ? on : off, c->port[4], c->pin);
    }
}

static const struct device *button_named(const struct machine *m, const char *label)
{
    for (unsigned i = 0; i < machine_device_count(m); i++) {
        const struct device *d = machine_device(m, i);
        const struct panel_config *c = panel(d, &button_ops);
        if (c && !strcasecmp(c->label, label))
            return d;
    }
    return NULL;
}

static bool run_button(const struct command_call *call)
{
    const struct device *d = call->count == 3 ? button_named(call->server->machine, call->words[1]) : NULL;
    uint8_t pressed = call->count == 3 && !strcasecmp(call->words[2], "press");

    if (call->count == 1) {
        list_panel(call->server, &button_ops, "pressed", "released");
        return true;
    }
    if (!d || (!pressed && strcasecmp(call->words[2], "release"))) {
        server_say(call->server, "button: expected NAME press|release, with a name from --attach button@PIN=NAME\n");
        return false;
    }
    server_wake(call->server);
    return machine_input(call->server->machine, d->name, &pressed, 1);
}

static bool run_led(const struct command_call *call)
{
    list_panel(call->server, &led_ops, "on", "off");
    return true;
}

void board_say_led(const struct server *server, const struct device *d, bool lit)
{
    const struct panel_config *c = device_config(d);

    fprintf(stderr, "backstep: LED %s %s at %.6f s\n", c->label, lit ? "on" : "off",
            (double)machine_nanoseconds(server->machine) / 1e9);
}

/* ---- I2C ---- */

static const struct device *bus_at(const struct machine *m, const char *place)
{
    for (unsigned i = 0; i < machine_device_count(m); i++)
        if (buses_is_at(machine_device(m, i)->name, place))
            return machine_device(m, i);
    return NULL;
}

static const char *next_word(char **line)
{
    return strtok_r(NULL, " \t", line);
}

static bool parse_unsigned(const char *word, unsigned long most, unsigned long *value)
{
    char *end;

    if (!word)
        return false;
    *value = strtoul(word, &end, 0);
    return end != word && !*end && *value <= most;
}

/* A transaction as the bus takes it: address, its upper bits, count to read, bytes to write. */
enum { I2C_COUNT = 2, I2C_WRITES, I2C_BYTES = I2C_WRITES + 256 };

static bool parse_count(char **line, uint8_t *bytes)
{
    unsigned long value = 0;
    bool good = parse_unsigned(next_word(line), 0xFF, &value) && value;

    bytes[I2C_COUNT] = (uint8_t)value;
    return good && !next_word(line);
}

/* BYTE... [read COUNT]; returns the size. */
static size_t parse_writes(char **line, uint8_t *bytes)
{
    size_t size = I2C_WRITES;
    const char *word;
    unsigned long value;

    while ((word = next_word(line)) && strcasecmp(word, "read")) {
        if (size == I2C_BYTES || !parse_unsigned(word, 0xFF, &value))
            return 0;
        bytes[size++] = (uint8_t)value;
    }
    return !word || parse_count(line, bytes) ? size : 0;
}

/* "write ADDRESS BYTE... [read COUNT]" or "read ADDRESS COUNT". Returns the size; 0: neither. */
static size_t parse_transaction(char *line, uint8_t *bytes)
{
    const char *direction = strtok_r(line, " \t", &line);
    unsigned long address;

    if (!direction || !parse_unsigned(next_word(&line), 0x3FF, &address))
        return 0;
    bytes[0] = (uint8_t)address;
    bytes[1] = (uint8_t)(address >> 8);
    bytes[I2C_COUNT] = 0;
    if (!strcasecmp(direction, "write"))
        return parse_writes(&line, bytes);
    return !strcasecmp(direction, "read") && parse_count(&line, bytes) ? I2C_WRITES : 0;
}

static bool run_i2c(const struct command_call *call)
{
    const struct device *d = call->count > 1 ? bus_at(call->server->machine, call->words[1]) : NULL;
    char *line = strdup(call->rest + strcspn(call->rest, " \t"));
    uint8_t bytes[I2C_BYTES];
    size_t size = line ? parse_transaction(line, bytes) : 0;

    free(line);
    if (call->count > 1 && !d) {
        server_say(call->server, "i2c: there is no I2C bus at %s\n", call->words[1]);
        return false;
    }
    if (!size) {
        server_say(call->server, "i2c: expected BUS write ADDRESS BYTE... [read COUNT] or BUS read ADDRESS COUNT, for "
                                 "instance I2C1 write 0x30 1 2 3\n");
        return false;
    }
    server_wake(call->server);
    return machine_input(call->server->machine, d->name, bytes, size);
}

void board_say_i2c(const struct server *server, const struct device *d, const uint8_t *bytes, size_t size)
{
    static const char *const outcomes[] = {
        [I2C_OUTCOME_DONE] = "done", [I2C_OUTCOME_REFUSED] = "not acknowledged",
        [I2C_OUTCOME_LOST] = "arbitration lost", [I2C_OUTCOME_STUCK] = "the bus is held low"};

    fprintf(stderr, "backstep: I2C %s, address 0x%02X: %s at %.6f s; %u written", strchr(d->name, '@') + 1,
            bytes[1] | bytes[2] << 8, outcomes[bytes[0]], (double)machine_nanoseconds(server->machine) / 1e9, bytes[3]);
    for (size_t i = 4; i < size; i++)
        fprintf(stderr, "%s%02X", i == 4 ? ", read " : " ", bytes[i]);
    fprintf(stderr, "\n");
}

/* ---- what is measured ---- */

static void store_32(uint8_t *bytes, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> 8 * i);
}

static bool parse_number(const char *text, double low, double high, double *value)
{
    char *end;

    *value = strtod(text, &end);
    return end != text && !*end && *value >= low && *value <= high;
}

static bool run_adc(const struct command_call *call)
{
    uint8_t bytes[8];
    double channel, volts;

    if (call->count != 4 || !parse_number(call->words[2], 0, 31, &channel) ||
        !parse_number(call->words[3], 0, 5, &volts)) {
        server_say(call->server, "adc: expected ADC CHANNEL VOLTS, for instance ADC1 3 1.65\n");
        return false;
    }
    store_32(bytes, (uint32_t)channel);
    store_32(bytes + 4, (uint32_t)lround(volts * 1e6));
    if (strncasecmp(call->words[1], "adc", 3) ||
        !machine_input(call->server->machine, call->words[1], bytes, sizeof bytes)) {
        server_say(call->server, "adc: %s takes no analogue values\n", call->words[1]);
        return false;
    }
    return true;
}

static bool run_supply(const struct command_call *call)
{
    uint8_t bytes[4];
    double volts;

    if (call->count != 2 || !parse_number(call->words[1], 0, 5, &volts)) {
        server_say(call->server, "supply: expected VOLTS, for instance 2.5\n");
        return false;
    }
    store_32(bytes, (uint32_t)lround(volts * 1e6));
    server_wake(call->server);
    return machine_input(call->server->machine, "PWR", bytes, sizeof bytes);
}

static bool run_crystal(const struct command_call *call)
{
    bool fails = call->count == 2 && !strcasecmp(call->words[1], "fail");
    uint8_t byte = fails ? RCC_HSE_FAILS : RCC_HSE_RECOVERS;

    if (call->count != 2 || (!fails && strcasecmp(call->words[1], "run"))) {
        server_say(call->server, "crystal: expected fail or run\n");
        return false;
    }
    server_wake(call->server);
    return machine_input(call->server->machine, "RCC", &byte, 1);
}

static bool run_temperature(const struct command_call *call)
{
    const struct device *d = call->count == 3 ? machine_device_named(call->server->machine, call->words[1]) : NULL;
    uint8_t bytes[4];
    double degrees;

    if (call->count != 3 || !parse_number(call->words[2], -200, 200, &degrees)) {
        server_say(call->server, "temperature: expected SENSOR DEGREES, for instance lm75@I2C1 36.5\n");
        return false;
    }
    if (!d || strcmp(d->ops->name, "lm75")) {
        server_say(call->server, "temperature: %s is no sensor\n", call->words[1]);
        return false;
    }
    store_32(bytes, (uint32_t)(int32_t)lround(degrees * 1000));
    return machine_input(call->server->machine, d->name, bytes, sizeof bytes);
}

const struct command commands_board[] = {
    {"adc", "ADC CHANNEL VOLTS", "sets the voltage at an input of an ADC", true, run_adc},
    {"button", "[NAME press|release]", "presses a button of --attach, or lists them", true, run_button},
    {"i2c", "BUS write|read ADDRESS ...", "is a master on the bus of a controller: write ADDRESS BYTE... [read COUNT], or read "
     "ADDRESS COUNT; how it ended is said on stderr", true, run_i2c},
    {"crystal", "fail|run", "breaks the crystal on OSC_IN (HSE), or mends it", true, run_crystal},
    {"led", "", "lists the LEDs of --attach and whether they are lit now", false, run_led},
    {"pin", "PIN [0|1|z]", "drives a pin from outside or lets go of it, and shows its level", true, run_pin},
    {"supply", "VOLTS", "sets the supply of the chip, VDD", true, run_supply},
    {"temperature", "SENSOR DEGREES", "sets what a sensor of --attach measures", true, run_temperature},
    {"uart", "UART TEXT|word VALUE|error KIND [BYTE]",
     "sends text to a UART (escapes: \\n \\r \\t \\\\ \\xHH), a frame of nine bits, or one with an error: framing, noise, "
     "parity, break",
     true, run_uart},
    {NULL, NULL, NULL, false, NULL},
};
