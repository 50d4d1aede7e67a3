/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floating point context: FPCA, the extended frame, lazy stacking (Arm ARM B1.5.7), and the arithmetic (A2.5). */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/frame.h"

#define IRQ_OUTER 20u
#define IRQ_INNER 21u
#define UNTOUCHED 0xA5A5A5A5u

static struct {
    uint32_t exc_return, fpccr, fpcar, frame_at, reserved_before, reserved_after, fpccr_after, fpscr, control;
} seen;

/* The reserved space of an extended frame starts behind the eight basic words. */
static uint32_t *reserved_space(struct frame *frame)
{
    return (uint32_t *)(void *)(frame + 1);
}

__attribute__((used)) static void look_body(struct frame *frame, uint32_t exc_return)
{
    seen.exc_return = exc_return;
    seen.frame_at = (uint32_t)(uintptr_t)frame;
    seen.fpccr = FPU_FPCCR;
    seen.fpcar = FPU_FPCAR;
    seen.control = READ_SPECIAL("control");
    seen.reserved_before = reserved_space(frame)[5];
}

/* Looks, then uses the FPU and looks again. */
__attribute__((used)) static void use_body(struct frame *frame, uint32_t exc_return)
{
    look_body(frame, exc_return);
    __asm volatile("vmrs %0, fpscr" : "=r"(seen.fpscr));
    seen.fpccr_after = FPU_FPCCR;
    seen.reserved_after = reserved_space(frame)[5];
    __asm volatile("vmov.f32 s0, #1.0\n vmov.f32 s5, #2.0\n vmov.f32 s15, #3.0\n"
                   "vmsr fpscr, %0" : : "r"(0xF0000000u)
                   : "s0", "s5", "s15");
}

FRAME_HANDLER(look_handler, look_body)
FRAME_HANDLER(use_handler, use_body)

/*
 * Loads s0..s31 with 0x1000 + n and FPSCR with `fpscr`, runs SVC, and stores what is there afterwards.
 * The stack below is filled with a pattern first, so that a handler can tell what was written.
 */
static volatile uint32_t __attribute__((used)) registers_after[32], fpscr_after, sp_at_svc, control_after;

static __attribute__((naked, noinline)) void svc_with_fp_context(uint32_t fpscr)
{
    (void)fpscr;
    __asm volatile("push {r4-r7, lr}\n"
                   "vpush {s16-s31}\n"
                   "sub sp, sp, #132\n"         /* room for 32 registers, and 8-byte alignment */
                   "vmsr fpscr, r0\n"
                   "movw r1, #0x1000\n"
                   "mov r2, sp\n"
                   "movs r3, #32\n"
                   "1: stmia r2!, {r1}\n adds r1, #1\n subs r3, #1\n bne 1b\n"
                   "vldm sp, {s0-s31}\n"
                   "ldr r1, =0xA5A5A5A5\n"
                   "sub r2, sp, #256\n mov r3, sp\n"
                   "2: stmia r2!, {r1}\n cmp r2, r3\n bne 2b\n"
                   "ldr r2, =sp_at_svc\n str r3, [r2]\n"
                   "svc #0\n"
                   "ldr r2, =registers_after\n vstm r2, {s0-s31}\n"
                   "ldr r2, =fpscr_after\n vmrs r3, fpscr\n str r3, [r2]\n"
                   "ldr r2, =control_after\n mrs r3, control\n str r3, [r2]\n"
                   "movs r3, #0\n vmsr fpscr, r3\n"
                   "add sp, sp, #132\n"
                   "vpop {s16-s31}\n"
                   "pop {r4-r7, pc}\n"
                   ".ltorg");
}

static unsigned registers_lost(unsigned first, unsigned last)
{
    unsigned lost = 0;
    for (unsigned i = first; i <= last; i++)
        lost += registers_after[i] != 0x1000 + i;
    return lost;
}

static void forget_context(void)
{
    WRITE_SPECIAL("control", READ_SPECIAL("control") & ~CONTROL_FPCA);
}

static void set_stacking(uint32_t bits)
{
    FPU_FPCCR = (FPU_FPCCR & ~(FPCCR_ASPEN | FPCCR_LSPEN)) | bits;
    barrier();
}

static void test_fpca(void)
{
    forget_context();
    check_eq("fpca_can_be_cleared", READ_SPECIAL("control") & CONTROL_FPCA, 0);
    vector_set(EXC_SVCALL, look_handler);
    __asm volatile("svc #0" : : : "memory");
    check_eq("without_fp_context_the_frame_is_basic", seen.exc_return, EXC_RETURN_THREAD_MSP);
    __asm volatile("vmov.f32 s0, #1.0" : : : "s0");
    check_eq("fp_instruction_sets_fpca", READ_SPECIAL("control") & CONTROL_FPCA, CONTROL_FPCA);
    check_eq("fpccr_at_reset_is_automatic_and_lazy", FPU_FPCCR & (FPCCR_ASPEN | FPCCR_LSPEN),
             FPCCR_ASPEN | FPCCR_LSPEN);
}

static void test_lazy_untouched(void)
{
    vector_set(EXC_SVCALL, look_handler);
    svc_with_fp_context(0x20000000);
    check_eq("fp_context_exc_return", seen.exc_return, EXC_RETURN_THREAD_MSP & ~EXC_RETURN_FP);
    check_eq("extended_frame_is_26_words", sp_at_svc - seen.frame_at, 26 * 4 + (sp_at_svc & 4));
    check_eq("handler_starts_without_fp_context", seen.control & CONTROL_FPCA, 0);
    check("lazy_state_is_active_in_the_handler", seen.fpccr & FPCCR_LSPACT);
    check_eq("fpcar_points_behind_the_basic_frame", seen.fpcar, seen.frame_at + 32);
    check_eq("fpccr_remembers_thread_mode", seen.fpccr & FPCCR_THREAD, FPCCR_THREAD);
    check_eq("lazy_stacking_writes_nothing", seen.reserved_before, UNTOUCHED);
    check_eq("untouched_registers_survive", registers_lost(0, 31), 0);
    check_eq("untouched_fpscr_survives", fpscr_after, 0x20000000);
    check_eq("return_clears_lspact", FPU_FPCCR & FPCCR_LSPACT, 0);
    check_eq("return_restores_fpca", control_after & CONTROL_FPCA, CONTROL_FPCA);
}

static void test_lazy_used(void)
{
    FPU_FPDSCR = 0x02000000;
    vector_set(EXC_SVCALL, use_handler);
    svc_with_fp_context(0x20400000);
    FPU_FPDSCR = 0;
    check_eq("nothing_is_stacked_before_the_first_fp_instruction", seen.reserved_before, UNTOUCHED);
    check_eq("first_fp_instruction_stacks_the_registers", seen.reserved_after, 0x1005);
    check_eq("first_fp_instruction_clears_lspact", seen.fpccr_after & FPCCR_LSPACT, 0);
    check_eq("handler_gets_fpdscr", seen.fpscr, 0x02000000);
    check_eq("stacked_registers_come_back", registers_lost(0, 15), 0);
    check_eq("stacked_fpscr_comes_back", fpscr_after, 0x20400000);
}

static void test_eager(void)
{
    set_stacking(FPCCR_ASPEN);
    vector_set(EXC_SVCALL, use_handler);
    svc_with_fp_context(0);
    check_eq("eager_stacking_writes_at_entry", seen.reserved_before, 0x1005);
    check_eq("eager_stacking_is_not_lspact", seen.fpccr & FPCCR_LSPACT, 0);
    check_eq("eagerly_stacked_registers_come_back", registers_lost(0, 15), 0);

    set_stacking(0);
    forget_context();
    vector_set(EXC_SVCALL, look_handler);
    svc_with_fp_context(0);
    check_eq("without_aspen_the_frame_is_basic", seen.exc_return, EXC_RETURN_THREAD_MSP);
    check_eq("without_aspen_fpca_is_not_set", control_after & CONTROL_FPCA, 0);
    set_stacking(FPCCR_ASPEN | FPCCR_LSPEN);
}

/* ---- nested interrupts that both use the FPU ---- */

static float outer_result, inner_result;

static void inner_irq(void)
{
    volatile float x = 3.0f;
    inner_result = x * 1.5f + 0.25f;
}

static void outer_irq(void)
{
    volatile float x = 7.0f;
    float y = x * 2.0f;
    nvic_pend(IRQ_INNER);
    outer_result = y + x;
}

static void test_nested_contexts(void)
{
    volatile float a = 1.25f, b = 2.5f;
    vector_set(EXC_IRQ(IRQ_OUTER), outer_irq);
    vector_set(EXC_IRQ(IRQ_INNER), inner_irq);
    NVIC_IPR(IRQ_OUTER) = 0x80;
    NVIC_IPR(IRQ_INNER) = 0x40;
    nvic_enable(IRQ_OUTER);
    nvic_enable(IRQ_INNER);
    float c = a * b;
    nvic_pend(IRQ_OUTER);
    float d = c + a;
    check("thread_result_survives_two_nested_fp_handlers", d == 4.375f);
    check("outer_result_survives_the_inner_handler", outer_result == 21.0f);
    check("inner_result", inner_result == 4.75f);
}

/* ---- arithmetic: operands, FPSCR mode bits, result and cumulative flags ---- */

enum { IOC = 1, DZC = 2, OFC = 4, UFC = 8, IXC = 16, IDC = 128 };
#define RN 0u
#define RP (1u << 22)
#define RM (2u << 22)
#define RZ (3u << 22)
#define FZ (1u << 24)
#define DN (1u << 25)

#define FP_OP(name, text)                                                               \
    static uint32_t name(uint32_t a, uint32_t b, uint32_t c)                            \
    {                                                                                   \
        uint32_t result;                                                                \
        __asm volatile("vmov s0, %1\n vmov s1, %2\n vmov s2, %3\n" text "\n vmov %0, s0" \
                       : "=r"(result) : "r"(a), "r"(b), "r"(c) : "s0", "s1", "s2");     \
        return result;                                                                  \
    }

FP_OP(op_add, "vadd.f32 s0, s1, s2")
FP_OP(op_mul, "vmul.f32 s0, s1, s2")
FP_OP(op_div, "vdiv.f32 s0, s1, s2")
FP_OP(op_sqrt, "vsqrt.f32 s0, s1")
FP_OP(op_mla, "vmla.f32 s0, s1, s2")
FP_OP(op_fma, "vfma.f32 s0, s1, s2")
FP_OP(op_fnms, "vfnms.f32 s0, s1, s2")
FP_OP(op_neg, "vneg.f32 s0, s1")
FP_OP(op_to_s32, "vcvt.s32.f32 s0, s1")
FP_OP(op_to_u32, "vcvt.u32.f32 s0, s1")
FP_OP(op_to_s32r, "vcvtr.s32.f32 s0, s1")
FP_OP(op_from_s32, "vcvt.f32.s32 s0, s1")
FP_OP(op_from_u32, "vcvt.f32.u32 s0, s1")
FP_OP(op_to_fixed, "vcvt.s32.f32 s1, s1, #8\n vmov s0, s1")
FP_OP(op_from_half, "vcvtb.f32.f16 s0, s1")
FP_OP(op_to_half, "vcvtt.f16.f32 s0, s1")

static void test_arithmetic(void)
{
    static const struct {
        const char *name;
        uint32_t (*op)(uint32_t, uint32_t, uint32_t);
        uint32_t mode, a, b, c, result, flags;
    } rows[] = {
        {"add_exact", op_add, RN, 0, 0x3F800000, 0x40000000, 0x40400000, 0},
        {"add_rounds_to_even", op_add, RN, 0, 0x3F800000, 0x33800000, 0x3F800000, IXC},
        {"add_rounds_up", op_add, RP, 0, 0x3F800000, 0x33800000, 0x3F800001, IXC},
        {"add_rounds_down", op_add, RM, 0, 0xBF800000, 0xB3800000, 0xBF800001, IXC},
        {"add_rounds_to_zero", op_add, RZ, 0, 0xBF800000, 0xB3800000, 0xBF800000, IXC},
        {"add_overflow", op_add, RN, 0, 0x7F7FFFFF, 0x7F7FFFFF, 0x7F800000, OFC | IXC},
        {"add_overflow_towards_zero", op_add, RZ, 0, 0x7F7FFFFF, 0x7F7FFFFF, 0x7F7FFFFF, OFC | IXC},
        {"inf_minus_inf", op_add, RN, 0, 0x7F800000, 0xFF800000, 0x7FC00000, IOC},
        {"zero_of_minus_zeros", op_add, RN, 0, 0x80000000, 0x80000000, 0x80000000, 0},
        {"zero_of_cancellation_rounding_down", op_add, RM, 0, 0x3F800000, 0xBF800000, 0x80000000, 0},
        {"quiet_nan_propagates", op_add, RN, 0, 0x7FC12345, 0x3F800000, 0x7FC12345, 0},
        {"signalling_nan_is_quietened", op_add, RN, 0, 0x7F812345, 0x3F800000, 0x7FC12345, IOC},
        {"signalling_nan_beats_quiet_nan", op_add, RN, 0, 0x7FC00001, 0xFF800002, 0xFFC00002, IOC},
        {"default_nan_replaces", op_add, DN, 0, 0x7FC12345, 0x3F800000, 0x7FC00000, 0},
        {"denormal_result", op_mul, RN, 0, 0x00800000, 0x3F000000, 0x00400000, 0},
        {"denormal_result_inexact", op_mul, RN, 0, 0x00800001, 0x3F000000, 0x00400000, UFC | IXC},
        {"flush_to_zero_result", op_mul, FZ, 0, 0x00800000, 0x3F000000, 0x00000000, UFC},
        {"flush_to_zero_input", op_add, FZ, 0, 0x00400000, 0x3F800000, 0x3F800000, IDC},
        {"zero_times_inf", op_mul, RN, 0, 0x00000000, 0x7F800000, 0x7FC00000, IOC},
        {"div_inexact", op_div, RN, 0, 0x3F800000, 0x40400000, 0x3EAAAAAB, IXC},
        {"div_by_zero", op_div, RN, 0, 0xBF800000, 0x00000000, 0xFF800000, DZC},
        {"zero_by_zero", op_div, RN, 0, 0x00000000, 0x00000000, 0x7FC00000, IOC},
        {"sqrt_two", op_sqrt, RN, 0, 0x40000000, 0, 0x3FB504F3, IXC},
        {"sqrt_minus_zero", op_sqrt, RN, 0, 0x80000000, 0, 0x80000000, 0},
        {"sqrt_negative", op_sqrt, RN, 0, 0xBF800000, 0, 0x7FC00000, IOC},
        {"mla_rounds_twice", op_mla, RN, 0xBF800000, 0x3F800001, 0x3F7FFFFF, 0x00000000, IXC},
        {"fma_rounds_once", op_fma, RN, 0xBF800000, 0x3F800001, 0x3F7FFFFF, 0x337FFFFE, 0},
        {"fnms", op_fnms, RN, 0x3F800000, 0x40000000, 0x40400000, 0x40A00000, 0},
        {"neg_of_a_nan_raises_nothing", op_neg, RN, 0, 0x7F800001, 0, 0xFF800001, 0},
        {"to_s32_truncates", op_to_s32, RN, 0, 0xC0300000, 0, 0xFFFFFFFE, IXC},
        {"to_s32_saturates", op_to_s32, RN, 0, 0x4F000000, 0, 0x7FFFFFFF, IOC},
        {"to_s32_of_nan_is_zero", op_to_s32, RN, 0, 0x7FC00000, 0, 0, IOC},
        {"to_u32_of_negative_is_zero", op_to_u32, RN, 0, 0xBF800000, 0, 0, IOC},
        {"to_u32_of_small_negative_is_inexact", op_to_u32, RN, 0, 0xBF000000, 0, 0, IXC},
        {"to_s32_by_mode", op_to_s32r, RN, 0, 0x40200000, 0, 2, IXC},
        {"to_s32_by_mode_up", op_to_s32r, RP, 0, 0x40200000, 0, 3, IXC},
        {"from_s32", op_from_s32, RN, 0, 0x80000000, 0, 0xCF000000, 0},
        {"from_u32_rounds", op_from_u32, RN, 0, 0xFFFFFFFF, 0, 0x4F800000, IXC},
        {"to_fixed_point", op_to_fixed, RN, 0, 0x3FC00000, 0, 0x180, 0},
        {"from_half", op_from_half, RN, 0, 0x00003C01, 0, 0x3F802000, 0},
        {"from_half_denormal", op_from_half, RN, 0, 0x00000001, 0, 0x33800000, 0},
        {"to_half_top", op_to_half, RN, 0x1234, 0x3F802000, 0, 0x3C011234, 0},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t fpscr;
        __asm volatile("vmsr fpscr, %0" : : "r"(rows[i].mode));
        uint32_t result = rows[i].op(rows[i].a, rows[i].b, rows[i].c);
        __asm volatile("vmrs %0, fpscr\n vmsr fpscr, %1" : "=&r"(fpscr) : "r"(0));
        bool right = result == rows[i].result && (fpscr & 0xFF) == rows[i].flags;
        check(rows[i].name, right);
        if (!right) {
            check_note("  result", result);
            check_note("  flags", fpscr & 0xFF);
        }
    }
}

static uint32_t compare(uint32_t a, uint32_t b, bool with_exception)
{
    uint32_t fpscr;
    __asm volatile("vmsr fpscr, %0" : : "r"(0));
    if (with_exception)
        __asm volatile("vmov s0, %0\n vmov s1, %1\n vcmpe.f32 s0, s1" : : "r"(a), "r"(b) : "s0", "s1");
    else
        __asm volatile("vmov s0, %0\n vmov s1, %1\n vcmp.f32 s0, s1" : : "r"(a), "r"(b) : "s0", "s1");
    __asm volatile("vmrs %0, fpscr" : "=r"(fpscr));
    return fpscr;
}

static void test_compare(void)
{
    check_eq("compare_less", compare(0x3F800000, 0x40000000, false), 0x80000000);
    check_eq("compare_equal", compare(0x80000000, 0x00000000, false), 0x60000000);
    check_eq("compare_greater", compare(0x40000000, 0x3F800000, false), 0x20000000);
    check_eq("compare_unordered", compare(0x7FC00000, 0x3F800000, false), 0x30000000);
    check_eq("compare_e_of_a_quiet_nan_is_invalid", compare(0x7FC00000, 0x3F800000, true), 0x30000001);
    uint32_t apsr;
    __asm volatile("vmrs apsr_nzcv, fpscr\n mrs %0, apsr\n vmsr fpscr, %1" : "=&r"(apsr) : "r"(0) : "cc");
    check_eq("vmrs_copies_the_flags", apsr & 0xF0000000, 0x30000000);
}

int main(void)
{
    check_eq("mvfr0", FPU_MVFR0, 0x10110021);
    check_eq("mvfr1", FPU_MVFR1, 0x11000011);
    test_fpca();
    test_lazy_untouched();
    test_lazy_used();
    test_eager();
    test_nested_contexts();
    test_arithmetic();
    test_compare();
    check_end();
}
