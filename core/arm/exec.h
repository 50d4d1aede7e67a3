/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reference interpreter's operations: exec_<NAME>() for every row of ops.h, and the helper functions
 * that the Arm ARM's pseudocode uses (A2.2.1, A7.4.2, A2.3.1, D6.5).
 *
 * An operation is pure semantics. It reads the state at the boundary before the instruction, changes the
 * state, sets cpu->next if it branches and adds to cpu->cost what the static cost cannot know. One that
 * faults or is abandoned returns before it has changed a register (I6). IT conditions, the program
 * counter and time are the loop's business (interp.c).
 */
#ifndef CORE_ARM_EXEC_H
#define CORE_ARM_EXEC_H

#include <stdbool.h>
#include <stdint.h>

#include "core/arm/cpu.h"
#include "core/arm/insn.h"

typedef void exec_fn(struct cpu *c, const struct insn *i);

#define OP(name, group) exec_fn exec_##name;
INSN_OPS(OP)
#undef OP

/* The operation of each enum insn_op. */
extern exec_fn *const exec_table[OP_COUNT];

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* ---- registers ---- */

/* R[n] where the encoding allows the PC as an operand. */
static inline uint32_t reg_or_pc(const struct cpu *c, unsigned n)
{
    return n == 15 ? cpu_pc(c) : c->s->r[n];
}

/* R[n] = value where the encoding allows SP, whose two low bits are always zero (B1.4.7). */
static inline void set_reg(struct cpu *c, unsigned n, uint32_t value)
{
    c->s->r[n] = n == 13 ? value & ~3u : value;
}

/* ---- conditions and flags ---- */

enum { COND_ALWAYS = 14 };

/* ConditionHolds (A7.3.1). */
static inline bool condition_holds(const struct cpu_state *s, unsigned cond)
{
    bool holds;

    switch (cond >> 1) {
    case 0: holds = s->z; break;
    case 1: holds = s->c; break;
    case 2: holds = s->n; break;
    case 3: holds = s->v; break;
    case 4: holds = s->c && !s->z; break;
    case 5: holds = s->n == s->v; break;
    case 6: holds = s->n == s->v && !s->z; break;
    default: return true;
    }
    return holds != (cond & 1);
}

static inline bool writes_flags(const struct cpu *c, const struct insn *i)
{
    return i->setflags == FLAGS_ALWAYS || (i->setflags == FLAGS_OUTSIDE_IT && !c->s->it);
}

static inline void set_nz(struct cpu_state *s, uint32_t result)
{
    s->n = (uint8_t)(result >> 31);
    s->z = result == 0;
}

/* ---- shifts (A7.4.2) ---- */

struct shifted {
    uint32_t value;
    bool carry;
};

static inline uint32_t rotate_right(uint32_t value, unsigned amount)
{
    amount &= 31;
    return amount ? value >> amount | value << (32 - amount) : value;
}

/* Shift_C. `amount` 0..255; 0 leaves value and carry alone. */
static inline struct shifted shift_c(uint32_t value, enum insn_shift type, unsigned amount, bool carry)
{
    uint64_t wide = value;

    if (amount == 0)
        return (struct shifted){value, carry};
    switch (type) {
    case SHIFT_RRX:
        return (struct shifted){(uint32_t)carry << 31 | value >> 1, value & 1};
    case SHIFT_LSL:
        wide = amount <= 32 ? wide << amount : 0;
        return (struct shifted){(uint32_t)wide, wide >> 32 & 1};
    case SHIFT_LSR:
        wide = amount <= 32 ? wide << 1 >> amount : 0;
        return (struct shifted){(uint32_t)(wide >> 1), wide & 1};
    case SHIFT_ASR:
        wide = (uint64_t)((int64_t)(int32_t)value * 2 >> (amount <= 32 ? amount : 32));
        return (struct shifted){(uint32_t)(wide >> 1), wide & 1};
    default:
        value = rotate_right(value, amount);
        return (struct shifted){value, value >> 31};
    }
}

/* The second operand of a register form. */
static inline struct shifted shifted_rm(const struct cpu *c, const struct insn *i)
{
    uint32_t value = c->s->r[i->rm];

    if (likely(i->amount == 0))
        return (struct shifted){value, c->s->c};
    return shift_c(value, i->shift, i->amount, c->s->c);
}

/* ---- arithmetic ---- */

struct sum {
    uint32_t value;
    bool carry, overflow;
};

/* AddWithCarry (A2.2.1). */
static inline struct sum add_with_carry(uint32_t x, uint32_t y, bool carry)
{
    uint64_t wide = (uint64_t)x + y + carry;
    uint32_t value = (uint32_t)wide;

    return (struct sum){value, wide >> 32 & 1, ((x ^ value) & (y ^ value)) >> 31};
}

/* SignedSatQ: to `bits` bits (1..32); *saturated is set, never cleared. */
static inline int32_t signed_sat(int64_t value, unsigned bits, uint8_t *saturated)
{
    int64_t max = ((int64_t)1 << (bits - 1)) - 1, min = -max - 1;

    if (value >= min && value <= max)
        return (int32_t)value;
    *saturated = 1;
    return (int32_t)(value > max ? max : min);
}

/* UnsignedSatQ: to `bits` bits (0..32). */
static inline uint32_t unsigned_sat(int64_t value, unsigned bits, uint8_t *saturated)
{
    int64_t max = ((int64_t)1 << bits) - 1;

    if (value >= 0 && value <= max)
        return (uint32_t)value;
    *saturated = 1;
    return (uint32_t)(value > max ? max : 0);
}

/* SXTB, SXTH, UXTB, UXTH of the low `width` bytes. */
static inline uint32_t extend(uint32_t value, unsigned width, bool sign)
{
    if (width == 1)
        return sign ? (uint32_t)(int8_t)value : (uint8_t)value;
    if (width == 2)
        return sign ? (uint32_t)(int16_t)value : (uint16_t)value;
    return value;
}

static inline int32_t top_half(uint32_t value)
{
    return (int16_t)(value >> 16);
}

static inline int32_t bottom_half(uint32_t value)
{
    return (int16_t)value;
}

/* RdHi:RdLo of a long multiply. */
static inline uint64_t get_long(const struct cpu *c, const struct insn *i)
{
    return (uint64_t)c->s->r[i->rd] << 32 | c->s->r[i->ra];
}

static inline void set_long(struct cpu *c, const struct insn *i, uint64_t value)
{
    c->s->r[i->ra] = (uint32_t)value;
    c->s->r[i->rd] = (uint32_t)(value >> 32);
}

/* ---- memory: the views of access.c in front of cpu_load and cpu_store ---- */

static inline uint32_t load_le(const uint8_t *p, unsigned size)
{
    switch (size) {
    case 1: return p[0];
    case 2: return p[0] | (uint32_t)p[1] << 8;
    default: return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    }
}

static inline void store_le(uint8_t *p, unsigned size, uint32_t value)
{
    p[0] = (uint8_t)value;
    if (size == 1)
        return;
    p[1] = (uint8_t)(value >> 8);
    if (size == 2)
        return;
    p[2] = (uint8_t)(value >> 16);
    p[3] = (uint8_t)(value >> 24);
}

static inline struct cpu_view *view_of(struct cpu *c, uint32_t address)
{
    return &c->data[address >> CPU_VIEW_SHIFT];
}

/* A load whose `size` is known where it is inlined. Aligned accesses within a view only: the rest has
 * rules (A3.2.1), and takes cpu_load. */
static inline bool load(struct cpu *c, uint32_t address, unsigned size, enum cpu_access how,
                        uint32_t *value)
{
    const struct cpu_view *view = view_of(c, address);
    uint32_t offset = address - view->base;

    if (unlikely(offset >= view->size || address & (size - 1) || how == ACCESS_UNPRIVILEGED))
        return cpu_load(c, address, size, how, value);
    if (view->waits)
        c->cost += c->timing.data;
    *value = load_le(view->host + offset, size);
    return true;
}

static inline bool store(struct cpu *c, uint32_t address, unsigned size, enum cpu_access how,
                         uint32_t value)
{
    const struct cpu_view *view = view_of(c, address);
    uint32_t offset = address - view->base;

    if (unlikely(offset >= view->writable || address & (size - 1) || how == ACCESS_UNPRIVILEGED))
        return cpu_store(c, address, size, how, value);
    store_le(view->host + offset, size, value);
    footprint_wrote(&c->touched, address);
    return true;
}

#endif
