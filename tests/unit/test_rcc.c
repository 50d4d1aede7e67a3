/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RCC of STM32F4 on the real chip: oscillators, clock tree, gates, backup domain, resets. */
#include <criterion/criterion.h>
#include <string.h>

#include "periph/chips/chips.h"
#include "periph/rcc_f4.h"
#include "tests/unit/board.h"

enum {
    RCC = 0x40023800, CR = RCC, PLLCFGR = RCC + 0x04, CFGR = RCC + 0x08, CIR = RCC + 0x0C,
    AHB1RSTR = RCC + 0x10, AHB1ENR = RCC + 0x30, AHB2ENR = RCC + 0x34, APB1ENR = RCC + 0x40,
    APB2ENR = RCC + 0x44, AHB1LPENR = RCC + 0x50, BDCR = RCC + 0x70, CSR = RCC + 0x74,
    PLLI2SCFGR = RCC + 0x84,
    PWR_CR = 0x40007000, FLASH_ACR = 0x40023C00, GPIOC_MODER = 0x40020800, CRC_IDR = 0x40023004,
    IWDG_KR = 0x40003000, IWDG_PR = 0x40003004, IWDG_RLR = 0x40003008,
    AIRCR = 0xE000ED0C,

    HSION = 1 << 0, HSIRDY = 1 << 1, HSEON = 1 << 16, HSERDY = 1 << 17, HSEBYP = 1 << 18,
    CSSON = 1 << 19, PLLON = 1 << 24, PLLRDY = 1 << 25, PLLI2SON = 1 << 26, PLLI2SRDY = 1 << 27,
    SW_HSE = 1, SW_PLL = 2, SWS = 3 << 2, SWS_HSE = 1 << 2, SWS_PLL = 2 << 2,
    HSI_HZ = 16000000, HSE_HZ = 8000000
};

/* 8 MHz / 8 * 336 / 2 = 168 MHz; 48 MHz. */
#define PLL_168 (8u | 336u << 6 | 0u << 16 | 1u << 22 | 7u << 24)

static struct board *b;

static void start_with(uint32_t hse_hz, uint32_t lse_hz)
{
    const struct machine_options options = {.seed = 1, .hse_hz = hse_hz, .lse_hz = lse_hz};

    b = board_create_chip(&stm32f405rg, &options);
}

static void start(void)
{
    start_with(HSE_HZ, 32768);
}

static void stop(void)
{
    board_destroy(b);
}

TestSuite(rcc, .init = start, .fini = stop);

static void set(uint32_t address, uint32_t bits)
{
    board_write(b, address, board_read(b, address) | bits);
}

static void clear(uint32_t address, uint32_t bits)
{
    board_write(b, address, board_read(b, address) & ~bits);
}

static void expect_hz(unsigned clock, uint64_t num, uint64_t den)
{
    struct clock_rate rate = machine_clock(b->m, clock);

    cr_assert_eq(rate.num * den, num * rate.den, "clock %u is %lu/%lu Hz", clock, rate.num, rate.den);
}

static void wait_for(uint32_t address, uint32_t mask)
{
    cr_assert_neq(board_when(b, address, mask, mask, 40000000), UINT64_MAX, "never ready");
}

/* What the vendor's SystemClock_Config does for 168 MHz. */
static void run_at_168_mhz(void)
{
    set(CR, HSEON);
    wait_for(CR, HSERDY);
    board_write(b, PLLCFGR, PLL_168);
    set(CR, PLLON);
    wait_for(CR, PLLRDY);
    board_write(b, FLASH_ACR, 0x705);
    board_write(b, CFGR, 5u << 10 | 4u << 13);
    set(CFGR, SW_PLL);
}

static void unlock_backup(void)
{
    set(APB1ENR, 1u << 28);
    set(PWR_CR, 1u << 8);
}

static void expect_reset_state(void)
{
    cr_assert_eq(board_read(b, CR), 0x83);
    cr_assert_eq(board_read(b, PLLCFGR), 0x24003010);
    cr_assert_eq(board_read(b, CFGR), 0);
    cr_assert_eq(board_read(b, CIR), 0);
    cr_assert_eq(board_read(b, AHB1ENR), 0x00100000);
    cr_assert_eq(board_read(b, AHB1LPENR), 0x7E6791FF);
    expect_hz(CLOCK_CORE, HSI_HZ, 1);
}

Test(rcc, runs_from_the_hsi_out_of_reset)
{
    expect_reset_state();
    cr_assert_eq(board_read(b, CSR), 0x0E000000);
    expect_hz(CLOCK_SYSCLK, HSI_HZ, 1);
    expect_hz(CLOCK_PCLK1, HSI_HZ, 1);
    expect_hz(CLOCK_TIMER1, HSI_HZ, 1);
    expect_hz(CLOCK_SYSTICK_REF, HSI_HZ / 8, 1);
    expect_hz(CLOCK_HSE, 0, 1);
}

Test(rcc, makes_168_mhz_as_the_vendor_does)
{
    run_at_168_mhz();
    cr_assert_eq(board_read(b, CFGR) & SWS, SWS_PLL);
    expect_hz(CLOCK_CORE, 168000000, 1);
    expect_hz(CLOCK_PCLK1, 42000000, 1);
    expect_hz(CLOCK_PCLK2, 84000000, 1);
    expect_hz(CLOCK_TIMER1, 84000000, 1);
    expect_hz(CLOCK_TIMER2, 168000000, 1);
    expect_hz(CLOCK_PLL48, 48000000, 1);
    expect_hz(CLOCK_SYSTICK_REF, 21000000, 1);
    for (unsigned kind = 0; kind < DIAG_COUNT; kind++)
        cr_assert_eq(b->diags[kind], 0, "%s", b->last_diag);
}

Test(rcc, hse_is_ready_in_half_a_millisecond)
{
    uint64_t before = board_now(b);

    set(CR, HSEON);
    cr_assert_not(board_read(b, CR) & HSERDY);
    cr_assert_eq(board_when(b, CR, HSERDY, HSERDY, HSI_HZ), before + HSI_HZ / 2000);
    clear(CR, HSEON);
    cr_assert_not(board_read(b, CR) & HSERDY);
}

Test(rcc, a_start_up_lasts_as_long_when_the_core_clock_changes_meanwhile)
{
    uint64_t before = board_now(b);

    set(CR, HSEON);
    board_run_to(b, before + 4000);                         /* 250 us at 16 MHz */
    board_write(b, CFGR, 8u << 4);                          /* 250 us more at 8 MHz */
    cr_assert_eq(board_when(b, CR, HSERDY, HSERDY, HSI_HZ), before + 4000 + 2000);
}

Test(rcc, rates_are_exact_fractions)
{
    board_write(b, PLLCFGR, 13u | 217u << 6 | 1u << 16 | 5u << 24);     /* from HSI / 13 */
    set(CR, PLLON);
    wait_for(CR, PLLRDY);
    expect_hz(CLOCK_PLL, (uint64_t)HSI_HZ * 217, 13 * 4);
    expect_hz(CLOCK_PLL48, (uint64_t)HSI_HZ * 217, 13 * 5);
}

Test(rcc, prescalers_divide)
{
    static const unsigned ahb[16] = {1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 8, 16, 64, 128, 256, 512};
    static const unsigned apb[8] = {1, 1, 1, 1, 2, 4, 8, 16};

    for (unsigned i = 0; i < 16; i++) {
        board_write(b, CFGR, i << 4);
        expect_hz(CLOCK_CORE, HSI_HZ, ahb[i]);
    }
    for (unsigned i = 0; i < 8; i++) {
        board_write(b, CFGR, i << 10 | (7 - i) << 13);
        expect_hz(CLOCK_PCLK1, HSI_HZ, apb[i]);
        expect_hz(CLOCK_PCLK2, HSI_HZ, apb[7 - i]);
        expect_hz(CLOCK_TIMER1, apb[i] == 1 ? HSI_HZ : 2 * HSI_HZ, apb[i]);
    }
}

Test(rcc, pll_factors_are_locked_while_it_runs)
{
    set(CR, PLLON);
    board_write(b, PLLCFGR, PLL_168);
    cr_assert_eq(board_read(b, PLLCFGR), 0x24003010);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
    clear(CR, PLLON);
    board_write(b, PLLCFGR, PLL_168);
    cr_assert_eq(board_read(b, PLLCFGR), PLL_168 | 0x20000000);
}

Test(rcc, plli2s_makes_its_clock_and_locks_the_common_factors)
{
    board_write(b, PLLI2SCFGR, 192u << 6 | 4u << 28);
    set(CR, PLLI2SON);
    wait_for(CR, PLLI2SRDY);
    expect_hz(CLOCK_PLLI2S, 48000000, 1);           /* 1 MHz * 192 / 4 */
    board_write(b, PLLCFGR, PLL_168);
    cr_assert_eq(board_read(b, PLLCFGR), (PLL_168 & ~0x0040003Fu) | 0x20000010);
    board_write(b, PLLI2SCFGR, 0);
    cr_assert_eq(board_read(b, PLLI2SCFGR), 192u << 6 | 4u << 28);
}

Test(rcc, the_source_of_sysclk_cannot_be_switched_off)
{
    clear(CR, HSION);
    cr_assert_eq(board_read(b, CR) & (HSION | HSIRDY), HSION | HSIRDY);
    run_at_168_mhz();
    clear(CR, HSEON | PLLON);
    cr_assert_eq(board_read(b, CR) & (HSEON | HSERDY | PLLON | PLLRDY), HSEON | HSERDY | PLLON | PLLRDY);
    clear(CR, HSION);
    cr_assert_not(board_read(b, CR) & (HSION | HSIRDY));
    expect_hz(CLOCK_CORE, 168000000, 1);
}

Test(rcc, sysclk_waits_for_a_source_that_is_not_ready)
{
    set(CR, HSEON);
    set(CFGR, SW_HSE);
    cr_assert_eq(board_read(b, CFGR) & SWS, 0);
    wait_for(CR, HSERDY);
    cr_assert_eq(board_read(b, CFGR) & SWS, SWS_HSE);
    expect_hz(CLOCK_CORE, HSE_HZ, 1);
}

Test(rcc, hse_never_gets_ready_without_a_crystal)
{
    board_destroy(b);
    start_with(0, 0);
    set(CR, HSEON);
    set(CFGR, SW_HSE);
    cr_assert_eq(board_when(b, CR, HSERDY, HSERDY, HSI_HZ), UINT64_MAX);
    expect_hz(CLOCK_CORE, HSI_HZ, 1);
}

Test(rcc, a_pll_without_a_clock_to_make_never_gets_ready)
{
    static const uint32_t useless[] = {
        16u | 0u << 6 | 4u << 24,               /* N = 0 */
        0u | 192u << 6 | 4u << 24,              /* M = 0 */
        16u | 192u << 6 | 1u << 22 | 4u << 24,  /* HSE, which is off */
    };

    for (unsigned i = 0; i < 3; i++) {
        board_write(b, PLLCFGR, useless[i]);
        set(CR, PLLON);
        set(CFGR, SW_PLL);
        cr_assert_eq(board_when(b, CR, PLLRDY, PLLRDY, HSI_HZ / 100), UINT64_MAX);
        expect_hz(CLOCK_CORE, HSI_HZ, 1);
        cr_assert_eq(b->diags[DIAG_CLOCK], i == 0 ? 1 : 2, "the last two have one text and one site");
        clear(CR, PLLON);
    }
}

Test(rcc, too_fast_a_clock_is_reported)
{
    board_write(b, PLLCFGR, 8u | 400u << 6 | 0u << 16 | 7u << 24);  /* HSI / 8 * 400 / 2 = 400 MHz */
    set(CR, PLLON);
    cr_assert_eq(b->diags[DIAG_CLOCK], 1, "the VCO");
    wait_for(CR, PLLRDY);
    board_write(b, FLASH_ACR, 7);
    set(CFGR, SW_PLL);
    cr_assert_eq(b->diags[DIAG_CLOCK], 1 + 3 + 1, "SYSCLK, PCLK1, PCLK2; LATENCY");
}

Test(rcc, regulator_scale_2_lowers_the_limit)
{
    run_at_168_mhz();
    set(APB1ENR, 1u << 28);
    clear(PWR_CR, 1u << 14);
    cr_assert_eq(b->diags[DIAG_CLOCK], 1, "%s", b->last_diag);
}

Test(rcc, too_few_wait_states_are_reported)
{
    run_at_168_mhz();
    cr_assert_eq(b->diags[DIAG_CLOCK], 0);
    board_write(b, FLASH_ACR, 0x704);
    cr_assert_eq(b->diags[DIAG_CLOCK], 1);
    cr_assert(strstr(b->last_diag, "FLASH.ACR"));
}

Test(rcc, bit_band_writes_switch_oscillators)
{
    board_write(b, 0x42000000 + (CR - 0x40000000) * 32 + 16 * 4, 1);
    cr_assert(board_read(b, CR) & HSEON);
}

Test(rcc, ready_flags_interrupt_when_enabled)
{
    set(CR, HSEON);
    wait_for(CR, HSERDY);
    cr_assert_eq(board_read(b, CIR), 0, "not enabled: no flag");
    board_write(b, CIR, 1u << 12);
    set(CR, PLLON);
    wait_for(CR, PLLRDY);
    cr_assert_eq(board_read(b, CIR), 1u << 12 | 1u << 4);
    cr_assert(board_irq(b, "RCC", 0));
    board_write(b, CIR, 1u << 12 | 1u << 20);
    cr_assert_eq(board_read(b, CIR), 1u << 12);
    cr_assert_not(board_irq(b, "RCC", 0));
}

Test(rcc, security_system_falls_back_to_the_hsi)
{
    static const uint8_t fails = RCC_HSE_FAILS, recovers = RCC_HSE_RECOVERS;
    static const uint32_t nmi_handler = 0x08000201, bx_lr = 0x4770;

    cr_assert(machine_load(b->m, 0x08000008, &nmi_handler, 4) && machine_load(b->m, 0x08000200, &bx_lr, 4));
    run_at_168_mhz();
    set(CR, CSSON);
    cr_assert(machine_input(b->m, "RCC", &fails, 1));
    cr_assert_eq(board_read(b, CR) & (HSION | HSIRDY | HSEON | HSERDY | PLLON | PLLRDY), HSION | HSIRDY);
    cr_assert_eq(board_read(b, CFGR) & (SWS | 3), 0);
    cr_assert_eq(board_read(b, CIR), 1u << 7);
    expect_hz(CLOCK_CORE, HSI_HZ, 1);
    cr_assert(machine_irq(b->m, 2).pending, "NMI");
    board_write(b, CIR, 1u << 23);
    cr_assert_eq(board_read(b, CIR), 0);
    set(CR, HSEON);
    cr_assert_eq(board_when(b, CR, HSERDY, HSERDY, HSI_HZ), UINT64_MAX);
    cr_assert(machine_input(b->m, "RCC", &recovers, 1));
    wait_for(CR, HSERDY);
}

Test(rcc, gates_open_and_close_blocks)
{
    board_write(b, GPIOC_MODER, 0x55555555);
    cr_assert_eq(board_read(b, GPIOC_MODER), 0);
    cr_assert_eq(b->diags[DIAG_UNCLOCKED], 1, "once per site and text");
    set(AHB1ENR, 1u << 2);
    cr_assert_eq(board_read(b, GPIOC_MODER), 0, "the write was dropped");
    board_write(b, GPIOC_MODER, 0x55555555);
    clear(AHB1ENR, 1u << 2);
    cr_assert_eq(board_read(b, GPIOC_MODER), 0);
    set(AHB1ENR, 1u << 2);
    cr_assert_eq(board_read(b, GPIOC_MODER), 0x55555555, "gating keeps the registers");
}

Test(rcc, reset_lines_hold_blocks_at_their_reset_values)
{
    set(AHB1ENR, 1u << 12);
    board_write(b, CRC_IDR, 0x5A);
    board_write(b, AHB1RSTR, 1u << 12);
    board_write(b, CRC_IDR, 0x77);
    board_write(b, AHB1RSTR, 0);
    cr_assert_eq(board_read(b, CRC_IDR), 0);
}

Test(rcc, backup_domain_needs_dbp)
{
    board_write(b, BDCR, 1);
    cr_assert_eq(board_read(b, BDCR), 0);
    cr_assert_eq(b->diags[DIAG_SEQUENCE], 1);
    unlock_backup();
    board_write8(b, BDCR, 1);
    cr_assert_eq(board_read(b, BDCR), 1);
}

Test(rcc, rtc_clock_is_selected_once)
{
    unlock_backup();
    board_write(b, BDCR, 1u << 8 | 1u << 15 | 1);
    wait_for(BDCR, 2);
    expect_hz(CLOCK_RTC, 32768, 1);
    board_write(b, BDCR, 2u << 8 | 1u << 15 | 1);
    cr_assert_eq(board_read(b, BDCR), 1u << 8 | 1u << 15 | 3, "RTCSEL stays");
    board_write(b, BDCR, 1u << 16);
    cr_assert_eq(board_read(b, BDCR), 1u << 16);
    expect_hz(CLOCK_RTC, 0, 1);
    board_write(b, BDCR, 2u << 8 | 1u << 15);
    set(CSR, 1);
    wait_for(CSR, 2);
    expect_hz(CLOCK_RTC, 32000, 1);
}

Test(rcc, rtc_can_run_from_a_divided_hse)
{
    unlock_backup();
    set(CR, HSEON);
    wait_for(CR, HSERDY);
    set(CFGR, 8u << 16);
    board_write(b, BDCR, 3u << 8 | 1u << 15);
    expect_hz(CLOCK_RTC, 1000000, 1);
}

Test(rcc, system_reset_keeps_the_backup_domain_and_the_lse_under_way)
{
    uint64_t begin;

    unlock_backup();
    begin = board_now(b);
    board_write(b, BDCR, 1u << 8 | 1u << 15 | 1);
    run_at_168_mhz();
    machine_reset(b->m, RESET_SYSTEM);
    expect_reset_state();
    cr_assert_eq(board_read(b, BDCR), 1u << 8 | 1u << 15 | 1);
    wait_for(BDCR, 2);
    cr_assert_gt(board_now(b), begin);
    cr_assert_eq(machine_nanoseconds(b->m) / 1000000, 200, "LSE takes 200 ms, reset or not");
    board_write(b, BDCR, 0);
    cr_assert(board_read(b, BDCR) & 1, "DBP is off again");
}

Test(rcc, software_reset_shows_after_rmvf)
{
    board_write(b, CSR, 1u << 24);
    cr_assert_eq(board_read(b, CSR), 0);
    board_write(b, AIRCR, 0x05FA0004);
    board_run(b, 10);
    cr_assert_eq(board_read(b, CSR), 0x14000000, "SFTRSTF and PADRSTF");
    board_write(b, AIRCR, 0x05FA0004);
    board_run(b, 10);
    board_write(b, CSR, 1u << 24);
    cr_assert_eq(board_read(b, CSR), 0);
}

Test(rcc, watchdog_reset_names_its_cause)
{
    board_write(b, CSR, 1u << 24);
    board_write(b, IWDG_KR, 0x5555);
    board_write(b, IWDG_RLR, 10);
    board_write(b, IWDG_KR, 0xCCCC);
    cr_assert_eq(board_when(b, CSR, 2, 2, HSI_HZ) != UINT64_MAX, true, "the watchdog starts the LSI");
    board_run(b, HSI_HZ);
    cr_assert_eq(board_read(b, CSR) & 0xFE000000, 0x24000000, "WDGRSTF and PADRSTF");
    cr_assert_not(board_read(b, CSR) & 2, "the reset stops the watchdog and its LSI");
}

Test(rcc, power_on_reset_forgets_everything)
{
    unlock_backup();
    board_write(b, BDCR, 1);
    board_write(b, CSR, 1u << 24);
    machine_reset(b->m, RESET_POWER_ON);
    cr_assert_eq(board_read(b, BDCR), 0);
    cr_assert_eq(board_read(b, CSR), 0x0E000000);
}

Test(rcc, what_is_not_modelled_is_reported)
{
    set(AHB2ENR, 1);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 1, "DCMI");
    set(CR, 1u << 3);
    cr_assert_eq(b->diags[DIAG_UNMODELLED], 2, "HSITRIM");
}

Test(rcc, start_ups_survive_a_restore_at_every_event)
{
    unlock_backup();
    board_write(b, BDCR, 1);
    board_write(b, CSR, 1);
    board_write(b, CIR, 0x3F00);
    set(CR, HSEON | PLLON | PLLI2SON);
    set(CFGR, SW_PLL);
    board_check_replay(b, 40000000);
    cr_assert_eq(board_read(b, CFGR) & SWS, SWS_PLL);
}
