/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Backup registers of the STM32F100 (RM0041 5): ten half-words in the backup domain, kept over system resets
 * and cleared by BDRST; writes need PWR_CR.DBP. VBAT is there for ever.
 *
 * Not modelled, and reported: the tamper pin, and what RTCCR puts out on it.
 */
#include "periph/bkp.h"

#include "core/log.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/report.h"
#include "periph/table.h"

enum { DR1, RTCCR = 10, CR, CSR, REGS };

#define DATA(n, at)                                                                                \
    {.name = "DR" n, .offset = at, .width = 32, .flags = REG_BACKUP, .readable = 0xFFFF,           \
     .writable = 0xFFFF, .fields = FIELDS(BITS("D" n, 0, 16))}

/* clang-format off */
static const struct reg regs[REGS] = {
    DATA("1", 0x04), DATA("2", 0x08), DATA("3", 0x0C), DATA("4", 0x10), DATA("5", 0x14),
    DATA("6", 0x18), DATA("7", 0x1C), DATA("8", 0x20), DATA("9", 0x24), DATA("10", 0x28),
    [RTCCR] = {.name = "RTCCR", .offset = 0x2C, .width = 32, .flags = REG_BACKUP, .readable = 0x3FF,
        .writable = 0x3FF, .fields = FIELDS(BITS("CAL", 0, 7), BIT("CCO", 7), BIT("ASOE", 8), BIT("ASOS", 9))},
    [CR] = {.name = "CR", .offset = 0x30, .width = 32, .flags = REG_BACKUP, .readable = 3, .writable = 3,
        .fields = FIELDS(BIT("TPE", 0), BIT("TPAL", 1))},
    [CSR] = {.name = "CSR", .offset = 0x34, .width = 32, .readable = 0x304, .writable = 4, .action = 3,
        .fields = FIELDS(BIT("CTE", 0), BIT("CTI", 1), BIT("TPIE", 2), BIT("TEF", 8), BIT("TIF", 9))},
};
/* clang-format on */

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, reg), next;

    if (!signal_input(d, BKP_IN_DBP)) {
        diag_guest(d, DIAG_SEQUENCE, reg, "written with PWR_CR.DBP 0: ignored");
        return;
    }
    next = reg_store(d, reg, value, lanes);
    if (reg == RTCCR)
        report_unmodelled_bits(d, reg, next & ~old & 0x180);
    else if (reg == CR)
        report_unmodelled_bits(d, reg, next & ~old & 1);
}

static void signal(struct device *d, unsigned input, bool level)
{
    if (input == BKP_IN_BDRST && level)
        for (unsigned reg = 0; reg < REGS; reg++)
            reg_put(d, reg, 0);
}

const struct device_ops bkp_ops = {
    .name = "bkp",
    .regs = regs,
    .reg_count = REGS,
    .state_size = REGS * sizeof(uint32_t),
    .inputs = BKP_INPUTS,
    .write = write,
    .signal = signal,
};
