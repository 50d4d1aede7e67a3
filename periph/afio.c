/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Alternate-function I/O of the STM32F100 (RM0041 7.4): which port feeds each of the EXTI lines 0 to 15, which
 * pins the peripherals use, and where two of TIM1's DMA requests go. SWJ_CFG reads what was written: the manual
 * calls that undefined, the vendor's examples wait for it.
 *
 * Not modelled: the event output (reported).
 */
#include "periph/afio.h"

#include <string.h>

#include "core/log.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { EVCR, MAPR, EXTICR1, EXTICR2, EXTICR3, EXTICR4, MAPR2, REGS };

#define EVCR_EVOE (1u << 7)

#define MAPR_PD01_REMAP (1u << 15)
#define MAPR_SWJ_LSB    24
#define MAPR_SWJ_CFG    (7u << MAPR_SWJ_LSB)

#define MAPR2_TIM1_DMA_REMAP (1u << 4)

#define LINES(a, b, c, d) BITS("EXTI" a, 0, 4), BITS("EXTI" b, 4, 4), BITS("EXTI" c, 8, 4), BITS("EXTI" d, 12, 4)

/* clang-format off */
static const struct reg regs[REGS] = {
    [EVCR] = REG_PLAIN("EVCR", 0x00, 0, 0xFF, BITS("PIN", 0, 4), BITS("PORT", 4, 3), BIT("EVOE", 7)),
    [MAPR] = REG_PLAIN("MAPR", 0x04, 0, 0x07009FFF,
            BIT("SPI1_REMAP", 0), BIT("I2C1_REMAP", 1), BIT("USART1_REMAP", 2), BIT("USART2_REMAP", 3),
            BITS("USART3_REMAP", 4, 2), BITS("TIM1_REMAP", 6, 2), BITS("TIM2_REMAP", 8, 2),
            BITS("TIM3_REMAP", 10, 2), BIT("TIM4_REMAP", 12), BIT("PD01_REMAP", 15), BITS("SWJ_CFG", 24, 3)),
    [EXTICR1] = REG_PLAIN("EXTICR1", 0x08, 0, 0xFFFF, LINES("0", "1", "2", "3")),
    [EXTICR2] = REG_PLAIN("EXTICR2", 0x0C, 0, 0xFFFF, LINES("4", "5", "6", "7")),
    [EXTICR3] = REG_PLAIN("EXTICR3", 0x10, 0, 0xFFFF, LINES("8", "9", "10", "11")),
    [EXTICR4] = REG_PLAIN("EXTICR4", 0x14, 0, 0xFFFF, LINES("12", "13", "14", "15")),
    [MAPR2] = REG_PLAIN("MAPR2", 0x1C, 0, 0x081F, BIT("TIM15_REMAP", 0), BIT("TIM16_REMAP", 1),
        BIT("TIM17_REMAP", 2), BIT("CEC_REMAP", 3), BIT("TIM1_DMA_REMAP", 4),
        BIT("TIM67_DAC_DMA_REMAP", 11)),
};
/* clang-format on */

/* The remap fields, and the values that lead to pins of the LQFP64 package, one bit each (RM0041 7.3). */
static const struct {
    const char *name;
    uint8_t reg, lsb, width, places;
} remaps[AFIO_BLOCKS] = {
    [AFIO_SPI1] = {"SPI1", MAPR, 0, 1, 3},
    [AFIO_I2C1] = {"I2C1", MAPR, 1, 1, 3},
    [AFIO_USART1] = {"USART1", MAPR, 2, 1, 3},
    [AFIO_USART2] = {"USART2", MAPR, 3, 1, 1},
    [AFIO_USART3] = {"USART3", MAPR, 4, 2, 3},
    [AFIO_TIM1] = {"TIM1", MAPR, 6, 2, 3},
    [AFIO_TIM2] = {"TIM2", MAPR, 8, 2, 0xF},
    [AFIO_TIM3] = {"TIM3", MAPR, 10, 2, 0xD},
    [AFIO_TIM4] = {"TIM4", MAPR, 12, 1, 1},
    [AFIO_TIM15] = {"TIM15", MAPR2, 0, 1, 3},
    [AFIO_TIM16] = {"TIM16", MAPR2, 1, 1, 3},
    [AFIO_TIM17] = {"TIM17", MAPR2, 2, 1, 3},
    [AFIO_CEC] = {"CEC", MAPR2, 3, 1, 3},
    [AFIO_FIXED] = {"", MAPR, 0, 0, 1},
    [AFIO_FIXED_TIMER] = {"", MAPR, 0, 0, 1},
};

unsigned afio_remap(const struct device *afio, enum afio_block block)
{
    return reg_get(afio, remaps[block].reg) >> remaps[block].lsb & ((1u << remaps[block].width) - 1);
}

static void check_remaps(struct device *d, unsigned reg)
{
    for (unsigned i = 0; i < AFIO_BLOCKS; i++) {
        unsigned place = afio_remap(d, (enum afio_block)i);
        if (remaps[i].reg == reg && !(remaps[i].places >> place & 1))
            diag_guest(d, DIAG_RESERVED, reg, "%s_REMAP is %u: this package has no such pins",
                       remaps[i].name, place);
    }
}

/* ---- pins that others hold ---- */

/* SWJ_CFG: 0 all of the debug port, 1 without NJTRST, 2 SWD only, 4 nothing (RM0041 7.3.5). */
static uint16_t debug_pins(const struct device *afio, const char *port)
{
    static const uint16_t of_a[] = {0xE000, 0xE000, 0x6000, 0x6000, 0}, of_b[] = {0x18, 0x08, 0, 0, 0};
    unsigned swj = (reg_get(afio, MAPR) & MAPR_SWJ_CFG) >> MAPR_SWJ_LSB;

    if (swj >= COUNT(of_a))
        return 0;
    return !strcmp(port, "GPIOA") ? of_a[swj] : !strcmp(port, "GPIOB") ? of_b[swj] : 0;
}

/* JTMS, JTDI and NJTRST are pulled up: PA13, PA15 and PB4. */
struct afio_held afio_held(const struct device *afio, const char *port)
{
    uint16_t debug = debug_pins(afio, port);

    if (!strcmp(port, "GPIOD"))
        return (struct afio_held){.pins = reg_get(afio, MAPR) & MAPR_PD01_REMAP ? 0 : 3};
    return (struct afio_held){.pins = debug, .pulled_up = debug & (strcmp(port, "GPIOA") ? 0x10 : 0xA000)};
}

/* ---- EXTI lines ---- */

static unsigned selected_port(const struct device *d, unsigned line)
{
    return reg_get(d, EXTICR1 + line / 4) >> 4 * (line % 4) & 15;
}

/* A line whose selection names no port stays low. */
static void update_lines(struct device *d)
{
    for (unsigned line = 0; line < AFIO_LINES; line++) {
        unsigned port = selected_port(d, line);
        signal_set(d, line, port < AFIO_PORTS && signal_input(d, AFIO_IN(port) + line));
    }
}

/* ---- TIM1's DMA requests ---- */

static void update_requests(struct device *d)
{
    bool moved = reg_get(d, MAPR2) & MAPR2_TIM1_DMA_REMAP;

    for (unsigned i = 0; i < 2; i++) {
        bool request = signal_input(d, AFIO_IN_TIM1_CC1 + i);
        signal_set(d, AFIO_OUT_TIM1_CC1 + i, request && !moved);
        signal_set(d, AFIO_OUT_TIM1_CC1_REMAPPED + i, request && moved);
    }
}

/* ---- device ---- */

/* SWJ_CFG takes at most one bit; other values have no effect, and the vendor's drivers write them for that. */
static uint32_t accepted_lanes(unsigned reg, uint32_t value)
{
    uint32_t swj = value & MAPR_SWJ_CFG;

    return reg == MAPR && swj & (swj - 1) ? ~MAPR_SWJ_CFG : UINT32_MAX;
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t next = reg_store(d, reg, value, lanes & accepted_lanes(reg, value & lanes));

    if (reg == EVCR && next & EVCR_EVOE)
        diag_unmodelled(d, EVCR, "EVOE set: the event output is not modelled");
    check_remaps(d, reg);
    update_lines(d);
    update_requests(d);
    signals_rewired(d);
}

/* A port's pin is waited for if its line is. */
static unsigned listens(const struct device *d, unsigned input)
{
    unsigned line = input % AFIO_LINES;

    if (input >= AFIO_IN_TIM1_CC1)
        return SIGNAL_WATCHED;
    return selected_port(d, line) == input / AFIO_LINES ? signal_use(d, line) : SIGNAL_UNUSED;
}

static void signal(struct device *d, unsigned input, bool level)
{
    unsigned line = input % AFIO_LINES;

    if (input >= AFIO_IN_TIM1_CC1)
        update_requests(d);
    else if (selected_port(d, line) == input / AFIO_LINES)
        signal_set(d, line, level);
}

static void reset(struct device *d, enum reset_kind kind)
{
    update_lines(d);
    update_requests(d);
    if (kind == RESET_LINE)     /* else the whole machine is reset, and that ends with it */
        signals_rewired(d);
}

const struct device_ops afio_ops = {
    .name = "afio",
    .regs = regs,
    .reg_count = REGS,
    .state_size = REGS * sizeof(uint32_t),
    .outputs = AFIO_OUTPUTS,
    .inputs = AFIO_INPUTS,
    .reset = reset,
    .write = write,
    .signal = signal,
    .listens = listens,
};
