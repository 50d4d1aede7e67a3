/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Window watchdog (RM0090 22, RM0033 18, RM0041 18).
 *
 * The counter goes down by one every 4096 * 2^WDGTB cycles of PCLK1, whether the watchdog is active or not;
 * a write of CR begins a whole count, so that the time to the reset is the manual's formula. Time stands
 * still for the watchdog, as for everything, while the debugger halts the machine.
 */
#include "periph/wwdg.h"

#include "core/clock.h"
#include "core/irq.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { CR, CFR, SR, REGS };
enum { EVENT_EARLY, EVENT_END, EVENTS };

enum { T_MASK = 0x7F, T6 = 0x40, PRESCALER = 4096 };

#define CR_WDGA (1u << 7)
#define CFR_W   0x7Fu
#define CFR_EWI (1u << 9)
#define SR_EWIF (1u << 0)

struct wwdg_state {
    uint32_t reg[REGS];     /* CR.T: the counter at the last write */
    uint32_t reserved;
    struct ticker counts;   /* since then */
};

static uint64_t divider(const struct device *d)
{
    return (uint64_t)PRESCALER << (reg_get(d, CFR) >> 7 & 3);
}

static uint32_t counter(const struct device *d)
{
    const struct wwdg_state *s = d->state;

    return (uint32_t)(reg_get(d, CR) - ticker_read(&s->counts, d)) & T_MASK;
}

/* Counts from the last write to the next time that the counter arrives at `value`. */
static uint64_t counts_to(const struct device *d, uint32_t value)
{
    const struct wwdg_state *s = d->state;
    uint32_t left = (counter(d) - value) & T_MASK;

    return ticker_read(&s->counts, d) + (left ? left : T_MASK + 1);
}

static void schedule(struct device *d)
{
    const struct wwdg_state *s = d->state;
    bool active = reg_get(d, CR) & CR_WDGA;

    sched_at(d, EVENT_EARLY, ticker_when(&s->counts, counts_to(d, T6)));
    sched_at(d, EVENT_END,
             active ? ticker_when(&s->counts, counts_to(d, T6 - 1)) : VTIME_NEVER);
}

static void follow_clock(struct device *d)
{
    struct wwdg_state *s = d->state;

    if (gate_on(d))
        ticker_rate(&s->counts, d, device_clock(d), divider(d));
    else
        ticker_stop(&s->counts, d);
    schedule(d);
}

static void gated(struct device *d, bool on)
{
    (void)on;
    follow_clock(d);
}

static void update_irq(struct device *d)
{
    irq_set(d, 0, reg_get(d, SR) & SR_EWIF && reg_get(d, CFR) & CFR_EWI);
}

static uint32_t peek(const struct device *d, unsigned reg)
{
    return reg == CR ? (reg_get(d, CR) & CR_WDGA) | counter(d) : reg_get(d, reg);
}

/* A refresh outside the window, or one that clears T6, resets at once. */
static void write_cr(struct device *d, uint32_t value, uint32_t lanes)
{
    struct wwdg_state *s = d->state;
    bool was_active = reg_get(d, CR) & CR_WDGA, early = counter(d) > (reg_get(d, CFR) & CFR_W);
    uint32_t cr = reg_store(d, CR, value, lanes);

    ticker_start(&s->counts, d, device_clock(d), divider(d));
    schedule(d);
    if ((was_active && early) || (cr & CR_WDGA && !(cr & T6)))
        signal_pulse(d, WWDG_OUT_RESET);
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg == CR) {
        if (lanes & 0xFF)
            write_cr(d, value, lanes);
        return;
    }
    reg_store(d, reg, value, lanes);
    follow_clock(d);
    update_irq(d);
}

static void event(struct device *d, unsigned number)
{
    if (number == EVENT_END) {
        signal_pulse(d, WWDG_OUT_RESET);
        return;
    }
    reg_set_bits(d, SR, SR_EWIF);
    update_irq(d);
    schedule(d);
}

static void reset(struct device *d, enum reset_kind kind)
{
    struct wwdg_state *s = d->state;

    (void)kind;
    s->counts = (struct ticker){0};
    ticker_start(&s->counts, d, device_clock(d), divider(d));
    follow_clock(d);
}

static const struct reg regs[REGS] = {
    [CR] = {.name = "CR", .offset = 0x00, .width = 16, .reset = T_MASK, .readable = 0xFF,
            .writable = T_MASK, .w1s = CR_WDGA, .fields = FIELDS(BITS("T", 0, 7), BIT("WDGA", 7))},
    [CFR] = {.name = "CFR", .offset = 0x04, .width = 16, .reset = CFR_W, .readable = 0x3FF,
             .writable = 0x1FF, .w1s = CFR_EWI,
             .fields = FIELDS(BITS("W", 0, 7), BITS("WDGTB", 7, 2), BIT("EWI", 9))},
    [SR] = {.name = "SR", .offset = 0x08, .width = 16, .readable = SR_EWIF, .w0c = SR_EWIF,
            .fields = FIELDS(BIT("EWIF", 0))},
};

static bool wwdg_sane(const struct device *d)
{
    const struct wwdg_state *s = d->state;

    return !gate_on(d) || ticker_sane(&s->counts, d, device_clock(d), divider(d));
}

const struct device_ops wwdg_v1_ops = {
    .name = "wwdg_v1",
    .regs = regs,
    .reg_count = REGS,
    .state_size = sizeof(struct wwdg_state),
    .events = EVENTS,
    .outputs = WWDG_OUTPUTS,
    .reset = reset,
    .peek = peek,
    .write = write,
    .event = event,
    .clock = follow_clock,
    .gated = gated,
    .sane = wwdg_sane,
};
