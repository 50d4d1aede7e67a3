/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --attach: tables of the devices around the chip, made from the command line, and the files of their contents. */
#ifndef SERVER_ATTACH_H
#define SERVER_ATTACH_H

#include <stdbool.h>

#include "core/options.h"

struct attachments;
struct machine;
struct options;

/* Tables for all --attach options; NULL with a message on stderr if one makes no sense or its file cannot be
 * read. They must outlive the machine. */
struct attachments *attachments_create(const struct options *options);
struct machine_board attachments_board(const struct attachments *a);

/* Whether the chip has the buses and ports that the options name; false with a message. */
bool attachments_fit(const struct attachments *a, const struct machine *m);

/* Writes contents that have changed to their files; false with a message if one cannot be written. */
bool attachments_save(const struct attachments *a, struct machine *m);
void attachments_free(struct attachments *a);

/* "PB12" as port ("GPIOB") and pin number. */
bool attach_parse_pin(const char *text, char port[8], unsigned *pin);

#endif
