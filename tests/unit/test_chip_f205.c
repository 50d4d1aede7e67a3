/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The STM32F205RF as a whole: its tables, its map, its identity, and what it lacks of an F4. */
#include <criterion/criterion.h>

#include "periph/chips/chips.h"
#include "tests/unit/chip_walk.h"

enum { RCC = 0x40023800, RCC_CR = RCC, PLLCFGR = RCC + 4, CFGR = RCC + 8, AHB1ENR = RCC + 0x30,
       AHB2ENR = RCC + 0x34, AHB3ENR = RCC + 0x38, APB1ENR = RCC + 0x40, APB2ENR = RCC + 0x44,
       RTC_WPR = 0x40002824, PWR_CR = 0x40007000, PWR_CSR = 0x40007004, FLASH_ACR = 0x40023C00, FLASH_KEYR = 0x40023C04,
       FLASH_SR = 0x40023C0C, FLASH_CR = 0x40023C10 };

static struct board *b;

static void start(void)
{
    const struct machine_options options = {.seed = 1, .hse_hz = 8000000};

    b = board_create_chip(&stm32f205rf, &options);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(chip_f205, .init = start, .fini = stop);

static void open_every_gate(void)
{
    static const uint32_t registers[] = {AHB1ENR, AHB2ENR, AHB3ENR, APB1ENR, APB2ENR};

    for (unsigned i = 0; i < 5; i++)
        board_write(b, registers[i], 0xFFFFFFFF);
}

/* ---- tables ---- */

Test(chip_f205, register_tables_are_sound)
{
    walk_tables(&stm32f205rf);
}

Test(chip_f205, gates_and_reset_lines_bear_the_names_of_their_blocks)
{
    static const char *const others[][2] = {
        {"ADC", "ADC"}, {"OTG_FS", "OTGFS"}, {"OTG_HS", "OTGH"}, {NULL, NULL}};

    walk_gates(&stm32f205rf, "AHB1ENR", "AHB1RSTR", others);
}

/* ST's examples set the common prescaler with nothing but ADC3 clocked. */
Test(chip_f205, each_adc_clocks_the_common_registers)
{
    enum { COMMON_CCR = 0x40012304, ADC1EN = 1 << 8, ADC3EN = 1 << 10, ADCPRE = 3 << 16 };

    board_write(b, APB2ENR, ADC3EN);
    board_write(b, COMMON_CCR, ADCPRE);
    cr_assert_eq(board_read(b, COMMON_CCR), ADCPRE);
    board_write(b, APB2ENR, ADC1EN);
    cr_assert_eq(board_read(b, COMMON_CCR), ADCPRE);
    cr_assert_eq(b->diags[DIAG_UNCLOCKED], 0);
    board_write(b, APB2ENR, 0);
    cr_assert_eq(board_read(b, COMMON_CCR), 0);
    cr_assert_eq(b->diags[DIAG_UNCLOCKED], 1);
}

/* GPIO ports and DBGMCU have values of their own; the gates are open. */
static void every_register_is_reset(void)
{
    static const char *const others[] = {"GPIOA.*", "GPIOB.*", "DBGMCU.IDCODE", "RCC.AHB1ENR",
        "RCC.AHB2ENR", "RCC.AHB3ENR", "RCC.APB1ENR", "RCC.APB2ENR", NULL};

    open_every_gate();
    cr_assert_gt(walk_resets(b, others), 900);
}

Test(chip_f205, every_register_reads_its_reset_value)
{
    every_register_is_reset();
}

Test(chip_f205, ports_a_and_b_begin_as_debug_port)
{
    open_every_gate();
    cr_assert_eq(board_read(b, 0x40020000), 0xA8000000);
    cr_assert_eq(board_read(b, 0x40020008), 0, "OSPEEDR: not as on an F4");
    cr_assert_eq(board_read(b, 0x4002000C), 0x64000000);
    cr_assert_eq(board_read(b, 0x40020400), 0x00000280);
    cr_assert_eq(board_read(b, 0x40020408), 0x000000C0);
    cr_assert_eq(board_read(b, 0x4002040C), 0x00000100);
}

/* Left out: bits that drive SYSCLK, locked registers, and others with rules that tests of their blocks know
 * (DIR is read-only in centre mode, a stream that runs is locked). */
Test(chip_f205, every_register_has_its_write_mask)
{
    static const char *const others[] = {"RCC.CR", "RCC.BDCR", "SYSCFG.CMPCR", "TIM1.CR1", "TIM2.CR1",
        "TIM3.CR1", "I2C1.CR1", "I2C2.CR1", "I2C3.CR1", "TIM4.CR1", "TIM5.CR1", "TIM8.CR1", "IWDG.PR", "IWDG.RLR", "CRC.DR", "RTC.TR",
        "OTG_FS.*", "OTG_HS.*", "RTC.DR", "RTC.CR", "RTC.PRER", "RTC.CALIBR", "*.S0CR", "*.S1CR",
        "*.S2CR", "*.S3CR", "*.S4CR", "*.S5CR", "*.S6CR", "*.S7CR", NULL};

    open_every_gate();
    board_write(b, PWR_CR, 1u << 8);
    board_write(b, RTC_WPR, 0xCA);
    board_write(b, RTC_WPR, 0x53);
    cr_assert_gt(walk_masks(b, others), 300);
}

/* Afterwards, nothing was written. */
Test(chip_f205, unclocked_blocks_read_0_and_drop_writes)
{
    cr_assert_gt(walk_unclocked(b), 800);
    every_register_is_reset();
}

Test(chip_f205, blocks_held_in_reset_read_0_and_begin_anew)
{
    static const char *const others[] = {"GPIOA.*", "GPIOB.*", NULL};

    open_every_gate();
    cr_assert_gt(walk_held_in_reset(b, "AHB1RSTR", others), 100);
}

Test(chip_f205, peeking_changes_nothing)
{
    open_every_gate();
    walk_peeks(b);
}

Test(chip_f205, tim9_has_a_cr2)
{
    open_every_gate();
    board_write(b, 0x40014004, 0xFFFF);
    cr_assert_eq(board_read(b, 0x40014004), 0x70);
}

/* ---- memories and identity ---- */

Test(chip_f205, memories_are_where_they_belong)
{
    cr_assert_eq(board_read(b, 0x08000200), 0xFFFFFFFF);
    cr_assert_eq(board_read(b, 0x080BFFFC), 0xFFFFFFFF);
    cr_assert_eq(board_read(b, 0x000BFFFC), 0xFFFFFFFF, "the alias");
    board_write(b, 0x2001FFFC, 0x12345678);
    cr_assert_eq(board_read(b, 0x2001FFFC), 0x12345678);
    cr_assert_eq(board_read(b, 0x1FFF7800), 0xFFFFFFFF, "OTP");
}

Test(chip_f205, holes_fault)
{
    static const uint32_t holes[] = {
        0x000C0000, 0x080C0000, 0x10000000, 0x1FFEFFFC, 0x1FFF7C00, 0x1FFFC010, 0x20020000, 0x40003400,
        0x40004000, 0x40080000, 0x60000000, 0xA0001000,
    };

    for (unsigned i = 0; i < sizeof holes / sizeof holes[0]; i++)
        cr_assert_eq(board_read_status(b, BUS_CPU_DATA, holes[i]), BUS_ERROR, "0x%08X", holes[i]);
}

Test(chip_f205, identity_is_an_f205s)
{
    uint32_t uid[3], done;

    cr_assert_eq(board_read(b, 0xE0042000), 0x20036411);
    cr_assert_eq(board_read(b, 0x1FFF7A20) >> 16, 768, "KiB of flash");
    cr_assert(machine_peek(b->m, 0x1FFF7A10, uid, sizeof uid, &done));
    cr_assert(uid[0] && uid[1] && uid[2] && ~uid[0] && ~uid[1] && ~uid[2]);
    cr_assert_eq(board_read(b, 0x1FFFC000) & 0xFFFF, 0xAAEF);
    cr_assert_eq(board_read(b, 0xE000ED00), 0x412FC230, "Cortex-M3 r2p0");
    cr_assert_eq(board_read(b, 0xE000ED90), 0x800, "eight regions");
    cr_assert_eq(board_read(b, 0xE000E004), 2, "96 lines");
    cr_assert_eq(board_read(b, 0xE000EF40), 0, "no FPU");
    cr_assert_eq(chip_find("STM32F205RF"), &stm32f205rf);
}

/* ---- what differs from an F4 ---- */

Test(chip_f205, the_last_sector_is_9)
{
    uint32_t done, word = 0;

    cr_assert(machine_load(b->m, 0x080BFFFC, &word, sizeof word));
    board_write(b, FLASH_KEYR, 0x45670123);
    board_write(b, FLASH_KEYR, 0xCDEF89AB);
    board_write(b, FLASH_CR, 1u << 16 | 2u << 8 | 10u << 3 | 1u << 1);
    cr_assert(board_read(b, FLASH_SR) & 1u << 7, "there is no sector 10");
    board_write(b, FLASH_SR, 0xF0);
    board_write(b, FLASH_CR, 1u << 16 | 2u << 8 | 9u << 3 | 1u << 1);
    cr_assert(machine_peek(b->m, 0x080BFFFC, &word, sizeof word, &done));
    cr_assert_eq(word, 0xFFFFFFFF);
}

Test(chip_f205, pwr_has_no_voltage_scale)
{
    open_every_gate();
    cr_assert_eq(board_read(b, PWR_CR), 0);
    board_write(b, PWR_CR, 0x4100);
    board_run(b, 10000);
    cr_assert_eq(board_read(b, PWR_CR), 0x0100);
    cr_assert_eq(board_read(b, PWR_CSR), 0);
}

/* 8 MHz / 8 * n / 2 */
static void run_from_pll(unsigned n, unsigned latency)
{
    board_write(b, FLASH_ACR, latency);
    board_write(b, RCC_CR, 0x00010083);
    cr_assert_neq(board_when(b, RCC_CR, 1u << 17, 1u << 17, 1000000), UINT64_MAX);
    board_write(b, PLLCFGR, 5u << 24 | 1u << 22 | n << 6 | 8);
    board_write(b, RCC_CR, 0x01010083);
    cr_assert_neq(board_when(b, RCC_CR, 1u << 25, 1u << 25, 1000000), UINT64_MAX);
    board_write(b, CFGR, 4u << 13 | 5u << 10 | 2);
    cr_assert_eq(board_read(b, CFGR) >> 2 & 3, 2);
}

Test(chip_f205, runs_at_120_mhz_and_no_faster)
{
    run_from_pll(240, 3);
    cr_assert_eq(machine_clock(b->m, CLOCK_CORE).num, 120000000);
    cr_assert_eq(machine_clock(b->m, CLOCK_PCLK1).num, 30000000);
    cr_assert_eq(machine_clock(b->m, CLOCK_PCLK2).num, 60000000);
    cr_assert_eq(machine_clock(b->m, CLOCK_PLL48).num, 48000000);
    cr_assert_eq(b->diags[DIAG_CLOCK], 0, "%s", b->last_diag);
    stop();
    start();
    run_from_pll(336, 5);
    cr_assert_gt(b->diags[DIAG_CLOCK], 0);
}

Test(chip_f205, a_vco_below_192_mhz_is_reported)
{
    run_from_pll(168, 3);
    cr_assert_gt(b->diags[DIAG_CLOCK], 0);
}
