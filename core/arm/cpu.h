/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The Armv7E-M core: its state, and the calls between decode, execution, memory access and exceptions.
 *
 * Within an instruction r[15] is the address of that instruction and cpu->next the address of the one
 * to follow; an instruction that branches sets cpu->next. When it faults, r[15] and ITSTATE are left
 * alone, so the state at the boundary before it is intact (I6) - base registers are written back last.
 */
#ifndef CORE_ARM_CPU_H
#define CORE_ARM_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "core/bus.h"
#include "core/chip.h"
#include "core/footprint.h"
#include "core/stop.h"
#include "core/variables.h"
#include "core/vtime.h"

struct arena;
struct device;
struct insn;
struct log;
struct scheduler;

/* Processor state in the arena. */
struct cpu_state {
    uint32_t r[16];         /* r[13]: the stack pointer in use */
    uint32_t sp_banked;     /* the other one: PSP while MSP is in use, MSP while PSP is */
    uint8_t n, z, c, v;     /* APSR flags, 0 or 1 */
    uint8_t q;
    uint8_t ge;             /* GE[3:0] */
    uint8_t it;             /* ITSTATE; 0 outside an IT block */
    uint8_t thumb;          /* EPSR.T; 0 makes the next instruction an INVSTATE fault */
    uint16_t ipsr;          /* number of the active exception, 0 in Thread mode */
    uint8_t primask, faultmask, basepri;    /* basepri as read by MRS */
    uint8_t control;        /* nPRIV, SPSEL, FPCA */
    uint8_t overgrown;      /* the main stack was below its region when it was last looked at */
    uint8_t unused[1];
    uint32_t s[32];         /* single-precision registers; D[n] is {S[2n+1], S[2n]} */
    uint32_t fpscr;
    uint64_t cycle;         /* guest time: core clock cycles since power-on */
    uint64_t instructions;  /* retired since power-on */
    uint8_t exclusive;      /* local monitor: 1 exclusive, 0 open; it holds no address (exec_mem.c) */
    uint8_t event;          /* event register (WFE) */
    uint8_t sleeping;       /* enum cpu_sleep */
    uint8_t locked_up;
    uint8_t mem_pipelined;  /* cost model: the last instruction was a load or store that can overlap */
    uint8_t reserved[3];    /* this and `unused` keep the struct free of unnamed padding */
    uint32_t main_stack;    /* where the reset or MSR has set MSP */
    uint32_t also_reserved;
};

/* Locked up is asleep too: no instruction executes, time passes (B1.5.15). */
enum cpu_sleep { SLEEP_AWAKE, SLEEP_WFI, SLEEP_WFE, SLEEP_ON_EXIT, SLEEP_LOCKUP, SLEEP_STANDBY };

/* Why the loop must look up from executing instructions. */
enum cpu_attention {
    ATTN_FAULT = 1,         /* the instruction under way faulted (cpu_fault): abandon it */
    ATTN_EXCEPTION = 2,     /* an exception may be ready to be taken */
    ATTN_RETURN = 4,        /* the instruction wrote EXC_RETURN to the pc: exception return follows */
    ATTN_SLEEP = 8,         /* asleep */
    ATTN_STOP = 16,         /* stop at this boundary; cpu->stop says why */
    ATTN_ABANDON = 32,      /* do not complete the instruction under way (watchpoint, BKPT) */
    ATTN_RESET = 64         /* SYSRESETREQ or a watchdog: reset at this boundary */
};

/* The exceptions of the architecture (B1.5.2); external interrupt n is EXC_IRQ0 + n. */
enum cpu_exception {
    EXC_RESET = 1, EXC_NMI = 2, EXC_HARDFAULT = 3, EXC_MEMMANAGE = 4, EXC_BUSFAULT = 5,
    EXC_USAGEFAULT = 6, EXC_SVCALL = 11, EXC_DEBUGMON = 12, EXC_PENDSV = 14, EXC_SYSTICK = 15,
    EXC_IRQ0 = 16
};

/* Synchronous faults, named after their status bits (B3.2.15), plus the exceptions that instructions
 * raise. `address` goes to MMFAR or BFAR where the architecture says so. */
enum cpu_fault {
    FAULT_IACCVIOL, FAULT_DACCVIOL, FAULT_MUNSTKERR, FAULT_MSTKERR, FAULT_MLSPERR,
    FAULT_IBUSERR, FAULT_PRECISERR, FAULT_IMPRECISERR, FAULT_UNSTKERR, FAULT_STKERR, FAULT_LSPERR,
    FAULT_UNDEFINSTR, FAULT_INVSTATE, FAULT_INVPC, FAULT_NOCP, FAULT_UNALIGNED, FAULT_DIVBYZERO,
    FAULT_VECTTBL,          /* vector table read error: HardFault */
    FAULT_BKPT,             /* BKPT without a debugger: DebugMonitor, or HardFault (HFSR.DEBUGEVT) */
    FAULT_SVC               /* SVCall; escalates to HardFault when masked by priority */
};

/* What makes accesses and fetches ask before they use a view of plain memory. */
enum cpu_check {
    CHECK_MPU = 1,          /* mpu.c: MPU_CTRL.ENABLE */
    CHECK_DATA = 2,         /* dwt.c: a comparator watches data accesses */
    CHECK_PC = 4,           /* fpb.c, dwt.c: a comparator watches instruction addresses */
    CHECK_WATCH = 8,        /* cpu_run: the debugger has watchpoints */
    CHECK_BREAK = 16,       /* cpu_run: the debugger has breakpoints */
    CHECK_RAM = 32          /* the options ask for reports of what is done to RAM; for the whole run */
};

/* A stretch of plain memory as the fast path uses it: `size` bytes from `base`, 0 for none. */
struct cpu_view {
    uint32_t base;
    uint32_t size;
    uint32_t writable;      /* size, or 0 for images */
    uint32_t waits;         /* 1: flash, whose wait states cpu->timing gives; 0: none */
    uint8_t *host;
};

enum { CPU_VIEWS = 32, CPU_VIEW_SHIFT = 27 }; /* a view per 128 MiB of addresses */

/*
 * The core as the host sees it: wiring, configuration, and what can be rebuilt from the arena
 * (cpu_restored). Owned by the machine.
 */
struct cpu {
    struct cpu_state *s;            /* in the arena */
    struct bus *bus;
    const struct chip_core *core;
    struct device_env *env;         /* the machine's services, for the core's own devices */
    bool has_dsp, has_fpu;          /* Armv7E-M options: false on Cortex-M3 */

    uint64_t limit;                 /* run no further than this cycle; the scheduler lowers it (I5) */
    uint32_t attention;             /* enum cpu_attention bits */
    uint32_t next;                  /* address of the next instruction, while one executes */
    uint32_t cost;                  /* cycles of the instruction under way */
    struct cpu_fetch_timing timing; /* derived from the flash controller's state */

    /* Derived from the state of the core's own devices, and kept by their owners on every write, reset
     * and cpu_restored, so that an instruction need not ask them. */
    uint8_t checks;                 /* enum cpu_check: use cpu_set_check */
    bool unaligned_trap;            /* CCR.UNALIGN_TRP */
    bool divide_trap;               /* CCR.DIV_0_TRP */
    bool precise_stores;            /* ACTLR.DISDEFWBUF: failing stores are PRECISERR */

    /* Views of plain memory that need no further question; access.c fills and drops them. */
    struct cpu_view code;
    struct cpu_view data[CPU_VIEWS];
    uint32_t view_epoch;            /* bus_epoch they were made in */
    uint32_t view_drops;            /* how often all of them were dropped: somebody else may keep answers, too */
    uint32_t data_comparators, code_comparators;    /* count changes of those that watch something */
    struct interp *interp;          /* the interpreter's decode cache */

    struct stop stop;               /* with ATTN_STOP */
    struct stop_set stops;          /* the debugger's breakpoints and watchpoints */
    struct stop_set aside;          /* the same while they are put aside (machine_arm); else empty */
    uint64_t pass_cycle;            /* a breakpoint at this cycle was reported: pass it once */
    uint64_t pass_watch;            /* the same for the watched access of the instruction at this cycle */
    bool debugger;                  /* attached: BKPT stops */
    bool semihosting;               /* BKPT 0xAB asks the host; false: it is a BKPT like any other */
    bool catch_hardfault;           /* stop before a HardFault handler's first instruction */
    bool mask_interrupts;           /* C_MASKINTS for the step under way */

    /* The core's own devices (private peripheral bus), found once when the machine is built. */
    struct nvic *nvic;
    struct mpu *mpu;
    struct device *systick, *scb, *dwt, *fpb, *itm, *debug, *fpu, *aux;

    /* The main stack's region (stack.c). */
    struct variables variables;     /* the host's; nobody's at first */
    uint32_t stack_low;             /* 0: not known */
    const char *stack_below;        /* the variable that ends there, or NULL */

    struct footprint_marks touched; /* since the present stretch began */
    uint64_t interpreted;           /* instructions that the interpreter has run, and what is as much work */
};

/* ---- the main stack's region (stack.c) ---- */

/* MSP was set to `top`. stack_derive: or the variables, or the state. */
void stack_set(struct cpu *c, uint32_t top);
void stack_derive(struct cpu *c);

/* The main stack has grown to `address`, which is below its region: reported the first time since it was
 * within. */
void stack_overgrown(struct cpu *c, uint32_t address);

/* So much below the region every store is looked at, with CHECK_RAM. */
enum { STACK_BENEATH = 1024 };

static inline bool stack_is_beneath(const struct cpu *c, uint32_t address)
{
    return c->stack_low - 1 - address < STACK_BENEATH;
}

static inline bool cpu_on_main_stack(const struct cpu *c)
{
    return c->s->ipsr || !(c->s->control & 2);      /* CONTROL.SPSEL */
}

/* Something was pushed at `address` by an exception that found the main stack in use. */
static inline void stack_pushed(struct cpu *c, uint32_t address)
{
    if (address < c->stack_low)
        stack_overgrown(c, address);
    else
        c->s->overgrown = 0;
}

/* ---- exec: flow ---- */

static inline uint32_t cpu_pc(const struct cpu *c)
{
    return c->s->r[15] + 4;
}

/* BranchWritePC (A2.3.1): an address without interworking. */
static inline void cpu_branch(struct cpu *c, uint32_t address)
{
    c->next = address & ~1u;
}

/* BXWritePC: interworking, and EXC_RETURN in Handler mode (requests ATTN_RETURN). */
void cpu_bx(struct cpu *c, uint32_t address);

/* ---- exceptions (exception.c) ---- */

/* The instruction under way faults: records the syndrome and makes the loop abandon it (ATTN_FAULT).
 * Returns false, so that an access can `return cpu_fault(...)`. Two of them let the instruction complete
 * and only set ATTN_EXCEPTION: FAULT_IMPRECISERR pends BusFault, FAULT_SVC pends SVCall unless that is
 * masked (a HardFault then, as a fault of the SVC itself). */
bool cpu_fault(struct cpu *c, enum cpu_fault fault, uint32_t address);

/* At an instruction boundary: takes the fault, exception return or pending exception that attention
 * speaks of; charges its cycles. */
void cpu_exceptions(struct cpu *c);

/* Execution priority and privilege now. */
int cpu_priority(const struct cpu *c);
bool cpu_privileged(const struct cpu *c);

/* Re-evaluates whether an exception can be taken (after any change of pending, enable, priority or mask
 * state) and sets ATTN_EXCEPTION accordingly; wakes a sleeping core when B1.5.17 says so. */
void cpu_update(struct cpu *c);

/* xPSR parts and special registers, as MRS/MSR and the debugger see them (B5.2.2). */
uint32_t cpu_xpsr(const struct cpu *c);
void cpu_set_xpsr(struct cpu *c, uint32_t value);   /* debugger: all bits */
uint32_t cpu_read_special(struct cpu *c, unsigned sysm);
void cpu_write_special(struct cpu *c, unsigned sysm, unsigned mask, uint32_t value);
uint32_t cpu_msp(const struct cpu *c);
uint32_t cpu_psp(const struct cpu *c);
void cpu_set_msp(struct cpu *c, uint32_t value);
void cpu_set_psp(struct cpu *c, uint32_t value);
void cpu_set_control(struct cpu *c, uint32_t value);
void cpu_set_fpscr(struct cpu *c, uint32_t value);  /* reserved bits stay 0 */

/* ExecuteFPCheck (B1.5.7, A2.5): true if the FPU may be used now; lazily preserves the old state and
 * creates a context as FPCCR says. False: a fault was raised. */
bool cpu_fp_check(struct cpu *c);

/* Whether cpu_fp_check would say yes and change nothing. */
bool cpu_fp_ready(const struct cpu *c);

/* WFI, WFE, SEV. */
void cpu_wfi(struct cpu *c);
void cpu_wfe(struct cpu *c);
void cpu_sev(struct cpu *c);

/* The core, asleep or between two instructions, loses its power: nothing but a reset reaches it. */
void cpu_standby(struct cpu *c);
void cpu_sleep_on_exit(struct cpu *c);

/* ---- memory (access.c) ---- */

enum cpu_access {
    ACCESS_NORMAL,
    ACCESS_UNPRIVILEGED,    /* LDRT and its kin */
    ACCESS_ALIGNED,         /* faults when unaligned, always */
    ACCESS_TRANSFER         /* a word of a transfer that cpu_transfer_check has passed; always aligned */
};

/* One load or store of 1, 2 or 4 bytes with alignment rules, MPU, bit-band, watchpoints and bus errors;
 * false: a fault was raised or the access abandoned, and nothing was changed. Loads zero-extend. */
bool cpu_load(struct cpu *c, uint32_t address, unsigned size, enum cpu_access how, uint32_t *value);
bool cpu_store(struct cpu *c, uint32_t address, unsigned size, enum cpu_access how, uint32_t value);

/* Whether a store there would pass alignment, MPU and privilege (STREX asks before it looks at the
 * monitor); false: a fault was raised. */
bool cpu_store_allowed(struct cpu *c, uint32_t address, unsigned size);

/* Before a transfer of several words: checks the debugger's watchpoints over the whole range, so that a
 * stop comes before its first word. `values` is NULL for loads. True: go on, with ACCESS_TRANSFER. */
bool cpu_transfer_check(struct cpu *c, uint32_t address, unsigned words, const uint32_t *values);

/* The same for words that are written come what may: the run ends at the boundary after that. */
void cpu_transfer_note(struct cpu *c, uint32_t address, unsigned words, const uint32_t *values);

/* Stack frame accesses of exception entry and return: privileged or not as `privileged` says; faults are
 * reported through the return value only. cpu_stack_plain: the bytes of a whole frame where nobody has to be
 * asked, or NULL; with `write` they count as written. */
uint8_t *cpu_stack_plain(struct cpu *c, uint32_t address, unsigned words, bool write);
bool cpu_stack_load(struct cpu *c, uint32_t address, bool privileged, uint32_t *value, bool *mpu_fault);
bool cpu_stack_store(struct cpu *c, uint32_t address, bool privileged, uint32_t value, bool *mpu_fault);

/* Reads the halfword at `address` for execution; false: a fault was raised. */
bool cpu_fetch(struct cpu *c, uint32_t address, uint32_t *halfword);

/* Drops the cached views of memory: after a remap, and when the machine restored its state. */
void cpu_views_drop(struct cpu *c);

/* What the core's own units say about an access, for the CPU's side of memory.
 *
 * mpu_check (mpu.c): whether the MPU or the default memory map permits it; otherwise it is IACCVIOL or
 * DACCVIOL. Data accesses need not ask while CHECK_MPU is off; fetches always must, because regions may be
 * XN by default. An access that straddles regions is asked about in parts.
 * ppb_permits (ppb.c): whether the private peripheral bus takes an unprivileged access there (B3.1.1);
 * otherwise it is PRECISERR. True for other addresses.
 * dwt_access (dwt.c): with CHECK_DATA, after an access that was made.
 * dwt_pc (dwt.c): with CHECK_PC, before the instruction at `pc` executes. False: it must not, because a
 * breakpoint of the FPB raised a fault or stops the core. */
bool mpu_check(const struct cpu *c, uint32_t address, bool privileged, bool write, bool fetch);
bool ppb_permits(const struct cpu *c, uint32_t address, bool privileged, bool write);
void dwt_access(struct cpu *c, uint32_t address, unsigned size, bool write, uint32_t value);
bool dwt_pc(struct cpu *c, uint32_t pc);

static inline void cpu_set_check(struct cpu *c, enum cpu_check check, bool on)
{
    if (on && !(c->checks & check))
        cpu_views_drop(c);
    c->checks = on ? c->checks | check : c->checks & ~check;
}

/* Privilege, FAULTMASK or the active exceptions changed: what the MPU permits may have. */
static inline void cpu_mode_changed(struct cpu *c)
{
    if (c->checks & CHECK_MPU)
        cpu_views_drop(c);
}

/* ---- running (interp.c) ---- */

/* The interpreter's decode cache, made once the core's options are known (has_dsp, has_fpu); false when
 * out of memory. */
bool interp_init(struct cpu *c);
void interp_free(struct cpu *c);

/* A new stretch begins (core/footprint.h): notes in `touched` what counts as executed in it, and looks out
 * for the rest. */
void interp_new_stretch(struct cpu *c);

/* Executes until s->cycle >= limit or attention stops it. */
void cpu_run(struct cpu *c);

/* One instruction, or one exception entry. */
void cpu_step(struct cpu *c);

/* The parts of cpu_run, for an engine that shares its loop with the interpreter. cpu_prepare: what may
 * have changed while nobody ran. cpu_boundary: takes what attention and breakpoints speak of, at a
 * boundary where cycle < limit; true when an instruction may execute. cpu_execute: the instruction at pc,
 * with the fault or exception return that it makes; no attention may be pending. */
void cpu_prepare(struct cpu *c);
bool cpu_boundary(struct cpu *c);
void cpu_execute(struct cpu *c);

/* An operation by itself: what it does to registers. For those that cannot fault, branch or take time of
 * their own. */
void cpu_operate(struct cpu *c, const struct insn *i);

/* Completes the instruction at pc as a NOP: a BKPT that somebody else has served. */
void cpu_skip(struct cpu *c);

/* ---- life (cpu.c) ---- */

/* Once the machine has built every device, set c->s, core, bus and env, and bound all state to the sealed
 * arena: finds the core's own devices among `devices` and makes what lives outside the arena. False when
 * out of memory. */
bool cpu_init(struct cpu *c, struct device *const *devices, unsigned count);
void cpu_free(struct cpu *c);

/* After the devices' resets: processor state, stack pointer and pc from the vector table (B1.5.5). Guest
 * time and the count of instructions go on, at power-on too: they are the timeline's coordinates. */
void cpu_reset(struct cpu *c, bool power_on);

/* Whether the processor's state is within its ranges (machine_sane). */
bool cpu_sane(const struct cpu *c);

/* The arena was replaced: rebuild what is derived. */
void cpu_restored(struct cpu *c);

#endif
