/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Host faults of guest accesses. A SIGSEGV of translated code at a site that it expects goes on in the
 * site's slow path or on its way to a device, and the site jumps there at once from now on. A write to a
 * page that holds translated code, by whom ever, makes that page dirty. Everything else is somebody else's fault and
 * goes to the handler that was there before.
 *
 * What a signal handler must reach can only be at file scope: the list of translators, and the handler
 * before ours.
 */
#include <signal.h>
#include <string.h>
#include <ucontext.h>

#include "core/jit/translator.h"

enum { TRANSLATORS = 16, NEAR_JUMP = 5 };

static struct jit *translators[TRANSLATORS];
static struct sigaction before;
static bool installed;

static void patch_jump(uint8_t *at, const uint8_t *target)
{
    at[0] = 0xE9;
    x86_place(at + 1, target);
}

/* Where to go on instead of the faulting host instruction, NULL if it is not ours. */
static const uint8_t *slow_path_of(struct jit *j, const uint8_t *pc, const uint8_t *address)
{
    const uint8_t *written = pc - j->code.shift;
    const struct access *access;
    const uint8_t *elsewhere;
    struct site *site;

    if (pc < j->cache.run || pc >= j->cache.run + j->cache.size)
        return NULL;
    access = jit_access_at(j, written);
    if (!access)
        return NULL;
    site = &j->sites[access->site];
    if (!access->patchable || window_written(&j->window, address))
        return jit_runs_at(j, site->stub);
    elsewhere = site->device ? site->device : site->stub;
    patch_jump((uint8_t *)(uintptr_t)access->at, elsewhere);
    return jit_runs_at(j, elsewhere);
}

/* Whether execution can go on, perhaps elsewhere. */
static bool handled(const uint8_t *address, greg_t *pc)
{
    for (unsigned i = 0; i < TRANSLATORS; i++) {
        struct jit *j = translators[i];
        const uint8_t *stub;
        if (!j)
            continue;
        stub = slow_path_of(j, (const uint8_t *)(uintptr_t)*pc, address);
        if (stub)
            *pc = (greg_t)(uintptr_t)stub;
        if (stub || window_written(&j->window, address))
            return true;
    }
    return false;
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
    ucontext_t *u = context;

    if (handled(info->si_addr, &u->uc_mcontext.gregs[REG_RIP]))
        return;
    if (before.sa_flags & SA_SIGINFO && before.sa_sigaction)
        before.sa_sigaction(signal, info, context);
    else
        sigaction(signal, &before, NULL);   /* the access faults again, as if we had not been there */
}

static bool install(void)
{
    struct sigaction action;

    if (installed)
        return true;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    installed = sigaction(SIGSEGV, &action, &before) == 0;
    return installed;
}

bool fault_register(struct jit *j)
{
    for (unsigned i = 0; i < TRANSLATORS; i++)
        if (!translators[i]) {
            translators[i] = j;
            return install();
        }
    return false;
}

void fault_unregister(struct jit *j)
{
    for (unsigned i = 0; i < TRANSLATORS; i++)
        if (translators[i] == j)
            translators[i] = NULL;
}
