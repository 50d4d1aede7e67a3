/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exception entry, return, preemption and sleep on the whole core: Arm ARM B1.5. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "tests/unit/arm_board.h"

enum { NMI = 2, HARDFAULT = 3, SVCALL = 11, PENDSV = 14, IRQ0 = 16, IRQ1 = 17, IRQ2 = 18 };

/* Bytes of a frame; cycles. */
enum { FRAME = 32, FP_FRAME = 104 };
enum { ENTRY = 12, RETURN_M4 = 10, TAIL_CHAIN = 6, FP = 17 };

#define EXC_RETURN_HANDLER    0xFFFFFFF1
#define EXC_RETURN_THREAD_MSP 0xFFFFFFF9
#define EXC_RETURN_THREAD_PSP 0xFFFFFFFD
#define EXC_RETURN_FP(value)  ((value) & ~0x10u)

enum { SYSM_PRIMASK = 16, SYSM_BASEPRI = 17, SYSM_FAULTMASK = 19, SYSM_CONTROL = 20 };

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

TestSuite(exception, .init = setup, .fini = teardown);

static void raise_lines(uint32_t levels)
{
    arm_write(b, LINES_LEVELS, levels);
}

static void set_irq_priority(unsigned irq, uint8_t priority)
{
    arm_write8(b, R_IPR + irq, priority);
}

static uint32_t sp(void)
{
    return arm_reg(b, REG_SP);
}

/* ---- entry and return ---- */

Test(exception, entry_stacks_a_frame_and_starts_the_handler)
{
    uint64_t before;

    for (unsigned i = 0; i < 4; i++)
        arm_set(b, REG_R0 + i, 0x100 + i);
    arm_set(b, REG_R0 + 12, 0x112);
    arm_set(b, REG_LR, 0x114);
    arm_set(b, REG_XPSR, 0xA1000000);
    raise_lines(1);
    before = arm_now(b);
    arm_step(b);
    cr_assert_eq(arm_now(b) - before, ENTRY);
    cr_assert_eq(arm_ipsr(b), IRQ0);
    cr_assert_eq(arm_reg(b, REG_PC), arm_handler(IRQ0));
    cr_assert_eq(arm_reg(b, REG_LR), EXC_RETURN_THREAD_MSP);
    cr_assert_eq(sp(), ARM_STACK - FRAME);
    for (unsigned i = 0; i < 4; i++)
        cr_assert_eq(arm_peek(b, sp() + 4 * i), 0x100 + i);
    cr_assert_eq(arm_peek(b, sp() + 16), 0x112);
    cr_assert_eq(arm_peek(b, sp() + 20), 0x114);
    cr_assert_eq(arm_peek(b, sp() + 24), ARM_MAIN);
    cr_assert_eq(arm_peek(b, sp() + 28), 0xA1000000);
}

Test(exception, return_restores_what_entry_stacked)
{
    uint64_t before;

    arm_set(b, REG_R0, 0x100);
    arm_set(b, REG_LR, 0x114);
    arm_set(b, REG_XPSR, 0xF9000000);
    raise_lines(1);
    arm_step(b);
    raise_lines(0);
    arm_set(b, REG_R0, 0);
    arm_set(b, REG_XPSR, 0x01000000 | IRQ0);
    before = arm_now(b);
    arm_step(b);
    cr_assert_geq(arm_now(b) - before, RETURN_M4);
    cr_assert_eq(arm_reg(b, REG_PC), ARM_MAIN);
    cr_assert_eq(arm_reg(b, REG_R0), 0x100);
    cr_assert_eq(arm_reg(b, REG_LR), 0x114);
    cr_assert_eq(arm_reg(b, REG_XPSR), 0xF9000000);
    cr_assert_eq(sp(), ARM_STACK);
}

Test(exception, entry_aligns_the_stack_and_return_undoes_it)
{
    arm_set(b, REG_SP, ARM_STACK - 4);
    raise_lines(1);
    arm_step(b);
    raise_lines(0);
    cr_assert_eq(sp(), ARM_STACK - 8 - FRAME);
    cr_assert_eq(arm_peek(b, sp() + 28) & 0x200, 0x200);
    arm_until(b, 0);
    cr_assert_eq(sp(), ARM_STACK - 4);
    cr_assert_eq(arm_reg(b, REG_XPSR) & 0x200, 0);
}

Test(exception, without_stkalign_the_stack_stays_as_it_is)
{
    arm_write(b, R_CCR, 0);
    arm_set(b, REG_SP, ARM_STACK - 4);
    raise_lines(1);
    arm_step(b);
    cr_assert_eq(sp(), ARM_STACK - 4 - FRAME);
    cr_assert_eq(arm_peek(b, sp() + 28) & 0x200, 0);
}

Test(exception, thread_on_psp_stacks_there_and_returns_there)
{
    arm_set(b, REG_PSP, ARM_PROCESS_STACK);
    arm_set(b, REG_CONTROL, 3);
    raise_lines(1);
    arm_step(b);
    raise_lines(0);
    cr_assert_eq(arm_reg(b, REG_LR), EXC_RETURN_THREAD_PSP);
    cr_assert_eq(arm_reg(b, REG_PSP), ARM_PROCESS_STACK - FRAME);
    cr_assert_eq(sp(), ARM_STACK, "a handler uses MSP");
    cr_assert_eq(arm_reg(b, REG_CONTROL), 1, "SPSEL reads 0 in a handler, nPRIV stays");
    arm_until(b, 0);
    cr_assert_eq(sp(), ARM_PROCESS_STACK);
    cr_assert_eq(arm_reg(b, REG_CONTROL), 3);
    cr_assert_eq(arm_reg(b, REG_MSP), ARM_STACK);
}

Test(exception, itstate_survives)
{
    arm_set(b, REG_XPSR, 0x0100C400 | 1u << 25);    /* ITSTATE 0xC5 */
    raise_lines(1);
    arm_step(b);
    raise_lines(0);
    cr_assert_eq(arm_reg(b, REG_XPSR), 0x01000000 | IRQ0);
    arm_until(b, 0);
    cr_assert_eq(arm_reg(b, REG_XPSR), 0x0300C400);
}

/* Where an LDM was interrupted (ICI): this core restarts it, so a frame that says so has no
 * ITSTATE. */
Test(exception, ici_bits_of_a_frame_are_dropped)
{
    raise_lines(1);
    arm_step(b);
    raise_lines(0);
    arm_write(b, sp() + 28, 0x01005000);
    arm_until(b, 0);
    cr_assert_eq(arm_reg(b, REG_XPSR), 0x01000000);
}

Test(exception, a_handler_cannot_switch_to_psp)
{
    CODE(b, arm_handler(IRQ0), OP_MSR_R0(SYSM_CONTROL), OP_BX_LR);
    arm_set(b, REG_PSP, ARM_PROCESS_STACK);
    arm_set(b, REG_R0, 2);
    raise_lines(1);
    arm_step(b);
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_CONTROL), 0);
    cr_assert_eq(sp(), ARM_STACK - FRAME);
}

Test(exception, cortex_m3_returns_in_twelve_cycles_without_ge_and_fp)
{
    struct arm_board *m3 = arm_create(CPU_CORTEX_M3);
    uint64_t before;

    arm_write(m3, R_ISER, 1);
    arm_set(m3, REG_XPSR, 0x010F0000);
    arm_write(m3, LINES_LEVELS, 1);
    arm_step(m3);
    arm_write(m3, LINES_LEVELS, 0);
    cr_assert_eq(arm_peek(m3, arm_reg(m3, REG_SP) + 28), 0x01000000);
    before = arm_now(m3);
    arm_step(m3);
    cr_assert_eq(arm_now(m3) - before, 12 + 3, "bx lr and the return");
    arm_destroy(m3);
}

/* ---- preemption ---- */

Test(exception, higher_priority_preempts_a_handler)
{
    CODE(b, arm_handler(IRQ1), OP_NOP_T1, OP_NOP_T1, OP_BX_LR);
    set_irq_priority(0, 0x10);
    set_irq_priority(1, 0x20);
    raise_lines(2);
    arm_step(b);
    arm_step(b);
    raise_lines(3);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ0);
    cr_assert_eq(arm_reg(b, REG_LR), EXC_RETURN_HANDLER);
    cr_assert_eq(sp(), ARM_STACK - 2 * FRAME);
    raise_lines(0);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ1);
    cr_assert_eq(arm_reg(b, REG_PC), arm_handler(IRQ1) + 2);
}

Test(exception, same_priority_does_not_preempt)
{
    CODE(b, arm_handler(IRQ1), OP_NOP_T1, OP_NOP_T1, OP_BX_LR);
    raise_lines(2);
    arm_step(b);
    arm_step(b);
    raise_lines(1);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ1);
}

/* PRIGROUP 4: bits [7:5] group, bit 4 subpriority. */
Test(exception, subpriority_orders_but_does_not_preempt)
{
    arm_write(b, R_AIRCR, 0x05FA0000 | 4 << 8);
    set_irq_priority(0, 0x30);
    set_irq_priority(1, 0x20);
    set_irq_priority(2, 0x20);
    raise_lines(5);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ2, "the smaller subpriority goes first");
    CODE(b, arm_handler(IRQ0), OP_NOP_T1, OP_NOP_T1, OP_BX_LR);
    raise_lines(1);
    arm_until(b, IRQ0);
    arm_step(b);
    raise_lines(3);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ0, "its group is the same");
}

Test(exception, among_equals_the_lowest_number_goes_first)
{
    raise_lines(7);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ0);
}

Test(exception, primask_masks_all_but_nmi)
{
    arm_set(b, REG_PRIMASK, 1);
    raise_lines(1);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), 0);
    arm_pulse(b, CPU_SIGNAL_NMI);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), NMI);
}

Test(exception, nmi_comes_again_while_its_line_is_high)
{
    CODE(b, arm_handler(NMI), OP_NOP_T1, OP_BX_LR);
    arm_write(b, LINES_SIGNALS, 1 << CPU_SIGNAL_NMI);
    arm_until(b, NMI);
    arm_step(b);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), NMI);
    cr_assert_eq(arm_reg(b, REG_PC), arm_handler(NMI), "entered again, by tail-chaining");
    arm_write(b, LINES_SIGNALS, 0);
    arm_until(b, 0);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), 0);
}

/* C_MASKINTS, with which debuggers step. */
Test(exception, a_masked_step_takes_nmi_only)
{
    CODE(b, ARM_MAIN, OP_NOP_T1, OP_NOP_T1, OP_NOP_T1);
    raise_lines(1);
    arm_write(b, R_ICSR, 1 << 28 | 1 << 26);
    machine_step(b->m, true);
    cr_assert_eq(arm_ipsr(b), 0);
    cr_assert_eq(arm_reg(b, REG_PC), ARM_MAIN + 2);
    arm_pulse(b, CPU_SIGNAL_NMI);
    machine_step(b->m, true);
    cr_assert_eq(arm_ipsr(b), NMI);
    arm_until(b, PENDSV);
}

Test(exception, basepri_masks_equal_and_lower_priorities)
{
    set_irq_priority(0, 0x40);
    set_irq_priority(1, 0x30);
    arm_set(b, REG_BASEPRI, 0x40);
    raise_lines(1);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), 0);
    raise_lines(3);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ1);
}

Test(exception, basepri_max_only_raises)
{
    enum { BASEPRI_MAX = 18 };

    CODE(b, ARM_MAIN, OP_MSR_R0(BASEPRI_MAX), OP_MSR_R0(BASEPRI_MAX), OP_MSR_R0(BASEPRI_MAX));
    arm_set(b, REG_R0, 0x8F);
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_BASEPRI), 0x80, "four bits are implemented");
    arm_set(b, REG_R0, 0xA0);
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_BASEPRI), 0x80);
    arm_set(b, REG_R0, 0x40);
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_BASEPRI), 0x40);
}

Test(exception, faultmask_is_cleared_by_return_but_not_from_nmi)
{
    CODE(b, arm_handler(IRQ0), OP_CPSID_F, OP_BX_LR);
    CODE(b, arm_handler(NMI), OP_CPSID_F, OP_BX_LR);
    raise_lines(1);
    arm_step(b);
    raise_lines(0);
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_FAULTMASK), 1);
    arm_until(b, 0);
    cr_assert_eq(arm_reg(b, REG_FAULTMASK), 0);
    arm_set(b, REG_FAULTMASK, 1);
    arm_pulse(b, CPU_SIGNAL_NMI);
    arm_until(b, NMI);
    arm_until(b, 0);
    cr_assert_eq(arm_reg(b, REG_FAULTMASK), 1);
}

Test(exception, faultmask_cannot_be_set_in_a_hardfault_handler)
{
    CODE(b, ARM_MAIN, OP_UDF_T1);
    CODE(b, arm_handler(HARDFAULT), OP_CPSID_F, OP_MSR_R0(SYSM_FAULTMASK), OP_BX_LR);
    arm_set(b, REG_R0, 1);
    arm_until(b, HARDFAULT);
    arm_step(b);
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_FAULTMASK), 0);
}

Test(exception, unprivileged_code_cannot_touch_masks)
{
    CODE(b, ARM_MAIN, OP_CPSID_I, OP_MSR_R0(SYSM_BASEPRI), OP_MSR_R0(SYSM_CONTROL), OP_MRS_R0(8));
    arm_set(b, REG_CONTROL, 1);
    arm_set(b, REG_R0, 0xF0);
    for (unsigned i = 0; i < 4; i++)
        arm_step(b);
    cr_assert_eq(arm_reg(b, REG_PRIMASK), 0);
    cr_assert_eq(arm_reg(b, REG_BASEPRI), 0);
    cr_assert_eq(arm_reg(b, REG_CONTROL), 1);
    cr_assert_eq(arm_reg(b, REG_R0), 0, "MSP reads 0");
}

/* ---- tail-chaining and late arrival ---- */

Test(exception, tail_chain_keeps_the_frame_and_costs_six_cycles)
{
    uint64_t before;

    arm_set(b, REG_R0, 0x100);
    raise_lines(3);
    arm_step(b);
    raise_lines(2);
    arm_set(b, REG_R0, 0);
    before = arm_now(b);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ1);
    cr_assert_eq(sp(), ARM_STACK - FRAME);
    cr_assert_eq(arm_reg(b, REG_LR), EXC_RETURN_THREAD_MSP);
    cr_assert_eq(arm_now(b) - before, 3 + TAIL_CHAIN, "bx lr and the chain");
    cr_assert_eq(arm_reg(b, REG_R0), 0, "nothing was unstacked between");
    raise_lines(0);
    arm_until(b, 0);
    cr_assert_eq(arm_reg(b, REG_R0), 0x100);
}

Test(exception, late_arrival_takes_over_the_frame)
{
    CODE(b, arm_handler(IRQ0), OP_ADDS_R4 + 1, OP_BX_LR);
    set_irq_priority(0, 0x10);
    set_irq_priority(1, 0x20);
    arm_write(b, LINES_NEXT, 3);
    arm_write(b, LINES_DELAY, 5);
    raise_lines(2);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ0, "pended within the twelve cycles of the entry");
    cr_assert_eq(arm_reg(b, REG_PC), arm_handler(IRQ0));
    cr_assert_eq(sp(), ARM_STACK - FRAME, "one frame");
    cr_assert_eq(arm_reg(b, REG_LR), EXC_RETURN_THREAD_MSP);
    cr_assert_eq(arm_read(b, R_ISPR), 2, "the first one waits");
    cr_assert_eq(arm_read(b, R_IABR), 1);
    cr_assert_eq(arm_reg(b, REG_R0 + 4), 0, "a step is one entry or one instruction");
    raise_lines(2);
    arm_until(b, IRQ1);
    cr_assert_eq(sp(), ARM_STACK - FRAME);
}

Test(exception, an_arrival_after_the_first_instruction_nests)
{
    CODE(b, arm_handler(IRQ1), OP_NOP_T1, OP_NOP_T1, OP_BX_LR);
    set_irq_priority(1, 0x20);
    arm_write(b, LINES_NEXT, 3);
    arm_write(b, LINES_DELAY, ENTRY + 1);
    raise_lines(2);
    arm_step(b);
    arm_step(b);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ0);
    cr_assert_eq(sp(), ARM_STACK - 2 * FRAME);
}

/* A load behind a load overlaps with it (Cortex-M4 TRM 3.3.2), but not across an entry. */
Test(exception, an_entry_ends_the_overlap_of_loads)
{
    uint64_t before, cost[2];

    CODE(b, arm_handler(IRQ0), OP_LDR_R0_R1, OP_BX_LR);
    arm_set(b, REG_R0 + 1, ARM_DATA);
    for (unsigned i = 0; i < 2; i++) {
        CODE(b, ARM_MAIN, i ? OP_LDR_R0_R1 : OP_NOP_T1, OP_B_SELF);
        arm_set(b, REG_PC, ARM_MAIN);
        arm_step(b);
        raise_lines(1);
        arm_until(b, IRQ0);
        raise_lines(0);
        before = arm_now(b);
        arm_step(b);
        cost[i] = arm_now(b) - before;
        arm_until(b, 0);
    }
    cr_assert_eq(cost[0], cost[1]);
}

/* ---- SVC, PendSV ---- */

Test(exception, svc_returns_behind_itself)
{
    CODE(b, ARM_MAIN, OP_SVC_T1, OP_B_SELF);
    arm_until(b, SVCALL);
    cr_assert_eq(arm_peek(b, sp() + 24), ARM_MAIN + 2);
    arm_until(b, 0);
    cr_assert_eq(arm_reg(b, REG_PC), ARM_MAIN + 2);
}

Test(exception, svc_in_an_it_block_advances_itstate)
{
    /* itt eq; svceq; addeq r4, #1 */
    CODE(b, ARM_MAIN, 0xBF04, OP_SVC_T1, OP_ADDS_R4 + 1, OP_B_SELF);
    arm_set(b, REG_XPSR, 0x41000000);
    arm_until(b, SVCALL);
    arm_until(b, 0);
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_R0 + 4), 1);
    cr_assert_eq(arm_reg(b, REG_PC), ARM_MAIN + 6);
}

Test(exception, masked_svc_becomes_hardfault)
{
    CODE(b, ARM_MAIN, OP_SVC_T1);
    arm_set(b, REG_PRIMASK, 1);
    arm_until(b, HARDFAULT);
    cr_assert_eq(arm_read(b, R_HFSR), 1u << 30);
    cr_assert_eq(arm_read(b, R_CFSR), 0);
    cr_assert_eq(arm_peek(b, sp() + 24), ARM_MAIN);
}

Test(exception, pendsv_waits_for_the_interrupt)
{
    arm_write(b, R_SHPR3, 0x00F00000);
    arm_write(b, R_ICSR, 1 << 28);
    raise_lines(1);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ0);
    raise_lines(0);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), PENDSV);
}

/* ---- interrupt lines ---- */

Test(exception, a_line_still_high_at_return_pends_again)
{
    raise_lines(1);
    arm_step(b);
    cr_assert_eq(arm_read(b, R_ISPR), 0);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ0, "chained into itself");
    cr_assert_eq(arm_reg(b, REG_PC), arm_handler(IRQ0));
}

Test(exception, a_line_that_was_high_once_stays_pending)
{
    arm_set(b, REG_PRIMASK, 1);
    raise_lines(1);
    raise_lines(0);
    cr_assert_eq(arm_read(b, R_ISPR), 1);
    arm_write(b, R_ICPR, 1);
    cr_assert_eq(arm_read(b, R_ISPR), 0);
}

Test(exception, clearing_a_line_that_is_high_leaves_it_pending)
{
    arm_set(b, REG_PRIMASK, 1);
    raise_lines(1);
    arm_write(b, R_ICPR, 1);
    cr_assert_eq(arm_read(b, R_ISPR), 1);
}

Test(exception, an_edge_during_the_handler_pends_it_once_more)
{
    CODE(b, arm_handler(IRQ0), OP_NOP_T1, OP_BX_LR);
    raise_lines(1);
    arm_step(b);
    raise_lines(0);
    raise_lines(1);
    raise_lines(0);
    cr_assert_eq(arm_read(b, R_ISPR), 1);
    arm_step(b);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ0);
    cr_assert_eq(arm_read(b, R_ISPR), 0);
}

/* ---- sleep (B1.5.17 to B1.5.19) ---- */

static bool asleep(void)
{
    vtime next;

    return machine_asleep(b->m, &next);
}

Test(exception, wfi_wakes_on_a_masked_interrupt_and_goes_on)
{
    CODE(b, ARM_MAIN, OP_WFI_T1, OP_B_SELF);
    arm_set(b, REG_PRIMASK, 1);
    arm_step(b);
    cr_assert(asleep());
    raise_lines(1);
    cr_assert(!asleep());
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_PC), ARM_MAIN + 2);
    cr_assert_eq(arm_ipsr(b), 0);
}

Test(exception, wfi_sleeps_on_while_basepri_masks)
{
    CODE(b, ARM_MAIN, OP_WFI_T1, OP_B_SELF);
    set_irq_priority(0, 0x80);
    arm_set(b, REG_BASEPRI, 0x80);
    arm_step(b);
    raise_lines(1);
    cr_assert(asleep());
}

Test(exception, wfi_with_something_pending_does_not_sleep)
{
    CODE(b, ARM_MAIN, OP_WFI_T1, OP_B_SELF);
    arm_set(b, REG_PRIMASK, 1);
    raise_lines(1);
    arm_step(b);
    cr_assert(!asleep());
}

Test(exception, wfi_takes_the_interrupt_behind_itself)
{
    CODE(b, ARM_MAIN, OP_WFI_T1, OP_B_SELF);
    arm_step(b);
    raise_lines(1);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ0);
    cr_assert_eq(arm_peek(b, sp() + 24), ARM_MAIN + 2);
}

Test(exception, wfe_consumes_the_event_that_sev_left)
{
    CODE(b, ARM_MAIN, OP_SEV_T1, OP_WFE_T1, OP_WFE_T1, OP_B_SELF);
    arm_step(b);
    arm_step(b);
    cr_assert(!asleep());
    arm_step(b);
    cr_assert(asleep());
    arm_write(b, LINES_SIGNALS, 1 << CPU_SIGNAL_EVENT);
    cr_assert(!asleep());
}

Test(exception, wfe_wakes_on_pending_only_with_sevonpend)
{
    CODE(b, ARM_MAIN, OP_WFE_T1, OP_WFE_T1, OP_B_SELF);
    arm_write(b, R_ICER, 7);
    arm_step(b);
    raise_lines(1);
    cr_assert(asleep());
    arm_write(b, R_SCR, 1 << 4);
    raise_lines(2 | 1);
    cr_assert(!asleep());
}

Test(exception, entry_and_return_set_the_event_register)
{
    CODE(b, ARM_MAIN, OP_NOP_T1, OP_WFE_T1, OP_WFE_T1, OP_B_SELF);
    raise_lines(1);
    arm_step(b);
    raise_lines(0);
    arm_until(b, 0);
    arm_step(b);
    arm_step(b);
    cr_assert(!asleep());
    arm_step(b);
    cr_assert(asleep());
}

Test(exception, an_event_does_not_wake_wfi_but_is_kept)
{
    CODE(b, ARM_MAIN, OP_WFI_T1, OP_WFE_T1, OP_B_SELF);
    arm_set(b, REG_PRIMASK, 1);
    arm_step(b);
    arm_write(b, LINES_SIGNALS, 1 << CPU_SIGNAL_EVENT);
    cr_assert(asleep());
    raise_lines(1);
    arm_step(b);
    cr_assert(!asleep(), "WFE finds the event");
}

Test(exception, a_handlers_first_wfe_does_not_sleep)
{
    CODE(b, arm_handler(IRQ0), OP_WFE_T1, OP_WFE_T1);
    raise_lines(1);
    arm_step(b);
    arm_step(b);
    cr_assert(!asleep());
    arm_step(b);
    cr_assert(asleep());
}

Test(exception, sleep_on_exit_sleeps_when_the_last_handler_returns)
{
    CODE(b, arm_handler(IRQ1), OP_NOP_T1, OP_NOP_T1, OP_BX_LR);
    set_irq_priority(1, 0x40);
    arm_write(b, R_SCR, 1 << 1);
    raise_lines(2);
    arm_step(b);
    arm_step(b);
    raise_lines(1);
    arm_step(b);
    raise_lines(0);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ1);
    cr_assert(!asleep(), "a return to a handler goes on");
    arm_until(b, 0);
    cr_assert(asleep());
    raise_lines(1);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ0);
    cr_assert_eq(arm_peek(b, sp() + 24), ARM_MAIN);
}

#define OP_LDREX_R0_R1    0xE851, 0x0F00
#define OP_STREX_R2_R0_R1 0xE841, 0x0200

Test(exception, exclusive_monitor_opens_on_entry)
{
    CODE(b, ARM_MAIN, OP_LDREX_R0_R1, OP_B_SELF);
    CODE(b, arm_handler(IRQ0), OP_STREX_R2_R0_R1, OP_BX_LR);
    arm_set(b, REG_R0 + 1, ARM_DATA);
    arm_step(b);
    raise_lines(1);
    arm_until(b, IRQ0);
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_R0 + 2), 1);
}

Test(exception, exclusive_monitor_opens_on_return)
{
    CODE(b, ARM_MAIN, OP_STREX_R2_R0_R1, OP_B_SELF);
    CODE(b, arm_handler(IRQ0), OP_LDREX_R0_R1, OP_BX_LR);
    arm_set(b, REG_R0 + 1, ARM_DATA);
    raise_lines(1);
    arm_until(b, IRQ0);
    raise_lines(0);
    arm_until(b, 0);
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_R0 + 2), 1);
}

/* ---- floating-point context (B1.5.7) ---- */

static void enable_fpu(uint32_t fpccr)
{
    arm_write(b, R_CPACR, 0xF << 20);
    arm_write(b, R_FPCCR, fpccr);
    CODE(b, ARM_MAIN, OP_VMOV_S0_R0, OP_B_SELF);
    arm_set(b, REG_R0, 0x3F800000);
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_CONTROL), 4, "FPCA");
    arm_set(b, REG_FPSCR, 0x10);
}

enum { LAZY = (int)0xC0000000, EAGER = (int)0x80000000 };

Test(exception, lazy_entry_only_reserves_the_fp_frame)
{
    uint64_t before;

    enable_fpu((uint32_t)LAZY);
    raise_lines(1);
    before = arm_now(b);
    arm_step(b);
    cr_assert_eq(arm_now(b) - before, ENTRY);
    cr_assert_eq(sp(), ARM_STACK - FP_FRAME);
    cr_assert_eq(arm_reg(b, REG_LR), EXC_RETURN_FP(EXC_RETURN_THREAD_MSP));
    cr_assert_eq(arm_reg(b, REG_CONTROL), 0);
    cr_assert_eq(arm_read(b, R_FPCAR), sp() + FRAME);
    cr_assert_eq(arm_read(b, R_FPCCR) & 0xFF, 0x19, "LSPACT, THREAD, HFRDY");
    cr_assert_eq(arm_peek(b, sp() + FRAME), 0, "S0 has not been stored");
    raise_lines(0);
    arm_until(b, 0);
    cr_assert_eq(arm_read(b, R_FPCCR) & 1, 0);
    cr_assert_eq(arm_reg(b, REG_CONTROL), 4);
    cr_assert_eq(sp(), ARM_STACK);
}

Test(exception, fpccr_remembers_whose_registers_wait)
{
    enable_fpu((uint32_t)LAZY);
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    arm_write(b, R_SHPR1, 0x00002000);
    arm_set(b, REG_BASEPRI, 0x20);              /* BusFault cannot preempt, MemManage can */
    set_irq_priority(0, 0x10);
    arm_set(b, REG_CONTROL, 5);
    raise_lines(1);
    arm_step(b);
    cr_assert_eq(arm_read(b, R_FPCCR) & 0xFF, 0x3B, "LSPACT, USER, THREAD, HFRDY, MMRDY");
}

Test(exception, the_handlers_first_fp_instruction_preserves_the_old_state)
{
    uint64_t before;

    CODE(b, arm_handler(IRQ0), OP_VMOV_S0_R0, OP_BX_LR);
    enable_fpu((uint32_t)LAZY);
    arm_write(b, R_FPDSCR, 1 << 24);
    raise_lines(1);
    arm_step(b);
    raise_lines(0);
    arm_set(b, REG_R0, 0x40000000);
    before = arm_now(b);
    arm_step(b);
    cr_assert_eq(arm_now(b) - before, 1 + FP);
    cr_assert_eq(arm_peek(b, sp() + FRAME), 0x3F800000);
    cr_assert_eq(arm_peek(b, sp() + FRAME + 64), 0x10, "FPSCR");
    cr_assert_eq(arm_read(b, R_FPCCR) & 1, 0);
    cr_assert_eq(arm_reg(b, REG_S0), 0x40000000);
    cr_assert_eq(arm_reg(b, REG_FPSCR), 1 << 24, "a new context begins with FPDSCR");
    cr_assert_eq(arm_reg(b, REG_CONTROL), 4);
    arm_until(b, 0);
    cr_assert_eq(arm_reg(b, REG_S0), 0x3F800000);
    cr_assert_eq(arm_reg(b, REG_FPSCR), 0x10);
}

Test(exception, without_lspen_entry_and_return_move_the_fp_registers)
{
    uint64_t before;

    enable_fpu((uint32_t)EAGER);
    raise_lines(1);
    before = arm_now(b);
    arm_step(b);
    raise_lines(0);
    cr_assert_eq(arm_now(b) - before, ENTRY + FP);
    cr_assert_eq(arm_peek(b, sp() + FRAME), 0x3F800000);
    arm_set(b, REG_S0, 0);
    before = arm_now(b);
    arm_step(b);
    cr_assert_eq(arm_now(b) - before, 3 + RETURN_M4 + FP, "bx lr and the return");
    cr_assert_eq(arm_reg(b, REG_S0), 0x3F800000);
}

Test(exception, a_handler_without_fp_leaves_the_outer_reservation_alone)
{
    CODE(b, arm_handler(IRQ1), OP_NOP_T1, OP_NOP_T1, OP_BX_LR);
    set_irq_priority(1, 0x40);
    enable_fpu((uint32_t)LAZY);
    raise_lines(2);
    arm_step(b);
    arm_step(b);
    raise_lines(3);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), IRQ0);
    cr_assert_eq(arm_reg(b, REG_LR), EXC_RETURN_HANDLER, "a basic frame");
    raise_lines(0);
    arm_step(b);
    cr_assert_eq(arm_read(b, R_FPCCR) & 1, 1, "LSPACT still waits for the thread's registers");
}

Test(exception, aspen_off_creates_no_context)
{
    arm_write(b, R_CPACR, 0xF << 20);
    arm_write(b, R_FPCCR, 0);
    CODE(b, ARM_MAIN, OP_VMOV_S0_R0, OP_B_SELF);
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_CONTROL), 0);
    raise_lines(1);
    arm_step(b);
    cr_assert_eq(sp(), ARM_STACK - FRAME);
}

/* ---- reset ---- */

Test(exception, sysresetreq_restarts_from_the_vectors_and_keeps_time)
{
    uint64_t before;

    CODE(b, ARM_MAIN, OP_STR_R0_R1, OP_NOP_T1);
    arm_set(b, REG_R0, 0x05FA0004);
    arm_set(b, REG_R0 + 1, R_AIRCR);
    arm_set(b, REG_BASEPRI, 0x40);
    arm_write(b, R_VTOR, ARM_RAM);
    before = arm_now(b);
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_PC), ARM_MAIN);
    cr_assert_eq(sp(), ARM_STACK);
    cr_assert_eq(arm_reg(b, REG_LR), 0xFFFFFFFF);
    cr_assert_eq(arm_reg(b, REG_BASEPRI), 0);
    cr_assert_eq(arm_read(b, R_VTOR), 0);
    cr_assert_eq(arm_read(b, R_ISER), 0);
    cr_assert_gt(arm_now(b), before);
}

Test(exception, a_reset_switches_traps_and_protection_off)
{
    CODE(b, ARM_MAIN, OP_UDIV_R0_R0_R2, OP_B_SELF);
    arm_write(b, R_CCR, 0x210);                 /* DIV_0_TRP */
    arm_write(b, R_MPU_CTRL, 1);                /* nothing is permitted */
    machine_reset(b->m, RESET_SYSTEM);
    arm_step(b);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), 0);
}

Test(exception, a_watchdog_resets_through_its_signal)
{
    arm_set(b, REG_R0, 5);
    arm_write(b, LINES_SIGNALS, 1 << CPU_SIGNAL_RESET);
    arm_run(b, 1);
    cr_assert_eq(arm_reg(b, REG_R0), 0);
}

Test(exception, a_line_that_stays_high_over_the_reset_pends)
{
    raise_lines(1 << 5);
    arm_write(b, R_ISPR, 2);
    machine_reset(b->m, RESET_SYSTEM);
    cr_assert_eq(arm_read(b, R_ISPR), 1 << 5);
}

/* ---- the debugger's watchpoints and frames ---- */

/* The word of the next basic frame at which LR will be. */
static uint32_t next_frame_lr(void)
{
    return sp() - FRAME + 20;
}

Test(exception, an_entry_that_changes_a_watched_word_is_reported_before)
{
    struct stop stop;

    CODE(b, ARM_MAIN, OP_NOP_T1, OP_NOP_T1);
    machine_watch_add(b->m, ACCESS_WRITE, next_frame_lr(), 4);
    arm_set(b, REG_LR, 0x114);
    raise_lines(1);
    stop = machine_run(b->m, vtime_at(arm_now(b) + 20));
    cr_assert_eq(stop.kind, STOP_WATCH);
    cr_assert_eq(stop.address, next_frame_lr());
    cr_assert_eq(arm_ipsr(b), 0);
    cr_assert_eq(arm_reg(b, REG_PC), ARM_MAIN);
    cr_assert_eq(sp(), ARM_STACK);
    cr_assert_eq(arm_step(b), STOP_STEP, "reported once");
    cr_assert_eq(arm_ipsr(b), IRQ0);
    cr_assert_eq(arm_peek(b, sp() + 20), 0x114);
}

Test(exception, an_entry_that_leaves_the_watched_word_as_it_was_is_none)
{
    machine_watch_add(b->m, ACCESS_WRITE, next_frame_lr(), 4);
    arm_set(b, REG_LR, arm_peek(b, next_frame_lr()));
    raise_lines(1);
    cr_assert_eq(arm_step(b), STOP_STEP);
    cr_assert_eq(arm_ipsr(b), IRQ0);
}

/* There is no boundary between the instruction and the entry of its fault. */
Test(exception, a_watched_frame_of_a_fault_is_reported_behind_the_entry)
{
    CODE(b, ARM_MAIN, OP_UDF_T1);
    machine_watch_add(b->m, ACCESS_WRITE, next_frame_lr(), 4);
    arm_set(b, REG_LR, 0x114);
    cr_assert_eq(arm_run(b, 20), STOP_WATCH);
    cr_assert_eq(arm_ipsr(b), HARDFAULT);
    cr_assert_eq(arm_reg(b, REG_PC), arm_handler(HARDFAULT));
    cr_assert_eq(arm_step(b), STOP_STEP);
}

/* ---- state ---- */

/* Saves, lives through a reset and switches everything off, restores. */
static void travel(void)
{
    uint8_t *saved = malloc(machine_state_size(b->m));

    machine_save(b->m, saved);
    machine_reset(b->m, RESET_POWER_ON);
    arm_write(b, R_CCR, 0x200);
    arm_write(b, R_MPU_CTRL, 0);
    arm_write(b, R_DEMCR, 0);
    machine_restore(b->m, saved);
    free(saved);
}

Test(exception, a_restored_core_sleeps_on)
{
    CODE(b, ARM_MAIN, OP_WFI_T1, OP_B_SELF);
    arm_step(b);
    travel();
    cr_assert(asleep());
    cr_assert_eq(arm_run(b, 10), STOP_LIMIT);
    cr_assert_eq(arm_reg(b, REG_PC), ARM_MAIN + 2);
    cr_assert(asleep());
}

Test(exception, a_restored_core_traps_as_before)
{
    CODE(b, ARM_MAIN, OP_UDIV_R0_R0_R2, OP_B_SELF);
    arm_write(b, R_CCR, 0x210);                 /* DIV_0_TRP */
    travel();
    arm_until(b, HARDFAULT);
}

Test(exception, a_restored_core_is_protected_as_before)
{
    CODE(b, ARM_MAIN, OP_LDR_R0_R1, OP_B_SELF);
    CODE(b, arm_handler(HARDFAULT), OP_B_SELF);
    arm_set(b, REG_R0 + 1, ARM_DATA);
    arm_write(b, R_MPU_RBAR, ARM_DATA | 1 << 4);
    arm_write(b, R_MPU_RASR, 4 << 1 | 1);
    arm_write(b, R_MPU_CTRL, 5);
    travel();
    arm_run(b, 50);
    cr_assert_eq(arm_ipsr(b), HARDFAULT);
}

Test(exception, a_restored_core_is_watched_as_before)
{
    enum { DEBUGMON = 12, DWT_COMP0 = 0xE0001020, DWT_FUNCTION0 = 0xE0001028, WRITES = 6 };

    CODE(b, ARM_MAIN, OP_STR_R0_R1, OP_B_SELF);
    CODE(b, arm_handler(DEBUGMON), OP_B_SELF);
    arm_set(b, REG_R0 + 1, ARM_DATA);
    arm_write(b, R_DEMCR, DEMCR_TRACE | DEMCR_MONITOR);
    arm_write(b, DWT_COMP0, ARM_DATA);
    arm_write(b, DWT_FUNCTION0, WRITES);
    travel();
    arm_run(b, 50);
    cr_assert_eq(arm_ipsr(b), DEBUGMON);
}

Test(exception, state_saved_in_the_middle_of_nested_handlers_goes_on_alike)
{
    CODE(b, arm_handler(IRQ0), OP_VMOV_S0_R0, OP_NOP_T1, OP_BX_LR);
    CODE(b, arm_handler(IRQ1), OP_NOP_T1, OP_NOP_T1, OP_NOP_T1, OP_NOP_T1, OP_BX_LR);
    enable_fpu((uint32_t)LAZY);
    set_irq_priority(1, 0x40);
    arm_write(b, R_SYST_LOAD, 20);
    arm_write(b, R_SYST_CTRL, 7);
    arm_write(b, LINES_NEXT, 1);
    arm_write(b, LINES_DELAY, 14);
    raise_lines(2);
    arm_check_replay(b, 40);
}
