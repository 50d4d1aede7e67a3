/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The CPU's side of memory: alignment, bus faults, permissions, wait states and watchpoints. */
#include <criterion/criterion.h>

#include "core/arm/mpu.h"
#include "tests/unit/cpu_harness.h"
#include "tests/unit/rig.h"

static void setup(void)
{
    rig_create(CPU_CORTEX_M4F);
    rig_poke(SCB_SHCSR, SHCSR_FAULTS);
    rig_set(1, RIG_DATA);
}

TestSuite(access, .init = setup, .fini = rig_destroy);

enum { MEMMANAGE = 4, BUSFAULT = 5, USAGEFAULT = 6 };
enum { LDR_R0_R1 = 0x6808, STR_R0_R1 = 0x6008, LDRH_R0_R1 = 0x8808, NOP = 0xBF00 };
enum { IACCVIOL = 1, DACCVIOL = 2, IBUSERR = 1 << 8, PRECISERR = 1 << 9, IMPRECISERR = 1 << 10, UNALIGNED = 1 << 24 };

static uint64_t cycles_of(uint16_t code)
{
    uint64_t before;

    rig_code(NOP, code);
    rig_step(1);
    before = rig_now();
    rig_step(1);
    return rig_now() - before;
}

/* ---- alignment ---- */

Test(access, unaligned_words_and_halfwords_work_in_normal_memory)
{
    rig_poke(RIG_DATA, 0x44332211);
    rig_poke(RIG_DATA + 4, 0x88776655);
    for (uint32_t offset = 1; offset < 4; offset++) {
        rig_set(1, RIG_DATA + offset);
        rig_code(LDR_R0_R1);
        rig_step(1);
        cr_expect_eq(rig_reg(0), (uint32_t)(0x8877665544332211u >> (8 * offset)));
    }
    rig_set(0, 0xAABBCCDD);
    rig_set(1, RIG_DATA + 3);
    rig_code(STR_R0_R1);
    rig_step(1);
    cr_expect_eq(rig_peek(RIG_DATA), 0xDD332211);
    cr_expect_eq(rig_peek(RIG_DATA + 4), 0x88AABBCC);
}

Test(access, every_further_part_of_an_unaligned_access_takes_a_cycle)
{
    uint64_t aligned = cycles_of(LDR_R0_R1);

    rig_set(1, RIG_DATA + 2);
    cr_expect_eq(cycles_of(LDR_R0_R1), aligned + 1, "two halfwords");
    rig_set(1, RIG_DATA + 1);
    cr_expect_eq(cycles_of(LDR_R0_R1), aligned + 2, "byte, halfword, byte");
    cr_expect_eq(cycles_of(LDRH_R0_R1), aligned + 1, "two bytes");
}

Test(access, unalign_trp_makes_unaligned_accesses_fault)
{
    rig_poke(SCB_CCR, rig_peek(SCB_CCR) | CCR_UNALIGN_TRP);
    rig_set(1, RIG_DATA + 1);
    rig_code(LDRH_R0_R1);
    rig_step(1);
    cr_expect_eq(rig_exception(), USAGEFAULT);
    cr_expect_eq(rig_peek(SCB_CFSR), UNALIGNED);
}

Test(access, unaligned_accesses_to_device_memory_fault)
{
    rig_set(1, RIG_DEVICE + 2);
    rig_code(LDR_R0_R1);
    rig_step(1);
    cr_expect_eq(rig_peek(SCB_CFSR), UNALIGNED);
}

Test(access, multiple_transfers_must_be_aligned)
{
    rig_set(1, RIG_DATA + 2);
    rig_code(0xC91C);           /* ldmia r1!, {r2-r4} */
    rig_step(1);
    cr_expect_eq(rig_peek(SCB_CFSR), UNALIGNED);
}

Test(access, an_unaligned_load_across_the_end_of_memory_faults_at_the_first_byte_behind_it)
{
    rig_set(0, 7);
    rig_set(1, RIG_SRAM + RIG_SIZE - 2);
    rig_code(LDR_R0_R1);
    rig_step(1);
    cr_expect_eq(rig_exception(), BUSFAULT);
    cr_expect_eq(rig_peek(SCB_BFAR), RIG_SRAM + RIG_SIZE);
    cr_expect_eq(rig_stacked(0), 7);
}

/* ---- bus faults ---- */

Test(access, a_refused_store_is_imprecise_and_the_instruction_completes)
{
    rig_set(1, RIG_NOWHERE);
    rig_code(0xF841, 0x0B04);   /* str r0, [r1], #4 */
    rig_step(2);
    cr_expect_eq(rig_exception(), BUSFAULT);
    cr_expect_eq(rig_peek(SCB_CFSR), IMPRECISERR, "no valid address");
    cr_expect_eq(rig_stacked(6), RIG_CODE + 4);
    cr_expect_eq(rig_stacked(1), RIG_NOWHERE + 4);
}

Test(access, disdefwbuf_makes_a_refused_store_precise)
{
    rig_poke(SCB_ACTLR, ACTLR_DISDEFWBUF);
    rig_set(1, RIG_NOWHERE);
    rig_code(0xF841, 0x0B04);   /* str r0, [r1], #4 */
    rig_step(1);
    cr_expect_eq(rig_peek(SCB_CFSR), PRECISERR | 1 << 15);
    cr_expect_eq(rig_stacked(6), RIG_CODE);
    cr_expect_eq(rig_stacked(1), RIG_NOWHERE);
}

Test(access, stores_to_flash_are_refused)
{
    rig_set(1, RIG_FLASH);
    rig_code(STR_R0_R1);
    rig_step(2);
    cr_expect_eq(rig_peek(SCB_CFSR), IMPRECISERR);
}

Test(access, handlers_that_ignore_bus_faults_read_zero)
{
    rig_poke(SCB_CCR, rig_peek(SCB_CCR) | 1 << 8);      /* BFHFNMIGN */
    rig_set(REG_FAULTMASK, 1);
    rig_set(0, 5);
    rig_set(1, RIG_NOWHERE);
    rig_code(LDR_R0_R1);
    rig_step(1);
    cr_expect_eq(rig_exception(), 0);
    cr_expect_eq(rig_reg(0), 0);
    cr_expect_eq(rig_peek(SCB_CFSR) & PRECISERR, PRECISERR);
}

Test(access, unprivileged_code_cannot_reach_the_private_peripheral_bus)
{
    rig_set(1, SCB_CCR);
    rig_set(REG_CONTROL, 1);
    rig_code(LDR_R0_R1);
    rig_step(1);
    cr_expect_eq(rig_exception(), BUSFAULT);
    cr_expect_eq(rig_peek(SCB_CFSR), PRECISERR | 1 << 15);
}

Test(access, peripherals_and_the_system_region_cannot_be_executed)
{
    rig_set(REG_PC, RIG_DEVICE);
    rig_step(1);
    cr_expect_eq(rig_exception(), MEMMANAGE);
    cr_expect_eq(rig_peek(SCB_CFSR), IACCVIOL);
    cr_expect_eq(rig_stacked(6), RIG_DEVICE);
}

Test(access, execution_from_nowhere_is_a_bus_fault)
{
    rig_set(REG_PC, RIG_NOWHERE);
    rig_step(1);
    cr_expect_eq(rig_exception(), BUSFAULT);
    cr_expect_eq(rig_peek(SCB_CFSR), IBUSERR);
}

Test(access, an_instruction_across_the_end_of_memory_faults)
{
    rig_load(RIG_SRAM + RIG_SIZE - 2, (const uint16_t[]){0xF000}, 1);   /* half of a bl */
    rig_step(1);
    cr_expect_eq(rig_peek(SCB_CFSR), IBUSERR);
}

/* ---- the MPU ---- */

enum { CTRL = 0xE000ED94, RBAR = 0xE000ED9C, RASR = 0xE000EDA0, XN = 1 << 4 };

/* A region of 2^log2 bytes with this AP (and XN). */
static void region(unsigned number, uint32_t base, unsigned log2, unsigned permissions)
{
    rig_poke(RBAR, base | 1 << 4 | number);
    rig_poke(RASR, permissions << 24 | (log2 - 1) << 1 | 1);
}

/* 1 KiB at RIG_DATA; everything else by the default map for privileged code. */
static void protect(unsigned permissions)
{
    region(0, RIG_DATA, 10, permissions);
    rig_poke(CTRL, 5);
}

Test(access, the_mpu_is_asked_although_the_memory_was_accessed_before)
{
    rig_code(LDR_R0_R1, LDR_R0_R1, STR_R0_R1);
    rig_step(1);
    protect(5);                 /* privileged code may read */
    rig_step(1);
    cr_expect_eq(rig_exception(), 0);
    rig_step(1);
    cr_expect_eq(rig_exception(), MEMMANAGE);
    cr_expect_eq(rig_peek(SCB_CFSR), DACCVIOL | 1 << 7);
}

Test(access, unprivileged_loads_are_checked_as_such)
{
    protect(1);                 /* privileged code only */
    rig_code(LDR_R0_R1,
             0xF851, 0x0E00);   /* ldrt r0, [r1] */
    rig_step(1);
    cr_expect_eq(rig_exception(), 0);
    rig_step(1);
    cr_expect_eq(rig_exception(), MEMMANAGE);
}

Test(access, an_access_that_straddles_regions_is_checked_in_parts)
{
    protect(0);
    rig_set(1, RIG_DATA - 2);
    rig_code(LDR_R0_R1);
    rig_step(1);
    cr_expect_eq(rig_exception(), MEMMANAGE);
    cr_expect_eq(rig_peek(0xE000ED34), RIG_DATA, "MMFAR");
}

Test(access, views_end_where_privilege_does)
{
    protect(1);                 /* privileged code only */
    region(1, RIG_CODE, 10, 3); /* everybody */
    region(2, RIG_STACK - 0x400, 10, 3);
    rig_set(2, 1);
    rig_code(LDR_R0_R1,
             0xF382, 0x8814,    /* msr control, r2 */
             LDR_R0_R1);
    rig_step(2);
    cr_expect_eq(rig_exception(), 0);
    rig_step(1);
    cr_expect_eq(rig_exception(), MEMMANAGE);
    cr_expect_eq(rig_stacked(6), RIG_CODE + 6);
}

Test(access, views_of_a_handler_end_with_it)
{
    region(0, RIG_FLASH, 16, 1);                /* privileged code only */
    region(1, RIG_CODE, 10, 3);                 /* everybody */
    region(2, RIG_STACK - 0x400, 10, 3);
    rig_poke(CTRL, 5);
    rig_load(RIG_HANDLER(11), (const uint16_t[]){LDR_R0_R1, 0x4770}, 2);   /* bx lr */
    rig_set(1, RIG_FLASH);
    rig_set(REG_CONTROL, 1);
    rig_code(0xDF00,            /* svc #0 */
             LDR_R0_R1, NOP);
    rig_run(1);
    cr_expect_eq(rig_run(100).kind, STOP_LIMIT);
    cr_expect_eq(rig_exception(), MEMMANAGE);
    cr_expect_eq(rig_peek(SCB_CFSR), DACCVIOL | 1 << 7);
    cr_expect_eq(rig_stacked(6), RIG_CODE + 2);
}

Test(access, faultmask_suspends_the_mpu_and_its_end_brings_it_back)
{
    protect(0);
    rig_code(0xB671,            /* cpsid f */
             LDR_R0_R1,
             0xB661,            /* cpsie f */
             LDR_R0_R1);
    rig_step(3);
    cr_expect_eq(rig_exception(), 0);
    rig_step(1);
    cr_expect_eq(rig_exception(), MEMMANAGE);
}

Test(access, execution_stops_where_a_region_forbids_it)
{
    protect(3 | XN);
    rig_load(RIG_DATA - 4, (const uint16_t[]){NOP, NOP, NOP}, 3);
    rig_set(REG_PC, RIG_DATA - 4);
    rig_step(2);
    cr_expect_eq(rig_exception(), 0);
    rig_step(1);
    cr_expect_eq(rig_peek(SCB_CFSR), IACCVIOL);
    cr_expect_eq(rig_stacked(6), RIG_DATA);
}

/* Everything that mpu_check can say about an address. */
static unsigned answers(const struct cpu *c, uint32_t address)
{
    unsigned answer = 0;

    for (unsigned kind = 0; kind < 8; kind++)
        answer |= (unsigned)mpu_check(c, address, kind & 1, kind & 2, kind & 4) << kind;
    return answer;
}

Test(access, an_mpu_stretch_has_one_answer)
{
    static struct bare_cpu b;
    static struct mpu mpu;
    uint32_t x = 1, base, last;

    bare_init(&b);
    b.cpu.mpu = &mpu;
    mpu.reg[MPU_CTRL] = 7;      /* on, at every priority, with the default map behind it */
    for (unsigned round = 0; round < 20000; round++) {
        for (unsigned i = 0; i < MPU_REGIONS; i++) {
            x = x * 1664525 + 1013904223;
            mpu.rasr[i] = (x & 0x1700FF01) | (4 + (x >> 16) % 10) << 1;     /* 32 bytes to 16 KiB */
            x = x * 1664525 + 1013904223;
            mpu.rbar[i] = 0x20000000 | (x >> 8 & 0x7FE0);
        }
        uint32_t address = 0x20000000 | (x >> 4 & 0x7FFF);
        mpu_stretch(&b.cpu, address, &base, &last);
        cr_assert(base <= address && address <= last && !(base & 31) && (last & 31) == 31);
        for (uint32_t probe = base; probe < 0x20010000 && probe <= last; probe += 32)
            cr_assert_eq(answers(&b.cpu, probe), answers(&b.cpu, address), "%08x and %08x", probe, address);
    }
}

/* ---- devices ---- */

Test(access, a_device_is_read_once_per_load)
{
    rig_set(1, RIG_DEVICE);
    rig_code(0x6848, 0x6848);   /* ldr r0, [r1, #4] twice */
    rig_step(2);
    cr_expect_eq(rig_reg(0), 1);
}

Test(access, the_bit_band_alias_changes_one_bit)
{
    rig_poke(RIG_DATA, 0xF0);
    rig_set(1, 0x22000000 + (RIG_DATA - RIG_SRAM) * 32 + 3 * 4);
    rig_set(0, 1);
    rig_code(STR_R0_R1);
    rig_step(1);
    cr_expect_eq(rig_peek(RIG_DATA), 0xF8);
    rig_set(1, 0x22000000 + (RIG_DATA - RIG_SRAM) * 32 + 4 * 4);
    rig_code(LDR_R0_R1);
    rig_step(1);
    cr_expect_eq(rig_reg(0), 1);
}

Test(access, data_in_flash_waits)
{
    uint64_t quick;

    rig_set(1, RIG_FLASH);
    quick = cycles_of(LDR_R0_R1);
    cr_expect_eq(cycles_of(LDR_R0_R1), quick, "first and later accesses cost the same");
    rig_wait_states(15, 0, 0, 5);
    cr_expect_eq(cycles_of(LDR_R0_R1), quick + 5);
    rig_set(1, RIG_DATA);
    cr_expect_eq(cycles_of(LDR_R0_R1), quick, "RAM does not");
}

/* ---- watchpoints ---- */

static struct stop watch_and_run(enum access_kind kind, uint32_t address, uint32_t size)
{
    machine_watch_add(rig_machine(), kind, address, size);
    return rig_run(100);
}

Test(access, a_write_watchpoint_stops_before_the_write_and_is_passed_on_resume)
{
    struct stop stop;

    rig_set(0, 9);
    rig_code(NOP, STR_R0_R1, 0xE7FE);
    stop = watch_and_run(ACCESS_WRITE, RIG_DATA, 4);
    cr_expect_eq(stop.kind, STOP_WATCH);
    cr_expect_eq(stop.address, RIG_DATA);
    cr_expect_eq(stop.access, ACCESS_WRITE);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 2);
    cr_expect_eq(rig_peek(RIG_DATA), 0);
    cr_expect_eq(rig_run(100).kind, STOP_LIMIT);
    cr_expect_eq(rig_peek(RIG_DATA), 9);
}

Test(access, a_write_that_changes_nothing_is_not_reported)
{
    rig_poke(RIG_DATA, 9);
    rig_set(0, 9);
    rig_code(STR_R0_R1, 0xE7FE);
    cr_expect_eq(watch_and_run(ACCESS_WRITE, RIG_DATA, 4).kind, STOP_LIMIT);
}

Test(access, an_access_watchpoint_sees_reads_and_all_writes)
{
    rig_code(LDR_R0_R1, STR_R0_R1, 0xE7FE);
    cr_expect_eq(watch_and_run(ACCESS_ANY, RIG_DATA, 4).kind, STOP_WATCH);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE);
    cr_expect_eq(rig_run(100).kind, STOP_WATCH);
    cr_expect_eq(rig_reg(REG_PC), RIG_CODE + 2);
}

Test(access, a_read_watchpoint_ignores_writes)
{
    rig_set(0, 1);
    rig_code(STR_R0_R1, 0xE7FE);
    cr_expect_eq(watch_and_run(ACCESS_READ, RIG_DATA, 4).kind, STOP_LIMIT);
}

Test(access, a_watched_word_inside_a_list_stops_before_the_first_word)
{
    rig_set(2, 2);
    rig_set(3, 3);
    rig_set(4, 4);
    rig_code(0xC11C);           /* stmia r1!, {r2-r4} */
    cr_expect_eq(watch_and_run(ACCESS_WRITE, RIG_DATA + 8, 4).kind, STOP_WATCH);
    cr_expect_eq(rig_peek(RIG_DATA), 0);
    cr_expect_eq(rig_reg(1), RIG_DATA);
    rig_step(1);
    cr_expect_eq(rig_peek(RIG_DATA + 8), 4);
    cr_expect_eq(rig_reg(1), RIG_DATA + 12);
}

Test(access, a_write_through_the_bit_band_alias_reaches_the_watchpoint_of_its_target)
{
    rig_set(0, 1);
    rig_set(1, 0x22000000 + (RIG_DATA - RIG_SRAM) * 32);
    rig_code(STR_R0_R1, 0xE7FE);
    cr_expect_eq(watch_and_run(ACCESS_WRITE, RIG_DATA, 4).kind, STOP_WATCH);
    cr_expect_eq(rig_run(100).kind, STOP_LIMIT);
    cr_expect_eq(rig_peek(RIG_DATA), 1);
}

Test(access, a_byte_beside_the_watched_one_does_not_stop)
{
    rig_set(0, 1);
    rig_code(0x7008, 0xE7FE);   /* strb r0, [r1] */
    cr_expect_eq(watch_and_run(ACCESS_WRITE, RIG_DATA + 1, 1).kind, STOP_LIMIT);
}
