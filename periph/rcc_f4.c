/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reset and clock control of STM32F2 and F4 (RM0090 7.3, RM0033 5.3): registers and the two PLLs. All else is
 * in rcc.c.
 *
 * Not modelled: spread spectrum.
 */
#include "periph/rcc_f4.h"

#include "core/log.h"
#include "periph/devices.h"
#include "periph/rcc_family.h"
#include "periph/table.h"

/* The registers of the five buses follow each other in the order of enum rcc_bus. */
enum {
    AHB1RSTR = RCC_FAMILY_REGS, AHB2RSTR, AHB3RSTR, APB1RSTR, APB2RSTR,
    AHB1ENR, AHB2ENR, AHB3ENR, APB1ENR, APB2ENR,
    AHB1LPENR, AHB2LPENR, AHB3LPENR, APB1LPENR, APB2LPENR,
    PLLCFGR, SSCGR, PLLI2SCFGR,
    REGS
};

#define CR_RESET 0x00000083u

#define PLL_M   (63u << 0)
#define PLL_SRC (1u << 22)

#define AHB1EN_CCM  (1u << 20)
#define AHB2EN_DCMI (1u << 0)

#define SSCGR_SSCGEN (1u << 31)

/* clang-format off */
#define GPIO_BITS(what)                                                                            \
    BIT("GPIOA" what, 0), BIT("GPIOB" what, 1), BIT("GPIOC" what, 2), BIT("GPIOD" what, 3),        \
    BIT("GPIOE" what, 4), BIT("GPIOF" what, 5), BIT("GPIOG" what, 6), BIT("GPIOH" what, 7),        \
    BIT("GPIOI" what, 8)
#define AHB1_BITS(what)                                                                            \
    GPIO_BITS(what), BIT("CRC" what, 12), BIT("DMA1" what, 21), BIT("DMA2" what, 22)
#define AHB2_BITS(what)                                                                            \
    BIT("DCMI" what, 0), BIT("RNG" what, 6), BIT("OTGFS" what, 7)
#define AHB3_BITS(what)                                                                            \
    BIT("FSMC" what, 0)
#define APB1_BITS(what)                                                                            \
    BIT("TIM2" what, 0), BIT("TIM3" what, 1), BIT("TIM4" what, 2), BIT("TIM5" what, 3),            \
    BIT("TIM6" what, 4), BIT("TIM7" what, 5), BIT("TIM12" what, 6), BIT("TIM13" what, 7),          \
    BIT("TIM14" what, 8), BIT("WWDG" what, 11), BIT("SPI2" what, 14), BIT("SPI3" what, 15),        \
    BIT("USART2" what, 17), BIT("USART3" what, 18), BIT("UART4" what, 19), BIT("UART5" what, 20),  \
    BIT("I2C1" what, 21), BIT("I2C2" what, 22), BIT("I2C3" what, 23), BIT("CAN1" what, 25),        \
    BIT("CAN2" what, 26), BIT("PWR" what, 28), BIT("DAC" what, 29)
#define APB2_BITS(what)                                                                            \
    BIT("TIM1" what, 0), BIT("TIM8" what, 1), BIT("USART1" what, 4), BIT("USART6" what, 5),        \
    BIT("SDIO" what, 11), BIT("SPI1" what, 12), BIT("SYSCFG" what, 14), BIT("TIM9" what, 16),      \
    BIT("TIM10" what, 17), BIT("TIM11" what, 18)
#define ADC_BITS(what)                                                                             \
    BIT("ADC1" what, 8), BIT("ADC2" what, 9), BIT("ADC3" what, 10)

/* All but AHB1ENR, which differs between the families. The reset values of the LPENRs have bits of blocks
 * that bigger parts have. */
#define RCC_ROWS                                                                                   \
    [RCC_CR] = {.name = "CR", .offset = 0x00, .width = 32, .reset = CR_RESET,                          \
        .readable = 0x0F0FFFFB, .writable = 0x050D00F9, .fields = FIELDS(                          \
            BIT("HSION", 0), BIT("HSIRDY", 1), BITS("HSITRIM", 3, 5), BITS("HSICAL", 8, 8),        \
            BIT("HSEON", 16), BIT("HSERDY", 17), BIT("HSEBYP", 18), BIT("CSSON", 19),              \
            BIT("PLLON", 24), BIT("PLLRDY", 25), BIT("PLLI2SON", 26), BIT("PLLI2SRDY", 27))},      \
    [PLLCFGR] = {.name = "PLLCFGR", .offset = 0x04, .width = 32, .reset = 0x24003010,              \
        .readable = 0x2F437FFF, .writable = 0x0F437FFF, .fields = FIELDS(                          \
            BITS("PLLM", 0, 6), BITS("PLLN", 6, 9), BITS("PLLP", 16, 2), BIT("PLLSRC", 22),        \
            BITS("PLLQ", 24, 4))},                                                                 \
    [RCC_CFGR] = {.name = "CFGR", .offset = 0x08, .width = 32,                                         \
        .readable = 0xFFFFFCFF, .writable = 0xFFFFFCF3, .fields = FIELDS(                          \
            BITS("SW", 0, 2), BITS("SWS", 2, 2), BITS("HPRE", 4, 4), BITS("PPRE1", 10, 3),         \
            BITS("PPRE2", 13, 3), BITS("RTCPRE", 16, 5), BITS("MCO1", 21, 2), BIT("I2SSRC", 23),   \
            BITS("MCO1PRE", 24, 3), BITS("MCO2PRE", 27, 3), BITS("MCO2", 30, 2))},                 \
    [RCC_CIR] = {.name = "CIR", .offset = 0x0C, .width = 32,                                           \
        .readable = 0x00003FBF, .writable = 0x00003F00, .action = 0x00BF0000, .fields = FIELDS(    \
            BIT("LSIRDYF", 0), BIT("LSERDYF", 1), BIT("HSIRDYF", 2), BIT("HSERDYF", 3),            \
            BIT("PLLRDYF", 4), BIT("PLLI2SRDYF", 5), BIT("CSSF", 7),                               \
            BIT("LSIRDYIE", 8), BIT("LSERDYIE", 9), BIT("HSIRDYIE", 10), BIT("HSERDYIE", 11),      \
            BIT("PLLRDYIE", 12), BIT("PLLI2SRDYIE", 13),                                           \
            BIT("LSIRDYC", 16), BIT("LSERDYC", 17), BIT("HSIRDYC", 18), BIT("HSERDYC", 19),        \
            BIT("PLLRDYC", 20), BIT("PLLI2SRDYC", 21), BIT("CSSC", 23))},                          \
    [AHB1RSTR] = REG_PLAIN("AHB1RSTR", 0x10, 0, 0x206011FF, AHB1_BITS("RST"), BIT("OTGHRST", 29)), \
    [AHB2RSTR] = REG_PLAIN("AHB2RSTR", 0x14, 0, 0x000000C1, AHB2_BITS("RST")),                     \
    [AHB3RSTR] = REG_PLAIN("AHB3RSTR", 0x18, 0, 0x00000001, AHB3_BITS("RST")),                     \
    [APB1RSTR] = REG_PLAIN("APB1RSTR", 0x20, 0, 0x36FEC9FF, APB1_BITS("RST")),                     \
    [APB2RSTR] = REG_PLAIN("APB2RSTR", 0x24, 0, 0x00075933, APB2_BITS("RST"), BIT("ADCRST", 8)),   \
    [AHB2ENR] = REG_PLAIN("AHB2ENR", 0x34, 0, 0x000000C1, AHB2_BITS("EN")),                        \
    [AHB3ENR] = REG_PLAIN("AHB3ENR", 0x38, 0, 0x00000001, AHB3_BITS("EN")),                        \
    [APB1ENR] = REG_PLAIN("APB1ENR", 0x40, 0, 0x36FEC9FF, APB1_BITS("EN")),                        \
    [APB2ENR] = REG_PLAIN("APB2ENR", 0x44, 0, 0x00075F33, APB2_BITS("EN"), ADC_BITS("EN")),        \
    [AHB1LPENR] = {.name = "AHB1LPENR", .offset = 0x50, .width = 32, .reset = 0x7E6791FF,          \
        .readable = 0x7E6791FF, .writable = 0x606791FF, .fields = FIELDS(                          \
            AHB1_BITS("LPEN"), BIT("FLITFLPEN", 15), BIT("SRAM1LPEN", 16), BIT("SRAM2LPEN", 17),   \
            BIT("BKPSRAMLPEN", 18), BIT("OTGHSLPEN", 29), BIT("OTGHSULPILPEN", 30))},              \
    [AHB2LPENR] = {.name = "AHB2LPENR", .offset = 0x54, .width = 32, .reset = 0x000000F1,          \
        .readable = 0x000000F1, .writable = 0x000000C1, .fields = FIELDS(AHB2_BITS("LPEN"))},      \
    [AHB3LPENR] = REG_PLAIN("AHB3LPENR", 0x58, 0x00000001, 0x00000001, AHB3_BITS("LPEN")),         \
    [APB1LPENR] = REG_PLAIN("APB1LPENR", 0x60, 0x36FEC9FF, 0x36FEC9FF, APB1_BITS("LPEN")),         \
    [APB2LPENR] = REG_PLAIN("APB2LPENR", 0x64, 0x00075F33, 0x00075F33, APB2_BITS("LPEN"),          \
        ADC_BITS("LPEN")),                                                                         \
    RCC_BDCR_ROW(0x70),                                                                            \
    [RCC_CSR] = {.name = "CSR", .offset = 0x74, .width = 32, .flags = REG_BACKUP, .reset = 0x0E000000, \
        .readable = 0xFE000003, .writable = RCC_CSR_LSION, .action = RCC_CSR_RMVF, .fields = FIELDS( \
            BIT("LSION", 0), BIT("LSIRDY", 1), BIT("RMVF", 24), BIT("BORRSTF", 25),                \
            BIT("PADRSTF", 26), BIT("PORRSTF", 27), BIT("SFTRSTF", 28), BIT("WDGRSTF", 29),        \
            BIT("WWDGRSTF", 30), BIT("LPWRRSTF", 31))},                                            \
    [SSCGR] = REG_PLAIN("SSCGR", 0x80, 0, 0xCFFFFFFF, BITS("MODPER", 0, 13), BITS("INCSTEP", 13, 15),\
        BIT("SPREADSEL", 30), BIT("SSCGEN", 31)),                                                  \
    [PLLI2SCFGR] = REG_PLAIN("PLLI2SCFGR", 0x84, 0x20003000, 0x70007FC0, BITS("PLLI2SN", 6, 9),    \
        BITS("PLLI2SR", 28, 3))

static const struct reg f2_regs[REGS] = {
    RCC_ROWS,
    [AHB1ENR] = REG_PLAIN("AHB1ENR", 0x30, 0, 0x606411FF, AHB1_BITS("EN"),
        BIT("BKPSRAMEN", 18), BIT("OTGHSEN", 29), BIT("OTGHSULPIEN", 30)),
};

static const struct reg f4_regs[REGS] = {
    RCC_ROWS,
    [AHB1ENR] = REG_PLAIN("AHB1ENR", 0x30, AHB1EN_CCM, 0x607411FF, AHB1_BITS("EN"),
        BIT("BKPSRAMEN", 18), BIT("CCMDATARAMEN", 20), BIT("OTGHSEN", 29), BIT("OTGHSULPIEN", 30)),
};
/* clang-format on */

static enum rcc_oscillator pll_source(const struct device *d)
{
    return reg_get(d, PLLCFGR) & PLL_SRC ? RCC_HSE : RCC_HSI;
}

/* The input of both PLLs' VCOs; rcc_stopped when PLLM or the source does not allow one. */
static struct clock_rate vco_input(const struct device *d)
{
    uint32_t m = rcc_field(reg_get(d, PLLCFGR), 0, 6);

    return m < 2 ? rcc_stopped : rcc_scaled(rcc_source_rate(d, pll_source(d)), 1, m);
}

static struct clock_rate vco(const struct device *d)
{
    return rcc_scaled(vco_input(d), rcc_field(reg_get(d, PLLCFGR), 6, 9), 1);
}

static void pll_rates(const struct device *d, struct clock_rate *rates)
{
    uint32_t cfgr = reg_get(d, PLLCFGR), i2s = reg_get(d, PLLI2SCFGR);
    uint32_t p = 2 * (rcc_field(cfgr, 16, 2) + 1), q = rcc_field(cfgr, 24, 4), r = rcc_field(i2s, 28, 3);

    if (rcc_is_ready(d, RCC_PLL)) {
        rates[CLOCK_PLL] = rcc_scaled(vco(d), 1, p);
        rates[CLOCK_PLL48] = q < 2 ? rcc_stopped : rcc_scaled(vco(d), 1, q);
    }
    if (rcc_is_ready(d, RCC_PLLI2S) && r >= 2)
        rates[CLOCK_PLLI2S] = rcc_scaled(vco_input(d), rcc_field(i2s, 6, 9), r);
}

/* The VCO of the PLL, the input of that of the PLLI2S. */
static struct clock_rate pll_runs(const struct device *d, enum rcc_oscillator pll)
{
    return pll == RCC_PLL ? vco(d) : vco_input(d);
}

/* 0 to 3: not divided; then 2 to 5. */
static unsigned output_divider(uint32_t prescaler)
{
    return prescaler < 4 ? 1 : prescaler - 2;
}

/* MCO1 and MCO2 (RM0090 7.2.10). */
static void output_rates(const struct device *d, struct clock_rate *rates)
{
    static const enum stm32_clock mco1[] = {CLOCK_HSI, CLOCK_LSE, CLOCK_HSE, CLOCK_PLL};
    static const enum stm32_clock mco2[] = {CLOCK_SYSCLK, CLOCK_PLLI2S, CLOCK_HSE, CLOCK_PLL};
    uint32_t cfgr = reg_get(d, RCC_CFGR);

    rates[CLOCK_MCO1] = rcc_output_rate(d, rates, mco1[rcc_field(cfgr, 21, 2)],
                                        output_divider(rcc_field(cfgr, 24, 3)));
    rates[CLOCK_MCO2] = rcc_output_rate(d, rates, mco2[rcc_field(cfgr, 30, 2)],
                                        output_divider(rcc_field(cfgr, 27, 3)));
}

/* 2 to 31. */
static uint32_t rtc_divisor(const struct device *d)
{
    uint32_t divisor = rcc_field(reg_get(d, RCC_CFGR), 16, 5);

    return divisor < 2 ? 0 : divisor;
}

/* The PLL is about to start (RM0090 7.3.2; data sheet: VCO input 0.95 to 2.1 MHz). */
static void check_pll(struct device *d)
{
    const struct rcc_config *config = device_config(d);
    struct clock_rate input = vco_input(d), output = vco(d);
    uint32_t n = rcc_field(reg_get(d, PLLCFGR), 6, 9);

    if (!input.num)
        diag_guest(d, DIAG_CLOCK, PLLCFGR, "the PLL is on without input: source off, or PLLM < 2");
    else if (rcc_above(input, 2100000) || !rcc_above(input, 949999))
        diag_guest(d, DIAG_CLOCK, PLLCFGR, "the PLL's input is %llu Hz: it must be 1 to 2 MHz",
                   rcc_whole_hz(input));
    else if (n < config->plln_min || n > config->plln_max)
        diag_guest(d, DIAG_CLOCK, PLLCFGR, "PLLN is %u: it must be %u to %u", n, config->plln_min,
                   config->plln_max);
    else if (rcc_above(output, config->vco_max) || !rcc_above(output, config->vco_min - 1))
        diag_guest(d, DIAG_CLOCK, PLLCFGR, "the PLL's VCO runs at %llu Hz: the limits are %u and %u Hz",
                   rcc_whole_hz(output), config->vco_min, config->vco_max);
}

/* ---- writes ---- */

/* The PLLs' factors are locked while they run; M and source belong to both (RM0090 7.3.2). */
static void write_pllcfgr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t cr = reg_get(d, RCC_CR), locked = 0;

    if (cr & RCC_CR_PLLI2SON)
        locked = PLL_M | PLL_SRC;
    if (cr & RCC_CR_PLLON)
        locked = d->ops->regs[PLLCFGR].writable;
    if ((reg_get(d, PLLCFGR) ^ value) & lanes & locked)
        diag_guest(d, DIAG_SEQUENCE, PLLCFGR, "written while the PLL is on: ignored");
    reg_store(d, PLLCFGR, value, lanes & ~locked);
    rcc_update(d);
}

static void write_plli2scfgr(struct device *d, uint32_t value, uint32_t lanes)
{
    if (reg_get(d, RCC_CR) & RCC_CR_PLLI2SON) {
        diag_guest(d, DIAG_SEQUENCE, PLLI2SCFGR, "written while the PLLI2S is on: ignored");
        return;
    }
    reg_store(d, PLLI2SCFGR, value, lanes);
}

static void write_cfgr(struct device *d, uint32_t value, uint32_t lanes)
{
    reg_store(d, RCC_CFGR, value, lanes);
    rcc_update_cfgr(d);
}

static void write_sscgr(struct device *d, uint32_t value, uint32_t lanes)
{
    if (reg_store(d, SSCGR, value, lanes) & SSCGR_SSCGEN)
        diag_unmodelled(d, SSCGR, "spread spectrum: the PLL's rate stays constant");
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg >= AHB1LPENR && reg <= APB2LPENR)
        reg_store(d, reg, value, lanes);
    else if (reg == RCC_CFGR)
        write_cfgr(d, value, lanes);
    else if (reg == PLLCFGR)
        write_pllcfgr(d, value, lanes);
    else if (reg == SSCGR)
        write_sscgr(d, value, lanes);
    else
        write_plli2scfgr(d, value, lanes);
}

/* Clocks that are enabled, but not in LPENR, stand still while the core sleeps (RM0090 7.3.15). */
static void sleeps(struct device *d, bool asleep)
{
    for (unsigned bus = 0; bus < RCC_BUSES; bus++) {
        uint32_t left = reg_get(d, AHB1ENR + bus) & d->ops->regs[AHB1LPENR + bus].writable;
        uint32_t gates = left & ~reg_get(d, AHB1LPENR + bus);
        for (unsigned bit = 0; gates >> bit; bit++)
            if (gates >> bit & 1)
                gate_set(d, (uint16_t)RCC_LINE(bus, bit), !asleep);
    }
}

static void enabled(struct device *d, unsigned bus, uint32_t old, uint32_t next)
{
    if (bus == RCC_AHB1 && old & ~next & AHB1EN_CCM)
        diag_unmodelled(d, AHB1ENR, "CCMDATARAMEN cleared: the CCM RAM still answers");
    if (bus == RCC_AHB2 && next & ~old & AHB2EN_DCMI)
        diag_unmodelled(d, AHB2ENR, "DCMIEN set: this part has no camera interface");
}

/* Start-up: typical times of the data sheet. */
const struct rcc_family rcc_f4_family = {
    .hsi_hz = 16000000,
    .lsi_hz = 32000,
    .lsi_ns = 15000,
    .pll_ns = 100000,
    .oscillators = RCC_PLLI2S + 1,
    .rstr = AHB1RSTR,
    .resets = RCC_BUSES,
    .enr = AHB1ENR,
    .buses = RCC_BUSES,
    .ppre1 = 10,
    .ppre2 = 13,
    .pwr_line = RCC_LINE(RCC_APB1, 28),
    .power_flags = 0x0E000000,      /* BORRSTF, PADRSTF, PORRSTF (RM0090 7.1.2) */
    .pll_source = pll_source,
    .pll_runs = pll_runs,
    .pll_rates = pll_rates,
    .output_rates = output_rates,
    .rtc_divisor = rtc_divisor,
    .check_pll = check_pll,
    .write = write,
    .sleeps = sleeps,
    .enabled = enabled,
};

const struct device_ops rcc_f2_ops = RCC_OPS("rcc_f2", f2_regs);
const struct device_ops rcc_f4_ops = RCC_OPS("rcc_f4", f4_regs);
