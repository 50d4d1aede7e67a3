/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loads and stores: Armv7-M ARM A5.2.4, A5.3.5 to A5.3.10.
 *
 * A load multiple is not interrupted half-way: exceptions are taken at instruction boundaries, so the
 * ICI bits of the EPSR read as zero; one that faults starts afresh when it is returned to (B1.5.10
 * leaves that choice). Base registers are written back when every access has been made.
 */
#include "core/arm/exec.h"

/* ---- single registers ---- */

/* The address of an immediate form, and what the base becomes. */
static inline uint32_t indexed(const struct cpu *c, const struct insn *i, uint32_t *base)
{
    uint32_t n = c->s->r[i->rn];

    *base = i->add ? n + i->imm : n - i->imm;
    return i->index ? *base : n;
}

static inline uint32_t register_offset(const struct cpu *c, const struct insn *i)
{
    return c->s->r[i->rn] + (c->s->r[i->rm] << i->amount);
}

/* The access and its extension; the size is a constant at each call of load(). */
static inline bool load_extended(struct cpu *c, const struct insn *i, uint32_t address,
                                 enum cpu_access how, uint32_t *value)
{
    switch (i->width) {
    case 4:
        return load(c, address, 4, how, value);
    case 2:
        if (!load(c, address, 2, how, value))
            return false;
        break;
    default:
        if (!load(c, address, 1, how, value))
            return false;
        break;
    }
    if (i->sign)
        *value = extend(*value, i->width, true);
    return true;
}

/* Rt of a load: a word loaded to the PC is a branch (LoadWritePC). */
static inline void set_loaded(struct cpu *c, unsigned rt, uint32_t value)
{
    if (unlikely(rt == 15))
        cpu_bx(c, value);
    else
        set_reg(c, rt, value);
}

void exec_LDR_imm(struct cpu *c, const struct insn *i)
{
    uint32_t base, value, address = indexed(c, i, &base);

    if (!load_extended(c, i, address, ACCESS_NORMAL, &value))
        return;
    if (i->wback)
        set_reg(c, i->rn, base);
    set_loaded(c, i->rd, value);
}

void exec_LDR_reg(struct cpu *c, const struct insn *i)
{
    uint32_t value;

    if (load_extended(c, i, register_offset(c, i), ACCESS_NORMAL, &value))
        set_loaded(c, i->rd, value);
}

void exec_LDR_lit(struct cpu *c, const struct insn *i)
{
    uint32_t value, base = cpu_pc(c) & ~3u;

    if (load_extended(c, i, i->add ? base + i->imm : base - i->imm, ACCESS_NORMAL, &value))
        set_loaded(c, i->rd, value);
}

void exec_LDRT(struct cpu *c, const struct insn *i)
{
    uint32_t value;

    if (load_extended(c, i, c->s->r[i->rn] + i->imm, ACCESS_UNPRIVILEGED, &value))
        set_reg(c, i->rd, value);
}

static inline bool store_sized(struct cpu *c, const struct insn *i, uint32_t address,
                               enum cpu_access how)
{
    uint32_t value = c->s->r[i->rd];

    switch (i->width) {
    case 4:
        return store(c, address, 4, how, value);
    case 2:
        return store(c, address, 2, how, value & 0xFFFF);
    default:
        return store(c, address, 1, how, value & 0xFF);
    }
}

void exec_STR_imm(struct cpu *c, const struct insn *i)
{
    uint32_t base, address = indexed(c, i, &base);

    if (store_sized(c, i, address, ACCESS_NORMAL) && i->wback)
        set_reg(c, i->rn, base);
}

void exec_STR_reg(struct cpu *c, const struct insn *i)
{
    store_sized(c, i, register_offset(c, i), ACCESS_NORMAL);
}

void exec_STRT(struct cpu *c, const struct insn *i)
{
    store_sized(c, i, c->s->r[i->rn] + i->imm, ACCESS_UNPRIVILEGED);
}

/* ---- pairs ---- */

void exec_LDRD(struct cpu *c, const struct insn *i)
{
    uint32_t base, address, first, second;

    if (i->rn == 15)
        address = base = (cpu_pc(c) & ~3u) + (i->add ? i->imm : -i->imm);
    else
        address = indexed(c, i, &base);
    if (!cpu_transfer_check(c, address, 2, NULL) ||
        !load(c, address, 4, ACCESS_TRANSFER, &first) ||
        !load(c, address + 4, 4, ACCESS_TRANSFER, &second))
        return;
    if (i->wback)
        set_reg(c, i->rn, base);
    c->s->r[i->rd] = first;
    c->s->r[i->ra] = second;
}

void exec_STRD(struct cpu *c, const struct insn *i)
{
    uint32_t base, address = indexed(c, i, &base);
    uint32_t values[2] = {c->s->r[i->rd], c->s->r[i->ra]};

    if (!cpu_transfer_check(c, address, 2, values) ||
        !store(c, address, 4, ACCESS_TRANSFER, values[0]) ||
        !store(c, address + 4, 4, ACCESS_TRANSFER, values[1]))
        return;
    if (i->wback)
        set_reg(c, i->rn, base);
}

/* ---- register lists ---- */

/* Lowest address of the transfer, and what the base becomes. */
static uint32_t list_address(const struct cpu *c, const struct insn *i, unsigned count, uint32_t *base)
{
    uint32_t n = c->s->r[i->rn];

    *base = i->add ? n + 4 * count : n - 4 * count;
    return i->add ? n : *base;
}

void exec_LDM(struct cpu *c, const struct insn *i)
{
    unsigned count = (unsigned)__builtin_popcount(i->imm), word = 0;
    uint32_t base, address = list_address(c, i, count, &base);
    uint32_t values[16];

    if (!cpu_transfer_check(c, address, count, NULL))
        return;
    for (word = 0; word < count; word++)
        if (!load(c, address + 4 * word, 4, ACCESS_TRANSFER, &values[word]))
            return;
    if (i->wback)
        set_reg(c, i->rn, base);
    word = 0;
    for (uint32_t list = i->imm; list; list &= list - 1)
        set_loaded(c, (unsigned)__builtin_ctz(list), values[word++]);
}

void exec_STM(struct cpu *c, const struct insn *i)
{
    unsigned count = 0;
    uint32_t base, address, values[16];

    for (uint32_t list = i->imm; list; list &= list - 1)
        values[count++] = c->s->r[__builtin_ctz(list)];
    address = list_address(c, i, count, &base);
    if (!cpu_transfer_check(c, address, count, values))
        return;
    for (unsigned word = 0; word < count; word++)
        if (!store(c, address + 4 * word, 4, ACCESS_TRANSFER, values[word]))
            return;
    if (i->wback)
        set_reg(c, i->rn, base);
}

/* ---- exclusives (A3.4, B2.3.6) ---- */

/*
 * The local monitor of Cortex-M3 and M4 holds no address: its reservation granule is the whole memory
 * (Cortex-M4 TRM 3.6), so it is one bit.
 */
void exec_LDREX(struct cpu *c, const struct insn *i)
{
    uint32_t value;

    if (!cpu_load(c, c->s->r[i->rn] + i->imm, i->width, ACCESS_ALIGNED, &value))
        return;
    c->s->exclusive = 1;
    c->s->r[i->rd] = value;
}

void exec_STREX(struct cpu *c, const struct insn *i)
{
    uint32_t address = c->s->r[i->rn] + i->imm;
    uint32_t value = c->s->r[i->rd];

    /* The address is checked whether the store happens or not (ExclusiveMonitorsPass). */
    if (!cpu_store_allowed(c, address, i->width))
        return;
    if (!c->s->exclusive) {
        c->s->r[i->ra] = 1;
        return;
    }
    if (!cpu_store(c, address, i->width, ACCESS_ALIGNED, value))
        return;
    c->s->exclusive = 0;
    c->s->r[i->ra] = 0;
}

void exec_CLREX(struct cpu *c, const struct insn *i)
{
    (void)i;
    c->s->exclusive = 0;
}

/* Preload hints do nothing without a cache (A4.6.4). */
void exec_PLD(struct cpu *c, const struct insn *i)
{
    (void)c, (void)i;
}
