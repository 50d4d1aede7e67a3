/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/remote.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench: gdb connection: %s\n", what);
    exit(1);
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

uint16_t remote_free_port(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (bind(fd, (struct sockaddr *)&address, size) != 0 || getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        fail("no free port");
    close(fd);
    return ntohs(address.sin_port);
}

/* ---- bytes ---- */

static char take(struct remote *r)
{
    if (r->used == r->held) {
        ssize_t got = read(r->fd, r->buffer, sizeof r->buffer);
        if (got <= 0)
            fail("closed by the server");
        r->held = (size_t)got;
        r->used = 0;
    }
    return r->buffer[r->used++];
}

static void put(struct remote *r, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t put = write(r->fd, bytes, size);
        if (put <= 0)
            fail("closed by the server");
        bytes += put;
        size -= (size_t)put;
    }
}

/* ---- packets ---- */

static void append(struct remote *r, char c)
{
    if (r->size == sizeof r->reply - 1)
        fail("reply too long");
    r->reply[r->size++] = c;
}

/* Run-length encoding: the count is a printable character. */
static void repeat_last(struct remote *r, char count)
{
    for (int left = count - 29; left > 0 && r->size > 0; left--)
        append(r, r->reply[r->size - 1]);
}

static void receive(struct remote *r)
{
    char c;

    while (take(r) != '$')
        continue;
    r->size = 0;
    while ((c = take(r)) != '#') {
        if (c == '*')
            repeat_last(r, take(r));
        else
            append(r, c == '}' ? (char)(take(r) ^ 0x20) : c);
    }
    take(r);
    take(r);
    r->reply[r->size] = 0;
}

/* Whether the reply is only console output, which is kept as far as there is room. */
static bool is_console_output(struct remote *r)
{
    size_t at = strlen(r->console);
    unsigned c;

    if (r->reply[0] != 'O' || strcmp(r->reply, "OK") == 0)
        return false;
    for (const char *hex = r->reply + 1; at < sizeof r->console - 1 && sscanf(hex, "%2x", &c) == 1; hex += 2)
        r->console[at++] = (char)c;
    r->console[at] = 0;
    return true;
}

static void ask(struct remote *r, const char *format, va_list arguments)
{
    char packet[4096];
    unsigned char sum = 0;
    int size;

    packet[0] = '$';
    size = 1 + vsnprintf(packet + 1, sizeof packet - 4, format, arguments);
    for (int i = 1; i < size; i++)
        sum = (unsigned char)(sum + (unsigned char)packet[i]);
    size += snprintf(packet + size, sizeof packet - (size_t)size, "#%02x", sum);
    put(r, packet, (size_t)size);
    r->console[0] = 0;
    do
        receive(r);
    while (is_console_output(r));
}

const char *remote_ask(struct remote *r, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    ask(r, format, arguments);
    va_end(arguments);
    return r->reply;
}

bool remote_order(struct remote *r, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    ask(r, format, arguments);
    va_end(arguments);
    if (r->size > 0 && strcmp(r->reply, "OK") != 0) {
        fprintf(stderr, "bench: the server answers \"%s\" to %s\n", r->reply, format);
        exit(1);
    }
    return r->size > 0;
}

const char *remote_monitor(struct remote *r, const char *word)
{
    char hex[128] = "";

    for (size_t i = 0; word[i] && 2 * i < sizeof hex - 2; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned char)word[i]);
    remote_order(r, "qRcmd,%s", hex);
    return r->console;
}

/* ---- sessions ---- */

/* Servers need a moment until they listen: try again until then, for ten seconds. */
static int connect_to(uint16_t port)
{
    struct sockaddr_in address = loopback(port);
    const struct timespec moment = {0, 200000};
    int one = 1;

    for (unsigned attempt = 0; attempt < 50000; attempt++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            return fd;
        }
        close(fd);
        nanosleep(&moment, NULL);
    }
    fail("nobody listens");
}

void remote_open(struct remote *r, uint16_t port)
{
    const char *features, *size;

    memset(r, 0, sizeof *r);
    r->fd = connect_to(port);
    features = remote_ask(r, "qSupported:swbreak+;hwbreak+;vContSupported+");
    size = strstr(features, "PacketSize=");
    r->packet_size = size ? strtoul(size + sizeof "PacketSize=" - 1, NULL, 16) : 400;
    r->binary = strstr(features, "binary-upload+") != NULL;
    remote_order(r, "QStartNoAckMode");
    put(r, "+", 1);
    remote_ask(r, "?");
}

void remote_close(struct remote *r)
{
    close(r->fd);
}
