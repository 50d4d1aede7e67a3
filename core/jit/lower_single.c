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

void singles_begin(struct singles *s)
{
    memset(s, 0, sizeof *s);
    memset(s->held, NO_SINGLE, sizeof s->held);
}

static unsigned slot_of(const struct singles *s, unsigned n)
{
    unsigned slot = 0;

    while (slot < SINGLES_HELD && s->held[slot] != n)
        slot++;
    return slot;
}

/* A slot for S n: its own, a free one, or in turn one that the step does not use. */
static unsigned take_slot(struct singles *s, unsigned n)
{
    unsigned slot = slot_of(s, n);

    if (slot == SINGLES_HELD)
        slot = slot_of(s, NO_SINGLE);
    if (slot == SINGLES_HELD) {
        do
            s->turn = (s->turn + 1) % SINGLES_HELD;
        while (s->used >> s->turn & 1);
        slot = s->turn;
    }
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
