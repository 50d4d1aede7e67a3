/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pins of the STM32F100 and their way through AFIO to EXTI. */
#include <criterion/criterion.h>

#include "periph/board.h"
#include "periph/chips/chips.h"
#include "periph/gpio.h"
#include "tests/unit/board.h"

enum { GPIOA = 0x40010800, GPIOB = 0x40010C00, CRL = 0, CRH = 4, IDR = 8, ODR = 0xC, BSRR = 0x10, BRR = 0x14,
       LCKR = 0x18, AFIO = 0x40010000, AFIO_EVCR = AFIO, AFIO_EXTICR1 = AFIO + 8,
       EXTI_IMR = 0x40010400, EXTI_RTSR = 0x40010408, EXTI_PR = 0x40010414, APB2ENR = 0x40021018,
       SPI1 = 0x40013000 };

static struct board *b;

static void start(void)
{
    const struct machine_options options = {.seed = 1};

    b = board_create_chip(&stm32f100rb, &options);
    board_write(b, APB2ENR, 0x7D);
    board_write(b, AFIO + 4, 4u << 24);         /* the debug port lets go of its pins */
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(gpio_v1, .init = start, .fini = stop);

/* CNF and MODE of pin 0 */
static void configure(uint32_t port, uint32_t mode)
{
    board_write(b, port + CRL, 0x44444440 | mode);
}

Test(gpio_v1, push_pull_output_shows_in_idr)
{
    configure(GPIOA, 3);
    board_write(b, GPIOA + BSRR, 1);
    cr_assert_eq(board_read(b, GPIOA + IDR), 1);
    board_drive(b, "GPIOA", 0, GPIO_LOW);
    cr_assert_eq(board_read(b, GPIOA + IDR), 1, "it wins against the board");
    board_write(b, GPIOA + BRR, 1);
    cr_assert_eq(board_read(b, GPIOA + IDR), 0);
}

Test(gpio_v1, open_drain_shows_the_boards_level)
{
    configure(GPIOA, 7);
    board_write(b, GPIOA + BSRR, 1);
    cr_assert_eq(board_read(b, GPIOA + IDR), 1, "nobody drives it low");
    board_drive(b, "GPIOA", 0, GPIO_LOW);
    cr_assert_eq(board_read(b, GPIOA + IDR), 0);
    board_drive(b, "GPIOA", 0, GPIO_HIGH);
    cr_assert_eq(board_read(b, GPIOA + IDR), 1);
    board_write(b, GPIOA + BRR, 1);
    cr_assert_eq(board_read(b, GPIOA + IDR), 0);
}

Test(gpio_v1, odr_is_the_direction_of_the_pull)
{
    configure(GPIOA, 8);
    cr_assert_eq(board_read(b, GPIOA + IDR), 0);
    board_write(b, GPIOA + ODR, 1);
    cr_assert_eq(board_read(b, GPIOA + IDR), 1);
    board_drive(b, "GPIOA", 0, GPIO_LOW);
    cr_assert_eq(board_read(b, GPIOA + IDR), 0, "the board is stronger");
    configure(GPIOA, 4);
    board_drive(b, "GPIOA", 0, GPIO_RELEASED);
    cr_assert_eq(board_read(b, GPIOA + IDR), 0, "floating: no pull");
}

Test(gpio_v1, an_analog_pin_reads_0)
{
    board_drive(b, "GPIOA", 0, GPIO_HIGH);
    cr_assert_eq(board_read(b, GPIOA + IDR), 1);
    configure(GPIOA, 0);
    cr_assert_eq(board_read(b, GPIOA + IDR), 0);
}

Test(gpio_v1, crh_has_the_upper_pins)
{
    board_write(b, GPIOA + CRH, 0x34444444);
    board_write(b, GPIOA + BSRR, 1u << 15);
    cr_assert_eq(board_read(b, GPIOA + IDR), 1u << 15);
}

Test(gpio_v1, set_wins_over_reset)
{
    configure(GPIOA, 3);
    board_write(b, GPIOA + BSRR, 0x00010001);
    cr_assert_eq(board_read(b, GPIOA + ODR), 1);
}

Test(gpio_v1, the_lock_sequence_freezes_the_configuration)
{
    board_write(b, GPIOA + LCKR, 0x10001);
    board_write(b, GPIOA + LCKR, 0x00001);
    board_write(b, GPIOA + LCKR, 0x10001);
    board_read(b, GPIOA + LCKR);
    cr_assert_eq(board_read(b, GPIOA + LCKR), 0x10001);
    board_write(b, GPIOA + CRL, 0x33333333);
    cr_assert_eq(board_read(b, GPIOA + CRL), 0x33333334);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
}

Test(gpio_v1, exticr_chooses_the_port_of_a_line)
{
    board_write(b, EXTI_IMR, 1);
    board_write(b, EXTI_RTSR, 1);
    board_write(b, AFIO_EXTICR1, 1);
    board_drive(b, "GPIOA", 0, GPIO_HIGH);
    cr_assert_eq(board_read(b, EXTI_PR), 0, "port B is selected");
    board_drive(b, "GPIOB", 0, GPIO_HIGH);
    cr_assert_eq(board_read(b, EXTI_PR), 1);
    cr_assert(board_irq(b, "EXTI", 0));
    board_write(b, EXTI_PR, 1);
    cr_assert_not(board_irq(b, "EXTI", 0));
}

Test(gpio_v1, exticr_stays_at_port_a_without_the_afio_clock)
{
    board_write(b, APB2ENR, 0x7C);
    board_write(b, AFIO_EXTICR1, 1);
    board_write(b, APB2ENR, 0x7D);
    cr_assert_eq(board_read(b, AFIO_EXTICR1), 0);
}

Test(gpio_v1, the_event_output_is_reported)
{
    board_write(b, AFIO_EVCR, 0x80);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 1);
}

/* An input needs no alternate function mode; the vendor's drivers set it all the same (RM0041 7.1.9, table 22). */
static void check_miso(uint32_t mode)
{
    static const struct chip_device around[] = {
        {.name = "LOOP", .ops = &spi_loop_ops, .gate = GATE_NONE, .reset_line = GATE_NONE, .joins = "SPI1"}, {0}};
    const struct machine_options options = {.seed = 1, .board = {.devices = around}};

    b = board_create_chip(&stm32f100rb, &options);
    board_write(b, APB2ENR, 1u << 12 | 1u << 2 | 1);
    board_write(b, GPIOA + CRL, 0xB0B44444 | mode << 24);
    board_write(b, SPI1, 0x347);            /* software NSS, SPE, MSTR, CPHA and CPOL */
    board_write(b, SPI1 + 0xC, 0x5A);
    board_run(b, 100);
    cr_assert_eq(board_read(b, SPI1 + 0xC), 0x5A);
    board_destroy(b);
}

Test(gpio_v1_functions, miso_is_heard_as_reset_left_its_pin)
{
    check_miso(4);
}

Test(gpio_v1_functions, miso_is_heard_in_alternate_function_mode)
{
    check_miso(0xB);
}

/* The vendor's drivers set CNF and MODE before they set open drain. */
Test(gpio_v1_functions, a_function_that_becomes_open_drain_is_on_the_bus)
{
    static const struct i2c_bus_member members[] = {{.port = "GPIOB", .pin = 6}, {.port = "GPIOB", .pin = 8}};
    static const struct i2c_bus_config config = {members, 2};
    static const struct chip_device around[] = {
        {.name = "BUS", .ops = &i2c_bus_ops, .gate = GATE_NONE, .reset_line = GATE_NONE, .config = &config}, {0}};
    static const struct chip_route routes[] = {{"GPIOB", GPIO_OUT_CHIP(6), "BUS", 0, 1},
                                               {"BUS", 0, "GPIOB", GPIO_IN_BOARD(6), 1},
                                               {"GPIOB", GPIO_OUT_CHIP(8), "BUS", 1, 1},
                                               {"BUS", 1, "GPIOB", GPIO_IN_BOARD(8), 1},
                                               {0}};
    const struct machine_options options = {.seed = 1, .board = {.devices = around, .routes = routes}};

    b = board_create_chip(&stm32f100rb, &options);
    board_write(b, APB2ENR, 1u << 3 | 1);
    board_write(b, GPIOB + CRH, 0x44444447);        /* PB8: an open-drain output of 0 */
    board_write(b, GPIOB + CRL, 0x4A444444);        /* PB6: alternate function push-pull, then open drain */
    board_write(b, GPIOB + CRL, 0x4E444444);
    cr_assert_eq(board_read(b, GPIOB + IDR) >> 6 & 1, 0);
    board_write(b, GPIOB + BSRR, 1u << 8);
    cr_assert_eq(board_read(b, GPIOB + IDR) >> 6 & 1, 1);
    board_destroy(b);
}
