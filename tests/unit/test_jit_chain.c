/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Translations that come and go: programs larger than the cache, and images that change under them. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "tests/unit/engine_pair.h"

TestSuite(jit_chain, .init = pair_setup_small, .fini = pair_teardown);

enum { HALFWORDS = (SIZE - 0x100) / 2, WAY_BACK = 10, ONE = 5, OTHER = 7 };

static uint16_t program[HALFWORDS];

/* As much code as there is room for, in short blocks, in a loop; each stores, loads, adds something else, and calls
 * one of two functions that stand in front, so that old code leads into new and new into old. */
static void fill_flash(void)
{
    static const uint16_t start[] = {
        0xF240, 0x1300, /* movw r3, #0x100 */
        0xF2C2, 0x0300, /* movt r3, #0x2000 */
        0xE002,         /* b over the functions */
        0x3501,         /* one: adds r5, #1 */
        0x4770,         /* bx lr */
        0xE7FC,         /* other: b one */
    };
    static const uint16_t back[] = {
        0xF240, 0x1701, /* movw r7, #0x101 */
        0xF6C0, 0x0700, /* movt r7, #0x800 */
        0x4738,         /* bx r7 */
    };
    unsigned n = sizeof start / sizeof start[0];

    memcpy(program, start, sizeof start);
    for (unsigned k = 0; n + 8 < HALFWORDS - WAY_BACK; k++) {
        uint32_t distance = ((k % 300 < 150 ? ONE : OTHER) - n - 7) & 0x3FFFFF;
        program[n++] = (uint16_t)(0x3000 | (k & 0xFF));         /* adds r0, #k */
        program[n++] = (uint16_t)(0x6018 | (k & 31) << 6);      /* str r0, [r3, #4 * k] */
        program[n++] = (uint16_t)(0x4048 | (k & 1));            /* eors r0, r1 or eors r1, r1 */
        program[n++] = (uint16_t)(0x6819 | (k * 7 & 31) << 6);  /* ldr r1, [r3, #...] */
        program[n++] = 0x4342;                                  /* muls r2, r0, r2 */
        program[n++] = (uint16_t)(0xF400 | (distance >> 11 & 0x3FF));   /* bl one or other */
        program[n++] = (uint16_t)(0xF800 | (distance & 0x7FF));
    }
    memcpy(&program[n], back, sizeof back);
}

Test(jit_chain, program_larger_than_the_cache)
{
    fill_flash();
    pair_begin(CODE, program, sizeof program);
    for (unsigned n = 0; n < 60; n++) {
        pair_run(5003);
        expect_same("larger than the cache");
    }
}

/* Breakpoints unlink what evictions unlink, too. */
Test(jit_chain, breakpoints_in_a_program_larger_than_the_cache)
{
    fill_flash();
    pair_begin(CODE, program, sizeof program);
    for (unsigned n = 0; n < 60; n++) {
        uint32_t address = CODE + 16 + 14 * (n * 797 % 2200);
        pair_break(address, true);
        pair_run(9001);
        expect_same("breakpoint");
        pair_break(address, false);
    }
}

/* A literal lies 2 KiB behind the code that loads it. */
Test(jit_chain, literal_reprogrammed)
{
    static const uint16_t code[] = {
        0xF8DF, 0x0800, /* again: ldr r0, [pc, #0x800] */
        0x1809,         /* adds r1, r1, r0 */
        0xE7FB,         /* b again */
    };

    pair_begin(CODE, code, sizeof code);
    for (uint32_t n = 1; n < 20; n++) {
        pair_load(CODE + 0x804, &n, sizeof n);
        pair_run(100);
        expect_same("literal");
        cr_expect_eq(machine_reg(pair[1], REG_R0), n);
    }
}

/* Code and literal lie in pages of the image that do not change; what does is far away. */
Test(jit_chain, image_reprogrammed_elsewhere)
{
    static const uint16_t code[] = {
        0x3001,         /* again: adds r0, #1 */
        0x1809,         /* adds r1, r1, r0 */
        0xE7FC,         /* b again */
    };

    pair_begin(CODE, code, sizeof code);
    for (uint32_t n = 1; n < 20; n++) {
        pair_load(FLASH + SIZE - 4, &n, sizeof n);
        pair_run(100);
        expect_same("elsewhere");
    }
}

Test(jit_chain, code_shown_at_zero_reprogrammed)
{
    static const uint16_t code[] = {
        0x2001,         /* again: movs r0, #1 */
        0x1809,         /* adds r1, r1, r0 */
        0xE7FC,         /* b again */
    };

    pair_begin(CODE, code, sizeof code);
    pair_set(REG_PC, CODE - FLASH);
    for (uint16_t n = 1; n < 20; n++) {
        const uint16_t constant = 0x2000 | n;
        pair_load(CODE, &constant, sizeof constant);
        pair_run(100);
        expect_same("at zero");
        cr_expect_eq(machine_reg(pair[1], REG_R0), n);
    }
}
