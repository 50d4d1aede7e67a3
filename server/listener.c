/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gdb port, on libuv. See listener.h. */
#include "server/listener.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "gdbstub/gdbstub.h"

enum { CLIENT_BUFFER = 64 * 1024, BACKLOG = 8 };

struct client {
    struct listener *listener;
    struct client *next;
    struct session *session;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } in;
    uv_pipe_t out;              /* stdio only: stdin and stdout are two streams */
    bool stdio;
    bool closing;
    unsigned open_handles;
    char buffer[CLIENT_BUFFER];
};

struct listener {
    uv_loop_t *loop;
    struct stub *stub;
    uv_tcp_t tcp;
    bool listening;
    uint16_t port;
    struct client *clients;
    void (*wake)(void *context);
    void *context;
};

/* ---- a client ---- */

static void client_closed(uv_handle_t *handle)
{
    struct client *client = handle->data;
    struct client **link = &client->listener->clients;

    if (--client->open_handles)
        return;
    while (*link && *link != client)
        link = &(*link)->next;
    if (*link)
        *link = client->next;
    free(client);
}

static void client_close(struct client *client)
{
    if (client->closing)
        return;
    client->closing = true;
    session_close(client->session);
    client->listener->wake(client->listener->context);
    uv_close(&client->in.handle, client_closed);
    if (!client->stdio)
        return;
    uv_close((uv_handle_t *)&client->out, client_closed);
    uv_stop(client->listener->loop);    /* nobody else will ever come */
}

struct write_request {
    uv_write_t request;
    char bytes[];
};

static void written(uv_write_t *request, int status)
{
    (void)status;       /* a client that went away shows when reading */
    free(request);
}

/* One packet, one write: what the kernel does not take at once waits in libuv's queue. */
static void client_write(void *context, const void *bytes, size_t size)
{
    struct client *client = context;
    uv_stream_t *stream = client->stdio ? (uv_stream_t *)&client->out : &client->in.stream;
    uv_buf_t buffer = uv_buf_init((char *)bytes, (unsigned)size);
    struct write_request *late;
    int sent;

    if (client->closing)
        return;
    sent = uv_try_write(stream, &buffer, 1);
    if (sent == (int)size)
        return;
    sent = sent < 0 ? 0 : sent;
    late = malloc(sizeof *late + size - (size_t)sent);
    if (!late)
        return;
    memcpy(late->bytes, (const char *)bytes + sent, size - (size_t)sent);
    buffer = uv_buf_init(late->bytes, (unsigned)(size - (size_t)sent));
    if (uv_write(&late->request, stream, &buffer, 1, written) < 0)
        free(late);
}

static void allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
    struct client *client = handle->data;

    (void)suggested;
    *buffer = uv_buf_init(client->buffer, sizeof client->buffer);
}

static void received(uv_stream_t *stream, ssize_t count, const uv_buf_t *buffer)
{
    struct client *client = stream->data;

    if (count < 0 || (count > 0 && !session_receive(client->session, buffer->base, (size_t)count))) {
        client_close(client);
        return;
    }
    client->listener->wake(client->listener->context);
}

static struct client *client_create(struct listener *listener)
{
    struct client *client = calloc(1, sizeof *client);

    if (!client)
        return NULL;
    client->listener = listener;
    client->in.handle.data = client;
    client->out.data = client;
    client->open_handles = 1;
    client->session = session_open(listener->stub, client_write, client);
    if (!client->session) {
        free(client);
        return NULL;
    }
    client->next = listener->clients;
    listener->clients = client;
    return client;
}

static void accepted(uv_stream_t *server, int status)
{
    struct listener *listener = server->data;
    struct client *client;

    if (status < 0 || !(client = client_create(listener)))
        return;
    uv_tcp_init(listener->loop, &client->in.tcp);
    if (uv_accept(server, &client->in.stream) < 0) {
        client_close(client);
        return;
    }
    uv_tcp_nodelay(&client->in.tcp, 1);
    uv_read_start(&client->in.stream, allocate, received);
}

/* ---- opening ---- */

static bool resolve(const char *host, uint16_t port, struct sockaddr_storage *address)
{
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found;
    char service[8];

    snprintf(service, sizeof service, "%u", port);
    if (getaddrinfo(host, service, &hints, &found))
        return false;
    memcpy(address, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    return true;
}

static uint16_t bound_port(uv_tcp_t *tcp)
{
    struct sockaddr_storage address;
    int size = sizeof address;

    if (uv_tcp_getsockname(tcp, (struct sockaddr *)&address, &size) < 0)
        return 0;
    if (address.ss_family == AF_INET6)
        return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
    return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

static bool open_port(struct listener *listener, const char *host, uint16_t port)
{
    struct sockaddr_storage address;
    int error;

    if (!resolve(host, port, &address)) {
        fprintf(stderr, "backstep: --gdb %s:%u: no such host\n", host, port);
        return false;
    }
    uv_tcp_init(listener->loop, &listener->tcp);
    listener->tcp.data = listener;
    listener->listening = true;
    error = uv_tcp_bind(&listener->tcp, (struct sockaddr *)&address, 0);
    if (!error)
        error = uv_listen((uv_stream_t *)&listener->tcp, BACKLOG, accepted);
    if (error) {
        fprintf(stderr, "backstep: cannot listen on %s:%u: %s\n", host, port, uv_strerror(error));
        return false;
    }
    listener->port = bound_port(&listener->tcp);
    return true;
}

/* libuv aborts the program over a file that it cannot wait for. */
static bool can_be_waited_for(int fd)
{
    return uv_guess_handle(fd) != UV_FILE && uv_guess_handle(fd) != UV_UNKNOWN_HANDLE;
}

static bool open_stdio(struct listener *listener)
{
    struct client *client = can_be_waited_for(0) && can_be_waited_for(1) ? client_create(listener) : NULL;

    if (!client) {
        fprintf(stderr, "backstep: --gdb stdio: stdin and stdout have to be pipes or sockets\n");
        return false;
    }
    client->stdio = true;
    client->open_handles = 2;
    uv_pipe_init(listener->loop, &client->in.pipe, 0);
    uv_pipe_init(listener->loop, &client->out, 0);
    if (uv_pipe_open(&client->in.pipe, 0) < 0 || uv_pipe_open(&client->out, 1) < 0) {
        fprintf(stderr, "backstep: --gdb stdio: stdin and stdout have to be pipes or sockets\n");
        return false;
    }
    return uv_read_start(&client->in.stream, allocate, received) == 0;
}

struct listener *listener_open(struct uv_loop_s *loop, struct stub *stub, const char *host, uint16_t port,
                               bool stdio, void (*wake)(void *context), void *context)
{
    struct listener *listener = calloc(1, sizeof *listener);

    if (!listener)
        return NULL;
    *listener = (struct listener){.loop = loop, .stub = stub, .wake = wake, .context = context};
    if (stdio ? open_stdio(listener) : open_port(listener, host, port))
        return listener;
    listener_close(listener);
    uv_run(loop, UV_RUN_NOWAIT);
    listener_free(listener);
    return NULL;
}

uint16_t listener_port(const struct listener *listener)
{
    return listener->port;
}

void listener_close(struct listener *listener)
{
    if (listener->listening)
        uv_close((uv_handle_t *)&listener->tcp, NULL);
    listener->listening = false;
    for (struct client *client = listener->clients; client; client = client->next)
        client_close(client);
}

void listener_free(struct listener *listener)
{
    free(listener);
}
