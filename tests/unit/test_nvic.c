/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The registers of NVIC and SCB: Arm ARM B3.2, B3.4. */
#include <criterion/criterion.h>

#include "tests/unit/arm_board.h"

static struct arm_board *b;

static void setup(void)
{
    b = arm_create(CPU_CORTEX_M4F);
}

static void teardown(void)
{
    arm_destroy(b);
}

TestSuite(nvic, .init = setup, .fini = teardown);
TestSuite(scb, .init = setup, .fini = teardown);

/* ---- NVIC ---- */

Test(nvic, only_the_implemented_priority_bits_stick)
{
    arm_write8(b, R_IPR + 5, 0xFF);
    cr_assert_eq(arm_read(b, R_IPR + 4), 0x0000F000);
    arm_write(b, R_IPR + 4, 0x12345678);
    cr_assert_eq(arm_read(b, R_IPR + 4), 0x10305070);
}

Test(nvic, enable_bits_are_set_and_cleared_one_by_one)
{
    arm_write(b, R_ISER, 0x0000F00F);
    arm_write(b, R_ISER, 0x00010000);
    arm_write(b, R_ICER, 0x00001001);
    cr_assert_eq(arm_read(b, R_ISER), 0x0001E00E);
    cr_assert_eq(arm_read(b, R_ICER), 0x0001E00E);
}

Test(nvic, lines_beyond_32_are_in_the_second_registers)
{
    arm_write(b, R_ISER + 4, 0x80);
    arm_write(b, R_ISPR + 4, 0x80);
    cr_assert_eq(arm_read(b, R_ISPR + 4), 0x80);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), 16 + 39);
    cr_assert_eq(arm_read(b, R_IABR + 4), 0x80);
    cr_assert_eq(arm_read(b, R_ISPR + 4), 0);
}

Test(nvic, interrupts_that_the_chip_lacks_read_0_and_are_reported)
{
    arm_write(b, R_ISER + 4, 0xFFFFFFFF);
    cr_assert_eq(arm_read(b, R_ISER + 4), 0xFF);
    cr_assert_gt(b->diags[DIAG_RESERVED], 0);
    arm_write8(b, R_IPR + 40, 0xFF);
    cr_assert_eq(arm_read(b, R_IPR + 40), 0);
}

Test(nvic, the_chip_shows_only_the_registers_of_its_lines)
{
    const struct device *d = machine_device_named(b->m, "NVIC");

    for (unsigned i = 0; i < d->ops->reg_count; i++)
        cr_assert_str_neq(d->ops->regs[i].name, "ISER2");
}

Test(nvic, stir_pends)
{
    arm_write(b, R_STIR, 3);
    cr_assert_eq(arm_read(b, R_ISPR), 8);
    arm_write(b, R_STIR, 40);
    cr_assert_eq(b->diags[DIAG_RESERVED], 1);
}

Test(nvic, raising_a_pending_interrupts_priority_lets_it_preempt)
{
    CODE(b, arm_handler(16), OP_NOP_T1, OP_NOP_T1);
    arm_write(b, R_ISER, 3);
    arm_write(b, R_IPR, 0x00008080);
    arm_write(b, LINES_LEVELS, 3);
    arm_step(b);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), 16);
    arm_write8(b, R_IPR + 1, 0x40);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), 17);
}

/* ---- SCB ---- */

Test(scb, icsr_of_three_nested_priorities)
{
    for (unsigned irq = 0; irq < 3; irq++) {
        CODE(b, arm_handler(16 + irq), OP_NOP_T1, OP_NOP_T1, OP_NOP_T1);
        arm_write8(b, R_IPR + irq, (uint8_t)(0x30 - 0x10 * irq));
    }
    arm_write(b, R_ISER, 7);
    cr_assert_eq(arm_read(b, R_ICSR), 0, "Thread mode: nothing");
    arm_write(b, LINES_LEVELS, 1);
    arm_step(b);
    cr_assert_eq(arm_read(b, R_ICSR), 16 | 1 << 11);
    arm_step(b);
    arm_write(b, LINES_LEVELS, 3);
    cr_assert_eq(arm_read(b, R_ICSR), 16 | 1 << 11 | 17 << 12 | 1 << 22);
    arm_step(b);
    cr_assert_eq(arm_read(b, R_ICSR), 17);
    arm_step(b);
    arm_write(b, LINES_LEVELS, 7);
    arm_step(b);
    cr_assert_eq(arm_read(b, R_ICSR), 18);
    cr_assert_eq(arm_read(b, R_IABR), 7);
}

Test(scb, vectpending_heeds_basepri_and_faultmask_but_not_primask)
{
    arm_write(b, R_ISER, 1);
    arm_write8(b, R_IPR, 0x40);
    arm_set(b, REG_PRIMASK, 1);
    arm_write(b, LINES_LEVELS, 1);
    cr_assert_eq(arm_read(b, R_ICSR) >> 12 & 0x1FF, 16);
    arm_set(b, REG_FAULTMASK, 1);
    cr_assert_eq(arm_read(b, R_ICSR) >> 12 & 0x1FF, 0);
    arm_set(b, REG_FAULTMASK, 0);
    arm_set(b, REG_BASEPRI, 0x40);
    cr_assert_eq(arm_read(b, R_ICSR) >> 12 & 0x1FF, 0);
    cr_assert_eq(arm_read(b, R_ICSR) >> 22 & 1, 1, "ISRPENDING");
}

Test(scb, icsr_sets_and_clears_pendsv_and_systick)
{
    arm_set(b, REG_PRIMASK, 1);
    arm_write(b, R_ICSR, 1 << 28 | 1 << 26);
    cr_assert_eq(arm_read(b, R_ICSR) & 0x1E000000, 1 << 28 | 1 << 26);
    arm_write(b, R_ICSR, 1 << 27 | 1 << 25);
    cr_assert_eq(arm_read(b, R_ICSR) & 0x1E000000, 0);
}

Test(scb, aircr_wants_its_key)
{
    arm_write(b, R_AIRCR, 0x00000300);
    cr_assert_eq(arm_read(b, R_AIRCR), 0xFA050000);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
    arm_write(b, R_AIRCR, 0x05FA0300);
    cr_assert_eq(arm_read(b, R_AIRCR), 0xFA050300);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
}

Test(scb, vectclractive_forgets_active_exceptions)
{
    arm_write(b, R_ISER, 1);
    arm_write(b, LINES_LEVELS, 1);
    arm_step(b);
    arm_write(b, R_AIRCR, 0x05FA0002);
    cr_assert_eq(arm_read(b, R_IABR), 0);
    cr_assert_eq(arm_ipsr(b), 0);
}

Test(scb, vtor_keeps_bits_29_to_7)
{
    arm_write(b, R_VTOR, 0xFFFFFFFF);
    cr_assert_eq(arm_read(b, R_VTOR), 0x3FFFFF80);
}

Test(scb, vectors_come_from_vtor)
{
    arm_write(b, R_VTOR, ARM_RAM);
    arm_write(b, ARM_RAM + 4 * 16, ARM_DATA | 1);
    arm_write(b, R_ISER, 1);
    arm_write(b, LINES_LEVELS, 1);
    arm_step(b);
    cr_assert_eq(arm_reg(b, REG_PC), ARM_DATA);
}

Test(scb, shpr_takes_bytes_and_ignores_reserved_ones)
{
    arm_write(b, R_SHPR1, 0xFFFFFFFF);
    arm_write(b, R_SHPR2, 0xFFFFFFFF);
    arm_write(b, R_SHPR3, 0xFFFFFFFF);
    cr_assert_eq(arm_read(b, R_SHPR1), 0x00F0F0F0);
    cr_assert_eq(arm_read(b, R_SHPR2), 0xF0000000);
    cr_assert_eq(arm_read(b, R_SHPR3), 0xF0F000F0);
    arm_write8(b, R_SHPR3 + 2, 0x20);
    cr_assert_eq(arm_read(b, R_SHPR3), 0xF02000F0);
}

Test(scb, shcsr_bits_are_the_exceptions_state)
{
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    cr_assert_eq(arm_read(b, R_SHCSR), SHCSR_ALL_FAULTS);
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS | 1 << 15);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), 11, "SVCall pended by hand");
    cr_assert_eq(arm_read(b, R_SHCSR), SHCSR_ALL_FAULTS | 1 << 7);
    arm_write(b, R_SHCSR, 0);
    cr_assert_eq(arm_read(b, R_SHCSR), 0);
}

Test(scb, ccr_and_scr_keep_what_exists)
{
    arm_write(b, R_CCR, 0xFFFFFFFF);
    cr_assert_eq(arm_read(b, R_CCR), 0x31B);
    arm_write(b, R_SCR, 0xFFFFFFFF);
    cr_assert_eq(arm_read(b, R_SCR), 0x16);
}

Test(scb, sleep_signals_follow_the_core)
{
    const struct device *scb = machine_device_named(b->m, "SCB");

    CODE(b, ARM_MAIN, OP_WFI_T1, OP_WFI_T1);
    arm_write(b, R_ISER, 1);
    arm_set(b, REG_PRIMASK, 1);
    arm_step(b);
    cr_assert(signal_level(scb, 0) && !signal_level(scb, 1));
    arm_write(b, LINES_LEVELS, 1);
    cr_assert(!signal_level(scb, 0));
    arm_write(b, LINES_LEVELS, 0);
    arm_write(b, R_ICPR, 1);
    arm_write(b, R_SCR, 4);
    arm_step(b);
    cr_assert(signal_level(scb, 0) && signal_level(scb, 1), "SLEEPDEEP");
}

Test(scb, identification)
{
    cr_assert_eq(arm_read(b, R_CPUID), 0x410FC241);
    cr_assert_eq(arm_read(b, 0xE000E004), 1, "ICTR: 40 lines take two registers");
    cr_assert_eq(arm_read(b, 0xE000ED60), 0x01141110, "ID_ISAR0");
    cr_assert_eq(arm_read(b, 0xE000ED68), 0x21232231, "ID_ISAR2 has DSP");
    cr_assert_eq(arm_read(b, 0xE000EF40), 0x10110021, "MVFR0");
    cr_assert_eq(arm_read(b, 0xE000EFE0), 0x0C, "PID0 with FPU");
}

Test(scb, the_rom_table_names_the_chips_maker)
{
    cr_assert_eq(arm_read(b, 0xE00FF000), 0xFFF0F003);
    cr_assert_eq(arm_read(b, 0xE00FFFE0), 0x13);
    cr_assert_eq(arm_read(b, 0xE00FFFE4), 0x04);
    cr_assert_eq(arm_read(b, 0xE00FFFE8), 0x0A);
    cr_assert_eq(arm_read(b, 0xE00FFFD0), 0x00);
}

Test(scb, cortex_m3_has_neither_fpu_nor_mpu)
{
    struct arm_board *m3 = arm_create(CPU_CORTEX_M3);

    arm_write(m3, R_CPACR, 0xF << 20);
    cr_assert_eq(arm_read(m3, R_CPACR), 0);
    cr_assert_eq(arm_read(m3, R_FPCCR), 0);
    cr_assert_eq(arm_read(m3, R_MPU_TYPE), 0);
    arm_write(m3, R_MPU_CTRL, 1);
    cr_assert_eq(arm_read(m3, R_MPU_CTRL), 0);
    cr_assert_eq(arm_read(m3, 0xE000ED68), 0x21112231, "ID_ISAR2 without DSP");
    cr_assert_eq(arm_read(m3, 0xE000EFE0), 0x00);
    cr_assert_eq(arm_read(m3, 0xE00FFFE0), 0xC4, "a chip without an identification of its own");
    arm_destroy(m3);
}

Test(scb, every_word_of_the_system_control_space_answers)
{
    for (uint32_t address = 0xE000E000; address < 0xE000F000; address += 4)
        arm_peek(b, address);
}

Test(scb, looking_changes_nothing)
{
    uint64_t hash;

    arm_write(b, R_SYST_LOAD, 100);
    arm_write(b, R_SYST_CTRL, 7);
    arm_run(b, 250);
    hash = machine_hash(b->m);
    for (unsigned i = 0; i < machine_device_count(b->m); i++) {
        const struct device *d = machine_device(b->m, i);
        for (unsigned reg = 0; reg < d->ops->reg_count; reg++)
            machine_device_peek(b->m, d, reg);
    }
    for (uint32_t address = 0xE000E000; address < 0xE000F000; address += 4)
        arm_peek(b, address);
    cr_assert_eq(machine_hash(b->m), hash);
}
