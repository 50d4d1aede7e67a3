/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Interrupts, each raised by the firmware itself so that every emulator takes the same ones: a handler that another
 * one preempts, and a PendSV that is tail-chained to them.
 */
#include "lib/cortex_m4.h"
#include "program.h"

#define ROUNDS 250000
#define LOW    6
#define HIGH   7

static volatile uint32_t low_count, high_count, pendsv_count;

static void on_low(void)
{
    low_count++;
    NVIC_ISPR(0) = 1u << HIGH;
    SCB_ICSR = ICSR_PENDSVSET;
    __asm volatile("dsb" ::: "memory");
}

static void on_high(void)
{
    high_count++;
}

static void on_pendsv(void)
{
    pendsv_count++;
}

int main(void)
{
    vector_set(EXC_IRQ(LOW), on_low);
    vector_set(EXC_IRQ(HIGH), on_high);
    vector_set(EXC_PENDSV, on_pendsv);
    NVIC_IPR(LOW) = 0x80;
    NVIC_IPR(HIGH) = 0x40;
    SCB_SHPR(EXC_PENDSV) = 0xF0;
    nvic_enable(LOW);
    nvic_enable(HIGH);
    for (unsigned round = 0; round < ROUNDS; round++)
        nvic_pend(LOW);
    return low_count != ROUNDS || high_count != ROUNDS || pendsv_count != ROUNDS;
}
