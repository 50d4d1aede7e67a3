/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reset and clock control of the STM32F100 value line (RM0041 6): oscillators, the PLL behind PREDIV1, the
 * clock tree as exact rates, gates and reset lines of the other blocks, BDCR, and the reset flags.
 *
 * An oscillator gets ready a fixed time after it is switched on (startup_ns below) and stops at once.
 * SYSCLK changes in the cycle in which its source is selected and ready.
 *
 * Not modelled: the clock output MCO, trimming of the HSI, gating in Sleep mode (SRAMEN and FLITFEN are
 * stored), the bus's one or two cycles between a gate and its block.
 */
#include "periph/rcc_f1.h"

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

/* The registers of the buses follow each other in the order of enum rcc_f1_bus; AHB has no resets. */
enum { CR, CFGR, CIR, APB2RSTR, APB1RSTR, APB2ENR, APB1ENR, AHBENR, BDCR, CSR, CFGR2, REGS };

#define HSI_HZ     8000000u
#define LSI_HZ     40000u
#define MHZ        1000000u
#define SYSCLK_MAX (24 * MHZ)

#define CR_HSION   (1u << 0)
#define CR_HSITRIM (31u << 3)
#define CR_HSEON   (1u << 16)
#define CR_HSEBYP  (1u << 18)
#define CR_CSSON   (1u << 19)
#define CR_PLLON   (1u << 24)

#define CFGR_SW       (3u << 0)
#define CFGR_SWS      (3u << 2)
#define CFGR_PLLSRC   (1u << 16)
#define CFGR_PLLXTPRE (1u << 17)
#define CFGR_PLL      (0x3Fu << 16)     /* source, XTPRE and factor */
#define CFGR_MCO      (7u << 24)

#define CIR_FLAGS 0x0000009Fu
#define CIR_CSSF  (1u << 7)

#define BDCR_LSEON  (1u << 0)
#define BDCR_LSEBYP (1u << 2)
#define BDCR_RTCSEL (3u << 8)
#define BDCR_RTCEN  (1u << 15)
#define BDCR_BDRST  (1u << 16)

#define CSR_LSION    (1u << 0)
#define CSR_RMVF     (1u << 24)
#define CSR_PINRSTF  (1u << 26)
#define CSR_SFTRSTF  (1u << 28)
#define CSR_IWDGRSTF (1u << 29)
#define CSR_WWDGRSTF (1u << 30)
#define CSR_FLAGS    0xFC000000u

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
    [CR] = {.name = "CR", .offset = 0x00, .width = 32, .reset = 0x00000083,
        .readable = 0x030FFFFB, .writable = 0x010D00F9, .fields = FIELDS(
            BIT("HSION", 0), BIT("HSIRDY", 1), BITS("HSITRIM", 3, 5), BITS("HSICAL", 8, 8),
            BIT("HSEON", 16), BIT("HSERDY", 17), BIT("HSEBYP", 18), BIT("CSSON", 19),
            BIT("PLLON", 24), BIT("PLLRDY", 25))},
    [CFGR] = {.name = "CFGR", .offset = 0x04, .width = 32,
        .readable = 0x073FFFFF, .writable = 0x073FFFF3, .fields = FIELDS(
            BITS("SW", 0, 2), BITS("SWS", 2, 2), BITS("HPRE", 4, 4), BITS("PPRE1", 8, 3),
            BITS("PPRE2", 11, 3), BITS("ADCPRE", 14, 2), BIT("PLLSRC", 16), BIT("PLLXTPRE", 17),
            BITS("PLLMUL", 18, 4), BITS("MCO", 24, 3))},
    [CIR] = {.name = "CIR", .offset = 0x08, .width = 32,
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
    [BDCR] = {.name = "BDCR", .offset = 0x20, .width = 32, .flags = REG_BACKUP,
        .readable = 0x00018307, .writable = 0x00018305, .fields = FIELDS(
            BIT("LSEON", 0), BIT("LSERDY", 1), BIT("LSEBYP", 2), BITS("RTCSEL", 8, 2),
            BIT("RTCEN", 15), BIT("BDRST", 16))},
    [CSR] = {.name = "CSR", .offset = 0x24, .width = 32, .flags = REG_BACKUP, .reset = 0x0C000000,
        .readable = 0xFC000003, .writable = CSR_LSION, .action = CSR_RMVF, .fields = FIELDS(
            BIT("LSION", 0), BIT("LSIRDY", 1), BIT("RMVF", 24), BIT("PINRSTF", 26),
            BIT("PORRSTF", 27), BIT("SFTRSTF", 28), BIT("IWDGRSTF", 29), BIT("WWDGRSTF", 30),
            BIT("LPWRRSTF", 31))},
    [CFGR2] = REG_PLAIN("CFGR2", 0x2C, 0, 0xF, BITS("PREDIV1", 0, 4)),
};
/* clang-format on */

/* In the order of CIR's flags and enables; an oscillator's start-up ends in the event of its number. */
enum oscillator { LSI, LSE, HSI, HSE, PLL, OSCILLATORS };

/* Where the on bit is (the ready bit follows it) and the time from on to ready: typical values of the
 * data sheet for LSI (80 us), HSI (2 us) and PLL (200 us). The HSE's 500 us stay below the time-out of
 * every vendor driver. The LSE's 200 ms are those of a good crystal; the data sheet says 2 s. */
static const struct {
    uint16_t reg;
    uint16_t on;
    uint32_t startup_ns;
} oscillators[OSCILLATORS] = {
    [LSI] = {CSR, 0, 80000},   [LSE] = {BDCR, 0, 200000000}, [HSI] = {CR, 0, 2000},
    [HSE] = {CR, 16, 500000},  [PLL] = {CR, 24, 200000},
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
    return reg_get(d, CFGR) & CFGR_PLLSRC ? HSE : HSI;
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

/* HSI / 2, or HSE / PREDIV1 (RM0041 6.3.2). */
static struct clock_rate pll_input(const struct device *d)
{
    enum oscillator source = pll_source(d);

    return scaled(source_rate(d, source), 1, source == HSE ? (reg_get(d, CFGR2) & 15) + 1 : 2);
}

static struct clock_rate pll_rate(const struct device *d)
{
    uint32_t mul = field(reg_get(d, CFGR), 18, 4) + 2;

    return scaled(pll_input(d), mul > 16 ? 16 : mul, 1);
}

/* RTCCLK (RM0041 6.2.7): LSE, LSI, or HSE divided by 128. */
static struct clock_rate rtc_rate(const struct device *d, const struct clock_rate *rates)
{
    uint32_t bdcr = reg_get(d, BDCR);

    if (!(bdcr & BDCR_RTCEN))
        return stopped;
    switch (field(bdcr, 8, 2)) {
    case 1:
        return rates[CLOCK_LSE];
    case 2:
        return rates[CLOCK_LSI];
    case 3:
        return scaled(rates[CLOCK_HSE], 1, 128);
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
    unsigned apb1 = apb_divider(field(cfgr, 8, 3)), apb2 = apb_divider(field(cfgr, 11, 3));
    struct clock_rate hclk = scaled(rates[CLOCK_SYSCLK], 1, ahb_divider(field(cfgr, 4, 4)));

    rates[CLOCK_CORE] = hclk;
    rates[CLOCK_SYSTICK_REF] = scaled(hclk, 1, 8);
    rates[CLOCK_PCLK1] = scaled(hclk, 1, apb1);
    rates[CLOCK_PCLK2] = scaled(hclk, 1, apb2);
    rates[CLOCK_ADC_HALVES] = scaled(rates[CLOCK_PCLK2], 1, field(cfgr, 14, 2) + 1);
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
    if (is_ready(d, PLL))
        rates[CLOCK_PLL] = pll_rate(d);
    rates[CLOCK_SYSCLK] = rates[source == PLL ? CLOCK_PLL : source == HSE ? CLOCK_HSE : CLOCK_HSI];
    bus_rates(d, rates);
    rates[CLOCK_RTC] = rtc_rate(d, rates);
    rates[CLOCK_NS] = clock_hz(1000 * (uint64_t)MHZ, 1);
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

/* HCLK, PCLK1 and PCLK2 have the same limit and cannot be faster. */
static void check_limits(struct device *d)
{
    struct clock_rate sysclk = clock_get(d, CLOCK_SYSCLK);

    if (above(sysclk, SYSCLK_MAX))
        diag_guest(d, DIAG_CLOCK, CFGR, "SYSCLK is %llu Hz: the limit is %u Hz", whole_hz(sysclk), SYSCLK_MAX);
}

/* The PLL is about to start (data sheet: input 1 to 24 MHz, output 16 to 24 MHz). */
static void check_pll(struct device *d)
{
    struct clock_rate input = pll_input(d), output = pll_rate(d);

    if (!input.num)
        diag_guest(d, DIAG_CLOCK, CFGR, "the PLL is on without input: its source is off");
    else if (!above(input, MHZ - 1))
        diag_guest(d, DIAG_CLOCK, CFGR, "the PLL's input is %llu Hz: it must be 1 MHz at least", whole_hz(input));
    else if (above(output, SYSCLK_MAX) || !above(output, 16 * MHZ - 1))
        diag_guest(d, DIAG_CLOCK, CFGR, "the PLL makes %llu Hz: it must be 16 to 24 MHz", whole_hz(output));
}

/* ---- following the registers ---- */

/* Whether an oscillator has all it needs to run. A PLL that could not make a clock never gets ready, so
 * that the core clock never stops. */
static bool can_run(const struct device *d, enum oscillator o)
{
    const struct rcc_state *s = d->state;

    switch (o) {
    case LSI:
        return is_on(d, o) || signal_input(d, RCC_F1_IN_LSI_REQUEST);
    case LSE:
        return is_on(d, o) && device_options(d)->lse_hz;
    case HSE:
        return is_on(d, o) && device_options(d)->hse_hz && !s->hse_failed;
    case PLL:
        return is_on(d, o) && pll_input(d).num;
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

/* SYSCLK follows SW once the selected source is ready (RM0041 6.2.6). */
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

    irq_set(d, 0, cir & cir >> 8 & 0x1F);
    signal_set(d, RCC_F1_OUT_NMI, cir & CIR_CSSF);
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
    bus_changes = !same_rate(rates[CLOCK_SYSCLK], clock_get(d, CLOCK_SYSCLK)) ||
                  !same_rate(rates[CLOCK_PCLK1], clock_get(d, CLOCK_PCLK1)) ||
                  !same_rate(rates[CLOCK_PCLK2], clock_get(d, CLOCK_PCLK2));
    clock_set(d, rates);
    if (bus_changes)
        check_limits(d);
}

/* Makes everything follow from the registers and inputs. The PLL comes last: it needs its source. */
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

/* SYSCLK back to the HSI; HSE and, if it runs from it, the PLL off (RM0041 6.2.7). */
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
        if (in[i] == RCC_F1_HSE_FAILS && !s->hse_failed) {
            hse_fails(d);
        } else if (in[i] == RCC_F1_HSE_RECOVERS) {
            s->hse_failed = 0;
            update(d);
        }
    }
}

/* ---- writes ---- */

/* On bits of what drives SYSCLK, directly or through the PLL: they cannot be cleared (RM0041 6.3.1). */
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
        diag_unmodelled(d, CR, "HSITRIM: trimming does not change the HSI's 8 MHz");
    reg_store(d, CR, value | keep, lanes);
    if (next & ~old & CR_PLLON)
        check_pll(d);
    update(d);
}

/* Source and factors of the PLL are locked while it is on. PLLXTPRE is another name of PREDIV1's bit 0
 * (RM0041 6.3.2). */
static void write_cfgr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, CFGR), locked = reg_get(d, CR) & CR_PLLON ? CFGR_PLL : 0, next;

    if ((old ^ value) & lanes & locked)
        diag_guest(d, DIAG_SEQUENCE, CFGR, "PLL factors written while the PLL is on: ignored");
    next = reg_store(d, CFGR, value, lanes & ~locked);
    reg_put(d, CFGR2, (reg_get(d, CFGR2) & ~1u) | !!(next & CFGR_PLLXTPRE));
    if ((next ^ old) & next & CFGR_MCO)
        diag_unmodelled(d, CFGR, "the clock output MCO is not modelled");
    if ((next & CFGR_SW) == CFGR_SW)
        diag_guest(d, DIAG_SEQUENCE, CFGR, "SW is 3, which selects nothing: SYSCLK stays as it is");
    update(d);
}

static void write_cfgr2(struct device *d, uint32_t value, uint32_t lanes)
{
    if (reg_get(d, CR) & CR_PLLON) {
        diag_guest(d, DIAG_SEQUENCE, CFGR2, "PREDIV1 written while the PLL is on: ignored");
        return;
    }
    if (reg_store(d, CFGR2, value, lanes) & 1)
        reg_set_bits(d, CFGR, CFGR_PLLXTPRE);
    else
        reg_clear_bits(d, CFGR, CFGR_PLLXTPRE);
    update(d);
}

static void write_cir(struct device *d, uint32_t value, uint32_t lanes)
{
    reg_store(d, CIR, value, lanes);
    reg_clear_bits(d, CIR, (value & lanes) >> 16 & CIR_FLAGS);
    update_irq(d);
}

static void write_reset(struct device *d, enum rcc_f1_bus bus, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, APB2RSTR + bus), next = reg_store(d, APB2RSTR + bus, value, lanes);

    for (unsigned bit = 0; bit < 32; bit++)
        if ((old ^ next) >> bit & 1)
            gate_reset(d, (uint16_t)RCC_F1_LINE(bus, bit), next >> bit & 1);
}

static void write_enable(struct device *d, enum rcc_f1_bus bus, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, APB2ENR + bus), next = reg_store(d, APB2ENR + bus, value, lanes);

    for (unsigned bit = 0; bit < 32; bit++)
        if ((old ^ next) >> bit & 1)
            gate_set(d, (uint16_t)RCC_F1_LINE(bus, bit), next >> bit & 1);
}

/* The backup domain: locked by PWR_CR.DBP; RTCSEL can be set once (RM0041 6.3.9). */
static void write_bdcr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, BDCR), next = (old & ~lanes) | (value & lanes);

    if (!signal_input(d, RCC_F1_IN_DBP)) {
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
    signal_set(d, RCC_F1_OUT_BDRST, next & BDCR_BDRST);
    update(d);
}

static void write_csr(struct device *d, uint32_t value, uint32_t lanes)
{
    reg_store(d, CSR, value, lanes);
    if (value & lanes & CSR_RMVF)
        reg_clear_bits(d, CSR, CSR_FLAGS);
    update(d);
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg >= APB2RSTR && reg <= APB1RSTR)
        write_reset(d, (enum rcc_f1_bus)(reg - APB2RSTR), value, lanes);
    else if (reg >= APB2ENR && reg <= AHBENR)
        write_enable(d, (enum rcc_f1_bus)(reg - APB2ENR), value, lanes);
    else if (reg == CR)
        write_cr(d, value, lanes);
    else if (reg == CFGR)
        write_cfgr(d, value, lanes);
    else if (reg == CIR)
        write_cir(d, value, lanes);
    else if (reg == BDCR)
        write_bdcr(d, value, lanes);
    else if (reg == CSR)
        write_csr(d, value, lanes);
    else
        write_cfgr2(d, value, lanes);
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

static void signal(struct device *d, unsigned number, bool level)
{
    struct rcc_state *s = d->state;

    if (number == RCC_F1_IN_IWDG_RESET && level)
        s->reset_cause |= CSR_IWDGRSTF;
    else if (number == RCC_F1_IN_WWDG_RESET && level)
        s->reset_cause |= CSR_WWDGRSTF;
    else if (number == RCC_F1_IN_LSI_REQUEST)
        update(d);
}

static void clock(struct device *d)
{
    struct rcc_state *s = d->state;

    for (unsigned o = 0; o < OSCILLATORS; o++)
        delay_clock(&s->startup[o], d, o);
}

static void open_gates(struct device *d)
{
    for (unsigned bus = 0; bus < RCC_F1_BUSES; bus++)
        for (unsigned bit = 0; bit < 32; bit++)
            if (reg_get(d, APB2ENR + bus) >> bit & 1)
                gate_set(d, (uint16_t)RCC_F1_LINE(bus, bit), true);
}

/* Every reset drives NRST, so that PINRSTF comes with each cause. A reset that no watchdog asked for is
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
        reg_set_bits(d, CSR, CSR_PINRSTF | cause);
        if (can_run(d, LSE) && !is_ready(d, LSE))
            delay_resume(&s->startup[LSE], d, LSE);
        signal_set(d, RCC_F1_OUT_BDRST, reg_get(d, BDCR) & BDCR_BDRST);
    }
    open_gates(d);
    update(d);
}

const struct device_ops rcc_f1_ops = {
    .name = "rcc_f1",
    .regs = regs,
    .reg_count = REGS,
    .state_size = sizeof(struct rcc_state),
    .events = OSCILLATORS,
    .outputs = RCC_F1_OUTPUTS,
    .inputs = RCC_F1_INPUTS,
    .reset = reset,
    .write = write,
    .event = event,
    .signal = signal,
    .clock = clock,
    .input = input,
};
