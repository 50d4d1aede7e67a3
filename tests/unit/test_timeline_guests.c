/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Determinism on whole firmware: each guest program runs on its chip with random pauses and random input, and
 * its state at every pause is noted. Seeking to any of them, and running on from there, must give the same
 * states again, on either engine, and both engines the same ones.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/machine.h"
#include "core/replay/timeline.h"
#include "periph/chips/chips.h"
#include "server/image.h"

enum {
    PROBES = 60, SEEKS = 40, PAUSE = 40000,
    SYS_EXIT = 0x18, SYS_EXIT_EXTENDED = 0x20, SYS_WRITEC = 3, SYS_WRITE0 = 4
};

struct probe {
    struct moment at;
    uint64_t hash;
};

struct guest {
    struct machine *m;
    struct timeline *t;
    struct probe probes[PROBES];
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

static bool create(struct guest *g, const char *name, bool translator)
{
    struct machine_options options = {
        .seed = 1, .hse_hz = 8000000, .lse_hz = 32768, .translator = translator,
    };
    struct machine_host host = {.context = g, .output = count_output};
    char error[256];

    *g = (struct guest){.m = machine_create(chip_find("stm32f405rg"), &options, &host, error, sizeof error)};
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

    srand(7);
    while (g->count < PROBES && !g->ended) {
        uint8_t byte = (uint8_t)rand();
        run_to(g, machine_now(g->m).cycles + (uint64_t)(rand() % PAUSE) + 1);
        if (rand() % 4 == 0)
            machine_input(g->m, ports[rand() % 3], &byte, 1);
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

    for (unsigned n = 0; n < SEEKS; n++) {
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

#define GUEST(name_)                                                                              \
    Test(timeline_guests, name_)                                                                  \
    {                                                                                             \
        check_guest(#name_);                                                                      \
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

Test(timeline_guests, demo)
{
    check_guest("demo/demo");
}
