/* SPDX-License-Identifier: GPL-3.0-or-later */
/* IT blocks: conditions, flags, and exceptions in the middle (Arm ARM A7.3.2, B1.4.2). */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/frame.h"

#define N (1u << 31)
#define Z (1u << 30)
#define C (1u << 29)
#define V (1u << 28)

/* Sets the flags, then runs `ite cond`: 1 if the condition held, 2 if not. */
#define CONDITION(name, condition, inverse)                                                 \
    static uint32_t name(uint32_t flags)                                                    \
    {                                                                                       \
        uint32_t result = 0;                                                                \
        __asm volatile("msr apsr_nzcvq, %1\n ite " #condition "\n mov" #condition " %0, #1\n" \
                       "mov" #inverse " %0, #2" : "+r"(result) : "r"(flags) : "cc");        \
        return result;                                                                      \
    }

CONDITION(it_eq, eq, ne)
CONDITION(it_cs, cs, cc)
CONDITION(it_mi, mi, pl)
CONDITION(it_vs, vs, vc)
CONDITION(it_hi, hi, ls)
CONDITION(it_ge, ge, lt)
CONDITION(it_gt, gt, le)

static bool model(unsigned condition, uint32_t f)
{
    bool n = f & N, z = f & Z, c = f & C, v = f & V;
    switch (condition) {
    case 0: return z;
    case 1: return c;
    case 2: return n;
    case 3: return v;
    case 4: return c && !z;
    case 5: return n == v;
    default: return !z && n == v;
    }
}

static void test_conditions(void)
{
    static const struct {
        const char *name;
        uint32_t (*run)(uint32_t);
    } rows[] = {{"it_eq_ne", it_eq}, {"it_cs_cc", it_cs}, {"it_mi_pl", it_mi}, {"it_vs_vc", it_vs},
                {"it_hi_ls", it_hi}, {"it_ge_lt", it_ge}, {"it_gt_le", it_gt}};
    for (unsigned row = 0; row < sizeof rows / sizeof *rows; row++) {
        unsigned wrong = 0;
        for (uint32_t flags = 0; flags < 16; flags++)
            wrong += rows[row].run(flags << 28) != (model(row, flags << 28) ? 1u : 2u);
        check_eq(rows[row].name, wrong, 0);
    }
}

static void test_flags(void)
{
    uint32_t flags, a, b;

    __asm volatile("msr apsr_nzcvq, %1\n it eq\n addeq r0, r0, #1\n mrs %0, apsr"
                   : "=r"(flags) : "r"(Z | C | V) : "r0", "cc");
    check_eq("short_arithmetic_in_it_leaves_the_flags", flags & 0xF0000000, Z | C | V);
    __asm volatile("movs r0, #5\n cmp r0, #5\n itt eq\n cmpeq r0, #7\n moveq r0, #1\n mov %0, r0"
                   : "=r"(a) : : "r0", "cc");
    check_eq("compare_in_it_changes_the_flags_for_the_rest", a, 5);
    __asm volatile("movs r0, #1\n movs r1, #0\n cmp r0, #1\n"
                   "itete eq\n addeq r1, #1\n addne r1, #2\n addeq r1, #4\n addne r1, #8\n mov %0, r1"
                   : "=r"(b) : : "r0", "r1", "cc");
    check_eq("itete_runs_the_right_four", b, 5);
    __asm volatile("movs r0, #1\n cmp r0, #1\n it ne\n bne 1f\n movs r0, #7\n 1: mov %0, r0"
                   : "=r"(a) : : "r0", "cc");
    check_eq("branch_last_in_it_not_taken", a, 7);
    __asm volatile("movs r0, #1\n cmp r0, #1\n it eq\n beq 1f\n movs r0, #7\n 1: mov %0, r0"
                   : "=r"(a) : : "r0", "cc");
    check_eq("branch_last_in_it_taken", a, 1);
    static const uint32_t nowhere = 0x30000000;
    __asm volatile("movs r0, #1\n cmp r0, #2\n it eq\n ldreq r0, [%1]\n mov %0, r0"
                   : "=r"(a) : "r"(nowhere) : "r0", "cc");
    check_eq("skipped_load_does_not_fault", a, 1);
}

/* ---- an exception inside ---- */

static uint32_t it_seen[2], seen_count;

__attribute__((used)) static void svc_body(struct frame *frame, uint32_t exc_return)
{
    (void)exc_return;
    it_seen[seen_count++ & 1] = XPSR_IT(frame->xpsr);
    __asm volatile("cmp r0, r0\n itte eq\n nopeq\n nopeq\n nopne" : : : "cc");
}

FRAME_HANDLER(svc_handler, svc_body)

static void test_exception_inside(void)
{
    uint32_t result;

    vector_set(EXC_SVCALL, svc_handler);
    __asm volatile("movs r4, #0\n cmp r4, #0\n"
                   "ittet eq\n"
                   "addeq r4, #1\n"
                   "svceq #0\n"
                   "addne r4, #2\n"
                   "addeq r4, #4\n"
                   "mov %0, r4" : "=r"(result) : : "r0", "r4", "cc", "memory");
    check_eq("it_block_goes_on_after_an_exception", result, 5);
    /* Two instructions are left: condition NE (0001) with one more, then EQ. */
    check_eq("stacked_itstate_is_that_of_the_next_instruction", it_seen[0], 0x14);
    seen_count = 0;
    __asm volatile("movs r4, #0\n cmp r4, #0\n it eq\n svceq #0\n" : : : "r0", "r4", "cc", "memory");
    check_eq("stacked_itstate_is_clear_after_the_last", it_seen[0], 0);
}

/* SysTick storms through a loop of IT blocks: the sum must come out right whatever gets interrupted. */
static volatile uint32_t ticks;

static void systick_handler(void)
{
    ticks++;
    __asm volatile("cmp r0, #1\n ite ne\n movne r0, #1\n moveq r0, #2" : : : "r0", "cc");
}

static void test_storm(void)
{
    uint32_t sum = 0, loops = 20000;
    vector_set(EXC_SYSTICK, systick_handler);
    SYST_RVR = 97;
    SYST_CVR = 0;
    SYST_CSR = SYST_ENABLE | SYST_TICKINT | SYST_CLKSOURCE;
    __asm volatile("1: tst %1, #1\n"
                   "itete eq\n addeq %0, #1\n addne %0, #2\n addeq %0, #4\n addne %0, #8\n"
                   "subs %1, #1\n bne 1b" : "+r"(sum), "+r"(loops) : : "cc");
    SYST_CSR = 0;
    check_eq("it_blocks_survive_interrupts", sum, 10000 * 5 + 10000 * 10);
    check("there_were_interrupts", ticks > 200);
}

int main(void)
{
    test_conditions();
    test_flags();
    test_exception_inside();
    test_storm();
    check_end();
}
