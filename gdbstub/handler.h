/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Packets by name, and who handles them. Each cmd_*.c exports a table of the packets that belong to
 * one group of the target; a table whose group is missing is neither advertised nor searched.
 */
#ifndef GDBSTUB_HANDLER_H
#define GDBSTUB_HANDLER_H

#include "gdbstub/session.h"

/* What a handler wants to be answered. From OUTCOME_STATUS on: a target_status that is no success. */
enum outcome {
    OUTCOME_REPLY,          /* what it put into the reply; nothing there means "not supported" */
    OUTCOME_OK,
    OUTCOME_SILENT,         /* nothing now */
    OUTCOME_MALFORMED,
    OUTCOME_NOT_IN_CONTROL,
    OUTCOME_STATUS = 0x100
};

static inline enum outcome outcome_of(enum target_status status)
{
    return status == TARGET_OK ? OUTCOME_OK : (enum outcome)(OUTCOME_STATUS + (int)status);
}

/* `in` stands behind the name. */
typedef enum outcome handler_function(struct session *s, struct payload *in, struct reply *out);

enum handler_match { HANDLER_WHOLE, HANDLER_PREFIX };

struct handler {
    const char *name;               /* with the separator that ends it, if any */
    enum handler_match match;
    bool needs_control;
    handler_function *run;
};

struct handler_table {
    const struct handler *handlers; /* ended by a NULL name */
    bool (*present)(const struct target_ops *ops);
    const char *features;           /* for qSupported, each followed by `;` */
};

extern const struct handler_table session_handlers;
extern const struct handler_table thread_handlers;
extern const struct handler_table thread_group_handlers;
extern const struct handler_table register_handlers;
extern const struct handler_table memory_handlers;
extern const struct handler_table run_handlers;
extern const struct handler_table reverse_handlers;
extern const struct handler_table breakpoint_handlers;
extern const struct handler_table flash_handlers;
extern const struct handler_table features_handlers;
extern const struct handler_table map_handlers;
extern const struct handler_table monitor_handlers;
extern const struct handler_table process_handlers;

/* Answers one packet. */
void handler_dispatch(struct session *s, const uint8_t *payload, size_t size);

/* Answers a packet that was longer than PACKET_SIZE. */
void handler_refuse_length(struct session *s);

/* Adds the features of every table that is present. */
void handler_features(const struct session *s, struct reply *out);

#endif
