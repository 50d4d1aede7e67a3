/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * System configuration controller of STM32F4 (RM0090 9): which memory is shown at address 0, and which
 * port feeds each of the EXTI lines 0 to 15.
 *
 * The compensation cell is ready at once. Not modelled: the FSMC at address 0, which has no pins on the
 * 64-pin package; boot pins (BOOT0 is low for ever).
 */
#include "periph/syscfg_f4.h"

#include "core/bus.h"
#include "core/log.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { MEMRMP, EXTICR1, EXTICR2, EXTICR3, EXTICR4, CMPCR, REGS };

#define MEM_MODE    3u
#define CMPCR_CMP_PD 1u
#define CMPCR_READY (1u << 8)

/* clang-format off */
static const struct reg regs[REGS] = {
    [MEMRMP] = REG_PLAIN("MEMRMP", 0x00, 0, MEM_MODE, BITS("MEM_MODE", 0, 2)),
    [EXTICR1] = REG_PLAIN("EXTICR1", 0x08, 0, 0xFFFF,
        BITS("EXTI0", 0, 4), BITS("EXTI1", 4, 4), BITS("EXTI2", 8, 4), BITS("EXTI3", 12, 4)),
    [EXTICR2] = REG_PLAIN("EXTICR2", 0x0C, 0, 0xFFFF,
        BITS("EXTI4", 0, 4), BITS("EXTI5", 4, 4), BITS("EXTI6", 8, 4), BITS("EXTI7", 12, 4)),
    [EXTICR3] = REG_PLAIN("EXTICR3", 0x10, 0, 0xFFFF,
        BITS("EXTI8", 0, 4), BITS("EXTI9", 4, 4), BITS("EXTI10", 8, 4), BITS("EXTI11", 12, 4)),
    [EXTICR4] = REG_PLAIN("EXTICR4", 0x14, 0, 0xFFFF,
        BITS("EXTI12", 0, 4), BITS("EXTI13", 4, 4), BITS("EXTI14", 8, 4), BITS("EXTI15", 12, 4)),
    [CMPCR] = {.name = "CMPCR", .offset = 0x20, .width = 32,
        .readable = CMPCR_CMP_PD | CMPCR_READY, .writable = CMPCR_CMP_PD,
        .fields = FIELDS(BIT("CMP_PD", 0), BIT("READY", 8))},
};
/* clang-format on */

static unsigned selected_port(const struct device *d, unsigned line)
{
    return reg_get(d, EXTICR1 + line / 4) >> 4 * (line % 4) & 15;
}

/* A line whose selection names no port stays low. */
static void update_line(struct device *d, unsigned line)
{
    unsigned port = selected_port(d, line);

    signal_set(d, line, port < SYSCFG_PORTS && signal_input(d, SYSCFG_IN(port) + line));
}

static void update_lines(struct device *d)
{
    for (unsigned line = 0; line < SYSCFG_LINES; line++)
        update_line(d, line);
}

static void remap(struct device *d)
{
    static const char *const memories[] = {"flash", "system", NULL, "sram"};

    bus_remap_zero(d, memories[reg_get(d, MEMRMP) & MEM_MODE]);
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    reg_store(d, reg, value, lanes);
    if (reg == MEMRMP) {
        if ((reg_get(d, MEMRMP) & MEM_MODE) == 2)
            diag_unmodelled(d, MEMRMP, "there is no FSMC memory to show at address 0");
        remap(d);
    } else if (reg == CMPCR) {
        reg_put(d, CMPCR, reg_get(d, CMPCR) & CMPCR_CMP_PD ? CMPCR_CMP_PD | CMPCR_READY : 0);
    } else {
        update_lines(d);
        signals_rewired(d);
    }
}

/* A port's pin is waited for if its line is. */
static unsigned listens(const struct device *d, unsigned input)
{
    unsigned line = input % SYSCFG_LINES;

    return selected_port(d, line) == input / SYSCFG_LINES ? signal_use(d, line) : SIGNAL_UNUSED;
}

static void signal(struct device *d, unsigned input, bool level)
{
    unsigned line = input % SYSCFG_LINES;

    if (selected_port(d, line) == input / SYSCFG_LINES)
        signal_set(d, line, level);
}

static void reset(struct device *d, enum reset_kind kind)
{
    update_lines(d);
    remap(d);
    if (kind == RESET_LINE)     /* else the whole machine is reset, and that ends with it */
        signals_rewired(d);
}

const struct device_ops syscfg_f4_ops = {
    .name = "syscfg_f4",
    .regs = regs,
    .reg_count = REGS,
    .state_size = REGS * sizeof(uint32_t),
    .outputs = SYSCFG_LINES,
    .inputs = SYSCFG_PORTS * SYSCFG_LINES,
    .reset = reset,
    .write = write,
    .signal = signal,
    .listens = listens,
    .restored = remap,
};
