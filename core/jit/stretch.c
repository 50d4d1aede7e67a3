/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which translations have been entered since a stretch of execution began (core/footprint.h). Those that are
 * waited for are hidden: they have no entry and no jump leads to them, so that who wants to execute them comes
 * to jit_find, which reveals them again. Whatever else may come to lead into a block must be cut in hide, too.
 */
#include "core/jit/translator.h"

static uint32_t *bucket_of(struct jit *j, uint32_t pc)
{
    return &j->hidden[pc / 2 % HIDDEN_BUCKETS];
}

static void hide(struct jit *j, struct block *block)
{
    uint32_t *entry = window_entry(&j->window, block->mode, block->pc), *bucket = bucket_of(j, block->pc);

    block->hidden = true;
    block->hidden_entry = *entry;
    block->hidden_next = *bucket;
    *bucket = (uint32_t)(block - j->blocks);
    *entry = 0;
    jit_unlink(j, block);
}

struct block *jit_reveal(struct jit *j, uint32_t pc)
{
    for (uint32_t *link = bucket_of(j, pc); *link != NO_BLOCK; link = &j->blocks[*link].hidden_next) {
        struct block *block = &j->blocks[*link];
        if (block->pc != pc || block->mode != j->mode || !guard_admits(j, block))
            continue;
        *link = block->hidden_next;
        *window_entry(&j->window, block->mode, pc) = block->hidden_entry;
        block->hidden = false;
        jit_note_block(j, block);
        return block;
    }
    return NULL;
}

void jit_forget_hidden(struct jit *j, struct block *block)
{
    uint32_t *link = bucket_of(j, block->pc);

    while (*link != (uint32_t)(block - j->blocks))
        link = &j->blocks[*link].hidden_next;
    *link = block->hidden_next;
    block->hidden = false;
}

void jit_forget_all_hidden(struct jit *j)
{
    for (unsigned i = 0; i < HIDDEN_BUCKETS; i++)
        j->hidden[i] = NO_BLOCK;
}

void jit_note_block(struct jit *j, struct block *block)
{
    if (heat_touch(&block->heat))
        footprint_executed_range(&j->c->touched, block->pc, block->size);
}

void jit_hide(struct jit *j, uint32_t first, uint32_t last)
{
    for (struct block *block = jit_next_block(j, NULL); block; block = jit_next_block(j, block))
        if (!block->hidden && block->mode == j->mode && block->pc <= last && block->pc + (block->reach - 1) >= first)
            hide(j, block);
}

void jit_new_stretch(struct jit *j)
{
    for (struct block *block = jit_next_block(j, NULL); block; block = jit_next_block(j, block)) {
        if (heat_stays(&block->heat))
            footprint_executed_range(&j->c->touched, block->pc, block->size);
        else if (!block->hidden)
            hide(j, block);
    }
    window_new_stretch(&j->window);
}
