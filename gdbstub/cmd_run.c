/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Run control: ? vCont c s C S, Ctrl-C by packet, and the way back, bs and bc. All-stop: who
 * resumes the target waits for its stop reply. There are no signals to deliver, so C and S are c
 * and s.
 */
#include "gdbstub/handler.h"

static bool can_run(const struct target_ops *ops)
{
    return ops->run != NULL;
}

static bool can_go_back(const struct target_ops *ops)
{
    return ops->reverse != NULL && ops->run != NULL;
}

/* ---- starting the target ---- */

/* The target was set running behind its client's back (a monitor command does): the client joins
 * and hears of the next stop. One that wanted a step must not wait for that for ever. */
static enum outcome join(struct session *s, bool for_a_step)
{
    if (s->waiting)
        return OUTCOME_STATUS + TARGET_IS_RUNNING;
    s->waiting = true;
    if (for_a_step)
        s->stub->ops->run->interrupt(s->stub->target);
    return OUTCOME_SILENT;
}

/* What starting came to. The stop may have been reported, and answered, already. */
static enum outcome started(struct session *s, enum target_status status)
{
    if (status == TARGET_OK)
        return OUTCOME_SILENT;
    s->waiting = false;
    return outcome_of(status);
}

static enum outcome resume(struct session *s, const struct target_resume *how)
{
    struct stub *stub = s->stub;
    if (stub_running(stub))
        return join(s, how->action != TARGET_CONTINUE);
    s->waiting = true;
    return started(s, stub->ops->run->resume(stub->target, how));
}

/* ---- c s C S ---- */

static enum target_status set_pc(struct stub *stub, uint32_t thread, uint32_t address)
{
    const struct target_description *d = stub->ops->description;
    uint8_t bytes[8] = {(uint8_t)address, (uint8_t)(address >> 8), (uint8_t)(address >> 16),
                        (uint8_t)(address >> 24)};
    if (d == NULL || d->pc >= stub->register_count)
        return TARGET_NO_REGISTER;
    return stub->ops->registers->write(stub->target, thread, d->pc, bytes);
}

/* `in` stands where an address may follow, as the rest of the packet. */
static enum outcome resume_at(struct session *s, struct payload *in, enum target_action action)
{
    struct target_resume how = {.action = action, .thread = session_thread(s, s->resume_thread)};
    uint32_t address;
    if (!payload_done(in)) {
        if (!payload_number(in, &address) || !payload_done(in))
            return OUTCOME_MALFORMED;
        if (stub_running(s->stub))
            return OUTCOME_STATUS + TARGET_IS_RUNNING;
        enum target_status status = set_pc(s->stub, how.thread, address);
        if (status != TARGET_OK)
            return outcome_of(status);
    }
    return resume(s, &how);
}

/* `sig` or `sig;addr`. */
static bool skip_signal(struct payload *in)
{
    uint8_t signal;
    return payload_hex(in, &signal, 1) &&
           (payload_done(in) || (payload_char(in, ';') && !payload_done(in)));
}

static enum outcome proceed(struct session *s, struct payload *in, struct reply *out)
{
    (void)out;
    return resume_at(s, in, TARGET_CONTINUE);
}

static enum outcome step(struct session *s, struct payload *in, struct reply *out)
{
    (void)out;
    return resume_at(s, in, TARGET_STEP);
}

static enum outcome proceed_signal(struct session *s, struct payload *in, struct reply *out)
{
    (void)out;
    return skip_signal(in) ? resume_at(s, in, TARGET_CONTINUE) : OUTCOME_MALFORMED;
}

static enum outcome step_signal(struct session *s, struct payload *in, struct reply *out)
{
    (void)out;
    return skip_signal(in) ? resume_at(s, in, TARGET_STEP) : OUTCOME_MALFORMED;
}

/* ---- vCont ---- */

struct action {
    struct target_resume how; /* its thread is filled in when the action is chosen */
    bool stop;                /* `t`: concerns running threads of non-stop mode only */
    int32_t thread;
};

static bool parse_kind(struct payload *in, struct action *a)
{
    uint8_t signal;
    if (payload_char(in, 'c'))
        return true;
    if (payload_char(in, 'C'))
        return payload_hex(in, &signal, 1);
    if (payload_char(in, 't')) {
        a->stop = true;
        return true;
    }
    a->how.action = TARGET_STEP;
    if (payload_char(in, 's'))
        return true;
    if (payload_char(in, 'S'))
        return payload_hex(in, &signal, 1);
    a->how.action = TARGET_RANGE_STEP;
    return payload_char(in, 'r') && payload_range(in, &a->how.start, &a->how.end);
}

static bool parse_action(struct payload in, struct action *a)
{
    *a = (struct action){.how.action = TARGET_CONTINUE, .thread = THREAD_ALL};
    if (!parse_kind(&in, a))
        return false;
    if (!payload_done(&in) && !(payload_char(&in, ':') && payload_thread(&in, &a->thread)))
        return false;
    return payload_done(&in);
}

/* There is one core, so one action counts: the first that applies to the thread which is on it, or
 * else the first for another thread that exists. */
static enum outcome choose_action(struct session *s, struct payload *in, struct action *chosen)
{
    uint32_t current = stub_current_thread(s->stub);
    bool found = false;
    bool for_current = false;
    if (payload_done(in) || in->end[-1] == ';')
        return OUTCOME_MALFORMED;
    do {
        struct action a;
        if (!parse_action(payload_field(in, ';'), &a))
            return OUTCOME_MALFORMED;
        bool applies = a.thread <= 0 || (uint32_t)a.thread == current;
        a.how.thread = applies ? current : (uint32_t)a.thread;
        if (applies ? for_current : found || !stub_thread_exists(s->stub, a.how.thread))
            continue;
        *chosen = a;
        found = true;
        for_current = applies;
    } while (!payload_done(in));
    return found ? OUTCOME_OK : OUTCOME_STATUS + TARGET_NO_THREAD;
}

static enum outcome resume_actions(struct session *s, struct payload *in, struct reply *out)
{
    struct action a;
    enum outcome outcome = choose_action(s, in, &a);
    if (outcome != OUTCOME_OK)
        return outcome;
    if (a.stop)
        return session_answer_stop(s, out) ? OUTCOME_REPLY : OUTCOME_SILENT;
    return resume(s, &a.how);
}

static enum outcome list_actions(struct session *s, struct payload *in, struct reply *out)
{
    (void)s;
    (void)in;
    reply_text(out, "vCont;c;C;s;S;t;r");
    return OUTCOME_REPLY;
}

/* ---- stopping ---- */

/* The first client that asks takes control: gdb expects a halted target behind the answer. */
static enum outcome why_stopped(struct session *s, struct payload *in, struct reply *out)
{
    (void)in;
    session_take_control(s);
    return session_answer_stop(s, out) ? OUTCOME_REPLY : OUTCOME_SILENT;
}

/* Ctrl-C as a packet: its reply comes at once, the stop reply goes to who waits for it. */
static enum outcome interrupt(struct session *s, struct payload *in, struct reply *out)
{
    (void)in;
    (void)out;
    if (stub_running(s->stub))
        s->stub->ops->run->interrupt(s->stub->target);
    return OUTCOME_OK;
}

/* ---- backwards ---- */

static enum outcome go_back(struct session *s,
                            enum target_status (*start)(void *target, uint32_t thread))
{
    struct stub *stub = s->stub;
    if (stub_running(stub))
        return OUTCOME_STATUS + TARGET_IS_RUNNING;
    s->waiting = true;
    return started(s, start(stub->target, session_thread(s, s->resume_thread)));
}

static enum outcome step_back(struct session *s, struct payload *in, struct reply *out)
{
    (void)in;
    (void)out;
    return go_back(s, s->stub->ops->reverse->step);
}

static enum outcome proceed_back(struct session *s, struct payload *in, struct reply *out)
{
    (void)in;
    (void)out;
    return go_back(s, s->stub->ops->reverse->resume);
}

static const struct handler handlers[] = {
    {"?", HANDLER_WHOLE, false, why_stopped},
    {"c", HANDLER_PREFIX, true, proceed},
    {"C", HANDLER_PREFIX, true, proceed_signal},
    {"s", HANDLER_PREFIX, true, step},
    {"S", HANDLER_PREFIX, true, step_signal},
    {"vCont;", HANDLER_PREFIX, true, resume_actions},
    {"vCont?", HANDLER_WHOLE, false, list_actions},
    {"vCtrlC", HANDLER_WHOLE, true, interrupt},
    {0},
};

static const struct handler backward_handlers[] = {
    {"bs", HANDLER_WHOLE, true, step_back},
    {"bc", HANDLER_WHOLE, true, proceed_back},
    {0},
};

const struct handler_table run_handlers = {handlers, can_run, "vContSupported+;"};
const struct handler_table reverse_handlers = {backward_handlers, can_go_back,
                                               "ReverseStep+;ReverseContinue+;"};
