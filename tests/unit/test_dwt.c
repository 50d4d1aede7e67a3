/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DWT, FPB, ITM and the core's debug registers: Arm ARM C1.6 to C1.11. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/arm_board.h"

enum {
    DWT_CTRL = 0xE0001000, DWT_CYCCNT = 0xE0001004, DWT_CPICNT = 0xE0001008,
    DWT_COMP0 = 0xE0001020, DWT_MASK0 = 0xE0001024, DWT_FUNCTION0 = 0xE0001028,
    DWT_COMP1 = 0xE0001030, DWT_MASK1 = 0xE0001034, DWT_FUNCTION1 = 0xE0001038,
    FP_CTRL = 0xE0002000, FP_COMP0 = 0xE0002008, ITM_STIM0 = 0xE0000000, ITM_TER = 0xE0000E00,
    ITM_TPR = 0xE0000E40, ITM_TCR = 0xE0000E80, ITM_LAR = 0xE0000FB0, ITM_LSR = 0xE0000FB4
};

enum { DEBUGMON = 12, DFSR_HALTED = 1, DFSR_BKPT = 2, DFSR_DWTTRAP = 4 };
enum { WATCH_PC = 4, WATCH_READ = 5, WATCH_WRITE = 6, WATCH_ACCESS = 7 };
enum { DATAVMATCH = 1 << 8, MATCHED = 1 << 24 };

static struct arm_board *b;

static void setup(void)
{
    b = arm_create(CPU_CORTEX_M4F);
    arm_write(b, R_DEMCR, DEMCR_TRACE | DEMCR_MONITOR);
    arm_set(b, REG_R0 + 1, ARM_DATA);
}

static void teardown(void)
{
    arm_destroy(b);
}

TestSuite(dwt, .init = setup, .fini = teardown);
TestSuite(fpb, .init = setup, .fini = teardown);
TestSuite(itm, .init = setup, .fini = teardown);
TestSuite(coredebug, .init = setup, .fini = teardown);

/* ---- CYCCNT ---- */

Test(dwt, cyccnt_counts_cycles_from_where_it_was_written)
{
    uint64_t begin = arm_now(b);

    arm_write(b, DWT_CYCCNT, 0xFFFFFFF0);
    arm_write(b, DWT_CTRL, 1);
    arm_run(b, 1000);
    cr_assert_eq(arm_read(b, DWT_CYCCNT), (uint32_t)(0xFFFFFFF0 + (arm_now(b) - begin)));
}

Test(dwt, cyccnt_stands_still_without_cyccntena_or_trcena)
{
    uint32_t stopped;

    arm_write(b, DWT_CTRL, 1);
    arm_run(b, 100);
    arm_write(b, DWT_CTRL, 0);
    stopped = arm_read(b, DWT_CYCCNT);
    cr_assert_geq(stopped, 100);
    arm_run(b, 100);
    cr_assert_eq(arm_read(b, DWT_CYCCNT), stopped);
    arm_write(b, DWT_CTRL, 1);
    arm_write(b, R_DEMCR, 0);
    arm_run(b, 100);
    cr_assert_eq(arm_read(b, DWT_CYCCNT), stopped);
    arm_write(b, R_DEMCR, DEMCR_TRACE);
    arm_run(b, 10);
    cr_assert_gt(arm_read(b, DWT_CYCCNT), stopped);
}

Test(dwt, cyccnt_goes_on_over_a_system_reset)
{
    arm_write(b, DWT_CTRL, 1);
    arm_run(b, 100);
    machine_reset(b->m, RESET_SYSTEM);
    cr_assert_geq(arm_read(b, DWT_CYCCNT), 100);
}

Test(dwt, writing_while_trace_is_off_is_reported)
{
    arm_write(b, R_DEMCR, 0);
    arm_write(b, DWT_CTRL, 1);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
}

Test(dwt, profiling_counters_are_reported_once)
{
    CODE(b, ARM_MAIN, OP_LDR_R0_R1, 0xE7FD);
    arm_set(b, REG_R0 + 1, DWT_CPICNT);
    arm_run(b, 100);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 1);
}

Test(dwt, ctrl_says_four_comparators)
{
    cr_assert_eq(arm_read(b, DWT_CTRL), 0x40000000);
}

/* ---- comparators ---- */

static void watch(unsigned n, uint32_t address, unsigned mask, uint32_t function)
{
    arm_write(b, DWT_COMP0 + 16 * n, address);
    arm_write(b, DWT_MASK0 + 16 * n, mask);
    arm_write(b, DWT_FUNCTION0 + 16 * n, function);
}

/* Whether one instruction makes DebugMonitor run. */
static bool traps(uint16_t instruction)
{
    CODE(b, ARM_MAIN, instruction, OP_NOP_T1, OP_NOP_T1);
    arm_set(b, REG_PC, ARM_MAIN);
    arm_step(b);
    arm_step(b);
    if (arm_ipsr(b) != DEBUGMON)
        return false;
    cr_assert_eq(arm_read(b, R_DFSR), DFSR_DWTTRAP);
    cr_assert_eq(arm_peek(b, arm_reg(b, REG_SP) + 24), ARM_MAIN + 2, "behind the access");
    arm_write(b, R_DFSR, DFSR_DWTTRAP);
    arm_until(b, 0);
    return true;
}

Test(dwt, watches_reads_writes_or_both)
{
    watch(0, ARM_DATA, 0, WATCH_READ);
    cr_assert(traps(OP_LDR_R0_R1));
    cr_assert(!traps(OP_STR_R0_R1));
    watch(0, ARM_DATA, 0, WATCH_WRITE);
    cr_assert(!traps(OP_LDR_R0_R1));
    cr_assert(traps(OP_STR_R0_R1));
    watch(0, ARM_DATA, 0, WATCH_ACCESS);
    cr_assert(traps(OP_LDR_R0_R1));
    cr_assert(traps(OP_STR_R0_R1));
    watch(0, ARM_DATA, 0, 0);
    cr_assert(!traps(OP_STR_R0_R1));
}

Test(dwt, each_comparator_watches)
{
    for (unsigned n = 0; n < 4; n++) {
        watch(n, ARM_DATA, 0, WATCH_WRITE);
        cr_assert(traps(OP_STR_R0_R1), "comparator %u", n);
        watch(n, ARM_DATA, 0, 0);
    }
}

Test(dwt, the_mask_widens_and_every_byte_of_the_access_counts)
{
    watch(2, ARM_DATA + 8, 3, WATCH_WRITE);
    cr_assert(!traps(OP_STR_R0_R1));
    arm_set(b, REG_R0 + 1, ARM_DATA + 12);
    cr_assert(traps(OP_STR_R0_R1));
    arm_set(b, REG_R0 + 1, ARM_DATA + 16);
    cr_assert(!traps(OP_STR_R0_R1));
    watch(2, ARM_DATA + 18, 0, WATCH_WRITE);
    cr_assert(traps(OP_STR_R0_R1), "a byte inside the word");
}

Test(dwt, only_functions_that_emit_packets_are_reported)
{
    watch(0, ARM_DATA, 2, WATCH_WRITE);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 0);
    watch(0, ARM_DATA, 2, 2);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 1);
}

Test(dwt, matched_is_cleared_by_reading_but_not_by_looking)
{
    watch(3, ARM_DATA, 0, WATCH_WRITE);
    traps(OP_STR_R0_R1);
    cr_assert_eq(arm_peek(b, DWT_FUNCTION0 + 48), WATCH_WRITE | MATCHED);
    cr_assert_eq(arm_read(b, DWT_FUNCTION0 + 48), WATCH_WRITE | MATCHED);
    cr_assert_eq(arm_read(b, DWT_FUNCTION0 + 48), WATCH_WRITE);
}

Test(dwt, comparator_1_matches_a_value_at_a_linked_address)
{
    enum { WORD = 2 << 10, LINK_0_AND_0 = 0 };

    watch(0, ARM_DATA, 0, 0);
    watch(1, 0x1234, 0, WATCH_WRITE | DATAVMATCH | WORD | LINK_0_AND_0);
    arm_set(b, REG_R0, 0x1233);
    cr_assert(!traps(OP_STR_R0_R1));
    arm_set(b, REG_R0, 0x1234);
    cr_assert(traps(OP_STR_R0_R1));
    arm_set(b, REG_R0, 0x1234);
    arm_set(b, REG_R0 + 1, ARM_DATA + 4);
    cr_assert(!traps(OP_STR_R0_R1), "another address");
    arm_write(b, DWT_FUNCTION1, WATCH_WRITE | DATAVMATCH | WORD | 1 << 12 | 1 << 16);
    arm_set(b, REG_R0, 0x1234);
    cr_assert(traps(OP_STR_R0_R1), "no link: any address");
    arm_set(b, REG_R0, 0x1234);
    cr_assert(!traps(0x8008), "strh: another size");
}

Test(dwt, pc_match_traps_behind_the_instruction)
{
    watch(0, ARM_MAIN, 0, WATCH_PC);
    cr_assert(traps(OP_NOP_T1));
}

Test(dwt, without_monitor_or_priority_a_match_is_lost_but_remembered)
{
    watch(0, ARM_DATA, 0, WATCH_WRITE);
    arm_set(b, REG_PRIMASK, 1);
    cr_assert(!traps(OP_STR_R0_R1));
    arm_set(b, REG_PRIMASK, 0);
    arm_write(b, R_DEMCR, DEMCR_TRACE);
    cr_assert(!traps(OP_STR_R0_R1));
    cr_assert_eq(arm_read(b, R_DFSR), 0);
    cr_assert_eq(arm_read(b, DWT_FUNCTION0) & MATCHED, MATCHED);
}

Test(dwt, trace_off_watches_nothing)
{
    watch(0, ARM_DATA, 0, WATCH_WRITE);
    arm_write(b, R_DEMCR, DEMCR_MONITOR);
    cr_assert(!traps(OP_STR_R0_R1));
}

Test(dwt, with_a_debugger_a_match_stops)
{
    struct stop stop;

    watch(0, ARM_DATA, 0, WATCH_WRITE);
    machine_attach_debugger(b->m, true);
    CODE(b, ARM_MAIN, OP_STR_R0_R1, OP_NOP_T1);
    stop = machine_run(b->m, vtime_at(1000));
    cr_assert_eq(stop.kind, STOP_WATCH);
    cr_assert_eq(stop.address, ARM_DATA);
    cr_assert_eq(stop.access, ACCESS_WRITE);
    cr_assert_eq(arm_reg(b, REG_PC), ARM_MAIN + 2);
}

/* The fast path must not go on using a view made before. */
Test(dwt, a_watch_set_between_two_stores_sees_the_second)
{
    CODE(b, ARM_MAIN, OP_STR_R0_R1, OP_STR_R0_R1, OP_STR_R2_R3, OP_STR_R0_R1, OP_NOP_T1);
    CODE(b, arm_handler(DEBUGMON), OP_B_SELF);
    watch(0, ARM_DATA, 0, 0);
    arm_set(b, REG_R0 + 2, WATCH_WRITE);
    arm_set(b, REG_R0 + 3, DWT_FUNCTION0);
    arm_run(b, 100);
    cr_assert_eq(arm_ipsr(b), DEBUGMON);
    cr_assert_eq(arm_peek(b, arm_reg(b, REG_SP) + 24), ARM_MAIN + 8);
}

/* ---- FPB ---- */

Test(fpb, ctrl_wants_its_key)
{
    cr_assert_eq(arm_read(b, FP_CTRL), 0x260);
    arm_write(b, FP_CTRL, 1);
    cr_assert_eq(arm_read(b, FP_CTRL), 0x260);
    arm_write(b, FP_CTRL, 3);
    cr_assert_eq(arm_read(b, FP_CTRL), 0x261);
}

static void break_at(uint32_t address)
{
    arm_write(b, FP_CTRL, 3);
    arm_write(b, FP_COMP0, (address & 0x1FFFFFFC) | (address & 2 ? 2u << 30 : 1u << 30) | 1);
}

Test(fpb, a_breakpoint_runs_debugmonitor_before_the_instruction)
{
    CODE(b, ARM_MAIN, OP_ADDS_R4 + 1, OP_ADDS_R4 + 1, OP_ADDS_R4 + 1);
    break_at(ARM_MAIN + 2);
    arm_until(b, DEBUGMON);
    cr_assert_eq(arm_reg(b, REG_R0 + 4), 1);
    cr_assert_eq(arm_peek(b, arm_reg(b, REG_SP) + 24), ARM_MAIN + 2);
    cr_assert_eq(arm_read(b, R_DFSR), DFSR_BKPT);
    arm_write(b, FP_COMP0, 0);
    arm_until(b, 0);
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_R0 + 4), 2);
}

Test(fpb, a_breakpoint_that_nobody_can_take_is_passed)
{
    CODE(b, ARM_MAIN, OP_ADDS_R4 + 1, OP_ADDS_R4 + 1);
    break_at(ARM_MAIN);
    arm_write(b, R_DEMCR, 0);
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_R0 + 4), 1);
    cr_assert_eq(arm_ipsr(b), 0);
}

Test(fpb, with_a_debugger_it_stops_and_is_passed_on_the_way_on)
{
    struct stop stop;

    CODE(b, ARM_MAIN, OP_NOP_T1, OP_ADDS_R4 + 1, OP_B_SELF);
    break_at(ARM_MAIN + 2);
    machine_attach_debugger(b->m, true);
    stop = machine_run(b->m, vtime_at(1000));
    cr_assert_eq(stop.kind, STOP_BREAKPOINT);
    cr_assert_eq(stop.address, ARM_MAIN + 2);
    cr_assert_eq(arm_reg(b, REG_R0 + 4), 0);
    cr_assert_eq(machine_run(b->m, vtime_at(1000)).kind, STOP_LIMIT);
    cr_assert_eq(arm_reg(b, REG_R0 + 4), 1);
}

Test(fpb, remapping_is_reported)
{
    arm_write(b, FP_COMP0, ARM_MAIN | 1);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 1);
}

/* ---- ITM ---- */

static void enable_itm(void)
{
    arm_write(b, ITM_LAR, 0xC5ACCE55);
    arm_write(b, ITM_TCR, 1);
    arm_write(b, ITM_TER, 0x80000001);
}

static void expect_output(const void *bytes, unsigned size)
{
    cr_assert_eq(b->output_size, size);
    cr_assert_eq(memcmp(b->output, bytes, size), 0);
    b->output_size = 0;
}

Test(itm, writes_leave_as_packets_of_their_size)
{
    enable_itm();
    arm_write8(b, ITM_STIM0, 'A');
    expect_output("\x01" "A", 2);
    arm_write(b, ITM_STIM0, 0x64636261);
    expect_output("\x03" "abcd", 5);
    arm_write8(b, ITM_STIM0 + 4 * 31, 'z');
    expect_output("\xF9" "z", 2);
    CODE(b, ARM_MAIN, 0x8008);      /* strh r0, [r1] */
    arm_set(b, REG_R0, 0x6867);
    arm_set(b, REG_R0 + 1, ITM_STIM0);
    arm_step(b);
    expect_output("\x02" "gh", 3);
}

Test(itm, disabled_ports_are_silent)
{
    enable_itm();
    arm_write8(b, ITM_STIM0 + 4, 'A');
    arm_write(b, ITM_TCR, 0);
    arm_write8(b, ITM_STIM0, 'A');
    arm_write(b, ITM_TCR, 1);
    arm_write(b, R_DEMCR, 0);
    arm_write8(b, ITM_STIM0, 'A');
    cr_assert_eq(b->output_size, 0);
}

Test(itm, a_port_always_has_room)
{
    enable_itm();
    cr_assert_eq(arm_read(b, ITM_STIM0), 1);
}

Test(itm, locked_control_registers_ignore_writes_and_say_so)
{
    cr_assert_eq(arm_read(b, ITM_LSR), 3);
    arm_write(b, ITM_TER, 1);
    cr_assert_eq(arm_read(b, ITM_TER), 0);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
    arm_write(b, ITM_LAR, 0xC5ACCE55);
    cr_assert_eq(arm_read(b, ITM_LSR), 1);
    arm_write(b, ITM_TER, 1);
    cr_assert_eq(arm_read(b, ITM_TER), 1);
}

Test(itm, unprivileged_code_uses_the_ports_that_tpr_leaves_it)
{
    enable_itm();
    arm_write(b, ITM_TER, 0xFFFFFFFF);
    arm_write(b, ITM_TPR, 1);
    arm_set(b, REG_CONTROL, 1);
    arm_write8(b, ITM_STIM0, 'A');
    cr_assert_eq(b->output_size, 0);
    arm_write8(b, ITM_STIM0 + 4 * 8, 'B');
    expect_output("\x41" "B", 2);
    arm_write(b, ITM_TER, 0);
    cr_assert_eq(arm_read(b, ITM_TER), 0xFF);
    arm_write(b, ITM_TCR, 0);
    cr_assert_eq(arm_read(b, ITM_TCR), 1);
}

/* ---- CoreDebug ---- */

Test(coredebug, dhcsr_tells_whether_a_debugger_is_attached)
{
    cr_assert_eq(arm_read(b, R_DHCSR) & 1, 0);
    machine_attach_debugger(b->m, true);
    cr_assert_eq(arm_read(b, R_DHCSR) & 0x20001, 1, "the program runs");
    cr_assert_eq(arm_peek(b, R_DHCSR) & 0x20001, 0x20001, "a debugger looks at a halted core");
}

Test(coredebug, s_reset_st_is_cleared_by_reading)
{
    cr_assert_eq(arm_peek(b, R_DHCSR) >> 25 & 1, 1);
    cr_assert_eq(arm_read(b, R_DHCSR) >> 25 & 1, 1);
    cr_assert_eq(arm_read(b, R_DHCSR) >> 25 & 1, 0);
    machine_reset(b->m, RESET_SYSTEM);
    cr_assert_eq(arm_read(b, R_DHCSR) >> 25 & 1, 1);
}

Test(coredebug, s_sleep_while_asleep)
{
    CODE(b, ARM_MAIN, OP_WFI_T1);
    arm_step(b);
    cr_assert_eq(arm_peek(b, R_DHCSR) >> 18 & 1, 1);
}

Test(coredebug, dcrsr_transfers_registers_for_a_debugger)
{
    arm_set(b, REG_R0 + 7, 0x777);
    arm_write(b, R_DCRSR, 7);
    cr_assert_eq(arm_read(b, R_DCRDR), 0);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
    machine_attach_debugger(b->m, true);
    arm_write(b, R_DCRSR, 7);
    cr_assert_eq(arm_read(b, R_DCRDR), 0x777);
    arm_write(b, R_DCRDR, 0x03010001);
    arm_write(b, R_DCRSR, 1 << 16 | 20);
    cr_assert_eq(arm_reg(b, REG_CONTROL), 3);
    cr_assert_eq(arm_reg(b, REG_FAULTMASK), 1);
    cr_assert_eq(arm_reg(b, REG_PRIMASK), 1);
    arm_write(b, R_DCRDR, 0x3F800000);
    arm_write(b, R_DCRSR, 1 << 16 | 64);
    cr_assert_eq(arm_reg(b, REG_S0), 0x3F800000);
}

Test(coredebug, mon_pend_pends_debugmonitor)
{
    arm_write(b, R_DEMCR, DEMCR_MONITOR | 1 << 17);
    cr_assert_eq(arm_read(b, R_DEMCR), DEMCR_MONITOR | 1 << 17);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), DEBUGMON);
    cr_assert_eq(arm_read(b, R_DEMCR), DEMCR_MONITOR);
}

Test(coredebug, mon_step_runs_the_monitor_behind_each_instruction)
{
    CODE(b, ARM_MAIN, OP_ADDS_R4 + 1, OP_ADDS_R4 + 1, OP_ADDS_R4 + 1);
    arm_write(b, R_DEMCR, DEMCR_MONITOR | 1 << 18);
    for (unsigned i = 1; i <= 3; i++) {
        arm_until(b, DEBUGMON);
        cr_assert_eq(arm_reg(b, REG_R0 + 4), i);
        cr_assert_eq(arm_read(b, R_DFSR), DFSR_HALTED);
    }
}

Test(coredebug, a_system_reset_clears_the_monitor_but_not_vector_catch_and_trace)
{
    arm_write(b, R_DEMCR, DEMCR_TRACE | DEMCR_MONITOR | 1 << 10);
    machine_reset(b->m, RESET_SYSTEM);
    cr_assert_eq(arm_read(b, R_DEMCR), DEMCR_TRACE | 1 << 10);
    machine_reset(b->m, RESET_POWER_ON);
    cr_assert_eq(arm_read(b, R_DEMCR), 0);
}
