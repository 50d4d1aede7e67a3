/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flash interface of STM32F4 on the real chip: keys, erase, program, errors, busy time, option bytes. */
#include <criterion/criterion.h>
#include <string.h>

#include "periph/chips/chips.h"
#include "periph/flash_v2.h"
#include "tests/unit/board.h"

enum {
    FLASH = 0x40023C00, ACR = FLASH, KEYR = FLASH + 4, OPTKEYR = FLASH + 8, SR = FLASH + 0x0C,
    CR = FLASH + 0x10, OPTCR = FLASH + 0x14,
    EOP = 1 << 0, OPERR = 1 << 1, WRPERR = 1 << 4, PGPERR = 1 << 6, PGSERR = 1 << 7, BSY = 1 << 16,
    PG = 1 << 0, SER = 1 << 1, MER = 1 << 2, STRT = 1 << 16, EOPIE = 1 << 24, ERRIE = 1 << 25,
    X8 = 0 << 8, X16 = 1 << 8, X32 = 2 << 8, X64 = 3 << 8,
    MAIN = 0x08000000, SECTOR_1 = MAIN + 0x4000, SECTOR_4 = MAIN + 0x10000, SECTOR_11 = MAIN + 0xE0000,
    OTP = 0x1FFF7800, SRAM = 0x20000000,
    HZ = 16000000, MS = HZ / 1000, PROGRAM_CYCLES = 16 * (HZ / 1000000),
    RAM_LOOP = SRAM + 0x2000
};

#define LOCK 0x80000000u
#define SNB(sector) ((sector) << 3)

static struct board *b;

static void start(void)
{
    const struct machine_options options = {.seed = 1};

    b = board_create_chip(&stm32f405rg, &options);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(flash_v2, .init = start, .fini = stop);

/* The core sleeps at the end of a loop in SRAM: its accesses are those of code in RAM. */
static void run_from_ram(void)
{
    static const uint32_t loop = 0xE7FDBF30;    /* wfi; b to it */

    cr_assert(machine_load(b->m, RAM_LOOP, &loop, sizeof loop));
    machine_set_reg(b->m, REG_PC, RAM_LOOP);
}

static void unlock(void)
{
    board_write(b, KEYR, 0x45670123);
    board_write(b, KEYR, 0xCDEF89AB);
    cr_assert_not(board_read(b, CR) & LOCK);
}

static void program(uint32_t address, uint32_t value)
{
    board_write(b, CR, PG | X32);
    board_write(b, address, value);
    board_write(b, CR, 0);
}

static void expect_error(uint32_t flags)
{
    cr_assert_eq(board_read(b, SR), flags, "SR %x", board_read(b, SR));
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1, "%s", b->last_diag);
    cr_assert_eq(board_read(b, SECTOR_1), 0xFFFFFFFF);
}

Test(flash_v2, starts_locked_with_no_wait_states)
{
    cr_assert_eq(board_read(b, ACR), 0);
    cr_assert_eq(board_read(b, CR), LOCK);
    cr_assert_eq(board_read(b, SR), 0);
    cr_assert_eq(board_read(b, OPTCR), 0x0FFFAAED);
}

Test(flash_v2, acr_reads_back)
{
    board_write(b, ACR, 0x705);
    cr_assert_eq(board_read(b, ACR), 0x705);
    board_write(b, ACR, 0x1805);
    cr_assert_eq(board_read(b, ACR), 0x1005, "ICRST is write-only");
}

Test(flash_v2, the_two_keys_unlock)
{
    unlock();
    board_write(b, CR, LOCK);
    cr_assert_eq(board_read(b, CR), LOCK);
    board_write(b, CR, SER);
    cr_assert_eq(board_read(b, CR), LOCK, "locked again");
    unlock();
}

Test(flash_v2, a_wrong_key_is_a_bus_error_and_locks_until_reset)
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

Test(flash_v2, keys_are_not_looked_at_while_unlocked)
{
    unlock();
    cr_assert_eq(board_write_status(b, KEYR, 4, 0xCDEF89AB), BUS_OK);
    cr_assert_eq(board_read(b, CR), 0);
}

Test(flash_v2, programs_what_psize_says)
{
    unlock();
    board_write(b, CR, PG | X8);
    board_write8(b, SECTOR_1 + 1, 0x12);
    board_write(b, CR, PG | X16);
    board_write16(b, SECTOR_1 + 2, 0x3456);
    board_write(b, CR, PG | X32);
    board_write(b, SECTOR_1 + 4, 0x789ABCDE);
    cr_assert_eq(board_read(b, SR), 0);
    cr_assert_eq(board_read(b, SECTOR_1), 0x345612FF);
    cr_assert_eq(board_read(b, SECTOR_1 + 4), 0x789ABCDE);
    cr_assert_eq(board_read(b, 0x4004), 0x789ABCDE, "the alias at 0");
}

Test(flash_v2, programming_only_clears_bits)
{
    unlock();
    program(SECTOR_1, 0xFF00FFFF);
    program(SECTOR_1, 0x12FF34FF);
    cr_assert_eq(board_read(b, SECTOR_1), 0x120034FF);
}

Test(flash_v2, store_without_pg_is_a_sequence_error)
{
    board_write(b, SECTOR_1, 0);
    expect_error(PGSERR);
}

Test(flash_v2, store_with_ser_left_on_is_a_sequence_error)
{
    unlock();
    board_write(b, CR, PG | SER | X32);
    board_write(b, SECTOR_1, 0);
    expect_error(PGSERR);
}

Test(flash_v2, wrong_width_is_a_parallelism_error)
{
    unlock();
    board_write(b, CR, PG | X16);
    board_write(b, SECTOR_1, 0);
    expect_error(PGPERR);
}

Test(flash_v2, x64_needs_vpp)
{
    unlock();
    board_write(b, CR, PG | X64);
    board_write(b, SECTOR_1, 0);
    expect_error(PGPERR);
}

Test(flash_v2, a_stale_error_blocks_until_it_is_cleared)
{
    unlock();
    board_write(b, CR, 0);
    board_write(b, SECTOR_1, 0);
    program(SECTOR_1, 0);
    board_write(b, CR, SER | SNB(1) | STRT);
    cr_assert_eq(board_read(b, SECTOR_1), 0xFFFFFFFF);
    cr_assert_eq(board_read(b, SR), PGSERR);
    cr_assert_not(board_read(b, CR) & STRT);
    board_write(b, SR, PGSERR);
    program(SECTOR_1, 0);
    cr_assert_eq(board_read(b, SECTOR_1), 0);
}

Test(flash_v2, sector_erase_erases_that_sector)
{
    uint32_t offset, size;

    unlock();
    for (unsigned sector = 0; flash_v2_sector(0x100000, sector, &offset, &size); sector++) {
        program(MAIN + offset + 0x800, sector);
        program(MAIN + offset + size - 4, sector);
    }
    board_write(b, CR, SER | SNB(4) | X32);
    board_write(b, CR, SER | SNB(4) | X32 | STRT);
    cr_assert_eq(board_read(b, SR), 0);
    for (unsigned sector = 0; flash_v2_sector(0x100000, sector, &offset, &size); sector++) {
        cr_assert_eq(board_read(b, MAIN + offset + 0x800), sector == 4 ? 0xFFFFFFFF : sector);
        cr_assert_eq(board_read(b, MAIN + offset + size - 4), sector == 4 ? 0xFFFFFFFF : sector);
    }
}

Test(flash_v2, the_geometry_is_the_chips)
{
    unsigned number = 0;
    uint32_t offset, size;

    for (const struct chip_sectors *run = stm32f405rg.sectors; run->count; run++)
        for (unsigned i = 0; i < run->count; i++) {
            cr_assert(flash_v2_sector(0x100000, number++, &offset, &size));
            cr_assert_eq(MAIN + offset, run->base + i * run->size);
            cr_assert_eq(size, run->size);
        }
    cr_assert_eq(number, 12);
    cr_assert_not(flash_v2_sector(0x100000, number, &offset, &size));
}

Test(flash_v2, code_in_flash_stands_still_for_an_erase)
{
    uint64_t before;

    unlock();
    board_write(b, CR, SER | SNB(1) | X32);
    before = board_now(b);
    board_write(b, CR, SER | SNB(1) | X32 | STRT);
    cr_assert_eq(board_now(b) - before, 250 * MS);
    cr_assert_eq(board_read(b, SR) & BSY, 0);
    cr_assert_eq(board_read(b, CR) & STRT, 0);
}

Test(flash_v2, code_in_ram_sees_busy_for_the_typical_time)
{
    static const struct {
        uint32_t cr;
        unsigned ms;
    } erases[] = {
        {SER | SNB(1u) | X8, 400},   {SER | SNB(1u) | X16, 300},   {SER | SNB(1u) | X32, 250},
        {SER | SNB(4u) | X8, 1200},  {SER | SNB(4u) | X16, 700},   {SER | SNB(4u) | X32, 550},
        {SER | SNB(11u) | X8, 2000}, {SER | SNB(11u) | X16, 1300}, {SER | SNB(11u) | X32, 1000},
        {MER | X8, 16000},           {MER | X16, 11000},           {MER | X32, 8000},
    };

    run_from_ram();
    unlock();
    for (unsigned i = 0; i < sizeof erases / sizeof erases[0]; i++) {
        uint64_t before = board_now(b);
        board_write(b, CR, erases[i].cr | STRT);
        cr_assert_eq(board_now(b), before);
        cr_assert(board_read(b, SR) & BSY && board_read(b, CR) & STRT);
        cr_assert_eq(board_when(b, SR, BSY, 0, UINT64_MAX / 2) - before, (uint64_t)erases[i].ms * MS);
        cr_assert_not(board_read(b, CR) & STRT);
    }
}

Test(flash_v2, stores_of_code_in_ram_wait_for_each_other)
{
    uint64_t before;

    run_from_ram();
    unlock();
    board_write(b, CR, PG | X32);
    before = board_now(b);
    board_write(b, SECTOR_1, 1);
    cr_assert_eq(board_now(b), before);
    board_write(b, SECTOR_1 + 4, 2);
    cr_assert_eq(board_now(b), before + PROGRAM_CYCLES);
    cr_assert(board_read(b, SR) & BSY);
    cr_assert_eq(board_when(b, SR, BSY, 0, HZ), before + 2 * PROGRAM_CYCLES);
    cr_assert_eq(board_read(b, SECTOR_1), 1);
    cr_assert_eq(board_read(b, SECTOR_1 + 4), 2);
}

Test(flash_v2, a_debuggers_write_takes_no_time)
{
    uint32_t done, cr = SER | SNB(1) | X32 | STRT;
    uint64_t before;

    unlock();
    before = board_now(b);
    cr_assert(machine_poke(b->m, CR, &cr, 4, &done));
    cr_assert_eq(board_now(b), before);
    cr_assert(board_read(b, SR) & BSY);
}

/* Runs the core from `pc` until it sleeps, with the flash unlocked; `lr` is where a subroutine returns. */
static void run_guest(uint32_t pc, uint32_t lr)
{
    machine_reset(b->m, RESET_SYSTEM);
    unlock();
    machine_set_reg(b->m, REG_R0, FLASH);
    machine_set_reg(b->m, REG_R0 + 1, SER | SNB(1) | X32 | STRT);
    machine_set_reg(b->m, REG_LR, lr | 1);
    machine_set_reg(b->m, REG_PC, pc);
    board_run(b, 500 * MS);
}

Test(flash_v2, guest_code_that_erases_code_runs_on_after_the_busy_time)
{
    /* str r1, [r0, #0x10]; ldr r2, [r0, #0xC]; wfi; b to it */
    static const uint16_t eraser[] = {0x6101, 0x68C2, 0xBF30, 0xE7FD};
    static const uint32_t returns_1 = 0x47702301, returns_2 = 0x47702302;   /* movs r3, #n; bx lr */
    const uint32_t place = MAIN + 0x400;

    cr_assert(machine_load(b->m, place, eraser, sizeof eraser));
    cr_assert(machine_load(b->m, SECTOR_1, &returns_1, 4));
    run_guest(SECTOR_1, place + 4);
    cr_assert_eq(machine_reg(b->m, REG_R0 + 3), 1);
    run_guest(place, 0);
    cr_assert_eq(machine_reg(b->m, REG_R0 + 2), 0, "no BSY, no error");
    cr_assert_eq(board_read(b, SECTOR_1), 0xFFFFFFFF);
    program(SECTOR_1, returns_2);
    run_guest(SECTOR_1, place + 4);
    cr_assert_eq(machine_reg(b->m, REG_R0 + 3), 2);
}

Test(flash_v2, eop_needs_its_interrupt_enable)
{
    unlock();
    program(SECTOR_1, 1);
    cr_assert_eq(board_read(b, SR), 0);
    board_write(b, CR, PG | X32 | EOPIE);
    board_write(b, SECTOR_1 + 4, 1);
    cr_assert_eq(board_read(b, SR), EOP);
    cr_assert(board_irq(b, "FLASH", 0));
    board_write(b, SR, EOP);
    cr_assert_not(board_irq(b, "FLASH", 0));
}

Test(flash_v2, operr_and_its_interrupt_follow_errie)
{
    unlock();
    board_write(b, CR, ERRIE);
    board_write(b, SECTOR_1, 0);
    cr_assert_eq(board_read(b, SR), PGSERR | OPERR);
    cr_assert(board_irq(b, "FLASH", 0));
    board_write(b, SR, PGSERR | OPERR);
    cr_assert_not(board_irq(b, "FLASH", 0));
}

Test(flash_v2, sector_that_does_not_exist_is_not_erased)
{
    unlock();
    board_write(b, CR, SER | SNB(12) | STRT);
    cr_assert_eq(board_read(b, SR), PGSERR);
}

static void unlock_options(void)
{
    board_write(b, OPTKEYR, 0x08192A3B);
    board_write(b, OPTKEYR, 0x4C5D6E7F);
    cr_assert_not(board_read(b, OPTCR) & 1);
}

Test(flash_v2, protected_sectors_refuse)
{
    unlock();
    program(SECTOR_1, 0x1234);
    unlock_options();
    board_write(b, OPTCR, 0x0FFDAAEC);
    board_write(b, OPTCR, 0x0FFDAAEC | 2);
    cr_assert_eq(board_read(b, OPTCR), 0x0FFDAAEC);
    program(SECTOR_1, 0);
    cr_assert_eq(board_read(b, SR), WRPERR);
    board_write(b, SR, WRPERR);
    board_write(b, CR, SER | SNB(1) | STRT);
    cr_assert_eq(board_read(b, SR), WRPERR);
    board_write(b, SR, WRPERR);
    board_write(b, CR, MER | STRT);
    cr_assert_eq(board_read(b, SR), WRPERR, "mass erase");
    board_write(b, SR, WRPERR);
    cr_assert_eq(board_read(b, SECTOR_1), 0x1234);
    program(SECTOR_4, 0);
    cr_assert_eq(board_read(b, SECTOR_4), 0);
}

Test(flash_v2, option_bytes_survive_a_reset)
{
    unlock_options();
    board_write(b, OPTCR, 0x0FF0AAEC | 2);
    cr_assert_eq(board_read(b, 0x1FFFC008) & 0xFFF, 0xFF0);
    machine_reset(b->m, RESET_SYSTEM);
    cr_assert_eq(board_read(b, OPTCR), 0x0FF0AAED);
}

Test(flash_v2, options_without_optstrt_are_forgotten_at_reset)
{
    unlock_options();
    board_write(b, OPTCR, 0x0FF0AAEC);
    machine_reset(b->m, RESET_SYSTEM);
    cr_assert_eq(board_read(b, OPTCR), 0x0FFFAAED);
}

Test(flash_v2, readout_protection_is_refused)
{
    unlock_options();
    board_write(b, OPTCR, 0x0FFFCCEC | 2);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 1);
    cr_assert_eq(board_read(b, 0x1FFFC000) >> 8 & 0xFF, 0xAA);
    machine_reset(b->m, RESET_SYSTEM);
    cr_assert_eq(board_read(b, OPTCR), 0x0FFFAAED);
}

Test(flash_v2, hardware_watchdog_option_starts_the_watchdog)
{
    unlock_options();
    board_write(b, OPTCR, 0x0FFFAACC | 2);
    board_write(b, 0x40023874, 1u << 24);       /* RCC_CSR.RMVF */
    machine_reset(b->m, RESET_SYSTEM);
    board_run(b, HZ);                           /* 4096 * 4 cycles of 32 kHz: 512 ms */
    cr_assert_eq(board_read(b, 0x40023874) & 0x20000000, 0x20000000);
}

Test(flash_v2, otp_blocks_program_once_and_lock)
{
    unlock();
    program(OTP + 32, 0x12345678);
    cr_assert_eq(board_read(b, OTP + 32), 0x12345678);
    board_write(b, CR, PG | X8);
    board_write8(b, OTP + 512 + 1, 0);
    program(OTP + 36, 0);
    cr_assert_eq(board_read(b, SR), WRPERR);
    cr_assert_eq(board_read(b, OTP + 36), 0xFFFFFFFF);
    board_write(b, SR, WRPERR);
    program(OTP + 64, 0);
    cr_assert_eq(board_read(b, OTP + 64), 0, "the next block is open");
}

Test(flash_v2, an_erase_survives_a_restore_at_every_event)
{
    run_from_ram();
    unlock();
    board_write(b, CR, SER | SNB(1) | X32 | EOPIE);
    board_write(b, CR, SER | SNB(1) | X32 | EOPIE | STRT);
    board_check_replay(b, 300 * MS);
    cr_assert_eq(board_read(b, SR), EOP);
}
