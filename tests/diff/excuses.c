/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Differences that are unicorn's fault (2.0.1), each matched as narrowly as it can be described.
 */
#include "tests/diff/excuses.h"

#include <stddef.h>
#include <string.h>

#include "core/arm/fparith.h"

struct excuse {
    const char *why;
    bool (*applies)(const struct diff_site *site);
};

/* Whether the states agree but for S register `n` and the cumulative exceptions. */
static bool differs_in_fp_result(const struct diff_site *site, unsigned n)
{
    const uint32_t flags = FPSCR_IDC | FPSCR_IXC | FPSCR_UFC | FPSCR_OFC | FPSCR_DZC | FPSCR_IOC;
    struct diff_state a = *site->ours;

    a.s[n] = site->theirs->s[n];
    a.fpscr = (a.fpscr & ~flags) | (site->theirs->fpscr & flags);
    return memcmp(&a, site->theirs, sizeof(a)) == 0;
}

static bool fixed_point_rounding(const struct diff_site *site)
{
    return site->insn.op == OP_VCVT_from_fixed && site->insn.width == 4 &&
           site->before->fpscr & FPSCR_RMODE && differs_in_fp_result(site, site->insn.rd);
}

static bool unaligned_sp(const struct diff_site *site)
{
    struct diff_state a = *site->theirs;
    const struct insn *i = &site->insn;

    if (i->rd != 13 || i->rn != 13 || i->op < OP_ADD_imm || i->op > OP_SUB_reg)
        return false;
    a.r[13] &= ~3u;
    return memcmp(&a, site->ours, sizeof(a)) == 0;
}

static bool forgotten_it(const struct diff_site *site)
{
    return site->it && site->isb_in_it;
}

static const struct excuse excuses[] = {
    {"VCVT from 32-bit fixed point rounds to nearest whatever FPSCR.RMode says (FixedToFP, A2.5); unicorn "
     "rounds by RMode", fixed_point_rounding},
    {"bits [1:0] of SP are always zero (B1.4.7); unicorn stores them in ADD and SUB to SP", unaligned_sp},
    {"an ISB does not end an IT block; unicorn forgets ITSTATE behind it", forgotten_it},
};

const char *excuse_for(const struct diff_site *site)
{
    for (size_t n = 0; n < sizeof(excuses) / sizeof(excuses[0]); n++)
        if (excuses[n].applies(site))
            return excuses[n].why;
    return NULL;
}
