/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs random programs on the interpreter and on the translator: the whole state of the machine, guest time
 * and the count of instructions must be the same (I7). Each case runs whole, then again up to a point
 * inside it and from there to its end, so that events and breakpoints cut translations anywhere. Output is
 * TAP; a difference prints the program, both states and the host code.
 *
 *     engines [--core m3|m4] [--seed N] [--count CASES] [--case SEED]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/machine.h"
#include "tests/diff/diff.h"
#include "tests/diff/generate.h"
#include "tests/diff/options.h"
#include "tests/diff/print.h"

enum { LENGTH = 24, REPORTS_MAX = 5, INTERPRETER = 0, TRANSLATOR = 1, ENGINES = 2, RUN_CYCLES = 100000 };

struct run {
    struct diff_engine engines[ENGINES];
    struct decoder *decoder;
    uint8_t code[DIFF_CODE_SIZE], ram[DIFF_RAM_SIZE];
    struct diff_case c;
    unsigned long failures;
};

static struct machine *machine_of(const struct run *r, unsigned engine)
{
    return r->engines[engine].context;
}

static bool same(const struct run *r)
{
    const struct machine *a = machine_of(r, INTERPRETER), *b = machine_of(r, TRANSLATOR);

    return machine_now(a).cycles == machine_now(b).cycles &&
           machine_instructions(a) == machine_instructions(b) && machine_hash(a) == machine_hash(b);
}

/* Both to `address`, from the start of the case. */
static bool agree_at(struct run *r, uint32_t address)
{
    enum diff_end ends[ENGINES];

    for (unsigned n = 0; n < ENGINES; n++) {
        struct diff_engine *e = &r->engines[n];
        e->load(e->context, &r->c);
        ends[n] = e->run(e->context, address);
    }
    return ends[INTERPRETER] == ends[TRANSLATOR] && same(r);
}

/* Both for some cycles, then to the end: a run that ends where no instruction was chosen. */
static bool agree_in_parts(struct run *r, uint64_t cycles)
{
    for (unsigned n = 0; n < ENGINES; n++) {
        struct machine *m = machine_of(r, n);
        r->engines[n].load(m, &r->c);
        machine_run(m, vtime_add(machine_now(m), cycles));
    }
    if (!same(r))
        return false;
    for (unsigned n = 0; n < ENGINES; n++)
        machine_run(machine_of(r, n), vtime_add(machine_now(machine_of(r, n)), RUN_CYCLES));
    return same(r);
}

static void report(struct run *r)
{
    unsigned culprit = 0;
    uint32_t pc;

    if (++r->failures > REPORTS_MAX)
        return;
    while (culprit < r->c.count && agree_at(r, r->c.start.r[15] + r->c.at[culprit + 1]))
        culprit++;
    printf("# case %llu\n", (unsigned long long)r->c.seed);
    pc = r->c.start.r[15] + r->c.at[culprit];
    print_code(machine_of(r, INTERPRETER), r->c.start.r[15], r->c.start.r[15] + r->c.size, pc);
    print_machines(machine_of(r, INTERPRETER), machine_of(r, TRANSLATOR));
    print_host_code(machine_of(r, TRANSLATOR), pc);
}

static void run_case(struct run *r, uint64_t seed)
{
    const struct diff_shape shape = {.base = DIFF_CODE + DIFF_START, .length = LENGTH};
    uint64_t random = seed;

    generate_case(&r->c, r->decoder, seed, &shape, r->ram);
    if (!agree_at(r, r->c.start.r[15] + r->c.size) ||
        !agree_at(r, r->c.start.r[15] + r->c.at[diff_random(&random) % r->c.count]) ||
        !agree_in_parts(r, diff_random(&random) % (2 * LENGTH)))
        report(r);
}

static bool open_engines(struct run *r, enum cpu_kind kind)
{
    diff_noise(r->code, r->ram);
    r->decoder = decoder_create(kind);
    return r->decoder && diff_machine_create(&r->engines[INTERPRETER], kind, false, r->code) &&
           diff_machine_create(&r->engines[TRANSLATOR], kind, true, r->code);
}

static bool run_core(const struct diff_options *options, enum cpu_kind kind, unsigned test)
{
    struct run *r = calloc(1, sizeof *r);
    uint64_t seed = options->seed;
    const char *why = NULL;
    bool passed;

    if (!r || !open_engines(r, kind))
        return false;
    machine_engine(machine_of(r, TRANSLATOR), &why);
    for (unsigned long n = 0; n < options->count && !why && !options->only; n++)
        run_case(r, diff_random(&seed) | 1);
    if (options->only)
        run_case(r, options->only);
    passed = !r->failures;
    printf("%sok %u - %s: interpreter and translator agree%s%s\n", passed ? "" : "not ", test, diff_core_name(kind),
           why ? " # SKIP " : "", why ? why : "");
    for (unsigned n = 0; n < ENGINES; n++)
        r->engines[n].destroy(r->engines[n].context);
    decoder_destroy(r->decoder);
    free(r);
    return passed;
}

int main(int argc, char **argv)
{
    return diff_main(argc, argv, (struct diff_options){.count = 10000}, 1, run_core);
}
