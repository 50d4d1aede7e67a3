/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths that stay below a directory. See hostdir.h. */
#include "server/hostdir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Opens the directory that holds the last component, which goes to `last` (NAME_MAX + 1 bytes). */
static int open_parent(int dir, const char *path, char *last)
{
    int at = dup(dir), next;
    size_t size;

    while (at >= 0) {
        path += strspn(path, "/");
        size = strcspn(path, "/");
        if (size > NAME_MAX || (size == 2 && !memcmp(path, "..", 2))) {
            errno = size > NAME_MAX ? ENAMETOOLONG : EACCES;
            break;
        }
        memcpy(last, path, size);
        last[size] = 0;
        path += size;
        if (!path[strspn(path, "/")])
            return at;
        next = openat(at, last, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        close(at);
        at = next;
    }
    if (at >= 0)
        close(at);
    return -1;
}

int hostdir_open(int dir, const char *path, int flags, mode_t mode)
{
    char last[NAME_MAX + 1];
    int parent = open_parent(dir, path, last), fd;

    if (parent < 0)
        return -1;
    fd = openat(parent, *last ? last : ".", flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, mode);
    if (fd < 0 && errno == ELOOP)
        errno = EACCES;
    close(parent);
    return fd;
}

int hostdir_remove(int dir, const char *path)
{
    char last[NAME_MAX + 1];
    int parent = open_parent(dir, path, last), result;

    if (parent < 0)
        return -1;
    result = unlinkat(parent, last, 0);
    close(parent);
    return result;
}

int hostdir_rename(int dir, const char *from, const char *to)
{
    char from_last[NAME_MAX + 1], to_last[NAME_MAX + 1];
    int from_parent = open_parent(dir, from, from_last), to_parent, result = -1;

    if (from_parent < 0)
        return -1;
    to_parent = open_parent(dir, to, to_last);
    if (to_parent >= 0) {
        result = renameat(from_parent, from_last, to_parent, to_last);
        close(to_parent);
    }
    close(from_parent);
    return result;
}
