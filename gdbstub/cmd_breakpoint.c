/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Breakpoints and watchpoints: Z and z. gdb sends the whole list of conditions and commands of a
 * place with every Z, and sends Z again to change them.
 */
#include "gdbstub/handler.h"

#include <stdlib.h>

static bool present(const struct target_ops *ops)
{
    return ops->breakpoints != NULL;
}

/* `type,address,size`; breakpoint addresses are rounded down to where instructions can be (gdb 13
 * sends odd ones when it finishes the outermost frame, and removes them by their even address). */
static bool parse_place(const struct session *s, struct payload *in, struct point *p)
{
    uint32_t kind;
    const struct target_description *d = s->stub->ops->description;
    if (!payload_number(in, &kind) || kind >= TARGET_POINT_COUNT || !payload_char(in, ','))
        return false;
    if (!payload_range(in, &p->address, &p->size))
        return false;
    p->kind = (enum target_point)kind;
    if (d != NULL && kind <= TARGET_BREAK_HARDWARE)
        p->address &= ~(d->code_alignment - 1);
    return true;
}

/* `X<length>,<bytecode in hex>`; adds the program to the end of the list. */
static enum outcome parse_expression(const struct session *s, struct payload *in,
                                     enum agent_use use, struct agent_program **list)
{
    uint8_t code[PACKET_SIZE / 2];
    uint32_t size;
    const char *why;
    if (!payload_char(in, 'X') || !payload_number(in, &size) || !payload_char(in, ','))
        return OUTCOME_MALFORMED;
    if (!payload_hex(in, code, size))
        return OUTCOME_MALFORMED;
    struct agent_program *program = agent_compile(code, size, use, s->stub->register_count, &why);
    if (program == NULL) {
        stub_explain(s->stub, "%s", why);
        return OUTCOME_STATUS + TARGET_FAILED;
    }
    while (*list != NULL)
        list = &(*list)->next;
    *list = program;
    return OUTCOME_OK;
}

/* One or more expressions, one directly behind the other. */
static enum outcome parse_expressions(const struct session *s, struct payload *in,
                                      enum agent_use use, struct agent_program **list)
{
    enum outcome outcome;
    do
        outcome = parse_expression(s, in, use, list);
    while (outcome == OUTCOME_OK && !payload_done(in) && *in->at == 'X');
    return outcome;
}

/* `cmds:<persist>,` was there already but for the flag and comma. */
static bool parse_persistence(struct payload *in, struct point *p)
{
    p->persistent = payload_char(in, '1');
    return (p->persistent || payload_char(in, '0')) && payload_char(in, ',');
}

/* All that follows the size: `;X…` conditions and `;cmds:…` commands. */
static enum outcome parse_options(const struct session *s, struct payload *in, struct point *p)
{
    while (!payload_done(in)) {
        enum outcome outcome;
        if (!payload_char(in, ';') || p->kind > TARGET_BREAK_HARDWARE)
            return OUTCOME_MALFORMED;
        if (!payload_word(in, "cmds:"))
            outcome = parse_expressions(s, in, AGENT_CONDITION, &p->conditions);
        else if (parse_persistence(in, p))
            outcome = parse_expressions(s, in, AGENT_COMMAND, &p->commands);
        else
            outcome = OUTCOME_MALFORMED;
        if (outcome != OUTCOME_OK)
            return outcome;
    }
    return OUTCOME_OK;
}

/* gdb has another way when a kind is not supported (single-stepping for a watchpoint): empty reply.
 */
static enum outcome point_outcome(enum target_status status)
{
    return status == TARGET_UNSUPPORTED ? OUTCOME_REPLY : outcome_of(status);
}

static enum outcome insert(struct session *s, struct payload *in, struct reply *out)
{
    struct point p = {.owner = s};
    (void)out;
    if (!parse_place(s, in, &p))
        return OUTCOME_MALFORMED;
    enum outcome outcome = parse_options(s, in, &p);
    if (outcome == OUTCOME_OK)
        outcome = point_outcome(point_insert(s->stub, &p));
    if (outcome != OUTCOME_OK) {
        point_free_programs(p.conditions);
        point_free_programs(p.commands);
    }
    return outcome;
}

static enum outcome delete (struct session *s, struct payload *in, struct reply *out) {
    struct point p = {.owner = s}; (void)out;
    if (!parse_place(s, in, &p) || !payload_done(in)) return OUTCOME_MALFORMED;
    return point_outcome(point_remove(s->stub, s, p.kind, p.address, p.size));
}

static const struct handler handlers[] = {
    {"Z", HANDLER_PREFIX, true, insert},
    {"z", HANDLER_PREFIX, true, delete},
    {0},
};

const struct handler_table breakpoint_handlers = {
    handlers, present, "swbreak+;hwbreak+;ConditionalBreakpoints+;BreakpointCommands+;"};
