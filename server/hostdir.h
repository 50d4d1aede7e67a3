/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A directory that paths given by the guest cannot leave: every component is opened by itself, symbolic
 * links and ".." are refused, and an absolute path starts at the directory.
 */
#ifndef SERVER_HOSTDIR_H
#define SERVER_HOSTDIR_H

#include <sys/types.h>

/* As openat, below `dir`; -1 with errno (EACCES for a path that tries to leave). */
int hostdir_open(int dir, const char *path, int flags, mode_t mode);
int hostdir_remove(int dir, const char *path);
int hostdir_rename(int dir, const char *from, const char *to);

#endif
