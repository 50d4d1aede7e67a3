/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs whole firmware on the interpreter and on the translator, with bytes for its UART at random times, and compares
 * the state of the two every 10,000 cycles (I7). Output is TAP, a line for each program. A difference prints the
 * instruction at which they part.
 *
 *     guests [--cycles N] [--stride N] [--seed N] [--cache BYTES] [PROGRAM.elf...]
 *
 * Without programs: all that were built below $TESTS_DIR/guest. The folder of a program names its chip. With a cache
 * of 128 KiB the translations of the larger ones do not fit.
 */
#include <getopt.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/machine.h"
#include "periph/chips/chips.h"
#include "server/image.h"
#include "tests/diff/diff.h"
#include "tests/diff/print.h"

enum { INTERPRETER, TRANSLATOR, ENGINES, SYS_WRITEC = 3, SYS_WRITE0 = 4, SYS_EXIT = 0x18, SYS_EXIT_EXTENDED = 0x20 };

struct options {
    uint64_t cycles, stride, seed;
    uint32_t cache;                 /* of the translator */
};

struct pair {
    struct machine *m[ENGINES];
    bool ended[ENGINES];
    uint8_t *before;                /* both of them, at the start of the stride */
    uint64_t random;
};

static const char *chip_of(const char *path)
{
    if (strstr(path, "/f100/"))
        return "stm32f100rb";
    return strstr(path, "/f205/") ? "stm32f205rf" : "stm32f405rg";
}

static bool create(struct pair *p, const char *path, const struct image *image, const struct options *o)
{
    char error[256] = "";

    for (unsigned n = 0; n < ENGINES; n++) {
        const struct machine_options options = {
            .seed = 1, .hse_hz = 8000000, .lse_hz = 32768, .translator = n == TRANSLATOR,
            .translator_cache = o->cache,
        };
        p->m[n] = machine_create(chip_find(chip_of(path)), &options, &(struct machine_host){0}, error, sizeof error);
        if (!p->m[n])
            return false;
        for (size_t i = 0; i < image->count; i++)
            machine_load(p->m[n], image->segments[i].address, image->segments[i].bytes, image->segments[i].size);
        machine_set_semihosting(p->m[n], true);
        machine_reset(p->m[n], RESET_POWER_ON);
    }
    p->before = malloc(machine_state_size(p->m[INTERPRETER]));
    return p->before;
}

static void destroy(struct pair *p)
{
    for (unsigned n = 0; n < ENGINES; n++)
        machine_destroy(p->m[n]);
    free(p->before);
}

/* Enough of a host for programs that print and exit. */
static void serve(struct pair *p, unsigned n)
{
    uint32_t call = machine_reg(p->m[n], REG_R0);

    if (call == SYS_EXIT || call == SYS_EXIT_EXTENDED)
        p->ended[n] = true;
    else
        machine_semihosting_return(p->m[n], call == SYS_WRITEC || call == SYS_WRITE0 ? 0 : UINT32_MAX);
}

static void run_to(struct pair *p, uint64_t cycle)
{
    for (unsigned n = 0; n < ENGINES; n++)
        while (!p->ended[n] && machine_now(p->m[n]).cycles < cycle) {
            struct stop stop = machine_run(p->m[n], vtime_at(cycle));
            if (stop.kind == STOP_SEMIHOSTING)
                serve(p, n);
            else if (stop.kind != STOP_LIMIT)
                p->ended[n] = true;
        }
}

static bool same(const struct pair *p)
{
    const struct machine *a = p->m[INTERPRETER], *b = p->m[TRANSLATOR];

    return machine_now(a).cycles == machine_now(b).cycles && machine_instructions(a) == machine_instructions(b) &&
           p->ended[INTERPRETER] == p->ended[TRANSLATOR] && machine_hash(a) == machine_hash(b);
}

/* Both at the start of the stride again, then `cycles` on. */
static void repeat(struct pair *p, uint64_t cycles)
{
    for (unsigned n = 0; n < ENGINES; n++) {
        p->ended[n] = false;
        machine_restore(p->m[n], p->before);
    }
    run_to(p, machine_now(p->m[INTERPRETER]).cycles + cycles);
}

/* By halves: the first cycle of the stride at which they differ, and what was executed just before. */
static void report(struct pair *p, const char *path, uint64_t stride)
{
    uint64_t good = 0, bad = stride;
    uint32_t pc;

    while (bad - good > 1) {
        uint64_t middle = (good + bad) / 2;
        repeat(p, middle);
        *(same(p) ? &good : &bad) = middle;
    }
    repeat(p, good);
    pc = machine_reg(p->m[INTERPRETER], REG_PC);
    printf("# %s: they part at cycle %llu\n", path, (unsigned long long)machine_now(p->m[INTERPRETER]).cycles);
    repeat(p, bad);
    print_machines(p->m[INTERPRETER], p->m[TRANSLATOR]);
    print_code(p->m[INTERPRETER], pc - 16, pc + 8, pc);
    print_host_code(p->m[TRANSLATOR], pc);
}

static void send_byte(struct pair *p)
{
    uint8_t byte = (uint8_t)diff_random(&p->random);

    for (unsigned n = 0; n < ENGINES && byte < 64; n++)
        machine_input(p->m[n], "USART2", &byte, 1);
}

static bool agree(struct pair *p, const char *path, const struct options *o)
{
    for (uint64_t cycle = 0; cycle < o->cycles && !p->ended[INTERPRETER]; cycle += o->stride) {
        send_byte(p);
        machine_save(p->m[INTERPRETER], p->before);
        run_to(p, cycle + o->stride);
        if (!same(p)) {
            report(p, path, o->stride);
            return false;
        }
    }
    return true;
}

static bool run_program(const char *path, unsigned test, const struct options *o)
{
    struct pair p = {.random = o->seed};
    struct image_error error;
    struct image image;
    bool passed;

    if (!image_load_file(&image, path, IMAGE_AUTO, 0, &error)) {
        printf("not ok %u - %s: it cannot be loaded\n", test, path);
        return false;
    }
    passed = create(&p, path, &image, o) && agree(&p, path, o);
    printf("%sok %u - %s: interpreter and translator agree over %llu instructions\n", passed ? "" : "not ", test, path,
           p.m[TRANSLATOR] ? (unsigned long long)machine_instructions(p.m[TRANSLATOR]) : 0);
    fflush(stdout);
    destroy(&p);
    image_free(&image);
    return passed;
}

/* Those that the build made. */
static void find_programs(glob_t *found)
{
    static const char *const folders[] = {"guest", "guest/f205", "guest/f100"};
    const char *tests = getenv("TESTS_DIR");

    for (unsigned n = 0; n < sizeof folders / sizeof folders[0]; n++) {
        char pattern[512];
        snprintf(pattern, sizeof pattern, "%s/%s/*.elf", tests ? tests : "tests", folders[n]);
        glob(pattern, n ? GLOB_APPEND : 0, NULL, found);
    }
}

static bool parse(int argc, char **argv, struct options *o)
{
    static const struct option names[] = {
        {"cycles", required_argument, NULL, 'c'}, {"stride", required_argument, NULL, 't'},
        {"seed", required_argument, NULL, 's'}, {"cache", required_argument, NULL, 'm'}, {0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
        switch (option) {
        case 'c': o->cycles = strtoull(optarg, NULL, 0); break;
        case 't': o->stride = strtoull(optarg, NULL, 0); break;
        case 's': o->seed = strtoull(optarg, NULL, 0); break;
        case 'm': o->cache = (uint32_t)strtoul(optarg, NULL, 0); break;
        default: return false;
        }
    return o->stride && o->seed;
}

int main(int argc, char **argv)
{
    struct options options = {.cycles = 1000000, .stride = 10000, .seed = 1};
    glob_t found = {0};
    char **programs;
    unsigned count;
    bool passed = true;

    if (!parse(argc, argv, &options)) {
        fprintf(stderr, "usage: %s [--cycles N] [--stride N] [--seed N] [--cache BYTES] [PROGRAM.elf...]\n", argv[0]);
        return 2;
    }
    if (optind == argc)
        find_programs(&found);
    programs = optind == argc ? found.gl_pathv : argv + optind;
    count = optind == argc ? (unsigned)found.gl_pathc : (unsigned)(argc - optind);
    if (count)
        printf("1..%u\n", count);
    else
        printf("1..0 # SKIP no guest programs were built\n");
    for (unsigned n = 0; n < count; n++)
        passed &= run_program(programs[n], n + 1, &options);
    globfree(&found);
    return !passed;
}
