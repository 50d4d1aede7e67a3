/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The processor's life (wiring, reset, restore), its special registers, and sleep: Arm ARM B1.4,
 * B1.5.5, B1.5.17 to B1.5.19, B5.2.2 and B5.2.3.
 */
#include "core/arm/cpu.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "core/arm/coredebug.h"
#include "core/arm/dwt.h"
#include "core/arm/exception.h"
#include "core/arm/fpb.h"
#include "core/arm/fpu.h"
#include "core/arm/itm.h"
#include "core/arm/mpu.h"
#include "core/arm/nvic.h"
#include "core/arm/ppb.h"
#include "core/arm/scb.h"
#include "core/arm/systick.h"
#include "core/env.h"

/* ---- stack pointers (B1.4.7): r[13] is PSP exactly while CONTROL.SPSEL is set ---- */

uint32_t cpu_msp(const struct cpu *c)
{
    return c->s->control & CONTROL_SPSEL ? c->s->sp_banked : c->s->r[13];
}

uint32_t cpu_psp(const struct cpu *c)
{
    return c->s->control & CONTROL_SPSEL ? c->s->r[13] : c->s->sp_banked;
}

void cpu_set_msp(struct cpu *c, uint32_t value)
{
    *(c->s->control & CONTROL_SPSEL ? &c->s->sp_banked : &c->s->r[13]) = value & ~3u;
}

void cpu_set_psp(struct cpu *c, uint32_t value)
{
    *(c->s->control & CONTROL_SPSEL ? &c->s->r[13] : &c->s->sp_banked) = value & ~3u;
}

void cpu_set_control(struct cpu *c, uint32_t value)
{
    struct cpu_state *s = c->s;
    uint32_t valid = CONTROL_NPRIV | (s->ipsr ? 0 : CONTROL_SPSEL) | (c->has_fpu ? CONTROL_FPCA : 0);
    uint32_t sp = s->r[13];

    value &= valid;
    if ((s->control ^ value) & CONTROL_SPSEL) {
        s->r[13] = s->sp_banked;
        s->sp_banked = sp;
    }
    s->control = (uint8_t)value;
}

/* ---- xPSR (B1.4.2) ---- */

static uint32_t apsr(const struct cpu *c)
{
    const struct cpu_state *s = c->s;

    return (uint32_t)s->n << 31 | (uint32_t)s->z << 30 | (uint32_t)s->c << 29 | (uint32_t)s->v << 28 |
           (uint32_t)s->q << 27 | (c->has_dsp ? (uint32_t)s->ge << 16 : 0);
}

static void set_nzcvq(struct cpu_state *s, uint32_t value)
{
    s->n = value >> 31 & 1;
    s->z = value >> 30 & 1;
    s->c = value >> 29 & 1;
    s->v = value >> 28 & 1;
    s->q = value >> 27 & 1;
}

uint32_t cpu_xpsr(const struct cpu *c)
{
    const struct cpu_state *s = c->s;

    return apsr(c) | (uint32_t)(s->it & 3) << 25 | (uint32_t)s->thumb << 24 |
           (uint32_t)(s->it >> 2) << 10 | s->ipsr;
}

/* EPSR holds ITSTATE, or where an LDM or STM was interrupted (ICI). This core restarts those, so
 * ICI bits, which are those that make no ITSTATE, are dropped. */
static uint8_t itstate(uint32_t xpsr)
{
    uint8_t it = (uint8_t)((xpsr >> 25 & 3) | (xpsr >> 10 & 0x3F) << 2);

    return it & 0xF ? it : 0;
}

void cpu_set_xpsr(struct cpu *c, uint32_t value)
{
    struct cpu_state *s = c->s;

    set_nzcvq(s, value);
    s->ge = c->has_dsp ? value >> 16 & 0xF : 0;
    s->thumb = value >> 24 & 1;
    s->it = itstate(value);
    s->ipsr = value & 0x1FF;
    cpu_set_control(c, s->control);     /* a handler uses MSP */
}

/* ---- MRS and MSR (B5.2.2, B5.2.3) ---- */

enum sysm {
    SYSM_MSP = 8, SYSM_PSP = 9,
    SYSM_PRIMASK = 16, SYSM_BASEPRI = 17, SYSM_BASEPRI_MAX = 18, SYSM_FAULTMASK = 19,
    SYSM_CONTROL = 20
};

enum { MSR_MASK_G = 1, MSR_MASK_NZCVQ = 2 };

static uint32_t privileged_special(const struct cpu *c, unsigned sysm)
{
    switch (sysm) {
    case SYSM_MSP:
        return cpu_msp(c);
    case SYSM_PSP:
        return cpu_psp(c);
    case SYSM_PRIMASK:
        return c->s->primask;
    case SYSM_BASEPRI:
    case SYSM_BASEPRI_MAX:
        return c->s->basepri;
    case SYSM_FAULTMASK:
        return c->s->faultmask;
    default:
        return 0;
    }
}

uint32_t cpu_read_special(struct cpu *c, unsigned sysm)
{
    if (sysm < SYSM_MSP)    /* EPSR reads as 0 */
        return (sysm & 1 ? c->s->ipsr : 0) | (sysm & 4 ? 0 : apsr(c));
    if (sysm == SYSM_CONTROL)
        return c->s->control;
    return cpu_privileged(c) ? privileged_special(c, sysm) : 0;
}

/* BASEPRI_MAX only ever raises the mask. */
static void write_basepri(struct cpu *c, uint32_t value, bool only_raise)
{
    uint8_t priority = (uint8_t)(value & 0xFF00u >> c->core->priority_bits);

    if (only_raise && (!priority || (c->s->basepri && priority >= c->s->basepri)))
        return;
    c->s->basepri = priority;
}

static void write_privileged_special(struct cpu *c, unsigned sysm, uint32_t value)
{
    switch (sysm) {
    case SYSM_MSP:
        cpu_set_msp(c, value);
        stack_set(c, cpu_msp(c));
        break;
    case SYSM_PSP:
        cpu_set_psp(c, value);
        break;
    case SYSM_PRIMASK:
        c->s->primask = value & 1;
        break;
    case SYSM_BASEPRI:
    case SYSM_BASEPRI_MAX:
        write_basepri(c, value, sysm == SYSM_BASEPRI_MAX);
        break;
    case SYSM_FAULTMASK:
        if (!(value & 1) || cpu_priority(c) > -1)
            c->s->faultmask = value & 1;
        break;
    case SYSM_CONTROL:
        cpu_set_control(c, value);
        break;
    }
}

void cpu_write_special(struct cpu *c, unsigned sysm, unsigned mask, uint32_t value)
{
    if (sysm < SYSM_MSP) {
        if (sysm & 4)
            return;
        if (mask & MSR_MASK_G && c->has_dsp)
            c->s->ge = value >> 16 & 0xF;
        if (mask & MSR_MASK_NZCVQ)
            set_nzcvq(c->s, value);
        return;
    }
    if (!cpu_privileged(c))
        return;
    write_privileged_special(c, sysm, value);
    cpu_update(c);
}

/* ---- sleep (B1.5.17 to B1.5.19) ---- */

static void fall_asleep(struct cpu *c, enum cpu_sleep kind)
{
    c->s->sleeping = (uint8_t)kind;
    c->attention |= ATTN_SLEEP;
    scb_sleep_signals(c);
}

static void wake(struct cpu *c)
{
    c->s->sleeping = SLEEP_AWAKE;
    c->attention &= ~(uint32_t)ATTN_SLEEP;
    scb_sleep_signals(c);
}

/* Whether a pending exception ends this kind of sleep. WFI and sleep-on-exit ignore PRIMASK. */
static bool exception_wakes(const struct cpu *c, enum cpu_sleep kind)
{
    unsigned exception;

    if (kind == SLEEP_WFE)
        return exception_preempting(c);
    exception = nvic_highest_pending(c);
    return exception && nvic_group_priority(c, exception) < exception_wake_priority(c);
}

void cpu_wfi(struct cpu *c)
{
    if (!exception_wakes(c, SLEEP_WFI))
        fall_asleep(c, SLEEP_WFI);
}

void cpu_wfe(struct cpu *c)
{
    if (c->s->event)
        c->s->event = 0;
    else if (!exception_wakes(c, SLEEP_WFE))
        fall_asleep(c, SLEEP_WFE);
}

void cpu_sev(struct cpu *c)
{
    if (c->s->sleeping == SLEEP_WFE)
        wake(c);
    else
        c->s->event = 1;
}

void cpu_sleep_on_exit(struct cpu *c)
{
    fall_asleep(c, SLEEP_ON_EXIT);
}

/* Exceptions stay out by FAULTMASK, which is lost with the rest. */
void cpu_standby(struct cpu *c)
{
    c->s->sleeping = SLEEP_STANDBY;
    c->s->faultmask = 1;
    c->attention |= ATTN_SLEEP;
    cpu_update(c);
}

void cpu_update(struct cpu *c)
{
    enum cpu_sleep sleep = c->s->sleeping;

    if (exception_preempting(c))
        c->attention |= ATTN_EXCEPTION;
    else
        c->attention &= ~(uint32_t)ATTN_EXCEPTION;
    if (sleep != SLEEP_AWAKE && sleep < SLEEP_LOCKUP && exception_wakes(c, sleep))
        wake(c);
}

/* ---- life ---- */

static const struct {
    const struct device_ops *ops;
    size_t slot;                /* of the pointer in struct cpu */
} own_devices[] = {
    {&systick_ops, offsetof(struct cpu, systick)},
    {&scb_ops, offsetof(struct cpu, scb)},
    {&dwt_ops, offsetof(struct cpu, dwt)},
    {&fpb_ops, offsetof(struct cpu, fpb)},
    {&itm_ops, offsetof(struct cpu, itm)},
    {&coredebug_ops, offsetof(struct cpu, debug)},
    {&fpu_ops, offsetof(struct cpu, fpu)},
    {&ppb_aux_ops, offsetof(struct cpu, aux)},
};

static void find_own(struct cpu *c, struct device *d)
{
    if (d->ops == &nvic_64_ops || d->ops == &nvic_96_ops)
        c->nvic = d->state;
    if (d->ops == &mpu_ops)
        c->mpu = d->state;
    for (size_t i = 0; i < sizeof own_devices / sizeof own_devices[0]; i++)
        if (d->ops == own_devices[i].ops)
            memcpy((char *)c + own_devices[i].slot, &d, sizeof d);
}

bool cpu_init(struct cpu *c, struct device *const *devices, unsigned count)
{
    c->has_dsp = c->has_fpu = c->core->kind == CPU_CORTEX_M4F;
    for (unsigned i = 0; i < count; i++)
        find_own(c, devices[i]);
    assert(c->nvic && c->mpu && c->systick && c->scb && c->dwt && c->fpb && c->itm && c->debug &&
           c->aux);
    assert(!c->has_fpu || c->fpu);
    assert(c->core->irq_count <= NVIC_LINES);
    return interp_init(c);
}

void cpu_free(struct cpu *c)
{
    interp_free(c);
    stops_free(&c->stops);
    stops_free(&c->aside);
}

/* Word `index` of the vector table; reset reads the first two with VTOR = 0. */
static bool read_vector(struct cpu *c, unsigned index, uint32_t *value)
{
    return bus_read(c->bus, BUS_CPU_FETCH, 4 * index, 4, value) == BUS_OK;
}

static void start_from_vectors(struct cpu *c)
{
    uint32_t sp, pc;

    if (!read_vector(c, 0, &sp) || !read_vector(c, EXC_RESET, &pc)) {
        exception_lockup(c, "the reset vector cannot be read: nothing stands at address 0");
        return;
    }
    c->s->r[13] = sp & ~3u;
    c->s->main_stack = c->s->r[13];
    c->s->r[15] = pc & ~1u;
    c->s->thumb = pc & 1;
}

/* Registers that the architecture leaves unknown are 0. */
static void reset_processor(struct cpu_state *s)
{
    uint64_t cycle = s->cycle, instructions = s->instructions;

    memset(s, 0, sizeof *s);
    s->cycle = cycle;
    s->instructions = instructions;
    s->r[14] = UINT32_MAX;
}

/* What struct cpu keeps beside the arena. */
static void derive(struct cpu *c)
{
    if (c->s->sleeping)
        c->attention |= ATTN_SLEEP;
    scb_derive(c);
    mpu_derive(c);
    dwt_derive(c);
    ppb_derive(c);
    stack_derive(c);
    cpu_views_drop(c);
    cpu_update(c);
}

void cpu_reset(struct cpu *c, bool power_on)
{
    (void)power_on;
    reset_processor(c->s);
    c->attention &= ATTN_STOP;
    c->pass_cycle = c->pass_watch = UINT64_MAX;     /* nothing was reported at the new pc */
    nvic_sample_levels(c);
    coredebug_core_reset(c);
    start_from_vectors(c);
    if (c->debugger && coredebug_demcr(c) & VC_CORERESET) {
        scb_of(c)->reg[SCB_DFSR] |= DFSR_VCATCH;
        c->stop = (struct stop){.kind = STOP_VECTOR_CATCH, .address = c->s->r[15]};
        c->attention |= ATTN_STOP;
    }
    derive(c);
}

bool cpu_sane(const struct cpu *c)
{
    const struct cpu_state *s = c->s;
    uint8_t bits = s->n | s->z | s->c | s->v | s->q | s->thumb | s->primask | s->faultmask | s->exclusive |
                   s->event | s->locked_up | s->mem_pipelined;

    return bits <= 1 && s->ge <= 0xF && !(s->r[15] & 1) && s->ipsr <= 0x1FF && s->sleeping <= SLEEP_STANDBY &&
           !(s->control & ~(CONTROL_NPRIV | CONTROL_SPSEL | CONTROL_FPCA));
}

void cpu_restored(struct cpu *c)
{
    c->attention = 0;
    derive(c);
}
