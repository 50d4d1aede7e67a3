/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recording file's format, for its writer and its reader. All numbers are little-endian. */
#ifndef SERVER_RECORDING_FORMAT_H
#define SERVER_RECORDING_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/attach.h"
#include "server/recording.h"

#define RECORDING_MAGIC "BACKSTEP"

enum {
    RECORDING_VERSION = 3,
    RECORDING_HEADER = 16,          /* magic, version, 4 bytes of 0 */
    BLOCK_HEADER = 16,              /* type, stored size, size, CRC-32 of the stored bytes and the three */
    BLOCK_MAX = 64 << 20
};

enum block_type {
    BLOCK_CONFIG = 1,       /* version, chip, image name (fixed strings), raw, address, options, modes,
                             * layout, hash: of the machine at the begin */
    BLOCK_IMAGE = 2,        /* the firmware's file */
    BLOCK_STATE = 3,        /* moment, modes, state: a checkpoint, compressed as a difference to the begin */
    BLOCK_INPUTS = 4,       /* each: cycle, kind, target, value, size, bytes */
    BLOCK_END = 5,          /* moment, hash: history reaches there */
    BLOCK_FORK = 6,         /* moment: what came after it is dropped */
    BLOCK_BOARD = 7         /* a device around the chip: --attach without its file (fixed string), contents */
};

enum {
    CONFIG_VERSION = RECORDING_WORD, CONFIG_CHIP = RECORDING_WORD, CONFIG_IMAGE = RECORDING_NAME,
    CONFIG_SIZE = CONFIG_VERSION + CONFIG_CHIP + CONFIG_IMAGE + 8 + 8 + 16 + 8 + 8 + 8,
    BOARD_TEXT = ATTACH_NAME,
    STATE_HEADER = 24,
    INPUT_HEADER = 24,
    END_SIZE = 24,
    FORK_SIZE = 16
};

uint32_t recording_crc(uint32_t crc, const void *bytes, size_t size);

/* A state as machine_save gives it, of `size` bytes like `begin`, compressed as what differs from that; returns its
 * size, 0: failed. `room` is recording_state_room(size). */
size_t recording_pack_state(uint8_t *packed, size_t room, const uint8_t *state, const uint8_t *begin, size_t size);
size_t recording_state_room(size_t size);

/* And back; false: it is none, or of another size. */
bool recording_unpack_state(uint8_t *state, const uint8_t *begin, size_t size, const uint8_t *packed, size_t stored);

#endif
