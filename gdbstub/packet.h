/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packets on the wire (gdb manual, "Overview" of the remote protocol): `$payload#checksum`, escapes in
 * what comes in, run-length encoding in what goes out, acknowledgements, and Ctrl-C between packets.
 */
#ifndef GDBSTUB_PACKET_H
#define GDBSTUB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PACKET_SIZE = 0x10000,      /* longest payload either way, escapes not counted; told to gdb */
    PACKET_FRAME = 4,           /* what a frame adds: $, # and two digits */
    PACKET_ESCAPE = '}',
    PACKET_ESCAPE_XOR = 0x20
};

/* Whether a byte of binary data must be escaped in a reply. '*' too: it would start a run. */
static inline bool packet_needs_escape(uint8_t byte)
{
    return byte == '#' || byte == '$' || byte == PACKET_ESCAPE || byte == '*';
}

/* ---- in ---- */

enum packet_event {
    PACKET_NONE,                /* nothing complete yet, or noise between packets */
    PACKET_READY,               /* a payload is complete */
    PACKET_BAD_CHECKSUM,        /* complete, but its checksum does not fit */
    PACKET_TOO_LONG,            /* ended, but was longer than PACKET_SIZE and is lost */
    PACKET_ACK,
    PACKET_NAK,
    PACKET_INTERRUPT            /* Ctrl-C, 0x03 outside a packet */
};

enum packet_state { PACKET_IDLE, PACKET_BODY, PACKET_ESCAPED, PACKET_SUM_HIGH, PACKET_SUM_LOW };

/* All zero: between packets. */
struct packet_decoder {
    enum packet_state state;
    uint8_t sum;                /* of the body so far */
    int sum_high;               /* first checksum digit, -1 if it was none */
    bool too_long;
    size_t size;
    uint8_t payload[PACKET_SIZE];   /* escapes resolved; valid from PACKET_READY to the next byte */
};

/* Takes one byte. */
enum packet_event packet_decode(struct packet_decoder *in, uint8_t byte);

/* ---- out ---- */

/* Frames `size` bytes of payload (escaped already where they are binary), runs encoded. `frame` has
 * room for size + PACKET_FRAME bytes; returns how many it takes. */
size_t packet_encode(uint8_t *frame, const uint8_t *payload, size_t size);

#endif
