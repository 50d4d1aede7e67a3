/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdbstub/packet.h"

#include "gdbstub/payload.h"

/* ---- in ---- */

static void begin(struct packet_decoder *in)
{
    in->state = PACKET_BODY;
    in->sum = 0;
    in->size = 0;
    in->too_long = false;
}

static enum packet_event decode_idle(struct packet_decoder *in, uint8_t byte)
{
    switch (byte) {
    case '$':
        begin(in);
        return PACKET_NONE;
    case '+':
        return PACKET_ACK;
    case '-':
        return PACKET_NAK;
    case 0x03:
        return PACKET_INTERRUPT;
    default:
        return PACKET_NONE;
    }
}

static void append(struct packet_decoder *in, uint8_t byte)
{
    if (in->size == sizeof in->payload)
        in->too_long = true;
    else
        in->payload[in->size++] = byte;
}

/* A bare `$` can only be the start of the next packet: the rest of this one got lost. */
static void decode_body(struct packet_decoder *in, uint8_t byte)
{
    if (byte == '$') {
        begin(in);
    } else if (byte == '#') {
        in->state = PACKET_SUM_HIGH;
    } else {
        in->sum += byte;
        if (in->state == PACKET_ESCAPED) {
            in->state = PACKET_BODY;
            append(in, byte ^ PACKET_ESCAPE_XOR);
        } else if (byte == PACKET_ESCAPE) {
            in->state = PACKET_ESCAPED;
        } else {
            append(in, byte);
        }
    }
}

static enum packet_event finish(struct packet_decoder *in, uint8_t last_digit)
{
    int low = payload_digit(last_digit);
    in->state = PACKET_IDLE;
    if (in->too_long)
        return PACKET_TOO_LONG;
    if (in->sum_high < 0 || low < 0 || (in->sum_high << 4 | low) != in->sum)
        return PACKET_BAD_CHECKSUM;
    return PACKET_READY;
}

enum packet_event packet_decode(struct packet_decoder *in, uint8_t byte)
{
    switch (in->state) {
    case PACKET_IDLE:
        return decode_idle(in, byte);
    case PACKET_BODY:
    case PACKET_ESCAPED:
        decode_body(in, byte);
        return PACKET_NONE;
    case PACKET_SUM_HIGH:
        in->sum_high = payload_digit(byte);
        in->state = PACKET_SUM_LOW;
        return PACKET_NONE;
    case PACKET_SUM_LOW:
        return finish(in, byte);
    }
    return PACKET_NONE;
}

/* ---- out ---- */

enum {
    RUN_SHORTEST = 3, /* further repetitions that are worth `*` and a count */
    RUN_LONGEST = 97, /* the count is sent as n + 29 and must stay printable: '~' is 126 */
    RUN_BIAS = 29
};

/* How many further repetitions of the byte at `at` to encode as one run. Counts that would be sent
 * as
 * '#', '$', '+' or '-' are avoided, the last two because some clients take them for
 * acknowledgements. */
static size_t run_length(const uint8_t *at, const uint8_t *end)
{
    size_t run = 0;
    while (run < RUN_LONGEST && at + run + 1 < end && at[run + 1] == *at)
        run++;
    switch (run + RUN_BIAS) {
    case '#':
    case '+':
    case '-':
        return run - 1;
    case '$':
        return run - 2;
    default:
        return run;
    }
}

size_t packet_encode(uint8_t *frame, const uint8_t *payload, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t *to = frame;
    const uint8_t *end = payload + size;
    *to++ = '$';
    while (payload < end) {
        size_t run = run_length(payload, end);
        *to++ = *payload++;
        if (run >= RUN_SHORTEST) {
            *to++ = '*';
            *to++ = (uint8_t)(run + RUN_BIAS);
            payload += run;
        }
    }
    uint8_t sum = 0;
    for (const uint8_t *byte = frame + 1; byte < to; byte++)
        sum += *byte;
    *to++ = '#';
    *to++ = (uint8_t)digits[sum >> 4];
    *to++ = (uint8_t)digits[sum & 15];
    return (size_t)(to - frame);
}
