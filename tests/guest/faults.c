/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every fault that a program can provoke without the MPU, with its exact syndrome: which exception, CFSR, HFSR,
 * MMFAR or BFAR, and the stacked pc (Arm ARM B1.5.14, B3.2.15 to B3.2.18).
 */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/frame.h"
#include "lib/order.h"

/* An address of the SRAM region where the F405 has nothing: the bus answers with an error. */
#define HOLE 0x30000000u
/* The first word behind the SRAM. */
#define SRAM_END 0x20020000u

/* What the handler found, and where the program goes on. */
static struct {
    uint32_t count, exception, cfsr, hfsr, mmfar, bfar, pc, xpsr, exc_return;
} fault;
static uint32_t resume_pc, fault_pc;

static uint64_t spare_stack[32];

static void point_psp_at_a_good_frame(void)
{
    struct frame *frame = (struct frame *)(uintptr_t)(spare_stack + 28 - 4);
    *frame = (struct frame){.pc = resume_pc & ~1u, .xpsr = XPSR_T};
    WRITE_SPECIAL("psp", (uint32_t)(uintptr_t)frame);
}

/* The interrupt whose vector cannot be read stays pending: without this it would fault again. */
static uint32_t readable_table;

static void forget_unreadable_vector(void)
{
    NVIC_ICPR(1) = 1u << 8;
    SCB_VTOR = readable_table;
    barrier();
}

__attribute__((used)) static void fault_body(struct frame *frame, uint32_t exc_return)
{
    fault.count++;
    fault.exception = READ_SPECIAL("ipsr");
    fault.cfsr = SCB_CFSR;
    fault.hfsr = SCB_HFSR;
    fault.mmfar = SCB_MMFAR;
    fault.bfar = SCB_BFAR;
    fault.exc_return = exc_return;
    SCB_CFSR = fault.cfsr;
    SCB_HFSR = fault.hfsr;
    if (fault.hfsr & HFSR_VECTTBL)
        forget_unreadable_vector();
    if (fault.cfsr & (CFSR_STKERR | CFSR_UNSTKERR)) {
        point_psp_at_a_good_frame();
        return;
    }
    fault.pc = frame->pc;
    fault.xpsr = frame->xpsr;
    frame->pc = resume_pc & ~1u;
    frame->xpsr = (frame->xpsr & ~XPSR_IT_MASK) | XPSR_T;
}

FRAME_HANDLER(fault_handler, fault_body)

/* Runs `body`, whose faulting instruction stands at label 8; the handler goes on behind it. */
#define PROVOKE(body, ...)                                              \
    do {                                                                \
        fault.count = 0;                                                \
        fault.pc = 0xDEAD;                                              \
        __asm volatile("adr.w r4, 8f\n"                                 \
                       "str r4, %[site]\n"                              \
                       "adr.w r4, 9f\n"                                 \
                       "str r4, %[resume]\n"                            \
                       body "\n"                                        \
                       ".balign 4\n"                                    \
                       "9:\n"                                           \
                       : [site] "=m"(fault_pc), [resume] "=m"(resume_pc)  \
                       : __VA_ARGS__                                    \
                       : "r0", "r1", "r2", "r3", "r4", "r12", "lr", "cc", "memory"); \
        fault_pc &= ~1u;                                                \
    } while (0)

/* Checks the fault that the last PROVOKE ran into. */
static void check_fault(const char *name, uint32_t exception, uint32_t cfsr, uint32_t pc)
{
    bool right = fault.count == 1 && fault.exception == exception && fault.cfsr == cfsr &&
                 fault.hfsr == 0 && fault.pc == pc;
    check(name, right);
    if (!right) {
        check_note("  faults", fault.count);
        check_note("  exception", fault.exception);
        check_note("  cfsr", fault.cfsr);
        check_note("  cfsr expected", cfsr);
        check_note("  hfsr", fault.hfsr);
        check_note("  pc", fault.pc);
        check_note("  pc expected", pc);
    }
}

static void test_usage_faults(void)
{
    PROVOKE("8: udf #0");
    check_fault("udf_is_undefinstr", EXC_USAGEFAULT, CFSR_UNDEFINSTR, fault_pc);
    PROVOKE("8: udf.w #0");
    check_fault("udf_w_is_undefinstr", EXC_USAGEFAULT, CFSR_UNDEFINSTR, fault_pc);
    check_eq("fault_in_thread_mode_exc_return", fault.exc_return, EXC_RETURN_THREAD_MSP);

    PROVOKE("adr.w r0, 8f\n bic r0, r0, #1\n bx r0\n .balign 4\n 8: nop");
    check_fault("bx_to_even_address_is_invstate", EXC_USAGEFAULT, CFSR_INVSTATE, fault_pc);
    check_eq("invstate_frame_has_thumb_bit_clear", fault.xpsr & XPSR_T, 0);

    PROVOKE("8: cdp p1, #0, c0, c0, c0, #0");
    check_fault("missing_coprocessor_is_nocp", EXC_USAGEFAULT, CFSR_NOCP, fault_pc);
    SCB_CPACR &= ~CPACR_FPU_FULL;
    barrier();
    PROVOKE("8: vmov s0, r0");
    check_fault("fpu_switched_off_is_nocp", EXC_USAGEFAULT, CFSR_NOCP, fault_pc);
    SCB_CPACR |= CPACR_FPU_FULL;
    barrier();
}

static uint32_t quotient;

static void test_traps(void)
{
    uint32_t odd = 0x20000101u, word;

    __asm volatile("ldr %0, [%1]" : "=r"(word) : "r"(odd) : "memory");
    PROVOKE("movs r0, #7\n movs r1, #0\n 8: udiv r2, r0, r1\n str r2, %[q]", [q] "m"(quotient));
    check("division_by_zero_does_not_trap_by_default", fault.count == 0);
    check_eq("division_by_zero_gives_zero", quotient, 0);

    SCB_CCR |= CCR_DIV_0_TRP | CCR_UNALIGN_TRP;
    barrier();
    PROVOKE("movs r0, #7\n movs r1, #0\n 8: udiv r2, r0, r1");
    check_fault("udiv_traps", EXC_USAGEFAULT, CFSR_DIVBYZERO, fault_pc);
    PROVOKE("movs r0, #7\n movs r1, #0\n 8: sdiv r2, r0, r1");
    check_fault("sdiv_traps", EXC_USAGEFAULT, CFSR_DIVBYZERO, fault_pc);
    PROVOKE("8: ldr r0, [%[odd]]", [odd] "r"(odd));
    check_fault("unaligned_ldr_traps", EXC_USAGEFAULT, CFSR_UNALIGNED, fault_pc);
    PROVOKE("8: strh r0, [%[odd]]", [odd] "r"(odd));
    check_fault("unaligned_strh_traps", EXC_USAGEFAULT, CFSR_UNALIGNED, fault_pc);
    PROVOKE("8: ldrb r0, [%[odd]]", [odd] "r"(odd));
    check("bytes_are_never_unaligned", fault.count == 0);
    SCB_CCR &= ~(CCR_DIV_0_TRP | CCR_UNALIGN_TRP);
    barrier();

    PROVOKE("8: ldrd r0, r1, [%[odd]]", [odd] "r"(odd));
    check_fault("unaligned_ldrd_always_faults", EXC_USAGEFAULT, CFSR_UNALIGNED, fault_pc);
    PROVOKE("8: ldm %[odd], {r0, r1}", [odd] "r"(odd));
    check_fault("unaligned_ldm_always_faults", EXC_USAGEFAULT, CFSR_UNALIGNED, fault_pc);
    PROVOKE("8: ldrex r0, [%[odd]]", [odd] "r"(odd));
    check_fault("unaligned_ldrex_always_faults", EXC_USAGEFAULT, CFSR_UNALIGNED, fault_pc);
    PROVOKE("8: vldr s0, [%[odd]]", [odd] "r"(odd));
    check_fault("unaligned_vldr_always_faults", EXC_USAGEFAULT, CFSR_UNALIGNED, fault_pc);
    WRITE_SPECIAL("control", 0);
}

static void test_bus_faults(void)
{
    const uint32_t precise = CFSR_PRECISERR | CFSR_BFARVALID;
    uint32_t straddle = SRAM_END - 4;

    ACTLR |= ACTLR_DISDEFWBUF;
    barrier();
    PROVOKE("8: ldr r0, [%[hole]]", [hole] "r"(HOLE));
    check_fault("load_from_a_hole_is_preciserr", EXC_BUSFAULT, precise, fault_pc);
    check_eq("load_from_a_hole_bfar", fault.bfar, HOLE);
    PROVOKE("8: ldrb r0, [%[hole], #3]", [hole] "r"(HOLE));
    check_fault("byte_load_from_a_hole_is_preciserr", EXC_BUSFAULT, precise, fault_pc);
    check_eq("byte_load_from_a_hole_bfar", fault.bfar, HOLE + 3);
    PROVOKE("8: str r0, [%[hole], #8]", [hole] "r"(HOLE));
    check_fault("unbuffered_store_to_a_hole_is_preciserr", EXC_BUSFAULT, precise, fault_pc);
    check_eq("unbuffered_store_to_a_hole_bfar", fault.bfar, HOLE + 8);
    PROVOKE("mov r0, %[at]\n 8: ldmia r0!, {r1, r2, r3}", [at] "r"(straddle));
    check_fault("ldm_running_out_of_sram_is_preciserr", EXC_BUSFAULT, precise, fault_pc);
    check_eq("ldm_running_out_of_sram_bfar", fault.bfar, SRAM_END);
    PROVOKE("mov r0, %[at]\n 8: ldr r1, [r0, #4]!", [at] "r"(HOLE));
    check_fault("pre_indexed_load_from_a_hole", EXC_BUSFAULT, precise, fault_pc);
    check_eq("pre_indexed_load_from_a_hole_bfar", fault.bfar, HOLE + 4);

    ACTLR &= ~ACTLR_DISDEFWBUF;
    barrier();
    PROVOKE("8: str r0, [%[hole]]\n dsb\n nop\n nop", [hole] "r"(HOLE));
    check_eq("buffered_store_to_a_hole_is_imprecise", fault.cfsr, CFSR_IMPRECISERR);
    check_eq("buffered_store_to_a_hole_is_a_busfault", fault.exception, EXC_BUSFAULT);

    PROVOKE("orr r0, %[hole], #1\n 8: bx r0", [hole] "r"(HOLE));
    check_fault("fetch_from_a_hole_is_ibuserr", EXC_BUSFAULT, CFSR_IBUSERR, HOLE);
    PROVOKE("8: bx %[xn]", [xn] "r"(0x40000001u));
    check_fault("fetch_from_the_peripheral_region_is_iaccviol", EXC_MEMMANAGE, CFSR_IACCVIOL, 0x40000000u);
    PROVOKE("8: bx %[xn]", [xn] "r"(0xE0000001u));
    check_fault("fetch_from_the_system_region_is_iaccviol", EXC_MEMMANAGE, CFSR_IACCVIOL, 0xE0000000u);
}

/* Base registers must survive a faulting access, so that a handler can repair and repeat it. */
static void test_base_register_survives(void)
{
    static uint32_t base_after;
    uint32_t straddle = SRAM_END - 4;

    PROVOKE("mov r0, %[at]\n 8: ldmia r0!, {r1, r2, r3}\n .balign 4\n 9: str r0, %[after]",
            [at] "r"(straddle), [after] "m"(base_after));
    check_eq("ldm_that_faults_leaves_its_base", base_after, straddle);
    PROVOKE("mov r0, %[at]\n 8: ldr r1, [r0], #4\n .balign 4\n 9: str r0, %[after]",
            [at] "r"(HOLE), [after] "m"(base_after));
    check_eq("ldr_that_faults_leaves_its_base", base_after, HOLE);
}

static void test_sticky_status(void)
{
    PROVOKE("8: udf #0");
    SCB_CFSR = 0;
    check_eq("cfsr_was_cleared_by_writing_ones", SCB_CFSR, 0);
    check_eq("usage_fault_is_inactive_after_return", SCB_SHCSR & SHCSR_USGFAULTACT, 0);
}

/* ---- escalation ---- */

static void check_hard(const char *name, uint32_t hfsr, uint32_t cfsr)
{
    check_eq(name, fault.hfsr, hfsr);
    check_eq("  .. as a HardFault", fault.exception, EXC_HARDFAULT);
    check_eq("  .. with its cause in CFSR", fault.cfsr, cfsr);
}

static void test_escalation(void)
{
    SCB_SHCSR &= ~SHCSR_FAULTS_ENABLED;
    barrier();
    PROVOKE("8: udf #0");
    check_hard("disabled_usage_fault_is_forced", HFSR_FORCED, CFSR_UNDEFINSTR);
    check_eq("forced_fault_pc", fault.pc, fault_pc);
    PROVOKE("8: ldr r0, [%[hole]]", [hole] "r"(HOLE));
    check_hard("disabled_bus_fault_is_forced", HFSR_FORCED, CFSR_PRECISERR | CFSR_BFARVALID);
    PROVOKE("8: bx %[xn]", [xn] "r"(0x40000001u));
    check_hard("disabled_memmanage_is_forced", HFSR_FORCED, CFSR_IACCVIOL);
    SCB_SHCSR |= SHCSR_FAULTS_ENABLED;
    barrier();

    PROVOKE("cpsid i\n 8: udf #0");
    irq_enable();
    check_hard("fault_under_primask_is_forced", HFSR_FORCED, CFSR_UNDEFINSTR);
    PROVOKE("cpsid i\n 8: svc #0");
    irq_enable();
    check_hard("svc_under_primask_is_forced", HFSR_FORCED, 0);
    SCB_SHPR(EXC_USAGEFAULT) = 0x40;
    WRITE_SPECIAL("basepri", 0x40);
    PROVOKE("8: udf #0");
    WRITE_SPECIAL("basepri", 0);
    SCB_SHPR(EXC_USAGEFAULT) = 0;
    check_hard("fault_masked_by_basepri_is_forced", HFSR_FORCED, CFSR_UNDEFINSTR);

    if (!(DBG_DHCSR & DHCSR_C_DEBUGEN)) {
        PROVOKE("8: bkpt #0");
        check_hard("bkpt_without_debugger_is_a_hardfault", HFSR_DEBUGEVT, 0);
        check_eq("bkpt_hardfault_pc", fault.pc, fault_pc);
        check_eq("bkpt_shows_in_dfsr", SCB_DFSR & DFSR_BKPT, DFSR_BKPT);
        SCB_DFSR = DFSR_BKPT;
        vector_set(EXC_DEBUGMON, fault_handler);
        DBG_DEMCR |= DEMCR_MON_EN;
        PROVOKE("8: bkpt #0");
        check_eq("bkpt_with_mon_en_is_debugmonitor", fault.exception, EXC_DEBUGMON);
        check_eq("bkpt_debugmonitor_pc", fault.pc, fault_pc);
        DBG_DEMCR &= ~DEMCR_MON_EN;
    }
}

static void test_bfhfnmign(void)
{
    SCB_CCR |= CCR_BFHFNMIGN;
    barrier();
    PROVOKE("cpsid f\n 8: ldr r0, [%[hole]]\n cpsie f", [hole] "r"(HOLE));
    __asm volatile("cpsie f");
    check_eq("bfhfnmign_ignores_bus_faults_under_faultmask", fault.count, 0);
    SCB_CCR &= ~CCR_BFHFNMIGN;
    SCB_CFSR = SCB_CFSR;
    barrier();
}

/* ---- faults of exception entry and return ---- */

static void svc_marks(void)
{
    mark('s');
}

static void svc_breaks_psp(void)
{
    mark('s');
    WRITE_SPECIAL("psp", HOLE);
}

/* Runs `svc` in thread mode on the process stack at `psp`; comes back on the main stack. */
static void svc_on_psp(uint32_t psp)
{
    PROVOKE("msr psp, %[psp]\n movs r0, #2\n msr control, r0\n isb\n 8: svc #0\n"
            ".balign 4\n 9: movs r0, #0\n msr control, r0\n isb",
            [psp] "r"(psp));
}

static void test_stacking_errors(void)
{
    vector_set(EXC_SVCALL, svc_marks);
    svc_on_psp(HOLE + 0x100);
    check_eq("stacking_to_a_hole_is_stkerr", fault.cfsr, CFSR_STKERR);
    check_eq("stkerr_is_a_busfault", fault.exception, EXC_BUSFAULT);
    check_order("svc_still_runs_after_its_stacking_failed", "s");

    vector_set(EXC_SVCALL, svc_breaks_psp);
    svc_on_psp((uint32_t)(uintptr_t)(spare_stack + 20));
    check_eq("unstacking_from_a_hole_is_unstkerr", fault.cfsr, CFSR_UNSTKERR);
    check_eq("unstkerr_is_a_busfault", fault.exception, EXC_BUSFAULT);
    check_eq("unstkerr_is_tail_chained_with_the_exc_return", fault.exc_return, EXC_RETURN_THREAD_PSP);
    check_order("svc_ran_before_its_unstacking_failed", "s");
}

__attribute__((used)) static void svc_clears_thumb_body(struct frame *frame, uint32_t exc_return)
{
    (void)exc_return;
    fault_pc = frame->pc;
    frame->xpsr &= ~XPSR_T;
}

__attribute__((used)) static void svc_wrong_ipsr_body(struct frame *frame, uint32_t exc_return)
{
    (void)exc_return;
    fault_pc = frame->pc;
    frame->xpsr |= EXC_SVCALL;
}

FRAME_HANDLER(svc_clears_thumb, svc_clears_thumb_body)
FRAME_HANDLER(svc_wrong_ipsr, svc_wrong_ipsr_body)

static __attribute__((naked)) void svc_bad_exc_return(void)
{
    __asm volatile("mvn r0, #10\n bx r0");      /* 0xFFFFFFF5 */
}

/* INVPC: the frame must come back, and LR keeps the value that was tried. */
__attribute__((used)) static uint32_t invpc_body(struct frame *frame, uint32_t exc_return)
{
    fault.count++;
    fault.exception = READ_SPECIAL("ipsr");
    fault.cfsr = SCB_CFSR;
    fault.hfsr = SCB_HFSR;
    fault.exc_return = exc_return;
    fault.pc = frame->pc;
    SCB_CFSR = fault.cfsr;
    frame->xpsr = XPSR_T;
    return EXC_RETURN_THREAD_MSP;
}

static __attribute__((naked)) void invpc_handler(void)
{
    __asm volatile("mrs r0, msp\n mov r1, lr\n bl invpc_body\n bx r0");
}

static void test_return_errors(void)
{
    vector_set(EXC_SVCALL, svc_clears_thumb);
    PROVOKE("svc #0\n 8: nop");
    check_fault("return_with_thumb_bit_clear_is_invstate", EXC_USAGEFAULT, CFSR_INVSTATE, fault_pc);

    vector_set(EXC_USAGEFAULT, invpc_handler);
    vector_set(EXC_SVCALL, svc_bad_exc_return);
    PROVOKE("svc #0\n 8: nop");
    check_fault("illegal_exc_return_is_invpc", EXC_USAGEFAULT, CFSR_INVPC, fault_pc);
    check_eq("illegal_exc_return_stays_in_lr", fault.exc_return, 0xFFFFFFF5u);
    check_eq("illegal_exc_return_deactivates_svc", SCB_SHCSR & SHCSR_SVCALLACT, 0);

    vector_set(EXC_SVCALL, svc_wrong_ipsr);
    PROVOKE("svc #0\n 8: nop");
    check_fault("return_to_thread_with_ipsr_is_invpc", EXC_USAGEFAULT, CFSR_INVPC, fault_pc);
    check_eq("inconsistent_return_keeps_exc_return", fault.exc_return, EXC_RETURN_THREAD_MSP);
    vector_set(EXC_USAGEFAULT, fault_handler);
}

/* A table whose first 32 entries are the last words of SRAM: every vector behind them is a bus error. */
static void test_vector_read_error(void)
{
    uint32_t *table = (uint32_t *)(uintptr_t)(SRAM_END - 128);
    readable_table = SCB_VTOR;
    for (unsigned i = 0; i < 32; i++)
        table[i] = ((const uint32_t *)(uintptr_t)readable_table)[i];
    SCB_VTOR = (uint32_t)(uintptr_t)table;
    barrier();
    nvic_enable(40);
    PROVOKE("mov r0, #0x100\n 8: str r0, [%[ispr]]\n dsb\n isb\n nop", [ispr] "r"(&NVIC_ISPR(1)));
    nvic_disable(40);
    check_hard("unreadable_vector_is_vecttbl", HFSR_VECTTBL, 0);
}

static void svc_to_privileged(void)
{
    WRITE_SPECIAL("control", 0);
}

static void test_ppb_privilege(void)
{
    vector_set(EXC_SVCALL, svc_to_privileged);
    PROVOKE("movs r0, #1\n msr control, r0\n isb\n 8: ldr r0, [%[ccr]]", [ccr] "r"(&SCB_CCR));
    __asm volatile("svc #0" : : : "memory");
    check_fault("unprivileged_access_to_the_system_space_is_a_busfault", EXC_BUSFAULT,
                CFSR_PRECISERR | CFSR_BFARVALID, fault_pc);
    check_eq("unprivileged_access_bfar", fault.bfar, (uint32_t)(uintptr_t)&SCB_CCR);
}

int main(void)
{
    for (unsigned exception = EXC_HARDFAULT; exception <= EXC_USAGEFAULT; exception++)
        vector_set(exception, fault_handler);
    SCB_SHCSR |= SHCSR_FAULTS_ENABLED;
    barrier();
    test_usage_faults();
    test_traps();
    test_bus_faults();
    test_base_register_survives();
    test_sticky_status();
    test_escalation();
    test_bfhfnmign();
    test_stacking_errors();
    test_return_errors();
    test_vector_read_error();
    test_ppb_privilege();
    check_end();
}
