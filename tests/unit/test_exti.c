/* SPDX-License-Identifier: GPL-3.0-or-later */
/* EXTI behind SYSCFG and GPIO on the real chip: edges, masks, levels, events. */
#include <criterion/criterion.h>

#include "periph/chips/chips.h"
#include "periph/exti_v1.h"
#include "periph/gpio.h"
#include "tests/unit/board.h"

enum {
    EXTI = 0x40013C00, IMR = EXTI, EMR = EXTI + 4, RTSR = EXTI + 8, FTSR = EXTI + 0x0C,
    SWIER = EXTI + 0x10, PR = EXTI + 0x14,
    EXTICR1 = 0x40013808, AHB1ENR = 0x40023830, APB2ENR = 0x40023844, GPIOC = 0x40020800
};

static struct board *b;

static void start(void)
{
    const struct machine_options options = {.seed = 1};

    b = board_create_chip(&stm32f405rg, &options);
    board_write(b, AHB1ENR, 0x001001FF);
    board_write(b, APB2ENR, 1u << 14);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(exti, .init = start, .fini = stop);

/* Whether the NVIC sees a level on interrupt `number`. */
static bool line(unsigned number)
{
    return machine_irq(b->m, 16 + number).level;
}

Test(exti, registers_keep_23_lines)
{
    static const uint32_t registers[] = {IMR, EMR, RTSR, FTSR};

    for (unsigned i = 0; i < 4; i++) {
        cr_assert_eq(board_read(b, registers[i]), 0);
        board_write(b, registers[i], 0xFFFFFFFF);
        cr_assert_eq(board_read(b, registers[i]), 0x007FFFFF);
    }
}

Test(exti, selected_edges_set_pr)
{
    board_write(b, RTSR, 1u << 0);
    board_write(b, FTSR, 1u << 1);
    board_drive(b, "GPIOA", 0, GPIO_HIGH);
    board_drive(b, "GPIOA", 1, GPIO_HIGH);
    cr_assert_eq(board_read(b, PR), 1);
    board_drive(b, "GPIOA", 0, GPIO_LOW);
    board_drive(b, "GPIOA", 1, GPIO_LOW);
    cr_assert_eq(board_read(b, PR), 3);
    board_write(b, PR, 1);
    cr_assert_eq(board_read(b, PR), 2);
}

Test(exti, both_edges_count)
{
    board_write(b, RTSR, 1);
    board_write(b, FTSR, 1);
    for (unsigned i = 0; i < 2; i++) {
        board_drive(b, "GPIOA", 0, i ? GPIO_LOW : GPIO_HIGH);
        cr_assert_eq(board_read(b, PR), 1);
        board_write(b, PR, 1);
    }
    board_drive(b, "GPIOA", 0, GPIO_LOW);
    cr_assert_eq(board_read(b, PR), 0, "no edge");
}

Test(exti, an_edge_latched_while_masked_interrupts_once_unmasked)
{
    board_write(b, FTSR, 1u << 13);
    board_write(b, EXTICR1 + 0x0C, 2u << 4);
    board_drive(b, "GPIOC", 13, GPIO_HIGH);
    board_drive(b, "GPIOC", 13, GPIO_LOW);
    cr_assert_eq(board_read(b, PR), 1u << 13);
    cr_assert_not(line(40));
    board_write(b, IMR, 1u << 13);
    cr_assert(line(40));
    board_write(b, PR, 1u << 13);
    cr_assert_not(line(40));
}

Test(exti, the_interrupt_is_a_level_of_the_group)
{
    board_write(b, RTSR, 0xFFFF);
    board_write(b, IMR, 0xFFFF);
    board_drive(b, "GPIOA", 5, GPIO_HIGH);
    board_drive(b, "GPIOA", 9, GPIO_HIGH);
    cr_assert(line(23));
    board_write(b, PR, 1u << 5);
    cr_assert(line(23), "line 9 still holds it");
    board_write(b, PR, 1u << 9);
    cr_assert_not(line(23));
}

Test(exti, each_line_has_its_vector)
{
    static const int8_t vectors[EXTI_LINES] = {6, 7, 8, 9, 10, 23, 23, 23, 23, 23, 40, 40, 40, 40, 40,
                                               40, 1, 41, 42, -1, 76, 2, 3};

    board_write(b, IMR, 0x7FFFFF);
    for (unsigned i = 0; i < EXTI_LINES; i++) {
        board_write(b, SWIER, 1u << i);
        for (unsigned number = 0; number < 82; number++)
            cr_assert_eq(line(number), (int)number == vectors[i], "EXTI%u, IRQ %u", i, number);
        board_write(b, PR, 1u << i);
    }
}

Test(exti, swier_triggers_once_and_is_cleared_with_pr)
{
    board_write(b, IMR, 1u << 3);
    board_write(b, SWIER, 1u << 3);
    cr_assert_eq(board_read(b, PR), 1u << 3);
    cr_assert_eq(board_read(b, SWIER), 1u << 3);
    cr_assert(line(9));
    board_write(b, PR, 1u << 3);
    cr_assert_eq(board_read(b, SWIER), 0);
    cr_assert_not(line(9));
    board_write(b, SWIER, 1u << 3);
    cr_assert(line(9));
}

Test(exti, an_output_pins_edges_count_too)
{
    board_write(b, EXTICR1, 2u << 8);
    board_write(b, RTSR, 1u << 2);
    board_write(b, GPIOC, 1u << 4);
    board_write(b, GPIOC + 0x18, 1u << 2);
    cr_assert_eq(board_read(b, PR), 1u << 2);
}

Test(exti, events_reach_the_core_without_an_interrupt)
{
    /* loop: wfe; adds r0, #1; b loop */
    static const uint16_t counter[] = {0xBF20, 0x3001, 0xE7FC};
    uint32_t before;

    cr_assert(machine_load(b->m, 0x08000100, counter, sizeof counter));
    machine_reset(b->m, RESET_SYSTEM);
    machine_set_reg(b->m, REG_R0, 0);
    board_run(b, 1000);
    before = machine_reg(b->m, REG_R0);
    board_run(b, 1000);
    cr_assert_eq(machine_reg(b->m, REG_R0), before, "asleep");
    board_write(b, RTSR, 1);
    board_drive(b, "GPIOA", 0, GPIO_HIGH);
    board_run(b, 1000);
    cr_assert_eq(machine_reg(b->m, REG_R0), before, "EMR is 0");
    board_write(b, EMR, 1);
    board_drive(b, "GPIOA", 0, GPIO_LOW);
    board_drive(b, "GPIOA", 0, GPIO_HIGH);
    board_run(b, 1000);
    cr_assert_eq(machine_reg(b->m, REG_R0), before + 1);
    cr_assert_not(line(6));
}

Test(exti, a_bit_band_write_to_pr_clears_everything)
{
    board_write(b, SWIER, 3);
    board_write(b, 0x42000000 + (PR - 0x40000000) * 32, 1);
    cr_assert_eq(board_read(b, PR), 0, "it reads and writes back the ones");
}
