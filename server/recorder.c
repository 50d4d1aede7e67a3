/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes recordings. See recording.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "core/memory.h"
#include "core/replay/inputs.h"
#include "core/replay/timeline.h"
#include "core/state.h"
#include "server/attach.h"
#include "server/options.h"
#include "server/recording.h"
#include "server/recording_format.h"

enum { LEVEL = 1, STATE_LEVEL = 3, WINDOW_LOG_MIN = 20, WINDOW_LOG_MAX = 27, GROW = 4096 };

/* Bytes of a block being put together. */
struct buffer {
    uint8_t *bytes;
    size_t size, room;
    bool failed;
};

struct recorder {
    int fd;
    struct machine *machine;
    struct timeline *timeline;
    uint8_t *begin;                 /* the state there */
    uint64_t written;               /* inputs in the file */
    struct moment end;              /* last one in the file */
    bool failed;
};

/* ---- buffers ---- */

static void put(struct buffer *b, const void *bytes, size_t size)
{
    if (b->failed || size > b->room - b->size) {
        size_t room = 2 * b->room + size + GROW;
        uint8_t *bigger = b->failed ? NULL : realloc(b->bytes, room);
        b->failed = !bigger;
        if (!bigger)
            return;
        b->bytes = bigger;
        b->room = room;
    }
    if (size)
        memcpy(b->bytes + b->size, bytes, size);
    b->size += size;
}

static void put_u32(struct buffer *b, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};

    put(b, bytes, sizeof bytes);
}

static void put_u64(struct buffer *b, uint64_t value)
{
    put_u32(b, (uint32_t)value);
    put_u32(b, (uint32_t)(value >> 32));
}

static void put_text(struct buffer *b, const char *text, size_t size)
{
    char field[CONFIG_IMAGE] = {0};

    snprintf(field, sizeof field, "%s", text);
    put(b, field, size);
}

static void put_moment(struct buffer *b, struct moment at)
{
    put_u64(b, at.cycle);
    put_u64(b, at.inputs);
}

static void put_modes(struct buffer *b, struct machine_modes modes)
{
    put_u32(b, modes.debugger);
    put_u32(b, modes.semihosting);
}

/* ---- blocks ---- */

static bool write_all(int fd, const uint8_t *bytes, size_t size)
{
    while (size) {
        ssize_t count = write(fd, bytes, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        bytes += count;
        size -= (size_t)count;
    }
    return true;
}

/* One write per block, so that a kill leaves whole blocks wherever it falls. */
static bool write_block(int fd, enum block_type type, const struct buffer *raw)
{
    size_t bound = ZSTD_compressBound(raw->size), stored;
    struct buffer block = {0};
    uint8_t *packed = malloc(bound + 1);
    bool done = false;

    stored = packed && !raw->failed ? ZSTD_compress(packed, bound, raw->bytes, raw->size, LEVEL) : 0;
    if (packed && !raw->failed && !ZSTD_isError(stored)) {
        put_u32(&block, type);
        put_u32(&block, (uint32_t)stored);
        put_u32(&block, (uint32_t)raw->size);
        put_u32(&block, recording_crc(recording_crc(0, block.bytes, block.size), packed, stored));
        put(&block, packed, stored);
        done = !block.failed && write_all(fd, block.bytes, block.size);
    }
    free(packed);
    free(block.bytes);
    return done;
}

static bool finish_block(struct recorder *r, enum block_type type, struct buffer *raw)
{
    r->failed = r->failed || !write_block(r->fd, type, raw);
    free(raw->bytes);
    return !r->failed;
}

static bool write_header(struct recorder *r)
{
    struct buffer header = {0};

    put(&header, RECORDING_MAGIC, 8);
    put_u32(&header, RECORDING_VERSION);
    put_u32(&header, 0);
    r->failed = header.failed || !write_all(r->fd, header.bytes, header.size);
    free(header.bytes);
    return !r->failed;
}

static bool write_config(struct recorder *r, const struct options *o)
{
    const struct machine_options *m = machine_options(r->machine);
    struct buffer raw = {0};

    put_text(&raw, PACKAGE_VERSION, CONFIG_VERSION);
    put_text(&raw, machine_chip(r->machine)->name, CONFIG_CHIP);
    put_text(&raw, o->image, CONFIG_IMAGE);
    put_u32(&raw, o->raw);
    put_u32(&raw, o->address);
    put_u64(&raw, m->seed);
    put_u32(&raw, m->hse_hz);
    put_u32(&raw, m->lse_hz);
    put_u32(&raw, m->stop_on);
    put_u32(&raw, m->check);
    put_modes(&raw, machine_modes(r->machine));
    put_u64(&raw, recording_layout(r->machine));
    put_u64(&raw, machine_hash(r->machine));
    return finish_block(r, BLOCK_CONFIG, &raw);
}

static bool write_image(struct recorder *r, const char *path)
{
    FILE *file = fopen(path, "rb");
    struct buffer raw = {0};
    uint8_t chunk[GROW];
    size_t count;

    while (file && (count = fread(chunk, 1, sizeof chunk, file)) > 0)
        put(&raw, chunk, count);
    if (file)
        fclose(file);
    raw.failed |= !file;
    return finish_block(r, BLOCK_IMAGE, &raw);
}

static bool write_board(struct recorder *r, const struct attachments *board)
{
    struct attached a;

    for (unsigned i = 0; attachments_get(board, i, &a); i++) {
        struct buffer raw = {0};
        put_text(&raw, a.text, BOARD_TEXT);
        put(&raw, a.contents, a.size);
        if (!finish_block(r, BLOCK_BOARD, &raw))
            return false;
    }
    return true;
}

size_t recording_state_room(size_t size)
{
    return ZSTD_compressBound(size);
}

/* The window has to reach from the state's end to the begin's start, as far as readers take it. */
static int window_log(size_t size)
{
    int log = WINDOW_LOG_MIN;

    while (log < WINDOW_LOG_MAX && (size_t)1 << log < 2 * size)
        log++;
    return log;
}

size_t recording_pack_state(uint8_t *packed, size_t room, const uint8_t *state, const uint8_t *begin, size_t size)
{
    ZSTD_CCtx *c = ZSTD_createCCtx();
    size_t stored = 0;

    if (c && !ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_compressionLevel, STATE_LEVEL)) &&
        !ZSTD_isError(ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, window_log(size))) &&
        !ZSTD_isError(ZSTD_CCtx_refPrefix(c, begin, size)))
        stored = ZSTD_compress2(c, packed, room, state, size);
    ZSTD_freeCCtx(c);
    return ZSTD_isError(stored) ? 0 : stored;
}

static bool save_begin(struct recorder *r)
{
    r->begin = malloc(machine_state_size(r->machine));
    if (r->begin)
        machine_save(r->machine, r->begin);
    return r->begin;
}

static bool write_state(struct recorder *r)
{
    size_t size = machine_state_size(r->machine), room = recording_state_room(size), stored = 0;
    uint8_t *state = malloc(size), *packed = malloc(room);
    struct buffer raw = {.failed = false};

    if (state && packed) {
        machine_save(r->machine, state);
        stored = recording_pack_state(packed, room, state, r->begin, size);
    }
    put_moment(&raw, timeline_now(r->timeline));
    put_modes(&raw, machine_modes(r->machine));
    put(&raw, packed, stored);
    raw.failed |= !stored;
    free(state);
    free(packed);
    return finish_block(r, BLOCK_STATE, &raw);
}

/* ---- history as it grows ---- */

static bool write_inputs(struct recorder *r)
{
    const struct inputs *log = timeline_inputs(r->timeline);
    uint64_t count = inputs_count(log);
    struct buffer raw = {0};

    if (r->written == count)
        return !r->failed;
    for (; r->written < count && raw.size < BLOCK_MAX / 2; r->written++) {
        struct input in = inputs_at(log, r->written);
        put_u64(&raw, inputs_cycle(log, r->written));
        put_u32(&raw, in.kind);
        put_u32(&raw, in.target);
        put_u32(&raw, in.value);
        put_u32(&raw, in.size);
        put(&raw, in.bytes, in.size);
    }
    return finish_block(r, BLOCK_INPUTS, &raw) && write_inputs(r);
}

static bool write_end(struct recorder *r, uint64_t hash)
{
    struct buffer raw = {0};

    r->end = timeline_end(r->timeline);
    put_moment(&raw, r->end);
    put_u64(&raw, hash);
    return finish_block(r, BLOCK_END, &raw);
}

static bool write_history(struct recorder *r)
{
    return write_inputs(r) && write_end(r, 0);
}

bool recorder_add(struct recorder *r)
{
    if (r->failed || moment_same(r->end, timeline_end(r->timeline)))
        return !r->failed;
    return write_history(r);
}

bool recorder_add_checkpoint(struct recorder *r)
{
    return recorder_add(r) && (!timeline_live(r->timeline) || write_state(r));
}

void recorder_fork(struct recorder *r, struct moment from)
{
    struct buffer raw = {0};

    if (!moment_before(from, r->end))
        return;
    put_moment(&raw, from);
    if (r->written > from.inputs)
        r->written = from.inputs;
    r->end = from;
    finish_block(r, BLOCK_FORK, &raw);
}

/* ---- life ---- */

struct recorder *recorder_open(const char *path, const struct options *options, const struct attachments *board,
                               struct machine *m, struct timeline *t, char error[RECORDING_TEXT])
{
    struct recorder *r = calloc(1, sizeof *r);

    snprintf(error, RECORDING_TEXT, "out of memory");
    if (!r)
        return NULL;
    r->machine = m;
    r->timeline = t;
    r->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (r->fd >= 0 && write_header(r) && write_config(r, options) && write_image(r, options->image_path) &&
        write_board(r, board) && save_begin(r) && write_history(r))
        return r;
    snprintf(error, RECORDING_TEXT, "%s: %s", path, errno ? strerror(errno) : "cannot be written");
    if (r->fd >= 0)
        close(r->fd);
    free(r->begin);
    free(r);
    return NULL;
}

bool recorder_close(struct recorder *r)
{
    bool done;

    if (!r)
        return true;
    recorder_add_checkpoint(r);         /* who opens it is there at once */
    if (timeline_live(r->timeline))
        write_end(r, machine_hash(r->machine));
    done = !r->failed;
    if (close(r->fd) < 0)
        done = false;
    free(r->begin);
    free(r);
    return done;
}

uint64_t recording_layout(struct machine *m)
{
    size_t count;
    const struct arena_part *parts = arena_parts(machine_arena(m), &count);
    uint64_t hash = STATE_HASH_SEED;
    const struct nvm *nvm;

    for (size_t i = 0; i < count; i++) {
        uint64_t numbers[2] = {parts[i].offset, parts[i].size};
        hash = state_hash(hash, parts[i].name, strlen(parts[i].name));
        hash = state_hash(hash, numbers, sizeof numbers);
    }
    for (unsigned i = 0; (nvm = machine_nvm(m, i)); i++)
        hash = state_hash(hash, &nvm->size, sizeof nvm->size);
    return hash;
}
