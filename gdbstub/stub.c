/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stub as its owner sees it: creation, stop reports, console text. Everything that belongs to
 * one client is in session.c.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gdbstub/session.h"
#include "gdbstub/stop.h"

/* ---- what agent expressions see ---- */

static bool agent_register(void *context, unsigned reg, uint64_t *value)
{
    const struct stub *stub = context;
    uint8_t bytes[8];
    enum target_status status =
        stub->ops->registers->read(stub->target, stub_current_thread(stub), reg, bytes);
    if (status != TARGET_OK)
        return false;
    *value = 0;
    for (unsigned i = 0; i < stub->registers[reg]->size; i++)
        *value |= (uint64_t)bytes[i] << 8 * i;
    return true;
}

static bool agent_memory(void *context, uint32_t address, void *bytes, uint32_t size)
{
    const struct stub *stub = context;
    if (stub->ops->memory == NULL || address > UINT32_MAX - (size - 1))
        return false;
    return stub->ops->memory->read(stub->target, address, bytes, size) == size;
}

static void agent_print_text(void *context, const char *text, size_t size)
{
    struct stub *stub = context;
    if (!stub_console_output(stub, text, size) && stub->ops->console != NULL)
        stub->ops->console->write(stub->target, text, size);
}

/* ---- creation ---- */

/* Numbers the registers: in the order of the description. */
static void number_registers(struct stub *stub)
{
    const struct target_description *d = stub->ops->description;
    if (d == NULL || stub->ops->registers == NULL)
        return;
    for (unsigned f = 0; d->features[f] != NULL; f++) {
        for (unsigned r = 0; r < d->features[f]->count; r++) {
            const struct target_register *reg = &d->features[f]->registers[r];
            assert(stub->register_count < STUB_REGISTERS && reg->size >= 1 && reg->size <= 8);
            stub->registers[stub->register_count++] = reg;
        }
    }
}

struct stub *stub_create(const struct target_ops *ops, void *target)
{
    struct stub *stub = calloc(1, sizeof *stub);
    if (stub == NULL)
        return NULL;
    stub->ops = ops;
    stub->target = target;
    stub->machine = (struct agent_machine){stub, agent_register, agent_memory, agent_print_text};
    stub->last_stop = (struct target_stop){.kind = TARGET_STOP_STEP};
    number_registers(stub);
    return stub;
}

void stub_destroy(struct stub *stub)
{
    while (stub->sessions != NULL)
        session_close(stub->sessions);
    points_release(stub, NULL, false);
    free(stub->points.list);
    free(stub);
}

/* ---- threads ---- */

uint32_t stub_current_thread(const struct stub *stub)
{
    return stub->ops->threads != NULL ? stub->ops->threads->current(stub->target) : 1;
}

size_t stub_threads(const struct stub *stub, uint32_t *threads)
{
    if (stub->ops->threads != NULL)
        return stub->ops->threads->list(stub->target, threads, STUB_THREADS);
    threads[0] = 1;
    return 1;
}

bool stub_thread_exists(const struct stub *stub, uint32_t thread)
{
    uint32_t threads[STUB_THREADS];
    size_t count = stub_threads(stub, threads);
    for (size_t i = 0; i < count; i++)
        if (threads[i] == thread)
            return true;
    return false;
}

/* ---- what the owner tells and asks ---- */

bool stub_running(const struct stub *stub)
{
    return stub->ops->run != NULL && stub->ops->run->running(stub->target);
}

/* The end of the firmware is told once. After it the machine is still there to be looked at: a
 * client that asks later must hear of a halted target, or it would believe that there is none. */
static struct target_stop lasting(const struct target_stop *stop)
{
    if (stop->kind == TARGET_STOP_EXITED || stop->kind == TARGET_STOP_KILLED)
        return (struct target_stop){.kind = TARGET_STOP_STEP};
    return *stop;
}

void stub_report_stop(struct stub *stub, const struct target_stop *stop)
{
    struct session *s = stub->control;
    stub->last_stop = lasting(stop);
    if (s == NULL || !s->waiting)
        return;
    uint8_t bytes[PACKET_SIZE];
    struct reply out = {.bytes = bytes, .capacity = sizeof bytes};
    s->waiting = false;
    s->just_stopped = true;
    stop_reply(s, stop, &out);
    session_send(s, &out);
}

bool stub_console_output(struct stub *stub, const char *text, size_t size)
{
    enum { CHUNK = 1024 };
    struct session *s = stub->asking;
    if (s == NULL && stub_waiting(stub))
        s = stub->control;
    if (s == NULL)
        return false;
    while (size > 0) {
        size_t part = size < CHUNK ? size : CHUNK;
        uint8_t bytes[1 + 2 * CHUNK];
        struct reply out = {.bytes = bytes, .capacity = sizeof bytes};
        reply_char(&out, 'O');
        reply_hex(&out, text, part);
        session_send(s, &out);
        text += part;
        size -= part;
    }
    return true;
}

void stub_explain(struct stub *stub, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(stub->explanation, sizeof stub->explanation, format, arguments);
    va_end(arguments);
}

bool stub_attached(const struct stub *stub)
{
    return stub->control != NULL;
}

bool stub_waiting(const struct stub *stub)
{
    return stub->control != NULL && stub->control->waiting;
}
