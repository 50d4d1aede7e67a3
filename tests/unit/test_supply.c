/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the chips make of their supply: voltage detector, power-down and brown-out resets (RM0090 5.2, RM0041 4.2). */
#include <criterion/criterion.h>

#include "periph/chips/chips.h"
#include "tests/unit/board.h"

enum {
    PWR_CR = 0x40007000, PWR_CSR = 0x40007004, PVDE = 1 << 4, DBP = 1 << 8, PVDO = 1 << 2, WUF = 1, SBF = 2,
    EWUP = 1 << 8,
    EXTI4 = 0x40013C00, EXTI1 = 0x40010400, RTSR = 8, FTSR = 12, PR = 0x14, LINE = 1 << 16,
    RCC4 = 0x40023800, APB1ENR4 = RCC4 + 0x40, CSR4 = RCC4 + 0x74, RCC1 = 0x40021000, APB1ENR1 = RCC1 + 0x1C,
    CSR1 = RCC1 + 0x24, RMVF = 1 << 24,
    BORRSTF = 1 << 25, PINRSTF = 1 << 26, PORRSTF = 1 << 27, SFTRSTF = 1 << 28,
    FLASH_OPTKEYR = 0x40023C08, FLASH_OPTCR = 0x40023C14, OPTSTRT = 2, AIRCR = 0xE000ED0C,
    TIM6_CNT = 0x40001024, BKP0R = 0x40002850, SRAM_WORD = 0x20001000
};

static struct board *b;

static void create(const struct chip *chip, uint32_t apb1enr)
{
    const struct machine_options options = {.seed = 1, .hse_hz = 8000000, .lse_hz = 32768};

    b = board_create_chip(chip, &options);
    board_write(b, apb1enr, 1u << 28 | 1u << 4);
    board_write(b, PWR_CR, DBP);
}

static void start_f4(void)
{
    create(&stm32f405rg, APB1ENR4);
}

static void start_f1(void)
{
    create(&stm32f100rb, APB1ENR1);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(supply, .init = start_f4, .fini = stop);
TestSuite(supply_f1, .init = start_f1, .fini = stop);

static void supply(unsigned millivolts)
{
    uint32_t value = millivolts * 1000;
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};

    cr_assert(machine_input(b->m, "PWR", bytes, sizeof bytes));
    board_run(b, 2);
}

static bool pvdo(void)
{
    return board_read(b, PWR_CSR) & PVDO;
}

static bool asleep(void)
{
    vtime next;

    return machine_asleep(b->m, &next);
}

/* ---- voltage detector ---- */

/* Falls through `falling`, rises through `rising`. */
static void expect_levels(uint32_t pls, unsigned falling, unsigned rising)
{
    board_write(b, PWR_CR, PVDE | pls << 5);
    supply(falling);
    cr_assert_not(pvdo(), "PLS %u", pls);
    supply(falling - 1);
    cr_assert(pvdo(), "PLS %u", pls);
    supply(rising - 1);
    cr_assert(pvdo(), "PLS %u", pls);
    supply(rising);
    cr_assert_not(pvdo(), "PLS %u", pls);
    supply(3300);
}

Test(supply, the_detector_has_eight_levels_with_hysteresis)
{
    expect_levels(0, 2040, 2140);
    expect_levels(3, 2510, 2600);
    expect_levels(7, 3030, 3140);
}

Test(supply_f1, the_detector_has_eight_levels_with_hysteresis)
{
    expect_levels(0, 2080, 2180);
    expect_levels(4, 2480, 2580);
    expect_levels(7, 2780, 2880);
}

Test(supply, the_detector_is_off_without_pvde)
{
    supply(1800);
    cr_assert_not(pvdo());
    board_write(b, PWR_CR, PVDE);
    cr_assert(pvdo());
    board_write(b, PWR_CR, 0);
    cr_assert_not(pvdo());
}

static void expect_edges(uint32_t exti)
{
    board_write(b, PWR_CR, PVDE | 7 << 5);
    board_write(b, exti + RTSR, LINE);
    supply(2700);
    cr_assert_eq(board_read(b, exti + PR), LINE);
    board_write(b, exti + PR, LINE);
    supply(3300);
    cr_assert_eq(board_read(b, exti + PR), 0, "only the rising edge is selected");
    board_write(b, exti + FTSR, LINE);
    supply(2700);
    board_write(b, exti + PR, LINE);
    supply(3300);
    cr_assert_eq(board_read(b, exti + PR), LINE);
}

Test(supply, the_detector_is_exti_16)
{
    expect_edges(EXTI4);
}

Test(supply_f1, the_detector_is_exti_16)
{
    expect_edges(EXTI1);
}

/* ---- resets ---- */

Test(supply, without_power_the_chip_is_off_until_it_is_back)
{
    uint32_t word = 0x12345678, done;

    cr_assert(machine_poke(b->m, SRAM_WORD, &word, 4, &done));
    board_write(b, BKP0R, 0xCAFE);
    board_write(b, CSR4, RMVF);
    board_write(b, PWR_CSR, EWUP);
    board_write(b, 0x40001000, 1);              /* TIM6 counts */
    supply(1600);
    cr_assert(asleep());
    cr_assert_eq(board_read(b, TIM6_CNT), 0);
    board_run(b, 100000);
    cr_assert(asleep());
    supply(1700);
    cr_assert(asleep(), "below the level at which it starts");
    supply(3300);
    cr_assert_eq(board_peek(b, SRAM_WORD), 0);
    cr_assert_eq(board_read(b, CSR4), (uint32_t)(BORRSTF | PINRSTF | PORRSTF));
    board_write(b, APB1ENR4, 1u << 28);
    cr_assert_eq(board_read(b, PWR_CSR) & (WUF | SBF | EWUP), 0);
    cr_assert_eq(board_read(b, BKP0R), 0xCAFE, "VBAT is there");
}

Test(supply_f1, without_power_the_chip_is_off_until_it_is_back)
{
    board_write(b, CSR1, RMVF);
    supply(1800);
    board_run(b, 100000);
    cr_assert(asleep());
    supply(2000);
    cr_assert_eq(board_read(b, CSR1), (uint32_t)(PINRSTF | PORRSTF));
}

Test(supply, a_reset_does_not_start_a_chip_without_power)
{
    supply(1600);
    machine_reset(b->m, RESET_SYSTEM);
    board_run(b, 1000);
    cr_assert(asleep());
    cr_assert_eq(board_read(b, RCC4 + 0x40), 0);
    supply(3300);
    board_run(b, 1000);
    board_write(b, APB1ENR4, 1u << 28);
    cr_assert_eq(board_read(b, APB1ENR4), 1u << 28);
}

Test(supply, the_option_bytes_choose_the_brown_out_level)
{
    board_write(b, FLASH_OPTKEYR, 0x08192A3B);
    board_write(b, FLASH_OPTKEYR, 0x4C5D6E7F);
    board_write(b, FLASH_OPTCR, 0x0FFFAAE0);    /* BOR_LEV 0: the highest */
    board_write(b, FLASH_OPTCR, 0x0FFFAAE0 | OPTSTRT);
    board_run(b, 16000000);
    machine_reset(b->m, RESET_SYSTEM);
    board_write(b, CSR4, RMVF);
    supply(2830);
    cr_assert_eq(board_read(b, CSR4), 0);
    supply(2829);
    cr_assert(asleep());
    supply(2919);
    cr_assert(asleep());
    supply(2920);
    cr_assert_eq(board_read(b, CSR4), (uint32_t)(BORRSTF | PINRSTF));
}

Test(supply, survives_save_and_restore_at_every_event)
{
    board_write(b, PWR_CR, PVDE | 7 << 5);
    supply(2700);                               /* while the regulator settles */
    board_check_replay(b, 1000);
}
