/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Executable memory. See code_cache.h. */
#include "core/jit/code_cache.h"

#include <sys/mman.h>
#include <unistd.h>

static bool map_views(struct code_cache *cache, int fd)
{
    void *write, *run;

    if (ftruncate(fd, (off_t)cache->size) < 0)
        return false;
    write = mmap(NULL, cache->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    cache->write = write == MAP_FAILED ? NULL : write;
    run = mmap(NULL, cache->size, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_32BIT, fd, 0);
    cache->run = run == MAP_FAILED ? NULL : run;
    return cache->write && cache->run;
}

bool code_cache_init(struct code_cache *cache, size_t size)
{
    int fd = memfd_create("translations", MFD_CLOEXEC);
    bool ok;

    *cache = (struct code_cache){.size = size};
    if (fd < 0)
        return false;
    ok = map_views(cache, fd);
    close(fd);
    if (!ok)
        code_cache_free(cache);
    return ok;
}

void code_cache_free(struct code_cache *cache)
{
    if (cache->write)
        munmap(cache->write, cache->size);
    if (cache->run)
        munmap(cache->run, cache->size);
    cache->write = cache->run = NULL;
}
