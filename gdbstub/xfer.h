/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The reading half of qXfer: pieces of a document by offset (gdb manual, "qXfer read"). */
#ifndef GDBSTUB_XFER_H
#define GDBSTUB_XFER_H

#include "gdbstub/handler.h"
#include "gdbstub/document.h"

/* Answers `annex:offset,length` from the document that `write` writes; any other annex than the one
 * given is an error. The document is written anew for each piece: it is short, and one that changes
 * between pieces (threads) changes only while gdb waits for a stop. */
enum outcome xfer_read(struct session *s, struct payload *in, struct reply *out, const char *annex,
                       void (*write)(struct stub *stub, struct document *document));

#endif
