/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decoder: that the encoding tables are sound, that look-up and tables agree, and what the encodings
 * normalise to. An independent reading of the same bits is in test_decode_capstone.c.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "core/arm/decode.h"
#include "core/arm/disasm.h"
#include "core/arm/encoding.h"
#include "tests/unit/encoding_random.h"

static struct decoder *m3, *m4;

/* The rows' fixed bits, read from the patterns once. */
enum { ROWS_MAX = 1024 };
static struct fixed { unsigned size; uint32_t mask, bits; } fixed[ROWS_MAX];

static struct fixed fixed_bits(const struct encoding *row)
{
    struct fixed f = {.size = encoding_size(row)};
    char text[33];

    encoding_bits(row->pattern, text);
    for (const char *p = text; *p; p++) {
        f.mask = f.mask << 1 | (*p == '0' || *p == '1');
        f.bits = f.bits << 1 | (*p == '1');
    }
    return f;
}

static void make_decoders(void)
{
    cr_assert(encoding_count() < ROWS_MAX);
    for (unsigned n = 1; n < encoding_count(); n++)
        fixed[n] = fixed_bits(encoding_row(n));
    m3 = decoder_create(CPU_CORTEX_M3);
    m4 = decoder_create(CPU_CORTEX_M4F);
}

static void free_decoders(void)
{
    decoder_destroy(m3);
    decoder_destroy(m4);
}

TestSuite(decode, .init = make_decoders, .fini = free_decoders);

static struct insn decoded(const struct decoder *d, uint32_t raw)
{
    struct insn i;

    decode(d, raw, raw > 0xFFFF ? 4 : 2, &i);
    return i;
}

/* ---- the tables ---- */

Test(decode, patterns_are_of_a_legal_length_and_alphabet)
{
    char bits[33];

    for (unsigned n = 1; n < encoding_count(); n++) {
        const struct encoding *row = encoding_row(n);
        unsigned length = encoding_bits(row->pattern, bits);

        cr_expect(length == 16 || length == 32, "%s: %u bits", row->name, length);
        cr_expect(strspn(bits, "01zo-dnmaefDNMikwyspubgcv") == length, "%s: %s", row->name, bits);
    }
}

/* A row may hide part of a lower one only as a special case of it, or by saying so. */
Test(decode, rows_overlap_only_where_they_say_so)
{
    for (unsigned a = 1; a < encoding_count(); a++)
        for (unsigned b = a + 1; b < encoding_count(); b++) {
            const struct encoding *upper = encoding_row(a), *lower = encoding_row(b);
            const struct fixed *u = &fixed[a], *l = &fixed[b];
            bool special = (u->mask & l->mask) == l->mask;

            if (u->size != l->size || (u->bits ^ l->bits) & u->mask & l->mask)
                continue;
            if (u->mask == l->mask)
                special = upper->extension != EXTENSION_BASE;
            cr_expect(special || upper->first, "%s hides %s", upper->name, lower->name);
        }
}

static bool on_core(const struct encoding *row, const struct decoder *d)
{
    return row->extension == EXTENSION_BASE || d == m4;
}

/* What the index should find: the first row of the tables that matches. */
static unsigned first_match(const struct decoder *d, uint32_t raw, unsigned size)
{
    for (unsigned n = 1; n < encoding_count(); n++)
        if (fixed[n].size == size && (raw & fixed[n].mask) == fixed[n].bits && on_core(encoding_row(n), d))
            return n;
    return 0;
}

static void expect_first_match(const struct decoder *d, uint32_t raw, unsigned size)
{
    struct insn i;
    unsigned row = first_match(d, raw, size);

    decode(d, raw, size, &i);
    cr_assert(i.row == row, "%08x: %s, expected %s", raw, decode_name(&i), encoding_row(row)->name);
    cr_assert(i.size == size && i.raw == raw && i.op < OP_COUNT && i.cycles >= 1);
}

Test(decode, every_halfword_finds_the_first_row_that_matches)
{
    for (uint32_t raw = 0; raw < 0xE800; raw++) {
        expect_first_match(m3, raw, 2);
        expect_first_match(m4, raw, 2);
    }
}

Test(decode, words_find_the_first_row_that_matches)
{
    uint64_t seed = 1;

    for (unsigned n = 0; n < 200000; n++) {
        uint32_t raw = random_word(&seed);

        if (insn_size(raw >> 16) == 4)
            expect_first_match(n & 1 ? m3 : m4, raw, 4);
    }
}

Test(decode, each_row_can_be_reached)
{
    uint64_t seed = 2;

    for (unsigned n = 1; n < encoding_count(); n++) {
        const struct encoding *row = encoding_row(n);
        bool reached = false;

        for (unsigned k = 0; k < 1000; k++) {
            uint32_t raw = encoding_random(row, &seed);
            struct insn i;

            expect_first_match(m3, raw, encoding_size(row));
            decode(on_core(row, m3) ? m3 : m4, raw, encoding_size(row), &i);
            reached |= i.row == n;
        }
        cr_expect(reached, "%s is hidden", row->name);
    }
}

Test(decode, sizes_follow_the_first_halfword)
{
    cr_expect_eq(insn_size(0xE7FF), 2);
    cr_expect_eq(insn_size(0xE800), 4);
    cr_expect_eq(insn_size(0xF000), 4);
    cr_expect_eq(insn_size(0xFFFF), 4);
    cr_expect_eq(insn_size(0x0000), 2);
}

/* ---- what encodings normalise to ---- */

struct expectation {
    uint32_t raw;
    const char *text;
    struct insn want;
};

/* The fields that say what the instruction does; the rest is checked elsewhere. */
static bool same_meaning(const struct insn *a, const struct insn *b)
{
    return a->op == b->op && a->imm == b->imm && a->rd == b->rd && a->rn == b->rn && a->rm == b->rm &&
           a->ra == b->ra && a->shift == b->shift && a->amount == b->amount && a->width == b->width &&
           a->setflags == b->setflags && a->carry == b->carry && a->variant == b->variant &&
           a->index == b->index && a->add == b->add && a->wback == b->wback && a->sign == b->sign;
}

static void expect_all(const struct expectation *list, size_t count)
{
    for (size_t n = 0; n < count; n++) {
        const struct expectation *e = &list[n];
        struct insn i = decoded(m4, e->raw);
        char text[DISASM_MAX];

        disasm(&i, 0x1000, 0, text, sizeof(text));
        cr_expect_str_eq(text, e->text, "%08x: %s, expected %s", e->raw, text, e->text);
        cr_expect(same_meaning(&i, &e->want), "%08x: %s has unexpected fields", e->raw, text);
        cr_expect(!i.unpredictable, "%08x: %s", e->raw, text);
    }
}

#define EXPECT_ALL(list) expect_all(list, sizeof(list) / sizeof((list)[0]))
#define S16 .setflags = FLAGS_OUTSIDE_IT
#define S .setflags = FLAGS_ALWAYS

Test(decode, sixteen_bit_data_processing)
{
    static const struct expectation list[] = {
        {0x0008, "movs r0, r1", {.op = OP_MOV_reg, .rd = 0, .rm = 1, S16}},
        {0x0148, "lsls r0, r1, #5", {.op = OP_MOV_reg, .rd = 0, .rm = 1, .amount = 5, S16}},
        {0x0808, "lsrs r0, r1, #32",
         {.op = OP_MOV_reg, .rd = 0, .rm = 1, .shift = SHIFT_LSR, .amount = 32, S16}},
        {0x1008, "asrs r0, r1, #32",
         {.op = OP_MOV_reg, .rd = 0, .rm = 1, .shift = SHIFT_ASR, .amount = 32, S16}},
        {0x1888, "adds r0, r1, r2", {.op = OP_ADD_reg, .rd = 0, .rn = 1, .rm = 2, S16}},
        {0x1FC8, "subs r0, r1, #7", {.op = OP_SUB_imm, .rd = 0, .rn = 1, .imm = 7, S16}},
        {0x25FF, "movs r5, #0xff", {.op = OP_MOV_imm, .rd = 5, .imm = 255, S16}},
        {0x2E01, "cmp r6, #1", {.op = OP_CMP_imm, .rn = 6, .imm = 1, S}},
        {0x3305, "adds r3, #5", {.op = OP_ADD_imm, .rd = 3, .rn = 3, .imm = 5, S16}},
        {0x4008, "ands r0, r1", {.op = OP_AND_reg, .rd = 0, .rn = 0, .rm = 1, S16}},
        {0x40C8, "lsrs r0, r1",
         {.op = OP_SHIFT_reg, .rd = 0, .rn = 0, .rm = 1, .shift = SHIFT_LSR, S16}},
        {0x4248, "rsbs r0, r1, #0", {.op = OP_RSB_imm, .rd = 0, .rn = 1, S16}},
        {0x4208, "tst r0, r1", {.op = OP_TST_reg, .rn = 0, .rm = 1, S}},
        {0x434A, "muls r2, r1, r2", {.op = OP_MUL, .rd = 2, .rn = 1, .rm = 2, S16}},
        {0x43C8, "mvns r0, r1", {.op = OP_MVN_reg, .rd = 0, .rm = 1, S16}},
        {0xB24A, "sxtb r2, r1", {.op = OP_EXTEND, .rd = 2, .rm = 1, .width = 1, .sign = true}},
        {0xB28A, "uxth r2, r1", {.op = OP_EXTEND, .rd = 2, .rm = 1, .width = 2}},
        {0xBAD1, "revsh r1, r2", {.op = OP_REVSH, .rd = 1, .rm = 2}},
    };

    EXPECT_ALL(list);
}

Test(decode, sixteen_bit_high_registers_and_sp)
{
    static const struct expectation list[] = {
        {0x4488, "add r8, r1", {.op = OP_ADD_reg, .rd = 8, .rn = 8, .rm = 1}},
        {0x4479, "add r1, pc", {.op = OP_ADD_reg, .rd = 1, .rn = 1, .rm = 15}},
        {0x4468, "add r0, sp, r0", {.op = OP_ADD_reg, .rd = 0, .rn = 13, .rm = 0}},
        {0x4495, "add sp, sp, r2", {.op = OP_ADD_reg, .rd = 13, .rn = 13, .rm = 2}},
        {0x448F, "add pc, r1", {.op = OP_ADD_PC, .rd = 15, .rm = 1}},
        {0x44EF, "add pc, sp", {.op = OP_ADD_PC, .rd = 15, .rm = 13}},
        {0x4641, "mov r1, r8", {.op = OP_MOV_reg, .rd = 1, .rm = 8}},
        {0x4679, "mov r1, pc", {.op = OP_MOV_reg, .rd = 1, .rm = 15}},
        {0x46F7, "mov pc, lr", {.op = OP_MOV_PC, .rd = 15, .rm = 14}},
        {0x4588, "cmp r8, r1", {.op = OP_CMP_reg, .rn = 8, .rm = 1, S}},
        {0xA001, "adr r0, 0x00001008", {.op = OP_ADR, .rd = 0, .imm = 4}},
        {0xA801, "add r0, sp, #4", {.op = OP_ADD_imm, .rd = 0, .rn = 13, .imm = 4}},
        {0xB07F, "add sp, sp, #0x1fc", {.op = OP_ADD_imm, .rd = 13, .rn = 13, .imm = 508}},
        {0xB081, "sub sp, sp, #4", {.op = OP_SUB_imm, .rd = 13, .rn = 13, .imm = 4}},
    };

    EXPECT_ALL(list);
}

#define OFFSET .index = true, .add = true

Test(decode, sixteen_bit_loads_and_stores)
{
    static const struct expectation list[] = {
        {0x4901, "ldr r1, [pc, #4] @ 0x00001008",
         {.op = OP_LDR_lit, .rd = 1, .imm = 4, OFFSET, .width = 4}},
        {0x5088, "str r0, [r1, r2]", {.op = OP_STR_reg, .rd = 0, .rn = 1, .rm = 2, OFFSET, .width = 4}},
        {0x5688, "ldrsb r0, [r1, r2]",
         {.op = OP_LDR_reg, .rd = 0, .rn = 1, .rm = 2, OFFSET, .width = 1, .sign = true}},
        {0x6848, "ldr r0, [r1, #4]", {.op = OP_LDR_imm, .rd = 0, .rn = 1, .imm = 4, OFFSET, .width = 4}},
        {0x7848, "ldrb r0, [r1, #1]", {.op = OP_LDR_imm, .rd = 0, .rn = 1, .imm = 1, OFFSET, .width = 1}},
        {0x8048, "strh r0, [r1, #2]", {.op = OP_STR_imm, .rd = 0, .rn = 1, .imm = 2, OFFSET, .width = 2}},
        {0x9101, "str r1, [sp, #4]", {.op = OP_STR_imm, .rd = 1, .rn = 13, .imm = 4, OFFSET, .width = 4}},
        {0xB503, "push {r0, r1, lr}", {.op = OP_STM, .rn = 13, .imm = 0x4003, .wback = true}},
        {0xBD03, "pop {r0, r1, pc}", {.op = OP_LDM, .rn = 13, .imm = 0x8003, .wback = true, .add = true}},
        {0xC107, "stm r1!, {r0, r1, r2}", {.op = OP_STM, .rn = 1, .imm = 7, .wback = true, .add = true}},
        {0xC90D, "ldm r1!, {r0, r2, r3}", {.op = OP_LDM, .rn = 1, .imm = 13, .wback = true, .add = true}},
        {0xC907, "ldm r1, {r0, r1, r2}", {.op = OP_LDM, .rn = 1, .imm = 7, .add = true}},
    };

    EXPECT_ALL(list);
}

Test(decode, branches)
{
    static const struct expectation list[] = {
        {0xD0FE, "beq 0x00001000", {.op = OP_B, .imm = (uint32_t)-4}},
        {0xE002, "b 0x00001008", {.op = OP_B, .imm = 4}},
        {0xE7FE, "b 0x00001000", {.op = OP_B, .imm = (uint32_t)-4}},
        {0xF43FAFFE, "beq.w 0x00001000", {.op = OP_B, .imm = (uint32_t)-4}},
        {0xF5008000, "bmi.w 0xfff01004", {.op = OP_B, .imm = 0xFFF00000}},
        {0xF0008800, "beq.w 0x00081004", {.op = OP_B, .imm = 0x80000}},
        {0xF000A000, "beq.w 0x00041004", {.op = OP_B, .imm = 0x40000}},
        {0xF7FFBFFE, "b.w 0x00001000", {.op = OP_B, .imm = (uint32_t)-4}},
        {0xF000B800, "b.w 0x00001004", {.op = OP_B, .imm = 0}},
        {0xF0009000, "b.w 0x00c01004", {.op = OP_B, .imm = 0xC00000}},
        {0xF000F801, "bl 0x00001006", {.op = OP_BL, .imm = 2}},
        {0xF7FFFFFE, "bl 0x00001000", {.op = OP_BL, .imm = (uint32_t)-4}},
        {0x4770, "bx lr", {.op = OP_BX, .rm = 14}},
        {0x4798, "blx r3", {.op = OP_BLX, .rm = 3}},
        {0xB1F9, "cbz r1, 0x00001042", {.op = OP_CBZ, .rn = 1, .imm = 0x3E}},
        {0xBBF9, "cbnz r1, 0x00001082", {.op = OP_CBZ, .rn = 1, .imm = 0x7E, .variant = 1}},
        {0xE8DFF001, "tbb [pc, r1]", {.op = OP_TB, .rn = 15, .rm = 1, .width = 1}},
        {0xE8D3F011, "tbh [r3, r1, lsl #1]", {.op = OP_TB, .rn = 3, .rm = 1, .width = 2, .amount = 1}},
        {0xBF08, "it eq", {.op = OP_IT, .imm = 0x08}},
        {0xBF16, "itet ne", {.op = OP_IT, .imm = 0x16}},
    };

    EXPECT_ALL(list);
    cr_expect_eq(decoded(m4, 0xD0FE).cond, 0);
    cr_expect_eq(decoded(m4, 0xDDFE).cond, 13);
    cr_expect_eq(decoded(m4, 0xF5008000).cond, 4);
    cr_expect_eq(decoded(m4, 0xE002).cond, 14);
    cr_expect_eq(decoded(m4, 0xF7FFBFFE).cond, 14);
}

Test(decode, conditions_14_and_15_of_the_short_branch_are_udf_and_svc)
{
    cr_expect_eq(decoded(m4, 0xDE12).op, OP_UDF);
    cr_expect_str_eq(decode_name(&(struct insn){.row = decoded(m4, 0xDE12).row}), "UDF_T1");
    cr_expect_eq(decoded(m4, 0xDF12).op, OP_SVC);
    cr_expect_eq(decoded(m4, 0xDF12).imm, 0x12);
}

Test(decode, modified_immediates)
{
    static const struct { uint32_t raw, imm; uint8_t carry; } list[] = {
        {0xF04F00AB, 0x000000AB, CARRY_KEEP}, {0xF04F10AB, 0x00AB00AB, CARRY_KEEP},
        {0xF04F20AB, 0xAB00AB00, CARRY_KEEP}, {0xF04F30AB, 0xABABABAB, CARRY_KEEP},
        {0xF04F402B, 0xAB000000, CARRY_SET}, {0xF04F40AB, 0x55800000, CARRY_CLEAR},
        {0xF44F70AB, 0x00000156, CARRY_CLEAR}, {0xF44F002B, 0x00AB0000, CARRY_CLEAR},
    };

    for (size_t n = 0; n < sizeof(list) / sizeof(list[0]); n++) {
        struct insn i = decoded(m4, list[n].raw);

        cr_expect_eq(i.op, OP_MOV_imm);
        cr_expect_eq(i.imm, list[n].imm, "%08x: %08x", list[n].raw, i.imm);
        cr_expect_eq(i.carry, list[n].carry, "%08x", list[n].raw);
    }
}

Test(decode, thirty_two_bit_data_processing)
{
    static const struct expectation list[] = {
        {0xEA110F02, "tst.w r1, r2", {.op = OP_TST_reg, .rn = 1, .rm = 2, S}},
        {0xEA1100C2, "ands.w r0, r1, r2, lsl #3", {.op = OP_AND_reg, .rn = 1, .rm = 2, .amount = 3, S}},
        {0xEA4F0D01, "mov.w sp, r1", {.op = OP_MOV_reg, .rd = 13, .rm = 1}},
        {0xEA4F0031, "rrx r0, r1", {.op = OP_MOV_reg, .rm = 1, .shift = SHIFT_RRX, .amount = 1}},
        {0xEA5F0071, "rors.w r0, r1, #1",
         {.op = OP_MOV_reg, .rm = 1, .shift = SHIFT_ROR, .amount = 1, S}},
        {0xEA410032, "orr.w r0, r1, r2, rrx",
         {.op = OP_ORR_reg, .rn = 1, .rm = 2, .shift = SHIFT_RRX, .amount = 1}},
        {0xEA6F0001, "mvn.w r0, r1", {.op = OP_MVN_reg, .rm = 1}},
        {0xEA610022, "orn r0, r1, r2, asr #32",
         {.op = OP_ORN_reg, .rn = 1, .rm = 2, .shift = SHIFT_ASR, .amount = 32}},
        {0xEB0D0DC1, "add.w sp, sp, r1, lsl #3", {.op = OP_ADD_reg, .rd = 13, .rn = 13, .rm = 1, .amount = 3}},
        {0xEBB10F02, "cmp.w r1, r2", {.op = OP_CMP_reg, .rn = 1, .rm = 2, S}},
        {0xF1B10F05, "cmp.w r1, #5", {.op = OP_CMP_imm, .rn = 1, .imm = 5, S}},
        {0xF1C10005, "rsb.w r0, r1, #5", {.op = OP_RSB_imm, .rn = 1, .imm = 5}},
        {0xF6017034, "addw r0, r1, #0xf34", {.op = OP_ADD_imm, .rn = 1, .imm = 0xF34}},
        {0xF20F0004, "adr.w r0, 0x00001008", {.op = OP_ADR, .imm = 4}},
        {0xF2AF0004, "adr.w r0, 0x00001000", {.op = OP_ADR, .imm = (uint32_t)-4}},
        {0xF64A30CD, "movw r0, #0xabcd", {.op = OP_MOV_imm, .imm = 0xABCD}},
        {0xF2C12034, "movt r0, #0x1234", {.op = OP_MOVT, .imm = 0x1234}},
        {0xF36F108E, "bfc r0, #6, #9", {.op = OP_BFC, .amount = 6, .width = 9}},
        {0xF361108E, "bfi r0, r1, #6, #9", {.op = OP_BFI, .rn = 1, .amount = 6, .width = 9}},
        {0xF341108E, "sbfx r0, r1, #6, #15", {.op = OP_SBFX, .rn = 1, .amount = 6, .width = 15}},
        {0xF3C1001F, "ubfx r0, r1, #0, #32", {.op = OP_UBFX, .rn = 1, .amount = 0, .width = 32}},
        {0xF3010007, "ssat r0, #8, r1", {.op = OP_SSAT, .rn = 1, .imm = 8}},
        {0xF321008F, "ssat r0, #0x10, r1, asr #2",
         {.op = OP_SSAT, .rn = 1, .imm = 16, .shift = SHIFT_ASR, .amount = 2}},
        {0xF3810008, "usat r0, #8, r1", {.op = OP_USAT, .rn = 1, .imm = 8}},
        {0xFA01F002, "lsl.w r0, r1, r2", {.op = OP_SHIFT_reg, .rn = 1, .rm = 2}},
        {0xFA71F002, "rors.w r0, r1, r2", {.op = OP_SHIFT_reg, .rn = 1, .rm = 2, .shift = SHIFT_ROR, S}},
        {0xFA4FF0A1, "sxtb.w r0, r1, ror #16",
         {.op = OP_EXTEND, .rn = 0, .rm = 1, .amount = 16, .width = 1, .sign = true}},
        {0xFA91F0A1, "rbit r0, r1", {.op = OP_RBIT, .rm = 1}},
        {0xFAB1F081, "clz r0, r1", {.op = OP_CLZ, .rm = 1}},
        {0xFB01F002, "mul.w r0, r1, r2", {.op = OP_MUL, .rn = 1, .rm = 2}},
        {0xFB013002, "mla r0, r1, r2, r3", {.op = OP_MLA, .rn = 1, .rm = 2, .ra = 3}},
        {0xFB820103, "smull r0, r1, r2, r3", {.op = OP_MULL, .rd = 1, .ra = 0, .rn = 2, .rm = 3, .sign = true}},
        {0xFBE20103, "umlal r0, r1, r2, r3", {.op = OP_MLAL, .rd = 1, .ra = 0, .rn = 2, .rm = 3}},
        {0xFBB1F0F2, "udiv r0, r1, r2", {.op = OP_DIV, .rn = 1, .rm = 2}},
    };

    EXPECT_ALL(list);
}

Test(decode, thirty_two_bit_loads_and_stores)
{
    static const struct expectation list[] = {
        {0xF8D10FFC, "ldr.w r0, [r1, #0xffc]", {.op = OP_LDR_imm, .rn = 1, .imm = 0xFFC, OFFSET, .width = 4}},
        {0xF8510C04, "ldr.w r0, [r1, #-4]", {.op = OP_LDR_imm, .rn = 1, .imm = 4, .index = true, .width = 4}},
        {0xF8510F04, "ldr.w r0, [r1, #4]!",
         {.op = OP_LDR_imm, .rn = 1, .imm = 4, OFFSET, .wback = true, .width = 4}},
        {0xF8510904, "ldr.w r0, [r1], #-4", {.op = OP_LDR_imm, .rn = 1, .imm = 4, .wback = true, .width = 4}},
        {0xF8510E04, "ldrt r0, [r1, #4]", {.op = OP_LDRT, .rn = 1, .imm = 4, OFFSET, .width = 4}},
        {0xF8510022, "ldr.w r0, [r1, r2, lsl #2]",
         {.op = OP_LDR_reg, .rn = 1, .rm = 2, .amount = 2, OFFSET, .width = 4}},
        {0xF85F0004, "ldr.w r0, [pc, #-4] @ 0x00001000",
         {.op = OP_LDR_lit, .rd = 0, .imm = 4, .index = true, .width = 4}},
        {0xF8DFF004, "ldr.w pc, [pc, #4] @ 0x00001008",
         {.op = OP_LDR_lit, .rd = 15, .imm = 4, OFFSET, .width = 4}},
        {0xF85DFB04, "pop.w {pc}",
         {.op = OP_LDR_imm, .rd = 15, .rn = 13, .imm = 4, .add = true, .wback = true, .width = 4}},
        {0xF84D0D04, "push.w {r0}",
         {.op = OP_STR_imm, .rn = 13, .imm = 4, .index = true, .wback = true, .width = 4}},
        {0xF9910001, "ldrsb.w r0, [r1, #1]",
         {.op = OP_LDR_imm, .rn = 1, .imm = 1, OFFSET, .width = 1, .sign = true}},
        {0xF9310E01, "ldrsht r0, [r1, #1]",
         {.op = OP_LDRT, .rn = 1, .imm = 1, OFFSET, .width = 2, .sign = true}},
        {0xF891F001, "pld [r1, #1]", {.op = OP_PLD, .rn = 1, .imm = 1, OFFSET}},
        {0xE9D20101, "ldrd r0, r1, [r2, #4]", {.op = OP_LDRD, .rn = 2, .ra = 1, .imm = 4, OFFSET, .width = 4}},
        {0xE8620101, "strd r0, r1, [r2], #-4",
         {.op = OP_STRD, .rn = 2, .ra = 1, .imm = 4, .wback = true, .width = 4}},
        {0xE9DF0101, "ldrd r0, r1, [pc, #4] @ 0x00001008",
         {.op = OP_LDRD, .rn = 15, .ra = 1, .imm = 4, OFFSET, .width = 4}},
        {0xE8B10005, "ldm.w r1!, {r0, r2}", {.op = OP_LDM, .rn = 1, .imm = 5, .add = true, .wback = true}},
        {0xE9010005, "stmdb r1, {r0, r2}", {.op = OP_STM, .rn = 1, .imm = 5}},
        {0xE8BD8010, "pop.w {r4, pc}", {.op = OP_LDM, .rn = 13, .imm = 0x8010, .add = true, .wback = true}},
        {0xE92D4010, "push.w {r4, lr}", {.op = OP_STM, .rn = 13, .imm = 0x4010, .wback = true}},
        {0xE8510F01, "ldrex r0, [r1, #4]", {.op = OP_LDREX, .rn = 1, .imm = 4, OFFSET, .width = 4}},
        {0xE8410201, "strex r2, r0, [r1, #4]",
         {.op = OP_STREX, .rd = 0, .ra = 2, .rn = 1, .imm = 4, OFFSET, .width = 4}},
        {0xE8C10F52, "strexh r2, r0, [r1]", {.op = OP_STREX, .rd = 0, .ra = 2, .rn = 1, OFFSET, .width = 2}},
    };

    EXPECT_ALL(list);
}

Test(decode, system)
{
    static const struct expectation list[] = {
        {0xBF00, "nop", {.op = OP_NOP}},
        {0xBF10, "yield", {.op = OP_YIELD}},
        {0xBF20, "wfe", {.op = OP_WFE}},
        {0xBF30, "wfi", {.op = OP_WFI}},
        {0xBF40, "sev", {.op = OP_SEV}},
        {0xBFF0, "hint #0xf", {.op = OP_NOP}},
        {0xF3AF8014, "hint.w #0x14", {.op = OP_NOP}},
        {0xF3AF80F3, "dbg #3", {.op = OP_NOP, .imm = 3}},
        {0xBEAB, "bkpt #0xab", {.op = OP_BKPT, .imm = 0xAB}},
        {0xB672, "cpsid i", {.op = OP_CPS, .variant = 5}},
        {0xB661, "cpsie f", {.op = OP_CPS, .variant = 2}},
        {0xF3EF8308, "mrs r3, msp", {.op = OP_MRS, .rd = 3, .imm = 8}},
        {0xF3838811, "msr basepri, r3", {.op = OP_MSR, .rn = 3, .imm = 17, .variant = 2}},
        {0xF3838C00, "msr apsr_nzcvqg, r3", {.op = OP_MSR, .rn = 3, .imm = 0, .variant = 3}},
        {0xF3BF8F4F, "dsb sy", {.op = OP_DSB, .imm = 15}},
        {0xF3BF8F5F, "dmb sy", {.op = OP_DMB, .imm = 15}},
        {0xF3BF8F6F, "isb sy", {.op = OP_ISB, .imm = 15}},
        {0xF3BF8F2F, "clrex", {.op = OP_CLREX}},
    };

    EXPECT_ALL(list);
}

Test(decode, dsp)
{
    static const struct expectation list[] = {
        {0xFA91F002, "sadd16 r0, r1, r2", {.op = OP_PARALLEL, .rn = 1, .rm = 2, .variant = 0 | 0 << 3}},
        {0xFAA1F012, "qasx r0, r1, r2", {.op = OP_PARALLEL, .rn = 1, .rm = 2, .variant = 1 | 1 << 3}},
        {0xFAE1F022, "shsax r0, r1, r2", {.op = OP_PARALLEL, .rn = 1, .rm = 2, .variant = 2 | 2 << 3}},
        {0xFAD1F042, "usub16 r0, r1, r2", {.op = OP_PARALLEL, .rn = 1, .rm = 2, .variant = 3 | 3 << 3}},
        {0xFA81F052, "uqadd8 r0, r1, r2", {.op = OP_PARALLEL, .rn = 1, .rm = 2, .variant = 4 | 4 << 3}},
        {0xFAC1F062, "uhsub8 r0, r1, r2", {.op = OP_PARALLEL, .rn = 1, .rm = 2, .variant = 5 | 5 << 3}},
        {0xFA82F0B1, "qdsub r0, r1, r2", {.op = OP_QADD, .rn = 2, .rm = 1, .variant = 3}},
        {0xFAA1F082, "sel r0, r1, r2", {.op = OP_SEL, .rn = 1, .rm = 2}},
        {0xEAC11022, "pkhtb r0, r1, r2, asr #4",
         {.op = OP_PKH, .rn = 1, .rm = 2, .shift = SHIFT_ASR, .amount = 4, .variant = 1}},
        {0xEAC10022, "pkhtb r0, r1, r2, asr #32",
         {.op = OP_PKH, .rn = 1, .rm = 2, .shift = SHIFT_ASR, .amount = 32, .variant = 1}},
        {0xFA01F092, "sxtah r0, r1, r2, ror #8",
         {.op = OP_EXTEND_ADD, .rn = 1, .rm = 2, .amount = 8, .width = 2, .sign = true}},
        {0xFA3FF081, "uxtb16 r0, r1", {.op = OP_EXTEND16, .rn = 15, .rm = 1}},
        {0xF3210007, "ssat16 r0, #8, r1", {.op = OP_SSAT16, .rn = 1, .imm = 8}},
        {0xFB11F022, "smultb r0, r1, r2", {.op = OP_SMLA_xy, .rn = 1, .rm = 2, .ra = 15, .variant = 2}},
        {0xFB113012, "smlabt r0, r1, r2, r3", {.op = OP_SMLA_xy, .rn = 1, .rm = 2, .ra = 3, .variant = 1}},
        {0xFB313012, "smlawt r0, r1, r2, r3", {.op = OP_SMLAW_y, .rn = 1, .rm = 2, .ra = 3, .variant = 1}},
        {0xFB21F012, "smuadx r0, r1, r2", {.op = OP_SMLAD, .rn = 1, .rm = 2, .ra = 15, .variant = 1}},
        {0xFB413002, "smlsd r0, r1, r2, r3", {.op = OP_SMLAD, .rn = 1, .rm = 2, .ra = 3, .variant = 2}},
        {0xFBC201A3, "smlaltb r0, r1, r2, r3", {.op = OP_SMLAL_xy, .rd = 1, .rn = 2, .rm = 3, .variant = 2}},
        {0xFBD201D3, "smlsldx r0, r1, r2, r3", {.op = OP_SMLALD, .rd = 1, .rn = 2, .rm = 3, .variant = 3}},
        {0xFB51F012, "smmulr r0, r1, r2", {.op = OP_SMMLA, .rn = 1, .rm = 2, .ra = 15, .variant = 1}},
        {0xFB613002, "smmls r0, r1, r2, r3", {.op = OP_SMMLS, .rn = 1, .rm = 2, .ra = 3}},
        {0xFB71F002, "usad8 r0, r1, r2", {.op = OP_USADA8, .rn = 1, .rm = 2, .ra = 15}},
        {0xFBE20163, "umaal r0, r1, r2, r3", {.op = OP_UMAAL, .rd = 1, .rn = 2, .rm = 3}},
    };

    EXPECT_ALL(list);
}

Test(decode, floating_point)
{
    static const struct expectation list[] = {
        {0xEE300A81, "vadd.f32 s0, s1, s2", {.op = OP_VADD, .rd = 0, .rn = 1, .rm = 2}},
        {0xEE71FAA2, "vadd.f32 s31, s3, s5", {.op = OP_VADD, .rd = 31, .rn = 3, .rm = 5}},
        {0xEE100A81, "vnmls.f32 s0, s1, s2", {.op = OP_VNMLS, .rd = 0, .rn = 1, .rm = 2}},
        {0xEE900AC1, "vfnma.f32 s0, s1, s2", {.op = OP_VFNMA, .rd = 0, .rn = 1, .rm = 2}},
        {0xEEB70A00, "vmov.f32 s0, #1", {.op = OP_VMOV_imm, .imm = 0x3F800000}},
        {0xEEF80A00, "vmov.f32 s1, #-2", {.op = OP_VMOV_imm, .rd = 1, .imm = 0xC0000000}},
        {0xEEB10AE0, "vsqrt.f32 s0, s1", {.op = OP_VSQRT, .rm = 1}},
        {0xEEB20AE0, "vcvtt.f32.f16 s0, s1", {.op = OP_VCVT_half, .rm = 1, .variant = 1}},
        {0xEEB30A60, "vcvtb.f16.f32 s0, s1", {.op = OP_VCVT_half, .rm = 1, .variant = 2}},
        {0xEEB40AE0, "vcmpe.f32 s0, s1", {.op = OP_VCMP, .rm = 1, .variant = 1}},
        {0xEEB50A40, "vcmp.f32 s0, #0.0", {.op = OP_VCMP, .variant = 2}},
        {0xEEBD0AE0, "vcvt.s32.f32 s0, s1", {.op = OP_VCVT_to_int, .rm = 1, .sign = true}},
        {0xEEBC0A60, "vcvtr.u32.f32 s0, s1", {.op = OP_VCVT_to_int, .rm = 1, .variant = 1}},
        {0xEEB80AE0, "vcvt.f32.s32 s0, s1", {.op = OP_VCVT_from_int, .rm = 1, .sign = true}},
        {0xEEFE0A44, "vcvt.s16.f32 s1, s1, #8",
         {.op = OP_VCVT_to_fixed, .rd = 1, .width = 2, .amount = 8, .sign = true}},
        {0xEEBB0AEF, "vcvt.f32.u32 s0, s0, #1", {.op = OP_VCVT_from_fixed, .width = 4, .amount = 1}},
        {0xED910A01, "vldr s0, [r1, #4]", {.op = OP_VLDR, .rn = 1, .imm = 4, OFFSET, .width = 4}},
        {0xED011B01, "vstr d1, [r1, #-4]", {.op = OP_VSTR, .rd = 2, .rn = 1, .imm = 4, .index = true, .width = 8}},
        {0xECB10A02, "vldmia r1!, {s0, s1}", {.op = OP_VLDM, .rn = 1, .imm = 2, .add = true, .wback = true}},
        {0xED2D8B04, "vpush {d8, d9}", {.op = OP_VSTM, .rd = 16, .rn = 13, .imm = 4, .wback = true}},
        {0xECBD8B05, "vpop {d8, d9}",
         {.op = OP_VLDM, .rd = 16, .rn = 13, .imm = 4, .add = true, .wback = true, .variant = 1}},
        {0xEE001A90, "vmov s1, r1", {.op = OP_VMOV_core, .rd = 1, .ra = 1}},
        {0xEE300B10, "vmov.32 r0, d0[1]", {.op = OP_VMOV_core, .rd = 1, .ra = 0, .variant = 1}},
        {0xEC421A31, "vmov s3, s4, r1, r2", {.op = OP_VMOV_core2, .rd = 3, .rn = 1, .ra = 2}},
        {0xEC521B12, "vmov r1, r2, d2", {.op = OP_VMOV_core2, .rd = 4, .rn = 1, .ra = 2, .variant = 1}},
        {0xEEF1FA10, "vmrs apsr_nzcv, fpscr", {.op = OP_VMRS, .rd = 15}},
        {0xEEE10A10, "vmsr fpscr, r0", {.op = OP_VMSR, .rd = 0}},
    };

    EXPECT_ALL(list);
}

/* ---- conditions in text ---- */

Test(decode, text_in_an_it_block_has_the_condition_instead_of_flags)
{
    struct insn i = decoded(m4, 0x1888);
    char text[DISASM_MAX];

    disasm(&i, 0, 0x08, text, sizeof(text));
    cr_expect_str_eq(text, "addeq r0, r1, r2");
    i = decoded(m4, 0xEE300A81);
    disasm(&i, 0, 0x18, text, sizeof(text));
    cr_expect_str_eq(text, "vaddne.f32 s0, s1, s2");
}

Test(decode, text_is_cut_to_its_room)
{
    struct insn i = decoded(m4, 0xEE300A81);
    char text[8];

    disasm(&i, 0, 0, text, sizeof(text));
    cr_expect_str_eq(text, "vadd.f3");
}

/* ---- UNDEFINED and UNPREDICTABLE ---- */

static void expect_undefined(uint32_t raw, bool unpredictable)
{
    struct insn i = decoded(m4, raw);

    cr_expect_eq(i.op, OP_UDF, "%08x: %s", raw, decode_name(&i));
    cr_expect_eq(i.unpredictable, unpredictable, "%08x: %s", raw, decode_name(&i));
}

Test(decode, unallocated_space_is_undefined)
{
    static const uint32_t list[] = {
        0xDE00, 0xB650, 0xBA80,     /* udf; setend; hlt */
        0xE8000000, 0xE9900000,     /* srs, rfe */
        0xF7F0A000, 0xF7E08000,     /* udf.w, smc's neighbour */
        0xF000C000,                 /* blx to Arm code */
        0xF8010800, 0xF8110140,     /* neither index nor write-back; bits beside the shift */
        0xF8F10000, 0xF9510000,     /* doubleword; sign-extended word */
        0xFA00E000, 0xFB00F020,     /* holes in the register forms */
        0xEF000000, 0xFF000000, 0xF9000000, /* Advanced SIMD */
    };

    for (size_t n = 0; n < sizeof(list) / sizeof(list[0]); n++)
        expect_undefined(list[n], false);
}

Test(decode, forbidden_registers_and_lists_are_undefined_and_flagged)
{
    static const uint32_t list[] = {
        0x4578,                     /* cmp r0, pc */
        0x47F8,                     /* blx pc */
        0x44FF,                     /* add pc, pc */
        0xB400, 0xBC00, 0xC100, 0xC900,     /* empty lists */
        0xBFF8,                     /* it nv */
        0xBFEC,                     /* it al with an else */
        0xEA000D02, 0xEA0D0002, 0xEA00000D, /* and.w with sp */
        0xF1000F01,                 /* add.w pc, r0, #1 */
        0xEB0D1D01,                 /* add.w sp, sp, r1, lsl #4 */
        0xE8B10001,                 /* ldm.w of one register */
        0xE8B10003,                 /* ldm.w with write-back to a loaded base */
        0xE8B1C000, 0xE8A18001, 0xE8B12001, /* lr and pc; stm of pc; sp */
        0xE9D20000,                 /* ldrd r0, r0 */
        0xF8500B04,                 /* ldr r0, [r0], #4 */
        0xE8400001,                 /* strex r0, r0, [r0] */
        0xF36F2080, 0xF3C1009F,     /* bit-fields that end before they begin, or past bit 31 */
        0xFB800001, 0xFB80000D,     /* smull r0, r0; sp */
        0xFA91F0A2,                 /* rbit with two different registers */
        0xEC410A3F,                 /* vmov s31, s32 */
        0xECB10A00, 0xECF0FA02, /* vldm of nothing; past s31 */
    };

    for (size_t n = 0; n < sizeof(list) / sizeof(list[0]); n++)
        expect_undefined(list[n], true);
}

Test(decode, should_be_bits_are_ignored_but_flagged)
{
    static const struct { uint32_t raw; uint16_t op; } list[] = {
        {0x4771, OP_BX}, {0xEA008002, OP_AND_reg}, {0xF3AE8000, OP_NOP}, {0xFBB100F2, OP_DIV},
        {0xE8510001, OP_LDREX}, {0x4508, OP_CMP_reg}, {0xB660, OP_CPS}, {0xF04F1000, OP_MOV_imm},
        {0xF3808000, OP_MSR}, {0xF3808C08, OP_MSR},
    };

    for (size_t n = 0; n < sizeof(list) / sizeof(list[0]); n++) {
        struct insn i = decoded(m4, list[n].raw);

        cr_expect_eq(i.op, list[n].op, "%08x: %s", list[n].raw, decode_name(&i));
        cr_expect(i.unpredictable, "%08x", list[n].raw);
    }
}

Test(decode, a_store_relative_to_pc_is_undefined_not_unpredictable)
{
    expect_undefined(0xF8CF0004, false);
    expect_undefined(0xF80F0001, false);
}

Test(decode, no_operation_has_an_unexpected_pc_operand)
{
    static const bool pc_result[OP_COUNT] = {
        [OP_LDR_imm] = true, [OP_LDR_reg] = true, [OP_LDR_lit] = true, [OP_MOV_PC] = true,
        [OP_ADD_PC] = true, [OP_VMRS] = true,
    };
    static const bool pc_base[OP_COUNT] = {
        [OP_TB] = true, [OP_LDRD] = true, [OP_VLDR] = true, [OP_EXTEND16] = true, [OP_PLD] = true,
    };
    uint64_t seed = 3;

    for (unsigned n = 1; n < encoding_count(); n++)
        for (unsigned k = 0; k < 2000; k++) {
            uint32_t raw = encoding_random(encoding_row(n), &seed);
            struct insn i;

            decode(m4, raw, encoding_size(encoding_row(n)), &i);
            if (i.op == OP_UDF || (i.op >= OP_VMLA && i.op <= OP_VCVT_from_fixed))
                continue;
            if (i.op < OP_VLDR)
                cr_assert(i.rd != 15 || pc_result[i.op], "%08x %s", raw, decode_name(&i));
            cr_assert(i.rn != 15 || pc_base[i.op], "%08x %s", raw, decode_name(&i));
            cr_assert((i.rd != 15 || i.width == 4) || i.op > OP_LDR_lit || i.op < OP_LDR_imm);
        }
}

/* ---- Cortex-M3 ---- */

Test(decode, m3_takes_dsp_for_undefined)
{
    for (unsigned n = 1; n < encoding_count(); n++) {
        const struct encoding *row = encoding_row(n);
        uint64_t seed = n;

        for (unsigned k = 0; row->extension == EXTENSION_DSP && k < 50; k++) {
            struct insn i = decoded(m4, encoding_random(row, &seed));

            if (i.row == n)
                cr_expect_eq(decoded(m3, i.raw).op, OP_UDF, "%08x %s", i.raw, row->name);
        }
    }
}

Test(decode, m3_has_no_coprocessors_10_and_11)
{
    for (unsigned n = 1; n < encoding_count(); n++) {
        const struct encoding *row = encoding_row(n);
        uint64_t seed = n;

        for (unsigned k = 0; row->extension == EXTENSION_FP && k < 50; k++) {
            uint32_t raw = encoding_random(row, &seed);
            struct insn i = decoded(m3, raw);

            cr_expect_eq(i.op, OP_COPROC, "%08x %s", raw, row->name);
            cr_expect_eq(i.imm, raw >> 8 & 15, "%08x %s", raw, row->name);
        }
    }
}

Test(decode, m3_keeps_the_rest)
{
    cr_expect_eq(decoded(m3, 0xFA4FF081).op, OP_EXTEND);
    cr_expect_eq(decoded(m3, 0xF3010007).op, OP_SSAT);
    cr_expect_eq(decoded(m3, 0xFB820103).op, OP_MULL);
    cr_expect_eq(decoded(m3, 0xFBB1F0F2).op, OP_DIV);
    cr_expect_eq(decoded(m3, 0xF3210007).op, OP_UDF);
    cr_expect_eq(decoded(m3, 0xFA44F081).op, OP_UDF);
}

Test(decode, m3_has_no_ge_flags_to_write)
{
    cr_expect(decoded(m3, 0xF3808C00).unpredictable);
    cr_expect_not(decoded(m4, 0xF3808C00).unpredictable);
    cr_expect_not(decoded(m3, 0xF3808800).unpredictable);
}

Test(decode, other_coprocessors_are_absent)
{
    struct insn i = decoded(m4, 0xEE010F10);

    cr_expect_eq(i.op, OP_COPROC);
    cr_expect_eq(i.imm, 15);
    i = decoded(m4, 0xEC410112);
    cr_expect_eq(i.op, OP_COPROC);
    cr_expect_eq(i.imm, 1);
}

Test(decode, undefined_in_the_fpu_space_says_so)
{
    static const uint32_t list[] = {
        0xEE300B01,             /* vadd.f64 */
        0xFE000A00,             /* vsel */
        0xEEB60A40,             /* vrintr */
        0xEEE00A10,             /* vmsr fpsid */
        0xEC410A3F,             /* UNPREDICTABLE: vmov s31, s32 */
    };

    for (size_t n = 0; n < sizeof(list) / sizeof(list[0]); n++) {
        struct insn i = decoded(m4, list[n]);

        cr_expect_eq(i.op, OP_UDF, "%08x", list[n]);
        cr_expect_eq(i.variant, 1, "%08x", list[n]);
    }
    cr_expect_eq(decoded(m4, 0xFF000000).variant, 0);
}
