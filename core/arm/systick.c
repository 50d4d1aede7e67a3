/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The system timer: Arm ARM B3.3. A 24-bit counter that counts down to 0, and reloads on the tick
 * after: a period is LOAD + 1 ticks of the core clock or of the chip's reference clock.
 *
 * Nothing ticks: `value` is the counter at an anchor and the ticker counts the ticks since then.
 * Each time the counter arrives at 0 is an event, which re-anchors there.
 */
#include "core/arm/systick.h"

#include "core/arm/cpu.h"
#include "core/arm/nvic.h"
#include "core/clock.h"
#include "core/env.h"
#include "core/schedule.h"
#include "core/signal.h"

enum systick_reg { SYSTICK_CTRL, SYSTICK_LOAD, SYSTICK_VAL, SYSTICK_CALIB, SYSTICK_REGS };
enum systick_event { EVENT_ZERO, SYSTICK_EVENTS };

#define CTRL_ENABLE    (1u << 0)
#define CTRL_TICKINT   (1u << 1)
#define CTRL_CLKSOURCE (1u << 2)
#define CTRL_COUNTFLAG (1u << 16)

#define COUNTER_MASK 0x00FFFFFFu

struct systick {
    uint32_t reg[SYSTICK_REGS];     /* CTRL with COUNTFLAG as of the anchor */
    uint32_t value;                 /* counter at the anchor */
    uint32_t reserved;
    struct ticker ticker;           /* ticks since the anchor */
};

static struct systick *systick_of(const struct device *d)
{
    return d->state;
}

/* Ticks from the anchor to the first time the counter arrives at 0; 0: never. */
static uint64_t ticks_to_zero(const struct systick *s)
{
    if (s->value)
        return s->value;
    return s->reg[SYSTICK_LOAD] ? (uint64_t)s->reg[SYSTICK_LOAD] + 1 : 0;
}

static uint32_t counter_after(const struct systick *s, uint64_t ticks)
{
    uint32_t load = s->reg[SYSTICK_LOAD];
    uint64_t phase;

    if (ticks < s->value)
        return s->value - (uint32_t)ticks;
    phase = (ticks - s->value) % ((uint64_t)load + 1);
    return phase ? load + 1 - (uint32_t)phase : 0;
}

static bool zero_reached(const struct systick *s, uint64_t ticks)
{
    return ticks_to_zero(s) && ticks >= ticks_to_zero(s);
}

/* Moves the anchor to now. The counter's arrival at 0 takes effect here, once. */
static void settle(struct device *d)
{
    struct systick *s = systick_of(d);
    uint64_t ticks = ticker_read(&s->ticker, d);
    bool reached = zero_reached(s, ticks);

    s->value = counter_after(s, ticks);
    ticker_write(&s->ticker, d, 0, true);
    if (!reached)
        return;
    s->reg[SYSTICK_CTRL] |= CTRL_COUNTFLAG;
    if (s->reg[SYSTICK_CTRL] & CTRL_TICKINT)
        nvic_pend(d->env->cpu, EXC_SYSTICK);
}

static void schedule(struct device *d)
{
    const struct systick *s = systick_of(d);
    uint64_t ticks = ticks_to_zero(s);

    sched_at(d, EVENT_ZERO, ticks ? ticker_when(&s->ticker, ticks) : VTIME_NEVER);
}

static unsigned clock_of(const struct systick *s)
{
    return s->reg[SYSTICK_CTRL] & CTRL_CLKSOURCE ? CLOCK_CORE : CLOCK_SYSTICK_REF;
}

static void follow_clock(struct device *d)
{
    struct systick *s = systick_of(d);

    if (s->reg[SYSTICK_CTRL] & CTRL_ENABLE && !signal_input(d, CORE_IN_STOPPED))
        ticker_rate(&s->ticker, d, clock_of(s), 1);
    else
        ticker_stop(&s->ticker, d);
    schedule(d);
}

static void systick_event(struct device *d, unsigned event)
{
    (void)event;
    settle(d);
    schedule(d);
}

static void systick_signal(struct device *d, unsigned input, bool level)
{
    (void)input;
    (void)level;
    follow_clock(d);
}

static uint32_t systick_peek(const struct device *d, unsigned reg)
{
    const struct systick *s = systick_of(d);
    uint64_t ticks = ticker_read(&s->ticker, d);

    switch (reg) {
    case SYSTICK_CTRL:
        return s->reg[reg] | (zero_reached(s, ticks) ? CTRL_COUNTFLAG : 0);
    case SYSTICK_VAL:
        return counter_after(s, ticks);
    default:
        return s->reg[reg];
    }
}

/* Reading CTRL clears COUNTFLAG. */
static uint32_t systick_read(struct device *d, unsigned reg)
{
    struct systick *s = systick_of(d);
    uint32_t value;

    if (reg != SYSTICK_CTRL)
        return systick_peek(d, reg);
    settle(d);
    schedule(d);
    value = s->reg[SYSTICK_CTRL];
    s->reg[SYSTICK_CTRL] &= ~CTRL_COUNTFLAG;
    return value;
}

static void systick_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct systick *s = systick_of(d);

    settle(d);
    if (reg == SYSTICK_VAL) {
        s->value = 0;
        s->reg[SYSTICK_CTRL] &= ~CTRL_COUNTFLAG;
    } else {
        reg_store(d, reg, value, lanes);
    }
    if (reg == SYSTICK_CTRL)
        follow_clock(d);
    else
        schedule(d);
}

static void systick_reset(struct device *d, enum reset_kind kind)
{
    struct systick *s = systick_of(d);

    (void)kind;
    s->reg[SYSTICK_CALIB] = d->env->cpu->core->systick_calib;
    s->value = 0;
    ticker_start(&s->ticker, d, CLOCK_CORE, 1);
    ticker_stop(&s->ticker, d);
}

static const struct reg_field ctrl_fields[] = {
    {"ENABLE", 0, 1}, {"TICKINT", 1, 1}, {"CLKSOURCE", 2, 1}, {"COUNTFLAG", 16, 1}, {NULL, 0, 0},
};
static const struct reg_field load_fields[] = {{"RELOAD", 0, 24}, {NULL, 0, 0}};
static const struct reg_field val_fields[] = {{"CURRENT", 0, 32}, {NULL, 0, 0}};
static const struct reg_field calib_fields[] = {
    {"TENMS", 0, 24}, {"SKEW", 30, 1}, {"NOREF", 31, 1}, {NULL, 0, 0},
};

static const struct reg systick_regs[SYSTICK_REGS] = {
    [SYSTICK_CTRL] = {.name = "CTRL", .offset = 0x0, .width = 32, .access = 4,
                      .flags = REG_READ_EFFECT,
                      .readable = UINT32_MAX,
                      .writable = CTRL_ENABLE | CTRL_TICKINT | CTRL_CLKSOURCE,
                      .fields = ctrl_fields},
    [SYSTICK_LOAD] = {.name = "LOAD", .offset = 0x4, .width = 32, .access = 4,
                      .readable = UINT32_MAX,
                      .writable = COUNTER_MASK, .fields = load_fields},
    [SYSTICK_VAL] = {.name = "VAL", .offset = 0x8, .width = 32, .access = 4, .readable = UINT32_MAX,
                     .action = UINT32_MAX, .fields = val_fields},
    [SYSTICK_CALIB] = {.name = "CALIB", .offset = 0xC, .width = 32, .access = 4,
                       .readable = UINT32_MAX,
                       .fields = calib_fields},
};

const struct device_ops systick_ops = {
    .name = "armv7m_systick",
    .regs = systick_regs,
    .reg_count = SYSTICK_REGS,
    .state_size = sizeof(struct systick),
    .events = SYSTICK_EVENTS,
    .reset = systick_reset,
    .read = systick_read,
    .peek = systick_peek,
    .write = systick_write,
    .event = systick_event,
    .inputs = CORE_INPUTS,
    .signal = systick_signal,
    .clock = follow_clock,
};
