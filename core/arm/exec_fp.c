/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Floating point (FPv4-SP): Armv7-M ARM A6. Arithmetic is fparith.c's; here is what moves between
 * registers. Every operation first asks whether the FPU may be used (ExecuteFPCheck), which can fault
 * and which preserves a lazily stacked context. Operations keep FPSCR exact: flags accumulate there.
 */
#include "core/arm/exec.h"
#include "core/arm/fparith.h"

/* ---- three operands ---- */

typedef uint32_t fp_binary(uint32_t a, uint32_t b, uint32_t *fpscr);

static inline void binary(struct cpu *c, const struct insn *i, fp_binary *operation)
{
    struct cpu_state *s = c->s;

    if (cpu_fp_check(c))
        s->s[i->rd] = operation(s->s[i->rn], s->s[i->rm], &s->fpscr);
}

void exec_VADD(struct cpu *c, const struct insn *i)
{
    binary(c, i, fp_add);
}

void exec_VSUB(struct cpu *c, const struct insn *i)
{
    binary(c, i, fp_sub);
}

void exec_VMUL(struct cpu *c, const struct insn *i)
{
    binary(c, i, fp_mul);
}

void exec_VDIV(struct cpu *c, const struct insn *i)
{
    binary(c, i, fp_div);
}

void exec_VNMUL(struct cpu *c, const struct insn *i)
{
    struct cpu_state *s = c->s;

    if (cpu_fp_check(c))
        s->s[i->rd] = fp_neg(fp_mul(s->s[i->rn], s->s[i->rm], &s->fpscr));
}

/* Product and sum, each rounded, with the addend or the product negated. */
static void chained(struct cpu *c, const struct insn *i, bool negate_addend, bool negate_product)
{
    struct cpu_state *s = c->s;
    uint32_t addend, product;

    if (!cpu_fp_check(c))
        return;
    addend = negate_addend ? fp_neg(s->s[i->rd]) : s->s[i->rd];
    product = fp_mul(s->s[i->rn], s->s[i->rm], &s->fpscr);
    s->s[i->rd] = fp_add(addend, negate_product ? fp_neg(product) : product, &s->fpscr);
}

void exec_VMLA(struct cpu *c, const struct insn *i)
{
    chained(c, i, false, false);
}

void exec_VMLS(struct cpu *c, const struct insn *i)
{
    chained(c, i, false, true);
}

void exec_VNMLA(struct cpu *c, const struct insn *i)
{
    chained(c, i, true, true);
}

void exec_VNMLS(struct cpu *c, const struct insn *i)
{
    chained(c, i, true, false);
}

/* Sum of product and addend, rounded once, with the addend or the first factor negated. */
static void fused(struct cpu *c, const struct insn *i, bool negate_addend, bool negate_product)
{
    struct cpu_state *s = c->s;
    uint32_t addend, factor;

    if (!cpu_fp_check(c))
        return;
    addend = negate_addend ? fp_neg(s->s[i->rd]) : s->s[i->rd];
    factor = negate_product ? fp_neg(s->s[i->rn]) : s->s[i->rn];
    s->s[i->rd] = fp_muladd(addend, factor, s->s[i->rm], &s->fpscr);
}

void exec_VFMA(struct cpu *c, const struct insn *i)
{
    fused(c, i, false, false);
}

void exec_VFMS(struct cpu *c, const struct insn *i)
{
    fused(c, i, false, true);
}

void exec_VFNMA(struct cpu *c, const struct insn *i)
{
    fused(c, i, true, true);
}

void exec_VFNMS(struct cpu *c, const struct insn *i)
{
    fused(c, i, true, false);
}

/* ---- one operand ---- */

void exec_VMOV_imm(struct cpu *c, const struct insn *i)
{
    if (cpu_fp_check(c))
        c->s->s[i->rd] = i->imm;
}

void exec_VMOV(struct cpu *c, const struct insn *i)
{
    if (cpu_fp_check(c))
        c->s->s[i->rd] = c->s->s[i->rm];
}

void exec_VABS(struct cpu *c, const struct insn *i)
{
    if (cpu_fp_check(c))
        c->s->s[i->rd] = fp_abs(c->s->s[i->rm]);
}

void exec_VNEG(struct cpu *c, const struct insn *i)
{
    if (cpu_fp_check(c))
        c->s->s[i->rd] = fp_neg(c->s->s[i->rm]);
}

void exec_VSQRT(struct cpu *c, const struct insn *i)
{
    if (cpu_fp_check(c))
        c->s->s[i->rd] = fp_sqrt(c->s->s[i->rm], &c->s->fpscr);
}

void exec_VCMP(struct cpu *c, const struct insn *i)
{
    struct cpu_state *s = c->s;
    uint32_t nzcv;

    if (!cpu_fp_check(c))
        return;
    nzcv = fp_compare(s->s[i->rd], i->variant & 2 ? 0 : s->s[i->rm], i->variant & 1, &s->fpscr);
    s->fpscr = (s->fpscr & ~FPSCR_NZCV) | nzcv << 28;
}

/* ---- conversions ---- */

void exec_VCVT_to_int(struct cpu *c, const struct insn *i)
{
    struct cpu_state *s = c->s;

    if (cpu_fp_check(c))
        s->s[i->rd] = fp_to_int(s->s[i->rm], i->sign, !(i->variant & 1), &s->fpscr);
}

void exec_VCVT_from_int(struct cpu *c, const struct insn *i)
{
    if (cpu_fp_check(c))
        c->s->s[i->rd] = fp_from_int(c->s->s[i->rm], i->sign, &c->s->fpscr);
}

void exec_VCVT_to_fixed(struct cpu *c, const struct insn *i)
{
    struct cpu_state *s = c->s;

    if (cpu_fp_check(c))
        s->s[i->rd] = fp_to_fixed(s->s[i->rd], 8u * i->width, i->amount, i->sign, &s->fpscr);
}

void exec_VCVT_from_fixed(struct cpu *c, const struct insn *i)
{
    struct cpu_state *s = c->s;

    if (cpu_fp_check(c))
        s->s[i->rd] = fp_from_fixed(s->s[i->rd], 8u * i->width, i->amount, i->sign, &s->fpscr);
}

void exec_VCVT_half(struct cpu *c, const struct insn *i)
{
    struct cpu_state *s = c->s;
    unsigned at = i->variant & 1 ? 16 : 0;

    if (!cpu_fp_check(c))
        return;
    if (i->variant & 2) {
        uint32_t half = fp_single_to_half(s->s[i->rm], &s->fpscr);
        s->s[i->rd] = (s->s[i->rd] & ~(0xFFFFu << at)) | half << at;
    } else {
        s->s[i->rd] = fp_half_to_single((uint16_t)(s->s[i->rm] >> at), &s->fpscr);
    }
}

/* ---- moves to and from the core ---- */

void exec_VMOV_core(struct cpu *c, const struct insn *i)
{
    if (!cpu_fp_check(c))
        return;
    if (i->variant & 1)
        c->s->r[i->ra] = c->s->s[i->rd];
    else
        c->s->s[i->rd] = c->s->r[i->ra];
}

void exec_VMOV_core2(struct cpu *c, const struct insn *i)
{
    struct cpu_state *s = c->s;

    if (!cpu_fp_check(c))
        return;
    if (i->variant & 1) {
        s->r[i->rn] = s->s[i->rd];
        s->r[i->ra] = s->s[i->rd + 1];
    } else {
        s->s[i->rd] = s->r[i->rn];
        s->s[i->rd + 1] = s->r[i->ra];
    }
}

void exec_VMRS(struct cpu *c, const struct insn *i)
{
    struct cpu_state *s = c->s;

    if (!cpu_fp_check(c))
        return;
    if (i->rd != 15) {
        s->r[i->rd] = s->fpscr;
        return;
    }
    s->n = s->fpscr >> 31 & 1;
    s->z = s->fpscr >> 30 & 1;
    s->c = s->fpscr >> 29 & 1;
    s->v = s->fpscr >> 28 & 1;
}

void exec_VMSR(struct cpu *c, const struct insn *i)
{
    if (cpu_fp_check(c))
        cpu_set_fpscr(c, c->s->r[i->rd]);
}

/* ---- loads and stores: always word-aligned; a D register is two S registers, the even one first ---- */

static bool load_words(struct cpu *c, uint32_t address, unsigned first, unsigned words)
{
    uint32_t values[32];

    if (!cpu_transfer_check(c, address, words, NULL))
        return false;
    for (unsigned word = 0; word < words; word++)
        if (!load(c, address + 4 * word, 4, ACCESS_TRANSFER, &values[word]))
            return false;
    for (unsigned word = 0; word < words; word++)
        c->s->s[first + word] = values[word];
    return true;
}

static bool store_words(struct cpu *c, uint32_t address, unsigned first, unsigned words)
{
    if (!cpu_transfer_check(c, address, words, &c->s->s[first]))
        return false;
    for (unsigned word = 0; word < words; word++)
        if (!store(c, address + 4 * word, 4, ACCESS_TRANSFER, c->s->s[first + word]))
            return false;
    return true;
}

static uint32_t offset_address(const struct cpu *c, const struct insn *i)
{
    uint32_t base = i->rn == 15 ? cpu_pc(c) & ~3u : c->s->r[i->rn];

    return i->add ? base + i->imm : base - i->imm;
}

void exec_VLDR(struct cpu *c, const struct insn *i)
{
    uint32_t value;

    if (!cpu_fp_check(c))
        return;
    if (i->width == 8)
        load_words(c, offset_address(c, i), i->rd, 2);
    else if (load(c, offset_address(c, i), 4, ACCESS_ALIGNED, &value))
        c->s->s[i->rd] = value;
}

void exec_VSTR(struct cpu *c, const struct insn *i)
{
    if (!cpu_fp_check(c))
        return;
    if (i->width == 8)
        store_words(c, offset_address(c, i), i->rd, 2);
    else
        store(c, offset_address(c, i), 4, ACCESS_ALIGNED, c->s->s[i->rd]);
}

typedef bool transfer_words(struct cpu *c, uint32_t address, unsigned first, unsigned words);

/* FLDMX and FSTMX (variant 1) reserve one word more than they transfer. */
static void transfer_list(struct cpu *c, const struct insn *i, transfer_words *transfer)
{
    uint32_t n, base, bytes = 4 * (i->imm + (i->variant & 1));

    if (!cpu_fp_check(c))
        return;
    n = c->s->r[i->rn];
    base = i->add ? n + bytes : n - bytes;
    if (transfer(c, i->add ? n : base, i->rd, i->imm) && i->wback)
        set_reg(c, i->rn, base);
}

void exec_VLDM(struct cpu *c, const struct insn *i)
{
    transfer_list(c, i, load_words);
}

void exec_VSTM(struct cpu *c, const struct insn *i)
{
    transfer_list(c, i, store_words);
}
