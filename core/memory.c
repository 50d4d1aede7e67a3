/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flash-like memories. See memory.h. */
#include "core/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Whole pages, so that the translator's guest window can map them a second time. */
static uint8_t *map_bytes(struct nvm *nvm)
{
    int share = MAP_SHARED;
    void *bytes;

    nvm->fd = memfd_create(nvm->name, MFD_CLOEXEC);
    if (nvm->fd >= 0 && ftruncate(nvm->fd, nvm->size) < 0) {
        close(nvm->fd);
        nvm->fd = -1;
    }
    if (nvm->fd < 0)            /* a host that forbids memfd: everything but a second mapping works */
        share = MAP_PRIVATE | MAP_ANONYMOUS;
    bytes = mmap(NULL, nvm->size, PROT_READ | PROT_WRITE, share, nvm->fd, 0);
    return bytes == MAP_FAILED ? NULL : bytes;
}

bool nvm_init(struct nvm *nvm, const char *name, uint32_t size, uint8_t fill)
{
    uint32_t pages = (size + NVM_PAGE - 1) / NVM_PAGE;

    *nvm = (struct nvm){.name = name, .size = size, .fd = -1, .fill = fill};
    nvm->bytes = map_bytes(nvm);
    nvm->pages = calloc(pages, sizeof *nvm->pages);
    if (!nvm->bytes || !nvm->pages) {
        nvm_free(nvm);
        return false;
    }
    memset(nvm->bytes, fill, size);
    return true;
}

void nvm_free(struct nvm *nvm)
{
    if (nvm->bytes)
        munmap(nvm->bytes, nvm->size);
    if (nvm->bytes && nvm->fd >= 0)
        close(nvm->fd);
    free(nvm->pages);
    nvm->bytes = NULL;
    nvm->pages = NULL;
}

static void touch(struct nvm *nvm, uint32_t offset, uint32_t size)
{
    uint32_t page;

    nvm->generation++;
    for (page = offset / NVM_PAGE; page <= (offset + size - 1) / NVM_PAGE; page++)
        nvm->pages[page] = nvm->generation;
}

static bool inside(const struct nvm *nvm, uint32_t offset, uint32_t size)
{
    return offset <= nvm->size && size <= nvm->size - offset;
}

void nvm_program(struct nvm *nvm, uint32_t offset, const void *bytes, uint32_t size)
{
    assert(inside(nvm, offset, size));
    if (!size)
        return;
    memcpy(nvm->bytes + offset, bytes, size);
    touch(nvm, offset, size);
}

void nvm_erase(struct nvm *nvm, uint32_t offset, uint32_t size)
{
    assert(inside(nvm, offset, size));
    if (!size)
        return;
    memset(nvm->bytes + offset, nvm->fill, size);
    touch(nvm, offset, size);
}
