/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How programs are made. Registers have roles for the length of a case: some point into the middle of RAM,
 * some hold small offsets, the rest hold data. A row of the tables is drawn, its fields are filled at random,
 * and the result is kept if it respects the roles (`acceptable`); otherwise it is drawn again. What random
 * fields would never hit is built by hand, as units of several instructions: branches of every kind (all
 * forwards, over another unit), IT blocks, exclusive pairs, loads through a base that they overwrite.
 *
 * Left out, because engines may differ in it or because it ends the run: WFI, WFE, SVC, BKPT, UDF, other
 * coprocessors, writing special registers other than APSR and masking interrupts, reading CONTROL and the
 * stack pointers that are not in use, YIELD (unicorn stops at it).
 */
#include "tests/diff/generate.h"

#include <assert.h>
#include <string.h>

#include "core/arm/encoding.h"
#include "tests/unit/fparith_operands.h"

enum { POINTERS = 3, OFFSETS = 2, TRIES = 600, SP = 13, LR = 14, PC = 15 };

struct generator {
    const struct decoder *d;
    struct diff_case *c;
    uint64_t random;
    uint32_t pointers, offsets;     /* registers, as masks; the stack pointer is a pointer too */
    uint32_t base;                  /* what loads and stores may use as base: the pointers, or one copy */
    unsigned it_left;               /* instructions of the IT block to come, this one among them */
    bool patches;
};

static uint32_t below(struct generator *g, uint32_t limit)
{
    return (uint32_t)((uint64_t)diff_random(&g->random) * limit >> 32);
}

static bool one_in(struct generator *g, uint32_t n)
{
    return below(g, n) == 0;
}

static bool in(uint32_t mask, unsigned n)
{
    return mask >> n & 1;
}

/* ---- what is acceptable ---- */

static bool is_branch(const struct insn *i)
{
    return i->op >= OP_B && i->op <= OP_IT;
}

static bool system_acceptable(const struct insn *i)
{
    switch (i->op) {
    case OP_NOP: case OP_DMB: case OP_DSB: case OP_ISB: case OP_SEV: return true;
    case OP_CPS: return !(i->variant & 1);
    case OP_MRS: return i->imm <= 3 || (i->imm >= 5 && i->imm <= 7) || (i->imm >= 16 && i->imm <= 19);
    case OP_MSR: return i->imm <= 3;
    default: return false;
    }
}

/* A result of data processing may be the stack pointer only if that stays near where it was. */
static bool stack_result_acceptable(const struct generator *g, const struct insn *i)
{
    switch (i->op) {
    case OP_ADD_imm: case OP_SUB_imm: return i->rn == SP && i->imm <= 512 && i->setflags == FLAGS_NEVER;
    case OP_ADD_reg: case OP_SUB_reg: return i->rn == SP && in(g->offsets, i->rm) && i->shift == SHIFT_LSL;
    case OP_MOV_reg: return in(g->pointers, i->rm) && i->amount == 0;
    default: return false;
    }
}

/* Data registers: what results may go to. */
static bool is_data(const struct generator *g, unsigned n)
{
    return !in(g->pointers | g->offsets | 1u << PC, n);
}

static bool results_acceptable(const struct generator *g, const struct insn *i)
{
    bool copy = g->base != g->pointers;

    switch (i->op) {
    case OP_TST_imm: case OP_TST_reg: case OP_TEQ_imm: case OP_TEQ_reg: case OP_CMP_imm:
    case OP_CMP_reg: case OP_CMN_imm: case OP_CMN_reg: case OP_STR_imm: case OP_STR_reg:
    case OP_STRT: case OP_STRD: case OP_STM: case OP_PLD: case OP_VMSR:
        return true;
    case OP_LDM: return (i->imm & (g->pointers | g->offsets | 1u << PC)) == 0;
    case OP_MULL: case OP_MLAL: case OP_UMAAL: case OP_SMLAL_xy: case OP_SMLALD: case OP_LDRD:
        return is_data(g, i->rd) && is_data(g, i->ra);
    case OP_VMOV_core: return !i->variant || is_data(g, i->ra);
    case OP_VMOV_core2: return !i->variant || (is_data(g, i->rn) && is_data(g, i->ra));
    case OP_VMRS: return i->rd == PC || is_data(g, i->rd);
    default: break;
    }
    if (i->op >= OP_VMLA)
        return true;
    if (i->op < OP_MUL && i->rd == SP)
        return !copy && stack_result_acceptable(g, i);
    return is_data(g, i->rd);
}

/* Addresses: a base that points into RAM, offsets that leave it word-aligned when written back. */
static bool address_acceptable(const struct generator *g, const struct insn *i)
{
    switch (i->op) {
    case OP_LDR_lit: return i->imm < 0x800;
    case OP_LDR_reg: case OP_STR_reg: return in(g->base, i->rn) && in(g->offsets, i->rm);
    case OP_LDRD: case OP_VLDR:
        if (i->rn == PC)
            return i->imm < 0x800;
        break;
    default: break;
    }
    if (!in(g->base, i->rn))
        return false;
    return !i->wback || i->op == OP_LDM || i->op == OP_STM || i->imm % 4 == 0;
}

static bool is_access(const struct insn *i)
{
    return (i->op >= OP_LDR_imm && i->op <= OP_LDREX) || (i->op >= OP_VLDR && i->op <= OP_VSTM);
}

static bool acceptable(const struct generator *g, const struct insn *i)
{
    if (i->unpredictable || i->op == OP_UDF || i->op == OP_COPROC || is_branch(i) || i->op == OP_STREX)
        return false;
    if (is_access(i) && !address_acceptable(g, i))
        return false;
    if (i->op == OP_CLREX || i->op == OP_PLD)
        return true;
    if (i->op >= OP_NOP && i->op <= OP_ISB && !system_acceptable(i))
        return false;
    if (i->op == OP_CPS)
        return !g->it_left;
    if (i->op == OP_MSR || (i->op >= OP_NOP && i->op <= OP_ISB && i->op != OP_MRS))
        return true;
    return results_acceptable(g, i);
}

/* ---- drawing one instruction ---- */

/* Bits for a row: its fixed bits, noise for the rest. Lists of loads are freed of registers with roles,
 * or hardly any would be kept. */
static uint32_t draw_bits(struct generator *g, const struct encoding *row, unsigned *size)
{
    char bits[33];
    uint32_t raw = 0, noise = diff_random(&g->random);
    unsigned count = encoding_bits(row->pattern, bits);

    *size = count / 8;
    for (unsigned n = 0; n < count; n++) {
        unsigned bit = bits[n] == '1' || bits[n] == 'o' ? 1
                     : bits[n] == '0' || bits[n] == 'z' ? 0 : noise >> n & 1;

        raw = raw << 1 | bit;
    }
    if (row->preset.op == OP_LDM)
        raw &= ~(g->pointers | g->offsets | 1u << PC) | (count == 16 ? 0xFF00u : 0xFFFF0000u);
    if (row->preset.op == OP_STM && count == 32)
        raw &= ~(1u << SP | 1u << PC);
    return raw;
}

static bool draw_from(struct generator *g, const struct encoding *row, uint32_t *raw, unsigned *size)
{
    for (unsigned n = 0; n < TRIES; n++) {
        struct insn i;

        *raw = draw_bits(g, row, size);
        decode(g->d, *raw, *size, &i);
        if (encoding_row(i.row) == row && acceptable(g, &i))
            return true;
    }
    return false;
}

/* ---- emitting ---- */

static unsigned here(const struct generator *g)
{
    return g->c->size;
}

/* Guest address of an offset in the program. */
static uint32_t address_of(const struct generator *g, unsigned offset)
{
    return g->c->start.r[PC] + offset;
}

static void put_half(struct generator *g, unsigned at, uint32_t half)
{
    g->c->program[at] = (uint8_t)half;
    g->c->program[at + 1] = (uint8_t)(half >> 8);
}

static void put_insn(struct generator *g, unsigned at, uint32_t raw, unsigned size)
{
    if (size == 4)
        put_half(g, at, raw >> 16);
    put_half(g, at + size - 2, raw & 0xFFFF);
}

static void emit_data(struct generator *g, uint32_t half)
{
    put_half(g, here(g), half);
    g->c->size += 2;
}

/* Reserves the place of an instruction, for put_insn. */
static unsigned emit_place(struct generator *g, unsigned size)
{
    unsigned at = here(g);

    assert(g->c->count < DIFF_INSNS_MAX);
    g->c->at[g->c->count++] = (uint16_t)at;
    g->c->size += size;
    return at;
}

static void emit(struct generator *g, uint32_t raw)
{
    unsigned size = raw > 0xFFFF ? 4 : 2;

    put_insn(g, emit_place(g, size), raw, size);
}

static void emit_random(struct generator *g)
{
    uint32_t raw;
    unsigned size;

    while (!draw_from(g, encoding_row(1 + below(g, encoding_count() - 1)), &raw, &size))
        ;
    put_insn(g, emit_place(g, size), raw, size);
}

static void emit_filler(struct generator *g)
{
    for (unsigned n = 1 + below(g, 3); n > 0; n--)
        emit_random(g);
}

/* ---- encodings that units are built from ---- */

static unsigned pick(struct generator *g, uint32_t mask)
{
    unsigned n;

    do
        n = below(g, 16);
    while (!in(mask, n));
    return n;
}

static uint32_t data_registers(const struct generator *g)
{
    return ~(g->pointers | g->offsets | 1u << PC) & 0xFFFF;
}

static uint32_t movw(unsigned d, uint32_t value)
{
    return 0xF2400000 | (value >> 12 & 15) << 16 | (value >> 11 & 1) << 26 | (value >> 8 & 7) << 12 | d << 8 |
           (value & 0xFF);
}

static uint32_t movt(unsigned d, uint32_t value)
{
    return movw(d, value) | 0x00800000;
}

static uint32_t branch_24(uint32_t opcode, uint32_t offset)
{
    uint32_t s = offset >> 24 & 1, j1 = ~(offset >> 23 ^ s) & 1, j2 = ~(offset >> 22 ^ s) & 1;

    return opcode | s << 26 | (offset >> 12 & 0x3FF) << 16 | j1 << 13 | j2 << 11 | (offset >> 1 & 0x7FF);
}

static uint32_t branch_20(uint32_t cond, uint32_t offset)
{
    uint32_t s = offset >> 20 & 1, j1 = offset >> 18 & 1, j2 = offset >> 19 & 1;

    return 0xF0008000 | s << 26 | cond << 22 | (offset >> 12 & 0x3F) << 16 | j1 << 13 | j2 << 11 |
           (offset >> 1 & 0x7FF);
}

/* The program counter as an operand of the instruction at this offset. */
static uint32_t pc_at(const struct generator *g, unsigned offset)
{
    return address_of(g, offset) + 4;
}

/* ---- units ---- */

static void unit_it(struct generator *g)
{
    unsigned cond = below(g, 15), mask;

    do
        mask = 1 + below(g, 15);
    while (cond == 14 && mask & (mask - 1));
    emit(g, 0xBF00 | cond << 4 | mask);
    for (g->it_left = 4 - (unsigned)__builtin_ctz(mask); g->it_left > 0; g->it_left--)
        emit_random(g);
}

/* The last instruction of an IT block may branch. */
static void unit_it_branch(struct generator *g)
{
    bool wide = one_in(g, 2);
    unsigned at;
    uint32_t offset;

    emit(g, 0xBF08 | below(g, 14) << 4);
    at = emit_place(g, wide ? 4 : 2);
    emit_filler(g);
    offset = address_of(g, here(g)) - pc_at(g, at);
    put_insn(g, at, wide ? branch_24(0xF0009000, offset) : 0xE000 | (offset >> 1 & 0x7FF), wide ? 4 : 2);
}

/* B<c>, B, BL, CBZ and CBNZ in every encoding, over some instructions. */
static void unit_branch(struct generator *g)
{
    unsigned kind = below(g, 6), size = kind == 0 || kind == 1 || kind == 5 ? 2 : 4;
    unsigned at, cond = below(g, 14), low = below(g, 8);
    uint32_t offset, raw = 0;

    if (kind == 4 && !is_data(g, LR))
        kind = 3;
    at = emit_place(g, size);
    emit_filler(g);
    offset = address_of(g, here(g)) - pc_at(g, at);
    switch (kind) {
    case 0: raw = 0xD000 | cond << 8 | (offset >> 1 & 0xFF); break;
    case 1: raw = 0xE000 | (offset >> 1 & 0x7FF); break;
    case 2: raw = branch_20(cond, offset); break;
    case 3: raw = branch_24(0xF0009000, offset); break;
    case 4: raw = branch_24(0xF000D000, offset); break;
    default:
        /* forwards only: the shortest is over two halfwords */
        raw = offset >> 31 ? 0xBF00 : 0xB100 | (cond & 1) << 11 | (offset >> 6 & 1) << 9 |
                                      (offset >> 1 & 31) << 3 | low;
    }
    put_insn(g, at, raw, size);
}

/* MOVW and MOVT of an address behind some instructions, and a branch to it: BX, BLX, MOV pc, POP of pc,
 * LDR of pc. */
static void unit_indirect(struct generator *g)
{
    unsigned kind = below(g, 5), d = pick(g, data_registers(g) & ~(1u << LR));
    unsigned low = emit_place(g, 4), high = emit_place(g, 4);
    uint32_t target;

    switch (kind) {
    case 0: emit(g, 0x4700 | d << 3); break;
    case 1: emit(g, (is_data(g, LR) ? 0x4780 : 0x4700) | d << 3); break;
    case 2: emit(g, 0x4687 | d << 3); break;
    case 3:
        emit(g, 0xF84D0D04 | d << 12);                  /* push {d} */
        emit(g, one_in(g, 2) ? 0xBD00 : 0xF85DFB04);    /* pop {pc} */
        break;
    default: {
        unsigned n = pick(g, g->pointers);

        emit(g, 0xF8C00010 | n << 16 | d << 12);        /* str d, [n, #16] */
        emit(g, 0xF8D0F010 | n << 16);                  /* ldr pc, [n, #16] */
    }
    }
    emit_filler(g);
    target = address_of(g, here(g)) | 1;
    put_insn(g, low, movw(d, target & 0xFFFF), 4);
    put_insn(g, high, movt(d, target >> 16), 4);
}

/* ADD pc, TBB and TBH, LDR pc from a literal. */
static void unit_relative(struct generator *g)
{
    unsigned kind = below(g, 4), d = pick(g, data_registers(g) & ~(1u << LR)), entry = below(g, 4);
    unsigned value = emit_place(g, 4), at, tables[4], halves = kind == 1 ? 2 : 4;
    uint32_t distance;

    if (kind == 0) {
        at = emit_place(g, 2);
        emit_filler(g);
        distance = address_of(g, here(g)) - pc_at(g, at);
        put_insn(g, value, movw(d, distance), 4);
        put_insn(g, at, 0x4487 | d << 3, 2);
        return;
    }
    put_insn(g, value, movw(d, entry), 4);
    if (kind == 3) {
        at = emit_place(g, 4);
        if (address_of(g, here(g)) & 2)
            emit_data(g, 0xBF00);
        tables[0] = here(g);
        emit_data(g, 0);
        emit_data(g, 0);
        emit_filler(g);
        put_insn(g, at, 0xF8DFF000 | (address_of(g, tables[0]) - (pc_at(g, at) & ~3u)), 4);
        put_half(g, tables[0], (address_of(g, here(g)) | 1) & 0xFFFF);
        put_half(g, tables[0] + 2, address_of(g, here(g)) >> 16);
        return;
    }
    at = emit_place(g, 4);
    put_insn(g, at, (kind == 1 ? 0xE8DFF000 : 0xE8DFF010) | d, 4);
    for (unsigned n = 0; n < halves; n++) {
        tables[n] = here(g);
        emit_data(g, 0);
    }
    emit_filler(g);
    distance = (address_of(g, here(g)) - pc_at(g, at)) / 2;
    for (unsigned n = 0; n < halves; n++)
        put_half(g, tables[n], kind == 1 ? distance << 8 | distance : distance);
}

/* LDREX and STREX of one size to one address; or, behind CLREX, a STREX that must fail. */
static void unit_exclusive(struct generator *g)
{
    unsigned size = below(g, 3), n = pick(g, g->pointers), data = data_registers(g) & ~(1u << SP);
    unsigned t = pick(g, data), d, offset = below(g, 64);

    do
        d = pick(g, data);
    while (d == t || d == n);
    if (one_in(g, 4))
        emit(g, 0xF3BF8F2F);
    else if (size == 2)
        emit(g, 0xE8500F00 | n << 16 | t << 12 | offset);
    else
        emit(g, 0xE8D00F4F | n << 16 | t << 12 | size << 4);
    if (size == 2)
        emit(g, 0xE8400000 | n << 16 | t << 12 | d << 8 | offset);
    else
        emit(g, 0xE8C00F40 | n << 16 | t << 12 | size << 4 | d);
}

/* A load or store through a copy of a pointer, which it may overwrite or store. */
static void unit_copied_base(struct generator *g)
{
    unsigned n = pick(g, g->pointers), d = pick(g, data_registers(g));
    uint32_t raw = 0;
    unsigned size = 0;

    emit(g, 0x4600 | (d & 8) << 4 | n << 3 | (d & 7));
    g->base = 1u << d;
    for (unsigned k = 0; k < 20; k++) {
        const struct encoding *row = encoding_row(1 + below(g, encoding_count() - 1));
        struct insn i = row->preset;

        if (is_access(&i) && draw_from(g, row, &raw, &size)) {
            put_insn(g, emit_place(g, size), raw, size);
            break;
        }
    }
    g->base = g->pointers;
}

/* An instruction that the program rewrites ahead of itself: MOVS of another constant each time. */
static void unit_patch(struct generator *g)
{
    uint32_t data = data_registers(g) & ~(1u << SP | 1u << LR), address;
    unsigned n, d = pick(g, data), low, high, at;

    if (!(data & 0xFF))
        return;
    do
        n = pick(g, data);
    while (n == d);
    low = emit_place(g, 4);
    high = emit_place(g, 4);
    emit(g, 0xF8B00000 | n << 16 | d << 12);                    /* ldrh d, [n] */
    emit(g, 0xF0800000 | d << 16 | d << 8 | (1 + below(g, 255)));   /* eor d, d, #bits */
    emit(g, 0xF8A00000 | n << 16 | d << 12);                    /* strh d, [n] */
    if (one_in(g, 2))
        emit_filler(g);
    at = emit_place(g, 2);
    put_insn(g, at, 0x2000 | pick(g, data & 0xFF) << 8 | below(g, 256), 2);
    address = address_of(g, at);
    put_insn(g, low, movw(n, address & 0xFFFF), 4);
    put_insn(g, high, movt(n, address >> 16), 4);
}

static void emit_unit(struct generator *g)
{
    if (g->patches && one_in(g, 8)) {
        unit_patch(g);
        return;
    }
    switch (below(g, 24)) {
    case 0: case 1: unit_it(g); break;
    case 2: unit_it_branch(g); break;
    case 3: unit_branch(g); break;
    case 4: unit_indirect(g); break;
    case 5: unit_relative(g); break;
    case 6: unit_exclusive(g); break;
    case 7: unit_copied_base(g); break;
    default: emit_random(g); break;
    }
}

/* ---- the start state ---- */

static bool has_dsp(const struct decoder *d)
{
    struct insn i;

    decode(d, 0xFA82F081, 4, &i);
    return i.op == OP_QADD;
}

static bool has_fpu(const struct decoder *d)
{
    struct insn i;

    decode(d, 0xEE300A81, 4, &i);
    return i.op == OP_VADD;
}

static uint32_t random_value(struct generator *g)
{
    static const uint32_t special[] = {
        0, 1, 0xFFFFFFFF, 0x80000000, 0x7FFFFFFF, 0x8000, 0x7FFF, 0xFFFF8000, 0xFFFF, 0x80, 0x7F, 0xFF,
        0x80008000, 0x7FFF7FFF, 0x80808080, 0x7F7F7F7F, 0x00010001, 0xFFFE0001,
    };
    uint32_t value = diff_random(&g->random);

    switch (below(g, 6)) {
    case 0: return special[below(g, sizeof(special) / sizeof(special[0]))];
    case 1: return value >> below(g, 32);
    case 2: return (uint32_t)((int32_t)value >> below(g, 32));
    case 3: return 1u << below(g, 32);
    default: return value;
    }
}

/* At least one pointer and one offset are low registers, as 16-bit encodings need them. */
static void choose_roles(struct generator *g)
{
    g->pointers = 1u << SP | 1u << below(g, 8);
    while (__builtin_popcount(g->pointers) < POINTERS + 1)
        g->pointers |= 1u << below(g, 13);
    do
        g->offsets = 1u << below(g, 8);
    while (g->offsets & g->pointers);
    while (__builtin_popcount(g->offsets) < OFFSETS)
        g->offsets |= 1u << below(g, 13) & ~g->pointers;
    g->base = g->pointers;
}

static void choose_registers(struct generator *g, uint32_t base)
{
    struct diff_state *s = &g->c->start;

    for (unsigned n = 0; n < 15; n++) {
        if (in(g->pointers, n))
            s->r[n] = DIFF_RAM + DIFF_RAM_SIZE / 2 - 0x400 + below(g, 0x200) * 4;
        else if (in(g->offsets, n))
            s->r[n] = below(g, one_in(g, 2) ? 16 : 512);
        else
            s->r[n] = random_value(g);
    }
    s->r[PC] = base + g->c->offset;
    s->apsr = diff_random(&g->random) & (has_dsp(g->d) ? 0xF80F0000 : 0xF8000000);
}

static void choose_fp_registers(struct generator *g)
{
    struct operand_source source = {.state = g->random};

    for (unsigned n = 0; n < 32; n++)
        g->c->start.s[n] = one_in(g, 4) ? random_value(g) : operand_next(&source);
    g->c->start.fpscr = one_in(g, 2) ? 0 : diff_random(&g->random) & 0xF7C0009F;
}

/* ---- cases ---- */

void generate_case(struct diff_case *c, const struct decoder *d, uint64_t seed, const struct diff_shape *shape,
                   const uint8_t *ram)
{
    struct generator g = {.d = d, .c = c, .random = seed, .patches = shape->patches};

    memset(c, 0, sizeof(*c));
    c->seed = seed;
    for (unsigned n = 0; n < 8; n++)
        diff_random(&g.random);
    c->offset = below(&g, 2) * 2;
    memcpy(c->start.ram, ram, DIFF_RAM_SIZE);
    choose_roles(&g);
    choose_registers(&g, shape->base);
    if (has_fpu(d))
        choose_fp_registers(&g);
    while (c->count < shape->length && c->count + 16 < DIFF_INSNS_MAX)
        emit_unit(&g);
    c->at[c->count] = (uint16_t)c->size;
    put_half(&g, c->size, 0xBE00);
}

/* Operations that never appear: see the head of this file. */
static bool op_left_out(unsigned op)
{
    switch (op) {
    case OP_UDF: case OP_COPROC: case OP_YIELD: case OP_WFE: case OP_WFI: case OP_SVC: case OP_BKPT:
        return true;
    default:
        return false;
    }
}

bool generate_covers(const struct decoder *d, unsigned row)
{
    const struct encoding *e = encoding_row(row);

    if (e->preset.op == OP_ADD_PC && e->preset.rm == SP)
        return false;           /* a jump by the value of SP */
    if (e->rules & WB_ANY && e->preset.wback)
        return false;           /* always UNPREDICTABLE */
    return row != 0 && !op_left_out(e->preset.op) &&
           (e->extension == EXTENSION_BASE || has_dsp(d));
}
