/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The cost model: the figures of the cores' technical reference manuals, and the rules that cost.h fixes
 * where those leave room.
 */
#include <criterion/criterion.h>

#include "core/arm/cost.h"
#include "core/arm/decode.h"

static struct decoder *m3, *m4;

static void make_decoders(void)
{
    m3 = decoder_create(CPU_CORTEX_M3);
    m4 = decoder_create(CPU_CORTEX_M4F);
}

static void free_decoders(void)
{
    decoder_destroy(m3);
    decoder_destroy(m4);
}

TestSuite(cost, .init = make_decoders, .fini = free_decoders);

static struct insn decoded(const struct decoder *d, uint32_t raw)
{
    struct insn i;

    decode(d, raw, raw > 0xFFFF ? 4 : 2, &i);
    return i;
}

Test(cost, static_cycles_are_those_of_the_manuals)
{
    static const struct { const char *text; uint32_t raw; unsigned m3, m4; } list[] = {
        {"adds r0, r1, r2", 0x1888, 1, 1},
        {"movw r0, #0xabcd", 0xF64A30CD, 1, 1},
        {"mul r0, r1, r2", 0xFB01F002, 1, 1},
        {"mla r0, r1, r2, r3", 0xFB013002, 2, 1},
        {"mls r0, r1, r2, r3", 0xFB013012, 2, 1},
        {"smull r0, r1, r2, r3", 0xFB820103, 3, 1},
        {"umlal r0, r1, r2, r3", 0xFBE20103, 4, 1},
        {"udiv r0, r1, r2", 0xFBB1F0F2, 2, 2},
        {"ldr r0, [r1, #4]", 0x6848, 2, 2},
        {"ldr r0, [pc, #4]", 0x4801, 2, 2},
        {"ldr pc, [r1]", 0xF8D1F000, 5, 5},
        {"str r0, [r1, r2]", 0x5088, 2, 2},
        {"ldrd r0, r1, [r2]", 0xE9D20100, 3, 3},
        {"strd r0, r1, [r2]", 0xE9C20100, 3, 3},
        {"ldm r1, {r0-r2}", 0xC907, 4, 4},
        {"push {r0, r1, lr}", 0xB503, 4, 4},
        {"pop {r0, r1}", 0xBC03, 3, 3},
        {"pop {r0, r1, pc}", 0xBD03, 7, 7},
        {"ldrex r0, [r1]", 0xE8510F00, 2, 2},
        {"b", 0xE7FE, 2, 2},
        {"beq, not taken", 0xD0FE, 1, 1},
        {"cbz, not taken", 0xB108, 1, 1},
        {"bl", 0xF7FFFFFE, 2, 2},
        {"bx lr", 0x4770, 3, 3},
        {"blx r3", 0x4798, 3, 3},
        {"mov pc, lr", 0x46F7, 3, 3},
        {"tbb [pc, r0]", 0xE8DFF000, 5, 5},
        {"it eq", 0xBF08, 1, 1},
        {"nop", 0xBF00, 1, 1},
        {"mrs r0, msp", 0xF3EF8008, 2, 2},
        {"isb", 0xF3BF8F6F, 3, 3},
    };

    for (size_t n = 0; n < sizeof(list) / sizeof(list[0]); n++) {
        cr_expect_eq(decoded(m3, list[n].raw).cycles, list[n].m3, "%s on the M3", list[n].text);
        cr_expect_eq(decoded(m4, list[n].raw).cycles, list[n].m4, "%s on the M4", list[n].text);
    }
}

Test(cost, m4_dsp_and_floating_point)
{
    static const struct { const char *text; uint32_t raw; unsigned cycles; } list[] = {
        {"smlad", 0xFB213002, 1}, {"umaal", 0xFBE20163, 1}, {"uqadd8", 0xFA81F052, 1},
        {"vadd", 0xEE300A81, 1}, {"vmul", 0xEE200A81, 1}, {"vmla", 0xEE000A81, 3}, {"vfma", 0xEEA00A81, 3},
        {"vdiv", 0xEE800A81, 14}, {"vsqrt", 0xEEB10AE0, 14}, {"vcvt", 0xEEBD0AE0, 1}, {"vcmp", 0xEEB40A60, 1},
        {"vldr s0", 0xED910A01, 2}, {"vldr d0", 0xED910B01, 3}, {"vstr d0", 0xED810B01, 3},
        {"vldm of 4", 0xEC910A04, 5}, {"vpush {d8-d15}", 0xED2D8B10, 17}, {"vmov s, s, r, r", 0xEC421A31, 2},
        {"vmov s, r", 0xEE001A90, 1}, {"vmrs", 0xEEF1FA10, 1},
    };

    for (size_t n = 0; n < sizeof(list) / sizeof(list[0]); n++)
        cr_expect_eq(decoded(m4, list[n].raw).cycles, list[n].cycles, "%s", list[n].text);
}

Test(cost, single_loads_and_stores_pair)
{
    struct insn ldr = decoded(m4, 0x6848), str = decoded(m4, 0x5088), add = decoded(m4, 0x1888);
    uint8_t pipelined = 0;

    cr_expect_eq(cost_pairing(&pipelined, &ldr, true), 0);
    cr_expect_eq(cost_pairing(&pipelined, &str, true), 1);
    cr_expect_eq(cost_pairing(&pipelined, &ldr, true), 1);
    cr_expect_eq(cost_pairing(&pipelined, &add, true), 0);
    cr_expect_eq(cost_pairing(&pipelined, &ldr, true), 0);
}

/* So that the sum over a block does not depend on conditions within it. */
Test(cost, a_skipped_load_still_lets_the_next_one_pair)
{
    struct insn ldr = decoded(m4, 0x6848);
    uint8_t pipelined = 0;

    cr_expect_eq(cost_pairing(&pipelined, &ldr, false), 0);
    cr_expect_eq(cost_pairing(&pipelined, &ldr, true), 1);
    cr_expect_eq(cost_pairing(&pipelined, &ldr, false), 0);
}

Test(cost, what_does_not_pair)
{
    static const uint32_t list[] = {
        0xF8510F04,     /* ldr r0, [r1, #4]! */
        0xF85DFB04,     /* pop {pc} */
        0xF8D1F000,     /* ldr pc, [r1] */
        0xE9D20100,     /* ldrd */
        0xC907,         /* ldm */
        0xE8DFF000,     /* tbb */
        0xED910A01,     /* vldr */
    };

    for (size_t n = 0; n < sizeof(list) / sizeof(list[0]); n++)
        cr_expect_not(decoded(m4, list[n]).pairs, "%08x", list[n]);
}

Test(cost, divide_takes_2_to_12_and_ends_early)
{
    cr_expect_eq(2 + cost_divide(5, 0, false), 2);
    cr_expect_eq(2 + cost_divide(5, 6, false), 2);
    cr_expect_eq(2 + cost_divide(5, 5, false), 4);
    cr_expect_eq(2 + cost_divide(UINT32_MAX, 1, false), 12);
    cr_expect_eq(2 + cost_divide((uint32_t)-5, 6, true), 2);
    cr_expect_eq(2 + cost_divide(0x80000000, 1, true), 12);
    cr_expect_eq(2 + cost_divide(0x80000000, UINT32_MAX, true), 12);
    cr_expect_eq(2 + cost_divide((uint32_t)-16, 1, true), 5);
    for (unsigned n = 0; n < 32; n++)
        cr_expect_leq(2 + cost_divide(1u << n, 1, false), 12u);
}

Test(cost, m3_long_multiplies_end_early)
{
    struct insn smull = decoded(m3, 0xFB820103), umull = decoded(m3, 0xFBA20103);
    struct insn smlal = decoded(m3, 0xFBC20103);

    cr_expect_eq(3 + cost_multiply_long(CPU_CORTEX_M3, &umull, 3, 0xFFFF), 3);
    cr_expect_eq(3 + cost_multiply_long(CPU_CORTEX_M3, &umull, 0x10000, 3), 4);
    cr_expect_eq(3 + cost_multiply_long(CPU_CORTEX_M3, &umull, UINT32_MAX, UINT32_MAX), 5);
    cr_expect_eq(3 + cost_multiply_long(CPU_CORTEX_M3, &smull, UINT32_MAX, UINT32_MAX), 3);
    cr_expect_eq(4 + cost_multiply_long(CPU_CORTEX_M3, &smlal, 1, 1), 4);
    cr_expect_eq(4 + cost_multiply_long(CPU_CORTEX_M3, &smlal, 0x7FFFFFFF, 0x80000000), 7);
    cr_expect_eq(cost_multiply_long(CPU_CORTEX_M4F, &umull, UINT32_MAX, UINT32_MAX), 0);
}

/* ---- flash ---- */

static const struct cpu_fetch_timing waits = {.line_mask = 15, .sequential = 3, .branch = 5, .data = 5};
static const struct cpu_fetch_timing none;

Test(cost, each_flash_line_is_fetched_once)
{
    unsigned total = 0;

    for (uint32_t pc = 0x08000000; pc < 0x08000100; pc += 2)
        total += cost_fetch(&waits, pc, 2);
    cr_expect_eq(total, 16 * waits.sequential);
    cr_expect_eq(cost_fetch(&waits, 0x0800000E, 4), 3);
    cr_expect_eq(cost_fetch(&waits, 0x0800000C, 4), 0);
    cr_expect_eq(cost_fetch(&waits, 0x08000010, 4), 3);
    cr_expect_eq(cost_fetch(&waits, 0, 4), 3);
}

Test(cost, a_branch_lands_once_wherever_in_the_line)
{
    for (uint32_t target = 0x08000000; target < 0x08000010; target += 2)
        cr_expect_eq(cost_landing(&waits, target) + cost_fetch(&waits, target, 2), waits.branch);
}

Test(cost, no_wait_states_cost_nothing)
{
    for (uint32_t pc = 0; pc < 64; pc += 2) {
        cr_expect_eq(cost_fetch(&none, pc, 4), 0);
        cr_expect_eq(cost_landing(&none, pc), 0);
    }
}
