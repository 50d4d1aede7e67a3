/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * S registers in the host's: within a block a value that was loaded or computed stays in an xmm register.
 * cpu_state has it as well, always: whatever leaves the block or interrupts it finds all of them there, and
 * what comes back loads them again (lower_reload_singles).
 *
 * The upper lanes of these xmm registers are zero.
 */
#include "core/jit/lower.h"

#include <stddef.h>
#include <string.h>

enum { FIRST = 4 };             /* those below are scratch */

struct x86_rm single_place(unsigned n)
{
    return state_field(offsetof(struct cpu_state, s) + 4 * n);
}

void singles_drop(struct singles *s)
{
    memset(s->held, NO_SINGLE, sizeof s->held);
}

void singles_begin(struct singles *s)
{
    memset(s, 0, sizeof *s);
    memset(s->kept, NO_SINGLE, sizeof s->kept);
    singles_drop(s);
}

/* SINGLES_HELD if there is none. */
static unsigned find(const uint8_t *slots, unsigned n)
{
    unsigned slot = 0;

    while (slot < SINGLES_HELD && slots[slot] != n)
        slot++;
    return slot;
}

static unsigned slot_of(const struct singles *s, unsigned n)
{
    return find(s->held, n);
}

/* A free slot, or in turn one that the step does not use. */
static unsigned any_slot(struct singles *s)
{
    for (unsigned slot = 0; slot < SINGLES_HELD; slot++)
        if (s->kept[slot] == NO_SINGLE && s->held[slot] == NO_SINGLE)
            return slot;
    do
        s->turn = (s->turn + 1) % SINGLES_HELD;
    while (s->used >> s->turn & 1 || s->kept[s->turn] != NO_SINGLE);
    return s->turn;
}

static unsigned take_slot(struct singles *s, unsigned n)
{
    unsigned slot = slot_of(s, n);

    if (slot == SINGLES_HELD)
        slot = find(s->kept, n);
    if (slot == SINGLES_HELD)
        slot = any_slot(s);
    s->held[slot] = (uint8_t)n;
    s->used |= (uint16_t)(1u << slot);
    return slot;
}

unsigned single_get(struct lower *l, unsigned n)
{
    bool held = slot_of(&l->singles, n) < SINGLES_HELD;
    unsigned xmm = FIRST + take_slot(&l->singles, n);

    if (!held)
        x86_movss(l->b, xmm, single_place(n));
    return xmm;
}

unsigned single_new(struct lower *l, unsigned n)
{
    return FIRST + take_slot(&l->singles, n);
}

bool single_is_held(const struct lower *l, unsigned n)
{
    return slot_of(&l->singles, n) < SINGLES_HELD;
}

void single_store(struct lower *l, unsigned n)
{
    x86_movss_store(l->b, single_place(n), FIRST + slot_of(&l->singles, n));
}

void single_forget(struct lower *l, unsigned n)
{
    unsigned slot = slot_of(&l->singles, n);

    if (slot < SINGLES_HELD)
        l->singles.held[slot] = NO_SINGLE;
}

void singles_meet(struct singles *s, const struct singles *other)
{
    for (unsigned slot = 0; slot < SINGLES_HELD; slot++)
        if (s->held[slot] != other->held[slot])
            s->held[slot] = NO_SINGLE;
}

void singles_reload(struct lower *l, const struct singles *s)
{
    for (unsigned slot = 0; slot < SINGLES_HELD; slot++)
        if (s->held[slot] != NO_SINGLE)
            x86_movss(l->b, FIRST + slot, single_place(s->held[slot]));
}

/* ---- loops ---- */

static uint32_t row(unsigned first, unsigned count)
{
    return (uint32_t)(((uint64_t)1 << count) - 1) << first;
}

/* S registers that an operation reads, as a mask. */
static uint32_t reads(const struct insn *i)
{
    uint32_t d = 1u << (i->rd & 31), n = 1u << (i->rn & 31), m = 1u << (i->rm & 31);

    switch (i->op) {
    case OP_VADD: case OP_VSUB: case OP_VMUL: case OP_VNMUL: case OP_VDIV:
        return n | m;
    case OP_VMLA: case OP_VMLS: case OP_VNMLA: case OP_VNMLS: case OP_VFMA: case OP_VFMS: case OP_VFNMA: case OP_VFNMS:
        return d | n | m;
    case OP_VMOV: case OP_VABS: case OP_VNEG: case OP_VSQRT: case OP_VCVT_to_int: case OP_VCVT_from_int:
        return m;
    case OP_VCMP:
        return i->variant & 2 ? d : d | m;
    case OP_VCVT_to_fixed: case OP_VCVT_from_fixed:
        return d;
    case OP_VMOV_core:
        return i->variant & 1 ? d : 0;
    case OP_VSTR:
        return row(i->rd, i->width / 4);
    default:
        return 0;
    }
}

static uint32_t writes(const struct insn *i)
{
    switch (i->op) {
    case OP_VCMP: case OP_VSTR: case OP_VSTM: case OP_VMRS: case OP_VMSR:
        return 0;
    case OP_VLDR:
        return row(i->rd, i->width / 4);
    case OP_VLDM:
        return row(i->rd, i->imm);
    case OP_VMOV_core2:
        return i->variant & 1 ? 0 : row(i->rd, 2);
    case OP_VMOV_core:
        return i->variant & 1 ? 0 : row(i->rd, 1);
    default:
        return i->op >= OP_VMLA && i->op <= OP_VCVT_from_fixed ? row(i->rd, 1) : 0;
    }
}

static bool leads_to(const struct step *t, uint32_t pc)
{
    return (t->i.op == OP_B || t->i.op == OP_CBZ) && ((t->pc + 4 + t->i.imm) & ~1u) == pc;
}

/* What a round of the loop reads before it writes it; 0 if the block is none. */
static uint32_t carried(const struct source *source)
{
    uint32_t seen = 0, written = 0, result = 0;

    for (unsigned n = 0; n < source->count; n++) {
        const struct step *t = &source->steps[n];
        seen |= reads(&t->i) & ~written;
        if (t->cond == COND_NONE)
            written |= writes(&t->i);
        if (leads_to(t, source->pc))
            result = seen;
    }
    return result;
}

void singles_keep(struct lower *l)
{
    enum { MOST = 8 };          /* the rest is for what comes and goes */
    uint32_t kept = carried(l->source);

    if (kept)
        lower_check_fp(l);
    for (unsigned n = 0, slot = 0; n < 32 && slot < MOST; n++)
        if (kept >> n & 1) {
            l->singles.kept[slot++] = (uint8_t)n;
            single_get(l, n);
        }
    l->loop = l->b->p;
}

void singles_refill(struct lower *l)
{
    struct singles missing = l->singles;

    for (unsigned slot = 0; slot < SINGLES_HELD; slot++)
        missing.held[slot] = missing.held[slot] == missing.kept[slot] ? NO_SINGLE : missing.kept[slot];
    singles_reload(l, &missing);
}
