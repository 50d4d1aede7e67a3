/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the chip is: memories and their aliases, identification, pins, EXTI, CRC and RNG (RM0090 2, 4, 8, 12, 24, 39). */
#include "lib/check.h"
#include "lib/cortex_m4.h"
#include "lib/stm32f405.h"

static uint32_t ccm_words[4] __attribute__((section(".ccm")));

static void test_memories(void)
{
    check_eq("flash_is_aliased_at_zero", REG32(0x00000004), REG32(0x08000004));
    REG32(0x2001FFFC) = 0x600DF00D;
    check_eq("sram_reaches_to_its_end", REG32(0x2001FFFC), 0x600DF00D);
    ccm_words[0] = 0xCC;
    check_eq("ccm_holds_data", ccm_words[0], 0xCC);
    check_eq("unprogrammed_flash_reads_ones", REG32(0x080FFFFC), 0xFFFFFFFF);
    RCC->APB2ENR |= RCC_APB2ENR_SYSCFG;
    REG32(0x20000100) = REG32(0x20000100);
    SYSCFG->MEMRMP = 3;
    barrier();
    check_eq("memrmp_3_puts_sram_at_zero", REG32(0x00000100), REG32(0x20000100));
    SYSCFG->MEMRMP = 0;
    barrier();
    check_eq("memrmp_0_puts_flash_back", REG32(0x00000004), REG32(0x08000004));
}

static void test_identity(void)
{
    check_eq("device_id_is_0x413", REG32(0xE0042000) & 0xFFF, 0x413);
    check_eq("flash_size_is_1024_kb", REG16(0x1FFF7A22), 1024);
    check("unique_id_is_not_blank", REG32(0x1FFF7A10) != 0 && REG32(0x1FFF7A10) != 0xFFFFFFFF);
    check_eq("otp_reads_ones", REG32(0x1FFF7800), 0xFFFFFFFF);
}

static void test_pins(void)
{
    RCC->AHB1ENR |= RCC_AHB1ENR_GPIOA | RCC_AHB1ENR_GPIOB | RCC_AHB1ENR_GPIOC;
    (void)RCC->AHB1ENR;
    check_eq("gpioa_moder_after_reset", GPIOA->MODER, 0xA8000000);
    check_eq("gpioa_pupdr_after_reset", GPIOA->PUPDR, 0x64000000);
    check_eq("gpiob_moder_after_reset", GPIOB->MODER, 0x00000280);
    GPIOC->PUPDR = 1u << 0 | 2u << 2;
    check_eq("pull_up_reads_one_and_pull_down_zero", GPIOC->IDR & 3, 1);
    GPIOC->MODER |= 1u << 4;
    GPIOC->BSRR = 1u << 2;
    check_eq("output_shows_in_idr", GPIOC->IDR & 4, 4);
    GPIOC->BSRR = 1u << 2 | 1u << 18;
    check_eq("set_wins_over_reset_in_bsrr", GPIOC->ODR & 4, 4);
    REG16((uint32_t)(uintptr_t)&GPIOC->BSRR + 2) = 1u << 2;
    check_eq("upper_half_of_bsrr_resets", GPIOC->ODR & 4, 0);
    check_eq("bsrr_reads_zero", GPIOC->BSRR, 0);
}

static volatile uint32_t exti_runs;

static void exti_handler(void)
{
    exti_runs++;
    EXTI->PR = 1u << 13;
}

/* PC13 is an output here: EXTI sees the pad whoever drives it. */
static void test_exti(void)
{
    vector_set(EXC_IRQ(EXTI15_10_IRQ), exti_handler);
    nvic_enable(EXTI15_10_IRQ);
    GPIOC->MODER |= 1u << 26;
    SYSCFG->EXTICR[3] = 2u << 4;
    EXTI->FTSR = 1u << 13;
    EXTI->IMR = 1u << 13;
    GPIOC->BSRR = 1u << 13;
    barrier();
    check_eq("rising_edge_is_ignored", exti_runs, 0);
    GPIOC->BSRR = 1u << 29;
    barrier();
    check_eq("falling_edge_interrupts", exti_runs, 1);
    EXTI->SWIER = 1u << 13;
    barrier();
    check_eq("swier_interrupts", exti_runs, 2);
    check_eq("clearing_pr_clears_swier", EXTI->SWIER, 0);
    EXTI->IMR = 0;
    GPIOC->BSRR = 1u << 13;
    GPIOC->BSRR = 1u << 29;
    barrier();
    check_eq("masked_line_does_not_interrupt", exti_runs, 2);
    SYSCFG->EXTICR[3] = 0;
    EXTI->PR = 1u << 13;
    EXTI->IMR = 1u << 13;
    GPIOC->BSRR = 1u << 13;
    GPIOC->BSRR = 1u << 29;
    barrier();
    check_eq("line_listens_to_the_selected_port_only", exti_runs, 2);
    EXTI->IMR = 0;
}

static void test_crc(void)
{
    RCC->AHB1ENR |= RCC_AHB1ENR_CRC;
    (void)RCC->AHB1ENR;
    CRC->CR = 1;
    check_eq("crc_after_reset", CRC->DR, 0xFFFFFFFF);
    CRC->DR = 0x12345678;
    check_eq("crc_of_a_word", CRC->DR, 0xDF8A8A2B);
    CRC->IDR = 0xA5;
    CRC->CR = 1;
    check_eq("crc_reset_leaves_idr", CRC->IDR, 0xA5);
}

static void test_rng(void)
{
    RCC->CR |= RCC_CR_HSEON;
    while (!(RCC->CR & RCC_CR_HSERDY)) {
    }
    RCC->PLLCFGR = 8 | 336 << 6 | RCC_PLLCFGR_SRC_HSE | 7 << 24;   /* 48 MHz at Q */
    RCC->CR |= RCC_CR_PLLON;
    while (!(RCC->CR & RCC_CR_PLLRDY)) {
    }
    RCC->AHB2ENR |= RCC_AHB2ENR_RNG;
    (void)RCC->AHB2ENR;
    RNG->CR = 4;
    while (!(RNG->SR & 1)) {
    }
    uint32_t first = RNG->DR;
    check_eq("reading_a_number_takes_it", RNG->SR & 1, 0);
    while (!(RNG->SR & 1)) {
    }
    check("numbers_differ", RNG->DR != first);
    check_eq("rng_sees_no_clock_error", RNG->SR & 6, 0);
}

int main(void)
{
    test_memories();
    test_identity();
    test_pins();
    test_exti();
    test_crc();
    test_rng();
    check_end();
}
