/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The program that the debugger tests look at: calls three deep, a printf, an interrupt handler over a thread on the
 * process stack, and data to watch. Linked with newlib's semihosting start code. The scripts name its functions and
 * variables, and lines by the marks in its comments.
 */
#include <stdio.h>
#include <string.h>

#include "lib/cortex_m4.h"

struct point {
    int x, y;
    char name[8];
};

volatile int counter;
volatile int total;
volatile unsigned ticks;
volatile unsigned isr_total;
struct point origin = {3, 4, "origin"};
const char needle[] = "needle in flash";
unsigned char buffer[256];
static uint64_t thread_stack[128];

__attribute__((noinline)) int inner(int value)
{
    total += value;             /* mark: inner body */
    return total;
}

__attribute__((noinline)) int middle(int value)
{
    int result = inner(value + 1);          /* mark: call inner */
    return result * 2;
}

__attribute__((noinline)) int outer(int value)
{
    int result = middle(value + 1);
    return result + 1;
}

__attribute__((noinline)) void isr_work(unsigned now)
{
    isr_total += now;
}

__attribute__((noinline)) void systick_handler(void)
{
    ticks++;                    /* mark: isr body */
    isr_work(ticks);
}

__attribute__((noinline)) void count_to(int limit)
{
    for (int i = 0; i < limit; i++)
        counter++;              /* mark: loop body */
}

__attribute__((noinline)) void fill(unsigned char value)
{
    memset(buffer, value, sizeof buffer);
}

/* Runs for ever; the first tick says so on the console, for the test that interrupts it. */
__attribute__((noinline)) void spin(void)
{
    puts("spinning");
    for (;;)
        counter++;              /* mark: spin loop */
}

__attribute__((noinline, used)) void thread_main(void)
{
    SYST_RVR = 9999;
    SYST_CVR = 0;
    SYST_CSR = SYST_ENABLE | SYST_TICKINT | SYST_CLKSOURCE;
    while (ticks < 5)
        counter++;              /* mark: thread loop */
    SYST_CSR = 0;
    spin();
}

/* Leaves the main stack for good. */
static void enter_thread(void)
{
    uint32_t top = (uint32_t)(uintptr_t)(thread_stack + 128);
    __asm volatile("msr psp, %0\n movs r0, #2\n msr control, r0\n isb\n bl thread_main"
                   : : "r"(top) : "r0", "lr", "memory");
}

int main(void)
{
    vector_set(EXC_SYSTICK, systick_handler);
    counter = 1;                            /* mark: main start */
    int result = outer(origin.x + 2);       /* mark: call outer */
    printf("outer gave %d\n", result);      /* mark: printf */
    buffer[0] = (unsigned char)needle[counter];
    count_to(10);                           /* mark: count */
    fill(0x5A);
    count_to(result);
    enter_thread();                         /* mark: thread */
    return 0;
}
