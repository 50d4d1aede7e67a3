/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UART back-ends on file descriptors: reading is driven by the event loop (regular files are read when
 * there is room, because they are always ready), writing happens at once and queues what the other side
 * does not take. See uarts.h.
 */
#include "server/uarts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <uv.h>

#include "core/device.h"
#include "core/machine.h"
#include "server/options.h"

enum { PORT_INPUT = 4096, PORT_QUEUE = 1 << 20, UART_PORTS = OPTIONS_UARTS };

/* One place on the host where bytes come from and go to. */
struct port {
    struct uarts *owner;
    const char *uart;           /* device name, in the chip's table; NULL: not yet given to one */
    int in, out, listening;     /* descriptors, -1: none */
    bool in_is_file;            /* regular file: always readable, cannot be polled */
    bool in_ended;
    bool owns_in, owns_out;
    uv_poll_t *poll_in, *poll_listening;    /* NULL: not polled; freed when libuv has closed them */
    unsigned char input[PORT_INPUT];
    size_t input_size;
    unsigned char *queue;       /* output that waits, at most PORT_QUEUE */
    size_t queue_size;
    bool dropped;               /* said once that output was lost */
};

struct uarts {
    uv_loop_t *loop;
    struct machine *machine;
    struct port *ports[UART_PORTS + 1];
    unsigned port_count;
    struct port *console;       /* stdio; NULL until somebody needs it */
    bool adopt;                 /* the first UART used gets stdio */
    void (*wake)(void *context);
    void *context;
};

/* ---- devices ---- */

static bool is_uart(const struct device *d)
{
    return d && d->ops->input &&
           (!strncmp(d->ops->name, "usart", 5) || !strncmp(d->ops->name, "uart", 4));
}

/* ---- input ---- */

static void read_some(struct port *p)
{
    ssize_t count;

    if (p->input_size == PORT_INPUT || p->in < 0 || p->in_ended)
        return;
    count = read(p->in, p->input + p->input_size, PORT_INPUT - p->input_size);
    if (count > 0)
        p->input_size += (size_t)count;
    else if (count == 0 || (errno != EAGAIN && errno != EINTR && errno != EIO))
        p->in_ended = true;
}

static void consume(struct port *p, size_t size)
{
    p->input_size -= size;
    memmove(p->input, p->input + size, p->input_size);
}

static void poll_closed(uv_handle_t *handle)
{
    free(handle);
}

static void close_poll(uv_poll_t **poll)
{
    if (*poll)
        uv_close((uv_handle_t *)*poll, poll_closed);
    *poll = NULL;
}

static uv_poll_t *open_poll(struct port *p, int fd)
{
    uv_poll_t *poll = malloc(sizeof *poll);

    if (poll && uv_poll_init(p->owner->loop, poll, fd) < 0) {
        free(poll);
        return NULL;
    }
    if (poll)
        poll->data = p;
    return poll;
}

/* The TCP client hung up; the next one may come. */
static void client_gone(struct port *p)
{
    close_poll(&p->poll_in);
    close(p->in);
    p->in = p->out = -1;
    p->in_ended = false;
    p->queue_size = 0;
}

static void on_readable(uv_poll_t *handle, int status, int events)
{
    struct port *p = handle->data;

    (void)status;
    (void)events;
    read_some(p);
    if (p->in_ended && p->listening >= 0)
        client_gone(p);
    else if (p->in_ended || p->input_size == PORT_INPUT)
        uv_poll_stop(p->poll_in);
    if (p->owner->wake)
        p->owner->wake(p->owner->context);
}

static void poll_input(struct port *p)
{
    if (p->in < 0 || p->in_is_file || p->in_ended || p->input_size == PORT_INPUT)
        return;
    if (!p->poll_in)
        p->poll_in = open_poll(p, p->in);
    if (p->poll_in)
        uv_poll_start(p->poll_in, UV_READABLE | UV_DISCONNECT, on_readable);
}

/* ---- output ---- */

/* Writes what the other side takes now; returns how much. */
static size_t write_some(int fd, const void *bytes, size_t size)
{
    ssize_t count = write(fd, bytes, size);

    return count < 0 ? 0 : (size_t)count;
}

static void flush(struct port *p)
{
    size_t done;

    if (!p->queue_size || p->out < 0)
        return;
    done = write_some(p->out, p->queue, p->queue_size);
    p->queue_size -= done;
    memmove(p->queue, p->queue + done, p->queue_size);
}

static void enqueue(struct port *p, const unsigned char *bytes, size_t size)
{
    if (!p->queue)
        p->queue = malloc(PORT_QUEUE);
    if (!p->queue || size > PORT_QUEUE - p->queue_size) {
        if (!p->dropped)
            fprintf(stderr, "backstep: %s: nobody reads its output; some of it is lost\n", p->uart);
        p->dropped = true;
        return;
    }
    memcpy(p->queue + p->queue_size, bytes, size);
    p->queue_size += size;
}

static void port_write(struct port *p, const void *bytes, size_t size)
{
    size_t done = 0;

    if (p->out < 0)
        return;         /* nobody is connected: a wire with no one at its end */
    flush(p);
    if (!p->queue_size)
        done = write_some(p->out, bytes, size);
    if (done < size)
        enqueue(p, (const unsigned char *)bytes + done, size - done);
}

/* ---- opening ---- */

static struct port *new_port(struct uarts *u, const char *uart)
{
    struct port *p = calloc(1, sizeof *p);

    if (!p)
        return NULL;
    p->owner = u;
    p->uart = uart;
    p->in = p->out = p->listening = -1;
    u->ports[u->port_count++] = p;
    return p;
}

static void set_nonblocking(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* stdin and stdout stay blocking: other programs share them. */
static bool open_stdio(struct port *p)
{
    struct stat status;

    p->out = STDOUT_FILENO;
    p->in = STDIN_FILENO;
    p->in_ended = fstat(p->in, &status) < 0;
    p->in_is_file = !p->in_ended && !S_ISFIFO(status.st_mode) && !S_ISSOCK(status.st_mode) &&
                    !isatty(p->in);
    p->owner->console = p;
    return true;
}

static bool open_pty(struct port *p)
{
    struct termios raw;
    int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), other;

    if (fd < 0 || grantpt(fd) < 0 || unlockpt(fd) < 0)
        return false;
    other = open(ptsname(fd), O_RDWR | O_NOCTTY | O_CLOEXEC);   /* kept: no hang-up between clients */
    if (other < 0)
        return false;
    if (!tcgetattr(other, &raw)) {
        cfmakeraw(&raw);
        tcsetattr(other, TCSANOW, &raw);
    }
    set_nonblocking(fd);
    p->in = p->out = fd;
    p->owns_in = true;
    printf("backstep: %s is at %s\n", p->uart, ptsname(fd));
    fflush(stdout);
    return true;
}

static void on_connection(uv_poll_t *handle, int status, int events)
{
    struct port *p = handle->data;
    int fd = accept4(p->listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    (void)status;
    (void)events;
    if (fd < 0)
        return;
    if (p->in >= 0) {           /* one client at a time */
        close(fd);
        return;
    }
    p->in = p->out = fd;
    poll_input(p);
}

static bool open_tcp(struct port *p, const char *text)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    char *end;
    unsigned long port = strtoul(text, &end, 10);
    int on = 1;

    if (end == text || *end || port > UINT16_MAX) {
        errno = EINVAL;
        return false;
    }
    address.sin_port = htons((uint16_t)port);
    p->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (p->listening < 0)
        return false;
    setsockopt(p->listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(p->listening, (struct sockaddr *)&address, size) < 0 || listen(p->listening, 1) < 0 ||
        getsockname(p->listening, (struct sockaddr *)&address, &size) < 0)
        return false;
    p->poll_listening = open_poll(p, p->listening);
    if (!p->poll_listening)
        return false;
    uv_poll_start(p->poll_listening, UV_READABLE, on_connection);
    printf("backstep: %s is at tcp port %u\n", p->uart, ntohs(address.sin_port));
    fflush(stdout);
    return true;
}

static bool open_file(struct port *p, const char *path)
{
    p->out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    p->owns_out = true;
    return p->out >= 0;
}

static bool open_where(struct port *p, const char *where)
{
    if (!strcmp(where, "stdio"))
        return open_stdio(p);
    if (!strcmp(where, "pty"))
        return open_pty(p);
    if (!strncmp(where, "tcp:", 4))
        return open_tcp(p, where + 4);
    if (!strncmp(where, "file:", 5))
        return open_file(p, where + 5);
    errno = EINVAL;
    return !strcmp(where, "null");
}

static bool open_option(struct uarts *u, const struct uart_option *option)
{
    const struct device *d = machine_device_named(u->machine, option->name);
    struct port *p;

    if (!is_uart(d)) {
        fprintf(stderr, "backstep: --uart %s: %s has no such UART\n", option->name,
                machine_chip(u->machine)->name);
        return false;
    }
    p = new_port(u, d->name);
    if (!p)
        return false;
    if (!open_where(p, option->where)) {
        fprintf(stderr, "backstep: --uart %s=%s: %s (expected stdio, pty, tcp:PORT, file:PATH or null)\n",
                option->name, option->where, strerror(errno));
        return false;
    }
    poll_input(p);
    return true;
}

struct uarts *uarts_open(struct uv_loop_s *loop, struct machine *m, const struct options *options)
{
    struct uarts *u = calloc(1, sizeof *u);

    if (!u)
        return NULL;
    u->loop = loop;
    u->machine = m;
    u->adopt = options->uart_count == 0 && !options->gdb_stdio;
    for (unsigned i = 0; i < options->uart_count; i++)
        if (!open_option(u, &options->uarts[i])) {
            uarts_close(u);
            return NULL;
        }
    return u;
}

/* ---- closing ---- */

static void close_port(struct port *p)
{
    flush(p);
    close_poll(&p->poll_in);
    close_poll(&p->poll_listening);
    if (p->in >= 0 && (p->owns_in || p->listening >= 0))
        close(p->in);
    if (p->out >= 0 && p->owns_out)
        close(p->out);
    if (p->listening >= 0)
        close(p->listening);
    free(p->queue);
}

void uarts_close(struct uarts *u)
{
    for (unsigned i = 0; i < u->port_count; i++) {
        close_port(u->ports[i]);
        free(u->ports[i]);
    }
    free(u);
}

/* ---- traffic ---- */

static struct port *port_of(struct uarts *u, const char *uart)
{
    for (unsigned i = 0; i < u->port_count; i++)
        if (u->ports[i]->uart && !strcasecmp(u->ports[i]->uart, uart))
            return u->ports[i];
    return NULL;
}

/* stdio, opened when first needed. */
static struct port *console_port(struct uarts *u)
{
    struct port *p = u->console;

    if (p || u->port_count > UART_PORTS)
        return p;
    p = new_port(u, NULL);
    if (p && open_stdio(p))
        poll_input(p);
    return p;
}

/* Gives stdio to the first UART that is used. */
static struct port *adopt(struct uarts *u, const char *uart)
{
    struct port *p;

    if (!u->adopt)
        return NULL;
    p = console_port(u);
    if (p)
        p->uart = uart;
    u->adopt = false;
    return p;
}

void uarts_output(struct uarts *u, const char *name, const void *bytes, size_t size)
{
    struct port *p = port_of(u, name);

    if (!p)
        p = adopt(u, name);
    if (p)
        port_write(p, bytes, size);
}

static void pump_port(struct uarts *u, struct port *p)
{
    size_t room;

    flush(p);
    if (!p->uart)
        return;
    room = machine_input_room(u->machine, p->uart);
    if (p->in_is_file && room)
        read_some(p);
    if (room > p->input_size)
        room = p->input_size;
    if (!room)
        return;
    machine_input(u->machine, p->uart, p->input, room);
    consume(p, room);
    poll_input(p);
}

/* A UART that listens before it ever speaks is in use too. */
static void adopt_listener(struct uarts *u)
{
    for (unsigned i = 0; u->adopt && i < machine_device_count(u->machine); i++) {
        const struct device *d = machine_device(u->machine, i);
        if (is_uart(d) && machine_input_room(u->machine, d->name))
            adopt(u, d->name);
    }
}

void uarts_pump(struct uarts *u)
{
    adopt_listener(u);
    for (unsigned i = 0; i < u->port_count; i++)
        pump_port(u, u->ports[i]);
}

static bool may_input(const struct uarts *u, const struct port *p)
{
    if (!p->uart || !machine_input_room(u->machine, p->uart))
        return false;
    return p->listening >= 0 || p->input_size || (p->in >= 0 && !p->in_ended);
}

bool uarts_may_input(const struct uarts *u)
{
    for (unsigned i = 0; i < u->port_count; i++)
        if (may_input(u, u->ports[i]))
            return true;
    return false;
}

bool uarts_inject(struct uarts *u, const char *name, const void *bytes, size_t size)
{
    const struct device *d = machine_device_named(u->machine, name);

    if (!is_uart(d) || machine_input_room(u->machine, name) < size)
        return false;
    return machine_input(u->machine, name, bytes, size);
}

int uarts_console_read(struct uarts *u, char *text, size_t size)
{
    struct port *p = console_port(u);

    if (!p)
        return -1;
    if (p->in_is_file)
        read_some(p);
    if (!p->input_size)
        return p->in_ended ? -1 : 0;
    if (size > p->input_size)
        size = p->input_size;
    memcpy(text, p->input, size);
    consume(p, size);
    poll_input(p);
    return (int)size;
}

void uarts_on_input(struct uarts *u, void (*wake)(void *context), void *context)
{
    u->wake = wake;
    u->context = context;
}
