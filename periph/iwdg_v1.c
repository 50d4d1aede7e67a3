/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Independent watchdog (RM0090 chapter 21, RM0033 chapter 17, RM0041 chapter 17).
 *
 * The counter reaches its end (RL + 1) * 4 * 2^PR cycles of LSI after a reload, counted from the LSI edge
 * that follows the key; a new prescaler applies to the counts that are left. A write of PR or RLR takes
 * five cycles of LSI to arrive, which PVU and RVU show; another write of the same register meanwhile is
 * lost. Time stands still for the watchdog, as for everything, while the debugger halts the machine.
 */
#include "periph/iwdg.h"

#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { KR, PR, RLR, SR, REGS };

enum {
    KEY_UNLOCK = 0x5555, KEY_RELOAD = 0xAAAA, KEY_START = 0xCCCC,
    PR_MASK = 7, RLR_MASK = 0xFFF,
    SR_PVU = 1 << 0, SR_RVU = 1 << 1
};

enum { EVENT_END, EVENT_PVU, EVENT_RVU, EVENTS };

enum { UPDATE_TICKS = 5 };

struct iwdg_state {
    uint32_t reg[REGS];     /* PR, RLR: as last written */
    struct ticker lsi;
    uint64_t end;           /* LSI cycle at which the count ends */
    uint64_t updated[2];    /* LSI cycles at which the new PR and RLR arrive */
    uint16_t reload;        /* in force */
    uint8_t prescaler;
    uint8_t unlocked;
    uint8_t running;
    uint8_t reserved;
    uint16_t first;         /* counts to begin with when started */
};

/* LSI cycles per count (RM0090 table 104). */
static uint64_t count_ticks(const struct iwdg_state *s)
{
    static const uint16_t divider[PR_MASK + 1] = {4, 8, 16, 32, 64, 128, 256, 256};

    return divider[s->prescaler];
}

/* The LSI edge at or after now, from which the watchdog takes notice. */
static uint64_t next_edge(const struct device *d)
{
    const struct iwdg_state *s = d->state;
    uint64_t tick = ticker_read(&s->lsi, d);

    return vtime_before(ticker_when(&s->lsi, tick), sched_now(d)) ? tick + 1 : tick;
}

static void schedule(struct device *d)
{
    const struct iwdg_state *s = d->state;

    sched_at(d, EVENT_END, s->running ? ticker_when(&s->lsi, s->end) : VTIME_NEVER);
    for (unsigned i = 0; i < 2; i++)
        sched_at(d, EVENT_PVU + i,
                 s->reg[SR] & SR_PVU << i ? ticker_when(&s->lsi, s->updated[i]) : VTIME_NEVER);
}

static void count_from(struct device *d, unsigned count)
{
    struct iwdg_state *s = d->state;

    s->end = next_edge(d) + (count + 1) * count_ticks(s);
    schedule(d);
}

/* The first count begins at its maximum (RM0090 21.3), unless the reload key came before the start key. */
static void start(struct device *d)
{
    struct iwdg_state *s = d->state;

    if (s->running)
        return;
    s->running = true;
    signal_set(d, IWDG_OUT_LSI, true);
    count_from(d, s->first);
}

static void write_key(struct device *d, uint32_t key)
{
    struct iwdg_state *s = d->state;

    s->unlocked = key == KEY_UNLOCK;
    if (key == KEY_START)
        start(d);
    else if (key == KEY_RELOAD && s->running)
        count_from(d, s->reload);
    else if (key == KEY_RELOAD)
        s->first = (uint16_t)s->reg[RLR];
}

/* PR (which = 0) or RLR (1). */
static void write_setting(struct device *d, unsigned which, uint32_t value, uint32_t lanes)
{
    struct iwdg_state *s = d->state;
    unsigned reg = PR + which;

    if (!s->unlocked) {
        diag_guest(d, DIAG_SEQUENCE, reg, "written without the key 0x5555 in KR: dropped");
        return;
    }
    if (s->reg[SR] & SR_PVU << which) {
        diag_guest(d, DIAG_SEQUENCE, reg, "written while the last write is still under way: dropped");
        return;
    }
    reg_store(d, reg, value, lanes);
    s->reg[SR] |= SR_PVU << which;
    s->updated[which] = next_edge(d) + UPDATE_TICKS;
    schedule(d);
}

/* The new prescaler has arrived: the counts that are left go on at its pace. */
static void apply_prescaler(struct device *d)
{
    struct iwdg_state *s = d->state;
    uint64_t old = count_ticks(s), now = ticker_read(&s->lsi, d), left;

    s->prescaler = s->reg[PR] & PR_MASK;
    if (!s->running)
        return;
    left = (s->end - now + old - 1) / old;
    s->end = now + left * count_ticks(s);
}

static void iwdg_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg == KR)
        write_key(d, value & lanes & 0xFFFF);
    else if (reg == PR || reg == RLR)
        write_setting(d, reg - PR, value, lanes);
}

static void iwdg_event(struct device *d, unsigned event)
{
    struct iwdg_state *s = d->state;

    switch (event) {
    case EVENT_END:
        signal_pulse(d, IWDG_OUT_RESET);
        break;
    case EVENT_PVU:
        s->reg[SR] &= ~(uint32_t)SR_PVU;
        apply_prescaler(d);
        schedule(d);
        break;
    default:
        s->reg[SR] &= ~(uint32_t)SR_RVU;
        s->reload = s->reg[RLR] & RLR_MASK;
        break;
    }
}

static void iwdg_clock(struct device *d)
{
    struct iwdg_state *s = d->state;

    ticker_rate(&s->lsi, d, device_clock(d), 1);
    schedule(d);
}

static void iwdg_signal(struct device *d, unsigned input, bool level)
{
    (void)input;
    if (level)
        start(d);
}

static void iwdg_reset(struct device *d, enum reset_kind kind)
{
    struct iwdg_state *s = d->state;

    (void)kind;
    memset(&s->lsi, 0, sizeof *s - offsetof(struct iwdg_state, lsi));
    ticker_start(&s->lsi, d, device_clock(d), 1);
    s->reload = RLR_MASK;
    s->first = RLR_MASK;
    if (signal_input(d, IWDG_IN_HARDWARE))
        start(d);
}

static const struct reg iwdg_regs[REGS] = {
    [KR] = {.name = "KR", .offset = 0x00, .width = 16, .action = 0xFFFF,
            .fields = FIELDS(BITS("KEY", 0, 16))},
    [PR] = {.name = "PR", .offset = 0x04, .width = 16, .readable = PR_MASK, .writable = PR_MASK,
            .fields = FIELDS(BITS("PR", 0, 3))},
    [RLR] = {.name = "RLR", .offset = 0x08, .width = 16, .reset = RLR_MASK, .readable = RLR_MASK,
             .writable = RLR_MASK, .fields = FIELDS(BITS("RL", 0, 12))},
    [SR] = {.name = "SR", .offset = 0x0C, .width = 16, .readable = SR_PVU | SR_RVU,
            .fields = FIELDS(BIT("PVU", 0), BIT("RVU", 1))},
};

static bool iwdg_sane(const struct device *d)
{
    const struct iwdg_state *s = d->state;

    return s->prescaler <= PR_MASK && ticker_sane(&s->lsi, d, device_clock(d), 1);
}

const struct device_ops iwdg_v1_ops = {
    .name = "iwdg_v1",
    .regs = iwdg_regs,
    .reg_count = REGS,
    .state_size = sizeof(struct iwdg_state),
    .events = EVENTS,
    .outputs = IWDG_OUTPUTS,
    .inputs = IWDG_INPUTS,
    .reset = iwdg_reset,
    .write = iwdg_write,
    .event = iwdg_event,
    .signal = iwdg_signal,
    .clock = iwdg_clock,
    .sane = iwdg_sane,
};
