/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Priorities: PRIGROUP, BASEPRI, PRIMASK, FAULTMASK, ties, and tail-chaining (Arm ARM B1.5.3, B1.5.4, B3.4). */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/frame.h"
#include "lib/order.h"

#define FIRST 30u       /* the interrupts used: FIRST .. FIRST+3 */
#define COUNT 4u

static unsigned pend_inside = COUNT;    /* handler that pends the next one, or COUNT */

static void numbered_handler(void)
{
    unsigned n = (READ_SPECIAL("ipsr") & 0x1FF) - 16 - FIRST;
    mark((char)('0' + n));
    if (n == pend_inside)
        nvic_pend(FIRST + n + 1);
    mark((char)('a' + n));
}

static void set_priorities(uint8_t p0, uint8_t p1, uint8_t p2, uint8_t p3)
{
    NVIC_IPR(FIRST + 0) = p0;
    NVIC_IPR(FIRST + 1) = p1;
    NVIC_IPR(FIRST + 2) = p2;
    NVIC_IPR(FIRST + 3) = p3;
}

/* Pends the interrupts named in `list` under PRIMASK, then lets them go. */
static void pend_together(const char *list)
{
    irq_disable();
    for (; *list; list++)
        nvic_pend(FIRST + (unsigned)(*list - '0'));
    irq_enable();
}

static void set_prigroup(unsigned group)
{
    SCB_AIRCR = AIRCR_KEY | AIRCR_PRIGROUP(group);
    barrier();
}

static void test_implemented_bits(void)
{
    NVIC_IPR(FIRST) = 0xFF;
    check_eq("interrupt_priority_has_four_bits", NVIC_IPR(FIRST), 0xF0);
    SCB_SHPR(EXC_PENDSV) = 0xFF;
    check_eq("system_priority_has_four_bits", SCB_SHPR(EXC_PENDSV), 0xF0);
    WRITE_SPECIAL("basepri", 0x5F);
    check_eq("basepri_has_four_bits", READ_SPECIAL("basepri"), 0x50);
    WRITE_SPECIAL("basepri", 0);
    SCB_AIRCR = AIRCR_PRIGROUP(3);
    check_eq("aircr_without_its_key_is_ignored", SCB_AIRCR & 0x700, 0);
    set_prigroup(5);
    check_eq("aircr_reads_the_key_back_inverted", SCB_AIRCR, 0xFA050500);
    set_prigroup(0);
}

static void test_ties(void)
{
    set_priorities(0x40, 0x40, 0x40, 0x40);
    pend_together("3120");
    check_order("equal_priority_runs_lowest_number_first", "0a1b2c3d");
    set_priorities(0x40, 0x30, 0x20, 0x10);
    pend_together("0123");
    check_order("lowest_value_runs_first", "3d2c1b0a");
    set_priorities(0x40, 0x40, 0x40, 0x40);
    pend_inside = 1;
    pend_together("1");
    check_order("equal_priority_does_not_preempt", "1b2c");
    set_priorities(0x40, 0x40, 0x30, 0x40);
    pend_together("1");
    check_order("lower_value_preempts", "12cb");
    pend_inside = COUNT;
}

static void test_prigroup(void)
{
    set_prigroup(5);            /* two bits of group, two of sub-priority */
    set_priorities(0x40, 0x70, 0x50, 0x30);
    pend_inside = 1;
    pend_together("1");
    check_order("same_group_does_not_preempt", "1b2c");
    pend_inside = COUNT;
    pend_together("120");
    check_order("sub_priority_decides_who_goes_first", "0a2c1b");
    pend_inside = 2;
    pend_together("2");
    check_order("other_group_preempts", "23dc");

    set_prigroup(7);            /* no group bits at all: nothing preempts */
    pend_together("2");
    check_order("prigroup_7_has_no_preemption", "2c3d");
    pend_inside = COUNT;

    set_prigroup(5);
    WRITE_SPECIAL("basepri", 0x50);     /* group 1: masks the whole group from 0x40 up */
    pend_together("0123");
    check_order("basepri_compares_groups", "3d");
    WRITE_SPECIAL("basepri", 0);
    check_order("basepri_zero_lets_them_go", "0a2c1b");
    set_prigroup(0);
}

static void test_basepri(void)
{
    set_priorities(0x10, 0x20, 0x30, 0x40);
    WRITE_SPECIAL("basepri", 0x30);
    pend_together("0123");
    check_order("basepri_masks_its_own_level_and_below", "0a1b");
    WRITE_SPECIAL("basepri_max", 0x40);
    check_eq("basepri_max_does_not_lower", READ_SPECIAL("basepri"), 0x30);
    WRITE_SPECIAL("basepri_max", 0);
    check_eq("basepri_max_ignores_zero", READ_SPECIAL("basepri"), 0x30);
    WRITE_SPECIAL("basepri_max", 0x20);
    check_eq("basepri_max_raises", READ_SPECIAL("basepri"), 0x20);
    WRITE_SPECIAL("basepri", 0x40);
    check_order("lowering_basepri_runs_what_it_held_back", "2c");
    WRITE_SPECIAL("basepri", 0);
    check_order("clearing_basepri_runs_the_rest", "3d");
    WRITE_SPECIAL("basepri_max", 0x60);
    check_eq("basepri_max_sets_from_zero", READ_SPECIAL("basepri"), 0x60);
    WRITE_SPECIAL("basepri", 0);
}

static void nmi_handler(void)
{
    mark('n');
}

static uint32_t faultmask_in_handler;

static void sets_faultmask(void)
{
    __asm volatile("cpsid f\n isb" : : : "memory");
    faultmask_in_handler = READ_SPECIAL("faultmask");
    nvic_pend(FIRST);
    mark('s');
}

static void test_masks(void)
{
    set_priorities(0x00, 0x20, 0x30, 0x40);
    vector_set(EXC_NMI, nmi_handler);
    irq_disable();
    nvic_pend(FIRST);
    check_order("primask_masks_priority_0", "");
    SCB_ICSR = ICSR_NMIPENDSET;
    barrier();
    check_order("primask_does_not_mask_nmi", "n");
    irq_enable();
    check_order("clearing_primask_lets_it_go", "0a");

    __asm volatile("cpsid f\n isb" : : : "memory");
    nvic_pend(FIRST);
    check_order("faultmask_masks_interrupts", "");
    SCB_ICSR = ICSR_NMIPENDSET;
    barrier();
    check_order("faultmask_does_not_mask_nmi", "n");
    __asm volatile("cpsie f\n isb" : : : "memory");
    check_order("clearing_faultmask_lets_it_go", "0a");

    vector_set(EXC_SVCALL, sets_faultmask);
    __asm volatile("svc #0" : : : "memory");
    check_eq("faultmask_can_be_set_in_a_handler", faultmask_in_handler, 1);
    check_eq("exception_return_clears_faultmask", READ_SPECIAL("faultmask"), 0);
    check_order("interrupt_held_by_faultmask_runs_on_return", "s0a");
}

/* ---- tail-chaining: the second handler gets the first one's frame, and gets it sooner ---- */

static uint32_t entry_sp[2], entry_exc_return[2], entry_cycle[2], exit_cycle;

__attribute__((used)) static void chained_body(struct frame *frame, uint32_t exc_return)
{
    unsigned n = (READ_SPECIAL("ipsr") & 0x1FF) - 16 - FIRST;
    entry_cycle[n] = DWT_CYCCNT;
    entry_sp[n] = (uint32_t)(uintptr_t)frame;
    entry_exc_return[n] = exc_return;
    if (n == 0)
        nvic_pend(FIRST + 1);
    exit_cycle = n == 0 ? DWT_CYCCNT : exit_cycle;
}

FRAME_HANDLER(chained_handler, chained_body)

static void test_tail_chaining(void)
{
    set_priorities(0x40, 0x40, 0x40, 0x40);
    vector_set(EXC_IRQ(FIRST + 0), chained_handler);
    vector_set(EXC_IRQ(FIRST + 1), chained_handler);
    cycle_counter_start();
    nvic_pend(FIRST);
    check_eq("tail_chain_keeps_the_frame", entry_sp[1], entry_sp[0]);
    check_eq("tail_chain_keeps_exc_return", entry_exc_return[1], entry_exc_return[0]);
    check_eq("tail_chain_returns_to_the_thread", entry_exc_return[1], EXC_RETURN_THREAD_MSP);
    if (DWT_CYCCNT != 0) {      /* an emulator without DWT has no cycles to compare */
        /* 6 cycles of tail-chain, and the two prologues and epilogues around it. */
        check_range("tail_chain_is_shorter_than_return_and_entry", entry_cycle[1] - exit_cycle, 7, 45);
    }
}

int main(void)
{
    for (unsigned i = 0; i < COUNT; i++) {
        vector_set(EXC_IRQ(FIRST + i), numbered_handler);
        nvic_enable(FIRST + i);
    }
    test_implemented_bits();
    test_ties();
    test_prigroup();
    test_basepri();
    test_masks();
    test_tail_chaining();
    check_end();
}
