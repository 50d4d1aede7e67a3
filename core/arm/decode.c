/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decoder: compiles the encoding tables for one core, and decodes with the result. A look-up by ten
 * bits of the instruction leaves a few rows to compare; the row that matches says where its fields
 * are, and what is to be done with them (encoding.h).
 */
#include "core/arm/decode.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/arm/cost.h"
#include "core/arm/encoding.h"
#include "core/arm/fparith.h"

/* ---- the rows of all tables, as one list ---- */

static const struct encoding undefined_row = {
    .name = "UNDEFINED", .pattern = "", .preset = {.op = OP_UDF}
};

unsigned encoding_count(void)
{
    return (unsigned)(1 + t16_table.count + vfp_table.count + t32_table.count);
}

const struct encoding *encoding_row(unsigned row)
{
    if (row == 0)
        return &undefined_row;
    row -= 1;
    if (row < t16_table.count)
        return &t16_table.rows[row];
    row -= (unsigned)t16_table.count;
    if (row < vfp_table.count)
        return &vfp_table.rows[row];
    row -= (unsigned)vfp_table.count;
    assert(row < t32_table.count);
    return &t32_table.rows[row];
}

const char *decode_name(const struct insn *insn)
{
    return encoding_row(insn->row)->name;
}

/* ---- compiled rows ---- */

/* What the letters of a pattern stand for. */
enum field {
    FIELD_D, FIELD_N, FIELD_M, FIELD_A, FIELD_IMM, FIELD_AMOUNT, FIELD_SHIFT, FIELD_WIDTH, FIELD_COND,
    FIELD_VARIANT, FIELD_FLAGS, FIELD_INDEX, FIELD_ADD, FIELD_WBACK, FIELD_SIGN, FIELD_COUNT
};

/* A run of bits: field |= (raw >> from & mask) << to. */
struct piece {
    uint8_t field;
    uint8_t from;
    uint8_t to;
    uint32_t mask;
};

enum { PIECES = 10 };

struct compiled {
    const struct encoding *encoding;
    uint32_t should_mask, should_bits;      /* z and o */
    uint8_t cond;                           /* 14, or 0 where the pattern has one */
    uint8_t piece_count;
    struct piece pieces[PIECES];
};

/* A row in a bucket's list: it matches if (raw & mask) == bits. */
struct match {
    uint32_t mask, bits;
    uint32_t row;
};

enum { BUCKETS = 1024 };

/* Lists of candidates per bucket, each ended by a row that matches everything. */
struct index {
    struct match *matches;
    uint32_t start[BUCKETS];
};

struct decoder {
    enum cpu_kind kind;
    struct index narrow, wide;
    struct compiled *rows;                  /* by row number */
};

/* The bits that choose the bucket: 16-bit by [15:6]; 32-bit by [28:20] and [15]. */
static inline unsigned narrow_bucket(uint32_t raw)
{
    return raw >> 6 & 0x3FF;
}

static inline unsigned wide_bucket(uint32_t raw)
{
    return (raw >> 20 & 0x1FF) << 1 | (raw >> 15 & 1);
}

static uint32_t wide_bucket_bits(unsigned bucket)
{
    return (bucket >> 1) << 20 | (bucket & 1) << 15;
}

/* ---- reading patterns ---- */

/* The fields that a letter gives; capitals give the lowest bit of a register number. */
static unsigned letter_fields(char letter, uint8_t fields[2])
{
    static const struct { char letter; uint8_t field; } simple[] = {
        {'d', FIELD_D}, {'n', FIELD_N}, {'m', FIELD_M}, {'a', FIELD_A},
        {'D', FIELD_D}, {'N', FIELD_N}, {'M', FIELD_M}, {'i', FIELD_IMM},
        {'k', FIELD_AMOUNT}, {'y', FIELD_SHIFT}, {'w', FIELD_WIDTH}, {'c', FIELD_COND},
        {'v', FIELD_VARIANT}, {'s', FIELD_FLAGS}, {'p', FIELD_INDEX}, {'u', FIELD_ADD},
        {'b', FIELD_WBACK}, {'g', FIELD_SIGN},
    };

    if (letter == 'e' || letter == 'f') {
        fields[0] = FIELD_D;
        fields[1] = letter == 'e' ? FIELD_N : FIELD_M;
        return 2;
    }
    for (size_t i = 0; i < sizeof(simple) / sizeof(simple[0]); i++)
        if (simple[i].letter == letter) {
            fields[0] = simple[i].field;
            return 1;
        }
    return 0;
}

unsigned encoding_bits(const char *pattern, char bits[33])
{
    unsigned count = 0;

    for (; *pattern; pattern++)
        if (*pattern != ' ') {
            assert(count < 32);
            bits[count++] = *pattern;
        }
    bits[count] = '\0';
    return count;
}

static unsigned occurrences(const char *bits, char letter)
{
    unsigned count = 0;

    for (; *bits; bits++)
        count += *bits == letter;
    return count;
}

/* Where the lowest bit of the run that ends at `end` goes within its field. */
static unsigned run_target(const char *bits, const char *end, char letter)
{
    static const char with_low[] = "dDnNmM";
    const char *low = strchr(with_low, letter);
    unsigned target = occurrences(end, letter);

    if (low && (low - with_low) % 2 == 0)
        target += occurrences(bits, low[1]);
    return target;
}

static void add_pieces(struct compiled *row, const char *bits)
{
    for (const char *p = bits; *p;) {
        const char *end = p;
        uint8_t fields[2];
        unsigned count = letter_fields(*p, fields);

        while (*end == *p)
            end++;
        for (unsigned i = 0; i < count; i++) {
            assert(row->piece_count < PIECES);
            row->pieces[row->piece_count++] = (struct piece){
                .field = fields[i],
                .from = (uint8_t)strlen(end),
                .to = (uint8_t)run_target(bits, end, *p),
                .mask = (1u << (end - p)) - 1,
            };
        }
        p = end;
    }
}

/* The bits of the pattern that are one of two letters, as a mask, and those that are the second. */
static uint32_t pattern_mask(const char *bits, char zero, char one, uint32_t *ones)
{
    uint32_t mask = 0;

    *ones = 0;
    for (; *bits; bits++) {
        mask = mask << 1 | (*bits == zero || *bits == one);
        *ones = *ones << 1 | (*bits == one);
    }
    return mask;
}

/* ---- building ---- */

static bool core_has(enum cpu_kind kind, const struct encoding *encoding)
{
    return encoding->extension == EXTENSION_BASE || kind == CPU_CORTEX_M4F;
}

/* The rows of one instruction size on this core; `matches` has room for all. */
static size_t compile_rows(struct decoder *d, unsigned size, struct match *matches)
{
    size_t count = 0;
    char bits[33];

    for (unsigned i = 1; i < encoding_count(); i++) {
        const struct encoding *encoding = encoding_row(i);
        struct compiled *row = &d->rows[i];
        struct match m = {.row = i};

        if (encoding_bits(encoding->pattern, bits) != size * 8 || !core_has(d->kind, encoding))
            continue;
        row->encoding = encoding;
        row->should_mask = pattern_mask(bits, 'z', 'o', &row->should_bits);
        row->cond = strchr(bits, 'c') ? 0 : 14;
        add_pieces(row, bits);
        m.mask = pattern_mask(bits, '0', '1', &m.bits);
        matches[count++] = m;
    }
    return count;
}

/* Fills the buckets' lists, or with `out` NULL only counts. */
static size_t fill_buckets(const struct match *rows, size_t count, bool wide, struct index *index,
                           struct match *out)
{
    uint32_t select = wide ? wide_bucket_bits(BUCKETS - 1) : (BUCKETS - 1) << 6;
    size_t used = 0;

    for (unsigned b = 0; b < BUCKETS; b++) {
        uint32_t key = wide ? wide_bucket_bits(b) : b << 6;

        if (out)
            index->start[b] = (uint32_t)used;
        for (size_t i = 0; i < count; i++)
            if (((rows[i].bits ^ key) & rows[i].mask & select) == 0) {
                if (out)
                    out[used] = rows[i];
                used++;
            }
        if (out)
            out[used] = (struct match){0};
        used++;
    }
    return used;
}

static bool build_index(struct decoder *d, unsigned size, struct index *index)
{
    struct match *rows = calloc(encoding_count(), sizeof(*rows));
    size_t count, total;

    if (!rows)
        return false;
    count = compile_rows(d, size, rows);
    total = fill_buckets(rows, count, size == 4, index, NULL);
    index->matches = calloc(total, sizeof(*index->matches));
    if (index->matches)
        fill_buckets(rows, count, size == 4, index, index->matches);
    free(rows);
    return index->matches != NULL;
}

struct decoder *decoder_create(enum cpu_kind kind)
{
    struct decoder *d = calloc(1, sizeof(*d));

    if (!d)
        return NULL;
    d->kind = kind;
    d->rows = calloc(encoding_count(), sizeof(*d->rows));
    if (!d->rows || !build_index(d, 2, &d->narrow) || !build_index(d, 4, &d->wide)) {
        decoder_destroy(d);
        return NULL;
    }
    d->rows[0].encoding = &undefined_row;
    return d;
}

void decoder_destroy(struct decoder *d)
{
    if (!d)
        return;
    free(d->narrow.matches);
    free(d->wide.matches);
    free(d->rows);
    free(d);
}

/* ---- expanding ---- */

static uint32_t sign_extend(uint32_t value, unsigned bits)
{
    uint32_t top = 1u << (bits - 1);

    return (value ^ top) - top;
}

/* ThumbExpandImm_C (A5.3.2). */
static void expand_modified(struct insn *i)
{
    uint32_t imm12 = i->imm, byte = imm12 & 0xFF, rotation = imm12 >> 7;

    if (imm12 >> 10) {
        uint32_t value = 0x80 | (imm12 & 0x7F);

        i->imm = value >> rotation | value << (32 - rotation);
        i->carry = i->imm >> 31 ? CARRY_SET : CARRY_CLEAR;
        return;
    }
    switch (imm12 >> 8) {
    case 0: i->imm = byte; return;
    case 1: i->imm = byte << 16 | byte; break;
    case 2: i->imm = byte << 24 | byte << 8; break;
    default: i->imm = byte * 0x01010101u; break;
    }
    i->unpredictable = byte == 0;
}

/* DecodeImmShift (A7.4.2). */
static void expand_shift(struct insn *i)
{
    if (i->amount > 0 || i->shift == SHIFT_LSL)
        return;
    if (i->shift == SHIFT_ROR) {
        i->shift = SHIFT_RRX;
        i->amount = 1;
    } else {
        i->amount = 32;
    }
}

static uint32_t branch_24(uint32_t v)
{
    uint32_t s = v >> 23, j1 = v >> 12 & 1, j2 = v >> 11 & 1;
    uint32_t i1 = j1 ^ s ^ 1, i2 = j2 ^ s ^ 1;

    return s << 23 | i1 << 22 | i2 << 21 | (v >> 13 & 0x3FF) << 11 | (v & 0x7FF);
}

static uint32_t branch_20(uint32_t v)
{
    uint32_t s = v >> 19, j1 = v >> 12 & 1, j2 = v >> 11 & 1;

    return s << 19 | j2 << 18 | j1 << 17 | (v >> 13 & 0x3F) << 11 | (v & 0x7FF);
}

static void expand_d_list(struct insn *i)
{
    i->rd *= 2;
    i->variant = i->imm & 1;
    i->imm &= ~1u;
}

static void expand_fixed(struct insn *i, unsigned wide)
{
    unsigned bits = wide ? 32 : 16;

    i->width = (uint8_t)(bits / 8);
    i->amount = (uint8_t)(bits - ((i->imm & 15) << 1 | i->imm >> 4));
    i->imm = 0;
}

static void expand(struct insn *i, unsigned how, unsigned width)
{
    switch (how) {
    case EXPAND_NONE: break;
    case EXPAND_X2: i->imm *= 2; break;
    case EXPAND_X4: i->imm *= 4; break;
    case EXPAND_NEGATE: i->imm = 0 - i->imm; break;
    case EXPAND_MODIFIED: expand_modified(i); break;
    case EXPAND_MOVW:
        i->imm = (i->imm << 1 & 0xF000) | (i->imm >> 4 & 0x800) | (i->imm & 0x7FF);
        break;
    case EXPAND_BRANCH_8: i->imm = sign_extend(i->imm, 8) * 2; break;
    case EXPAND_BRANCH_11: i->imm = sign_extend(i->imm, 11) * 2; break;
    case EXPAND_BRANCH_20: i->imm = sign_extend(branch_20(i->imm), 20) * 2; break;
    case EXPAND_BRANCH_24: i->imm = sign_extend(branch_24(i->imm), 24) * 2; break;
    case EXPAND_PUSH: i->imm = (i->imm & 0x100) << 6 | (i->imm & 0xFF); break;
    case EXPAND_POP: i->imm = (i->imm & 0x100) << 7 | (i->imm & 0xFF); break;
    case EXPAND_LDM_16: i->wback = !(i->imm >> i->rn & 1); break;
    case EXPAND_SAT:
        i->imm += 1;
        i->shift *= 2;
        expand_shift(i);
        break;
    case EXPAND_SHIFT_SH:
        i->shift *= 2;
        expand_shift(i);
        break;
    case EXPAND_SHIFT: expand_shift(i); break;
    case EXPAND_PLUS_1: i->imm += 1; break;
    case EXPAND_ROTATE: i->amount *= 8; break;
    case EXPAND_BIT_FIELD: i->width = (uint8_t)(width + 1); break;
    case EXPAND_BFI: i->width = (uint8_t)(width + 1 - i->amount); break;
    case EXPAND_CPS: i->variant = (i->variant << 1 & 6) | i->variant >> 2; break;
    case EXPAND_D: i->rd *= 2; break;
    case EXPAND_D_X4:
        i->rd *= 2;
        i->imm *= 4;
        break;
    case EXPAND_D_LIST: expand_d_list(i); break;
    case EXPAND_FP_IMM: i->imm = fp_expand_imm((uint8_t)i->imm); break;
    case EXPAND_FP_FIXED: expand_fixed(i, width); break;
    }
}

/* ---- UNPREDICTABLE forms ---- */

/* Bit 0: SP, bit 1: PC - as the rules D_SP, D_PC and so on are laid out. */
static inline uint32_t bad_register(unsigned n)
{
    return n == 13 ? 1 : n == 15 ? 2 : 0;
}

static uint32_t list_violations(const struct insn *i)
{
    uint32_t list = i->imm, v = 0;

    if ((list & 0xFFFF) == 0)
        v |= LIST_NONE;
    if ((list & (list - 1)) == 0)
        v |= LIST_ONE;
    if (list >> 13 & 1)
        v |= LIST_SP;
    if (list >> 15 & 1)
        v |= LIST_PC;
    if (list >> 14 == 3)
        v |= LIST_LR_PC;
    if (i->wback && (list >> i->rn & 1))
        v |= WB_LIST;
    return v;
}

/* MSR: the mask must be 10, with the DSP extension also 01 or 11 for the APSR group (B5.2.3). */
static bool bad_mask(const struct insn *i, enum cpu_kind kind)
{
    if (i->op == OP_CPS)
        return (i->variant & 6) == 0;
    return i->variant != 2 && (i->variant == 0 || i->imm > 3 || kind == CPU_CORTEX_M3);
}

static uint32_t other_violations(const struct insn *i, uint32_t rules, enum cpu_kind kind)
{
    uint32_t v = 0;

    if (i->rd == i->ra)
        v |= D_IS_A;
    if (i->ra == i->rn)
        v |= A_IS_N;
    if (i->rn != i->rm)
        v |= N_IS_NOT_M;
    if (i->wback)
        v |= WB_ANY | (i->rn == i->rd ? WB_D : 0) | (i->rn == i->ra ? WB_A : 0);
    if (rules & (LIST_NONE | LIST_ONE))
        v |= list_violations(i);
    if (i->imm == 0 || i->imm > 32 || i->rd + i->imm > 32)
        v |= LIST_FP;
    if (i->width < 1 || i->amount + i->width > 32)
        v |= BIT_FIELD;
    if (i->rd == 13)
        v |= (i->rm == 13 ? SP_SP : 0) | (i->shift != SHIFT_LSL || i->amount > 3 ? SP_SHIFT : 0);
    if (i->imm >> 4 == 15 || (i->imm >> 4 == 14 && (i->imm & (i->imm - 1) & 15)))
        v |= IT_COND;
    if (i->rd == 31)
        v |= PAIR_PAST_S31;
    if (i->amount > 32)
        v |= FRACTION;
    if (i->rn < 8 && i->rm < 8)
        v |= BOTH_LOW;
    if (rules & NO_MASK && bad_mask(i, kind))
        v |= NO_MASK;
    return v;
}

static void make_undefined(struct insn *i, const struct encoding *encoding)
{
    i->op = OP_UDF;
    i->variant = encoding->extension == EXTENSION_FP;
}

static void apply_rules(struct insn *i, const struct encoding *encoding, enum cpu_kind kind)
{
    uint32_t rules = encoding->rules;
    uint32_t violated = bad_register(i->rd) | bad_register(i->rn) << 2 | bad_register(i->rm) << 4 |
                        bad_register(i->ra) << 6;

    if (rules & N_PC_UND && i->rn == 15) {
        make_undefined(i, encoding);
        return;
    }
    if (rules & ~0xFFu)
        violated |= other_violations(i, rules, kind);
    violated &= rules;
    if (violated)
        i->unpredictable = true;
    if (violated & ~(uint32_t)RULES_HARMLESS)
        make_undefined(i, encoding);
    if (rules & N_IS_NOT_M)
        i->rn = 0;
}

/* ---- decoding ---- */

static unsigned find_row(const struct decoder *d, uint32_t raw, unsigned size)
{
    const struct match *m = size == 2 ? &d->narrow.matches[d->narrow.start[narrow_bucket(raw)]]
                                      : &d->wide.matches[d->wide.start[wide_bucket(raw)]];

    while ((raw & m->mask) != m->bits)
        m++;
    return m->row;
}

/* Puts the pattern's fields beside those that the row presets, and returns the width field, whose
 * meaning is expand's business. */
static uint32_t gather(const struct compiled *row, uint32_t raw, struct insn *out)
{
    uint32_t field[FIELD_COUNT] = {0};

    for (unsigned i = 0; i < row->piece_count; i++) {
        const struct piece *p = &row->pieces[i];

        field[p->field] |= (raw >> p->from & p->mask) << p->to;
    }
    out->rd |= (uint8_t)field[FIELD_D];
    out->rn |= (uint8_t)field[FIELD_N];
    out->rm |= (uint8_t)field[FIELD_M];
    out->ra |= (uint8_t)field[FIELD_A];
    out->imm |= field[FIELD_IMM];
    out->amount |= (uint8_t)field[FIELD_AMOUNT];
    out->shift |= (uint8_t)field[FIELD_SHIFT];
    out->variant |= (uint8_t)field[FIELD_VARIANT];
    out->setflags |= (uint8_t)field[FIELD_FLAGS];
    out->index |= field[FIELD_INDEX] != 0;
    out->add |= field[FIELD_ADD] != 0;
    out->wback |= field[FIELD_WBACK] != 0;
    out->sign |= field[FIELD_SIGN] != 0;
    out->cond = row->cond | (uint8_t)field[FIELD_COND];
    return field[FIELD_WIDTH];
}

void decode(const struct decoder *d, uint32_t raw, unsigned size, struct insn *out)
{
    unsigned number = find_row(d, raw, size);
    const struct compiled *row = &d->rows[number];
    const struct encoding *encoding = row->encoding;
    uint32_t width;

    *out = encoding->preset;
    out->raw = raw;
    out->row = (uint16_t)number;
    out->size = (uint8_t)size;
    width = gather(row, raw, out);
    expand(out, encoding->expand, width);
    if ((raw ^ row->should_bits) & row->should_mask)
        out->unpredictable = true;
    if (encoding->rules)
        apply_rules(out, encoding, d->kind);
    out->cycles = cost_static(d->kind, out);
    out->pairs = cost_pairs(out);
}
