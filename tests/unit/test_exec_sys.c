/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exceptions on purpose, special registers and hints. */
#include <criterion/criterion.h>

#include "tests/unit/rig.h"

static void setup(void)
{
    rig_create(CPU_CORTEX_M4F);
    rig_poke(SCB_SHCSR, SHCSR_FAULTS);
}

TestSuite(exec_sys, .init = setup, .fini = rig_destroy);

enum { HARDFAULT = 3, USAGEFAULT = 6, SVCALL = 11 };

Test(exec_sys, svc_returns_behind_itself)
{
    rig_code(0xDF05);           /* svc #5 */
    rig_step(2);
    cr_expect_eq(rig_exception(), SVCALL);
    cr_expect_eq(rig_stacked(6), RIG_CODE + 2);
}

Test(exec_sys, svc_while_masked_is_a_hardfault_at_the_svc)
{
    rig_set(REG_PRIMASK, 1);
    rig_code(0xDF05);           /* svc #5 */
    rig_step(1);
    cr_expect_eq(rig_exception(), HARDFAULT);
    cr_expect_eq(rig_stacked(6), RIG_CODE);
    cr_expect_eq(rig_peek(SCB_HFSR), 1u << 30, "FORCED");
}

Test(exec_sys, bkpt_stops_for_a_debugger_before_it_and_is_passed_on_resume)
{
    struct stop stop;

    machine_attach_debugger(rig_machine(), true);
    rig_code(0x2001,            /* movs r0, #1 */
             0xBE01,            /* bkpt #1 */
             0x2002);           /* movs r0, #2 */
    stop = rig_run(100);
    cr_expect_eq(stop.kind, STOP_BKPT);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 2);
    cr_expect_eq(rig_reg(0), 1);
    rig_step(2);
    cr_expect_eq(rig_reg(0), 2);
}

Test(exec_sys, bkpt_without_a_debugger_is_a_hardfault)
{
    rig_code(0xBE01);           /* bkpt #1 */
    rig_step(1);
    cr_expect_eq(rig_exception(), HARDFAULT);
    cr_expect_eq(rig_peek(SCB_HFSR), 1u << 31, "DEBUGEVT");
    cr_expect_eq(rig_stacked(6), RIG_CODE);
}

Test(exec_sys, semihosting_asks_the_host_and_goes_on_with_its_answer)
{
    machine_set_semihosting(rig_machine(), true);
    rig_code(0xBEAB,            /* bkpt #0xab */
             0x1C41);           /* adds r1, r0, #1 */
    cr_expect_eq(rig_run(100).kind, STOP_SEMIHOSTING);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE);
    machine_semihosting_return(rig_machine(), 41);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 2);
    rig_step(1);
    cr_expect_eq(rig_reg(1), 42);
}

Test(exec_sys, bkpt_ab_is_an_ordinary_one_without_semihosting)
{
    machine_set_semihosting(rig_machine(), false);
    rig_code(0xBEAB);           /* bkpt #0xab */
    rig_step(1);
    cr_expect_eq(rig_exception(), HARDFAULT);
}

Test(exec_sys, undefined_instructions_and_absent_coprocessors_differ)
{
    rig_code(0xDE00);           /* udf #0 */
    rig_step(1);
    cr_expect_eq(rig_exception(), USAGEFAULT);
    cr_expect_eq(rig_peek(SCB_CFSR), 1u << 16, "UNDEFINSTR");
    rig_create(CPU_CORTEX_M4F);
    rig_poke(SCB_SHCSR, SHCSR_FAULTS);
    rig_code(0xEE00, 0x0010);   /* mcr p0, 0, r0, c0, c0, 0 */
    rig_step(1);
    cr_expect_eq(rig_peek(SCB_CFSR), 1u << 19, "NOCP");
}

Test(exec_sys, cps_changes_masks_for_privileged_code_only)
{
    rig_code(0xB672,            /* cpsid i */
             0xB671,            /* cpsid f */
             0xB662);           /* cpsie i */
    rig_step(2);
    cr_expect_eq(rig_reg(REG_PRIMASK), 1);
    cr_expect_eq(rig_reg(REG_FAULTMASK), 1);
    rig_step(1);
    cr_expect_eq(rig_reg(REG_PRIMASK), 0);
    rig_set(REG_FAULTMASK, 0);
    rig_set(REG_CONTROL, 1);
    rig_code(0xB672);           /* cpsid i */
    rig_step(1);
    cr_expect_eq(rig_reg(REG_PRIMASK), 0);
}

Test(exec_sys, apsr_can_be_read_and_written)
{
    rig_set(0, 0xF80F0000);
    rig_code(0xF380, 0x8C00,    /* msr apsr_nzcvqg, r0 */
             0xF3EF, 0x8100);   /* mrs r1, apsr */
    rig_step(2);
    cr_expect_eq(rig_reg(1), 0xF80F0000);
}

Test(exec_sys, unprivileged_reads_of_masks_give_zero)
{
    rig_set(REG_PRIMASK, 1);
    rig_set(REG_CONTROL, 1);
    rig_set(0, 5);
    rig_code(0xF3EF, 0x8010);   /* mrs r0, primask */
    rig_step(1);
    cr_expect_eq(rig_reg(0), 0);
}

Test(exec_sys, wfi_sleeps_and_time_passes)
{
    uint64_t before;
    vtime next;

    rig_code(0xBF30,            /* wfi */
             0x2001);           /* movs r0, #1 */
    rig_step(1);
    before = rig_now();
    cr_expect_eq(rig_run(1000).kind, STOP_LIMIT);
    cr_expect(machine_asleep(rig_machine(), &next));
    cr_expect_eq(rig_now(), before + 1000);
    cr_expect_eq(rig_reg(0), 0);
}

Test(exec_sys, sev_lets_the_next_wfe_pass)
{
    rig_code(0xBF40,            /* sev */
             0xBF20,            /* wfe */
             0x2001);           /* movs r0, #1 */
    rig_run(10);
    cr_expect_eq(rig_reg(0), 1);
}
