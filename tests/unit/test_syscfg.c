/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SYSCFG of STM32F4 on the real chip: memory at 0, port selection; PWR, backup SRAM, DBGMCU beside it. */
#include <criterion/criterion.h>

#include "periph/chips/chips.h"
#include "periph/gpio.h"
#include "tests/unit/board.h"

enum {
    SYSCFG = 0x40013800, MEMRMP = SYSCFG, EXTICR1 = SYSCFG + 8, CMPCR = SYSCFG + 0x20,
    PR = 0x40013C14, RTSR = 0x40013C08, SCR = 0xE000ED10,
    AHB1ENR = 0x40023830, APB1ENR = 0x40023840, APB2ENR = 0x40023844, APB2RSTR = 0x40023824,
    PWR_CR = 0x40007000, PWR_CSR = 0x40007004, BKPSRAM = 0x40024000, DBGMCU = 0xE0042000,
    DBP = 1 << 8, VOS = 1 << 14, VOSRDY = 1 << 14, BRE = 1 << 9, BRR = 1 << 3, EWUP = 1 << 8, WUF = 1
};

static struct board *b;

static void open_gates(void)
{
    board_write(b, AHB1ENR, 0x001401FF);
    board_write(b, APB1ENR, 1u << 28);
    board_write(b, APB2ENR, 1u << 14);
}

static void start(void)
{
    const struct machine_options options = {.seed = 1};

    b = board_create_chip(&stm32f405rg, &options);
    open_gates();
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(syscfg, .init = start, .fini = stop);

Test(syscfg, memrmp_shows_memories_at_0)
{
    board_write(b, 0x20000000, 0x12345678);
    cr_assert_eq(board_read(b, 0), board_read(b, 0x08000000));
    board_write(b, MEMRMP, 3);
    cr_assert_eq(board_read(b, 0), 0x12345678);
    board_write(b, 0, 0x9ABCDEF0);
    cr_assert_eq(board_read(b, 0x20000000), 0x9ABCDEF0);
    board_write(b, MEMRMP, 1);
    cr_assert_eq(board_read(b, 0), board_read(b, 0x1FFF0000));
    board_write(b, MEMRMP, 0);
    cr_assert_eq(board_read(b, 0), board_read(b, 0x08000000));
}

Test(syscfg, reset_shows_the_flash_again)
{
    board_write(b, 0x20000000, 0x12345678);
    board_write(b, MEMRMP, 3);
    machine_reset(b->m, RESET_SYSTEM);
    cr_assert_eq(board_read(b, 0), board_read(b, 0x08000000));
}

Test(syscfg, the_map_follows_a_restored_state)
{
    void *mapped = malloc(machine_state_size(b->m));

    board_write(b, 0x20000000, 0x12345678);
    board_write(b, MEMRMP, 3);
    machine_save(b->m, mapped);
    board_write(b, MEMRMP, 0);
    machine_restore(b->m, mapped);
    cr_assert_eq(board_read(b, 0), 0x12345678);
    free(mapped);
}

Test(syscfg, exticr_selects_one_port_per_line)
{
    board_write(b, RTSR, 0xFFFF);
    board_write(b, EXTICR1, 0x0001);
    board_drive(b, "GPIOA", 0, GPIO_HIGH);
    cr_assert_eq(board_read(b, PR), 0);
    board_drive(b, "GPIOB", 0, GPIO_HIGH);
    cr_assert_eq(board_read(b, PR), 1);
    board_drive(b, "GPIOB", 1, GPIO_HIGH);
    cr_assert_eq(board_read(b, PR), 1, "line 1 listens to PA1");
    board_drive(b, "GPIOA", 1, GPIO_HIGH);
    cr_assert_eq(board_read(b, PR), 3);
}

Test(syscfg, every_port_reaches_every_line)
{
    static const char *const ports[] = {"GPIOA", "GPIOB", "GPIOC", "GPIOD", "GPIOE",
                                        "GPIOF", "GPIOG", "GPIOH", "GPIOI"};

    board_write(b, RTSR, 0xFFFF);
    for (unsigned port = 0; port < 9; port++)
        for (uint8_t pin = 0; pin < 16; pin++) {
            board_write(b, EXTICR1 + pin / 4 * 4, port << 4 * (pin % 4));
            board_drive(b, ports[port], pin, GPIO_LOW);
            board_write(b, PR, 0xFFFF);
            board_drive(b, ports[port], pin, GPIO_HIGH);
            cr_assert_eq(board_read(b, PR), 1u << pin, "%s pin %u", ports[port], pin);
            board_drive(b, ports[port], pin, GPIO_LOW);
        }
}

Test(syscfg, without_its_clock_a_line_stays_on_port_a)
{
    board_write(b, APB2ENR, 0);
    board_write(b, EXTICR1, 1);
    cr_assert_eq(b->diags[DIAG_UNCLOCKED], 1);
    board_write(b, RTSR, 1);
    board_drive(b, "GPIOB", 0, GPIO_HIGH);
    cr_assert_eq(board_read(b, PR), 0);
    board_drive(b, "GPIOA", 0, GPIO_HIGH);
    cr_assert_eq(board_read(b, PR), 1);
}

Test(syscfg, compensation_cell_gets_ready)
{
    board_write(b, CMPCR, 1);
    cr_assert_eq(board_read(b, CMPCR), 0x101);
    board_write(b, CMPCR, 0);
    cr_assert_eq(board_read(b, CMPCR), 0);
}

TestSuite(pwr, .init = start, .fini = stop);

Test(pwr, dbp_reads_back)
{
    cr_assert_eq(board_read(b, PWR_CR), VOS);
    board_write(b, PWR_CR, VOS | DBP);
    cr_assert_eq(board_read(b, PWR_CR), VOS | DBP);
}

Test(pwr, vosrdy_follows_vos)
{
    cr_assert_eq(board_read(b, PWR_CSR), 0);
    board_write(b, PWR_CR, VOS);
    cr_assert_neq(board_when(b, PWR_CSR, VOSRDY, VOSRDY, 16000), UINT64_MAX);
    board_write(b, PWR_CR, 0);
    cr_assert_eq(board_read(b, PWR_CSR), 0);
    cr_assert_neq(board_when(b, PWR_CSR, VOSRDY, VOSRDY, 16000), UINT64_MAX);
}

Test(pwr, backup_regulator_gets_ready_and_survives_a_reset)
{
    board_write(b, PWR_CSR, BRE);
    cr_assert_eq(board_read(b, PWR_CSR), BRE);
    machine_reset(b->m, RESET_SYSTEM);
    open_gates();
    cr_assert_neq(board_when(b, PWR_CSR, BRR, BRR, 16000), UINT64_MAX);
    machine_reset(b->m, RESET_SYSTEM);
    open_gates();
    cr_assert_eq(board_read(b, PWR_CSR), BRE | BRR);
    board_write(b, PWR_CSR, 0);
    cr_assert_eq(board_read(b, PWR_CSR), 0);
}

Test(pwr, wake_up_pin_sets_wuf)
{
    board_drive(b, "GPIOA", 0, GPIO_HIGH);
    cr_assert_eq(board_read(b, PWR_CSR), 0);
    board_write(b, PWR_CSR, EWUP);
    cr_assert_eq(board_read(b, PWR_CSR), EWUP | WUF, "high already");
    board_write(b, PWR_CR, VOS | 1u << 2);
    cr_assert_eq(board_read(b, PWR_CSR) & WUF, 0, "CWUF");
    board_drive(b, "GPIOA", 0, GPIO_LOW);
    board_drive(b, "GPIOA", 0, GPIO_HIGH);
    cr_assert_eq(board_read(b, PWR_CSR) & WUF, WUF);
}

Test(pwr, settling_survives_a_restore_at_every_event)
{
    board_write(b, PWR_CR, VOS | DBP);
    board_write(b, PWR_CSR, BRE);
    board_check_replay(b, 2000);
    cr_assert_eq(board_read(b, PWR_CSR), BRE | BRR | VOSRDY);
}

TestSuite(bkpsram, .init = start, .fini = stop);

Test(bkpsram, needs_dbp_for_writes_and_survives_resets)
{
    board_write(b, BKPSRAM, 0x12345678);
    cr_assert_eq(board_read(b, BKPSRAM), 0);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
    board_write(b, PWR_CR, VOS | DBP);
    board_write(b, BKPSRAM, 0x12345678);
    board_write16(b, BKPSRAM + 0xFFE, 0xABCD);
    board_write8(b, BKPSRAM + 1, 0xEE);
    machine_reset(b->m, RESET_SYSTEM);
    cr_assert_eq(board_read(b, BKPSRAM), 0, "its clock is off");
    open_gates();
    cr_assert_eq(board_read(b, BKPSRAM), 0x1234EE78);
    cr_assert_eq(board_read(b, BKPSRAM + 0xFFC), 0xABCD0000);
    cr_assert_eq(board_peek(b, BKPSRAM), 0x1234EE78);
    machine_reset(b->m, RESET_POWER_ON);
    open_gates();
    cr_assert_eq(board_read(b, BKPSRAM), 0);
}

TestSuite(dbgmcu, .init = start, .fini = stop);

Test(dbgmcu, identifies_the_chip)
{
    cr_assert_eq(board_read(b, DBGMCU), 0x100F6413);
    board_write(b, DBGMCU, 0);
    cr_assert_eq(board_read(b, DBGMCU), 0x100F6413);
}

Test(dbgmcu, freeze_bits_survive_a_system_reset)
{
    board_write(b, DBGMCU + 4, 7);
    board_write(b, DBGMCU + 8, 0xFFFFFFFF);
    board_write(b, DBGMCU + 0xC, 0xFFFFFFFF);
    machine_reset(b->m, RESET_SYSTEM);
    cr_assert_eq(board_read(b, DBGMCU + 4), 7);
    cr_assert_eq(board_read(b, DBGMCU + 8), 0x06E01DFF);
    cr_assert_eq(board_read(b, DBGMCU + 0xC), 0x00070003);
    machine_reset(b->m, RESET_POWER_ON);
    cr_assert_eq(board_read(b, DBGMCU + 4), 0);
}
