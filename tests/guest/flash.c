/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Erasing and programming the flash from the running program, and every way to get it wrong (RM0090 3.6). */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/stm32f405.h"

#define SECTOR    11u
#define TARGET    0x080E0000u
#define SR_ERRORS (FLASH_SR_WRPERR | FLASH_SR_PGAERR | FLASH_SR_PGPERR | FLASH_SR_PGSERR)

static void wait(void)
{
    while (FLASH->SR & FLASH_SR_BSY) {
    }
}

static uint32_t take_errors(void)
{
    uint32_t errors = FLASH->SR & SR_ERRORS;
    FLASH->SR = errors;
    return errors;
}

static void test_lock(void)
{
    check("locked_after_reset", FLASH->CR & FLASH_CR_LOCK);
    FLASH->CR = FLASH_CR_PG;
    check_eq("locked_register_ignores_writes", FLASH->CR & FLASH_CR_PG, 0);
    FLASH->KEYR = FLASH_KEY1;
    FLASH->KEYR = FLASH_KEY2;
    check_eq("two_keys_unlock", FLASH->CR & FLASH_CR_LOCK, 0);
}

static void test_erase(void)
{
    FLASH->CR = FLASH_CR_SER | FLASH_CR_SNB(SECTOR) | FLASH_CR_PSIZE_32;
    FLASH->CR |= FLASH_CR_STRT;
    wait();
    FLASH->CR = FLASH_CR_PSIZE_32;
    check_eq("erase_reports_no_error", take_errors(), 0);
    check_eq("erased_word_reads_ones", REG32(TARGET), 0xFFFFFFFF);
}

static void test_program(void)
{
    FLASH->CR = FLASH_CR_PG | FLASH_CR_PSIZE_32;
    REG32(TARGET) = 0x12345678;
    wait();
    check_eq("word_is_programmed", REG32(TARGET), 0x12345678);
    REG32(TARGET) = 0xFFFF0FFF;
    wait();
    check_eq("programming_only_clears_bits", REG32(TARGET), 0x12340678);
    check_eq("programming_reports_no_error", take_errors(), 0);

    REG16(TARGET + 8) = 0x1234;
    wait();
    check_eq("wrong_width_is_pgperr", take_errors(), FLASH_SR_PGPERR);
    check_eq("wrong_width_writes_nothing", REG32(TARGET + 8), 0xFFFFFFFF);
    FLASH->CR = FLASH_CR_PG;        /* PSIZE: byte */
    REG8(TARGET + 13) = 0x5A;
    wait();
    check_eq("byte_is_programmed", REG32(TARGET + 12), 0xFFFF5AFF);
    FLASH->CR = 0;
    REG32(TARGET + 16) = 0;
    barrier();
    check_eq("write_without_pg_is_pgserr", take_errors(), FLASH_SR_PGSERR);
    check_eq("write_without_pg_writes_nothing", REG32(TARGET + 16), 0xFFFFFFFF);
}

static void test_erase_again(void)
{
    FLASH->CR = FLASH_CR_SER | FLASH_CR_SNB(SECTOR) | FLASH_CR_PSIZE_32;
    FLASH->CR |= FLASH_CR_STRT;
    wait();
    check_eq("second_erase_reads_ones", REG32(TARGET), 0xFFFFFFFF);
    FLASH->CR = FLASH_CR_LOCK;
    check("lock_locks", FLASH->CR & FLASH_CR_LOCK);
}

int main(void)
{
    test_lock();
    test_erase();
    test_program();
    test_erase_again();
    check_end();
}
