/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Devices of the board, as a guest meets them on the buses of its chip. */
#include <criterion/criterion.h>
#include <string.h>

#include "core/memory.h"
#include "periph/board.h"
#include "periph/devices.h"
#include "periph/gpio.h"
#include "periph/i2c_v1.h"
#include "periph/spi_v1.h"
#include "tests/unit/board.h"

enum {
    I2C = 0x40005400, I2C_CR1 = I2C, I2C_CR2 = I2C + 4, I2C_DR = I2C + 0x10, I2C_SR1 = I2C + 0x14,
    I2C_SR2 = I2C + 0x18, I2C_CCR = I2C + 0x1C,
    PE = 1, START = 1 << 8, STOP = 1 << 9, ACK = 1 << 10, SB = 1, ADDR = 2, BTF = 4, RXNE = 0x40, AF = 0x400,
    SPI = 0x40013000, SPI_DR = SPI + 0xC, SPI_SR = SPI + 8, MASTER = 0x344,
    GPIO = 0x40020000, GPIO_MODER = GPIO, GPIO_IDR = GPIO + 0x10, GPIO_BSRR = GPIO + 0x18,
    EEPROM = 0x50, SMALL = 0x54, SENSOR = 0x48, MS = 168000, LIMIT = 10 * MS
};

static const struct chip_device devices[] = {
    {.name = "I2C1", .ops = &i2c_v1_ops, .base = I2C, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_PCLK1, .irq = {31, 32}, .irq_count = 2},
    {.name = "SPI1", .ops = &spi_v1_ops, .base = SPI, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_PCLK2, .irq = {35}, .irq_count = 1},
    {.name = "GPIOA", .ops = &gpio_v2_ops, .base = GPIO, .size = 0x400, .gate = GATE_NONE,
     .reset_line = GATE_NONE, .clock = CLOCK_CORE, .config = &(const struct gpio_v2_config){0}},
    {0}};

static const struct eeprom_24xx_config c256 = {"c256", 0x8000, 64, EEPROM};
static const struct eeprom_24xx_config c08 = {"c08", 0x400, 16, SMALL};
static const struct lm75_config sensor = {SENSOR};
static const struct nor_25q_config q16 = {"q16", 0x200000};
static const struct nor_25q_config q08 = {"q08", 0x100000};

enum { SCL = 5, SDA = 6, OPEN_DRAINS = 1 << SCL | 1 << SDA };   /* pads of the bus while they are open drain */

/* A controller's own lines, and two pads. */
static const struct i2c_bus_member lines[] = {
    {.sda = false}, {.sda = true}, {"GPIOA", SCL, 4, false, false}, {"GPIOA", SDA, 4, true, false}};
static const struct i2c_bus_config bus = {lines, 4};

#define ROW(label, model, bus, constants)                                                          \
    {.name = label, .ops = &model, .gate = GATE_NONE, .reset_line = GATE_NONE, .joins = bus,       \
     .config = constants}

static const struct chip_device around[] = {
    ROW("24C256", eeprom_24xx_ops, "BUS", &c256), ROW("24C08", eeprom_24xx_ops, "BUS", &c08),
    ROW("LM75", lm75_ops, "BUS", &sensor),        ROW("25Q16", nor_25q_ops, "SPI1", &q16),
    ROW("25Q08", nor_25q_ops, NULL, &q08),        ROW("WIRE", wire_ops, NULL, NULL),
    ROW("BUS", i2c_bus_ops, NULL, &bus),          {0}};

static const struct chip_memory memories[] = {
    {.name = "c256", .size = 0x8000, .fill = 0xFF, .flags = MEMORY_NVM | MEMORY_OFF_BUS},
    {.name = "c08", .size = 0x400, .fill = 0xFF, .flags = MEMORY_NVM | MEMORY_OFF_BUS},
    {.name = "q16", .size = 0x200000, .fill = 0xFF, .flags = MEMORY_NVM | MEMORY_OFF_BUS},
    {.name = "q08", .size = 0x100000, .fill = 0xFF, .flags = MEMORY_NVM | MEMORY_OFF_BUS},
    {0}};

enum { CLK = 8, MISO = 9, MOSI = 10, CS = 11 };     /* of the flash on pins */

static const struct chip_route routes[] = {
    {"I2C1", I2C_OUT_SCL, "BUS", 0, 2},
    {"BUS", 0, "I2C1", I2C_IN_SCL, 2},
    {"GPIOA", GPIO_OUT_CHIP(SCL), "BUS", 2, 2},
    {"BUS", 2, "GPIOA", GPIO_IN_BOARD(SCL), 2},
    {"GPIOA", 4, "25Q16", NOR_25Q_IN_CS, 1},
    {"GPIOA", GPIO_OUT_CHIP(2), "WIRE", 0, 1},
    {"GPIOA", GPIO_OUT_CHIP(3), "WIRE", 1, 1},
    {"WIRE", 0, "GPIOA", GPIO_IN_BOARD(3), 1},
    {"WIRE", 1, "GPIOA", GPIO_IN_BOARD(2), 1},
    {"GPIOA", CS, "25Q08", NOR_25Q_IN_CS, 1},
    {"GPIOA", CLK, "25Q08", NOR_25Q_IN_CLK, 1},
    {"GPIOA", MOSI, "25Q08", NOR_25Q_IN_DI, 1},
    {"25Q08", NOR_25Q_OUT_DO, "GPIOA", GPIO_IN_BOARD(MISO), 1},
    {0}};

static struct board *b;

static void start(void)
{
    const struct machine_board board = {around, memories, routes};

    b = board_create_around(devices, NULL, &board);
    board_write(b, I2C_CR2, 42);
    board_write(b, I2C_CCR, 210);
    board_write(b, I2C_CR1, PE | ACK);
    board_write(b, GPIO_BSRR, 1 << 4);
    board_write(b, GPIO_MODER, 1 << 8 | 1 << 4);
    board_write(b, SPI, MASTER);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(board_devices, .init = start, .fini = stop);

/* ---- I2C ---- */

static void await(uint32_t flag)
{
    cr_assert_lt(board_when(b, I2C_SR1, flag, flag, LIMIT), UINT64_MAX);
}

static void end(void)
{
    board_write(b, I2C_CR1, PE | ACK | STOP);
    cr_assert_lt(board_when(b, I2C_SR2, 2, 0, LIMIT), UINT64_MAX);
}

/* Leaves the answer to the address in SR1. */
static bool begin(unsigned address, bool read)
{
    board_write(b, I2C_CR1, PE | ACK | START);
    await(SB);
    board_read(b, I2C_SR1);
    board_write(b, I2C_DR, address << 1 | read);
    while (!(board_peek(b, I2C_SR1) & (ADDR | AF)))
        board_run(b, 1000);
    if (board_peek(b, I2C_SR1) & AF) {
        board_write(b, I2C_SR1, (uint16_t)~AF);
        end();
        return false;
    }
    return true;
}

static void accept(void)
{
    board_read(b, I2C_SR1);
    board_read(b, I2C_SR2);
}

static bool call(unsigned address, bool read)
{
    if (!begin(address, read))
        return false;
    accept();
    return true;
}

static void send(unsigned address, const char *bytes, size_t size, bool stop_after)
{
    cr_assert(call(address, false));
    for (size_t i = 0; i < size; i++) {
        board_write(b, I2C_DR, (uint8_t)bytes[i]);
        await(BTF);
    }
    if (stop_after)
        end();
}

static void receive(unsigned address, uint8_t *bytes, size_t size)
{
    cr_assert(begin(address, true));
    for (size_t i = 0; i < size; i++) {
        if (i == size - 1)
            board_write(b, I2C_CR1, PE);
        if (i == 0)
            accept();
        await(RXNE);
        if (i == size - 1)
            end();
        bytes[i] = (uint8_t)board_read(b, I2C_DR);
    }
}

static unsigned wait_written(unsigned address)
{
    unsigned polls = 0;

    for (; !call(address, false); polls++)
        ;
    end();
    return polls;
}

Test(board_devices, an_eeprom_keeps_what_is_written_and_does_not_answer_meanwhile)
{
    uint8_t bytes[5];
    uint64_t begin;

    send(EEPROM, "\x12\x34hello", 7, true);
    begin = board_now(b);
    cr_assert_gt(wait_written(EEPROM), 10);
    cr_assert_geq(board_now(b), begin + 5 * MS);
    cr_assert_leq(board_now(b), begin + 6 * MS);
    send(EEPROM, "\x12\x34", 2, false);
    receive(EEPROM, bytes, 5);
    cr_assert_arr_eq(bytes, "hello", 5);
}

Test(board_devices, an_eeprom_page_wraps_inside_itself)
{
    uint8_t bytes[4];

    send(EEPROM, "\0\x3E" "abcd", 6, true);
    wait_written(EEPROM);
    send(EEPROM, "\0\x3E", 2, false);
    receive(EEPROM, bytes, 3);
    cr_assert_arr_eq(bytes, "ab\xFF", 3);
    send(EEPROM, "\0\0", 2, false);
    receive(EEPROM, bytes, 2);
    cr_assert_arr_eq(bytes, "cd", 2);
}

Test(board_devices, a_small_eeprom_has_its_upper_address_bits_in_the_bus_address)
{
    uint8_t byte;

    send(SMALL + 3, "\x10x", 2, true);
    wait_written(SMALL);
    send(SMALL, "\x10", 1, false);
    receive(SMALL, &byte, 1);
    cr_assert_eq(byte, 0xFF);
    send(SMALL + 3, "\x10", 1, false);
    receive(SMALL + 3, &byte, 1);
    cr_assert_eq(byte, 'x');
}

Test(board_devices, a_temperature_comes_in_by_the_input_door)
{
    const int32_t frost = -10500;
    uint8_t bytes[2];

    send(SENSOR, "\0", 1, false);
    receive(SENSOR, bytes, 2);
    cr_assert_arr_eq(bytes, "\x19\0", 2);
    cr_assert(machine_input(b->m, "LM75", &frost, sizeof frost));
    receive(SENSOR, bytes, 2);
    cr_assert_arr_eq(bytes, "\xF5\x80", 2);
    send(SENSOR, "\3", 1, false);
    receive(SENSOR, bytes, 2);
    cr_assert_arr_eq(bytes, "\x50\0", 2);
}

Test(board_devices, nobody_else_answers_on_the_bus)
{
    unsigned found = 0;

    for (unsigned address = 3; address < 0x78; address++)
        if (call(address, false)) {
            found++;
            end();
        }
    cr_assert_eq(found, 1 + 4 + 1);
}

/* ---- I2C by firmware that makes the bits itself ---- */

/* What two stores of a slow loop do: the lines are looked at between them. */
static void line(unsigned pin, bool level)
{
    board_write(b, GPIO_BSRR, 1u << (level ? pin : pin + 16));
    board_run(b, 400);
}

static bool bit(bool out)
{
    bool in;

    line(SDA, out);
    line(SCL, true);
    in = board_peek(b, GPIO_IDR) >> SDA & 1;
    line(SCL, false);
    return in;
}

static bool byte_out(uint8_t byte)
{
    for (unsigned i = 0; i < 8; i++)
        bit(byte >> (7 - i) & 1);
    return !bit(true);
}

static uint8_t byte_in(bool acknowledge)
{
    uint8_t byte = 0;

    for (unsigned i = 0; i < 8; i++)
        byte = (uint8_t)(byte << 1 | bit(true));
    bit(!acknowledge);
    return byte;
}

static void start_bits(void)
{
    line(SDA, true);
    line(SCL, true);
    line(SDA, false);
    line(SCL, false);
}

static void stop_bits(void)
{
    line(SDA, false);
    line(SCL, true);
    line(SDA, true);
}

static void open_drains_on(void)
{
    board_write(b, GPIO_BSRR, OPEN_DRAINS);
    board_write(b, GPIO_MODER + 0x04, OPEN_DRAINS);
    board_write(b, GPIO_MODER, 1 << 8 | 1 << 4 | 1 << 2 * SCL | 1 << 2 * SDA);
    board_run(b, 100);
}

Test(board_devices, open_drain_pins_find_the_pull_ups_of_their_bus)
{
    cr_assert_eq(board_peek(b, GPIO_IDR) & OPEN_DRAINS, 0, "inputs are not on it");
    open_drains_on();
    cr_assert_eq(board_peek(b, GPIO_IDR) & OPEN_DRAINS, OPEN_DRAINS);
    line(SDA, false);
    cr_assert_eq(board_peek(b, GPIO_IDR) & OPEN_DRAINS, 1 << SCL);
    board_write(b, GPIO_MODER, 1 << 8 | 1 << 4 | 1 << 2 * SCL);
    cr_assert_eq(board_peek(b, GPIO_IDR) & OPEN_DRAINS, OPEN_DRAINS, "let go by being an input");
}

Test(board_devices, firmware_that_makes_the_bits_reaches_the_devices)
{
    open_drains_on();
    start_bits();
    cr_assert(byte_out(EEPROM << 1));
    cr_assert(byte_out(0));
    cr_assert(byte_out(7));
    cr_assert(byte_out(0x5A));
    stop_bits();
    board_run(b, 6 * MS);
    start_bits();
    cr_assert(byte_out(EEPROM << 1));
    byte_out(0);
    byte_out(7);
    start_bits();
    cr_assert(byte_out(EEPROM << 1 | 1));
    cr_assert_eq(byte_in(true), 0x5A);
    cr_assert_eq(byte_in(false), 0xFF);
    stop_bits();
    start_bits();
    cr_assert_not(byte_out(0x22 << 1), "nobody there");
    stop_bits();
}

Test(board_devices, nine_clocks_free_a_bus_that_a_device_holds)
{
    open_drains_on();
    start_bits();
    cr_assert(byte_out(SENSOR << 1 | 1));
    for (unsigned i = 0; i < 3; i++)        /* 25 degrees: 0x19 0x00 */
        bit(true);
    line(SDA, true);
    line(SCL, false);
    for (unsigned i = 0; i < 8; i++)
        bit(true);
    for (unsigned i = 0; i < 9; i++)
        bit(true);
    cr_assert(board_peek(b, GPIO_IDR) >> SDA & 1);
    stop_bits();
    start_bits();
    cr_assert(byte_out(SENSOR << 1));
}

Test(board_devices, a_controller_sees_what_pins_do_to_its_bus)
{
    open_drains_on();
    start_bits();
    cr_assert(board_peek(b, I2C_SR2) & 2, "busy");
    byte_out(SENSOR << 1);
    stop_bits();
    cr_assert_not(board_peek(b, I2C_SR2) & 2);
    start_bits();
    board_write(b, I2C_CR1, PE | ACK | START);
    board_run(b, MS);
    cr_assert_not(board_peek(b, I2C_SR1) & SB, "it waits");
    stop_bits();
    await(SB);
}

/* ---- SPI ---- */

static uint8_t transfer(uint8_t byte)
{
    board_write(b, SPI_DR, byte);
    cr_assert_lt(board_when(b, SPI_SR, 1, 1, LIMIT), UINT64_MAX);
    return (uint8_t)board_read(b, SPI_DR);
}

/* One command: `size` bytes sent, then `count` received. */
static void nor(const char *bytes, size_t size, uint8_t *in, size_t count)
{
    b->byte_count = 0;          /* what the pin said before */
    board_write(b, GPIO_BSRR, 1 << 20);
    for (size_t i = 0; i < size; i++)
        transfer((uint8_t)bytes[i]);
    for (size_t i = 0; i < count; i++)
        in[i] = transfer(0xFF);
    board_write(b, GPIO_BSRR, 1 << 4);
}

static uint64_t nor_wait(void)
{
    uint64_t begin = board_now(b);
    uint8_t status;

    do
        nor("\x05", 1, &status, 1);
    while (status & 1);
    return board_now(b) - begin;
}

Test(board_devices, a_nor_flash_tells_its_identity)
{
    uint8_t id[3];

    nor("\x9F", 1, id, 3);
    cr_assert_arr_eq(id, "\xEF\x40\x15", 3);
    nor("\x90\0\0\0", 4, id, 2);
    cr_assert_arr_eq(id, "\xEF\x14", 2);
    board_write(b, GPIO_BSRR, 1 << 4);
    cr_assert_eq(transfer(0x9F), 0xFF, "not selected");
    cr_assert_eq(transfer(0), 0xFF);
}

Test(board_devices, programming_clears_bits_and_erasing_sets_them)
{
    uint8_t bytes[3];

    nor("\x02\0\0\0no", 6, NULL, 0);
    nor_wait();
    nor("\x03\0\0\0", 4, bytes, 2);
    cr_assert_arr_eq(bytes, "\xFF\xFF", 2, "without write enable");
    nor("\x06", 1, NULL, 0);
    nor("\x02\0\x10\xFE\x0F\x33z", 7, NULL, 0);
    cr_assert_geq(nor_wait(), 4 * MS / 10);
    nor("\x03\0\x10\xFE", 4, bytes, 2);
    cr_assert_arr_eq(bytes, "\x0F\x33", 2);
    nor("\x0B\0\x10\0\0", 5, bytes, 1);
    cr_assert_eq(bytes[0], 'z', "the page wraps");
    nor("\x06", 1, NULL, 0);
    nor("\x02\0\x10\xFE\x55\xFF", 6, NULL, 0);
    nor_wait();
    nor("\x03\0\x10\xFE", 4, bytes, 2);
    cr_assert_arr_eq(bytes, "\x05\x33", 2);
    nor("\x06", 1, NULL, 0);
    nor("\x20\0\x10\0", 4, NULL, 0);
    cr_assert_geq(nor_wait(), 45 * MS);
    nor("\x03\0\x10\xFE", 4, bytes, 2);
    cr_assert_arr_eq(bytes, "\xFF\xFF", 2);
}

/* ---- the same on pins, bit by bit ---- */

static void set_pin(unsigned pin, bool level)
{
    board_write(b, GPIO_BSRR, 1u << (level ? pin : pin + 16));
}

/* The idle level of the clock is what modes 0 and 3 differ in: a byte begins and ends with it. */
static uint8_t toggle(uint8_t byte, bool mode_3)
{
    uint8_t in = 0;

    for (unsigned i = 0; i < 8; i++) {
        if (mode_3)
            set_pin(CLK, false);
        set_pin(MOSI, byte >> (7 - i) & 1);
        in = (uint8_t)(in << 1 | (board_peek(b, GPIO_IDR) >> MISO & 1));
        set_pin(CLK, true);
        if (!mode_3)
            set_pin(CLK, false);
    }
    return in;
}

static void toggle_all(const char *out, size_t size, uint8_t *in, size_t count, bool mode_3)
{
    set_pin(CLK, mode_3);
    set_pin(CS, false);
    for (size_t i = 0; i < size; i++)
        toggle((uint8_t)out[i], mode_3);
    for (size_t i = 0; i < count; i++)
        in[i] = toggle(0, mode_3);
    set_pin(CS, true);
}

static void pins_on(void)
{
    board_write(b, GPIO_BSRR, 1 << CS);
    board_write(b, GPIO_MODER, 1 << 2 * CS | 1 << 2 * CLK | 1 << 2 * MOSI);
}

Test(board_devices, nor_on_pins_answers_in_modes_0_and_3)
{
    uint8_t id[3];

    pins_on();
    for (unsigned mode_3 = 0; mode_3 < 2; mode_3++) {
        toggle_all("\x9F", 1, id, sizeof id, mode_3);
        cr_assert_arr_eq(id, "\xEF\x40\x14", 3);
    }
    cr_assert_eq(board_peek(b, GPIO_IDR) >> MISO & 1, 0, "not selected, it lets go of the line");
}

Test(board_devices, nor_on_pins_programs_and_reads)
{
    uint8_t bytes[3];

    pins_on();
    toggle_all("\x06", 1, NULL, 0, false);
    toggle_all("\x02\0\1\xFE" "abc", 7, NULL, 0, false);
    board_run(b, MS);
    toggle_all("\x03\0\1\xFE", 4, bytes, 3, false);
    cr_assert_arr_eq(bytes, "ab\xFF", 3);
    toggle_all("\x0B\0\1\0\0", 5, bytes, 1, true);
    cr_assert_eq(bytes[0], 'c');
}

/* ---- wires, state ---- */

Test(board_devices, a_wire_carries_the_level_of_a_pad)
{
    cr_assert_not(board_peek(b, GPIO_IDR) & 8);
    board_write(b, GPIO_BSRR, 4);
    cr_assert(board_peek(b, GPIO_IDR) & 8);
    board_write(b, GPIO_BSRR, 4 << 16);
    cr_assert_not(board_peek(b, GPIO_IDR) & 8);
}

Test(board_devices, a_wire_has_no_direction)
{
    board_write(b, GPIO_MODER, 1 << 6);
    board_write(b, GPIO_BSRR, 8);
    cr_assert_eq(board_peek(b, GPIO_IDR) & 12, 12);
    board_write(b, GPIO_MODER, 0);
    cr_assert_eq(board_peek(b, GPIO_IDR) & 12, 0, "nobody drives it any more");
    board_write(b, GPIO_MODER + 0x0C, 1 << 4);
    cr_assert_eq(board_peek(b, GPIO_IDR) & 12, 12, "one end's pull-up reaches both");
    board_write(b, GPIO_MODER, 1 << 6);
    board_write(b, GPIO_MODER + 0x04, 8);
    board_write(b, GPIO_BSRR, 8 << 16);
    cr_assert_eq(board_peek(b, GPIO_IDR) & 12, 0, "wired AND");
    board_write(b, GPIO_BSRR, 8);
    cr_assert_eq(board_peek(b, GPIO_IDR) & 12, 12);
}

Test(board_devices, a_system_reset_does_not_reach_them)
{
    send(EEPROM, "\0\0x", 3, true);
    machine_reset(b->m, RESET_SYSTEM);
    board_run(b, 100);
    board_write(b, I2C_CR2, 42);
    board_write(b, I2C_CCR, 210);
    board_write(b, I2C_CR1, PE | ACK);
    cr_assert_not(call(EEPROM, false), "it is still writing");
}

Test(board_devices, state_survives_save_and_restore_at_every_event)
{
    nor("\x06", 1, NULL, 0);
    nor("\x02\0\0\0a", 5, NULL, 0);
    send(EEPROM, "\0\0ab", 4, true);
    board_write(b, I2C_CR1, PE | ACK | START);
    board_write(b, SPI_DR, 0x05);
    board_check_replay(b, 6 * MS);
}
