/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loads and stores: addressing, extension, order, and that a fault leaves the registers as they were. */
#include <criterion/criterion.h>

#include "tests/unit/rig.h"

static void setup(void)
{
    rig_create(CPU_CORTEX_M4F);
    rig_poke(SCB_SHCSR, SHCSR_FAULTS);
    rig_set(1, RIG_DATA);
}

TestSuite(exec_mem, .init = setup, .fini = rig_destroy);

enum { BUSFAULT = 5, USAGEFAULT = 6 };

Test(exec_mem, loads_extend_by_sign_or_by_zero)
{
    rig_poke(RIG_DATA, 0x8081F2F3);
    rig_code(0x7808,            /* ldrb r0, [r1] */
             0x2201, 0x568B,    /* movs r2, #1; ldrsb r3, [r1, r2] */
             0x884C,            /* ldrh r4, [r1, #2] */
             0xF9B1, 0x5000,    /* ldrsh r5, [r1] */
             0x680E);           /* ldr r6, [r1] */
    rig_step(6);
    cr_expect_eq(rig_reg(0), 0xF3);
    cr_expect_eq(rig_reg(3), 0xFFFFFFF2);
    cr_expect_eq(rig_reg(4), 0x8081);
    cr_expect_eq(rig_reg(5), 0xFFFFF2F3);
    cr_expect_eq(rig_reg(6), 0x8081F2F3);
}

Test(exec_mem, stores_write_their_width_only)
{
    rig_poke(RIG_DATA, 0x11111111);
    rig_poke(RIG_DATA + 4, 0x11111111);
    rig_set(0, 0xAABBCCDD);
    rig_code(0x7048,            /* strb r0, [r1, #1] */
             0x80C8);           /* strh r0, [r1, #6] */
    rig_step(2);
    cr_expect_eq(rig_peek(RIG_DATA), 0x1111DD11);
    cr_expect_eq(rig_peek(RIG_DATA + 4), 0xCCDD1111);
}

Test(exec_mem, the_base_is_written_back_before_or_after_the_access)
{
    rig_poke(RIG_DATA + 4, 44);
    rig_poke(RIG_DATA, 40);
    rig_code(0xF851, 0x0F04,    /* ldr r0, [r1, #4]! */
             0xF851, 0x2904);   /* ldr r2, [r1], #-4 */
    rig_step(1);
    cr_expect_eq(rig_reg(0), 44);
    cr_expect_eq(rig_reg(1), RIG_DATA + 4);
    rig_step(1);
    cr_expect_eq(rig_reg(2), 44);
    cr_expect_eq(rig_reg(1), RIG_DATA);
}

Test(exec_mem, literals_are_relative_to_the_aligned_pc)
{
    rig_code(0xBF00,            /* nop */
             0x4801,            /* ldr r0, [pc, #4]: the word 8 bytes behind the start of the code */
             0xBF00, 0xBF00, 0x5678, 0x1234);
    rig_step(2);
    cr_expect_eq(rig_reg(0), 0x12345678);
}

Test(exec_mem, a_register_offset_is_shifted)
{
    rig_poke(RIG_DATA + 12, 99);
    rig_set(2, 3);
    rig_code(0xF851, 0x0022);   /* ldr r0, [r1, r2, lsl #2] */
    rig_step(1);
    cr_expect_eq(rig_reg(0), 99);
}

Test(exec_mem, a_load_that_faults_changes_no_register)
{
    rig_set(1, RIG_NOWHERE);
    rig_set(0, 7);
    rig_code(0xF851, 0x0B04);   /* ldr r0, [r1], #4 */
    rig_step(1);
    cr_expect_eq(rig_exception(), BUSFAULT);
    cr_expect_eq(rig_stacked(0), 7);
    cr_expect_eq(rig_stacked(1), RIG_NOWHERE);
    cr_expect_eq(rig_stacked(6), RIG_CODE);
    cr_expect_eq(rig_peek(SCB_CFSR), 0x8200, "PRECISERR and BFARVALID");
    cr_expect_eq(rig_peek(SCB_BFAR), RIG_NOWHERE);
}

Test(exec_mem, a_load_multiple_that_faults_half_way_leaves_registers_and_base)
{
    rig_set(1, RIG_SRAM + RIG_SIZE - 8);
    rig_set(2, 22);
    rig_code(0xC97C);           /* ldmia r1!, {r2-r6} */
    rig_step(1);
    cr_expect_eq(rig_exception(), BUSFAULT);
    cr_expect_eq(rig_stacked(1), RIG_SRAM + RIG_SIZE - 8);
    cr_expect_eq(rig_stacked(2), 22);
    cr_expect_eq(rig_peek(SCB_BFAR), RIG_SRAM + RIG_SIZE);
}

Test(exec_mem, push_and_pop_keep_the_lowest_register_lowest)
{
    rig_set(0, 10);
    rig_set(7, 17);
    rig_set(14, 0x20000401);
    rig_code(0xB581,            /* push {r0, r7, lr} */
             0xBD06);           /* pop {r1, r2, pc} */
    rig_step(1);
    cr_expect_eq(rig_reg(REG_SP), RIG_STACK - 12);
    cr_expect_eq(rig_peek(RIG_STACK - 12), 10);
    cr_expect_eq(rig_peek(RIG_STACK - 8), 17);
    cr_expect_eq(rig_peek(RIG_STACK - 4), 0x20000401);
    rig_step(1);
    cr_expect_eq(rig_reg(1), 10);
    cr_expect_eq(rig_reg(2), 17);
    cr_expect_eq(rig_reg(REG_PC), 0x20000400);
    cr_expect_eq(rig_reg(REG_SP), RIG_STACK);
}

Test(exec_mem, decrement_before_ends_below_the_base)
{
    rig_set(2, 2);
    rig_set(3, 3);
    rig_code(0xE921, 0x000C,    /* stmdb r1!, {r2, r3} */
             0xE911, 0x0030);   /* ldmdb r1, {r4, r5}: below what was stored */
    rig_poke(RIG_DATA - 16, 4);
    rig_poke(RIG_DATA - 12, 5);
    rig_step(2);
    cr_expect_eq(rig_reg(1), RIG_DATA - 8);
    cr_expect_eq(rig_peek(RIG_DATA - 8), 2);
    cr_expect_eq(rig_peek(RIG_DATA - 4), 3);
    cr_expect_eq(rig_reg(4), 4);
    cr_expect_eq(rig_reg(5), 5);
}

Test(exec_mem, pairs_move_two_words)
{
    rig_set(2, 2);
    rig_set(3, 3);
    rig_code(0xE9E1, 0x2302,    /* strd r2, r3, [r1, #8]! */
             0xE8F1, 0x4502,    /* ldrd r4, r5, [r1], #8 */
             0xE9DF, 0x6700,    /* ldrd r6, r7, [pc] */
             0x0001, 0x0000, 0x0002, 0x0000);
    rig_step(3);
    cr_expect_eq(rig_peek(RIG_DATA + 8), 2);
    cr_expect_eq(rig_reg(4), 2);
    cr_expect_eq(rig_reg(5), 3);
    cr_expect_eq(rig_reg(1), RIG_DATA + 16);
    cr_expect_eq(rig_reg(6), 1);
    cr_expect_eq(rig_reg(7), 2);
}

Test(exec_mem, a_load_of_the_stack_pointer_drops_its_low_bits)
{
    rig_poke(RIG_DATA, RIG_STACK + 3);
    rig_code(0xF8D1, 0xD000);   /* ldr sp, [r1] */
    rig_step(1);
    cr_expect_eq(rig_reg(REG_SP), RIG_STACK);
}

Test(exec_mem, a_load_of_the_pc_interworks)
{
    rig_poke(RIG_DATA, RIG_CODE + 0x21);
    rig_poke(RIG_DATA + 4, RIG_CODE + 0x20);
    rig_code(0xF8D1, 0xF000);   /* ldr pc, [r1] */
    rig_step(1);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 0x20);
    rig_code(0xF8D1, 0xF004);   /* ldr pc, [r1, #4]: an even address */
    rig_step(2);
    cr_expect_eq(rig_exception(), USAGEFAULT);
    cr_expect_eq(rig_stacked(6), RIG_CODE + 0x20, "the branch is done; the next instruction faults");
    cr_expect_eq(rig_peek(SCB_CFSR), 1u << 17, "INVSTATE");
}

/* ---- exclusives ---- */

Test(exec_mem, store_exclusive_needs_a_load_exclusive)
{
    rig_set(2, 5);
    rig_code(0xE841, 0x2000,    /* strex r0, r2, [r1] */
             0xE851, 0x3F00,    /* ldrex r3, [r1] */
             0xE841, 0x2400,    /* strex r4, r2, [r1] */
             0xE841, 0x2500);   /* strex r5, r2, [r1] */
    rig_step(1);
    cr_expect_eq(rig_reg(0), 1);
    cr_expect_eq(rig_peek(RIG_DATA), 0);
    rig_step(3);
    cr_expect_eq(rig_reg(4), 0);
    cr_expect_eq(rig_reg(5), 1, "a store uses the reservation up");
    cr_expect_eq(rig_peek(RIG_DATA), 5);
}

Test(exec_mem, clrex_drops_the_reservation)
{
    rig_code(0xE8D1, 0x3F4F,    /* ldrexb r3, [r1] */
             0xF3BF, 0x8F2F,    /* clrex */
             0xE8C1, 0x2F40);   /* strexb r0, r2, [r1] */
    rig_step(3);
    cr_expect_eq(rig_reg(0), 1);
}

Test(exec_mem, an_exclusive_must_be_aligned_even_if_it_would_fail)
{
    rig_set(1, RIG_DATA + 2);
    rig_code(0xE841, 0x2000);   /* strex r0, r2, [r1] */
    rig_step(1);
    cr_expect_eq(rig_exception(), USAGEFAULT);
    cr_expect_eq(rig_peek(SCB_CFSR), 1u << 24, "UNALIGNED");
}

/* ---- table branches ---- */

Test(exec_mem, table_branches_index_bytes_and_halfwords)
{
    rig_set(0, 1);
    rig_code(0xE8DF, 0xF000,    /* tbb [pc, r0] */
             0x0500);           /* table: 0, 5 */
    rig_step(1);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 4 + 2 * 5);
    rig_poke(RIG_DATA, 0x00210010);
    rig_code(0xE8D1, 0xF010);   /* tbh [r1, r0, lsl #1] */
    rig_step(1);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 4 + 2 * 0x21);
}
