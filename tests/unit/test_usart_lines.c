/* SPDX-License-Identifier: GPL-3.0-or-later */
/* USART on its lines, block to block: synchronous mode, a single wire, IrDA, smartcard, flow control. */
#include <criterion/criterion.h>

#include "periph/board.h"
#include "periph/devices.h"
#include "periph/spi_v1.h"
#include "periph/usart.h"
#include "tests/unit/board.h"

enum {
    ONE = 0x40011000, OTHER = 0x40004400, SPI = 0x40013000,
    SR = 0x00, DR = 0x04, BRR = 0x08, CR1 = 0x0C, CR2 = 0x10, CR3 = 0x14, GTPR = 0x18,
    PE = 0x001, FE = 0x002, ORE = 0x008, RXNE = 0x020, TC = 0x040, TXE = 0x080,
    RE = 0x0004, TE = 0x0008, PCE = 0x0400, M = 0x1000, UE = 0x2000, OVER8 = 0x8000,
    LBCL = 0x100, CPHA = 0x200, CPOL = 0x400, CLKEN = 0x800, STOP_1_5 = 0x3000,
    IREN = 2, IRLP = 4, HDSEL = 8, NACK = 0x10, SCEN = 0x20, RTSE = 0x100, CTSE = 0x200,
    SPI_CR1 = 0x00, SPI_SR = 0x08, SPI_DR = 0x0C, SPI_RXNE = 1, SPI_ON = 0x2C0, SPI_CPHA = 1, SPI_CPOL = 2,
    PROBE_CK = 0, PROBE_TX = 1
};

/* All at PCLK2 = 84 MHz, two core cycles per bus cycle. */
enum { BAUD = 160, BIT = 2 * BAUD, FRAME = 10 * BIT };

#define ROW(label, model, at)                                                                      \
    {.name = label, .ops = &model, .base = at, .size = 0x400, .gate = GATE_NONE,                   \
     .reset_line = GATE_NONE, .clock = CLOCK_PCLK2, .irq = {37}, .irq_count = 1}
#define AROUND(label, model) {.name = label, .ops = &model, .gate = GATE_NONE, .reset_line = GATE_NONE}

static const struct chip_device devices[] = {
    ROW("USART1", usart_v2_ops, ONE), ROW("USART2", usart_v2_ops, OTHER), ROW("SPI1", spi_v1_ops, SPI),
    AROUND("IR1", irda_ops), AROUND("IR2", irda_ops), {0}};

static const struct chip_route clocked[] = {
    {"USART1", USART_OUT_CK, "SPI1", SPI_IN_SCK, 1},  {"USART1", USART_OUT_TX, "SPI1", SPI_IN_MOSI, 1},
    {"SPI1", SPI_OUT_MISO, "USART1", USART_IN_RX, 1}, {"USART1", USART_OUT_CK, "PROBE", PROBE_CK, 1},
    {"USART1", USART_OUT_TX, "PROBE", PROBE_TX, 1},   {0}};

static const struct chip_route crossed[] = {
    {"USART1", USART_OUT_TX, "USART2", USART_IN_RX, 1},   {"USART2", USART_OUT_TX, "USART1", USART_IN_RX, 1},
    {"USART1", USART_OUT_RTS, "USART2", USART_IN_CTS, 1}, {"USART2", USART_OUT_RTS, "USART1", USART_IN_CTS, 1},
    {0}};

static const struct chip_route single[] = {
    {"USART1", USART_OUT_TX, "USART2", USART_IN_TX, 1}, {"USART2", USART_OUT_TX, "USART1", USART_IN_TX, 1},
    {"USART1", USART_OUT_CK, "PROBE", PROBE_CK, 1}, {0}};

static const struct chip_route infrared[] = {
    {"USART1", USART_OUT_TX, "IR1", 0, 1}, {"IR1", 0, "USART2", USART_IN_RX, 1},
    {"USART2", USART_OUT_TX, "IR2", 0, 1}, {"IR2", 0, "USART1", USART_IN_RX, 1},
    {"USART1", USART_OUT_TX, "PROBE", PROBE_TX, 1}, {0}};

static struct board *b;

static void start(const struct chip_route *routes)
{
    b = board_create(devices, routes);
}

static void start_clocked(void)
{
    start(clocked);
}

static void start_crossed(void)
{
    start(crossed);
}

static void start_single(void)
{
    start(single);
}

static void start_infrared(void)
{
    start(infrared);
}

static void stop(void)
{
    board_destroy(b);
}

static void set_up(uint32_t base, uint32_t cr1, uint32_t cr2, uint32_t cr3)
{
    board_write(b, base + BRR, BAUD);
    board_write(b, base + CR2, cr2);
    board_write(b, base + CR3, cr3);
    board_write(b, base + CR1, UE | TE | RE | cr1);
    board_run(b, 12 * BIT);
}

static uint32_t sr(uint32_t base)
{
    return board_peek(b, base + SR);
}

/* A byte from one block; the other must have it without errors. */
static void pass(uint32_t from, uint32_t to, uint32_t byte)
{
    board_read(b, from + SR);
    board_write(b, from + DR, byte);
    cr_assert_lt(board_when(b, to + SR, RXNE, RXNE, 2 * FRAME), UINT64_MAX);
    cr_assert_eq(sr(to) & (PE | FE | ORE), 0);
    cr_assert_eq(board_read(b, to + DR), byte);
    cr_assert_lt(board_when(b, from + SR, TC, TC, 2 * FRAME), UINT64_MAX);
}

/* ---- synchronous mode ---- */

TestSuite(usart_clock, .init = start_clocked, .fini = stop);

/* The SPI takes the least significant bit first, and no clock is there for start and stop bit. */
static void exchange_with_spi(uint32_t cr2, uint32_t spi)
{
    board_write(b, SPI + SPI_CR1, SPI_ON | spi);
    set_up(ONE, 0, CLKEN | LBCL | cr2, 0);
    for (unsigned i = 0; i < 4; i++) {
        board_write(b, SPI + SPI_DR, 0x51 + i);
        board_write(b, ONE + DR, 0xA4 + i);
        cr_assert_lt(board_when(b, ONE + SR, RXNE, RXNE, 2 * FRAME), UINT64_MAX);
        cr_assert_eq(board_read(b, ONE + DR), 0x51 + i);
        cr_assert(board_peek(b, SPI + SPI_SR) & SPI_RXNE);
        cr_assert_eq(board_read(b, SPI + SPI_DR), 0xA4 + i);
    }
    board_write(b, SPI + SPI_CR1, 0);
    board_write(b, ONE + CR1, 0);
}

Test(usart_clock, bytes_swap_with_an_spi_slave_in_every_shape)
{
    exchange_with_spi(0, 0);
    exchange_with_spi(CPHA, SPI_CPHA);
    exchange_with_spi(CPOL, SPI_CPOL);
    exchange_with_spi(CPOL | CPHA, SPI_CPOL | SPI_CPHA);
}

static void check_pulses(uint32_t cr2, unsigned count, uint64_t first)
{
    uint64_t begin;

    set_up(ONE, 0, CLKEN | cr2, 0);
    b->signal_count = 0;
    begin = board_now(b);
    board_write(b, ONE + DR, 0xFF);
    board_run(b, FRAME);
    cr_assert_eq(board_rises(b, PROBE_CK), count);
    cr_assert_eq(board_rise(b, PROBE_CK, 0), begin + first);
    cr_assert_eq(board_rise(b, PROBE_CK, count - 1), begin + first + (count - 1) * (uint64_t)BIT);
}

Test(usart_clock, each_data_bit_has_a_pulse_and_the_last_one_if_asked_for)
{
    check_pulses(LBCL, 8, BIT + BIT / 2);
    check_pulses(0, 7, BIT + BIT / 2);
    check_pulses(LBCL | CPHA, 8, BIT);
    check_pulses(LBCL | CPOL, 8, 2 * BIT);
}

Test(usart_clock, nobody_on_the_line_sends_ones)
{
    set_up(ONE, M, CLKEN | LBCL, 0);
    board_write(b, ONE + DR, 0x12);
    board_run(b, 12 * BIT);
    cr_assert_eq(board_read(b, ONE + DR), 0x1FF);
}

Test(usart_clock, survives_save_and_restore_at_every_event)
{
    board_write(b, SPI + SPI_CR1, SPI_ON);
    set_up(ONE, 0, CLKEN | LBCL, 0);
    board_write(b, SPI + SPI_DR, 0x51);
    board_write(b, ONE + DR, 0xA4);
    board_check_replay(b, 2 * FRAME);
}

/* ---- RTS and CTS ---- */

TestSuite(usart_cross, .init = start_crossed, .fini = stop);

Test(usart_cross, every_rate_is_exact)
{
    static const uint32_t rates[] = {16, 17, 0x2D9, 0xFFFF, OVER8 << 1 | 0x10, OVER8 << 1 | 0x17, OVER8 << 1 | 0x2D7};

    for (unsigned i = 0; i < sizeof rates / sizeof *rates; i++) {
        bool over8 = rates[i] >> 16;
        uint32_t brr = rates[i] & 0xFFFF, bit = over8 ? (brr >> 4) * 8 + (brr & 7) : brr;
        uint64_t begin;
        board_write(b, ONE + BRR, brr);
        board_write(b, ONE + CR1, UE | TE | (over8 ? OVER8 : 0));
        board_run(b, 2 * 11 * (uint64_t)bit);
        board_read(b, ONE + SR);
        begin = board_now(b);
        board_write(b, ONE + DR, 'x');
        cr_assert_eq(board_when(b, ONE + SR, TC, TC, 40 * (uint64_t)bit), begin + 2 * 10 * (uint64_t)bit);
        board_write(b, ONE + CR1, 0);
    }
}

Test(usart_cross, flow_control_over_wires_loses_nothing)
{
    set_up(ONE, 0, 0, CTSE);
    set_up(OTHER, 0, 0, RTSE);
    for (unsigned i = 0; i < 8; i++) {
        cr_assert_lt(board_when(b, ONE + SR, TXE, TXE, 4 * FRAME), UINT64_MAX);
        board_write(b, ONE + DR, 'a' + i);
        board_run(b, 5 * FRAME);
        if (i & 1) {            /* one waits in DR, one for CTS */
            cr_assert_eq(board_read(b, OTHER + DR), 'a' + i - 1);
            board_run(b, 2 * FRAME);
            cr_assert_eq(board_read(b, OTHER + DR), 'a' + i);
            board_run(b, 2 * FRAME);
        }
    }
    cr_assert_eq(sr(OTHER) & ORE, 0);
}

/* ---- a single wire ---- */

TestSuite(usart_single, .init = start_single, .fini = stop);

Test(usart_single, half_duplex_goes_both_ways)
{
    set_up(ONE, 0, 0, HDSEL);
    set_up(OTHER, 0, 0, HDSEL);
    for (unsigned i = 0; i < 3; i++) {
        pass(ONE, OTHER, 'a' + i);
        cr_assert_eq(board_read(b, ONE + DR), 'a' + i, "it hears itself");
        pass(OTHER, ONE, 'A' + i);
        cr_assert_eq(board_read(b, OTHER + DR), 'A' + i);
    }
}

/* ---- smartcard ---- */

static void set_up_card(uint32_t base, uint32_t parity)
{
    board_write(b, base + GTPR, 16 << 8 | 4);
    set_up(base, M | PCE | parity, STOP_1_5 | CLKEN, SCEN | NACK);
}

Test(usart_single, a_card_answers_on_the_same_wire)
{
    set_up_card(ONE, 0);
    set_up_card(OTHER, 0);
    board_write(b, ONE + DR, 0x3B);
    cr_assert_lt(board_when(b, OTHER + SR, RXNE, RXNE, 2 * FRAME), UINT64_MAX);
    cr_assert_eq(sr(OTHER) & PE, 0);
    cr_assert_eq(board_read(b, OTHER + DR) & 0xFF, 0x3B);
    board_run(b, 3 * FRAME);
    cr_assert_eq(sr(ONE) & (FE | TC | RXNE), TC, "nor does it hear itself");
}

Test(usart_single, a_wrong_parity_bit_is_refused)
{
    set_up_card(ONE, 0);
    set_up_card(OTHER, 0x200);
    board_write(b, ONE + DR, 0x3B);
    cr_assert_lt(board_when(b, ONE + SR, FE, FE, 3 * FRAME), UINT64_MAX);
    cr_assert_eq(sr(OTHER) & PE, PE);
}

Test(usart_single, the_cards_clock_runs_by_itself)
{
    set_up_card(ONE, 0);
    b->signal_count = 0;
    board_run(b, 800);
    cr_assert_eq(board_rises(b, PROBE_CK), 800 / (2 * 2 * 4));
}

/* ---- IrDA ---- */

TestSuite(usart_infrared, .init = start_infrared, .fini = stop);

Test(usart_infrared, bytes_go_both_ways)
{
    board_write(b, ONE + GTPR, 1);
    board_write(b, OTHER + GTPR, 1);
    set_up(ONE, 0, 0, IREN);
    set_up(OTHER, 0, 0, IREN);
    for (unsigned i = 0; i < 256; i += 15) {
        pass(ONE, OTHER, i);
        pass(OTHER, ONE, 255 - i);
    }
}

static void check_pulse(uint32_t cr3, uint64_t width)
{
    unsigned last;

    set_up(ONE, 0, 0, cr3);
    b->signal_count = 0;
    board_write(b, ONE + DR, 0xF0);
    board_run(b, FRAME);
    cr_assert_eq(board_rises(b, PROBE_TX), 5, "one for each 0, the start bit's too");
    last = b->signal_count - 1;
    cr_assert_eq(b->signals[last].cycle - b->signals[last - 1].cycle, width);
}

Test(usart_infrared, pulses_are_three_sixteenths_of_a_bit_or_three_slow_clocks)
{
    board_write(b, ONE + GTPR, 7);
    check_pulse(IREN, BIT * 3 / 16);
    check_pulse(IREN | IRLP, 2 * 3 * 7);
}

Test(usart_infrared, a_short_flash_of_light_is_no_pulse)
{
    board_write(b, ONE + GTPR, 2);
    board_write(b, OTHER + GTPR, 200);
    set_up(ONE, 0, 0, IREN | IRLP);
    set_up(OTHER, 0, 0, IREN);
    board_write(b, ONE + DR, 0);
    board_run(b, 3 * FRAME);
    cr_assert_eq(sr(OTHER) & RXNE, 0);
}

Test(usart_infrared, survives_save_and_restore_at_every_event)
{
    set_up(ONE, 0, 0, IREN);
    set_up(OTHER, 0, 0, IREN);
    board_write(b, ONE + DR, 0x5A);
    board_check_replay(b, 2 * FRAME);
}
