/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Between rcc.c, which has all that the families' reset and clock controls share, and rcc_f1.c and rcc_f4.c,
 * which have their register tables and PLLs. Nobody else includes this.
 */
#ifndef PERIPH_RCC_FAMILY_H
#define PERIPH_RCC_FAMILY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/device.h"
#include "periph/clocks.h"
#include "periph/delay.h"
#include "periph/rcc.h"

/* Registers of every family, whose other registers follow. */
enum rcc_reg { RCC_CR, RCC_CFGR, RCC_CIR, RCC_BDCR, RCC_CSR, RCC_FAMILY_REGS };

enum { RCC_REGS_MAX = 24 };

#define RCC_CR_HSION    (1u << 0)
#define RCC_CR_HSEON    (1u << 16)
#define RCC_CR_PLLON    (1u << 24)
#define RCC_CR_PLLI2SON (1u << 26)

#define RCC_CSR_LSION (1u << 0)
#define RCC_CSR_RMVF  (1u << 24)

/* In the order of CIR's flags and enables; an oscillator's start-up ends in the event of its number. */
enum rcc_oscillator { RCC_LSI, RCC_LSE, RCC_HSI, RCC_HSE, RCC_PLL, RCC_PLLI2S, RCC_OSCILLATORS };

struct rcc_state {
    uint32_t reg[RCC_REGS_MAX];
    uint32_t reset_cause;       /* CSR flags of the reset that a watchdog has requested */
    uint32_t hse_failed;        /* the host broke the crystal */
    struct delay startup[RCC_OSCILLATORS];
};

struct rcc_family {
    uint32_t hsi_hz, lsi_hz;
    uint32_t lsi_ns, pll_ns;    /* from on to ready */
    uint8_t oscillators;        /* those of enum rcc_oscillator below this */
    uint8_t rstr, resets;       /* the first reset register, and how many follow each other */
    uint8_t enr, buses;         /* the same of the enable registers; the first `resets` buses are those above */
    uint8_t ppre1, ppre2;       /* CFGR: lowest bits of the APB prescalers */
    uint16_t pwr_line;          /* PWR's reset line, which Standby spares */
    uint32_t power_flags;       /* CSR: those of a power reset */

    /* HSI or HSE */
    enum rcc_oscillator (*pll_source)(const struct device *d);

    /* The input of the PLL's phase detector times its factor; of the PLLI2S: the input. Stopped: it cannot run. */
    struct clock_rate (*pll_runs)(const struct device *d, enum rcc_oscillator pll);

    /* Adds the rates of the PLLs' outputs, which may need those of the oscillators. */
    void (*pll_rates)(const struct device *d, struct clock_rate *rates);

    /* Adds those that follow from the buses'. NULL: none. */
    void (*more_rates)(const struct device *d, struct clock_rate *rates);

    /* Adds those of the clock outputs, which rcc_output_rate makes of their sources. */
    void (*output_rates)(const struct device *d, struct clock_rate *rates);

    /* RTCCLK's divisor of the HSE; 0: none. */
    uint32_t (*rtc_divisor)(const struct device *d);

    /* Reports factors beyond the limits; the PLL is about to start. */
    void (*check_pll)(struct device *d);

    /* A write of CFGR, or of a register of the family's own that is neither reset nor enable register. */
    void (*write)(struct device *d, unsigned reg, uint32_t value, uint32_t lanes);

    /* The core falls asleep or wakes. NULL: all clocks go on. */
    void (*sleeps)(struct device *d, bool asleep);

    /* An enable register has changed. NULL: nothing to say. */
    void (*enabled)(struct device *d, unsigned bus, uint32_t old, uint32_t next);
};

uint32_t rcc_field(uint32_t value, unsigned lsb, unsigned width);
bool rcc_is_ready(const struct device *d, enum rcc_oscillator o);

extern const struct clock_rate rcc_stopped;
struct clock_rate rcc_scaled(struct clock_rate rate, uint64_t mul, uint64_t div);
bool rcc_above(struct clock_rate rate, uint64_t hz);
unsigned long long rcc_whole_hz(struct clock_rate rate);

/* A clock of the tree divided, as a clock output shows it: SYSCLK stands still in Stop. */
struct clock_rate rcc_output_rate(const struct device *d, const struct clock_rate *rates, enum stm32_clock source,
                                  unsigned divider);

/* The rate of LSI, LSE, HSI or HSE; stopped until it is ready. */
struct clock_rate rcc_source_rate(const struct device *d, enum rcc_oscillator o);

/* Makes everything follow from the registers and inputs. */
void rcc_update(struct device *d);

/* The same after a change of CFGR, with its reports. */
void rcc_update_cfgr(struct device *d);

/* ---- for the tables ---- */

void rcc_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes);
void rcc_event(struct device *d, unsigned number);
void rcc_signal(struct device *d, unsigned number, bool level);
void rcc_clock(struct device *d);
void rcc_input(struct device *d, const void *bytes, size_t size);
void rcc_reset(struct device *d, enum reset_kind kind);
bool rcc_sane(const struct device *d);

#define RCC_OPS(label, table)                                                                      \
    {                                                                                              \
        .name = label, .regs = table, .reg_count = sizeof(table) / sizeof((table)[0]),             \
        .state_size = sizeof(struct rcc_state), .events = RCC_OSCILLATORS, .outputs = RCC_OUTPUTS, \
        .inputs = RCC_INPUTS, .reset = rcc_reset, .write = rcc_write, .event = rcc_event,          \
        .signal = rcc_signal, .clock = rcc_clock, .input = rcc_input, .sane = rcc_sane,            \
    }

/* BDCR is the same everywhere. */
#define RCC_BDCR_ROW(at)                                                                           \
    [RCC_BDCR] = {.name = "BDCR", .offset = at, .width = 32, .flags = REG_BACKUP,                  \
        .readable = 0x00018307, .writable = 0x00018305, .fields = FIELDS(                          \
            BIT("LSEON", 0), BIT("LSERDY", 1), BIT("LSEBYP", 2), BITS("RTCSEL", 8, 2),             \
            BIT("RTCEN", 15), BIT("BDRST", 16))}

#endif
