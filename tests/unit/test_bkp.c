/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The F1's backup registers and their tamper pin (RM0041 5). */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "core/signal.h"
#include "periph/bkp.h"
#include "periph/devices.h"
#include "tests/unit/board.h"

enum {
    BKP = 0x40006C00, DR1 = BKP + 4, DR10 = BKP + 0x28, RTCCR = BKP + 0x2C, CR = BKP + 0x30, CSR = BKP + 0x34,
    TPE = 1, TPAL = 2, CTE = 1, CTI = 2, TPIE = 4, TEF = 1 << 8, TIF = 1 << 9,
    DBP = 1 << 0, BDRST = 1 << 1, PC13 = 1 << 2, CPU_RESET = 1 << 3
};

static const struct chip_device devices[] = {
    {.name = "BKP", .ops = &bkp_ops, .base = BKP, .size = 0x400, .gate = GATE_NONE, .reset_line = GATE_NONE,
     .clock = CLOCK_PCLK1, .irq = {2}, .irq_count = 1},
    {0}};

static const struct chip_route routes[] = {
    {"PROBE", 0, "BKP", BKP_IN_DBP, 1},
    {"PROBE", 1, "BKP", BKP_IN_BDRST, 1},
    {"PROBE", 2, "BKP", BKP_IN_TAMPER, 1},
    {"PROBE", 3, CPU_SIGNALS, CPU_SIGNAL_RESET, 1},
    {0}};

static struct board *b;

static void drive(uint32_t lines)
{
    board_write(b, BOARD_PROBE, DBP | lines);
}

static void start(void)
{
    b = board_create(devices, routes);
    drive(0);
    board_write(b, DR1, 0x1111);
    board_write(b, DR10, 0xAAAA);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(bkp, .init = start, .fini = stop);

Test(bkp, a_high_pin_tampers_and_clears_the_data)
{
    board_write(b, CR, TPE);
    board_write(b, CSR, TPIE);
    cr_assert_eq(board_read(b, DR10), 0xAAAA);
    drive(PC13);
    cr_assert_eq(board_read(b, DR1), 0);
    cr_assert_eq(board_read(b, DR10), 0);
    cr_assert_eq(board_read(b, CSR), TEF | TIF | TPIE);
    cr_assert(board_irq(b, "BKP", 0));
    board_write(b, CSR, CTI | TPIE);
    cr_assert_eq(board_read(b, CSR), TEF | TPIE);
    cr_assert_not(board_irq(b, "BKP", 0));
}

Test(bkp, the_data_stays_0_until_the_event_is_cleared)
{
    board_write(b, CR, TPE);
    drive(PC13);
    board_write(b, DR1, 5);
    cr_assert_eq(board_read(b, DR1), 0);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
    board_write(b, CSR, CTE);
    cr_assert_eq(board_read(b, CSR), 0);
    board_write(b, DR1, 5);
    cr_assert_eq(board_read(b, DR1), 5);
}

Test(bkp, with_tpal_a_low_pin_tampers)
{
    drive(PC13);
    board_write(b, CR, TPE | TPAL);
    cr_assert_eq(board_read(b, DR1), 0x1111);
    drive(0);
    cr_assert_eq(board_read(b, DR1), 0);
}

Test(bkp, a_pin_that_is_high_already_tampers_when_it_is_enabled)
{
    drive(PC13);
    cr_assert_eq(board_read(b, DR1), 0x1111);
    board_write(b, CR, TPE);
    cr_assert_eq(board_read(b, DR1), 0);
    cr_assert_eq(board_read(b, CSR), TEF, "no interrupt without TPIE");
}

Test(bkp, tpie_does_not_outlive_a_reset_but_the_event_does)
{
    board_write(b, CR, TPE);
    board_write(b, CSR, TPIE);
    drive(PC13);
    drive(PC13 | CPU_RESET);
    board_run(b, 1);
    cr_assert_eq(board_read(b, CSR), TEF);
    cr_assert_not(board_irq(b, "BKP", 0));
}

Test(bkp, survives_save_and_restore)
{
    void *saved = malloc(machine_state_size(b->m));
    uint64_t hash;

    board_write(b, CR, TPE);
    drive(PC13);
    machine_save(b->m, saved);
    board_run(b, 100);
    hash = machine_hash(b->m);
    machine_restore(b->m, saved);
    board_run(b, 100);
    cr_assert_eq(machine_hash(b->m), hash);
    free(saved);
}
