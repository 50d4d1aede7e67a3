/* SPDX-License-Identifier: GPL-3.0-or-later */
/* USART: exact times, flags and their clearing sequences, interrupts (RM0090 chapter 30). */
#include <criterion/criterion.h>

#include "periph/devices.h"
#include "periph/usart.h"
#include "tests/unit/board.h"

enum {
    USART = 0x40011000, UART = 0x40004C00,
    SR = 0x00, DR = 0x04, BRR = 0x08, CR1 = 0x0C, CR2 = 0x10, CR3 = 0x14, GTPR = 0x18,
    PE = 0x001, FE = 0x002, NF = 0x004, ORE = 0x008, IDLE = 0x010, RXNE = 0x020, TC = 0x040, TXE = 0x080,
    SBK = 0x0001, RWU = 0x0002, RE = 0x0004, TE = 0x0008, IDLEIE = 0x0010, RXNEIE = 0x0020, TCIE = 0x0040,
    TXEIE = 0x0080, PS = 0x0200, PCE = 0x0400, M = 0x1000, UE = 0x2000, OVER8 = 0x8000,
    EIE = 0x001, DMAR = 0x040, DMAT = 0x080,
    GATE = 3, RESET_BIT = 4,
    PROBE_TX = 0, PROBE_RX = 1
};

/* 115200 baud at PCLK2 = 84 MHz, two core cycles per PCLK2 cycle: what a bit and a frame of 8N1 take. */
enum { BAUD = 0x2D9, BIT = 2 * BAUD, FRAME = 10 * BIT };

static const struct chip_device devices[] = {
    {.name = "USART1", .ops = &usart_v2_ops, .base = USART, .size = 0x400, .gate = GATE_NONE,
     .reset_line = RESET_BIT, .clock = CLOCK_PCLK2, .irq = {37}, .irq_count = 1},
    {.name = "UART4", .ops = &uart_v2_ops, .base = UART, .size = 0x400, .gate = GATE,
     .reset_line = GATE_NONE, .clock = CLOCK_PCLK1, .irq = {52}, .irq_count = 1},
    {0}};

static const struct chip_route routes[] = {
    {"USART1", USART_OUT_DMA_TX, "PROBE", PROBE_TX, 1},
    {"USART1", USART_OUT_DMA_RX, "PROBE", PROBE_RX, 1},
    {0}};

static struct board *b;

static void start(void)
{
    b = board_create(devices, routes);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(usart, .init = start, .fini = stop);

static void write(uint32_t reg, uint32_t value)
{
    board_write(b, USART + reg, value);
}

static uint32_t peek(uint32_t reg)
{
    return board_peek(b, USART + reg);
}

/* 115200 8N1, transmitter and receiver on, the preamble out. */
static void set_up(uint32_t cr1)
{
    write(BRR, BAUD);
    write(CR1, UE | TE | RE | cr1);
    board_run(b, FRAME);
}

static void host_sends(const char *text, size_t size)
{
    cr_assert(machine_input(b->m, "USART1", text, size));
}

/* ---- transmitting ---- */

Test(usart, ten_bytes_take_ten_frames_to_the_cycle)
{
    uint64_t begin;
    unsigned next = 0;

    set_up(0);
    begin = board_now(b);
    while (next < 10) {
        cr_assert_lt(board_when(b, USART + SR, TXE, TXE, 20 * FRAME), UINT64_MAX);
        board_read(b, USART + SR);
        write(DR, '0' + next++);
    }
    cr_assert_eq(board_when(b, USART + SR, TC, TC, 20 * FRAME), begin + 10 * (uint64_t)FRAME);
    cr_assert_eq(b->byte_count, 10);
    for (unsigned i = 0; i < 10; i++) {
        cr_assert_eq(b->bytes[i].byte, '0' + i);
        cr_assert_eq(b->bytes[i].cycle, begin + (i + 1) * (uint64_t)FRAME);
    }
}

Test(usart, txe_returns_at_once_when_idle_and_at_the_frame_end_when_busy)
{
    uint64_t begin;

    set_up(0);
    begin = board_now(b);
    write(DR, 'a');
    cr_assert(peek(SR) & TXE);
    write(DR, 'b');
    cr_assert_not(peek(SR) & TXE);
    cr_assert_eq(board_when(b, USART + SR, TXE, TXE, 2 * FRAME), begin + FRAME);
}

Test(usart, tc_stays_up_unless_sr_was_read_before_dr_was_written)
{
    set_up(0);
    write(DR, 'a');
    cr_assert(peek(SR) & TC);
    board_run(b, 2 * FRAME);
    board_read(b, USART + SR);
    write(DR, 'b');
    cr_assert_not(peek(SR) & TC);
    cr_assert_eq(board_when(b, USART + SR, TC, TC, 2 * FRAME), board_now(b));
}

Test(usart, tc_and_rxne_are_cleared_by_writing_0_and_untouched_by_1)
{
    set_up(0);
    host_sends("x", 1);
    board_run(b, FRAME);
    write(SR, 0xFFFFFFFF);
    cr_assert_eq(peek(SR), TXE | TC | RXNE);
    write(SR, (uint32_t)~TC);
    cr_assert_eq(peek(SR), TXE | RXNE);
    write(SR, (uint32_t)~RXNE);
    cr_assert_eq(peek(SR), TXE);
    cr_assert_eq(b->diags[DIAG_RESERVED], 0, "%s", b->last_diag);
}

Test(usart, te_sends_an_idle_frame_before_the_first_data)
{
    uint64_t begin = board_now(b);

    write(BRR, BAUD);
    write(CR1, UE | TE);
    write(DR, 'a');
    cr_assert_eq(peek(SR) & TXE, 0);
    cr_assert_eq(board_when(b, USART + SR, TXE, TXE, 3 * FRAME), begin + FRAME);
    board_run(b, FRAME);
    cr_assert_eq(b->bytes[0].cycle, begin + 2 * FRAME);
}

Test(usart, te_pulse_sends_the_idle_frame_after_the_current_word)
{
    uint64_t begin;

    set_up(0);
    begin = board_now(b);
    write(DR, 'a');
    write(CR1, UE | RE);
    write(CR1, UE | RE | TE);
    write(DR, 'b');
    board_run(b, 4 * FRAME);
    cr_assert_eq(b->byte_count, 2);
    cr_assert_eq(b->bytes[0].cycle, begin + FRAME);
    cr_assert_eq(b->bytes[1].cycle, begin + 3 * FRAME);
}

Test(usart, te_off_during_a_frame_loses_it)
{
    set_up(0);
    write(DR, 'a');
    write(CR1, UE | RE);
    board_run(b, 2 * FRAME);
    cr_assert_eq(b->byte_count, 0);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
}

Test(usart, ue_off_lets_the_frame_under_way_go_out)
{
    set_up(0);
    write(DR, 'a');
    write(CR1, TE | RE);
    board_run(b, 2 * FRAME);
    cr_assert_eq(b->byte_count, 1);
}

Test(usart, data_waits_for_the_transmitter)
{
    write(BRR, BAUD);
    write(DR, 'a');
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
    board_run(b, 2 * FRAME);
    cr_assert_eq(peek(SR) & TXE, 0);
    write(CR1, UE | TE);
    board_run(b, 2 * FRAME);
    cr_assert_eq(b->byte_count, 1);
}

Test(usart, data_waits_for_a_baud_rate)
{
    uint64_t begin;

    write(CR1, UE | TE);
    write(DR, 'a');
    board_run(b, 100 * FRAME);
    cr_assert_eq(b->byte_count, 0);
    begin = board_now(b);
    write(BRR, BAUD);
    board_run(b, 2 * FRAME);
    cr_assert_eq(b->bytes[0].cycle, begin + 2 * FRAME);
}

Test(usart, sbk_sends_one_break_and_clears_itself)
{
    uint64_t begin;

    set_up(0);
    begin = board_now(b);
    write(CR1, UE | TE | RE | SBK);
    write(DR, 'a');
    cr_assert_eq(board_when(b, USART + CR1, SBK, 0, 3 * FRAME), begin + 11 * BIT);
    board_run(b, FRAME);
    cr_assert_eq(b->byte_count, 1);
    cr_assert_eq(b->bytes[0].cycle, begin + 11 * BIT + FRAME);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 1);
}

struct format {
    uint32_t cr1, cr2, brr;
    unsigned half_bits;
    uint64_t bit;
    uint16_t data;
    uint8_t byte;
};

Test(usart, frame_length_and_data_bits_follow_the_settings)
{
    static const struct format formats[] = {
        {0, 0x0000, 0x2D9, 20, 2 * 0x2D9, 0xFF, 0xFF},              /* 8N1 */
        {0, 0x2000, 0x2D9, 22, 2 * 0x2D9, 0xA5, 0xA5},              /* 8N2 */
        {0, 0x1000, 0x2D8, 19, 2 * 0x2D8, 0x01, 0x01},              /* half a stop bit */
        {0, 0x3000, 0x2D8, 21, 2 * 0x2D8, 0x01, 0x01},              /* one and a half */
        {PCE, 0x0000, 0x2D9, 20, 2 * 0x2D9, 0xFF, 0x7F},            /* 7E1 */
        {PCE | PS | M, 0, 0x2D9, 22, 2 * 0x2D9, 0x1FF, 0xFF},       /* 8O1 */
        {M, 0x2000, 0x2D9, 24, 2 * 0x2D9, 0x0C3, 0xC3},             /* 9N2 */
        {OVER8, 0, 0x5A5, 20, 2 * (0x5A * 8 + 5), 0x33, 0x33},      /* 8 samples a bit */
    };

    for (unsigned i = 0; i < sizeof formats / sizeof *formats; i++) {
        const struct format *f = &formats[i];
        uint64_t begin, frame = f->half_bits * f->bit / 2;
        write(CR1, 0);
        write(BRR, f->brr);
        write(CR2, f->cr2);
        write(CR1, UE | TE | f->cr1);
        begin = board_now(b);
        write(DR, f->data);
        board_run(b, 2 * frame);
        cr_assert_eq(b->byte_count, i + 1);
        cr_assert_eq(b->bytes[i].byte, f->byte, "format %u", i);
        cr_assert_eq(b->bytes[i].cycle, begin + 2 * frame, "format %u", i);
    }
}

Test(usart, a_ninth_bit_is_reported)
{
    write(BRR, BAUD);
    write(CR1, UE | TE | M);
    write(DR, 0x155);
    board_run(b, 3 * FRAME);
    cr_assert_eq(b->bytes[0].byte, 0x55);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 1);
}

Test(usart, a_clock_change_stretches_the_rest_of_the_frame)
{
    uint64_t begin;

    set_up(0);
    begin = board_now(b);
    write(DR, 'a');
    board_run(b, FRAME / 2);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_PCLK2, 42000000);
    board_run(b, 2 * FRAME);
    cr_assert_eq(b->bytes[0].cycle, begin + FRAME / 2 + FRAME);
}

Test(usart, a_new_brr_takes_effect_with_the_next_frame)
{
    uint64_t begin;

    set_up(0);
    begin = board_now(b);
    write(DR, 'a');
    write(BRR, 2 * BAUD);
    write(DR, 'b');
    board_run(b, 3 * FRAME);
    cr_assert_eq(b->bytes[0].cycle, begin + FRAME);
    cr_assert_eq(b->bytes[1].cycle, begin + 3 * FRAME);
}

/* ---- receiving ---- */

Test(usart, bytes_arrive_one_frame_apart)
{
    uint64_t begin;

    set_up(0);
    begin = board_now(b);
    host_sends("xyz", 3);
    for (unsigned i = 0; i < 3; i++) {
        cr_assert_eq(board_when(b, USART + SR, RXNE, RXNE, 2 * FRAME), begin + (i + 1) * (uint64_t)FRAME);
        cr_assert_eq(board_read(b, USART + DR), (uint32_t)('x' + i));
        cr_assert_eq(peek(SR) & RXNE, 0);
    }
}

Test(usart, ore_keeps_the_old_byte)
{
    set_up(0);
    host_sends("ab", 2);
    board_run(b, 2 * FRAME);
    cr_assert_eq(peek(SR) & (RXNE | ORE), RXNE | ORE);
    cr_assert_eq(b->diags[DIAG_OVERRUN], 1);
    board_read(b, USART + SR);
    cr_assert_eq(board_read(b, USART + DR), 'a');
    cr_assert_eq(peek(SR) & (RXNE | ORE), 0);
}

Test(usart, overruns_are_reported_once_wherever_the_firmware_is)
{
    static const uint8_t elsewhere[] = {0x30, 0xBF, 0xFD, 0xE7};   /* wfi; b . - 2 */
    enum { ELSEWHERE = 0x08000800 };

    set_up(0);
    host_sends("ab", 2);
    board_run(b, 2 * FRAME);
    cr_assert(machine_load(b->m, ELSEWHERE, elsewhere, sizeof elsewhere));
    machine_set_reg(b->m, REG_PC, ELSEWHERE);
    host_sends("c", 1);
    board_run(b, 2 * FRAME);
    cr_assert_eq(b->diags[DIAG_OVERRUN], 1);
}

Test(usart, ore_needs_sr_read_before_dr_read)
{
    set_up(0);
    host_sends("ab", 2);
    board_run(b, FRAME);
    board_read(b, USART + SR);          /* before ORE rises: does not count for it */
    board_run(b, FRAME);
    board_read(b, USART + DR);
    cr_assert_eq(peek(SR) & (RXNE | ORE), ORE);
    board_read(b, USART + SR);
    cr_assert_eq(peek(SR) & ORE, ORE);
    board_read(b, USART + DR);
    cr_assert_eq(peek(SR) & ORE, 0);
}

Test(usart, a_debugger_read_does_not_eat_a_byte)
{
    set_up(0);
    host_sends("ab", 2);
    board_run(b, 2 * FRAME);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(peek(SR) & (RXNE | ORE), RXNE | ORE);
        cr_assert_eq(peek(DR), 'a');
    }
    board_read(b, USART + DR);          /* the looks at SR did not count: ORE stays */
    cr_assert_eq(peek(SR) & ORE, ORE);
}

Test(usart, idle_rises_once_a_frame_after_the_last_byte)
{
    uint64_t begin;

    set_up(IDLEIE);
    begin = board_now(b);
    host_sends("ab", 2);
    cr_assert_eq(board_when(b, USART + SR, IDLE, IDLE, 10 * FRAME), begin + 3 * FRAME);
    cr_assert(board_irq(b, "USART1", 0));
    board_read(b, USART + SR);
    board_read(b, USART + DR);
    cr_assert_not(board_irq(b, "USART1", 0));
    board_run(b, 10 * FRAME);
    cr_assert_eq(peek(SR) & IDLE, 0);
    host_sends("c", 1);
    cr_assert_neq(board_when(b, USART + SR, IDLE, IDLE, 10 * FRAME), UINT64_MAX);
}

Test(usart, no_idle_between_bytes_back_to_back)
{
    set_up(0);
    host_sends("abc", 3);
    for (int i = 0; i < 3; i++) {
        board_run(b, FRAME);
        board_read(b, USART + DR);
        cr_assert_eq(peek(SR) & IDLE, 0);
    }
}

Test(usart, bytes_are_lost_while_the_receiver_is_off)
{
    write(BRR, BAUD);
    write(CR1, UE | TE);
    host_sends("ab", 2);
    board_run(b, FRAME + FRAME / 2);
    write(CR1, UE | TE | RE);           /* in the middle of the second one */
    board_run(b, 3 * FRAME);
    cr_assert_eq(peek(SR), TXE | TC);
    cr_assert_gt(b->diags[DIAG_OVERRUN], 0);
    host_sends("c", 1);
    board_run(b, FRAME);
    cr_assert_eq(peek(DR), 'c');
}

Test(usart, the_host_is_asked_for_bytes_only_while_the_receiver_listens)
{
    cr_assert_eq(machine_input_room(b->m, "USART1"), 0);
    set_up(0);
    cr_assert_eq(machine_input_room(b->m, "USART1"), 1024);
    host_sends("abc", 3);
    cr_assert_eq(machine_input_room(b->m, "USART1"), 1021);
    board_run(b, FRAME);
    cr_assert_eq(machine_input_room(b->m, "USART1"), 1022);
    write(CR1, UE | TE);
    cr_assert_eq(machine_input_room(b->m, "USART1"), 0);
}

Test(usart, the_received_parity_bit_is_the_top_bit_of_dr)
{
    static const struct {
        uint32_t cr1;
        uint8_t byte;
        uint32_t dr;
    } cases[] = {
        {PCE, 0x03, 0x03},      {PCE, 0x07, 0x87},          {PCE | PS, 0x07, 0x07},
        {PCE | PS, 0x03, 0x83}, {PCE | M, 0xA4, 0x1A4},     {PCE | M, 0xA5, 0x0A5},
        {PCE | PS | M, 0xA5, 0x1A5},
    };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        write(CR1, 0);
        write(BRR, BAUD);
        write(CR1, UE | RE | cases[i].cr1);
        host_sends((const char *)&cases[i].byte, 1);
        board_run(b, 2 * FRAME);
        cr_assert_eq(board_read(b, USART + DR), cases[i].dr, "case %u", i);
    }
}

Test(usart, the_wire_wraps_and_loses_nothing)
{
    char chunk[600];

    set_up(0);
    for (unsigned round = 0; round < 4; round++) {
        for (unsigned i = 0; i < sizeof chunk; i++)
            chunk[i] = (char)(i * 7 + round);
        host_sends(chunk, sizeof chunk);
        for (unsigned i = 0; i < sizeof chunk; i++) {
            board_run(b, FRAME);
            cr_assert_eq(board_read(b, USART + DR), (uint8_t)chunk[i]);
        }
    }
    cr_assert_eq(peek(SR) & ORE, 0);
}

/* ---- interrupts and requests ---- */

Test(usart, enables_act_on_flags_that_are_up_already)
{
    set_up(0);
    cr_assert_not(board_irq(b, "USART1", 0));
    write(CR1, UE | TE | RE | TXEIE);
    cr_assert(board_irq(b, "USART1", 0));
    write(CR1, UE | TE | RE | TCIE);
    cr_assert(board_irq(b, "USART1", 0));
    write(SR, (uint32_t)~TC);
    cr_assert_not(board_irq(b, "USART1", 0));
}

Test(usart, rxneie_reports_an_overrun_after_rxne_is_gone)
{
    set_up(RXNEIE);
    host_sends("ab", 2);
    board_run(b, FRAME);
    cr_assert(board_irq(b, "USART1", 0));
    board_run(b, FRAME);
    board_read(b, USART + DR);
    cr_assert_eq(peek(SR) & (RXNE | ORE), ORE);
    cr_assert(board_irq(b, "USART1", 0));
}

Test(usart, eie_reports_an_overrun_only_with_dmar)
{
    set_up(0);
    write(CR3, EIE);
    host_sends("ab", 2);
    board_run(b, 2 * FRAME);
    cr_assert_not(board_irq(b, "USART1", 0));
    write(CR3, EIE | DMAR);
    cr_assert(board_irq(b, "USART1", 0));
}

Test(usart, dma_requests_are_levels)
{
    set_up(0);
    write(CR3, DMAT | DMAR);
    cr_assert_eq(board_rises(b, PROBE_TX), 1);
    write(DR, 'a');
    write(DR, 'b');
    cr_assert_eq(b->signals[b->signal_count - 1].level, false);
    board_run(b, FRAME);
    cr_assert_eq(board_rise(b, PROBE_TX, board_rises(b, PROBE_TX) - 1), board_now(b));
    host_sends("x", 1);
    board_run(b, FRAME);
    cr_assert_eq(board_rise(b, PROBE_RX, 0), board_now(b));
    board_read(b, USART + DR);
    cr_assert_eq(b->signals[b->signal_count - 1].input, PROBE_RX);
    cr_assert_eq(b->signals[b->signal_count - 1].level, false);
}

/* ---- the block as a whole ---- */

Test(usart, a_uart_lacks_what_only_a_usart_has)
{
    board_write(b, BOARD_GATE, 1 << GATE);
    board_write(b, UART + CR2, 0xFFFF);
    board_write(b, UART + CR3, 0xFFFF);
    board_write(b, UART + GTPR, 0xFFFF);
    cr_assert_eq(board_peek(b, UART + CR2), 0x706F);
    cr_assert_eq(board_peek(b, UART + CR3), 0x08CF);
    cr_assert_eq(board_peek(b, UART + GTPR), 0x00FF);
    cr_assert_eq(board_peek(b, UART + SR), TXE | TC);
}

Test(usart, a_closed_clock_gate_freezes_the_frame)
{
    uint64_t begin;

    board_write(b, BOARD_GATE, 1 << GATE);
    board_write(b, UART + BRR, 0x10);
    board_write(b, UART + CR1, UE | TE);
    begin = board_now(b);
    board_write(b, UART + DR, 'a');
    board_run(b, 200);
    board_write(b, BOARD_GATE, 0);
    board_run(b, 5000);
    cr_assert_eq(b->byte_count, 0);
    board_write(b, BOARD_GATE, 1 << GATE);
    board_run(b, 5000);
    cr_assert_eq(b->bytes[0].cycle, begin + 2 * 160 * 4 + 5000);
}

Test(usart, reset_drops_everything_under_way)
{
    set_up(TXEIE);
    write(DR, 'a');
    write(DR, 'b');
    host_sends("xyz", 3);
    board_run(b, FRAME / 2);
    board_write(b, BOARD_RESET, 1 << RESET_BIT);
    cr_assert_not(board_irq(b, "USART1", 0));
    board_write(b, BOARD_RESET, 0);
    cr_assert_eq(peek(SR), TXE | TC);
    cr_assert_eq(peek(CR1), 0);
    set_up(0);
    board_run(b, 5 * FRAME);
    cr_assert_eq(b->byte_count, 0);
    cr_assert_eq(peek(SR), TXE | TC);
}

Test(usart, state_survives_save_and_restore_at_every_event)
{
    write(BRR, 0x10);
    write(CR1, UE | TE | RE | IDLEIE | TXEIE);
    write(DR, 'a');
    host_sends("hello", 5);
    board_run(b, 7);
    board_check_replay(b, 20 * 10 * 32);
    write(DR, 'b');
    write(CR1, UE | TE | RE | SBK);
    write(DR, 'c');
    board_check_replay(b, 20 * 10 * 32);
}
