/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Signals between devices: pin levels to EXTI, trigger outputs to timers and ADCs, DMA requests,
 * clock-failure NMI, and what alternate functions do to pins. A signal has one driver and any number of
 * listeners; the chip's tables of routes and pins say who listens. Names are local to a device: outputs and
 * inputs are small numbers.
 *
 * Most signals are plain levels. One that ends at a pin can also be released. An input with several drivers
 * (one for each pin that a function can be on, one for each stream that serves a request) is the OR of those that
 * drive it.
 */
#ifndef CORE_SIGNAL_H
#define CORE_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>

struct device;

/* Bit 0 is the level. */
enum signal_state {
    SIGNAL_LOW,
    SIGNAL_HIGH,
    SIGNAL_RELEASED,        /* not driven, not connected; a low level to who only asks for that */
    SIGNAL_PULLED           /* nobody drives it, something holds it high */
};

/* Sets the level of the device's signal output (< ops->outputs). Listeners' `signal` operations run at
 * once, and only when the level changes. */
void signal_set(struct device *d, unsigned output, bool level);

/* A pulse: high and low again in the same cycle (trigger outputs). */
void signal_pulse(struct device *d, unsigned output);

/* The same with all that an output can do. A listener is only called when the level changes, unless it says that
 * it tells the states apart (ops->hears_states). */
void signal_put(struct device *d, unsigned output, enum signal_state state);

/* What that output was last set to, and its level. */
enum signal_state signal_output(const struct device *d, unsigned output);
bool signal_level(const struct device *d, unsigned output);

/* What an input's drivers last set; SIGNAL_RELEASED if nothing drives it. */
enum signal_state signal_state(const struct device *d, unsigned input);
bool signal_input(const struct device *d, unsigned input);     /* its level */

/* The same now: asks drivers that let unwatched outputs grow old (ops->output). */
enum signal_state signal_ask(const struct device *d, unsigned input);

/* ---- who listens ---- */

enum signal_use {
    SIGNAL_UNUSED,          /* nobody is connected at present: no pin has that function */
    SIGNAL_CONNECTED,       /* someone may ask for it, but waits for no change */
    SIGNAL_WATCHED,         /* changes must be told in the cycle in which they happen */
    SIGNAL_FOLLOWS          /* an answer only: watches if anybody else is connected */
};

/* What listeners make of an output at present (ops->listens). It costs a walk: ask when something is set up, and
 * again when ops->rewired says that it may have changed. */
enum signal_use signal_use(const struct device *d, unsigned output);

/* Whether an output reaches anything, and whether anything reaches an input. Always true where the chip has no
 * wire for it: a block on its own needs no pins. */
bool signal_leaves(const struct device *d, unsigned output);
bool signal_arrives(const struct device *d, unsigned input);

/* For a device whose `listens` may answer differently from now on: every device's `rewired` runs, in the chip's
 * order. A reset of the machine ends with it. */
void signals_rewired(struct device *d);

/* Signals whose listener is the CPU: routes with `to` = CPU_SIGNALS and one of these inputs. */
#define CPU_SIGNALS "CPU"
enum cpu_signal {
    CPU_SIGNAL_NMI,         /* the level of NMI's line */
    CPU_SIGNAL_EVENT,       /* rising level sets the event register (WFE), wakes */
    CPU_SIGNAL_RESET,       /* rising level requests a system reset (watchdogs) */
    CPU_SIGNAL_STANDBY,     /* rising level takes the power from a core that sleeps or is between two instructions:
                             * only a reset wakes it, and RAM has lost its contents by then */
    CPU_SIGNAL_COUNT
};

/* Inputs of the core's own devices that count its clock: routes to CPU_SYSTICK and CPU_DWT. */
#define CPU_SYSTICK "SysTick"
#define CPU_DWT     "DWT"
enum core_input {
    CORE_IN_STOPPED,        /* level: the chip has stopped the processor's clock, guest time goes on */
    CORE_INPUTS
};

/* What the core drives: routes with `from` = CPU_OUTPUTS, the core's own device, and one of these. */
#define CPU_OUTPUTS "SCB"
enum cpu_output {
    CPU_OUT_SLEEPING,       /* WFI, WFE or sleep-on-exit */
    CPU_OUT_SLEEPDEEP,      /* the same with SCR.SLEEPDEEP: a low-power mode of the chip */
    CPU_OUT_COUNT
};

#endif
