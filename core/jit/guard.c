/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What code must ask under the MPU and under watchpoints. See guard.h. */
#include "core/jit/guard.h"

#include <string.h>

#include "core/arm/dwt.h"
#include "core/jit/translator.h"
#include "core/state.h"

enum { KIB = 1024, STRETCHES_MAX = 16 };

static struct guard *guard_now(struct jit *j)
{
    return &j->guards[j->mode];
}

/* ---- modes ---- */

static bool watches_reads(const struct cpu *c)
{
    uint32_t first, last;
    bool reads = false;

    for (size_t i = 0; i < c->stops.watch_count && c->checks & CHECK_WATCH; i++)
        reads |= c->stops.watches[i].access & ACCESS_READ;
    for (unsigned n = 0; n < DWT_COMPARATORS && c->checks & CHECK_DATA; n++)
        reads |= dwt_may_report(c, n, false, &first, &last);
    return reads;
}

static enum jit_mode mode_of(const struct cpu *c)
{
    if (c->checks & CHECK_MPU)
        return cpu_privileged(c) ? MODE_MPU : MODE_MPU_USER;
    if (c->checks & CHECK_RAM)
        return MODE_WATCH;
    if (!(c->checks & (CHECK_DATA | CHECK_WATCH)))
        return MODE_PLAIN;
    return watches_reads(c) ? MODE_WATCH : MODE_WATCH_STORES;
}

/* ---- what is allowed ---- */

static bool mpu_allows(const struct cpu *c, uint32_t address, bool write, bool fetch)
{
    return !(c->checks & CHECK_MPU) || mpu_check(c, address, cpu_privileged(c), write, fetch);
}

/* Where mpu_allows answers as at `address`. */
static struct guard_range uniform(const struct cpu *c, uint32_t address)
{
    struct guard_range range = {0, UINT32_MAX, false};

    if (c->checks & CHECK_MPU)
        mpu_stretch(c, address, &range.first, &range.last);
    return range;
}

/* What grows beneath the main stack is looked at. */
static bool checks_stack(const struct cpu *c, bool write, struct guard_range *range)
{
    *range = (struct guard_range){c->stack_low - STACK_BENEATH, c->stack_low - 1, false};
    return write && c->checks & CHECK_RAM && c->stack_low;
}

/* The addresses from `*n` on that are watched for accesses of a kind, one after the other; they may wrap. */
static bool next_watched(const struct cpu *c, bool write, unsigned *n, struct guard_range *range)
{
    size_t watches = c->checks & CHECK_WATCH ? c->stops.watch_count : 0;

    for (; *n < watches; ++*n) {
        const struct watch_entry *w = &c->stops.watches[*n];
        if (!(w->access & (write ? ACCESS_WRITE : ACCESS_READ)))
            continue;
        *range = (struct guard_range){w->address, w->address + (w->size - 1), false};
        ++*n;
        return true;
    }
    for (; *n < watches + DWT_COMPARATORS; ++*n)
        if (c->checks & CHECK_DATA && dwt_may_report(c, (unsigned)(*n - watches), write, &range->first, &range->last)) {
            ++*n;
            return true;
        }
    return (*n)++ == watches + DWT_COMPARATORS && checks_stack(c, write, range);
}

static bool overlap(const struct guard_range *a, const struct guard_range *b)
{
    return a->first <= b->last && b->first <= a->last;
}

static bool any_watched(const struct cpu *c, const struct guard_range *range)
{
    struct guard_range watched;

    for (unsigned n = 0; next_watched(c, false, &n, &watched);)
        if (overlap(&watched, range) || watched.first > watched.last)
            return true;
    return false;
}

/* Whether all of `range` may be executed, or read by nobody's leave. */
static bool all_allowed(const struct cpu *c, const struct guard_range *range)
{
    uint32_t address = range->first;

    if (!range->fetch && any_watched(c, range))
        return false;
    for (unsigned n = 0; n < STRETCHES_MAX; n++) {
        uint32_t last = uniform(c, address).last;
        if (!mpu_allows(c, address, false, range->fetch))
            return false;
        if (last >= range->last)
            return true;
        address = last + 1;
    }
    return false;
}

/* ---- the map ---- */

static uint8_t *line_at(const struct jit *j, uint32_t address)
{
    return window_guard(&j->window, j->mode, address);
}

static void set_lines(struct jit *j, uint32_t first, uint32_t last, uint8_t value)
{
    uint8_t *line = line_at(j, first);

    memset(line, value, (size_t)(line_at(j, last) - line) + 1);
}

/* Forgets [range->first, range->last]. */
static void forget(struct jit *j, const struct guard_range *range)
{
    const struct guard *g = guard_now(j);

    for (unsigned i = 0; i < g->filled_count; i++) {
        const struct guard_range *f = &g->filled[i];
        uint32_t first = f->first > range->first ? f->first : range->first;
        uint32_t last = f->last < range->last ? f->last : range->last;
        if (first <= last)
            set_lines(j, first, last, 0);
    }
}

static void forget_all(struct jit *j)
{
    forget(j, &(struct guard_range){0, UINT32_MAX, false});
    guard_now(j)->filled_count = 0;
}

static void remember(struct jit *j, const struct guard_range *range)
{
    struct guard *g = guard_now(j);

    for (unsigned i = 0; i < g->filled_count; i++)
        if (g->filled[i].first <= range->first && range->last <= g->filled[i].last)
            return;
    if (g->filled_count == GUARD_FILLED)
        forget_all(j);
    g->filled[g->filled_count++] = *range;
}

/* Takes a permission away from the lines that are watched. A range may wrap. */
static void except(struct jit *j, const struct guard_range *within, bool write)
{
    struct guard_range watched;

    for (unsigned n = 0; next_watched(j->c, write, &n, &watched);) {
        uint32_t first = watched.first > within->first ? watched.first : within->first;
        uint32_t last = watched.last < within->last ? watched.last : within->last;
        if (watched.first > watched.last) {
            first = within->first;
            last = within->last;
        }
        for (uint8_t *line = line_at(j, first); first <= last && line <= line_at(j, last); line++)
            *line &= (uint8_t)~(write ? GUARD_STORE : GUARD_LOAD);
    }
}

/* The addresses around `address` that are learnt at once: of a memory all that the MPU treats alike, elsewhere a
 * KiB. */
static struct guard_range neighbourhood(const struct cpu *c, uint32_t address)
{
    const struct bus_span *span = bus_span_at(c->bus, address);
    struct guard_range range = {address & ~(KIB - 1u), address | (KIB - 1u), false};
    struct guard_range alike = uniform(c, address);

    if (span)
        range = (struct guard_range){span->base, span->base + (span->size - 1), false};
    if (address >> 20 == 0xE00)     /* the MPU has no say there, and no stretches */
        return range;
    range.first = range.first > alike.first ? range.first : alike.first;
    range.last = range.last < alike.last ? range.last : alike.last;
    return range;
}

void guard_learn(struct jit *j, uint32_t line)
{
    const struct cpu *c = j->c;
    uint32_t address = line << window_line_shift(j->mode);
    struct guard_range range;
    uint8_t may = GUARD_KNOWN;

    if (j->mode == MODE_PLAIN || *line_at(j, address) || jit_is_bitband(address))
        return;                 /* an alias is watched through its target */
    if (c->checks & CHECK_RAM && !bus_is_written(c->bus, address, 1u << window_line_shift(j->mode)))
        return;
    range = neighbourhood(c, address);
    may |= mpu_allows(c, address, false, false) ? GUARD_LOAD : 0;
    may |= mpu_allows(c, address, true, false) ? GUARD_STORE : 0;
    remember(j, &range);
    if (c->checks & CHECK_RAM)  /* what was written there may change from line to line */
        range = (struct guard_range){address, address + (1u << window_line_shift(j->mode)) - 1, false};
    set_lines(j, range.first, range.last, may);
    except(j, &range, false);
    except(j, &range, true);
}

/* ---- what translations rely on ---- */

bool guard_permits(struct jit *j, uint32_t first, uint32_t last, bool fetch)
{
    struct guard *g = guard_now(j);
    struct guard_range range = {first, last, fetch};

    if (j->mode < MODE_WATCH)
        return true;
    for (unsigned i = 0; i < g->relied_count; i++)
        if (g->relied[i].fetch == fetch && g->relied[i].first <= first && last <= g->relied[i].last)
            return true;
    if (!all_allowed(j->c, &range))
        return false;
    for (unsigned i = 0; i < g->relied_count; i++) {
        const struct guard_range *r = &g->relied[i];
        struct guard_range both = {
            r->first < first ? r->first : first, r->last > last ? r->last : last, fetch,
        };
        if (r->fetch == fetch && all_allowed(j->c, &both)) {
            g->relied[i] = both;
            return true;
        }
    }
    if (g->relied_count == GUARD_RELIED)
        return false;           /* code in so many pieces is interpreted */
    g->relied[g->relied_count++] = range;
    return true;
}

bool guard_admits(struct jit *j, const struct block *block)
{
    return guard_permits(j, block->pc, block->pc + (block->size - 1), true) &&
           guard_permits(j, block->pc, block->pc + (block->reach - 1), false);
}

/* What is not allowed any more is not entered any more. */
static void rely_anew(struct jit *j, const struct guard_range *changed)
{
    struct guard *g = guard_now(j);
    unsigned kept = 0;

    for (unsigned i = 0; i < g->relied_count; i++)
        if (!overlap(&g->relied[i], changed) || all_allowed(j->c, &g->relied[i]))
            g->relied[kept++] = g->relied[i];
        else
            jit_hide(j, g->relied[i].first, g->relied[i].last);
    g->relied_count = kept;
}

/* ---- changes ---- */

static void change(struct jit *j, uint32_t first, uint32_t last)
{
    const struct guard_range range = {first, last, false};

    forget(j, &range);
    rely_anew(j, &range);
}

/* The MPU has other regions than the map was made for. */
static void change_regions(struct jit *j, const struct mpu *before)
{
    const struct mpu *now = j->c->mpu;
    uint32_t first, last;

    for (unsigned n = 0; n < MPU_REGIONS; n++) {
        if (before->rbar[n] == now->rbar[n] && before->rasr[n] == now->rasr[n])
            continue;
        if (mpu_region(before, n, &first, &last))
            change(j, first, last);
        if (mpu_region(now, n, &first, &last))
            change(j, first, last);
    }
}

void guard_look_at_watchpoints(struct jit *j)
{
    const struct stop_set *stops = &j->c->stops;
    uint64_t hash = STATE_HASH_SEED;

    if (!(j->c->checks & CHECK_WATCH))
        return;
    for (size_t i = 0; i < stops->watch_count; i++) {
        const struct watch_entry *w = &stops->watches[i];
        const uint32_t facts[3] = {w->address, w->size, w->access};
        hash = state_hash(hash, facts, sizeof facts);
    }
    if (hash != j->watches)
        j->view_drops = j->c->view_drops - 1;
    j->watches = hash;
}

static void bring_up_to_date(struct jit *j)
{
    const struct cpu *c = j->c;
    struct guard *g = guard_now(j);
    struct mpu before = g->mpu;
    uint8_t checks = c->checks & (CHECK_MPU | CHECK_DATA | CHECK_WATCH);
    bool all = c->checks & CHECK_RAM || g->in_force != mpu_in_force(c) || g->checks != checks || g->comparators != c->data_comparators ||
               g->watches != j->watches || before.reg[MPU_CTRL] != c->mpu->reg[MPU_CTRL];

    g->in_force = mpu_in_force(c);
    g->checks = checks;
    g->comparators = c->data_comparators;
    g->watches = j->watches;
    g->mpu = *c->mpu;
    if (all) {
        change(j, 0, UINT32_MAX);
        g->filled_count = 0;
    } else {
        change_regions(j, &before);
    }
}

bool guard_refresh(struct jit *j)
{
    j->view_drops = j->c->view_drops;
    j->guarded_checks = j->c->checks;
    j->comparators = j->c->data_comparators;
    j->mode = mode_of(j->c);
    if (!window_open(&j->window, j->mode)) {
        j->view_drops--;        /* asked for again */
        return false;
    }
    window_enter(&j->window, j->mode);
    if (j->mode != MODE_PLAIN)
        bring_up_to_date(j);
    return true;
}
