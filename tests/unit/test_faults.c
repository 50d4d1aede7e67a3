/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Faults, their status bits, escalation, lockup and vector catch: Arm ARM B1.5.14, B1.5.15,
 * B3.2.15, C1.6.2. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/arm_board.h"

enum { NMI = 2, HARDFAULT, MEMMANAGE, BUSFAULT, USAGEFAULT, DEBUGMON = 12, IRQ0 = 16 };

#define IACCVIOL    (1u << 0)
#define DACCVIOL    (1u << 1)
#define MUNSTKERR   (1u << 3)
#define MSTKERR     (1u << 4)
#define MLSPERR     (1u << 5)
#define MMARVALID   (1u << 7)
#define IBUSERR     (1u << 8)
#define PRECISERR   (1u << 9)
#define IMPRECISERR (1u << 10)
#define UNSTKERR    (1u << 11)
#define STKERR      (1u << 12)
#define LSPERR      (1u << 13)
#define BFARVALID   (1u << 15)
#define UNDEFINSTR  (1u << 16)
#define INVSTATE    (1u << 17)
#define INVPC       (1u << 18)
#define NOCP        (1u << 19)
#define UNALIGNED   (1u << 24)
#define DIVBYZERO   (1u << 25)

#define VECTTBL  (1u << 1)
#define FORCED   (1u << 30)
#define DEBUGEVT (1u << 31)

#define UNALIGN_TRP (1u << 3)
#define DIV_0_TRP   (1u << 4)
#define BFHFNMIGN   (1u << 8)
#define STKALIGN    (1u << 9)

/* ---- each fault by each way ---- */

static const struct fault_case {
    const char *name;
    uint16_t code[2];
    uint32_t r1;            /* address operand */
    uint32_t ccr;
    unsigned exception;
    uint32_t cfsr;
    uint32_t address;       /* MMFAR or BFAR, where valid */
    uint32_t pc;            /* stacked */
    bool asynchronous;      /* waits, where others lock up */
} fault_cases[] = {
    {"udf", {OP_UDF_T1}, 0, 0, USAGEFAULT, UNDEFINSTR, 0, ARM_MAIN, false},
    {"bx to an even address", {0x4708}, ARM_DATA, 0, USAGEFAULT, INVSTATE, 0, ARM_DATA, false},
    {"coprocessor", {0xEE10, 0x0710}, 0, 0, USAGEFAULT, NOCP, 0, ARM_MAIN, false},
    {"fpu off", {OP_VMOV_S0_R0}, 0, 0, USAGEFAULT, NOCP, 0, ARM_MAIN, false},
    {"trapped unaligned load", {OP_LDR_R0_R1}, ARM_DATA + 1, UNALIGN_TRP, USAGEFAULT, UNALIGNED, 0,
     ARM_MAIN, false},
    {"unaligned ldm", {0xC90C}, ARM_DATA + 2, 0, USAGEFAULT, UNALIGNED, 0, ARM_MAIN, false},
    {"division by zero", {OP_UDIV_R0_R0_R2}, 0, DIV_0_TRP, USAGEFAULT, DIVBYZERO, 0, ARM_MAIN, false},
    {"jump to a peripheral", {0x4708}, 0x40000001, 0, MEMMANAGE, IACCVIOL, 0, 0x40000000, false},
    {"jump to a hole", {0x4708}, 0x10000001, 0, BUSFAULT, IBUSERR, 0, 0x10000000, false},
    {"load from a hole", {OP_LDR_R0_R1}, ARM_HOLE, 0, BUSFAULT, PRECISERR | BFARVALID, ARM_HOLE,
     ARM_MAIN, false},
    {"store to a hole", {OP_STR_R0_R1}, ARM_HOLE, 0, BUSFAULT, IMPRECISERR, 0, ARM_MAIN + 2, true},
    {"load that the mpu forbids", {OP_LDR_R0_R1}, ARM_DATA + 4, 0, MEMMANAGE, DACCVIOL | MMARVALID,
     ARM_DATA + 4, ARM_MAIN, false},
    {"store that the mpu forbids", {OP_STR_R0_R1}, ARM_DATA + 4, 0, MEMMANAGE, DACCVIOL | MMARVALID,
     ARM_DATA + 4, ARM_MAIN, false},
};

enum { FAULT_CASES = sizeof fault_cases / sizeof fault_cases[0] };

/* Region 0: 32 bytes at ARM_DATA that nobody may access. */
static void forbid_data(struct arm_board *b)
{
    arm_write(b, R_MPU_RBAR, ARM_DATA | 1 << 4);
    arm_write(b, R_MPU_RASR, 4 << 1 | 1);
    arm_write(b, R_MPU_CTRL, 7);
}

static struct arm_board *provoke(const struct fault_case *f)
{
    struct arm_board *b = arm_create(CPU_CORTEX_M4F);

    CODE(b, ARM_MAIN, f->code[0], f->code[1] ? f->code[1] : OP_B_SELF, OP_B_SELF);
    arm_write(b, R_CCR, STKALIGN | f->ccr);
    arm_set(b, REG_R0 + 1, f->r1);
    if (f->cfsr & DACCVIOL)
        forbid_data(b);
    return b;
}

Test(faults, each_sets_its_bits_and_stacks_its_pc)
{
    for (unsigned i = 0; i < FAULT_CASES; i++) {
        const struct fault_case *f = &fault_cases[i];
        struct arm_board *b = provoke(f);
        arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
        arm_until(b, f->exception);
        cr_assert_eq(arm_read(b, R_CFSR), f->cfsr, "%s: CFSR %08X", f->name, arm_read(b, R_CFSR));
        cr_assert_eq(arm_read(b, R_HFSR), 0, "%s", f->name);
        cr_assert_eq(arm_peek(b, arm_reg(b, REG_SP) + 24), f->pc, "%s", f->name);
        if (f->cfsr & MMARVALID)
            cr_assert_eq(arm_read(b, R_MMFAR), f->address, "%s", f->name);
        if (f->cfsr & BFARVALID)
            cr_assert_eq(arm_read(b, R_BFAR), f->address, "%s", f->name);
        cr_assert_eq(b->diags[DIAG_FAULT], 1, "%s", f->name);
        arm_destroy(b);
    }
}

Test(faults, each_becomes_hardfault_while_not_enabled)
{
    for (unsigned i = 0; i < FAULT_CASES; i++) {
        const struct fault_case *f = &fault_cases[i];
        struct arm_board *b = provoke(f);
        arm_until(b, HARDFAULT);
        cr_assert_eq(arm_read(b, R_CFSR), f->cfsr, "%s", f->name);
        cr_assert_eq(arm_read(b, R_HFSR), FORCED, "%s", f->name);
        cr_assert_eq(arm_peek(b, arm_reg(b, REG_SP) + 24), f->pc, "%s", f->name);
        arm_destroy(b);
    }
}

/* PRIMASK raises the priority to 0, which no configurable fault can preempt. */
Test(faults, each_becomes_hardfault_while_masked_unless_it_can_wait)
{
    for (unsigned i = 0; i < FAULT_CASES; i++) {
        const struct fault_case *f = &fault_cases[i];
        struct arm_board *b = provoke(f);
        arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
        arm_set(b, REG_PRIMASK, 1);
        arm_step(b);
        if (f->asynchronous) {
            cr_assert_eq(arm_read(b, R_SHCSR), SHCSR_ALL_FAULTS | 1 << 14, "%s: pended", f->name);
        } else {
            arm_until(b, HARDFAULT);
            cr_assert_eq(arm_read(b, R_HFSR), FORCED, "%s", f->name);
        }
        arm_destroy(b);
    }
}

Test(faults, each_locks_up_at_priority_minus_one_unless_it_can_wait)
{
    for (unsigned i = 0; i < FAULT_CASES; i++) {
        const struct fault_case *f = &fault_cases[i];
        struct arm_board *b = provoke(f);
        enum stop_kind stop = STOP_STEP;
        arm_set(b, REG_FAULTMASK, 1);
        for (unsigned k = 0; k < 3 && stop != STOP_LOCKUP; k++)
            stop = arm_step(b);
        cr_assert_eq(stop == STOP_LOCKUP, !f->asynchronous, "%s", f->name);
        cr_assert_eq(arm_read(b, R_CFSR), f->cfsr, "%s", f->name);
        cr_assert_eq(arm_read(b, R_DHCSR) >> 19 & 1, !f->asynchronous, "%s: S_LOCKUP", f->name);
        arm_destroy(b);
    }
}

/* ---- single ones ---- */

static struct arm_board *b;

static void setup(void)
{
    b = arm_create(CPU_CORTEX_M4F);
    arm_write(b, R_ISER, 7);
}

static void teardown(void)
{
    arm_destroy(b);
}

TestSuite(fault, .init = setup, .fini = teardown);

static uint32_t sp(void)
{
    return arm_reg(b, REG_SP);
}

Test(fault, cfsr_bits_are_cleared_by_writing_ones_also_by_bytes)
{
    CODE(b, ARM_MAIN, OP_UDF_T1);
    arm_until(b, HARDFAULT);
    arm_write8(b, R_CFSR + 2, 2);
    cr_assert_eq(arm_read(b, R_CFSR), UNDEFINSTR);
    arm_write8(b, R_CFSR + 2, 1);
    cr_assert_eq(arm_read(b, R_CFSR), 0);
    arm_write(b, R_HFSR, FORCED);
    cr_assert_eq(arm_read(b, R_HFSR), 0);
}

/* Cortex-M4 TRM table 4-1, note c. */
Test(fault, the_address_register_is_one_for_both_kinds)
{
    CODE(b, ARM_MAIN, OP_LDR_R0_R1);
    arm_set(b, REG_R0 + 1, ARM_HOLE);
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_write(b, R_SHPR1, 0x00001000);
    CODE(b, arm_handler(BUSFAULT), OP_LDR_R0_R1);
    forbid_data(b);
    arm_until(b, BUSFAULT);
    arm_set(b, REG_R0 + 1, ARM_DATA + 8);
    arm_until(b, MEMMANAGE);
    cr_assert_eq(arm_read(b, R_CFSR), PRECISERR | DACCVIOL | MMARVALID);
    cr_assert_eq(arm_read(b, R_MMFAR), ARM_DATA + 8);
    cr_assert_eq(arm_read(b, R_BFAR), ARM_DATA + 8);
}

Test(fault, disdefwbuf_makes_stores_precise)
{
    CODE(b, ARM_MAIN, OP_STR_R0_R1);
    arm_set(b, REG_R0 + 1, ARM_HOLE);
    arm_write(b, R_ACTLR, 2);
    arm_until(b, HARDFAULT);
    cr_assert_eq(arm_read(b, R_CFSR), PRECISERR | BFARVALID);
}

Test(fault, unprivileged_access_to_the_ppb_is_a_precise_busfault)
{
    CODE(b, ARM_MAIN, OP_LDR_R0_R1);
    arm_set(b, REG_R0 + 1, R_CPUID);
    arm_set(b, REG_CONTROL, 1);
    arm_until(b, HARDFAULT);
    cr_assert_eq(arm_read(b, R_CFSR), PRECISERR | BFARVALID);
    cr_assert_eq(arm_read(b, R_BFAR), R_CPUID);
}

Test(fault, usersetmpend_lets_unprivileged_code_write_stir)
{
    CODE(b, ARM_MAIN, OP_STR_R0_R1);
    arm_set(b, REG_R0, 1);
    arm_set(b, REG_R0 + 1, R_STIR);
    arm_write(b, R_CCR, STKALIGN | 2);
    arm_set(b, REG_CONTROL, 1);
    arm_until(b, IRQ0 + 1);
}

Test(fault, bfhfnmign_lets_a_hardfault_handler_probe)
{
    CODE(b, ARM_MAIN, OP_UDF_T1);
    CODE(b, arm_handler(HARDFAULT), OP_LDR_R0_R1, OP_NOP_T1);
    arm_write(b, R_CCR, STKALIGN | BFHFNMIGN);
    arm_set(b, REG_R0, 5);
    arm_set(b, REG_R0 + 1, ARM_HOLE);
    arm_until(b, HARDFAULT);
    cr_assert_eq(arm_step(b), STOP_STEP);
    cr_assert_eq(arm_reg(b, REG_PC), arm_handler(HARDFAULT) + 2);
    cr_assert_eq(arm_reg(b, REG_R0), 0);
    cr_assert(arm_read(b, R_CFSR) & PRECISERR);
}

Test(fault, bfhfnmign_covers_the_write_buffer)
{
    CODE(b, ARM_MAIN, OP_UDF_T1);
    CODE(b, arm_handler(HARDFAULT), OP_STR_R0_R1, OP_NOP_T1, OP_BX_LR);
    arm_write(b, R_CCR, STKALIGN | BFHFNMIGN);
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS & ~(1 << 18));     /* UDF becomes a HardFault */
    arm_set(b, REG_R0 + 1, ARM_HOLE);
    arm_until(b, HARDFAULT);
    cr_assert_eq(arm_step(b), STOP_STEP);
    cr_assert(arm_read(b, R_CFSR) & IMPRECISERR);
    cr_assert_not(machine_irq(b->m, BUSFAULT).pending);
}

Test(fault, bfhfnmign_is_for_data_accesses_of_those_handlers_only)
{
    CODE(b, ARM_MAIN, OP_LDR_R0_R1, OP_B_SELF);
    CODE(b, arm_handler(HARDFAULT), OP_UDF_T1);
    arm_write(b, R_CCR, STKALIGN | BFHFNMIGN);
    arm_set(b, REG_R0 + 1, ARM_HOLE);
    arm_until(b, HARDFAULT);
    cr_assert_eq(arm_step(b), STOP_LOCKUP);
}

Test(fault, cpacr_may_give_the_fpu_to_privileged_code_alone)
{
    CODE(b, ARM_MAIN, OP_VMOV_S0_R0, OP_VMOV_S0_R0);
    arm_write(b, R_CPACR, 5 << 20);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), 0);
    arm_set(b, REG_CONTROL, 1);
    arm_until(b, HARDFAULT);
    cr_assert_eq(arm_read(b, R_CFSR), NOCP);
}

Test(fault, stir_cannot_be_read_by_unprivileged_code)
{
    CODE(b, ARM_MAIN, OP_LDR_R0_R1);
    arm_set(b, REG_R0 + 1, R_STIR);
    arm_write(b, R_CCR, STKALIGN | 2);
    arm_set(b, REG_CONTROL, 1);
    arm_until(b, HARDFAULT);
    cr_assert_eq(arm_read(b, R_BFAR), R_STIR);
}

Test(fault, a_fault_in_its_own_handler_becomes_hardfault_and_another_locks_up)
{
    CODE(b, ARM_MAIN, OP_UDF_T1);
    CODE(b, arm_handler(USAGEFAULT), OP_UDF_T1);
    CODE(b, arm_handler(HARDFAULT), OP_UDF_T1);
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_until(b, USAGEFAULT);
    arm_until(b, HARDFAULT);
    cr_assert_eq(arm_step(b), STOP_LOCKUP);
    cr_assert_eq(arm_reg(b, REG_PC), arm_handler(HARDFAULT));
    cr_assert(strstr(b->last_diag, "lockup"), "%s", b->last_diag);
}

Test(fault, a_locked_up_core_lets_time_pass_until_reset)
{
    uint64_t before;

    CODE(b, ARM_MAIN, OP_UDF_T1);
    arm_set(b, REG_FAULTMASK, 1);
    cr_assert_eq(arm_run(b, 100), STOP_LOCKUP);
    before = arm_now(b);
    cr_assert_eq(arm_run(b, 1000), STOP_LIMIT);
    cr_assert_eq(arm_now(b) - before, 1000);
    CODE(b, ARM_MAIN, OP_B_SELF);
    arm_write(b, LINES_SIGNALS, 1 << CPU_SIGNAL_RESET);
    cr_assert_eq(arm_run(b, 10), STOP_LIMIT);
    cr_assert_eq(arm_reg(b, REG_PC), ARM_MAIN);
    cr_assert_eq(arm_read(b, R_DHCSR) >> 19 & 1, 0);
}

Test(fault, nmi_leaves_lockup_and_falls_back_into_it)
{
    CODE(b, ARM_MAIN, OP_UDF_T1);
    arm_write(b, LINES_LEVELS, 1);      /* an interrupt must not */
    arm_set(b, REG_FAULTMASK, 1);
    arm_run(b, 100);
    arm_pulse(b, CPU_SIGNAL_NMI);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), NMI);
    cr_assert_eq(arm_peek(b, sp() + 24), 0xFFFFFFFE);
    cr_assert_eq(arm_run(b, 100), STOP_LOCKUP);
}

Test(fault, the_view_of_a_fault_finds_the_frame_on_either_stack)
{
    struct fault_view view;

    for (unsigned psp = 0; psp < 2; psp++) {
        CODE(b, ARM_MAIN, OP_UDF_T1);
        arm_set(b, REG_PSP, ARM_PROCESS_STACK);
        arm_set(b, REG_CONTROL, psp ? 2 : 0);
        arm_set(b, REG_R0, 0x1234);
        arm_until(b, HARDFAULT);
        view = machine_fault(b->m);
        cr_assert(view.any && view.stacked_valid);
        cr_assert_eq(view.cfsr, UNDEFINSTR);
        cr_assert_eq(view.frame, (psp ? ARM_PROCESS_STACK : ARM_STACK) - 32);
        cr_assert_eq(view.stacked[0], 0x1234);
        cr_assert_eq(view.stacked[6], ARM_MAIN);
        arm_destroy(b);
        setup();
    }
}

/* ---- faults of entry and return ---- */

Test(fault, stacking_into_a_hole)
{
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_write8(b, R_IPR, 0x80);
    arm_set(b, REG_PSP, ARM_HOLE + 0x100);
    arm_set(b, REG_CONTROL, 2);
    arm_write(b, LINES_LEVELS, 1);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), BUSFAULT, "taken instead, and the interrupt pends");
    cr_assert_eq(arm_read(b, R_CFSR), STKERR);
    cr_assert_eq(arm_read(b, R_ISPR), 1);
    cr_assert_eq(arm_reg(b, REG_PSP), ARM_HOLE + 0x100 - 32);
    cr_assert_eq(arm_reg(b, REG_LR), 0xFFFFFFFD);
}

Test(fault, stacking_where_the_mpu_forbids_it)
{
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_write8(b, R_IPR, 0x80);
    forbid_data(b);
    arm_set(b, REG_PSP, ARM_DATA + 32);
    arm_set(b, REG_CONTROL, 2);
    arm_write(b, LINES_LEVELS, 1);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), MEMMANAGE);
    cr_assert_eq(arm_read(b, R_CFSR), MSTKERR);
}

Test(fault, a_stacking_fault_of_lower_priority_waits)
{
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_write(b, R_SHPR1, 0x00008000);
    arm_set(b, REG_PSP, ARM_HOLE + 0x100);
    arm_set(b, REG_CONTROL, 2);
    arm_write(b, LINES_LEVELS, 1);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ0);
    cr_assert_eq(arm_read(b, R_SHCSR) >> 14 & 1, 1);
}

Test(fault, stacking_fault_on_the_way_from_hardfault_to_nmi_locks_up)
{
    CODE(b, ARM_MAIN, OP_UDF_T1);
    arm_until(b, HARDFAULT);
    arm_set(b, REG_SP, ARM_HOLE + 0x100);
    arm_pulse(b, CPU_SIGNAL_NMI);
    arm_step(b);        /* a late arrival: the frame is there already */
    arm_step(b);
    arm_destroy(b);
    setup();
    CODE(b, ARM_MAIN, OP_UDF_T1);
    CODE(b, arm_handler(HARDFAULT), OP_NOP_T1, OP_NOP_T1);
    arm_until(b, HARDFAULT);
    arm_step(b);
    arm_set(b, REG_SP, ARM_HOLE + 0x100);
    arm_pulse(b, CPU_SIGNAL_NMI);
    cr_assert_eq(arm_step(b), STOP_LOCKUP);
    cr_assert_eq(arm_ipsr(b), NMI);
}

Test(fault, unstacking_from_a_hole)
{
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_set(b, REG_PSP, ARM_PROCESS_STACK);
    arm_set(b, REG_CONTROL, 2);
    arm_write(b, LINES_LEVELS, 1);
    arm_step(b);
    arm_write(b, LINES_LEVELS, 0);
    arm_set(b, REG_PSP, ARM_HOLE);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), BUSFAULT);
    cr_assert_eq(arm_read(b, R_CFSR), UNSTKERR);
    cr_assert_eq(arm_reg(b, REG_PSP), ARM_HOLE);
    cr_assert_eq(arm_reg(b, REG_LR), 0xFFFFFFFD);
    cr_assert_eq(arm_read(b, R_IABR), 0);
}

Test(fault, unstacking_where_the_mpu_forbids_it)
{
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_set(b, REG_PSP, ARM_PROCESS_STACK);
    arm_set(b, REG_CONTROL, 2);
    arm_write(b, LINES_LEVELS, 1);
    arm_step(b);
    arm_write(b, LINES_LEVELS, 0);
    forbid_data(b);
    arm_set(b, REG_PSP, ARM_DATA);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), MEMMANAGE);
    cr_assert_eq(arm_read(b, R_CFSR), MUNSTKERR);
}

/* 32 bytes at `address` for privileged code alone. */
static void reserve(uint32_t address)
{
    arm_write(b, R_MPU_RBAR, address | 1 << 4);
    arm_write(b, R_MPU_RASR, 1 << 24 | 4 << 1 | 1);
    arm_write(b, R_MPU_RBAR, 1 << 4 | 1);       /* flash for everybody */
    arm_write(b, R_MPU_RASR, 3 << 24 | 13 << 1 | 1);
    arm_write(b, R_MPU_CTRL, 5);
}

Test(fault, frames_have_the_privilege_of_the_interrupted_code)
{
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_write8(b, R_IPR, 0x80);
    reserve(ARM_DATA);
    arm_set(b, REG_PSP, ARM_DATA + 32);
    arm_set(b, REG_CONTROL, 2);
    arm_write(b, LINES_LEVELS, 1);
    arm_step(b);
    arm_write(b, LINES_LEVELS, 0);
    cr_assert_eq(arm_ipsr(b), IRQ0, "privileged: stacked");
    arm_set(b, REG_CONTROL, 1);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), MEMMANAGE, "unprivileged: not unstacked");
    cr_assert_eq(arm_read(b, R_CFSR), MUNSTKERR);
    arm_destroy(b);
    setup();
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_write8(b, R_IPR, 0x80);
    reserve(ARM_DATA);
    arm_set(b, REG_PSP, ARM_DATA + 32);
    arm_set(b, REG_CONTROL, 3);
    arm_write(b, LINES_LEVELS, 1);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), MEMMANAGE, "unprivileged: not stacked");
    cr_assert_eq(arm_read(b, R_CFSR), MSTKERR);
}

static void return_with(uint32_t exc_return)
{
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_write(b, LINES_LEVELS, 1);
    arm_step(b);
    arm_write(b, LINES_LEVELS, 0);
    arm_set(b, REG_LR, exc_return);
    arm_step(b);
}

Test(fault, undefined_exc_return_is_invpc)
{
    static const uint32_t wrong[] = {0xFFFFFFF0, 0xFFFFFFF5, 0xFFFFFFFF, 0xFFFFFF09, 0xF0000009};

    for (unsigned i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        return_with(wrong[i]);
        cr_assert_eq(arm_ipsr(b), USAGEFAULT, "%08X", wrong[i]);
        cr_assert_eq(arm_read(b, R_CFSR), INVPC, "%08X", wrong[i]);
        cr_assert_eq(arm_reg(b, REG_LR), wrong[i]);
        arm_destroy(b);
        setup();
    }
}

Test(fault, returning_from_an_inactive_exception_is_invpc)
{
    enum { SVCALL = 11 };

    CODE(b, arm_handler(IRQ0), OP_SVC_T1, OP_BX_LR);
    arm_write8(b, R_IPR, 0x80);
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_write(b, LINES_LEVELS, 1);
    arm_until(b, SVCALL);
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);    /* SVCALLACT = 0 */
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), USAGEFAULT);
    cr_assert_eq(arm_read(b, R_CFSR), INVPC);
}

/* IPSR is nine bits wide, and a debugger or a frame may fill it with anything. */
Test(fault, a_return_from_an_exception_that_does_not_exist_is_invpc)
{
    CODE(b, arm_handler(IRQ0), OP_BX_LR);
    arm_write8(b, R_SHPR3 + 3, 0xF0);
    arm_write(b, LINES_LEVELS, 1);
    arm_step(b);
    arm_write(b, LINES_LEVELS, 0);
    arm_set(b, REG_XPSR, 0x010001FF);
    arm_step(b);
    cr_assert(arm_read(b, R_CFSR) & INVPC);
    cr_assert_eq(arm_read(b, R_SHPR3) >> 24, 0xF0, "nothing beside the active bits has changed");
}

Test(fault, an_fp_frame_on_a_core_without_fpu_is_invpc)
{
    arm_destroy(b);
    b = arm_create(CPU_CORTEX_M3);
    arm_write(b, R_ISER, 1);
    return_with(0xFFFFFFE9);
    cr_assert_eq(arm_ipsr(b), USAGEFAULT);
    cr_assert_eq(arm_read(b, R_CFSR), INVPC);
}

Test(fault, returning_to_thread_from_a_nested_handler_is_invpc)
{
    CODE(b, arm_handler(IRQ0 + 1), OP_NOP_T1, OP_NOP_T1, OP_BX_LR);
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_write8(b, R_IPR, 0x40);
    arm_write8(b, R_IPR + 1, 0x80);
    arm_write(b, LINES_LEVELS, 2);
    arm_step(b);
    arm_step(b);
    arm_write(b, LINES_LEVELS, 3);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ0);
    arm_write(b, LINES_LEVELS, 0);
    arm_write(b, sp() + 28, 0x01000000);        /* the frame itself would do */
    arm_set(b, REG_LR, 0xFFFFFFF9);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), USAGEFAULT);
    cr_assert_eq(arm_read(b, R_CFSR), INVPC);
}

Test(fault, nonbasethrdena_permits_it_and_the_core_does_not_fall_asleep)
{
    vtime next;

    CODE(b, arm_handler(IRQ0 + 1), OP_NOP_T1, OP_NOP_T1, OP_BX_LR);
    arm_write(b, R_CCR, STKALIGN | 1);
    arm_write(b, R_SCR, 1 << 1);                /* SLEEPONEXIT */
    arm_write8(b, R_IPR + 1, 0x80);
    arm_write(b, LINES_LEVELS, 2);
    arm_step(b);
    arm_step(b);
    arm_write(b, LINES_LEVELS, 3);
    arm_step(b);
    arm_write(b, LINES_LEVELS, 0);
    arm_write(b, arm_reg(b, REG_SP) + 28, 0x01000000);
    arm_set(b, REG_LR, 0xFFFFFFF9);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), 0);
    cr_assert_eq(arm_read(b, R_IABR), 2, "still active");
    cr_assert(!machine_asleep(b->m, &next));
}

Test(fault, a_frame_whose_ipsr_contradicts_exc_return_is_invpc)
{
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_write(b, LINES_LEVELS, 1);
    arm_step(b);
    arm_write(b, LINES_LEVELS, 0);
    arm_write(b, sp() + 28, 0x01000000 | 20);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), USAGEFAULT);
    cr_assert_eq(arm_read(b, R_CFSR), INVPC);
    cr_assert_eq(sp(), ARM_STACK - 32, "nothing was unstacked");
}

Test(fault, unreadable_vector_is_a_hardfault_and_the_exception_waits)
{
    CODE(b, ARM_RAM, 0, 0);
    arm_write(b, R_VTOR, ARM_FLASH + 0x3F80);     /* the flash ends behind 32 vectors */
    for (unsigned i = 0; i < 32; i++)
        CODE(b, 0x3F80 + 4 * i, (uint16_t)(arm_handler(i) | 1), 0);
    arm_write(b, R_ISER, 1 << 20);
    arm_write(b, R_ISPR, 1 << 20);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), HARDFAULT);
    cr_assert_eq(arm_read(b, R_HFSR), VECTTBL);
    cr_assert_eq(arm_read(b, R_ISPR), 1 << 20);
}

Test(fault, unreadable_hardfault_vector_locks_up)
{
    CODE(b, ARM_MAIN, OP_UDF_T1);
    arm_write(b, R_VTOR, ARM_HOLE);
    cr_assert_eq(arm_run(b, 100), STOP_LOCKUP);
    cr_assert_eq(arm_read(b, R_HFSR), VECTTBL | FORCED);
}

Test(fault, unreadable_nmi_vector_locks_up_at_nmi)
{
    arm_write(b, R_VTOR, ARM_HOLE);
    arm_pulse(b, CPU_SIGNAL_NMI);
    cr_assert_eq(arm_run(b, 100), STOP_LOCKUP);
    cr_assert_eq(arm_ipsr(b), NMI);
}

Test(fault, vector_without_thumb_bit_is_invstate)
{
    CODE(b, 4 * IRQ0, (uint16_t)arm_handler(IRQ0), 0);
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_write8(b, R_IPR, 0x40);
    arm_write(b, LINES_LEVELS, 1);
    arm_until(b, USAGEFAULT);
    cr_assert_eq(arm_read(b, R_CFSR), INVSTATE);
    cr_assert_eq(arm_peek(b, sp() + 24), arm_handler(IRQ0));
}

/* ---- lazy floating-point preservation ---- */

static void start_lazily(uint32_t psp, uint32_t control)
{
    CODE(b, ARM_MAIN, OP_VMOV_S0_R0, OP_B_SELF);
    CODE(b, arm_handler(IRQ0), OP_VMOV_S0_R0, OP_NOP_T1, OP_BX_LR);
    arm_write(b, R_CPACR, 0xF << 20);
    arm_set(b, REG_PSP, psp);
    arm_set(b, REG_CONTROL, control);
    arm_step(b);
    arm_write8(b, R_IPR, 0x80);
    arm_write(b, LINES_LEVELS, 1);
    arm_step(b);
    arm_write(b, LINES_LEVELS, 0);
    cr_assert_eq(arm_ipsr(b), IRQ0);
}

/* The basic frame is below the region's 32 bytes, the FP registers are in it. */
Test(fault, preservation_that_the_mpu_forbids)
{
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    start_lazily(ARM_DATA + 72, 2);
    forbid_data(b);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), MEMMANAGE);
    cr_assert_eq(arm_read(b, R_CFSR), MLSPERR);
    cr_assert_eq(arm_peek(b, sp() + 24), arm_handler(IRQ0));
    cr_assert_eq(arm_read(b, R_FPCCR) & 1, 1, "to be tried again");
}

Test(fault, preservation_has_the_privilege_of_the_registers_owner)
{
    for (unsigned unprivileged = 0; unprivileged < 2; unprivileged++) {
        arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
        start_lazily(ARM_DATA + 32, 2 | unprivileged);
        reserve(ARM_DATA);
        arm_write(b, R_FPCAR, ARM_DATA);
        arm_step(b);
        cr_assert_eq(arm_ipsr(b), unprivileged ? MEMMANAGE : IRQ0);
        arm_destroy(b);
        setup();
    }
}

Test(fault, preservation_into_a_hole_becomes_hardfault_while_busfault_is_off)
{
    start_lazily(ARM_PROCESS_STACK, 2);
    arm_write(b, R_FPCAR, ARM_HOLE);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), HARDFAULT);
    cr_assert_eq(arm_read(b, R_CFSR), LSPERR);
    cr_assert_eq(arm_read(b, R_HFSR), FORCED);
}

Test(fault, preservation_fault_that_cannot_preempt_waits_and_the_instruction_goes_on)
{
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_write(b, R_SHPR1, 0x0000C000);          /* BusFault below the interrupt */
    start_lazily(ARM_PROCESS_STACK, 2);
    arm_write(b, R_FPCAR, ARM_HOLE);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ0);
    cr_assert_eq(arm_reg(b, REG_PC), arm_handler(IRQ0) + 4);
    cr_assert_eq(arm_read(b, R_SHCSR) >> 14 & 1, 1);
    cr_assert_eq(arm_read(b, R_FPCCR) & 1, 0);
}

/* ---- breakpoints and vector catch ---- */

Test(fault, bkpt_without_debugger_is_a_hardfault)
{
    CODE(b, ARM_MAIN, OP_BKPT_T1);
    arm_until(b, HARDFAULT);
    cr_assert_eq(arm_read(b, R_HFSR), DEBUGEVT);
    cr_assert_eq(arm_read(b, R_DFSR), 2);
    cr_assert_eq(arm_peek(b, sp() + 24), ARM_MAIN);
}

Test(fault, bkpt_with_a_monitor_is_a_debugmonitor)
{
    CODE(b, ARM_MAIN, OP_BKPT_T1);
    arm_write(b, R_DEMCR, DEMCR_MONITOR);
    arm_until(b, DEBUGMON);
    cr_assert_eq(arm_read(b, R_HFSR), 0);
    cr_assert_eq(arm_read(b, R_DFSR), 2);
    cr_assert_eq(arm_peek(b, sp() + 24), ARM_MAIN);
}

Test(fault, bkpt_with_a_debugger_stops)
{
    CODE(b, ARM_MAIN, OP_BKPT_T1);
    machine_attach_debugger(b->m, true);
    cr_assert_eq(arm_run(b, 10), STOP_BKPT);
    cr_assert_eq(arm_reg(b, REG_PC), ARM_MAIN);
}

static void expect_catch(uint32_t demcr, enum stop_kind expected, unsigned exception)
{
    enum stop_kind stop;

    machine_attach_debugger(b->m, true);
    arm_write(b, R_DEMCR, demcr);
    stop = arm_run(b, 50);
    cr_assert_eq(stop, expected, "DEMCR %X: stop %d", demcr, stop);
    if (expected == STOP_VECTOR_CATCH) {
        cr_assert_eq(arm_ipsr(b), exception);
        cr_assert_eq(arm_reg(b, REG_PC), arm_handler(exception));
        cr_assert_eq(arm_read(b, R_DFSR), 8);
    }
    arm_destroy(b);
    setup();
}

Test(fault, vector_catch_stops_at_the_handler_for_its_own_cause_only)
{
    enum {
        MMERR = 1 << 4, NOCPERR = 1 << 5, CHKERR = 1 << 6, STATERR = 1 << 7, BUSERR = 1 << 8,
        INTERR = 1 << 9, HARDERR = 1 << 10
    };
    static const struct {
        uint16_t code;
        bool enabled;
        uint32_t caught;
        unsigned exception;
    } cases[] = {
        {OP_UDF_T1, true, STATERR, USAGEFAULT},
        {OP_UDF_T1, false, HARDERR, HARDFAULT},
        {OP_LDR_R0_R1, true, BUSERR, BUSFAULT},
        {0x4710, true, MMERR, MEMMANAGE},               /* bx r2 */
        {0xC90C, true, CHKERR, USAGEFAULT},             /* ldm r1, {r2, r3} */
    };
    uint32_t all = MMERR | NOCPERR | CHKERR | STATERR | BUSERR | INTERR | HARDERR;

    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (unsigned other = 0; other < 2; other++) {
            CODE(b, ARM_MAIN, cases[i].code);
            arm_set(b, REG_R0 + 1, cases[i].caught == CHKERR ? ARM_DATA + 2 : ARM_HOLE);
            arm_set(b, REG_R0 + 2, 0x40000001);
            if (cases[i].enabled)
                arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
            CODE(b, arm_handler(cases[i].exception), OP_B_SELF);
            expect_catch(other ? all & ~cases[i].caught : cases[i].caught,
                         other ? STOP_LIMIT : STOP_VECTOR_CATCH, cases[i].exception);
        }
}

Test(fault, vector_catch_forgets_the_causes_of_earlier_faults)
{
    CODE(b, ARM_MAIN, OP_UDF_T1);
    CODE(b, arm_handler(USAGEFAULT), OP_NOP_T1, OP_BX_LR);
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_until(b, USAGEFAULT);
    CODE(b, ARM_MAIN, 0xC90C, OP_B_SELF);       /* ldm r1, {r2, r3} */
    CODE(b, arm_handler(USAGEFAULT), OP_BX_LR, OP_B_SELF);
    arm_until(b, 0);
    CODE(b, arm_handler(USAGEFAULT), OP_B_SELF);
    arm_set(b, REG_R0 + 1, ARM_DATA + 2);
    expect_catch(1 << 7, STOP_LIMIT, USAGEFAULT);
}

Test(fault, vector_catch_needs_a_debugger)
{
    CODE(b, ARM_MAIN, OP_UDF_T1);
    CODE(b, arm_handler(HARDFAULT), OP_B_SELF);
    arm_write(b, R_DEMCR, 1 << 10);
    cr_assert_eq(arm_run(b, 50), STOP_LIMIT);
}

Test(fault, vc_corereset_stops_at_the_first_instruction)
{
    machine_attach_debugger(b->m, true);
    arm_write(b, R_DEMCR, 1);
    arm_write(b, R_AIRCR, 0x05FA0004);
    cr_assert_eq(arm_run(b, 50), STOP_VECTOR_CATCH);
    cr_assert_eq(arm_reg(b, REG_PC), ARM_MAIN);
    cr_assert_eq(arm_read(b, R_DEMCR), 1, "kept over the reset");
}
