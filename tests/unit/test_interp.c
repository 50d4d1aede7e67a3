/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop: decode cache, time, limits, steps and breakpoints. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "tests/unit/rig.h"

static void setup(void)
{
    rig_create(CPU_CORTEX_M4F);
    rig_poke(SCB_SHCSR, SHCSR_FAULTS);
    rig_set(1, RIG_DATA);
}

TestSuite(interp, .init = setup, .fini = rig_destroy, .timeout = 120);

enum { NOP = 0xBF00, LOOP = 0xE7FE, MOVS_R0_1 = 0x2001, MOVS_R0_2 = 0x2002 };

Test(interp, code_that_rewrites_the_next_instruction_executes_the_new_one)
{
    rig_set(2, MOVS_R0_2);
    rig_set(3, RIG_CODE + 4);
    rig_code(NOP, 0x801A,       /* strh r2, [r3] */
             MOVS_R0_1, LOOP);
    rig_step(3);
    cr_expect_eq(rig_reg(0), 2);
    rig_set(REG_PC, RIG_CODE + 4);
    rig_set(2, MOVS_R0_1);
    rig_load(RIG_CODE + 2, (const uint16_t[]){0x801A}, 1);
    rig_step(2);
    cr_expect_eq(rig_reg(0), 1);
}

Test(interp, the_second_half_of_an_instruction_can_be_rewritten)
{
    rig_code(0xF240, 0x0001);   /* movw r0, #1 */
    rig_step(1);
    cr_expect_eq(rig_reg(0), 1);
    rig_poke(RIG_CODE, 0x0002F240);
    rig_set(REG_PC, RIG_CODE);
    rig_step(1);
    cr_expect_eq(rig_reg(0), 2);
}

Test(interp, the_last_halfword_of_a_memory_executes)
{
    rig_load(RIG_SRAM + RIG_SIZE - 4, (const uint16_t[]){MOVS_R0_1, 0x4770}, 2);    /* bx lr */
    rig_set(REG_LR, RIG_CODE | 1);
    rig_step(2);
    cr_expect_eq(rig_reg(0), 1);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE);
}

Test(interp, places_that_share_a_slot_of_the_cache_do_not_mix)
{
    static const uint16_t a[] = {MOVS_R0_1, 0x4718}, b[] = {0x3101, 0x4720};    /* bx r3; adds r1, #1; bx r4 */

    rig_set(1, 0);
    rig_set(3, RIG_SRAM + 0x8000 + 1);
    rig_set(4, RIG_SRAM + 1);
    rig_load(RIG_SRAM + 0x8000, b, 2);
    rig_load(RIG_SRAM, a, 2);
    rig_step(12);
    cr_expect_eq(rig_reg(0), 1);
    cr_expect_eq(rig_reg(1), 3);
}

Test(interp, a_run_ends_at_the_first_boundary_at_or_behind_its_limit)
{
    uint64_t start = rig_now();

    rig_code(NOP, NOP, NOP, LOOP);
    rig_run(2);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 4);
    cr_expect_eq(rig_now(), start + 2);
    rig_set(2, 1);
    rig_code(0xFB90, 0xF0F2,    /* sdiv r0, r0, r2: at least two cycles */
             NOP);
    rig_run(1);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 4);
}

Test(interp, one_run_or_many_short_ones_or_steps_give_the_same_machine)
{
    static const uint16_t code[] = {
        0x2064,                 /* movs r0, #100 */
        0x6008, 0x680A, 0x1811, /* loop: str r0, [r1]; ldr r2, [r1]; adds r1, r2, r0 */
        0xF001, 0x017C, 0xF501, 0x5100, 0xF101, 0x5100, /* and r1, #0x7c; add r1, #0x2000; add r1, #0x20000000 */
        0x3801, 0xD1F5,         /* subs r0, #1; bne loop */
        LOOP};
    uint64_t in_one, in_runs, end = rig_now() + 2000;

    rig_load(RIG_CODE, code, sizeof code / 2);
    rig_run(2000);
    in_one = machine_hash(rig_machine());
    setup();
    rig_load(RIG_CODE, code, sizeof code / 2);
    while (rig_now() < end)
        rig_run(1);
    in_runs = machine_hash(rig_machine());
    cr_expect_eq(in_runs, in_one);
    setup();
    rig_load(RIG_CODE, code, sizeof code / 2);
    while (rig_now() < end)
        rig_step(1);
    cr_expect_eq(machine_hash(rig_machine()), in_one);
}

Test(interp, a_saved_state_runs_on_as_the_original_did)
{
    void *state = malloc(machine_state_size(rig_machine()));
    uint64_t end;

    rig_set(0, 0);
    rig_code(0x3001, 0x6008, 0xE7FC);   /* adds r0, #1; str r0, [r1]; b start */
    rig_run(101);
    machine_save(rig_machine(), state);
    rig_run(500);
    end = machine_hash(rig_machine());
    machine_restore(rig_machine(), state);
    rig_run(500);
    cr_expect_eq(machine_hash(rig_machine()), end);
    free(state);
}

Test(interp, only_completed_instructions_are_counted)
{
    uint64_t before = machine_instructions(rig_machine());

    rig_set(1, RIG_NOWHERE);
    rig_code(NOP, 0x6808);      /* ldr r0, [r1] */
    rig_step(2);
    cr_expect_eq(rig_exception(), 5);
    cr_expect_eq(machine_instructions(rig_machine()), before + 1);
}

Test(interp, paired_loads_overlap_even_across_two_runs)
{
    uint64_t start, first, second;

    rig_code(NOP, 0x6808, 0x684A, NOP);     /* ldr r0, [r1]; ldr r2, [r1, #4] */
    rig_step(1);
    start = rig_now();
    rig_step(1);
    first = rig_now() - start;
    rig_step(1);
    second = rig_now() - start - first;
    cr_expect_eq(first, 2);
    cr_expect_eq(second, 1);
}

Test(interp, flash_wait_states_are_paid_per_line_and_per_landing)
{
    static const uint16_t code[] = {NOP, NOP, NOP, NOP, NOP, NOP, NOP, NOP, NOP, 0xE7F5};   /* b start */

    uint64_t start = rig_now();

    rig_wait_states(15, 3, 7, 0);
    rig_load(RIG_FLASH + 0x1000, code, sizeof code / 2);
    rig_step(1);
    cr_expect_eq(rig_now(), start + 1 + 3, "the first byte of a line");
    rig_step(7);
    cr_expect_eq(rig_now(), start + 4 + 7);
    rig_step(1);
    cr_expect_eq(rig_now(), start + 11 + 1 + 3);
    rig_step(1);
    cr_expect_eq(rig_now(), start + 15 + 2 + 7 - 3, "the landing, less what the target's line will take");
}

/* ---- breakpoints and steps ---- */

Test(interp, a_breakpoint_stops_before_its_instruction_and_is_passed_on_resume)
{
    struct stop stop;

    rig_code(NOP, MOVS_R0_1, NOP, LOOP);
    machine_break_add(rig_machine(), BREAK_HARDWARE, RIG_CODE + 2);
    stop = rig_run(100);
    cr_expect_eq(stop.kind, STOP_BREAKPOINT);
    cr_expect_eq(stop.address, RIG_CODE + 2);
    cr_expect_eq(stop.breakpoint_kind, BREAK_HARDWARE);
    cr_expect_eq(rig_reg(0), 0);
    cr_expect_eq(rig_run(100).kind, STOP_LIMIT);
    cr_expect_eq(rig_reg(0), 1);
}

Test(interp, a_breakpoint_in_a_loop_stops_every_time)
{
    rig_code(0x3001, 0xE7FD);   /* adds r0, #1; b start */
    machine_break_add(rig_machine(), BREAK_SOFTWARE, RIG_CODE);
    rig_run(100);
    for (unsigned n = 1; n < 4; n++) {
        cr_expect_eq(rig_run(100).kind, STOP_BREAKPOINT);
        cr_expect_eq(rig_reg(0), n);
    }
    machine_break_remove(rig_machine(), BREAK_SOFTWARE, RIG_CODE);
    cr_expect_eq(rig_run(100).kind, STOP_LIMIT);
}

Test(interp, a_breakpoint_stops_where_the_debugger_or_a_reset_moves_the_pc_to)
{
    rig_code(NOP, MOVS_R0_1, NOP, LOOP);
    machine_break_add(rig_machine(), BREAK_HARDWARE, RIG_CODE + 2);
    machine_break_add(rig_machine(), BREAK_HARDWARE, RIG_CODE + 4);
    rig_run(100);
    machine_set_reg(rig_machine(), REG_PC, RIG_CODE + 4);
    cr_expect_eq(rig_run(100).kind, STOP_BREAKPOINT);
    cr_expect_eq(rig_run(100).kind, STOP_LIMIT);
    machine_set_reg(rig_machine(), REG_PC, RIG_CODE + 2);
    cr_expect_eq(rig_run(100).kind, STOP_BREAKPOINT);
    machine_reset(rig_machine(), RESET_SYSTEM);
    machine_break_add(rig_machine(), BREAK_HARDWARE, rig_reg(REG_PC));
    cr_expect_eq(rig_run(100).kind, STOP_BREAKPOINT);
}

Test(interp, breakpoints_cost_no_guest_time)
{
    uint64_t without;

    rig_code(0x3001, 0xE7FD);
    rig_run(1000);
    without = machine_hash(rig_machine());
    setup();
    machine_break_add(rig_machine(), BREAK_SOFTWARE, RIG_CODE + 0x100);
    machine_watch_add(rig_machine(), ACCESS_WRITE, RIG_DATA + 0x100, 4);
    rig_code(0x3001, 0xE7FD);
    rig_run(1000);
    cr_expect_eq(machine_hash(rig_machine()), without);
}

Test(interp, a_step_over_a_breakpoint_executes_it)
{
    rig_code(MOVS_R0_1, MOVS_R0_2);
    machine_break_add(rig_machine(), BREAK_SOFTWARE, RIG_CODE);
    cr_expect_eq(machine_step(rig_machine(), false).kind, STOP_STEP);
    cr_expect_eq(rig_reg(0), 1);
}

Test(interp, a_pending_interrupt_is_a_step_of_its_own)
{
    rig_poke(0xE000E100, 1);    /* ISER0: interrupt 0 */
    rig_poke(0xE000E200, 1);    /* ISPR0 */
    rig_code(MOVS_R0_1);
    rig_step(1);
    cr_expect_eq(rig_exception(), 16);
    cr_expect_eq(rig_reg(REG_PC), RIG_HANDLER(16));
    cr_expect_eq(rig_stacked(6), RIG_CODE);
    cr_expect_eq(rig_reg(0), 0);
}

Test(interp, an_interrupt_comes_after_the_instruction_that_pends_it)
{
    rig_poke(0xE000E100, 1);
    rig_set(0, 1);
    rig_set(1, 0xE000E200);
    rig_code(0x6008,            /* str r0, [r1] */
             MOVS_R0_2);
    rig_run(2);
    rig_run(1);
    cr_expect_eq(rig_exception(), 16);
    cr_expect_eq(rig_stacked(6), RIG_CODE + 2);
    cr_expect_eq(rig_stacked(0), 1);
}

Test(interp, an_exception_return_and_its_instruction_are_one_step)
{
    rig_code(0xDF00, MOVS_R0_1);        /* svc #0 */
    rig_load(RIG_HANDLER(11), (const uint16_t[]){0x4770}, 1);   /* bx lr */
    rig_set(REG_PC, RIG_CODE);
    rig_step(2);
    cr_expect_eq(rig_exception(), 11);
    rig_step(1);
    cr_expect_eq(rig_exception(), 0);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 2);
}

Test(interp, a_core_that_locked_up_lets_time_pass)
{
    rig_poke(SCB_SHCSR, 0);
    rig_load(RIG_HANDLER(3), (const uint16_t[]){0xDE00}, 1);    /* udf in the HardFault handler */
    rig_code(0xDE00);
    cr_expect_eq(rig_run(1000).kind, STOP_LOCKUP);
    cr_expect_eq(rig_reg(REG_PC), RIG_HANDLER(3));
    cr_expect_eq(rig_run(1000).kind, STOP_LIMIT);
    cr_expect_geq(rig_now(), 1000);
}

/* ---- random code: every way of running it gives the same machine ---- */

static uint32_t random_word(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 32);
}

/* A fresh machine with random instructions, and registers that mostly point somewhere sensible. */
static void random_machine(uint64_t seed)
{
    static const uint32_t places[] = {RIG_DATA, RIG_FLASH, RIG_DEVICE, RIG_CODE, 0xE000ED00, 0x22000000,
                                      RIG_SRAM + RIG_SIZE - 16, RIG_NOWHERE};
    uint16_t code[512];

    setup();
    rig_poke(SCB_CPACR, CPACR_FPU);
    if (seed & 1)
        rig_wait_states(15, 1, 2, 3);
    for (unsigned i = 0; i < 512; i++)
        code[i] = (uint16_t)(random_word(&seed) | (i % 5 == 0 ? 0xE800 : 0));
    rig_load(RIG_FLASH + 0x2000, code, 512);
    rig_load(RIG_CODE, code, 512);
    for (unsigned r = 0; r < 13; r++)
        rig_set(r, places[random_word(&seed) % 8] + (random_word(&seed) & 0xFF));
    if (seed & 2)
        rig_set(REG_PC, RIG_FLASH + 0x2000);
}

enum { RANDOM_CYCLES = 600 };

static uint64_t by_steps(uint64_t end)
{
    vtime next;

    while (rig_now() < end && !machine_asleep(rig_machine(), &next))
        rig_step(1);
    if (rig_now() < end)
        rig_run(end - rig_now());
    return machine_hash(rig_machine());
}

static uint64_t by_short_runs(uint64_t end)
{
    void *state = malloc(machine_state_size(rig_machine()));

    while (rig_now() < end) {
        rig_run(end - rig_now() < 7 ? end - rig_now() : 7);
        machine_save(rig_machine(), state);
        machine_restore(rig_machine(), state);
    }
    free(state);
    return machine_hash(rig_machine());
}

/* Without views of memory, and with a look at every instruction. */
static uint64_t with_stops_armed(uint64_t end)
{
    machine_watch_add(rig_machine(), ACCESS_ANY, 0x1FFF0000, 4);
    machine_break_add(rig_machine(), BREAK_HARDWARE, 0x1FFF0000);
    rig_run(end - rig_now());
    return machine_hash(rig_machine());
}

Test(interp, random_code_runs_alike_in_one_run_in_steps_with_restores_and_with_stops_armed)
{
    static uint64_t (*const ways[])(uint64_t end) = {by_steps, by_short_runs, with_stops_armed};

    for (uint64_t seed = 0; seed < 150; seed++) {
        uint64_t end, plain;
        random_machine(seed);
        end = rig_now() + RANDOM_CYCLES;
        if (rig_run(RANDOM_CYCLES).kind != STOP_LIMIT)
            continue;               /* locked up */
        plain = machine_hash(rig_machine());
        for (unsigned way = 0; way < 3; way++) {
            random_machine(seed);
            cr_assert_eq(ways[way](end), plain, "seed %u, way %u", (unsigned)seed, way);
        }
    }
}
