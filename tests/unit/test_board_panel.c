/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Buttons, LEDs and serial loop-backs around a real chip. */
#include <criterion/criterion.h>

#include "core/signal.h"
#include "periph/board.h"
#include "periph/chips/chips.h"
#include "periph/usart.h"
#include "tests/unit/board.h"

enum {
    A = 0x40020000, D = 0x40020C00, MODER = 0, IDR = 0x10, BSRR = 0x18, AFRL = 0x20,
    TIM2 = 0x40000000, USART2 = 0x40004400
};

static const struct panel_config user = {.label = "USER", .port = "GPIOA", .pin = 0};
static const struct panel_config reset_button = {.label = "RESET", .port = "GPIOA", .pin = 1, .active_low = true};
static const struct panel_config green = {.label = "GREEN", .port = "GPIOD", .pin = 12};
static const struct panel_config red = {.label = "RED", .port = "GPIOA", .pin = 5, .active_low = true};

#define ROW(label, model, constants)                                                               \
    {.name = label, .ops = &model, .gate = GATE_NONE, .reset_line = GATE_NONE, .config = constants}

static const struct chip_device around[] = {
    ROW("user", button_ops, &user), ROW("reset", button_ops, &reset_button), ROW("green", led_ops, &green),
    ROW("red", led_ops, &red),      ROW("loop", uart_loop_ops, NULL),        {0}};

static const struct chip_route routes[] = {
    {"GPIOD", 12, "green", 0, 1},
    {"GPIOA", 5, "red", 0, 1},
    {"USART2", USART_OUT_TX, "loop", 0, 1},
    {"loop", 0, "USART2", USART_IN_RX, 1},
    {0}};

static struct board *b;

static void start(void)
{
    const struct machine_options options = {.seed = 1, .board = {around, NULL, routes}};

    b = board_create_chip(&stm32f405rg, &options);
    board_write(b, 0x40023830, 0x001001FF);
    board_write(b, 0x40023840, 0x00020001);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(board_panel, .init = start, .fini = stop);

static bool is_on(const char *name)
{
    return panel_is_on(machine_device_named(b->m, name));
}

static void press(const char *name, uint8_t pressed)
{
    cr_assert(machine_input(b->m, name, &pressed, 1));
}

Test(board_panel, buttons_rest_at_the_other_level)
{
    cr_assert_eq(board_read(b, A + IDR) & 3, 2);
    press("user", 1);
    press("reset", 1);
    cr_assert_eq(board_read(b, A + IDR) & 3, 1);
    cr_assert(is_on("user"));
    press("user", 0);
    cr_assert_eq(board_read(b, A + IDR) & 3, 0);
    cr_assert_not(is_on("user"));
}

Test(board_panel, an_led_tells_its_changes)
{
    cr_assert_not(is_on("green"));
    board_write(b, D + BSRR, 1 << 12);
    board_write(b, D + MODER, 1 << 24);
    cr_assert(is_on("green"));
    b->byte_count = 0;
    board_write(b, D + BSRR, 1 << 28);
    cr_assert_not(is_on("green"));
    cr_assert_eq(b->byte_count, 2 + 1, "the pin's record and the LED's");
}

Test(board_panel, an_led_on_a_pin_that_floats_is_dark)
{
    cr_assert_not(is_on("red"), "low lights it, but nobody drives it");
    board_write(b, A + MODER, 0xA8000000 | 1 << 10);
    cr_assert(is_on("red"));
}

Test(board_panel, an_led_on_pwm_shows_when_it_is_asked)
{
    board_write(b, A + AFRL, 1 << 20);
    board_write(b, A + MODER, 0xA8000000 | 2 << 10);
    board_write(b, TIM2 + 0x2C, 99);
    board_write(b, TIM2 + 0x34, 30);
    board_write(b, TIM2 + 0x18, 0x60);
    board_write(b, TIM2 + 0x20, 1);
    board_write(b, TIM2, 1);
    b->byte_count = 0;
    cr_assert_not(is_on("red"));
    board_run(b, 50);
    cr_assert(is_on("red"));
    board_run(b, 1000);
    cr_assert_eq(b->byte_count, 0);
}

Test(board_panel, a_loop_needs_the_transmitters_pin)
{
    board_write(b, USART2 + 0x08, 139);
    board_write(b, USART2 + 0x0C, 0x200C);
    board_run(b, 2000);
    board_write(b, USART2 + 0x04, 'a');
    board_run(b, 3000);
    cr_assert_eq(board_read(b, USART2) & 0x20, 0);
    board_write(b, A + AFRL, 7 << 8 | 7 << 12);
    board_write(b, A + MODER, 0xA80000A0);
    board_write(b, USART2 + 0x04, 'b');
    board_run(b, 3000);
    cr_assert_eq(board_read(b, USART2) & 0x20, 0x20);
    cr_assert_eq(board_read(b, USART2 + 0x04), 'b');
}
