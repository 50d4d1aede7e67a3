/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packets on the wire: framing, escapes, runs, acknowledgements.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "gdbstub/packet.h"
#include "gdbstub/reply.h"
#include "tests/unit/fake_target.h"

/* ---- in ---- */

static struct packet_decoder in;

/* Feeds bytes; what the last one that meant anything meant. */
static enum packet_event feed(const char *bytes, size_t size)
{
    enum packet_event last = PACKET_NONE;
    for (size_t i = 0; i < size; i++) {
        enum packet_event event = packet_decode(&in, (uint8_t)bytes[i]);
        if (event != PACKET_NONE)
            last = event;
    }
    return last;
}

static enum packet_event feed_text(const char *text)
{
    return feed(text, strlen(text));
}

static void payload_is(const char *wanted, size_t size)
{
    cr_assert_eq(in.size, size);
    cr_assert(memcmp(in.payload, wanted, size) == 0);
}

Test(gdbstub_packet, decodes_a_packet)
{
    cr_assert_eq(feed_text("$m20000000,4#4f"), PACKET_READY);
    payload_is("m20000000,4", 11);
    cr_assert_eq(feed_text("$g#67"), PACKET_READY);
    payload_is("g", 1);
}

Test(gdbstub_packet, decodes_an_empty_packet)
{
    cr_assert_eq(feed_text("$#00"), PACKET_READY);
    payload_is("", 0);
}

Test(gdbstub_packet, checksum_digits_may_be_upper_case)
{
    cr_assert_eq(feed_text("$m20000000,4#4F"), PACKET_READY);
}

Test(gdbstub_packet, wrong_checksum_is_noticed)
{
    cr_assert_eq(feed_text("$g#68"), PACKET_BAD_CHECKSUM);
    cr_assert_eq(feed_text("$g#6x"), PACKET_BAD_CHECKSUM);
    cr_assert_eq(feed_text("$g#x7"), PACKET_BAD_CHECKSUM);
    cr_assert_eq(feed_text("$g#67"), PACKET_READY);
}

Test(gdbstub_packet, escapes_are_resolved_and_count_in_the_checksum)
{
    cr_assert_eq(feed("$X\0}\003}\004}]}\012#ba", 14), PACKET_READY);
    payload_is("X\0#$}*", 6);
}

Test(gdbstub_packet, escape_before_the_end_is_dropped)
{
    cr_assert_eq(feed_text("$a}#de"), PACKET_READY);
    payload_is("a", 1);
}

Test(gdbstub_packet, dollar_in_a_packet_starts_anew)
{
    cr_assert_eq(feed_text("$m2000$g#67"), PACKET_READY);
    payload_is("g", 1);
}

Test(gdbstub_packet, noise_between_packets_is_skipped)
{
    cr_assert_eq(feed_text("abc#12\r\n$g#67"), PACKET_READY);
}

Test(gdbstub_packet, ctrl_c_counts_only_between_packets)
{
    cr_assert_eq(feed_text("\003"), PACKET_INTERRUPT);
    cr_assert_eq(feed_text("$a\003#64"), PACKET_READY);
    payload_is("a\003", 2);
}

Test(gdbstub_packet, acknowledgements_count_only_between_packets)
{
    cr_assert_eq(feed_text("+"), PACKET_ACK);
    cr_assert_eq(feed_text("-"), PACKET_NAK);
    cr_assert_eq(feed_text("$+-#58"), PACKET_READY);
}

Test(gdbstub_packet, longest_payload_fits_and_one_more_byte_does_not)
{
    static char bytes[PACKET_SIZE];
    memset(bytes, 0, sizeof bytes);
    feed_text("$");
    feed(bytes, PACKET_SIZE);
    cr_assert_eq(feed_text("#00"), PACKET_READY);
    cr_assert_eq(in.size, PACKET_SIZE);
    feed_text("$");
    feed(bytes, PACKET_SIZE);
    feed(bytes, 1);
    cr_assert_eq(feed_text("#00"), PACKET_TOO_LONG);
    cr_assert_eq(feed_text("$g#67"), PACKET_READY);
}

/* ---- out ---- */

static void encodes_to(const char *payload, const char *wanted)
{
    uint8_t frame[1000];
    size_t size = packet_encode(frame, (const uint8_t *)payload, strlen(payload));
    cr_assert(size == strlen(wanted) && memcmp(frame, wanted, size) == 0, "%.*s", (int)size, frame);
}

Test(gdbstub_packet, frames_a_reply)
{
    encodes_to("OK", "$OK#9a");
    encodes_to("", "$#00");
}

Test(gdbstub_packet, short_runs_stay_as_they_are)
{
    encodes_to("0", "$0#30");
    encodes_to("000", "$000#90");
}

Test(gdbstub_packet, a_run_of_four_is_encoded)
{
    encodes_to("0000", "$0* #7a");
    encodes_to("a0000b", "$a0* b#3d");
}

/* What a client makes of a frame. */
static size_t expand(const uint8_t *frame, size_t size, uint8_t *to)
{
    uint8_t *start = to;
    for (size_t i = 1; i < size - 3; i++) {
        if (frame[i] == '*')
            for (unsigned n = frame[++i] - 29U; n > 0; n--, to++)
                *to = to[-1];
        else
            *to++ = frame[i];
    }
    return (size_t)(to - start);
}

Test(gdbstub_packet, runs_of_any_length_come_back_and_use_no_forbidden_count)
{
    static uint8_t payload[400];
    static uint8_t frame[sizeof payload + PACKET_FRAME];
    static uint8_t back[sizeof payload];
    memset(payload, '0', sizeof payload);
    for (size_t length = 0; length < sizeof payload; length++) {
        size_t size = packet_encode(frame, payload, length);
        cr_assert_leq(size, length + PACKET_FRAME);
        for (size_t i = 1; i < size - 3; i++)
            cr_assert(frame[i] != '#' && frame[i] != '$' && frame[i] != '+' && frame[i] != '-' && frame[i] < 127);
        cr_assert_eq(expand(frame, size, back), length);
        cr_assert(memcmp(back, payload, length) == 0);
    }
}

Test(gdbstub_packet, binary_data_is_escaped)
{
    uint8_t bytes[20];
    struct reply out = {.bytes = bytes, .capacity = sizeof bytes};
    cr_assert_eq(reply_binary(&out, "a#b$c}d*e", 9), 9);
    cr_assert(out.size == 13 && memcmp(bytes, "a}\003b}\004c}]d}\012e", 13) == 0);
}

Test(gdbstub_packet, binary_data_stops_where_the_room_ends)
{
    uint8_t bytes[4];
    struct reply out = {.bytes = bytes, .capacity = sizeof bytes};
    cr_assert_eq(reply_binary(&out, "abc#", 4), 3);
    cr_assert_eq(reply_binary(&out, "#", 1), 0);
    cr_assert_eq(reply_binary(&out, "d", 1), 1);
}

/* ---- acknowledgements of a session ---- */

static struct {
    char bytes[2000];
    size_t size;
    unsigned writes;
} sent;

static void collect(void *context, const void *bytes, size_t size)
{
    (void)context;
    memcpy(sent.bytes + sent.size, bytes, size);
    sent.size += size;
    sent.writes++;
}

static struct fake_target fake;
static struct session *session;

static void open_session(void)
{
    fake_init(&fake);
    fake.stub = stub_create(&fake.ops, &fake);
    session = session_open(fake.stub, collect, NULL);
}

static void close_stub(void)
{
    stub_destroy(fake.stub);
}

static void receive(const char *text)
{
    sent.size = 0;
    sent.writes = 0;
    session_receive(session, text, strlen(text));
}

static void was_sent(const char *wanted)
{
    cr_assert(sent.size == strlen(wanted) && memcmp(sent.bytes, wanted, sent.size) == 0, "%.*s",
              (int)sent.size, sent.bytes);
}

TestSuite(gdbstub_ack, .init = open_session, .fini = close_stub);

Test(gdbstub_ack, packets_are_acknowledged_before_the_reply)
{
    receive("$qC#b4");
    was_sent("+$QC1#c5");
    cr_assert_eq(sent.writes, 2);
}

Test(gdbstub_ack, wrong_checksum_asks_for_the_packet_again)
{
    receive("$qC#b5");
    was_sent("-");
    receive("$qC#b4");
    was_sent("+$QC1#c5");
}

Test(gdbstub_ack, reply_is_sent_again_when_the_client_asks)
{
    receive("$qC#b4");
    receive("-");
    was_sent("$QC1#c5");
    receive("+");
    was_sent("");
}

Test(gdbstub_ack, nothing_to_send_again_at_the_start)
{
    receive("-");
    was_sent("");
}

Test(gdbstub_ack, no_ack_mode_begins_behind_its_own_reply)
{
    receive("$QStartNoAckMode#b0");
    was_sent("+$OK#9a");
    receive("+$qC#b4");
    was_sent("$QC1#c5");
    receive("-");
    was_sent("");
}

Test(gdbstub_ack, no_ack_mode_trusts_the_transport)
{
    receive("$QStartNoAckMode#b0");
    receive("+$qC#00");
    was_sent("$QC1#c5");
}

Test(gdbstub_ack, packets_may_come_in_any_pieces)
{
    receive("$q");
    was_sent("");
    receive("C#");
    was_sent("");
    receive("b");
    was_sent("");
    receive("4$qC#b4");
    was_sent("+$QC1#c5+$QC1#c5");
}

Test(gdbstub_ack, one_write_per_packet)
{
    receive("$QStartNoAckMode#b0");
    receive("$g#67");
    cr_assert_eq(sent.writes, 1);
}

Test(gdbstub_ack, ctrl_c_behind_the_acknowledged_stop_reply_gets_another)
{
    receive("$s#73");
    sent.size = 0;
    fake_stop(&fake, &(struct target_stop){.kind = TARGET_STOP_STEP});
    cr_assert(sent.size > 3 && memcmp(sent.bytes, "$T05", 4) == 0);
    receive("\003");
    was_sent("");
    receive("+\003");
    cr_assert(sent.size > 3 && memcmp(sent.bytes, "$T05", 4) == 0);
}
