/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Code among data: blocks in pages that are written too often to be protected. Such a block compares its bytes with
 * those it was made from each time it is entered, whoever may have written them; and while it runs, it takes its own
 * stores out of line when they hit what is still to come of it.
 */
#include "core/jit/lower.h"

enum { CHUNK = 8 };

bool checked_reads(const struct jit *j, uint32_t pc, uint32_t size, uint32_t *address)
{
    const struct bus_span *span = bus_span_at(j->c->bus, pc);

    for (unsigned i = 0; span && i < j->window.count; i++) {
        const struct window_memory *m = &j->window.memories[i];
        size_t offset = (size_t)(span->host + (pc - span->base) - m->memory.host);
        if (offset >= m->mapped || size > m->mapped - offset)
            continue;
        *address = m->memory.base + (uint32_t)offset;
        return true;
    }
    return false;
}

/* How many bytes are compared at once when so many are left. */
static unsigned piece(uint32_t left)
{
    return left >= CHUNK ? CHUNK : left >= 4 ? 4 : 2;
}

static uint64_t bytes_at(const uint8_t *host, unsigned size)
{
    uint64_t value = 0;

    for (unsigned n = size; n-- > 0;)
        value = value << 8 | host[n];
    return value;
}

uint8_t *checked_constants(struct lower *l)
{
    const struct source *source = l->source;
    const struct bus_span *span = bus_span_at(l->j->c->bus, source->pc);
    const uint8_t *host = span->host + (source->pc - span->base);
    uint32_t size = source->end - source->pc;
    uint8_t *first = l->b->p;

    for (uint32_t at = 0; at < size && source->checked; at += piece(size - at))
        x86_word64(l->b, bytes_at(host + at, piece(size - at)));
    return first;
}

void checked_compare(struct lower *l, uint8_t *constants, uint32_t self)
{
    const struct source *source = l->source;
    uint32_t size = source->end - source->pc;

    for (uint32_t at = 0; at < size && source->checked && !l->b->overflow; constants += CHUNK) {
        struct x86_rm bytes = rm_guest(NO_REG, NO_REG, 0, source->reads + at);
        unsigned width = piece(size - at);
        if (width == CHUNK)
            x86_mov64(l->b, RCX, bytes);
        else
            x86_extend(l->b, width, false, RCX, bytes);
        x86_place(x86_sub64_constant(l->b, RCX), constants);
        lower_cold(l, COLD_CHANGED, self, x86_jcc(l->b, CC_NE));
        at += width;
    }
}

static uint32_t store_size(const struct insn *i)
{
    switch (i->op) {
    case OP_STM:
        return 4 * (uint32_t)__builtin_popcount(i->imm);
    case OP_VSTM:
        return 4 * i->imm;
    case OP_STRD:
        return 8;
    default:
        return i->width;
    }
}

bool checked_hits(const struct lower *l, uint32_t address)
{
    uint32_t next = l->t->pc + l->t->i.size, size = store_size(&l->t->i);

    if (!l->source->checked)
        return false;
    next += l->source->reads - l->source->pc;
    return address - next + size - 1 < l->source->end - (l->t->pc + l->t->i.size) + size - 1;
}

void checked_store(struct lower *l, struct x86_rm *rm)
{
    uint32_t behind = l->t->pc + l->t->i.size, left = l->source->end - behind, size = store_size(&l->t->i);
    enum host_reg scratch;

    if (!l->source->checked || !left)
        return;
    if (rm->index == RDX) {     /* both scratch registers may be in the address */
        x86_lea(l->b, RCX, (enum host_reg)rm->base, rm->index, rm->scale, rm->disp);
        *rm = rm_guest(RCX, NO_REG, 0, 0);
    }
    scratch = rm->base == RCX ? RDX : RCX;
    behind += l->source->reads - l->source->pc;
    x86_lea(l->b, scratch, (enum host_reg)rm->base, rm->index, rm->scale,
            (int32_t)((uint32_t)rm->disp + size - 1 - behind));
    x86_alu_imm(l->b, ALU_CMP, rm_reg(scratch), left + size - 1);
    lower_leave_if(l, CC_B);
}
