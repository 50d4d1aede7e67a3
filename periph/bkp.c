/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Backup registers of the STM32F100 (RM0041 5): ten half-words in the backup domain, kept over system resets,
 * cleared by BDRST and by the tamper pin; writes need PWR_CR.DBP. VBAT is there for ever. What RTCCR says is done by
 * the RTC.
 */
#include "periph/bkp.h"

#include "core/irq.h"
#include "core/log.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { DR1, RTCCR = 10, CR, CSR, REGS };

#define CR_TPE  (1u << 0)
#define CR_TPAL (1u << 1)

#define CSR_CTE  (1u << 0)
#define CSR_CTI  (1u << 1)
#define CSR_TPIE (1u << 2)
#define CSR_TEF  (1u << 8)
#define CSR_TIF  (1u << 9)

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
    [CSR] = {.name = "CSR", .offset = 0x34, .width = 32, .flags = REG_BACKUP, .readable = 0x304,
        .writable = CSR_TPIE, .action = CSR_CTE | CSR_CTI, .fields = FIELDS(BIT("CTE", 0), BIT("CTI", 1), BIT("TPIE", 2), BIT("TEF", 8), BIT("TIF", 9))},
};
/* clang-format on */

static void update_irq(struct device *d)
{
    irq_set(d, 0, reg_get(d, CSR) & CSR_TIF);
}

/* The pin is at the level that means tampering. */
static bool is_tampered(const struct device *d)
{
    uint32_t cr = reg_get(d, CR);

    return cr & CR_TPE && signal_input(d, BKP_IN_TAMPER) != !!(cr & CR_TPAL);
}

static void tamper(struct device *d)
{
    for (unsigned reg = DR1; reg < RTCCR; reg++)
        reg_put(d, reg, 0);
    reg_set_bits(d, CSR, CSR_TEF | (reg_get(d, CSR) & CSR_TPIE ? CSR_TIF : 0));
    update_irq(d);
}

/* A pin that is tampered with already counts when it is enabled (RM0041 5.3.1). */
static void write_cr(struct device *d, uint32_t value, uint32_t lanes)
{
    bool before = is_tampered(d);

    reg_store(d, CR, value, lanes);
    if (is_tampered(d) && !before)
        tamper(d);
}

/* TIF does not outlive TPIE. */
static void write_csr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t csr = reg_store(d, CSR, value, lanes), clear = 0;

    if (value & lanes & CSR_CTE)
        clear |= CSR_TEF;
    if (value & lanes & CSR_CTI || !(csr & CSR_TPIE))
        clear |= CSR_TIF;
    reg_clear_bits(d, CSR, clear);
    update_irq(d);
}

/* The data registers stay at 0 until TEF is cleared. */
static void write_data(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg_get(d, CSR) & CSR_TEF)
        diag_guest(d, DIAG_SEQUENCE, reg, "written before CSR.TEF is cleared: ignored");
    else
        reg_store(d, reg, value, lanes);
}

static void write_rtccr(struct device *d, uint32_t value, uint32_t lanes)
{
    reg_store(d, RTCCR, value, lanes);
    signal_pulse(d, BKP_OUT_RTCCR);
}

uint32_t bkp_rtccr(const struct device *bkp)
{
    return reg_get(bkp, RTCCR);
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (!signal_input(d, BKP_IN_DBP))
        diag_guest(d, DIAG_SEQUENCE, reg, "written with PWR_CR.DBP 0: ignored");
    else if (reg < RTCCR)
        write_data(d, reg, value, lanes);
    else if (reg == CR)
        write_cr(d, value, lanes);
    else if (reg == CSR)
        write_csr(d, value, lanes);
    else
        write_rtccr(d, value, lanes);
}

static void signal(struct device *d, unsigned input, bool level)
{
    if (input == BKP_IN_BDRST && level) {
        for (unsigned reg = 0; reg < REGS; reg++)
            reg_put(d, reg, 0);
        update_irq(d);
        signal_pulse(d, BKP_OUT_RTCCR);
    } else if (input == BKP_IN_TAMPER && is_tampered(d)) {
        tamper(d);
    }
}

/* The interrupt and its enable are not in the backup domain. */
static void reset(struct device *d, enum reset_kind kind)
{
    (void)kind;
    reg_clear_bits(d, CSR, CSR_TPIE | CSR_TIF);
}

const struct device_ops bkp_ops = {
    .name = "bkp",
    .regs = regs,
    .reg_count = REGS,
    .state_size = REGS * sizeof(uint32_t),
    .outputs = BKP_OUTPUTS,
    .inputs = BKP_INPUTS,
    .reset = reset,
    .write = write,
    .signal = signal,
};
