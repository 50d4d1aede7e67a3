/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a fuzz target: a function that takes any bytes and must come back. Inputs are the target's seeds, the seed
 * files, and mutations of them, made by a generator with a fixed seed, so that a run can be repeated. The target has
 * libFuzzer's interface and can be linked with libFuzzer instead.
 *
 * usage: TARGET [--runs N | --seconds N] [--seed N] [SEED-FILE...]
 *
 * Prints TAP: one test, which passes if nothing crashed. The input under way is kept in TARGET.input, so after a crash
 * that file is the one to look at; give it as the only seed with --runs 0 to see the crash again.
 *
 * In a build with -fsanitize-coverage=trace-pc (configure --enable-fuzzing) an input that reaches new code becomes a
 * seed itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

#define MAX_INPUT   4096u
#define MAX_SEEDS   4096u
#define EDGES       65536u
#define HANG        60u         /* seconds after which an input counts as a hang, and SIGALRM ends the run */

void __sanitizer_cov_trace_pc(void);

struct input {
    uint8_t *bytes;
    size_t size;
};

static struct input seeds[MAX_SEEDS];
static size_t seed_count;
static uint64_t random_state = 1;
static uint8_t *shared;         /* the input under way, mapped from a file that survives a crash */

/* ---- coverage ---- */

static uint8_t edges[EDGES];
static uintptr_t last_pc;
static bool new_edge;

__attribute__((no_sanitize_coverage)) void __sanitizer_cov_trace_pc(void)
{
    uintptr_t pc = (uintptr_t)__builtin_return_address(0);
    uintptr_t edge = (pc ^ last_pc >> 1) % EDGES;
    last_pc = pc;
    if (!edges[edge]) {
        edges[edge] = 1;
        new_edge = true;
    }
}

/* ---- mutation ---- */

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return limit ? (uint32_t)(random_state >> 16) % limit : 0;
}

static void remove_at(struct input *in, size_t at, size_t count)
{
    memmove(in->bytes + at, in->bytes + at + count, in->size - at - count);
    in->size -= count;
}

/* Makes room for `count` bytes at `at`; false when the input would become too long. */
static bool insert_room(struct input *in, size_t at, size_t count)
{
    if (in->size + count > MAX_INPUT)
        return false;
    memmove(in->bytes + at + count, in->bytes + at, in->size - at);
    in->size += count;
    return true;
}

static void mix_in(struct input *in, size_t at)
{
    const struct input *other = &seeds[random_below((uint32_t)seed_count)];
    if (!other->size)
        return;
    size_t from = random_below((uint32_t)other->size);
    size_t count = 1 + random_below((uint32_t)(other->size - from));
    if (insert_room(in, at, count))
        memcpy(in->bytes + at, other->bytes + from, count);
}

static void repeat(struct input *in, size_t at)
{
    size_t count = 1 + random_below(64);
    if (at + count <= in->size && insert_room(in, at, count))
        memmove(in->bytes + at, in->bytes + at + count, count);
}

static void overwrite_word(struct input *in, size_t at)
{
    static const uint32_t interesting[] = {0,      1,      0x7F,       0x80,       0xFF,      0x7FFF,
                                           0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF};
    uint32_t value = interesting[random_below(sizeof interesting / sizeof *interesting)];
    size_t width = (size_t)1 << random_below(3);
    if (at + width <= in->size)
        memcpy(in->bytes + at, &value, width);
}

static void mutate_once(struct input *in)
{
    static const char punctuation[] = "$#*+-:;,.=%{}[]()\"' \r\n\t0123456789abcdefABCDEF";
    size_t at = random_below((uint32_t)in->size + 1);
    if (at == in->size) {
        if (insert_room(in, at, 1))
            in->bytes[at] = (uint8_t)random_below(256);
        return;
    }
    switch (random_below(8)) {
    case 0: in->bytes[at] ^= (uint8_t)(1u << random_below(8)); break;
    case 1: in->bytes[at] = (uint8_t)random_below(256); break;
    case 2: in->bytes[at] = (uint8_t)punctuation[random_below(sizeof punctuation - 1)]; break;
    case 3: remove_at(in, at, 1 + random_below((uint32_t)(in->size - at))); break;
    case 4: repeat(in, at); break;
    case 5: mix_in(in, at); break;
    case 6: overwrite_word(in, at); break;
    default: in->bytes[at] = (uint8_t)(in->bytes[at] + random_below(9) - 4); break;
    }
}

/* ---- running ---- */

/* The target gets a copy of its exact size, so that an overrun by one byte is seen by AddressSanitizer. */
static void run(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    memcpy(copy, bytes, size);
    new_edge = false;
    last_pc = 0;
    alarm(HANG);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void add_seed(const void *bytes, size_t size)
{
    if (seed_count == MAX_SEEDS || size > MAX_INPUT)
        return;
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    memcpy(copy, bytes, size);
    seeds[seed_count++] = (struct input){copy, size};
}

static void run_mutation(void)
{
    struct input in = {shared + sizeof(uint32_t), 0};
    const struct input *seed = &seeds[random_below((uint32_t)seed_count)];
    memcpy(in.bytes, seed->bytes, seed->size);
    in.size = seed->size;
    for (unsigned count = 1 + random_below(6); count; count--)
        mutate_once(&in);
    memcpy(shared, &(uint32_t){(uint32_t)in.size}, sizeof(uint32_t));
    run(in.bytes, in.size);
    if (new_edge)
        add_seed(in.bytes, in.size);
}

/* A seed file; a file that a crash left behind starts with its size. */
static bool read_seed(const char *path)
{
    static uint8_t buffer[MAX_INPUT + sizeof(uint32_t)];
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return false;
    }
    size_t size = fread(buffer, 1, sizeof buffer, f);
    fclose(f);
    const uint8_t *bytes = buffer;
    uint32_t inner;
    if (size == sizeof buffer && memcpy(&inner, buffer, sizeof inner) && inner <= MAX_INPUT) {
        bytes += sizeof inner;
        size = inner;
    }
    if (size > MAX_INPUT)
        size = MAX_INPUT;
    add_seed(bytes, size);
    return true;
}

static bool open_shared(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0666);
    size_t size = MAX_INPUT + sizeof(uint32_t);
    if (fd < 0 || ftruncate(fd, (off_t)size) < 0)
        return false;
    shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return shared != MAP_FAILED;
}

struct limits {
    uint64_t runs;
    time_t until;       /* 0: no limit of time */
};

static uint64_t run_all(const struct limits *l)
{
    uint64_t done = 0;
    for (size_t i = 0, given = seed_count; i < given; i++, done++)
        run(seeds[i].bytes, seeds[i].size);
    while (l->until ? time(NULL) < l->until : done < l->runs) {
        run_mutation();
        done++;
    }
    return done;
}

/* Reads the options; the index of the first seed file, or -1. */
static int parse_options(int argc, char **argv, struct limits *l)
{
    int i = 1;
    for (; i + 1 < argc && !strncmp(argv[i], "--", 2); i += 2) {
        uint64_t value = strtoull(argv[i + 1], NULL, 10);
        if (!strcmp(argv[i], "--runs"))
            l->runs = value;
        else if (!strcmp(argv[i], "--seconds"))
            l->until = time(NULL) + (time_t)value;
        else if (!strcmp(argv[i], "--seed"))
            random_state = value ? value : 1;
        else
            return -1;
    }
    return i;
}

int main(int argc, char **argv)
{
    struct limits limits = {.runs = fuzz_runs};
    char path[4096];
    const char *name = strrchr(argv[0], '/');
    int first = parse_options(argc, argv, &limits);

    name = name ? name + 1 : argv[0];
    snprintf(path, sizeof path, "%s.input", argv[0]);
    if (first < 0 || !open_shared(path)) {
        fprintf(stderr, "usage: %s [--runs N | --seconds N] [--seed N] [SEED-FILE...]\n", name);
        return 2;
    }
    for (const struct fuzz_seed *seed = fuzz_seeds; seed->bytes; seed++)
        add_seed(seed->bytes, seed->size);
    for (int i = first; i < argc; i++)
        if (!read_seed(argv[i]))
            return 2;
    if (!seed_count)
        add_seed("", 0);
    printf("1..1\n");
    uint64_t done = run_all(&limits);
    printf("ok 1 - %s survives %" PRIu64 " inputs, %zu seeds\n", name, done, seed_count);
    unlink(path);
    return 0;
}
