/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The translator beside the interpreter: runs, steps, breakpoints, and code that changes (I7). */
#include <criterion/criterion.h>

#include "tests/unit/engine_pair.h"

TestSuite(jit, .init = pair_setup, .fini = pair_teardown);

/* r0 counts up, r1 sums squares, r2 takes bytes of a table in the code. */
static const uint16_t loop[] = {
    0x2000,         /* movs r0, #0 */
    0x2100,         /* movs r1, #0 */
    0xA304,         /* adr r3, table */
    0x3001,         /* again: adds r0, #1 */
    0xFB00, 0x1100, /* mla r1, r0, r0, r1 */
    0xF000, 0x0403, /* and r4, r0, #3 */
    0x5D1A,         /* ldrb r2, [r3, r4] */
    0xE7F8,         /* b again */
    0xBF00, 0xBF00,
    0x0201, 0x0403, /* table */
};
enum { AGAIN = CODE + 6 };

Test(jit, a_run_ends_at_any_cycle)
{
    pair_begin(CODE, loop, sizeof loop);
    for (unsigned n = 0; n < 300; n++) {
        pair_run(1 + n % 37);
        expect_same("cut");
    }
}

Test(jit, steps_and_runs_mix)
{
    pair_begin(CODE, loop, sizeof loop);
    for (unsigned n = 0; n < 100; n++) {
        pair_run(100);
        for (unsigned e = 0; e < 2; e++)
            machine_step(pair[e], false);
        expect_same("step");
    }
}

Test(jit, breakpoint_in_the_middle_of_a_translation)
{
    pair_begin(CODE, loop, sizeof loop);
    pair_run(1000);
    pair_break(AGAIN + 6, true);
    for (unsigned n = 0; n < 10; n++) {
        cr_expect_eq(pair_run(1000).kind, STOP_BREAKPOINT);
        cr_expect_eq(machine_reg(pair[1], REG_PC), AGAIN + 6);
        expect_same("breakpoint");
    }
    pair_break(AGAIN + 6, false);
    cr_expect_eq(pair_run(1000).kind, STOP_LIMIT);
    expect_same("removed");
}

Test(jit, watchpoint_stops_before_the_access)
{
    static const uint16_t code[] = {
        0x4802,     /* ldr r0, =RAM */
        0x2100,     /* movs r1, #0 */
        0x6001,     /* again: str r1, [r0] */
        0x3101,     /* adds r1, #1 */
        0xE7FC,     /* b again */
        0xBF00, 0x0000, 0x2000,
    };

    pair_begin(CODE, code, sizeof code);
    pair_run(500);
    pair_watch(ACCESS_WRITE, RAM, 4, true);
    for (unsigned n = 0; n < 5; n++) {
        cr_expect_eq(pair_run(1000).kind, STOP_WATCH);
        expect_same("watch");
    }
    pair_watch(ACCESS_WRITE, RAM, 4, false);
    cr_expect_eq(pair_run(1000).kind, STOP_LIMIT);
    expect_same("unwatched");
}

/* Code in RAM that rewrites an instruction of itself, ahead in its own block, on each round. */
static const uint16_t changing[] = {
    0xA003,         /* adr r0, patch */
    0x8801,         /* again: ldrh r1, [r0] */
    0x3101,         /* adds r1, #1: the constant of the movs below */
    0x8001,         /* strh r1, [r0] */
    0xBF00,
    0xBF00,
    0xBF00,
    0xBF00,
    0x2200,         /* patch: movs r2, #0 and up */
    0x1883,         /* adds r3, r0, r2 */
    0xE7F6,         /* b again */
};

Test(jit, code_that_changes_itself_ahead)
{
    pair_begin(RAM_CODE, changing, sizeof changing);
    for (unsigned n = 0; n < 60; n++) {
        pair_run(23);
        expect_same("self-modified");
    }
}

Test(jit, debugger_changes_code)
{
    const uint16_t subtract = 0x3801, two = 0x3002;
    uint32_t done;

    pair_begin(RAM_CODE, loop, sizeof loop);
    pair_run(500);
    for (unsigned e = 0; e < 2; e++)
        machine_poke(pair[e], RAM_CODE + 6, &subtract, sizeof subtract, &done);
    pair_run(500);
    expect_same("RAM");
    pair_begin(CODE, loop, sizeof loop);
    pair_run(500);
    for (unsigned e = 0; e < 2; e++)
        machine_poke(pair[e], AGAIN, &two, sizeof two, &done);
    pair_run(500);
    expect_same("image");
    cr_expect_eq(machine_reg(pair[1], REG_R0) & 1, machine_reg(pair[0], REG_R0) & 1);
}

Test(jit, restored_state_runs_as_it_did)
{
    static uint8_t saved[2][4 * SIZE];

    pair_begin(RAM_CODE, changing, sizeof changing);
    pair_run(200);
    for (unsigned e = 0; e < 2; e++) {
        cr_assert_leq(machine_state_size(pair[e]), sizeof saved[e]);
        machine_save(pair[e], saved[e]);
    }
    pair_run(300);
    for (unsigned e = 0; e < 2; e++)
        machine_restore(pair[e], saved[e]);
    expect_same("restored");
    pair_run(300);
    expect_same("run on");
}

/* UNPREDICTABLE, but the same on both: what is left of the IT block goes on where the branch leads. */
Test(jit, branch_out_of_the_middle_of_an_it_block)
{
    static const uint16_t code[] = {
        0x2000,         /* movs r0, #0 */
        0x3001,         /* again: adds r0, #1 */
        0x0783,         /* lsls r3, r0, #30 */
        0xBF1F,         /* itttt ne */
        0xE001,         /* bne over */
        0x3101,         /* addne r1, #1 */
        0x3201,         /* addne r2, #1 */
        0x3401,         /* over: addne r4, #1 */
        0x3501,         /* adds r5, #1: in the block only behind the branch */
        0x3601,         /* adds r6, #1: the same */
        0xE7F6,         /* b again */
    };

    pair_begin(CODE, code, sizeof code);
    for (unsigned n = 0; n < 60; n++) {
        pair_run(7);
        expect_same("branch in IT");
    }
}

/* UNPREDICTABLE too: an IT that its own block skips leaves ITSTATE as it was. */
Test(jit, it_block_within_an_it_block)
{
    static const uint16_t code[] = {
        0x2000,         /* movs r0, #0 */
        0x3001,         /* again: adds r0, #1 */
        0x0783,         /* lsls r3, r0, #30 */
        0xBF1F,         /* itttt ne */
        0xBF02,         /* ittt eq */
        0x3101,         /* adds r1, #1 */
        0x3201,         /* adds r2, #1 */
        0x3401,         /* adds r4, #1 */
        0x3501,         /* adds r5, #1 */
        0xE7F7,         /* b again */
    };

    pair_begin(CODE, code, sizeof code);
    for (unsigned n = 0; n < 60; n++) {
        pair_run(7);
        expect_same("IT in IT");
    }
}

/* Loads that are not aligned, cross into nothing, and come from nothing. */
Test(jit, accesses_out_of_the_ordinary)
{
    static const uint16_t code[] = {
        0x4806,         /* ldr r0, =TOP - 8 */
        0xF04F, 0x0500, /* mov r5, #0 */
        0x5941,         /* again: ldr r1, [r0, r5] */
        0xF850, 0x2005, /* ldr r2, [r0, r5] */
        0x5D43,         /* ldrb r3, [r0, r5] */
        0x3501,         /* adds r5, #1 */
        0xE7F9,         /* b again */
        0xBF00, 0xBF00, 0xBF00, 0xBF00, 0xBF00,
        (TOP - 8) & 0xFFFF, (TOP - 8) >> 16,
    };

    pair_begin(CODE, code, sizeof code);
    for (unsigned n = 0; n < 60; n++) {
        pair_run(3);
        expect_same("access");
    }
}

/* The translator takes them for granted. */
Test(jit, reserved_bits_of_fpscr_stay_zero)
{
    pair_set(REG_FPSCR, UINT32_MAX);
    cr_expect_eq(machine_reg(pair[0], REG_FPSCR), 0xF7C0009F);
    expect_same("FPSCR");
}

/* Words and halfwords at every alignment, in low and high registers; r5 is odd. */
static const uint16_t misaligned[] = {
    0xF8D4, 0x1001, /* again: ldr r1, [r4, #1] */
    0xF8C4, 0x1006, /* str r1, [r4, #6] */
    0x5B62,         /* ldrh r2, [r4, r5] */
    0xF8A4, 0x200B, /* strh r2, [r4, #11] */
    0xF9B4, 0x8003, /* ldrsh r8, [r4, #3] */
    0xF844, 0x8025, /* str r8, [r4, r5, lsl #2] */
    0xF85A, 0x9005, /* ldr r9, [r10, r5] */
    0xF8AA, 0x9010, /* strh r9, [r10, #16] */
    0xF854, 0x3B01, /* ldr r3, [r4], #1 */
    0x3001,         /* adds r0, #1 */
    0xBF18,         /* it ne */
    0xF844, 0x0F03, /* strne r0, [r4, #3]! */
    0xF844, 0xA005, /* str r10, [r4, r5] */
    0x3C04,         /* subs r4, #4 */
    0xE7E6,         /* b again */
};

static void begin_misaligned(uint32_t address)
{
    pair_begin(CODE, misaligned, sizeof misaligned);
    pair_set(REG_R0 + 4, address);
    pair_set(REG_R0 + 5, 5);
    pair_set(REG_R0 + 10, address + 0x101);
}

Test(jit, misaligned_accesses_take_their_cycles_and_stay_exact)
{
    for (uint32_t low = 0; low < 4; low++) {
        begin_misaligned(RAM + 0x1000 + low);
        for (unsigned n = 1; n < 100; n++) {
            pair_run(n);
            expect_same("misaligned");
        }
    }
}

Test(jit, misaligned_accesses_across_pages_and_the_end_of_memory)
{
    for (uint32_t low = 1; low < 20; low += 3) {
        begin_misaligned(RAM + 0x1FF0 + low);
        pair_run(3000);
        expect_same("page");
        begin_misaligned(TOP - 0x110 + low);
        pair_set(REG_R0 + 10, TOP - 12);
        pair_run(3000);
        expect_same("end");
    }
}

Test(jit, misaligned_stores_into_translated_code)
{
    begin_misaligned(RAM_CODE + 0x101);
    pair_load(RAM_CODE, misaligned, sizeof misaligned);
    pair_set(REG_PC, RAM_CODE);
    for (unsigned n = 1; n < 100; n++) {
        pair_run(2 * n);
        expect_same("beside");
    }
    pair_set(REG_R0 + 4, RAM_CODE + sizeof misaligned - 3);     /* the branch at the end changes */
    pair_set(REG_R0 + 10, RAM_CODE + 0x100);
    for (unsigned n = 1; n < 100; n++) {
        pair_run(n);
        expect_same("over");
    }
}

/* A loop that switches UNALIGN_TRP on and off; the handler passes over what it traps. */
Test(jit, misaligned_accesses_that_may_be_trapped)
{
    static const uint16_t code[] = {
        0x6021,         /* again: str r1, [r4] */
        0x6862,         /* ldr r2, [r4, #4] */
        0x601E,         /* str r6, [r3] */
        0x407E,         /* eors r6, r7 */
        0xE7FA,         /* b again */
    };
    static const uint16_t step_over[] = {
        0x9806,         /* ldr r0, [sp, #24] */
        0x3002,         /* adds r0, #2 */
        0x9006,         /* str r0, [sp, #24] */
        0x4770,         /* bx lr */
    };
    enum { HANDLER = FLASH + 0x800, CCR = 0xE000ED14, UNALIGN_TRP = 8 };

    pair_load(HANDLER, step_over, sizeof step_over);
    pair_begin_with(CODE, code, sizeof code, HANDLER);
    pair_set(REG_R0 + 3, CCR);
    pair_set(REG_R0 + 4, RAM + 0x101);
    pair_set(REG_R0 + 6, 0x200);
    pair_set(REG_R0 + 7, UNALIGN_TRP);
    for (unsigned n = 1; n < 100; n++) {
        pair_run(n);
        expect_same("trapped");
    }
}

Test(jit, special_registers_privileged_and_not)
{
    static const uint16_t code[] = {
        0xB672,         /* again: cpsid i */
        0xF3EF, 0x8010, /* mrs r0, PRIMASK */
        0xB662,         /* cpsie i */
        0xF3EF, 0x8110, /* mrs r1, PRIMASK */
        0xF3EF, 0x8211, /* mrs r2, BASEPRI */
        0xF3EF, 0x8305, /* mrs r3, IPSR */
        0xF3EF, 0x8814, /* mrs r8, CONTROL */
        0x3510,         /* adds r5, #16 */
        0xF385, 0x8811, /* msr BASEPRI, r5 */
        0x1946,         /* adds r6, r0, r5 */
        0xE7EE,         /* b again */
    };

    pair_begin(CODE, code, sizeof code);
    for (unsigned n = 0; n < 100; n++) {
        pair_set(REG_CONTROL, n / 25 & 1);
        pair_run(29 + n % 7);
        expect_same("special registers");
    }
    cr_expect_eq(machine_reg(pair[1], REG_R0), 0);
}

/* Also where the address is known when it is translated. */
Test(jit, a_load_from_flash_waits)
{
    static const uint16_t code[] = {
        0x4B01,         /* again: ldr r3, =CODE */
        0x6818,         /* ldr r0, [r3] */
        0x3101,         /* adds r1, #1 */
        0xE7FB,         /* b again */
        0x0100, 0x0800,
    };

    pair_begin(CODE, code, sizeof code);
    pair_poke(PROBE_WAITS, 3);
    for (unsigned n = 0; n < 100; n++) {
        pair_run(40 + n % 31);
        expect_same("wait states");
    }
    cr_expect_gt(machine_reg(pair[1], (enum cpu_register)(REG_R0 + 1)), 100);
}

/* An interrupt that waits is taken right behind the instruction that lets it in. */
Test(jit, unmasked_interrupt_comes_at_once)
{
    static const uint16_t code[] = {
        0xB672,         /* again: cpsid i */
        0x4805,         /* ldr r0, =ICSR */
        0xF04F, 0x5180, /* mov r1, #1 << 28: PENDSVSET */
        0x6001,         /* str r1, [r0] */
        0x3401,         /* adds r4, #1 */
        0xB662,         /* cpsie i */
        0x3501,         /* adds r5, #1 */
        0xE7F6,         /* b again */
        0xBF00,
        0x3601,         /* handler: adds r6, #1 */
        0x4770,         /* bx lr */
        0xED04, 0xE000, /* ICSR */
    };

    pair_begin_with(CODE, code, sizeof code, CODE + 20);
    for (unsigned n = 0; n < 200; n++) {
        pair_run(1 + n % 31);
        expect_same("unmasked");
    }
    cr_expect_gt(machine_reg(pair[1], (enum cpu_register)(REG_R0 + 6)), 10);
}

/* The same with BASEPRI, which hides PendSV until it is 0 again; and an interrupt at any cycle. */
Test(jit, basepri_lets_an_interrupt_in)
{
    static const uint16_t code[] = {
        0x2080,         /* again: movs r0, #0x80 */
        0xF380, 0x8811, /* msr BASEPRI, r0 */
        0x4806,         /* ldr r0, =ICSR */
        0xF04F, 0x5180, /* mov r1, #1 << 28: PENDSVSET */
        0x6001,         /* str r1, [r0] */
        0x3401,         /* adds r4, #1 */
        0x2000,         /* movs r0, #0 */
        0xF380, 0x8811, /* msr BASEPRI, r0 */
        0x3501,         /* adds r5, #1 */
        0xE7F2,         /* b again */
        0x3601,         /* handler: adds r6, #1 */
        0x4770,         /* bx lr */
        0xBF00,
        0xED04, 0xE000, /* ICSR */
    };

    pair_begin_with(CODE, code, sizeof code, CODE + 26);
    pair_poke(0xE000ED20, 0x00FF0000);      /* SHPR3: PendSV has the lowest priority */
    for (unsigned n = 0; n < 200; n++) {
        pair_run(1 + n % 31);
        expect_same("BASEPRI");
    }
    cr_expect_gt(machine_reg(pair[1], (enum cpu_register)(REG_R0 + 6)), 10);
}
