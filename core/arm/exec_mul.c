/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Multiply and divide: Armv7-M ARM A5.3.16, A5.3.17 without the DSP extension. */
#include "core/arm/cost.h"
#include "core/arm/exec.h"

void exec_MUL(struct cpu *c, const struct insn *i)
{
    uint32_t result = c->s->r[i->rn] * c->s->r[i->rm];

    if (writes_flags(c, i))
        set_nz(c->s, result);
    c->s->r[i->rd] = result;
}

void exec_MLA(struct cpu *c, const struct insn *i)
{
    c->s->r[i->rd] = c->s->r[i->ra] + c->s->r[i->rn] * c->s->r[i->rm];
}

void exec_MLS(struct cpu *c, const struct insn *i)
{
    c->s->r[i->rd] = c->s->r[i->ra] - c->s->r[i->rn] * c->s->r[i->rm];
}

static uint64_t long_product(struct cpu *c, const struct insn *i)
{
    uint32_t n = c->s->r[i->rn], m = c->s->r[i->rm];

    c->cost += cost_multiply_long(c->core->kind, i, n, m);
    return i->sign ? (uint64_t)((int64_t)(int32_t)n * (int32_t)m) : (uint64_t)n * m;
}

void exec_MULL(struct cpu *c, const struct insn *i)
{
    set_long(c, i, long_product(c, i));
}

void exec_MLAL(struct cpu *c, const struct insn *i)
{
    set_long(c, i, get_long(c, i) + long_product(c, i));
}

/* The quotient rounds towards zero; the only signed overflow, -2^31 / -1, gives -2^31. */
static uint32_t quotient(uint32_t n, uint32_t m, bool sign)
{
    if (sign)
        return (uint32_t)((int64_t)(int32_t)n / (int32_t)m);
    return n / m;
}

void exec_DIV(struct cpu *c, const struct insn *i)
{
    uint32_t n = c->s->r[i->rn], m = c->s->r[i->rm];

    if (m == 0 && c->divide_trap) {
        cpu_fault(c, FAULT_DIVBYZERO, 0);
        return;
    }
    c->cost += cost_divide(n, m, i->sign);
    c->s->r[i->rd] = m ? quotient(n, m, i->sign) : 0;
}
