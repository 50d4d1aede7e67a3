/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPI and I2S: times from the clocks, flags and their clearing sequences, errors (RM0090 chapter 28). */
#include <criterion/criterion.h>

#include "core/link.h"
#include "periph/devices.h"
#include "periph/spi_v1.h"
#include "tests/unit/board.h"

enum {
    SPI = 0x40013000, SLAVE = 0x40003800, EXT = 0x40003400,
    CR1 = 0x00, CR2 = 0x04, SR = 0x08, DR = 0x0C, CRCPR = 0x10, RXCRCR = 0x14, TXCRCR = 0x18, I2SCFGR = 0x1C,
    I2SPR = 0x20,
    MSTR = 1 << 2, BR_8 = 2 << 3, SPE = 1 << 6, LSBFIRST = 1 << 7, SSI = 1 << 8, SSM = 1 << 9,
    RXONLY = 1 << 10, DFF = 1 << 11, CRCNEXT = 1 << 12, CRCEN = 1 << 13, BIDIOE = 1 << 14, BIDIMODE = 1 << 15,
    RXDMAEN = 1, TXDMAEN = 2, SSOE = 4, ERRIE = 1 << 5, RXNEIE = 1 << 6, TXEIE = 1 << 7,
    RXNE = 1, TXE = 2, CHSIDE = 4, UDR = 8, CRCERR = 1 << 4, MODF = 1 << 5, OVR = 1 << 6, BSY = 1 << 7,
    MASTER = SPE | MSTR | SSM | SSI | BR_8,
    FRAME = 8 * 8 * 2,          /* core cycles of 8 bits at PCLK2 / 8 */
    PROBE_TX = 0, PROBE_RX = 1, PROBE_NSS = 2, GATE = 1
};

/* A device of the board that answers with the complement of what it was sent the time before. */
struct echo_state {
    uint32_t last;
};

static uint8_t echo_link(struct device *d, unsigned action, uint8_t value)
{
    struct echo_state *s = d->state;
    uint8_t answer = (uint8_t)~s->last;

    if (action != LINK_SPI_BYTE)
        return LINK_RELEASED;
    s->last = value;
    return answer;
}

static const struct device_ops echo_ops = {
    .name = "echo", .state_size = sizeof(struct echo_state), .link = echo_link};

#define SPI_ROW(label, at, rate, ...)                                                              \
    {.name = label, .ops = &spi_v1_ops, .base = at, .size = 0x400, .gate = GATE_NONE,              \
     .reset_line = GATE_NONE, .clock = rate, .irq_count = 1, __VA_ARGS__}

static const struct chip_device devices[] = {
    SPI_ROW("SPI1", SPI, CLOCK_PCLK2, .irq = {35}),
    SPI_ROW("SPI2", SLAVE, CLOCK_PCLK1, .irq = {36}),
    SPI_ROW("I2S2ext", EXT, CLOCK_PCLK1, .irq = {CHIP_NO_IRQ}),
    {.name = "ECHO", .ops = &echo_ops, .gate = GATE_NONE, .reset_line = GATE_NONE, .joins = "SPI1"},
    {0}};

static const struct chip_route routes[] = {
    {"SPI1", SPI_OUT_DMA_TX, "PROBE", PROBE_TX, 1},
    {"SPI1", SPI_OUT_DMA_RX, "PROBE", PROBE_RX, 1},
    {"SPI1", SPI_OUT_NSS, "PROBE", PROBE_NSS, 1},
    {"PROBE", 0, "SPI1", SPI_IN_NSS, 1},
    {"SPI2", SPI_OUT_I2S_FRAME, "I2S2ext", SPI_IN_I2S_FRAME, 2},
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

TestSuite(spi_v1, .init = start, .fini = stop);

static void write(uint32_t reg, uint32_t value)
{
    board_write(b, SPI + reg, value);
}

static uint32_t peek(uint32_t reg)
{
    return board_peek(b, SPI + reg);
}

static uint32_t read(uint32_t reg)
{
    return board_read(b, SPI + reg);
}

static uint32_t transfer(uint32_t value)
{
    write(DR, value);
    cr_assert_lt(board_when(b, SPI + SR, RXNE, RXNE, 100000), UINT64_MAX);
    return read(DR);
}

/* ---- frames ---- */

Test(spi_v1, frames_follow_each_other_without_a_gap)
{
    uint64_t begin;

    write(CR1, MASTER);
    begin = board_now(b);
    for (unsigned i = 0; i < 256; i++) {
        cr_assert_lt(board_when(b, SPI + SR, TXE, TXE, 10 * FRAME), UINT64_MAX);
        write(DR, i);
    }
    cr_assert_eq(board_when(b, SPI + SR, BSY, 0, 10 * FRAME), begin + 256 * (uint64_t)FRAME);
}

Test(spi_v1, a_frame_raises_txe_at_its_start_and_rxne_at_its_end)
{
    uint64_t begin;

    write(CR1, MASTER);
    cr_assert_eq(peek(SR), TXE);
    begin = board_now(b);
    write(DR, 0x55);
    cr_assert_eq(peek(SR), TXE | BSY);
    write(DR, 0xAA);
    cr_assert_eq(peek(SR), BSY);
    cr_assert_eq(board_when(b, SPI + SR, RXNE, RXNE, 10 * FRAME), begin + FRAME);
    cr_assert_eq(peek(SR), TXE | RXNE | BSY);
    cr_assert_eq(read(DR), 0xFF);
    cr_assert_eq(board_when(b, SPI + SR, RXNE, RXNE, 10 * FRAME), begin + 2 * FRAME);
    cr_assert_eq(read(DR), 0xAA);
    cr_assert_eq(peek(SR), TXE);
}

Test(spi_v1, sixteen_bits_travel_most_significant_byte_first)
{
    uint64_t begin;

    write(CR1, MASTER | DFF);
    begin = board_now(b);
    write(DR, 0x1234);
    cr_assert_eq(board_when(b, SPI + SR, RXNE, RXNE, 10 * FRAME), begin + 2 * FRAME);
    cr_assert_eq(read(DR), 0xFFED);
    cr_assert_eq(transfer(0), 0xCBFF);
}

Test(spi_v1, lsbfirst_reverses_both_directions)
{
    write(CR1, MASTER | LSBFIRST);
    transfer(0x01);
    cr_assert_eq(transfer(0), 0xFE);
}

Test(spi_v1, a_frame_keeps_its_length_in_bus_clocks_when_the_clock_changes)
{
    uint64_t begin;

    write(CR1, MASTER);
    begin = board_now(b);
    write(DR, 0);
    board_run(b, FRAME / 2);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_PCLK2, 42000000);
    cr_assert_eq(board_when(b, SPI + SR, RXNE, RXNE, 10 * FRAME), begin + FRAME / 2 + FRAME);
}

/* ---- other modes ---- */

Test(spi_v1, a_receiver_clocks_until_it_is_disabled)
{
    uint64_t begin;

    write(CR1, MASTER | RXONLY);
    begin = board_now(b);
    cr_assert_eq(board_when(b, SPI + SR, RXNE, RXNE, 10 * FRAME), begin + FRAME);
    read(DR);
    write(CR1, (MASTER | RXONLY) & ~SPE);
    cr_assert_eq(board_when(b, SPI + SR, RXNE, RXNE, 10 * FRAME), begin + 2 * FRAME);
    read(DR);
    board_run(b, 3 * FRAME);
    cr_assert_eq(peek(SR), TXE);
}

Test(spi_v1, bidirectional_input_keeps_bsy_low_and_output_receives_nothing)
{
    write(CR1, MASTER | BIDIMODE);
    board_run(b, FRAME / 2);
    cr_assert_eq(peek(SR), TXE);
    board_run(b, FRAME);
    cr_assert_eq(peek(SR), TXE | RXNE);
    write(CR1, 0);
    board_run(b, FRAME);
    read(DR);
    read(SR);
    write(CR1, MASTER | BIDIMODE | BIDIOE);
    write(DR, 1);
    board_run(b, 2 * FRAME);
    cr_assert_eq(peek(SR), TXE);
}

/* ---- errors ---- */

Test(spi_v1, overrun_keeps_the_older_word_and_is_cleared_by_dr_then_sr)
{
    write(CR1, MASTER);
    write(CR2, RXNEIE | ERRIE);
    write(DR, 0x11);
    write(DR, 0x22);
    board_run(b, 2 * FRAME);
    cr_assert_eq(peek(SR), TXE | RXNE | OVR);
    cr_assert_eq(b->diags[DIAG_OVERRUN], 1);
    read(SR);
    cr_assert(peek(SR) & OVR);
    cr_assert_eq(read(DR), 0xFF);
    cr_assert(board_irq(b, "SPI1", 0));
    cr_assert(read(SR) & OVR);
    cr_assert_eq(peek(SR), TXE);
    cr_assert_not(board_irq(b, "SPI1", 0));
}

Test(spi_v1, a_transmit_only_driver_that_overruns_is_not_reported)
{
    write(CR1, MASTER);
    write(DR, 0x11);
    write(DR, 0x22);
    board_run(b, 2 * FRAME);
    cr_assert(peek(SR) & OVR);
    cr_assert_eq(b->diags[DIAG_OVERRUN], 0);
}

Test(spi_v1, nss_low_in_master_mode_is_a_mode_fault)
{
    write(CR2, ERRIE);
    write(CR1, SPE | MSTR | SSM);
    cr_assert_eq(peek(SR), TXE | MODF);
    cr_assert_eq(peek(CR1), SSM);
    cr_assert(board_irq(b, "SPI1", 0));
    write(CR1, MASTER);
    cr_assert_eq(peek(CR1) & (SPE | MSTR), 0, "not before MODF is cleared");
    read(SR);
    write(CR1, MASTER);
    cr_assert_eq(peek(SR), TXE);
    cr_assert_eq(peek(CR1), MASTER);
    write(CR1, SPE | MSTR);
    cr_assert_eq(peek(SR), TXE, "the pin is high");
    board_write(b, BOARD_PROBE, 1);
    cr_assert_eq(peek(SR), TXE, "still");
    board_write(b, BOARD_PROBE, 0);
    cr_assert_eq(peek(SR), TXE | MODF);
}

Test(spi_v1, nss_output_follows_spe)
{
    cr_assert_eq(board_rises(b, PROBE_NSS), 0);
    write(CR2, SSOE);
    write(CR1, SPE | MSTR);
    write(CR1, MSTR);
    cr_assert_eq(board_rises(b, PROBE_NSS), 1);
}

Test(spi_v1, settings_changed_while_enabled_are_reported)
{
    write(CR1, MASTER);
    write(CR1, MASTER | DFF);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
}

/* ---- CRC ---- */

/* The CRC-8 of "1" "2" with polynomial 7, start value 0. */
Test(spi_v1, the_crc_follows_the_last_data)
{
    write(CR1, MASTER | CRCEN);
    write(DR, '1');
    write(DR, '2');
    write(CR1, MASTER | CRCEN | CRCNEXT);
    cr_assert_lt(board_when(b, SPI + SR, BSY, 0, 10 * FRAME), UINT64_MAX);
    cr_assert_eq(peek(TXCRCR), 0x72);
    cr_assert_not(peek(CR1) & CRCNEXT);
    write(CR1, MASTER);
    read(DR);
    read(SR);
    cr_assert_eq(transfer(0), (uint8_t)~0x72, "the CRC was the last byte on the wire");
}

Test(spi_v1, a_wrong_crc_is_an_error_until_0_is_written)
{
    write(CR1, MASTER | CRCEN);
    transfer(0x42);
    cr_assert_neq(peek(RXCRCR), 0);
    write(CR1, MASTER | CRCEN | CRCNEXT);
    cr_assert_lt(board_when(b, SPI + SR, CRCERR, CRCERR, 10 * FRAME), UINT64_MAX);
    write(SR, (uint16_t)~CRCERR);
    cr_assert_not(peek(SR) & CRCERR);
    write(CR1, MASTER);
    write(CR1, MASTER | CRCEN);
    cr_assert_eq(peek(RXCRCR), 0);
    cr_assert_eq(peek(TXCRCR), 0);
}

/* ---- requests ---- */

Test(spi_v1, interrupts_and_dma_requests_are_levels)
{
    write(CR2, TXEIE | TXDMAEN | RXDMAEN);
    cr_assert(board_irq(b, "SPI1", 0));
    cr_assert_eq(board_rises(b, PROBE_TX), 1);
    write(CR1, MASTER);
    write(DR, 1);
    write(DR, 2);
    cr_assert_not(board_irq(b, "SPI1", 0));
    board_run(b, FRAME);
    cr_assert(board_irq(b, "SPI1", 0));
    cr_assert_eq(board_rises(b, PROBE_RX), 1);
    read(DR);
    board_run(b, FRAME);
    cr_assert_eq(board_rises(b, PROBE_RX), 2);
}

/* ---- I2S ---- */

enum { I2SMOD = 1 << 11, I2SE = 1 << 10, MASTER_TX = 2 << 8, SLAVE_RX = 1 << 8, MCKOE = 1 << 9, DATLEN_24 = 2 };

/* 16-bit words: 16 * (2 * DIV + ODD) cycles of the PLLI2S each, 48 kHz from 86 MHz with the master clock. */
Test(spi_v1, i2s_words_take_what_the_prescaler_says)
{
    uint64_t begin;

    board_write(b, BOARD_CLOCKS + 4 * CLOCK_PLLI2S, 42000000);
    board_write(b, SLAVE + I2SPR, 6 | 1 << 8);
    board_write(b, SLAVE + I2SCFGR, I2SMOD | I2SE | MASTER_TX);
    begin = board_now(b);
    board_write(b, SLAVE + DR, 1);
    cr_assert_eq(board_peek(b, SLAVE + SR), TXE | BSY | CHSIDE, "the right channel's word is to be written");
    board_write(b, SLAVE + DR, 2);
    cr_assert_eq(board_when(b, SLAVE + SR, TXE, TXE, 100000), begin + 4 * 16 * 13);
    cr_assert_not(board_peek(b, SLAVE + SR) & CHSIDE);
    cr_assert_eq(board_when(b, SLAVE + SR, BSY, 0, 100000), begin + 2 * 4 * 16 * 13);
    board_write(b, SLAVE + I2SCFGR, I2SMOD | MASTER_TX);
    board_write(b, SLAVE + I2SPR, 6 | 1 << 8 | MCKOE);
    board_write(b, SLAVE + I2SCFGR, I2SMOD | I2SE | MASTER_TX);
    begin = board_now(b);
    board_write(b, SLAVE + DR, 1);
    cr_assert_eq(board_when(b, SLAVE + SR, BSY, 0, 100000), begin + 4 * 128 * 13);
}

Test(spi_v1, the_other_direction_of_i2s_runs_on_the_same_clock)
{
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_PLLI2S, 42000000);
    board_write(b, EXT + I2SCFGR, I2SMOD | I2SE);
    board_write(b, SLAVE + I2SCFGR, I2SMOD | I2SE | MASTER_TX);
    board_write(b, SLAVE + DR, 1);
    cr_assert_eq(board_peek(b, EXT + SR) & (UDR | TXE), UDR | TXE, "nothing to send");
    cr_assert(board_read(b, EXT + SR) & UDR);
    cr_assert_not(board_peek(b, EXT + SR) & UDR);
    board_write(b, EXT + I2SCFGR, I2SMOD | I2SE | SLAVE_RX);
    board_run(b, 4 * 16 * 4);
    cr_assert(board_peek(b, EXT + SR) & RXNE);
}

/* ---- state ---- */

Test(spi_v1, state_survives_save_and_restore_at_every_event)
{
    write(CR1, MASTER | CRCEN | DFF);
    write(CR2, TXEIE | RXDMAEN);
    write(DR, 0x1234);
    write(DR, 0x5678);
    write(CR1, MASTER | CRCEN | CRCNEXT | DFF);
    board_run(b, 7);
    board_check_replay(b, 20 * FRAME);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_PLLI2S, 42000000);
    board_write(b, SLAVE + I2SCFGR, I2SMOD | I2SE | MASTER_TX | DATLEN_24);
    board_write(b, SLAVE + DR, 1);
    board_write(b, SLAVE + DR, 2);
    board_check_replay(b, 20 * FRAME);
}
