/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The loop of the reference interpreter: fetch, decode, condition, execution, time (Armv7-M ARM A7.3,
 * B1.5; costs in cost.h). What instructions mean is in exec_*.c.
 *
 * Decoded instructions are cached by address but recognised by their bits alone. Decoding is a pure
 * function of those, so code that changes itself, a remap or a restored state need no invalidation, and
 * two places that share a slot only cost a second decode.
 *
 * A device that an instruction touches sees s->cycle as of the instruction's start.
 */
#include <stdlib.h>
#include <string.h>

#include "core/arm/cost.h"
#include "core/arm/decode.h"
#include "core/arm/exec.h"
#include "core/bus.h"

#define OP(name, group) exec_##name,
exec_fn *const exec_table[OP_COUNT] = {INSN_OPS(OP)};
#undef OP

enum { SLOTS = 1 << 14, NEVER_MASK = 0, NEVER_BITS = 1, EXCEPTION_WORK = 6 };

/* An instruction that begins with `bits` under `mask`, seen as a little-endian word at its address. */
struct slot {
    uint32_t bits, mask;
    exec_fn *run;
    struct insn insn;
};

struct interp {
    struct decoder *decoder;
    struct slot slots[SLOTS];   /* by address; empty ones match no bits */
    struct heat heat[SLOTS];    /* core/footprint.h: emptied slots are waited for */
    uint16_t warm[SLOTS];       /* those whose heat is not 0 */
    unsigned warm_count;
};

static void empty(struct slot *slot)
{
    *slot = (struct slot){.bits = NEVER_BITS, .mask = NEVER_MASK};
}

bool interp_init(struct cpu *c)
{
    struct interp *interp = malloc(sizeof *interp);

    c->interp = interp;
    if (!interp)
        return false;
    interp->decoder = decoder_create(c->core->kind);
    for (unsigned n = 0; n < SLOTS; n++)
        empty(&interp->slots[n]);
    memset(interp->heat, 0, sizeof interp->heat);
    interp->warm_count = 0;
    return interp->decoder != NULL;
}

void interp_free(struct cpu *c)
{
    if (c->interp)
        decoder_destroy(c->interp->decoder);
    free(c->interp);
    c->interp = NULL;
}

/* ---- what was executed ---- */

/* One slot is many addresses: another one's instruction with the same bits would not be noticed. */
static void note_aliases(struct cpu *c, unsigned slot)
{
    for (uint32_t address = 2 * slot; address < FOOTPRINT_CODE_LINES * FOOTPRINT_CODE_LINE;
         address += 2 * SLOTS)
        footprint_executed_range(&c->touched, address, 2);
}

static void note_slot(struct cpu *c, unsigned slot)
{
    struct interp *interp = c->interp;

    if (!interp->heat[slot].level)
        interp->warm[interp->warm_count++] = (uint16_t)slot;
    if (heat_touch(&interp->heat[slot]))
        note_aliases(c, slot);
}

void interp_new_stretch(struct cpu *c)
{
    struct interp *interp = c->interp;
    unsigned kept = 0;

    for (unsigned i = 0; i < interp->warm_count; i++) {
        unsigned slot = interp->warm[i];
        if (heat_stays(&interp->heat[slot]))
            note_aliases(c, slot);
        else
            empty(&interp->slots[slot]);
        if (interp->heat[slot].level)
            interp->warm[kept++] = (uint16_t)slot;
    }
    interp->warm_count = kept;
}

/* ---- fetch and decode ---- */

static __attribute__((noinline)) void fill(struct cpu *c, struct slot *slot, uint32_t bits)
{
    struct interp *interp = c->interp;
    unsigned size = insn_size(bits & 0xFFFF);
    uint32_t raw = size == 4 ? bits << 16 | bits >> 16 : bits & 0xFFFF;

    note_slot(c, (unsigned)(slot - interp->slots));
    decode(interp->decoder, raw, size, &slot->insn);
    slot->mask = size == 4 ? 0xFFFFFFFF : 0xFFFF;
    slot->bits = bits & slot->mask;
    slot->run = exec_table[slot->insn.op];
}

/* The instruction's halfwords where the view does not hold a whole word. False: a fault was raised. */
static __attribute__((noinline)) bool fetch_slowly(struct cpu *c, uint32_t pc, uint32_t *bits)
{
    uint32_t second;

    if (!cpu_fetch(c, pc, bits))
        return false;
    if (insn_size(*bits) == 2)
        return true;
    if (!cpu_fetch(c, pc + 2, &second))
        return false;
    *bits |= second << 16;
    return true;
}

/* Whether fetches from `address` have flash wait states. */
static bool in_flash(const struct cpu *c, uint32_t address)
{
    const struct bus_span *span;

    if (likely(address - c->code.base < c->code.size))
        return c->code.waits;
    span = bus_span_at(c->bus, address);
    return span && !span->writable;
}

/* The decoded instruction at `pc` and whether it stands in flash; NULL when a fault was raised. */
static inline const struct slot *fetch(struct cpu *c, uint32_t pc, bool *flash)
{
    struct slot *slot = &c->interp->slots[pc / 2 % SLOTS];
    uint32_t bits, offset = pc - c->code.base;

    if (likely(offset < c->code.size)) {
        bits = load_le(c->code.host + offset, 4);
        *flash = c->code.waits;
    } else {
        if (!fetch_slowly(c, pc, &bits))
            return NULL;
        *flash = in_flash(c, pc);
    }
    if (unlikely((bits & slot->mask) != slot->bits))
        fill(c, slot, bits);
    return slot;
}

/* ---- execution ---- */

/* ITAdvance (A7.3.3). */
static uint8_t it_advance(uint8_t it)
{
    return it & 7 ? (it & 0xE0) | (it << 1 & 0x1F) : 0;
}

/* The instruction as part of an IT block; BKPT executes whatever the condition (A7.7.17). Returns
 * whether it was executed. */
static __attribute__((noinline)) bool run_in_it(struct cpu *c, const struct slot *slot)
{
    uint8_t it = c->s->it;
    bool held = condition_holds(c->s, it >> 4) || slot->insn.op == OP_BKPT;

    if (held)
        slot->run(c, &slot->insn);
    else
        c->cost -= slot->insn.cycles - COST_FAILED;
    if (!(c->attention & (ATTN_FAULT | ATTN_ABANDON)) && slot->insn.op != OP_IT)
        c->s->it = it_advance(it);
    return held;
}

static void take_exceptions(struct cpu *c)
{
    cpu_exceptions(c);
    cpu_mode_changed(c);
    c->interpreted += EXCEPTION_WORK;
}

/* The instruction did not complete. A fault is taken here and now, so that the arena alone describes
 * every boundary at which a run can end. A watchpoint or BKPT leaves everything as it was. Returns the
 * pc. */
static __attribute__((noinline)) uint32_t abandon(struct cpu *c)
{
    c->attention &= ~(uint32_t)ATTN_ABANDON;
    if (c->attention & ATTN_FAULT) {
        c->s->cycle += c->cost;
        take_exceptions(c);
    }
    return c->s->r[15];
}

/* The instruction at r[15] is done; `next` is where execution goes on. */
static inline void retire(struct cpu *c, struct cpu_state *s, uint32_t next, const struct insn *i, bool held)
{
    s->r[15] = next;
    s->cycle += c->cost - cost_pairing(&s->mem_pipelined, i, held);
    s->instructions++;
}

/* Executes the instruction at `pc`, with the fault or exception return that it makes. Returns the new
 * pc. (What the loop needs stays in host registers: the next pc comes from memory after a branch only.) */
static inline __attribute__((always_inline)) uint32_t execute(struct cpu *c, struct cpu_state *s, uint32_t pc)
{
    const struct slot *slot = NULL;
    uint32_t next;
    bool flash, held = true;

    if (likely(s->thumb))
        slot = fetch(c, pc, &flash);
    else
        cpu_fault(c, FAULT_INVSTATE, pc);
    if (unlikely(!slot)) {
        footprint_executed_range(&c->touched, pc, 2);
        c->cost = 1;
        return abandon(c);
    }
    c->next = next = pc + slot->insn.size;
    c->cost = slot->insn.cycles;
    if (flash)
        c->cost += cost_fetch(&c->timing, pc, slot->insn.size);
    if (likely(!s->it))
        slot->run(c, &slot->insn);
    else
        held = run_in_it(c, slot);
    if (unlikely(c->attention & (ATTN_FAULT | ATTN_ABANDON)))
        return abandon(c);
    if (c->next != next) {
        next = c->next;
        if (in_flash(c, next))
            c->cost += cost_landing(&c->timing, next);
    }
    retire(c, s, next, &slot->insn, held);
    if (unlikely(c->attention & ATTN_RETURN)) {
        take_exceptions(c);
        return s->r[15];
    }
    return next;
}

/* ---- the loop ---- */

/* What may have changed while nobody ran. */
void cpu_prepare(struct cpu *c)
{
    cpu_set_check(c, CHECK_BREAK, c->stops.break_count);
    cpu_set_check(c, CHECK_WATCH, c->stops.watch_count);
    cpu_mode_changed(c);        /* the debugger writes registers */
    if (c->view_epoch != bus_epoch(c->bus))
        cpu_views_drop(c);
}

static bool breaks_here(struct cpu *c)
{
    const struct break_entry *entry = stops_break_at(&c->stops, c->s->r[15]);

    if (!entry)
        return false;
    c->stop = (struct stop){
        .kind = STOP_BREAKPOINT,
        .address = c->s->r[15],
        .breakpoint_kind = entry->kinds & 1u << BREAK_SOFTWARE ? BREAK_SOFTWARE : BREAK_HARDWARE,
    };
    c->attention |= ATTN_STOP;
    return true;
}

/* Whether one of the guest's own breakpoints keeps the instruction at the pc from executing. */
static bool guest_breaks_here(struct cpu *c)
{
    if (!(c->checks & CHECK_PC) || dwt_pc(c, c->s->r[15]))
        return false;
    footprint_executed_range(&c->touched, c->s->r[15], 2);
    c->cost = 1;
    abandon(c);
    return true;
}

/* The same for any breakpoint. One of the debugger's that has just been reported is passed. */
static __attribute__((noinline)) bool held_back(struct cpu *c)
{
    return (c->pass_cycle != c->s->cycle && breaks_here(c)) || guest_breaks_here(c);
}

/* Takes what attention speaks of at this boundary. False when the run ends here. */
static bool attend(struct cpu *c)
{
    uint64_t limit;

    if (c->attention & (ATTN_STOP | ATTN_RESET))
        return false;
    if (c->attention & ATTN_EXCEPTION) {
        take_exceptions(c);
        return true;
    }
    limit = *(const volatile uint64_t *)&c->limit;  /* a signal may set it to 0 (machine_interrupt) */
    if (limit > c->s->cycle && limit != UINT64_MAX)
        c->s->cycle = limit;    /* asleep: time passes until something happens */
    return false;
}

/* A boundary at which there is something to look at. True when an instruction may execute. */
__attribute__((noinline)) bool cpu_boundary(struct cpu *c)
{
    do {
        if (!c->attention && !held_back(c))
            return true;
        if (c->attention && !attend(c))
            return false;
    } while (c->s->cycle < c->limit);
    return false;
}

static void loop(struct cpu *c)
{
    struct cpu_state *s = c->s;
    uint32_t pc = s->r[15];

    while (s->cycle < c->limit) {
        if (unlikely(c->attention || c->checks & (CHECK_BREAK | CHECK_PC))) {
            if (!cpu_boundary(c))
                return;
            pc = s->r[15];
        }
        pc = execute(c, s, pc);
    }
}

void cpu_run(struct cpu *c)
{
    uint64_t before = c->s->instructions;

    cpu_prepare(c);
    loop(c);
    c->interpreted += c->s->instructions - before;
}

void cpu_execute(struct cpu *c)
{
    c->interpreted++;
    execute(c, c->s, c->s->r[15]);
}

void cpu_operate(struct cpu *c, const struct insn *i)
{
    exec_table[i->op](c, i);
}

void cpu_step(struct cpu *c)
{
    uint64_t cycle = c->s->cycle;
    uint16_t ipsr = c->s->ipsr;     /* a late arrival takes no time */

    cpu_prepare(c);
    if (c->attention && (!attend(c) || c->s->cycle != cycle || c->s->ipsr != ipsr))
        return;
    if (!guest_breaks_here(c))
        execute(c, c->s, c->s->r[15]);
}

void cpu_skip(struct cpu *c)
{
    struct cpu_state *s = c->s;

    s->r[15] += 2;
    s->it = it_advance(s->it);
    s->mem_pipelined = 0;
    s->cycle++;
    s->instructions++;
}
