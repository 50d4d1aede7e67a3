/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random number generator of F2 and F4 (RM0090 chapter 24, RM0033 chapter 20).
 *
 * A word is ready 40 cycles of the 48 MHz clock after RNGEN is set or the last word was read. The words
 * come from the machine's seed (SplitMix64) and, after a reset, from the cycle at which it happened: the
 * same run gives the same words, and a reset does not repeat them.
 *
 * Not modelled: seed errors. The generator is always healthy, so SECS and SEIS stay 0.
 */
#include <string.h>

#include "core/clock.h"
#include "core/irq.h"
#include "core/options.h"
#include "core/schedule.h"
#include "periph/devices.h"
#include "periph/table.h"

enum { CR, SR, DR, REGS };

enum {
    CR_RNGEN = 1 << 2, CR_IE = 1 << 3,
    SR_DRDY = 1 << 0, SR_CECS = 1 << 1, SR_CEIS = 1 << 5, SR_SEIS = 1 << 6
};

enum { EVENT_READY, EVENTS };

enum { WORD_TICKS = 40, SLOWEST = 16 }; /* a clock below HCLK/16 is an error (RM0090 24.3.2) */

struct rng_state {
    uint32_t reg[REGS];     /* DR: the word that is ready, else 0 */
    uint32_t making;        /* a word is under way */
    uint64_t random;        /* generator state */
    struct ticker clock;    /* of the 48 MHz clock since the word was begun */
};

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static void update_irq(struct device *d)
{
    irq_set(d, 0, reg_get(d, CR) & CR_IE && reg_get(d, SR) & (SR_DRDY | SR_CEIS | SR_SEIS));
}

static void schedule(struct device *d)
{
    const struct rng_state *s = d->state;

    sched_at(d, EVENT_READY,
             s->making && !(s->reg[SR] & SR_CECS) ? ticker_when(&s->clock, WORD_TICKS) : VTIME_NEVER);
}

static void begin_word(struct device *d)
{
    struct rng_state *s = d->state;

    s->making = true;
    ticker_start(&s->clock, d, device_clock(d), 1);
}

static bool clock_too_slow(const struct device *d)
{
    struct clock_rate core = clock_get(d, CLOCK_CORE), own = clock_get(d, device_clock(d));

    return (unsigned __int128)own.num * core.den * SLOWEST < (unsigned __int128)core.num * own.den;
}

/* The clock detector works while the generator is enabled; no word is made on a bad clock. */
static void check_clock(struct device *d)
{
    bool error = reg_get(d, CR) & CR_RNGEN && clock_too_slow(d);

    if (error && !(reg_get(d, SR) & SR_CECS))
        reg_set_bits(d, SR, SR_CECS | SR_CEIS);
    else if (!error)
        reg_clear_bits(d, SR, SR_CECS);
}

static void write_control(struct device *d, uint32_t value, uint32_t lanes)
{
    struct rng_state *s = d->state;
    bool was_on = s->reg[CR] & CR_RNGEN, on = reg_store(d, CR, value, lanes) & CR_RNGEN;

    if (on && !was_on)
        begin_word(d);
    if (!on) {
        s->making = false;
        reg_clear_bits(d, SR, SR_DRDY);
        s->reg[DR] = 0;
    }
    check_clock(d);
    schedule(d);
}

static void rng_write(struct device *d, unsigned reg, uint32_t value, uint32_t lanes)
{
    if (reg == CR)
        write_control(d, value, lanes);
    else
        reg_store(d, reg, value, lanes);
    update_irq(d);
}

/* DR: taking the word makes the generator begin the next one. */
static uint32_t rng_read(struct device *d, unsigned reg)
{
    uint32_t word = reg_get(d, reg);

    if (reg_get(d, SR) & SR_DRDY) {
        reg_clear_bits(d, SR, SR_DRDY);
        reg_put(d, DR, 0);
        begin_word(d);
        schedule(d);
        update_irq(d);
    }
    return word;
}

static void rng_event(struct device *d, unsigned event)
{
    struct rng_state *s = d->state;

    (void)event;
    s->making = false;
    s->reg[DR] = (uint32_t)(splitmix(&s->random) >> 32);
    reg_set_bits(d, SR, SR_DRDY);
    update_irq(d);
}

static void rng_reclock(struct device *d, bool running)
{
    struct rng_state *s = d->state;

    if (running)
        ticker_rate(&s->clock, d, device_clock(d), 1);
    else
        ticker_stop(&s->clock, d);
    check_clock(d);
    schedule(d);
    update_irq(d);
}

static void rng_clock(struct device *d)
{
    if (gate_on(d))
        rng_reclock(d, true);
}

static void rng_reset(struct device *d, enum reset_kind kind)
{
    struct rng_state *s = d->state;

    (void)kind;
    s->making = false;
    memset(&s->clock, 0, sizeof s->clock);
    s->random = device_options(d)->seed + sched_now(d).cycles;
}

static const struct reg rng_regs[REGS] = {
    [CR] = REG_PLAIN("CR", 0x00, 0, CR_RNGEN | CR_IE, BIT("RNGEN", 2), BIT("IE", 3)),
    [SR] = {.name = "SR", .offset = 0x04, .width = 32, .readable = 0x67, .w0c = SR_CEIS | SR_SEIS,
            .fields = FIELDS(BIT("DRDY", 0), BIT("CECS", 1), BIT("SECS", 2), BIT("CEIS", 5),
                             BIT("SEIS", 6))},
    [DR] = {.name = "DR", .offset = 0x08, .width = 32, .flags = REG_READ_EFFECT, .readable = 0xFFFFFFFF,
            .fields = FIELDS(BITS("RNDATA", 0, 32))},
};

const struct device_ops rng_v1_ops = {
    .name = "rng_v1",
    .regs = rng_regs,
    .reg_count = REGS,
    .state_size = sizeof(struct rng_state),
    .events = EVENTS,
    .reset = rng_reset,
    .read = rng_read,
    .write = rng_write,
    .event = rng_event,
    .clock = rng_clock,
    .gated = rng_reclock,
};
