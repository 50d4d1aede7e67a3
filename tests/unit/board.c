/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The device tests' chip. See board.h. */
#include "tests/unit/board.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/env.h"
#include "core/irq.h"
#include "core/schedule.h"
#include "core/signal.h"

enum {
    FLASH = 0x08000000, ENTRY = 0x100, DEVICES_MAX = 16, GATES = 32, PROBE_INPUTS = 64,
    COPIED_MAX = 64 << 20,      /* bytes of states that a test may copy */
    ASTRAY = 5000               /* cycles */
};

/* ---- the clock controller ---- */

enum { CLK_GATE = CLOCK_STM32_END, CLK_RESET, CLK_REGS };

struct clk_state {
    uint32_t reg[CLK_REGS];
};

static void clk_apply(struct device *d)
{
    struct clock_rate rates[CLOCK_MAX];

    for (unsigned i = 0; i < CLOCK_MAX; i++)
        rates[i] = clock_hz(i < CLOCK_STM32_END ? reg_get(d, i) : 0, 1);
    clock_set(d, rates);
}

static void clk_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    reg_store(d, reg, value, lanes);
    for (unsigned i = 0; i < GATES; i++) {
        if (reg == CLK_GATE)
            gate_set(d, (uint16_t)i, value >> i & 1);
        if (reg == CLK_RESET)
            gate_reset(d, (uint16_t)i, value >> i & 1);
    }
    if (reg < CLK_GATE)
        clk_apply(d);
}

static void clk_reset(struct device *d, enum reset_kind kind)
{
    (void)kind;
    clk_apply(d);
}

#define CLK_ROW(number, hz)                                                                        \
    [number] = {.name = "HZ", .offset = 4 * (number), .width = 32, .reset = (hz),                  \
                .readable = 0xFFFFFFFF, .writable = 0xFFFFFFFF}

static const struct reg clk_regs[CLK_REGS] = {
    CLK_ROW(CLOCK_CORE, 168000000),
    CLK_ROW(CLOCK_SYSTICK_REF, 21000000),
    CLK_ROW(CLOCK_SYSCLK, 168000000),
    CLK_ROW(CLOCK_PCLK1, 42000000),
    CLK_ROW(CLOCK_PCLK2, 84000000),
    CLK_ROW(CLOCK_TIMER1, 84000000),
    CLK_ROW(CLOCK_TIMER2, 168000000),
    CLK_ROW(CLOCK_HSI, 16000000),
    CLK_ROW(CLOCK_HSE, 8000000),
    CLK_ROW(CLOCK_LSI, 32000),
    CLK_ROW(CLOCK_LSE, 32768),
    CLK_ROW(CLOCK_PLL, 168000000),
    CLK_ROW(CLOCK_PLL48, 48000000),
    CLK_ROW(CLOCK_PLLI2S, 0),
    CLK_ROW(CLOCK_RTC, 0),
    CLK_ROW(CLOCK_HSE_RTC, 0),
    CLK_ROW(CLOCK_MCO1, 0),
    CLK_ROW(CLOCK_MCO2, 0),
    CLK_ROW(CLOCK_ADC_HALVES, 21000000),
    CLK_ROW(CLOCK_NS, 1000000000),
    CLK_ROW(CLK_GATE, 0),
    CLK_ROW(CLK_RESET, 0),
};

static const struct device_ops clk_ops = {
    .name = "board_clocks",
    .regs = clk_regs,
    .reg_count = CLK_REGS,
    .state_size = sizeof(struct clk_state),
    .reset = clk_reset,
    .write = clk_write,
};

/* ---- the probe ---- */

static struct board *board;     /* the one board, for the probe and the host's callbacks */

struct probe_state {
    uint32_t reg[1];
};

static void probe_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t out = reg_store(d, reg, value, lanes);

    for (unsigned i = 0; i < BOARD_PROBE_LINES; i++)
        signal_set(d, i, out >> i & 1);
}

static void probe_signal(struct device *d, unsigned input, bool level)
{
    if (!board)
        return;                 /* while the machine is being built */
    cr_assert(board->signal_count < BOARD_LOG, "the probe's log is full");
    board->signals[board->signal_count++] =
        (struct board_signal){sched_now(d).cycles, (uint8_t)input, level};
}

static const struct reg probe_regs[] = {
    {.name = "OUT", .offset = 0, .width = 32, .readable = 0xFFFFFFFF, .writable = 0xFFFFFFFF},
};

static const struct device_ops probe_ops = {
    .name = "board_probe",
    .regs = probe_regs,
    .reg_count = 1,
    .state_size = sizeof(struct probe_state),
    .outputs = BOARD_PROBE_LINES,
    .inputs = PROBE_INPUTS,
    .write = probe_write,
    .signal = probe_signal,
};

/* ---- the chip ---- */

/* Vector table and `sleep: wfi; b sleep`. */
static const uint8_t vectors[] = {0x00, 0x10, 0x00, 0x20, (ENTRY & 0xFF) | 1, ENTRY >> 8, 0x00, 0x08};
static const uint8_t sleep_loop[] = {0x30, 0xBF, 0xFD, 0xE7};
static const struct chip_bytes program[] = {
    {0, sizeof vectors, vectors}, {ENTRY, sizeof sleep_loop, sleep_loop}, {0}};

static const struct chip_memory memories[] = {
    {"flash", FLASH, 0x1000, MEMORY_NVM | MEMORY_EXECUTE | MEMORY_BOOT, 0xFF, NULL, program},
    {"sram", 0x20000000, 0x1000, MEMORY_EXECUTE | MEMORY_DMA, 0, NULL, NULL},
    {0}};

static const char *const clock_names[CLOCK_MAX] = {[CLOCK_CORE] = "HCLK"};
static struct chip_device rows[DEVICES_MAX];

static const struct chip *build_chip(const struct chip_device *devices, const struct chip_route *routes)
{
    static struct chip chip;
    unsigned count = 2;

    rows[0] = (struct chip_device){.name = "CLOCKS", .ops = &clk_ops, .base = BOARD_CLOCKS, .size = 0x400,
                                   .gate = GATE_NONE, .reset_line = GATE_NONE};
    rows[1] = (struct chip_device){.name = "PROBE", .ops = &probe_ops, .base = BOARD_PROBE, .size = 0x400,
                                   .gate = GATE_NONE, .reset_line = GATE_NONE};
    for (; devices->name; devices++) {
        cr_assert(count < DEVICES_MAX - 1);
        rows[count++] = *devices;
    }
    rows[count] = (struct chip_device){0};
    chip = (struct chip){
        .name = "board",
        .core = {.kind = CPU_CORTEX_M4F, .cpuid = 0x410FC241, .irq_count = 96, .priority_bits = 4,
                 .mpu_regions = 8, .ccr_reset = 0x200},
        .memories = memories,
        .devices = rows,
        .routes = routes,
        .clock_names = clock_names,
        .reset_hz = 168000000,
    };
    return &chip;
}

static void take_output(void *context, const struct device *d, enum io_kind kind, const void *bytes,
                        size_t size)
{
    const uint8_t *in = bytes;

    (void)context;
    (void)kind;
    if (!board)
        return;
    for (size_t i = 0; i < size; i++) {
        cr_assert(board->byte_count < BOARD_LOG, "the byte log is full");
        board->bytes[board->byte_count++] = (struct board_byte){sched_now(d).cycles, in[i]};
    }
}

static void take_diag(void *context, const struct diag *report)
{
    struct board *b = board;

    (void)context;
    if (!b)
        return;
    b->diags[report->kind]++;
    snprintf(b->last_diag, sizeof b->last_diag, "%s: %s", report->where, report->text);
}

static struct board *new_board(const struct chip *chip, const struct machine_options *options)
{
    const struct machine_host host = {.output = take_output, .diag = take_diag};
    struct board *b = calloc(1, sizeof *b);
    char error[200] = "";

    b->m = machine_create(chip, options, &host, error, sizeof error);
    cr_assert(b->m, "%s", error);
    b->here = malloc(machine_state_size(b->m));
    board = b;
    return b;
}

struct board *board_create(const struct chip_device *devices, const struct chip_route *routes)
{
    const struct machine_options options = {.seed = 1};
    struct board *b = new_board(build_chip(devices, routes), &options);

    board_run(b, 100);          /* the core goes to sleep */
    return b;
}

struct board *board_create_around(const struct chip_device *devices, const struct chip_route *routes,
                                  const struct machine_board *around)
{
    const struct machine_options options = {.seed = 1, .board = *around};
    struct board *b = new_board(build_chip(devices, routes), &options);

    board_run(b, 100);
    return b;
}

struct board *board_create_chip(const struct chip *chip, const struct machine_options *options)
{
    struct board *b = new_board(chip, options);

    cr_assert(machine_load(b->m, FLASH, vectors, sizeof vectors));
    cr_assert(machine_load(b->m, FLASH + ENTRY, sleep_loop, sizeof sleep_loop));
    machine_reset(b->m, RESET_POWER_ON);
    board_run(b, 100);
    memset(b->diags, 0, sizeof b->diags);
    return b;
}

void board_destroy(struct board *b)
{
    machine_destroy(b->m);
    board = NULL;
    free(b->here);
    free(b);
}

/* ---- astray and back ---- */

/* What happens meanwhile is nobody's business. */
static void mute(struct board *b, bool on)
{
    board = on ? NULL : b;
    machine_mute(b->m, on);
}

/* The next event's cycle, at most `limit`. */
static uint64_t next_event(struct board *b, uint64_t limit)
{
    vtime next;

    machine_asleep(b->m, &next);
    return next.cycles < limit ? next.cycles : limit;
}

static bool may_copy(const struct board *b)
{
    return b->copied < COPIED_MAX;
}

/* A state to come back to is one between instructions: what an access has brought about, such as a reset, has
 * happened. */
static void save(struct board *b)
{
    machine_run(b->m, vtime_at(board_now(b)));
    b->copied += 2 * machine_state_size(b->m);
    machine_save(b->m, b->here);
}

/* Saves, runs on to behind the next event, and restores. */
static void go_astray(struct board *b)
{
    if (!may_copy(b))
        return;
    save(b);
    mute(b, true);
    machine_run(b->m, vtime_at(next_event(b, board_now(b) + ASTRAY) + 1));
    mute(b, false);
    machine_restore(b->m, b->here);
}

/* The state's hash after a run to `cycle`, which has not been. */
static uint64_t foresee(struct board *b, uint64_t cycle)
{
    uint64_t hash;

    save(b);
    mute(b, true);
    machine_run(b->m, vtime_at(cycle));
    mute(b, false);
    hash = machine_hash(b->m);
    machine_restore(b->m, b->here);
    return hash;
}

static struct stop run_astray(struct board *b, uint64_t cycle)
{
    uint64_t end = foresee(b, cycle);
    struct stop stop = {.kind = STOP_LIMIT};

    while (may_copy(b) && board_now(b) < cycle && stop.kind == STOP_LIMIT) {
        stop = machine_run(b->m, vtime_at(next_event(b, cycle)));
        go_astray(b);
    }
    if (stop.kind == STOP_LIMIT)
        stop = machine_run(b->m, vtime_at(cycle));
    cr_assert_eq(machine_hash(b->m), end, "saved and restored in between, the run ends in another state");
    return stop;
}

static struct stop run(struct board *b, uint64_t cycle)
{
    return may_copy(b) ? run_astray(b, cycle) : machine_run(b->m, vtime_at(cycle));
}

/* ---- accesses ---- */

static struct bus *bus_of(const struct board *b)
{
    return machine_device(b->m, 0)->env->bus;
}

static void write_bytes(struct board *b, uint32_t address, unsigned size, uint32_t value)
{
    cr_assert_eq(board_write_status(b, address, size, value), BUS_OK);
}

void board_write(struct board *b, uint32_t address, uint32_t value)
{
    write_bytes(b, address, 4, value);
}

void board_write16(struct board *b, uint32_t address, uint16_t value)
{
    write_bytes(b, address, 2, value);
}

void board_write8(struct board *b, uint32_t address, uint8_t value)
{
    write_bytes(b, address, 1, value);
}

uint32_t board_read(struct board *b, uint32_t address)
{
    uint32_t value;

    go_astray(b);
    cr_assert_eq(bus_read(bus_of(b), BUS_CPU_DATA, address, 4, &value), BUS_OK);
    return value;
}

enum bus_status board_read_status(struct board *b, enum bus_master master, uint32_t address)
{
    uint32_t value;

    return bus_read(bus_of(b), master, address, 4, &value);
}

enum bus_status board_write_status(struct board *b, uint32_t address, unsigned size, uint32_t value)
{
    go_astray(b);
    return bus_write(bus_of(b), BUS_CPU_DATA, address, size, value);
}

uint32_t board_peek(struct board *b, uint32_t address)
{
    uint32_t value, done;

    cr_assert(machine_peek(b->m, address, &value, sizeof value, &done));
    return value;
}

/* ---- time ---- */

uint64_t board_now(const struct board *b)
{
    return machine_now(b->m).cycles;
}

void board_run_to(struct board *b, uint64_t cycle)
{
    struct stop stop = run(b, cycle);

    cr_assert_eq(stop.kind, STOP_LIMIT, "stopped by %d", stop.kind);
    cr_assert_eq(board_now(b), cycle);
}

void board_run_on(struct board *b, uint64_t cycles)
{
    run(b, board_now(b) + cycles);
}

void board_run(struct board *b, uint64_t cycles)
{
    board_run_to(b, board_now(b) + cycles);
}

uint64_t board_when(struct board *b, uint32_t address, uint32_t mask, uint32_t value, uint64_t limit)
{
    uint64_t end = board_now(b) + limit;

    while ((board_peek(b, address) & mask) != value) {
        if (board_now(b) >= end)
            return UINT64_MAX;
        board_run_to(b, next_event(b, end));
    }
    return board_now(b);
}

void board_drive(struct board *b, const char *port, unsigned pin, enum gpio_level level)
{
    const uint8_t record[] = {(uint8_t)pin, (uint8_t)level};

    cr_assert(machine_input(b->m, port, record, sizeof record));
}

bool board_irq(const struct board *b, const char *device, unsigned output)
{
    return irq_level(machine_device_named(b->m, device), output);
}

unsigned board_rises(const struct board *b, unsigned input)
{
    unsigned count = 0;

    for (unsigned i = 0; i < b->signal_count; i++)
        count += b->signals[i].input == input && b->signals[i].level;
    return count;
}

uint64_t board_rise(const struct board *b, unsigned input, unsigned n)
{
    for (unsigned i = 0; i < b->signal_count; i++)
        if (b->signals[i].input == input && b->signals[i].level && n-- == 0)
            return b->signals[i].cycle;
    return UINT64_MAX;
}

/* ---- save and restore ---- */

static void look_everywhere(struct board *b)
{
    for (const struct chip_device *row = machine_chip(b->m)->devices; row->name; row++)
        for (uint32_t offset = 0; offset < 0x80; offset += 4)
            board_peek(b, row->base + offset);
}

void board_check_replay(struct board *b, uint64_t cycles)
{
    uint64_t end = board_now(b) + cycles, expected;
    void *start = malloc(machine_state_size(b->m)), *here = malloc(machine_state_size(b->m));
    unsigned points = 0, signals = b->signal_count, bytes = b->byte_count;

    machine_save(b->m, start);
    board_run_to(b, end);
    expected = machine_hash(b->m);
    machine_restore(b->m, start);
    while (board_now(b) < end) {
        board_run_to(b, next_event(b, end));
        look_everywhere(b);
        machine_save(b->m, here);
        board_run_to(b, end);
        cr_assert_eq(machine_hash(b->m), expected, "restored at point %u", points);
        machine_restore(b->m, here);
        b->signal_count = signals;      /* the logs do not go back by themselves */
        b->byte_count = bytes;
        points++;
    }
    cr_assert_gt(points, 1, "no event in the interval");
    free(start);
    free(here);
}
