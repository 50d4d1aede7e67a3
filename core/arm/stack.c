/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The main stack's region, for reports: from where the stack pointer was set, by the reset or by MSR, down to the
 * next variable; or the variable that it was set into, down to its start. A process stack's region is its
 * RTOS's affair.
 */
#include "core/arm/cpu.h"
#include "core/env.h"
#include "core/logger.h"

static uint32_t end_of(const struct variable *v)
{
    return v->address + v->size;
}

/* The variable whose end is highest at or below `address`. */
static const struct variable *variable_below(const struct variables *all, uint32_t address)
{
    const struct variable *best = NULL;

    for (size_t i = 0; i < all->count; i++)
        if (end_of(&all->list[i]) <= address && (!best || end_of(&all->list[i]) > end_of(best)))
            best = &all->list[i];
    return best;
}

/* Where a stack ends that begins at `top` and is a variable by itself; else `top`. */
static uint32_t start_of(const struct variables *all, uint32_t top)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->list[i].address < top && top <= end_of(&all->list[i]))
            return all->list[i].address;
    return top;
}

void stack_derive(struct cpu *c)
{
    uint32_t top = c->s->main_stack, start = start_of(&c->variables, top);
    const struct variable *below = variable_below(&c->variables, start);

    c->stack_low = start < top ? start : below ? end_of(below) : 0;
    c->stack_below = below ? below->name : NULL;
}

void stack_set(struct cpu *c, uint32_t top)
{
    c->s->main_stack = top;
    c->s->overgrown = 0;
    stack_derive(c);
    if (c->checks & CHECK_RAM)
        cpu_views_drop(c);
}

void stack_overgrown(struct cpu *c, uint32_t address)
{
    if (c->s->overgrown)
        return;
    c->s->overgrown = 1;
    log_core(c->env, DIAG_STACK, "main stack", "at 0x%08X it has grown below 0x%08X, the end of its region%s%s", address,
             c->stack_low, c->stack_below ? ": into " : "", c->stack_below ? c->stack_below : "");
}
