/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory protection unit: Arm ARM B3.5. */
#include <criterion/criterion.h>

#include "core/arm/cpu.h"
#include "core/env.h"
#include "tests/unit/arm_board.h"

enum { ENABLE = 1, HFNMIENA = 2, PRIVDEFENA = 4 };
enum { AP_NONE, AP_PRIV_RW, AP_USER_RO, AP_ALL_RW, AP_PRIV_RO = 5, AP_ALL_RO = 6, XN = 1 << 28 };
enum { SIZE_32 = 4, SIZE_256 = 7, SIZE_4K = 11, SIZE_4G = 31 };

static struct arm_board *b;

static void setup(void)
{
    b = arm_create(CPU_CORTEX_M4F);
}

static void teardown(void)
{
    arm_destroy(b);
}

TestSuite(mpu, .init = setup, .fini = teardown);

static void region(unsigned number, uint32_t base, unsigned size, unsigned ap, uint32_t more)
{
    arm_write(b, R_MPU_RBAR, base | 1 << 4 | number);
    arm_write(b, R_MPU_RASR, ap << 24 | size << 1 | 1 | more);
}

static const struct cpu *cpu(void)
{
    return machine_device(b->m, 0)->env->cpu;
}

/* What the MPU says about an address: "r", "w" and "x" for privileged code, then for unprivileged. */
static const char *access(uint32_t address)
{
    static char text[8];

    for (unsigned user = 0; user < 2; user++) {
        text[4 * user] = mpu_check(cpu(), address, !user, false, false) ? 'r' : '-';
        text[4 * user + 1] = mpu_check(cpu(), address, !user, true, false) ? 'w' : '-';
        text[4 * user + 2] = mpu_check(cpu(), address, !user, false, true) ? 'x' : '-';
        text[4 * user + 3] = user ? '\0' : ' ';
    }
    return text;
}

Test(mpu, off_the_default_map_forbids_execution_of_devices_only)
{
    cr_assert_str_eq(access(0x00000000), "rwx rwx");
    cr_assert_str_eq(access(0x20000000), "rwx rwx");
    cr_assert_str_eq(access(0x40000000), "rw- rw-");
    cr_assert_str_eq(access(0x60000000), "rwx rwx");
    cr_assert_str_eq(access(0x80000000), "rwx rwx");
    cr_assert_str_eq(access(0xA0000000), "rw- rw-");
    cr_assert_str_eq(access(0xC0000000), "rw- rw-");
    cr_assert_str_eq(access(0xE0000000), "rw- rw-");
}

Test(mpu, access_permissions)
{
    static const struct {
        unsigned ap;
        const char *expected;
    } rows[] = {
        {AP_NONE, "--- ---"},   {AP_PRIV_RW, "rwx ---"}, {AP_USER_RO, "rwx r-x"},
        {AP_ALL_RW, "rwx rwx"}, {AP_PRIV_RO, "r-x ---"}, {AP_ALL_RO, "r-x r-x"},
        {7, "r-x r-x"},
    };

    arm_write(b, R_MPU_CTRL, ENABLE | PRIVDEFENA);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        region(0, ARM_DATA, SIZE_32, rows[i].ap, 0);
        cr_assert_str_eq(access(ARM_DATA + 31), rows[i].expected, "AP %u", rows[i].ap);
    }
    region(0, ARM_DATA, SIZE_32, AP_ALL_RW, XN);
    cr_assert_str_eq(access(ARM_DATA), "rw- rw-");
}

Test(mpu, background_is_for_privileged_code_and_only_with_privdefena)
{
    region(0, ARM_DATA, SIZE_32, AP_ALL_RW, 0);
    arm_write(b, R_MPU_CTRL, ENABLE);
    cr_assert_str_eq(access(ARM_DATA + 32), "--- ---");
    arm_write(b, R_MPU_CTRL, ENABLE | PRIVDEFENA);
    cr_assert_str_eq(access(ARM_DATA + 32), "rwx ---");
    cr_assert_str_eq(access(0x40000000), "rw- ---");
}

Test(mpu, the_highest_matching_region_decides)
{
    arm_write(b, R_MPU_CTRL, ENABLE | PRIVDEFENA);
    region(1, ARM_RAM, SIZE_4K, AP_ALL_RW, 0);
    region(6, ARM_RAM + 0x100, SIZE_256, AP_PRIV_RO, 0);
    region(0, ARM_RAM + 0x100, SIZE_256, AP_NONE, 0);
    cr_assert_str_eq(access(ARM_RAM + 0xFF), "rwx rwx");
    cr_assert_str_eq(access(ARM_RAM + 0x100), "r-x ---");
    cr_assert_str_eq(access(ARM_RAM + 0x200), "rwx rwx");
}

Test(mpu, subregions_fall_through_to_the_region_below)
{
    arm_write(b, R_MPU_CTRL, ENABLE | PRIVDEFENA);
    region(0, ARM_RAM, SIZE_4K, AP_ALL_RW, 0);
    region(1, ARM_RAM, SIZE_256, AP_NONE, 0x81 << 8);
    cr_assert_str_eq(access(ARM_RAM), "rwx rwx");
    cr_assert_str_eq(access(ARM_RAM + 0x1F), "rwx rwx");
    cr_assert_str_eq(access(ARM_RAM + 0x20), "--- ---");
    cr_assert_str_eq(access(ARM_RAM + 0xDF), "--- ---");
    cr_assert_str_eq(access(ARM_RAM + 0xE0), "rwx rwx");
}

Test(mpu, small_regions_have_no_subregions)
{
    arm_write(b, R_MPU_CTRL, ENABLE | PRIVDEFENA);
    region(0, ARM_RAM, 6, AP_NONE, 0xFF << 8);
    cr_assert_str_eq(access(ARM_RAM), "--- ---");
}

Test(mpu, a_region_of_4_gib_covers_all_but_the_ppb)
{
    arm_write(b, R_MPU_CTRL, ENABLE);
    region(0, 0, SIZE_4G, AP_PRIV_RW, 0);
    cr_assert_str_eq(access(0x40000000), "rwx ---");
    cr_assert_str_eq(access(0xE000ED00), "rw- rw-", "the default map, whatever regions say");
    cr_assert_str_eq(access(0xE0100000), "rw- ---", "always XN");
}

Test(mpu, hfnmiena_decides_about_negative_priorities)
{
    region(0, ARM_DATA, SIZE_32, AP_NONE, 0);
    arm_write(b, R_MPU_CTRL, ENABLE | PRIVDEFENA);
    arm_set(b, REG_FAULTMASK, 1);
    cr_assert_str_eq(access(ARM_DATA), "rwx rwx");
    arm_write(b, R_MPU_CTRL, ENABLE | PRIVDEFENA | HFNMIENA);
    cr_assert_str_eq(access(ARM_DATA), "--- ---");
    arm_write(b, R_MPU_CTRL, ENABLE | PRIVDEFENA);
    arm_set(b, REG_FAULTMASK, 0);
    arm_pulse(b, CPU_SIGNAL_NMI);
    arm_step(b);
    cr_assert_str_eq(access(ARM_DATA), "rwx rwx");
}

Test(mpu, a_disabled_region_does_not_match)
{
    arm_write(b, R_MPU_CTRL, ENABLE | PRIVDEFENA);
    region(0, ARM_DATA, SIZE_32, AP_NONE, 0);
    arm_write(b, R_MPU_RASR, 0);
    cr_assert_str_eq(access(ARM_DATA), "rwx ---");
}

Test(mpu, rbar_with_valid_selects_its_region)
{
    arm_write(b, R_MPU_RNR, 3);
    arm_write(b, R_MPU_RBAR, 0x20000100);
    arm_write(b, R_MPU_RBAR, 0x20000200 | 1 << 4 | 5);
    cr_assert_eq(arm_read(b, R_MPU_RNR), 5);
    cr_assert_eq(arm_read(b, R_MPU_RBAR), 0x20000205);
    arm_write(b, R_MPU_RNR, 3);
    cr_assert_eq(arm_read(b, R_MPU_RBAR), 0x20000103);
}

Test(mpu, alias_registers_write_four_regions_in_a_row)
{
    for (unsigned i = 0; i < 4; i++) {
        arm_write(b, R_MPU_RBAR + 8 * i, (ARM_RAM + 0x100 * i) | 1 << 4 | i);
        arm_write(b, R_MPU_RASR + 8 * i, 0x03000000 | i << 16 | SIZE_32 << 1 | 1);
    }
    for (unsigned i = 0; i < 4; i++) {
        arm_write(b, R_MPU_RNR, i);
        cr_assert_eq(arm_read(b, R_MPU_RBAR_A1), (ARM_RAM + 0x100 * i) | i);
        cr_assert_eq(arm_read(b, R_MPU_RASR_A1), 0x03000000 | i << 16 | SIZE_32 << 1 | 1);
    }
}

Test(mpu, a_region_that_does_not_exist_is_reported)
{
    arm_write(b, R_MPU_RNR, 8);
    cr_assert_eq(arm_read(b, R_MPU_RNR), 0);
    cr_assert_eq(b->diags[DIAG_RESERVED], 1);
    cr_assert_eq(arm_read(b, R_MPU_TYPE), 0x800);
}

Test(mpu, changing_a_region_while_on_takes_effect_on_the_next_access)
{
    CODE(b, ARM_MAIN, OP_LDR_R0_R1, OP_LDR_R0_R1, OP_STR_R2_R3, OP_LDR_R0_R1);
    CODE(b, arm_handler(3), OP_B_SELF);
    region(0, ARM_DATA, SIZE_32, AP_ALL_RW, 0);
    arm_write(b, R_MPU_CTRL, ENABLE | PRIVDEFENA);
    arm_set(b, REG_R0 + 1, ARM_DATA);
    arm_set(b, REG_R0 + 2, SIZE_32 << 1 | 1);
    arm_set(b, REG_R0 + 3, R_MPU_RASR);
    arm_run(b, 100);
    cr_assert_eq(arm_ipsr(b), 3);
    cr_assert_eq(arm_peek(b, arm_reg(b, REG_SP) + 24), ARM_MAIN + 6);
}

/* The fast path must not go on using a view made before. */
Test(mpu, switching_it_on_takes_effect_on_the_next_access)
{
    CODE(b, ARM_MAIN, OP_LDR_R0_R1, OP_LDR_R0_R1, OP_STR_R2_R3, OP_LDR_R0_R1);
    region(0, ARM_DATA, SIZE_32, AP_NONE, 0);
    arm_set(b, REG_R0 + 1, ARM_DATA);
    arm_set(b, REG_R0 + 2, ENABLE | PRIVDEFENA);
    arm_set(b, REG_R0 + 3, R_MPU_CTRL);
    CODE(b, arm_handler(3), OP_B_SELF);
    arm_run(b, 100);
    cr_assert_eq(arm_ipsr(b), 3);
    cr_assert_eq(arm_read(b, R_MMFAR), ARM_DATA);
    cr_assert_eq(arm_peek(b, arm_reg(b, REG_SP) + 24), ARM_MAIN + 6);
}

Test(mpu, execution_from_a_region_without_permission_faults)
{
    region(0, ARM_RAM, SIZE_4K, AP_ALL_RW, XN);
    arm_write(b, R_MPU_CTRL, ENABLE | PRIVDEFENA);
    arm_write(b, R_SHCSR, SHCSR_ALL_FAULTS);
    CODE(b, ARM_RAM + 0x800, OP_B_SELF);
    arm_set(b, REG_PC, ARM_RAM + 0x800);
    arm_step(b);
    cr_assert_eq(arm_ipsr(b), 4);
    cr_assert_eq(arm_read(b, R_CFSR), 1);
}
