/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Registers: g G p P. Their order and sizes are those of the target description.
 */
#include "gdbstub/handler.h"

static bool present(const struct target_ops *ops)
{
    return ops->registers != NULL && ops->description != NULL;
}

static enum target_status read_register(const struct session *s, unsigned reg, uint8_t *bytes)
{
    const struct stub *stub = s->stub;
    return stub->ops->registers->read(stub->target, session_thread(s, s->thread), reg, bytes);
}

static enum target_status write_register(const struct session *s, unsigned reg,
                                         const uint8_t *bytes)
{
    const struct stub *stub = s->stub;
    return stub->ops->registers->write(stub->target, session_thread(s, s->thread), reg, bytes);
}

/* A register that cannot be read is shown as unavailable, so that gdb gets the others. */
static enum outcome read_all(struct session *s, struct payload *in, struct reply *out)
{
    (void)in;
    for (unsigned i = 0; i < s->stub->register_count; i++) {
        uint8_t bytes[8];
        unsigned size = s->stub->registers[i]->size;
        if (read_register(s, i, bytes) == TARGET_OK) {
            reply_hex(out, bytes, size);
        } else {
            for (unsigned digit = 0; digit < 2 * size; digit++)
                reply_char(out, 'x');
        }
    }
    return OUTCOME_REPLY;
}

static enum outcome write_all(struct session *s, struct payload *in, struct reply *out)
{
    uint8_t bytes[STUB_REGISTERS][8];
    (void)out;
    for (unsigned i = 0; i < s->stub->register_count; i++)
        if (!payload_hex(in, bytes[i], s->stub->registers[i]->size))
            return OUTCOME_MALFORMED;
    if (!payload_done(in))
        return OUTCOME_MALFORMED;
    for (unsigned i = 0; i < s->stub->register_count; i++) {
        enum target_status status = write_register(s, i, bytes[i]);
        if (status != TARGET_OK)
            return outcome_of(status);
    }
    return OUTCOME_OK;
}

static enum outcome read_one(struct session *s, struct payload *in, struct reply *out)
{
    uint8_t bytes[8];
    uint32_t reg;
    if (!payload_number(in, &reg) || !payload_done(in))
        return OUTCOME_MALFORMED;
    if (reg >= s->stub->register_count)
        return OUTCOME_STATUS + TARGET_NO_REGISTER;
    enum target_status status = read_register(s, reg, bytes);
    if (status != TARGET_OK)
        return outcome_of(status);
    reply_hex(out, bytes, s->stub->registers[reg]->size);
    return OUTCOME_REPLY;
}

static enum outcome write_one(struct session *s, struct payload *in, struct reply *out)
{
    uint8_t bytes[8];
    uint32_t reg;
    (void)out;
    if (!payload_number(in, &reg) || !payload_char(in, '='))
        return OUTCOME_MALFORMED;
    if (reg >= s->stub->register_count)
        return OUTCOME_STATUS + TARGET_NO_REGISTER;
    if (!payload_hex(in, bytes, s->stub->registers[reg]->size) || !payload_done(in))
        return OUTCOME_MALFORMED;
    return outcome_of(write_register(s, reg, bytes));
}

static const struct handler handlers[] = {
    {"g", HANDLER_WHOLE, false, read_all},
    {"G", HANDLER_PREFIX, true, write_all},
    {"p", HANDLER_PREFIX, false, read_one},
    {"P", HANDLER_PREFIX, true, write_one},
    {0},
};

const struct handler_table register_handlers = {handlers, present, ""};
