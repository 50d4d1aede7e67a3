/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flash interface of the STM32F100. */
#include <criterion/criterion.h>

#include "periph/chips/chips.h"
#include "tests/unit/board.h"

enum { FLASH = 0x40022000, KEYR = FLASH + 4, OPTKEYR = FLASH + 8, SR = FLASH + 0xC, CR = FLASH + 0x10,
       AR = FLASH + 0x14, OBR = FLASH + 0x1C, WRPR = FLASH + 0x20, PAGE = 0x08010000, OPTIONS = 0x1FFFF800,
       RAM_LOOP = 0x20001000 };

enum { BSY = 1 << 0, PGERR = 1 << 2, WRPRTERR = 1 << 4, EOP = 1 << 5 };
enum { PG = 1 << 0, PER = 1 << 1, MER = 1 << 2, OPTPG = 1 << 4, OPTER = 1 << 5, STRT = 1 << 6, LOCK = 1 << 7,
       OPTWRE = 1 << 9, ERRIE = 1 << 10, EOPIE = 1 << 12 };

/* At 8 MHz */
enum { PROGRAM_CYCLES = 420, ERASE_CYCLES = 160000 };

static struct board *b;

static void start(void)
{
    const struct machine_options options = {.seed = 1};

    b = board_create_chip(&stm32f100rb, &options);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(flash_v1, .init = start, .fini = stop);

/* The core sleeps at the end of a loop in SRAM: its accesses are those of code in RAM. */
static void run_from_ram(void)
{
    static const uint32_t loop = 0xE7FDBF30;    /* wfi; b to it */

    cr_assert(machine_load(b->m, RAM_LOOP, &loop, sizeof loop));
    machine_set_reg(b->m, REG_PC, RAM_LOOP);
    board_run(b, 100);
}

static void unlock(void)
{
    board_write(b, KEYR, 0x45670123);
    board_write(b, KEYR, 0xCDEF89AB);
}

static void unlock_options(void)
{
    unlock();
    board_write(b, OPTKEYR, 0x45670123);
    board_write(b, OPTKEYR, 0xCDEF89AB);
}

/* Lets the operation under way end; its flags are cleared and returned. The core sleeps in flash, so the
 * access itself may have waited for the end. */
static uint32_t end(void)
{
    uint32_t sr;

    cr_assert_neq(board_when(b, SR, BSY, 0, 10 * ERASE_CYCLES), UINT64_MAX);
    sr = board_read(b, SR);
    board_write(b, SR, 0x34);
    return sr;
}

static void erase_page(uint32_t address)
{
    board_write(b, CR, PER);
    board_write(b, AR, address);
    board_write(b, CR, PER | STRT);
}

Test(flash_v1, keys_unlock_it)
{
    cr_assert_eq(board_read(b, CR), LOCK);
    unlock();
    cr_assert_eq(board_read(b, CR), 0);
    board_write(b, CR, LOCK);
    cr_assert_eq(board_read(b, CR), LOCK);
}

Test(flash_v1, a_wrong_key_is_a_bus_error_and_locks_until_reset)
{
    board_write(b, KEYR, 0x45670123);
    cr_assert_eq(board_write_status(b, KEYR, 4, 0x45670123), BUS_ERROR);
    board_write(b, KEYR, 0x45670123);
    board_write(b, KEYR, 0xCDEF89AB);
    cr_assert_eq(board_read(b, CR), LOCK);
    cr_assert_geq(b->diags[DIAG_SEQUENCE], 1);
    machine_reset(b->m, RESET_SYSTEM);
    unlock();
    cr_assert_eq(board_read(b, CR), 0);
}

Test(flash_v1, keys_are_not_looked_at_while_unlocked)
{
    unlock();
    cr_assert_eq(board_write_status(b, KEYR, 4, 0xCDEF89AB), BUS_OK);
    cr_assert_eq(board_read(b, CR), 0);
}

Test(flash_v1, a_halfword_is_programmed_once)
{
    unlock();
    board_write(b, CR, PG);
    board_write16(b, PAGE, 0x1234);
    cr_assert_eq(end(), EOP);
    cr_assert_eq(board_read(b, PAGE), 0xFFFF1234);
    board_write16(b, PAGE, 0x1230);
    cr_assert_eq(end(), PGERR);
    cr_assert_eq(board_read(b, PAGE), 0xFFFF1234, "unchanged");
    board_write16(b, PAGE, 0);
    cr_assert_eq(end(), EOP, "0 always goes");
    cr_assert_eq(board_read(b, PAGE), 0xFFFF0000);
}

Test(flash_v1, other_widths_are_bus_errors)
{
    unlock();
    board_write(b, CR, PG);
    cr_assert_eq(board_write_status(b, PAGE, 4, 0), BUS_ERROR);
    cr_assert_eq(board_write_status(b, PAGE, 1, 0), BUS_ERROR);
    cr_assert_eq(board_read(b, PAGE), 0xFFFFFFFF);
}

Test(flash_v1, a_store_without_pg_fails)
{
    board_write16(b, PAGE, 0x1234);
    cr_assert_eq(end(), PGERR);
    cr_assert_eq(board_read(b, PAGE), 0xFFFFFFFF);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
}

Test(flash_v1, a_page_is_erased_alone)
{
    const uint32_t words[2] = {0, 0};

    cr_assert(machine_load(b->m, PAGE - 4, words, sizeof words));
    cr_assert(machine_load(b->m, PAGE + 0x3FC, words, sizeof words));
    unlock();
    erase_page(PAGE + 0x123);
    cr_assert_eq(end(), EOP);
    cr_assert_eq(board_read(b, PAGE - 4), 0);
    cr_assert_eq(board_read(b, PAGE), 0xFFFFFFFF);
    cr_assert_eq(board_read(b, PAGE + 0x3FC), 0xFFFFFFFF);
    cr_assert_eq(board_read(b, PAGE + 0x400), 0);
    cr_assert_eq(board_read(b, CR) & STRT, 0);
}

Test(flash_v1, mass_erase_takes_all)
{
    unlock();
    board_write(b, CR, MER);
    board_write(b, CR, MER | STRT);
    cr_assert_eq(end(), EOP);
    cr_assert_eq(board_read(b, 0x08000000), 0xFFFFFFFF);
}

Test(flash_v1, interrupts_follow_their_enables)
{
    unlock();
    board_write(b, CR, PG | EOPIE);
    board_write16(b, PAGE, 0);
    cr_assert_neq(board_when(b, SR, EOP, EOP, ERASE_CYCLES), UINT64_MAX);
    cr_assert(board_irq(b, "FLASH", 0));
    board_write(b, SR, EOP);
    cr_assert_not(board_irq(b, "FLASH", 0));
    board_write16(b, PAGE, 0x1234);
    cr_assert_not(board_irq(b, "FLASH", 0), "ERRIE is 0");
    board_write(b, CR, PG | ERRIE);
    cr_assert(board_irq(b, "FLASH", 0));
}

Test(flash_v1, write_protection_comes_from_the_option_bytes_at_reset)
{
    unlock_options();
    cr_assert_eq(board_read(b, CR), OPTWRE);
    board_write(b, CR, OPTWRE | OPTER);
    board_write(b, CR, OPTWRE | OPTER | STRT);
    cr_assert_eq(end(), EOP);
    board_write(b, CR, OPTWRE | OPTPG);
    board_write16(b, OPTIONS, 0xA5);
    cr_assert_eq(end(), EOP);
    board_write16(b, OPTIONS + 12, 0xFE);      /* pages 64 to 67 */
    cr_assert_eq(end(), EOP);
    cr_assert_eq(board_read(b, OPTIONS + 12), 0xFFFF01FE, "the controller makes the complement");
    cr_assert_eq(board_read(b, WRPR), 0xFFFFFFFF, "not before reset");
    machine_reset(b->m, RESET_SYSTEM);
    cr_assert_eq(board_read(b, WRPR), 0xFFFEFFFF);
    cr_assert_eq(board_read(b, OBR), 0x03FFFFFC);
    unlock();
    erase_page(PAGE);
    cr_assert_eq(end(), WRPRTERR);
    board_write(b, CR, PG);
    board_write16(b, PAGE, 0);
    cr_assert_eq(end(), WRPRTERR);
    board_write16(b, PAGE + 0x1000, 0);
    cr_assert_eq(end(), EOP);
}

Test(flash_v1, resets_on_entering_low_power_modes_are_reported)
{
    unlock_options();
    board_write(b, CR, OPTWRE | OPTER);
    board_write(b, CR, OPTWRE | OPTER | STRT);
    board_write(b, CR, OPTWRE | OPTPG);
    board_write16(b, OPTIONS, 0xA5);
    board_write16(b, OPTIONS + 2, 0xFB);            /* nRST_STDBY */
    machine_reset(b->m, RESET_SYSTEM);
    cr_assert_eq(board_read(b, OBR), 0x03FFFFEC);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 1);
}

Test(flash_v1, code_in_ram_sees_bsy_for_the_time_of_the_data_sheet)
{
    uint64_t before;

    run_from_ram();
    unlock();
    board_write(b, CR, PG);
    before = board_now(b);
    board_write16(b, PAGE, 0x1234);
    cr_assert_eq(board_read(b, SR), BSY);
    cr_assert_eq(board_when(b, SR, BSY, 0, ERASE_CYCLES), before + PROGRAM_CYCLES);
    cr_assert_eq(end(), EOP);
    before = board_now(b);
    erase_page(PAGE);
    cr_assert_eq(board_read(b, CR), PER | STRT);
    cr_assert_eq(board_when(b, SR, BSY, 0, 2 * ERASE_CYCLES), before + ERASE_CYCLES);
    cr_assert_eq(board_read(b, CR), PER);
}

Test(flash_v1, code_in_flash_stands_still_meanwhile)
{
    uint64_t before = board_now(b);

    unlock();
    erase_page(PAGE);
    cr_assert_eq(board_read(b, SR), EOP);
    board_run_to(b, before + 2 * ERASE_CYCLES);
}

Test(flash_v1, survives_save_and_restore_while_busy)
{
    run_from_ram();
    unlock();
    erase_page(PAGE);
    board_check_replay(b, 2 * ERASE_CYCLES);
}
