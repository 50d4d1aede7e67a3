/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guest code before it is translated. See block.h. */
#include "core/jit/block.h"

#include <string.h>

#include "core/arm/cost.h"
#include "core/arm/decode.h"
#include "core/arm/dwt.h"

/* ---- reading ---- */

static void decode_at(struct insn *i, const struct jit *j, const uint8_t *p)
{
    uint32_t first = p[0] | (uint32_t)p[1] << 8;

    if (insn_size(first) == 2)
        decode(j->decoder, first, 2, i);
    else
        decode(j->decoder, first << 16 | p[2] | (uint32_t)p[3] << 8, 4, i);
}

static uint8_t it_advance(uint8_t it)
{
    return it & 7 ? (it & 0xE0) | (it << 1 & 0x1F) : 0;
}

/* An IT inside an IT block is UNPREDICTABLE: what ITSTATE it leaves is the interpreter's to say. */
static bool is_nested_it(const struct step *t)
{
    return t->i.op == OP_IT && t->it;
}

static void read_it(struct step *t, uint8_t it)
{
    t->it = it;
    t->cond = it ? it >> 4 : COND_NONE;
    if (t->cond > COND_NONE || t->i.op == OP_BKPT || is_nested_it(t))
        t->cond = COND_NONE;
    t->it_after = t->i.op == OP_IT ? (uint8_t)t->i.imm : it_advance(it);
    t->setflags = t->i.setflags == FLAGS_ALWAYS || (t->i.setflags == FLAGS_OUTSIDE_IT && !it);
}

static bool jumps(const struct step *t)
{
    switch (t->i.op) {
    case OP_B:
        return t->i.cond == COND_NONE;
    case OP_BL: case OP_BX: case OP_BLX: case OP_TB: case OP_MOV_PC: case OP_ADD_PC:
        return true;
    case OP_LDR_imm: case OP_LDR_reg: case OP_LDR_lit:
        return t->i.rd == 15;
    case OP_LDM:
        return t->i.imm >> 15 & 1;
    default:
        return false;
    }
}

/* What waits, or raises an exception on purpose. */
static bool leaves(const struct step *t)
{
    switch (t->i.op) {
    case OP_SVC: case OP_BKPT: case OP_UDF: case OP_COPROC: case OP_WFI: case OP_WFE:
        return true;
    default:
        return false;
    }
}

bool step_is_single(const struct step *t)
{
    switch (t->i.op) {
    case OP_LDR_imm: case OP_LDR_reg:
        return t->i.rd != 15;
    case OP_STR_imm: case OP_STR_reg:
        return true;
    default:
        return false;
    }
}

bool step_ends_block(const struct step *t)
{
    return leaves(t) || is_nested_it(t) || (jumps(t) && t->cond == COND_NONE);
}

bool step_may_store(const struct step *t)
{
    switch (t->i.op) {
    case OP_STR_imm: case OP_STR_reg: case OP_STRT: case OP_STRD: case OP_STM: case OP_STREX:
        return true;
    default:
        return t->i.op >= OP_VMLA;
    }
}

static bool data_in_flash(const struct jit *j, uint32_t address)
{
    const struct bus_span *span = bus_span_at(j->c->bus, address);

    return span && !span->writable;
}

/* Cycles when its condition holds and no branch is taken. */
static void read_cost(struct source *source, struct step *t, const struct jit *j, uint8_t *pairs)
{
    const struct cpu_fetch_timing *timing = &j->timing;
    uint32_t base = (t->pc + 4) & ~3u;

    t->pairs_before = *pairs;
    t->cycles = (uint16_t)(t->i.cycles - cost_pairing(pairs, &t->i, true));
    if (t->i.op == OP_LDR_lit && data_in_flash(j, t->i.add ? base + t->i.imm : base - t->i.imm))
        t->cycles = (uint16_t)(t->cycles + timing->data);
    if (t->i.op == OP_DIV)
        t->cycles += DIVIDE_MAX;
    t->refund = (uint8_t)(t->cycles - COST_FAILED);
    if (source->flash)
        t->cycles = (uint16_t)(t->cycles + cost_fetch(timing, t->pc, t->i.size));
}

static bool enough(const struct source *source, const struct step *t)
{
    if (step_ends_block(t))
        return true;
    return source->count >= BLOCK_ENOUGH && !t->it_after && !source->pairs_at_end;
}

/* The debugger's - one that is put aside, too: it will be back, and what is translated meanwhile stays - or the
 * guest's own. */
static bool has_breakpoint(const struct jit *j, uint32_t address)
{
    return stops_break_at(&j->c->stops, address) || stops_break_at(&j->c->aside, address) ||
           (j->c->checks & CHECK_PC && dwt_minds(j->c, address));
}

static void read_steps(struct source *source, const struct jit *j, const struct bus_span *span)
{
    uint32_t offset = source->pc - span->base;
    uint8_t it = 0, pairs = 0;

    while (source->count < BLOCK_INSNS && offset + 4 <= span->size) {
        struct step *t = &source->steps[source->count];
        if (source->count && has_breakpoint(j, span->base + offset))
            break;
        *t = (struct step){.pc = span->base + offset};
        decode_at(&t->i, j, span->host + offset);
        read_it(t, it);
        read_cost(source, t, j, &pairs);
        it = t->it_after;
        offset += t->i.size;
        source->count++;
        source->pairs_at_end = pairs;
        if (enough(source, t))
            break;
    }
    source->end = span->base + offset;
}

/* ---- charges ---- */

static void sum_up(struct source *source)
{
    uint32_t cycles = 0;

    for (unsigned n = source->count; n-- > 0;) {
        source->steps[n].cycles_after = (uint16_t)cycles;
        source->steps[n].insns_after = (uint8_t)(source->count - 1 - n);
        cycles += source->steps[n].cycles;
    }
    source->cycles = cycles;
}

/* ---- flags ---- */

enum { APSR = 15 };             /* as the rd of VMRS */

static unsigned flags_written(const struct step *t)
{
    const struct insn *i = &t->i;

    switch (i->op) {
    case OP_VMRS:
        return i->rd == APSR ? FLAG_ALL : 0;
    case OP_CMP_imm: case OP_CMP_reg: case OP_CMN_imm: case OP_CMN_reg:
        return FLAG_ALL;
    case OP_TST_imm: case OP_TEQ_imm:
        return FLAG_NZ | (i->carry == CARRY_KEEP ? 0 : FLAG_C);
    case OP_TST_reg: case OP_TEQ_reg:
        return FLAG_NZ | (i->amount ? FLAG_C : 0);
    default:
        break;
    }
    if (!t->setflags)
        return 0;
    switch (i->op) {
    case OP_ADD_imm: case OP_ADD_reg: case OP_ADC_imm: case OP_ADC_reg: case OP_SUB_imm: case OP_SUB_reg:
    case OP_SBC_imm: case OP_SBC_reg: case OP_RSB_imm: case OP_RSB_reg:
        return FLAG_ALL;
    case OP_MUL:
        return FLAG_NZ;
    case OP_AND_imm: case OP_BIC_imm: case OP_ORR_imm: case OP_ORN_imm: case OP_EOR_imm: case OP_MOV_imm:
    case OP_MVN_imm:
        return FLAG_NZ | (i->carry == CARRY_KEEP ? 0 : FLAG_C);
    default:
        return FLAG_NZ | (i->amount || i->op == OP_SHIFT_reg ? FLAG_C : 0);
    }
}

/* Beside those of its condition. */
static unsigned flags_read(const struct step *t)
{
    const struct insn *i = &t->i;

    switch (i->op) {
    case OP_ADC_imm: case OP_ADC_reg: case OP_SBC_imm: case OP_SBC_reg:
        return FLAG_C;
    case OP_SHIFT_reg:          /* by 0 keeps it */
        return t->setflags ? FLAG_C : 0;
    default:
        return i->op < OP_SHIFT_reg && i->shift == SHIFT_RRX && i->amount ? FLAG_C : 0;
    }
}

/* Instructions that never leave translated code. */
static bool stays_inside(const struct step *t, const struct jit *j)
{
    switch (t->i.op) {
    case OP_AND_imm: case OP_AND_reg: case OP_BIC_imm: case OP_BIC_reg: case OP_ORR_imm: case OP_ORR_reg:
    case OP_ORN_imm: case OP_ORN_reg: case OP_EOR_imm: case OP_EOR_reg: case OP_ADD_imm: case OP_ADD_reg:
    case OP_SUB_imm: case OP_SUB_reg: case OP_RSB_imm: case OP_RSB_reg: case OP_MOV_imm: case OP_MOV_reg:
    case OP_MVN_imm: case OP_MVN_reg: case OP_TST_imm: case OP_TST_reg: case OP_TEQ_imm: case OP_TEQ_reg:
    case OP_CMP_imm: case OP_CMP_reg: case OP_CMN_imm: case OP_CMN_reg: case OP_MOVT: case OP_ADR: case OP_BFC:
    case OP_BFI: case OP_SBFX: case OP_UBFX: case OP_REV: case OP_REV16: case OP_REVSH: case OP_EXTEND:
    case OP_MUL: case OP_MLA: case OP_MLS: case OP_IT: case OP_NOP: case OP_CLZ: case OP_RBIT:
    case OP_ADC_imm: case OP_ADC_reg: case OP_SBC_imm: case OP_SBC_reg: case OP_SHIFT_reg: case OP_SSAT: case OP_USAT:
    case OP_UMAAL: case OP_EXTEND_ADD: case OP_EXTEND16: case OP_SSAT16: case OP_USAT16: case OP_SMLA_xy:
    case OP_SMLAW_y: case OP_SMLAL_xy: case OP_SMLAD: case OP_SMLALD: case OP_SMMLA: case OP_SMMLS: case OP_QADD:
    case OP_PARALLEL: case OP_SEL: case OP_USADA8: case OP_PKH:
        return true;
    case OP_MULL: case OP_MLAL: /* Cortex-M3's end early */
        return j->c->core->kind != CPU_CORTEX_M3;
    default:
        return false;
    }
}

/* A jump out of the middle of an IT block is UNPREDICTABLE, and takes ITSTATE along. */
bool step_is_foreign(const struct step *t)
{
    return jumps(t) && t->it_after;
}

/* What the host's flags say behind an instruction that adds, subtracts or compares, or has a logical
 * result. */
enum flag_form { FORM_NONE, FORM_LOGICAL, FORM_ADD, FORM_SUB, FORM_COMPARED };

static enum flag_form form_of(const struct step *t)
{
    switch (t->i.op) {
    case OP_VMRS:
        return t->i.rd == APSR ? FORM_COMPARED : FORM_NONE;
    case OP_CMP_imm: case OP_CMP_reg:
        return FORM_SUB;
    case OP_CMN_imm: case OP_CMN_reg:
        return FORM_ADD;
    case OP_TST_imm: case OP_TST_reg: case OP_TEQ_imm: case OP_TEQ_reg:
        return FORM_LOGICAL;
    case OP_ADD_imm: case OP_ADD_reg:
        return t->setflags ? FORM_ADD : FORM_NONE;
    case OP_SUB_imm: case OP_SUB_reg: case OP_RSB_imm: case OP_RSB_reg:
        return t->setflags ? FORM_SUB : FORM_NONE;
    case OP_AND_imm: case OP_AND_reg: case OP_ORR_imm: case OP_ORR_reg: case OP_EOR_imm: case OP_EOR_reg:
    case OP_BIC_imm: case OP_BIC_reg: case OP_MUL: case OP_MOV_reg: case OP_MOV_imm: case OP_MVN_imm: case OP_MVN_reg:
        return t->setflags ? FORM_LOGICAL : FORM_NONE;
    default:
        return FORM_NONE;
    }
}

bool step_reads_comparison(const struct step *t)
{
    return t->i.op == OP_VMRS && t->i.rd == APSR && t->cond == COND_NONE && t[-1].i.op == OP_VCMP &&
           t[-1].cond == COND_NONE;
}

/* Flags of `t` that the branch behind it can find in the host's, for its condition and its target. */
static unsigned sinkable(const struct step *t, unsigned cond, bool first)
{
    enum flag_form form = form_of(t);

    if (t->cond != COND_NONE || form == FORM_NONE)
        return 0;
    if (form == FORM_COMPARED)
        return !first && step_reads_comparison(t) && cond >> 1 != 3 ? FLAG_ALL : 0;
    if (form == FORM_LOGICAL)
        return cond >> 1 == 0 || cond >> 1 == 2 ? FLAG_NZ : 0;
    return form == FORM_ADD && cond >> 1 == 4 ? 0 : FLAG_ALL;
}

/* The flags that are live before a conditional branch, given those behind it where it is not taken. Its
 * target may read all; what the instruction before it sinks is kept on that way only. */
static unsigned live_before_branch(struct source *source, unsigned n, unsigned live)
{
    struct step *setter = n ? &source->steps[n - 1] : NULL;
    unsigned sunk = setter && !source->steps[n].it ? sinkable(setter, source->steps[n].i.cond, n == 1) : 0;

    if (setter)
        setter->sunk = (uint8_t)(flags_written(setter) & sunk & ~live);
    return live | (FLAG_ALL & ~sunk);
}

/* Backwards: what each instruction's flags are wanted for. Every way out of the block and every slow
 * path wants all of them. */
static void find_needs(struct source *source, const struct jit *j)
{
    unsigned live = FLAG_ALL;

    for (unsigned n = source->count; n-- > 0;) {
        struct step *t = &source->steps[n];
        unsigned written = flags_written(t);

        t->need = (uint8_t)(written & live);
        if (t->cond == COND_NONE)
            live &= ~written;
        else
            live = FLAG_ALL;
        live |= flags_read(t);
        if (t->i.op == OP_B && t->i.cond != COND_NONE)
            live = live_before_branch(source, n, n + 1 < source->count ? live : FLAG_ALL);
        else if (!stays_inside(t, j))
            live = FLAG_ALL;
    }
}

/* ---- order: a comparison moves behind what does not concern it, to the branch that reads it ---- */

static uint32_t bit_of(unsigned r)
{
    return 1u << (r & 31);
}

static bool only_compares(const struct insn *i)
{
    switch (i->op) {
    case OP_CMP_imm: case OP_CMP_reg: case OP_CMN_imm: case OP_CMN_reg:
    case OP_TST_imm: case OP_TST_reg: case OP_TEQ_imm: case OP_TEQ_reg:
        return true;
    default:
        return false;
    }
}

/* Core registers that it may write. */
static uint32_t registers_written(const struct insn *i)
{
    switch (i->op) {
    case OP_MULL: case OP_MLAL: case OP_UMAAL: case OP_SMLAL_xy: case OP_SMLALD:
        return bit_of(i->rd) | bit_of(i->ra);
    default:
        return i->op >= OP_VMLA || only_compares(i) ? 0 : bit_of(i->rd);
    }
}

/* Core registers that it may read, and some that it does not. */
static uint32_t registers_read(const struct insn *i)
{
    if (i->op >= OP_VMLA)
        return 0;
    if (i->op == OP_CMP_imm || i->op == OP_TST_imm || i->op == OP_CMN_imm || i->op == OP_TEQ_imm)
        return bit_of(i->rn);
    return bit_of(i->rd) | bit_of(i->rn) | bit_of(i->rm) | bit_of(i->ra);
}

/* FP arithmetic stays inside once the FPU has been found ready. */
static bool is_fp_arithmetic(const struct step *t)
{
    return t->i.op >= OP_VMLA && t->i.op <= OP_VFNMS;
}

static bool finds_fp_ready(const struct source *source, unsigned n)
{
    while (n-- > 0)
        if (source->steps[n].i.op >= OP_VMLA && source->steps[n].i.op <= OP_VMRS && source->steps[n].cond == COND_NONE)
            return true;
    return false;
}

static bool can_precede(const struct source *source, const struct jit *j, unsigned n, const struct step *setter)
{
    const struct step *t = &source->steps[n];
    uint32_t mine = registers_written(&setter->i);

    if (t->it || t->i.op == OP_IT || flags_written(t) || flags_read(t) ||
        !(stays_inside(t, j) || (is_fp_arithmetic(t) && finds_fp_ready(source, n))))
        return false;
    return !(registers_written(&t->i) & (registers_read(&setter->i) | mine)) && !(registers_read(&t->i) & mine);
}

static void move_to(struct source *source, unsigned from, unsigned to)
{
    struct step step = source->steps[from];

    memmove(&source->steps[from], &source->steps[from + 1], (to - from) * sizeof step);
    source->steps[to] = step;
}

/* Nothing in between can leave the block, so nobody sees the order. The first step stays: the head may leave from it. */
static void sink_setters(struct source *source, const struct jit *j)
{
    for (unsigned n = 1; n < source->count; n++) {
        const struct step *branch = &source->steps[n];
        unsigned m = n;
        if (branch->i.op != OP_B || branch->i.cond == COND_NONE || branch->it)
            continue;
        while (m > 0 && !flags_written(&source->steps[m - 1]) && !source->steps[m - 1].it)
            m--;
        if (m < 2 || m == n || source->steps[m - 1].it || source->steps[m - 1].i.op == OP_VMRS ||
            !stays_inside(&source->steps[m - 1], j) || !sinkable(&source->steps[m - 1], branch->i.cond, true))
            continue;
        while (m < n && can_precede(source, j, m, &source->steps[m - 1])) {
            move_to(source, m - 1, m);
            m++;
        }
    }
}

bool source_read(struct source *source, const struct jit *j, uint32_t pc)
{
    const struct bus_span *span = bus_span_at(j->c->bus, pc);

    if (!span || !span->executable || has_breakpoint(j, pc))
        return false;
    source->pc = pc;
    source->count = 0;
    source->cycles = 0;
    source->flash = !span->writable;
    source->pairs_at_end = source->checked = false;
    read_steps(source, j, span);
    if (!source->count)
        return false;
    source->runs_on = !step_ends_block(&source->steps[source->count - 1]);
    sink_setters(source, j);
    sum_up(source);
    find_needs(source, j);
    return true;
}
