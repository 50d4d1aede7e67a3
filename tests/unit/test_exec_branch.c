/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Branches, conditions and IT blocks. */
#include <criterion/criterion.h>

#include "tests/unit/cpu_harness.h"
#include "tests/unit/rig.h"

enum { USAGEFAULT = 6 };

/* ---- conditions, on a bare core ---- */

/* A7.3, table A7-1, written out: flags N, Z, C, V in bits 3..0. */
static bool holds_by_the_table(unsigned cond, unsigned flags)
{
    bool n = flags >> 3 & 1, z = flags >> 2 & 1, c = flags >> 1 & 1, v = flags & 1;
    bool table[] = {z, !z, c, !c, n, !n, v, !v, c && !z, !c || z, n == v, n != v, !z && n == v, z || n != v};

    return table[cond];
}

Test(exec_branch, conditional_branches_follow_the_table_of_conditions)
{
    static struct bare_cpu b;

    for (unsigned cond = 0; cond < 14; cond++)
        for (unsigned flags = 0; flags < 16; flags++) {
            uint32_t target = holds_by_the_table(cond, flags) ? 0x100 + 4 + 0x40 : 0x102;
            bare_init(&b);
            bare_set_flags(&b, flags);
            bare_exec(&b, (struct insn){.op = OP_B, .cond = (uint8_t)cond, .imm = 0x40, .size = 2});
            cr_expect_eq(b.cpu.next, target, "cond %u flags %x", cond, flags);
        }
}

Test(exec_branch, only_handler_mode_takes_a_branch_to_f_as_an_exception_return)
{
    static struct bare_cpu b;

    bare_init(&b);
    b.state.r[3] = 0xFFFFFFF9;
    bare_exec(&b, (struct insn){.op = OP_BX, .rm = 3, .size = 2});
    cr_expect_eq(b.cpu.next, 0xFFFFFFF8);
    cr_expect_eq(b.cpu.attention, 0);
    b.state.ipsr = 15;
    bare_exec(&b, (struct insn){.op = OP_BLX, .rm = 3, .size = 2});
    cr_expect_eq(b.cpu.attention, 0, "a call does not return");
    bare_exec(&b, (struct insn){.op = OP_BX, .rm = 3, .size = 2});
    cr_expect_eq(b.cpu.next, 0xFFFFFFF9);
    cr_expect_eq(b.cpu.attention, ATTN_RETURN);
}

/* ---- with memory ---- */

static void setup(void)
{
    rig_create(CPU_CORTEX_M4F);
    rig_poke(SCB_SHCSR, SHCSR_FAULTS);
}

TestSuite(exec_flow, .init = setup, .fini = rig_destroy);

Test(exec_flow, calls_leave_the_return_address_with_bit_0_set)
{
    rig_code(0xF000, 0xF80E);   /* bl +0x20 */
    rig_step(1);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 0x20);
    cr_expect_eq(rig_reg(REG_LR), RIG_CODE + 5);
    rig_set(3, RIG_CODE + 0x41);
    rig_code(0x4798);           /* blx r3 */
    rig_step(1);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 0x40);
    cr_expect_eq(rig_reg(REG_LR), RIG_CODE + 3);
}

Test(exec_flow, a_call_through_the_link_register_jumps_to_its_old_value)
{
    rig_set(REG_LR, RIG_CODE + 0x41);
    rig_code(0x47F0);           /* blx lr */
    rig_step(1);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 0x40);
    cr_expect_eq(rig_reg(REG_LR), RIG_CODE + 3);
}

Test(exec_flow, moves_to_the_pc_ignore_bit_0)
{
    rig_set(3, RIG_CODE + 0x40);
    rig_code(0x469F);           /* mov pc, r3 */
    rig_step(1);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 0x40);
    rig_set(3, 0x11);
    rig_code(0x449F);           /* add pc, r3 */
    rig_step(1);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 4 + 0x10);
    cr_expect_eq(rig_exception(), 0);
}

Test(exec_flow, compare_and_branch_reads_no_flags)
{
    rig_set(0, 0);
    rig_code(0xB118);           /* cbz r0, +10 */
    rig_step(1);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 10);
    rig_code(0xB918);           /* cbnz r0, +10 */
    rig_step(1);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 2);
}

Test(exec_flow, a_branch_to_an_even_address_faults_at_its_target)
{
    rig_set(3, RIG_CODE + 0x40);
    rig_code(0x4718);           /* bx r3 */
    rig_step(2);
    cr_expect_eq(rig_exception(), USAGEFAULT);
    cr_expect_eq(rig_peek(SCB_CFSR), 1u << 17, "INVSTATE");
    cr_expect_eq(rig_stacked(6), RIG_CODE + 0x40);
    cr_expect_eq(rig_stacked(7) & 1u << 24, 0, "the stacked T bit tells why");
}

Test(exec_flow, an_it_block_executes_one_side)
{
    rig_set(0, 5);
    rig_code(0x2800,            /* cmp r0, #0 */
             0xBF14,            /* ite ne */
             0x2101,            /* movne r1, #1 */
             0x2202,            /* moveq r2, #2 */
             0x2303);           /* movs r3, #3 */
    rig_set(2, 77);
    rig_step(5);
    cr_expect_eq(rig_reg(1), 1);
    cr_expect_eq(rig_reg(2), 77);
    cr_expect_eq(rig_reg(3), 3);
}

Test(exec_flow, a_block_of_four_mixes_then_and_else)
{
    rig_set(0, 0);
    rig_code(0x2800,            /* cmp r0, #0 */
             0xBF09,            /* itett eq: then, else, then, then */
             0x2101, 0x2202, 0x2303, 0x2404);
    rig_step(6);
    cr_expect_eq(rig_reg(1), 1);
    cr_expect_eq(rig_reg(2), 0);
    cr_expect_eq(rig_reg(3), 3);
    cr_expect_eq(rig_reg(4), 4);
    cr_expect_eq(rig_reg(REG_XPSR) & 0x0600FC00, 0, "ITSTATE is used up");
}

Test(exec_flow, compares_inside_an_it_block_set_flags_and_the_rest_does_not)
{
    rig_set(0, 0);
    rig_code(0x2800,            /* cmp r0, #0 */
             0xBF04,            /* itt eq */
             0x2900,            /* cmpeq r1, #0 */
             0x2001);           /* moveq r0, #1 */
    rig_set(1, 1);
    rig_step(4);
    cr_expect_eq(rig_reg(0), 0, "the comparison made the condition false");
    cr_expect_eq(rig_reg(REG_XPSR) >> 28, 2, "r1 > 0: carry, not zero");
}

Test(exec_flow, a_fault_inside_an_it_block_can_be_resumed)
{
    rig_set(1, RIG_NOWHERE);
    rig_set(0, 0);
    rig_code(0x2800,            /* cmp r0, #0 */
             0xBF06,            /* itte eq */
             0x6808,            /* ldreq r0, [r1] */
             0x2202,            /* moveq r2, #2 */
             0x2303);           /* movne r3, #3 */
    rig_step(3);
    cr_expect_eq(rig_exception(), 5);
    cr_expect_eq(rig_stacked(6), RIG_CODE + 4);
    cr_expect_eq(rig_stacked(7) & 0x0600FC00, 0x04000400, "ITSTATE as the load saw it: 0000 0110");
    cr_expect_eq(rig_reg(REG_XPSR) & 0x0600FC00, 0, "the handler starts outside of it");
    rig_poke(rig_reg(REG_SP) + 4, RIG_DATA);
    rig_poke(RIG_DATA, 9);
    rig_load(RIG_HANDLER(5), (const uint16_t[]){0x4770}, 1);    /* bx lr */
    rig_step(4);
    cr_expect_eq(rig_exception(), 0);
    cr_expect_eq(rig_reg(0), 9);
    cr_expect_eq(rig_reg(2), 2);
    cr_expect_eq(rig_reg(3), 0);
}

Test(exec_flow, a_skipped_instruction_takes_one_cycle_and_a_breakpoint_is_never_skipped)
{
    uint64_t before;

    machine_attach_debugger(rig_machine(), true);
    rig_set(0, 1);
    rig_code(0x2800,            /* cmp r0, #0 */
             0xBF04,            /* itt eq */
             0xFB90, 0xF0F2,    /* sdiveq r0, r0, r2 */
             0xBE01);           /* bkpt #1 */
    rig_step(2);
    before = rig_now();
    rig_step(1);
    cr_expect_eq(rig_now() - before, 1);
    cr_expect_eq(rig_run(100).kind, STOP_BKPT);
}
