/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The memory protection unit: regions, permissions, sub-regions, and the faults they raise (Arm ARM B3.5). */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/frame.h"

/* What is protected: 1 KB, so that each of eight sub-regions is 128 bytes. */
static __attribute__((aligned(1024))) uint8_t arena[1024];
static __attribute__((aligned(256))) uint32_t guarded_stack[64];
static uint32_t spare_frame[16] __attribute__((aligned(8)));

static struct {
    uint32_t count, exception, cfsr, hfsr, mmfar, exc_return;
} fault;

/* Skips the faulting instruction, a 32-bit one in every test here. */
__attribute__((used)) static void fault_body(struct frame *frame, uint32_t exc_return)
{
    fault.count++;
    fault.exception = READ_SPECIAL("ipsr");
    fault.cfsr = SCB_CFSR;
    fault.hfsr = SCB_HFSR;
    fault.mmfar = SCB_MMFAR;
    fault.exc_return = exc_return;
    SCB_CFSR = fault.cfsr;
    SCB_HFSR = fault.hfsr;
    if (fault.cfsr & CFSR_MLSPERR) {
        MPU_CTRL = 0;           /* the instruction is repeated, and can stack its registers now */
        barrier();
        return;
    }
    if (fault.cfsr & (CFSR_MSTKERR | CFSR_MUNSTKERR)) {
        struct frame *good = (struct frame *)(uintptr_t)spare_frame;
        extern void after_stack_fault(void);
        *good = (struct frame){.pc = (uint32_t)(uintptr_t)after_stack_fault & ~1u, .xpsr = XPSR_T};
        WRITE_SPECIAL("psp", (uint32_t)(uintptr_t)good);
        return;
    }
    frame->pc = fault.cfsr & CFSR_IACCVIOL ? frame->lr & ~1u : frame->pc + 4;
    frame->xpsr |= XPSR_T;
}

FRAME_HANDLER(fault_handler, fault_body)

static void svc_to_privileged(void)
{
    WRITE_SPECIAL("control", READ_SPECIAL("control") & ~CONTROL_NPRIV);
}

static uint32_t read_word(const void *address)
{
    uint32_t value;
    __asm volatile("ldr.w %0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}

static void write_word(void *address, uint32_t value)
{
    __asm volatile("str.w %0, [%1]" : : "r"(value), "r"(address) : "memory");
}

/* Faults (0 or 1) of an access, privileged or not. */
static unsigned read_faults(const void *address, bool privileged)
{
    fault.count = 0;
    if (!privileged)
        WRITE_SPECIAL("control", CONTROL_NPRIV);
    read_word(address);
    if (!privileged)
        __asm volatile("svc #0" : : : "memory");
    return fault.count;
}

static unsigned write_faults(void *address, bool privileged)
{
    fault.count = 0;
    if (!privileged)
        WRITE_SPECIAL("control", CONTROL_NPRIV);
    write_word(address, 1);
    if (!privileged)
        __asm volatile("svc #0" : : : "memory");
    return fault.count;
}

static void set_region(unsigned region, const void *base, uint32_t attributes)
{
    MPU_RBAR = (uint32_t)(uintptr_t)base | MPU_RBAR_VALID(region);
    MPU_RASR = attributes ? attributes | MPU_REGION : 0;
    barrier();
}

static void mpu_control(uint32_t value)
{
    MPU_CTRL = value;
    barrier();
}

/* Code and data for everyone, so that unprivileged code can run at all. */
static void common_regions(void)
{
    set_region(0, (void *)0x00000000, MPU_NORMAL | MPU_AP(3) | MPU_SIZE(29));
    set_region(1, (void *)0x20000000, MPU_NORMAL | MPU_AP(3) | MPU_SIZE(17));
}

static void test_registers(void)
{
    check_eq("type_says_eight_unified_regions", MPU_TYPE, 0x00000800);
    check_eq("off_at_reset", MPU_CTRL, 0);
    MPU_RBAR = 0x20000000 | MPU_RBAR_VALID(5);
    check_eq("rbar_valid_selects_the_region", MPU_RNR, 5);
    check_eq("rbar_reads_base_and_region", MPU_RBAR, 0x20000005);
    MPU_RNR = 2;
    MPU_RBAR = 0x20000400;
    check_eq("rbar_without_valid_uses_rnr", MPU_RBAR, 0x20000402);
    REG32(0xE000EDA4) = 0x20001000 | MPU_RBAR_VALID(6);     /* RBAR_A1 */
    MPU_RNR = 6;
    check_eq("alias_registers_reach_other_regions", MPU_RBAR, 0x20001006);
    for (unsigned region = 0; region < 8; region++)
        set_region(region, NULL, 0);
}

/* ---- the access permission table (B3.5.9) ---- */

static void test_permissions(void)
{
    /* Bit mask of what faults: 1 privileged read, 2 privileged write, 4 unprivileged read, 8 unprivileged write. */
    static const struct {
        const char *name;
        uint8_t ap, faults;
    } rows[] = {
        {"ap_0_no_access", 0, 1 | 2 | 4 | 8},
        {"ap_1_privileged_only", 1, 4 | 8},
        {"ap_2_unprivileged_read_only", 2, 8},
        {"ap_3_full_access", 3, 0},
        {"ap_5_privileged_read_only", 5, 2 | 4 | 8},
        {"ap_6_read_only", 6, 2 | 8},
        {"ap_7_read_only", 7, 2 | 8},
    };
    common_regions();
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_region(3, arena, MPU_NORMAL | MPU_AP(rows[i].ap) | MPU_SIZE(10));
        mpu_control(MPU_ENABLE | MPU_PRIVDEFENA);
        unsigned faults = read_faults(arena, true) | write_faults(arena, true) << 1 |
                          read_faults(arena, false) << 2 | write_faults(arena, false) << 3;
        mpu_control(0);
        check_eq(rows[i].name, faults, rows[i].faults);
    }
}

static void test_data_fault_syndrome(void)
{
    set_region(3, arena, MPU_NORMAL | MPU_AP(6) | MPU_SIZE(10));
    write_word(arena + 0x104, 0);
    mpu_control(MPU_ENABLE | MPU_PRIVDEFENA);
    fault.count = 0;
    write_word(arena + 0x104, 1);
    mpu_control(0);
    check_eq("write_to_read_only_is_memmanage", fault.exception, EXC_MEMMANAGE);
    check_eq("write_to_read_only_cfsr", fault.cfsr, CFSR_DACCVIOL | CFSR_MMARVALID);
    check_eq("write_to_read_only_mmfar", fault.mmfar, (uint32_t)(uintptr_t)arena + 0x104);
    check_eq("faulting_store_does_nothing", arena[0x104], 0);
}

static void test_regions(void)
{
    set_region(3, arena, MPU_NORMAL | MPU_AP(0) | MPU_SIZE(10) | MPU_SRD(0x0A));
    mpu_control(MPU_ENABLE | MPU_PRIVDEFENA);
    unsigned map = 0;
    for (unsigned i = 0; i < 8; i++)
        map |= read_faults(arena + 128 * i, true) << i;
    mpu_control(0);
    check_eq("disabled_sub_regions_do_not_match", map, 0xF5);

    set_region(3, arena, MPU_NORMAL | MPU_AP(0) | MPU_SIZE(10));
    set_region(4, arena + 256, MPU_NORMAL | MPU_AP(3) | MPU_SIZE(8));
    mpu_control(MPU_ENABLE | MPU_PRIVDEFENA);
    map = read_faults(arena + 252, true) | read_faults(arena + 256, true) << 1 |
          read_faults(arena + 508, true) << 2 | read_faults(arena + 512, true) << 3;
    mpu_control(0);
    check_eq("highest_region_number_wins", map, 0x9);
    set_region(4, NULL, 0);

    set_region(3, arena, MPU_NORMAL | MPU_AP(0) | MPU_SIZE(5));
    mpu_control(MPU_ENABLE | MPU_PRIVDEFENA);
    map = read_faults(arena, true) | read_faults(arena + 28, true) << 1 | read_faults(arena + 32, true) << 2;
    mpu_control(0);
    check_eq("smallest_region_is_32_bytes", map, 0x3);
    set_region(3, NULL, 0);

    mpu_control(MPU_ENABLE);
    map = read_faults((const void *)0x40023800, true);      /* RCC: no region covers it */
    mpu_control(0);
    check_eq("no_background_region_without_privdefena", map, 1);
    mpu_control(MPU_ENABLE | MPU_PRIVDEFENA);
    map = read_faults((const void *)0x40023800, true) | read_faults((const void *)0x40023800, false) << 1;
    mpu_control(0);
    check_eq("background_region_is_for_privileged_code_only", map, 2);
    mpu_control(MPU_ENABLE);
    map = read_faults((const void *)&SCB_CCR, true);
    mpu_control(0);
    check_eq("system_space_needs_no_region", map, 0);
}

/* ---- LDRT and STRT ---- */

static void test_unprivileged_access_instructions(void)
{
    set_region(3, arena, MPU_NORMAL | MPU_AP(1) | MPU_SIZE(10));
    mpu_control(MPU_ENABLE | MPU_PRIVDEFENA);
    fault.count = 0;
    __asm volatile("ldrt r0, [%0]" : : "r"(arena) : "r0", "memory");
    __asm volatile("strbt r0, [%0]" : : "r"(arena) : "r0", "memory");
    unsigned faults = fault.count;
    mpu_control(0);
    check_eq("ldrt_and_strbt_are_checked_as_unprivileged", faults, 2);
}

/* ---- execute never ---- */

static void test_execute_never(void)
{
    static const uint16_t code[2] __attribute__((aligned(4))) = {0x4770, 0x4770};   /* bx lr */
    uint32_t *ram_code = (uint32_t *)(uintptr_t)(arena + 64);
    *ram_code = *(const uint32_t *)(const void *)code;
    void (*call)(void) = (void (*)(void))((uintptr_t)ram_code | 1);

    set_region(3, arena, MPU_NORMAL | MPU_AP(3) | MPU_SIZE(10));
    mpu_control(MPU_ENABLE | MPU_PRIVDEFENA);
    fault.count = 0;
    call();
    unsigned before = fault.count;
    mpu_control(0);
    set_region(3, arena, MPU_NORMAL | MPU_AP(3) | MPU_SIZE(10) | MPU_XN);
    mpu_control(MPU_ENABLE | MPU_PRIVDEFENA);
    call();
    mpu_control(0);
    check_eq("code_in_ram_runs", before, 0);
    check_eq("code_in_an_xn_region_faults", fault.count, 1);
    check_eq("xn_fault_is_iaccviol_without_address", fault.cfsr, CFSR_IACCVIOL);
}

/* ---- the MPU and HardFault, NMI and FAULTMASK ---- */

static unsigned faults_under_faultmask(uint32_t control)
{
    mpu_control(control);
    fault.count = 0;
    __asm volatile("cpsid f\n isb" : : : "memory");
    read_word(arena);
    __asm volatile("cpsie f\n isb" : : : "memory");
    mpu_control(0);
    return fault.count;
}

static void test_hfnmiena(void)
{
    set_region(3, arena, MPU_NORMAL | MPU_AP(0) | MPU_SIZE(10));
    check_eq("mpu_is_off_under_faultmask", faults_under_faultmask(MPU_ENABLE | MPU_PRIVDEFENA), 0);
}

/* ---- escalation ---- */

static void test_escalation(void)
{
    SCB_SHCSR &= ~SHCSR_MEMFAULTENA;
    mpu_control(MPU_ENABLE | MPU_PRIVDEFENA);
    read_faults(arena, true);
    mpu_control(0);
    SCB_SHCSR |= SHCSR_MEMFAULTENA;
    check_eq("disabled_memmanage_is_a_hardfault", fault.exception, EXC_HARDFAULT);
    check_eq("disabled_memmanage_is_forced", fault.hfsr, HFSR_FORCED);
    check_eq("disabled_memmanage_keeps_its_syndrome", fault.cfsr, CFSR_DACCVIOL | CFSR_MMARVALID);
}

/* ---- stack guards ---- */

static void svc_nothing(void)
{
}

static void svc_guards_the_stack(void)
{
    mpu_control(MPU_ENABLE | MPU_PRIVDEFENA);
}

/* Thread mode on the process stack at `psp`, then `svc`. The fault handler comes back to after_stack_fault. */
static __attribute__((naked, noinline)) void svc_on_psp(uint32_t psp)
{
    (void)psp;
    __asm volatile("push {r4-r11, lr}\n"
                   "msr psp, r0\n"
                   "movs r0, #2\n"
                   "msr control, r0\n"
                   "isb\n"
                   "svc #0\n"
                   ".global after_stack_fault\n"
                   ".thumb_func\n"
                   "after_stack_fault:\n"
                   "movs r0, #0\n"
                   "msr control, r0\n"
                   "isb\n"
                   "pop {r4-r11, pc}");
}

static void test_stack_guards(void)
{
    uint32_t top = (uint32_t)(uintptr_t)(guarded_stack + 64);

    set_region(3, guarded_stack, MPU_NORMAL | MPU_AP(5) | MPU_SIZE(8));
    vector_set(EXC_SVCALL, svc_nothing);
    mpu_control(MPU_ENABLE | MPU_PRIVDEFENA);
    fault.count = 0;
    svc_on_psp(top);
    mpu_control(0);
    check_eq("stacking_into_a_guard_is_mstkerr", fault.cfsr, CFSR_MSTKERR);
    check_eq("mstkerr_is_memmanage", fault.exception, EXC_MEMMANAGE);

    set_region(3, guarded_stack, MPU_NORMAL | MPU_AP(0) | MPU_SIZE(8));
    vector_set(EXC_SVCALL, svc_guards_the_stack);
    fault.count = 0;
    svc_on_psp(top);
    mpu_control(0);
    check_eq("unstacking_from_a_guard_is_munstkerr", fault.cfsr, CFSR_MUNSTKERR);
    check_eq("munstkerr_is_memmanage", fault.exception, EXC_MEMMANAGE);
    check_eq("munstkerr_exc_return", fault.exc_return, EXC_RETURN_THREAD_PSP);
}

/* ---- lazy stacking into a guard: the fault comes with the handler's first FP instruction ---- */

static volatile uint32_t __attribute__((used)) s1_after;

static void svc_uses_the_fpu_behind_a_guard(void)
{
    mpu_control(MPU_ENABLE | MPU_PRIVDEFENA);
    __asm volatile("vmov.f32 s1, #1.0" : : : "s1");
}

static __attribute__((naked, noinline)) void svc_on_psp_with_fp_context(uint32_t psp)
{
    (void)psp;
    __asm volatile("push {r4, lr}\n"
                   "msr psp, r0\n"
                   "movs r0, #2\n"
                   "msr control, r0\n"
                   "isb\n"
                   "movw r0, #0x5151\n"
                   "vmov s1, r0\n"
                   "svc #0\n"
                   "vmov r4, s1\n"
                   "movs r0, #0\n"
                   "msr control, r0\n"
                   "isb\n"
                   "ldr r0, =s1_after\n"
                   "str r4, [r0]\n"
                   "pop {r4, pc}\n"
                   ".ltorg");
}

static void test_lazy_stacking_fault(void)
{
    SCB_SHPR(EXC_SVCALL) = 0x80;
    set_region(3, guarded_stack, MPU_NORMAL | MPU_AP(0) | MPU_SIZE(8));
    vector_set(EXC_SVCALL, svc_uses_the_fpu_behind_a_guard);
    fault.count = 0;
    svc_on_psp_with_fp_context((uint32_t)(uintptr_t)(guarded_stack + 64));
    mpu_control(0);
    check_eq("lazy_stacking_into_a_guard_is_mlsperr", fault.cfsr, CFSR_MLSPERR);
    check_eq("mlsperr_is_memmanage", fault.exception, EXC_MEMMANAGE);
    check_eq("mlsperr_happens_once", fault.count, 1);
    check_eq("repeated_instruction_stacked_the_registers", s1_after, 0x5151);
}

int main(void)
{
    vector_set(EXC_HARDFAULT, fault_handler);
    vector_set(EXC_MEMMANAGE, fault_handler);
    vector_set(EXC_BUSFAULT, fault_handler);
    vector_set(EXC_SVCALL, svc_to_privileged);
    SCB_SHCSR |= SHCSR_FAULTS_ENABLED;
    barrier();
    test_registers();
    test_permissions();
    test_data_fault_syndrome();
    test_regions();
    test_unprivileged_access_instructions();
    test_execute_never();
    test_hfnmiena();
    test_escalation();
    test_stack_guards();
    test_lazy_stacking_fault();
    check_end();
}
