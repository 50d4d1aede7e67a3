/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The translator beside the interpreter: two machines run the same code under the same interruptions, and
 * must be in the same state whenever they stand still (I7).
 */
#include <criterion/criterion.h>
#include <string.h>

#include "core/machine.h"

enum {
    FLASH = 0x08000000, RAM = 0x20000000, SIZE = 0x8000, TOP = RAM + SIZE,
    CODE = FLASH + 0x100, RAM_CODE = RAM + 0x4000
};

static const struct chip_memory memories[] = {
    {"code", FLASH, SIZE, MEMORY_NVM | MEMORY_EXECUTE | MEMORY_BOOT, 0xFF, NULL, NULL},
    {"ram", RAM, SIZE, MEMORY_EXECUTE, 0, NULL, NULL},
    {0}};
static const struct chip_device no_devices[] = {{0}};
static const char *const clock_names[CLOCK_MAX] = {[CLOCK_CORE] = "HCLK"};
static const struct chip chip = {
    .name = "pair", .memories = memories, .devices = no_devices, .clock_names = clock_names, .reset_hz = 1000000,
    .core = {.kind = CPU_CORTEX_M4F, .cpuid = 0x410FC241, .irq_count = 16, .priority_bits = 4, .mpu_regions = 8,
             .ccr_reset = 0x200}};

static struct machine *pair[2];

static void no_output(void *context, const struct device *d, enum io_kind kind, const void *bytes, size_t size)
{
    (void)context, (void)d, (void)kind, (void)bytes, (void)size;
}

static void no_diag(void *context, const struct diag *report)
{
    (void)context, (void)report;
}

static void setup(void)
{
    const struct machine_host host = {.output = no_output, .diag = no_diag};
    char error[200];

    for (unsigned n = 0; n < 2; n++) {
        const struct machine_options options = {.seed = 1, .translator = n == 1};
        pair[n] = machine_create(&chip, &options, &host, error, sizeof error);
        cr_assert(pair[n], "%s", error);
        machine_attach_debugger(pair[n], true);
    }
    if (strcmp(machine_engine(pair[1], NULL), "translator"))
        cr_skip_test("this host has no translator");
}

static void teardown(void)
{
    machine_destroy(pair[0]);
    machine_destroy(pair[1]);
}

TestSuite(jit, .init = setup, .fini = teardown);

static void load(uint32_t address, const void *bytes, uint32_t size)
{
    for (unsigned n = 0; n < 2; n++)
        cr_assert(machine_load(pair[n], address, bytes, size));
}

/* Both at the start of `code`, which is loaded at `address`. */
static void begin(uint32_t address, const uint16_t *code, uint32_t size)
{
    const uint32_t vectors[16] = {TOP, CODE | 1, CODE | 1, CODE | 1};

    load(FLASH, vectors, sizeof vectors);
    load(address, code, size);
    for (unsigned n = 0; n < 2; n++) {
        machine_reset(pair[n], RESET_SYSTEM);
        machine_set_reg(pair[n], REG_PC, address);
    }
}

static void expect_same(const char *where)
{
    cr_expect_eq(machine_reg(pair[0], REG_PC), machine_reg(pair[1], REG_PC), "%s: pc %08x, translated %08x", where,
                 machine_reg(pair[0], REG_PC), machine_reg(pair[1], REG_PC));
    cr_expect_eq(machine_now(pair[0]).cycles, machine_now(pair[1]).cycles, "%s: cycles", where);
    cr_expect_eq(machine_instructions(pair[0]), machine_instructions(pair[1]), "%s: instructions", where);
    cr_expect_eq(machine_hash(pair[0]), machine_hash(pair[1]), "%s: state", where);
}

/* Both for `cycles`; the stop, which must be the same. */
static struct stop run(uint64_t cycles)
{
    struct stop stops[2];

    for (unsigned n = 0; n < 2; n++)
        stops[n] = machine_run(pair[n], vtime_add(machine_now(pair[n]), cycles));
    cr_expect_eq(stops[0].kind, stops[1].kind);
    return stops[1];
}

/* r0 counts up, r1 sums squares, r2 takes bytes of a table in the code. */
static const uint16_t loop[] = {
    0x2000,         /* movs r0, #0 */
    0x2100,         /* movs r1, #0 */
    0xA304,         /* adr r3, table */
    0x3001,         /* again: adds r0, #1 */
    0xFB00, 0x1100, /* mla r1, r0, r0, r1 */
    0xF000, 0x0403, /* and r4, r0, #3 */
    0x5D1A,         /* ldrb r2, [r3, r4] */
    0xE7F8,         /* b again */
    0xBF00, 0xBF00,
    0x0201, 0x0403, /* table */
};
enum { AGAIN = CODE + 6 };

Test(jit, a_run_ends_at_any_cycle)
{
    begin(CODE, loop, sizeof loop);
    for (unsigned n = 0; n < 300; n++) {
        run(1 + n % 37);
        expect_same("cut");
    }
}

Test(jit, steps_and_runs_mix)
{
    begin(CODE, loop, sizeof loop);
    for (unsigned n = 0; n < 100; n++) {
        run(100);
        for (unsigned e = 0; e < 2; e++)
            machine_step(pair[e], false);
        expect_same("step");
    }
}

Test(jit, breakpoint_in_the_middle_of_a_translation)
{
    begin(CODE, loop, sizeof loop);
    run(1000);
    for (unsigned e = 0; e < 2; e++)
        machine_break_add(pair[e], BREAK_HARDWARE, AGAIN + 6);
    for (unsigned n = 0; n < 10; n++) {
        cr_expect_eq(run(1000).kind, STOP_BREAKPOINT);
        cr_expect_eq(machine_reg(pair[1], REG_PC), AGAIN + 6);
        expect_same("breakpoint");
    }
    for (unsigned e = 0; e < 2; e++)
        machine_break_remove(pair[e], BREAK_HARDWARE, AGAIN + 6);
    cr_expect_eq(run(1000).kind, STOP_LIMIT);
    expect_same("removed");
}

Test(jit, watchpoint_stops_before_the_access)
{
    static const uint16_t code[] = {
        0x4802,     /* ldr r0, =RAM */
        0x2100,     /* movs r1, #0 */
        0x6001,     /* again: str r1, [r0] */
        0x3101,     /* adds r1, #1 */
        0xE7FC,     /* b again */
        0xBF00, 0x0000, 0x2000,
    };

    begin(CODE, code, sizeof code);
    run(500);
    for (unsigned e = 0; e < 2; e++)
        machine_watch_add(pair[e], ACCESS_WRITE, RAM, 4);
    for (unsigned n = 0; n < 5; n++) {
        cr_expect_eq(run(1000).kind, STOP_WATCH);
        expect_same("watch");
    }
    for (unsigned e = 0; e < 2; e++)
        machine_watch_remove(pair[e], ACCESS_WRITE, RAM, 4);
    cr_expect_eq(run(1000).kind, STOP_LIMIT);
    expect_same("unwatched");
}

/* Code in RAM that rewrites an instruction of itself, ahead in its own block, on each round. */
static const uint16_t changing[] = {
    0xA003,         /* adr r0, patch */
    0x8801,         /* again: ldrh r1, [r0] */
    0x3101,         /* adds r1, #1: the constant of the movs below */
    0x8001,         /* strh r1, [r0] */
    0xBF00,
    0xBF00,
    0xBF00,
    0xBF00,
    0x2200,         /* patch: movs r2, #0 and up */
    0x1883,         /* adds r3, r0, r2 */
    0xE7F6,         /* b again */
};

Test(jit, code_that_changes_itself_ahead)
{
    begin(RAM_CODE, changing, sizeof changing);
    for (unsigned n = 0; n < 60; n++) {
        run(23);
        expect_same("self-modified");
    }
}

Test(jit, debugger_changes_code)
{
    const uint16_t subtract = 0x3801, two = 0x3002;
    uint32_t done;

    begin(RAM_CODE, loop, sizeof loop);
    run(500);
    for (unsigned e = 0; e < 2; e++)
        machine_poke(pair[e], RAM_CODE + 6, &subtract, sizeof subtract, &done);
    run(500);
    expect_same("RAM");
    begin(CODE, loop, sizeof loop);
    run(500);
    for (unsigned e = 0; e < 2; e++)
        machine_poke(pair[e], AGAIN, &two, sizeof two, &done);
    run(500);
    expect_same("image");
    cr_expect_eq(machine_reg(pair[1], REG_R0) & 1, machine_reg(pair[0], REG_R0) & 1);
}

Test(jit, restored_state_runs_as_it_did)
{
    static uint8_t saved[2][4 * SIZE];

    begin(RAM_CODE, changing, sizeof changing);
    run(200);
    for (unsigned e = 0; e < 2; e++) {
        cr_assert_leq(machine_state_size(pair[e]), sizeof saved[e]);
        machine_save(pair[e], saved[e]);
    }
    run(300);
    for (unsigned e = 0; e < 2; e++)
        machine_restore(pair[e], saved[e]);
    expect_same("restored");
    run(300);
    expect_same("run on");
}

/* UNPREDICTABLE, but the same on both: what is left of the IT block goes on where the branch leads. */
Test(jit, branch_out_of_the_middle_of_an_it_block)
{
    static const uint16_t code[] = {
        0x2000,         /* movs r0, #0 */
        0x3001,         /* again: adds r0, #1 */
        0x0783,         /* lsls r3, r0, #30 */
        0xBF1F,         /* itttt ne */
        0xE001,         /* bne over */
        0x3101,         /* addne r1, #1 */
        0x3201,         /* addne r2, #1 */
        0x3401,         /* over: addne r4, #1 */
        0x3501,         /* adds r5, #1: in the block only behind the branch */
        0x3601,         /* adds r6, #1: the same */
        0xE7F6,         /* b again */
    };

    begin(CODE, code, sizeof code);
    for (unsigned n = 0; n < 60; n++) {
        run(7);
        expect_same("branch in IT");
    }
}

/* UNPREDICTABLE too: an IT that its own block skips leaves ITSTATE as it was. */
Test(jit, it_block_within_an_it_block)
{
    static const uint16_t code[] = {
        0x2000,         /* movs r0, #0 */
        0x3001,         /* again: adds r0, #1 */
        0x0783,         /* lsls r3, r0, #30 */
        0xBF1F,         /* itttt ne */
        0xBF02,         /* ittt eq */
        0x3101,         /* adds r1, #1 */
        0x3201,         /* adds r2, #1 */
        0x3401,         /* adds r4, #1 */
        0x3501,         /* adds r5, #1 */
        0xE7F7,         /* b again */
    };

    begin(CODE, code, sizeof code);
    for (unsigned n = 0; n < 60; n++) {
        run(7);
        expect_same("IT in IT");
    }
}

/* Loads that are not aligned, cross into nothing, and come from nothing. */
Test(jit, accesses_out_of_the_ordinary)
{
    static const uint16_t code[] = {
        0x4806,         /* ldr r0, =TOP - 8 */
        0xF04F, 0x0500, /* mov r5, #0 */
        0x5941,         /* again: ldr r1, [r0, r5] */
        0xF850, 0x2005, /* ldr r2, [r0, r5] */
        0x5D43,         /* ldrb r3, [r0, r5] */
        0x3501,         /* adds r5, #1 */
        0xE7F9,         /* b again */
        0xBF00, 0xBF00, 0xBF00, 0xBF00, 0xBF00,
        (TOP - 8) & 0xFFFF, (TOP - 8) >> 16,
    };

    begin(CODE, code, sizeof code);
    for (unsigned n = 0; n < 60; n++) {
        run(3);
        expect_same("access");
    }
}
