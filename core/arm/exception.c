/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exceptions: priorities, entry, return, tail-chaining, late arrival, faults and their escalation,
 * lockup. Arm ARM B1.5 (pseudocode in B1.5.4 to B1.5.8), C1.6.2 for vector catch.
 *
 * Everything happens at instruction boundaries. An entry is complete at once and then charged its
 * cycles; an exception of higher priority that pends within them is a late arrival: it takes over
 * the frame that was pushed, and the first exception pends again. Pop preemption is a tail-chain
 * here, because a return is complete at once, too.
 *
 * Lockup leaves the pc at the instruction that locked the core up, where the silicon shows
 * 0xFFFFFFFE, so that a debugger shows the culprit; the frame of an NMI out of lockup has
 * 0xFFFFFFFE.
 */
#include "core/arm/exception.h"

#include "core/arm/coredebug.h"
#include "core/arm/exec.h"
#include "core/arm/fpu.h"
#include "core/arm/nvic.h"
#include "core/arm/scb.h"
#include "core/env.h"
#include "core/logger.h"

#define LOCKUP_ADDRESS 0xFFFFFFFEu

#define EXC_RETURN_BASIC_FRAME (1u << 4)    /* no floating-point state in the frame */

#define XPSR_FRAME_ALIGN (1u << 9)          /* in a frame only: SP had to be aligned */
#define XPSR_T           (1u << 24)

enum { BASIC_FRAME = 8, FP_FRAME = 26, FP_FRAME_S0 = 8, FP_FRAME_FPSCR = 24 };  /* words */

/* ---- priorities (B1.5.4) ---- */

static int boosted(const struct cpu *c, int priority)
{
    int basepri;

    if (c->s->basepri) {
        basepri = nvic_group_part(c, c->s->basepri);
        priority = basepri < priority ? basepri : priority;
    }
    if ((c->s->faultmask || c->s->locked_up) && priority > -1)
        priority = -1;
    return priority;
}

int exception_wake_priority(const struct cpu *c)
{
    return boosted(c, nvic_active_priority(c));
}

int cpu_priority(const struct cpu *c)
{
    int priority = exception_wake_priority(c);

    return c->s->primask && priority > 0 ? 0 : priority;
}

bool cpu_privileged(const struct cpu *c)
{
    return c->s->ipsr || !(c->s->control & CONTROL_NPRIV);
}

bool exception_could_preempt(const struct cpu *c, unsigned exception)
{
    return nvic_enabled(c, exception) && nvic_group_priority(c, exception) < cpu_priority(c);
}

unsigned exception_preempting(const struct cpu *c)
{
    unsigned exception = nvic_highest_pending(c);

    return exception && nvic_group_priority(c, exception) < cpu_priority(c) ? exception : 0;
}

/* ---- faults ---- */

/* Which exception a fault raises, and its syndrome. */
static const struct fault_row {
    uint8_t exception;
    bool located;           /* its address is worth telling */
    uint32_t cfsr;
    uint32_t vector_catch;  /* DEMCR.VC_* */
    const char *name, *what;
} fault_rows[] = {
    /* clang-format off */
    [FAULT_IACCVIOL]    = {EXC_MEMMANAGE, true, CFSR_IACCVIOL, VC_MMERR,
                           "IACCVIOL", "instruction fetch where execution is not permitted"},
    [FAULT_DACCVIOL]    = {EXC_MEMMANAGE, true, CFSR_DACCVIOL | CFSR_MMARVALID, VC_MMERR,
                           "DACCVIOL", "data access that the MPU does not permit"},
    [FAULT_MUNSTKERR]   = {EXC_MEMMANAGE, false, CFSR_MUNSTKERR, VC_MMERR | VC_INTERR,
                           "MUNSTKERR", "exception return from a stack that the MPU does not permit"},
    [FAULT_MSTKERR]     = {EXC_MEMMANAGE, false, CFSR_MSTKERR, VC_MMERR | VC_INTERR,
                           "MSTKERR", "exception entry to a stack that the MPU does not permit"},
    [FAULT_MLSPERR]     = {EXC_MEMMANAGE, false, CFSR_MLSPERR, VC_MMERR,
                           "MLSPERR", "lazy stacking of floating-point state that the MPU does not permit"},
    [FAULT_IBUSERR]     = {EXC_BUSFAULT, true, CFSR_IBUSERR, VC_BUSERR,
                           "IBUSERR", "instruction fetch where nothing answers"},
    [FAULT_PRECISERR]   = {EXC_BUSFAULT, true, CFSR_PRECISERR | CFSR_BFARVALID, VC_BUSERR,
                           "PRECISERR", "data access where nothing answers"},
    [FAULT_IMPRECISERR] = {EXC_BUSFAULT, true, CFSR_IMPRECISERR, VC_BUSERR,
                           "IMPRECISERR", "buffered store where nothing answers"},
    [FAULT_UNSTKERR]    = {EXC_BUSFAULT, false, CFSR_UNSTKERR, VC_BUSERR | VC_INTERR,
                           "UNSTKERR", "exception return from a stack where nothing answers"},
    [FAULT_STKERR]      = {EXC_BUSFAULT, false, CFSR_STKERR, VC_BUSERR | VC_INTERR,
                           "STKERR", "exception entry to a stack where nothing answers"},
    [FAULT_LSPERR]      = {EXC_BUSFAULT, false, CFSR_LSPERR, VC_BUSERR,
                           "LSPERR", "lazy stacking of floating-point state where nothing answers"},
    [FAULT_UNDEFINSTR]  = {EXC_USAGEFAULT, false, CFSR_UNDEFINSTR, VC_STATERR,
                           "UNDEFINSTR", "undefined instruction"},
    [FAULT_INVSTATE]    = {EXC_USAGEFAULT, false, CFSR_INVSTATE, VC_STATERR,
                           "INVSTATE", "not in Thumb state: a branch target or vector had bit 0 clear"},
    [FAULT_INVPC]       = {EXC_USAGEFAULT, false, CFSR_INVPC, VC_STATERR | VC_INTERR,
                           "INVPC", "exception return whose EXC_RETURN, IPSR and active exceptions "
                                    "disagree"},
    [FAULT_NOCP]        = {EXC_USAGEFAULT, false, CFSR_NOCP, VC_NOCPERR,
                           "NOCP", "instruction of a coprocessor or FPU that is off or absent"},
    [FAULT_UNALIGNED]   = {EXC_USAGEFAULT, true, CFSR_UNALIGNED, VC_CHKERR,
                           "UNALIGNED", "unaligned access"},
    [FAULT_DIVBYZERO]   = {EXC_USAGEFAULT, false, CFSR_DIVBYZERO, VC_CHKERR,
                           "DIVBYZERO", "division by zero"},
    [FAULT_VECTTBL]     = {EXC_HARDFAULT, false, 0, VC_INTERR,
                           "VECTTBL", "vector table where nothing answers"},
    [FAULT_BKPT]        = {EXC_DEBUGMON, false, 0, 0,
                           "BKPT", "breakpoint instruction without a debugger"},
    [FAULT_SVC]         = {EXC_SVCALL, false, 0, 0,
                           "SVC", "supervisor call while its exception is masked"},
    /* clang-format on */
};

static const char *exception_name(unsigned exception)
{
    switch (exception) {
    case EXC_NMI:
        return "NMI";
    case EXC_HARDFAULT:
        return "HardFault";
    case EXC_MEMMANAGE:
        return "MemManage";
    case EXC_BUSFAULT:
        return "BusFault";
    case EXC_USAGEFAULT:
        return "UsageFault";
    default:
        return "core";
    }
}

/* How a fault was answered. */
enum outcome { PENDED, NOT_ENABLED, MASKED, LOCKED_UP };

static void report(struct cpu *c, enum cpu_fault fault, uint32_t address, enum outcome outcome)
{
    static const char *const consequences[] = {
        [PENDED] = "",
        [NOT_ENABLED] = "; becomes HardFault, its own exception is not enabled",
        [MASKED] = "; becomes HardFault, its own exception cannot preempt",
        [LOCKED_UP] = "; lockup, because HardFault cannot preempt",
    };
    const struct fault_row *row = &fault_rows[fault];
    const char *where = exception_name(row->exception);

    if (outcome == PENDED && (fault == FAULT_BKPT || fault == FAULT_SVC))
        return;
    if (row->located)
        log_core(c->env, DIAG_FAULT, where, "%s (%s) at 0x%08X%s", row->what, row->name, address,
                 consequences[outcome]);
    else
        log_core(c->env, DIAG_FAULT, where, "%s (%s)%s", row->what, row->name, consequences[outcome]);
}

/* Status and address registers (B3.2.15 to B3.2.18). The address register is one for both kinds. */
static void record(struct cpu *c, enum cpu_fault fault, uint32_t address)
{
    struct scb *scb = scb_of(c);
    uint32_t cfsr = fault_rows[fault].cfsr;

    if (cfsr & (CFSR_MMARVALID | CFSR_BFARVALID)) {
        scb->reg[SCB_CFSR] &= ~(CFSR_MMARVALID | CFSR_BFARVALID);
        scb->reg[SCB_MMFAR] = scb->reg[SCB_BFAR] = address;
    }
    scb->reg[SCB_CFSR] |= cfsr;
    if (fault == FAULT_VECTTBL)
        scb->reg[SCB_HFSR] |= HFSR_VECTTBL;
    if (fault == FAULT_BKPT)
        scb->reg[SCB_DFSR] |= DFSR_BKPT;
    scb->vector_catch |= fault_rows[fault].vector_catch;
}

void exception_record(struct cpu *c, enum cpu_fault fault, uint32_t address)
{
    record(c, fault, address);
    report(c, fault, address, PENDED);
}

void exception_lockup(struct cpu *c, const char *why)
{
    log_core(c->env, DIAG_FAULT, "lockup", "%s", why);
    c->s->locked_up = 1;
    c->s->sleeping = SLEEP_LOCKUP;
    c->stop = (struct stop){.kind = STOP_LOCKUP, .address = c->s->r[15]};
    c->attention |= ATTN_SLEEP | ATTN_STOP;
}

/* A synchronous exception: pended if it can preempt, else HardFault, else lockup (B1.5.14,
 * B1.5.15). */
static enum outcome raise(struct cpu *c, unsigned exception, uint32_t hfsr)
{
    if (exception_could_preempt(c, exception)) {
        nvic_pend(c, exception);
        return PENDED;
    }
    if (cpu_priority(c) <= -1) {
        exception_lockup(c, "a fault that not even HardFault can be taken for; reset is the way out");
        return LOCKED_UP;
    }
    scb_of(c)->reg[SCB_HFSR] |= hfsr;
    nvic_pend(c, EXC_HARDFAULT);
    return nvic_enabled(c, exception) ? MASKED : NOT_ENABLED;
}

/* An asynchronous BusFault waits until it can preempt. */
static enum outcome raise_imprecise(struct cpu *c)
{
    if (nvic_enabled(c, EXC_BUSFAULT)) {
        nvic_pend(c, EXC_BUSFAULT);
        return PENDED;
    }
    scb_of(c)->reg[SCB_HFSR] |= HFSR_FORCED;
    nvic_pend(c, EXC_HARDFAULT);
    return NOT_ENABLED;
}

static enum outcome derive(struct cpu *c, enum cpu_fault fault, uint32_t address)
{
    uint32_t hfsr = fault == FAULT_BKPT ? HFSR_DEBUGEVT : HFSR_FORCED;
    enum outcome outcome;

    record(c, fault, address);
    if (fault == FAULT_IMPRECISERR)
        outcome = raise_imprecise(c);
    else
        outcome = raise(c, fault_rows[fault].exception, hfsr);
    report(c, fault, address, outcome);
    return outcome;
}

void exception_derive(struct cpu *c, enum cpu_fault fault)
{
    derive(c, fault, 0);
}

/* CCR.BFHFNMIGN: handlers of priority -1 and -2 may probe addresses (B3.2.8). */
static bool may_probe(const struct cpu *c)
{
    return scb_of(c)->reg[SCB_CCR] & CCR_BFHFNMIGN && cpu_priority(c) < 0;
}

bool cpu_fault(struct cpu *c, enum cpu_fault fault, uint32_t address)
{
    enum outcome outcome;

    if ((fault == FAULT_PRECISERR || fault == FAULT_IMPRECISERR) && may_probe(c)) {
        record(c, fault, address);
        return true;
    }
    outcome = derive(c, fault, address);
    if (fault == FAULT_IMPRECISERR || (fault == FAULT_SVC && outcome == PENDED))
        return true;
    c->attention |= ATTN_FAULT;
    return false;
}

void exception_debug_event(struct cpu *c, uint32_t dfsr, const struct stop *stop)
{
    if (c->debugger) {
        c->stop = *stop;
        c->attention |= ATTN_STOP;
    } else if (exception_could_preempt(c, EXC_DEBUGMON)) {
        nvic_pend(c, EXC_DEBUGMON);
    } else {
        return;
    }
    scb_of(c)->reg[SCB_DFSR] |= dfsr;
}

/* ---- entry (B1.5.6) ---- */

/* Halts before the handler's first instruction if DEMCR asks for it (C1.6.2). */
static void vector_catch(struct cpu *c, unsigned exception)
{
    static const uint32_t answers[] = {
        [EXC_HARDFAULT] = VC_INTERR,
        [EXC_MEMMANAGE] = VC_INTERR | VC_MMERR,
        [EXC_BUSFAULT] = VC_INTERR | VC_BUSERR,
        [EXC_USAGEFAULT] = VC_INTERR | VC_STATERR | VC_CHKERR | VC_NOCPERR,
    };
    struct scb *scb = scb_of(c);
    uint32_t caught;

    if (exception < EXC_HARDFAULT || exception > EXC_USAGEFAULT)
        return;
    caught = (scb->vector_catch & answers[exception]) | (exception == EXC_HARDFAULT ? VC_HARDERR : 0);
    scb->vector_catch &= ~answers[exception];
    if (!c->debugger || !(coredebug_demcr(c) & caught))
        return;
    scb->reg[SCB_DFSR] |= DFSR_VCATCH;
    c->stop = (struct stop){.kind = STOP_VECTOR_CATCH, .address = c->s->r[15]};
    c->attention |= ATTN_STOP;
}

/* Reads the vector; a table that cannot be read leaves `*exception` pending for a HardFault. False:
 * even that one's vector cannot be read. */
static bool fetch_vector(struct cpu *c, unsigned *exception, uint32_t *handler)
{
    uint32_t table = scb_of(c)->reg[SCB_VTOR];

    if (bus_read(c->bus, BUS_CPU_FETCH, table + 4 * *exception, 4, handler) == BUS_OK)
        return true;
    exception_record(c, FAULT_VECTTBL, 0);
    if (*exception <= EXC_HARDFAULT)
        return false;
    *exception = EXC_HARDFAULT;
    return bus_read(c->bus, BUS_CPU_FETCH, table + 4 * EXC_HARDFAULT, 4, handler) == BUS_OK;
}

/* What explains the fault later, whatever its handler does with LR and the stack pointer. A
 * debugger's user wants to stand here, before the handler makes it worse. */
static void note_fault(struct cpu *c, unsigned exception)
{
    if (exception < EXC_HARDFAULT || exception > EXC_USAGEFAULT)
        return;
    scb_of(c)->fault_frame = c->s->r[14] & 4 ? cpu_psp(c) : cpu_msp(c);
    scb_of(c)->fault_return = c->s->r[14];
    if (exception != EXC_HARDFAULT || !c->catch_hardfault || c->attention & ATTN_STOP)
        return;
    c->stop = (struct stop){.kind = STOP_FAULT, .address = c->s->r[15]};
    c->attention |= ATTN_STOP;
}

/* ExceptionTaken. The frame is on the stack and LR holds EXC_RETURN. */
static void start_handler(struct cpu *c, unsigned exception)
{
    struct cpu_state *s = c->s;
    uint32_t handler;
    bool readable = fetch_vector(c, &exception, &handler);

    nvic_activate(c, exception);
    s->ipsr = (uint16_t)exception;
    s->it = 0;
    s->exclusive = 0;
    s->event = 1;
    s->mem_pipelined = 0;
    cpu_set_control(c, s->control & CONTROL_NPRIV);
    c->nvic->entry_cycle = s->cycle;
    if (!readable) {
        exception_lockup(c, "the vector of NMI or HardFault cannot be read");
        return;
    }
    s->r[15] = handler & ~1u;
    s->thumb = handler & 1;
    vector_catch(c, exception);
    note_fault(c, exception);
}

/* What PushStack is about to do. */
struct frame {
    uint32_t address;                   /* the stack pointer afterwards */
    unsigned words;                     /* to be stored; lazy FP state has more reserved */
    bool fp_context, lazy, with_fp;
    uint32_t word[FP_FRAME];
};

static void fill_frame(const struct cpu *c, struct frame *f, bool realigned)
{
    const struct cpu_state *s = c->s;

    for (unsigned i = 0; i < 4; i++)
        f->word[i] = s->r[i];
    f->word[4] = s->r[12];
    f->word[5] = s->r[14];
    f->word[6] = s->locked_up ? LOCKUP_ADDRESS : s->r[15];
    f->word[7] = cpu_xpsr(c) | (realigned ? XPSR_FRAME_ALIGN : 0);
    f->words = BASIC_FRAME;
    if (!f->with_fp)
        return;
    for (unsigned i = 0; i < 16; i++)
        f->word[FP_FRAME_S0 + i] = s->s[i];
    f->word[FP_FRAME_FPSCR] = s->fpscr;
    f->words = FP_FRAME_FPSCR + 1;
}

static void plan_frame(const struct cpu *c, struct frame *f)
{
    uint32_t sp = c->s->r[13];
    bool align;

    f->fp_context = c->s->control & CONTROL_FPCA;
    f->lazy = f->fp_context && fpu_lazy(c);
    f->with_fp = f->fp_context && !f->lazy && scb_fpu_enabled(c);
    align = f->fp_context || scb_of(c)->reg[SCB_CCR] & CCR_STKALIGN;
    f->address = (sp - 4 * (f->fp_context ? FP_FRAME : BASIC_FRAME)) & ~(align ? 4u : 0);
    fill_frame(c, f, align && sp & 4);
}

static void store_frame(struct cpu *c, const struct frame *f)
{
    bool privileged = cpu_privileged(c), mpu_fault;
    uint8_t *plain = cpu_stack_plain(c, f->address, f->words, true);

    for (unsigned i = 0; plain && i < f->words; i++)
        store_le(plain + 4 * i, 4, f->word[i]);
    if (plain)
        return;

    for (unsigned i = 0; i < f->words; i++)
        if (!cpu_stack_store(c, f->address + 4 * i, privileged, f->word[i], &mpu_fault)) {
            exception_derive(c, mpu_fault ? FAULT_MSTKERR : FAULT_STKERR);
            return;
        }
}

/* PushStack. A failed store is a derived exception; the stack pointer has moved all the same. */
static void push(struct cpu *c, const struct frame *f)
{
    struct cpu_state *s = c->s;
    uint32_t exc_return = s->ipsr ? 0xFFFFFFF1 : 0xFFFFFFF9 | (s->control & CONTROL_SPSEL) << 1;

    if (cpu_on_main_stack(c))
        stack_pushed(c, f->address);
    s->r[13] = f->address;
    store_frame(c, f);
    if (f->lazy)
        fpu_reserve_frame(c, f->address + 4 * FP_FRAME_S0);
    else if (f->fp_context && !f->with_fp)
        exception_derive(c, FAULT_NOCP);
    s->r[14] = f->fp_context ? exc_return & ~EXC_RETURN_BASIC_FRAME : exc_return;
    s->cycle += CYCLES_ENTRY + (f->with_fp ? CYCLES_FP_FRAME : 0);
}

/* Whether the debugger watches a word that the frame changes. Such an entry is not taken yet: the run
 * ends at this boundary, as before any other watched write. The entry of a fault belongs to the
 * instruction and has no boundary before it: the run ends after it. */
static bool frame_is_watched(struct cpu *c, const struct frame *f, bool of_fault)
{
    if (of_fault) {
        cpu_transfer_note(c, f->address, f->words, f->word);
        return false;
    }
    if (cpu_transfer_check(c, f->address, f->words, f->word))
        return false;
    c->attention &= ~(uint32_t)ATTN_ABANDON;
    return true;
}

static void wake_from_lockup(struct cpu *c)
{
    c->s->locked_up = 0;
    c->s->sleeping = SLEEP_AWAKE;
    c->attention &= ~(uint32_t)ATTN_SLEEP;
}

static void enter(struct cpu *c, unsigned exception, bool of_fault)
{
    bool was_locked_up = c->s->locked_up;
    struct frame frame;

    plan_frame(c, &frame);
    if (frame_is_watched(c, &frame, of_fault))
        return;
    push(c, &frame);
    if (was_locked_up)
        wake_from_lockup(c);
    if (c->s->locked_up) {      /* by a derived exception */
        nvic_activate(c, exception);
        c->s->ipsr = (uint16_t)exception;
        return;
    }
    start_handler(c, exception_preempting(c));
}

/* No instruction has executed since the last entry, and its cycles have just passed. */
static bool just_entered(const struct cpu *c)
{
    return c->s->ipsr && c->nvic->entry_cycle == c->s->cycle;
}

static void arrive_late(struct cpu *c, unsigned exception)
{
    unsigned first = c->s->ipsr;

    nvic_deactivate(c, first);
    nvic_pend(c, first);
    start_handler(c, exception);
}

/* ---- return (B1.5.8) ---- */

/* Without unstacking: `exception` takes over the frame of the exception that returns. */
static void tail_chain(struct cpu *c, unsigned exception, uint32_t exc_return)
{
    c->s->r[14] = exc_return;
    c->s->cycle += CYCLES_TAIL_CHAIN;
    start_handler(c, exception);
}

/* A fault of the return itself: chains to its handler, and nothing is unstacked. */
static void fail_return(struct cpu *c, enum cpu_fault fault, uint32_t exc_return)
{
    exception_derive(c, fault);
    if (!c->s->locked_up)
        tail_chain(c, exception_preempting(c), exc_return);
}

/* EXC_RETURN is one of the defined values and the mode it asks for can be returned to. */
static bool return_permitted(const struct cpu *c, uint32_t exc_return)
{
    uint32_t ones = c->has_fpu ? 0x0FFFFFE0 : 0x0FFFFFF0;
    bool nested = !nvic_one_active(c);

    if (!nvic_active(c, c->s->ipsr) || (exc_return & ones) != ones)
        return false;
    switch (exc_return & 0xF) {
    case 1:
        return true;
    case 9:
    case 13:
        return !nested || scb_of(c)->reg[SCB_CCR] & CCR_NONBASETHRDENA;
    default:
        return false;
    }
}

/* DeActivate: FAULTMASK is cleared except by a return from NMI. */
static void deactivate(struct cpu *c)
{
    if (c->s->ipsr != EXC_NMI)
        c->s->faultmask = 0;
    nvic_deactivate(c, c->s->ipsr);
}

/* Reads the frame; false: `*fault` says why not. */
static bool load_frame(struct cpu *c, uint32_t exc_return, uint32_t frame[FP_FRAME],
                       enum cpu_fault *fault)
{
    bool to_thread = exc_return & 8, mpu_fault;
    bool privileged = !to_thread || !(c->s->control & CONTROL_NPRIV);
    bool load_fp = !(exc_return & EXC_RETURN_BASIC_FRAME) && !fpu_preservation_pending(c);
    uint32_t address = exc_return & 4 ? cpu_psp(c) : cpu_msp(c);
    unsigned words = load_fp ? FP_FRAME_FPSCR + 1 : BASIC_FRAME;
    const uint8_t *plain = cpu_stack_plain(c, address, words, false);

    for (unsigned i = 0; plain && i < words; i++)
        frame[i] = load_le(plain + 4 * i, 4);
    for (unsigned i = 0; !plain && i < words; i++)
        if (!cpu_stack_load(c, address + 4 * i, privileged, &frame[i], &mpu_fault)) {
            *fault = mpu_fault ? FAULT_MUNSTKERR : FAULT_UNSTKERR;
            return false;
        }
    if (load_fp && !scb_fpu_enabled(c)) {
        *fault = FAULT_NOCP;
        return false;
    }
    if (to_thread != !(frame[7] & 0x1FF)) {
        *fault = FAULT_INVPC;
        return false;
    }
    return true;
}

/* The floating-point part of PopStack. */
static void restore_fp(struct cpu *c, const uint32_t *frame)
{
    if (fpu_preservation_pending(c)) {      /* the registers still hold the state */
        fpu_drop_preservation(c);
        return;
    }
    for (unsigned i = 0; i < 16; i++)
        c->s->s[i] = frame[FP_FRAME_S0 + i];
    cpu_set_fpscr(c, frame[FP_FRAME_FPSCR]);
    c->s->cycle += CYCLES_FP_FRAME;
}

/* The rest of PopStack: registers, modes and the stack pointer. */
static void restore_frame(struct cpu *c, uint32_t exc_return, const uint32_t *frame)
{
    struct cpu_state *s = c->s;
    bool fp = !(exc_return & EXC_RETURN_BASIC_FRAME);
    bool align = fp || scb_of(c)->reg[SCB_CCR] & CCR_STKALIGN;

    if (fp)
        restore_fp(c, frame);
    for (unsigned i = 0; i < 4; i++)
        s->r[i] = frame[i];
    s->r[12] = frame[4];
    s->r[14] = frame[5];
    s->r[15] = frame[6] & ~1u;
    cpu_set_xpsr(c, frame[7]);
    cpu_set_control(c, (s->control & CONTROL_NPRIV) | (exc_return & 4 ? CONTROL_SPSEL : 0) |
                           (fp ? CONTROL_FPCA : 0));
    s->r[13] = (s->r[13] + 4 * (fp ? FP_FRAME : BASIC_FRAME)) |
               (align && frame[7] & XPSR_FRAME_ALIGN ? 4 : 0);
    s->cycle += c->core->kind == CPU_CORTEX_M3 ? CYCLES_RETURN_M3 : CYCLES_RETURN_M4;
}

static void exception_return(struct cpu *c, uint32_t exc_return)
{
    struct cpu_state *s = c->s;
    bool permitted = return_permitted(c, exc_return), last = nvic_one_active(c);
    uint32_t frame[FP_FRAME];
    enum cpu_fault fault;
    unsigned next;

    deactivate(c);
    next = exception_preempting(c);
    if (!permitted) {
        fail_return(c, FAULT_INVPC, exc_return);
    } else if (next) {
        tail_chain(c, next, exc_return);
    } else if (!load_frame(c, exc_return, frame, &fault)) {
        fail_return(c, fault, exc_return);
    } else {
        restore_frame(c, exc_return, frame);
        s->exclusive = 0;
        s->event = 1;
        s->mem_pipelined = 0;
        if (exc_return & 8 && last && scb_of(c)->reg[SCB_SCR] & SCR_SLEEPONEXIT)
            cpu_sleep_on_exit(c);
    }
}

/* ---- at an instruction boundary ---- */

static void take(struct cpu *c, bool of_fault)
{
    unsigned exception = exception_preempting(c);

    if (!exception)
        return;
    if (just_entered(c))
        arrive_late(c, exception);
    else
        enter(c, exception, of_fault);
}

void exception_late_arrival(struct cpu *c)
{
    if ((c->attention & (ATTN_EXCEPTION | ATTN_STOP)) == ATTN_EXCEPTION && just_entered(c))
        cpu_exceptions(c);
}

void cpu_exceptions(struct cpu *c)
{
    uint32_t why = c->attention;

    c->attention &= ~(uint32_t)(ATTN_FAULT | ATTN_RETURN | ATTN_EXCEPTION);
    if (why & ATTN_RETURN)
        exception_return(c, c->next);
    else
        take(c, why & ATTN_FAULT);
    cpu_update(c);
}
