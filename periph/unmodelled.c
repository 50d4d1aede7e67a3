/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows of blocks that are not modelled. See unmodelled.h. */
#include "periph/unmodelled.h"

#include "core/log.h"

bool unmodelled_window_read(struct device *d, uint32_t offset, unsigned size, uint32_t *value)
{
    (void)size;
    diag_unmodelled(d, DIAG_NO_REG, "not modelled: a read at offset 0x%X gives 0", offset);
    *value = 0;
    return true;
}

bool unmodelled_window_write(struct device *d, struct nvm *nvm, uint32_t offset, unsigned size,
                             uint32_t value)
{
    (void)nvm;
    (void)size;
    diag_unmodelled(d, DIAG_NO_REG, "not modelled: a write of 0x%X at offset 0x%X is dropped", value,
                    offset);
    return true;
}

bool unmodelled_window_peek(const struct device *d, uint32_t offset, uint8_t *value)
{
    (void)d;
    (void)offset;
    *value = 0;
    return true;
}
