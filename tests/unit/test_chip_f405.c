/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The STM32F405RG as a whole: its tables agree with each other, and the map is the chip's. */
#include <criterion/criterion.h>
#include <string.h>

#include "periph/chips/chips.h"
#include "tests/unit/chip_walk.h"

enum { AHB1ENR = 0x40023830, AHB2ENR = 0x40023834, AHB3ENR = 0x40023838, APB1ENR = 0x40023840,
       APB2ENR = 0x40023844, CR = 0x40023800 };

static struct board *b;

static void start(void)
{
    const struct machine_options options = {.seed = 1, .hse_hz = 8000000};

    b = board_create_chip(&stm32f405rg, &options);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(chip_f405, .init = start, .fini = stop);

static void open_every_gate(void)
{
    static const uint32_t registers[] = {AHB1ENR, AHB2ENR, AHB3ENR, APB1ENR, APB2ENR};

    for (unsigned i = 0; i < 5; i++)
        board_write(b, registers[i], 0xFFFFFFFF);
}

/* ---- tables ---- */

Test(chip_f405, register_tables_are_sound)
{
    walk_tables(&stm32f405rg);
}

Test(chip_f405, gates_and_reset_lines_bear_the_names_of_their_blocks)
{
    static const char *const others[][2] = {{"I2S2ext", "SPI2"}, {"I2S3ext", "SPI3"}, {"ADC", "ADC"},
        {"OTG_FS", "OTGFS"}, {"OTG_HS", "OTGH"}, {NULL, NULL}};

    walk_gates(&stm32f405rg, "AHB1ENR", "AHB1RSTR", others);
}

/* GPIO ports and DBGMCU have values of their own; the gates are open. */
static void every_register_is_reset(void)
{
    static const char *const others[] = {"GPIOA.*", "GPIOB.*", "DBGMCU.IDCODE", "RCC.AHB1ENR",
        "RCC.AHB2ENR", "RCC.AHB3ENR", "RCC.APB1ENR", "RCC.APB2ENR", NULL};

    open_every_gate();
    cr_assert_gt(walk_resets(b, others), 900);
}

Test(chip_f405, every_register_reads_its_reset_value)
{
    every_register_is_reset();
}

/* Left out: bits that drive SYSCLK, locked registers, and others with rules that tests of their blocks know
 * (DIR is read-only in centre mode, a stream that runs is locked). */
Test(chip_f405, every_register_has_its_write_mask)
{
    static const char *const others[] = {"RCC.CR", "RCC.BDCR", "SYSCFG.CMPCR", "TIM1.CR1", "TIM2.CR1",
        "TIM3.CR1", "I2C1.CR1", "I2C2.CR1", "I2C3.CR1", "TIM4.CR1", "TIM5.CR1", "TIM8.CR1", "IWDG.PR", "IWDG.RLR",
        "CRC.DR", "RTC.TR", "OTG_FS.*", "OTG_HS.*", "RTC.DR", "RTC.CR", "RTC.PRER", "RTC.CALIBR", "RTC.CALR", "PWR.CR", "*.S0CR",
        "*.S1CR", "*.S2CR", "*.S3CR", "*.S4CR", "*.S5CR", "*.S6CR", "*.S7CR", NULL};

    open_every_gate();
    board_write(b, 0x40007000, 0x4100);
    board_write(b, 0x40002824, 0xCA);
    board_write(b, 0x40002824, 0x53);
    cr_assert_gt(walk_masks(b, others), 300);
}

/* Afterwards, nothing was written. */
Test(chip_f405, unclocked_blocks_read_0_and_drop_writes)
{
    cr_assert_gt(walk_unclocked(b), 800);
    every_register_is_reset();
}

Test(chip_f405, blocks_held_in_reset_read_0_and_begin_anew)
{
    static const char *const others[] = {"GPIOA.*", "GPIOB.*", NULL};

    open_every_gate();
    cr_assert_gt(walk_held_in_reset(b, "AHB1RSTR", others), 100);
}

Test(chip_f405, peeking_changes_nothing)
{
    open_every_gate();
    walk_peeks(b);
}

/* ---- memories ---- */

Test(chip_f405, memories_are_where_they_belong)
{
    cr_assert_eq(board_read(b, 0x08000200), 0xFFFFFFFF);
    cr_assert_eq(board_read(b, 0x080FFFFC), 0xFFFFFFFF);
    cr_assert_eq(board_read(b, 0x000FFFFC), 0xFFFFFFFF, "the alias");
    cr_assert_eq(board_read(b, 0x1FFF7800), 0xFFFFFFFF, "OTP");
    cr_assert_eq(board_read(b, 0x1FFF7A00), 0xFFFFFFFF, "OTP locks");
    board_write(b, 0x2001FFFC, 0x12345678);
    cr_assert_eq(board_read(b, 0x2001FFFC), 0x12345678);
    board_write(b, 0x1000FFFC, 0x9ABCDEF0);
    cr_assert_eq(board_read(b, 0x1000FFFC), 0x9ABCDEF0);
}

Test(chip_f405, holes_fault)
{
    static const uint32_t holes[] = {
        0x00100000, 0x08100000, 0x10010000, 0x1FFEFFFC, 0x1FFF7C00, 0x1FFFC010, 0x20020000,
        0x40002400, 0x40080000, 0x60000000, 0xA0001000,
    };

    for (unsigned i = 0; i < sizeof holes / sizeof holes[0]; i++)
        cr_assert_eq(board_read_status(b, BUS_CPU_DATA, holes[i]), BUS_ERROR, "0x%08X", holes[i]);
}

Test(chip_f405, ccm_is_for_the_cores_data_only)
{
    cr_assert_eq(board_read_status(b, BUS_CPU_DATA, 0x10000000), BUS_OK);
    cr_assert_eq(board_read_status(b, BUS_CPU_FETCH, 0x10000000), BUS_ERROR);
    cr_assert_eq(board_read_status(b, BUS_DMA, 0x10000000), BUS_ERROR);
    cr_assert_eq(board_read_status(b, BUS_CPU_FETCH, 0x20000000), BUS_OK);
    cr_assert_eq(board_read_status(b, BUS_DMA, 0x20000000), BUS_OK);
}

Test(chip_f405, identity_is_readable_and_constant)
{
    uint32_t uid[3], done;

    cr_assert(machine_peek(b->m, 0x1FFF7A10, uid, sizeof uid, &done));
    cr_assert(uid[0] && uid[1] && uid[2] && ~uid[0] && ~uid[1] && ~uid[2]);
    cr_assert_eq(board_read(b, 0x1FFF7A20) >> 16, 1024, "KiB of flash");
    cr_assert_eq(board_read(b, 0x1FFFC000) & 0xFFFF, 0xAAEF);
    cr_assert_eq(board_read_status(b, BUS_CPU_DATA, 0x1FFF7A10), BUS_OK);
    cr_assert_eq(board_write_status(b, 0x1FFF7A10, 4, 0), BUS_ERROR);
}

Test(chip_f405, calibration_words_make_sense)
{
    uint32_t low = board_read(b, 0x1FFF7A2C) & 0xFFFF, high = board_read(b, 0x1FFF7A2C) >> 16;
    uint32_t reference = board_read(b, 0x1FFF7A28) >> 16;

    cr_assert(reference > 1400 && reference < 1600);
    cr_assert(low > 900 && low < high && high < 1300);
}

Test(chip_f405, backup_sram_has_a_bit_band_alias)
{
    open_every_gate();
    board_write(b, 0x40007000, 0x4100);
    board_write(b, 0x42480000 + 5 * 4, 1);
    cr_assert_eq(board_read(b, 0x40024000), 1u << 5);
}

/* ---- blocks that are not modelled ---- */

Test(chip_f405, unmodelled_blocks_keep_values_and_say_so)
{
    open_every_gate();
    b->diags[DIAG_UNMODELLED] = 0;
    board_write(b, 0xA0000004, 0x40);
    cr_assert_eq(board_read(b, 0xA0000004), 0x40, "FSMC.BTR1");
    board_write(b, 0xA0000008, 0x30D2);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 0);
    board_write(b, 0xA0000008, 0x30D3);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 1);
    cr_assert_str_eq(b->last_diag, "FSMC.BCR2: MBKEN set: the function is not modelled");
    cr_assert_eq(board_read_status(b, BUS_CPU_DATA, 0x64000000), BUS_ERROR, "its memory is not there");
    board_write(b, 0xA0000060, 0x1C);
    cr_assert_str_eq(b->last_diag, "FSMC.PCR2: PBKEN set: the function is not modelled");
    cr_assert_eq(board_read(b, 0xA0000064), 0x40, "SR2: the FIFO is empty");
    cr_assert_eq(board_read(b, 0x50001000), 0, "an OTG FIFO");
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 3);
}

/* ---- names and state ---- */

Test(chip_f405, is_found_by_name)
{
    cr_assert_eq(chip_find("stm32f405rg"), &stm32f405rg);
    cr_assert_eq(chip_find("STM32F405RG"), &stm32f405rg);
    cr_assert_null(chip_find("stm32f405"));
    cr_assert_null(chip_find("stm32f405rgt"));
}

Test(chip_f405, two_runs_from_power_on_are_the_same)
{
    uint64_t hash;

    board_write(b, CR, 0x00010083);
    board_run(b, 100000);
    hash = machine_hash(b->m);
    stop();
    start();
    board_write(b, CR, 0x00010083);
    board_run(b, 100000);
    cr_assert_eq(machine_hash(b->m), hash);
}
