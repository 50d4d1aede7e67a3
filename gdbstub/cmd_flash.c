/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Flash, for gdb's `load`: vFlashErase vFlashWrite vFlashDone. Which addresses are flash, and how
 * large its sectors are, gdb learns from the memory map.
 */
#include "gdbstub/handler.h"

static bool present(const struct target_ops *ops)
{
    return ops->flash != NULL;
}

static enum outcome erase(struct session *s, struct payload *in, struct reply *out)
{
    const struct stub *stub = s->stub;
    uint32_t address;
    uint32_t length;
    (void)out;
    if (!payload_range(in, &address, &length) || !payload_done(in))
        return OUTCOME_MALFORMED;
    if (length == 0 || length - 1 > UINT32_MAX - address)
        return OUTCOME_STATUS + TARGET_NO_MEMORY;
    return outcome_of(stub->ops->flash->erase(stub->target, address, length));
}

static enum outcome write(struct session *s, struct payload *in, struct reply *out)
{
    const struct stub *stub = s->stub;
    uint32_t address;
    (void)out;
    if (!payload_number(in, &address) || !payload_char(in, ':'))
        return OUTCOME_MALFORMED;
    uint32_t size = (uint32_t)payload_left(in);
    if (size == 0)
        return OUTCOME_OK;
    if (size - 1 > UINT32_MAX - address)
        return OUTCOME_STATUS + TARGET_NO_MEMORY;
    return outcome_of(stub->ops->flash->write(stub->target, address, in->at, size));
}

static enum outcome done(struct session *s, struct payload *in, struct reply *out)
{
    const struct stub *stub = s->stub;
    (void)in;
    (void)out;
    return outcome_of(stub->ops->flash->done(stub->target));
}

static const struct handler handlers[] = {
    {"vFlashErase:", HANDLER_PREFIX, true, erase},
    {"vFlashWrite:", HANDLER_PREFIX, true, write},
    {"vFlashDone", HANDLER_WHOLE, true, done},
    {0},
};

const struct handler_table flash_handlers = {handlers, present, ""};
