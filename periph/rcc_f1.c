/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reset and clock control of the STM32F100 value line (RM0041 6): registers, and the PLL behind PREDIV1. All
 * else is in rcc.c. SRAMEN and FLITFEN are stored.
 */
#include "periph/rcc_f1.h"

#include "core/log.h"
#include "periph/devices.h"
#include "periph/rcc_family.h"
#include "periph/table.h"

/* The registers of the buses follow each other in the order of enum rcc_f1_bus; AHB has no resets. */
enum { APB2RSTR = RCC_FAMILY_REGS, APB1RSTR, APB2ENR, APB1ENR, AHBENR, CFGR2, REGS };

#define MHZ 1000000u

#define CFGR_PLLSRC   (1u << 16)
#define CFGR_PLLXTPRE (1u << 17)
#define CFGR_PLL      (0x3Fu << 16)     /* source, XTPRE and factor */

/* clang-format off */
#define APB2_BITS(what)                                                                            \
    BIT("AFIO" what, 0), BIT("IOPA" what, 2), BIT("IOPB" what, 3), BIT("IOPC" what, 4),            \
    BIT("IOPD" what, 5), BIT("IOPE" what, 6), BIT("ADC1" what, 9), BIT("TIM1" what, 11),           \
    BIT("SPI1" what, 12), BIT("USART1" what, 14), BIT("TIM15" what, 16), BIT("TIM16" what, 17),    \
    BIT("TIM17" what, 18)
#define APB2_MASK 0x00075A7Du
#define APB1_BITS(what)                                                                            \
    BIT("TIM2" what, 0), BIT("TIM3" what, 1), BIT("TIM4" what, 2), BIT("TIM6" what, 4),            \
    BIT("TIM7" what, 5), BIT("WWDG" what, 11), BIT("SPI2" what, 14), BIT("USART2" what, 17),       \
    BIT("USART3" what, 18), BIT("I2C1" what, 21), BIT("I2C2" what, 22), BIT("BKP" what, 27),       \
    BIT("PWR" what, 28), BIT("DAC" what, 29), BIT("CEC" what, 30)
#define APB1_MASK 0x78664837u

static const struct reg regs[REGS] = {
    [RCC_CR] = {.name = "CR", .offset = 0x00, .width = 32, .reset = 0x00000083,
        .readable = 0x030FFFFB, .writable = 0x010D00F9, .fields = FIELDS(
            BIT("HSION", 0), BIT("HSIRDY", 1), BITS("HSITRIM", 3, 5), BITS("HSICAL", 8, 8),
            BIT("HSEON", 16), BIT("HSERDY", 17), BIT("HSEBYP", 18), BIT("CSSON", 19),
            BIT("PLLON", 24), BIT("PLLRDY", 25))},
    [RCC_CFGR] = {.name = "CFGR", .offset = 0x04, .width = 32,
        .readable = 0x073FFFFF, .writable = 0x073FFFF3, .fields = FIELDS(
            BITS("SW", 0, 2), BITS("SWS", 2, 2), BITS("HPRE", 4, 4), BITS("PPRE1", 8, 3),
            BITS("PPRE2", 11, 3), BITS("ADCPRE", 14, 2), BIT("PLLSRC", 16), BIT("PLLXTPRE", 17),
            BITS("PLLMUL", 18, 4), BITS("MCO", 24, 3))},
    [RCC_CIR] = {.name = "CIR", .offset = 0x08, .width = 32,
        .readable = 0x00001F9F, .writable = 0x00001F00, .action = 0x009F0000, .fields = FIELDS(
            BIT("LSIRDYF", 0), BIT("LSERDYF", 1), BIT("HSIRDYF", 2), BIT("HSERDYF", 3),
            BIT("PLLRDYF", 4), BIT("CSSF", 7), BIT("LSIRDYIE", 8), BIT("LSERDYIE", 9),
            BIT("HSIRDYIE", 10), BIT("HSERDYIE", 11), BIT("PLLRDYIE", 12), BIT("LSIRDYC", 16),
            BIT("LSERDYC", 17), BIT("HSIRDYC", 18), BIT("HSERDYC", 19), BIT("PLLRDYC", 20),
            BIT("CSSC", 23))},
    [APB2RSTR] = REG_PLAIN("APB2RSTR", 0x0C, 0, APB2_MASK, APB2_BITS("RST")),
    [APB1RSTR] = REG_PLAIN("APB1RSTR", 0x10, 0, APB1_MASK, APB1_BITS("RST")),
    [AHBENR] = REG_PLAIN("AHBENR", 0x14, 0x14, 0x55, BIT("DMA1EN", 0), BIT("SRAMEN", 2),
        BIT("FLITFEN", 4), BIT("CRCEN", 6)),
    [APB2ENR] = REG_PLAIN("APB2ENR", 0x18, 0, APB2_MASK, APB2_BITS("EN")),
    [APB1ENR] = REG_PLAIN("APB1ENR", 0x1C, 0, APB1_MASK, APB1_BITS("EN")),
    RCC_BDCR_ROW(0x20),
    [RCC_CSR] = {.name = "CSR", .offset = 0x24, .width = 32, .flags = REG_BACKUP, .reset = 0x0C000000,
        .readable = 0xFC000003, .writable = RCC_CSR_LSION, .action = RCC_CSR_RMVF, .fields = FIELDS(
            BIT("LSION", 0), BIT("LSIRDY", 1), BIT("RMVF", 24), BIT("PINRSTF", 26),
            BIT("PORRSTF", 27), BIT("SFTRSTF", 28), BIT("IWDGRSTF", 29), BIT("WWDGRSTF", 30),
            BIT("LPWRRSTF", 31))},
    [CFGR2] = REG_PLAIN("CFGR2", 0x2C, 0, 0xF, BITS("PREDIV1", 0, 4)),
};
/* clang-format on */

static enum rcc_oscillator pll_source(const struct device *d)
{
    return reg_get(d, RCC_CFGR) & CFGR_PLLSRC ? RCC_HSE : RCC_HSI;
}

/* HSI / 2, or HSE / PREDIV1 (RM0041 6.3.2). */
static struct clock_rate pll_input(const struct device *d)
{
    enum rcc_oscillator source = pll_source(d);

    return rcc_scaled(rcc_source_rate(d, source), 1, source == RCC_HSE ? (reg_get(d, CFGR2) & 15) + 1 : 2);
}

static struct clock_rate pll_rate(const struct device *d)
{
    uint32_t mul = rcc_field(reg_get(d, RCC_CFGR), 18, 4) + 2;

    return rcc_scaled(pll_input(d), mul > 16 ? 16 : mul, 1);
}

static struct clock_rate pll_runs(const struct device *d, enum rcc_oscillator pll)
{
    (void)pll;
    return pll_rate(d);
}

static void pll_rates(const struct device *d, struct clock_rate *rates)
{
    if (rcc_is_ready(d, RCC_PLL))
        rates[CLOCK_PLL] = pll_rate(d);
}

static void adc_rate(const struct device *d, struct clock_rate *rates)
{
    uint32_t adcpre = rcc_field(reg_get(d, RCC_CFGR), 14, 2);

    rates[CLOCK_ADC_HALVES] = rcc_scaled(rates[CLOCK_PCLK2], 1, adcpre + 1);
}

/* MCO (RM0041 6.2.11): 0 to 3 none, then SYSCLK, HSI, HSE, half of the PLL. */
static void output_rates(const struct device *d, struct clock_rate *rates)
{
    static const enum stm32_clock sources[] = {CLOCK_SYSCLK, CLOCK_HSI, CLOCK_HSE, CLOCK_PLL};
    uint32_t mco = rcc_field(reg_get(d, RCC_CFGR), 24, 3);

    if (mco >= 4)
        rates[CLOCK_MCO1] = rcc_output_rate(d, rates, sources[mco - 4], mco == 7 ? 2 : 1);
}

static uint32_t rtc_divisor(const struct device *d)
{
    (void)d;
    return 128;
}

/* The PLL is about to start (data sheet: input 1 to 24 MHz, output 16 to 24 MHz). */
static void check_pll(struct device *d)
{
    struct clock_rate input = pll_input(d), output = pll_rate(d);

    if (!input.num)
        diag_guest(d, DIAG_CLOCK, RCC_CFGR, "the PLL is on without input: its source is off");
    else if (!rcc_above(input, MHZ - 1))
        diag_guest(d, DIAG_CLOCK, RCC_CFGR, "the PLL's input is %llu Hz: it must be 1 MHz at least",
                   rcc_whole_hz(input));
    else if (rcc_above(output, 24 * MHZ) || !rcc_above(output, 16 * MHZ - 1))
        diag_guest(d, DIAG_CLOCK, RCC_CFGR, "the PLL makes %llu Hz: it must be 16 to 24 MHz",
                   rcc_whole_hz(output));
}

/* Source and factors of the PLL are locked while it is on. PLLXTPRE is another name of PREDIV1's bit 0
 * (RM0041 6.3.2). */
static void write_cfgr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t locked = reg_get(d, RCC_CR) & RCC_CR_PLLON ? CFGR_PLL : 0, next;

    if ((reg_get(d, RCC_CFGR) ^ value) & lanes & locked)
        diag_guest(d, DIAG_SEQUENCE, RCC_CFGR, "PLL factors written while the PLL is on: ignored");
    next = reg_store(d, RCC_CFGR, value, lanes & ~locked);
    reg_put(d, CFGR2, (reg_get(d, CFGR2) & ~1u) | !!(next & CFGR_PLLXTPRE));
    rcc_update_cfgr(d);
}

static void write_cfgr2(struct device *d, uint32_t value, uint32_t lanes)
{
    if (reg_get(d, RCC_CR) & RCC_CR_PLLON) {
        diag_guest(d, DIAG_SEQUENCE, CFGR2, "PREDIV1 written while the PLL is on: ignored");
        return;
    }
    if (reg_store(d, CFGR2, value, lanes) & 1)
        reg_set_bits(d, RCC_CFGR, CFGR_PLLXTPRE);
    else
        reg_clear_bits(d, RCC_CFGR, CFGR_PLLXTPRE);
    rcc_update(d);
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg == RCC_CFGR)
        write_cfgr(d, value, lanes);
    else
        write_cfgr2(d, value, lanes);
}

/* Start-up: typical times of the data sheet. */
const struct rcc_family rcc_f1_family = {
    .hsi_hz = 8000000,
    .lsi_hz = 40000,
    .lsi_ns = 80000,
    .pll_ns = 200000,
    .oscillators = RCC_PLL + 1,
    .rstr = APB2RSTR,
    .resets = RCC_F1_APB1 + 1,
    .enr = APB2ENR,
    .buses = RCC_F1_BUSES,
    .ppre1 = 8,
    .ppre2 = 11,
    .pwr_line = RCC_LINE(RCC_F1_APB1, 28),
    .power_flags = 0x0C000000,      /* PINRSTF, PORRSTF (RM0041 6.1.2) */
    .pll_source = pll_source,
    .pll_runs = pll_runs,
    .pll_rates = pll_rates,
    .more_rates = adc_rate,
    .output_rates = output_rates,
    .rtc_divisor = rtc_divisor,
    .check_pll = check_pll,
    .write = write,
};

const struct device_ops rcc_f1_ops = RCC_OPS("rcc_f1", regs);
