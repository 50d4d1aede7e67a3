/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the guest's file handles were at each moment of its history, so that a new future that begins in the
 * past finds them as they were then. Handles are numbered from 0 here.
 */
#ifndef SERVER_FILEPAST_H
#define SERVER_FILEPAST_H

#include <stdbool.h>
#include <stdint.h>

struct filepast;

/* A handle after a call that changed it. `kind` is the owner's; 0 means closed. */
struct file_state {
    uint8_t kind;
    uint8_t mode;               /* as SYS_OPEN has it */
    uint32_t path;              /* filepast_path */
    int64_t position, size;
};

/* NULL when out of memory. */
struct filepast *filepast_create(void);
void filepast_destroy(struct filepast *p);

/* A number for the path; UINT32_MAX when out of memory. The text belongs to the past. */
uint32_t filepast_path(struct filepast *p, const char *path);
const char *filepast_text(const struct filepast *p, uint32_t path);

/* From `cycle` on handle `number` is so; cycles do not decrease. Forgotten when out of memory. */
void filepast_note(struct filepast *p, uint64_t cycle, unsigned number, const struct file_state *state);

/* Drops all that was noted for later than `cycle`. */
void filepast_rewind(struct filepast *p, uint64_t cycle);

/* The last that was noted of a handle; of kind 0 if nothing was. */
struct file_state filepast_last(const struct filepast *p, unsigned number);

/* The last size that was noted of a path, whichever handle it was; -1: none. */
int64_t filepast_size(const struct filepast *p, uint32_t path);

#endif
