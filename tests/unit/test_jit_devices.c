/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The translator beside the interpreter where code meets devices: exact cycle and pc at each access, and
 * consequences that land on their instruction (I5, I6, I7).
 */
#include <criterion/criterion.h>

#include "tests/unit/engine_pair.h"

enum { HANDLER = FLASH + 0x800, NVIC_ISER = 0xE000E100, SYST_CSR = 0xE000E010 };

TestSuite(jit_devices, .init = pair_setup, .fini = pair_teardown);

/* Interrupt 0: lowers its line, and counts in PLAIN. */
static const uint16_t clear_and_count[] = {
    0x4A03,         /* ldr r2, probe */
    0x2300,         /* movs r3, #0 */
    0x6093,         /* str r3, [r2, #8] */
    0x6953,         /* ldr r3, [r2, #20] */
    0x3303,         /* adds r3, #3 */
    0x6153,         /* str r3, [r2, #20] */
    0x4770,         /* bx lr */
    0xBF00,         /* nop */
    0x0000, 0x4001, /* probe: .word 0x40010000 */
};

/* Both at the start of `code`, with r4 at the probe and its interrupt enabled. */
static void begin(const uint16_t *code, uint32_t size)
{
    pair_load(HANDLER, clear_and_count, sizeof clear_and_count);
    pair_begin_with(CODE, code, size, HANDLER);
    pair_set(REG_R0 + 4, PROBE);
    pair_poke(NVIC_ISER, 1);
}

/* Short runs and long ones, so that the ends fall into blocks and between them. */
static void run_through(const char *what)
{
    for (unsigned n = 1; n < 120; n++) {
        pair_run(n % 3 ? n : 7);
        expect_same(what);
    }
}

static const uint16_t poll[] = {
    0x6821,         /* ldr r1, [r4, #0] */
    0x6862,         /* ldr r2, [r4, #4] */
    0x1880,         /* adds r0, r0, r2 */
    0x7D23,         /* ldrb r3, [r4, #20] */
    0x6161,         /* str r1, [r4, #20] */
    0xF9B4, 0x5016, /* ldrsh r5, [r4, #22] */
    0x7560,         /* strb r0, [r4, #21] */
    0x69A6,         /* ldr r6, [r4, #24] */
    0x5AE7,         /* ldrh r7, [r4, r3] */
    0xE7F4,         /* b .-20 */
};

Test(jit_devices, each_access_has_its_cycle_and_its_pc)
{
    begin(poll, sizeof poll);
    run_through("polling");
}

static const uint16_t known[] = {
    0xF240, 0x0400, /* movw r4, #0 */
    0xF2C4, 0x0401, /* movt r4, #0x4001 */
    0x6821,         /* ldr r1, [r4, #0] */
    0x6862,         /* ldr r2, [r4, #4] */
    0x6161,         /* str r1, [r4, #20] */
    0xF994, 0x3015, /* ldrsb r3, [r4, #21] */
    0x82E2,         /* strh r2, [r4, #22] */
    0xF8D4, 0x8018, /* ldr r8, [r4, #24] */
    0xF8C4, 0x8014, /* str r8, [r4, #20] */
    0xE7F0,         /* b .-28 */
};

Test(jit_devices, known_addresses_are_devices_at_once)
{
    begin(known, sizeof known);
    run_through("known addresses");
}

static const uint16_t raising[] = {
    0x3501,         /* adds r5, #1 */
    0x60A0,         /* str r0, [r4, #8] */
    0x182E,         /* adds r6, r5, r0 */
    0x6861,         /* ldr r1, [r4, #4] */
    0x1877,         /* adds r7, r6, r1 */
    0xE7F9,         /* b .-10 */
};

Test(jit_devices, an_interrupt_comes_right_behind_the_store_that_raises_it)
{
    begin(raising, sizeof raising);
    pair_set(REG_R0, 1);
    run_through("raising");
}

Test(jit_devices, a_masked_interrupt_waits)
{
    begin(raising, sizeof raising);
    pair_set(REG_R0, 1);
    pair_set(REG_PRIMASK, 1);
    run_through("masked");
}

static const uint16_t scheduling[] = {
    0x3501,         /* adds r5, #1 */
    0xF005, 0x000F, /* and r0, r5, #15 */
    0x60E0,         /* str r0, [r4, #12] */
    0x3601,         /* adds r6, #1 */
    0x19BF,         /* adds r7, r7, r6 */
    0x6821,         /* ldr r1, [r4, #0] */
    0x404F,         /* eors r7, r1 */
    0x3601,         /* adds r6, #1 */
    0x07A8,         /* lsls r0, r5, #30 */
    0xBF08,         /* it eq */
    0x6125,         /* streq r5, [r4, #16] */
    0x3601,         /* adds r6, #1 */
    0x3601,         /* adds r6, #1 */
    0xE7F0,         /* b .-28 */
};

Test(jit_devices, events_that_a_store_moves_land_on_their_instruction)
{
    begin(scheduling, sizeof scheduling);
    run_through("scheduling");
}

static const uint16_t conditional[] = {
    0x07E8,         /* lsls r0, r5, #31 */
    0xBF19,         /* ittee ne */
    0x6861,         /* ldrne r1, [r4, #4] */
    0x60A5,         /* strne r5, [r4, #8] */
    0x6822,         /* ldreq r2, [r4, #0] */
    0x6161,         /* streq r1, [r4, #20] */
    0xF854, 0x3B04, /* ldr r3, [r4], #4 */
    0xF854, 0x0D04, /* ldr r0, [r4, #-4]! */
    0xF844, 0x5F10, /* str r5, [r4, #16]! */
    0x3C10,         /* subs r4, #16 */
    0x3501,         /* adds r5, #1 */
    0xE7F0,         /* b .-28 */
};

Test(jit_devices, conditions_and_write_back_hold_at_devices)
{
    begin(conditional, sizeof conditional);
    run_through("conditional");
}

/* One place in the code that meets two addresses by turns. */
static const uint16_t anywhere[] = {
    0x59A1,         /* ldr r1, [r4, r6] */
    0x3101,         /* adds r1, #1 */
    0x51A1,         /* str r1, [r4, r6] */
    0x406C,         /* eors r4, r5 */
    0xE7FA,         /* b .-8 */
};

Test(jit_devices, one_instruction_reaches_memory_and_devices)
{
    begin(anywhere, sizeof anywhere);
    pair_set(REG_R0 + 4, PROBE_PLAIN);
    pair_set(REG_R0 + 5, PROBE_PLAIN ^ (RAM + 0x40));
    run_through("by turns");
    pair_set(REG_R0 + 4, 0x60000000);       /* and then nothing */
    run_through("nothing");
}

static const uint16_t bits[] = {
    0x3001,         /* adds r0, #1 */
    0x60E0,         /* str r0, [r4, #12] */
    0x68E1,         /* ldr r1, [r4, #12] */
    0x60B0,         /* str r0, [r6, #8] */
    0x7A32,         /* ldrb r2, [r6, #8] */
    0x6933,         /* ldr r3, [r6, #16] */
    0xE7F8,         /* b .-12 */
};

Test(jit_devices, bit_band_aliases_of_memory_and_devices)
{
    begin(bits, sizeof bits);
    pair_set(REG_R0 + 4, 0x22000000 + 0x40 * 32);
    pair_set(REG_R0 + 6, 0x42000000 + (PROBE_PLAIN - 0x40000000) * 32);
    run_through("bit-band");
}

Test(jit_devices, private_peripherals_are_read_in_time_and_written_with_care)
{
    begin(anywhere, sizeof anywhere);
    pair_poke(SYST_CSR + 4, 1000);
    pair_poke(SYST_CSR, 5);
    pair_set(REG_R0 + 4, SYST_CSR + 8);
    pair_set(REG_R0 + 5, (SYST_CSR + 8) ^ NVIC_ISER);
    run_through("private");
}

Test(jit_devices, unprivileged_code_is_refused_the_private_bus)
{
    begin(anywhere, sizeof anywhere);
    pair_set(REG_R0 + 4, SYST_CSR + 8);
    pair_run(100);
    pair_set(REG_CONTROL, 1);
    run_through("unprivileged");
}
