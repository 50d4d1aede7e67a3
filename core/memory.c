/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Flash-like memories. See memory.h. */
#include "core/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool nvm_init(struct nvm *nvm, const char *name, uint32_t size, uint8_t fill)
{
    uint32_t pages = (size + NVM_PAGE - 1) / NVM_PAGE;

    *nvm = (struct nvm){.name = name, .size = size, .fill = fill};
    nvm->bytes = malloc(size);
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
    free(nvm->bytes);
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
