/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The translator beside the interpreter where accesses must ask: the debugger's watchpoints, the MPU, code
 * without privilege, and the guest's own comparators (I7).
 */
#include <criterion/criterion.h>
#include <sys/resource.h>

#include "tests/unit/engine_pair.h"

enum {
    HANDLER = FLASH + 0x800, DATA = RAM + 0x1000,
    DEMCR = 0xE000EDFC, DWT_COMP0 = 0xE0001020, FPB_CTRL = 0xE0002000, SHCSR = 0xE000ED24, CPACR = 0xE000ED88,
    MPU_CTRL = 0xE000ED94, MPU_RBAR = 0xE000ED9C, MPU_RASR = 0xE000EDA0,
    MPU_VALID = 0x10, MPU_ON = 1, AP_NONE = 0, AP_PRIVILEGED = 1 << 24, AP_ALL = 3 << 24, AP_READ = 6 << 24,
    XN = 1 << 28
};

TestSuite(jit_guard, .init = pair_setup, .fini = pair_teardown);

static void region(unsigned n, uint32_t base, unsigned size_log2, uint32_t attributes)
{
    pair_poke(MPU_RBAR, base | MPU_VALID | n);
    pair_poke(MPU_RASR, attributes | (size_log2 - 1) << 1 | MPU_ON);
}

/* Short runs and long ones; how many of them a watchpoint or breakpoint ended. */
static unsigned run_through(const char *what)
{
    unsigned stops = 0;

    for (unsigned n = 1; n < 150; n++) {
        stops += pair_run(n % 3 ? n : 7).kind != STOP_LIMIT;
        expect_same(what);
    }
    return stops;
}

/* ---- the debugger's watchpoints ---- */

/* Every way to reach memory, over addresses that sink. */
static const uint16_t walk[] = {
    0x6020,         /* str r0, [r4, #0] */
    0x6861,         /* ldr r1, [r4, #4] */
    0x3001,         /* adds r0, #1 */
    0xE9D4, 0x2302, /* ldrd r2, r3, [r4, #8] */
    0x8220,         /* strh r0, [r4, #16] */
    0xC403,         /* stmia r4!, {r0, r1} */
    0xE914, 0x000C, /* ldmdb r4, {r2, r3} */
    0xE92D, 0x0FFF, /* push {r0-r7, r8-r11} */
    0x5D66,         /* ldrb r6, [r4, r5] */
    0xF804, 0x0D01, /* strb r0, [r4, #-1]! */
    0xE8BD, 0x0FFF, /* pop {r0-r7, r8-r11} */
    0xED04, 0x0A03, /* vstr s0, [r4, #-12] */
    0xED54, 0x0A02, /* vldr s1, [r4, #-8] */
    0x4F02,         /* ldr r7, [pc, #8] */
    0x3C0C,         /* subs r4, #12 */
    0xE7E8,         /* b .-44 */
};

static void begin_walk(void)
{
    pair_begin(CODE, walk, sizeof walk);
    pair_poke(CPACR, 0xF << 20);
    pair_set(REG_R0 + 4, DATA);
    pair_set(REG_R0 + 5, 3);
    pair_run(200);
}

static const enum access_kind kinds[] = {ACCESS_READ, ACCESS_WRITE, ACCESS_ANY, ACCESS_EVERY_WRITE};

Test(jit_guard, watchpoints_of_each_kind_and_size_are_hit)
{
    for (unsigned kind = 0; kind < 4; kind++)
        for (uint32_t size = 1; size <= 64; size *= 8) {
            begin_walk();
            pair_watch(kinds[kind], DATA - 100, size, true);
            cr_expect(run_through("watch") > 0, "kind %d, %u bytes", kinds[kind], size);
            pair_watch(kinds[kind], DATA - 100, size, false);
            cr_expect_eq(run_through("unwatched"), 0);
        }
}

Test(jit_guard, watchpoints_on_the_stack_and_on_constants)
{
    begin_walk();
    pair_watch(ACCESS_ANY, TOP - 24, 1, true);
    cr_expect(run_through("stack") > 0);
    pair_watch(ACCESS_ANY, TOP - 24, 1, false);
    pair_watch(ACCESS_READ, CODE + 52, 1, true);
    cr_expect(run_through("constant") > 0);
}

static const uint16_t neighbour[] = {
    0x6821,         /* ldr r1, [r4] */
    0x3101,         /* adds r1, #1 */
    0x6021,         /* str r1, [r4] */
    0x6420,         /* str r0, [r4, #64] */
    0x6C62,         /* ldr r2, [r4, #68] */
    0xF884, 0x1061, /* strb r1, [r4, #97] */
    0xF8B4, 0x3060, /* ldrh r3, [r4, #96] */
    0xE7F5,         /* b .-18 */
};

Test(jit_guard, what_lies_beside_a_watchpoint_does_not_stop)
{
    pair_begin(CODE, neighbour, sizeof neighbour);
    pair_set(REG_R0 + 4, DATA);
    pair_watch(ACCESS_WRITE, DATA + 4, 4, true);
    pair_watch(ACCESS_ANY, DATA + 95, 1, true);
    cr_expect_eq(run_through("beside"), 0);
    pair_watch(ACCESS_WRITE, DATA + 64, 4, true);   /* r0 stays the same: no change */
    cr_expect_eq(run_through("unchanged"), 0);
    pair_set(REG_R0, 77);
    cr_expect_eq(run_through("changed once"), 1);
    pair_watch(ACCESS_WRITE, DATA + 97, 1, true);
    cr_expect(run_through("changes") > 10);
}

Test(jit_guard, watchpoint_on_the_target_of_a_bit_band_alias)
{
    pair_begin(CODE, neighbour, sizeof neighbour);
    pair_set(REG_R0 + 4, 0x22000000 + 0x1000 * 32);
    pair_run(100);
    pair_watch(ACCESS_WRITE, DATA, 1, true);
    cr_expect(run_through("alias") > 10);
}

Test(jit_guard, watchpoint_on_a_device)
{
    pair_begin(CODE, neighbour, sizeof neighbour);
    pair_set(REG_R0 + 4, PROBE_PLAIN);
    pair_run(100);
    pair_watch(ACCESS_READ, PROBE_PLAIN, 4, true);
    cr_expect(run_through("device") > 10);
}

#ifndef __SANITIZE_ADDRESS__    /* which needs more room itself */
Test(jit_guard, without_room_for_another_view_such_code_is_interpreted)
{
    const rlim_t one_view = (rlim_t)8 << 30;
    struct rlimit limit;

    begin_walk();
    cr_assert_eq(getrlimit(RLIMIT_AS, &limit), 0);
    limit.rlim_cur = limit.rlim_max < one_view ? limit.rlim_max : one_view;
    cr_assert_eq(setrlimit(RLIMIT_AS, &limit), 0);
    pair_watch(ACCESS_WRITE, DATA - 100, 8, true);
    cr_expect(run_through("no room") > 0);
    pair_watch(ACCESS_WRITE, DATA - 100, 8, false);
    cr_expect_eq(run_through("not needed any more"), 0);
}
#endif

/* ---- the MPU ---- */

/* A pointer that runs into what is forbidden; the handler puts it back. */
static const uint16_t hop[] = {
    0x6020,         /* str r0, [r4] */
    0x3001,         /* adds r0, #1 */
    0x6821,         /* ldr r1, [r4] */
    0x3410,         /* adds r4, #16 */
    0xE7FA,         /* b .-8 */
};
static const uint16_t mend[] = {
    0x4644,         /* mov r4, r8 */
    0x3701,         /* adds r7, #1 */
    0x4770,         /* bx lr */
};

static void begin_hop(void)
{
    pair_load(HANDLER, mend, sizeof mend);
    pair_begin_with(CODE, hop, sizeof hop, HANDLER);
    pair_set(REG_R0 + 4, DATA);
    pair_set(REG_R0 + 8, DATA);
    pair_poke(SHCSR, 7 << 16);
}

static void expect_faults(bool some)
{
    cr_expect_eq(machine_reg(pair[1], (enum cpu_register)(REG_R0 + 7)) > 0, some);
}

Test(jit_guard, faults_come_before_the_access_that_is_forbidden)
{
    static const uint32_t attributes[] = {AP_NONE, AP_READ, AP_PRIVILEGED};

    for (unsigned n = 0; n < 3; n++) {
        begin_hop();
        region(0, DATA + 0x60, 5, attributes[n]);
        pair_poke(MPU_CTRL, 5);
        run_through("region of 32 bytes");
        expect_faults(attributes[n] != AP_PRIVILEGED);
    }
}

Test(jit_guard, without_a_background_all_must_be_permitted)
{
    begin_hop();
    region(0, FLASH, 15, AP_READ);
    region(1, DATA, 7, AP_ALL | XN);
    region(2, TOP - 0x1000, 12, AP_ALL | XN);
    pair_poke(MPU_CTRL, 1);
    run_through("no background");
    expect_faults(true);
}

Test(jit_guard, subregions_are_holes)
{
    begin_hop();
    region(0, DATA, 8, AP_NONE | 0xDF00);
    pair_poke(MPU_CTRL, 5);
    run_through("subregions");
    expect_faults(true);
}

Test(jit_guard, code_without_privilege_has_its_own_permissions)
{
    begin_hop();
    region(0, FLASH, 15, AP_READ);
    region(1, RAM, 15, AP_ALL);
    region(2, DATA + 0x40, 5, AP_PRIVILEGED);
    pair_poke(MPU_CTRL, 5);
    run_through("privileged");
    expect_faults(false);
    pair_set(REG_R0 + 4, DATA);
    pair_set(REG_CONTROL, 1);
    run_through("unprivileged");
    expect_faults(true);
    pair_set(REG_CONTROL, 0);
    run_through("privileged again");
}

Test(jit_guard, a_negative_priority_switches_the_mpu_off)
{
    begin_hop();
    region(0, DATA, 12, AP_NONE);
    pair_poke(MPU_CTRL, 5);
    pair_set(REG_FAULTMASK, 1);
    run_through("FAULTMASK");
    expect_faults(false);
    pair_set(REG_R0 + 4, DATA - 0x20);
    pair_set(REG_FAULTMASK, 0);
    pair_run(60);
    expect_same("back in force");
    expect_faults(true);
}

/* A loop that forbids and permits its own data in turn. */
static const uint16_t switching[] = {
    0x6032,         /* str r2, [r6] */
    0x6020,         /* str r0, [r4] */
    0x405A,         /* eors r2, r3 */
    0x3001,         /* adds r0, #1 */
    0x6821,         /* ldr r1, [r4] */
    0xE7F9,         /* b .-10 */
};
static const uint16_t mend_switch[] = {
    0x461B,         /* mov r3, r3 */
    0x405A,         /* eors r2, r3 */
    0x6032,         /* str r2, [r6] */
    0x3701,         /* adds r7, #1 */
    0x4770,         /* bx lr */
};

Test(jit_guard, regions_change_within_a_loop)
{
    pair_load(HANDLER, mend_switch, sizeof mend_switch);
    pair_begin_with(CODE, switching, sizeof switching, HANDLER);
    pair_poke(SHCSR, 7 << 16);
    region(0, DATA, 5, AP_ALL);
    pair_poke(MPU_CTRL, 5);
    pair_set(REG_R0 + 2, AP_ALL | 4 << 1 | MPU_ON);
    pair_set(REG_R0 + 3, AP_ALL);
    pair_set(REG_R0 + 4, DATA);
    pair_set(REG_R0 + 6, MPU_RASR);
    run_through("switching");
    expect_faults(true);
}

/* A loop that calls code in RAM and forbids and permits to execute or to read that. */
static const uint16_t calls[] = {
    0x47A8,         /* blx r5 */
    0x3001,         /* adds r0, #1 */
    0x6032,         /* str r2, [r6] */
    0x405A,         /* eors r2, r3 */
    0xE7FA,         /* b .-8 */
};
static const uint16_t returns[] = {
    0x3101,         /* adds r1, #1 */
    0x4C01,         /* ldr r4, [pc, #4] */
    0x1864,         /* adds r4, r4, r1 */
    0x4770,         /* bx lr */
    0xBF00,         /* nop */
    0x1234, 0x0000, /* .word 0x1234 */
};

static void begin_calls(void)
{
    pair_load(HANDLER, mend_switch, sizeof mend_switch);
    pair_begin_with(CODE, calls, sizeof calls, HANDLER);
    pair_set(REG_R0 + 6, MPU_RASR);
    pair_poke(SHCSR, 7 << 16);
    pair_poke(MPU_CTRL, 5);
}

Test(jit_guard, code_that_may_be_executed_in_turn)
{
    begin_calls();
    pair_load(RAM_CODE, returns, sizeof returns);
    region(0, RAM_CODE, 5, AP_ALL);
    pair_set(REG_R0 + 2, AP_ALL | XN | 4 << 1 | MPU_ON);
    pair_set(REG_R0 + 3, XN);
    pair_set(REG_R0 + 5, RAM_CODE | 1);
    run_through("XN");
    expect_faults(true);
}

Test(jit_guard, constants_of_the_code_that_may_be_read_in_turn)
{
    const uint32_t at = FLASH + 0x1018;     /* the constant is behind the next multiple of 32 */

    begin_calls();
    pair_load(at, returns, sizeof returns);
    region(0, FLASH + 0x1020, 5, AP_READ);
    pair_set(REG_R0 + 2, 4 << 1 | MPU_ON);
    pair_set(REG_R0 + 3, AP_READ);
    pair_set(REG_R0 + 5, at | 1);
    run_through("constant");
    expect_faults(true);
}

/* ---- the guest's own comparators ---- */

static void begin_compared(bool debugger)
{
    pair_load(HANDLER, mend, sizeof mend);
    pair_begin_with(CODE, neighbour, sizeof neighbour, HANDLER);
    for (unsigned n = 0; n < 2; n++)
        machine_attach_debugger(pair[n], debugger);
    pair_set(REG_R0 + 4, DATA);
    pair_set(REG_R0 + 8, DATA);
    pair_poke(DEMCR, 1 << 24 | 1 << 16);
}

static void compare(unsigned n, uint32_t address, uint32_t mask, uint32_t function)
{
    pair_poke(DWT_COMP0 + 16 * n, address);
    pair_poke(DWT_COMP0 + 16 * n + 4, mask);
    pair_poke(DWT_COMP0 + 16 * n + 8, function);
}

Test(jit_guard, comparators_of_data_report_to_the_guest)
{
    for (uint32_t function = 5; function <= 7; function++) {
        begin_compared(false);
        run_through("before");
        compare(0, DATA + 96, 2, function);
        run_through("function");
        expect_faults(true);
        compare(0, DATA + 96, 2, 0);
        run_through("off");
    }
}

Test(jit_guard, comparators_of_data_stop_for_a_debugger)
{
    begin_compared(true);
    compare(2, DATA + 64, 2, 6);
    cr_expect(run_through("stops") > 10);
}

Test(jit_guard, comparator_of_a_value_at_any_address)
{
    begin_compared(false);
    compare(1, 0x40, 0, 1 << 16 | 1 << 12 | 2 << 10 | 1 << 8 | 7);   /* linked to nobody but itself */
    run_through("value");
    expect_faults(true);
}

/* A debug monitor that passes over the instruction. */
static const uint16_t step_over[] = {
    0x9806,         /* ldr r0, [sp, #24] */
    0x3002,         /* adds r0, #2 */
    0x9006,         /* str r0, [sp, #24] */
    0x3701,         /* adds r7, #1 */
    0x4770,         /* bx lr */
};

Test(jit_guard, breakpoints_of_the_guest_are_met_in_the_middle_of_a_translation)
{
    begin_compared(false);
    pair_load(HANDLER, step_over, sizeof step_over);
    run_through("before");
    pair_poke(FPB_CTRL + 8, (CODE + 4) | 1u << 30 | 1);
    pair_poke(FPB_CTRL, 3);
    run_through("FPB");
    expect_faults(true);
    pair_poke(FPB_CTRL, 2);
    run_through("off");
}

Test(jit_guard, comparator_of_the_pc_reports_behind_its_instruction)
{
    begin_compared(false);
    run_through("before");
    compare(3, CODE + 6, 0, 4);
    run_through("PC");
    expect_faults(true);
}

Test(jit_guard, steps_of_the_debug_monitor)
{
    begin_compared(false);
    run_through("before");
    pair_poke(DEMCR, 1 << 24 | 1 << 18 | 1 << 16);
    run_through("MON_STEP");
    expect_faults(true);
}
