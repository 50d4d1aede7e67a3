/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * MCU debug component of STM32F1, F2 and F4 (RM0041 25.15, RM0033 32.16, RM0090 38.16): identity and freeze bits. A
 * system reset leaves it alone.
 *
 * The freeze bits are stored and have no effect: while a debugger halts the machine, time stands still for
 * every block. DBG_STOP keeps the core's clock, and with it SysTick and CYCCNT, going in Stop.
 */
#include "periph/dbgmcu.h"

#include "core/log.h"
#include "core/signal.h"
#include "periph/devices.h"
#include "periph/table.h"

#define CR_DBG_STOP    (1u << 1)
#define CR_DBG_STANDBY (1u << 2)

enum { IDCODE, CR, APB1_FZ, APB2_FZ, REGS, F1_REGS = APB1_FZ };

/* clang-format off */
/* IDCODE is the chip's own: see dbgmcu_config. Its reserved bits 15:12 read 6. */
#define SHARED_ROWS                                                                                \
    [IDCODE] = REG_CONST("IDCODE", 0x00, 0, 0xFFFFFFFF, BITS("DEV_ID", 0, 12), BITS("REV_ID", 16, 16)),\
    [APB1_FZ] = REG_PLAIN("APB1_FZ", 0x08, 0, 0x06E01DFF,                                          \
        BIT("DBG_TIM2_STOP", 0), BIT("DBG_TIM3_STOP", 1), BIT("DBG_TIM4_STOP", 2),                 \
        BIT("DBG_TIM5_STOP", 3), BIT("DBG_TIM6_STOP", 4), BIT("DBG_TIM7_STOP", 5),                 \
        BIT("DBG_TIM12_STOP", 6), BIT("DBG_TIM13_STOP", 7), BIT("DBG_TIM14_STOP", 8),              \
        BIT("DBG_RTC_STOP", 10), BIT("DBG_WWDG_STOP", 11), BIT("DBG_IWDG_STOP", 12),               \
        BIT("DBG_I2C1_SMBUS_TIMEOUT", 21), BIT("DBG_I2C2_SMBUS_TIMEOUT", 22),                      \
        BIT("DBG_I2C3_SMBUS_TIMEOUT", 23), BIT("DBG_CAN1_STOP", 25), BIT("DBG_CAN2_STOP", 26)),    \
    [APB2_FZ] = REG_PLAIN("APB2_FZ", 0x0C, 0, 0x00070003,                                          \
        BIT("DBG_TIM1_STOP", 0), BIT("DBG_TIM8_STOP", 1), BIT("DBG_TIM9_STOP", 16),                \
        BIT("DBG_TIM10_STOP", 17), BIT("DBG_TIM11_STOP", 18))

#define CR_FIELDS                                                                                  \
    BIT("DBG_SLEEP", 0), BIT("DBG_STOP", 1), BIT("DBG_STANDBY", 2), BIT("TRACE_IOEN", 5),          \
    BITS("TRACE_MODE", 6, 2)

/* The freeze bits are all in CR. */
static const struct reg f1_regs[F1_REGS] = {
    [IDCODE] = REG_CONST("IDCODE", 0x00, 0, 0xFFFFFFFF, BITS("DEV_ID", 0, 12), BITS("REV_ID", 16, 16)),
    [CR] = REG_PLAIN("CR", 0x04, 0, 0x01D9BFE7, CR_FIELDS,
        BIT("DBG_IWDG_STOP", 8), BIT("DBG_WWDG_STOP", 9), BIT("DBG_TIM1_STOP", 10),
        BIT("DBG_TIM2_STOP", 11), BIT("DBG_TIM3_STOP", 12), BIT("DBG_TIM4_STOP", 13),
        BIT("DBG_I2C1_SMBUS_TIMEOUT", 15), BIT("DBG_I2C2_SMBUS_TIMEOUT", 16),
        BIT("DBG_TIM6_STOP", 19), BIT("DBG_TIM7_STOP", 20), BIT("DBG_TIM15_STOP", 22),
        BIT("DBG_TIM16_STOP", 23), BIT("DBG_TIM17_STOP", 24)),
};

static const struct reg f2_regs[REGS] = {SHARED_ROWS, [CR] = REG_PLAIN("CR", 0x04, 0, 0xE7, CR_FIELDS)};

static const struct reg f4_regs[REGS] = {
    SHARED_ROWS,
    [CR] = REG_PLAIN("CR", 0x04, 0, 0x001F00E7, CR_FIELDS,
        BIT("DBG_I2C2_SMBUS_TIMEOUT", 16), BIT("DBG_TIM8_STOP", 17), BIT("DBG_TIM5_STOP", 18),
        BIT("DBG_TIM6_STOP", 19), BIT("DBG_TIM7_STOP", 20)),
};
/* clang-format on */

static void reset(struct device *d, enum reset_kind kind)
{
    const struct dbgmcu_config *config = device_config(d);

    (void)kind;
    reg_put(d, IDCODE, config->idcode);
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, reg), stored = reg_store(d, reg, value, lanes);

    if (reg != CR)
        return;
    signal_set(d, DBGMCU_OUT_STOP, stored & CR_DBG_STOP);
    if (stored & ~old & CR_DBG_STANDBY)
        diag_unmodelled(d, CR, "DBG_STANDBY: Standby takes the power from the core all the same");
}

#define DBGMCU_OPS(label, table, count)                                                            \
    {                                                                                              \
        .name = label, .regs = table, .reg_count = count, .state_size = (count) * sizeof(uint32_t),    \
        .keeps_over_reset = true, .outputs = DBGMCU_OUTPUTS, .reset = reset, .write = write,       \
    }

const struct device_ops dbgmcu_f1_ops = DBGMCU_OPS("dbgmcu_f1", f1_regs, F1_REGS);
const struct device_ops dbgmcu_f2_ops = DBGMCU_OPS("dbgmcu_f2", f2_regs, REGS);
const struct device_ops dbgmcu_ops = DBGMCU_OPS("dbgmcu", f4_regs, REGS);
