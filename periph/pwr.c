/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Power control of STM32F1, F2 and F4 (RM0041 4, RM0033 4, RM0090 5): backup domain protection, regulators,
 * wake-up flags. The F2's regulator has one voltage: no VOS, no VOSRDY. The F1's has no backup regulator either.
 *
 * The board sets VDD. The voltage detector (PVD) follows it at once, with the hysteresis of the data sheets' typical
 * thresholds. Below the level of the power-down reset, or of the brown-out reset that the option bytes choose, the
 * chip is off: it starts again, RAM lost, when VDD is back. VBAT is there for ever.
 *
 * VOSRDY reads 0 out of reset, as
 * the manual has it, and follows each write of CR after a settling time.
 *
 * Stop and Standby take effect at the instruction that sleeps, and end in the cycle of the event; the start-up
 * of regulator, HSI and flash, which is tens of microseconds, is not modelled. In both, guest time goes on at
 * the rate of the HSI (see rcc.c). Standby resets every block when it is entered; the core is reset and RAM
 * lost when it is left. LPDS and FPDS are stored and change nothing.
 */
#include "periph/pwr.h"

#include "core/schedule.h"
#include "core/signal.h"
#include "periph/delay.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { CR, CSR, REGS };

enum { EVENT_VOS_READY, EVENT_BACKUP_READY, EVENT_SUPPLY, EVENTS };

#define CR_PDDS (1u << 1)
#define CR_CWUF (1u << 2)
#define CR_CSBF (1u << 3)
#define CR_PVDE (1u << 4)
#define CR_DBP  (1u << 8)
#define CR_VOS  (1u << 14)

#define CSR_WUF    (1u << 0)
#define CSR_SBF    (1u << 1)
#define CSR_PVDO   (1u << 2)
#define CSR_BRR    (1u << 3)
#define CSR_EWUP   (1u << 8)
#define CSR_BRE    (1u << 9)
#define CSR_VOSRDY (1u << 14)

/* Settling times of the regulators; the data sheet gives none, drivers poll. */
enum { VOS_NS = 20000, BACKUP_NS = 50000 };

/* clang-format off */
#define CR_FIELDS                                                                                   \
    BIT("LPDS", 0), BIT("PDDS", 1), BIT("CWUF", 2), BIT("CSBF", 3), BIT("PVDE", 4), BITS("PLS", 5, 3), \
    BIT("DBP", 8), BIT("FPDS", 9)
#define CSR_FIELDS                                                                                  \
    BIT("WUF", 0), BIT("SBF", 1), BIT("PVDO", 2), BIT("BRR", 3), BIT("EWUP", 8), BIT("BRE", 9)

/* BRE belongs to the backup domain: no reset but that of its supply clears it. */
#define CR_ROW(initial, extra, ...)                                                                 \
    [CR] = {.name = "CR", .offset = 0x00, .width = 32, .reset = initial,                            \
        .readable = 0x03F3 | (extra), .writable = 0x03F3 | (extra), .action = CR_CWUF | CR_CSBF,    \
        .fields = FIELDS(__VA_ARGS__)}
#define CSR_ROW(extra, ...)                                                                         \
    [CSR] = {.name = "CSR", .offset = 0x04, .width = 32, .flags = REG_BACKUP,                       \
        .readable = 0x030F | (extra), .writable = CSR_EWUP | CSR_BRE, .fields = FIELDS(__VA_ARGS__)}

/* The F1 has no backup regulator and keeps its flash powered in Stop mode. */
static const struct reg f1_regs[REGS] = {
    [CR] = {.name = "CR", .offset = 0x00, .width = 32, .readable = 0x01F3, .writable = 0x01F3,
        .action = CR_CWUF | CR_CSBF, .fields = FIELDS(
            BIT("LPDS", 0), BIT("PDDS", 1), BIT("CWUF", 2), BIT("CSBF", 3), BIT("PVDE", 4),
            BITS("PLS", 5, 3), BIT("DBP", 8))},
    [CSR] = {.name = "CSR", .offset = 0x04, .width = 32, .flags = REG_BACKUP, .readable = 0x0107,
        .writable = CSR_EWUP, .fields = FIELDS(BIT("WUF", 0), BIT("SBF", 1), BIT("PVDO", 2), BIT("EWUP", 8))},
};

static const struct reg f2_regs[REGS] = {CR_ROW(0, 0, CR_FIELDS), CSR_ROW(0, CSR_FIELDS)};

static const struct reg f4_regs[REGS] = {
    CR_ROW(CR_VOS, CR_VOS, CR_FIELDS, BIT("VOS", 14)),
    CSR_ROW(CSR_VOSRDY, CSR_FIELDS, BIT("VOSRDY", 14)),
};
/* clang-format on */

enum { MILLIVOLT = 1000, SUPPLY_AT_FIRST = 3300 * MILLIVOLT };

struct pwr_state {
    uint32_t reg[REGS];
    struct delay vos, backup;
    uint32_t supply;            /* microvolts */
    uint32_t lowest;            /* since the chip was off */
    uint32_t standby;
    uint32_t off;               /* the supply is too low */
};

static bool has_scales(const struct device *d)
{
    return d->ops->regs[CR].writable & CR_VOS;
}

static bool is_f1(const struct device *d)
{
    return !(d->ops->regs[CSR].writable & CSR_BRE);
}

static void update_core_clock(struct device *d)
{
    bool off = signal_level(d, PWR_OUT_STANDBY) ||
               (signal_level(d, PWR_OUT_STOP) && !signal_input(d, PWR_IN_DBG_STOP));

    signal_set(d, PWR_OUT_CORE_STOPPED, off);
}

/* ---- the supply ---- */

/* Millivolts at which a detector trips when VDD falls, and at which it lets go when VDD rises: typical values of the
 * data sheets (from memory). */
struct threshold {
    uint16_t falling, rising;
};

static struct threshold detector_level(const struct device *d)
{
    static const struct threshold f1[8] = {{2080, 2180}, {2180, 2280}, {2280, 2380}, {2380, 2480},
                                           {2480, 2580}, {2580, 2680}, {2680, 2780}, {2780, 2880}};
    static const struct threshold f4[8] = {{2040, 2140}, {2190, 2300}, {2350, 2450}, {2510, 2600},
                                           {2660, 2760}, {2840, 2930}, {2930, 3030}, {3030, 3140}};
    uint32_t pls = reg_get(d, CR) >> 5 & 7;

    return is_f1(d) ? f1[pls] : f4[pls];
}

static struct threshold power_down_level(const struct device *d)
{
    return is_f1(d) ? (struct threshold){1880, 1920} : (struct threshold){1680, 1720};
}

/* BOR_LEV: 3 is off, 0 the highest. */
static struct threshold reset_level(const struct device *d)
{
    static const struct threshold brown_out[3] = {{2830, 2920}, {2500, 2590}, {2190, 2290}};
    unsigned level = signal_input(d, PWR_IN_BOR_LEV0) | (unsigned)signal_input(d, PWR_IN_BOR_LEV1) << 1;

    return is_f1(d) || level == 3 ? power_down_level(d) : brown_out[level];
}

/* Whether a detector says that the supply is low; `was`: it said so before. */
static bool is_low(const struct device *d, struct threshold t, bool was)
{
    const struct pwr_state *s = d->state;

    return s->supply < (was ? t.rising : t.falling) * (uint32_t)MILLIVOLT;
}

static void update_detector(struct device *d)
{
    bool was = reg_get(d, CSR) & CSR_PVDO;
    bool low = reg_get(d, CR) & CR_PVDE && is_low(d, detector_level(d), was);

    if (low)
        reg_set_bits(d, CSR, CSR_PVDO);
    else
        reg_clear_bits(d, CSR, CSR_PVDO);
    signal_set(d, PWR_OUT_PVD, low);
}

/* As in Standby everything is off, but for the backup domain. */
static void switch_off(struct device *d)
{
    struct pwr_state *s = d->state;

    s->off = 1;
    s->standby = 0;
    s->lowest = s->supply;
    signal_set(d, PWR_OUT_STANDBY, true);
    update_core_clock(d);
}

static void switch_on(struct device *d)
{
    const struct pwr_state *s = d->state;

    if (s->lowest >= power_down_level(d).falling * (uint32_t)MILLIVOLT)
        signal_pulse(d, PWR_OUT_BROWNOUT);
    signal_pulse(d, PWR_OUT_RESET);
}

static void follow_supply(struct device *d)
{
    struct pwr_state *s = d->state;
    bool low = is_low(d, reset_level(d), s->off);

    s->lowest = s->supply < s->lowest ? s->supply : s->lowest;
    update_detector(d);
    if (low && !s->off)
        switch_off(d);
    else if (s->off && !low)
        switch_on(d);
}

static void input(struct device *d, const void *bytes, size_t size)
{
    const uint8_t *in = bytes;
    struct pwr_state *s = d->state;

    if (size != 4)
        return;
    s->supply = in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
    follow_supply(d);
}

/* ---- registers ---- */

static void update_signals(struct device *d)
{
    uint32_t cr = reg_get(d, CR);

    signal_set(d, PWR_OUT_DBP, cr & CR_DBP);
    signal_set(d, PWR_OUT_VOS_LOW, has_scales(d) && !(cr & CR_VOS));
}

static void write_cr(struct device *d, uint32_t value, uint32_t lanes)
{
    struct pwr_state *s = d->state;
    uint32_t old = reg_get(d, CR), cr = reg_store(d, CR, value, lanes);

    if (value & lanes & CR_CWUF)
        reg_clear_bits(d, CSR, CSR_WUF);
    if (value & lanes & CR_CSBF)
        reg_clear_bits(d, CSR, CSR_SBF);
    if ((old ^ cr) & CR_VOS) {
        reg_clear_bits(d, CSR, CSR_VOSRDY);
        sched_cancel(d, EVENT_VOS_READY);
    }
    if (has_scales(d) && !(reg_get(d, CSR) & CSR_VOSRDY) &&
        sched_when(d, EVENT_VOS_READY).cycles == VTIME_NEVER.cycles)
        delay_start(&s->vos, d, EVENT_VOS_READY, VOS_NS);
    update_detector(d);
    update_signals(d);
}

static void wake_event(struct device *d)
{
    const struct pwr_state *s = d->state;

    reg_set_bits(d, CSR, CSR_WUF);
    if (s->standby)
        signal_pulse(d, PWR_OUT_RESET);
}

/* A pin that is high already when it becomes the wake-up pin counts as an edge (RM0090 5.4.2). */
static void wake_up(struct device *d)
{
    if (reg_get(d, CSR) & CSR_EWUP && signal_input(d, PWR_IN_WAKEUP_PIN))
        wake_event(d);
}

static void write_csr(struct device *d, uint32_t value, uint32_t lanes)
{
    struct pwr_state *s = d->state;
    uint32_t old = reg_get(d, CSR), csr = reg_store(d, CSR, value, lanes);

    if (csr & ~old & CSR_BRE)
        delay_start(&s->backup, d, EVENT_BACKUP_READY, BACKUP_NS);
    if (old & ~csr & CSR_BRE) {
        sched_cancel(d, EVENT_BACKUP_READY);
        reg_clear_bits(d, CSR, CSR_BRR);
    }
    if ((csr ^ old) & CSR_EWUP)
        signals_rewired(d);
    if (csr & ~old & CSR_EWUP)
        wake_up(d);
}

/* The wake-up pin is a plain pin until it is asked to be one. */
static unsigned listens(const struct device *d, unsigned input)
{
    return input != PWR_IN_WAKEUP_PIN || reg_get(d, CSR) & CSR_EWUP ? SIGNAL_WATCHED : SIGNAL_CONNECTED;
}

static void write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg == CR)
        write_cr(d, value, lanes);
    else
        write_csr(d, value, lanes);
}

static void event(struct device *d, unsigned number)
{
    if (number == EVENT_SUPPLY)
        follow_supply(d);
    else
        reg_set_bits(d, CSR, number == EVENT_VOS_READY ? CSR_VOSRDY : CSR_BRR);
}

/* Blocks that lose their state move the wake-up pin: it counts from the end of that. A wake-up flag that is
 * set ends the mode at once (RM0090 5.3.6). */
static void enter_standby(struct device *d)
{
    struct pwr_state *s = d->state;
    uint32_t csr = reg_get(d, CSR);

    signal_set(d, PWR_OUT_STANDBY, true);
    reg_put(d, CSR, csr);
    s->standby = 1;
    if (csr & CSR_WUF)
        signal_pulse(d, PWR_OUT_RESET);
}

static void deep_sleep(struct device *d, bool asleep)
{
    if (asleep && reg_get(d, CR) & CR_PDDS)
        enter_standby(d);
    else
        signal_set(d, PWR_OUT_STOP, asleep);
    update_core_clock(d);
}

static void signal(struct device *d, unsigned input, bool level)
{
    if (input == PWR_IN_DEEP_SLEEP)
        deep_sleep(d, level);
    else if (input == PWR_IN_DBG_STOP)
        update_core_clock(d);
    else if (input == PWR_IN_RTC && level)
        wake_event(d);
    else if (input == PWR_IN_WAKEUP_PIN && level)
        wake_up(d);
}

static void clock(struct device *d)
{
    struct pwr_state *s = d->state;

    delay_clock(&s->vos, d, EVENT_VOS_READY);
    delay_clock(&s->backup, d, EVENT_BACKUP_READY);
}

/* CSR's bits that outlive the present reset: after Standby the wake-up pin stays one, after a loss of power the
 * flags are gone, and the backup regulator has a supply of its own. */
static uint32_t kept_bits(const struct pwr_state *s)
{
    if (s->off)
        return CSR_BRE | CSR_BRR;
    return CSR_BRE | CSR_BRR | CSR_WUF | CSR_SBF | (s->standby ? CSR_EWUP : 0);
}

static void leave_mode(struct device *d)
{
    struct pwr_state *s = d->state;

    reg_clear_bits(d, CSR, ~kept_bits(s));
    if (s->standby)
        reg_set_bits(d, CSR, CSR_SBF);
    if ((reg_get(d, CSR) & (CSR_BRE | CSR_BRR)) == CSR_BRE)
        delay_resume(&s->backup, d, EVENT_BACKUP_READY);
}

/* A supply that is too low for the option bytes, or still is, shows before the first instruction. */
static void reset(struct device *d, enum reset_kind kind)
{
    struct pwr_state *s = d->state;

    if (kind == RESET_POWER_ON) {
        s->vos = s->backup = (struct delay){0};
        s->supply = s->lowest = SUPPLY_AT_FIRST;
    } else {
        leave_mode(d);
    }
    s->standby = s->off = 0;
    sched_in(d, EVENT_SUPPLY, 0);
    update_signals(d);
}

#define PWR_OPS(label, table)                                                                      \
    {                                                                                              \
        .name = label, .regs = table, .reg_count = REGS, .state_size = sizeof(struct pwr_state),   \
        .events = EVENTS, .outputs = PWR_OUTPUTS, .inputs = PWR_INPUTS, .reset = reset,            \
        .write = write, .event = event, .signal = signal, .listens = listens, .input = input,      \
        .clock = clock,                                                                            \
    }

const struct device_ops pwr_f1_ops = PWR_OPS("pwr_f1", f1_regs);
const struct device_ops pwr_f2_ops = PWR_OPS("pwr_f2", f2_regs);
const struct device_ops pwr_f4_ops = PWR_OPS("pwr_f4", f4_regs);
