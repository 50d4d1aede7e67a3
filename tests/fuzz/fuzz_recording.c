/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A recording that somebody has tampered with. The input says what to do to a real one: bytes of its unpacked
 * blocks, and of the parts of the machine's state in its checkpoints, with every checksum put right afterwards; or
 * bytes of the file itself. The result is opened as the server opens it, and run.
 *
 * The real one is made once: a chip with devices around it, whose peripherals somebody pokes at random, so that
 * everything is under way in its checkpoints.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "core/device.h"
#include "core/replay/inputs.h"
#include "core/replay/timeline.h"
#include "core/state.h"
#include "periph/chips/chips.h"
#include "server/attach.h"
#include "server/boot.h"
#include "server/image.h"
#include "server/recording.h"
#include "server/recording_format.h"
#include "tests/fuzz/fuzz.h"

enum {
    POKES = 600, POKES_PER_CHECKPOINT = 100,
    BLOCKS = 64, EDIT = 12, EDITS = 24,
    SLICES = 3,                 /* of a replay to the end */
    RUN = 20000, FAR = 10000000, MEMORY = 4 << 20, SPACING = 5000
};

/* A stack pointer and a reset vector; then `wfi; b .-2`, so that time passes from event to event. */
static const uint8_t firmware[] = {0x00, 0x10, 0x00, 0x20, 0x09, 0x00, 0x00, 0x08, 0x30, 0xBF, 0xFD, 0xE7};

static const char *const board[] = {"24c02@I2C1", "lm75@I2C1", "lm75@PB0/PB1", "wire@I2C1:I2C2", "25q01@SPI1:PA4", "wire@PA0:PB1",
                                    "25q01@PC0/PC1/PC2:PC3", "wire@SPI1:SPI2", "irda@PA2:PB11",
                                    "button@PC13=USER:low", "led@PD12=GREEN", "loop@USART2"};

/* ---- a machine with all that belongs to it ---- */

struct rig {
    struct options options;
    struct attachments *attachments;
    struct machine *m;
    struct timeline *t;
};

static void ignore(void *context, const struct device *d, enum io_kind kind, const void *bytes, size_t size)
{
    (void)context;
    (void)d;
    (void)kind;
    (void)bytes;
    (void)size;
}

static bool build(struct rig *r, const uint8_t *image, size_t size)
{
    const struct options *o = &r->options;
    struct machine_options options = {
        .seed = o->seed, .hse_hz = o->hse_hz, .lse_hz = o->lse_hz, .stop_on = o->stop_on, .check = o->check,
        .translator = o->translator,
    };
    struct machine_host host = {.output = ignore};
    const struct chip *chip = chip_find(o->chip);
    struct image_error error;
    struct image loaded;
    char why[512];
    bool built;

    if (!chip || !image_load_memory(&loaded, "firmware", image, size, o->raw ? IMAGE_RAW : IMAGE_AUTO, o->address, &error))
        return false;
    r->attachments = attachments_create(o, chip_find(o->chip));
    if (r->attachments) {
        options.board = attachments_board(r->attachments);
        r->m = machine_create(chip, &options, &host, why, sizeof why);
    }
    built = r->m && attachments_fit(r->attachments, r->m) && boot_load(r->m, &loaded, "firmware");
    if (built) {
        machine_reset(r->m, RESET_POWER_ON);
        boot_start(r->m, &loaded);
    }
    image_free(&loaded);
    return built;
}

static bool start_history(struct rig *r)
{
    r->t = timeline_create(r->m, &(struct timeline_options){.memory = MEMORY, .spacing = SPACING});
    return r->t;
}

static void demolish(struct rig *r)
{
    timeline_destroy(r->t);
    machine_destroy(r->m);
    attachments_free(r->attachments);
}

/* ---- the real recording ---- */

static uint32_t random_below(uint32_t below)
{
    static uint32_t state = 1;

    state = state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(state >> 8) * below >> 24);
}

/* Numbers that make things happen: few bits, or all. */
static uint32_t random_value(void)
{
    switch (random_below(3)) {
    case 0:
        return random_below(16);
    case 1:
        return 1u << random_below(32) | 1u << random_below(16);
    default:
        return random_below(0x10000) << 16 | random_below(0x10000);
    }
}

static void poke(struct machine *m, const struct device *d, uint32_t offset, uint32_t value)
{
    uint32_t done;

    machine_poke(m, d->row->base + offset, &value, sizeof value, &done);
}

static void open_gates(struct machine *m)
{
    const struct device *rcc = machine_device_named(m, "RCC");

    for (uint32_t offset = 0x30; offset <= 0x44; offset += 4)
        poke(m, rcc, offset, UINT32_MAX);
}

/* Something happens to some device: a register is written, or bytes come in. */
static void disturb(struct machine *m)
{
    const struct device *d = machine_device(m, random_below(machine_device_count(m)));
    uint8_t bytes[8];

    if (random_below(8) == 0)
        open_gates(m);
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)random_below(256);
    if (random_below(4) == 0)
        machine_input(m, d->name, bytes, 1 + random_below(sizeof bytes));
    else if (d->row->base >= 0x40000000 && d->ops->reg_count)
        poke(m, d, d->ops->regs[random_below(d->ops->reg_count)].offset & ~3u, random_value());
}

static void live(struct rig *r, struct recorder *recorder)
{
    for (unsigned i = 0; i < POKES; i++) {
        disturb(r->m);
        timeline_run(r->t, vtime_add(machine_now(r->m), 1 + random_below(2000)));
        if (i % POKES_PER_CHECKPOINT == POKES_PER_CHECKPOINT - 1 && !recorder_add_checkpoint(recorder))
            abort();
    }
}

static uint8_t *contents_of(int fd, size_t *size)
{
    off_t end = lseek(fd, 0, SEEK_END);
    uint8_t *bytes = end > 0 ? malloc((size_t)end) : NULL;

    if (!bytes || pread(fd, bytes, (size_t)end, 0) != end)
        abort();
    *size = (size_t)end;
    return bytes;
}

static struct options real_options(void)
{
    struct options o = {
        .chip = "stm32f405rg", .image = "firmware", .raw = true, .address = 0x08000000, .seed = 1,
        .hse_hz = 8000000, .lse_hz = 32768,
    };

    for (unsigned i = 0; i < sizeof board / sizeof *board; i++)
        o.attach[o.attach_count++] = (struct attach_option){.text = board[i]};
    return o;
}

static uint8_t *record(size_t *size)
{
    struct rig r = {.options = real_options()};
    char image[32], file[32], error[RECORDING_TEXT];
    int image_fd = memfd_create("firmware", 0), file_fd = memfd_create("recording", 0);
    struct recorder *recorder;
    uint8_t *bytes;

    snprintf(image, sizeof image, "/proc/self/fd/%d", image_fd);
    snprintf(file, sizeof file, "/proc/self/fd/%d", file_fd);
    if (write(image_fd, firmware, sizeof firmware) != sizeof firmware)
        abort();
    r.options.image_path = image;
    if (!build(&r, firmware, sizeof firmware) || !start_history(&r))
        abort();
    recorder = recorder_open(file, &r.options, r.attachments, r.m, r.t, error);
    if (!recorder)
        abort();
    live(&r, recorder);
    if (!recorder_close(recorder))
        abort();
    bytes = contents_of(file_fd, size);
    demolish(&r);
    close(image_fd);
    close(file_fd);
    return bytes;
}

/* ---- its blocks ---- */

/* A checkpoint's state is unpacked, too. */
struct block {
    uint32_t type;
    uint8_t *raw, *packed;      /* packed with its header */
    size_t size, packed_size;
};

static struct block blocks[BLOCKS];
static size_t block_count;
static uint8_t *begin;             /* the state there */
static size_t begin_size;
static struct arena_part parts[256];
static size_t part_count;

static uint32_t word_at(const uint8_t *p)
{
    return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put_word(uint8_t *p, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

static void unpack_state(struct block *b)
{
    uint8_t *raw = malloc(STATE_HEADER + begin_size);

    memcpy(raw, b->raw, STATE_HEADER);
    if (!recording_unpack_state(raw + STATE_HEADER, begin, begin_size, b->raw + STATE_HEADER, b->size - STATE_HEADER))
        abort();
    free(b->raw);
    b->raw = raw;
    b->size = STATE_HEADER + begin_size;
}

static void take_apart(const uint8_t *bytes, size_t size)
{
    for (size_t at = RECORDING_HEADER; at < size && block_count < BLOCKS;) {
        struct block *b = &blocks[block_count++];
        b->type = word_at(bytes + at);
        b->size = word_at(bytes + at + 8);
        b->packed_size = BLOCK_HEADER + word_at(bytes + at + 4);
        b->raw = malloc(b->size + 1);
        b->packed = malloc(b->packed_size);
        memcpy(b->packed, bytes + at, b->packed_size);
        if (ZSTD_decompress(b->raw, b->size, b->packed + BLOCK_HEADER, b->packed_size - BLOCK_HEADER) != b->size)
            abort();
        if (b->type == BLOCK_STATE)
            unpack_state(b);
        at += b->packed_size;
    }
}

/* The begin, and where the devices' states are in a checkpoint: random places would mostly be RAM. */
static void learn_begin(void)
{
    struct rig r = {.options = real_options()};
    const struct arena_part *all;
    size_t count;

    if (!build(&r, firmware, sizeof firmware))
        abort();
    all = arena_parts(machine_arena(r.m), &count);
    for (size_t i = 0; i < count && part_count < sizeof parts / sizeof *parts; i++)
        if (all[i].size && all[i].size < 0x4000)
            parts[part_count++] = all[i];
    begin_size = machine_state_size(r.m);
    begin = malloc(begin_size);
    machine_save(r.m, begin);
    demolish(&r);
}

/* ---- tampering ---- */

/* A copy that the input may change. */
struct forgery {
    struct block blocks[2 * BLOCKS];
    bool changed[2 * BLOCKS];
    size_t count;
};

static void own(struct forgery *f, size_t i)
{
    uint8_t *raw;

    if (f->changed[i])
        return;
    raw = malloc(f->blocks[i].size + 1);
    memcpy(raw, f->blocks[i].raw, f->blocks[i].size);
    f->blocks[i].raw = raw;
    f->changed[i] = true;
}

static void set_bytes(struct forgery *f, size_t i, size_t at, uint32_t value, unsigned width)
{
    uint8_t bytes[4];

    put_word(bytes, value);
    own(f, i);
    if (at + width <= f->blocks[i].size)
        memcpy(f->blocks[i].raw + at, bytes, width);
}

/* FNV-1a: any other bit of an edit makes quite another change. */
static uint32_t scramble(uint32_t seed, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        seed = (seed ^ bytes[i]) * 16777619u;
    return seed ^ seed >> 15;
}

/* Up to eight fields of the machine's state in a checkpoint, anywhere but in large memories. */
static void disturb_state(struct forgery *f, size_t i, const uint8_t *edit, size_t size)
{
    static const uint32_t values[] = {0, 1, 0x7F, 0x80, 0xFF, 0x100, 0xFFFF, 0x7FFFFFFF, 0x80000000, UINT32_MAX};
    uint32_t random = scramble(2166136261u, edit, size);

    while (i && f->blocks[i].type != BLOCK_STATE)
        i--;
    for (unsigned n = 1 + random % 8; f->blocks[i].type == BLOCK_STATE && n; n--) {
        const struct arena_part *p = &parts[random % part_count];
        uint32_t which = scramble(random, edit, size), value = scramble(which, edit, size);
        unsigned choice = value % 16;
        if (choice < sizeof values / sizeof *values)
            value = values[choice];
        set_bytes(f, i, STATE_HEADER + p->offset + (which >> 4) % p->size, value, 1u << which % 3);
        random = scramble(value + n, edit, size);
    }
}

static void duplicate(struct forgery *f, size_t i)
{
    if (f->count == 2 * BLOCKS)
        return;
    f->blocks[f->count] = f->blocks[i];
    f->changed[f->count] = false;
    if (f->changed[i]) {                /* its bytes have an owner already */
        f->blocks[f->count].raw = malloc(f->blocks[i].size + 1);
        memcpy(f->blocks[f->count].raw, f->blocks[i].raw, f->blocks[i].size);
        f->changed[f->count] = true;
    }
    f->count++;
}

static void drop(struct forgery *f, size_t i)
{
    own(f, i);
    f->blocks[i].size = 0;
}

/* One edit: kind, block, part, width, offset (4), value (4). */
static void apply(struct forgery *f, const uint8_t *edit)
{
    static const uint8_t widths[] = {1, 2, 4, 1};
    size_t i = edit[1] % f->count;
    unsigned width = widths[edit[3] % 4];
    uint32_t value = word_at(edit + 8);

    switch (edit[0] % 64) {
    case 0:
        own(f, i);
        f->blocks[i].size = f->blocks[i].size ? word_at(edit + 4) % f->blocks[i].size : 0;
        break;
    case 1:
        drop(f, i);
        break;
    case 2:
        duplicate(f, i);
        break;
    case 3:
        f->blocks[i].type = value % 9;
        own(f, i);
        break;
    case 4:
    case 5:
    case 6:
        set_bytes(f, i, f->blocks[i].size ? word_at(edit + 4) % f->blocks[i].size : 0, value, width);
        break;
    default:
        disturb_state(f, f->count - 1 - edit[1] % 4, edit, EDIT);
        break;
    }
}

/* A state that still has a state's size goes in as one; else it is rubbish. */
static void repack_state(struct block *b)
{
    size_t room = recording_state_room(begin_size);
    uint8_t *raw = malloc(STATE_HEADER + room);

    if (b->size == STATE_HEADER + begin_size) {
        memcpy(raw, b->raw, STATE_HEADER);
        b->size = STATE_HEADER + recording_pack_state(raw + STATE_HEADER, room, b->raw + STATE_HEADER, begin, begin_size);
        memcpy(b->raw, raw, b->size);
    }
    free(raw);
}

static size_t pack(uint8_t *out, struct block *b)
{
    size_t stored;

    if (b->type == BLOCK_STATE)
        repack_state(b);
    stored = ZSTD_compress(out + BLOCK_HEADER, ZSTD_compressBound(b->size), b->raw, b->size, 1);
    if (ZSTD_isError(stored))
        abort();
    put_word(out, b->type);
    put_word(out + 4, (uint32_t)stored);
    put_word(out + 8, (uint32_t)b->size);
    put_word(out + 12, recording_crc(recording_crc(0, out, 12), out + BLOCK_HEADER, stored));
    return BLOCK_HEADER + stored;
}

static uint8_t *put_together(struct forgery *f, size_t *size)
{
    size_t room = RECORDING_HEADER, at = RECORDING_HEADER;
    uint8_t *bytes;

    for (size_t i = 0; i < f->count; i++)
        room += f->changed[i] ? BLOCK_HEADER + ZSTD_compressBound(f->blocks[i].size) : f->blocks[i].packed_size;
    bytes = calloc(1, room);
    memcpy(bytes, RECORDING_MAGIC, 8);
    put_word(bytes + 8, RECORDING_VERSION);
    for (size_t i = 0; i < f->count; i++) {
        if (!f->changed[i]) {
            memcpy(bytes + at, f->blocks[i].packed, f->blocks[i].packed_size);
            at += f->blocks[i].packed_size;
            continue;
        }
        at += pack(bytes + at, &f->blocks[i]);
        free(f->blocks[i].raw);
    }
    *size = at;
    return bytes;
}

/* ---- opening it ---- */

static bool go_on(void *context, struct moment at)
{
    unsigned *slices = context;

    (void)at;
    return (*slices)++ < SLICES;
}

/* Whatever a user may do first: on from the end, a step back, a search, the begin, and a new future from there. */
static void look_around(struct rig *r)
{
    vtime end = vtime_add(machine_now(r->m), FAR);
    struct stop stop;

    timeline_run(r->t, vtime_add(machine_now(r->m), RUN));
    for (unsigned i = 0; i < 3; i++)
        timeline_step(r->t);
    if (vtime_before(end, machine_now(r->m)))   /* a step through a sleep of years: as long a way back */
        return;
    timeline_step_back(r->t, &stop);
    machine_watch_add(r->m, ACCESS_WRITE, 0x20000100, 4);
    timeline_search_start(r->t, &(struct timeline_filter){NULL, NULL});
    for (unsigned i = 0; i < SLICES; i++)
        if (timeline_search(r->t, RUN, &stop) != TIMELINE_SEARCHING)
            break;
    timeline_search_stop(r->t);
    timeline_seek_cycle(r->t, machine_now(r->m).cycles / 2);
    timeline_run(r->t, vtime_add(machine_now(r->m), RUN));
    machine_input(r->m, "USART1", "x", 1);
    timeline_run(r->t, vtime_add(machine_now(r->m), RUN));
    machine_reset(r->m, RESET_SYSTEM);
    timeline_run(r->t, vtime_add(machine_now(r->m), RUN));
}

/* Whether its end was reached, and all of it was used. */
static bool open_it(const uint8_t *bytes, size_t size, bool translator)
{
    struct recording recording;
    struct rig r = {.options = {.translator = translator}};
    char error[RECORDING_TEXT];
    enum recording_result result = RECORDING_ABANDONED;
    unsigned slices = 0;
    bool whole;

    if (recording_parse(&recording, bytes, size, error)) {
        recording_options(&recording, &r.options);
        if (build(&r, recording.image, recording.image_size) && recording_begin(&recording, r.m) && start_history(&r))
            result = recording_unroll(&recording, r.m, r.t, go_on, &slices);
        if (result != RECORDING_ABANDONED)
            look_around(&r);
    }
    whole = result == RECORDING_AT_END && !*recording.damage;
    demolish(&r);
    recording_free(&recording);
    return whole;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    static uint8_t *original;
    static size_t original_size;
    struct forgery f = {.count = 0};
    uint8_t *bytes;
    size_t forged;

    if (!original) {
        original = record(&original_size);
        learn_begin();
        take_apart(original, original_size);
        if (!open_it(original, original_size, false) || !open_it(original, original_size, true))
            abort();
    }
    if (size < EDIT)
        return 0;
    f.count = block_count;
    memcpy(f.blocks, blocks, block_count * sizeof *blocks);
    for (size_t i = 1; i + EDIT <= size && i < EDITS * EDIT; i += EDIT)
        apply(&f, input + i);
    disturb_state(&f, f.count - 1, input, size);
    bytes = put_together(&f, &forged);
    if (input[0] % 16 == 15)            /* the file itself: checksums do not fit */
        bytes[word_at(input + 4) % forged] ^= input[1];
    open_it(bytes, forged, input[0] & 1);
    free(bytes);
    return 0;
}

const uint64_t fuzz_runs = 300;

/* Edits of some state; of a moment; of the board; of inputs. */
static const uint8_t seed_state[1 + 2 * EDIT] = {
    0, 7, 3, 0, 0, 0, 0, 0, 0, 0xFF, 0, 0, 0, 9, 5, 20, 2, 4, 0, 0, 0, 0, 1, 0, 0,
};
static const uint8_t seed_block[1 + 2 * EDIT] = {
    1, 4, 6, 0, 2, 8, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 5, 2, 0, 0, 5, 0, 0, 0, '1', 0, 0, 0,
};
static const uint8_t seed_order[1 + 2 * EDIT] = {
    0, 2, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

const struct fuzz_seed fuzz_seeds[] = {
    {seed_state, sizeof seed_state}, {seed_block, sizeof seed_block}, {seed_order, sizeof seed_order}, {NULL, 0},
};
