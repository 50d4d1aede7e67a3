/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Resets by software and by the watchdog: their flags, what is lost and what is kept (RM0090 6.1, 7.3.21, 21). */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/stm32f405.h"

#define MAGIC 0x5EED1E55u

/* Which life this is; RAM outlives every reset but power-on. */
static struct {
    uint32_t magic, life, checks, failures;
} past __attribute__((section(".noinit")));

static _Noreturn void die(void)
{
    past.checks = check_count();
    past.failures = check_failures();
    past.life++;
    for (;;) {
    }
}

static uint32_t reset_flags(void)
{
    uint32_t flags = RCC->CSR & 0xFE000000u;
    RCC->CSR |= RCC_CSR_RMVF;
    return flags;
}

static void first_life(void)
{
    check("power_on_flag", reset_flags() & RCC_CSR_PORRSTF);
    check_eq("rmvf_clears_the_flags", RCC->CSR & 0xFE000000u, 0);
    RCC->AHB1ENR |= RCC_AHB1ENR_GPIOC;
    GPIOC->ODR = 0x55;
    SCB_AIRCR = SCB_AIRCR & 0x700;                      /* no key: ignored */
    past.checks = check_count();
    past.failures = check_failures();
    past.life++;
    barrier();
    SCB_AIRCR = AIRCR_KEY | AIRCR_SYSRESETREQ;
    barrier();
    for (;;) {
    }
}

static void second_life(void)
{
    check_eq("software_reset_flags", reset_flags(), RCC_CSR_SFTRSTF | RCC_CSR_PINRSTF);
    check_eq("reset_switched_the_port_clock_off", RCC->AHB1ENR & RCC_AHB1ENR_GPIOC, 0);
    RCC->AHB1ENR |= RCC_AHB1ENR_GPIOC;
    check_eq("reset_cleared_the_port", GPIOC->ODR, 0);
    check_eq("reset_cleared_basepri", READ_SPECIAL("basepri"), 0);
    IWDG->KR = 0xCCCC;              /* starts the LSI too, which the updates need */
    IWDG->KR = 0x5555;
    IWDG->PR = 0;
    IWDG->RLR = 31;                 /* 32 * 4 / 32 kHz = 4 ms */
    while (IWDG->SR) {
    }
    IWDG->KR = 0xAAAA;
    cycle_counter_start();
    while (DWT_CYCCNT < 16000 * 8) {        /* 8 ms, twice the period */
        if (DWT_CYCCNT % 16000 < 8000)
            IWDG->KR = 0xAAAA;
    }
    check("watchdog_that_is_fed_does_not_bite", true);
    die();
}

static void third_life(void)
{
    check_eq("watchdog_reset_flags", reset_flags(), RCC_CSR_IWDGRSTF | RCC_CSR_PINRSTF);
    check_end();
}

int main(void)
{
    if (past.magic != MAGIC) {
        past.magic = MAGIC;
        past.life = 0;
    } else {
        check_resume(past.checks, past.failures);
    }
    switch (past.life) {
    case 0: first_life(); break;
    case 1: second_life(); break;
    default: third_life(); break;
    }
    return 1;
}
