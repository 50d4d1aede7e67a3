/* SPDX-License-Identifier: GPL-3.0-or-later */
/* I2C as a master: the order of events, what clears them, times from CCR (RM0090 chapter 27). */
#include <criterion/criterion.h>

#include "core/link.h"
#include "core/log.h"
#include "periph/board.h"
#include "periph/devices.h"
#include "periph/i2c_v1.h"
#include "tests/unit/board.h"

enum {
    I2C = 0x40005400,
    CR1 = 0x00, CR2 = 0x04, OAR1 = 0x08, DR = 0x10, SR1 = 0x14, SR2 = 0x18, CCR = 0x1C, TRISE = 0x20,
    PE = 1, ENPEC = 1 << 5, START = 1 << 8, STOP = 1 << 9, ACK = 1 << 10, POS = 1 << 11, SWRST = 1 << 15,
    ITERREN = 1 << 8, ITEVTEN = 1 << 9, ITBUFEN = 1 << 10, DMAEN = 1 << 11, LAST = 1 << 12,
    SB = 1, ADDR = 2, BTF = 4, ADD10 = 8, RXNE = 0x40, TXE = 0x80, AF = 0x400,
    MSL = 1, BUSY = 2, TRA = 4,
    FS = 1 << 15, DUTY = 1 << 14,
    PERIOD = 2 * 210 * 4,       /* core cycles of SCL at 100 kHz: CCR 210 at PCLK1 = 42 MHz */
    BYTE = 9 * PERIOD, LIMIT = 20 * BYTE,
    PRESENT = 0x50, ABSENT = 0x22,
    PROBE_TX = 0, PROBE_RX = 1
};

/* A device at 0x50 that takes three bytes and gives 1, 2, 3...; it counts stops. At 0x2A5 it is found too. */
struct slave_state {
    uint32_t selected, taken, given, stops;
};

static uint8_t slave_link(struct device *d, unsigned action, uint8_t value)
{
    struct slave_state *s = d->state;

    switch (action) {
    case LINK_I2C_ADDRESS:
        s->selected = value >> 1 == PRESENT || (value & 0xFE) == 0xF4;
        s->taken = 0;
        return s->selected ? LINK_ACK : LINK_RELEASED;
    case LINK_I2C_WRITE:
        return s->selected && s->taken++ < 3 ? LINK_ACK : LINK_RELEASED;
    case LINK_I2C_READ:
        return s->selected ? (uint8_t)++s->given : LINK_RELEASED;
    default:
        s->selected = 0;
        s->stops++;
        return LINK_RELEASED;
    }
}

static const struct device_ops slave_ops = {
    .name = "slave", .state_size = sizeof(struct slave_state), .link = slave_link};

static const struct i2c_bus_member lines[] = {{.sda = false}, {.sda = true}};

static const struct chip_device devices[] = {
    {.name = "I2C1", .ops = &i2c_v1_ops, .base = I2C, .size = 0x400, .gate = GATE_NONE, .reset_line = 3,
     .clock = CLOCK_PCLK1, .irq = {31, 32}, .irq_count = 2},
    {.name = "BUS", .ops = &i2c_bus_ops, .gate = GATE_NONE, .reset_line = GATE_NONE,
     .config = &(const struct i2c_bus_config){lines, 2}},
    {.name = "SLAVE", .ops = &slave_ops, .gate = GATE_NONE, .reset_line = GATE_NONE, .joins = "BUS"},
    {0}};

static const struct chip_route routes[] = {
    {"I2C1", I2C_OUT_DMA_TX, "PROBE", PROBE_TX, 1},
    {"I2C1", I2C_OUT_DMA_RX, "PROBE", PROBE_RX, 1},
    {"PROBE", 0, "I2C1", I2C_IN_DMA_LAST, 1},
    {"I2C1", I2C_OUT_SCL, "BUS", 0, 2},
    {"BUS", 0, "I2C1", I2C_IN_SCL, 2},
    {0}};

static struct board *b;

static void write(uint32_t reg, uint32_t value)
{
    board_write(b, I2C + reg, value);
}

static uint32_t peek(uint32_t reg)
{
    return board_peek(b, I2C + reg);
}

static uint32_t read(uint32_t reg)
{
    return board_read(b, I2C + reg);
}

static void start(void)
{
    b = board_create(devices, routes);
    write(CR2, 42);
    write(CCR, 210);
    write(CR1, PE | ACK);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(i2c_v1, .init = start, .fini = stop);

static const struct slave_state *slave(void)
{
    return machine_device_named(b->m, "SLAVE")->state;
}

/* The cycle at which the SR1 flag is up. */
static uint64_t await(uint32_t flag)
{
    uint64_t when = board_when(b, I2C + SR1, flag, flag, LIMIT);

    cr_assert_lt(when, UINT64_MAX, "0x%X never came: SR1 is 0x%X", flag, peek(SR1));
    return when;
}

static void address(uint32_t byte)
{
    write(CR1, (peek(CR1) & ~STOP) | START);
    await(SB);
    read(SR1);
    write(DR, byte);
}

static void clear_addr(void)
{
    await(ADDR);
    read(SR1);
    read(SR2);
}

static void set(uint32_t bits)
{
    write(CR1, peek(CR1) | bits);
}

static void clear(uint32_t bits)
{
    write(CR1, peek(CR1) & ~bits);
}

static void await_free(void)
{
    cr_assert_lt(board_when(b, I2C + SR2, BUSY, 0, LIMIT), UINT64_MAX);
    cr_assert_not(peek(CR1) & STOP);
}

/* ---- the transmitter ---- */

Test(i2c_v1, a_write_takes_a_start_a_stop_and_nine_periods_per_byte)
{
    uint64_t begin = board_now(b);

    set(START);
    cr_assert_eq(peek(SR1), 0);
    cr_assert_eq(await(SB), begin + PERIOD);
    cr_assert_eq(peek(SR2), MSL | BUSY);
    cr_assert_not(peek(CR1) & START);
    read(SR1);
    write(DR, PRESENT << 1);
    cr_assert_eq(peek(SR1), 0);
    cr_assert_eq(await(ADDR), begin + PERIOD + BYTE);
    cr_assert_eq(peek(SR1), ADDR | TXE);
    read(SR1);
    read(SR2);
    cr_assert_eq(peek(SR1), TXE);
    cr_assert_eq(peek(SR2), MSL | BUSY | TRA);
    write(DR, 1);
    cr_assert_eq(peek(SR1), TXE, "the byte is in the shift register");
    write(DR, 2);
    cr_assert_eq(peek(SR1), 0);
    cr_assert_eq(await(TXE), begin + PERIOD + 2 * BYTE);
    cr_assert_eq(await(BTF), begin + PERIOD + 3 * BYTE);
    set(STOP);
    await_free();
    cr_assert_eq(board_now(b), begin + 2 * PERIOD + 3 * BYTE);
    cr_assert_eq(peek(SR1), 0);
    cr_assert_eq(slave()->stops, 1);
}

Test(i2c_v1, fast_mode_has_three_or_25_counts_per_period)
{
    uint64_t begin;

    clear(PE);
    write(CCR, FS | 35);
    write(CR1, PE | START);
    begin = board_now(b);
    cr_assert_eq(await(SB), begin + 3 * 35 * 4);
    clear(PE);
    write(CCR, FS | DUTY | 4);
    write(CR1, PE | START);
    begin = board_now(b);
    cr_assert_eq(await(SB), begin + 25 * 4 * 4);
}

Test(i2c_v1, nobody_at_the_address_is_an_acknowledge_failure)
{
    write(CR2, 42 | ITERREN);
    address(ABSENT << 1);
    await(AF);
    cr_assert_eq(peek(SR1), AF);
    cr_assert(board_irq(b, "I2C1", I2C_IRQ_ERROR));
    cr_assert_not(board_irq(b, "I2C1", I2C_IRQ_EVENT));
    cr_assert_eq(peek(SR2), MSL | BUSY, "the bus is held until STOP");
    write(SR1, (uint16_t)~AF);
    cr_assert_not(board_irq(b, "I2C1", I2C_IRQ_ERROR));
    set(STOP);
    await_free();
}

Test(i2c_v1, a_byte_that_is_not_taken_is_an_acknowledge_failure)
{
    address(PRESENT << 1);
    clear_addr();
    for (unsigned i = 0; i < 3; i++) {
        await(TXE);
        write(DR, i);
    }
    await(BTF);
    write(DR, 3);
    await(AF);
    cr_assert_not(peek(SR1) & BTF);
    set(STOP);
    await_free();
}

Test(i2c_v1, addr_is_cleared_by_sr1_and_then_sr2_only)
{
    address(PRESENT << 1);
    await(ADDR);
    read(SR2);
    cr_assert(peek(SR1) & ADDR);
    read(SR1);
    cr_assert(peek(SR1) & ADDR);
    board_run(b, 3 * BYTE);
    cr_assert_eq(peek(SR1), ADDR | TXE, "SCL is stretched");
    read(SR2);
    cr_assert_eq(peek(SR1), TXE);
}

Test(i2c_v1, a_byte_written_before_addr_is_cleared_waits_for_that)
{
    uint64_t begin;

    address(PRESENT << 1);
    await(ADDR);
    write(DR, 1);
    cr_assert_eq(peek(SR1), ADDR);
    board_run(b, 3 * BYTE);
    cr_assert_eq(peek(SR1), ADDR, "SCL is stretched");
    read(SR1);
    read(SR2);
    begin = board_now(b);
    cr_assert_eq(peek(SR1), TXE, "the byte is in the shift register");
    cr_assert_eq(await(BTF), begin + BYTE);
}

Test(i2c_v1, stop_before_addr_is_cleared_ends_a_probe)
{
    address(PRESENT << 1);
    await(ADDR);
    set(STOP);
    board_run(b, 3 * BYTE);
    cr_assert(peek(SR2) & BUSY);
    read(SR1);
    read(SR2);
    await_free();
}

/* ---- the receiver ---- */

Test(i2c_v1, one_byte_is_read_with_nack_and_stop)
{
    address(PRESENT << 1 | 1);
    await(ADDR);
    clear(ACK);
    clear_addr();
    set(STOP);
    await(RXNE);
    cr_assert_eq(read(DR), 1);
    await_free();
    cr_assert_eq(slave()->given, 1);
}

Test(i2c_v1, two_bytes_are_read_with_pos_and_btf)
{
    set(POS);
    address(PRESENT << 1 | 1);
    clear_addr();
    clear(ACK);
    await(BTF);
    cr_assert_eq(peek(SR1), BTF | RXNE);
    board_run(b, 3 * BYTE);
    set(STOP);
    cr_assert_eq(read(DR), 1);
    cr_assert_eq(read(DR), 2);
    await_free();
    cr_assert_eq(slave()->given, 2);
    cr_assert_eq(peek(SR1), 0);
}

Test(i2c_v1, three_bytes_are_read_with_btf_at_the_last_but_two)
{
    address(PRESENT << 1 | 1);
    clear_addr();
    await(BTF);
    board_run(b, 3 * BYTE);
    cr_assert_eq(slave()->given, 3, "the third waits for SCL, which is held");
    clear(ACK);
    cr_assert_eq(read(DR), 1);
    await(BTF);
    set(STOP);
    cr_assert_eq(read(DR), 2);
    cr_assert_eq(read(DR), 3);
    await_free();
    cr_assert_eq(slave()->given, 3);
}

Test(i2c_v1, a_repeated_start_turns_a_write_into_a_read)
{
    address(PRESENT << 1);
    clear_addr();
    write(DR, 7);
    await(BTF);
    set(START);
    await(SB);
    cr_assert_eq(peek(SR1), SB);
    read(SR1);
    write(DR, PRESENT << 1 | 1);
    await(ADDR);
    cr_assert_eq(peek(SR2), MSL | BUSY);
    clear(ACK);
    clear_addr();
    set(STOP);
    await(RXNE);
    await_free();
    cr_assert_eq(slave()->stops, 1);
}

Test(i2c_v1, ten_bit_addresses_have_a_header_event)
{
    address(0xF4);
    await(ADD10);
    cr_assert_eq(peek(SR1), ADD10);
    read(SR1);
    write(DR, 0xA5);
    clear_addr();
    cr_assert_eq(peek(SR1), TXE);
}

/* ---- requests, errors, resets ---- */

Test(i2c_v1, buffer_events_interrupt_with_itbufen_only)
{
    write(CR2, 42 | ITEVTEN);
    address(PRESENT << 1);
    await(ADDR);
    cr_assert(board_irq(b, "I2C1", I2C_IRQ_EVENT));
    clear_addr();
    cr_assert_not(board_irq(b, "I2C1", I2C_IRQ_EVENT));
    write(CR2, 42 | ITEVTEN | ITBUFEN);
    cr_assert(board_irq(b, "I2C1", I2C_IRQ_EVENT));
}

Test(i2c_v1, dma_reads_end_with_nack_after_the_last_byte)
{
    write(CR2, 42 | DMAEN | LAST);
    address(PRESENT << 1 | 1);
    clear_addr();
    await(RXNE);
    cr_assert_eq(board_rises(b, PROBE_RX), 1);
    read(DR);
    board_write(b, BOARD_PROBE, 1);
    await(RXNE);
    read(DR);
    board_run(b, 3 * BYTE);
    cr_assert_eq(slave()->given, 2);
    set(STOP);
    await_free();
}

Test(i2c_v1, disabling_releases_the_bus)
{
    address(PRESENT << 1);
    clear_addr();
    write(DR, 1);
    board_run(b, PERIOD);
    clear(PE);
    cr_assert_eq(peek(SR1) | peek(SR2), 0);
    write(CR1, PE);
    set(START);
    cr_assert_eq(await(SB), board_now(b));
    cr_assert_eq(b->diags[DIAG_PIN], 0);
}

Test(i2c_v1, software_reset_clears_everything)
{
    set(START);
    await(SB);
    write(CR1, SWRST);
    cr_assert_eq(peek(SR2), 0);
    cr_assert_eq(peek(CCR), 0);
    cr_assert_eq(peek(TRISE), 2);
    write(CCR, 5);
    cr_assert_eq(peek(CCR), 0);
    write(CR1, 0);
    write(CCR, 5);
    cr_assert_eq(peek(CCR), 5);
}

Test(i2c_v1, what_cannot_work_is_reported)
{
    write(CCR, 0);
    set(START);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
    write(DR, 1);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 2);
    write(OAR1, 0x4000);
    cr_assert_eq(b->diags[DIAG_RESERVED], 0);
    set(ENPEC);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 0);
    write(CR2, 42 | DMAEN);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 1);
}

Test(i2c_v1, state_survives_save_and_restore_at_every_event)
{
    address(PRESENT << 1);
    clear_addr();
    write(DR, 1);
    write(DR, 2);
    board_check_replay(b, 4 * BYTE);
    address(PRESENT << 1 | 1);
    board_check_replay(b, 2 * BYTE);
    clear_addr();
    board_check_replay(b, 4 * BYTE);
    set(STOP);
    read(DR);
    board_check_replay(b, 4 * BYTE);
}
