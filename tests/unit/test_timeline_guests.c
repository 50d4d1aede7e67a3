/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Determinism on whole firmware: each guest program runs on its chip with random pauses and random input, and
 * its state at every pause is noted. Seeking to any of them, and running on from there, must give the same
 * states again, on either engine, and both engines the same ones.
 *
 * PROBE_TIMES in the environment multiplies the pauses and seeks (make probes).
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <string.h>

#include "core/footprint.h"
#include "core/machine.h"
#include "core/replay/timeline.h"
#include "periph/chips/chips.h"
#include "server/image.h"

enum {
    PROBES = 60, PROBES_MAX = 20000, SEEKS = 40, PAUSE = 40000,
    SYS_EXIT = 0x18, SYS_EXIT_EXTENDED = 0x20, SYS_WRITEC = 3, SYS_WRITE0 = 4
};

struct probe {
    struct moment at;
    uint64_t hash;
};

struct guest {
    struct machine *m;
    struct timeline *t;
    struct probe probes[PROBES_MAX];
    unsigned count;
    bool ended;
    unsigned outputs;               /* bytes that left the chip */
};

static void count_output(void *context, const struct device *d, enum io_kind kind, const void *bytes,
                         size_t size)
{
    struct guest *g = context;

    (void)d;
    (void)kind;
    (void)bytes;
    g->outputs += (unsigned)size;
}

static bool load(struct machine *m, const char *name)
{
    struct image_error error;
    struct image image;
    const char *folder = getenv("TESTS_DIR");
    char path[512];
    bool loaded;

    snprintf(path, sizeof path, "%s/guest/%s.elf", folder ? folder : "tests", name);
    loaded = image_load_file(&image, path, IMAGE_AUTO, 0, &error);
    for (size_t i = 0; loaded && i < image.count; i++)
        machine_load(m, image.segments[i].address, image.segments[i].bytes, image.segments[i].size);
    if (loaded)
        image_free(&image);
    return loaded;
}

/* The folder of a program names its chip. */
static const struct chip *chip_of(const char *name)
{
    return chip_find(!strncmp(name, "f100/", 5)   ? "stm32f100rb"
                     : !strncmp(name, "f205/", 5) ? "stm32f205rf"
                                                  : "stm32f405rg");
}

static unsigned times(void)
{
    const char *text = getenv("PROBE_TIMES");
    int value = text ? atoi(text) : 1;

    return value < 1 ? 1 : (unsigned)value;
}

static bool create(struct guest *g, const char *name, bool translator)
{
    struct machine_options options = {
        .seed = 1, .hse_hz = 8000000, .lse_hz = 32768, .translator = translator,
    };
    struct machine_host host = {.context = g, .output = count_output};
    char error[256];

    *g = (struct guest){.m = machine_create(chip_of(name), &options, &host, error, sizeof error)};
    cr_assert(g->m, "%s", error);
    if (!load(g->m, name)) {
        machine_destroy(g->m);
        return false;
    }
    machine_set_semihosting(g->m, true);
    machine_reset(g->m, RESET_POWER_ON);
    g->t = timeline_create(g->m, &(struct timeline_options){.memory = 8 << 20, .spacing = 20000});
    cr_assert(g->t);
    return true;
}

static void destroy(struct guest *g)
{
    timeline_destroy(g->t);
    machine_destroy(g->m);
}

/* Enough of a host for programs that print and exit. */
static void serve(struct guest *g)
{
    uint32_t call = machine_reg(g->m, REG_R0);

    if (call == SYS_EXIT || call == SYS_EXIT_EXTENDED)
        g->ended = true;
    else
        machine_semihosting_return(g->m, call == SYS_WRITEC || call == SYS_WRITE0 ? 0 : UINT32_MAX);
}

static void run_to(struct guest *g, uint64_t cycle)
{
    for (unsigned i = 0; i < 10000 && !g->ended && machine_now(g->m).cycles < cycle; i++) {
        struct stop stop = timeline_run(g->t, vtime_at(cycle));
        if (stop.kind == STOP_SEMIHOSTING)
            serve(g);
    }
}

static void record(struct guest *g)
{
    static const char *const ports[] = {"USART1", "USART2", "USART3"};

    unsigned most = times() < PROBES_MAX / PROBES ? PROBES * times() : PROBES_MAX;

    srand(7);
    while (g->count < most && !g->ended) {
        uint8_t byte = (uint8_t)rand();
        run_to(g, machine_now(g->m).cycles + (uint64_t)(rand() % PAUSE) + 1);
        if (rand() % 4 == 0)
            machine_input(g->m, ports[rand() % 3], &byte, 1);
        cr_assert(machine_sane(g->m), "a state that it came to by itself");
        g->probes[g->count++] = (struct probe){timeline_now(g->t), machine_hash(g->m)};
    }
}

static void check_probe(struct guest *g, unsigned i, const char *name, const char *how)
{
    cr_assert_eq(machine_hash(g->m), g->probes[i].hash, "%s: %s, another state at cycle %llu", name, how,
                 (unsigned long long)g->probes[i].at.cycle);
}

static void seek_everywhere(struct guest *g, const char *name)
{
    unsigned outputs = g->outputs;

    for (unsigned n = 0; n < SEEKS * times(); n++) {
        unsigned i = (unsigned)rand() % g->count, next = i + 1;
        cr_assert(timeline_seek(g->t, g->probes[i].at), "%s: astray", name);
        check_probe(g, i, name, "sought");
        if (next >= g->count)
            continue;
        run_to(g, g->probes[next].at.cycle);
        timeline_seek(g->t, g->probes[next].at);
        check_probe(g, next, name, "run on");
    }
    cr_assert_eq(g->outputs, outputs, "%s: output is not repeated", name);
}

static void check_guest(const char *name)
{
    static struct guest first, second;

    if (!create(&first, name, false))
        cr_skip_test("%s has not been built", name);
    record(&first);
    cr_assert_gt(first.count, 0);
    seek_everywhere(&first, name);
    cr_assert(create(&second, name, true));
    record(&second);
    seek_everywhere(&second, name);
    cr_assert_eq(first.count, second.count);
    for (unsigned i = 0; i < first.count; i++)
        cr_assert_eq(first.probes[i].hash, second.probes[i].hash, "%s: the engines differ at cycle %llu", name,
                     (unsigned long long)first.probes[i].at.cycle);
    destroy(&first);
    destroy(&second);
}

/* ---- the index of what was touched (core/footprint.h) ---- */

enum { SRAM = 0x20000000, SRAM_SIZE = 128 << 10, STRETCHES = 24, STRETCH = 20000 };

static void peek_sram(const struct machine *m, uint8_t *bytes)
{
    uint32_t done;

    machine_peek(m, SRAM, bytes, SRAM_SIZE, &done);
}

/* Steps to `cycle`; every instruction on the way must be in the footprint. */
static void step_within(struct guest *g, uint64_t cycle, const struct footprint *touched, const char *name)
{
    while (!g->ended && machine_now(g->m).cycles < cycle) {
        uint32_t pc = machine_reg(g->m, REG_PC);
        uint64_t retired = machine_instructions(g->m);
        if (machine_step(g->m, false).kind == STOP_SEMIHOSTING)
            serve(g);
        cr_assert(machine_instructions(g->m) == retired || footprint_has_executed(touched, pc),
                  "%s: 0x%08X was executed before cycle %llu", name, (unsigned)pc, (unsigned long long)cycle);
    }
}

static void check_writes(const uint8_t *before, const uint8_t *after, const struct footprint *touched,
                         const char *name)
{
    for (uint32_t at = 0; at < SRAM_SIZE; at += 4)
        cr_assert(!memcmp(before + at, after + at, 4) || footprint_has_written(touched, SRAM + at, 4),
                  "%s: 0x%08X was written", name, (unsigned)(SRAM + at));
}

/* The engine runs in stretches, and the interpreter steps after it. */
static void check_footprints(const char *name, bool translator)
{
    static struct guest runs, steps;
    static uint8_t before[SRAM_SIZE], after[SRAM_SIZE];
    unsigned quiet = 0;

    if (!create(&runs, name, translator) || !create(&steps, name, false))
        cr_skip_test("%s has not been built", name);
    machine_footprint(runs.m, NULL);
    for (unsigned i = 0; i < STRETCHES && !runs.ended; i++) {
        struct footprint touched = {{0}, {0}};
        peek_sram(runs.m, before);
        for (uint64_t end = machine_now(runs.m).cycles + STRETCH; !runs.ended && machine_now(runs.m).cycles < end;)
            if (machine_run(runs.m, vtime_at(end)).kind == STOP_SEMIHOSTING)
                serve(&runs);
        peek_sram(runs.m, after);
        machine_footprint(runs.m, &touched);
        step_within(&steps, machine_now(runs.m).cycles, &touched, name);
        check_writes(before, after, &touched, name);
        quiet += !footprint_has_executed(&touched, machine_reg(runs.m, REG_PC) + 0x4000);
    }
    cr_assert_gt(quiet, 0, "a footprint that says yes to everything is of no use");
    destroy(&runs);
    destroy(&steps);
}

/* The last moment before `end` at which the pc was there, and its cycle; 0: it never was. */
struct visit {
    uint32_t pc;
    uint64_t last;
};

enum { VISITS = 25 };

static void note_visits(struct visit *visits, const struct machine *m)
{
    for (unsigned i = 0; i < VISITS; i++)
        if (visits[i].pc == machine_reg(m, REG_PC))
            visits[i].last = machine_now(m).cycles;
}

static enum timeline_back search_back(struct guest *g)
{
    enum timeline_back back;
    struct stop stop;

    timeline_search_start(g->t, &(struct timeline_filter){NULL, NULL});
    do
        back = timeline_search(g->t, 100000, &stop);
    while (back == TIMELINE_SEARCHING);
    return back;
}

static void check_visit(struct guest *g, const struct visit *v, const char *name)
{
    enum timeline_back back;

    timeline_seek(g->t, timeline_end(g->t));
    if (machine_reg(g->m, REG_PC) == v->pc)
        return;
    machine_break_add(g->m, BREAK_HARDWARE, v->pc);
    back = search_back(g);
    machine_break_remove(g->m, BREAK_HARDWARE, v->pc);
    cr_assert_eq(back, v->last ? TIMELINE_HIT : TIMELINE_AT_BEGIN, "%s: breakpoint at 0x%08X", name,
                 (unsigned)v->pc);
    cr_assert_eq(v->last ? machine_now(g->m).cycles : 0, v->last, "%s: last at 0x%08X", name, (unsigned)v->pc);
}

/* Random places of the program, most of them executed at some time: each is found where stepping saw it. */
static void check_searches(const char *name, bool translator)
{
    static struct guest runs, steps;
    struct visit visits[VISITS] = {{0, 0}};
    uint64_t end;

    if (!create(&runs, name, translator) || !create(&steps, name, false))
        cr_skip_test("%s has not been built", name);
    srand(3);
    for (unsigned i = 0; i < VISITS && !runs.ended; i++) {
        run_to(&runs, machine_now(runs.m).cycles + (uint64_t)(rand() % PAUSE) + 1);
        visits[i].pc = machine_reg(runs.m, REG_PC) + (i % 5 ? 0 : 0x4000);
    }
    end = machine_now(runs.m).cycles;
    while (machine_now(steps.m).cycles < end) {
        if (machine_now(steps.m).cycles)
            note_visits(visits, steps.m);
        if (machine_step(steps.m, false).kind == STOP_SEMIHOSTING)
            serve(&steps);
    }
    for (unsigned i = 0; i < VISITS; i++)
        check_visit(&runs, &visits[i], name);
    destroy(&runs);
    destroy(&steps);
}

/* A word of memory, and the last boundary behind which it was another than before. */
struct change {
    uint32_t address, value;
    uint64_t last;
};

enum { CHANGES = 12 };

static uint32_t word_of(const struct guest *g, uint32_t address)
{
    uint32_t value;

    machine_peek_word(g->m, address, &value);
    return value;
}

static void note_changes(struct change *changes, unsigned count, const struct guest *g)
{
    for (unsigned i = 0; i < count; i++) {
        uint32_t value = word_of(g, changes[i].address);
        if (value != changes[i].value)
            changes[i].last = machine_now(g->m).cycles;
        changes[i].value = value;
    }
}

/* Random ones of the words that are others in the end than in the middle of the run, which is gone on with. */
static unsigned pick_changes(struct change *changes, struct guest *g)
{
    static uint8_t before[SRAM_SIZE], after[SRAM_SIZE];
    unsigned count = 0;

    run_to(g, machine_now(g->m).cycles + 10 * PAUSE);
    peek_sram(g->m, before);
    run_to(g, machine_now(g->m).cycles + 10 * PAUSE);
    peek_sram(g->m, after);
    for (uint32_t at = 0; at < SRAM_SIZE && count < CHANGES; at += 4)
        if (memcmp(before + at, after + at, 4) && rand() % 3)
            changes[count++] = (struct change){.address = SRAM + at};
    return count;
}

/* A write may change bytes beside the word, and is met too. */
static void check_change(struct guest *g, const struct change *c, const char *name)
{
    enum timeline_back back;

    timeline_seek(g->t, timeline_end(g->t));
    machine_watch_add(g->m, ACCESS_WRITE, c->address, 4);
    do
        back = search_back(g);
    while (back == TIMELINE_HIT && machine_now(g->m).cycles > c->last);
    machine_watch_remove(g->m, ACCESS_WRITE, c->address, 4);
    cr_assert_eq(back, TIMELINE_HIT, "%s: watchpoint at 0x%08X", name, (unsigned)c->address);
    cr_assert_eq(machine_now(g->m).cycles, c->last, "%s: 0x%08X changed last at cycle %llu, not %llu", name,
                 (unsigned)c->address, (unsigned long long)c->last, (unsigned long long)machine_now(g->m).cycles);
}

static void check_watches(const char *name, bool translator)
{
    static struct guest runs, steps;
    struct change changes[CHANGES];
    unsigned count;
    uint64_t end;

    if (!create(&runs, name, translator) || !create(&steps, name, false))
        cr_skip_test("%s has not been built", name);
    srand(5);
    count = pick_changes(changes, &runs);
    end = machine_now(runs.m).cycles;
    for (unsigned i = 0; i < count; i++)
        changes[i].value = word_of(&steps, changes[i].address);
    while (machine_now(steps.m).cycles < end) {
        if (machine_step(steps.m, false).kind == STOP_SEMIHOSTING)
            serve(&steps);
        note_changes(changes, count, &steps);
    }
    for (unsigned i = 0; i < count; i++)
        check_change(&runs, &changes[i], name);
    destroy(&runs);
    destroy(&steps);
}

static void check_index(const char *name)
{
    check_footprints(name, false);
    check_footprints(name, true);
    check_searches(name, false);
    check_searches(name, true);
    check_watches(name, false);
    check_watches(name, true);
}

#define GUEST(name_)                                                                              \
    Test(timeline_guests, name_)                                                                  \
    {                                                                                             \
        check_guest(#name_);                                                                      \
    }                                                                                             \
    Test(timeline_index, name_)                                                                   \
    {                                                                                             \
        check_index(#name_);                                                                      \
    }

GUEST(bitband)
GUEST(chip)
GUEST(clocks)
GUEST(dwt)
GUEST(exceptions)
GUEST(exclusive)
GUEST(faults)
GUEST(flash)
GUEST(fpu)
GUEST(isa)
GUEST(itblocks)
GUEST(mpu)
GUEST(newlib)
GUEST(priority)
GUEST(resets)
GUEST(rtos)
GUEST(sleep)
GUEST(systick)
GUEST(timers)
GUEST(usart)

#define OTHER_GUEST(chip_, name_)                                                                 \
    Test(timeline_guests, chip_##_##name_)                                                        \
    {                                                                                             \
        check_guest(#chip_ "/" #name_);                                                           \
    }

OTHER_GUEST(f100, cortex_m3)
OTHER_GUEST(f100, priority)
OTHER_GUEST(f100, systick)
OTHER_GUEST(f100, value_line)
OTHER_GUEST(f205, cortex_m3)
OTHER_GUEST(f205, exceptions)
OTHER_GUEST(f205, newlib)
OTHER_GUEST(f205, resets)
OTHER_GUEST(f205, sleep)
OTHER_GUEST(f205, timers)
OTHER_GUEST(f205, usart)

Test(timeline_guests, demo)
{
    check_guest("demo/demo");
}

Test(timeline_index, demo)
{
    check_index("demo/demo");
}
