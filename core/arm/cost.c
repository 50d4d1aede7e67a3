/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cost table: cycles per operation on Cortex-M3 and Cortex-M4 (the TRMs' instruction set summaries).
 */
#include "core/arm/cost.h"

/* An operation not listed takes one cycle on both. */
struct op_cost {
    uint8_t m3, m4;
};

static const struct op_cost op_costs[OP_COUNT] = {
    [OP_MLA] = {2, 1}, [OP_MLS] = {2, 1}, [OP_MULL] = {3, 1}, [OP_MLAL] = {4, 1},
    [OP_DIV] = {2, 2},
    [OP_LDR_imm] = {2, 2}, [OP_LDR_reg] = {2, 2}, [OP_LDR_lit] = {2, 2}, [OP_LDRT] = {2, 2},
    [OP_STR_imm] = {2, 2}, [OP_STR_reg] = {2, 2}, [OP_STRT] = {2, 2},
    [OP_LDREX] = {2, 2}, [OP_STREX] = {2, 2},
    [OP_LDRD] = {3, 3}, [OP_STRD] = {3, 3},
    [OP_BL] = {1 + COST_REFILL, 1 + COST_REFILL},
    [OP_BX] = {1 + COST_REFILL_REGISTER, 1 + COST_REFILL_REGISTER},
    [OP_BLX] = {1 + COST_REFILL_REGISTER, 1 + COST_REFILL_REGISTER},
    [OP_MOV_PC] = {1 + COST_REFILL_REGISTER, 1 + COST_REFILL_REGISTER},
    [OP_ADD_PC] = {1 + COST_REFILL_REGISTER, 1 + COST_REFILL_REGISTER},
    [OP_TB] = {2 + COST_REFILL_MEMORY, 2 + COST_REFILL_MEMORY},
    [OP_MRS] = {2, 2}, [OP_MSR] = {2, 2}, [OP_CPS] = {2, 2},
    [OP_ISB] = {1 + COST_REFILL_REGISTER, 1 + COST_REFILL_REGISTER},
    [OP_VMLA] = {1, 3}, [OP_VMLS] = {1, 3}, [OP_VNMLA] = {1, 3}, [OP_VNMLS] = {1, 3},
    [OP_VFMA] = {1, 3}, [OP_VFMS] = {1, 3}, [OP_VFNMA] = {1, 3}, [OP_VFNMS] = {1, 3},
    [OP_VDIV] = {1, 14}, [OP_VSQRT] = {1, 14}, [OP_VMOV_core2] = {1, 2},
};

static bool loads_pc(const struct insn *i)
{
    switch (i->op) {
    case OP_LDR_imm: case OP_LDR_reg: case OP_LDR_lit: return i->rd == 15;
    case OP_LDM: return i->imm >> 15 & 1;
    default: return false;
    }
}

/* Words that a multiple transfer moves; 0 for other operations. */
static unsigned list_words(const struct insn *i)
{
    switch (i->op) {
    case OP_LDM: case OP_STM: return (unsigned)__builtin_popcount(i->imm);
    case OP_VLDM: case OP_VSTM: return i->imm;
    case OP_VLDR: case OP_VSTR: return i->width / 4;
    default: return 0;
    }
}

uint8_t cost_static(enum cpu_kind kind, const struct insn *i)
{
    const struct op_cost *cost = &op_costs[i->op];
    unsigned cycles = kind == CPU_CORTEX_M3 ? cost->m3 : cost->m4;

    if (cycles == 0)
        cycles = 1;
    cycles += list_words(i);
    if (loads_pc(i))
        cycles += COST_REFILL_MEMORY;
    if (i->op == OP_B && i->cond == 14)
        cycles += COST_REFILL;
    return (uint8_t)cycles;
}

bool cost_pairs(const struct insn *i)
{
    switch (i->op) {
    case OP_LDR_imm: case OP_LDR_reg: case OP_LDR_lit:
        return !i->wback && i->rd != 15;
    case OP_STR_imm: case OP_STR_reg:
        return !i->wback;
    case OP_LDRT: case OP_STRT: case OP_LDREX: case OP_STREX:
        return true;
    default:
        return false;
    }
}

unsigned cost_multiply_long(enum cpu_kind kind, const struct insn *i, uint32_t n, uint32_t m)
{
    unsigned wide_n, wide_m;

    if (kind != CPU_CORTEX_M3)
        return 0;
    if (i->sign) {
        n = n >> 31 ? ~n : n;
        m = m >> 31 ? ~m : m;
    }
    wide_n = n >> 16 != 0;
    wide_m = m >> 16 != 0;
    return wide_n + wide_m + (i->op == OP_MLAL && wide_n && wide_m);
}
