/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdbstub/document.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct document *t, const char *bytes, size_t size)
{
    if (t->failed)
        return;
    if (t->capacity - t->size < size) {
        size_t capacity = 2 * (t->capacity + size) + 1024;
        char *grown = realloc(t->bytes, capacity);
        if (grown == NULL) {
            t->failed = true;
            return;
        }
        t->bytes = grown;
        t->capacity = capacity;
    }
    memcpy(t->bytes + t->size, bytes, size);
    t->size += size;
}

void document_add(struct document *t, const char *words)
{
    add(t, words, strlen(words));
}

void document_format(struct document *t, const char *format, ...)
{
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof line)
        t->failed = true;
    else
        add(t, line, (size_t)size);
}

void document_add_xml(struct document *t, const char *words)
{
    for (; *words != '\0'; words++) {
        switch (*words) {
        case '<':
            document_add(t, "&lt;");
            break;
        case '>':
            document_add(t, "&gt;");
            break;
        case '&':
            document_add(t, "&amp;");
            break;
        case '"':
            document_add(t, "&quot;");
            break;
        default:
            add(t, words, 1);
        }
    }
}
