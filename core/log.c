/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Diagnostics: once per site, with pc and register name. See log.h. */
#include "core/log.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/chip.h"
#include "core/device.h"
#include "core/env.h"
#include "core/logger.h"
#include "core/schedule.h"
#include "core/scheduler.h"
#include "core/state.h"

enum { DIAG_TEXT = 256, DIAG_WHERE = 64 };

static const char *const kind_names[DIAG_COUNT] = {
    [DIAG_UNCLOCKED] = "unclocked", [DIAG_RESERVED] = "reserved",     [DIAG_READONLY] = "readonly",
    [DIAG_WIDTH] = "width",         [DIAG_UNMODELLED] = "unmodelled", [DIAG_OVERRUN] = "overrun",
    [DIAG_SEQUENCE] = "sequence",   [DIAG_DMA] = "dma",               [DIAG_STACK] = "stack",
    [DIAG_CLOCK] = "clock",         [DIAG_PIN] = "pin",               [DIAG_FAULT] = "fault",
    [DIAG_UNINITIALISED] = "uninitialised",
};

const char *diag_kind_name(enum diag_kind kind)
{
    return (unsigned)kind < DIAG_COUNT ? kind_names[kind] : NULL;
}

/* True the first time a site is seen. A full table reports everything: too much is better than silence. */
static bool first_time(struct log *log, uint64_t site)
{
    size_t at = site & (LOG_SITES - 1);

    if (log->site_count >= LOG_SITES / 2)
        return true;
    while (log->sites[at]) {
        if (log->sites[at] == site)
            return false;
        at = (at + 1) & (LOG_SITES - 1);
    }
    log->sites[at] = site;
    log->site_count++;
    return true;
}

static uint64_t site_hash(const struct diag *diag, const char *what)
{
    uint32_t pc = diag->by_itself ? 0 : diag->pc;
    uint64_t key[3] = {(uint64_t)diag->kind << 32 | pc, diag->address, (uintptr_t)what};
    uint64_t hash = state_hash(STATE_HASH_SEED, key, sizeof key);

    return hash ? hash : 1;
}

static void submit(struct log *log, struct diag *diag, const char *format, va_list args)
{
    char text[DIAG_TEXT];

    if (log->stop_on & 1u << diag->kind)
        log->stop(log->owner);
    if (log->shut || !log->report || !first_time(log, site_hash(diag, format)))
        return;
    vsnprintf(text, sizeof text, format, args);
    diag->text = text;
    log->report(log->context, diag);
}

static void submit_device(struct device *d, enum diag_kind kind, unsigned reg, const char *format,
                          va_list args)
{
    const struct reg *r = reg == DIAG_NO_REG ? NULL : &d->ops->regs[reg];
    char where[DIAG_WHERE];
    struct diag diag = {
        .kind = kind,
        .cycle = sched_now(d).cycles,
        .pc = *d->env->log->pc,
        .by_itself = scheduler_in_event(d->env->sched),
        .address = r ? d->row->base + r->offset : d->row->base,
        .where = where,
    };

    snprintf(where, sizeof where, "%s%s%s", d->name, r ? "." : "", r ? r->name : "");
    submit(d->env->log, &diag, format, args);
}

void diag_guest(struct device *d, enum diag_kind kind, unsigned reg, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    submit_device(d, kind, reg, format, args);
    va_end(args);
}

void diag_unmodelled(struct device *d, unsigned reg, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    submit_device(d, DIAG_UNMODELLED, reg, format, args);
    va_end(args);
}

void log_core(struct device_env *env, enum diag_kind kind, const char *where, const char *format, ...)
{
    struct diag diag = {
        .kind = kind,
        .cycle = *env->log->cycle,
        .pc = *env->log->pc,
        .where = where,
    };
    va_list args;

    va_start(args, format);
    submit(env->log, &diag, format, args);
    va_end(args);
}
