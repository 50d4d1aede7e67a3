/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs random programs on our interpreter and on libunicorn, and compares registers, flags, floating-point
 * state and memory. Output is TAP. A difference prints the program, the seed that makes it again, and the
 * states around the first instruction that did it.
 *
 *     lockstep [--core m3|m4] [--seed N] [--count CASES] [--length INSTRUCTIONS] [--case SEED] [--verbose]
 *
 * Without --core both are run. --case makes one case again (give its core too); --verbose prints how often
 * each encoding was generated.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arm/disasm.h"
#include "core/arm/encoding.h"
#include "tests/diff/diff.h"
#include "tests/diff/excuses.h"
#include "tests/diff/generate.h"
#include "tests/diff/options.h"

enum { ROWS_MAX = 1024, REPORTS_MAX = 10 };

struct lockstep {
    struct diff_options options;
    const char *core;
    struct decoder *decoder;
    struct diff_engine ours, theirs;
    uint8_t code[DIFF_CODE_SIZE], ram[DIFF_RAM_SIZE];
    struct diff_case c;
    struct diff_state before, our_state, their_state;
    unsigned long cases, instructions, excused, failures;
    unsigned long rows[ROWS_MAX];   /* how often each encoding was generated */
};

/* ---- a case ---- */

static uint32_t end_of(const struct diff_case *c)
{
    return c->start.r[15] + c->size;
}

/* Runs both from the start to `address`; true if both came there. */
static bool run_both(struct lockstep *l, uint32_t address, enum diff_end *our_end, enum diff_end *their_end)
{
    l->ours.load(l->ours.context, &l->c);
    l->theirs.load(l->theirs.context, &l->c);
    *our_end = l->ours.run(l->ours.context, address);
    *their_end = l->theirs.run(l->theirs.context, address);
    l->ours.state(l->ours.context, &l->our_state);
    l->theirs.state(l->theirs.context, &l->their_state);
    return *our_end == DIFF_REACHED && *their_end == DIFF_REACHED;
}

static bool states_agree(const struct lockstep *l)
{
    return memcmp(&l->our_state, &l->their_state, sizeof(l->our_state)) == 0;
}

static struct insn insn_at(const struct lockstep *l, uint32_t address)
{
    const uint8_t *p = &l->c.program[address - l->c.start.r[15]];
    uint32_t first = p[0] | (uint32_t)p[1] << 8;
    struct insn i;

    if (insn_size(first) == 4)
        decode(l->decoder, first << 16 | p[2] | (uint32_t)p[3] << 8, 4, &i);
    else
        decode(l->decoder, first, 2, &i);
    return i;
}

static void count_rows(struct lockstep *l)
{
    for (unsigned n = 0; n < l->c.count; n++)
        l->rows[insn_at(l, l->c.start.r[15] + l->c.at[n]).row]++;
    l->instructions += l->c.count;
}

/* ITSTATE behind an instruction. */
static uint8_t it_after(uint8_t it, const struct insn *i)
{
    if (i->op == OP_IT)
        return (uint8_t)i->imm;
    return it & 7 ? (it & 0xE0) | (it << 1 & 0x1F) : 0;
}

/* ---- a difference ---- */

static void print_program(const struct lockstep *l, uint32_t culprit)
{
    uint8_t it = 0;

    for (unsigned n = 0; n < l->c.count; n++) {
        uint32_t address = l->c.start.r[15] + l->c.at[n];
        struct insn i = insn_at(l, address);
        char text[DISASM_MAX];

        disasm(&i, address, it, text, sizeof(text));
        printf("# %s %08x  %0*x%*s  %s\n", address == culprit ? "=>" : "  ", address, i.size * 2, i.raw,
               i.size == 2 ? 4 : 0, "", text);
        it = it_after(it, &i);
    }
}

static void print_word(const char *name, unsigned number, uint32_t before, uint32_t ours, uint32_t theirs)
{
    char label[16];

    snprintf(label, sizeof(label), name, number);
    printf("#   %-8s before %08x  after %08x%s", label, before, ours, ours == theirs ? "\n" : "  ");
    if (ours != theirs)
        printf("unicorn %08x\n", theirs);
}

/* Everything that the instruction changed or that differs. */
static void print_states(const struct lockstep *l)
{
    const struct diff_state *b = &l->before, *o = &l->our_state, *t = &l->their_state;

    for (unsigned n = 0; n < 16; n++)
        print_word("r%u", n, b->r[n], o->r[n], t->r[n]);
    print_word("apsr", 0, b->apsr, o->apsr, t->apsr);
    print_word("fpscr", 0, b->fpscr, o->fpscr, t->fpscr);
    for (unsigned n = 0; n < 32; n++)
        if (b->s[n] != o->s[n] || o->s[n] != t->s[n] || l->options.verbose)
            print_word("s%u", n, b->s[n], o->s[n], t->s[n]);
    for (unsigned n = 0; n < DIFF_RAM_SIZE; n++)
        if (o->ram[n] != t->ram[n])
            print_word("+%04x", n, b->ram[n], o->ram[n], t->ram[n]);
}

/* Finds the first boundary behind which the engines differ; l->before is the state there. */
static void bisect(struct lockstep *l)
{
    enum diff_end our_end, their_end;

    l->before = l->c.start;
    for (unsigned n = 1; n <= l->c.count; n++) {
        bool both = run_both(l, l->c.start.r[15] + l->c.at[n], &our_end, &their_end);

        if (both && states_agree(l))
            l->before = l->our_state;
        else if (both || our_end != their_end)
            return;
    }
    run_both(l, end_of(&l->c), &our_end, &their_end);
}

/* The instruction that is next in l->before, among its neighbours. */
static struct diff_site find_site(const struct lockstep *l)
{
    struct diff_site site = {.before = &l->before, .ours = &l->our_state, .theirs = &l->their_state};

    for (unsigned n = 0; n < l->c.count; n++) {
        uint32_t address = l->c.start.r[15] + l->c.at[n];

        site.isb_in_it = site.it && (site.isb_in_it || site.insn.op == OP_ISB);
        site.insn = insn_at(l, address);
        if (address == l->before.r[15])
            break;
        site.it = it_after(site.it, &site.insn);
    }
    return site;
}

static void report(struct lockstep *l)
{
    static const char *const ends[] = {"came to the end", "faulted", "got lost"};
    enum diff_end our_end, their_end;
    struct diff_site site;

    run_both(l, end_of(&l->c), &our_end, &their_end);
    bisect(l);
    site = find_site(l);
    if (excuse_for(&site)) {
        l->excused++;
        return;
    }
    if (++l->failures > REPORTS_MAX)
        return;
    printf("# case %llu: %s %s, %s %s; %s differs\n", (unsigned long long)l->c.seed, l->ours.name,
           ends[our_end], l->theirs.name, ends[their_end], decode_name(&site.insn));
    print_program(l, l->before.r[15]);
    print_states(l);
    fflush(stdout);
}

static void run_case(struct lockstep *l, uint64_t seed)
{
    const struct diff_shape shape = {.base = DIFF_CODE + DIFF_START, .length = l->options.length};
    enum diff_end our_end, their_end;

    generate_case(&l->c, l->decoder, seed, &shape, l->ram);
    count_rows(l);
    l->cases++;
    if (!run_both(l, end_of(&l->c), &our_end, &their_end) || !states_agree(l))
        report(l);
}

/* ---- the run ---- */

/* A case's seed from the run's seed and the case's number (splitmix64). */
static uint64_t case_seed(uint64_t seed, unsigned long n)
{
    uint64_t z = seed + (n + 1) * 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (z ^ z >> 31) | 1;
}

static unsigned missing_rows(const struct lockstep *l)
{
    unsigned missing = 0;

    for (unsigned n = 1; n < encoding_count(); n++)
        if (generate_covers(l->decoder, n) && !l->rows[n]) {
            printf("# never generated: %s\n", encoding_row(n)->name);
            missing++;
        }
    return missing;
}

static void print_rows(const struct lockstep *l)
{
    for (unsigned n = 1; n < encoding_count(); n++)
        printf("# %-16s %lu\n", encoding_row(n)->name, l->rows[n]);
}

static bool open_engines(struct lockstep *l, enum cpu_kind kind)
{
    diff_noise(l->code, l->ram);
    l->core = diff_core_name(kind);
    l->decoder = decoder_create(kind);
    return l->decoder && encoding_count() <= ROWS_MAX && diff_machine_create(&l->ours, kind, false, l->code) &&
           diff_unicorn_create(&l->theirs, kind, l->code);
}

static void run_cases(struct lockstep *l)
{
    if (l->options.only) {
        run_case(l, l->options.only);
        return;
    }
    for (unsigned long n = 0; n < l->options.count; n++)
        run_case(l, case_seed(l->options.seed, n));
}

static bool summarise(const struct lockstep *l, unsigned first_test)
{
    unsigned missing = l->options.only ? 0 : missing_rows(l);

    if (l->options.verbose)
        print_rows(l);
    printf("# %s: %lu cases, %lu instructions, %lu cases ended by a known fault of unicorn\n", l->core,
           l->cases, l->instructions, l->excused);
    printf("%sok %u - %s: interpreter and unicorn agree\n", l->failures ? "not " : "", first_test, l->core);
    printf("%sok %u - %s: every encoding was among the instructions\n", missing ? "not " : "",
           first_test + 1, l->core);
    return !l->failures && !missing;
}

/* All cases on one core; false when they did not pass or an engine cannot be had. */
static bool run_core(const struct diff_options *options, enum cpu_kind kind, unsigned first_test)
{
    struct lockstep *l = calloc(1, sizeof(*l));
    bool passed;

    if (!l)
        return false;
    l->options = *options;
    if (!open_engines(l, kind))
        return false;
    run_cases(l);
    passed = summarise(l, first_test);
    l->ours.destroy(l->ours.context);
    l->theirs.destroy(l->theirs.context);
    decoder_destroy(l->decoder);
    free(l);
    return passed;
}

int main(int argc, char **argv)
{
    return diff_main(argc, argv, (struct diff_options){.count = 30000, .length = 24}, 2, run_core);
}
