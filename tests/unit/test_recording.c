/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recording files: what is written comes back; of a damaged file the intact prefix is used, wherever it was hit, and
 * said; what cannot be used is refused with the reason.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "core/machine.h"
#include "core/replay/inputs.h"
#include "core/replay/timeline.h"
#include "periph/chips/chips.h"
#include "server/attach.h"
#include "server/recording.h"
#include "server/recording_format.h"

/* A stack pointer and a reset vector; then r0 counts for ever. */
static const uint8_t firmware[] = {0x00, 0x10, 0x00, 0x20, 0x09, 0x00, 0x00, 0x08, 0x40, 0x1C, 0xFD, 0xE7};
enum { FLASH = 0x08000000, RUN = 3000 };

/* A machine, its history and the file it is recorded in. */
struct rig {
    struct options options;
    struct attachments *attachments;
    struct machine *m;
    struct timeline *t;
};

static struct options options;
static struct rig rig;
static int image_fd, file_fd;
static char image_path[32], file_path[32];
static char error[RECORDING_TEXT];

static void build(struct rig *r, const struct options *o)
{
    struct machine_options machine = {.seed = o->seed, .hse_hz = o->hse_hz, .lse_hz = o->lse_hz};
    const struct machine_host host = {0};

    *r = (struct rig){.options = *o, .attachments = attachments_create(o, chip_find(o->chip))};
    cr_assert(r->attachments);
    machine.board = attachments_board(r->attachments);
    r->m = machine_create(chip_find(o->chip), &machine, &host, error, sizeof error);
    cr_assert(r->m, "%s", error);
    machine_load(r->m, FLASH, firmware, sizeof firmware);
    machine_reset(r->m, RESET_POWER_ON);
}

static void start_history(struct rig *r)
{
    r->t = timeline_create(r->m, &(struct timeline_options){.memory = 1 << 20, .spacing = 1000});
    cr_assert(r->t);
}

static void demolish(struct rig *r)
{
    timeline_destroy(r->t);
    machine_destroy(r->m);
    attachments_free(r->attachments);
}

static void setup(void)
{
    image_fd = memfd_create("firmware", 0);
    file_fd = memfd_create("recording", 0);
    snprintf(image_path, sizeof image_path, "/proc/self/fd/%d", image_fd);
    snprintf(file_path, sizeof file_path, "/proc/self/fd/%d", file_fd);
    cr_assert_eq(write(image_fd, firmware, sizeof firmware), (ssize_t)sizeof firmware);
    options = (struct options){
        .chip = "stm32f405rg", .image = "counts", .image_path = image_path, .raw = true, .address = FLASH,
        .seed = 5, .hse_hz = 12000000,
    };
}

static void teardown(void)
{
    close(image_fd);
    close(file_fd);
}

TestSuite(recording, .init = setup, .fini = teardown);

static struct recorder *open_file(void)
{
    struct recorder *recorder = recorder_open(file_path, &rig.options, rig.attachments, rig.m, rig.t, error);
    cr_assert(recorder, "%s", error);
    return recorder;
}

static struct recorder *start(void)
{
    build(&rig, &options);
    start_history(&rig);
    return open_file();
}

static void run(void)
{
    timeline_run(rig.t, vtime_add(machine_now(rig.m), RUN));
}

/* Runs, input, checkpoints, and the file's bytes; *hash is the machine's at the end. */
static uint8_t *record(size_t *size, uint64_t *hash)
{
    struct recorder *recorder = start();
    uint8_t *bytes;

    for (unsigned i = 0; i < 3; i++) {
        run();
        cr_assert(recorder_add(recorder));
        machine_set_reg(rig.m, REG_R0 + 4, i + 1);
        run();
        cr_assert(recorder_add_checkpoint(recorder));
    }
    *hash = machine_hash(rig.m);
    cr_assert(recorder_close(recorder));
    demolish(&rig);
    *size = (size_t)lseek(file_fd, 0, SEEK_END);
    bytes = malloc(*size);
    cr_assert_eq(pread(file_fd, bytes, *size, 0), (ssize_t)*size);
    return bytes;
}

static bool go_on(void *context, struct moment at)
{
    (void)context;
    (void)at;
    return true;
}

/* Opens it as the server does; the hash where it ends. */
static uint64_t hash_at_end(struct recording *r)
{
    struct options o = {.image_path = image_path};
    struct rig again;
    uint64_t hash;

    recording_options(r, &o);
    build(&again, &o);
    cr_assert(recording_begin(r, again.m));
    start_history(&again);
    cr_assert_eq(recording_unroll(r, again.m, again.t, go_on, NULL), RECORDING_AT_END);
    hash = machine_hash(again.m);
    demolish(&again);
    return hash;
}

Test(recording, what_is_written_comes_back)
{
    struct recording r;
    uint64_t hash;
    size_t size;
    uint8_t *bytes = record(&size, &hash);

    cr_assert(recording_parse(&r, bytes, size, error), "%s", error);
    cr_assert_str_empty(r.damage);
    cr_assert_str_eq(r.chip, "stm32f405rg");
    cr_assert_eq(r.options.hse_hz, 12000000);
    cr_assert_eq(r.end.inputs, 3);
    cr_assert_geq(r.checkpoint_count, 3);
    cr_assert_eq(hash_at_end(&r), hash);
    recording_free(&r);
    free(bytes);
}

/* As `monitor save` does it: nothing was recorded, and history has inputs, the first of which is the debugger. */
Test(recording, a_history_is_saved_afterwards_with_its_inputs)
{
    struct recorder *recorder;
    struct recording r;
    uint64_t hash;

    build(&rig, &options);
    start_history(&rig);
    machine_attach_debugger(rig.m, true);
    run();
    machine_set_reg(rig.m, REG_R0 + 4, 1);
    run();
    hash = machine_hash(rig.m);
    timeline_seek(rig.t, timeline_begin(rig.t));
    recorder = open_file();
    timeline_seek(rig.t, timeline_end(rig.t));
    cr_assert(recorder_add_checkpoint(recorder));
    cr_assert(recorder_close(recorder));
    demolish(&rig);
    cr_assert(recording_load(&r, file_path, error), "%s", error);
    cr_assert_str_empty(r.damage);
    cr_assert_eq(r.end.inputs, 2);
    cr_assert_eq(hash_at_end(&r), hash);
    recording_free(&r);
}

Test(recording, the_board_is_in_it_with_its_contents)
{
    static const uint8_t contents[] = "as it was then";
    struct recording r;
    uint64_t hash;
    size_t size;
    uint8_t *bytes;

    options.attach[options.attach_count++] = (struct attach_option){"24c02@I2C1=/no/such/folder", contents, sizeof contents};
    options.attach[options.attach_count++] = (struct attach_option){.text = "wire@PA0:PB1"};
    bytes = record(&size, &hash);
    cr_assert(recording_parse(&r, bytes, size, error), "%s", error);
    cr_assert_eq(r.board_count, 2);
    cr_assert_str_eq(r.board[0].text, "24c02@I2C1", "not where the contents came from");
    cr_assert_arr_eq(r.board[0].contents, contents, sizeof contents);
    cr_assert_eq(hash_at_end(&r), hash);
    recording_free(&r);
    free(bytes);
}

/* Cut anywhere: refused, or what is before the cut is used, and said. */
Test(recording, every_prefix_is_used_or_refused)
{
    uint64_t hash, last = 0;
    size_t size;
    uint8_t *bytes = record(&size, &hash);
    bool opened = false;

    for (size_t n = 0; n < size; n++) {
        uint8_t *prefix = malloc(n + 1);
        struct recording r;
        memcpy(prefix, bytes, n);
        if (!recording_parse(&r, prefix, n, error)) {
            cr_assert_not(opened, "%zu of %zu bytes: %s", n, size, error);
        } else {
            opened = true;
            cr_assert_geq(r.end.cycle, last, "%zu bytes", n);
            last = r.end.cycle;
            cr_assert_eq(r.end.inputs, r.end.inputs ? inputs_count(r.inputs) : 0, "%zu bytes", n);
        }
        recording_free(&r);
        free(prefix);
    }
    cr_assert(opened);
    cr_assert_gt(last, 5 * RUN);
    free(bytes);
}

/* Whatever byte is hit, nothing behind it is used. */
Test(recording, every_changed_byte_is_noticed)
{
    uint64_t hash;
    size_t size;
    uint8_t *bytes = record(&size, &hash);

    for (size_t n = 0; n < size; n++) {
        struct recording r;
        if (n >= 12 && n < RECORDING_HEADER)    /* reserved */
            continue;
        bytes[n] ^= 0x10;
        if (recording_parse(&r, bytes, size, error))
            cr_assert(*r.damage, "byte %zu of %zu", n, size);
        recording_free(&r);
        bytes[n] ^= 0x10;
    }
    free(bytes);
}

/* Puts another block in place of the first, which is the configuration. */
static uint8_t *with_version(const uint8_t *bytes, size_t *size, const char *version)
{
    uint32_t stored, whole;
    uint8_t raw[CONFIG_SIZE], *forged = malloc(*size + CONFIG_SIZE);
    size_t rest, packed;

    memcpy(&stored, bytes + RECORDING_HEADER + 4, 4);
    rest = RECORDING_HEADER + BLOCK_HEADER + stored;
    cr_assert_eq(ZSTD_decompress(raw, sizeof raw, bytes + RECORDING_HEADER + BLOCK_HEADER, stored), sizeof raw);
    snprintf((char *)raw, CONFIG_VERSION, "%s", version);
    memcpy(forged, bytes, RECORDING_HEADER + BLOCK_HEADER);
    packed = ZSTD_compress(forged + RECORDING_HEADER + BLOCK_HEADER, 2 * CONFIG_SIZE, raw, sizeof raw, 1);
    memcpy(forged + RECORDING_HEADER + 4, &(uint32_t){(uint32_t)packed}, 4);
    whole = recording_crc(recording_crc(0, forged + RECORDING_HEADER, 12), forged + RECORDING_HEADER + BLOCK_HEADER, packed);
    memcpy(forged + RECORDING_HEADER + 12, &whole, 4);
    memcpy(forged + RECORDING_HEADER + BLOCK_HEADER + packed, bytes + rest, *size - rest);
    *size = RECORDING_HEADER + BLOCK_HEADER + packed + *size - rest;
    return forged;
}

Test(recording, that_of_another_version_is_refused_by_name)
{
    struct recording r;
    uint64_t hash;
    size_t size;
    uint8_t *bytes = record(&size, &hash), *forged = with_version(bytes, &size, "0.0.7");

    cr_assert_not(recording_parse(&r, forged, size, error));
    cr_assert(strstr(error, "0.0.7"), "%s", error);
    recording_free(&r);
    free(forged);
    free(bytes);
}

Test(recording, a_new_future_replaces_the_old_one)
{
    struct recorder *recorder = start();
    struct recording r;
    struct moment middle;
    uint64_t hash;

    run();
    middle = timeline_now(rig.t);
    machine_set_reg(rig.m, REG_R0 + 5, 1);
    run();
    cr_assert(recorder_add_checkpoint(recorder));
    timeline_seek(rig.t, middle);
    recorder_fork(recorder, middle);
    machine_set_reg(rig.m, REG_R0 + 5, 2);
    run();
    hash = machine_hash(rig.m);
    cr_assert(recorder_close(recorder));
    demolish(&rig);
    cr_assert(recording_load(&r, file_path, error), "%s", error);
    cr_assert_eq(hash_at_end(&r), hash);
    recording_free(&r);
}

/* A second device, so that the machine is made otherwise. */
Test(recording, that_of_another_machine_is_refused)
{
    struct recording r;
    uint64_t hash;
    size_t size;
    uint8_t *bytes = record(&size, &hash);

    cr_assert(recording_parse(&r, bytes, size, error), "%s", error);
    options.attach[options.attach_count++] = (struct attach_option){.text = "lm75@I2C1"};
    build(&rig, &options);
    cr_assert_not(recording_begin(&r, rig.m));
    demolish(&rig);
    recording_free(&r);
    free(bytes);
}
