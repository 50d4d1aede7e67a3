/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packets about the connection itself: what both sides can do, acknowledgements, taking leave, and
 * what gdb asks of every target (gdb manual, "General Query Packets").
 */
#include "gdbstub/handler.h"

static bool always(const struct target_ops *ops)
{
    (void)ops;
    return true;
}

/* ---- what both sides can do ---- */

static bool is_feature(struct payload field, const char *name)
{
    return payload_word(&field, name) && payload_done(&field);
}

static enum outcome supported(struct session *s, struct payload *in, struct reply *out)
{
    while (!payload_done(in)) {
        struct payload field = payload_field(in, ';');
        s->swbreak |= is_feature(field, "swbreak+");
        s->hwbreak |= is_feature(field, "hwbreak+");
        s->error_texts |= is_feature(field, "error-message+");
    }
    reply_format(out, "PacketSize=%x;QStartNoAckMode+;error-message+;", (unsigned)PACKET_SIZE);
    handler_features(s, out);
    out->size--; /* the last `;` separates nothing */
    return OUTCOME_REPLY;
}

/* The reply is the last packet that the client acknowledges. */
static enum outcome start_no_ack(struct session *s, struct payload *in, struct reply *out)
{
    (void)in;
    (void)out;
    s->no_ack = true;
    return OUTCOME_OK;
}

/* Non-stop mode is not there: gdb may only be assured of its absence. */
static enum outcome non_stop(struct session *s, struct payload *in, struct reply *out)
{
    (void)out;
    if (payload_word(in, "0") && payload_done(in))
        return OUTCOME_OK;
    stub_explain(s->stub, "non-stop mode is not supported");
    return OUTCOME_STATUS + TARGET_UNSUPPORTED;
}

/* Signals that gdb would not stop for, symbols that it could look up: nothing to do with them. */
static enum outcome acknowledge(struct session *s, struct payload *in, struct reply *out)
{
    (void)s;
    (void)in;
    (void)out;
    return OUTCOME_OK;
}

/* Images are linked for where they are loaded. */
static enum outcome offsets(struct session *s, struct payload *in, struct reply *out)
{
    (void)s;
    (void)in;
    reply_text(out, "Text=0;Data=0;Bss=0");
    return OUTCOME_REPLY;
}

/* The board was there before gdb came: on quitting gdb detaches instead of killing. */
static enum outcome attached(struct session *s, struct payload *in, struct reply *out)
{
    (void)s;
    (void)in;
    reply_char(out, '1');
    return OUTCOME_REPLY;
}

/* ---- taking leave ---- */

/* Who only looks changes nothing by leaving. */
static enum outcome detach(struct session *s, struct payload *in, struct reply *out)
{
    struct stub *stub = s->stub;
    uint32_t process;
    (void)out;
    if (!payload_done(in) &&
        !(payload_char(in, ';') && payload_number(in, &process) && payload_done(in)))
        return OUTCOME_MALFORMED;
    s->over = !s->extended;
    if (stub->control != s)
        return OUTCOME_OK;
    session_release_control(s, true);
    if (stub->ops->run == NULL || stub_running(stub))
        return OUTCOME_OK;
    struct target_resume on = {.action = TARGET_CONTINUE, .thread = stub_current_thread(stub)};
    return outcome_of(stub->ops->run->resume(stub->target, &on));
}

static const struct handler handlers[] = {
    {"qSupported", HANDLER_WHOLE, false, supported},
    {"qSupported:", HANDLER_PREFIX, false, supported},
    {"QStartNoAckMode", HANDLER_WHOLE, false, start_no_ack},
    {"QNonStop:", HANDLER_PREFIX, false, non_stop},
    {"QPassSignals:", HANDLER_PREFIX, false, acknowledge},
    {"QProgramSignals:", HANDLER_PREFIX, false, acknowledge},
    {"qSymbol:", HANDLER_PREFIX, false, acknowledge},
    {"qOffsets", HANDLER_WHOLE, false, offsets},
    {"qAttached", HANDLER_WHOLE, false, attached},
    {"qAttached:", HANDLER_PREFIX, false, attached},
    {"D", HANDLER_PREFIX, false, detach},
    {0},
};

const struct handler_table session_handlers = {handlers, always, ""};
