/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --attach: tables of the devices around the chip, made from the command line, and the files of their contents. */
#ifndef SERVER_ATTACH_H
#define SERVER_ATTACH_H

#include <stdbool.h>

#include "core/options.h"
#include "server/options.h"

struct attachments;
struct chip;
struct machine;

enum { ATTACH_NAME = 64 };

/* Tables for all --attach options, which they refer to, and for the chip's I2C buses; NULL with a message on stderr if
 * one makes no sense or its file cannot be read. They must outlive the machine. */
struct attachments *attachments_create(const struct options *options, const struct chip *chip);
struct machine_board attachments_board(const struct attachments *a);

/* Whether the chip has the buses and ports that the options name; false with a message. */
bool attachments_fit(const struct attachments *a, const struct machine *m);

/* One of them, as another run needs it to have the same: the option without its file, and what its memory held
 * at power-on. False: there is no such one. */
struct attached {
    const char *text;
    const uint8_t *contents;
    size_t size;
};
bool attachments_get(const struct attachments *a, unsigned index, struct attached *attached);

/* Writes contents that have changed to their files; false with a message if one cannot be written. The machine
 * stands at the present, because that is what a file keeps. */
bool attachments_save(const struct attachments *a, struct machine *m);
void attachments_free(struct attachments *a);

/* "PB12" as port ("GPIOB") and pin number. */
bool attach_parse_pin(const char *text, char port[8], unsigned *pin);

#endif
