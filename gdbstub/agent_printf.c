/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * printf of agent expressions, which is how gdb's agent-style dprintf prints. The format comes as
 * the user wrote it: backslash escapes are resolved here. Sizes are those of the C compilers for
 * 32-bit Arm: int and long have 32 bits. Not there: floating point (the bytecode cannot compute
 * it), wide characters, `*` as a width, %n.
 */
#include <string.h>

#include "gdbstub/agent.h"

enum piece_kind { PIECE_END, PIECE_CHARACTER, PIECE_CONVERSION, PIECE_MISTAKE };

/* One piece of a format: a character to print as it is, or a conversion. */
struct piece {
    enum piece_kind kind;
    char character;                          /* PIECE_CHARACTER; PIECE_CONVERSION: its letter */
    bool left, plus, space, zero, alternate; /* flags - + blank 0 # */
    int width;                               /* 0..AGENT_FIELD */
    int precision;                           /* 0..AGENT_FIELD, -1: none */
    unsigned bits;                           /* of an integer */
};

/* ---- reading a format ---- */

static const char *read_octal(const char *at, struct piece *p)
{
    unsigned value = 0;
    for (int i = 0; i < 3 && *at >= '0' && *at <= '7'; i++)
        value = value * 8 + (unsigned)(*at++ - '0');
    p->character = (char)value;
    return at;
}

static const char *read_escape(const char *at, struct piece *p)
{
    static const char letters[] = "abefnrtv\\\"'?";
    static const char meaning[] = "\a\b\033\f\n\r\t\v\\\"'?";
    p->kind = PIECE_CHARACTER;
    if (*at >= '0' && *at <= '7')
        return read_octal(at, p);
    const char *letter = *at == '\0' ? NULL : strchr(letters, *at);
    if (letter == NULL) {
        p->kind = PIECE_MISTAKE;
        return at;
    }
    p->character = meaning[letter - letters];
    return at + 1;
}

static const char *read_flags(const char *at, struct piece *p)
{
    for (;; at++) {
        switch (*at) {
        case '-':
            p->left = true;
            break;
        case '+':
            p->plus = true;
            break;
        case ' ':
            p->space = true;
            break;
        case '0':
            p->zero = true;
            break;
        case '#':
            p->alternate = true;
            break;
        default:
            return at;
        }
    }
}

/* Digits of a width or precision; a number beyond AGENT_FIELD stays beyond it. */
static const char *read_number(const char *at, int *number)
{
    *number = 0;
    for (; *at >= '0' && *at <= '9'; at++)
        if (*number <= AGENT_FIELD)
            *number = *number * 10 + (*at - '0');
    return at;
}

static const char *read_length(const char *at, struct piece *p)
{
    static const struct {
        const char *text;
        unsigned bits;
    } lengths[] = {{"hh", 8}, {"h", 16}, {"ll", 64}, {"l", 32}, {"j", 64}, {"z", 32}, {"t", 32}};
    p->bits = 32;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t length = strlen(lengths[i].text);
        if (strncmp(at, lengths[i].text, length) == 0) {
            p->bits = lengths[i].bits;
            return at + length;
        }
    }
    return at;
}

static const char *read_conversion(const char *at, struct piece *p)
{
    *p = (struct piece){.kind = PIECE_MISTAKE, .precision = -1};
    at = read_number(read_flags(at, p), &p->width);
    if (*at == '.')
        at = read_number(at + 1, &p->precision);
    const char *letter = read_length(at, p);
    const char *letters = letter == at ? "diouxXcsp" : "diouxX";
    if (p->width > AGENT_FIELD || p->precision > AGENT_FIELD)
        return letter;
    if (*letter == '\0' || strchr(letters, *letter) == NULL)
        return letter;
    p->kind = PIECE_CONVERSION;
    p->character = *letter;
    return letter + 1;
}

/* Reads the piece at `at` and returns where the next begins (after a mistake: nowhere of use). */
static const char *read_piece(const char *at, struct piece *p)
{
    if (*at == '\0') {
        p->kind = PIECE_END;
        return at;
    }
    if (*at == '\\')
        return read_escape(at + 1, p);
    if (*at == '%' && at[1] != '%')
        return read_conversion(at + 1, p);
    p->kind = PIECE_CHARACTER;
    p->character = *at;
    return at + (*at == '%' ? 2 : 1);
}

const char *agent_format_check(const char *format, unsigned count)
{
    struct piece p;
    unsigned conversions = 0;
    for (format = read_piece(format, &p); p.kind != PIECE_END; format = read_piece(format, &p)) {
        if (p.kind == PIECE_MISTAKE)
            return "agent expression: printf format has a conversion or escape that is not "
                   "supported";
        if (p.kind == PIECE_CONVERSION)
            conversions++;
    }
    return conversions == count ? NULL
                                : "agent expression: printf format and arguments do not match";
}

/* ---- printing ---- */

/* Text on its way: gathered, so that one line of output is one packet. */
struct output {
    const struct agent_machine *machine;
    size_t size;
    char text[1024];
};

static void flush(struct output *out)
{
    if (out->size > 0)
        out->machine->print(out->machine->context, out->text, out->size);
    out->size = 0;
}

static void put(struct output *out, char c)
{
    if (out->size == sizeof out->text)
        flush(out);
    out->text[out->size++] = c;
}

static void put_many(struct output *out, char c, int count)
{
    for (int i = 0; i < count; i++)
        put(out, c);
}

static void put_text(struct output *out, const char *text, int length)
{
    for (int i = 0; i < length; i++)
        put(out, text[i]);
}

/* A field: prefix (sign, 0x), zeros, text, filled up to the width of the conversion. */
static void put_field(struct output *out, const struct piece *p, const char *prefix, int zeros,
                      const char *text, int length)
{
    int prefix_length = (int)strlen(prefix);
    int fill = p->width - prefix_length - zeros - length;
    if (!p->left)
        put_many(out, ' ', fill);
    put_text(out, prefix, prefix_length);
    put_many(out, '0', zeros);
    put_text(out, text, length);
    if (p->left)
        put_many(out, ' ', fill);
}

/* The low `bits` of a value, with the sign of bit bits-1 if it is a signed conversion's. */
static uint64_t narrow(uint64_t value, unsigned bits, bool is_signed)
{
    if (bits == 64)
        return value;
    uint64_t sign = (uint64_t)1 << (bits - 1);
    value &= (sign << 1) - 1;
    return is_signed ? (value ^ sign) - sign : value;
}

/* An integer taken apart as its conversion wants it. */
struct number {
    const char *prefix;
    const char *digits; /* digits of the base, from 0 up */
    unsigned base;
    uint64_t magnitude;
};

static struct number signed_number(const struct piece *p, uint64_t value)
{
    uint64_t wide = narrow(value, p->bits, true);
    bool negative = wide >> 63 != 0;
    const char *prefix = negative ? "-" : p->plus ? "+" : p->space ? " " : "";
    return (struct number){prefix, "0123456789", 10, negative ? 0 - wide : wide};
}

static struct number unsigned_number(const struct piece *p, uint64_t value)
{
    uint64_t wide = narrow(value, p->bits, false);
    bool alternate = p->alternate && wide != 0;
    switch (p->character) {
    case 'o':
        return (struct number){alternate ? "0" : "", "01234567", 8, wide};
    case 'x':
        return (struct number){alternate ? "0x" : "", "0123456789abcdef", 16, wide};
    case 'X':
        return (struct number){alternate ? "0X" : "", "0123456789ABCDEF", 16, wide};
    case 'p':
        return (struct number){"0x", "0123456789abcdef", 16, wide};
    default:
        return (struct number){"", "0123456789", 10, wide};
    }
}

static void print_integer(struct output *out, const struct piece *p, uint64_t value)
{
    bool is_signed = p->character == 'd' || p->character == 'i';
    struct number n = is_signed ? signed_number(p, value) : unsigned_number(p, value);
    char text[22]; /* 64 bits in octal */
    char *digits = text + sizeof text;
    for (; n.magnitude != 0; n.magnitude /= n.base)
        *--digits = n.digits[n.magnitude % n.base];
    int length = (int)(text + sizeof text - digits);
    int least = p->precision >= 0 ? p->precision : 1;
    if (p->zero && !p->left && p->precision < 0 && p->width - (int)strlen(n.prefix) > least)
        least = p->width - (int)strlen(n.prefix);
    put_field(out, p, n.prefix, least > length ? least - length : 0, digits, length);
}

/* Fetches a string of at most `most` characters. What can be read of it is text, unless that is
 * nothing: then -1, else the length. */
static int fetch_string(const struct agent_machine *machine, uint32_t address, char *text, int most)
{
    for (int size = 0; size < most; size++) {
        if (!machine->read_memory(machine->context, address + (uint32_t)size, &text[size], 1))
            return size == 0 ? -1 : size;
        if (text[size] == '\0')
            return size;
    }
    return most;
}

static bool print_string(struct output *out, const struct piece *p, uint64_t address)
{
    char text[AGENT_STRING];
    int most = p->precision >= 0 ? p->precision : AGENT_STRING;
    int length = fetch_string(out->machine, (uint32_t)address, text, most);
    if (length < 0)
        return false;
    put_field(out, p, "", 0, text, length);
    return true;
}

static bool print_conversion(struct output *out, const struct piece *p, uint64_t value)
{
    char character = (char)value;
    switch (p->character) {
    case 's':
        return print_string(out, p, value);
    case 'c':
        put_field(out, p, "", 0, &character, 1);
        return true;
    default:
        print_integer(out, p, value);
        return true;
    }
}

enum agent_end agent_print(const struct agent_machine *machine, const char *format,
                           const uint64_t *arguments)
{
    struct output out = {.machine = machine};
    struct piece p;
    enum agent_end end = AGENT_DONE;
    for (format = read_piece(format, &p); p.kind != PIECE_END; format = read_piece(format, &p)) {
        if (p.kind == PIECE_CHARACTER) {
            put(&out, p.character);
        } else if (!print_conversion(&out, &p, *arguments++)) {
            end = AGENT_NO_MEMORY;
            break;
        }
    }
    flush(&out);
    return end;
}
