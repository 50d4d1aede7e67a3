/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A small preemptive kernel: threads on the process stack, SysTick as the time slice, PendSV at the lowest priority
 * as the context switch that saves r4-r11 and, for threads that used the FPU, s16-s31 (the way most kernels do it).
 */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/frame.h"

#define THREADS 4u
#define STACK_WORDS 256u
#define CANARY 0xC0FFEE00u
#define ROUNDS 400u

struct thread {
    uint32_t *sp;           /* first: the switch code stores through a pointer to the thread */
    volatile uint32_t rounds, errors, done;
    uint32_t stack[STACK_WORDS] __attribute__((aligned(8)));
};

static struct thread threads[THREADS];
static struct thread *volatile __attribute__((used)) current;
static volatile uint32_t switches, ticks;

/* ---- the kernel ---- */

__attribute__((used)) static void choose_next(void)
{
    unsigned next = (unsigned)(current - threads);
    do
        next = (next + 1) % THREADS;
    while (threads[next].done && next != (unsigned)(current - threads));
    current = &threads[next];
    switches++;
}

/* Every thread keeps its EXC_RETURN, which says whether its frame is an extended one. */
static __attribute__((naked)) void pendsv_handler(void)
{
    __asm volatile("mrs r0, psp\n"
                   "tst lr, #0x10\n"
                   "it eq\n"
                   "vstmdbeq r0!, {s16-s31}\n"
                   "stmdb r0!, {r4-r11, lr}\n"
                   "ldr r1, =current\n"
                   "ldr r2, [r1]\n"
                   "str r0, [r2]\n"
                   "push {r3, lr}\n"
                   "bl choose_next\n"
                   "pop {r3, lr}\n"
                   "ldr r1, =current\n"
                   "ldr r2, [r1]\n"
                   "ldr r0, [r2]\n"
                   "ldmia r0!, {r4-r11, lr}\n"
                   "tst lr, #0x10\n"
                   "it eq\n"
                   "vldmiaeq r0!, {s16-s31}\n"
                   "msr psp, r0\n"
                   "bx lr\n"
                   ".ltorg");
}

static void systick_handler(void)
{
    ticks++;
    SCB_ICSR = ICSR_PENDSVSET;
}

static void yield(void)
{
    SCB_ICSR = ICSR_PENDSVSET;
    barrier();
}

/* ---- the threads: each computes something whose result is known, over and over ---- */

static bool integer_work(uint32_t seed)
{
    uint32_t x = seed;
    for (unsigned i = 0; i < 50; i++)
        x = x * 1664525u + 1013904223u;
    uint32_t y = seed;
    for (unsigned i = 0; i < 50; i++)
        y = y * 1664525u + 1013904223u;
    return x == y;
}

/* Many values live in FPU registers at once, in both halves of the register file. */
static bool float_work(float seed)
{
    float a = seed, b = seed + 1, c = seed + 2, d = seed + 3, e = seed + 4, f = seed + 5, g = seed + 6;
    float h = seed + 7, i = seed + 8, j = seed + 9, k = seed + 10, l = seed + 11, m = seed + 12, n = seed + 13;
    for (unsigned round = 0; round < 20; round++) {
        __asm volatile("" : "+t"(a), "+t"(b), "+t"(c), "+t"(d), "+t"(e), "+t"(f), "+t"(g));
        __asm volatile("" : "+t"(h), "+t"(i), "+t"(j), "+t"(k), "+t"(l), "+t"(m), "+t"(n));
        a += 1; b += 1; c += 1; d += 1; e += 1; f += 1; g += 1;
        h += 1; i += 1; j += 1; k += 1; l += 1; m += 1; n += 1;
    }
    return a + b + c + d + e + f + g + h + i + j + k + l + m + n == 14 * seed + 91 + 14 * 20;
}

__attribute__((used)) static void thread_main(struct thread *self, uint32_t number)
{
    bool uses_fpu = number != 1;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        bool right = integer_work(number * 77 + round) && (!uses_fpu || float_work((float)(number * 100)));
        if (!right)
            self->errors++;
        self->rounds++;
        if (number == 2)
            yield();
    }
    self->done = 1;
    for (;;)
        yield();
}

/* A frame as if the thread had just been interrupted at its first instruction. */
static void thread_create(unsigned number)
{
    struct thread *t = &threads[number];
    t->stack[0] = CANARY + number;
    struct frame *frame = (struct frame *)(void *)(t->stack + STACK_WORDS - 8);
    *frame = (struct frame){
        .r0 = (uint32_t)(uintptr_t)t,
        .r1 = number,
        .pc = (uint32_t)(uintptr_t)thread_main & ~1u,
        .xpsr = XPSR_T,
    };
    t->sp = (uint32_t *)(void *)frame - 9;
    for (unsigned i = 0; i < 8; i++)
        t->sp[i] = number * 16 + i;
    t->sp[8] = EXC_RETURN_THREAD_PSP;
}

static void start_kernel(void)
{
    current = &threads[0];
    vector_set(EXC_PENDSV, pendsv_handler);
    vector_set(EXC_SYSTICK, systick_handler);
    SCB_SHPR(EXC_PENDSV) = 0xF0;
    SCB_SHPR(EXC_SYSTICK) = 0x80;
    SYST_RVR = 999;
    SYST_CVR = 0;
    SYST_CSR = SYST_ENABLE | SYST_TICKINT | SYST_CLKSOURCE;
}

/* Thread 0. */
__attribute__((noreturn, used)) static void run_and_report(void)
{
    start_kernel();
    while (!(threads[1].done && threads[2].done && threads[3].done))
        if (!float_work(0.0f))
            threads[0].errors++;
    SYST_CSR = 0;
    barrier();
    for (unsigned i = 1; i < THREADS; i++) {
        check_eq("thread_finished_its_rounds", threads[i].rounds, ROUNDS);
        check_eq("thread_saw_no_wrong_result", threads[i].errors, 0);
        check_eq("thread_kept_its_stack", threads[i].stack[0], CANARY + i);
    }
    check_eq("main_thread_saw_no_wrong_result", threads[0].errors, 0);
    check("threads_were_preempted", ticks > 100);
    check("there_were_more_switches_than_ticks", switches > ticks);
    check_end();
}

int main(void)
{
    for (unsigned i = 1; i < THREADS; i++)
        thread_create(i);
    uint32_t top = (uint32_t)(uintptr_t)(threads[0].stack + STACK_WORDS);
    __asm volatile("msr psp, %0\n movs r0, #2\n msr control, r0\n isb\n b run_and_report"
                   : : "r"(top) : "r0", "memory");
    __builtin_unreachable();
}
