/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * HDMI-CEC controller of the STM32F100 (RM0041 24): registers keep what is written.
 *
 * Not modelled: the line, and with it messages, flags and interrupts. Reported when the block is enabled.
 */
#include "periph/devices.h"
#include "periph/report.h"
#include "periph/table.h"

enum { CFGR, OAR, PRES, ESR, CSR, TXD, RXD, REGS };

enum { CFGR_PE = 1 << 0 };

/* clang-format off */
static const struct reg regs[REGS] = {
    [CFGR] = REG_PLAIN("CFGR", 0x00, 0, 0x0000000F, BIT("PE", 0), BIT("IE", 1), BIT("BTEM", 2),
        BIT("BPEM", 3)),
    [OAR] = REG_PLAIN("OAR", 0x04, 0, 0x0000000F, BITS("OA", 0, 4)),
    [PRES] = REG_PLAIN("PRES", 0x08, 0, 0x00003FFF, BITS("PRES", 0, 14)),
    [ESR] = REG_CONST("ESR", 0x0C, 0, 0x0000007F, BIT("BTE", 0), BIT("BPE", 1), BIT("RBTFE", 2),
        BIT("SBE", 3), BIT("ACKE", 4), BIT("LINE", 5), BIT("TBTFE", 6)),
    [CSR] = REG_PLAIN("CSR", 0x10, 0, 0x000000FF, BIT("TSOM", 0), BIT("TEOM", 1), BIT("TERR", 2),
        BIT("TBTRF", 3), BIT("RSOM", 4), BIT("REOM", 5), BIT("RERR", 6), BIT("RBTF", 7)),
    [TXD] = REG_PLAIN("TXD", 0x14, 0, 0x000000FF, BITS("TXD", 0, 8)),
    [RXD] = REG_CONST("RXD", 0x18, 0, 0x000000FF, BITS("RXD", 0, 8)),
};
/* clang-format on */

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t set = reg_store(d, reg, value, lanes) & value & lanes;

    if (reg == CFGR)
        report_unmodelled_bits(d, CFGR, set & CFGR_PE);
}

const struct device_ops cec_v1_ops = {
    .name = "cec_v1",
    .regs = regs,
    .reg_count = REGS,
    .state_size = REGS * sizeof(uint32_t),
    .write = write,
};
