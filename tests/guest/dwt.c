/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cycle counter, the cost of instructions, comparators and DebugMonitor (Arm ARM C1.8, C1.6.5; TRM 3.3). */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/frame.h"

static void test_counter(void)
{
    DBG_DEMCR &= ~DEMCR_TRCENA;
    DBG_DEMCR |= DEMCR_TRCENA;
    DWT_CTRL &= ~DWT_CYCCNTENA;
    DWT_CYCCNT = 1000;
    barrier();
    check_eq("counter_stands_still_until_enabled", DWT_CYCCNT, 1000);
    cycle_counter_start();
    uint32_t a = DWT_CYCCNT, b = DWT_CYCCNT;
    check_range("two_readings_are_a_few_cycles_apart", b - a, 1, 8);
    DWT_CYCCNT = 0xFFFFFFF0;
    for (unsigned i = 0; i < 20; i++)
        barrier();
    check("counter_wraps", DWT_CYCCNT < 0x1000);
    check_eq("ctrl_says_four_comparators_and_a_counter", DWT_CTRL >> 24 & 0xF2, 0x40);
}

/* ---- costs: the difference of a long and a short run takes the measuring itself away ---- */

static uint32_t scratch[8];

#define TIMED(name, count, text)                                                        \
    static __attribute__((noinline)) uint32_t name(void)                                \
    {                                                                                   \
        uint32_t begin, end;                                                            \
        __asm volatile(".balign 16\n"                                                   \
                       "ldr %0, [%2]\n"                                                 \
                       ".rept " #count "\n" text "\n.endr\n"                           \
                       "ldr %1, [%2]\n"                                                 \
                       : "=&r"(begin), "=&r"(end)                                       \
                       : "r"(&DWT_CYCCNT), "r"(scratch)                                 \
                       : "r0", "r1", "r2", "r3", "r12", "s0", "s1", "cc", "memory");    \
        return end - begin;                                                             \
    }

/* Defines cost_NAME(): the cycles of fifty repetitions of `text`, from flash at zero wait states. */
#define COST(name, text)                                        \
    TIMED(short_##name, 10, text)                               \
    TIMED(long_##name, 60, text)                                \
    static uint32_t cost_##name(void)                           \
    {                                                           \
        return long_##name() - short_##name();                  \
    }

COST(nop, "nop")
COST(add, "adds r0, r0, #1")
COST(wide_add, "add.w r0, r0, r1, lsl #3")
COST(mul, "mul r0, r1, r2")
COST(umull, "umull r0, r1, r2, r3")
COST(branch, "b 1f\n 1:")
COST(small_division, "mov r1, #9\n movs r2, #3\n udiv r0, r1, r2")
COST(large_division, "mvn r1, #0\n movs r2, #3\n udiv r0, r1, r2")
COST(it_done, "cmp r0, r0\n it eq\n addeq r1, r1, #1")
COST(it_skipped, "cmp r0, r0\n it ne\n addne r1, r1, #1")
COST(two_loads, "ldr r0, [%3]\n ldr r1, [%3, #4]")
COST(ldm, "ldmia %3, {r0-r3}")
COST(vadd, "vadd.f32 s0, s0, s1\n nop")
COST(vdiv, "vdiv.f32 s0, s0, s1")

static void test_costs(void)
{
    check_eq("nop_costs_1", cost_nop(), 50);
    check_eq("add_costs_1", cost_add(), 50);
    check_eq("wide_add_costs_1", cost_wide_add(), 50);
    check_eq("mul_costs_1", cost_mul(), 50);
    check_eq("umull_costs_1", cost_umull(), 50);
    check_range("taken_branch_costs_2_to_4", cost_branch(), 2 * 50, 4 * 50);
    check_range("division_costs_2_to_12", cost_small_division(), (2 + 2) * 50, (2 + 12) * 50);
    check("division_costs_more_the_longer_the_quotient", cost_large_division() > cost_small_division());
    check_eq("skipped_instruction_costs_what_a_plain_one_costs", cost_it_skipped(), cost_it_done());
    check_range("loads_back_to_back_are_pipelined", cost_two_loads(), 2 * 50, 3 * 50);
    check_range("ldm_of_4_costs_4_to_5", cost_ldm(), 4 * 50, 5 * 50);
    check_eq("vadd_costs_1", cost_vadd(), 2 * 50);
    check_range("vdiv_costs_14", cost_vdiv(), 14 * 50, 15 * 50);
}

/* ---- comparators ---- */

static struct {
    uint32_t count, exception, dfsr, pc, function;
} seen;
static volatile uint32_t watched[4];

__attribute__((used)) static void monitor_body(struct frame *frame, uint32_t exc_return)
{
    (void)exc_return;
    seen.count++;
    seen.exception = READ_SPECIAL("ipsr");
    seen.dfsr = SCB_DFSR;
    seen.pc = frame->pc;
    seen.function = DWT_FUNCTION(0);
    SCB_DFSR = seen.dfsr;
}

FRAME_HANDLER(monitor_handler, monitor_body)

static void watch(unsigned n, const volatile void *address, uint32_t mask, uint32_t function)
{
    seen.count = 0;
    seen.dfsr = 0;
    DWT_COMP(n) = (uint32_t)(uintptr_t)address;
    DWT_MASK(n) = mask;
    DWT_FUNCTION(n) = function;
    barrier();
}

/* The comparison is asynchronous: the exception comes within the next few instructions. */
static void settle(void)
{
    __asm volatile("nop\n nop\n nop\n nop" : : : "memory");
}

static unsigned hits_after_write(volatile void *address)
{
    seen.count = 0;
    *(volatile uint8_t *)address = 1;
    settle();
    return seen.count;
}

static unsigned hits_after_read(volatile void *address)
{
    seen.count = 0;
    (void)*(volatile uint8_t *)address;
    settle();
    return seen.count;
}

static void test_data_comparators(void)
{
    watch(0, &watched[1], 2, DWT_WRITE_MATCH);
    check_eq("write_watch_ignores_its_neighbour", hits_after_write(&watched[0]), 0);
    check_eq("write_watch_ignores_reads", hits_after_read(&watched[1]), 0);
    check_eq("write_watch_hits", hits_after_write(&watched[1]), 1);
    check_eq("watch_hit_is_debugmonitor", seen.exception, EXC_DEBUGMON);
    check_eq("watch_hit_sets_dwttrap", seen.dfsr & DFSR_DWTTRAP, DFSR_DWTTRAP);
    check_eq("watch_hit_sets_matched", seen.function & DWT_MATCHED, DWT_MATCHED);
    check_eq("mask_covers_the_whole_word", hits_after_write((volatile uint8_t *)&watched[1] + 3), 1);
    watch(0, &watched[1], 2, DWT_READ_MATCH);
    check_eq("read_watch_hits", hits_after_read(&watched[1]), 1);
    check_eq("read_watch_ignores_writes", hits_after_write(&watched[1]), 0);
    watch(0, &watched[1], 2, DWT_ACCESS_MATCH);
    check_eq("access_watch_sees_reads", hits_after_read(&watched[1]), 1);
    check_eq("access_watch_sees_writes", hits_after_write(&watched[1]), 1);
    watch(0, NULL, 0, 0);
    check_eq("disabled_watch_is_silent", hits_after_write(&watched[1]), 0);
}

static __attribute__((naked, noinline)) void three_nops(void)
{
    __asm volatile("nop\n .global second_nop\n .thumb_func\n second_nop: nop\n nop\n bx lr");
}

static void test_pc_comparator(void)
{
    extern void second_nop(void);
    uint32_t target = (uint32_t)(uintptr_t)second_nop & ~1u;

    watch(1, (const volatile void *)(uintptr_t)target, 0, DWT_PC_MATCH);
    three_nops();
    DWT_FUNCTION(1) = 0;
    check_eq("pc_match_hits_once", seen.count, 1);
    /* Cortex-M4 TRM 9.3: a PC match stops after the instruction. */
    check_eq("pc_match_stops_behind_the_instruction", seen.pc, target + 2);
}

/* ---- stepping and pending by software ---- */

static uint32_t steps, step_pc[8];

__attribute__((used)) static void step_body(struct frame *frame, uint32_t exc_return)
{
    (void)exc_return;
    if (steps < 8)
        step_pc[steps] = frame->pc;
    if (++steps == 4)
        DBG_DEMCR &= ~DEMCR_MON_STEP;
}

FRAME_HANDLER(step_handler, step_body)

static void svc_starts_stepping(void)
{
    DBG_DEMCR |= DEMCR_MON_STEP;
}

static void test_monitor(void)
{
    vector_set(EXC_DEBUGMON, monitor_handler);
    seen.count = 0;
    DBG_DEMCR |= DEMCR_MON_PEND;
    barrier();
    check_eq("mon_pend_runs_the_handler", seen.count, 1);

    vector_set(EXC_DEBUGMON, step_handler);
    vector_set(EXC_SVCALL, svc_starts_stepping);
    __asm volatile("svc #0\n nop\n nop\n nop\n nop\n nop\n nop\n nop" : : : "memory");
    check_eq("mon_step_stops_after_each_instruction", steps, 4);
    check_eq("mon_step_goes_one_instruction_at_a_time", step_pc[3] - step_pc[0], 6);
    DBG_DEMCR &= ~DEMCR_MON_EN;
    vector_set(EXC_DEBUGMON, monitor_handler);
    seen.count = 0;
    watch(0, &watched[1], 2, DWT_WRITE_MATCH);
    check_eq("without_mon_en_a_match_is_ignored", hits_after_write(&watched[1]), 0);
    watch(0, NULL, 0, 0);
}

int main(void)
{
    test_counter();
    test_costs();
    if (!(DBG_DHCSR & DHCSR_C_DEBUGEN)) {       /* a debugger has the comparators to itself */
        vector_set(EXC_DEBUGMON, monitor_handler);
        DBG_DEMCR |= DEMCR_MON_EN;
        test_data_comparators();
        test_pc_comparator();
        test_monitor();
    }
    check_end();
}
