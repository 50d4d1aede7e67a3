/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decoder and disassembler against an independent reading of the same bits: capstone (4.0.2, Thumb
 * with M-class). Both texts are taken apart into words, spelled the same way, and compared. Where
 * capstone is known to read otherwise, `excused` says so and why.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <capstone/capstone.h>
#include <criterion/criterion.h>

#include "core/arm/decode.h"
#include "core/arm/disasm.h"
#include "core/arm/encoding.h"
#include "tests/unit/encoding_random.h"

enum { PC = 0x1000, WORDS = 24, WORD_MAX = 24 };

static struct decoder *decoder;
static csh capstone;

static void set_up(void)
{
    decoder = decoder_create(CPU_CORTEX_M4F);
    cr_assert_eq(cs_open(CS_ARCH_ARM, CS_MODE_THUMB | CS_MODE_MCLASS, &capstone), CS_ERR_OK);
}

static void tear_down(void)
{
    cs_close(&capstone);
    decoder_destroy(decoder);
}

TestSuite(decode_capstone, .init = set_up, .fini = tear_down);

/* ---- texts as words ---- */

struct words {
    unsigned count;
    char word[WORDS][WORD_MAX];
};

/* Spelling: register aliases, condition synonyms, width suffixes, the two notations of numbers. */
static void spell_operand(char *word)
{
    static const char *const aliases[][2] = {
        {"sb", "r9"}, {"sl", "r10"}, {"fp", "r11"}, {"ip", "r12"}, {"hs", "cs"}, {"lo", "cc"},
    };
    bool digits = isdigit((unsigned char)word[word[0] == '-']);

    for (size_t n = 0; n < sizeof(aliases) / sizeof(aliases[0]); n++)
        if (strcmp(word, aliases[n][0]) == 0)
            strcpy(word, aliases[n][1]);
    if (digits && strchr(word, '.') && atof(word) != (int)atof(word))
        snprintf(word, WORD_MAX, "%g", atof(word));
    else if (digits && strchr(word, '.'))
        snprintf(word, WORD_MAX, "%u", (unsigned)(int)atof(word));
    else if (digits)
        snprintf(word, WORD_MAX, "%u", (unsigned)strtoll(word, NULL, 0));
}

static void spell_mnemonic(char *word)
{
    char *wide = strstr(word, ".w");
    size_t length;

    if (wide && !wide[2])
        *wide = '\0';
    length = strlen(word);
    if (word[0] == 'b' && length == 3 && !strcmp(word + 1, "hs"))
        strcpy(word, "bcs");
    if (word[0] == 'b' && length == 3 && !strcmp(word + 1, "lo"))
        strcpy(word, "bcc");
}

static struct words split(const char *text)
{
    static const char separators[] = " ,{}[]#!\t";
    struct words w = {0};

    for (text += strspn(text, separators); *text && *text != '@' && w.count < WORDS;
         text += strspn(text, separators)) {
        size_t length = strcspn(text, separators);
        char *word = w.word[w.count];

        snprintf(word, WORD_MAX, "%.*s", (int)length, text);
        if (w.count++ == 0)
            spell_mnemonic(word);
        else
            spell_operand(word);
        text += length;
    }
    return w;
}

static bool same_words(const struct words *a, const struct words *b)
{
    if (a->count != b->count)
        return false;
    for (unsigned n = 0; n < a->count; n++)
        if (strcmp(a->word[n], b->word[n]) != 0)
            return false;
    return true;
}

/* ---- where capstone differs ---- */

/* `theirs` is the beginning of capstone's mnemonic, "" for one that it does not decode. */
struct excuse {
    const char *row, *theirs, *why;
};

static const struct excuse excuses[] = {
    {"ADR_T1", "adr", "prints the offset, not the address"},
    {"ADR_T2", "subw", "prints ADR as a subtraction from pc"},
    {"ADR_T3", "addw", "prints ADR as an addition to pc"},
    {"ADD_SP_reg_T1", "add", "repeats pc as the last operand of add pc, sp"},
    {"ADD_SP_reg_T2", "add", "names sp once in add sp, rm"},
    {"ADD_SP_imm_T2", "add", "names sp once in add sp, #imm"},
    {"SUB_SP_imm_T1", "sub", "names sp once in sub sp, #imm"},
    {"UDF_T1", "trap", "takes udf #254 for an operating system's trap"},
    {"PUSH_T3", "str", "prints the store that it is"},
    {"POP_T3", "ldr", "prints the load that it is"},
    {"VPUSH_T1", "fstmdbx", "names the form with an odd number of words"},
    {"VPOP_T1", "fldmiax", "names the form with an odd number of words"},
    {"VSTMIA_T1", "fstmiax", "names the form with an odd number of words"},
    {"VSTMDB_T1", "fstmdbx", "names the form with an odd number of words"},
    {"VLDMIA_T1", "fldmiax", "names the form with an odd number of words"},
    {"VLDMDB_T1", "fldmdbx", "names the form with an odd number of words"},
    {"DSB_T1", "dsb", "has names for the limited barriers of other profiles"},
    {"DMB_T1", "dmb", "has names for the limited barriers of other profiles"},
    {"MRS_T1", "mrs", "reads the banked registers of other profiles into SYSm"},
    {"MRS_T1", "", "does not decode a SYSm that names no register"},
    {"MSR_T1", "msr", "reads the banked registers of other profiles into SYSm"},
    {"MSR_T1", "", "does not decode a SYSm that names no register"},
    {"HINT_LDRH_lit", "", "does not know the unallocated memory hints"},
    {"HINT_LDRH_lit", "pld", "takes an unallocated memory hint for PLD"},
    {"HINT_LDRSH_lit", "", "does not know the unallocated memory hints"},
    {"HINT_LDRH_imm", "pldw", "takes an unallocated memory hint for PLDW, of multiprocessors"},
    {"HINT_LDRH_reg", "pldw", "takes an unallocated memory hint for PLDW, of multiprocessors"},
    {"HINT_LDRSH_imm", "", "does not know the unallocated memory hints"},
    {"HINT_LDRSH_reg", "", "does not know the unallocated memory hints"},
    {"COPROC", "cdp", "decodes coprocessors that no core here has"},
    {"COPROC", "m", "decodes coprocessors that no core here has"},
    {"COPROC", "stc", "decodes coprocessors that no core here has"},
    {"COPROC", "ldc", "decodes coprocessors that no core here has"},
    {"UNDEFINED_FP", "v", "decodes double precision and later floating point"},
    {"UNDEFINED_FP", "stc2", "decodes generic coprocessor forms in the FPU's space"},
    {"UNDEFINED_FP", "ldc2", "decodes generic coprocessor forms in the FPU's space"},
    {"UNDEFINED", "smc", "decodes the A profile's system calls"},
    {"UNDEFINED", "hvc", "decodes the A profile's system calls"},
};

/* Advanced SIMD: 111x1111 and 11111001xxx0 (Armv7-M ARM A5.3.18: UNDEFINED). */
static bool is_simd(uint32_t raw)
{
    return (raw & 0xEF000000) == 0xEF000000 || (raw & 0xFF100000) == 0xF9000000;
}

static bool excused(const struct insn *i, const char *theirs)
{
    const char *row = decode_name(i);

    if (i->op == OP_UDF && !*theirs)
        return true;
    if (i->op == OP_COPROC && !*theirs)
        return true;
    if (i->op == OP_UDF && theirs[0] == 'v' && is_simd(i->raw))
        return true;
    for (size_t n = 0; n < sizeof(excuses) / sizeof(excuses[0]); n++)
        if (strcmp(row, excuses[n].row) == 0 && (*excuses[n].theirs || !*theirs) &&
            strncmp(theirs, excuses[n].theirs, strlen(excuses[n].theirs)) == 0)
            return true;
    return false;
}

/* ---- comparing ---- */

static void capstone_text(uint32_t raw, unsigned size, char *text, size_t room)
{
    uint32_t first = size == 4 ? raw >> 16 : raw;
    uint8_t bytes[4] = {(uint8_t)first, (uint8_t)(first >> 8), (uint8_t)raw, (uint8_t)(raw >> 8)};
    cs_insn *insn;
    size_t count = cs_disasm(capstone, bytes, size, PC, 1, &insn);

    *text = '\0';
    if (!count)
        return;
    if (insn->size == size)
        snprintf(text, room, "%s %s", insn->mnemonic, insn->op_str);
    cs_free(insn, count);
}

/* UNPREDICTABLE forms are left out: each reader makes of them what it likes. */
static void compare(uint32_t raw, unsigned size)
{
    char ours[DISASM_MAX], theirs[256];
    struct words our_words, their_words;
    struct insn i;

    decode(decoder, raw, size, &i);
    if (i.unpredictable)
        return;
    disasm(&i, PC, 0, ours, sizeof(ours));
    capstone_text(raw, size, theirs, sizeof(theirs));
    our_words = split(ours);
    their_words = split(theirs);
    cr_expect(same_words(&our_words, &their_words) || excused(&i, their_words.word[0]),
              "%0*x %s: %s; capstone: %s", (int)size * 2, raw, decode_name(&i), ours, theirs);
}

Test(decode_capstone, every_halfword_reads_the_same)
{
    for (uint32_t raw = 0; raw < 0xE800; raw++)
        compare(raw, 2);
}

Test(decode_capstone, every_row_reads_the_same)
{
    uint64_t seed = 4;

    for (unsigned n = 1; n < encoding_count(); n++)
        for (unsigned k = 0; k < 600; k++)
            compare(encoding_random(encoding_row(n), &seed), encoding_size(encoding_row(n)));
}

Test(decode_capstone, random_words_read_the_same)
{
    uint64_t seed = 5;

    for (unsigned n = 0; n < 400000; n++) {
        uint32_t raw = random_word(&seed);

        if (insn_size(raw >> 16) == 4)
            compare(raw, 4);
    }
}
