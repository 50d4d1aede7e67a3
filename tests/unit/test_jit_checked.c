/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Code in RAM that shares pages with data, or is data: translated, and never out of date. */
#include <criterion/criterion.h>

#include "tests/unit/engine_pair.h"

TestSuite(jit_checked, .init = pair_setup, .fini = pair_teardown);

enum { PATCH = RAM_CODE + 0x14 };

/* Counts in a word behind itself, and rewrites an instruction ahead in its own block with what is there already,
 * but for every 128th time. */
static const uint16_t now_and_then[] = {
    0xA404,         /* again: adr r4, patch */
    0x3701,         /* adds r7, #1 */
    0x6127,         /* str r7, [r4, #16] */
    0x09F8,         /* lsrs r0, r7, #7 */
    0xF440, 0x5008, /* orr r0, r0, #0x2200 */
    0x8020,         /* strh r0, [r4] */
    0xBF00,
    0xBF00,
    0xBF00,
    0x2200,         /* patch: movs r2, #0 and up */
    0x189B,         /* adds r3, r3, r2 */
    0xE7F2,         /* b again */
};

Test(jit_checked, code_that_rewrites_itself_now_and_then)
{
    pair_begin(RAM_CODE, now_and_then, sizeof now_and_then);
    for (unsigned n = 0; n < 400; n++) {
        pair_run(47);
        expect_same("now and then");
    }
    cr_expect_gt(machine_reg(pair[1], (enum cpu_register)(REG_R0 + 2)), 3);
}

Test(jit_checked, debugger_changes_code_beside_a_counter)
{
    pair_begin(RAM_CODE, now_and_then, sizeof now_and_then);
    pair_run(2000);
    for (uint16_t n = 0; n < 50; n++) {
        const uint16_t nop = n % 2 ? 0xBF00 : 0x3601;       /* adds r6, #1 */
        uint32_t done;
        for (unsigned e = 0; e < 2; e++)
            machine_poke(pair[e], RAM_CODE + 14, &nop, sizeof nop, &done);
        pair_run(1000);
        expect_same("poked");
    }
    cr_expect_gt(machine_reg(pair[1], (enum cpu_register)(REG_R0 + 6)), 100);
}

/* An unaligned store that begins before the instruction it changes. */
Test(jit_checked, unaligned_store_into_its_own_block)
{
    static const uint16_t code[] = {
        0xA403,         /* again: adr r4, patch */
        0xF854, 0x0C01, /* ldr r0, [r4, #-1] */
        0xF500, 0x7080, /* add r0, r0, #0x100 */
        0xF844, 0x0C01, /* str r0, [r4, #-1] */
        0xBF00,
        0x2200,         /* patch: movs r2, #0 and up */
        0x189B,         /* adds r3, r3, r2 */
        0xE7F4,         /* b again */
    };

    pair_begin(RAM_CODE, code, sizeof code);
    for (unsigned n = 0; n < 200; n++) {
        pair_run(19);
        expect_same("unaligned");
    }
}

/* A transfer of several words whose last ones hit. */
Test(jit_checked, store_multiple_into_its_own_block)
{
    static const uint16_t code[] = {
        0xA402,         /* again: adr r4, before */
        0xCC0F,         /* ldmia r4!, {r0-r3} */
        0x3C10,         /* subs r4, #16 */
        0x3301,         /* adds r3, #1 */
        0xC40F,         /* stmia r4!, {r0-r3} */
        0xBF00,
        0xBF00, 0xBF00, 0xBF00, 0xBF00, 0xBF00, 0xBF00,
        0x2200,         /* movs r2, #0 and up: the last of the four words */
        0x18AD,         /* adds r5, r5, r2 */
        0xE7F0,         /* b again */
    };

    pair_begin(RAM_CODE, code, sizeof code);
    for (unsigned n = 0; n < 200; n++) {
        pair_run(29);
        expect_same("multiple");
    }
}

/* Another program in the same place, over and over, as overlays are loaded. */
Test(jit_checked, overlays)
{
    uint16_t code[] = {
        0x2000,         /* movs r0, #n */
        0x1809,         /* adds r1, r1, r0 */
        0xE7FC,         /* b to the start */
    };

    pair_begin(RAM_CODE, code, sizeof code);
    for (uint16_t n = 0; n < 60; n++) {
        code[0] = 0x2000 | n;
        pair_load(RAM_CODE, code, sizeof code);
        pair_set(REG_PC, RAM_CODE);
        pair_run(300);
        expect_same("overlay");
    }
}

/* RAM at address 0, as a chip boots from it: what is written to it under its other name is seen. */
Test(jit_checked, code_in_ram_shown_at_zero)
{
    pair_begin(RAM_CODE, now_and_then, sizeof now_and_then);
    pair_poke(PROBE_BOOT, 1);
    pair_set(REG_PC, RAM_CODE - RAM);
    for (unsigned n = 0; n < 100; n++) {
        const uint16_t nop = n % 50 ? 0xBF00 : 0x3601;      /* adds r6, #1 */
        pair_load(RAM_CODE + 14, &nop, sizeof nop);
        pair_run(500);
        expect_same("at zero");
    }
    pair_poke(PROBE_BOOT, 0);
    pair_set(REG_PC, CODE - FLASH);
    pair_run(500);
    expect_same("image again");
}
