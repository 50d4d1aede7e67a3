/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads recordings. See recording.h. */
#include "server/recording.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "core/replay/inputs.h"
#include "core/replay/timeline.h"
#include "server/recording_format.h"

enum { FILE_MAX = 1 << 30, UNROLL_SLICE = 1000000 };

/* CRC-32 of IEEE 802.3, four bits at a time. */
uint32_t recording_crc(uint32_t crc, const void *bytes, size_t size)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
        0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };
    const uint8_t *p = bytes;

    crc = ~crc;
    while (size--) {
        crc ^= *p++;
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

static uint32_t get_u32(const uint8_t *p)
{
    return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t get_u64(const uint8_t *p)
{
    return get_u32(p) | (uint64_t)get_u32(p + 4) << 32;
}

static struct moment get_moment(const uint8_t *p)
{
    return (struct moment){get_u64(p), get_u64(p + 8)};
}

/* ---- the kinds of block; false: its contents make no sense ---- */

/* Whether the log has as many inputs at that cycle. */
static bool is_moment(const struct recording *r, struct moment at)
{
    return at.cycle < UINT64_MAX && at.inputs >= inputs_before(r->inputs, at.cycle) &&
           at.inputs <= inputs_before(r->inputs, at.cycle + 1);
}

/* A field of fixed size into a text of the same size; what would play with the user's terminal is left out. */
static const uint8_t *get_text(char *text, const uint8_t *from, size_t size)
{
    for (size_t i = 0; i < size; i++)
        text[i] = from[i] && (from[i] < ' ' || from[i] == 0x7F) ? '?' : (char)from[i];
    text[size - 1] = 0;
    return from + size;
}

static bool take_config(struct recording *r, const uint8_t *p, size_t size)
{
    if (size != CONFIG_SIZE)
        return false;
    p = get_text(r->version, p, CONFIG_VERSION);
    p = get_text(r->chip, p, CONFIG_CHIP);
    p = get_text(r->image_name, p, CONFIG_IMAGE);
    r->raw = get_u32(p);
    r->address = get_u32(p + 4);
    r->options = (struct machine_options){
        .seed = get_u64(p + 8), .hse_hz = get_u32(p + 16), .lse_hz = get_u32(p + 20),
        .stop_on = get_u32(p + 24), .check = get_u32(p + 28),
    };
    r->modes = (struct machine_modes){.debugger = get_u32(p + 32), .semihosting = get_u32(p + 36)};
    r->layout = get_u64(p + 40);
    r->begin_hash = get_u64(p + 48);
    r->begun = true;
    return true;
}

static uint8_t *copy_of(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size + 1);

    if (copy)
        memcpy(copy, bytes, size);
    return copy;
}

static bool take_image(struct recording *r, const uint8_t *p, size_t size)
{
    if (r->image)
        return false;
    r->image = copy_of(p, size);
    r->image_size = size;
    return r->image;
}

static bool take_board(struct recording *r, const uint8_t *p, size_t size)
{
    struct recording_board *b = &r->board[r->board_count];

    if (size < BOARD_TEXT || r->board_count == OPTIONS_ATTACH)
        return false;
    p = get_text(b->text, p, BOARD_TEXT);
    b->size = size - BOARD_TEXT;
    b->contents = copy_of(p, b->size);
    r->board_count += !!b->contents;
    return b->contents;
}

static bool take_state(struct recording *r, const uint8_t *p, size_t size)
{
    struct recording_state state = {.size = size - STATE_HEADER}, *list;

    if (size <= STATE_HEADER)
        return false;
    state.at = get_moment(p);
    state.modes = (struct machine_modes){.debugger = get_u32(p + 16), .semihosting = get_u32(p + 20)};
    if (moment_before(r->end, state.at) || !is_moment(r, state.at))
        return false;
    state.bytes = copy_of(p + STATE_HEADER, state.size);
    if (!state.bytes)
        return false;
    list = realloc(r->checkpoints, (r->checkpoint_count + 1) * sizeof *list);
    if (!list) {
        free(state.bytes);
        return false;
    }
    r->checkpoints = list;
    r->checkpoints[r->checkpoint_count++] = state;
    return true;
}

static bool take_inputs(struct recording *r, const uint8_t *p, size_t size)
{
    uint64_t last = r->end.cycle;

    while (size) {
        struct input in;
        uint64_t cycle;
        if (size < INPUT_HEADER)
            return false;
        cycle = get_u64(p);
        in = (struct input){
            .kind = (enum input_kind)get_u32(p + 8), .target = get_u32(p + 12), .value = get_u32(p + 16),
            .size = get_u32(p + 20), .bytes = p + INPUT_HEADER,
        };
        if (in.size > size - INPUT_HEADER || cycle < last || !in.kind || in.kind >= INPUT_KINDS ||
            !inputs_add(r->inputs, cycle, &in))
            return false;
        last = cycle;
        p += INPUT_HEADER + in.size;
        size -= INPUT_HEADER + in.size;
    }
    return true;
}

static bool take_end(struct recording *r, const uint8_t *p, size_t size)
{
    uint64_t count = inputs_count(r->inputs);
    struct moment end;

    if (size != END_SIZE)
        return false;
    end = get_moment(p);
    if (end.inputs != count || moment_before(end, r->end) || !is_moment(r, end))
        return false;
    r->end = end;
    r->end_hash = get_u64(p + 16);
    r->ended = true;
    return true;
}

static void drop_checkpoints(struct recording *r, struct moment after)
{
    while (r->checkpoint_count && moment_before(after, r->checkpoints[r->checkpoint_count - 1].at))
        free(r->checkpoints[--r->checkpoint_count].bytes);
}

static bool take_fork(struct recording *r, const uint8_t *p, size_t size)
{
    struct moment from;

    if (size != FORK_SIZE)
        return false;
    from = get_moment(p);
    if (moment_before(r->end, from) || !is_moment(r, from))
        return false;
    inputs_truncate(r->inputs, from.inputs);
    drop_checkpoints(r, from);
    r->end = from;
    r->end_hash = 0;
    return true;
}

static bool take_block(struct recording *r, uint32_t type, const uint8_t *p, size_t size)
{
    if (r->begun == (type == BLOCK_CONFIG))
        return false;
    switch (type) {
    case BLOCK_CONFIG:
        return take_config(r, p, size);
    case BLOCK_IMAGE:
        return take_image(r, p, size);
    case BLOCK_BOARD:
        return take_board(r, p, size);
    case BLOCK_STATE:
        return take_state(r, p, size);
    case BLOCK_INPUTS:
        return take_inputs(r, p, size);
    case BLOCK_END:
        return take_end(r, p, size);
    case BLOCK_FORK:
        return take_fork(r, p, size);
    default:
        return false;
    }
}

/* ---- the file ---- */

/* Unpacks and takes the block at `p`; its size in the file, or 0 with what is wrong in `why`. */
static size_t read_block(struct recording *r, const uint8_t *p, size_t left, const char **why)
{
    size_t stored, size;
    uint8_t *raw;
    bool taken;

    *why = "it ends within a block";
    if (left < BLOCK_HEADER)
        return 0;
    stored = get_u32(p + 4);
    size = get_u32(p + 8);
    *why = "a block is too large";
    if (stored > BLOCK_MAX || size > BLOCK_MAX)
        return 0;
    *why = "it ends within a block";
    if (stored > left - BLOCK_HEADER)
        return 0;
    *why = "a block's CRC is wrong";
    if (recording_crc(recording_crc(0, p, 12), p + BLOCK_HEADER, stored) != get_u32(p + 12))
        return 0;
    raw = malloc(size + 1);
    *why = "a block cannot be unpacked";
    taken = raw && ZSTD_decompress(raw, size, p + BLOCK_HEADER, stored) == size;
    if (taken) {
        *why = "a block makes no sense";
        taken = take_block(r, get_u32(p), raw, size);
    }
    free(raw);
    return taken ? BLOCK_HEADER + stored : 0;
}

static bool check_header(const uint8_t *bytes, size_t size, char error[RECORDING_TEXT])
{
    if (size < RECORDING_HEADER || memcmp(bytes, RECORDING_MAGIC, 8)) {
        snprintf(error, RECORDING_TEXT, "not a recording");
        return false;
    }
    if (get_u32(bytes + 8) != RECORDING_VERSION) {
        snprintf(error, RECORDING_TEXT, "a recording of format %u; this backstep reads format %d",
                 get_u32(bytes + 8), RECORDING_VERSION);
        return false;
    }
    return true;
}

bool recording_parse(struct recording *r, const uint8_t *bytes, size_t size, char error[RECORDING_TEXT])
{
    size_t at = RECORDING_HEADER, used = 1;
    const char *why = "";

    *r = (struct recording){.inputs = inputs_create()};
    if (!r->inputs || !check_header(bytes, size, error))
        return false;
    while (at < size && used) {
        used = read_block(r, bytes + at, size - at, &why);
        at += used;
    }
    if (r->begun && strcmp(r->version, PACKAGE_VERSION)) {
        snprintf(error, RECORDING_TEXT, "made by backstep %s, this is %s", r->version, PACKAGE_VERSION);
        return false;
    }
    if (!r->ended || !r->image) {
        snprintf(error, RECORDING_TEXT, "damaged at byte %zu, before anything of use: %s", at, why);
        return false;
    }
    if (at < size)
        snprintf(r->damage, sizeof r->damage, "damaged at byte %zu of %zu: %s; what comes before it, up to "
                 "cycle %llu, is used", at, size, why, (unsigned long long)r->end.cycle);
    /* Inputs without an END behind them happened after the last moment that is known to be reached. */
    inputs_truncate(r->inputs, r->end.inputs);
    return true;
}

bool recording_load(struct recording *r, const char *path, char error[RECORDING_TEXT])
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = NULL;
    long size = -1;
    bool loaded = false;

    *r = (struct recording){0};
    if (!file) {
        snprintf(error, RECORDING_TEXT, "%s", strerror(errno));
        return false;
    }
    if (!fseek(file, 0, SEEK_END))
        size = ftell(file);
    snprintf(error, RECORDING_TEXT, "cannot be read, or is larger than %d MiB", FILE_MAX >> 20);
    if (size >= 0 && size <= FILE_MAX && !fseek(file, 0, SEEK_SET) && (bytes = malloc((size_t)size + 1)) &&
        fread(bytes, 1, (size_t)size, file) == (size_t)size)
        loaded = recording_parse(r, bytes, (size_t)size, error);
    free(bytes);
    fclose(file);
    return loaded;
}

void recording_free(struct recording *r)
{
    for (size_t i = 0; i < r->checkpoint_count; i++)
        free(r->checkpoints[i].bytes);
    free(r->checkpoints);
    for (unsigned i = 0; i < r->board_count; i++)
        free(r->board[i].contents);
    free(r->image);
    inputs_destroy(r->inputs);
    *r = (struct recording){0};
}

/* ---- bringing it back ---- */

void recording_options(const struct recording *r, struct options *o)
{
    o->image = r->image_name;
    o->chip = r->chip;
    o->raw = r->raw;
    o->address = r->address;
    o->seed = r->options.seed;
    o->hse_hz = r->options.hse_hz;
    o->lse_hz = r->options.lse_hz;
    o->stop_on |= r->options.stop_on;
    o->check = r->options.check;
    o->semihosting |= r->modes.semihosting;
    o->attach_count = r->board_count;
    for (unsigned i = 0; i < r->board_count; i++)
        o->attach[i] = (struct attach_option){r->board[i].text, r->board[i].contents, r->board[i].size};
}

bool recording_begin(const struct recording *r, struct machine *m)
{
    if (recording_layout(m) != r->layout)
        return false;
    machine_attach_debugger(m, r->modes.debugger);
    machine_set_semihosting(m, r->modes.semihosting);
    return machine_hash(m) == r->begin_hash;
}

bool recording_unpack_state(uint8_t *state, const uint8_t *begin, size_t size, const uint8_t *packed, size_t stored)
{
    ZSTD_DCtx *d = ZSTD_createDCtx();
    bool done = d && !ZSTD_isError(ZSTD_DCtx_refPrefix(d, begin, size)) &&
                ZSTD_decompressDCtx(d, state, size, packed, stored) == size;

    ZSTD_freeDCtx(d);
    return done;
}

/* Checkpoints up to the first that makes no sense. Afterwards the machine, which stood at the begin, stands at the
 * last one taken. */
static struct moment adopt_checkpoints(struct recording *r, struct machine *m, struct timeline *t)
{
    struct moment last = timeline_begin(t);
    size_t size = machine_state_size(m);
    uint8_t *begin = malloc(size), *state = malloc(size);

    if (begin)
        machine_save(m, begin);
    for (size_t i = 0; begin && state && i < r->checkpoint_count; i++) {
        const struct recording_state *c = &r->checkpoints[i];
        if (!recording_unpack_state(state, begin, size, c->bytes, c->size) ||
            !machine_restore_foreign(m, state, vtime_at(c->at.cycle), c->modes)) {
            snprintf(r->damage, sizeof r->damage, "its checkpoint at cycle %llu makes no sense and is not used, nor "
                     "are later ones: what comes after them is replayed", (unsigned long long)c->at.cycle);
            break;
        }
        if (!timeline_adopt_checkpoint(t, c->at))
            break;
        last = c->at;
    }
    free(begin);
    free(state);
    return last;
}

/* What the debugger and semihosting were when it ended: with other modes the end would not be the recorded one. */
static struct machine_modes modes_at_end(const struct recording *r)
{
    struct machine_modes modes = r->modes;

    for (uint64_t i = 0; i < inputs_count(r->inputs); i++) {
        struct input in = inputs_at(r->inputs, i);
        if (in.kind == INPUT_DEBUGGER)
            modes.debugger = in.value;
        else if (in.kind == INPUT_SEMIHOSTING)
            modes.semihosting = in.value;
    }
    return modes;
}

enum recording_result recording_unroll(struct recording *r, struct machine *m, struct timeline *t,
                                       bool (*go_on)(void *context, struct moment at), void *context)
{
    struct machine_modes modes = modes_at_end(r);
    struct moment last;

    timeline_adopt(t, r->inputs, r->end);
    r->inputs = NULL;
    timeline_set_modes(t, modes);
    last = adopt_checkpoints(r, m, t);
    timeline_seek(t, last);
    while (!timeline_live(t) && !timeline_astray(t)) {
        if (!go_on(context, timeline_now(t)))
            return RECORDING_ABANDONED;
        timeline_run(t, vtime_add(machine_now(m), UNROLL_SLICE));
    }
    if (!moment_same(timeline_now(t), r->end) || (r->end_hash && machine_hash(m) != r->end_hash))
        return RECORDING_ASTRAY;
    return RECORDING_AT_END;
}
