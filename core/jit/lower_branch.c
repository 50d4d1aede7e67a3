/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Branches, IT, special registers and what does nothing (exec_branch.c, exec_sys.c say what they mean). */
#include <stddef.h>

#include "core/arm/cost.h"
#include "core/jit/lower.h"

enum { LR = 14, PC = 15 };

static uint32_t target(const struct lower *l)
{
    return (l->t->pc + 4 + l->t->i.imm) & ~1u;
}

static void branch(struct lower *l)
{
    lower_edge(l, target(l), lower_landing(l, target(l)));
}

/* Taken, the branch costs a refill. */
static void branch_if(struct lower *l, enum x86_cc cc)
{
    lower_edge_if(l, cc, target(l), COST_REFILL + lower_landing(l, target(l)));
}

static void compare_and_branch(struct lower *l)
{
    struct x86_rm n = guest(l->t->i.rn);

    if (n.mode == RM_REG)
        x86_test(l->b, n, (enum host_reg)n.base);
    else
        x86_alu_imm(l->b, ALU_CMP, n, 0);
    branch_if(l, l->t->i.variant & 1 ? CC_NE : CC_E);
}

static void link(struct lower *l)
{
    x86_mov_imm(l->b, guest(LR), (l->t->pc + l->t->i.size) | 1);
    lower_wrote(l, LR);
}

/* A conditional branch falls through to where the host's flags still hold. */
static void conditional_branch(struct lower *l)
{
    l->host = l->host_before;
    branch_if(l, lower_condition(l, l->t->i.cond));
}

static bool branch_to_register(struct lower *l, bool call)
{
    if (l->t->i.rm == PC)
        return false;
    x86_mov(l->b, RCX, guest(l->t->i.rm));
    lower_check_target(l, RCX);
    if (call)
        link(l);
    lower_indirect(l, RCX);
    return true;
}

/* MOV and ADD to the pc ignore bit 0 of the sum (BranchWritePC); lower_indirect wants it set. */
static bool branch_to_sum(struct lower *l, uint32_t offset)
{
    enum host_reg m;

    if (l->t->i.rm == PC)
        return false;
    m = lower_get(l, l->t->i.rm, RCX);
    x86_lea(l->b, RCX, m, NO_REG, 0, (int32_t)offset);
    x86_alu_imm(l->b, ALU_OR, rm_reg(RCX), 1);
    lower_check_target(l, RCX);
    lower_indirect(l, RCX);
    return true;
}

/* TBB and TBH behind the instruction itself, as compilers place the table. */
static bool table_branch(struct lower *l)
{
    const struct insn *i = &l->t->i;
    uint32_t table = l->t->pc + 4;
    struct place place = {0};
    enum host_reg index;

    if (i->rn != PC || l->j->timing.data || l->j->timing.branch || table & (i->width - 1u))
        return false;
    index = lower_get(l, i->rm, RCX);
    place.rm = rm_guest(NO_REG, index, i->width - 1, table);
    lower_guard(l, &place, 1, false);
    lower_access(l, true);
    x86_extend(l->b, i->width, false, RCX, place.rm);
    lower_accessed(l);
    x86_lea(l->b, RCX, RCX, RCX, 0, (int32_t)(table | 1));
    lower_indirect(l, RCX);
    return true;
}

/* ---- special registers ---- */

enum {
    CONTROL_NPRIV = 1, CPS_ENABLE_I = 4, CPS_DISABLE_I = 5,
    SYSM_IPSR = 5, SYSM_PRIMASK = 16, SYSM_BASEPRI = 17, SYSM_BASEPRI_MAX = 18, SYSM_CONTROL = 20
};

/* Unprivileged code reads zeros and writes nothing. */
static void need_privilege(struct lower *l)
{
    x86_test8_imm(l->b, state_field(offsetof(struct cpu_state, control)), CONTROL_NPRIV);
    lower_slow_if(l, CC_NE);
}

/* CPSID i: no exception can become ready by it. */
static void mask_interrupts(struct lower *l)
{
    need_privilege(l);
    x86_mov_imm8(l->b, state_field(offsetof(struct cpu_state, primask)), 1);
}

/* Writes PRIMASK or BASEPRI. When that lets an exception in, cpu.attention speaks of it, and the block is left. */
static bool write_mask(struct lower *l)
{
    struct jit *j = l->j;

    if (l->t->it || j->mode >= MODE_MPU)        /* views of memory are dropped, then */
        return false;
    lower_by_operation(l);
    x86_mov_imm64(l->b, RCX, (uint64_t)(uintptr_t)&j->c->attention);
    x86_alu_imm(l->b, ALU_CMP, rm_mem(RCX, 0), 0);
    lower_edge_if(l, CC_NE, l->t->pc + l->t->i.size, 0);
    j->edges[j->edge_count - 1].linkable = false;
    return true;
}

static bool change_state(struct lower *l)
{
    if (l->t->i.variant == CPS_DISABLE_I)
        mask_interrupts(l);
    return l->t->i.variant == CPS_DISABLE_I || (l->t->i.variant == CPS_ENABLE_I && write_mask(l));
}

static bool write_special(struct lower *l)
{
    return l->t->i.imm >= SYSM_PRIMASK && l->t->i.imm <= SYSM_BASEPRI_MAX && write_mask(l);
}

static bool read_special(struct lower *l)
{
    enum host_reg to = lower_target(l, l->t->i.rd);
    size_t field;

    switch (l->t->i.imm) {
    case SYSM_IPSR: field = offsetof(struct cpu_state, ipsr); break;
    case SYSM_PRIMASK: field = offsetof(struct cpu_state, primask); break;
    case SYSM_BASEPRI: field = offsetof(struct cpu_state, basepri); break;
    case SYSM_CONTROL: field = offsetof(struct cpu_state, control); break;
    default: return false;
    }
    if (l->t->i.imm == SYSM_PRIMASK || l->t->i.imm == SYSM_BASEPRI)
        need_privilege(l);
    x86_extend(l->b, l->t->i.imm == SYSM_IPSR ? 2 : 1, false, to, state_field(field));
    lower_put(l, l->t->i.rd, to);
    return true;
}

/* ---- all of them ---- */

static void it(struct lower *l)
{
    l->host = l->host_before;
}

bool lower_branch(struct lower *l)
{
    switch (l->t->i.op) {
    case OP_B:
        if (l->t->i.cond == COND_NONE)
            branch(l);
        else
            conditional_branch(l);
        return true;
    case OP_BL:
        link(l);
        branch(l);
        return true;
    case OP_BX: return branch_to_register(l, false);
    case OP_BLX: return branch_to_register(l, true);
    case OP_MOV_PC: return branch_to_sum(l, 0);
    case OP_ADD_PC: return branch_to_sum(l, l->t->pc + 4);
    case OP_CBZ: compare_and_branch(l); return true;
    case OP_TB: return table_branch(l);
    case OP_IT: it(l); return true;
    case OP_CPS: return change_state(l);
    case OP_MSR: return write_special(l);
    case OP_MRS: return read_special(l);
    case OP_NOP: case OP_YIELD: case OP_DMB: case OP_DSB: case OP_ISB: case OP_PLD:
        l->host = l->host_before;
        return true;
    default: return false;
    }
}
