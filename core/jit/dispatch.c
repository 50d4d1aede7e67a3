/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The translator's loop: entering translations, and what brings them up to date. See jit.h. */
#include "core/jit/jit.h"

#include <immintrin.h>
#include <stdlib.h>
#include <string.h>

#include "core/address_map.h"
#include "core/arm/coredebug.h"
#include "core/arm/cost.h"
#include "core/arm/decode.h"
#include "core/jit/translator.h"

/* ---- life ---- */

static bool allocate(struct jit *j)
{
    j->blocks = calloc(REGIONS * REGION_BLOCKS, sizeof *j->blocks);
    j->edges = calloc(REGIONS * REGION_EDGES, sizeof *j->edges);
    j->sites = calloc(REGIONS * REGION_SITES, sizeof *j->sites);
    j->accesses = calloc(REGIONS * REGION_ACCESSES, sizeof *j->accesses);
    j->operations = calloc(REGIONS * REGION_OPERATIONS, sizeof *j->operations);
    j->decoder = decoder_create(j->c->core->kind);
    return j->blocks && j->edges && j->sites && j->accesses && j->operations && j->decoder;
}

static void begin_code(struct jit *j)
{
    j->code = (struct x86){
        .p = j->cache.write,
        .end = j->cache.write + j->cache.size,
        .shift = (intptr_t)j->cache.run - (intptr_t)j->cache.write,
    };
    jit_emit_stubs(j);
}

static bool build(struct jit *j, const struct jit_memory *memories, unsigned count, size_t size,
                  const char **why)
{
    *why = "this host gives no memory that can be executed";
    if (!code_cache_init(&j->cache, size))
        return false;
    *why = "this host gives no 6 GiB of address space";
    if (!window_init(&j->window, memories, count, &j->c->touched))
        return false;
    *why = "out of memory";
    if (!allocate(j))
        return false;
    *why = "too many translators, or no fault handler allowed";
    return fault_register(j);
}

struct jit *jit_create(struct cpu *c, const struct jit_memory *memories, unsigned count, size_t size,
                       const char **why)
{
    struct jit *j = calloc(1, sizeof *j);

    *why = "out of memory";
    if (!j)
        return NULL;
    j->c = c;
    j->has_bmi2 = __builtin_cpu_supports("bmi2");
    j->has_fma = __builtin_cpu_supports("fma");
    j->has_lzcnt = __builtin_cpu_supports("bmi");
    if (!build(j, memories, count, size ? size : CODE_SIZE, why)) {
        jit_destroy(j);
        return NULL;
    }
    begin_code(j);
    jit_set_regions(j);
    return j;
}

void jit_destroy(struct jit *j)
{
    if (!j)
        return;
    fault_unregister(j);
    window_free(&j->window);
    code_cache_free(&j->cache);
    decoder_destroy(j->decoder);
    free(j->blocks);
    free(j->edges);
    free(j->sites);
    free(j->accesses);
    free(j->operations);
    free(j);
}

/* ---- floating point ---- */

#define FPSCR_MODES 0x07C00000u         /* AHP, DN, FZ, RMode */

static bool common_fp_mode(const struct jit *j)
{
    return !(j->c->s->fpscr & FPSCR_MODES);
}

unsigned jit_fp_state(const struct jit *j)
{
    if (!cpu_fp_ready(j->c))
        return 0;
    return common_fp_mode(j) ? FP_READY | FP_COMMON : FP_READY;
}

/* MXCSR has them in the order of FPSCR, but for a denormal operand in between, which is none of Arm's. */
void jit_collect_flags(const struct jit *j)
{
    unsigned raised = _mm_getcsr() & _MM_EXCEPT_MASK;

    if (!raised)
        return;
    j->c->s->fpscr |= (raised & 1) | (raised >> 1 & 0x1E);
    jit_clear_flags();
}

void jit_clear_flags(void)
{
    unsigned csr = _mm_getcsr();

    if (csr & _MM_EXCEPT_MASK)
        _mm_setcsr(csr & ~(unsigned)_MM_EXCEPT_MASK);
}

/* ---- what translations depend on ---- */

/* The same for all translations. */
static bool outdated(const struct jit *j)
{
    const struct cpu *c = j->c;

    return j->epoch != c->bus->epoch || j->generation != jit_generation(j) ||
           j->code_comparators != c->code_comparators || memcmp(&j->timing, &c->timing, sizeof j->timing) ||
           j->unaligned_trap != c->unaligned_trap || (!j->asks_fp_mode && !common_fp_mode(j));
}

bool jit_stale(const struct jit *j)
{
    return j->window.dirty || guard_stale(j) || outdated(j);
}

static void drop_dirty_pages(struct jit *j)
{
    j->window.dirty = false;
    for (unsigned i = 0; i < j->window.count; i++) {
        struct window_memory *m = &j->window.memories[i];
        for (uint32_t page = 0; page < m->mapped / WINDOW_PAGE; page++) {
            if (!(m->pages[page] & PAGE_DIRTY))
                continue;
            m->pages[page] &= (uint8_t)~PAGE_DIRTY;
            jit_drop_range(j, m->memory.base + page * WINDOW_PAGE, WINDOW_PAGE);
        }
    }
}

static void drop_outdated(struct jit *j)
{
    const struct bus_span *zero = bus_span_at(j->c->bus, 0);

    j->timing = j->c->timing;
    j->epoch = bus_epoch(j->c->bus);
    j->code_comparators = j->c->code_comparators;
    j->unaligned_trap = j->c->unaligned_trap;
    j->asks_fp_mode |= !common_fp_mode(j);
    window_set_zero(&j->window, zero ? zero->host : NULL);
    jit_flush(j);
}

/* False: the present mode is not to be had. */
static bool refresh(struct jit *j)
{
    if (j->window.dirty)
        drop_dirty_pages(j);
    if (j->generation != jit_generation(j))
        jit_drop_changed_images(j);
    if (outdated(j))
        drop_outdated(j);
    return !guard_stale(j) || guard_refresh(j);
}

/* ---- the slow path (I6) ---- */

static uint64_t used_up(uint64_t cycle, uint64_t limit)
{
    uint64_t left = limit > cycle ? limit - cycle : 0;

    return cycle + (left < BUDGET_CYCLES ? left : BUDGET_CYCLES);
}

/* Instructions charged so far; a side exit just behind a slow path gives back some of before it. */
static uint64_t retired(const struct jit *j, uint64_t budget)
{
    return j->instructions + (uint64_t)(int64_t)(int32_t)(BUDGET_LOW - (uint32_t)budget);
}

void jit_synchronise(struct jit *j, const struct site *site, uint64_t budget)
{
    struct cpu_state *s = j->c->s;

    s->cycle = j->limit - (uint64_t)((int64_t)budget >> 32) - site->cycles_from;
    s->instructions = retired(j, budget) - site->insns_from;
    s->r[15] = site->pc;
    s->it = site->it;
    s->mem_pipelined = site->pairs;
}

/* Whether translated code can go on behind the site: nothing happened that it does not know of. */
static bool undisturbed(const struct jit *j, const struct site *site)
{
    const struct cpu *c = j->c;
    const struct cpu_state *s = c->s;

    return !site->leave && !c->attention && s->r[15] == site->next && s->it == site->it_after && s->thumb &&
           c->checks == j->checks && !jit_stale(j);
}

struct jit_exit jit_go_on(struct jit *j, const struct site *site, uint32_t *fp)
{
    struct cpu *c = j->c;
    struct cpu_state *s = c->s;
    unsigned fp_now;
    int64_t left;

    jit_clear_flags();
    j->limit = used_up(s->cycle, c->limit);
    left = (int64_t)(j->limit - s->cycle) - site->cycles_after;
    fp_now = *fp || site->fp ? jit_fp_state(j) : 0;    /* too little is no mistake */
    if (!undisturbed(j, site) || left < 0 || (*fp & ~fp_now))
        return (struct jit_exit){0, 0};
    *fp = fp_now;
    s->it = 0;
    s->mem_pipelined = 0;
    j->instructions = s->instructions + site->insns_after;
    return (struct jit_exit){(uint64_t)left << 32 | BUDGET_LOW, 1};
}

/* From now on the instruction at `pc` is translated so that its address need not be aligned. */
static void expect_misaligned(struct jit *j, uint32_t pc)
{
    unsigned bit = pc / 2 % MISALIGNED_BITS;

    if (j->unaligned_trap)
        return;
    j->misaligned[bit / 32] |= 1u << bit % 32;
    jit_drop_range(j, pc, 2);
}

struct jit_exit jit_slow_path(struct jit *j, uint32_t number, uint64_t budget, uint32_t *fp, uint32_t line)
{
    const struct site *site = &j->sites[number];

    jit_collect_flags(j);
    guard_learn(j, line);
    if (site->alignment)
        expect_misaligned(j, site->pc);
    jit_synchronise(j, site, budget);
    cpu_execute(j->c);
    return jit_go_on(j, site, fp);
}

void jit_light_path(struct jit *j, uint32_t operation)
{
    jit_collect_flags(j);
    cpu_operate(j->c, &j->operations[operation]);
    jit_clear_flags();
}

/* ---- the loop ---- */

/* At a boundary with this state translations can begin. */
static bool enterable(const struct cpu_state *s)
{
    return s->thumb && !s->it && !s->mem_pipelined;
}

/* What translated code left, in the arena. */
static void account(struct jit *j, uint64_t budget)
{
    struct cpu_state *s = j->c->s;

    s->cycle = j->limit - (uint64_t)((int64_t)budget >> 32);
    s->instructions = retired(j, budget);
}

static void leave_by_edge(struct jit *j, const struct edge *e, uint64_t budget)
{
    if (e->block != NO_BLOCK)
        budget += jit_charge(j->blocks[e->block].cycles, j->blocks[e->block].insns);
    account(j, budget);
    j->c->s->r[15] = e->target;
}

static void charge_landing(struct jit *j)
{
    const struct bus_span *span = bus_span_at(j->c->bus, j->c->s->r[15]);

    if (span && !span->writable)
        j->c->s->cycle += cost_landing(&j->c->timing, j->c->s->r[15]);
}

/* Runs translated code from `block` on. The edge by which it came out, if any. */
static struct edge *run(struct jit *j, const struct block *block)
{
    struct cpu_state *s = j->c->s;
    uint64_t left = j->limit - s->cycle;
    struct jit_exit out;
    struct edge *edge;

    j->instructions = s->instructions;
    jit_clear_flags();
    out = jit_enter(j, jit_runs_at(j, block->entry), left << 32 | BUDGET_LOW, jit_fp_state(j));
    jit_collect_flags(j);
    if (out.why == EXIT_DONE)
        return NULL;
    if (out.why == EXIT_INDIRECT) {
        account(j, out.budget);
        charge_landing(j);
        return NULL;
    }
    edge = &j->edges[out.why & ~(uint64_t)EXIT_CHANGED];
    leave_by_edge(j, edge, out.budget);
    if (!(out.why & EXIT_CHANGED))
        return edge;
    jit_changed(j, &j->blocks[edge->block]);
    return NULL;
}

/* One step of the loop; `*edge` is where the last one came out. */
static void advance(struct jit *j, struct edge **edge)
{
    struct cpu *c = j->c;
    unsigned evictions = j->evictions;
    struct block *block = enterable(c->s) ? jit_find(j, c->s->r[15]) : NULL;

    if (evictions != j->evictions)
        *edge = NULL;
    if (!block) {
        cpu_execute(c);
        *edge = NULL;
        return;
    }
    if (*edge && (*edge)->linkable && (*edge)->block == NO_BLOCK && (*edge)->target == block->pc)
        jit_link(j, *edge, block);
    j->limit = used_up(c->s->cycle, c->limit);
    if (j->limit - c->s->cycle < block->cycles) {
        cpu_run(c);
        *edge = NULL;
        return;
    }
    *edge = run(j, block);
}

/* Steps of the debug monitor are looked for before each instruction. */
static bool must_step(const struct cpu *c)
{
    return c->checks & CHECK_PC && coredebug_stepping(c);
}

void jit_run(struct jit *j)
{
    struct cpu *c = j->c;
    struct edge *edge = NULL;

    cpu_prepare(c);
    guard_look_at_watchpoints(j);
    window_enter(&j->window, j->mode);
    while (c->s->cycle < c->limit) {
        if (must_step(c)) {
            cpu_run(c);
            return;
        }
        if (c->attention || c->checks) {
            if (!cpu_boundary(c))
                return;
            edge = c->attention ? NULL : edge;
        }
        if (jit_stale(j)) {
            edge = NULL;
            if (!refresh(j)) {
                cpu_execute(c);
                continue;
            }
        }
        j->checks = c->checks;
        advance(j, &edge);
    }
}
