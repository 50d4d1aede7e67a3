/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "semihosting.h"

static unsigned checks, failures;

/* A line under construction. On the stack, so that a check inside a handler cannot spoil another's. */
struct line {
    char text[160];
    unsigned length;
};

static void put_text(struct line *l, const char *s)
{
    while (*s && l->length < sizeof l->text - 2)
        l->text[l->length++] = *s++;
}

static void put_decimal(struct line *l, uint32_t value)
{
    char digits[11];
    unsigned i = sizeof digits - 1;
    digits[i] = 0;
    do {
        digits[--i] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    put_text(l, digits + i);
}

static void put_hex(struct line *l, uint32_t value)
{
    char digits[11] = "0x00000000";
    for (unsigned i = 9; i > 1; i--, value >>= 4)
        digits[i] = "0123456789abcdef"[value & 15];
    put_text(l, digits);
}

static void print(struct line *l)
{
    l->text[l->length++] = '\n';
    l->text[l->length] = 0;
    semihosting(SYS_WRITE0, (uintptr_t)l->text);
}

void check(const char *name, bool condition)
{
    struct line l = {.length = 0};
    if (!condition)
        failures++;
    put_text(&l, condition ? "ok " : "not ok ");
    put_decimal(&l, ++checks);
    put_text(&l, " - ");
    put_text(&l, name);
    print(&l);
}

void check_note(const char *text, uint32_t value)
{
    struct line l = {.length = 0};
    put_text(&l, "# ");
    put_text(&l, text);
    put_text(&l, ": ");
    put_hex(&l, value);
    put_text(&l, " (");
    put_decimal(&l, value);
    put_text(&l, ")");
    print(&l);
}

void check_eq(const char *name, uint32_t actual, uint32_t expected)
{
    check(name, actual == expected);
    if (actual != expected) {
        check_note("  actual", actual);
        check_note("  expected", expected);
    }
}

void check_range(const char *name, uint32_t actual, uint32_t low, uint32_t high)
{
    bool inside = low <= actual && actual <= high;
    check(name, inside);
    if (!inside) {
        check_note("  actual", actual);
        check_note("  at least", low);
        check_note("  at most", high);
    }
}

void check_resume(unsigned earlier_checks, unsigned earlier_failures)
{
    checks = earlier_checks;
    failures = earlier_failures;
}

unsigned check_count(void)
{
    return checks;
}

unsigned check_failures(void)
{
    return failures;
}

void exit_status(unsigned status)
{
    uint32_t block[2] = {ADP_STOPPED_APPLICATION_EXIT, status};
    for (;;)
        semihosting(SYS_EXIT_EXTENDED, (uintptr_t)block);
}

void check_end(void)
{
    struct line l = {.length = 0};
    put_text(&l, "1..");
    put_decimal(&l, checks);
    print(&l);
    exit_status(failures < 100 ? failures : 100);
}

void check_bail_out(const char *why, uint32_t value)
{
    struct line l = {.length = 0};
    put_text(&l, "Bail out! ");
    put_text(&l, why);
    put_text(&l, " ");
    put_decimal(&l, value);
    print(&l);
    exit_status(99);
}
