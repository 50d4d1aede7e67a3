/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Alternate functions: which block is on which pin, on the real chips. */
#include <criterion/criterion.h>
#include <string.h>

#include "periph/board.h"
#include "periph/chips/chips.h"
#include "periph/gpio.h"
#include "tests/unit/board.h"

/* STM32F405RG */
enum {
    A = 0x40020000, B = 0x40020400, MODER = 0x00, OTYPER = 0x04, PUPDR = 0x0C, IDR = 0x10, BSRR = 0x18,
    AFRL = 0x20, AFRH = 0x24,
    AHB1ENR = 0x40023830, APB1ENR = 0x40023840, APB2ENR = 0x40023844,
    TIM2 = 0x40000000, TIM3 = 0x40000400, TIM1 = 0x40010000,
    CR1 = 0x00, SMCR = 0x08, DIER = 0x0C, SR = 0x10, CCMR1 = 0x18, CCER = 0x20, CNT = 0x24, ARR = 0x2C, CCR1 = 0x34,
    CCR2 = 0x38, BDTR = 0x44,
    USART2 = 0x40004400, USART_DR = 0x04, USART_BRR = 0x08, USART_CR1 = 0x0C, USART_CR3 = 0x14, UE_TE_RE = 0x200C,
    SPI1 = 0x40013000, I2C1 = 0x40005400,
    EXTI_RTSR = 0x40013C08, EXTI_PR = 0x40013C14
};

static struct board *b;

static void start_chip(const struct chip *chip)
{
    const struct machine_options options = {.seed = 1};

    b = board_create_chip(chip, &options);
}

static void start(void)
{
    start_chip(&stm32f405rg);
    board_write(b, AHB1ENR, 0x001001FF);
    board_write(b, APB1ENR, 0x00220003);
    board_write(b, APB2ENR, 0x00005001);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(pins, .init = start, .fini = stop);

/* Pins below 8 of a port of F4: alternate function mode with that number, or another mode. */
static void alternate(uint32_t port, unsigned pin, unsigned function)
{
    board_write(b, port + AFRL, (board_peek(b, port + AFRL) & ~(15u << 4 * pin)) | function << 4 * pin);
    board_write(b, port + MODER, (board_peek(b, port + MODER) & ~(3u << 2 * pin)) | 2u << 2 * pin);
}

static bool pad(uint32_t port, unsigned pin)
{
    return board_peek(b, port + IDR) >> pin & 1;
}

/* PWM of 30 clocks in 100 on channel 1 of a timer at 16 MHz. */
static void pwm(uint32_t timer)
{
    board_write(b, timer + ARR, 99);
    board_write(b, timer + CCR1, 30);
    board_write(b, timer + CCMR1, 0x60);
    board_write(b, timer + CCER, 1);
    board_write(b, timer + CR1, 1);
}

/* ---- timers ---- */

Test(pins, pwm_shows_on_the_pin_that_has_the_channel)
{
    pwm(TIM2);
    cr_assert_not(pad(A, 5));
    alternate(A, 5, 1);
    cr_assert(pad(A, 5));
    board_run(b, 40);
    cr_assert_not(pad(A, 5));
    board_run(b, 60);
    cr_assert(pad(A, 5));
    alternate(A, 5, 2);
    cr_assert_not(pad(A, 5), "another function");
}

Test(pins, reading_idr_and_peeking_agree)
{
    pwm(TIM2);
    alternate(A, 5, 1);
    for (unsigned i = 0; i < 200; i++) {
        uint32_t peeked = board_peek(b, A + IDR);
        cr_assert_eq(board_read(b, A + IDR), peeked);
        board_run(b, 7);
    }
}

Test(pins, unwatched_pwm_makes_no_events_and_watched_pwm_all_edges)
{
    pwm(TIM2);
    alternate(A, 5, 1);
    board_run(b, 1000);
    cr_assert_eq(board_read(b, EXTI_PR), 0);
    board_write(b, EXTI_RTSR, 1 << 5);
    board_run(b, 100);
    cr_assert_eq(board_read(b, EXTI_PR), 1 << 5);
    board_write(b, EXTI_PR, 1 << 5);
    board_write(b, EXTI_RTSR, 0);
    board_run(b, 100);
    cr_assert_eq(board_read(b, EXTI_PR), 0);
}

Test(pins, a_channel_that_is_off_releases_its_pin)
{
    alternate(A, 5, 1);
    board_write(b, A + PUPDR, board_peek(b, A + PUPDR) | 1 << 10);
    cr_assert(pad(A, 5), "the pull-up");
    board_write(b, TIM2 + CCER, 1);
    cr_assert_not(pad(A, 5));
    board_write(b, TIM2 + CCER, 0);
    cr_assert(pad(A, 5));
}

Test(pins, outputs_of_an_advanced_timer_wait_for_moe)
{
    alternate(A, 7, 1);         /* TIM1_CH1N */
    board_write(b, TIM1 + CCMR1, 0x50);
    board_write(b, TIM1 + CCER, 4);
    cr_assert_not(pad(A, 7));
    board_write(b, TIM1 + BDTR, 0x8000);
    cr_assert(pad(A, 7));
}

Test(pins, a_pin_captures)
{
    alternate(A, 6, 2);         /* TIM3_CH1 */
    board_write(b, TIM3 + CCMR1, 1);
    board_write(b, TIM3 + CCER, 1);
    board_write(b, TIM3 + CR1, 1);
    board_run(b, 100);
    board_drive(b, "GPIOA", 6, GPIO_HIGH);
    cr_assert_eq(board_peek(b, TIM3 + SR) & 2, 2);
    cr_assert_eq(board_read(b, TIM3 + CCR1), board_peek(b, TIM3 + CNT));
    board_write(b, A + MODER, 0xA8000000);
    board_drive(b, "GPIOA", 6, GPIO_LOW);
    board_drive(b, "GPIOA", 6, GPIO_HIGH);
    cr_assert_eq(board_peek(b, TIM3 + SR) & 2, 0, "no longer its pin");
}

Test(pins, etr_of_a_pin_clocks)
{
    alternate(A, 0, 1);         /* TIM2_ETR and CH1 */
    board_write(b, TIM2 + SMCR, 0x4000);
    board_write(b, TIM2 + CR1, 1);
    for (unsigned i = 0; i < 5; i++) {
        board_drive(b, "GPIOA", 0, GPIO_HIGH);
        board_drive(b, "GPIOA", 0, GPIO_LOW);
    }
    cr_assert_eq(board_read(b, TIM2 + CNT), 5);
}

Test(pins, a_break_comes_from_its_pin)
{
    alternate(A, 6, 1);         /* TIM1_BKIN */
    board_write(b, TIM1 + BDTR, 0xB000);
    cr_assert_eq(board_read(b, TIM1 + BDTR), 0xB000);
    board_drive(b, "GPIOA", 6, GPIO_HIGH);
    cr_assert_eq(board_read(b, TIM1 + BDTR), 0x3000);
}

Test(pins, saved_and_restored_at_every_event)
{
    pwm(TIM2);
    alternate(A, 5, 1);
    board_write(b, EXTI_RTSR, 1 << 5);
    board_check_replay(b, 1000);
}

/* ---- USART ---- */

static void usart_on(void)
{
    board_write(b, USART2 + USART_BRR, 139);
    board_write(b, USART2 + USART_CR1, UE_TE_RE);
    board_run(b, 2000);
}

Test(pins, a_usart_without_a_pin_sends_nowhere_and_says_so)
{
    usart_on();
    board_write(b, USART2 + USART_DR, 'a');
    board_run(b, 2000);
    cr_assert_eq(b->byte_count, 0);
    cr_assert_eq(b->diags[DIAG_PIN], 1);
    cr_assert(strstr(b->last_diag, "no pin has USART2_TX"), "%s", b->last_diag);
    alternate(A, 2, 7);
    board_write(b, USART2 + USART_DR, 'b');
    board_run(b, 2000);
    cr_assert_eq(b->byte_count, 1);
    cr_assert_eq(b->bytes[0].byte, 'b');
    cr_assert_eq(b->diags[DIAG_PIN], 1);
}

Test(pins, bytes_wait_until_a_pin_receives)
{
    usart_on();
    cr_assert(machine_input(b->m, "USART2", "x", 1));
    board_run(b, 20000);
    cr_assert_eq(board_read(b, USART2) & 0x20, 0);
    alternate(A, 3, 7);
    board_run(b, 2000);
    cr_assert_eq(board_read(b, USART2) & 0x20, 0x20);
    cr_assert_eq(board_read(b, USART2 + USART_DR), 'x');
}

Test(pins, the_lines_of_a_usart_idle_high)
{
    usart_on();
    alternate(A, 2, 7);
    alternate(A, 3, 7);
    cr_assert(pad(A, 2));
    cr_assert(pad(A, 3), "the other end holds it");
    board_write(b, USART2 + USART_CR1, 0);
    cr_assert_not(pad(A, 2));
}

Test(pins, cts_that_nobody_drives_lets_send)
{
    usart_on();
    alternate(A, 0, 7);
    alternate(A, 2, 7);
    board_write(b, A + PUPDR, board_peek(b, A + PUPDR) | 1);
    board_write(b, USART2 + USART_CR3, 0x200);
    board_write(b, USART2 + USART_DR, 'a');
    board_run(b, 2000);
    cr_assert_eq(b->byte_count, 1);
    board_drive(b, "GPIOA", 0, GPIO_HIGH);
    board_write(b, USART2 + USART_DR, 'b');
    board_run(b, 2000);
    cr_assert_eq(b->byte_count, 1);
    board_drive(b, "GPIOA", 0, GPIO_RELEASED);
    board_run(b, 2000);
    cr_assert_eq(b->byte_count, 2);
}

/* ---- SPI and I2C ---- */

Test(pins, spi_without_a_clock_pin_is_reported)
{
    board_write(b, SPI1, 0x344);
    board_write(b, SPI1 + 0xC, 0x55);
    cr_assert_eq(b->diags[DIAG_PIN], 1);
    cr_assert(strstr(b->last_diag, "SPI1_SCK"), "%s", b->last_diag);
    alternate(A, 5, 5);
    board_run(b, 1000);
    board_write(b, SPI1 + 0xC, 0x55);
    cr_assert_eq(b->diags[DIAG_PIN], 1);
}

Test(pins, i2c_without_pins_finds_the_bus_busy)
{
    board_write(b, I2C1 + 4, 16);
    board_write(b, I2C1 + 0x1C, 80);
    board_write(b, I2C1, 1);
    board_write(b, I2C1, 0x101);
    board_run(b, 10000);
    cr_assert_eq(board_read(b, I2C1 + 0x14) & 1, 0, "no SB");
    cr_assert_eq(b->diags[DIAG_PIN], 1);
    alternate(B, 6, 4);
    alternate(B, 7, 4);
    cr_assert(pad(B, 6) && pad(B, 7), "the bus's pull-ups");
    board_write(b, I2C1, 0);
    board_write(b, I2C1, 1);
    board_write(b, I2C1, 0x101);
    board_run(b, 10000);
    cr_assert_eq(board_read(b, I2C1 + 0x14) & 1, 1);
}

/* ---- wires from block to block ---- */

enum { SPI2 = 0x40003800, SPI_SR = 8, SPI_DR = 0xC, RXNE = 1 };

#define WIRE_ROW(label)                                                                            \
    {.name = label, .ops = &wire_ops, .gate = GATE_NONE, .reset_line = GATE_NONE}
#define WIRE(label, port, pin, other_port, other_pin)                                              \
    {port, GPIO_OUT_CHIP(pin), label, 0, 1}, {label, 0, other_port, GPIO_IN_BOARD(other_pin), 1},  \
    {other_port, GPIO_OUT_CHIP(other_pin), label, 1, 1}, {label, 1, port, GPIO_IN_BOARD(pin), 1}

static void start_wired(void)
{
    static const struct chip_device wires[] = {WIRE_ROW("W1"), WIRE_ROW("W2"), WIRE_ROW("W3"), {0}};
    static const struct chip_route routes[] = {
        WIRE("W1", "GPIOB", 3, "GPIOB", 13), WIRE("W2", "GPIOB", 5, "GPIOB", 14), WIRE("W3", "GPIOA", 6, "GPIOB", 15),
        {0}};
    const struct machine_options options = {.seed = 1, .board = {wires, NULL, routes}};

    b = board_create_chip(&stm32f405rg, &options);
    board_write(b, AHB1ENR, 0x001001FF);
    board_write(b, APB1ENR, 0x00224003);
    board_write(b, APB2ENR, 0x00005001);
    board_write(b, B + MODER, 0xA8000280);
    alternate(B, 3, 5);
    alternate(B, 5, 5);
    board_write(b, B + AFRH, 0x55500000);
}

TestSuite(pins_wired, .init = start_wired, .fini = stop);

/* The master's data waits when it is enabled. MOSI is wired to MISO, as a single line is. */
Test(pins_wired, spi_sends_over_wires)
{
    board_write(b, SPI2, 0x8243);
    board_write(b, SPI1 + SPI_DR, 0x2A);
    board_write(b, SPI1, 0xC347);
    board_run(b, 1000);
    cr_assert_eq(board_read(b, SPI2 + SPI_SR) & RXNE, RXNE);
    cr_assert_eq(board_read(b, SPI2 + SPI_DR), 0x2A);
}

/* ---- STM32F100: modes and remaps ---- */

enum { F1_A = 0x40010800, F1_B = 0x40010C00, CRL = 0, F1_IDR = 8, MAPR = 0x40010004, F1_APB2ENR = 0x40021018,
       F1_APB1ENR = 0x4002101C };

static void start_f1(void)
{
    start_chip(&stm32f100rb);
    board_write(b, F1_APB2ENR, 0x1D);
    board_write(b, F1_APB1ENR, 0x00020003);
}

TestSuite(pins_f1, .init = start_f1, .fini = stop);

Test(pins_f1, a_remap_moves_a_channel)
{
    pwm(TIM3);
    board_write(b, MAPR, 1 << 24);              /* without NJTRST */
    board_write(b, F1_A + CRL, 0x4B444444);     /* PA6: push-pull alternate function */
    board_write(b, F1_B + CRL, 0x444B4444);     /* PB4 */
    cr_assert_eq(board_peek(b, F1_A + F1_IDR) >> 6 & 1, 1);
    cr_assert_eq(board_peek(b, F1_B + F1_IDR) >> 4 & 1, 0);
    board_write(b, MAPR, 1 << 24 | 2 << 10);
    cr_assert_eq(board_peek(b, F1_A + F1_IDR) >> 6 & 1, 0);
    cr_assert_eq(board_peek(b, F1_B + F1_IDR) >> 4 & 1, 1);
    board_write(b, F1_B + CRL, 0x44434444);
    cr_assert_eq(board_peek(b, F1_B + F1_IDR) >> 4 & 1, 0, "an ordinary output again");
}

Test(pins_f1, a_receiver_hears_a_plain_input_and_a_transmitter_needs_its_mode)
{
    usart_on();
    cr_assert(machine_input(b->m, "USART2", "x", 1));
    board_run(b, 2000);
    cr_assert_eq(board_read(b, USART2 + USART_DR), 'x');
    board_write(b, USART2 + USART_DR, 'a');
    board_run(b, 2000);
    cr_assert_eq(b->byte_count, 0);
    board_write(b, F1_A + CRL, 0x44444B44);
    board_write(b, USART2 + USART_DR, 'b');
    board_run(b, 2000);
    cr_assert_eq(b->byte_count, 1);
}

/* ---- the RTC's pin ---- */

Test(pins, the_rtc_takes_pc13_in_any_mode)
{
    enum { C = 0x40020800, RTC = 0x40002800, PWR_CR = 0x40007000 };

    board_write(b, APB1ENR, 1u << 28);
    board_write(b, PWR_CR, 1 << 8);
    board_write(b, C + MODER, 1 << 26);
    board_write(b, C + BSRR, 1 << 13);
    board_write(b, RTC + 0x24, 0xCA);
    board_write(b, RTC + 0x24, 0x53);
    board_write(b, RTC + 0x08, 1 << 21);        /* OSEL: alarm A, which has not come */
    cr_assert_not(pad(C, 13));
    board_write(b, RTC + 0x08, 0);
    cr_assert(pad(C, 13), "a plain output again");
}
