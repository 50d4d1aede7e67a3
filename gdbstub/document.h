/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A text that grows on the heap, for documents whose length is known only when they are written. Running
 * out of memory makes it `failed`, and everything after that does nothing; who wrote it checks once.
 */
#ifndef GDBSTUB_DOCUMENT_H
#define GDBSTUB_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

/* All zero: empty. The bytes are freed with free(). */
struct document {
    char *bytes;
    size_t size;
    size_t capacity;
    bool failed;
};

void document_add(struct document *t, const char *words);
void document_format(struct document *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Words as the content or an attribute of an XML element. */
void document_add_xml(struct document *t, const char *words);

#endif
