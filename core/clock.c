/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clock tree, tickers and gates. See clock.h. */
#include "core/clock.h"

#include <assert.h>
#include <string.h>

#include "core/chip.h"
#include "core/clocks.h"
#include "core/env.h"
#include "core/device_access.h"
#include "core/schedule.h"
#include "core/state.h"

typedef unsigned __int128 wide;

#define RATE_MAX ((uint64_t)1 << 40)    /* of numerators and denominators; real clock trees stay below */
#define TICKS_MAX ((uint64_t)1 << 60)

enum { NS_PER_SECOND = 1000000000 };

struct clock_state {
    struct clock_rate rates[CLOCK_MAX];
    /* Real time in the guest: exact nanoseconds up to the last change of the core clock. */
    vtime base;
    uint64_t base_ns;
    uint64_t rem;           /* fraction of a nanosecond, in 1/core.num */
};

static uint64_t gcd(uint64_t a, uint64_t b)
{
    while (b) {
        uint64_t t = a % b;
        a = b;
        b = t;
    }
    return a;
}

static wide wide_gcd(wide a, wide b)
{
    while (b) {
        wide t = a % b;
        a = b;
        b = t;
    }
    return a;
}

struct clock_rate clock_hz(uint64_t num, uint64_t den)
{
    uint64_t common = gcd(num, den);

    if (!num)
        return (struct clock_rate){0, 1};
    return (struct clock_rate){num / common, den / common};
}

void clocks_init(struct clocks *k, struct arena *arena, struct device *const *devices, unsigned count)
{
    k->devices = devices;
    k->device_count = count;
    k->offset = arena_reserve(arena, "clocks", sizeof *k->state, 8);
    k->gates_offset = arena_reserve(arena, "gates", count, 1);
}

void clocks_bind(struct clocks *k, struct arena *arena)
{
    k->state = arena_at(arena, k->offset);
    k->gates = arena_at(arena, k->gates_offset);
}

void clocks_power_on(struct clocks *k, uint64_t hz)
{
    memset(k->state, 0, sizeof *k->state);
    for (unsigned i = 0; i < CLOCK_MAX; i++)
        k->state->rates[i] = (struct clock_rate){0, 1};
    k->state->rates[CLOCK_CORE] = (struct clock_rate){hz, 1};
    clocks_reset_gates(k);
}

void clocks_reset_gates(struct clocks *k)
{
    for (unsigned i = 0; i < k->device_count; i++)
        k->gates[i] = k->devices[i]->row->gate == GATE_NONE ? GATE_CLOCKED : 0;
}

bool clocks_sane(const struct clocks *k)
{
    const struct clock_state *s = k->state;

    for (unsigned i = 0; i < CLOCK_MAX; i++)
        if (!s->rates[i].den || s->rates[i].den > RATE_MAX || s->rates[i].num > RATE_MAX)
            return false;
    return s->rates[CLOCK_CORE].num && s->rem < s->rates[CLOCK_CORE].num;
}

/* ---- guest nanoseconds ---- */

/* Nanoseconds since base in units of 1/core.num. */
static wide ns_units(const struct clock_state *s, vtime now)
{
    return (wide)vtime_between(s->base, now) * s->rates[CLOCK_CORE].den * NS_PER_SECOND + s->rem;
}

uint64_t clocks_ns(const struct clocks *k, vtime now)
{
    return k->state->base_ns + (uint64_t)(ns_units(k->state, now) / k->state->rates[CLOCK_CORE].num);
}

vtime clocks_when_ns(const struct clocks *k, uint64_t ns)
{
    const struct clock_state *s = k->state;
    wide per_cycle = (wide)s->rates[CLOCK_CORE].den * NS_PER_SECOND, units;

    if (ns <= s->base_ns)
        return s->base;
    units = (wide)(ns - s->base_ns) * s->rates[CLOCK_CORE].num;
    if (units <= s->rem)
        return s->base;
    return vtime_add(s->base, (uint64_t)((units - s->rem + per_cycle - 1) / per_cycle));
}

/* The core clock is about to change at `now`: settle the time that has passed at the old rate. */
static void settle_ns(struct clock_state *s, vtime now, uint64_t new_num)
{
    wide units = ns_units(s, now);
    uint64_t num = s->rates[CLOCK_CORE].num;

    s->base_ns += (uint64_t)(units / num);
    s->rem = (uint64_t)(units % num * new_num / num);
    s->base = now;
}

/* ---- rates ---- */

struct clock_rate clocks_rate(const struct clocks *k, unsigned clock)
{
    assert(clock < CLOCK_MAX);
    return k->state->rates[clock];
}

struct clock_rate clock_get(const struct device *d, unsigned clock)
{
    return clocks_rate(d->env->clocks, clock);
}

void clock_set(struct device *controller, const struct clock_rate rates[CLOCK_MAX])
{
    struct clocks *k = controller->env->clocks;

    assert(rates[CLOCK_CORE].num && rates[CLOCK_CORE].den);
    if (!memcmp(k->state->rates, rates, sizeof k->state->rates))
        return;
    settle_ns(k->state, sched_now(controller), rates[CLOCK_CORE].num);
    memcpy(k->state->rates, rates, sizeof k->state->rates);
    for (unsigned i = 0; i < k->device_count; i++)
        if (k->devices[i]->ops->clock)
            k->devices[i]->ops->clock(k->devices[i]);
}

uint64_t clock_cycles(const struct device *d, unsigned clock, uint64_t ticks)
{
    struct clock_rate core = clock_get(d, CLOCK_CORE), rate = clock_get(d, clock);
    wide num, den;

    if (!rate.num)
        return UINT64_MAX;
    num = (wide)ticks * core.num * rate.den;
    den = (wide)core.den * rate.num;
    return (uint64_t)((num + den - 1) / den);
}

uint64_t clock_ns(const struct device *d, uint64_t ns)
{
    struct clock_rate core = clock_get(d, CLOCK_CORE);
    wide den = (wide)core.den * NS_PER_SECOND;

    return (uint64_t)(((wide)ns * core.num + den - 1) / den);
}

/* ---- tickers ---- */

/* Ticks of the clock per core cycle, reduced. Ratios of real clock trees fit easily: numerators are
 * below 2^40 and dividers below 2^32. */
static void set_ratio(struct ticker *t, const struct device *d, unsigned clock, uint64_t divider)
{
    struct clock_rate core = clock_get(d, CLOCK_CORE), rate = clock_get(d, clock);
    wide mul = (wide)rate.num * core.den, div = (wide)rate.den * core.num * divider, common;

    if (!rate.num) {        /* stopped: the unit of the fraction stays */
        t->mul = 0;
        t->div = t->div ? t->div : 1;
        return;
    }
    common = wide_gcd(mul, div);
    t->mul = (uint64_t)(mul / common);
    t->div = (uint64_t)(div / common);
}

/* Nearly all dividends fit 64 bits, and there the host divides several times faster. */
static wide divide(wide units, uint64_t by, uint64_t *rem)
{
    if (units >> 64) {
        *rem = (uint64_t)(units % by);
        return units / by;
    }
    *rem = (uint64_t)units % by;
    return (uint64_t)units / by;
}

/* Everything up to `now` goes into base_ticks and rem. */
static void settle(struct ticker *t, vtime now)
{
    if (t->mul && t->div)
        t->base_ticks += (uint64_t)divide((wide)vtime_between(t->base, now) * t->mul + t->rem, t->div, &t->rem);
    t->base = now;
}

void ticker_start(struct ticker *t, const struct device *d, unsigned clock, uint64_t divider)
{
    *t = (struct ticker){.base = sched_now(d)};
    set_ratio(t, d, clock, divider);
}

void ticker_rate(struct ticker *t, const struct device *d, unsigned clock, uint64_t divider)
{
    uint64_t old_div = t->div;

    settle(t, sched_now(d));
    set_ratio(t, d, clock, divider);
    /* The fraction of a tick that has passed stays the same fraction. */
    t->rem = old_div ? (uint64_t)((wide)t->rem * t->div / old_div) : 0;
}

void ticker_stop(struct ticker *t, const struct device *d)
{
    settle(t, sched_now(d));
    t->mul = 0;
    t->div = t->div ? t->div : 1;
}

void ticker_write(struct ticker *t, const struct device *d, uint64_t ticks, bool phase)
{
    settle(t, sched_now(d));
    t->base_ticks = ticks;
    if (!phase)
        t->rem = 0;
}

uint64_t ticker_read(const struct ticker *t, const struct device *d)
{
    struct ticker copy = *t;

    settle(&copy, sched_now(d));
    return copy.base_ticks;
}

/* The cycle that ends `halves` half ticks, counted from `base` less the fraction that had passed there. */
static vtime when_halves(const struct ticker *t, wide halves)
{
    wide units = halves * t->div, passed = (wide)t->rem * 2;
    uint64_t rem;

    if (units <= passed)
        return t->base;
    if (!t->mul)
        return VTIME_NEVER;
    units = (units - passed + 1) / 2;
    units = divide(units + t->mul - 1, t->mul, &rem);
    return units > UINT64_MAX ? VTIME_NEVER : vtime_add(t->base, (uint64_t)units);
}

vtime ticker_when(const struct ticker *t, uint64_t ticks)
{
    return ticks <= t->base_ticks ? t->base : when_halves(t, (wide)(ticks - t->base_ticks) * 2);
}

vtime ticker_when_half(const struct ticker *t, uint64_t ticks)
{
    return ticks < t->base_ticks ? t->base : when_halves(t, (wide)(ticks - t->base_ticks) * 2 + 1);
}

bool ticker_sane(const struct ticker *t, const struct device *d, unsigned clock, uint64_t divider)
{
    struct ticker fresh = *t;

    if (vtime_before(sched_now(d), t->base) || t->base_ticks > TICKS_MAX)
        return false;
    if (!t->mul)
        return true;
    set_ratio(&fresh, d, clock, divider);
    return t->mul == fresh.mul && t->div == fresh.div && t->rem < t->div;
}

/* ---- gates ---- */

bool gate_on(const struct device *d)
{
    return d->env->clocks->gates[d->index] == GATE_CLOCKED;
}

static bool has_gate(const struct chip_device *row, uint16_t gate)
{
    return row->gate != GATE_NONE && (uint16_t)(gate - row->gate) <= row->more_gates;
}

/* Of a block that others share: is one of them clocked? */
static bool any_gate_on(const struct clocks *k, const struct chip_device *shared)
{
    for (unsigned i = 0; i < k->device_count; i++) {
        const struct chip_device *row = k->devices[i]->row;
        if (!row->more_gates && has_gate(shared, row->gate) && k->gates[i] & GATE_CLOCKED)
            return true;
    }
    return false;
}

static void set_clocked(struct clocks *k, unsigned i, bool on)
{
    struct device *d = k->devices[i];

    if (!!(k->gates[i] & GATE_CLOCKED) == on)
        return;
    k->gates[i] ^= GATE_CLOCKED;
    if (d->ops->gated)
        d->ops->gated(d, on);
}

void gate_set(struct device *controller, uint16_t gate, bool on)
{
    struct clocks *k = controller->env->clocks;

    assert(gate != GATE_NONE);
    for (unsigned i = 0; i < k->device_count; i++)
        if (k->devices[i]->row->gate == gate && !k->devices[i]->row->more_gates)
            set_clocked(k, i, on);
    for (unsigned i = 0; i < k->device_count; i++)
        if (k->devices[i]->row->more_gates && has_gate(k->devices[i]->row, gate))
            set_clocked(k, i, any_gate_on(k, k->devices[i]->row));
}

void gate_reset(struct device *controller, uint16_t line, bool asserted)
{
    struct clocks *k = controller->env->clocks;

    assert(line != GATE_NONE);
    for (unsigned i = 0; i < k->device_count; i++) {
        struct device *d = k->devices[i];
        if (d->row->reset_line != line || !!(k->gates[i] & GATE_HELD) == asserted)
            continue;
        k->gates[i] ^= GATE_HELD;
        if (asserted)
            device_reset(d, RESET_LINE);
    }
}
