/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPI and I2S bit by bit on their lines, from master to slave (RM0090 28.3, 28.4). */
#include <criterion/criterion.h>

#include "periph/board.h"
#include "periph/devices.h"
#include "periph/spi_v1.h"
#include "tests/unit/board.h"

enum {
    MASTER = 0x40013000, SLAVE = 0x40003800, EXT = 0x40003400,
    CR1 = 0x00, CR2 = 0x04, SR = 0x08, DR = 0x0C, CRCPR = 0x10, RXCRCR = 0x14, TXCRCR = 0x18, I2SCFGR = 0x1C,
    I2SPR = 0x20,
    CPHA = 1 << 0, CPOL = 1 << 1, MSTR = 1 << 2, BR_8 = 2 << 3, SPE = 1 << 6, LSBFIRST = 1 << 7, SSI = 1 << 8,
    SSM = 1 << 9, RXONLY = 1 << 10, DFF = 1 << 11, CRCNEXT = 1 << 12, CRCEN = 1 << 13, BIDIOE = 1 << 14,
    BIDIMODE = 1 << 15,
    RXDMAEN = 1, TXDMAEN = 2, SSOE = 4, ERRIE = 1 << 5,
    RXNE = 1, TXE = 2, CHSIDE = 4, UDR = 8, CRCERR = 1 << 4, MODF = 1 << 5, OVR = 1 << 6, BSY = 1 << 7, FRE = 1 << 8,
    MASTER_ON = SPE | MSTR | SSM | SSI | BR_8, SLAVE_ON = SPE | SSM,
    BIT = 8 * 2, FRAME = 8 * BIT,       /* core cycles at PCLK2 / 8 */
    PROBE_SCK = 0, PROBE_MOSI = 1, PROBE_WS = 2, PROBE_MISO = 3
};

#define SPI_ROW(label, at, rate, ...)                                                              \
    {.name = label, .ops = &spi_v1_ops, .base = at, .size = 0x400, .gate = GATE_NONE,              \
     .reset_line = GATE_NONE, .clock = rate, .irq_count = 1, __VA_ARGS__}

static const struct chip_device devices[] = {
    SPI_ROW("SPI1", MASTER, CLOCK_PCLK2, .irq = {35}),
    SPI_ROW("SPI2", SLAVE, CLOCK_PCLK1, .irq = {36}),
    SPI_ROW("I2S1ext", EXT, CLOCK_PCLK2, .irq = {CHIP_NO_IRQ}),
    {0}};

/* The single line of half duplex is the one that each end would send on. */
static const struct chip_route routes[] = {
    {"SPI1", SPI_OUT_NSS, "SPI2", SPI_IN_NSS, 1},   {"SPI1", SPI_OUT_SCK, "SPI2", SPI_IN_SCK, 1},
    {"SPI1", SPI_OUT_MOSI, "SPI2", SPI_IN_MOSI, 1}, {"SPI2", SPI_OUT_MISO, "SPI1", SPI_IN_MISO, 1},
    {"SPI1", SPI_OUT_MOSI, "SPI2", SPI_IN_MISO, 1}, {"SPI2", SPI_OUT_MISO, "SPI1", SPI_IN_MOSI, 1},
    {"SPI1", SPI_OUT_SCK, "PROBE", PROBE_SCK, 1},   {"SPI1", SPI_OUT_MOSI, "PROBE", PROBE_MOSI, 1},
    {"SPI1", SPI_OUT_NSS, "PROBE", PROBE_WS, 1},    {"SPI2", SPI_OUT_MISO, "PROBE", PROBE_MISO, 1},
    {"SPI1", SPI_OUT_I2S_FRAME, "I2S1ext", SPI_IN_I2S_FRAME, 2},
    {"SPI2", SPI_OUT_MOSI, "I2S1ext", SPI_IN_MOSI, 1}, {"SPI2", SPI_OUT_MOSI, "SPI1", SPI_IN_MOSI, 1},
    {"SPI1", SPI_OUT_MCK, "PROBE", 4, 1}, {"PROBE", 0, "SPI1", SPI_IN_DMA_TX_LAST, 1},
    {"PROBE", 1, "SPI2", SPI_IN_DMA_RX_LAST, 1},
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

TestSuite(spi_lines, .init = start, .fini = stop);

static void master(uint32_t reg, uint32_t value)
{
    board_write(b, MASTER + reg, value);
}

static void slave(uint32_t reg, uint32_t value)
{
    board_write(b, SLAVE + reg, value);
}

static uint32_t master_sr(void)
{
    return board_peek(b, MASTER + SR);
}

static uint32_t slave_sr(void)
{
    return board_peek(b, SLAVE + SR);
}

static void both_on(uint32_t modes)
{
    slave(CR1, SLAVE_ON | modes);
    master(CR1, MASTER_ON | modes);
}

/* A frame from the master; what the slave got. */
static uint32_t send(uint32_t value)
{
    master(DR, value);
    cr_assert_lt(board_when(b, MASTER + SR, BSY, 0, 4 * FRAME), UINT64_MAX);
    return board_read(b, SLAVE + DR);
}

/* ---- both directions ---- */

Test(spi_lines, frames_swap_in_every_shape)
{
    static const uint32_t shapes[] = {0, CPHA, CPOL, CPOL | CPHA};

    for (unsigned i = 0; i < 16; i++) {
        uint32_t modes = shapes[i & 3] | (i & 4 ? LSBFIRST : 0) | (i & 8 ? DFF : 0);
        uint32_t mask = i & 8 ? 0xFFFF : 0xFF;
        both_on(modes);
        for (uint32_t word = 0x1235; word < 0x1239; word++) {
            slave(DR, word * 0x2F);
            cr_assert_eq(send(word), word & mask, "shape %u", i);
            cr_assert_eq(board_read(b, MASTER + DR), word * 0x2F & mask, "shape %u", i);
        }
        master(CR1, MSTR | SSM | SSI);
        slave(CR1, SSM);
        cr_assert_eq(slave_sr(), TXE);
    }
}

Test(spi_lines, a_mismatched_phase_shifts_the_bits)
{
    slave(CR1, SLAVE_ON | CPHA);
    master(CR1, MASTER_ON);
    slave(DR, 0x55);
    send(0);
    cr_assert_eq(board_read(b, MASTER + DR), 0x2A, "a bit late");
}

Test(spi_lines, sck_has_an_edge_in_the_middle_and_one_at_the_end_of_a_bit)
{
    uint64_t begin;

    both_on(0);
    begin = board_now(b);
    b->signal_count = 0;
    send(0x80);
    for (unsigned i = 0; i < 8; i++)
        cr_assert_eq(board_rise(b, PROBE_SCK, i), begin + i * BIT + BIT / 2);
    cr_assert_eq(board_rises(b, PROBE_SCK), 8);
    cr_assert_eq(board_rise(b, PROBE_MOSI, 0), begin);
    cr_assert_eq(b->signals[b->signal_count - 1].cycle, begin + FRAME, "back to idle");
}

Test(spi_lines, with_cpha_sck_begins_with_the_bit)
{
    uint64_t begin;

    both_on(CPHA);
    begin = board_now(b);
    b->signal_count = 0;
    send(0);
    for (unsigned i = 0; i < 8; i++)
        cr_assert_eq(board_rise(b, PROBE_SCK, i), begin + i * BIT);
    cr_assert_eq(b->signals[b->signal_count - 1].cycle, begin + FRAME - BIT / 2);
}

/* SCK goes to its idle level first, which is no edge for a slave. */
Test(spi_lines, data_that_waits_goes_out_when_the_master_is_enabled)
{
    slave(CR1, SLAVE_ON | CPOL | CPHA);
    master(DR, 0x2A);
    master(CR1, MASTER_ON | CPOL | CPHA);
    board_run(b, 2 * FRAME);
    cr_assert_eq(board_read(b, SLAVE + DR), 0x2A);
}

/* ---- the slave's flags ---- */

Test(spi_lines, a_slaves_txe_rises_with_the_first_bit_and_rxne_with_the_last)
{
    uint64_t begin;

    both_on(0);
    slave(DR, 1);
    cr_assert_eq(slave_sr(), 0);
    begin = board_now(b);
    master(DR, 2);
    cr_assert_eq(board_when(b, SLAVE + SR, TXE, TXE, FRAME), begin + BIT / 2);
    cr_assert_eq(slave_sr(), TXE | BSY);
    cr_assert_eq(board_when(b, SLAVE + SR, RXNE, RXNE, FRAME), begin + FRAME - BIT / 2);
    cr_assert_eq(slave_sr(), TXE | RXNE);
}

Test(spi_lines, a_slave_without_a_clock_waits)
{
    slave(CR1, SLAVE_ON);
    slave(DR, 1);
    board_run(b, 100 * FRAME);
    cr_assert_eq(slave_sr(), 0);
}

Test(spi_lines, a_slave_without_new_data_repeats_the_last)
{
    both_on(0);
    slave(DR, 0x5A);
    for (unsigned i = 0; i < 3; i++) {
        send(0);
        cr_assert_eq(board_read(b, MASTER + DR), 0x5A);
    }
}

Test(spi_lines, a_slave_overruns_and_keeps_the_older_word)
{
    both_on(0);
    slave(CR2, ERRIE);
    master(DR, 0x11);
    master(DR, 0x22);
    board_run(b, 3 * FRAME);
    cr_assert_eq(slave_sr(), TXE | RXNE | OVR);
    cr_assert(board_irq(b, "SPI2", 0));
    cr_assert_eq(board_read(b, SLAVE + DR), 0x11);
    board_read(b, SLAVE + SR);
    cr_assert_eq(slave_sr(), TXE);
}

/* ---- NSS ---- */

Test(spi_lines, nss_selects_a_slave)
{
    slave(CR1, SPE);
    slave(DR, 0x77);
    master(CR2, SSOE);
    master(CR1, SPE | MSTR | BR_8);
    cr_assert_eq(send(0x12), 0x12);
    cr_assert_eq(board_read(b, MASTER + DR), 0x77);
    master(CR2, 0);
    master(CR1, MASTER_ON);
    master(DR, 0x34);
    board_run(b, 2 * FRAME);
    cr_assert_eq(slave_sr(), TXE, "nobody drives NSS low");
    cr_assert_eq(board_read(b, MASTER + DR), 0xFF, "MISO is free");
}

Test(spi_lines, ssi_selects_in_its_place)
{
    slave(CR1, SLAVE_ON | SSI);
    slave(DR, 0x77);
    master(CR1, MASTER_ON);
    master(DR, 0x12);
    board_run(b, 2 * FRAME);
    cr_assert_eq(slave_sr(), 0);
    slave(CR1, SLAVE_ON);
    cr_assert_eq(send(0x34), 0x34);
}

/* ---- one direction ---- */

Test(spi_lines, half_duplex_from_master_to_slave)
{
    slave(CR1, SLAVE_ON | BIDIMODE);
    master(CR1, MASTER_ON | BIDIMODE | BIDIOE);
    for (unsigned i = 0; i < 4; i++)
        cr_assert_eq(send(0xA1 + i), 0xA1 + i);
    cr_assert_eq(master_sr(), TXE, "it receives nothing");
}

Test(spi_lines, half_duplex_from_slave_to_master)
{
    slave(CR1, SLAVE_ON | BIDIMODE | BIDIOE);
    slave(DR, 0xC3);
    master(CR1, MASTER_ON | BIDIMODE);
    cr_assert_lt(board_when(b, MASTER + SR, RXNE, RXNE, 2 * FRAME), UINT64_MAX);
    cr_assert_eq(board_read(b, MASTER + DR), 0xC3);
    cr_assert_eq(slave_sr() & (TXE | RXNE), TXE);
    slave(DR, 0x3C);
    cr_assert_lt(board_when(b, MASTER + SR, RXNE, RXNE, 2 * FRAME), UINT64_MAX);
    board_read(b, MASTER + DR);
    cr_assert_lt(board_when(b, MASTER + SR, RXNE, RXNE, 2 * FRAME), UINT64_MAX);
    cr_assert_eq(board_read(b, MASTER + DR), 0x3C);
}

Test(spi_lines, a_receiving_master_clocks_a_sending_slave)
{
    slave(CR1, SLAVE_ON | CPOL | CPHA);
    slave(DR, 0x99);
    master(CR1, MASTER_ON | RXONLY | CPOL | CPHA);
    cr_assert_lt(board_when(b, MASTER + SR, RXNE, RXNE, 2 * FRAME), UINT64_MAX);
    cr_assert_eq(board_read(b, MASTER + DR), 0x99);
    cr_assert_eq(board_read(b, SLAVE + DR), 0xFF, "MOSI is free");
}

Test(spi_lines, a_receiving_slave_leaves_miso_free)
{
    both_on(0);
    slave(CR1, 0);
    slave(CR1, SLAVE_ON | RXONLY);
    cr_assert_eq(send(0x42), 0x42);
    cr_assert_eq(board_read(b, MASTER + DR), 0xFF);
}

/* ---- CRC ---- */

Test(spi_lines, crc_is_right_in_both_directions)
{
    for (unsigned i = 0; i < 2; i++) {
        uint32_t modes = CRCEN | (i ? DFF | LSBFIRST : 0);
        both_on(modes);
        slave(DR, 0xBEEF);
        send(0x1234);
        board_read(b, MASTER + DR);
        master(CR1, MASTER_ON | modes | CRCNEXT);
        slave(CR1, SLAVE_ON | modes | CRCNEXT);
        board_run(b, 3 * FRAME);
        cr_assert_eq(slave_sr(), TXE | RXNE);
        cr_assert_eq(master_sr(), TXE | RXNE);
        cr_assert_eq(board_read(b, SLAVE + DR), board_peek(b, SLAVE + RXCRCR));
        cr_assert_eq(board_peek(b, SLAVE + RXCRCR), board_peek(b, MASTER + TXCRCR));
        cr_assert_eq(board_read(b, MASTER + DR), board_peek(b, SLAVE + TXCRCR));
        master(CR1, MSTR | SSM | SSI);
        slave(CR1, SSM);
    }
}

Test(spi_lines, a_wrong_crc_is_seen_at_both_ends)
{
    slave(CRCPR, 0x31);
    both_on(CRCEN);
    slave(DR, 0x55);
    send(0x77);
    board_read(b, MASTER + DR);
    slave(CR1, SLAVE_ON | CRCEN | CRCNEXT);
    master(CR1, MASTER_ON | CRCEN | CRCNEXT);
    board_run(b, 2 * FRAME);
    cr_assert_eq(slave_sr(), TXE | RXNE | CRCERR);
    cr_assert_eq(master_sr(), TXE | RXNE | CRCERR);
    slave(SR, (uint16_t)~CRCERR);
    cr_assert_not(slave_sr() & CRCERR);
}

/* The slave's DMA reads the last word while the CRC is under way. */
Test(spi_lines, with_dma_the_crc_follows_the_last_item)
{
    slave(CR2, RXDMAEN);
    slave(CR1, SLAVE_ON | BIDIMODE | CRCEN);
    master(CR2, TXDMAEN);
    master(CR1, MASTER_ON | BIDIMODE | BIDIOE | CRCEN);
    master(DR, 0x31);
    board_write(b, BOARD_PROBE, 1);
    board_write(b, BOARD_PROBE, 0);
    board_run(b, FRAME + BIT);
    cr_assert_eq(board_read(b, SLAVE + DR), 0x31);
    board_write(b, BOARD_PROBE, 2);
    board_write(b, BOARD_PROBE, 0);
    board_run(b, 2 * FRAME);
    cr_assert_eq(slave_sr(), TXE | RXNE);
    cr_assert_eq(board_read(b, SLAVE + DR), 0x97);
    cr_assert_eq(board_peek(b, SLAVE + RXCRCR), 0x97);
    cr_assert_eq(master_sr(), TXE);
}

Test(spi_lines, a_receiving_master_checks_the_crc_behind_the_last_word)
{
    slave(CR1, SLAVE_ON | CRCEN);
    slave(DR, 0x31);
    master(CR1, MASTER_ON | RXONLY | CRCEN);
    board_run(b, FRAME / 2);
    slave(CR1, SLAVE_ON | CRCEN | CRCNEXT);
    master(CR1, MASTER_ON | RXONLY | CRCEN | CRCNEXT);
    cr_assert_lt(board_when(b, MASTER + SR, RXNE, RXNE, FRAME), UINT64_MAX);
    cr_assert_eq(board_read(b, MASTER + DR), 0x31);
    cr_assert_lt(board_when(b, MASTER + SR, RXNE, RXNE, 2 * FRAME), UINT64_MAX);
    master(CR1, MSTR | SSM | SSI);
    cr_assert_eq(board_read(b, MASTER + DR), 0x97);
    cr_assert_eq(master_sr() & CRCERR, 0);
}

/* ---- I2S ---- */

enum {
    CHLEN = 1, DATLEN_24 = 2, DATLEN_32 = 4, CKPOL = 8, PHILIPS = 0, MSB = 1 << 4, LSB = 2 << 4, PCM = 3 << 4,
    PCMSYNC = 1 << 7, SLAVE_TX = 0, SLAVE_RX = 1 << 8, MASTER_TX = 2 << 8, MASTER_RX = 3 << 8, I2SE = 1 << 10,
    I2SMOD = 1 << 11, I2S_ON = I2SMOD | I2SE, ODD = 1 << 8, MCKOE = 1 << 9,
    CK = 4 * 13, PROBE_MCK = 4      /* core cycles of a bit at 42 MHz / (2 * 6 + 1) */
};

static const uint32_t formats[] = {
    PHILIPS, PHILIPS | CHLEN, PHILIPS | DATLEN_24 | CHLEN, PHILIPS | DATLEN_32 | CHLEN | CKPOL,
    MSB, MSB | CHLEN, MSB | DATLEN_24 | CHLEN, MSB | DATLEN_32 | CHLEN,
    LSB, LSB | CHLEN | CKPOL, LSB | DATLEN_24 | CHLEN, LSB | DATLEN_32 | CHLEN,
    PCM, PCM | CHLEN, PCM | PCMSYNC, PCM | PCMSYNC | DATLEN_32 | CHLEN};

/* The bits that reach the other end: of 24, eight in every other word do not. */
static uint32_t kept(uint32_t format, unsigned n)
{
    if ((format & 6) != DATLEN_24)
        return 0xFFFF;
    return (format & 0x30) == LSB ? (n & 1 ? 0xFFFF : 0x00FF) : n & 1 ? 0xFF00 : 0xFFFF;
}

static void i2s_clocks(uint32_t prescaler)
{
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_PLLI2S, 42000000);
    master(I2SPR, prescaler);
}

/* Words go one way, each written when the register is free, and arrive as they are. */
static void stream(uint32_t from, uint32_t to, uint32_t format)
{
    unsigned sent = 1, got = 0;

    for (unsigned guard = 0; got < 8 && guard < 10000; guard++) {
        if (board_peek(b, from + SR) & TXE)
            board_write(b, from + DR, 0x8421 + 0x1357 * sent++);
        if (board_peek(b, to + SR) & RXNE) {
            uint32_t expected = (0x8421 + 0x1357 * got) & kept(format, got);
            if ((format & 0x30) != PCM)
                cr_assert_eq(!!(board_peek(b, to + SR) & CHSIDE), format & 6 ? got / 2 % 2 : got % 2);
            cr_assert_eq(board_read(b, to + DR), expected, "format %X word %u", format, got);
            got++;
        }
        board_run(b, CK);
        b->signal_count = 0;
    }
    cr_assert_eq(got, 8, "format %X", format);
    cr_assert_not((board_peek(b, from + SR) | board_peek(b, to + SR)) & (OVR | UDR | FRE), "format %X", format);
}

Test(spi_lines, i2s_carries_all_formats_from_master_to_slave)
{
    i2s_clocks(6 | ODD);
    for (unsigned i = 0; i < sizeof formats / sizeof *formats; i++) {
        slave(I2SCFGR, I2S_ON | SLAVE_RX | formats[i]);
        master(DR, 0x8421);
        master(I2SCFGR, I2S_ON | MASTER_TX | formats[i]);
        stream(MASTER, SLAVE, formats[i]);
        cr_assert_lt(board_when(b, MASTER + SR, BSY, 0, 100 * CK), UINT64_MAX);
        master(I2SCFGR, 0);
        slave(I2SCFGR, 0);
        board_read(b, SLAVE + DR);
        board_read(b, SLAVE + SR);
    }
}

Test(spi_lines, i2s_carries_all_formats_from_slave_to_master)
{
    i2s_clocks(6 | ODD);
    for (unsigned i = 0; i < sizeof formats / sizeof *formats; i++) {
        slave(I2SCFGR, I2S_ON | SLAVE_TX | formats[i]);
        slave(DR, 0x8421);
        master(I2SCFGR, I2S_ON | MASTER_RX | formats[i]);
        stream(SLAVE, MASTER, formats[i]);
        master(I2SCFGR, 0);
        board_run(b, 100 * CK);
        slave(I2SCFGR, 0);
        board_read(b, MASTER + DR);
        board_read(b, MASTER + SR);
        board_read(b, SLAVE + SR);
    }
}

static uint64_t edge_of(unsigned input, bool up, unsigned n)
{
    for (unsigned i = 0; i < b->signal_count; i++)
        if (b->signals[i].input == input && b->signals[i].level == up && n-- == 0)
            return b->signals[i].cycle;
    return 0;
}

Test(spi_lines, ws_of_philips_i2s_changes_a_bit_early_and_is_low_on_the_left)
{
    uint64_t begin;

    i2s_clocks(6 | ODD);
    b->signal_count = 0;
    master(I2SCFGR, I2S_ON | MASTER_TX);
    begin = board_now(b);
    for (unsigned i = 0; i < 4; i++) {
        master(DR, 0);
        cr_assert_lt(board_when(b, MASTER + SR, TXE, TXE, 100 * CK), UINT64_MAX);
    }
    cr_assert_eq(edge_of(PROBE_WS, true, 0), begin + 15 * CK);
    cr_assert_eq(edge_of(PROBE_WS, false, 0), begin + 31 * CK);
    cr_assert_eq(edge_of(PROBE_SCK, true, 0), begin + 4 * 7, "13 clocks are 7 and 6");
    cr_assert_eq(edge_of(PROBE_SCK, false, 0), begin + CK);
}

Test(spi_lines, ws_of_justified_i2s_is_high_on_the_left)
{
    uint64_t begin;

    i2s_clocks(6 | ODD);
    b->signal_count = 0;
    master(I2SCFGR, I2S_ON | MASTER_TX | MSB);
    begin = board_now(b);
    for (unsigned i = 0; i < 4; i++) {
        master(DR, 0);
        cr_assert_lt(board_when(b, MASTER + SR, TXE, TXE, 100 * CK), UINT64_MAX);
    }
    cr_assert_eq(edge_of(PROBE_WS, false, 0), begin + 16 * CK);
    cr_assert_eq(edge_of(PROBE_WS, true, 1), begin + 32 * CK);
}

Test(spi_lines, mck_runs_at_256_times_the_sample_rate)
{
    uint64_t begin;

    i2s_clocks(6 | ODD | MCKOE);
    master(I2SCFGR, I2S_ON | MASTER_TX);
    master(DR, 1);
    b->signal_count = 0;
    begin = board_now(b);
    cr_assert_eq(board_when(b, MASTER + SR, BSY, 0, 1000 * CK), begin + 128 * 4 * 13);
    cr_assert_eq(board_rises(b, PROBE_MCK), 128);
}

Test(spi_lines, an_i2s_slave_without_data_underruns_until_sr_is_read)
{
    i2s_clocks(6 | ODD);
    slave(CR2, ERRIE);
    slave(I2SCFGR, I2S_ON | SLAVE_TX);
    master(I2SCFGR, I2S_ON | MASTER_RX);
    board_run(b, CK);
    cr_assert(board_irq(b, "SPI2", 0));
    cr_assert(board_read(b, SLAVE + SR) & UDR);
    cr_assert_not(slave_sr() & UDR);
}

Test(spi_lines, an_i2s_slave_that_loses_ws_sees_a_frame_error)
{
    i2s_clocks(6 | ODD);
    slave(I2SCFGR, I2S_ON | SLAVE_RX | CHLEN);
    master(I2SCFGR, I2S_ON | MASTER_RX);
    board_run(b, 20 * CK);
    cr_assert(board_read(b, SLAVE + SR) & FRE);
}

Test(spi_lines, the_other_direction_of_i2s_hears_its_own_line)
{
    i2s_clocks(6 | ODD);
    slave(I2SCFGR, I2S_ON | SLAVE_TX);
    slave(DR, 0xA5C3);
    board_write(b, EXT + I2SCFGR, I2S_ON | SLAVE_RX);
    master(I2SCFGR, I2S_ON | MASTER_TX);
    master(DR, 0x1234);
    board_run(b, CK);
    slave(DR, 0x8181);
    master(DR, 0x5678);
    cr_assert_lt(board_when(b, EXT + SR, RXNE, RXNE, 100 * CK), UINT64_MAX);
    cr_assert_eq(board_read(b, EXT + DR), 0xA5C3);
    cr_assert_lt(board_when(b, EXT + SR, RXNE, RXNE, 100 * CK), UINT64_MAX);
    cr_assert_eq(board_peek(b, EXT + SR) & CHSIDE, CHSIDE);
    cr_assert_eq(board_read(b, EXT + DR), 0x8181);
}

/* ---- one wire for all lines ---- */

enum { HALF = SPI_WIRE_LINES / 2 };

static void start_joined(void)
{
    static const struct chip_device wire[] = {
        {.name = "WIRE", .ops = &spi_wire_ops, .gate = GATE_NONE, .reset_line = GATE_NONE}, {0}};
    static const struct chip_route joined[] = {
        {"SPI1", SPI_OUT_NSS, "WIRE", 0, HALF},    {"WIRE", 0, "SPI2", SPI_IN_NSS, HALF},
        {"SPI2", SPI_OUT_NSS, "WIRE", HALF, HALF}, {"WIRE", HALF, "SPI1", SPI_IN_NSS, HALF},
        {0}};
    const struct machine_board around = {wire, NULL, joined};

    b = board_create_around(devices, NULL, &around);
}

TestSuite(spi_joined, .init = start_joined, .fini = stop);

Test(spi_joined, either_end_may_be_the_master)
{
    both_on(CPHA);
    slave(DR, 0x21);
    cr_assert_eq(send(0x43), 0x43);
    cr_assert_eq(board_read(b, MASTER + DR), 0x21);
    master(CR1, 0);
    slave(CR1, 0);
    master(CR1, SLAVE_ON);
    slave(CR1, MASTER_ON);
    master(DR, 0x65);
    slave(DR, 0x87);
    board_run(b, 4 * FRAME);
    cr_assert_eq(board_read(b, MASTER + DR), 0x87);
    cr_assert_eq(board_read(b, SLAVE + DR), 0x65);
}

/* ---- state ---- */

Test(spi_lines, i2s_survives_save_and_restore_at_every_event)
{
    i2s_clocks(6 | ODD | MCKOE);
    slave(I2SCFGR, I2S_ON | SLAVE_TX);
    slave(DR, 0xA5C3);
    board_write(b, EXT + I2SCFGR, I2S_ON | SLAVE_RX);
    master(I2SCFGR, I2S_ON | MASTER_TX);
    master(DR, 0x1234);
    board_check_replay(b, 20 * CK);
}

Test(spi_lines, frames_survive_save_and_restore_at_every_event)
{
    both_on(CPHA | CRCEN);
    slave(DR, 0x5A);
    master(DR, 0x12);
    master(DR, 0x34);
    board_check_replay(b, 3 * FRAME);
}
