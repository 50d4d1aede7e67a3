/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reset and clock control, as far as STM32F1 (RM0041 6), F2 (RM0033 5) and F4 (RM0090 7) share it: oscillators,
 * the clock tree as exact rates, gates and reset lines of the other blocks, the backup domain's BDCR, the
 * reset flags, Stop and Standby.
 *
 * An oscillator gets ready a fixed time after it is switched on and stops at once. SYSCLK changes in the cycle
 * in which its source is selected and ready.
 *
 * Not modelled: trimming of the HSI, the bus's one or two cycles between a gate and its block.
 */
#include "periph/rcc_family.h"

#include <string.h>

#include "core/irq.h"
#include "core/log.h"
#include "core/options.h"
#include "core/schedule.h"
#include "core/signal.h"
#include "periph/table.h"

#define CR_HSITRIM (31u << 3)
#define CR_HSEBYP  (1u << 18)
#define CR_CSSON   (1u << 19)

#define CFGR_SW  (3u << 0)
#define CFGR_SWS (3u << 2)

#define CIR_CSSF (1u << 7)

#define BDCR_LSEON  (1u << 0)
#define BDCR_LSEBYP (1u << 2)
#define BDCR_RTCSEL (3u << 8)
#define BDCR_RTCEN  (1u << 15)
#define BDCR_BDRST  (1u << 16)

#define CSR_BORRSTF  (1u << 25)
#define CSR_PINRSTF  (1u << 26)
#define CSR_SFTRSTF  (1u << 28)
#define CSR_IWDGRSTF (1u << 29)
#define CSR_WWDGRSTF (1u << 30)

/* Where the on bit is; the ready bit follows it. */
static const struct {
    uint16_t reg;
    uint16_t on;
} oscillators[RCC_OSCILLATORS] = {
    [RCC_LSI] = {RCC_CSR, 0}, [RCC_LSE] = {RCC_BDCR, 0}, [RCC_HSI] = {RCC_CR, 0},
    [RCC_HSE] = {RCC_CR, 16}, [RCC_PLL] = {RCC_CR, 24},  [RCC_PLLI2S] = {RCC_CR, 26},
};

/* The HSE's 500 us stay below the time-out of every vendor driver. The LSE's 200 ms are those of a good crystal;
 * the data sheets say 2 s. */
enum { HSI_NS = 2000, HSE_NS = 500000, LSE_NS = 200000000 };

static const struct rcc_config *config_of(const struct device *d)
{
    return device_config(d);
}

static const struct rcc_family *family_of(const struct device *d)
{
    return config_of(d)->family;
}

uint32_t rcc_field(uint32_t value, unsigned lsb, unsigned width)
{
    return value >> lsb & ((1u << width) - 1);
}

/* ---- the tree ---- */

static bool is_on(const struct device *d, enum rcc_oscillator o)
{
    return reg_get(d, oscillators[o].reg) >> oscillators[o].on & 1;
}

bool rcc_is_ready(const struct device *d, enum rcc_oscillator o)
{
    return reg_get(d, oscillators[o].reg) >> oscillators[o].on & 2;
}

/* The oscillator that drives SYSCLK. */
static enum rcc_oscillator sysclk_source(const struct device *d)
{
    static const enum rcc_oscillator sources[] = {RCC_HSI, RCC_HSE, RCC_PLL, RCC_HSI};

    return sources[rcc_field(reg_get(d, RCC_CFGR), 2, 2)];
}

const struct clock_rate rcc_stopped = {0, 1};

struct clock_rate rcc_scaled(struct clock_rate rate, uint64_t mul, uint64_t div)
{
    return clock_hz(rate.num * mul, rate.den * div);
}

struct clock_rate rcc_source_rate(const struct device *d, enum rcc_oscillator o)
{
    const struct machine_options *options = device_options(d);

    if (!rcc_is_ready(d, o))
        return rcc_stopped;
    switch (o) {
    case RCC_LSI:
        return clock_hz(family_of(d)->lsi_hz, 1);
    case RCC_LSE:
        return clock_hz(options->lse_hz, 1);
    case RCC_HSI:
        return clock_hz(family_of(d)->hsi_hz, 1);
    default:
        return clock_hz(options->hse_hz, 1);
    }
}

/* RTCCLK (RM0041 6.2.7, RM0090 7.2.8): LSE, LSI, or the HSE divided. */
static struct clock_rate rtc_rate(const struct device *d, const struct clock_rate *rates)
{
    uint32_t bdcr = reg_get(d, RCC_BDCR);

    if (!(bdcr & BDCR_RTCEN))
        return rcc_stopped;
    switch (rcc_field(bdcr, 8, 2)) {
    case 1:
        return rates[CLOCK_LSE];
    case 2:
        return rates[CLOCK_LSI];
    case 3:
        return rates[CLOCK_HSE_RTC];
    default:
        return rcc_stopped;
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
    const struct rcc_family *f = family_of(d);
    uint32_t cfgr = reg_get(d, RCC_CFGR);
    unsigned apb1 = apb_divider(rcc_field(cfgr, f->ppre1, 3)), apb2 = apb_divider(rcc_field(cfgr, f->ppre2, 3));
    struct clock_rate hclk = rcc_scaled(rates[CLOCK_SYSCLK], 1, ahb_divider(rcc_field(cfgr, 4, 4)));

    rates[CLOCK_CORE] = hclk;
    rates[CLOCK_SYSTICK_REF] = rcc_scaled(hclk, 1, 8);
    rates[CLOCK_PCLK1] = rcc_scaled(hclk, 1, apb1);
    rates[CLOCK_PCLK2] = rcc_scaled(hclk, 1, apb2);
    rates[CLOCK_TIMER1] = rcc_scaled(rates[CLOCK_PCLK1], apb1 == 1 ? 1 : 2, 1);
    rates[CLOCK_TIMER2] = rcc_scaled(rates[CLOCK_PCLK2], apb2 == 1 ? 1 : 2, 1);
    if (f->more_rates)
        f->more_rates(d, rates);
}

static void tree_rates(const struct device *d, struct clock_rate *rates)
{
    enum rcc_oscillator source = sysclk_source(d);
    uint32_t rtc_divisor = family_of(d)->rtc_divisor(d);

    for (unsigned i = 0; i < CLOCK_MAX; i++)
        rates[i] = rcc_stopped;
    rates[CLOCK_HSI] = rcc_source_rate(d, RCC_HSI);
    rates[CLOCK_HSE] = rcc_source_rate(d, RCC_HSE);
    rates[CLOCK_LSI] = rcc_source_rate(d, RCC_LSI);
    rates[CLOCK_LSE] = rcc_source_rate(d, RCC_LSE);
    family_of(d)->pll_rates(d, rates);
    rates[CLOCK_SYSCLK] = rates[source == RCC_PLL ? CLOCK_PLL : source == RCC_HSE ? CLOCK_HSE : CLOCK_HSI];
    bus_rates(d, rates);
    rates[CLOCK_HSE_RTC] = rtc_divisor ? rcc_scaled(rates[CLOCK_HSE], 1, rtc_divisor) : rcc_stopped;
    rates[CLOCK_RTC] = rtc_rate(d, rates);
    rates[CLOCK_NS] = clock_hz(1000000000, 1);
}

/* Stop and Standby: what counts guest time goes on at the rate of the HSI, which is there on waking. */
static void stop_rates(struct clock_rate *rates)
{
    static const uint8_t stopping[] = {
        CLOCK_SYSTICK_REF, CLOCK_PCLK1, CLOCK_PCLK2, CLOCK_TIMER1, CLOCK_TIMER2, CLOCK_ADC_HALVES, CLOCK_HSI,
    };

    for (unsigned i = 0; i < COUNT(stopping); i++)
        rates[stopping[i]] = rcc_stopped;
}

static bool in_stop(const struct device *d)
{
    return signal_input(d, RCC_IN_STOP) || signal_input(d, RCC_IN_STANDBY);
}

struct clock_rate rcc_output_rate(const struct device *d, const struct clock_rate *rates, enum stm32_clock source,
                                  unsigned divider)
{
    return source == CLOCK_SYSCLK && in_stop(d) ? rcc_stopped : rcc_scaled(rates[source], 1, divider);
}

/* ---- limits ---- */

bool rcc_above(struct clock_rate rate, uint64_t hz)
{
    return rate.num > hz * rate.den;
}

unsigned long long rcc_whole_hz(struct clock_rate rate)
{
    return rate.num / rate.den;
}

/* One text for each, as reports that differ in numbers only count as one. */
static void check_limits(struct device *d)
{
    const struct rcc_config *config = config_of(d);
    uint32_t sysclk_max = config->sysclk_max[signal_input(d, RCC_IN_VOS_LOW)];
    struct clock_rate sysclk = clock_get(d, CLOCK_SYSCLK);
    struct clock_rate pclk1 = clock_get(d, CLOCK_PCLK1), pclk2 = clock_get(d, CLOCK_PCLK2);

    if (rcc_above(sysclk, sysclk_max))
        diag_guest(d, DIAG_CLOCK, RCC_CFGR, "SYSCLK is %llu Hz: the limit is %u Hz", rcc_whole_hz(sysclk),
                   sysclk_max);
    if (rcc_above(pclk1, config->pclk1_max))
        diag_guest(d, DIAG_CLOCK, RCC_CFGR, "PCLK1 is %llu Hz: the limit is %u Hz", rcc_whole_hz(pclk1),
                   config->pclk1_max);
    if (rcc_above(pclk2, config->pclk2_max))
        diag_guest(d, DIAG_CLOCK, RCC_CFGR, "PCLK2 is %llu Hz: the limit is %u Hz", rcc_whole_hz(pclk2),
                   config->pclk2_max);
}

/* ---- following the registers ---- */

/* Whether an oscillator has all it needs to run. A PLL that could not make a clock never gets ready, so
 * that the core clock never stops. */
static bool can_run(const struct device *d, enum rcc_oscillator o)
{
    const struct rcc_state *s = d->state;

    switch (o) {
    case RCC_LSI:
        return is_on(d, o) || signal_input(d, RCC_IN_LSI_REQUEST);
    case RCC_LSE:
        return is_on(d, o) && device_options(d)->lse_hz;
    case RCC_HSE:
        return is_on(d, o) && device_options(d)->hse_hz && !s->hse_failed;
    case RCC_PLL:
    case RCC_PLLI2S:
        return is_on(d, o) && family_of(d)->pll_runs(d, o).num;
    default:
        return is_on(d, o);
    }
}

static uint32_t startup_ns(const struct device *d, enum rcc_oscillator o)
{
    switch (o) {
    case RCC_LSI:
        return family_of(d)->lsi_ns;
    case RCC_LSE:
        return LSE_NS;
    case RCC_HSI:
        return HSI_NS;
    case RCC_HSE:
        return HSE_NS;
    default:
        return family_of(d)->pll_ns;
    }
}

static void update_oscillator(struct device *d, enum rcc_oscillator o)
{
    struct rcc_state *s = d->state;
    uint32_t ready = 2u << oscillators[o].on;

    if (!can_run(d, o)) {
        reg_clear_bits(d, oscillators[o].reg, ready);
        sched_cancel(d, o);
    } else if (!rcc_is_ready(d, o) && sched_when(d, o).cycles == VTIME_NEVER.cycles) {
        delay_start(&s->startup[o], d, o, startup_ns(d, o));
    }
}

/* SYSCLK follows SW once the selected source is ready (RM0090 7.2.6, RM0041 6.2.6). */
static void switch_sysclk(struct device *d)
{
    static const enum rcc_oscillator sources[] = {RCC_HSI, RCC_HSE, RCC_PLL};
    uint32_t cfgr = reg_get(d, RCC_CFGR), sw = cfgr & CFGR_SW;

    if (sw < COUNT(sources) && rcc_is_ready(d, sources[sw]))
        reg_put(d, RCC_CFGR, (cfgr & ~CFGR_SWS) | sw << 2);
}

static void update_irq(struct device *d)
{
    uint32_t cir = reg_get(d, RCC_CIR);

    irq_set(d, 0, cir & cir >> 8 & ((1u << family_of(d)->oscillators) - 1));
    signal_set(d, RCC_OUT_NMI, cir & CIR_CSSF);
}

static bool same_rate(struct clock_rate a, struct clock_rate b)
{
    return a.num == b.num && a.den == b.den;
}

static void present_rates(const struct device *d, struct clock_rate *rates)
{
    tree_rates(d, rates);
    if (in_stop(d))
        stop_rates(rates);
    family_of(d)->output_rates(d, rates);
}

static void set_rates(struct device *d)
{
    struct clock_rate rates[CLOCK_MAX];
    bool bus_changes;

    present_rates(d, rates);
    bus_changes = !same_rate(rates[CLOCK_SYSCLK], clock_get(d, CLOCK_SYSCLK)) ||
                  !same_rate(rates[CLOCK_PCLK1], clock_get(d, CLOCK_PCLK1)) ||
                  !same_rate(rates[CLOCK_PCLK2], clock_get(d, CLOCK_PCLK2));
    clock_set(d, rates);
    if (bus_changes)
        check_limits(d);
}

/* The PLLs come last: they need their source. */
void rcc_update(struct device *d)
{
    for (unsigned o = 0; o < family_of(d)->oscillators; o++)
        update_oscillator(d, (enum rcc_oscillator)o);
    switch_sysclk(d);
    set_rates(d);
    update_irq(d);
}

/* ---- failing crystal ---- */

static bool sysclk_needs_hse(const struct device *d)
{
    enum rcc_oscillator source = sysclk_source(d);

    return source == RCC_HSE || (source == RCC_PLL && family_of(d)->pll_source(d) == RCC_HSE);
}

/* SYSCLK back to the HSI; HSE and, if it runs from it, the PLL off (RM0090 7.2.7, RM0041 6.2.7). */
static void fall_back(struct device *d)
{
    reg_set_bits(d, RCC_CR, RCC_CR_HSION | RCC_CR_HSION << 1);
    reg_clear_bits(d, RCC_CR, RCC_CR_HSEON | (family_of(d)->pll_source(d) == RCC_HSE ? RCC_CR_PLLON : 0));
    reg_clear_bits(d, RCC_CFGR, CFGR_SW | CFGR_SWS);
}

static void hse_fails(struct device *d)
{
    struct rcc_state *s = d->state;
    bool needed = sysclk_needs_hse(d), watched = reg_get(d, RCC_CR) & CR_CSSON && rcc_is_ready(d, RCC_HSE);

    s->hse_failed = 1;
    if (watched)
        reg_set_bits(d, RCC_CIR, CIR_CSSF);
    else if (needed)
        diag_unmodelled(d, RCC_CR, "SYSCLK has lost the HSE with CSSON off: the chip would stand still, "
                                   "here it goes on with the HSI");
    if (watched || needed)
        fall_back(d);
    rcc_update(d);
}

void rcc_input(struct device *d, const void *bytes, size_t size)
{
    const uint8_t *in = bytes;
    struct rcc_state *s = d->state;

    for (size_t i = 0; i < size; i++) {
        if (in[i] == RCC_HSE_FAILS && !s->hse_failed) {
            hse_fails(d);
        } else if (in[i] == RCC_HSE_RECOVERS) {
            s->hse_failed = 0;
            rcc_update(d);
        }
    }
}

/* ---- writes ---- */

/* On bits of what drives SYSCLK, directly or through the PLL: they cannot be cleared (RM0090 7.3.1,
 * RM0041 6.3.1). */
static uint32_t bits_in_use(const struct device *d)
{
    enum rcc_oscillator source = sysclk_source(d);

    if (source == RCC_PLL)
        return RCC_CR_PLLON | (family_of(d)->pll_source(d) == RCC_HSE ? RCC_CR_HSEON : RCC_CR_HSION);
    return source == RCC_HSE ? RCC_CR_HSEON : RCC_CR_HSION;
}

static void write_cr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, RCC_CR), next = (old & ~lanes) | (value & lanes);
    uint32_t keep = old & ~next & bits_in_use(d);

    if (keep)
        diag_guest(d, DIAG_SEQUENCE, RCC_CR, "bits 0x%X stay 1: they drive SYSCLK", keep);
    if ((old ^ next) & CR_HSEBYP && old & next & RCC_CR_HSEON) {
        diag_guest(d, DIAG_SEQUENCE, RCC_CR, "HSEBYP cannot be changed while HSEON is 1");
        lanes &= ~CR_HSEBYP;
    }
    if ((old ^ next) & CR_HSITRIM)
        diag_unmodelled(d, RCC_CR, "HSITRIM: trimming does not change the HSI's rate");
    reg_store(d, RCC_CR, value | keep, lanes);
    if (next & ~old & RCC_CR_PLLON)
        family_of(d)->check_pll(d);
    rcc_update(d);
}

void rcc_update_cfgr(struct device *d)
{
    if ((reg_get(d, RCC_CFGR) & CFGR_SW) == CFGR_SW)
        diag_guest(d, DIAG_SEQUENCE, RCC_CFGR, "SW is 3, which selects nothing: SYSCLK stays as it is");
    rcc_update(d);
}

/* Flags and enables as they are; the bits that clear lie 16 above. */
static void write_cir(struct device *d, uint32_t value, uint32_t lanes)
{
    reg_store(d, RCC_CIR, value, lanes);
    reg_clear_bits(d, RCC_CIR, (value & lanes) >> 16 & 0xFF);
    update_irq(d);
}

static void write_reset(struct device *d, unsigned bus, uint32_t value, uint32_t lanes)
{
    unsigned reg = family_of(d)->rstr + bus;
    uint32_t old = reg_get(d, reg), next = reg_store(d, reg, value, lanes);

    for (unsigned bit = 0; bit < 32; bit++)
        if ((old ^ next) >> bit & 1)
            gate_reset(d, (uint16_t)RCC_LINE(bus, bit), next >> bit & 1);
}

static void write_enable(struct device *d, unsigned bus, uint32_t value, uint32_t lanes)
{
    const struct rcc_family *f = family_of(d);
    uint32_t old = reg_get(d, f->enr + bus), next = reg_store(d, f->enr + bus, value, lanes);

    for (unsigned bit = 0; bit < 32; bit++)
        if ((old ^ next) >> bit & 1)
            gate_set(d, (uint16_t)RCC_LINE(bus, bit), next >> bit & 1);
    if (f->enabled)
        f->enabled(d, bus, old, next);
}

/* The backup domain: locked by PWR_CR.DBP; RTCSEL can be set once (RM0090 7.3.20, RM0041 6.3.9). */
static void write_bdcr(struct device *d, uint32_t value, uint32_t lanes)
{
    uint32_t old = reg_get(d, RCC_BDCR), next = (old & ~lanes) | (value & lanes);

    if (!signal_input(d, RCC_IN_DBP)) {
        diag_guest(d, DIAG_SEQUENCE, RCC_BDCR, "written with PWR_CR.DBP 0: ignored");
        return;
    }
    if (old & BDCR_RTCSEL && (old ^ next) & BDCR_RTCSEL) {
        diag_guest(d, DIAG_SEQUENCE, RCC_BDCR, "RTCSEL is already set; only BDRST clears it");
        lanes &= ~BDCR_RTCSEL;
    }
    if ((old ^ next) & BDCR_LSEBYP && old & next & BDCR_LSEON) {
        diag_guest(d, DIAG_SEQUENCE, RCC_BDCR, "LSEBYP cannot be changed while LSEON is 1");
        lanes &= ~BDCR_LSEBYP;
    }
    if (next & BDCR_BDRST)
        reg_put(d, RCC_BDCR, BDCR_BDRST);
    else
        reg_store(d, RCC_BDCR, value, lanes);
    signal_set(d, RCC_OUT_BDRST, next & BDCR_BDRST);
    rcc_update(d);
}

/* CSR's flags of past resets. */
static uint32_t reset_flags(const struct device *d)
{
    return d->ops->regs[RCC_CSR].readable & 0xFE000000;
}

static void write_csr(struct device *d, uint32_t value, uint32_t lanes)
{
    reg_store(d, RCC_CSR, value, lanes);
    if (value & lanes & RCC_CSR_RMVF)
        reg_clear_bits(d, RCC_CSR, reset_flags(d));
    rcc_update(d);
}

void rcc_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    const struct rcc_family *f = family_of(d);

    if (reg >= f->rstr && reg < f->rstr + f->resets)
        write_reset(d, reg - f->rstr, value, lanes);
    else if (reg >= f->enr && reg < f->enr + f->buses)
        write_enable(d, reg - f->enr, value, lanes);
    else if (reg == RCC_CR)
        write_cr(d, value, lanes);
    else if (reg == RCC_CIR)
        write_cir(d, value, lanes);
    else if (reg == RCC_BDCR)
        write_bdcr(d, value, lanes);
    else if (reg == RCC_CSR)
        write_csr(d, value, lanes);
    else
        f->write(d, reg, value, lanes);
}

/* ---- events, signals, resets ---- */

/* Oscillator `number` is ready. */
void rcc_event(struct device *d, unsigned number)
{
    uint32_t enable = reg_get(d, RCC_CIR) >> 8;

    reg_set_bits(d, oscillators[number].reg, 2u << oscillators[number].on);
    if (enable >> number & 1)
        reg_set_bits(d, RCC_CIR, 1u << number);
    rcc_update(d);
}

/* HSE and PLLs go off, and the HSI drives SYSCLK when the chip wakes (RM0090 5.3.5, RM0041 4.3.4). */
static void enter_stop(struct device *d)
{
    reg_set_bits(d, RCC_CR, RCC_CR_HSION | RCC_CR_HSION << 1);
    reg_clear_bits(d, RCC_CR, (RCC_CR_HSEON | RCC_CR_PLLON | RCC_CR_PLLI2SON) & d->ops->regs[RCC_CR].writable);
    reg_clear_bits(d, RCC_CFGR, CFGR_SW | CFGR_SWS);
    rcc_update(d);
}

/* Every block loses its state now, its pins with it; PWR keeps watch. */
static void enter_standby(struct device *d)
{
    enter_stop(d);
    for (unsigned line = 0; line < 32u * family_of(d)->buses; line++)
        if (line != family_of(d)->pwr_line)
            gate_reset(d, (uint16_t)line, true);
}

void rcc_signal(struct device *d, unsigned number, bool level)
{
    struct rcc_state *s = d->state;

    if (number == RCC_IN_SLEEP && family_of(d)->sleeps)
        family_of(d)->sleeps(d, level);
    else if (number == RCC_IN_IWDG_RESET && level)
        s->reset_cause |= CSR_IWDGRSTF;
    else if (number == RCC_IN_WWDG_RESET && level)
        s->reset_cause |= CSR_WWDGRSTF;
    else if (number == RCC_IN_BROWNOUT && level)
        s->reset_cause |= CSR_BORRSTF;
    else if (number == RCC_IN_STOP && level)
        enter_stop(d);
    else if (number == RCC_IN_STANDBY && level)
        enter_standby(d);
    else if (number == RCC_IN_LSI_REQUEST || number == RCC_IN_STOP || number == RCC_IN_STANDBY)
        rcc_update(d);
    else if (number == RCC_IN_VOS_LOW)
        check_limits(d);
}

void rcc_clock(struct device *d)
{
    struct rcc_state *s = d->state;

    for (unsigned o = 0; o < family_of(d)->oscillators; o++)
        delay_clock(&s->startup[o], d, o);
}

static void open_gates(struct device *d)
{
    const struct rcc_family *f = family_of(d);

    for (unsigned bus = 0; bus < f->buses; bus++)
        for (unsigned bit = 0; bit < 32; bit++)
            if (reg_get(d, f->enr + bus) >> bit & 1)
                gate_set(d, (uint16_t)RCC_LINE(bus, bit), true);
}

/* Every reset drives NRST, so that PINRSTF comes with each cause. A reset that no watchdog asked for is
 * SYSRESETREQ, by the firmware or a debugger. The LSE lives in the backup domain and runs on. */
void rcc_reset(struct device *d, enum reset_kind kind)
{
    struct rcc_state *s = d->state;
    uint32_t cause = s->reset_cause ? s->reset_cause : CSR_SFTRSTF;

    s->reset_cause = 0;
    if (kind == RESET_POWER_ON) {
        memset(s->startup, 0, sizeof s->startup);
    } else {
        reg_clear_bits(d, RCC_CSR, ~reset_flags(d));
        if (signal_input(d, RCC_IN_STANDBY) && !(cause & CSR_BORRSTF))
            reg_set_bits(d, RCC_CSR, family_of(d)->power_flags | (cause & ~CSR_SFTRSTF));
        else
            reg_set_bits(d, RCC_CSR, CSR_PINRSTF | cause);
        if (can_run(d, RCC_LSE) && !rcc_is_ready(d, RCC_LSE))
            delay_resume(&s->startup[RCC_LSE], d, RCC_LSE);
        signal_set(d, RCC_OUT_BDRST, reg_get(d, RCC_BDCR) & BDCR_BDRST);
    }
    open_gates(d);
    rcc_update(d);
}

/* The clocks run as the registers say. */
bool rcc_sane(const struct device *d)
{
    struct clock_rate rates[CLOCK_MAX];

    present_rates(d, rates);
    for (unsigned i = 0; i < CLOCK_MAX; i++)
        if (!same_rate(rates[i], clock_get(d, i)))
            return false;
    return true;
}
