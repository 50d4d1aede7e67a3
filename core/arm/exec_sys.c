/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hints, barriers, exceptions on purpose, special registers: Armv7-M ARM A5.2.5, A5.3.4, B5.2. */
#include "core/arm/exec.h"

enum { BKPT_SEMIHOSTING = 0xAB };

/* ---- hints ---- */

void exec_NOP(struct cpu *c, const struct insn *i)
{
    (void)c, (void)i;
}

/* One core runs one thread of execution: there is nothing to yield to. */
void exec_YIELD(struct cpu *c, const struct insn *i)
{
    (void)c, (void)i;
}

void exec_WFE(struct cpu *c, const struct insn *i)
{
    (void)i;
    cpu_wfe(c);
}

void exec_WFI(struct cpu *c, const struct insn *i)
{
    (void)i;
    cpu_wfi(c);
}

void exec_SEV(struct cpu *c, const struct insn *i)
{
    (void)i;
    cpu_sev(c);
}

/* Accesses are complete, and visible to the next instruction, when their instruction is. */
void exec_DMB(struct cpu *c, const struct insn *i)
{
    (void)c, (void)i;
}

void exec_DSB(struct cpu *c, const struct insn *i)
{
    (void)c, (void)i;
}

void exec_ISB(struct cpu *c, const struct insn *i)
{
    (void)c, (void)i;
}

/* ---- exceptions on purpose ---- */

void exec_SVC(struct cpu *c, const struct insn *i)
{
    (void)i;
    cpu_fault(c, FAULT_SVC, 0);
}

static void stop_at(struct cpu *c, enum stop_kind kind)
{
    c->stop = (struct stop){.kind = kind, .address = c->s->r[15]};
    c->attention |= ATTN_STOP | ATTN_ABANDON;
}

/* A debugger that has seen the BKPT and resumes at it goes on behind it (pass_cycle). */
void exec_BKPT(struct cpu *c, const struct insn *i)
{
    if (i->imm == BKPT_SEMIHOSTING && c->semihosting)
        stop_at(c, STOP_SEMIHOSTING);
    else if (!c->debugger)
        cpu_fault(c, FAULT_BKPT, c->s->r[15]);
    else if (c->pass_cycle != c->s->cycle)
        stop_at(c, STOP_BKPT);
}

/* In the FPU's space (variant 1) an FPU that is off or absent comes first: NOCP. */
void exec_UDF(struct cpu *c, const struct insn *i)
{
    if (i->variant && !cpu_fp_check(c))
        return;
    cpu_fault(c, FAULT_UNDEFINSTR, c->s->r[15]);
}

/* A coprocessor that this core lacks. */
void exec_COPROC(struct cpu *c, const struct insn *i)
{
    (void)i;
    cpu_fault(c, FAULT_NOCP, c->s->r[15]);
}

/* ---- special registers ---- */

enum { CPS_DISABLE = 1, CPS_F = 2, CPS_I = 4 };

/* CPS (B5.2.1): nothing happens in unprivileged code; FAULTMASK can only be set below the priority of
 * HardFault. */
void exec_CPS(struct cpu *c, const struct insn *i)
{
    bool disable = i->variant & CPS_DISABLE;

    if (!cpu_privileged(c))
        return;
    if (i->variant & CPS_I)
        c->s->primask = disable;
    if (i->variant & CPS_F && (!disable || cpu_priority(c) > -1))
        c->s->faultmask = disable;
    cpu_mode_changed(c);
    cpu_update(c);
}

void exec_MRS(struct cpu *c, const struct insn *i)
{
    c->s->r[i->rd] = cpu_read_special(c, i->imm);
}

void exec_MSR(struct cpu *c, const struct insn *i)
{
    cpu_write_special(c, i->imm, i->variant, c->s->r[i->rn]);
    cpu_mode_changed(c);
}
