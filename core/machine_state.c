/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The state of a machine as a whole: hashed, saved, restored, and what core/replay needs around that.
 */
#include <string.h>

#include "core/machine_parts.h"

uint64_t machine_hash(const struct machine *m)
{
    uint64_t hash = arena_hash(m->arena);

    for (unsigned i = 0; i < m->memory_count; i++)
        if (m->memories[i].nvm.bytes)
            hash = state_hash(hash, m->memories[i].nvm.bytes, m->memories[i].nvm.size);
    return hash;
}

size_t machine_state_size(const struct machine *m)
{
    size_t size = arena_size(m->arena);

    for (unsigned i = 0; i < m->memory_count; i++)
        size += m->memories[i].nvm.size;
    return size;
}

void machine_save(const struct machine *m, void *bytes)
{
    uint8_t *out = bytes;

    arena_save(m->arena, out);
    out += arena_size(m->arena);
    for (unsigned i = 0; i < m->memory_count; i++) {
        const struct nvm *nvm = &m->memories[i].nvm;
        if (nvm->bytes)
            memcpy(out, nvm->bytes, nvm->size);
        out += nvm->size;
    }
}

void machine_restore(struct machine *m, const void *bytes)
{
    const uint8_t *in = bytes;

    arena_restore(m->arena, in);
    in += arena_size(m->arena);
    for (unsigned i = 0; i < m->memory_count; i++) {
        struct nvm *nvm = &m->memories[i].nvm;
        if (nvm->bytes && memcmp(nvm->bytes, in, nvm->size))
            nvm_program(nvm, 0, in, nvm->size);
        in += nvm->size;
    }
    machine_restored(m, machine_modes(m));
}

void machine_restored(struct machine *m, struct machine_modes modes)
{
    m->cpu.debugger = modes.debugger;
    m->cpu.semihosting = modes.semihosting;
    m->cpu.pass_cycle = m->cpu.pass_watch = UINT64_MAX;
    machine_show_boot_memory(m);
    for (unsigned i = 0; i < m->device_count; i++)
        if (m->devices[i]->ops->restored)
            m->devices[i]->ops->restored(m->devices[i]);
    cpu_restored(&m->cpu);
}

struct machine_modes machine_modes(const struct machine *m)
{
    return (struct machine_modes){.debugger = m->cpu.debugger, .semihosting = m->cpu.semihosting};
}

struct arena *machine_arena(struct machine *m)
{
    return m->arena;
}

struct nvm *machine_nvm(struct machine *m, unsigned index)
{
    for (unsigned i = 0; i < m->memory_count; i++)
        if (m->memories[i].nvm.bytes && !index--)
            return &m->memories[i].nvm;
    return NULL;
}

uint64_t machine_work(const struct machine *m)
{
    return m->cpu.s->instructions + (MACHINE_INTERPRETED - 1) * m->cpu.interpreted;
}

void machine_footprint(struct machine *m, struct footprint *touched)
{
    footprint_collect(&m->cpu.touched, touched);
    interp_new_stretch(&m->cpu);
    if (m->jit)
        jit_new_stretch(m->jit);
}

void machine_mute(struct machine *m, bool mute)
{
    m->log.shut = mute;
}
