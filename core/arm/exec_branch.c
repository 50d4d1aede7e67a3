/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Branches and IT: Armv7-M ARM A5.2.6, A5.3.4, A2.3.1. */
#include "core/arm/cost.h"
#include "core/arm/exec.h"

/*
 * BXWritePC (A2.3.1, B1.5.8): in Handler mode an address of 0xFxxxxxxx is an EXC_RETURN. Bit 0 becomes
 * EPSR.T; when it is 0, the next instruction raises INVSTATE.
 */
void cpu_bx(struct cpu *c, uint32_t address)
{
    if (c->s->ipsr && address >> 28 == 0xF) {
        c->next = address;
        c->attention |= ATTN_RETURN;
        return;
    }
    c->s->thumb = address & 1;
    c->next = address & ~1u;
}

/* A branch whose static cost is that of not being taken. */
static inline void take(struct cpu *c, const struct insn *i)
{
    c->cost += COST_REFILL;
    cpu_branch(c, cpu_pc(c) + i->imm);
}

void exec_B(struct cpu *c, const struct insn *i)
{
    if (i->cond >= COND_ALWAYS)
        cpu_branch(c, cpu_pc(c) + i->imm);
    else if (condition_holds(c->s, i->cond))
        take(c, i);
}

void exec_BL(struct cpu *c, const struct insn *i)
{
    c->s->r[14] = c->next | 1;
    cpu_branch(c, cpu_pc(c) + i->imm);
}

void exec_BX(struct cpu *c, const struct insn *i)
{
    cpu_bx(c, reg_or_pc(c, i->rm));
}

/* BLXWritePC: no exception return through a call. */
void exec_BLX(struct cpu *c, const struct insn *i)
{
    uint32_t target = c->s->r[i->rm];

    c->s->r[14] = c->next | 1;
    c->s->thumb = target & 1;
    cpu_branch(c, target);
}

void exec_CBZ(struct cpu *c, const struct insn *i)
{
    if ((c->s->r[i->rn] != 0) == (i->variant & 1))
        take(c, i);
}

void exec_TB(struct cpu *c, const struct insn *i)
{
    uint32_t index = c->s->r[i->rm] * i->width, offset;

    if (cpu_load(c, reg_or_pc(c, i->rn) + index, i->width, ACCESS_NORMAL, &offset))
        cpu_branch(c, cpu_pc(c) + 2 * offset);
}

void exec_MOV_PC(struct cpu *c, const struct insn *i)
{
    cpu_branch(c, reg_or_pc(c, i->rm));
}

void exec_ADD_PC(struct cpu *c, const struct insn *i)
{
    cpu_branch(c, cpu_pc(c) + reg_or_pc(c, i->rm));
}

void exec_IT(struct cpu *c, const struct insn *i)
{
    c->s->it = (uint8_t)i->imm;
}
