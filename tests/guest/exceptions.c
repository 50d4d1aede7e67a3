/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exception entry, return, nesting and the status that goes with them (Arm ARM B1.5, B3.2, B3.4). */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/frame.h"
#include "lib/order.h"

#define IRQ_A 20u
#define IRQ_B 21u
#define IRQ_C 22u

/* ---- SVC: the frame and the state in a handler ---- */

static struct frame seen;
static uint32_t seen_frame_at, seen_exc_return, seen_ipsr, seen_icsr, seen_shcsr, seen_immediate, seen_control;

__attribute__((used)) static void svc_body(struct frame *frame, uint32_t exc_return)
{
    seen = *frame;
    seen_frame_at = (uint32_t)(uintptr_t)frame;
    seen_exc_return = exc_return;
    seen_ipsr = READ_SPECIAL("ipsr");
    seen_icsr = SCB_ICSR;
    seen_shcsr = SCB_SHCSR;
    seen_control = READ_SPECIAL("control");
    seen_immediate = *(const uint8_t *)(uintptr_t)(frame->pc - 2);
    frame->r0 = 0x600D600Du;
    __asm volatile("adds r0, r0, #0" : : : "r0", "cc");     /* clobbers the caller's flags */
}

FRAME_HANDLER(svc_handler, svc_body)

static void test_svc_frame(void)
{
    uint32_t result, sp, after, flags;

    vector_set(EXC_SVCALL, svc_handler);
    __asm volatile("mov %[sp], sp\n"
                   "bic r4, %[sp], #7\n"
                   "mov sp, r4\n"
                   "movs r0, #1\n movs r1, #2\n movs r2, #3\n movs r3, #4\n"
                   "mov r12, #5\n"
                   "ldr lr, =0x12345679\n"
                   "ldr r5, =0xF8000000\n"
                   "msr apsr_nzcvq, r5\n"
                   "svc #42\n"
                   "mrs %[flags], apsr\n"
                   "mov %[result], r0\n"
                   "adr %[after], 1f\n"
                   "1: mov sp, %[sp]\n"
                   : [result] "=&r"(result), [sp] "=&r"(sp), [after] "=&r"(after), [flags] "=&r"(flags)
                   :
                   : "r0", "r1", "r2", "r3", "r4", "r5", "r12", "lr", "cc", "memory");
    check_eq("svc_frame_r0", seen.r0, 1);
    check_eq("svc_frame_r1", seen.r1, 2);
    check_eq("svc_frame_r2", seen.r2, 3);
    check_eq("svc_frame_r3", seen.r3, 4);
    check_eq("svc_frame_r12", seen.r12, 5);
    check_eq("svc_frame_lr", seen.lr, 0x12345679);
    check_eq("svc_frame_xpsr_holds_flags_and_thumb_bit", seen.xpsr, 0xF8000000u | XPSR_T);
    check_eq("svc_frame_pc_is_the_next_instruction", seen_immediate, 42);
    check_eq("svc_frame_lies_below_an_aligned_stack", seen_frame_at, (sp & ~7u) - 32);
    check_eq("svc_exc_return_thread_msp", seen_exc_return, EXC_RETURN_THREAD_MSP);
    check_eq("svc_ipsr", seen_ipsr, EXC_SVCALL);
    check_eq("svc_icsr_vectactive", ICSR_VECTACTIVE(seen_icsr), EXC_SVCALL);
    check("svc_icsr_rettobase_with_one_active", seen_icsr & ICSR_RETTOBASE);
    check_eq("svc_shcsr_active", seen_shcsr & SHCSR_SVCALLACT, SHCSR_SVCALLACT);
    check_eq("svc_result_comes_from_the_frame", result, 0x600D600Du);
    check_eq("svc_return_restores_flags", flags & 0xF8000000u, 0xF8000000u);
    check_eq("svc_inactive_after_return", SCB_SHCSR & SHCSR_SVCALLACT, 0);
}

static void test_stack_alignment(void)
{
    uint32_t sp, back;

    __asm volatile("mov %[sp], sp\n"
                   "bic r4, %[sp], #7\n"
                   "sub r4, r4, #4\n"
                   "mov sp, r4\n"
                   "svc #1\n"
                   "mov %[back], sp\n"
                   "sub %[back], %[back], r4\n"
                   "mov sp, %[sp]\n"
                   : [sp] "=&r"(sp), [back] "=&r"(back)
                   :
                   : "r0", "r4", "cc", "memory");
    check_eq("unaligned_stack_is_padded_in_the_frame", seen.xpsr & XPSR_ALIGNED, XPSR_ALIGNED);
    check_eq("unaligned_stack_frame_is_aligned", seen_frame_at & 7, 0);
    check_eq("unaligned_stack_frame_address", seen_frame_at, (sp & ~7u) - 8 - 32);
    check_eq("unaligned_stack_comes_back", back, 0);
    check("stkalign_is_set_at_reset", SCB_CCR & CCR_STKALIGN);
}

/* ---- the two stacks ---- */

static uint64_t process_stack[64];

static void test_process_stack(void)
{
    uint32_t top = (uint32_t)(uintptr_t)(process_stack + 64), msp_before, msp_after, psp_after, sp_seen;

    __asm volatile("mrs %[before], msp\n"
                   "msr psp, %[top]\n"
                   "movs r4, #2\n"
                   "msr control, r4\n"
                   "isb\n"
                   "mov %[sp], sp\n"
                   "svc #2\n"
                   "mrs %[psp], psp\n"
                   "mrs %[after], msp\n"
                   "movs r4, #0\n"
                   "msr control, r4\n"
                   "isb\n"
                   : [before] "=&r"(msp_before), [after] "=&r"(msp_after), [psp] "=&r"(psp_after),
                     [sp] "=&r"(sp_seen)
                   : [top] "r"(top)
                   : "r0", "r4", "memory", "cc");
    check_eq("spsel_makes_sp_the_process_stack", sp_seen, top);
    check_eq("process_stack_exc_return", seen_exc_return, EXC_RETURN_THREAD_PSP);
    check_eq("process_stack_takes_the_frame", seen_frame_at, top - 32);
    check_eq("handler_runs_on_the_main_stack", seen_control & CONTROL_SPSEL, 0);
    check_eq("process_stack_is_back", psp_after, top);
    check_eq("main_stack_is_back", msp_after, msp_before);
    WRITE_SPECIAL("psp", 0x20001235u);
    check_eq("stack_pointers_are_word_aligned", READ_SPECIAL("psp"), 0x20001234u);
}

/* ---- privilege ---- */

static uint32_t unprivileged_control, unprivileged_primask, unprivileged_ipsr, unprivileged_msp;

static void svc_to_privileged(void)
{
    __asm volatile("mrs r0, control\n bic r0, r0, #1\n msr control, r0\n isb" : : : "r0");
}

static void test_unprivileged_thread(void)
{
    vector_set(EXC_SVCALL, svc_to_privileged);
    WRITE_SPECIAL("control", CONTROL_NPRIV);
    __asm volatile("cpsid i\n cpsid f");        /* ignored without privilege */
    unprivileged_primask = READ_SPECIAL("primask");
    WRITE_SPECIAL("control", 0);                /* ignored too */
    unprivileged_control = READ_SPECIAL("control");
    unprivileged_ipsr = READ_SPECIAL("ipsr");
    unprivileged_msp = READ_SPECIAL("msp");
    __asm volatile("svc #0" : : : "memory");
    check_eq("unprivileged_cannot_clear_npriv", unprivileged_control, CONTROL_NPRIV);
    check_eq("unprivileged_primask_reads_zero", unprivileged_primask, 0);
    check_eq("unprivileged_msp_reads_zero", unprivileged_msp, 0);
    check_eq("unprivileged_ipsr_reads_zero_in_thread_mode", unprivileged_ipsr, 0);
    check_eq("unprivileged_cpsid_is_ignored", READ_SPECIAL("primask") | READ_SPECIAL("faultmask"), 0);
    check_eq("svc_gives_privilege_back", READ_SPECIAL("control"), 0);
}

/* ---- pending, nesting, tail-chaining ---- */

static uint32_t nmi_icsr, nmi_exc_return, b_exc_return, b_icsr, b_active, a_pending_in_handler;

__attribute__((used)) static void nmi_body(struct frame *frame, uint32_t exc_return)
{
    (void)frame;
    mark('n');
    nmi_icsr = SCB_ICSR;
    nmi_exc_return = exc_return;
}

FRAME_HANDLER(nmi_handler, nmi_body)

static void pendsv_handler(void)
{
    mark('p');
}

static void svc_pends_pendsv(void)
{
    mark('s');
    SCB_ICSR = ICSR_PENDSVSET;
    barrier();
    mark('S');
}

static void irq_a(void)
{
    mark('a');
    a_pending_in_handler = nvic_pending(IRQ_A);
    nvic_pend(IRQ_B);           /* more urgent: runs now */
    nvic_pend(IRQ_C);           /* less urgent: runs later */
    mark('A');
}

__attribute__((used)) static void irq_b_body(struct frame *frame, uint32_t exc_return)
{
    (void)frame;
    mark('b');
    b_exc_return = exc_return;
    b_icsr = SCB_ICSR;
    b_active = (uint32_t)nvic_active(IRQ_A) << 1 | nvic_active(IRQ_B);
    SCB_ICSR = ICSR_NMIPENDSET;
    barrier();
    mark('B');
}

FRAME_HANDLER(irq_b, irq_b_body)

static void irq_c(void)
{
    mark('c');
}

static void test_nesting(void)
{
    vector_set(EXC_NMI, nmi_handler);
    vector_set(EXC_IRQ(IRQ_A), irq_a);
    vector_set(EXC_IRQ(IRQ_B), irq_b);
    vector_set(EXC_IRQ(IRQ_C), irq_c);
    NVIC_IPR(IRQ_A) = 0x40;
    NVIC_IPR(IRQ_B) = 0x20;
    NVIC_IPR(IRQ_C) = 0x60;
    nvic_enable(IRQ_A);
    nvic_enable(IRQ_B);
    nvic_enable(IRQ_C);
    nvic_pend(IRQ_A);
    check_order("urgent_interrupt_preempts_and_the_other_waits", "abnBAc");
    check_eq("pending_bit_falls_on_entry", a_pending_in_handler, 0);
    check_eq("nested_exc_return_is_handler_mode", b_exc_return, EXC_RETURN_HANDLER);
    check_eq("nested_icsr_vectactive", ICSR_VECTACTIVE(b_icsr), EXC_IRQ(IRQ_B));
    check_eq("nested_icsr_rettobase_is_clear", b_icsr & ICSR_RETTOBASE, 0);
    check_eq("nested_active_bits", b_active, 3);
    check_eq("nmi_icsr_vectactive", ICSR_VECTACTIVE(nmi_icsr), EXC_NMI);
    check_eq("nmi_returns_to_handler_mode", nmi_exc_return, EXC_RETURN_HANDLER);
    check_eq("nothing_active_at_the_end", NVIC_IABR(0), 0);
}

static void test_svc_then_pendsv(void)
{
    vector_set(EXC_SVCALL, svc_pends_pendsv);
    vector_set(EXC_PENDSV, pendsv_handler);
    SCB_SHPR(EXC_PENDSV) = 0xF0;
    __asm volatile("svc #0" : : : "memory");
    mark('t');
    check_order("pendsv_waits_for_svc_and_comes_before_the_thread", "sSpt");

    irq_disable();
    SCB_ICSR = ICSR_PENDSVSET;
    check("pendsv_pending_reads_back", SCB_ICSR & ICSR_PENDSVSET);
    SCB_ICSR = ICSR_PENDSVCLR;
    check_eq("pendsvclr_takes_it_back", SCB_ICSR & ICSR_PENDSVSET, 0);
    irq_enable();
    check_order("cleared_pendsv_does_not_run", "");
}

static unsigned self_runs;

static void irq_pends_itself(void)
{
    if (self_runs++ == 0) {
        nvic_pend(IRQ_A);
        mark(nvic_pending(IRQ_A) && nvic_active(IRQ_A) ? 'y' : 'n');
    }
    mark('a');
}

static void test_pending(void)
{
    vector_set(EXC_IRQ(IRQ_A), irq_pends_itself);
    nvic_pend(IRQ_A);
    check_order("interrupt_pended_in_its_own_handler_runs_once_more", "yaa");

    nvic_disable(IRQ_C);
    nvic_pend(IRQ_C);
    check_order("disabled_interrupt_waits", "");
    check("disabled_interrupt_stays_pending", nvic_pending(IRQ_C));
    check_eq("disabled_interrupt_is_not_vectpending", ICSR_VECTPENDING(SCB_ICSR), 0);
    check("disabled_interrupt_shows_in_isrpending", SCB_ICSR & ICSR_ISRPENDING);
    nvic_enable(IRQ_C);
    barrier();
    check_order("enabling_a_pending_interrupt_runs_it", "c");

    nvic_disable(IRQ_C);
    nvic_pend(IRQ_C);
    NVIC_ICPR(IRQ_C / 32) = 1u << (IRQ_C % 32);
    nvic_enable(IRQ_C);
    barrier();
    check_order("icpr_forgets_a_pending_interrupt", "");

    irq_disable();
    nvic_pend(IRQ_C);
    SCB_ICSR = ICSR_PENDSVSET;
    check_eq("vectpending_is_the_most_urgent_whatever_primask_says", ICSR_VECTPENDING(SCB_ICSR),
             EXC_IRQ(IRQ_C));
    irq_enable();
    barrier();
    check_order("most_urgent_first", "cp");

    NVIC_STIR = IRQ_C;
    barrier();
    check_order("stir_triggers_an_interrupt", "c");
}

/* ---- returns by each instruction that may load EXC_RETURN ---- */

static __attribute__((naked)) void return_by_pop(void)
{
    __asm volatile("push {r4, lr}\n pop {r4, pc}");
}

static __attribute__((naked)) void return_by_ldr(void)
{
    __asm volatile("push {r4, lr}\n pop {r4}\n ldr pc, [sp], #4");
}

static __attribute__((naked)) void return_by_ldm(void)
{
    __asm volatile("push {r4, r5, r6, lr}\n mov r0, sp\n ldmia.w r0!, {r4, r5, r6, lr}\n"
                   "sub r0, r0, #16\n add sp, sp, #16\n ldmia.w r0, {r4, r5, r6, pc}");
}

static __attribute__((naked)) void return_by_bx(void)
{
    __asm volatile("mov r3, lr\n bx r3");
}

static void test_return_instructions(void)
{
    static const struct {
        const char *name;
        void (*handler)(void);
    } returns[] = {
        {"return_by_pop", return_by_pop},
        {"return_by_ldr", return_by_ldr},
        {"return_by_ldm", return_by_ldm},
        {"return_by_bx", return_by_bx},
    };
    for (unsigned i = 0; i < sizeof returns / sizeof *returns; i++) {
        uint32_t value = 0x1234;
        vector_set(EXC_SVCALL, returns[i].handler);
        __asm volatile("mov r0, %0\n movs r3, #7\n svc #0\n add %0, r0, r3" : "+r"(value)
                       : : "r0", "r3", "memory", "cc");
        check_eq(returns[i].name, value, 0x1234 + 7);
    }
}

/* ---- registers that say what the chip has ---- */

#ifdef __ARM_FEATURE_DSP
#define CPUID      0x410FC241       /* Cortex-M4 r0p1 */
#define INTERRUPTS 82
#else
#define CPUID      0x412FC230       /* Cortex-M3 r2p0 */
#define INTERRUPTS 81
#endif

static void test_identity(void)
{
    check_eq("cpuid_names_core_and_revision", SCB_CPUID, CPUID);
    check_eq("ictr_says_96_lines", NVIC_ICTR & 0xF, 2);
    NVIC_ICER(2) = 0xFFFFFFFFu;
    irq_disable();
    NVIC_ISER(2) = 0xFFFFFFFFu;
    check_eq("only_the_chips_interrupts_can_be_enabled", NVIC_ISER(2), (1u << (INTERRUPTS - 64)) - 1);
    NVIC_ICER(2) = 0xFFFFFFFFu;
    irq_enable();
}

int main(void)
{
    test_svc_frame();
    test_stack_alignment();
    test_process_stack();
    test_unprivileged_thread();
    test_nesting();
    test_svc_then_pendsv();
    test_pending();
    test_return_instructions();
    test_identity();
    check_end();
}
