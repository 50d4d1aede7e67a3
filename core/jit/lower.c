/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frame of a translation: steps in order, conditions, slow paths, ways out. See lower.h. */
#include "core/jit/lower.h"

#include <stddef.h>
#include <string.h>

#include "core/arm/cost.h"

enum { NEAR_JUMP = 5, SP = 13, LR = 14, PC = 15 };

/* ---- registers ---- */

struct x86_rm state_field(size_t offset)
{
    return rm_mem(RBX, (int32_t)offset);
}

struct x86_rm guest(unsigned r)
{
    if (in_host(r))
        return rm_reg((enum host_reg)jit_home[r]);
    return state_field(offsetof(struct cpu_state, r) + 4 * r);
}

enum host_reg lower_get(struct lower *l, unsigned r, enum host_reg scratch)
{
    if (in_host(r))
        return (enum host_reg)jit_home[r];
    x86_mov(l->b, scratch, guest(r));
    return scratch;
}

enum host_reg lower_target(const struct lower *l, unsigned r)
{
    return in_host(r) && !l->predicated ? (enum host_reg)jit_home[r] : RDX;
}

void lower_wrote(struct lower *l, unsigned r)
{
    uint16_t bit = (uint16_t)(1u << r);

    l->written |= bit;
    l->known &= (uint16_t)~bit;
    if (r != SP)
        l->aligned &= (uint16_t)~bit;
}

void lower_put(struct lower *l, unsigned r, enum host_reg from)
{
    if (l->predicated)
        x86_cmov(l->b, lower_condition(l, l->t->cond), (enum host_reg)jit_home[r], rm_reg(from));
    else if (!in_host(r))
        x86_store(l->b, guest(r), from);
    else if (jit_home[r] != from)
        x86_mov(l->b, (enum host_reg)jit_home[r], rm_reg(from));
    lower_wrote(l, r);
}

/* ---- flags and conditions ---- */

/* Less: N; equal: Z and C; greater: C. */
static void keep_compared(struct lower *l, unsigned flags)
{
    enum { EAX_C = 1, EAX_ZC = 0x4001, EAX_N = 0x8000 };

    if (flags & FLAG_V)
        x86_mov_imm8(l->b, state_field(offsetof(struct cpu_state, v)), 0);
    x86_mov_imm(l->b, rm_reg(RAX), EAX_C);
    x86_mov_imm(l->b, rm_reg(RCX), EAX_N);
    x86_cmov(l->b, CC_B, RAX, rm_reg(RCX));
    x86_mov_imm(l->b, rm_reg(RCX), EAX_ZC);
    x86_cmov(l->b, CC_E, RAX, rm_reg(RCX));
}

static void keep(struct lower *l, unsigned flags, struct host_flags host)
{
    if (flags && host.compared) {
        keep_compared(l, flags);
        return;
    }
    if (flags & FLAG_NZ && host.nz)
        x86_lahf(l->b);
    if (flags & FLAG_C && host.c != CARRY_LOST)
        x86_setcc(l->b, host.c == CARRY_SAME ? CC_B : CC_AE, rm_reg(RAX));
    if (flags & FLAG_V && host.v)
        x86_setcc(l->b, CC_O, state_field(offsetof(struct cpu_state, v)));
}

void lower_keep_comparison(struct lower *l)
{
    l->host = (struct host_flags){.compared = true};
    keep(l, l->t->need, l->host);
}

void lower_keep_flags(struct lower *l, enum carry_form c, bool v)
{
    l->host = (struct host_flags){.nz = true, .v = v, .c = (uint8_t)c};
    keep(l, l->t->need, l->host);
}

/* The pairs of the conditions, by cond / 2, as the host has them behind a subtraction. */
static const uint8_t after_sub[] = {CC_E, CC_AE, CC_S, CC_O, CC_A, CC_GE, CC_G};

static const uint8_t after_comparison[] = {CC_E, CC_AE, CC_B, 0, CC_A, CC_AE, CC_A};

static bool host_knows(const struct host_flags *h, unsigned cond)
{
    if (h->compared)
        return cond >> 1 != 3;
    switch (cond >> 1) {
    case 0: case 2:
        return h->nz;
    case 1:
        return h->c != CARRY_LOST;
    case 3:
        return h->v;
    case 4:
        return h->nz && h->c == CARRY_INVERTED;
    default:
        return h->nz && h->v;
    }
}

enum { AH_Z = 0x40, AH_N = 0x80 };

void lower_keep_nz_of(struct lower *l, uint32_t value)
{
    x86_mov_ah_imm(l->b, value ? value >> 31 ? AH_N : 0 : AH_Z);
}

/* Tests the flags where translations keep them. */
static enum x86_cc test_kept(struct lower *l, unsigned pair)
{
    enum { EAX_C = 1, EAX_ZC = 0x4001, EAX_N = 0x8000, EAX_NZ = 0xC000, N_BIT = 15 };
    struct x86_rm v = state_field(offsetof(struct cpu_state, v));
    struct x86 *b = l->b;

    switch (pair) {
    case 0:
        x86_test_ah(b, AH_Z);
        return CC_NE;
    case 1:
        x86_test8_imm(b, rm_reg(RAX), EAX_C);
        return CC_NE;
    case 2:
        x86_test_ah(b, AH_N);
        return CC_NE;
    case 3:
        x86_cmp8_imm(b, v, 0);
        return CC_NE;
    case 4:
        x86_mov(b, RCX, rm_reg(RAX));
        x86_alu_imm(b, ALU_AND, rm_reg(RCX), EAX_ZC);
        x86_alu_imm(b, ALU_CMP, rm_reg(RCX), EAX_C);
        return CC_E;
    default:
        x86_extend(b, 1, false, RCX, v);
        x86_shift_imm(b, SH_SHL, rm_reg(RCX), N_BIT);
        x86_alu(b, ALU_XOR, RCX, rm_reg(RAX));
        x86_test_imm(b, rm_reg(RCX), pair == 5 ? EAX_N : EAX_NZ);
        return CC_E;
    }
}

enum x86_cc lower_condition(struct lower *l, unsigned cond)
{
    enum x86_cc cc;

    if (host_knows(&l->host, cond)) {
        cc = (enum x86_cc)after_sub[cond >> 1];
        if (l->host.compared)
            cc = (enum x86_cc)after_comparison[cond >> 1];
        else if (cond >> 1 == 1 && l->host.c == CARRY_SAME)
            cc = CC_B;
    } else {
        cc = test_kept(l, cond >> 1);
        l->host = (struct host_flags){0};
    }
    return (enum x86_cc)(cc ^ (cond & 1));
}

/* ---- slow paths ---- */

void lower_cold(struct lower *l, enum cold_kind kind, uint32_t number, uint8_t *hole)
{
    if (l->cold_count == COLD_MAX) {
        l->failed = true;
        return;
    }
    l->cold[l->cold_count++] = (struct cold){.kind = (uint8_t)kind, .number = number, .hole = hole};
}

static uint32_t new_site(struct lower *l, bool leave)
{
    const struct step *t = l->t;
    const struct insn *i = &t->i;

    l->j->sites[l->j->site_count] = (struct site){
        .pc = t->pc, .next = t->pc + t->i.size,
        .cycles_from = (uint16_t)(t->cycles_after + t->cycles), .cycles_after = t->cycles_after,
        .insns_from = (uint8_t)(t->insns_after + 1), .insns_after = t->insns_after,
        .it = t->it, .it_after = t->it_after, .pairs = t->pairs_before, .pairs_after = i->pairs,
        .fp = i->op >= OP_VMLA, .rd = i->rd, .rn = i->rn, .width = i->width, .sign = i->sign,
        .load = i->op != OP_STR_imm && i->op != OP_STR_reg,
        .base_offset = !i->wback ? 0 : i->add ? i->imm : -i->imm,
        .leave = leave || (step_ends_block(t) && t->cond == COND_NONE) ||
                 (l->source->checked && step_may_store(t)),
    };
    return l->j->site_count++;
}

static uint32_t site_of_step(struct lower *l)
{
    if (l->site == NO_SITE) {
        l->site = new_site(l, false);
        lower_cold(l, COLD_SITE, l->site, NULL);
    }
    return l->site;
}

void lower_slow_if(struct lower *l, enum x86_cc cc)
{
    lower_cold(l, COLD_SITE, site_of_step(l), x86_jcc(l->b, cc));
}

/* Behind it something is taken for granted, so that it cannot come back. */
void lower_leave_if(struct lower *l, enum x86_cc cc)
{
    if (l->leaving_site == NO_SITE)
        l->leaving_site = new_site(l, true);
    lower_cold(l, COLD_SITE, l->leaving_site, x86_jcc(l->b, cc));
}

static void call_slow_path(struct lower *l, uint32_t site)
{
    x86_mov_imm(l->b, rm_reg(RCX), site);
    x86_call_to(l->b, jit_runs_at(l->j, l->j->slow));
}

static void forget_registers(struct lower *l)
{
    l->aligned = 1u << SP;
    l->known = 0;
    l->written = 0xFFFF;
    singles_drop(&l->singles);
}

void lower_slowly(struct lower *l, bool leave)
{
    call_slow_path(l, new_site(l, leave));
    forget_registers(l);
}

static uint32_t new_operation(struct lower *l)
{
    struct insn *i = &l->j->operations[l->j->operation_count];

    *i = l->t->i;
    i->setflags = l->t->setflags ? FLAGS_ALWAYS : FLAGS_NEVER; /* cpu_state's it is 0 */
    return l->j->operation_count++;
}

static void call_operation(struct lower *l, uint32_t number)
{
    x86_mov_imm(l->b, rm_reg(RCX), number);
    x86_call_to(l->b, jit_runs_at(l->j, l->j->light));
}

void lower_by_operation(struct lower *l)
{
    call_operation(l, new_operation(l));
    forget_registers(l);
}

void lower_operation_if(struct lower *l, enum x86_cc cc)
{
    if (l->operation == NO_OPERATION)
        l->operation = new_operation(l);
    lower_cold(l, COLD_OPERATION, l->operation, x86_jcc(l->b, cc));
}

void lower_operation_unless_zero(struct lower *l)
{
    lower_operation_if(l, CC_AE);
    if (l->failed)
        return;
    l->cold[l->cold_count - 1].kind = COLD_RESULT;
    l->cold[l->cold_count - 1].zero = l->b->p;
}

void lower_access(struct lower *l, bool first)
{
    struct jit *j = l->j;

    j->accesses[j->access_count++] = (struct access){l->b->p, site_of_step(l), first};
}

void lower_accessed(struct lower *l)
{
    const struct access *access = &l->j->accesses[l->j->access_count - 1];

    while (access->patchable && !l->b->overflow && l->b->p < access->at + NEAR_JUMP)
        x86_nop(l->b);
}

void lower_device_behind(struct lower *l, struct x86_rm place, enum host_reg reg)
{
    struct cold *cold;

    lower_cold(l, COLD_DEVICE, site_of_step(l), NULL);
    if (l->failed)
        return;
    cold = &l->cold[l->cold_count - 1];
    cold->place = place;
    cold->reg = (uint8_t)reg;
    cold->resume = l->b->p;
    cold->singles = l->singles;
}

static void call_device(struct lower *l, uint32_t number, struct x86_rm place, enum host_reg reg)
{
    const struct site *site = &l->j->sites[number];
    struct jit *j = l->j;

    if (place.base == NO_REG)
        x86_mov_imm(l->b, rm_reg(RCX), (uint32_t)place.disp);
    else if (place.base != RCX || place.index != NO_REG || place.disp)
        x86_lea(l->b, RCX, (enum host_reg)place.base, place.index, place.scale, place.disp);
    if (!site->load && reg != RDX)
        x86_mov(l->b, RDX, rm_reg(reg));
    x86_mov_imm(l->b, rm_mem(RSP, JIT_FRAME_SITE), number);
    x86_call_to(l->b, jit_runs_at(j, site->load ? j->device_load : j->device_store));
    if (site->load && reg != RDX)
        x86_mov(l->b, reg, rm_reg(RDX));
}

void lower_device(struct lower *l, struct x86_rm place, enum host_reg reg)
{
    call_device(l, site_of_step(l), place, reg);
    singles_drop(&l->singles);
}

/* ---- ways out ---- */

static uint32_t new_edge(struct lower *l, uint32_t target, int32_t cycles, int32_t insns)
{
    l->j->edges[l->j->edge_count] = (struct edge){
        .target = target, .cycles = cycles, .insns = insns, .block = NO_BLOCK, .linkable = true,
    };
    return l->j->edge_count++;
}

unsigned lower_landing(const struct lower *l, uint32_t target)
{
    const struct bus_span *span = bus_span_at(l->j->c->bus, target);

    if (target == l->t->pc + l->t->i.size || !span || span->writable)
        return 0;
    return cost_landing(&l->j->timing, target);
}

/* sub r15, charge; js stub; jmp stub - until it is linked. */
static void emit_edge(struct lower *l, uint32_t number)
{
    struct edge *e = &l->j->edges[number];
    uint8_t *spent;

    e->constant = x86_sub64_constant(l->b, R15);
    spent = x86_jcc(l->b, CC_S);
    e->jump = x86_jmp(l->b);
    lower_cold(l, COLD_EDGE, number, spent);
}

/* The same for one that may lead to the block itself. */
static void emit_way_out(struct lower *l, uint32_t number)
{
    struct edge *e = &l->j->edges[number];

    if (e->target == l->source->pc) {
        singles_refill(l);
        e->loop = l->loop;
    }
    emit_edge(l, number);
}

void lower_edge_if(struct lower *l, enum x86_cc cc, uint32_t target, unsigned extra)
{
    const struct step *setter = l->t - 1;
    unsigned sunk = l->t > l->source->steps && l->t->i.op == OP_B ? setter->sunk : 0;
    bool forward = target > l->t->pc;
    uint8_t *jump = x86_jcc(l->b, forward ? cc : (enum x86_cc)(cc ^ 1));
    uint32_t number = new_edge(l, target, (int32_t)extra - l->t->cycles_after, -(int32_t)l->t->insns_after);

    if (forward) {
        lower_cold(l, COLD_TAKEN, number, jump);
        l->cold[l->cold_count - 1].flags = (uint8_t)sunk;
        l->cold[l->cold_count - 1].host = l->host;
    } else {
        keep(l, sunk, l->host);
        emit_way_out(l, number);
        x86_land(l->b, jump);
    }
}

void lower_edge(struct lower *l, uint32_t target, unsigned extra)
{
    emit_way_out(l, new_edge(l, target, (int32_t)extra - l->t->cycles_after, -(int32_t)l->t->insns_after));
}

/* A constant near the code, and what was `cold_edge`'s hole for it. */
static void place_constant(struct x86 *b, uint8_t *hole, int64_t cycles, int64_t insns)
{
    if (b->overflow)
        return;
    x86_place(hole, b->p);
    x86_word64(b, (uint64_t)(cycles * ((int64_t)1 << 32) + insns));
}

static void subtract(struct lower *l, int64_t cycles, int64_t insns)
{
    uint8_t *hole = x86_sub64_constant(l->b, R15), *over = x86_jmp(l->b);

    place_constant(l->b, hole, cycles, insns);
    x86_land(l->b, over);
}

void lower_check_target(struct lower *l, enum host_reg reg)
{
    x86_test8_imm(l->b, rm_reg(reg), 1);
    lower_slow_if(l, CC_E);
    x86_alu_imm(l->b, ALU_CMP, rm_reg(reg), WINDOW_CODE_END);
    lower_slow_if(l, CC_AE);
    if (l->j->timing.branch) {      /* a branch to the next instruction does not land */
        x86_alu_imm(l->b, ALU_CMP, rm_reg(reg), (l->t->pc + l->t->i.size) | 1);
        lower_slow_if(l, CC_E);
    }
}

void lower_indirect(struct lower *l, enum host_reg reg)
{
    struct x86_rm entry = {RM_TABLE, NO_REG, (uint8_t)reg, 1, WINDOW_TABLE - 2};
    enum host_reg code = reg == RCX ? RDX : RCX;

    if (l->t->insns_after)
        subtract(l, -(int64_t)l->t->cycles_after, -(int64_t)l->t->insns_after);
    x86_mov(l->b, code, entry);
    x86_test(l->b, rm_reg(code), code);
    lower_cold(l, COLD_MISS, reg, x86_jcc(l->b, CC_E));
    x86_jmp_reg(l->b, code);
}

/* ---- the steps ---- */

/* Forms that are UNPREDICTABLE inside an IT block and rare elsewhere. */
static bool is_odd(const struct step *t)
{
    return t->it && (t->i.op == OP_IT || t->i.op == OP_CBZ || (t->i.op == OP_B && t->i.cond != COND_NONE));
}

static void lower_body(struct lower *l)
{
    if (is_odd(l->t))
        lower_slowly(l, true);
    else if (step_is_foreign(l->t) || !(lower_dp(l) || lower_mem(l) || lower_branch(l) || lower_fp(l) || lower_dsp(l)))
        lower_slowly(l, false);
}

/* Sites of this step go on here. */
static void resume_here(struct lower *l)
{
    for (; l->cold_landed < l->cold_count; l->cold_landed++)
        if (l->cold[l->cold_landed].kind != COLD_DEVICE && l->cold[l->cold_landed].kind != COLD_MISALIGNED) {
            l->cold[l->cold_landed].resume = l->b->p;
            l->cold[l->cold_landed].singles = l->singles;
        }
}

/* An instruction of an IT block that only computes: it does so, and a conditional move follows. The
 * conditions beyond VC need a scratch register, which may hold the result. */
static bool can_predicate(const struct step *t)
{
    const struct insn *i = &t->i;

    if (t->refund || t->setflags || t->cond >> 1 > 3 || i->rd > LR || !in_host(i->rd) || i->rd == SP)
        return false;
    switch (i->op) {
    case OP_MOV_imm: case OP_MVN_imm: case OP_MOV_reg: case OP_MVN_reg:
    case OP_AND_imm: case OP_AND_reg: case OP_BIC_imm: case OP_BIC_reg: case OP_ORR_imm: case OP_ORR_reg:
    case OP_EOR_imm: case OP_EOR_reg: case OP_ADD_imm: case OP_ADD_reg: case OP_SUB_imm: case OP_SUB_reg:
    case OP_RSB_imm: case OP_RSB_reg: case OP_UBFX: case OP_SBFX: case OP_EXTEND: case OP_MUL:
        return i->rm != PC;
    default:
        return false;
    }
}

/* Moves that leave the host's flags alone until the condition reads them. */
static bool only_moves(const struct insn *i)
{
    return i->op == OP_MOV_imm || i->op == OP_MVN_imm || (i->op == OP_MOV_reg && !i->amount);
}

static void lower_predicated(struct lower *l)
{
    uint16_t aligned = l->aligned, known = l->known;

    if (!only_moves(&l->t->i))
        l->host = (struct host_flags){0};
    l->predicated = true;
    lower_body(l);
    l->predicated = false;
    l->aligned &= aligned;
    l->known = known & (uint16_t)~l->written;
}

static void lower_conditionally(struct lower *l)
{
    uint16_t aligned = l->aligned, known = l->known;
    bool fp_ready = l->fp_ready;
    struct singles singles = l->singles;
    uint8_t *skip = x86_jcc(l->b, (enum x86_cc)(lower_condition(l, l->t->cond) ^ 1));

    l->host = (struct host_flags){0};
    lower_body(l);
    l->host = (struct host_flags){0};
    l->aligned &= aligned;
    l->fp_ready = fp_ready;
    singles_meet(&l->singles, &singles);
    l->known = known & (uint16_t)~l->written;
    if (l->t->refund)
        lower_cold(l, COLD_REFUND, l->t->refund, skip);
    else
        x86_land(l->b, skip);
}

static void begin_step(struct lower *l, const struct step *t)
{
    l->t = t;
    l->site = l->leaving_site = NO_SITE;
    l->operation = NO_OPERATION;
    l->written = 0;
    l->singles.used = 0;
}

static void lower_step(struct lower *l, const struct step *t)
{
    begin_step(l, t);
    l->host_before = l->host;
    if (t->cond != COND_NONE && can_predicate(t)) {
        lower_predicated(l);
    } else if (t->cond != COND_NONE && !lower_conditional_single(l)) {
        lower_conditionally(l);
    } else if (t->cond == COND_NONE) {
        l->host = (struct host_flags){0};
        lower_body(l);
    }
    if (l->site != NO_SITE || l->operation != NO_OPERATION)
        l->host = (struct host_flags){0};
    resume_here(l);
}

/* Behind the last instruction, where that does not always leave. */
static void lower_end(struct lower *l)
{
    const struct source *source = l->source;
    const struct step *last = &source->steps[source->count - 1];
    uint32_t number;

    if (step_ends_block(last) && last->cond == COND_NONE)
        return;
    if (last->it_after)
        x86_mov_imm8(l->b, state_field(offsetof(struct cpu_state, it)), last->it_after);
    if (source->pairs_at_end)
        x86_mov_imm8(l->b, state_field(offsetof(struct cpu_state, mem_pipelined)), 1);
    number = new_edge(l, source->end, 0, 0);
    l->j->edges[number].linkable = !last->it_after && !source->pairs_at_end;
    emit_edge(l, number);
}

/* ---- the cold part ---- */

/* Behind a call that nobody noticed. */
static void go_on(struct lower *l, const struct cold *cold)
{
    singles_reload(l, &cold->singles);
    x86_jmp_to(l->b, jit_runs_at(l->j, cold->resume));
}

static void emit_cold_site(struct lower *l, const struct cold *cold)
{
    struct site *site = &l->j->sites[cold->number];

    if (!site->stub) {
        site->stub = l->b->p;
        call_slow_path(l, cold->number);
        site->resume = l->b->p;
        if (site->leave)
            x86_ud2(l->b);
        else
            go_on(l, cold);
    }
    if (cold->hole)
        x86_place(cold->hole, site->stub);
}

static void emit_cold_device(struct lower *l, const struct cold *cold)
{
    l->j->sites[cold->number].device = l->b->p;
    call_device(l, cold->number, cold->place, (enum host_reg)cold->reg);
    go_on(l, cold);
}

static void emit_cold_operation(struct lower *l, const struct cold *cold)
{
    x86_land(l->b, cold->hole);
    if (cold->kind == COLD_RESULT) {
        x86_alu_imm(l->b, ALU_CMP, rm_reg(RDX), -(uint32_t)RESULT_LOWEST);
        x86_place(x86_jcc(l->b, CC_E), cold->zero);
    }
    call_operation(l, cold->number);
    go_on(l, cold);
}

static void emit_cold_edge(struct lower *l, const struct cold *cold)
{
    struct edge *e = &l->j->edges[cold->number];
    uint8_t *hole = e->constant;

    e->stub = l->b->p;
    x86_place(cold->hole, e->stub);
    x86_place(e->jump, e->stub);
    x86_mov_imm(l->b, rm_reg(RCX), cold->number);
    x86_jmp_to(l->b, jit_runs_at(l->j, l->j->leave));
    e->constant = l->b->p;
    place_constant(l->b, hole, e->cycles, e->insns);
}

static void emit_cold_taken(struct lower *l, const struct cold *cold)
{
    x86_land(l->b, cold->hole);
    keep(l, cold->flags, cold->host);
    emit_edge(l, cold->number);
}

static void emit_cold_miss(struct lower *l, const struct cold *cold)
{
    enum host_reg target = (enum host_reg)cold->number;

    x86_land(l->b, cold->hole);
    x86_alu_imm(l->b, ALU_AND, rm_reg(target), ~1u);
    x86_store(l->b, state_field(offsetof(struct cpu_state, r) + 4 * 15), target);
    x86_mov_imm(l->b, rm_reg(RCX), EXIT_INDIRECT);
    x86_jmp_to(l->b, jit_runs_at(l->j, l->j->leave));
}

static void emit_cold_changed(struct lower *l, const struct cold *cold)
{
    if (!l->changed) {
        l->changed = l->b->p;
        x86_mov_imm(l->b, rm_reg(RCX), EXIT_CHANGED | cold->number);
        x86_jmp_to(l->b, jit_runs_at(l->j, l->j->leave));
    }
    x86_place(cold->hole, l->changed);
}

static void emit_cold_refund(struct lower *l, const struct cold *cold)
{
    x86_land(l->b, cold->hole);
    subtract(l, -(int64_t)cold->number, 0);
    x86_jmp_to(l->b, jit_runs_at(l->j, cold->resume));
}

static void emit_cold(struct lower *l)
{
    for (unsigned n = 0; n < l->cold_count && !l->b->overflow; n++) {   /* cold code may add to it */
        const struct cold *cold = &l->cold[n];
        switch ((enum cold_kind)cold->kind) {
        case COLD_SITE: emit_cold_site(l, cold); break;
        case COLD_DEVICE: emit_cold_device(l, cold); break;
        case COLD_MISALIGNED: lower_cold_misaligned(l, cold); break;
        case COLD_OPERATION: case COLD_RESULT: emit_cold_operation(l, cold); break;
        case COLD_EDGE: emit_cold_edge(l, cold); break;
        case COLD_TAKEN: emit_cold_taken(l, cold); break;
        case COLD_CHANGED: emit_cold_changed(l, cold); break;
        case COLD_REFUND: emit_cold_refund(l, cold); break;
        case COLD_MISS: emit_cold_miss(l, cold); break;
        }
    }
}

/* ---- the block ---- */

/* Its number, then the entry of indirect jumps, which pays for landing in flash, then the entry that
 * charges the block. Returns what the entry table shows. */
static const uint8_t *emit_head(struct lower *l, struct block *block)
{
    struct jit *j = l->j;
    uint32_t number = (uint32_t)(block - j->blocks);
    unsigned landing = l->source->flash ? cost_landing(&j->timing, block->pc) : 0;
    uint32_t self = j->edge_count++;
    uint8_t *constants = checked_constants(l), *hole, *spent;
    const uint8_t *shown;

    x86_word64(l->b, (uint64_t)number << 32);
    shown = l->b->p;
    if (landing)
        subtract(l, landing, 0);
    block->entry = l->b->p;
    hole = x86_sub64_constant(l->b, R15);
    spent = x86_jcc(l->b, CC_S);
    block->body = l->b->p;
    checked_compare(l, constants, self);
    j->edges[self] = (struct edge){.target = block->pc, .block = number, .constant = hole, .jump = spent};
    return shown;
}

static void emit_tail(struct lower *l, const struct block *block, uint32_t self)
{
    struct edge *e = &l->j->edges[self];
    uint8_t *hole = e->constant;

    x86_land(l->b, e->jump);
    x86_mov_imm(l->b, rm_reg(RCX), self);
    x86_jmp_to(l->b, jit_runs_at(l->j, l->j->leave));
    place_constant(l->b, hole, block->cycles, block->insns);
}

static void emit_block(struct lower *l, struct block *block)
{
    uint32_t self = l->j->edge_count;
    const uint8_t *shown = emit_head(l, block);

    begin_step(l, &l->source->steps[0]);
    singles_keep(l);
    for (unsigned n = 0; n < l->source->count; n++)
        lower_step(l, &l->source->steps[n]);
    lower_end(l);
    emit_cold(l);
    emit_tail(l, block, self);
    block->end = l->b->p;
    if (!l->b->overflow && !l->failed)
        *window_entry(&l->j->window, block->mode, block->pc) = (uint32_t)(uintptr_t)jit_runs_at(l->j, shown);
}

bool jit_translate(struct jit *j, struct block *block)
{
    unsigned sites = j->site_count, edges = j->edge_count, accesses = j->access_count,
             operations = j->operation_count;
    uint8_t *start = j->code.p;
    struct source source;
    struct lower l;

    memset(&l, 0, offsetof(struct lower, cold));    /* the rest is large, and written before it is read */
    l.j = j;
    l.b = &j->code;
    l.source = &source;
    l.aligned = 1u << SP;
    singles_begin(&l.singles);
    l.guards_loads = j->mode >= MODE_WATCH;
    l.guards_stores = j->mode != MODE_PLAIN;
    if (!source_read(&source, j, block->pc))
        return false;
    if (!guard_permits(j, block->pc, source.end - 1, true))
        return false;
    source.checked = !source.flash && !(window_memory_at(&j->window, block->pc) &&
                                        window_protect(&j->window, block->pc, source.end - block->pc));
    if (source.checked && !checked_reads(j, block->pc, source.end - block->pc, &source.reads))
        return false;
    block->size = source.end - block->pc;
    block->cycles = (uint16_t)source.cycles;
    block->insns = (uint16_t)source.count;
    l.reach = block->size;
    emit_block(&l, block);
    block->reach = l.reach;
    if (!j->code.overflow && !l.failed)
        return true;
    j->site_count = sites;
    j->edge_count = edges;
    j->access_count = accesses;
    j->operation_count = operations;
    j->code.p = start;
    j->code.overflow = false;
    return false;
}
