/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs random programs in loops on the interpreter and on the translator while everything is thrown at them that
 * can happen between two instructions: interrupts at random cycles, breakpoints, watchpoints, steps, the MPU,
 * comparators, pokes into registers, data and code, reprogrammed flash, saved and restored states. Programs stand
 * in flash or in RAM, change themselves, share a page or more with their data, or are plain noise. After each
 * action the whole state, guest time and the count of instructions must be the same (I7). Output is TAP; a
 * difference prints the actions that led to it and both states.
 *
 *     storm [--core m3|m4] [--seed N] [--count CASES] [--case SEED]
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/machine.h"
#include "tests/diff/diff.h"
#include "tests/diff/generate.h"
#include "tests/diff/options.h"
#include "tests/diff/print.h"
#include "tests/diff/stage.h"

enum {
    INTERPRETER, TRANSLATOR, ENGINES,
    ACTIONS = 60, LOG_LINES = ACTIONS, LOG_WIDTH = 80, REPORTS_MAX = 3, BREAKS = 6, WATCHES = 3
};

enum place { IN_FLASH, IN_RAM, BESIDE_DATA, AMONG_DATA, NOISE, PLACES };

static const struct {
    const char *name;
    uint32_t base;
} places[PLACES] = {
    [IN_FLASH] = {"in flash", DIFF_CODE + DIFF_START},
    [IN_RAM] = {"in RAM", DIFF_RAM + 0x1000},
    [BESIDE_DATA] = {"in one page with data", STAGE_COUNTERS + 0x180},
    [AMONG_DATA] = {"among what it writes", DIFF_RAM + DIFF_RAM_SIZE / 2 - 0x200},
    [NOISE] = {"noise", DIFF_RAM + 0x1000},
};

struct watch {
    enum access_kind access;
    uint32_t address, size;
};

struct storm {
    struct machine *m[ENGINES];
    struct decoder *decoder;
    const char *core;
    enum cpu_kind kind;
    uint64_t seed, random;
    enum place place;
    uint8_t code[DIFF_CODE_SIZE], ram[DIFF_RAM_SIZE];
    struct diff_case c;
    struct stop stops[ENGINES];
    uint32_t breaks[BREAKS];
    struct watch watches[WATCHES];
    unsigned break_count, watch_count;
    uint8_t *saved, *before;            /* a state to go back to; the one before the last action */
    uint32_t ran;                       /* cycles that the last action was to run */
    size_t state_size;
    char log[LOG_LINES][LOG_WIDTH];
    unsigned logged;
    unsigned long cases, failures;
    unsigned long long instructions;
    unsigned long stops_seen[STOP_INTERRUPTED + 1];
};

static uint32_t below(struct storm *s, uint32_t limit)
{
    return (uint32_t)((uint64_t)diff_random(&s->random) * limit >> 32);
}

static void note(struct storm *s, const char *format, ...)
{
    va_list arguments;

    if (s->logged == LOG_LINES)
        return;
    va_start(arguments, format);
    vsnprintf(s->log[s->logged++], LOG_WIDTH, format, arguments);
    va_end(arguments);
}

static void poke(struct storm *s, uint32_t address, uint32_t value, uint32_t size)
{
    uint32_t done;

    for (unsigned n = 0; n < ENGINES; n++)
        machine_poke(s->m[n], address, &value, size, &done);
}

static void set_reg(struct storm *s, enum cpu_register reg, uint32_t value)
{
    for (unsigned n = 0; n < ENGINES; n++)
        machine_set_reg(s->m[n], reg, value);
}

/* ---- actions: time passes ---- */

static uint32_t some_cycles(struct storm *s)
{
    switch (below(s, 4)) {
    case 0: return below(s, 8);
    case 1: return below(s, 100);
    case 2: return below(s, 1000);
    default: return below(s, 8000);
    }
}

static void run_both(struct storm *s, uint32_t cycles)
{
    for (unsigned n = 0; n < ENGINES; n++)
        s->stops[n] = machine_run(s->m[n], vtime_add(machine_now(s->m[n]), cycles));
}

static void act_run(struct storm *s)
{
    uint32_t cycles = some_cycles(s);

    note(s, "run %u cycles", cycles);
    s->ran = cycles;
    run_both(s, cycles);
}

static void act_step(struct storm *s)
{
    unsigned steps = 1 + below(s, 6);
    bool mask = below(s, 4) == 0;

    note(s, "step %u%s", steps, mask ? " with interrupts masked" : "");
    for (unsigned n = 0; n < ENGINES; n++)
        for (unsigned k = 0; k < steps; k++)
            s->stops[n] = machine_step(s->m[n], mask);
}

/* ---- actions: the debugger ---- */

/* Where an instruction of the program, the head or a handler begins; now and then where none does. */
static uint32_t some_code(struct storm *s)
{
    if (below(s, 8) == 0)
        return STAGE_HEAD + 2 * below(s, 12);
    if (below(s, 8) == 0)
        return STAGE_HANDLERS + STAGE_SLOT * below(s, STAGE_EXCEPTIONS) + 2 * below(s, 6);
    if (s->place == NOISE || below(s, 8) == 0)
        return s->c.start.r[15] + 2 * below(s, s->c.size / 2);
    return s->c.start.r[15] + s->c.at[below(s, s->c.count)];
}

static void act_break_add(struct storm *s)
{
    uint32_t address = some_code(s);

    if (s->break_count == BREAKS)
        return;
    note(s, "break at %08x", address);
    s->breaks[s->break_count++] = address;
    for (unsigned n = 0; n < ENGINES; n++)
        machine_break_add(s->m[n], BREAK_HARDWARE, address);
}

static void act_break_remove(struct storm *s)
{
    uint32_t address;

    if (!s->break_count)
        return;
    address = s->breaks[--s->break_count];
    note(s, "no break at %08x", address);
    for (unsigned n = 0; n < ENGINES; n++)
        machine_break_remove(s->m[n], BREAK_HARDWARE, address);
}

static uint32_t some_data(struct storm *s)
{
    if (below(s, 4) == 0)
        return STAGE_COUNTERS + below(s, 0x80);
    return DIFF_RAM + DIFF_RAM_SIZE / 2 - 0x600 + below(s, 0xC00);
}

static void act_watch_add(struct storm *s)
{
    struct watch w = {below(s, 3) ? ACCESS_WRITE : below(s, 2) ? ACCESS_READ : ACCESS_ANY, some_data(s), 1u << below(s, 4)};

    if (s->watch_count == WATCHES)
        return;
    note(s, "watch %u at %08x, %u bytes", w.access, w.address, w.size);
    s->watches[s->watch_count++] = w;
    for (unsigned n = 0; n < ENGINES; n++)
        machine_watch_add(s->m[n], w.access, w.address, w.size);
}

static void act_watch_remove(struct storm *s)
{
    struct watch w;

    if (!s->watch_count)
        return;
    w = s->watches[--s->watch_count];
    note(s, "no watch at %08x", w.address);
    for (unsigned n = 0; n < ENGINES; n++)
        machine_watch_remove(s->m[n], w.access, w.address, w.size);
}

static void act_set_reg(struct storm *s)
{
    uint32_t value = diff_random(&s->random);

    switch (below(s, 5)) {
    case 0:
        note(s, "basepri %02x", value & 0xFF);
        set_reg(s, REG_BASEPRI, value & 0xFF);
        break;
    case 1:
        note(s, "primask %u", value & 1);
        set_reg(s, REG_PRIMASK, value & 1);
        break;
    case 2:
        note(s, "control %u", value & 7);
        set_reg(s, REG_PSP, DIFF_RAM + 0x3000);
        set_reg(s, REG_CONTROL, value & 7);
        break;
    case 3:
        note(s, "fpscr %08x", value);
        set_reg(s, REG_FPSCR, value);
        break;
    default:
        note(s, "r%u = %08x", value & 7, value);
        set_reg(s, (enum cpu_register)(value & 7), value);
    }
}

static void act_poke_data(struct storm *s)
{
    uint32_t address = some_data(s);

    note(s, "poke %08x", address);
    poke(s, address, diff_random(&s->random), 1u << below(s, 3));
}

/* An instruction is replaced by another one of the program, or by a constant in r0. */
static void act_poke_code(struct storm *s)
{
    const uint8_t *other = &s->c.program[s->c.at[below(s, s->c.count)]];
    uint32_t address = some_code(s), halfword = other[0] | (uint32_t)other[1] << 8;

    if (below(s, 2) || halfword >= 0xE800)
        halfword = 0x2000 | below(s, 256);
    note(s, "poke code %08x: %04x", address, halfword);
    poke(s, address, halfword, 2);
}

static void act_program(struct storm *s)
{
    uint32_t address = some_code(s);
    uint16_t halfword = (uint16_t)(0x2000 | below(s, 256));

    note(s, "program %08x: %04x", address, halfword);
    for (unsigned n = 0; n < ENGINES; n++)
        machine_load(s->m[n], address, &halfword, sizeof halfword);
}

/* ---- actions: states ---- */

static void act_save(struct storm *s)
{
    note(s, "save");
    machine_save(s->m[INTERPRETER], s->saved);
    s->saved[s->state_size] = 1;
}

/* One engine's state runs on in both. */
static void act_restore(struct storm *s)
{
    if (!s->saved[s->state_size])
        return;
    note(s, "restore");
    for (unsigned n = 0; n < ENGINES; n++)
        machine_restore(s->m[n], s->saved);
}

/* The engines change places: what one had reached, the other goes on from. */
static void act_swap(struct storm *s)
{
    note(s, "swap");
    machine_save(s->m[TRANSLATOR], s->saved);
    machine_restore(s->m[INTERPRETER], s->saved);
    machine_save(s->m[INTERPRETER], s->saved);
    machine_restore(s->m[TRANSLATOR], s->saved);
    s->saved[s->state_size] = 1;
}

/* ---- actions: the core's own devices ---- */

#define SYST_CSR   0xE000E010u
#define NVIC_ISER  0xE000E100u
#define NVIC_ISPR  0xE000E200u
#define NVIC_IPR   0xE000E400u
#define SCB_ICSR   0xE000ED04u
#define SCB_CCR    0xE000ED14u
#define SCB_SHPR2  0xE000ED1Cu
#define SCB_SHCSR  0xE000ED24u
#define SCB_CPACR  0xE000ED88u
#define MPU_CTRL   0xE000ED94u
#define MPU_RBAR   0xE000ED9Cu
#define DEMCR      0xE000EDFCu
#define DWT_CTRL   0xE0001000u
#define DWT_COMP0  0xE0001020u
#define FPB_CTRL   0xE0002000u

static void act_pend(struct storm *s)
{
    uint32_t lines = 1u << below(s, 16) | 1u << below(s, 16);

    note(s, "pend IRQs %04x", lines);
    poke(s, NVIC_ISPR, lines, 4);
}

static void act_pend_system(struct storm *s)
{
    uint32_t bit = below(s, 2) ? 28 : below(s, 8) ? 26 : 31;    /* PendSV, SysTick, NMI */

    note(s, "ICSR bit %u", bit);
    poke(s, SCB_ICSR, 1u << bit, 4);
}

static void act_tick(struct storm *s)
{
    uint32_t reload = 10 + below(s, below(s, 2) ? 100 : 3000), control = below(s, 4) ? 7 : below(s, 8);

    note(s, "SysTick every %u, control %u", reload + 1, control);
    poke(s, SYST_CSR + 4, reload, 4);
    poke(s, SYST_CSR + 8, 0, 4);
    poke(s, SYST_CSR, control, 4);
}

static void act_priorities(struct storm *s)
{
    note(s, "priorities");
    for (unsigned n = 0; n < 4; n++)
        poke(s, NVIC_IPR + 4 * n, diff_random(&s->random), 4);
    poke(s, SCB_SHPR2, diff_random(&s->random), 4);
    poke(s, SCB_SHPR2 + 4, diff_random(&s->random), 4);
}

static void mpu_region(struct storm *s, uint32_t number, uint32_t base, uint32_t attributes)
{
    poke(s, MPU_RBAR, base | 1u << 4 | number, 4);
    poke(s, MPU_RBAR + 4, attributes, 4);
}

/* Regions over code and RAM with random permissions, or none. */
static void act_mpu(struct storm *s)
{
    uint32_t on = below(s, 3);

    note(s, "MPU %s", on ? "on" : "off");
    poke(s, MPU_CTRL, 0, 4);
    if (!on)
        return;
    mpu_region(s, 0, DIFF_CODE, 6u << 24 | 13u << 1 | 1);
    mpu_region(s, 1, DIFF_RAM, 3u << 24 | 14u << 1 | 1);
    mpu_region(s, 2, DIFF_RAM + 0x1000 * below(s, 8), below(s, 8) << 24 | below(s, 2) << 28 | 11u << 1 | 1);
    mpu_region(s, 3, DIFF_RAM + 0x3000 + 0x20 * below(s, 0x80), below(s, 8) << 24 | 4u << 1 | 1);
    poke(s, MPU_CTRL, 1 | below(s, 4) << 1, 4);
}

/* A comparator of the DWT or a breakpoint of the FPB, or all of them off. */
static void act_comparator(struct storm *s)
{
    uint32_t n = below(s, 4), kind = below(s, 4);

    note(s, "comparator %u, kind %u", n, kind);
    poke(s, DEMCR, kind ? 1u << 24 | 1u << 16 : 0, 4);
    poke(s, DWT_CTRL, 1, 4);
    poke(s, DWT_COMP0 + 16 * n, kind == 1 ? some_code(s) : some_data(s) & ~3u, 4);
    poke(s, DWT_COMP0 + 16 * n + 4, 2, 4);
    poke(s, DWT_COMP0 + 16 * n + 8, kind == 0 ? 0 : kind == 1 ? 4 : 5 + below(s, 3), 4);
    poke(s, FPB_CTRL, 2 | (kind == 3), 4);
    poke(s, FPB_CTRL + 8 + 4 * n, kind == 3 ? (some_code(s) & 0x1FFFFFFC) | 1u << 30 | 1 : 0, 4);
}

static void act_control(struct storm *s)
{
    uint32_t bits = below(s, 32);

    note(s, "CCR %02x", bits << 3 | 0x200);
    poke(s, SCB_CCR, bits << 3 | below(s, 2) << 9 | below(s, 2), 4);
}

/* ---- the table of actions ---- */

static const struct action {
    void (*act)(struct storm *s);
    unsigned weight;
} actions[] = {
    {act_run, 40}, {act_step, 8},
    {act_break_add, 3}, {act_break_remove, 4}, {act_watch_add, 2}, {act_watch_remove, 3}, {act_set_reg, 3},
    {act_poke_data, 2}, {act_poke_code, 3}, {act_program, 1},
    {act_save, 1}, {act_restore, 1}, {act_swap, 1},
    {act_pend, 8}, {act_pend_system, 3}, {act_tick, 3}, {act_priorities, 1}, {act_mpu, 2}, {act_comparator, 1},
    {act_control, 1},
};

enum { KINDS = sizeof actions / sizeof actions[0] };

static void act(struct storm *s)
{
    unsigned sum = 0, drawn, n = 0;

    for (unsigned k = 0; k < KINDS; k++)
        sum += actions[k].weight;
    drawn = below(s, sum);
    while (drawn >= actions[n].weight)
        drawn -= actions[n++].weight;
    actions[n].act(s);
}

/* ---- comparing ---- */

static bool same(const struct storm *s)
{
    const struct machine *a = s->m[INTERPRETER], *b = s->m[TRANSLATOR];
    const struct stop *x = &s->stops[INTERPRETER], *y = &s->stops[TRANSLATOR];

    return machine_now(a).cycles == machine_now(b).cycles && machine_instructions(a) == machine_instructions(b) &&
           x->kind == y->kind && x->address == y->address && machine_hash(a) == machine_hash(b);
}

static void print_states(const struct storm *s)
{
    const struct machine *a = s->m[INTERPRETER], *b = s->m[TRANSLATOR];
    uint8_t x[DIFF_RAM_SIZE], y[DIFF_RAM_SIZE];
    uint32_t done;

    printf("#   stops %u %u at %08x %08x\n", s->stops[INTERPRETER].kind, s->stops[TRANSLATOR].kind,
           s->stops[INTERPRETER].address, s->stops[TRANSLATOR].address);
    print_machines(a, b);
    machine_peek(a, DIFF_RAM, x, sizeof x, &done);
    machine_peek(b, DIFF_RAM, y, sizeof y, &done);
    for (unsigned n = 0, shown = 0; n < sizeof x && shown < 16; n++)
        if (x[n] != y[n] && ++shown)
            printf("#   %08x: %02x %02x\n", DIFF_RAM + n, x[n], y[n]);
}

/* Where the engines part in the run that ended differently; 0 if they do not when it is made again. */
static uint32_t parting(struct storm *s)
{
    uint32_t pc = 0;

    for (uint32_t cycles = 0; cycles <= s->ran; cycles++) {
        for (unsigned n = 0; n < ENGINES; n++)
            machine_restore(s->m[n], s->before);
        run_both(s, cycles);
        if (!same(s))
            return pc;
        pc = machine_reg(s->m[INTERPRETER], REG_PC);
    }
    return 0;
}

static void report(struct storm *s)
{
    uint32_t pc;

    if (++s->failures > REPORTS_MAX)
        return;
    printf("# case %llu on %s, program %s\n", (unsigned long long)s->seed, s->core, places[s->place].name);
    for (unsigned n = 0; n < s->logged; n++)
        printf("#   %s\n", s->log[n]);
    pc = parting(s);
    print_states(s);
    if (s->place != NOISE)
        print_code(s->m[INTERPRETER], s->c.start.r[15], s->c.start.r[15] + s->c.size, pc);
    if (pc && (s->place == NOISE || pc - s->c.start.r[15] >= s->c.size))
        print_code(s->m[INTERPRETER], pc - 16, pc + 8, pc);
    print_host_code(s->m[TRANSLATOR], pc);
    fflush(stdout);
}

/* ---- cases ---- */

/* Every other translator has the smallest cache there is. */
static struct machine *create(const struct storm *s, bool translator)
{
    const struct machine_options options = {
        .seed = 1, .translator = translator, .translator_cache = s->seed & 2 ? CACHE_LEAST : 0,
    };
    char error[200] = "";
    struct machine *m = machine_create(diff_chip(s->kind), &options, &(struct machine_host){0}, error,
                                       sizeof error);

    if (!m)
        fprintf(stderr, "no machine: %s\n", error);
    return m;
}

static void drop_machines(struct storm *s)
{
    for (unsigned n = 0; n < ENGINES; n++)
        machine_destroy(s->m[n]);
}

/* Each case has machines of its own, so that it can be made again by itself. */
static bool build_machines(struct storm *s)
{
    drop_machines(s);
    for (unsigned n = 0; n < ENGINES; n++)
        s->m[n] = create(s, n == TRANSLATOR);
    return s->m[INTERPRETER] && s->m[TRANSLATOR];
}

static void start_core(struct storm *s)
{
    for (unsigned n = 0; n < ENGINES; n++)
        machine_reset(s->m[n], RESET_SYSTEM);
    poke(s, SCB_CPACR, 0xF << 20, 4);
    poke(s, SCB_SHCSR, below(s, 8) << 16, 4);
    poke(s, NVIC_ISER, 0xFFFF, 4);
}

static void make_noise(struct storm *s)
{
    for (unsigned n = 0; n < DIFF_PROGRAM_MAX / 4; n++)
        s->c.program[n] = (uint8_t)diff_random(&s->random);
    s->c.size = DIFF_PROGRAM_MAX / 4;
}

static void load_case(struct storm *s)
{
    uint32_t done;

    stage_set(s->code, &s->c, &s->random);
    for (unsigned n = 0; n < ENGINES; n++) {
        machine_load(s->m[n], DIFF_CODE, s->code, DIFF_CODE_SIZE);
        machine_poke(s->m[n], DIFF_RAM, s->ram, DIFF_RAM_SIZE, &done);
        machine_load(s->m[n], s->c.start.r[15], s->c.program, s->c.size);
    }
    start_core(s);
    s->saved[s->state_size] = 0;
}

static void run_case(struct storm *s, uint64_t seed)
{
    struct diff_shape shape;

    s->seed = s->random = seed;
    s->cases++;
    s->logged = s->break_count = s->watch_count = 0;
    s->stops[INTERPRETER] = s->stops[TRANSLATOR] = (struct stop){.kind = STOP_LIMIT};
    if (!build_machines(s))
        exit(1);
    s->place = (enum place)below(s, PLACES);
    shape = (struct diff_shape){
        .base = places[s->place].base, .length = 8 + below(s, 40), .patches = s->place != IN_FLASH && below(s, 2),
    };
    generate_case(&s->c, s->decoder, seed, &shape, s->ram);
    if (s->place == NOISE)
        make_noise(s);
    load_case(s);
    for (unsigned n = 0; n < ACTIONS; n++) {
        machine_save(s->m[INTERPRETER], s->before);
        s->ran = 0;
        act(s);
        s->stops_seen[s->stops[TRANSLATOR].kind]++;
        if (!same(s)) {
            report(s);
            break;
        }
        if (s->stops[INTERPRETER].kind == STOP_LOCKUP)
            start_core(s);
    }
    s->instructions += machine_instructions(s->m[TRANSLATOR]);
}

/* ---- the run ---- */

static bool open_storm(struct storm *s, enum cpu_kind kind)
{
    diff_noise(s->code, s->ram);
    s->core = diff_core_name(kind);
    s->kind = kind;
    s->decoder = decoder_create(kind);
    if (!s->decoder || !build_machines(s))
        return false;
    s->state_size = machine_state_size(s->m[INTERPRETER]);
    s->saved = calloc(s->state_size + 1, 1);
    s->before = malloc(s->state_size);
    return s->saved && s->before;
}

static void close_storm(struct storm *s)
{
    drop_machines(s);
    decoder_destroy(s->decoder);
    free(s->saved);
    free(s->before);
    free(s);
}

static bool run_core(const struct diff_options *options, enum cpu_kind kind, unsigned test)
{
    struct storm *s = calloc(1, sizeof *s);
    uint64_t seed = options->seed;
    const char *why;
    bool passed;

    if (!s || !open_storm(s, kind))
        return false;
    machine_engine(s->m[TRANSLATOR], &why);
    for (unsigned long n = 0; n < options->count && !why && !options->only; n++)
        run_case(s, diff_random(&seed) | (uint64_t)diff_random(&seed) << 32 | 1);
    if (options->only)
        run_case(s, options->only);
    passed = !s->failures;
    printf("# %s: %lu cases, %llu instructions, stops:", s->core, s->cases, s->instructions);
    for (unsigned n = 0; n <= STOP_INTERRUPTED; n++)
        printf(" %lu", s->stops_seen[n]);
    printf("\n%sok %u - %s: interpreter and translator agree whatever happens%s%s\n", passed ? "" : "not ", test, s->core,
           why ? " # SKIP " : "", why ? why : "");
    close_storm(s);
    return passed;
}

int main(int argc, char **argv)
{
    return diff_main(argc, argv, (struct diff_options){.count = 500}, 1, run_core);
}
