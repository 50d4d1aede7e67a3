/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that act on the chip from outside, through the input door. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/machine.h"
#include "periph/gpio.h"
#include "server/attach.h"
#include "server/commands.h"
#include "server/server.h"
#include "server/uarts.h"

static bool say_pin(struct server *server, const char *port, unsigned pin)
{
    const struct device *d = machine_device_named(server->machine, port);

    for (unsigned reg = 0; d && reg < d->ops->reg_count; reg++)
        if (!strcmp(d->ops->regs[reg].name, "IDR")) {
            uint32_t levels = machine_device_peek(server->machine, d, reg);
            server_say(server, "%s pin %u is %u\n", d->name, pin, levels >> pin & 1);
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

static bool run_uart(const struct command_call *call)
{
    char text[512];
    const char *rest = call->rest + strcspn(call->rest, " \t");
    size_t size = unescape(rest + strspn(rest, " \t"), text, sizeof text);

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
    {"pin", "PIN [0|1|z]", "drives a pin from outside or lets go of it, and shows its level", true, run_pin},
    {"temperature", "SENSOR DEGREES", "sets what a sensor of --attach measures", true, run_temperature},
    {"uart", "UART TEXT", "sends text to a UART; escapes: \\n \\r \\t \\\\ \\xHH", true, run_uart},
    {NULL, NULL, NULL, false, NULL},
};
