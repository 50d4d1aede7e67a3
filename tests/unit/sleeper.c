/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See sleeper.h. */
#include "tests/unit/sleeper.h"

#include <criterion/criterion.h>

enum { LINE_1 = 1 << 1, SLEEPDEEP = 1 << 2, HSEON = 1 << 16, HSERDY = 1 << 17, START_UP = 3000000 };

void sleeper_begin(struct board *b)
{
    sleeper_pin(b, 0, GPIO_LOW);
    sleeper_pin(b, 1, GPIO_LOW);
    machine_set_reg(b->m, REG_PRIMASK, 1);
    board_write(b, NVIC_ISER, 1u << EXTI1_IRQ);
}

void sleeper_pin(struct board *b, unsigned pin, enum gpio_level level)
{
    board_drive(b, "GPIOA", pin, level);
    board_run_on(b, 1);
}

bool sleeper_asleep(struct board *b)
{
    vtime next;

    return machine_asleep(b->m, &next);
}

void sleeper_deep(struct board *b, uint32_t pwr_cr)
{
    board_write(b, PWR_CR, (board_peek(b, PWR_CR) & ~(uint32_t)PDDS) | pwr_cr);
    board_write(b, SCR, SLEEPDEEP);
    board_write(b, NVIC_ISPR, 1u << EXTI1_IRQ);
    board_run_on(b, 10);
    cr_assert_not(sleeper_asleep(b));
    board_write(b, NVIC_ICPR, 1u << EXTI1_IRQ);
    board_run_on(b, 10);
}

void sleeper_wakes_by_line_1(struct board *b, uint32_t exti)
{
    board_write(b, exti, LINE_1);           /* IMR */
    board_write(b, exti + 8, LINE_1);       /* RTSR */
}

void sleeper_runs_from_hse(struct board *b, uint32_t rcc_cr, uint32_t rcc_cfgr)
{
    board_write(b, rcc_cr, board_read(b, rcc_cr) | HSEON);
    cr_assert_neq(board_when(b, rcc_cr, HSERDY, HSERDY, START_UP), UINT64_MAX);
    board_write(b, rcc_cfgr, 1);
    cr_assert_eq(board_peek(b, rcc_cfgr) & 12, 4);
}
