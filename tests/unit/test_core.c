/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The services of the core root, through devices made for the purpose. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "core/bus.h"
#include "core/clock.h"
#include "core/device.h"
#include "core/env.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "core/state.h"
#include "core/stop.h"
#include "tests/unit/board.h"

/* ---- a device that records its events, ticks, and has a register of every kind ---- */

enum { BASE = 0x50002000 };
enum probe_reg { REG_PLAIN, REG_W1C, REG_W0C, REG_W1S, REG_RO, REG_POP, REG_TICKS, REG_DO, PROBE_REGS };
enum { EVENTS = 4, TRACE = 32 };

struct probe {
    uint32_t reg[PROBE_REGS];
    uint32_t traced;
    struct {
        uint32_t event, reserved;
        uint64_t cycle;
    } trace[TRACE];
    struct ticker ticker;
};

static const struct reg_field plain_fields[] = {{"LOW", 0, 8}, {"HIGH", 16, 8}, {NULL, 0, 0}};

static const struct reg probe_regs[] = {
    [REG_PLAIN] = {.name = "PLAIN", .offset = 0, .width = 32, .reset = 0x00120034, .readable = 0x00FF00FF,
                   .writable = 0x00FF00FF, .fields = plain_fields},
    [REG_W1C] = {.name = "W1C", .offset = 4, .width = 32, .reset = 0xFF, .readable = 0xFF, .w1c = 0xFF},
    [REG_W0C] = {.name = "W0C", .offset = 8, .width = 32, .reset = 0xFF, .readable = 0xFF, .w0c = 0xFF},
    [REG_W1S] = {.name = "W1S", .offset = 12, .width = 32, .readable = 0xFF, .w1s = 0xFF},
    [REG_RO] = {.name = "RO", .offset = 16, .width = 32, .reset = 0x55, .readable = 0xFF},
    [REG_POP] = {.name = "POP", .offset = 20, .width = 16, .access = 2 | 4, .flags = REG_READ_EFFECT,
                 .reset = 7, .readable = 0xFFFF, .writable = 0xFFFF},
    [REG_TICKS] = {.name = "TICKS", .offset = 24, .width = 32, .readable = 0xFFFFFFFF},
    [REG_DO] = {.name = "DO", .offset = 28, .width = 32, .action = 0xFFFFFFFF},
};

static uint32_t probe_read(struct device *d, unsigned reg)
{
    uint32_t value = reg_get(d, reg);

    reg_put(d, reg, value + 1);
    return value;
}

static uint32_t probe_peek(const struct device *d, unsigned reg)
{
    const struct probe *p = d->state;

    return reg == REG_TICKS ? (uint32_t)ticker_read(&p->ticker, d)
                            : reg_get(d, reg) & probe_regs[reg].readable;
}

/* DO: schedules event [3:0] in [31:8] cycles; event 15 starts the ticker at TIMER1 / [31:8]. */
static void probe_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    struct probe *p = d->state;

    if (reg != REG_DO)
        reg_store(d, reg, value, lanes);
    else if ((value & 15) == 15)
        ticker_start(&p->ticker, d, CLOCK_TIMER1, value >> 8);
    else
        sched_in(d, value & 15, value >> 8);
}

static void probe_event(struct device *d, unsigned event)
{
    struct probe *p = d->state;

    if (p->traced == TRACE)
        return;
    p->trace[p->traced].event = event;
    p->trace[p->traced++].cycle = sched_now(d).cycles;
}

static void probe_clock(struct device *d)
{
    struct probe *p = d->state;

    if (p->ticker.div)
        ticker_rate(&p->ticker, d, CLOCK_TIMER1, 1);
}

static const struct device_ops probe_ops = {
    .name = "core_probe", .regs = probe_regs, .reg_count = PROBE_REGS, .state_size = sizeof(struct probe),
    .events = EVENTS, .read = probe_read, .peek = probe_peek, .write = probe_write,
    .event = probe_event, .clock = probe_clock,
};

static const struct chip_device devices[] = {
    {.name = "DUT", .ops = &probe_ops, .base = BASE, .size = 0x400, .gate = 3, .reset_line = 3},
    {.name = NULL},
};

static struct board *b;

static void setup(void)
{
    b = board_create(devices, NULL);
    board_write(b, BOARD_GATE, 1u << 3);
}

static void teardown(void)
{
    board_destroy(b);
}

static const struct probe *dut(void)
{
    return machine_device_named(b->m, "dut")->state;
}

static void schedule(unsigned event, uint32_t cycles)
{
    board_write(b, BASE + 28, cycles << 8 | event);
}

TestSuite(core, .init = setup, .fini = teardown);

/* ---- scheduler ---- */

Test(core, events_happen_in_time_order_each_at_its_own_cycle)
{
    uint64_t now = board_now(b);

    schedule(0, 300);
    schedule(1, 100);
    schedule(2, 200);
    board_run(b, 1000);
    cr_assert_eq(dut()->traced, 3);
    for (unsigned i = 0; i < 3; i++) {
        static const uint32_t order[] = {1, 2, 0};
        cr_expect_eq(dut()->trace[i].event, order[i]);
        cr_expect_eq(dut()->trace[i].cycle, now + 100 * (i + 1));
    }
}

Test(core, events_of_one_cycle_happen_in_the_order_they_were_scheduled)
{
    schedule(2, 50);
    schedule(0, 50);
    schedule(1, 50);
    board_run(b, 100);
    cr_assert_eq(dut()->traced, 3);
    cr_expect_eq(dut()->trace[0].event, 2);
    cr_expect_eq(dut()->trace[1].event, 0);
    cr_expect_eq(dut()->trace[2].event, 1);
}

Test(core, an_event_scheduled_again_moves)
{
    uint64_t now = board_now(b);

    schedule(0, 50);
    schedule(0, 500);
    board_run(b, 1000);
    cr_assert_eq(dut()->traced, 1);
    cr_expect_eq(dut()->trace[0].cycle, now + 500);
}

Test(core, reset_line_drops_pending_events_and_restores_registers)
{
    board_write(b, BASE, 0x00AA00BB);
    schedule(0, 50);
    board_write(b, BOARD_RESET, 1u << 3);
    board_write(b, BOARD_RESET, 0);
    board_run(b, 100);
    cr_expect_eq(dut()->traced, 0);
    cr_expect_eq(board_read(b, BASE), 0x00120034);
}

/* ---- registers by their table ---- */

Test(core, plain_bits_are_stored_and_others_are_not)
{
    board_write(b, BASE, 0xFFFFFFFF);
    cr_expect_eq(board_read(b, BASE), 0x00FF00FF);
    cr_expect_eq(b->diags[DIAG_RESERVED], 1);
}

Test(core, byte_lanes_leave_the_other_bytes_alone)
{
    board_write8(b, BASE + 2, 0x77);
    cr_expect_eq(board_read(b, BASE), 0x00770034);
    board_write16(b, BASE, 0x0011);
    cr_expect_eq(board_read(b, BASE), 0x00770011);
}

Test(core, write_one_and_write_zero_bits_clear_and_set)
{
    board_write(b, BASE + 4, 0x0F);
    cr_expect_eq(board_read(b, BASE + 4), 0xF0);
    board_write(b, BASE + 8, 0xFFFFFF0F);
    cr_expect_eq(board_read(b, BASE + 8), 0x0F);
    board_write(b, BASE + 12, 0x81);
    board_write(b, BASE + 12, 0x02);
    cr_expect_eq(board_read(b, BASE + 12), 0x83);
}

Test(core, read_only_register_reports_a_write_and_keeps_its_value)
{
    board_write(b, BASE + 16, 0);
    cr_expect_eq(board_read(b, BASE + 16), 0x55);
    cr_expect_eq(b->diags[DIAG_READONLY], 1);
}

Test(core, peek_has_no_effect_where_a_read_has_one)
{
    cr_expect_eq(board_peek(b, BASE + 20), 7);
    cr_expect_eq(board_peek(b, BASE + 20), 7);
    cr_expect_eq(board_read(b, BASE + 20), 7);
    cr_expect_eq(board_peek(b, BASE + 20), 8);
}

Test(core, unsupported_width_is_reported)
{
    board_write8(b, BASE + 20, 1);
    cr_expect_eq(b->diags[DIAG_WIDTH], 1);
}

Test(core, unclocked_device_reads_zero_drops_writes_and_reports)
{
    board_write(b, BOARD_GATE, 0);
    cr_expect_eq(board_read(b, BASE), 0);
    board_write(b, BASE, 0x00010002);
    board_write(b, BOARD_GATE, 1u << 3);
    cr_expect_eq(board_read(b, BASE), 0x00120034);
    cr_expect_geq(b->diags[DIAG_UNCLOCKED], 1);
}

Test(core, reserved_offset_reads_zero_and_is_reported)
{
    cr_expect_eq(board_read(b, BASE + 0x200), 0);
    cr_expect_eq(b->diags[DIAG_RESERVED], 1);
}

/* ---- clocks ---- */

Test(core, ticker_counts_its_clock_exactly)
{
    board_write(b, BASE + 28, 10 << 8 | 15);    /* TIMER1 is 84 MHz, the core 168 MHz: 20 cycles a tick */
    board_run(b, 199);
    cr_expect_eq(board_peek(b, BASE + 24), 9);
    board_run(b, 1);
    cr_expect_eq(board_peek(b, BASE + 24), 10);
}

Test(core, ticker_keeps_its_count_over_a_change_of_clock)
{
    board_write(b, BASE + 28, 1 << 8 | 15);
    board_run(b, 100);
    cr_expect_eq(board_peek(b, BASE + 24), 50);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_TIMER1, 42000000);
    board_run(b, 100);
    cr_expect_eq(board_peek(b, BASE + 24), 75);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_TIMER1, 0);
    board_run(b, 100);
    cr_expect_eq(board_peek(b, BASE + 24), 75);
}

Test(core, guest_nanoseconds_follow_the_core_clock)
{
    uint64_t before = machine_nanoseconds(b->m);

    board_run(b, 168000);
    cr_expect_eq(machine_nanoseconds(b->m) - before, 1000000);
    board_write(b, BOARD_CLOCKS + 4 * CLOCK_CORE, 16000000);
    board_run(b, 16000);
    cr_expect_eq(machine_nanoseconds(b->m) - before, 2000000);
    cr_expect_eq(machine_when_ns(b->m, before + 3000000).cycles, board_now(b) + 16000);
}

/* ---- state ---- */

Test(core, restored_state_is_equal_and_runs_to_the_same_end)
{
    size_t size = machine_state_size(b->m);
    void *state = malloc(size);
    uint64_t hash, end;

    schedule(0, 50);
    schedule(1, 150);
    board_run(b, 100);
    machine_save(b->m, state);
    hash = machine_hash(b->m);
    board_run(b, 100);
    end = machine_hash(b->m);
    cr_expect_neq(hash, end);
    machine_restore(b->m, state);
    cr_expect_eq(machine_hash(b->m), hash);
    board_run(b, 100);
    cr_expect_eq(machine_hash(b->m), end);
    free(state);
}

Test(core, hash_sees_every_byte)
{
    uint8_t bytes[19] = {0};
    uint64_t hash = state_hash(STATE_HASH_SEED, bytes, sizeof bytes);

    for (unsigned i = 0; i < sizeof bytes; i++) {
        bytes[i] ^= 0x80;
        cr_expect_neq(state_hash(STATE_HASH_SEED, bytes, sizeof bytes), hash, "byte %u", i);
        bytes[i] ^= 0x80;
    }
}

/* ---- breakpoints and watchpoints ---- */

Test(stops, breakpoints_are_found_until_their_last_kind_is_removed)
{
    struct stop_set set = {0};

    for (uint32_t i = 0; i < 1000; i++)
        cr_assert(stops_break_add(&set, BREAK_SOFTWARE, 0x08000000 + 6 * (i * 7919 % 1000)));
    cr_assert(stops_break_add(&set, BREAK_HARDWARE, 0x08000000));
    for (uint32_t i = 0; i < 6000; i += 2)
        cr_assert_eq(stops_break_at(&set, 0x08000000 + i) != NULL, i % 6 == 0);
    cr_expect(stops_break_remove(&set, BREAK_SOFTWARE, 0x08000000));
    cr_expect(stops_break_at(&set, 0x08000000));
    cr_expect_not(stops_break_remove(&set, BREAK_SOFTWARE, 0x08000000));
    cr_expect(stops_break_remove(&set, BREAK_HARDWARE, 0x08000000));
    cr_expect_null(stops_break_at(&set, 0x08000000));
    cr_expect(stops_break_at(&set, 0x08000006));
    stops_free(&set);
}

Test(stops, the_servers_own_breakpoint_leaves_the_debuggers_alone)
{
    struct stop_set set = {0};

    stops_break_add(&set, BREAK_HARDWARE, 0x08000000);
    stops_break_add(&set, BREAK_OWN, 0x08000000);
    cr_expect(stops_break_remove(&set, BREAK_OWN, 0x08000000));
    cr_expect(stops_break_at(&set, 0x08000000));
    stops_free(&set);
}

Test(stops, write_watchpoint_ignores_writes_that_change_nothing)
{
    struct stop_set set = {0};

    stops_watch_add(&set, ACCESS_WRITE, 0x20000010, 4);
    cr_expect(stops_watch_hit(&set, ACCESS_WRITE, 0x20000012, 1, true));
    cr_expect_null(stops_watch_hit(&set, ACCESS_WRITE, 0x20000012, 1, false));
    cr_expect_null(stops_watch_hit(&set, ACCESS_READ, 0x20000010, 4, true));
    cr_expect_null(stops_watch_hit(&set, ACCESS_WRITE, 0x20000014, 4, true));
    cr_expect(stops_watch_hit(&set, ACCESS_WRITE, 0x2000000D, 4, true));
    stops_free(&set);
}

Test(stops, watchpoint_range_may_wrap_round_the_address_space)
{
    struct stop_set set = {0};

    stops_watch_add(&set, ACCESS_ANY, 0xFFFFFFFC, 8);
    cr_expect(stops_watch_hit(&set, ACCESS_READ, 0xFFFFFFFF, 1, false));
    cr_expect(stops_watch_hit(&set, ACCESS_READ, 0x00000003, 1, false));
    cr_expect_null(stops_watch_hit(&set, ACCESS_READ, 0x00000004, 1, false));
    stops_free(&set);
}
