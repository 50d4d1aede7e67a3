/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GPIO of STM32F4 on the real chip: pads, set and reset, lock, the host's side. */
#include <criterion/criterion.h>

#include "periph/chips/chips.h"
#include "periph/gpio.h"
#include "tests/unit/board.h"

enum {
    A = 0x40020000, B = 0x40020400, C = 0x40020800,
    MODER = 0x00, OTYPER = 0x04, OSPEEDR = 0x08, PUPDR = 0x0C, IDR = 0x10, ODR = 0x14, BSRR = 0x18,
    LCKR = 0x1C, AFRL = 0x20, AFRH = 0x24,
    AHB1RSTR = 0x40023810, AHB1ENR = 0x40023830
};

static struct board *b;

static void start(void)
{
    const struct machine_options options = {.seed = 1};

    b = board_create_chip(&stm32f405rg, &options);
    board_write(b, AHB1ENR, 0x001001FF);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(gpio, .init = start, .fini = stop);

static void drive(unsigned pin, enum gpio_level level)
{
    board_drive(b, "GPIOC", pin, level);
}

static uint32_t idr(void)
{
    return board_read(b, C + IDR);
}

/* The n-th pair that left the chip. */
static void expect_output(unsigned n, uint8_t pin, uint8_t level)
{
    cr_assert_lt(2 * n + 1, b->byte_count);
    cr_assert_eq(b->bytes[2 * n].byte, pin);
    cr_assert_eq(b->bytes[2 * n + 1].byte, level, "pair %u: level %u", n, b->bytes[2 * n + 1].byte);
}

Test(gpio, debug_pins_have_their_own_reset_values)
{
    cr_assert_eq(board_read(b, A + MODER), 0xA8000000);
    cr_assert_eq(board_read(b, A + OSPEEDR), 0x0C000000);
    cr_assert_eq(board_read(b, A + PUPDR), 0x64000000);
    cr_assert_eq(board_read(b, B + MODER), 0x00000280);
    cr_assert_eq(board_read(b, B + OSPEEDR), 0x000000C0);
    cr_assert_eq(board_read(b, B + PUPDR), 0x00000100);
    cr_assert_eq(board_read(b, C + MODER), 0);
    cr_assert_eq(board_read(b, A + IDR), 0xA000, "pull-ups of PA13 and PA15");
    cr_assert_eq(board_read(b, B + IDR), 0x0010, "pull-up of PB4");
}

Test(gpio, configuration_reads_back)
{
    static const uint16_t registers[] = {MODER, OSPEEDR, PUPDR, AFRL, AFRH};

    for (unsigned i = 0; i < 5; i++) {
        board_write(b, C + registers[i], 0x89ABCDEF);
        cr_assert_eq(board_read(b, C + registers[i]), 0x89ABCDEF);
    }
    board_write(b, C + OTYPER, 0xFFFFA5A5);
    cr_assert_eq(board_read(b, C + OTYPER), 0xA5A5);
    board_write8(b, C + MODER + 1, 0x55);
    cr_assert_eq(board_read(b, C + MODER), 0x89AB55EF);
}

Test(gpio, push_pull_output_makes_one_edge_per_toggle)
{
    board_write(b, C + MODER, 1u << 16);
    expect_output(0, 8, GPIO_LOW);
    for (unsigned i = 0; i < 3; i++) {
        board_write(b, C + ODR, board_read(b, C + ODR) ^ 1u << 8);
        cr_assert_eq(idr() >> 8 & 1, board_read(b, C + ODR) >> 8 & 1);
    }
    cr_assert_eq(b->byte_count, 2 * 4);
    expect_output(1, 8, GPIO_HIGH);
    expect_output(2, 8, GPIO_LOW);
    expect_output(3, 8, GPIO_HIGH);
}

Test(gpio, a_pin_that_stops_driving_is_released)
{
    board_write(b, C + MODER, 1u << 2);
    board_write(b, C + MODER, 0);
    expect_output(1, 1, GPIO_RELEASED);
    board_write(b, C + BSRR, 2);
    cr_assert_eq(b->byte_count, 4, "an input's ODR does not show");
}

Test(gpio, set_wins_over_reset)
{
    board_write(b, C + BSRR, 0x00010001);
    cr_assert_eq(board_read(b, C + ODR), 1);
    cr_assert_eq(board_read(b, C + BSRR), 0);
}

Test(gpio, halves_of_bsrr_set_and_reset)
{
    board_write16(b, C + BSRR, 0x00F0);
    cr_assert_eq(board_read(b, C + ODR), 0x00F0);
    board_write16(b, C + BSRR + 2, 0x0030);
    cr_assert_eq(board_read(b, C + ODR), 0x00C0);
    board_write8(b, C + BSRR + 1, 0x80);
    cr_assert_eq(board_read(b, C + ODR), 0x80C0);
}

Test(gpio, pulls_decide_about_undriven_inputs)
{
    board_write(b, C + PUPDR, 1u << 0 | 2u << 2);
    cr_assert_eq(idr(), 1, "up, down, floating");
    drive(0, GPIO_LOW);
    drive(1, GPIO_HIGH);
    drive(2, GPIO_HIGH);
    cr_assert_eq(idr(), 6, "the board is stronger");
    drive(0, GPIO_RELEASED);
    drive(1, GPIO_RELEASED);
    drive(2, GPIO_RELEASED);
    cr_assert_eq(idr(), 1);
}

Test(gpio, open_drain_is_a_wired_and)
{
    board_write(b, C + OTYPER, 1);
    board_write(b, C + PUPDR, 1);
    board_write(b, C + BSRR, 1);
    board_write(b, C + MODER, 1);
    cr_assert_eq(b->byte_count, 0, "a 1 releases the pin");
    cr_assert_eq(idr(), 1);
    drive(0, GPIO_LOW);
    cr_assert_eq(idr(), 0);
    drive(0, GPIO_RELEASED);
    board_write(b, C + BSRR, 1u << 16);
    cr_assert_eq(idr(), 0);
    expect_output(0, 0, GPIO_LOW);
    drive(0, GPIO_HIGH);
    cr_assert_eq(idr(), 0);
    board_write(b, C + BSRR, 1);
    cr_assert_eq(idr(), 1);
    expect_output(1, 0, GPIO_RELEASED);
}

/* As software I2C needs it, which waits for its lines to rise. */
Test(gpio, a_released_open_drain_output_is_high)
{
    board_write(b, C + OTYPER, 7);
    board_write(b, C + PUPDR, 2u << 2);
    board_write(b, C + BSRR, 3);
    board_write(b, C + MODER, 1 | 1u << 2);
    cr_assert_eq(idr(), 1, "no pull, the chip's pull-down, an input");
    board_write(b, C + BSRR, 1u << 16);
    cr_assert_eq(idr(), 0);
    board_write(b, C + BSRR, 1);
    drive(0, GPIO_LOW);
    cr_assert_eq(idr(), 0, "a slave stretches");
}

Test(gpio, push_pull_wins_against_the_board)
{
    board_write(b, C + MODER, 1);
    drive(0, GPIO_HIGH);
    cr_assert_eq(idr(), 0);
}

Test(gpio, analog_mode_reads_0)
{
    drive(3, GPIO_HIGH);
    cr_assert_eq(idr(), 8);
    board_write(b, C + MODER, 3u << 6);
    cr_assert_eq(idr(), 0);
}

Test(gpio, alternate_mode_shows_the_pad)
{
    board_write(b, C + MODER, 2u << 6);
    drive(3, GPIO_HIGH);
    cr_assert_eq(idr(), 8);
}

Test(gpio, lock_sequence_freezes_the_configuration)
{
    board_write(b, C + LCKR, 0x10003);
    board_write(b, C + LCKR, 0x00003);
    board_write(b, C + LCKR, 0x10003);
    cr_assert_eq(board_read(b, C + LCKR), 0x00003);
    cr_assert_eq(board_read(b, C + LCKR), 0x10003);
    board_write(b, C + MODER, 0x55);
    board_write(b, C + OTYPER, 0xF);
    board_write(b, C + PUPDR, 0x55);
    board_write(b, C + OSPEEDR, 0x55);
    board_write(b, C + AFRL, 0x1111);
    cr_assert_eq(board_read(b, C + MODER), 0x50);
    cr_assert_eq(board_read(b, C + OTYPER), 0xC);
    cr_assert_eq(board_read(b, C + PUPDR), 0x50);
    cr_assert_eq(board_read(b, C + OSPEEDR), 0x50);
    cr_assert_eq(board_read(b, C + AFRL), 0x1100);
    board_write(b, C + ODR, 3);
    cr_assert_eq(board_read(b, C + ODR), 3, "data are not locked");
    board_write(b, C + LCKR, 0);
    cr_assert_eq(board_read(b, C + LCKR), 0x10003);
    board_write(b, AHB1RSTR, 1u << 2);
    board_write(b, AHB1RSTR, 0);
    cr_assert_eq(board_read(b, C + LCKR), 0);
}

Test(gpio, lock_covers_the_upper_alternate_functions)
{
    board_write(b, C + LCKR, 0x10200);
    board_write(b, C + LCKR, 0x00200);
    board_write(b, C + LCKR, 0x10200);
    board_read(b, C + LCKR);
    board_write(b, C + AFRH, 0x11111111);
    board_write(b, C + AFRL, 0x11111111);
    cr_assert_eq(board_read(b, C + AFRH), 0x11111101);
    cr_assert_eq(board_read(b, C + AFRL), 0x11111111);
}

Test(gpio, a_broken_lock_sequence_does_nothing)
{
    static const uint32_t sequences[][3] = {
        {0x10003, 0x00003, 0x10001},    /* other pins */
        {0x10003, 0x10003, 0x10003},
        {0x00003, 0x00003, 0x10003},
    };

    for (unsigned i = 0; i < 3; i++) {
        for (unsigned step = 0; step < 3; step++)
            board_write(b, C + LCKR, sequences[i][step]);
        board_read(b, C + LCKR);
        cr_assert_eq(board_read(b, C + LCKR) & 0x10000, 0);
    }
    board_write(b, C + LCKR, 0x10003);
    board_write(b, C + LCKR, 0x00003);
    board_read(b, C + LCKR);
    board_write(b, C + LCKR, 0x10003);
    board_read(b, C + LCKR);
    cr_assert_eq(board_read(b, C + LCKR) & 0x10000, 0, "a read in between");
}

Test(gpio, a_debuggers_look_does_not_lock)
{
    board_write(b, C + LCKR, 0x10003);
    board_write(b, C + LCKR, 0x00003);
    board_write(b, C + LCKR, 0x10003);
    board_peek(b, C + LCKR);
    cr_assert_eq(board_peek(b, C + LCKR), 0x00003);
    board_read(b, C + LCKR);
    cr_assert_eq(board_peek(b, C + LCKR), 0x10003);
}

Test(gpio, losing_the_debug_pins_is_reported)
{
    board_write(b, A + MODER, 0xA8000001);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 0);
    board_write(b, A + MODER, 0x94000001);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
    cr_assert_eq(board_read(b, A + MODER), 0x94000001);
}

Test(gpio, the_board_drives_on_over_a_reset)
{
    board_write(b, C + MODER, 1);
    board_write(b, C + ODR, 1);
    drive(3, GPIO_HIGH);
    machine_reset(b->m, RESET_SYSTEM);
    expect_output(2, 0, GPIO_RELEASED);
    board_write(b, AHB1ENR, 0x001001FF);
    cr_assert_eq(idr(), 8);
    cr_assert_eq(board_read(b, C + ODR), 0);
}

Test(gpio, nonsense_from_the_host_is_dropped)
{
    const uint8_t bytes[] = {16, 1, 255, 1, 2, 3, 1, 1, 5};

    cr_assert(machine_input(b->m, "GPIOC", bytes, sizeof bytes));
    cr_assert_eq(idr(), 2);
}
