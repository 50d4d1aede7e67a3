/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * I2C with several on the bus: being a slave, arbitration, PEC and SMBus (RM0090 27.3.2, 27.3.5, 27.3.6). There are two
 * controllers, a master at the host, and a probe that pulls the lines.
 */
#include <criterion/criterion.h>

#include "core/log.h"
#include "periph/board.h"
#include "periph/devices.h"
#include "periph/i2c_v1.h"
#include "tests/unit/board.h"

enum {
    A = 0x40005400, B = 0x40005800,
    CR1 = 0x00, CR2 = 0x04, OAR1 = 0x08, OAR2 = 0x0C, DR = 0x10, SR1 = 0x14, SR2 = 0x18, CCR = 0x1C,
    PE = 1, SMBUS = 2, SMBTYPE = 8, ENARP = 0x10, ENPEC = 0x20, ENGC = 0x40, NOSTRETCH = 0x80, START = 0x100,
    STOP = 0x200, ACK = 0x400, PEC = 0x1000, ALERT = 0x2000,
    ITERREN = 0x100, ITEVTEN = 0x200, ITBUFEN = 0x400,
    SB = 1, ADDR = 2, BTF = 4, ADD10 = 8, STOPF = 0x10, RXNE = 0x40, TXE = 0x80, BERR = 0x100, ARLO = 0x200,
    AF = 0x400, OVR = 0x800, PECERR = 0x1000, TIMEOUT = 0x4000, SMBALERT = 0x8000, ERRORS = 0xDF00,
    MSL = 1, BUSY = 2, TRA = 4, GENCALL = 0x10, SMBDEFAULT = 0x20, SMBHOST = 0x40, DUALF = 0x80,
    OWN = 0x30, SECOND = 0x44,
    PERIOD = 2 * 210 * 4, BYTE = 9 * PERIOD, LIMIT = 30 * BYTE, MS = 168000,
    PROBE_SCL = 1, PROBE_SDA = 2, PROBE_SMBA = 4
};

static const struct i2c_bus_member lines[] = {{.sda = false}, {.sda = true}, {.sda = false},
                                              {.sda = true},  {.sda = false}, {.sda = true}};

static const struct chip_device devices[] = {
    {.name = "I2C1", .ops = &i2c_v1_ops, .base = A, .size = 0x400, .gate = GATE_NONE, .reset_line = 3,
     .clock = CLOCK_PCLK1, .irq = {31, 32}, .irq_count = 2},
    {.name = "I2C2", .ops = &i2c_v1_ops, .base = B, .size = 0x400, .gate = GATE_NONE, .reset_line = 4,
     .clock = CLOCK_PCLK1, .irq = {33, 34}, .irq_count = 2},
    {.name = "BUS", .ops = &i2c_bus_ops, .gate = GATE_NONE, .reset_line = GATE_NONE,
     .config = &(const struct i2c_bus_config){lines, 6}},
    {0}};

static const struct chip_route routes[] = {
    {"I2C1", I2C_OUT_SCL, "BUS", 0, 2},
    {"BUS", 0, "I2C1", I2C_IN_SCL, 2},
    {"I2C2", I2C_OUT_SCL, "BUS", 2, 2},
    {"BUS", 2, "I2C2", I2C_IN_SCL, 2},
    {"PROBE", 0, "BUS", 4, 2},
    {"PROBE", 2, "I2C1", I2C_IN_SMBA, 1},
    {0}};

static struct board *b;

static void write(uint32_t i2c, uint32_t reg, uint32_t value)
{
    board_write(b, i2c + reg, value);
}

static uint32_t read(uint32_t i2c, uint32_t reg)
{
    return board_read(b, i2c + reg);
}

static uint32_t peek(uint32_t i2c, uint32_t reg)
{
    return board_peek(b, i2c + reg);
}

static void set(uint32_t i2c, uint32_t bits)
{
    write(i2c, CR1, peek(i2c, CR1) | bits);
}

static void clear(uint32_t i2c, uint32_t bits)
{
    write(i2c, CR1, peek(i2c, CR1) & ~bits);
}

static void start(void)
{
    b = board_create(devices, routes);
    board_write(b, BOARD_PROBE, 7);
    for (uint32_t i2c = A; i2c <= B; i2c += B - A) {
        write(i2c, CR2, 42);
        write(i2c, CCR, 210);
        write(i2c, OAR1, 0x4000 | (i2c == B ? OWN << 1 : 0x11 << 1));
        write(i2c, CR1, PE | ACK);
    }
    board_run(b, 100);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(i2c_bus, .init = start, .fini = stop);

static uint64_t await(uint32_t i2c, uint32_t flag)
{
    uint64_t when = board_when(b, i2c + SR1, flag, flag, LIMIT);

    cr_assert_lt(when, UINT64_MAX, "0x%X never came: SR1 is 0x%X", flag, peek(i2c, SR1));
    return when;
}

static void await_free(void)
{
    cr_assert_lt(board_when(b, B + SR2, BUSY, 0, LIMIT), UINT64_MAX);
    board_run(b, 1);
}

static void clear_addr(uint32_t i2c)
{
    await(i2c, ADDR);
    read(i2c, SR1);
    read(i2c, SR2);
}

static void clear_stopf(uint32_t i2c)
{
    await(i2c, STOPF);
    read(i2c, SR1);
    write(i2c, CR1, peek(i2c, CR1));
    cr_assert_not(peek(i2c, SR1) & STOPF);
}

static void call(uint32_t i2c, uint32_t byte)
{
    set(i2c, START);
    await(i2c, SB);
    read(i2c, SR1);
    write(i2c, DR, byte);
}

/* What the master at the host does, and how it ended. */
static void host(const char *bytes, size_t size)
{
    b->byte_count = 0;
    cr_assert(machine_input(b->m, "BUS", bytes, size));
}

static void ended(enum i2c_outcome outcome, unsigned written)
{
    for (unsigned i = 0; i < 300 && !b->byte_count; i++)
        board_run(b, PERIOD);
    cr_assert(b->byte_count, "the transaction does not end");
    cr_assert_eq(b->bytes[0].byte, outcome);
    cr_assert_eq(b->bytes[3].byte, written);
}

/* ---- a slave ---- */

Test(i2c_bus, a_slave_receives)
{
    host("\x30\0\0abc", 6);
    await(B, ADDR);
    cr_assert_eq(peek(B, SR1), ADDR);
    cr_assert_eq(peek(B, SR2), BUSY);
    board_run(b, 3 * BYTE);
    cr_assert_eq(peek(B, SR1), ADDR, "SCL is stretched");
    clear_addr(B);
    cr_assert_eq(peek(B, SR1), 0);
    await(B, RXNE);
    await(B, BTF);
    cr_assert_eq(peek(B, SR1), RXNE | BTF);
    board_run(b, 3 * BYTE);
    cr_assert_eq(read(B, DR), 'a');
    cr_assert_eq(peek(B, SR1), RXNE);
    cr_assert_eq(read(B, DR), 'b');
    await(B, RXNE);
    cr_assert_eq(peek(B, SR1), RXNE);
    await(B, STOPF);
    cr_assert_eq(peek(B, SR2), 0);
    cr_assert_eq(read(B, DR), 'c');
    read(B, SR1);
    cr_assert_eq(peek(B, SR1), STOPF);
    set(B, PE);
    cr_assert_eq(peek(B, SR1), 0);
    ended(I2C_OUTCOME_DONE, 3);
}

Test(i2c_bus, a_slave_transmits_until_it_is_not_acknowledged)
{
    host("\x30\0\2", 3);
    await(B, ADDR);
    cr_assert_eq(peek(B, SR2), BUSY | TRA);
    clear_addr(B);
    cr_assert_eq(peek(B, SR1), TXE);
    board_run(b, 3 * BYTE);
    write(B, DR, 0x81);
    await(B, TXE);
    await(B, BTF);
    cr_assert_eq(peek(B, SR1), TXE | BTF);
    board_run(b, 3 * BYTE);
    write(B, DR, 0x7E);
    await(B, AF);
    cr_assert_eq(peek(B, SR1), AF);
    await_free();
    cr_assert_eq(peek(B, SR1), AF, "no STOPF");
    cr_assert_eq(peek(B, SR2), 0);
    ended(I2C_OUTCOME_DONE, 0);
    cr_assert_eq(b->bytes[4].byte, 0x81);
    cr_assert_eq(b->bytes[5].byte, 0x7E);
}

Test(i2c_bus, a_slave_is_interrupted_by_its_events_and_errors)
{
    write(B, CR2, 42 | ITEVTEN | ITERREN);
    host("\x30\0\1", 3);
    await(B, ADDR);
    cr_assert(board_irq(b, "I2C2", I2C_IRQ_EVENT));
    clear_addr(B);
    cr_assert_not(board_irq(b, "I2C2", I2C_IRQ_EVENT));
    write(B, CR2, 42 | ITEVTEN | ITERREN | ITBUFEN);
    cr_assert(board_irq(b, "I2C2", I2C_IRQ_EVENT));
    write(B, DR, 1);
    await(B, AF);
    cr_assert(board_irq(b, "I2C2", I2C_IRQ_ERROR));
    cr_assert_not(board_irq(b, "I2C2", I2C_IRQ_EVENT), "TxE is not set behind a refused byte");
}

Test(i2c_bus, a_slave_answers_to_its_addresses_only)
{
    host("\x31\0\0a", 4);
    ended(I2C_OUTCOME_REFUSED, 0);
    cr_assert_eq(peek(B, SR1), 0);
    clear(B, ACK);
    host("\x30\0\0a", 4);
    ended(I2C_OUTCOME_REFUSED, 0);
    set(B, ACK);
    write(B, OAR2, SECOND << 1 | 1);
    host("\x44\0\0", 3);
    await(B, ADDR);
    cr_assert_eq(peek(B, SR2), BUSY | DUALF);
    clear_addr(B);
    clear_stopf(B);
    cr_assert_eq(peek(B, SR2), 0);
    host("\0\0\0a", 4);
    ended(I2C_OUTCOME_REFUSED, 0);
    set(B, ENGC);
    host("\0\0\0a", 4);
    await(B, ADDR);
    cr_assert_eq(peek(B, SR2), BUSY | GENCALL);
}

Test(i2c_bus, a_slave_that_refuses_a_byte_sees_no_stop_condition)
{
    host("\x30\0\0ab", 5);
    clear_addr(B);
    await(B, RXNE);
    clear(B, ACK);
    read(B, DR);
    await(B, RXNE);
    ended(I2C_OUTCOME_REFUSED, 2);
    cr_assert_eq(peek(B, SR1), RXNE);
}

Test(i2c_bus, an_address_that_sr1_showed_before_does_not_count_for_the_next)
{
    host("\x30\0\1x", 4);
    clear_addr(B);
    await(B, ADDR);
    read(B, SR2);
    cr_assert(peek(B, SR1) & ADDR);
    read(B, SR1);
    read(B, SR2);
    cr_assert_not(peek(B, SR1) & ADDR);
}

Test(i2c_bus, what_a_slave_wrote_behind_its_last_byte_is_gone)
{
    for (unsigned i = 0; i < 2; i++) {
        host("\x30\0\1", 3);
        await(B, ADDR);
        cr_assert_eq(peek(B, SR1) & (ADDR | TXE), ADDR | TXE);
        clear_addr(B);
        write(B, DR, 'a' + i);
        await(B, TXE);
        write(B, DR, 'z');
        ended(I2C_OUTCOME_DONE, 0);
        cr_assert_eq(b->bytes[4].byte, 'a' + i);
    }
}

Test(i2c_bus, a_repeated_start_calls_a_slave_again)
{
    host("\x30\0\1x", 4);
    clear_addr(B);
    await(B, RXNE);
    read(B, DR);
    await(B, ADDR);
    cr_assert_eq(peek(B, SR2), BUSY | TRA);
    cr_assert_eq(peek(B, SR1), ADDR | TXE, "no STOPF");
    write(B, DR, 'y');
    clear_addr(B);
    ended(I2C_OUTCOME_DONE, 1);
    cr_assert_eq(b->bytes[4].byte, 'y');
}

Test(i2c_bus, ten_bit_addresses_take_two_bytes_and_a_repeated_start_to_read)
{
    write(B, OAR1, 0xC000 | 0x2A5);
    call(A, 0xF4);
    await(A, ADD10);
    cr_assert_eq(peek(B, SR1), 0);
    read(A, SR1);
    write(A, DR, 0xA5);
    await(A, ADDR);
    cr_assert_eq(peek(B, SR1), ADDR);
    cr_assert_eq(peek(B, SR2), BUSY);
    clear_addr(B);
    clear_addr(A);
    call(A, 0xF5);
    await(B, ADDR);
    cr_assert_eq(peek(B, SR2), BUSY | TRA);
    await(A, ADDR);
    cr_assert_eq(peek(A, SR2), BUSY | MSL);
    clear(A, ACK);
    clear_addr(B);
    write(B, DR, 9);
    clear_addr(A);
    set(A, STOP);
    await(A, RXNE);
    cr_assert_eq(read(A, DR), 9);
    await_free();
    call(A, 0xF5);
    await(A, AF);
}

Test(i2c_bus, the_host_knows_ten_bits)
{
    write(B, OAR1, 0xC000 | 0x2A5);
    host("\xA5\2\1x", 4);
    clear_addr(B);
    await(B, RXNE);
    cr_assert_eq(read(B, DR), 'x');
    clear_addr(B);
    write(B, DR, 'y');
    ended(I2C_OUTCOME_DONE, 1);
    cr_assert_eq(b->bytes[4].byte, 'y');
}

Test(i2c_bus, without_stretching_bytes_are_lost_or_sent_twice)
{
    set(B, NOSTRETCH);
    host("\x30\0\0abc", 6);
    await(B, STOPF);
    cr_assert_eq(peek(B, SR1), STOPF | RXNE | OVR | ADDR);
    cr_assert_eq(b->diags[DIAG_OVERRUN], 1);
    cr_assert_eq(read(B, DR), 'a');
    clear_addr(B);
    write(B, SR1, (uint16_t)~OVR);
    clear_stopf(B);
    write(B, DR, 7);
    host("\x30\0\2", 3);
    await(B, AF);
    cr_assert_eq(peek(B, SR1) & ERRORS, AF | OVR);
    ended(I2C_OUTCOME_DONE, 0);
    cr_assert_eq(b->bytes[4].byte, 7);
    cr_assert_eq(b->bytes[5].byte, 7);
}

Test(i2c_bus, stop_lets_a_slave_leave_after_the_byte)
{
    host("\x30\0\0abc", 6);
    clear_addr(B);
    await(B, RXNE);
    set(B, STOP);
    read(B, DR);
    await(B, RXNE);
    cr_assert_not(peek(B, CR1) & STOP);
    cr_assert_eq(read(B, DR), 'b');
    ended(I2C_OUTCOME_REFUSED, 3);
    cr_assert_not(peek(B, SR1) & RXNE);
}

/* ---- two controllers ---- */

Test(i2c_bus, two_controllers_of_a_chip_talk_at_the_masters_pace)
{
    uint64_t begin = board_now(b);

    call(A, OWN << 1);
    cr_assert_eq(await(B, ADDR), begin + PERIOD + BYTE - PERIOD / 2, "the slave first");
    cr_assert_eq(await(A, ADDR), begin + PERIOD + BYTE);
    clear_addr(B);
    clear_addr(A);
    write(A, DR, 'x');
    cr_assert_eq(await(B, RXNE), begin + PERIOD + 2 * BYTE);
    set(A, STOP);
    cr_assert_eq(await(B, STOPF), begin + 2 * PERIOD + 2 * BYTE);
    cr_assert_eq(read(B, DR), 'x');
}

Test(i2c_bus, a_slave_stretches_the_masters_clock)
{
    uint64_t begin;

    call(A, OWN << 1);
    clear_addr(A);
    write(A, DR, 'x');
    await(B, ADDR);
    board_run(b, 5 * BYTE);
    cr_assert_eq(peek(A, SR1), TXE);
    begin = board_now(b);
    clear_addr(B);
    cr_assert_eq(await(B, RXNE), begin + BYTE - PERIOD / 2, "the first low phase is over already");
}

Test(i2c_bus, a_start_waits_while_others_have_the_bus)
{
    call(A, OWN << 1);
    clear_addr(B);
    cr_assert(peek(B, SR2) & BUSY);
    clear_addr(A);
    set(B, START);
    board_run(b, 3 * BYTE);
    cr_assert_not(peek(B, SR1) & SB);
    set(A, STOP);
    await(B, STOPF);
    cr_assert_eq(await(B, SB), board_now(b));
    cr_assert_eq(peek(B, SR2), MSL | BUSY);
}

/* Both ask while the host has the bus, and begin when it is free. */
static void both_start(unsigned from_a, unsigned from_b)
{
    host("\x22\0\0", 3);
    board_run(b, 2 * PERIOD);
    set(A, START);
    set(B, START);
    await(A, SB);
    await(B, SB);
    read(A, SR1);
    read(B, SR1);
    write(A, DR, from_a);
    write(B, DR, from_b);
}

Test(i2c_bus, the_lower_byte_wins_the_arbitration)
{
    both_start(0x40, 0x20);
    cr_assert_eq(await(A, ARLO), board_now(b));
    cr_assert_eq(peek(A, SR1), ARLO);
    cr_assert_eq(peek(A, SR2), BUSY);
    await(B, AF);
    cr_assert_eq(peek(B, SR2), BUSY | MSL);
    set(B, STOP);
    await_free();
    cr_assert_eq(peek(A, SR2), 0);
}

Test(i2c_bus, the_loser_may_be_called_by_the_winner)
{
    both_start(0x23 << 1, 0x11 << 1);
    await(A, ADDR);
    cr_assert_eq(peek(A, SR1), ARLO | ADDR);
    cr_assert_eq(peek(A, SR2), BUSY);
    clear_addr(B);
    clear_addr(A);
    write(B, DR, 5);
    await(A, RXNE);
    cr_assert_eq(read(A, DR), 5);
}

Test(i2c_bus, arbitration_goes_on_in_the_data)
{
    both_start(OWN << 1, OWN << 1);
    await(A, AF);
    cr_assert_eq(peek(B, SR1), AF, "a controller does not call itself");
    set(A, START);
    set(B, START);
    write(B, CR1, peek(B, CR1));
    await(A, SB);
    cr_assert_eq(peek(B, SR1) & SB, SB);
}

Test(i2c_bus, two_clocks_are_low_as_the_slower_and_high_as_the_faster)
{
    uint64_t begin;

    clear(B, PE);
    write(B, CCR, 420);
    write(B, CR1, PE | ACK);
    both_start(0x24, 0x24);
    begin = board_now(b);
    cr_assert_eq(await(A, AF), begin + 9 * (420 + 210) * 4);
    cr_assert_eq(peek(B, SR1), AF);
}

Test(i2c_bus, a_condition_inside_a_byte_is_a_bus_error)
{
    host("\x30\0\0\xFF\xFF", 5);
    clear_addr(B);
    board_run(b, 2 * PERIOD + PERIOD / 4);      /* SCL is high in the second bit */
    board_write(b, BOARD_PROBE, 7 - PROBE_SDA);
    board_run(b, 1);
    cr_assert_eq(peek(B, SR1), BERR);
    write(B, CR2, 42 | ITERREN);
    cr_assert(board_irq(b, "I2C2", I2C_IRQ_ERROR));
}

Test(i2c_bus, a_line_that_is_held_low_makes_the_bus_look_busy)
{
    board_write(b, BOARD_PROBE, 7 - PROBE_SCL);
    board_run(b, 1);
    set(A, START);
    board_run(b, 10 * BYTE);
    cr_assert_not(peek(A, SR1) & SB);
    cr_assert_eq(peek(A, SR2), BUSY);
    host("\x30\0\0", 3);
    ended(I2C_OUTCOME_STUCK, 0);
}

Test(i2c_bus, a_stop_condition_is_impossible_while_a_slave_sends)
{
    call(A, OWN << 1 | 1);
    clear_addr(B);
    write(B, DR, 0x55);
    clear_addr(A);
    await(B, TXE);
    write(B, DR, 0x55);
    set(A, STOP);
    await(A, ARLO);
    cr_assert_eq(peek(A, SR2), BUSY);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1, "it was acknowledged");
}

Test(i2c_bus, an_unclocked_slave_hears_nothing)
{
    board_write(b, BOARD_RESET, 1 << 4);
    host("\x30\0\0a", 4);
    ended(I2C_OUTCOME_REFUSED, 0);
}

/* ---- packet error checking ---- */

static uint8_t crc(uint8_t value, uint8_t byte)
{
    value ^= byte;
    for (unsigned i = 0; i < 8; i++)
        value = (uint8_t)(value << 1 ^ (value >> 7) * 7);
    return value;
}

static void pec_on(void)
{
    set(A, ENPEC);
    set(B, ENPEC);
    call(A, OWN << 1);
    clear_addr(B);
    clear_addr(A);
    write(A, DR, 0x12);
}

Test(i2c_bus, a_master_sends_the_pec_and_a_slave_checks_it)
{
    unsigned expected = crc(crc(0, OWN << 1), 0x12);

    pec_on();
    set(A, PEC);
    await(B, RXNE);
    cr_assert_eq(peek(B, SR2) >> 8, expected);
    set(B, PEC);
    cr_assert_eq(read(B, DR), 0x12);
    await(B, RXNE);
    cr_assert_eq(read(B, DR), expected);
    await(A, BTF);
    cr_assert_eq(peek(A, SR2) >> 8, expected);
    cr_assert_eq((peek(A, CR1) | peek(B, CR1)) & PEC, 0);
    set(A, STOP);
    await(B, STOPF);
    cr_assert_eq((peek(A, SR1) | peek(B, SR1)) & ERRORS, 0);
}

Test(i2c_bus, a_wrong_pec_is_refused)
{
    pec_on();
    await(B, RXNE);
    set(B, PEC);
    read(B, DR);
    write(A, DR, 0x99);
    await(A, AF);
    cr_assert_eq(peek(B, SR1) & ERRORS, PECERR);
}

Test(i2c_bus, a_master_that_receives_the_pec_does_not_acknowledge_it)
{
    unsigned expected = crc(crc(0, OWN << 1 | 1), 0x77);

    set(A, ENPEC);
    set(B, ENPEC);
    call(A, OWN << 1 | 1);
    clear_addr(B);
    write(B, DR, 0x77);
    set(B, PEC);
    clear_addr(A);
    await(A, RXNE);
    set(A, PEC);
    cr_assert_eq(read(A, DR), 0x77);
    await(A, RXNE);
    cr_assert_eq(read(A, DR), expected);
    cr_assert_eq(peek(A, SR1) & ERRORS, 0);
    cr_assert_eq(peek(B, SR1) & ERRORS, AF);
}

/* ---- SMBus ---- */

Test(i2c_bus, smbus_has_addresses_of_its_own)
{
    host("\x61\0\0", 3);
    ended(I2C_OUTCOME_REFUSED, 0);
    set(B, SMBUS | ENARP);
    host("\x61\0\0", 3);
    await(B, ADDR);
    cr_assert_eq(peek(B, SR2), BUSY | SMBDEFAULT);
    clear_addr(B);
    clear_stopf(B);
    set(B, SMBTYPE);
    host("\x08\0\0", 3);
    await(B, ADDR);
    cr_assert_eq(peek(B, SR2), BUSY | SMBHOST);
}

Test(i2c_bus, a_host_is_told_of_an_alert_and_a_device_answers_for_it)
{
    board_write(b, BOARD_PROBE, 7 - PROBE_SMBA);
    cr_assert_not(peek(A, SR1) & SMBALERT);
    board_write(b, BOARD_PROBE, 7);
    write(A, CR2, 42 | ITERREN);
    set(A, SMBUS | SMBTYPE);
    board_write(b, BOARD_PROBE, 7 - PROBE_SMBA);
    cr_assert(peek(A, SR1) & SMBALERT);
    cr_assert(board_irq(b, "I2C1", I2C_IRQ_ERROR));
    set(B, SMBUS);
    host("\x0C\0\1", 3);
    ended(I2C_OUTCOME_REFUSED, 0);
    set(B, ALERT);
    host("\x0C\0\1", 3);
    await(B, ADDR);
    cr_assert_eq(peek(B, SR1), ADDR | TXE | SMBALERT);
    cr_assert(peek(B, SR2) & TRA);
}

Test(i2c_bus, a_clock_that_is_low_for_25_ms_is_a_time_out_of_smbus)
{
    uint64_t begin;

    set(B, SMBUS);
    host("\x30\0\0a", 4);
    begin = await(B, ADDR) + PERIOD / 2;
    cr_assert_eq(board_when(b, B + SR1, TIMEOUT, TIMEOUT, 30 * MS), begin + 25 * MS);
    board_run(b, 10 * BYTE);
    ended(I2C_OUTCOME_REFUSED, 1);
    cr_assert_not(peek(A, SR1) & TIMEOUT);
}

/* ---- state ---- */

Test(i2c_bus, a_slaves_state_survives_save_and_restore_at_every_event)
{
    set(B, ENPEC);
    host("\x30\0\1ab", 5);
    board_check_replay(b, 2 * BYTE);
    clear_addr(B);
    board_check_replay(b, 2 * BYTE);
    read(B, DR);
    board_check_replay(b, 3 * BYTE);
    read(B, DR);
    write(B, DR, 9);
    clear_addr(B);
    board_check_replay(b, 4 * BYTE);
}

Test(i2c_bus, arbitration_survives_save_and_restore_at_every_event)
{
    host("\x22\0\0", 3);
    set(A, START);
    set(B, START);
    board_check_replay(b, 2 * BYTE);
    read(A, SR1);
    read(B, SR1);
    write(A, DR, 0x23 << 1);
    write(B, DR, 0x11 << 1);
    board_check_replay(b, 2 * BYTE);
    clear_addr(A);
    clear_addr(B);
    write(B, DR, 1);
    board_check_replay(b, 2 * BYTE);
}

Test(i2c_bus, a_pec_survives_save_and_restore_at_every_event)
{
    pec_on();
    set(A, PEC);
    board_check_replay(b, BYTE);
    set(B, PEC);
    read(B, DR);
    board_check_replay(b, 3 * BYTE);
}
