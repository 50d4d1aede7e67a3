/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The disassembler. The mnemonic is the first word of the encoding's name, adorned with what the fields
 * say; the operands follow a template per operation.
 */
#include "core/arm/disasm.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/arm/decode.h"
#include "core/arm/encoding.h"

struct text {
    char *at;
    size_t room;            /* including the NUL */
};

static __attribute__((format(printf, 2, 3))) void put(struct text *t, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(t->at, t->room, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    if ((size_t)length >= t->room)
        length = t->room ? (int)t->room - 1 : 0;
    t->at += length;
    t->room -= (size_t)length;
}

static const char *const conditions[16] = {
    "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "", ""
};

static const char *const registers[16] = {
    "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "sp", "lr", "pc"
};

static const char *const shifts[] = {"lsl", "lsr", "asr", "ror", "rrx"};

/* ---- mnemonics ---- */

/* Encodings whose mnemonic is not the first word of the name. */
static const struct { const char *name, *mnemonic; } irregular[] = {
    {"MOV_imm_T3", "movw"}, {"ADD_imm_T4", "addw"}, {"ADD_SP_imm_T4", "addw"},
    {"SUB_imm_T4", "subw"}, {"SUB_SP_imm_T3", "subw"},
};

static const char *irregular_mnemonic(const struct insn *i)
{
    const char *name = decode_name(i);

    if (i->op == OP_CBZ && i->variant)
        return "cbnz";
    for (size_t n = 0; n < sizeof(irregular) / sizeof(irregular[0]); n++)
        if (strcmp(name, irregular[n].name) == 0)
            return irregular[n].mnemonic;
    return NULL;
}

static bool has_narrow_form(const char *name)
{
    size_t length = strcspn(name, "_") + 1;

    for (size_t n = 0; n < t16_table.count; n++)
        if (strncmp(name, t16_table.rows[n].name, length) == 0)
            return true;
    return false;
}

/* The letters that the DSP multiplies carry: halves, exchange, rounding. */
static void put_dsp_suffix(struct text *t, const struct insn *i)
{
    switch (i->op) {
    case OP_SMLA_xy: case OP_SMLAL_xy:
        put(t, "%c%c", i->variant & 2 ? 't' : 'b', i->variant & 1 ? 't' : 'b');
        break;
    case OP_SMLAW_y: put(t, "%c", i->variant & 1 ? 't' : 'b'); break;
    case OP_SMLAD: case OP_SMLALD: put(t, "%s", i->variant & 1 ? "x" : ""); break;
    case OP_SMMLA: case OP_SMMLS: put(t, "%s", i->variant & 1 ? "r" : ""); break;
    }
}

/* Letters of the mnemonic that stand before the condition. */
static void put_suffix(struct text *t, const struct insn *i, uint8_t it)
{
    put_dsp_suffix(t, i);
    switch (i->op) {
    case OP_CPS: put(t, "%s", i->variant & 1 ? "id" : "ie"); break;
    case OP_VCMP: put(t, "%s", i->variant & 1 ? "e" : ""); break;
    case OP_VCVT_half: put(t, "%s", i->variant & 1 ? "t" : "b"); break;
    case OP_TST_imm: case OP_TST_reg: case OP_TEQ_imm: case OP_TEQ_reg:
    case OP_CMP_imm: case OP_CMP_reg: case OP_CMN_imm: case OP_CMN_reg:
        break;
    default:
        if (i->setflags == FLAGS_ALWAYS || (i->setflags == FLAGS_OUTSIDE_IT && !it))
            put(t, "s");
    }
}

/* Data types of floating point, which stand behind the condition. */
static void put_type(struct text *t, const struct insn *i)
{
    const char *sign = i->sign ? "s" : "u";

    switch (i->op) {
    case OP_VCVT_half: put(t, "%s", i->variant & 2 ? ".f16.f32" : ".f32.f16"); break;
    case OP_VCVT_to_int: put(t, ".%s32.f32", sign); break;
    case OP_VCVT_from_int: put(t, ".f32.%s32", sign); break;
    case OP_VCVT_to_fixed: put(t, ".%s%u.f32", sign, i->width * 8u); break;
    case OP_VCVT_from_fixed: put(t, ".f32.%s%u", sign, i->width * 8u); break;
    case OP_VMOV_core: put(t, "%s", strncmp(decode_name(i), "VMOV_x", 6) ? "" : ".32"); break;
    default:
        if (i->op >= OP_VMLA && i->op <= OP_VCMP)
            put(t, ".f32");
    }
}

/* IT's pattern of then and else: the mask read against the condition's lowest bit (A7.3.3). */
static void put_it_pattern(struct text *t, const struct insn *i)
{
    unsigned then = i->imm >> 4 & 1;

    for (unsigned mask = i->imm & 15; mask & 7; mask = mask << 1 & 15)
        put(t, "%c", (mask >> 3 & 1) == then ? 't' : 'e');
}

static void put_mnemonic(struct text *t, const struct insn *i, uint8_t it)
{
    const char *name = decode_name(i), *fixed = irregular_mnemonic(i);

    if (fixed)
        put(t, "%s", fixed);
    else
        for (const char *p = name; *p && *p != '_'; p++)
            put(t, "%c", tolower((unsigned char)*p));
    if (i->op == OP_IT) {
        put_it_pattern(t, i);
        return;
    }
    put_suffix(t, i, it);
    put(t, "%s", conditions[it && i->op != OP_BKPT ? it >> 4 : i->cond]);
    put_type(t, i);
    if (i->size == 4 && !fixed && has_narrow_form(name))
        put(t, ".w");
}

/* ---- operands ---- */

/*
 * Templates: d n m a  core registers   D M N  S registers   I  immediate
 *            s  the shift   r  rotation   l  register list   v  list of S or D registers   @  address
 *            t  branch target   B  lsb and width   x  what the other letters do not cover (put_special)
 */
static const char *const templates[OP_COUNT] = {
    [OP_AND_imm] = "d, n, I", [OP_AND_reg] = "d, n, ms", [OP_BIC_imm] = "d, n, I", [OP_BIC_reg] = "d, n, ms",
    [OP_ORR_imm] = "d, n, I", [OP_ORR_reg] = "d, n, ms", [OP_ORN_imm] = "d, n, I", [OP_ORN_reg] = "d, n, ms",
    [OP_EOR_imm] = "d, n, I", [OP_EOR_reg] = "d, n, ms", [OP_ADD_imm] = "d, n, I", [OP_ADD_reg] = "d, n, ms",
    [OP_ADC_imm] = "d, n, I", [OP_ADC_reg] = "d, n, ms", [OP_SUB_imm] = "d, n, I", [OP_SUB_reg] = "d, n, ms",
    [OP_SBC_imm] = "d, n, I", [OP_SBC_reg] = "d, n, ms", [OP_RSB_imm] = "d, n, I", [OP_RSB_reg] = "d, n, ms",
    [OP_MOV_imm] = "d, I", [OP_MOV_reg] = "x", [OP_MVN_imm] = "d, I", [OP_MVN_reg] = "d, ms",
    [OP_TST_imm] = "n, I", [OP_TST_reg] = "n, ms", [OP_TEQ_imm] = "n, I", [OP_TEQ_reg] = "n, ms",
    [OP_CMP_imm] = "n, I", [OP_CMP_reg] = "n, ms", [OP_CMN_imm] = "n, I", [OP_CMN_reg] = "n, ms",
    [OP_SHIFT_reg] = "d, n, m", [OP_MOVT] = "d, I", [OP_ADR] = "d, x", [OP_BFC] = "d, B",
    [OP_BFI] = "d, n, B", [OP_SBFX] = "d, n, B", [OP_UBFX] = "d, n, B", [OP_CLZ] = "d, m",
    [OP_RBIT] = "d, m", [OP_REV] = "d, m", [OP_REV16] = "d, m", [OP_REVSH] = "d, m",
    [OP_EXTEND] = "d, mr", [OP_SSAT] = "d, I, ns", [OP_USAT] = "d, I, ns",
    [OP_MUL] = "d, n, m", [OP_MLA] = "d, n, m, a", [OP_MLS] = "d, n, m, a",
    [OP_MULL] = "a, d, n, m", [OP_MLAL] = "a, d, n, m", [OP_DIV] = "d, n, m",
    [OP_UMAAL] = "a, d, n, m", [OP_EXTEND_ADD] = "d, n, mr", [OP_EXTEND16] = "d, x",
    [OP_SSAT16] = "d, I, n", [OP_USAT16] = "d, I, n", [OP_SMLA_xy] = "d, n, mx",
    [OP_SMLAW_y] = "d, n, mx", [OP_SMLAL_xy] = "a, d, n, m", [OP_SMLAD] = "d, n, mx",
    [OP_SMLALD] = "a, d, n, m", [OP_SMMLA] = "d, n, mx", [OP_SMMLS] = "d, n, mx",
    [OP_QADD] = "d, m, n", [OP_PARALLEL] = "d, n, m", [OP_SEL] = "d, n, m", [OP_USADA8] = "d, n, mx",
    [OP_PKH] = "d, n, ms",
    [OP_LDR_imm] = "d, @", [OP_STR_imm] = "d, @", [OP_LDR_reg] = "d, @", [OP_STR_reg] = "d, @",
    [OP_LDR_lit] = "d, @", [OP_LDRT] = "d, @", [OP_STRT] = "d, @", [OP_LDRD] = "d, a, @",
    [OP_STRD] = "d, a, @", [OP_LDM] = "x{l}", [OP_STM] = "x{l}", [OP_LDREX] = "d, @",
    [OP_STREX] = "a, d, @", [OP_PLD] = "@",
    [OP_B] = "t", [OP_BL] = "t", [OP_BX] = "m", [OP_BLX] = "m", [OP_CBZ] = "n, t", [OP_TB] = "@",
    [OP_MOV_PC] = "d, m", [OP_ADD_PC] = "d, m", [OP_IT] = "x", [OP_NOP] = "x", [OP_SVC] = "I",
    [OP_BKPT] = "I", [OP_CPS] = "x", [OP_MRS] = "d, x", [OP_MSR] = "x, n", [OP_DMB] = "x",
    [OP_DSB] = "x", [OP_ISB] = "x",
    [OP_VMLA] = "D, N, M", [OP_VMLS] = "D, N, M", [OP_VNMLA] = "D, N, M", [OP_VNMLS] = "D, N, M",
    [OP_VMUL] = "D, N, M", [OP_VNMUL] = "D, N, M", [OP_VADD] = "D, N, M", [OP_VSUB] = "D, N, M",
    [OP_VDIV] = "D, N, M", [OP_VFMA] = "D, N, M", [OP_VFMS] = "D, N, M", [OP_VFNMA] = "D, N, M",
    [OP_VFNMS] = "D, N, M", [OP_VMOV_imm] = "D, x", [OP_VMOV] = "D, M", [OP_VABS] = "D, M",
    [OP_VNEG] = "D, M", [OP_VSQRT] = "D, M", [OP_VCVT_half] = "D, M", [OP_VCMP] = "D, x",
    [OP_VCVT_to_int] = "D, M", [OP_VCVT_from_int] = "D, M", [OP_VCVT_to_fixed] = "D, D, x",
    [OP_VCVT_from_fixed] = "D, D, x", [OP_VLDR] = "x, @", [OP_VSTR] = "x, @", [OP_VLDM] = "x{v}",
    [OP_VSTM] = "x{v}", [OP_VMOV_core] = "x", [OP_VMOV_core2] = "x", [OP_VMRS] = "x", [OP_VMSR] = "x, d",
};

static void put_immediate(struct text *t, uint32_t value)
{
    if (value < 10)
        put(t, "#%u", (unsigned)value);
    else
        put(t, "#0x%x", (unsigned)value);
}

static void put_list(struct text *t, uint32_t list)
{
    const char *separator = "";

    for (unsigned n = 0; n < 16; n++)
        if (list >> n & 1) {
            put(t, "%s%s", separator, registers[n]);
            separator = ", ";
        }
}

static bool in_doubles(const struct insn *i)
{
    return (i->raw >> 8 & 15) == 11;
}

static void put_fp_register(struct text *t, const struct insn *i)
{
    if (in_doubles(i))
        put(t, "d%u", i->rd / 2u);
    else
        put(t, "s%u", (unsigned)i->rd);
}

static void put_fp_list(struct text *t, const struct insn *i)
{
    unsigned step = in_doubles(i) ? 2 : 1;

    for (unsigned n = 0; n < i->imm; n += step)
        put(t, "%s%c%u", n ? ", " : "", step == 2 ? 'd' : 's', (i->rd + n) / step);
}

static void put_shift(struct text *t, const struct insn *i)
{
    if (i->shift == SHIFT_RRX)
        put(t, ", rrx");
    else if (i->amount)
        put(t, ", %s #%u", shifts[i->shift], (unsigned)i->amount);
}

static void put_offset(struct text *t, const struct insn *i)
{
    put(t, ", #%s", i->add ? "" : "-");
    put(t, i->imm < 10 ? "%u" : "0x%x", (unsigned)i->imm);
}

static bool is_literal(const struct insn *i)
{
    return i->op == OP_LDR_lit || ((i->op == OP_LDRD || i->op == OP_VLDR) && i->rn == 15) ||
           (i->op == OP_PLD && strstr(decode_name(i), "_lit"));
}

static bool has_register_offset(const struct insn *i)
{
    return i->op == OP_LDR_reg || i->op == OP_STR_reg || i->op == OP_TB ||
           (i->op == OP_PLD && strstr(decode_name(i), "_reg"));
}

/* Addresses: [rn, rm, lsl #k], [rn, #imm], [rn, #imm]!, [rn], #imm; literals with what they come to. */
static void put_address(struct text *t, const struct insn *i, uint32_t pc)
{
    uint32_t base = (pc + 4) & ~3u;

    put(t, "[%s", is_literal(i) ? "pc" : registers[i->rn]);
    if (has_register_offset(i)) {
        put(t, ", %s", registers[i->rm]);
        if (i->amount)
            put(t, ", lsl #%u", (unsigned)i->amount);
        put(t, "]");
    } else if (is_literal(i)) {
        put_offset(t, i);
        put(t, "] @ 0x%08x", (unsigned)(i->add ? base + i->imm : base - i->imm));
    } else if (!i->index) {
        put(t, "]");
        put_offset(t, i);
    } else {
        if (i->imm || !i->add || i->wback)
            put_offset(t, i);
        put(t, "]%s", i->wback ? "!" : "");
    }
}

static const char *special_register(unsigned sysm)
{
    switch (sysm) {
    case 0: return "apsr";
    case 1: return "iapsr";
    case 2: return "eapsr";
    case 3: return "xpsr";
    case 5: return "ipsr";
    case 6: return "epsr";
    case 7: return "iepsr";
    case 8: return "msp";
    case 9: return "psp";
    case 16: return "primask";
    case 17: return "basepri";
    case 18: return "basepri_max";
    case 19: return "faultmask";
    case 20: return "control";
    default: return NULL;
    }
}

static void put_special_register(struct text *t, const struct insn *i)
{
    const char *name = special_register(i->imm);

    if (!name)
        put(t, "sysm%u", (unsigned)i->imm);
    else if (i->op == OP_MSR && i->imm <= 3)
        put(t, "%s_%s%s", name, i->variant & 2 ? "nzcvq" : "", i->variant & 1 ? "g" : "");
    else
        put(t, "%s", name);
}

static void put_barrier_option(struct text *t, const struct insn *i)
{
    if (i->imm == 15)
        put(t, "sy");
    else
        put_immediate(t, i->imm);
}

/* VMOV between core and S registers, either way. */
static void put_vmov_core(struct text *t, const struct insn *i)
{
    char fp[12];
    const char *core = registers[i->ra];

    if (in_doubles(i))
        snprintf(fp, sizeof(fp), "d%u[%u]", i->rd / 2u, i->rd % 2u);
    else
        snprintf(fp, sizeof(fp), "s%u", (unsigned)i->rd);
    put(t, "%s, %s", i->variant ? core : fp, i->variant ? fp : core);
}

static void put_vmov_core2(struct text *t, const struct insn *i)
{
    char fp[16];
    const char *first = registers[i->rn], *second = registers[i->ra];

    if (in_doubles(i))
        snprintf(fp, sizeof(fp), "d%u", i->rd / 2u);
    else
        snprintf(fp, sizeof(fp), "s%u, s%u", (unsigned)i->rd, i->rd + 1u);
    if (i->variant)
        put(t, "%s, %s, %s", first, second, fp);
    else
        put(t, "%s, %s, %s", fp, first, second);
}

static void put_rotation(struct text *t, const struct insn *i)
{
    if (i->amount)
        put(t, ", ror #%u", (unsigned)i->amount);
}

static void put_float(struct text *t, uint32_t bits)
{
    float value;

    memcpy(&value, &bits, sizeof(value));
    put(t, "#%g", (double)value);
}

/* A hint without a name of its own, or DBG. */
static bool is_numbered_hint(const struct insn *i)
{
    return i->op == OP_NOP && strncmp(decode_name(i), "NOP", 3) != 0;
}

static void put_hint(struct text *t, const struct insn *i)
{
    if (strncmp(decode_name(i), "DBG", 3) == 0)
        put_immediate(t, i->imm);
    else
        put_immediate(t, i->size == 2 ? i->raw >> 4 & 15 : i->raw & 0xFF);
}

static void put_move(struct text *t, const struct insn *i)
{
    put(t, "%s, %s", registers[i->rd], registers[i->rm]);
    if (i->amount && i->shift != SHIFT_RRX)
        put(t, ", #%u", (unsigned)i->amount);
}

static bool is_push_or_pop(const struct insn *i)
{
    const char *name = decode_name(i);

    return strstr(name, "PUSH") || strstr(name, "POP");
}

static void put_multiple_base(struct text *t, const struct insn *i)
{
    if (!is_push_or_pop(i))
        put(t, "%s%s, ", registers[i->rn], i->wback ? "!" : "");
}

/* The template letter x: what only one operation has. */
static void put_special(struct text *t, const struct insn *i, uint32_t pc)
{
    switch (i->op) {
    case OP_MOV_reg: put_move(t, i); break;
    case OP_ADR: put(t, "0x%08x", (unsigned)(((pc + 4) & ~3u) + i->imm)); break;
    case OP_EXTEND16:
        put(t, "%s%s%s", i->rn == 15 ? "" : registers[i->rn], i->rn == 15 ? "" : ", ", registers[i->rm]);
        put_rotation(t, i);
        break;
    case OP_SMLA_xy: case OP_SMLAW_y: case OP_SMLAD: case OP_SMMLA: case OP_SMMLS: case OP_USADA8:
        if (i->ra != 15)
            put(t, ", %s", registers[i->ra]);
        break;
    case OP_LDM: case OP_STM: case OP_VLDM: case OP_VSTM: put_multiple_base(t, i); break;
    case OP_IT: put(t, "%s", (i->imm >> 4) == 14 ? "al" : conditions[i->imm >> 4]); break;
    case OP_NOP: put_hint(t, i); break;
    case OP_CPS: put(t, "%s%s", i->variant & 4 ? "i" : "", i->variant & 2 ? "f" : ""); break;
    case OP_MRS: case OP_MSR: put_special_register(t, i); break;
    case OP_DMB: case OP_DSB: case OP_ISB: put_barrier_option(t, i); break;
    case OP_VMOV_imm: put_float(t, i->imm); break;
    case OP_VCMP:
        put(t, i->variant & 2 ? "#0.0" : "s%u", (unsigned)i->rm);
        break;
    case OP_VCVT_to_fixed: case OP_VCVT_from_fixed: put_immediate(t, i->amount); break;
    case OP_VLDR: case OP_VSTR: put_fp_register(t, i); break;
    case OP_VMOV_core: put_vmov_core(t, i); break;
    case OP_VMOV_core2: put_vmov_core2(t, i); break;
    case OP_VMRS: put(t, "%s, fpscr", i->rd == 15 ? "apsr_nzcv" : registers[i->rd]); break;
    case OP_VMSR: put(t, "fpscr"); break;
    }
}

static void put_operand(struct text *t, const struct insn *i, uint32_t pc, char letter)
{
    switch (letter) {
    case 'd': put(t, "%s", registers[i->rd]); break;
    case 'n': put(t, "%s", registers[i->rn]); break;
    case 'm': put(t, "%s", registers[i->rm]); break;
    case 'a': put(t, "%s", registers[i->ra]); break;
    case 'D': put(t, "s%u", (unsigned)i->rd); break;
    case 'N': put(t, "s%u", (unsigned)i->rn); break;
    case 'M': put(t, "s%u", (unsigned)i->rm); break;
    case 'I': put_immediate(t, i->imm); break;
    case 's': put_shift(t, i); break;
    case 'r': put_rotation(t, i); break;
    case 'l': put_list(t, i->imm); break;
    case 'v': put_fp_list(t, i); break;
    case 'B': put(t, "#%u, #%u", (unsigned)i->amount, (unsigned)i->width); break;
    case '@': put_address(t, i, pc); break;
    case 't': put(t, "0x%08x", (unsigned)(pc + 4 + i->imm)); break;
    case 'x': put_special(t, i, pc); break;
    default: put(t, "%c", letter); break;
    }
}

/* 16-bit forms with one register for destination and first operand name it once. */
static bool names_once(const struct insn *i)
{
    return strchr(encoding_row(i->row)->pattern, 'e') != NULL;
}

static void put_operands(struct text *t, const struct insn *i, uint32_t pc)
{
    const char *template = templates[i->op];

    if (!template || (i->op == OP_NOP && !is_numbered_hint(i)))
        return;
    if ((i->op == OP_LDR_imm || i->op == OP_STR_imm) && is_push_or_pop(i))
        template = "{d}";
    if (strncmp(template, "d, n, ", 6) == 0 && names_once(i))
        template += 3;
    put(t, " ");
    for (; *template; template++)
        put_operand(t, i, pc, *template);
}

/* ---- what is no instruction ---- */

static void put_undefined(struct text *t, const struct insn *i)
{
    const char *name = decode_name(i);

    if (strncmp(name, "UDF_", 4) == 0) {
        put(t, "udf%s ", i->size == 4 ? ".w" : "");
        put_immediate(t, i->imm);
        return;
    }
    put(t, i->size == 4 ? ".word 0x%08x @ " : ".hword 0x%04x @ ", (unsigned)i->raw);
    if (i->op == OP_COPROC)
        put(t, "coprocessor %u", (unsigned)i->imm);
    else
        put(t, "%s%s", i->unpredictable ? "UNPREDICTABLE " : "", name);
}

void disasm(const struct insn *i, uint32_t pc, uint8_t it, char *text, size_t room)
{
    struct text t = {text, room};

    if (i->op == OP_UDF || i->op == OP_COPROC) {
        put_undefined(&t, i);
        return;
    }
    put_mnemonic(&t, i, it);
    put_operands(&t, i, pc);
}
