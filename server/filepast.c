/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guest's file handles along its history. See filepast.h. */
#include "server/filepast.h"

#include <stdlib.h>
#include <string.h>

struct note {
    uint64_t cycle;
    unsigned number;
    struct file_state state;
};

struct filepast {
    struct note *notes;
    size_t count, room;
    char **paths;
    uint32_t path_count;
};

struct filepast *filepast_create(void)
{
    return calloc(1, sizeof(struct filepast));
}

void filepast_destroy(struct filepast *p)
{
    if (!p)
        return;
    for (uint32_t i = 0; i < p->path_count; i++)
        free(p->paths[i]);
    free(p->paths);
    free(p->notes);
    free(p);
}

uint32_t filepast_path(struct filepast *p, const char *path)
{
    char **paths, *copy;

    for (uint32_t i = 0; i < p->path_count; i++)
        if (!strcmp(p->paths[i], path))
            return i;
    paths = realloc(p->paths, (p->path_count + 1) * sizeof *paths);
    if (!paths)
        return UINT32_MAX;
    p->paths = paths;
    copy = strdup(path);
    if (!copy)
        return UINT32_MAX;
    p->paths[p->path_count] = copy;
    return p->path_count++;
}

const char *filepast_text(const struct filepast *p, uint32_t path)
{
    return path < p->path_count ? p->paths[path] : NULL;
}

void filepast_note(struct filepast *p, uint64_t cycle, unsigned number, const struct file_state *state)
{
    if (p->count == p->room) {
        size_t room = p->room ? 2 * p->room : 64;
        struct note *notes = realloc(p->notes, room * sizeof *notes);
        if (!notes)
            return;
        p->notes = notes;
        p->room = room;
    }
    p->notes[p->count++] = (struct note){cycle, number, *state};
}

void filepast_rewind(struct filepast *p, uint64_t cycle)
{
    while (p->count && p->notes[p->count - 1].cycle > cycle)
        p->count--;
}

struct file_state filepast_last(const struct filepast *p, unsigned number)
{
    for (size_t i = p->count; i-- > 0;)
        if (p->notes[i].number == number)
            return p->notes[i].state;
    return (struct file_state){.kind = 0};
}

int64_t filepast_size(const struct filepast *p, uint32_t path)
{
    for (size_t i = p->count; i-- > 0;)
        if (p->notes[i].state.path == path && p->notes[i].state.size >= 0)
            return p->notes[i].state.size;
    return -1;
}
