/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The STM32F100RB as a whole: its tables, its map, its identity. */
#include <criterion/criterion.h>

#include "periph/chips/chips.h"
#include "tests/unit/chip_walk.h"

enum { RCC = 0x40021000, AHBENR = RCC + 0x14, APB2ENR = RCC + 0x18, APB1ENR = RCC + 0x1C, BDCR = RCC + 0x20,
       PWR_CR = 0x40007000, BKP_DR1 = 0x40006C04, AIRCR = 0xE000ED0C };

static struct board *b;

static void start(void)
{
    const struct machine_options options = {.seed = 1, .hse_hz = 8000000};

    b = board_create_chip(&stm32f100rb, &options);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(chip_f100, .init = start, .fini = stop);

static void open_every_gate(void)
{
    board_write(b, AHBENR, 0xFFFFFFFF);
    board_write(b, APB2ENR, 0xFFFFFFFF);
    board_write(b, APB1ENR, 0xFFFFFFFF);
}

Test(chip_f100, register_tables_are_sound)
{
    walk_tables(&stm32f100rb);
}

Test(chip_f100, gates_and_reset_lines_bear_the_names_of_their_blocks)
{
    static const char *const others[][2] = {
        {"GPIOA", "IOPA"}, {"GPIOB", "IOPB"}, {"GPIOC", "IOPC"}, {"GPIOD", "IOPD"}, {"GPIOE", "IOPE"},
        {NULL, NULL}};

    walk_gates(&stm32f100rb, "APB2ENR", "APB2RSTR", others);
}

static void every_register_is_reset(void)
{
    static const char *const others[] = {
        "GPIOA.IDR", "GPIOB.IDR", "DBGMCU.IDCODE", "RCC.AHBENR", "RCC.APB1ENR", "RCC.APB2ENR", NULL};

    open_every_gate();
    cr_assert_gt(walk_resets(b, others), 330);
}

Test(chip_f100, every_register_reads_its_reset_value)
{
    every_register_is_reset();
}

/* Left out: bits that drive SYSCLK, locked registers, BDRST, and others with rules that tests of their blocks know
 * (DIR is read-only in centre mode, the RTC takes writes under CNF only, NSS is low: MODF). */
Test(chip_f100, every_register_has_its_write_mask)
{
    static const char *const others[] = {"RCC.CR", "RCC.BDCR", "TIM1.CR1", "TIM2.CR1", "TIM3.CR1", "TIM4.CR1",
        "I2C1.CR1", "I2C2.CR1", "IWDG.PR", "IWDG.RLR", "CRC.DR", "RTC.*", "AFIO.MAPR",
        "SPI1.CR1", "SPI2.CR1", NULL};

    open_every_gate();
    board_write(b, PWR_CR, 1u << 8);
    cr_assert_gt(walk_masks(b, others), 150);
}

/* Afterwards, nothing was written. */
Test(chip_f100, unclocked_blocks_read_0_and_drop_writes)
{
    cr_assert_gt(walk_unclocked(b), 250);
    every_register_is_reset();
}

Test(chip_f100, blocks_held_in_reset_read_0_and_begin_anew)
{
    static const char *const others[] = {"GPIOA.IDR", "GPIOB.IDR", NULL};     /* the debug port's pull-ups */

    open_every_gate();
    cr_assert_gt(walk_held_in_reset(b, "APB2RSTR", others), 100);
}

Test(chip_f100, peeking_changes_nothing)
{
    open_every_gate();
    walk_peeks(b);
}

Test(chip_f100, memories_are_where_they_belong)
{
    cr_assert_eq(board_read(b, 0x08000200), 0xFFFFFFFF);
    cr_assert_eq(board_read(b, 0x0801FFFC), 0xFFFFFFFF);
    cr_assert_eq(board_read(b, 0x0001FFFC), 0xFFFFFFFF, "the alias");
    board_write(b, 0x20001FFC, 0x12345678);
    cr_assert_eq(board_read(b, 0x20001FFC), 0x12345678);
    board_write(b, 0x22000000 + 32 * 0x100, 1);
    cr_assert_eq(board_read(b, 0x20000100), 1, "bit-band alias");
}

Test(chip_f100, holes_fault)
{
    static const uint32_t holes[] = {0x00020000, 0x08020000, 0x10000000, 0x1FFFEFFC, 0x1FFFF810, 0x20002000,
        0x40000C00, 0x40023800, 0x40030000, 0x50000000, 0x60000000, 0xA0000000};

    for (unsigned i = 0; i < sizeof holes / sizeof holes[0]; i++)
        cr_assert_eq(board_read_status(b, BUS_CPU_DATA, holes[i]), BUS_ERROR, "0x%08X", holes[i]);
}

Test(chip_f100, identity_is_an_f100s)
{
    cr_assert_eq(board_read(b, 0xE0042000), 0x10016420);
    cr_assert_eq(board_read(b, 0x1FFFF7E0) & 0xFFFF, 128, "KiB of flash");
    cr_assert(board_read(b, 0x1FFFF7E8) && ~board_read(b, 0x1FFFF7E8), "unique ID");
    cr_assert_eq(board_read(b, 0x1FFFF800), 0x00FF5AA5);
    cr_assert_eq(board_read(b, 0xE000ED00), 0x411FC231, "Cortex-M3 r1p1");
    cr_assert_eq(board_read(b, 0xE000ED90), 0, "no MPU");
    cr_assert_eq(board_read(b, 0xE000E004), 1, "64 lines");
    cr_assert_eq(board_read(b, 0xE000ED14) & 0x200, 0, "STKALIGN is 0 before r2p0");
    cr_assert_eq(board_read(b, 0xE000E01C), 0x40000BB8, "SysTick CALIB");
    cr_assert_eq(chip_find("STM32F100RB"), &stm32f100rb);
}

Test(chip_f100, cec_keeps_values_and_says_that_it_is_not_modelled)
{
    open_every_gate();
    b->diags[DIAG_UNMODELLED] = 0;
    board_write(b, 0x40007808, 0x3FFF);
    cr_assert_eq(board_read(b, 0x40007808), 0x3FFF, "PRES");
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 0);
    board_write(b, 0x40007800, 3);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 1);
    cr_assert_str_eq(b->last_diag, "CEC.CFGR: PE set: the function is not modelled");
    board_write(b, 0x40007800, 0);
    cr_assert_eq(board_read(b, 0x40007800), 0, "a driver waits for that");
}

Test(chip_f100, general_timers_have_no_second_polarity)
{
    open_every_gate();
    board_write(b, 0x40000020, 0xFFFF);
    cr_assert_eq(board_read(b, 0x40000020), 0x3333, "TIM2.CCER");
    board_write(b, 0x40000008, 1 << 3);
    cr_assert_eq(board_read(b, 0x40000008), 1 << 3, "TIM2.SMCR.OCCS");
}

/* ---- the backup registers ---- */

Test(chip_f100, backup_registers_need_dbp)
{
    open_every_gate();
    board_write(b, BKP_DR1, 0x1234);
    cr_assert_eq(board_read(b, BKP_DR1), 0);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
    board_write(b, PWR_CR, 1u << 8);
    board_write(b, BKP_DR1, 0x1234);
    cr_assert_eq(board_read(b, BKP_DR1), 0x1234);
}

Test(chip_f100, backup_registers_outlive_a_system_reset_but_not_bdrst)
{
    open_every_gate();
    board_write(b, PWR_CR, 1u << 8);
    board_write(b, BKP_DR1, 0x1234);
    machine_reset(b->m, RESET_SYSTEM);
    open_every_gate();
    cr_assert_eq(board_read(b, BKP_DR1), 0x1234);
    board_write(b, PWR_CR, 1u << 8);
    board_write(b, BDCR, 1u << 16);
    cr_assert_eq(board_read(b, BKP_DR1), 0);
}
