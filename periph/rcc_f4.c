/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reset and clock control of STM32F2 and F4 (RM0090 7.3, RM0033 5.3): oscillators, PLLs, the clock tree
 * as exact rates, gates and reset lines of the other blocks, the backup domain's BDCR, and the reset
 * flags.
 *
 * An oscillator gets ready a fixed time after it is switched on (startup_ns below) and stops at once.
 * SYSCLK changes in the cycle in which its source is selected and ready.
 *
 * Not modelled: the clock outputs MCO1 and MCO2, spread spectrum, trimming of the HSI, gating in Sleep
 * mode (LPENR is stored), the bus's one or two cycles between a gate and its block.
 */
#include "periph/rcc_f4.h"

#include <string.h>

#include "core/irq.h"
#include "core/log.h"
#include "core/options.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/clocks.h"
#include "periph/delay.h"
#include "periph/devices.h"
#include "periph/table.h"

/* The registers of the five buses follow each other in the order of enum rcc_bus. */
enum {
    CR, PLLCFGR, CFGR, CIR,
    AHB1RSTR, AHB2RSTR, AHB3RSTR, APB1RSTR, APB2RSTR,
    AHB1ENR, AHB2ENR, AHB3ENR, APB1ENR, APB2ENR,
    AHB1LPENR, AHB2LPENR, AHB3LPENR, APB1LPENR, APB2LPENR,
    BDCR, CSR, SSCGR, PLLI2SCFGR,
    REGS
};

#define HSI_HZ 16000000u
#define LSI_HZ 32000u
#define MHZ    1000000u

#define CR_HSION    (1u << 0)
#define CR_HSITRIM  (31u << 3)
#define CR_HSEON    (1u << 16)
#define CR_HSEBYP   (1u << 18)
#define CR_CSSON    (1u << 19)
#define CR_PLLON    (1u << 24)
#define CR_PLLI2SON (1u << 26)
#define CR_RESET    0x00000083u

#define PLL_M   (63u << 0)
#define PLL_SRC (1u << 22)

#define CFGR_SW   (3u << 0)
#define CFGR_SWS  (3u << 2)
#define CFGR_MCO  0xFF600000u

#define CIR_FLAGS 0x000000BFu
#define CIR_CSSF  (1u << 7)

#define AHB1EN_CCM  (1u << 20)
#define AHB2EN_DCMI (1u << 0)

#define BDCR_LSEON  (1u << 0)
#define BDCR_LSEBYP (1u << 2)
#define BDCR_RTCSEL (3u << 8)
#define BDCR_RTCEN  (1u << 15)
#define BDCR_BDRST  (1u << 16)

#define CSR_LSION    (1u << 0)
#define CSR_RMVF     (1u << 24)
#define CSR_POWER    0x0E000000u     /* the flags of a power reset, which leaving Standby is (RM0090 7.1.2) */
#define CSR_PINRSTF  (1u << 26)
#define CSR_SFTRSTF  (1u << 28)
#define CSR_IWDGRSTF (1u << 29)
#define CSR_WWDGRSTF (1u << 30)
#define CSR_FLAGS    0xFE000000u

#define SSCGR_SSCGEN (1u << 31)

enum { APB1_PWR = 28 };

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
    [CR] = {.name = "CR", .offset = 0x00, .width = 32, .reset = CR_RESET,                          \
        .readable = 0x0F0FFFFB, .writable = 0x050D00F9, .fields = FIELDS(                          \
            BIT("HSION", 0), BIT("HSIRDY", 1), BITS("HSITRIM", 3, 5), BITS("HSICAL", 8, 8),        \
            BIT("HSEON", 16), BIT("HSERDY", 17), BIT("HSEBYP", 18), BIT("CSSON", 19),              \
            BIT("PLLON", 24), BIT("PLLRDY", 25), BIT("PLLI2SON", 26), BIT("PLLI2SRDY", 27))},      \
    [PLLCFGR] = {.name = "PLLCFGR", .offset = 0x04, .width = 32, .reset = 0x24003010,              \
        .readable = 0x2F437FFF, .writable = 0x0F437FFF, .fields = FIELDS(                          \
            BITS("PLLM", 0, 6), BITS("PLLN", 6, 9), BITS("PLLP", 16, 2), BIT("PLLSRC", 22),        \
            BITS("PLLQ", 24, 4))},                                                                 \
    [CFGR] = {.name = "CFGR", .offset = 0x08, .width = 32,                                         \
        .readable = 0xFFFFFCFF, .writable = 0xFFFFFCF3, .fields = FIELDS(                          \
            BITS("SW", 0, 2), BITS("SWS", 2, 2), BITS("HPRE", 4, 4), BITS("PPRE1", 10, 3),         \
            BITS("PPRE2", 13, 3), BITS("RTCPRE", 16, 5), BITS("MCO1", 21, 2), BIT("I2SSRC", 23),   \
            BITS("MCO1PRE", 24, 3), BITS("MCO2PRE", 27, 3), BITS("MCO2", 30, 2))},                 \
    [CIR] = {.name = "CIR", .offset = 0x0C, .width = 32,                                           \
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
    [BDCR] = {.name = "BDCR", .offset = 0x70, .width = 32, .flags = REG_BACKUP,                    \
        .readable = 0x00018307, .writable = 0x00018305, .fields = FIELDS(                          \
            BIT("LSEON", 0), BIT("LSERDY", 1), BIT("LSEBYP", 2), BITS("RTCSEL", 8, 2),             \
            BIT("RTCEN", 15), BIT("BDRST", 16))},                                                  \
    [CSR] = {.name = "CSR", .offset = 0x74, .width = 32, .flags = REG_BACKUP, .reset = 0x0E000000, \
        .readable = 0xFE000003, .writable = CSR_LSION, .action = CSR_RMVF, .fields = FIELDS(       \
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

/* In the order of CIR's flags and enables; an oscillator's start-up ends in the event of its number. */
enum oscillator { LSI, LSE, HSI, HSE, PLL, PLLI2S, OSCILLATORS };

/* Where the on bit is (the ready bit follows it) and the time from on to ready: typical values of the
 * data sheet for LSI (15 us), HSI (2 us) and PLLs (100 us). The HSE's 500 us stay below the time-out of
 * every vendor driver. The LSE's 200 ms are those of a good crystal; the data sheet says 2 s. */
static const struct {
    uint16_t reg;
    uint16_t on;
    uint32_t startup_ns;
} oscillators[OSCILLATORS] = {
    [LSI] = {CSR, 0, 15000},   [LSE] = {BDCR, 0, 200000000}, [HSI] = {CR, 0, 2000},
    [HSE] = {CR, 16, 500000},  [PLL] = {CR, 24, 100000},     [PLLI2S] = {CR, 26, 100000},
};

struct rcc_state {
    uint32_t reg[REGS];
    uint32_t reset_cause;       /* CSR flags of the reset that a watchdog has requested */
    struct delay startup[OSCILLATORS];
    uint64_t hse_failed;        /* the host broke the crystal */
};

static uint32_t field(uint32_t value, unsigned lsb, unsigned width)
{
    return value >> lsb & ((1u << width) - 1);
}

/* ---- the tree ---- */

static bool is_on(const struct device *d, enum oscillator o)
{
    return reg_get(d, oscillators[o].reg) >> oscillators[o].on & 1;
}

static bool is_ready(const struct device *d, enum oscillator o)
{
    return reg_get(d, oscillators[o].reg) >> oscillators[o].on & 2;
}

static enum oscillator pll_source(const struct device *d)
{
    return reg_get(d, PLLCFGR) & PLL_SRC ? HSE : HSI;
}

/* The oscillator that drives SYSCLK. */
static enum oscillator sysclk_source(const struct device *d)
{
    static const enum oscillator sources[] = {HSI, HSE, PLL, HSI};

    return sources[field(reg_get(d, CFGR), 2, 2)];
}

static struct clock_rate scaled(struct clock_rate rate, uint64_t mul, uint64_t div)
{
    return clock_hz(rate.num * mul, rate.den * div);
}

static const struct clock_rate stopped = {0, 1};

static struct clock_rate source_rate(const struct device *d, enum oscillator o)
{
    const struct machine_options *options = device_options(d);

    if (!is_ready(d, o))
        return stopped;
    switch (o) {
    case LSI:
        return clock_hz(LSI_HZ, 1);
    case LSE:
        return clock_hz(options->lse_hz, 1);
    case HSI:
        return clock_hz(HSI_HZ, 1);
    default:
        return clock_hz(options->hse_hz, 1);
    }
}

/* The input of both PLLs' VCOs; stopped when PLLM or the source does not allow one. */
static struct clock_rate vco_input(const struct device *d)
{
    uint32_t m = field(reg_get(d, PLLCFGR), 0, 6);

    return m < 2 ? stopped : scaled(source_rate(d, pll_source(d)), 1, m);
}

static struct clock_rate vco(const struct device *d)
{
    return scaled(vco_input(d), field(reg_get(d, PLLCFGR), 6, 9), 1);
}

static void pll_rates(const struct device *d, struct clock_rate *rates)
{
    uint32_t cfgr = reg_get(d, PLLCFGR), i2s = reg_get(d, PLLI2SCFGR);
    uint32_t p = 2 * (field(cfgr, 16, 2) + 1), q = field(cfgr, 24, 4), r = field(i2s, 28, 3);

    if (is_ready(d, PLL)) {
        rates[CLOCK_PLL] = scaled(vco(d), 1, p);
        rates[CLOCK_PLL48] = q < 2 ? stopped : scaled(vco(d), 1, q);
    }
    if (is_ready(d, PLLI2S) && r >= 2)
        rates[CLOCK_PLLI2S] = scaled(vco_input(d), field(i2s, 6, 9), r);
}

/* RTCCLK (RM0090 7.2.8): LSE, LSI, or HSE divided by 2 to 31. */
static struct clock_rate rtc_rate(const struct device *d, const struct clock_rate *rates)
{
    uint32_t bdcr = reg_get(d, BDCR), hse_div = field(reg_get(d, CFGR), 16, 5);

    if (!(bdcr & BDCR_RTCEN))
        return stopped;
    switch (field(bdcr, 8, 2)) {
    case 1:
        return rates[CLOCK_LSE];
    case 2:
        return rates[CLOCK_LSI];
    case 3:
        return hse_div < 2 ? stopped : scaled(rates[CLOCK_HSE], 1, hse_div);
    default:
        return stopped;
    }
}

static unsigned ahb_divider(uint32_t hpre)
{
    static const uint16_t dividers[] = {2, 4, 8, 16, 64, 128, 256, 512};

    return hpre & 8 ? dividers[hpre & 7] : 1;
}

static unsigned apb_divider(uint32_t ppre)
{
    return ppre & 4 ? 2u << (ppre & 3) : 1;
}

static void bus_rates(const struct device *d, struct clock_rate *rates)
{
    uint32_t cfgr = reg_get(d, CFGR);
    unsigned apb1 = apb_divider(field(cfgr, 10, 3)), apb2 = apb_divider(field(cfgr, 13, 3));
    struct clock_rate hclk = scaled(rates[CLOCK_SYSCLK], 1, ahb_divider(field(cfgr, 4, 4)));

    rates[CLOCK_CORE] = hclk;
    rates[CLOCK_SYSTICK_REF] = scaled(hclk, 1, 8);
    rates[CLOCK_PCLK1] = scaled(hclk, 1, apb1);
    rates[CLOCK_PCLK2] = scaled(hclk, 1, apb2);
    rates[CLOCK_TIMER1] = scaled(rates[CLOCK_PCLK1], apb1 == 1 ? 1 : 2, 1);
    rates[CLOCK_TIMER2] = scaled(rates[CLOCK_PCLK2], apb2 == 1 ? 1 : 2, 1);
}

static void tree_rates(const struct device *d, struct clock_rate *rates)
{
    enum oscillator source = sysclk_source(d);

    for (unsigned i = 0; i < CLOCK_MAX; i++)
        rates[i] = stopped;
    rates[CLOCK_HSI] = source_rate(d, HSI);
    rates[CLOCK_HSE] = source_rate(d, HSE);
    rates[CLOCK_LSI] = source_rate(d, LSI);
    rates[CLOCK_LSE] = source_rate(d, LSE);
    pll_rates(d, rates);
    rates[CLOCK_SYSCLK] = rates[source == PLL ? CLOCK_PLL : source == HSE ? CLOCK_HSE : CLOCK_HSI];
    bus_rates(d, rates);
    rates[CLOCK_RTC] = rtc_rate(d, rates);
    rates[CLOCK_NS] = clock_hz(1000 * (uint64_t)MHZ, 1);
}

/* Stop and Standby: what counts guest time goes on at the rate of the HSI, which is there on waking. */
static void stop_rates(struct clock_rate *rates)
{
    static const uint8_t stopping[] = {
        CLOCK_SYSTICK_REF, CLOCK_PCLK1, CLOCK_PCLK2, CLOCK_TIMER1, CLOCK_TIMER2, CLOCK_HSI,
    };

    for (unsigned i = 0; i < COUNT(stopping); i++)
        rates[stopping[i]] = stopped;
}

static bool in_stop(const struct device *d)
{
    return signal_input(d, RCC_IN_STOP) || signal_input(d, RCC_IN_STANDBY);
}

/* ---- limits ---- */

static bool above(struct clock_rate rate, uint64_t hz)
{
    return rate.num > hz * rate.den;
}

static unsigned long long whole_hz(struct clock_rate rate)
{
    return rate.num / rate.den;
}

/* One text for each, as reports that differ in numbers only count as one. */
static void check_limits(struct device *d)
{
    const struct rcc_f4_config *config = device_config(d);
    uint32_t sysclk_max = config->sysclk_max[signal_input(d, RCC_IN_VOS_LOW)];
    struct clock_rate sysclk = clock_get(d, CLOCK_SYSCLK);
    struct clock_rate pclk1 = clock_get(d, CLOCK_PCLK1), pclk2 = clock_get(d, CLOCK_PCLK2);

    if (above(sysclk, sysclk_max))
        diag_guest(d, DIAG_CLOCK, CFGR, "SYSCLK is %llu Hz: the limit is %u Hz", whole_hz(sysclk),
                   sysclk_max);
    if (above(pclk1, config->pclk1_max))
        diag_guest(d, DIAG_CLOCK, CFGR, "PCLK1 is %llu Hz: the limit is %u Hz", whole_hz(pclk1),
                   config->pclk1_max);
    if (above(pclk2, config->pclk2_max))
        diag_guest(d, DIAG_CLOCK, CFGR, "PCLK2 is %llu Hz: the limit is %u Hz", whole_hz(pclk2),
                   config->pclk2_max);
}

/* The PLL is about to start (RM0090 7.3.2; data sheet: VCO input 0.95 to 2.1 MHz). */
static void check_pll(struct device *d)
{
    const struct rcc_f4_config *config = device_config(d);
    struct clock_rate input = vco_input(d), output = vco(d);
    uint32_t n = field(reg_get(d, PLLCFGR), 6, 9);

    if (!input.num)
        diag_guest(d, DIAG_CLOCK, PLLCFGR, "the PLL is on without input: source off, or PLLM < 2");
    else if (above(input, 2100000) || !above(input, 949999))
        diag_guest(d, DIAG_CLOCK, PLLCFGR, "the PLL's input is %llu Hz: it must be 1 to 2 MHz",
                   whole_hz(input));
    else if (n < config->plln_min || n > config->plln_max)
        diag_guest(d, DIAG_CLOCK, PLLCFGR, "PLLN is %u: it must be %u to %u", n, config->plln_min,
                   config->plln_max);
    else if (above(output, config->vco_max) || !above(output, config->vco_min - 1))
        diag_guest(d, DIAG_CLOCK, PLLCFGR, "the PLL's VCO runs at %llu Hz: the limits are %u and %u Hz",
                   whole_hz(output), config->vco_min, config->vco_max);
}

/* ---- following the registers ---- */

/* Whether an oscillator has all it needs to run. A PLL that could not make a clock never gets ready, so
 * that the core clock never stops. */
static bool can_run(const struct device *d, enum oscillator o)
{
    const struct rcc_state *s = d->state;

    switch (o) {
    case LSI:
        return is_on(d, o) || signal_input(d, RCC_IN_LSI_REQUEST);
    case LSE:
        return is_on(d, o) && device_options(d)->lse_hz;
    case HSE:
        return is_on(d, o) && device_options(d)->hse_hz && !s->hse_failed;
    case PLL:
        return is_on(d, o) && vco(d).num;
    case PLLI2S:
        return is_on(d, o) && vco_input(d).num;
    default:
        return is_on(d, o);
    }
}

static void update_oscillator(struct device *d, enum oscillator o)
{
    struct rcc_state *s = d->state;
    uint32_t ready = 2u << oscillators[o].on;

    if (!can_run(d, o)) {
        reg_clear_bits(d, oscillators[o].reg, ready);
        sched_cancel(d, o);
    } else if (!is_ready(d, o) && sched_when(d, o).cycles == VTIME_NEVER.cycles) {
        delay_start(&s->startup[o], d, o, oscillators[o].startup_ns);
    }
}

/* SYSCLK follows SW once the selected source is ready (RM0090 7.2.6). */
static void switch_sysclk(struct device *d)
{
    static const enum oscillator sources[] = {HSI, HSE, PLL};
    uint32_t cfgr = reg_get(d, CFGR), sw = cfgr & CFGR_SW;

    if (sw < COUNT(sources) && is_ready(d, sources[sw]))
        reg_put(d, CFGR, (cfgr & ~CFGR_SWS) | sw << 2);
}

static void update_irq(struct device *d)
{
    uint32_t cir = reg_get(d, CIR);

    irq_set(d, 0, cir & cir >> 8 & 0x3F);
    signal_set(d, RCC_OUT_NMI, cir & CIR_CSSF);
}

static bool same_rate(struct clock_rate a, struct clock_rate b)
{
    return a.num == b.num && a.den == b.den;
}

static void set_rates(struct device *d)
{
    struct clock_rate rates[CLOCK_MAX];
    bool bus_changes;

    tree_rates(d, rates);
    if (in_stop(d))
        stop_rates(rates);
    bus_changes = !same_rate(rates[CLOCK_SYSCLK], clock_get(d, CLOCK_SYSCLK)) ||
                  !same_rate(rates[CLOCK_PCLK1], clock_get(d, CLOCK_PCLK1)) ||
                  !same_rate(rates[CLOCK_PCLK2], clock_get(d, CLOCK_PCLK2));
    clock_set(d, rates);
    if (bus_changes)
        check_limits(d);
}

/* Makes everything follow from the registers and inputs. The PLLs come last: they need their source. */
static void update(struct device *d)
{
    for (unsigned o = 0; o < OSCILLATORS; o++)
        update_oscillator(d, (enum oscillator)o);
    switch_sysclk(d);
    set_rates(d);
    update_irq(d);
}

/* ---- failing crystal ---- */

static bool sysclk_needs_hse(const struct device *d)
{
    enum oscillator source = sysclk_source(d);

    return source == HSE || (source == PLL && pll_source(d) == HSE);
}

/* SYSCLK back to the HSI; HSE and, if it runs from it, the PLL off (RM0090 7.2.7). */
static void fall_back(struct device *d)
{
    reg_set_bits(d, CR, CR_HSION | CR_HSION << 1);
    reg_clear_bits(d, CR, CR_HSEON | (pll_source(d) == HSE ? CR_PLLON : 0));
    reg_clear_bits(d, CFGR, CFGR_SW | CFGR_SWS);
}

static void hse_fails(struct device *d)
{
    struct rcc_state *s = d->state;
    bool needed = sysclk_needs_hse(d), watched = reg_get(d, CR) & CR_CSSON && is_ready(d, HSE);

    s->hse_failed = 1;
    if (watched)
        reg_set_bits(d, CIR, CIR_CSSF);
    else if (needed)
        diag_unmodelled(d, CR, "SYSCLK has lost the HSE with CSSON off: the chip would stand still, "
                               "here it goes on with the HSI");
    if (watched || needed)
        fall_back(d);
    update(d);
}

static void input(struct device *d, const void *bytes, size_t size)
{
    const uint8_t *in = bytes;
    struct rcc_state *s = d->state;

    for (size_t i = 0; i < size; i++) {
        if (in[i] == RCC_HSE_FAILS && !s->hse_failed) {
            hse_fails(d);
        } else if (in[i] == RCC_HSE_RECOVERS) {
            s->hse_failed = 0;
            update(d);
        }
    }
}

/* ---- writes ---- */

/* On bits of what drives SYSCLK, directly or through the PLL: they cannot be cleared (RM0090 7.3.1). */
static uint32_t bits_in_use(const struct device *d)
{
    enum oscillator source = sysclk_source(d);

    if (source == PLL)
        return CR_PLLON | (pll_source(d) == HSE ? CR_HSEON : CR_HSION);
    return source == HSE ? CR_HSEON : CR_HSION;
}

static void write_cr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, CR), next = (old & ~lanes) | (value & lanes);
    uint32_t keep = old & ~next & bits_in_use(d);

    if (keep)
        diag_guest(d, DIAG_SEQUENCE, CR, "bits 0x%X stay 1: they drive SYSCLK", keep);
    if ((old ^ next) & CR_HSEBYP && old & next & CR_HSEON) {
        diag_guest(d, DIAG_SEQUENCE, CR, "HSEBYP cannot be changed while HSEON is 1");
        lanes &= ~CR_HSEBYP;
    }
    if ((old ^ next) & CR_HSITRIM)
        diag_unmodelled(d, CR, "HSITRIM: trimming does not change the HSI's 16 MHz");
    reg_store(d, CR, value | keep, lanes);
    if (next & ~old & CR_PLLON)
        check_pll(d);
    update(d);
}

/* The PLLs' factors are locked while they run; M and source belong to both (RM0090 7.3.2). */
static void write_pllcfgr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t cr = reg_get(d, CR), locked = 0;

    if (cr & CR_PLLI2SON)
        locked = PLL_M | PLL_SRC;
    if (cr & CR_PLLON)
        locked = d->ops->regs[PLLCFGR].writable;
    if ((reg_get(d, PLLCFGR) ^ value) & lanes & locked)
        diag_guest(d, DIAG_SEQUENCE, PLLCFGR, "written while the PLL is on: ignored");
    reg_store(d, PLLCFGR, value, lanes & ~locked);
    update(d);
}

static void write_plli2scfgr(struct device *d, uint32_t value, uint32_t lanes)
{
    if (reg_get(d, CR) & CR_PLLI2SON) {
        diag_guest(d, DIAG_SEQUENCE, PLLI2SCFGR, "written while the PLLI2S is on: ignored");
        return;
    }
    reg_store(d, PLLI2SCFGR, value, lanes);
}

static void write_cfgr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, CFGR), next = reg_store(d, CFGR, value, lanes);

    if ((next ^ old) & next & CFGR_MCO)
        diag_unmodelled(d, CFGR, "the clock outputs MCO1 and MCO2 are not modelled");
    if ((next & CFGR_SW) == CFGR_SW)
        diag_guest(d, DIAG_SEQUENCE, CFGR, "SW is 3, which selects nothing: SYSCLK stays as it is");
    update(d);
}

static void write_cir(struct device *d, uint32_t value, uint32_t lanes)
{
    reg_store(d, CIR, value, lanes);
    reg_clear_bits(d, CIR, (value & lanes) >> 16 & CIR_FLAGS);
    update_irq(d);
}

static void write_reset(struct device *d, enum rcc_bus bus, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, AHB1RSTR + bus), next = reg_store(d, AHB1RSTR + bus, value, lanes);

    for (unsigned bit = 0; bit < 32; bit++)
        if ((old ^ next) >> bit & 1)
            gate_reset(d, (uint16_t)RCC_LINE(bus, bit), next >> bit & 1);
}

static void write_enable(struct device *d, enum rcc_bus bus, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, AHB1ENR + bus), next = reg_store(d, AHB1ENR + bus, value, lanes);

    for (unsigned bit = 0; bit < 32; bit++)
        if ((old ^ next) >> bit & 1)
            gate_set(d, (uint16_t)RCC_LINE(bus, bit), next >> bit & 1);
    if (bus == RCC_AHB1 && old & ~next & AHB1EN_CCM)
        diag_unmodelled(d, AHB1ENR, "CCMDATARAMEN cleared: the CCM RAM still answers");
    if (bus == RCC_AHB2 && next & ~old & AHB2EN_DCMI)
        diag_unmodelled(d, AHB2ENR, "DCMIEN set: this part has no camera interface");
}

static void write_sleep_enable(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, reg), next = reg_store(d, reg, value, lanes);

    if (old & ~next)
        diag_unmodelled(d, reg, "clocks go on in Sleep mode");
}

/* The backup domain: locked by PWR_CR.DBP; RTCSEL can be set once (RM0090 7.3.20). */
static void write_bdcr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, BDCR), next = (old & ~lanes) | (value & lanes);

    if (!signal_input(d, RCC_IN_DBP)) {
        diag_guest(d, DIAG_SEQUENCE, BDCR, "written with PWR_CR.DBP 0: ignored");
        return;
    }
    if (old & BDCR_RTCSEL && (old ^ next) & BDCR_RTCSEL) {
        diag_guest(d, DIAG_SEQUENCE, BDCR, "RTCSEL is already set; only BDRST clears it");
        lanes &= ~BDCR_RTCSEL;
    }
    if ((old ^ next) & BDCR_LSEBYP && old & next & BDCR_LSEON) {
        diag_guest(d, DIAG_SEQUENCE, BDCR, "LSEBYP cannot be changed while LSEON is 1");
        lanes &= ~BDCR_LSEBYP;
    }
    if (next & BDCR_BDRST)
        reg_put(d, BDCR, BDCR_BDRST);
    else
        reg_store(d, BDCR, value, lanes);
    signal_set(d, RCC_OUT_BDRST, next & BDCR_BDRST);
    update(d);
}

static void write_csr(struct device *d, uint32_t value, uint32_t lanes)
{
    reg_store(d, CSR, value, lanes);
    if (value & lanes & CSR_RMVF)
        reg_clear_bits(d, CSR, CSR_FLAGS);
    update(d);
}

static void write_sscgr(struct device *d, uint32_t value, uint32_t lanes)
{
    if (reg_store(d, SSCGR, value, lanes) & SSCGR_SSCGEN)
        diag_unmodelled(d, SSCGR, "spread spectrum: the PLL's rate stays constant");
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg >= AHB1RSTR && reg <= APB2RSTR)
        write_reset(d, (enum rcc_bus)(reg - AHB1RSTR), value, lanes);
    else if (reg >= AHB1ENR && reg <= APB2ENR)
        write_enable(d, (enum rcc_bus)(reg - AHB1ENR), value, lanes);
    else if (reg >= AHB1LPENR && reg <= APB2LPENR)
        write_sleep_enable(d, reg, value, lanes);
    else if (reg == CR)
        write_cr(d, value, lanes);
    else if (reg == PLLCFGR)
        write_pllcfgr(d, value, lanes);
    else if (reg == CFGR)
        write_cfgr(d, value, lanes);
    else if (reg == CIR)
        write_cir(d, value, lanes);
    else if (reg == BDCR)
        write_bdcr(d, value, lanes);
    else if (reg == CSR)
        write_csr(d, value, lanes);
    else if (reg == SSCGR)
        write_sscgr(d, value, lanes);
    else
        write_plli2scfgr(d, value, lanes);
}

/* ---- events, signals, resets ---- */

/* Oscillator number `event` is ready. */
static void event(struct device *d, unsigned event_number)
{
    uint32_t enable = reg_get(d, CIR) >> 8;

    reg_set_bits(d, oscillators[event_number].reg, 2u << oscillators[event_number].on);
    if (enable >> event_number & 1)
        reg_set_bits(d, CIR, 1u << event_number);
    update(d);
}

/* HSE and PLLs go off, and the HSI drives SYSCLK when the chip wakes (RM0090 5.3.5). */
static void enter_stop(struct device *d)
{
    reg_set_bits(d, CR, CR_HSION | CR_HSION << 1);
    reg_clear_bits(d, CR, CR_HSEON | CR_PLLON | CR_PLLI2SON);
    reg_clear_bits(d, CFGR, CFGR_SW | CFGR_SWS);
    update(d);
}

/* Every block loses its state now, its pins with it; PWR keeps watch. */
static void enter_standby(struct device *d)
{
    enter_stop(d);
    for (unsigned line = 0; line < 32 * RCC_BUSES; line++)
        if (line != RCC_LINE(RCC_APB1, APB1_PWR))
            gate_reset(d, (uint16_t)line, true);
}

static void signal(struct device *d, unsigned number, bool level)
{
    struct rcc_state *s = d->state;

    if (number == RCC_IN_IWDG_RESET && level)
        s->reset_cause |= CSR_IWDGRSTF;
    else if (number == RCC_IN_WWDG_RESET && level)
        s->reset_cause |= CSR_WWDGRSTF;
    else if (number == RCC_IN_STOP && level)
        enter_stop(d);
    else if (number == RCC_IN_STANDBY && level)
        enter_standby(d);
    else if (number == RCC_IN_LSI_REQUEST || number == RCC_IN_STOP || number == RCC_IN_STANDBY)
        update(d);
    else if (number == RCC_IN_VOS_LOW)
        check_limits(d);
}

static void clock(struct device *d)
{
    struct rcc_state *s = d->state;

    for (unsigned o = 0; o < OSCILLATORS; o++)
        delay_clock(&s->startup[o], d, o);
}

static void open_gates(struct device *d)
{
    for (unsigned bus = 0; bus < RCC_BUSES; bus++)
        for (unsigned bit = 0; bit < 32; bit++)
            if (reg_get(d, AHB1ENR + bus) >> bit & 1)
                gate_set(d, (uint16_t)RCC_LINE(bus, bit), true);
}

/* Every reset drives NRST, so that PADRSTF comes with each cause. A reset that no watchdog asked for is
 * SYSRESETREQ, by the firmware or a debugger. The LSE lives in the backup domain and runs on. */
static void reset(struct device *d, enum reset_kind kind)
{
    struct rcc_state *s = d->state;
    uint32_t cause = s->reset_cause ? s->reset_cause : CSR_SFTRSTF;

    s->reset_cause = 0;
    if (kind == RESET_POWER_ON) {
        memset(s->startup, 0, sizeof s->startup);
    } else {
        reg_clear_bits(d, CSR, ~CSR_FLAGS);
        if (signal_input(d, RCC_IN_STANDBY))
            reg_set_bits(d, CSR, CSR_POWER | (cause & ~CSR_SFTRSTF));
        else
            reg_set_bits(d, CSR, CSR_PINRSTF | cause);
        if (can_run(d, LSE) && !is_ready(d, LSE))
            delay_resume(&s->startup[LSE], d, LSE);
        signal_set(d, RCC_OUT_BDRST, reg_get(d, BDCR) & BDCR_BDRST);
    }
    open_gates(d);
    update(d);
}

#define RCC_OPS(label, table)                                                                      \
    {                                                                                              \
        .name = label, .regs = table, .reg_count = REGS, .state_size = sizeof(struct rcc_state),   \
        .events = OSCILLATORS, .outputs = RCC_OUTPUTS, .inputs = RCC_INPUTS, .reset = reset,       \
        .write = write, .event = event, .signal = signal, .clock = clock, .input = input,          \
    }

const struct device_ops rcc_f2_ops = RCC_OPS("rcc_f2", f2_regs);
const struct device_ops rcc_f4_ops = RCC_OPS("rcc_f4", f4_regs);
