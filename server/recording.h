/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recordings: a history in a file. It holds what is needed to have it again on another machine: chip and
 * options, the devices around the chip with their contents, the firmware image, every input, and checkpoints
 * now and then. The state at the begin follows from these.
 *
 * A file is a header and blocks, each compressed with its CRC, written one after the other as history grows;
 * what a killed process has written is a recording of all but its last moments. A reader uses the blocks in
 * front of the first that is damaged.
 *
 * A file may come from a stranger. Inputs can do no more than a guest or a debugger could; a checkpoint is
 * taken only if machine_sane finds nothing in it that would lead out of an array.
 */
#ifndef SERVER_RECORDING_H
#define SERVER_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/machine.h"
#include "core/replay/moment.h"
#include "server/attach.h"
#include "server/options.h"

enum { RECORDING_TEXT = 512, RECORDING_NAME = 256, RECORDING_WORD = 32 };

struct attachments;
struct inputs;
struct options;
struct timeline;

/* ---- writing ---- */

struct recorder;

/* Starts a file with what is at the begin of `t`, where the machine must stand. The firmware's file and the
 * contents of the board's memories are part of it. NULL with the reason in `error`. */
struct recorder *recorder_open(const char *path, const struct options *options, const struct attachments *board,
                               struct machine *m, struct timeline *t, char error[RECORDING_TEXT]);

/* Adds what has happened since; the file is then complete up to here. To be called now and then. False: the
 * file cannot be written; it has what came before. */
bool recorder_add(struct recorder *r);

/* The same with a checkpoint, from which a reader can start. */
bool recorder_add_checkpoint(struct recorder *r);

/* What came after `from` is no longer history. */
void recorder_fork(struct recorder *r, struct moment from);

/* False: not all was written. */
bool recorder_close(struct recorder *r);

/* ---- reading ---- */

struct recording_state {
    struct moment at;
    struct machine_modes modes;
    size_t size;
    uint8_t *bytes;             /* compressed: recording_pack_state */
};

struct recording_board {
    char text[ATTACH_NAME];     /* of --attach, without its file */
    uint8_t *contents;
    size_t size;
};

struct recording {
    char version[RECORDING_WORD], chip[RECORDING_WORD];
    char image_name[RECORDING_NAME];
    bool raw;
    uint32_t address;           /* of a raw image */
    struct machine_options options;
    bool begun, ended;          /* the blocks about its begin and some end are there */
    struct machine_modes modes; /* at the begin */
    uint64_t layout;            /* recording_layout of the machine that made it */
    uint64_t begin_hash;        /* of that machine at the begin */
    struct recording_board board[OPTIONS_ATTACH];
    unsigned board_count;
    uint8_t *image;
    size_t image_size;
    struct recording_state *checkpoints;
    size_t checkpoint_count;
    struct inputs *inputs;      /* NULL once somebody has taken them */
    struct moment end;
    uint64_t end_hash;          /* of the machine there; 0: unknown */
    char damage[RECORDING_TEXT];    /* what is missing; "": nothing */
};

/* False with the reason in `error`: no recording, of another version, or damaged before anything of use. */
bool recording_load(struct recording *r, const char *path, char error[RECORDING_TEXT]);
void recording_free(struct recording *r);

/* Parses a recording in memory; the same otherwise. */
bool recording_parse(struct recording *r, const uint8_t *bytes, size_t size, char error[RECORDING_TEXT]);

/* The options of the run that was recorded, as far as its machine depends on them; they refer to the recording. */
void recording_options(const struct recording *r, struct options *o);

/* What a machine's state is made of, as a number: states of another layout cannot be restored. */
uint64_t recording_layout(struct machine *m);

/* Puts a machine that was built and booted from the recording at the begin. False: that is another begin,
 * because the machine is made otherwise. */
bool recording_begin(const struct recording *r, struct machine *m);

enum recording_result {
    RECORDING_AT_END,
    RECORDING_ASTRAY,           /* the replay does not reach the recorded end */
    RECORDING_ABANDONED         /* `go_on` said no */
};

/* Gives a timeline that was created there the rest of history and goes to its end. `go_on` is asked now and
 * then, with the moment reached. Checkpoints that make no sense are left out: r->damage then says so. */
enum recording_result recording_unroll(struct recording *r, struct machine *m, struct timeline *t,
                                       bool (*go_on)(void *context, struct moment at), void *context);

#endif
