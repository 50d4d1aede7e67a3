/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/rsp_script.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gdbstub/packet.h"

enum { CLIENTS = 3, LINE = 2 * PACKET_SIZE };

/* What the stub wrote to one client and the script did not look at yet, whole writes in order. */
struct client {
    struct session *session;
    bool over;
    size_t size;
    uint8_t bytes[8 * PACKET_SIZE];
};

struct play {
    struct fake_target *fake;
    struct client clients[CLIENTS + 1];     /* from 1 */
    size_t log_at;
    unsigned line;
};

static void collect(void *context, const void *bytes, size_t size)
{
    struct client *c = context;
    cr_assert(c->size + size <= sizeof c->bytes);
    memcpy(c->bytes + c->size, bytes, size);
    c->size += size;
}

static void give(struct client *c, const void *bytes, size_t size)
{
    cr_assert_not_null(c->session, "session is not open");
    c->over = !session_receive(c->session, bytes, size);
}

/* ---- sending ---- */

/* The bytes that a script's text stands for. */
static size_t unquote(const char *text, uint8_t *bytes)
{
    size_t size = 0;
    while (*text != '\0') {
        unsigned value;
        if (sscanf(text, "\\x%2x", &value) == 1) {
            bytes[size++] = (uint8_t)value;
            text += 4;
        } else {
            bytes[size++] = (uint8_t)*text++;
        }
    }
    return size;
}

static void send(struct client *c, const char *text)
{
    static uint8_t payload[LINE];
    static uint8_t frame[2 * LINE];
    size_t size = unquote(text, payload);
    uint8_t *to = frame;
    uint8_t sum = 0;
    *to++ = '$';
    for (size_t i = 0; i < size; i++) {
        bool escape = payload[i] == '$' || payload[i] == '#' || payload[i] == '}';
        if (escape)
            *to++ = '}';
        *to++ = escape ? payload[i] ^ 0x20 : payload[i];
    }
    for (const uint8_t *at = frame + 1; at < to; at++)
        sum += *at;
    to += sprintf((char *)to, "#%02x", sum);
    give(c, frame, (size_t)(to - frame));
}

/* ---- expecting ---- */

/* Takes the next packet that was written, without the acknowledgements before it, and expands its runs.
 * Bytes that are not printable, and the backslash, become \xNN. */
static void next_packet(struct play *p, struct client *c, char *text)
{
    size_t at = 0;
    while (at < c->size && c->bytes[at] == '+')
        at++;
    cr_assert(at < c->size, "line %u: nothing came", p->line);
    cr_assert(c->bytes[at] == '$', "line %u: no packet came but %02x", p->line, c->bytes[at]);
    uint8_t sum = 0;
    uint8_t last = 0;
    for (at++; c->bytes[at] != '#'; at++) {
        unsigned times = 1;
        sum += c->bytes[at];
        if (c->bytes[at] == '*') {
            times = c->bytes[++at] - 29U;
            sum += c->bytes[at];
        } else {
            last = c->bytes[at];
        }
        for (; times > 0; times--)
            text += sprintf(text, last >= ' ' && last < 127 && last != '\\' ? "%c" : "\\x%02x", last);
    }
    char digits[3];
    snprintf(digits, sizeof digits, "%02x", sum);
    cr_assert(memcmp(c->bytes + at + 1, digits, 2) == 0, "line %u: wrong checksum", p->line);
    *text = '\0';
    c->size -= at + 3;
    memmove(c->bytes, c->bytes + at + 3, c->size);
}

static void expect(struct play *p, struct client *c, const char *wanted)
{
    static char text[4 * LINE];
    next_packet(p, c, text);
    if (wanted[0] == '~')
        cr_assert(strstr(text, wanted + 2) != NULL, "line %u: \"%s\" is not in \"%s\"", p->line,
                  wanted + 2, text);
    else
        cr_assert_str_eq(text, wanted[0] == ' ' ? wanted + 1 : wanted, "line %u: came \"%s\"", p->line, text);
}

static void expect_call(struct play *p, const char *wanted)
{
    const char *log = p->fake->log + p->log_at;
    size_t left = p->fake->log_size - p->log_at;
    const char *end = left == 0 ? NULL : memchr(log, '\n', left);
    cr_assert(end != NULL, "line %u: the target was told nothing more", p->line);
    int size = (int)(end - log);
    cr_assert((size_t)size == strlen(wanted) && memcmp(log, wanted, (size_t)size) == 0,
              "line %u: the target was told \"%.*s\"", p->line, size, log);
    p->log_at += (size_t)size + 1;
}

static void expect_nothing_left(struct play *p)
{
    for (int i = 1; i <= CLIENTS; i++) {
        struct client *c = &p->clients[i];
        size_t acks = 0;
        while (acks < c->size && c->bytes[acks] == '+')
            acks++;
        cr_assert(acks == c->size, "session %d: not looked at: %.*s", i, (int)(c->size - acks),
                  (const char *)c->bytes + acks);
    }
    cr_assert(p->log_at == p->fake->log_size, "not looked at: %.*s",
              (int)(p->fake->log_size - p->log_at), p->fake->log + p->log_at);
}

/* ---- what the target does of its own ---- */

static const struct {
    const char *word;
    enum target_stop_kind kind;
} stop_words[] = {
    {"stepped", TARGET_STOP_STEP},
    {"software", TARGET_STOP_BREAK_SOFTWARE},
    {"hardware", TARGET_STOP_BREAK_HARDWARE},
    {"watch", TARGET_STOP_WATCH_WRITE},
    {"rwatch", TARGET_STOP_WATCH_READ},
    {"awatch", TARGET_STOP_WATCH_ACCESS},
    {"interrupted", TARGET_STOP_INTERRUPT},
    {"signal", TARGET_STOP_SIGNAL},
    {"begin", TARGET_STOP_HISTORY_BEGIN},
    {"end", TARGET_STOP_HISTORY_END},
    {"exited", TARGET_STOP_EXITED},
    {"killed", TARGET_STOP_KILLED},
};

static bool play_stop(struct play *p, const char *word, unsigned number)
{
    for (size_t i = 0; i < sizeof stop_words / sizeof *stop_words; i++) {
        if (strcmp(word, stop_words[i].word) != 0)
            continue;
        struct target_stop stop = {.kind = stop_words[i].kind, .address = number};
        stop.signal = (enum target_signal)number;
        stop.status = (uint8_t)number;
        fake_stop(p->fake, &stop);
        return true;
    }
    return false;
}

/* "hit ADDRESS none|commands|software|hardware" asks the stub what a breakpoint means. */
static void play_hit(struct play *p, unsigned address, const char *wanted)
{
    static const char *const words[] = {"none", "commands", "software", "hardware"};
    enum stub_hit hit = stub_breakpoint_hit(p->fake->stub, address);
    cr_assert_str_eq(words[hit], wanted, "line %u: the hit is %s", p->line, words[hit]);
}

/* STOP [NUMBER] | running | switch THREAD | say TEXT | unheard TEXT | hit ADDRESS WHAT | commands ADDRESS
 * | refuse STATUS | sp VALUE */
static void play_event(struct play *p, const char *text)
{
    char word[20] = "";
    char rest[20] = "";
    unsigned number = 0;
    sscanf(text, "%19s %x %19s", word, &number, rest);
    const char *said = strchr(text, ' ');
    if (play_stop(p, word, number))
        return;
    if (strcmp(word, "running") == 0)
        p->fake->running = true;
    else if (strcmp(word, "switch") == 0)
        p->fake->thread = number;
    else if (strcmp(word, "say") == 0)
        cr_assert(stub_console_output(p->fake->stub, said + 1, strlen(said + 1)), "line %u", p->line);
    else if (strcmp(word, "unheard") == 0)
        cr_assert_not(stub_console_output(p->fake->stub, said + 1, strlen(said + 1)), "line %u", p->line);
    else if (strcmp(word, "hit") == 0)
        play_hit(p, number, rest);
    else if (strcmp(word, "commands") == 0)
        stub_breakpoint_commands(p->fake->stub, number);
    else if (strcmp(word, "refuse") == 0)
        p->fake->refusal = (enum target_status)number;
    else if (strcmp(word, "sp") == 0)
        p->fake->registers[ARM_REG_SP] = number;
    else
        cr_assert_fail("line %u: what is \"%s\"?", p->line, text);
}

/* ---- playing ---- */

static void open_session(struct play *p, struct client *c)
{
    c->session = session_open(p->fake->stub, collect, c);
    cr_assert_not_null(c->session);
}

static void close_session(struct client *c)
{
    session_close(c->session);
    c->session = NULL;
}

static void play_line(struct play *p, const char *text)
{
    struct client *c = &p->clients[1];
    if (*text >= '1' && *text <= '0' + CLIENTS)
        c = &p->clients[*text++ - '0'];
    if (*text == '>')
        send(c, text + 2);
    else if (*text == '<')
        expect(p, c, text + 1);
    else if (*text == '=')
        expect_call(p, text + 2);
    else if (*text == '!')
        play_event(p, text + 2);
    else if (*text == '+')
        open_session(p, c);
    else if (*text == 'x')
        close_session(c);
    else if (strcmp(text, "^C") == 0)
        give(c, "\003", 1);
    else if (strcmp(text, "over") == 0)
        cr_assert(c->over, "line %u: the session goes on", p->line);
    else
        cr_assert(*text == '#' || *text == '\0', "line %u: what is \"%s\"?", p->line, text);
}

void rsp_play_on(struct fake_target *fake, const char *script)
{
    struct play *p = calloc(1, sizeof *p);
    char *line = malloc(LINE);
    p->fake = fake;
    p->log_at = fake->log_size;
    fake->stub = stub_create(&fake->ops, fake);
    open_session(p, &p->clients[1]);
    while (*script != '\0') {
        size_t size = strcspn(script, "\n");
        cr_assert(size < LINE);
        memcpy(line, script, size);
        line[size] = '\0';
        p->line++;
        play_line(p, line);
        script += size + (script[size] == '\n');
    }
    expect_nothing_left(p);
    stub_destroy(fake->stub);
    free(line);
    free(p);
}

void rsp_play(const char *script)
{
    struct fake_target *fake = malloc(sizeof *fake);
    fake_init(fake);
    rsp_play_on(fake, script);
    free(fake);
}
