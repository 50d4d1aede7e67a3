/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a Cortex-M3 lacks of a Cortex-M4F: DSP instructions are undefined, floating point is a coprocessor that
 * is not there (Arm ARM A4.4, A4.6), and its system registers read 0. */
#include "lib/check.h"
#include "lib/cortex_m4.h"

static volatile uint32_t faults, syndrome;

/* All of the instructions below have four bytes. */
static void skip(uint32_t *frame)
{
    faults++;
    syndrome = SCB_CFSR;
    SCB_CFSR = syndrome;
    frame[6] += 4;
}

__attribute__((naked)) static void fault_handler(void)
{
    __asm volatile("mrs r0, msp\n"
                   "b %c0" : : "i"(skip));
}

#define ENCODED(label, first, second)                                                        \
    static void label(void)                                                                  \
    {                                                                                        \
        __asm volatile(".inst.w 0x" #first #second : : : "r0", "r1", "memory", "cc");        \
    }

ENCODED(op_uadd8, fa80, f041)       /* uadd8 r0, r0, r1 */
ENCODED(op_qadd, fa80, f081)        /* qadd r0, r1, r0 */
ENCODED(op_smlad, fb20, 0001)       /* smlad r0, r0, r1, r0 */
ENCODED(op_smulbb, fb10, f001)      /* smulbb r0, r0, r1 */
ENCODED(op_smmul, fb50, f001)       /* smmul r0, r0, r1 */
ENCODED(op_umaal, fbe0, 0160)       /* umaal r0, r1, r0, r0 */
ENCODED(op_uxtab16, fa31, f080)     /* uxtab16 r0, r1, r0 */
ENCODED(op_pkhbt, eac0, 0001)       /* pkhbt r0, r0, r1 */
ENCODED(op_sel, faa0, f081)         /* sel r0, r0, r1 */
ENCODED(op_vmov, ee00, 0a10)        /* vmov s0, r0 */
ENCODED(op_vadd, ee30, 0a20)        /* vadd.f32 s0, s0, s1 */
ENCODED(op_vldr, ed90, 0a00)        /* vldr s0, [r0] */
ENCODED(op_vmrs, eef1, 0a10)        /* vmrs r0, fpscr */

static void check_refused(const char *name, void (*op)(void), uint32_t expected)
{
    faults = syndrome = 0;
    op();
    check_eq(name, faults == 1 ? syndrome : 0, expected);
}

int main(void)
{
    vector_set(EXC_USAGEFAULT, fault_handler);
    SCB_SHCSR |= SHCSR_USGFAULTENA;
    check_refused("uadd8_is_undefined", op_uadd8, CFSR_UNDEFINSTR);
    check_refused("qadd_is_undefined", op_qadd, CFSR_UNDEFINSTR);
    check_refused("smlad_is_undefined", op_smlad, CFSR_UNDEFINSTR);
    check_refused("smulbb_is_undefined", op_smulbb, CFSR_UNDEFINSTR);
    check_refused("smmul_is_undefined", op_smmul, CFSR_UNDEFINSTR);
    check_refused("umaal_is_undefined", op_umaal, CFSR_UNDEFINSTR);
    check_refused("uxtab16_is_undefined", op_uxtab16, CFSR_UNDEFINSTR);
    check_refused("pkhbt_is_undefined", op_pkhbt, CFSR_UNDEFINSTR);
    check_refused("sel_is_undefined", op_sel, CFSR_UNDEFINSTR);
    SCB_CPACR = CPACR_FPU_FULL;
    barrier();
    check_eq("cpacr_has_no_coprocessors", SCB_CPACR, 0);
    check_refused("vmov_is_nocp", op_vmov, CFSR_NOCP);
    check_refused("vadd_is_nocp", op_vadd, CFSR_NOCP);
    check_refused("vldr_is_nocp", op_vldr, CFSR_NOCP);
    check_refused("vmrs_is_nocp", op_vmrs, CFSR_NOCP);
    check_eq("mvfr0_reads_0", FPU_MVFR0, 0);
    check_eq("fpccr_reads_0", FPU_FPCCR, 0);
    check_end();
}
