/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Alternate-function I/O of the STM32F100 (RM0041 7.4): which port feeds each of the EXTI lines 0 to 15, and
 * which pins the peripherals use. SWJ_CFG is write-only and reads 0.
 *
 * Not modelled: the event output (reported), PD01_REMAP and what SWJ_CFG does to the debug port's pins.
 */
#include "periph/afio.h"

#include "core/log.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { EVCR, MAPR, EXTICR1, EXTICR2, EXTICR3, EXTICR4, MAPR2, REGS };

#define EVCR_EVOE (1u << 7)

#define LINES(a, b, c, d) BITS("EXTI" a, 0, 4), BITS("EXTI" b, 4, 4), BITS("EXTI" c, 8, 4), BITS("EXTI" d, 12, 4)

/* clang-format off */
static const struct reg regs[REGS] = {
    [EVCR] = REG_PLAIN("EVCR", 0x00, 0, 0xFF, BITS("PIN", 0, 4), BITS("PORT", 4, 3), BIT("EVOE", 7)),
    [MAPR] = {.name = "MAPR", .offset = 0x04, .width = 32, .readable = 0x00009FFF, .writable = 0x00009FFF,
        .action = 0x07000000, .fields = FIELDS(
            BIT("SPI1_REMAP", 0), BIT("I2C1_REMAP", 1), BIT("USART1_REMAP", 2), BIT("USART2_REMAP", 3),
            BITS("USART3_REMAP", 4, 2), BITS("TIM1_REMAP", 6, 2), BITS("TIM2_REMAP", 8, 2),
            BITS("TIM3_REMAP", 10, 2), BIT("TIM4_REMAP", 12), BIT("PD01_REMAP", 15), BITS("SWJ_CFG", 24, 3))},
    [EXTICR1] = REG_PLAIN("EXTICR1", 0x08, 0, 0xFFFF, LINES("0", "1", "2", "3")),
    [EXTICR2] = REG_PLAIN("EXTICR2", 0x0C, 0, 0xFFFF, LINES("4", "5", "6", "7")),
    [EXTICR3] = REG_PLAIN("EXTICR3", 0x10, 0, 0xFFFF, LINES("8", "9", "10", "11")),
    [EXTICR4] = REG_PLAIN("EXTICR4", 0x14, 0, 0xFFFF, LINES("12", "13", "14", "15")),
    [MAPR2] = REG_PLAIN("MAPR2", 0x1C, 0, 0x081F, BIT("TIM15_REMAP", 0), BIT("TIM16_REMAP", 1),
        BIT("TIM17_REMAP", 2), BIT("CEC_REMAP", 3), BIT("TIM1_DMA_REMAP", 4),
        BIT("TIM67_DAC_DMA_REMAP", 11)),
};
/* clang-format on */

unsigned afio_remap(const struct device *afio, enum afio_block block)
{
    static const struct {
        uint8_t reg, lsb, width;
    } fields[] = {
        [AFIO_SPI1] = {MAPR, 0, 1}, [AFIO_I2C1] = {MAPR, 1, 1}, [AFIO_USART1] = {MAPR, 2, 1},
        [AFIO_USART2] = {MAPR, 3, 1}, [AFIO_USART3] = {MAPR, 4, 2}, [AFIO_TIM1] = {MAPR, 6, 2},
        [AFIO_TIM2] = {MAPR, 8, 2}, [AFIO_TIM3] = {MAPR, 10, 2}, [AFIO_TIM4] = {MAPR, 12, 1},
        [AFIO_TIM15] = {MAPR2, 0, 1}, [AFIO_TIM16] = {MAPR2, 1, 1}, [AFIO_TIM17] = {MAPR2, 2, 1},
        [AFIO_CEC] = {MAPR2, 3, 1}, [AFIO_FIXED] = {MAPR, 0, 0}, [AFIO_FIXED_TIMER] = {MAPR, 0, 0},
    };

    return reg_get(afio, fields[block].reg) >> fields[block].lsb & ((1u << fields[block].width) - 1);
}

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

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t next = reg_store(d, reg, value, lanes);

    if (reg == EVCR && next & EVCR_EVOE)
        diag_unmodelled(d, EVCR, "EVOE set: the event output is not modelled");
    update_lines(d);
    signals_rewired(d);
}

/* A port's pin is waited for if its line is. */
static unsigned listens(const struct device *d, unsigned input)
{
    unsigned line = input % AFIO_LINES;

    return selected_port(d, line) == input / AFIO_LINES ? signal_use(d, line) : SIGNAL_UNUSED;
}

static void signal(struct device *d, unsigned input, bool level)
{
    unsigned line = input % AFIO_LINES;

    if (selected_port(d, line) == input / AFIO_LINES)
        signal_set(d, line, level);
}

static void reset(struct device *d, enum reset_kind kind)
{
    update_lines(d);
    if (kind == RESET_LINE)     /* else the whole machine is reset, and that ends with it */
        signals_rewired(d);
}

const struct device_ops afio_ops = {
    .name = "afio",
    .regs = regs,
    .reg_count = REGS,
    .state_size = REGS * sizeof(uint32_t),
    .outputs = AFIO_LINES,
    .inputs = AFIO_PORTS * AFIO_LINES,
    .reset = reset,
    .write = write,
    .signal = signal,
    .listens = listens,
};
