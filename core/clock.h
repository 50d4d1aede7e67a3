/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The clock tree as the rest of the machine sees it: a set of named rates, each an exact rational in
 * Hz. The chip's clock controller sets them; devices turn cycles of the core clock into ticks of their
 * own clock and back. When a rate changes every device's `clock` operation runs, so that it re-anchors
 * its counters and deadlines.
 */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/vtime.h"

struct device;

/* Ids below CLOCK_CHIP mean the same on every chip; the rest are named by the chip family. */
enum { CLOCK_CORE, CLOCK_SYSTICK_REF, CLOCK_CHIP };
enum { CLOCK_MAX = 24 };

/* hz = num/den, both non-zero; num = 0: stopped. Kept reduced. */
struct clock_rate {
    uint64_t num;
    uint64_t den;
};

struct clock_rate clock_hz(uint64_t num, uint64_t den);

/* Sets rates and tells every device once. Only the clock controller calls it. `rates` has CLOCK_MAX
 * entries; rates[CLOCK_CORE] must run. */
void clock_set(struct device *controller, const struct clock_rate rates[CLOCK_MAX]);

/* The rate of a clock now. */
struct clock_rate clock_get(const struct device *d, unsigned clock);

/* A counter of ticks of one clock: state for the arena. Reading it is arithmetic, nothing ticks.
 * ticks(now) = base_ticks + floor((rem + (now - base) * mul) / div); mul = 0: stopped. */
struct ticker {
    vtime base;
    uint64_t base_ticks;
    uint64_t rem;           /* < div: the fraction of a tick that had passed at base */
    uint64_t mul, div;      /* ticks per core cycle */
};

/* Starts counting `clock` divided by `divider` (>= 1) from zero ticks now. */
void ticker_start(struct ticker *t, const struct device *d, unsigned clock, uint64_t divider);

/* Re-anchors at now for the clock's present rate and a (new) divider, keeping ticks and fraction.
 * To be called from a device's `clock` operation and when its prescaler changes. */
void ticker_rate(struct ticker *t, const struct device *d, unsigned clock, uint64_t divider);

/* Freezes the count (enable bit off); ticker_rate lets it go on. */
void ticker_stop(struct ticker *t, const struct device *d);

/* Sets the count; `phase` true keeps the fraction of the tick under way, false starts a whole tick. */
void ticker_write(struct ticker *t, const struct device *d, uint64_t ticks, bool phase);

/* Ticks that have passed. */
uint64_t ticker_read(const struct ticker *t, const struct device *d);

/* The first cycle at which ticker_read is at least `ticks`; VTIME_NEVER when stopped. */
vtime ticker_when(const struct ticker *t, uint64_t ticks);

/* The first cycle at which half a tick more than `ticks` has passed. */
vtime ticker_when_half(const struct ticker *t, uint64_t ticks);

/* Whether it counts `clock` divided by `divider` as that runs now, or stands still, from no later than now: then
 * events that follow each other by ticks take time (device_ops.sane). */
bool ticker_sane(const struct ticker *t, const struct device *d, unsigned clock, uint64_t divider);

/* Core cycles that `ticks` ticks of `clock` take from a tick edge now, rounded up, at the present
 * rate; UINT64_MAX when the clock is stopped. */
uint64_t clock_cycles(const struct device *d, unsigned clock, uint64_t ticks);

/* Seconds-based delays (flash programming, oscillator start-up): core cycles in `ns` nanoseconds. */
uint64_t clock_ns(const struct device *d, uint64_t ns);

/* Gates: RCC enable and reset bits as the chip numbers them. A device whose gate is off reads 0 and
 * ignores writes; one whose reset line is held stays at its reset values. */
enum { GATE_NONE = 0xFFFF };
void gate_set(struct device *controller, uint16_t gate, bool on);
void gate_reset(struct device *controller, uint16_t line, bool asserted);
bool gate_on(const struct device *d);   /* is d's own clock on and its reset released? */

#endif
