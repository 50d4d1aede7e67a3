/* SPDX-License-Identifier: GPL-3.0-or-later */
/* USART: its lines bit by bit, errors on them, mute mode, LIN, half duplex, flow control, clock, smartcard. */
#include <criterion/criterion.h>

#include "core/io.h"
#include "core/link.h"
#include "periph/devices.h"
#include "periph/usart.h"
#include "tests/unit/board.h"

enum {
    USART = 0x40011000, UART = 0x40004C00, USART2 = 0x40004400,
    SR = 0x00, DR = 0x04, BRR = 0x08, CR1 = 0x0C, CR2 = 0x10, CR3 = 0x14, GTPR = 0x18,
    PE = 0x001, FE = 0x002, NF = 0x004, ORE = 0x008, IDLE = 0x010, RXNE = 0x020, TC = 0x040, TXE = 0x080, LBD = 0x100,
    CTS = 0x200,
    SBK = 0x0001, RWU = 0x0002, RE = 0x0004, TE = 0x0008, PCE = 0x0400, WAKE = 0x0800, M = 0x1000, UE = 0x2000,
    LBDL = 0x20, LBDIE = 0x40, CLKEN = 0x800, LINEN = 0x4000, HDSEL = 0x008, SCEN = 0x020, RTSE = 0x100, CTSE = 0x200,
    CTSIE = 0x400,
    PROBE_TX = 0, PROBE_RTS = 1, DRIVE_RX = 1, DRIVE_CTS = 2
};

/* USART1 and USART2 at PCLK2 = 84 MHz, two core cycles per bus cycle; UART4 shares the rate to be wired to USART2. */
enum { BAUD = 0x2D9, BIT = 2 * BAUD, FRAME = 10 * BIT };

#define ROW(label, model, at)                                                                      \
    {.name = label, .ops = &model, .base = at, .size = 0x400, .gate = GATE_NONE,                   \
     .reset_line = GATE_NONE, .clock = CLOCK_PCLK2, .irq = {37}, .irq_count = 1}

static uint8_t answered;

static uint8_t answer(struct device *d, unsigned action, uint8_t value)
{
    (void)d;
    answered = value;
    return action == LINK_SPI_BYTE ? 0x31 : LINK_RELEASED;
}

static const struct device_ops answer_ops = {.name = "answer", .state_size = 8, .link = answer};

static const struct chip_device devices[] = {
    ROW("USART1", usart_v2_ops, USART), ROW("USART2", usart_v2_ops, USART2), ROW("UART4", uart_v2_ops, UART),
    {.name = "ANSWER", .ops = &answer_ops, .gate = GATE_NONE, .reset_line = GATE_NONE, .joins = "USART1"},
    {0}};

static const struct chip_route routes[] = {
    {"USART1", USART_OUT_TX, "PROBE", PROBE_TX, 1},
    {"USART1", USART_OUT_RTS, "PROBE", PROBE_RTS, 1},
    {"PROBE", 0, "USART1", USART_IN_RX, 1},
    {"PROBE", 1, "USART1", USART_IN_CTS, 1},
    {"USART2", USART_OUT_TX, "UART4", USART_IN_RX, 1},
    {"UART4", USART_OUT_TX, "USART2", USART_IN_RX, 1},
    {0}};

static struct board *b;

static void start(void)
{
    b = board_create(devices, routes);
    board_write(b, BOARD_PROBE, DRIVE_RX);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(usart_modes, .init = start, .fini = stop);

static void write(uint32_t reg, uint32_t value)
{
    board_write(b, USART + reg, value);
}

static uint32_t peek(uint32_t reg)
{
    return board_peek(b, USART + reg);
}

static void set_up_at(uint32_t base, uint32_t cr1)
{
    board_write(b, base + BRR, BAUD);
    board_write(b, base + CR1, UE | TE | RE | cr1);
    board_run(b, 11 * BIT);
}

static void set_up(uint32_t cr1)
{
    set_up_at(USART, cr1);
}

/* The receiver's line is pulled low and let go, bit by bit: start bit first. */
static void line_bits(uint32_t bits, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        board_write(b, BOARD_PROBE, bits >> i & 1 ? DRIVE_RX : 0);
        board_run(b, BIT);
    }
}

static void word(uint32_t value)
{
    cr_assert(machine_input_word(b->m, "USART1", value));
    board_run(b, 2 * FRAME);
}

/* ---- the bits on the lines ---- */

Test(usart_modes, tx_shows_every_bit_at_its_time)
{
    uint64_t begin;
    unsigned first;

    set_up(0);
    first = b->signal_count;
    begin = board_now(b);
    write(DR, 0x55);
    board_run(b, FRAME);
    cr_assert_eq(b->signal_count - first, 10, "start, eight alternating bits, stop");
    for (unsigned i = 0; i < 10; i++) {
        cr_assert_eq(b->signals[first + i].level, i & 1);
        cr_assert_eq(b->signals[first + i].cycle, begin + i * (uint64_t)BIT);
    }
}

Test(usart_modes, a_frame_on_the_line_is_received_in_its_stop_bit)
{
    uint64_t begin;

    set_up(0);
    begin = board_now(b);
    line_bits('A' << 1, 9);
    cr_assert_eq(peek(SR) & RXNE, 0);
    board_write(b, BOARD_PROBE, DRIVE_RX);
    cr_assert_eq(board_when(b, USART + SR, RXNE, RXNE, BIT), begin + 9 * BIT + 2 * (BAUD / 2));
    cr_assert_eq(peek(SR) & (FE | PE | NF), 0);
    cr_assert_eq(board_read(b, USART + DR), 'A');
    cr_assert_eq(board_when(b, USART + SR, IDLE, IDLE, 2 * FRAME), begin + 2 * FRAME);
}

Test(usart_modes, a_short_low_pulse_is_no_start_bit)
{
    set_up(0);
    board_write(b, BOARD_PROBE, 0);
    board_run(b, BIT / 4);
    board_write(b, BOARD_PROBE, DRIVE_RX);
    board_run(b, 2 * FRAME);
    cr_assert_eq(peek(SR), TC | TXE);
}

Test(usart_modes, a_missing_stop_bit_is_a_framing_error)
{
    set_up(0);
    line_bits('A' << 1, 10);
    board_write(b, BOARD_PROBE, DRIVE_RX);
    board_run(b, FRAME);
    cr_assert_eq(peek(SR) & (RXNE | FE), RXNE | FE);
    cr_assert_eq(board_read(b, USART + SR) & FE, FE);
    cr_assert_eq(board_read(b, USART + DR), 'A');
    cr_assert_eq(peek(SR) & (RXNE | FE), 0);
}

Test(usart_modes, parity_on_the_line_is_checked)
{
    set_up(M | PCE);
    line_bits(0x641 << 1, 12);          /* 'A' with a parity bit of 0: even */
    cr_assert_eq(peek(SR) & (RXNE | PE), RXNE);
    cr_assert_eq(board_read(b, USART + DR), 'A');
    line_bits(0x741 << 1, 12);
    cr_assert_eq(peek(SR) & (RXNE | PE), RXNE | PE);
}

Test(usart_modes, two_blocks_talk_over_wires)
{
    set_up_at(USART2, 0);
    set_up_at(UART, 0);
    for (unsigned i = 0; i < 4; i++) {
        board_write(b, USART2 + DR, 'a' + i);
        board_write(b, UART + DR, 'A' + i);
        board_run(b, FRAME);
        cr_assert_eq(board_read(b, UART + DR), 'a' + i);
        cr_assert_eq(board_read(b, USART2 + DR), 'A' + i);
    }
    cr_assert_eq(board_peek(b, UART + SR) & (FE | ORE), 0);
}

Test(usart_modes, a_wrong_baud_rate_garbles)
{
    set_up_at(USART2, 0);
    set_up_at(UART, 0);
    board_write(b, UART + BRR, 2 * BAUD);
    board_write(b, USART2 + DR, 0x55);
    board_run(b, 3 * FRAME);
    cr_assert_neq(board_read(b, UART + DR), 0x55);
}

Test(usart_modes, lines_survive_save_and_restore_at_every_event)
{
    set_up_at(USART2, 0);
    set_up_at(UART, 0);
    board_write(b, USART2 + DR, 'x');
    board_write(b, USART2 + DR, 'y');
    board_check_replay(b, 3 * FRAME);
}

/* ---- errors that the host makes ---- */

Test(usart_modes, injected_errors_set_their_flags)
{
    set_up(0);
    word('f' | IO_UART_FRAMING);
    cr_assert_eq(peek(SR) & (RXNE | FE | NF | PE), RXNE | FE);
    board_read(b, USART + SR);
    cr_assert_eq(board_read(b, USART + DR), 'f');
    word('n' | IO_UART_NOISE);
    cr_assert_eq(peek(SR) & (RXNE | FE | NF | PE), RXNE | NF);
    board_read(b, USART + SR);
    board_read(b, USART + DR);
    word(IO_UART_BREAK);
    cr_assert_eq(peek(SR) & (RXNE | FE | LBD), RXNE | FE);
    cr_assert_eq(board_read(b, USART + DR), 0);
}

Test(usart_modes, an_injected_parity_error_turns_the_parity_bit)
{
    set_up(M | PCE);
    word('A' | IO_UART_PARITY);
    cr_assert_eq(peek(SR) & (RXNE | PE), RXNE | PE);
    cr_assert_eq(board_read(b, USART + DR), 0x141);
}

Test(usart_modes, nine_bits_come_in)
{
    set_up(M);
    word(0x1A5);
    cr_assert_eq(board_read(b, USART + DR), 0x1A5);
}

/* ---- mute mode ---- */

Test(usart_modes, an_address_ends_mute_mode_and_another_begins_it)
{
    write(CR2, 3);
    set_up(M | WAKE | RWU);
    word('x');
    word(0x105);
    cr_assert_eq(peek(SR) & RXNE, 0);
    word(0x103);
    cr_assert_eq(peek(CR1) & RWU, 0);
    cr_assert_eq(board_read(b, USART + DR), 0x103);
    word('y');
    cr_assert_eq(board_read(b, USART + DR), 'y');
    word(0x104);
    cr_assert_eq(peek(CR1) & RWU, RWU);
    cr_assert_eq(peek(SR) & RXNE, 0);
}

Test(usart_modes, an_idle_line_ends_mute_mode_silently)
{
    set_up(0);
    write(CR1, UE | TE | RE | RWU);
    cr_assert(machine_input(b->m, "USART1", "ab", 2));
    board_run(b, 2 * FRAME + BIT);
    cr_assert_eq(peek(CR1) & RWU, RWU);
    board_run(b, FRAME);
    cr_assert_eq(peek(CR1) & RWU, 0);
    cr_assert_eq(peek(SR) & (RXNE | IDLE), 0);
    word('c');
    cr_assert_eq(board_read(b, USART + DR), 'c');
}

/* ---- LIN ---- */

Test(usart_modes, a_lin_break_is_sent_with_13_bits)
{
    uint64_t begin;
    unsigned first;

    write(CR2, LINEN);
    set_up(0);
    first = b->signal_count;
    begin = board_now(b);
    write(CR1, UE | TE | RE | SBK);
    board_run(b, 20 * BIT);
    cr_assert_eq(peek(CR1) & SBK, 0);
    cr_assert_eq(b->signal_count - first, 2);
    cr_assert_eq(b->signals[first + 1].cycle - begin, 13 * BIT);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 0);
}

Test(usart_modes, a_lin_break_is_detected_at_its_length)
{
    write(CR2, LINEN | LBDL | LBDIE);
    set_up(0);
    line_bits(0, 10);
    board_write(b, BOARD_PROBE, DRIVE_RX);
    board_run(b, 2 * BIT);
    cr_assert_eq(peek(SR) & (LBD | FE), FE, "ten bits are too few");
    line_bits(0, 11);
    board_write(b, BOARD_PROBE, DRIVE_RX);
    board_run(b, 2 * BIT);
    cr_assert_eq(peek(SR) & LBD, LBD);
    cr_assert(board_irq(b, "USART1", 0));
    write(SR, (uint32_t)~LBD);
    cr_assert_eq(peek(SR) & LBD, 0);
}

/* ---- half duplex ---- */

Test(usart_modes, half_duplex_hears_itself_only_while_it_receives)
{
    write(CR3, HDSEL);
    set_up(0);
    write(DR, 'e');
    board_run(b, FRAME);
    cr_assert_eq(board_read(b, USART + DR), 'e');
    write(CR1, UE | TE);
    write(DR, 'f');
    board_run(b, 2 * FRAME);
    cr_assert_eq(peek(SR) & RXNE, 0);
    cr_assert_eq(b->byte_count, 2);
}

Test(usart_modes, half_duplex_takes_the_hosts_bytes)
{
    write(CR3, HDSEL);
    set_up(0);
    cr_assert(machine_input(b->m, "USART1", "h", 1));
    board_run(b, FRAME);
    cr_assert_eq(board_read(b, USART + DR), 'h');
}

/* ---- flow control ---- */

Test(usart_modes, cts_holds_the_next_frame)
{
    write(CR3, CTSE | CTSIE);
    set_up(0);
    board_write(b, BOARD_PROBE, DRIVE_RX | DRIVE_CTS);
    cr_assert_eq(peek(SR) & CTS, CTS);
    cr_assert(board_irq(b, "USART1", 0));
    write(SR, (uint32_t)~CTS);
    write(DR, 'a');
    board_run(b, 3 * FRAME);
    cr_assert_eq(b->byte_count, 0);
    board_write(b, BOARD_PROBE, DRIVE_RX);
    board_run(b, FRAME);
    cr_assert_eq(b->byte_count, 1);
}

Test(usart_modes, cts_lets_the_frame_under_way_end)
{
    write(CR3, CTSE);
    set_up(0);
    write(DR, 'a');
    write(DR, 'b');
    board_run(b, BIT);
    board_write(b, BOARD_PROBE, DRIVE_RX | DRIVE_CTS);
    board_run(b, 5 * FRAME);
    cr_assert_eq(b->byte_count, 1);
}

Test(usart_modes, rts_stops_the_host_before_an_overrun)
{
    write(CR3, RTSE);
    set_up(0);
    cr_assert(machine_input(b->m, "USART1", "abc", 3));
    board_run(b, FRAME);
    cr_assert(b->signals[b->signal_count - 1].level && b->signals[b->signal_count - 1].input == PROBE_RTS);
    for (unsigned i = 0; i < 3; i++) {
        board_run(b, 3 * FRAME);
        cr_assert_eq(peek(SR) & (RXNE | ORE), RXNE);
        cr_assert_eq(board_read(b, USART + DR), 'a' + i);
    }
}

/* ---- clock, smartcard ---- */

/* Least significant bit first: the board's device has most significant bits in front. */
Test(usart_modes, a_clocked_frame_brings_one_back)
{
    write(CR2, CLKEN);
    set_up(0);
    write(DR, 0x12);
    board_run(b, FRAME);
    cr_assert_eq(answered, 0x48);
    cr_assert_eq(board_read(b, USART + DR), 0x8C);
    cr_assert(machine_input(b->m, "USART1", "q", 1));
    board_run(b, 2 * FRAME);
    cr_assert_eq(peek(SR) & RXNE, 0, "not by itself");
    write(DR, 0x12);
    board_run(b, FRAME);
    cr_assert_eq(board_read(b, USART + DR), 'q');
}

Test(usart_modes, a_smartcard_is_done_after_its_guard_time)
{
    uint64_t begin;

    write(CR3, SCEN);
    write(GTPR, 16 << 8 | 1);
    set_up(0);
    begin = board_now(b);
    board_read(b, USART + SR);
    write(DR, 0x3B);
    cr_assert_eq(board_when(b, USART + SR, TC, TC, 4 * FRAME), begin + FRAME + 16 * BIT);
}
