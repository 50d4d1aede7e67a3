/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The timeline on a whole chip, with both engines.
 *
 * Whoever writes to memory is met by a watchpoint, forwards and backwards: not only instructions, but DMA,
 * exception frames, lazily stacked FP registers, semihosting and the debugger. Going back from one hit to the
 * next must visit every boundary behind which the watched bytes are others than before it, and no other.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "core/replay/timeline.h"
#include "periph/chips/chips.h"

enum {
    FLASH = 0x08000000, MAIN = FLASH + 0x200, HANDLER = FLASH + 0x240, STACK = 0x20001000, FROM = 0x20002000,
    TO = 0x20003000, RCC_AHB1ENR = 0x40023830, DMA2EN = 1 << 22, DMA2_S3 = 0x40026458, S3_NDTR = 4, S3_PAR = 8,
    S3_M0AR = 12, S3_FCR = 20, EN = 1, MEMORY_TO_MEMORY = 2 << 6, PINC = 1 << 9, MINC = 1 << 10,
    WORDS = 2 << 11 | 2 << 13, DIRECT_MODE_OFF = 4, ITEMS = 4, BOUNDARIES = 4000, WATCHED_MAX = 256
};

#define SYST_CSR  0xE000E010u
#define SYST_RVR  0xE000E014u
#define CPACR     0xE000ED88u

struct boundary {
    struct moment at;
    uint8_t bytes[WATCHED_MAX];
};

static struct machine *m;
static struct timeline *t;
static struct boundary trace[BOUNDARIES];
static unsigned boundaries;

static void poke(uint32_t address, uint32_t value)
{
    uint32_t done;

    cr_assert(machine_poke(m, address, &value, sizeof value, &done), "poke at 0x%08X", (unsigned)address);
}

static uint32_t peek(uint32_t address)
{
    uint32_t value;

    machine_peek_word(m, address, &value);
    return value;
}

/* `main_code` and `handler`, which every exception has. */
static void start(const uint16_t *main_code, size_t size, const uint16_t *handler, size_t handler_size,
                  bool translator)
{
    struct machine_options options = {.seed = 1, .hse_hz = 8000000, .translator = translator};
    uint32_t vectors[16] = {STACK, MAIN + 1};
    char error[256];

    for (unsigned i = 2; i < 16; i++)
        vectors[i] = HANDLER + 1;
    m = machine_create(chip_find("stm32f405rg"), &options, &(struct machine_host){NULL}, error, sizeof error);
    cr_assert(m, "%s", error);
    machine_load(m, FLASH, vectors, sizeof vectors);
    machine_load(m, MAIN, main_code, (uint32_t)size);
    machine_load(m, HANDLER, handler, (uint32_t)handler_size);
    machine_set_semihosting(m, true);
    machine_reset(m, RESET_POWER_ON);
    t = timeline_create(m, &(struct timeline_options){.memory = TIMELINE_MEMORY, .spacing = 500});
}

static void finish(void)
{
    timeline_destroy(t);
    machine_destroy(m);
}

#define START(main_, handler_, translator_) start(main_, sizeof main_, handler_, sizeof handler_, translator_)

static const uint16_t count[] = {0x1C40, 0xE7FD};       /* adds r0, r0, #1; b . - 2 */
static const uint16_t nothing[] = {0x4770};             /* bx lr */

static void run(uint64_t cycles)
{
    timeline_run(t, vtime_at(machine_now(m).cycles + cycles));
}

static void note(uint32_t address, uint32_t size)
{
    uint32_t done;

    cr_assert_lt(boundaries, BOUNDARIES);
    trace[boundaries].at = timeline_now(t);
    machine_peek(m, address, trace[boundaries++].bytes, size, &done);
}

/* From the begin of history to its end, boundary by boundary. */
static void walk(uint32_t address, uint32_t size)
{
    boundaries = 0;
    timeline_seek_cycle(t, 0);
    note(address, size);
    while (!timeline_live(t)) {
        timeline_step(t);
        timeline_seek_cycle(t, timeline_now(t).cycle);
        note(address, size);
    }
}

static enum timeline_back search(struct stop *stop)
{
    enum timeline_back back;

    timeline_search_start(t, &(struct timeline_filter){NULL, NULL});
    do
        back = timeline_search(t, 1000, stop);
    while (back == TIMELINE_SEARCHING);
    return back;
}

/* Every change, from the last to the first; returns how many there were. */
static unsigned expect_changes(uint32_t address, uint32_t size)
{
    unsigned changes = 0;
    struct stop stop;

    walk(address, size);
    machine_watch_add(m, ACCESS_WRITE, address, size);
    for (unsigned i = boundaries - 1; i > 0; i--) {
        if (!memcmp(trace[i].bytes, trace[i - 1].bytes, size))
            continue;
        cr_assert_eq(search(&stop), TIMELINE_HIT, "the change at cycle %llu", (unsigned long long)trace[i].at.cycle);
        cr_assert_eq(stop.kind, STOP_WATCH);
        cr_assert_eq(timeline_now(t).cycle, trace[i].at.cycle, "at cycle %llu, not %llu",
                     (unsigned long long)timeline_now(t).cycle, (unsigned long long)trace[i].at.cycle);
        changes++;
    }
    cr_assert_eq(search(&stop), TIMELINE_AT_BEGIN);
    machine_watch_remove(m, ACCESS_WRITE, address, size);
    timeline_seek(t, timeline_end(t));
    return changes;
}

static void start_dma(void)
{
    poke(RCC_AHB1ENR, DMA2EN);
    for (unsigned i = 0; i < ITEMS; i++)
        poke(FROM + 4 * i, 0x11111111 * (i + 1));
    poke(DMA2_S3 + S3_NDTR, ITEMS);
    poke(DMA2_S3 + S3_PAR, FROM);
    poke(DMA2_S3 + S3_M0AR, TO);
    poke(DMA2_S3 + S3_FCR, DIRECT_MODE_OFF);
    poke(DMA2_S3, WORDS | PINC | MINC | MEMORY_TO_MEMORY | EN);
}

static void check_dma(bool translator)
{
    struct stop stop;

    START(count, nothing, translator);
    run(1000);
    start_dma();
    run(3000);
    cr_assert_eq(peek(TO + 12), 0x44444444);
    cr_assert_gt(expect_changes(TO, 16), 0);
    machine_watch_add(m, ACCESS_EVERY_WRITE, TO + 8, 4);
    cr_assert_eq(search(&stop), TIMELINE_HIT);
    cr_assert(stop.done);
    cr_assert_eq(stop.by, BY_DMA);
    cr_assert_str_eq(stop.device->name, "DMA2");
    cr_assert_str_eq(stop.lane, "stream");
    cr_assert_eq(stop.lane_number, 3);
    cr_assert_eq(peek(TO + 8), 0x33333333, "about to be undone");
    cr_assert_eq(timeline_step_back(t, &stop), TIMELINE_STEPPED);
    cr_assert_eq(peek(TO + 8), 0);
    stop = timeline_run(t, vtime_at(timeline_end(t).cycle));
    cr_assert_eq(stop.kind, STOP_WATCH, "forwards, too");
    cr_assert_eq(peek(TO + 8), 0x33333333);
    finish();
}

Test(timeline_chip, dma_is_met)
{
    check_dma(false);
    check_dma(true);
}

Test(timeline_chip, a_step_back_reports_dma_before_undoing_it)
{
    struct stop stop;

    START(count, nothing, false);
    start_dma();
    run(3000);
    machine_watch_add(m, ACCESS_WRITE, TO, 4);
    cr_assert_eq(search(&stop), TIMELINE_HIT);
    timeline_seek(t, timeline_now(t));
    cr_assert_eq(timeline_step_back(t, &stop), TIMELINE_HIT);
    cr_assert_eq(stop.by, BY_DMA);
    cr_assert_eq(peek(TO), 0x11111111);
    cr_assert_eq(timeline_step_back(t, &stop), TIMELINE_STEPPED);
    cr_assert_eq(peek(TO), 0);
    cr_assert_eq(timeline_step(t).kind, STOP_WATCH);
    cr_assert_eq(peek(TO), 0x11111111);
    finish();
}

Test(timeline_chip, the_debugger_is_met_going_back)
{
    struct stop stop;

    START(count, nothing, true);
    run(1000);
    poke(TO, 5);
    machine_watch_add(m, ACCESS_WRITE, TO, 4);
    poke(TO, 6);
    cr_assert_eq(timeline_run(t, vtime_at(2000)).kind, STOP_LIMIT, "it knows what it wrote");
    machine_watch_remove(m, ACCESS_WRITE, TO, 4);
    cr_assert_eq(expect_changes(TO, 4), 1);
    machine_watch_add(m, ACCESS_WRITE, TO, 4);
    cr_assert_eq(search(&stop), TIMELINE_HIT);
    cr_assert_eq(stop.by, BY_DEBUGGER);
    cr_assert_eq(peek(TO), 6);
    cr_assert_eq(timeline_step_back(t, &stop), TIMELINE_STEPPED);
    cr_assert_eq(peek(TO), 0);
    finish();
}

Test(timeline_chip, semihosting_is_met)
{
    static const uint16_t call[] = {0x2006, 0xBEAB, 0x1C40, 0xE7FD};    /* movs r0, #6; bkpt 0xab; ... */
    const uint32_t read = 0x12345678;
    struct stop stop;

    START(call, nothing, true);
    machine_watch_add(m, ACCESS_WRITE, TO, 4);
    cr_assert_eq(timeline_run(t, vtime_at(1000)).kind, STOP_SEMIHOSTING);
    machine_semihosting_write(m, TO, &read, 4);
    machine_semihosting_return(m, 0);
    stop = timeline_run(t, vtime_at(1000));
    cr_assert_eq(stop.kind, STOP_WATCH);
    cr_assert_eq(stop.by, BY_SEMIHOSTING);
    machine_watch_remove(m, ACCESS_WRITE, TO, 4);
    run(1000);
    cr_assert_eq(expect_changes(TO, 4), 1);
    machine_watch_add(m, ACCESS_WRITE, TO, 4);
    cr_assert_eq(search(&stop), TIMELINE_HIT);
    cr_assert_eq(machine_reg(m, REG_PC), MAIN + 4, "the call is complete");
    cr_assert_eq(timeline_step_back(t, &stop), TIMELINE_STEPPED);
    cr_assert_eq(machine_reg(m, REG_PC), MAIN + 2);
    finish();
}

/* vadd.f32 s0, s0, s1; b . - 4, interrupted by handlers that use the FPU, too. */
static void check_frames(bool translator)
{
    static const uint16_t add[] = {0x1C40, 0xEE30, 0x0A20, 0xE7FB};
    static const uint16_t handler[] = {0x1C64, 0xEE31, 0x1A20, 0x4770};

    START(add, handler, translator);
    poke(CPACR, 0xF << 20);
    for (unsigned i = 0; i < 32; i++)
        machine_set_reg(m, REG_S0 + i, 0x3F800000 + i);
    poke(SYST_RVR, 300);
    poke(SYST_CSR, 7);
    run(3000);
    cr_assert_gt(expect_changes(STACK - 104, 104), 10);
    finish();
}

Test(timeline_chip, stack_frames_are_met)
{
    check_frames(false);
    check_frames(true);
}

/* udf #0 */
Test(timeline_chip, frames_of_faults_are_met)
{
    static const uint16_t fault[] = {0x1C40, 0xDE00};
    static const uint16_t skip[] = {0x9906, 0x3102, 0x9106, 0x4770};    /* ldr r1, [sp, #24]; adds; str; bx lr */

    START(fault, skip, true);
    machine_load(m, MAIN + 4, (uint16_t[]){0xE7FE}, 2);
    run(500);
    cr_assert_gt(expect_changes(STACK - 32, 32), 1);
    finish();
}

/* ---- the debugger's stops while replays put them aside ---- */

static const uint16_t straight[] = {0x1C40, 0x1C49, 0x1C52, 0xE7FB};   /* adds r0, r1, r2; b . - 6 */

Test(timeline_chip, breakpoints_hold_in_code_that_a_seek_has_translated)
{
    START(straight, nothing, true);
    run(1000);
    machine_break_add(m, BREAK_HARDWARE, MAIN + 2);
    timeline_seek_cycle(t, 500);
    cr_assert_eq(timeline_run(t, vtime_at(900)).kind, STOP_BREAKPOINT);
    cr_assert_eq(machine_reg(m, REG_PC), MAIN + 2);
    finish();
}

Test(timeline_chip, a_watch_for_every_write_comes_before_the_users)
{
    struct stop stop;

    START(count, nothing, true);
    start_dma();
    run(3000);
    machine_watch_add(m, ACCESS_WRITE, TO, 16);
    machine_watch_add(m, ACCESS_EVERY_WRITE, TO + 4, 4);
    do
        cr_assert_eq(search(&stop), TIMELINE_HIT);
    while (peek(TO + 8));
    cr_assert_eq(stop.address, TO + 4);
    cr_assert_eq(stop.access, ACCESS_EVERY_WRITE);
    finish();
}
