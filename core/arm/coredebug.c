/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * DHCSR, DCRSR, DCRDR, DEMCR: Arm ARM C1.6. A debugger that is attached shows as C_DEBUGEN; only
 * while one is does DCRSR transfer registers, which on silicon needs a halted core.
 *
 * Not modelled: halting, stepping and masking interrupts through DHCSR (the debugger has its own
 * way).
 */
#include "core/arm/coredebug.h"

#include "core/arm/dwt.h"
#include "core/arm/nvic.h"
#include "core/arm/scb.h"
#include "core/env.h"
#include "core/log.h"

#define DHCSR_C_DEBUGEN   (1u << 0)
#define DHCSR_C_HALT      (1u << 1)
#define DHCSR_C_STEP      (1u << 2)
#define DHCSR_C_MASKINTS  (1u << 3)
#define DHCSR_S_REGRDY    (1u << 16)
#define DHCSR_S_HALT      (1u << 17)
#define DHCSR_S_SLEEP     (1u << 18)
#define DHCSR_S_LOCKUP    (1u << 19)
#define DHCSR_S_RETIRE_ST (1u << 24)
#define DHCSR_S_RESET_ST  (1u << 25)

enum { DBGKEY = 0xA05F };

#define DCRSR_WRITE (1u << 16)

static struct coredebug *debug_of(const struct device *d)
{
    return d->state;
}

/* ---- DHCSR ---- */

static uint32_t status(const struct device *d)
{
    const struct cpu *c = d->env->cpu;
    bool asleep = c->s->sleeping && !c->s->locked_up;

    return DHCSR_S_REGRDY | DHCSR_S_RETIRE_ST | (c->debugger ? DHCSR_C_DEBUGEN : 0) |
           (asleep ? DHCSR_S_SLEEP : 0) | (c->s->locked_up ? DHCSR_S_LOCKUP : 0) |
           (debug_of(d)->reset_seen ? DHCSR_S_RESET_ST : 0);
}

static void write_dhcsr(struct device *d, uint32_t value)
{
    if (value >> 16 != DBGKEY)
        diag_guest(d, DIAG_SEQUENCE, DEBUG_DHCSR, "0x%X written without the key 0xA05F: ignored",
                   value);
    else if (value & (DHCSR_C_HALT | DHCSR_C_STEP | DHCSR_C_MASKINTS))
        diag_unmodelled(d, DEBUG_DHCSR, "halting and stepping are the attached debugger's business");
}

/* ---- DCRSR: REGSEL (C1.6.3) ---- */

enum regsel {
    REGSEL_SP = 13, REGSEL_PC = 15, REGSEL_XPSR = 16, REGSEL_MSP, REGSEL_PSP, REGSEL_SPECIAL = 20,
    REGSEL_FPSCR = 33, REGSEL_S0 = 64, REGSEL_S31 = 95
};

static uint32_t read_core(const struct cpu *c, unsigned regsel)
{
    const struct cpu_state *s = c->s;

    if (regsel <= REGSEL_PC)
        return s->r[regsel];
    if (regsel >= REGSEL_S0 && regsel <= REGSEL_S31)
        return s->s[regsel - REGSEL_S0];
    switch (regsel) {
    case REGSEL_XPSR:
        return cpu_xpsr(c);
    case REGSEL_MSP:
        return cpu_msp(c);
    case REGSEL_PSP:
        return cpu_psp(c);
    case REGSEL_SPECIAL:
        return (uint32_t)s->control << 24 | (uint32_t)s->faultmask << 16 | (uint32_t)s->basepri << 8 |
               s->primask;
    case REGSEL_FPSCR:
        return s->fpscr;
    default:
        return 0;
    }
}

static void write_special(struct cpu *c, uint32_t value)
{
    c->s->primask = value & 1;
    c->s->basepri = (uint8_t)(value >> 8 & 0xFF00u >> c->core->priority_bits);
    c->s->faultmask = value >> 16 & 1;
    cpu_set_control(c, value >> 24);
}

static void write_core(struct cpu *c, unsigned regsel, uint32_t value)
{
    struct cpu_state *s = c->s;

    if (regsel <= REGSEL_PC)
        s->r[regsel] = regsel == REGSEL_SP ? value & ~3u : regsel == REGSEL_PC ? value & ~1u : value;
    else if (regsel >= REGSEL_S0 && regsel <= REGSEL_S31)
        s->s[regsel - REGSEL_S0] = value;
    else if (regsel == REGSEL_XPSR)
        cpu_set_xpsr(c, value);
    else if (regsel == REGSEL_MSP)
        cpu_set_msp(c, value);
    else if (regsel == REGSEL_PSP)
        cpu_set_psp(c, value);
    else if (regsel == REGSEL_SPECIAL)
        write_special(c, value);
    else if (regsel == REGSEL_FPSCR)
        cpu_set_fpscr(c, value);
    cpu_update(c);
}

static void write_dcrsr(struct device *d, uint32_t value)
{
    struct cpu *c = d->env->cpu;
    unsigned regsel = value & 0x7F;

    if (!c->debugger)
        diag_guest(d, DIAG_SEQUENCE, DEBUG_DCRSR,
                   "core registers can only be reached while halted: ignored");
    else if (value & DCRSR_WRITE)
        write_core(c, regsel, reg_get(d, DEBUG_DCRDR));
    else
        reg_put(d, DEBUG_DCRDR, read_core(c, regsel));
}

/* ---- DEMCR ---- */

static void write_demcr(struct device *d, uint32_t value, uint32_t lanes)
{
    struct cpu *c = d->env->cpu;
    uint32_t demcr = reg_store(d, DEBUG_DEMCR, value, lanes);

    nvic_enable(c, EXC_DEBUGMON, demcr & DEMCR_MON_EN);
    if (lanes & DEMCR_MON_PEND) {
        if (value & DEMCR_MON_PEND)
            nvic_pend(c, EXC_DEBUGMON);
        else
            nvic_unpend(c, EXC_DEBUGMON);
    }
    dwt_trace_enabled(c);
}

bool coredebug_stepping(const struct cpu *c)
{
    uint32_t both = DEMCR_MON_EN | DEMCR_MON_STEP;

    return !c->debugger && (coredebug_demcr(c) & both) == both;
}

void coredebug_monitor_step(struct cpu *c)
{
    if (coredebug_stepping(c) && nvic_group_priority(c, EXC_DEBUGMON) < cpu_priority(c)) {
        scb_of(c)->reg[SCB_DFSR] |= DFSR_HALTED;
        nvic_pend(c, EXC_DEBUGMON);
    }
}

void coredebug_core_reset(struct cpu *c)
{
    struct coredebug *s = c->debug->state;

    s->reg[DEBUG_DEMCR] &= ~(DEMCR_MON_EN | DEMCR_MON_STEP | DEMCR_MON_REQ);
    s->reset_seen = 1;
}

/* ---- the device ---- */

/* A debugger that looks sees a core that is halted. */
static uint32_t coredebug_peek(const struct device *d, unsigned reg)
{
    const struct cpu *c = d->env->cpu;

    switch (reg) {
    case DEBUG_DHCSR:
        return status(d) | (c->debugger ? DHCSR_S_HALT : 0);
    case DEBUG_DCRSR:
        return 0;
    case DEBUG_DEMCR:
        return reg_get(d, reg) | (nvic_pending(c, EXC_DEBUGMON) ? DEMCR_MON_PEND : 0);
    default:
        return reg_get(d, reg);
    }
}

static uint32_t coredebug_read(struct device *d, unsigned reg)
{
    uint32_t value = status(d);

    if (reg != DEBUG_DHCSR)
        return coredebug_peek(d, reg);
    debug_of(d)->reset_seen = 0;
    return value;
}

static void coredebug_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg == DEBUG_DHCSR)
        write_dhcsr(d, value);
    else if (reg == DEBUG_DCRSR)
        write_dcrsr(d, value);
    else if (reg == DEBUG_DEMCR)
        write_demcr(d, value, lanes);
    else
        reg_store(d, reg, value, lanes);
}

static const struct reg_field dhcsr_fields[] = {
    {"C_DEBUGEN", 0, 1}, {"C_HALT", 1, 1}, {"C_STEP", 2, 1}, {"C_MASKINTS", 3, 1},
    {"C_SNAPSTALL", 5, 1}, {"S_REGRDY", 16, 1}, {"S_HALT", 17, 1}, {"S_SLEEP", 18, 1},
    {"S_LOCKUP", 19, 1}, {"S_RETIRE_ST", 24, 1}, {"S_RESET_ST", 25, 1}, {NULL, 0, 0},
};
static const struct reg_field dcrsr_fields[] = {{"REGSEL", 0, 7}, {"REGWnR", 16, 1}, {NULL, 0, 0}};
static const struct reg_field dcrdr_fields[] = {{"DBGTMP", 0, 32}, {NULL, 0, 0}};
static const struct reg_field demcr_fields[] = {
    {"VC_CORERESET", 0, 1}, {"VC_MMERR", 4, 1}, {"VC_NOCPERR", 5, 1}, {"VC_CHKERR", 6, 1},
    {"VC_STATERR", 7, 1}, {"VC_BUSERR", 8, 1}, {"VC_INTERR", 9, 1}, {"VC_HARDERR", 10, 1},
    {"MON_EN", 16, 1}, {"MON_PEND", 17, 1}, {"MON_STEP", 18, 1}, {"MON_REQ", 19, 1},
    {"TRCENA", 24, 1}, {NULL, 0, 0},
};

static const struct reg coredebug_regs[DEBUG_REGS] = {
    [DEBUG_DHCSR] = {.name = "DHCSR", .offset = 0x0, .width = 32, .access = 4,
                     .flags = REG_READ_EFFECT,
                     .readable = UINT32_MAX, .action = UINT32_MAX, .fields = dhcsr_fields},
    [DEBUG_DCRSR] = {.name = "DCRSR", .offset = 0x4, .width = 32, .access = 4, .action = 0x0001007F,
                     .fields = dcrsr_fields},
    [DEBUG_DCRDR] = {.name = "DCRDR", .offset = 0x8, .width = 32, .access = 4,
                     .readable = UINT32_MAX,
                     .writable = UINT32_MAX, .fields = dcrdr_fields},
    [DEBUG_DEMCR] = {.name = "DEMCR", .offset = 0xC, .width = 32, .readable = UINT32_MAX,
                     .writable = 0x010D07F1, .action = DEMCR_MON_PEND, .fields = demcr_fields},
};

const struct device_ops coredebug_ops = {
    .name = "armv7m_debug",
    .regs = coredebug_regs,
    .reg_count = DEBUG_REGS,
    .state_size = sizeof(struct coredebug),
    .keeps_over_reset = true,
    .read = coredebug_read,
    .peek = coredebug_peek,
    .write = coredebug_write,
};
