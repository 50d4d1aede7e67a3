/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Loads and stores (exec_mem.c says what they mean): one host access in the window. An address where the
 * window has nothing goes to a device or the slow path, and so does one that is not aligned until the instruction is
 * known to meet such addresses. The first access of a transfer
 * that can be the one to fault comes before any register changes, so that the slow path can begin the
 * instruction anew (I6). In modes with a guard, the map is asked before any of that.
 */
#include "core/jit/lower.h"

enum { SP = 13, PC = 15, FLASH_END = 0x20000000, REACH_MAX = 4096 };

static bool expects_misaligned(const struct lower *l)
{
    return step_is_single(l->t) && !l->j->unaligned_trap && jit_misaligned_at(l->j, l->t->pc);
}

static bool has_waits(const struct lower *l)
{
    return l->j->timing.data;
}

/* Data read from flash costs its wait states: the interpreter knows. Stores have their own check. */
static void check_waits(struct lower *l, struct x86_rm *rm, bool write)
{
    if (write)
        checked_store(l, rm);
    if (write || !has_waits(l))
        return;
    if (rm->index != NO_REG || rm->disp || rm->base != RCX) {
        if (rm->base == NO_REG)
            x86_mov_imm(l->b, rm_reg(RCX), (uint32_t)rm->disp);
        else
            x86_lea(l->b, RCX, (enum host_reg)rm->base, rm->index, rm->scale, rm->disp);
        *rm = rm_guest(RCX, NO_REG, 0, 0);
    }
    x86_alu_imm(l->b, ALU_CMP, rm_reg(RCX), FLASH_END);
    lower_slow_if(l, CC_B);
}

static struct place known_place(struct lower *l, uint32_t address, unsigned size, bool write)
{
    struct place place = {.rm = rm_guest(NO_REG, NO_REG, 0, address)};

    place.slow = address & (size - 1) || (write && checked_hits(l, address));
    place.device = !place.slow && !window_holds(&l->j->window, address, write);
    return place;
}

/* What a misaligned access meets that is made here (A3.2.1): memory that nobody watches and that does not wait.
 * Otherwise the interpreter makes it. */
static bool splits_here(const struct lower *l, bool write)
{
    return write ? !l->guards_stores && !l->source->checked : !l->guards_loads && !has_waits(l);
}

/* Behind a test of the low bits of the address. Where no misaligned address has been seen yet, none is expected, and
 * a register that has passed the test need not be tested again. */
static void unless_aligned(struct lower *l, struct place *place, bool write)
{
    if (!expects_misaligned(l)) {
        lower_leave_if(l, CC_NE);
        l->j->sites[l->leaving_site].alignment = step_is_single(l->t);
    } else if (splits_here(l, write)) {
        place->tested = place->rm;
        place->misaligned = x86_jcc(l->b, CC_NE);
    } else {
        lower_slow_if(l, CC_NE);
    }
}

/* r + displacement. */
struct place lower_place(struct lower *l, unsigned r, uint32_t displacement, unsigned size, bool write)
{
    bool aligned = l->aligned >> r & 1 && !(displacement & (size - 1));
    struct place place = {0};
    enum host_reg base;

    if (l->known >> r & 1) {
        uint32_t address = l->constant[r] + displacement;
        place = known_place(l, address, size, write);
        place.slow |= !write && has_waits(l) && address < FLASH_END;
        return place;
    }
    base = lower_get(l, r, RCX);
    place.rm = rm_guest(base, NO_REG, 0, displacement);
    if (size > 1 && !aligned) {
        if (displacement & (size - 1)) {
            x86_lea(l->b, RCX, base, NO_REG, 0, (int32_t)displacement);
            place.rm = rm_guest(RCX, NO_REG, 0, 0);
            base = RCX;
        } else if (size == 4 && !expects_misaligned(l)) {
            l->aligned |= (uint16_t)(1u << r);
        }
        x86_test8_imm(l->b, rm_reg(base), (uint8_t)(size - 1));
        unless_aligned(l, &place, write);
    }
    check_waits(l, &place.rm, write);
    return place;
}

/* rn + (rm << amount). */
static struct place indexed_place(struct lower *l, const struct insn *i, bool write)
{
    enum host_reg n = lower_get(l, i->rn, RCX), m = lower_get(l, i->rm, RDX);
    struct place place = {.rm = rm_guest(n, m, i->amount, 0)};
    unsigned low = i->width - 1u;
    bool index_aligned = 1u << i->amount >= i->width || (l->aligned >> i->rm & 1);

    if (low && !(index_aligned && l->aligned >> i->rn & 1)) {
        enum host_reg tested = n;
        if (!index_aligned) {
            x86_lea(l->b, RCX, n, m, i->amount, 0);
            place.rm = rm_guest(RCX, NO_REG, 0, 0);
            tested = RCX;
        }
        x86_test8_imm(l->b, rm_reg(tested), (uint8_t)low);
        unless_aligned(l, &place, write);
    }
    check_waits(l, &place.rm, write);
    return place;
}

static struct place immediate_place(struct lower *l, const struct insn *i, bool write)
{
    uint32_t offset = i->add ? i->imm : -i->imm;

    return lower_place(l, i->rn, i->index ? offset : 0, i->width, write);
}

void lower_write_back(struct lower *l, unsigned rn, uint32_t offset)
{
    bool aligned = l->aligned >> rn & 1 && !(offset & 3);

    x86_alu_imm(l->b, ALU_ADD, guest(rn), offset);
    if (rn == SP && offset & 3)
        x86_alu_imm(l->b, ALU_AND, guest(SP), ~3u);
    lower_wrote(l, rn);
    if (aligned)
        l->aligned |= (uint16_t)(1u << rn);
}

static void write_back_base(struct lower *l)
{
    const struct insn *i = &l->t->i;

    if (i->wback)
        lower_write_back(l, i->rn, i->add ? i->imm : -i->imm);
}

/* ---- the guard map ---- */

/* The map's bytes from the line on that edx holds the address of; slow paths find the line there. */
static struct x86_rm line_of_address(struct lower *l)
{
    x86_shift_imm(l->b, SH_SHR, rm_reg(RDX), window_line_shift(l->j->mode));
    if (!window_is_fine(l->j->mode))
        return (struct x86_rm){RM_TABLE, NO_REG, RDX, 0, WINDOW_MAP};
    x86_bts64_imm(l->b, RDX, WINDOW_FINE_BIT);
    return (struct x86_rm){RM_TABLE, NO_REG, RDX, 0, 0};
}

static struct x86_rm line_of_word(struct lower *l, const struct x86_rm *place, unsigned word)
{
    if (place->base == NO_REG)
        x86_mov_imm(l->b, rm_reg(RDX), (uint32_t)place->disp + 4 * word);
    else if (word)
        x86_lea(l->b, RDX, (enum host_reg)place->base, NO_REG, 0, (int32_t)(4 * word));
    else
        x86_mov(l->b, RDX, rm_reg((enum host_reg)place->base));
    return line_of_address(l);
}

static void ask_word(struct lower *l, const struct x86_rm *place, unsigned word, uint8_t wanted)
{
    x86_test8_imm(l->b, line_of_word(l, place, word), wanted);
    lower_slow_if(l, CC_E);
}

enum { LINE_WORDS = (1 << WINDOW_LINE_SHIFT) / 4, FINE_AT_ONCE = 4 };

/* Each line of the transfer, wherever in a line it begins. */
static void ask_coarsely(struct lower *l, const struct x86_rm *place, unsigned words, uint8_t wanted)
{
    for (unsigned word = 0; word + 1 < words; word += LINE_WORDS)
        ask_word(l, place, word, wanted);
    ask_word(l, place, words - 1, wanted);
}

/* A line is a word; four of them at once, if nothing at all is watched there. */
static void ask_finely(struct lower *l, const struct x86_rm *place, unsigned words, uint8_t wanted)
{
    unsigned word = 0;

    for (; words - word >= FINE_AT_ONCE; word += FINE_AT_ONCE) {
        x86_alu_imm(l->b, ALU_CMP, line_of_word(l, place, word), GUARD_FREE * 0x01010101u);
        lower_slow_if(l, CC_NE);
    }
    for (; word < words; word++)
        ask_word(l, place, word, wanted);
}

void lower_guard(struct lower *l, struct place *place, unsigned words, bool write)
{
    uint8_t wanted = write ? GUARD_STORE : GUARD_LOAD;
    struct x86_rm *rm = &place->rm;

    if (place->slow || !(write ? l->guards_stores : l->guards_loads))
        return;
    if (rm->index != NO_REG || (rm->base != NO_REG && rm->disp)) {
        x86_lea(l->b, RCX, (enum host_reg)rm->base, rm->index, rm->scale, rm->disp);
        *rm = rm_guest(RCX, NO_REG, 0, 0);
    }
    if (window_is_fine(l->j->mode))
        ask_finely(l, rm, words, wanted);
    else
        ask_coarsely(l, rm, words, wanted);
}

/* ---- single registers ---- */

/* Behind an access of one register: where it goes if the address is not aligned. */
static void misaligned_behind(struct lower *l, const struct place *place, enum host_reg reg)
{
    const struct cold *device = &l->cold[l->cold_count - 1];

    if (!place->misaligned)
        return;
    lower_cold(l, COLD_MISALIGNED, l->site, place->misaligned);
    if (l->failed)
        return;
    l->cold[l->cold_count - 1].place = place->tested;
    l->cold[l->cold_count - 1].reg = (uint8_t)reg;
    l->cold[l->cold_count - 1].resume = device->resume;
}

/* Each part of an access beyond the first takes a cycle: one for a halfword, and for a word one or two. The host
 * makes it in one piece. */
static void charge_parts(struct lower *l, unsigned width)
{
    enum { CYCLES_SHIFT = 32 };

    if (width == 4) {
        x86_alu_imm(l->b, ALU_AND, rm_reg(RCX), 1);
        x86_alu_imm(l->b, ALU_ADD, rm_reg(RCX), 1);
    } else {
        x86_mov_imm(l->b, rm_reg(RCX), 1);
    }
    x86_shift64_imm(l->b, SH_SHL, RCX, CYCLES_SHIFT);
    x86_alu64(l->b, ALU_SUB, R15, rm_reg(RCX));
}

void lower_cold_misaligned(struct lower *l, const struct cold *cold)
{
    enum { PARTS_MOST = 2, CYCLES_SHIFT = 32 };
    struct jit *j = l->j;
    const struct site *site = &j->sites[cold->number];
    enum host_reg reg = (enum host_reg)cold->reg;

    x86_land(l->b, cold->hole);
    x86_lea(l->b, RCX, (enum host_reg)cold->place.base, cold->place.index, cold->place.scale, cold->place.disp);
    x86_mov64(l->b, RDX, rm_reg(R15));
    x86_sar64_imm(l->b, RDX, CYCLES_SHIFT);
    x86_alu_imm(l->b, ALU_CMP, rm_reg(RDX), PARTS_MOST);
    lower_cold(l, COLD_SITE, cold->number, x86_jcc(l->b, CC_L));    /* the limit is near: the interpreter's */
    if (!site->load && reg == RDX)
        x86_mov(l->b, RDX, guest(site->rd));
    j->accesses[j->access_count++] = (struct access){.at = l->b->p, .site = cold->number};
    if (site->load)
        x86_extend(l->b, site->width, site->sign, reg, rm_guest(RCX, NO_REG, 0, 0));
    else
        x86_store_sized(l->b, site->width, rm_guest(RCX, NO_REG, 0, 0), reg);
    charge_parts(l, site->width);
    x86_jmp_to(l->b, jit_runs_at(j, cold->resume));
}

/* A word loaded to the pc. */
static void load_pc(struct lower *l, struct x86_rm from)
{
    lower_access(l, true);
    x86_mov(l->b, RCX, from);
    lower_accessed(l);
    lower_check_target(l, RCX);
}

static bool load(struct lower *l, struct place place)
{
    const struct insn *i = &l->t->i;
    enum host_reg to = lower_target(l, i->rd);

    if (place.slow || (i->rd == PC && place.device))
        return false;
    lower_guard(l, &place, 1, false);
    if (i->rd == PC) {
        load_pc(l, place.rm);
        write_back_base(l);
        lower_indirect(l, RCX);
        return true;
    }
    if (place.device) {
        lower_device(l, place.rm, to);
    } else {
        lower_access(l, true);
        x86_extend(l->b, i->width, i->sign, to, place.rm);
        lower_accessed(l);
        lower_device_behind(l, place.rm, to);
        misaligned_behind(l, &place, to);
    }
    if (i->rd == SP)
        x86_alu_imm(l->b, ALU_AND, rm_reg(to), ~3u);
    lower_put(l, i->rd, to);
    return true;
}

static bool load_immediate(struct lower *l)
{
    const struct insn *i = &l->t->i;

    if (!load(l, immediate_place(l, i, false)))
        return false;
    if (i->rd != PC)
        write_back_base(l);
    return true;
}

/* Whether a constant at `address` may be read when the translation is entered. */
static bool stays_readable(struct lower *l, uint32_t address, unsigned size)
{
    uint32_t reach = address + size - l->source->pc;

    if (!l->guards_loads)
        return true;
    if (reach > REACH_MAX || !guard_permits(l->j, l->source->pc, address + (size - 1), false))
        return false;
    l->reach = l->reach > reach ? l->reach : reach;
    return true;
}

/* A constant of the code: images do not change under a translation. */
static bool fold(struct lower *l, uint32_t address)
{
    const struct insn *i = &l->t->i;
    const struct bus_span *span = bus_span_at(l->j->c->bus, address);
    uint32_t offset = span ? address - span->base : 0, value = 0;

    if (!span || span->writable || span->size - offset < i->width || i->rd == PC ||
        !stays_readable(l, address, i->width))
        return false;
    for (unsigned n = i->width; n-- > 0;)
        value = value << 8 | span->host[offset + n];
    if (i->sign)
        value = i->width == 1 ? (uint32_t)(int8_t)value : (uint32_t)(int16_t)value;
    if (i->rd == SP)
        value &= ~3u;
    x86_mov_imm(l->b, guest(i->rd), value);
    lower_wrote(l, i->rd);
    l->known |= (uint16_t)(1u << i->rd);
    l->constant[i->rd] = value;
    if (!(value & 3))
        l->aligned |= (uint16_t)(1u << i->rd);
    return true;
}

static bool load_literal(struct lower *l)
{
    const struct insn *i = &l->t->i;
    uint32_t base = (l->t->pc + 4) & ~3u, address = i->add ? base + i->imm : base - i->imm;

    if (address & (i->width - 1u))
        return false;
    return fold(l, address) || load(l, known_place(l, address, i->width, false));
}

static bool store(struct lower *l, struct place place)
{
    const struct insn *i = &l->t->i;
    enum host_reg value;

    if (place.slow)
        return false;
    lower_guard(l, &place, 1, true);
    if (!in_host(i->rd) && place.rm.index == RDX) {     /* both scratch registers are in the address */
        x86_lea(l->b, RCX, (enum host_reg)place.rm.base, RDX, place.rm.scale, place.rm.disp);
        place.rm = rm_guest(RCX, NO_REG, 0, 0);
    }
    value = lower_get(l, i->rd, RDX);
    if (place.device) {
        lower_device(l, place.rm, value);
    } else {
        lower_access(l, true);
        x86_store_sized(l->b, i->width, place.rm, value);
        lower_accessed(l);
        lower_device_behind(l, place.rm, value);
        misaligned_behind(l, &place, value);
    }
    return true;
}

static bool store_immediate(struct lower *l)
{
    if (!store(l, immediate_place(l, &l->t->i, true)))
        return false;
    write_back_base(l);
    return true;
}

/* ---- several registers ---- */

static struct x86_rm word_at(struct x86_rm place, unsigned word)
{
    place.disp += (int32_t)(4 * word);
    return place;
}

static void load_word(struct lower *l, unsigned r, struct x86_rm from)
{
    enum host_reg to = lower_target(l, r);

    lower_access(l, false);
    x86_mov(l->b, to, from);
    lower_put(l, r, to);
}

/* The last word first: if neither end faults, no word does. */
static void probe(struct lower *l, struct x86_rm place, unsigned words)
{
    lower_access(l, true);
    x86_mov(l->b, RDX, word_at(place, words - 1));
    lower_accessed(l);
}

static void store_word(struct lower *l, unsigned r, struct x86_rm to, bool first)
{
    enum host_reg value = lower_get(l, r, RDX);

    lower_access(l, first);
    x86_store(l->b, to, value);
    lower_accessed(l);
}

static bool load_pair(struct lower *l)
{
    const struct insn *i = &l->t->i;
    uint32_t offset = i->add ? i->imm : -i->imm;
    struct place place;

    if (i->rn == PC)
        return false;
    place = lower_place(l, i->rn, i->index ? offset : 0, 4, false);
    if (place.slow || place.device)
        return false;
    lower_guard(l, &place, 2, false);
    if (i->rd == i->rn && place.rm.base != RCX && place.rm.base != NO_REG) {
        x86_mov(l->b, RCX, rm_reg((enum host_reg)place.rm.base));
        place.rm.base = RCX;
    }
    probe(l, place.rm, 2);
    load_word(l, i->rd, place.rm);
    load_word(l, i->ra, word_at(place.rm, 1));
    if (i->wback)
        lower_write_back(l, i->rn, offset);
    return true;
}

static bool store_pair(struct lower *l)
{
    const struct insn *i = &l->t->i;
    uint32_t offset = i->add ? i->imm : -i->imm;
    struct place place = lower_place(l, i->rn, i->index ? offset : 0, 4, true);

    if (place.slow || place.device)
        return false;
    lower_guard(l, &place, 2, true);
    store_word(l, i->rd, place.rm, true);
    store_word(l, i->ra, word_at(place.rm, 1), false);
    if (i->wback)
        lower_write_back(l, i->rn, offset);
    return true;
}

static bool load_list(struct lower *l)
{
    const struct insn *i = &l->t->i;
    unsigned words = (unsigned)__builtin_popcount(i->imm), word = 0;
    uint32_t size = 4 * words;
    struct place place;

    if (i->imm >> SP & 1 || !words)
        return false;
    place = lower_place(l, i->rn, i->add ? 0 : -size, 4, false);
    if (place.slow || place.device)
        return false;
    lower_guard(l, &place, words, false);
    if (i->imm >> i->rn & 1 && place.rm.base != RCX && place.rm.base != NO_REG) {
        x86_mov(l->b, RCX, rm_reg((enum host_reg)place.rm.base));
        place.rm.base = RCX;
    }
    probe(l, place.rm, words);
    if (i->imm >> PC & 1)
        lower_check_target(l, RDX);
    for (unsigned r = 0; r < PC; r++)
        if (i->imm >> r & 1)
            load_word(l, r, word_at(place.rm, word++));
    if (i->imm >> PC & 1)
        x86_mov(l->b, RDX, word_at(place.rm, word));
    if (i->wback)
        lower_write_back(l, i->rn, i->add ? size : -size);
    if (i->imm >> PC & 1)
        lower_indirect(l, RDX);
    return true;
}

static bool store_list(struct lower *l)
{
    const struct insn *i = &l->t->i;
    uint32_t size = 4 * (uint32_t)__builtin_popcount(i->imm);
    struct place place;
    unsigned word = 0;

    if (!size)
        return false;
    place = lower_place(l, i->rn, i->add ? 0 : -size, 4, true);
    if (place.slow || place.device)
        return false;
    lower_guard(l, &place, size / 4, true);
    for (unsigned r = 0; r < PC; r++)
        if (i->imm >> r & 1) {
            store_word(l, r, word_at(place.rm, word), word == 0);
            word++;
        }
    if (i->wback)
        lower_write_back(l, i->rn, i->add ? size : -size);
    return true;
}

bool lower_mem(struct lower *l)
{
    switch (l->t->i.op) {
    case OP_LDR_imm: return load_immediate(l);
    case OP_LDR_reg: return load(l, indexed_place(l, &l->t->i, false));
    case OP_LDR_lit: return load_literal(l);
    case OP_STR_imm: return store_immediate(l);
    case OP_STR_reg: return store(l, indexed_place(l, &l->t->i, true));
    case OP_LDRD: return load_pair(l);
    case OP_STRD: return store_pair(l);
    case OP_LDM: return load_list(l);
    case OP_STM: return store_list(l);
    default: return false;
    }
}
