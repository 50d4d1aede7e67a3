/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * External interrupt and event controller (RM0090 12, RM0033 10; RM0041 8: lines 0 to 17 only). An edge that is
 * selected latches in PR whatever the masks say: the detector stands in front of them (RM0090 figure 41).
 */
#include "periph/exti_v1.h"

#include "core/irq.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { IMR, EMR, RTSR, FTSR, SWIER, PR, REGS };

#define LINES    0x007FFFFFu
#define F1_LINES 0x0003FFFFu

#define F1_FIELDS(name) FIELDS_0_15(name, 0, 1), BIT(name "16", 16), BIT(name "17", 17)
#define LINE_FIELDS(name)                                                                          \
    F1_FIELDS(name), BIT(name "18", 18), BIT(name "19", 19), BIT(name "20", 20), BIT(name "21", 21), \
        BIT(name "22", 22)

/* clang-format off */
#define ROWS(lines, each)                                                                          \
    [IMR] = REG_PLAIN("IMR", 0x00, 0, lines, each("MR")),                                        \
    [EMR] = REG_PLAIN("EMR", 0x04, 0, lines, each("MR")),                                        \
    [RTSR] = REG_PLAIN("RTSR", 0x08, 0, lines, each("TR")),                                      \
    [FTSR] = REG_PLAIN("FTSR", 0x0C, 0, lines, each("TR")),                                      \
    [SWIER] = REG_PLAIN("SWIER", 0x10, 0, lines, each("SWIER")),                                 \
    [PR] = {.name = "PR", .offset = 0x14, .width = 32, .readable = lines, .w1c = lines,            \
        .fields = FIELDS(each("PR"))}

static const struct reg regs[REGS] = {ROWS(LINES, LINE_FIELDS)};
static const struct reg f1_regs[REGS] = {ROWS(F1_LINES, F1_FIELDS)};
/* clang-format on */

/* The lines that share an interrupt output. */
static const uint32_t groups[EXTI_IRQS] = {
    [EXTI_IRQ_0] = 1u << 0,
    [EXTI_IRQ_1] = 1u << 1,
    [EXTI_IRQ_2] = 1u << 2,
    [EXTI_IRQ_3] = 1u << 3,
    [EXTI_IRQ_4] = 1u << 4,
    [EXTI_IRQ_9_5] = 0x03E0,
    [EXTI_IRQ_15_10] = 0xFC00,
    [EXTI_IRQ_PVD] = 1u << EXTI_LINE_PVD,
    [EXTI_IRQ_RTC_ALARM] = 1u << EXTI_LINE_RTC_ALARM,
    [EXTI_IRQ_OTG_FS] = 1u << EXTI_LINE_OTG_FS,
    [EXTI_IRQ_ETH] = 1u << EXTI_LINE_ETH,
    [EXTI_IRQ_OTG_HS] = 1u << EXTI_LINE_OTG_HS,
    [EXTI_IRQ_TAMP_STAMP] = 1u << EXTI_LINE_TAMP_STAMP,
    [EXTI_IRQ_RTC_WKUP] = 1u << EXTI_LINE_RTC_WKUP,
};

static void update_irq(struct device *d)
{
    uint32_t pending = reg_get(d, PR) & reg_get(d, IMR);

    for (unsigned i = 0; i < EXTI_IRQS; i++)
        irq_set(d, i, pending & groups[i]);
}

/* A selected edge, or its software twin, on the lines in `lines`. */
static void trigger(struct device *d, uint32_t lines)
{
    reg_set_bits(d, PR, lines);
    if (lines & reg_get(d, EMR))
        signal_pulse(d, EXTI_OUT_EVENT);
    for (unsigned line = 0; line < EXTI_LINES; line++)
        if (lines >> line & 1)
            signal_pulse(d, EXTI_OUT_LINE(line));
    update_irq(d);
}

static void signal(struct device *d, unsigned line, bool level)
{
    uint32_t selected = reg_get(d, level ? RTSR : FTSR) & 1u << line;

    if (selected)
        trigger(d, selected);
}

/* Only a bit that goes from 0 to 1 triggers; clearing PR clears it (RM0090 12.3.5). */
static void write_swier(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, SWIER), swier = reg_store(d, SWIER, value, lanes);

    if (swier & ~old)
        trigger(d, swier & ~old);
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg == SWIER) {
        write_swier(d, value, lanes);
        return;
    }
    reg_store(d, reg, value, lanes);
    if (reg == PR)
        reg_clear_bits(d, SWIER, value & lanes);
    update_irq(d);
    if (reg == RTSR || reg == FTSR)
        signals_rewired(d);
}

/* A line is waited for if one of its edges is selected. */
static unsigned listens(const struct device *d, unsigned line)
{
    return (reg_get(d, RTSR) | reg_get(d, FTSR)) >> line & 1 ? SIGNAL_WATCHED : SIGNAL_CONNECTED;
}

#define EXTI_OPS(label, table)                                                                     \
    {                                                                                              \
        .name = label, .regs = table, .reg_count = REGS, .state_size = REGS * sizeof(uint32_t),    \
        .outputs = EXTI_OUTPUTS, .inputs = EXTI_LINES, .write = write, .signal = signal,           \
        .listens = listens,                                                                        \
    }

const struct device_ops exti_v1_f1_ops = EXTI_OPS("exti_v1_f1", f1_regs);
const struct device_ops exti_v1_ops = EXTI_OPS("exti_v1", regs);
